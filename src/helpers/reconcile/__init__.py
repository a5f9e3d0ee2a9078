"""Reconciling: which printed figures exclude each other, why, and what may have been meant."""

from __future__ import annotations

from pathlib import Path

from helpers import project
from helpers.reconcile.implied import implied_totals
from helpers.reconcile.page import report
from helpers.reconcile.running import explain, run
from helpers.reconcile.steps import adjust, localise, screen, suggest
from helpers.reconcile.tables import (
    CHANGE_COLUMNS,
    CONFLICT_COLUMNS,
    FIGURE_COLUMNS,
    RANGE_COLUMNS,
    SENSITIVITY_COLUMNS,
    Reconciled,
)
from helpers.reconcile.verification import verify

__all__ = [
    "CHANGE_COLUMNS",
    "CONFLICT_COLUMNS",
    "FIGURE_COLUMNS",
    "RANGE_COLUMNS",
    "SENSITIVITY_COLUMNS",
    "Reconciled",
    "adjust",
    "explain",
    "implied_totals",
    "localise",
    "report",
    "run",
    "screen",
    "suggest",
    "verify",
    "write",
]


def write(result: Reconciled, folder: Path) -> None:
    """Write reconciled.csv, conflicts.csv, changes.csv and sensitivity.csv into a folder."""
    folder = Path(folder)
    project.write_table(result.figures, folder / "reconciled.csv")
    project.write_table(result.conflicts, folder / "conflicts.csv")
    project.write_table(result.changes, folder / "changes.csv")
    project.write_table(result.sensitivity, folder / "sensitivity.csv")
