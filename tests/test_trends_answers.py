"""Answers across provinces: convergence, ranks, contributions, standing given the level."""

from itertools import permutations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from hypothesis import given
from hypothesis import strategies as st

from helpers import trends
from helpers.project import UserError
from helpers.trends import contributions, convergence, ranks, standing
from helpers.trends.draws import Draws
from helpers.trends.forecasts import simulate
from helpers.trends.panels import Panel

LEVELS = np.array([2.0, 5.0, 10.0, 20.0, 30.0, 40.0])
RATES = st.floats(0.2, 90.0).map(lambda x: round(x, 2))


def table(*years: np.ndarray, start: int = 2020) -> pd.DataFrame:
    """Rates of places A, B, … in years from `start` on."""
    places = [chr(65 + k) for k in range(len(years[0]))]
    index = pd.RangeIndex(start, start + len(years), name="year")
    return pd.DataFrame(np.array(years, dtype=float), index=index, columns=places)


def panel(rates: pd.DataFrame, **weights: float) -> Panel:
    """A panel of these places, equal in weight unless weights are given; VN is no leaf."""
    leaves = [place for place in rates.columns if place != "VN"]
    weight = pd.Series({place: weights.get(place, 1.0) for place in leaves})
    return Panel("gso-md-2022", rates, weight, 2020, {})


def beta(found: pd.DataFrame, kind: str, level: str = "first") -> pd.Series:
    """The row of the whole panel."""
    return found[(found["kind"] == kind) & (found["level"] == level)].iloc[0]


# Convergence


def test_a_fall_of_a_tenth_of_the_level_is_absolute_convergence_and_proportional_standstill() -> (
    None
):
    # y2 = 0.9 y1: the change is -0.1 y1, and log(y2 / y1) is the same everywhere
    found = convergence.betas(table(LEVELS, 0.9 * LEVELS))
    assert beta(found, "absolute")["beta"] == pytest.approx(-0.1)
    assert beta(found, "proportional")["beta"] == pytest.approx(0.0, abs=1e-12)


def test_an_equal_fall_in_points_keeps_absolute_gaps_and_widens_proportional_ones() -> None:
    found = convergence.betas(table(LEVELS, LEVELS - 1))  # 2 halves, 40 hardly moves
    assert beta(found, "absolute")["beta"] == pytest.approx(0.0, abs=1e-12)
    assert beta(found, "proportional")["beta"] > 0.05


def test_a_slope_is_a_year() -> None:
    rates = table(LEVELS, 0.8 * LEVELS).set_axis([2020, 2024])
    assert beta(convergence.betas(rates), "absolute")["beta"] == pytest.approx(-0.05)  # -0.2 / 4


def test_errors_are_hc3() -> None:
    random = np.random.default_rng(1)
    x = random.uniform(1, 50, 30)
    y = 0.8 * x + random.normal(0, 0.05 * x)
    row = beta(convergence.betas(table(x, np.abs(y))), "absolute")
    design = np.column_stack([np.ones(30), x])
    inverse = np.linalg.inv(design.T @ design)
    left = np.abs(y) - x
    residual = left - design @ (inverse @ design.T @ left)
    leverage = np.einsum("ij,jk,ik->i", design, inverse, design)
    meat = design.T @ (design * ((residual / (1 - leverage)) ** 2)[:, None])
    assert row["se"] == pytest.approx(float(np.sqrt((inverse @ meat @ inverse)[1, 1])))


def test_an_instrument_undoes_what_noise_in_the_first_year_fakes() -> None:
    # True levels stay; each year is printed with its own error. Least squares sees convergence.
    random = np.random.default_rng(3)
    truth = random.uniform(5, 20, 400)
    rates = table(*(truth + random.normal(0, 2, 400) for _ in range(3)))
    rates.columns = [f"p{k}" for k in range(400)]
    found = convergence.betas(rates)
    last = found[(found["first_year"] == 2021) & (found["kind"] == "absolute")]
    naive, honest = (last[last["level"] == name].iloc[0] for name in ("first", "previous"))
    assert naive["high95"] < -0.1
    assert honest["low95"] < 0 < honest["high95"]


