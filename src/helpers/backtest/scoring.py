"""Scores of past forecasts: errors, coverage and how they compare with the simple drifts."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from helpers import project
from helpers.backtest import measures
from helpers.backtest.rolling import CHANCES
from helpers.trends.diagnostics import LEVELS
from helpers.trends.forecasts import COLUMNS

SIMPLE_DRIFTS = ("pp_drift", "sqrt_drift", "log_drift")
"""What a model must beat: the best of these on each panel."""

KEYS = ["standard", "model", "origin", "horizon"]
BRIERS = [f"brier_{event}" for event in measures.EVENTS]
MEASURES = [
    "mae", "bias", "cover80", "cover95", "width80", "crps", "interval80", "interval95", "brier",
    *BRIERS,
]  # fmt: skip
LEVEL_COLUMNS = ["standard", "above_pct", "to_pct", "n", "mae", "bias", "inside80", "cover80"]
CELL = ["standard", "origin", "year", "place"]


def scores(table: pd.DataFrame) -> pd.DataFrame:
    """Errors, coverage and scores of the draws, by standard, model, origin and years ahead.

    table : as from `run`; columns that need draws may be missing. Where an observed rate is an
            interval itself it may have observed_low and observed_high: it is covered where both
            intervals meet
    Returns standard, model, origin and horizon (each a number as text, or 'all'), n (cells
    forecast), refused (cells that the model would not forecast), mae and bias (mean of forecast -
    observed) in percentage points, cover80 and cover95 (per cent of observed rates within the
    closed intervals), width80, crps, interval80 and interval95 (means, pp), brier (mean square
    error of the chances of an event, 0 to 1: the mean of the four events, and each), ratio (mae to
    that of the best simple drift on the same cells), and reason (why cells were refused).
    """
    cells = with_errors(table)
    drifts = [f"error_{name}" for name in SIMPLE_DRIFTS]
    cells = _beside_drifts(cells)
    everything = _cube(cells.assign(horizon=(cells["year"] - cells["origin"]).astype(str)))
    grouped = everything.groupby(KEYS, sort=True)
    means = grouped[[*MEASURES[:8], *BRIERS, *drifts]].mean()
    counts = grouped[["forecast", "refused"]].agg({"forecast": "count", "refused": "sum"})
    reasons = everything[everything["reason"] != ""].groupby(KEYS)["reason"]
    said = reasons.agg(lambda column: "; ".join(sorted(set(column)))).rename("reason")
    result = means.join(counts.rename(columns={"forecast": "n"})).join(said).reset_index()
    best = result[drifts].min(axis=1)
    result = result.assign(
        brier=result[BRIERS].mean(axis=1),
        ratio=result["mae"] / best.where(best > 0),
        reason=result["reason"].fillna(""),
    )
    return result[[*KEYS, "n", "refused", *MEASURES, "ratio", "reason"]]


def whole(scored: pd.DataFrame) -> pd.DataFrame:
    """The rows of `scores` over all origins and years ahead."""
    return scored[(scored["origin"] == "all") & (scored["horizon"] == "all")]


def by_level(table: pd.DataFrame, model: str = "default") -> pd.DataFrame:
    """How a model did by the rate that a place had at the origin: an average hides the poorest.

    table : as from `run`
    Returns standard, above_pct and to_pct (ends of the class, LEVELS), n, mae and bias (pp),
    inside80 (how many observed rates lay in the 80 % interval) and cover80 (per cent); no row for
    a class without forecasts.
    """
    cells = with_errors(table[(table["model"] == model) & table["forecast"].notna()])
    place = np.searchsorted(LEVELS[1:-1], cells["last"].to_numpy(float), side="left")
    cells = cells.assign(above_pct=np.array(LEVELS)[place], to_pct=np.array(LEVELS)[place + 1])
    grouped = cells.groupby(["standard", "above_pct", "to_pct"], sort=True)
    found = grouped[["mae", "bias", "cover80"]].mean().join(grouped.size().rename("n"))
    found["inside80"] = (found["cover80"] * found["n"] / 100).round()
    return found.reset_index()[LEVEL_COLUMNS]


def with_errors(table: pd.DataFrame) -> pd.DataFrame:
    """The cells with their own errors, in or out of the intervals, and Brier scores; NaN where
    the model refused. Columns that need draws and are missing are NaN."""
    needed = ["last", "crps", *CHANCES]
    cells = table.reindex(columns=[*dict.fromkeys([*table.columns, *needed])])
    error = cells["forecast"] - cells["observed"]
    came = measures.outcomes(cells)
    briers = {
        f"brier_{event}": (cells[f"p_{event}"] - came[event]) ** 2 for event in measures.EVENTS
    }
    ends: dict[str, pd.Series] = {}
    least, most = (cells.get(f"observed_{end}", cells["observed"]) for end in ("low", "high"))
    for level in (80, 95):
        low, high = cells[f"low{level}"], cells[f"high{level}"]
        fined = measures.interval_score(
            low.to_numpy(float), high.to_numpy(float), cells["observed"].to_numpy(float),
            level / 100,
        )  # fmt: skip
        ends[f"cover{level}"] = 100.0 * ((low <= most) & (high >= least))
        ends[f"interval{level}"] = pd.Series(fined, index=cells.index)
    known = cells["forecast"].notna()
    return cells.assign(
        mae=error.abs(),
        bias=error,
        width80=cells["high80"] - cells["low80"],
        **{name: values.where(known) for name, values in ends.items()},
        **briers,
        refused=~known,
        reason=cells.get("reason", ""),
    )


def _beside_drifts(cells: pd.DataFrame) -> pd.DataFrame:
    """Add the errors of the simple drifts in the same cells, NaN where the model has none."""
    simple = cells[cells["model"].isin(SIMPLE_DRIFTS)]
    wide = simple.pivot(index=CELL, columns="model", values="mae")  # noqa: PD010 no averaging
    wide = wide.reindex(columns=list(SIMPLE_DRIFTS)).add_prefix("error_").reset_index()
    joined = cells.merge(wide, on=CELL, how="left", validate="many_to_one")
    drifts = [f"error_{name}" for name in SIMPLE_DRIFTS]
    shown = joined[drifts].astype(float).mask(joined["refused"], axis=0)
    return joined.assign(**{name: shown[name] for name in drifts})


def _cube(cells: pd.DataFrame) -> pd.DataFrame:
    """The cells four times: by origin and horizon, by either, and together."""
    cells = cells.assign(origin=cells["origin"].astype(str))
    parts = [
        cells.assign(**dict.fromkeys(pooled, "all"))
        for pooled in ([], ["origin"], ["horizon"], ["origin", "horizon"])
    ]
    return pd.concat(parts, ignore_index=True)


def write(table: pd.DataFrame, folder: Path) -> list[Path]:
    """Write forecasts.csv (as from `run`) and their scores.csv, and return their paths.

    Forecasts that were refused stand in the scores only. The same table writes the same bytes.
    Raises UserError when the folder cannot be written.
    """
    forecasts = table[table["forecast"].notna()][COLUMNS]
    tables = {"forecasts.csv": forecasts, "scores.csv": scores(table)}
    for name, content in tables.items():
        project.write_table(content, Path(folder) / name)
    return [Path(folder) / name for name in tables]
