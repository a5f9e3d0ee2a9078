"""Ranks of provinces as ranges: what rounding leaves open, and what a forecast does.

Rank 1 is the poorest, or the largest fall. Ties are never broken: a place has all the ranks that
its ties allow.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from helpers.project import UserError
from helpers.trends import panels
from helpers.trends.draws import Draws
from helpers.trends.forecasts import simulate
from helpers.trends.panels import Panel

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

TEN = 10  # places at either end whose chances are told
LEVELS = {"80": 0.80, "95": 0.95}
COLUMNS = [
    "place", "year", "by", "rank", "low80", "high80", "low95", "high95", "joint_low95",
    "joint_high95", "first_ten", "last_ten",
]  # fmt: skip


def ahead(year: int, horizon: int = 3, draws: int = 4000, seed: int = 1) -> pd.DataFrame:
    """Ranks of the provinces some years after a year, by the model `default`, which sees no more.

    year : the origin, under the newest standard that has it
    Returns standard, origin and COLUMNS. Empty where that year is the first of its panel, or in
    none: a forecast needs two years of one standard. Raises UserError as `simulate` does.
    """
    parts = []
    for standard in panels.STANDARDS:
        panel = panels.load(standard)
        if year in panel.rates.index[1:]:
            found = of_forecast(panel, simulate(panel, year, horizon, "default", draws, seed),
                                year + horizon)  # fmt: skip
            parts = [found.assign(standard=standard, origin=year)]
        elif year in panel.rates.index:
            parts = []
    return pd.concat(parts) if parts else pd.DataFrame(columns=[*COLUMNS, "standard", "origin"])


def of_intervals(low: Floats, high: Floats) -> tuple[Integers, Integers]:
    """First and last rank of each value that lies anywhere in its interval, largest value first.

    low, high : closed ends, any unit. Returns two arrays, 1 = largest: one more than the values
    that are surely larger, and all but those that are surely smaller. These are the exact ranges
    of each place, all the others being free: marginal, not simultaneous.
    """
    larger = (low[None, :] > high[:, None]).sum(axis=1)
    smaller = (high[None, :] < low[:, None]).sum(axis=1)
    return larger + 1, len(low) - smaller


def of_draws(values: Floats) -> pd.DataFrame:
    """Ranks of places in draws, largest value first; a row a place, in their order.

    values : place × draw, any unit
    Returns rank (the middle one), low80 … high95: marginal intervals, each of which holds the rank
    of its place in so many per cent of the draws; joint_low95, joint_high95: simultaneous ones,
    which hold the ranks of *all* places at once in 95 % of the draws; first_ten, last_ten: the
    share of draws in which fewer than ten places lie above, or below (Mogstad, Romano, Shaikh and
    Wilhelm 2024 tell the two kinds of intervals apart; these are of draws, not of samples).
    """
    from scipy.stats import rankdata  # long to load, and only ranks need it

    first = rankdata(-values, method="min", axis=0).astype(np.int64)
    last = rankdata(-values, method="max", axis=0).astype(np.int64)
    count = len(values)
    found = {"rank": np.quantile((first + last) // 2, 0.5, axis=1, method="inverted_cdf")}
    for name, level in LEVELS.items():
        tail = (1 - level) / 2
        found[f"low{name}"] = np.quantile(first, tail, axis=1, method="inverted_cdf")
        found[f"high{name}"] = np.quantile(last, 1 - tail, axis=1, method="inverted_cdf")
    found["joint_low95"], found["joint_high95"] = _joint(first, last, 0.95)
    found["first_ten"] = (first <= TEN).mean(axis=1)
    found["last_ten"] = (last > count - TEN).mean(axis=1)
    return pd.DataFrame(found)


def of_forecast(panel: Panel, future: Draws, year: int, by: str = "rate") -> pd.DataFrame:
    """Ranks of the provinces in a forecast year, a row a province (COLUMNS).

    year : one of future.years
    by   : 'rate', poorest first, or 'fall', largest fall in pp from the last known rate first
    Raises UserError for another year or `by`.
    """
    if year not in future.years:
        raise UserError(f"the draws have no year {year}: choose one of {future.years}.")
    if by not in ("rate", "fall"):
        raise UserError(f"ranks by {by!r} are not known: choose 'rate' or 'fall'.")
    places = sorted(set(panel.leaves) & set(future.places))
    column = [future.places.index(place) for place in places]
    values = future.rates[future.years.index(year), column, :]
    if by == "fall":
        last = panel.rates.loc[: future.origin, places].ffill().iloc[-1].to_numpy(float)
        values = last[:, None] - values
    return of_draws(values).assign(place=places, year=year, by=by)[COLUMNS]


def _joint(first: Integers, last: Integers, level: float) -> tuple[Integers, Integers]:
    """Ranges of ranks, by place, that hold all places at once in at least `level` of the draws.

    Every place keeps the same share of its own tails: the draws are sorted by the most extreme of
    their ranks, measured by the share of draws at least as extreme for that place, and the widest
    draws are left out.
    """
    from scipy.stats import rankdata

    draws = first.shape[1]
    below = rankdata(first, method="max", axis=1)  # draws in which the place ranks as high, or more
    above = rankdata(-last, method="max", axis=1)
    depth = np.minimum(below, above).min(axis=0)
    kept = depth >= np.sort(depth)[int(np.floor((1 - level) * draws + 1e-9))]
    return first[:, kept].min(axis=1), last[:, kept].max(axis=1)
