"""Settings: which place each foreign figure is about, carried forward as a reader does."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from helpers import places, project
from helpers.bulletins.foreign.lexicon import Meanings
from helpers.bulletins.foreign.page import Page
from helpers.bulletins.vocabulary import CAPITALS

CITIES = frozenset({"01", "31", "46", "48", "79", "92"})
_CAPITALISED = re.compile(
    rf"(?<![^\W_])[{CAPITALS}][^\W\d_]*(?:(?: | ?[-–] ?|['’])[{CAPITALS}][^\W\d_]*){{0,6}}"
)
_WORD = re.compile(r"[^\W\d_]+")
_ADDRESS = re.compile(r"(?:https?://|www\.)([\w.-]{1,80})")
_MORE = (
    ("Ho Chi Minh-Ville", "79"), ("Thua Thien Hue", "46"), ("Hue", "46"), ("Daklak", "66"),
    ("Dac Lac", "66"), ("Daknong", "67"), ("Dac Nong", "67"), ("Ba Ria Vung Tau", "77"),
    ("Hochiminh City", "79"), ("Ho Chi Minh", "79"), ("Haiduong", "30"),
)  # fmt: skip
_DATELINE = re.compile(r" \((?:vna|vns|vov|vnp|cvn|ndo|nhan dan)\b| ?(?:–|—|--|- )")
_LONGEST_NAME = 5


class _Names(NamedTuple):
    """Names of provinces folded to plain letters without blanks, with their codes.

    openings : the first word of each
    """

    codes: dict[str, str]
    openings: frozenset[str]


@dataclass(frozen=True)
class Mention:
    """A place named at [start, end); `code` is as in a ledger's place column.

    kind  : country, region, province, below; carried for `the district`, listed for one of several
    group : the part of the country that no code names, `Tây Bắc`
    """

    start: int
    end: int
    code: str
    kind: str
    group: str = ""


def is_named(named: list[Mention], start: int, end: int) -> bool:
    """Whether a place is named between two positions."""
    return _index(named, start) < _index(named, end)


def home_of(page: Page, words: Meanings, named: list[Mention], hint: str, month: str) -> str:
    """Code of the place whose office speaks, '' where nothing tells.

    hint  : name of the file; month : when the text was written, '2025-08' or ''
    """
    scores: Counter[str] = Counter()
    country = 0
    for match in words.wholes.finditer(page.low):
        if match.lastgroup == "country":
            country += 3 if match.start() < page.title_end else 1
    country += max(0, sum(m.kind == "region" for m in named) - 1)
    for mention in named:
        if mention.kind == "province":
            in_title = 5 if mention.start < page.title_end else 1
            office = words.province_after.match(page.low, mention.end)
            scores[mention.code] += in_title + (2 if office else 0)
    for match in _ADDRESS.finditer(page.low):
        site = match[1]
        scores.update({code: 3 for slug, code in _slugs() if slug in site})
    folded = places.fold(hint).replace("-", "")
    scores.update({code: 4 for slug, code in _slugs() if slug in folded})
    best = max(scores, key=lambda code: scores[code], default="")
    if country >= 2 and country >= scores[best]:
        return "VN"
    return in_its_time(best, month) if best and scores[best] >= 2 else ""


def _is_dateline(page: Page, mention: Mention) -> bool:
    """Whether `Hanoi (VNA) –` only says where an agency writes."""
    return mention.code == "01" and bool(_DATELINE.match(page.low, mention.end))


def mentions(
    page: Page, words: Meanings, upper: list[Mention], home: str, month: str
) -> list[Mention]:
    """Places named in a text, by position; districts and communes under the province at hand."""
    named = [
        replace(m, code=in_its_time(m.code, month)) if m.kind == "province" else m for m in upper
    ]
    found = [*named, *_wholes(page, words, home)]
    found += _below(page, words, named, home)
    found.sort(key=lambda m: (m.start, -m.end))
    kept: list[Mention] = []
    for mention in found:
        if not kept or mention.start >= kept[-1].end:
            kept.append(mention)
        elif kept[-1].kind == "carried" and mention.kind != "carried":
            kept[-1] = mention  # `the mountainous district of Dakrong`
    return [_with_list(page.low, kept, index, words) for index in range(len(kept))]


def place_at(
    page: Page, words: Meanings, named: list[Mention], start: int, end: int, floor: int, home: str
) -> tuple[str, str]:
    """Place of the figure printed at [start, end), and the group that stands for a part of VN.

    floor : end of the figure before it: a place between the two goes before one behind
    """
    number = page.sentence_of(start)
    opening, closing = page.starts[number], page.ends[number]
    first, last = _index(named, opening), _index(named, start)
    before = [m for m in named[max(first, last - 12) : last] if _is_topic(page.low, m, words, home)]
    while len(before) > 1 and before[-1].kind == "country" and _inside(page.low, before[-1], words):
        before.pop()  # `Dakrong district, one of the poorest in the country`
    near = [m for m in before if m.start >= floor and m.kind != "carried"]
    if not near or near[-1].kind == "province":
        after = _after(page.low, named, end, closing, words)
        if after and (not near or after.kind == "below"):
            return after.code, after.group
    if before:
        return _resolved(page, words, named, before[-1], home)
    return _topic(page, words, named, number, home)


def _inside(low: str, mention: Mention, words: Meanings) -> bool:
    return bool(words.one_of.search(low, max(0, mention.start - 8), mention.start))


def in_its_time(code: str, month: str) -> str:
    """The unit of 2025 that bears a province's name, for texts written since the merger."""
    if month < places.MERGER_DATE[:7] or "@" in code or not code:
        return code
    place = places.get(code)
    unit = places.namesake(place)
    return unit.code if unit and unit.name_vi == place.name_vi else code


