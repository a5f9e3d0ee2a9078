"""A conflict drawn: its two ranges as bars over one axis, inline SVG that a phone can show."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from html import escape

from helpers import labels
from helpers.labels import LANGUAGES
from helpers.reconcile.sentences import span
from helpers.reconcile.words import Row

WIDTH, MARGIN, BAR = 360.0, 8.0, 10.0
TOPS = (32.0, 82.0)  # of the two bars; print and range stand above each
AXIS, HEIGHT = 106.0, 138.0
COLOURS = ("#0072b2", "#d55e00")
LETTER = 6.8  # width of a letter of 11 units, about
MOST_LETTERS = 50
Scale = Callable[[float], float]
Ends = tuple[float, float]


def drawing(sides: Sequence[Row]) -> str:
    """The two ranges of a conflict on one axis, with their prints, ticks and the gap marked.

    sides : two rows of the table of ranges
    Returns an inline SVG element, '' where an end is not known. An open range reaches the edge.
    """
    ends = [(float(side["low"]), float(side["high"])) for side in sides]
    known = [end for pair in ends for end in pair if math.isfinite(end)]
    if len(ends) != 2 or not known or any(math.isnan(end) for pair in ends for end in pair):
        return ""
    least, most = _domain(known)

    def x(number: float) -> float:
        inside = min(max(number, least), most)
        return MARGIN + (WIDTH - 2 * MARGIN) * (inside - least) / (most - least)

    return (
        f'<svg viewBox="0 0 {WIDTH:.0f} {HEIGHT:.0f}" role="img" '
        f'aria-label="{escape(_spoken(sides, ends))}">'
        f"{_gap(ends, x, str(sides[0]['unit']))}{_axis(least, most, x)}"
        f"{''.join(_bar(side, number, x) for number, side in enumerate(sides))}</svg>"
    )


def gap(ends: Sequence[Ends]) -> Ends | None:
    """Where the gap between two ranges begins and ends; None where they meet."""
    (_, begin), (end, _) = sorted(ends)
    return (begin, end) if begin < end else None


def _domain(known: Sequence[float]) -> Ends:
    least, most = min(known), max(known)
    room = 0.06 * (most - least) or max(1.0, abs(most)) * 0.01
    return least - room, most + room


def _spoken(sides: Sequence[Row], ends: Sequence[Ends]) -> str:
    """The drawing for those who do not see it."""
    said = [
        f"{side['printed']}: {_range(pair, str(side['unit']), 'en')}"
        for side, pair in zip(sides, ends, strict=True)
    ]
    between = gap(ends)
    apart = f"; {_apart(between, str(sides[0]['unit']), 'en')}" if between else ""
    return f"{'; '.join(said)}{apart}."


def _bar(side: Row, number: int, x: Scale) -> str:
    """One range: its print, its ends in words, and the bar; an arrow where it is open."""
    low, high = float(side["low"]), float(side["high"])
    top, colour = TOPS[number], COLOURS[number]
    width = max(x(high) - x(low), 3.0)
    left = (x(low) + x(high) - width) / 2
    middle = left + width / 2
    ranges = [_range((low, high), str(side["unit"]), language) for language in LANGUAGES]
    arrow = ""
    if math.isinf(high):
        tip = x(high) + MARGIN - 1
        arrow = f'<path d="M{tip - 8:.1f} {top - 3:.0f}v16l8-8z" fill="{colour}"/>'
    return (
        f'<rect x="{left:.1f}" y="{top:.0f}" width="{width:.1f}" height="{BAR:.0f}" '
        f'fill="{colour}"/>{arrow}'
        f"{_text(_clipped(str(side['printed'])), middle, top - 19, 'b')}"
        f"{_in_both(ranges, middle, top - 5)}"
    )


def _gap(ends: Sequence[Ends], x: Scale, unit: str) -> str:
    """The values that neither range holds: a shaded strip, and how wide it is."""
    between = gap(ends)
    if between is None:
        return ""
    left, right = x(between[0]), x(between[1])
    edges = "".join(
        f'<path class="edge" d="M{end:.1f} {TOPS[0]:.0f}V{AXIS:.0f}"/>' for end in (left, right)
    )
    said = [_apart(between, unit, language) for language in LANGUAGES]
    return (
        f'<rect class="gap" x="{left:.1f}" y="{TOPS[0]:.0f}" width="{right - left:.1f}" '
        f'height="{AXIS - TOPS[0]:.0f}"/>{edges}'
        f"{_in_both(said, (left + right) / 2, AXIS + 29)}"
    )


def _axis(least: float, most: float, x: Scale) -> str:
    """A line with three to five ticks at round numbers."""
    ticks, decimals = _ticks(least, most)
    marks = "".join(
        f'<path d="M{x(tick):.1f} {AXIS:.0f}v4" stroke="#666"/>'
        + _in_both([labels.number(tick, decimals, one) for one in LANGUAGES], x(tick), AXIS + 14)
        for tick in ticks
    )
    line = f'<path d="M{MARGIN:.0f} {AXIS:.0f}H{WIDTH - MARGIN:.0f}" stroke="#666"/>'
    return f"{line}{marks}"


def _ticks(least: float, most: float) -> tuple[list[float], int]:
    """Round numbers in a range, as many as their digits leave room for; and their decimals."""
    digits = len(labels.number(most, 0, "en")) + 3
    wanted = max(2.0, min(4.0, WIDTH / (digits * LETTER)))
    rough = (most - least) / wanted
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * times for times in (1.0, 2.0, 5.0, 10.0) if power * times >= rough * 0.999)
    first = math.ceil(least / step)
    decimals = max(0, -math.floor(math.log10(step) + 1e-9))
    return [number * step for number in range(first, math.floor(most / step) + 1)], decimals


def _in_both(said: Sequence[str], middle: float, y: float) -> str:
    """A text in each language at one spot; the page shows one of them."""
    return "".join(
        _text(one, middle, y, language) for one, language in zip(said, LANGUAGES, strict=True)
    )


def _text(said: str, middle: float, y: float, kind: str) -> str:
    """A text around a middle, or from the edge of the drawing that it would reach over."""
    half, anchor = len(said) * LETTER / 2, ""
    if middle < half:
        middle, anchor = 1.0, ' style="text-anchor:start"'
    elif middle > WIDTH - half:
        middle, anchor = WIDTH - 1.0, ' style="text-anchor:end"'
    shown = escape(said, quote=False)
    return f'<text class="{kind}" x="{middle:.1f}" y="{y:.0f}"{anchor}>{shown}</text>'


def _range(ends: Ends, unit: str, language: str) -> str:
    if math.isinf(ends[0]):
        most = span(ends[1], ends[1], language, unit)
        return labels.text("report.or_less", language, high=most)
    said = span(*ends, language, unit)
    return said if unit in ("%", "pp") else f"{said} {labels.name('unit', unit, language)}".strip()


def _apart(between: Ends, unit: str, language: str) -> str:
    """How wide a gap is; between rates in percentage points."""
    width = between[1] - between[0]
    wide = span(width, width, language, "pp" if unit in ("%", "pp") else "")
    return labels.text("report.apart", language, gap=wide)


def _clipped(printed: str) -> str:
    """A long print with its middle left out."""
    if len(printed) <= MOST_LETTERS:
        return printed
    half = MOST_LETTERS // 2 - 1
    return f"{printed[:half].rstrip()} … {printed[-half:].lstrip()}"
