"""Figures of notebook 3, one place: its path, its households, its districts."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from helpers import labels
from helpers.charts import captions, points, rows, style, titles
from helpers.places import Place

PATH_COLUMNS = [
    "series", "place", "standard", "period", "x", "value", "low", "high", "qualifier", "reconciled",
    "status", "status_reconciled", "source_id",
]  # fmt: skip
HOUSEHOLDS = ("poor_households", "near_poor_households")
LARGE_GAP_PP = 5.0  # between review and survey of one year: from here on a question is due
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
    title = titles.path(data, place, language)
    caption = captions.of_place("chart.path.caption", place, data["standard"], language)
    if data.empty:
        return style.sentence(title, labels.text("chart.none", language), caption), data
    fig = style.page(title, caption)
    style.legend(fig, points.legend(data, language), 3)
    ax = style.axes(fig, right=0.9 if (data["series"] == "member").any() else 0.15)
    points.breaks(ax, data[data["series"] == "survey"])
    for member, line in data[data["series"] == "member"].groupby(["place", "standard"]):
        ax.plot(line["x"], line["value"], color=style.GREY, linewidth=0.8, zorder=2)
        _member_name(ax, data, line, str(member[0]), language)
    for standard, line in data[data["series"] == "survey"].groupby("standard"):
        points.survey_line(ax, line, str(standard))
    for standard, part in data[data["series"] == "review"].groupby("standard"):
        points.review_points(ax, part, str(standard))
    points.time_axis(ax, data["x"])
    ax.set_ylim(0, points.top(data) * 1.06)
    ax.set_ylabel(labels.text("axis.rate", language))
    style.decimals(ax, language)
    return fig, data


def say_path(data: pd.DataFrame, place: Place, language: str) -> str:
    """Each standard's change, and the newest review beside the survey of its year.

    data : as drawn by `path`
    """
    surveys, reviews, members = (data[data["series"] == series]
                                 for series in ("survey", "review", "member"))  # fmt: skip
    said = []
    if len(surveys):
        steps = rows.steps(surveys, language)
        said.append(labels.text("say.path.survey", language, steps=steps))
        if rows.members(place):
            said.append(labels.text("say.path.backcast", language, count=len(rows.members(place))))
    elif len(members):
        said.append(_say_members(members, language))
    if surveys.empty and rows.several(reviews["x"]):
        said.append(labels.text("say.path.review", language, steps=rows.steps(reviews, language)))
    if len(reviews):
        said.append(_say_newest(reviews, surveys, language))
    name = style.place_name(place, language)
    return " ".join(said) or labels.text("say.path.none", language, place=name)


@style.styled
def households(
    reconciled: pd.DataFrame, place: Place, language: str
) -> tuple[Figure, pd.DataFrame]:
    """Poor and near-poor households by period and standard (3-households).

    reconciled : ledger + value, low, high, status_reconciled, reconciled
    Bars are the median over sources, dots the single sources. Returns the figure and the rows
    drawn: standard, period, indicator, value, low, high, qualifier, reconciled, status, source_id.
    """
    data = rows.levels(reconciled, place.code, HOUSEHOLDS)
    columns = [c for c in PATH_COLUMNS if c not in ("series", "place")]
    data = data[["indicator", *columns]]
    slots = data[["standard", "period", "x"]].drop_duplicates(["standard", "period"])
    slots = slots.tail(MOST_PERIODS).reset_index(drop=True)
    data = data.merge(slots[["standard", "period"]])
    title = titles.households(data, place, language)
    caption = captions.caption("chart.households.caption", data["standard"], language)
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
    """Change of poor and near-poor households under one standard, and how far sources differ."""
    name = style.place_name(place, language)
    if data.empty:
        return labels.text("say.households.none", language, place=name)
    poor = data[data["indicator"] == "poor_households"]
    chosen = rows.latest_run((data if poor.empty else poor).assign(year=lambda part: part["x"]))
    run = data[data["standard"] == chosen["standard"].iloc[0]]
    steps = [_count_step(part, indicator, language) for indicator in HOUSEHOLDS
             if len(part := run[run["indicator"] == indicator])]  # fmt: skip
    said = labels.text("say.households.steps", language, steps="; ".join(steps),
                       standard=rows.yardstick(str(run["standard"].iloc[0]), language),
                       count=data["source_id"].nunique())  # fmt: skip
    by_slot = data.groupby(["standard", "period", "indicator"])
    sources = by_slot["source_id"].nunique()
    spread = (100 * (by_slot["value"].max() / by_slot["value"].min() - 1))[sources > 1].dropna()
    if spread.empty:
        return said
    key = "say.households.spread" if spread.max() >= 0.005 else "say.households.agree"
    return said + " " + labels.text(key, language, count=len(spread),
                              pct=rows.rates([float(spread.max())], language)[0])  # fmt: skip


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
    caption = captions.caption(
        "chart.districts.caption", data["standard"], language,
        period=labels.period(data["period"].iloc[0], language),
    )  # fmt: skip
    title = titles.districts(data, place, language)
    fig = style.page(title, caption, height=1.3 + 0.17 * len(data))
    ax = style.axes(fig, left=2.15)
    y = np.arange(len(data))
    ax.hlines(y, 0, data["value"], color=style.PALE, linewidth=1)
    ax.hlines(y, data["low"], data["high"].where(np.isfinite(data["high"]), data["value"]),
              color=style.BLUE, linewidth=3.5, alpha=0.5)  # fmt: skip
    ax.plot(data["value"], y, "o", color=style.BLUE)
    moved = points.moved(data)
    ax.plot(data.loc[moved, "reconciled"], y[moved], "x", color=style.BLACK)
    ax.set_yticks(y, style.place_names(list(data["place"]), language))
    ax.grid(axis="y", visible=False)
    ax.set_xlim(0, None)
    ax.set_ylim(-0.6, len(data) - 0.4)
    ax.set_xlabel(labels.text("axis.rate", language))
    style.decimals(ax, language, axis="x")
    return fig, data


def say_districts(data: pd.DataFrame, place: Place, language: str) -> str:
    """Lowest and highest district, their distance, the middle; `data` as drawn, sorted."""
    low, high = data.iloc[0], data.iloc[-1]
    names = style.place_names([low["place"], high["place"]], language)
    median = float(data["value"].median())
    said = rows.rates([low["value"], high["value"], median], language)
    key = "say.districts.pair" if len(data) == 2 else "say.districts.range"
    return labels.text(
        key, language, lowest=names[0], highest=names[1], low=said[0], high=said[1],
        place=style.place_name(place, language),
        gap=rows.points(float(high["value"] - low["value"]), language),
        middle=rows.middle(data["value"], said[2], language, key="say.districts.middle"),
        standard=rows.yardstick(str(low["standard"]), language),
    )  # fmt: skip


def say_no_districts(place: Place, language: str) -> str:
    """Why no district or commune is drawn: few have a rate, or their province shows them."""
    key = "say.districts.none" if place.kind == "province" else "say.districts.above"
    return labels.text(key, language, place=style.place_name(place, language))


def _path_data(reconciled: pd.DataFrame, official: pd.DataFrame, place: Place) -> pd.DataFrame:
    codes = [place.code, *rows.members(place)]
    surveys = rows.survey(official, codes)
    surveys = surveys.assign(
        series=np.where(surveys["place"] == place.code, "survey", "member"),
        period=surveys["year"].astype(str), x=surveys["year"].astype(float),
        reconciled=surveys["value"], status_reconciled="", qualifier=rows.EXACT,
    )  # fmt: skip
    reviews = rows.levels(reconciled, place.code, ("poor_rate",)).assign(series="review")
    both = [part[PATH_COLUMNS] for part in (surveys, reviews) if len(part)]
    return pd.concat(both, ignore_index=True) if both else pd.DataFrame(columns=PATH_COLUMNS)


def _say_newest(reviews: pd.DataFrame, surveys: pd.DataFrame, language: str) -> str:
    """The newest review beside the survey of the same year under its newest standard."""
    newest = reviews[reviews["x"] == reviews["x"].max()]
    newest = newest[newest["standard"] == newest["standard"].iloc[-1]]
    rate, year = float(newest["value"].median()), math.ceil(newest["x"].iloc[0] - 1e-9)
    values = {"period": labels.period(str(newest["period"].iloc[0]), language),
              "standard": rows.yardstick(str(newest["standard"].iloc[0]), language),
              "year": year}  # fmt: skip
    qualifier = rows.common(newest["qualifier"])
    said = rows.percent(rate, language, 2)
    if qualifier != rows.EXACT:
        said = rows.qualified(rate, qualifier, language, rate=True)
    same = surveys[surveys["x"] == year]
    if same.empty:
        return labels.text("say.path.review.alone", language, rate=said, **values)
    other = float(same["value"].iloc[-1])
    key = "same" if abs(rate - other) < 0.05 else "above" if rate > other else "below"
    key = key if qualifier == rows.EXACT else "beside"
    apart = "large" if abs(rate - other) > LARGE_GAP_PP else "apart"
    return labels.text(
        f"say.path.review.{key}", language, rate=said, other=rows.percent(other, language, 2),
        gap=rows.points(rate - other, language, 2), **values,
    ) + " " + labels.text(f"say.path.{apart}", language)  # fmt: skip


def _say_members(data: pd.DataFrame, language: str) -> str:
    last = data[data["x"] == data["x"].max()].sort_values("value")
    names = style.place_names(list(last["place"]), language)
    said = rows.rates(list(last["value"]), language)
    parts = [f"{name} {rate}" for name, rate in zip(names, said, strict=True)]
    return labels.text("say.path.members", language, members=", ".join(parts),
                       year=str(last["period"].iloc[0]))  # fmt: skip


def _count_step(part: pd.DataFrame, indicator: str, language: str) -> str:
    """`poor households fell from 16,601 to 14,040 (−15.4%), 2018–2023`, or one number."""
    said = rows.ends(part, language, rate=False)
    what = labels.name("indicator", indicator, language)
    if not rows.several(part["x"]):
        return labels.text("say.households.stand", language, what=what, **said)
    medians = part.groupby("x")["value"].median()
    first, last = float(medians.iloc[0]), float(medians.iloc[-1])
    pct = rows.percent(100 * (last / first - 1), language) if first else labels.NO_NUMBER
    ends = part[part["x"].isin([part["x"].min(), part["x"].max()])]
    if (ends["qualifier"] != rows.EXACT).any():
        pct = labels.text("qualifier.about", language, number=pct)
    return labels.text("say.households.step", language, what=what, pct=pct, **said)


def _member_name(
    ax: Axes, data: pd.DataFrame, line: pd.DataFrame, member: str, language: str
) -> None:
    """Name of a member province beside the end of its newest line."""
    if line["x"].max() == data.loc[data["series"] == "member", "x"].max():
        end = line.sort_values("x").iloc[-1]
        ax.annotate(style.place_names([member], language)[0], (end["x"], end["value"]), (3, 0),
                    textcoords="offset points", fontsize=6.5, va="center", color=style.INK,
                    annotation_clip=False)  # fmt: skip


def _household_legend(data: pd.DataFrame, language: str) -> list[Artist]:
    handles: list[Artist] = [
        style.handle(labels.name("indicator", indicator, language), marker="s", markersize=7,
                     color=colour)
        for indicator, colour in zip(HOUSEHOLDS, (style.BLUE, style.ORANGE), strict=True)
        if (data["indicator"] == indicator).any()
    ]  # fmt: skip
    handles.append(style.handle(labels.text("mark.source", language), marker="o", markersize=3,
                                color=style.BLACK))  # fmt: skip
    if points.moved(data).any():
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
    moved = points.moved(data)
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