def _resolved(
    page: Page, words: Meanings, named: list[Mention], mention: Mention, home: str
) -> tuple[str, str]:
    """`the district` is the one named last, `the province` the last province, else the office's."""
    if mention.kind != "carried":
        return mention.code, mention.group
    index = _index(named, mention.start)
    for earlier in reversed(named[max(0, index - 20) : index]):
        if mention.code == earlier.kind and earlier.code:
            return earlier.code, earlier.group
        if mention.code == "home" and earlier.kind in ("province", "below"):
            line = page.line_of(mention.start) == page.line_of(earlier.start)
            if line and earlier.kind == "province" and home in ("VN", ""):
                return earlier.code, ""
    return home, ""


def _after(
    low: str, named: list[Mention], end: int, closing: int, words: Meanings
) -> Mention | None:
    """A place named right behind the figure: `793 poor households in Cai Lay district`."""
    index = _index(named, end)
    for mention in named[index : index + 1]:
        if mention.start >= closing or mention.kind in ("listed", "carried") or not mention.code:
            return None
        if words.inside.match(low[end : mention.start]):
            return mention
    return None


def _topic(
    page: Page, words: Meanings, named: list[Mention], number: int, home: str
) -> tuple[str, str]:
    """The place that an earlier sentence of the paragraph set as its subject, else the office's."""
    line = page.lines[page.line_of(page.starts[number])]
    for earlier in range(number - 1, max(-1, number - 12), -1):
        opening, closing = page.starts[earlier], page.ends[earlier]
        if opening < line:
            break
        first = _index(named, opening)
        for mention in named[first : min(first + 8, _index(named, closing))]:
            opens = mention.start - opening <= 40 and _is_topic(page.low, mention, words, home)
            if opens and mention.kind != "country":
                return _resolved(page, words, named, mention, home)
    return home, ""


