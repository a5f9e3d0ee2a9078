"""Facts about the chances of targets: of one place, and of the provinces of a region together."""

from __future__ import annotations

import itertools
import math
import random
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers import trends
from helpers.project import UserError
from helpers.trends import Draws
from helpers.trends.chances import TOLERANCE, independent

QUANG_BINH, QUANG_TRI, COAST, COUNTRY = "44", "45", "NCC", "VN"


def future(**paths: list[list[float]]) -> Draws:
    """Draws from 2024 on, of each place a row a year with its rate in every draw."""
    rates = np.stack([np.array(path, dtype=float) for path in paths.values()], axis=1)
    return Draws(
        standard="gso-md-2022",
        origin=2024,
        years=tuple(range(2025, 2025 + len(rates))),
        places=tuple(name.removeprefix("p") for name in paths),
        centre=rates.mean(axis=2),
        rates=rates,
    )


def only(table: pd.DataFrame, **wanted: object) -> pd.Series:
    """The one row that has these values."""
    for name, value in wanted.items():
        table = table[table[name] == value]
    assert len(table) == 1
    return table.iloc[0]


# One province at 6 %, four draws a year.
ONE = future(p45=[[4.9, 5.0, 5.1, 5.6], [3.9, 4.0, 4.0, 6.2]])
SIX = pd.Series({"45": 6.0})


# One place


def test_the_chance_is_the_share_of_draws_at_or_below_the_target() -> None:
    # 1.0 pp a year: at most 5.0 in 2025 (two of four), at most 4.0 in 2026 (three of four)
    table = trends.chances(ONE, SIX, falls_pp=[1.0], levels=[], falls_pct=[])
    assert list(table["target_rate"]) == [5.0, 4.0]
    assert list(table["probability"]) == [0.5, 0.75]
    assert list(table["already_met"]) == [False, False]


def test_a_level_is_the_same_in_every_year() -> None:
    table = trends.chances(ONE, SIX, falls_pp=[], levels=[5.05], falls_pct=[])
    assert list(table["target_rate"]) == [5.05, 5.05]
    assert list(table["probability"]) == [0.5, 0.75]


def test_a_fall_in_per_cent_compounds() -> None:
    # 6 × 0.8 = 4.8 in 2025 (none of four), 6 × 0.64 = 3.84 in 2026 (none), 10 % a year: 5.4, 4.86
    table = trends.chances(ONE, SIX, falls_pp=[], levels=[], falls_pct=[20.0, 10.0])
    assert np.allclose(table["target_rate"], [4.8, 3.84, 5.4, 4.86])
    assert list(table["probability"]) == [0.0, 0.0, 0.75, 0.75]


def test_a_target_below_zero_has_no_chance_but_one_of_zero_has() -> None:
    # 6 − 3 × 2 is zero, 6 − 3.5 × 2 is below
    draws = future(p45=[[3.0, 2.0], [0.0, 1.0]])
    table = trends.chances(draws, SIX, falls_pp=[3.0, 3.5], levels=[], falls_pct=[])
    assert list(table["probability"][:3]) == [1.0, 0.5, 0.5]
    assert math.isnan(table["probability"][3])
    assert list(table["note"]) == ["", "", "", "the target goes below zero"]


def test_a_target_already_met_says_so_and_keeps_the_chance_of_staying() -> None:
    # at 6 %, "at most 6" is met; one of four draws of 2026 leaves it again
    table = trends.chances(ONE, SIX, falls_pp=[1.0], levels=[6.0], falls_pct=[])
    level = table[table["target"] == "level"]
    assert list(level["already_met"]) == [True, True]
    assert list(level["probability"]) == [1.0, 0.75]
    assert not table.loc[table["target"] != "level", "already_met"].any()


def test_a_rate_of_zero_has_met_every_fall_in_per_cent() -> None:
    draws = future(p45=[[0.0, 0.0]])
    table = trends.chances(draws, pd.Series({"45": 0.0}), falls_pp=[1.0], levels=[0.0])
    shares = only(table, target="fall_pct_per_year")
    assert shares["already_met"] and shares["probability"] == 1.0
    assert math.isnan(only(table, target="fall_pp_per_year")["probability"])
    assert only(table, target="level")["already_met"]


