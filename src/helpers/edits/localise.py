"""Localising errors: the smallest sets of values to doubt in each record (Fellegi–Holt)."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np
import numpy.typing as npt

from helpers.edits.feasible import BREAKS, UNSURE, demand_possible, judge
from helpers.edits.implied import (
    Edits,
    Ints,
    broken,
    contradicted,
    implied,
    own,
    part,
    parts,
    taken,
)
from helpers.edits.linear import Bools, Floats, Rules
from helpers.edits.screen import boxes
from helpers.project import UserError

Columns = tuple[int, ...]
Sets = tuple[tuple[str, ...], ...]

TIE = 1e-9
MOST_TIES = 10_000
MOST_EDITS = 5_000
TOO_MANY = f"More than {MOST_TIES} sets are equally good."
UNPROVED = "It could not be verified that a set suffices."


@dataclass(frozen=True)
class Localised:
    """The smallest sets of values to doubt in k records.

    sets   : for each record every set of names of least total weight, names and sets sorted; a
             record that may be true as it is has one set, the empty one; an unsolved one has none
    weight : (k,) total weight of each of these sets, NaN where unsolved
    solved : (k,) whether the sets are all, and each was shown to suffice
    reason : for each record why it is not solved, else ""
    """

    sets: list[Sets]
    weight: Floats
    solved: Bools
    reason: list[str]


@dataclass(frozen=True)
class _Choice:
    """Sets of names of least weight, or why there are none."""

    sets: Sets
    weight: float
    reason: str = ""


CLEAN = _Choice(((),), 0.0)


def localise(
    rules: Rules,
    low: npt.ArrayLike,
    high: npt.ArrayLike | None = None,
    weights: npt.ArrayLike | None = None,
) -> Localised:
    """Every smallest set of values to doubt in each record, so that the others can be true.

    low, high : (k, n) closed intervals in the order of rules.names; without high the values are
                points. NaN is missing: free, and never doubted
    weights   : (n,) or (k, n), what doubting a value costs, 1 without; infinite is never doubted
    For each record: minimise  sum of weights over S  so that some x fulfils all the rules with
    low_j <= x_j <= high_j for every j outside S (Fellegi & Holt 1976). S must hit the support of
    every implied edit that the record breaks; records that break the same edits under the same
    weights share the search. Each set is shown to suffice by a point for each record. Records
    with more than MOST_TIES equally good sets are not solved, and say so.
    Raises ContradictoryRules for rules that nothing fulfils and UserError for wrong tables.
    """
    demand_possible(rules)
    bottom, top = boxes(rules, low, high)
    cost = _weights(rules, weights, len(bottom))
    single = own(rules)
    violated = broken(single, bottom, top)
    choices: list[_Choice] = [CLEAN]
    picked: list[Ints] = []
    for rows, columns in parts(rules):
        suspect = violated[:, single.matrix[:, columns].any(axis=1)].any(axis=1)
        if bottom is not top:
            suspect |= (bottom[:, columns] != top[:, columns]).any(axis=1)
        some = np.flatnonzero(suspect)
        if len(some):
            costs = cost[some if len(cost) > 1 else [0]][:, columns]
            box = taken(bottom, top, some, columns)
            place, found = _localised(part(rules, rows, columns), *box, costs)
            picked.append(np.zeros(len(bottom), dtype=np.int64))
            picked[-1][some] = place + len(choices)
            choices += found
    return _together(choices, picked, len(bottom))


def _weights(rules: Rules, weights: npt.ArrayLike | None, count: int) -> Floats:
    """Weights of shape (1, n), or (k, n)."""
    cost = np.ones(len(rules.names)) if weights is None else np.asarray(weights, dtype=np.float64)
    cost = cost[None] if cost.ndim == 1 else cost
    if cost.shape not in ((1, len(rules.names)), (count, len(rules.names))):
        raise UserError(
            f"The weights have the shape {cost.shape}: give one weight a value, or one row of "
            f"weights a record, for {', '.join(rules.names)}."
        )
    wrong = ~(cost >= 0)
    if wrong.any():
        name = rules.names[np.argwhere(wrong)[0][1]]
        raise UserError(f"A weight of {name} is negative or missing: it must be 0 or more.")
    return cost


def _localised(rules: Rules, low: Floats, high: Floats, cost: Floats) -> tuple[Ints, list[_Choice]]:
    """The number of each record's choice, and the choices, within one part of the rules.

    Implicit hitting sets: candidates hit all edits known to be broken; one that does not suffice
    yields an edit that joins them, so that the least which suffice at last are least of all.
    """
    base, edits = own(rules), implied(rules)
    choices = [_Choice((), np.nan, UNPROVED)]
    picked, pending = np.zeros(len(low), dtype=np.int64), np.arange(len(low))
    kind = np.unique(cost, axis=0, return_inverse=True)[1].ravel()
    offer: dict[tuple[tuple[Columns, ...], int], int] = {}
    while len(pending) and len(edits.matrix) < MOST_EDITS:
        bottom, top = taken(low, high, pending)
        found = contradicted(base, edits, bottom, top)
        kinds = kind[pending if len(cost) > 1 else [0]]
        group, first = _groups(found, kinds)
        numbers = np.zeros(len(first), dtype=np.int64)
        supports = [frozenset(np.flatnonzero(row).tolist()) for row in edits.matrix]
        for number, row in enumerate(first):
            hit = _least([supports[edit] for edit in np.flatnonzero(found[row])])
            key = (hit, int(kinds[row if len(cost) > 1 else 0]))
            if key not in offer:
                offer[key] = len(choices)
                weight = cost[pending[row] if len(cost) > 1 else 0]
                choices.append(_lightest(hit, weight, rules.names))
            numbers[number] = offer[key]
        picked[pending] = numbers[group]
        record, freed = _freed(picked[pending], choices, rules.names)
        box = np.where(freed, -np.inf, bottom[record]), np.where(freed, np.inf, top[record])
        verdict, grown = judge(base, edits, *box)
        breaks = np.bincount(record[verdict == BREAKS], minlength=len(pending)) > 0
        unsure = np.bincount(record[verdict == UNSURE], minlength=len(pending)) > 0
        picked[pending[unsure | breaks]] = 0
        pending = pending[breaks & ~unsure] if _differ(grown, edits) else pending[:0]
        edits = grown
    return picked, choices


def _differ(one: Edits, other: Edits) -> bool:
    fields = ("matrix", "low", "high", "open_low", "open_high")
    return any(not np.array_equal(getattr(one, name), getattr(other, name)) for name in fields)


def _groups(found: Bools, kinds: Ints) -> tuple[Ints, Ints]:
    """Number of the group of records that break the same edits at the same weights; first ones."""
    group = np.unique(kinds, return_inverse=True)[1].ravel()
    group = np.broadcast_to(group, len(found)).astype(np.int64)
    bits = np.packbits(found, axis=1)
    return _numbered([group, *(byte.astype(np.int64) for byte in bits.T)])


def _numbered(columns: list[Ints]) -> tuple[Ints, Ints]:
    """Number of each distinct row of whole numbers from 0 on, and the first row of each number."""
    group, first = np.zeros(len(columns[0]), np.int64), np.zeros(1, np.int64)
    for column in columns:
        if not column.any():
            continue
        _, first, group = np.unique(
            group * (int(column.max()) + 1) + column, return_index=True, return_inverse=True
        )
    return group, first


def _freed(picked: Ints, choices: list[_Choice], names: tuple[str, ...]) -> tuple[Ints, Bools]:
    """All pairs of a record and one of its sets: the record, and the columns that are freed."""
    used, group = np.unique(picked, return_inverse=True)
    place = {name: column for column, name in enumerate(names)}
    count = np.array([len(choices[number].sets) for number in used], dtype=np.int64)
    masks = np.zeros((int(count.sum()), len(names)), dtype=np.bool_)
    for row, chosen in enumerate(one for number in used for one in choices[number].sets):
        masks[row, [place[name] for name in chosen]] = True
    begin = np.cumsum(count) - count
    repeats = count[group.ravel()]
    record = np.repeat(np.arange(len(picked)), repeats)
    within = np.arange(len(record)) - np.repeat(np.cumsum(repeats) - repeats, repeats)
    return record, masks[begin[group.ravel()][record] + within]


def _least(supports: list[frozenset[int]]) -> tuple[Columns, ...]:
    """The supports that hold no other, as sorted columns."""
    found = set(supports)
    least = [one for one in found if not any(other < one for other in found)]
    return tuple(sorted(tuple(sorted(one)) for one in least))


def _lightest(supports: tuple[Columns, ...], weight: Floats, names: tuple[str, ...]) -> _Choice:
    """All sets of least weight that hit every support and hold none that does, or why none."""
    cost = weight.tolist()
    doubtable = [tuple(column for column in one if cost[column] < np.inf) for one in supports]
    for one, left in zip(supports, doubtable, strict=True):
        if not left:
            listed = ", ".join(names[column] for column in one)
            return _Choice((), np.nan, f"{listed} exclude each other and none may be doubted.")
    found: list[tuple[float, frozenset[int]]] = []
    try:
        _branch([frozenset(one) for one in doubtable], frozenset(), 0.0, cost, found)
    except _TooMany:
        return _Choice((), np.nan, TOO_MANY)
    least = min(total for total, _ in found)
    sets = {one for total, one in found if total <= _tied(least)}
    if not all(cost):
        sets = {one for one in sets if not any(other < one for other in sets)}
    named = sorted(tuple(sorted(names[column] for column in one)) for one in sets)
    return _Choice(tuple(named), least)


class _TooMany(Exception):
    """More equally good sets than are listed."""


def _branch(
    open_now: list[frozenset[int]],
    chosen: frozenset[int],
    total: float,
    cost: list[float],
    found: list[tuple[float, frozenset[int]]],
) -> None:
    """Branch and bound over hitting sets; found keeps the ties, a lightest one first."""
    best = found[0][0] if found else np.inf
    if total + _least_more(open_now, cost) > _tied(best):
        return
    if not open_now:
        if total < best:
            kept = [one for one in found if one[0] <= _tied(total)]
            found[:] = [(total, chosen), *kept]
        else:
            found.append((total, chosen))
        if len(found) > MOST_TIES:
            raise _TooMany
        return
    support = min(open_now, key=lambda one: (len(one), sorted(one)))
    tried: set[int] = set()
    for column in sorted(support, key=lambda one: (cost[one], one)):
        rest = [one - tried for one in open_now if column not in one]
        if all(rest):
            _branch(rest, chosen | {column}, total + cost[column], cost, found)
        tried.add(column)


def _least_more(open_now: list[frozenset[int]], cost: list[float]) -> float:
    """What hitting the rest costs at least: the cheapest of supports that share nothing."""
    total, seen = 0.0, set[int]()
    for one in sorted(open_now, key=len):
        if not one & seen:
            total += min(cost[column] for column in one)
            seen |= one
    return total


def _tied(total: float) -> float:
    return total * (1 + TIE)


def _together(choices: list[_Choice], picked: list[Ints], count: int) -> Localised:
    """The choices of all parts of each record as one: every set of one joins every of another."""
    sets, reason = [CLEAN.sets] * count, [""] * count
    weight, solved = np.zeros(count), np.ones(count, dtype=np.bool_)
    rows = np.flatnonzero(sum(picked, start=np.zeros(count, dtype=np.int64)))
    if len(rows):
        group, first = _numbered([numbers[rows] for numbers in picked])
        kinds = np.stack(picked, axis=1)[rows[first]].tolist()
        joined = [_product([choices[number] for number in kind if number]) for kind in kinds]
        for row, number in zip(rows.tolist(), group.tolist(), strict=True):
            sets[row] = joined[number].sets
        weight[rows] = np.array([one.weight for one in joined])[group]
        solved[rows] = ~np.isnan(weight[rows])
        for row in np.flatnonzero(~solved[rows]).tolist():
            reason[rows[row]] = joined[group[row]].reason
    return Localised(sets, weight, solved, reason)


def _product(chosen: list[_Choice]) -> _Choice:
    why = " ".join(dict.fromkeys(one.reason for one in chosen if one.reason))
    if not why and np.prod([float(len(one.sets)) for one in chosen]) > MOST_TIES:
        why = TOO_MANY
    if why:
        return _Choice((), np.nan, why)
    unions = product(*(one.sets for one in chosen))
    sets = tuple(sorted(tuple(sorted(name for one in union for name in one)) for union in unions))
    return _Choice(sets, sum(one.weight for one in chosen))
