"""Periods: when each figure is of."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass
from functools import cached_property

from helpers.bulletins import times
from helpers.bulletins.text import Text, spots
from helpers.bulletins.times import PARTS, Moment

_LAST_MONTH = {"Q1": 3, "Q2": 6, "Q3": 9, "Q4": 12, "H1": 6, "H2": 12}
_PARTS = {"03": "Q1", "06": "H1"}
_OPENS = 20
_LEAD = 700
_LATE = "08"  # month from which on the press writes of its own year's results
_ELAPSED = re.compile(r"\b(?:sau|trong|qua|hết) $")
_LIST_LINE = re.compile(r"\s*(?:[-•*+–]|\d{1,2}[.)]|[a-zđ][.)])\s?")
_NUMBERED = re.compile(r"\s*(?:[ivx]{1,4}|\d{1,2}(?:\.\d{1,2})?|[a-zđ])[.)/]\s")
_LONGEST_HEADING = 140
_HAS_FIGURES = re.compile(r"\d (?:hộ|người)|\d ?%")
LOOKS_BACK = re.compile(r"kết quả|thực hiện")
_TO_COME = re.compile(
    r"(?<!vượt )(?<!đạt )(?<!hoàn thành )\b(?:nhiệm vụ|phương hướng|mục tiêu(?! quốc gia)|kế hoạch"
    r"|chỉ tiêu|giải pháp)\b"
)
_FROM = re.compile(r"\btừ (?:mức )?(?:(?:cuối |đầu )?năm (?:19|20)\d\d (?:là |có )?)?"
                   r"(?:\d[\d.,]*[^\d().,;]{0,20}\()?$")  # fmt: skip
_TO = re.compile(
    r"(?: (?:hộ|cận|nghèo|đa chiều)){0,3}(?: ?\([^()\n]{0,40}\))?"
    r"(?: (?:vào |của |hồi |trong )?(?:cuối |đầu )?(?:năm|tháng|quý|ngày|kỳ)\b[^;,()\n]{0,25}?)?"
    r"(?: ?\([^()\n]{0,40}\)|\))?,? (?:giảm |tăng |đã )?(?:xuống|lên|còn)\b[^;().\d]{0,30}\d"
)
_BESIDE_COMPARED = re.compile(r" ?(?:\((?:là |tỷ lệ |tỉ lệ )?|là )")
_OF_A_LEVEL = re.compile(r"\d[^,;.:]{0,20}$|%\)? ?\(?$")
_ITS_BRACKET = re.compile(r"[^,;.()\d\n]{0,20}\([^();\n]{0,40}\)(?= )")
_LEFT_BEHIND = re.compile(r"\)? (?:xuống|lên|còn|đã giảm|giảm còn)\b")
_HAPPENED = re.compile(
    r"\b(?:đã|tổ chức|giải quyết|tạo việc|cấp|mở|tặng|hỗ trợ|tuyển|đào tạo|thăm|đạt|mới|chi|giúp)\b"
)
_ITS_NOUN = re.compile(r"(?: [^\W\d_]+){0,3} ?")
_TOLD_ASIDE = re.compile(r"(?: [^\W\d_]+){2,12}\)")  # `(quý III mới có thông báo)`
_YEARS_LISTED = re.compile(r"năm (?:(?:19|20)\d\d(?:, | và )(?:năm )?){1,5}(?:19|20)\d\d")
_GOALS = (
    "phấn đấu",
    "mục tiêu",
    "nhiệm vụ",
    "phương hướng",
    "yêu cầu",
    "chỉ tiêu",
    "kế hoạch",
    "đề ra",
)


@dataclass(frozen=True)
class Calendar:
    """The times that a text names, and the one that it is about as a whole ('' if unknown).

    moments   : by position
    default   : period of the whole
    now       : period of `đến nay`
    inherited : for each line the period that a heading or the line above the list gives it, or ''
    to_come   : for each line whether its heading speaks of tasks to come
    leads     : for each line of a list the span of the line above it, else None
    preliminary : position from which results are said to be preliminary
    goals     : positions of words that may speak of a goal
    """

    moments: tuple[Moment, ...]
    default: str
    now: str
    inherited: tuple[str, ...]
    to_come: tuple[bool, ...]
    leads: tuple[tuple[int, int] | None, ...]
    preliminary: int
    goals: list[int]

    @cached_property
    def starts(self) -> list[int]:
        """Where each moment starts."""
        return [moment.start for moment in self.moments]

    @property
    def year(self) -> str:
        """Year of the whole."""
        return self.default[:4]


def calendar(text: Text, period: str) -> Calendar:
    """Read the times that a text names.

    period : the bulletin's period where the user says it, else ''
    """
    found = times.find(text)
    dateline = times.dateline(text)
    default = period or _default(text, found, dateline)
    inherited, to_come = _headings(text, found, default)
    sketch = text.low.find("sơ bộ")
    return Calendar(
        tuple(found),
        default,
        _now(default, dateline),
        inherited,
        to_come,
        _leads(text),
        sketch if sketch >= 0 else len(text.low),
        [start for start, _ in spots(text.low, _GOALS)],
    )


def period_at(
    text: Text, cal: Calendar, start: int, end: int, wall: int, level: bool
) -> tuple[str, bool]:
    """Period of the figure printed at [start, end), and whether its own sentence names it.

    wall  : where the next figure starts; a time right behind the figure, before that, is its own
    level : whether the figure is a level, which is of a date and never of a span
    """
    number = text.sentence_of(start)
    opening = text.sentences[number]
    own = _right_behind(text, cal, end, wall)
    if own:
        return own, True
    before = cal.moments[_index(cal, opening) : _index(cal, start)][-8:]
    for moment in reversed(before):
        if moment.role != "frame" or _is_left_behind(text, moment):
            continue
        between = text.low[moment.end : start]
        if _TOLD_ASIDE.match(between) and text.low[moment.start - 1 : moment.start] == "(":
            continue
        clause = ";" not in between
        if moment.form == "now" and not clause:
            clause = not _HAPPENED.search(between, between.rindex(";"))
        if (clause or moment.form not in {"now", "span"}) and not (level and moment.form == "span"):
            resolved = _resolved(cal, moment)
            return (resolved[:4] if moment.form == "until" and not level else resolved), True
    return _carried(text, cal, number, level), False


def _is_left_behind(text: Text, moment: Moment) -> bool:
    """Whether a time is only that of an earlier level: `7,71% năm 2022 xuống còn 6,12%`."""
    before = text.low[max(0, moment.start - 26) : moment.start]
    return bool(_OF_A_LEVEL.search(before) and _LEFT_BEHIND.match(text.low, moment.end))


def planned_at(text: Text, cal: Calendar, start: int, end: int, wall: int) -> str:
    """Year that the target printed at [start, end) is for, by the nearest time; or ''."""
    own = _right_behind(text, cal, end, wall)
    if own:
        return own if len(own) == 9 else own[:4]
    opening = text.sentences[text.sentence_of(start)]
    for moment in reversed(cal.moments[_index(cal, opening) : _index(cal, start)][-4:]):
        if moment.role != "compared" and moment.form not in {"now", "since"}:
            period = _resolved(cal, moment)
            return period if moment.form == "span" else period[:4]
    return ""


def earlier_at(text: Text, cal: Calendar, start: int, end: int, wall: int) -> str | None:
    """Period of an earlier level that the figure printed at [start, end) is; None if it is none.

    Earlier levels are the first of `từ 7,71% xuống còn 6,12%` and the one in `so với năm 2023
    (7,71%)`. The period is '' where the text does not tell it: never that of the later level.
    """
    number = text.sentence_of(start)
    opening, closing = text.sentences[number], text.ends[number]
    compared = [
        moment
        for moment in cal.moments[_index(cal, opening) : _index(cal, closing)]
        if moment.role == "compared" and not _of_a_plan(text, moment)
    ]
    if text.low.startswith("so với ", start - 7):  # `so với 4.060 hộ nghèo cuối năm 2018`
        later = [m for m in compared if m.start >= end]
        if later and _ITS_NOUN.fullmatch(text.low, end, later[0].start):
            return _compared_period(text, cal, later[0])
    for moment in compared:
        bracket = text.low.startswith(" (", moment.end)
        if bracket and start > moment.end and ")" not in text.low[moment.end : start]:
            return _compared_period(text, cal, moment)
        if _BESIDE_COMPARED.fullmatch(text.low, moment.end, max(moment.end, start)):
            return _compared_period(text, cal, moment)
    here = text.low[max(opening, start - 60) : start]
    if not (_FROM.search(here) and _TO.match(text.low[end : min(closing, end + 200)])):
        return None
    told = {_compared_period(text, cal, moment) for moment in compared}
    behind = _right_behind(text, cal, end, wall)
    if behind:
        return behind
    named = [
        m for m in cal.moments[_index(cal, start - 25) : _index(cal, start)] if m.end >= start - 8
    ]
    if named:
        return _resolved(cal, named[-1])
    if told:
        return told.pop() if len(told) == 1 else ""
    line = _index(cal, text.lines[text.line_of(start)])
    begun = [m for m in cal.moments[line : _index(cal, start)] if m.form == "start"]
    return _resolved(cal, begun[-1]) if begun else ""


def last_month(period: str) -> str:
    """The month in which a part of a year ends, `2024-M8` as `2024-08`; other periods unchanged."""
    year, _, part = period.partition("-")
    month = _LAST_MONTH.get(part) or (int(part[1:]) if part[:1] == "M" else 0)
    return f"{year}-{month:02d}" if month else period


def respectively(text: Text, starts: list[int]) -> dict[int, str]:
    """Years that `lần lượt` gives to figures one after another: index in `starts` to year.

    starts : where each figure is printed, by position
    """
    given: dict[int, str] = {}
    for match in _YEARS_LISTED.finditer(text.low) if "lần lượt" in text.low else ():
        number = text.sentence_of(match.start())
        behind = text.low.find("lần lượt", match.end(), text.ends[number])
        years = re.findall(r"\d{4}", match.group())
        first = bisect_left(starts, behind)
        here = range(first, bisect_left(starts, text.ends[number]))
        if behind >= 0 and len(here) >= len(years):
            given |= dict(zip(here, years, strict=False))
    return given


def _default(text: Text, found: list[Moment], dateline: str) -> str:
    """The title's time, else the lead's, else the year most spoken of; never one to come."""
    frames = [
        m
        for m in found
        if m.role in {"frame", "named"}
        and m.form not in {"now", "since", "lone", "this", "last", "next", "span"}
        and not times.is_to_come(text, m)
        and (not dateline or not m.year or _is_near(m.year, dateline))
    ]
    rest = [m for m in found if m.form == "rest"]  # `9 tháng đầu năm và 3 tháng cuối năm 2013`
    year = _year(text, [*frames, *rest], dateline)
    title = [m for m in frames if m.start < text.title_end]
    lead = [m for m in frames if m.start < text.title_end + _LEAD and m.role == "frame"]
    elapsed = _elapsed(text, found, year)
    for region in (title, lead):
        if region is lead and elapsed:
            return elapsed
        chosen = [m for m in region if m.form in PARTS]
        if chosen:
            return chosen[0].period(year)
        chosen = [m for m in region if m.year]
        if chosen:
            latest = max(m.year[:4] for m in chosen)
            if region is lead and latest < dateline[:4] and dateline[5:] >= _LATE:
                return dateline[:4]
            best = next(m for m in chosen if m.year[:4] == latest)
            return best.year if best.form == "start" else best.period(year)
    parts = [m for m in frames if m.form in PARTS and m.role == "frame"]
    return parts[0].period(year) if parts else year


def _is_near(year: str, dateline: str) -> bool:
    """Whether a text of a date may be about a year: its own or the one before."""
    return int(dateline[:4]) - 1 <= int(year[:4]) <= int(dateline[:4])


def _elapsed(text: Text, found: list[Moment], year: str) -> str:
    """The part of a year that the text looks back on: `Sau 11 tháng, …`; or ''."""
    for moment in found:
        near = moment.form == "lone" and moment.start < text.title_end + 2 * _LEAD
        if near and _ELAPSED.search(text.low[max(0, moment.start - 8) : moment.start]):
            return moment.period(year)
    return ""


def _year(text: Text, frames: list[Moment], dateline: str) -> str:
    """The year that open times mean: the title's, the lead's, the most frequent, the date's."""
    closed = [m for m in frames if m.year]
    for region in (text.title_end, text.title_end + _LEAD):
        years = [m.year[:4] for m in closed if m.start < region]
        if years:
            return max(years)
    if dateline:
        return dateline[:4]
    years = [m.year[:4] for m in closed]
    return max(years, key=lambda y: (years.count(y), y), default="")


