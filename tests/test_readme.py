"""The README tells the truth: its numbers are computed, its files and verbs exist."""

import math
import re
from pathlib import Path

import pytest

from helpers import labels, pack, project, quantities
from helpers.__main__ import main
from helpers.pack import crate
from helpers.trends import default

PROJECT = Path(__file__).parents[1]
README = (PROJECT / "README.md").read_text(encoding="utf-8")


def implied(count: str, rate: str) -> tuple[str, str]:
    """Whole totals that a printed count and rate allow, as the README writes them."""
    households, per_cent = quantities.parse(count), quantities.parse(rate)
    ends = (
        math.ceil(100 * households.low / per_cent.high),
        math.floor(100 * households.high / per_cent.low),
    )
    return labels.number(ends[0], 0, "en"), labels.number(ends[1], 0, "en")


@pytest.mark.parametrize(("count", "rate"), [("14.040 hộ", "7,71%"), ("9.927 hộ", "5,45%")])
def test_the_ranges_of_the_example_are_computed(count: str, rate: str) -> None:
    text = README.replace("\n", " ")
    for number in implied(count, rate):
        assert number in text


def test_the_example_is_in_the_ledger() -> None:
    printed = set(project.read_table(PROJECT / "data/raw/reported_figures.csv")["printed"])
    assert {"14.040 hộ", "7,71%", "9.927 hộ", "5,45%"} <= printed


def test_every_file_it_names_exists() -> None:
    named = re.findall(r"`([\w./-]+\.(?:md|csv|json|cff|yml|lock|ipynb))`", README)
    named += re.findall(r"\]\(([\w./-]+)\)", README)
    named += [f"{name}.ipynb" for name in re.findall(r"`(notebooks/\d[\w-]+)`", README)]
    written_by_runs = {"data/processed/quarantine.csv", *_given_by_reconciling()}
    written_by_runs |= {crate.METADATA, pack.REPLICATION}
    missing = [
        name for name in named if name not in written_by_runs and not (PROJECT / name).exists()
    ]
    assert missing == []
    assert len(named) > 10


def test_the_share_of_draws_from_above_is_the_one_it_tells() -> None:
    notebook = PROJECT / "notebooks" / "4-poverty-reduction-trends.ipynb"
    assert "one draw in three" in notebook.read_text(encoding="utf-8")
    assert "One draw in\nthree" in README and default.WHOLE == 1 / 3


def _given_by_reconciling() -> set[str]:
    """The files of the table under `What reconciling gives`."""
    section = README.split("## What reconciling gives")[1].split("\nA figure that nobody")[0]
    return set(re.findall(r"`([\w.]+\.(?:html|csv|txt|xlsx))`", section))


def test_reconciling_writes_the_files_it_names(tmp_path: Path) -> None:
    table = PROJECT / "data" / "raw" / "reported_figures.csv"
    assert main(["reconcile", str(table), "-o", str(tmp_path)]) == 0
    assert {path.name for path in tmp_path.iterdir()} == _given_by_reconciling()


def test_every_verb_it_names_explains_itself(capsys: pytest.CaptureFixture[str]) -> None:
    for verb in ("run", "read", "reconcile", "import", "forecast", "backtest"):
        assert f"| `{verb} " in README
        with pytest.raises(SystemExit) as stopped:
            main([verb, "--help"])
        assert stopped.value.code == 0
        assert f"python -m helpers {verb}" in capsys.readouterr().out
