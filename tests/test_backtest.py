"""Facts about the rolling-origin evaluation of the models."""

from pathlib import Path

import pandas as pd
import pytest

from helpers import backtest
from helpers.project import UserError


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    return backtest.run(draws=1000)


@pytest.fixture(scope="module")
def errors(table: pd.DataFrame) -> pd.DataFrame:
    scores = backtest.scores(table)
    return scores[scores["horizon"] == "all"].set_index(["standard", "model"])


def test_every_cell_is_scored_but_the_one_without_a_rate(table: pd.DataFrame) -> None:
    default = table[table["model"] == "default"]
    counts = default.groupby("standard").size().to_dict()
    # 63 provinces × (4 + 3 + 2 + 1), × (3 + 2 + 1), × 1; Hồ Chí Minh City 2016 four times missing
    assert counts == {"gso-2010": 630 - 4, "gso-md-2016": 378, "gso-md-2022": 63}
    assert not table.isna().any(axis=None)
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


def test_the_default_is_within_15_per_cent_of_the_best_simple_drift_and_never_50_worse(
    errors: pd.DataFrame,
) -> None:
    ratios = errors.xs("default", level="model")["ratio"]
    assert ratios.mean() < 1.15
    assert ratios.max() < 1.5


def test_the_default_covers_about_what_it_says(errors: pd.DataFrame) -> None:
    default = errors.xs("default", level="model")
    assert default["cover80"].between(70, 92).all()
    assert default["cover95"].between(88, 99).all()


def test_scores_of_a_small_table() -> None:
    row = {"model": "pp_drift", "standard": "s", "origin": 2020, "place": "45"}
    bounds = {"low80": 4.0, "high80": 6.0, "low95": 3.0, "high95": 7.0}
    table = pd.DataFrame(
        [
            row | bounds | {"year": 2021, "forecast": 5.0, "observed": 6.0},
            row | bounds | {"year": 2022, "forecast": 5.0, "observed": 2.0},
        ]
    )
    both = backtest.scores(table).set_index("horizon").loc["all"]
    assert (both["n"], both["mae"], both["bias"]) == (2, 2.0, 1.0)
    assert (both["cover80"], both["cover95"], both["width80"]) == (50.0, 50.0, 2.0)
    assert both["ratio"] == 1.0


def test_files_are_the_same_bytes_for_the_same_seed(tmp_path: Path) -> None:
    files = [
        backtest.write(backtest.run(["gso-md-2022"], draws=200), tmp_path / name) for name in "ab"
    ]
    assert [file.name for file in files[0]] == ["forecasts.csv", "scores.csv"]
    for one, other in zip(*files, strict=True):
        assert one.read_bytes() == other.read_bytes()


@pytest.mark.parametrize("options", [{"draws": 99}, {"seed": -1}])
def test_too_few_draws_and_a_seed_below_zero_are_refused(options: dict[str, int]) -> None:
    with pytest.raises(UserError, match=r"at least 100|from 0 on"):
        backtest.run(["gso-md-2022"], **options)  # type: ignore[arg-type]


def test_an_unknown_standard_is_refused() -> None:
    with pytest.raises(UserError, match="gso-md-2022"):
        backtest.run(["gso-1998"])
