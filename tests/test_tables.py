"""The processed tables: when they are fresh, and what they hold when read back."""

from pathlib import Path

import pandas as pd
import pytest

import helpers
from helpers import fresh, tables
from helpers.project import UserError

PACKAGE = Path(helpers.__file__).parent


@pytest.mark.parametrize(
    "name",
    ["data/raw/labels.csv", "data/raw/standards.csv", "data/own/mine.csv", "requirements.lock"],
)
def test_an_input_that_changes_makes_them_stale(name: str, golden: Path) -> None:
    before = fresh.inputs_hash()
    with (golden / name).open("a", encoding="utf-8") as file:
        file.write("\n")
    assert fresh.inputs_hash() != before


@pytest.mark.parametrize(
    ("name", "counts"),
    [
        ("reconcile/__init__.py", True),
        ("reconcile/tables.py", True),
        ("trends/__init__.py", True),
        ("labels.py", True),
        ("rules.csv", True),
        ("charts/profile.py", False),
        ("runs/bulk.py", False),
    ],
)
def test_a_helper_counts_when_a_table_depends_on_it(
    name: str, counts: bool, golden: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = fresh.inputs_hash()
    fresh._hash.cache_clear()
    read_bytes = Path.read_bytes
    edited = PACKAGE / name
    assert edited.exists()
    monkeypatch.setattr(Path, "read_bytes", lambda path: read_bytes(path) + b"#" * (path == edited))
    assert (fresh.inputs_hash() != before) == counts


def test_an_edit_during_the_work_leaves_the_step_stale(
    golden: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def edit_meanwhile() -> dict[str, pd.DataFrame]:
        (golden / "data" / "own" / "mine.csv").write_text(
            (golden / "data" / "raw" / "reported_figures.csv").read_text(encoding="utf-8"), "utf-8"
        )
        return compute()

    compute = tables.compute_clean
    monkeypatch.setitem(tables.COMPUTE, "clean", edit_meanwhile)
    tables.get("cleaned")
    assert not fresh.is_fresh("clean")


def test_a_table_edited_by_hand_is_written_again(golden: Path) -> None:
    tables.get("cleaned")
    whole = fresh.path("cleaned").read_text(encoding="utf-8")
    fresh.path("cleaned").write_text(whole.replace("7.71", "7.17"), encoding="utf-8")
    assert not fresh.is_fresh("clean")
    tables.get("cleaned")
    assert fresh.path("cleaned").read_text(encoding="utf-8") == whole


def test_a_name_that_is_no_table_is_refused_with_those_there_are(golden: Path) -> None:
    with pytest.raises(UserError, match="there are: cleaned, quarantine, coverage"):
        tables.get("clean")


def test_a_step_keeps_exactly_its_tables(golden: Path) -> None:
    with pytest.raises(UserError, match="'clean' writes cleaned, quarantine, coverage"):
        tables.keep("clean", {"cleaned": pd.DataFrame()})
    assert not fresh.path("cleaned").exists()


def test_empty_columns_of_text_stay_text(golden: Path) -> None:
    conflicts = tables.get("conflicts")
    texts = conflicts.columns.difference(list(tables.NUMBERS["conflicts"]))
    assert all(isinstance(cell, str) for column in texts for cell in conflicts[column])
    assert tables.get("cleaned")["of"].dtype == float


def test_a_table_to_look_at_writes_numbers_as_the_language_does() -> None:
    frame = pd.DataFrame({"a": [82055e6, 7.705, 25.93, float("nan")], "b": list("wxyz")})
    assert list(tables.readable(frame, "vi")["a"]) == ["82.055.000.000", "7,705", "25,93", ""]
    assert list(tables.readable(frame, "en")["b"]) == list("wxyz")
    assert list(tables.readable(pd.DataFrame({"year": [2024.0]}), "en")["year"]) == ["2024"]
