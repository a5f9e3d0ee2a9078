"""Small multiples: history and forecast of many provinces, a small panel each."""

from __future__ import annotations

import math
import textwrap
from dataclasses import dataclass

import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from helpers import labels, places
from helpers.charts import captions, fans, rows, style, titles
from helpers.places import Place

FIRST_SMALL_YEAR = 2010  # the three panels of 63 provinces start here
MOST_NAMES = 5  # that a sentence lists


@dataclass(frozen=True)
class Grid:
    """Panels of one size: how many side by side, and what they take.

    pitch, heading, foot : inches from row to row, above and below the rows of a region
    letters              : points
    """

    columns: int
    pitch: float
    heading: float
    foot: float
    letters: float

    def height(self, count: int) -> float:
        """Inches that a region with some provinces takes."""
        return self.heading + math.ceil(count / self.columns) * self.pitch + self.foot


ALL_REGIONS = Grid(columns=7, pitch=0.68, heading=0.19, foot=0.15, letters=6.0)
ONE_REGION = Grid(columns=4, pitch=1.3, heading=0.2, foot=0.16, letters=7.5)


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
    data = fans.drawn(official, forecasts, codes, FIRST_SMALL_YEAR)
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


@style.styled
def provinces(
    official: pd.DataFrame, forecasts: pd.DataFrame, language: str, region: Place | None = None
) -> tuple[Figure, pd.DataFrame]:
    """History and forecast of every province, a small panel each, by region (5-small-multiples).

    official, forecasts : as for `trends.fan`; more than fans.SURE_YEARS ahead nothing is drawn
    region              : its provinces alone, in larger panels; None or the country for all
    Provinces stand by their last rate, poorest first, so that panels that are near are alike.
    Returns the figure and what is drawn (columns of `fans.drawn`).
    """
    region = region or places.get("VN")
    data = _provinces(official, forecasts, region)
    title = _title(data, region, language)
    caption = captions.caption("chart.provinces.caption", data["standard"], language)
    if data.empty:
        return style.sentence(title, labels.text("chart.none", language), caption), data
    groups = _groups(data, region)
    grid = ALL_REGIONS if region.kind == "country" else ONE_REGION
    room = sum(grid.height(len(codes)) for codes in groups.values())
    blank = style.page(title, caption)
    style.legend(blank, _legend(data, language), 3)
    fig = style.page(title, caption, height=room + style.HEIGHT - (blank.high - blank.low) + 0.08)
    style.legend(fig, _legend(data, language), 3)
    drop = 0.02
    for code, codes in groups.items():
        part = data[data["place"].isin(codes)]
        top = rows.largest(part, ["value", "high95"]) * 1.05
        name = style.place_name(places.get(code), language) if len(groups) > 1 else ""
        _heading(fig, drop, name, top, language)
        panels = {code: part[part["place"] == code] for code in codes}
        _region(fig, grid, drop + grid.heading, panels, top, language)
        drop += grid.height(len(codes))
    return fig, data


def say_provinces(data: pd.DataFrame, language: str) -> str:
    """Where a fall is not sure, whose forecast is widest, and what a change of criteria did.

    data : as drawn by `provinces`
    """
    ends, said = _ends(data), []
    if len(ends):
        years = {"year": int(ends["year"].max()), "last_year": int(ends["last_year"].max())}
        unsure = list(ends.loc[ends["high80"] >= ends["last"], "place"])
        key = "open" if unsure else "all"
        said.append(labels.text(f"say.provinces.{key}", language, **years,
                                names=listed(unsure, language)))  # fmt: skip
        width = ends["high95"] - ends["low95"]
        widest = rows.records(ends.loc[[width.idxmax()]])[0]
        rates = rows.rates([widest[name] for name in ("low95", "high95", "last")], language)
        name = style.place_names([widest["place"]], language)[0]
        said.append(labels.text("say.provinces.wide", language, place=name, low=rates[0],
                                high=rates[1], last=rates[2], **years))  # fmt: skip
    said += _say_bridge(data, language)
    return " ".join(said) or labels.text("chart.none", language)


def listed(codes: list[str], language: str) -> str:
    """Names of some places, at most MOST_NAMES of them, and how many more there are."""
    names = ", ".join(style.place_names(codes[:MOST_NAMES], language))
    if len(codes) <= MOST_NAMES:
        return names
    return labels.text("list.more", language, names=names, count=len(codes) - MOST_NAMES)


def poorest_first(codes: list[str], last: pd.Series) -> list[str]:
    """Places by a rate, highest first; equal ones by code, those without a rate at the end."""
    rates = last.reindex(codes).fillna(-1.0)
    return sorted(codes, key=lambda code: (-float(rates[code]), code))


def regions_of(place: Place) -> dict[str, list[str]]:
    """Codes of the provinces of a region, or of every region of the country, by region."""
    if place.kind == "country":
        listed = places.table()
        codes = list(listed.loc[listed["kind"] == "region", "code"])
    else:
        codes = [place.code]
    return {code: list(places.members(code)) for code in codes}


def _provinces(official: pd.DataFrame, forecasts: pd.DataFrame, region: Place) -> pd.DataFrame:
    codes = [code for members in regions_of(region).values() for code in members]
    data = fans.drawn(official, forecasts, codes, FIRST_SMALL_YEAR)
    return data[data["scenario"] != "yes"].reset_index(drop=True)


def _last(data: pd.DataFrame) -> pd.DataFrame:
    """The last rate of every place under its newest standard, by place."""
    past = data[data["part"] == "history"]
    past = past.assign(order=rows.standard_order(past["standard"]))
    past = past.sort_values(["place", "order", "year"]).drop_duplicates("place", keep="last")
    return past.set_index("place")


