"""Building the workshop: learner's and solution's notebooks, and the guides, from the sources."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from helpers import labels, project
from helpers.workshop import guide, lessons, sources
from helpers.workshop.sources import Block

KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
TIMEOUT_S = 120


def path(lesson: int, language: str, solved: bool) -> Path:
    """Where a built notebook lies."""
    folder = sources.folder() / language / ("solutions" if solved else "")
    return folder / f"{sources.lesson_file(lesson).stem}.ipynb"


def notebook(lesson: int, language: str, solved: bool) -> dict[str, Any]:
    """A lesson's notebook as its source gives it, without outputs, in the notebook format 4.5.

    solved : with solutions; else each one is `name = ...`
    Raises UserError naming file and line of what is wrong in the source.
    """
    blocks = sources.read(sources.lesson_file(lesson))
    chosen = [block for block in blocks if block.kind in (language, *_CODE)]
    cells = [
        _cell(f"{lesson}-{number:02d}", block, language, solved)
        for number, block in enumerate(chosen, 1)
    ]
    metadata = {"kernelspec": KERNEL, "language_info": {"name": "python"}}
    return {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


_CODE = ("code", "exercise", "prediction")


def _cell(name: str, block: Block, language: str, solved: bool) -> dict[str, Any]:
    tags = [block.kind, *block.words] if block.kind in _CODE[1:] else []
    cell: dict[str, Any] = {"id": name, "metadata": {"tags": tags}}
    if block.kind not in _CODE:
        return {**cell, "cell_type": "markdown", "source": "\n".join(block.lines)}
    code = sources.code(block, language, solved)
    return {**cell, "cell_type": "code", "source": code, "execution_count": None, "outputs": []}


def text(book: dict[str, Any]) -> str:
    """A notebook as its file has it: keys in order, a list a line of source, the same bytes."""
    cells = [{**cell, "source": cell["source"].splitlines(keepends=True)} for cell in book["cells"]]
    return json.dumps({**book, "cells": cells}, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def built() -> Iterator[tuple[Path, str]]:
    """All files that need no execution, with what they hold: learner's notebooks and guides."""
    for language in labels.LANGUAGES:
        for lesson in lessons.NUMBERS:
            yield path(lesson, language, False), text(notebook(lesson, language, False))
        yield sources.folder() / f"guide-{language}.md", guide.text(language)


def executed(lesson: int, language: str) -> str:
    """The solution's notebook, executed in a kernel of its own, as its file has it.

    Raises nbclient's CellExecutionError where a cell fails.
    """
    import nbformat  # these come with JupyterLab; only building and tests need them
    from nbclient import NotebookClient

    book = nbformat.from_dict(notebook(lesson, language, True))
    os.environ.setdefault("PYDEVD_DISABLE_FILE_VALIDATION", "1")
    client = NotebookClient(
        book, timeout=TIMEOUT_S, resources={"metadata": {"path": str(sources.folder())}},
        record_timing=False, coalesce_streams=True,
    )  # fmt: skip
    client.execute()
    book.metadata = {"kernelspec": KERNEL, "language_info": {"name": "python"}}
    for cell in book.cells:
        for output in cell.get("outputs", []):
            output.pop("transient", None)
    return str(nbformat.writes(book, indent=1, sort_keys=True)) + "\n"


def build() -> list[Path]:
    """Write all notebooks and guides, solutions executed; returns the paths."""
    written = []
    files = [*built()]
    for lesson in lessons.NUMBERS:
        for language in labels.LANGUAGES:
            files.append((path(lesson, language, True), executed(lesson, language)))
    for file, content in files:
        with project.whole(file) as aside:
            aside.write_text(content, encoding="utf-8", newline="\n")
        written.append(file)
    return written
