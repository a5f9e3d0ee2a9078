"""What has been run from what: a record a job, by which the next run knows what is unchanged.

A job is unchanged when all that it read hashes as it did when it last succeeded (notebook,
parameters, modules, data, rows of its place, packages), and its outputs are the files it wrote.
Failures have no record: they are tried again.
"""

from __future__ import annotations

import hashlib
import json
import platform
import re
import sys
import time
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from helpers import project, slices
from helpers.runs import reads
from helpers.runs.jobs import Job

Record = dict[str, Any]
MISSING, CHANGED_MEANWHILE = "missing", "changed while it was read"
MODULES_NAMED = 3  # more changed modules than these are counted, not named
_SETTLED = 2 * 10**9  # ns; a file changed this short ago may change again within one tick


def folder() -> Path:
    """Where the records lie; removing it makes every job run again."""
    return project.root() / "build" / "records"


def path(job: Job) -> Path:
    """The record of one job."""
    suffix = "" if job.language == "en" else f"-{job.language}"
    return folder() / f"{job.output.parent.name}-{job.notebook.stem}{suffix}.json"


class Hashes:
    """Hashes of files as they are now; those of files that have not changed are remembered.

    What was hashed is kept in `hashes.json` by `store`, with each file's time and size: looking at
    a thousand figures again takes no reading.
    """

    def __init__(self) -> None:
        self.known: dict[str, list[Any]] = {}
        self.now: dict[str, str] = {}
        file = folder() / "hashes.json"
        if file.exists():
            try:
                self.known = json.loads(file.read_text(encoding="utf-8"))
            except ValueError:  # of another version, or torn by a dying disk: hash all again
                self.known = {}

    def file(self, path: Path) -> str:
        """sha256 of a file, in hexadecimal; MISSING where there is none."""
        name = str(path)
        if name not in self.now:
            self.now[name] = self._hash(path, name)
        return self.now[name]

    def _hash(self, path: Path, name: str) -> str:
        try:
            stat = path.stat()
            state, old = [stat.st_mtime_ns, stat.st_size], self.known.get(name)
            if old and old[:2] == state:
                return str(old[2])
            found = sources_hash(path) if path.suffix == ".ipynb" else file_hash(path)
        except FileNotFoundError:
            return MISSING
        if time.time_ns() - stat.st_mtime_ns > _SETTLED:
            self.known[name] = [*state, found]
        return found

    def value(self, key: str) -> str:
        """What an input of a record is now; see `inputs_read` for the keys."""
        if key not in self.now:
            self.now[key] = self._value(key)
        return self.now[key]

    def _value(self, key: str) -> str:
        if key.startswith("helpers/"):
            return self.file(reads.PACKAGE.parent / key)
        if key.endswith("/"):
            return reads.listing(project.root() / key)
        if match := re.fullmatch(r"(.+)\[(.+)\]", key):
            file = project.root() / match[1]
            return slices.digest(file, match[2]) if file.exists() else MISSING
        return self.file(project.root() / key)

    def forget(self) -> None:
        """Look at every file again: a run has written some."""
        self.now.clear()

    def store(self) -> None:
        """Keep what is known for the next run."""
        with project.whole(folder() / "hashes.json") as aside:
            aside.write_text(json.dumps(self.known), encoding="utf-8")


def file_hash(path: Path) -> str:
    """sha256 of a file's bytes, in hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def sources_hash(notebook: Path) -> str:
    """Hash of what a notebook does: sources and tags, not the outputs stored with it.

    Executed notebooks, which are outputs of ours, are hashed as files. Raises UserError for a file
    that is no notebook.
    """
    if notebook.parent.parent.name == "notebooks":  # build/notebooks/<place>/
        return file_hash(notebook)
    try:
        cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
        told = [(c["cell_type"], "".join(c["source"]), c["metadata"].get("tags")) for c in cells]
    except (ValueError, KeyError, TypeError) as error:
        raise project.UserError(f"{notebook} is no notebook of format 4: {error!r}") from None
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()


@lru_cache(maxsize=1)
def packages() -> dict[str, str]:
    """Version of Python and of each locked package that is installed, by name."""
    lock = project.root() / "requirements.lock"
    text = lock.read_text(encoding="utf-8") if lock.exists() else ""
    locked = {_folded(name) for name in re.findall(r"(?m)^([\w.-]+)==", text)}
    found = {"Python": platform.python_version()}
    for entry in sys.path:
        if Path(entry).is_dir() and entry.endswith("-packages"):
            for file in Path(entry).glob("*.dist-info"):
                name, _, version = file.name.removesuffix(".dist-info").rpartition("-")
                if _folded(name) in locked:
                    found[_folded(name)] = version
    return dict(sorted(found.items()))


def _folded(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def inputs_before(job: Job, hashes: Hashes) -> Record:
    """What is known of a job's inputs before it runs: notebook, parameters, packages."""
    return {
        "notebook": hashes.file(job.notebook),
        "parameters": job.values,
        "packages": packages(),
    }


