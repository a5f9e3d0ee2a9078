"""What cannot hold on a tree of places: ranges that exclude each other, and a smallest part."""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp
from scipy.optimize import linprog

from helpers.edits.tree_bounds import (
    TOLERANCE,
    Floats,
    Forest,
    Ints,
    Problem,
    excluded,
    gather,
    plant,
)

ELASTIC = 1e-7


@dataclass(frozen=True)
class TreeConflict:
    """Figures of one part of the tree that cannot all hold.

    place, count : the place at whose sum or rule they meet, and which count (-1: several counts)
    own, parts   : the two ranges that exclude each other: of the place itself, and of the sum of
                   its children (for several counts: the range left for the place, low above high)
    figures      : (place, count) of a set of which none can be spared; behind the counts come
                   the rates, then the orders: with three counts, 3 is the first rate
    """

    place: int
    count: int
    own: tuple[float, float]
    parts: tuple[float, float]
    figures: tuple[tuple[int, int], ...]


def tree_conflicts(
    parent: npt.ArrayLike,
    low: npt.ArrayLike,
    high: npt.ArrayLike,
    *,
    names: Sequence[str] | None = None,
) -> tuple[TreeConflict, ...]:
    """Every place whose interval and the sum of its children's exclude each other.

    parent    : (p,) number of the place above, -1 for a root
    low, high : (p,) or (p, c) closed intervals of each count; NaN is without end
    From the leaves up, the interval of a place is what its own and the sum below have in common;
    where that is nothing there is a conflict, and above it both count as possible. So a count can
    hold exactly where there is no conflict. Raises UserError for a parent that is no place, and
    for places in a circle.
    """
    ends = [np.asarray(end, dtype=np.float64) for end in (low, high)]
    ends = [end[:, None] if end.ndim == 1 else end for end in ends]
    below, above = (
        np.where(np.isnan(e), s, e) for e, s in zip(ends, (-np.inf, np.inf), strict=True)
    )
    forest = plant(parent, names)
    return tuple(_unsummed(forest, below[forest.order], above[forest.order], TOLERANCE))


def unsummed(problem: Problem) -> list[TreeConflict]:
    """The same for a problem; in whole numbers without any tolerance."""
    slack = 0.0 if problem.whole else TOLERANCE
    return _unsummed(problem.forest, problem.low, problem.high, slack)


def _unsummed(forest: Forest, low: Floats, high: Floats, slack: float) -> list[TreeConflict]:
    *_, sum_low, sum_high = gather(forest, low, high, slack)
    above = forest.above
    apart = excluded(low[above], high[above], sum_low, sum_high, slack)
    conflicts = []
    for row, count in np.argwhere(apart)[::-1]:
        place = int(above[row])
        much = low[place, count] > sum_high[row, count]
        own, sums = (high, sum_high) if much else (-low, -sum_low)
        gap = (low if much else -high)[place, count] - sums[row, count]
        figures = [place, *bounding(forest, own[:, count], sums[:, count], place, gap)]
        conflicts.append(
            TreeConflict(
                place=int(forest.order[place]),
                count=int(count),
                own=(float(low[place, count]), float(high[place, count])),
                parts=(float(sum_low[row, count]), float(sum_high[row, count])),
                figures=tuple(sorted((int(forest.order[one]), int(count)) for one in figures)),
            )
        )
    return conflicts


def bounding(forest: Forest, own: Floats, sums: Floats, place: int, gap: float) -> list[int]:
    """Few figures under a place that bound its children's sum, though that be higher by the gap.

    own, sums : upper ends, of each place itself and of the sum of its children. A child is bounded
    by its own figure where that costs no more than the gap allows, else by those below it.
    """
    figures: list[int] = []
    waiting: list[int] = [place]
    looser: list[tuple[float, int]] = []
    while waiting or looser:
        if waiting:
            for child in forest.children(waiting.pop()):
                at = int(np.searchsorted(forest.above, child))
                inner = at < len(forest.above) and forest.above[at] == child
                loss = own[child] - sums[at] if inner else 0.0
                if loss <= 0.0:
                    figures.append(child)
                else:
                    heapq.heappush(looser, (loss, child))
            continue
        loss, child = heapq.heappop(looser)
        if loss < gap:
            gap -= loss
            figures.append(child)
        else:
            waiting.append(child)
    return sorted(figures)


def cannot_hold(problem: Problem, start: int) -> TreeConflict:
    """A smallest set of figures that cannot all hold, sought from a place upwards.

    The sums stand; intervals and couplings may be stretched at a price, and those that must be are
    the candidates. Each one without which the others could hold is kept. Where nothing need be
    stretched, only whole numbers are lacking: then the figures of the place itself are returned.
    """
    for top in problem.forest.upwards(start):
        edits = _edits(problem, problem.forest.under(top))
        kept = _smallest(edits)
        if len(kept):
            return _told(problem, edits, kept)
    return lacking(problem, start)


def lacking(problem: Problem, place: int) -> TreeConflict:
    """The figures under a place, for which no whole numbers were found together."""
    forest, nothing = problem.forest, (np.nan, np.nan)
    bounded = np.isfinite(problem.low) | np.isfinite(problem.high)
    figures = [
        (int(forest.order[one]), int(count))
        for one in forest.under(place)
        for count in np.flatnonzero(bounded[one])
    ]
    return TreeConflict(int(forest.order[place]), -1, nothing, nothing, tuple(figures))


