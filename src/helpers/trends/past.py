"""What a model may see: the rates of a panel up to an origin, and the scales to look at them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from helpers.project import UserError
from helpers.trends.panels import Panel

Floats = NDArray[np.float64]
Scale = tuple[Callable[[Floats], Floats], Callable[[Floats], Floats]]

LOG_FLOOR_PCT = 0.05
"""Rates below this count as this on the log scale: half the printed unit of the older tables."""

LINEAR: Scale = (lambda rate: rate, lambda value: value)
ROOT: Scale = (np.sqrt, lambda value: np.maximum(value, 0) ** 2)
CUBE_ROOT: Scale = (np.cbrt, lambda value: np.maximum(value, 0) ** 3)
LOG: Scale = (lambda rate: np.log(np.maximum(rate, LOG_FLOOR_PCT)), np.exp)


@dataclass(frozen=True)
class Past:
    """What a model may see: the rates up to the origin.

    years : of the rows; rates : year × leaf, NaN where missing; weights : by leaf, sum 1
    first, last, first_year, last_year : by leaf, of its own first and last rate
    low, high : by leaf, the printed interval of the last rate; the rate itself where none is known.
                `last` is its middle: of "below 10" all that is known is the interval
    country : the same for the printed national rate, or for the weighted mean of the leaves known
              in each year without one
    """

    places: tuple[str, ...]
    years: Floats
    rates: Floats
    weights: Floats
    first: Floats
    last: Floats
    first_year: Floats
    last_year: Floats
    low: Floats
    high: Floats
    country: Past | None

    @property
    def origin(self) -> int:
        """The last year that may be seen."""
        return int(self.years[-1])

    def ahead(self, horizon: int) -> Floats:
        """Years from each leaf's last rate to each forecast year, year × leaf."""
        return self.origin + np.arange(1.0, horizon + 1)[:, None] - self.last_year

    def pace(self, scale: Scale) -> Floats:
        """Mean yearly change by leaf on a scale, first to last; 0 where only one year is known."""
        change = scale[0](self.last) - scale[0](self.first)
        span = self.last_year - self.first_year
        return np.divide(change, span, out=np.zeros_like(change), where=span > 0)


@dataclass(frozen=True)
class Steps:
    """Changes between neighbouring known rates of a leaf.

    start, end : rate, per cent; years : between them; period : number of the pair of years, from 0
    """

    start: Floats
    end: Floats
    years: Floats
    period: np.ndarray[tuple[int], np.dtype[np.intp]]


def steps(past: Past) -> Steps:
    """All steps of a panel between neighbouring known rates, leaf by leaf."""
    leaf, year = np.nonzero(~np.isnan(past.rates.T))
    same = leaf[1:] == leaf[:-1]
    first, second = year[:-1][same], year[1:][same]
    column = leaf[1:][same]
    period = np.unique(first * len(past.years) + second, return_inverse=True)[1]
    return Steps(
        start=past.rates[first, column],
        end=past.rates[second, column],
        years=past.years[second] - past.years[first],
        period=period,
    )


def train(panel: Panel, origin: int) -> Past:
    """The panel as it was known in the year of origin; leaves without any rate are left out.

    Raises UserError when the origin is no year of the panel, or its first, or no leaf has a rate.
    """
    years = [int(year) for year in panel.rates.index]
    if origin not in years[1:]:
        there = f"so choose one of {', '.join(map(str, years[1:]))}"
        raise UserError(
            f"origin {origin} cannot be used under {panel.standard}: a forecast needs two years up "
            f"to its origin, {there if years[1:] else 'which this panel does not have'}."
        )
    seen = panel.rates.loc[:origin]
    leaves = seen[panel.leaves].dropna(axis=1, how="all")
    if leaves.empty:
        raise UserError(
            f"no place has a rate under {panel.standard} up to {origin}: choose a later origin or "
            "another standard."
        )
    weights = panel.weights_of(origin)[leaves.columns].to_numpy(float)
    weights = weights / weights.sum()
    printed = "VN" in seen and seen["VN"].notna().any()
    country = seen["VN"] if printed else _mean_of_known(leaves, weights)
    ends = [
        leaves if table is None else table.loc[:origin, leaves.columns].where(leaves.notna())
        for table in (panel.low, panel.high)
    ]
    nation = country.to_frame("VN")
    return _past(leaves, weights, ends, _past(nation, np.ones(1), [nation, nation], None))


def _mean_of_known(rates: pd.DataFrame, weights: Floats) -> pd.Series:
    """Weighted mean by year of the leaves that have a rate, NaN where none has."""
    known = rates.notna().mul(weights, axis=1).sum(axis=1)
    mean: pd.Series = rates.mul(weights, axis=1).sum(axis=1) / known.where(known > 0)
    return mean


def _past(
    rates: pd.DataFrame, weights: Floats, ends: list[pd.DataFrame], country: Past | None
) -> Past:
    years = rates.index.to_numpy(float)
    values = rates.to_numpy(float)
    known = ~np.isnan(values)
    start, end = known.argmax(axis=0), len(years) - 1 - known[::-1].argmax(axis=0)
    column = np.arange(values.shape[1])
    low, high = (table.to_numpy(float)[end, column] for table in ends)
    return Past(
        places=tuple(map(str, rates.columns)),
        years=years,
        rates=values,
        weights=weights,
        first=values[start, column],
        last=(low + high) / 2,
        first_year=years[start],
        last_year=years[end],
        low=low,
        high=high,
        country=country,
    )


def drift(past: Past, horizon: int, scale: Scale) -> Floats:
    """Straight lines on a scale from the last rates at the mean pace, year × leaf, per cent.

    On the log scale the last rate is multiplied, so that a rate of zero stays.
    """
    change = past.ahead(horizon) * past.pace(scale)
    if scale is LOG:
        return np.minimum(past.last * np.exp(change), 100.0)
    return np.clip(scale[1](scale[0](past.last) + change), 0.0, 100.0)
