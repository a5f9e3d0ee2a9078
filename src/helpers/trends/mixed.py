"""A mixed model of square-root rates, its optimum checked against a closed form."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd

from helpers.project import UserError
from helpers.trends.draws import Draws, assemble
from helpers.trends.panels import Panel
from helpers.trends.past import ROOT, Floats, Past, train
from helpers.trends.shocks import scatter


class Optimiser(NamedTuple):
    """One of statsmodels' optimisers, and why it is tried where it stands."""

    name: str
    reason: str


OPTIMISERS = (
    Optimiser("powell", "searches along lines without a gradient; follows the long curved ridge"),
    Optimiser("cg", "conjugate gradients; a second opinion of another kind, often stops early"),
    Optimiser("lbfgs", "part of the default of statsmodels; can stop far away and say converged"),
    Optimiser("bfgs", "the default of statsmodels; the same trap"),
    Optimiser("nm", "simplex; can run into a singular covariance and claim no finite likelihood"),
)
"""Tried in this order until one is within TOLERANCE of the closed form."""

DEFAULT = "default"
"""How `fit()` without a method is called here: bfgs, then lbfgs, then cg."""

CLOSED_FORM = "closed form"

TOLERANCE = 0.001
"""Log-likelihood that an optimum may lack: parameters are then off by less than 5 % of their
standard errors (twice the gap is the square of that share)."""

FEWEST = 3
"""Provinces needed: fewer give no covariance of levels and paces of full rank."""

MIDDLE = 0.5
"""With two years only, the residual variance may be anything from 0 to a largest value, all equally
likely by the data; this share of the largest is taken. The predicted paces are linear in it, so
that its middle gives the middle of all paces that the data allow, with the smallest worst error."""

STARTS = (
    (1.0, 0.0, 1.0), (1.0, -0.5, 0.5), (1.0, 0.5, 0.5), (0.3, 0.0, 0.3), (3.0, 0.0, 3.0),
    (1.0, 0.0, 0.05),
)  # fmt: skip
"""Starting points of the closed form: factors of the covariance, in units of the provinces' own
lines. More than one, as the likelihood need not be unimodal."""

NO_LIKELIHOOD = 1e12
"""What the search sees, as minus a log-likelihood, where rounding leaves none."""

STRAIGHT = 1e-12
"""Share of the sum of squares below which nothing is left around the provinces' own lines."""

ALIKE = 1e-9
"""Ratio of singular values below which levels and paces count as one and the same thing."""


@dataclass(frozen=True)
class Moments:
    """All that the likelihood needs of the square roots y = Z (1, pace) + noise, by province.

    zz : province × 2 × 2, Z'Z with Z = (1, year - origin); zy : province × 2, Z'y; yy : y'y
    n  : rates by province
    """

    zz: Floats
    zy: Floats
    yy: Floats
    n: Floats


@dataclass(frozen=True)
class Parameters:
    """The model's parameters: fixed effects, the factor L of the scaled covariance, the residual.

    fixed    : level at the origin and yearly pace of the mean province, square-root scale
    factor   : 2 × 2, lower; the covariance of levels and paces is residual · L L'
    residual : variance around the provinces' lines
    llf      : restricted log-likelihood, from the closed form
    slope    : its derivatives by the factor, 2 × 2
    """

    fixed: Floats
    factor: Floats
    residual: float
    llf: float
    slope: Floats


@dataclass(frozen=True)
class Attempt:
    """What one optimiser of statsmodels gave; `claimed` is its own log-likelihood."""

    optimiser: str
    converged: bool
    claimed: float
    found: Parameters | None
    warnings: str


@dataclass(frozen=True)
class Fit:
    """A fitted mixed model.

    parameters : those kept
    paces      : by leaf, predicted yearly change of the square root (BLUP)
    kept       : the optimiser whose parameters they are, or 'closed form'
    gap        : log-likelihood of the closed form less that of the best optimiser
    note       : what a reader must know, or ''
    """

    parameters: Parameters
    paces: Floats
    kept: str
    gap: float
    note: str


