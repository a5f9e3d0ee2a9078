"""Links: what the prose ties together: a count and its rate, a level and its change, and so on."""

from __future__ import annotations

import re
from collections.abc import Iterator

from helpers.bulletins import parts
from helpers.bulletins.tied import Link as Link
from helpers.bulletins.tied import Tied as Tied
from helpers.bulletins.vocabulary import MONEY

_BACKWARD = re.compile(
    r"^[^\d;.]{0,20}[(,]? ?(?:tương đương|tương ứng|tức(?: là)?|với|bằng|là|hay)?"
    r"(?: là| với| khoảng| gần| hơn)? ?$|^ ?\($"
)  # fmt: skip
_SHARE = re.compile(r"\b(?:chiếm|chiểm|bằng|tỷ lệ|tỉ lệ|tương đương|tương ứng)\b[^\d;.]{0,18}$|\($")
_IN_BRACKETS = re.compile(r"^ ?[^\d;,.()]{0,40}\((?:chiếm |bằng |tỷ lệ |là )?$")
_SHARE_OF = re.compile(r"^ ?(?:trong |của |so với )?(?:tổng )?(?:số )?(?:hộ|người|lao động|dân số)")
_PLAN = (
    r"(?:kế hoạch|chỉ tiêu|mục tiêu|dự toán|kh\b|nghị quyết|đề án|hồ sơ quy|tổng nguồn|tổng vốn)"
)
_ACHIEVED = re.compile(r"\b(?:đạt|bằng|vượt|hoàn thành)(?: tỷ lệ| được| khoảng| gần)? ?$", re.I)
# `giải ngân 33.580 triệu đồng, đạt 86,7%.`
_SPENT = re.compile(r", (?:đạt|bằng) (?:tỷ lệ )?", re.I)
_OF_A_PLAN = re.compile(rf"^,? ?(?:so với |so )?(?:của )?{_PLAN}", re.I)
_PLAN_BEFORE = re.compile(
    rf"\b(?:so với|so|vượt|đạt) {_PLAN}(?: năm| cả năm| giao| đề ra)?"
    r"(?: là| đạt| bằng)? ?$", re.I,
)  # fmt: skip
_BESIDE_A_PLAN = re.compile(r"^[^\d;.]{0,40}\b(?:với|gồm|là) $", re.I)
_SINCE = re.compile(r"\bso (?:với )?(?:cùng kỳ|năm|đầu|cuối|tháng|quý|thời điểm|kỳ)", re.I)
_PAID = re.compile(
    r"\b(?:kinh phí|tiền|tr[ịí] giá|giá trị|vốn|vay|mỗi|mức|tổng|chi|hỗ trợ|được|nhận|cấp|với"
    r"|giải ngân|bằng)\b|^,? ?$",
    re.I,
)
_NOT_PAID = re.compile(r"\b(?:dư nợ|trong đó|lãi suất|thu nhập|lương|nợ)\b|[;.:]", re.I)
_FINED = re.compile(r"\bphạt (?:[^\W\d_]+ ){0,3}$", re.I)
_PAID_FOR = re.compile(r"^[^\d;.:]{0,60}\b(?:cho|tới|đến|với) $")
_GIFTS = re.compile(r"(?:suất|phần|thẻ|chiếc|xe|sổ|bộ|túi)\b", re.I)
_ALSO_GOT = re.compile(r"^ ?[/,]? ?(?:với |và |gồm )?$|\bvà\b[^,;.]{0,60}\bcho $")
_ALSO_PAID = re.compile(r"^ ?,? ?(?:và|cùng) $")
_GOODS = frozenset({"kg", "tấn", "tạ", "con", "cây", "con bò", "bò", "lít", "giống", "cây giống"})
_GOT = re.compile(
    r"^(?:lượt|người|hộ|đối tượng|khẩu|nhân khẩu|em|trẻ|cháu|cụ|học sinh|gia đình|suất|phần|căn"
    r"|nhà|ngôi|lao động|nạn nhân|thẻ|sinh viên|học viên|cá nhân|trường hợp|xã viên|ngư dân"
    r"|doanh nghiệp|hội viên|thân nhân|thương binh|phụ nữ|quân nhân|đơn vị|lđ|dự án|lượt hộ)\b"
)
_OUT_OF = re.compile(r"\btrong (?:tổng )?số\b|\btrên tổng số\b|\bso với\b", re.I)
_PEOPLE_FAR = 150
_NEAR = 120


