"""Facts about the default model: its scale, the two views it averages, and its draws."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers import places, trends
from helpers.project import UserError
from helpers.trends import default, scales, shocks
from helpers.trends.panels import Panel
from helpers.trends.past import CUBE_ROOT, steps, train


def panel(rates: pd.DataFrame, weights: list[float] | None = None, **ends: pd.DataFrame) -> Panel:
    """A panel of leaves A, B, … without printed sums."""
    count = rates.shape[1]
    shares = pd.Series(weights or [1.0] * count, index=rates.columns)
    return Panel("gso-md-2022", rates, shares, 2020, {}, **ends)


def table(**rates: list[float]) -> pd.DataFrame:
    years = range(2020, 2020 + len(next(iter(rates.values()))))
    return pd.DataFrame(rates, index=pd.Index(years, name="year"), dtype=float)


def falling(power: float, years: int, leaves: int = 40, noise: float = 0.03) -> pd.DataFrame:
    """Rates whose steps are even on one scale, but for noise."""
    random = np.random.default_rng(5)
    rates = [np.geomspace(5, 60, leaves)]
    for _ in range(years - 1):
        common = 0.15 * 15**power
        change = -common * (1 + noise * 3 * random.standard_normal(leaves))
        rates.append(scales.move(rates[-1], change, power))
    return pd.DataFrame(
        rates,
        index=pd.Index(range(2020, 2020 + years), name="year"),
        columns=[f"P{i:02d}" for i in range(leaves)],
    )


# Scales


def test_the_scale_at_one_is_points_and_at_zero_logarithms() -> None:
    rates = np.array([1.0, 4.0, 9.0])
    np.testing.assert_allclose(scales.transform(rates, 1.0), rates - 1)
    np.testing.assert_allclose(scales.transform(rates, 0.5), 2 * (np.sqrt(rates) - 1))
    np.testing.assert_allclose(scales.transform(rates, 0.0), np.log(rates))


@given(
    st.floats(0.06, 99.0), st.floats(0.06, 99.0), st.sampled_from([0.0, 0.1, 1 / 3, 0.5, 0.9, 1.0])
)
def test_moving_by_the_difference_of_two_rates_leads_from_one_to_the_other(
    start: float, end: float, power: float
) -> None:
    one, other = np.array([start]), np.array([end])
    change = scales.transform(other, power) - scales.transform(one, power)
    np.testing.assert_allclose(scales.move(one, change, power), other, rtol=1e-9)


def test_a_fall_ends_at_zero_and_a_rise_at_a_hundred() -> None:
    for power in (0.1, 0.5, 1.0):
        assert scales.move(np.array([2.0]), np.array([-1e3]), power)[0] == 0
        assert scales.move(np.array([50.0]), np.array([1e3]), power)[0] == 100
    assert scales.move(np.array([0.0]), np.array([-1.0]), 0.0)[0] == 0


def test_steps_join_neighbouring_known_rates() -> None:
    seen = steps(train(panel(table(A=[8, np.nan, 4], B=[3, 2, 1], C=[np.nan, 5, np.nan])), 2022))
    found = sorted(zip(seen.start, seen.end, seen.years, strict=True))
    assert found == [(2, 1, 1), (3, 2, 1), (8, 4, 2)]
    assert len(set(seen.period)) == 3


@pytest.mark.parametrize("power", [0.0, 0.3, 0.6, 1.0])
def test_the_scale_that_made_the_steps_is_the_likeliest(power: float) -> None:
    likely = scales.log_likelihood(steps(train(panel(falling(power, 4)), 2023)))
    assert scales.POWERS[likely.argmax()] == pytest.approx(power, abs=0.1001)


def test_all_scales_are_alike_where_nothing_can_be_learned() -> None:
    for rates in (table(A=[9.0, 7.0]), table(A=[5.0, 5.0], B=[3.0, 3.0])):
        np.testing.assert_allclose(scales.weights(train(panel(rates), 2021)), 1 / 11)


def test_a_region_counts_as_one_witness() -> None:
    assert scales.regions(("44", "45", "46")) == 1  # all of the north central coast
    assert scales.regions(("01", "45", "A", "B", "44@2025")) == 5
    past = train(trends.load("gso-2010"), 2015)
    likely = scales.log_likelihood(steps(past)) * 6 / 63
    expected = np.exp(likely) / np.exp(likely).sum()
    np.testing.assert_allclose(scales.weights(past), expected)


# The two views


def test_seen_from_below_every_province_has_the_common_pace_and_a_part_of_its_own() -> None:
    # points: A falls by 2 a year, B by 1; B has three times the persons of A
    past = train(panel(table(A=[20, 18, 16], B=[10, 9, 8]), weights=[1.0, 3.0]), 2022)
    common = -(2 * 0.25 + 1 * 0.75)
    believed = 2 * 0.25 / (1 + 0.25)
    own = [common + believed * (-2 - common), common + believed * (-1 - common)]
    expected = [[16 + h * own[0], 8 + h * own[1]] for h in (1, 2)]
    np.testing.assert_allclose(default.path(past, 2, 1.0), expected)


def test_a_province_with_one_rate_takes_the_common_pace() -> None:
    past = train(panel(table(A=[20, 18], B=[np.nan, 9])), 2021)
    assert default.path(past, 1, 1.0)[0, 1] == pytest.approx(9 - 2)


def test_seen_from_above_the_mean_rate_goes_on_by_itself() -> None:
    # square roots of the mean: 5, 4, hence 3 and 2
    past = train(panel(table(A=[30, 20], B=[20, 12])), 2021)
    below = default.path(past, 2, 1.0)
    means = (below * default.whole(past, below)[:, None]).mean(axis=1)
    np.testing.assert_allclose(means, [9, 4])


def test_the_factor_is_one_where_all_rates_are_zero() -> None:
    past = train(panel(table(A=[0, 0], B=[0, 0])), 2021)
    np.testing.assert_array_equal(default.whole(past, np.zeros((2, 2))), 1)


def test_the_centre_is_the_weighted_mean_of_all_paths() -> None:
    rates = falling(0.5, 3, leaves=6)
    past, given_panel = train(panel(rates), 2022), panel(rates)
    weight = scales.weights(past)
    below = [default.path(past, 2, power) for power in scales.POWERS]
    above = [one * default.whole(past, one)[:, None] for one in below]
    expected = sum(
        share * ((1 - default.WHOLE) * low + default.WHOLE * high)
        for share, low, high in zip(weight, below, above, strict=True)
    )
    found = default.default(given_panel, 2022, 2, 100, 1).centre
    np.testing.assert_allclose(found, expected)


def test_without_two_rates_anywhere_there_is_no_pace_and_it_is_said() -> None:
    rates = table(A=[5, np.nan], B=[np.nan, 4])
    with pytest.raises(UserError, match=r"no place has rates of two years up to the origin"):
        default.default(panel(rates), 2021, 1, 100, 1)


@given(st.integers(0, 10_000))
def test_the_order_of_places_does_not_matter(seed: int) -> None:
    rates = falling(0.3, 3, leaves=8)
    order = np.random.default_rng(seed).permutation(8)
    here = default.default(panel(rates), 2022, 2, 100, 1).centre
    there = default.default(panel(rates.iloc[:, order]), 2022, 2, 100, 1).centre
    np.testing.assert_allclose(there, here[:, order], rtol=1e-9)


# Draws


def test_draws_start_anywhere_in_the_printed_interval_of_the_last_rate() -> None:
    rates = table(A=[9.0, 8.0], B=[4.0, 3.5])
    wide = panel(rates, low=rates.sub([3.0, 0.0]), high=rates.add([3.0, 0.0]))
    narrow = default.default(panel(rates), 2021, 1, 4000, 1).rates[0].std(axis=1)
    found = default.default(wide, 2021, 1, 4000, 1).rates[0].std(axis=1)
    uniform = 6 / np.sqrt(12)
    assert found[0] == pytest.approx(np.hypot(narrow[0], uniform), rel=0.1)
    assert found[1] == pytest.approx(narrow[1], rel=0.1)


def test_the_median_of_the_draws_lies_near_the_centre() -> None:
    future = default.default(trends.load("gso-md-2022"), 2024, 1, 4000, 1)
    median = np.median(future.rates[0, :63], axis=1)
    assert np.abs(median - future.centre[0, :63]).max() < 0.25


def test_leaves_move_together_by_the_shock_and_the_view() -> None:
    draws = default.default(trends.load("gso-2010"), 2016, 3, 4000, 1)
    poor = [draws.of(code)[2] for code in ("11", "12", "14", "40")]
    assert np.corrcoef(poor)[np.triu_indices(4, 1)].min() > 0.2


def test_the_spread_is_that_of_the_steps_around_their_common_one() -> None:
    # cube roots: A 3, 2.9; B 2, 2: steps -0.1 and 0, around their mean ±0.05; one degree of freedom
    # and the prior's step
    rates = table(A=[27.0, 2.9**3], B=[8.0, 8.0])
    found = shocks.spread(train(panel(rates), 2021))
    assert found == pytest.approx(np.sqrt((2 * 0.05**2 + shocks.PRIOR_SPREAD**2) / 2))
    alone = shocks.spread(train(panel(rates[["A"]]), 2021))
    assert alone == pytest.approx(shocks.PRIOR_SPREAD)


def test_the_weights_of_a_past_origin_are_those_of_its_year() -> None:
    found = trends.load("gso-2010")
    assert found.weights_of(2016)["01"] == found.weights["01"]
    assert found.weights_of(2013)["01"] == places.weights(2013)["01"]
    assert found.weights_of(2011)["01"] == places.weights(2010)["01"]
    assert panel(table(A=[9.0, 8.0])).weights_of(2020).to_dict() == {"A": 1.0}


def test_of_a_wide_print_the_middle_goes_on() -> None:
    rates = table(A=[12.0, 10.0], B=[9.0, 8.0])
    below_ten = panel(rates, low=rates.sub([7.0, 0.0]).where(rates < 12, rates), high=rates)
    assert train(below_ten, 2021).last.tolist() == [6.5, 8.0]


def test_the_longer_a_province_was_seen_the_more_of_its_deviation_is_believed() -> None:
    # one year 1/4, two years 2/5, three years 3/6; one rate nothing
    rates = table(
        A=[4, 4, 4, 3], B=[np.nan, 4, 4, 3], C=[np.nan, np.nan, 4, 3], D=[np.nan] * 3 + [3]
    )
    found = shocks.believed(train(panel(rates), 2023))
    np.testing.assert_allclose(found, [3 / 6, 2 / 5, 1 / 4, 0])


def test_a_pace_seen_in_few_provinces_is_less_sure() -> None:
    many = falling(0.3, 3, leaves=40)
    few = many.copy()
    few.iloc[:2, 2:] = np.nan  # all but two provinces have one rate
    errors = [shocks.common_error(train(panel(rates), 2022), 0.05) for rates in (many, few)]
    assert errors[1] > 1.1 * errors[0]
    # a pace that is seen perfectly still changes
    past = train(panel(many), 2022)
    pace = abs(past.pace(CUBE_ROOT).mean())
    assert shocks.common_error(past, 0.0) == pytest.approx(shocks.SHOCK * pace)


def test_a_borrowed_pace_is_wider_than_one_of_its_own() -> None:
    rates = table(A=[9, 8, 7], B=[9, 8, 7], C=[np.nan, np.nan, 7])
    future = default.default(panel(rates), 2022, 3, 4000, 1).rates
    assert (future[:, 2].std(axis=1) > future[:, 0].std(axis=1)).all()


def test_a_forecast_is_as_unsure_as_its_last_rate_is_old() -> None:
    # B was last seen in 2020: from 2022 on, two years of its way have already gone by
    steady = table(A=[9, 8, 7, 6, 5], B=[9, 8, 7, 6, 5], C=[8, 7, 6, 5, 4]).set_axis(
        range(2018, 2023)
    )
    old = steady.copy()
    old.loc[2021:, "B"] = np.nan
    late = np.cbrt(default.default(panel(old), 2022, 1, 4000, 1).rates[0]).std(axis=1)
    early = np.cbrt(default.default(panel(old.loc[:2020]), 2020, 3, 4000, 1).rates).std(axis=2)
    assert late[1] == pytest.approx(early[2, 1], rel=0.15)
    assert late[1] > 1.5 * late[0]


def test_a_step_of_years_that_no_other_province_has_tells_nothing_of_the_spread() -> None:
    # A and B share 2020-21, as above; C alone has a step of 2021-22
    rates = table(A=[27.0, 2.9**3, np.nan], B=[8.0, 8.0, np.nan], C=[np.nan, 8.0, 1.0])
    found = shocks.spread(train(panel(rates), 2022))
    assert found == pytest.approx(np.sqrt((2 * 0.05**2 + shocks.PRIOR_SPREAD**2) / 2))
