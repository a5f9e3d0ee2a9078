"""Periods: when each figure is of, and whether it is a target, an estimate or preliminary."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass, replace

from helpers.bulletins.text import Text

_YEAR = r"(?P<year>(?:19|20)\d{2})"
_OF_YEAR = rf"(?:(?: ?/ ?| ?- ?|,? (?:của )?năm ){_YEAR})?"
# Each form of a time with the words that may open it; all in lower case.
_FORMS = tuple(
    (form, tuple(words.split("|")), re.compile(pattern))
    for form, words, pattern in (
        ("day", "đến|hết|tới", r"\w+(?: hết)?(?: ngày)? \d{1,2}[/.-](?P<month>\d{1,2})"
                rf"[/.-]{_YEAR}"),
        ("span", "giai đoạn|thời kỳ|nhiệm kỳ",
         r"\w+ \w+ (?P<span>(?:19|20)\d{2} ?[-–—] ?(?:19|20)\d{2})"),
        ("span", "năm", r"năm (?P<span>(?:19|20)\d{2} và (?:19|20)\d{2})"),
        ("quarter", "quý", rf"quý (?P<quarter>iv|i{{1,3}}|[1-4]){_OF_YEAR}(?!\w)"),
        ("rest", "", rf"(?P<count>[36]) tháng cuối năm(?: {_YEAR})?(?!\w)"),
        ("months", "", r"(?P<count>0?[1-9]|1[01]) tháng "
                       rf"(?:đầu năm|đầu|qua|đã qua|của năm|năm)(?:,? (?:năm )?{_YEAR})?(?!\w)"),
        ("since", "từ đầu", r"từ đầu năm(?: \d{4})? (?:đến|tới) nay\b"),
        ("now", "đến|hiện", r"(?:đến nay|hiện nay|hiện tại|đến thời điểm (?:này|hiện tại))\b"),
        ("month", "tháng", rf"tháng (?P<month>\d{{1,2}})(?:/|-|,? năm | ){_YEAR}(?!\d)"),
        ("end", "cuối", rf"cuối năm {_YEAR}(?!\d)"),
        ("start", "đầu", rf"đầu năm {_YEAR}(?!\d)"),
        ("schoolyear", "năm", rf"năm học {_YEAR}"),
        ("year", "năm", rf"năm {_YEAR}(?![\d/]| ?[-–] ?\d)"),
    )
)  # fmt: skip
_OPENING = re.compile(
    "(?<!\\w)(?:" + "|".join(sorted({w for _, words, _ in _FORMS for w in words if w})) + ")(?= )"
    r"|(?<![\d/.,])[0-9]{1,2}(?= tháng )"
)
_BY_OPENING = {
    word: [(form, pattern) for form, words, pattern in _FORMS if word in words]
    for word in {w for _, words, _ in _FORMS for w in words}
}
_DATE = re.compile(
    r"(?<![\d/])\d{1,2}(?:/| tháng |-)(\d{1,2})(?:/|,? năm |-)((?:19|20)\d{2})(?!\d)", re.I
)
_COMPARED = re.compile(
    r"(?:so với|so|bằng|hơn)(?: với)?(?: cùng kỳ| cuối| đầu| kế hoạch| thực hiện)*,? ?$", re.I
)
_NO_TIME = re.compile(r"(?:bằng|hơn|kế hoạch)(?: với)?,? ?$", re.I)
_SAME_TIME_OF = re.compile(r"cùng kỳ,? ?$", re.I)
_BESIDE_COMPARED = re.compile(r" ?(?:\((?:là |tỷ lệ |tỉ lệ )?|là )", re.I)
_FROM = re.compile(r"\btừ (?:mức )?(?:\d[\d.,]*[^\d().,;]{0,20}\()?$", re.I)
_TO = re.compile(
    r"(?: (?:hộ|cận|nghèo|đa chiều)){0,3}"
    r"(?: (?:vào |của |hồi |trong )?(?:cuối |đầu )?(?:năm|tháng|quý|ngày)\b[^;,()\n]{0,25}?)?"
    r"(?: ?\([^()\n]{0,40}\)|\))?,? (?:giảm |tăng |đã )?(?:xuống|lên|còn)\b[^;().\d]{0,30}\d",
    re.I,
)
_OF_A_TEXT = re.compile(
    r"(?:chương trình|đề án|kế hoạch|chiến lược|nghị quyết|quyết định|chuẩn|dự án|phong trào|luật"
    r"|tết|xuân|phương án)\b[^.;:\d]{0,160}$", re.I,
)  # fmt: skip
_SPAN_OF_A_TEXT = re.compile(
    r"(?:chương trình|đề án|kế hoạch|chiến lược|nghị quyết|quyết định|chuẩn|dự án|chính sách|luật)"
    r"\b[^.;:]*$", re.I,
)  # fmt: skip
_HAVING = re.compile(
    r"\b(?:toàn (?:tỉnh|huyện|xã|thành phố)|địa bàn (?:tỉnh|huyện|xã)|cả nước)(?: hiện| vẫn)?"
    r" (?:có|còn)\b", re.I,
)  # fmt: skip
_LEFT_BEHIND = re.compile(r"\)? (?:xuống|lên|còn|đã giảm|giảm còn)\b", re.I)
_TASKS = re.compile(
    r"(?:nhiệm vụ|phương hướng|giải pháp)(?: trọng tâm| công tác)*(?: trong)? $", re.I
)
_TO_COME = re.compile(
    r"(?:nhiệm vụ|phương hướng|giải pháp|mục tiêu|phấn đấu|dự kiến)\b[^\d.;]{0,24}$", re.I
)
_ADVERBIAL = re.compile(
    r"(?:^|[,;:(\n] ?|\b(?:trong|đến|tính|tính đến|hết|hết quý|vào|từ|của|sang|riêng|kết quả"
    r"|phấn đấu|dự kiến) )$",
    re.I,
)
_SUBJECT = re.compile(r"(?:nghèo|tỷ lệ|số hộ|rà soát)[^.;:\d]{0,40}$", re.I)
_ROMAN = {"I": 1, "II": 2, "III": 3, "IV": 4}
_TARGET = re.compile(
    r"\b(?:phấn đấu|(?<!so với )mục tiêu(?! quốc gia)|dự kiến|(?:chỉ tiêu|kế hoạch)"
    r" (?:là|đề ra|đặt ra|giảm|đến năm|năm (?:19|20)\d\d là))\b",
    re.I,
)
_NOT_A_TARGET = re.compile(
    r"(?:chương trình|vượt|đạt|hoàn thành|so với|các|những|thực hiện|theo)(?: các)? $", re.I
)
_ESTIMATE = re.compile(
    r"\bước(?: tính| đạt| có| thực hiện| đến| còn| khoảng| giảm)?\b(?! (?:mơ|muốn|vọng|nguyện))",
    re.I,
)
_PRELIMINARY = re.compile(r"\bsơ bộ\b", re.I)


@dataclass(frozen=True)
class Moment:
    """A time named at [start, end). `strong`: it dates what follows, rather than naming a plan."""

    start: int
    end: int
    period: str
    form: str
    strong: bool


@dataclass(frozen=True)
class Calendar:
    """The times that a text names, and the one that it is about as a whole ('' if unknown).

    compared : the times that something is compared with, `so với cuối năm 2023`; no moments
    """

    moments: tuple[Moment, ...]
    default: str
    compared: tuple[Moment, ...]


def calendar(text: Text, period: str) -> Calendar:
    """Read the times that a text names.

    period : the bulletin's period where the user says it, else ''
    """
    nfc = text.nfc
    raw = sorted(_found(text.low), key=lambda item: (item[1].start(), -item[1].end()))
    year = period[:4] or _year_of(nfc, raw)
    title = text.title_end
    moments: list[Moment] = []
    compared: list[Moment] = []
    last = 0
    for form, match in raw:
        before = nfc[max(0, match.start() - 200) : match.start()]
        if match.start() < last:
            continue
        code = _period(form, match, year)
        if _COMPARED.search(before[-40:]):
            compared += _compared(Moment(match.start(), match.end(), code, form, False), before)
            continue
        last = match.end()
        strong = form == "day" or (bool(_ADVERBIAL.search(before)) and form != "rest")
        named = bool(_OF_A_TEXT.search(before)) or bool(_TASKS.search(before[-40:]))
        if form == "span" and _SPAN_OF_A_TEXT.search(before):
            continue
        moments.append(Moment(match.start(), match.end(), code, form, strong and not named))
    default = period or _default(moments, title, nfc)
    dated = [_now(m, default, nfc) for m in moments]
    return Calendar(
        tuple(m for m in dated if m.period), default, tuple(_outermost(compared, default))
    )


def period_at(text: Text, times: Calendar, start: int, end: int, wall: int) -> tuple[str, bool]:
    """Period of the figure printed at [start, end), and whether its own sentence names it.

    wall : where the next figure starts; a time right behind the figure, before that, is its own
    """
    number = text.sentence_of(start)
    opening = text.sentences[number]
    own = _right_behind(text, times, end, wall)
    if own:
        return own, True
    before = times.moments[_index(times, opening) : _index(times, start)][-8:]
    near = [
        m
        for m in before
        if (m.form != "span" or ";" not in text.nfc[m.end : start])
        and not _LEFT_BEHIND.match(text.nfc, m.end)
    ]
    for moment in reversed(near):
        if moment.strong or _SUBJECT.search(
            text.nfc[max(opening, moment.start - 60) : moment.start]
        ):
            return moment.period, True
    for moment in reversed(near):
        if moment.period[:4] != times.default[:4] and moment.form in {"year", "span", "end"}:
            return moment.period, True
    carried = _carried(text, times, number)
    stock = _HAVING.search(text.nfc, opening, start) if start - opening < 300 else None
    return (_last_month(carried) if stock else carried), False


def earlier_at(text: Text, times: Calendar, start: int, end: int, wall: int) -> str | None:
    """Period of an earlier level that the figure printed at [start, end) is; None if it is none.

    Earlier levels are the first of `từ 7,71% xuống còn 6,12%` and the one in `so với năm 2023
    (7,71%)`. The period is '' where the text does not tell it: never that of the later level.
    """
    number = text.sentence_of(start)
    opening, closing = text.sentences[number], text.ends[number]
    first = bisect_left(times.compared, opening, key=lambda moment: moment.start)
    last = bisect_left(times.compared, closing, key=lambda moment: moment.start)
    compared = times.compared[first:last]
    for moment in compared:
        if _BESIDE_COMPARED.fullmatch(text.nfc, moment.end, max(moment.end, start)):
            return moment.period
    here = text.nfc[max(opening, start - 60) : start]
    if not (_FROM.search(here) and _TO.match(text.nfc[end : min(closing, end + 200)])):
        return None
    told = {moment.period for moment in compared}
    return _right_behind(text, times, end, wall) or (told.pop() if len(told) == 1 else "")


def status_at(text: Text, start: int, dated: bool) -> str:
    """`target`, `estimate`, `preliminary` or '' for the figure that starts at a position.

    dated : whether the figure's sentence names its own time; a target is carried over if not
    """
    number = text.sentence_of(start)
    opening = max(text.sentences[number], start - 400)
    before = text.nfc[opening:start]
    for match in reversed(list(_TARGET.finditer(before))):
        if not _NOT_A_TARGET.search(before[max(0, match.start() - 20) : match.start()]):
            return "target"
    if _ESTIMATE.search(before):
        return "estimate"
    if _PRELIMINARY.search(before):
        return "preliminary"
    line = text.lines[text.line_of(start)]
    if not dated and number and text.sentences[number] > line:
        earlier = text.sentences[number - 1]
        told = re.search(r"\b(?:đã|kinh phí|nguồn vốn)\b", before, re.I)
        if not told and re.search(
            r"\bphấn đấu\b", text.nfc[max(earlier, line, opening - 600) : opening], re.I
        ):
            return "target"
    return ""


def _right_behind(text: Text, times: Calendar, end: int, wall: int) -> str:
    """The time named right behind a figure that ends at `end`, before the next one; or ''."""
    for moment in times.moments[_index(times, end) :][:1]:
        between = text.nfc[end : moment.start]
        close = len(between) <= 22 and not re.search(r"[,;.:\n]", between)
        if moment.end <= wall and close and moment.form != "now":
            return moment.period
    return ""


def _compared(moment: Moment, before: str) -> list[Moment]:
    """The time compared with, if it is one; `same` is the form of `cùng kỳ năm 2023`."""
    if not moment.period or _NO_TIME.search(before[-40:]):
        return []
    same = moment.form == "year" and _SAME_TIME_OF.search(before[-40:])
    return [replace(moment, form="same") if same else moment]


def _outermost(compared: list[Moment], default: str) -> list[Moment]:
    """Times compared with, without those inside others; the same part of a year as the default."""
    kept: list[Moment] = []
    for moment in compared:
        if not kept or moment.start >= kept[-1].end:
            period = moment.period + default[4:] if moment.form == "same" else moment.period
            kept.append(replace(moment, period=period))
    return kept


def month_of(text: Text) -> str:
    """Month of the first full date in the text's first lines, as '2024-07'; '' without one."""
    head = text.lines[6] if len(text.lines) > 6 else len(text.nfc)
    match = _DATE.search(text.nfc, 0, head)
    return f"{match[2]}-{int(match[1]):02d}" if match and 1 <= int(match[1]) <= 12 else ""


