"""The idea of notebook 2 in one picture: a print, its interval, and ranges that meet or do not."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from helpers import labels
from helpers.charts import rows, style, telling

COLUMNS = ["step", "place", "period", "printed", "unit", "low", "high"]
PAIR = "households-rate-total"
NEIGHBOURS = 2  # prints shown on either side of the one that is explained


@style.styled
def from_print_to_ranges(
    example: pd.DataFrame,
    totals: pd.DataFrame,
    ranges: pd.DataFrame,
    conflicts: pd.DataFrame,
    language: str,
) -> tuple[Figure, pd.DataFrame]:
    """What a print can mean, what two pairs allow that agree, and two that do not (2-idea).

    example : cleaned figures of one source
    totals  : as from reconcile.implied_totals, of the example: the pairs of its first total
    ranges, conflicts : of the ledger; the conflict shown is the widest of a pair and another pair
    Returns the figure and COLUMNS: the prints and ranges of step 1 (the rate), 2 (totals that
    agree) and 3 (totals that do not), rates in per cent and totals in households.
    """
    data = pd.concat([_agreeing(example, totals), _clashing(ranges, conflicts)], ignore_index=True)
    title, caption = (labels.text(f"chart.idea.{part}", language) for part in ("title", "caption"))
    steps = sorted(data["step"].unique())
    if not steps:
        return style.sentence(title, labels.text("chart.none", language), caption), data
    fig = style.page(title, caption, height=0.85 + 1.12 * len(steps))
    room = (fig.high - fig.low) / len(steps)
    for number, step in enumerate(steps):
        ax = style.axes(fig, left=0.3, right=0.3, bottom=room * (len(steps) - 1 - number) + 0.24,
                        top=room * number + 0.3)  # fmt: skip
        part = rows.records(data[data["step"] == step])
        (_one_print if step == 1 else _two_totals)(ax, part, language)
    return fig, data


def say_idea(data: pd.DataFrame, language: str) -> str:
    """The picture in words, with its numbers; `data` as drawn."""
    two, three = (data[data["step"] == step] for step in (2, 3))
    if len(two) < 2 or len(three) < 2:
        return labels.text("say.idea.none", language)
    low, high = math.ceil(two["low"].max()), math.floor(two["high"].min())
    said = [labels.number(x, 0, language) for x in (low, high)]
    first, second = rows.records(three)
    return labels.text(
        "say.idea" if low <= high else "say.idea.apart", language, low=said[0], high=said[1],
        place=style.full_name(str(first["place"]), language),
        period=labels.period(str(first["period"]), language),
        first=telling.in_unit(first["low"], first["high"], first["unit"], language),
        second=telling.in_unit(second["low"], second["high"], second["unit"], language),
    )  # fmt: skip


def _agreeing(example: pd.DataFrame, totals: pd.DataFrame) -> pd.DataFrame:
    """Steps 1 and 2: the first rate of the example's first total, and the ranges of the total."""
    pairs = totals[totals["whole"] == totals["whole"].min()].head(2)
    used = " ".join(pairs["figures"]).split()
    rates = example[example["figure_id"].isin(used) & (example["unit"] == "%")]
    rates = rates.sort_values("figure_id").head(1).assign(step=1)
    pairs = pairs.assign(step=2, unit="hộ", printed=pairs["printed"].str.replace(" · ", " ÷ "))
    return pd.concat([rates[COLUMNS], _whole_numbers(pairs[COLUMNS])], ignore_index=True)


def _clashing(ranges: pd.DataFrame, conflicts: pd.DataFrame) -> pd.DataFrame:
    """Step 3: both ranges of the conflict of two pairs that lie farthest apart, if there is one."""
    known = telling.with_ranges(ranges, conflicts)
    known = known[known["rules"] == PAIR]
    known = known.assign(
        pairs=known["first_printed"].str.contains("÷") & known["second_printed"].str.contains("÷")
    )
    order = ["pairs", "gap", "conflict_id"]
    best = known.sort_values(order, ascending=[False, False, True]).head(1).assign(step=3)
    sides = [
        best.rename(columns={f"{side}_{c}": c for c in ("printed", "low", "high")})[COLUMNS]
        for side in ("first", "second")
    ]
    return pd.concat(sides, ignore_index=True)


def _whole_numbers(pairs: pd.DataFrame) -> pd.DataFrame:
    """Ranges of totals with whole ends: households come whole."""
    return pairs.assign(low=np.ceil(pairs["low"]), high=np.floor(pairs["high"]))


def _one_print(ax: Axes, part: list[dict[str, Any]], language: str) -> None:
    """The numbers around a printed rate, each with the values that are printed as it."""
    row = part[0]
    low, high = float(row["low"]), float(row["high"])
    width = high - low
    decimals = max(0, round(-math.log10(width)))
    middle = (low + high) / 2
    for step in range(-NEIGHBOURS, NEIGHBOURS + 1):
        mine = step == 0
        at = middle + step * width
        ax.hlines(0.4, low + step * width, high + step * width, linewidth=7,
                  color=style.BLUE if mine else style.PALE, alpha=0.8)  # fmt: skip
        ax.plot([low + step * width] * 2, [0.1, 0.7], color="white", linewidth=1.2)
        ax.text(at, 0.85, labels.number(at, decimals, language) + "%", ha="center", va="bottom",
                fontsize=7.5, color=style.INK if mine else style.GREY,
                fontweight="bold" if mine else "normal")  # fmt: skip
    ax.set_xlim(middle - (NEIGHBOURS + 0.6) * width, middle + (NEIGHBOURS + 0.6) * width)
    title = labels.text("chart.idea.print", language, printed=row["printed"],
                        range=telling.in_unit(low, high, "%", language))  # fmt: skip
    telling.plain_axis(ax, title, language)
    ax.set_xticks([low, middle, high])
    style.decimals(ax, language, axis="x", digits=decimals + 1)


def _two_totals(ax: Axes, part: list[dict[str, Any]], language: str) -> None:
    """Two ranges of one total, with what they share or the gap between them."""
    step = int(part[0]["step"])
    ends = np.array([[row["low"], row["high"]] for row in part], dtype=float)
    low, high = float(ends[:, 0].max()), float(ends[:, 1].min())
    meet = low <= high
    place = style.full_name(str(part[0]["place"]), language)
    title = labels.text(
        f"chart.idea.{'meet' if meet else 'apart'}", language, number=step, place=place,
        period=labels.period(str(part[0]["period"]), language),
    )  # fmt: skip
    if not meet and len(part) == 2:
        row = {f"{side}_{name}": one[name] for side, one in zip(("first", "second"), part,
               strict=True) for name in ("printed", "low", "high")}  # fmt: skip
        return telling.two_ranges(ax, row | {"unit": part[0]["unit"]}, title, language)
    ax.axvspan(low, high, color="#DCEBF5", linewidth=0, zorder=0)
    span = float(np.ptp(ends))
    for y, row, colour in zip((1, 0), part, (style.BLUE, style.ORANGE), strict=False):
        ax.hlines(y, row["low"], row["high"], color=colour, linewidth=6, alpha=0.8)
        ax.plot([row["low"], row["high"]], [y, y], "|", color=style.INK, markersize=8)
        said = telling.in_unit(row["low"], row["high"], row["unit"], language)
        ax.annotate(f"{row['printed']}  ⇒  {said}", (row["low"], y), (0, 5), fontsize=6.8,
                    textcoords="offset points", va="bottom")  # fmt: skip
    ax.set_xlim(ends.min() - 0.25 * span, ends.max() + 0.6 * span)
    telling.plain_axis(ax, title, language)
    return None
