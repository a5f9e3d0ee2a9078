"""Figures of the evaluation: what they draw and say, in both languages, also with nothing."""

from __future__ import annotations

import functools
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from drawn_charts import (
    LANGUAGES,
    Drawn,
    assert_same_bytes,
    cut_off,
    is_another_sentence,
    texts,
)

from helpers import backtest
from helpers.backtest import measures
from helpers.charts import evaluation

MODELS = ("naive", "pp_drift", "sqrt_drift", "log_drift", "default", "no_shock", "log_drift_fair")


def cells(model: str, error: float, chance: float) -> list[dict[str, object]]:
    """Forecasts of two provinces from two origins under one standard, one under another."""
    where = [("gso-2010", 2012, 1), ("gso-2010", 2012, 2), ("gso-2010", 2013, 1),
             ("gso-md-2022", 2023, 1)]  # fmt: skip
    chances = {f"p_{event}": chance for event in measures.EVENTS}
    return [
        {"model": model, "standard": standard, "origin": origin, "year": origin + ahead,
         "place": place, "forecast": 8.0 + error * ahead, "observed": 8.0, "last": 10.0,
         "low80": 7.5, "high80": 9.5, "low95": 7.0, "high95": 10.0, "crps": 0.7 * error,
         "position": 0.3, "reason": ""} | chances
        for standard, origin, ahead in where
        for place in ("44", "45")
    ]  # fmt: skip


@functools.cache
def table() -> pd.DataFrame:
    """Seven models that err by 2, 1.2, … pp a year ahead and give all events one chance each."""
    made = zip(MODELS, (2.0, 1.2, 1.0, 0.8, 0.4, 0.4, 0.8), (0.1, 0.3, 0.5, 0.6, 0.9, 0.7, 0.2),
               strict=True)  # fmt: skip
    return pd.concat([pd.DataFrame(cells(*each)) for each in made], ignore_index=True)


@functools.cache
def chance() -> pd.DataFrame:
    return backtest.differences(table(), resamples=100)


