"""Uncertainty around central paths: a shock of the whole country and a walk of every leaf."""

from __future__ import annotations

import numpy as np

from helpers.trends.past import CUBE_ROOT, Floats, Past

SHOCK = 0.35
"""Standard error of the common pace, as a share of it. Between 2004-06 and 2006-08 the paces of
the six regions under gso-2006, a standard that is never scored, changed by 35 % (root mean
square, cube-root scale)."""

SMALLEST_PACE = 0.05
"""Smallest common pace that the shock is a share of, cube-root scale a year: the mean pace of the
63 provinces in 2006-08 (0.048), so that a standstill in training does not mean certainty."""

PRIOR_SPREAD = 0.05
"""Standard deviation of a province's yearly step around the common one, cube-root scale, before
any step was seen: 0.053 in 2006-08. It counts as much as one step of the whole panel."""


def spread(past: Past) -> float:
    """Standard deviation of a leaf's yearly step around the common step, cube-root scale.

    Pooled over the steps of the past, each counted by its years, and the prior as one step more.
    """
    steps = np.diff(np.cbrt(past.rates), axis=0) / np.sqrt(np.diff(past.years))[:, None]
    seen = ~np.isnan(steps)
    counts = seen.sum(axis=1, keepdims=True)
    means = np.where(seen, steps, 0).sum(axis=1, keepdims=True) / np.maximum(counts, 1)
    squares = np.where(seen, (steps - means) ** 2, 0).sum()
    leaves = past.rates.shape[1]
    return float(np.sqrt((leaves * PRIOR_SPREAD**2 + squares) / (leaves + counts.sum())))


def scatter(past: Past, centre: Floats, draws: int, seed: int) -> Floats:
    """Draws around central paths, year × leaf × draw, per cent in [0, 100].

    On the cube-root scale each draw has one national shock, an error of the common pace that all
    leaves share and that grows with the years ahead, and a random walk of each leaf. The same seed
    gives the same draws, and a longer horizon leaves its first years as they were.
    """
    random, own = np.random.default_rng(seed), spread(past)
    common = max(abs(float(past.pace(CUBE_ROOT) @ past.weights)), SMALLEST_PACE)
    shock = SHOCK * common * random.standard_normal(draws)
    walk = np.zeros((centre.shape[1], draws))
    values = np.empty((*centre.shape, draws))
    for year, path in enumerate(np.cbrt(centre)):
        walk += own * random.standard_normal(walk.shape)
        np.add(walk, (year + 1) * shock, out=values[year])
        values[year] += path[:, None]
    np.clip(values, 0.0, np.cbrt(100.0), out=values)
    return values * values * values
