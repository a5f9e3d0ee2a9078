"""Runs as processes of their own, and what is left of them, for tests of faults."""

import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import psutil

SERVING = "from multiprocessing."  # the warm parent, and who counts what processes share


def start(root: Path, *arguments: str, largest: int = -1) -> subprocess.Popen[str]:
    """`python -m helpers run …` in a project, in a process group of its own.

    largest : bytes that a file may have, as if the disk were full then; -1: as many as it likes
    What it says is added to `told.txt` in the project; nothing where files are limited.
    """
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTEST")}
    with (root / "told.txt").open("a") as told:
        process = subprocess.Popen(
            [sys.executable, "-m", "helpers", "run", *arguments],
            cwd=root,
            env=environment | {"GIAM_NGHEO_ROOT": str(root)},
            stdout=told if largest < 0 else subprocess.DEVNULL,
            stderr=told if largest < 0 else subprocess.DEVNULL,
            text=True,
            start_new_session=True,
        )
    if largest >= 0:  # it is still loading itself
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (largest, largest))
    return process


def below_this() -> list[str]:
    """Commands of the processes below this one, but for the warm parent and its like."""
    me = psutil.Process()
    standing = [process for process in me.children() if SERVING in _command(process)]
    every = [process for process in me.children(recursive=True) if process not in standing]
    return [command for command in map(_command, every) if command]


def _command(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())
    except psutil.NoSuchProcess:
        return ""


def of(root: Path) -> dict[int, str]:
    """Processes that were started for a project, by the environment they began with: id → command.

    Forks and what notebooks start are among them; what has ended and waits to be counted is not.
    """
    mark = f"GIAM_NGHEO_ROOT={root}".encode()
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            environment = (folder / "environ").read_bytes().split(b"\0")
            if mark in environment:
                command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                if command and not _of_this(int(folder.name), command):
                    found[int(folder.name)] = command
    return found


def _of_this(pid: int, command: str) -> bool:
    """Whether it is this process or one that serves it until it ends, as the warm parent does."""
    return pid == os.getpid() or (parent_of(pid) == os.getpid() and SERVING in command)


def parent_of(pid: int) -> int:
    """The parent of a process; 0 where it has ended."""
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0


def none_left(root: Path, seconds: float = 15) -> bool:
    """Whether all processes of a project end within some seconds."""
    return wait_for(lambda: not of(root), seconds)


def wait_for(there: Callable[[], object], seconds: float = 60) -> bool:
    """Whether something comes true within some seconds."""
    until = time.monotonic() + seconds
    while not there():
        if time.monotonic() > until:
            return False
        time.sleep(0.02)
    return True


def kill_all(root: Path) -> None:
    """Kill every process of a project, those too that start meanwhile."""
    while found := of(root):
        for pid in found:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