def _found(low: str) -> list[tuple[str, re.Match[str]]]:
    """Times named in a text in lower case, each with its form."""
    found = []
    for opening in _OPENING.finditer(low):
        for form, pattern in _BY_OPENING.get(opening.group(), _BY_OPENING[""]):
            match = pattern.match(low, opening.start())
            if match:
                found.append((form, match))
    return found


def _period(form: str, match: re.Match[str], default_year: str) -> str:
    """A named time as the ledger writes it; '' for one that needs the bulletin's own date."""
    groups = match.groupdict()
    year = groups.get("year") or default_year
    if form in {"since", "now"} or not (year or form == "span"):
        return ""
    if form == "span":
        return re.sub(r"\D+", "-", match["span"])
    if form == "quarter":
        return f"{year}-Q{_ROMAN.get(match['quarter'].upper()) or match['quarter']}"
    if form == "months":
        count = int(match["count"])
        return f"{year}-" + {3: "Q1", 6: "H1"}.get(count, f"M{count}")
    if form == "rest":
        return f"{year}-" + ("Q4" if match["count"] == "3" else "H2")
    if form in {"month", "day"}:
        month = int(match["month"])
        return f"{year}-{month:02d}" if 1 <= month <= 12 else ""
    return str(year) + {"end": "-12", "start": "-01"}.get(form, "")


