"""One notebook for one place: executed by papermill, and what came of it."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from helpers import project
from helpers.runs import reads, records
from helpers.runs.jobs import Job
from helpers.runs.outcomes import Outcome

STARTS = 3  # two kernels that start at once may pick the same port; the loser starts again
NOT_STARTED = "Kernel died before replying"  # what jupyter_client says of such a kernel
KERNEL = (
    "--log-level=50",  # kernels' own notes would tear the bar
    f"--IPKernelApp.exec_lines={reads.BEGIN}",
)
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")


@dataclass(eq=False)
class NotFinished(Exception):
    """A notebook that did not come to its end; the fields are those of an Outcome."""

    kind: str
    cell: str
    source: str
    error: str
    traceback: str = ""


def execute(job: Job, timeout: float, again: bool = False) -> Outcome:
    """Run one notebook through papermill; write it aside, clean it, then rename.

    timeout : seconds for one cell
    again   : run it even if another run has just done so
    A failing notebook is kept beside the place of its output as `….failed.ipynb`. While another
    process is at the same job this one waits, and then takes over what the other has done.
    """
    began = time.monotonic()
    with locked(job) as waited:
        if waited and not again and not records.changes(job):
            return Outcome(job, "unchanged", time.monotonic() - began)
        try:
            record = _run(job, timeout)
        except NotFinished as failure:
            forget(job)
            told = {name: getattr(failure, name) for name in failure.__dataclass_fields__}
            return Outcome(job, "failed", time.monotonic() - began, **told)
        return Outcome(job, "done", time.monotonic() - began, record=record)


def forget(job: Job) -> None:
    """Remove what an older success left of a job that has failed: it would look like this run's."""
    records.keep(job, None)
    with suppress(OSError):
        job.output.unlink(missing_ok=True)


@contextmanager
def locked(job: Job) -> Iterator[bool]:
    """Hold the lock of a job; gives whether it had to be waited for."""
    file = records.path(job).with_suffix(".lock")
    file.parent.mkdir(parents=True, exist_ok=True)
    lock, waited = FileLock(file), False
    try:
        lock.acquire(blocking=False)
    except Timeout:
        waited = True
        lock.acquire()
    try:
        yield waited
    finally:
        lock.release()


def _run(job: Job, timeout: float) -> records.Record:
    """Execute, clean, place and record a notebook; returns its record. Raises NotFinished."""
    hashes = records.Hashes()
    before = records.inputs_before(job, hashes)
    notes = project.aside_of(records.folder() / "notes.jsonl")  # reads takes the root from it
    aside = project.aside_of(job.output)
    try:
        job.output.parent.mkdir(parents=True, exist_ok=True)
        notes.unlink(missing_ok=True)
        os.environ[reads.VARIABLE] = str(notes)
        cells: list[Any] = []
        try:
            _papermill(job, aside, timeout, cells)
            _all_ran(aside)
        except Exception as error:
            failure = _failure(error, cells)
            with suppress(Exception):  # what is kept of a failure must not hide it
                _keep_failed(job, aside, cells)
            raise failure from error
        _settle(aside, job.output)
        job.failed_output.unlink(missing_ok=True)
        read, written = reads.gather(notes)
        outputs = records.outputs([*written, job.output])
        for name in set(records.outputs_of(job)) - set(outputs):  # no longer drawn
            (project.root() / name).unlink(missing_ok=True)
        record = {**before, "read": records.inputs_read(read, hashes), "outputs": outputs}
        records.keep(job, record)
        return record
    except (OSError, project.UserError) as error:
        raise NotFinished("output", "?", "", f"{type(error).__name__}: {error}") from error
    finally:
        os.environ.pop(reads.VARIABLE, None)
        for file in (aside, notes):
            with suppress(OSError):
                file.unlink(missing_ok=True)


