"""Links: what English and French prose ties together, beyond what figures show by themselves."""

from __future__ import annotations

import math
from collections.abc import Iterator

from helpers.bulletins import links as shared
from helpers.bulletins.foreign.lexicon import Meanings
from helpers.bulletins.foreign.scanner import MONEY
from helpers.bulletins.links import Link, Tied

_NEAR = 200
_BY_WORDS = ("achieved_of", "recipients_of")
_RATES = ("%", "pp")
_MEASURES = ("ha", "km", "kg", "tons", "tonnes", "lần", "lít")
_KNOWN = (*MONEY, *_MEASURES, "hộ", "người", "lao động")


def find(figures: list[Tied], words: Meanings) -> list[Link]:
    """Links between figures, by their index: (figure, relation, other)."""
    found = {link for link in shared.find(figures) if link[1] not in _BY_WORDS}
    for index in range(1, len(figures)):
        found.update(_achieved(figures, index, words))
        found.update(_paid(figures, index, words))
        found.update(_rate_of_earlier(figures, index))
        found.update(_changes(figures, index, words))
        found.update(_out_of(figures, index, words))
    found = {link for link in found if _agrees(figures, link)}
    found.update(_parts(figures, words, {(a, b) for a, _, b in found}))
    return sorted(found, key=lambda link: (link[0], link[2], link[1]))


def _agrees(figures: list[Tied], link: Link) -> bool:
    """Whether a change is of its level's group, and a part is a count."""
    one, relation, other = figures[link[0]], link[1], figures[link[2]]
    if relation in ("part_of", "all_parts_of"):
        return one.subject.unit not in _RATES
    return relation != "change_of" or one.subject.group == other.subject.group


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
    if two.subject.unit in MONEY and _may_get(one):
        said = words.paid.search(between) or not between.strip()
        if said and one.subject.kind == "other" and not words.each.search(between):
            yield first, "recipients_of", index
    elif one.subject.unit in MONEY and _may_get(two) and words.paid_for.search(between):
        yield index, "recipients_of", first


def _may_get(figure: Tied) -> bool:
    return figure.subject.unit not in (*MONEY, *_RATES, "", *_MEASURES)


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


def _parts(figures: list[Tied], words: Meanings, known: set[tuple[int, int]]) -> Iterator[Link]:
    """Figures after `of which` or `including`; complete where they add up to the whole."""
    for index, whole in enumerate(figures):
        value = _value(whole)
        if math.isnan(value) or whole.subject.unit in _RATES:
            continue
        parts = _said(figures, index, words, value)
        kinds = sorted(figures[part].subject.kind for part in parts)
        complete = len(parts) > 1 and sum(_value(figures[part]) for part in parts) == value
        if whole.subject.kind == "multidim" and kinds == ["near_poor", "poor"]:
            complete = True
        relation = "all_parts_of" if complete else "part_of"
        yield from ((part, relation, index) for part in parts if (part, index) not in known)


def _said(figures: list[Tied], index: int, words: Meanings, value: float) -> list[int]:
    """Figures that words right after a whole call its parts, in its own unit."""
    whole = figures[index]
    parts: list[int] = []
    opened = whole.sentence if words.part_before.search(whole.between.lower()) else -1
    for other in range(index + 1, min(index + 10, len(figures))):
        part = figures[other]
        if part.line != whole.line or part.sentence > whole.sentence + 1:
            break
        again = words.part.search(part.between.lower())
        if again and parts and part.subject.unit not in _RATES:
            break
        if again or words.part_after.match(part.after.lower()) or _by_definition(whole, part):
            opened = part.sentence
        if part.subject.unit in _RATES:
            continue
        inner = parts and figures[parts[0]].subject.kind == "multidim"
        if inner and part.subject.kind in ("poor", "near_poor"):
            break
        if opened != part.sentence or not _same_unit(part, whole) or _value(part) > value:
            break
        if part.period != whole.period or part.earlier or "_change" in part.subject.indicator:
            break
        parts.append(other)
    return parts


def _by_definition(whole: Tied, part: Tied) -> bool:
    """Whether the poor are named right after all households of the same people and place."""
    poor = part.subject.kind in ("poor", "near_poor", "multidim")
    same = (whole.place, whole.sentence) == (part.place, part.sentence)
    return whole.subject.kind == "total" and poor and same


def _same_unit(part: Tied, whole: Tied) -> bool:
    """Whether two figures count one thing; a number without a known noun counts what was named."""
    one, two = part.subject.unit, whole.subject.unit
    poverty = part.subject.kind != "other" or whole.subject.kind != "other"
    return one == two or (not poverty and one not in (*_KNOWN, *_RATES) and two not in MONEY)


def _value(figure: Tied) -> float:
    return figure.printed.quantity.value if figure.printed.quantity else math.nan
