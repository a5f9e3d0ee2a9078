"""The figures of a ledger as one sparse linear system of printed ranges and rules."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from helpers.reconcile.program import Program

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

RULES = (
    "households-rate-total",
    "share-of-count",
    "sum-of-parts",
    "poor-and-near-poor",
    "change-of-level",
    "households-within-total",
    "poor-and-near-within-total",
    "part-within-whole",
    "places-add-up",
    "achieved-of-plan",
    "amount-and-recipients",
)


@dataclass(frozen=True)
class System:
    """Unknown true values x and what is demanded of them.

    lower, upper, whole : (n,) hard bounds of each value, and whether it is a whole number
    row, col, coef      : (z,) the entries of the rows  row_low <= sum(coef * x[col]) <= row_high
    row_low, row_high   : (m,) ; row_rule : (m,) index into rule_ids, RULES and what else is stated
    row_figure          : (m,) figure whose print the row states (a rate's range), -1 for a rule
    print_figure, print_var, print_low, print_high : (k,) printed ranges of values; a fraction
                          `12/13` has two
    figure_var          : (f,) value that each figure prints; -1 where it prints none
    is_rate             : (f,) whether the figure's print is also the coefficient of a row
    weight              : (f,) how much it takes to doubt the figure, above 0
    A total T and the households H of a rate r are tied by  low(r)*T <= 100*H <= high(r)*T , linear
    because the printed range of r is known; freeing r drops these rows. Their first entry is the
    whole, their second the part, with the factor (100 for per cent) as its size.
    """

    lower: Floats
    upper: Floats
    whole: Bools
    row: Ints
    col: Ints
    coef: Floats
    row_low: Floats
    row_high: Floats
    row_rule: Ints
    row_figure: Ints
    print_figure: Ints
    print_var: Ints
    print_low: Floats
    print_high: Floats
    figure_var: Ints
    is_rate: Bools
    weight: Floats
    rule_ids: tuple[str, ...] = RULES

    @cached_property
    def program(self) -> Program:
        """The linear program of the system, made when it is first asked for."""
        return Program(self)

    def components(self) -> Ints:
        """(n,) label of the set of values, tied by rows and figures, that each value lies in."""
        n, m, f = len(self.lower), len(self.row_low), len(self.figure_var)
        states = np.flatnonzero(self.row_figure >= 0)
        ends = [
            (self.row + n, self.col),
            (self.print_figure + n + m, self.print_var),
            (self.row_figure[states] + n + m, states + n),
        ]
        one, other = (np.concatenate(side) for side in zip(*ends, strict=True))
        graph = coo_array((np.ones(len(one)), (one, other)), shape=(n + m + f, n + m + f))
        return connected_components(graph, directed=False)[1][:n].astype(np.int64)

    def rate_pairs(self) -> Ints:
        """(p, 3) rate figure, its whole, its part: one row a rate that is tied to both."""
        rows = np.flatnonzero(self.row_figure >= 0)
        order = np.argsort(self.row, kind="stable")
        starts = np.searchsorted(self.row[order], rows)
        whole, part = self.col[order[starts]], self.col[order[starts + 1]]
        pairs = np.stack([self.row_figure[rows], whole, part], axis=1)
        return np.unique(pairs, axis=0) if len(pairs) else pairs.reshape(0, 3)


def under(system: System, applied: Collection[str]) -> System:
    """The same system under these rules only.

    applied : ids of rules; of the others no row is kept, no value is a whole number
              (`whole-number`), no rate is bounded above (`rate-bounds`)
    """
    numbers = [number for number, rule in enumerate(system.rule_ids) if rule in applied]
    kept = np.isin(system.row_rule, numbers)
    new_row = np.cumsum(kept) - 1
    entries = kept[system.row]
    figure = system.row_figure[kept]
    is_rate = np.zeros_like(system.is_rate)
    is_rate[figure[figure >= 0]] = True
    return replace(
        system,
        upper=system.upper if "rate-bounds" in applied else np.full_like(system.upper, np.inf),
        whole=system.whole & ("whole-number" in applied),
        row=new_row[system.row[entries]],
        col=system.col[entries],
        coef=system.coef[entries],
        row_low=system.row_low[kept],
        row_high=system.row_high[kept],
        row_rule=system.row_rule[kept],
        row_figure=figure,
        is_rate=is_rate,
    )


def take(system: System, variables: Ints, figures: Ints) -> System:
    """The part of a system on some of its values; rows must lie inside or outside as a whole.

    variables, figures : indices, ascending; in the part they are numbered from 0.
    """
    new_var = np.full(len(system.lower) + 1, -1, dtype=np.int64)
    new_var[variables] = np.arange(len(variables))
    new_figure = np.full(len(system.figure_var) + 1, -1, dtype=np.int64)
    new_figure[figures] = np.arange(len(figures))
    entries = np.flatnonzero(new_var[system.col] >= 0)
    rows, new_row = np.unique(system.row[entries], return_inverse=True)
    prints = np.flatnonzero(new_var[system.print_var] >= 0)
    return System(
        lower=system.lower[variables],
        upper=system.upper[variables],
        whole=system.whole[variables],
        row=new_row.astype(np.int64),
        col=new_var[system.col[entries]],
        coef=system.coef[entries],
        row_low=system.row_low[rows],
        row_high=system.row_high[rows],
        row_rule=system.row_rule[rows],
        row_figure=new_figure[system.row_figure[rows]],
        print_figure=new_figure[system.print_figure[prints]],
        print_var=new_var[system.print_var[prints]],
        print_low=system.print_low[prints],
        print_high=system.print_high[prints],
        figure_var=new_var[system.figure_var[figures]],
        is_rate=system.is_rate[figures],
        weight=system.weight[figures],
        rule_ids=system.rule_ids,
    )


def with_print(system: System, figure: int, low: float, high: float) -> System:
    """The same system as if `figure` were printed with the range [low, high] instead.

    A fraction keeps its printed whole.
    """
    own = (system.print_figure == figure) & (system.print_var == system.figure_var[figure])
    coef = system.coef.copy()
    for row in np.flatnonzero(system.row_figure == figure):
        whole, part = np.flatnonzero(system.row == row)  # in the order in which they were added
        coef[whole] = low if coef[part] < 0 else -high
    return replace(
        system,
        coef=coef,
        print_low=np.where(own, low, system.print_low),
        print_high=np.where(own, high, system.print_high),
    )
