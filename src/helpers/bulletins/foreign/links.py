"""Links: what English and French prose ties together, beyond what figures show by themselves."""

from __future__ import annotations

import math
from collections.abc import Iterator

from helpers.bulletins import links as shared
from helpers.bulletins.foreign.lexicon import Meanings
from helpers.bulletins.foreign.scanner import MONEY
from helpers.bulletins.foreign.subjects import last_term
from helpers.bulletins.links import Link, Tied

_NEAR = 200
_BY_WORDS = ("achieved_of", "recipients_of")
_RATES = ("%", "pp")
_MEASURES = ("ha", "km", "kg", "tons", "tonnes", "lần", "lít")
_WEIGHTS = ("ha", "kg", "tons", "tonnes", "lít")
_STOCKS = frozenset({"poor", "near_poor", "multidim", "total"})
_MOST = 12
_UNPAID = (*MONEY, *_RATES, "", *_MEASURES)
_KNOWN = (*MONEY, *_MEASURES, "hộ", "người", "lao động")


def find(figures: list[Tied], words: Meanings) -> list[Link]:
    """Links between figures, by their index: (figure, relation, other)."""
    found = {link for link in shared.find(figures) if link[1] not in _BY_WORDS}
    for index in range(1, len(figures)):
        found.update(_achieved(figures, index, words))
        found.update(_paid(figures, index, words))
        found.update(_rate_of_earlier(figures, index))
        found.update(_rate_of_they(figures, index, words))
        found.update(_changes(figures, index, words))
        found.update(_out_of(figures, index, words))
    found = {link for link in found if _agrees(figures, link)}
    found.update(_parts(figures, words, {(a, b) for a, _, b in found}))
    return sorted(found, key=lambda link: (link[0], link[2], link[1]))


def _agrees(figures: list[Tied], link: Link) -> bool:
    """Whether a change is of its level's group, and a part a count inside its whole."""
    one, relation, other = figures[link[0]], link[1], figures[link[2]]
    if relation in ("part_of", "all_parts_of"):
        alike = _is_count(one) and _is_count(other) and one.sentence == other.sentence
        return alike and _lies_in(one.place, other.place) and _same_unit(one, other)
    return relation != "change_of" or one.subject.group == other.subject.group


def _lies_in(inner: str, outer: str) -> bool:
    """Whether a place may lie in another: a district in its own province, all in the country."""
    below = inner.startswith(f"{outer}/") or (outer.isalpha() and not inner.isalpha())
    return inner == outer or outer in ("VN", "") or below


def _achieved(figures: list[Tied], index: int, words: Meanings) -> Iterator[Link]:
    """`15,384 workers, or 66.88 percent of the plan`: the share of a plan that a count is."""
    one, two = figures[index - 1], figures[index]
    if two.subject.unit != "%" or two.subject.kind != "other" or one.subject.unit in _RATES:
        return
    said = words.plan_after.match(two.after.lower()) and words.achieved.search(two.between.lower())
    if said and one.sentence == two.sentence:
        yield index, "achieved_of", index - 1


def _paid(figures: list[Tied], index: int, words: Meanings) -> Iterator[Link]:
    """`25,233 people with funding of 12.7 billion VND`, `VND600 million to 1,200 families`."""
    first = index - 1
    if index > 1 and figures[first].subject.unit in MONEY and figures[first].between == " (":
        first -= 1  # `12.5 trillion VND (510 million USD) for …`
    one, two = figures[first], figures[index]
    if one.sentence != two.sentence or two.printed.start - one.printed.end > _NEAR:
        return
    between = two.between.lower()
    if _is_given(one, words) and _may_get(two, words) and words.paid_for.search(between):
        yield index, "recipients_of", first
        before = figures[first - 1 : first]
        near = [f for f in before if _is_given(f, words) and f.sentence == one.sentence]
        if near and words.worth.search(one.between.lower()):
            yield index, "recipients_of", first - 1  # `58,120 gifts worth VND21 billion`
    elif _is_given(two, words) and one.subject.kind == "other" and one.subject.unit not in _UNPAID:
        said = words.received.search(between)
        if two.subject.unit in MONEY and between.strip():
            said = said or words.paid.search(between)
        follows = figures[index + 1 : index + 2]
        got = any(_may_get(f, words) and words.paid_for.search(f.between.lower()) for f in follows)
        passed_on = _is_given(one, words) and (got or two.subject.unit not in MONEY)
        beside = two.subject.unit in MONEY and not between.strip()
        if (said or beside) and not words.each.search(between) and not passed_on:
            yield first, "recipients_of", index


