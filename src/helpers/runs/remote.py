"""The child of a Dask worker that executes notebooks: jobs come as lines, outcomes go with files.

Run: python -m helpers.runs.remote, in an unpacked bundle that is the root. A job is a line of JSON
on stdin; the answer on stdout a line `[outcome, [[name, size], …]]` and the bytes of these files.
It ends when stdin is closed, as it is when the Dask worker dies, and its kernels end with it.
"""

from __future__ import annotations

import json
import os
import queue
import signal
import sys
import threading
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from helpers import project
from helpers.runs.jobs import Job
from helpers.runs.outcomes import Outcome
from helpers.runs.workers import Workers

IDLE = 60.0  # seconds without a job after which this process ends: nobody wants it any more


def main() -> None:
    """Execute one job after the other until stdin is closed, or nothing has come for IDLE s."""
    answers = os.fdopen(os.dup(1), "wb")  # not inherited: only this process holds it open
    os.dup2(2, 1)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    lines: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(lines,), daemon=True).start()
    with Workers(1, fast=True) as workers:
        for line in _until_idle(lines):
            for part in _answer(json.loads(line), workers):
                answers.write(part)
            answers.flush()


def _listen(lines: queue.SimpleQueue[bytes]) -> None:
    for line in sys.stdin.buffer:
        lines.put(line)
    os._exit(0)


def _until_idle(lines: queue.SimpleQueue[bytes]) -> Iterator[bytes]:
    while True:
        try:
            yield lines.get(timeout=IDLE)
        except queue.Empty:
            return


def _answer(told: dict[str, Any], workers: Workers) -> list[bytes]:
    """Run a job; its outcome, the sizes of its files, and the files, which are removed here.

    told : `number`, `notebook` (below the root), `place`, `language`, `timeout`, and `root`, where
           the project is at home: paths are told as they are there
    """
    root = project.root()
    job = Job(told["number"], root / told["notebook"], told["place"], told["language"])
    (outcome,) = workers.finish([job], told["timeout"], True)
    files = [root / name for name in (outcome.record or {}).get("outputs", {})]
    if outcome.state == "failed" and job.failed_output.exists():
        files = [job.failed_output]
    found = {}
    for file in files:
        data = file.read_bytes()
        if file.suffix == ".ipynb":
            data = data.replace(str(root).encode(), told["root"].encode())
        found[file.relative_to(root).as_posix()] = data
        file.unlink()
    sizes = [[name, len(data)] for name, data in found.items()]
    head = json.dumps([_outcome(outcome, root, told["root"]), sizes])
    return [head.encode() + b"\n", *found.values()]


def _outcome(outcome: Outcome, root: Path, home: str) -> dict[str, Any]:
    """The fields of an outcome but its job, with paths as they are at home."""
    told = {name: value for name, value in asdict(outcome).items() if name != "job"}
    return {
        name: value.replace(str(root), home) if isinstance(value, str) else value
        for name, value in told.items()
    }


if __name__ == "__main__":
    main()
