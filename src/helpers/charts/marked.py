"""A read bulletin as it stands: each figure marked in its text, and what was not understood."""

from __future__ import annotations

import bisect
import html
import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pandas as pd

from helpers import labels
from helpers.bulletins import Read
from helpers.bulletins.language import language_of
from helpers.bulletins.text import Text, compose
from helpers.charts import rows, style
from helpers.project import UserError

# Colours of their own on grounds of their own: the same in a light and in a dark theme, on paper
# and where only colours and borders of an element's own are let through. The line below tells
# the kinds apart without colour.
INK = "#111111"
LOOKS = {
    "level": ("#CFE6F7", "3px solid #0072B2"),
    "change": ("#FBE0CC", "4px double #B34E00"),
    "target": ("#CDEBDD", "3px dashed #00724F"),
    "other": ("#E6E6E6", "3px dotted #5A5A5A"),
    "unreadable": ("#FBD3D3", "3px solid #B00020"),
}
NUMERAL = "border-bottom:1px dotted #808080"
SMALL = "font-size:70%;line-height:0"
JOINER = "\N{WORD JOINER}"  # a raised number never opens a line
_LEVEL = re.compile(r"(?:near_|multidim_)?poor_(?:households|rate)|total_households")
_CHANGE = re.compile(
    r"(?:near_|multidim_)?poor_(?:households|rate)_change(?:_per_year)?"
    r"|households_(?:escaping_poverty|falling_back|newly_poor)"
)


class Page(str):
    """HTML that a notebook shows as such; as plain text it is one sentence about it."""

    said: str

    def _repr_html_(self) -> str:
        return str(self)

    def __repr__(self) -> str:
        return self.said


@dataclass(frozen=True)
class _Mark:
    """Characters [start, end) of the decoded text, and the HTML put around them."""

    start: int
    end: int
    before: str
    after: str


def page(read: Read, source_id: str, language: str) -> Page:
    """The text of one bulletin with every figure and every other numeral marked in its place.

    read      : from `bulletins.read_files` or `read_text`
    source_id : one of `read.texts`
    language  : of the legend and of what is shown where one points, not of the text
    A mark's number is that of `understood`. The HTML needs no script and no file beside it.
    Raises UserError for an unknown bulletin, or one whose text does not hold its figures.
    """
    figures, numerals, decoded = _of(read, source_id)
    text = compose(decoded)
    marks = [
        *_figure_marks(read, figures, text, language),
        *_numeral_marks(numerals, text, language),
    ]
    spoken = language_of(text)
    shown = Page(
        f'<section lang="{language}">{_legend(figures, numerals, language)}\n'
        f'<div lang="{spoken if spoken != "other" else ""}">'
        f"{_paragraphs(decoded, sorted(marks, key=lambda mark: mark.start))}</div></section>"
    )
    shown.said = f"{source_id}: {say_page(read, source_id, language)}"
    return shown


def say_page(read: Read, source_id: str, language: str) -> str:
    """How many figures, links and other numerals a bulletin has."""
    figures, numerals, _ = _of(read, source_id)
    links = read.links["figure_id"].isin(figures["figure_id"]).sum()
    counts = {"figures": len(figures), "links": int(links), "numerals": len(numerals)}
    return labels.text("say.marked", language, **counts)


def kinds(figures: pd.DataFrame) -> pd.Series:
    """What each figure is, one of LOOKS.

    figures : ledger columns and `value`. All households, the base of a rate, count as a level.
    """
    found = pd.Series("other", index=figures.index, dtype="object")
    found[figures["indicator"].str.fullmatch(_LEVEL)] = "level"
    found[figures["indicator"].str.fullmatch(_CHANGE)] = "change"
    goal = figures["indicator"].str.startswith("target_") | (figures["status"] == "target")
    found[goal] = "target"
    found[figures["value"].isna()] = "unreadable"
    return found


def understood(read: Read, source_id: str, language: str) -> pd.DataFrame:
    """What each mark of `page` was understood as, and the links between them, in words.

    Returns a row a figure under its number: printed, indicator, place, period, value (with its
    interval), unit, links.
    """
    figures, _, _ = _of(read, source_id)
    tied = _ties(read, figures, language)
    said = [
        {
            "number": f"[{_number(row)}]",
            "printed": row["printed"],
            "indicator": _what(row, language),
            "place": _where(row, language),
            "period": labels.period(row["period"], language),
            "value": _value(row, language),
            "unit": labels.name("unit", row["unit"], language),
            "links": "; ".join(tied.get(row["figure_id"], [])),
        }
        for row in rows.records(figures)
    ]
    columns = ["number", "printed", "indicator", "place", "period", "value", "unit", "links"]
    return pd.DataFrame(said, columns=columns).set_index("number")