def _is_topic(low: str, mention: Mention, words: Meanings, home: str) -> bool:
    """Whether what follows is about the place: not one of a list, nor where somebody goes to."""
    if mention.kind == "listed":
        return False
    if mention.kind == "province" and mention.code != home:
        return not words.elsewhere.search(low[max(0, mention.start - 30) : mention.start])
    return True


def _with_list(low: str, found: list[Mention], index: int, words: Meanings) -> Mention:
    """The mention, marked as listed where it stands beside another of its kind."""
    mention = found[index]
    for other, first, last in (
        (index - 1, found[index - 1].end if index else 0, mention.start),
        (index + 1, mention.end, found[index + 1].start if index + 1 < len(found) else 0),
    ):
        if 0 <= other < len(found) and found[other].kind in (mention.kind, "listed"):
            joined = last - first <= 24 and words.listing.fullmatch(low, first, max(first, last))
            if joined and mention.kind in ("province", "below", "region"):
                return replace(mention, kind="listed")
    return mention


def _wholes(page: Page, words: Meanings, home: str) -> list[Mention]:
    """`nationwide`, `the province`, `the district`."""
    found = []
    for match in words.wholes.finditer(page.low):
        kind = str(match.lastgroup)
        if kind == "country":
            found.append(Mention(*match.span(), "VN", "country"))
        else:
            code = {"home": "home", "carried": "below", "region": "region"}[kind]
            found.append(Mention(*match.span(), code, "carried"))
    return found


def provinces_and_regions(page: Page, words: Meanings) -> list[Mention]:
    """Provinces and regions by name; the regions of `words`, with and without Vietnamese marks."""
    names = _names(project.raw_dir())
    found = []
    for phrase in _CAPITALISED.finditer(page.nfc):
        found += _in_phrase(page.nfc, phrase, names, words)
    found = [m for m in found if not _is_dateline(page, m)]
    ends = {m.end for m in found}
    for code, group, pattern in words.regions:
        for match in pattern.finditer(page.low):
            start, end = match.span()
            beside = start - 2 in ends or start - 1 in ends  # `Tra Vinh (Mekong Delta)`
            if not beside and not words.of_region.match(page.low, end):
                found.append(Mention(start, end, code, "region", group))
    return sorted(found, key=lambda m: m.start)


def _in_phrase(nfc: str, phrase: re.Match[str], names: _Names, words: Meanings) -> list[Mention]:
    """Provinces in a run of capitalised words: longest names first, none inside a person's name."""
    spans = [match.span() for match in _WORD.finditer(nfc, *phrase.span())]
    keys = [_plain(nfc[start:end]) for start, end in spans]
    found, index = [], 0
    while index < len(keys):
        if keys[index] not in names.openings:
            index += 1
            continue
        for count in range(min(_LONGEST_NAME, len(keys) - index), 0, -1):
            code = names.codes.get("".join(keys[index : index + count]))
            if code is None:
                continue
            alone = (
                index == 0 or keys[index - 1] in words.particles or nfc[spans[index - 1][1]] in "-–"
            )
            if alone or phrase.group().isupper():
                start, end = spans[index][0], spans[index + count - 1][1]
                found.append(Mention(start, end, code, "province"))
            index += count - 1
            break
        index += 1
    return found


def _below(page: Page, words: Meanings, upper: list[Mention], home: str) -> list[Mention]:
    """Districts and communes: named with their kind once, then wherever the name stands."""
    kinds: dict[str, str] = {}
    phrases = [_trimmed(page.nfc, m, words) for m in _CAPITALISED.finditer(page.nfc)]
    provinces = {(m.start, m.end): m.code for m in upper}
    certain: dict[tuple[int, int], tuple[str, int, int]] = {}
    for start, end in phrases:
        if start == end:
            continue
        name = page.nfc[start:end]
        kind, opening, closing = _kind_below(page.low, start, end, words)
        code = provinces.get((start, end), "")
        if kind and not _is_upper(code, kind):
            key = _plain(name)
            kinds.setdefault(key, kind)
            certain[(start, end)] = (kind, opening, closing)
    found = []
    for start, end in phrases:
        key = _plain(page.nfc[start:end])
        kind, opening, closing = certain.get((start, end), ("", start, end))
        kind = kind or ("" if (start, end) in provinces else kinds.get(key, ""))
        if kind and start < end:
            province = _province_at(page.low, closing, upper, home)
            name = f"{words.kinds_below.get(kind, '')} {page.nfc[start:end]}".strip()
            found.append(
                Mention(opening, closing, f"{province}/{name}" if province else "", "below")
            )
    return found


