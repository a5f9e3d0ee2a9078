"""Figures of notebook 5, provinces side by side in one year: map, ranking, then and now."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path as FilePath
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection
from matplotlib.figure import Figure
from matplotlib.patches import Patch, Rectangle
from matplotlib.path import Path

from helpers import labels, places, project
from helpers.charts import captions, rows, style, titles
from helpers.places import Place
from helpers.trends import ranks
from helpers.trends.panels import NEW_HANOI_FROM, OLD_HANOI

POOR, HARDLY_POOR = 10.0, 1.0  # per cent: counted in the sentence below the map
# Upper ends of the map's classes, per cent: the same for all years, so that maps compare.
CLASSES = (1.0, 2.5, 5.0, 10.0, 20.0, 35.0, 100.0)
WEST, EAST, SOUTH, NORTH = 101.9, 117.1, 7.2, 23.6  # degrees, with both archipelagos
LATITUDE_RATIO = 1 / np.cos(np.radians(16))  # degrees of latitude per degree of longitude
COLUMNS = ["place", "standard", "year", "value", "low", "high", "status", "source_id"]


@dataclass(frozen=True)
class Outline:
    """Shape of a province, or the points of an archipelago that belongs to it."""

    place: str
    name: str
    shape: Path | None
    points: tuple[tuple[float, float], ...]


@lru_cache(maxsize=2)
def outlines(path: FilePath | None = None) -> tuple[Outline, ...]:
    """Shapes of the 63 provinces and points of Hoàng Sa and Trường Sa, degrees, from GeoJSON.

    path : provinces.geojson of data/raw unless given. Vertices are rounded to 0.01 degree, finer
    than a dot of the map. Raises project.UserError when the file cannot be used.
    """
    path = path or project.raw_dir() / "provinces.geojson"
    try:
        features = json.loads(path.read_text(encoding="utf-8"))["features"]
        return tuple(_outline(f["properties"], f["geometry"]) for f in features)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise project.UserError(
            f"{path} cannot be read as a map of provinces ({error!r}): restore it with git."
        ) from error


@style.styled
def choropleth(
    official: pd.DataFrame, region: Place, year: int, language: str
) -> tuple[Figure, pd.DataFrame]:
    """Map of the survey's poverty rates of one year, with Hoàng Sa and Trường Sa (5-map).

    official : ledger + value, low, high; survey rates in per cent
    region   : a region, or VN for all provinces; provinces outside it stay blank
    Returns the figure and its rows: place, name, standard, year, value, low, high, status,
    source_id. Where the year has no rates, the figure says so and names the years that have.
    """
    data = of_year(official, region, year, language)
    title = titles.choropleth(data, region, year, _years(official, region), language)
    caption = _caption("chart.map.caption", data, language)
    if data.empty:
        return style.sentence(title, labels.text("chart.none", language), caption), data
    fig = style.page(title, caption, height=7.6)
    ax = style.axes(fig, left=0.1, right=0.1, bottom=0.02, top=0.05)
    ax.set_axis_off()
    ax.set_aspect(LATITUDE_RATIO)
    ax.set_xlim(WEST, EAST)
    ax.set_ylim(SOUTH, NORTH)
    _provinces(ax, data, region)
    _archipelagos(ax, data, language)
    _map_legend(ax, data, region, language)
    _extremes(ax, data, language)
    return fig, data


@style.styled
def ranking(
    official: pd.DataFrame, region: Place, year: int, language: str
) -> tuple[Figure, pd.DataFrame]:
    """Provinces by their survey rate, poorest first, with what rounding allows (5-ranking).

    Arguments as for `choropleth`. Returns the figure and its rows with rank_first and rank_last:
    the best and the worst rank (1 = poorest) that the rounded rates allow.
    """
    data = ranked(of_year(official, region, year, language))
    title = titles.ranking(data, region, year, _years(official, region), language)
    caption = _caption("chart.ranking.caption", data, language)
    if data.empty:
        return style.sentence(title, labels.text("chart.none", language), caption), data
    fig, ax, y = rows_page(title, caption, data)
    size = 3.2 if len(data) > 30 else 4.5
    ax.hlines(y, 0, data["value"], color=style.PALE, linewidth=0.8)
    ax.hlines(y, data["low"], data["high"], color=style.BLUE, linewidth=size, alpha=0.45)
    hollow = (data["status"] == "preliminary").to_numpy()
    for mask, fill in ((~hollow, style.BLUE), (hollow, "white")):
        ax.plot(data.loc[mask, "value"], y[mask], "o", color=style.BLUE, markerfacecolor=fill,
                markersize=size)  # fmt: skip
    for at, row in zip(y, data.to_dict("records"), strict=True):
        first, last = int(row["rank_first"]), int(row["rank_last"])
        ax.text(1.01, at, f"{first}" if first == last else f"{first}–{last}", va="center",
                transform=ax.get_yaxis_transform(), fontsize=_size(data))  # fmt: skip
    ax.set_xlim(0, rows.largest(data, ["high"]) * 1.03)
    ax.set_xlabel(labels.text("axis.rate", language))
    style.decimals(ax, language, axis="x")
    return fig, data


@style.styled
def then_and_now(
    official: pd.DataFrame, region: Place, year: int, language: str
) -> tuple[Figure, pd.DataFrame]:
    """Each province in the first year of the standard and in `year` (5-then-and-now).

    Arguments as for `choropleth`. Where `year` is itself the first year, the last one is compared
    with it. Returns the figure and its rows: place, name, standard, first_year, last_year, first,
    last, fall_pp; largest fall first.
    """
    now = of_year(official, region, year, language)
    data = _ends(official, region, year, now)
    title = titles.then_and_now(data, region, year, language, known=len(now) > 0)
    caption = _caption("chart.then.caption", data, language)
    if data.empty:
        return style.sentence(title, labels.text("chart.none", language), caption), data
    fig, ax, y = rows_page(title, caption, data, legend=[
        style.handle(str(data["first_year"].iloc[0]), marker="o", color=style.ORANGE,
                     markerfacecolor="white"),
        style.handle(str(data["last_year"].iloc[0]), marker="o", color=style.BLUE),
    ])  # fmt: skip
    size = 3.2 if len(data) > 30 else 5
    rose = (data["fall_pp"] < 0).to_numpy()
    for mask, colour in ((~rose, style.SKY), (rose, style.RED)):
        ax.hlines(y[mask], data.loc[mask, "last"], data.loc[mask, "first"], color=colour,
                  linewidth=1.6, linestyle="--" if colour == style.RED else "-")  # fmt: skip
    ax.plot(data["first"], y, "o", color=style.ORANGE, markerfacecolor="white", markersize=size)
    ax.plot(data["last"], y, "o", color=style.BLUE, markersize=size)
    ax.set_xlim(0, rows.largest(data, ["first", "last"]) * 1.04)
    ax.set_xlabel(labels.text("axis.rate", language))
    style.decimals(ax, language, axis="x")
    return fig, data


def of_year(official: pd.DataFrame, region: Place, year: int, language: str) -> pd.DataFrame:
    """Survey rates of a region's provinces in one year, under the newest standard of that year."""
    data = rows.survey(official, places.members(region.code))
    data = data[data["year"] == year]
    newest = data["standard"].iloc[-1:] if data.empty else data.loc[
        [rows.standard_order(data["standard"]).idxmax()], "standard"]  # fmt: skip
    data = data[data["standard"].isin(newest)].sort_values(["value", "place"])
    data = data.reset_index(drop=True)[COLUMNS]
    data.insert(1, "name", style.place_names(list(data["place"]), language))
    return data


