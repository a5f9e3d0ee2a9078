"""Notebooks executed by the workers of a Dask cluster; inputs and helpers travel with the work."""

from __future__ import annotations

import logging
import queue
import threading
import time
import uuid
import warnings
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import CancelledError
from concurrent.futures import Future as FinishedFuture
from contextlib import ExitStack
from pathlib import Path
from typing import Any, TypeVar

from helpers import project
from helpers.runs import arrivals, outpost, records
from helpers.runs.bulk import TELLING
from helpers.runs.bundle import Bundle, pack
from helpers.runs.jobs import Job
from helpers.runs.outcomes import Outcome
from helpers.runs.workers import Workers

T = TypeVar("T")
PATIENCE = 10  # seconds for an answer of the scheduler
WATCH = 3  # seconds between two looks at who is there
NOBODY = 60  # seconds without any worker after which a run gives up
NAMED = 3  # differing packages named in an error
SETTINGS = {
    "distributed.comm.timeouts.connect": f"{PATIENCE}s",
    "distributed.comm.timeouts.tcp": f"{PATIENCE}s",
    "distributed.admin.large-graph-warning-threshold": "1GB",  # the bundle is sent on purpose
}
SOURCE = Path(outpost.__file__).read_text(encoding="utf-8")


class Cluster:
    """What `Workers` is on one machine: executes jobs, on as many threads as the cluster has.

    address : of the scheduler, e.g. tcp://host:8786
    local   : executes here what must be written here: the notebooks that write processed tables
    Raises UserError, when it is entered, where there is no scheduler, no worker, or a worker with
    other packages than those here.
    """

    def __init__(self, address: str, local: Workers) -> None:
        self.address, self.local = address, local
        self.run = uuid.uuid4().hex
        self.bundle: Bundle | None = None
        self.held: Any = None
        self.known: set[str] = set()  # workers whose packages are those here
        self.threads, self.looked, self.seen = 0, 0.0, time.monotonic()
        self.ended: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self.left = ExitStack()

    def __enter__(self) -> Cluster:
        with ExitStack() as begun:
            self.client = connect(self.address, begun)
            self.left = begun
            self._await_workers()
            begun.enter_context(self.local)
            self.left = begun.pop_all()
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            self._end_children()
            self.left.close()
        else:
            self.stop()

    def finish(self, jobs: Sequence[Job], timeout: float, again: bool) -> Iterator[Outcome]:
        """Outcomes as they come. A worker's death costs time only: the scheduler hands its jobs
        to others, and fails those whose workers have died too often. Where that hits several, one
        of them may have taken the others with it: each then runs once more, alone."""
        yield from self.local.finish([j for j in jobs if j.number in TELLING], timeout, again)
        away = [job for job in jobs if job.number not in TELLING]
        if not away:
            return
        self._hold()
        killed = []
        for job, answer in self._answers(away, timeout):
            if _died(answer):
                killed.append((job, answer))
            else:
                yield self._outcome(job, answer)
        for job, answer in killed:
            alone = self._answers([job], timeout) if len(killed) > 1 else [(job, answer)]
            yield from (self._outcome(*answered) for answered in alone)

    def alone(self, work: Callable[..., T], *values: Any) -> FinishedFuture[T]:
        """The finished future of a function that ran in a process of its own, on this machine."""
        return self.local.alone(work, *values)

    def stop(self) -> None:
        """Give up: nothing more is run, neither there nor here."""
        self.local.stop()
        self._end_children()
        self.left.close()

    def _answers(self, jobs: Sequence[Job], timeout: float) -> Iterator[tuple[Job, Any]]:
        """Each job with what came of it, an answer or an exception.

        As many jobs are on their way as the cluster has threads: none waits behind another on a
        worker that may die, and what comes back does not pile up.
        """
        waiting, running = deque(jobs), dict[Any, Job]()
        while waiting or running:
            self._look()
            while waiting and len(running) < self.threads:
                future = self._submit(waiting[0], timeout)
                running[future] = waiting.popleft()
                future.add_done_callback(self.ended.put)
            try:
                future = self.ended.get(timeout=1)
            except queue.Empty:
                continue
            job = running.pop(future)
            if waiting and self.threads:  # before its files are written, so that no thread is idle
                following = self._submit(waiting[0], timeout)
                running[following] = waiting.popleft()
                following.add_done_callback(self.ended.put)
            yield job, self._taken(future)

    def _submit(self, job: Job, timeout: float) -> Any:
        told = {
            "number": job.number,
            "notebook": job.notebook.relative_to(project.root()).as_posix(),
            "place": job.place,
            "language": job.language,
            "timeout": timeout,
            "root": str(project.root()),
        }
        assert self.bundle is not None
        values = (self.held, self.bundle.digest, self.run, told)
        key = f"notebook-{uuid.uuid4().hex}"
        return self.client.submit(call, SOURCE, "work", *values, key=key, pure=False)

    def _taken(self, future: Any) -> Any:
        """The answer of a future that is done, or the exception; raises UserError when it is lost."""
        while True:
            try:
                return future.result(timeout=PATIENCE)
            except TimeoutError:  # its worker has died meanwhile: it is computed again
                self._look()
            except CancelledError:
                raise self._lost() from None
            except Exception as error:
                return error
            finally:
                future.release() if future.done() else None
