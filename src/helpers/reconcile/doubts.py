"""Localising: the smallest sets of figures to doubt so that all the others can be true."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from helpers.reconcile.screening import narrow
from helpers.reconcile.system import Bools, Floats, System

Set = tuple[int, ...]
MAX_NODES = 200_000
MAX_PROOFS = 200


@dataclass(frozen=True)
class Block:
    """Conflicts that share figures, and what to doubt in them.

    conflicts : smallest sets of figures that cannot all be true
    doubted   : every smallest set of figures that meets all these conflicts, such that without it
                the remaining figures can be true together; all ties, sorted
    complete  : False where there are too many ties or conflicts to list them all
    """

    conflicts: tuple[Set, ...]
    doubted: tuple[Set, ...]
    complete: bool


def holds(system: System, trusted: Bools) -> bool:
    """Whether all trusted figures can be true together: False only with a proof that they cannot.

    trusted : (f,) figures whose prints count; the others are free
    """
    if not system.program.holds(trusted):
        return False
    ranges = narrow(system, trusted)
    return not (ranges.empty.any() or ranges.broken.any())


def value_range(system: System, trusted: Bools, figure: int) -> tuple[float, float] | None:
    """Least and greatest value of one figure that the trusted ones allow; None if none.

    The figure itself must not be among the trusted. For a rate it is the narrower of what its
    own sums and changes allow and of 100*H/T, found by the linear-fractional transformation of
    Charnes and Cooper (1962).
    """
    ranges = []
    var = system.figure_var[figure]
    if var >= 0:
        ranges.append(system.program.ends(trusted, int(var)))
    if system.is_rate[figure]:
        row = np.flatnonzero(system.row_figure == figure)[0]
        whole, part = np.flatnonzero(system.row == row)
        factor = abs(float(system.coef[part]))
        ends = int(system.col[part]), int(system.col[whole])
        ranges.append(system.program.ratio_ends(trusted, *ends, factor))
    found = [pair for pair in ranges if pair is not None]
    if len(found) < len(ranges) or not found:
        return None
    low, high = max(pair[0] for pair in found), min(pair[1] for pair in found)
    if var >= 0 and system.whole[var]:
        low, high = np.ceil(low - 1e-6), np.floor(high + 1e-6)
    return (float(low), float(high)) if low <= high + 1e-9 * max(1.0, abs(high)) else None


def smallest_conflict(system: System, trusted: Bools) -> Set:
    """A set of trusted figures that cannot all be true, while any fewer of them can.

    trusted : (f,) must not hold. Figures are dropped in chunks, then one by one.
    """
    members = np.flatnonzero(trusted)
    if not system.program.holds(trusted):
        core = system.program.core(trusted)
        members = core if not holds(system, _mask(len(trusted), core)) else members
    size = len(members)
    while size:
        size = max(1, size // 2) if size > 1 else 1
        start = 0
        while start < len(members):
            fewer = np.delete(members, np.s_[start : start + size])
            if not holds(system, _mask(len(trusted), fewer)):
                members = fewer
            else:
                start += size
        if size == 1:
            break
    return tuple(int(member) for member in members)


def localise(system: System, conflicts: Iterable[Set]) -> list[Block]:
    """Blocks of conflicts with every smallest set to doubt, by implicit hitting sets.

    conflicts : known conflicts of the system, in any order; may be none
    Smallest is the least sum of the figures' weights. The smallest sets that meet all known
    conflicts are tried; where the rest still cannot hold, one more conflict is taken from it,
    until all tried sets suffice. A set is tried together with the first choice of every other
    block. The order of the result depends on figure numbers only.
    """
    known = _minimal(conflicts)
    enough: set[Set] = set()
    for _ in range(MAX_PROOFS):
        blocks = [_doubts(group, system.weight) for group in _groups(known)]
        rest = _counterexample(system, blocks, enough)
        if rest is None:
            return blocks
        known = _minimal([*known, smallest_conflict(system, rest)])
    return [Block(block.conflicts, block.doubted, False) for block in blocks]


def smallest_hitting_sets(
    conflicts: Sequence[Set], weight: Floats | None = None
) -> tuple[list[Set], bool]:
    """Every set of least weight that has a member in each conflict, sorted; and whether all.

    weight : (f,) of the figures, above 0; 1 where not given
    Branch and bound: one conflict not yet met is branched on, each branch without the figures of
    the branches before it, so that no set comes twice; conflicts that share no figure bound what
    is still to come.
    """
    cost = _Cost(weight)
    found = [_greedy(conflicts, cost)]
    best = cost.of(found[0])
    stack: list[tuple[Set, frozenset[int]]] = [((), frozenset())]
    nodes = 0
    while stack and nodes < MAX_NODES:
        chosen, barred = stack.pop()
        nodes += 1
        unmet = [c for c in conflicts if not set(c) & set(chosen)]
        if cost.of(chosen) + cost.least(unmet, barred) > best * (1 + 1e-12):
            continue
        if not unmet:
            if cost.of(chosen) < best * (1 - 1e-12):
                best, found = cost.of(chosen), []
            found.append(tuple(sorted(chosen)))
            continue
        branch = [figure for figure in unmet[0] if figure not in barred]
        for number, figure in enumerate(branch):
            stack.append(((*chosen, figure), barred | frozenset(branch[:number])))
    return sorted(set(found)), not stack


@dataclass(frozen=True)
class _Cost:
    """What it takes to doubt figures."""

    weight: Floats | None

    def of(self, figures: Iterable[int]) -> float:
        """Sum of the weights of some figures."""
        return sum(1.0 if self.weight is None else float(self.weight[f]) for f in figures)

    def least(self, conflicts: Sequence[Set], barred: frozenset[int]) -> float:
        """No set that meets these conflicts without the barred figures weighs less."""
        total = 0.0
        used: set[int] = set()
        for conflict in conflicts:
            if used.isdisjoint(conflict):
                used |= set(conflict)
                total += min((self.of([f]) for f in conflict if f not in barred), default=np.inf)
        return total


def _greedy(conflicts: Sequence[Set], cost: _Cost) -> Set:
    chosen: list[int] = []
    left = list(conflicts)
    while left:
        figures = sorted({figure for conflict in left for figure in conflict})
        best = max(figures, key=lambda f: (sum(f in c for c in left) / cost.of([f]), -f))
        chosen.append(best)
        left = [conflict for conflict in left if best not in conflict]
    return tuple(sorted(chosen))


def _minimal(conflicts: Iterable[Set]) -> list[Set]:
    """Conflicts without those that contain another, sorted by size and figures."""
    kept: list[Set] = []
    for conflict in sorted(set(conflicts), key=lambda c: (len(c), c)):
        if not any(set(other) <= set(conflict) for other in kept):
            kept.append(conflict)
    return kept


def _groups(conflicts: Sequence[Set]) -> list[list[Set]]:
    """Conflicts in groups that share figures."""
    groups: list[list[Set]] = []
    for conflict in conflicts:
        touching = [g for g in groups if any(set(conflict) & set(other) for other in g)]
        merged = [conflict] + [other for g in touching for other in g]
        groups = [g for g in groups if g not in touching] + [merged]
    return sorted(sorted(group, key=lambda c: (len(c), c)) for group in groups)


def _doubts(conflicts: list[Set], weight: Floats) -> Block:
    sets, complete = smallest_hitting_sets(conflicts, weight)
    return Block(tuple(conflicts), tuple(sets), complete)


def _counterexample(system: System, blocks: Sequence[Block], enough: set[Set]) -> Bools | None:
    """Figures left by a choice of sets to doubt that still cannot all be true; None if none.

    enough : choices that are known to suffice; what is found out is added
    """
    first = [block.doubted[0] for block in blocks]
    tried: set[Set] = set()
    for number, block in enumerate(blocks):
        for doubted in block.doubted:
            others = [figure for i, s in enumerate(first) if i != number for figure in s]
            tried.add(tuple(sorted((*doubted, *others))))
    for freed in sorted((tried or {()}) - enough):
        trusted = ~_mask(len(system.figure_var), np.asarray(freed, dtype=np.int64))
        if not holds(system, trusted):
            return trusted
        enough.add(freed)
    return None


def _mask(size: int, members: np.typing.NDArray[np.int64]) -> Bools:
    mask = np.zeros(size, dtype=np.bool_)
    mask[members] = True
    return mask
