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


def backcasts(official: pd.DataFrame, history: pd.DataFrame) -> pd.DataFrame:
    """The official rows with the computed history of a unit of 2025 added in the same columns.

    history : standard, place, year, rate, low, high, status, source_id, note, a row a year and
              standard, as trends.history gives it
    """
    added = history.assign(
        figure_id="backcast:" + history["place"] + ":" + history["year"].astype(str),
        group="", period=history["year"].astype(str), indicator="poor_rate", direction="",
        printed="", unit="%", value=history["rate"],
    )  # fmt: skip
    return pd.concat([official, added.reindex(columns=official.columns)], ignore_index=True)


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
    """`fell from 8.1% to 5.9%`, by the sign of `step`; first and last are ready texts."""
    key = "change.fall" if step < 0 else "change.rise" if step > 0 else "change.same"
    return labels.text(key, language, first=first, last=last)


def percent(x: float, language: str, decimals: int = 1) -> str:
    """A rate in words: 5.9%, in vi 5,9%."""
    return labels.number(x, decimals, language) + "%"


def largest(data: pd.DataFrame, columns: Sequence[str]) -> float:
    """Largest finite number in some columns; 0 where there is none."""
    numbers = data[list(columns)].to_numpy(dtype=float)
    return float(numbers[np.isfinite(numbers)].max(initial=0.0))


def records(data: pd.DataFrame) -> list[dict[str, Any]]:
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


def members(place: places.Place) -> tuple[str, ...]:
    """Codes of the provinces that a unit of 2025 was formed of; () for all other places."""
    return places.members(place.code) if "@" in place.code else ()
