"""What failed and has not succeeded since: one file a job, so that runs at once do not mix them.

Failures with the same error, but for the name of the place, are one group: a fault that hits every
province is one thing to repair.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from helpers import places, project
from helpers.runs import jobs, records
from helpers.runs.jobs import Job
from helpers.runs.outcomes import Outcome

_TOLD = ("kind", "cell", "source", "error", "traceback")
_ADDRESS = re.compile(r"\b0x[0-9a-f]{4,}\b")
_LINE = re.compile(r"Cell In\[(\d+)\], line (\d+)")


@dataclass(frozen=True)
class Failure:
    """A failed outcome, and when it was: local time as people write it."""

    outcome: Outcome
    when: str


@dataclass(frozen=True)
class Group:
    """Failures of one kind whose errors tell the same.

    error : as it was told; what differs from place to place is `…`
    spots : the failures by notebook, language and cell; those of one list have one cell
    """

    kind: str
    error: str
    spots: list[list[Failure]]

    @property
    def all(self) -> list[Failure]:
        """Its failures, spot by spot."""
        return [failure for spot in self.spots for failure in spot]


def path(job: Job) -> Path:
    """Where the failure of a job is kept until it succeeds."""
    return records.path(job).with_suffix(".failed.json")


def keep(outcome: Outcome) -> None:
    """Store a failure, or forget that of a job that has succeeded now."""
    file = path(outcome.job)
    if outcome.state != "failed":
        with suppress(OSError):
            file.unlink(missing_ok=True)
        return
    told = {name: value for name, value in asdict(outcome).items() if name in _TOLD}
    job = outcome.job
    about = {"number": job.number, "notebook": job.notebook.name, "place": job.place}
    content = {**about, "language": job.language, "when": _now(), **told}
    with suppress(project.UserError), project.whole(file) as aside:  # the page has it all the same
        aside.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def standing(outcomes: Sequence[Outcome] = ()) -> list[Failure]:
    """The failures of these outcomes, then those of earlier runs that stand.

    A failure stands until its job has succeeded, or its notebook or place is gone.
    """
    ours = {outcome.job for outcome in outcomes}
    found = [Failure(outcome, _now()) for outcome in outcomes if outcome.state == "failed"]
    for file in sorted(records.folder().glob("*.failed.json")):
        failure = _read(file)
        if failure is None or records.load(failure.outcome.job) is not None:
            with suppress(OSError):
                file.unlink(missing_ok=True)
        elif failure.outcome.job not in ours:
            found.append(failure)
    return found


def _read(file: Path) -> Failure | None:
    """A stored failure; None where it is torn, or of a job that there is no more."""
    told = records.read_json(file)
    names = ("number", "notebook", "place", "language", "when", *_TOLD)
    if not isinstance(told, dict) or any(not isinstance(told.get(name), str) for name in names):
        return None
    notebook = jobs.notebooks().get(told["number"])
    if notebook is None or notebook.name != told["notebook"] or not places.lookup(told["place"]):
        return None
    job = Job(told["number"], notebook, told["place"], told["language"])
    about: dict[str, Any] = {name: told[name] for name in _TOLD}
    return Failure(Outcome(job, "failed", **about), told["when"])


def _now() -> str:
    return time.strftime("%Y-%m-%d %H:%M")


def grouped(failures: Iterable[Failure]) -> list[Group]:
    """Failures by what they tell, the largest group first."""
    by_error: dict[tuple[str, str], list[Failure]] = {}
    for failure in failures:
        by_error.setdefault((failure.outcome.kind, alike(failure.outcome)), []).append(failure)
    found = []
    for (kind, error), its in by_error.items():
        spots: dict[tuple[str, str, str, str], list[Failure]] = {}
        for failure in its:
            one = failure.outcome
            where = (one.job.notebook.name, one.job.language, one.cell, one.source)
            spots.setdefault(where, []).append(failure)
        same = len({failure.outcome.error for failure in its}) == 1
        found.append(Group(kind, its[0].outcome.error if same else error, list(spots.values())))
    return sorted(found, key=lambda group: -len(group.all))


def alike(outcome: Outcome) -> str:
    """The error with `…` for what differs between places: code and names, addresses in memory."""
    place = places.get(outcome.job.place)
    text = _ADDRESS.sub("0x…", outcome.error)
    for name in {place.code, place.folder, place.name_vi, place.name_en}:
        text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", "…", text)
    return text


def failing_line(outcome: Outcome) -> int | None:
    """The line of its cell at which a job failed, from 1; None where the traceback does not tell.

    Python leaves out the empty lines with which a cell begins when it counts.
    """
    lines = [int(line) for cell, line in _LINE.findall(outcome.traceback) if cell == outcome.cell]
    if not lines:
        return None
    rows = outcome.source.splitlines()
    empty = next((k for k, row in enumerate(rows) if row.strip()), 0)
    return lines[-1] + empty if lines[-1] + empty <= len(rows) else None


def again(spot: Sequence[Failure]) -> str:
    """The command that runs the failures of one spot again."""
    one = spot[0].outcome
    words = ["python -m helpers run"]
    if one.job.number in jobs.OF_A_PLACE:
        words.append("--province " + ",".join(failure.outcome.job.place for failure in spot))
    words.append(f"--notebook {one.job.number}")
    if one.job.language != "en":
        words.append(f"--language {one.job.language}")
    if one.kind == "timeout":
        given = re.search(r"after (\d+)", one.error)
        words.append(f"--timeout {3 * int(given[1]) if given else 1800}")
    elif one.kind in ("dead kernel", "worker"):
        words.append("--jobs 1")
    return " ".join(words)
