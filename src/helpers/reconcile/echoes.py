"""Echoes: a doubted number that is printed of another place, or of an earlier date, as well."""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd

from helpers.periods import ends as period_end

LEAST_DIGITS = 3
SAME = ["indicator", "value", "unit"]
WEAK = ("unknown", "wrong_digit")


def echoes(ledger: pd.DataFrame, doubted: Collection[int]) -> dict[int, str]:
    """For doubted figures, `stale` or `copied` where the very number has another owner.

    ledger  : cleaned, index 0..f-1
    doubted : numbers of figures
    Stale: the same place and group has it half a year or more before, in any source. Copied:
    another place or group has it at the same date in the same source. Numbers of fewer than three
    digits, zeros at the ends not counted, coincide too easily to say anything.
    """
    mine = ledger.loc[sorted(doubted), _NEEDED]
    digits = mine["value"].map(lambda value: len(f"{value:.12g}".replace(".", "").strip("0")))
    mine = mine[digits >= LEAST_DIGITS].reset_index(names="figure")
    others = ledger.loc[ledger["indicator"].isin(mine["indicator"].unique()), _NEEDED]
    pairs = mine.merge(others.reset_index(names="other"), on=SAME, suffixes=("", "_other"))
    pairs = pairs[pairs["figure"] != pairs["other"]]
    own = (pairs["place"] == pairs["place_other"]) & (pairs["group"] == pairs["group_other"])
    before = period_end(pairs["period"]) - period_end(pairs["period_other"])
    stale = own & (before >= 0.5 - 1e-9)
    beside = (pairs["source_id"] == pairs["source_id_other"]) & ~own
    copied = beside & (pairs["period"] == pairs["period_other"])
    found = dict.fromkeys(pairs.loc[copied, "figure"].tolist(), "copied")
    return found | dict.fromkeys(pairs.loc[stale, "figure"].tolist(), "stale")


_NEEDED = ["source_id", "place", "group", "period", *SAME]


def named(cause: str, figures: Collection[int], found: dict[int, str]) -> str:
    """The cause of a conflict of these doubted figures: an echo is better evidence than a digit."""
    if cause not in WEAK:
        return cause
    heard = [found[figure] for figure in sorted(figures) if figure in found]
    return heard[0] if heard else cause
