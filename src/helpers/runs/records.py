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
import time
import tomllib
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import lru_cache
from importlib import metadata
from pathlib import Path
from typing import Any

from helpers import project, slices
from helpers.runs import reads
from helpers.runs.jobs import Job

Record = dict[str, Any]
LAYOUT = 2  # of the records; those of another one are not used
MISSING, UNREADABLE, CHANGED_MEANWHILE = "missing", "unreadable", "changed while it was read"
NAMED = 3  # more changes of one sort than these are counted, not named
_ROWS = "rows of "  # how a key begins that is no path
_KINDS = {"notebook": str, "parameters": dict, "packages": dict, "read": dict, "outputs": dict}
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
        known = read_json(folder() / "hashes.json")
        # A file of another version, or torn by a dying disk, is as good as none: hash all again.
        self.known = {
            name: old
            for name, old in (known.items() if isinstance(known, dict) else ())
            if isinstance(old, list) and len(old) == 4
        }
        self.now: dict[str, str] = {}

    def file(self, path: Path) -> str:
        """sha256 of a file, in hexadecimal; MISSING or UNREADABLE where there is none."""
        name = str(path)
        if name not in self.now:
            self.now[name] = self._hash(path, name, file_hash)
        return self.now[name]

    def sources(self, notebook: Path) -> str:
        """`sources_hash` of a notebook; raises UserError for a file that is no notebook."""
        name = f"sources of {notebook}"
        if name not in self.now:
            self.now[name] = self._hash(notebook, name, sources_hash)
        return self.now[name]

    def _hash(self, path: Path, name: str, of: Callable[[Path], str]) -> str:
        state, old = reads.state_of(path), self.known.get(name)
        if state is None:
            return MISSING
        if old and old[:3] == state:
            return str(old[3])
        try:
            found = of(path)
        except OSError:
            return UNREADABLE
        if time.time_ns() - max(state[:2]) > _SETTLED:
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
        if key.startswith(_ROWS):
            place, _, table = key.removeprefix(_ROWS).partition(" in ")
            try:
                return slices.digest(project.root() / table, place)
            except project.UserError:
                return UNREADABLE
        return self.file(project.root() / key)

    def forget(self) -> None:
        """Look at every file again: a run has written some."""
        self.now.clear()

    def store(self) -> None:
        """Keep what is known for the next run; where that fails, it hashes all again."""
        with suppress(project.UserError), project.whole(folder() / "hashes.json") as aside:
            aside.write_text(json.dumps(self.known), encoding="utf-8")


def file_hash(path: Path) -> str:
    """sha256 of a file's bytes, in hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def sources_hash(notebook: Path) -> str:
    """Hash of what a notebook does: sources, tags and kernel, not the outputs stored with it.

    Raises UserError for a file that is no notebook, OSError for one that cannot be read.
    """
    try:
        book = json.loads(notebook.read_text(encoding="utf-8"))
        told: list[Any] = [book["metadata"].get("kernelspec", {}).get("name")]
        for cell in book["cells"]:
            tags = cell["metadata"].get("tags")
            told.append((cell["cell_type"], "".join(cell["source"]), tags))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise project.UserError(f"{notebook} is no notebook of format 4: {error!r}") from None
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()


@lru_cache(maxsize=1)
def packages() -> dict[str, str]:
    """Version of Python and of each package that the project needs to run, by name.

    Those of the extras, such as the tools that check its style, change no output.
    """
    found = {"Python": platform.python_version()}
    left = _direct()
    while left:
        need = left.pop()
        name = _folded(re.split(r"[^\w.-]", need, maxsplit=1)[0])
        if "extra ==" not in need and name not in found:
            with suppress(metadata.PackageNotFoundError):
                found[name] = metadata.version(name)
                left += metadata.requires(name) or []
    return dict(sorted(found.items()))


def _direct() -> list[str]:
    """What the project asks for, by its list, or as it is installed where there is no list."""
    listed = project.root() / "pyproject.toml"
    if listed.exists():
        told = tomllib.loads(listed.read_text(encoding="utf-8"))
        return list(told["project"]["dependencies"])
    with suppress(metadata.PackageNotFoundError):
        return metadata.requires("giam-ngheo") or []
    return []


def _folded(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def inputs_before(job: Job, hashes: Hashes) -> Record:
    """What is known of a job's inputs before it runs: notebook, parameters, packages."""
    return {
        "notebook": hashes.sources(job.notebook),
        "parameters": job.values,
        "packages": packages(),
    }


def inputs_read(read: Sequence[tuple[str, ...]], hashes: Hashes) -> dict[str, str]:
    """What a kernel has read (from `reads.gather`), with the hash that it had then.

    The keys: `data/raw/labels.csv` a file, by its path below the root; `helpers/labels.py` a
    module; `data/own/` the names in a folder; `rows of 45 in data/processed/reconciled.csv`.
    """
    found: dict[str, str] = {}
    for kind, name, *more in read:
        key = _key(Path(name))
        if kind == "s":
            _add(found, f"{_ROWS}{more[0]} in {key}", more[1])
        elif kind == "d":
            _add(found, f"{key}/", more[0])
        elif kind == "x":
            found[key] = CHANGED_MEANWHILE
        elif not Path(name).is_dir():
            found.setdefault(key, hashes.file(Path(name)))
    return dict(sorted(found.items()))


