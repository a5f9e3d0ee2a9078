"""Figures of notebook 1, what was read: kinds of figures, quarantine, coverage."""

from __future__ import annotations

import textwrap

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from helpers import labels, places
from helpers.charts import rows, style

MOST_KINDS = 16
LEVELS = ("country", "region", "province", "below")
LEVEL_LOOK = ((style.BLACK, ""), (style.ORANGE, "///"), (style.BLUE, ""), (style.SKY, "..."))
# What a quarantined row's reason speaks of, by its words; the first that fits counts.
REASONS = {
    "unreadable": "cannot be read",
    "above_100": "above 100 %",
    "sign": "has a sign",
    "place": "place",
    "standard": "standard",
    "period": "period",
    "source": "source",
    "id": "figure_id|id ",
}


@style.styled
def figures_by_kind(figures: pd.DataFrame, language: str) -> tuple[Figure, pd.DataFrame]:
    """How many figures there are of each indicator and level of place (1-figures-by-kind).

    figures : cleaned ledger; place, indicator, source_id are used
    Returns the figure and its counts: indicator and a column for each of LEVELS; indicators
    beyond MOST_KINDS are summed up in a last row `other`.
    """
    data = _kinds(figures)
    title = say_figures_by_kind(figures, language)
    caption = labels.text("chart.kinds.caption", language)
    if data.empty:
        return style.sentence(title, labels.text("chart.none", language), caption), data
    fig = style.page(title, caption, height=1.5 + 0.2 * len(data))
    style.legend(fig, [
        Patch(facecolor=colour, hatch=hatch, edgecolor="white",
              label=labels.text(f"level.{level}", language))
        for level, (colour, hatch) in zip(LEVELS, LEVEL_LOOK, strict=True)
    ], 4)  # fmt: skip
    ax = style.axes(fig, left=2.6, right=0.4)
    y, left = np.arange(len(data))[::-1], np.zeros(len(data))
    for level, (colour, hatch) in zip(LEVELS, LEVEL_LOOK, strict=True):
        ax.barh(y, data[level], left=left, color=colour, hatch=hatch, edgecolor="white",
                linewidth=0.3, height=0.75)  # fmt: skip
        left += data[level].to_numpy(float)
    for at, total in zip(y, left, strict=True):
        ax.text(total + 0.01 * left.max(), at, labels.number(total, 0, language), va="center",
                fontsize=7)  # fmt: skip
    ax.set_yticks(y, [_short(labels.name("indicator", i, language)) for i in data["indicator"]])
    ax.set_ylim(-0.6, len(data) - 0.4)
    ax.grid(axis="y", visible=False)
    ax.set_xlabel(labels.text("axis.figures", language))
    style.decimals(ax, language, axis="x")
    return fig, data


def say_figures_by_kind(figures: pd.DataFrame, language: str) -> str:
    """How many figures of how many kinds, places and sources were read, in a sentence."""
    if figures.empty:
        return labels.text("say.kinds.none", language)
    return labels.text(
        "say.kinds.read", language, count=labels.number(len(figures), 0, language),
        kinds=figures["indicator"].nunique(), sources=figures["source_id"].nunique(),
        places=figures["place"].str.split("/").str[0].nunique(),
    )  # fmt: skip


@style.styled
def quarantine(
    figures: pd.DataFrame, set_aside: pd.DataFrame, language: str
) -> tuple[Figure, pd.DataFrame]:
    """Which rows were set aside and why (1-quarantine).

    figures   : cleaned ledger, for its number of rows
    set_aside : file, row, figure_id, printed, reason
    Returns the figure and the rows set aside with `kind`, a key of REASONS or `other`. With no
    such row the figure says so.
    """
    data = set_aside.assign(kind=_reason_kinds(set_aside["reason"]))
    title = say_quarantine(figures, set_aside, language)
    caption = labels.text("chart.quarantine.caption", language)
    if data.empty:
        return style.sentence(title, labels.text("chart.quarantine.none", language), caption), data
    counts = data.groupby("kind").size().sort_values(ascending=False, kind="stable")
    fig = style.page(title, caption, height=1.5 + 0.42 * len(counts))
    ax = style.axes(fig, left=2.2, right=2.4)
    y = np.arange(len(counts))[::-1]
    ax.barh(y, counts, color=style.RED, height=0.6)
    ax.set_yticks(y, [labels.text(f"reason.{kind}", language) for kind in counts.index])
    for at, kind in zip(y, counts.index, strict=True):
        tokens = data.loc[data["kind"] == kind, "printed"]
        said = "; ".join(tokens.head(4)) + ("; …" if len(tokens) > 4 else "")
        said = "\n".join(textwrap.wrap(said, 40)[:2])
        ax.text(1.03, at, said, transform=ax.get_yaxis_transform(), va="center", fontsize=7)
    ax.set_xlim(0, counts.max() * 1.02)
    ax.set_xticks(np.unique(np.linspace(0, counts.max(), 5).round()))
    ax.set_ylim(-0.6, len(counts) - 0.4)
    ax.grid(axis="y", visible=False)
    ax.set_xlabel(labels.text("axis.rows", language))
    style.decimals(ax, language, axis="x", digits=0)
    return fig, data


