"""Numerals that are no figure: dates, times, laws, lists, counters, names, each with its kind.

Each numeral is looked at once, from left to right: by the word before it (`Điều 5`), else by its
own form (`25/12/2023`). No pattern is searched for in the text as a whole, so that the time taken
grows with the numerals and not with the patterns.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from helpers.bulletins.text import Text, names_sites
from helpers.bulletins.vocabulary import CAPITALS, NOUNS, SCALES, STOPPING

KINDS = (
    "date", "time", "law", "article", "list", "counter", "phone", "age", "name", "code", "year",
    "period", "other",
)  # fmt: skip


class Span(NamedTuple):
    """Characters [start, end) of the composed text, and the kind of numeral in them."""

    start: int
    end: int
    kind: str


class _Rule(NamedTuple):
    """A kind of numeral: its form, and the words that stand right before it."""

    kind: str
    form: re.Pattern[str]
    before: re.Pattern[str]


_REACH = 70  # characters before a numeral that may tell its kind
_YEAR = r"(?:19|20)\d{2}"
_DAY = r"(?:0?[1-9]|[12]\d|3[01])"
_MONTH = r"(?:0?[1-9]|1[0-2])"
_NO_DIGIT = r"(?![.,]?\d)"
_NO_UNIT = rf"(?![.,]?\d| ?%| ?(?:{SCALES})\b| ?(?:{NOUNS})(?![^\W\d_]))"
_TEXTS = (
    "nghị định|quyết định|nghị quyết|chỉ thị|thông tư|công văn|kế hoạch|luật|pháp lệnh|hướng dẫn"
    "|thông báo|tờ trình|công điện|kết luận|văn bản|báo cáo|chương trình hành động|đề án|quy định"
    "|liên tịch"
)
_TEXT_CAPITAL = r"(?:" + "|".join(word[0].upper() + word[1:] for word in _TEXTS.split("|")) + ")"
_NAMES = (
    "trung đoàn|tiểu đoàn|sư đoàn|lữ đoàn|quân khu|binh đoàn|quân đoàn|quốc lộ|tỉnh lộ|đường tỉnh"
    "|huyện lộ|hương lộ|ql|phường|quận|thôn|ấp|bản|khu phố|khối phố|khóm|buôn|tổ dân phố|tiểu khu"
    "|chương trình|đề án|tiểu dự án|dự án|lần thứ|kỳ họp|liên ngành|mức độ|cấp độ|hợp phần|bão số"
    "|công nghiệp|tốp|top|type|covid|km|ngõ|ngách|thứ|khóa|khoá|xóm"
)
# Nouns that may also be counted or verbs: a name only where no other noun follows the number.
_PERHAPS_NAMES = (
    "khối|tổ|khu|nhóm|vùng|khu vực|kinh tế|hạng|cấp|loại|bước|vòng|kênh|trường|nội dung|tuyến|xã"
    "|đoàn|đội|cụm|chi bộ|kỳ|lần|đợt|giai đoạn|lớp|pha|phòng|tầng|lô|bậc|mũi|thửa|tờ|nhà|làng|phố"
    "|đường|tl|đt"
)
_COUNTERS = (
    "đang online|online|đang truy cập|hôm nay|hôm qua|trong tuần|trong tháng|tuần này|tháng này"
    "|tất cả|tổng truy cập|tổng lượt truy cập|lượt truy cập|truy cập|lượt xem|lượt đọc|số lần đọc"
    "|bình luận|đã xem|views|view|trang|page"
)
_DURATION = r"(?:năm|tháng|tuần|ngày|quý|phút|giây)\b(?! (?:công|hội)\b)"


# What a numeral is by the words before it (third column; in the text's lower case, blanks and
# opening marks before the numeral left out). Each is tried only after its last word.
_AFTER_WORDS = (
    ("law", rf"\d{{1,5}}(?:/{_YEAR})?[a-zđ]?\b{_NO_DIGIT}", rf"(?:{_TEXTS})(?: liên tịch)? số"),
    ("article", rf"\d{{1,3}}(?:\.\d{{1,2}}){{0,3}}\b{_NO_UNIT}",
     r"\b(?:điều|khoản|mục|chương|phụ lục|mẫu số|mẫu|tiêu chí số|tiêu chí|bảng|biểu|biểu số"
     r"|bảng số|hình|ảnh)"),
    ("article", r"\d{1,2}(?=,? (?:điều|khoản|mục)\b)", r"\bđiểm"),
    ("phone", r"\d[\d .()-]{1,18}\d",
     r"\b(?:điện thoại|đt|sđt|hotline|fax|tel|đường dây nóng|tổng đài|máy lẻ|zalo)(?: số)?"),
    ("counter", r"\d[\d.,]{0,12}(?: \d{3}){0,3}(?: ?/ ?\d{1,4})?(?![.,]?\d)"
                rf"(?! ?(?:%|(?!lần|lượt)(?:{NOUNS})(?![^\W\d_])))", rf"\b(?:{_COUNTERS})"),
    ("date", rf"{_DAY} tháng {_MONTH}(?:,? năm {_YEAR})?\b", r"\b(?:ngày|mùng|mồng)"),
    ("date", rf"{_DAY}(?:/{_MONTH})?(?= ?(?:đến|-|–) ?(?:hết )?(?:ngày )?{_DAY} ?/ ?{_MONTH}"
             rf"(?:/{_YEAR})?\b{_NO_UNIT})", r"\b(?:ngày|từ|sáng|chiều|tối|trưa|đêm|hôm)"),
    ("date", rf"{_DAY}(?: ?[/.-] ?{_MONTH}(?: ?[/.-] ?{_YEAR})?)?\b{_NO_UNIT}",
     r"\b(?:ngày|mùng|mồng|sáng|chiều|tối|trưa|đêm)"),
    ("date", rf"{_MONTH}(?: ?/ ?|,? (?:năm )?){_YEAR}\b", r"\btháng"),
    ("date", rf"{_MONTH}(?= (?:đến|-|–) (?:hết )?tháng {_MONTH})\b", r"\btháng"),
    ("date", rf"{_MONTH}\b{_NO_UNIT}", r"\btháng"),
    ("period", rf"{_YEAR} ?[-–—/] ?(?:{_YEAR}|\d{{2}})\b{_NO_UNIT}",
     r"\b(?:giai đoạn|thời kỳ|nhiệm kỳ|niên khóa|niên khoá|năm học|năm|vụ)"),
    ("period", rf"[1-4](?: ?(?:/|-|,? năm ) ?{_YEAR})?\b{_NO_UNIT}", r"\bquý"),
    ("name", r"(?:135|30a)\b", r"\b(?:xã|thôn|huyện|vùng|diện|bản)"),
    ("name", rf"\d{{1,4}}[a-zđ]?(?:\.0)?\b(?! ?[-–] ?\d){_NO_UNIT}", rf"\b(?:{_NAMES})(?: số)?"),
    ("name?", rf"\d{{1,2}}[a-zđ]?\b{_NO_UNIT}", rf"\b(?:{_PERHAPS_NAMES})(?: số)?"),
    ("age", rf"\d{{2}}\b{_NO_UNIT}", r"\b(?:anh|chị|ông|bà|em)"),
    ("name?", rf"\d{{1,4}}[a-zđ]?\b{_NO_UNIT}", r"(?<!tổng )(?<!con )\bsố"),
    ("year", rf"{_YEAR}(?!\d|[.,]\d)", r"\b(?:năm|tết|xuân|niên vụ|vụ)"),
)  # fmt: skip
# What a numeral is by its own form, whatever stands before it.
_FORMS = (
    ("date", rf"{_DAY} tháng {_MONTH},? năm {_YEAR}\b"),
    ("date", rf"{_DAY} ?/ ?{_MONTH} ?/ ?{_YEAR}(?:-\d{{1,2}}:\d\d)?\b"),
    ("date", rf"{_DAY} ?- ?{_MONTH} ?- ?{_YEAR}\b"),
    ("date", rf"{_DAY} ?\. ?{_MONTH} ?\. ?{_YEAR}\b"),
    ("date", rf"{_YEAR}-{_MONTH}-{_DAY}\b"),
    ("period", rf"{_YEAR} ?[-–—] ?{_YEAR}\b{_NO_UNIT}"),
    ("date", rf"{_MONTH} ?[/-] ?{_YEAR}(?![\d/]){_NO_UNIT}"),
    ("time", r"(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d)?(?: ?[ap]m)?\b"),
    ("time", r"(?:[01]?\d|2[0-4]) ?(?:h|g|giờ)(?: ?[0-5]\d(?: ?(?:phút|'))?)?\b(?! công)"),
    ("period", r"\d{1,2}(?= tháng (?:đầu|cuối|qua|đã qua|tới|của|thực hiện|năm)\b)"),
    ("age", r"\d{1,3}(?: ?(?:-|–|đến|đến dưới|tới) ?\d{1,3})?(?= tuổi\b)"),
    ("phone", r"0\d{2,3}[ .]\d{3}[ .]\d{3,4}(?![\d.,]?\d)|0\d{2,4}[ .]\d{6,8}(?![\d.,]?\d)"
              r"|0[35789]\d{8}(?![\d.,]?\d)|1[89]00[ .]?\d{4,6}(?![\d.,]?\d)"),
    ("period", rf"\d{{1,3}}(?: ?(?:-|–|đến) ?\d{{1,3}})?(?=[ -]{_DURATION})"),
    ("counter", r"\d{1,5}(?:/\d{1,5})?(?= ký tự)"),
    ("counter", r"\d{1,3}(?:[., ]?\d{3}){0,3}"
                r"(?= (?:lượt|lần) (?:đọc|xem|truy cập|thích|chia sẻ)\b)"),
    ("name", r"\d{1,2}(?= chương trình (?:mục tiêu quốc gia|mtqg)\b)"),
    ("name", r"[2-5]\.0\b(?! ?%)"),
    ("year", rf"{_YEAR}(?!\d){_NO_UNIT}"),
)  # fmt: skip
_FORM = re.compile("|".join(f"(?P<{kind}_{i}>{form})" for i, (kind, form) in enumerate(_FORMS)))
# Forms that need capitals, in the text as it is.
_LAW = re.compile(
    rf"\d{{1,5}}(?:/{_YEAR})? ?/ ?[A-ZĐ][\wĐ]{{1,14}}(?: ?[-–/] ?[A-ZĐ][\wĐ&]{{1,14}}){{0,3}}"
    r"|\d{1,5}-[A-ZĐ]{2,6}(?:/[A-ZĐ][\wĐ]{1,14}){1,2}"
)
_CODE = re.compile(r"\d{1,4}(?:[A-ZĐ]{1,3}|[a-c])(?!\w)")
_CAPITAL_TEXT = re.compile(rf"\b{_TEXT_CAPITAL} $")
_TEXT_NUMBER = re.compile(
    rf"\d{{1,5}}(?:/{_YEAR})?[a-zđ]?\b(?! (?:năm|tháng|ngày)\b){_NO_UNIT}", re.I
)
_GLUED_CODE = re.compile(r"(?<!\w)[A-ZĐ]{1,6}-?$")
_CODE_TAIL = re.compile(r"[\w-]{1,20}")
_PHONE = re.compile(r"\+84[ .]?\d{2,3}[ .]?\d{3}[ .]?\d{3,4}|\(0?\d{2,4}\)[ .]?\d[\d .]{4,12}\d")
_ROMAN_QUARTER = re.compile(rf"\bquý ((?:iv|i{{1,3}}) ?(?:/|-|,? năm ) ?{_YEAR})\b")
_LINE_START = re.compile(r"(?:^|\n)[ \t]*[-•*+(]{0,2} ?$")
_LIST = re.compile(r"\d{1,2}(?:\.\d{1,2}){0,3}(?:[.)/]|\.\))(?= |\t|[^\W\d_])")
_SUBLIST = re.compile(rf"\d{{1,2}}\.\d{{1,2}}(?:\.\d{{1,2}})?(?= [{CAPITALS}])")
_ENUMERATED = re.compile(r"\d{1,2}(?=\) )")
_DAY_MONTH = re.compile(rf"{_DAY} ?/ ?{_MONTH}(?:/{_YEAR})?\b{_NO_UNIT}")
_FEAST = re.compile(r"\b(?:ngày|lễ|dịp|kỷ niệm)\b[^.;\n]{0,60}$|\b(?:đến|từ|hết) $|\d ?[-–] ?$")
_REACHED = re.compile(r"\b(?:đạt|hoàn thành|có|được|vượt|xong|của|giảm|tăng|còn|hết) ?$")
_NAMED_PLACE = re.compile(rf"(?<![.!?:;]) [{CAPITALS}][^\W\d_]+ $")
_IS_ACRONYM = re.compile(rf"[{CAPITALS}]{{2,}} $")
_SMALL_NUMBER = re.compile(rf"\d{{1,2}}\b{_NO_UNIT}")
_NAMES_NOTHING = re.compile(rf"(?! (?!(?:{'|'.join(sorted(STOPPING))})(?!\w))[^\W\d_{CAPITALS}])")
_DENSE = (
    ("other", re.compile(r"[0-9.,;:()/\[\]%+-]{60,}")),
    ("other", re.compile(r"(?<!\w)(?:[0-9]{1,20}[^\w]{1,9}){40,}")),
)
_ADDRESSES = (("code", re.compile(r"(?:https?://|www\.|HTTPS?://)\S{1,2000}")),)
_PAGES = (("counter", re.compile(r"^[ \t«<‹]*((?:\d{1,3} +){2,40}\d{0,3})[ .…»>›|]*$", re.M)),)
_LONG_RUN, _MANY, _CLOSE = 20, 12, 12
_MAILBOX = re.compile(r"[\w.+-]{1,60}$")
_SITE = re.compile(r"@[\w.-]{1,60}")
_RUN = re.compile(r"[0-9][0-9]*")  # one character first: found thrice as fast


def _by_last_word() -> dict[str, tuple[_Rule, ...]]:
    """The rules of each last word that may stand before a numeral."""
    book: dict[str, list[_Rule]] = {}
    for kind, form, before in _AFTER_WORDS:
        rule = _Rule(kind, re.compile(form), re.compile(rf"{before}$"))
        words = re.sub(r"\(\?<!.*?\)|\\b|[()?:|\[\]]", " ", before).split()
        for word in dict.fromkeys(words):
            book.setdefault(word, []).append(rule)
    return {word: tuple(rules) for word, rules in book.items()}


_BOOK = _by_last_word()


def find(text: Text) -> list[Span]:
    """Numerals of a text that are no figure, by position; each from first to last character.

    What no rule knows is left to be a figure.
    """
    runs = list(_RUN.finditer(text.nfc))
    known = _wholesale(text.nfc, runs)
    walls = iter([*known, Span(len(text.nfc), len(text.nfc), "")])
    wall = next(walls)
    last = 0
    spans: list[Span] = []
    for run in runs:
        start = run.start()
        while wall.end <= start and wall.kind:
            wall = next(walls)
        if start < last or start >= wall.start:
            continue
        span = _known(text.nfc, text.low, start)
        if span and span.end <= wall.start:
            spans.append(span)
            last = span.end
    return sorted([*known, *spans])


def _wholesale(nfc: str, runs: list[re.Match[str]]) -> list[Span]:
    """Addresses, rows of page numbers, and endless runs of numerals such as no prose has."""
    found = list(_mailboxes(nfc))
    rules = (*_DENSE, *_PAGES) if _is_dense(runs) else _PAGES
    for kind, pattern in (*rules, *_ADDRESSES) if names_sites(nfc) else rules:
        for match in pattern.finditer(nfc):
            start, end = match.span(match.lastindex or 0)
            found.append(Span(start, start + len(nfc[start:end].rstrip()), kind))
    free: list[Span] = []
    for span in sorted(found):
        if (not free or span.start >= free[-1].end) and _RUN.search(nfc, span.start, span.end):
            free.append(span)
    return free


def _is_dense(runs: list[re.Match[str]]) -> bool:
    """Whether numerals follow one another anywhere as closely as in no prose."""
    if any(run.end() - run.start() > _LONG_RUN for run in runs):
        return True
    return any(
        later.start() - run.start() < _MANY * _CLOSE
        for run, later in zip(runs, runs[_MANY - 1 :], strict=False)
    )


def _mailboxes(nfc: str) -> Iterator[Span]:
    """E-mail addresses, looked for from their sign on."""
    last = 0
    while (sign := nfc.find("@", last)) >= 0:
        before = _MAILBOX.search(nfc[max(last, sign - 60) : sign])
        after = _SITE.match(nfc, sign)
        if before and after:
            yield Span(sign - len(before[0]), after.end(), "code")
        last = after.end() if after else sign + 1


def _known(nfc: str, low: str, start: int) -> Span | None:
    """The numeral whose digits start at a position, if it is no figure."""
    mark = nfc[start - 1] if start else "\n"
    if mark in "./,-" and start > 1 and nfc[start - 2].isdigit():
        return None
    law = _LAW.match(nfc, start)
    if law and not mark.isalpha():
        return Span(start, law.end(), "law")
    opening = max(low.rfind("\n", max(0, start - _REACH), start), start - _REACH, 0)
    before = low[opening:start]
    said = _said_before(nfc, low, start, before)
    if said:
        return said
    if mark.isalpha() or mark in "-_":
        return _code(nfc, start)
    listed = _listed(nfc, start)
    if listed:
        return listed
    if mark in "+(":
        phone = _PHONE.match(nfc, start - 1)
        if phone:
            return Span(start - 1, phone.end(), "phone")
    decree = _TEXT_NUMBER.match(nfc, start) if _CAPITAL_TEXT.search(nfc[opening:start]) else None
    if decree:
        return Span(start, decree.end(), "law")
    day = _DAY_MONTH.match(low, start)
    if day and (_FEAST.search(before) or not _REACHED.search(before)):
        return Span(start, day.end(), "date")
    named = _SMALL_NUMBER.match(low, start)
    if (
        named
        and _NAMED_PLACE.search(nfc[opening:start])
        and not _IS_ACRONYM.search(nfc[opening:start])
    ):
        return Span(start, named.end(), "name")
    form = _FORM.match(low, start)
    if form:
        return Span(start, form.end(), str(form.lastgroup).partition("_")[0])
    code = _CODE.match(nfc, start)
    return Span(start, code.end(), "code") if code else None


def _said_before(nfc: str, low: str, start: int, before: str) -> Span | None:
    """A numeral named by the words before it: `Điều 5`, `quyết định số 271`, `quý IV/2024`."""
    plain = before.rstrip(" :(|-–")
    dotted = plain.endswith(".")
    plain = plain.rstrip(" .") if dotted else plain
    word = plain[plain.rfind(" ") + 1 :].lstrip("(\"“'[-+*•\n")
    for rule in _BOOK.get(word, ()):
        if (dotted and rule.kind != "phone") or not rule.before.search(plain):
            continue
        match = rule.form.match(low, start)
        if match and (rule.kind != "name?" or _NAMES_NOTHING.match(nfc, match.end())):
            return Span(start, match.end(), rule.kind.rstrip("?"))
    if word[:1] in "iv":
        quarter = _ROMAN_QUARTER.search(low, start - min(len(before), 18), start + 4)
        if quarter and quarter.end() == start + 4:
            return Span(quarter.start(1), quarter.end(), "period")
    return None


def _code(nfc: str, start: int) -> Span | None:
    """`QL1A`, `H5N1`, `F0`: digits that go on from capitals."""
    glued = _GLUED_CODE.search(nfc[max(0, start - 8) : start])
    tail = _CODE_TAIL.match(nfc, start)
    if not glued or not tail:
        return None
    return Span(start - len(glued[0]), tail.end(), "code")


def _listed(nfc: str, start: int) -> Span | None:
    """The number of a list's item, at the start of a line or in brackets."""
    near = nfc[max(0, start - 8) : start]
    if near.endswith(" (") or near.endswith(("; ", ": ", ", ")):
        item = _ENUMERATED.match(nfc, start)
        if item:
            return Span(start, item.end(), "list")
    if "\n" not in near and start > 8:
        return None
    if not _LINE_START.search(near):
        return None
    sub = _SUBLIST.match(nfc, start)
    if sub:
        return Span(start, sub.end(), "list")
    item = _LIST.match(nfc, start)
    return Span(start, start + len(item[0].rstrip(".)/")), "list") if item else None
