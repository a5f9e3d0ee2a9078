"""Weighted means whose rates and weights are known to within their printed ranges."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import linprog

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

ROUNDS = 100
TOLERANCE = 1e-9


def greatest_means(group: Ints, rate: Floats, low: Floats, high: Floats) -> Floats:
    """(g,) greatest weighted mean of rates in each group, weights anywhere in their ranges.

    group     : (n,) number of each part's group, 0..g-1, each with one part at least
    rate      : (n,) rates, any unit; low, high : (n,) ends of the weights, above zero
    max Σ w_i r_i / Σ w_i over low <= w <= high: a linear-fractional program over a box, solved by
    Dinkelbach's steps (1967): against a mean m, the weights are high where r > m and low elsewhere;
    their mean is the next m, until it stays. The least mean is −greatest_means(−rate).
    """
    mean = _means(group, rate, low)
    for _ in range(ROUNDS):
        weight = np.where(rate > mean[group], high, low)
        better = _means(group, rate, weight)
        if (better <= mean + TOLERANCE * np.maximum(np.abs(mean), 1e-3)).all():
            return np.maximum(better, mean)
        mean = better
    return mean


def least_changes(group: Ints, rate: Floats, low: Floats, high: Floats, goal: Floats) -> Floats:
    """(g,) least e such that weights changed by at most ± e reach a mean of `goal` or more.

    group, rate, low, high : as in `greatest_means`; goal : (g,)
    With A = Σ (r − goal) high over the parts above the goal and B = Σ (goal − r) low over those
    below, the best weights are high (1 + e) and low (1 − e): the mean reaches the goal when
    A (1 + e) >= B (1 − e), that is e = (B − A) / (A + B), 0 where it does without. NaN where no
    rate reaches the goal: no weights do.
    """
    over = rate - goal[group]
    above = np.bincount(group, np.where(over > 0, over * high, 0.0), minlength=len(goal))
    below = np.bincount(group, np.where(over < 0, -over * low, 0.0), minlength=len(goal))
    size = np.maximum(above + below, np.finfo(float).tiny)
    change = np.maximum(below - above, 0.0) / size
    best = np.full(len(goal), -np.inf)
    np.maximum.at(best, group, over)
    possible = best >= -TOLERANCE * np.maximum(np.abs(goal), 1.0)
    return np.where(possible, change, np.nan)


def needed_rates(
    group: Ints,
    missing: Bools,
    rate: tuple[Floats, Floats],
    weight: tuple[Floats, Floats],
    goal: tuple[Floats, Floats],
) -> tuple[Floats, Floats]:
    """Both (g,): what the one missing rate of a group would have to be, in per cent.

    group, missing : (n,) ; rate, weight : both ends, (n,) each ; goal : both ends, (g,) each
    r = R + Σ w_i (R − r_i) / w_missing over the other parts. NaN where no or several rates lack.
    """
    lacking = np.bincount(group, missing, minlength=len(goal[0]))
    ends = []
    for end, other, sign in ((0, 1, 1.0), (1, 0, -1.0)):
        pull = goal[end][group] - rate[other]
        heavy = weight[1] if end == 0 else weight[0]
        light = weight[0] if end == 0 else weight[1]
        pull = np.where(pull < 0, heavy, light) * pull
        total = np.bincount(group, np.where(missing, 0.0, pull), minlength=len(lacking))
        own = [
            np.bincount(group, np.where(missing, w, 0.0), minlength=len(lacking)) for w in weight
        ]
        by = np.where(sign * total < 0, own[0], own[1])
        by = np.where(lacking == 1, by, np.nan)
        ends.append(np.clip(goal[end] + total / by, 0.0, 100.0))
    return ends[0], ends[1]


def least_steady_change(
    part: Ints,
    year: Ints,
    weight: tuple[Floats, Floats],
    rate: tuple[Floats, Floats],
    goal: tuple[Floats, Floats],
) -> float:
    """Least e such that one factor a part, from 1 − e to 1 + e, suits every year.

    part, year : (n,) numbers of the part, 0..p-1, and the year, 0..t-1, of each rate
    weight, rate : both ends, (n,) each ; goal : both ends of the mean, (t,) each
    min e over k and e with |k_i − 1| <= e and, every year, Σ k w (low − goal_high) <= 0 and
    Σ k w (high − goal_low) >= 0, each w at the end that helps. NaN where it takes e >= 1,
    which only factors of zero satisfy. Raises RuntimeError where the program is not solved or its
    solution does not hold.
    """
    p, t = int(part.max()) + 1, len(goal[0])
    matrix = np.zeros((2 * t, p))
    for at, excess in ((0, rate[0] - goal[1][year]), (t, goal[0][year] - rate[1])):
        helpful = np.where(excess < 0, weight[1], weight[0])
        np.add.at(matrix, (year + at, part), helpful * excess)
    matrix /= np.abs(matrix).max(axis=1, keepdims=True).clip(min=np.finfo(float).tiny)
    unit, one = np.eye(p), np.ones((p, 1))
    rows: Any = np.block([[matrix, np.zeros((2 * t, 1))], [unit, -one], [-unit, -one]])
    right = np.concatenate([np.zeros(2 * t), np.ones(p), -np.ones(p)])
    cost = np.concatenate([np.zeros(p), [1.0]])
    result = linprog(cost, A_ub=rows, b_ub=right, bounds=[(0.0, None)] * (p + 1))
    if result.status != 0 or result.x is None:
        raise RuntimeError(f"The linear program of weights was not solved: {result.message}")
    if (rows @ result.x > right + 1e-6).any():
        raise RuntimeError("The linear program of weights returned weights that do not hold.")
    change = float(result.x[-1])
    return change if change < 1 - 1e-6 else float("nan")


def _means(group: Ints, rate: Floats, weight: Floats) -> Floats:
    """Weighted mean of each group."""
    total = np.bincount(group, weight)
    return np.asarray(np.bincount(group, weight * rate) / total, dtype=np.float64)
