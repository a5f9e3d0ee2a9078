"""Panels that hold too little, or odd rates: a short answer or a clear refusal."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from small_ledgers import figure, ledger

from helpers import backtest, trends
from helpers.__main__ import main
from helpers.backtest import baselines, elsewhere, rolling
from helpers.project import UserError
from helpers.trends import bridges, contributions, convergence, ranks, reviews, standing
from helpers.trends.draws import discrepancy
from helpers.trends.forecasts import LONGEST, simulate
from helpers.trends.panels import Panel
from helpers.trends.past import train
from helpers.trends.review_targets import targets_met

NONE = np.nan
MODELS = baselines.known()


@pytest.fixture(autouse=True)
def no_warning() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


def panel(country: list[float] | None = None, **rates: list[float]) -> Panel:
    """A panel from 2020 on of provinces A, B, …, equal in weight."""
    years = range(2020, 2020 + len(next(iter(rates.values()))))
    table = pd.DataFrame(rates, index=pd.Index(years, name="year"), dtype=float)
    weights, leaves = pd.Series(1.0, index=table.columns), tuple(table.columns)
    members = {"all@2025": leaves}
    if country is not None:
        table["VN"], members["VN"] = country, leaves
    return Panel("gso-md-2022", table, weights, 2020, members)


ODD = {
    "two years": panel(A=[5, 4], B=[4, 3], C=[9, 7]),
    "zeros": panel(A=[0, 0, 0], B=[0, 0, 0], C=[0, 0, 0]),
    "falls to zero": panel(A=[1, 0.5, 0], B=[0.2, 0.1, 0], C=[3, 1, 0]),
    "rises from zero": panel(A=[0, 0, 5], B=[0, 1, 2], C=[0, 0, 1]),
    "hundreds": panel(A=[100, 100, 100], B=[100, 100, 100], C=[100, 100, 100]),
    "rises to a hundred": panel([80, 90, 100], A=[90, 95, 100], B=[80, 90, 99], C=[80, 90, 100]),
    "sum above its parts": panel([70, 80, 95], A=[40, 50, 60], B=[40, 50, 60], C=[35, 45, 58]),
    "constant": panel(A=[5, 5, 5], B=[7, 7, 7], C=[1, 1, 1]),
    "missing years": panel(A=[9, NONE, 5, 4], B=[NONE, 8, NONE, 6], C=[7, 6, NONE, NONE]),
    "last year missing": panel(A=[9, 8, NONE], B=[8, 6, NONE], C=[5, 4, NONE]),
    "a place without a rate": panel(A=[NONE, NONE, NONE], B=[5, 4, 3], C=[9, 8, 6]),
    "one province": panel(A=[9, 8, 7, 6]),
    "country without a rate": panel([NONE] * 3, A=[9, 8, 7], B=[8, 6, 5], C=[5, 4, 4]),
    "country once": panel([NONE, NONE, 6], A=[9, 8, 7], B=[8, 6, 5], C=[5, 4, 4]),
    "country at zero": panel([2, 1, 0], A=[9, 8, 7], B=[8, 6, 5], C=[5, 4, 4]),
    "all fall": panel(A=[100, 50, 0.001], B=[100, 20, 0.01], C=[90, 10, 0.1]),
    "all rise": panel(A=[0.01, 1, 90], B=[0.1, 2, 80], C=[0.1, 3, 99]),
}
TOO_LITTLE = {
    "one year": panel(A=[5], B=[4]),
    "no year": panel(A=[], B=[]),
    "no rate": panel(A=[NONE, NONE], B=[NONE, NONE]),
}


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("name", ODD)
def test_a_forecast_is_finite_and_a_rate_or_it_is_refused_with_another_choice(
    model: str, name: str
) -> None:
    seen = ODD[name]
    for horizon in (1, LONGEST):
        try:
            future = MODELS[model](seen, int(seen.rates.index[-1]), horizon, 100, 1)
        except UserError as refusal:
            assert "choose" in str(refusal)
            assert model not in ("naive", "pp_drift", "default")  # these need next to nothing
            continue
        for values in (future.centre, future.rates):
            assert np.isfinite(values).all() and values.min() >= 0 and values.max() <= 100


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("name", TOO_LITTLE)
def test_what_holds_no_two_years_is_refused_by_every_model(model: str, name: str) -> None:
    seen = TOO_LITTLE[name]
    last = max(map(int, seen.rates.index), default=0)
    with pytest.raises(UserError, match=r"needs two years up to its origin|no place has a rate"):
        MODELS[model](seen, last, 1, 100, 1)
    with pytest.raises(UserError, match="gso-md-2022"):
        simulate(seen)


def test_one_observation_a_place_has_no_pace_and_the_default_says_so() -> None:
    with pytest.raises(UserError, match=r"no place has rates of two years .* choose"):
        simulate(panel(A=[5, NONE], B=[NONE, 4]))


@pytest.mark.parametrize("model", MODELS)
def test_sums_stay_weighted_sums_times_the_discrepancy_unless_that_is_above_100(model: str) -> None:
    seen = ODD["sum above its parts"]
    future = MODELS[model](seen, 2022, 3, 100, 1)
    # 95 printed, (60 + 60 + 58) / 3 summed
    ratio = discrepancy(seen, train(seen, 2022))["VN"]
    assert ratio == pytest.approx(95 / (178 / 3))
    parts = np.mean([future.of(leaf) for leaf in "ABC"], axis=0)
    np.testing.assert_allclose(future.of("VN"), np.minimum(ratio * parts, 100), atol=1e-9)


def test_a_province_without_a_rate_in_a_year_does_not_lower_the_mean_of_that_year() -> None:
    past = train(panel(A=[9, 8, 7], B=[NONE, 6, NONE]), 2022)
    assert past.country is not None
    assert past.country.rates[:, 0].tolist() == [9, 7, 7]


@pytest.mark.parametrize("horizon", [0, -1, 50])
def test_every_way_to_a_forecast_refuses_a_horizon_out_of_range(horizon: int) -> None:
    figures = ledger(
        *(figure(f"{p}{y}", "poor_rate", "7%", place=p, period=y) for p in ("44", "45", "46")
          for y in ("2022", "2023", "2024"))
    )  # fmt: skip
    calls = (
        lambda: trends.forecast("gso-md-2022", horizon=horizon),
        lambda: trends.fan("45", "gso-md-2022", horizon=horizon),
        lambda: trends.pace("45", "gso-md-2022", target_rate=1.0, horizon=horizon),
        lambda: simulate(ODD["two years"], horizon=horizon),
        lambda: reviews.forecast(figures, "2022-2025", horizon=horizon),
        lambda: reviews.ahead(figures, "45", horizon=horizon),
        lambda: ranks.ahead(2023, horizon=horizon),
    )
    for call in calls:
        with pytest.raises(UserError, match="1 to 10"):
            call()


# Targets


def test_a_target_that_is_met_already_says_what_its_chance_means() -> None:
    table = trends.pace("79", "gso-md-2022", target_rate=1.0, draws=200)
    assert (table["needed_pp_per_year"] <= 0).all()
    assert table["note"].str.startswith("met already").all()
    row = trends.reach("79", "gso-md-2022", 1.0, draws=200).iloc[0]
    assert (row["note"], row["year"], row["probability"]) == ("reached", 2024, 1.0)


def test_a_level_out_of_reach_has_no_year_and_says_so() -> None:
    row = trends.reach("11", "gso-md-2022", 0.0, draws=200).iloc[0]
    assert np.isnan(row["year"]) and row["note"] == "not within ten years"
    assert row["probability"] < 0.5


def test_a_target_without_an_upper_end_is_never_called_missed() -> None:
    rates = [figure(f"{p}{y}", "poor_rate", rate, place=p, period=y)
             for p in ("44", "45", "46")
             for y, rate in (("2022", "9,5%"), ("2023", "8,1%"))]  # fmt: skip
    goal = figure("goal", "target_poor_rate", "ít nhất 2%", period="2025", status="target")
    row = targets_met(ledger(*rates, goal)).set_index("target_id").loc["goal"]
    assert row["met"] == "open" and np.isnan(row["probability"])


# Tables


@pytest.mark.parametrize("name", [*ODD, "one year"])
def test_convergence_and_standing_have_rows_with_a_reason_or_numbers(name: str) -> None:
    seen = ({**ODD, **TOO_LITTLE})[name]
    rates = seen.rates[seen.leaves]
    found = convergence.betas(rates)
    assert (found["beta"].notna() | found["note"].ne("")).all()
    convergence.sigmas(rates, seen.weights, draws=100)
    speeds = standing.acceleration(rates)
    assert (speeds["acceleration_pp"].notna() | speeds["note"].ne("")).all()
    years = [int(year) for year in rates.index]
    if len(years) > 1:
        judged = standing.given_level(rates, years[0], years[-1])
        assert (judged["standing"].eq("not judged") == judged["note"].ne("")).all()
        contributions.between(seen, years[0], years[-1])
    with pytest.raises(UserError, match="choose two years"):
        contributions.between(seen, years[-1], years[0])


@pytest.mark.parametrize("name", ["zeros", "hundreds", "constant", "one province", "country once"])
def test_contributions_ranks_and_chances_of_odd_forecasts_hold_together(name: str) -> None:
    seen = ODD[name]
    future = simulate(seen, horizon=2, model="naive", draws=100)
    parts = contributions.of_forecast(seen, future, future.years[-1])
    assert parts["contribution_pp"].notna().all()
    assert (parts["contribution_pct"].notna() | parts["note"].ne("")).all()
    order = ranks.of_forecast(seen, future, future.years[-1])
    assert order["rank"].between(1, len(order)).all()
    last = trends.last_rates(seen, future.origin)["rate"]
    odds = trends.chances(future, last)
    assert (odds["probability"].notna() | odds["note"].ne("")).all()
    assert odds["probability"].dropna().between(0, 1).all()


def test_places_that_all_share_a_rate_share_all_ranks() -> None:
    order = ranks.of_draws(np.full((3, 100), 5.0))
    assert order[["low95", "high95"]].to_numpy().tolist() == [[1, 3]] * 3


# Reviews


def test_reviews_with_one_province_or_one_date_have_no_number_and_say_why() -> None:
    alone = ledger(figure("a", "poor_rate", "9%", period="2022"),
                   figure("b", "poor_rate", "8%", period="2023"))  # fmt: skip
    once = ledger(figure("a", "poor_rate", "9%"), figure("b", "poor_rate", "8%", place="44"))
    for figures in (alone, once):
        table = reviews.forecast(figures, "2022-2025")
        assert table["kind"].eq("none").all() and table["forecast"].isna().all()
        assert table["note"].str.startswith("no forecast").all()
    assert reviews.ahead(alone, "28").empty
    with pytest.raises(UserError, match="there are 2022-2025"):
        reviews.forecast(alone, "2016-2020")


@pytest.mark.parametrize("rate", ["0%", "100%", "dưới 3%", "trên 97%"])
@pytest.mark.parametrize("model", trends.MODELS)
def test_reviews_at_the_ends_of_the_scale_stay_rates(rate: str, model: str) -> None:
    figures = ledger(
        *(figure(f"{p}{y}", "poor_rate", rate, place=p, period=y) for p in ("44", "45", "46")
          for y in ("2022", "2023", "2024"))
    )  # fmt: skip
    try:
        table = reviews.forecast(figures, "2022-2025", model=model, draws=100)
    except UserError as refusal:
        assert "choose" in str(refusal) and model == "mixed"
        return
    numbers = table[["forecast", "low80", "high80", "low95", "high95"]].to_numpy(float)
    assert np.isfinite(numbers).all() and numbers.min() >= 0 and numbers.max() <= 100


@pytest.mark.parametrize("rates", [("0%", "5%"), ("5%", "0%"), ("100%", "50%"), ("99,999%", "99%"),
                                   ("50%", "99,998%")])  # fmt: skip
def test_bridges_from_and_to_the_ends_of_the_scale_link_rates_or_nothing(
    rates: tuple[str, str],
) -> None:
    figures = ledger(
        figure("a", "poor_rate", rates[0], standard="2016-2020", period="2021"),
        figure("b", "poor_rate", rates[1], standard="2022-2025", period="2021"),
        figure("c", "poor_rate", "60%", standard="2016-2020", period="2019"),
    )
    assert len(bridges.bridges(figures)) == 1
    values = bridges.linked(figures)[["linked", "low", "high"]].to_numpy(float)
    assert np.isfinite(values).all() and ((values >= 0) & (values <= 100)).all()


def test_without_a_figure_nothing_is_held_out() -> None:
    nothing = ledger(figure("a", "total_households", "100"))
    assert reviews.standards(nothing) == []
    assert reviews.coverage(nothing).empty and bridges.linked(nothing).empty
    assert elsewhere.run_reviews(nothing, ["naive"], draws=100).empty
    left = set(elsewhere.untouched(nothing, ["naive"], draws=100)["part"])
    assert left == {"regions", "country"}


# Backtest


def test_a_tiny_panel_is_backtested_with_refusals_and_without_gaps() -> None:
    seen = panel(A=[9, 8, 7, 6], B=[5, NONE, 4, 3], C=[2, 1, 0, 0])
    table = rolling.evaluate(seen, MODELS, [2021, 2022], seen.leaves, 100, 1)
    assert (table["forecast"].notna() | table["reason"].ne("")).all()
    found = backtest.scores(table)
    assert (found["mae"].notna() == found["n"].gt(0)).all()
    differences = backtest.differences(table, resamples=50)
    assert (differences["difference"].notna() == differences["n"].gt(0)).all()


@pytest.mark.parametrize(
    ("standard", "says"), [("gso-2006", "two years only"), ("nix", "no panel")]
)
def test_a_standard_without_origins_is_refused(standard: str, says: str) -> None:
    with pytest.raises(UserError, match=f"{says}.*choose gso-2010"):
        backtest.run([standard], ["naive"], draws=100)


# The command line


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["forecast", "--standard", "2022-2025"], "choose gso-2010"),
        (["forecast", "--standard", "gso-md-2022", "--horizon", "0"], "1 to 10"),
        (["forecast", "--standard", "gso-md-2022", "--horizon", "50"], "1 to 10"),
        (["forecast", "--standard", "gso-md-2022", "--seed", "-1"], "from 0 on"),
        (["backtest", "--standard", "gso-2006"], "two years only"),
        (["backtest", "--standard", "2022-2025"], "choose gso-2010"),
    ],
)
def test_wrong_use_ends_with_code_2_and_one_sentence(
    arguments: list[str], says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*arguments, "-o", str(tmp_path / "out.csv")]) == 2
    told = capsys.readouterr().err
    assert told.startswith("error: ") and says in told and "Traceback" not in told
    assert not list(tmp_path.iterdir())


@pytest.mark.skipif(sys.platform == "win32", reason="a file in place of a folder")
def test_an_output_that_cannot_be_written_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    within = str(tmp_path / "file" / "out.csv")
    assert main(["forecast", "--standard", "gso-md-2022", "-o", within]) == 2
    assert "cannot be written" in capsys.readouterr().err
