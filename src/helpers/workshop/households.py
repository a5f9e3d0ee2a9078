"""Lesson 2, households against percentages: what is right, and what expected mistakes give."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

import pandas as pd

from helpers import edits
from helpers.project import UserError
from helpers.workshop.figures import bulletin, of, printed
from helpers.workshop.judging import Choice, Exercise, Names, Numbers, Parts

POOR, POOR_RATE = "quang-tri-2023-03", "quang-tri-2023-04"
NEAR_POOR, NEAR_POOR_RATE = "quang-tri-2023-05", "quang-tri-2023-06"
EARLIER, EARLIER_RATE = "d064-02", "d064-01"
PROVINCE, DISTRICT = "82", "82/Cái Bè"


def rule(count: str, total: str, low: float, high: float) -> str:
    """The linear rule of a printed rate: `7.705*total <= 100*poor <= 7.715*total`.

    count, total : names of the two values; low, high : per cent, the interval of the rate
    """
    return f"{low:g}*{total} <= 100*{count} <= {high:g}*{total}"


def total(count: float, low: float, high: float) -> Parts:
    """Ends, unrounded, of the totals that a count and its rate, an interval in per cent, allow."""
    return _range("total", [f"count = {count:.12g}", rule("count", "total", low, high)])


def count(whole: float, low: float, high: float) -> Parts:
    """Ends, unrounded, of the counts that a total and the interval of a rate in per cent allow."""
    return _range("count", [f"total = {whole:.12g}", rule("count", "total", low, high)])


def _range(name: str, rules: list[str]) -> Parts:
    read = edits.parse(rules)
    low, high = edits.ranges(read)
    number = read.names.index(name)
    return float(low[number]), float(high[number])


def whole(ends: Parts) -> Parts:
    """The whole numbers between two ends: up from the low one, down from the high one."""
    return float(math.ceil(ends[0] - 1e-9)), float(math.floor(ends[1] + 1e-9))


def total_of_a_pair() -> Numbers:
    """2a: the total of households that the poor households and their rate allow."""
    poor, rate = printed(POOR)["value"], printed(POOR_RATE)
    ends = total(poor, rate["low"], rate["high"])
    near, near_rate = printed(NEAR_POOR)["value"], printed(NEAR_POOR_RATE)
    earlier, earlier_rate = printed(EARLIER)["value"], printed(EARLIER_RATE)
    middle = 100 * poor / rate["value"]
    part = poor * rate["value"] / 100
    wrong = {
        "point": ((middle,), (middle, middle)),
        **_rounded(ends),
        "multiplied": (count(poor, rate["low"], rate["high"]), (part,), (part, part)),
        "hundred": (tuple(end / 100 for end in ends), (middle / 100,)),
        "two_dates": (
            total(earlier, rate["low"], rate["high"]),
            total(poor, earlier_rate["low"], earlier_rate["high"]),
            total(earlier, earlier_rate["low"], earlier_rate["high"]),
        ),
        "other_pair": (total(near, near_rate["low"], near_rate["high"]),),
    }
    low, high = whole(ends)
    return Numbers(
        (low, high), (0,), True, _with_whole(wrong), {"low": (low, 0), "high": (high, 0)}
    )


def _rounded(ends: Parts) -> dict[str, tuple[Parts, ...]]:
    """What rounding gives that is none to the inside: to the nearest, or away from the middle."""
    low, high = ends
    outward = (float(math.floor(low)), float(math.ceil(high)))
    nearest = (float(round(low)), float(round(high)))
    return {"outward": tuple({outward, nearest} - {whole(ends)})}


def _with_whole(wrong: Mapping[str, tuple[Parts, ...]]) -> dict[str, tuple[Parts, ...]]:
    """Each mistake also with ends that were made whole."""
    return {
        key: tuple(
            dict.fromkeys(
                [
                    *answers,
                    *(whole(ends) for ends in answers if len(ends) == 2 and _has_whole(ends)),
                ]
            )
        )
        for key, answers in wrong.items()
    }


def _has_whole(ends: Parts) -> bool:
    low, high = whole(ends)
    return low <= high


def two_dates() -> Choice:
    """2b: two totals that do not meet, because they are of two dates."""
    now, then = (
        total(printed(one)["value"], printed(rate)["low"], printed(rate)["high"])
        for one, rate in ((POOR, POOR_RATE), (EARLIER, EARLIER_RATE))
    )
    if then[1] >= now[0] or printed(POOR)["period"] == printed(EARLIER)["period"]:
        raise UserError("exercise 2b needs two dates whose totals do not meet: choose others")
    return Choice("B", 1)


def count_of_a_total() -> Numbers:
    """2c: the poor households that the rate of a district allows of its total."""
    figures = _district()
    poor, rate = figures["poor_households"], figures["poor_rate"]
    base = poor["of"]
    ends = count(base, rate["low"], rate["high"])
    middle = base * rate["value"] / 100
    province = of(bulletin("tien-giang-2021"), PROVINCE, "total_households")["value"]
    near = figures["near_poor_rate"]
    wrong = {
        "point": ((middle,), (middle, middle)),
        **_rounded(ends),
        "printed": ((poor["value"],), (poor["value"], poor["value"])),
        "hundred": (tuple(100 * end for end in ends), (100 * middle,)),
        "divided": (total(base, rate["low"], rate["high"]),),
        "other_base": (count(province, rate["low"], rate["high"]),),
        "other_rate": (count(base, near["low"], near["high"]),),
    }
    low, high = whole(ends)
    said = {"low": (low, 0), "high": (high, 0), "printed": (poor["value"], 0)}
    return Numbers((low, high), (0,), True, _with_whole(wrong), said)


def statements() -> dict[str, str]:
    """What the bulletin prints of the district, one rule a figure: named as exercise 2d names it.

    A rate without its rule may be anything: taking one away is doubting that figure.
    """
    figures = _district()
    poor, near = figures["poor_households"], figures["near_poor_households"]
    rate, near_rate = figures["poor_rate"], figures["near_poor_rate"]
    return {
        "total": f"total = {poor['of']:.12g}",
        "poor": f"poor = {poor['value']:.12g}",
        "poor_rate": rule("poor", "total", rate["low"], rate["high"]),
        "near_poor": f"near_poor = {near['value']:.12g}",
        "near_poor_rate": rule("near_poor", "total", near_rate["low"], near_rate["high"]),
    }


def can_all_be_true(rules: Mapping[str, str], without: str = "") -> bool:
    """Whether some numbers of households fulfil all the rules, or all but one.

    Raises UserError where there is no rule called `without`.
    """
    if without and without not in rules:
        raise UserError(f"no figure is called {without!r}; there are: {', '.join(rules)}")
    kept = {name: text for name, text in rules.items() if name != without}
    return not edits.contradiction(edits.parse(kept))


def settling(rules: Mapping[str, str]) -> frozenset[str]:
    """The figures of which each alone, were it wrong, would settle all: the rest can be true."""
    return frozenset(name for name in rules if can_all_be_true(rules, without=name))


def doubted() -> Names:
    """2d: which one figure may be wrong, when everything printed of the district is used."""
    rules = statements()
    first = ("total", "poor", "poor_rate")
    pair = settling({name: rules[name] for name in first})
    right = settling(rules)
    wrong = {
        "one_pair": (pair,),
        "jumped": (frozenset({"poor"}),),
        "everything": (frozenset(rules),),
        "total_only": (frozenset({"total"}),),
    }
    return Names(right, frozenset(rules), wrong)


def _district() -> dict[str, pd.Series]:
    read = bulletin("tien-giang-2021")
    names = ("poor_households", "poor_rate", "near_poor_households", "near_poor_rate")
    return {name: of(read, DISTRICT, name) for name in names}


EXERCISES: Mapping[str, Callable[[], Exercise]] = {
    "2a": total_of_a_pair,
    "2b": two_dates,
    "2c": count_of_a_total,
    "2d": doubted,
}
