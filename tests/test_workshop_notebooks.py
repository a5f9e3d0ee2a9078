"""The lessons as they are taken: learners' notebooks stop at their exercises and nowhere else."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

from helpers import labels
from helpers.workshop import building, lessons, sources

EACH = [(lesson, language) for lesson in lessons.NUMBERS for language in labels.LANGUAGES]


def run(book: Any, to_the_end: bool) -> Any:
    """Execute a notebook where it lies; errors stop it, or are kept in their cells."""
    resources = {"metadata": {"path": str(sources.folder())}}
    client = NotebookClient(book, timeout=120, allow_errors=to_the_end, resources=resources)
    asyncio.run(client.async_execute())  # `execute` leaves its event loop open
    return book


@pytest.fixture(scope="module")
def taken() -> dict[tuple[int, str], Any]:
    """Every learner's notebook, all cells run whatever they raise."""
    books = [nbformat.from_dict(building.notebook(*each, False)) for each in EACH]
    with ThreadPoolExecutor(2) as pool:
        return dict(zip(EACH, pool.map(lambda book: run(book, True), books), strict=True))


@pytest.mark.parametrize(("lesson", "language"), EACH)
def test_a_learners_notebook_fails_exactly_at_the_exercises(
    lesson: int, language: str, taken: dict[tuple[int, str], Any]
) -> None:
    code = [cell for cell in taken[lesson, language].cells if cell.cell_type == "code"]
    failed = {
        cell.id: output for cell in code for output in cell.outputs if output.output_type == "error"
    }
    assert list(failed) == [cell.id for cell in code if cell.metadata.tags]
    for cell in code:
        if cell.id in failed:
            assert failed[cell.id].ename == "Untouched"
            assert cell.metadata.tags[1] in failed[cell.id].evalue
            assert len(failed[cell.id].traceback) == 1


def test_run_all_stops_at_the_first_exercise() -> None:
    book = nbformat.from_dict(building.notebook(1, "vi", False))
    with pytest.raises(CellExecutionError, match="Bài 1p đang chờ bạn"):
        run(book, False)
    code = [cell for cell in book.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in code[:3]] == [1, 2, None]
