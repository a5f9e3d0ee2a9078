"""Ruled tables of a printed page: lines on paper become cells, merged ones too."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

_NEAR = 3.0  # points; borders of one line that are drawn cell by cell lie no further apart
_MOST_PAIRS = 1_000_000
_MOST_CELLS = 20_000
_MOST_LINES = 1_000  # rows and columns of one table


@dataclass(frozen=True)
class Ruling:
    """A line on the page: its place across its direction, and where it starts and ends; points."""

    at: float
    start: float
    end: float


@dataclass(frozen=True)
class Box:
    """A cell: what it spans in its table, and its edges in points from the page's lower left."""

    row: int
    column: int
    rows: int
    columns: int
    left: float
    bottom: float
    right: float
    top: float

    def holds(self, x: float, y: float) -> bool:
        return self.left <= x <= self.right and self.bottom <= y <= self.top


def tables(across: Iterable[Ruling], down: Iterable[Ruling]) -> list[list[Box]]:
    """The cells of each ruled table of a page, from its horizontal and its vertical lines.

    A frame around a single column is no table; nor are lines that do not meet.
    """
    horizontal, vertical = _merged(across), _merged(down)
    if len(horizontal) * len(vertical) > _MOST_PAIRS:
        return []
    found = []
    for rows, columns in _connected(horizontal, vertical):
        boxes = _boxes(rows, columns)
        if len({box.column for box in boxes}) > 1:
            found.append(boxes)
    return found


def _merged(rulings: Iterable[Ruling]) -> list[Ruling]:
    """Rulings with the pieces of one line put together."""
    pieces = sorted(rulings, key=lambda one: (one.at, one.start))
    by_place: dict[float, list[Ruling]] = {}
    place = float("-inf")
    for one in pieces:
        if one.at - place > _NEAR:
            place = one.at
        by_place.setdefault(place, []).append(one)
    merged = []
    for at, ones in by_place.items():
        ones.sort(key=lambda one: one.start)
        start, end = ones[0].start, ones[0].end
        for one in ones[1:]:
            if one.start > end + _NEAR:
                merged.append(Ruling(at, start, end))
                start, end = one.start, one.end
            end = max(end, one.end)
        merged.append(Ruling(at, start, end))
    return merged


def _places(values: Iterable[float]) -> list[float]:
    """Values without those that lie nearer than a line's width to the one before."""
    places: list[float] = []
    for value in sorted(values):
        if not places or value - places[-1] > _NEAR:
            places.append(value)
    return places


def _connected(
    horizontal: list[Ruling], vertical: list[Ruling]
) -> list[tuple[list[Ruling], list[Ruling]]]:
    """Groups of lines that cross or touch: each may be a table."""
    root = list(range(len(horizontal) + len(vertical)))

    def leader(index: int) -> int:
        while root[index] != index:
            root[index] = root[root[index]]
            index = root[index]
        return index

    for i, row in enumerate(horizontal):
        for j, column in enumerate(vertical, len(horizontal)):
            if (
                row.start - _NEAR <= column.at <= row.end + _NEAR
                and column.start - _NEAR <= row.at <= column.end + _NEAR
            ):
                root[leader(i)] = leader(j)
    groups: dict[int, tuple[list[Ruling], list[Ruling]]] = {}
    for index, one in enumerate(horizontal + vertical):
        groups.setdefault(leader(index), ([], []))[index >= len(horizontal)].append(one)
    return [group for group in groups.values() if len(group[0]) > 1 and group[1]]


def _boxes(across: list[Ruling], down: list[Ruling]) -> list[Box]:
    """Cells of one table: neighbours without a line between them are one merged cell."""
    xs = _places([one.at for one in down] + [x for one in across for x in (one.start, one.end)])
    ys = _places([one.at for one in across] + [y for one in down for y in (one.start, one.end)])
    ys.reverse()
    height, width = len(ys) - 1, len(xs) - 1
    if height + width > _MOST_LINES or height * width > _MOST_CELLS or min(height, width) < 1:
        return []
    walls = {(j, i) for one in down for j, i in _covered(one, xs, ys)}
    floors = {(i, j) for one in across for i, j in _covered(one, ys, xs)}
    free = {(i, j) for i in range(height) for j in range(width)}
    boxes = []
    for i, j in sorted(free):
        if (i, j) not in free:
            continue
        columns = 1
        while j + columns < width and (j + columns, i) not in walls:
            columns += 1
        rows = 1
        while i + rows < height and all(
            (i + rows, j + k) not in floors and (k == 0 or (j + k, i + rows) not in walls)
            for k in range(columns)
        ):
            rows += 1
        spanned = {(i + r, j + c) for r in range(rows) for c in range(columns)}
        if not spanned <= free:
            rows, columns, spanned = 1, 1, {(i, j)}
        free -= spanned
        boxes.append(Box(i, j, rows, columns, xs[j], ys[i + rows], xs[j + columns], ys[i]))
    return boxes


def _covered(one: Ruling, ats: Sequence[float], ends: Sequence[float]) -> list[tuple[int, int]]:
    """Index of the line that a ruling lies on, with each stretch between `ends` that it covers."""
    line = min(range(len(ats)), key=lambda index: abs(ats[index] - one.at))
    middles = [(first + second) / 2 for first, second in pairwise(ends)]
    return [(line, k) for k, middle in enumerate(middles) if one.start <= middle <= one.end]
