"""What has been run from what: a small record a job, and the manifest of the figures.

A job is unchanged when its notebook, its parameters, the data, the helpers and
the locked packages hash as they did when it last succeeded, and its outputs are
still the files that it wrote.
"""

import hashlib
import json
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd

from helpers import project
from helpers.jobs import Job

PARTS = ("notebook", "parameters", "data", "helpers", "packages")


def file_hash(path: Path) -> str:
    """sha256 of a file's bytes, in hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _hash_of(files: Iterable[Path]) -> str:
    state = hashlib.sha256()
    for file in sorted(files):
        state.update(f"{file.name} {file_hash(file)}\n".encode())
    return state.hexdigest()


@lru_cache(maxsize=16)
def _sources_hash(notebook: Path, _stamp: int) -> str:
    """Hash of what a notebook does: sources and tags, not the outputs stored with it."""
    cells = nbformat.read(notebook, as_version=4).cells
    told = [(cell.cell_type, cell.source, cell.metadata.get("tags", [])) for cell in cells]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def shared_inputs() -> dict[str, str]:
    """Hash of each part that all jobs depend on: data, helpers, locked packages."""
    here = Path(__file__).parent
    data = [*project.raw_dir().rglob("*"), *project.own_dir().glob("*.csv")]
    lock = project.root() / "requirements.lock"
    return {
        "data": _hash_of(file for file in data if file.is_file()),
        "helpers": _hash_of(f for kind in ("*.py", "*.csv") for f in here.rglob(kind)),
        "packages": file_hash(lock) if lock.exists() else "",
    }


def inputs(job: Job, shared: dict[str, str] | None = None) -> dict[str, str]:
    """Hash of each part that a job's outputs depend on.

    shared : from `shared_inputs`, where it is known already
    """
    return (shared or shared_inputs()) | {
        "notebook": _sources_hash(job.notebook, job.notebook.stat().st_mtime_ns),
        "parameters": hashlib.sha256(json.dumps(job.values, sort_keys=True).encode()).hexdigest(),
    }


def _path(job: Job) -> Path:
    suffix = "" if job.language == "en" else f"-{job.language}"
    return project.root() / "build" / "records" / f"{job.name.replace(' ', '-')}{suffix}.json"


def keep(job: Job, inputs_before: dict[str, str] | None) -> None:
    """Record a job that is done, with its inputs as they were before it ran, and its outputs.

    inputs_before : None for a job that failed: its record is removed
    """
    path = _path(job)
    if inputs_before is None:
        path.unlink(missing_ok=True)
        return
    record = {"inputs": inputs_before, "outputs": outputs(job)}
    path.parent.mkdir(parents=True, exist_ok=True)
    with project.whole(path) as aside:
        aside.write_text(json.dumps(record, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def outputs(job: Job) -> dict[str, str]:
    """Hash of every file that a job has written, by its path below the root."""
    files = [job.output, *job.figures()]
    return {
        file.relative_to(project.root()).as_posix(): file_hash(file)
        for file in files
        if file.exists()
    }


def changes(job: Job, shared: dict[str, str] | None = None) -> list[str]:
    """Why a job would run, in words; nothing when running it would only write the same files.

    shared : from `shared_inputs`, where it is known already
    """
    path = _path(job)
    if not path.exists():
        return ["never run with success"]
    record: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    now = inputs(job, shared)
    reasons = [f"{part} changed" for part in PARTS if record["inputs"].get(part) != now[part]]
    if record["outputs"] != outputs(job):
        reasons.append("an output was removed or edited")
    return reasons


MANIFEST = ("path", "place", "notebook", "name", "language", "sha256")


def write_manifest() -> Path:
    """List every figure file with its hash in `figures/manifest.csv`; returns that path.

    Places without a folder keep the rows that they had: the list stands for a release, of which
    a user may have drawn only a part again.
    """
    folder = project.figures_dir()
    rows = []
    for file in folder.glob("*/*.*"):
        name = file.stem.removesuffix("-vi")
        language = "vi" if file.stem.endswith("-vi") else "en"
        relative = file.relative_to(folder).as_posix()
        number = name.split("-", 1)[0]
        rows.append((relative, file.parent.name, number, name, language, file_hash(file)))
    listed = pd.DataFrame(rows, columns=list(MANIFEST))
    path = folder / "manifest.csv"
    if path.exists():
        before = project.read_table(path, MANIFEST)
        elsewhere = before[[not (folder / place).is_dir() for place in before["place"]]]
        listed = pd.concat([listed, elsewhere[list(MANIFEST)]])
    project.write_table(listed.sort_values("path"), path)
    return path
