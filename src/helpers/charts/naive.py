"""What comparing printed numbers as if they were exact would flag, and what it would miss."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from helpers import labels
from helpers.charts import implied, rows, style

COLUMNS = ["check", "source_id", "place", "period", "difference", "flagged", "conflict", "figures"]
TOTALS, RATES = "totals", "rates"
PANELS = {TOTALS: (0.01, (0.0, 0.01, 0.1, 1.0, 10.0, 100.0)),
          RATES: (0.005, (0.0, 0.01, 0.1, 1.0))}  # fmt: skip
"""Of each panel: the difference up to which its axis has even steps, and its ticks."""
LEVELS = 11  # dots one above the other
SUM = ("poor_rate", "near_poor_rate", "multidim_poor_rate")


def checks(
    figures: pd.DataFrame, links: pd.DataFrame, totals: pd.DataFrame, conflicts: pd.DataFrame
) -> pd.DataFrame:
    """Every comparison of printed numbers that a naive check makes, with its difference.

    figures, links : the cleaned ledger, as for reconcile.run
    totals         : as from reconcile.implied_totals
    conflicts      : figures, cause
    Returns COLUMNS: check `totals` (100 × count ÷ rate against another pair or the printed total,
    per cent) or `rates` (a printed change against the difference of both printed levels, poor +
    near-poor against both together, pp); difference of the prints taken as exact; flagged where
    it is not zero, for totals rounded to whole households; conflict where intervals, too, cannot
    be true together. Left out are goals, and counts of no household, which imply no total.
    """
    parts = [_totals(totals, conflicts), _rates(figures, links, conflicts)]
    return pd.concat(parts, ignore_index=True)[COLUMNS]


@style.styled
def naive_checks(data: pd.DataFrame, language: str) -> tuple[Figure, pd.DataFrame]:
    """No tolerance tells sound records from conflicts: each as a dot (2-naive-checks).

    data : as from `checks`
    Returns the figure and the data.
    """
    sound = data[data["conflict"] == "no"]
    caption = labels.text("chart.naive.caption", language)
    if sound.empty:
        title = labels.text("chart.naive.title.none", language)
        return style.sentence(title, labels.text("chart.none", language), caption), data
    share = 100 * sound["flagged"].eq("yes").mean()
    title = labels.text("chart.naive.title", language, share=labels.number(share, 0, language))
    there = [check for check in PANELS if (data["check"] == check).any()]
    fig = style.page(title, caption, height=1.05 + 1.5 * len(there))
    style.legend(fig, [
        style.handle(labels.text("mark.sound", language), marker="o", color=style.BLUE),
        style.handle(labels.text("mark.conflict", language), marker="s", color=style.RED),
    ], 2)  # fmt: skip
    room = (fig.high - fig.low) / len(there)
    for number, check in enumerate(there):
        ax = style.axes(fig, left=1.35, right=0.2, top=room * number + 0.24,
                        bottom=room * (len(there) - 1 - number) + 0.44)  # fmt: skip
        _panel(ax, data[data["check"] == check], check, language)
    return fig, data


def say_naive_checks(data: pd.DataFrame, language: str) -> str:
    """The share of sound records flagged, and what the best tolerance for totals costs."""
    sound, clash = data[data["conflict"] == "no"], data[data["conflict"] == "yes"]
    if sound.empty:
        return labels.text("say.naive.none", language)
    said = [_say_flagged(sound[sound["check"] == check], check, language)
            for check in PANELS if (sound["check"] == check).any()]  # fmt: skip
    mine, theirs = (part[part["check"] == TOTALS]["difference"] for part in (sound, clash))
    if len(mine) and len(theirs) and mine.max() > theirs.min():
        said.append(labels.text(
            "say.naive.tolerance", language, wide=rows.percent(mine.max(), language),
            missed=int((theirs <= mine.max()).sum()), clashes=len(theirs),
            narrow=rows.percent(theirs.min(), language, 2),
            alarms=int((mine >= theirs.min()).sum()), count=len(mine),
        ))  # fmt: skip
    return " ".join(said)


def _say_flagged(part: pd.DataFrame, check: str, language: str) -> str:
    found = int((part["flagged"] == "yes").sum())
    return labels.text(f"say.naive.{check}", language, found=found, count=len(part),
                       share=labels.number(100 * found / len(part), 0, language))  # fmt: skip


def _totals(totals: pd.DataFrame, conflicts: pd.DataFrame) -> pd.DataFrame:
    """One row a record with two ways to its total, each way as its middle: 100 × count ÷ rate."""
    records = implied.records(totals, conflicts)
    ends = records[["first_low", "first_high", "second_low", "second_high"]].to_numpy(dtype=float)
    first, second = (2 * ends[:, k] * ends[:, k + 1] / (ends[:, k] + ends[:, k + 1])
                     for k in (0, 2))  # fmt: skip
    known = np.isfinite(first + second) & (np.minimum(first, second) > 0)
    first, second = first[known], second[known]
    records = records[known].assign(
        check=TOTALS,
        difference=100 * (np.maximum(first, second) / np.minimum(first, second) - 1),
        flagged=np.where(np.rint(first) != np.rint(second), "yes", "no"),
    )
    return pd.DataFrame(records, columns=COLUMNS)


def _rates(figures: pd.DataFrame, links: pd.DataFrame, conflicts: pd.DataFrame) -> pd.DataFrame:
    """One row a change between two levels, and a row a sum of rates."""
    known = figures[figures["status"] != "target"]
    found = pd.concat([_changes(known, links), _sums(known)], ignore_index=True)
    sets = [set(one.split()) for one in conflicts["figures"]]
    clash = [any(one <= set(mine.split()) for one in sets) for mine in found["figures"]]
    apart = np.round(found["difference"].to_numpy(dtype=float), 9)
    return found.assign(check=RATES, difference=apart, conflict=np.where(clash, "yes", "no"),
                        flagged=np.where(apart > 0, "yes", "no"))  # fmt: skip


def _changes(figures: pd.DataFrame, links: pd.DataFrame) -> pd.DataFrame:
    """Changes of rates that links tie to two levels of one place, group and standard."""
    about = ["place", "group", "standard"]
    change = figures[figures["indicator"].str.endswith("_rate_change")]
    level = figures[["figure_id", *about, "indicator", "value", "period"]]
    ties = links.loc[links["relation"] == "change_of", ["figure_id", "other_id"]]
    pairs = change.merge(ties, on="figure_id")
    pairs = pairs.merge(level.rename(columns={"figure_id": "other_id"}), on=["other_id", *about],
                        suffixes=("", "_level"))  # fmt: skip
    pairs = pairs[pairs["indicator"] == pairs["indicator_level"] + "_change"]
    groups = pairs.sort_values("other_id").groupby("figure_id", sort=True)
    table = groups.agg(
        source_id=("source_id", "first"), place=("place", "first"), period=("period", "first"),
        levels=("other_id", " ".join), count=("other_id", "size"), value=("value", "first"),
        times=("period_level", "nunique"), low=("value_level", "min"), high=("value_level", "max"),
    ).reset_index()  # fmt: skip
    table = table[(table["count"] == 2) & (table["times"] == 2)]
    return table.assign(
        difference=(table["high"] - table["low"] - table["value"]).abs(),
        figures=table["figure_id"] + " " + table["levels"],
    )[["source_id", "place", "period", "difference", "figures"]]


def _sums(figures: pd.DataFrame) -> pd.DataFrame:
    """Rates of poor, near-poor and both together that one source prints side by side."""
    rates = figures[figures["indicator"].isin(SUM)]
    rates = rates.drop_duplicates([*implied.KEY, "indicator"], keep=False)
    wide = rates.pivot_table(index=implied.KEY, columns="indicator", values="value")
    ids = rates.groupby(implied.KEY)["figure_id"].agg(" ".join).rename("figures")
    wide = wide.reindex(columns=list(SUM)).dropna().join(ids).reset_index()
    parts, whole = wide["poor_rate"] + wide["near_poor_rate"], wide["multidim_poor_rate"]
    wide = wide.assign(difference=(parts - whole).abs())
    return wide[["source_id", "place", "period", "difference", "figures"]]


def _panel(ax: Axes, data: pd.DataFrame, check: str, language: str) -> None:
    """Sound records and conflicts by their difference, dots that coincide side by side."""
    even, ticks = PANELS[check]
    names = []
    for y, (conflict, look) in enumerate((("yes", ("s", style.RED)), ("no", ("o", style.BLUE)))):
        part = data[data["conflict"] == conflict].sort_values(["difference", "figures"])
        x = part["difference"].to_numpy(dtype=float)
        bins = pd.Series(np.round(np.arcsinh(x / even), 1))
        alike = bins.groupby(bins)
        many = alike.transform("size").clip(upper=LEVELS)
        lift = (alike.cumcount() % LEVELS - (many - 1) / 2).to_numpy() * 0.08
        ax.plot(x, y + lift, look[0], color=look[1], markersize=3.2, alpha=0.75,
                markeredgewidth=0)  # fmt: skip
        names.append(labels.text("chart.naive.row", language, count=len(part),
                     name=labels.text(f"mark.{'conflict' if conflict == 'yes' else 'sound'}",
                                      language)))  # fmt: skip
    ax.set_xscale("symlog", linthresh=even, linscale=0.5)
    ax.set_xlim(-even / 2, max(float(data["difference"].max()) * 1.4, ticks[-1]))
    shown = [tick for tick in ticks if tick <= ax.get_xlim()[1]]
    digits = [0 if t == 0 else max(0, round(-np.log10(t))) for t in shown]
    ax.set_xticks(shown, [labels.number(t, d, language) for t, d in zip(shown, digits,
                                                                         strict=True)])  # fmt: skip
    ax.minorticks_off()
    ax.set_yticks([0, 1], names, fontsize=7)
    ax.set_ylim(-0.55, 1.55)
    ax.set_xlabel(labels.text(f"axis.naive.{check}", language), fontsize=7.5)
    ax.set_title(labels.text(f"chart.naive.{check}", language), fontsize=8, loc="left", pad=3)
    ax.grid(axis="y", visible=False)
