"""Settings: which place each figure is about, carried forward as a reader does."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from helpers import places, project
from helpers.bulletins.text import Text
from helpers.bulletins.vocabulary import CAPITALS

_NAME = rf"[{CAPITALS}][^\W\d_]{{0,11}}(?:(?: | ?[-–] ?)[{CAPITALS}][^\W\d_]{{0,11}}){{0,4}}"
_BELOW = re.compile(
    rf"(?<!\w)(?P<kind>[Hh]uyện|[Tt]hị xã|[Tt]hành phố|TP\.?|TX\.?|[Qq]uận|[Xx]ã|[Pp]hường"
    rf"|[Tt]hị trấn) ?(?P<name>{_NAME}|(?<=[Qq]uận )\d{{1,2}}|(?<=[Pp]hường )\d{{1,2}})(?!\w)"
)
_WHOLE = re.compile(
    r"(?<!\w)(?:(?P<country>cả nước|toàn quốc)|(?P<home>toàn tỉnh|toàn thành phố|cả tỉnh|tỉnh ta"
    r"|địa bàn tỉnh|địa bàn thành phố|(?:của|cấp) tỉnh|tỉnh (?:còn|có|giảm|đã))"
    r"|(?P<below>toàn huyện|toàn thị xã|toàn xã|toàn phường|toàn quận|địa bàn huyện"
    r"|địa bàn xã|của huyện))(?!\w)",
    re.I,
)
_LISTED = re.compile(
    r"(?: ?, ?| và | - | ?; ?)(?:các )?(?:tỉnh |huyện |thành phố |thị xã |xã )?$", re.I
)
_PLURAL = re.compile(
    r"(?:các|những|nhiều|một số|tỉnh, thành|\d+) (?:tỉnh|huyện|xã|thành phố)?,? ?$", re.I
)
_ELSEWHERE = re.compile(
    r"(?:\bvới|\btại|\bđi|\bở|\btừ|\bdo|\bsang|\bđến|\bTrường|\bđẳng|\bhọc|\bBáo)"
    r"(?: (?:các )?(?:tỉnh|thành phố))? ?$"
)
_BARE_BEFORE = re.compile(rf"[{CAPITALS}][^\W\d_]{{0,11}}(?:,| và) $")
_CAPITAL_WORD = re.compile(rf"(?<!\w)[{CAPITALS}][^\W\d_]*")
_SITE = re.compile(r"(?:https?://|www\.)([\w.-]{1,80})")
_SPEAKER = re.compile(r"\b(?:chia sẻ|cho biết|thông tin|cho hay|báo cáo)\b")
_OFFICE = re.compile(r"(?:tỉnh|UBND|Sở|TP\.?|thành phố|Nguồn) ?$", re.I)
_MARKS = {
    "òa": "oà", "óa": "oá", "ỏa": "oả", "õa": "oã", "ọa": "oạ", "òe": "oè", "óe": "oé",
    "úy": "uý", "ùy": "uỳ", "ủy": "uỷ", "ũy": "uỹ", "ụy": "uỵ",
}  # fmt: skip
_COUNTRY = re.compile(r"(?<!\w)(?:cả nước|toàn quốc)(?!\w)|(?<!\w)Bộ (?:LĐ|Lao động)", re.I)


@dataclass(frozen=True)
class Mention:
    """A place named at [start, end); `code` is as in a ledger's place column."""

    start: int
    end: int
    code: str
    kind: str  # country, region, province, below; listed where it is one of several


def home_of(text: Text, hint: str, month: str = "") -> str:
    """Code of the place whose office speaks: by title, by `tỉnh X`, by the address of the site.

    hint  : name of the file
    month : when the text was written, '2025-08'; from July 2025 a name means the unit of 2025
    Returns '' where nothing tells.
    """
    scores: Counter[str] = Counter()
    title_end = text.title_end
    scores["VN"] = 2 * len(_COUNTRY.findall(text.nfc)) + 3 * len(
        _COUNTRY.findall(text.nfc[:title_end])
    )
    for mention in _named(text.nfc):
        if mention.kind == "region":
            continue
        weight = 5 if mention.start < title_end else 1
        office = _OFFICE.search(text.nfc[max(0, mention.start - 12) : mention.start])
        scores[mention.code] += weight + (3 if office else 0)
    slugs = _slugs(project.raw_dir())
    for match in _SITE.finditer(text.nfc):
        scores.update({code: 3 for key, code in slugs if key.replace("-", "") in match[1]})
    folded = places.fold(hint)
    scores.update({code: 4 for key, code in slugs if key in folded})
    best = max(scores, key=lambda code: scores[code], default="")
    return _in_its_time(best, month) if best and scores[best] >= 2 else ""


