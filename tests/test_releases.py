"""The release: its file, what counts as a difference, and a changed digit found again."""

import hashlib
import json
import shutil
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from helpers import project
from helpers.project import UserError
from helpers.runs import archives, releases

PROJECT = Path(__file__).parents[1]


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch) -> Path:
    """The project itself, whose release is stored."""
    monkeypatch.setenv(project.ROOT_VARIABLE, str(PROJECT))
    return PROJECT


def table(**columns: list[str]) -> pd.DataFrame:
    return pd.DataFrame(columns, dtype="str")


def test_equal_tables_do_not_differ() -> None:
    one = table(figure_id=["a", "b"], value=["1", "2.5"])
    assert releases.differences(one, one).empty


def test_a_number_differs_by_how_much_and_where() -> None:
    was = table(figure_id=["a", "b"], value=["1", "2.5"], why=["", ""])
    now = table(figure_id=["b", "a"], value=["2", "1"], why=["", "moved"])
    found = releases.differences(was, now).set_index("row")
    assert list(found.index) == ["a", "b"]
    assert tuple(found.loc["b", ["kind", "column", "released", "now"]]) == (
        "number", "value", "2.5", "2",
    )  # fmt: skip
    assert found.loc["b", "difference"] == -0.5
    assert found.loc["b", "relative"] == pytest.approx(0.2)
    assert found.loc["a", "kind"] == "text"


def test_what_lies_within_the_tolerance_is_no_difference() -> None:
    was = table(place=["45"], value=["7.71"])
    assert releases.differences(was, table(place=["45"], value=["7.7100000000077"])).empty
    assert len(releases.differences(was, table(place=["45"], value=["7.7100001"]))) == 1
    zero = table(place=["45"], value=["0"])
    assert releases.differences(zero, table(place=["45"], value=["-0.0"])).empty


def test_an_emptied_number_is_a_difference() -> None:
    (kind,) = releases.differences(table(place=["45"], v=["1"]), table(place=["45"], v=[""]))[
        "kind"
    ]
    assert kind == "text"


def test_rows_that_come_and_go_are_told_by_what_they_are_about() -> None:
    was = table(place=["45", "45", "14"], year=["2022", "2023", "2022"], v=["1", "2", "3"])
    now = table(place=["45", "45", "14"], year=["2022", "2024", "2022"], v=["1", "2", "3"])
    found = releases.differences(was, now).set_index("row")["kind"]
    assert dict(found) == {"45 2023": "gone", "45 2024": "new"}


def test_rows_about_the_same_are_compared_in_their_order() -> None:
    was = table(place=["45", "45"], v=["1", "2"])
    found = releases.differences(was, table(place=["45", "45"], v=["1", "3"]))
    assert list(found["row"]) == ["45 #2"]


def test_other_columns_are_one_difference() -> None:
    (found,) = releases.differences(table(a=["1"]), table(b=["1"])).to_dict("records")
    assert (found["kind"], found["released"], found["now"]) == ("columns", "a", "b")


def test_the_summary_names_the_largest_difference_of_each_file() -> None:
    was = table(place=["45", "14"], v=["1", "2"])
    found = releases.differences(was, table(place=["45", "14"], v=["4", "2.1"]))
    (row,) = releases.summary(found.assign(file="t.csv")).to_dict("records")
    assert (row["differences"], row["largest"], row["where"]) == (2, "+3", "45 v: 1 → 4")
    assert releases.summary(found.iloc[:0]).empty


def test_zips_of_the_same_contents_are_the_same_bytes() -> None:
    one = archives.zipped({"b": b"2", "a": b"1"})
    assert one == archives.zipped({"a": b"1", "b": b"2"})


def test_the_release_that_is_stored_can_be_read_and_fits_the_manifest(home: Path) -> None:
    release = releases.read()
    assert "data/processed/reconciled.csv" in release.numbers
    listed = [name for name in release.numbers if name.startswith("figures/")]
    assert len(listed) > 40
    assert set(listed) == {name for name in release.listed if name.endswith(".csv")}


def packed(folder: Path, **changes: object) -> Path:
    """A copy of the stored release with a changed description, as the project's own."""
    file = folder / "figures" / releases.NAME
    with zipfile.ZipFile(file) as stored:
        contents = {name: stored.read(name) for name in stored.namelist()}
    about = json.loads(contents[releases.ABOUT]) | changes
    file.write_bytes(archives.zipped(contents | {releases.ABOUT: json.dumps(about).encode()}))
    return file