def test_two_stage_least_squares_is_the_ratio_of_two_covariances() -> None:
    random = np.random.default_rng(4)
    first = random.uniform(1, 50, 20)
    rates = table(first, first * random.uniform(0.8, 1.0, 20), first * random.uniform(0.6, 0.8, 20))
    found = convergence.betas(rates)
    row = found[(found["level"] == "previous") & (found["kind"] == "absolute")].iloc[0]
    z, x, y = rates.to_numpy()
    assert row["beta"] == pytest.approx(np.cov(z, y - x)[0, 1] / np.cov(z, x)[0, 1])
    assert row["level_year"] == 2020


def test_zero_has_no_logarithm_and_is_counted() -> None:
    rates = table(np.append(LEVELS, 0.0), np.append(LEVELS - 1, 0.0))
    found = convergence.betas(rates)
    assert beta(found, "absolute")[["n", "left_out"]].tolist() == [7, 0]
    assert beta(found, "proportional")[["n", "left_out"]].tolist() == [6, 1]


@pytest.mark.parametrize(
    ("rates", "why"),
    [
        (table(LEVELS[:3], LEVELS[:3] - 1), "fewer than 4 places"),
        (table(np.full(6, 5.0), LEVELS), "all places at one level"),
        (table(np.array([5.0, 5, 5, 5, 9]), np.arange(5.0) + 1), "one place alone sets the slope"),
        (
            table(np.array([1.0, 2, 3, 4]), np.array([2.0, 1, 2, 1]), np.array([1.0, 3, 2, 1])),
            "weak instrument",
        ),
    ],
)
def test_a_slope_that_cannot_be_had_says_why(rates: pd.DataFrame, why: str) -> None:
    found = convergence.betas(rates)
    row = found[found["note"] == why].iloc[0]
    assert np.isnan(row[["beta", "se", "low95", "high95"]].astype(float)).all()


def test_one_year_has_no_convergence() -> None:
    assert convergence.betas(table(LEVELS)).empty


def test_spread_of_two_places_is_half_their_distance() -> None:
    found = convergence.sigmas(table(np.array([2.0, 8.0]), np.array([1.0, 4.0])), draws=100)
    absolute = found[found["kind"] == "absolute"]
    assert absolute["sigma"].tolist() == pytest.approx([3.0, 1.5])
    assert absolute["change"].tolist() == pytest.approx([0.0, -1.5])
    logs = found[found["kind"] == "proportional"]["sigma"]
    assert logs.tolist() == pytest.approx([np.log(4) / 2] * 2)  # a factor of four in both years


def test_a_place_of_three_times_the_weight_counts_as_three_places() -> None:
    two, four = table(np.array([2.0, 8.0])), table(np.array([2.0, 2.0, 2.0, 8.0]))
    weighted = convergence.sigmas(two, pd.Series({"A": 3.0, "B": 1.0}), draws=100)
    plain = convergence.sigmas(four, draws=100)
    mine = weighted.loc[weighted["weighted"] == "yes", "sigma"].to_numpy()
    assert mine == pytest.approx(plain["sigma"].to_numpy())


def test_the_same_places_count_in_every_year() -> None:
    rates = table(LEVELS, LEVELS - 1)
    rates.loc[2021, "F"] = np.nan
    found = convergence.sigmas(rates, draws=100)
    assert set(found["n"]) == {5} and set(found["left_out"]) == {1}
    assert found["sigma"].iloc[0] == pytest.approx(LEVELS[:5].std())


def test_bootstrap_intervals_follow_the_seed_and_too_few_draws_are_refused() -> None:
    rates = table(LEVELS, LEVELS - 1)
    one, two, other = (convergence.sigmas(rates, draws=200, seed=k) for k in (1, 1, 2))
    pd.testing.assert_frame_equal(one, two)
    assert not one["low95"].equals(other["low95"])
    with pytest.raises(UserError, match="at least 100"):
        convergence.sigmas(rates, draws=10)


def test_the_order_of_columns_and_rows_does_not_matter() -> None:
    random = np.random.default_rng(5)
    rates = table(*(random.uniform(1, 40, 12) for _ in range(4)))
    mixed = rates.iloc[::-1, random.permutation(12)]
    pd.testing.assert_frame_equal(convergence.betas(rates), convergence.betas(mixed))
    pd.testing.assert_frame_equal(convergence.sigmas(rates), convergence.sigmas(mixed))
    pd.testing.assert_frame_equal(
        standing.given_level(rates, 2020, 2023), standing.given_level(mixed, 2020, 2023)
    )
    pd.testing.assert_frame_equal(standing.acceleration(rates), standing.acceleration(mixed))


