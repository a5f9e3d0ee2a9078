"""What every fan is drawn of: history by standard, the bands of a forecast, and their legend."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.patches import Patch

from helpers import labels
from helpers.charts import rows, style

SURE_YEARS = 4  # further ahead the models' scales disagree: a scenario, never one number
COLUMNS = [
    "part", "place", "standard", "year", "value", "low80", "high80", "low95", "high95", "status",
    "scenario",
]  # fmt: skip


def drawn(
    official: pd.DataFrame, forecasts: pd.DataFrame, codes: Sequence[str], start_year: int | None
) -> pd.DataFrame:
    """History of all standards and the forecast from the last origin of the newest one.

    official, forecasts : as for `trends.fan`; codes : of the places, in the order wanted
    start_year          : first year of history, None for all
    Returns COLUMNS, a row a year: part ("history", "forecast"), the rate in per cent as `value`
    (NaN in a scenario), the ends of the intervals, status, scenario ("yes", "no", "").
    """
    past = rows.survey(official, codes).assign(part="history", scenario="")
    ahead = forecasts[forecasts["place"].isin(codes) & (forecasts["model"] == "default")]
    ahead = ahead.merge(past[["place", "standard"]].drop_duplicates())
    ahead = ahead.sort_values(["origin", "year"], kind="stable")
    newest = ahead.groupby("place")["standard"].last()
    if start_year is not None:
        last = past["year"] == past.groupby("place")["year"].transform("max")
        last &= past["standard"] == past["place"].map(newest)
        past = past[(past["year"] >= start_year) | last]
    ahead = ahead[ahead["standard"] == ahead["place"].map(newest)]
    ahead = ahead[ahead["origin"] == ahead.groupby("place")["origin"].transform("max")]
    far = ahead["year"] > ahead["origin"] + SURE_YEARS
    ahead = ahead.assign(part="forecast", status="", value=ahead["forecast"].mask(far),
                         scenario=np.where(far, "yes", "no"))  # fmt: skip
    parts = [part.reindex(columns=COLUMNS) for part in (past, ahead) if len(part)]
    if not parts:
        return pd.DataFrame(columns=COLUMNS)
    both = pd.concat(parts, ignore_index=True)
    order = both["place"].map({code: number for number, code in enumerate(codes)})
    return both.loc[order.sort_values(kind="stable").index].reset_index(drop=True)


def history(ax: Axes, line: pd.DataFrame, standard: str, *, markers: bool) -> None:
    """One standard's rates as a line of its own; markers are hollow where preliminary.

    line : rows of one standard drawn by `drawn`
    """
    colour, marker, dashes = style.look(standard)
    ax.plot(line["year"], line["value"], color=colour, linestyle=dashes, zorder=4,
            linewidth=1.4 if markers else 1.0)  # fmt: skip
    if markers:
        hollow = (line["status"] == "preliminary").to_numpy()
        for part, fill in ((line[~hollow], colour), (line[hollow], "white")):
            ax.plot(part["year"], part["value"], marker, color=colour, markerfacecolor=fill,
                    zorder=5)  # fmt: skip


def bands(ax: Axes, past: pd.DataFrame, ahead: pd.DataFrame) -> dict[str, Any]:
    """The 80 and 95 % bands from the origin on; a scenario is hatched and has no middle.

    past, ahead : rows of the two parts drawn by `drawn`
    Returns the row of the origin.
    """
    colour = style.look(str(ahead["standard"].iloc[0]))[0]
    start = rows.records(past[past["standard"] == ahead["standard"].iloc[0]].tail(1))[0]
    near = ahead[ahead["scenario"] == "no"]
    far = ahead[ahead["year"] >= near["year"].max()] if len(near) else ahead
    for low, high, alpha in (("low95", "high95", 0.18), ("low80", "high80", 0.32)):
        x = [start["year"], *near["year"]]
        ax.fill_between(x, [start["value"], *near[low]], [start["value"], *near[high]],
                        color=colour, alpha=alpha, linewidth=0, zorder=2)  # fmt: skip
        if len(far) > 1:
            ax.fill_between(far["year"], far[low], far[high], facecolor="none", zorder=2,
                            edgecolor=colour, alpha=alpha + 0.25, hatch="////",
                            linewidth=0.5)  # fmt: skip
    ax.plot([start["year"], *near["year"]], [start["value"], *near["value"]], color=colour,
            linestyle=(0, (2, 1)), linewidth=1.2, zorder=4)  # fmt: skip
    return start


def legend(data: pd.DataFrame, target: float | None, language: str) -> list[Artist]:
    """Entries for the standards and the intervals in `data`, and for a target, pp a year."""
    handles: list[Artist] = []
    past, ahead = (data[data["part"] == part] for part in ("history", "forecast"))
    order = rows.standard_order(past["standard"]).sort_values(kind="stable").index
    for standard in past.loc[order, "standard"].unique():
        colour, marker, dashes = style.look(standard)
        handles.append(style.handle(rows.standard_name(standard, language), color=colour,
                                    marker=marker, linestyle=dashes))  # fmt: skip
    if (past["status"] == "preliminary").any():
        handles.append(style.handle(labels.text("mark.preliminary", language), marker="o",
                                    color=style.BLACK, markerfacecolor="white"))  # fmt: skip
    if len(ahead):
        far = bool((ahead["scenario"] == "yes").any())
        handles += band_handles(str(ahead["standard"].iloc[0]), far, language)
    if target is not None and len(ahead):
        said = labels.text("mark.target", language, pp=rows.aimed_at(target, language))
        handles.append(style.handle(said, color=style.BLACK, linestyle=":"))
    return handles


def band_handles(standard: str, scenario: bool, language: str) -> list[Artist]:
    """Entries of a legend for the bands of a forecast, and for its hatched part if there is one."""
    colour = style.look(standard)[0]
    handles: list[Artist] = []
    for key, alpha in (("80", 0.45), ("95", 0.18)):
        said = labels.text(f"mark.interval{key}", language)
        handles.append(Patch(facecolor=colour, alpha=alpha, label=said))
    if scenario:
        said = labels.text("mark.scenario", language)
        handles.append(Patch(facecolor="none", edgecolor=colour, hatch="////", label=said))
    return handles


def breaks(data: pd.DataFrame) -> list[int]:
    """Years in which other criteria begin to measure: the first of each standard but the oldest.

    data : rows drawn by `drawn`, of one place or of several
    """
    past = data[data["part"] == "history"]
    first = past.groupby("standard")["year"].min().sort_values()
    return [int(year) for year in first.iloc[1:]]


def break_handle(data: pd.DataFrame, language: str) -> list[Artist]:
    """The entry of a legend for the years of `breaks`; none where there are none."""
    said = labels.text("mark.break", language)
    handle = style.handle(said, color=style.GREY, marker="|", markersize=8)
    return [handle] if breaks(data) else []