def not_understood(read: Read, source_id: str, language: str) -> pd.DataFrame:
    """What the text of a bulletin did not tell the reader, by its place in the text.

    Returns printed, around (the words beside it), why: a row for each figure without value, place
    or period, and for each other numeral of no known kind.
    """
    figures, numerals, decoded = _of(read, source_id)
    text = compose(decoded)
    found = [
        (row["offset"], row["printed"], "; ".join(lacking))
        for row in rows.records(figures)
        if (lacking := _lacking(row, language))
    ]
    no_kind = labels.text("marked.no.kind", language)
    unknown = numerals[numerals["kind"] == "other"]
    found += [(row["offset"], row["text"], no_kind) for row in rows.records(unknown)]
    said = [
        {"printed": printed, "around": _around(text, offset, printed), "why": why}
        for offset, printed, why in sorted(found)
    ]
    return pd.DataFrame(said, columns=["printed", "around", "why"])


def say_not_understood(read: Read, source_id: str, language: str) -> str:
    """How much of a bulletin was not understood, or that all of it was."""
    count = len(not_understood(read, source_id, language))
    key = "say.not_understood.some" if count else "say.not_understood.none"
    return labels.text(key, language, count=count)


def _of(read: Read, source_id: str) -> tuple[pd.DataFrame, pd.DataFrame, str]:
    """Figures, other numerals and decoded text of one bulletin."""
    if source_id not in read.texts:
        known = ", ".join(read.texts) or "none"
        raise UserError(f"no bulletin {source_id!r} was read; there are: {known}.")
    figures = read.figures[read.figures["source_id"] == source_id]
    numerals = read.numerals[read.numerals["source_id"] == source_id]
    return figures, numerals, read.texts[source_id]


def _figure_marks(read: Read, figures: pd.DataFrame, text: Text, language: str) -> Iterator[_Mark]:
    tied = _ties(read, figures, language)
    for row, kind in zip(rows.records(figures), kinds(figures), strict=True):
        start, end = _span(text, row["offset"], row["printed"], row["figure_id"])
        title = "\n".join(
            [
                f"{labels.text(f'marked.kind.{kind}', language)}: {_what(row, language)}",
                _joined(_where(row, language), labels.period(row["period"], language)),
                f"{_value(row, language)} {labels.name('unit', row['unit'], language)}".strip(),
                *_lacking(row, language),
                *tied.get(row["figure_id"], []),
            ]
        )
        opening = f'<mark title="{html.escape(title)}" style="{_look(kind)}">'
        yield _Mark(
            start, end, opening, f'<sup style="{SMALL}">{JOINER}[{_number(row)}]</sup></mark>'
        )


def _numeral_marks(numerals: pd.DataFrame, text: Text, language: str) -> Iterator[_Mark]:
    for row in rows.records(numerals):
        start, end = _span(text, row["offset"], row["text"], row["text"])
        kind = html.escape(labels.name("numeral", row["kind"], language))
        opening = f'<span title="{kind}" style="{NUMERAL}">'
        note = f'<sup lang="{language}" style="{SMALL}">{JOINER}{kind}</sup>'
        yield _Mark(start, end, opening, f"{note}</span>")


def _span(text: Text, offset: int, printed: str, name: str) -> tuple[int, int]:
    """Where a printed text, whose number is at an offset, stands in the decoded text."""
    origin = text.origin
    number = offset if origin is None else bisect.bisect_left(origin, offset)
    start = text.nfc.rfind(printed, 0, number + len(printed))
    end = start + len(printed)
    if not 0 <= start <= number < end:
        raise UserError(f"{name}: {printed!r} does not stand in the text at {offset}.")
    if origin is None:
        return start, end
    while end < len(origin) and origin[end] == origin[end - 1]:  # marks on the last character
        end += 1
    return origin[start], origin[end] if end < len(origin) else -1


def _paragraphs(decoded: str, marks: Iterable[_Mark]) -> str:
    """The text with its marks, a paragraph a line; a line break within a mark is no new one."""
    lines, last = [""], 0
    for mark in marks:
        end = len(decoded) if mark.end < 0 else mark.end
        first, *more = html.escape(decoded[last : mark.start]).split("\n")
        lines[-1] += first
        lines += more
        lines[-1] += mark.before + html.escape(decoded[mark.start : end]) + mark.after
        last = end
    first, *more = html.escape(decoded[last:]).split("\n")
    lines[-1] += first
    opening = '<p style="white-space:pre-wrap;line-height:1.8;margin:0 0 6px 0">'
    return "\n".join(f"{opening}{line}</p>" if line else "" for line in [*lines, *more])


