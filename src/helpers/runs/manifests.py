"""Lists of what there is: the manifest of the figures, and that of each run."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import pandas as pd

from helpers import project
from helpers.runs import records
from helpers.runs.outcomes import Outcome

FIGURES = ("path", "place", "notebook", "name", "language", "sha256")
KINDS = (".csv", ".png", ".svg")
RUNS_KEPT, RUNS_LOOKED_AT = 50, 3
_RUNS = "[0-9]*-[0-9]*-*.json"  # what else lies in their folder is not ours


def write_figures(hashes: records.Hashes | None = None) -> Path:
    """List every figure file with its hash in `figures/manifest.csv`; returns that path.

    Places without a folder keep the rows that they had: the list stands for a release, of which
    a user may have drawn only a part again.
    """
    hashes = hashes or records.Hashes()
    folder = project.figures_dir()
    rows = []
    drawn = (file for kind in KINDS for file in folder.glob(f"*/[!.]*{kind}"))
    for file in filter(Path.is_file, drawn):
        name = file.stem.removesuffix("-vi")
        language = "vi" if file.stem.endswith("-vi") else "en"
        relative = file.relative_to(folder).as_posix()
        number = name.split("-", 1)[0]
        rows.append((relative, file.parent.name, number, name, language, hashes.file(file)))
    listed = pd.DataFrame(rows, columns=pd.Index(FIGURES), dtype="str")
    path = folder / "manifest.csv"
    if path.exists():
        before = project.read_table(path, FIGURES)
        gone = pd.Series([not (folder / place).is_dir() for place in before["place"]], dtype=bool)
        elsewhere = before[gone]
        listed = pd.concat([listed, elsewhere[list(FIGURES)]])
    listed = listed.sort_values("path", ignore_index=True)
    if not path.exists() or not listed.equals(before[list(FIGURES)]):
        project.write_table(listed, path)
    return path


def write_run(outcomes: Sequence[Outcome], began: float) -> Path:
    """Keep what one run did as JSON in `build/runs/`, the last RUNS_KEPT of them.

    began : seconds since 1970
    Holds the time (UTC), the packages, and of each job its name, state, seconds, key and outputs,
    or the cell and error of its failure. Returns the path; two runs never share one.
    """
    folder = project.root() / "build" / "runs"
    name = time.strftime("%Y%m%d-%H%M%S", time.gmtime(began))
    path = folder / f"{name}-{uuid.uuid4().hex[:8]}.json"
    content = {
        "began": name,
        "seconds": round(time.time() - began, 1),
        "packages": records.packages(),
        "jobs": [_told(outcome) for outcome in outcomes],
    }
    with project.whole(path) as aside:
        aside.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    for old in set(sorted(folder.glob(_RUNS))[:-RUNS_KEPT]) - {path}:
        old.unlink(missing_ok=True)
    return path


def durations() -> dict[str, float]:
    """Seconds that a notebook took on average in the last runs, by its name without `.ipynb`."""
    found: dict[str, list[float]] = {}
    folder = project.root() / "build" / "runs"
    for file in sorted(folder.glob(_RUNS))[-RUNS_LOOKED_AT:]:
        with suppress(AttributeError, KeyError, TypeError, ValueError):  # torn, or not ours
            for job in records.read_json(file)["jobs"]:
                if job["state"] == "done":
                    notebook = job["job"].partition(" ")[2]
                    found.setdefault(notebook, []).append(float(job["seconds"]))
    return {notebook: sum(its) / len(its) for notebook, its in found.items()}


def _told(outcome: Outcome) -> dict[str, Any]:
    about: dict[str, Any] = {
        "job": outcome.job.name,
        "language": outcome.job.language,
        "state": outcome.state,
        "seconds": round(outcome.seconds, 2),
    }
    if outcome.state == "failed":
        return about | {"cell": outcome.cell, "kind": outcome.kind, "error": outcome.error}
    record = outcome.record or records.load(outcome.job)
    return about | ({"key": records.key(record), "outputs": record["outputs"]} if record else {})
