"""Before and after: printed and reconciled values side by side, and that nothing else moved."""

from __future__ import annotations

import math
import textwrap
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from helpers import labels
from helpers.charts import rows, style

COLUMNS = [
    "figure_id", "place", "period", "indicator", "printed", "unit", "value", "reconciled",
    "allowed_low", "allowed_high", "moved_pct", "status_reconciled", "sets", "in_sets",
]  # fmt: skip
EVEN = 0.01  # per cent up to which the axis has even steps
TICKS = (-100.0, -10.0, -1.0, -0.1, -0.01, 0.0, 0.01, 0.1, 1.0, 10.0, 100.0)


def moved(changes: pd.DataFrame, figures: pd.DataFrame, conflicts: pd.DataFrame) -> pd.DataFrame:
    """Changed values beside what is printed.

    changes, figures, conflicts : as from reconcile.run
    Returns COLUMNS, largest move first: moved_pct is reconciled ÷ printed − 1, allowed_low and
    allowed_high what the figures not doubted allow; sets the number of smallest sets of its
    conflicts, in_sets in how many of them it is.
    """
    about = ["figure_id", "place", "period", "indicator", "printed", "unit", "value", "reconciled"]
    names = ["figure_id", "conflicts", "new_low", "new_high", "status_reconciled"]
    table = changes[names].merge(figures[about], on="figure_id")
    doubted = conflicts.set_index("conflict_id")["doubted"]
    sets = [doubted[one.split()[0]].split("|") for one in table["conflicts"]]
    table = table.rename(columns={"new_low": "allowed_low", "new_high": "allowed_high"})
    table = table.assign(
        moved_pct=100 * (table["reconciled"] / table["value"] - 1),
        sets=[len(mine) for mine in sets],
        in_sets=[sum(name in one.split() for one in mine)
                 for name, mine in zip(table["figure_id"], sets, strict=True)],
    )  # fmt: skip
    order = table["moved_pct"].abs().sort_values(ascending=False, kind="stable").index
    return table.loc[order].reset_index(drop=True)[COLUMNS]


@style.styled
def before_and_after(
    changes: pd.DataFrame, figures: pd.DataFrame, conflicts: pd.DataFrame, language: str
) -> tuple[Figure, pd.DataFrame]:
    """What moved and by how much, printed and reconciled side by side (2-before-and-after).

    changes, figures, conflicts : as from reconcile.run
    Returns the figure and the rows of `moved`.
    """
    data = moved(changes, figures, conflicts)
    caption = labels.text("chart.moved.caption", language)
    whole = int(figures["value"].notna().sum())
    sure = int((data["in_sets"] == data["sets"]).sum())
    values = {"count": len(data), "all": labels.number(whole, 0, language), "sure": sure}
    if data.empty:
        title = labels.text("chart.moved.title.none", language, **values)
        return style.sentence(title, labels.text("chart.moved.none", language), caption), data
    title = labels.text("chart.moved.title", language, **values)
    fig = style.page(title, caption, height=1.35 + 0.42 * len(data))
    style.legend(fig, [
        style.handle(labels.text("mark.printed", language), marker="o", color=style.INK,
                     markerfacecolor="white"),
        style.handle(labels.text("mark.corrected", language), marker="D", color=style.BLUE),
        style.handle(labels.text("mark.adjusted", language), marker="s", color=style.ORANGE),
    ], 3)  # fmt: skip
    ax = style.axes(fig, left=2.3, right=1.85, bottom=0.42)
    _moves(ax, data, language)
    return fig, data


def say_before_and_after(data: pd.DataFrame, figures: pd.DataFrame, language: str) -> str:
    """What moved most, how many values stay as printed, and how many of these are doubted.

    data : as drawn; figures : all, with value, reconciled, status_reconciled
    """
    known = figures[figures["value"].notna()]
    same = int(known["reconciled"].eq(known["value"]).sum())
    left = int((known["status_reconciled"] == "doubted").sum())
    kept = [labels.number(n, 0, language) for n in (same, left)]
    if data.empty:
        return labels.text("say.moved.none", language, same=kept[0], left=kept[1])
    most = rows.records(data)[0]
    return labels.text(
        "say.moved", language, place=_name(most, language), printed=f"'{most['printed']}'",
        new=_value(most, language), pct=_signed(float(most["moved_pct"]), language),
        same=kept[0], left=kept[1],
    )  # fmt: skip


