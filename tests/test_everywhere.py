"""The slow tier: a fresh clone, and every place that a notebook takes."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from helpers import places, project
from helpers.runs import bulk, jobs, manifests, reports

PROJECT = Path(__file__).parents[1]


@pytest.mark.slow
def test_a_fresh_clone_makes_the_figures_of_a_province_and_then_has_nothing_to_do(
    tmp_path: Path,
) -> None:
    clone = tmp_path / "clone"
    subprocess.run(["git", "clone", "--quiet", str(PROJECT), str(clone)], check=True)
    environment = {k: v for k, v in os.environ.items() if k not in ("GIAM_NGHEO_ROOT", "MAKEFLAGS")}
    for expected in (
        r"6 notebooks run in .*, 0 unchanged, 0 failed",
        "0 notebooks run, 6 unchanged",
    ):
        done = subprocess.run(
            ["make", "figures", "PROVINCE=Quảng Trị"],
            cwd=clone, env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        assert re.search(expected, done.stderr), done.stderr
    changed = subprocess.run(
        ["git", "status", "--porcelain"], cwd=clone, capture_output=True, text=True, check=True
    )
    assert changed.stdout.replace(" M figures/manifest.csv\n", "") == ""


@pytest.mark.slow
def test_every_province_every_unit_of_2025_and_the_country_run(whole_project: Path) -> None:
    units = {place.code for kind in ("63", "34") for place in places.provinces(kind)}
    assert len(units) == 63 + 23
    plan = jobs.plan([*sorted(units), "VN"], ["3", "4"], "vi")
    outcomes = bulk.run(plan, say=lambda _: None)
    failed = [reports.one_line(outcome) for outcome in outcomes if outcome.state == "failed"]
    assert failed == []
    assert len(outcomes) == 2 * 87
    manifest = project.read_table(manifests.write_figures())
    assert set(manifest["place"]) == {places.get(code).folder for code in [*units, "VN"]}
    assert len(manifest) >= 87 * 5 * 3
