"""The official panels: survey poverty rates by year and place, one panel a standard."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd

from helpers import ledger, places, project
from helpers.project import UserError

SOURCES: Mapping[str, str] = {
    "gso-2006": "gso-poverty-province",
    "gso-2010": "gso-poverty-province",
    "gso-md-2016": "nso-e14-48",
    "gso-md-2022": "nso-e14-48",
}
"""Each standard, and the source of its table by province."""

EARLIER = ("gso-2006",)
"""Standards of two years only, 2006 and 2008: a pace, but nothing to forecast or to score."""

STANDARDS = tuple(standard for standard in SOURCES if standard not in EARLIER)
OLD_HANOI, HA_TAY, NEW_HANOI_FROM = "01", "28", 2008
"""Hà Tây joined Hà Nội on 1 August 2008; the tables give both in 2006, and the whole in 2008."""

RATES = ("rate", "low", "high")
State = tuple[Path, str, str]  # folder, and what its tables of rates and of persons hold


@dataclass(frozen=True)
class Panel:
    """Rates under one standard, and what binds its places together.

    standard    : e.g. 'gso-md-2022'
    rates       : year × place, per cent, NaN where the table has none: the leaves (provinces),
                  the regions and the country as printed, the units of 2025 as back-casts
    weights     : by leaf, thousand persons
    weight_year : the year of these weights
    members     : the leaves of every place that is no leaf
    low, high   : year × place, the printed intervals of `rates` where they are known; None where
                  a rate is taken as it is printed
    persons     : year × leaf, thousand: the weights that were known in earlier years; None where
                  there is one set of weights
    """

    standard: str
    rates: pd.DataFrame
    weights: pd.Series
    weight_year: int
    members: Mapping[str, tuple[str, ...]]
    low: pd.DataFrame | None = None
    high: pd.DataFrame | None = None
    persons: pd.DataFrame | None = None

    def weights_of(self, year: int) -> pd.Series:
        """Weights by leaf that were known in a year, so that the past is not told by the future."""
        known = None if self.persons is None else self.persons.loc[:year]
        return self.weights if known is None or known.empty else known.iloc[-1]

    @property
    def leaves(self) -> list[str]:
        """The places that are modelled; all others follow from them."""
        return [str(code) for code in self.weights.index]


def is_backcast(place: str) -> bool:
    """Whether a place is a unit of 2025, whose earlier rates are computed and not printed."""
    return "@" in place


def panel(standard: str) -> pd.DataFrame:
    """Official survey poverty rates, year × place (63 provinces, 6 regions, VN), per cent.

    Source: the statistics office's tables of poverty by province, see SOURCES. What a table does
    not have (Hồ Chí Minh City 2016) is NaN. Raises UserError for an unknown standard.
    """
    rates = load(standard).rates
    return rates[[code for code in rates.columns if not is_backcast(code)]]


def load(standard: str) -> Panel:
    """The panel of a standard with its weights and members, units of 2025 included.

    Weights are persons, as the survey's own weights are not printed: those of the panel's last
    year, the same for all back-casts, and for a forecast those of its origin. A back-cast is
    missing where the rate of one of its members is. Raises UserError for an unknown standard.
    """
    known = _load(check_standard(standard), _state())
    persons = known.persons
    return replace(
        known,
        rates=known.rates.copy(),
        weights=known.weights.copy(),
        members=dict(known.members),
        persons=None if persons is None else persons.copy(),
    )


def history(standard: str, place: str) -> pd.DataFrame:
    """What is known of one place under a standard, a row a year; columns as in `histories`.

    place : a code, e.g. '45', 'NMM', 'VN' or '44@2025'
    No row where the table has no rate of the place. Raises UserError for an unknown standard.
    """
    everything = histories(standard)
    return everything[everything["place"] == place].reset_index(drop=True)


def histories(standard: str) -> pd.DataFrame:
    """What is known of every place under a standard, tidy, a row a place and year.

    Returns standard, place, year, rate, low, high (per cent; rounding, not sampling error),
    status ('preliminary' or 'final'), source_id, note; no row where the table has no rate. Units
    of 2025 are back-casts, preliminary where a member is. Raises UserError for an unknown standard.
    """
    return _histories(check_standard(standard), _state()).copy()


def surveys() -> pd.DataFrame:
    """All official survey rates with the back-casts of the units of 2025, in ledger columns.

    A back-cast has the figure_id `backcast:PLACE:YEAR:STANDARD`, nothing printed, and its members
    and weights in `note`; value, low and high are per cent. That of Hà Nội in 2006 stands in place
    of the printed rates of Hà Nội and Hà Tây.
    """
    official = ledger.load_official("poverty")
    before = (official["standard"] == EARLIER[0]) & (official["period"] < str(NEW_HANOI_FROM))
    parts = [official[~(before & official["place"].isin([OLD_HANOI, HA_TAY]))]]
    for standard in SOURCES:
        known = histories(standard)
        units = known[known["note"].str.startswith("back-cast")]
        year = units["year"].astype(str)
        added = units.assign(
            figure_id="backcast:" + units["place"] + ":" + year + ":" + standard,
            period=year, value=units["rate"], indicator="poor_rate", unit="%",
            group="", direction="", printed="", qualifier="exact",
        )  # fmt: skip
        parts.append(added.reindex(columns=official.columns))
    return pd.concat(parts, ignore_index=True)


def check_standard(standard: str) -> str:
    """The standard itself. Raises UserError, naming those there are, where it has no panel."""
    if standard not in SOURCES:
        raise UserError(
            f"standard {standard!r} has no panel of provinces: choose {', '.join(STANDARDS)}, "
            f"or for the years before 2010 {', '.join(EARLIER)}."
        )
    return standard


def _state() -> State:
    """What panels are made from, as it is now: the same texts while the files are unchanged."""
    raw = project.raw_dir()
    rates, persons = (raw / f"official_{name}.csv" for name in ("poverty_rates", "population"))
    return raw, project.read_text(rates), project.read_text(persons)


@lru_cache(maxsize=8)  # a notebook asks for one panel again and again
def _load(standard: str, _of: State) -> Panel:
    rows = _rows(standard)
    rates = _wide(rows, "rate")
    weights, weight_year = _weights(until=int(rates.index.max()))
    weights = weights[weights.index.isin(rates.columns)]
    printed = [code for code in rates.columns if code not in weights.index]
    members = {code: _members(code, weights) for code in [*printed, *_units_of_2025()]}
    members = {code: leaves for code, leaves in members.items() if leaves}
    units = {code: leaves for code, leaves in members.items() if is_backcast(code)}
    backcasts = _weighted_means(rates, weights, units)
    whole = pd.concat([rates[[*weights.index, *printed]], backcasts], axis=1)
    known = places.weights_by_year([int(year) for year in rates.index])
    persons = pd.DataFrame({year: row[weights.index] for year, row in known.items()}).T
    return Panel(standard, whole, weights, weight_year, members, persons=persons)


@lru_cache(maxsize=8)
def _histories(standard: str, _of: State) -> pd.DataFrame:
    rows = _rows(standard).dropna(subset=["rate"])
    weights, year = _weights(until=int(rows["year"].max()))
    wide = {name: _wide(rows, name) for name in RATES}
    preliminary = rows["status"].eq("preliminary").groupby(rows["year"]).any()
    units = {unit: _members(unit, weights) for unit in _units_of_2025()}
    units = {unit: leaves for unit, leaves in units.items() if leaves}
    notes = {
        unit: f"back-cast from {', '.join(leaves)}, weighted by persons of {year}"
        for unit, leaves in units.items()
    }
    ends = {
        name: _weighted_means(table, weights, units).to_numpy().T.ravel()
        for name, table in wide.items()
    }
    years = wide["rate"].index
    part = pd.DataFrame(
        {"place": np.repeat(list(units), len(years)), "year": np.tile(years, len(units)), **ends}
    ).dropna(subset=["rate"])
    part = part.assign(
        standard=standard,
        status=np.where(part["year"].map(preliminary), "preliminary", "final"),
        source_id=SOURCES[standard],
        note=part["place"].map(notes),
    )
    columns = ["standard", "place", "year", *RATES, "status", "source_id", "note"]
    return pd.concat([rows[columns], part[columns]], ignore_index=True)


def _rows(standard: str) -> pd.DataFrame:
    """Ledger rows of the standard's table by province, for all people, with year and rate."""
    source = SOURCES[check_standard(standard)]
    rows = ledger.load_official("poverty")
    rows = rows[
        (rows["source_id"] == source)
        & (rows["standard"] == standard)
        & (rows["group"] == "")
        & (rows["indicator"] == "poor_rate")
        & rows["place"].isin(_known() | {HA_TAY})
    ]
    rows = rows.assign(year=rows["period"].astype(int), rate=rows["value"].astype(float))
    return _on_todays_ground(rows)


