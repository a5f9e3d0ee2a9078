"""All provinces in one go: wall time against plain papermill, with the same notebooks and outputs.

Run: python tests/bench/bulk_runs.py [--provinces 63] [--rounds 3] [--growth 500]

Three ways, in turns, each in a scratch project whose processed tables are there already:
`loop`, the papermill command for one notebook after the other; `pairs`, two of these commands at a
time; `runner`, `python -m helpers run --jobs 2 --force`. Then: nothing changed, one raw figure
changed, the memory of the kernels, and the growth of the processes that last a whole run.
"""

from __future__ import annotations

import argparse
import csv
import io
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import nbformat

from helpers import places

PROJECT = Path(__file__).resolve().parents[2]
NOTEBOOKS = ("3-province-profile", "4-poverty-reduction-trends")
PAPERMILL = (sys.executable, "-m", "papermill", "--no-progress-bar", "--log-level", "ERROR")
WARM = b"helpers.runs.warm"  # what the command line of the parent and its forks has
MANY = "run-many-times.py"
HELPERS = (sys.executable, "-m", "helpers")


def scratch(folder: Path) -> Path:
    """A project with all data and notebooks and no figures, in which the tables are computed."""
    for name in ("data", "notebooks"):
        shutil.copytree(PROJECT / name, folder / name)
    shutil.copy(PROJECT / "requirements.lock", folder)
    (folder / "figures").mkdir()
    run(folder, "--province", "VN", "--notebook", "3")
    return folder


def command(folder: Path, words: Sequence[str]) -> str:
    """Run a command in a project; returns what it printed to stderr. Raises when it fails."""
    environment = os.environ | {"GIAM_NGHEO_ROOT": str(folder)}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    done = subprocess.run(
        words, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"{' '.join(words)}: {done.stderr[-2000:]}")
    return done.stderr


def run(folder: Path, *options: str) -> str:
    """The runner with two jobs."""
    return command(folder, [*HELPERS, "run", "--jobs", "2", *options])


def plain(folder: Path, codes: Sequence[str], at_once: int) -> None:
    """The plain papermill command for each province and notebook."""
    out = folder / "build" / "plain"
    out.mkdir(parents=True, exist_ok=True)
    commands = [
        [*PAPERMILL, str(folder / "notebooks" / f"{name}.ipynb"), str(out / f"{code}-{name}.ipynb"),
         "-r", "province", code, "-p", "language", "en"]
        for code in codes
        for name in NOTEBOOKS
    ]  # fmt: skip
    with ThreadPoolExecutor(at_once) as pool:
        list(pool.map(lambda words: command(folder, words), commands))


def ratios(folder: Path, codes: Sequence[str], rounds: int) -> dict[str, float]:
    """Seconds of each way; they take turns, a part of the provinces each time."""
    ways: dict[str, Callable[[Sequence[str]], object]] = {
        "loop": lambda part: plain(folder, part, 1),
        "pairs": lambda part: plain(folder, part, 2),
        "runner": lambda part: run(
            folder, "--force", "--notebook", "3,4", "--province", ",".join(part)
        ),
    }
    seconds = dict.fromkeys(ways, 0.0)
    for k in range(rounds):
        part = codes[k::rounds]
        for name in sorted(ways, key=lambda name: (list(ways).index(name) + k) % len(ways)):
            began = time.monotonic()
            ways[name](part)
            seconds[name] += time.monotonic() - began
        print(f"  after {k + 1} of {rounds} rounds: {told(seconds)}", flush=True)
    return seconds


def told(seconds: dict[str, float]) -> str:
    """The ratios in words."""
    loop, pairs, runner = (seconds[name] for name in ("loop", "pairs", "runner"))
    return (
        f"runner {runner / loop:.3f} of the loop, {runner / pairs:.3f} of two at a time "
        f"({runner:.0f} s, {pairs:.0f} s, {loop:.0f} s)"
    )


def edit_one_figure(folder: Path, place: str) -> str:
    """Change a digit of one reported figure of a district of a place; returns what was changed."""
    path = folder / "data" / "raw" / "reported_figures.csv"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    header = next(csv.reader(io.StringIO(lines[0])))
    for k, line in enumerate(lines):
        row = dict(zip(header, next(csv.reader(io.StringIO(line))), strict=False))
        if row["place"].startswith(f"{place}/") and re.fullmatch(r"\d{3} hộ", row["printed"]):
            other = f"{int(row['printed'][:3]) + 1} hộ"
            lines[k] = line.replace(row["printed"], other)
            path.write_text("".join(lines), encoding="utf-8")
            return f"{row['figure_id']}: {row['printed']} → {other}"
    raise LookupError(f"no district of {place} has a figure of three digits")