def _now(default: str, dateline: str) -> str:
    """`đến nay`: the end of the part of a year; of a whole year the date's month, if in it."""
    now = last_month(default)
    if len(default) == 4 and dateline[:4] == str(int(default) + 1) and dateline[5:] <= "04":
        return dateline
    return dateline if now == default and dateline[:4] == default and dateline else now


def _headings(
    text: Text, found: list[Moment], default: str
) -> tuple[tuple[str, ...], tuple[bool, ...]]:
    """What headings and the lines above lists say of the lines below: period, and if to come."""
    starts = [m.start for m in found]
    inherited: list[str] = []
    to_come: list[bool] = []
    heading, coming, lead = "", False, ""
    for start, end in zip(text.lines, [*text.lines[1:], len(text.nfc)], strict=True):
        line = text.low[start:end].strip()
        here = found[bisect_left(starts, start) : bisect_left(starts, end)]
        if start >= text.title_end and _is_heading(line, text.nfc[start:end]):
            told = [m for m in here if m.role != "compared"]
            to_be = bool(_TO_COME.search(line)) and not LOOKS_BACK.search(line)
            if told or to_be or not line[0].isdigit():
                coming = to_be
                heading = told[-1].period(default[:4]) if told else ""
                heading = heading[:4] if told and told[-1].form == "until" else heading
            if coming and not heading:
                heading = _next_year(text, found, default)
        listed = bool(_LIST_LINE.match(line))
        inherited.append((lead if listed else "") or heading)
        to_come.append(coming)
        if not listed:
            frames = [m for m in here if m.role == "frame"]
            lead = frames[0].period(default[:4]) if frames and line.endswith(":") else ""
    return tuple(inherited), tuple(to_come)


