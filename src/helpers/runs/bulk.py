"""All notebooks in one go: what is unchanged is skipped, whatever happens to one of the others.

A failed notebook is kept with its error, named with place and cell, and does not stop the rest.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from helpers import fresh, project
from helpers.runs import failures, manifests, records, reports
from helpers.runs.jobs import Job
from helpers.runs.outcomes import Outcome
from helpers.runs.progress import Progress

if TYPE_CHECKING:
    from pathlib import Path

    from helpers.runs.cluster import Cluster
    from helpers.runs.workers import Workers

TIMEOUT = 600  # seconds for one cell
TELLING = ("1", "2")  # notebooks that write processed tables themselves
Stages = Sequence[Sequence[Job]]
Say = Callable[[str], None]


def run(
    stages: Stages,
    jobs: int = 2,
    force: bool = False,
    timeout: float = TIMEOUT,
    say: Say = print,
    fast: bool = True,
    scheduler: str = "",
) -> list[Outcome]:
    """Execute the stages, `jobs` notebooks at a time; one outcome a job, in the plan's order.

    force     : run what is unchanged, too
    timeout   : seconds for one cell
    say       : takes the lines for a human
    fast      : kernels forked from a warm parent, where the system can have them
    scheduler : address of one of Dask, whose workers then execute the notebooks, as many at a time
                as they have threads; those that tell processed tables stay here
    A failing job does not stop the others. The state of each job is recorded when it ends, so that
    a run that was broken off goes on where it stopped. Raises UserError, before anything runs, when
    a folder cannot be written or a raw file, own ledger or scheduler cannot be used.
    """
    began = time.time()
    _check_folders()
    outcomes = list(_outcomes(stages, jobs, force, timeout, fast, scheduler))
    order = {job: k for k, job in enumerate(job for stage in stages for job in stage)}
    outcomes.sort(key=lambda outcome: order[outcome.job])
    _conclude(outcomes, began, say)
    return outcomes


def _outcomes(
    stages: Stages, jobs: int, force: bool, timeout: float, fast: bool, scheduler: str
) -> Iterator[Outcome]:
    """The outcomes as they come, stage by stage, under one progress bar."""
    hashes = records.Hashes()
    with (
        Progress(stages, jobs, manifests.durations()) as bar,
        _swept(),
        _workers(jobs, fast, scheduler) as workers,
    ):
        bar.workers = workers.count
        for stage in stages:
            if any(job.number not in TELLING for job in stage):
                refresh(bar.say, fast)
            if fresh.stale():
                check_inputs()
            hashes.forget()  # the stage before has written tables
            changed = [job for job in stage if force or records.changes(job, hashes)]
            left = [job for job in stage if job not in changed]
            yield from (Outcome(job, "unchanged") for job in left)
            bar.skip(left)
            for outcome in workers.finish(changed, timeout, force):
                failures.keep(outcome)
                if outcome.state == "failed" and bar.is_news(outcome):
                    bar.say(reports.one_line(outcome))
                bar.done(outcome)
                yield replace(outcome, record=None)  # it is on the disk, and long
    hashes.store()


def explain(
    stages: Stages, say: Say = print, force: bool = False
) -> Iterator[tuple[Job, list[str]]]:
    """Each job with the reasons why it would run, none where it would not; runs no notebook.

    force : as in `run`, a reason where there is no other
    Processed tables that are stale are computed first: only they tell which places have changed.
    """
    _check_folders()
    if any(job.number not in TELLING for stage in stages for job in stage):
        refresh(say)
    hashes = records.Hashes()
    for job in (job for stage in stages for job in stage):
        yield job, records.changes(job, hashes) or ["--force runs what is unchanged"] * force
    hashes.store()


def _check_folders() -> None:
    for folder in (project.figures_dir(), project.processed_dir(), records.folder()):
        check_writable(folder)


def check_writable(folder: Path) -> None:
    """Raise UserError when a file cannot be written into a folder."""
    name = folder / "writable.txt"
    with project.whole(name) as aside:
        aside.touch()
    name.unlink(missing_ok=True)


@contextmanager
def _swept() -> Iterator[None]:
    """Leave no half-written file, neither of a run that was killed before nor of this one."""
    root = project.root()
    folders = [root / "build" / "runs", records.folder(), project.processed_dir()]
    try:
        yield
    finally:
        below = [*project.figures_dir().glob("*/"), *(root / "build" / "notebooks").glob("*/")]
        project.sweep([*folders, *below, project.figures_dir()])


def _workers(jobs: int, fast: bool, scheduler: str) -> Workers | Cluster:
    from helpers.runs.workers import Workers

    here = Workers(jobs, fast)
    if not scheduler:
        return here
    from helpers.runs.cluster import Cluster

    return Cluster(scheduler, here)


def refresh(say: Say = print, fast: bool = True) -> None:
    """Bring the processed tables up to date, in a process of its own; quick where they are.

    Raises UserError when a raw file or own ledger cannot be used.
    """
    from helpers.runs.workers import Workers

    if not fresh.stale():
        return
    check_inputs()
    steps = ", ".join(fresh.stale())
    say(f"computing the processed tables first: {steps}")
    with Workers(1, fast) as workers:
        changed = workers.alone(refresh_tables).result()
    say(f"tables whose rows changed: {', '.join(changed) or 'none'}")


def check_inputs() -> None:
    """Raise UserError when a raw file or own ledger cannot be used at all."""
    from helpers import ledger

    for load in (ledger.load, ledger.load_links, ledger.load_sources):
        load()


def refresh_tables() -> list[str]:
    """Compute what is stale, one process at a time; the names of the tables whose rows changed."""
    from filelock import FileLock

    from helpers import tables

    with FileLock(records.folder() / "tables.lock"):
        return tables.refresh()


def _conclude(outcomes: Sequence[Outcome], began: float, say: Say) -> None:
    """Write the page of failures, say how it went, and write the manifests."""
    page = reports.write_page(outcomes)
    for text in (reports.told(outcomes), reports.summary(outcomes, time.time() - began, page)):
        if text:
            say(text)
    hashes = records.Hashes()
    manifests.write_figures(hashes)
    hashes.store()
    if any(outcome.state != "unchanged" for outcome in outcomes):
        manifests.write_run(outcomes, began)
