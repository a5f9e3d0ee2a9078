"""A fractional logit: a common trend of the odds, and provinces' own trends shrunk to it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from helpers.project import UserError
from helpers.trends.draws import Draws, assemble
from helpers.trends.panels import Panel
from helpers.trends.past import Floats, Past, train
from helpers.trends.shocks import scatter

UNKNOWN_SHARE = 0.5
"""Share of a province's deviation from the common trend that is kept where noise and deviation
cannot be told apart (no province with three rates): the middle of 0 and 1, which are the ends of
what the data allow, has the smallest worst error."""

SOLVED = 1e-10
"""Largest residual of the score equations, as a share of the rates' sum, in a fit that counts."""

STEEPEST = 20.0
"""Largest yearly change of the logarithm of odds: rates that leap between 0 and 100 have no finite
trend, and the search for one runs away."""

LARGEST = 50.0
"""Largest change of the logarithm of odds over a horizon: beyond it, the rate is 0 or 100."""

STEPS, HALVES = 200, tuple(0.5**power for power in range(30))
"""Newton steps allowed, and the parts of one that are tried."""

EVEN = 1e-12
"""Share of the quasi-likelihood that its own rounding may take away."""

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Fit:
    """A fitted fractional logit.

    common, common_error : yearly change of the log odds that all provinces share, and its standard
                           error, robust to any dependence within a province (NaN for one province)
    dispersion           : variance of a share, in units of m (1 - m); NaN without three rates
    between              : variance of the provinces' trends; NaN where it cannot be told
    slopes               : by leaf, trends after shrinking
    """

    common: float
    common_error: float
    dispersion: float
    between: float
    slopes: Floats


def fractional_logit(panel: Panel, origin: int, horizon: int, draws: int, seed: int) -> Draws:
    """Trends of the odds of being poor, province's own shrunk to the common one (see `fit`).

    From each province's last rate its odds change by the same factor every year; a rate of 0 or 100
    stays. Draws are scattered as around all other models. Raises UserError as `train` and `fit` do.
    """
    past = train(panel, origin)
    change = past.ahead(horizon) * fit(past, panel.standard).slopes
    poor = past.last * np.exp(np.clip(change, -LARGEST, LARGEST))
    centre = 100.0 * (poor / (poor + (100.0 - past.last)))
    return assemble(panel, past, centre, scatter(past, centre[None], np.ones(1), draws, seed))


def fit(past: Past, standard: str) -> Fit:
    """Quasi-likelihood of shares with province intercepts, a common trend and shrunk own trends.

    E[rate / 100] = 1 / (1 + exp(-(a_i + (b + d_i) (year - origin)))), all rates counting alike.
    a_i and b solve the Bernoulli score equations, which hold for shares in [0, 1] whatever their
    variance: Papke and Wooldridge (1996), Journal of Applied Econometrics 11. A province that was 0
    or 100 in all its years has no finite intercept and tells nothing of a trend; it stays out and
    gets b. d_i is the first scoring step of a penalised fit (Breslow and Clayton 1993, JASA 88),
    shrunk by between / (between + its variance), and finite for any rates; `between` is the moment
    estimator of DerSimonian and Laird (1986), Controlled Clinical Trials 7.
    Raises UserError where the score equations were not solved.
    """
    shares = past.rates / 100.0
    told = (np.nanmin(shares, axis=0) < 1) & (np.nanmax(shares, axis=0) > 0)
    told &= (~np.isnan(shares)).sum(axis=0) > 1
    slopes = np.zeros(len(past.places))
    if not told.any():
        return Fit(0.0, np.nan, np.nan, np.nan, slopes)
    years = past.years - past.origin
    solved = _common(shares[:, told], years)
    if solved is None:
        raise UserError(
            f"the fractional logit has no finite trend under {standard} up to {past.origin}, as "
            "rates leap between 0 and 100: choose naive."
        )
    common, error, means = solved
    step, information, rest, freedom = _own(shares[:, told], means, years)
    dispersion = rest / freedom if freedom > 0 else np.nan
    between = _between(step, information, dispersion) if freedom > 0 else np.nan
    kept = np.full(len(step), UNKNOWN_SHARE)
    if freedom > 0:
        noise = np.divide(dispersion, information)
        kept = np.divide(between, between + noise, out=np.zeros_like(noise), where=between > 0)
    slopes[:] = common
    slopes[told] = common + kept * step
    return Fit(common, error, dispersion, between, slopes)


