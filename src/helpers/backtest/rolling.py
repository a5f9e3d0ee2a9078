"""Forecasts of past years: every model from every origin, beside what came."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping

import pandas as pd

from helpers.trends import panels
from helpers.trends.forecasts import COLUMNS, check_draws, tabulate
from helpers.trends.models import MODELS

ORIGINS: Mapping[str, tuple[int, ...]] = {
    "gso-2010": (2012, 2013, 2014, 2015),
    "gso-md-2016": (2018, 2019, 2020),
    "gso-md-2022": (2023,),
}
"""Origins by standard; from each, all later years of the panel are forecast. The panel of
gso-md-2016 starts at 2018: two yearly steps are seen before the first forecast."""


def run(
    standards: Iterable[str] = panels.STANDARDS,
    models: Iterable[str] = tuple(MODELS),
    draws: int = 2000,
    seed: int = 1,
) -> pd.DataFrame:
    """Forecasts of the 63 provinces from every origin, a row a model, origin, place and year.

    Columns: model, standard, origin, year, place, forecast, low80, high80, low95, high95,
    observed; rates in per cent. A place and year without an observed rate (Hồ Chí Minh City 2016)
    has no row, as nothing can be scored there. Raises UserError for an unknown standard, for
    fewer than 100 draws and for a seed below 0.
    """
    check_draws(draws, seed)
    tried = list(models)
    parts = []
    for panel in map(panels.load, standards):
        last = int(panel.rates.index[-1])
        for name, origin in itertools.product(tried, ORIGINS[panel.standard]):
            future = MODELS[name](panel, origin, last - origin, draws, seed)
            parts.append(tabulate(name, panel, future, panel.leaves))
    return pd.concat(parts, ignore_index=True).dropna(subset=["observed"])[COLUMNS]