def inputs_read(read: Sequence[tuple[str, ...]], hashes: Hashes) -> dict[str, str]:
    """What a kernel has read (from `reads.gather`), with the hash that it had then.

    The keys: `data/raw/labels.csv` a file; `data/own/` the names in a folder;
    `data/processed/reconciled.csv[45]` the rows of a place; `helpers/labels.py` a module.
    """
    found = {}
    for kind, name, *more in read:
        key = _key(Path(name))
        if kind == "s":
            found[f"{key}[{more[0]}]"] = more[1]
        elif kind == "d":
            found[f"{key}/"] = more[0]
        elif kind == "x":
            found[key] = CHANGED_MEANWHILE
        elif not Path(name).is_dir():
            found.setdefault(key, hashes.file(Path(name)))
    return dict(sorted(found.items()))


def _key(path: Path) -> str:
    base = reads.PACKAGE.parent if path.is_relative_to(reads.PACKAGE) else project.root()
    return path.relative_to(base).as_posix()


def outputs(files: Sequence[Path]) -> dict[str, str]:
    """Hash of every file that a job has written, by its path below the root."""
    return {
        file.relative_to(project.root()).as_posix(): file_hash(file)
        for file in sorted(files)
        if not file.is_relative_to(project.root() / "data" / "processed")  # see `fresh`
    }


def key(record: Record) -> str:
    """One hash of all inputs of a job: equal keys, equal outputs."""
    told = {name: record[name] for name in ("notebook", "parameters", "packages", "read")}
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def keep(job: Job, record: Record | None) -> None:
    """Store the record of a job that is done; None for one that failed, whose record is removed."""
    file = path(job)
    if record is None:
        file.unlink(missing_ok=True)
        return
    with project.whole(file) as aside:
        aside.write_text(json.dumps(record, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def load(job: Job) -> Record | None:
    """The record of a job's last success; None where there is none that can be read."""
    try:
        record: Record = json.loads(path(job).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return None
    return (
        record if {"notebook", "parameters", "packages", "read", "outputs"} <= set(record) else None
    )


def changes(job: Job, hashes: Hashes | None = None) -> list[str]:
    """Why a job would run, in words; nothing when running it would only write the same files."""
    hashes = hashes or Hashes()
    record = load(job)
    if record is None:
        return ["never run with success"]
    before = inputs_before(job, hashes)
    found = []
    if record["notebook"] != before["notebook"]:
        found.append(f"{project.below_root(job.notebook)} changed")
    found += _differing(record["parameters"], before["parameters"], "parameter ")
    found += _differing(record["packages"], before["packages"], "")
    stale = [name for name, was in record["read"].items() if hashes.value(name) != was]
    found += _modules([name for name in stale if name.startswith("helpers/")])
    found += [_said(name, hashes) for name in stale if not name.startswith("helpers/")]
    for name, was in record["outputs"].items():
        now = hashes.file(project.root() / name)
        if now != was:
            found.append(f"{name} was {'removed' if now == MISSING else 'edited'}")
    return found


def _differing(was: dict[str, Any], now: dict[str, Any], what: str) -> list[str]:
    names = sorted(name for name in {*was, *now} if was.get(name) != now.get(name))
    return [
        f"{what}{name} is {now.get(name, 'gone')} (was {was.get(name, 'not there')})"
        for name in names
    ]


def _modules(names: list[str]) -> list[str]:
    """The modules that changed, `helpers.charts.style changed`; tables of words by their path."""
    said = [name.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
            if name.endswith(".py") else name for name in names]  # fmt: skip
    more = len(said) - MODULES_NAMED
    short = said if more <= 1 else [*said[:MODULES_NAMED], f"{more} more of the helpers"]
    return [f"{', '.join(short)} changed"] if short else []


def _said(name: str, hashes: Hashes) -> str:
    if name.endswith("/"):
        return f"{name} holds other files"
    if match := re.fullmatch(r"(.+)\[(.+)\]", name):
        return f"the rows of {match[2]} in {match[1]} changed"
    return f"{name} {'was removed' if hashes.value(name) == MISSING else 'changed'}"
