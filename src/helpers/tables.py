"""The processed tables: read where they are fresh, computed where they are missing or stale.

Three steps write them, each told by a notebook: `clean` (notebook 1), `reconcile`
(notebook 2) and `trends` (notebook 4). A table is fresh when the stamp beside it
matches the raw files, the user's own ledgers and the helpers that it came from.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from helpers import backtest, labels, ledger, project, reconcile, trends
from helpers.trends import review_targets, reviews

Tables = dict[str, pd.DataFrame]
ABOVE = {"charts", "parameters.py", "jobs.py", "records.py", "runs.py", "__main__.py"}
NUMBERS = {
    "cleaned": ("value", "low", "high", "of"),
    "quarantine": ("row",),
    "coverage": ("year", "figures"),
    "reconciled": ("value", "low", "high", "reconciled"),
    "conflicts": (),
    "changes": ("low", "high", "new_value", "new_low", "new_high", "alternatives"),
    "trends": (
        "n", "first_year", "last_year", "first_rate", "last_rate", "between_pp_per_year",
        "between_pct_per_year", "fall_pp_per_year", "fall_pp_low95", "fall_pp_high95",
        "fall_pct_per_year", "fall_pct_low95", "fall_pct_high95", "half_life_years",
    ),
    "scores": ("n", "refused", *backtest.MEASURES, "ratio"),
    "forecasts": (
        "origin", "year", "forecast", "low80", "high80", "low95", "high95", "observed",
    ),
    "scores_by_level": ("above_pct", "to_pct", "n", "mae", "bias", "inside80", "cover80"),
    "untouched": ("n", "refused", *backtest.MEASURES, "ratio"),
    "review_coverage": ("n", "first_year", "first_rate", "last_year", "last_rate", "weight"),
    "targets_met": (
        "asked_low", "asked_high", "first_year", "year", "start_year", "start", "value", "low",
        "high", "probability",
    ),
}  # fmt: skip
YEARS = (
    "year", "origin", "first_year", "last_year", "start_year", "level_year", "households_year",
    "early80", "late80",
)  # fmt: skip
UNTOUCHED = ("naive", *backtest.SIMPLE_DRIFTS, "default")
FORECAST_HORIZON = 3  # years; beyond four the scales of the models disagree


def compute_clean() -> Tables:
    """Step `clean`: the raw ledger read into values and intervals, and what could not be."""
    cleaned = ledger.clean(ledger.load(), ledger.load_sources())
    _, broken = ledger.check_links(ledger.load_links(), cleaned.figures, cleaned.quarantine)
    surveys = ledger.load_official("poverty").dropna(subset="value")
    return {
        "cleaned": cleaned.figures,
        "quarantine": pd.concat([cleaned.quarantine, broken], ignore_index=True),
        "coverage": ledger.coverage(pd.concat([ledger.levels(cleaned.figures), surveys])),
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
    """Step `trends`: paces, forecasts and their scores; what the reviews have, and targets met."""
    reviewed, past = get("reconciled"), backtest.run(trends.STANDARDS)
    forecasts = [
        trends.forecast(standard, horizon=FORECAST_HORIZON) for standard in trends.STANDARDS
    ]
    return {
        "trends": trends.table(),
        "forecasts": pd.concat(forecasts, ignore_index=True),
        "scores": backtest.scores(past),
        "scores_by_level": backtest.by_level(past),
        "untouched": backtest.untouched(reviewed, UNTOUCHED),
        "review_coverage": reviews.coverage(reviewed),
        "targets_met": review_targets.targets_met(reviewed),
    }


@dataclass(frozen=True)
class Step:
    """A step's tables, and the function that computes them."""

    tables: tuple[str, ...]
    compute: Callable[[], Tables]


STEPS = {
    "clean": Step(("cleaned", "quarantine", "coverage"), compute_clean),
    "reconcile": Step(("reconciled", "conflicts", "changes"), compute_reconcile),
    "trends": Step(
        (
            "trends",
            "forecasts",
            "scores",
            "scores_by_level",
            "untouched",
            "review_coverage",
            "targets_met",
        ),
        compute_trends,
    ),
}


