"""Indicators: what each figure counts; poverty in the ledger's words, all else in its own."""

from __future__ import annotations

import re
from dataclasses import dataclass

from helpers import places
from helpers.bulletins.scanner import Printed
from helpers.bulletins.vocabulary import CAPITALS, HOUSEHOLDS, MONEY, STOPPING

_NO_SUBJECT = re.compile(
    r"(?:chuẩn|tiêu chí|giảm|xóa đói giảm|xoá đói giảm|xóa|người|huyện|xã|thôn|nước|chống|vùng"
    r"|bền vững|công tác|chương trình) (?:hộ )?(?:cận )?nghèo(?: đa chiều| bền vững| quốc gia)?"
    r"(?!\w)",
    re.I,
)
# The words for each kind of household, most specific first where they may start together.
TERMS = re.compile(
    r"(?P<escaping>thoát (?:khỏi )?(?:diện )?(?:hộ )?(?:cận )?nghèo)"
    r"|(?P<falling>tái nghèo)"
    r"|(?P<newly>(?:hộ )?nghèo (?:mới )?phát sinh(?: mới)?|phát sinh (?:mới )?(?:hộ )?nghèo"
    r"|(?:hộ )?nghèo mới|phát sinh(?: mới| thêm)?(?: là| thêm)? ?$)"
    r"|(?P<multidim>(?:hộ |tỷ lệ |tỉ lệ )?nghèo đa chiều|(?:hộ )?nghèo(?: và|,) (?:hộ )?cận nghèo)"
    r"|(?P<near_poor>cận nghèo)"
    r"|(?P<poor>(?:hộ nghèo|tỷ lệ nghèo|tỉ lệ nghèo|nghèo)(?! thiếu hụt))"
    r"|(?P<total>tổng số hộ(?: dân(?: cư)?| gia đình)?(?! nghèo| cận)|hộ dân cư|tổng hộ)"
    r"|(?P<other>(?:tỷ|tỉ) lệ (?!hộ|này|trên|là|giảm|tăng|cao|thấp|chiếm|còn|đạt|đó|\d)\w+"
    r"|số (?:lao động|người|hộ (?!nghèo|cận))|lao động|học sinh|hồ sơ|kinh phí|số tiền|trẻ em"
    r"|kế hoạch|dân số|thu nhập)",
    re.I,
)
UNITS = {
    "đ": "đồng", "vnđ": "đồng", "vnd": "đồng", "₫": "đồng", "phần trăm": "%", "điểm %": "pp",
    "điểm phần trăm": "pp", "người lao động": "lao động", "người dân": "người",
}  # fmt: skip
STOCKS = {
    "escaping": "households_escaping_poverty", "falling": "households_falling_back",
    "newly": "households_newly_poor", "total": "total_households",
}  # fmt: skip
OWN = "other_"  # starts the label of what is no figure of poverty
NAMES = {"poor": "poor", "near_poor": "near_poor", "multidim": "multidim_poor"}
_CHANGING = re.compile(
    r"\b(giảm|tăng|bớt|hạ)(?: đi)?(?! (?:nghèo|thiểu|cường|trưởng|tốc|tiến|ni|giá|lương))\b", re.I
)
_RATE_OF_FALL = re.compile(
    r"(?:tỷ lệ|tỉ lệ|mức|tốc độ) giảm (?:hộ )?(?:cận )?nghèo[^\d,;.]{0,20}$", re.I
)
_NOT_BETWEEN = re.compile(
    r"[;:.()]|\b(?:còn|xuống|lên|đạt|chiếm|cho|với|hỗ trợ|trong đó|kinh phí|trở)\b|\d{1,3},\d", re.I
)
_LEVEL_AFTER = re.compile(r"(?:[^\d,;:.]|(?<!\d)(?:19|20)\d{2}){0,40}\b(?:xuống|còn|lên)\b")
_ALSO_CHANGE = re.compile(
    r"^[ ,(]{0,3}(?:tương ứng|tương đương|hay|bằng|và|tức)(?: với)?(?: giảm)? {0,2}$", re.I
)
_FLOWS = frozenset({"escaping", "falling", "newly"})
_REMAINING = re.compile(r", (?:hiện |nay )?(?:chỉ )?còn(?: lại)? $")
_ONE_GROUP = re.compile(r"^,? riêng (?:tỷ lệ )?(?:hộ |vùng |khu vực )[^\d,;.]{0,60}$", re.I)
_GIVEN = re.compile(
    r"\b(?:cho|hỗ trợ|tặng|giúp|cấp|xây|sửa|vay|đến|của|được)(?: được| thêm| trên| hơn| gần)? $",
    re.I,
)
_RATE_OF_COUNT = re.compile(
    r"^[^\d;.]{0,45}\b(?:chiếm|chiểm|tỷ lệ|tỉ lệ|đạt|bằng|tương ứng|tương đương)\b[^\d;.]{0,30}$"
    r"|^[^\d;.)]{0,30}[(,/] ?(?:chiếm |tỷ lệ |tỉ lệ |là )?$",
    re.I,
)
_OF_ALL = re.compile(
    r"(?:tính trên|tổng số|tổng cộng(?: có)?|trong tổng số|trên tổng)(?: là|:)? $", re.I
)
_OF_A_PLAN = re.compile(
    r"^,? ?(?:so với )?(?:của )?(?:kế hoạch|chỉ tiêu|mục tiêu|dự toán|KH\b|nghị quyết)", re.I
)
_BOTH = re.compile(r" nghèo(?: và|,) (?:hộ )?cận nghèo(?! (?:là|còn|có|giảm|chiếm|\d))", re.I)
_ARE_POOR = re.compile(r" ?(?:tổng )?số hộ [^.;,\d]{0,40}\blà hộ nghèo\b", re.I)
_CLAUSE_END = re.compile(r"[,;.:()]")
# What the rate before is of: `chiếm 10,29% tổng số hộ, giảm …`
_BASE = re.compile(r"^ ?(?:so với |trên |của |trong |so )?tổng số hộ[^,;.():\d]{0,30}", re.I)
_GET = re.compile(r" ?(?:được|vay|nhận|tham gia|sử dụng|đăng ký|hưởng|mua)\b", re.I)
_ARE = re.compile(r" là hộ (cận )?nghèo\b", re.I)
_ALL_OF_A_PLACE = re.compile(r"hộ (?:dân(?: cư)?|gia đình)", re.I)
# Words of other subjects: a figure behind one of them says nothing more of the poor before it.
_COMPETING = re.compile(
    r"\b(?:lao động|việc làm|học sinh|học viên|sinh viên|thẻ|vốn|kinh phí|tiền|vay|tặng|quà|hỗ trợ"
    r"|cấp(?! huyện| xã| tỉnh)|xây|sửa chữa|nhà ở|căn nhà|trẻ em|bảo hiểm|bhyt|kế hoạch|chỉ tiêu"
    r"|đào tạo|công trình|dự án|mô hình|giải ngân|thiếu hụt|nước sạch|vệ sinh|tham gia|dân số"
    r"|thu nhập|tăng trưởng|nông thôn mới|người có công|đối tượng|lãi suất|diện tích|nhận)\b",
    re.I,
)
_ENDS_THERE = re.compile(
    r" ?(?:[,;.()=:/–-]|$|(?:và|giảm|tăng|so|chiếm|tỷ lệ|tỉ lệ|năm|cuối|trong đó|còn|xuống|lên|nữa"
    r"|đồng bào|dtts|là|bằng|tương|nói trên|dù|sau khi|chỉ|người dtts|thì|số hộ|tổng số hộ)\b)",
    re.I,
)
_PLAIN_HOUSEHOLDS = re.compile(
    r"hộ(?:$| (?:nói trên|dtts|đồng bào|người dtts|người dân tộc|dân tộc|nữa|khác)\b)", re.I
)
_PLACE_OR_PART = re.compile(
    rf"\b(?:riêng|thành thị|nông thôn|đô thị|theo vùng|con số|ở mốc|trong đó|vùng|khu vực"
    rf"|(?-i:[{CAPITALS}][^\W\d_]+))\b", re.I,
)  # fmt: skip
_SHARE_AFTER = re.compile(r" ?(?:của |trong |so với )?(?:tổng )?số hộ (?:cận )?nghèo", re.I)
_SHARE_BEFORE = re.compile(r"\btrong (?:tổng )?số \d[\d.]* hộ (?:cận )?nghèo", re.I)
_PLACE_NAME = re.compile(rf"(?:huyện|thị xã|thành phố|TP\.?|xã|tỉnh|vùng)? ?[{CAPITALS}][^\W\d_]*")
_RESUMED = re.compile(r"\b(?:tỷ|tỉ) lệ (?:này|cao|thấp|là|chiếm|còn)\b|năm (?:giảm|tăng)\b", re.I)
_CARRYING = re.compile(
    r"^[ ,;()]{0,3}(?:(?:và|xuống|lên|còn|đến|tới|từ|trong khi|năm|cuối|đầu|tháng|quý|giảm|tăng"
    r"|là|chỉ|khoảng|gần|hơn|trên|dưới|thì|sang|so|với|tương ứng|thêm|đạt|ước|cùng|kỳ|mức|nay|chiếm"
    r"|tỷ lệ|có|bằng|bình quân|mỗi|[IV]{1,3}|\d{1,4})(?!\w)[ ,;)/]{0,3})*$",
    re.I,
)
_YEARLY = re.compile(
    r"(?:bình quân|trung bình)(?: hằng| hàng| mỗi| một)? ?năm|(?:mỗi|hằng|hàng) năm"
)
_PEOPLES = (
    "Kinh|Khmer|Mông|Thái|Dao|Tày|Nùng|Mường|Chăm|Hoa|Khơ Mú|Ê Đê|Ba Na|Gia Rai|Hrê|Cơ Ho|Raglai"
    "|Vân Kiều|Pa Cô|Cơ Tu|Xơ Đăng|Hà Nhì|Lô Lô|La Hủ|Cống|Si La|Mảng|Xinh Mun|Kháng"
)
_OF_A_PEOPLE = re.compile(
    rf"(?:đồng bào|dân tộc|hộ) (?:nghèo )?(?:dân tộc )?(?-i:({_PEOPLES}))(?!\w)", re.I
)
_IN_A_RATIO = re.compile(r"\bcứ $|^ [^,;.]{0,20}\bthì có (?:tới |đến |khoảng )?$", re.I)
GROUPS = (
    ("dân tộc", _OF_A_PEOPLE),
    ("ethnic_minority_areas", re.compile(r"vùng (?:đồng bào )?(?:dân tộc thiểu số|DTTS)", re.I)),
    ("ethnic_minority", re.compile(r"dân tộc thiểu số|DTTS|đồng bào dân tộc", re.I)),
    ("poor_districts", re.compile(r"(?:các|\d+) huyện nghèo", re.I)),
    ("rural", re.compile(r"(?:khu vực |vùng )?nông thôn", re.I)),
    ("urban", re.compile(r"(?:khu vực )?(?:thành thị|đô thị)", re.I)),
)  # fmt: skip
_ANY_GROUP = re.compile(
    r"(?:dân tộc|DTTS|dtts|đồng bào|huyện nghèo|nông thôn|thành thị|đô thị|hộ nghèo"
    r"|[Hh]ộ (?=[A-ZĐÊ]))"
    r"|DÂN TỘC|NÔNG THÔN|Dân tộc|Nông thôn|Thành thị|Đô thị|Đồng bào"
)
_OPENING = re.compile(
    r"\s*(?:đối với|ở|tại|riêng|trong|khu vực|vùng)\b[^,;.]{0,80},[^,;.]{0,80}$", re.I
)
_MONEY_NOUN = re.compile(
    r"(?:tổng )?(?:kinh phí|số tiền|trị giá|giá trị|nguồn vốn|vốn|dư nợ|doanh số|ngân sách|mức|quỹ)"
    r"(?: [^\W\d_]+){0,3}", re.I,
)  # fmt: skip