def ranked(data: pd.DataFrame) -> pd.DataFrame:
    """Rows poorest first, with the ranks that the rounded rates allow."""
    low, high = data["low"].to_numpy(float), data["high"].to_numpy(float)
    first, last = ranks.of_intervals(low, high)
    data = data.assign(rank_first=first, rank_last=last)
    return data.sort_values(["value", "place"], ascending=[False, True]).reset_index(drop=True)


def say_year(
    data: pd.DataFrame, official: pd.DataFrame, region: Place, year: int, language: str
) -> str:
    """How many provinces lie high and low, the middle, the distance; or the years with rates."""
    if data.empty:
        return labels.text("say.year.none", language, region=style.place_name(region, language),
                           years=_years(official, region), year=year)  # fmt: skip
    value = data["value"].astype(float)
    edges = [rows.percent(edge, language, 0) for edge in (POOR, HARDLY_POOR)]
    median = rows.rates([float(value.median())], language)[0]
    said = [labels.text(
        "say.year.counts", language, count=len(data), above=int((value > POOR).sum()),
        edge=edges[0], below=int((value < HARDLY_POOR).sum()), low_edge=edges[1],
        middle=rows.middle(value, median, language, key="say.year.middle"), year=year,
        gap=rows.points(float(np.ptp(value)), language), standard=_yardstick(data, language),
    )]  # fmt: skip
    surveys = rows.survey(official, places.members(region.code))
    found = surveys.loc[surveys["year"] == year, "standard"].unique()
    if len(found) > 1:
        names = [rows.yardstick(standard, language) for standard in found]
        said.append(labels.text("say.year.standards", language, year=year, count=len(found),
                                standards="; ".join(names)))  # fmt: skip
    if (data["status"] == "preliminary").any():
        said.append(labels.text("caption.preliminary", language))
    return " ".join(said)


