"""Conflicts: figures of one source that a single rule shows to exclude each other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import combinations, islice, product

import numpy as np

from helpers.reconcile.doubts import Set, holds, value_range
from helpers.reconcile.system import RULES, System, under

Range = tuple[float, float]
TOLERANCE = 1e-9
MOST_READINGS = 64
HARD = ("rate-bounds", "whole-number")


@dataclass(frozen=True)
class Side:
    """One of the two ranges that exclude each other, and the figures that it comes from.

    figures : numbers of figures, in the order in which a sentence names them
    low, high : the range; form: how the figures give it: `print`, `pair` (a count at a rate),
    `sum`, `levels`, `limit` or `all`
    """

    figures: Set
    low: float
    high: float
    form: str


@dataclass(frozen=True)
class Conflict:
    """A smallest set of figures that cannot all be true, with the two sides and the rule."""

    figures: Set
    rule: str
    first: Side
    second: Side


def direct(system: System) -> list[Conflict]:
    """Conflicts under one rule each, in a system of which something cannot hold.

    Fast, and in words; what several rules exclude only together is left to `localise`.
    """
    prints = _prints(system)
    found = [*_bounds(system, prints), *_totals(system, prints), *_repeats(system, prints)]
    for row in np.flatnonzero(system.row_figure < 0):
        found.extend(_row_conflict(system, int(row), prints))
    unique = {conflict.figures: conflict for conflict in reversed(found)}
    return [
        conflict
        for figures, conflict in sorted(unique.items())
        if not any(set(other) < set(figures) for other in unique)
    ]


def merged(system: System, conflicts: list[Conflict]) -> list[Conflict]:
    """The conflicts with one for those that differ only in where the same values are printed.

    Its sides are those of the first, with every print of a side that is one value by itself.
    """
    alike: dict[object, list[Conflict]] = {}
    for conflict in conflicts:
        said = [_said(system, side) for side in (conflict.first, conflict.second)]
        same = all(side.form != "limit" for side in (conflict.first, conflict.second))
        key: object = (conflict.rule, *said) if same else conflict
        alike.setdefault(key, []).append(conflict)
    return [group[0] if len(group) == 1 else _merged(group) for group in alike.values()]


def _said(system: System, side: Side) -> tuple[object, ...]:
    """What a side says, wherever it is printed: values, range and form; a pair's whole is said."""
    values = sorted({int(system.figure_var[figure]) for figure in side.figures})
    told = side.form == "print"  # a total and the wholes of fractions are one value
    return side.form, side.low, side.high, () if told else tuple(values)


def _merged(group: list[Conflict]) -> Conflict:
    one = group[0]
    sides = [one.first, one.second]
    for number, name in enumerate(("first", "second")):
        side = sides[number]
        if side.form == "print":
            figures = {f for conflict in group for f in getattr(conflict, name).figures}
            sides[number] = Side(tuple(sorted(figures)), side.low, side.high, side.form)
    members = tuple(sorted({f for conflict in group for f in conflict.figures}))
    return Conflict(members, one.rule, sides[0], sides[1])


def chained(system: System, figures: Set) -> Conflict:
    """A conflict that only several rules together show: the last count against all others."""
    for figure in sorted(figures, key=lambda f: (system.is_rate[f], -f)):
        trusted = np.zeros(len(system.figure_var), dtype=np.bool_)
        trusted[[other for other in figures if other != figure]] = True
        allowed = value_range(system, trusted, figure)
        own = _prints(system).get(int(system.figure_var[figure]), [])
        side = next((side for side in own if side.figures == (figure,)), None)
        if allowed is None or side is None or _overlap(allowed, (side.low, side.high)):
            continue
        others = tuple(other for other in figures if other != figure)
        rule = _enough(system, figures) or "several-rules"
        return Conflict(figures, rule, Side(others, *allowed, "all"), side)
    return _no_whole_number(system, figures)


def _enough(system: System, figures: Set) -> str | None:
    """A rule as written that shows by itself, with the bounds of values, that figures conflict."""
    trusted = np.zeros(len(system.figure_var), dtype=np.bool_)
    trusted[list(figures)] = True
    written = [rule for rule in system.rule_ids if rule not in RULES]
    alone = (rule for rule in written if not holds(under(system, {rule, *HARD}), trusted))
    return next(alone, None)


