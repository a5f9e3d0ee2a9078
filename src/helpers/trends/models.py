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

import numpy as np

from helpers.trends.default import default
from helpers.trends.draws import Draws, assemble
from helpers.trends.logit import fractional_logit
from helpers.trends.mixed import mixed
from helpers.trends.panels import Panel
from helpers.trends.past import CUBE_ROOT, LINEAR, LOG, ROOT, Floats, Past, Scale, drift, train
from helpers.trends.shocks import scatter

FADING = 0.7
"""Share of a province's deviation from the common pace that is left a year later: set in advance,
not fitted. Successive steps of the panels correlate by 0.1 to 0.4 only, as noise is in them, but a
deviation here is a mean over all years seen."""

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
    """Paces on the cube-root scale that fade to the common one, raked to a national path.

    The country follows the mean of its drifts in points and in per cent.
    """
    past = train(panel, origin)
    nation = past.country or past
    national = (drift(nation, horizon, LINEAR) + drift(nation, horizon, LOG)) / 2 @ nation.weights
    return _simulate(panel, past, raked(past, national, CUBE_ROOT), draws, seed)


def damped_log(panel: Panel, origin: int, horizon: int, draws: int, seed: int) -> Draws:
    """Paces in per cent that fade to the common one, raked to the country's last fall in points."""
    past = train(panel, origin)
    nation = past.country or past
    means = nation.rates @ nation.weights
    years, means = nation.years[~np.isnan(means)], means[~np.isnan(means)]
    pace = np.diff(means)[-1] / np.diff(years)[-1] if len(years) > 1 else 0.0
    national = np.clip(means[-1] + pace * (nation.ahead(horizon)[:, 0]), 0.0, 100.0)
    return _simulate(panel, past, raked(past, national, LOG), draws, seed)


MODELS: dict[str, Model] = {
    "naive": naive,
    "pp_drift": pp_drift,
    "sqrt_drift": sqrt_drift,
    "log_drift": log_drift,
    "mixed": mixed,
    "fractional_logit": fractional_logit,
    "damped_raked": damped_raked,
    "damped_log": damped_log,
    "default": default,
}


def raked(past: Past, national: Floats, scale: Scale) -> Floats:
    """Damped paces on a scale, scaled to a national path, year × leaf, per cent.

    national : by year ahead, per cent
    A province's pace is the mean pace plus its deviation, of which FADING is left each year. The
    provinces of each year are then multiplied by one factor, so that their weighted mean changes
    from the origin in the same proportion as the national path.
    """
    ahead, pace = past.ahead(len(national)), past.pace(scale)
    common = pace.mean()
    fading = FADING * (1 - FADING**ahead) / (1 - FADING)
    free = scale[1](scale[0](past.last) + ahead * common + fading * (pace - common))
    nation = past.country or past
    at_origin = nation.last @ nation.weights
    ratio = national / at_origin if at_origin > 0 else np.ones(len(national))
    wanted, mean = ratio * (past.last @ past.weights), free @ past.weights
    factor = np.divide(wanted, mean, out=np.ones(len(national)), where=mean > 0)
    return np.clip(free * factor[:, None], 0.0, 100.0)


def _simulate(panel: Panel, past: Past, centre: Floats, draws: int, seed: int) -> Draws:
    """Scatter draws around the leaves' central paths, and add the sums of leaves."""
    return assemble(panel, past, centre, scatter(past, centre[None], np.ones(1), draws, seed))
