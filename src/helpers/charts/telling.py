"""Conflicts as two ranges that exclude each other, with what to doubt and what was meant."""

from __future__ import annotations

import textwrap
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from helpers import labels
from helpers.charts import rows, style, titles
from helpers.reconcile.sentences import span as span_of
from helpers.reconcile.tables import EXPLAINED

SHOWN = 5
MOST_SETS = 4
ECHOES = ("copied", "stale")
TELLING_COLUMNS = [
    "conflict_id", "place", "period", "rules", "unit", "first_printed", "first_low", "first_high",
    "second_printed", "second_low", "second_high", "gap", "cause", "sets", "doubted", "suggestion",
]  # fmt: skip


@style.styled
def five_conflicts(
    ranges: pd.DataFrame, conflicts: pd.DataFrame, figures: pd.DataFrame, language: str
) -> tuple[Figure, pd.DataFrame]:
    """The most telling conflicts as two ranges that exclude each other (2-five-conflicts).

    ranges    : conflict_id, side (first or second), printed, unit, low, high
    conflicts : conflict_id, place, period, rules, cause, doubted, suggestion
    figures   : figure_id, printed; at least those that are doubted
    Returns the figure and the rows of `telling`.
    """
    data = telling(ranges, conflicts)
    title = titles.five_conflicts(data, conflicts, language)
    return _stacked(data, title, "chart.five.caption", figures, language), data


@style.styled
def explained(
    ranges: pd.DataFrame, conflicts: pd.DataFrame, figures: pd.DataFrame, language: str
) -> tuple[Figure, pd.DataFrame]:
    """For each reason that explains a difference the widest one, as two ranges (2-explained).

    ranges, conflicts, figures : as for `five_conflicts`
    Returns the figure and its rows, columns as from `telling`.
    """
    mine = conflicts[conflicts["cause"].isin(EXPLAINED)]
    data = telling(ranges, mine, len(EXPLAINED), of=EXPLAINED)
    key = "chart.explained.title" + (".none" if mine.empty else "")
    title = labels.text(key, language, count=len(mine), reasons=mine["cause"].nunique())
    return _stacked(data, title, "chart.explained.caption", figures, language), data


def telling(
    ranges: pd.DataFrame,
    conflicts: pd.DataFrame,
    count: int = SHOWN,
    *,
    of: tuple[str, ...] | None = None,
) -> pd.DataFrame:
    """One conflict for each cause: first those that leave one smallest set, then the widest.

    ranges, conflicts : as for `five_conflicts`
    count : of rows at most
    of    : causes to choose from; by default all that explain nothing away, `unknown` is one too
    Returns TELLING_COLUMNS, both ranges in `unit`; gap is the distance of the ranges relative to
    the mean of their ends, sets the number of smallest sets. A range without an end, or two that
    meet, cannot be shown. A cause takes its best conflict, and causes are ranked by theirs.
    """
    data = with_ranges(ranges, conflicts)
    wanted = data["cause"].isin(of) if of else ~data["cause"].isin(EXPLAINED)
    data = data[wanted].assign(single=data["sets"] == 1)
    order = ["single", "gap", "conflict_id"]
    data = data.sort_values(order, ascending=[False, False, True]).drop_duplicates("cause")
    return data.head(count).reset_index(drop=True)[TELLING_COLUMNS]


