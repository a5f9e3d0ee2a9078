"""The command line: exit codes, messages, and files that come out whole."""

from pathlib import Path

import pytest

from helpers import project
from helpers.__main__ import main

SAMPLES = Path(__file__).parents[1] / "data" / "raw" / "bulletins"


def test_a_bulletin_becomes_a_ledger_and_the_ledger_its_conflicts(golden: Path) -> None:
    ledger = golden / "read.csv"
    assert main(["read", str(SAMPLES), "-o", str(ledger)]) == 0
    for name in ("read.csv", "read.links.csv", "read.numerals.csv"):
        assert len(project.read_table(golden / name)) > 0
    assert main(["reconcile", str(ledger), "-o", str(golden / "out")]) == 0
    conflicts = project.read_table(golden / "out" / "conflicts.csv")
    assert {"VN", "RRD", "82/Cái Bè"} <= set(conflicts["place"])
    assert "</html>" in (golden / "out" / "report.html").read_text(encoding="utf-8")
    asked = ["reconcile", str(ledger), "-o", str(golden / "out"), "--fail-on-conflict"]
    assert main(asked) == 1


def test_unreadable_files_are_named_and_the_others_read(
    golden: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (golden / "empty.txt").write_text("")
    files = [str(golden / "empty.txt"), str(next(SAMPLES.glob("*.txt")))]
    assert main(["read", *files, "-o", str(golden / "x.csv")]) == 1
    assert "empty.txt" in capsys.readouterr().err
    assert main(["read", files[0], "-o", str(golden / "y.csv")]) == 2
    assert not (golden / "y.csv").exists()


def test_forecasts_have_the_agreed_columns(golden: Path) -> None:
    path = golden / "f.csv"
    assert main(["forecast", "--standard", "gso-md-2022", "--horizon", "2", "-o", str(path)]) == 0
    table = project.read_table(path)
    assert list(table.columns) == [
        "model", "standard", "origin", "year", "place",
        "forecast", "low80", "high80", "low95", "high95", "observed",
    ]  # fmt: skip
    assert set(table["year"]) == {"2025", "2026"}
    assert set(table["observed"]) == {""}


def test_a_yearbook_table_becomes_a_ledger_of_ones_own(golden: Path) -> None:
    table = golden / "yearbook.csv"
    table.write_text('Tỉnh,Số hộ nghèo,Tỷ lệ hộ nghèo (%)\nQuảng Trị,14.040,"7,71"\n', "utf-8")
    out = golden / "data" / "own" / "yearbook.csv"
    options = ["--source", "yb", "--period", "2023", "--standard", "2022-2025", "-o", str(out)]
    assert main(["import", str(table), *options]) == 0
    assert list(project.read_table(out)["printed"]) == ["14.040", "7,71"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["run", "--province", "Quang Chi"], "Nearest: Quảng Trị"),
        (["run", "--notebook", "9"], "no notebook 9"),
        (["run", "--units", "34"], "--units goes with --all"),
        (["reconcile", "missing.csv", "-o", "out"], "missing.csv"),
        (["forecast", "--horizon", "50", "-o", "f.csv"], "horizon"),
        (["forecast", "--standard", "2022", "-o", "f.csv"], "gso-md-2022"),
        (["backtest", "--standard", "2022", "-o", "out"], "gso-md-2022"),
    ],
)
def test_wrong_use_ends_with_two_and_a_clear_word(
    arguments: list[str],
    said: str,
    golden: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(golden)
    assert main(arguments) == 2
    assert said in capsys.readouterr().err
    assert not (golden / "out").exists() and not (golden / "f.csv").exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ["run", "--jobs", "0"],
        ["run", "--timeout", "-5"],
        ["run", "--language", "fr"],
        ["frobnicate"],
        [],
    ],
)
def test_options_that_make_no_sense_are_refused(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 2


def test_explain_says_what_would_run_and_runs_nothing(
    golden: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["run", "--province", "45", "--notebook", "1,3", "--explain"]) == 0
    told = capsys.readouterr()
    assert told.out.splitlines() == [
        "VN 1-clean-reported-figures: never run with success",
        "45 3-province-profile: never run with success",
    ]
    assert "would run 2 of 2 notebooks: 2 never run with success" in told.err
    assert not (golden / "build" / "notebooks").exists()
