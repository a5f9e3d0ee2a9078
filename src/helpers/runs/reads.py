"""What a notebook reads and writes below the project's folder, noted as it happens.

The notes are taken inside the kernel, by an audit hook (PEP 578): files opened, modules imported,
folders listed, and the rows of single places that `tables.get` is asked for. So a job depends on
what it has really read, and its outputs are what it has really written.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

VARIABLE = "GIAM_NGHEO_NOTES"  # the file of the notes, two folders below the project's
BEGIN = "__import__('helpers.runs.reads').runs.reads.begin()"  # what a kernel is told to do first
_WRITING = os.O_WRONLY | os.O_RDWR
PACKAGE = Path(__file__).resolve().parents[1]


def begin() -> None:
    """Note from now on, where the environment says into which file; nothing otherwise."""
    name = os.environ.get(VARIABLE)
    if name:
        stream = os.open(name, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        sys.addaudithook(_Notes(stream, Path(name).parents[2]).hear)


class _Notes:
    """Lines of JSON, one a file and way of use: r read, w written, d listed, s rows of a place."""

    def __init__(self, stream: int, root: Path) -> None:
        self.stream = stream
        self.data = f"{root}{os.sep}data{os.sep}"
        self.figures = f"{root}{os.sep}figures{os.sep}"
        self.package = f"{PACKAGE}{os.sep}"
        self.told: set[tuple[str, ...]] = set()
        self.aside = 0

    def hear(self, event: str, values: tuple[Any, ...]) -> None:
        if event == "open":
            if isinstance(values[0], str | bytes):
                self._opened(os.fsdecode(values[0]), values[1], values[2])
        elif event == "os.rename":
            self._tell("w", os.path.abspath(os.fsdecode(values[1])))  # noqa: PTH100 - a hot path
        elif event in ("os.listdir", "os.scandir"):
            self._listed(values[0])
        elif event == "helpers.rows":
            self._tell("s", *values)
        elif event == "helpers.aside":
            self.aside += values[0]

    def _opened(self, name: str, mode: str | None, flags: int) -> None:
        path = os.path.abspath(name)  # noqa: PTH100 - a hot path
        writes = any(letter in mode for letter in "wax+") if mode else flags & _WRITING
        self._tell("w" if writes else "r", source_of(path) if not writes else path)

    def _listed(self, name: Any) -> None:
        folder = os.path.abspath(os.fsdecode(name)) if isinstance(name, str | bytes) else ""  # noqa: PTH100
        if folder.startswith(self.data) and not self.aside:
            self.aside += 1
            try:
                self._tell("d", folder, listing(Path(folder)), unseen=True)
            finally:
                self.aside -= 1

    def _tell(self, kind: str, path: str, *more: str, unseen: bool = False) -> None:
        line = (kind, path, *more)
        if line in self.told or (self.aside and kind == "r" and not unseen):
            return
        if not path.startswith((self.data, self.figures, self.package)):
            return
        self.told.add(line)
        state = _stat(path) if kind == "r" else None
        os.write(self.stream, (json.dumps([*line, state]) + "\n").encode())


def source_of(path: str) -> str:
    """The module's source, for the path of its compiled form; any other path as it is."""
    folder, name = os.path.split(path)
    if name.endswith(".pyc") and os.path.basename(folder) == "__pycache__":  # noqa: PTH119
        return os.path.join(os.path.dirname(folder), name.split(".")[0] + ".py")  # noqa: PTH118, PTH120
    return path


def listing(folder: Path) -> str:
    """Hash of the names in a folder, hidden ones left out."""
    names = sorted(file.name for file in folder.glob("[!.]*")) if folder.is_dir() else []
    return hashlib.sha256("\n".join(names).encode()).hexdigest()


def _stat(path: str) -> list[int] | None:
    try:
        found = os.stat(path)  # noqa: PTH116 - a hot path
    except OSError:
        return None
    return [found.st_mtime_ns, found.st_size]


def gather(notes: Path) -> tuple[list[tuple[str, ...]], list[Path]]:
    """What the notes of one kernel say.

    Returns what was read, as (kind, path, …) without what the notebook itself had written before;
    a file that changed since it was read has the kind `x`. And the files written that are there.
    """
    read: dict[tuple[str, ...], None] = {}
    written: dict[str, None] = {}
    for kind, path, *more, state in _lines(notes):
        if kind == "w":
            written[path] = None
        elif path not in written:
            stale = kind == "r" and state != _stat(path)
            read["x" if stale else kind, path, *more] = None
    return list(read), [Path(path) for path in written if Path(path).is_file()]


def _lines(notes: Path) -> Iterable[list[Any]]:
    if not notes.exists():
        return
    for line in notes.read_text(encoding="utf-8").splitlines():
        yield json.loads(line)