def test_falls_count_from_the_year_of_the_last_rate() -> None:
    # last rate of 2023, 1 pp a year: at most 6 − 2 in 2025
    table = trends.chances(ONE, SIX, [1.0], [], [], since=pd.Series({"45": 2023}))
    assert list(table["target_rate"]) == [4.0, 3.0]


def test_a_place_without_a_last_rate_keeps_its_chances_of_a_level() -> None:
    table = trends.chances(ONE, pd.Series(dtype=float), falls_pp=[1.0], levels=[5.0], falls_pct=[])
    falls = table[table["target"] == "fall_pp_per_year"]
    assert falls["probability"].isna().all()
    assert set(falls["note"]) == {"no last rate"}
    level = table[table["target"] == "level"]
    assert list(level["probability"]) == [0.5, 0.75]
    assert not level["already_met"].any()


def test_beyond_four_years_a_chance_is_a_scenario() -> None:
    draws = future(p45=[[5.0, 5.0]] * 6)
    notes = trends.chances(draws, SIX, falls_pp=[2.0], levels=[], falls_pct=[])["note"]
    zero = "the target goes below zero"
    far = "beyond four years a scenario"
    assert list(notes) == ["", "", "", zero, f"{far}; {zero}", f"{far}; {zero}"]


def test_rounding_of_the_arithmetic_costs_no_chance() -> None:
    # 0.3 − 0.1 is a little less than 0.2 in binary numbers
    assert 0.3 - 0.1 < 0.2
    table = trends.chances(future(p45=[[0.2, 0.2]]), pd.Series({"45": 0.3}), [0.1], [], [])
    assert list(table["probability"]) == [1.0]


@pytest.mark.parametrize(
    "given_targets",
    [
        {"falls_pp": [0.0]}, {"falls_pp": [-1.0]}, {"falls_pp": [101.0]},
        {"falls_pp": [float("nan")]}, {"falls_pct": [100.0]}, {"falls_pct": [0.0]},
        {"levels": [-0.1]}, {"levels": [100.1]}, {"levels": [float("nan")]},
        {"falls_pp": [], "levels": [], "falls_pct": []},
    ],
)  # fmt: skip
def test_a_target_out_of_range_is_refused(given_targets: dict[str, Any]) -> None:
    for verb in (trends.chances, trends.together):
        with pytest.raises(UserError, match=r"a fall of|a level of|no target"):
            verb(ONE, SIX, **given_targets)


def test_the_same_target_twice_is_one() -> None:
    table = trends.chances(ONE, SIX, falls_pp=[1.0, 1.0], levels=[], falls_pct=[])
    assert len(table) == 2


def test_last_rates_are_each_places_own_with_their_year() -> None:
    rates = pd.DataFrame(
        {"44": [3.0, np.nan], "45": [6.0, 5.0], "48": [np.nan, np.nan]}, index=[2022, 2023]
    )
    panel = trends.Panel("gso-md-2022", rates, pd.Series(1.0, index=["44", "45", "48"]), 2022, {})
    table = trends.last_rates(panel, 2023)
    assert table.to_dict("index") == {
        "44": {"rate": 3.0, "year": 2022}, "45": {"rate": 5.0, "year": 2023},
    }  # fmt: skip


# Provinces together

# Two provinces that meet 5 % in the same two of four futures, as under one shock.
SHOCK = future(
    p44=[[4.0, 4.0, 6.0, 6.0]], p45=[[4.5, 4.5, 5.5, 5.5]],
    NCC=[[4.2, 4.2, 5.8, 5.8]], VN=[[4.2, 4.2, 5.8, 5.8]],
)  # fmt: skip
BOTH = pd.Series({"44": 6.0, "45": 6.0, "NCC": 6.0, "VN": 6.0})


