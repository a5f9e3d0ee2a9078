"""Periods: when each foreign figure is of, and whether it is a target or an estimate."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from helpers.bulletins.foreign.lexicon import DAY, YEAR, Lexicon, Meanings
from helpers.bulletins.foreign.page import Page
from helpers.bulletins.numerals import Span

HEAD_LINES = 6
LOOKED_AT = 8
_DATE = re.compile(
    rf"(?<![0-9/]){DAY}[/.-](?P<month>[0-9]{{1,2}})[/.-](?P<year>{YEAR})(?![0-9])"
    rf"|(?<![0-9])(?P<year_first>{YEAR})-(?P<month_then>[0-9]{{2}})-{DAY}(?![0-9])"
)
_BOUND = re.compile(r"\b(?:in|by|during|of|en|fin|d'ici|pour) (?:the )?$")
_THEN = re.compile(r"(?: levels?)?,? (?:to|à|down to|up to)\b")
_AGAINST = re.compile(r";|\b(?:against|compared|versus|from|than|contre|par rapport)\b")
_PARTS = ("quarter", "half", "months")
_CLOSE = 60
_LEAD = 900
_LATE = "10"
_OPENING = 12
_SCHOOL_YEAR = re.compile(r" (?:school|academic)")
_IN = ("in", "en", "at the", "à la")
_CLOSED = re.compile(r"[.;:\n]")


@dataclass(frozen=True)
class Moment:
    """A time named at [start, end); `period` as in a ledger.

    compared : whether it is what something is compared with, or the name of a plan
    """

    start: int
    end: int
    period: str
    form: str
    compared: bool


@dataclass(frozen=True)
class Calendar:
    """The times that a text names, the one it is about ('' if unknown), and its own month."""

    moments: tuple[Moment, ...]
    starts: list[int]
    default: str
    month: str


def calendar(
    page: Page, lexicon: Lexicon, words: Meanings, others: Sequence[Span], given: str
) -> Calendar:
    """The times of a text; `given` is its period where the user gives one."""
    month = _month_of(page, lexicon)
    raw = _outermost(page.low, words, others)
    base = month[:4] or given[:4] or _first_year(raw)
    moments = []
    for form, match in raw:
        period = _period(form, match, base, month, lexicon.months, words.parts_of_year)
        if period or form == "now":
            compared = period[:2] == "=-" or _is_compared(page.low, match, form, words)
            moments.append(Moment(match.start(), match.end(), period, form, compared))
    default = given or _default(page, moments, words, month) or month[:4]
    dated = [_dated(m, default, month) for m in moments]
    kept = tuple(m for m in dated if m.period)
    return Calendar(kept, [m.start for m in kept], default, month)


def period_at(
    page: Page, times: Calendar, start: int, end: int, wall: int, past: str
) -> tuple[str, bool]:
    """Period of the figure printed at [start, end), and whether its own sentence names it.

    wall : where the next figure starts; a time right behind the figure, before that, is its own
    past : the time of the earlier level just before it, which is not its own; or ''
    """
    number = page.sentence_of(start)
    opening, closing = page.starts[number], page.ends[number]
    own = right_behind(page, times, end, wall)
    if own:
        return own, True
    for moment in reversed(_between(times, opening, start, -LOOKED_AT)):
        if moment.period == past or moment.compared or _THEN.match(page.low, moment.end):
            continue
        if moment.period[:4] == times.default[:4] or ";" not in page.low[moment.end : start]:
            return moment.period, True
    for moment in _between(times, end, closing, 3):
        if moment.compared or moment.form == "now" or _THEN.match(page.low, moment.end):
            continue
        if not _AGAINST.search(page.low, end, moment.start):
            return moment.period, moment.start - end <= _CLOSE
    line = page.lines[page.line_of(opening)]
    for moment in reversed(_between(times, line, opening, -LOOKED_AT)):
        begin = page.starts[page.sentence_of(moment.start)]
        sets = moment.start - begin <= _OPENING or (
            moment.period[:4] == times.default[:4] and moment.form not in _PARTS
        )
        if not moment.compared and moment.form != "now" and sets:
            return moment.period, False
    return times.default, False


def _between(times: Calendar, start: int, end: int, most: int) -> tuple[Moment, ...]:
    """The times that start between two positions: the first of them, or the last if most < 0."""
    first, last = bisect_left(times.starts, start), bisect_left(times.starts, end)
    if most < 0:
        return times.moments[max(first, last + most) : last]
    return times.moments[first : min(last, first + most)]


def right_behind(page: Page, times: Calendar, end: int, wall: int, earlier: bool = False) -> str:
    """The time named right behind a figure that ends at `end`, before the next one; or ''.

    earlier : whether the figure is a level compared with, so that the time may be one too
    """
    index = bisect_left(times.starts, end)
    if index >= len(times.moments):
        return ""
    moment = times.moments[index]
    between = page.low[end : min(moment.start, end + 60)]
    plain = between if between.strip(" ,") not in _IN else ""
    close = moment.start - end <= 48 and not _CLOSED.search(plain) and "," not in plain[:-1]
    return (
        moment.period if close and moment.end <= wall and (earlier or not moment.compared) else ""
    )


def compared_in(page: Page, times: Calendar, start: int) -> str:
    """The one time that something is compared with in the sentence of a position; or ''."""
    number = page.sentence_of(start)
    here = _between(times, page.starts[number], page.ends[number], LOOKED_AT)
    told = {m.period for m in here if m.compared and m.form != "span"}
    return told.pop() if len(told) == 1 else ""


def beside_compared(page: Page, times: Calendar, start: int) -> str:
    """The time compared with right before a bracket: `compared to 2022 (50,800 households)`."""
    index = bisect_left(times.starts, start) - 1
    if index < 0:
        return ""
    moment = times.moments[index]
    return moment.period if moment.compared and page.low[moment.end : start] == " (" else ""


def planned(times: Calendar, start: int) -> str:
    """Year of a goal that names none: that of the time named last, where it is to come; or ''."""
    last = _between(times, 0, start, -1)
    return last[0].period if last and last[0].period[:4] > times.default[:4] else ""


def status_at(page: Page, words: Meanings, start: int, end: int, about_poverty: bool) -> str:
    """`target`, `estimate`, `preliminary` or '' for the figure printed at [start, end).

    Preliminary results are so for the rest of their paragraph.
    """
    number = page.sentence_of(start)
    before = page.low[max(page.starts[number], start - 400) : start]
    if words.to_come.match(page.low, end, page.ends[number]):
        return "target"
    if words.done.match(page.low, end, page.ends[number]):
        return ""
    for match in reversed(list(words.target.finditer(before))):
        if not words.no_target.search(before[max(0, match.start() - 30) : match.start()]):
            return "target"
    if words.estimate.search(before[-120:]):
        return "estimate"
    line = page.lines[page.line_of(start)]
    if about_poverty and words.preliminary.search(page.low, max(line, start - 900), start):
        return "preliminary"
    return ""


def _outermost(
    low: str, words: Meanings, others: Sequence[Span]
) -> list[tuple[str, re.Match[str]]]:
    """Times named, by position, without those inside others and the years of plain dates."""
    found = [
        (form, match)
        for form, hints, pattern in words.times
        if any(hint in low for hint in hints.split())
        for match in pattern.finditer(low)
    ]
    found.sort(key=lambda item: (item[1].start(), -item[1].end()))
    plain = [
        (s.start, s.end) for s in others if s.kind in ("date", "law", "code", "phone", "counter")
    ]
    kept: list[tuple[str, re.Match[str]]] = []
    end = 0
    for form, match in found:
        place = bisect_right(plain, (match.end(), 0)) - 1
        inside = place >= 0 and plain[place][0] <= match.start() < plain[place][1]
        plain_date = inside and form in ("year", "span", "month")
        glued = low[match.start() - 1 : match.start()].isalnum()
        if match.start() >= end and not plain_date and not glued:
            kept.append((form, match))
            end = match.end()
    return kept


def _of(match: re.Match[str], name: str) -> str:
    """The group of a match whose name opens so, without its number."""
    groups = match.groupdict()
    return next((v for k, v in groups.items() if v and k.rstrip("1234") == name), "")


def _period(
    form: str,
    match: re.Match[str],
    base: str,
    dateline: str,
    months: Mapping[str, int],
    parts: Mapping[str, str],
) -> str:
    """A named time as a ledger writes it; '' where the year is not known."""
    if form == "span":
        first, last = match["first"], match["last"]
        last = last if len(last) == 4 else first[:2] + last
        if int(last) <= int(first):
            return first
        return last if int(last) == int(first) + 1 and " " in match.group() else f"{first}-{last}"
    year = _of(match, "year") or base
    if year in parts:
        if parts[year].startswith("="):  # relative to the year that the text is about
            return parts[year] + {"end": "-12", "start": "-01"}.get(form, "")
        year = str(int(base) + int(parts[year])) if base else ""
    if form == "now" or not year:
        return ""
    if form in _PARTS:
        period = f"{year}-{_part(form, match, parts)}"
        own = _of(match, "year")
        ended = own or len(dateline) < 7 or last_month(period) <= dateline
        return period if ended else f"{int(year) - 1}{period[4:]}"
    if form in ("month", "day"):
        said = _of(match, "month")
        number = months.get(said) or (int(said) if said.isdigit() else 0)
        if not _of(match, "year") and len(dateline) == 7 and number > int(dateline[5:]):
            year = str(int(year) - 1)  # `by December 31` in a text of January
        return f"{year}-{number:02d}" if 1 <= number <= 12 else ""
    return year + {"end": "-12", "start": "-01"}.get(form, "")


def _part(form: str, match: re.Match[str], parts: Mapping[str, str]) -> str:
    """A part of a year as a ledger writes it: `Q1`, `H1`, `M9`."""
    if form == "quarter":
        return parts[_of(match, "quarter")]
    if form == "half":
        return "H1" if parts[_of(match, "half")] in ("Q1", "H1") else "H2"
    count = _of(match, "count")
    many = int(parts.get(count, count).lstrip("Q"))
    return {3: "Q1", 6: "H1"}.get(many, f"M{many}")


def _is_compared(low: str, match: re.Match[str], form: str, words: Meanings) -> bool:
    before = low[max(0, match.start() - 100) : match.start()]
    if form != "span" and words.compared.search(before[-60:]):
        return True
    if form == "span" and _SCHOOL_YEAR.match(low, match.end()):
        return True
    bound = _BOUND.search(before[-12:]) and form != "span"
    return form in ("span", "year") and not bound and bool(words.of_a_text.search(before))


def _month_of(page: Page, lexicon: Lexicon) -> str:
    """Month of the first full date in the text's first lines, else in its last, as '2024-07'."""
    head = page.lines[HEAD_LINES] if len(page.lines) > HEAD_LINES else len(page.low)
    tail = page.lines[-3] if len(page.lines) > HEAD_LINES else head
    named = _named_date(lexicon)
    for first, last in ((0, min(head, 4000)), (max(tail, len(page.low) - 300), len(page.low))):
        found = [m for p in (_DATE, named) if (m := p.search(page.low, first, last))]
        for match in sorted(found, key=re.Match.start):
            groups = {k.partition("_")[0]: v for k, v in match.groupdict().items() if v}
            month = lexicon.months.get(groups["month"]) or int(groups["month"])
            if 1 <= month <= 12:
                return f"{groups['year']}-{month:02d}"
    return ""


