"""Measures of one forecast: scores of its draws, and of the chances that it gives to events.

All take draws as an array year × place × draw, and what came as year × place, in per cent.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from helpers.trends.past import Floats

PACE_PP = 1.0
"""Percentage points a year of the event `pace`: the lower end of the fall that provincial plans
ask for (1.0 to 1.5 a year), and what notebook 4 asks by default."""

LOW_RATE_PCT = 5.0
"""Level of the event `five`, per cent: a round level that plans name, above it for most provinces
in 2010 and below it for most in 2024."""

EVENTS = ("fall", "pace", "half", "five")
"""Fixed in advance, one for each way to set a goal: the rate falls at all; it falls by PACE_PP
points a year, on the mean of the years ahead; it is half of what it was; it is LOW_RATE_PCT."""

TOLERANCE = 1e-9
"""Relative slack of a closed bound."""


def crps(draws: Floats, observed: Floats) -> Floats:
    """Continuous ranked probability score of the draws' distribution, exact, per cent.

    With draws x sorted upwards, m of them, and the observed y:
    mean |x_i - y| - (1 / m²) sum_i (2 i - m - 1) x_i. The smaller, the better; of a single point it
    is the absolute error. Source: Gneiting and Raftery (2007), JASA 102, 359-378, equation 21.
    """
    ordered = np.sort(draws, axis=-1)
    count = ordered.shape[-1]
    weights = (2.0 * np.arange(1, count + 1) - count - 1.0) / count**2
    result: Floats = np.abs(ordered - observed[..., None]).mean(axis=-1) - ordered @ weights
    return result


def interval_score(low: Floats, high: Floats, observed: Floats, level: float) -> Floats:
    """Width of a central interval and a fine for what lies outside, in the unit of the ends.

    level : of the interval, e.g. 0.8. With alpha = 1 - level:
    (high - low) + (2 / alpha) (low - y if y < low) + (2 / alpha) (y - high if y > high), which is
    2 / alpha times the sum of the pinball losses of both ends. Source: as for `crps`, section 6.2.
    """
    fine = 2.0 / (1.0 - level)
    below, above = np.maximum(low - observed, 0.0), np.maximum(observed - high, 0.0)
    return high - low + fine * (below + above)


def position(draws: Floats, observed: Floats) -> Floats:
    """Where what came lies among the draws: the share of them below it, 0 to 1.

    Draws equal to it (as at a rate of 0) may count as below or above: as is nearest to the middle,
    so that what lies on the closed end of an interval lies inside.
    """
    seen = observed[..., None]
    below, above = (draws < seen).mean(axis=-1), (draws > seen).mean(axis=-1)
    result: Floats = np.clip(0.5, below, 1.0 - above)
    return result


def bounds(last: Floats, ahead: Floats) -> Mapping[str, Floats]:
    """The rate at or below which each of EVENTS is met, per cent; NaN where it is no question.

    last  : rate at the origin, per cent; ahead : years since then; arrays of one shape
    It is no question whether a rate of 0 falls or halves, or whether one falls below 0.
    """
    pace = last - PACE_PP * ahead
    return {
        "fall": np.where(last > 0, last * (1 - 2 * TOLERANCE), np.nan),
        "pace": np.where(pace >= 0, pace, np.nan),
        "half": np.where(last > 0, last / 2, np.nan),
        "five": np.full_like(last, LOW_RATE_PCT),
    }


def chances(draws: Floats, last: Floats, ahead: Floats) -> Mapping[str, Floats]:
    """Share of the draws that meet each event, 0 to 1, year × place; `last`, `ahead` likewise."""
    return {
        name: np.where(np.isnan(bound), np.nan, _met(draws, bound[..., None]).mean(axis=-1))
        for name, bound in bounds(last, ahead).items()
    }


def outcomes(cells: pd.DataFrame) -> pd.DataFrame:
    """Whether each event came, 1 or 0, or NaN where it is no question; a column an event.

    cells : last, observed (per cent), year and origin, a row a cell
    """
    observed = cells["observed"].to_numpy(float)
    ahead = (cells["year"] - cells["origin"]).to_numpy(float)
    values = {
        name: np.where(np.isnan(bound + observed), np.nan, _met(observed, bound))
        for name, bound in bounds(cells["last"].to_numpy(float), ahead).items()
    }
    return pd.DataFrame(values, index=cells.index, dtype=float)


def _met(rates: Floats, bound: Floats) -> Floats:
    """Whether rates are at or below a bound, as 1.0 or 0.0."""
    return (rates <= bound * (1 + TOLERANCE)).astype(float)
