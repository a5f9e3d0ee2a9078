"""Notebooks executed by the workers of a Dask cluster; inputs and helpers travel with the work."""

from __future__ import annotations

import queue
import uuid
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import CancelledError
from contextlib import suppress
from typing import Any

from helpers import project
from helpers.runs import arrivals
from helpers.runs.bulk import TELLING
from helpers.runs.bundle import Bundle, pack
from helpers.runs.connections import PATIENCE, Connection, refuse_differing
from helpers.runs.jobs import Job
from helpers.runs.outcomes import Outcome
from helpers.runs.workers import Workers, ended


class Cluster:
    """What `Workers` is on one machine: executes jobs, on as many threads as the cluster has.

    address : of the scheduler, e.g. tcp://host:8786
    local   : executes here what must be written here, the notebooks that tell processed tables
    Entering raises UserError where there is no scheduler or no worker, or where one of them has
    other packages than there are here.
    """

    def __init__(self, address: str, local: Workers) -> None:
        self.connection, self.local = Connection(address), local
        self.run = uuid.uuid4().hex
        self.bundle: Bundle | None = None
        self.held: Any = None  # the future of the bundle's bytes
        self.running: dict[Any, Job] = {}
        self.ended: queue.SimpleQueue[Any] = queue.SimpleQueue()

    def __enter__(self) -> Cluster:
        self.connection.__enter__()
        return self

    def __exit__(self, kind: type[BaseException] | None, *error: Any) -> None:
        self.local.__exit__(kind, *error)
        with suppress(project.UserError):
            self.connection.everywhere("end", self.run)
        self.connection.close()

    def finish(self, jobs: Sequence[Job], timeout: float, again: bool) -> Iterator[Outcome]:
        """Outcomes as they come. A worker's death costs time only: the scheduler hands its jobs
        to others, and fails those whose workers have died too often. Where that hits several, one
        of them may have taken the others with it: each then runs once more, alone."""
        yield from self.local.finish([job for job in jobs if job.number in TELLING], timeout, again)
        killed = []
        for job, answer in self._answers([j for j in jobs if j.number not in TELLING], timeout):
            if _is_killed(answer):
                killed.append((job, answer))
            else:
                yield self._outcome(job, answer)
        for job, answer in killed:
            alone = self._answers([job], timeout) if len(killed) > 1 else [(job, answer)]
            yield from (self._outcome(*told) for told in alone)

    @property
    def count(self) -> int:
        """Jobs at a time."""
        return self.connection.threads

    def _answers(self, jobs: Sequence[Job], timeout: float) -> Iterator[tuple[Job, Any]]:
        """Each job with what came of it, an answer or an exception.

        As many jobs are on their way as the cluster has threads: none waits behind another on a
        worker that may die, and what comes back does not pile up.
        """
        waiting = deque(jobs)
        if waiting:
            self._hold()
        while waiting or self.running:
            self.connection.look()
            self._fill(waiting, timeout)
            try:
                future = self.ended.get(timeout=1)
            except queue.Empty:
                continue
            job = self.running.pop(future)
            self._fill(waiting, timeout)  # first, so that no thread waits while files are written
            yield job, self._answer(future)

    def _hold(self) -> None:
        """Let the cluster hold the bundle, as the result of a task: each worker gets it once, and
        where it is lost with a worker it is made again, which what is scattered is not."""
        bundle = pack(self.bundle)
        if bundle is not self.bundle:
            self.bundle = bundle
            self.held = self.connection.client.submit(bytes, bundle.data, pure=False)

    def _fill(self, waiting: deque[Job], timeout: float) -> None:
        while waiting and len(self.running) < self.connection.threads:
            job = waiting.popleft()
            future = self._submit(job, timeout)
            self.running[future] = job
            future.add_done_callback(self.ended.put)

    def _submit(self, job: Job, timeout: float) -> Any:
        assert self.bundle is not None
        told = {
            "number": job.number,
            "notebook": job.notebook.relative_to(project.root()).as_posix(),
            "place": job.place,
            "language": job.language,
            "timeout": timeout,
            "root": str(project.root()),
        }
        return self.connection.submit("work", self.held, self.bundle.digest, self.run, told)

    def _answer(self, future: Any) -> Any:
        """The answer of a future that has ended, or the exception. Raises UserError when the
        scheduler is lost, or has been told by others to drop the work."""
        try:
            while True:
                if future.status == "error":
                    return future.exception(timeout=PATIENCE)
                try:
                    return future.result(timeout=PATIENCE)
                except TimeoutError:  # its worker has died meanwhile, so it is made again
                    self.connection.look()
        except CancelledError:
            raise self.connection.lost() from None
        finally:
            future.release()

    def _outcome(self, job: Job, answer: Any) -> Outcome:
        """Place what came back. Raises UserError when the worker had other packages."""
        if isinstance(answer, BaseException):
            return ended(job, _said(answer))
        refuse_differing(f"the worker {answer.get('worker')}", answer.get("differing", ()))
        return arrivals.place(job, answer["outcome"], answer["files"])


def _is_killed(answer: Any) -> bool:
    from distributed.scheduler import KilledWorker

    return isinstance(answer, KilledWorker)


def _said(error: BaseException) -> str:
    if _is_killed(error):
        times, last = getattr(error, "allowed_failures", 0) + 1, getattr(error, "last_worker", None)
        return (
            f"the worker that ran it ended {times} times (killed, or out of memory), the last at "
            f"{getattr(last, 'address', 'an unknown address')}"
        )
    return f"the process that ran it ended: {error}"
