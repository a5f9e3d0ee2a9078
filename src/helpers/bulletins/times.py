"""Times: every time that a text names, and the part it plays there."""

from __future__ import annotations

import re
from dataclasses import dataclass

from helpers.bulletins.text import Text

PARTS = frozenset({"months", "quarter", "half", "rest"})
_ANY = r"(?:19|20)\d{2}"
_YEAR = r"(?P<year>(?:19|20)\d{2})(?!\d)"
_OF_YEAR = rf"(?:(?: ?/ ?| ?- ?|,? (?:của )?(?:năm )?){_YEAR})?"
_COUNTS = {
    "ba": 3, "bốn": 4, "năm": 5, "sáu": 6, "bảy": 7, "tám": 8, "chín": 9, "mười": 10,
    "mười một": 11,
}  # fmt: skip
_COUNT = r"(?P<count>0?[1-9]|1[01]|" + "|".join(sorted(_COUNTS, key=len, reverse=True)) + ")"
_ROMAN = {
    "i": 1, "ii": 2, "iii": 3, "iv": 4, "một": 1, "đầu": 1, "hai": 2, "ba": 3, "bốn": 4, "tư": 4,
    "cuối": 4,
}  # fmt: skip
# Each form of a time with the words that may open it; all in lower case.
_FORMS = tuple(
    (form, tuple(words.split("|")), re.compile(pattern))
    for form, words, pattern in (
        ("day", "đến|hết|tới|thời điểm|tính",
         r"(?:tính )?(?:đến|hết|tới)?(?: hết)? ?(?:thời điểm )?(?:ngày )?"
         rf"\d{{1,2}}(?:[/.-]| tháng )(?P<month>\d{{1,2}})(?:(?:[/.-]|,? năm ){_YEAR})?"
         r"(?![\d/]| ?%)"),
        ("day", "ngày",
         rf"ngày \d{{1,2}}(?:[/.-]| tháng )(?P<month>\d{{1,2}})(?:[/.-]|,? năm ){_YEAR}"),
        ("span", "giai đoạn|thời kỳ|nhiệm kỳ",
         rf"\w+ \w+ (?:từ )?(?:năm )?(?P<span>{_ANY} ?(?:[-–—]|đến) ?(?:năm )?{_ANY})"),
        ("span", "năm|các", rf"(?:các )?năm (?P<span>{_ANY}(?: và | ?[-–—] ?){_ANY})"),
        ("span", "từ", rf"từ (?:năm )?(?P<span>{_ANY} đến (?:hết )?(?:năm )?{_ANY})"),
        ("quarter", "quý", rf"quý (?P<quarter>iv|i{{1,3}}|[1-4]|một|hai|ba|bốn|tư)\b{_OF_YEAR}"
                           r"(?!\w)"),
        ("quarter", "quý", rf"quý (?P<quarter>đầu|cuối) năm{_OF_YEAR}"),
        ("rest", "", rf"(?P<count>[36]|ba|sáu) tháng (?:còn lại|cuối)(?: của)?(?: năm)?{_OF_YEAR}"),
        ("months", "", rf"{_COUNT} tháng(?: (?:đầu năm|đầu|qua|đã qua|vừa qua|của năm|năm)"
                       rf"{_OF_YEAR}| ?/ ?{_YEAR.replace('year', 'slashed')})"),
        ("lone", "", rf"{_COUNT} tháng"
                     r"(?= ?[,;.:(]| (?:toàn|tỉnh|cả|đã|giải|có|tiếp|chúng|ngành|huyện|xã)\b)"),
        ("half", "nửa", rf"nửa (?P<half>đầu|cuối) năm{_OF_YEAR}"),
        ("since", "từ đầu", r"từ đầu năm(?: \d{4})? (?:đến|tới) nay\b"),
        ("now", "đến|hiện|tới|tính",
         r"(?:(?:tính )?(?:đến|tới) (?:nay|hôm nay|giờ|thời điểm (?:này|hiện tại)|hiện nay)\b"
         r"|(?<!thực )(?<!phát )(?<!xuất )(?<!thể )(?<!biểu )hiện(?:,|(?= \d)"
         r"| (?:nay|tại|có|còn|toàn|cả|đang|quản|trên|tỉnh)\b)"
         r"(?!\w))"),
        ("month", "tháng", rf"tháng (?P<month>\d{{1,2}})(?:/|-|,? năm | ){_YEAR}"),
        ("month", "đến|hết|cuối|trong|đầu",
         r"(?:tính )?(?:đến |hết |cuối |trong |đầu )+tháng (?P<month>\d{1,2})"
         rf"(?:(?:/|-|,? năm | ){_YEAR})?(?![\d/])"),
        ("end", "cuối|thời điểm", rf"(?:thời điểm )?cuối (?:năm )?{_YEAR}"),
        ("until", "hết", rf"hết năm {_YEAR}"),
        ("until", "hết", r"hết năm\b(?! (?:19|20)\d\d)"),
        ("this_end", "cuối", r"cuối năm nay\b"),
        ("start", "bước vào", rf"bước vào năm {_YEAR}"),
        ("end", "cuối", r"cuối (?:năm|kỳ)\b(?! (?:19|20)\d\d)"),
        ("start", "đầu", rf"đầu (?:năm )?{_YEAR}"),
        ("start", "đầu", r"đầu (?:năm|kỳ)\b(?! (?:19|20)\d\d| (?:đến|tới) nay)"),
        ("schoolyear", "năm", rf"năm học {_YEAR}"),
        ("year", "năm", rf"năm {_YEAR}(?!/| ?[-–] ?\d)"),
        ("plan", "nhiệm vụ|phương hướng|mục tiêu|kế hoạch|chỉ tiêu",
         rf"\w+ \w+ (?:trọng tâm )?{_YEAR}(?= ?:)"),
        ("year", "(", rf"\((?:năm )?{_YEAR}\)"),
        ("this", "cả năm|trong năm|năm nay",
         r"(?:cả năm(?! (?:19|20)\d\d)|trong năm(?= ?[,;.]| (?:qua|toàn|tỉnh|đã|có)\b)|năm nay)"
         r"(?!\w)"),
        ("last", "năm trước|năm ngoái", r"năm (?:trước|ngoái)(?!\w)"),
        ("next", "năm tới|năm sau", r"năm (?:tới|sau)(?!\w)"),
    )
)  # fmt: skip
# How times open, by the first word of their form. Plain finding of each is much faster than one
# pattern of all.
_OPENERS = tuple(
    (word, word.strip(), tuple(more.split("|")))
    for word, more in (
        ("năm ", "1|2|học|trước|ngoái|tới|sau|nay"), ("tháng ", ""), ("ngày ", ""),
        ("từ ", "đầu|năm|1|2"), ("trong ", "năm|tháng"), ("các ", "năm"), ("cả ", "năm"),
        ("quý ", ""), ("cuối ", "năm|kỳ|tháng|1|2"), ("đầu ", "năm|kỳ|tháng|1|2"), ("đến ", ""),
        ("tới ", ""), ("hết ", ""), ("giai ", "đoạn"), ("thời ", "kỳ|điểm"), ("nhiệm ", "kỳ|vụ"),
        ("tính ", "đến|tới"), ("nửa ", "đầu|cuối"), ("hiện", " |,"), ("bước ", "vào năm"),
        ("phương ", "hướng"), ("mục ", "tiêu"), ("kế ", "hoạch"), ("chỉ ", "tiêu"),
        ("(", "1|2|năm "),
    )
)  # fmt: skip
_COUNT_BEFORE = re.compile(rf"(?:[0-9]{{1,2}}|{'|'.join(sorted(_COUNTS, key=len, reverse=True))})$")
_BY_OPENING: dict[str, list[tuple[str, re.Pattern[str]]]] = {}
for _form, _choices, _pattern in _FORMS:
    for _word in dict.fromkeys(words.partition(" ")[0] for words in _choices):
        _BY_OPENING.setdefault(_word, []).append((_form, _pattern))