FIGURES: dict[str, Callable[[pd.DataFrame, pd.DataFrame, str], Drawn]] = {
    "6-error-by-horizon": lambda run, _, lang: evaluation.error_by_horizon(run, lang),
    "6-differences": lambda _, gaps, lang: evaluation.differences(gaps, lang),
    "6-calibration": lambda run, _, lang: evaluation.calibration(run, lang),
}
SENTENCES: dict[str, Callable[[pd.DataFrame, pd.DataFrame, str], str]] = {
    "6-error-by-horizon": lambda run, _, lang: evaluation.say_error(run, lang),
    "6-differences": lambda _, gaps, lang: evaluation.say_differences(
        evaluation.differences(gaps, lang)[1], lang
    ),
    "6-calibration": lambda run, _, lang: evaluation.say_calibration(run, lang),
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_is_drawn_in_both_languages_and_nothing_is_cut_off(
    name: str, language: str
) -> None:
    fig, data = FIGURES[name](table(), chance(), language)
    assert len(data) > 0
    assert not any("{" in text for text in texts(fig))
    assert cut_off(fig) == []


@pytest.mark.parametrize("name", FIGURES)
def test_the_same_data_give_the_same_bytes(name: str) -> None:
    assert_same_bytes(*(FIGURES[name](table(), chance(), "vi") for _ in range(2)))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", FIGURES)
def test_the_sentence_below_a_figure_is_not_its_title(name: str, language: str) -> None:
    fig, _ = FIGURES[name](table(), chance(), language)
    assert is_another_sentence(SENTENCES[name](table(), chance(), language), fig)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", FIGURES)
def test_without_rows_figure_and_sentence_say_so(name: str, language: str) -> None:
    fig, data = FIGURES[name](table().iloc[:0], chance().iloc[:0], language)
    assert data.empty and not any("{" in text for text in texts(fig))
    assert SENTENCES[name](table().iloc[:0], chance().iloc[:0], language).endswith(".")


def test_errors_are_drawn_by_years_ahead_and_a_shared_centre_once() -> None:
    _, data = evaluation.error_by_horizon(table(), "en")
    errors = data[data["part"] == "error"].set_index(["standard", "model", "x"])["value"]
    # the default errs 0.4 a year ahead
    assert errors["gso-2010", "default"].to_dict() == pytest.approx({1.0: 0.4, 2.0: 0.8})
    drawn = set(errors.index.get_level_values("model"))
    assert drawn == {"naive", "pp_drift", "sqrt_drift", "log_drift", "default"}


def test_coverage_is_drawn_by_nominal_level() -> None:
    _, data = evaluation.error_by_horizon(table(), "en")
    held = data[(data["part"] == "coverage") & (data["model"] == "default")]
    # all lie at 0.3 of the draws: outside the 40 % interval, inside the 50 % one
    by_level = held[held["standard"] == "gso-2010"].set_index("x")["value"]
    assert (by_level[40.0], by_level[50.0]) == (0.0, 100.0)


def test_a_baseline_with_the_same_centre_is_shown_by_its_distribution_only() -> None:
    _, data = evaluation.differences(chance(), "en")
    shown = data.groupby("model")["measure"].agg(set).to_dict()
    assert shown["naive"] == {"mae", "crps"}
    assert shown["no_shock"] == shown["log_drift_fair"] == {"crps"}


def test_clear_differences_are_counted_by_panel_and_the_better_models_named() -> None:
    _, data = evaluation.differences(chance(), "en")
    assert "clearly better than 4 of 4 models, clearly worse than 0;" in (
        evaluation.say_differences(data, "en")
    )
    worse = data.assign(**{name: -data[name] for name in ("low95", "high95")})
    worse = worse.rename(columns={"low95": "high95", "high95": "low95"})
    assert "clearly worse than 4 (" in evaluation.say_differences(worse, "en")


def test_the_caption_names_the_panel_with_one_origin() -> None:
    fig, _ = evaluation.differences(chance(), "en")
    said = " ".join(texts(fig)).replace("\n", " ")
    assert "with one origin (multidimensional 2022) provinces only" in said


def test_errors_are_told_for_the_first_and_the_last_year_ahead() -> None:
    said = evaluation.say_error(table(), "en")
    assert said.startswith("Income line of 2010: 0.40 pp one year ahead, 0.80 pp after 2 years;")
    assert "multidimensional 2022: 0.40 pp one year ahead; its" in said


def test_chances_are_told_by_their_brier_scores() -> None:
    # the rate fell from 10 to 8: fall and a point a year (one year ahead, and 2 points in two)
    # came, half and five did not; chances of 0.9: (0.01 + 0.01 + 0.81 + 0.81) / 4
    brier = float(np.mean([0.01, 0.01, 0.81, 0.81]))
    assert brier == pytest.approx(0.41)
    assert "income line of 2010: Brier score 0.410" in evaluation.say_calibration(
        table(), "en"
    ).replace("Income", "income")


def unsure() -> pd.DataFrame:
    """Under one standard two chances of 0.3, under another one of 0.5 and one of 0.7."""
    made = table()[table()["model"].isin(["default", "no_shock"])].copy()
    own = made["model"] == "default"
    made.loc[own, [f"p_{event}" for event in measures.EVENTS]] = np.nan
    for standard, chances in (("gso-2010", [0.3, 0.3, 0.9, 0.1]), ("gso-md-2022", [0.5, 0.7])):
        cell = made.index[own & (made["standard"] == standard)][: len(chances)]
        made.loc[cell, "p_fall"] = chances
    return made


def test_the_middle_chances_are_told_beside_the_ends() -> None:
    # all rates fell, so all of them came: 100% where 30% and (50 + 70) / 2 = 60% were said
    fig, _ = evaluation.calibration(unsure(), "en")
    title = fig.texts[0].get_text().replace("\n", " ")
    assert title.endswith(
        "80% and more, 100%; in between (said 30% to 60% on average), 100%; below 20%, 100%"
    )
    said = evaluation.say_calibration(unsure(), "en")
    assert "of chances from 20% to 80%, which said 30% on average, 100% came (2);" in said
    assert "of chances from 20% to 80%, which said 60% on average, 100% came (2)." in said


def test_without_middle_chances_none_are_told() -> None:
    title = evaluation.calibration(table(), "en")[0].texts[0].get_text().replace("\n", " ")
    assert title == "Events that came, by the chance they were given: 80% and more, 50%"
    assert "said" not in evaluation.say_calibration(table(), "en")
