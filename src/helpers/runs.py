"""Notebooks in bulk: executed by papermill, two at a time, whatever happens to one of them.

What is unchanged is skipped; a failed notebook is kept with its error, named with
place and cell, and does not stop the others.
"""

import multiprocessing
import os
import re
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

import nbformat
from tqdm import tqdm

from helpers import ledger, project, records
from helpers.jobs import Job

TIMEOUT = 600  # seconds for one notebook
STARTS = 3  # two kernels that start at once may pick the same port; the loser starts again


@dataclass(frozen=True)
class Outcome:
    """What became of a job: state 'done', 'unchanged' or 'failed', then with cell and error.

    inputs : hashes of what a job that is done was made from, taken before it ran
    """

    job: Job
    state: str
    seconds: float = 0.0
    cell: str = ""
    error: str = ""
    inputs: dict[str, str] | None = field(default=None, compare=False)


def run(
    stages: Sequence[Sequence[Job]],
    jobs: int = 2,
    force: bool = False,
    timeout: float = TIMEOUT,
    say: Callable[[str], None] = print,
) -> list[Outcome]:
    """Execute the stages, `jobs` notebooks at a time; one outcome a job, in the plan's order.

    Unchanged jobs are skipped unless `force`. A failing job does not stop the others.
    The state of each job is recorded when it ends, so that a run that was broken
    off goes on where it stopped. Raises UserError, before anything runs, when a folder cannot
    be written or a raw file or own ledger cannot be used.
    """
    for load in (ledger.load, ledger.load_links, ledger.load_sources):
        load()
    for folder in (project.figures_dir(), project.processed_dir(), project.root() / "build"):
        check_writable(folder)
    outcomes: list[Outcome] = []
    total = sum(map(len, stages))
    bar = tqdm(total=total, unit="notebook", desc="notebooks", dynamic_ncols=True)
    with bar, _Workers(jobs) as workers:
        for stage in stages:
            shared = records.shared_inputs()
            changed = [job for job in stage if force or records.changes(job, shared)]
            skipped = [Outcome(job, "unchanged") for job in stage if job not in changed]
            for outcome in chain(skipped, workers.finish(changed, timeout)):
                outcomes.append(outcome)
                if outcome.state != "unchanged":
                    records.keep(outcome.job, outcome.inputs)
                if outcome.state == "failed":
                    bar.write(describe_failure(outcome), file=sys.stderr)
                bar.update()
    say(summary(outcomes))
    order = [job for stage in stages for job in stage]
    return sorted(outcomes, key=lambda outcome: order.index(outcome.job))


def check_writable(folder: Path) -> None:
    """Raise UserError when a file cannot be written into a folder."""
    name = folder / f"writable-{os.getpid()}.txt"
    with project.whole(name) as aside:
        aside.touch()
    name.unlink(missing_ok=True)


