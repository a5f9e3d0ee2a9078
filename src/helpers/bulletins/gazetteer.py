"""Gazetteer: the places that a text names, by position: provinces, districts, communes."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from helpers import districts, places, project
from helpers.bulletins.text import CAPITAL_WORD, Text
from helpers.bulletins.vocabulary import CAPITALS

_WORD = rf"[{CAPITALS}][^\W\d_]{{0,11}}(?:[’'‘][^\W\d_]{{1,11}})?"
_NAME = rf"{_WORD}(?:(?: | ?[-–] ?){_WORD}){{0,4}}"
_BELOW = re.compile(
    rf"(?P<kind>[Hh]uyện(?: đảo| nghèo)?|HUYỆN|[Tt]hị xã|THỊ XÃ|[Tt]hành phố|THÀNH PHỐ|TP\.?|Tp\.?"
    rf"|TX\.?|[Qq]uận|QUẬN|[Xx]ã|XÃ|[Pp]hường|PHƯỜNG|[Tt]hị trấn|[Đđ]ặc khu)"
    rf" ?(?!Ủy|Uỷ|ỦY|UỶ|UBND|HĐND)(?P<name>{_NAME}|(?<=[Qq]uận )\d{{1,2}}"
    r"|(?<=[Pp]hường )\d{1,2})(?!\w)"
)
_KIND_WORDS = (
    "huyện", "huyện đảo", "huyện nghèo", "thị xã", "thành phố", "tp", "tp.", "tx", "tx.", "quận",
    "xã", "phường", "thị trấn", "đặc khu",
)  # fmt: skip
_KIND_BEFORE = re.compile(
    r"(?<!\w)(?:huyện(?: đảo| nghèo)?|thị xã|thành phố|tp\.?|tx\.?|quận|xã|phường|thị trấn|đặc khu)"
    r" ?$", re.I,
)  # fmt: skip
_NUMBERED = re.compile(r"(?:quận|phường) (?=\d{1,2}\b)")
_KINDS = {
    "tp": "Thành phố", "tx": "Thị xã", "huyện đảo": "Huyện", "huyện nghèo": "Huyện",
}  # fmt: skip
_CODES = {"Huyện": "district", "Thị xã": "town", "Thành phố": "city", "Quận": "urban_district"}
_CITIES = frozenset({"01", "31", "48", "92", "79"})
_NO_PLACE = re.compile(
    r"(?:trường|thpt|thcs|tiểu học|sông|suối|hồ|đường|cầu|chợ|kcn|khu công nghiệp|ông|bà|anh|chị"
    r"|em|đèo|núi|bệnh viện|đại học|công ty|quốc lộ|cửa khẩu|vịnh|đảo|báo|đồng chí|cảng|nhà máy"
    r"|thủy điện|thuỷ điện|cụ|cháu|ảnh|bài|tác giả|người|tiếng|dân tộc|tx\.?|làng nghề) $"
)
_FORMER = re.compile(r"(?: \(?cũ\b| trước đây| \(?trước sáp nhập)")
_MARKS = {
    "òa": "oà", "óa": "oá", "ỏa": "oả", "õa": "oã", "ọa": "oạ", "òe": "oè", "óe": "oé",
    "úy": "uý", "ùy": "uỳ", "ủy": "uỷ", "ũy": "uỹ", "ụy": "uỵ",
}  # fmt: skip
Names = dict[str, list[tuple[str, str, str]]]


@dataclass(frozen=True)
class Mention:
    """A place named at [start, end); `code` is as in a ledger's place column.

    kind : 'country', 'region', 'province', 'below' (a district), 'commune', or 'carried' for words
           such as `toàn huyện`; 'listed' where it is one of several
    """

    start: int
    end: int
    code: str
    kind: str


@lru_cache(maxsize=1)  # the office is looked for first, then the settings, in the same text
def upper(text: Text) -> tuple[Mention, ...]:
    """Provinces, regions and the country, by name."""
    return tuple(_spelled(text, _upper_names(project.raw_dir())))


def below(text: Text, home: str, month: str) -> list[Mention]:
    """Districts and communes: those named with their kind, and then or by the list, by name alone.

    home  : code of the office's place, '' where it is not known
    month : when the text was written, '2025-08', or ''
    """
    named = upper(text)
    starts = [m.start for m in named]
    found: list[Mention] = []
    known: Names = {}
    for match in _with_kinds(text):
        mention = _with_kind(text.nfc, match, named, starts, home, month)
        if mention is None:
            continue
        found.append(mention)
        name = match["name"]
        if mention.code and not (name.isdigit() or name.isupper() or _provinces_named(name)):
            known.setdefault(name.split(" ")[0], []).append((name, mention.code, mention.kind))
    taken = {position for m in [*found, *named] for position in range(m.start, m.end)}
    for book in (_districts_of(project.raw_dir(), tuple(_nearby(named, home))), known):
        for mention in _spelled(text, book):
            if mention.start in taken or _is_no_place(text, mention):
                continue
            found.append(mention)
            taken.update(range(mention.start, mention.end))
    return found


def _with_kinds(text: Text) -> Iterator[re.Match[str]]:
    """`huyện Đakrông`, `Phường 3`: kinds of places with the name behind them, by position."""
    last = 0
    numbered = [(m.end(), m.group()) for m in _NUMBERED.finditer(text.low)]
    for start, _ in sorted([*text.capitals, *numbered]) if numbered else text.capitals:
        before = text.low[max(0, start - 12) : start].rstrip(" ")
        if start < last or not before.endswith(_KIND_WORDS):
            continue
        kind = _KIND_BEFORE.search(text.nfc, max(last, start - 14), start)
        match = _BELOW.match(text.nfc, kind.start()) if kind else None
        if match:
            yield match
            last = match.end()


def in_its_time(text: Text, mention: Mention, month: str) -> Mention:
    """A province's mention as the unit of 2025 that bears its name, in texts since the merger."""
    code = mention.code
    if month < places.MERGER_DATE[:7] or "@" in code or mention.kind != "province":
        return mention
    if _FORMER.match(text.low, mention.end):
        return mention
    return Mention(mention.start, mention.end, since_merger(code, month), mention.kind)


