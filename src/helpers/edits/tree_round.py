"""Whole numbers on a tree: every sum, interval and coupling kept, each figure moved by little."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import scipy.sparse as sp
from scipy.optimize import Bounds, LinearConstraint, milp

from helpers.edits.tree_bounds import Bools, Floats, Forest, Ints, Problem, gather, whole_bounds
from helpers.edits.tree_solve import sweep

ALIKE = 1e-9
LARGEST = 3000
NODES = 2000
WIDTHS = (16, 256, 4096)


def round_count(
    forest: Forest, x: Floats, target: Floats, low: Floats, high: Floats, weights: Floats
) -> tuple[Floats, Bools]:
    """One count in whole numbers that add up, all (p,).

    Chooses for every place the whole number under or above x, so that the sums hold and
    Σ w (whole − target)² is least: exact, as each child costs a known amount to be lifted, and
    its parent says how many are. low, high are whole and those of `gather`.
    Returns the numbers and which of them another choice of equal cost would have lifted or left.
    """
    floor, ceiling = np.floor(x), np.ceil(x)
    cost = np.stack([weights * (end - x) * (end + x - 2.0 * target) for end in (floor, ceiling)])
    lift, ranks = np.zeros_like(x), np.zeros(len(x), dtype=np.int64)
    for level in range(len(forest.levels) - 3, -1, -1):
        rows, span, starts, family = forest.families(level)
        places = forest.above[rows]
        movable = ceiling[span] > floor[span]
        lift[span] = np.where(movable, cost[1, span] - cost[0, span], np.inf)
        order = np.lexsort((lift[span], family))
        rank = np.empty(len(order), dtype=np.int64)
        rank[order] = np.arange(len(order)) - starts[family[order]]
        ranks[span] = rank
        room = np.add.reduceat(movable.astype(np.int64), starts)
        least = np.add.reduceat(floor[span], starts)
        steps = np.where(movable, lift[span], 0.0)[order]
        running = np.concatenate([[0.0], np.cumsum(steps)])
        base = np.add.reduceat(cost[0, span], starts)
        for state, end in enumerate((floor, ceiling)):
            lifted = np.clip(end[places] - least, 0, room).astype(np.int64)
            missed = np.abs(end[places] - least - lifted)
            below = base + running[starts + lifted] - running[starts]
            cost[state, places] += below + _penalty(weights[places], missed)
    return _chosen(forest, cost, (floor, ceiling), lift, ranks, (low, high))


def _penalty(weight: Floats, missed: Floats) -> Floats:
    """Price of a state that the children cannot sum to, which only lost digits can bring about."""
    return 1e12 * weight * missed


def _chosen(
    forest: Forest,
    cost: Floats,
    ends: tuple[Floats, Floats],
    lift: Floats,
    ranks: Ints,
    interval: tuple[Floats, Floats],
) -> tuple[Floats, Bools]:
    """From the roots down: of each family, as many of the cheapest lifted as the parent needs."""
    (floor, ceiling), (low, high) = ends, interval
    whole = np.where(cost[1] < cost[0], ceiling, floor)
    tied = np.zeros(len(whole), dtype=np.bool_)
    roots = slice(0, forest.roots)
    tied[roots] = (ceiling > floor)[roots] & (
        np.abs(cost[1] - cost[0])[roots] <= ALIKE * np.abs(cost).max(axis=0)[roots]
    )
    for level in range(len(forest.levels) - 2):
        rows, span, starts, family = forest.families(level)
        needed = whole[forest.above[rows]] - np.add.reduceat(floor[span], starts)
        room = np.add.reduceat((ceiling > floor)[span].astype(np.int64), starts)
        up = ranks[span] < np.minimum(needed, room)[family]
        whole[span] = np.where(up, ceiling[span], floor[span])
        tied[span] = _ties(lift[span], up, starts, family)
        whole[span] = _completed(
            whole[span], low[span], high[span], whole[forest.above[rows]], starts, family
        )
    return whole, tied


def _ties(lift: Floats, up: Bools, starts: Ints, family: Ints) -> Bools:
    """Which siblings cost as much to lift as both the dearest lifted and the cheapest left."""
    dearest = np.maximum.reduceat(np.where(up, lift, -np.inf), starts)[family]
    cheapest = np.minimum.reduceat(np.where(up, np.inf, lift), starts)[family]
    both = np.isfinite(dearest) & np.isfinite(cheapest)
    size = ALIKE * np.where(both, np.maximum(np.abs(dearest), np.abs(cheapest)), 0.0)
    with np.errstate(invalid="ignore"):
        near = (np.abs(lift - dearest) <= size) & (np.abs(cheapest - dearest) <= size)
    return np.asarray(both & near)


def _completed(
    whole: Floats, low: Floats, high: Floats, total: Floats, starts: Ints, family: Ints
) -> Floats:
    """Siblings that miss their sum by units, filled up in order as far as each one's room goes."""
    rest = total - np.add.reduceat(whole, starts)
    if not rest.any():
        return whole
    room = np.where(rest[family] > 0, high - whole, whole - low)
    room = np.where(np.isfinite(room), room, np.abs(rest)[family])
    filled = np.cumsum(room)
    before = filled - room - (filled - room)[starts][family]
    part = np.clip(np.abs(rest)[family] - before, 0.0, room)
    return np.asarray(whole + np.sign(rest)[family] * part)