def _no_whole_number(system: System, figures: Set) -> Conflict:
    """Prints that fractions of households would satisfy, but no whole number does."""
    trusted = np.zeros(len(system.figure_var), dtype=np.bool_)
    trusted[list(figures)] = True
    low, high = np.nan, np.nan
    for rate, whole, _ in system.rate_pairs().tolist():
        totals = [s for s in _prints(system).get(whole, []) if set(s.figures) <= set(figures)]
        if rate in figures and totals:
            row_low, row_high = rate_range(system, rate)
            low, high = row_low * totals[0].low, row_high * totals[0].high
    side = Side(figures, low, high, "all")
    return Conflict(figures, "whole-number", side, side)


def rate_range(system: System, figure: int) -> Range:
    """Printed range of part/whole that a rate tied to counts allows; high may be inf."""
    low, high = 0.0, np.inf
    for row in np.flatnonzero(system.row_figure == figure):
        whole, part = system.coef[system.row == row]
        end = abs(float(whole) / float(part))
        low, high = (end, high) if part < 0 else (low, end)
    return low, high


def share_of_parts(system: System, conflict: Conflict) -> Range:
    """What the shares printed of all parts of a sum add up to, 1 for the whole; (0, inf) if not.

    Some part without a share, or with one of another whole, leaves it open.
    """
    shares = _shares(system, conflict)
    if len(shares) < len(conflict.first.figures):
        return 0.0, np.inf
    ends = [rate_range(system, share) for share in shares]
    return sum(low for low, _ in ends), sum(high for _, high in ends)


def with_shares(system: System, conflict: Conflict) -> Conflict:
    """The conflict of a sum with the shares of its parts among its figures."""
    figures = {*conflict.figures, *_shares(system, conflict)}
    return replace(conflict, figures=tuple(sorted(figures)))


def _shares(system: System, conflict: Conflict) -> list[int]:
    """The figures that print the shares of a sum's parts in its whole, one a part that has any."""
    whole = system.figure_var[conflict.second.figures[0]]
    of_part = {part: rate for rate, of, part in system.rate_pairs().tolist() if of == whole}
    parts = [int(system.figure_var[figure]) for figure in conflict.first.figures]
    return [of_part[part] for part in parts if part in of_part]


def _prints(system: System) -> dict[int, list[Side]]:
    """Printed ranges of each value that is printed at all."""
    sides: dict[int, list[Side]] = {}
    for k in np.lexsort((system.print_figure, system.print_var)):
        side = Side(
            (int(system.print_figure[k]),),
            float(system.print_low[k]),
            float(system.print_high[k]),
            "print",
        )
        sides.setdefault(int(system.print_var[k]), []).append(side)
    return sides


def _bounds(system: System, prints: dict[int, list[Side]]) -> Iterator[Conflict]:
    for var, sides in prints.items():
        low, high = float(system.lower[var]), float(system.upper[var])
        for side in sides:
            if np.isfinite(high) and not _overlap((side.low, side.high), (low, high)):
                yield Conflict(side.figures, "rate-bounds", side, Side((), low, high, "limit"))


def _totals(system: System, prints: dict[int, list[Side]]) -> Iterator[Conflict]:
    """Two derivations of one whole that do not overlap, or one without a whole number in it."""
    derivations: dict[int, list[Side]] = {}
    rule: dict[int, str] = {}
    for rate, whole, part in system.rate_pairs().tolist():
        low, high = rate_range(system, rate)
        row = np.flatnonzero(system.row_figure == rate)[0]
        rule[whole] = system.rule_ids[system.row_rule[row]]
        for side in prints.get(part) or _by_sums(system, part, prints):
            top = side.high / low if low > 0 else np.inf
            least = max(side.low / high, side.low if high <= 1 else 0.0)
            pair = Side((*side.figures, rate), least, top, "pair")
            derivations.setdefault(whole, []).append(pair)
    for whole, pairs in derivations.items():
        sides = [_inward(pair) if system.whole[whole] else pair for pair in pairs]
        for raw, side in zip(pairs, sides, strict=True):
            if side.low > side.high:
                yield Conflict(_union(raw, raw), "whole-number", raw, raw)
        sides = [side for side in sides if side.low <= side.high]
        for first, second in combinations([*sides, *prints.get(whole, [])], 2):
            if "pair" in (first.form, second.form) and not _meet(first, second):
                yield Conflict(_union(first, second), rule[whole], first, second)


