"""Links: what the prose ties together: a count and its rate, parts and their whole."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass

from helpers.bulletins.indicators import Subject
from helpers.bulletins.scanner import Printed
from helpers.bulletins.vocabulary import MONEY

_PARTS = re.compile(r"\b(?:trong đó|bao gồm|gồm\b|cụ thể\b|trong số đó|trong số này)", re.I)
_BRACKET = re.compile(r"^[^(\d;.]{0,60}\([^()\d]{0,30}$")
_ACHIEVED = re.compile(r"\b(?:đạt|bằng|vượt|hoàn thành)(?: tỷ lệ)? ?$", re.I)
_OF_A_PLAN = re.compile(
    r"^,? ?(?:so với )?(?:của )?(?:kế hoạch|chỉ tiêu|mục tiêu|dự toán|hồ sơ quy)", re.I
)
_PAID = re.compile(
    r"\b(?:kinh phí|số tiền|tr[ịí] giá|giá trị|nguồn vốn)\b[^\d;.]{0,40}$",
    re.I,
)
_ALSO_PAID = re.compile(r"^ ?,? ?(?:và|cùng) $")
_PAID_FOR = re.compile(r"^,? (?:với|cho) $")
_GOODS = frozenset({"kg", "tấn", "tạ", "suất quà", "phần quà"})
_NO_RECIPIENTS = frozenset({*MONEY, "%", "pp", *_GOODS} - {"suất quà", "phần quà"})
_PEOPLE_FAR = 200


@dataclass(frozen=True)
class Tied:
    """One figure with what was understood of it; `between` is the text before it.

    earlier : whether it is the earlier of two levels, as in `từ 7,71% xuống còn 6,12%`
    """

    printed: Printed
    subject: Subject
    sentence: int
    line: int
    place: str
    period: str
    between: str
    after: str
    status: str
    earlier: bool


Link = tuple[int, str, int]


def find(figures: list[Tied]) -> list[Link]:
    """Links between figures, by their index: (figure, relation, other)."""
    links: list[Link] = []
    for index in range(len(figures)):
        links.extend(_rates(figures, index))
        links.extend(_achieved(figures, index))
        links.extend(_recipients(figures, index))
        links.extend(_changes(figures, index))
    links.extend(_parts(figures))
    return sorted(set(links), key=lambda link: (link[0], link[2], link[1]))


def _rates(figures: list[Tied], index: int) -> Iterator[Link]:
    """`14.040 hộ nghèo, chiếm tỷ lệ 7,71%`, or `7,71% (14.040 hộ)`: levels of one kind."""
    if index == 0:
        return
    one, two = figures[index - 1], figures[index]
    if (
        not _same_setting(one, two)
        or one.subject.kind != two.subject.kind
        or two.subject.kind == "other"
        or one.earlier != two.earlier
    ):
        return
    kinds = (one.subject.indicator.rpartition("_")[2], two.subject.indicator.rpartition("_")[2])
    if kinds == ("households", "rate"):
        yield index, "rate_of", index - 1
    elif kinds == ("rate", "households"):
        yield index - 1, "rate_of", index


def _achieved(figures: list[Tied], index: int) -> Iterator[Link]:
    """`15.384 lao động, đạt 66,88% kế hoạch`: the share of a plan that the count before it is."""
    two = figures[index]
    if index == 0 or two.subject.unit != "%" or two.subject.kind != "other":
        return
    one = figures[index - 1]
    said = _ACHIEVED.search(two.between) and _OF_A_PLAN.match(two.after)
    if said and one.sentence == two.sentence and one.subject.unit != "%":
        yield index, "achieved_of", index - 1


def _recipients(figures: list[Tied], index: int) -> Iterator[Link]:
    """`25.233 người, với tổng kinh phí 12.771.900.000 đồng`: those who got what was paid."""
    paid = figures[index]
    if index == 0:
        return
    if _ALSO_PAID.match(paid.between) and paid.subject.unit in _GOODS:
        yield from ((one, relation, index) for one, relation, _ in _recipients(figures, index - 1))
    elif paid.printed.unit.lower() in MONEY and _PAID.search(paid.between):
        for one in range(index - 1, max(-1, index - 3), -1):
            if not _got(figures[one], paid) or (one < index - 1 and not _and_for(figures, one + 1)):
                return
            yield one, "recipients_of", index
    elif _PAID_FOR.match(paid.between) and figures[index - 1].subject.unit in MONEY:
        yield index, "recipients_of", index - 1


def _got(one: Tied, paid: Tied) -> bool:
    near = paid.printed.start - one.printed.end <= _PEOPLE_FAR
    return one.sentence == paid.sentence and near and one.subject.unit not in _NO_RECIPIENTS


def _and_for(figures: list[Tied], index: int) -> bool:
    """`cho 36.000 đối tượng và mai táng phí cho 762 đối tượng`: the one before got it too."""
    between = figures[index].between
    return len(between) <= 80 and bool(re.search(r"\bvà\b[^,;.]*\bcho $", between))


def _changes(figures: list[Tied], index: int) -> Iterator[Link]:
    """`còn 14.040 hộ nghèo, giảm 2.300 hộ`: a change and the level printed before or after it.

    Of `giảm 1,59%, từ 7,71% xuống còn 6,12%` both levels, as the change is between them.
    """
    change = figures[index]
    level = change.subject.indicator.replace("_per_year", "").removesuffix("_change")
    if level == change.subject.indicator:
        return
    near = (*range(index - 1, max(-1, index - 4), -1), *range(index + 1, index + 3))
    alike = [
        other
        for other in near
        if 0 <= other < len(figures)
        and figures[other].subject.indicator == level
        and figures[other].place == change.place
        and figures[other].sentence == change.sentence
    ]
    now = [
        other
        for other in alike
        if (figures[other].period, figures[other].status) == (change.period, change.status)
        and not figures[other].earlier
    ]
    before = [other for other in alike if figures[other].earlier]
    yield from ((index, "change_of", other) for other in now[:1] + before[:1])


def _parts(figures: list[Tied]) -> Iterator[Link]:
    """Figures after `trong đó` or in brackets; complete where they add up to the whole."""
    for index, whole in enumerate(figures):
        value = _value(whole)
        if math.isnan(value) or whole.subject.unit in {"%", "pp"}:
            continue
        said = _said_parts(figures, index, value)
        total = sum(_value(figures[part]) for part in said)
        if said:
            complete = (len(said) > 1 and total == value) or _by_definition(figures, index, said)
            relation = "all_parts_of" if complete else "part_of"
            yield from ((part, relation, index) for part in said)
        if total != value or len(said) < 2:
            rest = [i for i in _alike(figures, index) if i not in said]
            yield from ((part, "all_parts_of", index) for part in _adding_up(figures, rest, value))


def _by_definition(figures: list[Tied], index: int, parts: list[int]) -> bool:
    """The poor and the near-poor together are the multidimensionally poor of the reviews."""
    kinds = sorted(figures[part].subject.kind for part in parts)
    return figures[index].subject.kind == "multidim" and kinds == ["near_poor", "poor"]


def _said_parts(figures: list[Tied], index: int, value: float) -> list[int]:
    """Figures that words or brackets right after a whole call its parts."""
    parts: list[int] = []
    opened = bracketed = False
    for other in range(index + 1, min(index + 12, len(figures))):
        part = figures[other]
        if part.line != figures[index].line or part.sentence > figures[index].sentence + 1:
            break
        if opened and bracketed and ")" in part.between:
            break
        if part.subject.unit in {"%", "pp"}:
            opened = opened or bool(_PARTS.search(part.between))
            continue
        if not opened:
            opened = bool(_PARTS.search(part.between) or _BRACKET.search(part.between))
            bracketed = "(" in part.between
        if not opened or not _same_unit(part, figures[index]) or _value(part) > value:
            break
        parts.append(other)
    return parts


def _alike(figures: list[Tied], index: int) -> list[int]:
    """The next figures of the sentence in the whole's unit, rates between them left out."""
    alike: list[int] = []
    for other in range(index + 1, min(index + 10, len(figures))):
        part = figures[other]
        if part.sentence != figures[index].sentence:
            break
        if part.subject.unit in {"%", "pp"}:
            continue
        if not _same_unit(part, figures[index]):
            break
        alike.append(other)
    return alike


def _adding_up(figures: list[Tied], candidates: list[int], value: float) -> list[int]:
    """The first two or more of the candidates, if their sum is the whole: `18` and `25` of `43`."""
    total = 0.0
    for count, part in enumerate(candidates, start=1):
        total += _value(figures[part])
        if total == value >= 10 and count > 1:
            return candidates[:count]
    return []


def _value(figure: Tied) -> float:
    return figure.printed.quantity.value if figure.printed.quantity else math.nan


def _same_unit(part: Tied, whole: Tied) -> bool:
    people = {
        "người",
        "lao động",
        "người lao động",
        "nhà giáo",
        "cán bộ",
        "học viên",
        "lượt lao động",
    }
    one, two = part.subject.unit, whole.subject.unit
    return one == two or {one, two} <= people


def _same_setting(one: Tied, two: Tied) -> bool:
    return (
        one.sentence == two.sentence
        and one.place == two.place
        and one.subject.group == two.subject.group
        and two.printed.start - one.printed.end <= 120
    )
