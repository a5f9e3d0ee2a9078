"""Forecasts of what no model was chosen on: the regions and the country, and the reviews.

The regions hold the same national path as the panels of provinces, and are six only. Under
gso-2006 they are no forecast anybody looked at, but the size of the national shock was taken from
them. They are a weaker test than they look, and the reviews are the strongest.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pandas as pd

from helpers import ledger, places
from helpers.backtest.rolling import choose, evaluate
from helpers.backtest.scoring import scores, whole
from helpers.project import UserError
from helpers.trends.models import Model
from helpers.trends.panels import Panel

REGION_SOURCES: Mapping[str, str] = {
    "gso-2006": "nso-e14-46",
    "gso-2010": "nso-e14-46",
    "gso-md-2016": "nso-e14-48",
    "gso-md-2022": "nso-e14-46",
}
"""The source of the rates by region under each standard: the table of regions, but for
gso-md-2016, of which it has two years only. Under gso-1998 there are two years: nothing can be
held out."""

COUNTRY = "VN"


def region_panel(standard: str) -> Panel:
    """The six regions as leaves, and the country as printed; rates in per cent.

    standard : one of REGION_SOURCES
    Weights are thousand persons of the panel's last year. Raises UserError for another standard.
    """
    if standard not in REGION_SOURCES:
        raise UserError(
            f"standard {standard!r} has no panel of regions: choose {', '.join(REGION_SOURCES)}."
        )
    listed = places.table()
    regions = sorted(listed.loc[listed["kind"] == "region", "code"])
    official = ledger.load_official("poverty")
    own = official[
        (official["source_id"] == REGION_SOURCES[standard])
        & (official["standard"] == standard)
        & (official["group"] == "")
        & official["place"].isin([*regions, COUNTRY])
    ]
    own = own.assign(year=own["period"].astype(int))
    rates = own.pivot(index="year", columns="place", values="value")  # noqa: PD010 no averaging
    year = int(rates.index[-1])
    persons = places.weights(year)
    weights = pd.Series({region: persons[list(places.members(region))].sum() for region in regions})
    return Panel(standard, rates[[*regions, COUNTRY]], weights, year, {COUNTRY: tuple(regions)})


def run_regions(
    models: Iterable[str] | Mapping[str, Model] | None = None, draws: int = 2000, seed: int = 1
) -> pd.DataFrame:
    """Forecasts of the regions and the country, columns and arguments as in `rolling.run`.

    Every year with one before it is an origin, but for the last.
    """
    chosen = choose(models)
    parts = []
    for panel in map(region_panel, REGION_SOURCES):
        origins = [int(year) for year in panel.rates.index[1:-1]]
        wanted = [*panel.leaves, COUNTRY]
        parts.append(evaluate(panel, chosen, origins, wanted, draws, seed))
    return pd.concat(parts, ignore_index=True)


def untouched(
    models: Iterable[str] | Mapping[str, Model] | None = None, draws: int = 2000, seed: int = 1
) -> pd.DataFrame:
    """Scores of the untouched forecasts, a row a part, standard and model.

    Columns: part ('regions' or 'country'), then as from `scoring.scores`, over all origins
    and years ahead.
    """
    table = run_regions(models, draws, seed)
    country = table["place"] == COUNTRY
    parts = {"regions": table[~country], "country": table[country]}
    scored = [whole(scores(rows)).assign(part=part) for part, rows in parts.items()]
    result = pd.concat(scored, ignore_index=True)
    return result[["part", *result.columns.drop("part")]]