def test_a_common_shock_makes_all_or_none_likely() -> None:
    # each has an even chance; together 2 or 0, where independent provinces both meet it in 1 of 4
    row = only(trends.together(SHOCK, BOTH, [], [5.0], []), place=COAST)
    assert (row["provinces"], row["already_met"], row["below_zero"]) == (2, 0, 0)
    assert row["expected"] == 1.0
    assert (row["low80"], row["high80"]) == (0, 2)
    assert row["all"] == 0.5
    assert row["all_independent"] == pytest.approx(0.25)
    assert (row["low80_independent"], row["high80_independent"]) == (0, 2)


def test_region_and_country_count_provinces_and_not_themselves() -> None:
    table = trends.together(SHOCK, BOTH, [1.0], [5.0], [])
    assert set(table["place"]) == {COAST, COUNTRY}
    assert (table["provinces"] == 2).all()


def test_provinces_whose_target_lies_below_zero_are_not_counted() -> None:
    # 6 − 1 = 5 for Quảng Trị; 0.5 − 1 is below zero for Quảng Bình
    last = pd.Series({"44": 0.5, "45": 6.0})
    row = only(trends.together(SHOCK, last, [1.0], [], []), place=COAST)
    assert (row["provinces"], row["below_zero"]) == (1, 1)
    assert (row["expected"], row["all"]) == (0.5, 0.5)


def test_without_a_province_to_count_nothing_is_said() -> None:
    last = pd.Series({"44": 0.5, "45": 0.5})
    row = only(trends.together(SHOCK, last, [1.0], [], []), place=COAST)
    assert (row["provinces"], row["below_zero"]) == (0, 2)
    assert row[["expected", "low80", "high95", "all", "all_independent"]].isna().all()


def test_the_country_row_of_the_chances_is_of_the_same_futures() -> None:
    assert only(trends.chances(SHOCK, BOTH, [], [5.0], []), place=COUNTRY)["probability"] == 0.5


# Properties

RATES = st.floats(0, 30, allow_nan=False)
CODES = ["44", "45", "46", "48"]


@st.composite
def futures(draw: st.DrawFn) -> tuple[Draws, pd.Series]:
    """Some provinces and their region with up to six draws of two years, and last rates."""
    codes = CODES[: draw(st.integers(1, len(CODES)))]
    count = draw(st.integers(1, 6))
    path = st.lists(st.lists(RATES, min_size=count, max_size=count), min_size=2, max_size=2)
    paths = {f"p{code}": draw(path) for code in codes} | {COAST: draw(path)}
    last = pd.Series({code: draw(st.none() | RATES) for code in [*codes, COAST]}, dtype=float)
    return future(**paths), last


def met_by_hand(draws: Draws, last: pd.Series, fall: float, place: str) -> list[list[bool] | None]:
    """Of each year, whether each draw keeps a fall, or None where it lies below zero."""
    start = last[place]
    at = draws.places.index(place)
    found: list[list[bool] | None] = []
    for k in range(len(draws.years)):
        goal = start - fall * (k + 1)
        slack = TOLERANCE * max(abs(goal), start)
        possible = goal >= -slack
        found.append([bool(x <= goal + slack) for x in draws.rates[k, at]] if possible else None)
    return found


@settings(max_examples=60, deadline=None)
@given(futures(), st.floats(0.1, 20))
def test_chances_are_those_counted_by_hand(made: tuple[Draws, pd.Series], fall: float) -> None:
    draws, last = made
    table = trends.chances(draws, last, [fall], [], [])
    for row in table.to_dict("records"):
        by_hand = met_by_hand(draws, last, fall, row["place"])[row["year"] - 2025]
        expected = float("nan") if by_hand is None else sum(by_hand) / len(by_hand)
        assert row["probability"] == pytest.approx(expected, nan_ok=True)


