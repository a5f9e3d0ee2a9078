"""Uncertainty around central paths: a shock of the whole country and a walk of every leaf."""

from __future__ import annotations

import numpy as np

from helpers.trends.past import CUBE_ROOT, Floats, Past, steps

SHOCK = 0.27
"""Standard error of the common pace, as a share of it. Between 2004-06 and 2006-08 the paces of
the six regions under gso-2006, a standard of which nothing is scored, changed by 27 % on average,
relative to their mean on the cube-root scale: the part of the change that they had in common."""

SMALLEST_PACE = 0.05
"""Smallest common pace that the shock is a share of, cube-root scale a year: the mean pace of the
63 provinces in 2006-08 (0.048), so that a standstill in training does not mean certainty."""

PRIOR_SPREAD = 0.05
"""Standard deviation of a province's yearly step around the common one, cube-root scale, before
any step was seen: 0.053 in 2006-08. It counts as much as one step of the whole panel."""


def spread(past: Past) -> float:
    """Standard deviation of a leaf's yearly step around the common step, cube-root scale.

    Pooled over the steps of the past, each counted by its years, and the prior as one step more of
    every leaf.
    """
    seen = steps(past)
    step = (np.cbrt(seen.end) - np.cbrt(seen.start)) / np.sqrt(seen.years)
    counts = np.bincount(seen.period)
    means = np.bincount(seen.period, step) / np.maximum(counts, 1)
    squares = ((step - means[seen.period]) ** 2).sum() if len(step) else 0.0
    leaves = past.rates.shape[1]
    return float(np.sqrt((leaves * PRIOR_SPREAD**2 + squares) / (leaves + len(step))))


def scatter(past: Past, paths: Floats, shares: Floats, draws: int, seed: int) -> Floats:
    """Draws around central paths, year × leaf × draw, per cent in [0, 100].

    paths  : path × year × leaf, per cent: alternatives of which each draw follows one
    shares : by path, sum 1

    On the cube-root scale each draw has one path and one national shock, an error of the common
    pace that all leaves share and that grows with the years ahead; each leaf has an error of its
    last rate, even over the printed interval, and a random walk. The same seed gives the same
    draws, and a longer horizon leaves its first years as they were.
    """
    random, own = np.random.default_rng(seed), spread(past)
    common = max(abs(float(past.pace(CUBE_ROOT) @ past.weights)), SMALLEST_PACE)
    shock = SHOCK * common * random.standard_normal(draws)
    roots, chosen = np.cbrt(paths), random.choice(len(paths), draws, p=shares)
    walk = _starts(past, draws, random)
    values = np.empty((*paths.shape[1:], draws))
    for year in range(paths.shape[1]):
        walk += own * random.standard_normal(walk.shape)
        np.add(walk, (year + 1) * shock, out=values[year])
        values[year] += roots[:, year].T[:, chosen]
    np.clip(values, 0.0, np.cbrt(100.0), out=values)
    return values * values * values


def _starts(past: Past, draws: int, random: np.random.Generator) -> Floats:
    """Errors of the last rates within their printed intervals, leaf × draw, cube-root scale."""
    start = np.zeros((len(past.last), draws))
    wide = past.high > past.low
    if wide.any():
        ends = (past.low[wide, None], past.high[wide, None])
        even = random.uniform(*ends, size=(int(wide.sum()), draws))
        start[wide] = np.cbrt(even) - np.cbrt(past.last[wide, None])
    return start
