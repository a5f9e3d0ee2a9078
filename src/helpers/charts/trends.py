"""Figure of notebook 4, trends: the fan of a place. The module gives the notebook's others too."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from helpers import labels
from helpers.charts import captions, fans, rows, style, titles
from helpers.charts.paces import chance, pace_against_target, say_pace
from helpers.charts.small_multiples import neighbours, region_small_multiples, say_region
from helpers.places import Place

__all__ = [
    "chance", "fan", "neighbours", "pace_against_target", "region_small_multiples", "say_fan",
    "say_pace", "say_region",
]  # fmt: skip


@style.styled
def fan(
    official: pd.DataFrame,
    forecasts: pd.DataFrame,
    place: Place,
    language: str,
    *,
    start_year: int | None = None,
    target_pp_per_year: float | None = None,
) -> tuple[Figure, pd.DataFrame]:
    """History and forecast of one place under the newest standard forecast (4-fan).

    official  : ledger + value, low, high; survey rates in per cent
    forecasts : model, standard, origin, year, place, forecast, low80, high80, low95, high95
    start_year: first year of history shown; target_pp_per_year: a line that falls so from the
                origin on. More than fans.SURE_YEARS ahead the fan is a scenario without a middle.
    Returns the figure and the history and forecast drawn (columns of `fans.drawn`).
    """
    data = fans.drawn(official, forecasts, [place.code], start_year)
    title = titles.fan(*_origin_and_end(data), place, language)
    caption = captions.of_forecast("chart.fan.caption", data, place, language)
    if data.empty:
        return style.sentence(title, labels.text("chart.none", language), caption), data
    past, ahead = (data[data["part"] == part] for part in ("history", "forecast"))
    fig = style.page(title, caption)
    handles = fans.legend(data, target_pp_per_year, language)
    style.legend(fig, [*handles, *fans.break_handle(data, language)], 3)
    ax = style.axes(fig)
    for year in fans.breaks(data):
        ax.axvline(year, color=style.GREY, linewidth=0.9, zorder=1)
    for standard, line in past.groupby("standard", sort=False):
        fans.history(ax, line, str(standard), markers=True)
    if len(ahead):
        _fan(ax, past, ahead, language)
        _target(ax, past, ahead, target_pp_per_year)
    last = int(data["year"].max())
    step = max(1, math.ceil((last - data["year"].min()) / 12))
    ax.set_xticks(range(last, int(data["year"].min()) - 1, -step))
    ax.set_ylim(0, rows.largest(data, ["value", "high95"]) * 1.06)
    ax.set_ylabel(labels.text("axis.rate", language))
    style.decimals(ax, language)
    return fig, data


def say_fan(data: pd.DataFrame, place: Place, language: str) -> str:
    """The pace that the forecast means, beside the pace so far, and what the 95 % interval adds.

    data : as drawn by `fan`
    """
    start, end = _origin_and_end(data)
    if start is None or end is None:
        return labels.text("say.fan.none", language, place=style.place_name(place, language))
    said = rows.rates([start["value"], end["low95"], end["high95"], end["value"]], language)
    reach = "above" if end["high95"] >= start["value"] else "below"
    wide = labels.text(f"say.fan.{reach}", language, last=said[0], low=said[1], high=said[2],
                       year=int(end["year"]))  # fmt: skip
    caveats = captions.say_old_yardstick(data, place, language)
    if math.isnan(end["value"]):
        return " ".join([wide, *caveats])
    span = end["year"] - start["year"]
    words = {"last": said[0], "last_year": int(start["year"]), "middle": said[3],
             "step": rows.moved((start["value"] - end["value"]) / span, language, 2, kind="step"),
             "year": int(end["year"])}  # fmt: skip
    past = data[(data["part"] == "history") & (data["standard"] == end["standard"])]
    first = rows.records(past)[0]
    if first["year"] == start["year"]:
        told = labels.text("say.fan.ahead", language, **words)
    else:
        so_far = (first["value"] - start["value"]) / (start["year"] - first["year"])
        told = labels.text("say.fan.pace", language, first=int(first["year"]), **words,
                           past=rows.moved(so_far, language, 2, kind="pace"))  # fmt: skip
    return " ".join([told, wide, *caveats])


def _origin_and_end(data: pd.DataFrame) -> tuple[rows.Row | None, rows.Row | None]:
    """The survey rate that the forecast starts from, and its last year that is no scenario."""
    past, ahead = (data[data["part"] == part] for part in ("history", "forecast"))
    if ahead.empty:
        return None, None
    sure = ahead[ahead["scenario"] == "no"]
    end = rows.records(ahead if sure.empty else sure)[-1]
    return rows.records(past[past["standard"] == end["standard"]])[-1], end


def _fan(ax: Axes, past: pd.DataFrame, ahead: pd.DataFrame, language: str) -> None:
    start = fans.bands(ax, past, ahead)
    ax.axvline(start["year"], color=style.GREY, linestyle=(0, (1, 2)), linewidth=0.9, zorder=1)
    top = ax.get_xaxis_transform()
    said = labels.text("mark.origin", language, year=int(start["year"]))
    ax.text(start["year"] - 0.1, 0.98, said, transform=top, ha="right", va="top", fontsize=7,
            rotation=90, color=style.GREY)  # fmt: skip


def _target(ax: Axes, past: pd.DataFrame, ahead: pd.DataFrame, target: float | None) -> None:
    if target is None:
        return
    start = past[past["standard"] == ahead["standard"].iloc[0]].iloc[-1]
    x = np.array([start["year"], *ahead["year"]], dtype=float)
    y = np.maximum(0.0, start["value"] - target * (x - start["year"]))
    ax.plot(x, y, color=style.BLACK, linestyle=":", linewidth=1.3, zorder=5)
