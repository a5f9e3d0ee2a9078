"""Slips that can be undone: mistyped digits, wrong signs, swapped values, rounding; residuals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
import numpy.typing as npt

from helpers.edits.adjust import adjust
from helpers.edits.implied import components
from helpers.edits.linear import Bools, Floats, Rules, table_of
from helpers.project import UserError

TOLERANCE, STRICT = 1e-9, 1e-12
MOST_CHOICES = 20_000
Index = npt.NDArray[np.intp]


@dataclass(frozen=True)
class Corrected:
    """Records with slips undone.

    values  : (k, n) ; a record without a single best correction is as it was
    changed : (k, n) which values were changed
    tied    : (k,) where several corrections are equally good, so that none was made
    """

    values: Floats
    changed: Bools
    tied: Bools


def broken(rules: Rules, values: Floats) -> Bools:
    """Which rules (k, m) are broken by more than 1e-9 of the row's size; NaN breaks none."""
    total = values @ rules.matrix.T
    size = np.abs(values) @ np.abs(rules.matrix).T
    for ends in (rules.low, rules.high):
        size = np.maximum(size, np.where(np.isfinite(ends), np.abs(ends), 0.0))
    over = np.where(
        rules.open_high, total >= rules.high - STRICT * size, total > rules.high + TOLERANCE * size
    )
    under = np.where(
        rules.open_low, total <= rules.low + STRICT * size, total < rules.low - TOLERANCE * size
    )
    return over | under


def correction(rules: Rules, values: npt.ArrayLike) -> Floats:
    """For each equality, what must be added to its parts to reach the total; (k, e).

    rules  : rules, of which e are equalities `total == part + part`
    values : (k, n) or (n,) records
    The total is the only term of its sign (`a + b == t` and `t - a == b` have the total t); where
    each side has one term or both have several, it is the left side. NaN where a value is missing.
    """
    given = _records(rules, values)
    equal = _equalities(rules)
    matrix, bound = rules.matrix[equal], rules.high[equal]
    above, below = (matrix > 0).sum(axis=1), (matrix < 0).sum(axis=1)
    sign = np.where((below == 1) & (above > 1), -1.0, 1.0)
    residual: Floats = (given @ matrix.T - bound) * sign + 0.0
    return residual


def _records(rules: Rules, values: npt.ArrayLike) -> Floats:
    given = np.atleast_2d(table_of(rules, values))
    if given.ndim != 2 or given.shape[1] != len(rules.names):
        raise UserError(
            f"The records have {given.shape[-1]} values and the rules name {len(rules.names)}: "
            "give one column for each name, in the order of rules.names."
        )
    return given


def _equalities(rules: Rules) -> Bools:
    equal: Bools = rules.low == rules.high
    return equal


def _part(rules: Rules, rows: Index) -> Rules:
    """Some of the rules, between all values."""
    return Rules(
        rules.names,
        tuple(rules.ids[row] for row in rows),
        rules.matrix[rows],
        rules.low[rows],
        rules.high[rows],
        rules.open_low[rows],
        rules.open_high[rows],
    )


def correct_typos(rules: Rules, values: npt.ArrayLike, max_distance: int = 1) -> Corrected:
    """Undoes slips of typing that an equality betrays.

    rules  : rules, of which the equalities betray slips
    values : (k, n) or (n,) records; NaN is missing
    max_distance : insertions, deletions, substitutions of a digit (or the sign or the point) and
        transpositions of two neighbours that a slip may consist of
    A candidate is the number that a value must be for one broken equality to hold, if it is within
    the distance of what is there. Of the sets of candidates that break no rule which held, the one
    that leaves the fewest equalities broken is taken, then the one of fewest changes; where several
    are as good, nothing is changed. Repeated, as a correction can betray the next slip.
    Source: Scholtus, "Algorithms for correcting some obvious inconsistencies" (Statistics
    Netherlands 2008), with optimal string alignment as the distance.
    """
    given = _records(rules, values)
    answer, tied = given.copy(), np.zeros(len(given), dtype=np.bool_)
    for rows, columns in components(rules.matrix):
        part = _part(rules, rows)
        todo = np.arange(len(given))
        while len(todo):
            new, is_tied = _typos(part, answer[todo], columns, max_distance)
            tied[todo] |= is_tied
            moved = ((new != answer[todo]) & ~np.isnan(new)).any(axis=1)
            answer[todo] = new
            todo = todo[moved]
    return _corrected(given, answer, tied)


