"""Figures of notebook 4, trends: the fan of a place, its region in small, pace against target."""

from __future__ import annotations

import math
import textwrap
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from helpers import labels, places
from helpers.charts import captions, rows, style, titles
from helpers.places import Place

SURE_YEARS = 4  # further ahead the models' scales disagree: a scenario, never one number
FAN_COLUMNS = [
    "part", "place", "standard", "year", "value", "low80", "high80", "low95", "high95", "status",
    "scenario",
]  # fmt: skip
FIRST_SMALL_YEAR = 2010  # the three panels of 63 provinces start here


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
                origin on. More than SURE_YEARS ahead the fan is a scenario without a middle.
    Returns the figure and the history and forecast drawn (FAN_COLUMNS).
    """
    data = _fan_data(official, forecasts, place, start_year)
    title = titles.fan(*_origin_and_end(data), place, language)
    caption = captions.of_forecast("chart.fan.caption", data, place, language)
    if data.empty:
        return style.sentence(title, labels.text("chart.none", language), caption), data
    past, ahead = (data[data["part"] == part] for part in ("history", "forecast"))
    fig = style.page(title, caption)
    style.legend(fig, _fan_legend(data, target_pp_per_year, language), 3)
    ax = style.axes(fig)
    for standard, line in past.groupby("standard", sort=False):
        _history(ax, line, str(standard), markers=True)
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


@style.styled
def region_small_multiples(
    official: pd.DataFrame, forecasts: pd.DataFrame, place: Place, language: str
) -> tuple[Figure, pd.DataFrame]:
    """The places of the place's region, a small panel each (4-region-small-multiples).

    official, forecasts : as for `fan`. The country shows its six regions, a unit of 2025 itself
    and the provinces that it was formed of.
    Returns the figure and what is drawn (FAN_COLUMNS).
    """
    codes = neighbours(place)
    official, forecasts = (table[table["place"].isin(codes)] for table in (official, forecasts))
    parts = [_fan_data(official, forecasts, places.get(code), FIRST_SMALL_YEAR) for code in codes]
    filled = [part for part in parts if len(part)]
    data = pd.concat(filled, ignore_index=True) if filled else parts[0]
    falls, years = _falls(data)
    title = titles.region(falls, _around(place), years, language)
    caption = captions.of_place("chart.region.caption", place, data["standard"], language)
    if data.empty:
        return style.sentence(title, labels.text("chart.none", language), caption), data
    codes = [code for code in codes if (data["place"] == code).any()]
    columns = 5 if len(codes) > 6 else 3
    lines = math.ceil(len(codes) / columns)
    fig = style.page(title, caption, height=1.5 + (1.15 if columns == 5 else 1.5) * lines)
    style.legend(fig, _fan_legend(data.assign(status=""), None, language), 3)
    top = rows.largest(data, ["value", "high95"]) * 1.05
    years = (int(data["year"].min()), int(data["year"].max()))
    for slot, code in enumerate(codes):
        ax = _panel(fig, slot, columns, lines)
        style.decimals(ax, language, digits=0)
        _small(ax, data[data["place"] == code], years, top)
        chosen = code == place.code
        name = _short(style.place_names([code], language)[0], columns)
        ax.set_title(name, fontsize=7, pad=2, y=1.0, loc="left",
                     fontweight="bold" if chosen else "normal",
                     color=style.RED if chosen else style.INK)  # fmt: skip
    return fig, data


def say_region(data: pd.DataFrame, place: Place, language: str) -> str:
    """Largest and smallest fall, where this place stands, and whether the region grew closer.

    data : as drawn by `region_small_multiples`
    """
    falls, years = _falls(data)
    if falls.empty:
        name = style.place_name(_around(place), language)
        return labels.text("say.region.none", language, region=name)
    top, bottom = falls.iloc[0], falls.iloc[-1]
    names = style.place_names([str(top.name), str(bottom.name)], language)
    gaps = [float(falls[end].max() - falls[end].min()) for end in ("first", "last")]
    before, after = (rows.points(gap, language) for gap in gaps)
    told = [labels.text("say.region.range", language, top=names[0], bottom=names[1],
                        top_move=rows.moved(float(top["fall"]), language),
                        bottom_move=rows.moved(float(bottom["fall"]), language))]  # fmt: skip
    if place.code in falls.index and place.code != _around(place).code:
        own = float(falls["fall"].loc[place.code])
        key = "say.region.end" if place.code in (top.name, bottom.name) else "say.region.own"
        told.append(labels.text(key, language, place=style.place_name(place, language),
                                move=rows.moved(own, language), all=len(falls),
                                rank=int((falls["fall"] > own).sum()) + 1))  # fmt: skip
    move = rows.change(before, after, gaps[1] - gaps[0], language)
    told.append(labels.text("say.region.gap", language, change=move, first=years[0], last=years[1]))
    return " ".join(told)


def _around(place: Place) -> Place:
    """The region of a place; the country and units of 2025 stand for themselves."""
    return places.get(place.region or place.code)


def _falls(data: pd.DataFrame) -> tuple[pd.DataFrame, tuple[int, int]]:
    """First and last rate and fall (pp) of each place under one standard, and its years."""
    run = rows.latest_run(data[data["part"] == "history"])
    if run.empty:
        return pd.DataFrame(columns=["first", "last", "fall"]), (0, 0)
    ends = run.sort_values("year").groupby("place")["value"].agg(["first", "last"])
    falls = ends.assign(fall=ends["first"] - ends["last"])
    falls = falls.sort_values("fall", ascending=False, kind="stable")
    return falls, (int(run["year"].min()), int(run["year"].max()))


def neighbours(place: Place) -> list[str]:
    """Codes of the places shown beside a place."""
    listed = places.table()
    if place.kind == "country":
        return list(listed.loc[listed["kind"] == "region", "code"])
    if "@" in place.code:
        return [place.code, *places.members(place.code)]
    return list(places.members(place.region or place.code))


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
              nan where the target goes below zero); of several years within SURE_YEARS the last
    Returns the figure and the rows of `paces` drawn with target, year and probability.
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
    if not math.isnan(last["year"]):
        key = "below_zero" if math.isnan(last["probability"]) else "chance"
        said.append(labels.text(f"say.pace.{key}", language, year=int(last["year"]),
                                chance=chance(float(last["probability"]), language)))  # fmt: skip
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


def _fan_data(
    official: pd.DataFrame, forecasts: pd.DataFrame, place: Place, start_year: int | None
) -> pd.DataFrame:
    """History of all standards and the forecast from the last origin of the newest one."""
    past = rows.survey(official, [place.code]).assign(part="history", scenario="")
    ahead = forecasts[(forecasts["place"] == place.code) & (forecasts["model"] == "default")]
    ahead = ahead[ahead["standard"].isin(past["standard"])].sort_values(["origin", "year"])
    newest = ahead["standard"].iloc[-1] if len(ahead) else ""
    if start_year is not None:
        last = (past["standard"] == newest) & (past["year"] == past["year"].max())
        past = past[(past["year"] >= start_year) | last]
    if newest:
        ahead = ahead[(ahead["standard"] == newest) & (ahead["origin"] == ahead["origin"].max())]
        far = ahead["year"] > ahead["origin"] + SURE_YEARS
        ahead = ahead.assign(part="forecast", status="", value=ahead["forecast"].mask(far),
                             scenario=np.where(far, "yes", "no"))  # fmt: skip
    both = [part.reindex(columns=FAN_COLUMNS) for part in (past, ahead) if len(part)]
    return pd.concat(both, ignore_index=True) if both else pd.DataFrame(columns=FAN_COLUMNS)


def _history(ax: Axes, line: pd.DataFrame, standard: str, *, markers: bool) -> None:
    colour, marker, dashes = style.look(standard)
    ax.plot(line["year"], line["value"], color=colour, linestyle=dashes, zorder=4,
            linewidth=1.4 if markers else 1.0)  # fmt: skip
    if markers:
        hollow = (line["status"] == "preliminary").to_numpy()
        for part, fill in ((line[~hollow], colour), (line[hollow], "white")):
            ax.plot(part["year"], part["value"], marker, color=colour, markerfacecolor=fill,
                    zorder=5)  # fmt: skip


def _bands(ax: Axes, past: pd.DataFrame, ahead: pd.DataFrame) -> dict[str, Any]:
    """The 80 and 95 % bands from the origin on; returns the origin's row."""
    colour = style.look(str(ahead["standard"].iloc[0]))[0]
    start = rows.records(past[past["standard"] == ahead["standard"].iloc[0]])[-1]
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


