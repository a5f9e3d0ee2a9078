"""Scores in sentences of both languages: how the default did, and where nothing was chosen."""

from __future__ import annotations

import pandas as pd

from helpers import labels
from helpers.backtest.scoring import whole

FEWEST = 5  # forecasts of a class, to be told of


def say_scores(table: pd.DataFrame, language: str) -> str:
    """How the default model would have done on each panel, a line each; `table` from `scores`."""
    rows = whole(table)
    lines = []
    for row in rows[rows["model"] == "default"].to_dict("records"):
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


def say_by_level(levels: pd.DataFrame, language: str) -> str:
    """Which rates the intervals held best and worst, a line a standard; as from `by_level`.

    Classes with fewer than FEWEST forecasts are not told.
    """
    lines = []
    for standard, part in levels[levels["n"] >= FEWEST].groupby("standard", sort=True):
        ranked = part.sort_values("cover80", kind="stable")
        words = {"standard": labels.name("standard", str(standard), language)}
        for name, row in (("worst", ranked.iloc[0]), ("best", ranked.iloc[-1])):
            words |= {f"{name}_{key}": said for key, said in _class(row, language).items()}
        lines.append("- " + labels.text("say.eval.levels", language, **words))
    return "\n".join(lines) or labels.text("say.eval.none", language)


def say_level(levels: pd.DataFrame, standard: str, rate: float, language: str) -> str:
    """How forecasts under a standard fared from rates like this one, per cent; '' without one."""
    own = (
        levels["standard"].eq(standard) & (levels["above_pct"] < rate) & (rate <= levels["to_pct"])
    )
    if not own.any():
        return ""
    words = _class(levels[own].iloc[0], language)
    return labels.text("say.eval.level", language, **words)


def _class(row: pd.Series, language: str) -> dict[str, str]:
    """Words of one row of `by_level`."""
    words = {name: labels.number(row[name], 0, language) for name in ("above_pct", "to_pct", "n")}
    words["inside"] = labels.number(row["inside80"], 0, language)
    words["mae"] = labels.number(row["mae"], 2, language)
    return words


def say_untouched(scored: pd.DataFrame, language: str) -> str:
    """How the default did where nothing was chosen, a line each; as from `elsewhere.untouched`.

    Of the reviews one line for all standards together, as few provinces have two rates under one.
    """
    rows = scored[scored["model"] == "default"]
    rows = rows[(rows["part"] != "reviews") | (rows["standard"] == "all")]
    lines = []
    for row in rows.to_dict("records"):
        words = {
            "part": labels.name("part", row["part"], language),
            "standard": labels.name("standard", row["standard"], language),
        }
        if row["n"] == 0:
            key, words["n"] = "say.eval.untouched.refused", str(row["refused"])
        else:
            key = "say.eval.untouched"
            words["n"] = labels.number(row["n"], 0, language)
            words |= {name: labels.number(row[name], 2, language) for name in ("mae", "ratio")}
            words["bias"] = labels.number(abs(row["bias"]), 2, language)
            words["side"] = labels.text("word.high" if row["bias"] > 0 else "word.low", language)
            inside = row["cover80"] * row["n"] / 100  # a share of one or two would say too much
            words["inside"] = labels.number(inside, 0, language)
        said = labels.text(key, language, **words)
        lines.append("- " + said[0].upper() + said[1:])
    return "\n".join(lines)


def say_without_origin(left: pd.DataFrame, language: str) -> str:
    """Between which ratios the default moves as origins are left out, a line a panel.

    left : as from `resampling.without_each_origin`
    """
    own = left[left["model"] == "default"]
    lines = [
        "- "
        + labels.text(
            "say.eval.left",
            language,
            standard=labels.name("standard", str(standard), language),
            low=labels.number(float(part["ratio"].min()), 2, language),
            high=labels.number(float(part["ratio"].max()), 2, language),
        )
        for standard, part in own.groupby("standard", sort=True)
    ]
    return "\n".join(lines) or labels.text("say.eval.none", language)


def say_refused(table: pd.DataFrame, language: str) -> str:
    """Which models would not forecast what, and why, a line a model, panel and reason.

    table : as from `rolling.run`
    """
    refused = table[table["forecast"].isna()]
    if refused.empty:
        return labels.text("say.eval.refused.none", language)
    lines = [
        "- "
        + labels.text(
            "say.eval.refused",
            language,
            model=labels.name("model", str(model), language),
            standard=labels.name("standard", str(standard), language),
            count=labels.number(len(part), 0, language),
            reason=str(reason),
        )
        for (standard, model, reason), part in refused.groupby(
            ["standard", "model", "reason"], sort=True
        )
    ]
    return "\n".join(lines)
