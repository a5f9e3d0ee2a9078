"""Which rows of the tables a figure draws: one survey series a standard, levels of reviews."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from helpers import labels, places, quantities
from helpers.charts import style
from helpers.numerals import STYLES

# Where two official tables print the same rate, the one by province is drawn.
SURVEY_TABLES = ("nso-e14-48", "gso-poverty-province", "nso-e14-46", "gso-poverty-region")
Row = dict[str, Any]
LEVEL_STATUS = ("", "final", "preliminary", "estimate")
EXACT = "exact"
MOST_TOLD = 3  # standards that one sentence can hold, the newest ones


def survey(official: pd.DataFrame, codes: Sequence[str], more: Sequence[str] = ()) -> pd.DataFrame:
    """Survey rates of some places, a row a place, standard and year.

    official : ledger columns + value, low, high (per cent); `poor_rate` under `gso-*`
    more     : further columns to keep
    Returns place, standard, year (int), value, low, high, status, source_id and what `more` asks
    for, by standard and year.
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
    columns += more
    return rows[columns].reset_index(drop=True)


def levels(reconciled: pd.DataFrame, code: str, indicators: tuple[str, ...]) -> pd.DataFrame:
    """Printed levels of one whole place under ministry or own standards, with their time.

    reconciled : ledger columns + value, low, high, status_reconciled, reconciled
    Returns the rows with `x`, the time on an axis of years, and `qualifier`, `more_than` where
    the print says so; no goals, no groups, no spans.
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
    rows = rows.assign(qualifier=_qualifiers(rows["printed"]))
    rows = rows[rows["x"].notna()].sort_values(["order", "x", "indicator", "figure_id"])
    return rows.drop(columns="order").reset_index(drop=True)


def _qualifiers(printed: pd.Series) -> pd.Series:
    """The word that each number was printed with, in whatever style its numerals can be read."""
    found = pd.Series("", index=printed.index, dtype="str")
    for style_of_numerals in STYLES:
        read = quantities.parse_column(printed, style_of_numerals)["qualifier"]
        found = found.where(found != "", read)
    return found.where(found != "", EXACT)


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

    run  : x, period, value, low, high, qualifier; of several values at one x the median counts.
           At least one row
    rate : whether the values are per cent, else they are counts
    """
    by_time = run.groupby("x", sort=True).agg(
        value=("value", "median"), low=("low", "min"), high=("high", "max"),
        period=("period", "first"), qualifier=("qualifier", common),
    )  # fmt: skip
    two = records(by_time.iloc[[0, -1]])
    values = [float(end["value"]) for end in two]
    plain = rates(values, language) if rate else [labels.number(v, 0, language) for v in values]
    said = [text if end["qualifier"] == EXACT else qualified(end["value"], end["qualifier"],
                                                             language, rate=rate)
            for text, end in zip(plain, two, strict=True)]  # fmt: skip
    told = change(said[0], said[1], values[1] - values[0], language)
    loose = any(end["qualifier"] != EXACT for end in two)
    if loose and two[0]["low"] <= two[1]["high"] and two[1]["low"] <= two[0]["high"]:
        told = labels.text("change.open", language, first=said[0], last=said[1])
    dates = [labels.period(str(end["period"]), language) for end in two]
    return {"change": told, "first": dates[0], "last": dates[1], "value": said[1]}


def steps(series: pd.DataFrame, language: str, *, rate: bool = True) -> str:
    """What values did under each of the newest standards (MOST_TOLD), in one list.

    series : standard and the columns of `ends`; rate : as for `ends`
    """
    order = standard_order(series["standard"]).sort_values(kind="stable").index
    said = []
    for standard in series.loc[order, "standard"].unique()[-MOST_TOLD:]:
        run = series[series["standard"] == standard]
        key = "say.path.step" if several(run["x"]) else "say.path.stand"
        said.append(labels.text(key, language, **ends(run, language, rate=rate),
                                standard=yardstick(str(standard), language)))  # fmt: skip
    return "; ".join(said)


def common(qualifiers: pd.Series) -> str:
    """The qualifier that all prints of one figure share, else exact: a median has none."""
    found = set(qualifiers)
    return str(found.pop()) if len(found) == 1 else EXACT


def qualified(value: float, qualifier: str, language: str, *, rate: bool) -> str:
    """A number that is not exact, with the word that it was printed with: `more than 92,000`.

    A rate gets no more decimals than it needs: `nearly 11%`.
    """
    needed = (d for d in range(2) if labels.rounded(value, d) == labels.rounded(value, 2))
    decimals = next(needed, 2) if rate else 0
    number = labels.number(value, decimals, language) + ("%" if rate else "")
    return labels.text(f"qualifier.{qualifier}", language, number=number)


def several(x: pd.Series) -> bool:
    """Whether the times differ, so that there is a change to tell of."""
    return bool(x.min() < x.max())


def points(x: float, language: str, decimals: int = 1) -> str:
    """The size of a step between rates in words: 1.9 pp, in vi 1,9 điểm phần trăm."""
    return f"{labels.number(abs(x), decimals, language)} {labels.name('unit', 'pp', language)}"


def aimed_at(target: float, language: str) -> str:
    """A yearly fall to aim at, percentage points, in words: 1.0 pp, but 1.25 pp."""
    return points(
        target, language, 1 if labels.rounded(target, 1) == labels.rounded(target, 2) else 2
    )


def moved(fall: float, language: str, decimals: int = 1, *, kind: str = "move") -> str:
    """`fell by 1.9 pp`, `rose by 0.2 pp` or `did not change`; fall in percentage points.

    kind : "move"; "pace" adds `a year`, "step" is the noun: `a fall of 1.9 pp a year`
    """
    way = "fall" if fall > 0 else "rise"
    way = "same" if labels.rounded(fall, decimals) == 0 else way
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


def middle(values: pd.Series, said: str, language: str, *, key: str) -> str:
    """What lies in the middle of some rates: one of an odd number, between two of an even one.

    said : the median in words; key : text for the one in the middle, which names what it is
    """
    if len(values) % 2 == 0:
        halves = 2 * int((values > values.median()).sum()) == len(values)
        key = "say.middle.half" if halves else "say.middle.two"
    return labels.text(key, language, middle=said)


def members(place: places.Place) -> tuple[str, ...]:
    """Codes of the provinces that a unit of 2025 was formed of; () for all other places."""
    return places.members(place.code) if "@" in place.code else ()