def _on_todays_ground(rows: pd.DataFrame) -> pd.DataFrame:
    """Hà Nội of the years before it took in Hà Tây as the weighted mean of both; without Hà Tây.

    Without it the rate of Hà Nội would seem to double in 2008, as Hà Tây was poorer.
    """
    rows = rows.astype({"low": float, "high": float})
    for year in sorted(set(rows.loc[rows["year"] < NEW_HANOI_FROM, "year"])):
        both = rows["place"].isin([OLD_HANOI, HA_TAY]) & (rows["year"] == year)
        share = rows.loc[both, "place"].map(_persons(year))
        for name in RATES:
            mean = float((rows.loc[both, name] * share).sum(skipna=False) / share.sum())
            rows.loc[both & (rows["place"] == OLD_HANOI), name] = mean
        note = f"back-cast from {OLD_HANOI}, {HA_TAY}, weighted by persons of {year}"
        rows.loc[both, "note"] = note
    return rows[rows["place"] != HA_TAY]


def _persons(year: int) -> pd.Series:
    """Average population of a year by place, thousand persons."""
    total = _population()
    return total[total["period"] == str(year)].set_index("place")["value"].astype(float)


def _wide(rows: pd.DataFrame, name: str) -> pd.DataFrame:
    """Year × place table of one column. Raises ValueError when a place and year come twice."""
    return rows.pivot(index="year", columns="place", values=name)  # noqa: PD010 no averaging


