"""Standards: which poverty standard each figure of a text is counted under, where it is said."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from helpers import project
from helpers.bulletins.text import Text
from helpers.bulletins.tied import Tied

_SPAN = r"(?P<span>(?:19|20)\d\d ?[-–—] ?(?:19|20)\d\d)"
_SAID = re.compile(
    rf"\b(?:chuẩn|standards?|poverty lines?|criteria|normes?|seuils?)\b[^.;\n\d]{{0,70}}?{_SPAN}"
    r"|(?P<law>\d{1,3}/20\d\d)/(?:qđ-ttg|nđ-cp)"
    r"|\bchuẩn(?: hộ)?(?: nghèo)?(?: đa chiều)?(?: riêng)? của (?P<own>tỉnh|thành phố|tp)\b"
)
# A decree may name other years than those in which it is applied.
_ALSO_NAMED = {"2021-2025": "2022-2025", "2026-2030": "2027-2030"}
_LAW = re.compile(r"\d{1,3}/20\d\d(?=/(?:QĐ-TTg|NĐ-CP))")


@dataclass(frozen=True)
class Standard:
    """A standard and the years whose reviews may be counted under it."""

    name: str
    first: int
    last: int


Choice = tuple[Standard, ...]
"""What a name may mean: one standard, or those that a province has had, by their first year."""


def of(text: Text, figures: Sequence[Tied], home: str) -> list[str]:
    """The standard of each figure, as in a ledger; '' where the text does not tell.

    It is the one said in the figure's sentence, else in its line before it, else the only one of
    the text; and only if a review of the figure's year could be under it.
    home : code of the office's place, whose own standard `chuẩn của tỉnh` is
    """
    said = _mentions(text, home)
    if not said:
        return [""] * len(figures)
    only = {choice for _, choice in said}
    return [_one(text, tied, said, only) for tied in figures]


def _one(text: Text, tied: Tied, said: list[tuple[int, Choice]], only: set[Choice]) -> str:
    if tied.subject.kind == "other" or not tied.period:
        return ""
    start = tied.printed.number
    sentence = text.sentence_of(start)
    opening, closing = text.sentences[sentence], text.ends[sentence]
    line = text.lines[text.line_of(start)]
    here = [s for at, s in said if opening <= at < start] or [
        s for at, s in said if start <= at < closing
    ][:1]
    before = [s for at, s in said if line <= at < opening]
    choices = [*here[-1:], *before[-1:], *(only if len(only) == 1 else ())]
    year = int(tied.period[:4])
    fitting = [s.name for s in choices[0] if s.first - 1 <= year <= s.last] if choices else []
    return fitting[-1] if fitting else ""


def _mentions(text: Text, home: str) -> list[tuple[int, Choice]]:
    """Where standards are named, by position."""
    if "chuẩn" not in text.low and "/20" not in text.low and "standard" not in text.low:
        return []
    spans, laws, own = _book(project.raw_dir())
    found = []
    for match in _SAID.finditer(text.low):
        if match["span"]:
            span = "-".join(re.findall(r"\d{4}", match["span"]))
            choice = spans.get(_ALSO_NAMED.get(span, span), ())
        elif match["law"]:
            choice = laws.get(match["law"], ())
        else:
            choice = own.get(home[:2], ())
        if choice:
            found.append((match.start(), choice))
    return found


@lru_cache(maxsize=8)
def _book(raw: Path) -> tuple[dict[str, Choice], dict[str, Choice], dict[str, Choice]]:
    """Standards of the reviews by their span, by their decree, and those of each province."""
    columns = ["standard", "measure", "valid_from", "valid_to", "prolonged_to", "description"]
    spans: dict[str, Choice] = {}
    laws: dict[str, Choice] = {}
    own: dict[str, Choice] = {}
    rows = project.read_table(raw / "standards.csv", columns)[columns].sort_values("valid_from")
    for name, measure, first, last, prolonged, told in rows.itertuples(index=False, name=None):
        if measure != "review":
            continue
        standard = Standard(name, int(first), int(prolonged or last or 9999))
        if name.startswith("local:"):
            own[name[6:8]] = (*own.get(name[6:8], ()), standard)
        else:
            spans[name] = (standard,)
            laws |= dict.fromkeys(_LAW.findall(told), (standard,))
    return spans, laws, own