def find(figures: list[Tied], nfc: str = "") -> list[Link]:
    """Links between figures, by their index: (figure, relation, other).

    nfc : the text, for words that stand between its lines; '' where only sentences count
    """
    links: list[Link] = []
    rated: set[int] = set()
    for index in range(len(figures)):
        links.extend(_achieved(figures, index))
        links.extend(_changes(figures, index))
        if index:
            links.extend(_rates(figures, index, rated))
            links.extend(_recipients(figures, index))
            links.extend(_escaped(figures, index))
    links.extend(parts.find(figures, nfc))
    return sorted(set(links), key=lambda link: (link[0], link[2], link[1]))


def _rates(figures: list[Tied], index: int, rated: set[int]) -> Iterator[Link]:
    """`14.040 hộ nghèo, chiếm tỷ lệ 7,71%`, or `7,71% (14.040 hộ)`: levels of one kind."""
    one, two = figures[index - 1], figures[index]
    index_of = index - 1
    skips = one.subject.direction and index > 1 and not two.subject.direction
    if skips and figures[index - 2].subject.kind == two.subject.kind:
        index_of = index - 2  # `54 hộ nghèo, giảm 235 hộ, tỷ lệ 0,13%`
        one = figures[index_of]
    if not _same_setting(one, two) or one.earlier != two.earlier:
        return
    if two.subject.kind == "other" or one.subject.kind != two.subject.kind:
        if _is_share(one, two):
            rated.add(index)
            yield index, "rate_of", index - 1
        return
    kinds = (one.subject.indicator.rpartition("_")[2], two.subject.indicator.rpartition("_")[2])
    backward = _BACKWARD.search(two.between) and one.period == two.period
    if kinds == ("households", "rate"):
        rated.add(index)
        yield index, "rate_of", index_of
    elif kinds == ("rate", "households") and index_of not in rated and backward:
        rated.add(index_of)
        yield index_of, "rate_of", index


def _is_share(one: Tied, two: Tied) -> bool:
    """Whether a per cent says how much of something the count before it is."""
    if two.subject.unit != "%" or one.subject.unit in {"%", "pp"} or two.subject.direction:
        return False
    if not _SHARE.search(two.between):
        return False
    if two.subject.indicator.startswith("share_of") or _SHARE_OF.match(two.after):
        return True
    return bool(_IN_BRACKETS.match(two.between)) and two.after.startswith(")")


def _achieved(figures: list[Tied], index: int) -> Iterator[Link]:
    """`15.384 lao động, đạt 66,88% kế hoạch`: the share of a plan that the count before it is."""
    share = figures[index]
    if share.subject.unit != "%" or share.subject.kind != "other":
        return
    behind = _OF_A_PLAN.match(share.after)
    said = behind and _ACHIEVED.search(share.between)
    spent = share.after[:1] in ".;" and _SPENT.fullmatch(share.between)
    if not (said or spent or _PLAN_BEFORE.search(share.between)):
        return
    if index + 1 < len(figures) and behind:
        after = figures[index + 1]
        if after.sentence == share.sentence and _BESIDE_A_PLAN.match(after.between):
            yield index, "achieved_of", index + 1
            return
    for other in range(index - 1, max(-1, index - 4), -1):
        if figures[other].sentence != share.sentence:
            return
        if not figures[other].subject.unit.startswith(("%", "pp")):
            yield index, "achieved_of", other
            return


def _recipients(figures: list[Tied], index: int) -> Iterator[Link]:
    """`25.233 người, với tổng kinh phí 12.771.900.000 đồng`: those who got what was paid."""
    two, one = figures[index], figures[index - 1]
    if one.sentence != two.sentence:
        return
    if _is_paid(two) and _ALSO_PAID.match(two.between) and two.subject.unit in _GOODS:
        yield from ((got, relation, index) for got, relation, _ in _recipients(figures, index - 1))
    elif _is_paid(two) and one.printed.per and index > 1:
        if _got(figures[index - 2], two) and not _NOT_PAID.search(two.between):
            yield index - 2, "recipients_of", index
    elif _is_paid(two) and _got(one, two):
        if _PAID.search(two.between) and not _NOT_PAID.search(two.between):
            yield index - 1, "recipients_of", index
            yield from _also(figures, index - 1, index)
    elif (
        (_is_paid(one) or _GIFTS.match(one.printed.unit))
        and _GOT.match(two.printed.unit.lower())
        and _PAID_FOR.match(two.between)
    ):
        yield index, "recipients_of", index - 1


