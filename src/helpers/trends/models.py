"""Forecast models: each is one function from a panel to draws by place and year.

Every model gives a central path for the provinces; `scatter` puts the same kind of
uncertainty around all of them, and regions, country and the units of 2025 are added
as weighted sums of the same draws, so that these are coherent whatever the model.

Rates are per cent. The concave scale is the cube root: a province's yearly fall grows less than
in proportion to its level (as level^0.65 to level^0.9, by the way it is measured), so that
straight lines lie between those in points and those in per cent.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from helpers.project import UserError
from helpers.trends.panels import Panel, is_backcast

Floats = NDArray[np.float64]
Scale = tuple[Callable[[Floats], Floats], Callable[[Floats], Floats]]

LOG_FLOOR_PCT = 0.05
"""Rates below this count as this on the log scale: half the printed unit of the older tables."""

FADING = 0.7
"""Share of a province's deviation from the common pace that is left a year later: set in advance,
not fitted. Single steps of the panels correlate by 0.2 to 0.3 only, as noise is in them, but a
deviation here is a mean over all years seen."""

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


@dataclass(frozen=True)
class Draws:
    """Possible futures of every place of a panel, and the central one.

    years  : horizon years after the origin
    places : leaves, then the places that are sums of them
    centre : year × place, per cent
    rates  : year × place × draw, per cent; one draw is one future of the whole country
    """

    standard: str
    origin: int
    years: tuple[int, ...]
    places: tuple[str, ...]
    centre: Floats
    rates: Floats

    def of(self, place: str) -> Floats:
        """Draws of one place, year × draw. Raises UserError for a place that has none."""
        if place not in self.places:
            raise UserError(
                f"place {place!r} has no rate under {self.standard} up to {self.origin}, "
                "hence no forecast: choose another standard."
            )
        return self.rates[:, self.places.index(place), :]


Model = Callable[[Panel, int, int, int, int], Draws]


def naive(panel: Panel, origin: int, horizon: int, draws: int, seed: int) -> Draws:
    """The last rate stays."""
    past = train(panel, origin)
    return _simulate(panel, past, np.tile(past.last, (horizon, 1)), draws, seed)


def pp_drift(panel: Panel, origin: int, horizon: int, draws: int, seed: int) -> Draws:
    """The mean yearly change in percentage points, first to last year, goes on."""
    past = train(panel, origin)
    return _simulate(panel, past, drift(past, horizon, LINEAR), draws, seed)


def sqrt_drift(panel: Panel, origin: int, horizon: int, draws: int, seed: int) -> Draws:
    """The mean yearly change of the square root, first to last year, goes on."""
    past = train(panel, origin)
    return _simulate(panel, past, drift(past, horizon, ROOT), draws, seed)


def log_drift(panel: Panel, origin: int, horizon: int, draws: int, seed: int) -> Draws:
    """The mean yearly change in per cent, first to last year, goes on."""
    past = train(panel, origin)
    return _simulate(panel, past, drift(past, horizon, LOG), draws, seed)


def damped_raked(panel: Panel, origin: int, horizon: int, draws: int, seed: int) -> Draws:
    """Paces on the cube-root scale that fade to the common one, raked to a national path."""
    past = train(panel, origin)
    return _simulate(panel, past, raked(past, horizon), draws, seed)


def default(panel: Panel, origin: int, horizon: int, draws: int, seed: int) -> Draws:
    """Mean of the log drift and the damped, raked model: one recipe for every standard.

    The log drift does well where the national fall slows down, the other where it speeds up, and
    each badly where the other does well. Which comes next cannot be read from panels of two to six
    years: hence the plain mean, with equal weights. No number here is fitted to a test year, but
    the two parts were picked knowing how they had fared on these panels: later years are the test.
    """
    past = train(panel, origin)
    centre = (drift(past, horizon, LOG) + raked(past, horizon)) / 2
    return _simulate(panel, past, centre, draws, seed)


MODELS: dict[str, Model] = {
    "naive": naive,
    "pp_drift": pp_drift,
    "sqrt_drift": sqrt_drift,
    "log_drift": log_drift,
    "damped_raked": damped_raked,
    "default": default,
}

LINEAR: Scale = (lambda rate: rate, lambda value: value)
ROOT: Scale = (np.sqrt, lambda value: np.maximum(value, 0) ** 2)
CUBE_ROOT: Scale = (np.cbrt, lambda value: np.maximum(value, 0) ** 3)
LOG: Scale = (lambda rate: np.log(np.maximum(rate, LOG_FLOOR_PCT)), np.exp)


@dataclass(frozen=True)
class Past:
    """What a model may see: the rates up to the origin.

    years : of the rows; rates : year × leaf, NaN where missing; weights : by leaf, sum 1
    first, last, first_year, last_year : by leaf, of its own first and last rate
    country : the same for the printed national rate, or for the weighted mean without one
    """

    places: tuple[str, ...]
    years: Floats
    rates: Floats
    weights: Floats
    first: Floats
    last: Floats
    first_year: Floats
    last_year: Floats
    country: Past | None

    @property
    def origin(self) -> int:
        """The last year that may be seen."""
        return int(self.years[-1])

    def ahead(self, horizon: int) -> Floats:
        """Years from each leaf's last rate to each forecast year, year × leaf."""
        return self.origin + np.arange(1.0, horizon + 1)[:, None] - self.last_year

    def pace(self, scale: Scale) -> Floats:
        """Mean yearly change by leaf on a scale, first to last; 0 where only one year is known."""
        change = scale[0](self.last) - scale[0](self.first)
        span = self.last_year - self.first_year
        return np.divide(change, span, out=np.zeros_like(change), where=span > 0)