def say_ranking(
    data: pd.DataFrame, official: pd.DataFrame, region: Place, year: int, language: str
) -> str:
    """The poorest three with their rates, and how many ranks rounding leaves open."""
    if data.empty:
        return say_year(data, official, region, year, language)
    said = rows.rates(list(data["value"].head(3)), language)
    top = [f"{n} {rate}" for n, rate in zip(data["name"].head(3), said, strict=True)]
    told = labels.text("say.ranking.top", language, top=", ".join(top), year=year,
                       standard=_yardstick(data, language)) + " "  # fmt: skip
    width = data["rank_last"] - data["rank_first"]
    if not (width > 0).any():
        return told + labels.text("say.ranking.settled", language, count=len(data))
    widest = rows.records(data.loc[[width.idxmax()]])[0]
    return told + labels.text(
        "say.ranking.open", language, open=int((width > 0).sum()), count=len(data),
        place=widest["name"], first=int(widest["rank_first"]), last=int(widest["rank_last"]),
    )  # fmt: skip


def say_then_and_now(data: pd.DataFrame, region: Place, language: str) -> str:
    """Largest and smallest fall, the middle one, and whether the provinces grew closer."""
    if data.empty:
        return labels.text("say.then.none", language, region=style.place_name(region, language))
    top, bottom = rows.records(data.iloc[[0, -1]])
    rates = rows.rates([top["first"], top["last"]], language)
    gaps = [float(np.ptp(data[end].to_numpy(float))) for end in ("first", "last")]
    before, after = (rows.points(gap, language) for gap in gaps)
    return labels.text(
        "say.then.falls", language, place=top["name"], least=bottom["name"],
        standard=_yardstick(data, language),
        change=rows.change(rates[0], rates[1], -float(top["fall_pp"]), language),
        least_move=rows.moved(float(bottom["fall_pp"]), language, 2),
        middle=rows.moved(float(data["fall_pp"].median()), language, 2),
        gap=rows.change(before, after, gaps[1] - gaps[0], language),
    )  # fmt: skip


def _yardstick(data: pd.DataFrame, language: str) -> str:
    return rows.yardstick(str(data["standard"].iloc[0]), language)


def _outline(properties: dict[str, Any], geometry: dict[str, Any]) -> Outline:
    place, name = str(properties["place"]), str(properties["name_vi"])
    if properties.get("inset"):
        points = tuple((float(x), float(y)) for x, y in geometry["coordinates"])
        return Outline(place, name, None, points)
    polygons = geometry["coordinates"]
    if geometry["type"] == "Polygon":
        polygons = [polygons]
    rings = [_ring(ring) for polygon in polygons for ring in polygon]
    return Outline(place, name, Path.make_compound_path(*rings), ())


