"""Which rows of the tables a figure draws: one survey series a standard, levels of reviews."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from helpers import labels, places
from helpers.charts import style

# Where two official tables print the same rate, the one by province is drawn.
SURVEY_TABLES = ("nso-e14-48", "gso-poverty-province", "nso-e14-46", "gso-poverty-region")
Row = dict[str, Any]
LEVEL_STATUS = ("", "final", "preliminary", "estimate")


def survey(official: pd.DataFrame, codes: list[str] | tuple[str, ...]) -> pd.DataFrame:
    """Survey rates of some places, a row a place, standard and year.

    official : ledger columns + value, low, high (per cent); `poor_rate` under `gso-*`
    Returns place, standard, year (int), value, low, high, status, source_id, by standard and year.
    """
    rows = official[
        official["place"].isin(list(codes))
        & (official["group"] == "")
        & (official["indicator"] == "poor_rate")
        & official["standard"].str.startswith("gso-")
        & official["period"].str.fullmatch(r"\d{4}")
        & official["value"].notna()
    ]
    ranks = {source: rank for rank, source in enumerate(SURVEY_TABLES)}
    rows = rows.assign(
        year=rows["period"].astype(int),
        rank=rows["source_id"].map(ranks).fillna(len(ranks)),
        order=standard_order(rows["standard"]),
    )
    rows = rows.sort_values(["place", "order", "year", "rank", "figure_id"])
    rows = rows.drop_duplicates(["place", "standard", "year"])
    columns = ["place", "standard", "year", "value", "low", "high", "status", "source_id"]
    return rows[columns].reset_index(drop=True)


def levels(reconciled: pd.DataFrame, code: str, indicators: tuple[str, ...]) -> pd.DataFrame:
    """Printed levels of one whole place under ministry or own standards, with their time.

    reconciled : ledger columns + value, low, high, status_reconciled, reconciled
    Returns the rows with `x`, the time on an axis of years; no goals, no groups, no spans.
    """
    rows = reconciled[
        (reconciled["place"] == code)
        & (reconciled["group"] == "")
        & reconciled["indicator"].isin(indicators)
        & ~reconciled["standard"].str.startswith("gso-")
        & reconciled["status"].isin(LEVEL_STATUS)
        & ~reconciled["period"].str.fullmatch(r"\d{4}-\d{4}")
        & reconciled["value"].notna()
    ]
    rows = rows.assign(x=rows["period"].map(style.position), order=standard_order(rows["standard"]))
    rows = rows[rows["x"].notna()].sort_values(["order", "x", "indicator", "figure_id"])
    return rows.drop(columns="order").reset_index(drop=True)


def standard_order(standards: pd.Series) -> pd.Series:
    """Sorting key of standards: by their first year, a place's own after others, unknown last."""
    years = standards.str.extract(r"(\d{4})", expand=False).astype(float)
    return (years + 0.5 * standards.str.startswith("local:")).fillna(9999.0)


def change(first: str, last: str, step: float, language: str) -> str:
    """`fell from 8.1% to 5.9%`, by the sign of `step`; first and last are ready texts.

    Where both round to one text, nothing is said to have changed.
    """
    key = "change.fall" if step < 0 else "change.rise"
    key = "change.same" if first == last else key
    return labels.text(key, language, first=first, last=last)


def ends(run: pd.DataFrame, language: str, *, rate: bool = True) -> dict[str, str]:
    """First and last of one standard's values in words: change, first, last, value, period, step.

    run  : x, period, value; of several values at one x the median counts. At least one row
    rate : whether the values are per cent, else they are counts
    """
    by_time = run.groupby("x", sort=True).agg(value=("value", "median"), period=("period", "first"))
    first, last = by_time.iloc[0], by_time.iloc[-1]
    values = [float(first["value"]), float(last["value"])]
    said = rates(values, language) if rate else [labels.number(v, 0, language) for v in values]
    dates = [labels.period(str(end["period"]), language) for end in (first, last)]
    return {"change": change(said[0], said[1], values[1] - values[0], language),
            "first": dates[0], "last": dates[1], "value": said[1]}  # fmt: skip


def several(x: pd.Series) -> bool:
    """Whether the times differ, so that there is a change to tell of."""
    return bool(x.min() < x.max())


def points(x: float, language: str, decimals: int = 1) -> str:
    """The size of a step between rates in words: 1.9 pp, in vi 1,9 điểm %."""
    return f"{labels.number(abs(x), decimals, language)} {labels.name('unit', 'pp', language)}"


def moved(fall: float, language: str, decimals: int = 1, *, kind: str = "move") -> str:
    """`fell by 1.9 pp`, `rose by 0.2 pp` or `did not change`; fall in percentage points.

    kind : "move"; "pace" adds `a year`, "step" is the noun: `a fall of 1.9 pp a year`
    """
    way = "fall" if fall > 0 else "rise"
    way = "same" if abs(fall) < 0.5 * 10.0**-decimals else way
    return labels.text(f"{kind}.{way}", language, pp=points(fall, language, decimals))


def percent(x: float, language: str, decimals: int = 1) -> str:
    """A rate in words: 5.9%, in vi 5,9%."""
    return labels.number(x, decimals, language) + "%"


def largest(data: pd.DataFrame, columns: Sequence[str]) -> float:
    """Largest finite number in some columns; 0 where there is none."""
    numbers = data[list(columns)].to_numpy(dtype=float)
    return float(numbers[np.isfinite(numbers)].max(initial=0.0))


def records(data: pd.DataFrame) -> list[Row]:
    """The rows as dictionaries."""
    return [{str(name): cell for name, cell in row.items()} for row in data.to_dict("records")]


def rates(values: Sequence[float], language: str) -> list[str]:
    """Rates in words, all with one decimal, or with two where one of them is below 1%."""
    decimals = 2 if any(abs(value) < 1 for value in values) else 1
    return [percent(value, language, decimals) for value in values]


def latest_run(series: pd.DataFrame) -> pd.DataFrame:
    """The rows of the newest standard that has at least two years, else of the newest standard."""
    if series.empty:
        return series
    sizes = series.groupby("standard", sort=False)["year"].agg(["nunique", "max"])
    long = sizes[sizes["nunique"] > 1]
    chosen = (sizes if long.empty else long)["max"].idxmax()
    return series[series["standard"] == chosen]


def caption(key: str, place: places.Place, language: str) -> str:
    """A caption, with what a reader must know where a unit of 2025 is shown."""
    said = labels.text(key, language)
    return f"{said} {labels.text('caption.backcast', language)}" if members(place) else said


def standard_name(code: str, language: str) -> str:
    """Name of a standard for a legend."""
    if not code:
        return labels.text("standard.unknown", language)
    if code.startswith("local:"):
        return labels.text("standard.local", language, year=code.rpartition("-")[2])
    return labels.name("standard", code, language)


def yardstick(code: str, language: str) -> str:
    """Name of a standard where the text says already whether survey or review measured."""
    name = standard_name(code, language)
    measure, _, rest = name.partition(", ")
    return rest or measure


def members(place: places.Place) -> tuple[str, ...]:
    """Codes of the provinces that a unit of 2025 was formed of; () for all other places."""
    return places.members(place.code) if "@" in place.code else ()
