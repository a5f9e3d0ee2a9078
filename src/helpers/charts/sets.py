"""Smallest sets: which figures hit every conflict of a block, and where that leaves a choice."""

from __future__ import annotations

import string
import textwrap
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from helpers import labels
from helpers.charts import rows, style

COLUMNS = ["figure_id", "printed", "place", "indicator", "kind", "column", "member"]
MOST_CONFLICTS, MOST_FIGURES, MOST_SETS = 8, 24, 6


@style.styled
def smallest_sets(
    conflicts: pd.DataFrame, figures: pd.DataFrame, language: str
) -> tuple[Figure, pd.DataFrame]:
    """The conflicts of one block, and the sets of figures that hit all of them (2-smallest-sets).

    conflicts : conflict_id, source_id, place, figures, rules, doubted
    figures   : figure_id, printed, place, indicator
    The block shown has the most conflicts; of several, one with ties, then the one with fewest
    figures. Returns the figure and COLUMNS: for each figure of the block and each column, a
    conflict or a set, whether it is a member (yes or no).
    """
    block = chosen(conflicts)
    data = _members(block, figures)
    caption = labels.text("chart.sets.caption", language)
    if data.empty:
        title = labels.text("chart.conflict_map.title.none", language)
        return style.sentence(title, labels.text("chart.conflicts.none", language), caption), data
    sets = data.loc[data["kind"] == "set", "column"].nunique()
    title = labels.text(
        "chart.sets.title" + (".one" if sets == 1 else ""), language, sets=sets,
        count=len(block), size=len(block["doubted"].iloc[0].split("|")[0].split()),
        figures=data["figure_id"].nunique(),
    )  # fmt: skip
    listed = data.drop_duplicates("figure_id")
    fig = style.page(title, caption, height=2.2 + 0.165 * len(listed))
    ax = style.axes(fig, left=3.3, right=0.9, bottom=0.08, top=1.05)
    _matrix(ax, data, listed, block, language)
    return fig, data


def say_smallest_sets(data: pd.DataFrame, language: str) -> str:
    """What all smallest sets share, and between which figures they leave the choice open."""
    sets = data[(data["kind"] == "set") & (data["member"] == "yes")]
    if sets.empty:
        return labels.text("say.conflicts.none", language)
    count = sets["column"].nunique()
    times = sets.groupby("figure_id", sort=False)["column"].nunique()
    printed = sets.drop_duplicates("figure_id").set_index("figure_id")["printed"]
    always, open_ = ([f"'{printed[name]}'" for name in times.index[mask]]
                     for mask in (times == count, times < count))  # fmt: skip
    either, both = (f" {labels.text(f'say.doubts.{word}', language)} " for word in ("or", "and"))
    if not open_:
        return labels.text("say.sets.one", language, always=both.join(always))
    key = "say.sets" if always else "say.sets.open"
    return labels.text(key, language, always=both.join(always), open=either.join(open_),
                       sets=count)  # fmt: skip


def chosen(conflicts: pd.DataFrame) -> pd.DataFrame:
    """The conflicts of the block that shows best how smallest sets work; see `smallest_sets`."""
    known = conflicts[conflicts["doubted"] != ""]
    if known.empty:
        return known
    best, order = known.iloc[:0], (0, 0, 0)
    for _, block in known.groupby(["source_id", "doubted"], sort=True):
        members = len(set(" ".join(block["figures"]).split()))
        ties = min(len(block["doubted"].iloc[0].split("|")), 2)
        if len(block) <= MOST_CONFLICTS and members <= MOST_FIGURES:
            rank = (len(block), ties, -members)
            best, order = (block, rank) if best.empty or rank > order else (best, order)
    return best


def _members(block: pd.DataFrame, figures: pd.DataFrame) -> pd.DataFrame:
    """Each figure of the block in each conflict and each set, those in most conflicts first."""
    if block.empty:
        return pd.DataFrame(columns=COLUMNS)
    named = zip(block["conflict_id"], block["figures"], strict=True)
    columns = [("conflict", name, set(mine.split())) for name, mine in named]
    sets = [set(one.split()) for one in block["doubted"].iloc[0].split("|")][:MOST_SETS]
    columns += [("set", letter, one)
                for letter, one in zip(string.ascii_uppercase, sets, strict=False)]  # fmt: skip
    names = sorted({name for _, _, one in columns for name in one})
    in_sets = {name: sum(name in one for one in sets) for name in names}
    hits = {name: sum(name in one for kind, _, one in columns if kind == "conflict")
            for name in names}  # fmt: skip
    names.sort(key=lambda name: (-in_sets[name], -hits[name], name))
    about = figures.set_index("figure_id")[["printed", "place", "indicator"]]
    table = [
        (name, *about.loc[name], kind, column, "yes" if name in one else "no")
        for name in names
        for kind, column, one in columns
    ]
    return pd.DataFrame(table, columns=COLUMNS)


def _matrix(
    ax: Axes, data: pd.DataFrame, listed: pd.DataFrame, block: pd.DataFrame, language: str
) -> None:
    """A row a figure; circles where it is in a conflict, squares where it is in a set."""
    row = {name: len(listed) - 1 - n for n, name in enumerate(listed["figure_id"])}
    columns = data[["kind", "column"]].drop_duplicates()
    at = {pair: n + 0.6 * (pair[0] == "set")
          for n, pair in enumerate(columns.itertuples(index=False, name=None))}  # fmt: skip
    doubted = set(data.loc[(data["kind"] == "set") & (data["member"] == "yes"), "figure_id"])
    for kind, marker, size in (("conflict", "o", 6.5), ("set", "s", 6.5)):
        part = data[(data["kind"] == kind) & (data["member"] == "yes")]
        x = np.array([at[kind, column] for column in part["column"]])
        y = np.array([row[name] for name in part["figure_id"]])
        hot = part["figure_id"].isin(doubted).to_numpy()
        ax.plot(x[~hot], y[~hot], marker, color="#9CC7E3", markersize=size)
        ax.plot(x[hot], y[hot], marker, color=style.RED, markersize=size)
    rules = dict(zip(block["conflict_id"], block["rules"], strict=True))
    ax.xaxis.tick_top()
    ax.set_xticks(list(at.values()), [_head(kind, column, rules, language) for kind, column in at],
                  rotation=40, ha="left", rotation_mode="anchor", fontsize=6.8)  # fmt: skip
    names = [_row_name(cells, language) for cells in rows.records(listed)]
    ax.set_yticks(list(row.values()), names, fontsize=6.5)
    for label, name in zip(ax.get_yticklabels(), listed["figure_id"], strict=True):
        label.set_fontweight("bold" if name in doubted else "normal")
    ax.set_xlim(-0.6, max(at.values()) + 0.6)
    ax.set_ylim(-0.7, len(row) - 0.3)
    ax.spines["bottom"].set_visible(False)


def _head(kind: str, column: str, rules: dict[str, str], language: str) -> str:
    if kind == "set":
        return labels.text("chart.sets.set", language, letter=column)
    return ", ".join(labels.name("rule", rule, language) for rule in rules[column].split())


def _row_name(row: dict[str, Any], language: str) -> str:
    place = style.place_names([str(row["place"])], language)[0]
    what = labels.name("indicator", str(row["indicator"]), language)
    printed = textwrap.shorten(str(row["printed"]), 26, placeholder=" …")
    return f"{textwrap.shorten(f'{place}, {what}', 38, placeholder=' …')}: {printed}"
