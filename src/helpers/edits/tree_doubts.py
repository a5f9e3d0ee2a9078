"""What to doubt on a tree of places: the lightest sets of figures without which a count adds up."""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from helpers.edits.tree_bounds import TOLERANCE, Floats, Forest, excluded, gather, plant
from helpers.edits.tree_conflicts import bounding
from helpers.project import UserError

MOST_TRIED = 1000
ALIKE = 1e-9


@dataclass(frozen=True)
class TreeDoubt:
    """The lightest ways to clear conflicts that hang together.

    conflicts : places at which interval and sum exclude each other
    sets      : every set of places, of least weight, whose figures need be doubted; sorted; none
                where not even doubting all of them would help
    weight    : of each of the sets
    proved    : whether no lighter set exists and none of equal weight is missing; else there is
                one set, of which no figure can be spared
    """

    conflicts: tuple[int, ...]
    sets: tuple[tuple[int, ...], ...]
    weight: float
    proved: bool


def tree_doubts(
    parent: npt.ArrayLike,
    low: npt.ArrayLike,
    high: npt.ArrayLike,
    weights: npt.ArrayLike | None = None,
    *,
    least: float = -np.inf,
    most: float = np.inf,
    names: Sequence[str] | None = None,
) -> tuple[TreeDoubt, ...]:
    """Which figures of one count to doubt so that the others can hold (Fellegi and Holt, 1976).

    Minimises the summed weight of the places whose interval is opened to [least, most], subject to
    x[parent] = Σ x[children] and low <= x <= high elsewhere: for each group of conflicts that hang
    together on its own, all sets of that weight listed.

    parent      : (p,) number of the place above, -1 for a root
    low, high   : (p,) closed intervals; NaN is without end
    weights     : (p,) positive: how much it takes to doubt a figure; by default 1
    least, most : what a doubted figure may be
    The sets are found by branching on the figures of one conflict at a time, the lightest choice
    first (Reiter, 1987). A group that takes too many choices gets one set, not proved to be the
    lightest. Raises UserError for weights that are not positive, wrong parents and circles.
    """
    ends = [np.asarray(end, dtype=np.float64) for end in (low, high)]
    forest = plant(parent, names)
    price = np.ones(len(ends[0])) if weights is None else np.asarray(weights, dtype=np.float64)
    if price.shape != ends[0].shape or not (price > 0.0).all():
        raise UserError("Every figure needs a positive weight: one for each place.")
    given = (
        np.where(np.isnan(ends[0]), -np.inf, ends[0])[forest.order],
        np.where(np.isnan(ends[1]), np.inf, ends[1])[forest.order],
    )
    tree = _Tree.of(forest, given, (least, most), price[forest.order])
    groups = [_solved(tree, group) for group in _groups(tree)]
    while meeting := _meeting(groups) or _clashing(tree, groups):
        groups = [group for group in groups if group not in meeting] + [_merged(tree, meeting)]
    doubts = [_renumbered(group.doubt, forest) for group in groups]
    return tuple(sorted(doubts, key=lambda doubt: doubt.conflicts))


@dataclass(frozen=True)
class _Group:
    """What to doubt for some conflicts, and all figures that mattered when that was proved."""

    doubt: TreeDoubt
    touched: frozenset[int]


@dataclass(frozen=True)
class _Tree:
    """One count, nothing doubted.

    low, high         : (p,) printed intervals; opened: what a doubted figure may be
    under_low, …      : (p,) what each place can be, given all below it
    sum_low, sum_high : (q,) sums of children
    apart             : places in conflict
    families          : of places with children: row in the sums, first child, behind the last
    """

    forest: Forest
    low: Floats
    high: Floats
    opened: tuple[float, float]
    price: Floats
    under_low: Floats
    under_high: Floats
    sum_low: Floats
    sum_high: Floats
    apart: frozenset[int]
    families: dict[int, tuple[int, int, int]]

    @staticmethod
    def of(
        forest: Forest,
        given: tuple[Floats, Floats],
        opened: tuple[float, float],
        price: Floats,
    ) -> _Tree:
        low, high = given
        found = gather(forest, low[:, None], high[:, None])
        under_low, under_high, sum_low, sum_high = (ends[:, 0] for ends in found)
        above = forest.above
        apart = excluded(low[above], high[above], sum_low, sum_high, TOLERANCE)
        places = frozenset(int(place) for place in above[apart])
        firsts = [*(int(start) + forest.roots for start in forest.starts), len(low)]
        families = {
            int(place): (row, firsts[row], firsts[row + 1]) for row, place in enumerate(above)
        }
        ends = under_low, under_high, sum_low, sum_high
        return _Tree(forest, low, high, opened, price, *ends, places, families)