@pytest.fixture
def copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project of its own with the stored release."""
    (tmp_path / "figures").mkdir()
    for name in (releases.NAME, "manifest.csv"):
        shutil.copy(PROJECT / "figures" / name, tmp_path / "figures")
    monkeypatch.setenv(project.ROOT_VARIABLE, str(tmp_path))
    return tmp_path


def test_a_release_of_another_version_is_refused(copied: Path) -> None:
    packed(copied, version="0.0.9")
    with pytest.raises(UserError, match=r"version '0\.0\.9'.*'0\.1\.0'"):
        releases.read()


def test_a_damaged_release_is_refused(copied: Path) -> None:
    file = copied / "figures" / releases.NAME
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    with pytest.raises(UserError, match="damaged"):
        releases.read()
    file.unlink()
    with pytest.raises(UserError, match="missing"):
        releases.read()


def test_numbers_that_the_manifest_does_not_list_are_refused(copied: Path) -> None:
    manifest = copied / "figures" / "manifest.csv"
    content = (copied / "figures" / releases.NAME).read_bytes()
    with zipfile.ZipFile(copied / "figures" / releases.NAME) as stored:
        name = next(n for n in stored.namelist() if n.startswith("figures/"))
        digest = hashlib.sha256(stored.read(name)).hexdigest()
    manifest.write_text(manifest.read_text("utf-8").replace(digest, "0" * 64), "utf-8")
    assert content
    with pytest.raises(UserError, match="one of both was changed"):
        releases.read()


def folder_of(release: releases.Release, root: Path) -> Path:
    """A folder that holds what was released, with this project's inputs."""
    for name, content in release.numbers.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(content)
    shutil.copytree(project.raw_dir(), root / "data" / "raw")
    shutil.copy(project.figures_dir() / "manifest.csv", root / "figures")
    return root


def test_only_what_changed_is_told(home: Path, tmp_path: Path) -> None:
    release = releases.read()
    root = folder_of(release, tmp_path)
    before = releases.compare(release, root)
    assert set(before["kind"]) <= {"input"}  # of files that have changed since the release
    name = "data/processed/reconciled.csv"
    changed = pd.read_csv(root / name, dtype="str", keep_default_na=False)
    cell = np.flatnonzero(changed["value"] == "14040")[0]
    changed.loc[cell, "value"] = "14041"
    changed.to_csv(root / name, index=False)
    (root / "figures" / "45" / "3-path.csv").unlink()
    raw = root / "data" / "raw" / "places.csv"
    raw.write_text(raw.read_text("utf-8") + "\n", "utf-8")
    found = releases.compare(release, root)
    told = set(zip(found["file"], found["kind"], strict=True))
    assert told - set(zip(before["file"], before["kind"], strict=True)) == {
        ("data/raw/places.csv", "input"), (name, "number"), ("figures/45/3-path.csv", "gone"),
    }  # fmt: skip
    number = found[found["kind"] == "number"].iloc[0]
    assert (number["released"], number["now"], number["difference"]) == ("14040", "14041", 1.0)


@pytest.mark.slow
def test_one_changed_digit_is_found_with_exactly_what_depends_on_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A near-poor count of Quảng Trị: figures of 45 and of all places together, no other one."""
    for name in ("notebooks", "data/raw"):
        shutil.copytree(PROJECT / name, tmp_path / name)
    (tmp_path / "figures").mkdir()
    for name in (releases.NAME, "manifest.csv"):
        shutil.copy(PROJECT / "figures" / name, tmp_path / "figures")
    shutil.copy(PROJECT / "requirements.lock", tmp_path)
    raw = tmp_path / "data" / "raw" / "reported_figures.csv"
    before = raw.read_text("utf-8")
    assert before.count(",9.927 hộ,") == 1
    raw.write_text(before.replace(",9.927 hộ,", ",9.928 hộ,"), "utf-8")
    monkeypatch.setenv(project.ROOT_VARIABLE, str(tmp_path))
    found = releases.verify(2, lambda _: None)
    files = set(found["file"])
    assert "data/raw/reported_figures.csv" in files
    assert "figures/45/3-households.csv" in files
    places = {name.split("/")[1] for name in files if name.startswith("figures/")}
    assert places <= {"45", "VN"}
