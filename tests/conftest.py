"""Fixtures: the project as it is, and a tiny golden project of three provinces."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

HERE = Path(__file__).parent
PROJECT = HERE.parent
SHARED_TABLES = (
    "places.csv", "place_names.csv", "districts.csv", "mergers.csv", "standards.csv",
    "standard_facts.csv", "targets.csv", "official_poverty_rates.csv", "official_population.csv",
    "labels.csv", "provinces.geojson", "datapackage.json",
)  # fmt: skip


@pytest.fixture
def golden(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A project folder with three provinces and some twenty figures; the root while a test runs."""
    make_golden(tmp_path)
    monkeypatch.setenv("GIAM_NGHEO_ROOT", str(tmp_path))
    yield tmp_path


def make_golden(folder: Path) -> None:
    """Lay the golden project into an empty folder."""
    raw = folder / "data" / "raw"
    raw.mkdir(parents=True)
    for name in SHARED_TABLES:
        shutil.copy(PROJECT / "data" / "raw" / name, raw)
    for file in (HERE / "golden").glob("*.csv"):
        shutil.copy(file, raw)
    for name in ("data/processed", "data/own", "figures"):
        (folder / name).mkdir()
    for name in ("data/raw/bulletins", "notebooks"):
        shutil.copytree(PROJECT / name, folder / name)


@pytest.fixture
def whole_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A project folder with all raw data; the root while a test runs."""
    for folder in ("data/raw", "notebooks"):
        shutil.copytree(PROJECT / folder, tmp_path / folder)
    monkeypatch.setenv("GIAM_NGHEO_ROOT", str(tmp_path))
    yield tmp_path