def mixed(panel: Panel, origin: int, horizon: int, draws: int, seed: int) -> Draws:
    """Lines on the square-root scale with random levels and paces by province.

    sqrt(rate) = (b0 + u0) + (b1 + u1) (year - origin) + e, (u0, u1) normal with any covariance, e
    independent; fitted by restricted maximum likelihood (see `fit`). From each province's last
    rate its predicted pace goes on: the fitted level is not used, because the last rate is known
    and a line's end is off by the noise and the curvature of all years before it.
    Draws are scattered as around all other models. The model's own variances (of the fixed effects,
    the predictions and the residual) hold no shock that all provinces share, and are too narrow.
    Raises UserError where the model cannot be fitted.
    """
    past = train(panel, origin)
    change = past.ahead(horizon) * fit(past, panel.standard).paces
    centre = np.clip(ROOT[1](ROOT[0](past.last) + change), 0.0, 100.0)
    return assemble(panel, past, centre, scatter(past, centre[None], np.ones(1), draws, seed))


def fit(past: Past, standard: str) -> Fit:
    """The mixed model of a panel's past: statsmodels' optimum where it is one, else our own.

    The closed form is maximised first; the optimisers of statsmodels are tried until one comes
    within TOLERANCE of it. With two years the residual variance cannot be told from that of the
    paces: MIDDLE says what is taken.
    Raises UserError where there are too few provinces or no finite optimum.
    """
    data = moments(past)
    _check(data, past, standard)
    best = maximise(data)
    if not np.isfinite(best.llf):
        raise _no_optimum(past, standard)
    tried = []
    for optimiser in OPTIMISERS:
        tried.append(attempt(past, data, optimiser.name))
        if best.llf - _llf(tried[-1]) <= TOLERANCE:
            break
    nearest = max(tried, key=_llf)
    gap = best.llf - _llf(nearest)
    kept, parameters, note = CLOSED_FORM, best, ""
    if nearest.found is not None and gap <= TOLERANCE:
        kept, parameters = nearest.optimiser, nearest.found
    if len(past.years) == 2:
        kept, parameters = CLOSED_FORM, middle(best, past.years, data)
        note = "two years: noise and differing paces cannot be told apart, the middle is taken"
    return Fit(parameters, paces(data, parameters), kept, gap, note)


def optimiser_gaps(panel: Panel, origin: int) -> pd.DataFrame:
    """How far each optimiser of statsmodels stops from the optimum, a row an optimiser.

    Returns standard, origin, optimiser ('default' is `fit()` as it comes; 'closed form' last),
    converged, claimed (its own restricted log-likelihood, infinite where it says so), llf (that of
    its parameters, by the closed form), gap (to the best llf of all rows) and warnings (kinds and
    counts, of numpy or statsmodels). Raises UserError as `mixed` does.
    """
    past = train(panel, origin)
    data = moments(past)
    _check(data, past, panel.standard)
    best = maximise(data)
    names = [DEFAULT, *(optimiser.name for optimiser in OPTIMISERS)]
    tried = [attempt(past, data, name) for name in names]
    tried.append(Attempt(CLOSED_FORM, np.isfinite(best.llf), best.llf, best, ""))
    table = pd.DataFrame(
        {
            "standard": panel.standard,
            "origin": origin,
            "optimiser": [one.optimiser for one in tried],
            "converged": [one.converged for one in tried],
            "claimed": [one.claimed for one in tried],
            "llf": [one.found.llf if one.found else np.nan for one in tried],
            "warnings": [one.warnings for one in tried],
        }
    )
    table.insert(6, "gap", table["llf"].max() - table["llf"])
    return table


def moments(past: Past) -> Moments:
    """Cross products of square roots and years, years counted from the origin."""
    seen = (~np.isnan(past.rates)).astype(float)
    roots = np.sqrt(np.nan_to_num(past.rates))
    powers = (past.years - past.origin)[:, None] ** np.arange(3)
    sums = powers.T @ seen
    return Moments(
        zz=np.stack([sums[:2], sums[1:]]).transpose(2, 0, 1),
        zy=(powers[:, :2].T @ roots).T,
        yy=(roots**2).sum(axis=0),
        n=seen.sum(axis=0),
    )


