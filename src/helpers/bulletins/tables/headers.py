"""Headers: what the words of a table say of its figures: kind, unit, period, group, status."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from helpers.bulletins import indicators
from helpers.bulletins.indicators import Subject
from helpers.bulletins.tables import stamps
from helpers.bulletins.vocabulary import HOUSEHOLDS, NOUNS, SCALES

_SIZE = rf"(?:(?:{SCALES}|1\.000|1000|tr\.?) ?)?"
_UNIT_WORDS = rf"%|đ|điểm %|điểm phần trăm|{NOUNS}"
_UNIT = re.compile(
    rf"(?:\( ?(?:đvt|đơn vị(?: tính)?)? ?:? ?"
    rf"(?P<inside>{_SIZE}(?:{_UNIT_WORDS})(?:/[^()\d]{{1,24}})?) ?\)"
    rf"|(?:đvt|đơn vị tính|đơn vị) ?: ?(?P<given>{_SIZE}(?:{_UNIT_WORDS}))(?![^\W\d_])"
    rf"|[,;:] ?(?P<behind>{_SIZE}(?:%|hộ|người|khẩu)) ?$)",
    re.I,
)
_UNITS_OF_TABLE = re.compile(r"(?:đvt|đơn vị tính|đơn vị) ?: ?(?P<units>[^()\n|]{1,60})", re.I)
_WHOLE_UNIT = re.compile(rf"{_SIZE}(?:{_UNIT_WORDS})", re.I)
_LAST_UNIT = re.compile(rf"(?<![^\W\d_])({_UNIT_WORDS})(?: (?:cận )?nghèo)?$", re.I)
_OF_ALL = re.compile(
    r"(?:so với|trên|trong|/|so) ?(?:tổng )?(?:số )?hộ(?: dân(?: cư)?| gia đình| toàn \w+)?"
    r"(?! nghèo| cận)(?!\w)"
)
_OF_THE_POOR = re.compile(
    r"(?:so với|trên|trong|/|so) ?(?:tổng )?(?:số )?hộ nghèo(?! và)|(?:tỷ lệ|%) ?trong hộ nghèo"
)
_FORMULA = re.compile(r"\(?\d{1,2}\)? ?= ?[\d()+*/x :-]+|\(\d{1,2}\)")
_PLAN = r"(?:kế hoạch|kh|chỉ tiêu|mục tiêu|dự toán)"
_ACHIEVED = re.compile(
    rf"(?:tỷ lệ|%|mức)? ?(?:thực hiện|th|đạt|so sánh|so|hoàn thành)\b[^;]{{0,20}}[/ ]{_PLAN}\b"
    rf"|% {_PLAN}\b|tỷ lệ (?:đạt|hoàn thành|thực hiện)\b|(?:đạt|so sánh|hoàn thành) ?\(?%"
)
_TARGET = re.compile(
    r"\b(?:kế hoạch|kh|mục tiêu(?! quốc gia)|dự kiến|phấn đấu|chỉ tiêu (?:giao|được giao|kế hoạch"
    r"|phấn đấu|năm)|chỉ tiêu(?= ?$))\b(?: giao| đề ra)?"
)
_ESTIMATE = re.compile(r"\bước(?: thực hiện| th| đạt| tính| còn)?\b")
_PRELIMINARY = re.compile(r"\bsơ bộ\b")
_EITHER = re.compile(
    r"\btăng\W{0,6}(?:hay |hoặc |và )?\W{0,3}giảm\b|\bgiảm\W{0,6}(?:hay |hoặc )?\W{0,3}tăng\b"
    r"|\bso với (?!tổng)|\bchênh lệch\b|\bbiến động\b|[+]/-|±"
)
_SIGNED = re.compile(r"\( ?\+ ?\)")
_FALL = re.compile(r"\bgiảm\b(?! nghèo(?!\w)(?! (?:trong|so)))")
_RISE = re.compile(r"\btăng\b(?! (?:thêm thu|cường|trưởng|thu))")
_YEARLY = re.compile(r"(?:bình quân|trung bình)[^;]{0,12}năm|/ ?năm|(?:mỗi|hằng|hàng) năm")
_NO_SUBJECT = re.compile(
    r"(?:chuẩn|tiêu chí|công tác giảm|chương trình(?: mục tiêu quốc gia)?(?: giảm)?|giảm) nghèo"
    r"(?: tiếp cận)?(?: đa chiều| bền vững| quốc gia)*(?!\w)"
)
_BOTH = re.compile(r"(?:hộ )?nghèo ?(?:và|,|\+|&|/) ?(?:số )?(?:hộ )?cận nghèo")
_TOTAL = re.compile(
    r"(?:tổng (?:số )?)?(?:số )?hộ (?:dân(?: cư)?|gia đình|tự nhiên|toàn \w+|hiện có|trên địa bàn)"
    r"|tổng (?:số )?hộ(?! nghèo| cận| thoát| tái| được| có| vay)|tổng hộ"
)
_FLOW = re.compile(r"\bphát sinh(?: mới)?(?: trong (?:năm|kỳ))?\b")
_PEOPLE = re.compile(r"\b(?:nhân khẩu|số khẩu|khẩu|số người|người|dân số)\b")
_RATE = re.compile(r"%|\b(?:tỷ lệ|tỉ lệ|tỷ trọng|tl|phần trăm)\b")
_COUNT = re.compile(r"\b(?:số hộ|số lượng|sl|tổng số)\b")
_HOUSEHOLDS = re.compile(r"(?:tổng )?(?:số )?hộ(?!\w)")
_ASIDE = re.compile(r"kèm theo|ban hành|cộng h(?:òa|oà) xã hội|độc lập", re.I)
_TITLE = re.compile(r"(?:(?:biểu|bảng|phụ lục)(?: số)? ?[0-9IVX.]{1,5}[:. ] ?)(.{4,150})", re.I)
_WORD = re.compile(r"[^\W\d_]+")
_FRAME = (
    "trong đó tổng số cộng chung của các theo là và tại trên địa bàn toàn tỉnh huyện xã thành phố "
    "thị cả nước kết quả rà soát năm tháng quý ngày kỳ đầu cuối hết đến tính thời điểm giai đoạn "
    "hiện có còn lại hộ tỷ tỉ lệ so với chiếm đạt thực hiện th kh đvt đơn vị diễn biến gia đình "
    "dân cư mức cùng trước sau nay này điều tra tổng hợp báo cáo chuẩn mới cũ đa chiều chính thức "
    "công nhận phê duyệt biểu bảng i ii iii iv v vi tăng giảm qua lũy kế lượng sl tl gồm chia ra "
    "bình quân sơ bộ phần trăm từ đang đã khu vực vùng stt tt tên địa phương phường quận chỉ tiêu "
    "nội dung nghèo cận trọng a b c d đ e thứ hoặc hay sánh chênh lệch biến động mỗi hàng hằng"
)
_FILLERS = frozenset(_FRAME.split())
_LEAST_LABEL = 3


@dataclass(frozen=True)
class Said:
    """What some words of a table say; '' or () is not said.

    words   : the words
    kind    : as of `indicators.Subject`, never 'other'
    measure : 'count', 'rate', 'people', 'achieved' (per cent of a plan), 'share' (of the poor)
    change  : 'fall', 'rise', 'either', or 'signed' where the words say what + and - mean
    against : the period that a change is counted from
    label   : the words again, where they say more than is understood
    """

    words: str = ""
    kind: str = ""
    measure: str = ""
    units: tuple[str, ...] = ()
    change: str = ""
    yearly: bool = False
    period: str = ""
    against: str = ""
    status: str = ""
    group: str = ""
    label: str = ""


@lru_cache(maxsize=4096)
def said(words: str, base: str = "") -> Said:
    """What the words of a header or of a row's name say.

    base : the period that words such as `đầu kỳ` (start of the period) are about
    """
    low = words[:400].lower()
    units = _units(low)
    if is_unit(low):
        measure = "rate" if units in {("%",), ("pp",)} else "count" if units == ("hộ",) else ""
        return Said(words, measure=measure, units=units)
    bare = _OF_ALL.sub(" tỷ lệ ", _UNIT.sub(" ", _FORMULA.sub(" ", low)))
    achieved = bool(_ACHIEVED.search(low))
    status, bare = _status("" if achieved else bare)
    period, against = stamps.named(words, base)
    group, bare = _group(words, bare)
    bare = _NO_SUBJECT.sub(" ", bare)
    kind, rest = _kind(" ".join(bare.split()))
    rest = " ".join(rest.split())
    change = _change(bare, low)
    people = _PEOPLE.search(rest) or any(unit in {"người", "khẩu", "nhân khẩu"} for unit in units)
    rate = _RATE.search(rest) or units in {("%",), ("pp",)}
    measure = "achieved" if achieved else "rate" if rate else "people" if people else ""
    if measure == "rate" and _OF_THE_POOR.search(low):
        measure, kind = "share", ""
    more = achieved or people or measure == "share" or _says_more(rest)
    label = words if more else ""
    if not measure and (_COUNT.search(rest) or units == ("hộ",)):
        measure = "count"
    return Said(
        words, kind, measure, units, change, bool(_YEARLY.search(low)), period, against, status,
        group, label,
    )  # fmt: skip


def caption(lines: Sequence[str], base: str) -> Said:
    """What the lines above a table say of all of it; a kind only where they name no other."""
    lines = [line for line in lines if not _ASIDE.search(line)]
    every = [said(line, base) for line in lines]
    whole = said(" ".join(lines), base)
    groups = [group for group, pattern in indicators.GROUPS if pattern.search(whole.words)]
    kinds = {one.kind for one in every if one.kind}
    kind = kinds.pop() if len(kinds) == 1 and not _BOTH.search(whole.words.lower()) else ""
    units = next((one.units for one in reversed(every) if one.units), ())
    dated = [one for one in every if one.period]
    titles = [_TITLE.fullmatch(line.strip()) for line in lines]
    title = said(next((match[1] for match in reversed(titles) if match), ""), base)
    return replace(
        whole,
        kind=kind,
        units=units,
        period=dated[-1].period if dated else "",
        change="",
        group=whole.group if len(groups) == 1 else "",
        label=title.label if not kind else "",
    )


def subject(levels: Sequence[Said], unit: str, looks: str, sign: str) -> Subject | None:
    """What a cell counts; None where the words around it do not tell.

    levels : what is said of the cell, the nearest words first
    unit   : unit printed in the cell, or ''
    looks  : 'rates' or 'counts' where the column's own numbers look so, or ''
    sign   : '+' or '-' printed in the cell, or ''
    """
    told = next((one for one in levels if one.kind or one.label), None)
    if told is None:
        return None
    group = next((one.group for one in levels if one.group), "")
    if any(one.measure == "achieved" for one in levels[:-1]):
        return Subject("other", "ty_le_ke_hoach", "", group, "%")
    if levels[0].measure == "share":
        return Subject("other", "share_of_poor_households", "", group, "%")
    unit = unit_of(levels, unit, looks)
    direction = direction_of(levels, sign)
    kind = "" if told.label else told.kind
    upper = {one.kind for one in levels if one.kind}
    if not kind or (kind in {"escaping", "falling", "newly"} and "near_poor" in upper):
        return Subject("other", _own_label(levels, unit), direction, group, unit)
    return Subject(kind, _indicator(kind, levels, unit), direction, group, _points(levels, unit))


def direction_of(levels: Sequence[Said], sign: str) -> str:
    """`fall` or `rise` of a change by its header and sign; '' for a level, or where unknown."""
    change = next((one.change for one in levels if one.change), "")
    if change in {"either", "signed"}:
        signed = change == "signed"
        return {"-": "fall", "+": "rise"}.get(sign, "rise" if signed else "")
    if change == "fall":
        return "rise" if sign == "+" else "fall"
    return "fall" if change and sign == "-" else change


def unit_of(levels: Sequence[Said], unit: str, looks: str) -> str:
    """Unit of a cell as a ledger writes it: printed in it, else said of it, else by its numbers."""
    if unit:
        return _tidy(unit)
    told = next((one for one in levels if one.kind or one.label), Said())
    for one in levels:
        caption = one is levels[-1]
        if len(one.units) == 1 and not (caption and one.units[0] == "%" and looks == "counts"):
            return one.units[0]
        if one.measure in {"rate", "achieved"} and not (caption and looks == "counts"):
            return "%"
        if one.measure in {"count", "people"}:
            break
    households = told.kind or _HOUSEHOLDS.match(told.label.lower())
    if told.kind and not told.label and looks == "rates" and not _counted(levels):
        return "%"
    return "hộ" if households and not _other_people(levels) else ""


def _counted(levels: Sequence[Said]) -> bool:
    return any(one.measure == "count" for one in levels[:-1])


def _other_people(levels: Sequence[Said]) -> bool:
    return any(one.measure == "people" for one in levels[:-1])


def _indicator(kind: str, levels: Sequence[Said], unit: str) -> str:
    percent = unit in {"%", "pp"}
    if kind in indicators.STOCKS:
        name = "total_households" if kind == "total" else kind
        name = f"{name}_share" if percent else indicators.STOCKS[kind]
    else:
        name = f"{indicators.NAMES[kind]}_{'rate' if percent else 'households'}"
    if any(one.change for one in levels):
        yearly = any(one.yearly for one in levels)
        name += "_change_per_year" if yearly else "_change"
    return name


def _points(levels: Sequence[Said], unit: str) -> str:
    changing = any(one.change for one in levels)
    return "pp" if changing and unit == "%" else unit


def _own_label(levels: Sequence[Said], unit: str) -> str:
    """A short label of the words that say what is counted, the outer before the inner."""
    near = [one for one in levels[:-1] if one.label or one.kind]
    said_first = near[:2] or [levels[-1]]
    words = [one.label or one.words for one in reversed(said_first)]
    if said_first[0].label and not said_first[0].kind and len(said_first) > 1:
        words = words if said_first[1].kind else words[1:]
    plain = " ".join(_UNIT.sub(" ", word) for word in words)
    phrase = " ".join(_WORD.findall(plain))
    rate = unit == "%" and not _RATE.search(phrase.lower())
    return indicators.label_of(f"tỷ lệ {phrase}" if rate else phrase)


def _says_more(rest: str) -> bool:
    """Whether words are left that are no mere frame of a header."""
    left = [word for word in _WORD.findall(rest) if word not in _FILLERS]
    letters = "".join(left)
    return len(letters) >= _LEAST_LABEL or (len(letters) > 1 and not letters.isascii())


def _kind(bare: str) -> tuple[str, str]:
    """Kind of household that words name, and the words without those that name it."""
    named: list[str] = []

    def take(kind: str, pattern: re.Pattern[str], words: str) -> str:
        found = pattern.search(words)
        if found:
            named.append(kind)
        return pattern.sub(" ", words) if found else words

    rest = take("multidim", _BOTH, bare)
    for match in list(indicators.TERMS.finditer(rest)):
        kind = str(match.lastgroup)
        if kind in {"other", "total"} or (kind == "escaping" and "cận" in match[0]):
            continue
        named.append(kind)
        rest = rest.replace(match[0], " hộ " if "hộ" in match[0] else " ", 1)
        if "lệ" in match[0]:
            rest += " tỷ lệ "
    rest = take("newly", _FLOW, rest)
    if not named:
        rest = take("total", _TOTAL, rest)
    kinds = list(dict.fromkeys(named))
    if "near_poor" in kinds and len(kinds) > 1 and set(kinds) & {"escaping", "falling", "newly"}:
        return "near_poor", f"{rest} phát sinh tái thoát"
    if "poor" in kinds and set(kinds) & {"escaping", "falling", "newly"}:
        kinds.remove("poor")
    return (kinds[0] if len(kinds) == 1 else ""), rest


def _change(bare: str, low: str) -> str:
    fall, rise = _FALL.search(bare), _RISE.search(bare)
    if _EITHER.search(bare) and bool(fall) == bool(rise):
        return "signed" if _SIGNED.search(low) else "either"
    return "fall" if fall else "rise" if rise else ""


def _status(low: str) -> tuple[str, str]:
    for status, pattern in (
        ("target", _TARGET), ("estimate", _ESTIMATE), ("preliminary", _PRELIMINARY),
    ):  # fmt: skip
        if pattern.search(low):
            return status, pattern.sub(" ", low)
    return "", low


def _group(words: str, bare: str) -> tuple[str, str]:
    for group, pattern in indicators.GROUPS:
        match = pattern.search(words)
        if match:
            name = f"{group} {match[1]}" if pattern.groups else group
            return name, bare.replace(match[0].lower(), " ")
    return "", bare


def _units(low: str) -> tuple[str, ...]:
    """Units that words name: one of a column, or those of a whole table (`ĐVT: hộ, %`)."""
    listed = _UNITS_OF_TABLE.search(low)
    if listed:
        each = re.split(r"[,;/]| và ", listed["units"])
        units = [_tidy(one.strip(" .")) for one in each if _WHOLE_UNIT.fullmatch(one.strip(" ."))]
        if units:
            return tuple(dict.fromkeys(units))
    match = _UNIT.search(low)
    if match:
        return (_tidy(match["inside"] or match["given"] or match["behind"]),)
    return (_tidy(low),) if _WHOLE_UNIT.fullmatch(low) and low not in {"năm", "tháng"} else ()


def _tidy(unit: str) -> str:
    plain = re.sub(r"^(?:1\.000|1000) ?", "nghìn ", " ".join(unit.lower().split()))
    plain = re.sub(r"^tr\.? ?(?=đ)", "triệu ", plain)
    plain = re.sub(r"(?<= )(?:đ|vnđ|vnd)$", "đồng", plain)
    return "hộ" if plain in HOUSEHOLDS else indicators.UNITS.get(plain, plain)


def is_unit(words: str) -> bool:
    """Whether a cell is nothing but a unit: `hộ`, `%`, `triệu đồng`."""
    return bool(_WHOLE_UNIT.fullmatch(words))


def unit_in(number: str) -> str:
    """Unit printed in a number itself: `hộ` of `14.040 hộ nghèo`, '' where there is none."""
    match = None if number[-1:].isdigit() else _LAST_UNIT.search(number)
    return match[1] if match else ""