def _fan(ax: Axes, past: pd.DataFrame, ahead: pd.DataFrame, language: str) -> None:
    start = _bands(ax, past, ahead)
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


def _fan_legend(data: pd.DataFrame, target: float | None, language: str) -> list[Artist]:
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
        colour = style.look(str(ahead["standard"].iloc[0]))[0]
        for key, alpha in (("80", 0.45), ("95", 0.18)):
            handles.append(Patch(facecolor=colour, alpha=alpha,
                                 label=labels.text(f"mark.interval{key}", language)))  # fmt: skip
        if (ahead["scenario"] == "yes").any():
            handles.append(Patch(facecolor="none", edgecolor=colour, hatch="////",
                                 label=labels.text("mark.scenario", language)))  # fmt: skip
    if target is not None and len(ahead):
        said = labels.text("mark.target", language, pp=rows.aimed_at(target, language))
        handles.append(style.handle(said, color=style.BLACK, linestyle=":"))
    return handles


def _short(name: str, columns: int) -> str:
    """A name that fits over a panel."""
    return textwrap.shorten(name, 25 if columns == 5 else 40, placeholder=" …")


def _panel(fig: style.Chart, slot: int, columns: int, grid_rows: int) -> Axes:
    """Axes of one small panel; numbers only on the left and at the foot."""
    row, column = divmod(slot, columns)
    width, height = fig.get_size_inches()
    wide = (width - 0.5) / columns
    tall = (fig.high - fig.low - 0.15) / grid_rows
    bottom = fig.high - (row + 1) * tall + 0.06
    ax = fig.add_axes(((0.4 + column * wide) / width, bottom / height,
                       (wide - 0.12) / width, (tall - 0.26) / height))  # fmt: skip
    ax.tick_params(labelsize=6, length=1.5, pad=1.5, labelleft=column == 0)
    return ax


