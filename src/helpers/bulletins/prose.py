"""Prose: each printed quantity of a Vietnamese text with what it is about, left to right."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from helpers.bulletins import links, numerals, periods, scanner, settings, statuses, times
from helpers.bulletins.indicators import Before, Subject, subject
from helpers.bulletins.links import Link, Tied
from helpers.bulletins.numerals import Span
from helpers.bulletins.scanner import Printed
from helpers.bulletins.text import Text

_A_MONTH = re.compile(r"^\d{4}-\d\d$")
_LARGE = 1000
_HELD = re.compile(r"\b(?:dư nợ|đang(?! (?:triển|tích|tập|nỗ|phấn))|nợ quá hạn)\b[^;]*$")
LEVELS = frozenset({"poor", "near_poor", "multidim", "total"})


@dataclass(frozen=True)
class Prose:
    """What a text says outside its tables.

    figures : by position
    links   : (figure, relation, other), by their index in `figures`
    spans   : every other numeral
    home    : code of the place whose office speaks, '' where nothing tells
    month   : when the text was written, '2025-08', as far as it tells
    period  : what the text is about as a whole, as in a ledger; '' where nothing tells
    """

    figures: list[Tied]
    links: list[Link]
    spans: list[Span]
    home: str
    month: str
    period: str


def read(text: Text, walls: Sequence[Span], place: str, period: str, hint: str) -> Prose:
    """Read a text, all but what lies between `walls`.

    walls  : tables, by position
    place  : code of the place whose office speaks, '' to let the text tell
    period : the text's period, '' to let it tell
    hint   : name of the file, which may name the place
    """
    others = [span for span in numerals.find(text) if not _inside(span.start, walls)]
    style = scanner.style_of(text.nfc)
    printed, left = scanner.scan(text, sorted([*others, *walls]), style)
    month = times.dateline(text) or period[:4]
    home = place or settings.home_of(text, hint, month)
    calendar = periods.calendar(text, period)
    figures = _understood(text, printed, home, month, calendar)
    return Prose(
        figures,
        links.find(figures, text.nfc),
        sorted([*others, *left]),
        home,
        month,
        calendar.default,
    )


def _inside(position: int, walls: Sequence[Span]) -> bool:
    return any(wall.start <= position < wall.end for wall in walls)


def _understood(
    text: Text, printed: list[Printed], home: str, month: str, calendar: periods.Calendar
) -> list[Tied]:
    """Each printed quantity with what it is about."""
    named = settings.mentions(text, home, month)
    starts = [item.start for item in printed]
    given = settings.respectively(text, named, starts)
    years = periods.respectively(text, starts)
    tied: list[Tied] = []
    for index, item in enumerate(printed):
        wall = printed[index + 1].start if index + 1 < len(printed) else len(text.nfc)
        tied.append(_one(text, item, wall, tied, named, calendar, home))
        if index in given:
            tied[-1] = replace(tied[-1], place=given[index])
        if index in years:
            tied[-1] = replace(tied[-1], period=years[index])
    return tied


def _one(
    text: Text,
    item: Printed,
    wall: int,
    tied: list[Tied],
    named: settings.Named,
    calendar: periods.Calendar,
    home: str,
) -> Tied:
    """One quantity; `tied` are those before it, `wall` is where the next one starts."""
    sentence = text.sentence_of(item.start)
    opening, closing = text.sentences[sentence], text.ends[sentence]
    before = tied[-1] if tied and tied[-1].sentence == sentence else None
    between = text.nfc[
        max(before.printed.end if before else opening, item.start - 400) : item.start
    ]
    after = text.nfc[item.end : min(wall, closing, item.end + 160)]
    line = text.line_of(item.start)
    what = subject(
        item,
        between,
        after,
        _before(text, tied, line, sentence),
        text.nfc[max(opening, item.start - 300) : item.start],
        text.nfc[slice(*lead)] if (lead := calendar.leads[line]) else "",
        text.nfc[
            max(text.lines[line], text.sentences[max(sentence - 1, 0)], opening - 200) : opening
        ],
    )
    if what.kind == "other" and what.unit == "hộ":
        what = _said_again(item, tied) or what
    what, when, status, past = _dated(
        text, item, wall, what, calendar, before.printed.end if before else opening
    )
    where = settings.place_at(text, named, item.start, item.end, home)
    return Tied(item, what, sentence, line, where, when, between, after, status, past)


def _before(text: Text, tied: list[Tied], line: int, sentence: int) -> Before | None:
    """The figures before one in its line: the last, and the one that opened the part before."""
    if not tied or tied[-1].line != line:
        return None
    last = tied[-1]
    head = last
    for item in reversed(tied[-8:]):
        if item.line != line or item.sentence != last.sentence:
            break
        head = item
        if ";" in item.between:
            break
    return Before((last.printed, last.subject), last.sentence == sentence, head.subject)


def _said_again(item: Printed, tied: list[Tied]) -> Subject | None:
    """What a large count is of, that was printed before and told then: `1.258.997 hộ nói trên`."""
    value = item.quantity.value if item.quantity else 0
    for other in tied if value >= _LARGE else ():
        known = other.subject.kind in LEVELS and not other.subject.direction
        if known and other.printed.quantity and other.printed.quantity.value == value:
            return other.subject
    return None


def _dated(
    text: Text, item: Printed, wall: int, what: Subject, calendar: periods.Calendar, last: int
) -> tuple[Subject, str, str, bool]:
    """Subject, period and status, and whether the figure is the earlier of two levels."""
    level = what.kind in LEVELS and not what.direction
    earlier = periods.earlier_at(text, calendar, item.start, item.end, wall)
    when, dated = periods.period_at(text, calendar, item.start, item.end, wall, level)
    status = statuses.status_at(text, calendar, item.number, dated, last)
    if earlier is not None:
        return _as_level(what), earlier, "" if status == "target" else status, True
    if status == "target":
        told = dated or (when != calendar.default and not when.endswith("-H2"))
        when = periods.planned_at(text, calendar, item.start, item.end, wall) or (
            when if told else when[:4]
        )
        return replace(what, indicator=f"target_{what.indicator}"), when, status, False
    if not dated:
        when = _carried(what, when, calendar)
        opening = text.sentences[text.sentence_of(item.start)]
        if what.kind == "other" and when == calendar.default:
            held = _HELD.search(text.low, max(opening, item.start - 200), item.start)
            when = calendar.now if held else when
    if level:
        when = periods.last_month(when)
    if not status and what.kind != "other" and statuses.is_preliminary(calendar, item.start, when):
        status = "preliminary"
    return what, when, status, False


def _carried(what: Subject, when: str, calendar: periods.Calendar) -> str:
    """A time carried on from another sentence: a goal's year, or an end of year, fits not all."""
    if when[:4] > calendar.year > "":
        return calendar.default  # a goal's year does not carry over to what was done
    if _A_MONTH.search(when) and (what.kind not in LEVELS or what.direction):
        # what happened is of the whole report or year, not of the month that a level is of
        part = when[:4] == calendar.year and not _A_MONTH.search(calendar.default)
        return calendar.default if part else when[:4]
    return when


def _as_level(what: Subject) -> Subject:
    """The level that `giảm từ 14.040 hộ xuống …` starts from, which is itself no change."""
    if not what.indicator.endswith("_change"):
        return what
    unit = "%" if what.unit == "pp" else what.unit
    return replace(what, indicator=what.indicator.removesuffix("_change"), direction="", unit=unit)
