"""Targets: the pace that one needs against the pace observed, its chance, the year of a level."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from helpers import places
from helpers.project import UserError
from helpers.trends import panels
from helpers.trends.draws import Draws
from helpers.trends.forecasts import FORECAST_YEARS, LONGEST, simulate
from helpers.trends.paces import fit
from helpers.trends.panels import Panel

PACE_COLUMNS = [
    "place", "standard", "origin", "year", "last_rate", "observed_pp_per_year", "observed_low95",
    "observed_high95", "needed_pp_per_year", "target_rate", "forecast", "probability", "note",
]  # fmt: skip
REACH_COLUMNS = [
    "place", "standard", "origin", "level", "year", "early80", "late80", "probability", "note",
]  # fmt: skip


def pace(
    place: str,
    standard: str,
    target_pp_per_year: float | None = None,
    target_rate: float | None = None,
    horizon: int = 3,
    draws: int = 2000,
    seed: int = 1,
) -> pd.DataFrame:
    """The pace that a target needs against the pace observed, and the chance to meet it.

    target_pp_per_year : fall in percentage points a year, above 0, from the last observed rate; or
    target_rate        : rate, per cent, to be reached in the last year of the horizon
    horizon            : years ahead, 1 to 10
    Returns a row a year ahead: place, standard, origin, year, last_rate, observed_pp_per_year with
    its 95 % interval observed_low95, observed_high95, needed_pp_per_year, target_rate, forecast,
    probability (share of draws at or below target_rate) and note. Where the last rate is at or
    below the target already, needed_pp_per_year is not above zero and the note says so. Empty where
    the standard has no rate of the place; probability is NaN where the target goes below zero.
    Raises UserError when not exactly one target is given, or it is out of range.
    """
    code = places.find(place).code
    panel = panels.load(standard)
    future = simulate(panel, None, horizon, "default", draws, seed)
    past = panels.history(standard, code)
    needed = _needed(past, future, target_pp_per_year, target_rate)
    if past.empty:
        return pd.DataFrame(columns=PACE_COLUMNS)
    seen = fit(past)
    last = float(past["rate"].iloc[-1])
    years = np.array(future.years)
    targets = last - needed * (years - int(past["year"].iloc[-1]))
    met = (future.of(code) <= targets[:, None] + 1e-9).mean(axis=1)
    return pd.DataFrame(
        {
            "place": code,
            "standard": standard,
            "origin": future.origin,
            "year": years,
            "last_rate": last,
            "observed_pp_per_year": seen["fall_pp_per_year"],
            "observed_low95": seen["fall_pp_low95"],
            "observed_high95": seen["fall_pp_high95"],
            "needed_pp_per_year": needed,
            "target_rate": targets,
            "forecast": future.centre[:, future.places.index(code)],
            "probability": np.where(targets < -1e-9, np.nan, met),
            "note": [
                _note(
                    panel, code, year > future.origin + FORECAST_YEARS, target < -1e-9, needed <= 0
                )
                for year, target in zip(years, targets, strict=True)
            ],
        }
    )[PACE_COLUMNS]


def _needed(past: pd.DataFrame, future: Draws, per_year: float | None, rate: float | None) -> float:
    """Fall in pp a year that the target needs from the last observed rate; at most 0 when met."""
    if (per_year is None) == (rate is None):
        raise UserError("give either target_pp_per_year or target_rate, and not both.")
    if per_year is not None:
        if not 0 < per_year <= 100:
            raise UserError(
                f"target_pp_per_year is {per_year}: it is a fall, between 0 and 100 points a year."
            )
        return float(per_year)
    assert rate is not None
    if not 0 <= rate <= 100:
        raise UserError(f"target_rate is {rate}: a rate lies between 0 and 100 per cent.")
    if past.empty:
        return float("nan")
    span = future.years[-1] - int(past["year"].iloc[-1])
    return (float(past["rate"].iloc[-1]) - rate) / span


def _note(panel: Panel, place: str, far: bool, below_zero: bool = False, met: bool = False) -> str:
    """What a reader must know of a row of `pace` or `reach`."""
    facts = []
    if panels.is_backcast(place):
        facts.append(f"members weighted by persons of {panel.weight_year}")
    if far:
        facts.append("beyond four years a scenario")
    if below_zero:
        facts.append("the target goes below zero")
    if met:
        facts.append("met already: the chance is that of being there still")
    return "; ".join(facts)


def reach(
    place: str,
    standard: str,
    level: float | Sequence[float],
    draws: int = 2000,
    seed: int = 1,
) -> pd.DataFrame:
    """When a place's rate first falls to a level, at most ten years ahead; a row a level.

    level : per cent, 0 to 100; one or several, which the same draws answer
    Returns place, standard, origin, level, year (of the central path), early80, late80 (NaN where
    not within ten years), probability (of reaching it within ten years) and note. The row's year
    is that of the last rate where it is there already; no row where there is no rate of the place.
    """
    levels = [level] if isinstance(level, (int, float)) else list(level)
    for wanted in levels:
        if not 0 <= wanted <= 100:
            raise UserError(f"level is {wanted}: a rate lies between 0 and 100 per cent.")
    code = places.find(place).code
    panel = panels.load(standard)
    future = simulate(panel, None, LONGEST, "default", draws, seed)
    if code not in future.places:
        return pd.DataFrame(columns=REACH_COLUMNS)
    last = panels.history(standard, code).iloc[-1]
    rows = [
        [code, standard, future.origin, wanted, *_reached(panel, future, code, last, wanted)]
        for wanted in levels
    ]
    return pd.DataFrame(rows, columns=REACH_COLUMNS)


def _reached(
    panel: Panel, future: Draws, code: str, last: pd.Series, level: float
) -> tuple[float, float, float, float, str]:
    """The year of a level, its range, its chance and the note, as in `reach`."""
    if last["rate"] <= level:
        year = float(last["year"])
        return year, year, year, 1.0, "reached"
    first = _first_year(future.of(code) <= level, future.origin)
    early, late = np.quantile(first, [0.1, 0.9], method="inverted_cdf")
    central = _first_year(future.centre[:, [future.places.index(code)]] <= level, future.origin)[0]
    years = [float(year) if np.isfinite(year) else np.nan for year in (central, early, late)]
    far = late > future.origin + FORECAST_YEARS
    note = _note(panel, code, far) if central < np.inf else "not within ten years"
    if far and np.isinf(late) and central < np.inf:
        note += "; in a tenth of the draws or more not within ten years"
    return years[0], years[1], years[2], float(np.isfinite(first).mean()), note


def _first_year(below: NDArray[np.bool_], origin: int) -> NDArray[np.float64]:
    """First year, by draw, in which a year × draw mask is true; infinite where it never is."""
    return np.where(below.any(axis=0), origin + 1.0 + below.argmax(axis=0), np.inf)
