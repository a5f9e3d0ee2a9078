"""Time of adjusting a country's tree of places: poor, near-poor, households, printed rates, orders.

Run with `python tests/bench/tree_speed.py [places …]`, a number of places for each level (the
default is 1 6 63 700 11000). The counts are made up and add up. They are printed whole, or rounded
(communes to tens, districts to hundreds, above to thousands); rates have two decimals. Then 1 in
100 counts is wrong and doubted: its interval is open. Results are whole numbers and verified
anew here. For each tree: the best wall time and CPU time of three, and the memory at its peak;
then how much longer the same takes with ten times the places.
"""

import itertools
import resource
import sys
import time
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from helpers.edits.tree import Order, Rate, TreeAdjusted, adjust_tree

Floats = npt.NDArray[np.float64]
COUNTRY = (1, 6, 63, 700, 11000)
STEPS = (1000, 1000, 1000, 100, 10)
REPEATS = 3


@dataclass(frozen=True)
class Country:
    """Made-up places, their true counts, and their level."""

    parent: npt.NDArray[np.int64]
    level: npt.NDArray[np.int64]
    truth: Floats


@dataclass(frozen=True)
class Print:
    """What is printed of it: counts with their intervals, rates."""

    values: Floats
    low: Floats
    high: Floats
    rates: list[Rate]


def made_up(sizes: tuple[int, ...]) -> Country:
    random = np.random.default_rng(1)
    parents = [np.array([-1] * sizes[0])]
    first = 0
    for above, here in itertools.pairwise(sizes):
        extra = random.integers(0, above, here - above)
        parents.append(first + np.sort(np.concatenate([np.arange(above), extra])))
        first += above
    parent, level = np.concatenate(parents), np.repeat(np.arange(len(sizes)), sizes)
    leaf, number = level == len(sizes) - 1, sizes[-1]
    households = random.integers(600, 4500, number)
    poor = np.clip(random.gamma(2, 3, number), 0.3, 60) / 100
    near = np.clip(random.gamma(2, 2, number), 0.3, 30) / 100
    truth = np.zeros((len(parent), 3))
    truth[leaf] = np.stack(
        [np.round(households * poor), np.round(households * near), households], 1
    )
    for depth in range(len(sizes) - 1, 0, -1):
        np.add.at(truth, parent[level == depth], truth[level == depth])
    return Country(parent, level, truth)


def printed(country: Country, rounded: bool, wrong: float) -> Print:
    truth, random = country.truth, np.random.default_rng(2)
    steps = np.array(STEPS)[country.level][:, None] if rounded else np.ones((len(truth), 1))
    step = np.where(truth < 10 * steps, 1, steps)
    values = np.round(truth / step) * step
    half = np.where(step > 1, step / 2, 0)
    doubted = random.random(truth.shape) < wrong
    rates = [np.round(100 * truth[:, part] / truth[:, 2], 2) for part in (0, 1)]
    return Print(
        values=np.where(doubted, np.round(1.37 * values + 11), values),
        low=np.where(doubted, 0, values - half),
        high=np.where(doubted, np.inf, values + half),
        rates=[Rate(part, 2, r - 0.005, r + 0.005) for part, r in enumerate(rates)],
    )


def verify(country: Country, given: Print, found: TreeAdjusted) -> None:
    """Stops unless the numbers are whole, add up, and keep every interval, rate and order."""
    x = found.values
    below = np.zeros_like(x)
    np.add.at(below, country.parent[country.parent >= 0], x[country.parent >= 0])
    inner = country.level < country.level.max()
    assert found.solved.all() and (x == np.round(x)).all()
    assert (below[inner] == x[inner]).all()
    assert ((x >= given.low) & (x <= given.high)).all()
    assert (x[:, 0] + x[:, 1] <= x[:, 2]).all()
    for rate in given.rates:
        part, whole = 100 * x[:, rate.part], x[:, rate.whole]
        tiny = 1e-12 * part
        assert (np.asarray(rate.low_pct) * whole <= part + tiny).all()
        assert (part <= np.asarray(rate.high_pct) * whole + tiny).all()


def measured(country: Country, given: Print) -> tuple[float, float]:
    """Best wall and CPU seconds of several runs."""
    best = [np.inf, np.inf]
    for _ in range(REPEATS):
        start = time.perf_counter(), time.process_time()
        found = adjust_tree(
            country.parent,
            given.values,
            given.low,
            given.high,
            rates=given.rates,
            orders=[Order((0, 1), 2)],
            whole=True,
        )
        ends = time.perf_counter(), time.process_time()
        best = [min(b, end - at) for b, end, at in zip(best, ends, start, strict=True)]
    verify(country, given, found)
    return best[0], best[1]


def main() -> None:
    sizes = tuple(int(one) for one in sys.argv[1:]) or COUNTRY
    tenfold = (*sizes[:2], *(10 * one for one in sizes[2:]))
    seconds: dict[tuple[bool, float], float] = {}
    for number, shape in enumerate((sizes, tenfold)):
        country = made_up(shape)
        print(" + ".join(str(one) for one in shape), f"= {len(country.parent)} places, 3 counts")
        for rounded in (False, True):
            for wrong in (0.0, 0.01):
                wall, cpu = measured(country, printed(country, rounded, wrong))
                memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
                what = ("rounded" if rounded else "whole") + f", {wrong:.0%} wrong and doubted"
                growth = f"{cpu / seconds[rounded, wrong]:6.1f} times" if number else ""
                seconds.setdefault((rounded, wrong), cpu)
                print(f"  {what:32s} {wall:7.2f} s, CPU {cpu:6.2f} s, {memory:5.0f} MB {growth}")


if __name__ == "__main__":
    main()
