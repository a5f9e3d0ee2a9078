"""The notebooks: their form, and plain papermill from any folder with any parameters."""

import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from helpers import fresh, tables
from helpers.runs import jobs

PROJECT = Path(__file__).parents[1]
NOTEBOOKS = sorted((PROJECT / "notebooks").glob("*.ipynb"))


def papermill(notebook: str, folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Run the plain papermill command in a folder."""
    command = [sys.executable, "-m", "papermill", "--no-progress-bar", "--log-level", "ERROR"]
    path = next((PROJECT / "notebooks").glob(f"{notebook}-*.ipynb"))
    return subprocess.run(
        [*command, str(path), str(folder / "out.ipynb"), *options],
        cwd=folder, capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_asks_a_question_and_is_stored_executed_and_clean(path: Path) -> None:
    book = nbformat.read(path, as_version=4)
    title, *paragraph = book.cells[0].source.split("\n")
    assert title.startswith("# ") and title.endswith("?")
    assert len(" ".join(paragraph)) > 100
    code = [cell for cell in book.cells if cell.cell_type == "code"]
    assert "parameters" in code[0].metadata.tags
    assert all("  # " in line for line in code[0].source.split("\n"))
    for k, cell in enumerate(code, start=1):
        assert cell.execution_count == k
        assert len(cell.source.split("\n")) <= 15
        assert not any(output.output_type == "error" for output in cell.outputs)
        assert not any(output.get("name") == "stderr" for output in cell.outputs)
    assert sum(bool(cell.outputs) for cell in code) >= len(code) - 1
    assert str(PROJECT) not in path.read_text(encoding="utf-8")
    assert "papermill" not in book.metadata


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_no_number_of_a_result_is_typed_into_prose(path: Path) -> None:
    """Prose may name years, notebook numbers and printed examples in code marks, no results."""
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type == "markdown":
            prose = re.sub(r"`[^`]*`|\b(?:19|20)\d\d\b|notebook \d|^1\. ", "", cell.source)
            assert re.findall(r"\d+[.,]\d+ ?(?:%|pp)", prose) == []


def test_notebooks_one_and_two_write_what_the_tables_compute(
    golden: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    for notebook in ("1", "2"):
        assert papermill(notebook, golden).returncode == 0
    names = [*fresh.STEPS["clean"], *fresh.STEPS["reconcile"]]
    told = {name: fresh.path(name).read_bytes() for name in names}
    for name in names:
        fresh.path(name).unlink()
    for name in names:
        tables.get(name)
        assert fresh.path(name).read_bytes() == told[name], name


def test_plain_papermill_runs_a_notebook_from_any_folder(
    golden: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    done = papermill("4", elsewhere, "-r", "province", "quang-tri-2025", "-p", "horizon", "6")
    assert done.returncode == 0, done.stderr
    drawn = {file.name for file in (golden / "figures" / "44-2025").glob("*.png")}
    names = ("fan", "pace-against-target", "region-small-multiples", "reviews")
    assert drawn == {f"4-{name}.png" for name in names}
    assert (golden / "data" / "processed" / "forecasts.csv").exists()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("-p", "provnce", "45"), "this notebook has no parameter 'provnce'"),
        (("-r", "province", "Quang Chi"), "Nearest: Quảng Trị"),
        (("-p", "language", "fr"), "one of en, vi was expected"),
    ],
)
def test_a_notebook_refuses_a_wrong_parameter(
    options: tuple[str, ...], said: str, golden: Path
) -> None:
    done = papermill("3", golden, *options)
    assert done.returncode == 1
    assert said in done.stderr
    assert not (golden / "figures" / "45").exists()


def test_the_default_parameters_are_accepted_by_the_checks() -> None:
    for notebook in jobs.notebooks().values():
        assert set(jobs.declared(notebook)) >= {"language"}
