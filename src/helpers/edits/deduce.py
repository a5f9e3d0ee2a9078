"""Deducing: missing values that the rules and the other values leave no choice for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from helpers.edits.implied import components
from helpers.edits.linear import Bools, Floats, Rules, table_of
from helpers.edits.reduce import Sides, TooManyImplied, project, sides
from helpers.project import UserError

TOLERANCE = 1e-9


@dataclass(frozen=True)
class Deduced:
    """Records with the values filled in that can be only one number.

    values   : (k, n) ; NaN where more than one number is possible
    filled   : (k, n) which values were deduced
    possible : (k,) whether the missing values can be filled at all, as far as rules name them
    """

    values: Floats
    filled: Bools
    possible: Bools


@dataclass(frozen=True)
class _Choice:
    """Between which ends a missing value must lie in some records; (k,) each."""

    low: Floats
    high: Floats
    value: Floats
    slack: Floats
    possible: Bools


def deduce(rules: Rules, values: npt.ArrayLike) -> Deduced:
    """Missing values that follow from the rules and the values that are there.

    rules  : m rules between n values; strict ones are strict: an excluded end is no value
    values : (k, n) or (n,) records; NaN is missing
    Equalities give values (a part of a sum where the other parts and the sum are known), and so do
    inequalities whose range is one point (parts that are not negative, of a sum that is already
    reached, are 0). The range is exact, from elimination of the other missing values, once for each
    pattern of missing values; so what can be deduced from deduced values is found too. Where the
    missing values of a group of rules cannot be filled at all, nothing of the group is.
    Source: de Waal, Pannekoek & Scholtus, Handbook of Statistical Data Editing (2011), chapter 9.
    Where an elimination would imply too many rules, only the equalities are used.
    Raises UserError where the shapes do not fit.
    """
    given = np.atleast_2d(table_of(rules, values))
    if given.ndim != 2 or given.shape[1] != len(rules.names):
        raise UserError(
            f"The records have {given.shape[-1]} values and the rules name {len(rules.names)}: "
            "give one column for each name, in the order of rules.names."
        )
    answer, possible = given.copy(), np.ones(len(given), dtype=np.bool_)
    missing = np.isnan(given)
    one_sided = sides(rules)
    some = np.flatnonzero(missing.any(axis=1))
    patterns, which = np.unique(missing[some], axis=0, return_inverse=True)
    for number, pattern in enumerate(patterns):
        records = some[which.reshape(-1) == number]
        away = np.flatnonzero(pattern)
        for rows, columns in components(one_sided.rows[:, away]):
            part = _rows(one_sided, rows)
            filled, fits = _filled(part, given[records], away[columns])
            answer[np.ix_(records, away[columns])] = filled
            possible[records] &= fits
    return Deduced(answer, missing & ~np.isnan(answer), possible)


def _rows(one_sided: Sides, rows: npt.NDArray[np.intp]) -> Sides:
    return Sides(
        one_sided.rows[rows],
        one_sided.bounds[rows],
        one_sided.equal[rows],
        one_sided.open[rows],
        one_sided.parents[rows],
        one_sided.signs[rows],
    )


def _filled(part: Sides, given: Floats, away: npt.NDArray[np.intp]) -> tuple[Floats, Bools]:
    """The values of the missing columns that are determined, and whether the rules can be kept."""
    known = np.where(np.isnan(given), 0.0, given)
    bounds = part.bounds - known @ part.rows.T
    size = np.abs(part.bounds) + np.abs(known) @ np.abs(part.rows).T
    filled = np.full((len(given), len(away)), np.nan)
    possible = np.ones(len(given), dtype=np.bool_)
    for number, column in enumerate(away):
        others = tuple(int(other) for other in away if other != column)
        try:
            choice = _choice(part, bounds, size, int(column), others)
        except TooManyImplied:
            choice = _choice(
                _rows(part, np.flatnonzero(part.equal)),
                bounds[:, part.equal],
                size[:, part.equal],
                int(column),
                others,
            )
        point = choice.high - choice.low <= choice.slack
        filled[:, number] = np.where(point, choice.value, np.nan)
        possible &= choice.possible
    filled[~possible] = np.nan
    return filled + 0.0, possible


def _choice(
    part: Sides, bounds: Floats, size: Floats, column: int, others: tuple[int, ...]
) -> _Choice:
    """The exact range of one missing value once the others are eliminated."""
    rows, multipliers, equal = project(part.rows, part.equal, others)
    ends, slack = bounds @ multipliers.T, TOLERANCE * (size @ np.abs(multipliers).T)
    is_open = ((multipliers != 0) & part.open).any(axis=1)
    coefficient = rows[:, column]
    scale = np.where(coefficient == 0, 1.0, coefficient)
    ends, slack = ends / scale, slack / np.abs(scale)
    bare = coefficient == 0
    true = np.where(equal, np.abs(ends) <= slack, np.where(is_open, ends > slack, ends >= -slack))
    top, bottom = equal | (coefficient > 0), equal | (coefficient < 0)
    high, high_slack, high_open = _tightest(ends, slack, is_open, top & ~bare)
    low, low_slack, low_open = _tightest(-ends, slack, is_open, bottom & ~bare)
    low, width = -low, np.maximum(low_slack, high_slack)
    exact = np.flatnonzero(equal & ~bare)
    if len(exact):
        simplest = exact[np.argmin((multipliers[exact] != 0).sum(axis=1))]
        value = ends[:, simplest]
    else:
        with np.errstate(invalid="ignore"):
            value = np.where(low == high, low, 0.5 * (low + high))
    fits = np.where(low_open | high_open, high - low > width, high - low >= -width)
    return _Choice(low, high, value, width, (true | ~bare).all(axis=1) & fits)


def _tightest(
    ends: Floats, slack: Floats, is_open: Bools, rows: Bools
) -> tuple[Floats, Floats, Bools]:
    """The smallest of some upper ends for each record, its slack, and whether it is excluded."""
    count = len(ends)
    if not rows.any():
        return np.full(count, np.inf), np.zeros(count), np.zeros(count, dtype=np.bool_)
    ends, slack, is_open = ends[:, rows], slack[:, rows], is_open[rows]
    first = np.argmin(ends, axis=1)
    each = np.arange(count)
    least = ends[each, first]
    excluded: Bools = ((ends <= least[:, None] + slack) & is_open).any(axis=1)
    return least, slack[each, first], excluded
