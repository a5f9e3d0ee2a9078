"""Implied rules: what linear rules say together once some of their values are eliminated."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from helpers.edits.linear import Bools, Floats, Rules

Ints = npt.NDArray[np.int64]

TOLERANCE = 1e-9
NOISE = 1e-12
GRAIN = 1e-14
MOST_EDITS = 400
BLOCK = 1 << 18


@dataclass(frozen=True)
class Edits:
    """Rules  low <= matrix @ x <= high  that follow from others, and from which they follow.

    matrix    : (e, n) coefficients
    low, high : (e,) ; infinite where nothing follows
    open_low, open_high : (e,) whether that end itself is excluded
    from_low, from_high : (e, m) the rules that give each end
    grain     : (e,) what rounding may have added to the ends where large ones cancel
    """

    matrix: Floats
    low: Floats
    high: Floats
    open_low: Bools
    open_high: Bools
    from_low: Bools
    from_high: Bools
    grain: Floats


def own(rules: Rules) -> Edits:
    """The rules themselves as edits; those with the same coefficients become one."""
    each = np.eye(len(rules.ids), dtype=np.bool_)
    ends = (rules.low, rules.high, rules.open_low, rules.open_high)
    return _merged(Edits(rules.matrix, *ends, each, each, np.zeros(len(each))))


def parts(rules: Rules) -> list[tuple[Ints, Ints]]:
    """Rows and columns of the rules that share values, directly or through others."""
    return components(rules.matrix)


def components(matrix: Floats) -> list[tuple[Ints, Ints]]:
    """Rows and columns of a matrix that hang together, in the order of their first columns."""
    linked = matrix != 0
    if not linked.any():
        return []
    links = csr_array(linked)
    label = connected_components((links.T @ links).tocsr(), directed=False)[1]
    own = np.where(linked.any(axis=1), label[np.argmax(linked, axis=1)], -1)
    return [
        (np.flatnonzero(own == number), np.flatnonzero(label == number))
        for number in np.unique(own[own >= 0])
    ]


def part(rules: Rules, rows: Ints, columns: Ints) -> Rules:
    """The rules of some rows on some columns."""
    return Rules(
        names=tuple(rules.names[column] for column in columns),
        ids=tuple(rules.ids[row] for row in rows),
        matrix=rules.matrix[np.ix_(rows, columns)],
        low=rules.low[rows],
        high=rules.high[rows],
        open_low=rules.open_low[rows],
        open_high=rules.open_high[rows],
    )


def implied(rules: Rules) -> Edits:
    """Every elementary edit that the rules imply (Fellegi & Holt 1976; Fourier–Motzkin).

    Combinations  y @ matrix  of rows whose support (of y and of the coefficients) is smallest: by
    Rockafellar's conformal decomposition a box of values that no point fulfils breaks one of them,
    whichever values are free. Columns are crossed out one after another as in the
    double-description method. With more than MOST_EDITS combinations only the rules themselves
    come back: what they imply is then found where a record needs it.
    """
    edits = own(rules)
    count, width = edits.matrix.shape
    shares, rest = np.eye(count), list(range(width))
    while rest:
        matrix = _exact(shares, edits.matrix)
        column = min(rest, key=lambda j: (int((matrix[:, j] != 0).sum()), j))
        rest.remove(column)
        done = [j for j in range(width) if j not in rest and j != column]
        new = _crossed(shares, matrix, column, done)
        new = new[_bounded(new, edits)]
        every = np.concatenate([shares, new])
        support = np.concatenate([every, _exact(every, edits.matrix)[:, [*done, column]]], 1) != 0
        shares = every[_smallest(support)]
        if len(shares) > MOST_EDITS:
            return edits
    return _merged(combined(edits, shares))


def combined(edits: Edits, shares: Floats) -> Edits:
    """The sums  shares @ edits , one a row of shares (c, e), with ends and provenance."""
    plus, minus = np.maximum(shares, 0.0), np.maximum(-shares, 0.0)
    up, down = plus > 0, minus > 0
    size = np.maximum(np.abs(finite(edits.low)), np.abs(finite(edits.high)))
    low = _total(plus, edits.low) - _total(minus, edits.high)
    high = _total(plus, edits.high) - _total(minus, edits.low)
    return Edits(
        matrix=_exact(shares, edits.matrix),
        low=low,
        high=high,
        open_low=up @ edits.open_low | down @ edits.open_high,
        open_high=up @ edits.open_high | down @ edits.open_low,
        from_low=up @ edits.from_low | down @ edits.from_high,
        from_high=up @ edits.from_high | down @ edits.from_low,
        grain=np.abs(shares) @ (edits.grain + GRAIN * size),
    )


def joined(one: Edits, other: Edits) -> Edits:
    """Both lists of edits; of those with the same coefficients the narrowest ends remain."""
    return _merged(
        Edits(
            matrix=np.concatenate([one.matrix, other.matrix]),
            low=np.concatenate([one.low, other.low]),
            high=np.concatenate([one.high, other.high]),
            open_low=np.concatenate([one.open_low, other.open_low]),
            open_high=np.concatenate([one.open_high, other.open_high]),
            from_low=np.concatenate([one.from_low, other.from_low]),
            from_high=np.concatenate([one.from_high, other.from_high]),
            grain=np.concatenate([one.grain, other.grain]),
        )
    )


def broken(edits: Edits, low: Floats, high: Floats) -> Bools:
    """Which edits no point of a box fulfils, (k, e); low, high are (k, n), infinite where free.

    The tolerance is 1e-9 of the sum of the absolute terms; an open end counts as reached there.
    """
    result = np.empty((len(edits.matrix), len(low)), dtype=np.bool_)
    for rows in _blocks(len(low), edits.matrix.size):
        bottom = low[rows].T
        top = bottom if low is high else high[rows].T
        result[:, rows] = _broken(edits, bottom, top)
    return result.T


def _broken(edits: Edits, low: Floats, high: Floats) -> Bools:
    """The same for boxes that are columns, (n, b), as (e, b): sums run along the records."""
    least, most = extremes(edits.matrix, low, high)
    found: Bools = (least > edits.high[:, None]) | (most < edits.low[:, None])
    found[edits.open_low | edits.open_high] = True
    row, box = np.divmod(np.flatnonzero(found), found.shape[1])
    if len(row):
        largest = np.maximum(np.abs(low[:, box]), np.abs(high[:, box]))
        size = np.einsum("ij,ji->i", np.abs(edits.matrix)[row], finite(largest))
        highest, lowest, grain = edits.high[row], edits.low[row], edits.grain[row]
        above = TOLERANCE * (size + np.abs(finite(highest))) + grain
        below = TOLERANCE * (size + np.abs(finite(lowest))) + grain
        over, under = least[row, box] - highest, lowest - most[row, box]
        found[row, box] = np.where(edits.open_high[row], over >= -above, over > above)
        found[row, box] |= np.where(edits.open_low[row], under >= -below, under > below)
    return found


def contradicted(base: Edits, edits: Edits, low: Floats, high: Floats) -> Bools:
    """Edits that each box breaks, (k, e), only those made of a row of the base that is in doubt.

    A sum of rows that all hold within their tolerance is not broken, however large they are.
    """
    found = broken(edits, low, high)
    doubted = np.flatnonzero(found.any(axis=1))
    made_of = _meet(_origin(base), _origin(edits).T)
    for some in _blocks(len(doubted), made_of.size):
        rows = doubted[some]
        bottom, top = taken(low, high, rows)
        doubtful = broken(base, bottom, top)
        if low is not high:
            doubtful |= _meet(bottom != top, (base.matrix != 0).T)
        found[rows] &= _meet(doubtful, made_of)
    return found


def _blocks(count: int, cells: int) -> Iterator[slice]:
    """Slices of records so that a product of each stays in the cache, and in one thread."""
    step = max(1, BLOCK // max(1, cells))
    return (slice(start, start + step) for start in range(0, count, step))


def taken(
    low: Floats, high: Floats, rows: Ints, columns: Ints | slice = slice(None)
) -> tuple[Floats, Floats]:
    """Some rows and columns of boxes; points, one array twice, stay one array twice."""
    bottom = low[rows][:, columns]
    return bottom, bottom if low is high else high[rows][:, columns]


def _meet(one: Bools, other: Bools) -> Bools:
    """Whether a row of one and a column of the other have a true cell in common."""
    result: Bools = one.astype(np.float32) @ other.astype(np.float32) > 0
    return result


def _origin(edits: Edits) -> Bools:
    return edits.from_low | edits.from_high


def extremes(matrix: Floats, low: Floats, high: Floats) -> tuple[Floats, Floats]:
    """Least and most that each row of coefficients reaches in boxes (n, b), both (e, b)."""
    if low is high:
        value = matrix @ low
        return value, value
    plus, minus = np.maximum(matrix, 0.0), np.minimum(matrix, 0.0)
    bottom, top = finite(low), finite(high)
    least, most = plus @ bottom + minus @ top, plus @ top + minus @ bottom
    down, up = np.isinf(low), np.isinf(high)
    free = np.flatnonzero((down | up).any(axis=0))
    if len(free):
        ends = np.concatenate([down[:, free], up[:, free]]).astype(np.float64)
        rises, falls = plus > 0, minus < 0
        without_least = np.concatenate([rises, falls], axis=1) @ ends > 0
        without_most = np.concatenate([falls, rises], axis=1) @ ends > 0
        least[:, free] = np.where(without_least, -np.inf, least[:, free])
        most[:, free] = np.where(without_most, np.inf, most[:, free])
    return least, most


def finite(values: Floats) -> Floats:
    """The values, 0 where they are infinite."""
    return np.where(np.isfinite(values), values, 0.0)


def witness(edits: Edits, low: Floats, high: Floats) -> Floats:
    """A point of each box, (k, n), chosen value by value within what the edits leave to it.

    With all implied edits and a possible box it fulfils the rules; that is not verified here.
    """
    bottom, top = low.T.copy(), high.T.copy()
    for column in range(len(bottom)):
        rows = np.flatnonzero(edits.matrix[:, column])
        vague = np.flatnonzero(bottom[column] != top[column])
        for block in _blocks(len(vague), len(rows) * len(bottom)):
            some = vague[block]
            ends = bottom[column, some], top[column, some]
            left = _left(edits, rows, column, bottom[:, some], top[:, some])
            middle = _middle(np.maximum(left[0], ends[0]), np.minimum(left[1], ends[1]))
            bottom[column, some] = top[column, some] = np.clip(middle, *ends)
    return bottom.T


def _left(
    edits: Edits, rows: Ints, column: int, low: Floats, high: Floats
) -> tuple[Floats, Floats]:
    """The range that some edits leave to one value of boxes (n, b)."""
    rest = edits.matrix[rows].copy()
    share = rest[:, column, None].copy()
    rest[:, column] = 0.0
    least, most = extremes(rest, low, high)
    down, up = edits.low[rows, None] - most, edits.high[rows, None] - least
    bottom = np.where(share > 0, down, up) / share
    top = np.where(share > 0, up, down) / share
    return bottom.max(axis=0, initial=-np.inf), top.min(axis=0, initial=np.inf)


def _middle(low: Floats, high: Floats) -> Floats:
    bottom, top = np.isfinite(low), np.isfinite(high)
    one, other = finite(low), finite(high)
    above = one + np.maximum(np.abs(one), 1.0)
    below = other - np.maximum(np.abs(other), 1.0)
    half: Floats = one + (other - one) / 2
    return np.where(bottom & top, half, np.where(bottom, above, np.where(top, below, 0.0)))


def _exact(shares: Floats, matrix: Floats) -> Floats:
    """shares @ matrix with exact zeros where terms cancel."""
    total = shares @ matrix
    total[np.abs(total) <= NOISE * (np.abs(shares) @ np.abs(matrix))] = 0.0
    return total


def _crossed(shares: Floats, matrix: Floats, column: int, done: list[int]) -> Floats:
    """Sums of two combinations that cross a column out and cancel nothing settled before."""
    with_it = np.flatnonzero(matrix[:, column])
    first, second = (with_it[index] for index in np.triu_indices(len(with_it), 1))
    one = matrix[second, column, None]
    other = -matrix[first, column, None]
    mine, its = one * shares[first], other * shares[second]
    settled = one * matrix[first][:, done] * other * matrix[second][:, done]
    keep = (mine * its).min(axis=1) >= 0
    keep &= settled.min(axis=1, initial=0.0) >= 0
    new = mine[keep] + its[keep]
    result: Floats = new / np.abs(new).max(axis=1, initial=NOISE, keepdims=True)
    return result


def _bounded(shares: Floats, edits: Edits) -> Bools:
    """Whether a combination has a finite end at all."""
    plus, minus = shares > 0, shares < 0
    no_low, no_high = np.isinf(edits.low), np.isinf(edits.high)
    no_top = np.any(plus & no_high | minus & no_low, axis=1)
    no_bottom = np.any(plus & no_low | minus & no_high, axis=1)
    result: Bools = np.logical_not(no_top & no_bottom)
    return result


def _smallest(support: Bools) -> Ints:
    """Rows whose support holds no other's; of equal ones the first."""
    _, first = np.unique(support, axis=0, return_index=True)
    first = np.sort(first)
    unique = support[first].astype(np.float64)
    count = unique.sum(axis=1)
    holds = (unique @ unique.T == count[None, :]) & (count[None, :] < count[:, None])
    result: Ints = first[~np.any(holds, axis=1)]
    return result