def say_quarantine(figures: pd.DataFrame, set_aside: pd.DataFrame, language: str) -> str:
    """How many of all rows were set aside, in a sentence."""
    total = labels.number(len(figures) + len(set_aside), 0, language)
    key = "say.quarantine.some" if len(set_aside) else "say.quarantine.none"
    return labels.text(key, language, count=len(set_aside), total=total)


@style.styled
def coverage(counts: pd.DataFrame, language: str) -> tuple[Figure, pd.DataFrame]:
    """Where there are figures, by province and year, survey and reviews apart (1-coverage).

    counts : place, year, standard, figures (number); 63 provinces and VN, zeros or no row where
             nothing is printed. Standards `gso-*` are the survey's, all others reviews
    Returns the figure and the counts above zero. A year under two standards is split in two.
    """
    data = counts[counts["figures"] > 0].reset_index(drop=True)
    title = say_coverage(counts, language)
    caption = labels.text("chart.coverage.caption", language)
    if data.empty:
        return style.sentence(title, labels.text("chart.none", language), caption), data
    order, headings = _grouped_places(counts)
    fig = style.page(title, caption, height=1.9 + 0.125 * (len(order) + len(headings)))
    data = data.assign(year=data["year"].astype(int))
    families = {"survey": data["standard"].str.startswith("gso-")}
    families["review"] = ~families["survey"]
    style.legend(fig, _coverage_legend(data, language), 3)
    years = np.arange(data["year"].min(), data["year"].max() + 1)
    for side, (family, mask) in enumerate(families.items()):
        ax = style.axes(fig, left=1.25 + 2.87 * side, right=0.1 + 2.87 * (1 - side), bottom=0.3,
                        top=0.2)  # fmt: skip
        _coverage_panel(ax, data[mask], order, headings, years)
        _region_bands(ax, _coverage_rows(order, headings), headings, language if side == 0 else "")
        ax.set_title(labels.text(f"family.{family}", language), fontsize=8, loc="left", pad=3)
        ax.tick_params(labelleft=side == 0)
    return fig, data


def say_coverage(counts: pd.DataFrame, language: str) -> str:
    """How many of the provinces have a review figure, and in which year most have one."""
    codes = {place.code for place in places.provinces("63")}
    found = counts[(counts["figures"] > 0) & counts["place"].isin(codes)]
    reviews = found[~found["standard"].str.startswith("gso-")]
    if reviews.empty:
        return labels.text("say.coverage.none", language)
    by_year = reviews.groupby("year")["place"].nunique().sort_values(kind="stable")
    return labels.text(
        "say.coverage.reviews", language, count=reviews["place"].nunique(), all=len(codes),
        year=int(by_year.index[-1]), most=int(by_year.iloc[-1]),
    )  # fmt: skip


def _kinds(figures: pd.DataFrame) -> pd.DataFrame:
    kinds = places.table().set_index("code")["kind"]
    level = figures["place"].map(kinds).where(~figures["place"].str.contains("/"), "below")
    counts = pd.crosstab(figures["indicator"], level.rename("level"))
    counts = counts.reindex(columns=list(LEVELS), fill_value=0)
    counts = counts.assign(total=counts.sum(axis=1)).reset_index()
    counts = counts.sort_values(["total", "indicator"], ascending=[False, True])
    top, rest = counts.iloc[:MOST_KINDS], counts.iloc[MOST_KINDS:]
    if len(rest):
        other = pd.DataFrame([{"indicator": "other", **rest[list(LEVELS)].sum()}])
        top = pd.concat([top, other], ignore_index=True)
    return top[["indicator", *LEVELS]].reset_index(drop=True)


