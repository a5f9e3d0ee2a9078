"""Notebooks on a Dask cluster: the same files as here, whatever dies on the way."""

import hashlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import clusters
import psutil
import pytest

from conftest import write_notebook
from helpers.project import UserError
from helpers.runs import bulk, jobs, records
from helpers.runs.outcomes import Outcome

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]
PLACES = ["51", "45", "84", "14", "37", "01"]
DRAWING = (
    "from helpers import project, tables\n"
    'rows = tables.get("reconciled", [province])\n'
    "folder = project.figures_dir() / province; folder.mkdir(parents=True, exist_ok=True)\n"
    '(folder / "3-x.csv").write_text(f"rows\\n{len(rows)}\\n")\n'
    'print(project.below_root(folder), sorted(f.name for f in project.own_dir().glob("*")))'
)
# The process that the parent of all kernels was started by: remote, then the Dask worker, its nanny
ABOVE = "import os, psutil, signal; above = psutil.Process(os.getppid()).parents()"


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[clusters.Running]:
    """A cluster of two workers that nothing is done to."""
    with clusters.cluster(tmp_path_factory.mktemp("cluster")) as found:
        yield found


def write(root: Path, *cells: str) -> None:
    """Notebook 3 of these cells."""
    write_notebook(root / "notebooks" / "3-province-profile.ipynb", *cells)


def run(address: str, **more: Any) -> list[Outcome]:
    """Run notebook 3 for six places on a cluster, or here when it has no address."""
    plan = jobs.plan(PLACES, ["3"])
    outcomes: list[Outcome] = bulk.run(
        plan, force=True, say=lambda _: None, scheduler=address, **more
    )
    return outcomes


def files(root: Path) -> dict[str, str]:
    """Hash of every output and record."""
    found = [
        file
        for folder in ("figures", "build/notebooks", "build/records")
        for file in sorted((root / folder).rglob("*"))
        if file.is_file() and file.suffix != ".lock" and file.name != "hashes.json"
    ]
    return {
        f.relative_to(root).as_posix(): hashlib.sha256(f.read_bytes()).hexdigest() for f in found
    }


def forget(root: Path) -> None:
    """Remove all outputs."""
    for folder in ("figures", "build"):
        shutil.rmtree(root / folder)


def states(outcomes: list[Outcome]) -> list[str]:
    return [outcome.state for outcome in outcomes]


def gone(running: clusters.Running, seconds: float = 10) -> bool:
    """Whether no process that executes notebooks is left on the cluster, in time."""
    until = time.monotonic() + seconds
    while running.below() and time.monotonic() < until:
        time.sleep(0.1)
    return not running.below()


def test_a_cluster_writes_what_is_written_here_and_a_run_here_finds_it_unchanged(
    three: Path, running: clusters.Running
) -> None:
    write(three, DRAWING)
    assert states(run("")) == ["done"] * 6
    here = files(three)
    forget(three)
    outcomes = run(running.address)
    assert states(outcomes) == ["done"] * 6
    assert files(three) == here
    assert len([name for name in here if name.endswith("3-x.csv")]) == 6
    assert [records.changes(outcome.job) for outcome in outcomes] == [[]] * 6
    assert gone(running)


def test_the_helpers_travel_and_messages_name_paths_as_they_are_here(
    three: Path, running: clusters.Running
) -> None:
    write(three, "import helpers.project\nraise ValueError(helpers.project.__file__)")
    outcomes = run(running.address)
    assert {outcome.error for outcome in outcomes} == {
        f"ValueError: {three}/src/helpers/project.py"  # as if the unpacked folder were this one
    }
    job = outcomes[0].job
    assert (outcomes[0].kind, outcomes[0].cell) == ("error", "3")
    assert job.failed_output.exists() and not job.output.exists()
    assert running.folder.name not in job.failed_output.read_text()


def test_a_killed_worker_costs_only_time(three: Path, tmp_path: Path) -> None:
    write(three, DRAWING, "import time; time.sleep(1)")
    run("")
    here = files(three)
    forget(three)
    with clusters.cluster(tmp_path / "cluster") as own:
        victim = own.pids()[0]
        killer = threading.Timer(5, os.kill, (victim, signal.SIGKILL))
        killer.start()
        outcomes = run(own.address)
        assert not killer.is_alive() and not psutil.pid_exists(victim)
    assert states(outcomes) == ["done"] * 6
    assert files(three) == here