def _is_given(figure: Tied, words: Meanings) -> bool:
    """Whether a figure is of money or goods."""
    return figure.subject.unit in (*MONEY, *_WEIGHTS) or figure.subject.unit in words.goods


def _may_get(figure: Tied, words: Meanings) -> bool:
    return figure.subject.unit not in _UNPAID and not _is_given(figure, words)


def _changes(figures: list[Tied], index: int, words: Meanings) -> Iterator[Link]:
    """`fell by 1.2 percentage points to 5.2 percent`: the level right behind its change."""
    change, level = figures[index - 1], figures[index]
    name = change.subject.indicator.replace("_per_year", "")
    same = (change.sentence, change.place, change.status) == (
        level.sentence, level.place, level.status)  # fmt: skip
    levels = name == f"{level.subject.indicator}_change" and same and not level.earlier
    if levels and words.to_level.search(level.between.lower()):
        yield index - 1, "change_of", index


def _out_of(figures: list[Tied], index: int, words: Meanings) -> Iterator[Link]:
    """`3,594 poor households out of 10,396 households`."""
    part, whole = figures[index - 1], figures[index]
    alike = part.subject.unit == whole.subject.unit and part.subject.unit not in _RATES
    if alike and words.out_of.match(whole.between.lower()) and _value(part) <= _value(whole):
        yield index - 1, "part_of", index


def _rate_of_earlier(figures: list[Tied], index: int) -> Iterator[Link]:
    """`14,040 poor and 9,928 near-poor households, or 7.71 and 5.46 percent respectively`."""
    rate = figures[index]
    if rate.subject.kind == "other" or not rate.subject.indicator.endswith("_rate"):
        return
    wanted = rate.subject.indicator.removesuffix("rate") + "households"
    for other in range(index - 2, max(-1, index - 4), -1):
        one = figures[other]
        alike = (one.subject.group, one.place, one.sentence, one.earlier, one.period) == (
            rate.subject.group, rate.place, rate.sentence, rate.earlier, rate.period)  # fmt: skip
        between = figures[other + 1 : index]
        free = all(f.subject.indicator not in (wanted, rate.subject.indicator) for f in between)
        if one.subject.indicator == wanted and alike and free and one.status == rate.status:
            yield index, "rate_of", other
            return


def _rate_of_they(figures: list[Tied], index: int, words: Meanings) -> Iterator[Link]:
    """`They make up 1.36% of all households`: the rate of a count in the sentence before."""
    rate = figures[index]
    first = figures[index - 1].sentence == rate.sentence - 1
    if not (first and rate.subject.indicator.endswith("_rate") and words.they.search(rate.between)):
        return
    wanted = rate.subject.indicator.removesuffix("rate") + "households"
    for other in range(index - 1, max(-1, index - 5), -1):
        one = figures[other]
        if one.sentence != rate.sentence - 1 or one.line != rate.line:
            return
        if one.subject.indicator == wanted and (one.place, one.earlier) == (rate.place, False):
            yield index, "rate_of", other
            return


def _parts(figures: list[Tied], words: Meanings, known: set[tuple[int, int]]) -> Iterator[Link]:
    """Figures that words call parts, from right to left: what is inside another part comes first.

    Complete where they, or the first of them, add up to the whole.
    """
    taken = {part for part, _ in known}
    for opening in range(len(figures) - 1, 0, -1):
        if opening in taken:
            continue
        wholes = _wholes(figures, opening, words)
        given: dict[int, list[int]] = {}
        for index in _scope(figures, opening) if wholes else []:
            said = words.part.search(figures[opening].between.lower())
            alike = figures[index].subject.unit == figures[opening].subject.unit
            close = bool(said) and wholes[0] == opening - 1 and alike
            fits = (w for w in wholes if _may_be_part(figures[index], figures[w], close))
            whole = next(fits, None)
            if whole is not None and index not in taken:
                given.setdefault(whole, []).append(index)
        for whole, members in given.items():
            judged = _judged(figures, whole, members)
            taken.update(part for part, _, _ in judged)
            yield from judged
    yield from _by_definition(figures, taken)


