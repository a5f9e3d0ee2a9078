"""How a run went: a line a failure, the failures by what they tell, and a summary."""

from __future__ import annotations

import re
import textwrap
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from helpers import labels, places, project
from helpers.runs import failure_page, failures
from helpers.runs.failures import Failure, Group
from helpers.runs.jobs import Job
from helpers.runs.outcomes import Outcome

WIDTH = 100
REASONS = 4  # more of them are counted, not named
_WRITTEN = re.compile(r"(?:figures|build)/.* was (removed|edited)$")


def one_line(outcome: Outcome) -> str:
    """Place, notebook, cell and error of a failed job, and where it is kept."""
    error = outcome.error.strip().partition("\n")[0]
    said = f"failed: {outcome.job.name}, cell {outcome.cell}: {error}"
    kept = outcome.job.failed_output
    return f"{said}\n  kept in {project.below_root(kept)}" if kept.exists() else said


def told(outcomes: Sequence[Outcome]) -> str:
    """All failures of a run, those with one error in one paragraph; '' where nothing failed."""
    failed = [Failure(outcome, "") for outcome in outcomes if outcome.state == "failed"]
    return "\n".join(map(_paragraph, failures.grouped(failed)))


def _paragraph(group: Group) -> str:
    """An error, where it came up, what that means, and the command that tries again."""
    error = textwrap.shorten(group.error, 4 * WIDTH, placeholder=" …")
    number = labels.counted(len(group.all), "notebook")
    said = [f"{number} failed ({group.kind}): {error}", f"  {failure_page.meaning(group.kind)}"]
    for spot in group.spots:
        one = spot[0].outcome
        where = ", ".join(named(failure.outcome) for failure in spot)
        said += [f"  {one.job.notebook.stem}, cell {one.cell}: {where}"]
    again = [f"  again: {failures.again(spot)}" for spot in group.spots]  # whole, to be copied
    return "\n".join([*map(_wrapped, said), *again])


def _wrapped(line: str) -> str:
    return textwrap.fill(line, WIDTH, subsequent_indent="    ", break_on_hyphens=False)


def named(outcome: Outcome) -> str:
    """A place as people and the command line name it: `Quảng Trị (45)`."""
    return f"{places.get(outcome.job.place).name('vi')} ({outcome.job.place})"


def summary(outcomes: Sequence[Outcome], seconds: float = 0.0, page: Path | None = None) -> str:
    """What ran and failed, how fast, what figures there are, what was set aside and conflicts.

    seconds : wall time of the run
    page    : the page of failures, where there is one
    """
    states = Counter(outcome.state for outcome in outcomes)
    ran = states["done"] + states["failed"]
    rate = f" in {seconds:.0f} s ({ran / seconds:.2g} a second)" if ran and seconds >= 1 else ""
    kinds = Counter(file.suffix[1:] for file in project.figures_dir().glob("*/[!.]*.*"))
    found = [
        f"{len(project.read_table(path))} {what} ({project.below_root(path)})"
        for what, path in (
            ("rows set aside", project.processed_dir() / "quarantine.csv"),
            ("conflicts", project.processed_dir() / "conflicts.csv"),
        )
        if path.exists()
    ]
    said = (
        f"{labels.counted(ran, 'notebook')} run{rate}, {states['unchanged']} unchanged, "
        f"{states['failed']} failed; figures/ holds "
        + ", ".join(f"{kinds[kind]} {kind.upper()}" for kind in ("png", "svg", "csv"))
    )
    if page is not None:
        what = "what failed" if states["failed"] else "what failed in earlier runs and still stands"
        found.append(f"{what}, why, and what to do: {project.below_root(page)}")
    return "\n".join([said, *found])


def write_page(outcomes: Sequence[Outcome] = ()) -> Path | None:
    """Write `build/failures.html`: what failed in this run, and in earlier ones if it still stands.

    Returns its path; None, and an older page removed, where no failure stands: a run of other
    notebooks leaves those that stand on the page. Raises UserError when it cannot be written.
    """
    path = project.root() / "build" / "failures.html"
    standing = failures.standing(outcomes)
    if not standing:
        path.unlink(missing_ok=True)
        return None
    with project.whole(path) as aside:
        text = failure_page.page(standing, path.parent)
        aside.write_text(text, encoding="utf-8", errors="replace")
    return path


def would_run(found: Iterable[tuple[Job, Sequence[str]]]) -> str:
    """How many jobs would run, and for which reasons; each job counts once a reason.

    found : each job with its reasons, none where it would not run
    """
    every = list(found)
    run = [(job, reasons) for job, reasons in every if reasons]
    if not run:
        return f"nothing would run: {labels.counted(len(every), 'notebook')} unchanged"
    why = Counter(because for job, reasons in run for because in _alike(job, reasons))
    most = [f"{number} {because}" for because, number in why.most_common(REASONS)]
    if len(why) > REASONS:
        most.append(f"and {labels.counted(len(why) - REASONS, 'other reason')}")
    return f"would run {len(run)} of {labels.counted(len(every), 'notebook')}: {', '.join(most)}"


def _alike(job: Job, reasons: Sequence[str]) -> dict[str, None]:
    """The reasons of a job without the names of its place and files, to be counted."""
    told: dict[str, None] = {}
    for reason in reasons:
        because = _WRITTEN.sub(r"because outputs were \1", reason)
        if reason.startswith("the rows of "):
            because = because.replace(f"the rows of {job.place} ", "the rows of their place ")
        plain = because.startswith(("because", "never", "its record"))
        told[because if plain else f"because {because}"] = None
    return told
