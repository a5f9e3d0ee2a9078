"""The nearest point of a polyhedron, for many points at once: a dual active-set method in batches.

Goldfarb & Idnani, "A numerically stable dual method for solving strictly convex quadratic programs"
(Mathematical Programming 27, 1983), written in the multipliers, so that only the small matrix
G = C diag(spread) C' is needed. Points with the same active rows share one factorisation.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from helpers.edits.linear import Bools, Floats

EXACT = 1e-11
TINY = 1e-300
REFINED, LAST_BIT = 3, 1.1e-16
NOISE = 1e-14
DEPENDENT = 1e-10
BLOCK = 8192
DISTINCT = 64
LOW, HIGH, BOTH = 1, -1, 2
Index = npt.NDArray[np.intp]
Sides = npt.NDArray[np.int8]


@dataclass(frozen=True)
class _Task:
    """One block of points: rows C (M, n), their ends, and what belongs to each point."""

    rows: Floats
    low: Floats
    high: Floats
    size: Floats
    target: Floats
    spread: Floats
    gram: Floats
    which: Index

    def only(self, keep: Bools) -> _Task:
        """The task for some of the points."""
        own = len(self.gram) > DISTINCT
        return _Task(
            self.rows,
            self.low[keep],
            self.high[keep],
            self.size[keep],
            self.target[keep],
            self.spread[keep],
            self.gram[keep] if own else self.gram,
            np.arange(keep.sum()) if own else self.which[keep],
        )


@dataclass(frozen=True)
class _State:
    """Where each point is: its place, multipliers (r, M), active side of every row, row waiting."""

    point: Floats
    multipliers: Floats
    side: Sides
    pending: Index

    def only(self, keep: Bools) -> _State:
        """The state of some of the points."""
        return _State(self.point[keep], self.multipliers[keep], self.side[keep], self.pending[keep])


@dataclass(frozen=True)
class _Active:
    """The active rows of each point, padded to one width, and the inverse of their part of G."""

    order: Index
    is_real: Bools
    inverse: Floats

    def take(self, full: Floats) -> Floats:
        """What belongs to the active rows."""
        return np.take_along_axis(full, self.order, axis=1)

    def put(self, compact: Floats, breadth: int) -> Floats:
        """What belongs to the active rows, on all rows, 0 elsewhere."""
        full = np.zeros((len(compact), breadth))
        np.put_along_axis(full, self.order, np.where(self.is_real, compact, 0.0), axis=1)
        return full


def nearest(
    rows: Floats, low: Floats, high: Floats, target: Floats, spread: Floats, size: Floats
) -> tuple[Floats, Bools]:
    """For each point the x that minimises  sum (x - target)² / spread,  low <= rows @ x <= high.

    rows   : (M, n)
    low, high : (k, M) closed ends, infinite where there is none
    target : (k, n)
    spread : (1, n) or (k, n), the inverse weights; 0 keeps a value at its target
    size   : (k, M) magnitude of the numbers that each end was computed from, for their rounding
    Returns x (k, n), and (k,) whether the search ended at a solution. It must still be verified:
    ends are kept to rounding.
    """
    answer, solved = target.copy(), np.zeros(len(target), dtype=np.bool_)
    if not len(rows):
        return answer, ~solved
    shared, which = _shared_grams(rows, spread, len(target))
    spread = np.broadcast_to(spread, target.shape)
    for start in range(0, len(target), BLOCK):
        part = slice(start, start + BLOCK)
        if shared is None:
            gram = (rows[None] * spread[part][:, None, :]) @ rows.T
            index = np.arange(len(gram))
        else:
            gram, index = shared, which[part]
        task = _Task(
            rows, low[part], high[part], size[part], target[part], spread[part], gram, index
        )
        answer[part], solved[part] = _solve(task)
    return answer, solved


def _shared_grams(rows: Floats, spread: Floats, count: int) -> tuple[Floats | None, Index]:
    """G of each distinct spread and which a point has; None where too many are distinct."""
    if len(spread) == 1:
        return ((rows * spread) @ rows.T)[None], np.zeros(count, dtype=np.intp)
    if len(spread) > DISTINCT and len(np.unique(spread[: 4 * DISTINCT], axis=0)) > DISTINCT:
        return None, np.zeros(0, dtype=np.intp)
    distinct, which = np.unique(spread, axis=0, return_inverse=True)
    if len(distinct) > DISTINCT:
        return None, np.zeros(0, dtype=np.intp)
    return (rows[None] * distinct[:, None, :]) @ rows.T, which.reshape(-1)


def _solve(task: _Task) -> tuple[Floats, Bools]:
    count, breadth = task.low.shape
    answer, solved = task.target.copy(), np.zeros(count, dtype=np.bool_)
    number = np.arange(count)
    state = _State(
        point=task.target.copy(),
        multipliers=np.zeros((count, breadth)),
        side=np.where(_independent_equalities(task), BOTH, 0).astype(np.int8),
        pending=np.full(count, -1, dtype=np.intp),
    )
    for _ in range(20 + 8 * breadth):
        active = _factorised(task, state.side)
        tolerance, blur = _refine(task, state, active)
        worst, sign, gap = _most_violated(task, state, tolerance)
        ended = gap == 0
        answer[number[ended]] = np.where(np.abs(state.point) <= blur, 0.0, state.point)[ended]
        solved[number[ended]] = True
        go = ~ended
        if go.any():
            go[go] = _step(task, state, active, np.flatnonzero(go), worst, sign, gap)
        if not go.any():
            break
        if not go.all():
            task, state, number = task.only(go), state.only(go), number[go]
    return answer, solved


def _independent_equalities(task: _Task) -> Bools:
    """Equalities to start from: a choice of independent ones for each pattern of moving values."""
    equal, moving = task.low == task.high, task.spread > 0
    codes = np.packbits(np.concatenate([equal, moving], axis=1), axis=1)
    first, which = _distinct(codes)
    chosen = np.zeros((len(first), equal.shape[1]), dtype=np.bool_)
    for number, point in enumerate(first):
        rows = task.rows * moving[point]
        for row in independent(rows[equal[point]]):
            chosen[number, np.flatnonzero(equal[point])[row]] = True
    return chosen[which]


def independent(rows: Floats) -> list[int]:
    """The numbers of rows of a matrix that are linearly independent, the earlier preferred."""
    chosen: list[int] = []
    basis = np.zeros((0, rows.shape[1]))
    for number, row in enumerate(rows):
        size = np.linalg.norm(row)
        if size == 0:
            continue
        rest = row / size
        for _ in range(2):
            rest = rest - (basis @ rest) @ basis
        left = np.linalg.norm(rest)
        if left > 1e-9:
            basis = np.vstack([basis, rest / left])
            chosen.append(number)
    return chosen


def _distinct(codes: npt.NDArray[np.uint8]) -> tuple[Index, Index]:
    """Of rows of bytes: the first of each kind, and which kind each row is."""
    if codes.shape[1] <= 8:
        padded = np.zeros((len(codes), 8), dtype=np.uint8)
        padded[:, : codes.shape[1]] = codes
        keys = padded.view(np.uint64).ravel()
    else:
        keys = np.ascontiguousarray(codes).view(f"V{codes.shape[1]}").ravel()
    _, first, which = np.unique(keys, return_index=True, return_inverse=True)
    return first, which.reshape(-1)


def _factorised(task: _Task, side: Sides) -> _Active:
    """The inverse of the active part of G for every point, computed once for each distinct one."""
    is_active = side != 0
    if len(task.gram) > DISTINCT:
        first = which = np.arange(len(side))
    else:
        codes = np.packbits(is_active, axis=1)
        first, which = _distinct(np.column_stack([codes, task.which.astype(np.uint8)]))
    is_active = is_active[first]
    width = int(is_active.sum(axis=1).max(initial=0))
    order = np.argsort(~is_active, axis=1, kind="stable")[:, :width]
    is_real = np.take_along_axis(is_active, order, axis=1)
    both = is_real[:, :, None] & is_real[:, None, :]
    of = task.which[first][:, None, None]
    part = np.where(both, task.gram[of, order[:, :, None], order[:, None, :]], np.eye(width))
    scale = 1.0 / np.sqrt(np.einsum("kii->ki", part))
    scale = scale[:, :, None] * scale[:, None, :]
    inverse = np.where(both, np.linalg.inv(part * scale) * scale, 0.0)
    return _Active(order[which], is_real[which], inverse[which])


def _refine(task: _Task, state: _State, active: _Active) -> tuple[Floats, Floats]:
    """Moves the points onto their active ends.

    Returns the rounding error to allow on every row (r, M), and that of the points (r, n).
    """
    end = np.where(state.side == HIGH, task.high, task.low)
    breadth = end.shape[1]
    is_active = state.side != 0
    for _ in range(REFINED):
        size = np.abs(state.point) @ np.abs(task.rows).T + task.size
        gap = np.where(is_active, end, 0.0) - state.point @ task.rows.T
        gap[~is_active | (np.abs(gap) <= LAST_BIT * size)] = 0.0
        if not gap.any():
            break
        move = np.einsum("kab,kb->ka", active.inverse, active.take(gap))
        _shift(task, state, active.put(move, breadth))
    error = np.einsum("kab,kb->ka", np.abs(active.inverse), active.take(size))
    error = np.where(active.is_real, error, 0.0)
    reach = np.abs(task.gram[task.which[:, None], active.order])
    rows = EXACT * size + NOISE * np.einsum("kam,ka->km", reach, error)
    terms = np.abs(state.multipliers) + active.put(error, breadth)
    points = np.abs(task.target) + task.spread * (terms @ np.abs(task.rows))
    return rows, NOISE * points


def _shift(task: _Task, state: _State, change: Floats) -> None:
    state.multipliers[...] += change
    state.point[...] += task.spread * (change @ task.rows)


def _most_violated(task: _Task, state: _State, tolerance: Floats) -> tuple[Index, Floats, Floats]:
    """For each point the row to enter, its sign (1 from below) and its gap; gap 0 where none is."""
    total = state.point @ task.rows.T
    under, over = task.low - total, total - task.high
    gap = np.maximum(under, over)
    gap[(state.side != 0) | (gap <= tolerance)] = 0.0
    diagonal: Floats = np.einsum("kii->ki", task.gram)[task.which]
    with np.errstate(divide="ignore", invalid="ignore"):
        weight = np.where(gap > 0, gap / np.sqrt(diagonal), 0.0)
    worst = np.argmax(weight, axis=1)
    each = np.arange(len(worst))
    sign = np.where(under[each, worst] > 0, 1.0, -1.0)
    gap = gap[each, worst]
    waits = np.flatnonzero(state.pending >= 0)
    row = state.pending[waits]
    # A row that waits must enter, also where nothing but rounding is left of its gap.
    worst[waits], sign[waits] = row, np.where(under[waits, row] > over[waits, row], 1.0, -1.0)
    gap[waits] = np.maximum(np.maximum(under, over)[waits, row], TINY)
    return worst, sign, gap


def _step(
    task: _Task,
    state: _State,
    active: _Active,
    go: Index,
    worst: Index,
    sign: Floats,
    gap: Floats,
) -> Bools:
    """One step of the dual method for the points `go`; returns which of them can go on."""
    worst, sign, gap = worst[go], sign[go], gap[go]
    order, is_real, inverse = active.order[go], active.is_real[go], active.inverse[go]
    each, of = np.arange(len(go)), task.which[go]
    with_worst = np.where(is_real, task.gram[of[:, None], order, worst[:, None]], 0.0)
    answer = np.einsum("kab,kb->ka", inverse, with_worst)
    own = task.gram[of, worst, worst]
    curvature = own - np.einsum("ka,ka->k", with_worst, answer)
    answer *= sign[:, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        full = np.where(curvature > DEPENDENT * own, gap / curvature, np.inf)
    partial, blocking = _blocking(task, state, go, order, is_real, answer, own, of)
    length = np.minimum(full, partial)
    possible = np.isfinite(length)
    length = np.where(possible, length, 0.0)
    change = np.zeros((len(go), task.low.shape[1]))
    np.put_along_axis(change, order, -length[:, None] * answer * is_real, axis=1)
    change[each, worst] += sign * length
    state.multipliers[go] += change
    state.point[go] += task.spread[go] * (change @ task.rows)
    complete = possible & (full <= partial)
    entering = np.where(task.low[go, worst] == task.high[go, worst], BOTH, sign)
    state.side[go[complete], worst[complete]] = entering[complete].astype(np.int8)
    state.pending[go] = np.where(complete, -1, worst)
    dropped = possible & ~complete
    state.side[go[dropped], blocking[dropped]] = 0
    state.multipliers[go[dropped], blocking[dropped]] = 0.0
    return possible


def _blocking(
    task: _Task,
    state: _State,
    go: Index,
    order: Index,
    is_real: Bools,
    answer: Floats,
    own: Floats,
    of: Index,
) -> tuple[Floats, Index]:
    """How far each point can go until an active row's multiplier is 0, and that row."""
    if not order.shape[1]:
        return np.full(len(go), np.inf), np.zeros(len(go), dtype=np.intp)
    side = np.take_along_axis(state.side[go], order, axis=1)
    held = np.take_along_axis(state.multipliers[go], order, axis=1)
    diagonal = task.gram[of[:, None], order, order]
    rate = side * answer
    shrinks = is_real & (side != BOTH) & (rate * np.sqrt(diagonal) > 1e-12 * np.sqrt(own)[:, None])
    with np.errstate(divide="ignore", invalid="ignore"):
        until = np.where(shrinks, np.maximum(side * held, 0.0) / rate, np.inf)
    first = np.argmin(until, axis=1)
    each = np.arange(len(go))
    return until[each, first], order[each, first]
