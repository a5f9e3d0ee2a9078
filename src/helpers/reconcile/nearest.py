"""Adjusting: the values nearest to what is printed that all figures not doubted allow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from helpers.edits.adjust import adjust
from helpers.edits.linear import Rules
from helpers.edits.reduce import TooManyImplied
from helpers.reconcile.doubts import value_range
from helpers.reconcile.system import Bools, System, with_print

LARGEST = 2_000_000
MOST_DECIMALS = 6
Figures = Sequence[Mapping[str, Any]]


def nearest_values(
    system: System, figures: Figures, doubted: Sequence[int], freed: Sequence[int]
) -> dict[int, tuple[float, float, float]]:
    """New value of each doubted figure, with the ends of what the others leave it.

    figures : rows of the ledger, by number
    doubted : numbers of the figures to be adjusted: counts nearest to their prints together
              (`nearest_counts`), then the rest one by one, each under those before it
    freed   : further figures that nobody is to keep to; they get no value
    A figure without an end, or without a whole number, in what is left to it gets no value and
    stays free.
    """
    left = [*doubted, *freed]
    together = nearest_counts(system, figures, _without(system, left), doubted)
    found = {}
    for figure in doubted:
        allowed = value_range(system, _without(system, left), figure)
        if allowed is None or not np.isfinite(allowed).all():
            continue
        value = _nearest(figures[figure], allowed, together.get(figure))
        if value is not None:
            found[figure] = (value, allowed[0] + 0.0, allowed[1] + 0.0)  # no minus zero
            system = with_print(system, figure, value, value)
            left.remove(figure)
    return found


def _without(system: System, freed: Sequence[int]) -> Bools:
    trusted = np.ones(len(system.figure_var), dtype=np.bool_)
    trusted[list(freed)] = False
    return trusted


def _nearest(
    row: Mapping[str, Any], allowed: tuple[float, float], wanted: float | None
) -> float | None:
    """Nearest value in the allowed range: whole for counts, few decimals for rates.

    wanted : what adjusting all counts together found; else what is printed
    """
    printed = float(row["value"])
    if wanted is None and allowed[0] <= printed <= allowed[1]:
        return printed
    target = printed if wanted is None else wanted
    target = min(max(target, allowed[0]), allowed[1])
    if row["unit"] not in ("%", "pp"):
        return target if target == np.floor(target) else None
    for decimals in range(1, MOST_DECIMALS + 1):
        step = 10.0**-decimals
        inside = np.ceil(allowed[0] / step - 1e-9), np.floor(allowed[1] / step + 1e-9)
        if inside[0] <= inside[1]:
            return float(np.clip(np.round(target / step), *inside) * step)
    return None


def nearest_counts(
    system: System, figures: Figures, trusted: Bools, adjusted: Sequence[int]
) -> dict[int, float]:
    """New values of several doubted counts, all at once; {} where they are not found so.

        minimise  sum_i w_i ((x_i - p_i) / p_i)²  over the values x of the system
        subject to  its rows and bounds, x within the printed ranges of the trusted figures,
                    x_i whole where it counts households or persons

    figures  : rows of the ledger, by number; p_i is their value
    trusted  : (f,) figures that keep to their ranges; what is neither trusted nor adjusted is free
    adjusted : numbers of the figures i; w_i is the system's weight. Rates are left out: the rows
               they state are not linear in them.
    The answer is verified by the solver of `helpers.edits.adjust`. One count alone, and counts of a
    system of many values that cost nothing, are found one after the other instead.
    """
    mine = [f for f in adjusted if not system.is_rate[f] and system.figure_var[f] >= 0]
    n, m = len(system.lower), len(system.row_low)
    if len(mine) < 2 or n * max(m, 1) > LARGEST:
        return {}
    target, weight = np.full(n, np.nan), np.zeros(n)
    whole = np.zeros(n, dtype=np.bool_)
    for figure in mine:
        var, printed = system.figure_var[figure], float(figures[figure]["value"])
        target[var] = printed
        weight[var] = system.weight[figure] / max(1.0, abs(printed)) ** 2
        whole[var] = system.whole[var]
    low, high = system.program.value_ends(trusted)
    rows = _rules(system, trusted)
    try:
        found = adjust(rows, target, weight, low, high, whole)
    except TooManyImplied:
        return {}
    if not found.solved[0]:
        return {}
    return {figure: float(found.values[0, system.figure_var[figure]]) for figure in mine}


def _rules(system: System, trusted: Bools) -> Rules:
    stated = (system.row_figure < 0) | trusted[system.row_figure]
    n, m = len(system.lower), len(system.row_low)
    matrix = np.zeros((m, n))
    matrix[system.row, system.col] = system.coef
    none = np.zeros(int(stated.sum()), dtype=np.bool_)
    return Rules(
        names=tuple(f"x{number}" for number in range(n)),
        ids=tuple(f"r{number}" for number in np.flatnonzero(stated)),
        matrix=matrix[stated],
        low=system.row_low[stated],
        high=system.row_high[stated],
        open_low=none,
        open_high=none,
    )