def _named_date(lexicon: Lexicon) -> re.Pattern[str]:
    names = "|".join(sorted(lexicon.months, key=len, reverse=True))
    return re.compile(
        rf"(?<![0-9])(?:1er|{DAY}(?:st|nd|rd|th)?) (?:of )?(?P<month>{names})\.?,? (?P<year>{YEAR})"
        rf"|\b(?P<month_then>{names})\.? {DAY}(?:st|nd|rd|th)?,? (?P<year_then>{YEAR})"
    )


def _first_year(raw: list[tuple[str, re.Match[str]]]) -> str:
    years = (_of(match, "year") for form, match in raw if form not in ("span", "now"))
    return next((year for year in years if year.isdigit()), "")


def _default(page: Page, moments: list[Moment], words: Meanings, month: str) -> str:
    """The title's time, else the lead's latest, else the first named; never one to come.

    month : when the text was written, which is about that year or the one before; or ''
    """
    usable = [
        m
        for m in moments
        if not m.compared and m.period[:1].isdigit() and m.form != "span"
        if not month or int(month[:4]) - 1 <= int(m.period[:4]) <= int(month[:4])
    ]
    for limit in (page.title_end, page.title_end + _LEAD):
        near = [m for m in usable if m.start < limit and not _ahead(page, words, m)]
        parts = [m for m in near if m.form in _PARTS]
        first = parts[0] if parts else None
        if first and (first is near[0] or first.period[:4] in page.low[first.start : first.end]):
            return first.period
        if near:
            latest = max(near, key=lambda m: m.period[:4])
            late = month[5:] >= _LATE and latest.period[:4] < month[:4]
            return month[:4] if late and limit > page.title_end else _whole(latest)
    return next((_whole(m) for m in usable if not _ahead(page, words, m)), "")


