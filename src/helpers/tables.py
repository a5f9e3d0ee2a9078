"""The processed tables: read where they are fresh, computed where they are missing or stale.

Three steps write them, each told by a notebook: `clean` (notebook 1), `reconcile`
(notebook 2) and `trends` (notebook 4); `fresh` says when they are stale.
"""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd

from helpers import backtest, fresh, labels, ledger, project, slices, trends
from helpers.trends import review_figures, review_targets, reviews

Tables = dict[str, pd.DataFrame]
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
    "surveys": ("value", "low", "high", "of"),
    "review_figures": ("value", "low", "high", "reconciled"),
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
    from helpers import reconcile  # only this step needs it, and its solvers take long to load

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
        "surveys": trends.surveys(),
        "review_figures": review_figures.stocks(reviewed),
        "review_coverage": reviews.coverage(reviewed),
        "targets_met": review_targets.targets_met(reviewed),
    }


COMPUTE: dict[str, Callable[[], Tables]] = {
    "clean": compute_clean,
    "reconcile": compute_reconcile,
    "trends": compute_trends,
}
"""The function that computes the tables of each step of `fresh.STEPS`."""


def get(name: str, only: Sequence[str] | None = None) -> pd.DataFrame:
    """A processed table by its name, e.g. 'reconciled'.

    only : codes of places: their rows, and those of what lies below them; all rows when None
    Returns texts as str ('' where empty) and columns that hold only numbers as float.
    Raises UserError when the name is unknown or the raw data cannot be used.
    """
    step, file = _step_of(name), fresh.path(name)
    with _aside():  # whether a table is fresh is asked of all inputs; the caller asks for one table
        ready = fresh.is_fresh(step)
    if not ready:
        with _aside():
            state = fresh.inputs_hash()  # before the work: an input edited meanwhile makes it stale
        keep(step, COMPUTE[step](), state)
    if only is None:
        return _with_numbers(project.read_table(file), name)
    with _aside():
        table = project.read_table(file)
        for place in only:
            sys.audit("helpers.rows", str(file), place, slices.digest(file, place))
    mine = table["place"].str.partition("/")[0].isin(list(only))
    return _with_numbers(table[mine].reset_index(drop=True), name)


@contextmanager
def _aside() -> Iterator[None]:
    """Tell whoever listens to what a notebook reads that this is not asked for by the notebook."""
    sys.audit("helpers.aside", 1)
    try:
        yield
    finally:
        sys.audit("helpers.aside", -1)


def refresh() -> list[str]:
    """Compute the steps that are stale, in their order; returns the tables whose rows changed."""
    changed = []
    for step in fresh.STEPS:
        if fresh.is_fresh(step):
            continue
        before = {name: _bytes(name) for name in fresh.STEPS[step]}
        state = fresh.inputs_hash()
        keep(step, COMPUTE[step](), state)
        changed += [name for name, content in before.items() if content != _bytes(name)]
    return changed


def _bytes(name: str) -> bytes:
    file = fresh.path(name)
    return file.read_bytes() if file.exists() else b""


def keep(step: str, frames: Tables, state: str | None = None) -> list[Path]:
    """Write the tables of one step, each whole, and stamp the step as fresh.

    step   : 'clean', 'reconcile' or 'trends'
    frames : exactly the tables of that step
    state  : `fresh.inputs_hash()` that the tables were computed from; as it is now when None
    Returns the paths written. Raises UserError for other tables or an unwritable folder.
    """
    if set(frames) != set(fresh.STEPS[step]):
        raise project.UserError(
            f"step {step!r} writes {', '.join(fresh.STEPS[step])}, not {', '.join(frames)}"
        )
    if state is None:
        with _aside():
            state = fresh.inputs_hash()
    fresh.stamp(step).unlink(missing_ok=True)  # half written is stale, never fresh
    for name, frame in frames.items():
        project.write_table(frame, fresh.path(name))
    fresh.set_fresh(step, state)
    return [fresh.path(name) for name in frames]


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


def _step_of(name: str) -> str:
    for step, its in fresh.STEPS.items():
        if name in its:
            return step
    known = ", ".join(table for its in fresh.STEPS.values() for table in its)
    raise project.UserError(f"no processed table {name!r}; there are: {known}")


def _with_numbers(table: pd.DataFrame, name: str) -> pd.DataFrame:
    """The table with its columns of numbers as float, empty cells as nan; the rest stay text."""
    for column in NUMBERS[name]:
        table[column] = pd.to_numeric(table[column]).astype(float)
    return table