def _add(found: dict[str, str], key: str, now: str) -> None:
    found[key] = now if found.get(key, now) == now else CHANGED_MEANWHILE


def _key(path: Path) -> str:
    base = reads.PACKAGE.parent if path.is_relative_to(reads.PACKAGE) else project.root()
    return path.relative_to(base).as_posix()


def outputs(files: Sequence[Path]) -> dict[str, str]:
    """Hash of every file that a job has written below the root, by its path there."""
    root = project.root()
    return {
        file.relative_to(root).as_posix(): file_hash(file)
        for file in sorted(files)
        if file.is_relative_to(root)
        and not file.is_relative_to(root / "data" / "processed")  # see `fresh`
    }


def key(record: Record) -> str:
    """One hash of all inputs of a job: equal keys, equal outputs."""
    told = {name: record[name] for name in ("notebook", "parameters", "packages", "read")}
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def outputs_of(job: Job) -> dict[str, str]:
    """The files that a job wrote when it last succeeded, with their hashes."""
    record = load(job)
    return {} if record is None else dict(record["outputs"])


def keep(job: Job, record: Record | None) -> None:
    """Store the record of a job that is done; None for one that failed, whose record is removed.

    Where it cannot be written, on a full disk, the job will only run again.
    """
    file = path(job)
    if record is None:
        with suppress(OSError):
            file.unlink(missing_ok=True)
        return
    text = json.dumps({"layout": LAYOUT, **record}, indent=1, sort_keys=True)
    with suppress(project.UserError), project.whole(file) as aside:
        aside.write_text(text + "\n", encoding="utf-8")


def load(job: Job) -> Record | None:
    """The record of a job's last success; None where there is none that can be used."""
    record = read_json(path(job))
    if not isinstance(record, dict) or record.get("layout") != LAYOUT:
        return None
    whole = all(isinstance(record.get(name), kind) for name, kind in _KINDS.items())
    return record if whole else None


def read_json(file: Path) -> Any:
    """What a JSON file holds; None where it is missing, torn or none."""
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None


def changes(job: Job, hashes: Hashes | None = None) -> list[str]:
    """Why a job would run, in words; nothing when running it would only write the same files.

    Raises UserError for a notebook that is none.
    """
    hashes = hashes or Hashes()
    record = load(job)
    if record is None:
        unusable = path(job).exists()
        return ["its record cannot be used" if unusable else "never run with success"]
    before = inputs_before(job, hashes)
    found = []
    if record["notebook"] != before["notebook"]:
        found.append(f"{project.below_root(job.notebook)} changed")
    found += _differing(record["parameters"], before["parameters"], "parameter ")
    found += _few(_differing(record["packages"], before["packages"], ""), "packages differ")
    stale = [(name, was) for name, was in record["read"].items() if hashes.value(name) != was]
    found += _modules([name for name, _ in stale if name.startswith("helpers/")])
    others = [_said(name, was, hashes) for name, was in stale if not name.startswith("helpers/")]
    found += _few(others, "inputs changed")
    return found + _few(_outputs_lost(record["outputs"], hashes), "outputs were removed or edited")


def _outputs_lost(outputs: dict[str, str], hashes: Hashes) -> list[str]:
    now = {name: hashes.file(project.root() / name) for name in outputs}
    return [
        f"{name} was {'removed' if now[name] == MISSING else 'edited'}"
        for name, was in outputs.items()
        if now[name] != was
    ]


def _differing(was: dict[str, Any], now: dict[str, Any], what: str) -> list[str]:
    names = sorted(name for name in {*was, *now} if was.get(name) != now.get(name))
    return [
        f"{what}{name} is {now.get(name, 'gone')} (was {was.get(name, 'not there')})"
        for name in names
    ]


def _few(said: list[str], more: str) -> list[str]:
    """The first NAMED, and how many there are besides."""
    left = len(said) - NAMED
    return said if left <= 1 else [*said[:NAMED], f"{left} more {more}"]


def _modules(names: list[str]) -> list[str]:
    """The modules that changed, `helpers.charts.style changed`; tables of words by their path."""
    said = [name.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
            if name.endswith(".py") else name for name in names]  # fmt: skip
    return [f"{', '.join(_few(said, 'of the helpers'))} changed"] if said else []


def _said(name: str, was: str, hashes: Hashes) -> str:
    if name.endswith("/"):
        return f"{name} holds other files"
    if name.startswith(_ROWS):
        return f"the {name} changed"
    now = {MISSING: "was removed", UNREADABLE: "cannot be read"}.get(hashes.value(name))
    return f"{name} {now or ('is new' if was == MISSING else 'changed')}"
