"""The models' past performance: forecasts from rolling origins against what came."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from pathlib import Path

import pandas as pd

from helpers import labels, project
from helpers.trends import panels
from helpers.trends.forecasts import COLUMNS, check_draws, tabulate
from helpers.trends.models import MODELS

ORIGINS: Mapping[str, tuple[int, ...]] = {
    "gso-2010": (2012, 2013, 2014, 2015),
    "gso-md-2016": (2018, 2019, 2020),
    "gso-md-2022": (2023,),
}
"""Origins by standard; from each, all later years of the panel are forecast. The panel of
gso-md-2016 starts at 2018: two yearly steps are seen before the first forecast."""

SIMPLE_DRIFTS = ("pp_drift", "sqrt_drift", "log_drift")
"""What a model must beat: the best of these on each panel."""


def run(
    standards: Iterable[str] = panels.STANDARDS,
    models: Iterable[str] = tuple(MODELS),
    draws: int = 2000,
    seed: int = 1,
) -> pd.DataFrame:
    """Forecasts of the 63 provinces from every origin, a row a model, origin, place and year.

    Columns: model, standard, origin, year, place, forecast, low80, high80, low95, high95,
    observed; rates in per cent. A place and year without an observed rate (Hồ Chí Minh City 2016)
    has no row, as nothing can be scored there. Raises UserError for an unknown standard, for
    fewer than 100 draws and for a seed below 0.
    """
    check_draws(draws, seed)
    tried = list(models)
    parts = []
    for panel in map(panels.load, standards):
        last = int(panel.rates.index[-1])
        for name, origin in itertools.product(tried, ORIGINS[panel.standard]):
            future = MODELS[name](panel, origin, last - origin, draws, seed)
            parts.append(tabulate(name, panel, future, panel.leaves))
    return pd.concat(parts, ignore_index=True).dropna(subset=["observed"])[COLUMNS]


def scores(table: pd.DataFrame) -> pd.DataFrame:
    """Errors and coverage by standard, model and years ahead, and over all of them ('all').

    table : as from `run`
    Returns standard, model, horizon, n, mae and bias (mean of forecast - observed) in percentage
    points, cover80 and cover95 (per cent of observed rates within the closed intervals), width80
    (mean, pp) and ratio (mae to that of the best simple drift of the same standard and horizon).
    """
    error = table["forecast"] - table["observed"]
    cells = table.assign(
        horizon=(table["year"] - table["origin"]).astype(str),
        mae=error.abs(),
        bias=error,
        cover80=100.0 * table["observed"].between(table["low80"], table["high80"]),
        cover95=100.0 * table["observed"].between(table["low95"], table["high95"]),
        width80=table["high80"] - table["low80"],
    )
    cells = pd.concat([cells, cells.assign(horizon="all")], ignore_index=True)
    keys = ["standard", "model", "horizon"]
    measures = ["mae", "bias", "cover80", "cover95", "width80"]
    grouped = cells.groupby(keys, sort=True)
    result = grouped[measures].mean().join(grouped.size().rename("n")).reset_index()
    return _with_ratio(result)[[*keys, "n", *measures, "ratio"]]


def say_scores(table: pd.DataFrame, language: str) -> str:
    """How the default model would have done on each panel, a line each; `table` from `scores`."""
    rows = table[(table["model"] == "default") & (table["horizon"] == "all")]
    lines = []
    for row in rows.to_dict("records"):
        words = {
            "standard": labels.name("standard", row["standard"], language),
            "mae": labels.number(row["mae"], 2, language),
            "ratio": labels.number(row["ratio"], 2, language),
            "bias": labels.number(abs(row["bias"]), 2, language),
            "side": labels.text("word.high" if row["bias"] > 0 else "word.low", language),
            "cover": labels.number(row["cover80"], 0, language),
        }
        lines.append("- " + labels.text("say.scores", language, **words))
    return "\n".join(lines)


def _with_ratio(result: pd.DataFrame) -> pd.DataFrame:
    """Add the ratio to the best simple drift; NaN where none was scored."""
    cell = ["standard", "horizon"]
    simple = result[result["model"].isin(SIMPLE_DRIFTS)]
    best = simple.groupby(cell)["mae"].min().rename("best").reset_index()
    joined = result.merge(best, on=cell, how="left", validate="many_to_one")
    return joined.assign(ratio=joined["mae"] / joined["best"])


def write(table: pd.DataFrame, folder: Path) -> list[Path]:
    """Write forecasts.csv (as from `run`) and their scores.csv, and return their paths.

    The same table writes the same bytes. Raises UserError when the folder cannot be written.
    """
    tables = {"forecasts.csv": table, "scores.csv": scores(table)}
    for name, content in tables.items():
        project.write_table(content, Path(folder) / name)
    return [Path(folder) / name for name in tables]