@dataclass(frozen=True)
class Subject:
    """What one figure counts.

    kind     : 'poor', 'near_poor', 'multidim', 'total', 'escaping', 'falling', 'newly' or 'other'
    indicator: as in the ledger, without the prefix of a target
    """

    kind: str
    indicator: str
    direction: str
    group: str
    unit: str


@dataclass(frozen=True)
class Before:
    """The figures before one, which it may be tied to.

    last : the one right before it in the paragraph, and whether it is in the same sentence
    head : the one that opened the part before the last `;` or full stop, as in a list of places
    """

    last: tuple[Printed, Subject]
    same_sentence: bool
    head: Subject


def subject(
    printed: Printed,
    between: str,
    after: str,
    before: Before | None,
    sentence: str = "",
    lead: str = "",
    spoken: str = "",
) -> Subject:
    """What a printed quantity counts.

    between  : text from the end of the figure before it in the sentence, else from its start
    after    : text behind it up to the next figure
    before   : figures before it in the same paragraph
    sentence : the sentence before the figure
    lead     : the line above the list that the figure stands in, '' outside lists
    spoken   : the sentence before its own, in the same paragraph
    """
    previous = before.last if before and before.same_sentence else None
    between = _BASE.sub("", between) if previous else between
    kind = _kind(printed, between, after, before, spoken)
    if kind == "other" and lead:
        kind = _led(printed, between, after, lead)
    if printed.unit == "%" and (_SHARE_AFTER.match(after) or _SHARE_BEFORE.search(sentence)):
        return Subject("other", "share_of_poor_households", "", _group(between, ""), "%")
    direction = _direction(between, after)
    if not direction and previous and previous[1].direction and _also_changes(printed, between):
        direction = previous[1].direction
    group = _group(between, printed.noun)
    if not group and previous and previous[0].unit == "huyện" and between.startswith(" nghèo"):
        group = "poor_districts"  # `ở 74 huyện nghèo, tỷ lệ hộ nghèo còn 38,62%`
    carried = previous is not None and (_CARRYING.match(between) or _RATE_OF_COUNT.match(between))
    if not group and previous and carried and kind != "other":
        group = previous[1].group
    if kind == "other":
        return Subject(kind, _own_label(printed, between, after), direction, group, _unit(printed))
    return _poverty(printed, kind, direction, group, between + _CLAUSE_END.split(after[:24])[0])


