"""Small multiples: history and forecast of many provinces, a small panel each."""

from __future__ import annotations

import math
import textwrap

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from helpers import labels, places
from helpers.charts import captions, fans, rows, style, titles
from helpers.places import Place

FIRST_SMALL_YEAR = 2010  # the three panels of 63 provinces start here


@style.styled
def region_small_multiples(
    official: pd.DataFrame, forecasts: pd.DataFrame, place: Place, language: str
) -> tuple[Figure, pd.DataFrame]:
    """The places of the place's region, a small panel each (4-region-small-multiples).

    official, forecasts : as for `fan`. The country shows its six regions, a unit of 2025 itself
    and the provinces that it was formed of.
    Returns the figure and what is drawn (columns of `fans.drawn`).
    """
    codes = neighbours(place)
    official, forecasts = (table[table["place"].isin(codes)] for table in (official, forecasts))
    parts = [fans.drawn(official, forecasts, places.get(code), FIRST_SMALL_YEAR) for code in codes]
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
    style.legend(fig, fans.legend(data.assign(status=""), None, language), 3)
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
        fans.history(ax, line, str(standard), markers=False)
    if len(ahead):
        fans.bands(ax, past, ahead)
    ax.set_xlim(years[0] - 0.5, years[1] + 0.5)
    ax.set_xticks([year for year in range(years[0], years[1] + 1) if year % 5 == 0])
    ax.set_xticklabels([f"’{year % 100:02d}" for year in range(years[0], years[1] + 1)
                        if year % 5 == 0])  # fmt: skip
    ax.set_ylim(0, top)
