"""Pictures of the lessons: ranges that meet or do not, and the path of a place with a forecast."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from helpers import labels
from helpers.charts import rows, style

COLOURS = (style.BLUE, style.ORANGE, style.GREEN, style.PINK)


@style.styled
def ranges(
    named: Mapping[str, tuple[float, float]], title: str, caption: str, language: str
) -> Figure:
    """Ranges of one quantity under each other; what all of them share is shaded.

    named : low and high end in households, by what the range comes from
    """
    fig = style.page(title, caption, height=0.95 + 0.42 * len(named))
    ax = style.axes(fig, left=0.3, right=0.3, bottom=0.26)
    ends = list(named.values())
    low, high = max(end[0] for end in ends), min(end[1] for end in ends)
    first, last = min(end[0] for end in ends), max(end[1] for end in ends)
    if low <= high:
        ax.axvspan(low, high, color="#DCEBF5", linewidth=0, zorder=0)
    for number, (name, (left, right)) in enumerate(named.items()):
        y = len(named) - 1 - number
        ax.hlines(y, left, right, color=COLOURS[number % len(COLOURS)], linewidth=6, alpha=0.8)
        ax.plot([left, right], [y, y], "|", color=style.INK, markersize=8)
        said = " – ".join(labels.number(end, 0, language) for end in (left, right))
        ax.annotate(f"{name}  ⇒  {said}", (left, y), (0, 6), textcoords="offset points",
                    va="bottom", fontsize=7.5)  # fmt: skip
    room = max(last - first, 1.0)
    ax.set_xlim(first - 0.1 * room, last + 0.5 * room)
    ax.set_ylim(-0.5, len(named) - 0.2)
    ax.set_yticks([])
    ax.grid(axis="y", visible=False)
    style.decimals(ax, language, axis="x", digits=0)
    return fig


@style.styled
def path(
    histories: Mapping[str, pd.DataFrame],
    title: str,
    caption: str,
    language: str,
    forecast: pd.DataFrame | None = None,
) -> Figure:
    """Rates of a place over the years, a line for each standard and never one across two.

    histories : by standard, `year`, `rate` in per cent and `status`; preliminary is hollow
    forecast  : `year`, `low80`, `high80`, `low95`, `high95`, drawn from the last rate before on
    """
    fig = style.page(title, caption, height=3.2)
    style.legend(fig, [_entry(standard, language) for standard in histories], columns=2)
    ax = style.axes(fig, bottom=0.3)
    for standard, known in histories.items():
        colour, marker, dashes = style.look(standard)
        ax.plot(known["year"], known["rate"], dashes, marker=marker, color=colour)
        early = known[known["status"] == "preliminary"]
        ax.plot(early["year"], early["rate"], marker, color=colour, markerfacecolor="white")
    if forecast is not None:
        _bands(ax, pd.concat(list(histories.values())), forecast)
    ax.set_ylim(bottom=0)
    ax.set_ylabel("%")
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    style.decimals(ax, language)
    return fig


def _entry(standard: str, language: str) -> Any:
    colour, marker, dashes = style.look(standard)
    name = rows.standard_name(standard, language)
    return style.handle(name, color=colour, marker=marker, linestyle=dashes)


def _bands(ax: Any, past: pd.DataFrame, ahead: pd.DataFrame) -> None:
    """The 80 and 95 % bands, from the last rate that the forecast has seen."""
    seen = past[past["year"] < ahead["year"].min()].sort_values("year").iloc[-1]
    years = [seen["year"], *ahead["year"]]
    for level, alpha in (("95", 0.18), ("80", 0.32)):
        low, high = ([seen["rate"], *ahead[f"{end}{level}"]] for end in ("low", "high"))
        ax.fill_between(years, low, high, color=style.GREY, alpha=alpha, linewidth=0)