def _also_changes(printed: Printed, between: str) -> bool:
    """Whether a figure goes on with a change: `giảm 1-1,5%/năm, riêng vùng cao trên 3%/năm`."""
    if _ALSO_CHANGE.match(between):
        return True
    yearly = printed.quantity is not None and printed.quantity.unit.endswith("/năm")
    return yearly and bool(_ONE_GROUP.match(between))


def _kind(printed: Printed, between: str, after: str, before: Before | None, spoken: str) -> str:
    unit = printed.unit.lower()
    percent = unit.startswith(("%", "phần trăm", "điểm"))
    if not (percent or unit in HOUSEHOLDS or not unit):
        return "other"
    if (percent and _OF_A_PLAN.match(after)) or (not percent and _IN_A_RATIO.search(between)):
        return "other"
    if percent and _ARE_POOR.match(after):
        return "poor"
    noun = "" if printed.noun.startswith("trở") else printed.noun
    clause = _CLAUSE_END.split(after[:36])[0]
    right = _term(noun or clause[:24])
    if unit in HOUSEHOLDS and right in {"", "poor", "near_poor"}:
        right = _term(f"hộ{clause}") or right  # `604 hộ vươn lên thoát nghèo`, `121 hộ nghèo mới`
    are = _ARE.match(after) if unit in HOUSEHOLDS else None
    if are:
        return "near_poor" if are[1] else "poor"
    if unit in HOUSEHOLDS and right and right != "other":
        named = "multidim" if right == "poor" and _BOTH.match(after) else right
        if right in NAMES and _GET.match(_after_noun(printed, after)):
            return "other"
        return "other" if _is_given(between, after) and right in NAMES else named
    said = noun.startswith("hộ") or re.match(r" ?(?:(?:tỷ|tỉ) lệ |số )?hộ", after)
    if percent and right in {"poor", "near_poor"} and said:
        return "other" if re.match(r"[^.;]{0,60}\b(?:được|có|tham gia)\b", after) else right
    if unit in HOUSEHOLDS and (_OF_ALL.search(between) or _ALL_OF_A_PLACE.fullmatch(printed.noun)):
        return "other" if _is_given(between, after) else "total"
    if percent and (falling := _RATE_OF_FALL.search(between)):
        return "near_poor" if "cận" in falling[0].lower() else "poor"
    left = _last_term(between)
    if left in _FLOWS and unit in HOUSEHOLDS and _REMAINING.search(between):
        return "poor"  # `604 hộ thoát nghèo, còn 3.594 hộ`
    if left:
        return "other" if unit in HOUSEHOLDS and _is_given(between, after) else left
    return _inherited(printed, between, after, before, percent, spoken)