def _total(shares: Floats, ends: Floats) -> Floats:
    """shares @ ends where an infinite end counts only if it is used."""
    endless = ((shares > 0) & np.isinf(ends)).any(axis=1)
    sign = np.sign(ends[np.isinf(ends)]).max(initial=-1.0)
    return np.where(endless, sign * np.inf, shares @ finite(ends))


def _merged(edits: Edits) -> Edits:
    """One edit for all with the same coefficients up to a factor, with the narrowest ends."""
    some = (edits.matrix != 0).any(axis=1)
    matrix = edits.matrix[some]
    if not len(matrix):
        return _taken(edits, np.flatnonzero(some))
    lead = np.argmax(np.abs(matrix) >= np.abs(matrix).max(axis=1, keepdims=True) * (1 - 1e-9), 1)
    factor = 1.0 / matrix[np.arange(len(matrix)), lead]
    scaled = combined(_taken(edits, np.flatnonzero(some)), np.diag(factor))
    key = np.round(scaled.matrix, 11) + 0.0
    _, first, group = np.unique(key, axis=0, return_index=True, return_inverse=True)
    order = np.argsort(first)
    place = np.empty_like(order)
    place[order] = np.arange(len(order))
    group = place[group.ravel()]
    bottom = _last(group, _rounded(scaled.low, scaled.grain), scaled.open_low)
    top = _last(group, _rounded(-scaled.high, scaled.grain), scaled.open_high)
    return Edits(
        matrix=scaled.matrix[first[order]],
        low=scaled.low[bottom],
        high=scaled.high[top],
        open_low=scaled.open_low[bottom],
        open_high=scaled.open_high[top],
        from_low=scaled.from_low[bottom],
        from_high=scaled.from_high[top],
        grain=np.maximum(scaled.grain[bottom], scaled.grain[top]),
    )


def _rounded(ends: Floats, grain: Floats) -> Floats:
    """Ends to 11 digits, so that an open one is told from a closed one beside it by that alone."""
    large = np.isfinite(ends) & (np.abs(ends) > grain)
    unit = 10.0 ** np.floor(np.log10(np.where(large, np.abs(ends), 1.0)))
    return np.where(
        large, np.round(finite(ends) / unit, 11) * unit, np.where(np.isinf(ends), ends, 0)
    )


def _last(group: Ints, end: Floats, is_open: Bools) -> Ints:
    """In each group the row with the largest end, an open one before a closed one."""
    order = np.lexsort((-np.arange(len(group)), is_open, end, group))
    is_last = np.append(group[order][1:] != group[order][:-1], True)
    result: Ints = order[is_last]
    return result


def _taken(edits: Edits, rows: Ints) -> Edits:
    ends = (edits.low[rows], edits.high[rows], edits.open_low[rows], edits.open_high[rows])
    origin = (edits.from_low[rows], edits.from_high[rows])
    return Edits(edits.matrix[rows], *ends, *origin, edits.grain[rows])
