"""Cells: tables that stand in a text, as rows of what is printed and where."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from helpers import yearbooks
from helpers.bulletins.files.grids import Cell, Grid
from helpers.bulletins.text import Text
from helpers.bulletins.vocabulary import NOUNS, SCALES

_BLANK = re.compile(r"[-–—−.…xX*/]{0,6}|(?:không có|k/?c|n/?a)", re.I)
_QUALIFIER = r"(?:trên|dưới|gần|hơn|khoảng|ước|[<>≤≥~≈])"
_NUMERAL = r"\d{1,3}(?: \d{3})+(?![\d.,])|\d+(?:[.,]\d+)*"
_UNIT = rf"(?: ?(?:{SCALES}))?(?: ?(?:%|(?:{NOUNS})(?![^\W\d_])))?(?: (?:cận )?nghèo)?"
_NUMBER = re.compile(
    rf"[(\[]? ?(?P<sign>[+−–-])? ?(?P<printed>(?:{_QUALIFIER} ?)?(?:{_NUMERAL})"
    rf"(?: ?[-–/] ?\d+(?:[.,]\d+)*)?{_UNIT})"
    rf"(?: ?[(/;,] ?(?:chiếm |tỷ lệ )?(?P<rate>\d+(?:[.,]\d+)? ?%) ?\)?)?"
    r" ?[)\]]? ?\*{0,3}",
    re.I,
)
_PLAIN = re.compile(r"\d+(?:[.,]\d+)*")
_YEAR = re.compile(r"(?:19|20)\d\d")
_NAMED_YEAR = re.compile(r"(?:năm )?(?:19|20)\d\d", re.I)
_NUMBER_OF_COLUMN = re.compile(r"\(?(\d{1,3})\b")
_LONGEST_NUMBER = 60


@dataclass(frozen=True)
class Box:
    """A printed cell at [start, end) of the composed text, blanks at its ends left out.

    top, bottom, left, right : first and last row and column that it covers
    """

    start: int
    end: int
    words: str
    top: int
    bottom: int
    left: int
    right: int


Row = dict[int, Box]


def rows_of(text: Text, grid: Grid) -> list[Row]:
    """Rows of a grid that print something, each with its boxes by column; blank cells left out."""
    reach: dict[tuple[int, int], list[int]] = {}
    placed: list[tuple[int, int, tuple[int, int]]] = []
    for cell in grid.cells:
        key = _inside(text, cell)
        if key is None:
            continue
        row, column = cell.row, cell.column
        edges = reach.setdefault(key, [row, row, column, column])
        edges[0], edges[1] = min(edges[0], row), max(edges[1], row)
        edges[2], edges[3] = min(edges[2], column), max(edges[3], column)
        placed.append((row, column, key))
    boxes = {
        key: Box(*key, " ".join(text.nfc[key[0] : key[1]].split()), *edges)
        for key, edges in reach.items()
    }
    found: dict[int, Row] = {}
    for row, column, key in sorted(placed):
        found.setdefault(row, {})[column] = boxes[key]
    return list(found.values())


def distinct(row: Row) -> Iterator[Box]:
    """Boxes of a row from left to right, a merged one once."""
    last = None
    for _, box in sorted(row.items()):
        if box is not last:
            yield box
        last = box


def number(words: str) -> re.Match[str] | None:
    """The number that a cell prints, or None; groups sign, printed and rate, as in `5 (2,1%)`."""
    if len(words) > _LONGEST_NUMBER:
        return None
    return _NUMBER.fullmatch(words)


def is_number(words: str) -> bool:
    """Whether a cell prints a number and nothing else but its unit and qualifier."""
    return bool(_PLAIN.fullmatch(words) or number(words))


def is_blank(words: str) -> bool:
    """Whether a cell says that there is no number: `-`, `..`, `x`."""
    return bool(_BLANK.fullmatch(words))


def is_year(words: str) -> bool:
    """Whether a cell is nothing but a year."""
    return bool(_YEAR.fullmatch(words))


def names_year(words: str) -> bool:
    """Whether a cell names a year: `2021`, `Năm 2021`."""
    return bool(_NAMED_YEAR.fullmatch(words))


def numbers_columns(row: Row) -> bool:
    """Whether a row only numbers the columns: `A | B | 1 | 2 | 3=2/1`."""
    words = [box.words for box in distinct(row)]
    if len(words) < 2 or not yearbooks.numbers_columns(words):
        return False
    numbers = [int(m[1]) for m in map(_NUMBER_OF_COLUMN.match, words) if m]
    return numbers == list(range(numbers[0], numbers[0] + len(numbers)))


def _inside(text: Text, cell: Cell) -> tuple[int, int] | None:
    """[start, end) of a cell in the composed text without blanks at its ends; None if blank."""
    start, end = text.position(cell.start), text.position(cell.end)
    printed = text.nfc[start:end]
    words = printed.strip()
    if not words:
        return None
    start += len(printed) - len(printed.lstrip())
    return start, start + len(words)