@dataclass(frozen=True)
class _State:
    """What changes when some figures are doubted: the same ends as of the tree, and conflicts."""

    low: Floats
    high: Floats
    under_low: Floats
    under_high: Floats
    sum_low: Floats
    sum_high: Floats
    apart: frozenset[int]


def _doubted(tree: _Tree, doubted: Iterable[int]) -> _State:
    """Conflicts when some figures are doubted; only what lies above these is computed anew."""
    apart, places = set(tree.apart), list(doubted)
    low, high = tree.low.copy(), tree.high.copy()
    under_low, under_high = tree.under_low.copy(), tree.under_high.copy()
    sum_low, sum_high = tree.sum_low.copy(), tree.sum_high.copy()
    low[places], high[places] = tree.opened
    for place in sorted(_paths(tree.forest, places), reverse=True):
        least, most = float(low[place]), float(high[place])
        apart.discard(place)
        if place in tree.families:
            row, first, last = tree.families[place]
            below = float(np.add.reduce(under_low[first:last]))
            above = float(np.add.reduce(under_high[first:last]))
            sum_low[row], sum_high[row] = below, above
            if _apart(least, most, below, above):
                apart.add(place)
                least, most = min(least, below), max(most, above)
            else:
                least, most = sorted((max(least, below), min(most, above)))
        under_low[place], under_high[place] = least, most
    return _State(low, high, under_low, under_high, sum_low, sum_high, frozenset(apart))


def _paths(forest: Forest, places: Iterable[int]) -> set[int]:
    """Places and all above them."""
    return {up for place in places for up in forest.upwards(place)}


def _apart(low: float, high: float, other_low: float, other_high: float) -> bool:
    """Whether two intervals exclude each other; `excluded` for single numbers."""
    gap = max(low - other_high, other_low - high)
    if gap <= 0.0:
        return False
    return gap > TOLERANCE * max(abs(e) for e in (low, high, other_low, other_high) if e - e == 0.0)


def _figures(tree: _Tree, state: _State, place: int) -> list[int]:
    """Figures that exclude each other at a place."""
    forest = tree.forest
    row = int(np.searchsorted(forest.above, place))
    if state.low[place] > state.sum_high[row]:
        gap = state.low[place] - state.sum_high[row]
        return [place, *bounding(forest, state.high, state.sum_high, place, gap)]
    gap = state.sum_low[row] - state.high[place]
    return [place, *bounding(forest, -state.low, -state.sum_low, place, gap)]


def _groups(tree: _Tree) -> list[frozenset[int]]:
    """Conflicts that share figures, directly or through others."""
    state = _doubted(tree, ())
    groups: list[tuple[set[int], set[int]]] = []
    for place in sorted(tree.apart):
        conflicts, figures = {place}, set(_figures(tree, state, place))
        apart = []
        for group in groups:
            if group[1] & figures:
                conflicts |= group[0]
                figures |= group[1]
            else:
                apart.append(group)
        groups = [*apart, (conflicts, figures)]
    return [frozenset(conflicts) for conflicts, _ in groups]


def _solved(tree: _Tree, conflicts: frozenset[int]) -> _Group:
    """The lightest sets for one group; conflicts of other groups are left alone."""
    others = tree.apart - conflicts
    waiting: list[tuple[float, tuple[int, ...]]] = [(0.0, ())]
    seen: set[tuple[int, ...]] = {()}
    touched: set[int] = set()
    found: list[tuple[int, ...]] = []
    best = np.inf
    for _ in range(MOST_TRIED):
        if not waiting or waiting[0][0] > best * (1.0 + ALIKE):
            doubt = TreeDoubt(tuple(sorted(conflicts)), tuple(sorted(found)), best, True)
            return _Group(doubt, frozenset(touched))
        weight, chosen = heapq.heappop(waiting)
        state = _doubted(tree, chosen)
        left = state.apart - others
        if not left:
            best = min(best, weight)
            found.append(chosen)
            continue
        figures = _figures(tree, state, max(left))
        touched.update(figures)
        for figure in figures:
            more = tuple(sorted({*chosen, figure}))
            if more not in seen:
                seen.add(more)
                heapq.heappush(waiting, (float(tree.price[list(more)].sum()), more))
    return _Group(_some(tree, conflicts, others), frozenset())