def _by_definition(figures: list[Tied], taken: set[int]) -> Iterator[Link]:
    """The poor are a part of all households of their place, and of the poor and near-poor."""
    for index, part in enumerate(figures):
        if index in taken or part.subject.kind not in ("poor", "near_poor", "multidim"):
            continue
        for other in range(index - 1, max(-1, index - _MOST), -1):
            whole = figures[other]
            if whole.sentence != part.sentence:
                break
            wider = whole.subject.kind in ("total", "multidim")
            alike = (part.place, part.subject.unit) == (whole.place, whole.subject.unit)
            counted = _is_count(part) and _is_count(whole)
            if wider and alike and counted and _may_be_part(part, whole, False):
                yield index, "part_of", other
                break


def _wholes(figures: list[Tied], opening: int, words: Meanings) -> list[int]:
    """The figures that the one at `opening` may begin the parts of, nearest first."""
    first, before = figures[opening], figures[opening - 1]
    between = first.between.lower()
    same = first.sentence == before.sentence
    named = words.of_named.match(between) if not same else None
    near = range(opening - 1, max(-1, opening - _MOST), -1)
    if named:
        kind = last_term(named.group(), words)
        return [i for i in near if figures[i].subject.kind == kind and _is_count(figures[i])][:1]
    outer = same and words.whole_before.search(before.between.lower())
    said = words.part.search(between) or words.part_after.match(first.after.lower())
    if not (said or outer) or first.line != before.line:
        return []
    counts = [i for i in near if figures[i].line == first.line and _is_count(figures[i])]
    return [
        i
        for i in counts
        if figures[i].sentence == before.sentence or figures[i].subject.kind in _STOCKS
    ]


def _scope(figures: list[Tied], opening: int) -> Iterator[int]:
    """The figures from `opening` on to the end of the sentence, or a semicolon."""
    for index in range(opening, min(opening + _MOST, len(figures))):
        figure = figures[index]
        if figure.sentence != figures[opening].sentence:
            return
        if index > opening and ";" in figure.between and figure.subject.kind not in _STOCKS:
            return
        if _is_count(figure) and not figure.earlier:
            yield index


def _is_count(figure: Tied) -> bool:
    return figure.subject.unit not in _RATES and not figure.subject.direction and _value(figure) > 0


def _may_be_part(part: Tied, whole: Tied, close: bool) -> bool:
    """Whether one figure may be a part of another; `close` where words tie the two themselves."""
    one, two = part.subject, whole.subject
    if _value(part) > _value(whole) or part.status != whole.status:
        return False
    if not _lies_in(part.place, whole.place):
        return False
    if one.kind in _STOCKS and two.kind in _STOCKS:
        if part.period[:4] != whole.period[:4]:
            return False
        if one.kind == two.kind:
            return _value(part) < _value(whole)
        return two.kind == "total" or (two.kind == "multidim" and one.kind != "total")
    counted = not {one.unit, two.unit} & {*MONEY, *_MEASURES}
    if close and counted:
        return True
    if two.kind == "total" or (one.kind in _STOCKS and one.unit != two.unit):
        return False
    return _same_unit(part, whole)


def _judged(figures: list[Tied], whole: int, members: list[int]) -> list[Link]:
    value, total = _value(figures[whole]), 0.0
    for count, part in enumerate(members, start=1):
        total += _value(figures[part])
        if total == value and count > 1:
            return [(p, "all_parts_of", whole) for p in members[:count]]
    kinds = sorted(figures[part].subject.kind for part in members)
    complete = figures[whole].subject.kind == "multidim" and kinds == ["near_poor", "poor"]
    return [(p, "all_parts_of" if complete else "part_of", whole) for p in members]


def _same_unit(part: Tied, whole: Tied) -> bool:
    """Whether two figures count one thing; a number without a known noun counts what was named."""
    one, two = part.subject.unit, whole.subject.unit
    poverty = part.subject.kind != "other" or whole.subject.kind != "other"
    return one == two or (not poverty and one not in (*_KNOWN, *_RATES) and two not in MONEY)


def _value(figure: Tied) -> float:
    return figure.printed.quantity.value if figure.printed.quantity else math.nan
