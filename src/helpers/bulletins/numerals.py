"""Numerals that are no figure: dates, times, laws, lists, counters, names, each with its kind."""

from __future__ import annotations

import re
from typing import NamedTuple

from helpers.bulletins.vocabulary import CAPITALS, NOUNS, SCALES

KINDS = (
    "date", "time", "law", "article", "list", "counter", "phone", "age", "name", "code", "year",
    "period", "other",
)  # fmt: skip


class Span(NamedTuple):
    """Characters [start, end) of the composed text, and the kind of numeral in them."""

    start: int
    end: int
    kind: str


_YEAR = r"(?:19|20)\d{2}"
_DAY = r"(?:0?[1-9]|[12]\d|3[01])"
_MONTH = r"(?:0?[1-9]|1[0-2])"
_NO_DIGIT = r"(?![.,]?\d)"
_NO_UNIT = rf"(?![.,]?\d| ?%| ?(?:{SCALES})\b| ?(?:{NOUNS})(?![^\W\d_]))"
_TEXTS = (
    "nghị định|quyết định|nghị quyết|chỉ thị|thông tư|công văn|kế hoạch|luật|pháp lệnh|hướng dẫn"
    "|thông báo|tờ trình|công điện|kết luận|văn bản|báo cáo|chương trình hành động|đề án|quy định"
)
_TEXTS_CAPITAL = "|".join(word[0].upper() + word[1:] for word in _TEXTS.split("|"))
_NAMES = (
    "trung đoàn|tiểu đoàn|sư đoàn|lữ đoàn|quân khu|binh đoàn|quân đoàn|quốc lộ|tỉnh lộ|đường tỉnh"
    "|huyện lộ|hương lộ|phường|quận|thôn|ấp|bản|khu phố|khối phố|khối|khóm|buôn|tổ dân phố|tổ|khu"
    "|tiểu khu|nhóm|vùng|khu vực|công nghiệp|kinh tế|chương trình|đề án|tiểu dự án|dự án|khóa|khoá"
    "|lần thứ|thứ|kỳ họp|hạng|cấp|loại|bước|vòng|tốp|top|liên ngành|kênh|trường|mức độ|cấp độ"
    "|hợp phần|nội dung|bão số|type|tuyến|xã|đoàn|đội|cụm|chi bộ|kỳ"
)
# Each pattern starts at a fixed word or digit and is bounded, so that no text can slow it down.
# Group 1 is the numeral; a second group, where there is one, is another numeral of the same kind.
_PATTERNS: tuple[tuple[str, str], ...] = (
    ("code", r"((?:https?://|www\.)\S{1,2000})"),
    ("code", r"(?<![\w.@])([\w.+-]{1,60}@[\w.-]{1,60})"),
    ("law", rf"(?<![\d/.,])(\d{{1,5}}(?:/{_YEAR})? ?/ ?(?-i:[A-ZĐ])[\wĐ]{{1,14}}"
            r"(?: ?[-–/] ?(?-i:[A-ZĐ])[\wĐ&]{1,14}){0,3})"),
    ("law", r"(?<![\d/.,])(\d{1,5}-(?-i:[A-ZĐ]{2,6})(?:/(?-i:[A-ZĐ])[\wĐ]{1,14}){1,2})"),
    ("law", rf"\b(?:{_TEXTS})(?: liên tịch)? số:? ?(\d{{1,5}}(?:/{_YEAR})?[a-z]?)\b{_NO_DIGIT}"),
    ("law", rf"\b(?-i:{_TEXTS_CAPITAL}) (\d{{1,5}}(?:/{_YEAR})?[a-z]?)\b"
            rf"(?! (?:năm|tháng|ngày)\b){_NO_UNIT}"),
    ("article", r"\b(?:điều|khoản|mục|chương|phụ lục|mẫu số|mẫu|tiêu chí số|tiêu chí|(?-i:Bảng)"
                rf"|(?-i:Biểu)) (\d{{1,3}}(?:\.\d{{1,2}}){{0,3}})\b{_NO_UNIT}"),
    ("article", r"\bđiểm (\d{1,2})(?=,? (?:điều|khoản|mục)\b)"),
    ("phone", r"\b(?:điện thoại|đt|sđt|hotline|fax|tel|đường dây nóng|tổng đài|zalo)[ .:]{1,3}"
              r"(?:số )?(\(?\+?\d[\d .()-]{1,18}\d)"),
    ("phone", r"(?<![\d.,/-])(\+84[ .]?\d{2,3}[ .]?\d{3}[ .]?\d{3,4}|0\d{2,3}[ .]\d{3}[ .]\d{3,4}"
              r"|0[35789]\d{8}|1[89]00[ .]?\d{4,6})(?![\d.,]?\d)"),
    ("counter", r"^[ \t«<‹]*((?:\d{1,3} +){2,40}\d{0,3})[ .…»>›|]*$"),
    ("counter", r"\b(?:(?:đang online|online|đang truy cập|hôm nay|hôm qua|trong tuần|trong tháng"
                r"|tuần này|tháng này|tất cả|tổng truy cập|tổng lượt truy cập|lượt truy cập"
                r"|lượt xem|lượt đọc|số lần đọc|bình luận|đã xem|views?) ?[:(|]|trang|page) ?"
                r"(\d[\d.,]{0,12}(?: \d{3}){0,3}(?: ?/ ?\d{1,4})?)"
                rf"(?!\d)(?! ?(?:%|(?:{NOUNS})(?![^\W\d_])))"),
    ("counter", r"(?<![\d.,/])(\d{1,5}(?:/\d{1,5})?) ký tự"),
    ("date", rf"\bngày ({_DAY} tháng {_MONTH}(?:,? năm {_YEAR})?)\b"),
    ("date", rf"(?<![\d.,/])({_DAY} tháng {_MONTH},? năm {_YEAR})\b"),
    ("date", rf"(?<![\d.,/])({_DAY} ?([/.-]) ?{_MONTH} ?\2 ?{_YEAR})\b"),
    ("date", rf"(?<![\d.,/])({_YEAR}-{_MONTH}-{_DAY})\b"),
    ("date", rf"\b(?:ngày|từ|sáng|chiều|tối|trưa|đêm|hôm) ({_DAY}(?:/{_MONTH})?)"
             rf" ?(?:đến|-|–) ?(?:ngày |hết ngày )?({_DAY}/{_MONTH}(?:/{_YEAR})?)\b{_NO_UNIT}"),
    ("date", rf"\b(?:ngày|mùng|mồng|sáng|chiều|tối|trưa|đêm) ({_DAY}(?:[/-]{_MONTH})?)\b"
             rf"{_NO_UNIT}"),
    ("date", rf"(?-i:Ngày|Lễ)\b[^.\d\n;]{{1,60}}?({_DAY}/{_MONTH})\b{_NO_UNIT}"),
    ("date", rf"\b(?:dịp|lễ|kỷ niệm|dịp tết)\b[^.\d\n;]{{0,60}}?({_DAY}/{_MONTH})\b{_NO_UNIT}"),
    ("date", rf"\btháng ({_MONTH}) (?:đến|-|–) (?:hết )?tháng ({_MONTH}(?: ?/ ?| năm ){_YEAR})\b"),
    ("date", rf"(?<![\d.,/])({_MONTH} ?[/-] ?{_YEAR})(?![\d/]){_NO_UNIT}"),
    ("date", rf"\btháng ({_MONTH}(?:,? (?:năm )?{_YEAR})?)\b{_NO_UNIT}"),
    ("time", r"(?<![\d.,/])((?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d)?(?: ?[AP]M)?)\b"),
    ("time", r"(?<![\d.,/])((?:[01]?\d|2[0-4]) ?(?:h|giờ)(?: ?[0-5]\d(?: ?(?:phút|'))?)?)\b"
             r"(?! công)"),
    ("period", rf"\b(?:giai đoạn|thời kỳ|nhiệm kỳ|niên khóa|năm học|năm)"
               rf" ({_YEAR} ?[-–—/] ?{_YEAR})"),
    ("period", rf"(?<![\d.,/])({_YEAR} ?[-–—] ?{_YEAR})\b{_NO_UNIT}"),
    ("period", rf"\bquý ((?:IV|I{{1,3}}) ?(?:/|-|,? năm ) ?{_YEAR})\b"),
    ("period", rf"\bquý ([1-4](?: ?(?:/|-|,? năm ) ?{_YEAR})?)\b{_NO_UNIT}"),
    ("period", r"(?<![\d.,/])(\d{1,2}) tháng (?:đầu|cuối|qua|đã qua|tới|của|thực hiện|năm)\b"),
    ("age", r"(?<![\d.,/])(\d{1,3}(?: ?(?:-|–|đến|đến dưới|tới) ?\d{1,3})?) tuổi\b"),
    ("period", r"(?<![\d.,/%])(\d{1,3}(?: ?(?:-|–|đến) ?\d{1,3})?)"
               r"[ -](?:năm|tháng|tuần|ngày|quý|phút|giây)\b(?! (?:công|hội))"),
    ("list", r"^[ \t]*[-•*+(]{0,2} ?(\d{1,2}(?:\.\d{1,2}){0,3})(?:[.)/]|\.\))(?= |\t|[^\W\d_])"),
    ("list", rf"^[ \t]*(\d{{1,2}}\.\d{{1,2}}(?:\.\d{{1,2}})?)(?= (?-i:[{CAPITALS}]))"),
    ("list", r"(?<= )\((\d{1,2})\)(?= )"),
    ("list", r"(?<=[;:,] )(\d{1,2})\)(?= )"),
    ("name", r"\bcovid ?[-–] ?(19)\b"),
    ("name", rf"\b(?:{_NAMES}) (\d{{1,4}}[a-z]?(?:\.0)?)\b{_NO_UNIT}"),
    ("name", rf"(?<!tổng )(?<!con )\bsố (\d{{1,4}}[a-z]?)\b"
             rf"(?! (?-i:[^\W\d_{CAPITALS}])){_NO_UNIT}"),
    ("name", r"(?<![\d.,/])(\d{1,2}) chương trình (?:mục tiêu quốc gia|mtqg)\b"),
    ("name", r"(?<= )([2-5]\.0)\b(?! ?%)"),
    ("year", rf"\b(?:năm|tết|xuân|niên vụ|vụ) ({_YEAR})(?!\d|[.,]\d)"),
    ("year", rf"(?<![\d.,/])({_YEAR} ?[-–] ?{_YEAR})(?!\d)"),
    ("year", rf"(?<![\d.,/])({_YEAR})(?!\d){_NO_UNIT}"),
    ("code", r"\b((?-i:[A-ZĐ]{1,6})-?\d[\w-]{0,20})"),
    ("code", r"(?<![\d.,/])(\d{1,4}(?-i:[A-ZĐ]{1,3}|[a-c]))(?!\w)"),
)  # fmt: skip
_COMPILED = tuple((kind, re.compile(p, re.I | re.M)) for kind, p in _PATTERNS)
_DIGIT = re.compile(r"[0-9]")


def find(nfc: str) -> list[Span]:
    """Numerals of a text that are no figure, by position; each from first to last character.

    Earlier patterns win where two overlap. What no pattern knows is left to be a figure.
    """
    taken = bytearray(len(nfc))
    spans: list[Span] = []
    for kind, pattern in _COMPILED:
        for match in pattern.finditer(nfc):
            for start, end in _numerals_of(match):
                if 1 not in taken[start:end]:
                    taken[start:end] = b"\x01" * (end - start)
                    spans.append(Span(start, end, kind))
    return sorted(spans)


def _numerals_of(match: re.Match[str]) -> list[tuple[int, int]]:
    """Spans of the groups that hold digits, blanks at the end left out."""
    groups = range(1, (match.lastindex or 1) + 1)
    spans = [(match.start(g), match.start(g) + len(match[g].rstrip())) for g in groups if match[g]]
    return [(start, end) for start, end in spans if _DIGIT.search(match.string, start, end)]