def _common(shares: Floats, years: Floats) -> tuple[float, float, Floats] | None:
    """Common trend, its cluster-robust error and the fitted means; None where it has no end.

    Newton's steps on the concave quasi-likelihood, halved while they lower it, until the score
    equations hold.
    """
    from scipy.special import expit  # long to load, and only a fit needs it

    seen = ~np.isnan(shares)
    year, share = years[:, None], np.nan_to_num(shares)
    start = shares.sum(axis=0, where=seen) / seen.sum(axis=0)
    level, trend = np.log(start / (1 - start)), 0.0
    for _ in range(STEPS):
        means = expit(level + trend * year)
        weight = np.where(seen, means * (1 - means), 0.0)
        rest = np.where(seen, share - means, 0.0)
        total, lever = weight.sum(axis=0), (weight * year).sum(axis=0)
        if not total.min() > 0 or abs(trend) > STEEPEST:
            return None
        information = (weight * (year - lever / total) ** 2).sum()
        score = ((year - lever / total) * rest).sum(axis=0)
        step = score.sum() / information
        if _solved(rest, years, shares):
            break
        move = (rest.sum(axis=0) - lever * step) / total
        size = _halved(level, trend, move, step, share, year, seen)
        level, trend = level + size * move, trend + size * step
    else:
        return None
    provinces, spare = seen.shape[1], int(seen.sum()) - seen.shape[1] - 1
    if provinces == 1 or spare == 0:
        return float(trend), np.nan, means
    small = provinces / (provinces - 1) * (seen.sum() - 1) / spare
    return float(trend), float(np.sqrt(small * (score**2).sum()) / information), means


def _halved(
    level: Floats, trend: float, move: Floats, step: float, share: Floats, year: Floats, seen: Mask
) -> float:
    """Largest half of a half … of a Newton step that does not lower the quasi-likelihood."""

    def value(size: float) -> float:
        odds = level + size * move + (trend + size * step) * year
        return float(np.sum(share * odds - np.logaddexp(0.0, odds), where=seen))

    now = value(0.0)
    least = now - EVEN * abs(now)
    return next((size for size in HALVES if value(size) >= least), HALVES[-1])


def _solved(rest: Floats, years: Floats, shares: Floats) -> bool:
    """Whether the residuals sum to zero by province and against the years."""
    worst = max(np.abs(rest.sum(axis=0)).max(), abs((years @ rest).sum()))
    return bool(worst <= SOLVED * np.nansum(shares))


def _own(shares: Floats, means: Floats, years: Floats) -> tuple[Floats, Floats, float, int]:
    """Own deviations of trend, their information, the squares left and their degrees of freedom.

    With w = m (1 - m) and t less its w-mean in the province: d = sum t (y - m) / sum w t^2.
    """
    seen = ~np.isnan(shares)
    weight = np.where(seen, means * (1 - means), 0.0)
    rest = np.where(seen, shares - means, 0.0)
    middle = (weight * years[:, None]).sum(axis=0) / weight.sum(axis=0)
    centred = years[:, None] - middle
    information = (weight * centred**2).sum(axis=0)
    score = (centred * rest).sum(axis=0)
    squares = np.divide(rest**2, weight, out=np.zeros_like(rest), where=seen)
    left = np.maximum(squares.sum(axis=0) - score**2 / information, 0.0).sum()
    freedom = int(np.maximum(seen.sum(axis=0) - 2, 0).sum())
    return score / information, information, float(left), freedom


def _between(step: Floats, information: Floats, dispersion: float) -> float:
    """Variance of the provinces' trends, at least 0: what their spread has beyond noise."""
    if dispersion <= 0:
        return float(np.var(step)) if len(step) > 1 else 0.0
    weight = information / dispersion
    mean = np.average(step, weights=weight)
    excess = float((weight * (step - mean) ** 2).sum()) - (len(step) - 1)
    scale = weight.sum() - (weight**2).sum() / weight.sum()
    return max(0.0, excess / scale) if scale > 0 else 0.0
