"""What printed figures imply: totals of households, and how far two of them lie apart."""

from __future__ import annotations

import numpy as np
import pandas as pd

KEY = ["source_id", "place", "group", "period", "standard"]
DERIVED = [*KEY, "family", "low", "high", "printed", "figures"]
RECORDS = [
    *KEY, "first", "first_low", "first_high", "first_printed", "second", "second_low",
    "second_high", "second_printed", "difference_low_pct", "difference_high_pct", "conflict",
    "figures",
]  # fmt: skip


def totals(figures: pd.DataFrame) -> pd.DataFrame:
    """Ranges of the total of households that each count with its rate, and each total, allow.

    figures : ledger + value, low, high and perhaps of; `X_households` and `X_rate` belong
              together when source, place, group, period and standard are the same
    Returns DERIVED: family (poor, near_poor, … or total), low, high (households), printed and
    figure ids. A rate that may be zero allows any total and gives no row.
    """
    used = figures[figures["value"].notna() & (figures["status"] != "target")]
    counts, rates = (
        used[used["indicator"].str.endswith(ending)].assign(
            family=used["indicator"].str.removesuffix(ending)
        )
        for ending in ("_households", "_rate")
    )
    both = counts.merge(rates[rates["low"] > 0], on=[*KEY, "family"], suffixes=("", "_rate"))
    pairs = both[[*KEY, "family"]].assign(
        low=100 * both["low"] / both["high_rate"],
        high=100 * both["high"] / both["low_rate"],
        printed=both["printed"] + " · " + both["printed_rate"],
        figures=both["figure_id"] + " " + both["figure_id_rate"],
    )
    whole = counts[counts["family"] == "total"]
    whole = whole.assign(figures=whole["figure_id"])
    fraction = counts[counts["of"].notna()] if "of" in counts else counts.iloc[:0].assign(of=0.0)
    fraction = fraction.assign(
        family="total", low=fraction["of"], high=fraction["of"], figures=fraction["figure_id"]
    )
    parts = (pairs, whole, fraction)
    return pd.concat([part[DERIVED] for part in parts], ignore_index=True)


def records(figures: pd.DataFrame) -> pd.DataFrame:
    """Records with two or more ranges for one total of households: the two farthest apart.

    Returns RECORDS, largest difference first: `first` is the range that begins highest, `second`
    the one that ends lowest, their relative difference in per cent of the second as an interval.
    The ranges exclude each other, a conflict, when the interval lies above zero.
    """
    derived = totals(figures)
    rows = []
    for key, group in derived.groupby(KEY, sort=True):
        if len(group) < 2:
            continue
        highest = group.sort_values(["low", "family"], ascending=[False, True])
        first, rest = highest.iloc[0], highest.iloc[1:]
        second = rest.sort_values(["high", "family"]).iloc[0]
        rows.append([
            *key, *first[["family", "low", "high", "printed"]],
            *second[["family", "low", "high", "printed"]],
            _excess(first["low"], second["high"]), _excess(first["high"], second["low"]),
            "yes" if first["low"] > second["high"] else "no",
            " ".join(dict.fromkeys(f"{first['figures']} {second['figures']}".split())),
        ])  # fmt: skip
    table = pd.DataFrame(rows, columns=RECORDS)
    order = ["difference_low_pct", *KEY]
    return table.sort_values(order, ascending=[False] + [True] * len(KEY)).reset_index(drop=True)


def _excess(high: float, low: float) -> float:
    """By how many per cent one end lies above another; infinite above zero."""
    return 100 * (high / low - 1) if low > 0 else np.inf
