"""What rules imply for some of their values: ranges, and rules with a value eliminated."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import linprog

from helpers.edits.feasible import ContradictoryRules
from helpers.edits.linear import Bools, Floats, Rules
from helpers.project import UserError

ZERO = 1e-12
MOST_ROWS = 3000
INFEASIBLE, UNBOUNDED = 2, 3


class TooManyImplied(UserError):
    """An elimination that would imply more rules than can be handled."""


@dataclass(frozen=True)
class Sides:
    """Rules one side at a time: rows @ x <= bounds, or == where equal.

    rows : (p, n) ; bounds : (p,) ; equal, open : (p,)
    parents : (p,) number of the rule each side comes from
    signs   : (p,) 1 for a rule's upper end, -1 for its lower end, so rows = signs * matrix[parents]
    """

    rows: Floats
    bounds: Floats
    equal: Bools
    open: Bools
    parents: npt.NDArray[np.intp]
    signs: Floats


def sides(rules: Rules) -> Sides:
    """The ends of rules, each as one row, in the order of the rules; open ends stay flagged."""
    equal = (rules.low == rules.high) & ~rules.open_low & ~rules.open_high
    number = np.arange(len(rules.ids))
    upper, lower = np.isfinite(rules.high), np.isfinite(rules.low) & ~equal
    parents = np.concatenate([number[upper], number[lower]])
    signs = np.repeat([1.0, -1.0], [upper.sum(), lower.sum()])
    order = np.argsort(parents, kind="stable")
    parents, signs = parents[order], signs[order]
    is_upper = signs > 0
    return Sides(
        rows=signs[:, None] * rules.matrix[parents],
        bounds=np.where(is_upper, rules.high[parents], -rules.low[parents]),
        equal=equal[parents],
        open=np.where(is_upper, rules.open_high[parents], rules.open_low[parents]),
        parents=parents,
        signs=signs,
    )


def ranges(rules: Rules) -> tuple[Floats, Floats]:
    """The range that each value can have in a record that keeps all rules.

    Returns low, high: (n,) each, infinite where the rules do not bound the value. Strict rules
    count as closed: the ends of the range may then not be reached. Two linear programs a value.
    Raises ContradictoryRules where no record keeps the rules.
    """
    given = sides(rules)
    norms = np.abs(given.rows).max(axis=1, initial=0.0)
    scale = np.where(norms > 0, norms, 1.0)
    rows, bounds = given.rows / scale[:, None], given.bounds / scale
    count = len(rules.names)
    low, high = np.full(count, -np.inf), np.full(count, np.inf)
    for number in range(count):
        low[number] = _least(rows, bounds, given.equal, np.eye(count)[number])
        high[number] = -_least(rows, bounds, given.equal, -np.eye(count)[number])
    return low, high


def _least(rows: Floats, bounds: Floats, equal: Bools, direction: Floats) -> float:
    found = linprog(
        direction,
        A_ub=rows[~equal],
        b_ub=bounds[~equal],
        A_eq=rows[equal],
        b_eq=bounds[equal],
        bounds=(None, None),
        method="highs-ds",
    )
    if found.status == UNBOUNDED:
        return -np.inf
    if found.status == INFEASIBLE and np.any(direction):
        # A presolver may report an unbounded program as infeasible; without an objective it cannot.
        _least(rows, bounds, equal, np.zeros_like(direction))
        return -np.inf
    if found.status != 0:
        raise ContradictoryRules(
            "No record can keep these rules: find the contradictory ones and correct them."
        )
    return float(np.asarray(found.fun)) + 0.0


def eliminate(rules: Rules, name: str) -> tuple[Rules, tuple[tuple[str, ...], ...]]:
    """Rules for the other values that hold exactly where some value of `name` keeps all rules.

    Fourier–Motzkin: an equality with the value is solved for it and put into the others; else each
    upper end for the value is paired with each lower end. Of two ends, one strict makes the implied
    rule strict. Every implied rule is one-sided or an equality; two paired ends are scaled so that
    the eliminated value had coefficient 1. Rules without the value are kept as they are; what is
    true of any record (0 <= 1) is left out.
    Returns the rules, and for each the ids of the one or two rules that it comes from.
    Raises UserError where no rule knows the name.
    """
    if name not in rules.names:
        raise UserError(f"There is no value {name!r} in the rules: it cannot be eliminated.")
    given = sides(rules)
    column = rules.names.index(name)
    rows, multipliers, equal = project(given.rows, given.equal, (column,))
    says = _says_something(given, rows, multipliers, equal)
    rows, multipliers, equal = rows[says], multipliers[says], equal[says]
    from_sides = multipliers != 0
    history = tuple(
        tuple(rules.ids[p] for p in dict.fromkeys(given.parents[row].tolist()))
        for row in from_sides
    )
    is_open = (from_sides & given.open).any(axis=1)
    keep = [number for number in range(len(rules.names)) if number != column]
    bounds = multipliers @ given.bounds + 0.0
    implied = Rules(
        names=tuple(rules.names[number] for number in keep),
        ids=_unique_ids(history),
        matrix=rows[:, keep] + 0.0,
        low=np.where(equal, bounds, -np.inf),
        high=bounds,
        open_low=np.zeros(len(rows), dtype=np.bool_),
        open_high=is_open,
    )
    return implied, history


def _says_something(given: Sides, rows: Floats, multipliers: Floats, equal: Bools) -> Bools:
    """Which implied rows name a value or are contradictory."""
    bounds = multipliers @ given.bounds
    is_open = ((multipliers != 0) & given.open).any(axis=1)
    true = np.where(equal, bounds == 0, (bounds > 0) | ((bounds == 0) & ~is_open))
    says: Bools = (rows != 0).any(axis=1) | ~true
    return says


def _unique_ids(history: tuple[tuple[str, ...], ...]) -> tuple[str, ...]:
    """The parents' ids joined by `+`, numbered where two rules have the same parents."""
    seen: dict[str, int] = {}
    ids = []
    for parents in history:
        joined = "+".join(parents)
        seen[joined] = seen.get(joined, 0) + 1
        ids.append(joined if seen[joined] == 1 else f"{joined}#{seen[joined]}")
    return tuple(ids)


