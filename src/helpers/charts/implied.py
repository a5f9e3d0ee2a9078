"""Records of printed figures: how far the totals of households that they imply lie apart."""

from __future__ import annotations

import numpy as np
import pandas as pd

KEY = ["source_id", "place", "group", "period", "standard"]
RECORDS = [
    *KEY, "first", "first_low", "first_high", "first_printed", "second", "second_low",
    "second_high", "second_printed", "difference_low_pct", "difference_high_pct", "conflict",
    "figures", "cause",
]  # fmt: skip


def records(totals: pd.DataFrame, conflicts: pd.DataFrame) -> pd.DataFrame:
    """Records with two or more ranges for one total of households: the two farthest apart.

    totals    : as from reconcile.implied_totals
    conflicts : figures, cause
    Returns RECORDS, largest difference first: `first` is the range that begins highest, `second`
    the one that ends lowest, their relative difference in per cent of the second as an interval;
    conflict is `yes` where a conflict lies within the figures of both, or holds them and others
    of the record that print the same; cause is the cause found for it.
    """
    rows, members = [], []
    for _, group in totals.groupby("whole", sort=True):
        if len(group) < 2:
            continue
        members.append(set(" ".join(group["figures"]).split()))
        highest = group.sort_values(["low", "family"], ascending=[False, True])
        first, rest = highest.iloc[0], highest.iloc[1:]
        second = rest.sort_values(["high", "family"]).iloc[0]
        rows.append([
            *first[[*KEY, "family", "low", "high", "printed"]],
            *second[["family", "low", "high", "printed"]],
            _excess(first["low"], second["high"]), _excess(first["high"], second["low"]),
            "no", " ".join(dict.fromkeys(f"{first['figures']} {second['figures']}".split())), "",
        ])  # fmt: skip
    table = _with_conflicts(pd.DataFrame(rows, columns=RECORDS), members, conflicts)
    order = ["difference_low_pct", *KEY, "figures"]
    return table.sort_values(order, ascending=[False] + [True] * 6).reset_index(drop=True)


def _with_conflicts(
    table: pd.DataFrame, members: list[set[str]], conflicts: pd.DataFrame
) -> pd.DataFrame:
    """The records with the first conflict in the two ranges of each, else around them."""
    by_figure: dict[str, list[tuple[set[str], str]]] = {}
    for figures, cause in zip(conflicts["figures"], conflicts["cause"], strict=True):
        conflict = set(str(figures).split())
        for figure in sorted(conflict):
            by_figure.setdefault(figure, []).append((conflict, str(cause)))
    for number, (figures, whole) in enumerate(zip(table["figures"], members, strict=True)):
        own = str(figures).split()
        known = [found for figure in own for found in by_figure.get(figure, [])]
        causes = [cause for conflict, cause in known if conflict <= set(own)]
        causes += [cause for conflict, cause in known if set(own) <= conflict <= whole]
        if causes:
            table.loc[number, ["conflict", "cause"]] = ["yes", causes[0]]
    return table


def _excess(high: float, low: float) -> float:
    """By how many per cent one end lies above another; infinite above zero."""
    return 100 * (high / low - 1) if low > 0 else np.inf
