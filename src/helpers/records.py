"""What has been run from what: a small record a job, and the manifest of the figures.

A job is unchanged when its notebook, its parameters, the data, the helpers and
the locked packages hash as they did when it last succeeded, and its outputs are
still the files that it wrote.
"""

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

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


def inputs(job: Job) -> dict[str, str]:
    """Hash of each part that a job's outputs depend on."""
    own = project.own_dir()
    data = [*project.raw_dir().iterdir(), *(own.glob("*.csv") if own.exists() else [])]
    lock = project.root() / "requirements.lock"
    return {
        "notebook": file_hash(job.notebook),
        "parameters": hashlib.sha256(json.dumps(job.values, sort_keys=True).encode()).hexdigest(),
        "data": _hash_of(file for file in data if file.is_file()),
        "helpers": _hash_of(Path(__file__).parent.rglob("*.py")),
        "packages": file_hash(lock) if lock.exists() else "",
    }


def _path(job: Job) -> Path:
    suffix = "" if job.language == "en" else f"-{job.language}"
    return project.root() / "build" / "records" / f"{job.name.replace(' ', '-')}{suffix}.json"


def keep(job: Job, state: str) -> None:
    """Record a job that is done with its inputs and outputs; forget one that failed."""
    path = _path(job)
    if state != "done":
        path.unlink(missing_ok=True)
        return
    record = {"inputs": inputs(job), "outputs": outputs(job)}
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


def changes(job: Job) -> list[str]:
    """Why a job would run, in words; nothing when it is unchanged."""
    path = _path(job)
    if not path.exists():
        return ["never run with success"]
    record: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    now = inputs(job)
    reasons = [f"{part} changed" for part in PARTS if record["inputs"].get(part) != now[part]]
    if record["outputs"] != outputs(job):
        reasons.append("an output was removed or edited")
    return reasons


def is_unchanged(job: Job) -> bool:
    """Whether running the job again would only write the same files."""
    return not changes(job)


MANIFEST = ("path", "place", "notebook", "name", "language", "sha256")


def write_manifest() -> Path:
    """List every figure file with its hash in `figures/manifest.csv`; returns that path."""
    folder = project.figures_dir()
    rows = []
    for file in sorted(folder.glob("*/*.*")):
        name = file.stem.removesuffix("-vi")
        language = "vi" if file.stem.endswith("-vi") else "en"
        relative = file.relative_to(folder).as_posix()
        number = name.split("-", 1)[0]
        rows.append((relative, file.parent.name, number, name, language, file_hash(file)))
    path = folder / "manifest.csv"
    project.write_table(pd.DataFrame(rows, columns=list(MANIFEST)), path)
    return path