def _papermill(job: Job, aside: Path, timeout: float, cells: list[Any]) -> None:
    """Execute a notebook in a kernel of its own, started again when it dies while starting.

    cells : takes each cell as it begins, so that a dead kernel's last one is known
    """
    import papermill

    from helpers.runs import managing

    for start in range(STARTS):
        cells.clear()
        try:
            papermill.execute_notebook(
                str(job.notebook), str(aside), job.values,
                progress_bar=False, request_save_on_cell_execute=False, execution_timeout=timeout,
                extra_arguments=list(KERNEL), on_cell_start=lambda cell, **_: cells.append(cell),
                kernel_manager_class=managing.Manager,
            )  # fmt: skip
            return
        except RuntimeError as error:
            if NOT_STARTED not in str(error) or start == STARTS - 1:
                raise


def _all_ran(notebook: Path) -> None:
    """Raise NotFinished where a notebook ended itself, which papermill takes for success."""
    import nbformat

    code = [
        cell for cell in nbformat.read(notebook, as_version=4).cells if cell.cell_type == "code"
    ]
    for number, cell in enumerate(code, 1):
        if cell.source.strip() and cell.execution_count is None:
            raise NotFinished(
                "exit", str(number), cell.source, "the notebook ended before this cell"
            )
        for output in cell.outputs:
            if output.output_type == "error" and output.ename == "SystemExit":
                raise NotFinished(
                    "exit", str(cell.execution_count), cell.source,
                    f"SystemExit: {output.evalue or '0'} (the cells after it did not run)",
                )  # fmt: skip


def _failure(error: Exception, cells: list[Any]) -> NotFinished:
    """Kind, cell and message of a papermill or kernel error, without the traceback's colours."""
    from nbclient.exceptions import CellTimeoutError, DeadKernelError

    if isinstance(error, NotFinished):
        return error
    name = getattr(error, "ename", type(error).__name__)
    message = _COLOURS.sub("", f"{name}: {getattr(error, 'evalue', error)}").strip()
    told = _COLOURS.sub("", "\n".join(getattr(error, "traceback", None) or []))
    code = [cell for cell in cells if cell.cell_type == "code"]
    source = code[-1].source if code else ""
    number = str(getattr(error, "exec_count", None) or (len(code) or "?"))
    if isinstance(error, DeadKernelError) or NOT_STARTED in message:
        message = f"{name}: the kernel died (ended by the cell, killed, or out of memory)"
        return NotFinished("dead kernel", number, source, message)
    if name == "SystemExit":
        return NotFinished("exit", number, source, message, told)
    if isinstance(error, CellTimeoutError):
        return NotFinished("timeout", number, source, message.split("\n")[0])
    kind = "output" if isinstance(error, OSError) else "worker"
    kind = "error" if hasattr(error, "ename") else kind
    return NotFinished(kind, number, source, message, told)


def _keep_failed(job: Job, aside: Path, cells: list[Any]) -> None:
    """Keep the notebook as far as it came, with its error."""
    import nbformat
    import papermill

    if not aside.exists():  # the kernel died or was too slow: papermill has written nothing
        prepared = papermill.execute_notebook(
            str(job.notebook), None, job.values, prepare_only=True, progress_bar=False
        )
        prepared.cells[: len(cells)] = cells
        nbformat.write(prepared, aside)
    _settle(aside, job.failed_output)


def _settle(aside: Path, output: Path) -> None:
    """Take out what differs from run to run, then put the notebook in its place."""
    import nbformat

    book = nbformat.read(aside, as_version=4)
    forget_times(book)
    with project.whole(output) as target:
        nbformat.write(book, target)


def forget_times(book: Any) -> None:
    """Remove run times, paths and random ids from an executed notebook, in place."""
    book.metadata.pop("papermill", None)
    for k, cell in enumerate(book.cells):
        cell.metadata.pop("papermill", None)
        cell.metadata.pop("execution", None)
        if "injected-parameters" in cell.metadata.get("tags", []):
            cell["id"] = f"parameters-{k}"