def _groups(data: pd.DataFrame, region: Place) -> dict[str, list[str]]:
    """Provinces that have a rate, by region, poorest first."""
    last = _last(data)["value"].astype(float)
    found = {
        code: poorest_first([member for member in members if member in last.index], last)
        for code, members in regions_of(region).items()
    }
    return {code: members for code, members in found.items() if members}


def _ends(data: pd.DataFrame) -> pd.DataFrame:
    """The last year of each forecast with the rate it starts from, a row a place."""
    last = _last(data)[["value", "year"]].add_prefix("last_").rename(columns={"last_value": "last"})
    ahead = data[data["part"] == "forecast"].sort_values(["place", "year"])
    ahead = ahead.drop_duplicates("place", keep="last").drop(columns="value")
    return ahead.merge(last, left_on="place", right_index=True).reset_index(drop=True)


def _title(data: pd.DataFrame, region: Place, language: str) -> str:
    name, ends = style.place_name(region, language), _ends(data)
    if data.empty:
        return labels.text("chart.region.title.none", language, region=name)
    if ends.empty:
        return labels.text("chart.provinces.title.past", language, region=name,
                           all=data["place"].nunique())  # fmt: skip
    return labels.text(
        "chart.provinces.title", language, region=name, all=len(ends),
        count=int((ends["high80"] < ends["last"]).sum()), year=int(ends["year"].max()),
        last_year=int(ends["last_year"].max()),
    )  # fmt: skip


def _say_bridge(data: pd.DataFrame, language: str) -> list[str]:
    """How far two standards are apart where they measured the same year, one sentence or none."""
    past = data[data["part"] == "history"]
    past = past.assign(order=rows.standard_order(past["standard"])).sort_values(["place", "order"])
    steps = past.assign(step=past.groupby(["place", "year"])["value"].diff()).dropna(subset="step")
    if steps["place"].nunique() < 2:
        return []
    steps = steps[steps["year"] == steps["year"].max()].sort_values(["step", "place"])
    low, high = rows.records(steps.iloc[[0, -1]])
    names = style.place_names([low["place"], high["place"]], language)
    return [labels.text("say.provinces.bridge", language, year=int(low["year"]), count=len(steps),
                        low=labels.number(low["step"], 1, language), least=names[0],
                        high=labels.number(high["step"], 1, language), most=names[1])]  # fmt: skip


def _legend(data: pd.DataFrame, language: str) -> list[Artist]:
    """The entries of a fan, its lines without the markers that small panels have no room for."""
    handles = fans.legend(data, None, language)
    for entry in handles:
        if isinstance(entry, Line2D) and entry.get_linestyle() != "None":
            entry.set_marker("")
    return [*handles, *fans.break_handle(data, language)]


def _heading(fig: style.Chart, drop: float, name: str, top: float, language: str) -> None:
    """The name of a region and the range that its panels share, `drop` inches from the top."""
    width, height = fig.get_size_inches()
    y = (fig.high - drop - 0.03) / height
    fig.text(0.1 / width, y, name, fontsize=8, va="top",
             fontweight="bold", color=style.INK)  # fmt: skip
    said = labels.text("axis.shared", language, top=labels.number(math.floor(top), 0, language))
    fig.text(1 - 0.12 / width, y, said, fontsize=6.5, va="top", ha="right", color=style.GREY)


def _region(
    fig: style.Chart, grid: Grid, drop: float, panels: dict[str, pd.DataFrame], top: float,
    language: str,
) -> None:  # fmt: skip
    width, height = fig.get_size_inches()
    wide, above = (width - 0.42) / grid.columns, 0.1 + 0.01 * grid.letters
    whole = pd.concat(panels.values())
    years = int(whole["year"].min()), int(whole["year"].max())
    for slot, (code, data) in enumerate(panels.items()):
        row, column = divmod(slot, grid.columns)
        foot = fig.high - drop - (row + 1) * grid.pitch + 0.04
        ax = fig.add_axes(((0.32 + column * wide) / width, foot / height, (wide - 0.1) / width,
                           (grid.pitch - 0.04 - above) / height))  # fmt: skip
        ax.tick_params(labelsize=grid.letters - 1, length=1.5, pad=1.2, labelleft=column == 0,
                       labelbottom=slot + grid.columns >= len(panels))  # fmt: skip
        _small(ax, data, years, top)
        ax.yaxis.set_major_locator(MaxNLocator(3 if grid is ALL_REGIONS else 4, integer=True))
        style.decimals(ax, language, digits=0)
        _extras(ax, data, grid, language)
        ax.set_title(style.place_names([code], language)[0], fontsize=grid.letters, pad=1.5, y=1.0,
                     loc="left", color=style.INK)  # fmt: skip


def _extras(ax: Axes, data: pd.DataFrame, grid: Grid, language: str) -> None:
    """Breaks, hollow preliminary years, lone years as points, and the last rate in numbers."""
    past = data[data["part"] == "history"]
    for year in fans.breaks(data):
        ax.axvline(year, color=style.GREY, linewidth=0.5, zorder=1)
    size = grid.letters / 2.6
    for standard, line in past.groupby("standard", sort=False):
        colour = style.look(str(standard))[0]
        hollow = line["status"] == "preliminary"
        lone = ~hollow & (len(line) == 1)
        for mask, fill in ((lone, colour), (hollow, "white")):
            if mask.any():
                ax.plot(line.loc[mask, "year"], line.loc[mask, "value"], "o", color=colour,
                        markerfacecolor=fill, markersize=size, markeredgewidth=0.6,
                        zorder=6)  # fmt: skip
    last = float(_last(data)["value"].iloc[0])
    ax.text(0.99, 0.97, labels.number(last, 1, language), transform=ax.transAxes, ha="right",
            va="top", fontsize=grid.letters, color=style.INK)  # fmt: skip
