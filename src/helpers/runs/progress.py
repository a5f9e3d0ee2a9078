"""How far a run is: one bar with the time left on a terminal, a line now and then in a log."""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, TextIO

from tqdm import tqdm

from helpers.runs import failures
from helpers.runs.jobs import Job
from helpers.runs.outcomes import Outcome

BETWEEN = 10.0  # seconds between two lines of a log
_BAR = "{desc} {percentage:3.0f}% |{bar}| {n_fmt} of {total_fmt}{postfix}"


class Progress:
    """The bar over all notebooks that run; those that are unchanged are no part of it.

    stages  : all jobs
    workers : notebooks at a time
    known   : seconds that a notebook took before, by name: the first estimates of the time left
    stream  : stderr when None; a bar when it is a terminal, lines otherwise
    """

    def __init__(
        self,
        stages: Sequence[Sequence[Job]],
        workers: int,
        known: Mapping[str, float],
        stream: TextIO | None = None,
    ) -> None:
        self.stream = stream or sys.stderr
        self.workers = workers
        self.left = Counter(job.notebook.stem for stage in stages for job in stage)
        self.took = {notebook: [seconds] for notebook, seconds in known.items()}
        self.measured: set[str] = set()
        self.total, self.ended, self.failed = sum(self.left.values()), 0, 0
        self.told: set[tuple[str, str]] = set()
        self.last = time.monotonic()
        self.bar: Any = None
        if self.stream.isatty():
            self.bar = tqdm(
                total=self.total,
                desc="notebooks",
                file=self.stream,
                bar_format=_BAR,
                dynamic_ncols=True,
            )

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, *_: object) -> None:
        if self.bar is not None:
            self.bar.leave = self.ended > 0  # a bar over nothing tells nothing
            self.bar.close()

    def say(self, line: str) -> None:
        """A line for a human, above the bar."""
        if self.bar is not None:
            self.bar.write(line, file=self.stream)
        else:
            print(line, file=self.stream, flush=True)

    def skip(self, jobs: Sequence[Job]) -> None:
        """Take jobs that will not run out of the total."""
        self.left.subtract(job.notebook.stem for job in jobs)
        self.total -= len(jobs)
        self._show()

    def done(self, outcome: Outcome) -> None:
        """Count a job that has ended."""
        notebook = outcome.job.notebook.stem
        self.left[notebook] -= 1
        self.ended += 1
        self.failed += outcome.state == "failed"
        if outcome.state == "done":
            if notebook not in self.measured:  # what this run measures is worth more
                self.measured.add(notebook)
                self.took[notebook] = []
            self.took[notebook].append(outcome.seconds)
        self._show()

    def is_news(self, outcome: Outcome) -> bool:
        """Whether no failure before told the same error."""
        told = (outcome.kind, failures.alike(outcome))
        news = told not in self.told
        self.told.add(told)
        return news

    def seconds_left(self) -> float | None:
        """Seconds until the last notebook has ended; None while no notebook's time is known."""
        means = {notebook: sum(its) / len(its) for notebook, its in self.took.items() if its}
        if not means:
            return None
        usual = sum(means.values()) / len(means)
        left = sum(number * means.get(notebook, usual) for notebook, number in self.left.items())
        return left / min(self.workers, max(1, self.left.total()))

    def state(self) -> str:
        """What stands beside the bar: the time left, and how many have failed."""
        left, said = self.seconds_left(), []
        if left is not None and self.left.total():
            said.append(f"about {clock(left)} left")
        if self.failed:
            said.append(f"{self.failed} failed")
        return ", ".join(said)

    def _show(self) -> None:
        if self.bar is not None:
            self.bar.total, self.bar.n = self.total, self.ended
            self.bar.set_postfix_str(self.state(), refresh=False)
            self.bar.refresh()
        elif time.monotonic() - self.last >= BETWEEN and 0 < self.ended < self.total:
            self.last = time.monotonic()
            self.say(", ".join(filter(None, (f"{self.ended} of {self.total}", self.state()))))


def clock(seconds: float) -> str:
    """Seconds as `0:40` or `1:05:00`; beyond a minute in steps of five, for they are a guess."""
    whole = round(seconds) if seconds < 60 else 5 * round(seconds / 5)
    minutes, rest = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
