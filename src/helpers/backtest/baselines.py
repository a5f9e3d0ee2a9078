"""What a forecast must beat: simple drifts with fair intervals, and the default without a shock.

They have the signature of a model, and are for the comparison only: their places are independent,
so that their draws of regions and the country are far too narrow.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from helpers.project import UserError
from helpers.trends.draws import Draws, assemble
from helpers.trends.models import MODELS, Model
from helpers.trends.panels import Panel
from helpers.trends.past import CUBE_ROOT, LINEAR, LOG, ROOT, Floats, Past, Scale, drift, train

CENTRE_DRAWS = 100
"""Draws asked of a model of which only the central path is wanted."""


def fair_drift(scale: Scale) -> Model:
    """A simple drift with the intervals that its own errors in the years seen would give.

    On the scale of the drift a forecast h years ahead is normal around the straight line, with
    variance s² (h + h² / T): the random walk with drift whose pace is estimated from T years
    (Hyndman and Athanasopoulos, Forecasting: principles and practice, 5.5). s² is the mean square
    of the drift's errors in the steps seen, per year, pooled over the places and corrected for one
    pace a place; where every place has one step only, and its own drift no error, that of the
    panel's mean pace. Raises UserError where one place has one step: that leaves no error at all.
    """

    def model(panel: Panel, origin: int, horizon: int, draws: int, seed: int) -> Draws:
        past = train(panel, origin)
        ahead, span = past.ahead(horizon), np.maximum(past.last_year - past.first_year, 1.0)
        wide = np.sqrt(_own_variance(past, scale) * (ahead + ahead**2 / span))
        noise = np.random.default_rng(seed).standard_normal((*wide.shape, draws)) * wide[..., None]
        change = (ahead * past.pace(scale))[..., None] + noise
        last = past.last[:, None]
        log = scale is LOG
        rates = last * np.exp(change) if log else scale[1](scale[0](last) + change)
        centre = drift(past, horizon, scale)
        return assemble(panel, past, centre, np.clip(rates, 0.0, 100.0))

    return model


def no_shock(of: Model) -> Model:
    """The centre of a model, with independent normal errors a place and no common shock.

    of : the model
    On the cube-root scale the errors h years ahead have the variance h s², where s² is that of the
    places' yearly steps around the common step of the year, pooled over the years seen. Raises
    UserError where one place alone leaves no such spread.
    """

    def model(panel: Panel, origin: int, horizon: int, draws: int, seed: int) -> Draws:
        past = train(panel, origin)
        own = of(panel, origin, horizon, CENTRE_DRAWS, seed)
        centre = own.centre[:, [own.places.index(place) for place in past.places]]
        ahead = np.sqrt(np.arange(1.0, horizon + 1))[:, None, None]
        noise = np.random.default_rng(seed).standard_normal((*centre.shape, draws))
        values = np.cbrt(centre)[..., None] + np.sqrt(_spread_variance(past)) * ahead * noise
        rates = np.clip(CUBE_ROOT[1](values), 0.0, 100.0)
        return assemble(panel, past, centre, rates)

    return model


FAIR_DRIFTS: Mapping[str, Model] = {
    "pp_drift_fair": fair_drift(LINEAR),
    "sqrt_drift_fair": fair_drift(ROOT),
    "log_drift_fair": fair_drift(LOG),
}


def known() -> dict[str, Model]:
    """Every model by its name, and the baselines after them."""
    return {**MODELS, **FAIR_DRIFTS, "no_shock": no_shock(MODELS["default"])}


def _steps(past: Past, scale: Callable[[Floats], Floats]) -> tuple[Floats, Floats]:
    """Changes from year to year on a scale, step × place, NaN where unknown; years of each step."""
    return np.diff(scale(past.rates), axis=0), np.diff(past.years)[:, None]


def _own_variance(past: Past, scale: Scale) -> float:
    """Mean square error a year of places' own drifts, or of the panel's with one step a place."""
    steps, years = _steps(past, scale[0])
    counts = (~np.isnan(steps)).sum(axis=0)
    free = int(np.maximum(counts - 1, 0).sum())
    pace = past.pace(scale)
    if free == 0:
        pace, free = np.full_like(pace, pace[counts > 0].mean()), int(counts.sum()) - 1
    if free < 1:
        raise UserError(
            f"one step of one place up to {past.origin} leaves no error to learn an interval from."
        )
    return float(np.nansum((steps - years * pace) ** 2 / years) / free)


def _spread_variance(past: Past) -> float:
    """Variance of places' yearly steps around the common step, cube-root scale."""
    steps, years = _steps(past, np.cbrt)
    seen = ~np.isnan(steps)
    counts = seen.sum(axis=1, keepdims=True)
    common = np.where(seen, steps, 0.0).sum(axis=1, keepdims=True) / np.maximum(counts, 1)
    free = int(np.maximum(counts - 1, 0).sum())
    if free < 1:
        raise UserError(f"one place up to {past.origin} leaves no spread around a common step.")
    return float((np.where(seen, steps - common, 0.0) ** 2 / years).sum() / free)