def _short(name: str) -> str:
    return textwrap.shorten(name, 46, placeholder=" …")


def _reason_kinds(reasons: pd.Series) -> pd.Series:
    kinds = pd.Series("other", index=reasons.index, dtype="object")
    for kind, words in reversed(REASONS.items()):
        kinds[reasons.str.contains(words)] = kind
    return kinds


def _grouped_places(counts: pd.DataFrame) -> tuple[list[str], list[str]]:
    """Codes in the order of the rows, the country first, then each region's provinces."""
    listed = places.table()
    wanted = set(counts["place"])
    order = ["VN"] if "VN" in wanted else []
    headings: list[str] = []
    for region in listed.loc[listed["kind"] == "region", "code"]:
        inside = [code for code in places.members(region) if code in wanted]
        if inside:
            headings.append(region)
            order += inside
    return order, headings


def _coverage_rows(order: list[str], headings: list[str]) -> dict[str, int]:
    """Row of each place and of each region's heading, from the top."""
    where: dict[str, int] = {}
    row = 0
    for code in order:
        region = places.region_of(code)
        if region in headings and region not in where:
            where[region] = row
            row += 1
        where[code] = row
        row += 1
    return where


def _coverage_panel(
    ax: Axes, data: pd.DataFrame, order: list[str], headings: list[str], years: np.ndarray
) -> None:
    where = _coverage_rows(order, headings)
    standards = _standards(data)
    image = np.zeros((len(where), 2 * len(years)), dtype=int)
    for number, standard in enumerate(standards, start=1):
        part = data[(data["standard"] == standard) & data["place"].isin(order)]
        row = part["place"].map(where).to_numpy(int)
        column = 2 * (part["year"].to_numpy(int) - years[0])
        image[row, column + 1] = number
        first = image[row, column] == 0
        image[row[first], column[first]] = number
    colours = ["#FFFFFF", *(style.look(standard)[0] for standard in standards)]
    ax.imshow(image, cmap=ListedColormap(colours), vmin=-0.5, vmax=len(colours) - 0.5,
              aspect="auto", interpolation="nearest",
              extent=(years[0] - 0.5, years[-1] + 0.5, len(where) - 0.5, -0.5))  # fmt: skip
    ax.set_xticks([year for year in years if year % 5 == 0])
    ax.set_xticks(years + 0.5, minor=True)
    ax.set_yticks(np.arange(len(where)) + 0.5, minor=True)
    ax.grid(which="major", visible=False)
    ax.grid(which="minor", color="#EEEEEE", linewidth=0.4)
    ax.tick_params(which="minor", length=0)
    ax.tick_params(axis="y", length=0)
    named = {code: row for code, row in where.items() if code not in headings}
    ax.set_yticks(list(named.values()), style.place_names(list(named), "vi"), fontsize=5.8)


def _region_bands(ax: Axes, where: dict[str, int], headings: list[str], language: str) -> None:
    """A grey band above each region's provinces, with the region's name where one is asked for."""
    for region in headings:
        row = where[region]
        ax.axhspan(row - 0.5, row + 0.5, color="#EFEFEF", linewidth=0, zorder=1.5)
        if language:
            ax.text(0.01, row, style.place_names([region], language)[0], fontsize=5.8, zorder=2,
                    fontweight="bold", va="center", transform=ax.get_yaxis_transform())  # fmt: skip


def _standards(data: pd.DataFrame) -> list[str]:
    listed = pd.Series(data["standard"].unique(), dtype="object")
    return list(listed[rows.standard_order(listed.astype("str")).argsort(kind="stable")])


def _coverage_legend(data: pd.DataFrame, language: str) -> list[Patch]:
    """One patch a colour: the standards without a colour of their own share the last one."""
    known = [standard for standard in _standards(data) if standard in style.LOOK]
    known.sort(key=lambda standard: not standard.startswith("gso-"))
    handles = [
        Patch(facecolor=style.look(s)[0], label=rows.standard_name(s, language)) for s in known
    ]
    if len(known) < data["standard"].nunique():
        handles.append(Patch(facecolor=style.OTHER_COLOUR,
                             label=labels.text("standard.other", language)))  # fmt: skip
    return handles
