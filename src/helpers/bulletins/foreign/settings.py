"""Settings: which place each foreign figure is about, carried forward as a reader does."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from helpers import districts, places, project
from helpers.bulletins.foreign.lexicon import Meanings
from helpers.bulletins.foreign.page import Page
from helpers.bulletins.text import spots

CITIES = frozenset({"01", "31", "46", "48", "79", "92"})
_BESIDE = frozenset((" ", "-", "–", " - ", " – ", "- ", " -", "'", "’"))
_ADDRESS = re.compile(r"(?:https?://|www\.)([\w.-]{1,80})")
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
_CITY = re.compile("/(?:Thành phố|Thị xã) |^(?:01|31|46|48|79|92)$")
_IN_PROVINCE = re.compile(
    r",? ?\(?(?:in |of |de |d'|dans )?(?:the |la |le )?(?:[a-zéèô]+ ){0,2}(?:province (?:of "
    r"|de |d'))?"
)
_NONE = ("VN", "")
_LONGEST_NAME = 5
_SEVERAL = 5
_LONGEST_RUN = 200
_NEAR_KIND = 40
_OPENING = 40
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


@dataclass(frozen=True)
class Named:
    """The places that a text names, by position, and where each starts."""

    all: list[Mention]
    starts: list[int]

    def between(self, start: int, end: int) -> list[Mention]:
        """Those that start between two positions."""
        return self.all[bisect_left(self.starts, start) : bisect_left(self.starts, end)]


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


def home_of(page: Page, words: Meanings, named: list[Mention], hint: str, month: str) -> str:
    """Code of the place whose office speaks, '' where nothing tells.

    hint  : name of the file; month : when the text was written, '2025-08' or ''
    """
    scores: Counter[str] = Counter()
    country = 0
    for mention in named:
        if mention.kind == "country":
            country += 3 if mention.start < page.title_end else 1
    for start, _ in spots(page.low, words.offices):
        country += 3 if start < page.title_end else 1
    country += max(0, sum(m.kind == "region" for m in named) - 1)
    several = len({m.code for m in named if m.kind == "province"})
    country += several if country and several >= _SEVERAL else 0
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


def mentions(
    page: Page, words: Meanings, runs: list[Run], upper: list[Mention], home: str, month: str
) -> Named:
    """Places named in a text, by position; districts and communes under the province at hand."""
    named = [
        replace(m, code=in_its_time(m.code, month)) if m.kind == "province" else m for m in upper
    ]
    found = [*named, *_below(page, words, runs, named, home, month)]
    rank = ("below", "region", "province", "country", "carried")
    found.sort(key=lambda m: (m.start, rank.index(m.kind), -m.end))
    kept: list[Mention] = []
    for mention in found:
        if not kept or mention.start >= kept[-1].end:
            kept.append(mention)
        elif kept[-1].kind == "carried" and mention.kind != "carried":
            kept[-1] = mention  # `the mountainous district of Dakrong`
    kept = [
        m for i, m in enumerate(kept) if not (i and _only_tells_where(page.low, kept[i - 1], m))
    ]
    listed = [_with_list(page.low, kept, index, words) for index in range(len(kept))]
    return Named(listed, [mention.start for mention in listed])


def place_at(
    page: Page, words: Meanings, named: Named, start: int, end: int, floor: int, home: str
) -> tuple[str, str]:
    """Place of the figure printed at [start, end), and the group that stands for a part of VN.

    floor : end of the figure before it: a place between the two goes before one behind
    """
    number = page.sentence_of(start)
    opening, closing = page.starts[number], page.ends[number]
    before = [m for m in named.between(opening, start)[-12:] if _is_topic(page.low, m, words, home)]
    while len(before) > 1 and before[-1].kind == "country" and _inside(page.low, before[-1], words):
        before.pop()  # `Dakrong district, one of the poorest in the country`
    near = [m for m in before if m.start >= floor and m.kind != "carried"]
    if not near or near[-1].kind == "province":
        after = _after(page.low, named, end, closing, words)
        if after and (not near or after.kind == "below"):
            return after.code, after.group
    if before:
        return _resolved(page, named, before[-1], home)
    return _topic(page, words, named, number, home)


def respectively(
    page: Page, words: Meanings, named: Named, starts: Sequence[int]
) -> dict[int, str]:
    """Places that `A and B had 2,803 and 3,502 respectively` gives: index in `starts` to place.

    starts : where each figure is printed, by position
    """
    given: dict[int, str] = {}
    for position, _ in spots(page.low, words.respectively):
        number = page.sentence_of(position)
        opening, closing = page.starts[number], page.ends[number]
        first = bisect_left(starts, opening)
        here = range(first, bisect_left(starts, closing))
        wall = starts[first] if here else closing
        group = [m.code for m in named.between(opening, wall) if m.kind == "listed" and m.code]
        if len(group) > 1 and len(here) == len(group):
            given |= dict(zip(here, group, strict=True))
    return given


def in_its_time(code: str, month: str) -> str:
    """The unit of 2025 that bears a province's name, for texts written since the merger."""
    if month < places.MERGER_DATE[:7] or "@" in code or not code:
        return code
    place = places.get(code)
    unit = places.namesake(place)
    return unit.code if unit and unit.name_vi == place.name_vi else code


