"""Forecasts of past years: every model from every origin, beside what came."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd

from helpers.backtest import baselines, measures
from helpers.project import UserError
from helpers.trends import panels
from helpers.trends.draws import Draws
from helpers.trends.forecasts import COLUMNS, check_draws, tabulate
from helpers.trends.models import Model
from helpers.trends.panels import Panel

ORIGINS: Mapping[str, tuple[int, ...]] = {
    "gso-2010": (2012, 2013, 2014, 2015),
    "gso-md-2016": (2018, 2019, 2020),
    "gso-md-2022": (2023,),
}
"""Origins by standard; from each, all later years of the panel are forecast. The panel of
gso-md-2016 starts at 2018: two yearly steps are seen before the first forecast."""

CHANCES = tuple(f"p_{event}" for event in measures.EVENTS)
DRAWN = ("crps", "position", *CHANCES)
"""Columns of `run` that need the draws; `measures` says what they are."""


def run(
    standards: Iterable[str] = panels.STANDARDS,
    models: Iterable[str] | Mapping[str, Model] | None = None,
    draws: int = 2000,
    seed: int = 1,
) -> pd.DataFrame:
    """Forecasts of the 63 provinces from every origin, a row a model, origin, place and year.

    models : names, or functions by name, as for a candidate; None for all models and baselines
    Columns: model, standard, origin, year, place, forecast, low80, high80, low95, high95,
    observed; then last (the rate at the origin), DRAWN, and reason; rates in per cent. A place and
    year without an observed rate (Hồ Chí Minh City 2016) has no row, as nothing can be scored
    there. Where a model refuses a panel its rows stand without a forecast, and `reason` says why.
    Raises UserError for a standard that is unknown or has no ORIGINS, for an unknown model, for
    fewer than 100 draws and for a seed below 0.
    """
    check_draws(draws, seed)
    chosen, wanted = choose(models), list(standards)
    for standard in wanted:
        if panels.check_standard(standard) not in ORIGINS:
            raise UserError(
                f"standard {standard!r} has two years only, and nothing to hold out: choose "
                f"{', '.join(ORIGINS)}."
            )
    parts = [
        evaluate(panel, chosen, ORIGINS[panel.standard], panel.leaves, draws, seed)
        for panel in map(panels.load, wanted)
    ]
    return pd.concat(parts, ignore_index=True)


def choose(models: Iterable[str] | Mapping[str, Model] | None) -> Mapping[str, Model]:
    """Functions by name; raises UserError for a name that no model or baseline has."""
    known = baselines.known()
    if models is None:
        return known
    if isinstance(models, Mapping):
        return models
    names = list(models)
    if unknown := [name for name in names if name not in known]:
        raise UserError(f"there is no model {unknown[0]!r}: choose from {', '.join(known)}.")
    return {name: known[name] for name in names}


def evaluate(
    panel: Panel,
    models: Mapping[str, Model],
    origins: Iterable[int],
    places: Sequence[str],
    draws: int,
    seed: int,
) -> pd.DataFrame:
    """Forecasts of some places of one panel up to its last year, columns as in `run`."""
    last = int(panel.rates.index[-1])
    parts = []
    for (name, model), origin in itertools.product(models.items(), origins):
        try:
            future = model(panel, origin, last - origin, draws, seed)
        except UserError as refusal:
            parts.append(refused(name, panel, origin, places, str(refusal)))
        else:
            parts.append(scored(name, panel, future, places))
    return pd.concat(parts, ignore_index=True).dropna(subset=["observed"]).reset_index(drop=True)


def scored(name: str, panel: Panel, future: Draws, places: Sequence[str]) -> pd.DataFrame:
    """A forecast as a table, with the measures of its draws."""
    table = tabulate(name, panel, future, places)
    shape = (len(places), len(future.years))
    rates = future.rates[:, [future.places.index(place) for place in places], :]
    observed = table["observed"].to_numpy(float).reshape(shape).T
    start = np.tile(_last(panel, future.origin, places), (shape[1], 1))
    ahead = np.array(future.years, dtype=float)[:, None] - future.origin + np.zeros_like(start)
    values = {
        "last": start,
        "crps": measures.crps(rates, observed),
        "position": measures.position(rates, observed),
    }
    values |= {
        f"p_{event}": chance for event, chance in measures.chances(rates, start, ahead).items()
    }
    table = table.assign(**{column: value.T.ravel() for column, value in values.items()})
    return table.assign(reason="")[[*COLUMNS, "last", *DRAWN, "reason"]]


def refused(
    name: str, panel: Panel, origin: int, places: Sequence[str], reason: str
) -> pd.DataFrame:
    """The rows of a forecast that a model would not make."""
    seen = panel.rates.loc[panel.rates.index > origin, list(places)]
    rows = pd.DataFrame(
        {
            "model": name,
            "standard": panel.standard,
            "origin": origin,
            "year": np.tile(seen.index.to_numpy(int), len(places)),
            "place": np.repeat(list(places), len(seen)),
            "observed": seen.to_numpy(float).T.ravel(),
            "last": np.repeat(_last(panel, origin, places), len(seen)),
            "reason": reason,
        }
    )
    empty = dict.fromkeys([*COLUMNS[5:-1], *DRAWN], np.nan)
    return rows.assign(**empty)[[*COLUMNS, "last", *DRAWN, "reason"]]


def _last(panel: Panel, origin: int, places: Sequence[str]) -> np.ndarray:
    """The last rate of each place up to the origin, per cent."""
    return panel.rates.loc[:origin, list(places)].ffill().iloc[-1].to_numpy(float)