def _corrected(given: Floats, answer: Floats, tied: Bools) -> Corrected:
    return Corrected(answer, (answer != given) & ~np.isnan(given), tied)


def _typos(rules: Rules, given: Floats, columns: Index, most: int) -> tuple[Floats, Bools]:
    """One round of corrections in one component of the rules, and which records have ties."""
    answer, tied = given.copy(), np.zeros(len(given), dtype=np.bool_)
    equal = _equalities(rules)
    before = broken(rules, given)
    bad = np.flatnonzero(before[:, equal].any(axis=1))
    record, column, value = _candidates(rules, given[bad], before[bad], columns, most)
    starts = np.searchsorted(record, np.arange(len(bad) + 1))
    for number in np.flatnonzero(np.diff(starts)):
        place = slice(starts[number], starts[number + 1])
        row = bad[number]
        best = _best_set(rules, given[row], before[row], column[place], value[place])
        if len(best) == 1:
            answer[row] = best[0]
        tied[row] = len(best) > 1
    return answer, tied


def _candidates(
    rules: Rules, given: Floats, before: Bools, columns: Index, most: int
) -> tuple[Index, Index, Floats]:
    """Records, columns and values of all candidates, by record; each once."""
    equal = np.flatnonzero(_equalities(rules))
    matrix = rules.matrix[equal][:, columns]
    residual = given @ rules.matrix[equal].T - rules.high[equal]
    with np.errstate(divide="ignore", invalid="ignore"):
        wanted = given[:, None, columns] - residual[:, :, None] / matrix[None]
    usable = before[:, equal, None] & (matrix != 0)[None] & np.isfinite(wanted)
    record, _, place = np.nonzero(usable)
    value, column = wanted[usable], columns[place]
    there = given[record, column]
    decimals = _decimals(given)[record]
    rounded = np.array(
        [round(v, d) for v, d in zip(value.tolist(), decimals.tolist(), strict=True)]
    )
    size = np.abs(given[:, columns]).max(axis=1, initial=1.0, where=~np.isnan(given[:, columns]))
    near = np.abs(rounded - value) <= TOLERANCE * size[record] if len(value) else np.zeros(0, bool)
    near &= np.fromiter(
        (
            ok and 0 < distance(_text(one, d), _text(other, d), most) <= most
            for ok, one, other, d in zip(near, there, rounded, decimals, strict=True)
        ),
        dtype=np.bool_,
        count=len(near),
    )
    found = np.column_stack([record[near], column[near], rounded[near] + 0.0])
    found = np.unique(found, axis=0)
    return found[:, 0].astype(np.intp), found[:, 1].astype(np.intp), found[:, 2]


def _decimals(given: Floats) -> Index:
    """Decimals (k,) that the values of each record are written with, at most 6."""
    known = np.where(np.isnan(given), 0.0, given)
    needed = np.zeros(len(given), dtype=np.intp)
    for digits in range(6):
        scaled = known * 10.0**digits
        off = np.abs(scaled - np.round(scaled)) > 1e-6 * np.maximum(1.0, np.abs(scaled) * 1e-6)
        needed[off.any(axis=1)] = digits + 1
    return needed


def _text(value: float, decimals: int) -> str:
    text = f"{value:.{decimals}f}"
    return text.rstrip("0").rstrip(".") if decimals else text