def with_ranges(ranges: pd.DataFrame, conflicts: pd.DataFrame) -> pd.DataFrame:
    """TELLING_COLUMNS of every conflict whose two ranges have ends and do not meet."""
    names = ["conflict_id", "place", "period", "rules", "cause", "doubted", "suggestion"]
    data = conflicts[names].assign(cause=conflicts["cause"].replace("", "unknown"))
    for side in ("first", "second"):
        part = ranges.loc[ranges["side"] == side, ["conflict_id", "printed", "low", "high"]]
        part = part.rename(columns={c: f"{side}_{c}" for c in ("printed", "low", "high")})
        data = data.merge(part, on="conflict_id")
    data = data.merge(ranges[["conflict_id", "unit"]].drop_duplicates(), on="conflict_id")
    ends = data[["first_low", "first_high", "second_low", "second_high"]].astype(float)
    apart = np.maximum(ends["first_low"] - ends["second_high"],
                       ends["second_low"] - ends["first_high"])  # fmt: skip
    data = data.assign(gap=apart / ends.mean(axis=1).abs().clip(lower=1e-9))
    data = data.assign(sets=data["doubted"].map(lambda sets: len(sets.split("|")) if sets else 0))
    return data.loc[np.isfinite(ends).all(axis=1) & (apart > 0), TELLING_COLUMNS]


def say_five_conflicts(
    data: pd.DataFrame, conflicts: pd.DataFrame, figures: pd.DataFrame, language: str
) -> str:
    """A numbered list: the sentence of each conflict drawn, what to doubt, what was meant."""
    if data.empty:
        return labels.text("say.conflicts.none", language)
    told = conflicts.set_index("conflict_id")[f"explanation_{language}"]
    printed = figures.set_index("figure_id")["printed"]
    lines = [
        f"1. {told[row['conflict_id']]} *{doubts(row, printed, language)}*"
        for row in rows.records(data)
    ]
    return "\n".join(lines)


def say_explained(data: pd.DataFrame, conflicts: pd.DataFrame, language: str) -> str:
    """How many differences each reason explains, and the sentence of each one drawn."""
    counts = conflicts.loc[conflicts["cause"].isin(EXPLAINED), "cause"].value_counts()
    if counts.empty:
        return labels.text("say.explained.none", language)
    order = sorted(counts.index, key=lambda cause: (-counts[cause], cause))
    said = [f"{labels.name('cause', cause, language)} ({counts[cause]})" for cause in order]
    first = labels.text("say.explained", language, reasons=", ".join(said),
                        left=len(conflicts) - int(counts.sum()))  # fmt: skip
    told = conflicts.set_index("conflict_id")[f"explanation_{language}"]
    return "\n".join([first, "", *(f"1. {told[name]}" for name in data["conflict_id"])])


def doubts(row: dict[str, Any], printed: pd.Series, language: str) -> str:
    """What to doubt of a conflict and what was probably meant, in one or two sentences.

    row     : cause, doubted, suggestion as in conflicts.csv
    printed : the printed token of each figure, by figure_id
    """
    if not row["doubted"]:
        return labels.text("say.doubts.none", language)
    sets = [
        [f"'{_clip(str(printed[name]), 30)}'" for name in one.split()]
        for one in row["doubted"].split("|")
    ]
    either = f" {labels.text('say.doubts.or', language)} "
    both = f" {labels.text('say.doubts.and', language)} "
    together = "({})" if len(sets) > 1 else "{}"
    named = either.join(together.format(both.join(s)) if len(s) > 1 else s[0]
                        for s in sets[:MOST_SETS])  # fmt: skip
    key = "say.doubts.many" if len(sets) > MOST_SETS else "say.doubts"
    said = labels.text(key, language, sets=named, more=len(sets) - MOST_SETS)
    offers = [offer.partition("=")[::2] for offer in row["suggestion"].split("|") if offer]
    if not offers:
        echo = row["cause"] if row["cause"] in ECHOES else "none"
        return f"{said} {labels.text(f'say.meant.{echo}', language)}"
    best = offers[0][0]
    own = either.join(f"'{text}'" for name, text in offers if name == best)
    meant = labels.text("say.meant", language, offer=own, printed=f"'{printed[best]}'")
    others = len({name for name, _ in offers} - {best})
    more = labels.text("say.meant.others", language, count=others) if others else ""
    return f"{said} {meant} {more}".rstrip()


