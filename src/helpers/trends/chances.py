"""Chances: how likely every place meets a target, and how many provinces meet it together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from helpers import places
from helpers.project import UserError
from helpers.trends.draws import Draws
from helpers.trends.forecasts import BOUNDS, FORECAST_YEARS
from helpers.trends.panels import Panel
from helpers.trends.past import Floats

FALL, SHARE, LEVEL = "fall_pp_per_year", "fall_pct_per_year", "level"
FALLS_PP = (0.5, 1.0, 1.5)
"""Percentage points a year: the national programmes ask for 1 to 1.5, the lowest is half of it."""
FALLS_PCT = (10.0,)
"""Per cent a year, a target that no low rate puts out of reach: a half in six and a half years."""
LEVELS_PCT = (1.0, 2.0, 5.0, 10.0)

TOLERANCE = 1e-9
"""Relative to the rates compared: so near to its target a rate meets it."""

COLUMNS = [
    "standard", "origin", "place", "year", "target", "value", "last_rate", "target_rate",
    "probability", "already_met", "note",
]  # fmt: skip
TOGETHER_COLUMNS = [
    "standard", "origin", "place", "year", "target", "value", "provinces", "already_met",
    "below_zero", "expected", "low80", "high80", "low95", "high95", "all",
    "low80_independent", "high80_independent", "all_independent", "note",
]  # fmt: skip
BELOW_ZERO = "the target goes below zero"
SCENARIO = "beyond four years a scenario"
Truths = NDArray[np.bool_]


@dataclass(frozen=True)
class Goals:
    """One target spelled out: what the rate of every place must be at or below, year by year.

    kind, value : FALL in percentage points a year, SHARE in per cent a year, LEVEL in per cent
    wanted      : year × place, per cent, NaN where the last rate is not known
    slack       : year × place, per cent: what arithmetic may lose
    possible    : year × place: the target is known and not below zero
    already     : year × place: the last rate is at or below it
    """

    kind: str
    value: float
    wanted: Floats
    slack: Floats
    possible: Truths
    already: Truths

    def met(self, rates: Floats) -> Truths:
        """Whether a draw is at or below the target, year × place × draw, False where impossible."""
        below: Truths = rates <= np.where(self.possible, self.wanted + self.slack, -1.0)[..., None]
        return below


def last_rates(panel: Panel, origin: int) -> pd.DataFrame:
    """Last rate of every place up to a year, per cent, and the year of it, by place.

    Returns the columns rate and year; places without any rate until then are left out.
    """
    seen = panel.rates.loc[:origin].dropna(axis=1, how="all")
    years = seen.notna().iloc[::-1].idxmax()
    return pd.DataFrame({"rate": seen.ffill().iloc[-1], "year": years.astype(int)})


def chances(
    future: Draws,
    last: pd.Series,
    falls_pp: Sequence[float] = FALLS_PP,
    levels: Sequence[float] = LEVELS_PCT,
    falls_pct: Sequence[float] = FALLS_PCT,
    since: pd.Series | None = None,
) -> pd.DataFrame:
    """How likely every place is at or below a target at the end of each year ahead.

    future    : draws of all places: one draw is one future of the whole country, so that the
                chances of a province, of its region and of the country rest on the same futures
    last      : by place, per cent: what falls are counted from; without one no chance of a fall
    falls_pp  : percentage points a year, above 0: last − fall × (year − since)
    levels    : per cent, 0 to 100
    falls_pct : per cent a year, above 0, below 100: last × (1 − fall / 100) ^ (year − since)
    since     : by place, the year of `last`; the origin of the draws where not given
    Returns COLUMNS, a row a target, place and year. `probability` is the share of draws at or
    below `target_rate`, NaN where that is below zero; of n draws its standard error is at most
    0.5/√n. `already_met`: the last rate is at or below the target; the chance is then that of
    being there still. Years beyond four are noted as a scenario.
    Raises UserError where no target is given, or one is out of range.
    """
    parts = []
    for goals in _goals(future, last, since, falls_pp, levels, falls_pct):
        share = np.where(goals.possible, goals.met(future.rates).mean(axis=2), np.nan)
        parts.append(_tidy(future, goals, last, share))
    return pd.concat(parts, ignore_index=True)[COLUMNS]


def together(
    future: Draws,
    last: pd.Series,
    falls_pp: Sequence[float] = FALLS_PP,
    levels: Sequence[float] = LEVELS_PCT,
    falls_pct: Sequence[float] = FALLS_PCT,
    since: pd.Series | None = None,
) -> pd.DataFrame:
    """How many provinces of each region, and of the country, meet a target in the same future.

    Arguments as for `chances`.
    Returns TOGETHER_COLUMNS, a row a target, region and year. `provinces` are those counted: with
    a forecast, and a target not below zero; `below_zero` are those left out for it; `expected` is
    the mean number that meet the target, with its 80 and 95 % interval over the draws; `all` the
    probability that every one does. `…_independent` is what the same chances would give if each
    province went its own way (a Poisson binomial distribution): the difference is what a shock
    common to the country does. NaN where no province is counted. Raises UserError as `chances`.
    """
    inside = _inside(future)
    parts = []
    for goals in _goals(future, last, since, falls_pp, levels, falls_pct):
        met = goals.met(future.rates)
        for region, columns in inside.items():
            numbers = _numbers(goals, met, columns)
            parts.append(pd.DataFrame(_labels(future, goals, region) | numbers))
    table = pd.concat(parts, ignore_index=True)
    table["note"] = np.where(table["year"] > future.origin + FORECAST_YEARS, SCENARIO, "")
    return table[TOGETHER_COLUMNS]


def _goals(
    future: Draws,
    last: pd.Series,
    since: pd.Series | None,
    falls_pp: Sequence[float],
    levels: Sequence[float],
    falls_pct: Sequence[float],
) -> list[Goals]:
    """All targets, each once, in the order given. Raises UserError for one out of range."""
    known = last.reindex(future.places).to_numpy(float)
    start = np.full(len(known), float(future.origin))
    if since is not None:
        start = since.reindex(future.places).to_numpy(float)
    years = np.array(future.years, dtype=float)[:, None] - start
    goals = []
    for fall in dict.fromkeys(falls_pp):
        _check(0 < fall <= 100, f"a fall of {fall} points a year: give one above 0, at most 100.")
        goals.append(_goal(FALL, fall, known - fall * years, known))
    for fall in dict.fromkeys(falls_pct):
        _check(0 < fall < 100, f"a fall of {fall} per cent a year: give one above 0, below 100.")
        goals.append(_goal(SHARE, fall, known * (1 - fall / 100) ** years, known))
    for level in dict.fromkeys(levels):
        _check(0 <= level <= 100, f"a level of {level} per cent: a rate lies between 0 and 100.")
        goals.append(_goal(LEVEL, level, np.full(years.shape, float(level)), known))
    _check(bool(goals), "there is no target: give a fall or a level.")
    return goals


def _check(holds: bool, otherwise: str) -> None:
    if not holds:
        raise UserError(otherwise)


def _goal(kind: str, value: float, wanted: Floats, last: Floats) -> Goals:
    slack = TOLERANCE * np.fmax(np.abs(wanted), last)
    return Goals(
        kind=kind,
        value=float(value),
        wanted=wanted,
        slack=slack,
        possible=wanted >= -slack,
        already=(wanted >= -slack) & (last <= wanted + slack),
    )


def _labels(future: Draws, goals: Goals, place: str) -> dict[str, object]:
    return {
        "standard": future.standard,
        "origin": future.origin,
        "place": place,
        "year": list(future.years),
        "target": goals.kind,
        "value": goals.value,
    }


def _tidy(future: Draws, goals: Goals, last: pd.Series, share: Floats) -> pd.DataFrame:
    """One target as rows by place and year."""
    count = len(future.years)
    year = np.tile(future.years, len(future.places))
    impossible = (~goals.possible & ~np.isnan(goals.wanted)).T.ravel()
    far = year > future.origin + FORECAST_YEARS
    notes = np.where(impossible, BELOW_ZERO, "")
    notes = np.where(far & impossible, f"{SCENARIO}; {BELOW_ZERO}", np.where(far, SCENARIO, notes))
    place = np.repeat(list(future.places), count)
    return pd.DataFrame(
        {
            "standard": future.standard,
            "origin": future.origin,
            "place": place,
            "year": year,
            "target": goals.kind,
            "value": goals.value,
            "last_rate": np.repeat(last.reindex(future.places).to_numpy(float), count),
            "target_rate": goals.wanted.T.ravel(),
            "probability": share.T.ravel(),
            "already_met": goals.already.T.ravel(),
            "note": np.where(np.isnan(goals.wanted.T.ravel()), "no last rate", notes),
        }
    )


def _inside(future: Draws) -> dict[str, list[int]]:
    """Columns of the provinces inside the country and every region that has a forecast."""
    column = {place: at for at, place in enumerate(future.places)}
    known = places.table()
    regions = known.loc[known["kind"].isin(["country", "region"]), "code"]
    return {
        region: [column[code] for code in places.members(region) if code in column]
        for region in regions
        if region in column
    }


def _numbers(goals: Goals, met: Truths, columns: list[int]) -> dict[str, NDArray[Any]]:
    """Counts over the provinces of one region, by year, and how they spread over the draws."""
    possible, wanted = goals.possible[:, columns], goals.wanted[:, columns]
    met = met[:, columns]
    total, number = possible.sum(axis=1), met.sum(axis=1)
    none = total == 0
    alone = independent(met.mean(axis=2))
    cumulated = np.minimum(alone.cumsum(axis=1), 1.0)
    found: dict[str, NDArray[Any]] = {
        "expected": number.mean(axis=1),
        "all": (number == total[:, None]).mean(axis=1),
        "all_independent": alone[np.arange(len(total)), total],
    }
    for name, level in BOUNDS.items():
        found[name] = np.quantile(number, level, axis=1, method="inverted_cdf").astype(float)
        reached = cumulated >= level * (1 - TOLERANCE)
        found[f"{name}_independent"] = reached.argmax(axis=1).astype(float)
    found = {name: np.where(none, np.nan, values) for name, values in found.items()}
    return found | {
        "provinces": total,
        "already_met": goals.already[:, columns].sum(axis=1),
        "below_zero": (~possible & ~np.isnan(wanted)).sum(axis=1),
    }


def independent(chance: Floats) -> Floats:
    """Probability of each number of successes, row × number, of independent trials row × trial.

    The distribution is Poisson binomial, built trial by trial.
    """
    table = np.zeros((chance.shape[0], chance.shape[1] + 1))
    table[:, 0] = 1.0
    for trial in chance.T[:, :, None]:
        more = np.roll(table, 1, axis=1)  # the last entry is still zero: nothing wraps round
        table = table * (1 - trial) + more * trial
    return table
