"""Convergence of provinces: do the poorer ones fall faster (β), and does the spread shrink (σ)?

Both are asked twice, as the answers may differ: in percentage points (absolute) and in per cent
(proportional, on logarithms). A province is one observation, whatever its population, unless
weights are given. The intervals treat the provinces as a sample of what might have been.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from helpers.project import UserError
from helpers.trends import panels
from helpers.trends.paces import SMALLEST_RATE_PCT

Floats = NDArray[np.float64]

KINDS = ("absolute", "proportional")
FEWEST = 4  # places: with fewer a slope has no interval worth the name
WEAK_F = 10.0
"""An instrument whose first stage has a smaller F is weak (Staiger and Stock 1997)."""

BETA_COLUMNS = [
    "kind", "first_year", "last_year", "level", "level_year", "n", "left_out", "beta", "se",
    "low95", "high95", "note",
]  # fmt: skip
SIGMA_COLUMNS = [
    "kind", "weighted", "year", "n", "left_out", "sigma", "low95", "high95", "change",
    "change_low95", "change_high95",
]  # fmt: skip


def table(standards: Sequence[str] = panels.STANDARDS) -> pd.DataFrame:
    """`betas` of the provinces under each standard, with the column `standard` first.

    Raises UserError for an unknown standard.
    """
    parts = []
    for standard in standards:
        panel = panels.load(standard)
        found = betas(panel.rates[panel.leaves])
        found.insert(0, "standard", standard)
        parts.append(found)
    return pd.concat(parts, ignore_index=True)


def betas(rates: pd.DataFrame) -> pd.DataFrame:
    """Slopes of the yearly change on the level, for the whole panel and for each of its steps.

    rates : year × place, per cent, NaN where missing

    Formula, over places p, from year s to year e: (y_e − y_s) / (e − s) = α + β·x + error, where y
    is the rate (kind `absolute`, β in pp a year per pp) or its logarithm (`proportional`, β in log
    points a year per log point). β below 0 means convergence: where poverty was higher it changed
    less or fell faster. Least squares with HC3 errors (MacKinnon and White 1985) and t intervals.

    x is what `level` says, as noise in y_s makes β too low of itself (Galton; Friedman 1992):
    `first`    y_s, the usual one;
    `middle`   y of the year nearest to the middle of s and e, which shares no error with y_s and
               y_e, but holds part of the change;
    `previous` y_s, with y of the panel's year before s as its instrument (two-stage least
               squares), free of that bias where errors of different years are independent. The
               tables are smoothed over years, so it helps less than it should.
    Proportional rows leave out, and count, places with a rate below SMALLEST_RATE_PCT in any year
    that is used. NaN, with the reason in `note`, where there are too few places.
    Returns BETA_COLUMNS; the whole panel first. Empty where there are no two years.
    """
    ordered = rates.sort_index().sort_index(axis=1)
    years = [int(year) for year in ordered.index]
    rows = []
    for first, last in _windows(years):
        for level, year in _levels(years, first, last):
            for kind in KINDS:
                used = ordered.loc[sorted({first, last, year})]
                kept = _usable(used, kind)
                values = _on_scale(used[kept], kind)
                move = values.loc[last].to_numpy(float) - values.loc[first].to_numpy(float)
                regressor = first if level == "previous" else year
                fit = _slope(
                    move / (last - first),
                    *(values.loc[y].to_numpy(float) for y in (regressor, year)),
                )
                about = [kind, first, last, level, year, len(kept), used.shape[1] - len(kept)]
                rows.append([*about, *fit])
    return pd.DataFrame(rows, columns=BETA_COLUMNS)


def sigmas(
    rates: pd.DataFrame, weights: pd.Series | None = None, draws: int = 2000, seed: int = 1
) -> pd.DataFrame:
    """Spread of the rates in each year, and its change since the first year.

    rates   : year × place, per cent
    weights : by place, any unit, for rows `weighted` = yes; without them only the others
    draws   : bootstrap samples of whole provinces, at least 100; seed : of these, 0 or above

    Formula: σ² = Σ w (y − ȳ)² / Σ w with ȳ = Σ w y / Σ w, where y is the rate (`absolute`, pp) or
    its logarithm (`proportional`) and w is 1 or the weight. Intervals hold the middle 95 % of the
    bootstrap; a change is taken inside each sample, so that it keeps the provinces together. The
    same places count in all years: those known, and for logarithms not below SMALLEST_RATE_PCT,
    throughout. Returns SIGMA_COLUMNS, NaN where fewer than two places are left. Raises UserError
    for too few draws or a seed below 0.
    """
    if draws < 100 or seed < 0:
        raise UserError(f"{draws} draws, seed {seed}: give at least 100 draws and a seed from 0.")
    ordered = rates.sort_index().sort_index(axis=1)
    parts = []
    for kind in KINDS:
        kept = _usable(ordered, kind)
        values = _on_scale(ordered[kept], kind)
        schemes = {"no": np.ones(len(kept))}
        if weights is not None:
            schemes["yes"] = weights.reindex(kept).to_numpy(float)
        for weighted, weight in schemes.items():
            found = _spreads(values.to_numpy(float), weight, draws, seed)
            about = {"kind": kind, "weighted": weighted, "year": ordered.index, "n": len(kept)}
            part = pd.DataFrame(about | {"left_out": ordered.shape[1] - len(kept)} | found)
            parts.append(part)
    return pd.concat(parts, ignore_index=True)[SIGMA_COLUMNS]


def _windows(years: list[int]) -> list[tuple[int, int]]:
    """The whole panel, the panel from its second year on, then each step; none of them twice."""
    if len(years) < 2:
        return []
    spans = [(years[0], years[-1]), (years[1], years[-1]), *itertools.pairwise(years)]
    return list(dict.fromkeys((first, last) for first, last in spans if first < last))


def _levels(years: list[int], first: int, last: int) -> list[tuple[str, int]]:
    """What can serve as the level of a window, and the year that it is of."""
    found = [("first", first)]
    inside = [year for year in years if first < year < last]
    if inside:
        found.append(("middle", min(inside, key=lambda year: abs(2 * year - first - last))))
    before = [year for year in years if year < first]
    return [*found, ("previous", before[-1])] if before else found


def _usable(rates: pd.DataFrame, kind: str) -> list[str]:
    """Places known in all years given and, for logarithms, never next to zero."""
    known = rates.notna().all()
    if kind == "proportional":
        known &= (rates >= SMALLEST_RATE_PCT).all()
    return [str(place) for place in rates.columns[known]]


def _on_scale(rates: pd.DataFrame, kind: str) -> pd.DataFrame:
    return rates.apply(np.log) if kind == "proportional" else rates


def _slope(change: Floats, level: Floats, instrument: Floats) -> tuple[Any, ...]:
    """β, its HC3 error, the ends of its 95 % interval, and why they are missing.

    The second stage is run on the fitted level, with what the *real* level leaves as residuals:
    these are orthogonal to the fitted one, so least squares gives the same β and HC3 sees them.
    """
    # half a second to load, and only a fit needs it
    from statsmodels.regression.linear_model import OLS
    from statsmodels.tools.tools import add_constant

    if len(change) < FEWEST:
        return _refused(f"fewer than {FEWEST} places")
    if np.ptp(instrument) <= 1e-9 * np.abs(instrument).max():
        return _refused("all places at one level")
    fitted = level
    if not np.array_equal(instrument, level):
        stage = OLS(level, add_constant(instrument)).fit()
        if not stage.fvalue >= WEAK_F:
            return _refused("weak instrument")
        fitted = stage.fittedvalues
    design = add_constant(fitted)
    if np.einsum("ij,ji->i", design, np.linalg.pinv(design)).max() > 1 - 1e-9:
        return _refused("one place alone sets the slope")
    beta = OLS(change, design).fit().params[1]
    line = OLS(change + beta * (fitted - level), design).fit(cov_type="HC3", use_t=True)
    low, high = line.conf_int(alpha=0.05)[1]
    return float(beta), float(line.bse[1]), float(low), float(high), ""


def _refused(reason: str) -> tuple[Any, ...]:
    return (*[np.nan] * 4, reason)


def _spreads(values: Floats, weight: Floats, draws: int, seed: int) -> dict[str, Floats]:
    """σ by year with its interval, and its change since the first year with one; year × place."""
    names = SIGMA_COLUMNS[5:]
    count = len(weight)
    if count < 2:
        return {name: np.full(len(values), np.nan) for name in names}
    times = np.random.default_rng(seed).multinomial(count, np.full(count, 1 / count), size=draws)
    sampled = _sigma(values, times * weight)
    sigma = _sigma(values, weight[None, :])[0]
    ends = np.quantile(sampled, [0.025, 0.975], axis=0)
    changes = np.quantile(sampled - sampled[:, :1], [0.025, 0.975], axis=0)
    return dict(zip(names, (sigma, *ends, sigma - sigma[0], *changes), strict=True))


def _sigma(values: Floats, weights: Floats) -> Floats:
    """Weighted spread, sample × year; values year × place, weights sample × place."""
    shares = weights / weights.sum(axis=1, keepdims=True)
    centred = values - values.mean(axis=1, keepdims=True)  # so that no digits are lost in squares
    mean, square = shares @ centred.T, shares @ (centred**2).T
    result: Floats = np.sqrt(np.maximum(square - mean**2, 0.0))
    return result