@pytest.mark.parametrize("which", [0, 1], ids=["child", "worker"])
def test_a_notebook_that_kills_what_runs_it_fails_alone(
    three: Path, tmp_path: Path, which: int
) -> None:
    kill = f'if province == "51":\n    os.kill(above[{which}].pid, signal.SIGKILL)'
    write(three, ABOVE, kill, "import time; time.sleep(0.5)")
    with clusters.cluster(tmp_path / "cluster") as own:
        outcomes = run(own.address)
    assert states(outcomes) == ["failed", *["done"] * 5]
    assert outcomes[0].kind == "worker"
    assert ("process that ran it ended 2 times", "worker that ran it ended 4 times")[which] in (
        outcomes[0].error
    )


def test_a_notebook_that_kills_its_process_fails_as_it_does_here(
    three: Path, running: clusters.Running
) -> None:
    write(
        three,
        'if province == "51":\n    import multiprocessing, os, signal\n'
        "    os.kill(multiprocessing.parent_process().pid, signal.SIGKILL)",
    )
    outcomes = run(running.address)
    assert states(outcomes) == ["failed", *["done"] * 5]
    assert "terminated" in outcomes[0].error


def test_other_versions_are_refused_before_anything_runs(
    three: Path, running: clusters.Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = {**records.packages(), "pandas": "0.0.1"}
    monkeypatch.setattr(records, "packages", lambda: ours)
    with pytest.raises(UserError, match=r"the worker tcp://.* has pandas .* \(here 0\.0\.1\)"):
        run(running.address)
    assert not (three / "build" / "notebooks").exists()
    assert not running.below()


def test_an_unreachable_scheduler_is_one_sentence_soon(three: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{taken.getsockname()[1]}"
    before, began = psutil.Process().children(recursive=True), time.monotonic()
    with pytest.raises(UserError, match=f"no scheduler of Dask answers at {address}"):
        run(address)
    assert time.monotonic() - began < 15
    assert psutil.Process().children(recursive=True) == before


def test_an_address_of_another_kind_is_refused(three: Path) -> None:
    with pytest.raises(UserError, match="no scheduler of Dask answers at nonsense://x"):
        run("nonsense://x")


def test_a_scheduler_without_workers_is_told(three: Path, tmp_path: Path) -> None:
    with (
        clusters.cluster(tmp_path / "cluster", workers=0) as own,
        pytest.raises(UserError, match="no worker is connected to tcp://"),
    ):
        run(own.address)


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSTOP], ids=["killed", "stopped"])
def test_a_lost_scheduler_is_one_sentence_and_what_is_done_stays(
    three: Path, tmp_path: Path, how: signal.Signals, caplog: pytest.LogCaptureFixture
) -> None:
    write(three, DRAWING, "import time; time.sleep(2)")
    with clusters.cluster(tmp_path / "cluster") as own:
        lost: list[float] = []

        def lose() -> None:
            while not list((three / "build" / "records").glob("45-*.json")):
                time.sleep(0.05)
            own.scheduler.send_signal(how)
            lost.append(time.monotonic())

        threading.Thread(target=lose, daemon=True).start()
        with pytest.raises(UserError, match=f"the scheduler {own.address} was lost"):
            run(own.address)
        assert time.monotonic() - lost[0] < 16
    assert not list(three.rglob("*.tmp")) and not list((three / "figures").rglob(".*"))
    assert not [record for record in caplog.records if record.name.startswith("distributed")]
    left = [records.changes(job) for job in jobs.plan(PLACES, ["3"])[0]]
    assert left[1] == [] and left[-1] == ["never run with success"]


def test_ctrl_c_leaves_no_process_behind(three: Path, running: clusters.Running) -> None:
    write(three, DRAWING, "import time; time.sleep(60)")
    command = [sys.executable, "-m", "helpers", "run", "--province", "45,84,14", "--notebook", "3"]
    process = subprocess.Popen(
        [*command, "--scheduler", running.address], stderr=subprocess.PIPE, cwd=three
    )
    until = time.monotonic() + 60
    while len(running.below()) < 8:  # twice a child, its warm parent, a process and a kernel
        assert time.monotonic() < until
        time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    _, told = process.communicate(timeout=30)
    assert process.returncode == 1 and told.decode().strip().endswith("stopped")
    assert gone(running)