def mentions(text: Text, home: str, month: str = "") -> list[Mention]:
    """Places named in a text, by position; districts and communes under the province at hand."""
    upper = [replace(m, code=_in_its_time(m.code, month)) for m in _named(text.nfc)]
    starts = [m.start for m in upper]
    found: list[Mention] = []
    covered: set[int] = set()
    for match in _BELOW.finditer(text.nfc):
        name = match["name"]
        inside = bisect_left(starts, match.start())
        whole = _is_province(match["kind"], name)
        if whole:
            continue
        covered.update(m.start for m in upper[inside : inside + 3] if m.start < match.end())
        code = f"{_province_at(text.nfc, match.end(), upper, home)}/{_below(match['kind'], name)}"
        found.append(Mention(match.start(), match.end(), code.lstrip("/"), "below"))
    found += [m for m in upper if m.start not in covered]
    for match in _WHOLE.finditer(text.nfc):
        code = "VN" if match["country"] else home if match["home"] else ""
        kind = "country" if match["country"] else "province" if match["home"] else "carried"
        found.append(Mention(match.start(), match.end(), code, kind))
    found.sort(key=lambda m: (m.start, -m.end))
    return [_with_list(text.nfc, found, i) for i in range(len(found))]


def place_at(text: Text, named: list[Mention], start: int, end: int, home: str) -> str:
    """Place of the figure printed at [start, end): named before it, or just after, or carried."""
    number = text.sentence_of(start)
    opening, closing = text.sentences[number], text.ends[number]
    first = _index(named, opening)
    for mention in reversed(named[first : _index(named, start)][-12:]):
        if _is_topic(text.nfc, mention, home):
            return mention.code or _carried(text, named, opening, home)
    after = _after(text.nfc, named, end, closing)
    if after:
        return after
    return _topic(text, named, number, home)


def _after(nfc: str, named: list[Mention], end: int, closing: int) -> str:
    """A place named right behind the figure: `793 hộ nghèo ở huyện Cai Lậy`."""
    for mention in named[_index(named, end) :][:2]:
        between = nfc[end : mention.start]
        if mention.start >= closing or mention.kind == "listed":
            return ""
        if len(between) <= 40 and not re.search(r"[\d,;:.(]|\bvà\b|\btại\b|\bđi\b", between):
            return mention.code if mention.kind in {"below", "region", "country"} else ""
    return ""


def _topic(text: Text, named: list[Mention], number: int, home: str) -> str:
    """The place that an earlier sentence of the paragraph set as its subject, else the office's."""
    line = text.lines[text.line_of(text.sentences[number])]
    for earlier in range(number - 1, max(-1, number - 12), -1):
        opening, closing = text.sentences[earlier], text.ends[earlier]
        if opening < line:
            break
        here = named[_index(named, opening) : _index(named, closing)]
        speaking = _SPEAKER.search(text.nfc, opening, min(closing, opening + 400))
        for mention in reversed(here[:8]):
            opens = mention.start - opening <= 12 and _is_topic(text.nfc, mention, home)
            if mention.code and mention.kind != "listed" and (opens or speaking):
                return mention.code
    return home


def _carried(text: Text, named: list[Mention], opening: int, home: str) -> str:
    """`toàn huyện` is the district named last."""
    for mention in reversed(named[: _index(named, opening)][-20:]):
        if mention.kind == "below":
            return mention.code
    return home


def _is_topic(nfc: str, mention: Mention, home: str) -> bool:
    """Whether what follows is about the place: not one of a list, nor where somebody goes to."""
    if mention.kind == "listed":
        return False
    if mention.kind == "province" and mention.code != home:
        return not _ELSEWHERE.search(nfc[max(0, mention.start - 24) : mention.start])
    return True


def _with_list(nfc: str, found: list[Mention], index: int) -> Mention:
    """The mention, marked as listed where it is one of several or follows a plural."""
    mention = found[index]
    if mention.kind in {"country", "carried"}:
        return mention
    before = nfc[max(0, mention.start - 24) : mention.start]
    behind = nfc[mention.end : mention.end + 3]
    follows = index > 0 and mention.start - found[index - 1].end <= 24
    enumerated = follows and _LISTED.fullmatch(nfc, found[index - 1].end, mention.start)
    opens_list = re.match(rf", [{CAPITALS}]", behind) or (
        index + 1 < len(found)
        and found[index + 1].start - mention.end <= 24
        and _LISTED.fullmatch(nfc, mention.end, found[index + 1].start)
        and not _contains(mention, found[index + 1])
    )
    continues = (enumerated or _BARE_BEFORE.search(before)) and not (
        index and _contains(found[index - 1], mention)
    )
    if _PLURAL.search(before) or opens_list or continues:
        return Mention(mention.start, mention.end, mention.code, "listed")
    return mention


