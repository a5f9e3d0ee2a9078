"""Foreign bulletins: every printed figure out of English and French prose."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace

from helpers.bulletins.foreign import (
    gazetteer,
    links,
    numerals,
    periods,
    scanner,
    settings,
    subjects,
)
from helpers.bulletins.foreign.english import ENGLISH
from helpers.bulletins.foreign.english_meanings import ENGLISH as ENGLISH_MEANINGS
from helpers.bulletins.foreign.french import FRENCH
from helpers.bulletins.foreign.french_meanings import FRENCH as FRENCH_MEANINGS
from helpers.bulletins.foreign.lexicon import Meanings
from helpers.bulletins.foreign.page import Page, page_of
from helpers.bulletins.indicators import Subject
from helpers.bulletins.links import Tied
from helpers.bulletins.prose import Prose
from helpers.bulletins.scanner import Printed
from helpers.bulletins.text import Text, spots

_LISTED = re.compile(r"[ \t]*(?:[-•*+–·]|[0-9]{1,2}[.)]|[a-z]\))")
_LONGEST_LIST = 40
LEVELS = frozenset({"poor", "near_poor", "multidim", "total"})
LANGUAGES = {"en": (ENGLISH, ENGLISH_MEANINGS), "fr": (FRENCH, FRENCH_MEANINGS)}


def read(text: Text, language: str, place: str, period: str, source_id: str) -> Prose:
    """Read a composed text in English or French.

    language : 'en' or 'fr'; place : code of the place whose office speaks, or ''
    period   : the text's period, or ''; source_id : name of the file, which may tell the place
    """
    lexicon, words = LANGUAGES[language]
    page = page_of(text)
    others = numerals.find(page, lexicon)
    printed, left = scanner.scan(page, lexicon, others)
    times = periods.calendar(page, lexicon, words, others, period)
    month = times.month or (period or times.default)[:7]
    runs = gazetteer.runs_of(page, text.capitals)
    upper = gazetteer.provinces_and_regions(page, words, runs)
    wholes = gazetteer.wholes(page, words)
    home = place or settings.home_of(page, words, [*upper, *wholes], source_id, month)
    named = settings.mentions(page, words, runs, [*upper, *wholes], home, month)
    figures = _understood(page, words, printed, times, named, home)
    tied = links.find(figures, words)
    return Prose(figures, tied, sorted([*others, *left]), home, month, times.default)


def _understood(
    page: Page,
    words: Meanings,
    printed: list[Printed],
    times: periods.Calendar,
    named: settings.Named,
    home: str,
) -> list[Tied]:
    """Each printed quantity with what it is about, left to right as a reader goes."""
    given = settings.respectively(page, words, named, [item.start for item in printed])
    tied: list[Tied] = []
    for index, item in enumerate(printed):
        sentence = page.sentence_of(item.start)
        opening, closing = page.starts[sentence], page.ends[sentence]
        before = tied[-1] if tied and tied[-1].sentence == sentence else None
        wall = printed[index + 1].start if index + 1 < len(printed) else len(page.low)
        floor = before.printed.end if before else opening
        between = page.low[max(floor, item.start - 400) : item.start]
        after = page.low[item.end : max(item.end, min(wall, closing, item.end + 160))]
        previous = (before.printed, before.subject) if before else None
        line = page.line_of(item.start)
        topic = _topic(page, words, tied, line, item, between)
        placed = bool(named.between(max(floor, item.start - 90), item.start))
        rest = page.low[item.end : min(closing, item.end + 120)]
        spoken = page.low[max(opening, item.start - 200) : item.start]
        led = _led(page, words, line)
        around = subjects.Around(
            between, spoken, after, rest, previous, led or topic, placed, bool(led)
        )
        what = subjects.subject(item, around, words)
        what, when, status, earlier = _in_time(page, words, times, item, what, tied, wall)
        where, group = settings.place_at(page, words, named, item.start, item.end, floor, home)
        where = given.get(index, where)
        parts = {part for _, part, _, _ in words.regions if part}
        if (group and not what.group) or what.group in parts:
            what = replace(what, group=group)
        tied.append(Tied(item, what, sentence, line, where, when, between, after, status, earlier))
    _respectively(page, words, tied, set(given))
    return _together(tied, words)


def _in_time(
    page: Page,
    words: Meanings,
    times: periods.Calendar,
    item: Printed,
    what: Subject,
    tied: list[Tied],
    wall: int,
) -> tuple[Subject, str, str, bool]:
    """Subject, period and status of a figure, and whether it is the earlier of two levels."""
    sentence = page.sentence_of(item.start)
    before = tied[-1] if tied and tied[-1].sentence == sentence else None
    opening, closing = page.starts[sentence], page.ends[sentence]
    past = before.period if before and before.earlier else ""
    when, dated = periods.period_at(page, times, item.start, item.end, wall, past)
    spoken = page.low[max(opening, item.start - 200) : item.start]
    rest = page.low[item.end : min(closing, item.end + 120)]
    beside = periods.beside_compared(page, times, item.start)
    earlier = bool(beside) or _is_earlier(item, spoken, rest, words)
    status = periods.status_at(page, words, item.start, item.end, what.kind != "other")
    if earlier:
        own = beside or periods.right_behind(page, times, item.end, wall, True)
        when = own or periods.compared_in(page, times, item.start)
        what, status = _as_level(what), ""
    elif not dated and status != "target" and when[:4] > times.default[:4] > "":
        when = times.default  # a goal's year does not carry over to what was done
    if status == "target":
        when = (when if dated else periods.planned(times, item.start)) or when
        when = when if len(when) == 9 else when[:4]
        what = replace(what, indicator=f"target_{what.indicator}")
    elif not dated and not earlier:
        when = _carried(what, when, page.line_of(item.start), tied)
    return what, when, status, earlier


def _carried(what: Subject, when: str, line: int, tied: list[Tied]) -> str:
    """A period carried from another sentence.

    A level goes with the level told before it in the paragraph; a stock at the end of a year does
    not date what was done.
    """
    level = what.kind in LEVELS and not what.direction
    for other in reversed(tied[-8:] if level else []):
        if other.line != line:
            break
        if other.subject.kind in LEVELS and not other.earlier and not other.subject.direction:
            return when if other.status == "target" else other.period
    if when.endswith("-12") and not level:
        return when[:4]
    return when


def _together(figures: list[Tied], words: Meanings) -> list[Tied]:
    """Figures with the times that those beside them tell.

    `17.89 percent, or 57,800 households, in 2016` are of one time; a yearly change is of the years
    between the levels that it leads from and to.
    """
    dated = list(figures)
    for index in range(len(dated) - 1, -1, -1):
        item = dated[index]
        if item.earlier and not item.period:
            following = dated[index + 1 : index + 2]
            beside = [f for f in following if words.also.match(f.between)]
            before = [f for f in dated[:index] if f.earlier and f.sentence == item.sentence]
            told = next((f.period for f in [*beside, *reversed(before)] if f.period), "")
            dated[index] = replace(item, period=told)
            if beside:
                dated[index + 1] = replace(beside[0], earlier=True, status=item.status)
    for index, item in enumerate(dated):
        if item.subject.indicator.endswith("_per_year") and len(item.period) == 4:
            near = [f for f in dated[max(0, index - 6) : index] if f.line == item.line]
            begun = [f.period for f in near if f.earlier and f.period[:4] < item.period]
            if begun and item.status != "target":
                dated[index] = replace(item, period=f"{begun[-1][:4]}-{item.period}")
    return [_whole(item, dated[i + 1 : i + 4], words) for i, item in enumerate(dated)]


def _whole(item: Tied, following: list[Tied], words: Meanings) -> Tied:
    """`74,058 households, including 1,005 poor`: households that the poor are part of are all."""
    said = item.subject
    if said.kind != "other" or said.unit != "hộ" or said.direction or not item.printed.quantity:
        return item
    for part in following:
        if part.sentence != item.sentence:
            break
        count = part.printed.quantity
        if part.subject.kind in subjects.NAMES and part.subject.unit == "hộ" and count:
            opened = words.part.search(part.between) or words.whole_before.search(item.between)
            if opened and count.value <= item.printed.quantity.value:
                return replace(
                    item, subject=replace(said, kind="total", indicator="total_households")
                )
        if part.subject.unit not in ("%", "pp"):
            break
    return item


def _respectively(page: Page, words: Meanings, tied: list[Tied], given: set[int]) -> None:
    """Kinds that `1,925 and 418 respectively` take from the two told of before, in their order."""
    for position, _ in spots(page.low, words.respectively):
        number = page.sentence_of(position)
        here = [i for i, item in enumerate(tied) if item.sentence == number and i not in given]
        for rates in (False, True):
            pair = [
                i
                for i in here
                if (tied[i].subject.unit == "%") == rates and tied[i].subject.kind in subjects.NAMES
            ]
            if len(pair) != 2 or len({tied[i].subject.kind for i in pair}) > 1:
                continue
            near = [t for t in tied[max(0, pair[0] - 8) : pair[0]] if t.line == tied[pair[0]].line]
            told = dict.fromkeys(t.subject.kind for t in near)
            kinds = [kind for kind in told if kind in subjects.NAMES]
            for index, kind in zip(pair, kinds, strict=False):
                if len(kinds) == 2:
                    said = subjects.of_kind(tied[index].subject, kind)
                    tied[index] = replace(tied[index], subject=said)


def _led(page: Page, words: Meanings, line: int) -> str:
    """Kind of household that the line above a list names, for its lines; '' outside lists."""
    above = line
    while above and line - above < _LONGEST_LIST and _LISTED.match(page.low, page.lines[above]):
        above -= 1
    if above == line:
        return ""
    begin, end = page.lines[above], page.lines[above + 1]
    heading = page.low[max(begin, end - 300) : end].rstrip()
    kind = subjects.last_term(heading, words) if heading.endswith(":") else ""
    return kind if kind in subjects.NAMES else ""


def _topic(
    page: Page, words: Meanings, tied: list[Tied], line: int, item: Printed, between: str
) -> str:
    """Kind of household spoken of: most in the line, in a heading, first in the lines before."""
    here = [t.subject.kind for t in tied[-8:] if t.line == line and t.subject.kind != "other"]
    if here:
        return Counter(here).most_common(1)[0][0]
    begin = page.lines[line]
    heading = page.low[max(tied[-1].printed.end if tied else 0, begin - 160) : begin].rstrip()
    if heading.endswith(":"):
        return subjects.last_term(heading, words)
    told = [t for t in tied[-24:] if t.subject.kind in subjects.NAMES]
    first = [t.subject.kind for t in told if t.line == told[-1].line]
    if first and item.unit in ("%", "pp") and words.resumed.search(between):
        return "poor"  # `the rate` of a new paragraph is the poverty rate
    return first[0] if first else ""


def _is_earlier(item: Printed, before: str, rest: str, words: Meanings) -> bool:
    """Whether a figure is the level that a change started from, or that is compared with."""
    if item.unit == "pp":
        return False
    if words.from_weak.search(before) and words.then_to.match(rest):
        return True
    if not words.from_before.search(before):
        return False
    last = before.rstrip().rsplit(" ", 4)[1:]
    if "from" in last:
        falls = words.falls.search(before[-120:]) or words.rises.search(before[-120:])
        return bool(falls or words.then_to.match(rest)) and item.unit != "đồng"
    return True


def _as_level(what: Subject) -> Subject:
    """The level that a change started from, which is itself no change."""
    if "_change" not in what.indicator:
        return replace(what, direction="")
    unit = "%" if what.unit == "pp" else what.unit
    indicator = what.indicator.partition("_change")[0]
    return replace(what, indicator=indicator, direction="", unit=unit)
