"""Counts on a tree of places: they add up at every level, whole, with their intervals and rates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from helpers.edits.tree_bounds import (
    Bools,
    Floats,
    Problem,
    gather,
    label,
    plant,
    squeeze,
    whole_bounds,
)
from helpers.edits.tree_conflicts import TreeConflict, cannot_hold, lacking, unsummed
from helpers.edits.tree_round import mended, round_count, round_coupled
from helpers.edits.tree_solve import programme, settled, sweep
from helpers.project import UserError

FAINT = 1e-7
PASSES = 2


@dataclass(frozen=True)
class Rate:
    """A printed rate: low_pct · whole <= 100 · part <= high_pct · whole at each place.

    part, whole       : which counts
    low_pct, high_pct : (p,) per cent, the closed interval of what is printed; NaN where none is
    """

    part: int
    whole: int
    low_pct: npt.ArrayLike
    high_pct: npt.ArrayLike


@dataclass(frozen=True)
class Order:
    """Parts that together are at most the whole at every place: poor + near-poor <= households."""

    parts: tuple[int, ...]
    whole: int


@dataclass(frozen=True)
class TreeAdjusted:
    """Values that hold, and the trees for which there are none.

    values    : (p, c); NaN in trees that are not solved
    solved    : (p,) whether the place's tree is solved: sums, intervals, rates, orders verified
    tied      : (p, c) whole numbers that a sibling's could be exchanged for at the same cost
                (only of counts without rates and orders)
    conflicts : what cannot hold in the trees that are not solved
    """

    values: Floats
    solved: Bools
    tied: Bools
    conflicts: tuple[TreeConflict, ...]


def adjust_tree(
    parent: npt.ArrayLike,
    values: npt.ArrayLike,
    low: npt.ArrayLike,
    high: npt.ArrayLike,
    weights: npt.ArrayLike | None = None,
    *,
    rates: Sequence[Rate] = (),
    orders: Sequence[Order] = (),
    whole: bool = False,
    names: Sequence[str] | None = None,
) -> TreeAdjusted:
    """The counts nearest to what is printed with which every tree of places adds up.

    Minimises  Σ w (x − values)²  over places and counts, subject to
        x[parent] = Σ x[its children]                for every count,
        low <= x <= high,
        low_pct · x[whole] <= 100 · x[part] <= high_pct · x[whole]    for rates,
        Σ x[parts] <= x[whole]                       for orders,
    and, if whole, x whole: then the sums, intervals, rates and orders hold in whole numbers, near
    the minimum; without rates and orders each lies beside it and Σ w (x − values)² is the least
    such numbers allow.

    parent    : (p,) number of the place above, -1 for a root; any number of roots
    values    : (p, c) counts; NaN where none is known: such a figure is free in its interval, and
                takes what the sums leave for it, shared evenly where that is not enough to tell
    low, high : (p, c) closed intervals, may be infinite, NaN is without end
    weights   : (p, c) positive, per unit squared; by default 1 / max(1, |value|)
    names     : (p,) of the places, for messages; siblings that are alike are told apart by them,
                so that the result does not depend on the order of the rows
    A tree for which nothing is found has NaN and its conflicts are told. Raises UserError for
    shapes that do not fit, intervals upside down, weights that are not positive, parents that are
    no places and places in a circle.
    """
    given = parent, values, (low, high), weights
    problem, missing = _problem(*given, (rates, orders), whole, names)
    forest, shape = problem.forest, problem.target.shape
    found, tied = np.full(shape, np.nan), np.zeros(shape, dtype=np.bool_)
    holds = forest.by_tree(~problem.broken(np.where(missing, np.nan, problem.target)))
    found[holds] = problem.target[holds]
    conflicts: list[TreeConflict] = []
    if not holds.all():
        found[~holds], tied[~holds], conflicts = _adjusted(problem.part(~holds), missing[~holds])
    solved = forest.by_tree(~problem.broken(found))
    found[~solved] = np.nan
    back = np.empty(shape[0], dtype=np.int64)
    back[forest.order] = np.arange(shape[0])
    return TreeAdjusted(
        found[back], solved[back], tied[back] & solved[back, None], tuple(conflicts)
    )


def _adjusted(problem: Problem, missing: Bools) -> tuple[Floats, Bools, list[TreeConflict]]:
    """Values, NaN in trees without any, ties, and conflicts."""
    forest = problem.forest
    found, tied = np.full(missing.shape, np.nan), np.zeros(missing.shape, dtype=np.bool_)
    conflicts = unsummed(problem)
    bad = [conflict.place for conflict in conflicts]
    good = ~np.isin(forest.root, forest.root[np.isin(forest.order, bad)])
    while good.any():
        low, high, empty = squeeze(problem.part(good))
        if not empty.any():
            tight = problem.part(good).with_bounds(low, high)
            found[good], tied[good], left = _solved(tight, missing[good])
            return found, tied, conflicts + [_named(problem, good, *one) for one in left]
        deepest = {int(forest.root[place]): int(place) for place in np.flatnonzero(good)[empty]}
        conflicts += [cannot_hold(problem, place) for place in deepest.values()]
        good &= ~np.isin(forest.root, list(deepest))
    return found, tied, conflicts


def _named(problem: Problem, good: Bools, place: int, in_whole: bool) -> TreeConflict:
    there = int(np.flatnonzero(good)[place])
    return lacking(problem, there) if in_whole else cannot_hold(problem, there)


def _solved(problem: Problem, missing: Bools) -> tuple[Floats, Bools, list[tuple[int, bool]]]:
    """Values, ties, and places under which nothing was found, with whether only in whole numbers.

    The intervals are those of `squeeze`; counts that no coupling shares are solved one by one.
    """
    found, tied = np.full(missing.shape, np.nan), np.zeros(missing.shape, dtype=np.bool_)
    bound = problem.couplings.any(axis=(0, 1))
    groups = [np.array([count]) for count in np.flatnonzero(~bound)]
    left: list[tuple[int, bool]] = []
    for counts in [*groups, np.flatnonzero(bound)]:
        if not len(counts):
            continue
        some = problem.counts(counts)
        x, lost = _nearest(some, missing[:, counts])
        left += [(root, False) for root in lost]
        if some.whole:
            good = ~np.isin(some.forest.root, lost)
            x[good], tied_here, failed = _whole(some.part(good), x[good])
            tied[np.ix_(good, counts)] = tied_here
            left += [(int(np.flatnonzero(good)[place]), True) for place in failed]
        found[:, counts] = x
    return found, tied, left


def _nearest(problem: Problem, missing: Bools) -> tuple[Floats, list[int]]:
    """The nearest values, whole or not, and the roots of trees that have none.

    What is missing weighs next to nothing and is then taken as its own target: so it has no
    influence on what is printed, and is told as nearly as the printed figures allow.
    """
    problem = replace(problem, target=_guessed(problem, missing), whole=False)
    for _ in range(PASSES if missing.any() else 1):
        x, lost = _once(problem)
        problem = replace(problem, target=np.where(missing & np.isfinite(x), x, problem.target))
    return x, lost


def _once(problem: Problem) -> tuple[Floats, list[int]]:
    forest = problem.forest
    low, high, *_ = gather(forest, problem.low, problem.high)
    columns = zip(problem.target.T, low.T, high.T, problem.weights.T, strict=True)
    x = np.stack([sweep(forest, *column) for column in columns], axis=1)
    if not problem.couplings.any():
        return x, []
    lost: list[int] = []
    rest = ~forest.by_tree(~problem.broken(x))
    together = programme(problem.part(rest)) if rest.any() else x[rest]
    if together is not None:
        x[rest] = together
        return _settled(problem, x), lost
    for root in np.flatnonzero(rest[: forest.roots]):
        tree = forest.root == root
        alone = programme(problem.part(tree))
        x[tree] = np.nan if alone is None else alone
        if alone is None:
            lost.append(int(root))
    return _settled(problem, x), lost


def _settled(problem: Problem, x: Floats) -> Floats:
    """The same where all holds; trees that end a hair outside are put right."""
    forest = problem.forest
    rest = ~forest.by_tree(~problem.broken(x)) & ~np.isnan(x).any(axis=1)
    if rest.any():
        again = settled(problem.part(rest), x[rest])
        x[rest] = x[rest] if again is None else again
    return x


def _whole(problem: Problem, x: Floats) -> tuple[Floats, Bools, list[int]]:
    """Whole numbers near x, ties, and places under which there were none."""
    forest = problem.forest
    low, high, *_ = gather(forest, problem.low, problem.high, 0.0)
    ends = (x.T, problem.target.T, low.T, high.T, problem.weights.T)
    both = [round_count(forest, *column) for column in zip(*ends, strict=True)]
    whole, tied = (np.stack(part, axis=1) for part in zip(*both, strict=True))
    if not problem.couplings.any():
        return whole, tied, []
    rest = ~forest.by_tree(~problem.broken(whole))
    failed: dict[int, int] = {}
    if rest.any():
        part = problem.part(rest)
        near = round_coupled(part, x[rest])
        whole[rest], failed = mended(part, near, x[rest])
    places = np.flatnonzero(rest)
    return whole, np.zeros_like(tied), [int(places[place]) for place in failed.values()]


def _guessed(problem: Problem, missing: Bools) -> Floats:
    """Targets with what is missing filled: sums of children, else equal shares of what is left."""
    forest, target = problem.forest, np.where(missing, np.nan, problem.target)
    for level in range(len(forest.levels) - 3, -1, -1):
        rows, span, starts, _ = forest.families(level)
        places = forest.above[rows]
        sums = np.add.reduceat(target[span], starts, axis=0)
        target[places] = np.where(missing[places], sums, target[places])
    roots = slice(0, forest.roots)
    target[roots] = np.nan_to_num(target[roots], nan=0.0)
    for level in range(len(forest.levels) - 2):
        rows, span, starts, family = forest.families(level)
        unknown = np.isnan(target[span])
        number = np.add.reduceat(unknown.astype(np.int64), starts, axis=0)
        known = np.add.reduceat(np.nan_to_num(target[span], nan=0.0), starts, axis=0)
        share = (target[forest.above[rows]] - known) / np.maximum(number, 1)
        target[span] = np.where(unknown, share[family], target[span])
    return np.where(missing, np.clip(target, problem.low, problem.high), problem.target)


def _problem(
    parent: npt.ArrayLike,
    values: npt.ArrayLike,
    ends: tuple[npt.ArrayLike, npt.ArrayLike],
    weights: npt.ArrayLike | None,
    rules: tuple[Sequence[Rate], Sequence[Order]],
    whole: bool,
    names: Sequence[str] | None,
) -> tuple[Problem, Bools]:
    """The problem in the order of its forest, and which figures are missing."""
    target = np.array(values, dtype=np.float64)
    if target.ndim != 2 or len(target) != len(np.asarray(parent)):
        raise UserError(
            f"The values have the shape {target.shape} for {len(np.asarray(parent))} places: "
            "give a row for each place and a column for each count."
        )
    low, high = (_shaped(end, target.shape, "interval's end") for end in ends)
    low, high = np.where(np.isnan(low), -np.inf, low), np.where(np.isnan(high), np.inf, high)
    missing = np.isnan(target)
    weight = 1.0 / np.maximum(1.0, np.abs(np.nan_to_num(target)))
    if weights is not None:
        weight = _shaped(weights, target.shape, "weight")
    _checked(target, low, high, weight, names)
    lightest = np.where(missing, np.inf, weight).min(axis=0, initial=np.inf)
    weight = np.where(missing, FAINT * np.where(np.isfinite(lightest), lightest, 1.0), weight)
    forest = plant(parent, names, np.concatenate([target, low, high], axis=1))
    couplings = _couplings(*rules, target.shape)
    if whole:
        low, high = whole_bounds(low, high)
    order = forest.order
    problem = Problem(
        forest=forest,
        target=target[order],
        low=low[order],
        high=high[order],
        weights=weight[order],
        couplings=couplings[:, order],
        rates=len(rules[0]),
        whole=whole,
    )
    return problem, missing[order]


def _shaped(given: npt.ArrayLike, shape: tuple[int, ...], what: str) -> Floats:
    array = np.asarray(given, dtype=np.float64)
    if array.shape != shape:
        raise UserError(f"There must be one {what} for each value: {array.shape} is not {shape}.")
    return array


def _checked(
    target: Floats, low: Floats, high: Floats, weight: Floats, names: Sequence[str] | None
) -> None:
    faults = {
        "is infinite: give a number, or NaN where none is known": np.isinf(target),
        "has an interval without numbers: its low end must be finite or -inf, and not above its "
        "high end": (low > high) | (low == np.inf) | (high == -np.inf),
        "needs a positive, finite weight": ~np.isnan(target)
        & ~((weight > 0.0) & (weight < np.inf)),
    }
    for fault, where in faults.items():
        if where.any():
            place, count = (int(one) for one in np.argwhere(where)[0])
            raise UserError(f"Count {count} of {label(place, names)} {fault}.")


def _couplings(rates: Sequence[Rate], orders: Sequence[Order], shape: tuple[int, ...]) -> Floats:
    rows = np.zeros((2 * len(rates) + len(orders), *shape))
    for number, rate in enumerate(rates):
        ends = [np.asarray(end, dtype=np.float64) for end in (rate.low_pct, rate.high_pct)]
        if any(end.shape != shape[:1] for end in ends) or (ends[0] > ends[1]).any():
            raise UserError(
                f"Rate {number} must have a low and a high per cent for each of the {shape[0]} "
                "places, low not above high, NaN where none is printed."
            )
        for row, end, sign in ((2 * number, ends[0], -1.0), (2 * number + 1, ends[1], 1.0)):
            there = np.isfinite(end)
            rows[row, there, rate.part] = sign * 100.0
            rows[row, there, rate.whole] = -sign * end[there]
    for number, order in enumerate(orders, 2 * len(rates)):
        rows[number, :, list(order.parts)] = 1.0
        rows[number, :, order.whole] = -1.0
    return rows
