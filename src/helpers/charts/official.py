"""The official tables: regions against their provinces, and sums of the population."""

from __future__ import annotations

import textwrap
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.ticker import NullFormatter

from helpers import labels
from helpers.charts import rows, style

GAP_COLUMNS = [
    "standard", "place", "year", "printed", "rate_low", "rate_high", "weighted", "weighted_low",
    "weighted_high", "gap_pp", "apart_pp", "side", "least_weight_change_pct", "missing",
]  # fmt: skip
SUM_COLUMNS = ["source_id", "place", "period", "indicator", "kind", "gap", "rounding", "ratio",
               "agree"]  # fmt: skip
BELOW, ABOVE = style.BLUE, style.ORANGE
WHITE_ABOVE = 0.7  # strength of a shade on which dark digits are hard to read
STEP = 0.1  # width of a bar of the population figure, in parts of what rounding explains


def own_provinces(regions: pd.DataFrame) -> pd.DataFrame:
    """Region-years that stand in one table with their provinces, GAP_COLUMNS.

    regions : as from `official_rates.regional_rates`, of one or several standards
    """
    known = regions[regions["checked"] & (regions["source_id"] == regions["parts_source"])]
    order = rows.standard_order(known["standard"])
    known = known.assign(order=order).sort_values(["order", "year", "place"], kind="stable")
    return known[GAP_COLUMNS].reset_index(drop=True)


@style.styled
def regional_gaps(regions: pd.DataFrame, language: str) -> tuple[Figure, pd.DataFrame]:
    """A region's printed rate minus its provinces' weighted mean, by year (2-official-gaps).

    regions : as for `own_provinces`
    Returns the figure and its rows: coloured where no rounding reconciles them, with the sign.
    """
    data = own_provinces(regions)
    caption = labels.text("chart.gaps.caption", language)
    if data.empty:
        title = labels.text("chart.gaps.title.none", language)
        return style.sentence(title, labels.text("chart.none", language), caption), data
    misfit = data["side"] != "meets"
    title = labels.text("chart.gaps.title", language, count=int(misfit.sum()), all=len(data))
    places = list(dict.fromkeys(data.sort_values("place")["place"]))
    places.sort(key=lambda code: float(data.loc[data["place"] == code, "gap_pp"].mean()))
    runs = [(str(standard), sorted(part["year"].unique()))
            for standard, part in data.groupby("standard", sort=False)]  # fmt: skip
    fig = style.page(title, caption, height=1.7 + 0.36 * len(places))
    style.legend(fig, [
        style.handle(labels.text("mark.region.below", language), marker="s", color=BELOW),
        style.handle(labels.text("mark.region.above", language), marker="s", color=ABOVE),
        style.handle(labels.text("mark.region.meets", language), marker="s", color=style.GREY,
                     markerfacecolor="white"),
    ], 3)  # fmt: skip
    columns = sum(len(years) for _, years in runs)
    room = (style.WIDTH - 1.55 - 0.1 - 0.14 * (len(runs) - 1)) / columns
    left = 1.55
    for standard, years in runs:
        width = room * len(years)
        ax = style.axes(fig, left=left, right=style.WIDTH - left - width, bottom=0.12, top=0.46)
        _gap_panel(ax, data[data["standard"] == standard], places, years, data, language)
        head = textwrap.fill(rows.yardstick(standard, language), max(12, int(width / 0.055)),
                             break_long_words=False)  # fmt: skip
        ax.set_title(head, fontsize=6.8, loc="left", pad=15, linespacing=1.1)
        if left == 1.55:
            names = ["\n".join(textwrap.wrap(n, 26)) for n in style.place_names(places, language)]
            ax.set_yticks(range(len(places)), names, fontsize=6.8)
        left += width + 0.14
    return fig, data


def say_regional_gaps(data: pd.DataFrame, language: str) -> str:
    """How many under each standard, the widest gap, and the regions with one sign throughout."""
    if data.empty:
        return labels.text("say.gaps.none", language)
    misfits = data[data["side"] != "meets"]
    said = []
    for standard, part in data.groupby("standard", sort=False):
        found = int((part["side"] != "meets").sum())
        name = rows.yardstick(str(standard), language)
        said.append(f"{name}: {found}/{len(part)}")
    values: dict[str, Any] = {"standards": "; ".join(said)}
    if misfits.empty:
        return labels.text("say.gaps.meet", language, **values)
    widest = rows.records(misfits.sort_values("apart_pp", ascending=False))[0]
    signs = np.sign(data["gap_pp"]).groupby(data["place"]).agg(["min", "max"])
    one = list(signs.index[(signs["min"] == signs["max"]) & (signs["min"] != 0)])
    below = [code for code in one if signs["min"][code] < 0]
    above = [code for code in one if signs["min"][code] > 0]
    names = [", ".join(style.place_names(codes, language)) or labels.NO_NUMBER
             for codes in (below, above)]  # fmt: skip
    return labels.text(
        "say.gaps", language, **values, place=style.place_names([widest["place"]], language)[0],
        year=int(widest["year"]), printed=rows.percent(_middle(widest), language, 2),
        weighted=rows.percent(float(widest["weighted"]), language, 2),
        pp=rows.points(float(widest["apart_pp"]), language, 2), below=names[0], above=names[1],
    )  # fmt: skip


