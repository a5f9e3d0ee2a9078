"""What became of a job."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from helpers.runs.jobs import Job


@dataclass(frozen=True)
class Outcome:
    """What became of a job.

    state     : 'done', 'unchanged' or 'failed'
    seconds   : wall time
    kind      : why it failed: 'error', 'dead kernel', 'timeout', 'exit', 'output' or 'worker'
    cell      : number of the failing cell as in `In [4]`, or '?'
    source    : what stands in that cell
    error     : name and text of the error
    traceback : as the kernel told it, without colours
    record    : of a job that is done: what it was made from, and what it wrote (see `records`)
    """

    job: Job
    state: str
    seconds: float = 0.0
    kind: str = ""
    cell: str = ""
    source: str = ""
    error: str = ""
    traceback: str = ""
    record: dict[str, Any] | None = field(default=None, compare=False)
