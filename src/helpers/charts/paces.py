"""Figure of notebook 4: the pace of a place under each standard against a target."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from helpers import labels
from helpers.charts import captions, fans, rows, style, titles
from helpers.places import Place


@style.styled
def pace_against_target(
    paces: pd.DataFrame,
    chances: pd.DataFrame,
    place: Place,
    target_pp_per_year: float,
    language: str,
) -> tuple[Figure, pd.DataFrame]:
    """Observed yearly fall under each standard against the target (4-pace-against-target).

    paces   : place, standard, n, first_year, last_year, fall_pp_per_year and, where there are
              three years, fall_pp_low95, fall_pp_high95 (percentage points a year)
    chances : standard, origin, year, probability of having kept the target until `year` (0 to 1,
              nan where the target goes below zero); years within fans.SURE_YEARS count
    Returns the figure and the rows of `paces` drawn with target, year and probability (the last
    that there is, nan without one) and zero_year (the first with the target below zero, or nan).
    """
    data = _pace_data(paces, chances, place).assign(target=target_pp_per_year)
    title = titles.pace(data, place, language)
    caption = captions.of_place("chart.pace.caption", place, data["standard"], language)
    if data.empty:
        return style.sentence(title, labels.text("chart.none", language), caption), data
    fig = style.page(title, caption, height=1.9 + 0.45 * len(data))
    ax = style.axes(fig, left=2.05, right=1.65, bottom=0.42, top=0.3)
    ends = _pace_axis(ax, data, language)
    for y, row in enumerate(data.to_dict("records")):
        _pace_row(ax, y, row, ends, language)
    ax.axvline(0, color=style.INK, linewidth=0.8)
    ax.axvline(target_pp_per_year, color=style.RED, linestyle="--", linewidth=1.3)
    said = labels.text("mark.target", language, pp=rows.aimed_at(target_pp_per_year, language))
    ax.text(target_pp_per_year, len(data) - 0.42, said, color=style.RED, ha="center",
            va="bottom", fontsize=7.5)  # fmt: skip
    return fig, data


def say_pace(data: pd.DataFrame, place: Place, language: str) -> str:
    """Observed pace against the one needed, the chance, and how little few years can tell.

    data : as drawn by `pace_against_target`
    """
    if data.empty:
        return labels.text("say.pace.none", language, place=style.place_name(place, language))
    last = rows.records(data)[-1]
    pace, target = float(last["fall_pp_per_year"]), float(last["target"])
    more = "same" if abs(pace - target) < 0.005 else "more" if pace > target else "less"
    said = [labels.text(
        f"say.pace.{more}", language, first=int(last["first_year"]), last=int(last["last_year"]),
        move=rows.moved(pace, language, 2, kind="pace"),
        gap=rows.points(pace - target, language, 2),
        standard=rows.yardstick(str(last["standard"]), language),
        target=rows.aimed_at(target, language),
    )]  # fmt: skip
    key, words = _outlook(last, language)
    if key:
        said.append(labels.text(f"say.pace.{key}", language, **words))
    low, high = float(last["fall_pp_low95"]), float(last["fall_pp_high95"])
    open_to = "zero" if low <= 0 <= high else "target" if low <= target <= high else "clear"
    key = "no_interval" if math.isnan(low) else f"open.{open_to}"
    ends = [labels.number(end, 1, language) for end in (low, high)]
    said.append(labels.text(f"say.pace.{key}", language, n=int(last["n"]), low=ends[0],
                            high=ends[1]))  # fmt: skip
    if not math.isnan(low + last["probability"]):
        name = style.place_name(place, language)
        said.append(labels.text("say.pace.bridge", language, n=int(last["n"]), place=name))
    return " ".join(said)


def chance(probability: float, language: str) -> str:
    """A probability in words that do not claim certainty: `below 1%`, `84%`, `above 99%`."""
    if math.isnan(probability):
        return labels.NO_NUMBER
    if probability < 0.01 or probability > 0.99:
        key, edge = ("below", 1) if probability < 0.01 else ("above", 99)
        return labels.text(f"chance.{key}", language, edge=rows.percent(edge, language, 0))
    return rows.percent(100 * probability, language, 0)


def _pace_data(paces: pd.DataFrame, chances: pd.DataFrame, place: Place) -> pd.DataFrame:
    sure = chances[chances["year"] <= chances["origin"] + fans.SURE_YEARS].sort_values("year")
    possible = sure["probability"].notna()
    told = sure[possible].drop_duplicates("standard", keep="last")
    zero = sure[~possible].drop_duplicates("standard").rename(columns={"year": "zero_year"})
    data = paces[(paces["place"] == place.code) & paces["fall_pp_per_year"].notna()]
    data = data.merge(told[["standard", "year", "probability"]], on="standard", how="left")
    data = data.merge(zero[["standard", "zero_year"]], on="standard", how="left")
    data = data.assign(order=rows.standard_order(data["standard"])).sort_values("order")
    columns = ["place", "standard", "n", "first_year", "last_year", "fall_pp_per_year",
               "fall_pp_low95", "fall_pp_high95", "year", "probability", "zero_year"]  # fmt: skip
    ahead = dict.fromkeys(("year", "probability", "zero_year"), float)
    return data.reset_index(drop=True)[columns].astype(ahead)


def _outlook(row: Mapping[Any, Any], language: str) -> tuple[str, dict[str, object]]:
    """Whether a chance, a target below zero, both or neither ("") is to be told, and the words."""
    known = {name: int(row[name]) for name in ("year", "zero_year") if not math.isnan(row[name])}
    parts = [("year", "chance"), ("zero_year", "below_zero")]
    key = ".".join(said for name, said in parts if name in known)
    words: dict[str, object] = {
        "chance": chance(float(row["probability"]), language),
        "year": known.get("year"),
        "zero": known.get("zero_year"),
    }
    return key, words


def _pace_axis(ax: Axes, data: pd.DataFrame, language: str) -> tuple[float, float]:
    """Ticks, names and ends; an interval far wider than all paces is cut at the ends."""
    points = np.array([0.0, *data["fall_pp_per_year"], data["target"].iloc[0]])
    span = float(np.ptp(points))
    lows, highs = (data[f"fall_pp_{end}"].dropna() for end in ("low95", "high95"))
    low = max(min([points.min(), *lows]), points.min() - 0.6 * span) - 0.04 * span
    high = min(max([points.max(), *highs]), points.max() + 0.6 * span) + 0.04 * span
    ax.set_xlim(low, high)
    names = [rows.standard_name(s, language).replace(", ", ",\n", 1) for s in data["standard"]]
    years = [f"({int(a)}–{int(b)})" for a, b in zip(data["first_year"], data["last_year"],
                                                    strict=True)]  # fmt: skip
    ax.set_yticks(range(len(data)), [f"{n} {y}" for n, y in zip(names, years, strict=True)])
    ax.set_ylim(-0.6, len(data) - 0.45)
    ax.grid(axis="y", visible=False)
    ax.set_xlabel(labels.text("axis.fall", language))
    style.decimals(ax, language, axis="x")
    return low, high


def _pace_row(
    ax: Axes, y: int, row: dict[Any, Any], ends: tuple[float, float], language: str
) -> None:
    colour, marker, _ = style.look(str(row["standard"]))
    low, high = float(row["fall_pp_low95"]), float(row["fall_pp_high95"])
    if not math.isnan(low):
        ax.hlines(y, max(low, ends[0]), min(high, ends[1]), color=colour, linewidth=6, alpha=0.35)
    for cut, end, sign in ((low < ends[0], ends[0], "<"), (high > ends[1], ends[1], ">")):
        if cut:
            ax.plot(end, y, sign, color=colour, clip_on=False)
    ax.plot(row["fall_pp_per_year"], y, marker, color=colour, markersize=7,
            markeredgecolor=style.INK, markeredgewidth=0.5)  # fmt: skip
    key, words = _outlook(row, language)
    if key:
        said = labels.text(f"mark.{key}", language, **words).replace("; ", "\n")
        ax.text(1.03, y, said, transform=ax.get_yaxis_transform(), va="center", fontsize=7.5)