def _legend(figures: pd.DataFrame, numerals: pd.DataFrame, language: str) -> str:
    """The kinds that occur, each as it is marked, with how many there are."""
    counts = kinds(figures).value_counts()
    shown = [
        f'<span style="{_look(kind)}">{labels.text(f"marked.kind.{kind}", language)}</span>'
        f" ({counts[kind]})"
        for kind in LOOKS
        if kind in counts
    ]
    if len(numerals):
        named = labels.text("marked.numeral", language)
        shown.append(f'<span style="{NUMERAL}">{named}</span> ({len(numerals)})')
    if not shown:
        return ""
    hint = labels.text("marked.hint", language)
    return f'<p style="line-height:1.8">{" · ".join(shown)}<br><small>{hint}</small></p>'


def _look(kind: str) -> str:
    ground, line = LOOKS[kind]
    box = f";border:{line}" if kind == "unreadable" else f";border-bottom:{line}"
    return f"color:{INK};background-color:{ground};padding:4px 3px 0 2px{box}"


def _number(row: rows.Row) -> str:
    """Number of a figure in its bulletin, as at the end of its id."""
    return str(int(str(row["figure_id"]).rpartition("-")[2]))


def _ties(read: Read, figures: pd.DataFrame, language: str) -> dict[str, list[str]]:
    """What the links of each figure say, by its id: `is the rate of [1]`, `has the rate [2]`."""
    numbers = {row["figure_id"]: _number(row) for row in rows.records(figures)}
    said: dict[str, list[str]] = {}
    for one, relation, other in read.links.itertuples(index=False, name=None):
        if one in numbers and other in numbers:
            for key, end, far in ((relation, one, other), (f"{relation}.back", other, one)):
                word = labels.name("relation", key, language)
                said.setdefault(end, []).append(f"{word} [{numbers[far]}]")
    return said


def _what(row: rows.Row, language: str) -> str:
    """Indicator, group and direction in words."""
    name = labels.name("indicator", row["indicator"], language)
    group = labels.name("group", row["group"], language) if row["group"] else ""
    moved = labels.text(f"marked.{row['direction']}", language) if row["direction"] else ""
    return _joined(name, group, moved)


def _where(row: rows.Row, language: str) -> str:
    return style.full_name(row["place"], language) if row["place"] else ""


def _value(row: rows.Row, language: str) -> str:
    """Value, base of a fraction, and the interval where it is none."""
    value, low, high = (float(row[name]) for name in ("value", "low", "high"))
    if math.isnan(value):
        return labels.NO_NUMBER
    said = _written(value, language)
    if not math.isnan(base := float(row["of"])):
        said = labels.text("marked.of", language, part=said, whole=_written(base, language))
    if low == high:
        return said
    return f"{said} [{_written(low, language)}; {_written(high, language)}]"


def _written(x: float, language: str) -> str:
    """A number with all its decimals, up to six."""
    if not math.isfinite(x):
        return labels.number(x, 0, language)
    exponent: Any = Decimal(repr(round(x, 6))).normalize().as_tuple().exponent
    return labels.number(x, max(0, -exponent), language)


def _lacking(row: rows.Row, language: str) -> list[str]:
    """What is not known of a figure."""
    lacking = [
        labels.text(f"marked.no.{name}", language) for name in ("place", "period") if not row[name]
    ]
    unread = math.isnan(float(row["value"]))
    return ([row["note"] or labels.text("marked.no.value", language)] if unread else []) + lacking


def _around(text: Text, offset: int, printed: str) -> str:
    """The printed text with some words of its line before and behind it."""
    at = offset if text.origin is None else bisect.bisect_left(text.origin, offset)
    opening = text.nfc.rfind("\n", 0, at) + 1
    closing = text.nfc.find("\n", at + len(printed))
    line_end = closing if closing >= 0 else len(text.nfc)
    start, end = max(opening, at - 40), min(line_end, at + len(printed) + 40)
    before, behind = "… " * (start > opening), " …" * (end < line_end)
    return f"{before}{text.nfc[start:end].strip()}{behind}"


def _joined(*parts: str) -> str:
    return ", ".join(part for part in parts if part)