@style.styled
def least_weights(regions: pd.DataFrame, language: str) -> tuple[Figure, pd.DataFrame]:
    """How far weights must leave the population to reconcile each region (2-official-weights).

    regions : as for `own_provinces`
    Returns the figure and its rows, those that no rounding reconciles.
    """
    data = own_provinces(regions)
    data = data[data["side"] != "meets"].reset_index(drop=True)
    caption = labels.text("chart.weights.caption", language)
    if data.empty:
        title = labels.text("chart.gaps.title.none", language)
        return style.sentence(title, labels.text("chart.none", language), caption), data
    most = float(data["least_weight_change_pct"].max())
    title = labels.text("chart.weights.title", language, pct=rows.percent(most, language))
    order = data.groupby("place")["least_weight_change_pct"].max().sort_values(kind="stable").index
    fig = style.page(title, caption, height=1.5 + 0.34 * len(order))
    standards = list(dict.fromkeys(data["standard"]))
    style.legend(fig, [
        style.handle(rows.yardstick(s, language), marker=style.look(s)[1], color=style.look(s)[0])
        for s in standards
    ], 4)  # fmt: skip
    ax = style.axes(fig, left=1.95, bottom=0.4)
    for number, standard in enumerate(standards):
        part = data[data["standard"] == standard]
        y = [order.get_loc(code) for code in part["place"]]
        lift = (number - (len(standards) - 1) / 2) * 0.16
        colour, marker, _ = style.look(standard)
        ax.plot(part["least_weight_change_pct"], np.array(y, dtype=float) + lift, marker,
                color=colour, markersize=4.5, alpha=0.85)  # fmt: skip
    names = ["\n".join(textwrap.wrap(n, 30)) for n in style.place_names(list(order), language)]
    ax.set_yticks(range(len(order)), names, fontsize=7)
    ax.set_ylim(-0.6, len(order) - 0.4)
    ax.set_xlim(0, most * 1.05)
    ax.set_xlabel(labels.text("axis.weights", language), fontsize=7.5)
    style.decimals(ax, language, axis="x", digits=0)
    return fig, data


def say_least_weights(data: pd.DataFrame, steady: pd.DataFrame, language: str) -> str:
    """The range of changes, and where no fixed factor a province would do in all years.

    data   : as drawn
    steady : as from `official_rates.steady_weights`, of the standards wanted
    """
    if data.empty:
        return labels.text("say.gaps.none", language)
    change = data["least_weight_change_pct"]
    said = labels.text(
        "say.weights", language, middle=rows.percent(float(change.median()), language),
        most=rows.percent(float(change.max()), language), count=len(change),
    )  # fmt: skip
    never = steady[~steady["possible"].astype("bool")]
    if never.empty:
        return said
    named = "; ".join(
        f"{', '.join(style.place_names(sorted(part['region']), language))} "
        f"({rows.yardstick(str(standard), language)})"
        for standard, part in never.groupby("standard", sort=True)
    )
    return f"{said} {labels.text('say.weights.steady', language, named=named)}"