# Ranks


def test_ranks_of_three_places_that_rounding_leaves_open() -> None:
    # 9 is surely first; 5.0 to 5.2 and 5.1 to 5.3 overlap
    first, last = ranks.of_intervals(np.array([9.0, 5.0, 5.1]), np.array([9.0, 5.2, 5.3]))
    assert first.tolist() == [1, 2, 2]
    assert last.tolist() == [1, 3, 3]


def test_ranks_of_three_places_in_four_draws() -> None:
    # A is first in three draws and second in one; C is always last
    values = np.array([[9.0, 9, 9, 4], [5.0, 5, 5, 5], [1.0, 1, 1, 1]])
    found = ranks.of_draws(values)
    assert found["rank"].tolist() == [1, 2, 3]
    assert found["low95"].tolist() == [1, 1, 3]
    assert found["high95"].tolist() == [2, 2, 3]


def test_tied_places_share_all_their_ranks() -> None:
    found = ranks.of_draws(np.zeros((12, 100)))
    assert set(found["low80"]) == {1} and set(found["high80"]) == {12}
    assert (found[["first_ten", "last_ten"]] == 1).all(axis=None)


@given(st.lists(st.tuples(RATES, st.floats(0, 3)), min_size=1, max_size=5))
def test_ranges_by_rounding_are_those_of_all_corners(values: list[tuple[float, float]]) -> None:
    low, width = (np.array(part) for part in zip(*values, strict=True))
    first, last = ranks.of_intervals(low, low + width)
    for k in range(len(low)):
        # A place ranks best when it is at its top and all others are at their foot.
        others = np.delete(np.arange(len(low)), k)
        assert first[k] == 1 + (low[others] > (low + width)[k]).sum()
        assert last[k] == len(low) - ((low + width)[others] < low[k]).sum()
    for order in permutations(range(len(low))):
        mixed = ranks.of_intervals(low[list(order)], (low + width)[list(order)])
        assert mixed[0].tolist() == first[list(order)].tolist()


@given(st.integers(1, 15), st.integers(100, 130), st.integers(0, 5), st.integers(1, 40))
def test_intervals_of_ranks_hold_the_middle_rank_and_what_they_claim(
    places: int, draws: int, seed: int, steps: int
) -> None:
    values = np.random.default_rng(seed).integers(0, steps, (places, draws)).astype(float)
    found = ranks.of_draws(values)
    order = found[["joint_low95", "low95", "low80", "rank", "high80", "high95", "joint_high95"]]
    inner = order[["low95", "low80", "rank", "high80", "high95"]].to_numpy()
    assert (np.diff(inner, axis=1) >= 0).all()
    better = (values[None] > values[:, None]).sum(axis=1) + 1  # brute force, place × draw
    worse = (values[None] >= values[:, None]).sum(axis=1)
    inside = (better >= order[["joint_low95"]].to_numpy()) & (
        worse <= order[["joint_high95"]].to_numpy()
    )
    assert inside.all(axis=0).mean() >= 0.95
    for low, high, share in (("low80", "high80", 0.8), ("low95", "high95", 0.95)):
        held = (better >= found[[low]].to_numpy()) & (worse <= found[[high]].to_numpy())
        assert (held.mean(axis=1) >= share - 2 / draws).all()


def test_forecast_ranks_are_by_rate_or_by_fall_from_the_last_known_rate() -> None:
    rates = table(np.array([30.0, 10.0]), np.array([29.0, 9.0]))
    paths = np.array([[[28.0] * 100, [2.0] * 100]])  # A falls by 1, B by 7
    future = Draws("gso-md-2022", 2021, (2022,), ("A", "B"), paths[:, :, 0], paths)
    by_rate = ranks.of_forecast(panel(rates), future, 2022)
    by_fall = ranks.of_forecast(panel(rates), future, 2022, by="fall")
    assert by_rate["rank"].tolist() == [1, 2] and by_fall["rank"].tolist() == [2, 1]
    with pytest.raises(UserError, match="2022"):
        ranks.of_forecast(panel(rates), future, 2030)
    with pytest.raises(UserError, match="'rate' or 'fall'"):
        ranks.of_forecast(panel(rates), future, 2022, by="name")


