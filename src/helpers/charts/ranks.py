"""Figures of notebook 5 with a line a province: ranks now and ahead, contributions to the fall."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from helpers import labels, places
from helpers.charts import captions, compare, rows, style
from helpers.charts import convergence as falls
from helpers.places import Place
from helpers.trends import contributions as parts
from helpers.trends import ranks

MOST = 20  # provinces with a bar of their own in the figure of the whole country
REST, OUTSIDE = "rest", "outside"
RANK_COLUMNS = [
    "place", "name", "standard", "year", "value", "rank_first", "rank_last", "ahead", "rank",
    "low80", "high80", "low95", "high95", "joint_low95", "joint_high95", "first_ten", "last_ten",
]  # fmt: skip
PART_COLUMNS = [
    "place", "name", "standard", "first_year", "last_year", "provinces", "share_pct",
    "contribution_pp", "low", "high", "contribution_pct", "low_pct", "high_pct",
]  # fmt: skip


@style.styled
def rank_intervals(
    official: pd.DataFrame, ahead: pd.DataFrame, region: Place, year: int, language: str
) -> tuple[Figure, pd.DataFrame]:
    """Ranks among all provinces: what rounding allows now, and a forecast later (5-rank-intervals).

    official : as from trends.surveys; survey rates in per cent
    ahead    : as from trends.ranks.ahead for the same year; empty where there is no forecast
    region   : a region, or VN; its provinces are shown with their ranks in the country
    Returns the figure and RANK_COLUMNS, poorest first; year is that of the rates, ahead that of
    the forecast, NaN without one.
    """
    data = _ranked(official, ahead, region, year, language)
    forecast = data["rank"].notna().any()
    caption = _rank_caption(official, data, language)
    if data.empty:
        return falls.nothing(official, region, year, language, caption), data
    title = _rank_title(data, region, language)
    fig, ax, y = compare.rows_page(title, caption, data, legend=[
        style.handle(labels.text("mark.rank.now", language, year=year), marker="o",
                     color=style.ORANGE, markerfacecolor="white"),
        *([style.handle(labels.text("mark.rank.ahead", language, year=int(data["ahead"].max())),
                        marker="o", color=style.BLUE, linestyle="-")] if forecast else []),
    ])  # fmt: skip
    size = 3.2 if len(data) > 30 else 4.5
    if forecast:
        ax.hlines(y, data["low95"], data["high95"], color=style.BLUE, linewidth=0.8)
        ax.hlines(y, data["low80"], data["high80"], color=style.SKY, linewidth=size)
        ax.plot(data["rank"], y, "o", color=style.BLUE, markersize=size)
        for at, row in zip(y, rows.records(data), strict=True):
            ax.text(1.01, at, _chance(row["first_ten"], language), va="center", fontsize=6.3,
                    transform=ax.get_yaxis_transform())  # fmt: skip
        ax.text(1.01, len(data) - 0.3, labels.text("chart.ranks.chance", language), fontsize=6.3,
                va="bottom", ha="center", transform=ax.get_yaxis_transform())  # fmt: skip
    ax.hlines(y, data["rank_first"], data["rank_last"], color=style.ORANGE, linewidth=1.4)
    ax.plot((data["rank_first"] + data["rank_last"]) / 2, y, "o", color=style.ORANGE,
            markerfacecolor="white", markersize=size)  # fmt: skip
    count = len(places.members("VN"))
    ax.set_xlim(0, count + 1)
    ax.set_xticks([1, *range(10, count, 10), count])
    ax.axvline(ranks.TEN + 0.5, color=style.GREY, linewidth=0.7, linestyle=":")
    ax.set_xlabel(labels.text("axis.rank", language, count=count))
    return fig, data


def say_rank_intervals(
    data: pd.DataFrame, official: pd.DataFrame, region: Place, year: int, language: str
) -> str:
    """How wide the ranges are, the widest one, and who is surely, or maybe, among the ten."""
    if data.empty:
        return compare.say_year(data, official, region, year, language)
    if data["rank"].isna().all():
        loose = int((data["rank_last"] > data["rank_first"]).sum())
        return labels.text("say.ranks.now", language, loose=loose, count=len(data), year=year)
    width = data["high95"] - data["low95"]
    widest = rows.records(data.loc[[width.idxmax()]])[0]
    # Counted as the figure prints them: 94.75 % stands there as 95 %.
    shown = data["first_ten"].map(lambda share: float(labels.rounded(100 * share, 0)))
    sure, maybe = int((shown >= 95).sum()), int(shown.between(6, 94).sum())
    joint = data["joint_high95"] - data["joint_low95"]
    return labels.text(
        "say.ranks.ahead", language, year=int(widest["ahead"]), place=widest["name"],
        first=int(widest["low95"]), last=int(widest["high95"]), sure=sure, maybe=maybe,
        middle=labels.number(float((width + 1).median()), 0, language),
        joint=labels.number(float((joint + 1).median()), 0, language),
    )  # fmt: skip


@style.styled
def contributions(
    official: pd.DataFrame, region: Place, year: int, language: str
) -> tuple[Figure, pd.DataFrame]:
    """Each province's part of the national fall, beside its part of the people (5-contributions).

    Arguments and window as for charts.convergence.convergence. For VN the largest parts have a row
    each and the others one together; for a region its provinces, and all outside it together. The
    last row is what the weighted sum misses of the printed fall.
    Returns the figure and PART_COLUMNS: `provinces` counts those in a row, `share_pct` is per cent
    of the persons, contributions are points of the national rate and per cent of its fall.
    """
    data = _parts(official, region, year, language)
    caption = falls.foot("chart.parts.caption", official, data, language)
    if data.empty:
        return falls.nothing(official, region, year, language, caption), data
    if data["contribution_pct"].isna().all():
        title = labels.text("chart.parts.title.none", language, **_years(data))
        return style.sentence(title, labels.text("say.parts.none", language), caption), data
    fig, ax, y = compare.rows_page(_parts_title(data, region, language), caption, data, legend=[
        style.handle(labels.text("mark.part", language), marker="s", color=style.BLUE),
        style.handle(labels.text("mark.people", language), marker="o", color=style.BLACK,
                     markerfacecolor="white"),
    ])  # fmt: skip
    _bars(ax, data, y, language)
    for at, row in zip(y, rows.records(data), strict=True):
        ax.text(1.01, at, labels.number(row["contribution_pp"], 2, language), va="center",
                fontsize=7, transform=ax.get_yaxis_transform())  # fmt: skip
    ax.text(1.085, len(data) - 0.35, labels.name("unit", "pp", language), fontsize=6.3, ha="right",
            va="bottom", transform=ax.get_yaxis_transform())  # fmt: skip
    ax.set_xlabel(labels.text("axis.part", language))
    style.decimals(ax, language, axis="x")
    return fig, data


def say_contributions(data: pd.DataFrame, region: Place, language: str) -> str:
    """The largest part against its people, and how much the weighted sum misses."""
    if data.empty:
        return compare.say_then_and_now(data, region, language)
    if data["contribution_pct"].isna().all():
        return labels.text("say.parts.none", language)
    top = rows.records(data[data["place"].isin(places.members("VN"))])[0]
    gap = rows.records(data[data["place"] == parts.DISCREPANCY])[0]
    whole = float(data["contribution_pp"].sum())
    gaps = sorted(
        -gap[name] if gap["contribution_pp"] < 0 else gap[name] for name in ("low", "high")
    )
    side = "above" if gap["contribution_pp"] < 0 else "below"  # of the sum, as the gap is the rest
    return labels.text(
        "say.parts", language, place=top["name"],
        part=rows.percent(top["contribution_pct"], language),
        people=rows.percent(top["share_pct"], language),
        fall=rows.points(whole, language, 2),
        side=labels.text(f"say.parts.{side}", language),
        gap=labels.number(abs(gap["contribution_pp"]), 2, language),
        gap_pct=rows.percent(abs(gap["contribution_pct"]), language),
        low=labels.number(gaps[0], 2, language), high=labels.number(gaps[1], 2, language),
        **_years(data),
    )  # fmt: skip


def _ranked(
    official: pd.DataFrame, ahead: pd.DataFrame, region: Place, year: int, language: str
) -> pd.DataFrame:
    now = compare.ranked(compare.of_year(official, places.get("VN"), year, language))
    later = ahead.rename(columns={"year": "ahead"}).drop(columns=["standard", "origin", "by"])
    data = now.merge(later, on="place", how="left")
    return data.loc[data["place"].isin(places.members(region.code)), RANK_COLUMNS].reset_index(
        drop=True
    )


def _rank_caption(official: pd.DataFrame, data: pd.DataFrame, language: str) -> str:
    if data["rank"].isna().all():
        return falls.foot("chart.ranks.caption.now", official, data, language)
    said = falls.foot("chart.ranks.caption", official, data, language)
    national = captions.national_standard(str(data["standard"].iloc[0]))
    if national is None:
        return said
    return said + " " + labels.text("caption.yardstick", language, last=national[1],
                                    years=labels.period(national[0], language))  # fmt: skip


def _rank_title(data: pd.DataFrame, region: Place, language: str) -> str:
    name = style.place_name(region, language)
    if data["rank"].isna().all():
        return labels.text("chart.ranks.title.now", language, region=name,
                           year=int(data["year"].iloc[0]))  # fmt: skip
    width = float((data["high95"] - data["low95"] + 1).median())
    return labels.text("chart.ranks.title", language, region=name, year=int(data["ahead"].max()),
                       width=labels.number(width, 0, language))  # fmt: skip


def _chance(share: float, language: str) -> str:
    """A share of draws in per cent; never 0 or 100 where it is neither, nothing where it is 0."""
    if share == 0:
        return ""
    if share < 0.01:
        return "<1%"
    if 0.99 < share < 1:
        return ">99%"
    return rows.percent(100 * share, language, 0)


def _parts(official: pd.DataFrame, region: Place, year: int, language: str) -> pd.DataFrame:
    """PART_COLUMNS; the rows that stand alone first, then those taken together."""
    found = falls.window(official, year, language)
    if found is None or "VN" not in set(official["place"]):
        return pd.DataFrame(columns=PART_COLUMNS)
    standard, first, last = found
    every = parts.between(falls.panel_of(official, standard), first, last)
    whole = region.kind == "country"
    known = every[every["contribution_pp"].notna() & every["place"].isin(places.members("VN"))]
    alone = known.head(MOST) if whole else known[known["place"].isin(places.members(region.code))]
    others = known.drop(alone.index)
    names = style.place_names(list(alone["place"]), language)
    rest = {name: others[name].sum() for name in PART_COLUMNS[6:]}
    code = REST if whole else OUTSIDE
    named = labels.text(f"chart.parts.{code}", language, count=len(others))
    gap = every[every["place"] == parts.DISCREPANCY]
    said = labels.text("chart.parts.gap", language)
    data = pd.concat([
        alone.assign(name=names, provinces=1),
        pd.DataFrame([rest | {"place": code, "name": named, "provinces": len(others)}]),
        gap.assign(name=said, provinces=0),
    ], ignore_index=True)  # fmt: skip
    data = data.assign(standard=standard, first_year=first, last_year=last)[PART_COLUMNS]
    return data[(data["provinces"] > 0) | (data["place"] == parts.DISCREPANCY)]


def _bars(ax: Axes, data: pd.DataFrame, y: np.ndarray, language: str) -> None:
    """A bar for each province and for what is not explained; the sum of the others in words."""
    together = data["place"].isin([REST, OUTSIDE]).to_numpy()
    gap = (data["place"] == parts.DISCREPANCY).to_numpy()
    for mask, colour in ((~together & ~gap, style.BLUE), (gap, style.GREY)):
        ax.barh(y[mask], data.loc[mask, "contribution_pct"], height=0.62, color=colour, alpha=0.75)
    shown = data[~together]
    ax.hlines(y[~together], shown["low_pct"], shown["high_pct"], color=style.INK, linewidth=1)
    ax.plot(shown["share_pct"], y[~together], "o", color=style.BLACK, markerfacecolor="white",
            markersize=4)  # fmt: skip
    ax.axvline(0, color=style.GREY, linewidth=0.6)
    for at, row in zip(y[together], rows.records(data[together]), strict=True):
        said = labels.text("chart.parts.sum", language,
                           part=rows.percent(row["contribution_pct"], language, 0),
                           people=rows.percent(row["share_pct"], language, 0))  # fmt: skip
        ax.text(0.15, at, said, va="center", fontsize=7, color=style.INK)


def _years(data: pd.DataFrame) -> dict[str, int]:
    return {"first": int(data["first_year"].iloc[0]), "last": int(data["last_year"].iloc[0])}


def _parts_title(data: pd.DataFrame, region: Place, language: str) -> str:
    """The fewest provinces that made half of the fall; or what a region's provinces made."""
    single = data[data["place"].isin(places.members("VN"))]
    key = "chart.parts.title.region"
    if region.kind == "country":
        half = np.flatnonzero(single["contribution_pct"].cumsum().to_numpy(float) >= 50)
        single = single.iloc[: half[0] + 1] if len(half) else single
        key = "chart.parts.title"
    return labels.text(
        key, language, region=style.place_name(region, language), count=len(single),
        part=rows.percent(float(single["contribution_pct"].sum()), language, 0),
        people=rows.percent(float(single["share_pct"].sum()), language, 0), **_years(data),
    )  # fmt: skip
