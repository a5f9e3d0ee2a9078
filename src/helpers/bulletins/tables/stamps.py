"""Stamps: the times that headers and captions of tables name, as a ledger's periods."""

from __future__ import annotations

import re

from helpers.periods import PATTERN, is_period

_YEAR = r"(?P<year>(?:19|20)\d{2})"
_COMPARED = re.compile(
    r"(?:so với|so|hơn)(?: với)?(?: cùng kỳ| thực hiện| số liệu| tại thời điểm)*"
    rf" (?:(?P<end>cuối )|(?P<start>đầu ))?(?:năm )?{_YEAR}"
)
_DATE = re.compile(rf"(?<!\d)\d{{1,2}}[/.-](?P<month>\d{{1,2}})[/.-]{_YEAR}(?!\d)")
_MONTH = re.compile(rf"\btháng (?P<month>\d{{1,2}})(?: ?/ ?| ?- ?|,? năm | ){_YEAR}(?!\d)")
_QUARTER = re.compile(
    rf"\bquý (?P<quarter>iv|i{{1,3}}|[1-4])(?!\w)(?:[^\d\w]{{0,3}}(?:năm )?{_YEAR})?"
)
_MONTHS = re.compile(
    rf"(?<![\d/.,])(?P<count>0?[1-9]|1[01]) tháng(?: đầu)?(?: năm)?"
    rf"(?:[^\d\w]{{0,3}}{_YEAR}| đầu năm)"
)
_EDGE = re.compile(rf"\b(?P<edge>đầu|cuối|hết) (?:năm|kỳ|giai đoạn)(?: {_YEAR}(?! ?[-–] ?\d))?")
_BEFORE = re.compile(r"\bnăm trước\b")
_SPAN = re.compile(r"(?<!\d)((?:19|20)\d{2}) ?[-–] ?((?:19|20)\d{2})(?!\d)")
_BARE_YEAR = re.compile(r"(?<![\d.,])((?:19|20)\d{2})(?![\d.,]\d|\d)")
_STANDARD = re.compile(r"(?:chuẩn|tiêu chí|chương trình|nghị quyết|kế hoạch)\b[^;(]{0,60}$")
_ROMAN = {"i": "1", "ii": "2", "iii": "3", "iv": "4"}
_LAST_MONTHS = {"Q1": 3, "Q2": 6, "Q3": 9, "Q4": 12, "H1": 6, "H2": 12}


def named(words: str, base: str) -> tuple[str, str]:
    """Period that words name, and the one that they compare it with; '' for what they do not name.

    base : the period that a table is about, which dates `đầu kỳ`, `cuối năm` and `năm trước`
    """
    low = words.lower()
    compared = _COMPARED.search(low)
    against = ""
    if compared:
        edge = "-12" if compared["end"] else "-01" if compared["start"] else ""
        against = compared["year"] + edge
        low = low[: compared.start()] + " " + low[compared.end() :]
    return _first(low, base), against


def _first(low: str, base: str) -> str:
    for pattern in (_DATE, _MONTH):
        match = pattern.search(low)
        if match and 1 <= int(match["month"]) <= 12:
            return f"{match['year']}-{int(match['month']):02d}"
    part = _part_of_a_year(low, base[:4])
    if part:
        return part
    edge = _EDGE.search(low)
    if edge and (edge["year"] or PATTERN.fullmatch(base)):
        return _edge(edge["edge"], edge["year"] or base)
    if _BEFORE.search(low) and re.fullmatch(r"\d{4}(?:-\D\d+|-\d\d)?", base):
        return f"{int(base[:4]) - 1}{base[4:]}"
    span = _SPAN.search(low)
    if span and is_period(f"{span[1]}-{span[2]}") and not _STANDARD.search(low[: span.start()]):
        return f"{span[1]}-{span[2]}"
    return max(_BARE_YEAR.findall(_SPAN.sub(" ", low)), default="")


def _part_of_a_year(low: str, year: str) -> str:
    quarter, months = _QUARTER.search(low), _MONTHS.search(low)
    match = quarter or months
    if match is None or not (match["year"] or year):
        return ""
    year = match["year"] or year
    if quarter:
        return f"{year}-Q{_ROMAN.get(quarter['quarter'], quarter['quarter'])}"
    count = int(match["count"])
    return f"{year}-" + {3: "Q1", 6: "H1"}.get(count, f"M{count}")


def _edge(edge: str, period: str) -> str:
    """The month in which a period starts or ends: `2023-01` or `2023-12` of 2023."""
    if edge == "đầu":
        return f"{period[:4]}-01"
    year, _, part = period.partition("-")
    if re.fullmatch(r"\d{4}", part):
        return f"{part}-12"
    month = _LAST_MONTHS.get(part) or int(part.lstrip("M") or 12)
    return f"{year}-{month:02d}"