def _is_heading(line: str, printed: str) -> bool:
    """Whether a line is a heading: short, without a full stop, numbered or in capitals."""
    if not 0 < len(line) < _LONGEST_HEADING or line[-1] in ".;,:" or _HAS_FIGURES.search(line):
        return False
    return bool(_NUMBERED.match(line)) or printed.isupper() or bool(_TO_COME.match(line))


def _leads(text: Text) -> tuple[tuple[int, int] | None, ...]:
    """For each line of a list the line above the list, where that ends with a colon."""
    leads: list[tuple[int, int] | None] = []
    above: tuple[int, int] | None = None
    for start, end in zip(text.lines, [*text.lines[1:], len(text.low)], strict=True):
        listed = bool(_LIST_LINE.match(text.low, start, end))
        leads.append(above if listed else None)
        if not listed:
            colon = text.low[max(start, end - 8) : end].rstrip().endswith(":")
            stop = max(text.low.rfind(". ", start, end), text.low.rfind("! ", start, end), start)
            above = (max(stop, end - 400), end) if colon else None
    return tuple(leads)


def _next_year(text: Text, found: list[Moment], default: str) -> str:
    """The year of plans without a year: the first later one that the text names, or ''."""
    later = [m.year for m in found if len(m.year) == 4 and m.year > default[:4] > ""]
    return later[0] if later else ""


