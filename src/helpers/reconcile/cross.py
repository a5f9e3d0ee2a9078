"""Cross-checking: the same figure as printed by different sources."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.reconcile.conflicts import Conflict, Side
from helpers.reconcile.localise import Set

KEY = ["place", "group", "period", "standard", "indicator"]
TOLERANCE = 1e-9


@dataclass(frozen=True)
class CrossFinding:
    """Figures of one key that sources print with ranges that exclude each other.

    conflict : its two sides are the lowest and the highest print
    doubted  : every smallest set of figures without which the others have a common value,
               weighted by source; empty where the cause explains the difference
    cause    : `preliminary` where only figures of different status differ, else `unknown`
    """

    conflict: Conflict
    doubted: tuple[Set, ...]
    cause: str


def compare(figures: pd.DataFrame) -> tuple[list[CrossFinding], pd.Series]:
    """Compare the sources of a ledger, all keys at once.

    figures : cleaned ledger, index 0..f-1
    Returns the findings in the order of their first figure, and per figure (bool) whether another
    source prints the same key. Not compared: figures without period or standard, goals and
    changes (what they are counted from is not known across sources).
    """
    table = figures.loc[_comparable(figures), [*KEY, "source_id", "status", "low", "high", "value"]]
    groups = table.groupby(KEY, sort=False)
    several = groups["source_id"].transform("nunique") > 1
    gap = groups["low"].transform("max") - groups["high"].transform("min")
    size = table["low"].abs().clip(lower=1.0)
    apart = several & (gap > TOLERANCE * size)
    findings = []
    for _, group in table[apart].groupby(KEY, sort=False):
        finding = _finding(group)
        if finding is not None:
            findings.append(finding)
    compared = several.reindex(figures.index, fill_value=False)
    return sorted(findings, key=lambda f: f.conflict.figures), compared


def _comparable(figures: pd.DataFrame) -> pd.Series:
    dated = (figures["period"] != "") & (figures["standard"] != "")
    indicator = figures["indicator"]
    goal = indicator.str.startswith("target_") | (figures["status"] == "target")
    return dated & ~goal & ~indicator.str.contains("_change", regex=False)


def _finding(group: pd.DataFrame) -> CrossFinding | None:
    """The finding of one key; None where the only disjoint prints are of one source.

    A source that prints two values of one key prints two definitions: each may meet the others'.
    """
    group = _met_elsewhere(group)
    if group["source_id"].nunique() < 2:
        return None
    lowest = group.iloc[int(group["high"].to_numpy().argmin())]
    highest = group.iloc[int(group["low"].to_numpy().argmax())]
    if highest["low"] <= lowest["high"] + TOLERANCE * max(1.0, abs(lowest["high"])):
        return None
    sides = [_side(group, row) for row in (lowest, highest)]
    members = tuple(sorted(group.index[_in_conflict(group)].tolist()))
    conflict = Conflict(members, "same-figure-elsewhere", sides[0], sides[1])
    if _differs_by_status(group):
        return CrossFinding(conflict, (), "preliminary")
    return CrossFinding(conflict, _doubts(group, members), "unknown")


def _met_elsewhere(group: pd.DataFrame) -> pd.DataFrame:
    """Without the second definitions: of a source's prints those that meet another source's."""
    low, high = group["low"].to_numpy(), group["high"].to_numpy()
    source = group["source_id"].to_numpy()
    meets = (low[:, None] <= high[None, :]) & (low[None, :] <= high[:, None])
    met = (meets & (source[:, None] != source[None, :])).any(axis=1)
    has_met = pd.Series(met, index=group.index).groupby(group["source_id"]).transform("any")
    kept: pd.DataFrame = group.loc[met | ~has_met.to_numpy()]
    return kept


def _side(group: pd.DataFrame, row: pd.Series) -> Side:
    same = group[(group["low"] == row["low"]) & (group["high"] == row["high"])]
    return Side(tuple(same.index.tolist()), float(row["low"]), float(row["high"]), "print")


def _in_conflict(group: pd.DataFrame) -> np.typing.NDArray[np.bool_]:
    low, high = group["low"].to_numpy(), group["high"].to_numpy()
    apart = (low[:, None] > high[None, :]) | (low[None, :] > high[:, None])
    return np.asarray(apart.any(axis=1), dtype=np.bool_)


def _differs_by_status(group: pd.DataFrame) -> bool:
    """Whether figures agree within each status, so that only the status tells them apart."""
    status = group["status"].where(group["status"] != "final", "")
    ends = group.groupby(status).agg({"low": "max", "high": "min"})
    return len(ends) > 1 and bool((ends["low"] <= ends["high"] + TOLERANCE).all())


def _doubts(group: pd.DataFrame, members: Set) -> tuple[Set, ...]:
    """Smallest sets, by number of sources, without which the rest has a common value."""
    sets: dict[Set, int] = {}
    for point in sorted({*group["low"], *group["high"]}):
        outside = (group["low"] > point) | (group["high"] < point)
        figures = tuple(figure for figure in members if outside[figure])
        sets[figures] = int(group.loc[list(figures), "source_id"].nunique())
    fewest = min(sets.values())
    smallest = [figures for figures, sources in sets.items() if sources == fewest]
    return tuple(sorted(s for s in smallest if not any(set(o) < set(s) for o in smallest)))