def project(rows: Floats, equal: Bools, away: tuple[int, ...]) -> tuple[Floats, Floats, Bools]:
    """Combinations of one-sided rows that no longer hold some columns, and imply nothing less.

    rows  : (p, n) of rows @ x <= bounds ; equal : (p,) where the row is an equality
    away  : columns to eliminate
    Returns the implied rows (q, n), the multipliers (q, p) that make them, so that their bounds are
    `multipliers @ bounds` for any bounds, and which of them are equalities. Combinations of more
    inequalities than pairings made so far plus one are implied by the others and are left out
    (Kohler 1967). Raises TooManyImplied where more than MOST_ROWS would remain.
    """
    left, multipliers, equal = rows.copy(), np.eye(len(rows)), equal.copy()
    unequal = ~equal
    waiting, pairings = list(away), 0
    while waiting:
        column = _easiest(left, equal, waiting)
        waiting.remove(column)
        with_it = equal & (left[:, column] != 0)
        if with_it.any():
            left, multipliers, equal = _substituted(left, multipliers, equal, column)
            continue
        if not left[:, column].any():
            continue
        pairings += 1
        left, multipliers, equal = _paired(left, multipliers, equal, column)
        few = (multipliers[:, unequal] != 0).sum(axis=1) <= pairings + 1
        left, multipliers, equal = left[few], multipliers[few], equal[few]
    return left, multipliers, equal


def _easiest(left: Floats, equal: Bools, waiting: list[int]) -> int:
    """The column whose elimination adds the fewest rows: equalities add none."""
    above = (left[:, waiting] > 0).sum(axis=0)
    below = (left[:, waiting] < 0).sum(axis=0)
    growth = above * below - above - below
    growth[(left[equal][:, waiting] != 0).any(axis=0)] = -len(left) - 1
    return waiting[int(np.argmin(growth))]


def _substituted(
    left: Floats, multipliers: Floats, equal: Bools, column: int
) -> tuple[Floats, Floats, Bools]:
    sizes = np.abs(left).max(axis=1, initial=0.0)
    weight = np.abs(left[:, column]) / np.where(sizes > 0, sizes, 1.0)
    pivot = int(np.argmax(np.where(equal, weight, -1.0)))
    factor = -left[:, column] / left[pivot, column]
    factor[pivot] = 0.0
    left = _without_noise(left, factor[:, None] * left[pivot])
    multipliers = _without_noise(multipliers, factor[:, None] * multipliers[pivot])
    left[:, column] = 0.0
    others = np.arange(len(left)) != pivot
    return left[others], multipliers[others], equal[others]


def _paired(
    left: Floats, multipliers: Floats, equal: Bools, column: int
) -> tuple[Floats, Floats, Bools]:
    coefficient = left[:, column]
    above, below = np.flatnonzero(coefficient > 0), np.flatnonzero(coefficient < 0)
    if len(above) * len(below) > MOST_ROWS:
        raise TooManyImplied(
            f"Eliminating a value would pair {len(above)} upper with {len(below)} lower ends: "
            "give fewer rules at once, or fill the missing values first."
        )
    size = np.abs(coefficient)
    first, second = np.repeat(above, len(below)), np.tile(below, len(above))
    by_first, by_second = size[first, None], size[second, None]
    paired = _without_noise(left[first] / by_first, left[second] / by_second)
    combined = multipliers[first] / by_first + multipliers[second] / by_second
    paired[:, column] = 0.0
    without = coefficient == 0
    return (
        np.vstack([paired, left[without]]),
        np.vstack([combined, multipliers[without]]),
        np.concatenate([np.zeros(len(paired), dtype=np.bool_), equal[without]]),
    )


def _without_noise(one: Floats, other: Floats) -> Floats:
    """A sum in which terms that cancel but for rounding are exactly zero."""
    total = one + other
    total[np.abs(total) <= ZERO * (np.abs(one) + np.abs(other))] = 0.0
    return total
