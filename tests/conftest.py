"""Fixtures: the project as it is, and a tiny golden project of three provinces."""

import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest

from helpers import tables

HERE = Path(__file__).parent
if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:  # a job in the background of a shell: what
    signal.signal(signal.SIGINT, signal.default_int_handler)  # tests start would not hear Ctrl-C
PROJECT = HERE.parent
PARAMETERS = 'province = "45"\nlanguage = "en"'
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


def write_notebook(path: Path, *cells: str) -> None:
    """A notebook with a parameters cell and further code cells."""
    book = nbformat.v4.new_notebook()
    tagged = nbformat.v4.new_code_cell(PARAMETERS, metadata={"tags": ["parameters"]}, id="cell-p")
    book.cells = [tagged, *(nbformat.v4.new_code_cell(c, id=f"c{k}") for k, c in enumerate(cells))]
    book.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(book, path)


@pytest.fixture(scope="session")
def computed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The processed tables of the golden project, computed once."""
    root = tmp_path_factory.mktemp("computed")
    with pytest.MonkeyPatch.context() as patch:
        make_golden(root)
        patch.setenv("GIAM_NGHEO_ROOT", str(root))
        tables.refresh()
    return root / "data" / "processed"


@pytest.fixture
def three(golden: Path, computed: Path) -> Path:
    """The golden project with one small notebook 3 that draws nothing and one file it writes."""
    shutil.copytree(computed, golden / "data" / "processed", dirs_exist_ok=True)
    for file in (golden / "notebooks").glob("*.ipynb"):
        file.unlink()
    write_notebook(
        golden / "notebooks" / "3-province-profile.ipynb",
        "from helpers import project",
        'if province == "51":\n    raise ValueError("no figures at all")',
        "folder = project.figures_dir() / province; folder.mkdir(parents=True, exist_ok=True)\n"
        '(folder / "3-x.csv").write_text("a\\n1\\n")',
    )
    return golden
