"""Executed notebooks as pages: figures are linked instead of embedded, code opens on a click."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from helpers import labels, places
from helpers.runs.jobs import Job
from helpers.site import blocks
from helpers.site.blocks import Picture

_SAVED = re.compile(r"charts\.save\(.*?\"(\d-[a-z0-9-]+)\"", re.DOTALL)
_MARKS = re.compile(r"[*`]|\[(?=[^\]]*\]\()|(?<=\])\([^)]*\)")
Cell = dict[str, Any]


@dataclass(frozen=True)
class Executed:
    """An executed notebook made ready for the site.

    text     : the notebook as JSON
    pictures : the figures that it saved, in its order
    """

    text: str
    pictures: tuple[Picture, ...]


def read(job: Job) -> Executed | None:
    """The job's executed notebook; None where it has not run to its end."""
    if not job.output.exists():
        return None
    notebook = json.loads(job.output.read_text(encoding="utf-8"))
    place, cells = places.get(job.place), notebook["cells"]
    pictures = []
    for k, cell in enumerate(cells):
        if cell["cell_type"] != "code":
            continue
        tags = cell["metadata"].setdefault("tags", [])
        cell["metadata"]["tags"] = sorted({*tags, "hide-input"})
        saved = _SAVED.search("".join(cell["source"]))
        if saved and any(_is_image(output) for output in cell["outputs"]):
            picture = Picture(saved[1], _said(cells[k:]))
            pictures.append(picture)
            html = blocks.figure(picture, place, job.language, depth=2)
            cell["outputs"] = [
                _html(html) if _is_image(output) and html else output for output in cell["outputs"]
            ]
    _name_the_place(cells, job)
    notebook["metadata"] = {"kernelspec": notebook["metadata"]["kernelspec"], "orphan": True}
    return Executed(json.dumps(notebook, ensure_ascii=False), tuple(pictures))


def _is_image(output: Cell) -> bool:
    return "image/png" in output.get("data", {})


def _html(html: str) -> Cell:
    return {"output_type": "display_data", "metadata": {}, "data": {"text/html": html}}


def _said(cells: list[Cell]) -> str:
    """The first sentence shown at or after a cell, as plain text."""
    for cell in [cell for cell in cells if cell["cell_type"] == "code"][:2]:
        for output in cell["outputs"]:
            if said := output.get("data", {}).get("text/markdown"):
                return " ".join(_MARKS.sub("", "".join(said)).replace("]", "").split())
    return ""


def _name_the_place(cells: list[Cell], job: Job) -> None:
    """Put the place before the title, and what the reader may need to know below it."""
    first = next(cell for cell in cells if cell["cell_type"] == "markdown")
    title, _, rest = "".join(first["source"]).partition("\n")
    place = places.get(job.place)
    if job.place != "VN":
        title = f"# {place.name(job.language)}: {title.removeprefix('# ')}"
    back = labels.text("site.back", job.language, place=place.name(job.language))
    note = "" if job.language == "en" else labels.text("site.prose", job.language)
    first["source"] = f"{title}\n\n[{back}](../../places/{place.folder}.md). {note}\n{rest}"
