"""Causes: what a printer or writer probably did, as corrected prints to be tested."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

SCALES = (1.0, 1e3, 1e6, 1e9)
RANK = (
    "sign",
    "transposed",
    "dropped_zero",
    "scale",
    "truncated",
    "padded",
    "wrong_digit",
    "lost_digit",
    "extra_digit",
)
CODES = {"lost_digit": "wrong_digit", "extra_digit": "wrong_digit"}  # as conflicts.csv has them
MOST_ALTERNATIVES = 3


@dataclass(frozen=True)
class Suggestion:
    """A corrected print that clears every conflict of a figure and makes none.

    cause : one of RANK, `unknown` where only the other figures say the value
    printed : the corrected print; value, low, high: its range
    """

    cause: str
    printed: str
    value: float
    low: float
    high: float


@dataclass(frozen=True)
class _Numeral:
    """The digits of a printed number and how they are written."""

    before: str
    digits: str
    decimals: int
    after: str
    scale: float
    thousands: str
    point: str

    def value(self, digits: str, decimals: int) -> float:
        return float(int(digits)) / 10.0**decimals * self.scale

    def printed(self, digits: str, decimals: int) -> str:
        digits = digits.rjust(decimals + 1, "0")
        head = digits[: len(digits) - decimals]
        tail = digits[len(head) :]
        if self.thousands:
            head = re.sub(r"(?<=\d)(?=(?:\d{3})+$)", self.thousands, head)
        return self.before + head + (self.point + tail if tail else "") + self.after


def suggestions(
    printed: str,
    value: float,
    low: float,
    high: float,
    allowed: tuple[float, float],
    most_decimals: int,
) -> list[Suggestion]:
    """Corrected prints whose range meets what all other figures allow, best first.

    printed, value, low, high : of the doubted figure
    allowed : closed range of its value that the figures not doubted leave
    most_decimals : as many as figures beside it have; a correction has no more
    """
    numeral = _numeral(printed, value)
    if numeral is None:
        return []
    found: dict[str, Suggestion] = {}
    for cause, digits, decimals in _edits(numeral):
        if decimals > max(most_decimals, numeral.decimals):
            continue
        new = numeral.value(digits, decimals)
        widening = 10.0 ** (numeral.decimals - decimals)
        ends = new + (low - value) * widening, new + (high - value) * widening
        if cause == "truncated":
            ends = ends[0], new
        fits = ends[0] <= allowed[1] * (1 + 1e-9) and allowed[0] <= ends[1] * (1 + 1e-9)
        text = numeral.printed(digits, decimals)
        if fits and text not in found and text != printed:
            found[text] = Suggestion(cause, text, new, *ends)
    return sorted(found.values(), key=lambda s: (RANK.index(s.cause), s.printed))


def rewritten(printed: str, value: float, new: float) -> list[Suggestion]:
    """A print with the whole number `new` in the place of its own, as a suggestion or none."""
    numeral = _numeral(printed, value)
    if numeral is None or numeral.decimals or numeral.scale != 1.0 or new != int(new):
        return []
    return [Suggestion("unknown", numeral.printed(str(int(new)), 0), new, new, new)]


def code(cause: str) -> str:
    """A cause as conflicts.csv has it."""
    return CODES.get(cause, cause)


def rank(cause: str) -> int:
    """Place of a cause among the likelier ones; what is none of RANK comes last."""
    return RANK.index(cause) if cause in RANK else len(RANK)


def telling(offered: list[Suggestion]) -> list[Suggestion]:
    """Suggestions without those of a cause that fits in more than three ways: no evidence."""
    counts = {cause: sum(s.cause == cause for s in offered) for cause in RANK}
    return [s for s in offered if counts[s.cause] <= MOST_ALTERNATIVES]


def decimals(printed: str, value: float) -> int:
    """Decimals of a printed number; 0 where it is no single numeral."""
    numeral = _numeral(printed, value)
    return numeral.decimals if numeral else 0


def turned(printed: str) -> str | None:
    """A printed change with its direction word turned round; None where there is none."""
    words = (("giảm", "tăng"), ("tăng", "giảm"), ("Giảm", "Tăng"), ("Tăng", "Giảm"))
    return next((printed.replace(a, b, 1) for a, b in words if a in printed), None)


def is_rounded(values: list[float], gap: float) -> bool:
    """Whether rounding of all values to the same tens, hundreds … explains a gap of their sum."""
    step = 1.0
    while all(v % (step * 10) == 0 for v in values) and step < 1e9:
        step *= 10
    return step > 1 and abs(gap) <= step * len(values) / 2


def _numeral(printed: str, value: float) -> _Numeral | None:
    """The numeral of a print that has this value; None where the print is no single numeral."""
    for match in re.finditer(r"\d+(?:[.,\u00a0 ]\d+)*", printed):
        pieces = re.split(r"([.,\u00a0 ])", match[0])
        digits = "".join(pieces[::2])
        for decimals in dict.fromkeys((0, len(pieces[-1]) if len(pieces) > 1 else 0)):
            for scale in SCALES:
                if abs(int(digits) / 10.0**decimals * scale - value) <= 1e-9 * abs(value):
                    return _written(printed, match, pieces, digits, decimals, scale)
    return None


def _written(
    printed: str, match: re.Match[str], pieces: list[str], digits: str, decimals: int, scale: float
) -> _Numeral:
    marks = pieces[1::2]
    groups = marks[:-1] if decimals else marks
    point = marks[-1] if decimals else ","
    thousands = groups[0] if groups else ""
    if not groups and not decimals and len(digits) <= 3 and "%" not in printed:
        thousands = "."
    before, after = printed[: match.start()], printed[match.end() :]
    return _Numeral(before, digits, decimals, after, scale, thousands, point)


def _edits(numeral: _Numeral) -> Iterator[tuple[str, str, int]]:
    """(cause, digits, decimals) of what may have been meant, likelier causes first."""
    digits, decimals = numeral.digits, numeral.decimals
    shortest = 2 if decimals == 0 else 1
    for i in range(len(digits) - 1):
        swapped = digits[:i] + digits[i + 1] + digits[i] + digits[i + 2 :]
        if _is_numeral(swapped, decimals):
            yield "transposed", swapped, decimals
    whole = len(digits) - decimals
    for i in range(1, len(digits) + 1):
        longer = digits[:i] + "0" + digits[i:]
        if i < whole or decimals == 0:
            yield "dropped_zero", longer, decimals
        elif i < len(digits):
            yield "dropped_zero", longer, decimals + 1
    for i in range(1, len(digits)):
        is_padding = decimals > 0 and i == len(digits) - 1
        if digits[i] == "0" and len(digits) > shortest and not is_padding:
            shorter = digits[:i] + digits[i + 1 :]
            yield "dropped_zero", shorter, decimals - (i >= whole)
    yield from _scaled(digits, decimals)
    if decimals:
        yield "truncated", str(int(digits) + 1).rjust(len(digits), "0"), decimals
        if digits.endswith("0"):
            yield "padded", digits[:-1], decimals - 1
    for i, old in enumerate(digits):
        for new in "0123456789":
            changed = digits[:i] + new + digits[i + 1 :]
            if new != old and _is_numeral(changed, decimals):
                yield "wrong_digit", changed, decimals
    yield from _with_more_or_fewer(digits, decimals)


def _with_more_or_fewer(digits: str, decimals: int) -> Iterator[tuple[str, str, int]]:
    """With one digit that was lost, or without one that is too many."""
    whole = len(digits) - decimals
    for i in range(len(digits) + 1):
        for new in "0123456789":
            longer = digits[:i] + new + digits[i:]
            for places in (
                {decimals, decimals + 1} if i == whole and decimals else {decimals + (i > whole)}
            ):
                if _is_numeral(longer, places) and (i <= whole or decimals):
                    yield "lost_digit", longer, places
    for i in range(whole if whole > 1 else 0):  # with fewer decimals a number is only rougher
        shorter = digits[:i] + digits[i + 1 :]
        if _is_numeral(shorter, decimals):
            yield "extra_digit", shorter, decimals


def _scaled(digits: str, decimals: int) -> Iterator[tuple[str, str, int]]:
    for power in (1, 2, 3):
        zeros = "0" * power
        if decimals >= power:
            yield "scale", digits, decimals - power
        elif decimals == 0:
            yield "scale", digits + zeros, 0
        if decimals:
            yield "scale", digits, decimals + power
        elif digits.endswith(zeros) and len(digits) > power:
            yield "scale", digits[:-power], 0


def _is_numeral(digits: str, decimals: int) -> bool:
    whole = len(digits) - decimals
    return whole <= 1 or digits[0] != "0"
