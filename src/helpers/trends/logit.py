"""A fractional logit: a common trend of the odds, and provinces' own trends shrunk to it."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
from statsmodels.genmod.families import Binomial
from statsmodels.genmod.generalized_linear_model import GLM
from statsmodels.tools.sm_exceptions import (
    ConvergenceWarning,
    DomainWarning,
    PerfectSeparationWarning,
)

from helpers.project import UserError
from helpers.trends.draws import Draws, assemble
from helpers.trends.panels import Panel
from helpers.trends.past import Floats, Past, train
from helpers.trends.shocks import scatter

UNKNOWN_SHARE = 0.5
"""Share of a province's deviation from the common trend that is kept where noise and deviation
cannot be told apart (no province with three rates): the middle of 0 and 1, which are the ends of
what the data allow, has the smallest worst error."""

SOLVED = 1e-8
"""Largest residual of the score equations, as a share of the rates' sum, in a fit that counts."""

STEEPEST = 50.0
"""Largest change of the logarithm of odds that is computed: beyond, the rate is 0 or 100."""

STEPS = 200
"""Newton steps allowed."""

KNOWN_WARNINGS = (ConvergenceWarning, DomainWarning, PerfectSeparationWarning)


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
    growth = np.exp(np.clip(change, -STEEPEST, STEEPEST))
    centre = 100.0 * past.last * growth / (100.0 - past.last + past.last * growth)
    return assemble(panel, past, centre, scatter(past, centre, draws, seed))


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
    common, error, means = _common(shares[:, told], years)
    _check(shares[:, told], means, years, past, standard)
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


def _common(shares: Floats, years: Floats) -> tuple[float, float, Floats]:
    """Common trend, its cluster-robust error and the fitted means, year × province."""
    seen = ~np.isnan(shares)
    count = shares.shape[1]
    group = np.broadcast_to(np.arange(count), shares.shape)[seen]
    year = np.broadcast_to(years[:, None], shares.shape)[seen]
    design = np.column_stack([year, np.eye(count)[group]])
    with warnings.catch_warnings():
        for kind in KNOWN_WARNINGS:  # whether it is solved is looked at below
            warnings.simplefilter("ignore", kind)
        cluster = {"cov_type": "cluster", "cov_kwds": {"groups": group}} if count > 1 else {}
        model = GLM(shares[seen], design, family=Binomial())
        result = model.fit(maxiter=STEPS, tol=1e-12, **cluster)
    means = np.full(shares.shape, np.nan)
    means[seen] = result.fittedvalues
    error = float(result.bse[0]) if count > 1 else np.nan
    return float(result.params[0]), error, means


def _check(shares: Floats, means: Floats, years: Floats, past: Past, standard: str) -> None:
    """Raise UserError unless the residuals sum to zero by province and against the years."""
    rest = np.nan_to_num(shares - means)
    worst = max(np.abs(rest.sum(axis=0)).max(), abs((years @ rest).sum()))
    if not worst <= SOLVED * np.nansum(shares):
        raise UserError(
            f"the fractional logit was not solved under {standard} up to {past.origin}: "
            "choose log_drift."
        )


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