def round_coupled(problem: Problem, x: Floats) -> Floats:
    """All counts in whole numbers, near x, (p, c); what could not be kept is left to be verified.

    Leaves take the whole numbers nearest to x that their couplings allow. Then count by count,
    the one that most couplings share (the total that rates are of) last: what the leaves have is
    brought to sums inside every interval, within what couplings with the counts before leave.
    """
    use = (problem.couplings != 0.0).any(axis=1).sum(axis=0)
    *parts, base = (int(count) for count in np.argsort(use, kind="stable"))
    leaf = np.ones(len(x), dtype=np.bool_)
    leaf[problem.forest.above] = False
    whole = np.clip(np.round(x), problem.low, problem.high)
    low, high = problem.low.copy(), problem.high.copy()
    grids = _grids(problem, x, np.flatnonzero(leaf & (low < high).any(axis=1)), base, parts)
    for part in parts:
        for grid in grids:
            low[grid.places, part], high[grid.places, part] = grid.reach(part)
            whole[grid.places, part] = grid.best(part)
        whole[:, part] = _summed(problem, part, whole[:, part], low[:, part], high[:, part])
        grids = [grid.given(part, whole[grid.places, part]) for grid in grids]
    low, high = _left_for(problem, whole, base)
    whole[:, base] = _summed(problem, base, np.clip(whole[:, base], low, high), low, high)
    return whole


@dataclass(frozen=True)
class _Grid:
    """For some leaves, numbers m that the base count may take, and what they leave for the parts.

    places   : (n,) leaves
    allowed  : (n, m) whether all parts have a whole number there
    cost     : (n, m) distance from the solution, of the base and of the nearest parts
    low, high, near : by part, (n, m): least, greatest, and nearest whole number
    """

    places: Ints
    allowed: Bools
    cost: Floats
    low: dict[int, Floats]
    high: dict[int, Floats]
    near: dict[int, Floats]

    def reach(self, part: int) -> tuple[Floats, Floats]:
        least = np.where(self.allowed, self.low[part], np.inf).min(axis=1)
        most = np.where(self.allowed, self.high[part], -np.inf).max(axis=1)
        return least, most

    def best(self, part: int) -> Floats:
        column = np.where(self.allowed, self.cost, np.inf).argmin(axis=1)
        return np.asarray(self.near[part][np.arange(len(column)), column])

    def given(self, part: int, value: Floats) -> _Grid:
        """The grid when a part is settled; a leaf that then has no number left keeps all."""
        fits = (self.low[part] <= value[:, None]) & (value[:, None] <= self.high[part])
        allowed = self.allowed & fits
        left = np.asarray(allowed.any(axis=1))[:, None]
        return replace(self, allowed=np.where(left, allowed, self.allowed))


