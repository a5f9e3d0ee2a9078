"""Facts about the diagnostics: residuals, last digits, smooth years, and their figure."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pandas as pd
import pytest
from drawn_charts import (
    LANGUAGES,
    assert_same_bytes,
    cut_off,
    is_another_sentence,
    texts,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers import charts, trends
from helpers.project import UserError
from helpers.trends import diagnostics
from helpers.trends.panels import Panel


def forecasts(*cells: tuple[str, int, int, float, float]) -> pd.DataFrame:
    """Backtest rows of (place, origin, year, forecast, observed) of the model `default`."""
    names = ["place", "origin", "year", "forecast", "observed"]
    table = pd.DataFrame(list(cells), columns=names)
    return table.assign(model="default", standard="gso-2010")


def panel_of(columns: list[list[float]], years: list[int]) -> Panel:
    """A panel with a province a column."""
    names = [f"p{n:02}" for n in range(len(columns))]
    index = pd.Index(years, name="year")
    rates = pd.DataFrame(dict(zip(names, columns, strict=True)), index=index)
    return Panel("gso-2010", rates, pd.Series(1.0, index=names), years[-1], {})


SHOCK = forecasts(("01", 2012, 2013, 5.0, 6.0), ("02", 2012, 2013, 3.0, 4.0),
                  ("01", 2012, 2014, 5.0, 6.0), ("02", 2012, 2014, 3.0, 2.0))  # fmt: skip


# Residuals


def test_a_shock_that_all_share_is_all_of_the_squared_error() -> None:
    # 2013: both 1 pp above, mean² = mean square. 2014: one above, one below, mean 0.
    found = diagnostics.residuals_by_year(SHOCK)
    assert found["common_pct"].tolist() == [100.0, 0.0]
    assert found["mean"].tolist() == [1.0, 0.0]
    assert found["above"].tolist() == [2, 1]


def test_residuals_are_of_one_model_and_of_what_was_forecast_and_observed() -> None:
    other = SHOCK.assign(model="naive", forecast=0.0)
    holes = forecasts(("03", 2012, 2013, np.nan, 6.0), ("04", 2012, 2013, 5.0, np.nan))
    whole = pd.concat([SHOCK, other, holes], ignore_index=True)
    pd.testing.assert_frame_equal(
        diagnostics.residuals_by_year(whole), diagnostics.residuals_by_year(SHOCK)
    )
    assert diagnostics.residuals_by_year(whole, "no such model").empty


def test_a_forecast_that_is_right_has_no_common_share() -> None:
    found = diagnostics.residuals_by_year(forecasts(("01", 2012, 2013, 5.0, 5.0)))
    assert np.isnan(found["common_pct"].iloc[0])


def test_levels_are_those_of_the_forecast_and_closed_above() -> None:
    # 2.0 belongs to 1–2, 2.01 to 2–5, 0 to 0–1, 100 to 20–100.
    table = forecasts(("01", 2012, 2013, 2.0, 50.0), ("02", 2012, 2013, 2.01, 2.01),
                      ("03", 2012, 2013, 0.0, 0.5), ("04", 2012, 2013, 100.0, 90.0))  # fmt: skip
    found = diagnostics.residuals_by_level(table)
    classes = list(zip(found["above_pct"], found["to_pct"], strict=True))
    assert classes == [(0.0, 1.0), (1.0, 2.0), (2.0, 5.0), (20.0, 100.0)]
    assert found["mean"].tolist() == [0.5, 48.0, 0.0, -10.0]
    assert found["mae"].tolist() == [0.5, 48.0, 0.0, 10.0]
    assert found["relative_pct"].tolist()[1:] == [2400.0, 0.0, 10.0]
    assert np.isnan(found["relative_pct"].iloc[0])


# Last digits


def test_two_thirds_of_the_rates_of_2016_end_in_zero_under_two_decimals() -> None:
    found = diagnostics.heaping(["gso-md-2016"]).set_index("period")
    row = found.loc["2016"]
    assert row["n"] == 63 and row["digit_0"] == 39
    # sum (n_d - 6.3)² / 6.3 over 39, 3, 1, 4, 1, 3, 3, 6, 2, 1
    assert row["chi_square"] == pytest.approx(192.079, abs=1e-3)
    assert row["p"] < 1e-30 and row["zero_pct"] == pytest.approx(100 * 39 / 63)


def test_digits_of_all_years_are_the_sum_of_those_of_each() -> None:
    found = diagnostics.heaping()
    digits = [*diagnostics.DIGITS, "n"]
    whole = found[found["period"] == diagnostics.ALL_YEARS].set_index("standard")[digits]
    single = found[found["period"] != diagnostics.ALL_YEARS].groupby("standard")[digits].sum()
    pd.testing.assert_frame_equal(whole, single, check_like=True)
    decimals = found.groupby("standard")["decimals"].unique().map(list)
    assert decimals.to_dict() == {"gso-2010": [1], "gso-md-2016": [2], "gso-md-2022": [2]}


def test_low_rates_and_few_rates_are_not_tested(monkeypatch: pytest.MonkeyPatch) -> None:
    assert diagnostics.heaping(["gso-2010"])["n"].max() < 377  # all rates with a decimal
    monkeypatch.setattr(diagnostics, "FEWEST_DIGITS", 64)
    found = diagnostics.heaping(["gso-md-2016"]).set_index("period")
    assert np.isnan(found["p"]["2016"]) and found["p"]["all"] < 1e-9


# Smooth years


def test_2015_is_smooth_in_30_of_62_provinces_and_no_other_year_is() -> None:
    found = diagnostics.smooth_years()
    row = found[found["year"] == 2015].iloc[0]
    assert (row["n"], row["smooth"]) == (62, 30)
    assert row["expected"] < 15 and row["p"] < 1e-6
    assert (found.loc[found["year"] != 2015, "p"] > diagnostics.UNLIKELY).all()
    assert found["year"].tolist() == [2012, 2013, 2014, 2015, 2017, 2018, 2019, 2020, 2023]


def test_the_line_between_years_that_are_not_as_far_apart_is_weighted() -> None:
    # 2010, 2012, 2013: the line of 9 and 6 is at 7 in 2012, and at 7.5 if it were the midpoint.
    columns = [[9.0 + n, 7.0 + n, 6.0 + n] for n in range(12)]
    found = diagnostics._smooth(panel_of(columns, [2010, 2012, 2013]))
    assert found[0]["smooth"] == 12
    moved = [[a, 7.5 + n, c] for n, (a, _, c) in enumerate(columns)]
    assert diagnostics._smooth(panel_of(moved, [2010, 2012, 2013]))[0]["smooth"] == 0


def test_a_step_that_all_share_makes_no_year_too_smooth() -> None:
    columns = [[9.0 + n, 8.0 + n, 7.0 + n] for n in range(30)]
    row = diagnostics._smooth(panel_of(columns, [2010, 2011, 2012]))[0]
    assert (row["smooth"], row["expected"], row["p"]) == (30, 30.0, 1.0)


def test_the_ends_of_the_tolerance_count() -> None:
    # A midpoint of 8.00 and rates 8.05 (counts) and 8.06 (does not).
    base = [[9.0, 8.05, 7.0], [9.0, 8.06, 7.0], *([20.0 + n, 1.0, 20.0 + n] for n in range(10))]
    assert diagnostics._smooth(panel_of(base, [2010, 2011, 2012]))[0]["smooth"] == 1


def test_too_few_provinces_or_years_have_no_smooth_year() -> None:
    few = [[9.0, 8.0, 7.0] for _ in range(diagnostics.ALIKE)]
    assert diagnostics._smooth(panel_of(few, [2010, 2011, 2012])) == []
    two = [[9.0, 8.0] for _ in range(20)]
    assert diagnostics._smooth(panel_of(two, [2010, 2011])) == []


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=8), st.integers(0, 8))
def test_the_chance_of_so_many_or_more_is_the_sum_over_all_outcomes(
    chances: list[float], count: int
) -> None:
    total = 0.0
    for outcome in itertools.product([0, 1], repeat=len(chances)):
        if sum(outcome) >= count:
            total += math.prod(c if won else 1 - c for c, won in zip(chances, outcome, strict=True))
    assert diagnostics._at_least(np.array(chances), count) == pytest.approx(total, abs=1e-12)


@settings(max_examples=20, deadline=None)
@given(st.lists(st.lists(st.integers(0, 300), min_size=3, max_size=3), min_size=11, max_size=20))
def test_smooth_provinces_and_their_chances_are_those_counted_one_by_one(
    tenths: list[list[int]],
) -> None:
    columns = [[value / 10 for value in column] for column in tenths]
    expected = 0.0
    for i, (a, b, _) in enumerate(columns):
        gaps = sorted(abs(b - one[1]) for j, one in enumerate(columns) if j != i)
        near = [
            one for j, one in enumerate(columns)
            if j != i and abs(b - one[1]) <= gaps[diagnostics.ALIKE - 1]
        ]  # fmt: skip
        hits = [abs((b - a) / 2 - (one[2] - one[1]) / 2) <= 0.05 + 1e-9 for one in near]
        expected += sum(hits) / len(hits)
    found = diagnostics._smooth(panel_of(columns, [2010, 2011, 2012]))[0]
    smooth = [abs((b - a) - (c - b)) / 2 <= 0.05 + 1e-9 for a, b, c in columns]
    assert found["smooth"] == sum(smooth)
    assert found["expected"] == pytest.approx(expected)


def test_evidence_names_the_smooth_year_and_the_ends() -> None:
    found = diagnostics.evidence("gso-2010").set_index("year")
    assert found["verdict"].to_dict() == {
        2010: "end", 2012: "as expected", 2013: "as expected", 2014: "as expected",
        2015: "smooth", 2016: "end",
    }  # fmt: skip
    assert found["note"][2015].startswith("30 of 62 provinces lie on the line")
    assert found["note"][2015].endswith("not a year of its own")
    assert found["status"][2010] == "final"
    assert diagnostics.evidence("gso-md-2022")["status"].tolist()[-1] == "preliminary"


@pytest.mark.parametrize("call", [diagnostics.evidence, lambda name: diagnostics.heaping([name])])
def test_an_unknown_standard_names_those_there_are(call: object) -> None:
    with pytest.raises(UserError, match="choose gso-2010"):
        call("2022-2025")  # type: ignore[operator]


# The figure

BY_YEAR = diagnostics.residuals_by_year(SHOCK)
BY_LEVEL = diagnostics.residuals_by_level(SHOCK)
HEAPED = diagnostics.heaping(["gso-2010", "gso-md-2016"])
SMOOTH = diagnostics.smooth_years(["gso-2010"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_figure_says_what_it_draws(language: str) -> None:
    fig, data = charts.diagnostics.diagnostics(BY_YEAR, BY_LEVEL, HEAPED, SMOOTH, language)
    assert not cut_off(fig)
    said = charts.diagnostics.say_diagnostics(data, language)
    assert is_another_sentence(said, fig)
    for fact in ("2013", "2016: 62%", "2015", "30"):
        assert fact in said
    assert "2015" in fig.texts[0].get_text()


def test_the_figure_draws_one_year_ahead_only_and_all_classes() -> None:
    _, data = charts.diagnostics.diagnostics(BY_YEAR, BY_LEVEL, HEAPED, SMOOTH, "en")
    assert data.loc[data["panel"] == "year", "x"].tolist() == ["2013"]
    assert data.loc[data["panel"] == "level", "x"].tolist() == ["2–5"]
    rings = data[(data["panel"] == "digit") & data["p"].notna()]
    assert rings["x"].tolist() == ["0 2016", "0 2017"]
    smooth = data[(data["panel"] == "smooth") & (data["x"] == "2015")].iloc[0]
    assert smooth["value"] == pytest.approx(100 * 30 / 62)


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_empty_figure_says_so_in_words(language: str) -> None:
    year, level, digits, smooth = (table.iloc[:0] for table in (BY_YEAR, BY_LEVEL, HEAPED, SMOOTH))
    fig, data = charts.diagnostics.diagnostics(year, level, digits, smooth, language)
    assert data.empty and not fig.axes
    assert is_another_sentence(charts.diagnostics.say_diagnostics(data, language), fig)
    partly, _ = charts.diagnostics.diagnostics(year, level, digits, SMOOTH, language)
    assert len(partly.axes) == 4 and not cut_off(partly)


def test_without_a_smooth_year_the_title_says_so() -> None:
    rough = SMOOTH[SMOOTH["year"] != 2015]
    fig, data = charts.diagnostics.diagnostics(BY_YEAR, BY_LEVEL, HEAPED, rough, "en")
    assert any("no year is too smooth" in said.replace("\n", " ") for said in texts(fig))
    assert "observation of its own" not in charts.diagnostics.say_diagnostics(data, "en")


def test_the_same_tables_draw_the_same_bytes() -> None:
    drawn = [
        charts.diagnostics.diagnostics(BY_YEAR, BY_LEVEL, HEAPED, SMOOTH, "vi") for _ in range(2)
    ]
    assert_same_bytes(*drawn)


def test_evidence_is_told_in_a_line_a_standard() -> None:
    table = pd.concat([diagnostics.evidence(standard) for standard in trends.STANDARDS])
    lines = charts.diagnostics.say_evidence(table, "en").splitlines()
    assert len(lines) == 3
    assert "of 6 years, 2 have one neighbour" in lines[0] and "(2015)" in lines[0]
    assert "none of the others" in lines[1] and "Preliminary: 2024" in lines[2]


def test_optimisers_are_told_by_how_often_the_default_misses() -> None:
    gaps = pd.DataFrame(
        [("default", True, -20.0, 15.0), ("default", False, -6.0, 1.0), ("powell", True, -5.0, 0.0),
         ("powell", True, -5.0, 0.0002), ("nm", False, np.inf, np.nan), ("cg", True, -7.0, 2.0),
         ("closed form", True, -5.0, 0.0)],
        columns=["optimiser", "converged", "claimed", "gap"],
    )  # fmt: skip
    said = charts.diagnostics.say_optimisers(gaps, "en")
    for fact in (
        "In 2 of 2 fits",
        "at worst by 15.0",
        "in 1 of these",
        "powell, is 0.0002",
        ": 1.",
    ):
        assert fact in said
    none = charts.diagnostics.say_optimisers(gaps.iloc[2:], "vi")
    assert none.endswith(".") and "powell" not in none


def test_the_public_panels_are_those_that_are_looked_at() -> None:
    assert set(diagnostics.smooth_years()["standard"]) == set(trends.STANDARDS)
