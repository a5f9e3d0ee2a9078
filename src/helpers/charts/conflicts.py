"""Figures of notebook 2 on all records: printed against implied totals, where conflicts are."""

from __future__ import annotations

import textwrap
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from helpers import labels, places
from helpers.charts import implied, rows, style, titles
from helpers.reconcile.tables import EXPLAINED

UNKNOWN = ("", "unknown")
TICKS = (-100.0, -10.0, -1.0, -0.1, 0.0, 0.1, 1.0, 10.0, 100.0, 1000.0)
MOST_NAMED = 3
AGREE = "#CFE3F1"


@style.styled
def printed_against_implied(
    totals: pd.DataFrame, conflicts: pd.DataFrame, language: str
) -> tuple[Figure, pd.DataFrame]:
    """Do count, rate and total of one record fit together? (2-printed-against-implied)

    totals    : as from reconcile.implied_totals
    conflicts : conflict_id, figures, cause
    Returns the figure and its records (implied.RECORDS): for each record the relative difference
    between the two totals farthest apart, and the conflict that they are in, if any.
    """
    data = implied.records(totals, conflicts)
    title = titles.printed_against_implied(data, language)
    caption = labels.text("chart.implied.caption", language)
    if data.empty:
        return style.sentence(title, labels.text("chart.none", language), caption), data
    clash = (data["conflict"] == "yes").to_numpy()
    steps = np.where(clash, 1.0, 0.2)
    y = steps.sum() - np.cumsum(steps)
    fig = style.page(title, caption, height=2.0 + 0.16 * steps.sum())
    style.legend(fig, [
        style.handle(labels.text("mark.conflict", language), marker="s", color=style.RED),
        style.handle(labels.text("mark.explained", language), marker="s", color=style.RED,
                     markerfacecolor="white"),
        style.handle(labels.text("mark.agree", language), marker="|", color=style.BLUE),
    ], 3)  # fmt: skip
    ax = style.axes(fig, left=2.3, bottom=0.42)
    low, high = (data[f"difference_{end}_pct"].to_numpy(float).clip(TICKS[0], TICKS[-1])
                 for end in ("low", "high"))  # fmt: skip
    ax.hlines(y[~clash], low[~clash], high[~clash], color=style.BLUE, linewidth=1.2)
    ax.hlines(y[clash], low[clash], high[clash], color=style.RED, linewidth=2.5)
    explained = data["cause"].isin(EXPLAINED).to_numpy()
    for mask, fill in ((clash & ~explained, style.RED), (clash & explained, "white")):
        ax.plot(low[mask], y[mask], "s", color=style.RED, markerfacecolor=fill, markersize=4)
    ax.axvline(0, color=style.INK, linewidth=0.9)
    _percent_axis(ax, low, high, language)
    ax.set_yticks(y[clash], [_record_name(row, language)
                             for row in rows.records(data[clash])], fontsize=6.5)  # fmt: skip
    ax.set_ylim(-1, steps.sum())
    ax.grid(axis="y", visible=False)
    ax.set_xlabel(labels.text("axis.difference", language))
    return fig, data


def say_printed_against_implied(data: pd.DataFrame, language: str) -> str:
    """The worst record and how many fit; `data` as drawn by `printed_against_implied`."""
    clash = data[data["conflict"] == "yes"]
    if clash.empty:
        return labels.text(f"say.implied.{'none' if data.empty else 'fit'}", language)
    worst = rows.records(clash)[0]
    return labels.text(
        "say.implied.clash", language, clash=len(clash), fit=len(data) - len(clash),
        place=_record_name(worst, language), first=worst["first_printed"],
        second=worst["second_printed"],
        pct=rows.percent(float(worst["difference_low_pct"]), language),
    )  # fmt: skip


