"""What a notebook reads and writes below the project's folder, noted as it happens.

The notes are taken inside the kernel, by an audit hook (PEP 578): files opened, modules imported,
folders of data listed, and the rows of single places that `tables.get` is asked for. So a job
depends on what it has really read, and its outputs are what it has really written. What lies
outside the project's folder is not followed: copy such a file into data/own. Nor is a file that
a library opens without Python, or below an open folder (`dir_fd`).
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import threading
from collections.abc import Iterable
from contextlib import suppress
from importlib.util import source_from_cache
from pathlib import Path
from typing import Any

VARIABLE = "GIAM_NGHEO_NOTES"  # the file of the notes, two folders below the project's
BEGIN = "__import__('helpers.runs.reads').runs.reads.begin()"  # what a kernel is told to do first
PACKAGE = Path(__file__).resolve().parents[1]
_WRITING = os.O_WRONLY | os.O_RDWR
_MADE = ("build", "_site")  # folders that runs fill: nothing there is an input


def begin() -> None:
    """Note from now on, where the environment says into which file; nothing otherwise."""
    if name := os.environ.get(VARIABLE):
        os.close(os.open(name, os.O_WRONLY | os.O_CREAT, 0o644))
        notes = _Notes(name)
        notes.tell("r", str(PACKAGE / "__init__.py"))  # loaded before its reading could be noted
        sys.addaudithook(notes.hear)


class _Aside(threading.local):
    """How many of those who asked not to be noted are at work in a thread."""

    depth = 0


class _Notes:
    """Lines of JSON, one a file and way of use: r read, w written, d listed, s rows of a place."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.root = f"{Path(file).parents[2]}{os.sep}"
        self.data = f"{self.root}data{os.sep}"
        self.package = f"{PACKAGE}{os.sep}"
        below = (self.data, f"{self.root}figures{os.sep}", self.package, self.root)
        self.real = {f"{os.path.realpath(base)}{os.sep}": base for base in below}
        self.folders: dict[str, str] = {}
        self.told: set[tuple[str, ...]] = set()
        self.aside = _Aside()

    def hear(self, event: str, values: tuple[Any, ...]) -> None:
        """Note what an event tells. Never raises: that would end the call that was listened to."""
        try:
            if event == "open":
                self._opened(*values)
            elif event in ("os.rename", "os.link", "os.symlink"):
                self.tell("w", self._path(values[1]))
            elif event in ("os.listdir", "os.scandir"):
                self._listed(values[0])
            elif event == "helpers.rows":
                self.tell("s", *values)
            elif event == "helpers.aside":
                self.aside.depth += values[0]
        except Exception:  # notes that lack something are worse than none: see `gather`
            with suppress(Exception):
                os.unlink(self.file)  # noqa: PTH108 - as little as possible may fail here

    def _opened(self, name: Any, mode: str | None, flags: int) -> None:
        if isinstance(name, int):  # a file that is open already
            return
        path = self._path(name)
        writes = any(letter in mode for letter in "wax+") if mode else flags & _WRITING
        self.tell("w" if writes else "r", path if writes else source_of(path))

    def _listed(self, name: Any) -> None:
        folder = "" if isinstance(name, int) else self._path(name or os.curdir)
        if folder.startswith(self.data) and not self.aside.depth:
            self.aside.depth += 1
            try:
                self.tell("d", folder, listing(Path(folder)), unseen=True)
            finally:
                self.aside.depth -= 1

    def _path(self, name: Any) -> str:
        """The full path below the project's folder, by whatever links it was named; else as it is.

        Where there can be no such file, '': opening it fails, too.
        """
        try:
            path = os.path.abspath(os.fsdecode(name))  # noqa: PTH100 - a hot path
            folder, own = os.path.split(path)
            if path.startswith((self.root, self.package)):
                return path
            if folder not in self.folders:
                self.folders[folder] = f"{os.path.realpath(folder)}{os.sep}"
        except (OSError, ValueError):
            return ""
        real = self.folders[folder]
        for base, named in self.real.items():
            if real.startswith(base):
                return f"{named}{real[len(base) :]}{own}"
        return path

    def tell(self, kind: str, path: str, *more: str, unseen: bool = False) -> None:
        """Write a line, unless it was told before or is none of the project's concern."""
        line = (kind, path, *more)
        if line in self.told or (self.aside.depth and kind == "r" and not unseen):
            return
        if not self._matters(path) or (kind == "w" and "__pycache__" in path):
            return
        self.told.add(line)
        state = state_of(path) if kind == "r" else None
        text = (json.dumps([*line, state]) + "\n").encode()
        stream = os.open(self.file, os.O_WRONLY | os.O_APPEND)
        try:
            if os.write(stream, text) < len(text):
                raise OSError("the disk is full")
        finally:
            os.close(stream)

    def _matters(self, path: str) -> bool:
        if path.startswith((self.data, self.package)):
            return True
        first = path.removeprefix(self.root).split(os.sep, 1)[0]
        return (
            path.startswith(self.root)
            and not first.startswith(".")
            and first not in _MADE
            and not path.startswith(f"{sys.prefix}{os.sep}")
            and ".egg-info" not in path
        )


def source_of(path: str) -> str:
    """The module's source, for the path of its compiled form; any other path as it is."""
    if path.endswith(".pyc"):
        with suppress(ValueError):  # compiled, but not by an import
            return source_from_cache(path)
    return path


def listing(folder: Path) -> str:
    """Hash of the names in a folder, hidden ones left out."""
    names = sorted(file.name for file in folder.glob("[!.]*")) if folder.is_dir() else []
    return hashlib.sha256(os.fsencode("\n".join(names))).hexdigest()


def state_of(path: str | Path) -> list[int] | None:
    """Times and size of a file, by which it is known to be unchanged; None where there is none."""
    try:
        found = os.stat(path)  # noqa: PTH116 - a hot path
    except (OSError, ValueError):
        return None
    return [found.st_mtime_ns, found.st_ctime_ns, found.st_size]


def gather(notes: Path) -> tuple[list[tuple[str, ...]], list[Path]]:
    """What the notes of one kernel say.

    Returns what was read, as (kind, path, …) without what the notebook itself had written before;
    a file that changed since it was read has the kind `x`. And the files written that are there.
    Raises OSError where there are no notes, or torn ones: nobody then knows what a job depends on.
    """
    read: dict[tuple[str, ...], None] = {}
    written: dict[str, None] = {}
    for kind, path, *more, state in _lines(notes):
        if kind == "w":
            written[path] = None
        elif path not in written:
            stale = kind == "r" and state != state_of(path)
            read["x" if stale else kind, path, *more] = None
    return list(read), [Path(path) for path in written if Path(path).is_file()]


def _lines(notes: Path) -> Iterable[list[Any]]:
    try:
        return [json.loads(line) for line in notes.read_text(encoding="utf-8").splitlines()]
    except (OSError, ValueError) as error:
        raise OSError(
            "what the notebook read and wrote could not be noted: "
            "is the disk full, or the folder build/records not writable?"
        ) from error
