"""Facts about the two regression models: the mixed model and the fractional logit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from helpers import trends
from helpers.project import UserError
from helpers.trends import logit, mixed
from helpers.trends.forecasts import LONGEST
from helpers.trends.panels import Panel
from helpers.trends.past import Floats, Past, train

MISSING = float("nan")


def small_panel(**rates: list[float]) -> Panel:
    """A panel from 2020 on of provinces A, B, …, equal in weight, without printed sums."""
    years = range(2020, 2020 + len(next(iter(rates.values()))))
    table = pd.DataFrame(rates, index=pd.Index(years, name="year"), dtype=float)
    weights = pd.Series(1.0, index=table.columns)
    return Panel("gso-md-2022", table, weights, 2020, {"all@2025": tuple(table.columns)})


def past_of(panel: Panel) -> Past:
    return train(panel, int(panel.rates.index[-1]))


FOUR = small_panel(
    A=[25.0, 18.0, 16.0, 11.0], B=[9.0, 8.0, 5.0, 4.5], C=[4.0, 2.5, 2.6, 1.0], D=[49.0, 40, 39, 30]
)
GAPS = small_panel(
    A=[8.0, MISSING, 4.0, 3.0], B=[MISSING, MISSING, 8.0, 7.0], C=[4.0, 3.0, MISSING, 2.0],
    D=[5.0, 4.0, 4.0, 4.1], E=[8.0, 4.0, 2.2, MISSING], F=[MISSING, MISSING, MISSING, 6.0],
)  # fmt: skip
TWO_YEARS = small_panel(A=[9.0, 4.0], B=[16.0, 9.0], C=[4.0, 3.0], D=[2.0, 1.0])
FACTOR = np.array([[2.0, 0.0], [-0.3, 0.5]])

rates = st.floats(0.0, 60.0).map(lambda x: round(x, 2))
panels = st.integers(3, 5).flatmap(
    lambda years: st.lists(
        st.lists(rates, min_size=years, max_size=years), min_size=3, max_size=6
    )
).map(lambda rows: small_panel(**{f"p{n}": row for n, row in enumerate(rows)}))  # fmt: skip
a_few = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def dense(past: Past, factor: Floats) -> tuple[float, Any, float, Any]:
    """Restricted log-likelihood, fixed effects, residual and paces, from whole matrices."""
    seen = ~np.isnan(past.rates)
    column = np.broadcast_to(np.arange(seen.shape[1]), seen.shape)[seen]
    year = np.broadcast_to(past.years[:, None] - past.origin, seen.shape)[seen]
    y, x = np.sqrt(past.rates[seen]), np.column_stack([np.ones_like(year), year])
    z = np.zeros((len(y), 2 * seen.shape[1]))
    for row, (place, when) in enumerate(zip(column, year, strict=True)):
        z[row, 2 * place : 2 * place + 2] = 1.0, when
    spread = np.kron(np.eye(seen.shape[1]), factor @ factor.T)
    whole = np.eye(len(y)) + z @ spread @ z.T
    inverse = np.linalg.inv(whole)
    fixed = np.linalg.solve(x.T @ inverse @ x, x.T @ inverse @ y)
    rest = y - x @ fixed
    n = len(y) - 2
    residual = float(rest @ inverse @ rest) / n
    logs = np.linalg.slogdet(whole)[1] + np.linalg.slogdet(x.T @ inverse @ x)[1]
    llf = -0.5 * (n * np.log(2 * np.pi * residual) + n + logs)
    return float(llf), fixed, residual, fixed[1] + (spread @ z.T @ inverse @ rest)[1::2]


# The closed form of the mixed model


@pytest.mark.parametrize("panel", [FOUR, GAPS, TWO_YEARS])
def test_the_closed_form_is_the_likelihood_of_whole_matrices(panel: Panel) -> None:
    past = past_of(panel)
    found = mixed.evaluate(mixed.moments(past), FACTOR)
    llf, fixed, residual, paces = dense(past, FACTOR)
    assert found.llf == pytest.approx(llf, rel=1e-9)
    np.testing.assert_allclose(found.fixed, fixed, rtol=1e-9)
    assert found.residual == pytest.approx(residual, rel=1e-9)
    np.testing.assert_allclose(mixed.paces(mixed.moments(past), found), paces, rtol=1e-8)


def test_the_closed_form_holds_where_the_covariance_is_singular() -> None:
    past = past_of(FOUR)
    for factor in (np.zeros((2, 2)), np.array([[1.0, 0.0], [0.5, 0.0]])):
        assert mixed.evaluate(mixed.moments(past), factor).llf == pytest.approx(
            dense(past, factor)[0], rel=1e-9
        )


@pytest.mark.parametrize("panel", [FOUR, GAPS, TWO_YEARS])
@pytest.mark.parametrize("cell", [(0, 0), (1, 0), (1, 1)])
def test_the_slope_of_the_likelihood_is_its_change_over_a_small_step(
    panel: Panel, cell: tuple[int, int]
) -> None:
    data, step = mixed.moments(past_of(panel)), np.zeros((2, 2))
    step[cell] = 1e-5
    up, down = (mixed.evaluate(data, FACTOR + sign * step).llf for sign in (1, -1))
    slope = mixed.evaluate(data, FACTOR).slope[cell]
    assert slope == pytest.approx((up - down) / 2e-5, rel=1e-5)


def test_the_optimum_is_found_where_the_lines_are_nearly_straight() -> None:
    # All but the last digit is a line, so that the covariance is thousands of times the noise.
    panel = small_panel(
        A=[0.2855, 0.2862, 0.2869, 0.2876, 0.2884], B=[0.5925, 0.5921, 0.5917, 0.5913, 0.5909],
        C=[0.0914, 0.0926, 0.0938, 0.095, 0.0962], D=[0.4459, 0.4453, 0.4446, 0.444, 0.4434],
        E=[0.0728, 0.0715, 0.0702, 0.0689, 0.0676], F=[0.3011, 0.2995, 0.298, 0.2964, 0.2949],
    )  # fmt: skip
    fit = mixed.fit(past_of(panel), "s")
    assert abs(fit.gap) <= mixed.TOLERANCE


def test_the_closed_form_is_the_likelihood_of_statsmodels() -> None:
    past = past_of(FOUR)
    tried = mixed.attempt(past, mixed.moments(past), "powell")
    assert tried.found is not None
    assert tried.found.llf == pytest.approx(tried.claimed, abs=1e-6)


@a_few
@given(panels)
def test_no_optimiser_beats_the_closed_form(panel: Panel) -> None:
    past = past_of(panel)
    data = mixed.moments(past)
    try:
        best = mixed.fit(past, panel.standard).parameters
    except UserError as said:
        assert "choose sqrt_drift" in str(said)
        return
    tried = mixed.attempt(past, data, "powell").found
    assert tried is None or tried.llf <= best.llf + mixed.TOLERANCE
    assert dense(past, best.factor)[0] == pytest.approx(best.llf, abs=1e-4)


def test_the_order_of_the_provinces_does_not_matter() -> None:
    turned = Panel(
        FOUR.standard, FOUR.rates[["D", "B", "A", "C"]], FOUR.weights[["D", "B", "A", "C"]],
        FOUR.weight_year, FOUR.members,
    )  # fmt: skip
    first, second = (mixed.fit(past_of(one), one.standard).paces for one in (FOUR, turned))
    np.testing.assert_allclose(first[[3, 1, 0, 2]], second, atol=1e-4)


# The optimisers of statsmodels


def test_the_default_of_statsmodels_misses_the_optimum_and_one_claims_no_end() -> None:
    table = mixed.optimiser_gaps(trends.load("gso-2010"), 2015)
    rows = {str(row["optimiser"]): row for row in table.to_dict("records")}
    assert rows["default"]["converged"] and rows["default"]["gap"] > 50
    assert rows["powell"]["gap"] < mixed.TOLERANCE
    assert np.isinf(rows["nm"]["claimed"]) and np.isfinite(rows["nm"]["llf"])
    assert "ConvergenceWarning" in rows["default"]["warnings"]
    assert table["gap"].min() == 0
    fit = mixed.fit(train(trends.load("gso-2010"), 2015), "gso-2010")
    assert fit.parameters.llf >= table["llf"].max() - mixed.TOLERANCE


def test_the_table_of_gaps_has_a_row_for_every_optimiser() -> None:
    table = mixed.optimiser_gaps(FOUR, 2023)
    assert list(table.columns) == [
        "standard", "origin", "optimiser", "converged", "claimed", "llf", "gap", "warnings",
    ]  # fmt: skip
    names = [one.name for one in mixed.OPTIMISERS]
    assert list(table["optimiser"]) == ["default", *names, "closed form"]


def test_an_optimiser_that_fails_leaves_the_closed_form(monkeypatch: pytest.MonkeyPatch) -> None:
    best = mixed.fit(past_of(FOUR), FOUR.standard).parameters
    nothing = mixed.Attempt("powell", True, np.inf, None, "")
    monkeypatch.setattr(mixed, "attempt", lambda *_: nothing)
    fit = mixed.fit(past_of(FOUR), FOUR.standard)
    assert fit.kept == mixed.CLOSED_FORM and fit.gap == np.inf
    assert fit.parameters.llf == pytest.approx(best.llf, abs=mixed.TOLERANCE)


# Two years


def test_with_two_years_all_residuals_up_to_the_largest_fit_equally_well() -> None:
    past = past_of(TWO_YEARS)
    data = mixed.moments(past)
    best = mixed.maximise(data)
    assert mixed.middle(best, past.years, data).llf == pytest.approx(best.llf, abs=1e-5)


def test_with_two_years_the_paces_are_the_middle_of_all_that_the_data_allow(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    past = past_of(TWO_YEARS)
    found = {}
    for share in (0.001, 0.5, 0.999):
        monkeypatch.setattr(mixed, "MIDDLE", share)
        found[share] = mixed.fit(past, "gso-md-2022").paces
    np.testing.assert_allclose(found[0.5], (found[0.001] + found[0.999]) / 2, atol=1e-4)
    # Without noise the paces are those seen, √rate(2021) - √rate(2020).
    np.testing.assert_allclose(found[0.001][:2], [-1.0, -1.0], atol=0.01)


def test_with_two_years_a_fit_says_so() -> None:
    fit = mixed.fit(past_of(TWO_YEARS), "gso-md-2022")
    assert fit.kept == mixed.CLOSED_FORM and fit.note.startswith("two years")


# Forecasts of the mixed model


def test_forecasts_go_on_from_the_last_rate_on_the_square_root_scale() -> None:
    panel = trends.load("gso-md-2016")
    future = mixed.mixed(panel, 2019, 2, 100, 1)
    past = train(panel, 2019)
    roots = np.sqrt(past.last) + np.array([[1.0], [2.0]]) * mixed.fit(past, "gso-md-2016").paces
    np.testing.assert_allclose(future.centre[:, :63], np.maximum(roots, 0) ** 2, rtol=1e-12)


def test_provinces_are_shrunk_towards_each_other() -> None:
    past = train(trends.load("gso-md-2016"), 2020)
    seen = np.polyfit(past.years, np.sqrt(past.rates), 1)[0]
    assert mixed.fit(past, "gso-md-2016").paces.std() < seen.std()


@pytest.mark.parametrize(
    ("panel", "says"),
    [
        (small_panel(A=[4.0, 4.0, 4.0], B=[9.0, 9.0, 9.0], C=[1.0, 1.0, 1.0]), "too evenly"),
        (small_panel(A=[0.0, 0.0, 0.0], B=[0.0, 0.0, 0.0], C=[0.0, 0.0, 0.0]), "too evenly"),
        (small_panel(A=[9.0, 4.0], B=[16.0, 9.0], C=[4.0, 1.0]), "too evenly"),
        (small_panel(A=[8.0, 4.0], B=[16.0, 8.0], C=[4.0, 2.0]), "too evenly"),
        (small_panel(A=[3.0, 2.0, 1.0]), "has 1 up to 2022: choose sqrt_drift"),
        (small_panel(**{c: [MISSING, MISSING, 4.0] for c in "ABC"}), "has 0 up to 2022"),
    ],
    ids=["constant", "zero", "one step", "halved", "one province", "one year"],
)
def test_what_holds_no_mixed_model_is_refused_with_another_choice(panel: Panel, says: str) -> None:
    with pytest.raises(UserError, match=f"gso-md-2022.*{says}|{says}"):
        mixed.mixed(panel, int(panel.rates.index[-1]), 2, 100, 1)


@pytest.mark.parametrize("model", [mixed.mixed, logit.fractional_logit])
def test_zeros_hundreds_gaps_and_single_rates_are_forecast_without_a_warning(
    model: trends.models.Model,
) -> None:
    extreme = small_panel(
        zero=[0.0, 0.0, 0.0], full=[100.0, 100.0, 100.0], once=[MISSING, MISSING, 7.0],
        up=[1.0, 9.0, 90.0],
    )  # fmt: skip
    for panel in (extreme, GAPS, TWO_YEARS):
        future = model(panel, int(panel.rates.index[-1]), LONGEST, 100, 1)
        for values in (future.centre, future.rates):
            assert np.isfinite(values).all() and values.min() >= 0 and values.max() <= 100 + 1e-9


# The fractional logit


@pytest.mark.parametrize("panel", [FOUR, GAPS, TWO_YEARS])
def test_the_common_trend_and_its_error_are_those_of_a_clustered_glm(panel: Panel) -> None:
    past = past_of(panel)
    told = (~np.isnan(past.rates)).sum(axis=0) > 1
    shares = past.rates[:, told] / 100
    seen = ~np.isnan(shares)
    group = np.broadcast_to(np.arange(seen.shape[1]), seen.shape)[seen]
    year = np.broadcast_to(past.years[:, None] - past.origin, seen.shape)[seen]
    design = np.column_stack([year, np.eye(seen.shape[1])[group]])
    glm = sm.GLM(shares[seen], design, family=sm.families.Binomial()).fit(
        tol=1e-12, cov_type="cluster", cov_kwds={"groups": group}
    )
    found = logit.fit(past, panel.standard)
    assert found.common == pytest.approx(float(glm.params[0]), abs=1e-8)
    assert found.common_error == pytest.approx(float(glm.bse[0]), rel=1e-6)


def test_the_same_fall_of_the_odds_everywhere_is_found_exactly_and_goes_on() -> None:
    # Odds 1/4, 1/8, 1/16 and 1, 1/2, 1/4: halved every year.
    odds = np.array([[0.25, 1.0], [0.125, 0.5], [0.0625, 0.25]])
    shares = 100 * odds / (1 + odds)
    panel = small_panel(A=list(shares[:, 0]), B=list(shares[:, 1]))
    future = logit.fractional_logit(panel, 2022, 1, 100, 1)
    np.testing.assert_allclose(future.centre[0, :2], [100 / 33, 100 / 9], rtol=1e-8)
    assert logit.fit(past_of(panel), "gso-md-2022").slopes == pytest.approx([-np.log(2)] * 2)


def test_own_trends_are_kept_by_what_they_have_beyond_noise() -> None:
    # Own trends on the logit scale differ and are exact: nothing is noise, and nearly all is kept.
    years = np.arange(-2.0, 1.0)[:, None]
    shares = 100 / (1 + np.exp(2.0 - np.array([-0.1, -0.3, -0.5]) * years))
    panel = small_panel(**{name: list(shares[:, n]) for n, name in enumerate("ABC")})
    slopes = logit.fit(past_of(panel), "gso-md-2022").slopes
    assert slopes == pytest.approx([-0.1, -0.3, -0.5], abs=0.02)


def test_with_two_years_half_of_a_deviation_is_kept() -> None:
    past = past_of(TWO_YEARS)
    found = logit.fit(past, "gso-md-2022")
    assert np.isnan(found.dispersion)
    odds = np.log(past.rates / (100 - past.rates))
    own = odds[1] - odds[0]
    np.testing.assert_allclose(found.slopes - found.common, (own - found.common) / 2, atol=0.03)


def test_zeros_and_hundreds_tell_nothing_and_stay() -> None:
    panel = small_panel(zero=[0.0, 0.0], full=[100.0, 100.0], A=[8.0, 4.0], B=[10.0, 5.0])
    alone = small_panel(A=[8.0, 4.0], B=[10.0, 5.0])
    assert logit.fit(past_of(panel), "s").common == logit.fit(past_of(alone), "s").common
    future = logit.fractional_logit(panel, 2021, 3, 100, 1)
    assert (future.centre[:, 0] == 0).all() and (future.centre[:, 1] == 100).all()


def test_constants_and_one_province_get_a_short_answer() -> None:
    for panel in (small_panel(A=[0.0, 0.0]), small_panel(A=[4.0, 4.0, 4.0], B=[9.0, 9.0, 9.0])):
        past = past_of(panel)
        assert (logit.fit(past, "s").slopes == 0).all()
    one = logit.fit(past_of(small_panel(A=[20.0, 10.0])), "s")
    assert one.common == pytest.approx(np.log(1 / 9) - np.log(1 / 4))
    assert np.isnan(one.common_error)


@pytest.mark.parametrize("leap", [[0.0, 100.0], [100.0, 100.0, 0.0]])
def test_rates_that_leap_from_end_to_end_have_no_finite_trend(leap: list[float]) -> None:
    with pytest.raises(UserError, match=r"no finite trend under gso-md-2022.*choose naive"):
        panel = small_panel(A=leap)
        logit.fractional_logit(panel, int(panel.rates.index[-1]), 1, 100, 1)


@a_few
@given(panels)
def test_score_equations_hold_for_any_rates(panel: Panel) -> None:
    past = past_of(panel)
    try:
        found = logit.fit(past, panel.standard)
    except UserError as said:
        assert "no finite trend" in str(said)
        return
    shares = past.rates / 100
    told = (shares.max(axis=0) > 0) & (shares.min(axis=0) < 1)
    if not told.any():
        assert (found.slopes == 0).all()
        return
    years = (past.years - past.origin)[:, None]
    levels = np.full(told.sum(), 0.0)
    for _ in range(200):  # the intercepts that fit each province, given the common trend
        means = 1 / (1 + np.exp(-(levels + found.common * years)))
        rest = (shares[:, told] - means).sum(axis=0)
        levels += np.clip(rest / (means * (1 - means)).sum(axis=0), -1, 1)
    assert abs((years * (shares[:, told] - means)).sum()) < 1e-6 * max(1, shares.sum())
