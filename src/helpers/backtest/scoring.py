"""Scores of past forecasts: errors, coverage and how they compare with the simple drifts."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from helpers import labels, project

SIMPLE_DRIFTS = ("pp_drift", "sqrt_drift", "log_drift")
"""What a model must beat: the best of these on each panel."""


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