def _contains(inner: Mention, outer: Mention) -> bool:
    """`huyện Đakrông, tỉnh Quảng Trị` names one place, not two."""
    return inner.kind == "below" and inner.code.startswith(f"{outer.code}/")


def _province_at(nfc: str, end: int, upper: list[Mention], home: str) -> str:
    """Province of a district: named right behind it, else the office's own."""
    starts = [m.start for m in upper]
    index = bisect_left(starts, end)
    if index < len(upper) and re.fullmatch(
        r" ?[,(]? ?(?:tỉnh )?", nfc[end : upper[index].start][:9]
    ):
        return upper[index].code if upper[index].kind == "province" else home
    return home if home != "VN" else ""


def _below(kind: str, name: str) -> str:
    """Name of a district in a ledger: a huyện by its bare name, others with their kind."""
    words = {"tp": "Thành phố", "tx": "Thị xã"}.get(kind.lower().rstrip("."), kind.capitalize())
    return name if words == "Huyện" else f"{words} {name}"


def _is_province(kind: str, name: str) -> bool:
    return kind.lower().rstrip(".") in {"thành phố", "tp"} and name in {
        "Hà Nội", "Hải Phòng", "Đà Nẵng", "Cần Thơ", "Hồ Chí Minh", "Huế",
    }  # fmt: skip


def _index(named: list[Mention], position: int) -> int:
    return bisect_left(named, position, key=lambda mention: mention.start)


@lru_cache(maxsize=1)  # the office is looked for first, then the settings, in the same text
def _named(nfc: str) -> tuple[Mention, ...]:
    """Provinces, regions and the country by name."""
    book = _names(project.raw_dir())
    found: list[Mention] = []
    for word in _CAPITAL_WORD.finditer(nfc):
        start = word.start()
        if found and start < found[-1].end:
            continue
        for name, code, kind in book.get(word.group(), ()):
            end = start + len(name)
            if nfc.startswith(name, start) and not nfc[end : end + 1].isalnum():
                found.append(Mention(start, end, code, kind))
                break
    return tuple(found)


@lru_cache(maxsize=8)
def _names(raw: Path) -> dict[str, list[tuple[str, str, str]]]:
    """Names of places as printed and in capitals, by their first word, longest first.

    Each with its code and kind.
    """
    rows = project.read_table(raw / "place_names.csv", ["name", "place"])
    variants = list(rows[["name", "place"]].itertuples(index=False, name=None))
    variants += [(p.name_vi, p.code) for p in places.provinces("63")]
    regions = places.table()
    regions = regions[regions["kind"] == "region"]
    variants += list(regions[["name_vi", "code"]].itertuples(index=False, name=None))
    spellings: dict[str, str] = {}
    for name, code in variants:
        if len(name) < 4 or "@" in code:
            continue
        for spelling in (name, _old_marks(name)):
            spellings.setdefault(spelling, code)
            spellings.setdefault(spelling.upper(), code)
    book: dict[str, list[tuple[str, str, str]]] = {}
    for name in sorted(spellings, key=len, reverse=True):
        first = _CAPITAL_WORD.match(name)
        if first:
            code = spellings[name]
            book.setdefault(first.group(), []).append((name, code, places.get(code).kind))
    return book


def _old_marks(name: str) -> str:
    for new, old in _MARKS.items():
        name = re.sub(rf"{new}(?!\w)", old, name)
    return name


def _in_its_time(code: str, month: str) -> str:
    """The unit of 2025 that bears a province's name, for texts written since the merger."""
    if month < places.MERGER_DATE[:7] or "@" in code:
        return code
    place = places.get(code)
    unit = places.namesake(place)
    return unit.code if unit and unit.name_vi == place.name_vi else code


@lru_cache(maxsize=8)
def _slugs(raw: Path) -> tuple[tuple[str, str], ...]:
    """Each province's name without diacritics, as addresses of sites write it, and its code."""
    del raw
    return tuple((places.fold(p.name_vi), p.code) for p in places.provinces("63"))
