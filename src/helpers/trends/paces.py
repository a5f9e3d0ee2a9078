"""The pace of every place: yearly fall in points and per cent, with honest intervals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from helpers.trends import panels

Floats = NDArray[np.float64]

SMALLEST_RATE_PCT = 0.1
"""A place with a rate below this has no pace in per cent: there one printed unit of the older
tables (0.1) is a large share of the rate, and zero has no logarithm."""

COLUMNS = [
    "place", "standard", "n", "first_year", "last_year", "first_rate", "last_rate",
    "between_pp_per_year", "between_pct_per_year", "fall_pp_per_year", "fall_pp_low95",
    "fall_pp_high95", "fall_pct_per_year", "fall_pct_low95", "fall_pct_high95", "half_life_years",
    "method", "note",
]  # fmt: skip
_FALL_PP = ("fall_pp_per_year", "fall_pp_low95", "fall_pp_high95")


def table(standards: Sequence[str] = tuple(panels.SOURCES)) -> pd.DataFrame:
    """The fits of all places under each standard, a row a place and standard (COLUMNS).

    Rates under two standards are never fitted together. Raises UserError for an unknown standard.
    """
    rows = [
        fit(history) | {"place": place, "standard": standard}
        for standard in standards
        for place, history in panels.histories(standard).groupby("place", sort=True)
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


def fit(history: pd.DataFrame) -> dict[str, Any]:
    """Pace of one place under one standard; the keys are COLUMNS but for place and standard.

    history : a row a year, with year and rate (per cent), and perhaps status and note

    between_*: first to last year, compound for per cent; from two years on.
    fall_*   : least squares of the rate on the year (pp), and of its logarithm (per cent), with
               t intervals of 95 % from three years on; with two years the same as between_*.
    half_life_years follows from the fall in per cent where the rate falls. Per cent and half-life
    are NaN where a rate lies below SMALLEST_RATE_PCT. The intervals hold the scatter around a
    straight line only: neighbouring years of a smoothed series are no independent evidence.
    """
    known = history.sort_values("year")
    years, rates = known["year"].to_numpy(float), known["rate"].to_numpy(float)
    result: dict[str, Any] = dict.fromkeys(COLUMNS[7:-2], np.nan)
    result |= {"n": len(rates), "method": "", "note": "; ".join(_notes(known, rates))}
    if len(rates) == 0:
        return result
    result |= {"first_year": int(years[0]), "last_year": int(years[-1])}
    result |= {"first_rate": rates[0], "last_rate": rates[-1]}
    if len(rates) == 1:
        return result
    result["method"] = "least squares" if len(rates) > 2 else "first to last"
    pp = _slope(years, rates)
    result["between_pp_per_year"] = (rates[0] - rates[-1]) / (years[-1] - years[0])
    result |= dict(zip(_FALL_PP, 0.0 - pp, strict=True))
    if rates.min() >= SMALLEST_RATE_PCT:
        result |= _in_per_cent(years, rates)
    return result


def _in_per_cent(years: Floats, rates: Floats) -> dict[str, float]:
    logs = np.log(rates)
    slope = _slope(years, logs)
    fall, low, high = 100 * -np.expm1(slope)
    between = (logs[-1] - logs[0]) / (years[-1] - years[0])
    return {
        "between_pct_per_year": float(100 * -np.expm1(between)),
        "fall_pct_per_year": float(fall),
        "fall_pct_low95": float(low),
        "fall_pct_high95": float(high),
        "half_life_years": float(np.log(2) / -slope[0]) if slope[0] < 0 else np.nan,
    }


def _slope(years: Floats, values: Floats) -> Floats:
    """Yearly change, and the *upper* and lower end of its 95 % t interval; ends NaN without one.

    The upper end comes first, so that the negative of the three is a fall, its low and its high.
    """
    # half a second to load, and only a fit needs it: most notebooks read the tables
    from statsmodels.regression.linear_model import OLS
    from statsmodels.tools.tools import add_constant

    if np.ptp(values) == 0:
        return np.array([0.0, np.nan, np.nan])
    if len(values) == 2:
        return np.array([(values[1] - values[0]) / (years[1] - years[0]), np.nan, np.nan])
    design = add_constant(years - years.mean())
    line = OLS(values, design).fit()
    low, high = line.conf_int(alpha=0.05)[1]
    return np.array([line.params[1], high, low])


def _notes(known: pd.DataFrame, rates: Floats) -> list[str]:
    """What a reader must know before the numbers are used."""
    counts = {
        0: "no rate under this standard",
        1: "one year only: no pace",
        2: "two years only: first to last, no interval",
        3: "three years only: the interval has one degree of freedom",
    }
    facts = [counts[len(rates)]] if len(rates) in counts else []
    if len(rates) > 1 and np.ptp(rates) == 0:
        facts.append("the same rate in all years: no interval")
    if len(rates) and rates.min() < SMALLEST_RATE_PCT:
        facts.append(f"a rate below {SMALLEST_RATE_PCT} %: points only, no pace in per cent")
    if "status" in known and len(rates) and known["status"].iloc[-1] == "preliminary":
        facts.append("last year preliminary")
    if "note" in known:
        facts.extend(text for text in known["note"].unique() if text)
    return facts