def train(panel: Panel, origin: int) -> Past:
    """The panel as it was known in the year of origin; leaves without any rate are left out.

    Raises UserError when the origin is no year of the panel, or its first.
    """
    years = [int(year) for year in panel.rates.index]
    if origin not in years[1:]:
        raise UserError(
            f"origin {origin} cannot be used under {panel.standard}: a forecast needs two years up "
            f"to its origin, so choose one of {', '.join(map(str, years[1:]))}."
        )
    seen = panel.rates.loc[:origin]
    leaves = seen[panel.leaves].dropna(axis=1, how="all")
    weights = panel.weights[leaves.columns].to_numpy(float)
    weights = weights / weights.sum()
    country = seen["VN"] if "VN" in seen else leaves.mul(weights, axis=1).sum(axis=1)
    return _past(leaves, weights, _past(country.to_frame("VN"), np.ones(1), None))


def _past(rates: pd.DataFrame, weights: Floats, country: Past | None) -> Past:
    years = rates.index.to_numpy(float)
    values = rates.to_numpy(float)
    known = ~np.isnan(values)
    start, end = known.argmax(axis=0), len(years) - 1 - known[::-1].argmax(axis=0)
    column = np.arange(values.shape[1])
    return Past(
        places=tuple(map(str, rates.columns)),
        years=years,
        rates=values,
        weights=weights,
        first=values[start, column],
        last=values[end, column],
        first_year=years[start],
        last_year=years[end],
        country=country,
    )


def drift(past: Past, horizon: int, scale: Scale) -> Floats:
    """Straight lines on a scale from the last rates at the mean pace, year × leaf, per cent.

    On the log scale the last rate is multiplied, so that a rate of zero stays.
    """
    change = past.ahead(horizon) * past.pace(scale)
    if scale is LOG:
        return np.minimum(past.last * np.exp(change), 100.0)
    return np.clip(scale[1](scale[0](past.last) + change), 0.0, 100.0)


def raked(past: Past, horizon: int) -> Floats:
    """Damped paces on the cube-root scale, scaled to the national path, year × leaf, per cent.

    A province's pace is the mean pace plus its deviation, of which FADING is left each year. The
    provinces of each year are then multiplied by one factor, so that their weighted mean changes
    from the origin in the same proportion as the mean of the national pp and log drifts.
    """
    ahead, pace = past.ahead(horizon), past.pace(CUBE_ROOT)
    common = pace.mean()
    fading = FADING * (1 - FADING**ahead) / (1 - FADING)
    free = CUBE_ROOT[1](np.cbrt(past.last) + ahead * common + fading * (pace - common))
    nation = past.country or past
    national = (drift(nation, horizon, LINEAR) + drift(nation, horizon, LOG)) / 2 @ nation.weights
    at_origin = nation.last @ nation.weights
    ratio = national / at_origin if at_origin > 0 else np.ones(horizon)
    wanted, mean = ratio * (past.last @ past.weights), free @ past.weights
    factor = np.divide(wanted, mean, out=np.ones(horizon), where=mean > 0)
    return np.clip(free * factor[:, None], 0.0, 100.0)


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


def discrepancy(panel: Panel, past: Past) -> pd.Series:
    """What a printed sum is of the weighted mean of its leaves at the origin, by place.

    Regions and the country are not the population-weighted means of the provinces in the tables;
    the ratio of the origin is kept in all draws and years. 1 for back-casts.
    """
    last = panel.rates.loc[: past.origin].ffill().iloc[-1]
    leaves = pd.Series(past.last, index=list(past.places))
    ratios = {}
    for place in panel.members:
        share = _share(panel, past, place)
        mean = float(leaves.to_numpy() @ share)
        printed = not is_backcast(place) and place in last and not np.isnan(last[place])
        if share.any():
            ratios[place] = float(last[place]) / mean if printed and mean > 0 else 1.0
    return pd.Series(ratios, dtype=float)


def _share(panel: Panel, past: Past, place: str) -> Floats:
    """Weights of the leaves inside a place, by leaf, sum 1 or, without a known leaf, 0."""
    inside = np.isin(past.places, panel.members[place]) * past.weights
    return inside / inside.sum() if inside.any() else inside


def _simulate(panel: Panel, past: Past, centre: Floats, draws: int, seed: int) -> Draws:
    """Scatter draws around the leaves' central paths, and add the sums of leaves to both."""
    leaves = scatter(past, centre, draws, seed)
    ratios = discrepancy(panel, past)
    matrix = np.array([ratios[place] * _share(panel, past, place) for place in ratios.index])
    matrix = matrix.reshape(len(ratios), len(past.places))
    return Draws(
        standard=panel.standard,
        origin=past.origin,
        years=tuple(range(past.origin + 1, past.origin + 1 + len(centre))),
        places=(*past.places, *map(str, ratios.index)),
        centre=np.concatenate([centre, centre @ matrix.T], axis=1),
        rates=np.concatenate([leaves, matrix @ leaves], axis=1),
    )
