"""Draws: possible futures of all places, in which regions and country are sums of the provinces."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.project import UserError
from helpers.trends.panels import Panel, is_backcast
from helpers.trends.past import Floats, Past


@dataclass(frozen=True)
class Draws:
    """Possible futures of every place of a panel, and the central one.

    years  : horizon years after the origin
    places : leaves, then the places that are sums of them
    centre : year × place, per cent
    rates  : year × place × draw, per cent; one draw is one future of the whole country
    """

    standard: str
    origin: int
    years: tuple[int, ...]
    places: tuple[str, ...]
    centre: Floats
    rates: Floats

    def of(self, place: str) -> Floats:
        """Draws of one place, year × draw. Raises UserError for a place that has none."""
        if place not in self.places:
            raise UserError(
                f"place {place!r} has no rate under {self.standard} up to {self.origin}, "
                "hence no forecast: choose another standard."
            )
        return self.rates[:, self.places.index(place), :]


def assemble(panel: Panel, past: Past, centre: Floats, leaves: Floats) -> Draws:
    """The leaves' central paths and draws, with the sums of leaves added to both.

    centre : year × leaf, per cent; leaves : year × leaf × draw, per cent; the leaves of `past`
    A printed discrepancy (see below) cannot lift a sum of leaves above 100.
    """
    ratios = discrepancy(panel, past)
    matrix = np.array([ratios[place] * _share(panel, past, place) for place in ratios.index])
    matrix = matrix.reshape(len(ratios), len(past.places))
    return Draws(
        standard=panel.standard,
        origin=past.origin,
        years=tuple(range(past.origin + 1, past.origin + 1 + len(centre))),
        places=(*past.places, *map(str, ratios.index)),
        centre=np.concatenate([centre, np.minimum(centre @ matrix.T, 100.0)], axis=1),
        rates=np.concatenate([leaves, np.minimum(matrix @ leaves, 100.0)], axis=1),
    )


def discrepancy(panel: Panel, past: Past) -> pd.Series:
    """What a printed sum is of the weighted mean of its leaves at the origin, by place.

    Regions and the country are not the population-weighted means of the provinces in the tables;
    the ratio of the origin is kept in all draws and years. 1 for back-casts.
    """
    last = panel.rates.loc[: past.origin].ffill().iloc[-1]
    leaves = pd.Series(past.last, index=list(past.places))
    ratios = {}
    for place in panel.members:
        share = _share(panel, past, place)
        mean = float(leaves.to_numpy() @ share)
        printed = not is_backcast(place) and place in last and not np.isnan(last[place])
        if share.any():
            ratios[place] = float(last[place]) / mean if printed and mean > 0 else 1.0
    return pd.Series(ratios, dtype=float)


def _share(panel: Panel, past: Past, place: str) -> Floats:
    """Weights of the leaves inside a place, by leaf, sum 1 or, without a known leaf, 0."""
    inside = np.isin(past.places, panel.members[place]) * past.weights
    return inside / inside.sum() if inside.any() else inside