def since_merger(code: str, month: str) -> str:
    """The unit of 2025 with a province's name, for texts written since the merger."""
    if month < places.MERGER_DATE[:7] or "@" in code or "/" in code:
        return code
    unit = places.namesake(places.get(code))
    return unit.code if unit and unit.name_vi == places.get(code).name_vi else code


def _with_kind(
    nfc: str,
    match: re.Match[str],
    named: tuple[Mention, ...],
    starts: list[int],
    home: str,
    month: str,
) -> Mention | None:
    """The place named with its kind; None for a province that is a city."""
    word = match["kind"].lower().rstrip(".")
    kind = _KINDS.get(word, word.capitalize())
    name = _as_name(match["name"])
    if kind == "Thành phố" and any(p.code in _CITIES for p in _provinces_named(name)):
        return None
    province = _province_behind(nfc, match.end(), named, starts)
    office = home.partition("/")[0]
    if kind not in _CODES:
        owner = province or ("" if office == "VN" else office)
        return Mention(
            match.start(), match.end(), f"{owner}/{kind} {name}" if owner else "", "commune"
        )
    for inside in dict.fromkeys([province, office, ""]):
        if inside == "VN" or (inside == "" and province):
            continue
        listed = districts.named(name, inside)
        exact = [d for d in listed if d.kind == _CODES[kind]]
        if exact and (inside or len(exact) == 1):
            return Mention(match.start(), match.end(), exact[0].place, "below")
        if listed and inside:  # another rank than today's: as printed, in the right province
            code = f"{listed[0].province}/{name if kind == 'Huyện' else f'{kind} {name}'}"
            return Mention(match.start(), match.end(), code, "below")
    owner = province or ("" if office == "VN" else office)
    plain = name if kind == "Huyện" else f"{kind} {name}"
    return Mention(match.start(), match.end(), f"{owner}/{plain}" if owner else "", "below")


