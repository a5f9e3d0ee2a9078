"""Gazetteer: the places that a foreign text names, with diacritics or without."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from helpers import districts, places, project
from helpers.bulletins.foreign.lexicon import Meanings
from helpers.bulletins.foreign.page import Page
from helpers.bulletins.text import spots

CITIES = frozenset({"01", "31", "46", "48", "79", "92"})
_BESIDE = frozenset((" ", "-", "–", " - ", " – ", "- ", " -", "'", "’"))
_MORE = (
    ("Ho Chi Minh-Ville", "79"), ("Thua Thien Hue", "46"), ("Hue", "46"), ("Daklak", "66"),
    ("Dac Lac", "66"), ("Daknong", "67"), ("Dac Nong", "67"), ("Ba Ria Vung Tau", "77"),
    ("Hochiminh City", "79"), ("Ho Chi Minh", "79"), ("Haiduong", "30"),
)  # fmt: skip
_DATELINE = re.compile(
    r" \((?:vna|vns|vov|vnp|cvn|avi|ndo|nhan dan)\b| ?(?:–|—|--|- )|, (?:le )?[0-9]"
)
_NO_PLACE = re.compile(r"(?:\bmr|\bms|\bmrs|\bdr|\bm|\bmme|\bmlle)\.? $")
_KINDS = {"": "district", "Thị xã": "town", "Thành phố": "city", "Quận": "urban_district"}
IN_PROVINCE = re.compile(
    r",? ?\(?(?:in |of |de |d'|dans )?(?:the |la |le )?(?:[a-zéèô]+ ){0,2}(?:province (?:of "
    r"|de |d'))?"
)
_LONGEST_NAME = 5
_LONGEST_RUN = 200
_NEAR_KIND = 40
_SHORTEST = 4


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


@dataclass(frozen=True)
class Run:
    """Words with capitals, one after another: where each stands, and its plain letters."""

    spans: list[tuple[int, int]]
    keys: list[str]
    capitals: bool


def runs_of(page: Page, capitals: Sequence[tuple[int, str]]) -> list[Run]:
    """Every run of words with capitals, one after another."""
    runs: list[Run] = []
    end = -1
    for start, word in capitals:
        if not runs or page.nfc[end:start] not in _BESIDE:
            runs.append(Run([], [], word.isupper()))
        run = runs[-1]
        end = start + len(word)
        run.spans.append((start, end))
        run.keys.append(_plain(word))
        if run.capitals and not word.isupper():
            runs[-1] = Run(run.spans, run.keys, False)
    return runs


def wholes(page: Page, words: Meanings) -> list[Mention]:
    """`nationwide`, `the province`, `the district`."""
    found = []
    for match in words.wholes.finditer(page.low):
        kind = str(match.lastgroup)
        code = {"country": "VN", "carried": "below"}.get(kind, kind)
        found.append(Mention(*match.span(), code, kind if kind == "country" else "carried"))
    return found


def provinces_and_regions(page: Page, words: Meanings, runs: list[Run]) -> list[Mention]:
    """Provinces and regions by name; the regions of `words`, with and without Vietnamese marks."""
    codes = _codes(project.raw_dir())
    openings = frozenset(key[:3] for key in codes)
    found = [
        Mention(run.spans[first][0], run.spans[last - 1][1], code, "province")
        for run in runs
        for first, last, code in _in_run(page.nfc, run, codes, openings, words)
    ]
    found = [m for m in found if not (m.code == "01" and _DATELINE.match(page.low, m.end))]
    ends = {m.end for m in found}
    for code, group, hints, pattern in words.regions:
        named = any(hint in page.low for hint in hints.split())
        for match in pattern.finditer(page.low) if named else ():
            start, end = match.span()
            beside = start - 2 in ends or start - 1 in ends  # `Tra Vinh (Mekong Delta)`
            if not beside and not words.of_region.match(page.low, end):
                found.append(Mention(start, end, code, "region", group))
    return sorted(found, key=lambda m: m.start)


def below(
    page: Page, words: Meanings, runs: list[Run], upper: list[Mention], home: str, month: str
) -> list[Mention]:
    """Districts and communes: with their kind, and then or by the list of districts by name."""
    office = home.partition("/")[0]
    provinces = {m.start: m for m in upper if m.kind == "province"}
    told: dict[str, str] = {}
    found: list[Mention] = []
    kinds = [start for start, _ in spots(page.low, words.kind_words)]
    for run in runs:
        near = bisect_left(kinds, run.spans[0][0] - _NEAR_KIND)
        if near == len(kinds) or kinds[near] > run.spans[-1][1] + _NEAR_KIND:
            continue
        mention = _with_kind(page, words, run, provinces, office)
        if mention and mention.code:
            found.append(mention)
            name = mention.code.partition("/")[2]
            for kind in set(words.kinds_below.values()):
                name = name.removeprefix(f"{kind} ")
            told.setdefault(places.fold(name).replace("-", ""), mention.code)
    at_hand = [] if office in ("", "VN") else [office]
    at_hand += [m.code for m in provinces.values()]
    if month >= places.MERGER_DATE[:7]:
        at_hand = []  # districts ended with the mergers
    named = _districts(project.raw_dir(), tuple(dict.fromkeys(at_hand))[:15]) | told
    openings = frozenset(key[:3] for key in named)
    taken = {m.start for m in found} | {m.end for m in found}
    for run in runs:
        for first, last, code in _in_run(page.nfc, run, named, openings, words):
            start, end = run.spans[first][0], run.spans[last - 1][1]
            goes_on = last < len(run.keys) and run.keys[last] not in words.particles
            if goes_on or {start, end} & taken or start in provinces:
                continue
            if not _NO_PLACE.search(page.low, max(0, start - 6), start):
                found.append(Mention(start, end, code, "below"))
    return found


def in_its_time(code: str, month: str) -> str:
    """The unit of 2025 that bears a province's name, for texts written since the merger."""
    if month < places.MERGER_DATE[:7] or "@" in code or not code:
        return code
    place = places.get(code)
    unit = places.namesake(place)
    return unit.code if unit and unit.name_vi == place.name_vi else code


