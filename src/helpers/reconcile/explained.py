"""Explained: what a source prints on two bases or under two standards, and need not agree."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pandas as pd

from helpers.periods import ends as period_end
from helpers.reconcile.build import numbered
from helpers.reconcile.conflicts import Conflict, Side
from helpers.reconcile.cross import CrossFinding, slip_of
from helpers.reconcile.hierarchy import complete_parts
from helpers.rules import Book

TOLERANCE = 1e-9
LIKELY = 0.05  # of the rate: numbers of households that two offices count differ by less
MEAN, CHANGE = "weighted-mean", "change-of-level"


def explained(
    figures: pd.DataFrame, links: pd.DataFrame, book: Book, doubted: set[int]
) -> list[CrossFinding]:
    """Findings inside sources that a base or a standard explains, and rates outside their parts'.

    figures, links : as for `build.build`; book: the rules that are applied
    doubted        : figures that other rules doubt; nothing is concluded from them here
    """
    table, values, ties = numbered(figures, links)
    found: list[CrossFinding] = []
    if MEAN in book:
        sound = table[~table.index.isin(doubted)]
        found += _means(sound, complete_parts(values.bases), figures["printed"])
    if CHANGE in book:
        pairs = _across_standards(table, ties)
        found += [f for f in pairs if doubted.isdisjoint(f.conflict.figures)]
    return sorted(found, key=lambda finding: finding.conflict.figures)


def _means(table: pd.DataFrame, parts: pd.DataFrame, prints: pd.Series) -> Iterator[CrossFinding]:
    """Rates of a place against those of all its parts.

    Outside the least and the greatest of them no weights can bring it: one of the rates is wrong.
    Inside, but away from their mean weighted by the households that counts and totals imply, the
    place's rate was probably worked out on another number of households, unless it is far away.
    """
    rates = table[table["ratable"] & (table["stage"] != "target")]
    rates = rates[~rates.duplicated(["base", "stem"], keep=False)]
    rates = rates[["base", "stem", "low", "high"]].reset_index(names="figure")
    rates = rates.merge(_households(table), how="left", on=["base", "stem"])
    whole = rates[["base", "stem", "figure", "low", "high"]].add_suffix("_whole")
    whole = whole.rename(columns={"base_whole": "whole", "stem_whole": "stem"})
    found = parts.merge(rates, on="base").merge(whole, on=["whole", "stem"])
    sets = found.groupby(["set", "stem"], sort=False)
    found = found[sets["base"].transform("size") == found["size"]]
    for _, rows in found.groupby(["set", "stem"], sort=False):
        printed = Side((int(rows["figure_whole"].iloc[0]),), *_ends(rows, "_whole"), "print")
        hull = float(rows["low"].min()), float(rows["high"].max())
        members = tuple(rows["figure"].tolist())
        if not _meet(hull, printed):
            doubted = tuple(sorted((figure,) for figure in (*members, *printed.figures)))
            yield _finding(Side(members, *hull, "all"), printed, doubted, "unknown")
        elif rows["count_low"].notna().all():
            mean = _mean(rows)
            if _meet(mean, printed):
                continue
            gap = max(mean[0] - printed.high, printed.low - mean[1]) / printed.high
            singles = tuple(sorted((figure,) for figure in (*members, *printed.figures)))
            first = Side(members, *mean, "all")
            if gap <= LIKELY:
                yield _finding(first, printed, (), "base")
            else:
                text = str(prints[printed.figures[0]])
                cause, offers = slip_of(text, printed, mean)
                found_here = _finding(first, printed, singles, cause)
                yield replace(found_here, offers=offers)


def _mean(rows: pd.DataFrame) -> tuple[float, float]:
    """Ends of  100 * sum of H / sum of T , where T is printed, or else 100*H/r."""
    with np.errstate(divide="ignore", invalid="ignore"):
        least = rows["total_low"].fillna(100 * rows["count_low"] / rows["high"])
        most = rows["total_high"].fillna(100 * rows["count_high"] / rows["low"])
        most = most.where(rows["total_high"].notna() | (rows["low"] > 0), np.inf)
        low = 100 * rows["count_low"].sum() / most.sum()
        high = 100 * rows["count_high"].sum() / least.sum()
    return float(low), float(high) if least.sum() > 0 else np.inf


def _households(table: pd.DataFrame) -> pd.DataFrame:
    """Counts and totals printed beside the rates: base, stem, count_low, …, total_low, …."""
    counts = table[(table["kind"] == "count") & (table["stage"] != "target")]
    counts = counts[~counts.duplicated(["base", "stem"], keep=False)]
    counts = counts[["base", "stem", "low", "high"]]
    counts = counts.rename(columns={"low": "count_low", "high": "count_high"})
    totals = table[table["kind"] == "total"]
    totals = totals.loc[~totals["base"].duplicated(keep=False), ["base", "low", "high"]]
    totals = totals.rename(columns={"low": "total_low", "high": "total_high"})
    return counts.merge(totals, how="left", on="base")


def _across_standards(table: pd.DataFrame, ties: pd.DataFrame) -> Iterator[CrossFinding]:
    """Changes linked to two levels of which one is of another standard, and that do not fit."""
    tied = ties[ties["relation"] == "change_of"]
    names = ["stem", "indicator", "standard", "period", "group", "place", "direction", "stage"]
    change = table.loc[tied["a"], [*names, "low", "high"]].reset_index(names="figure")
    level = table.loc[tied["b"], [*names, "low", "high"]].reset_index(names="figure")
    pairs = change.join(level, rsuffix="_level")
    fits = (pairs["stem"] == pairs["indicator_level"]) & pairs["direction"].isin(["fall", "rise"])
    fits &= (pairs["place"] == pairs["place_level"]) & (pairs["group"] == pairs["group_level"])
    fits &= ~pairs["indicator"].str.endswith("_per_year") & (pairs["stage_level"] != "target")
    pairs = pairs[fits].assign(end=period_end(pairs["period_level"]))
    for figure, levels in pairs.sort_values("end", kind="stable").groupby("figure", sort=True):
        if len(levels) != 2 or levels["end"].nunique() != 2:
            continue
        earlier, later = levels.to_dict("records")
        if earlier["standard_level"] == later["standard_level"]:
            continue
        sign = 1.0 if earlier["direction"] == "fall" else -1.0
        implied = sorted(
            (
                sign * (earlier["low_level"] - later["high_level"]),
                sign * (earlier["high_level"] - later["low_level"]),
            )
        )
        printed = Side((int(str(figure)),), float(earlier["low"]), float(earlier["high"]), "print")
        if not _meet((implied[0], implied[1]), printed):
            members = int(earlier["figure_level"]), int(later["figure_level"])
            side = Side(members, implied[0], implied[1], "levels")
            yield _finding(side, printed, (), "standard", CHANGE)


def _finding(
    first: Side, second: Side, doubted: tuple[tuple[int, ...], ...], cause: str, rule: str = MEAN
) -> CrossFinding:
    figures = tuple(sorted({*first.figures, *second.figures}))
    return CrossFinding(Conflict(figures, rule, first, second), doubted, cause, "source")


def _ends(rows: pd.DataFrame, suffix: str) -> tuple[float, float]:
    return float(rows[f"low{suffix}"].iloc[0]), float(rows[f"high{suffix}"].iloc[0])


def _meet(ends: tuple[float, float], side: Side) -> bool:
    slack = TOLERANCE * max(1.0, abs(side.high))
    return ends[0] <= side.high + slack and side.low <= ends[1] + slack
