"""What reading a file gives: its text, and where the tables stand in it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

MOST_CELLS = 200_000
MOST_CHARACTERS = 10_000_000


class Unreadable(Exception):
    """Why a file cannot be read and what to do: the end of a sentence that starts with its name."""


@dataclass(frozen=True)
class Cell:
    """A cell of a table: `[start, end)` counts characters of the document's text.

    A merged cell stands in the grid at each row and column it spans, always with the same start
    and end.
    """

    row: int
    column: int
    start: int
    end: int


@dataclass(frozen=True)
class Grid:
    """A table: where it lies in the text, its size, and its cells by row and column from 0."""

    start: int
    end: int
    rows: int
    columns: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Document:
    """Text as decoded, before any normalisation; a table is one line a row, cells by ` | `."""

    text: str
    grids: tuple[Grid, ...] = ()


@dataclass(frozen=True)
class Spot:
    """What a table prints in one cell, and the rows and columns that the cell spans."""

    text: str
    row: int
    column: int
    rows: int = 1
    columns: int = 1


Part = str | Sequence[Spot]
"""A stretch of prose, or a table."""


def document(parts: Iterable[Part]) -> Document:
    """The parts one after another, each on lines of its own; blank prose is left out.

    Line breaks and runs of blanks inside a cell become one blank. A row that holds only the
    continuation of cells above has no line. Raises Unreadable for more than MOST_CELLS cells or
    MOST_CHARACTERS characters.
    """
    lines: list[str] = []
    grids: list[Grid] = []
    length = count = 0
    for part in parts:
        if isinstance(part, str):
            printed = part.strip("\r\n")
            if printed.strip():
                lines.append(printed)
                length += len(printed) + 1
        elif any(spot.text.strip() for spot in part):
            count += sum(spot.rows * spot.columns for spot in part)
            if count > MOST_CELLS:
                break
            printed, grid = _laid(part, length)
            lines.append(printed)
            grids.append(grid)
            length += len(printed) + 1
        if length > MOST_CHARACTERS:
            break
    if count > MOST_CELLS or length > MOST_CHARACTERS:
        raise Unreadable(
            f"holds more than {MOST_CELLS:,} cells or {MOST_CHARACTERS // 10**6} million "
            "characters: no bulletin is so long. Save the part that is meant as a file of its own."
        )
    return Document("\n".join(lines), tuple(grids))


def _laid(spots: Sequence[Spot], start: int) -> tuple[str, Grid]:
    """The lines of a table that begins at `start`, and its grid."""
    cells: list[Cell] = []
    pieces: list[str] = []
    at, line = start, -1
    for spot in sorted(spots, key=lambda spot: (spot.row, spot.column)):
        if line >= 0:
            between = "\n" if spot.row != line else " | "
            pieces.append(between)
            at += len(between)
        line = spot.row
        text = " ".join(spot.text.split())
        cells += [
            Cell(row, column, at, at + len(text))
            for row in range(spot.row, spot.row + spot.rows)
            for column in range(spot.column, spot.column + spot.columns)
        ]
        pieces.append(text)
        at += len(text)
    cells.sort(key=lambda cell: (cell.row, cell.column))
    rows = max(cell.row for cell in cells) + 1
    columns = max(cell.column for cell in cells) + 1
    return "".join(pieces), Grid(start, at, rows, columns, tuple(cells))


def table(spots: Sequence[Spot]) -> list[Part]:
    """A table's cells as a part; with a single column they are prose in a frame."""
    if len({spot.column for spot in spots}) < 2:
        return [spot.text for spot in spots]
    return [spots]
