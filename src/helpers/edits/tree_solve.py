"""Nearest values on a tree: one count by a sweep, coupled counts by a sparse quadratic program."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import scipy.sparse as sp
from scipy.optimize import linprog

from helpers.edits.tree_bounds import Bools, Floats, Forest, Ints, Problem

PRECISION = 1e-10
NOTHING = 1e-7
MARGIN = 1e-6  # more than the solver's own tolerance, by which it may leave a row


@dataclass(frozen=True)
class _Curves:
    """One curve for each of n places: the distance y from the target against the price t.

    At price t one unit more in the place's sum costs t in what lies below. The curves are
    continuous, piecewise linear and never fall.

    seg, t, y, after : (k,) knots: whose, where, value there, slope behind; sorted by seg, then t
    first            : (n + 1,) first knot of each curve
    left             : (n,) slope before the first knot
    """

    seg: Ints
    t: Floats
    y: Floats
    after: Floats
    first: Ints
    left: Floats

    def at(self, price: Floats) -> tuple[Floats, Floats]:
        """Value and slope of each curve at a price of its own."""
        knot, slope, _ = self._piece(self.t <= price[self.seg])
        return self.y[knot] + slope * (price - self.t[knot]), slope

    def price(self, value: Floats, inclusive: bool = True) -> tuple[Floats, Floats]:
        """Price at which each curve takes a value of its own, and its slope there.

        Where it stays at that value for a while: the last such price; not inclusive, the first.
        """
        compare = self.y <= value[self.seg] if inclusive else self.y < value[self.seg]
        knot, slope, before = self._piece(compare)
        step = np.divide(value - self.y[knot], slope, out=np.zeros_like(value), where=slope > 0.0)
        price = self.t[knot] + step
        behind = np.minimum(knot + 1, self.first[1:] - 1)
        inner = ~before & (behind > knot)
        return np.where(inner, np.minimum(price, self.t[behind]), price), slope

    def _piece(self, passed: Bools) -> tuple[Ints, Floats, Bools]:
        """Of each curve: the knot its piece starts at, its slope, whether it is before all."""
        count = np.add.reduceat(passed.astype(np.int64), self.first[:-1])
        before = count == 0
        knot = self.first[:-1] + np.maximum(count - 1, 0)
        return knot, np.where(before, self.left, self.after[knot]), before


def sweep(forest: Forest, target: Floats, low: Floats, high: Floats, weights: Floats) -> Floats:
    """One count: the x nearest to the target, all (p,) in the order of the forest.

    Minimises Σ w (x − target)² subject to x_parent = Σ x_children, low <= x <= high, exactly.
    The intervals must be those of `gather`: then every value in a parent's can be reached.
    From the leaves up, each place holds the curve of its value against the price of one unit:
    curves of siblings add up, the place's own cost tilts and its interval cuts them. From the
    root down the curves are read. O(n log n) for each level of the tree.
    """
    depth = len(forest.levels) - 1
    own: list[_Curves] = []
    added: list[_Curves] = []
    for level in range(depth - 1, -1, -1):
        here = slice(int(forest.levels[level]), int(forest.levels[level + 1]))
        near, far = low[here] - target[here], high[here] - target[here]
        leaf = np.ones(len(near), dtype=np.bool_)
        rows = forest.rows(level)
        inner = forest.above[rows] - forest.levels[level]
        leaf[inner] = False
        parts = [(np.flatnonzero(leaf), _leaves(near[leaf], far[leaf], weights[here][leaf]))]
        if len(inner):
            total = _added(own[-1], forest, level)
            _, children, starts, _ = forest.families(level)
            gap = np.add.reduceat(target[children], starts) - target[here][inner]
            tilted = _tilted(total, gap, weights[here][inner])
            parts.append((inner, _cut(tilted, near[inner], far[inner])))
            added.append(total)
        own.append(_joined(parts, len(near)))
    return _read(forest, target, low, high, own[::-1], added[::-1])


def _leaves(low: Floats, high: Floats, weight: Floats) -> _Curves:
    """Curves y = clip(t / w, low, high)."""
    size = len(low)
    endless_low, endless_high = ~np.isfinite(low), ~np.isfinite(high)
    bottom = np.where(endless_low, np.where(endless_high, 0.0, np.minimum(high, 0.0)), low)
    top = np.where(endless_high, np.maximum(bottom, 0.0), high)
    y = np.stack([bottom, top], axis=1)
    slope = 1.0 / weight
    rise = np.where((bottom == top) & ~endless_high & ~endless_low, 0.0, slope)
    return _Curves(
        seg=np.repeat(np.arange(size), 2),
        t=(y * weight[:, None]).ravel(),
        y=y.ravel(),
        after=np.stack([rise, np.where(endless_high, slope, 0.0)], axis=1).ravel(),
        first=2 * np.arange(size + 1),
        left=np.where(endless_low, slope, 0.0),
    )


def _added(curves: _Curves, forest: Forest, level: int) -> _Curves:
    """Sums of the curves of siblings, one for each place of the level above that has children."""
    _, _, starts, family = forest.families(level)
    before = np.empty_like(curves.after)
    before[1:] = curves.after[:-1]
    before[curves.first[:-1]] = curves.left
    bend = curves.after - before
    moves = bend != 0.0
    moves[curves.first[:-1]] = True
    seg = family[curves.seg[moves]]
    order = np.lexsort((curves.t[moves], seg))
    seg, t, bend = seg[order], curves.t[moves][order], bend[moves][order]
    first = np.searchsorted(seg, np.arange(len(starts) + 1))
    left = np.add.reduceat(curves.left, starts)
    after = np.maximum(_running(bend, first) + left[seg], 0.0)
    lead = curves.first[:-1]
    start = curves.y[lead] + curves.left * (t[first[:-1]][family] - curves.t[lead])
    step = np.zeros_like(t)
    step[1:] = after[:-1] * (t[1:] - t[:-1])
    step[first[:-1]] = np.add.reduceat(start, starts)
    return _Curves(seg, t, _running(step, first), after, first, left)


def _running(values: Floats, first: Ints) -> Floats:
    """Running sums that start anew at each curve."""
    total = np.cumsum(values)
    base = np.where(first[:-1] > 0, total[first[:-1] - 1], 0.0)
    return np.asarray(total - np.repeat(base, np.diff(first)))


def _tilted(curves: _Curves, gap: Floats, weight: Floats) -> _Curves:
    """The same with the place's own cost ½ w y², where y is measured from its own target."""
    y = curves.y + gap[curves.seg]
    return replace(
        curves,
        y=y,
        t=curves.t + weight[curves.seg] * y,
        after=curves.after / (1.0 + weight[curves.seg] * curves.after),
        left=curves.left / (1.0 + weight * curves.left),
    )