def _year_of(nfc: str, raw: list[tuple[str, re.Match[str]]]) -> str:
    """The year that a text is about: the first one named as a time, else its date's."""
    years = [m.groupdict().get("year") for f, m in raw if f in {"year", "months", "quarter", "end"}]
    named = [year for year in years if year]
    date = _DATE.search(nfc)
    return named[0] if named else date[2] if date else ""


def _default(moments: list[Moment], title: int, nfc: str) -> str:
    """The title's time, unless of tasks to come; else the first part of a year; else a year."""
    parts = {"months", "quarter"}
    past = [m for m in moments if not _TO_COME.search(nfc[max(0, m.start - 40) : m.start])]
    for moment in past:
        if moment.start < title and moment.form in parts | {"year", "end"}:
            return moment.period
    for wanted in (parts, {"year", "end", "month", "day", "start"}):
        for moment in past:
            if moment.strong and moment.form in wanted and moment.period:
                return moment.period[:4] if moment.form == "start" else moment.period
    return next((m.period for m in moments if m.form in {"year", "end"}), "")


def _now(moment: Moment, default: str, nfc: str) -> Moment:
    """Date `đến nay` and `từ đầu năm đến nay` by the bulletin's own period or date."""
    if moment.form not in {"now", "since"}:
        return moment
    now = _last_month(default)
    date = _DATE.search(nfc[:600])
    if now == default and date and date[2] == default and 1 <= int(date[1]) <= 12:
        now = f"{default}-{int(date[1]):02d}"
    if moment.form == "since" and now != default:
        month = int(now[5:])
        now = f"{now[:4]}-" + {3: "Q1", 6: "H1"}.get(month, f"M{month}")
    return replace(moment, period=now, strong=True)


def _last_month(period: str) -> str:
    """The month in which a part of a year ends, `2024-M8` as `2024-08`; other periods unchanged."""
    last = {"Q1": 3, "Q2": 6, "Q3": 9, "Q4": 12, "H1": 6, "H2": 12}
    year, _, part = period.partition("-")
    month = last.get(part) or (int(part[1:]) if part[:1] == "M" else 0)
    return f"{year}-{month:02d}" if month else period


def _carried(text: Text, times: Calendar, number: int) -> str:
    """The time that an earlier sentence of the same paragraph set, else the bulletin's own."""
    line = text.lines[text.line_of(text.sentences[number])]
    first, last = _index(times, line), _index(times, text.sentences[number])
    for moment in reversed(times.moments[first:last][-8:]):
        if moment.strong:
            return moment.period
    return times.default


def _index(times: Calendar, position: int) -> int:
    return bisect_left(times.moments, position, key=lambda moment: moment.start)