@contextmanager
def watched(marks: dict[str, list[int]]) -> Iterator[None]:
    """Take the private memory, kB, of kernels and of other processes of a run while it goes on."""
    over = threading.Event()

    def look() -> None:
        while not over.wait(0.05):
            for kind, found in memories().items():
                marks[kind] += found

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def memories() -> dict[str, list[int]]:
    """Private kB of every kernel now, and of all lasting processes together: the run's own, the
    warm parent and the workers."""
    found: dict[str, list[int]] = {"kernel": [], "lasting": []}
    for entry in Path("/proc").iterdir():
        try:
            line = (entry / "cmdline").read_bytes() if entry.name.isdigit() else b""
            if WARM not in line and MANY.encode() not in line:
                continue
            lines = (entry / "smaps_rollup").read_text(encoding="utf-8").splitlines()
            leads = os.getsid(int(entry.name)) == int(entry.name)
        except OSError:
            continue
        private = sum(int(line.split()[1]) for line in lines if line.startswith("Private"))
        found["kernel" if leads and WARM in line else "lasting"].append(private)
    return {"kernel": found["kernel"], "lasting": [sum(found["lasting"])]}


def growth(folder: Path, runs: int) -> None:
    """Run a small notebook many times in one run, and print how the lasting processes grow."""
    book = nbformat.v4.new_notebook()
    cell: Callable[..., object] = nbformat.v4.new_code_cell
    book.cells = [
        cell('province = "45"\nlanguage = "en"', metadata={"tags": ["parameters"]}),
        cell("from helpers import project\nsum(range(1000))"),
    ]
    book.metadata.kernelspec = {"name": "python3", "display_name": "", "language": "python"}
    shutil.rmtree(folder / "notebooks")
    (folder / "notebooks").mkdir()
    nbformat.write(book, folder / "notebooks" / "3-province-profile.ipynb")
    script = folder / MANY
    script.write_text(
        "from helpers.runs import bulk, jobs\n"
        "if __name__ == '__main__':\n"
        "    ((job,),) = jobs.plan(['45'], ['3'])\n"
        f"    bulk.run([[job]] * {runs}, force=True, say=lambda line: None)\n",
        encoding="utf-8",
    )
    marks: dict[str, list[int]] = {"kernel": [], "lasting": []}
    with watched(marks):
        command(folder, [sys.executable, str(script)])
    tenth = len(marks["lasting"]) // 10
    # the middle: for an instant a new kernel is not yet told from what lasts
    first = statistics.median(marks["lasting"][tenth : 2 * tenth])
    last = statistics.median(marks["lasting"][-2 * tenth : -tenth])
    print(f"growth over {runs} runs: all lasting processes have {first / 1024:.1f} MB private "
          f"in the second tenth of the time, {last / 1024:.1f} MB in the last but one")  # fmt: skip


def main() -> None:
    """Measure and print a line each."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--provinces", type=int, default=63)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--growth", type=int, default=500)
    options = parser.parse_args()
    codes = [place.code for place in places.provinces("63")][: options.provinces]
    with tempfile.TemporaryDirectory(prefix="bulk-") as parent:
        folder = scratch(Path(parent) / "project")
        marks: dict[str, list[int]] = {"kernel": [], "lasting": []}
        print(f"{len(codes)} provinces × notebooks 3 and 4", flush=True)
        seconds = ratios(folder, codes, options.rounds)
        print(told(seconds), flush=True)
        with watched(marks):
            run(folder, "--force", "--notebook", "3,4", "--province", ",".join(codes[:10]))
        most = sorted(marks["kernel"])
        print(f"a kernel has at most {most[-1] / 1024:.1f} MB private (middle of all looks: "
              f"{most[len(most) // 2] / 1024:.1f} MB)", flush=True)  # fmt: skip
        everything = ("--notebook", "3,4", "--province", ",".join(codes))
        began = time.monotonic()
        run(folder, *everything)
        print(f"nothing changed: {time.monotonic() - began:.2f} s", flush=True)
        print("one raw figure changed:", edit_one_figure(folder, "45"))
        said = command(folder, [*HELPERS, "run", "--explain", *everything])
        print(said.strip().splitlines()[-1])
        began = time.monotonic()
        print(run(folder, *everything).strip().splitlines()[-3])
        print(f"  in {time.monotonic() - began:.1f} s, the tables included", flush=True)
        if options.growth:
            growth(folder, options.growth)


if __name__ == "__main__":
    main()
