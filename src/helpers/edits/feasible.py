"""Whether rules can be true at all, alone or with what is known, and which exclude each other."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import linprog

from helpers.edits.implied import (
    TOLERANCE,
    Edits,
    Ints,
    broken,
    combined,
    finite,
    joined,
    own,
    part,
    witness,
)
from helpers.edits.linear import Bools, Floats, Rules
from helpers.project import UserError

PRECISION = 1e-10
USED = 1e-7
HOLDS, BREAKS, UNSURE = 0, 1, 2


class ContradictoryRules(UserError):
    """Rules that no values can fulfil."""


@dataclass(frozen=True)
class Answer:
    """What is known of one box: a verified point, or an edit it breaks, or neither.

    point : (n,) or None ; edit : one edit that follows from the rules, or None
    """

    point: Floats | None
    edit: Edits | None


def feasible(rules: Rules) -> bool:
    """Whether some values fulfil all the rules; open ends stay excluded.

    Raises UserError when the solver finds neither such values nor rules that exclude each other.
    """
    return not _impossible(rules)


def contradiction(rules: Rules) -> tuple[str, ...]:
    """Ids of a smallest set of rules that exclude each other, in their order; none if possible.

    Rules are taken away one by one as long as the others still exclude each other (deletion
    filter, Chinneck & Dravnieks 1991): without any of those returned the others are possible.
    """
    if not _impossible(rules):
        return ()
    needed = list(dict.fromkeys(rules.ids))
    for name in tuple(needed):
        others = [other for other in needed if other != name]
        rows = np.array([row for row, key in enumerate(rules.ids) if key in others], dtype=np.int64)
        if _impossible(part(rules, rows, np.arange(len(rules.names)))):
            needed = others
    return tuple(needed)


def demand_possible(rules: Rules) -> None:
    """Raises ContradictoryRules that names a smallest set of rules that exclude each other."""
    names = contradiction(rules)
    if names:
        raise ContradictoryRules(
            f"No values can fulfil the rules {', '.join(names)} together: correct one of them."
        )


def settle(edits: Edits, low: Floats, high: Floats) -> Answer:
    """A point of one box that fulfils the edits, or an edit that the box breaks.

    low, high : (n,) closed box, infinite where free
    The point minimises the largest excess relative to its row's size; then, for open ends, it
    maximises the least distance from them. If there is an excess, the duals of that programme
    combine rows to one that the box breaks (Farkas). Both answers are checked before they are
    returned; when neither holds, the answer is empty.
    """
    easy = witness(edits, low[None], high[None])
    if not broken(edits, easy, easy).any():
        return Answer(easy[0], None)
    scale, size = _scales(edits, low, high)
    parts = [(edits.high, 1.0, edits.open_high), (-edits.low, -1.0, edits.open_low)]
    rows = [np.flatnonzero(np.isfinite(end)) for end, _, _ in parts]
    side = np.concatenate([np.full(len(r), s) for r, (_, s, _) in zip(rows, parts, strict=True)])
    each = np.concatenate(rows)
    is_open = np.concatenate([o[r] for r, (_, _, o) in zip(rows, parts, strict=True)])
    end = np.concatenate([e[r] for r, (e, _, _) in zip(rows, parts, strict=True)])
    matrix = side[:, None] * edits.matrix[each]
    fixed = low == high
    known = np.where(fixed, low, 0.0)
    programme = _Programme(
        matrix=matrix[:, ~fixed] * scale[~fixed] / size[each, None],
        limit=(end - matrix @ known) / size[each],
        bounds=np.stack([low[~fixed], high[~fixed]], axis=1) / scale[~fixed, None],
    )
    for loose in (np.ones(len(each), dtype=np.bool_), is_open):
        if not loose.any():
            continue
        solved = programme.solve(loose, strict=loose is is_open)
        if solved is None:
            return Answer(None, None)
        free, duals = solved
        point = known.copy()
        point[~fixed] = np.clip(free * scale[~fixed], low[~fixed], high[~fixed])
        if _fulfils(matrix, end, is_open, point, TOLERANCE * size[each]):
            return Answer(point, None)
        shares = np.zeros(len(edits.matrix))
        np.add.at(shares, each, side * duals / size[each])
        found = _certificate(edits, shares, low, high)
        if found is not None:
            return Answer(None, found)
    return Answer(None, None)


def judge(base: Edits, edits: Edits, low: Floats, high: Floats) -> tuple[Ints, Edits]:
    """Whether each box holds a point that fulfils the base: HOLDS, BREAKS or UNSURE, (k,).

    base  : the rules ; edits : what they imply, as far as known; no box breaks one of them
    What holds has been shown by a point, what breaks by a broken edit. Edits that were found on
    the way are added to those that come back.
    """
    verdict = np.full(len(low), HOLDS)
    points = witness(edits, low, high)
    more: Edits | None = None
    for row in np.flatnonzero(broken(base, points, points).any(axis=1)):
        if more is not None and broken(more, low[[row]], high[[row]]).any():
            verdict[row] = BREAKS
            continue
        answer = settle(base, low[row], high[row])
        if answer.edit is not None:
            more = answer.edit if more is None else joined(more, answer.edit)
        elif answer.point is None:
            verdict[row] = UNSURE
            continue
        verdict[row] = BREAKS if answer.edit is not None else HOLDS
    return verdict, edits if more is None else joined(edits, more)


@dataclass(frozen=True)
class _Programme:
    """matrix @ z <= limit in units of the rows' sizes, bounds (n, 2) on z."""

    matrix: Floats
    limit: Floats
    bounds: Floats

    def solve(self, loose: Bools, strict: bool) -> tuple[Floats, Floats] | None:
        """z of the least excess of the loose rows, or of their largest distance, and the duals."""
        slack = np.where(loose, 1.0 if strict else -1.0, 0.0)
        ends = (-1.0, 1.0) if strict else (0.0, np.inf)
        cost = np.zeros(self.matrix.shape[1] + 1)
        cost[-1] = -1.0 if strict else 1.0
        result = linprog(
            cost,
            A_ub=np.column_stack([self.matrix, slack]),
            b_ub=self.limit,
            bounds=np.append(self.bounds, [ends], axis=0).tolist(),
            method="highs",
            options={
                "primal_feasibility_tolerance": PRECISION,
                "dual_feasibility_tolerance": PRECISION,
            },
        )
        if result.status != 0 or result.x is None:
            return None
        point = np.array(result.x[:-1])
        point[np.abs(point) <= PRECISION] = 0.0
        return point, -np.asarray(result.ineqlin.marginals)


