"""Whether chances and intervals held what they said: reliability of events, coverage by level."""

from __future__ import annotations

import numpy as np
import pandas as pd

from helpers.backtest import measures

EDGES = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
"""Five bins of equal width, fixed in advance: with few independent events, more would be noise."""

LEVELS = (10, 20, 30, 40, 50, 60, 70, 80, 90, 95)
"""Nominal levels of central intervals, per cent."""


def reliability(table: pd.DataFrame) -> pd.DataFrame:
    """How often events came that were given a certain chance, by standard, model and event.

    table : as from `run`
    Returns standard, model, event (one of measures.EVENTS, or 'all'), low and high (ends of the
    bin, 0 to 1; the last bin holds 1), n, forecast (mean chance in the bin) and observed (share of
    the cells in which the event came). Bins without a cell have no row.
    """
    came = measures.outcomes(table)
    keys = ["standard", "model"]
    parts = [
        table[keys].assign(event=event, chance=table[f"p_{event}"], came=came[event])
        for event in measures.EVENTS
    ]
    cells = pd.concat(parts, ignore_index=True).dropna(subset=["chance", "came"])
    cells = pd.concat([cells, cells.assign(event="all")], ignore_index=True)
    slot = np.clip(np.searchsorted(EDGES, cells["chance"], side="right") - 1, 0, len(EDGES) - 2)
    cells = cells.assign(low=np.array(EDGES)[slot], high=np.array(EDGES)[slot + 1])
    grouped = cells.groupby([*keys, "event", "low", "high"], sort=True)
    result = grouped.agg(n=("came", "size"), forecast=("chance", "mean"), observed=("came", "mean"))
    return result.reset_index()


def coverage(table: pd.DataFrame) -> pd.DataFrame:
    """Per cent of what came that lay in the central intervals of each level.

    table : as from `run`; a cell lies inside where its position among the draws does
    Returns standard, model, level (nominal, per cent), n and covered (per cent).
    """
    known = table.dropna(subset=["position"])
    off_centre = (200.0 * (known["position"] - 0.5).abs()).round(9)
    parts = [
        known[["standard", "model"]].assign(level=level, covered=100.0 * (off_centre < level))
        for level in LEVELS
    ]
    grouped = pd.concat(parts, ignore_index=True).groupby(["standard", "model", "level"], sort=True)
    return grouped["covered"].agg(n="size", covered="mean").reset_index()