def _whole(moment: Moment) -> str:
    """The period of a text that names a moment: its year, where that is a day or a month."""
    return moment.period[:4] if moment.form in ("end", "start", "day", "month") else moment.period


def _ahead(page: Page, words: Meanings, moment: Moment) -> bool:
    opening = page.starts[page.sentence_of(moment.start)]
    return bool(words.target.search(page.low, max(opening, moment.start - 200), moment.end + 40))


def _dated(moment: Moment, default: str, month: str) -> Moment:
    """The moment with its period, where that needed the year that the text is about.

    `to date` is the end of the part of a year that a text is about, else its own month.
    """
    if moment.period.startswith("="):
        year, shift, part = default[:4], moment.period[1:3], moment.period[3:]
        period = f"{int(year) + int(shift)}{part}" if year.isdigit() else ""
        return replace(moment, period=period)
    if moment.form != "now":
        return moment
    now = last_month(default)
    if now == default and len(default) == 4 and month[:4] >= default:
        now = month
    return replace(moment, period=now)


def last_month(period: str) -> str:
    """The month in which a part of a year ends, `2024-M8` as `2024-08`; other periods unchanged."""
    last = {"Q1": 3, "Q2": 6, "Q3": 9, "Q4": 12, "H1": 6, "H2": 12}
    year, _, part = period.partition("-")
    month = last.get(part) or (int(part[1:]) if part[:1] == "M" else 0)
    return f"{year}-{month:02d}" if month else period
