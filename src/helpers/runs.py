"""Notebooks in bulk: executed by papermill, two at a time, whatever happens to one of them.

What is unchanged is skipped; a failed notebook is kept with its error, named with
place and cell, and does not stop the others.
"""

import multiprocessing
import os
import re
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

import nbformat
from tqdm import tqdm

from helpers import project, records
from helpers.jobs import Job

TIMEOUT = 600  # seconds for one notebook


@dataclass(frozen=True)
class Outcome:
    """What became of a job: state 'done', 'unchanged' or 'failed', then with cell and error."""

    job: Job
    state: str
    seconds: float = 0.0
    cell: str = ""
    error: str = ""


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
    off goes on where it stopped. Raises UserError when a folder cannot be written.
    """
    for folder in (project.figures_dir(), project.processed_dir(), project.root() / "build"):
        with project.whole(folder / "writable.txt") as aside:
            aside.touch()
        (folder / "writable.txt").unlink()
    total = sum(map(len, stages))
    outcomes: list[Outcome] = []
    bar = tqdm(total=total, unit="notebook", desc="notebooks", dynamic_ncols=True)
    context = multiprocessing.get_context("spawn")
    with bar, ProcessPoolExecutor(jobs, mp_context=context, initializer=_quiet_worker) as pool:
        for stage in stages:
            futures: dict[Future[Outcome], Job] = {}
            for job in stage:
                if not force and records.is_unchanged(job):
                    outcomes.append(Outcome(job, "unchanged"))
                    bar.update()
                else:
                    futures[pool.submit(execute, job, timeout)] = job
            for future in as_completed(futures):
                outcome = _outcome(future, futures[future])
                outcomes.append(outcome)
                records.keep(outcome.job, outcome.state)
                bar.update()
                if outcome.state == "failed":
                    bar.write(describe_failure(outcome))
    order = {job: k for k, job in enumerate(job for stage in stages for job in stage)}
    say(summary(outcomes))
    return sorted(outcomes, key=lambda outcome: order[outcome.job])


def _outcome(future: Future[Outcome], job: Job) -> Outcome:
    """The outcome that a worker returned, or a failure when the worker itself died."""
    try:
        return future.result()
    except Exception as error:  # whatever killed one worker must not stop the others
        return Outcome(job, "failed", cell="?", error=f"the worker ended: {error!r}")


def _quiet_worker() -> None:
    """One thread for linear algebra: two notebooks share two cores, and results stay the same."""
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[name] = "1"


def execute(job: Job, timeout: float = TIMEOUT) -> Outcome:
    """Run one notebook through papermill; write it aside, clean it, then rename.

    A failing notebook is kept beside the place of its output as `….failed.ipynb`.
    """
    import papermill

    began = time.time()
    job.output.parent.mkdir(parents=True, exist_ok=True)
    aside = job.output.with_name(f".{os.getpid()}-{job.output.name}")
    try:
        papermill.execute_notebook(
            str(job.notebook), str(aside), job.values,
            progress_bar=False, request_save_on_cell_execute=False, execution_timeout=timeout,
            extra_arguments=["--log-level=50"],  # kernels' own notes would tear the bar
        )  # fmt: skip
        _settle(aside, job.output)
        job.failed_output.unlink(missing_ok=True)
        remove_older(job.figures(), began)
        return Outcome(job, "done", time.time() - began)
    except Exception as error:  # every failure of a notebook is one outcome
        cell, message = _what_failed(error)
        if aside.exists():
            _settle(aside, job.failed_output)
        job.output.unlink(missing_ok=True)  # an older success would look like this run's
        return Outcome(job, "failed", time.time() - began, cell, message)
    finally:
        aside.unlink(missing_ok=True)


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
    kept = outcome.job.failed_output.relative_to(project.root()).as_posix()
    return f"failed: {outcome.job.name}, cell {outcome.cell}: {outcome.error}\n  kept in {kept}"


def summary(outcomes: Sequence[Outcome]) -> str:
    """One line: how many notebooks ran, were unchanged and failed, and the figures there are."""
    states = [outcome.state for outcome in outcomes]
    counts = dict.fromkeys(("png", "svg", "csv"), 0)
    for file in project.figures_dir().glob("*/*.*"):
        counts[file.suffix[1:]] = counts.get(file.suffix[1:], 0) + 1
    return (
        f"{states.count('done')} notebooks run, {states.count('unchanged')} unchanged, "
        f"{states.count('failed')} failed; figures/ holds "
        + ", ".join(f"{counts[kind]} {kind.upper()}" for kind in ("png", "svg", "csv"))
    )