def _resolved(page: Page, named: Named, mention: Mention, home: str) -> tuple[str, str]:
    """`the district` is the one named last, `the province` the last province, else the office's."""
    if mention.kind != "carried":
        return mention.code, mention.group
    index = bisect_left(named.starts, mention.start)
    if mention.code == "city":
        line = page.lines[page.line_of(mention.start)]
        cities = [m for m in named.between(line, mention.start) if _CITY.search(m.code)]
        return (cities[-1].code if cities else home), ""
    for earlier in reversed(named.all[max(0, index - 20) : index]):
        if mention.code == earlier.kind and earlier.code:
            return earlier.code, earlier.group
        same_line = page.line_of(mention.start) == page.line_of(earlier.start)
        if mention.code == "home" and earlier.kind == "province" and same_line and home in _NONE:
            return earlier.code, ""
    return home, ""


def _after(low: str, named: Named, end: int, closing: int, words: Meanings) -> Mention | None:
    """A place named right behind the figure: `793 poor households in Cai Lay district`."""
    for mention in named.between(end, closing)[:1]:
        plain = mention.kind not in ("listed", "carried") and mention.code
        if plain and words.inside.match(low[end : mention.start]):
            return mention
    return None


def _topic(page: Page, words: Meanings, named: Named, number: int, home: str) -> tuple[str, str]:
    """The place that an earlier sentence of the paragraph set as its subject, else the office's."""
    line = page.lines[page.line_of(page.starts[number])]
    for earlier in range(number - 1, max(-1, number - 12), -1):
        opening, closing = page.starts[earlier], page.ends[earlier]
        if opening < line:
            break
        here = named.between(opening, closing)[:8]
        if not here:
            continue
        speaks = words.speaker.search(page.low, opening, closing)
        short = closing - opening <= 2 * _OPENING  # `At the bottom of the table is Nam Tra My.`
        for mention in here:
            opens = mention.start - opening <= _OPENING or (mention.kind == "below" and short)
            told = opens or (speaks and mention.kind == "below")
            if told and mention.kind != "country" and _is_topic(page.low, mention, words, home):
                return _resolved(page, named, mention, home)
    return home, ""


def _is_topic(low: str, mention: Mention, words: Meanings, home: str) -> bool:
    """Whether what follows is about the place: not one of a list, nor where somebody goes to."""
    if mention.kind == "listed":
        return False
    if mention.kind == "province" and mention.code != home:
        return not words.elsewhere.search(low[max(0, mention.start - 40) : mention.start])
    return True


def _inside(low: str, mention: Mention, words: Meanings) -> bool:
    return bool(words.one_of.search(low, max(0, mention.start - 8), mention.start))


def _only_tells_where(low: str, inner: Mention, outer: Mention) -> bool:
    """Whether a province only tells where the place before it lies: `Sin Ho district, Lai Chau`."""
    within = inner.kind == "below" and outer.kind == "province"
    return (
        within
        and inner.code.startswith(f"{outer.code}/")
        and bool(_IN_PROVINCE.fullmatch(low, inner.end, outer.start))
    )


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


def _below(
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
    return upper[index].code if _IN_PROVINCE.fullmatch(low, end, upper[index].start) else ""


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


@lru_cache(maxsize=1)
def _slugs() -> tuple[tuple[str, str], ...]:
    """Names of provinces as sites spell them: `quangtri`."""
    return tuple((places.fold(p.name_vi).replace("-", ""), p.code) for p in places.provinces("63"))