def _ring(coordinates: list[list[float]]) -> Path:
    vertices = np.round(np.asarray(coordinates, dtype=float)[:, :2], 2)
    kept = np.ones(len(vertices), dtype=bool)
    kept[1:-1] = (vertices[1:-1] != vertices[:-2]).any(axis=1)
    return Path(vertices[kept], closed=True)


def class_colours(values: np.ndarray) -> list[str]:
    """Colour of each rate's class, light to dark; grey print keeps the order."""
    ramp = mpl.colormaps["YlGnBu"](np.linspace(0.06, 1.0, len(CLASSES)))
    return [mpl.colors.to_hex(ramp[k]) for k in np.searchsorted(CLASSES, values, side="right")
            .clip(max=len(CLASSES) - 1)]  # fmt: skip


def _provinces(ax: Axes, data: pd.DataFrame, region: Place) -> None:
    rates = dict(zip(data["place"], data["value"].astype(float), strict=True))
    inside = set(places.members(region.code))
    shapes = {o.place: o.shape for o in outlines() if o.shape is not None}
    outside = [shape for code, shape in shapes.items() if code not in inside]
    missing = [shape for code, shape in shapes.items() if code in inside - set(rates)]
    known = [shape for code, shape in shapes.items() if code in rates]
    ax.add_collection(PathCollection(
        outside, facecolors="#F4F4F4", edgecolors="#C8C8C8", linewidths=0.3
    ), autolim=False)  # fmt: skip
    ax.add_collection(PathCollection(
        missing, facecolors="white", edgecolors=style.GREY, linewidths=0.4,
        hatch="/////",
    ), autolim=False)  # fmt: skip
    colours = class_colours(np.array([rates[code] for code in shapes if code in rates]))
    ax.add_collection(PathCollection(
        known, facecolors=colours, edgecolors="#555555", linewidths=0.3
    ), autolim=False)  # fmt: skip


def _archipelagos(ax: Axes, data: pd.DataFrame, language: str) -> None:
    """Hoàng Sa and Trường Sa in labelled boxes, in the colour of the province they belong to."""
    rates = dict(zip(data["place"], data["value"].astype(float), strict=True))
    for outline in outlines():
        if outline.shape is not None:
            continue
        x, y = np.array(outline.points).T
        colour = (
            class_colours(np.array([rates[outline.place]]))[0] if outline.place in rates else "none"
        )
        ax.plot(x, y, "o", markersize=4, markerfacecolor=colour, markeredgecolor="#555555",
                markeredgewidth=0.5)  # fmt: skip
        left, bottom = x.min() - 0.45, y.min() - 0.45
        ax.add_patch(Rectangle((left, bottom), np.ptp(x) + 0.9, np.ptp(y) + 0.9, fill=False,
                               edgecolor=style.GREY, linewidth=0.7))  # fmt: skip
        owner = style.place_names([outline.place], language)[0]
        ax.text(left, y.max() + 0.52, f"{outline.name} ({owner})", fontsize=7.5, va="bottom")


def _map_legend(ax: Axes, data: pd.DataFrame, region: Place, language: str) -> None:
    lows = (0.0, *CLASSES[:-1])
    colours = class_colours(np.array(lows))
    handles = []
    for low, high, colour in zip(lows, CLASSES, colours, strict=True):
        ends = [labels.number(end, 1 if end % 1 else 0, language) for end in (low, high)]
        said = labels.text("map.class", language, low=ends[0], high=ends[1])
        said = said if high < 100 else labels.text("map.last", language, low=ends[0])
        handles.append(Patch(facecolor=colour, edgecolor="#555555", linewidth=0.3, label=said))
    if set(places.members(region.code)) - set(data["place"]):
        handles.append(Patch(facecolor="white", edgecolor=style.GREY, hatch="/////",
                             label=labels.text("map.missing", language)))  # fmt: skip
    if region.kind != "country":
        handles.append(Patch(facecolor="#F4F4F4", edgecolor="#C8C8C8",
                             label=labels.text("map.outside", language)))  # fmt: skip
    ax.legend(handles=handles, title=labels.text("axis.rate", language), loc="upper left",
              bbox_to_anchor=(0.44, 1.0), alignment="left", title_fontsize=8)  # fmt: skip


