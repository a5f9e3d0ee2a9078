"""Uncertainty around central paths: a shock of the whole country and a walk of every leaf."""

from __future__ import annotations

import numpy as np

from helpers.trends.past import CUBE_ROOT, Floats, Past, steps

SHOCK = 0.24
"""Standard error of the common pace, as a share of it. Between 2004-06 and 2006-08 the paces of
the six regions under gso-2006, a standard of which nothing is scored, changed by 27 % of their mean
on average and 33 % around it (cube-root scale): what they had in common is the root of
0.27² - 0.33²/6, as six changes of their own do not cancel in a mean."""

SMALLEST_PACE = 0.05
"""Smallest common pace that the shock is a share of, cube-root scale a year: the mean pace of the
63 provinces in 2006-08 (0.052), so that a standstill in training does not mean certainty."""

PRIOR_SPREAD = 0.022
"""Standard deviation of a province's yearly step around the common one, cube-root scale, before
any step was seen: that of 2006-08, Hà Nội on one ground. It counts as one step of one province, a
prior of unit information (Kass and Wasserman 1995, J. Am. Stat. Assoc. 90:928): enough where
nothing was seen, and nothing beside 63 steps."""

ALIKE = 0.25
"""Share of the variance of a province's yearly step around the common one that is its own lasting
pace; the rest is noise of one year. Successive steps of one province correlate by 0.1 to 0.4 on the
mean of each standard, single pairs of steps by -0.25 to 0.8. Mean errors hardly depend on it
between 0.15 and 0.4; intervals narrow a little as it grows."""


def believed(past: Past) -> Floats:
    """Share of each leaf's deviation from the common pace that is taken as lasting, by leaf.

    With T years seen it is T · ALIKE / (1 + (T - 1) · ALIKE), the best linear prediction of a
    lasting deviation from its mean over T years (Henderson 1975, Biometrics 31:423); 0 for a leaf
    with one rate.
    """
    span = past.last_year - past.first_year
    share: Floats = span * ALIKE / (1 + (span - 1) * ALIKE)
    return share


def spread(past: Past) -> float:
    """Standard deviation of a leaf's yearly step around the common step, cube-root scale.

    Pooled over the steps of the past, each counted by its years, with one degree of freedom less
    for the common step of each pair of years, and the prior as one step more.
    """
    seen = steps(past)
    step = (np.cbrt(seen.end) - np.cbrt(seen.start)) / np.sqrt(seen.years)
    counts = np.bincount(seen.period)
    means = np.bincount(seen.period, step) / np.maximum(counts, 1)
    squares = ((step - means[seen.period]) ** 2).sum() if len(step) else 0.0
    freedom = len(step) - np.count_nonzero(counts)
    return float(np.sqrt((PRIOR_SPREAD**2 + squares) / (1 + freedom)))


def scatter(past: Past, paths: Floats, shares: Floats, draws: int, seed: int) -> Floats:
    """Draws around central paths, year × leaf × draw, per cent in [0, 100].

    paths  : path × year × leaf, per cent: alternatives of which each draw follows one
    shares : by path, sum 1

    On the cube-root scale each draw has one path and one national shock, an error of the common
    pace that all leaves share and that grows with the years ahead. Each leaf has an error of its
    last rate, even over the printed interval, an error of its own lasting pace, the larger the
    fewer years were seen, and the noise of each year as a random walk. Both begin in the year of
    its last rate, which may lie before the origin. The same seed gives the same draws, and a
    longer horizon leaves its first years as they were.
    """
    random, step = np.random.default_rng(seed), spread(past)
    roots, chosen = np.cbrt(paths), random.choice(len(paths), draws, p=shares)
    drift = common_error(past, step) * random.standard_normal(draws)
    walk = _starts(past, draws, random)
    pace = random.standard_normal(walk.shape)
    pace *= (step * np.sqrt(ALIKE * (1 - believed(past))))[:, None]
    pace += drift
    unseen = past.origin - past.last_year[:, None]
    if unseen.any():
        walk += unseen * pace
        walk += step * np.sqrt((1 - ALIKE) * unseen) * random.standard_normal(walk.shape)
    values = np.empty((*paths.shape[1:], draws))
    for year in range(paths.shape[1]):
        walk += pace
        walk += step * np.sqrt(1 - ALIKE) * random.standard_normal(walk.shape)
        values[year] = walk
        values[year] += roots[:, year].T[:, chosen]
    np.maximum(values, 0.0, out=values)
    rates: Floats = np.minimum(values * values * values, 100.0)
    return rates


def common_error(past: Past, step: float) -> float:
    """Standard error of the common pace, cube-root scale a year.

    That the pace changes, SHOCK, and that it was seen in few leaves for few years: the variance
    of their weighted mean, each leaf's being step² · (ALIKE + (1 - ALIKE) / years).
    """
    span = past.last_year - past.first_year
    moved = span > 0
    if not moved.any():
        return SMALLEST_PACE
    share = past.weights[moved] / past.weights[moved].sum()
    pace = abs(float(past.pace(CUBE_ROOT)[moved] @ share))
    seen = share**2 @ (step**2 * (ALIKE + (1 - ALIKE) / span[moved]))
    return float(np.hypot(SHOCK * max(pace, SMALLEST_PACE), np.sqrt(seen)))


def _starts(past: Past, draws: int, random: np.random.Generator) -> Floats:
    """Errors of the last rates within their printed intervals, leaf × draw, cube-root scale."""
    start = np.zeros((len(past.last), draws))
    wide = past.high > past.low
    if wide.any():
        ends = (past.low[wide, None], past.high[wide, None])
        even = random.uniform(*ends, size=(int(wide.sum()), draws))
        start[wide] = np.cbrt(even) - np.cbrt(past.last[wide, None])
    return start
