"""Annotated bulletins: a text with its figures marked in place, split into text and truth.

A file NAME.txt in `tests/bench/bulletins` has a head, a line `===`, and the marked text:

    place: 45                      of the figures that do not say otherwise
    period: 2023                   likewise
    language: vi
    sources: quang-tri-2023        rows of data/raw from which the real figures come
    b rate_of a                    links, one a line
    ===
    Đến cuối năm 2023, toàn tỉnh còn {{14.040 hộ|a poor_households 14040 period=2023-12}} nghèo.
    Theo Quyết định số {{271/QĐ-UBND|law}} …

A figure is `{{printed|id indicator value [low..high] [key=value …]}}`: low and high equal the value
where they are not given; `?` is the value of what cannot be read; keys are place, period, group,
direction, unit, status, of; `_` stands for a blank and `-` for empty. Any other numeral is
`{{text|kind}}`. Every digit of the text must be in one of the two.
"""

from __future__ import annotations

import math
import re
import sys
from dataclasses import dataclass
from pathlib import Path

from helpers.bulletins.numerals import KINDS

FOLDER = Path(__file__).parent / "bulletins"
KEYS = ("place", "period", "group", "direction", "unit", "status", "of")
RELATIONS = (
    "rate_of", "part_of", "all_parts_of", "change_of", "achieved_of", "recipients_of",
    "escaped_from",
)  # fmt: skip
_MARK = re.compile(r"\{\{(.+?)\|([^{}|]+)\}\}", re.S)
_IN_WORDS = re.compile(
    r"(?:(?:hơn|trên|gần|khoảng|chừng|ước|dưới|about|nearly|almost|over|some|more than|près de) )*"
    r"(?P<number>.)"
)
_LINK = re.compile(rf"^(\w+) ({'|'.join(RELATIONS)}) (\w+)$")


@dataclass(frozen=True)
class Truth:
    """One figure as a person reads it; `offset` counts characters of the text from 0."""

    name: str
    start: int
    offset: int
    printed: str
    indicator: str
    value: float
    low: float
    high: float
    said: dict[str, str]


@dataclass(frozen=True)
class Annotated:
    """A bulletin: its text without marks, and what is in it.

    links  : (figure, relation, other), by the figures' names
    others : (offset, text, kind) of the numerals that are no figure
    """

    name: str
    text: str
    language: str
    figures: tuple[Truth, ...]
    links: tuple[tuple[str, str, str], ...]
    others: tuple[tuple[int, str, str], ...]


def load(path: Path) -> Annotated:
    """Read one annotated bulletin; raises ValueError naming the file and what is wrong."""
    head, _, marked = path.read_text(encoding="utf-8").partition("\n===\n")
    fields, links = _head(path, head)
    pieces: list[str] = []
    figures: list[Truth] = []
    others: list[tuple[int, str, str]] = []
    position = last = 0
    for match in _MARK.finditer(marked):
        plain = marked[last : match.start()]
        _check_plain(path, plain)
        pieces += [plain, match[1]]
        position += len(plain)
        if match[2].strip() in KINDS:
            others.append((position, match[1], match[2].strip()))
        else:
            figures.append(_figure(path, match[1], match[2].split(), position, fields))
        position += len(match[1])
        last = match.end()
    _check_plain(path, marked[last:])
    names = [figure.name for figure in figures]
    unknown = {name for one, _, other in links for name in (one, other)} - set(names)
    if unknown or len(set(names)) < len(names):
        raise ValueError(f"{path}: unknown in links {sorted(unknown)}, or a name used twice")
    text = "".join(pieces) + marked[last:]
    return Annotated(
        path.stem, text, fields.get("language", "vi"), tuple(figures), tuple(links), tuple(others)
    )


def _head(path: Path, head: str) -> tuple[dict[str, str], list[tuple[str, str, str]]]:
    fields: dict[str, str] = {}
    links: list[tuple[str, str, str]] = []
    for line in filter(None, map(str.strip, head.splitlines())):
        link = _LINK.match(line)
        key, colon, value = line.partition(":")
        if link:
            links.append((link[1], link[2], link[3]))
        elif colon:
            fields[key.strip()] = value.strip()
        else:
            raise ValueError(f"{path}: the head's line {line!r} is neither `key: value` nor a link")
    return fields, links


def _figure(
    path: Path, printed: str, words: list[str], position: int, fields: dict[str, str]
) -> Truth:
    where = f"{path}: {printed!r}"
    if len(words) < 3:
        raise ValueError(f"{where}: write `id indicator value`, or a kind of {KINDS}")
    name, indicator, value, *rest = words
    number = math.nan if value == "?" else float(value)
    low = high = number
    said = {key: fields.get(key, "") for key in KEYS}
    said["place"] = said["place"].replace("_", " ")
    for word in rest:
        key, equals, given = word.partition("=")
        if equals and key in KEYS:
            said[key] = "" if given == "-" else given.replace("_", " " if key == "place" else "_")
        elif ".." in word and not equals:
            low, high = (float(end) for end in word.split(".."))
        else:
            raise ValueError(f"{where}: {word!r} is neither low..high nor key=value of {KEYS}")
    if not (math.isnan(number) or low <= number <= high):
        raise ValueError(f"{where}: {number} is not between {low} and {high}")
    digit = re.search(r"(?P<number>[0-9])", printed) or _IN_WORDS.match(printed)
    offset = position + (digit.start("number") if digit else 0)
    return Truth(name, position, offset, printed, indicator, number, low, high, said)


def _check_plain(path: Path, plain: str) -> None:
    match = re.search(r".{0,30}[0-9].{0,30}", plain)
    if match or "{{" in plain or "}}" in plain:
        raise ValueError(f"{path}: not marked: {match[0] if match else plain!r}")


if __name__ == "__main__":
    for name in sys.argv[1:]:
        bulletin = load(Path(name))
        print(
            f"{name}: {len(bulletin.text)} characters, {len(bulletin.figures)} figures, "
            f"{len(bulletin.links)} links, {len(bulletin.others)} other numerals"
        )