def _led(printed: Printed, between: str, after: str, lead: str) -> str:
    """The kind that the line above a list gives its figures: `Hộ nghèo theo vùng như sau:`."""
    unit = printed.unit.lower()
    plain = unit.startswith("%") or (
        unit in HOUSEHOLDS and (not printed.noun or _PLAIN_HOUSEHOLDS.match(printed.noun))
    )
    if not plain or _COMPETING.search(between) or not _ENDS_THERE.match(after):
        return "other"
    named = _last_term(lead)
    return named if named in NAMES else "other"


def _inherited(
    printed: Printed, between: str, after: str, before: Before | None, percent: bool, spoken: str
) -> str:
    """The kind that a figure without words of its own takes over from what stands before it."""
    if before is None or (not before.same_sentence and before.last[1].kind == "other"):
        plain = percent and not _COMPETING.search(between) and _ENDS_THERE.match(after)
        named = _last_term(spoken) if plain and _PLACE_OR_PART.search(between) else ""
        return named if named in NAMES else "other"
    last = before.last[1].kind
    if before.same_sentence and last != "other":
        listed = _CARRYING.match(_PLACE_NAME.sub("", between))
        if _RATE_OF_COUNT.match(between) or _CARRYING.match(between) or (listed and not percent):
            return before.head.kind if ";" in between and before.head.kind != "other" else last
    if len(between) > 130 or _COMPETING.search(between) or not _ENDS_THERE.match(after):
        return "other"
    if not percent and printed.noun and not _PLAIN_HOUSEHOLDS.match(printed.noun):
        return "other"
    if before.same_sentence:
        kind = before.head.kind if ";" in between else last
        return kind if kind in NAMES or kind == "other" else "other"
    resumes = _RESUMED.search(between) or _PLACE_OR_PART.search(between)
    kind = before.head.kind if last == "other" else last
    return kind if resumes and kind in NAMES else "other"