@settings(max_examples=60, deadline=None)
@given(futures(), st.floats(0.1, 20))
def test_numbers_together_are_those_counted_by_hand(
    made: tuple[Draws, pd.Series], fall: float
) -> None:
    draws, last = made
    provinces = [code for code in draws.places if code != COAST]
    for row in trends.together(draws, last, [fall], [], []).to_dict("records"):
        k = row["year"] - 2025
        met = [met_by_hand(draws, last, fall, code)[k] for code in provinces]
        counted = [m for m in met if m is not None]
        assert row["provinces"] == len(counted)
        if not counted:
            assert math.isnan(row["expected"])
            continue
        numbers = [sum(future) for future in zip(*counted, strict=True)]
        assert row["expected"] == pytest.approx(np.mean(numbers))
        assert row["all"] == pytest.approx(np.mean([n == len(counted) for n in numbers]))
        chance = [sum(m) / len(m) for m in counted]
        assert row["all_independent"] == pytest.approx(math.prod(chance))
        ordered = sorted(numbers)
        assert row["low80"] == ordered[max(0, math.ceil(0.1 * len(ordered)) - 1)]
        assert row["low95"] <= row["low80"] <= row["high80"] <= row["high95"]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=6))
def test_the_number_of_independent_successes_is_that_of_all_outcomes(chance: list[float]) -> None:
    by_hand = np.zeros(len(chance) + 1)
    for outcome in itertools.product([0, 1], repeat=len(chance)):
        by_hand[sum(outcome)] += math.prod(
            p if won else 1 - p for p, won in zip(chance, outcome, strict=True)
        )
    assert independent(np.array([chance]))[0] == pytest.approx(by_hand, abs=1e-12)


@settings(max_examples=30, deadline=None)
@given(futures(), st.randoms())
def test_the_order_of_places_and_draws_does_not_matter(
    made: tuple[Draws, pd.Series], order: random.Random
) -> None:
    draws, last = made
    at = list(range(len(draws.places)))
    order.shuffle(at)
    other = Draws(
        draws.standard, draws.origin, draws.years, tuple(draws.places[i] for i in at),
        draws.centre[:, at], draws.rates[:, at, ::-1],
    )  # fmt: skip
    for verb in (trends.chances, trends.together):
        tables = [
            verb(made_of, last.sample(frac=1, random_state=1)).sort_values(
                ["target", "value", "place", "year"]
            )
            for made_of in (draws, other)
        ]
        one, two = (table.reset_index(drop=True) for table in tables)
        pd.testing.assert_frame_equal(one, two)


# The real panel


def test_a_higher_level_is_met_no_less_often_and_a_larger_fall_no_more_often() -> None:
    panel = trends.load("gso-md-2022")
    draws = trends.simulate(panel, horizon=4, draws=200)
    last = trends.last_rates(panel, draws.origin)["rate"]
    table = trends.chances(draws, last, [0.5, 1.0, 2.0], [1.0, 3.0, 9.0], [])
    odds = table.set_index(["place", "year", "target", "value"])["probability"]
    wide = odds.unstack(["target", "value"])  # noqa: PD010 one row each
    levels = wide["level"]
    assert (levels[1.0] <= levels[3.0]).all() and (levels[3.0] <= levels[9.0]).all()
    falls = wide["fall_pp_per_year"].dropna()
    assert (falls[2.0] <= falls[1.0]).all() and (falls[1.0] <= falls[0.5]).all()
    assert len(falls) > 10
    assert set(table["place"]) == set(draws.places)


def test_the_country_counts_the_63_provinces_and_its_regions_add_up_to_it() -> None:
    panel = trends.load("gso-md-2022")
    draws = trends.simulate(panel, horizon=2, draws=200)
    table = trends.together(draws, trends.last_rates(panel, draws.origin)["rate"], [1.0], [3.0], [])
    country = table["place"] == "VN"
    for name in ("provinces", "already_met", "below_zero", "expected"):
        parts = table[~country].groupby(["target", "year"])[name].sum()
        whole = table[country].set_index(["target", "year"])[name]
        assert np.allclose(parts, whole.reindex(parts.index))
    assert (table.loc[country, "provinces"] + table.loc[country, "below_zero"] == 63).all()