def evaluate(data: Moments, factor: Floats) -> Parameters:
    """Restricted log-likelihood of a scaled covariance L L', fixed effects and residual profiled.

    With V = I + Z L L' Z' by province, b the generalised least squares and q its sum of squares,
    -2 llf = (n - 2) (log(2 pi q / (n - 2)) + 1) + sum log|V| + log|sum Z'V^-1 Z|,
    and V^-1 = I - Z K Z', K = L (I + L'Z'Z L)^-1 L', |V| = |I + L'Z'Z L|, which needs no inverse
    of the covariance and so holds where that is singular. With B = Z'V^-1 Z, P the sum of all B
    and h = Z'V^-1 (y - Zb), the derivative by L is (sum hh' (n - 2) / q - B + B P^-1 B) L.
    Source: Laird and Ware (1982), Random-effects models for longitudinal data, Biometrics 38.
    """
    inner = np.eye(2) + factor.T @ data.zz @ factor
    kernel = factor @ np.linalg.solve(inner, np.broadcast_to(factor.T, inner.shape))
    left = np.eye(2) - data.zz @ kernel
    told = left @ data.zz
    precision = told.sum(axis=0)
    cross = (left @ data.zy[:, :, None]).sum(axis=0)[:, 0]
    fixed = np.linalg.solve(precision, cross)
    squares = data.yy.sum() - np.einsum("pi,pij,pj->", data.zy, kernel, data.zy)
    q, freedom = float(squares - fixed @ cross), float(data.n.sum()) - 2
    if not q > 0:
        return Parameters(fixed, factor, np.nan, -np.inf, np.zeros((2, 2)))
    logs = np.linalg.slogdet(inner)[1].sum() + np.linalg.slogdet(precision)[1]
    llf = -0.5 * (freedom * (np.log(2 * np.pi * q / freedom) + 1) + logs)
    rest = (left @ (data.zy - data.zz @ fixed)[:, :, None])[:, :, 0]
    common = (told @ np.linalg.solve(precision, told)).sum(axis=0)
    slope = (rest.T @ rest * (freedom / q) - precision + common) @ factor
    return Parameters(fixed, factor, q / freedom, float(llf), slope)


def maximise(data: Moments) -> Parameters:
    """The best parameters over STARTS, by quasi-Newton steps on the closed form."""
    from scipy.optimize import minimize  # long to load, and only a fit needs it

    unit = _own_lines(data)

    def at(theta: Floats) -> Parameters:
        factor = np.array([[theta[0] * unit[0], 0.0], [theta[1] * unit[1], theta[2] * unit[1]]])
        return evaluate(data, factor)

    def cost(theta: Floats) -> tuple[float, Floats]:
        found = at(theta)
        slope = np.array([found.slope[0, 0] * unit[0], *(found.slope[1] * unit[1])])
        return min(-found.llf, NO_LIKELIHOOD), -slope

    tried = (minimize(cost, np.array(start), jac=True, method="BFGS").x for start in STARTS)
    return max((at(theta) for theta in tried), key=lambda one: one.llf)


def attempt(past: Past, data: Moments, optimiser: str) -> Attempt:
    """One restricted fit by statsmodels from its own start, its warnings counted and not shown."""
    from statsmodels.regression.mixed_linear_model import MixedLM  # only a fit needs it

    seen = ~np.isnan(past.rates)
    year = np.broadcast_to((past.years - past.origin)[:, None], seen.shape)[seen]
    group = np.broadcast_to(np.arange(seen.shape[1]), seen.shape)[seen]
    design = np.column_stack([np.ones_like(year), year])
    model = MixedLM(np.sqrt(past.rates[seen]), design, group, exog_re=design)
    with warnings.catch_warnings(record=True) as caught:
        for kind in _known_warnings():
            warnings.simplefilter("always", kind)
        try:
            result = model.fit(reml=True, method=None if optimiser == DEFAULT else [optimiser])
        except np.linalg.LinAlgError:
            return Attempt(optimiser, False, np.nan, None, _counted(caught, ["LinAlgError"]))
    found = _verified(data, np.asarray(result.cov_re), float(result.scale))
    return Attempt(
        optimiser, bool(result.converged), float(result.llf), found, _counted(caught, [])
    )