def _cut(curves: _Curves, low: Floats, high: Floats) -> _Curves:
    """The same held inside [low, high]."""
    has_low, has_high = np.isfinite(low), np.isfinite(high)
    low_t, slope = curves.price(np.where(has_low, low, 0.0))
    high_t, _ = curves.price(np.where(has_high, high, 0.0), inclusive=False)
    high_t = np.where(has_low, np.maximum(low_t, high_t), high_t)
    slope = np.where(has_high & (high_t <= low_t), 0.0, slope)
    kept = (curves.y > low[curves.seg]) & (curves.y < high[curves.seg])
    bottom, top = np.flatnonzero(has_low), np.flatnonzero(has_high)
    seg = np.concatenate([bottom, curves.seg[kept], top])
    order = np.argsort(seg, kind="stable")
    return _Curves(
        seg=seg[order],
        t=np.concatenate([low_t[bottom], curves.t[kept], high_t[top]])[order],
        y=np.concatenate([low[bottom], curves.y[kept], high[top]])[order],
        after=np.concatenate([slope[bottom], curves.after[kept], np.zeros(len(top))])[order],
        first=np.searchsorted(seg[order], np.arange(len(low) + 1)),
        left=np.where(has_low, 0.0, curves.left),
    )


def _joined(parts: list[tuple[Ints, _Curves]], size: int) -> _Curves:
    """Curves of several kinds of places of one level, in the order of the places."""
    seg = np.concatenate([places[curves.seg] for places, curves in parts])
    order = np.argsort(seg, kind="stable")
    left = np.empty(size)
    for places, curves in parts:
        left[places] = curves.left
    t, y, after = (
        np.concatenate([getattr(curves, name) for _, curves in parts])[order]
        for name in ("t", "y", "after")
    )
    return _Curves(seg[order], t, y, after, np.searchsorted(seg[order], np.arange(size + 1)), left)


