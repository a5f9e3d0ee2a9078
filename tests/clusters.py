"""A real Dask cluster on this machine, made by the commands that users give."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

DASK = str(Path(sys.executable).with_name("dask"))
# What an installation of the project in this environment adds to the path is taken away again.
WITHOUT_HELPERS = """
import sys
from importlib.util import find_spec
while (found := find_spec("helpers")) is not None:
    folder = str(__import__("pathlib").Path(found.origin).parents[1])
    before = len(sys.path), len(sys.meta_path)
    sys.path[:] = [entry for entry in sys.path if entry != folder]
    sys.meta_path[:] = [f for f in sys.meta_path if "editable" not in repr(f).lower()]
    sys.path_importer_cache.clear()
    assert before != (len(sys.path), len(sys.meta_path))
"""


@dataclass
class Running:
    """A scheduler at `address`, and the commands that run its workers."""

    address: str
    folder: Path
    scheduler: subprocess.Popen[bytes]
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def add_worker(self, environment: Mapping[str, str] | None = None, threads: int = 1) -> None:
        """Start one more worker process under its nanny."""
        command = [
            DASK, "worker", self.address, "--nthreads", str(threads), "--no-dashboard",
            "--host", "127.0.0.1", "--local-directory", str(self.folder / "scratch"),
        ]  # fmt: skip
        self.workers.append(_start(command, self.folder, environment))

    def pids(self) -> list[int]:
        """Process ids of the workers under their nannies, as soon as all are there."""
        from distributed import Client

        client: Any = Client  # untyped
        with client(self.address, set_as_default=False) as client:
            if self.workers:
                client.wait_for_workers(len(self.workers), timeout=60)
            return sorted(client.run(os.getpid).values())

    def below(self) -> list[psutil.Process]:
        """The children that execute notebooks, their kernels, and what else workers started."""
        found = []
        for command in self.workers:
            for process in psutil.Process(command.pid).children(recursive=True):
                try:
                    found += [process] if "helpers.runs" in " ".join(process.cmdline()) else []
                except psutil.NoSuchProcess:
                    continue
        return found


@contextmanager
def cluster(folder: Path, workers: int = 2, threads: int = 1) -> Iterator[Running]:
    """A scheduler and workers of one process each, in processes that do not know the helpers.

    folder : an empty one for logs and scratch space
    """
    told = folder / "scheduler.json"
    command = [
        DASK, "scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard",
        "--scheduler-file", str(told),
    ]  # fmt: skip
    scheduler = _start(command, folder)
    running: Running | None = None
    try:
        running = Running(_address(told), folder, scheduler)
        for _ in range(workers):
            running.add_worker(threads=threads)
        running.pids()
        yield running
    finally:
        end(running.workers if running else [])  # a worker says goodbye to its scheduler
        end([scheduler])


def end(commands: list[subprocess.Popen[bytes]]) -> None:
    """End commands and all that they have started."""
    everything: list[psutil.Process] = []
    for command in commands:
        if command.poll() is None:
            everything += psutil.Process(command.pid).children(recursive=True)
            command.send_signal(signal.SIGCONT)
            command.terminate()
    for command in commands:
        try:
            command.wait(timeout=10)
        except subprocess.TimeoutExpired:
            command.kill()
            command.wait()
    for process in psutil.wait_procs(everything, timeout=5)[1]:
        process.kill()


def _start(
    command: list[str], folder: Path, more: Mapping[str, str] | None = None
) -> subprocess.Popen[bytes]:
    hiding = folder / "hiding"
    hiding.mkdir(parents=True, exist_ok=True)
    (hiding / "sitecustomize.py").write_text(WITHOUT_HELPERS)
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("GIAM_NGHEO", "PYTEST"))}
    environment: dict[str, Any] = kept | {"PYTHONPATH": str(hiding)} | dict(more or {})
    with (folder / "log.txt").open("ab") as log:
        return subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log)


def _address(told: Path) -> str:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            return str(json.loads(told.read_text())["address"])
        except (FileNotFoundError, ValueError):
            time.sleep(0.05)
    raise TimeoutError("the scheduler did not start")
