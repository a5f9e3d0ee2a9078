"""Whole numbers: the best whole solution of nearest records, by branch and bound in batches."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from helpers.edits.linear import Bools, Floats

if TYPE_CHECKING:
    from helpers.edits.adjust import Task

ROUNDS = 200
NEARLY_WHOLE, NOISE = 1e-6, 1e-12


@dataclass(frozen=True)
class _Box:
    """An interval for each value, the nearest record in it, and how much more that one costs."""

    low: Floats
    high: Floats
    values: Floats
    extra: float


@dataclass
class _Search:
    """The open boxes of one record, the next one last, and the best whole record so far."""

    open: list[_Box] = field(default_factory=list)
    best: Floats | None = None
    extra: float = np.inf

    def next(self, whole: Bools) -> _Box | None:
        """The next box to cut; boxes with a whole record or no hope of a better one are closed."""
        while self.open:
            box = self.open.pop()
            if box.extra >= self.extra:
                continue
            if (box.values[whole] == np.round(box.values[whole])).all():
                self.best, self.extra = box.values, box.extra
                continue
            return box
        return None


def to_whole(
    solve: Callable[[Task], tuple[Floats, Bools]],
    task: Task,
    values: Floats,
    solved: Bools,
    whole: Bools,
) -> tuple[Floats, Bools]:
    """The best records in which the values flagged as whole are whole numbers.

    solve  : gives the nearest records of a task, and which are solved
    task, values, solved : k records and their solution without whole numbers
    whole  : (n,)
    A box whose nearest record is not whole is cut at the value that is farthest from a whole
    number, the nearer half searched first; one box of every record a round, all records together.
    The record returned is the best where ROUNDS rounds end the search, else the best one found.
    """
    low = np.where(whole, np.ceil(task.low), task.low)
    high = np.where(whole, np.floor(task.high), task.high)
    searches = [
        _Search([_Box(low[record], high[record], values[record], -1.0)] if ok else [])
        for record, ok in enumerate(solved)
    ]
    for _ in range(ROUNDS):
        owners: list[int] = []
        halves: list[tuple[Floats, Floats]] = []
        for record, search in enumerate(searches):
            box = search.next(whole) if search.open else None
            if box is not None:
                cut = _cut(box, whole)
                halves += cut
                owners += [record] * len(cut)
        if not owners:
            break
        _open(solve, task, values, searches, np.array(owners), halves)
    answer, done = values.copy(), np.zeros(len(values), dtype=np.bool_)
    for record, search in enumerate(searches):
        search.open = [box for box in search.open if (box.values[whole] % 1 == 0).all()]
        search.next(whole)
        if search.best is not None:
            answer[record], done[record] = search.best, True
    return answer, done


def _open(
    solve: Callable[[Task], tuple[Floats, Bools]],
    task: Task,
    values: Floats,
    searches: list[_Search],
    owners: npt.NDArray[np.intp],
    halves: list[tuple[Floats, Floats]],
) -> None:
    """Solves boxes and opens those that hold a record."""
    low, high = (np.array(ends) for ends in zip(*halves, strict=True))
    some = replace(task.of(owners), low=low, high=high)
    found, solved = solve(replace(some, free=some.free & (low < high)))
    extra = _extra(some, found, values[owners])
    for number in np.flatnonzero(solved).tolist():
        box = _Box(low[number], high[number], found[number], float(extra[number]))
        searches[owners[number]].open.append(box)


def _extra(task: Task, found: Floats, best: Floats) -> Floats:
    """How much more the records cost than the best without whole numbers, free of cancellation."""
    moved = np.where(task.free, 0.0, found - best)
    slope = np.where(task.free, 0.0, best - task.target)
    total: Floats = (task.weights * moved * (moved + 2.0 * slope)).sum(axis=1)
    return total


def _cut(box: _Box, whole: Bools) -> list[tuple[Floats, Floats]]:
    """Smaller boxes that hold all whole records of a box, the best to search last."""
    columns = np.flatnonzero(whole)
    near = np.round(box.values[columns])
    distance = np.abs(box.values[columns] - near)
    column = columns[int(np.argmax(distance))]
    floor = np.floor(box.values[column])
    below, above = box.high.copy(), box.low.copy()
    below[column], above[column] = floor, floor + 1.0
    halves = [(box.low, below), (above, box.high)]
    if box.values[column] - floor <= 0.5:
        halves.reverse()
    if (distance <= NEARLY_WHOLE + NOISE * np.abs(near)).all():
        low, high = box.low.copy(), box.high.copy()
        low[columns], high[columns] = near, near
        if (near >= box.low[columns]).all() and (near <= box.high[columns]).all():
            halves.append((low, high))
    return halves