@style.styled
def conflict_map(
    conflicts: pd.DataFrame, figures: pd.DataFrame, language: str
) -> tuple[Figure, pd.DataFrame]:
    """Where and when records conflict, and which rules they break (2-conflict-map).

    conflicts : place, period, rules (separated by blanks), cause
    figures   : source_id, place, group, period, standard, status_reconciled
    Returns the figure and its counts: place, kind (year or rule), code, verdict, count. Verdicts
    are `conflict` and `explained`, counts of conflicts, and by year `fit`, records that agree. A
    district counts for its province; a conflict that breaks two rules counts under both.
    """
    data = _map_counts(conflicts, figures)
    verdicts = records(figures)["verdict"]
    title = titles.conflict_map(conflicts, verdicts, language)
    caption = labels.text("chart.conflict_map.caption", language)
    if conflicts.empty or data.empty:
        said = labels.text("chart.conflicts.none", language)
        return style.sentence(title, said, caption), data.iloc[:0]
    clash = data[data["verdict"] != "fit"]
    codes = list(clash[clash["kind"] == "year"].groupby("place")["count"].sum()
                 .sort_values(kind="stable").index)  # fmt: skip
    fig = style.page(title, caption, height=3.3 + 0.19 * len(codes))
    style.legend(fig, [
        style.handle(labels.text("mark.conflict", language), marker="o", color=style.RED),
        style.handle(labels.text("mark.explained", language), marker="o", color=style.RED,
                     markerfacecolor="white"),
        style.handle(labels.text("mark.fit", language), marker="s", color=AGREE, linewidth=0),
    ], 3)  # fmt: skip
    left = style.axes(fig, left=1.35, right=2.75, bottom=0.12, top=1.35)
    right = style.axes(fig, left=4.4, right=0.8, bottom=0.12, top=1.35)
    years = sorted(data.loc[data["kind"] == "year", "code"].unique())
    _map_panel(left, data[data["kind"] == "year"], codes, years)
    _map_panel(right, data[data["kind"] == "rule"], codes, rules := sorted(
        data.loc[data["kind"] == "rule", "code"].unique()))  # fmt: skip
    left.set_xticks(range(len(years)), [y or labels.text("chart.undated", language) for y in years],
                    rotation=55, ha="left", rotation_mode="anchor", fontsize=6.8)  # fmt: skip
    right.set_xticks(range(len(rules)), [
        textwrap.shorten(labels.name("rule", rule, language), 30, placeholder=" …")
        for rule in rules
    ], rotation=60, ha="left", rotation_mode="anchor", fontsize=6.8)  # fmt: skip
    other = labels.text("chart.conflict_map.other", language)
    left.set_yticks(range(-1, len(codes)), [other, *style.place_names(codes, language)],
                    fontsize=6.8)  # fmt: skip
    right.set_yticks([])
    return fig, data


def say_conflict_map(conflicts: pd.DataFrame, figures: pd.DataFrame, language: str) -> str:
    """How many records fit, which rule is broken and which cause suspected most, and where."""
    verdicts = records(figures)["verdict"].value_counts()
    fit, unsure, told = (labels.number(int(verdicts.get(v, 0)), 0, language)
                         for v in ("fit", "conflict", "explained"))  # fmt: skip
    if conflicts.empty:
        return labels.text("say.conflicts.none", language)
    said = labels.text("say.conflicts.records", language, fit=fit, conflict=unsure, explained=told,
                       count=labels.number(int(verdicts.sum()), 0, language))  # fmt: skip
    count = len(conflicts)
    known = conflicts.loc[~conflicts["cause"].isin([*UNKNOWN, *EXPLAINED]), "cause"]
    rule = _commonest(conflicts["rules"].str.split().explode(), "rule", count, language)
    place = _commonest(conflicts["place"].str.split("/").str[0], "place", count, language)
    if known.empty:
        rest = labels.text("say.conflicts.no_cause", language, rule=rule, place=place, count=count)
        return f"{said} {rest}"
    open_ = int((~conflicts["cause"].isin(EXPLAINED)).sum())
    rest = labels.text(
        "say.conflicts.found", language, rule=rule, place=place, unknown=open_ - len(known),
        cause=_commonest(known, "cause", open_, language),
    )  # fmt: skip
    return f"{said} {rest}"


def records(figures: pd.DataFrame) -> pd.DataFrame:
    """Records of which any figure was checked, and whether their figures can all be true.

    figures : source_id, place, group, period, standard, status_reconciled
    Returns a row a record (source, place, group, period, standard) with its verdict: `conflict`
    where a figure is doubted or changed, `explained` where one is only explained, else `fit`.
    """
    status = figures["status_reconciled"]
    known = figures[status != "unchecked"].assign(
        rank=status.map({"consistent": 0, "explained": 1}).fillna(2)
    )
    found = known.groupby(implied.KEY, sort=True)["rank"].max().reset_index()
    return found.assign(verdict=found.pop("rank").map({0: "fit", 1: "explained", 2: "conflict"}))