def _read(
    forest: Forest,
    target: Floats,
    low: Floats,
    high: Floats,
    own: list[_Curves],
    added: list[_Curves],
) -> Floats:
    """Values of all places, from the roots down."""
    x = np.empty_like(target)
    roots = slice(0, forest.roots)
    best, _ = own[0].at(np.zeros(forest.roots))
    x[roots] = np.clip(target[roots] + best, low[roots], high[roots])
    for level, total in enumerate(added):
        rows, span, starts, family = forest.families(level)
        places = forest.above[rows]
        sums = np.add.reduceat(target[span], starts)
        price, _ = total.price(x[places] - sums)
        y, slope = own[level + 1].at(price[family])
        near = np.clip(target[span] + y, low[span], high[span])
        x[span] = _settled(near, low[span], high[span], slope, x[places], starts, family)
    return x


def _settled(
    x: Floats, low: Floats, high: Floats, slope: Floats, total: Floats, starts: Ints, family: Ints
) -> Floats:
    """Siblings with what arithmetic left over shared out: along their slopes, then by room."""
    for by_slope in (True, False):
        rest = (total - np.add.reduceat(x, starts))[family]
        room = np.where(rest > 0.0, high - x, x - low)
        share = np.minimum(slope, 1e300) * (room > 0.0) if by_slope else np.minimum(room, 1e300)
        whole = np.add.reduceat(share, starts)[family]
        part = np.divide(share, whole, out=np.zeros_like(share), where=whole > 0.0)
        x = np.clip(x + rest * part, low, high)
    return x


def programme(problem: Problem) -> Floats | None:
    """All counts together: the x nearest to the target, (p, c); None where there is none.

    Minimises Σ w (x − target)² subject to sums, intervals and couplings, by an interior-point
    method in the distances from the target, each measured in units of 1/√w: so the size of a
    place does not matter. Figures whose interval is one number are left out. What the method
    cannot tell from nothing is 0, and places above are sums again. The result is not verified.
    """
    low, high = problem.low, problem.high
    free = low < high
    base = np.clip(problem.target, low, high)
    if not free.any():
        return base
    weights = problem.weights[free]
    scale = np.sqrt(np.median(weights * np.maximum(1.0, np.abs(base[free]))))
    unit = scale / np.sqrt(weights)
    column = np.cumsum(free.ravel()).reshape(free.shape) - 1
    sums, gaps = _sum_rows(problem.forest, base, free, column, unit)
    couplings, limits = _coupling_rows(problem.couplings, base, free, column, unit)
    import piqp  # only coupled counts need it

    solver = piqp.SparseSolver()
    solver.settings.eps_abs = solver.settings.eps_rel = PRECISION
    solver.settings.verbose = False
    solver.setup(
        sp.identity(len(unit), format="csc"),
        (base - problem.target)[free] / unit,
        sums,
        gaps,
        couplings,
        np.full(len(limits), -np.inf),
        limits,
        (low - base)[free] / unit,
        (high - base)[free] / unit,
    )
    if solver.solve() != piqp.PIQP_SOLVED:
        return None
    x = base.copy()
    x[free] += unit * solver.result.x
    near_zero = np.zeros(free.shape, dtype=np.bool_)
    near_zero[free] = np.abs(x[free]) <= 10.0 * PRECISION * unit
    return _with_sums(problem, np.clip(np.where(near_zero, 0.0, x), low, high))