def _grids(problem: Problem, x: Floats, places: Ints, base: int, parts: list[int]) -> list[_Grid]:
    """Grids of all leaves that have whole numbers, wider ones where none is near."""
    grids = []
    for width in WIDTHS:
        grid = _grid(problem, x, places, base, parts, width)
        found = np.asarray(grid.allowed.any(axis=1))
        grids.append(_taken(grid, found))
        places = places[~found]
        if not len(places):
            break
    return grids


def _taken(grid: _Grid, rows: Bools) -> _Grid:
    low, high, near = (
        {part: values[rows] for part, values in table.items()}
        for table in (grid.low, grid.high, grid.near)
    )
    return _Grid(grid.places[rows], grid.allowed[rows], grid.cost[rows], low, high, near)


def _grid(
    problem: Problem, x: Floats, places: Ints, base: int, parts: list[int], width: int
) -> _Grid:
    weights = problem.weights[places]
    number = np.round(x[places, base])[:, None] + np.arange(-width, width + 1)
    low, high = problem.low[places, base][:, None], problem.high[places, base][:, None]
    allowed = np.asarray((number >= low) & (number <= high), dtype=np.bool_)
    cost = weights[:, [base]] * (number - x[places, base][:, None]) ** 2
    lows, highs, nears = {}, {}, {}
    for part in parts:
        low = np.broadcast_to(problem.low[places, part][:, None], number.shape)
        high = np.broadcast_to(problem.high[places, part][:, None], number.shape)
        for row in problem.couplings[:, places]:
            if np.delete(row, [part, base], axis=1).any() or not row[:, part].any():
                continue
            slope = row[:, [part]]
            with np.errstate(divide="ignore", invalid="ignore"):
                bound = -row[:, [base]] * number / slope
            high = np.where(slope > 0.0, np.minimum(high, bound), high)
            low = np.where(slope < 0.0, np.maximum(low, bound), low)
        low, high = whole_bounds(low, high)
        aim = x[places, part][:, None]
        near = np.clip(np.round(aim), low, np.maximum(low, high))
        allowed = allowed & (low <= high)
        cost = cost + weights[:, [part]] * (near - aim) ** 2
        lows[part], highs[part], nears[part] = low, high, near
    return _Grid(places, allowed, cost, lows, highs, nears)


def _left_for(problem: Problem, whole: Floats, base: int) -> tuple[Floats, Floats]:
    """What the couplings leave for the base count when all others are settled, (p,) twice."""
    low, high = problem.low[:, base], problem.high[:, base]
    for row in problem.couplings:
        slope = row[:, base]
        others = (row * whole).sum(axis=1) - slope * whole[:, base]
        with np.errstate(divide="ignore", invalid="ignore"):
            bound = -others / slope
        high = np.where(slope > 0.0, np.minimum(high, bound), high)
        low = np.where(slope < 0.0, np.maximum(low, bound), low)
    low, high = whole_bounds(low, high)
    none = low > high
    return np.where(none, problem.low[:, base], low), np.where(none, problem.high[:, base], high)


def _summed(problem: Problem, count: int, wanted: Floats, low: Floats, high: Floats) -> Floats:
    """Whole numbers of one count near what the leaves want, with sums inside all intervals."""
    forest, target = problem.forest, wanted.copy()
    for level in range(len(forest.levels) - 3, -1, -1):
        rows, span, starts, _ = forest.families(level)
        target[forest.above[rows]] = np.add.reduceat(target[span], starts)
    if ((target >= low) & (target <= high)).all():
        return target
    low, high, *_ = (ends[:, 0] for ends in gather(forest, low[:, None], high[:, None], 0.0))
    weights = problem.weights[:, count]
    x = sweep(forest, target, low, high, weights)
    return round_count(forest, x, target, low, high, weights)[0]


