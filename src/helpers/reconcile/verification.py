"""Verifying: reconciled values, as they are shown, against all rules once more."""

from __future__ import annotations

import numpy as np
import pandas as pd

from helpers.reconcile.build import available, build
from helpers.reconcile.doubts import holds
from helpers.reconcile.parts import figure_components
from helpers.reconcile.screening import narrow
from helpers.reconcile.system import Bools, take
from helpers.rules import Book

FREE = ("doubted", "explained")
CHANGED = ("corrected", "adjusted")
ACROSS = "across sources: "


def verify(
    reconciled: pd.DataFrame,
    figures: pd.DataFrame,
    links: pd.DataFrame,
    rules: Book | None = None,
    changes: pd.DataFrame | None = None,
) -> list[str]:
    """Figures whose reconciled values do not hold together with what stands beside them.

    reconciled : table `figures` of a result, in any order
    figures, links, rules : as they went into `run`
    changes : table `changes` of the result; without it each new value stands for itself
    A new value counts with its range: a corrected print is as rough as the printed one was, an
    adjusted count is exact, a rate holds to half a unit of its last decimal. A printed one counts
    with its range; what is doubted or explained is free. Returns the figure_ids of every part in
    which a figure was changed or a rule is broken, and that does not hold; [] when all is well.
    """
    ledger = figures[available(figures)].sort_values("figure_id", ignore_index=True)
    shown = reconciled.set_index("figure_id").loc[ledger["figure_id"]].reset_index()
    changed = shown["status_reconciled"].isin(CHANGED)
    half = _half_units(shown).where(changed, 0.0)
    ends = _new_ends(shown["figure_id"], changes)
    for name, end in (("low", shown["reconciled"] - half), ("high", shown["reconciled"] + half)):
        ledger[name] = ledger[name].where(~changed, ends[name].fillna(end))
    between = shown["why"].str.startswith(ACROSS)
    free = shown["status_reconciled"].isin(FREE) & ~between
    system = build(ledger, links, rules)
    trusted = ~free.to_numpy()
    component = system.components()
    mine = figure_components(system, component)
    ranges = narrow(system, trusted)
    bad = component[ranges.empty].tolist()
    bad += component[system.col[ranges.broken[system.row]]].tolist()
    unsound = set(bad)
    for number in np.unique(mine[changed.to_numpy() & (mine >= 0)]):
        members = np.flatnonzero(mine == number)
        piece = take(system, np.flatnonzero(component == number), members)
        if not holds(piece, trusted[members]):
            unsound.add(int(number))
    wrong = np.isin(mine, sorted(unsound)) | _unlogged(shown, changed, changes)
    return ledger.loc[wrong, "figure_id"].tolist()


def _unlogged(shown: pd.DataFrame, changed: pd.Series, changes: pd.DataFrame | None) -> Bools:
    """(f,) whether the reconciled value is not what is printed, nor what the changes say."""
    wanted = shown["value"].where(~changed, shown["reconciled"])
    if changes is not None:
        new = changes.set_index("figure_id")["new_value"].astype("float64")
        wanted = wanted.where(~changed, shown["figure_id"].map(new))
    gap = (shown["reconciled"] - wanted).abs()
    return ~(gap <= 1e-9 * wanted.abs().clip(lower=1.0)).to_numpy(dtype=np.bool_)


def _new_ends(figure_id: pd.Series, changes: pd.DataFrame | None) -> pd.DataFrame:
    """Low and high of each corrected print, in the order of `figure_id`; NaN for all others."""
    if changes is None:
        return pd.DataFrame(np.nan, index=figure_id.index, columns=["low", "high"])
    corrected = changes[changes["status_reconciled"] == "corrected"].set_index("figure_id")
    ends = corrected[["new_low", "new_high"]].reindex(figure_id)
    return ends.astype("float64").set_axis(["low", "high"], axis=1).set_axis(figure_id.index)


def _half_units(shown: pd.DataFrame) -> pd.Series:
    """Half a unit of the last decimal of rates; 0 for counts."""
    is_rate = shown["unit"].isin(["%", "pp"])
    texts = [f"{value:.12g}" for value in shown["reconciled"]]
    decimals = pd.Series([len(text.partition(".")[2]) for text in texts], dtype="float64")
    return (0.5 * 10.0**-decimals).where(is_rate, 0.0)
