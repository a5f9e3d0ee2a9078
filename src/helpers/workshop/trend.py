"""Lesson 3, a trend and its uncertainty: what is right, and what expected mistakes give."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd

from helpers import trends
from helpers.project import UserError
from helpers.workshop.judging import Choice, Exercise, Numbers

PLACE = "45"
STANDARD, LATER = "gso-md-2016", "gso-md-2022"
ORIGIN, YEAR = 2018, 2021
PACES = (
    "between_pp_per_year", "between_pct_per_year", "fall_pp_per_year", "fall_pp_low95",
    "fall_pp_high95",
)  # fmt: skip
PRELIMINARY = "preliminary"


def history(standard: str = STANDARD) -> pd.DataFrame:
    """The survey rates of the lesson's province under one standard: year and rate in per cent."""
    return trends.history(standard, PLACE)


def fall() -> Numbers:
    """3a: the mean fall a year, first to last, in points."""
    known = history()
    first, last = known.iloc[0], known.iloc[-1]
    years, points = last["year"] - first["year"], first["rate"] - last["rate"]
    row = _pace(STANDARD)
    wrong = {
        "years_counted": ((points / (years + 1),),),
        "not_per_year": ((points,),),
        "per_cent": (
            (row["between_pct_per_year"],),
            (100 * points / first["rate"] / years,),
            (100 * points / first["rate"],),
        ),
        "two_standards": (((first["rate"] - history(LATER)["rate"].iloc[-1]) / _span(),),),
    }
    return Numbers((row["between_pp_per_year"],), (2,), False, wrong, {"years": (years, 0)})


def _span() -> int:
    return int(history(LATER)["year"].iloc[-1] - history()["year"].iloc[0])


def slope() -> Numbers:
    """3b: the 95 % interval of the yearly fall, by least squares."""
    row = _pace(STANDARD)
    low, high, middle = (row[f"fall_pp_{end}"] for end in ("low95", "high95", "per_year"))
    known = history()
    line = _line(known)
    error = float(line.bse[1])
    level = tuple(float(end) for end in line.conf_int()[0])
    later = _pace(LATER)
    wrong = {
        "normal": tuple((middle - z * error, middle + z * error) for z in (1.96, 2.0)),
        "one_error": ((middle - error, middle + error),),
        "level": (level,),
        "estimate": ((middle,), (middle, middle)),
        "three_years": ((later["fall_pp_low95"], later["fall_pp_high95"]),),
    }
    said = {"low": (low, 2), "high": (high, 2)}
    return Numbers((low, high), (2,), True, wrong, said)


def _line(known: pd.DataFrame):  # type: ignore[no-untyped-def] # statsmodels has no types
    """The straight line through a place's rates, as the lesson fits it."""
    from statsmodels.regression.linear_model import OLS
    from statsmodels.tools.tools import add_constant

    years = known["year"].to_numpy(float)
    return OLS(known["rate"].to_numpy(float), add_constant(years - years.mean())).fit()


def _pace(standard: str) -> dict[str, float]:
    table = trends.table([standard])
    row = table[table["place"] == PLACE].iloc[0]
    return {name: float(row[name]) for name in PACES}


def jump() -> Choice:
    """3c: a rate that rises because the yardstick changed."""
    before, after = history().iloc[-1], history(LATER).iloc[0]
    if after["rate"] <= before["rate"] or after["year"] != before["year"] + 1:
        raise UserError("exercise 3c needs a rate that rises with the new standard: choose another")
    if after["status"] == PRELIMINARY:
        raise UserError("exercise 3c says that the later rate is final: change reason 3")
    said = {"rise": (after["rate"] - before["rate"], 2)}
    return Choice("B", 1, said=said)


def forecasts() -> pd.DataFrame:
    """The lesson's forecasts of 2021 from 2018, a row a province, with what came."""
    table = trends.forecast(STANDARD, origin=ORIGIN, horizon=YEAR - ORIGIN)
    provinces = table["place"].str.fullmatch(r"\d\d") & (table["year"] == YEAR)
    return table[provinces].dropna(subset="observed").reset_index(drop=True)


def coverage() -> Numbers:
    """3d: in how many provinces what came lies in the 80 % interval."""
    table = forecasts()
    count = len(table)
    inside, wide = (float(_inside(table, level)) for level in ("80", "95"))
    high, low = (
        float((table["observed"] <= table["high80"]).sum()),
        float((table["observed"] >= table["low80"]).sum()),
    )
    wrong = {
        "share": ((inside / count,), (100 * inside / count,)),
        "nominal": (
            (float(np.floor(0.8 * count)),),
            (float(np.ceil(0.8 * count)),),
            (0.8 * count,),
        ),
        "wide": ((wide,),),
        "outside": ((count - inside,),),
        "one_bound": ((high,), (low,)),
        "all": ((float(count),),),
    }
    said = {"inside": (inside, 0), "count": (count, 0), "percent": (100 * inside / count, 0)}
    return Numbers((inside,), (0,), False, wrong, said)


def _inside(table: pd.DataFrame, level: str) -> int:
    return int(table["observed"].between(table[f"low{level}"], table[f"high{level}"]).sum())


EXERCISES: Mapping[str, Callable[[], Exercise]] = {
    "3a": fall,
    "3b": slope,
    "3c": jump,
    "3d": coverage,
}