def _extremes(ax: Axes, data: pd.DataFrame, language: str) -> None:
    """The poorest and the least poor five by name, in the sea beside the map."""
    count = min(5, len(data) // 2)
    said: list[str] = []
    for key, part in (("highest", data.iloc[::-1]), ("lowest", data)):
        few = part.head(count)
        rates = rows.rates(list(few["value"]), language)
        said += [labels.text(f"map.{key}", language)]
        said += [f"   {name} {rate}" for name, rate in zip(few["name"], rates, strict=True)]
    ax.text(0.72, 0.995, "\n".join(said), transform=ax.transAxes, va="top", fontsize=7,
            linespacing=1.5)  # fmt: skip


def rows_page(
    title: str, caption: str, data: pd.DataFrame, legend: list[Any] | None = None
) -> tuple[style.Chart, Axes, np.ndarray]:
    """A page with a line for each row of `data`, its `name` on the left; y, first row on top."""
    step = 0.135 if len(data) > 30 else 0.2
    fig = style.page(title, caption, height=1.6 + step * len(data))
    style.legend(fig, legend or [])
    ax = style.axes(fig, left=1.35, right=0.5)
    y = np.arange(len(data))[::-1]
    ax.set_yticks(y, list(data["name"]), fontsize=_size(data))
    ax.set_ylim(-0.8, len(data) - 0.2)
    ax.grid(axis="y", visible=False)
    return fig, ax, y


def _size(data: pd.DataFrame) -> float:
    return 6.3 if len(data) > 30 else 7.5


def _ends(official: pd.DataFrame, region: Place, year: int, now: pd.DataFrame) -> pd.DataFrame:
    series = rows.survey(official, places.members(region.code))
    series = series[series["standard"].isin(now["standard"])]
    years = sorted(series["year"].unique())
    other = years[0] if years and years[0] != year else (years or [year])[-1]
    then = series[series["year"] == other]
    data = now.merge(then[["place", "value"]], on="place", suffixes=("", "_other"))
    swap = other > year
    data = data.assign(
        first=data["value" if swap else "value_other"],
        last=data["value_other" if swap else "value"],
        first_year=min(year, other), last_year=max(year, other),
    )  # fmt: skip
    if other == year:
        data = data.iloc[:0]
    data["fall_pp"] = data["first"] - data["last"]
    kept = ["place", "name", "standard", "first_year", "last_year", "first", "last", "fall_pp"]
    data = data.sort_values(["fall_pp", "place"], ascending=[False, True])
    return data[kept].reset_index(drop=True)


def _years(official: pd.DataFrame, region: Place) -> str:
    years = pd.Series(rows.survey(official, places.members(region.code))["year"].unique())
    years = years.sort_values().reset_index(drop=True)
    runs = years.groupby(years - np.arange(len(years))).agg(["first", "last"])
    spans = [f"{a}" if a == b else f"{a}–{b}" for a, b in runs.itertuples(index=False)]
    return ", ".join(spans) or labels.NO_NUMBER


def _caption(key: str, data: pd.DataFrame, language: str) -> str:
    said = captions.caption(key, data["standard"], language) + hanoi(data, language)
    if "status" in data and (data["status"] == "preliminary").any():
        said += " " + labels.text("caption.preliminary", language)
    return said


def hanoi(data: pd.DataFrame, language: str) -> str:
    """What the rate of Hà Nội in 2006 is, with a blank before it, where it is drawn; else nothing.

    data : place, and year or first_year
    """
    year = data["year" if "year" in data else "first_year"]
    drawn = (data["place"] == OLD_HANOI) & (year < NEW_HANOI_FROM)
    return " " + labels.text("caption.hanoi", language) if drawn.any() else ""
