"""What came back from another machine becomes the outcome of a job, as if it had run here."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from helpers import project
from helpers.runs import records
from helpers.runs.executing import forget, locked
from helpers.runs.jobs import Job
from helpers.runs.outcomes import Outcome


def place(job: Job, told: Mapping[str, Any], files: Mapping[str, bytes]) -> Outcome:
    """Write the files of a job whole, remove what it no longer draws, and tell its outcome.

    told  : the fields of the outcome, but the job
    files : content by path below the root
    An outcome of kind 'output' where a file cannot be written here or has no business here.
    """
    with locked(job):
        try:
            return _placed(job, told, files)
        except project.UserError as error:
            return Outcome(
                job, "failed", told["seconds"], "output", "?", error=f"UserError: {error}"
            )


def _placed(job: Job, told: Mapping[str, Any], files: Mapping[str, bytes]) -> Outcome:
    root = project.root()
    for name, data in files.items():
        target = (root / name).resolve()
        if not any(target.is_relative_to(root / folder) for folder in ("build", "figures")):
            raise project.UserError(f"{name} is neither in build/ nor in figures/: not written.")
        with project.whole(root / name) as aside:
            aside.write_bytes(data)
    if told["state"] == "failed":
        forget(job)
        return Outcome(job, **told)
    job.failed_output.unlink(missing_ok=True)
    for name in set(records.outputs_of(job)) - set(files):  # no longer drawn
        (root / name).unlink(missing_ok=True)
    hashes = {name: hashlib.sha256(data).hexdigest() for name, data in sorted(files.items())}
    record = {**told["record"], "packages": records.packages(), "outputs": hashes}
    records.keep(job, record)
    return Outcome(job, **{**told, "record": record})