def _known() -> set[str]:
    """The 63 provinces, their regions and the country."""
    provinces = places.provinces("63")
    return {"VN", *(place.code for place in provinces), *(place.region for place in provinces)}


def _units_of_2025() -> list[str]:
    return [place.code for place in places.provinces("34") if is_backcast(place.code)]


def _weights(until: int) -> tuple[pd.Series, int]:
    """Persons by province in the last year of the population table up to a year, and that year."""
    total = _population()
    years = total.loc[total["value"].notna(), "period"].astype(int)
    year = int(years[years <= until].max())
    return places.weights(year), year


def _population() -> pd.DataFrame:
    return ledger.load_official("population", "population_total")


def _members(place: str, weights: pd.Series) -> tuple[str, ...]:
    """Leaves of a place, all of them or none."""
    leaves = places.members(place)
    return leaves if set(leaves) <= set(weights.index) else ()


def _weighted_means(
    rates: pd.DataFrame, weights: pd.Series, members: Mapping[str, tuple[str, ...]]
) -> pd.DataFrame:
    """Weighted means of the members of each place, year × place; NaN where one is missing."""
    known = rates.reindex(columns=weights.index).to_numpy(float)
    means = {}
    for place, leaves in members.items():
        inside = weights.index.get_indexer(pd.Index(leaves))
        share = weights.to_numpy()[inside]
        means[place] = (known[:, inside] * (share / share.sum())).sum(axis=1)
    return pd.DataFrame(means, index=rates.index)