def _moves(ax: Axes, data: pd.DataFrame, language: str) -> None:
    """A row a change: the print at zero, the new value where it moved to, both in words."""
    y = np.arange(len(data))[::-1]
    x = data["moved_pct"].to_numpy(dtype=float)
    ax.axvline(0, color=style.GREY, linewidth=0.8)
    ax.hlines(y, np.minimum(x, 0), np.maximum(x, 0), color=style.PALE, linewidth=2.5)
    ax.plot(np.zeros(len(y)), y, "o", color=style.INK, markerfacecolor="white", markersize=5)
    for status, marker, colour in (("corrected", "D", style.BLUE), ("adjusted", "s", style.ORANGE)):
        mine = (data["status_reconciled"] == status).to_numpy()
        ax.plot(x[mine], y[mine], marker, color=colour, markersize=5)
    for row, at in zip(rows.records(data), y, strict=True):
        said = f"{textwrap.shorten(str(row['printed']), 24, placeholder=' …')}\n"
        said += f"→ {_value(row, language)} ({_signed(float(row['moved_pct']), language)})"
        ax.annotate(said, (1.02, at), xycoords=("axes fraction", "data"), va="center",
                    fontsize=6.8, annotation_clip=False)  # fmt: skip
    ax.set_xscale("symlog", linthresh=EVEN, linscale=0.4)
    ends = min(x.min() * 1.6, -EVEN), max(x.max() * 1.6, EVEN)
    ax.set_xlim(*ends)
    ticks = [tick for tick in TICKS if ends[0] <= tick <= ends[1]]
    ax.set_xticks(ticks, [labels.number(t, 0 if t == 0 else max(0, round(-math.log10(abs(t)))),
                                        language) for t in ticks])  # fmt: skip
    ax.minorticks_off()
    names = ["\n".join(textwrap.wrap(_name(row, language), 40)) for row in rows.records(data)]
    ax.set_yticks(y, names, fontsize=7)
    ax.set_ylim(-0.6, len(data) - 0.4)
    ax.set_xlabel(labels.text("axis.moved", language), fontsize=7.5)
    ax.grid(axis="y", visible=False)


def _name(row: dict[str, Any], language: str) -> str:
    """Place, period and indicator of a changed figure."""
    parts = [style.full_name(str(row["place"]), language),
             labels.period(str(row["period"]), language) if row["period"] else "",
             labels.name("indicator", str(row["indicator"]), language)]  # fmt: skip
    return ", ".join(part for part in parts if part)


def _value(row: dict[str, Any], language: str) -> str:
    """The reconciled value with its unit, with as many decimals as it has."""
    value = float(row["reconciled"])
    decimals = next((d for d in range(4) if math.isclose(round(value, d), value)), 4)
    said = labels.number(value, decimals, language)
    unit = labels.name("unit", str(row["unit"]), language)
    return said + "%" if row["unit"] == "%" else f"{said} {unit}"


def _signed(pct: float, language: str) -> str:
    """A move in per cent with its sign, two digits that count: +0.013%, −9.7%."""
    decimals = max(0, 1 - math.floor(math.log10(abs(pct)))) if pct else 0
    return ("+" if pct > 0 else "") + labels.number(pct, decimals, language) + "%"


def say_statuses(figures: pd.DataFrame, language: str) -> str:
    """How many figures are consistent, unchecked, explained, doubted, corrected and adjusted."""
    counts = figures["status_reconciled"].value_counts()
    order = sorted(counts.index, key=lambda status: (-counts[status], status))
    said = [f"{labels.text(f'report.status.{status}', language)} "
            f"{labels.number(int(counts[status]), 0, language)}" for status in order]  # fmt: skip
    return labels.text("say.statuses", language, statuses=", ".join(said),
                       count=labels.number(len(figures), 0, language))  # fmt: skip