def _resolved(cal: Calendar, moment: Moment) -> str:
    """A moment as a period; `cuối năm` is that of the frame's year before it, else the text's."""
    if moment.form in {"now", "since"}:
        if moment.form == "since" and cal.now != cal.default:
            year, _, month = cal.now.partition("-")
            return f"{year}-" + _PARTS.get(month, f"M{int(month)}")
        return cal.now
    if moment.form == "lone":
        return cal.default if cal.default.endswith(moment.part) else cal.year + moment.part
    if moment.year:
        return moment.period("")
    if moment.form == "this_end":
        return moment.period(cal.year)
    near = cal.moments[max(0, _index(cal, moment.start) - 4) : _index(cal, moment.start)]
    years = [m.year for m in near if len(m.year) == 4 and m.role == "frame"]
    close = years and moment.form in {"end", "start"} and moment.start - near[-1].end < 250
    return moment.period(years[-1] if close else cal.year)


def _compared_period(text: Text, cal: Calendar, moment: Moment) -> str:
    """The time compared with; of `cùng kỳ năm 2023` the same part of the year as the text's."""
    before = text.low[max(0, moment.start - 14) : moment.start]
    period = _resolved(cal, moment)
    if "cùng kỳ" in before and len(period) == 4:
        return period + cal.default[4:]
    return period


