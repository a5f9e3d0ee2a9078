"""Figures of notebook 3, one place: its path, its households, its districts."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from helpers import labels
from helpers.charts import rows, style
from helpers.places import Place

PATH_COLUMNS = [
    "series", "place", "standard", "period", "x", "value", "low", "high", "reconciled",
    "status", "status_reconciled", "source_id",
]  # fmt: skip
HOUSEHOLDS = ("poor_households", "near_poor_households")
MOST_PERIODS = 16  # groups of bars that stay readable at column width


@style.styled
def path(
    reconciled: pd.DataFrame, official: pd.DataFrame, place: Place, language: str
) -> tuple[Figure, pd.DataFrame]:
    """The place's poverty rate over time, each standard by itself (3-path).

    reconciled : ledger + value, low, high, status_reconciled, reconciled; reported reviews
    official   : ledger + value, low, high; survey rates under `gso-*`. Rows of a unit of 2025
                 itself are back-casts; without them only the provinces it was formed of are drawn
    Returns the figure and the points drawn (PATH_COLUMNS; rates in per cent).
    """
    data = _path_data(reconciled, official, place)
    title, caption = (
        say_path(data, place, language),
        rows.caption("chart.path.caption", place, language),
    )
    if data.empty:
        return style.sentence(title, labels.text("chart.none", language), caption), data
    fig = style.page(title, caption)
    style.legend(fig, _path_legend(data, language), 3)
    ax = style.axes(fig, right=0.9 if (data["series"] == "member").any() else 0.15)
    _breaks(ax, data[data["series"] == "survey"])
    for member, line in data[data["series"] == "member"].groupby(["place", "standard"]):
        ax.plot(line["x"], line["value"], color=style.GREY, linewidth=0.8, zorder=2)
        _member_name(ax, data, line, str(member[0]))
    for standard, line in data[data["series"] == "survey"].groupby("standard"):
        _survey_line(ax, line, str(standard))
    for standard, points in data[data["series"] == "review"].groupby("standard"):
        _review_points(ax, points, str(standard))
    _time_axis(ax, data["x"])
    ax.set_ylim(0, _top(data) * 1.06)
    ax.set_ylabel(labels.text("axis.rate", language))
    style.decimals(ax, language)
    return fig, data


def say_path(data: pd.DataFrame, place: Place, language: str) -> str:
    """The path in one sentence; `data` as drawn by `path`."""
    name = style.place_name(place, language)
    for series in ("survey", "review"):
        run = rows.latest_run(
            data[data["series"] == series].assign(year=lambda part: part["x"])
        ).sort_values("x")
        run = run[run["standard"] != ""]
        if len(run) and (series == "survey" or run["x"].min() < run["x"].max()):
            return _say_run(run, name, series, language)
    members = data[data["series"] == "member"]
    if len(members):
        return _say_members(members, name, language)
    if len(data):
        last = data.sort_values("x").iloc[-1]
        return labels.text(
            "say.path.point", language, place=name, rate=rows.rates([last["value"]], language)[0],
            period=labels.period(str(last["period"]), language),
            standard=rows.standard_name(str(last["standard"]), language),
        )  # fmt: skip
    return labels.text("say.path.none", language, place=name)


@style.styled
def households(
    reconciled: pd.DataFrame, place: Place, language: str
) -> tuple[Figure, pd.DataFrame]:
    """Poor and near-poor households by period and standard (3-households).

    reconciled : ledger + value, low, high, status_reconciled, reconciled
    Bars are the median over sources, dots the single sources. Returns the figure and the rows
    drawn: standard, period, indicator, value, low, high, reconciled, status, source_id.
    """
    data = rows.levels(reconciled, place.code, HOUSEHOLDS)
    columns = [c for c in PATH_COLUMNS if c not in ("series", "place")]
    data = data[["indicator", *columns]]
    slots = data[["standard", "period", "x"]].drop_duplicates(["standard", "period"])
    slots = slots.tail(MOST_PERIODS).reset_index(drop=True)
    data = data.merge(slots[["standard", "period"]])
    title = say_households(data, place, language)
    caption = labels.text("chart.households.caption", language)
    if data.empty:
        return style.sentence(title, labels.text("chart.none", language), caption), data
    fig = style.page(title, caption)
    style.legend(fig, _household_legend(data, language), 4)
    ax = style.axes(fig, left=0.88, bottom=0.66)
    for side, indicator in enumerate(HOUSEHOLDS):
        _household_bars(ax, slots, data[data["indicator"] == indicator], side)
    _slot_axis(ax, slots, language)
    ax.set_ylabel(labels.text("axis.households", language))
    ax.set_ylim(0, rows.largest(data, ["value", "reconciled"]) * 1.06)
    style.decimals(ax, language)
    return fig, data


def say_households(data: pd.DataFrame, place: Place, language: str) -> str:
    """Poor households first to last under the newest standard with two periods, in a sentence."""
    name = style.place_name(place, language)
    poor = data[data["indicator"] == "poor_households"]
    if poor.empty:
        key = "say.households.near" if len(data) else "say.households.none"
        return labels.text(key, language, place=name)
    run = rows.latest_run(poor.assign(year=poor["x"])).sort_values("x")
    ends = run.groupby("x", sort=True).agg(value=("value", "median"), period=("period", "first"))
    first, last = ends.iloc[0], ends.iloc[-1]
    said = [labels.number(float(end["value"]), 0, language) for end in (first, last)]
    dates = [labels.period(str(end["period"]), language) for end in (first, last)]
    standard = rows.standard_name(str(run["standard"].iloc[0]), language)
    if len(ends) == 1:
        return labels.text("say.households.point", language, place=name, count=said[1],
                           period=dates[1], standard=standard)  # fmt: skip
    move = rows.change(said[0], said[1], float(last["value"] - first["value"]), language)
    return labels.text("say.households.change", language, place=name, change=move,
                       first=dates[0], last=dates[1], standard=standard)  # fmt: skip


@style.styled
def districts(
    reconciled: pd.DataFrame, place: Place, language: str
) -> tuple[Figure, pd.DataFrame] | None:
    """Poor rate of the districts or communes, latest period and standard (3-districts).

    reconciled : ledger + value, low, high, status_reconciled, reconciled
    Returns None when fewer than two have a rate, else the figure and the rows drawn:
    place, standard, period, value, low, high, reconciled, status, source_id.
    """
    data = _district_data(reconciled, place)
    if len(data) < 2:
        return None
    caption = labels.text(
        "chart.districts.caption", language, period=labels.period(data["period"].iloc[0], language),
        standard=rows.standard_name(data["standard"].iloc[0], language),
    )  # fmt: skip
    fig = style.page(say_districts(data, place, language), caption, height=1.3 + 0.17 * len(data))
    ax = style.axes(fig, left=2.15)
    y = np.arange(len(data))
    ax.hlines(y, 0, data["value"], color=style.PALE, linewidth=1)
    ax.hlines(y, data["low"], data["high"].where(np.isfinite(data["high"]), data["value"]),
              color=style.BLUE, linewidth=3.5, alpha=0.5)  # fmt: skip
    ax.plot(data["value"], y, "o", color=style.BLUE)
    moved = _moved(data)
    ax.plot(data.loc[moved, "reconciled"], y[moved], "x", color=style.BLACK)
    ax.set_yticks(y, style.place_names(list(data["place"]), language))
    ax.grid(axis="y", visible=False)
    ax.set_xlim(0, None)
    ax.set_ylim(-0.6, len(data) - 0.4)
    ax.set_xlabel(labels.text("axis.rate", language))
    style.decimals(ax, language, axis="x")
    return fig, data


def say_districts(data: pd.DataFrame, place: Place, language: str) -> str:
    """Lowest and highest district in one sentence; `data` as drawn by `districts`, sorted."""
    low, high = data.iloc[0], data.iloc[-1]
    names = style.place_names([low["place"], high["place"]], language)
    least, most = rows.rates([low["value"], high["value"]], language)
    return labels.text(
        "say.districts.range", language, place=style.place_name(place, language), lowest=names[0],
        highest=names[1], low=least, high=most,
        period=labels.period(str(low["period"]), language),
    )  # fmt: skip


def _path_data(reconciled: pd.DataFrame, official: pd.DataFrame, place: Place) -> pd.DataFrame:
    codes = [place.code, *rows.members(place)]
    surveys = rows.survey(official, codes)
    surveys = surveys.assign(
        series=np.where(surveys["place"] == place.code, "survey", "member"),
        period=surveys["year"].astype(str), x=surveys["year"].astype(float),
        reconciled=surveys["value"], status_reconciled="",
    )  # fmt: skip
    reviews = rows.levels(reconciled, place.code, ("poor_rate",)).assign(series="review")
    both = [part[PATH_COLUMNS] for part in (surveys, reviews) if len(part)]
    return pd.concat(both, ignore_index=True) if both else pd.DataFrame(columns=PATH_COLUMNS)


def _say_run(run: pd.DataFrame, name: str, series: str, language: str) -> str:
    first = run[run["x"] == run["x"].min()]
    last = run[run["x"] == run["x"].max()]
    start, end = float(first["value"].median()), float(last["value"].median())
    standard = rows.standard_name(str(run["standard"].iloc[0]), language)
    dates = [labels.period(str(part["period"].iloc[0]), language) for part in (first, last)]
    said = rows.rates([start, end], language)
    if len(run) == 1:
        return labels.text("say.path.point", language, place=name, rate=said[1],
                           period=dates[1], standard=standard)  # fmt: skip
    move = rows.change(said[0], said[1], end - start, language)
    return labels.text(f"say.path.{series}", language, place=name, change=move, first=dates[0],
                       last=dates[1], standard=standard)  # fmt: skip


def _say_members(data: pd.DataFrame, place: str, language: str) -> str:
    last = data[data["x"] == data["x"].max()].sort_values("value")
    names = style.place_names(list(last["place"]), language)
    said = rows.rates(list(last["value"]), language)
    parts = [f"{name} {rate}" for name, rate in zip(names, said, strict=True)]
    return labels.text("say.path.members", language, place=place, members=", ".join(parts),
                       year=str(last["period"].iloc[0]))  # fmt: skip


def _survey_line(ax: Axes, line: pd.DataFrame, standard: str) -> None:
    colour, marker, dashes = style.look(standard)
    ax.plot(line["x"], line["value"], color=colour, linestyle=dashes, zorder=3)
    hollow = (line["status"] == "preliminary").to_numpy()
    for part, fill in ((line[~hollow], colour), (line[hollow], "white")):
        ax.plot(part["x"], part["value"], marker, color=colour, markerfacecolor=fill, zorder=4)


def _review_points(ax: Axes, points: pd.DataFrame, standard: str) -> None:
    colour, marker, _ = style.look(standard)
    high = points["high"].where(np.isfinite(points["high"]), points["value"])
    ax.vlines(points["x"], points["low"], high, color=colour, linewidth=4, alpha=0.35, zorder=4)
    hollow = points["status"].isin(["preliminary", "estimate"]).to_numpy()
    for part, fill in ((points[~hollow], colour), (points[hollow], "white")):
        ax.plot(part["x"], part["value"], marker, color=colour, markerfacecolor=fill,
                markeredgecolor=style.INK, markeredgewidth=0.5, markersize=7, zorder=5)  # fmt: skip
    moved = points[_moved(points)]
    ax.vlines(moved["x"], moved["value"], moved["reconciled"], color=style.BLACK, linewidth=0.7)
    ax.plot(moved["x"], moved["reconciled"], "x", color=style.BLACK, zorder=6)
    doubted = points[points["status_reconciled"] == "doubted"]
    ax.plot(doubted["x"], doubted["value"], "o", color=style.BLACK, markerfacecolor="none",
            markersize=11, markeredgewidth=0.9, zorder=6)  # fmt: skip


def _moved(points: pd.DataFrame) -> np.ndarray:
    """Whether reconciling gave another value than the printed one."""
    printed, value = (points[name].to_numpy(dtype=float) for name in ("value", "reconciled"))
    gap: np.ndarray = np.nan_to_num(np.abs(value - printed))
    return np.asarray(gap > 1e-9 * (1 + np.abs(printed)))


def _path_legend(data: pd.DataFrame, language: str) -> list[Artist]:
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
        ("reconciled", bool(_moved(data).any()), "x", {}),
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


def _member_name(ax: Axes, data: pd.DataFrame, line: pd.DataFrame, member: str) -> None:
    """Name of a member province beside the end of its newest line."""
    if line["x"].max() == data.loc[data["series"] == "member", "x"].max():
        end = line.sort_values("x").iloc[-1]
        ax.annotate(style.place_names([member], "vi")[0], (end["x"], end["value"]), (3, 0),
                    textcoords="offset points", fontsize=6.5, va="center", color=style.INK,
                    annotation_clip=False)  # fmt: skip


def _breaks(ax: Axes, surveys: pd.DataFrame) -> None:
    """A dotted line where one survey standard gives way to the next."""
    starts = sorted(surveys.groupby("standard")["x"].min())[1:]
    for start in starts:
        ax.axvline(start - 0.5, color=style.GREY, linestyle=(0, (1, 2)), linewidth=0.9, zorder=1)


def _time_axis(ax: Axes, x: pd.Series) -> None:
    low, high = math.floor(x.min()), math.ceil(x.max())
    step = max(1, math.ceil((high - low) / 12))
    ax.set_xticks(range(high, low - 1, -step))
    ax.set_xlim(low - 0.4, high + 0.9)


def _top(data: pd.DataFrame) -> float:
    return max(rows.largest(data, ["value", "reconciled", "high"]), 0.5)


def _household_legend(data: pd.DataFrame, language: str) -> list[Artist]:
    handles: list[Artist] = [
        style.handle(labels.name("indicator", indicator, language), marker="s", markersize=7,
                     color=colour)
        for indicator, colour in zip(HOUSEHOLDS, (style.BLUE, style.ORANGE), strict=True)
        if (data["indicator"] == indicator).any()
    ]  # fmt: skip
    handles.append(style.handle(labels.text("mark.source", language), marker="o", markersize=3,
                                color=style.BLACK))  # fmt: skip
    if _moved(data).any():
        handles.append(style.handle(labels.text("mark.reconciled", language), marker="x",
                                    color=style.BLACK))  # fmt: skip
    return handles


def _household_bars(ax: Axes, slots: pd.DataFrame, data: pd.DataFrame, side: int) -> None:
    colour = (style.BLUE, style.ORANGE)[side]
    keys = pd.MultiIndex.from_frame(slots[["standard", "period"]])
    x = keys.get_indexer(pd.MultiIndex.from_frame(data[["standard", "period"]])) + 0.38 * side
    medians = data.assign(at=x).groupby("at")["value"].median()
    ax.bar(medians.index - 0.19, medians, width=0.36, color=colour, alpha=0.85)
    ax.plot(x - 0.19, data["value"], "o", color=style.BLACK, markersize=2.5)
    moved = _moved(data)
    ax.plot(x[moved] - 0.19, data.loc[moved, "reconciled"], "x", color=style.BLACK)


def _slot_axis(ax: Axes, slots: pd.DataFrame, language: str) -> None:
    """Periods under the bars; below them the standards, each with its own bracket."""
    short = [labels.period(period, language).replace(" ", "\n", 1) for period in slots["period"]]
    ax.set_xticks(range(len(slots)), short, fontsize=6.5)
    ax.grid(axis="x", visible=False)
    middle, half = (len(slots) - 1) / 2, max(len(slots), 4) / 2 + 0.1
    ax.set_xlim(middle - half, middle + half)
    shift = ax.get_xaxis_transform()
    for standard, run in slots.groupby("standard", sort=False):
        low, high = run.index.min() - 0.42, run.index.max() + 0.42
        ax.plot([low, high], [-0.125, -0.125], color=style.GREY, linewidth=1, clip_on=False,
                transform=shift)  # fmt: skip
        wide = len(run) > 1 or slots["standard"].nunique() < 4
        said = rows.standard_name(str(standard), language) if wide else str(standard) or "?"
        ax.text((low + high) / 2, -0.15, said.replace(", ", "\n", 1), transform=shift,
                ha="center", va="top", fontsize=6.5)  # fmt: skip
    for edge in slots.index[slots["standard"] != slots["standard"].shift()][1:]:
        ax.axvline(edge - 0.5, color=style.GREY, linestyle=(0, (1, 2)), linewidth=0.9)


def _district_data(reconciled: pd.DataFrame, place: Place) -> pd.DataFrame:
    below = reconciled["place"].str.startswith(place.code + "/")
    found = reconciled[below].assign(below=reconciled.loc[below, "place"])
    found = rows.levels(found.assign(place=place.code), place.code, ("poor_rate",))
    found = found.assign(place=found["below"])
    enough = found.groupby(["x", "standard", "period"])["place"].nunique()
    enough = enough[enough > 1]
    columns = [c for c in PATH_COLUMNS if c not in ("series", "x")]
    if enough.empty:
        return found.iloc[:0][columns]
    _, standard, period = enough.index[-1]
    found = found[(found["standard"] == standard) & (found["period"] == period)]
    found = found.sort_values(["value", "place", "source_id"]).drop_duplicates("place")
    return pd.DataFrame(found[columns].reset_index(drop=True))