def _in_run(
    nfc: str, run: Run, book: Mapping[str, str], openings: frozenset[str], words: Meanings
) -> Iterator[tuple[int, int, str]]:
    """Names of a book in a run, the longest first, none inside the name of something else."""
    keys, index = run.keys, 0
    while index < len(keys) < _LONGEST_RUN:
        step = 1
        if len(keys[index]) > 2 and keys[index][:3] not in openings:
            index += 1
            continue
        for count in range(min(_LONGEST_NAME, len(keys) - index), 0, -1):
            known = book.get("".join(keys[index : index + count]))
            if known is None:
                continue
            alone = (
                index == 0
                or keys[index - 1] in words.particles
                or nfc[run.spans[index - 1][1]] in "-–"
            )
            if alone or run.capitals:
                yield index, index + count, known
            step = count
            break
        index += step


def _with_kind(
    page: Page,
    words: Meanings,
    run: Run,
    provinces: Mapping[int, Mention],
    office: str,
) -> Mention | None:
    """The place that a run names with the kind before or behind it; None where there is none."""
    first, last = 0, len(run.keys)
    while last - first > 1 and page.low[slice(*run.spans[last - 1])] in words.kinds_below:
        last -= 1
    while first < last and run.keys[first] in words.particles:
        first += 1
    if first == last:
        return None
    start, end = run.spans[first][0], run.spans[last - 1][1]
    kind, opening, closing = _kind_below(page.low, start, end, words)
    same = provinces.get(start)
    if not kind or (same and same.end >= end and kind in ("city", "ville") and _is_city(same)):
        return None
    rank = words.kinds_below.get(kind, "")
    owner = _province_behind(page.low, closing, list(provinces.values()))
    name = page.nfc[start:end]
    code = "" if rank in ("Xã", "Phường") else _district(name, rank, owner, office)
    if not code:
        inside = owner or ("" if office == "VN" else office)
        rank = "Thị trấn" if rank == "Thị xã" else rank  # every `thị xã` is in the list
        code = f"{inside}/{f'{rank} {name}'.strip()}" if inside else ""
    return Mention(opening, closing, code, "below")


def _is_city(province: Mention) -> bool:
    """Whether a province is itself a city: `Da Nang city`."""
    return province.code.partition("@")[0] in CITIES


def _district(name: str, rank: str, owner: str, office: str) -> str:
    """Code of a district by name: in the province named behind it, in the office's, or the only."""
    for inside in dict.fromkeys([owner, office, ""]):
        if inside == "VN" or (not inside and (owner or "@" in office)):
            continue
        found = districts.named(name, inside)
        exact = [d for d in found if d.kind == _KINDS.get(rank)] or found
        if exact and (inside or len(exact) == 1):
            return exact[0].place
    return ""


def _kind_below(low: str, start: int, end: int, words: Meanings) -> tuple[str, int, int]:
    """Kind of a place by the word before or behind its name, and the span of both."""
    behind = words.below_behind.match(low, end)
    before = words.below_before.search(low, max(0, start - 40), start)
    if behind and not (before and "," in behind.group()):
        return _singular(behind["kind"]), start, behind.end()
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


def _province_behind(low: str, end: int, upper: list[Mention]) -> str:
    """Province of a district named right behind it; or ''."""
    index = bisect_left(upper, end, key=lambda m: m.start)
    if index == len(upper) or upper[index].kind != "province":
        return ""
    return upper[index].code if IN_PROVINCE.fullmatch(low, end, upper[index].start) else ""


@lru_cache(maxsize=8)
def _codes(raw: Path) -> dict[str, str]:
    """Names of provinces folded to plain letters without blanks, with their codes."""
    rows = project.read_table(raw / "place_names.csv", ["name", "place"])
    variants = list(rows[["name", "place"]].itertuples(index=False, name=None))
    variants += [(name, p.code) for p in places.provinces("63") for name in (p.name_vi, p.name_en)]
    return {
        places.fold(name).replace("-", ""): code
        for name, code in [*variants, *_MORE]
        if places.get(code).kind == "province" and "@" not in code and len(name) > 2
    }


@lru_cache(maxsize=256)
def _districts(raw: Path, provinces: tuple[str, ...]) -> dict[str, str]:
    """Districts of provinces that their name alone stands for, folded, with their codes."""
    del raw
    ranked = [d for code in provinces for d in districts.of(code)]
    book: dict[str, str] = {}
    for district in sorted(ranked, key=lambda d: d.kind != "district"):
        key = places.fold(district.name).replace("-", "")
        if len(key) >= _SHORTEST and district.name != places.get(district.province).name_vi:
            book.setdefault(key, district.place)
    return book


def _plain(word: str) -> str:
    return word.lower() if word.isascii() else places.fold(word)
