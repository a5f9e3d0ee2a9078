"""Screening: which records of a table break linear rules, and which rules."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from helpers.edits.feasible import BREAKS, UNSURE, demand_possible, judge
from helpers.edits.implied import Edits, broken, contradicted, implied, own, part, parts
from helpers.edits.linear import Bools, Floats, Rules, table_of
from helpers.project import UserError


@dataclass(frozen=True)
class Screened:
    """What screening found in a table of k records under m rules.

    bad      : (k,) the record surely breaks the rules: no point of its box fulfils them all
    violated : (k, m) rules that no point of the box fulfils, each rule by itself
    unsure   : (k,) neither a point that fulfils the rules nor a contradiction could be verified
    """

    bad: Bools
    violated: Bools
    unsure: Bools


def screen(rules: Rules, low: npt.ArrayLike, high: npt.ArrayLike | None = None) -> Screened:
    """Which records surely break the rules, and for printed points exactly which rules.

    low, high : (k, n) closed intervals in the order of rules.names; without high the values are
    points. NaN is missing and free, as an infinite end is.
    An interval record is bad when no point in it fulfils all the rules, also where several rules
    together exclude each other. Raises UserError for ends that are no intervals and
    ContradictoryRules for rules that nothing fulfils.
    """
    demand_possible(rules)
    bottom, top = boxes(rules, low, high)
    violated = violations(rules, bottom, top)
    bad: Bools = np.any(violated, axis=1)
    unsure = np.zeros(len(bad), dtype=np.bool_)
    for rows, columns in parts(rules):
        vague = np.flatnonzero(~bad & np.any(bottom[:, columns] != top[:, columns], axis=1))
        if len(rows) > 1 and len(vague):
            some, box = part(rules, rows, columns), np.ix_(vague, columns)
            base, edits = own(some), implied(some)
            breaks = contradicted(base, edits, bottom[box], top[box]).any(axis=1)
            bad[vague[breaks]] = True
            vague, box = vague[~breaks], np.ix_(vague[~breaks], columns)
            verdict, _ = judge(base, edits, bottom[box], top[box])
            bad[vague] |= verdict == BREAKS
            unsure[vague] |= verdict == UNSURE
    return Screened(bad, violated, unsure & ~bad)


def boxes(rules: Rules, low: npt.ArrayLike, high: npt.ArrayLike | None) -> tuple[Floats, Floats]:
    """Checked closed boxes (k, n); what is missing is free. Points come back as one array twice."""
    bottom = _table(rules, low)
    top = bottom if high is None else _table(rules, high)
    if top.shape != bottom.shape:
        raise UserError("The low and high ends are not of one shape: give one of each a value.")
    if np.isfinite(bottom).all() and np.array_equal(bottom, top):
        return bottom, bottom
    missing = np.isnan(bottom) | np.isnan(top)
    bottom, top = np.where(missing, -np.inf, bottom), np.where(missing, np.inf, top)
    _demand_order(rules, bottom, top)
    return bottom, top


def _table(rules: Rules, values: npt.ArrayLike) -> Floats:
    table = table_of(rules, values)
    if table.ndim != 2 or table.shape[1] != len(rules.names):
        raise UserError(
            f"The records have the shape {table.shape}: give one row a record and the columns "
            f"{', '.join(rules.names)}."
        )
    return table


def _demand_order(rules: Rules, low: Floats, high: Floats) -> None:
    wrong = (low > high) | (low == np.inf) | (high == -np.inf)
    if wrong.any():
        row, column = np.argwhere(wrong)[0]
        raise UserError(
            f"Record {row} has no values for {rules.names[column]} between {low[row, column]:g} "
            f"and {high[row, column]:g}: the low end must not lie above the high end."
        )


def violations(rules: Rules, low: Floats, high: Floats) -> Bools:
    """Which rules no point of each box fulfils, (k, m), each rule by itself."""
    each = np.zeros((len(rules.ids), 0), dtype=np.bool_)
    ends = (rules.low, rules.high, rules.open_low, rules.open_high)
    return broken(Edits(rules.matrix, *ends, each, each, np.zeros(len(each))), low, high)
