"""What a forecast must beat: simple drifts with fair intervals, and the default without a shock.

They have the signature of a model, and are for the comparison only: their places are independent,
so that their draws of regions and the country are far too narrow.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

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


def no_shock(of: Model, scale: Scale = CUBE_ROOT) -> Model:
    """The centre of a model, with independent normal errors a place and no common shock.

    of    : the model
    scale : on which errors are normal: LINEAR is the plain normal in points, the same for rich and
            poor provinces; the cube root, on which spreads are most alike, is harder to beat
    On the scale the errors h years ahead have the variance h s², where s² is that of the
    places' yearly steps around the common step of the year, pooled over the years seen. Raises
    UserError where one place alone leaves no such spread.
    """

    def model(panel: Panel, origin: int, horizon: int, draws: int, seed: int) -> Draws:
        past = train(panel, origin)
        own = of(panel, origin, horizon, CENTRE_DRAWS, seed)
        centre = own.centre[:, [own.places.index(place) for place in past.places]]
        wide = np.sqrt(_spread_variance(past, scale) * past.ahead(horizon))[..., None]
        noise = np.random.default_rng(seed).standard_normal((*centre.shape, draws))
        values = scale[0](centre)[..., None] + wide * noise
        rates = np.clip(scale[1](values), 0.0, 100.0)
        return assemble(panel, past, centre, rates)

    return model


FAIR_DRIFTS: Mapping[str, Model] = {
    "pp_drift_fair": fair_drift(LINEAR),
    "sqrt_drift_fair": fair_drift(ROOT),
    "log_drift_fair": fair_drift(LOG),
}


def known() -> dict[str, Model]:
    """Every model by its name, and the baselines after them."""
    return {**MODELS, **FAIR_DRIFTS, **without_shock(MODELS["default"])}


def without_shock(of: Model) -> dict[str, Model]:
    """A model's centre without a shock, by name: 'no_shock' (cube root), 'no_shock_pp' (points)."""
    return {"no_shock": no_shock(of), "no_shock_pp": no_shock(of, LINEAR)}


@dataclass(frozen=True)
class _Steps:
    """Changes on a scale from one known rate of a place to its next, an entry a step.

    leaf : column of the place; first, last : years; change : on the scale
    """

    leaf: NDArray[np.int64]
    first: Floats
    last: Floats
    change: Floats

    @property
    def years(self) -> Floats:
        return self.last - self.first


def _steps(past: Past, scale: Callable[[Floats], Floats]) -> _Steps:
    rates = past.rates.T
    leaf, year = np.nonzero(~np.isnan(rates))
    values, years = scale(rates[leaf, year]), past.years[year]
    same = leaf[1:] == leaf[:-1]
    return _Steps(leaf[1:][same], years[:-1][same], years[1:][same], np.diff(values)[same])


def _own_variance(past: Past, scale: Scale) -> float:
    """Mean square error a year of places' own drifts, or of the panel's with one step a place."""
    steps = _steps(past, scale[0])
    counts = np.bincount(steps.leaf, minlength=len(past.places))
    free = int(np.maximum(counts - 1, 0).sum())
    pace = past.pace(scale)
    if free == 0 and counts.any():
        pace, free = np.full_like(pace, pace[counts > 0].mean()), int(counts.sum()) - 1
    if free < 1:
        raise UserError(
            f"no more than one step of one place is known up to {past.origin}: that leaves no "
            "error to learn an interval from, so choose a later origin or another model."
        )
    error = steps.change - steps.years * pace[steps.leaf]
    return float((error**2 / steps.years).sum() / free)


def _spread_variance(past: Past, scale: Scale) -> float:
    """Variance of places' yearly steps around the common one of the same years, on a scale."""
    steps = _steps(past, scale[0])
    spans = np.stack([steps.first, steps.last])
    _, step, counts = np.unique(spans, axis=1, return_inverse=True, return_counts=True)
    step = step.reshape(-1)
    common = np.bincount(step, steps.change) / counts if len(counts) else counts
    free = int((counts - 1).sum())
    if free < 1:
        raise UserError(
            f"no two places have a step of the same years up to {past.origin}: "
            "that leaves no spread around a common one, so choose a later origin or another model."
        )
    return float(((steps.change - common[step]) ** 2 / steps.years).sum() / free)