def settled(problem: Problem, near: Floats) -> Floats | None:
    """The x that keeps everything next to one that nearly does, (p, c); None where there is none.

    near : from `programme`, whose interior points end a hair outside where the intervals leave a
    rate no room. Minimises Σ |x − near| in the units of `programme`, with 0 for what is next to
    nothing beside the place's other counts, and couplings with a margin where there is room for
    one. The result is not verified.
    """
    low, high = problem.low, problem.high
    free = low < high
    nothing = np.abs(near) <= NOTHING * np.abs(near).max(axis=1, keepdims=True)
    base = np.clip(np.where(nothing, 0.0, near), low, high)
    unit = 1.0 / np.sqrt(problem.weights[free])
    unit = unit / np.median(unit)
    column = np.cumsum(free.ravel()).reshape(free.shape) - 1
    sums, gaps = _sum_rows(problem.forest, base, free, column, unit)
    couplings, limits = _coupling_rows(problem.couplings, base, free, column, unit)
    ends = np.concatenate([(high - base)[free] / unit, (base - low)[free] / unit])
    above: Any = sp.hstack([couplings, -couplings])  # sparse, which the stubs do not know
    equal: Any = sp.hstack([sums, -sums])
    for margin in (MARGIN, 0.0):
        found = linprog(
            np.ones(len(ends)),
            A_ub=above,
            b_ub=limits - margin,
            A_eq=equal,
            b_eq=gaps,
            bounds=[(0.0, end) for end in ends.tolist()],
        )
        if found.status == 0 and found.x is not None:
            x = base.copy()
            up, down = np.split(found.x, 2)
            x[free] += unit * (up - down)
            return _with_sums(problem, np.clip(x, low, high))
    return None


def _with_sums(problem: Problem, x: Floats) -> Floats:
    """The same with places above as the sums of those below, inside their intervals."""
    low, high = problem.low, problem.high
    for level in range(len(problem.forest.levels) - 3, -1, -1):
        rows, span, starts, _ = problem.forest.families(level)
        above = problem.forest.above[rows]
        x[above] = np.clip(np.add.reduceat(x[span], starts, axis=0), low[above], high[above])
    return x


def _sum_rows(
    forest: Forest, base: Floats, free: Bools, column: Ints, unit: Floats
) -> tuple[sp.csc_matrix, Floats]:
    """Rows `children − parent = gap` of the sums that have a free figure, each of length 1."""
    places, counts = base.shape
    family = np.full(places, -1)
    family[forest.above] = np.arange(len(forest.above))
    row = np.arange(counts)[None, :] + counts * family[:, None]
    up = np.where(forest.parent >= 0, family[forest.parent], -1)
    row_up = np.arange(counts)[None, :] + counts * up[:, None]
    own, child = free & (family >= 0)[:, None], free & (up >= 0)[:, None]
    rows = np.concatenate([row[own], row_up[child]])
    columns = np.concatenate([column[own], column[child]])
    signs = np.concatenate([np.full(own.sum(), -1.0), np.ones(child.sum())])
    gaps = (base[forest.above] - forest.child_sums(base)).ravel()
    return _rows(rows, columns, signs, gaps, unit)


def _coupling_rows(
    couplings: Floats, base: Floats, free: Bools, column: Ints, unit: Floats
) -> tuple[sp.csc_matrix, Floats]:
    """Rows `coupling <= limit` of the couplings that have a free figure, each of length 1."""
    rule, place, count = np.nonzero((couplings != 0.0) & free)
    limits = -(couplings * base).sum(axis=2).ravel()
    rows = rule * len(base) + place
    return _rows(rows, column[place, count], couplings[rule, place, count], limits, unit)


def _rows(
    rows: Ints, columns: Ints, values: Floats, sides: Floats, unit: Floats
) -> tuple[sp.csc_matrix, Floats]:
    used, row = np.unique(rows, return_inverse=True)
    values = values * unit[columns]
    length = np.sqrt(np.bincount(row, values * values, minlength=len(used)))
    shape = (len(used), len(unit))
    matrix = sp.csc_matrix((values / length[row], (row, columns)), shape=shape)
    return matrix, sides[used] / length