# Contributions


def test_contributions_of_two_provinces_and_the_discrepancy() -> None:
    # A has 3/4 of the people and falls by 2, B falls by 4: 1.5 + 1.0 of a printed fall of 3
    rates = table(np.array([10.0, 20.0, 12.0]), np.array([8.0, 16.0, 9.0]))
    rates.columns = ["A", "B", "VN"]
    found = contributions.between(panel(rates, A=3, B=1), 2020, 2021).set_index("place")
    assert found["contribution_pp"].to_dict() == pytest.approx(
        {"A": 1.5, "B": 1.0, "discrepancy": 0.5, "VN": 3.0}
    )
    assert found["contribution_pct"].to_dict() == pytest.approx(
        {"A": 50.0, "B": 100 / 3, "discrepancy": 50 / 3, "VN": 100.0}
    )
    assert found.index.tolist() == ["A", "B", "discrepancy", "VN"]


def test_rounding_gives_each_contribution_its_range() -> None:
    rates = table(np.array([10.0, 10.0]), np.array([6.0, 6.0]))
    rates.columns = ["A", "VN"]
    one = panel(rates)
    wide = Panel(one.standard, rates, one.weights, 2020, {}, low=rates - 0.5, high=rates + 0.5)
    row = contributions.between(wide, 2020, 2021).iloc[0]
    assert (row["low"], row["contribution_pp"], row["high"]) == (3.0, 4.0, 5.0)
    assert row["low_pct"] == pytest.approx(60.0)  # 3 of 5
    assert row["high_pct"] == pytest.approx(500 / 3)  # 5 of 3


def test_a_national_fall_that_rounding_could_undo_has_no_per_cent() -> None:
    rates = table(np.array([10.0, 10.0]), np.array([10.2, 9.9]))
    rates.columns = ["A", "VN"]
    one = panel(rates)
    wide = Panel(one.standard, rates, one.weights, 2020, {}, low=rates - 0.05, high=rates + 0.05)
    assert contributions.between(wide, 2020, 2021)["contribution_pct"].isna().all()


def test_a_province_without_both_rates_is_in_the_discrepancy_and_named() -> None:
    rates = table(np.array([10.0, 20.0, 15.0]), np.array([8.0, np.nan, 12.0]))
    rates.columns = ["A", "B", "VN"]
    found = contributions.between(panel(rates), 2020, 2021).set_index("place")
    assert found.loc["discrepancy"]["contribution_pp"] == pytest.approx(2.0)  # 3 - 2/2
    assert "B" in found.loc["discrepancy"]["note"]


@pytest.mark.parametrize("years", [(2021, 2020), (2020, 2020), (2020, 2030)])
def test_years_must_be_in_the_panel_and_in_order(years: tuple[int, int]) -> None:
    rates = table(LEVELS, LEVELS - 1)
    with pytest.raises(UserError, match="2020, 2021"):
        contributions.between(panel(rates), *years)
    with pytest.raises(UserError, match="2020, 2021"):
        standing.given_level(rates, *years)


@given(st.lists(st.tuples(RATES, RATES, st.floats(1, 9000)), min_size=1, max_size=8))
def test_contributions_add_up_to_the_weighted_fall(rows: list[tuple[float, float, float]]) -> None:
    first, last, weight = (np.array(part) for part in zip(*rows, strict=True))
    rates = table(first, last)
    one = panel(rates, **dict(zip(rates.columns, weight, strict=True)))
    found = contributions.between(one, 2020, 2021)
    fall = float((first - last) @ weight / weight.sum())
    assert found["contribution_pp"].iloc[:-1].sum() == pytest.approx(fall, abs=1e-9)
    assert found["contribution_pp"].iloc[-1] == pytest.approx(fall, abs=1e-9)


