"""Bridges between standards: years that one place counted under both, and paths linked by them."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from helpers.trends.review_figures import observations

Floats = NDArray[np.float64]

COLUMNS = [
    "place", "year", "standard_old", "standard_new", "kind", "rate_old", "low_old", "high_old",
    "rate_new", "low_new", "high_new", "ratio", "ratio_low", "ratio_high", "odds_ratio", "gap_pp",
    "gap_low", "gap_high", "sources",
]  # fmt: skip
LINKED = [
    "place", "year", "standard_old", "standard_new", "bridge_year", "rate_old", "linked", "low",
    "high", "basis",
]  # fmt: skip


def bridges(figures: pd.DataFrame) -> pd.DataFrame:
    """Years for which the reviews give a place's poor rate under two standards (COLUMNS).

    figures : cleaned or reconciled figures
    kind is 'succession' where one national standard follows another, and 'parallel' where a
    province counts by its own standard beside the national one (the own one is then `new`). Rates
    are per cent; ratio is new / old, odds_ratio that of rate / (100 - rate), gap_pp is new - old;
    their ends are what the intervals of both rates allow (rounding, not sampling). NaN for a ratio
    to a rate that may be 0.
    """
    return _bridges(observations(figures))


def _bridges(known: pd.DataFrame) -> pd.DataFrame:
    """`bridges` of the rates that `observations` gives."""
    known = known.assign(order=_order(known["standard"]))
    both = known.merge(known, on=["place", "year"], suffixes=("_old", "_new"))
    both = both[both["order_old"] < both["order_new"]]
    local = both["standard_new"].str.startswith("local:")
    table = both.assign(
        kind=np.where(local, "parallel", "succession"),
        ratio=_divided(both["rate_new"], both["rate_old"]),
        ratio_low=_divided(both["low_new"], both["high_old"]),
        ratio_high=_divided(both["high_new"], both["low_old"]),
        odds_ratio=_divided(_odds(both["rate_new"]), _odds(both["rate_old"])),
        gap_pp=both["rate_new"] - both["rate_old"],
        gap_low=both["low_new"] - both["high_old"],
        gap_high=both["high_new"] - both["low_old"],
        sources=[
            " ".join(sorted({*old.split(), *new.split()}))
            for old, new in zip(both["sources_old"], both["sources_new"], strict=True)
        ],
    )
    return table.sort_values(["kind", "year", "place"], ascending=[False, True, True])[
        COLUMNS
    ].reset_index(drop=True)


def linked(figures: pd.DataFrame, place: str | None = None) -> pd.DataFrame:
    """Rates under an old standard as a model puts them under the next one (LINKED): no statistic.

    figures : cleaned or reconciled figures; place : a code, None for all that have a bridge
    Only for places that counted one year under both of two national standards. What the new
    standard adds is taken to be one factor on the odds of being poor, the one of the bridge year:
    a move of the line shifts the log-odds, and no rate leaves 0 to 100, as a plain factor on a
    rate would make it. One year cannot tell the scale: low and high span both factors, on odds and
    on rates, over the intervals of all three rates. A bridge from or to 0 or 100 links nothing.
    """
    if place is not None:
        figures = figures[figures["place"] == place]
    observed = observations(figures)
    every = _bridges(observed)
    every = every[every["kind"].eq("succession") & every["ratio_high"].notna()]
    every = every[every["rate_new"].between(0, 100, inclusive="neither")]
    known = observed[["place", "standard", "year", "rate", "low", "high"]]
    rows = every.merge(
        known.rename(columns={"standard": "standard_old", "year": "when"}),
        on=["place", "standard_old"],
    )
    rows = rows[rows["when"] <= rows["year"]]
    paths = {
        name: np.stack(_both_scales(*(rows[end].to_numpy(float) for end in ends)))
        for name, ends in {
            "middle": ("rate", "rate_old", "rate_new"),
            "low": ("low", "high_old", "low_new"),
            "high": ("high", "low_old", "high_new"),
        }.items()
    }
    at_bridge = (rows["when"] == rows["year"]).to_numpy()
    table = pd.DataFrame(
        {
            "place": rows["place"], "year": rows["when"], "standard_old": rows["standard_old"],
            "standard_new": rows["standard_new"], "bridge_year": rows["year"],
            "rate_old": rows["rate"],
            "linked": np.where(at_bridge, rows["rate_new"], paths["middle"][0]),
            "low": np.where(at_bridge, rows["low_new"], paths["low"].min(axis=0)),
            "high": np.where(at_bridge, rows["high_new"], paths["high"].max(axis=0)),
            "basis": "model",
        }
    )  # fmt: skip
    return table.sort_values(["place", "standard_old", "year"], ignore_index=True)[LINKED]


def _both_scales(rate: Floats, old: Floats, new: Floats) -> tuple[Floats, Floats]:
    """A rate moved by the factor new / old, on the odds and on the rates themselves."""
    whole = rate >= 100
    odds = _odds(np.where(whole, 0.0, rate)) * _odds(new) / _odds(old)
    on_odds = np.where(whole, 100.0, 100 * odds / (1 + odds))
    return on_odds, np.minimum(rate * new / old, 100.0)


def _odds(rate: pd.Series | Floats) -> Floats:
    values = np.asarray(rate, dtype=float)
    odds = np.full(values.shape, np.inf)
    np.divide(values, 100 - values, out=odds, where=values < 100)
    return odds


def _divided(upper: pd.Series | Floats, lower: pd.Series | Floats) -> Floats:
    above, below = np.asarray(upper, dtype=float), np.asarray(lower, dtype=float)
    usable = (below > 0) & np.isfinite(below) & np.isfinite(above)
    ratio = np.full(above.shape, np.nan)
    np.divide(above, below, out=ratio, where=usable)
    return ratio


def _order(standards: pd.Series) -> pd.Series:
    """National standards by their first year, a province's own after all of them."""
    year = standards.str.extract(r"(\d{4})", expand=False).astype(float)
    return year + 10_000 * standards.str.startswith("local:")
