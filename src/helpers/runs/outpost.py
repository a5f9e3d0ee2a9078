"""In a process of a Dask worker: unpack what travels, keep children that execute, and ask them.

It is sent there as text and needs nothing but the standard library and Dask, since the helpers
need not be installed on that machine. A Dask worker may not have processes of multiprocessing
(it is daemonic itself), so each of its threads has a child started by a command.
"""

from __future__ import annotations

import io
import json
import os
import platform
import shutil
import subprocess
import sys
import threading
import uuid
import zipfile
from collections.abc import Iterable, Mapping
from contextlib import suppress
from importlib import metadata
from pathlib import Path
from typing import Any

TRIES = 2  # a child may have ended for reasons of its own, so a job is tried once more
NOT_TAKEN = ("GIAM_NGHEO_", "PYTHONDONTWRITEBYTECODE")  # of the worker's environment
Answer = dict[str, Any]

_lock = threading.Lock()
_children: dict[int, _Child] = {}  # by thread
_refusals: dict[Path, list[list[str]]] = {}  # by folder, the packages that differ
_stopped: set[str] = set()  # runs that were broken off


class _Child:
    """A process that executes notebooks in an unpacked folder, for one run at a time."""

    def __init__(self, folder: Path, run: str) -> None:
        self.folder, self.run = folder, run
        kept = {k: v for k, v in os.environ.items() if not k.startswith(NOT_TAKEN)}
        environment = kept | {"PYTHONPATH": str(folder / "src"), "GIAM_NGHEO_ROOT": str(folder)}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "helpers.runs.remote"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=folder,
            env=environment,
        )

    def ask(self, line: bytes) -> Answer:
        """Send one job, wait for its outcome and files. Raises OSError, EOFError on its end."""
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.write(line)
        self.process.stdin.flush()
        head = self.process.stdout.readline()
        if not head.endswith(b"\n"):
            raise EOFError("it ended")
        outcome, sizes = json.loads(head)
        files = {name: self.process.stdout.read(size) for name, size in sizes}
        if [len(data) for data in files.values()] != [size for _, size in sizes]:
            raise EOFError("it ended while it answered")
        return {"outcome": outcome, "files": files}

    def end(self) -> None:
        """End it now; its kernels end with it."""
        self.process.kill()
        self.process.wait()
        for stream in (self.process.stdin, self.process.stdout):
            if stream is not None:
                with suppress(OSError):  # what was not sent is of no use to a dead process
                    stream.close()


def versions(names: Iterable[str]) -> dict[str, str]:
    """Version of Python and of each named package here, 'not installed' where it is not."""
    found = {}
    for name in names:
        try:
            found[name] = platform.python_version() if name == "Python" else metadata.version(name)
        except metadata.PackageNotFoundError:
            found[name] = "not installed"
    return found


def differing(ours: Mapping[str, str], theirs: Mapping[str, str]) -> list[list[str]]:
    """Name, version here and version there of each package that is not the same."""
    return [[name, ours[name], theirs[name]] for name in ours if ours[name] != theirs[name]]


def work(bundle: bytes, digest: str, run: str, job: Mapping[str, Any]) -> Answer:
    """Let this thread's child execute a job.

    bundle : the archive, unpacked where this process has not done so; digest: its hash
    run    : a name of the run, by which `end` finds the children at work for it
    job    : what `remote` reads
    Returns the outcome and the files, or the packages that differ from those asked for. Raises
    RuntimeError when the run was broken off, or when the child ended whenever it was tried.
    """
    line = json.dumps(job).encode() + b"\n"
    for attempt in range(1, TRIES + 1):
        with _lock:
            if run in _stopped:
                raise RuntimeError("the run was broken off")
            folder = _unpack(bundle, digest)
            if _refusals[folder]:
                return {"differing": _refusals[folder], "worker": _worker().address}
            child = _child(folder, run)
        try:
            return child.ask(line)
        except (OSError, EOFError, ValueError) as error:
            child.end()
            if attempt == TRIES and run not in _stopped:
                code = child.process.returncode
                raise RuntimeError(
                    f"the process that ran it ended {TRIES} times ({error}, exit code {code})"
                ) from error
    raise RuntimeError("the run was broken off")


def end(run: str) -> None:
    """End the children of a run, whether they are at work or wait; it starts no more."""
    with _lock:
        _stopped.add(run)
        for thread, child in list(_children.items()):
            if child.run == run:
                child.end()
                del _children[thread]


def _unpack(bundle: bytes, digest: str) -> Path:
    """The folder of an archive, in the scratch space of this worker, which Dask removes."""
    base = Path(_worker().local_directory).resolve()
    folder = base / f"giam-ngheo-{digest}"
    if folder not in _refusals:
        aside = base / f"unpacking-{uuid.uuid4().hex}"
        try:
            with zipfile.ZipFile(io.BytesIO(bundle)) as archive:
                archive.extractall(aside)
            aside.rename(folder)
        finally:
            shutil.rmtree(aside, ignore_errors=True)
        wanted = json.loads((folder / "packages.json").read_text(encoding="utf-8"))
        _refusals[folder] = differing(wanted, versions(wanted))
    return folder


def _worker() -> Any:
    from distributed import get_worker

    return get_worker()


def _child(folder: Path, run: str) -> _Child:
    """This thread's child, a new one where the last has ended or works in another folder."""
    thread = threading.get_ident()
    child = _children.get(thread)
    if child is None or child.folder != folder or child.process.poll() is not None:
        if child is not None:
            child.end()
        child = _children[thread] = _Child(folder, run)
        _remove_old()
    child.run = run
    return child


def _remove_old() -> None:
    """Remove the unpacked folders in which no child works any more."""
    used = {child.folder for child in _children.values()}
    for folder in [folder for folder in _refusals if folder not in used]:
        shutil.rmtree(folder, ignore_errors=True)
        del _refusals[folder]