def _fulfils(matrix: Floats, end: Floats, is_open: Bools, point: Floats, room: Floats) -> bool:
    """Whether a point lies below all the ends, and clearly below the open ones."""
    value = matrix @ point
    grain = TOLERANCE * (np.abs(matrix) @ np.abs(point) + np.abs(end))
    return bool(
        np.where(is_open, value < end - grain, value <= end + np.maximum(room, grain)).all()
    )


def _scales(edits: Edits, low: Floats, high: Floats) -> tuple[Floats, Floats]:
    """A magnitude for each value and each row; for free values what their rows suggest."""
    weight = np.abs(edits.matrix)
    bound = np.maximum(*(np.abs(finite(end)) for end in (edits.low, edits.high)))
    known = np.where(np.isfinite(low) & np.isfinite(high), np.maximum(np.abs(low), np.abs(high)), 0)
    scale = known
    for _ in range(3):
        size = np.maximum(bound, (weight * scale).max(axis=1, initial=0.0))
        with np.errstate(divide="ignore", invalid="ignore"):
            asked = np.where(weight > 0, size[:, None] / weight, 0.0).max(axis=0, initial=0.0)
        scale = np.where(scale > 0, scale, asked)
    scale = np.where(scale > 0, scale, 1.0)
    return scale, np.maximum(bound, (weight * scale).max(axis=1, initial=0.0)) + (
        weight.sum(1) == 0
    )


def _certificate(edits: Edits, shares: Floats, low: Floats, high: Floats) -> Edits | None:
    """The sum of rows with these shares, made exact, if the box breaks it."""
    used = np.abs(shares) * (np.abs(edits.matrix).max(axis=1, initial=0.0) + 1e-300)
    rows = np.flatnonzero(used > USED * used.max(initial=0.0))
    if not len(rows):
        return None
    total = shares[rows] @ edits.matrix[rows]
    size = np.abs(shares[rows]) @ np.abs(edits.matrix[rows])
    gone = np.flatnonzero((np.abs(total) <= USED * size) & (size > 0))
    exact = _cancelling(edits.matrix[np.ix_(rows, gone)], shares[rows])
    for guess in (exact, shares[rows]):
        full = np.zeros((1, len(shares)))
        full[0, rows] = guess
        found = combined(edits, full)
        if broken(found, low[None], high[None]).any():
            return found
    return None


def _cancelling(matrix: Floats, shares: Floats) -> Floats:
    """The shares nearest to those given that cancel all the columns."""
    if not matrix.size:
        return shares
    scale = np.where(shares == 0, 1.0, np.abs(shares))
    weighted = (matrix * scale[:, None]).T
    weighted = weighted / np.maximum(np.abs(weighted).max(axis=1, keepdims=True), 1e-300)
    _, values, axes = np.linalg.svd(weighted)
    rank = int((values > USED * values.max(initial=0.0)).sum())
    null = axes[rank:]
    near: Floats = scale * (null.T @ (null @ (shares / scale)))
    return near if np.all(near * shares > 0) else shares


def _crossed(edits: Edits) -> Bools:
    """Edits whose own ends exclude each other."""
    room = TOLERANCE * np.maximum(*(np.abs(finite(end)) for end in (edits.low, edits.high)))
    strict = edits.open_low | edits.open_high
    found: Bools = np.where(strict, edits.low >= edits.high - room, edits.low > edits.high + room)
    return found


def _impossible(rules: Rules) -> bool:
    edits = own(rules)
    empty = ~np.any(rules.matrix != 0, axis=1)
    over = np.where(rules.open_low, rules.low >= 0, rules.low > 0)
    under = np.where(rules.open_high, rules.high <= 0, rules.high < 0)
    if np.any(empty & (over | under)) or _crossed(edits).any():
        return True
    free = np.full(len(rules.names), np.inf)
    answer = settle(edits, -free, free)
    if answer.point is None and answer.edit is None:
        raise UserError("The solver cannot say whether the rules are possible: rescale the values.")
    return answer.point is None
