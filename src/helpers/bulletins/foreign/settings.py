"""Settings: which place each foreign figure is about, carried forward as a reader does."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from helpers import places
from helpers.bulletins.foreign import gazetteer
from helpers.bulletins.foreign.gazetteer import Mention, Run
from helpers.bulletins.foreign.lexicon import Meanings
from helpers.bulletins.foreign.page import Page
from helpers.bulletins.text import spots

_ADDRESS = re.compile(r"(?:https?://|www\.)([\w.-]{1,80})")
_CITY = re.compile("/(?:Thành phố|Thị xã) |^(?:01|31|46|48|79|92)$")
_NONE = ("VN", "")
_SEVERAL = 5
_OPENING = 40


@dataclass(frozen=True)
class Named:
    """The places that a text names, by position, and where each starts."""

    all: list[Mention]
    starts: list[int]

    def between(self, start: int, end: int) -> list[Mention]:
        """Those that start between two positions."""
        return self.all[bisect_left(self.starts, start) : bisect_left(self.starts, end)]


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
    return gazetteer.in_its_time(best, month) if best and scores[best] >= 2 else ""


def mentions(
    page: Page, words: Meanings, runs: list[Run], upper: list[Mention], home: str, month: str
) -> Named:
    """Places named in a text, by position; districts and communes under the province at hand."""
    named = [
        replace(m, code=gazetteer.in_its_time(m.code, month)) if m.kind == "province" else m
        for m in upper
    ]
    found = [*named, *gazetteer.below(page, words, runs, named, home, month)]
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
        and bool(gazetteer.IN_PROVINCE.fullmatch(low, inner.end, outer.start))
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


@lru_cache(maxsize=1)
def _slugs() -> tuple[tuple[str, str], ...]:
    """Names of provinces as sites spell them: `quangtri`."""
    return tuple((places.fold(p.name_vi).replace("-", ""), p.code) for p in places.provinces("63"))