def middle(best: Parameters, years: Floats, data: Moments) -> Parameters:
    """The parameters in the middle of all those that fit two years equally well.

    Own lines through two points vary by S = covariance + residual · (Z'Z)^-1, and the data tell of
    S alone. The residual may go from 0 to the smallest root of |S - residual (Z'Z)^-1| = 0.
    """
    design = np.column_stack([np.ones(2), years - years[-1]])
    around = np.linalg.inv(design.T @ design)
    total = best.residual * (best.factor @ best.factor.T + around)
    half = np.linalg.inv(np.linalg.cholesky(around))
    largest = float(np.linalg.eigvalsh(half @ total @ half.T)[0])
    residual = MIDDLE * largest
    scaled = total / residual - around
    return evaluate(data, np.asarray(np.linalg.cholesky(scaled), dtype=float))


def paces(data: Moments, found: Parameters) -> Floats:
    """Best linear unbiased predictions of the pace, by province: b1 + u1, u = K (Z'y - Z'Z b)."""
    inner = np.eye(2) + found.factor.T @ data.zz @ found.factor
    rest = data.zy - data.zz @ found.fixed
    moved = np.linalg.solve(inner, (rest @ found.factor)[:, :, None])[:, :, 0] @ found.factor.T
    return np.asarray(found.fixed[1] + moved[:, 1])


def _check(data: Moments, past: Past, standard: str) -> None:
    """Raise UserError where the model has nothing to hold on to."""
    needed = min(len(past.years), 3)
    known = int((data.n >= needed).sum())
    if known < FEWEST:
        raise UserError(
            f"a mixed model needs {FEWEST} provinces with {needed} rates or more, and {standard} "
            f"has {known} up to {past.origin}: choose sqrt_drift, which needs one province."
        )
    if needed > 2 and _around_lines(data).sum() <= STRAIGHT * data.yy.sum():
        raise _no_optimum(past, standard)
    lines = _lines(data)[data.n > 1]
    alike = np.linalg.matrix_rank(lines - lines.mean(axis=0), rtol=ALIKE) < 2
    if needed == 2 and alike:
        raise _no_optimum(past, standard)


def _no_optimum(past: Past, standard: str) -> UserError:
    return UserError(
        f"the mixed model has no finite optimum under {standard} up to {past.origin}, as the "
        "provinces move too evenly to tell noise from pace: choose sqrt_drift."
    )


def _lines(data: Moments) -> Floats:
    """Own least-squares line of each province, province × (level, pace); NaN-free, see `n`."""
    return np.asarray(np.einsum("pij,pj->pi", np.linalg.pinv(data.zz), data.zy))


def _around_lines(data: Moments) -> Floats:
    """Sum of squares around its own line, by province."""
    return np.asarray(np.maximum(data.yy - (_lines(data) * data.zy).sum(axis=1), 0.0))


def _own_lines(data: Moments) -> Floats:
    """Spread of levels and paces of the provinces' own lines, in units of their noise."""
    spread = _lines(data)[data.n > 1].std(axis=0)
    freedom = np.maximum(data.n - 2, 0).sum()
    noise = np.sqrt(_around_lines(data).sum() / freedom) if freedom else spread[1]
    return np.asarray(np.maximum(spread / noise, 1e-3))


def _verified(data: Moments, covariance: Floats, scale: float) -> Parameters | None:
    """Parameters whose likelihood was computed anew; None where they are no parameters."""
    if not (np.isfinite(covariance).all() and np.isfinite(scale) and scale > 0):
        return None
    values, vectors = np.linalg.eigh(covariance / scale)
    half = vectors * np.sqrt(np.maximum(values, 0.0))
    upper = np.linalg.qr(half.T)[1]
    found = evaluate(data, upper.T)
    return found if np.isfinite(found.llf) else None


def _llf(one: Attempt) -> float:
    return one.found.llf if one.found else -np.inf


def _known_warnings() -> tuple[type[Warning], ...]:
    """Kinds of warnings of a fit that are counted, and not shown."""
    from statsmodels.tools.sm_exceptions import ConvergenceWarning, SingularMatrixWarning

    return ConvergenceWarning, SingularMatrixWarning, RuntimeWarning


def _counted(caught: Iterable[warnings.WarningMessage], more: list[str]) -> str:
    """Kinds of warnings and how often, sorted; what is not known is passed on."""
    names = list(more)
    for one in caught:
        if issubclass(one.category, _known_warnings()):
            names.append(one.category.__name__)
        else:
            warnings.warn_explicit(one.message, one.category, one.filename, one.lineno)
    return ", ".join(f"{count} {name}" for name, count in sorted(Counter(names).items()))