_COMPARED = re.compile(
    r"(?:so với|\bso|bằng|hơn|kém)(?: với)?(?: cùng| kỳ| thời điểm| cuối| đầu| kế hoạch| thực hiện"
    r"| mức| kết quả| của)*,? ?\(?$"
    r"|\bso với (?:mức )?[\d.,]{1,12} ?(?:hộ|người|%)(?: [^\W\d_]+){0,3} ?$"
)
_OF_A_TEXT = re.compile(
    r"(?:chương trình|đề án|kế hoạch|chiến lược|nghị quyết|quyết định|chuẩn|dự án|phong trào|luật"
    r"|\btết|\bxuân|phương án|chỉ thị|hội nghị|nguồn vốn|\bvốn|ngân sách|chỉ tiêu|dự toán"
    r"|bộ tiêu chí|hội thi|\bsinh|thành lập|khánh thành|ban hành)\b(?:(?! thì )[^.,;:()\d]){0,120}$"
)
_LOOKS_BACK = re.compile(r"\b(?:sơ kết|tổng kết|đánh giá)\b")
_SINCE = re.compile(r"\b(?:từ|kể từ|trước|sau|ngay từ)(?: cuối| đầu)? ?$")
_AS_OF = re.compile(r"(?:thời điểm|chốt|số liệu|tính)\b[^.;\n]{0,25}$")
_MONTH_BEFORE = re.compile(r"tháng \d{1,2},? $")
_DAY_BEFORE = re.compile(r"ngày \d{1,2} $")
_FUTURE = re.compile(
    r"(?:\b(?:bước sang|sang|bước vào|phương hướng|mục tiêu|phấn đấu)"
    r"|(?<!thực hiện )(?<!hoàn thành )(?<!kết quả )\bnhiệm vụ)\b[^.;]{0,30}$"
)
_DATE = re.compile(r"\d{1,2}(?:/| tháng |-|\.)(\d{1,2})(?:/|,? năm |-|\.)((?:19|20)\d{2})(?!\d)")


