"""Implied totals: how many households in all the printed figures of a record allow."""

from __future__ import annotations

import pandas as pd

from helpers.reconcile.build import available, numbered
from helpers.reconcile.statements import counted_rates

COLUMNS = (
    *("whole", "source_id", "place", "group", "period", "standard"),
    *("family", "low", "high", "printed", "figures"),
)


def implied_totals(figures: pd.DataFrame, links: pd.DataFrame) -> pd.DataFrame:
    """Ranges of the total of households that each count with its rate, and each total, allow.

    figures, links : as for `run`
    Returns COLUMNS, a row a range: `whole` numbers the totals, rows of one number must agree;
    family is poor, near_poor, … or total; low and high in households; figures their ids. Goals
    are left out, and so is a rate that may be zero, which allows any total.
    """
    ledger = figures[available(figures)].sort_values("figure_id", ignore_index=True)
    table, _, ties = numbered(ledger, links)
    rates = counted_rates(table, ties)
    table = table.assign(printed=ledger["printed"], whole=table["base"], family=table["stem"])
    table = table[table["stage"] != "target"]
    counts = table[table["kind"] == "count"]
    rates = rates.loc[rates["low"] > 0, ["base", "stem", "low", "high", "figure_id"]]
    rates = rates.assign(printed=ledger["printed"])
    both = counts.merge(rates, on=["base", "stem"], suffixes=("", "_rate"))
    pairs = both.assign(
        low=100 * both["low"] / both["high_rate"],
        high=100 * both["high"] / both["low_rate"],
        printed=both["printed"] + " · " + both["printed_rate"],
        figures=both["figure_id"] + " " + both["figure_id_rate"],
    )
    totals = table[table["kind"] == "total"]
    fractions = counts[counts["of"].notna()]
    fractions = fractions.assign(low=fractions["of"], high=fractions["of"])
    printed = pd.concat([totals, fractions]).assign(family="total")
    printed = printed.assign(figures=printed["figure_id"])
    found: pd.DataFrame = pd.concat([pairs, printed], ignore_index=True)[list(COLUMNS)]
    return found.sort_values("whole", kind="stable", ignore_index=True)
