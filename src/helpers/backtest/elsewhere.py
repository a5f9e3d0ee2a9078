"""Forecasts of what no model was chosen on: the regions and the country, and the reviews.

The regions hold the same national path as the panels of provinces, and are six only. Under
gso-2006 they are no forecast anybody looked at, but the size of the national shock was taken from
them. They are a weaker test than they look, and the reviews are the strongest.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

import pandas as pd

from helpers import ledger, places
from helpers.backtest.rolling import choose, evaluate, refused, scored
from helpers.backtest.scoring import scores, whole
from helpers.project import UserError
from helpers.trends import reviews
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


def run_reviews(
    figures: pd.DataFrame,
    models: Iterable[str] | Mapping[str, Model] | None = None,
    draws: int = 2000,
    seed: int = 1,
) -> pd.DataFrame:
    """Forecasts of the last review rate of each province, columns as in `rolling.run` and more.

    figures : cleaned or reconciled figures
    Of every province with two rates or more under a standard the last one is held out, and the
    models see all rates of the standard up to the year before. observed_low and observed_high are
    the interval of the printed rate, seen is the number of the province's own rates up to the year
    before: with one it has no pace of its own. A row without a forecast says in `reason` why.
    Empty where no province has two rates under one standard.
    """
    chosen = choose(models)
    parts: list[pd.DataFrame] = []
    for seen in reviews.panels(figures).values():
        held: dict[int, list[str]] = {}
        for place in reviews.two_dates(seen.rates[seen.leaves]):
            held.setdefault(int(seen.rates[place].dropna().index[-1]), []).append(place)
        for year in sorted(held):
            parts.extend(_held_out(seen, chosen, year, held[year], draws, seed))
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()


def _held_out(
    seen: Panel, models: Mapping[str, Model], year: int, held: list[str], draws: int, seed: int
) -> Iterator[pd.DataFrame]:
    """Forecasts of one year of the provinces whose last rate it has."""
    past = reviews.until(seen, year - 1)
    this_year = replace(seen, rates=seen.rates.loc[:year])
    assert seen.low is not None and seen.high is not None
    ends = {f"observed_{end}": table.loc[year, held].to_numpy(float)
            for end, table in (("low", seen.low), ("high", seen.high))}  # fmt: skip
    ends["seen"] = seen.rates.loc[: year - 1, held].notna().sum().to_numpy(float)
    for name, model in models.items():
        try:
            if past is None:
                raise UserError("no two provinces had a pace by the year before")
            future = model(past, year - 1, 1, draws, seed)
        except UserError as refusal:
            rows = refused(name, this_year, year - 1, held, str(refusal))
        else:
            rows = scored(name, this_year, future, held)
        yield rows.assign(**ends)


def untouched(
    figures: pd.DataFrame,
    models: Iterable[str] | Mapping[str, Model] | None = None,
    draws: int = 2000,
    seed: int = 1,
) -> pd.DataFrame:
    """Scores of the untouched forecasts, a row a part, standard and model.

    figures : cleaned or reconciled figures, for the reviews
    Columns: part, then as from `scoring.scores` over all origins and years ahead. The parts:
    'reviews' with a further standard 'all', as few provinces have two rates under one; 'own_pace',
    those of them that had two rates before the one held out, all standards together (a simple
    drift has no pace for the others: only here is the ratio to it a fair one); 'regions';
    'country'. Without a review rate to hold out the first two are missing.
    """
    table = run_regions(models, draws, seed)
    country = table["place"] == COUNTRY
    parts = {"regions": table[~country], "country": table[country]}
    held = run_reviews(figures, models, draws, seed)
    if len(held):
        pooled = held.assign(place=held["standard"] + ":" + held["place"], standard="all")
        own_pace = pooled[pooled["seen"] > 1]
        parts = {"reviews": pd.concat([held, pooled]), "own_pace": own_pace, **parts}
    found = [whole(scores(rows)).assign(part=part) for part, rows in parts.items() if len(rows)]
    result = pd.concat(found, ignore_index=True)
    return result[["part", *result.columns.drop("part")]]