@dataclass(frozen=True)
class Moment:
    """A time named at [start, end).

    year : '2023', a span '2021-2025', or '' where the text leaves it open (`cuối năm`)
    part : what follows the year in a ledger's period: '-12', '-Q1', '-M9' or ''
    role : 'frame' dates what follows; 'compared' is what something is compared with; 'named'
           belongs to the name of a plan or a feast; 'since' only opens a span
    """

    start: int
    end: int
    year: str
    part: str
    form: str
    role: str

    def period(self, year: str) -> str:
        """As a ledger writes it; `year` is that of the context."""
        if self.form in {"last", "next"} and year:
            return str(int(year) + (1 if self.form == "next" else -1))
        known = self.year or year
        return known + self.part if known else ""


def find(text: Text) -> list[Moment]:
    """The times that a text names, by position; none inside another."""
    found: list[Moment] = []
    low = text.low
    last = 0
    for start, word in _openings(low):
        if start < last:
            continue
        forms = _BY_OPENING.get(word, ())
        if word.isdigit() or word in _COUNTS:
            forms = [*forms, *_BY_OPENING[""]]
        best = None
        for form, pattern in forms:
            match = pattern.match(low, start)
            if match and (best is None or match.end() > best[1].end()):
                best = (form, match)
        moment = _moment(low, *best) if best else None
        if moment:
            found.append(moment)
            last = moment.end
    return found


