"""Households: all households of a place from the ledger, and poor households by a review rate."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from helpers import periods, places
from helpers.project import UserError

Floats = NDArray[np.float64]

GROWTH = 0.02
"""A total of another year is widened by this share a year, either way: between the censuses of
2009 and 2019 households grew from 22.4 to 26.9 million, 1.8 % a year."""

FAMILIES = {
    "poor_rate": "poor_households",
    "near_poor_rate": "near_poor_households",
    "multidim_poor_rate": "multidim_poor_households",
}
TOTALS = ["place", "year", "households", "low", "high", "basis", "sources", "note"]
NAMES = [
    "households", "households_low", "households_high", "households_year", "households_basis",
    "households_note",
]  # fmt: skip
Total = tuple[int, float, float, float, str]  # year, households, low, high, basis
LOWER = ("low", "low80", "low95")
UPPER = ("high", "high80", "high95")


def levels(figures: pd.DataFrame) -> pd.DataFrame:
    """Levels of all households of a place that may be compared, with `doubted`.

    figures : cleaned or reconciled figures
    No group, no target; value, low and high are those of `reconciled` where it is filled: an
    interval keeps its width and moves with the value.
    """
    rows = figures[figures["group"].eq("") & figures["status"].ne("target")]
    value = pd.to_numeric(rows["value"]).astype(float)
    none = pd.Series(np.nan, index=rows.index)
    better = pd.to_numeric(rows.get("reconciled", none)).astype(float).fillna(value)
    moved = better - value
    return rows.assign(
        value=better,
        low=pd.to_numeric(rows["low"]).astype(float) + moved,
        high=pd.to_numeric(rows["high"]).astype(float) + moved,
        doubted=rows.get("status_reconciled", none).eq("doubted"),
    ).dropna(subset=["value"])


def totals(figures: pd.DataFrame) -> pd.DataFrame:
    """All households by place and year (TOTALS): as printed, else as a count and its rate imply.

    figures : cleaned or reconciled figures
    A count H at a rate r of one source, period and standard implies a total between 100·H/r_high
    and 100·H/r_low.
    Where all ranges of a place and year have a part in common it is that part, else their span,
    and the note says so. Doubted figures are left out. households is the middle of the range.
    """
    rows = levels(figures)
    rows = rows[~rows["doubted"] & ~rows["period"].map(periods.is_span).astype(bool)]
    rows = rows[~rows["place"].str.contains("/", regex=False)]
    rows = rows.assign(year=np.ceil(periods.ends(rows["period"]) - 0.5) - 1)
    rows = rows.dropna(subset=["year"]).astype({"year": "int64"})
    printed = rows[rows["indicator"] == "total_households"].assign(basis="printed")
    columns = ["place", "year", "low", "high", "source_id", "basis"]
    every = pd.concat([printed[columns], _implied(rows)[columns]])
    rank = every["basis"].eq("implied")
    first = rank.groupby([every["place"], every["year"]]).transform("min")
    every = every[rank == first]
    if every.empty:
        return pd.DataFrame(columns=TOTALS)
    cells = every.groupby(["place", "year"], sort=True)
    ends = cells.agg(
        low=("low", "max"), high=("high", "min"), lowest=("low", "min"), highest=("high", "max"),
        basis=("basis", "first"),
    )  # fmt: skip
    agree = ends["low"] <= ends["high"] * (1 + 1e-9)
    low, high = ends["low"].where(agree, ends["lowest"]), ends["high"].where(agree, ends["highest"])
    note = np.where(agree, "", "figures disagree: their span is taken")
    sources = cells["source_id"].agg(lambda ids: " ".join(sorted(set(ids))))
    table = ends.assign(households=(low + high) / 2, low=low, high=high, sources=sources, note=note)
    return table.reset_index()[TOTALS]


def _implied(rows: pd.DataFrame) -> pd.DataFrame:
    """Ranges of the total that each count with the rate beside it allows."""
    keys = ["source_id", "place", "period", "year", "standard", "family"]
    rates = rows[rows["indicator"].isin(FAMILIES)]
    rates = rates.assign(family=rates["indicator"].map(FAMILIES))
    rates = rates[rates["low"] > 0]
    counts = rows[rows["indicator"].isin(list(FAMILIES.values()))]
    counts = counts.assign(family=counts["indicator"])
    ends = [*keys, "low", "high"]
    both = counts[ends].merge(rates[ends], on=keys, suffixes=("", "_rate"))
    both = both[both["low"] > 0]
    low, high = 100 * both["low"] / both["high_rate"], 100 * both["high"] / both["low_rate"]
    return both.assign(low=low, high=high, basis="implied")


def carried(known: pd.DataFrame, place: str, year: int) -> dict[str, float | str]:
    """All households of a place in a year: its total of the nearest year, widened by GROWTH.

    known : as from `totals`
    Where the next nearest total, widened likewise, has no part in common with it, the range spans
    both, as the figures then imply totals that no growth explains (the country's of 2023 and 2024).
    Returns households, households_low, households_high, households_year (of the nearest total),
    households_basis ('printed', 'implied', or 'members' for a unit of 2025 without a total of its
    own whose members all have one) and households_note; empty where there is no total.
    """
    parts = places.members(place) if "@" in place else ()
    found = nearest(known[known["place"].isin([place, *parts])], year)
    if place in found:
        return found[place]
    inside = [found[part] for part in parts if part in found]
    if not inside or len(inside) < len(parts):
        return {}
    sums = {name: sum(float(one[name]) for one in inside) for name in NAMES[:3]}
    return {
        **sums,
        "households_year": min(float(one["households_year"]) for one in inside),
        "households_basis": "members",
        "households_note": "",
    }


def nearest(known: pd.DataFrame, year: int) -> dict[str, dict[str, float | str]]:
    """What `carried` returns, by place, for each place that has a total of its own."""
    away = (known["year"] - year).abs()
    rows = known.assign(
        away=away,
        low=known["low"] * (1 - GROWTH) ** away,
        high=known["high"] * (1 + GROWTH) ** away,
    ).sort_values(["away", "year"])
    near: dict[str, list[Total]] = {}
    names = ["year", "households", "low", "high", "basis"]
    for place, *total in rows[["place", *names]].itertuples(index=False, name=None):
        near.setdefault(place, []).append(tuple(total))
    return {place: _spanned(totals[:2]) for place, totals in near.items()}


def _spanned(near: list[Total]) -> dict[str, float | str]:
    """The nearest total of a place; both where the next nearest contradicts it."""
    years, households, lows, highs, bases = zip(*near, strict=True)
    apart = max(lows) > min(highs) * (1 + 1e-9)
    low, high = (min(lows), max(highs)) if apart else (lows[0], highs[0])
    said = " and ".join(map(str, sorted(years)))
    return {
        "households": (low + high) / 2 if apart else households[0],
        "households_low": low,
        "households_high": high,
        "households_year": float(years[0]),
        "households_basis": bases[0],
        "households_note": f"totals of {said} differ more than growth explains" * apart,
    }


def poor(rates: pd.DataFrame, known: pd.DataFrame) -> pd.DataFrame:
    """Poor households: review rates times all households of their place and year.

    rates : place, year and review rates in per cent of households: any of rate, forecast, the
            lower ends low, low80, low95 and the upper ends high, high80, high95
    known : all households, as from `totals`; never persons
    Adds to each row households with its range, year, basis and note (see `carried`), and `poor_`
    before the name of each rate column: a rate r and a total T in [T0, T1] give r·T/100, a lower
    end r·T0/100, an upper end r·T1/100. With one certain total these are the quantiles of draws
    times households. NaN and '' where there is no total.
    Raises UserError for survey rates, whose base is not stated.
    """
    if "standard" in rates and rates["standard"].str.startswith("gso-").any():
        raise UserError("survey rates give no counts: the tables do not state their base.")
    pairs = list(zip(rates["place"].astype(str), rates["year"].astype(int), strict=True))
    cells = {pair: carried(known, *pair) for pair in sorted(set(pairs))}
    found = pd.DataFrame([cells[pair] for pair in pairs], index=rates.index).reindex(columns=NAMES)
    for name in NAMES[4:]:
        found[name] = found[name].fillna("").astype("str")
    table = pd.concat([rates, found.astype(dict.fromkeys(NAMES[:4], float))], axis=1)
    ends = {"rate": "households", "forecast": "households"}
    ends |= dict.fromkeys(LOWER, "households_low") | dict.fromkeys(UPPER, "households_high")
    for name, total in ends.items():
        if name in rates:
            table[f"poor_{name}"] = table[name] * table[total] / 100
    return table


def counted(draws: Floats, low: float, high: float, seed: int = 1) -> Floats:
    """Poor households in every draw: rates (…, draw; per cent) times a total drawn in its range.

    low, high : range of all households; each draw has one total, uniform in it
    Raises UserError for a range that is no range of counts.
    """
    if not 0 <= low <= high:
        raise UserError(f"households lie between {low} and {high}: give 0 <= low <= high.")
    total = np.random.default_rng(seed).uniform(low, high, draws.shape[-1])
    return draws * total / 100