@dataclass(frozen=True)
class _Edits:
    """Rows  matrix @ z <= limit  and  sums @ z = gaps  of a subtree, scaled.

    place, column : (m,) where each row is, and which count; behind the counts rates and orders
    figure        : (m,) one number for each place and column
    base, unit    : of each figure: its value is base + unit · z
    """

    matrix: sp.csr_matrix
    limit: Floats
    sums: sp.csr_matrix
    gaps: Floats
    place: Ints
    column: Ints
    figure: Ints
    base: Floats
    unit: Floats

    def only(self, rows: Ints, sums: Ints) -> _Edits:
        return replace(
            self,
            matrix=self.matrix[rows],
            limit=self.limit[rows],
            sums=self.sums[sums],
            gaps=self.gaps[sums],
            place=self.place[rows],
            column=self.column[rows],
            figure=self.figure[rows],
        )


def _edits(problem: Problem, places: Ints) -> _Edits:
    low, high = problem.low[places].ravel(), problem.high[places].ravel()
    base = np.clip(np.nan_to_num(problem.target[places].ravel()), low, high)
    unit = np.maximum(1.0, np.abs(base))
    rows, limits = problem.rows_under(places, base)
    scaled = rows @ sp.diags(unit)
    length = np.sqrt(np.asarray(scaled.multiply(scaled).sum(axis=1)).ravel())
    scaled, limits = sp.diags(1.0 / length) @ scaled, limits / length[:, None]
    equal = np.isfinite(limits[:, 0])
    rule, place, _ = problem.coupled(places)
    size, counts = len(low), problem.target.shape[1]
    lower, upper = np.flatnonzero(np.isfinite(low)), np.flatnonzero(np.isfinite(high))
    unity = sp.identity(size, format="csr")
    own = np.concatenate([lower, upper])
    column = np.concatenate([own % counts, counts + problem.figure_of(rule)])
    at = np.concatenate([places[own // counts], places[place]])
    return _Edits(
        matrix=sp.vstack([-unity[lower], unity[upper], scaled[~equal]], format="csr"),
        limit=np.concatenate(
            [((base - low) / unit)[lower], ((high - base) / unit)[upper], limits[~equal, 1]]
        ),
        sums=sp.csr_matrix(scaled[equal]),
        gaps=limits[equal, 1],
        place=at,
        column=column,
        figure=at * (counts + len(problem.couplings)) + column,
        base=base,
        unit=unit,
    )


def _smallest(edits: _Edits) -> Ints:
    """Rows of figures of which none can be spared for a contradiction; none where all hold."""
    stretch, support, sums = _stretched(edits)
    if stretch <= ELASTIC:
        return support[:0]
    kept = edits.figure[support]
    # Sums that forced nothing may yet exclude fewer figures: they are asked last, of the few left.
    for through in (sums, np.arange(len(edits.gaps))):
        for figure in np.unique(kept):
            rest = np.flatnonzero(np.isin(edits.figure, kept[kept != figure]))
            if _stretched(edits.only(rest, through))[0] > ELASTIC:
                kept = kept[kept != figure]
    return np.flatnonzero(np.isin(edits.figure, kept))


def _stretched(edits: _Edits) -> tuple[float, Ints, Ints]:
    """How far rows must be stretched in all, which rows force it, and through which sums."""
    size, rows = edits.matrix.shape[1], len(edits.limit)
    if not rows:
        return 0.0, np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    answer = linprog(
        np.concatenate([np.zeros(size), np.ones(rows)]),
        A_ub=sp.hstack([edits.matrix, -sp.identity(rows)], format="csr"),
        b_ub=edits.limit,
        A_eq=sp.hstack([edits.sums, sp.csr_matrix((len(edits.gaps), rows))], format="csr"),
        b_eq=edits.gaps,
        bounds=[(None, None)] * size + [(0.0, None)] * rows,
    )
    support = np.flatnonzero(np.abs(answer.ineqlin.marginals) > ELASTIC)
    through = np.flatnonzero(np.abs(answer.eqlin.marginals) > ELASTIC)
    return float(answer.fun or 0.0), support, through


def _told(problem: Problem, edits: _Edits, kept: Ints) -> TreeConflict:
    """The conflict of some rows: for its first figure, its interval and what the rest leave."""
    counts = problem.target.shape[1]
    order = problem.forest.order
    figures = sorted(
        {
            (int(order[place]), int(column))
            for place, column in zip(edits.place[kept], edits.column[kept], strict=True)
        }
    )
    intervals = kept[edits.column[kept] < counts]
    if not len(intervals):
        nothing = (np.nan, np.nan)
        return TreeConflict(
            int(order[edits.place[kept].min()]), -1, nothing, nothing, tuple(figures)
        )
    first = intervals[np.lexsort((edits.column[intervals], edits.place[intervals]))[0]]
    place, count = int(edits.place[first]), int(edits.column[first])
    mine = (edits.place == place) & (edits.column == count)
    rest = edits.only(kept[~mine[kept]], np.arange(len(edits.gaps)))
    return TreeConflict(
        place=int(order[place]),
        count=count,
        own=(float(problem.low[place, count]), float(problem.high[place, count])),
        parts=_range_left(rest, int(edits.matrix[first].indices[0])),
        figures=tuple(figures),
    )


def _range_left(rest: _Edits, column: int) -> tuple[float, float]:
    """Least and greatest value of a figure that the other rows allow."""
    ends = []
    matrix: Any = rest.matrix
    sums: Any = rest.sums
    free: list[tuple[float | None, float | None]] = [(None, None)] * rest.matrix.shape[1]
    for sign in (1.0, -1.0):
        price = np.zeros(rest.matrix.shape[1])
        price[column] = sign
        answer = linprog(
            price,
            A_ub=matrix,
            b_ub=rest.limit,
            A_eq=sums,
            b_eq=rest.gaps,
            bounds=free,
        )
        end = sign * float(answer.fun or 0.0) if answer.status == 0 else -sign * np.inf
        ends.append(float(rest.base[column] + rest.unit[column] * end))
    return ends[0], ends[1]
