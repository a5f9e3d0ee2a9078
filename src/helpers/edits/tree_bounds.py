"""A tree of places, and what the intervals on it leave for each count."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from helpers.project import UserError

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]

TOLERANCE = 1e-9
TOLERANCE_WHOLE = 1e-12
ROUNDING = 1e-14
ROUNDS = 30


@dataclass(frozen=True)
class Forest:
    """Places sorted by depth, children of one parent side by side.

    order  : (p,) number, in the table that came in, of each place here
    parent : (p,) number here of each place's parent, -1 for roots
    above  : (q,) places that have children, in order
    starts : (q,) first child of each of them, counted from the first place that is no root
    levels : first place of each depth, and p at the end
    root   : (p,) the root that each place belongs to
    """

    order: Ints
    parent: Ints
    above: Ints
    starts: Ints
    levels: Ints
    root: Ints

    @property
    def roots(self) -> int:
        return int(self.levels[1])

    def child_sums(self, values: Floats) -> Floats:
        """(q, …) sums over the children of every place that has some."""
        if not len(self.above):
            return values[:0]
        return np.add.reduceat(values[self.roots :], self.starts, axis=0)

    def rows(self, level: int) -> slice:
        """Which of the places with children lie on this level."""
        first, last = np.searchsorted(self.above, self.levels[level : level + 2])
        return slice(int(first), int(last))

    def children(self, place: int) -> range:
        row = int(np.searchsorted(self.above, place))
        if row == len(self.above) or self.above[row] != place:
            return range(0)
        ends = [*self.starts[row : row + 2], len(self.parent) - self.roots]
        return range(self.roots + int(ends[0]), self.roots + int(ends[1]))

    def upwards(self, place: int) -> list[int]:
        """A place and all above it."""
        path = [place]
        while self.parent[path[-1]] >= 0:
            path.append(int(self.parent[path[-1]]))
        return path

    def under(self, top: int) -> Ints:
        """A place and all below it."""
        kept = np.zeros(len(self.parent), dtype=np.bool_)
        kept[top] = True
        for start, stop in itertools.pairwise(self.levels[1:]):
            kept[start:stop] |= kept[self.parent[start:stop]]
        return np.flatnonzero(kept)

    def families(self, level: int) -> tuple[slice, slice, Ints, Ints]:
        """Of a level: rows in `above`, children, the first of each family, the family of each."""
        rows = self.rows(level)
        span = slice(int(self.levels[level + 1]), int(self.levels[level + 2]))
        starts = self.starts[rows] - self.starts[rows.start]
        sizes = np.diff(starts, append=span.stop - span.start)
        return rows, span, starts, np.repeat(np.arange(len(starts)), sizes)

    def by_tree(self, holds: Bools) -> Bools:
        """(p,) whether something holds at all places of the tree that a place belongs to."""
        all_hold = np.ones(len(self.parent), dtype=np.bool_)
        all_hold[self.root[~holds]] = False
        return np.asarray(all_hold[self.root])

    def part(self, kept: Bools) -> Forest:
        """The trees of which all places are kept, (p,), as a forest of their own."""
        here = np.cumsum(kept) - 1
        counts = np.add.reduceat(kept.astype(np.int64), self.levels[:-1])
        levels = np.concatenate([[0], np.cumsum(counts[counts > 0])])
        parent = self.parent[kept]
        parent = np.where(parent >= 0, here[parent], -1)
        above, starts = np.unique(parent[levels[1] :], return_index=True)
        return Forest(self.order[kept], parent, above, starts, levels, here[self.root[kept]])


@dataclass(frozen=True)
class Problem:
    """What has to hold on a forest, places in its order.

    target, low, high, weights : (p, c)
    couplings : (m, p, c) coefficients, rows of zeros where none applies; couplings · x <= 0;
                the lower and the upper end of each rate in turn, then the orders
    rates     : how many rates there are
    """

    forest: Forest
    target: Floats
    low: Floats
    high: Floats
    weights: Floats
    couplings: Floats
    rates: int
    whole: bool

    def figure_of(self, rule: Ints) -> Ints:
        """Number of the rate or order that a coupling is of: the rates first, then the orders."""
        return np.where(rule < 2 * self.rates, rule // 2, rule - self.rates)

    def coupled(self, places: Ints) -> tuple[Ints, Ints, Floats]:
        """Couplings that bind at some places: which one, which of the places, coefficients."""
        rows = self.couplings[:, places]
        rule, place = np.nonzero(rows.any(axis=2))
        return rule, place, rows[rule, place]

    def rows_under(self, places: Ints, base: Floats) -> tuple[sp.csr_matrix, Floats]:
        """Sums, then couplings, of a subtree as rows on steps from base, with low and high ends.

        places : a place and all below it; base : (n · c,) values of their counts
        """
        counts, size = self.target.shape[1], len(places)
        local = np.full(len(self.low), -1)
        local[places] = np.arange(size)
        child = places[1:]
        place_of = local[self.forest.parent[child]]
        shape = (size, size)
        sums = sp.csr_matrix((np.ones(size - 1), (place_of, local[child])), shape=shape)
        sums = (sums - sp.identity(size, format="csr"))[np.unique(place_of)]
        rule, place, values = self.coupled(places)
        row = np.repeat(np.arange(len(rule)), counts)
        column = (counts * place[:, None] + np.arange(counts)).ravel()
        couplings = sp.csr_matrix((values.ravel(), (row, column)), shape=(len(rule), counts * size))
        rows = sp.vstack([sp.kron(sums, sp.identity(counts)), couplings], format="csr")
        ends = -(rows @ base)
        low = np.where(np.arange(len(ends)) < len(ends) - len(rule), ends, -np.inf)
        return rows, np.stack([low, ends], axis=1)

    def with_bounds(self, low: Floats, high: Floats) -> Problem:
        return replace(self, low=low, high=high)

    def part(self, kept: Bools) -> Problem:
        """The same for the trees of which all places are kept, (p,)."""
        return replace(
            self,
            forest=self.forest.part(kept),
            target=self.target[kept],
            low=self.low[kept],
            high=self.high[kept],
            weights=self.weights[kept],
            couplings=self.couplings[:, kept],
        )

    def counts(self, some: Ints) -> Problem:
        """The same for some counts that no coupling ties to others."""
        return replace(
            self,
            target=self.target[:, some],
            low=self.low[:, some],
            high=self.high[:, some],
            weights=self.weights[:, some],
            couplings=self.couplings[:, :, some],
        )

    def broken(self, values: Floats) -> Bools:
        """(p,) places at which a sum, an interval, a coupling or wholeness does not hold."""
        forest = self.forest
        broken = self.misfits(values, np.arange(len(values)))
        values = np.where(np.isfinite(values), values, 0.0)
        size = forest.child_sums(np.abs(values)) + np.abs(values[forest.above])
        gap = np.abs(forest.child_sums(values) - values[forest.above])
        slack = 0.0 if self.whole else TOLERANCE
        broken[forest.above] |= (gap > slack * size).any(axis=1)
        return np.asarray(broken)

    def misfits(self, values: Floats, places: Ints) -> Bools:
        """Which of some places have values that an interval, a coupling or wholeness excludes."""
        values = values[places]
        broken = ~np.isfinite(values).all(axis=1)
        values = np.where(np.isfinite(values), values, 0.0)
        broken |= ((values < self.low[places]) | (values > self.high[places])).any(axis=1)
        terms = self.couplings[:, places] * values
        slack = TOLERANCE_WHOLE if self.whole else TOLERANCE
        broken |= (terms.sum(axis=2) > slack * np.abs(terms).sum(axis=2)).any(axis=0)
        if self.whole:
            broken |= (values != np.round(values)).any(axis=1)
        return np.asarray(broken)


def plant(
    parent: npt.ArrayLike, names: Sequence[str] | None = None, ties: Floats | None = None
) -> Forest:
    """The forest of places from the number of each one's parent (-1: none).

    Siblings stand in the order of their names, else of the columns of `ties`, else as they came.
    Raises UserError for a parent that is no place, and for places in a circle, with their names.
    """
    up = np.asarray(parent, dtype=np.int64)
    size = len(up)
    wrong = np.flatnonzero((up < -1) | (up >= size))
    if len(wrong):
        raise UserError(
            f"The parent of {label(int(wrong[0]), names)} is {up[wrong[0]]}, which is no place: "
            f"give a number from 0 to {size - 1}, or -1 for a place without parent."
        )
    if names is not None:
        rank = np.argsort(
            np.argsort(np.asarray(names, dtype=np.str_), kind="stable"), kind="stable"
        )
    elif ties is not None:
        rank = np.argsort(np.lexsort(ties.T), kind="stable")
    else:
        rank = np.arange(size)
    return _sorted(up, rank, names)


def _sorted(up: Ints, rank: Ints, names: Sequence[str] | None) -> Forest:
    size = len(up)
    by_parent = np.lexsort((rank, up))
    starts = np.searchsorted(up[by_parent], np.arange(-1, size + 1))
    level = by_parent[starts[0] : starts[1]]
    order, levels = [level], [0, len(level)]
    while len(level):
        first, count = starts[level + 1], starts[level + 2] - starts[level + 1]
        ends = np.cumsum(count)
        offsets = np.arange(ends[-1]) - np.repeat(ends - count, count)
        level = by_parent[np.repeat(first, count) + offsets]
        order.append(level)
        levels.append(levels[-1] + len(level))
    flat = np.concatenate(order).astype(np.int64)
    if len(flat) < size:
        raise UserError(_circle(up, flat, names))
    here = np.empty(size, dtype=np.int64)
    here[flat] = np.arange(size)
    parents = np.where(up[flat] >= 0, here[up[flat]], -1)
    above, first_child = np.unique(parents[levels[1] :], return_index=True)
    root = np.arange(size)
    for start, end in itertools.pairwise(levels[1:]):
        root[start:end] = root[parents[start:end]]
    stops = np.array(levels[:-1] if len(levels) > 2 else levels, dtype=np.int64)
    return Forest(flat, parents, above, first_child.astype(np.int64), stops, root)


def _circle(up: Ints, reached: Ints, names: Sequence[str] | None) -> str:
    lost = np.ones(len(up), dtype=np.bool_)
    lost[reached] = False
    place, path = int(np.flatnonzero(lost)[0]), []
    while place not in path:
        path.append(place)
        place = int(up[place])
    ring = path[path.index(place) :]
    text = " → ".join(label(one, names) for one in [*ring, place])
    return (
        f"Places are parents of one another in a circle: {text}. One of them needs another parent."
    )


def label(place: int, names: Sequence[str] | None) -> str:
    """What a message calls a place: its name, or else its number."""
    return f"place {place}" if names is None else str(names[place])


def whole_bounds(low: Floats, high: Floats) -> tuple[Floats, Floats]:
    """Smallest and largest whole numbers inside."""
    return (
        np.ceil(low - ROUNDING * np.where(np.isfinite(low), np.abs(low), 0.0)),
        np.floor(high + ROUNDING * np.where(np.isfinite(high), np.abs(high), 0.0)),
    )


def gather(
    forest: Forest, low: Floats, high: Floats, slack: float = TOLERANCE
) -> tuple[Floats, Floats, Floats, Floats]:
    """From the leaves up: what each count can be, and what its children sum to.

    low, high : (p, c) intervals; slack : tolerance, share of a row's size
    Returns low, high of every place, (p, c), and of the sums of children, (q, c). Where a place
    and its children exclude each other, what lies above is judged with the hull of both, so that
    one fault is not told twice.
    """
    low, high = low.copy(), high.copy()
    shape = (len(forest.above), low.shape[1])
    sum_low, sum_high = np.empty(shape), np.empty(shape)
    for level in range(len(forest.levels) - 3, -1, -1):
        rows, ends, starts, _ = forest.families(level)
        places = forest.above[rows]
        below_low = np.add.reduceat(low[ends], starts, axis=0)
        below_high = np.add.reduceat(high[ends], starts, axis=0)
        sum_low[rows], sum_high[rows] = below_low, below_high
        own_low, own_high = low[places], high[places]
        apart = excluded(own_low, own_high, below_low, below_high, slack)
        inner_low, inner_high = np.maximum(own_low, below_low), np.minimum(own_high, below_high)
        touching = inner_low > inner_high
        inner_low = np.where(touching, np.clip(inner_low, own_low, own_high), inner_low)
        inner_high = np.where(touching, inner_low, inner_high)
        low[places] = np.where(apart, np.minimum(own_low, below_low), inner_low)
        high[places] = np.where(apart, np.maximum(own_high, below_high), inner_high)
    return low, high, sum_low, sum_high


def excluded(
    low: Floats, high: Floats, other_low: Floats, other_high: Floats, slack: float
) -> Bools:
    """Whether two intervals have nothing in common, beyond a tolerance relative to their ends."""
    gap = np.maximum(low - other_high, other_low - high)
    ends = np.stack([low, high, other_low, other_high])
    size = np.where(np.isfinite(ends), np.abs(ends), 0.0).max(axis=0)
    return np.asarray(gap > slack * size)


def squeeze(problem: Problem) -> tuple[Floats, Floats, Bools]:
    """Narrow every interval by sums, couplings and wholeness until nothing moves much.

    Returns low, high (p, c), and (p,) the places where an interval came out empty; every solution
    lies inside. The narrowing stops after some rounds: what is left is valid, only wider.
    """
    low, high = problem.low, problem.high
    empty = np.zeros(len(low), dtype=np.bool_)
    slack = 0.0 if problem.whole else TOLERANCE
    bound = problem.couplings.any(axis=(0, 2))
    stirred = bound
    for _ in range(ROUNDS):
        before = low, high
        places = np.flatnonzero(stirred)
        met = _by_couplings(problem, low, high, places, slack)
        low, high = low.copy(), high.copy()
        low[places], high[places], empty[places] = met
        up_low, up_high, *_ = gather(problem.forest, low, high, slack)
        low, high, empty = _meet(up_low, up_high, (low, high), empty, slack)
        low, high, empty = _downwards(problem.forest, low, high, empty, slack)
        moved = _moved(low, before[0], problem.whole) | _moved(high, before[1], problem.whole)
        stirred = moved.any(axis=1) & bound
        if not stirred.any() or empty.any():
            break
    return low, high, empty


def _moved(new: Floats, old: Floats, whole: bool) -> Bools:
    """Whether an end moved by a unit, or else by a thousandth of its size, or became finite."""
    with np.errstate(invalid="ignore"):
        least = 0.5 if whole else 1e-3 * np.maximum(1.0, np.abs(new))
        return np.asarray(np.abs(new - old) > least)


def _meet(
    low: Floats, high: Floats, old: tuple[Floats, Floats], empty: Bools, slack: float
) -> tuple[Floats, Floats, Bools]:
    """What new and old intervals share; where that is nothing, the old one and a mark."""
    low, high = np.maximum(low, old[0]), np.minimum(high, old[1])
    crossed = low > high
    if not crossed.any():
        return low, high, empty
    with np.errstate(invalid="ignore"):
        size = np.maximum(np.abs(low), np.abs(high))
        apart = crossed & ~(low - high <= slack * size)
    middle = np.clip(np.where(crossed, high, low), old[0], old[1])
    low = np.where(apart, old[0], np.where(crossed, middle, low))
    high = np.where(apart, old[1], np.where(crossed, middle, high))
    return low, high, empty | apart.any(axis=1)


def _by_couplings(
    problem: Problem, low: Floats, high: Floats, places: Ints, slack: float
) -> tuple[Floats, Floats, Bools]:
    """What couplings leave for the counts of some places, and where that is nothing."""
    old = low[places], high[places]
    low, high = old[0].copy(), old[1].copy()
    for row in problem.couplings[:, places]:
        used = np.flatnonzero(row.any(axis=0))
        factor = row[:, used]
        with np.errstate(invalid="ignore"):
            least = np.where(factor > 0.0, factor * low[:, used], factor * high[:, used])
        least[factor == 0.0] = 0.0
        for number, count in enumerate(used):
            others = np.delete(least, number, axis=1).sum(axis=1)
            with np.errstate(divide="ignore", invalid="ignore"):
                bound = -others / factor[:, number]
            up, down = factor[:, number] > 0.0, factor[:, number] < 0.0
            high[:, count] = np.where(up, np.minimum(high[:, count], bound), high[:, count])
            low[:, count] = np.where(down, np.maximum(low[:, count], bound), low[:, count])
    if problem.whole:
        low, high = whole_bounds(low, high)
    return _meet(low, high, old, np.zeros(len(places), dtype=np.bool_), slack)


def _downwards(
    forest: Forest, low: Floats, high: Floats, empty: Bools, slack: float
) -> tuple[Floats, Floats, Bools]:
    """What a parent leaves for each child beside its siblings, level by level."""
    low, high = low.copy(), high.copy()
    for level in range(len(forest.levels) - 2):
        _, ends, starts, family = forest.families(level)
        own = (low[ends], high[ends])
        above = forest.parent[ends]
        most_others = _others(own[1], starts, family)
        least_others = _others(own[0], starts, family)
        least, most = low[above] - most_others, high[above] - least_others
        # What a difference of large sums loses must not be taken for a conflict.
        size = sum(_size(ends) for ends in (low[above], high[above], most_others, least_others))
        lost = 8 * np.finfo(np.float64).eps * size * (slack > 0.0)
        met = _meet(least - lost, most + lost, own, empty[ends], slack)
        low[ends], high[ends], empty[ends] = met
    return low, high, empty


def _size(values: Floats) -> Floats:
    return np.where(np.isfinite(values), np.abs(values), 0.0)


def _others(values: Floats, starts: Ints, family: Ints) -> Floats:
    """Sum over the siblings of each child, endless if any of them is."""
    endless = ~np.isfinite(values)
    finite = np.where(endless, 0.0, values)
    rest = np.add.reduceat(finite, starts, axis=0)[family] - finite
    ends = np.add.reduceat(endless.astype(np.int64), starts, axis=0)[family] - endless
    sign = np.where(endless, values, 0.0)
    with np.errstate(invalid="ignore"):
        way = np.add.reduceat(sign, starts, axis=0)[family]
    return np.where(ends > 0, way, rest)
