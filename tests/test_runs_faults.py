"""The slow tier of runs: whatever dies or fills up, the others are done, and nothing is half."""

import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import nbformat
import pytest
from PIL import Image
from processes import below_this, kill_all, none_left, of, parent_of, start, wait_for

import conftest
from conftest import make_golden
from helpers import project
from helpers.project import UserError
from helpers.runs import bulk, executing, jobs
from helpers.runs.outcomes import Outcome

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="looks at /proc, and sends signals"),
]
DRAWS = """import matplotlib.pyplot as plt
import pandas as pd
from helpers import charts, places
data = pd.DataFrame({"year": [2021, 2022, 2023], "rate_pct": [7.5, 6.25, 5.0]})
figure, axes = plt.subplots()
axes.plot(data["year"], data["rate_pct"])
axes.set_title(province)
saved = charts.save(figure, data, places.find(province), "3-path", language)"""
PLACES = ("45", "51", "84")
ALL = ("--province", ",".join(PLACES), "--notebook", "3")
SEED, MOMENTS = 6, 20


@pytest.fixture(scope="module")
def made(computed: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The golden project with its processed tables and one small notebook 3 that draws a figure."""
    root = tmp_path_factory.mktemp("made")
    make_golden(root)
    shutil.copytree(computed, root / "data" / "processed", dirs_exist_ok=True)
    for file in (root / "notebooks").glob("*.ipynb"):
        file.unlink()
    write_notebook(root)
    return root


@pytest.fixture
def root(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A fresh copy of it; the project while a test runs. No process may outlive the test."""
    folder = tmp_path / "project"
    shutil.copytree(made, folder)
    monkeypatch.setenv("GIAM_NGHEO_ROOT", str(folder))
    before = below_this()  # other tests' warm parent lasts as long as their process
    yield folder
    wait_for(lambda: set(below_this()) <= set(before), 15)
    left = [command for command in below_this() if command not in before]
    left += of(folder).values()
    kill_all(folder)
    assert not left


@pytest.fixture(scope="module")
def undisturbed(made: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """What a run writes that nothing disturbs."""
    folder = tmp_path_factory.mktemp("undisturbed") / "project"
    shutil.copytree(made, folder)
    assert start(folder, *ALL).wait(120) == 0, (folder / "told.txt").read_text()
    found = written(folder)
    assert {Path(name).suffix for name in found} == {".csv", ".ipynb", ".png", ".svg"}
    assert len(found) == 4 * len(PLACES) + 1  # and the manifest
    return found


@pytest.fixture(scope="module")
def usual_seconds(made: Path, tmp_path_factory: pytest.TempPathFactory) -> float:
    """How long a run that nothing disturbs takes here, by now."""
    folder = tmp_path_factory.mktemp("usual") / "project"
    shutil.copytree(made, folder)
    began = time.monotonic()
    assert start(folder, *ALL).wait(120) == 0, (folder / "told.txt").read_text()
    return time.monotonic() - began


def write_notebook(root: Path, *cells: str) -> None:
    """Notebook 3: parameters, then the figure, then further cells."""
    conftest.write_notebook(root / "notebooks" / "3-province-profile.ipynb", DRAWS, *cells)


def written(root: Path) -> dict[str, bytes]:
    """Every visible output file, by its path: figures, notebooks."""
    files = [f for name in ("figures", "build/notebooks") for f in (root / name).rglob("*")]
    return {f.relative_to(root).as_posix(): f.read_bytes() for f in files
            if f.is_file() and not f.name.startswith(".")}  # fmt: skip


def hidden(root: Path) -> list[str]:
    """Files that a process has begun to write and nobody has removed."""
    return sorted(str(f.relative_to(root)) for f in root.rglob(".*") if f.is_file())


def assert_whole(root: Path) -> None:
    """Every output can be read to its end."""
    for name in written(root):
        file = root / name
        if file.suffix == ".png":
            with Image.open(file) as image:
                image.load()
        elif file.suffix == ".ipynb":
            nbformat.validate(nbformat.read(file, as_version=4))
        elif file.suffix == ".svg":
            assert file.read_text().rstrip().endswith("</svg>")
        else:
            assert file.read_text().endswith("\n")
    for file in (root / "build").rglob("*.json"):
        if not file.name.startswith("."):
            json.loads(file.read_text())


def run_here(*, timeout: float = 60, fast: bool = True) -> dict[str, Outcome]:
    """Run the three places in this process; the outcomes by place."""
    plan = jobs.plan(PLACES, ["3"])
    outcomes = bulk.run(plan, timeout=timeout, say=lambda _: None, fast=fast)
    return {outcome.job.place: outcome for outcome in outcomes}


def assert_only_51_failed(found: dict[str, Outcome], kind: str, cell: str, error: str) -> None:
    """It is named with kind, cell and error; the others are done."""
    failed = found["51"]
    assert [found[place].state for place in ("45", "84")] == ["done", "done"]
    assert (failed.state, failed.kind, failed.cell) == ("failed", kind, cell), failed
    assert error in failed.error
    assert failed.job.notebook.stem == "3-province-profile"
    assert not failed.job.output.exists()


FAULTS = {
    "killed": ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "dead kernel", "died"),
    "os._exit": ("import os; os._exit(0)", "dead kernel", "died"),
    "sys.exit()": ("import sys; sys.exit()", "exit", "SystemExit"),
    "sys.exit(3)": ("import sys; sys.exit(3)", "exit", "SystemExit: 3"),
    "endless": ("while True: pass", "timeout", "imeout"),
    "asleep": ("import time; time.sleep(600)", "timeout", "imeout"),
    "deaf": (
        "import signal, time; signal.signal(signal.SIGINT, signal.SIG_IGN); time.sleep(600)",
        "timeout", "imeout",
    ),
    "no memory": (
        "import re, resource\n"
        "size = int(re.search(r'VmSize:\\s+(\\d+)', open('/proc/self/status').read())[1]) * 1024\n"
        "resource.setrlimit(resource.RLIMIT_AS, (size + 2**26, size + 2**26))\n"
        "bytearray(2**30)",
        "error", "MemoryError",
    ),
    "segmentation fault": (
        "import ctypes; ctypes.string_at(0)", "dead kernel", "died",
    ),
    "disk full": ("open('/dev/full', 'w').write('x' * 10**6)", "error", "No space left"),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_of_one_place_is_named_and_the_others_are_done(root: Path, fault: str) -> None:
    code, kind, error = FAULTS[fault]
    indented = code.replace("\n", "\n    ")
    write_notebook(root, f'if province == "51":\n    {indented}', "last = True")
    found = run_here(timeout=4 if kind == "timeout" else 60)
    assert_only_51_failed(found, kind, "4", error)
    assert found["51"].job.failed_output.exists()
    assert found["51"].source.startswith("if province")
    assert hidden(root) == []
    assert_whole(root)


@pytest.mark.parametrize("fault", ["killed", "sys.exit(3)", "endless"])
def test_faults_of_stock_kernels_are_named_the_same(root: Path, fault: str) -> None:
    code, kind, error = FAULTS[fault]
    write_notebook(root, f'if province == "51":\n    {code}', "last = True")
    found = run_here(timeout=6 if kind == "timeout" else 60, fast=False)
    assert_only_51_failed(found, kind, "4", error)


@pytest.mark.parametrize("end", ["quit()", "exit()"])
def test_a_notebook_that_asks_to_end_is_a_success_only_when_all_cells_ran(
    root: Path, end: str
) -> None:
    # The kernel ends a moment later: what comes after may still run, to its end or not.
    write_notebook(root, f'if province == "51":\n    {end}', "last = True")
    failed = run_here()["51"]
    if failed.state == "done":
        cells = nbformat.read(failed.job.output, as_version=4).cells
        assert all(cell.execution_count for cell in cells)
        return
    assert failed.kind in ("exit", "dead kernel")
    assert failed.cell in (
        "4",
        "5",
    )  # the kernel ends with the cell, or while the next one is asked


@pytest.mark.parametrize(
    ("spot", "kind", "cell"),
    [("figures/51", "error", "3"), ("build/notebooks/51", "output", "?")],
)
def test_a_file_where_a_folder_should_be_stops_only_its_place(
    root: Path, spot: str, kind: str, cell: str
) -> None:
    (root / spot).parent.mkdir(parents=True, exist_ok=True)
    (root / spot).write_text("in the way")
    assert_only_51_failed(run_here(), kind, cell, "51")
    (root / spot).unlink()
    assert {outcome.state for outcome in run_here().values()} == {"done", "unchanged"}


@pytest.mark.parametrize("spot", ["build", "build/records", "data/processed"])
def test_a_file_in_the_place_of_a_common_folder_is_said_before_anything_runs(
    root: Path, spot: str
) -> None:
    if (root / spot).is_dir():
        shutil.rmtree(root / spot)
    (root / spot).parent.mkdir(exist_ok=True)
    (root / spot).write_text("in the way")
    with pytest.raises(UserError, match=Path(spot).name):
        run_here()
    assert not list((root / "figures").glob("*/"))


@pytest.mark.parametrize("limit", [0, 300, 3000, 12000])
def test_when_nothing_more_can_be_written_nothing_is_half_and_the_next_run_completes(
    root: Path, undisturbed: dict[str, bytes], limit: int
) -> None:
    # A limit on the size of files stands for a disk that is full, sooner or later.
    process = start(root, *ALL, largest=limit)
    assert process.wait(120) in (1, 2)
    assert none_left(root)
    assert_outputs_among(root, undisturbed)
    assert_completes(root, undisturbed)


def test_a_full_disk_is_said_and_the_next_run_completes(
    made: Path, tmp_path: Path, undisturbed: dict[str, bytes]
) -> None:
    folder = tmp_path / "small"
    folder.mkdir()
    mounting = ["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(folder)]
    if subprocess.run(mounting, capture_output=True, check=False).returncode:
        pytest.skip("no small disk can be mounted here")
    try:
        root = folder / "project"
        shutil.copytree(made, root)
        filler = folder / "filler"
        free = shutil.disk_usage(folder).free
        with filler.open("wb") as stream:
            stream.write(bytes(free - 60_000))  # room for the notebooks of one place, not of three
        process = start(root, *ALL)
        assert process.wait(120) in (1, 2)
        assert none_left(root)
        filler.unlink()
        assert_outputs_among(root, undisturbed)
        assert_completes(root, undisturbed)
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def assert_outputs_among(root: Path, undisturbed: dict[str, bytes]) -> None:
    """What is there is whole and as it should be; an older or partial manifest may stand."""
    assert_whole(root)
    for name, content in written(root).items():
        if name != "figures/manifest.csv" and not name.endswith(".failed.ipynb"):
            assert content == undisturbed[name], name


def assert_completes(root: Path, undisturbed: dict[str, bytes]) -> None:
    """A further run writes what an undisturbed one writes, and leaves nothing else."""
    assert start(root, *ALL).wait(180) == 0, (root / "told.txt").read_text()
    assert written(root) == undisturbed
    assert hidden(root) == []
    assert none_left(root)


def test_the_warm_parent_killed_in_mid_run_costs_only_time(
    root: Path, undisturbed: dict[str, bytes]
) -> None:
    process = start(root, *ALL, "--jobs", "2")
    assert wait_for(lambda: list((root / "figures").glob("*/*.png")))
    for pid, command in of(root).items():
        if "forkserver" in command and parent_of(pid) == process.pid:
            os.kill(pid, signal.SIGKILL)
    assert process.wait(120) == 0, (root / "told.txt").read_text()
    assert written(root) == undisturbed
    assert hidden(root) == []
    assert none_left(root)


def test_workers_killed_at_work_cost_only_time(root: Path, undisturbed: dict[str, bytes]) -> None:
    process = start(root, *ALL)
    assert wait_for(lambda: list((root / "build" / "records").glob("*3-province-profile.lock")))
    time.sleep(0.3)
    (warm,) = [
        pid for pid, c in of(root).items() if "forkserver" in c and parent_of(pid) == process.pid
    ]
    for pid in of(root):
        if parent_of(pid) == warm:  # workers and kernels alike
            os.kill(pid, signal.SIGKILL)
    assert process.wait(120) in (0, 1), (root / "told.txt").read_text()
    assert none_left(root)
    assert_outputs_among(root, undisturbed)
    assert_completes(root, undisturbed)


def test_a_kernel_whose_port_was_taken_meanwhile_starts_again(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from jupyter_client.connect import LocalPortCache

    taken = socket.socket()
    taken.bind(("127.0.0.1", 0))
    free = LocalPortCache.find_available_port
    found: list[int] = []

    def loses(self: LocalPortCache, ip: str) -> int:
        found.append(taken.getsockname()[1] if not found else free(self, ip))
        return found[-1]

    monkeypatch.setattr(LocalPortCache, "find_available_port", loses)
    ((job,),) = jobs.plan(["45"], ["3"])
    with taken:
        outcome = executing.execute(job, 60)
    assert outcome.state == "done", outcome
    assert len(found) > 5  # the ports of a second start


def test_twenty_runs_started_at_once_do_the_work_once(
    root: Path, undisturbed: dict[str, bytes]
) -> None:
    write_notebook(root, 'with open("../ran.txt", "a") as s: s.write(province + " ")')
    (root / "told.txt").touch()
    runs = [start(root, "--province", "45,51", "--notebook", "3") for _ in range(20)]
    codes = [process.wait(400) for process in runs]
    assert codes == [0] * 20, (root / "told.txt").read_text()
    assert none_left(root)
    assert hidden(root) == []
    assert_whole(root)
    figures = {name: content for name, content in written(root).items() if "figures/4" in name}
    assert figures == {name: undisturbed[name] for name in figures} and len(figures) == 3
    ran = (root.parent / "ran.txt").read_text().split()
    assert 1 <= ran.count("45") <= 3 and 1 <= ran.count("51") <= 3


@pytest.mark.parametrize("moment", range(MOMENTS))
def test_after_everything_was_killed_a_run_completes(
    root: Path, undisturbed: dict[str, bytes], usual_seconds: float, moment: int
) -> None:
    # From the first import to a little after the usual end, spread evenly, with a seeded shift.
    length = 1.1 * usual_seconds
    after = length * (moment + random.Random(SEED + moment).random()) / MOMENTS
    process = start(root, *ALL)
    time.sleep(after)
    kill_all(root)
    process.wait(30)
    assert_outputs_among(root, undisturbed)
    assert_completes(root, undisturbed)


SENDS: dict[str, Callable[[int], None]] = {
    "Ctrl-C": lambda pid: os.killpg(pid, signal.SIGINT),
    "SIGINT to one": lambda pid: os.kill(pid, signal.SIGINT),
    "SIGTERM": lambda pid: os.kill(pid, signal.SIGTERM),
    "SIGHUP": lambda pid: os.killpg(pid, signal.SIGHUP),
    "SIGKILL to one": lambda pid: os.kill(pid, signal.SIGKILL),
}


@pytest.mark.parametrize("at", ["loading", "work"])
@pytest.mark.parametrize("name", SENDS)
def test_a_stopped_run_leaves_no_process_and_nothing_half_written(
    root: Path, undisturbed: dict[str, bytes], name: str, at: str
) -> None:
    process = start(root, *ALL)
    if at == "loading":
        assert wait_for(lambda: any("forkserver" in command for command in of(root).values()))
    else:
        locks = root / "build" / "records"
        assert wait_for(lambda: list(locks.glob("*3-province-profile.lock")))
        time.sleep(0.5)
    SENDS[name](process.pid)
    code = process.wait(30)
    assert none_left(root), of(root)
    if "INT" in name or name == "Ctrl-C":
        assert code == 1
        told = (root / "told.txt").read_text()
        assert told.rstrip().endswith("stopped"), told
        assert "Traceback" not in told
        assert hidden(root) == []
    else:
        assert code != 0
    assert_outputs_among(root, undisturbed)


def test_a_stopped_run_of_stock_kernels_leaves_no_process(root: Path) -> None:
    write_notebook(root, "import time; time.sleep(600)")
    code = (
        "import sys; from helpers.runs import bulk, jobs\n"
        "if __name__ == '__main__':\n"
        f"    bulk.run(jobs.plan({PLACES!r}, ['3']), fast=False)"
    )
    script = root / "script.py"
    script.write_text(code)
    process = subprocess.Popen(
        [sys.executable, str(script)], cwd=root, start_new_session=True,
        stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    assert wait_for(lambda: len(list((root / "figures").glob("*/*.csv"))) >= 2)
    os.killpg(process.pid, signal.SIGINT)
    assert process.wait(30) != 0
    assert none_left(root), of(root)
    assert hidden(root) == []


def test_nothing_is_written_outside_the_folders_of_outputs(
    root: Path, undisturbed: dict[str, bytes]
) -> None:
    before = {f for f in root.rglob("*") if f.is_file()}
    assert_completes(root, undisturbed)
    new = {
        f.relative_to(root).as_posix() for f in root.rglob("*") if f.is_file() and f not in before
    }
    assert all(name.startswith(("build/", "figures/")) or name == "told.txt" for name in new), new
    assert project.sweep([root]) == []