def test_contributions_of_a_forecast_add_up_in_centre_and_draws() -> None:
    real = trends.load("gso-md-2022")
    future = simulate(real, None, 3, draws=400)
    found = contributions.of_forecast(real, future, 2027)
    assert found["contribution_pp"].iloc[:-1].sum() == pytest.approx(
        found["contribution_pp"].iloc[-1], abs=1e-9
    )
    fall = real.rates["VN"][2024] - future.of("VN")[2]
    assert found.iloc[-1]["low80"] == pytest.approx(float(np.quantile(fall, 0.1)))
    bounds = found.loc[:63, ["low95", "low80", "high80", "high95"]].to_numpy()
    assert (np.diff(bounds, axis=1) >= 0).all()


def test_a_forecast_without_a_national_fall_has_no_per_cent_and_says_so() -> None:
    rates = table(np.array([30.0, 10.0]), np.array([29.0, 9.0]))
    paths = np.random.default_rng(1).uniform(5, 40, (1, 2, 100))
    future = Draws("gso-md-2022", 2021, (2022,), ("A", "B"), paths.mean(axis=2), paths)
    found = contributions.of_forecast(panel(rates), future, 2022)
    assert found["contribution_pct"].isna().all() and found["low95_pct"].isna().all()
    assert "may not fall" in found["note"].iloc[0]


# Standing


def noisy(count: int = 40) -> pd.DataFrame:
    """Falls of 0.1 a year on the cube-root scale, with some scatter."""
    random = np.random.default_rng(7)
    first = np.sort(random.uniform(2, 50, count))
    last = (np.cbrt(first) - 0.2 + random.normal(0, 0.01, count)) ** 3
    rates = table(first, last).set_axis([2020, 2022])
    return rates.set_axis([f"p{k:02d}" for k in range(count)], axis=1)


def test_who_falls_much_faster_than_others_at_its_level_is_a_leader() -> None:
    rates = noisy()
    rates["p20"] *= np.array([1.0, 0.5])
    rates["p10"] = rates["p10"].iloc[0]
    found = standing.given_level(rates, 2020, 2022).set_index("place")
    assert found.index[0] == "p20" and found.loc["p20"]["standing"] == "leader"
    assert found.loc["p10"]["standing"] == "laggard"
    assert set(found.drop(["p10", "p20"])["standing"]) == {"as expected"}
    assert found.loc["p20"]["fall_pp_per_year"] > found.loc["p20"]["high95"]
    assert (found["low95"] < found["expected_pp_per_year"]).all()


def test_scatter_alone_makes_neither_leaders_nor_laggards() -> None:
    found = standing.given_level(noisy(), 2020, 2022)
    assert set(found["standing"]) == {"as expected"}
    inside = found["fall_pp_per_year"].between(found["low95"], found["high95"])
    assert inside.mean() >= 0.9


def test_false_discoveries_are_controlled_over_all_places() -> None:
    found = standing.given_level(noisy(), 2020, 2022).sort_values("p")
    m = len(found)
    plain = (found["p"] * m / np.arange(1, m + 1)).to_numpy()
    expected = np.minimum(np.minimum.accumulate(plain[::-1])[::-1], 1.0)  # Benjamini–Hochberg
    assert (found["q"].to_numpy() >= expected - 1e-12).all()  # the larger one of two scales
    assert found["q"].corr(pd.Series(expected, found.index)) > 0.8


def test_a_place_next_to_zero_or_without_a_rate_is_not_judged() -> None:
    rates = noisy()
    rates.loc[2022, "p00"] = 0.0
    rates.loc[2020, "p01"] = np.nan
    found = standing.given_level(rates, 2020, 2022).set_index("place")
    assert found.loc["p00"]["note"].startswith("next to zero")
    assert found.loc["p01"]["note"] == "a rate is missing"
    assert set(found.loc[["p00", "p01"], "standing"]) == {"not judged"}


@pytest.mark.parametrize(
    "rates",
    [
        table(LEVELS, LEVELS - 1),  # six places
        table(np.full(20, 5.0), np.linspace(1, 4, 20)),  # one level
        table(np.linspace(1, 50, 20), np.linspace(1, 50, 20)),  # no scatter
        table(np.zeros(20), np.zeros(20)),
    ],
)
def test_without_a_line_nobody_is_judged_and_nothing_warns(rates: pd.DataFrame) -> None:
    found = standing.given_level(rates, 2020, 2021)
    assert set(found["standing"]) == {"not judged"} and (found["note"] != "").all()