@style.styled
def population_sums(checks: pd.DataFrame, language: str) -> tuple[Figure, pd.DataFrame]:
    """How much of what rounding allows each sum of the population tables uses (2-official-sums).

    checks : as from `official.population_checks`
    Returns the figure and SUM_COLUMNS of all checked sums; ratio = |gap| ÷ rounding.
    """
    known = checks[checks["checked"]]
    data = known.assign(ratio=known["gap"].abs() / known["rounding"])[SUM_COLUMNS]
    data = data.sort_values(["ratio", "source_id", "place", "period", "kind"], ignore_index=True)
    caption = labels.text("chart.sums.caption", language)
    if data.empty:
        title = labels.text("chart.sums.title.none", language)
        return style.sentence(title, labels.text("chart.none", language), caption), data
    broken = data[~data["agree"].astype("bool")]
    values = {name: labels.number(n, 0, language)
              for name, n in (("all", len(data)), ("count", len(broken)))}  # fmt: skip
    key = "chart.sums.title" + ("" if len(broken) else ".fit")
    fig = style.page(labels.text(key, language, **values), caption, height=2.9)
    ax = style.axes(fig, left=0.75, bottom=0.42)
    edges = np.arange(0, max(1.0, float(data["ratio"].max())) + 2 * STEP, STEP)
    low = edges[:-1]
    for part, colour in ((data[data["agree"].astype("bool")], style.BLUE), (broken, style.RED)):
        counts = np.histogram((part["ratio"] - 1e-9).clip(lower=0), edges)[0]
        ax.bar(low[counts > 0] + STEP / 2, counts[counts > 0], STEP * 0.9, color=colour)
    ax.axvline(1, color=style.INK, linewidth=1)
    ax.set_xlim(0, edges[-1] + 6 * STEP)
    ax.set_yscale("log")
    ax.set_ylim(0.5, 10 * len(data))
    _name_broken(ax, broken, language)
    ax.annotate(labels.text("mark.rounding", language), (1, 4 * len(data)), (4, 0), fontsize=7,
                textcoords="offset points", va="center")  # fmt: skip
    ax.set_xlabel(labels.text("axis.sums", language))
    ax.set_ylabel(labels.text("axis.sums.count", language))
    style.decimals(ax, language, axis="x")
    style.decimals(ax, language, digits=0)
    ax.yaxis.set_minor_formatter(NullFormatter())
    return fig, data


def say_population_sums(conflicts: pd.DataFrame, language: str) -> str:
    """Each sum that fails, as a list; conflicts as from `official.population_conflicts`."""
    if conflicts.empty:
        return labels.text("say.sums.none", language)
    return "\n".join(f"1. {said}" for said in conflicts[f"explanation_{language}"])


def _gap_panel(
    ax: Axes, part: pd.DataFrame, places: list[str], years: list[int], data: pd.DataFrame,
    language: str,
) -> None:  # fmt: skip
    """Cells of one standard, regions by years, with their gap in percentage points."""
    most = float(data["gap_pp"].abs().max())
    shades = LinearSegmentedColormap.from_list("gap", [BELOW, "#FFFFFF", ABOVE])
    image = np.full((len(places), len(years), 4), 1.0)
    for row in rows.records(part):
        y, x = places.index(row["place"]), years.index(row["year"])
        misfit = row["side"] != "meets"
        colour = style.INK if misfit else style.GREY
        if misfit:
            strength = 0.25 + 0.6 * abs(row["gap_pp"]) / most
            image[y, x] = shades(0.5 + np.sign(row["gap_pp"]) * strength / 2)
            colour = "white" if strength > WHITE_ABOVE else colour
        gap = row["gap_pp"]
        said: str = labels.NO_NUMBER if pd.isna(gap) else labels.number(gap, 2, language)
        ax.text(x, y, said, ha="center", va="center", fontsize=5.9, color=colour)
    ax.imshow(image, aspect="auto", interpolation="nearest")
    ax.set_xticks(range(len(years)), [str(year) for year in years], fontsize=6.3)
    ax.xaxis.tick_top()
    ax.set_yticks([])
    ax.set_xticks(np.arange(len(years)) + 0.5, minor=True)
    ax.set_yticks(np.arange(len(places)) + 0.5, minor=True)
    ax.grid(which="major", visible=False)
    ax.grid(which="minor", color="white", linewidth=1)
    ax.tick_params(which="both", length=0)
    for side in ("left", "bottom"):
        ax.spines[side].set_visible(False)


def _name_broken(ax: Axes, broken: pd.DataFrame, language: str) -> None:
    """The sums that rounding does not explain, by name, above their bars."""
    for number, row in enumerate(rows.records(broken)):
        name = style.place_names([str(row["place"])], language)[0]
        kind = labels.text(f"mark.sum.{row['kind']}", language)
        said = textwrap.fill(f"{name}, {row['period']}: {kind}", 26)
        line = {"arrowstyle": "-", "color": style.GREY, "linewidth": 0.6}
        at = float(row["ratio"]), 1
        ax.annotate(said, at, (-8, 10 + 34 * (number % 2)), textcoords="offset points",
                    va="bottom", ha="left", fontsize=6.5, arrowprops=line)  # fmt: skip


def _middle(row: dict[str, Any]) -> float:
    return (float(row["rate_low"]) + float(row["rate_high"])) / 2
