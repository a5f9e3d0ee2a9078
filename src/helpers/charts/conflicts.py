"""Figures of notebook 2, conflicts: printed against implied totals, where and which conflicts."""

from __future__ import annotations

import math
import textwrap
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from helpers import labels, places
from helpers.charts import implied, rows, style, titles
from helpers.reconcile.explain import span as span_of
from helpers.reconcile.tables import EXPLAINED

UNKNOWN = ("", "unknown")
TICKS = (-100.0, -10.0, -1.0, -0.1, 0.0, 0.1, 1.0, 10.0, 100.0, 1000.0)
SHOWN = 5
MOST_NAMED = 3
FIVE_COLUMNS = [
    "conflict_id", "place", "period", "rules", "unit", "first_printed", "first_low", "first_high",
    "second_printed", "second_low", "second_high", "gap", "cause", "suggestion",
]  # fmt: skip


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


def say_overlap(totals: pd.DataFrame, language: str) -> str:
    """Whether ranges of one total have a total in common; as from `reconcile.implied_totals`."""
    low, high = totals["low"].max(), totals["high"].min()
    key = "say.overlap.some" if low <= high else "say.overlap.none"
    ends = {"low": math.ceil(low), "high": math.floor(high)}
    return labels.text(key, language, **{k: labels.number(x, 0, language) for k, x in ends.items()})


@style.styled
def conflict_map(conflicts: pd.DataFrame, language: str) -> tuple[Figure, pd.DataFrame]:
    """Conflicts by province and by rule and cause (2-conflict-map).

    conflicts : conflict_id, place, rules (separated by blanks), cause, scope
    Returns the figure and its counts: place, kind (rule or cause), code, conflicts. A conflict
    of a district counts for its province; one that breaks two rules counts under both.
    """
    data = _conflict_counts(conflicts)
    title = titles.conflict_map(conflicts, language)
    caption = labels.text("chart.conflict_map.caption", language)
    if data.empty:
        return style.sentence(title, labels.text("chart.conflicts.none", language), caption), data
    codes = list(data.groupby("place")["conflicts"].sum().sort_values(kind="stable").index)
    columns = data[["kind", "code"]].drop_duplicates()
    columns = columns.sort_values(["kind", "code"], ascending=[False, True])
    x = {pair: n + (pair[0] == "cause") * 0.7 for n, pair in
         enumerate(columns.itertuples(index=False, name=None))}  # fmt: skip
    fig = style.page(title, caption, height=2.9 + 0.17 * len(codes))
    ax = style.axes(fig, left=1.75, bottom=0.1, top=1.75)
    for kind, colour in (("rule", style.BLUE), ("cause", style.ORANGE)):
        part = data[data["kind"] == kind]
        at = [x[pair] for pair in zip(part["kind"], part["code"], strict=True)]
        row = [codes.index(code) for code in part["place"]]
        ax.scatter(at, row, s=28 + 22 * np.sqrt(part["conflicts"]), color=colour, alpha=0.9,
                   marker="o" if kind == "rule" else "s", linewidths=0)  # fmt: skip
        for left, top, count in zip(at, row, part["conflicts"], strict=True):
            ax.text(left, top, str(count), ha="center", va="center", fontsize=6,
                    color="white" if kind == "rule" else "black")  # fmt: skip
    ax.xaxis.tick_top()
    ax.set_xticks(list(x.values()), [
        "\n".join(textwrap.wrap(labels.name(kind, code, language), 26)) for kind, code in x
    ], rotation=55, ha="left", rotation_mode="anchor", fontsize=7)  # fmt: skip
    ax.set_yticks(range(len(codes)), style.place_names(codes, language), fontsize=6.8)
    ax.set_xlim(-0.6, max(x.values()) + 1.6)
    ax.set_ylim(-0.7, len(codes) - 0.3)
    ax.spines["bottom"].set_visible(False)
    return fig, data


def say_conflict_map(conflicts: pd.DataFrame, language: str) -> str:
    """Which rule is broken and which cause is suspected most often, and where."""
    if conflicts.empty:
        return labels.text("say.conflicts.none", language)
    count = len(conflicts)
    known = conflicts.loc[~conflicts["cause"].isin(UNKNOWN), "cause"]
    rule = _commonest(conflicts["rules"].str.split().explode(), "rule", count, language)
    place = _commonest(conflicts["place"].str.split("/").str[0], "place", count, language)
    if known.empty:
        return labels.text("say.conflicts.no_cause", language, rule=rule, place=place, count=count)
    return labels.text(
        "say.conflicts.found", language, rule=rule, place=place, unknown=count - len(known),
        cause=_commonest(known, "cause", count, language),
    )  # fmt: skip


def _commonest(codes: pd.Series, kind: str, count: int, language: str) -> str:
    """The codes that occur most often, in words, each with how often of how many."""
    times = codes.value_counts().sort_index()
    first = [str(code) for code in times.index[times == times.max()]]
    names = (style.place_names(first, language) if kind == "place" else
             [f'"{labels.name(kind, code, language)}"' for code in first])  # fmt: skip
    values = {"found": int(times.max()), "count": count}
    said = [labels.text("say.conflicts.share", language, name=n, **values) for n in names]
    return ", ".join([*said[:MOST_NAMED], *(["…"] if len(said) > MOST_NAMED else [])])