class _Workers:
    """Processes that execute jobs; they outlive a stage, and are replaced when one of them dies."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.pool = self._start(count)

    def __enter__(self) -> "_Workers":
        return self

    def __exit__(self, *_: object) -> None:
        self.pool.shutdown(cancel_futures=True)

    @staticmethod
    def _start(count: int) -> ProcessPoolExecutor:
        context = multiprocessing.get_context("spawn")
        return ProcessPoolExecutor(count, mp_context=context, initializer=_quiet_worker)

    def finish(self, jobs: Sequence[Job], timeout: float) -> Iterator[Outcome]:
        """Outcomes as they come. A worker's death takes all jobs at work with it, whichever of
        them killed it: each of those then runs once more, alone."""
        futures = {self.pool.submit(execute, job, timeout): job for job in jobs}
        taken = []
        for future in as_completed(futures):
            if isinstance(future.exception(), BrokenProcessPool):
                taken.append(futures[future])
            else:
                yield future.result()
        if taken:
            self.pool.shutdown()
            for job in taken:
                with self._start(1) as alone:
                    error = (future := alone.submit(execute, job, timeout)).exception()
                yield (
                    Outcome(job, "failed", cell="?", error=str(error)) if error else future.result()
                )
            self.pool = self._start(self.count)


def _quiet_worker() -> None:
    """One thread for linear algebra: two notebooks share two cores, and results stay the same."""
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[name] = "1"


def execute(job: Job, timeout: float = TIMEOUT) -> Outcome:
    """Run one notebook through papermill; write it aside, clean it, then rename.

    A failing notebook is kept beside the place of its output as `….failed.ipynb`.
    """
    began, inputs = time.time(), records.inputs(job)
    job.output.parent.mkdir(parents=True, exist_ok=True)
    aside = job.output.with_name(f".{os.getpid()}-{job.output.name}")
    try:
        _papermill(job, aside, timeout)
        _settle(aside, job.output)
        job.failed_output.unlink(missing_ok=True)
        remove_older(job.figures(), began)
        return Outcome(job, "done", time.time() - began, inputs=inputs)
    except Exception as error:  # every failure of a notebook is one outcome
        cell, message = _what_failed(error)
        if aside.exists():
            _settle(aside, job.failed_output)
        job.output.unlink(missing_ok=True)  # an older success would look like this run's
        return Outcome(job, "failed", time.time() - began, cell, message)
    finally:
        aside.unlink(missing_ok=True)


def _papermill(job: Job, aside: Path, timeout: float) -> None:
    """Execute a notebook in a kernel of its own, started again when it dies while starting."""
    import papermill

    for start in range(STARTS):
        try:
            papermill.execute_notebook(
                str(job.notebook), str(aside), job.values,
                progress_bar=False, request_save_on_cell_execute=False, execution_timeout=timeout,
                extra_arguments=["--log-level=50"],  # kernels' own notes would tear the bar
            )  # fmt: skip
            return
        except RuntimeError as error:
            if "died before replying" not in str(error) or start == STARTS - 1:
                raise


def remove_older(files: Sequence[Path], began: float) -> None:
    """Remove figures that the run which began at `began` did not write again."""
    for file in files:
        if file.stat().st_mtime < began - 1:
            file.unlink()


def _what_failed(error: Exception) -> tuple[str, str]:
    """Cell and message of a papermill or kernel error, without the traceback's colours."""
    cell = str(getattr(error, "exec_count", None) or "?")
    name, value = getattr(error, "ename", type(error).__name__), getattr(error, "evalue", error)
    return cell, re.sub(r"\x1b\[[0-9;]*m", "", f"{name}: {value}").strip()


def _settle(aside: Path, output: Path) -> None:
    """Take out what differs from run to run, then put the notebook in its place."""
    book = nbformat.read(aside, as_version=4)
    forget_times(book)
    with project.whole(output) as target:
        nbformat.write(book, target)


def forget_times(book: nbformat.NotebookNode) -> None:
    """Remove run times, paths and random ids from an executed notebook, in place."""
    book.metadata.pop("papermill", None)
    for k, cell in enumerate(book.cells):
        cell.metadata.pop("papermill", None)
        cell.metadata.pop("execution", None)
        if "injected-parameters" in cell.metadata.get("tags", []):
            cell["id"] = f"parameters-{k}"


def describe_failure(outcome: Outcome) -> str:
    """Place, notebook, cell and error of a failed job, and where it is kept."""
    said = f"failed: {outcome.job.name}, cell {outcome.cell}: {outcome.error}"
    kept = outcome.job.failed_output
    return f"{said}\n  kept in {project.below_root(kept)}" if kept.exists() else said


def summary(outcomes: Sequence[Outcome]) -> str:
    """How many notebooks ran, what figures there are, what was set aside and what conflicts."""
    states = [outcome.state for outcome in outcomes]
    counts = dict.fromkeys(("png", "svg", "csv"), 0)
    for file in project.figures_dir().glob("*/*.*"):
        counts[file.suffix[1:]] = counts.get(file.suffix[1:], 0) + 1
    found = [
        f"{len(project.read_table(path))} {what} ({project.below_root(path)})"
        for what, path in (
            ("rows set aside", project.processed_dir() / "quarantine.csv"),
            ("conflicts", project.processed_dir() / "conflicts.csv"),
        )
        if path.exists()
    ]
    return (
        f"{states.count('done')} notebooks run, {states.count('unchanged')} unchanged, "
        f"{states.count('failed')} failed; figures/ holds "
        + ", ".join(f"{counts[kind]} {kind.upper()}" for kind in ("png", "svg", "csv"))
        + "".join(f"\n{line}" for line in found)
    )
