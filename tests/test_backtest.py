"""Facts about the rolling-origin evaluation of the models."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import drawn_charts
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from helpers import backtest
from helpers.backtest import baselines, calibration, elsewhere, measures, resampling, scoring
from helpers.project import UserError
from helpers.trends import panels
from helpers.trends.draws import Draws
from helpers.trends.forecasts import COLUMNS
from helpers.trends.models import MODELS
from helpers.trends.panels import Panel

SIMPLE = ("naive", *backtest.SIMPLE_DRIFTS)
RATES = st.floats(0, 100).map(lambda x: round(x, 3))


def at(table: pd.DataFrame, *key: object) -> pd.Series:
    """The one row of an index with several levels."""
    row = table.xs(key)
    assert isinstance(row, pd.Series)
    return row


@functools.cache
def run() -> pd.DataFrame:
    return backtest.run(models=[*SIMPLE, "damped_raked", "default", "no_shock"], draws=400)


@pytest.fixture
def table() -> pd.DataFrame:
    return run()


@pytest.fixture
def errors(table: pd.DataFrame) -> pd.DataFrame:
    return backtest.whole(backtest.scores(table)).set_index(["standard", "model"])


# What is forecast, and what it is compared with.


def test_every_cell_is_scored_but_the_one_without_a_rate(table: pd.DataFrame) -> None:
    default = table[table["model"] == "default"]
    counts = default.groupby("standard").size().to_dict()
    # 63 provinces × (4 + 3 + 2 + 1), × (3 + 2 + 1), × 1; Hồ Chí Minh City 2016 four times missing
    assert counts == {"gso-2010": 630 - 4, "gso-md-2016": 378, "gso-md-2022": 63}
    assert not table[[*COLUMNS, "crps", "position"]].isna().any(axis=None)
    assert (table["year"] > table["origin"]).all()


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        ("naive", (3.505, 1.586, 1.611)),
        ("pp_drift", (0.840, 0.947, 0.703)),
        ("sqrt_drift", (0.711, 0.571, 0.707)),
        ("log_drift", (0.961, 0.365, 0.731)),
    ],
)
def test_simple_models_err_as_computed_independently(
    errors: pd.DataFrame, model: str, expected: tuple[float, ...]
) -> None:
    found = [errors.loc[(s, model), "mae"] for s in ("gso-2010", "gso-md-2016", "gso-md-2022")]
    assert found == pytest.approx(expected, abs=0.001)


def test_the_naive_error_is_smaller_where_the_missing_rate_counts_as_zero() -> None:
    # 3.48 instead of 3.505: Hồ Chí Minh City 2016, not in the table, taken as a rate of 0
    panel = panels.load("gso-2010")
    panel.rates.loc[2016, "79"] = 0.0
    origins = backtest.ORIGINS["gso-2010"]
    models = {"naive": MODELS["naive"]}
    filled = backtest.evaluate(panel, models, origins, panel.leaves, draws=100, seed=1)
    assert len(filled) == 630
    assert (filled["forecast"] - filled["observed"]).abs().mean() == pytest.approx(3.4825, abs=1e-3)


def refusing(panel: Panel, origin: int, horizon: int, draws: int, seed: int) -> Draws:
    if origin == 2018:
        raise UserError("two steps are too few for it")
    return MODELS["log_drift"](panel, origin, horizon, draws, seed)


def test_a_model_that_refuses_an_origin_stands_in_the_scores_with_its_reason() -> None:
    models = {name: MODELS[name] for name in SIMPLE} | {"proud": refusing}
    table = backtest.run(["gso-md-2016"], models, draws=100)
    scores = backtest.scores(table).set_index(["model", "origin", "horizon"])
    # 3 years × 63 from 2018 are refused; (2 + 1) × 63 from 2019 and 2020 are forecast
    whole = at(scores, "proud", "all", "all")
    assert (whole["n"], whole["refused"]) == (189, 189)
    assert whole["reason"] == "two steps are too few for it"
    refused = at(scores, "proud", "2018", "all")
    assert (refused["n"], refused["refused"]) == (0, 189)
    assert np.isnan(refused["mae"]) and np.isnan(refused["ratio"]) and np.isnan(refused["cover80"])
    # its ratio is to the best drift on the cells that both have, here itself
    assert whole["ratio"] == pytest.approx(1.0)
    assert set(scores.xs("log_drift")["reason"]) == {""}


def test_a_refused_forecast_is_no_row_of_the_forecasts_written(tmp_path: Path) -> None:
    table = backtest.run(["gso-md-2016"], {"proud": refusing}, draws=100)
    forecasts, _ = backtest.write(table, tmp_path)
    written = pd.read_csv(forecasts, dtype={"place": str})
    assert list(written.columns) == COLUMNS
    assert len(written) == 189 and not written.isna().any(axis=None)


def test_files_are_the_same_bytes_for_the_same_seed(tmp_path: Path) -> None:
    files = [
        backtest.write(backtest.run(["gso-md-2022"], SIMPLE, draws=100), tmp_path / name)
        for name in "ab"
    ]
    assert [file.name for file in files[0]] == ["forecasts.csv", "scores.csv"]
    for one, other in zip(*files, strict=True):
        assert one.read_bytes() == other.read_bytes()


@pytest.mark.parametrize("options", [{"draws": 99}, {"seed": -1}])
def test_too_few_draws_and_a_seed_below_zero_are_refused(options: dict[str, int]) -> None:
    with pytest.raises(UserError, match=r"at least 100|from 0 on"):
        backtest.run(["gso-md-2022"], **options)  # type: ignore[arg-type]


def test_an_unknown_standard_or_model_is_refused() -> None:
    with pytest.raises(UserError, match="gso-md-2022"):
        backtest.run(["gso-1998"])
    with pytest.raises(UserError, match="log_drift"):
        backtest.run(["gso-md-2022"], ["lag_drift"])


# The measures.


def test_crps_of_small_samples() -> None:
    # one draw: the absolute error; draws 0 and 2 around 1: mean error 1 less half the mean
    # distance of two draws (0, 2, 2, 0) / 2 = 1/2
    draws = np.array([[[4.0, 4.0]], [[0.0, 2.0]]])
    observed = np.array([[1.0], [1.0]])
    assert measures.crps(draws, observed).tolist() == [[3.0], [0.5]]


@given(arrays(float, (2, 3, 7), elements=RATES), arrays(float, (2, 3), elements=RATES))
def test_crps_is_its_definition(draws: np.ndarray, observed: np.ndarray) -> None:
    error = np.abs(draws - observed[..., None]).mean(axis=-1)
    apart = np.abs(draws[..., :, None] - draws[..., None, :]).mean(axis=(-1, -2))
    assert measures.crps(draws, observed) == pytest.approx(error - apart / 2, abs=1e-9)


def test_crps_of_a_normal_sample_is_that_of_the_normal() -> None:
    # CRPS of N(0, 1) at 0 is 2 φ(0) - 1/√π (Gneiting and Raftery 2007)
    draws = np.random.default_rng(0).standard_normal((1, 1, 100_000))
    expected = 2 / np.sqrt(2 * np.pi) - 1 / np.sqrt(np.pi)
    assert measures.crps(draws, np.zeros((1, 1)))[0, 0] == pytest.approx(expected, abs=0.003)


def test_interval_score_fines_what_lies_outside() -> None:
    low, high = np.full(3, 4.0), np.full(3, 6.0)
    # alpha 0.2: a point outside costs 2 / 0.2 = 10 times its distance
    found = measures.interval_score(low, high, np.array([5.0, 3.5, 6.1]), 0.8)
    assert found == pytest.approx([2.0, 7.0, 3.0])


@given(arrays(float, 6, elements=RATES), st.sampled_from([0.8, 0.95]))
def test_interval_score_is_the_pinball_losses_of_both_ends(
    values: np.ndarray, level: float
) -> None:
    alpha, (low, high) = 1 - level, np.sort(values.reshape(2, 3), axis=0)
    observed = values[::-1][:3]

    def pinball(end: np.ndarray, share: float) -> np.ndarray:
        gap = observed - end
        return np.asarray(np.maximum(share * gap, (share - 1) * gap))

    both = pinball(low, alpha / 2) + pinball(high, 1 - alpha / 2)
    found = measures.interval_score(low, high, observed, level)
    assert found == pytest.approx(2 / alpha * both, abs=1e-7)


def test_events_are_closed_bounds_but_a_fall_is_a_fall() -> None:
    # from 10 two years ahead: fall < 10, pace <= 8, half <= 5, five <= 5
    cells = pd.DataFrame({"last": 10.0, "origin": 2020, "year": 2022,
                          "observed": [10.0, 9.9, 8.0, 5.0, 5.01]})  # fmt: skip
    assert measures.outcomes(cells).to_numpy().tolist() == [
        [0, 0, 0, 0], [1, 0, 0, 0], [1, 1, 0, 0], [1, 1, 1, 1], [1, 1, 0, 0],
    ]  # fmt: skip


def test_what_cannot_happen_is_no_question() -> None:
    # a rate of 0 neither falls nor halves, and none falls by 1 point a year from 0.5
    cells = pd.DataFrame({"last": [0.0, 0.5], "origin": 2020, "year": 2021, "observed": 0.0})
    found = measures.outcomes(cells)
    assert found["fall"].isna().tolist() == [True, False]
    assert found["pace"].isna().all()
    assert found["half"].isna().tolist() == [True, False]
    assert found["five"].tolist() == [1.0, 1.0]


def test_chances_are_shares_of_draws() -> None:
    draws = np.array([[[4.0, 5.0, 8.0, 10.0]]])
    found = measures.chances(draws, np.array([[10.0]]), np.array([[2.0]]))
    assert {name: share.item() for name, share in found.items()} == {
        "fall": 0.75, "pace": 0.75, "half": 0.5, "five": 0.5,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("draws", "expected"),
    [
        ([1.0, 1.0, 1.0, 3.0], 0.75),  # none is equal
        ([2.0, 2.0, 3.0, 3.0], 0.5),  # 0 to 0.5 are below
        ([2.0, 3.0, 3.0, 3.0], 0.25),
        ([1.0, 2.0, 2.0, 3.0], 0.5),  # 0.25 to 0.75 are below
        ([1.0, 1.0, 1.0, 2.0], 0.75),
    ],
)
def test_position_counts_equal_draws_towards_the_middle(
    draws: list[float], expected: float
) -> None:
    assert measures.position(np.array([[draws]]), np.full((1, 1), 2.0)).item() == expected


# The scores.


def small(model: str = "pp_drift", **more: Any) -> pd.DataFrame:
    row = {"model": model, "standard": "s", "origin": 2020, "place": "45"}
    bounds = {"low80": 4.0, "high80": 6.0, "low95": 3.0, "high95": 7.0}
    return pd.DataFrame(
        [
            row | bounds | {"year": 2021, "forecast": 5.0, "observed": 6.0} | more,
            row | bounds | {"year": 2022, "forecast": 5.0, "observed": 2.0} | more,
        ]
    )


def test_scores_of_a_small_table() -> None:
    both = backtest.whole(backtest.scores(small())).iloc[0]
    assert (both["n"], both["mae"], both["bias"]) == (2, 2.0, 1.0)
    assert (both["cover80"], both["cover95"], both["width80"]) == (50.0, 50.0, 2.0)
    assert both["ratio"] == 1.0
    assert np.isnan(both["crps"]) and np.isnan(both["brier"])  # need draws


def test_brier_is_the_square_of_what_a_chance_missed() -> None:
    # last 10: in 2021 the rate is 6 (fall, pace), in 2022 it is 2 (all four)
    chances = {"last": 10.0, "p_fall": 1.0, "p_pace": 0.5, "p_half": 0.2, "p_five": 0.0}
    scores = backtest.scores(small().assign(**chances)).set_index(["origin", "horizon"])
    events = [f"brier_{event}" for event in measures.EVENTS]
    assert at(scores, "2020", "1")[events].tolist() == pytest.approx([0, 0.25, 0.04, 0])
    assert at(scores, "2020", "2")[events].tolist() == pytest.approx([0, 0.25, 0.64, 1])
    assert at(scores, "all", "all")["brier"] == pytest.approx((0 + 0.25 + 0.34 + 0.5) / 4)


def test_the_ratio_is_to_the_best_drift_of_the_same_cells() -> None:
    good, bad = small("log_drift", forecast=4.0), small("sqrt_drift", forecast=9.0)
    scores = backtest.whole(backtest.scores(pd.concat([good, bad, small("mine", forecast=1.0)])))
    # errors 2 and 2; 3 and 7; 5 and 1
    assert scores.set_index("model")["ratio"].to_dict() == {
        "log_drift": 1.0, "sqrt_drift": 2.5, "mine": 1.5,
    }  # fmt: skip


def test_scores_do_not_depend_on_the_order_of_rows(table: pd.DataFrame) -> None:
    shuffled = table.sample(frac=1, random_state=3)
    pd.testing.assert_frame_equal(backtest.scores(shuffled), backtest.scores(table))


def test_one_line_a_panel_says_how_the_default_did(table: pd.DataFrame) -> None:
    for language in ("en", "vi"):
        said = backtest.say_scores(backtest.scores(table), language)
        assert len(said.split("\n")) == 3 and "{" not in said


# Chance, or more than chance.


def cells(error: dict[tuple[int, str], float], model: str) -> pd.DataFrame:
    rows = [
        {"model": model, "standard": "s", "origin": origin, "year": origin + 1, "place": place,
         "forecast": 5.0 + gap, "observed": 5.0, "low80": 0.0, "high80": 9.0, "low95": 0.0,
         "high95": 9.0}
        for (origin, place), gap in error.items()
    ]  # fmt: skip
    return pd.DataFrame(rows)


def test_a_difference_that_is_the_same_everywhere_has_no_width() -> None:
    where = [(2020, "45"), (2020, "44"), (2021, "45"), (2021, "44")]
    both = pd.concat([
        cells(dict.fromkeys(where, 1.0), "default"), cells(dict.fromkeys(where, 3.0), "naive"),
    ])  # fmt: skip
    row = resampling.differences(both, measures=["mae"], resamples=50).iloc[0]
    assert row[["difference", "low95", "high95", "better"]].tolist() == [-2, -2, -2, 1]
    assert (row["n"], row["origins"], row["places"]) == (4, 2, 2)
    assert row["resampled"] == "origins and provinces"


def test_with_one_origin_only_provinces_are_drawn_again() -> None:
    both = pd.concat([
        cells({(2020, "45"): 1.0, (2020, "44"): 0.0}, "default"),
        cells({(2020, "45"): 0.0, (2020, "44"): 0.0}, "naive"),
    ])  # fmt: skip
    row = resampling.differences(both, measures=["mae"], resamples=4000).iloc[0]
    assert row["resampled"] == "provinces"
    # both drawn are 45 once in four times, both 44 likewise: means 1, 0, else 0.5
    assert row[["low80", "high80"]].tolist() == [0.0, 1.0]
    assert row["difference"] == 0.5 and row["better"] == pytest.approx(0.125, abs=0.02)


@given(st.integers(0, 2**32 - 1))
def test_resampled_means_are_those_of_repeated_blocks(seed: int) -> None:
    random = np.random.default_rng(seed)
    sums, counts = random.normal(size=(3, 4)), random.integers(0, 3, size=(3, 4)).astype(float)
    found = resampling._resampled(sums, counts, 5, seed=7)
    again = np.random.default_rng(7)
    by_place = again.multinomial(4, [1 / 4] * 4, size=5)
    by_origin = again.multinomial(3, [1 / 3] * 3, size=5)
    for k in range(5):
        origins, places = (np.repeat(np.arange(len(w)), w) for w in (by_origin[k], by_place[k]))
        total = counts[np.ix_(origins, places)].sum()
        mean = sums[np.ix_(origins, places)].sum() / total if total else np.nan
        assert found[k] == pytest.approx(mean, abs=1e-12, nan_ok=True)


def test_an_origin_left_out_leaves_the_cells_of_the_others(table: pd.DataFrame) -> None:
    left = backtest.without_each_origin(table)
    assert set(left["standard"]) == {"gso-2010", "gso-md-2016"}  # one origin: nothing would stay
    row = at(left.set_index(["standard", "model", "left_out"]), "gso-2010", "default", 2012)
    stay = table[(table["standard"] == "gso-2010") & (table["origin"] != 2012)]
    error = (stay["forecast"] - stay["observed"]).abs().groupby(stay["model"]).mean()
    assert row["n"] == 63 * 6 - 3
    assert row["mae"] == pytest.approx(error["default"])
    best = error[list(backtest.SIMPLE_DRIFTS)].min()
    assert row["ratio"] == pytest.approx(error["default"] / best)


# Calibration.


def test_reliability_bins_are_closed_below_and_the_last_above() -> None:
    chances = {"p_fall": [0.19, 0.2, 0.6, 1.0], "observed": [9.0, 11.0, 9.0, 9.0]}
    table = pd.DataFrame(
        {"model": "m", "standard": "s", "last": 10.0, "origin": 2020, "year": 2021, **chances}
    ).assign(p_pace=np.nan, p_half=np.nan, p_five=np.nan)
    rows = calibration.reliability(table).query("event == 'fall'")
    assert rows["low"].tolist() == [0.0, 0.2, 0.6, 0.8]
    assert rows["observed"].tolist() == [1.0, 0.0, 1.0, 1.0]
    assert rows["forecast"].tolist() == pytest.approx([0.19, 0.2, 0.6, 1.0])


def test_coverage_by_level_agrees_with_the_intervals(table: pd.DataFrame) -> None:
    by_level = calibration.coverage(table).set_index(["standard", "model", "level"])["covered"]
    scores = backtest.whole(backtest.scores(table)).set_index(["standard", "model"])
    for level in (80, 95):
        # the ends of an interval lie between two draws, so that a few cells may differ
        found = by_level.xs(level, level="level")
        own = scores.reindex(found.index)
        cells = (found - own[f"cover{level}"]).abs() / 100 * own["n"]
        assert cells.max() <= 4


# The baselines.


def tiny(rates: Mapping[str, Sequence[float | None]], years: list[int]) -> Panel:
    frame = pd.DataFrame(rates, index=years, dtype=float)
    weights = pd.Series(1.0, index=list(rates))
    return Panel("gso-md-2022", frame, weights, 2024, {"VN": tuple(rates)})


def test_a_fair_drift_errs_as_its_own_steps_did() -> None:
    # steps of 45: -1, -3 (pace -2, errors 1, -1); of 44: -2, -2 (no error); s² = (1 + 1) / (1 + 1)
    panel = tiny({"45": [60.0, 59.0, 56.0], "44": [50.0, 48.0, 46.0]}, [2020, 2021, 2022])
    future = baselines.FAIR_DRIFTS["pp_drift_fair"](panel, 2022, 2, 20_000, 1)
    assert future.centre[:, 0].tolist() == pytest.approx([54.0, 52.0])
    # variance h + h² / T with T = 2: 1.5 and 4
    spread = future.rates[:, :2, :].std(axis=-1)
    assert spread == pytest.approx(np.sqrt([[1.5, 1.5], [4.0, 4.0]]), rel=0.03)


def test_with_one_step_a_fair_drift_errs_as_the_common_pace_did() -> None:
    # steps -1 and -3 around -2: s² = 2 / (2 - 1); one year ahead after one year 2 s² = 4
    panel = tiny({"45": [60.0, 59.0], "44": [50.0, 47.0]}, [2021, 2022])
    future = baselines.FAIR_DRIFTS["pp_drift_fair"](panel, 2022, 1, 20_000, 1)
    assert future.rates[0, :2, :].std(axis=-1) == pytest.approx([2.0, 2.0], rel=0.03)


def test_a_fair_drift_learns_from_steps_over_missing_years() -> None:
    # 45: -1 a year over two years, then -3 in one (pace -5/3); errors 4/3 over 2 years, -4/3
    panel = tiny({"45": [60.0, None, 58.0, 55.0], "44": [50.0, None, None, 44.0]},
                 [2019, 2020, 2021, 2022])  # fmt: skip
    future = baselines.FAIR_DRIFTS["pp_drift_fair"](panel, 2022, 1, 20_000, 1)
    variance = ((4 / 3) ** 2 / 2 + (4 / 3) ** 2) * (1 + 1 / 3)
    spread = future.rates[0, :2, :].std(axis=-1)
    assert spread == pytest.approx([np.sqrt(variance)] * 2, rel=0.03)


def test_one_step_of_one_place_leaves_no_error_to_learn_from() -> None:
    panel = tiny({"45": [60.0, 59.0]}, [2021, 2022])
    with pytest.raises(UserError, match="leaves no"):
        baselines.FAIR_DRIFTS["log_drift_fair"](panel, 2022, 1, 100, 1)
    with pytest.raises(UserError, match="leaves no"):
        baselines.no_shock(MODELS["log_drift"])(panel, 2022, 1, 100, 1)


def test_a_fair_drift_has_the_centre_of_its_drift(table: pd.DataFrame) -> None:
    fair = backtest.run(models=list(baselines.FAIR_DRIFTS), draws=100)
    for name in backtest.SIMPLE_DRIFTS:
        own = table.loc[table["model"] == name, "forecast"].to_numpy()
        assert fair.loc[fair["model"] == f"{name}_fair", "forecast"].to_numpy() == (
            pytest.approx(own)
        )


def test_without_a_shock_places_move_apart_and_the_centre_stays() -> None:
    panel = panels.load("gso-md-2022")
    default = MODELS["default"](panel, 2023, 1, 200, 1)
    future = baselines.no_shock(MODELS["default"])(panel, 2023, 1, 4000, 1)
    assert future.centre[:, :63] == pytest.approx(default.centre[:, :63])
    correlation = np.asarray(np.corrcoef(future.rates[0, :63, :]))
    assert abs(correlation[np.triu_indices(63, 1)].mean()) < 0.01


def test_without_a_shock_errors_are_normal_on_the_scale_chosen() -> None:
    # in points: steps -1 and -3 around -2, s² = 2 / (2 - 1); the centre stays naive
    panel = tiny({"45": [60.0, 59.0], "44": [50.0, 47.0]}, [2021, 2022])
    model = baselines.without_shock(MODELS["naive"])["no_shock_pp"]
    future = model(panel, 2022, 3, 20_000, 1)
    assert future.centre[:, 0].tolist() == pytest.approx([59.0] * 3)
    spread = future.rates[:, 0, :].std(axis=-1)
    assert spread == pytest.approx(np.sqrt([2.0, 4.0, 6.0]), rel=0.03)


def test_scores_know_every_model_and_baseline() -> None:
    assert set(baselines.known()) == {
        *MODELS, *baselines.FAIR_DRIFTS, "no_shock", "no_shock_pp",
    }  # fmt: skip
    assert set(scoring.SIMPLE_DRIFTS) <= set(MODELS)


# Where nothing was chosen.


def test_regions_have_a_panel_under_every_standard_with_three_years() -> None:
    years = {standard: list(elsewhere.region_panel(standard).rates.index)
             for standard in elsewhere.REGION_SOURCES}  # fmt: skip
    assert years == {
        "gso-2006": [2004, 2006, 2008],
        "gso-2010": [*range(2010, 2017)],
        "gso-md-2016": [*range(2016, 2022)],
        "gso-md-2022": [2022, 2023, 2024],
    }
    panel = elsewhere.region_panel("gso-2006")
    # printed: Red River Delta 12.7 in 2004, the country 13.4 in 2008
    assert (panel.rates.loc[2004, "RRD"], panel.rates.loc[2008, "VN"]) == (12.7, 13.4)
    assert panel.leaves == ["CH", "MRD", "NCC", "NMM", "RRD", "SE"]


def test_under_two_years_nothing_can_be_held_out() -> None:
    with pytest.raises(UserError, match="gso-2006"):
        elsewhere.region_panel("gso-1998")


def test_every_year_of_the_regions_with_one_before_is_an_origin() -> None:
    table = elsewhere.run_regions(["naive"], draws=100)
    # six regions and the country; 2007 is no year of the survey
    assert table.groupby("standard").size().to_dict() == {
        "gso-2006": 7,
        "gso-2010": 7 * (5 + 4 + 3 + 2 + 1),
        "gso-md-2016": 7 * (4 + 3 + 2 + 1),
        "gso-md-2022": 7,
    }
    own = table[(table["standard"] == "gso-2006") & (table["place"] == "VN")].iloc[0]
    # 15.5 in 2006 stays; 13.4 came in 2008
    assert (own["origin"], own["year"], own["last"], own["observed"]) == (2006, 2008, 15.5, 13.4)
    assert own["forecast"] == pytest.approx(15.5)


def review_figures(*cells: tuple[str, int, float]) -> pd.DataFrame:
    return drawn_charts.ledger_rows(
        *[
            ("s", place, f"{year}-12", "2016-2020", "poor_rate", f"{rate:.2f}%".replace(".", ","))
            for place, year, rate in cells
        ]
    )


REVIEWS = review_figures(
    ("45", 2016, 12.0), ("45", 2018, 10.0), ("45", 2019, 9.0),
    ("44", 2016, 8.0), ("44", 2018, 6.0), ("44", 2020, 4.5),
    ("46", 2017, 7.0), ("46", 2020, 5.0),
    ("48", 2018, 3.0),
)  # fmt: skip


def test_the_last_review_rate_of_each_province_is_held_out() -> None:
    table = elsewhere.run_reviews(REVIEWS, ["naive", "no_shock"], draws=100)
    naive = table[table["model"] == "naive"].set_index("place")
    # Đà Nẵng (48) has one rate: nothing to hold out
    assert naive["year"].to_dict() == {"45": 2019, "44": 2020, "46": 2020}
    assert naive["origin"].to_dict() == {"45": 2018, "44": 2019, "46": 2019}
    assert naive["last"].to_dict() == {"45": 10.0, "44": 6.0, "46": 7.0}
    assert naive["seen"].to_dict() == {"45": 2, "44": 2, "46": 1}
    assert naive["observed_low"].to_dict() == pytest.approx({"45": 8.995, "44": 4.495, "46": 4.995})


def test_nothing_later_than_the_year_before_is_seen() -> None:
    changed = REVIEWS.copy()
    later = changed["period"] == "2020-12"
    changed.loc[later, ["value", "low", "high", "reconciled"]] += 1.0
    for models in (["naive"], ["log_drift"]):
        one, other = (elsewhere.run_reviews(f, models, draws=100) for f in (REVIEWS, changed))
        assert one["forecast"].tolist() == other["forecast"].tolist()


def test_without_two_paces_a_held_out_rate_is_refused() -> None:
    few = REVIEWS[REVIEWS["place"] == "45"]
    table = elsewhere.run_reviews(few, ["naive"], draws=100)
    assert table["forecast"].isna().all()
    assert set(table["reason"]) == {"no two provinces had a pace by the year before"}
    assert table["observed"].tolist() == [9.0]


def test_untouched_scores_stand_by_part_with_the_reviews_together() -> None:
    scored = elsewhere.untouched(REVIEWS, SIMPLE, draws=100)
    assert list(scored["part"].unique()) == ["reviews", "own_pace", "regions", "country"]
    reviews = scored[(scored["part"] == "reviews") & (scored["model"] == "naive")]
    assert reviews.set_index("standard")["n"].to_dict() == {"2016-2020": 3, "all": 3}
    own = scored[(scored["part"] == "own_pace") & (scored["model"] == "naive")]
    assert own["n"].tolist() == [2]  # 46 had one rate before
    assert own["mae"].tolist() == pytest.approx([(1.0 + 1.5) / 2])


def test_a_rate_that_is_a_range_is_covered_where_both_meet() -> None:
    table = small().assign(observed_low=[5.9, 1.0], observed_high=[6.5, 3.0])
    both = backtest.whole(backtest.scores(table)).iloc[0]
    assert (both["cover80"], both["cover95"]) == (50.0, 100.0)


@pytest.mark.parametrize("language", drawn_charts.LANGUAGES)
def test_untouched_scores_are_told_a_line_each(language: str) -> None:
    row = {"model": "default", "n": 6, "refused": 0, "mae": 0.5, "bias": 0.1, "ratio": 0.91,
           "cover80": 83.0}  # fmt: skip
    none = {"n": 0, "refused": 2} | dict.fromkeys(("mae", "bias", "ratio", "cover80"), np.nan)
    scored = pd.DataFrame([
        {"part": "reviews", "standard": "all"} | row | none,
        {"part": "reviews", "standard": "2016-2020"} | row | none,
        {"part": "regions", "standard": "gso-2006"} | row,
        {"part": "regions", "standard": "gso-2006"} | row | {"model": "naive"},
    ])  # fmt: skip
    lines = backtest.say_untouched(scored, language).split("\n")
    assert len(lines) == 2
    assert (("2" in lines[0]) and ("0.91" in lines[1] or "0,91" in lines[1])) and all(
        "{" not in line and "nan" not in line for line in lines
    )


@pytest.mark.parametrize("language", drawn_charts.LANGUAGES)
def test_refusals_and_left_out_origins_are_told(language: str, table: pd.DataFrame) -> None:
    assert "\n" not in backtest.say_refused(table, language)
    proud = backtest.run(["gso-md-2016"], {"proud": refusing}, draws=100)
    said = backtest.say_refused(proud, language)
    assert "189" in said and "two steps are too few for it" in said
    assert len(backtest.say_without_origin(backtest.without_each_origin(table), language)
               .split("\n")) == 2  # fmt: skip


def test_scores_by_level_show_where_the_intervals_fail() -> None:
    # at the origin 4.0 and 5.0 lie in the class above 2 and up to 5, 12.0 in that up to 20
    bounds = {"low80": 4.0, "high80": 6.0, "low95": 3.0, "high95": 7.0}
    row = {"model": "default", "standard": "gso-2010", "origin": 2012, "year": 2013}
    cells = [("01", 4.0, 5.0), ("02", 5.0, 8.0), ("04", 12.0, 6.0)]
    table = pd.DataFrame(
        [
            row | bounds | {"place": place, "last": last, "forecast": 5.0, "observed": came}
            for place, last, came in cells
        ]
    )
    found = backtest.by_level(table)
    assert found[["above_pct", "to_pct", "n", "inside80"]].to_numpy().tolist() == [
        [2, 5, 2, 1],
        [10, 20, 1, 1],
    ]
    assert found["mae"].tolist() == [1.5, 1.0] and found["bias"].tolist() == [-1.5, -1.0]
    said = backtest.say_level(found, "gso-2010", 5.0, "en")
    assert "from rates of 2 to 5%, 1 of 2 lay inside the 80% interval" in said
    assert backtest.say_level(found, "gso-2010", 50.0, "en") == ""
    many = pd.concat([found.assign(n=7)])
    assert backtest.say_by_level(many, "en").startswith("- survey, income line of 2010: from rates")
    assert "no " in backtest.say_by_level(found, "en").lower()