@style.styled
def five_conflicts(
    ranges: pd.DataFrame, conflicts: pd.DataFrame, language: str
) -> tuple[Figure, pd.DataFrame]:
    """The most telling conflicts as two ranges that exclude each other (2-five-conflicts).

    ranges    : conflict_id, side (first or second), printed, unit, low, high
    conflicts : conflict_id, place, period, rules, cause, suggestion
    Each rule once, those with a known cause first, then the widest gaps. Returns the figure and
    its rows (FIVE_COLUMNS): what each side prints and the range that it allows, in `unit`; gap is
    the distance of the ranges relative to their middle.
    """
    data = telling(ranges, conflicts)
    title = titles.five_conflicts(data, conflicts, language)
    caption = labels.text("chart.five.caption", language)
    if data.empty:
        return style.sentence(title, labels.text("chart.conflicts.none", language), caption), data
    fig = style.page(title, caption, height=0.95 + 1.1 * len(data))
    room = (fig.high - fig.low) / len(data)
    top = fig.high
    for row in rows.records(data):
        ax = style.axes(fig, left=0.35, right=0.35, bottom=top - room + 0.24 - fig.low,
                        top=fig.high - top + 0.28)  # fmt: skip
        _two_ranges(ax, row, language)
        top -= room
    return fig, data


def telling(ranges: pd.DataFrame, conflicts: pd.DataFrame, count: int = SHOWN) -> pd.DataFrame:
    """The most telling conflicts with their two ranges; see `five_conflicts`."""
    data = conflicts[["conflict_id", "place", "period", "rules", "cause", "suggestion"]]
    for side in ("first", "second"):
        part = ranges.loc[ranges["side"] == side, ["conflict_id", "printed", "low", "high"]]
        part = part.rename(columns={c: f"{side}_{c}" for c in ("printed", "low", "high")})
        data = data.merge(part, on="conflict_id")
    data = data.merge(ranges[["conflict_id", "unit"]].drop_duplicates(), on="conflict_id")
    ends = data[["first_low", "first_high", "second_low", "second_high"]].astype(float)
    apart = np.maximum(ends["first_low"] - ends["second_high"],
                       ends["second_low"] - ends["first_high"])  # fmt: skip
    data = data.assign(gap=apart / ends.mean(axis=1).abs().clip(lower=1e-9))
    data = data[np.isfinite(ends).all(axis=1) & (apart > 0)]
    data = data.assign(known=~data["cause"].isin([*UNKNOWN, *EXPLAINED]))
    order = ["known", "gap", "conflict_id"]
    data = data.sort_values(order, ascending=[False, False, True])
    data = data.assign(turn=data.groupby("rules").cumcount() > 0)
    data = data.sort_values(["turn", *order], ascending=[True, False, False, True])
    return data.head(count).reset_index(drop=True)[FIVE_COLUMNS]


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


def _conflict_counts(conflicts: pd.DataFrame) -> pd.DataFrame:
    heads = conflicts.assign(place=conflicts["place"].str.split(r"[/ ]").str[0])
    heads = heads[heads["place"].isin(places.table()["code"])]
    rules = heads.assign(code=heads["rules"].str.split()).explode("code").assign(kind="rule")
    causes = heads.assign(code=heads["cause"].replace("", "unknown"), kind="cause")
    both = pd.concat([rules, causes], ignore_index=True)
    counts = both.dropna(subset=["code"]).groupby(["place", "kind", "code"]).size()
    return counts.rename("conflicts").reset_index()


def _two_ranges(ax: Axes, row: dict[str, Any], language: str) -> None:
    """Two bars that do not meet, each with its prints and its range in words."""
    colours = (style.BLUE, style.ORANGE)
    ends = np.array([[float(str(row[f"{side}_{end}"])) for end in ("low", "high")]
                     for side in ("first", "second")])  # fmt: skip
    span = float(np.ptp(ends))
    for y, (low, high), colour, side in zip((1, 0), ends, colours, ("first", "second"),
                                            strict=True):  # fmt: skip
        ax.hlines(y, low, high, color=colour, linewidth=6, alpha=0.8)
        ax.plot([low, high], [y, y], "|", color=style.INK, markersize=8)
        right = (low + high) / 2 > ends.mean()
        printed = _clip(row[f"{side}_printed"])
        allowed = span_of(low, high, language)
        said = f"{printed}  ⇒  {allowed} {labels.name('unit', row['unit'], language)}".strip()
        ax.annotate(said, (high if right else low, y), (0, 5), textcoords="offset points",
                    va="bottom", ha="right" if right else "left", fontsize=6.8)  # fmt: skip
    ax.set_xlim(ends.min() - 0.08 * span, ends.max() + 0.08 * span)
    ax.set_ylim(-0.5, 2.0)
    ax.set_yticks([])
    ax.spines["left"].set_visible(False)
    ax.tick_params(labelsize=6)
    ax.locator_params(axis="x", nbins=5)
    style.decimals(ax, language, axis="x")
    ax.set_title(_heading(row, language), fontsize=7.5, loc="left", pad=2, fontweight="bold")


def _clip(printed: str) -> str:
    return textwrap.shorten(printed, 44, placeholder=" …")


def _heading(row: dict[str, Any], language: str) -> str:
    name = style.full_name(str(row["place"]), language)
    period = labels.period(str(row["period"]), language)
    kind = ", ".join(labels.name("rule", rule, language) for rule in row["rules"].split())
    cause = labels.name("cause", str(row["cause"] or "unknown"), language)
    return f"{name}, {period}: {kind} ({cause})" if period else f"{name}: {kind} ({cause})"