def _as_name(printed: str) -> str:
    """A name in its usual letters; in capitals, where words go on, as far as a district's goes."""
    if not printed.isupper() or len(printed) < 2:
        return printed
    words = [word.capitalize() for word in printed.split(" ")]
    for count in range(len(words), 0, -1):
        if districts.named(" ".join(words[:count])):
            return " ".join(words[:count])
    return " ".join(words)


def _provinces_named(name: str) -> list[places.Place]:
    place = places.lookup(name)
    return [place] if place and place.kind == "province" else []


def _province_behind(nfc: str, end: int, named: tuple[Mention, ...], starts: list[int]) -> str:
    """Province named right behind a district: `huyện Đakrông, tỉnh Quảng Trị`; or ''."""
    index = bisect_left(starts, end)
    if index < len(named) and named[index].kind == "province":
        between = nfc[end : named[index].start]
        if re.fullmatch(r" ?[,(-]? ?(?:tỉnh )?", between):
            return named[index].code
    return ""


def _nearby(named: tuple[Mention, ...], home: str) -> list[str]:
    """Provinces whose districts may be named without their kind."""
    office = home.partition("/")[0]
    codes = [] if office in {"", "VN"} else list(places.members(office))
    if not codes:
        codes = list(dict.fromkeys(m.code for m in named if m.kind == "province"))[:15]
    return codes


def _is_no_place(text: Text, mention: Mention) -> bool:
    """Whether a bare name is that of a river, a school or a person."""
    before = text.low[max(0, mention.start - 18) : mention.start]
    behind = text.nfc[mention.end : mention.end + 2]
    goes_on = len(behind) == 2 and behind[0] == " " and behind[1].isupper()
    return bool(_NO_PLACE.search(before)) or goes_on


def _spelled(text: Text, book: Names) -> Iterator[Mention]:
    """Mentions of the names of a book, the longest at each place."""
    last = 0
    for start, word in text.capitals if book else ():
        names = book.get(word)
        if not names or start < last:
            continue
        for name, code, kind in names:
            end = start + len(name)
            if text.nfc.startswith(name, start) and not text.nfc[end : end + 1].isalnum():
                yield Mention(start, end, code, kind)
                last = end
                break


@lru_cache(maxsize=8)
def _upper_names(raw: Path) -> Names:
    """Names of provinces, regions and the country as printed and in capitals, by first word."""
    rows = project.read_table(raw / "place_names.csv", ["name", "place"])
    variants = list(rows[["name", "place"]].itertuples(index=False, name=None))
    variants += [(p.name_vi, p.code) for p in places.provinces("63")]
    regions = places.table()
    regions = regions[regions["kind"] == "region"]
    variants += list(regions[["name_vi", "code"]].itertuples(index=False, name=None))
    return _by_first_word(
        (name, code, places.get(code).kind)
        for name, code in variants
        if len(name) >= 4 and "@" not in code
    )


@lru_cache(maxsize=256)
def _districts_of(raw: Path, provinces: tuple[str, ...]) -> Names:
    """Names of the districts of provinces that stand for them without their kind."""
    del raw
    return _by_first_word(
        (d.name, d.place, "below")
        for code in provinces
        for d in sorted(districts.of(code), key=lambda d: d.kind != "district")
        if len(d.name) >= 4 and d.name != places.get(code).name_vi
    )


def _opening_capital(match: re.Match[str]) -> str:
    return f" {match[0][1].upper()}{match[0][2:]}"


def _by_first_word(entries: Iterable[tuple[str, str, str]]) -> Names:
    spellings: dict[str, tuple[str, str]] = {}
    for name, code, kind in entries:
        capital = re.sub(r" (?:duyên hải|miền núi)", _opening_capital, name)
        for spelling in (name, _old_marks(name), name.replace("’", "'"), capital):
            spellings.setdefault(spelling, (code, kind))
            spellings.setdefault(spelling.upper(), (code, kind))
    book: Names = {}
    for name in sorted(spellings, key=len, reverse=True):
        first = CAPITAL_WORD.match(name)
        if first:
            book.setdefault(first.group(), []).append((name, *spellings[name]))
    return book


def _old_marks(name: str) -> str:
    for new, old in _MARKS.items():
        name = re.sub(rf"{new}(?!\w)", old, name)
    return name