def _by_sums(system: System, part: int, prints: dict[int, list[Side]]) -> list[Side]:
    """Ranges of a count that is not printed itself, from the printed others of its sums."""
    sides = []
    is_sum = system.row_low == system.row_high
    for row in np.unique(system.row[(system.col == part) & is_sum[system.row]]):
        mine = system.row == row
        coef = dict(zip(system.col[mine].tolist(), system.coef[mine].tolist(), strict=True))
        own = coef.pop(part)
        if own in (1.0, -1.0) and all(var in prints for var in coef):
            for read in _readings(prints, list(coef)):
                others = [(side, -c / own) for side, c in zip(read, coef.values(), strict=True)]
                low, high = _weighted(others)
                figures = tuple(f for side in read for f in side.figures)
                sides.append(Side(figures, max(low, 0.0), high, "sum"))
    return sides


def _readings(prints: dict[int, list[Side]], cols: list[int]) -> Iterator[tuple[Side, ...]]:
    """One print of each value, in every way, as values may be printed several times."""
    return islice(product(*(prints[col] for col in cols)), MOST_READINGS)


def _repeats(system: System, prints: dict[int, list[Side]]) -> Iterator[Conflict]:
    """Prints of one value that exclude each other; of a total also the wholes of fractions."""
    for var, sides in prints.items():
        for first, second in combinations(sides, 2):
            own = all(system.figure_var[side.figures[0]] == var for side in (first, second))
            rule = "same-figure-in-source" if own else "households-rate-total"
            if not _meet(first, second):
                yield Conflict(_union(first, second), rule, first, second)


def _row_conflict(system: System, row: int, prints: dict[int, list[Side]]) -> Iterator[Conflict]:
    """The conflict of one sum, change or order whose values are all printed, if it is one."""
    mine = np.flatnonzero(system.row == row)
    cols, coefs = system.col[mine].tolist(), system.coef[mine].tolist()
    if not all(var in prints for var in cols):
        return
    ends = float(system.row_low[row]), float(system.row_high[row])
    for read in _readings(prints, cols):
        sides = list(zip(read, coefs, strict=True))
        if not _overlap(_weighted(sides), ends):
            yield _apart(system.rule_ids[system.row_rule[row]], sides, ends)


def _apart(rule: str, sides: list[tuple[Side, float]], ends: Range) -> Conflict:
    """The conflict of a row's prints, with their coefficients, that break it.

    ends : the row's; what a formula as written says of its last value comes from the others
    """
    if rule not in RULES:
        *others, (second, times) = sides
        low, high = _weighted(others)
        told = sorted(((ends[0] - high) / times, (ends[1] - low) / times))
        figures = tuple(f for side, _ in others for f in side.figures)
        first = Side(figures, told[0], told[1], "all")
    elif rule == "change-of-level":
        (later, _), (second, times), (earlier, _) = sides
        levels = _weighted([(earlier, 1 / times), (later, -1 / times)])
        first = Side((*earlier.figures, *later.figures), *levels, "levels")
    else:
        parts, second = [side for side, coef in sides if coef > 0], sides[-1][0]
        figures = tuple(f for part in parts for f in part.figures)
        total = _weighted([(part, 1.0) for part in parts])
        first = Side(figures, *total, "sum" if len(parts) > 1 else "print")
    return Conflict(_union(first, second), rule, first, second)


def _weighted(sides: list[tuple[Side, float]]) -> Range:
    low = sum(c * (side.low if c > 0 else side.high) for side, c in sides)
    high = sum(c * (side.high if c > 0 else side.low) for side, c in sides)
    return float(low), float(high)


def _inward(side: Side) -> Side:
    high = np.floor(side.high + 1e-6) if np.isfinite(side.high) else side.high
    return Side(side.figures, float(np.ceil(side.low - 1e-6)), float(high), side.form)


def _overlap(first: Range, second: Range) -> bool:
    ends = [abs(end) for end in (*first, *second) if np.isfinite(end)]
    slack = TOLERANCE * max([1.0, *ends])
    return first[0] <= second[1] + slack and second[0] <= first[1] + slack


def _meet(first: Side, second: Side) -> bool:
    return _overlap((first.low, first.high), (second.low, second.high))


def _union(first: Side, second: Side) -> Set:
    return tuple(sorted({*first.figures, *second.figures}))
