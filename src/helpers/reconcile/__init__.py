"""Reconciling: which printed figures exclude each other, why, and what may have been meant."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from helpers import project
from helpers.reconcile import cross
from helpers.reconcile.build import build as system_of
from helpers.reconcile.judge import Finding, judge
from helpers.reconcile.page import report
from helpers.reconcile.parts import parts as broken_parts
from helpers.reconcile.screen import checked
from helpers.reconcile.tables import (
    CHANGE_COLUMNS,
    CONFLICT_COLUMNS,
    FIGURE_COLUMNS,
    RANGE_COLUMNS,
    Reconciled,
    tabulate,
)
from helpers.reconcile.verification import verify

__all__ = [
    "CHANGE_COLUMNS",
    "CONFLICT_COLUMNS",
    "FIGURE_COLUMNS",
    "RANGE_COLUMNS",
    "Reconciled",
    "report",
    "run",
    "verify",
    "write",
]

NEEDED = (
    *("figure_id", "source_id", "place", "group", "period", "standard", "indicator", "direction"),
    *("printed", "unit", "status", "note", "value", "low", "high", "of", "qualifier"),
)


def run(figures: pd.DataFrame, links: pd.DataFrame) -> Reconciled:
    """Reconcile a cleaned ledger.

    figures : a row a figure: the ledger's columns, and value, low, high, of (floats; `of` missing
              but for fractions) and qualifier; texts '' where empty
    links   : figure_id, relation, other_id; ends that the ledger lacks are passed over
    Returns the tables `figures` (in the order of the input), `conflicts` and `changes`. They do not
    depend on the order of rows. Raises project.UserError for a lacking column or a repeated
    figure_id.
    """
    _check(figures, links)
    order = figures["figure_id"].sort_values().index
    ledger = figures.loc[order].reset_index(drop=True)
    system = system_of(ledger, links)
    findings: list[tuple[list[int], Finding]] = []
    for part, members in broken_parts(system):
        rows = ledger.loc[members].reset_index(drop=True)
        findings += [(members.tolist(), finding) for finding in judge(part, rows)]
    across, compared = cross.compare(ledger)
    seen = pd.Series(checked(system), index=ledger.index) | compared
    result = tabulate(ledger, findings, across, seen)
    unsound = verify(result.figures, ledger, links)
    if len(unsound):
        raise RuntimeError(f"Values that do not hold were about to be returned: {unsound}")
    back = pd.Series(result.figures.index, index=order).reindex(figures.index)
    return Reconciled(
        result.figures.loc[back].reset_index(drop=True),
        result.conflicts,
        result.changes,
        result.ranges,
    )


def write(result: Reconciled, folder: Path) -> None:
    """Write reconciled.csv, conflicts.csv and changes.csv into a folder, made if need be."""
    folder = Path(folder)
    project.write_table(result.figures, folder / "reconciled.csv")
    project.write_table(result.conflicts, folder / "conflicts.csv")
    project.write_table(result.changes, folder / "changes.csv")


def _check(figures: pd.DataFrame, links: pd.DataFrame) -> None:
    lacking = [name for name in NEEDED if name not in figures.columns]
    lacking += [n for n in ("figure_id", "relation", "other_id") if n not in links.columns]
    if lacking:
        raise project.UserError(
            f"The ledger or its links lack the columns {', '.join(lacking)}: "
            "clean the ledger first (helpers.ledger.clean)."
        )
    twice = figures.loc[figures["figure_id"].duplicated(), "figure_id"]
    if len(twice):
        raise project.UserError(
            f"The figure_id {twice.iloc[0]!r} stands twice in the ledger: give each figure its own."
        )
