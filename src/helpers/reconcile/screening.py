"""Screening: which parts of a ledger cannot hold, by narrowing ranges, all records at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from helpers.reconcile.system import RULES, Bools, Floats, Ints, System

ROUNDS = 6
TOLERANCE = 1e-9


@dataclass(frozen=True)
class Ranges:
    """What the prints and the rules leave of each value.

    low, high : (n,) ; where low > high no value is possible
    empty     : (n,) values without any possible value
    broken    : (m,) rows that no values in the ranges satisfy
    """

    low: Floats
    high: Floats
    empty: Bools
    broken: Bools


def narrow(system: System, trusted: Bools, rounds: int = ROUNDS) -> Ranges:
    """Narrow the ranges of all values by the rows, again and again until nothing changes.

    trusted : (f,) figures whose prints count; the others are free
    rounds  : at most so many; the ranges are valid, if wide, after each
    Sound: an empty range or a broken row proves that the prints exclude each other.
    """
    low, high = system.lower.copy(), system.upper.copy()
    heard = trusted[system.print_figure]
    np.maximum.at(low, system.print_var[heard], system.print_low[heard])
    np.minimum.at(high, system.print_var[heard], system.print_high[heard])
    states = (system.row_figure < 0) | trusted[system.row_figure]
    kept = states[system.row] & (system.coef != 0)  # zero times an open end says nothing
    row, col, coef = system.row[kept], system.col[kept], system.coef[kept]
    empty = np.zeros(len(low), dtype=np.bool_)
    broken = np.zeros(len(system.row_low), dtype=np.bool_)
    for _ in range(rounds):
        _round_inward(low, high, system.whole)
        empty |= low > high + _slack(low, high)
        before = low.copy(), high.copy()
        broken |= _tighten(system, row, col, coef, low, high)
        low, high = _kept_apart(before, low, high, empty)
        if np.array_equal(before[0], low) and np.array_equal(before[1], high):
            break
    _round_inward(low, high, system.whole)
    empty |= low > high + _slack(low, high)
    return Ranges(low, high, empty, broken)


def dirty_components(system: System) -> tuple[Ints, Ints]:
    """(n,) component of each value, and the components that cannot hold, ascending."""
    component = system.components()
    ranges = narrow(system, np.ones(len(system.figure_var), dtype=np.bool_))
    bad = ranges.empty.copy()
    bad[system.col[ranges.broken[system.row]]] = True
    return component, np.unique(component[bad])


def checked(system: System) -> Bools:
    """(f,) figures that at least one rule sets against another figure.

    A total is set against something when it has two derivations (a count with its rate, a printed
    total, the whole of a fraction); a sum, change or order when each of its values is known.
    """
    n, f = len(system.lower), len(system.figure_var)
    printed = np.zeros(n, dtype=np.bool_)
    printed[system.print_var] = True
    is_rate_row = system.row_figure >= 0
    entry_kind = is_rate_row[system.row]
    pair = system.rate_pairs()
    complete = printed[pair[:, 2]]
    derivations = np.bincount(pair[complete, 1], minlength=n)
    derivations += np.bincount(system.print_var, minlength=n)
    compared = derivations >= 2
    result = np.zeros(f, dtype=np.bool_)
    good = complete & compared[pair[:, 1]]
    result[pair[good, 0]] = True
    active = np.zeros(n, dtype=np.bool_)
    active[pair[good, 2]] = True
    active |= compared & printed
    known = printed | (derivations > 0)
    known[pair[known[pair[:, 1]], 2]] = True
    others = system.row[~entry_kind]
    within_total = system.row_rule[others] == RULES.index("households-within-total")
    settles = np.where(
        within_total, printed[system.col[~entry_kind]], known[system.col[~entry_kind]]
    )
    unknown = np.bincount(others, ~settles, minlength=len(is_rate_row))
    settled = ~is_rate_row & (unknown == 0)
    active[system.col[settled[system.row] & ~entry_kind]] = True
    result[system.print_figure[active[system.print_var]]] = True
    result[pair[active[pair[:, 2]] & known[pair[:, 1]], 0]] = True
    return result


def _slack(low: Floats, high: Floats) -> Floats:
    ends = (np.where(np.isfinite(end), np.abs(end), 0.0) for end in (low, high))
    size = np.maximum(*ends)
    return TOLERANCE * np.maximum(size, 1.0)


def _round_inward(low: Floats, high: Floats, whole: Bools) -> None:
    """Ranges of whole numbers begin and end at whole numbers."""
    slack = 1e-6 + _slack(low[whole], high[whole])
    low[whole] = np.ceil(low[whole] - slack)
    high[whole] = np.floor(high[whole] + slack)


def _kept_apart(
    before: tuple[Floats, Floats], low: Floats, high: Floats, empty: Bools
) -> tuple[Floats, Floats]:
    """An empty range spreads no further: it keeps the ends at which it was found empty."""
    return np.where(empty, before[0], low), np.where(empty, before[1], high)


def _tighten(
    system: System, row: Ints, col: Ints, coef: Floats, low: Floats, high: Floats
) -> Bools:
    """One round: each entry's range from the others of its row; returns the broken rows."""
    m = len(system.row_low)
    up = coef > 0
    least = coef * np.where(up, low[col], high[col])
    most = coef * np.where(up, high[col], low[col])
    sums, infinite = zip(*(_sums(row, part, m) for part in (least, most)), strict=True)
    size = np.bincount(row, np.where(np.isfinite(least), np.abs(least), 0.0), minlength=m)
    slack = TOLERANCE * np.maximum(size, 1.0)
    broken = (infinite[0] == 0) & (sums[0] > system.row_high + slack)
    broken |= (infinite[1] == 0) & (sums[1] < system.row_low - slack)
    rest_least = _without(row, least, sums[0], infinite[0], -np.inf)
    rest_most = _without(row, most, sums[1], infinite[1], np.inf)
    top = (system.row_high[row] - rest_least) / coef
    bottom = (system.row_low[row] - rest_most) / coef
    np.minimum.at(high, col, np.where(up, top, bottom))
    np.maximum.at(low, col, np.where(up, bottom, top))
    return np.asarray(broken, dtype=np.bool_)


def _sums(row: Ints, part: Floats, m: int) -> tuple[Floats, Floats]:
    finite = np.isfinite(part)
    sums = np.bincount(row, np.where(finite, part, 0.0), minlength=m).astype(np.float64)
    return sums, np.bincount(row, ~finite, minlength=m).astype(np.float64)


def _without(row: Ints, part: Floats, sums: Floats, infinite: Floats, unknown: float) -> Floats:
    """Sum of the other entries of each entry's row; `unknown` where one of them is infinite."""
    finite = np.isfinite(part)
    others = infinite[row] - ~finite
    rest = sums[row] - np.where(finite, part, 0.0)
    return np.where(others == 0, rest, unknown)
