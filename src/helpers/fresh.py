"""Which processed tables are fresh: three steps write them, and a stamp says from what.

A step is fresh when its stamp matches the raw files, the user's own ledgers, the helpers that it
is computed with and the locked packages, and its tables are the files that it wrote.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from helpers import project

STEPS: dict[str, tuple[str, ...]] = {
    "clean": ("cleaned", "quarantine", "coverage"),
    "reconcile": ("reconciled", "conflicts", "changes"),
    "trends": (
        "trends",
        "forecasts",
        "scores",
        "scores_by_level",
        "untouched",
        "surveys",
        "review_figures",
        "review_coverage",
        "targets_met",
    ),
}
"""Each step, in the order in which they build on each other, and the tables that it writes."""

# Rooms that no table is made with.
ABOVE = {
    *("charts", "pack", "runs", "site", "trace", "workshop"),
    *("parameters.py", "explore.py", "__main__.py"),
}
State = tuple[tuple[str, int, int], ...]


def path(name: str) -> Path:
    """Where a processed table lies."""
    return project.processed_dir() / f"{name}.csv"


def stale() -> list[str]:
    """The steps that are not fresh, in their order."""
    return [step for step in STEPS if not is_fresh(step)]


def is_fresh(step: str) -> bool:
    """Whether the step's tables are as it wrote them, from the inputs as they are now."""
    if not stamp(step).exists() or not all(path(name).exists() for name in STEPS[step]):
        return False
    return stamp(step).read_text(encoding="utf-8").split() == [inputs_hash(), written(step)]


def set_fresh(step: str, inputs: str) -> None:
    """Stamp a step whose tables have been written from `inputs`, an `inputs_hash()`."""
    with project.whole(stamp(step)) as aside:
        aside.write_text(f"{inputs}\n{written(step)}\n", encoding="utf-8")


def stamp(step: str) -> Path:
    """The file that says what a step was made from."""
    return project.processed_dir() / f"{step}.sha256"


def written(step: str) -> str:
    """Hash of the step's tables on disk."""
    return _hash(_state([path(name) for name in STEPS[step]]))


def inputs_hash() -> str:
    """Hash of all that a processed table depends on: data, helpers below this room, packages."""
    return _hash(_state(_inputs()))


def _inputs() -> Iterator[Path]:
    here = Path(__file__).parent
    for pattern in ("*.py", "*.csv"):
        for file in here.rglob(pattern):
            if file.relative_to(here).parts[0] not in ABOVE:
                yield file
    for folder in (project.raw_dir(), project.own_dir()):
        yield from folder.glob("*.csv")
    yield from project.root().glob("requirements.lock")


def _state(files: Iterator[Path] | list[Path]) -> State:
    """The files in order, each with the time and size by which its content is remembered."""
    stats = ((str(file), file.stat()) for file in sorted(files))
    return tuple((name, stat.st_mtime_ns, stat.st_size) for name, stat in stats)


@lru_cache(maxsize=8)  # a notebook asks at every table, and all takes longer to read than a table
def _hash(state: State) -> str:
    found = hashlib.sha256()
    for name, file in sorted((_name(Path(path)), path) for path, _, _ in state):
        found.update(name.encode())
        found.update(hashlib.sha256(Path(file).read_bytes()).digest())
    return found.hexdigest()


def _name(file: Path) -> str:
    """What a file is called wherever the project lies: a moved or copied one is as fresh."""
    package = Path(__file__).parent
    base = package.parent if file.is_relative_to(package) else project.root()
    return file.relative_to(base).as_posix()
