"""What each province contributes to the fall of the national rate, in points and per cent of it."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from helpers.project import UserError
from helpers.trends import panels
from helpers.trends.draws import Draws
from helpers.trends.forecasts import BOUNDS
from helpers.trends.panels import Panel

Floats = NDArray[np.float64]

COUNTRY, DISCREPANCY = "VN", "discrepancy"
COLUMNS = [
    "place", "first_year", "last_year", "weight_year", "share_pct", "first", "last", "fall_pp",
    "contribution_pp", "low", "high", "contribution_pct", "low_pct", "high_pct", "note",
]  # fmt: skip
DRAWN_COLUMNS = [
    "place", "first_year", "last_year", "weight_year", "share_pct", "contribution_pp", *BOUNDS,
    "contribution_pct", *(f"{name}_pct" for name in BOUNDS), "note",
]  # fmt: skip


def table(
    standard: str, first_year: int | None = None, last_year: int | None = None
) -> pd.DataFrame:
    """`between` for two years of a standard's panel, first and last unless given, with rounding.

    Raises UserError for an unknown standard or a year that its panel does not have.
    """
    printed = panels.histories(standard)
    printed = printed[~printed["place"].map(panels.is_backcast).astype(bool)]
    low, high = (
        printed.pivot(index="year", columns="place", values=end)  # noqa: PD010 no averaging
        for end in ("low", "high")
    )
    panel = dataclasses.replace(panels.load(standard), low=low, high=high)
    years = panel.rates.index
    first = int(years[0]) if first_year is None else first_year
    return between(panel, first, int(years[-1]) if last_year is None else last_year)


def between(panel: Panel, first_year: int, last_year: int) -> pd.DataFrame:
    """Contribution of each province to the national fall between two years, largest first.

    Formula: c_p = s_p · (y_p,first − y_p,last), s_p the province's share of the panel's weights
    (thousand persons of `panel.weight_year` in both years, as the survey prints no weights; the
    survey's own base is not stated), and 100 · c_p ÷ national fall. The national fall is the
    printed one, or without it the sum. What the sum misses of it is the row `discrepancy`: other
    weights, moves of people, and provinces without both rates, which its note names. The last
    row is the country.
    low, high (pp) and low_pct, high_pct hold what rounding allows where the panel carries it,
    national and provincial figures each moving freely in their intervals; no sampling error.
    Per cent are NaN where rounding alone would let the national fall vanish.
    Returns COLUMNS. Raises UserError when a year is not in the panel, or they are not in order.
    """
    _check(panel, first_year, last_year)
    leaves = sorted(panel.leaves)
    share = panel.weights[leaves].to_numpy(float) / float(panel.weights.sum())
    first, last = (_printed(panel, year, leaves) for year in (first_year, last_year))
    parts = share * _fall(first, last)
    sums = np.nansum(parts, axis=1)
    ends = [_printed(panel, year, [COUNTRY])[:, 0] for year in (first_year, last_year)]
    nation = _fall(*ends)
    if np.isnan(nation).any():
        both = share * ~np.isnan(parts[0])
        ends, nation = [np.nansum(both * end, axis=1) for end in (first, last)], sums
    gap = nation - sums[[0, 2, 1]] if nation is not sums else np.zeros(3)
    values = np.column_stack([parts, gap, nation])
    missing = ", ".join(np.array(leaves)[np.isnan(parts[0])])
    note = f"holds those without a rate: {missing}" if missing else ""
    rows = pd.DataFrame({
        "place": [*leaves, DISCREPANCY, COUNTRY],
        "share_pct": [*(100 * share), np.nan, 100.0],
        "first": [*first[0], np.nan, ends[0][0]],
        "last": [*last[0], np.nan, ends[1][0]],
        "note": [*[""] * len(leaves), note, ""],
    })  # fmt: skip
    rows[["contribution_pp", "low", "high"]] = values.T
    rows[["contribution_pct", "low_pct", "high_pct"]] = _per_cent(values, nation).T
    rows = rows.assign(fall_pp=rows["first"] - rows["last"], first_year=first_year,
                       last_year=last_year, weight_year=panel.weight_year)  # fmt: skip
    return _largest_first(rows)[COLUMNS]


def of_forecast(panel: Panel, future: Draws, year: int) -> pd.DataFrame:
    """Contribution of each province to the national fall from the origin to a forecast year.

    As `between`, from each province's last known rate; low80 … high95 hold 80 and 95 % of the
    draws, in pp and, ending in _pct, in per cent of the national fall *of the same draw*. Draws in
    which the nation does not fall have no such share; where they are more than 2.5 %, or the
    central path does not fall, no per cent are given and the note says so.
    Returns DRAWN_COLUMNS. Raises UserError when the draws do not have the year.
    """
    if year not in future.years:
        raise UserError(f"the draws have no year {year}: choose one of {future.years}.")
    at = future.years.index(year)
    leaves = sorted(set(panel.leaves) & set(future.places))
    share = panel.weights[leaves].to_numpy(float) / float(panel.weights[leaves].sum())
    seen = panel.rates.loc[: future.origin].ffill().iloc[-1]
    paths = np.column_stack([future.centre[at], future.rates[at]])  # the centre, then the draws
    column = [future.places.index(place) for place in leaves]
    parts = share[:, None] * (seen[leaves].to_numpy(float)[:, None] - paths[column])
    nation = parts.sum(axis=0)
    if COUNTRY in future.places:
        nation = float(seen[COUNTRY]) - paths[future.places.index(COUNTRY)]
    values = np.vstack([parts, nation - parts.sum(axis=0), nation])
    rows = pd.DataFrame({"place": [*leaves, DISCREPANCY, COUNTRY]})
    rows = rows.assign(share_pct=[*(100 * share), np.nan, 100.0], first_year=future.origin,
                       last_year=year, weight_year=panel.weight_year, note="")  # fmt: skip
    for name, drawn in (("", values), ("_pct", _per_cent_of_draws(values, nation))):
        rows[f"contribution{name or '_pp'}"] = drawn[:, 0]
        bounds = np.quantile(drawn[:, 1:], list(BOUNDS.values()), axis=1)
        rows[[f"{bound}{name}" for bound in BOUNDS]] = bounds.T
    if rows["contribution_pct"].isna().all():
        rows["note"] = "the national rate may not fall: no per cent of its fall"
    return _largest_first(rows)[DRAWN_COLUMNS]


def _check(panel: Panel, first_year: int, last_year: int) -> None:
    years = [int(year) for year in panel.rates.index]
    if first_year not in years or last_year not in years or first_year >= last_year:
        raise UserError(
            f"no fall from {first_year} to {last_year} under {panel.standard}: choose two years, "
            f"the earlier first, out of {', '.join(map(str, years))}."
        )


def _printed(panel: Panel, year: int, places: list[str]) -> Floats:
    """Rate, low and high of some places in one year, 3 × place; NaN where not known."""
    tables = [panel.rates if table is None else table
              for table in (panel.rates, panel.low, panel.high)]  # fmt: skip
    return np.array([table.reindex(columns=places).loc[year].to_numpy(float) for table in tables])


def _fall(first: Floats, last: Floats) -> Floats:
    """Fall with its lowest and highest value, from rate, low and high of both years."""
    return np.array([first[0] - last[0], first[1] - last[2], first[2] - last[1]])


def _per_cent(values: Floats, nation: Floats) -> Floats:
    """Contributions in per cent of the national fall; both are value, low, high.

    The country itself is 100; all are NaN where the lowest national fall is not above zero.
    """
    if not nation[1] > 0:
        return np.full_like(values, np.nan)
    corners = 100 * values[1:, :, None] / nation[1:]  # low and high, by place, by either nation
    found = [100 * values[0] / nation[0], corners.min(axis=(0, 2)), corners.max(axis=(0, 2))]
    result = np.array(found)
    result[:, -1] = 100.0
    return result


def _per_cent_of_draws(values: Floats, nation: Floats) -> Floats:
    """Row × (centre, draws that fall): each in per cent of its own national fall, or all NaN."""
    falls = nation > 0
    if not falls[0] or (~falls[1:]).mean() > BOUNDS["low95"]:
        return np.full_like(values, np.nan)
    result: Floats = 100 * values[:, falls] / nation[falls]
    return result


def _largest_first(rows: pd.DataFrame) -> pd.DataFrame:
    """Provinces by their contribution, ties by code; what is no province stays at the end."""
    inside = ~rows["place"].isin([DISCREPANCY, COUNTRY])
    order = rows["contribution_pp"].where(inside, -np.inf).fillna(-1e300)
    at = order.sort_values(ascending=False, kind="stable").index
    return rows.loc[at].reset_index(drop=True)
