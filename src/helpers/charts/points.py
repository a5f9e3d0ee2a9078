"""Points of survey and review over time: how each standard, interval and mark is drawn."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes

from helpers import labels
from helpers.charts import rows, style


def survey_line(ax: Axes, line: pd.DataFrame, standard: str) -> None:
    """A line through the rates of one survey standard; preliminary ones are hollow."""
    colour, marker, dashes = style.look(standard)
    ax.plot(line["x"], line["value"], color=colour, linestyle=dashes, zorder=3)
    hollow = (line["status"] == "preliminary").to_numpy()
    for part, fill in ((line[~hollow], colour), (line[hollow], "white")):
        ax.plot(part["x"], part["value"], marker, color=colour, markerfacecolor=fill, zorder=4)


def review_points(ax: Axes, points: pd.DataFrame, standard: str) -> None:
    """Lone points of one review standard with their intervals; what reconciling moved or doubts."""
    colour, marker, _ = style.look(standard)
    high = points["high"].where(np.isfinite(points["high"]), points["value"])
    ax.vlines(points["x"], points["low"], high, color=colour, linewidth=4, alpha=0.35, zorder=4)
    hollow = points["status"].isin(["preliminary", "estimate"]).to_numpy()
    for part, fill in ((points[~hollow], colour), (points[hollow], "white")):
        ax.plot(part["x"], part["value"], marker, color=colour, markerfacecolor=fill,
                markeredgecolor=style.INK, markeredgewidth=0.5, markersize=7, zorder=5)  # fmt: skip
    other = points[moved(points)]
    ax.vlines(other["x"], other["value"], other["reconciled"], color=style.BLACK, linewidth=0.7)
    ax.plot(other["x"], other["reconciled"], "x", color=style.BLACK, zorder=6)
    doubted = points[points["status_reconciled"] == "doubted"]
    ax.plot(doubted["x"], doubted["value"], "o", color=style.BLACK, markerfacecolor="none",
            markersize=11, markeredgewidth=0.9, zorder=6)  # fmt: skip


def moved(points: pd.DataFrame) -> np.ndarray:
    """Whether reconciling gave another value than the printed one."""
    printed, value = (points[name].to_numpy(dtype=float) for name in ("value", "reconciled"))
    gap: np.ndarray = np.nan_to_num(np.abs(value - printed))
    return np.asarray(gap > 1e-9 * (1 + np.abs(printed)))


def legend(data: pd.DataFrame, language: str) -> list[Artist]:
    """Entries for each standard and each mark that is drawn.

    data : series, standard, status, value, reconciled, status_reconciled
    """
    handles: list[Artist] = []
    for series in ("survey", "review"):
        for standard in data.loc[data["series"] == series, "standard"].unique():
            colour, marker, dashes = style.look(standard)
            ink = {} if series == "survey" else {"markeredgecolor": style.INK, "markersize": 7}
            handles.append(style.handle(
                rows.standard_name(standard, language), color=colour, marker=marker,
                linestyle=dashes if series == "survey" else "none", markeredgewidth=0.5, **ink,
            ))  # fmt: skip
    own = data[data["series"] != "member"]
    hollow: dict[str, Any] = {"markerfacecolor": "white"}
    ring: dict[str, Any] = {"markerfacecolor": "none", "markersize": 9}
    marks: list[tuple[str, bool, str, dict[str, Any]]] = [
        ("preliminary", bool(own["status"].isin(["preliminary", "estimate"]).any()), "o", hollow),
        ("reconciled", bool(moved(data).any()), "x", {}),
        ("doubted", bool((data["status_reconciled"] == "doubted").any()), "o", ring),
    ]
    for key, shown, marker, extra in marks:
        if shown:
            handles.append(style.handle(labels.text(f"mark.{key}", language), color=style.BLACK,
                                        marker=marker, **extra))  # fmt: skip
    if (data["series"] == "member").any():
        handles.append(style.handle(labels.text("mark.member", language), color=style.GREY,
                                    linestyle="-", linewidth=0.8))  # fmt: skip
    return handles


def breaks(ax: Axes, surveys: pd.DataFrame) -> None:
    """A dotted line where one survey standard gives way to the next."""
    starts = sorted(surveys.groupby("standard")["x"].min())[1:]
    for start in starts:
        ax.axvline(start - 0.5, color=style.GREY, linestyle=(0, (1, 2)), linewidth=0.9, zorder=1)


def time_axis(ax: Axes, x: pd.Series) -> None:
    """Whole years as ticks, with room at both ends."""
    low, high = math.floor(x.min()), math.ceil(x.max())
    step = max(1, math.ceil((high - low) / 12))
    ax.set_xticks(range(high, low - 1, -step))
    ax.set_xlim(low - 0.4, high + 0.9)


def top(data: pd.DataFrame) -> float:
    """Where the axis of values must reach."""
    return max(rows.largest(data, ["value", "reconciled", "high"]), 0.5)
