"""Facts about the trends of reviews: what stands for a year, forecasts, bridges, targets."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from drawn_charts import LANGUAGES, assert_same_bytes, cut_off, is_another_sentence, texts
from hypothesis import given, settings
from hypothesis import strategies as st
from small_ledgers import figure, ledger

from helpers import places, tables, trends
from helpers.charts import reviews as chart
from helpers.project import UserError
from helpers.trends import (
    bridges,
    household_counts,
    review_figures,
    review_scores,
    review_targets,
    reviews,
)

NEW, OLD = "2022-2025", "2016-2020"


def rate(printed: str, place: str = "45", period: str = "2022", **columns: str) -> dict[str, str]:
    """A review rate, its id made of all that is said of it."""
    words = "-".join([place, period, printed.replace(" ", "_"), *columns.values()])
    return figure(words, "poor_rate", printed, place=place, period=period, **columns)


def series(place: str, rates: dict[int, str], standard: str = NEW) -> list[dict[str, str]]:
    return [rate(printed, place, str(year), standard=standard) for year, printed in rates.items()]


THREE = ledger(
    *series("45", {2021: "12,00%", 2022: "10,00%", 2023: "8,00%"}),
    *series("46", {2021: "6,00%", 2022: "5,00%", 2023: "4,00%", 2024: "3,00%"}),
    *series("44", {2023: "9,00%"}),
    *series("VN", {2022: "4,00%", 2023: "3,00%"}),
)


@pytest.fixture(scope="module")
def reconciled() -> pd.DataFrame:
    found: pd.DataFrame = tables.get("reconciled")
    return found


# What stands for a place and year


@pytest.mark.parametrize(
    ("period", "year"),
    [
        ("2015", 2015), ("2015-12", 2015), ("2016-01", 2015), ("2016-06", 2015), ("2016-07", 2016),
        ("2016-H1", 2015), ("2016-Q3", 2016), ("2021-11", 2021),
    ],
)  # fmt: skip
def test_a_stock_belongs_to_the_nearest_end_of_a_year(period: str, year: int) -> None:
    assert review_figures.year_of(period) == year


def test_what_is_no_date_has_no_year() -> None:
    assert math.isnan(review_figures.year_of(""))


def test_december_and_january_are_one_stock_and_not_two_years() -> None:
    found = review_figures.observations(
        ledger(rate("32,21%", period="2015-12"), rate("32,21%", period="2016-01"))
    )
    assert found[["year", "rate", "n_sources"]].to_numpy().tolist() == [[2015, 32.21, 1]]


def test_a_bare_year_that_repeats_the_january_before_is_that_stock_again() -> None:
    # Yên Bái: 2016-01 and 2016 both print 32,21 %: the second is no review of the end of 2016.
    figures = ledger(rate("32,21%", period="2016-01"), rate("32,21%", period="2016"))
    assert list(review_figures.observations(figures)["year"]) == [2015]
    assert "repeats" in review_figures.left_out(figures)["reason"].iloc[0]


def test_a_zero_may_be_found_again_a_year_later() -> None:
    figures = ledger(rate("0,00%", period="2016-01"), rate("0,00%", period="2016"))
    assert list(review_figures.observations(figures)["year"]) == [2015, 2016]


def test_final_stands_before_preliminary_and_that_before_an_estimate() -> None:
    figures = ledger(
        rate("4,43%", status="preliminary"), rate("4,21%", status="final"),
        rate("4,60%", status="estimate"),
    )  # fmt: skip
    (row,) = review_figures.observations(figures).to_dict("records")
    assert (row["rate"], row["low"], row["high"]) == (4.21, 4.205, 4.215)
    assert len(review_figures.left_out(figures)) == 2


def test_pages_that_repeat_a_release_count_once() -> None:
    # Three pages print 5,23 and one prints 5,35: the middle of two releases, not of four pages.
    figures = ledger(
        rate("5,23%", source_id="a"), rate("5,23%", source_id="b"), rate("5,2%", source_id="c"),
        rate("5,35%", source_id="d"),
    )  # fmt: skip
    (row,) = review_figures.observations(figures).to_dict("records")
    assert row["rate"] == pytest.approx(5.29)
    assert (row["low"], row["high"]) == (pytest.approx(5.225), pytest.approx(5.355))
    assert row["n_sources"] == 4


def test_a_doubted_figure_is_left_out_and_said() -> None:
    figures = ledger(rate("5,23%", source_id="a"), rate("5,99%", source_id="b"))
    figures = figures.assign(status_reconciled=["consistent", "doubted"], reconciled=np.nan)
    assert list(review_figures.observations(figures)["rate"]) == [5.23]
    assert "doubted" in review_figures.left_out(figures)["reason"].iloc[0]


def test_a_reconciled_value_stands_with_its_interval_moved() -> None:
    figures = ledger(rate("12,5%")).assign(reconciled=[12.05], status_reconciled=["corrected"])
    (row,) = review_figures.observations(figures).to_dict("records")
    assert row["rate"] == 12.05
    assert (row["low"], row["high"]) == (pytest.approx(12.0), pytest.approx(12.1))


def test_an_end_that_nobody_printed_lies_at_half_the_number() -> None:
    (row,) = review_figures.observations(ledger(rate("dưới 3%"))).to_dict("records")
    assert (row["low"], row["rate"], row["high"]) == (1.5, 3.0, 3.0)


def test_a_mid_year_figure_counts_only_where_the_end_of_the_year_has_none() -> None:
    figures = ledger(rate("12,09%", period="2021-12"), rate("12,16%", period="2022-06"))
    assert list(review_figures.observations(figures)["rate"]) == [12.09]
    alone = review_figures.observations(ledger(rate("12,16%", period="2022-06")))
    assert alone["note"].iloc[0] == "printed for 2022-06"


def test_surveys_targets_groups_spans_and_districts_are_no_review_of_a_place() -> None:
    figures = ledger(
        rate("4,00%", standard="gso-md-2022"), rate("5,00%", status="target"),
        rate("6,00%", group="rural"), rate("7,00%", place="45/Đakrông"),
        rate("8,00%", period="2021-2025"), rate("9,00%", standard=""), rate("3,00%", place="NMM"),
    )  # fmt: skip
    assert review_figures.observations(figures).empty


def test_a_rate_that_is_not_printed_follows_from_households() -> None:
    # 500 of 10.000 are 5 %; a printed rate of the same place and period would stand instead.
    figures = ledger(
        figure("a", "poor_households", "500 hộ"), figure("b", "total_households", "10.000 hộ")
    )
    (row,) = review_figures.observations(figures).to_dict("records")
    assert (row["rate"], row["basis"]) == (5.0, "households")
    printed = pd.concat([figures, ledger(rate("5,01%"))], ignore_index=True)
    assert list(review_figures.observations(printed)["rate"]) == [5.01]


@settings(max_examples=15, deadline=None)
@given(st.permutations(range(len(THREE))))
def test_the_order_of_rows_changes_nothing(order: list[int]) -> None:
    mixed = THREE.iloc[order].reset_index(drop=True)
    pd.testing.assert_frame_equal(
        review_figures.observations(THREE), review_figures.observations(mixed)
    )


@settings(max_examples=20, deadline=None)
@given(st.lists(st.integers(1, 9999), min_size=1, max_size=5))
def test_the_value_lies_in_its_interval_and_that_holds_every_print(hundredths: list[int]) -> None:
    prints = [f"{n / 100:.2f}%".replace(".", ",") for n in hundredths]
    figures = ledger(*[rate(text, source_id=f"s{n}") for n, text in enumerate(prints)])
    (row,) = review_figures.observations(figures).to_dict("records")
    assert row["low"] <= row["rate"] <= row["high"]
    assert row["low"] <= figures["low"].min() + 1e-9
    assert row["high"] >= figures["high"].max() - 1e-9
    assert row["rate"] == pytest.approx(np.median(sorted(set(hundredths))) / 100)


# The panel


def test_a_panel_has_a_row_for_every_year_and_nothing_for_what_is_not_known() -> None:
    seen = reviews.panel(THREE, NEW)
    assert list(seen.rates.index) == [2021, 2022, 2023, 2024]
    assert seen.rates["45"].tolist()[:3] == [12.0, 10.0, 8.0]
    assert seen.rates["44"].notna().sum() == 1
    assert seen.low is not None and seen.high is not None
    assert (seen.low["45"].iloc[0], seen.high["45"].iloc[0]) == (11.995, 12.005)
    assert seen.leaves == ["44", "45", "46", "VN"]


def test_a_unit_whose_members_all_have_figures_follows_from_them() -> None:
    assert reviews.panel(THREE, NEW).members == {"44@2025": ("44", "45")}


def test_a_unit_with_a_figure_of_its_own_is_a_leaf_and_nobody_counts_twice() -> None:
    # 44 is no leaf: the unit stands for it; in 2022 only 45 has a rate, so there is no back-cast.
    figures = pd.concat(
        [ledger(*series("45", {2022: "10,00%"})), ledger(*series("44@2025", {2025: "6,00%"}))],
        ignore_index=True,
    )
    seen = reviews.panel(figures, NEW)
    assert seen.members == {}
    both = reviews.weights(["44", "45"], household_counts.totals(figures), 2025)["weight"]
    assert seen.weights["44@2025"] == pytest.approx(both["44"])
    assert seen.rates["44@2025"].notna().sum() == 1


def test_a_unit_with_a_figure_has_a_back_cast_where_all_members_have_one() -> None:
    figures = ledger(
        *series("45", {2022: "10,00%"}), *series("44", {2022: "6,00%"}),
        *series("44@2025", {2024: "5,00%"}),
        figure("t44", "total_households", "300.000 hộ", place="44"),
        figure("t45", "total_households", "100.000 hộ", place="45"),
    )  # fmt: skip
    seen = reviews.panel(figures, NEW)
    assert seen.rates.loc[2022, "44@2025"] == pytest.approx((3 * 6 + 10) / 4)
    assert seen.weights["44@2025"] == pytest.approx(reviews.NO_WEIGHT)


def test_weights_are_households_where_the_reviews_give_them() -> None:
    figures = ledger(*series("45", {2022: "10,00%"}), *series("46", {2022: "5,00%"}),
                     figure("t", "total_households", "180.000 hộ"))  # fmt: skip
    found = reviews.weights(["45", "46"], household_counts.totals(figures), 2022)
    assert found["basis"].to_dict() == {"45": "households", "46": "persons"}
    assert found.loc["45", "weight"] == 180.0
    persons = places.weights(2022)
    assert found.loc["46", "weight"] == pytest.approx(180.0 * persons["46"] / persons["45"])


def test_an_unknown_standard_is_refused_with_those_there_are() -> None:
    with pytest.raises(UserError, match="2022-2025"):
        reviews.panel(THREE, "2011-2015")


def test_coverage_says_what_there_is_and_what_was_left_out() -> None:
    figures = pd.concat([THREE, ledger(rate("43,8%", "11", ""))], ignore_index=True)
    found = reviews.coverage(figures).set_index("place")
    assert (found.loc["45", "n"], found.loc["45", "years"]) == (3, "2021 2022 2023")
    assert found.loc["11", "n"] == 0
    assert "no date" in str(found.loc["11", "left_out"])


# Forecasts


def test_every_place_is_forecast_from_the_year_after_its_last_figure() -> None:
    found = reviews.forecast(THREE, NEW, horizon=2, model="naive", draws=100)
    first = found.groupby("place")["year"].min()
    assert first.to_dict() == {"44": 2024, "44@2025": 2024, "45": 2024, "46": 2025, "VN": 2024}
    mine = found[found["place"] == "45"]
    assert mine["kind"].tolist() == ["nowcast", "forecast", "forecast"]
    assert set(mine["forecast"]) == {8.0}


def test_a_place_with_one_figure_says_whose_pace_it_borrows() -> None:
    found = reviews.forecast(THREE, NEW, model="naive", draws=100, only=["44", "45"])
    notes = found.groupby("place")["note"].first()
    assert notes["44"] == "one figure: pace borrowed from 2 provinces"
    assert notes["45"] == ""


def test_years_beyond_the_standard_are_not_without_a_word() -> None:
    # The standard 2022-2025 is prolonged through 2026.
    found = reviews.forecast(THREE, NEW, horizon=3, model="naive", draws=100, only=["46"])
    assert found["year"].tolist() == [2025, 2026, 2027]
    assert found["note"].str.contains("validity").tolist() == [False, False, True]


def test_too_few_provinces_with_two_dates_give_a_short_answer() -> None:
    figures = ledger(*series("45", {2021: "12,00%", 2022: "10,00%"}),
                     *series("46", {2022: "5,00%"}))  # fmt: skip
    found = reviews.forecast(figures, NEW)
    assert found["forecast"].isna().all()
    assert found["note"].unique().tolist() == [
        "no forecast: 1 province(s) with two dates under 2022-2025"
    ]


def test_one_year_alone_gives_a_short_answer_too() -> None:
    found = reviews.forecast(ledger(*series("45", {2022: "10,00%"})), NEW)
    assert found[["place", "kind", "last_rate"]].to_numpy().tolist() == [["45", "none", 10.0]]


@pytest.mark.parametrize("horizon", [0, 50])
def test_an_impossible_horizon_is_refused(horizon: int) -> None:
    with pytest.raises(UserError, match="horizon"):
        reviews.forecast(THREE, NEW, horizon=horizon, model="naive", draws=100)


def test_a_place_without_a_figure_has_no_row() -> None:
    assert reviews.forecast(THREE, NEW, model="naive", draws=100, only=["96"]).empty


def test_a_place_is_forecast_under_its_newest_national_standard() -> None:
    older = ledger(*series("46", {2019: "9,00%"}, OLD), *series("96", {2025: "1,00%"}, "local:96"))
    figures = pd.concat([THREE, older], ignore_index=True)
    assert set(reviews.ahead(figures, "46", model="naive")["standard"]) == {NEW}
    assert reviews.ahead(figures, "96", model="naive").empty
    assert reviews.ahead(figures, "01", model="naive").empty


@pytest.mark.parametrize("model", ["naive", "log_drift", "default"])
@pytest.mark.parametrize("printed", ["0,00%", "100,00%"])
def test_zeros_hundreds_and_standstill_are_forecast_within_bounds(model: str, printed: str) -> None:
    still = dict.fromkeys([2021, 2022, 2023], printed)
    figures = pd.concat([THREE, ledger(*series("48", still))], ignore_index=True)
    found = reviews.forecast(figures, NEW, model=model, draws=100, only=["48"])
    numbers = found[["forecast", "low80", "high80", "low95", "high95"]].to_numpy(float)
    assert ((numbers >= 0) & (numbers <= 100 + 1e-9)).all()


def test_a_nowcast_sees_nothing_of_its_own_year() -> None:
    # Whatever 46 and the country print for 2024, the nowcast of 45 for 2024 stays as it is.
    other = pd.concat([THREE[THREE["period"] != "2024"], ledger(*series("46", {2024: "0,50%"}))])
    found = [
        reviews.forecast(figures.reset_index(drop=True), NEW, draws=200, only=["45"])
        for figures in (THREE, other)
    ]
    now = [table[table["year"] == 2024].drop(columns="n") for table in found]
    pd.testing.assert_frame_equal(now[0], now[1])


# The last figure of each province, held out


def test_the_last_rate_of_each_province_is_held_out() -> None:
    held = review_scores.hold_out(THREE, "naive", draws=100).set_index("place")
    # 44 has one rate, the country is no province.
    assert held["last_year"].to_dict() == {"45": 2023, "46": 2024}
    (mine,) = held.loc[["45"], ["observed", "forecast", "error"]].to_numpy().tolist()
    assert mine == [8.0, 10.0, 2.0]
    assert held["before_year"].to_dict() == {"45": 2022, "46": 2023}


def test_what_is_held_out_and_what_comes_later_cannot_matter() -> None:
    # 45 is held out in 2023: its own rate of 2023, that of 46 and all of 2024 may be anything.
    late = THREE["period"].isin(["2023", "2024"])
    other = THREE.assign(
        value=THREE["value"].where(~late, 1.0), low=THREE["low"].where(~late, 0.995),
        high=THREE["high"].where(~late, 1.005),
    )  # fmt: skip
    columns = ["forecast", "low80", "high80", "low95", "high95"]
    held = [review_scores.hold_out(figures, draws=200) for figures in (THREE, other)]
    mine = [table[table["place"] == "45"][columns].to_numpy() for table in held]
    np.testing.assert_array_equal(mine[0], mine[1])


def test_a_rate_before_any_pace_is_known_has_no_forecast_and_says_so() -> None:
    figures = ledger(*series("45", {2021: "12,00%", 2022: "10,00%"}),
                     *series("46", {2021: "6,00%", 2022: "5,00%"}))  # fmt: skip
    held = review_scores.hold_out(figures, "naive", draws=100)
    assert held["forecast"].isna().all()
    assert held["note"].str.contains("no two provinces").all()
    assert review_scores.scores(held).empty


def test_scores_are_means_over_the_same_rates() -> None:
    held = pd.concat(
        [review_scores.hold_out(THREE, model, draws=200) for model in ("naive", "pp_drift")]
    )
    found = review_scores.scores(held).set_index(["standard", "model"])
    # Both fall by the same points every year: naive is late by 2 and 1 points, pp drift is right.
    assert found.loc[("all", "naive"), "mae"] == pytest.approx(1.5)
    assert found.loc[("all", "pp_drift"), "mae"] == pytest.approx(0.0)
    assert found.loc[(NEW, "naive"), "bias"] == pytest.approx(1.5)
    assert found.loc[(NEW, "naive"), "best_drift"] == "pp_drift"


# Bridges


TWICE = ledger(
    *series("51", {2013: "15,00%", 2014: "12,00%", 2015: "10,00%"}, "2011-2015"),
    *series("51", {2015: "20,00%", 2016: "18,00%"}, OLD),
    *series("22", {2022: "0,40%"}), *series("22", {2022: "0,80%"}, "local:22-2023"),
)  # fmt: skip


def test_a_year_counted_under_two_standards_is_a_bridge() -> None:
    found = bridges.bridges(TWICE).set_index("place")
    assert found["kind"].to_dict() == {"51": "succession", "22": "parallel"}
    row = found.loc["51"]
    assert (row["year"], row["ratio"], row["gap_pp"]) == (2015, 2.0, 10.0)
    assert row["odds_ratio"] == pytest.approx((20 / 80) / (10 / 90))
    assert (row["gap_low"], row["gap_high"]) == (pytest.approx(9.99), pytest.approx(10.01))
    assert row["ratio_low"] < 2 < row["ratio_high"]


def test_a_linked_path_is_a_model_that_meets_the_newer_standard_in_the_bridge_year() -> None:
    found = bridges.linked(TWICE)
    assert set(found["place"]) == {"51"}
    assert set(found["basis"]) == {"model"}
    assert found["year"].tolist() == [2013, 2014, 2015]
    assert found["linked"].iloc[-1] == 20.0
    odds = (15 / 85) * (20 / 80) / (10 / 90)
    assert found["linked"].iloc[0] == pytest.approx(100 * odds / (1 + odds))
    # The plain factor on the rate, 15 · 2 = 30, lies inside the range too.
    assert found["low"].iloc[0] <= found["linked"].iloc[0] <= 30.0 <= found["high"].iloc[0] + 1e-9


@settings(max_examples=20, deadline=None)
@given(old=st.integers(1, 99), new=st.integers(1, 99), before=st.integers(0, 100))
def test_a_linked_rate_is_a_rate_and_keeps_the_order(old: int, new: int, before: int) -> None:
    figures = ledger(
        *series("51", {2014: f"{before},00%", 2015: f"{old},00%"}, "2011-2015"),
        *series("51", {2015: f"{new},00%"}, OLD),
    )
    path = bridges.linked(figures)
    first, last = path["linked"].iloc[0], path["linked"].iloc[-1]
    assert 0 <= first <= 100
    assert (path["low"] <= path["linked"] + 1e-9).all()
    assert (path["linked"] <= path["high"] + 1e-9).all()
    assert np.sign(round(first - last, 9)) == np.sign(before - old)


def test_a_bridge_to_nothing_links_nothing() -> None:
    figures = ledger(*series("51", {2014: "1,00%", 2015: "0,00%"}, "2011-2015"),
                     *series("51", {2015: "2,00%"}, OLD))  # fmt: skip
    assert len(bridges.bridges(figures)) == 1
    assert bridges.linked(figures).empty


def test_the_bridges_of_the_reported_figures(reconciled: pd.DataFrame) -> None:
    found = bridges.bridges(reconciled)
    national = found[found["kind"] == "succession"]
    assert {("51", 2015), ("64", 2015), ("37", 2021)} <= set(
        zip(national["place"], national["year"], strict=True)
    )
    assert bridges.linked(reconciled, "45").empty


# Households


def test_a_total_is_what_count_and_rate_allow() -> None:
    figures = ledger(figure("a", "poor_households", "500 hộ"), rate("5,0%"))
    (row,) = household_counts.totals(figures).to_dict("records")
    assert (row["low"], row["high"]) == (pytest.approx(50000 / 5.05), pytest.approx(50000 / 4.95))
    assert row["basis"] == "implied"


def test_a_printed_total_stands_before_an_implied_one() -> None:
    figures = ledger(
        figure("a", "poor_households", "500 hộ"), rate("5,0%"),
        figure("t", "total_households", "10.010 hộ"),
    )  # fmt: skip
    (row,) = household_counts.totals(figures).to_dict("records")
    assert (row["households"], row["basis"]) == (10010, "printed")


def test_poor_households_are_rate_times_households_with_both_ranges() -> None:
    known = household_counts.totals(ledger(figure("t", "total_households", "10.000 hộ")))
    rates = pd.DataFrame({"place": ["45", "46"], "year": [2022, 2022], "forecast": [5.0, 5.0],
                          "low80": [4.0, 4.0], "high80": [6.0, 6.0]})  # fmt: skip
    found = household_counts.poor(rates, known)
    counts = found[["poor_forecast", "poor_low80", "poor_high80"]]
    assert counts.iloc[0].to_list() == [500, 400, 600]
    assert counts.iloc[1].isna().all()
    assert found["households_basis"].to_list() == ["printed", ""]


def test_a_total_of_another_year_is_widened() -> None:
    known = household_counts.totals(ledger(figure("t", "total_households", "10.000 hộ")))
    row = household_counts.carried(known, "45", 2024)
    assert row["households_low"] == pytest.approx(10000 * 0.98**2)
    assert row["households_high"] == pytest.approx(10000 * 1.02**2)
    assert row["households_year"] == 2022


def test_a_unit_has_the_households_of_its_members_if_all_have_some() -> None:
    figures = ledger(figure("a", "total_households", "10.000 hộ", place="44"),
                     figure("b", "total_households", "20.000 hộ", place="45"))  # fmt: skip
    known = household_counts.totals(figures)
    row = household_counts.carried(known, "44@2025", 2022)
    assert (row["households"], row["households_basis"]) == (30000, "members")
    assert household_counts.carried(known[known["place"] == "44"], "44@2025", 2022) == {}


def test_survey_rates_give_no_counts() -> None:
    rates = pd.DataFrame({"place": ["45"], "year": [2022], "rate": [5.0],
                          "standard": ["gso-md-2022"]})  # fmt: skip
    with pytest.raises(UserError, match="base"):
        household_counts.poor(rates, household_counts.totals(THREE))


def test_draws_of_counts_lie_between_the_ends() -> None:
    draws = np.full((2, 500), 5.0)
    found = household_counts.counted(draws, 9000, 11000)
    assert found.min() >= 450
    assert found.max() <= 550
    assert found.std() > 0
    with pytest.raises(UserError):
        household_counts.counted(draws, 2, 1)


# Targets


def met(*rows: dict[str, str]) -> pd.DataFrame:
    found = review_targets.targets_met(ledger(*rows), model="naive")
    mine: pd.DataFrame = found[~found["target_id"].str.fullmatch(r"t\d\d")]
    return mine.set_index("target_id")


def goal(printed: str, kind: str = "target_poor_rate", **columns: str) -> dict[str, str]:
    unit = "pp" if "change" in kind else "%"
    row = figure("goal", kind, printed, status="target", **columns)
    return row | {"unit": unit, "direction": "fall" if unit == "pp" else ""}


@pytest.mark.parametrize(
    ("printed", "asked", "answer"),
    [
        ("7,99%", "dưới 8%", "yes"),
        ("8,50%", "dưới 8%", "no"),
        ("khoảng 8%", "dưới 8%", "open"),  # 7 to 9 %
    ],
)
def test_a_level_is_met_only_where_the_whole_interval_is(
    printed: str, asked: str, answer: str
) -> None:
    found = met(rate(printed, period="2023"), goal(asked, period="2023"))
    assert found["met"].tolist() == [answer]


def test_a_fall_is_held_against_the_lower_end_asked_for() -> None:
    found = met(
        rate("10,00%", period="2022"), rate("8,80%", period="2023"),
        goal("1,0 - 1,5%", "target_poor_rate_change", period="2023"),
    )  # fmt: skip
    row = found.loc["goal"]
    assert (row["met"], row["value"]) == ("yes", pytest.approx(1.2))
    assert (row["low"], row["high"]) == (pytest.approx(1.19), pytest.approx(1.21))


def test_a_span_counts_from_the_end_of_the_year_before_it() -> None:
    found = met(
        rate("10,00%", period="2015", standard=OLD), rate("5,00%", period="2020", standard=OLD),
        goal("1,5%", "target_poor_rate_change_per_year", period="2016-2020", standard=OLD),
    )  # fmt: skip
    assert found["met"].tolist() == ["no"]
    assert found["value"].tolist() == [pytest.approx(1.0)]


def test_another_standard_is_never_used() -> None:
    found = met(rate("1,00%", period="2023"), goal("dưới 8%", period="2023", standard=OLD))
    assert found["met"].tolist() == ["open"]
    assert found["note"].str.contains("no review rate").all()
    assert found["probability"].isna().all()


def test_a_target_without_a_standard_is_not_scored() -> None:
    found = met(rate("1,00%", period="2023"), goal("dưới 8%", period="2023", standard=""))
    assert found["met"].tolist() == ["open"]
    assert found["note"].str.contains("standard").all()


def test_a_year_to_come_has_a_probability() -> None:
    rows = [
        *series("45", {2021: "12,00%", 2022: "10,00%", 2023: "8,00%"}),
        *series("46", {2021: "6,00%", 2022: "5,00%", 2023: "4,00%"}),
    ]
    sure = met(*rows, goal("dưới 50%", period="2024")).loc["goal"]
    never = met(*rows, goal("dưới 0,01%", period="2024")).loc["goal"]
    assert (sure["met"], sure["probability"]) == ("open", 1.0)
    assert never["probability"] < 0.05


def test_a_fall_that_a_source_prints_counts_as_printed() -> None:
    found = met(
        rate("10,00%", period="2023"),
        figure("c", "poor_rate_change", "1,89%", period="2023", direction="fall"),
        goal("1,5%", "target_poor_rate_change", period="2023"),
    )
    assert (found.loc["goal", "met"], found.loc["goal", "note"]) == ("yes", "the fall as printed")


# The figure


@pytest.fixture(scope="module")
def surveys() -> pd.DataFrame:
    found: pd.DataFrame = trends.surveys()
    return found


@pytest.fixture(scope="module")
def ahead(reconciled: pd.DataFrame) -> pd.DataFrame:
    return pd.concat(
        [reviews.forecast(reconciled, standard, model="naive", draws=100,
                          only=["51", "VN", "14", "08", "45"])
         for standard in (OLD, NEW)]
    )  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", ["51", "VN", "44@2025", "08"])
def test_every_kind_of_place_has_a_figure_and_a_sentence(
    code: str, language: str, reconciled: pd.DataFrame, surveys: pd.DataFrame, ahead: pd.DataFrame
) -> None:
    place = places.get(code)
    fig, data = chart.reviews(reconciled, surveys, ahead, place, language)
    assert cut_off(fig) == []
    assert is_another_sentence(chart.say_reviews(data, place, language), fig)


def test_a_linked_path_is_drawn_only_where_there_is_a_bridge(
    reconciled: pd.DataFrame, surveys: pd.DataFrame, ahead: pd.DataFrame
) -> None:
    said = "model, not a statistic"
    for code, expected in (("51", True), ("45", False)):
        fig, data = chart.reviews(reconciled, surveys, ahead, places.get(code), "en")
        assert (said in texts(fig)) is expected
        assert data["series"].eq("linked").any() == expected


def test_the_figure_a_forecast_starts_from_is_always_drawn(
    reconciled: pd.DataFrame, surveys: pd.DataFrame, ahead: pd.DataFrame
) -> None:
    place = places.get("45")
    _, data = chart.reviews(reconciled, surveys, ahead, place, "en", start_year=2025)
    assert data.loc[data["series"] == "review", "year"].tolist() == [2023]


def test_nothing_at_all_is_said_in_words() -> None:
    none = THREE.iloc[:0]
    empty = reviews.forecast(THREE, NEW, model="naive", draws=100, only=["96"])
    fig, data = chart.reviews(none, none, empty, places.get("96"), "en")
    assert data.empty
    assert "no rate of a review" in " ".join(texts(fig)).replace("\n", " ")


def test_no_forecast_is_drawn_after_the_standard_ended(
    reconciled: pd.DataFrame, surveys: pd.DataFrame, ahead: pd.DataFrame
) -> None:
    _, data = chart.reviews(reconciled, surveys, ahead, places.get("14"), "en")
    assert not data["series"].eq("forecast").any()
    assert "ended with 2021" in chart.say_reviews(data, places.get("14"), "en")


def test_the_same_figure_has_the_same_bytes(
    reconciled: pd.DataFrame, surveys: pd.DataFrame, ahead: pd.DataFrame
) -> None:
    one, two = (chart.reviews(reconciled, surveys, ahead, places.get("51"), "vi") for _ in "12")
    assert_same_bytes(one, two)
