"""The scale on which falls are even: Box and Cox's family, weighed by the years that were seen.

On the scale `power` a rate x is (x^power - 1) / power: per cent points at 1, the logarithm at 0.
Which scale makes steps alike, whatever the level, decides how a falling rate goes on: in a straight
line of points at 1, in a constant per cent at 0. The steps of the panel themselves tell it, as
provinces of all levels are seen in the same years (Box and Cox 1964, J. R. Stat. Soc. B 26:211).
"""

from __future__ import annotations

import numpy as np

from helpers import places
from helpers.trends.past import LOG_FLOOR_PCT, Floats, Past, Steps, steps

POWERS: Floats = np.linspace(0.0, 1.0, 11)
"""Scales that are averaged, each as likely as another before a step was seen."""

SMALLEST_RATE_PCT = 0.5
"""Rates below this count as this when scales are weighed: one printed unit of the older tables
(0.1) is a fifth of it. Leaving such steps out would choose them by where they ended."""


def transform(rate: Floats, power: float) -> Floats:
    """Rates, per cent, on the scale of a power; those below LOG_FLOOR_PCT count as this."""
    floored = np.maximum(rate, LOG_FLOOR_PCT)
    return np.log(floored) if power == 0 else (floored**power - 1) / power


def move(rate: Floats, change: Floats, power: float) -> Floats:
    """Rates, per cent in [0, 100], after a change on the scale; a rate of 0 does not fall.

    On the log scale the rate is multiplied, so that zero stays zero.
    """
    if power == 0:
        return np.minimum(rate * np.exp(change), 100.0)
    return np.minimum(np.maximum(rate**power + power * change, 0.0) ** (1 / power), 100.0)


def log_likelihood(seen: Steps, powers: Floats = POWERS) -> Floats:
    """Log-likelihood of each scale: normal steps around the common step of their years.

    With d = (g(end) - g(start)) / sqrt(years), less its mean over the leaves of the same years,
    it is -n/2 log(mean d²) + (power - 1) Σ log(end); the second term turns the density of the
    scale back into one of rates. Years with one leaf tell nothing. All 0 where nothing is known.
    """
    total = np.zeros(len(powers))
    usable = np.bincount(seen.period)[seen.period] > 1
    start, end = (np.maximum(rate[usable], SMALLEST_RATE_PCT) for rate in (seen.start, seen.end))
    if np.all(start == end):
        return total
    root, period = np.sqrt(seen.years[usable]), seen.period[usable]
    counts = np.maximum(np.bincount(period), 1)
    for place, power in enumerate(powers):
        step = (transform(end, power) - transform(start, power)) / root
        rest = step - (np.bincount(period, step) / counts)[period]
        variance = max(float(np.mean(rest**2)), 1e-12)
        total[place] = -len(step) / 2 * np.log(variance) + (power - 1) * np.log(end).sum()
    return total


def weights(past: Past) -> Floats:
    """How likely each of POWERS is, given the steps up to the origin; sum 1.

    Neighbouring provinces move together, and a row of provinces is no row of independent
    witnesses: the log-likelihood is scaled down so that a region counts as one observation
    a step (a composite likelihood; Varin, Reid and Firth 2011, Statistica Sinica 21:5).
    """
    likely = log_likelihood(steps(past)) * regions(past.places) / len(past.places)
    weight: Floats = np.exp(likely - likely.max())
    shares: Floats = weight / weight.sum()
    return shares


def regions(leaves: tuple[str, ...]) -> int:
    """Number of regions that leaves lie in; a leaf without one is its own."""
    known = places.table().set_index("code")["region"]
    return len({str(known.get(leaf, "")) or leaf for leaf in leaves})