def test_acceleration_over_three_years_is_the_difference_of_two_paces() -> None:
    rates = table(np.array([10.0, 10.0]), np.array([8.0, 8.0]), np.array([3.0, 8.0]))
    row = standing.acceleration(rates, rates - 0.05, rates + 0.05).iloc[0]
    assert row["earlier_pp_per_year"] == pytest.approx(2.0)
    assert row["later_pp_per_year"] == pytest.approx(5.0)
    assert row["acceleration_pp"] == pytest.approx(3.0)
    # 2·y2 − y1 − y3 with half-widths 0.05: 3 ± 4 · 0.05
    assert (row["rounding_low"], row["rounding_high"]) == pytest.approx((2.8, 3.2))
    assert np.isnan(row["low95"]) and "three years" in row["note"]
    assert row["earlier_pct_per_year"] == pytest.approx(20.0)  # 10 to 8
    assert row["later_pct_per_year"] == pytest.approx(62.5)  # 8 to 3
    assert row["acceleration_pct"] == pytest.approx(100 * (1 - 0.375 / 0.8))


def test_acceleration_has_an_interval_from_four_years_on_and_skips_missing_years() -> None:
    random = np.random.default_rng(2)
    rates = table(*(20 - 2 * k + random.normal(0, 0.2, 3) for k in range(6)))
    rates.loc[2022, "B"] = np.nan
    rates.loc[2021:, "C"] = np.nan
    found = standing.acceleration(rates).set_index("place")
    assert found.loc["A"]["low95"] < found.loc["A"]["acceleration_pp"] < found.loc["A"]["high95"]
    time = rates.index.to_numpy(float) - found.loc["A"]["break_year"]
    design = sm.add_constant(np.column_stack([time, np.maximum(time, 0)]))
    fit = sm.OLS(rates["A"].to_numpy(), design).fit()
    assert found.loc["A"]["low95"] == pytest.approx(-fit.conf_int()[2][1])
    assert found.loc["B"]["n"] == 5 and np.isfinite(found.loc["B"]["acceleration_pp"])
    assert np.isnan(found.loc["C"]["acceleration_pp"])
    assert "fewer than three years" in found.loc["C"]["note"]


def test_a_straight_line_does_not_accelerate() -> None:
    found = standing.acceleration(table(*(20.0 - k * np.array([1.0, 2.0]) for k in range(5))))
    assert found["acceleration_pp"].to_numpy() == pytest.approx(0, abs=1e-9)


def test_zero_has_no_acceleration_in_per_cent() -> None:
    row = standing.acceleration(table(*(np.array([x]) for x in (0.4, 0.2, 0.0)))).iloc[0]
    assert np.isnan(row["acceleration_pct"]) and "points only" in row["note"]
    assert row["acceleration_pp"] == pytest.approx(0.0, abs=1e-12)


# The official panels


@pytest.mark.parametrize("standard", trends.STANDARDS)
def test_absolute_gaps_close_under_every_standard_whatever_the_level_is_measured_by(
    standard: str,
) -> None:
    found = convergence.table([standard])
    whole = found[(found["first_year"] == found["first_year"].iloc[0])]
    whole = whole[whole["last_year"] == whole["last_year"].max()]
    assert (whole.loc[whole["kind"] == "absolute", "high95"] < 0).all()
    assert (whole.loc[whole["kind"] == "proportional", "beta"] > 0).all()
    assert set(found["level"]) == {"first", "middle", "previous"}


def test_the_printed_falls_are_all_accounted_for() -> None:
    for standard in trends.STANDARDS:
        found = contributions.table(standard)
        assert len(found) == 65
        assert found["contribution_pp"].iloc[:-1].sum() == pytest.approx(
            found["contribution_pp"].iloc[-1], abs=1e-9
        )
        assert (found["low"] <= found["contribution_pp"] + 1e-12).sum() >= 64
    assert "79" in contributions.table("gso-2010", 2010, 2016).iloc[-2]["note"]


def test_some_ranks_are_sure_and_others_open_three_years_ahead() -> None:
    real = trends.load("gso-md-2022")
    found = ranks.of_forecast(real, simulate(real, None, 3, draws=500), 2027)
    assert len(found) == 63
    width = found["high95"] - found["low95"]
    assert width.max() >= 10 > width.min()
    assert (found["joint_low95"] <= found["low95"]).mean() > 0.9