def _trimmed(nfc: str, phrase: re.Match[str], words: Meanings) -> tuple[int, int]:
    """A run of capitalised words without the small ones that open it: `In Dakrong`."""
    start, end = phrase.span()
    spans = [word.span() for word in _WORD.finditer(nfc, start, end)]
    while len(spans) > 1 and nfc[slice(*spans[-1])].lower() in words.kinds_below:
        spans.pop()
    for begin, _ in spans:
        if nfc[begin : spans[-1][1]].split(" ")[0].lower() not in words.particles:
            return begin, spans[-1][1]
    return end, end


def _kind_below(low: str, start: int, end: int, words: Meanings) -> tuple[str, int, int]:
    """Kind of a place by the word behind or before its name, and the span of both."""
    behind = words.below_behind.match(low, end)
    if behind:
        return _singular(behind["kind"]), start, behind.end()
    before = words.below_before.search(low, max(0, start - 24), start)
    if before:
        kind = before.groupdict().get("kind") or before.groupdict().get("before") or ""
        if not kind.startswith("province"):
            return _singular(kind), before.start(), end
    return "", start, end


def _singular(kind: str) -> str:
    last = kind.split()[-1] if kind not in ("thị xã", "thị trấn") else kind
    return {"cities": "city", "communes": "commune", "villes": "ville"}.get(
        last, last.removesuffix("s")
    )


def _is_upper(code: str, kind: str) -> bool:
    """Whether a name with `city` behind is a province-level city: `Da Nang city`."""
    return bool(code) and kind in ("city", "ville") and code.split("@")[0] in CITIES


def _province_at(low: str, end: int, upper: list[Mention], home: str) -> str:
    """Province of a district: named right behind it, else the office's own."""
    index = bisect_left(upper, end, key=lambda m: m.start)
    if index < len(upper) and upper[index].kind == "province":
        between = low[end : upper[index].start]
        if re.fullmatch(
            r",? ?\(?(?:in |of |de |d'|dans )?(?:the |la |le )?(?:[a-z]+ )?(?:province (?:of "
            r"|de |d'))?",
            between,
        ):
            return upper[index].code
    return home if home != "VN" else ""


def _index(named: list[Mention], position: int) -> int:
    return bisect_left(named, position, key=lambda mention: mention.start)


@lru_cache(maxsize=8)
def _names(raw: Path) -> _Names:
    rows = project.read_table(raw / "place_names.csv", ["name", "place"])
    variants = list(rows[["name", "place"]].itertuples(index=False, name=None))
    variants += [(name, p.code) for p in places.provinces("63") for name in (p.name_vi, p.name_en)]
    keys = {
        places.fold(name): code
        for name, code in [*variants, *_MORE]
        if places.get(code).kind == "province" and "@" not in code and len(name) > 2
    }
    codes = {key.replace("-", ""): code for key, code in keys.items()}
    return _Names(codes, frozenset(key.split("-")[0] for key in keys))


def _plain(word: str) -> str:
    return word.lower() if word.isascii() else places.fold(word)


@lru_cache(maxsize=1)
def _slugs() -> tuple[tuple[str, str], ...]:
    """Names of provinces as sites spell them: `quangtri`."""
    return tuple((places.fold(p.name_vi).replace("-", ""), p.code) for p in places.provinces("63"))
