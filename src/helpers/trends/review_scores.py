"""The forecasts of the reviews, tried where nobody has tuned: the last figure of each province."""

from __future__ import annotations

import numpy as np
import pandas as pd

from helpers.project import UserError
from helpers.trends import reviews
from helpers.trends.forecasts import BOUNDS, simulate, tabulate
from helpers.trends.models import MODELS
from helpers.trends.panels import Panel

SIMPLE = ("pp_drift", "sqrt_drift", "log_drift")
COLUMNS = [
    "model", "standard", "place", "earlier_figures", "before_year", "last_year", "observed", "low",
    "high", "forecast", *BOUNDS, "error", "note",
]  # fmt: skip
SCORES = [
    "model", "standard", "n", "mae", "bias", "cover80", "cover95", "ratio_to_naive",
    "ratio_to_best_drift", "best_drift",
]  # fmt: skip


def hold_out(
    figures: pd.DataFrame, model: str = "default", draws: int = 2000, seed: int = 1
) -> pd.DataFrame:
    """The last rate of each province, forecast from what was known a year before it (COLUMNS).

    figures : cleaned or reconciled figures
    Of every province with two rates or more under a standard the last one, of `last_year`, is held
    out; the model sees all rates of that standard up to the year before, and nothing later. low
    and high are the interval of the observed rate, before_year is the year of the rate that the
    forecast starts from, error is forecast less observed, pp. A province whose last year comes
    before two others have a pace has no forecast (NaN), and its note says so.
    """
    parts = [_held(seen, model, draws, seed) for seen in reviews.panels(figures).values()]
    found = pd.concat([pd.DataFrame(columns=COLUMNS), *[part for part in parts if len(part)]])
    numbers = found.columns.difference(["model", "standard", "place", "note"])
    found[numbers] = found[numbers].astype(float)
    return found.astype(dict.fromkeys(COLUMNS[3:6], int))[COLUMNS].reset_index(drop=True)


def _held(seen: Panel, model: str, draws: int, seed: int) -> pd.DataFrame:
    """`hold_out` under one standard."""
    provinces = reviews.two_dates(seen.rates[seen.leaves])
    lasts = {code: _years(seen, code) for code in provinces}
    parts = []
    for year in sorted({years[-1] for years in lasts.values()}):
        held = [code for code in provinces if lasts[code][-1] == year]
        rows = pd.DataFrame({"place": held, "last_year": year, "note": ""})
        past = reviews.until(seen, year - 1)
        if past is None:
            rows["note"] = "no two provinces had a pace by the year before"
        else:
            rows = _forecast(rows, past, year - 1, model, draws, seed)
        parts.append(rows)
    if not parts:
        return pd.DataFrame(columns=COLUMNS)
    every = pd.concat(parts, ignore_index=True).reindex(columns=COLUMNS)
    lost = every["forecast"].isna() & every["note"].eq("")
    every.loc[lost, "note"] = "the model gives no finite rate on so sparse a panel"
    at = list(zip(every["last_year"], every["place"], strict=True))
    tables = {"observed": seen.rates, "low": seen.low, "high": seen.high}
    for name, values in tables.items():
        assert values is not None
        every[name] = [float(str(values.loc[cell])) for cell in at]
    before = [lasts[code][:-1] for code in every["place"]]
    return every.assign(
        model=model, standard=seen.standard, error=every["forecast"] - every["observed"],
        earlier_figures=list(map(len, before)), before_year=[years[-1] for years in before],
    )  # fmt: skip


def _forecast(
    rows: pd.DataFrame, past: Panel, origin: int, model: str, draws: int, seed: int
) -> pd.DataFrame:
    """The rows with the model's forecast; what it says where it refuses so sparse a panel."""
    if model not in MODELS:
        raise UserError(f"there is no model {model!r}: choose one of {', '.join(MODELS)}.")
    try:
        future = simulate(past, origin, 1, model, draws, seed)
    except UserError as refusal:
        return rows.assign(note=str(refusal))
    table = tabulate(model, past, future, list(rows["place"]))
    return rows.merge(table[["place", "forecast", *BOUNDS]], on="place")


def _years(seen: Panel, place: str) -> list[int]:
    """Years in which a place has a rate."""
    known = seen.rates[place].dropna()
    return [int(str(year)) for year in known.index]


def scores(held: pd.DataFrame) -> pd.DataFrame:
    """How each model does on the held-out rates (SCORES), by standard and, under 'all', together.

    held : rows of `hold_out` for several models, naive and the simple drifts among them
    mae and bias (forecast less observed) are pp; cover80 and cover95 are the shares, per cent, of
    observed rates whose own interval meets the forecast's; a ratio is that of the mean absolute
    errors on the rates that this model has a forecast of. best_drift is the best simple drift of
    the standard, picked after the event. A model that refuses a panel has fewer rates, see n.
    """
    known = held.dropna(subset=["forecast"])
    every = pd.concat([known, known.assign(standard="all")])
    for level in ("80", "95"):
        meets = every["low"].le(every[f"high{level}"]) & every["high"].ge(every[f"low{level}"])
        every[f"cover{level}"] = 100.0 * meets
    every["mae"] = every["error"].abs()
    table = every.groupby(["standard", "model"]).agg(
        n=("place", "size"), mae=("mae", "mean"), bias=("error", "mean"),
        cover80=("cover80", "mean"), cover95=("cover95", "mean"),
    ).reset_index()  # fmt: skip
    drifts = table[table["model"].isin(SIMPLE)].sort_values(["mae", "model"])
    best = drifts.drop_duplicates("standard").set_index("standard")["model"]
    table["best_drift"] = table["standard"].map(best).fillna("")
    table["ratio_to_naive"] = _ratios(every, table, pd.Series("naive", index=table.index))
    table["ratio_to_best_drift"] = _ratios(every, table, table["best_drift"])
    order = table["model"].map({name: rank for rank, name in enumerate(MODELS)}).fillna(np.inf)
    table = table.assign(order=order, last=table["standard"].eq("all"))
    table = table.sort_values(["last", "standard", "order", "model"], ignore_index=True)
    return table[SCORES]


def _ratios(every: pd.DataFrame, table: pd.DataFrame, rival: pd.Series) -> list[float]:
    """Mean absolute error of each row's model by that of its rival, on the rates that both have."""
    errors = every.set_index(["standard", "model", "place", "last_year", "before_year"])["mae"]
    unique = errors[~errors.index.duplicated()]
    found = []
    for standard, model, other in zip(table["standard"], table["model"], rival, strict=True):
        mine = unique[unique.index.get_level_values(0) == standard]
        names = mine.index.get_level_values(1)
        one = mine[names == model].droplevel([0, 1])
        two = mine[names == other].droplevel([0, 1]).reindex(one.index)
        both = two.notna()
        total = float(two[both].sum())
        found.append(float(one[both].sum()) / total if total > 0 else np.nan)
    return found
