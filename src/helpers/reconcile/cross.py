"""Cross-checking: the same figure as printed by different sources."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from helpers.periods import ends
from helpers.reconcile import causes
from helpers.reconcile.conflicts import Conflict, Side
from helpers.reconcile.doubts import Set

KEY = ["place", "group", "period", "standard", "indicator"]
DAY = ["place", "group", "indicator", "day"]
CELL = [*DAY, "period", "standard"]
COLUMNS = [*KEY, "source_id", "status", "printed", "qualifier", "low", "high"]
TOLERANCE = 1e-9


@dataclass(frozen=True)
class CrossFinding:
    """Figures of one key that sources print with ranges that exclude each other.

    conflict : its two sides are the lowest and the highest print
    doubted  : every smallest set of figures without which the others have a common value,
               weighted by source; empty where the cause explains the difference
    cause    : `preliminary` where only figures of different status differ, `date` or `standard`
               where those tell them apart, else `unknown`
    scope    : `cross`, or `source` where all figures are of one source
    offers   : corrected prints by figure, where a slip of digits tells one print from the other
    """

    conflict: Conflict
    doubted: tuple[Set, ...]
    cause: str
    scope: str = "cross"
    offers: dict[int, list[str]] = field(default_factory=dict)


def compare(figures: pd.DataFrame) -> tuple[list[CrossFinding], pd.Series]:
    """Compare the sources of a ledger, all keys at once.

    figures : cleaned ledger, index 0..f-1
    Returns the findings in the order of their first figure, and per figure (bool) whether another
    source prints the same key. Not compared: figures without period or standard, goals and
    changes (what they are counted from is not known across sources). Figures of one day that go by
    another date (`2022`, `2022-12`, `2023-01`) or by another standard are two measures: where they
    differ that is explained, and nobody is doubted.
    """
    table = figures.loc[_comparable(figures), COLUMNS]
    findings, several = _of_one_key(table)
    findings += _of_one_day(table)
    compared = several.reindex(figures.index, fill_value=False)
    return sorted(findings, key=lambda f: f.conflict.figures), compared


def _of_one_key(table: pd.DataFrame) -> tuple[list[CrossFinding], pd.Series]:
    """Figures of the same place, group, period, standard and indicator; and which have others."""
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
    return findings, several


def _of_one_day(table: pd.DataFrame) -> list[CrossFinding]:
    """Figures of one day under several dates or standards whose ranges have nothing in common."""
    table = table[table["period"].str.fullmatch(r"\d{4}(?:-\d{2})?")]
    january = table["period"].str.endswith("-01")
    day = (12 * ends(table["period"])).round() - january
    table = table.assign(day=day)
    named = ["period", "standard"]
    cells = table.groupby([*DAY, *named], sort=False)
    cell = cells.agg(low=("low", "min"), high=("high", "max")).reset_index()
    days = cell.groupby(DAY, sort=False)
    gap = days["low"].transform("max") - days["high"].transform("min")
    apart = cell[gap > TOLERANCE * cell["high"].abs().clip(lower=1.0)]
    pairs = [
        _two_measures(table, found.nsmallest(1, "high"), found.nlargest(1, "low"))
        for _, found in apart.groupby(DAY, sort=False)
    ]
    return [finding for finding in pairs if finding is not None]


def _two_measures(
    table: pd.DataFrame, lowest: pd.DataFrame, highest: pd.DataFrame
) -> CrossFinding | None:
    """The finding of two cells; None where one source prints both, and so says what they are."""
    sides = []
    for cell in (lowest, highest):
        members = table.reset_index(names="figure").merge(cell, on=CELL, suffixes=("", "_cell"))
        low, high = float(cell["low"].iloc[0]), float(cell["high"].iloc[0])
        sides.append(Side(tuple(sorted(members["figure"].tolist())), low, high, "print"))
    one, other = (set(table.loc[list(side.figures), "source_id"]) for side in sides)
    if one & other:
        return None
    figures = tuple(sorted({*sides[0].figures, *sides[1].figures}))
    differs = lowest["standard"].iloc[0] != highest["standard"].iloc[0]
    conflict = Conflict(figures, "same-figure-elsewhere", sides[0], sides[1])
    return CrossFinding(conflict, (), "standard" if differs else "date")


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
    doubted = _doubts(group, members)
    cause, offers = _slip(group, doubted, sides)
    return CrossFinding(conflict, doubted, cause, offers=offers)


def _slip(
    group: pd.DataFrame, doubted: tuple[Set, ...], sides: list[Side]
) -> tuple[str, dict[int, list[str]]]:
    """The slip of digits that makes a doubted print of one side meet the other, if there is one."""
    found: dict[int, list[str]] = {}
    named: list[str] = []
    doubtful = {figure for one in doubted for figure in one}
    for side, other in (sides, sides[::-1]):
        for figure in sorted(doubtful & set(side.figures)):
            row = group.loc[[figure]].iloc[0]
            if row["qualifier"] == "exact":
                alone = Side((figure,), side.low, side.high, side.form)
                cause, offers = slip_of(str(row["printed"]), alone, (other.low, other.high))
                found |= offers
                named += [cause] if offers else []
    return min(named, key=causes.rank, default="unknown"), found


def slip_of(
    printed: str, side: Side, allowed: tuple[float, float]
) -> tuple[str, dict[int, list[str]]]:
    """The likeliest slip of digits that brings one print into a range, and the prints then meant.

    printed : of the figure of `side`, whose range is that of the print
    Returns `unknown` and nothing where no slip does, or too many do.
    """
    middle = (side.low + side.high) / 2
    most = causes.decimals(printed, middle)
    ends = middle, side.low, side.high
    offered = causes.telling(causes.suggestions(printed, *ends, allowed, most))
    if not offered:
        return "unknown", {}
    return causes.code(offered[0].cause), {side.figures[0]: [one.printed for one in offered]}


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