def _of_a_plan(text: Text, moment: Moment) -> bool:
    before = text.low[max(0, moment.start - 30) : moment.start]
    return bool(re.search(r"kế hoạch|chỉ tiêu|bằng|hơn", before))


def _right_behind(text: Text, cal: Calendar, end: int, wall: int) -> str:
    """The time named right behind a figure that ends at `end`, before the next one; or ''."""
    bracket = _ITS_BRACKET.match(text.low, end)
    first = _index(cal, end)
    if (
        bracket and first < len(cal.moments) and cal.moments[first].start > bracket.end()
    ):  # `10.781 hộ (4,1%) đầu năm 2023`
        end, wall = bracket.end(), max(wall, bracket.end() + 40)
    for moment in cal.moments[_index(cal, end) :][:1]:
        between = text.low[end : moment.start]
        close = len(between) <= 22 and not re.search(r"[,;.:\n]|\bcủa\b|\btừ\b", between)
        if moment.end > wall or not close or moment.form in {"now", "lone", "this", "rest"}:
            return ""
        if moment.role in {"compared", "named"}:
            return ""
        return _resolved(cal, moment)
    return ""


def _carried(text: Text, cal: Calendar, number: int, level: bool) -> str:
    """The time that an earlier sentence of the same paragraph set, a heading's, the bulletin's."""
    line = text.line_of(text.sentences[number])
    first, last = _index(cal, text.lines[line]), _index(cal, text.sentences[number])
    for moment in reversed(cal.moments[first:last][-8:]):
        if moment.role != "frame" or moment.form in {"now", "last", "lone", "start"}:
            continue
        opening = text.sentences[text.sentence_of(moment.start)]
        period = _resolved(cal, moment)
        if period == cal.year:
            break  # says no more than what the text is about as a whole
        same_year = moment.form != "span" and period[:4] == cal.year
        if moment.start - opening <= _OPENS or same_year or (level and moment.form != "span"):
            return _resolved(cal, moment)
    return cal.inherited[line] or cal.default


def _index(cal: Calendar, position: int) -> int:
    return bisect_left(cal.starts, position)
