"""How far a difference between models may be chance: blocks drawn again, and origins left out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from helpers.backtest.scoring import SIMPLE_DRIFTS, with_errors
from helpers.trends.past import Floats

RESAMPLES = 2000
ENDS = {"low80": 0.10, "high80": 0.90, "low95": 0.025, "high95": 0.975}


def differences(
    table: pd.DataFrame,
    against: str = "default",
    measures: Sequence[str] = ("mae", "crps"),
    resamples: int = RESAMPLES,
    seed: int = 1,
) -> pd.DataFrame:
    """Mean difference between a model and each other one, with block bootstrap intervals.

    table    : as from `run`
    against  : the model whose score the others' is taken from: below 0 it is the better one
    measures : columns of `scoring.with_errors`, in percentage points
    Whole origins and whole provinces are drawn again, with replacement and independently of each
    other, because all cells of one origin share the national path and all of one province share
    its own (two-way block bootstrap; Owen 2007, Annals of Applied Statistics 1, 386-411). With one
    origin only the provinces can be drawn again, and the interval knows nothing of the next
    national shock. Origins overlap in their target years and are three or four at most: even the
    others are too narrow rather than too wide.
    Returns standard, model, measure, n (cells that both forecast), difference, low80, high80,
    low95, high95, better (share of the resamples below 0, those at 0
    counted half), origins, places (how many of each) and
    resampled ('origins and provinces' or 'provinces').
    """
    cells = with_errors(table)
    rows = []
    for standard, panel in cells.groupby("standard", sort=True):
        own = panel[panel["model"] == against]
        for model in sorted(set(panel["model"]) - {against}):
            other = panel[panel["model"] == model]
            for measure in measures:
                row = _difference(own, other, measure, resamples, seed)
                rows.append({"standard": standard, "model": model, "measure": measure} | row)
    return pd.DataFrame(rows)


def _difference(
    own: pd.DataFrame, other: pd.DataFrame, measure: str, resamples: int, seed: int
) -> dict[str, object]:
    """One row of `differences`."""
    keys = ["origin", "place", "year"]
    both = own.merge(other, on=keys, suffixes=("", "_other"), validate="one_to_one")
    gap = both[measure] - both[f"{measure}_other"]
    both = both.assign(gap=gap).dropna(subset=["gap"])
    sums, counts = (
        both.pivot_table("gap", "origin", "place", how, fill_value=0).to_numpy(float)
        for how in ("sum", "count")
    )
    row: dict[str, object] = dict.fromkeys(["difference", *ENDS, "better"], np.nan)
    if len(both):
        drawn = _resampled(sums, counts, resamples, seed)
        drawn = drawn[~np.isnan(drawn)]
        row |= {"difference": float(both["gap"].mean())}
        row |= {end: float(np.quantile(drawn, share)) for end, share in ENDS.items()}
        row |= {"better": float((drawn < 0).mean() + (drawn == 0).mean() / 2)}
    several = sums.shape[0] > 1
    resampled = "origins and provinces" if several else "provinces"
    origins, places = sums.shape
    return {"n": len(both)} | row | {"origins": origins, "places": places, "resampled": resampled}


def _resampled(sums: Floats, counts: Floats, resamples: int, seed: int) -> Floats:
    """Means of resampled blocks, NaN without a cell; sums and counts by origin × place."""
    random = np.random.default_rng(seed)
    origins, places = sums.shape
    by_place = random.multinomial(places, np.full(places, 1 / places), size=resamples)
    by_origin = random.multinomial(origins, np.full(origins, 1 / origins), size=resamples)
    total, number = (
        np.einsum("ro,op,rp->r", by_origin, part, by_place, optimize=True)
        for part in (sums, counts)
    )
    means: Floats = np.divide(total, number, out=np.full(resamples, np.nan), where=number > 0)
    return means


def without_each_origin(table: pd.DataFrame) -> pd.DataFrame:
    """The ratio of each model's error to the best simple drift's, an origin left out at a time.

    table : as from `run`
    Returns standard, model, left_out, n, mae (pp) and ratio (the best drift is chosen again among
    the cells that stay). A panel with one origin has no row: nothing would stay.
    """
    cells = with_errors(table)
    cells = cells[~cells["refused"]]
    parts = []
    for standard, panel in cells.groupby("standard", sort=True):
        origins = sorted(set(panel["origin"]))
        for origin in origins if len(origins) > 1 else []:
            stay = panel[panel["origin"] != origin].groupby("model")["mae"].agg(["size", "mean"])
            best = stay["mean"].reindex(list(SIMPLE_DRIFTS)).min()
            rows = stay.rename(columns={"size": "n", "mean": "mae"}).reset_index()
            rows = rows.assign(standard=standard, left_out=origin, ratio=rows["mae"] / best)
            parts.append(rows)
    columns = ["standard", "model", "left_out", "n", "mae", "ratio"]
    return pd.concat(parts, ignore_index=True)[columns] if parts else pd.DataFrame(columns=columns)