def _openings(low: str) -> list[tuple[int, str]]:
    """Where times may open, and with which word, by position."""
    found = []
    for literal, word, more in _OPENERS:
        start = low.find(literal)
        while start >= 0:
            behind = start + len(literal)
            opens = not start or word == "(" or not low[start - 1].isalnum()
            if opens and low.startswith(more, behind):
                found.append((start, word))
            start = low.find(literal, behind)
    month = low.find(" tháng")
    while month >= 0:
        count = _COUNT_BEFORE.search(low, max(0, month - 9), month)
        if count and not _goes_on(low[count.start() - 1 : count.start()], count.group()):
            found.append((count.start(), count.group()))
        month = low.find(" tháng", month + 6)
    return sorted(found)


def _goes_on(before: str, word: str) -> bool:
    """Whether what was found is only the end of a word, or of a number."""
    return before.isalnum() or (word[0].isdigit() and before in {"/", ".", ","})


def dateline(text: Text) -> str:
    """Month of the first full date in the text's first lines, as '2024-07'; '' without one."""
    head = text.lines[10] if len(text.lines) > 10 else len(text.nfc)
    for match in _DATE.finditer(text.low, 0, min(head, 2500)):
        before = text.low[max(0, match.start() - 60) : match.start()]
        if 1 <= int(match[1]) <= 12 and not re.search(r"\b(?:số|đến|hết|theo)\b[^\n]*$", before):
            return f"{match[2]}-{int(match[1]):02d}"
    return ""


def _moment(low: str, form: str, match: re.Match[str]) -> Moment | None:
    if form == "year" and _MONTH_BEFORE.search(low[max(0, match.start() - 10) : match.start()]):
        return None  # the rest of a date
    groups = match.groupdict()
    year = groups.get("year") or groups.get("slashed") or ""
    part = ""
    if form == "span":
        ends = re.findall(r"\d{4}", match["span"])
        year = "-".join(ends)
        if ends[0] > ends[1]:
            return None
    elif form == "quarter":
        quarter = match["quarter"]
        part = f"-Q{_ROMAN.get(quarter) or quarter}"
    elif form in {"months", "lone"}:
        count = _COUNTS.get(match["count"]) or int(match["count"])
        part = "-" + {3: "Q1", 6: "H1"}.get(count, f"M{count}")
    elif form == "rest":
        part = "-Q4" if match["count"] in {"3", "ba"} else "-H2"
    elif form == "half":
        part = "-H1" if match["half"] == "đầu" else "-H2"
    elif form in {"month", "day"}:
        if form == "month" and _DAY_BEFORE.search(low[max(0, match.start() - 9) : match.start()]):
            return None
        if low[match.start() : match.start() + 4] == "ngày" and not _AS_OF.search(
            low[max(0, match.start() - 40) : match.start()]
        ):
            return None
        if not 1 <= int(match["month"]) <= 12:
            return None
        part = f"-{int(match['month']):02d}"
    else:
        part = {"end": "-12", "until": "-12", "this_end": "-12", "start": "-01"}.get(form, "")
    role = _role(low, form, match.start())
    return Moment(match.start(), match.end(), year, part, form, role)


def _role(low: str, form: str, start: int) -> str:
    before = low[max(0, start - 130, low.rfind("\n", max(0, start - 130), start) + 1) : start]
    if _COMPARED.search(before[-60:]) or (form == "last" and "so" in before[-12:]):
        return "compared"
    if form in {"now", "since", "last", "next"}:
        return "frame"
    if form in {"year", "span", "schoolyear", "months", "this"} and _OF_A_TEXT.search(before):
        return "frame" if _LOOKS_BACK.search(before[-60:]) else "named"
    if form == "schoolyear" or (form in {"year", "start"} and _SINCE.search(before[-12:])):
        return "since"
    return "frame"


def is_to_come(text: Text, moment: Moment) -> bool:
    """Whether a time is named as the one of tasks or plans still to come."""
    line = text.lines[text.line_of(moment.start)]
    before = text.low[max(line, moment.start - 60) : moment.start]
    return moment.form in {"rest", "next"} or bool(_FUTURE.search(before))
