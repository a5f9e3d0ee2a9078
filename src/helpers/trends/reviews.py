"""Trends of the reviews of poor households: their sparse rates as a panel, and its forecasts."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from helpers import ledger, places, project
from helpers.project import UserError
from helpers.trends import household_counts
from helpers.trends.forecasts import BOUNDS, FORECAST_YEARS, simulate, tabulate
from helpers.trends.panels import Panel, is_backcast
from helpers.trends.review_figures import left_out, observations

FEWEST = 2
"""Provinces with two dates that a standard needs before one pace can be lent to another."""

NO_WEIGHT = 1e-9
"""Weight of the country among the leaves: its own path, and no part of any sum."""

COVERAGE = [
    "standard", "place", "n", "years", "first_year", "first_rate", "last_year", "last_rate",
    "basis", "weight", "weight_basis", "sources", "left_out", "note",
]  # fmt: skip
FORECAST = [
    "model", "standard", "origin", "year", "place", "kind", "forecast", *BOUNDS, "n", "lenders",
    "last_year", "last_rate", "last_low", "last_high", "note",
]  # fmt: skip


def standards(figures: pd.DataFrame) -> list[str]:
    """Standards under which the reviews give a rate of a whole place, the oldest first."""
    return list(observations(figures)["standard"].unique())


def panel(figures: pd.DataFrame, standard: str) -> Panel:
    """Review rates under one standard as a panel for the forecast models; most cells are NaN.

    figures  : cleaned or reconciled figures
    standard : of the reviews, e.g. '2022-2025'
    rates are year × place, per cent, low and high their intervals; every year from the first to
    the last figure has a row. Leaves are the provinces that have a figure, and the units of 2025
    that have one of their own: these get back-casts for the years in which all their members have
    a figure, and the weight of those members that are no leaves, so that nobody counts twice. A
    unit without a figure, all of whose members are leaves, follows from them. The country is a
    leaf of next to no weight: a third of the provinces do not sum up to it. Weights are thousand
    households, see `weights`; back-casts are weighted by them too.
    Raises UserError for a standard under which no place has a rate.
    """
    return _panel(_of(observations(figures), standard), household_counts.totals(figures), standard)


def panels(figures: pd.DataFrame) -> dict[str, Panel]:
    """The panel of each of the `standards`, the oldest first."""
    known, totals = observations(figures), household_counts.totals(figures)
    return {
        str(standard): _panel(rows, totals, str(standard))
        for standard, rows in known.groupby("standard", sort=False)
    }


def _of(known: pd.DataFrame, standard: str) -> pd.DataFrame:
    rows = known[known["standard"] == standard]
    if rows.empty:
        there = ", ".join(known["standard"].unique()) or "none"
        raise UserError(f"no review rate under the standard {standard!r}: there are {there}.")
    return rows


def _panel(rows: pd.DataFrame, totals: pd.DataFrame, standard: str) -> Panel:
    years = range(int(rows["year"].min()), int(rows["year"].max()) + 1)
    wide = {
        name: rows.pivot(index="year", columns="place", values=name).reindex(years)  # noqa: PD010
        for name in ("rate", "low", "high")
    }
    found = set(wide["rate"].columns)
    provinces = [place.code for place in _provinces() if place.code in found]
    every = [place.code for place in places.provinces("34") if is_backcast(place.code)]
    whole = {unit: places.members(unit) for unit in every}
    whole = {unit: parts for unit, parts in whole.items() if set(parts) <= set(provinces)}
    members = {unit: parts for unit, parts in whole.items() if unit not in found}
    own = [unit for unit in every if unit in found]
    leaves = [*provinces, *own, *(["VN"] if "VN" in found else [])]
    households = weights(leaves, totals, years[-1])["weight"]
    for unit in set(whole) & set(own):
        share = households[list(whole[unit])] / households[list(whole[unit])].sum()
        for table in wide.values():
            backcast = table[share.index].mul(share, axis=1).sum(axis=1, skipna=False)
            table[unit] = table[unit].fillna(backcast)
    columns = [*leaves, *members]
    return Panel(
        standard,
        wide["rate"].reindex(columns=columns),
        households,
        years[-1],
        members,
        low=wide["low"].reindex(columns=columns),
        high=wide["high"].reindex(columns=columns),
    )


def weights(leaves: Sequence[str], totals: pd.DataFrame, year: int) -> pd.DataFrame:
    """Households of each leaf of a panel, thousand: columns weight and basis, by leaf.

    totals : all households, as from `household_counts.totals`
    basis is 'households' of the reviews, from the year nearest to the panel's last; 'persons'
    where they give none: average population divided by the middle household size of the provinces
    that have both; 'none' for the country. A unit of 2025 has the sum of its members that are no
    leaves themselves.
    """
    persons = _population(year)
    found = household_counts.nearest(totals, year)
    known = pd.Series({code: float(found[code]["households"]) / 1000
                       for code in persons.index if code in found})  # fmt: skip
    size = float((persons / known).median()) if len(known) else 1.0
    every = known.reindex(persons.index).fillna(persons / size)
    rows = {}
    for leaf in leaves:
        parts = [code for code in places.members(leaf) if code == leaf or code not in leaves]
        basis = "households" if set(parts) <= set(known.index) else "persons"
        rows[leaf] = (max(float(every[parts].sum()), NO_WEIGHT), basis)
    if "VN" in leaves:
        rows["VN"] = (NO_WEIGHT, "none")
    return pd.DataFrame.from_dict(rows, orient="index", columns=["weight", "basis"])


def _population(year: int) -> pd.Series:
    """Thousand persons by province in a year, or in the year nearest to it that the table has.

    Average population by province, statistics office.
    """
    rows = ledger.load_official("population", "population_total")
    rows = rows[rows["value"].notna() & rows["place"].isin([p.code for p in _provinces()])]
    away = (rows["period"].astype(int) - year).abs()
    rows = rows.assign(away=away).sort_values(["away", "period"])
    persons: pd.Series = rows.drop_duplicates("place").set_index("place")["value"]
    return persons.sort_index()


def _provinces() -> list[places.Place]:
    return places.provinces("63")


def coverage(figures: pd.DataFrame) -> pd.DataFrame:
    """What the reviews give, a row a standard and place (COVERAGE), and what was left out and why.

    n counts years with a rate; first_rate and last_rate are per cent; weight is thousand
    households with its basis. A place all of whose figures are left out has a row with n 0.
    """
    known, unused = observations(figures), left_out(figures)
    totals = household_counts.totals(figures)
    said = unused["printed"] + " (" + unused["source_id"] + "): " + unused["reason"]
    keys = [unused["standard"], unused["place"]]
    dropped = said.groupby(keys).agg("; ".join)
    parts = []
    for standard, rows in known.groupby("standard", sort=True):
        weight = weights([str(code) for code in rows["place"].unique()], totals,
                         int(rows["year"].max()))  # fmt: skip
        table = rows.sort_values("year").groupby("place").agg(
            n=("year", "size"), years=("year", lambda years: " ".join(map(str, years))),
            first_year=("year", "first"), first_rate=("rate", "first"),
            last_year=("year", "last"), last_rate=("rate", "last"),
            basis=("basis", _each), sources=("sources", _each), note=("note", _each),
        )  # fmt: skip
        table = table.join(weight.rename(columns={"basis": "weight_basis"}))
        parts.append(table.assign(standard=standard).reset_index())
    empty = pd.DataFrame(columns=[name for name in COVERAGE if name != "left_out"])
    every = pd.concat([empty, *parts], ignore_index=True)
    every = every.merge(
        dropped.rename("left_out").rename_axis(["standard", "place"]).reset_index(),
        on=["standard", "place"], how="outer",
        suffixes=("_none", ""),
    )  # fmt: skip
    texts = ["years", "basis", "weight_basis", "sources", "left_out", "note"]
    every[texts] = every[texts].fillna("")
    every["n"] = every["n"].fillna(0).astype(int)
    every["weight"] = every["weight"].where(every["weight_basis"] != "none")  # the country has none
    return every[COVERAGE].sort_values(["standard", "place"], ignore_index=True)


def _each(texts: pd.Series) -> str:
    """All that the texts say, each once."""
    parts = (part for text in texts for part in text.split("; ") if part)
    return "; ".join(dict.fromkeys(parts))


def two_dates(rates: pd.DataFrame) -> list[str]:
    """Provinces of a year × place table that have rates of two years or more."""
    counts = rates.notna().sum()
    return [str(code) for code in counts.index[counts > 1] if "@" not in code and code != "VN"]


def forecast(
    figures: pd.DataFrame,
    standard: str,
    horizon: int = 3,
    model: str = "default",
    draws: int = 2000,
    seed: int = 1,
    only: Sequence[str] | None = None,
) -> pd.DataFrame:
    """Forecast review rates, a row a place and year from the year after its last figure on.

    figures, standard : as for `panel`; model, draws and seed as for `trends.forecast`
    horizon : years after the last figure of the whole standard, 1 to 10
    only    : codes of places; None for all that have a figure, and units of 2025 that follow

    Places have different last years. Up to the last year of the standard a row is a 'nowcast': it
    sees all figures up to the year before, and nothing of its own year or later. After that it is
    a 'forecast', and a 'scenario' more than four years from the place's last figure. n counts the
    place's figures, lenders the provinces with two dates by the origin; last_low and last_high are
    the interval of the last figure. note says where a pace is borrowed, that a row lies beyond the
    validity of the standard, and what a back-cast rests on.
    With fewer than FEWEST provinces with two dates each place has one row that says so, without a
    number. Raises UserError for an unknown standard, for a model that gives no finite rates on so
    sparse a panel, and as `simulate` does.
    """
    return _forecast(panel(figures, standard), horizon, model, draws, seed, only)


def ahead(
    figures: pd.DataFrame, place: str, horizon: int = 3, model: str = "default"
) -> pd.DataFrame:
    """The forecast of one place under the newest national standard that its reviews name.

    Arguments as for `forecast`; a table without a row where no review gives a rate of the place.
    """
    code, known = _code(place), observations(figures)
    own = known.loc[known["place"] == code, "standard"]
    national = own[~own.str.startswith("local:")]
    if national.empty:
        return pd.DataFrame(columns=FORECAST)
    standard = str(national.max())
    seen = _panel(_of(known, standard), household_counts.totals(figures), standard)
    return _forecast(seen, horizon, model, only=[code])


def _forecast(
    seen: Panel,
    horizon: int,
    model: str,
    draws: int = 2000,
    seed: int = 1,
    only: Sequence[str] | None = None,
) -> pd.DataFrame:
    """`forecast` of one panel."""
    wanted = [*seen.leaves, *seen.members] if only is None else list(map(_code, only))
    wanted = [code for code in wanted if code in seen.rates]
    lasts = {code: _last(seen, code) for code in wanted}
    lenders = _lenders(seen)
    if lenders[max(lenders)] < FEWEST:
        return _no_forecast(seen, lasts, lenders[max(lenders)], model)
    end = int(seen.rates.index[-1])
    first = min([last for last, *_ in lasts.values()], default=end)
    parts = []
    for origin in range(max(first, int(seen.rates.index[1])), end + 1):
        past = until(seen, origin)
        if past is None:
            continue
        future = simulate(past, origin, horizon if origin == end else 1, model, draws, seed)
        ready = [code for code in wanted if code in future.places and lasts[code][0] <= origin]
        parts.append(tabulate(model, past, future, ready))
    if not parts:
        return _no_forecast(seen, lasts, lenders[max(lenders)], model)
    table = pd.concat(parts, ignore_index=True)
    if not np.isfinite(table[["forecast", *BOUNDS]].to_numpy(float)).all():
        raise UserError(
            f"model {model!r} gives no finite rates on the reviews under {seen.standard}: "
            "choose another."
        )
    return _told(table, seen, lasts, lenders)


def until(seen: Panel, origin: int) -> Panel | None:
    """The panel as it was known in a year; None where no two provinces have a pace by then.

    Leaves without a figure by then, and units that need one of them, are gone.
    """
    rates = seen.rates.loc[:origin]
    leaves = [code for code in seen.leaves if rates[code].notna().any()]
    if len(rates) < 2 or len(two_dates(rates[leaves])) < FEWEST:
        return None
    members = {unit: parts for unit, parts in seen.members.items() if set(parts) <= set(leaves)}
    columns = [*leaves, *members]
    ends = [None if end is None else end.loc[:origin, columns] for end in (seen.low, seen.high)]
    return Panel(
        seen.standard, rates[columns], seen.weights[leaves], seen.weight_year, members, *ends
    )


def _lenders(seen: Panel) -> dict[int, int]:
    """By year, how many provinces have two dates by then."""
    rates = seen.rates[seen.leaves]
    return {int(year): len(two_dates(rates.loc[:year])) for year in rates.index}


def _code(place: str) -> str:
    return places.get(place).code


def _last(seen: Panel, place: str) -> tuple[int, float, float, float, int]:
    """Year of the last rate, the rate, its low and high, and n; of a unit that follows from its
    members the year by which all have one, and no rate."""
    parts = list(seen.members.get(place, [place]))
    known = seen.rates[parts].notna().to_numpy()
    years = seen.rates.index.to_numpy(int)
    last = int(max(years[column].max() for column in known.T))
    count = int(seen.rates[place].notna().sum())
    if place in seen.members:
        return last, np.nan, np.nan, np.nan, count
    assert seen.low is not None and seen.high is not None
    at = (years == last, place)
    rate, low, high = (float(x.loc[at].iloc[0]) for x in (seen.rates, seen.low, seen.high))
    return last, rate, low, high, count


def _told(
    table: pd.DataFrame, seen: Panel, lasts: dict[str, tuple[int, float, float, float, int]],
    lenders: dict[int, int],
) -> pd.DataFrame:  # fmt: skip
    """The rows with their kind, what they start from, and their notes."""
    end, valid = int(seen.rates.index[-1]), valid_until(seen.standard)
    frame = pd.DataFrame.from_dict(
        lasts, orient="index", columns=["last_year", "last_rate", "last_low", "last_high", "n"]
    )
    table = table.drop(columns="observed").join(frame, on="place")
    far = table["year"] > table["last_year"] + FORECAST_YEARS
    kind = np.where(far, "scenario", np.where(table["year"] <= end, "nowcast", "forecast"))
    notes = [
        "; ".join(_facts(seen, place, year, lenders[origin], valid))
        for place, year, origin in zip(table["place"], table["year"], table["origin"], strict=True)
    ]
    table = table.assign(kind=kind, note=notes, lenders=table["origin"].map(lenders))
    return table.sort_values(["place", "year"], ignore_index=True)[FORECAST]


def _facts(seen: Panel, place: str, year: int, lenders: int, valid: int) -> list[str]:
    facts, count = [], int(seen.rates[place].notna().sum())
    if place in seen.members:
        facts.append(f"members {', '.join(seen.members[place])} weighted by households")
    elif count == 1:
        facts.append(f"one figure: pace borrowed from {lenders} provinces")
    elif is_backcast(place):
        facts.append(f"{count} figures, its own and back-casts weighted by households")
    if year > valid:
        facts.append(f"beyond the validity of the standard (through {valid})")
    return facts


def valid_until(standard: str) -> int:
    """Last year of a standard, its prolongation included; far away where none is stated."""
    table = project.read_table(project.raw_dir() / "standards.csv", ["standard", "valid_to"])
    rows = table[table["standard"] == standard]
    ends = [str(rows[name].iloc[0]) for name in ("prolonged_to", "valid_to") if len(rows)]
    return next((int(end) for end in ends if end.isdigit()), 9999)


def _no_forecast(
    seen: Panel, lasts: dict[str, tuple[int, float, float, float, int]], lenders: int, model: str
) -> pd.DataFrame:
    """A row a place that says why there is no forecast."""
    note = f"no forecast: {lenders} province(s) with two dates under {seen.standard}"
    rows = [
        {
            "model": model, "standard": seen.standard, "origin": int(seen.rates.index[-1]),
            "year": last, "place": place, "kind": "none", "n": count, "lenders": lenders,
            "last_year": last, "last_rate": rate, "last_low": low, "last_high": high, "note": note,
        }
        for place, (last, rate, low, high, count) in sorted(lasts.items())
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=FORECAST)
