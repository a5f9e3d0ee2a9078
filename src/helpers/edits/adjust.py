"""Adjusting: records moved as little as possible until linear rules and intervals hold."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from helpers.edits.implied import components
from helpers.edits.linear import Bools, Floats, Rules, table_of
from helpers.edits.nearest import nearest
from helpers.edits.reduce import TooManyImplied, project
from helpers.edits.whole import to_whole
from helpers.project import UserError

TOLERANCE, ROUNDING, AT_END, MEET = 1e-9, 1e-15, 1e-14, 1e-12
SOLVED, PRODUCT = 16384, 200_000
STEPS, STEP_COST, SETTLED, STEP_BLUR = 60, 1e-2, 1e-12, 100.0


@dataclass(frozen=True)
class Adjusted:
    """Records that keep rules and intervals.

    values : (k, n) ; a record that is not solved is all NaN
    solved : (k,) whether a solution was found and verified
    cost   : (k,) the sum that was minimised; NaN where not solved
    """

    values: Floats
    solved: Bools
    cost: Floats


@dataclass(frozen=True)
class Task:
    """Records and what is asked of them; `rows` have two or more values each.

    rows (m, n), row_low, row_high (m,) ; low, high, target, weights (k, n)
    free : (k, n) values that cost nothing
    """

    rows: Floats
    row_low: Floats
    row_high: Floats
    low: Floats
    high: Floats
    target: Floats
    weights: Floats
    free: Bools

    def of(self, records: Bools | npt.NDArray[np.intp]) -> Task:
        """The task for some of the records."""
        return replace(
            self,
            low=self.low[records],
            high=self.high[records],
            target=self.target[records],
            weights=self.weights[records],
            free=self.free[records],
        )

    def among(
        self, columns: Bools | npt.NDArray[np.intp], rows: npt.NDArray[np.intp] | None = None
    ) -> Task:
        """The task for some of the values, and some of the rows."""
        some = slice(None) if rows is None else rows
        return Task(
            rows=self.rows[some][:, columns],
            row_low=self.row_low[some],
            row_high=self.row_high[some],
            low=self.low[:, columns],
            high=self.high[:, columns],
            target=self.target[:, columns],
            weights=self.weights[:, columns],
            free=self.free[:, columns],
        )


def adjust(
    rules: Rules,
    values: npt.ArrayLike,
    weights: npt.ArrayLike | None = None,
    low: npt.ArrayLike | None = None,
    high: npt.ArrayLike | None = None,
    whole: npt.ArrayLike | None = None,
) -> Adjusted:
    """The nearest records that keep all rules and intervals.

        minimise  sum_i w_i (x_i - v_i)²  subject to  low_r <= A x <= high_r,  low <= x <= high

    rules   : m rules between n values; strict ones count as closed
    values  : (k, n) or (n,) records; NaN is missing: it costs nothing and is free in its interval
    weights : (n,) or (k, n), not negative, 1 where not given; 0 is free, infinite stays as it is
    low, high : (n,) or (k, n) closed intervals that a value never leaves; NaN is no end
    whole   : (n,) which values must be whole numbers (the best whole solution, by branch and bound)
    Of equally good records, the one whose free values are nearest (sum of squares) to what was
    given, or to 0 where missing. Records are independent of each other and of their order; one
    that keeps everything is returned as it is.
    Each record returned is verified: rules to 1e-9 of the row's size (the sum of |coefficient *
    value|), intervals and whole numbers exactly. A record for which that fails, such as one whose
    rules and intervals exclude each other, is marked as not solved.
    Raises UserError where shapes do not fit or a weight is negative or not a number.
    """
    given = np.atleast_2d(table_of(rules, values))
    count = len(rules.names)
    if given.ndim != 2 or given.shape[1] != count:
        raise UserError(
            f"The records have {given.shape[-1]} values and the rules name {count}: "
            "give one column for each name, in the order of rules.names."
        )
    cost = _weights(weights, given.shape)
    ends = _ends(low, given.shape, -np.inf), _ends(high, given.shape, np.inf)
    is_whole = np.zeros(count, dtype=np.bool_) if whole is None else np.asarray(whole, np.bool_)
    if is_whole.shape != (count,):
        raise UserError(f"`whole` must have one entry for each of the {count} values.")
    answer, solved, total = given.copy(), np.ones(len(given), np.bool_), np.zeros(len(given))
    wrong = np.flatnonzero(_wrong(rules, given, ends[0], ends[1], is_whole))
    for start in range(0, len(wrong), SOLVED):
        records = wrong[start : start + SOLVED]
        task = _task(rules, given[records], cost[records], ends[0][records], ends[1][records])
        answer[records], solved[records] = _adjusted(task, is_whole)
        total[records] = _cost(given[records], answer[records], cost[records])
    answer[~solved] = np.nan
    return Adjusted(answer, solved, np.where(solved, total, np.nan))


def _wrong(rules: Rules, given: Floats, low: Floats, high: Floats, whole: Bools) -> Bools:
    """Which records miss a value or break a rule, an interval or what must be whole."""
    wrong = np.zeros(len(given), dtype=np.bool_)
    # Products this small stay on one processor: threads cost more than they bring.
    block = max(64, PRODUCT // max(1, rules.matrix.size))
    for start in range(0, len(given), block):
        part = slice(start, start + block)
        some = given[part]
        inside = (some >= low[part]) & (some <= high[part])
        off = np.asarray(~inside.all(axis=1), dtype=np.bool_)
        if whole.any():
            off |= (some[:, whole] != np.round(some[:, whole])).any(axis=1)
        total = some @ rules.matrix.T
        outside = ((total < rules.low) | (total > rules.high)).any(axis=1)
        suspects = np.flatnonzero(outside & ~off)
        off[suspects] = ~_kept(rules.matrix, rules.low, rules.high, some[suspects])
        wrong[part] = off
    return wrong


def _weights(weights: npt.ArrayLike | None, shape: tuple[int, ...]) -> Floats:
    given = np.asarray(1.0 if weights is None else weights, dtype=np.float64)
    if not (given >= 0).all():
        raise UserError("A weight is negative or not a number: weights are 0 or more.")
    return _broadcast(given, shape, "weights")


def _ends(ends: npt.ArrayLike | None, shape: tuple[int, ...], none: float) -> Floats:
    given = np.asarray(none if ends is None else ends, dtype=np.float64)
    return _broadcast(np.where(np.isnan(given), none, given), shape, "intervals")


def _broadcast(given: Floats, shape: tuple[int, ...], what: str) -> Floats:
    try:
        return np.broadcast_to(given, shape)
    except ValueError:
        raise UserError(
            f"The {what} have the shape {given.shape} and the records {shape}: "
            "give one for each value, or one for each value of each record."
        ) from None


def _task(rules: Rules, given: Floats, weights: Floats, low: Floats, high: Floats) -> Task:
    """Rules of one value become intervals; values that are known cost, the others are free."""
    single = (rules.matrix != 0).sum(axis=1) <= 1
    given_low, given_high = low, high
    low, high = low.copy(), high.copy()
    for row in np.flatnonzero(single):
        _narrow(rules, int(row), low, high)
    crossed = (low > high) & np.isfinite(low) & np.isfinite(high) & (given_low <= given_high)
    meet = crossed & (np.where(crossed, low - high, 0.0) <= MEET * np.abs(low))
    low = np.where(meet, np.clip(low, given_low, given_high), low)
    high = np.where(meet, low, high)
    missing = np.isnan(given)
    kept = np.isinf(weights) & ~missing
    low = np.where(kept, np.maximum(low, given), low)
    high = np.where(kept, np.minimum(high, given), high)
    fixed = low == high
    target = np.where(fixed, low, np.where(missing, 0.0, given))
    return Task(
        rows=rules.matrix[~single],
        row_low=rules.low[~single],
        row_high=rules.high[~single],
        low=low,
        high=high,
        target=target,
        weights=np.where(np.isinf(weights), 1.0, weights),
        free=(missing | (weights == 0)) & ~fixed,
    )


def _narrow(rules: Rules, row: int, low: Floats, high: Floats) -> None:
    """Puts a rule of one value into its interval; one of no value that is false empties all."""
    columns = np.flatnonzero(rules.matrix[row])
    if not len(columns):
        if not rules.low[row] <= 0 <= rules.high[row]:
            low[...], high[...] = np.inf, -np.inf
        return
    column, coefficient = columns[0], rules.matrix[row, columns[0]]
    ends = sorted((rules.low[row] / coefficient, rules.high[row] / coefficient))
    low[:, column] = np.maximum(low[:, column], ends[0])
    high[:, column] = np.minimum(high[:, column], ends[1])


def _adjusted(task: Task, whole: Bools) -> tuple[Floats, Bools]:
    """Nearest records, verified, and whether each is solved."""
    answer, solved = solve(task)
    if whole.any():
        answer, solved = to_whole(solve, task, answer, solved, whole)
    return answer, solved


def solve(task: Task) -> tuple[Floats, Bools]:
    """Nearest records (k, n), verified, without regard to whole numbers; and which are solved."""
    answer = np.clip(task.target, task.low, task.high)
    possible = (task.low <= task.high).all(axis=1)
    for rows, columns in components(task.rows):
        part = task.among(columns, rows)
        here = answer[:, columns]
        todo = ~_verified(part, here) | part.free.any(axis=1)
        todo |= (here != part.target).any(axis=1)
        todo &= possible
        if todo.any():
            here[todo] = _nearest_part(part.of(todo))
            answer[:, columns] = here
    answer = np.clip(answer, task.low, np.maximum(task.low, task.high)) + 0.0
    return answer, possible & _verified(task, answer)


def _nearest_part(part: Task) -> Floats:
    """Nearest records of one component: records with the same free values together."""
    answer = part.target.copy()
    patterns, which = np.unique(part.free, axis=0, return_inverse=True)
    for number, free in enumerate(patterns):
        records = which.reshape(-1) == number
        some = part.of(records)
        answer[records] = _with_free(some, free) if free.any() else _strict(some)
    return answer


def _strict(part: Task) -> Floats:
    """Nearest records where every value costs."""
    shape = (len(part.target), len(part.rows))
    low, high = np.broadcast_to(part.row_low, shape), np.broadcast_to(part.row_high, shape)
    return _boxed(part, part.rows, low, high, np.zeros((1, 1)))


def _boxed(part: Task, rows: Floats, low: Floats, high: Floats, size: Floats) -> Floats:
    """Nearest points between ends of rows (k, m) and in the intervals of the part."""
    bounded = (np.isfinite(part.low) | np.isfinite(part.high)).any(axis=0)
    fixed = part.low == part.high
    bounded &= ~fixed.all(axis=0)
    units = np.eye(rows.shape[1])[bounded]
    size = np.broadcast_to(size, low.shape)
    weights = part.weights[:1] if part.weights.strides[0] == 0 else part.weights
    spread = np.where(fixed, 0.0, 1.0 / weights)
    if (spread == spread[0]).all():
        spread = spread[:1]
    point, solved = nearest(
        np.vstack([rows, units]),
        np.hstack([low, np.where(fixed, -np.inf, part.low)[:, bounded]]),
        np.hstack([high, np.where(fixed, np.inf, part.high)[:, bounded]]),
        np.where(fixed, part.low, part.target),
        spread,
        np.hstack([size, np.zeros((len(low), len(units)))]),
    )
    point = np.clip(point, part.low, part.high)
    for end in (part.low, part.high):
        finite = np.where(np.isfinite(end), end, 0.0)
        beside = np.isfinite(end) & (np.abs(point - finite) <= AT_END * np.abs(finite))
        point = np.where(beside, end, point)
    point[~solved] = np.nan
    return point


def _with_free(part: Task, free: Bools) -> Floats:
    """Nearest records where some values cost nothing: first the others, then these."""
    answer = np.zeros_like(part.target)
    try:
        answer[:, ~free] = _by_elimination(part, free)
        blur = 1.0
    except TooManyImplied:
        answer[:, ~free] = _by_steps(part, free)[:, ~free]
        blur = STEP_BLUR
    keep = np.asarray(~np.isnan(answer).any(axis=1), dtype=np.bool_)
    known, rows = answer[np.ix_(keep, ~free)], part.rows[:, ~free]
    base, size = known @ rows.T, np.abs(known) @ np.abs(rows).T
    rest = part.among(free).of(keep)
    rest = replace(rest, weights=np.ones_like(rest.target))
    if keep.any():
        found = _boxed(rest, rest.rows, part.row_low - base, part.row_high - base, blur * size)
        answer[np.ix_(keep, free)] = found
    answer[~keep] = np.nan
    return answer


def _by_elimination(part: Task, free: Bools) -> Floats:
    """The values that cost, nearest under what the rules imply for them alone."""
    if free.all():
        return np.zeros((len(part.target), 0))
    equal = part.row_low == part.row_high
    above, below = np.isfinite(part.row_high), np.isfinite(part.row_low) & ~equal
    top = np.isfinite(part.high).any(axis=0) & free
    bottom = np.isfinite(part.low).any(axis=0) & free
    units = np.eye(part.rows.shape[1])
    one_sided = np.vstack([part.rows[above], -part.rows[below], units[top], -units[bottom]])
    is_equal = np.zeros(len(one_sided), dtype=np.bool_)
    is_equal[: above.sum()] = equal[above]
    away = tuple(np.flatnonzero(free).tolist())
    implied, multipliers, is_equal = project(one_sided, is_equal, away)
    row_bounds = np.concatenate([part.row_high[above], -part.row_low[below]])
    row_bounds = np.broadcast_to(row_bounds, (len(part.target), len(row_bounds)))
    bounds = np.hstack([row_bounds, part.high[:, top], -part.low[:, bottom]])
    high, size = _implied(multipliers, bounds)
    low = np.where(is_equal, high, -np.inf)
    return _boxed(part.among(~free), implied[:, ~free], low, high, size)


def _by_steps(part: Task, free: Bools) -> Floats:
    """Nearest records by proximal steps: free values cost a little, from where the last step led.

    Rockafellar, "Monotone operators and the proximal point algorithm" (1976): the limit is a record
    in which the other values are nearest. A record that has not settled is NaN.
    """
    point = part.target.copy()
    fixed = (part.low == part.high)[:, ~free]
    spread = np.where(fixed, 0.0, 1.0 / part.weights[:, ~free])
    others = spread @ np.square(part.rows[:, ~free]).T
    with np.errstate(divide="ignore"):
        pull = np.where(others > 0, 1.0 / others, 0.0)
    weights = part.weights.copy()
    by_column = (pull[:, :, None] * np.square(part.rows[:, free])[None]).max(axis=1, initial=0.0)
    typical = by_column.max(axis=1, keepdims=True, initial=0.0)
    weights[:, free] = STEP_COST * np.where(by_column > 0, by_column, np.maximum(typical, 1e-9))
    shape = (len(point), len(part.rows))
    low, high = np.broadcast_to(part.row_low, shape), np.broadcast_to(part.row_high, shape)
    for _ in range(STEPS):
        last = point
        todo = np.asarray(~np.isnan(last).any(axis=1), dtype=np.bool_)
        if not todo.any():
            return point
        task = replace(part, target=np.where(free, last, part.target), weights=weights).of(todo)
        point = last.copy()
        point[todo] = _boxed(task, part.rows, low[todo], high[todo], np.zeros((1, 1)))
        settled = np.abs(point - last) <= SETTLED * np.abs(point).max(axis=1, keepdims=True)
        if settled[todo].all():
            return point
    point[~settled.all(axis=1)] = np.nan
    return point


def _implied(multipliers: Floats, bounds: Floats) -> tuple[Floats, Floats]:
    """Bounds (k, q) of combined sides, infinite where a side is, and the size of their terms."""
    is_open = np.isinf(bounds)
    finite = np.where(is_open, 0.0, bounds)
    total = finite @ multipliers.T
    total[(is_open.astype(np.float64) @ (multipliers != 0).T) > 0] = np.inf
    return total, np.abs(finite) @ np.abs(multipliers).T


def _verified(task: Task, answer: Floats) -> Bools:
    """Which records keep every row to its size and every interval exactly."""
    noise = ROUNDING * (np.abs(task.target) @ np.abs(task.rows).T)
    kept = _kept(task.rows, task.row_low, task.row_high, answer, noise)
    inside = ((answer >= task.low) & (answer <= task.high)).all(axis=1)
    return np.asarray(kept & inside, dtype=np.bool_)


def _kept(
    rows: Floats, low: Floats, high: Floats, answer: Floats, noise: Floats | float = 0.0
) -> Bools:
    """Which records keep all rows, to 1e-9 of each row's size."""
    with np.errstate(invalid="ignore"):
        total = answer @ rows.T
        size = np.abs(answer) @ np.abs(rows).T
    for ends in (low, high):
        size = np.maximum(size, np.where(np.isfinite(ends), np.abs(ends), 0.0))
    slack = TOLERANCE * size + noise
    kept = (total >= low - slack) & (total <= high + slack)
    return np.asarray(kept.all(axis=1), dtype=np.bool_)


def _cost(given: Floats, answer: Floats, weights: Floats) -> Floats:
    moved = np.where(np.isnan(given) | (answer == given), 0.0, answer - given)
    with np.errstate(invalid="ignore"):
        total: Floats = np.where(moved == 0, 0.0, weights * moved**2).sum(axis=1)
    return total