def _commonest(codes: pd.Series, kind: str, count: int, language: str) -> str:
    """The codes that occur most often, in words, each with how often of how many."""
    times = codes.value_counts().sort_index()
    first = [str(code) for code in times.index[times == times.max()]]
    names = (style.place_names(first, language) if kind == "place" else
             [f'"{labels.name(kind, code, language)}"' for code in first])  # fmt: skip
    values = {"found": int(times.max()), "count": count}
    said = [labels.text("say.conflicts.share", language, name=n, **values) for n in names]
    return ", ".join([*said[:MOST_NAMED], *(["…"] if len(said) > MOST_NAMED else [])])


def _record_name(row: dict[str, Any], language: str) -> str:
    name = style.full_name(str(row["place"]), language)
    group = f", {labels.name('group', str(row['group']), language)}" if row["group"] else ""
    period = labels.period(str(row["period"]), language) if row["period"] else ""
    return textwrap.shorten(f"{name}{group}", 34, placeholder=" …") + f" {period}".rstrip()


def _percent_axis(ax: Axes, low: np.ndarray, high: np.ndarray, language: str) -> None:
    """Even steps near zero, powers of ten beyond 0.1 per cent."""
    ax.set_xscale("symlog", linthresh=0.1, linscale=0.8)
    ends = (min(low.min() * 1.3, -0.1), max(high.max() * 1.3, 0.1))
    ax.set_xlim(*ends)
    ticks = [tick for tick in TICKS if ends[0] <= tick <= ends[1]]
    ax.set_xticks(ticks, [labels.number(t, 1 if 0 < abs(t) < 1 else 0, language) for t in ticks])
    ax.minorticks_off()


def _map_counts(conflicts: pd.DataFrame, figures: pd.DataFrame) -> pd.DataFrame:
    """Conflicts and records that fit, by province and year, and conflicts by rule."""
    verdict = np.where(conflicts["cause"].isin(EXPLAINED), "explained", "conflict")
    clash = conflicts.assign(verdict=verdict, count=1)
    fit = records(figures)
    fit = fit[fit["verdict"] == "fit"].assign(count=1)
    years = pd.concat([clash, fit], ignore_index=True)
    years = years.assign(kind="year", code=years["period"].str.extract(r"(\d{4})(?!.*\d{4})")[0])
    rules = clash.assign(kind="rule", code=clash["rules"].str.split()).explode("code")
    both = pd.concat([years.fillna({"code": ""}), rules], ignore_index=True)
    both = both.assign(place=both["place"].str.split(r"[/ ]").str[0])
    both = both[both["place"].isin(places.table()["code"])].dropna(subset=["code"])
    counts = both.groupby(["place", "kind", "code", "verdict"])["count"].sum()
    return counts.reset_index()


def _map_panel(ax: Axes, data: pd.DataFrame, codes: list[str], columns: list[str]) -> None:
    """Circles with counts of conflicts, before squares of the records that fit."""
    row = {code: n for n, code in enumerate(codes)}
    fit = data[data["verdict"] == "fit"]
    fit = fit.assign(y=fit["place"].map(row).fillna(-1).astype(int))
    for cell in rows.records(fit.groupby(["y", "code"])["count"].sum().reset_index()):
        x, y = columns.index(cell["code"]), cell["y"]
        ax.plot(x, y, "s", color=AGREE, markersize=10.5, markeredgewidth=0)
        if y < 0:
            ax.text(x, y, str(cell["count"]), ha="center", va="center", fontsize=5.6)
    clash = data[data["verdict"] != "fit"].sort_values(["place", "code", "verdict"])
    cells = clash.groupby(["place", "code"])["count"]
    aside = (cells.cumcount() - (cells.transform("size") - 1) / 2) * 0.56
    for mark, shift in zip(rows.records(clash), aside, strict=True):
        at, y = columns.index(mark["code"]) + shift, row[mark["place"]]
        solid = mark["verdict"] == "conflict"
        ax.plot(at, y, "o", color=style.RED, markersize=7, markeredgewidth=0.9,
                markerfacecolor=style.RED if solid else "white")  # fmt: skip
        ax.text(at, y, str(mark["count"]), ha="center", va="center", fontsize=5.6,
                color="white" if solid else style.INK)  # fmt: skip
    ax.xaxis.tick_top()
    ax.set_xlim(-0.6, len(columns) - 0.4)
    ax.set_ylim(-1.6, len(codes) - 0.4)
    ax.axhline(-0.5, color=style.GREY, linewidth=0.5)
    ax.spines["bottom"].set_visible(False)
