"""Notebook 3 for N provinces: two processes here against a Dask cluster of two workers here.

Run: python tests/bench/cluster.py [N]

Prints the ratio of wall times (must be at most 1.25), a run with a worker killed in its middle, the
parts of the time, and what they say about 3,300 communes on 1, 8 and 64 machines.
"""

import hashlib
import json
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(PROJECT / "tests"))

import clusters  # noqa: E402

from helpers import places, project  # noqa: E402
from helpers.runs import arrivals, bulk, bundle, jobs, records  # noqa: E402

REPEATS = 3
COMMUNES, MACHINES, CORES = 3300, (1, 8, 64), 8
NETWORK = 110e6  # bytes a second that 1 Gbit/s carries
EMPTY = 500  # tasks that do nothing


@dataclass(frozen=True)
class Parts:
    """What one notebook takes, in seconds and bytes.

    start  : until a run's first notebook begins: connecting, sending, loading packages there
    empty  : of the scheduler and client for a task that does nothing, many at a time
    trip   : until the answer to a single task is there and a next one can begin
    taking : of the client to take over one answer and to write its files
    """

    task: float
    start: float
    empty: float
    trip: float
    taking: float
    out: int
    back: int


def main() -> None:
    """Measure, print."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    with tempfile.TemporaryDirectory() as folder:
        root, space = Path(folder) / "project", Path(folder) / "cluster"
        for name in ("data", "notebooks"):
            shutil.copytree(PROJECT / name, root / name)
        for name in bundle.FILES:
            shutil.copy(PROJECT / name, root)
        os.environ["GIAM_NGHEO_ROOT"] = str(root)
        bulk.refresh(lambda _: None)
        which = [place.code for place in places.provinces("63")][:count]
        run(which)  # compiles what Python has not compiled yet
        with clusters.cluster(space) as running:
            ratio(which, running)
            start = min(run(which[:1], running.address) for _ in range(REPEATS))
            run(which, running.address)
            parts = measured(jobs.plan(which, ["3"])[0], running, start)
    print(told(parts))


def ratio(which: list[str], running: clusters.Running) -> None:
    """Time both ways in turn, then a run whose worker is killed; compare all files."""
    here, there = [], []
    for _ in range(REPEATS):
        here.append(run(which))
        wanted = hashes()
        there.append(run(which, running.address))
        print(f"2 processes {here[-1]:6.1f} s   Dask, 2 workers {there[-1]:6.1f} s", flush=True)
        print(f"  differing files: {differing(wanted)} of {len(wanted)}", flush=True)
    middle, local = statistics.median(there), statistics.median(here)
    print(f"{len(which)} notebooks: {middle:.1f} s / {local:.1f} s = {middle / local:.2f}")
    killed = run(which, running.address, kill=(running.pids()[0], middle / 2))
    print(f"a worker killed in the middle: {killed:.1f} s, differing files: {differing(wanted)}")


def run(which: list[str], address: str = "", kill: tuple[int, float] | None = None) -> float:
    """Wall time of the command, on a cluster where there is an address.

    kill : a process, and the seconds after which it is killed
    """
    command = [sys.executable, "-m", "helpers", "run", "--notebook", "3", "--force", "--jobs", "2"]
    command += ["--province", ",".join(which), *(["--scheduler", address] if address else [])]
    shutil.rmtree(project.figures_dir(), ignore_errors=True)
    began = time.monotonic()
    process = subprocess.Popen(command, cwd=project.root(), stderr=subprocess.PIPE)
    if kill is not None:
        time.sleep(kill[1])
        assert process.poll() is None, "the run was over before its worker was killed"
        os.kill(kill[0], signal.SIGKILL)
    _, said = process.communicate()
    seconds = time.monotonic() - began
    assert process.returncode == 0, said.decode()
    return seconds


def hashes() -> dict[str, str]:
    """Hash of every figure, executed notebook and record."""
    root = project.root()
    found = [*root.glob("figures/*/*"), *root.glob("build/notebooks/*/*")]
    found += [file for file in root.glob("build/records/*.json") if file.name != "hashes.json"]
    return {str(f): hashlib.sha256(f.read_bytes()).hexdigest() for f in found}


def differing(wanted: dict[str, str]) -> int:
    """How many files are not as wanted, or missing, or too many."""
    now = hashes()
    return sum(wanted.get(name) != now.get(name) for name in {*wanted, *now})


def measured(done: list[jobs.Job], running: clusters.Running, alone: float) -> Parts:
    """The parts of a notebook's time, of the last run and by experiment.

    alone : wall time of a run of one notebook
    """
    from distributed import Client

    latest = max((project.root() / "build" / "runs").glob("*.json"))
    seconds = [job["seconds"] for job in json.loads(latest.read_text())["jobs"]]
    task = statistics.median(seconds)
    answers = [answer(job) for job in done]
    back = round(statistics.mean(sum(map(len, files.values())) for _, files in answers))
    client: Any = Client
    with client(running.address, set_as_default=False) as connected:
        began = time.monotonic()
        for future in [connected.submit(int, pure=False) for _ in range(EMPTY)]:
            future.exception()
        empty = (time.monotonic() - began) / EMPTY
        trips, gathers = [], []
        for _ in range(20):
            began = time.monotonic()
            future = connected.submit(bytes, back, pure=False)
            future.exception()  # waits, and fetches nothing
            trips.append(time.monotonic() - began)
            began = time.monotonic()
            future.result()
            gathers.append(time.monotonic() - began)
    began = time.monotonic()
    for job, (record, files) in zip(done, answers, strict=True):
        arrivals.place(job, {"state": "done", "seconds": 0.0, "record": record}, files)
        records.keep(job, record)
    placing = (time.monotonic() - began) / len(done)
    taking = statistics.median(gathers) + placing
    out = len(bundle.pack().data)
    return Parts(task, alone - task, empty, statistics.median(trips), taking, out, back)


def answer(job: jobs.Job) -> tuple[records.Record, dict[str, bytes]]:
    """What came back of a job."""
    record = records.load(job) or {}
    return record, {name: (project.root() / name).read_bytes() for name in record["outputs"]}


def told(parts: Parts) -> str:
    """The parts, and what 3,300 communes take by them."""
    serial = max(parts.empty + parts.taking, parts.back / NETWORK)
    lines = []
    for machines in MACHINES:
        threads = machines * CORES
        spread = parts.out * threads / NETWORK / machines  # each machine's share, at the same time
        working = COMMUNES * (parts.task + parts.trip) / threads
        wall = spread + parts.start + max(working, COMMUNES * serial)
        limited = "workers" if working > COMMUNES * serial else "the client"
        lines.append(f"{machines} machine{'s' * (machines > 1)} {wall:.0f} s ({limited})")
    return (
        f"A run begins after {parts.start:.1f} s, and a notebook takes {parts.task:.2f} s; "
        f"{parts.out / 1e6:.1f} MB go to each worker once, and {parts.back / 1e6:.2f} MB come back "
        f"a notebook. An empty task costs the cluster {1000 * parts.empty:.1f} ms, a thread "
        f"waits {1000 * parts.trip:.0f} ms for its next task, and the client takes "
        f"{1000 * parts.taking:.0f} ms to fetch and write what came back. So {COMMUNES} communes, "
        f"one such notebook each, on machines of {CORES} cores: {', '.join(lines)}. One client "
        f"takes over {1 / serial:.0f} notebooks a second at most, so beyond "
        f"{parts.task / serial:.0f} cores further ones stand idle."
    )


if __name__ == "__main__":
    main()