def _also(figures: list[Tied], index: int, paid: int) -> Iterator[Link]:
    """`cho 36.000 đối tượng và mai táng phí cho 762 đối tượng`: the one before got it too."""
    if index and figures[index].sentence == figures[index - 1].sentence:
        before = figures[index - 1]
        if _GOT.match(before.printed.unit.lower()) and _ALSO_GOT.search(figures[index].between):
            yield index - 1, "recipients_of", paid


def _is_paid(figure: Tied) -> bool:
    unit = figure.printed.unit.lower()
    if figure.printed.per or figure.printed.quantity is None:
        return False
    return unit in MONEY or unit in _GOODS or unit.startswith(("đồng", "tr.đ", "con "))


def _got(one: Tied, paid: Tied) -> bool:
    near = paid.printed.start - one.printed.end <= _PEOPLE_FAR
    if _FINED.search(one.between):
        return False
    return near and bool(_GOT.match(one.printed.unit.lower())) and not one.subject.direction


def _escaped(figures: list[Tied], index: int) -> Iterator[Link]:
    """`2.742 hộ thoát nghèo trong số 10.781 hộ nghèo`: those who escaped, and whence."""
    one, two = figures[index - 1], figures[index]
    if one.sentence != two.sentence or one.place != two.place:
        return
    left = one.subject.kind == "escaping" and two.subject.kind in {"poor", "multidim"}
    if left and not two.subject.direction and _OUT_OF.search(two.between):
        yield index - 1, "escaped_from", index


def _changes(figures: list[Tied], index: int) -> Iterator[Link]:
    """`còn 14.040 hộ nghèo, giảm 2.300 hộ`: a change and the level printed before or after it.

    Of `giảm 1,59%, từ 7,71% xuống còn 6,12%` both levels, as the change is between them.
    """
    change = figures[index]
    level = change.subject.indicator.replace("_per_year", "").removesuffix("_change")
    if level == change.subject.indicator:
        yield from _growth(figures, index)
        return
    near = (*range(index - 1, max(-1, index - 6), -1), *range(index + 1, index + 3))
    alike = [
        other
        for other in near
        if 0 <= other < len(figures)
        and figures[other].subject.indicator == level
        and figures[other].place == change.place
        and figures[other].subject.group == change.subject.group
        and figures[other].sentence == change.sentence
    ]
    now = [
        other
        for other in alike
        if (figures[other].period[:4], figures[other].status) == (change.period[-4:], change.status)
        or figures[other].period == change.period
        if not figures[other].earlier
    ]
    before = [
        other
        for other in alike
        if figures[other].earlier or "" < figures[other].period[:7] < change.period[:7]
    ]
    yield from ((index, "change_of", other) for other in now[:1] + before[:1])


def _growth(figures: list[Tied], index: int) -> Iterator[Link]:
    """`12.948 người, tăng 6,3% so với cùng kỳ`: the growth of a count of any kind."""
    change = figures[index]
    if not change.subject.direction or not index or change.subject.kind != "other":
        return
    if not (_SINCE.search(change.after[:40]) or _SINCE.search(change.between[-40:])):
        return
    for other in range(index - 1, max(-1, index - 4), -1):
        level = figures[other]
        if level.sentence != change.sentence or ";" in figures[other + 1].between:
            return
        if not level.subject.unit.startswith(("%", "pp")) and not level.subject.direction:
            yield index, "change_of", other
            return


def _same_setting(one: Tied, two: Tied) -> bool:
    return (
        one.sentence == two.sentence
        and one.place == two.place
        and (one.subject.group == two.subject.group or not two.subject.group)
        and two.printed.start - one.printed.end <= _NEAR
    )