def _small(ax: Axes, data: pd.DataFrame, years: tuple[int, int], top: float) -> None:
    past, ahead = (data[data["part"] == part] for part in ("history", "forecast"))
    for standard, line in past.groupby("standard", sort=False):
        _history(ax, line, str(standard), markers=False)
    if len(ahead):
        _bands(ax, past, ahead)
    ax.set_xlim(years[0] - 0.5, years[1] + 0.5)
    ax.set_xticks([year for year in range(years[0], years[1] + 1) if year % 5 == 0])
    ax.set_xticklabels([f"’{year % 100:02d}" for year in range(years[0], years[1] + 1)
                        if year % 5 == 0])  # fmt: skip
    ax.set_ylim(0, top)


def _pace_data(paces: pd.DataFrame, chances: pd.DataFrame, place: Place) -> pd.DataFrame:
    sure = chances[chances["year"] <= chances["origin"] + SURE_YEARS].sort_values("year")
    sure = sure.drop_duplicates("standard", keep="last")[["standard", "year", "probability"]]
    data = paces[(paces["place"] == place.code) & paces["fall_pp_per_year"].notna()]
    data = data.merge(sure, on="standard", how="left")
    data = data.assign(order=rows.standard_order(data["standard"])).sort_values("order")
    columns = ["place", "standard", "n", "first_year", "last_year", "fall_pp_per_year",
               "fall_pp_low95", "fall_pp_high95", "year", "probability"]  # fmt: skip
    return data.reset_index(drop=True)[columns].astype({"year": float, "probability": float})


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
    if math.isnan(row["year"]):
        return
    key = "below_zero" if math.isnan(row["probability"]) else "chance"
    odds = chance(float(row["probability"]), language)
    said = labels.text(f"mark.{key}", language, chance=odds, year=int(row["year"]))
    ax.text(1.03, y, said, transform=ax.get_yaxis_transform(), va="center", fontsize=7.5)