def get(name: str) -> pd.DataFrame:
    """A processed table by its name, e.g. 'reconciled'.

    Returns texts as str ('' where empty) and columns that hold only numbers as float.
    Raises UserError when the name is unknown or the raw data cannot be used.
    """
    step = _step_of(name)
    if not is_fresh(step):
        state = inputs_hash()  # as it was before the work: an input edited meanwhile makes it stale
        keep(step, STEPS[step].compute(), state)
    return _with_numbers(project.read_table(path(name)), name)


def keep(step: str, frames: Tables, state: str | None = None) -> list[Path]:
    """Write the tables of one step, each whole, and stamp the step as fresh.

    step   : 'clean', 'reconcile' or 'trends'
    frames : exactly the tables of that step
    state  : `inputs_hash()` that the tables were computed from; as it is now when None
    Returns the paths written. Raises UserError for other tables or an unwritable folder.
    """
    if set(frames) != set(STEPS[step].tables):
        raise project.UserError(
            f"step {step!r} writes {', '.join(STEPS[step].tables)}, not {', '.join(frames)}"
        )
    state = state or inputs_hash()
    _stamp(step).unlink(missing_ok=True)  # half written is stale, never fresh
    for name, frame in frames.items():
        project.write_table(frame, path(name))
    with project.whole(_stamp(step)) as aside:
        aside.write_text(f"{state}\n{_written(step)}\n", encoding="utf-8")
    return [path(name) for name in frames]


def readable(frame: pd.DataFrame, language: str) -> pd.DataFrame:
    """A table to look at: numbers as the language writes them, nothing where they are missing.

    Whole numbers stay whole, others get two decimals, or three below ten; years stay as they are.
    """

    def written(x: float) -> str:
        if pd.isna(x):
            return ""
        decimals = 0 if abs(x) == float("inf") or x == round(x) else 2 if abs(x) >= 10 else 3
        return labels.number(x, decimals, language)

    numbers = frame.select_dtypes("number")
    years = numbers.columns.intersection(list(YEARS))
    whole = {
        str(name): frame[name].map(lambda x: "" if pd.isna(x) else f"{x:.0f}") for name in years
    }
    frame = frame.assign(**whole)
    numbers = numbers.drop(columns=years)
    return frame.assign(**{str(name): numbers[name].map(written) for name in numbers})


def shown(frame: pd.DataFrame, language: str, index: str | None = None) -> Any:
    """What a notebook shows of a table: `readable`, texts uncut, or a sentence where it is empty.

    index : column that becomes the index
    Returns an object that Jupyter displays.
    """
    if frame.empty:
        from IPython.display import Markdown  # only a notebook shows tables

        return Markdown(labels.text("say.empty", language))
    pd.set_option("display.max_colwidth", None)  # a note that is cut says nothing
    table = readable(frame, language)
    return table if index is None else table.set_index(index)


def path(name: str) -> Path:
    """Where a processed table lies."""
    return project.processed_dir() / f"{name}.csv"


def is_fresh(step: str) -> bool:
    """Whether the step's tables are as it wrote them, from the inputs as they are now."""
    if not _stamp(step).exists() or not all(path(name).exists() for name in STEPS[step].tables):
        return False
    return _stamp(step).read_text(encoding="utf-8").split() == [inputs_hash(), _written(step)]


def _written(step: str) -> str:
    """Hash of the step's tables on disk."""
    state = hashlib.sha256()
    for name in STEPS[step].tables:
        state.update(path(name).read_bytes())
    return state.hexdigest()


def inputs_hash() -> str:
    """Hash of all that a processed table depends on: data, helpers below this room, packages."""
    here = Path(__file__).parent
    code = [file for pattern in ("*.py", "*.csv") for file in here.rglob(pattern)]
    code = [file for file in code if file.relative_to(here).parts[0] not in ABOVE]
    data = [
        file for folder in (project.raw_dir(), project.own_dir()) for file in folder.glob("*.csv")
    ]
    lock = project.root() / "requirements.lock"
    state = hashlib.sha256()
    for file in sorted(code) + sorted(data) + [lock] * lock.exists():
        state.update(f"{file.parent.name}/{file.name}".encode())
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


def _with_numbers(table: pd.DataFrame, name: str) -> pd.DataFrame:
    """The table with its columns of numbers as float, empty cells as nan; the rest stay text."""
    for column in NUMBERS[name]:
        table[column] = pd.to_numeric(table[column]).astype(float)
    return table
