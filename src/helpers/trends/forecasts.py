"""Forecasts told as tables: rates of all places with intervals, and the fan of one place."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from helpers import places
from helpers.project import UserError
from helpers.trends import panels
from helpers.trends.draws import Draws
from helpers.trends.models import MODELS
from helpers.trends.panels import Panel

LONGEST = 10
"""Years ahead that may be asked for."""

FORECAST_YEARS = 4
"""Years ahead that are a forecast; what lies beyond is a scenario, as the scales then disagree."""

BOUNDS = {"low80": 0.10, "high80": 0.90, "low95": 0.025, "high95": 0.975}
COLUMNS = ["model", "standard", "origin", "year", "place", "forecast", *BOUNDS, "observed"]


def simulate(
    panel: Panel,
    origin: int | None = None,
    horizon: int = 3,
    model: str = "default",
    draws: int = 2000,
    seed: int = 1,
) -> Draws:
    """Draws of a model from a year of origin on, checked for use.

    origin  : last year that the model may see; None is the last year of the panel
    horizon : years ahead, 1 to 10
    draws   : at least 100
    seed    : 0 or above; the same one gives the same draws
    Raises UserError for a horizon, model, origin, number of draws or seed that cannot be used.
    """
    if not 1 <= horizon <= LONGEST:
        raise UserError(f"horizon is {horizon} years: it may be 1 to {LONGEST}.")
    if model not in MODELS:
        raise UserError(f"there is no model {model!r}: choose one of {', '.join(MODELS)}.")
    check_draws(draws, seed)
    last = max(map(int, panel.rates.index), default=0) if origin is None else origin
    return MODELS[model](panel, last, horizon, draws, seed)


def check_draws(draws: int, seed: int) -> None:
    """Raise UserError for too few draws, or a seed that no generator takes."""
    if draws < 100:
        raise UserError(f"{draws} draws are too few for intervals: ask for at least 100.")
    if seed < 0:
        raise UserError(f"seed is {seed}: give a whole number from 0 on.")


def forecast(
    standard: str,
    origin: int | None = None,
    horizon: int = 3,
    model: str = "default",
    draws: int = 2000,
    seed: int = 1,
    only: Sequence[str] | None = None,
) -> pd.DataFrame:
    """Forecast rates of all places, a row a place and year; arguments as for `simulate`.

    only : codes or names of places; None for provinces, regions, the country, units of 2025
    Returns model, standard, origin, year, place, forecast (the central path), the ends of the
    80 % and 95 % intervals, and observed, all per cent; observed is NaN where not known.
    """
    panel = panels.load(standard)
    future = simulate(panel, origin, horizon, model, draws, seed)
    wanted = list(future.places) if only is None else [places.find(name).code for name in only]
    for code in wanted:
        future.of(code)
    return tabulate(model, panel, future, wanted)


def tabulate(model: str, panel: Panel, future: Draws, wanted: Sequence[str]) -> pd.DataFrame:
    """Draws as a table with the columns of `forecast`, rows by place and year."""
    column = [future.places.index(code) for code in wanted]
    ordered = np.sort(future.rates[:, column, :], axis=-1)  # in order, quantiles are quicker
    bounds = np.quantile(ordered, list(BOUNDS.values()), axis=-1, overwrite_input=True)
    observed = panel.rates.reindex(index=list(future.years), columns=list(wanted))
    count = len(future.years)
    table = pd.DataFrame(
        {
            "model": model,
            "standard": panel.standard,
            "origin": future.origin,
            "year": np.tile(future.years, len(wanted)),
            "place": np.repeat(list(wanted), count),
            "forecast": future.centre[:, column].T.ravel(),
        }
    )
    for name, values in zip(BOUNDS, bounds, strict=True):
        table[name] = values.T.ravel()
    table["observed"] = observed.to_numpy(float).T.ravel()
    return table[COLUMNS]


def fan(
    place: str,
    standard: str,
    horizon: int = 3,
    model: str = "default",
    draws: int = 2000,
    seed: int = 1,
) -> pd.DataFrame:
    """A place's history and forecast for a fan chart, a row a year.

    Returns place, standard, model, year, kind ('observed', 'forecast', beyond four years
    'scenario'), status ('preliminary', 'final' or ''), rate (per cent) and the ends of the
    intervals; for observed years these are the range of rounding. Empty where the standard has
    no rate of the place. Raises UserError as `simulate` does.
    """
    code = places.find(place).code
    panel = panels.load(standard)
    future = simulate(panel, None, horizon, model, draws, seed)
    columns = ["place", "standard", "model", "year", "kind", "status", "rate", *BOUNDS]
    if code not in future.places:
        return pd.DataFrame(columns=columns)
    past = panels.history(standard, code).assign(kind="observed")
    for name in BOUNDS:
        past[name] = past[name[:-2]]
    ahead = tabulate(model, panel, future, [code]).rename(columns={"forecast": "rate"})
    near = ahead["year"] <= future.origin + FORECAST_YEARS
    ahead = ahead.assign(kind=np.where(near, "forecast", "scenario"), status="")
    rows = pd.concat([past[past.columns.intersection(columns)], ahead.drop(columns="observed")])
    return rows.assign(model=model).reset_index(drop=True)[columns]
