"""Figure of notebook 5: how likely every province meets a target, year by year, as a heatmap."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch, Rectangle

from helpers import labels, places
from helpers.charts import captions, fans, rows, style
from helpers.charts.paces import chance
from helpers.charts.small_multiples import listed, poorest_first, regions_of
from helpers.places import Place
from helpers.project import UserError
from helpers.trends.chances import BELOW_ZERO

TARGETS = ("fall_pp_per_year", "fall_pct_per_year", "level")
COUNTS = ["provinces", "below_zero", "expected", "low80", "high80", "all", "low80_independent",
          "high80_independent"]  # fmt: skip
COLUMNS = ["standard", "origin", "place", "year", "target", "value", "last_rate", "target_rate",
           "probability", "already_met", "note", *COUNTS]  # fmt: skip
TOGETHER = "together"
# What is counted of the provinces together, and the columns that hold it.
COUNTED = {
    "expected": ["expected"],
    "interval": ["low80", "high80"],
    "independent": ["low80_independent", "high80_independent"],
    "all": ["all"],
}
# Blocks side by side, so that 63 provinces stay readable on a page that is 7 inches wide.
BLOCKS = (("RRD", "NMM"), ("NCC", "CH", TOGETHER), ("SE", "MRD", "VN"))
DARK = 0.65  # above this probability, numbers are white
SURE = 0.99  # above it no chance is called small
Line = tuple[str, str]


@dataclass(frozen=True)
class Sheet:
    """A table of cells: inches that names, rates, cells and rows take, and letters in points."""

    name: float
    rate: float
    cell: float
    row: float
    letters: float


THREE = Sheet(name=0.88, rate=0.2, cell=0.26, row=0.158, letters=6.0)
ONE = Sheet(name=2.3, rate=0.7, cell=0.85, row=0.225, letters=8.0)


@style.styled
def target_heatmap(
    odds: pd.DataFrame,
    joint: pd.DataFrame,
    language: str,
    region: Place | None = None,
    *,
    target_pp_per_year: float | None = None,
    target_pct_per_year: float | None = None,
    level: float | None = None,
) -> tuple[Figure, pd.DataFrame]:
    """How likely every province meets one target in each year ahead (5-target-heatmap).

    odds   : as from trends.chances; joint : as from trends.together; both with this target
    region : its provinces alone; None or the country for all
    target_pp_per_year, target_pct_per_year, level : the target, exactly one: percentage points a
             year, per cent of the own rate a year, or per cent
    Years that are a scenario are not drawn. Returns the figure and its cells (COLUMNS), a row a
    place and year; those of the region and the country also count their provinces.
    Raises UserError where not one target is given, or `odds` has none such.
    """
    region = region or places.get("VN")
    wanted = (target_pp_per_year, target_pct_per_year, level)
    kind, value = _target(dict(zip(TARGETS, wanted, strict=True)))
    data = _data(odds, joint, region, kind, value)
    title = _title(data, region, language)
    caption = captions.caption("chart.chances.caption", data["standard"], language)
    if data.empty:
        return style.sentence(title, labels.text("chart.none", language), caption), data
    sheet = THREE if region.kind == "country" else ONE
    blocks = _blocks(data, region)
    blank = style.page(title, caption)
    style.legend(blank, _legend(data, language), 3)
    taken = style.HEIGHT - (blank.high - blank.low)
    longest = max(len(block) for block in blocks)
    fig = style.page(title, caption, height=taken + (longest + 1) * sheet.row + 0.2)
    style.legend(fig, _legend(data, language), 3)
    ax = _canvas(fig)
    for at, block in enumerate(blocks):
        _block(ax, data, block, 0.1 + at * (style.WIDTH - 0.1) / len(blocks), sheet, language)
    return fig, data


def say_chances(data: pd.DataFrame, region: Place | None, language: str) -> str:
    """The chance of the region, how many provinces meet the target together, and where it is least.

    data : as drawn by `target_heatmap` for the same region
    """
    region = region or places.get("VN")
    name = style.place_name(region, language)
    if data.empty:
        return labels.text("say.chances.none", language, region=name)
    year = int(data["year"].max())
    end = data[data["year"] == year].set_index("place")
    said = []
    for whole in rows.records(end[end.index == region.code]):
        said.append(_say_whole(whole, name, language))
        if whole["provinces"] > 0:
            said.append(_say_together(whole, language))
    own = end.loc[[code for code in _provinces(data, region) if code in end.index]]
    return " ".join([*said, *_say_ends(own, language)])


def _say_whole(row: rows.Row, name: str, language: str) -> str:
    words = {"region": name, "goal": _goal(row, language)}
    if math.isnan(row["probability"]):
        return labels.text("say.chances.whole.zero", language, **words)
    key = "say.chances.whole.met" if row["already_met"] else "say.chances.whole"
    return labels.text(key, language, chance=chance(float(row["probability"]), language), **words)


def _say_together(row: rows.Row, language: str) -> str:
    """How many provinces meet the target in the same future, and what a common shock does to it."""
    return labels.text(
        "say.chances.shock", language, all=labels.number(float(row["provinces"]), 0, language),
        expected=labels.number(float(row["expected"]), 1, language),
        span=_span(row, COUNTED["interval"], language),
        apart=_span(row, COUNTED["independent"], language),
        every=chance(float(row["all"]), language),
    )  # fmt: skip


def _say_ends(own: pd.DataFrame, language: str) -> list[str]:
    """Where the chance is least, all ties told, and which provinces it says nothing about."""
    said, known = [], own["probability"].dropna().astype(float)
    if len(known) > 1 and known.min() <= SURE:
        least = chance(float(known.min()), language)
        same = known.map(lambda p: chance(p, language)) == least
        codes = [str(code) for code in known[same].sort_values(kind="stable").index]
        said.append(labels.text("say.chances.least", language, chance=least,
                                names=listed(codes, language)))  # fmt: skip
    zero = own["note"].str.contains(BELOW_ZERO)
    counts = {"already": int(own["already_met"].sum()), "below": int(zero.sum())}
    return said + [labels.text(f"say.chances.{key}", language, count=count)
                   for key, count in counts.items() if count]  # fmt: skip


def _target(given: dict[str, float | None]) -> tuple[str, float]:
    chosen = [(kind, float(value)) for kind, value in given.items() if value is not None]
    if len(chosen) != 1:
        raise UserError(
            "give exactly one of target_pp_per_year, target_pct_per_year and level, "
            f"not {len(chosen)}."
        )
    return chosen[0]


def _data(
    odds: pd.DataFrame, joint: pd.DataFrame, region: Place, kind: str, value: float
) -> pd.DataFrame:
    """Chances of the provinces, their regions and the country for one target, no scenario."""
    tables = []
    for table in (odds, joint):
        same = (table["target"] == kind) & np.isclose(table["value"], value, rtol=1e-9, atol=0)
        if len(table) and not same.any():
            raise UserError(f"the chances hold no target {kind} of {value}: compute them for it.")
        sure = table["year"] <= table["origin"] + fans.SURE_YEARS
        tables.append(table[same & sure])
    codes = [region.code]
    for code, members in regions_of(region).items():
        codes += [code, *members]
    own = tables[0][tables[0]["place"].isin(codes)]
    data = own.merge(tables[1][["place", "year", *COUNTS]], on=["place", "year"], how="left")
    return data.sort_values(["place", "year"]).reset_index(drop=True)[COLUMNS]


def _provinces(data: pd.DataFrame, region: Place) -> list[str]:
    """The provinces drawn, region by region, poorest first."""
    last = data.drop_duplicates("place").set_index("place")["last_rate"].astype(float)
    return [
        code
        for members in regions_of(region).values()
        for code in poorest_first([code for code in members if code in last.index], last)
    ]


def _blocks(data: pd.DataFrame, region: Place) -> list[list[Line]]:
    """What stands in each block, line by line: the kind of line, and the place it is about."""
    order, whole = _provinces(data, region), ("whole", region.code)
    lines = {
        code: [("heading", code), ("whole", code)]
        + [("place", member) for member in order if member in members]
        for code, members in regions_of(region).items()
    }
    together = [("heading", TOGETHER), *((kind, region.code) for kind in COUNTED)]
    if region.kind != "country":
        return [[whole, *lines[region.code][2:], *together]]
    lines |= {TOGETHER: together, region.code: [whole]}
    return [[line for part in block for line in lines[part]] for block in BLOCKS]


def _title(data: pd.DataFrame, region: Place, language: str) -> str:
    name = style.place_name(region, language)
    if data.empty:
        return labels.text("chart.chances.title.none", language, region=name)
    end = data[(data["year"] == data["year"].max()) & data["place"].isin(_provinces(data, region))]
    words = {"region": name, "goal": _goal(rows.records(data.loc[[data["year"].idxmax()]])[0],
                                           language)}  # fmt: skip
    if not end["probability"].notna().any():
        return labels.text("chart.chances.title.zero", language, **words)
    return labels.text("chart.chances.title", language, all=len(end),
                       count=int((end["probability"] > 0.5).sum()), **words)  # fmt: skip


def _goal(row: rows.Row, language: str) -> str:
    """The target of a row in words: `a fall of 1.0 pp a year until 2028`."""
    value = float(row["value"])
    digits = next(d for d in range(3) if d == 2 or labels.rounded(value, d) == value)
    points = row["target"] == "fall_pp_per_year"
    said = rows.aimed_at(value, language) if points else rows.percent(value, language, digits)
    return labels.text(f"goal.{row['target']}", language, value=said, year=int(row["year"]))


def _legend(data: pd.DataFrame, language: str) -> list[Artist]:
    handles: list[Artist] = [Patch(facecolor=_colour(0.75), edgecolor=style.GREY, linewidth=0.4,
                                   label=labels.text("mark.chances", language))]  # fmt: skip
    if data["already_met"].any():
        handles.append(style.handle(labels.text("mark.already", language), marker=r"$\checkmark$",
                                    color=style.INK, markersize=6))  # fmt: skip
    if data["probability"].isna().any():
        handles.append(Patch(facecolor="white", edgecolor="#BBBBBB", hatch="/////", linewidth=0.4,
                             label=labels.text("mark.goal.zero", language)))  # fmt: skip
    return handles


def _colour(probability: float) -> str:
    """Light to dark, so that grey print keeps the order."""
    return str(mpl.colors.to_hex(mpl.colormaps["YlGnBu"](0.02 + 0.83 * probability)))


def _canvas(fig: style.Chart) -> Axes:
    """Axes measured in inches from the top left of the room, which is one unit an inch."""
    ax = style.axes(fig, left=0.0, right=0.0, bottom=0.06, top=0.04)
    ax.set_axis_off()
    ax.set_xlim(0, style.WIDTH)
    ax.set_ylim(fig.high - fig.low - 0.1, 0)
    return ax


def _block(
    ax: Axes, data: pd.DataFrame, lines: Iterable[Line], left: float, sheet: Sheet, language: str
) -> None:
    years = [int(year) for year in sorted(data["year"].unique())]
    last = f"{int(data['origin'].iloc[0])}, %"
    for x, said in zip(_columns(left, sheet, len(years)), [last, *map(str, years)], strict=True):
        ax.text(x, sheet.row / 2, said, ha="center", va="center", fontsize=sheet.letters - 0.8,
                color=style.GREY)  # fmt: skip
    parts = {str(code): part for code, part in data.groupby("place")}
    for at, (kind, code) in enumerate(lines, start=1):
        y = (at + 0.5) * sheet.row
        if kind == "heading":
            said = labels.text("mark.together", language) if code == TOGETHER else (
                style.place_names([code], language)[0])  # fmt: skip
            ax.text(left, y, said, va="center", fontsize=sheet.letters - 0.2, fontweight="bold")
        elif code in parts and kind in COUNTED:
            _counts(ax, parts[code], kind, left, y, sheet, language)
        elif code in parts:
            _cells(ax, parts[code], kind, left, y, sheet, language)


def _columns(left: float, sheet: Sheet, years: int) -> list[float]:
    """Middles of the column of last rates and of those of the years, inches."""
    first = left + sheet.name + sheet.rate
    return [first - sheet.rate / 2, *(first + (k + 0.5) * sheet.cell + 0.1 for k in range(years))]


def _cells(
    ax: Axes, part: pd.DataFrame, kind: str, left: float, y: float, sheet: Sheet, language: str
) -> None:
    """A line of chances, with the name, the last rate and a tick where it meets the target."""
    rate, *middles = _columns(left, sheet, len(part))
    first = rows.records(part)[0]
    place = places.get(str(first["place"]))
    said = style.place_name(place, language)
    if kind == "whole":
        said = labels.text(f"mark.whole.{place.kind}", language)
    look: dict[str, Any] = {"va": "center", "fontsize": sheet.letters}
    ax.text(left, y, said, fontstyle="italic" if kind == "whole" else "normal", **look)
    ax.text(rate + 0.12, y, labels.number(float(first["last_rate"]), 1, language), ha="right",
            color=style.GREY, **look)  # fmt: skip
    if first["already_met"]:
        beside = rate + 0.12 + 0.016 * (sheet.letters - 3)
        ax.plot(beside, y, marker=r"$\checkmark$", color=style.INK,
                markersize=sheet.letters * 0.72, markeredgewidth=0.3)  # fmt: skip
    for x, p in zip(middles, part["probability"].astype(float), strict=True):
        hidden = math.isnan(p)
        ax.add_patch(Rectangle(
            (x - sheet.cell / 2, y - sheet.row / 2), sheet.cell, sheet.row, linewidth=0.6,
            facecolor="white" if hidden else _colour(p), hatch="/////" if hidden else None,
            edgecolor="#CCCCCC" if hidden else "white",
        ))  # fmt: skip
        if not hidden:
            ax.text(x, y, _percent(p), ha="center", color="white" if p > DARK else style.INK,
                    **look)  # fmt: skip


def _percent(p: float) -> str:
    """A probability as whole per cent that claims no certainty: `<1`, `84`, `>99`."""
    return "<1" if p < 0.01 else ">99" if p > 0.99 else labels.number(100 * p, 0, "en")


def _counts(
    ax: Axes, part: pd.DataFrame, kind: str, left: float, y: float, sheet: Sheet, language: str
) -> None:
    """A line of what the provinces do together, in plain numbers."""
    look: dict[str, Any] = {"va": "center", "fontsize": sheet.letters}
    ax.text(left, y, labels.text(f"mark.together.{kind}", language), **look)
    for x, row in zip(_columns(left, sheet, len(part))[1:], rows.records(part), strict=True):
        if not row["provinces"] > 0:
            said = labels.NO_NUMBER
        elif kind == "all":
            said = _percent(float(row["all"]))
        else:
            said = _span(row, COUNTED[kind], language)
        ax.text(x, y, said, ha="center", **look | {"fontsize": sheet.letters - 0.8})


def _span(row: rows.Row, ends: list[str], language: str) -> str:
    """`47–59`, or one number where both ends are the same."""
    said = [labels.number(float(row[end]), 0, language) for end in ends]
    return "–".join(dict.fromkeys(said))