def _merged(tree: _Tree, groups: list[_Group]) -> _Group:
    """Several groups as one; where their choices multiply beyond what is tried, one set for all."""
    conflicts = frozenset(place for group in groups for place in group.doubt.conflicts)
    choices = math.prod(len(group.doubt.sets) for group in groups)
    if choices <= MOST_TRIED and all(group.doubt.proved for group in groups):
        return _solved(tree, conflicts)
    return _Group(_some(tree, conflicts, tree.apart - conflicts), frozenset())


def _meeting(groups: list[_Group]) -> list[_Group]:
    """Groups that must be judged together, as a figure matters to more than one; none if so."""
    owner: dict[int, int] = {}
    for number, group in enumerate(groups):
        others = {owner[figure] for figure in group.touched if figure in owner}
        if others:
            return [groups[other] for other in sorted(others)] + [group]
        owner.update(dict.fromkeys(group.touched, number))
    return []


def _clashing(tree: _Tree, groups: list[_Group]) -> list[_Group]:
    """Groups of which some sets, doubted together, may leave a conflict; none if so.

    Above places that several groups reach, the narrowest of what each one's sets leave is summed.
    """
    narrow_low, narrow_high = tree.under_low.copy(), tree.under_high.copy()
    through: dict[int, list[_Group]] = {}
    for group in groups:
        sets = group.doubt.sets
        reached = _paths(tree.forest, [*group.doubt.conflicts, *(p for one in sets for p in one)])
        states = [_doubted(tree, one) for one in sets]
        for place in reached:
            through.setdefault(place, []).append(group)
            narrow_low[place] = max((state.under_low[place] for state in states), default=-np.inf)
            narrow_high[place] = min((state.under_high[place] for state in states), default=np.inf)
    for place in sorted(through, reverse=True):
        if len(through[place]) == 1 or place not in tree.families:
            continue
        _, first, last = tree.families[place]
        below = float(np.add.reduce(narrow_low[first:last]))
        above = float(np.add.reduce(narrow_high[first:last]))
        least, most = float(tree.low[place]), float(tree.high[place])
        if _apart(least, most, below, above):
            return through[place]
        narrow_low[place], narrow_high[place] = max(least, below), min(most, above)
    return []


def _some(tree: _Tree, conflicts: frozenset[int], others: frozenset[int]) -> TreeDoubt:
    """One set of which none can be spared: each time the figure that leaves fewest conflicts."""
    chosen: list[int] = []
    while left := (state := _doubted(tree, chosen)).apart - others:
        figures = [one for one in _figures(tree, state, max(left)) if one not in chosen]
        if not figures:
            return TreeDoubt(tuple(sorted(conflicts)), (), np.inf, False)
        remaining = {one: len(_doubted(tree, [*chosen, one]).apart - others) for one in figures}
        chosen.append(min(figures, key=lambda one: (remaining[one], tree.price[one], one)))
    for figure in sorted(chosen, key=lambda one: -tree.price[one]):
        rest = [one for one in chosen if one != figure]
        if not _doubted(tree, rest).apart - others:
            chosen = rest
    weight = float(tree.price[chosen].sum())
    return TreeDoubt(tuple(sorted(conflicts)), (tuple(sorted(chosen)),), weight, False)


def _renumbered(group: TreeDoubt, forest: Forest) -> TreeDoubt:
    def places(one: Iterable[int]) -> tuple[int, ...]:
        return tuple(sorted(int(forest.order[place]) for place in one))

    sets = tuple(sorted(places(one) for one in group.sets))
    return TreeDoubt(places(group.conflicts), sets, group.weight, group.proved)