def _after_noun(printed: Printed, after: str) -> str:
    """What stands behind the noun phrase that the unit opens: of `hộ nghèo vay` ` vay`."""
    extra = printed.noun[len(printed.unit) :] if printed.noun.startswith(printed.unit) else ""
    return after[len(extra) :] if extra and after.startswith(extra) else after


def _is_given(between: str, after: str) -> bool:
    """Whether households get something (`cấp thẻ cho 5.127 hộ nghèo`) and are not the count."""
    return bool(_GIVEN.search(between)) and not _direction(between, after)


def _term(text: str) -> str:
    match = TERMS.search(text)
    return str(match.lastgroup) if match else ""


def _last_term(between: str) -> str:
    """The kind of household named last, words such as `giảm nghèo bền vững` left out."""
    plain = _NO_SUBJECT.sub(lambda m: "~" * len(m[0]), between[-240:])
    found = list(TERMS.finditer(plain))
    named = [str(match.lastgroup) for match in found]
    if named and named[-1] == "total" and len(named) > 1 and "tổng số hộ" not in plain[-30:]:
        return named[-2]
    return named[-1] if named else ""


def _direction(between: str, after: str) -> str:
    """`fall` or `rise` where the figure is a change, '' where it is a level."""
    if _RATE_OF_FALL.search(between):
        return "fall"
    found = list(_CHANGING.finditer(between[-110:]))
    if not found:
        return ""
    behind = between[-110:][found[-1].end() :]
    if _NOT_BETWEEN.search(behind):
        return ""
    if re.match(r" từ\b", behind) and _LEVEL_AFTER.match(after):
        return ""
    return "rise" if found[-1][1].lower() == "tăng" else "fall"


