"""Execute the notebooks again and store their outputs and figures as the reference.

Run after a change that is meant to alter them, with Python 3.11 on Linux, then look at the
pictures and at the difference in git before committing, and make the numbers the release with
`python -m helpers verify --write`:

    .venv/bin/python tests/refresh_reference.py
"""

import os
import shutil
from pathlib import Path

import nbformat
import papermill

from helpers import explore
from helpers.runs import executing, jobs

PROJECT = Path(__file__).resolve().parents[1]
REFERENCE = PROJECT / "tests" / "reference"
PLACES = {  # the notebooks' own defaults
    "1": "VN", "2": "VN", "3": "45", "4": "45", "5": "VN", "6": "VN",
}  # fmt: skip


def execute(notebook: Path) -> None:
    """Execute one notebook in its place, with its default parameters, without run times.

    Controls are stored as their sentence alone: without a kernel they are only an error message.
    """
    papermill.execute_notebook(str(notebook), str(notebook), cwd=str(PROJECT), progress_bar=False)
    book = nbformat.read(notebook, as_version=4)
    executing.forget_times(book)
    book.metadata.pop("widgets", None)
    for cell in book.cells:
        for output in cell.get("outputs", []):
            output.get("data", {}).pop(explore.WIDGET, None)
    nbformat.write(book, notebook)


def main() -> None:
    """Refresh every notebook and the reference figures."""
    os.environ["GIAM_NGHEO_ROOT"] = str(PROJECT)
    shutil.rmtree(REFERENCE, ignore_errors=True)
    for number, notebook in jobs.notebooks().items():
        execute(notebook)
        job = jobs.Job(number, notebook, PLACES[number], "en")
        for file in job.figures():
            if file.suffix in (".png", ".csv"):
                target = REFERENCE / file.parent.name / file.name
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(file, target)
    execute(PROJECT / "notebooks" / "explore.ipynb")


if __name__ == "__main__":
    main()
