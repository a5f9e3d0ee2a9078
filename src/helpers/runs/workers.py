"""Processes that execute jobs, two at a time or more; they are replaced when one of them dies."""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

from helpers import project
from helpers.runs import kernels
from helpers.runs.executing import execute, forget
from helpers.runs.jobs import Job
from helpers.runs.outcomes import Outcome

END = 5  # seconds that a killed process may take to end
PATIENCE = (0.2, 2.0)  # seconds after which forking is tried again: the dead must be gone first
T = TypeVar("T")


class Workers:
    """A pool of processes; with fast kernels the processes, too, are forks of the warm parent.

    count : jobs at a time
    fast  : whether kernels are forked, where the system can have that
    """

    def __init__(self, count: int, fast: bool) -> None:
        self.count, self.fast = count, fast and kernels.usable()
        self.pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> Workers:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            self._close()
        else:
            self.stop()

    def finish(self, jobs: Sequence[Job], timeout: float, again: bool) -> Iterator[Outcome]:
        """Outcomes as they come. A worker's death takes all jobs at work with it, whichever of
        them killed it: each of those then runs once more, alone."""
        if not jobs:
            return
        calls = [(job, timeout, again) for job in jobs]
        futures = dict(zip(self._submit(self.count, execute, calls), jobs, strict=True))
        taken = []
        for future in as_completed(futures):
            job = futures.pop(future)  # with its result, or a long run would hold them all
            if isinstance(future.exception(), BrokenProcessPool):
                taken.append(job)
            else:
                yield future.result()
        if taken:
            self._close()
            for job in taken:
                found = self.alone(execute, job, timeout, again)
                error = found.exception()
                yield (
                    ended(job, f"the process that ran it ended: {error}")
                    if error
                    else found.result()
                )

    def alone(self, work: Callable[..., T], *values: Any) -> Future[T]:
        """The finished future of a function that ran in a process of its own."""
        self._close()
        (future,) = self._submit(1, work, [values])
        future.exception()
        self._close()
        return future

    def stop(self) -> None:
        """End all workers now; their kernels end with them."""
        if self.pool is not None:
            processes = list((self.pool._processes or {}).values())
            self.pool.shutdown(wait=False, cancel_futures=True)
            alive = [process.pid for process in processes if process.pid and process.is_alive()]
            if self.fast:  # first: it may be about to fork for a worker, whose end would puzzle it
                kernels.end_warm_parent()
            for pid in alive:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            until = time.monotonic() + END
            while any(map(project.is_running, alive)) and time.monotonic() < until:
                time.sleep(0.01)
            self.pool = None

    def _submit(
        self, count: int, work: Callable[..., T], calls: Sequence[tuple[Any, ...]]
    ) -> list[Future[T]]:
        """Futures of a function, one for the arguments of each call.

        A warm parent that dies while it forks a worker, or a worker that dies before all is handed
        over, costs time only: all begins again with a new pool, under a new parent.
        """
        for patience in (*PATIENCE, None):
            self.pool = self.pool or self._start(count)
            try:
                return [self.pool.submit(work, *values) for values in calls]
            except (OSError, EOFError, BrokenProcessPool):
                self._close()
                if patience is None:
                    raise
                time.sleep(patience)
        raise AssertionError("the last try returns or raises")

    def _close(self) -> None:
        if self.pool is not None:
            self.pool.shutdown(cancel_futures=True)
            self.pool = None

    def _start(self, count: int) -> ProcessPoolExecutor:
        context = kernels.context() if self.fast else multiprocessing.get_context("spawn")
        begun = (self.fast, dict(os.environ), str(Path.cwd()))  # the parent may be older than these
        return ProcessPoolExecutor(count, mp_context=context, initializer=_begin, initargs=begun)


def ended(job: Job, error: str) -> Outcome:
    """The outcome of a job whose process has ended before it could tell one."""
    forget(job)
    return Outcome(job, "failed", kind="worker", cell="?", error=error)


def _begin(fast: bool, environment: dict[str, str], folder: str) -> None:
    """A worker's first act: one thread for linear algebra, so that notebooks share the cores and
    results stay the same; it leaves Ctrl-C to the one who started it, and ends with that one."""
    os.environ.clear()
    os.environ.update(environment | dict.fromkeys(kernels.THREADS, "1"))
    os.chdir(folder)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    kernels.end_with_parent()
    kernels.use(fast)
    for name in ("papermill", "nbclient", "traitlets"):  # an outcome tells what they would say
        logging.getLogger(name).setLevel(logging.CRITICAL)
