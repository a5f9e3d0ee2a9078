"""Lesson 1, a bulletin and its figures: what is right, and what each expected mistake gives."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from helpers import edits, quantities
from helpers.workshop.figures import bulletin, of, printed
from helpers.workshop.judging import Choice, Exercise, Numbers

POOR, POOR_RATE = "quang-tri-2023-03", "quang-tri-2023-04"
OFFERED = {"A": "", "B": "hơn ", "C": "khoảng ", "D": "ít nhất "}
"""The meanings that exercise 1c offers, as the word that would be printed for each."""


def reading() -> Numbers:
    """1a: a count and a rate as Python writes them."""
    poor, rate = printed(POOR)["value"], printed(POOR_RATE)["value"]
    return Numbers((poor, rate), (0, 2))


def interval() -> Numbers:
    """1b: all rates that are printed as this one."""
    figure = printed(POOR_RATE)
    rate, low, high = figure["value"], figure["low"], figure["high"]
    half = (high - low) / 2
    wrong = {
        "whole_unit": ((rate - 2 * half, rate + 2 * half),),
        "no_width": ((rate, rate), (rate,)),
        "one_sided": ((rate, rate + 2 * half), (rate - 2 * half, rate)),
        "tenths": ((rate - 10 * half, rate + 10 * half),),
        "half_point": ((rate - 0.5, rate + 0.5),),
    }
    return Numbers((low, high), (3,), True, wrong, {"rate": (rate, 2)})


def qualifier() -> Choice:
    """1c: what `hơn 36.000` stands for, among the meanings of four words."""
    figures = bulletin("tra-vinh-2021-h1").figures
    figure = figures[figures["qualifier"] == "more_than"].iloc[0]
    bare = figure["printed"].removeprefix(OFFERED["B"])
    meant = {letter: quantities.parse(word + bare) for letter, word in OFFERED.items()}
    (letter,) = (
        letter
        for letter, read in meant.items()
        if (read.low, read.high) == (figure["low"], figure["high"])
    )
    return Choice(letter, 1)


def year_before() -> Numbers:
    """1d: the rate before a fall, which is printed in per cent and meant in points."""
    read = bulletin("ca-nuoc-2022")
    rate, change = of(read, "VN", "poor_rate"), of(read, "VN", "poor_rate_change")
    rules = edits.parse(
        [f"now = {rate['value']}", f"fall = {change['value']}", "before - fall = now"]
    )
    before = float(edits.ranges(rules)[0][rules.names.index("before")])
    now, fall = rate["value"], change["value"]
    share = fall / 100
    wrong = {
        "per_cent": ((now / (1 - share),), (now * (1 + share),)),
        "subtracted": ((now - fall,),),
        "per_cent_of_it": ((now * share,), (now * (1 - share),)),
    }
    said = {"fall": (fall, 2), "now": (now, 2)}
    return Numbers((before,), (2,), False, wrong, said)


EXERCISES: Mapping[str, Callable[[], Exercise]] = {
    "1a": reading,
    "1b": interval,
    "1c": qualifier,
    "1d": year_before,
}