def distance(one: str, other: str, most: int) -> int:
    """Optimal string alignment of two texts: insertions, deletions, substitutions, transpositions.

    most : a larger distance is returned as most + 1
    """
    if abs(len(one) - len(other)) > most:
        return most + 1
    rows = [list(range(len(other) + 1))]
    for i, a in enumerate(one, 1):
        row = [i]
        for j, b in enumerate(other, 1):
            best = min(rows[i - 1][j] + 1, row[j - 1] + 1, rows[i - 1][j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                best = min(best, rows[i - 2][j - 2] + 1)
            row.append(best)
        if min(row) > most and min(rows[-1]) > most:
            return most + 1
        rows.append(row)
    return min(rows[-1][-1], most + 1)


def _best_set(
    rules: Rules, record: Floats, before: Bools, column: Index, value: Floats
) -> list[Floats]:
    """The best records that sets of candidates make; several where they are equally good."""
    equal = _equalities(rules)
    most = min(len(set(column.tolist())), int(before[equal].sum()))
    left = int(before[equal].sum())
    best: list[Floats] = []
    tried = 0
    for size in range(1, most + 1):
        sets = [
            s for s in combinations(range(len(column)), size) if len(set(column[list(s)])) == size
        ]
        tried += len(sets)
        if not sets or tried > MOST_CHOICES:
            break
        new = np.repeat(record[None], len(sets), axis=0)
        for number, chosen in enumerate(sets):
            new[number, column[list(chosen)]] = value[list(chosen)]
        after = broken(rules, new)
        remaining = after[:, equal].sum(axis=1)
        remaining[(after & ~before).any(axis=1)] = left + 1
        if remaining.min() < left:
            left = int(remaining.min())
            best = list(np.unique(new[remaining == left], axis=0))
        if left == 0:
            break
    return best


def correct_signs(
    rules: Rules,
    values: npt.ArrayLike,
    swaps: Sequence[tuple[str, str]] = (),
    flips: Sequence[str] | None = None,
) -> Corrected:
    """Undoes wrong signs and swapped values that a broken equality betrays.

    rules  : rules, of which the equalities betray slips
    values : (k, n) or (n,) records; in a component of rules with a missing value nothing is done
    swaps  : pairs of names whose values may have been swapped (profit and loss, in and out)
    flips  : names whose sign may be wrong; not given: all names in the equalities
    The fewest swaps and flips after which every rule of the component holds; where several
    different records can be had so, nothing is changed. Raises UserError for a name no rule knows.
    Source: Scholtus, "Algorithms for correcting some obvious inconsistencies" (Statistics
    Netherlands 2008).
    """
    given = _records(rules, values)
    place = {name: number for number, name in enumerate(rules.names)}
    unknown = [
        name for name in (*(flips or ()), *(n for s in swaps for n in s)) if name not in place
    ]
    if unknown:
        raise UserError(f"There is no value {unknown[0]!r} in the rules: correct the name.")
    named = (rules.matrix[_equalities(rules)] != 0).any(axis=0)
    signs = np.flatnonzero(named).tolist() if flips is None else [place[name] for name in flips]
    pairs = [(place[one], place[other]) for one, other in swaps]
    links = np.zeros((len(pairs), len(rules.names)))
    for number, pair in enumerate(pairs):
        links[number, list(pair)] = 1.0
    answer, tied = given.copy(), np.zeros(len(given), dtype=np.bool_)
    for rows, columns in components(np.vstack([rules.matrix, links])):
        part = _part(rules, rows[rows < len(rules.ids)])
        inside = set(columns.tolist())
        actions: list[tuple[int, ...]] = [(sign,) for sign in signs if sign in inside]
        actions += [pair for pair in pairs if pair[0] in inside]
        bad = np.flatnonzero(broken(part, given)[:, _equalities(part)].any(axis=1))
        bad = bad[~np.isnan(given[np.ix_(bad, columns)]).any(axis=1)]
        answer[bad], tied[bad] = _unsigned(part, answer[bad], actions, tied[bad])
    return _corrected(given, answer, tied)


def _unsigned(
    rules: Rules, given: Floats, actions: Sequence[tuple[int, ...]], tied: Bools
) -> tuple[Floats, Bools]:
    """Records after the fewest actions that make all rules hold, and which have several."""
    answer, tied = given.copy(), tied.copy()
    todo, tried = np.arange(len(given)), 0
    for size in range(1, len(actions) + 1):
        found = np.zeros(len(todo), dtype=np.bool_)
        several = np.zeros(len(todo), dtype=np.bool_)
        for chosen in combinations(actions, size):
            tried += 1
            new = _acted(given[todo], chosen)
            if new is None:
                continue
            right = ~broken(rules, new).any(axis=1)
            several |= right & found & (new != answer[todo]).any(axis=1)
            answer[todo[right & ~found]] = new[right & ~found]
            found |= right
        answer[todo[several]] = given[todo[several]]
        tied[todo[several]] = True
        todo = todo[~found]
        if not len(todo) or tried > MOST_CHOICES:
            break
    return answer, tied


def _acted(given: Floats, actions: Sequence[tuple[int, ...]]) -> Floats | None:
    """Values with pairs swapped, then signs flipped; None where a value would be swapped twice."""
    swapped = [column for action in actions if len(action) == 2 for column in action]
    if len(set(swapped)) < len(swapped):
        return None
    new = given.copy()
    for action in actions:
        if len(action) == 2:
            new[:, list(action)] = given[:, list(action)[::-1]]
    for action in actions:
        if len(action) == 1:
            new[:, action[0]] *= -1.0
    return new + 0.0


def correct_rounding(
    rules: Rules, values: npt.ArrayLike, unit: float = 1.0, most: int = 2
) -> Corrected:
    """Changes values by a few units so that equalities which rounding broke hold exactly.

    rules  : rules between n values
    values : (k, n) or (n,) records, multiples of the unit; NaN is missing
    unit   : what values were rounded to
    most   : units that a value may change by
    In each component of the rules, the changes with the smallest sum of squares after which all its
    rules hold; of equally good ones, those of larger values. Where there are none, or a value is no
    multiple of the unit, the component is left as it is. Raises UserError for a unit that is not
    positive.
    """
    given = _records(rules, values)
    if not unit > 0:
        raise UserError("The unit of rounding must be more than 0.")
    counted = np.round(given / unit)
    multiple = np.isnan(given) | (np.abs(given / unit - counted) <= 1e-6)
    answer = given.copy()
    for rows, columns in components(rules.matrix):
        part = _part(rules, rows)
        part = Rules(
            tuple(rules.names[column] for column in columns),
            part.ids,
            part.matrix[:, columns],
            part.low / unit,
            part.high / unit,
            part.open_low,
            part.open_high,
        )
        here, counts = given[:, columns], counted[:, columns]
        bad = broken(part, counts)[:, _equalities(part)].any(axis=1)
        able = multiple[:, columns].all(axis=1) & _reachable(part, counts, most)
        todo = np.flatnonzero(bad & able)
        if not len(todo):
            continue
        answer[np.ix_(todo, columns)] = _rounded(part, here[todo], counts[todo], unit, most)
    return _corrected(given, answer, np.zeros(len(given), dtype=np.bool_))


def _reachable(rules: Rules, counts: Floats, most: int) -> Bools:
    """Which records could keep each rule by changes of `most` units at all."""
    total = counts @ rules.matrix.T
    reach = most * np.abs(rules.matrix).sum(axis=1) * (1 + TOLERANCE)
    near: Bools = (~(total < rules.low - reach) & ~(total > rules.high + reach)).all(axis=1)
    return near


def _rounded(rules: Rules, given: Floats, counts: Floats, unit: float, most: int) -> Floats:
    """Records of one component with the least changes, or as they were."""
    size = np.abs(np.where(np.isnan(counts), 0.0, counts))
    rank = np.argsort(np.argsort(-size, axis=1, kind="stable"), axis=1, kind="stable")
    weights = 1.0 + 1e-3 * rank
    whole = np.ones(counts.shape[1], dtype=np.bool_)
    moved = adjust(rules, counts, weights, counts - most, counts + most, whole)
    change = np.where(moved.solved[:, None], moved.values - counts, 0.0)
    decimals = max(0, 12 - int(np.floor(np.log10(unit))) if unit < 1 else 0)
    new = np.where(change == 0, given, np.round((counts + change) * unit, min(decimals, 15)))
    scaled = replace(rules, low=rules.low * unit, high=rules.high * unit)
    wrong: Bools = broken(scaled, new).any(axis=1, keepdims=True) | np.isnan(given)
    return np.where(wrong, given, new)
