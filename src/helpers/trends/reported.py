"""Trends of the figures that the reviews of poor households report: sparse, never joined."""

from __future__ import annotations

import numpy as np
import pandas as pd

from helpers import periods

STOCKS = (
    "poor_rate",
    "near_poor_rate",
    "multidim_poor_rate",
    "poor_households",
    "near_poor_households",
    "multidim_poor_households",
)
COLUMNS = [
    "place", "standard", "indicator", "unit", "n", "first_period", "last_period", "first_value",
    "last_value", "years", "fall_per_year", "fall_low", "fall_high", "fall_pct_per_year",
    "sources", "note",
]  # fmt: skip


def reported(figures: pd.DataFrame, place: str) -> pd.DataFrame:
    """Fall between the first and the last reported figure of a place, by standard and indicator.

    figures : cleaned or reconciled figures; `reconciled` is used where it is filled
    Only stocks of all households, levels and not targets, whose standard is known and is one of
    the reviews (never the survey's gso-*), and with two dates or more; a figure of a span of years
    has no date. Where several sources print one date, their middle one is taken and the ends span
    them all; doubted figures are left out and the note says how many.
    Returns a row a standard and indicator: values in the indicator's unit, fall_per_year in it too
    (pp for rates) with the range that rounding and disagreeing sources allow, fall_pct_per_year
    compound. Empty where there are no two dates.
    """
    stocks = _stocks(figures, place)
    rows = [
        _between(group, place, str(standard), str(indicator))
        for (standard, indicator), group in stocks.groupby(["standard", "indicator"])
        if len(set(group.loc[~group["doubted"], "date"])) > 1
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


def _stocks(figures: pd.DataFrame, place: str) -> pd.DataFrame:
    """The figures that may be compared, with date, best value and its ends, and doubted."""
    rows = figures[
        figures["place"].eq(place)
        & figures["group"].eq("")
        & figures["indicator"].isin(STOCKS)
        & figures["status"].ne("target")
        & figures["standard"].ne("")
        & ~figures["standard"].str.startswith("gso-")
        & ~figures["period"].map(periods.is_span).astype(bool)
    ]
    rows = rows.assign(date=periods.ends(rows["period"]))
    status = rows.get("status_reconciled", pd.Series("", index=rows.index))
    better = pd.to_numeric(rows.get("reconciled", pd.Series(np.nan, index=rows.index)))
    value = pd.to_numeric(rows["value"])
    changed = better.notna() & (better != value)
    rows = rows.assign(
        best=better.fillna(value),
        best_low=better.where(changed, pd.to_numeric(rows["low"])),
        best_high=better.where(changed, pd.to_numeric(rows["high"])),
        doubted=status.eq("doubted"),
    )
    return rows.dropna(subset=["date", "best"])


def _between(group: pd.DataFrame, place: str, standard: str, indicator: str) -> dict[str, object]:
    """One row of `reported`: from the first to the last date of one standard and indicator."""
    doubted = int(group["doubted"].sum())
    sure = group[~group["doubted"]]
    ends = [sure[sure["date"] == date] for date in (sure["date"].min(), sure["date"].max())]
    first, last = (float(end["best"].median()) for end in ends)
    years = float(sure["date"].max() - sure["date"].min())
    facts = [f"{doubted} doubted left out"] if doubted else []
    if any(len(set(end["best"])) > 1 for end in ends):
        facts.append("sources differ on a date: their middle is taken")
    if any(end["status"].isin(["preliminary", "estimate"]).any() for end in ends):
        facts.append("preliminary or estimated figure")
    return {
        "place": place,
        "standard": standard,
        "indicator": indicator,
        "unit": "%" if indicator.endswith("_rate") else "hộ",
        "n": sure["date"].nunique(),
        "first_period": str(ends[0]["period"].iloc[0]),
        "last_period": str(ends[1]["period"].iloc[0]),
        "first_value": first,
        "last_value": last,
        "years": years,
        "fall_per_year": (first - last) / years,
        "fall_low": float(ends[0]["best_low"].min() - ends[1]["best_high"].max()) / years,
        "fall_high": float(ends[0]["best_high"].max() - ends[1]["best_low"].min()) / years,
        "fall_pct_per_year": (
            100 * (1 - (last / first) ** (1 / years)) if first > 0 and last > 0 else np.nan
        ),
        "sources": " ".join(sorted(sure["source_id"].unique())),
        "note": "; ".join(facts),
    }
