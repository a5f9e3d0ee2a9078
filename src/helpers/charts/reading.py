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
from helpers.charts import captions, rows, style, titles

MOST_KINDS = 16
NAMED_SINCE = "2006-2010"  # first national standard with a gap told: earlier figures are few
LEVELS = ("country", "region", "province", "below")
LEVEL_LOOK = ((style.BLACK, ""), (style.ORANGE, "///"), (style.BLUE, ""), (style.SKY, "..."))
# Cells of the coverage by the standard's first year, light to dark: grey print keeps the order.
SHADES = {"2002": "#FDE725", "2009": "#8FD744", "2015": "#35B779", "2021": "#2A788E",
          "2026": "#443A83", "9999": "#1B0A2A"}  # fmt: skip
OWN_SHADE, OWN_HATCH = "#F4F4F4", "xxxxxx"  # standards of a place's own, or not stated
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
    title = titles.figures_by_kind(figures, language)
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
    """Of which places and years the figures speak, and what is printed most often."""
    if figures.empty:
        return labels.text("say.kinds.none", language)
    level = _levels(figures["place"])
    kinds = figures["indicator"].value_counts().sort_index().sort_values(kind="stable")
    years = figures["period"].str.extract(r"^(\d{4})", expand=False).dropna()
    share = 100 * np.array([(level == "province").mean(), (level == "below").mean(),
                            kinds.iloc[-1] / len(figures)])  # fmt: skip
    said = [rows.percent(x, language, 0) for x in share]
    return labels.text(
        "say.kinds.read", language, places=figures["place"].str.split("/").str[0].nunique(),
        all=figures["place"].nunique(),
        first=years.min() if len(years) else labels.NO_NUMBER, province=said[0],
        last=years.max() if len(years) else labels.NO_NUMBER, below=said[1],
        what=labels.name("indicator", str(kinds.index[-1]), language), pct=said[2],
        count=labels.number(int(kinds.iloc[-1]), 0, language),
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
    title = titles.quarantine(figures, set_aside, language)
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
    """The share of rows set aside and the usual reason, with a token as printed."""
    total = len(figures) + len(set_aside)
    if set_aside.empty:
        key = "say.quarantine.none" if total else "say.kinds.none"
        return labels.text(key, language, total=labels.number(total, 0, language))
    kinds = _reason_kinds(set_aside["reason"])
    counts = kinds.value_counts().sort_index().sort_values(kind="stable")
    printed = set_aside.loc[kinds == counts.index[-1], "printed"].iloc[0]
    return labels.text(
        "say.quarantine.some", language, pct=rows.percent(100 * len(set_aside) / total, language),
        reason=labels.text(f"reason.{counts.index[-1]}", language), printed=printed,
        count=labels.number(int(counts.iloc[-1]), 0, language),
    )  # fmt: skip


@style.styled
def coverage(counts: pd.DataFrame, language: str) -> tuple[Figure, pd.DataFrame]:
    """Where there are figures, by province and year, survey and reviews apart (1-coverage).

    counts : place, year, standard, figures (number); 63 provinces and VN, zeros or no row where
             nothing is printed. Standards `gso-*` are the survey's, all others reviews
    Returns the figure and the counts above zero. A year under two standards is split in two.
    """
    data = counts[counts["figures"] > 0].reset_index(drop=True)
    title = titles.coverage(_of_provinces(counts)[1], language)
    drawn = data["standard"].where(data["standard"].map(_known).astype(bool), "other")
    caption = captions.caption("chart.coverage.caption", drawn, language)
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
        _coverage_panel(ax, data[mask], order, headings, years, language)
        _region_bands(ax, _coverage_rows(order, headings), headings, language if side == 0 else "")
        ax.set_title(labels.text(f"family.{family}", language), fontsize=8, loc="left", pad=3)
        ax.tick_params(labelleft=side == 0)
    return fig, data


def say_coverage(counts: pd.DataFrame, language: str) -> str:
    """How many provinces the newest year reaches, how many none, and the longest gap of one."""
    surveys, reviews = _of_provinces(counts)
    if reviews.empty:
        return labels.text("say.coverage.none", language)
    everywhere = len(places.provinces("63"))
    newest = int(reviews["year"].max())
    said = labels.text(
        "say.coverage.reviews", language, year=newest, all=everywhere,
        now=reviews.loc[reviews["year"] == newest, "place"].nunique(),
        never=everywhere - reviews["place"].nunique(), cited=surveys["place"].nunique(),
    )  # fmt: skip
    gap = _longest_gap(reviews)
    if gap is None:
        return said
    place, first, last = gap
    span = str(first) if first == last else f"{first}–{last}"
    return said + " " + labels.text(
        "say.coverage.gap", language, years=span, place=style.place_names([place], language)[0],
    )  # fmt: skip


def _longest_gap(reviews: pd.DataFrame) -> tuple[str, int, int] | None:
    """Province with the longest time between two reviews under national standards, and its years.

    reviews : place, year (int), standard. Standards before NAMED_SINCE, of places' own and not
    stated are left out. None where no year lies between two reviews.
    """
    national = reviews["standard"].str.fullmatch(r"\d{4}-\d{4}")
    named = reviews[national & (reviews["standard"] >= NAMED_SINCE)]
    years = named[["place", "year"]].drop_duplicates().sort_values(["place", "year"])
    gaps = years.assign(before=years.groupby("place")["year"].shift())
    gaps = gaps.assign(blank=gaps["year"] - gaps["before"] - 1).sort_values(
        ["blank", "year", "place"], ascending=[False, False, True]
    )
    if not (gaps["blank"] > 0).any():
        return None
    gap = rows.records(gaps)[0]
    return str(gap["place"]), int(gap["before"]) + 1, int(gap["year"]) - 1


def _of_provinces(counts: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Filled cells of the 63 provinces: the survey's and the reviews'."""
    codes = [place.code for place in places.provinces("63")]
    found = counts[(counts["figures"] > 0) & counts["place"].isin(codes)]
    found = found.assign(year=found["year"].astype(int))
    survey = found["standard"].str.startswith("gso-")
    return found[survey], found[~survey]


def _levels(codes: pd.Series) -> pd.Series:
    """Level of each place, one of LEVELS."""
    kinds = places.table().set_index("code")["kind"]
    return codes.map(kinds).where(~codes.str.contains("/"), "below").rename("level")


def _kinds(figures: pd.DataFrame) -> pd.DataFrame:
    counts = pd.crosstab(figures["indicator"], _levels(figures["place"]))
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
    ax: Axes, data: pd.DataFrame, order: list[str], headings: list[str], years: np.ndarray,
    language: str,
) -> None:  # fmt: skip
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
    colours = ["#FFFFFF", *map(_shade, standards)]
    ax.imshow(image, cmap=ListedColormap(colours), vmin=-0.5, vmax=len(colours) - 0.5,
              aspect="auto", interpolation="nearest",
              extent=(years[0] - 0.5, years[-1] + 0.5, len(where) - 0.5, -0.5))  # fmt: skip
    own = [number for number, standard in enumerate(standards, start=1) if not _known(standard)]
    at, half = np.nonzero(np.isin(image, own))
    ax.plot(years[0] - 0.25 + half / 2, at, "x", color=style.INK, markersize=2, markeredgewidth=0.5)
    ax.set_xticks([year for year in years if year % 5 == 0])
    ax.set_xticks(years + 0.5, minor=True)
    ax.set_yticks(np.arange(len(where)) + 0.5, minor=True)
    ax.grid(which="major", visible=False)
    ax.grid(which="minor", color="#EEEEEE", linewidth=0.4)
    ax.tick_params(which="minor", length=0)
    ax.tick_params(axis="y", length=0)
    named = {code: row for code, row in where.items() if code not in headings}
    ax.set_yticks(list(named.values()), style.place_names(list(named), language), fontsize=5.8)


def _region_bands(ax: Axes, where: dict[str, int], headings: list[str], language: str) -> None:
    """A grey band above each region's provinces, with the region's name where one is asked for."""
    for region in headings:
        row = where[region]
        ax.axhspan(row - 0.5, row + 0.5, color="#EFEFEF", linewidth=0, zorder=1.5)
        if language:
            ax.text(0.01, row, style.place_names([region], language)[0], fontsize=5.8, zorder=2,
                    fontweight="bold", va="center", transform=ax.get_yaxis_transform())  # fmt: skip


def _known(standard: str) -> bool:
    """Whether a standard is one of the country's, with a look of its own."""
    return standard in style.LOOK


def _shade(standard: str) -> str:
    """Colour of a standard's cells, by its first year."""
    if not _known(standard):
        return OWN_SHADE
    year = standard.split("-")[0] if standard[:1].isdigit() else standard[-4:]
    return next(shade for end, shade in SHADES.items() if year <= end)


def _standards(data: pd.DataFrame) -> list[str]:
    listed = pd.Series(data["standard"].unique(), dtype="object")
    return list(listed[rows.standard_order(listed.astype("str")).argsort(kind="stable")])


def _coverage_legend(data: pd.DataFrame, language: str) -> list[Patch]:
    """One patch a colour: the standards without a colour of their own share a hatched one."""
    known = [standard for standard in _standards(data) if _known(standard)]
    known.sort(key=lambda standard: not standard.startswith("gso-"))
    handles = [Patch(facecolor=_shade(s), label=rows.standard_name(s, language)) for s in known]
    if len(known) < data["standard"].nunique():
        handles.append(Patch(facecolor=OWN_SHADE, hatch=OWN_HATCH, edgecolor=style.INK, linewidth=0,
                             label=labels.text("standard.other", language)))  # fmt: skip
    return handles
