"""Parts: which figures the prose calls the parts of another one, and whether they are all."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

from helpers.bulletins.tied import Link, Tied

_SAID = re.compile(
    r"\b(?:trong đó(?:có)?|bao gồm|gồm(?: có)?|cụ thể|trong số (?:đó|này|ấy)|trong ấy|chia ra"
    r"|(?:chia|phân) theo(?=[^:;.\d]{0,60}:)|phân bố(?=[^:;.\d]{0,60}:)"
    r"|trong (?:tổng )?số hộ|nằm trong con số|riêng)\b(?P<colon>[^:;.\d]{0,60}:)?",
    re.I,
)
_BRACKET = re.compile(
    r"^[^(\d;.]{0,60}\((?![^)]*\))(?! ?(?:tương|tức|chiếm|bằng|là|hay|giảm|tăng|mỗi|mức))"
    r"[^()\d]{0,40}$"
)
_COLON = re.compile(r"^[^:;.\d]{0,40}: ?[^:;.\d]{0,30}$")
_NAMED = re.compile(r"\btrong (?:tổng )?số hộ (cận )?nghèo", re.I)
_TOGETHER = re.compile(r"\b(?:cộng|tổng cộng|cộng chung|tổng số|gộp)\b", re.I)
_OPENS_IN = re.compile(r"(?:^\s*(?:[-•+*] ?)?|[,:] )trong (?:tổng )?(?:số )?$", re.I)
_ALL = re.compile(r"")
_OUT_OF = re.compile(r"\b(?:trong|trên) tổng số $", re.I)
_PEOPLE = re.compile(
    r"\b(?:người|lao động|lđ|học sinh|sinh viên|học viên|trẻ|trẻ em|em|cháu|cụ|đối tượng|khẩu"
    r"|nhân khẩu|công nhân|cán bộ|nhà giáo|quân nhân|nạn nhân|hội viên)\b|^lượt$"
)
_HOMES = frozenset({"căn", "nhà", "hộ", "căn nhà", "ngôi nhà"})
_UNITS = frozenset({"xã", "phường", "đơn vị", "thị trấn", "huyện", "thành phố", "thị xã"})
_CASES = frozenset({"vụ", "vụ việc", "trường hợp", "ca"})
_ALIKE = (_HOMES, _UNITS, _CASES)
_STOCKS = frozenset({"poor", "near_poor", "multidim", "total"})
_MOST = 24
_FAR = 12
_WIDEST_GAP = 320


def find(figures: list[Tied], nfc: str) -> list[Link]:
    """Links `part_of` and `all_parts_of`: (part, relation, whole), by index.

    figures : of one text, by position
    nfc     : the text, for words between the lines; '' where only sentences count
    """
    links: list[Link] = []
    taken: set[int] = set()
    for opening in range(len(figures) - 1, 0, -1):  # what is inside another part comes first
        if opening in taken:
            continue
        scope = [i for i in _scope(figures, opening, nfc) if i not in taken]
        wholes = _wholes(figures, opening, nfc) if scope else []
        for whole, parts in _given(figures, scope, wholes).items():
            judged = _judged(figures, whole, parts)
            links += judged
            taken.update(part for part, _, _ in judged)
    links += _summed(figures, taken)
    links += _by_definition(figures, {(part, whole) for part, _, whole in links})
    links += _out_of(figures, {part for part, _, _ in links})
    links += _of_all(figures, {part for part, _, _ in links})
    return links


def _scope(figures: list[Tied], opening: int, nfc: str) -> list[int]:
    """The figures that words right before the one at `opening` call parts; none where none do."""
    first, before = figures[opening], figures[opening - 1]
    gap = nfc[before.printed.end : first.printed.start] if nfc else first.between
    if len(gap) > _WIDEST_GAP:
        return []
    said = _SAID.search(gap)
    if not said and first.sentence == before.sentence and _OPENS_IN.search(before.between):
        said = _ALL.match(" ")
    bracket = bool(
        not said
        and first.sentence == before.sentence
        and not _is_rate(before)
        and _BRACKET.search(first.between)
    )
    colon = not said and not bracket and bool(_COLON.match(gap)) and first.line == before.line
    if not (said or bracket or colon):
        return []
    if said and said[0].lower() == "riêng" and first.sentence != before.sentence:
        return []
    open_end = bool(
        said and (said.re is _ALL or said["colon"] or first.sentence != before.sentence)
    )
    lines = "\n" in gap
    if said and not open_end and ":" in gap[said.end() :]:
        open_end = True
    scope: list[int] = []
    for index in range(opening, min(opening + 2 * _MOST, len(figures))):
        if index > opening and _ends(figures, index, bool(bracket), open_end or colon, lines, nfc):
            break
        scope.append(index)
    return scope


def _ends(
    figures: list[Tied], index: int, bracket: bool, open_end: bool, lines: bool, nfc: str
) -> bool:
    """Whether the parts end before the figure at `index`."""
    figure, before = figures[index], figures[index - 1]
    if bracket:
        return ")" in figure.between or figure.sentence != before.sentence
    if lines:  # a list below: it goes on as long as its lines do
        gap = nfc[before.printed.end : figure.printed.start]
        return "\n" in gap and not re.search(r"\n\s*(?:[-•*+]|\d{1,2}[.)]|[a-zđ]\d?[.)])", gap)
    if figure.sentence != before.sentence:
        return True
    return ";" in figure.between and not open_end


def _wholes(figures: list[Tied], opening: int, nfc: str) -> list[int]:
    """The figures before that may be wholes, nearest first; beyond the sentence, of the poor."""
    first, before = figures[opening], figures[opening - 1]
    gap = nfc[before.printed.end : first.printed.start] if nfc else first.between
    named = _NAMED.search(gap)
    found = []
    for index in range(opening - 1, max(-1, opening - _FAR), -1):
        figure = figures[index]
        near = figure.sentence == before.sentence
        if not near and (figure.subject.kind not in _STOCKS or first.subject.kind not in _STOCKS):
            continue
        if named and figure.subject.kind != ("near_poor" if named[1] else "poor"):
            continue
        if _value(figure) > 0 and not figure.subject.direction and not _is_rate(figure):
            found.append(index)
    return found


def _given(figures: list[Tied], scope: list[int], wholes: list[int]) -> dict[int, list[int]]:
    """The parts of each whole."""
    given: dict[int, list[int]] = {}
    for index in scope:
        part = figures[index]
        if _is_rate(part) or part.subject.direction or part.printed.per:
            continue
        for whole in wholes:
            if _may_be_part(part, figures[whole]):
                given.setdefault(whole, []).append(index)
                break
    return given


def _may_be_part(part: Tied, whole: Tied) -> bool:
    one, two = part.subject, whole.subject
    if _value(part) > _value(whole) or part.status != whole.status:
        return False
    if one.kind in _STOCKS and part.period[:4] != whole.period[:4]:
        return False
    if one.kind == two.kind != "other" and _value(part) == _value(whole):
        return False  # the whole, printed again
    if two.kind in _STOCKS and one.kind in _STOCKS:
        if one.kind == two.kind:
            return (part.place, one.group) != (whole.place, two.group) or one.unit == two.unit
        return two.kind == "total" or (two.kind == "multidim" and one.kind != "total")
    if one.kind in _STOCKS:
        return one.unit == two.unit and two.kind == "other"
    if two.kind in _STOCKS:
        return one.unit == two.unit and two.kind != "total"
    return same_unit(part, whole)


def _judged(figures: list[Tied], whole: int, parts: list[int]) -> list[Link]:
    """Links of the parts, complete where they, or the first of them, add up to the whole."""
    value = _value(figures[whole])
    total = 0.0
    for count, part in enumerate(parts, start=1):
        total += _value(figures[part])
        if total == value and count > 1:
            return [(p, "all_parts_of", whole) for p in parts[:count]]
    kinds = sorted(figures[part].subject.kind for part in parts)
    if figures[whole].subject.kind == "multidim" and kinds == ["near_poor", "poor"]:
        return [(part, "all_parts_of", whole) for part in parts]
    return [(part, "part_of", whole) for part in parts]


def _summed(figures: list[Tied], taken: set[int]) -> Iterator[Link]:
    """Figures that follow a whole without a word and add up to it: `43 cơ sở … 18 cơ sở … 25`."""
    for index, whole in enumerate(figures):
        value = _value(whole)
        if not value >= 10 or _is_rate(whole) or whole.subject.direction:
            continue
        total, parts = 0.0, []
        for other in range(index + 1, min(index + 10, len(figures))):
            part = figures[other]
            if part.sentence != whole.sentence or part.period != whole.period:
                break
            if _is_rate(part) or other in taken:
                continue
            if part.subject.direction or not same_unit(part, whole) or part.earlier:
                break
            parts.append(other)
            total += _value(part)
            if total == value and len(parts) > 1:
                yield from ((p, "all_parts_of", index) for p in parts if p not in taken)
                break


def _by_definition(figures: list[Tied], known: set[tuple[int, int]]) -> Iterator[Link]:
    """Poor and near-poor, and their rates, make up the multidimensionally poor of a review."""
    for index, whole in enumerate(figures):
        if whole.subject.kind != "multidim" or whole.subject.direction or whole.earlier:
            continue
        near = range(max(0, index - 6), min(len(figures), index + 7))
        alike: dict[str, int] = {}
        for i in near:
            part = figures[i]
            same = abs(part.sentence - whole.sentence) <= 1 and part.line == whole.line
            setting = (part.place, part.period, part.subject.group, part.subject.unit)
            if part.subject.kind not in {"poor", "near_poor"} or part.subject.direction or not same:
                continue
            if setting == (whole.place, whole.period, whole.subject.group, whole.subject.unit):
                alike.setdefault(part.subject.kind, i)
        if len(alike) == 2 and not any((i, index) in known for i in alike.values()):
            total = sum(_value(figures[i]) for i in alike.values())
            said = _TOGETHER.search(whole.between) or _is_rate(whole)
            if said or total == _value(whole):
                yield from ((part, "all_parts_of", index) for part in sorted(alike.values()))


def _out_of(figures: list[Tied], taken: set[int]) -> Iterator[Link]:
    """`Trong 10 xã được kiểm tra, 02 xã …`, and `0,3 ha … trong tổng số 1,1 ha`."""
    for index in range(1, len(figures)):
        one, two = figures[index - 1], figures[index]
        if one.sentence != two.sentence or not same_unit(two, one) or _is_rate(one):
            continue
        if one.subject.kind != "other" or two.subject.kind != "other":
            continue
        if _OPENS_IN.search(one.between) and _value(two) < _value(one) and index not in taken:
            yield index, "part_of", index - 1
        elif _OUT_OF.search(two.between) and _value(one) < _value(two) and index - 1 not in taken:
            yield index - 1, "part_of", index


def _of_all(figures: list[Tied], taken: set[int]) -> Iterator[Link]:
    """`trên tổng số 10.396 hộ có 3.594 hộ nghèo, 34,57%, và 999 hộ cận nghèo`."""
    for index, whole in enumerate(figures):
        if whole.subject.kind != "total" or not _OUT_OF.search(whole.between):
            continue
        for other in range(index + 1, min(index + 7, len(figures))):
            part = figures[other]
            if part.sentence != whole.sentence:
                break
            stock = part.subject.kind in _STOCKS - {"total"} and not part.subject.direction
            if stock and not _is_rate(part) and other not in taken and part.place == whole.place:
                yield other, "part_of", index


def same_unit(part: Tied, whole: Tied) -> bool:
    """Whether two figures count what may be added up."""
    one, two = part.subject.unit, whole.subject.unit
    if one == two or not one or any({one, two} <= kin for kin in _ALIKE):
        return True
    return bool(_PEOPLE.search(one) and _PEOPLE.search(two))


def _is_rate(figure: Tied) -> bool:
    return figure.subject.unit.startswith(("%", "pp"))


def _value(figure: Tied) -> float:
    return figure.printed.quantity.value if figure.printed.quantity else math.nan