def mended(problem: Problem, whole: Floats, x: Floats) -> tuple[Floats, dict[int, int]]:
    """Whole numbers in which each part of the tree that does not hold is chosen anew.

    For a place that does not hold, the deepest first, the whole numbers nearest to x of all places
    under it are sought that keep what holds above; where there are none, under its parent, and so
    on up to the root. Returns the numbers, and for each tree that was left: the place under which
    no whole numbers were found.
    """
    forest, failed = problem.forest, {}
    broken = problem.broken(whole)
    while broken.any():
        start = int(np.flatnonzero(broken)[-1])
        path = forest.upwards(start)
        for place in path:
            found, _ = _chosen_under(problem, whole, x, place, broken)
            if found is not None:
                whole = found
                broken[forest.under(place)] = False
                break
        else:
            failed[path[-1]] = _culprit(problem, whole, x, path)
            broken[forest.root == path[-1]] = False
    return whole, failed


def _culprit(problem: Problem, whole: Floats, x: Floats, path: list[int]) -> int:
    """The deepest place that has no whole numbers under it whatever lies above; else the root."""
    for place in path:
        if _chosen_under(problem, whole, x, place, None)[1]:
            return place
    return path[-1]


def _chosen_under(
    problem: Problem, whole: Floats, x: Floats, top: int, broken: Bools | None
) -> tuple[Floats | None, bool]:
    """All numbers with those under one place chosen anew, and whether it is proved there are none.

    broken : places that do not hold; those above that do must go on holding. None: what lies
             above does not matter.
    """
    forest = problem.forest
    places = forest.under(top)
    if (problem.low < problem.high)[places].sum() > LARGEST:
        return None, False
    rows, limits = problem.rows_under(places, whole[places].ravel())
    ancestors = [] if broken is None else [a for a in forest.upwards(top)[1:] if not broken[a]]
    low, high = problem.low[places] - whole[places], problem.high[places] - whole[places]
    for above in ancestors:
        low[0] = np.maximum(low[0], problem.low[above] - whole[above])
        high[0] = np.minimum(high[0], problem.high[above] - whole[above])
        couplings = problem.couplings[:, above]
        more = sp.csr_matrix((len(couplings), rows.shape[1])).tolil()
        more[:, : whole.shape[1]] = couplings
        rows = sp.vstack([rows, more.tocsr()])
        none = np.full(len(couplings), -np.inf)
        ends = -(couplings * whole[above]).sum(axis=1)
        limits = np.concatenate([limits, np.stack([none, ends], axis=1)])
    if (low > high).any():
        return None, True
    aim = (x - whole)[places].ravel()
    price = np.sqrt(problem.weights[places]).ravel()
    steps, proved = _nearest_steps(aim, price, low.ravel(), high.ravel(), rows, limits)
    if steps is None:
        return None, proved
    result = whole.copy()
    result[places] += steps.reshape(-1, whole.shape[1])
    for above in forest.upwards(top)[1:]:
        result[above] += steps[: whole.shape[1]]
    sums = limits[:, 0] == limits[:, 1]
    kept = ((rows @ steps)[sums] == limits[sums, 0]).all()
    changed = np.concatenate([places, np.array(ancestors, dtype=np.int64)])
    return (result if kept and not problem.misfits(result, changed).any() else None), False


def _nearest_steps(
    aim: Floats, price: Floats, low: Floats, high: Floats, rows: sp.csr_matrix, limits: Floats
) -> tuple[Floats | None, bool]:
    """Whole steps with least Σ price·|step − aim|; else None and whether surely there are none."""
    size = len(aim)
    unit = sp.identity(size, format="csr")
    distances = sp.vstack([sp.hstack([unit, -unit]), sp.hstack([-unit, -unit])])
    padded = sp.hstack([rows, sp.csr_matrix((rows.shape[0], size))])
    answer = milp(
        np.concatenate([np.zeros(size), price]),
        integrality=np.repeat([1, 0], size),
        bounds=Bounds(
            np.concatenate([low, np.zeros(size)]), np.append(high, np.full(size, np.inf))
        ),
        constraints=[
            LinearConstraint(padded, limits[:, 0], limits[:, 1]),
            LinearConstraint(distances, -np.inf, np.concatenate([aim, -aim])),
        ],
        options={"node_limit": NODES, "mip_rel_gap": 1e-3},
    )
    if answer.x is None:
        return None, answer.status == 2
    return np.round(answer.x[:size]), False