def _stacked(
    data: pd.DataFrame, title: str, caption: str, figures: pd.DataFrame, language: str
) -> Figure:
    """A page with one axis a conflict, widest margins below for what to doubt."""
    foot = labels.text(caption, language)
    if data.empty:
        return style.sentence(title, labels.text("chart.conflicts.none", language), foot)
    printed = figures.set_index("figure_id")["printed"]
    notes = [textwrap.wrap(doubts(row, printed, language), 122) for row in rows.records(data)]
    if not data["doubted"].any():
        notes = [[] for _ in notes]
    lines = sum(map(len, notes))
    bars = 0.62
    fig = style.page(title, foot, height=0.85 + (bars + 0.56) * len(data) + 0.13 * lines)
    top = fig.high
    for row, note in zip(rows.records(data), notes, strict=True):
        below = 0.28 + 0.13 * len(note)
        ax = style.axes(fig, left=0.3, right=0.3, bottom=top - 0.28 - bars - fig.low,
                        top=fig.high - top + 0.28)  # fmt: skip
        two_ranges(ax, row, heading(row, language), language)
        if note:
            ax.set_xlabel("\n".join(note), fontsize=6.6, loc="left", labelpad=2, color="#444444")
        top -= 0.28 + bars + below
    return fig


def two_ranges(ax: Axes, row: dict[str, Any], title: str, language: str) -> None:
    """Two bars that do not meet, each with its prints and its range in words; the gap shaded."""
    colours = (style.BLUE, style.ORANGE)
    ends = np.array([[float(str(row[f"{side}_{end}"])) for end in ("low", "high")]
                     for side in ("first", "second")])  # fmt: skip
    span = float(np.ptp(ends))
    gap = sorted((float(ends[:, 0].max()), float(ends[:, 1].min())))
    ax.axvspan(*gap, color="#F2F2F2", linewidth=0, zorder=0)
    for y, (low, high), colour, side in zip((1, 0), ends, colours, ("first", "second"),
                                            strict=True):  # fmt: skip
        ax.hlines(y, low, high, color=colour, linewidth=6, alpha=0.8)
        ax.plot([low, high], [y, y], "|", color=style.INK, markersize=8)
        right = (low + high) / 2 > ends.mean()
        said = f"{_clip(row[f'{side}_printed'])}  ⇒  {in_unit(low, high, row['unit'], language)}"
        ax.annotate(said, (high if right else low, y), (0, 5), textcoords="offset points",
                    va="bottom", ha="right" if right else "left", fontsize=6.8)  # fmt: skip
    ax.set_xlim(ends.min() - 0.06 * span, ends.max() + 0.06 * span)
    plain_axis(ax, title, language)


def plain_axis(ax: Axes, title: str, language: str) -> None:
    """The look of an axis with one or two ranges on it."""
    ax.set_ylim(-0.5, 2.0)
    ax.set_yticks([])
    ax.spines["left"].set_visible(False)
    ax.tick_params(labelsize=6)
    ax.locator_params(axis="x", nbins=5)
    style.decimals(ax, language, axis="x")
    ax.set_title(title, fontsize=7.5, loc="left", pad=2, fontweight="bold")


def in_unit(low: float, high: float, unit: str, language: str) -> str:
    """A range with its unit: `36.835–36.945%`, `2.90–2.92 pp`, `28,917–28,939 households`."""
    said = span_of(low, high, language, unit)
    return said if unit in ("%", "pp") else f"{said} {labels.name('unit', unit, language)}".strip()


def heading(row: dict[str, Any], language: str) -> str:
    """Place, period, rule and probable cause of a conflict."""
    name = style.full_name(str(row["place"]), language)
    period = labels.period(str(row["period"]), language)
    kind = ", ".join(labels.name("rule", rule, language) for rule in row["rules"].split())
    cause = labels.name("cause", str(row["cause"] or "unknown"), language)
    return f"{name}, {period}: {kind} ({cause})" if period else f"{name}: {kind} ({cause})"


def _clip(printed: str, most: int = 44) -> str:
    return textwrap.shorten(printed, most, placeholder=" …")