def _poverty(printed: Printed, kind: str, direction: str, group: str, around: str) -> Subject:
    unit, quantity = printed.unit.lower(), printed.quantity
    percent = unit.startswith(("%", "phần trăm", "điểm"))
    if kind in STOCKS:
        rate = kind if kind != "total" else "total_households"
        stock = f"{rate}_share" if percent else STOCKS[kind]
        return Subject(kind, stock, direction, group, _unit(printed))
    of_count = unit == "%" and direction and re.search(r"\bsố hộ\b", around, re.I)
    name = f"{NAMES[kind]}_{'rate' if percent and not of_count else 'households'}"
    if not direction:
        return Subject(kind, name, "", group, _unit(printed))
    yearly = (quantity and quantity.unit.endswith("/năm")) or _YEARLY.search(around)
    name += "_change_per_year" if yearly else "_change"
    return Subject(
        kind, name, direction, group, "pp" if percent and not of_count else _unit(printed)
    )


def _group(between: str, noun: str) -> str:
    """The group named in the figure's own phrase, or in the words that open its sentence."""
    if not _ANY_GROUP.search(between[-400:]) and not _ANY_GROUP.search(noun):
        return ""
    near = re.split(r"[,;]", between[-120:])[-1]
    opening = _OPENING.match(between)
    for group, pattern in GROUPS:
        for text in (noun, near, opening[0] if opening else ""):
            match = pattern.search(text)
            if match:
                return f"{group} {match[1]}" if pattern.groups else group
    return ""


def _unit(printed: Printed) -> str:
    """Unit as a ledger writes it, one word for one thing."""
    unit = printed.unit.lower()
    return "hộ" if unit in HOUSEHOLDS else UNITS.get(unit, unit)


def _own_label(printed: Printed, between: str, after: str) -> str:
    """A short label from the noun phrase: `other_lao_dong_di_lam_viec`, `other_so_tien`."""
    unit = printed.unit.lower()
    if unit in MONEY:
        nouns = list(_MONEY_NOUN.finditer(between[-60:]))
        return label_of(nouns[-1].group() if nouns else "số tiền")
    if unit.startswith("%"):
        if _OF_A_PLAN.match(after):
            return f"{OWN}ty_le_ke_hoach"
        rate = between.lower().rfind("tỷ lệ")
        noun = between[rate:] if rate >= 0 else f"tỷ lệ {after.strip()}"
        return label_of(_until_stop(noun))
    return label_of(printed.noun or unit or "so_lieu")


def _until_stop(phrase: str) -> str:
    words: list[str] = []
    for word in re.findall(r"[^\W\d_]+", phrase)[:9]:
        if words[2:] and word.lower() in STOPPING - {"qua", "có", "được"}:
            break
        words.append(word)
    return " ".join(words)


def label_of(phrase: str) -> str:
    """A label out of a phrase: `other` and its first seven words without diacritics.

    It tells a reader what is counted. It is no name of an indicator: two counts of one text may
    well have the same.
    """
    return OWN + ("_".join(places.fold(phrase).split("-")[:7]) or "so_lieu")
