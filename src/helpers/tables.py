"""The processed tables: read where they are fresh, computed where they are missing or stale.

Three steps write them, each told by a notebook: `clean` (notebook 1), `reconcile`
(notebook 2) and `trends` (notebook 4). A table is fresh when the stamp beside it
matches the raw files, the user's own ledgers and the helpers that it came from.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from helpers import ledger, project, reconcile, trends

Tables = dict[str, pd.DataFrame]
FORECAST_HORIZON = 3  # years; beyond four the scales of the models disagree


def compute_clean() -> Tables:
    """Step `clean`: the raw ledger read into values and intervals, and what could not be."""
    cleaned = ledger.clean(ledger.load(), ledger.load_sources())
    return {
        "cleaned": cleaned.figures,
        "quarantine": cleaned.quarantine,
        "coverage": ledger.coverage(cleaned.figures),
    }


def compute_reconcile() -> Tables:
    """Step `reconcile`: conflicts, what is doubted and why, and the reconciled values."""
    result = reconcile.run(get("cleaned"), ledger.load_links())
    return {
        "reconciled": result.figures,
        "conflicts": result.conflicts,
        "changes": result.changes,
    }


def compute_trends() -> Tables:
    """Step `trends`: fits of every place, and the default forecast under each standard."""
    forecasts = [
        trends.forecast(standard, horizon=FORECAST_HORIZON) for standard in trends.STANDARDS
    ]
    return {"trends": trends.table(), "forecasts": pd.concat(forecasts, ignore_index=True)}


@dataclass(frozen=True)
class Step:
    """A step's tables, and the function that computes them."""

    tables: tuple[str, ...]
    compute: Callable[[], Tables]


STEPS = {
    "clean": Step(("cleaned", "quarantine", "coverage"), compute_clean),
    "reconcile": Step(("reconciled", "conflicts", "changes"), compute_reconcile),
    "trends": Step(("trends", "forecasts"), compute_trends),
}


def get(name: str) -> pd.DataFrame:
    """A processed table by its name, e.g. 'reconciled'.

    Returns texts as str ('' where empty) and columns that hold only numbers as float.
    Raises UserError when the name is unknown or the raw data cannot be used.
    """
    step = _step_of(name)
    if not is_fresh(step):
        keep(step, STEPS[step].compute())
    return _with_numbers(project.read_table(path(name)), name)


def keep(step: str, frames: Tables) -> list[Path]:
    """Write the tables of one step, each whole, and stamp the step as fresh.

    step   : 'clean', 'reconcile' or 'trends'
    frames : exactly the tables of that step
    Returns the paths written. Raises UserError for other tables or an unwritable folder.
    """
    if set(frames) != set(STEPS[step].tables):
        raise project.UserError(
            f"step {step!r} writes {', '.join(STEPS[step].tables)}, not {', '.join(frames)}"
        )
    _stamp(step).unlink(missing_ok=True)  # half written is stale, never fresh
    for name, frame in frames.items():
        project.write_table(frame, path(name))
    with project.whole(_stamp(step)) as aside:
        aside.write_text(inputs_hash() + "\n", encoding="utf-8")
    return [path(name) for name in frames]


def path(name: str) -> Path:
    """Where a processed table lies."""
    return project.processed_dir() / f"{name}.csv"


def is_fresh(step: str) -> bool:
    """Whether the step's tables are there and come from the inputs as they are now."""
    stamp = _stamp(step)
    return (
        stamp.exists()
        and all(path(name).exists() for name in STEPS[step].tables)
        and stamp.read_text(encoding="utf-8").strip() == inputs_hash()
    )


def inputs_hash() -> str:
    """Hash of everything that a processed table depends on: data and the helpers below."""
    here = Path(__file__).parent
    above = {"tables.py", "parameters.py", "labels.py", "runs.py", "__main__.py", "__init__.py"}
    code = [
        file
        for file in sorted(here.rglob("*"))
        if file.suffix in (".py", ".csv") and file.name not in above and "charts" not in file.parts
    ]
    data = [
        file for folder in (project.raw_dir(), project.own_dir()) for file in folder.glob("*.csv")
    ]
    state = hashlib.sha256()
    for file in code + sorted(data):
        if file.name != "labels.csv":
            state.update(file.name.encode())
            state.update(hashlib.sha256(file.read_bytes()).digest())
    return state.hexdigest()


def _step_of(name: str) -> str:
    for step, its in STEPS.items():
        if name in its.tables:
            return step
    known = ", ".join(table for step in STEPS.values() for table in step.tables)
    raise project.UserError(f"no processed table {name!r}; there are: {known}")


def _stamp(step: str) -> Path:
    return project.processed_dir() / f"{step}.sha256"


TEXTS = {
    "figure_id", "source_id", "place", "group", "period", "standard", "indicator", "direction",
    "printed", "unit", "status", "note", "figures", "rules", "file", "region",
}  # fmt: skip


def _with_numbers(table: pd.DataFrame, name: str) -> pd.DataFrame:
    """Columns in which every filled cell is a number become float; the rest stay text."""
    for column in table.columns.difference(list(TEXTS)):
        numbers = pd.to_numeric(table[column], errors="coerce")
        if not (numbers.isna() & table[column].ne("")).any():
            table[column] = numbers.astype(float)
    return table
