"""Standards: which poverty standard each figure of a text is counted under, where it is said."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from helpers import project
from helpers.bulletins.text import Text, spots
from helpers.bulletins.tied import Tied

_WORDS = (
    "chuẩn", "standard", "standards", "poverty line", "poverty lines", "criteria", "norme",
    "normes", "seuil", "seuils",
)  # fmt: skip
_SPAN = re.compile(r"[^.;\n\d]{0,80}?((?:19|20)\d\d) ?[-–—] ?((?:19|20)\d\d)")
_OWN = re.compile(r"chuẩn(?: hộ)?(?: nghèo)?(?: đa chiều)?(?: riêng)? của (?:tỉnh|thành phố|tp)\b")
_NUMBER = re.compile(r"\d{1,3}/20\d\d$")
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
    low = text.low
    spans, laws, own = _book(project.raw_dir())
    found = []
    for start, word in spots(low, _WORDS if "chuẩn" not in low else _WORDS[:1]):
        if span := _SPAN.match(low, start + len(word)):
            name = f"{span[1]}-{span[2]}"
            found.append((start, spans.get(_ALSO_NAMED.get(name, name), ())))
        elif _OWN.match(low, start):
            found.append((start, own.get(home[:2], ())))
    for start, _ in spots(low, ("qđ-ttg", "nđ-cp")):
        if low[start - 1 : start] == "/" and (
            law := _NUMBER.search(low[max(0, start - 9) : start - 1])
        ):
            found.append((start, laws.get(law[0], ())))
    return sorted((at, choice) for at, choice in found if choice)


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
