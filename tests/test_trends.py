"""Facts about the official panels, the paces of places and the forecasts."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from helpers import ledger, places, trends
from helpers.project import UserError
from helpers.trends import draws, models
from helpers.trends.forecasts import simulate
from helpers.trends.paces import fit
from helpers.trends.panels import Panel
from helpers.trends.past import train


def small_panel(**rates: list[float]) -> Panel:
    """A panel from 2020 on of provinces A, B, …, equal in weight, without printed sums."""
    years = range(2020, 2020 + len(next(iter(rates.values()))))
    table = pd.DataFrame(rates, index=pd.Index(years, name="year"), dtype=float)
    weights = pd.Series(1.0, index=table.columns)
    return Panel("gso-md-2022", table, weights, 2020, {"all@2025": tuple(table.columns)})


def history(*rates: float, start: int = 2020) -> pd.DataFrame:
    return pd.DataFrame({"year": range(start, start + len(rates)), "rate": rates})


# The panels


@pytest.mark.parametrize(
    ("standard", "years"),
    [
        ("gso-2010", [2010, 2012, 2013, 2014, 2015, 2016]),
        ("gso-md-2016", [2016, 2017, 2018, 2019, 2020, 2021]),
        ("gso-md-2022", [2022, 2023, 2024]),
    ],
)
def test_a_panel_has_63_provinces_6_regions_and_the_country(
    standard: str, years: list[int]
) -> None:
    rates = trends.panel(standard)
    assert list(rates.index) == years
    assert set(rates.columns) == {
        "VN", "RRD", "NMM", "NCC", "CH", "SE", "MRD", *(p.code for p in places.provinces())
    }  # fmt: skip


def test_the_only_missing_rate_is_ho_chi_minh_city_2016_and_it_stays_missing() -> None:
    missing = {
        standard: int(trends.panel(standard).isna().sum().sum()) for standard in trends.STANDARDS
    }
    assert missing == {"gso-2010": 1, "gso-md-2016": 0, "gso-md-2022": 0}
    assert np.isnan(trends.panel("gso-2010")["79"][2016])


def test_printed_rates_are_found_again() -> None:
    assert trends.panel("gso-md-2016").loc[2016, "VN"] == 9.15
    assert trends.panel("gso-2010").loc[2010, "45"] == 25.1
    assert trends.panel("gso-md-2022").loc[2024, "45"] == 5.6


def test_history_marks_preliminary_years_and_keeps_rounding() -> None:
    past = trends.history("gso-md-2022", "45")
    assert list(past["status"]) == ["final", "final", "preliminary"]
    first = [past[name].iloc[0] for name in ("low", "rate", "high")]
    assert first == pytest.approx([9.505, 9.51, 9.515])


def test_a_unit_of_2025_is_a_weighted_back_cast_and_says_so() -> None:
    rates, past = trends.panel("gso-md-2022"), trends.history("gso-md-2022", "44@2025")
    weights = places.weights(2024)[["44", "45"]]
    expected = np.average(rates.loc[2024, ["44", "45"]].to_numpy(float), weights=weights)
    assert past["rate"].iloc[-1] == pytest.approx(expected)
    assert past["note"].iloc[-1] == "back-cast from 44, 45, weighted by persons of 2024"
    assert past["status"].iloc[-1] == "preliminary"


def test_a_back_cast_is_missing_where_a_member_is() -> None:
    assert list(trends.history("gso-2010", "79@2025")["year"]) == [2010, 2012, 2013, 2014, 2015]


def test_ha_noi_of_2006_is_seen_on_the_ground_that_it_has_since_2008() -> None:
    rates, past = trends.panel("gso-2006"), trends.history("gso-2006", "01")
    assert list(rates.index) == [2006, 2008] and "28" not in rates
    # printed: Hà Nội 3.0 with 3,184.8 thousand persons, Hà Tây 12.4 with 2,528.3
    persons = ledger.load_official("population").set_index("figure_id")["value"].astype(float)
    weights = [persons["gso-population:01:2006"], persons["gso-population:28:2006"]]
    assert past["rate"].iloc[0] == pytest.approx(np.average([3.0, 12.4], weights=weights))
    assert past["note"].iloc[0] == "back-cast from 01, 28, weighted by persons of 2006"
    assert past["rate"].iloc[1] == 6.6 and past["note"].iloc[1] == ""
    drawn = trends.surveys()
    old = drawn[drawn["period"].eq("2006") & drawn["place"].isin(["01", "28"])]
    assert list(old["figure_id"]) == ["backcast:01:2006:gso-2006"]


def test_an_unknown_standard_names_those_there_are() -> None:
    with pytest.raises(UserError, match=r"2022-2025.*gso-2010, gso-md-2016, gso-md-2022"):
        trends.panel("2022-2025")


# Paces


def test_a_steady_fall_in_points_is_found_exactly() -> None:
    found = fit(history(10.0, 8.0, 6.0, 4.0))
    assert found["fall_pp_per_year"] == pytest.approx(2.0)
    assert found["between_pp_per_year"] == pytest.approx(2.0)
    assert found["fall_pp_low95"] == pytest.approx(2.0)


def test_halving_every_year_is_50_per_cent_and_a_half_life_of_one() -> None:
    found = fit(history(16.0, 8.0, 4.0, 2.0))
    assert found["fall_pct_per_year"] == pytest.approx(50.0)
    assert found["between_pct_per_year"] == pytest.approx(50.0)
    assert found["half_life_years"] == pytest.approx(1.0)


def test_the_interval_is_students_t() -> None:
    # x = -1, 0, 1; slope -1.5, residuals 1/6, -1/3, 1/6, s² = 1/6, se = sqrt(1/12), t(1) = 12.7062
    found = fit(history(5.0, 3.0, 2.0))
    assert found["fall_pp_per_year"] == pytest.approx(1.5)
    assert found["fall_pp_low95"] == pytest.approx(1.5 - 12.7062 * np.sqrt(1 / 12), abs=1e-4)
    assert found["fall_pp_high95"] == pytest.approx(1.5 + 12.7062 * np.sqrt(1 / 12), abs=1e-4)
    assert "one degree of freedom" in found["note"]


def test_two_years_have_a_pace_without_interval() -> None:
    found = fit(history(5.0, 4.0))
    assert found["method"] == "first to last"
    assert found["fall_pp_per_year"] == 1.0 and np.isnan(found["fall_pp_low95"])
    assert found["note"] == "two years only: first to last, no interval"


@pytest.mark.parametrize(("rates", "says"), [((), "no rate"), ((5.0,), "one year only: no pace")])
def test_one_year_or_none_has_no_pace(rates: tuple[float, ...], says: str) -> None:
    found = fit(history(*rates))
    assert np.isnan(found["fall_pp_per_year"]) and says in found["note"]


def test_zeros_have_points_but_no_per_cent() -> None:
    found = fit(history(0.3, 0.1, 0.0, 0.0))
    assert found["fall_pp_per_year"] > 0
    assert np.isnan(found["fall_pct_per_year"]) and np.isnan(found["half_life_years"])
    assert "no pace in per cent" in found["note"]


def test_a_constant_series_has_no_interval() -> None:
    found = fit(history(2.0, 2.0, 2.0, 2.0))
    assert found["fall_pp_per_year"] == 0 and np.isnan(found["fall_pp_high95"])
    assert "same rate in all years" in found["note"]


def test_a_rising_rate_has_no_half_life() -> None:
    found = fit(history(2.0, 3.0, 4.0))
    assert found["fall_pct_per_year"] < 0 and np.isnan(found["half_life_years"])


def test_the_table_has_a_row_for_every_place_and_standard() -> None:
    table = trends.table()
    assert len(table) == 4 * (63 + 6 + 1 + 23)
    assert not table.duplicated(["place", "standard"]).any()
    country = table[table["place"].eq("VN") & table["standard"].eq("gso-2010")]
    assert country["between_pp_per_year"].tolist() == pytest.approx([(14.2 - 5.8) / 6])


# Models


def test_drifts_go_on_in_a_straight_line_on_their_scale() -> None:
    panel = small_panel(A=[16.0, 9.0], B=[4.0, 4.0])
    paths = {
        name: models.MODELS[name](panel, 2021, 2, 100, 1).centre[:, :2].tolist()
        for name in ("naive", "pp_drift", "sqrt_drift", "log_drift")
    }
    assert paths["naive"] == [[9, 4], [9, 4]]
    assert paths["pp_drift"] == [[2, 4], [0, 4]]
    np.testing.assert_allclose(paths["sqrt_drift"], [[4, 4], [1, 4]])
    np.testing.assert_allclose(paths["log_drift"], [[9 * 9 / 16, 4], [9 * (9 / 16) ** 2, 4]])


def test_the_raked_models_follow_their_national_paths() -> None:
    panel = trends.load("gso-md-2016")
    past = train(panel, 2019)
    for model, national in (
        ("damped_raked", (5.65 + (5.65 - 9.15) / 3 + 5.65 * (5.65 / 9.15) ** (1 / 3)) / 2),
        ("damped_log", 5.65 - (6.84 - 5.65)),
    ):
        centre = models.MODELS[model](panel, 2019, 1, 100, 1).centre[0, : len(past.places)]
        ratio = centre @ past.weights / (past.last @ past.weights)
        assert ratio == pytest.approx(national / 5.65)


@pytest.mark.parametrize("model", list(models.MODELS))
@pytest.mark.parametrize("standard", trends.STANDARDS)
def test_draws_are_rates_and_coherent(standard: str, model: str) -> None:
    panel = trends.load(standard)
    future = simulate(panel, None, 4, model, draws=100)
    assert future.rates.min() >= 0 and future.rates.max() <= 100
    ratios = draws.discrepancy(panel, train(panel, future.origin))
    for place in ("VN", "NMM", "44@2025"):
        leaves = list(panel.members[place])
        share = (panel.weights[leaves] / panel.weights[leaves].sum()).to_numpy()
        parts = np.stack([future.of(leaf) for leaf in leaves], axis=-1)
        np.testing.assert_allclose(future.of(place), ratios[place] * (parts @ share), atol=1e-9)


def test_the_same_seed_gives_the_same_draws_and_a_longer_horizon_keeps_them() -> None:
    panel = trends.load("gso-md-2022")
    short, again, long = (simulate(panel, None, h, draws=100) for h in (2, 2, 5))
    np.testing.assert_array_equal(short.rates, again.rates)
    np.testing.assert_array_equal(short.rates, long.rates[:2])
    assert not np.array_equal(short.rates, simulate(panel, None, 2, draws=100, seed=2).rates)


def test_all_places_share_the_national_shock() -> None:
    future = simulate(trends.load("gso-md-2016"), None, 4, draws=2000)
    assert np.corrcoef(future.of("45")[3], future.of("91")[3])[0, 1] > 0.3


def test_nothing_after_the_origin_is_seen() -> None:
    panel = trends.load("gso-md-2016")
    changed = panel.rates.copy()
    changed.loc[2020:] = 50.0
    assert panel.persons is not None
    persons = panel.persons.copy()
    persons.loc[2020:] = 1.0
    other = dataclasses.replace(panel, rates=changed, weights=persons.iloc[-1], persons=persons)
    for model in models.MODELS.values():
        np.testing.assert_array_equal(
            model(panel, 2019, 2, 100, 1).rates, model(other, 2019, 2, 100, 1).rates
        )


def test_a_missing_last_rate_is_forecast_from_the_one_before() -> None:
    panel = small_panel(A=[8.0, 6.0, np.nan], B=[4.0, 4.0, 4.0])
    assert models.pp_drift(panel, 2022, 1, 100, 1).centre[0, 0] == pytest.approx(2.0)


@pytest.mark.parametrize("model", list(models.MODELS))
def test_zeros_hundreds_constants_and_single_rates_are_forecast_without_a_warning(
    model: str,
) -> None:
    panel = small_panel(
        zero=[0.0, 0.0, 0.0],
        full=[100.0, 100.0, 100.0],
        once=[np.nan, np.nan, 7.0],
        up=[1.0, 9.0, 90.0],
    )
    future = simulate(panel, None, 10, model, draws=100)
    assert np.isfinite(future.rates).all() and np.isfinite(future.centre).all()


def test_one_province_that_is_zero_is_forecast() -> None:
    assert (simulate(small_panel(A=[0.0, 0.0]), None, 3, draws=100).centre == 0).all()


@pytest.mark.parametrize("horizon", [0, -1, 11, 50])
def test_a_horizon_out_of_range_names_the_range(horizon: int) -> None:
    with pytest.raises(UserError, match="1 to 10"):
        trends.forecast("gso-md-2022", horizon=horizon)


@pytest.mark.parametrize("origin", [2022, 2021, 2030])
def test_an_origin_needs_two_years(origin: int) -> None:
    with pytest.raises(UserError, match="2023, 2024"):
        trends.forecast("gso-md-2022", origin=origin)


def test_an_unknown_model_names_those_there_are() -> None:
    with pytest.raises(UserError, match="default"):
        trends.forecast("gso-md-2022", model="oracle")


@pytest.mark.parametrize("seed", [-1, -(10**12)])
def test_a_seed_below_zero_is_refused(seed: int) -> None:
    with pytest.raises(UserError, match=f"seed is {seed}: give a whole number from 0 on"):
        trends.forecast("gso-md-2022", seed=seed)


def test_too_few_draws_are_refused() -> None:
    with pytest.raises(UserError, match="at least 100"):
        trends.forecast("gso-md-2022", draws=3)


# Tables of forecasts


def test_forecasts_have_all_places_and_ordered_bounds() -> None:
    table = trends.forecast("gso-md-2022", horizon=2, draws=500)
    assert list(table.columns) == [
        "model", "standard", "origin", "year", "place", "forecast", "low80", "high80", "low95",
        "high95", "observed",
    ]  # fmt: skip
    assert len(table) == 2 * (63 + 6 + 1 + 23)
    bounds = table[["low95", "low80", "high80", "high95"]].to_numpy()
    assert (np.diff(bounds, axis=1) >= 0).all() and not np.isnan(bounds).any()
    assert table["observed"].isna().all()


def test_a_forecast_from_an_earlier_year_carries_what_was_observed() -> None:
    table = trends.forecast("gso-md-2016", origin=2019, horizon=2, only=["VN"])
    assert table["observed"].tolist() == [4.8, 4.36]


def test_the_country_is_anchored_on_its_own_last_rate() -> None:
    table = trends.forecast("gso-md-2022", horizon=1, model="naive", only=["VN"])
    assert table["forecast"].tolist() == pytest.approx([2.35])


def test_a_fan_joins_history_forecast_and_scenario() -> None:
    fan = trends.fan("45", "gso-md-2022", horizon=6, draws=200)
    assert list(fan["year"]) == list(range(2022, 2031))
    assert list(fan["kind"]) == ["observed"] * 3 + ["forecast"] * 4 + ["scenario"] * 2
    assert fan["status"].iloc[2] == "preliminary"


def test_a_place_that_was_none_of_the_63_has_an_empty_fan_and_pace() -> None:
    assert trends.fan("28", "gso-md-2022").empty
    assert trends.pace("28", "gso-md-2022", target_pp_per_year=1.0).empty
    assert trends.reach("28", "gso-md-2022", level=1.0).empty
    with pytest.raises(UserError, match=r"28.*no rate under gso-md-2022"):
        trends.forecast("gso-md-2022", only=["28"])


# Targets


def test_an_easier_target_is_likelier() -> None:
    chances = [
        trends.pace("45", "gso-md-2022", target_pp_per_year=pp)["probability"].iloc[-1]
        for pp in (0.5, 1.0, 1.5)
    ]
    assert 1 >= chances[0] > chances[1] > chances[2] >= 0


def test_a_target_rate_gives_the_pace_that_is_needed() -> None:
    table = trends.pace("45", "gso-md-2022", target_rate=2.6, horizon=3)
    assert table["needed_pp_per_year"].tolist() == pytest.approx([1.0, 1.0, 1.0])
    assert table["target_rate"].iloc[-1] == pytest.approx(2.6)


def test_a_target_that_is_met_needs_no_fall() -> None:
    table = trends.pace("79", "gso-md-2022", target_rate=1.0)
    assert table["needed_pp_per_year"].iloc[0] < 0
    assert table["probability"].iloc[-1] == 1.0


def test_a_target_below_zero_has_no_probability_and_says_why() -> None:
    table = trends.pace("VN", "gso-md-2022", target_pp_per_year=1.5, horizon=2)
    assert np.isnan(table["probability"].iloc[-1])
    assert table["note"].iloc[-1] == "the target goes below zero"


@pytest.mark.parametrize(
    "target",
    [
        {},
        {"target_pp_per_year": 1.0, "target_rate": 2.0},
        {"target_pp_per_year": 0.0},
        {"target_rate": 101.0},
    ],
)
def test_a_target_must_be_one_and_in_range(target: dict[str, float]) -> None:
    with pytest.raises(UserError, match="target"):
        trends.pace("45", "gso-md-2022", **target)  # type: ignore[arg-type]


def test_years_to_a_level_come_with_a_range_and_a_chance() -> None:
    row = trends.reach("VN", "gso-md-2022", level=1.0).iloc[0]
    assert row["early80"] <= row["year"] <= row["late80"]
    assert 0.5 < row["probability"] <= 1


def test_a_level_that_was_reached_is_dated_at_the_origin() -> None:
    row = trends.reach("79", "gso-md-2022", level=1.0).iloc[0]
    assert row["year"] == 2024 and row["note"] == "reached"


def test_several_levels_are_answered_as_each_alone() -> None:
    levels = [60.0, 2.0, 1.0]  # the first one is reached already
    alone = [trends.reach("45", "gso-md-2022", level, draws=200) for level in levels]
    together = trends.reach("45", "gso-md-2022", levels, draws=200)
    pd.testing.assert_frame_equal(together, pd.concat(alone, ignore_index=True))
    with pytest.raises(UserError, match="level is 101"):
        trends.reach("45", "gso-md-2022", [2.0, 101.0])


def test_a_panel_that_is_changed_is_nobody_elses() -> None:
    panel, known = trends.load("gso-md-2022"), trends.history("gso-md-2022", "45")
    panel.rates.loc[2024, "45"] = 99.0
    panel.weights["45"] = 0.0
    known["rate"] = 99.0
    again = trends.load("gso-md-2022")
    assert again.rates["45"].max() < 99 and again.weights["45"] > 0
    assert (trends.history("gso-md-2022", "45")["rate"] < 99).all()


# Reported reviews


def reviewed(period: str, value: float, **other: object) -> dict[str, object]:
    return {
        "source_id": "s1", "place": "45", "group": "", "period": period, "standard": "2022-2025",
        "indicator": "poor_rate", "status": "", "value": value, "low": value - 0.005,
        "high": value + 0.005,
    } | other  # fmt: skip


def test_reported_fall_is_between_first_and_last_under_one_standard() -> None:
    rows = [reviewed("2022", 9.0), reviewed("2023-12", 7.71), reviewed("2024", 6.0)]
    other = [reviewed("2021", 5.0, standard="2016-2020"), reviewed("2025", 1.0, status="target")]
    found = trends.reported(pd.DataFrame(rows + other), "45")
    assert len(found) == 1
    row = found.iloc[0]
    assert (row["first_period"], row["last_period"], row["n"], row["years"]) == (
        "2022", "2024", 3, 2.0,
    )  # fmt: skip
    assert row["fall_per_year"] == pytest.approx(1.5)
    assert (row["fall_low"], row["fall_high"]) == pytest.approx((1.495, 1.505))


def test_reported_uses_what_was_reconciled_and_leaves_out_what_is_doubted() -> None:
    rows = [
        reviewed("2022", 90.0, reconciled=9.0, status_reconciled="corrected"),
        reviewed("2023", 8.0, reconciled=np.nan, status_reconciled="consistent"),
        reviewed("2024", 1.0, reconciled=np.nan, status_reconciled="doubted"),
    ]
    row = trends.reported(pd.DataFrame(rows), "45").iloc[0]
    assert row["fall_per_year"] == pytest.approx(1.0)
    assert row["note"] == "1 doubted left out"


def test_sources_that_differ_widen_the_range_and_are_named() -> None:
    rows = [reviewed("2022", 9.0), reviewed("2022-12", 9.4, source_id="s2"), reviewed("2023", 8.0)]
    row = trends.reported(pd.DataFrame(rows), "45").iloc[0]
    assert row["sources"] == "s1 s2" and "sources differ" in row["note"]
    assert (row["fall_low"], row["fall_high"]) == pytest.approx((0.99, 1.41))


def test_a_place_without_two_reported_dates_has_no_reported_trend() -> None:
    assert trends.reported(pd.DataFrame([reviewed("2022", 9.0)]), "45").empty
    assert trends.reported(pd.DataFrame([reviewed("2022", 9.0)]), "11").empty


def test_a_stock_of_a_span_of_years_has_no_date() -> None:
    rows = [reviewed("2022", 9.0), reviewed("2023", 8.0), reviewed("2021-2025", 5.0)]
    row = trends.reported(pd.DataFrame(rows), "45").iloc[0]
    assert (row["n"], row["last_period"]) == (2, "2023")
