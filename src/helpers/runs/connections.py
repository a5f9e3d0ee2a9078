"""A connection to a Dask scheduler: who is there, with which packages, and whether it still is."""

from __future__ import annotations

import logging
import threading
import time
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

from helpers import project
from helpers.runs import outpost, records

T = TypeVar("T")
PATIENCE = 10  # seconds for an answer of the scheduler
WATCH = 3  # seconds between two looks at who is there
NOBODY = 60  # seconds without a worker after which a run that has begun gives up
NAMED = 3  # differing packages named in an error
SETTINGS = {
    "distributed.comm.timeouts.connect": f"{PATIENCE}s",
    "distributed.admin.large-graph-warning-threshold": "1GB",  # the bundle is sent on purpose
}
LOGGERS = ("distributed", "distributed.client")  # what they tell is told in a sentence
SOURCE = Path(outpost.__file__).read_text(encoding="utf-8")


def call(source: str, function: str, *values: Any) -> Any:
    """Call a function of a module given as text, which is loaded once a process."""
    import sys
    import types

    name = f"giam_ngheo_{hash(source):x}"
    if name not in sys.modules:
        module = types.ModuleType(name)
        exec(source, module.__dict__)
        sys.modules.setdefault(name, module)  # another thread may have been faster
    return getattr(sys.modules[name], function)(*values)


# So it is sent by value: workers would otherwise look for a module of helpers that is not there.
call.__module__ = "__main__"


class Connection:
    """A client of one scheduler. Entering raises UserError where it cannot be used as it is."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.threads = 0  # of all workers, as last seen
        self._known: set[str] = set()  # workers with the packages of this machine
        self._is_lost = False
        self._looked = float(-WATCH)
        self._seen = time.monotonic()

    def __enter__(self) -> Connection:
        self.client = self._connect()
        try:
            self._await_workers()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Leave the scheduler; what was asked of it and is not done is dropped there."""
        patience = 1 if self._is_lost else PATIENCE / 2
        with suppress(Exception), warnings.catch_warnings(action="ignore"):
            within(patience, lambda: self.client.close(timeout=patience))

    def submit(self, function: str, *values: Any) -> Any:
        """The future of a function of `outpost`."""
        return self.client.submit(call, SOURCE, function, *values, pure=False)

    def everywhere(self, function: str, *values: Any) -> dict[str, Any]:
        """What a function of `outpost` answers in each worker, by address.

        A worker that fails or goes meanwhile is left out. Raises UserError when there is no answer.
        """
        if self._is_lost:
            raise self.lost()
        try:
            found: dict[str, Any] = within(
                PATIENCE,
                lambda: self.client.run(call, SOURCE, function, *values, on_error="ignore"),
            )
        except (OSError, TimeoutError) as error:
            raise self.lost() from error
        return found

    def look(self) -> None:
        """See who is there, every WATCH seconds.

        Raises UserError when the scheduler is lost, when there has been no worker for NOBODY
        seconds, or when a worker came that has other packages.
        """
        now = time.monotonic()
        if now - self._looked < WATCH:
            return
        if self.client.status != "running":
            raise self.lost()
        try:
            threads: dict[str, int] = within(PATIENCE, self.client.nthreads)
        except (OSError, TimeoutError) as error:
            raise self.lost() from error
        if set(threads) - self._known:
            self._check(threads)
        self.threads, self._looked = sum(threads.values()), now
        if self.threads:
            self._seen = now
        elif now - self._seen > NOBODY:
            raise project.UserError(
                f"no worker has been connected to {self.address} for {NOBODY} s: start some "
                f"(dask worker {self.address}), then run the same command again; what is done "
                "stays done."
            )

    def lost(self) -> project.UserError:
        """What to say when the scheduler does not answer any more; it is not asked again."""
        self._is_lost = True
        return project.UserError(
            f"the scheduler {self.address} was lost: see that it runs, then run the same command "
            "again; what is done stays done."
        )

    def _connect(self) -> Any:
        dask, distributed = _packages_of_dask()
        dask.config.set(SETTINGS)
        for name in LOGGERS:
            logging.getLogger(name).setLevel(logging.CRITICAL)
        try:
            with warnings.catch_warnings(action="ignore"):  # about versions, see `_check`
                return distributed.Client(self.address, timeout=PATIENCE, set_as_default=False)
        except (OSError, TimeoutError, ValueError, RuntimeError) as error:
            raise project.UserError(
                f"no scheduler of Dask answers at {self.address}: see that `dask scheduler` runs "
                "there, and that the address is the one that it prints, e.g. tcp://host:8786."
            ) from error

    def _await_workers(self) -> None:
        began = time.monotonic()
        while True:
            self.look()
            if self.threads:
                return
            if time.monotonic() - began > PATIENCE:
                raise project.UserError(
                    f"no worker is connected to {self.address}: start some, e.g. "
                    f"dask worker {self.address} --nworkers 2 --nthreads 1"
                )
            time.sleep(0.2)
            self._looked = -WATCH

    def _check(self, workers: Iterable[str]) -> None:
        """Raise UserError where a worker, or the scheduler, has other versions than there are here.

        Python's comes first: what one sends to the other is read only by the same version.
        """
        dask = ("dask", "distributed")
        ours = records.packages() | outpost.versions(dask)
        told = within(PATIENCE, self.client.get_versions)
        scheduler = told["scheduler"]["packages"]
        theirs = {"Python": _python(told["scheduler"])}
        theirs |= {name: scheduler[name] for name in dask}
        refuse_differing(f"the scheduler {self.address}", _differing(ours, theirs))
        for worker, found in told["workers"].items():
            differing = _differing(ours, {"Python": _python(found)})
            refuse_differing(f"the worker {worker}", differing)
        for worker, found in self.everywhere("versions", list(ours)).items():
            refuse_differing(f"the worker {worker}", _differing(ours, found))
        self._known = set(workers)


def refuse_differing(where: str, differing: Sequence[Sequence[str]]) -> None:
    """Raise UserError when there are differing packages.

    where     : e.g. 'the worker tcp://10.0.0.5:40001'
    differing : name, version here and version there of each
    """
    if not differing:
        return
    told = ", ".join(f"{name} {there} (here {here})" for name, here, there in differing[:NAMED])
    more = f" and {len(differing) - NAMED} more that differ" if len(differing) > NAMED else ""
    raise project.UserError(
        f"{where} has {told}{more}, and figures would not be the same: install there what is "
        "here (pip install -r requirements.lock, with the same Python), and start it again."
    )


def within(seconds: float, work: Callable[[], T]) -> T:
    """What a function answers in time. Raises TimeoutError, and what the function raises."""
    future: Future[T] = Future()

    def answer() -> None:
        try:
            future.set_result(work())
        except BaseException as error:
            future.set_exception(error)

    threading.Thread(target=answer, daemon=True).start()
    return future.result(timeout=seconds)


def _packages_of_dask() -> tuple[Any, Any]:
    """The modules dask and distributed. Raises UserError where they are not installed."""
    try:
        import dask
        import distributed
    except ImportError as error:
        raise project.UserError(
            "a cluster needs Dask, which is not installed here: "
            "install it with pip install -e '.[dask]' in the project's folder"
        ) from error
    return dask, distributed


def _python(told: Mapping[str, Any]) -> str:
    """'3.11.7' of what Dask tells about a process, '3.11.7.final.0'."""
    return str(told["host"]["python"]).split(".final")[0]


def _differing(ours: Mapping[str, str], theirs: Mapping[str, str]) -> list[list[str]]:
    return outpost.differing({name: ours[name] for name in theirs}, theirs)
