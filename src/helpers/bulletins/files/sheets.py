"""Tables (.xlsx, .csv): each sheet is prose and tables, its numbers as the sheet shows them."""

from __future__ import annotations

import csv
import io
import re
import warnings
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, time, timedelta
from itertools import groupby

from openpyxl import load_workbook
from openpyxl.cell.cell import Cell as SheetCell
from openpyxl.utils.cell import range_boundaries
from openpyxl.workbook.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from helpers.bulletins.files import archives
from helpers.bulletins.files.grids import MOST_CELLS, Part, Spot, Unreadable
from helpers.bulletins.files.numberformats import date_text, number_text

_MARKS = ";\t|,"
_FORMULA = re.compile(rb"<(?:\w{1,20}:)?f[ >/]")
_CELL = re.compile(rb"<(?:\w{1,20}:)?c[ >/]")
_MERGED = re.compile(
    rb"<(?:\w{1,20}:)?mergeCell\s[^>]{0,99}?ref=[\"']([A-Za-z$]+\d+:[A-Za-z$]+\d+)"
)
_LAST_COLUMN = 16_384


def parts(data: bytes) -> list[Part]:
    """Prose and tables of the visible sheets of a workbook, hidden rows and columns left out.

    A sheet's rows between blank rows are one table; rows of a single cell above and below it are
    prose, its title and notes. Raises Unreadable for a formula whose value was never computed.
    """
    archive = archives.opened(data)
    sheets = [name for name in archive.namelist() if name.startswith("xl/worksheets/")]
    contents = [archives.content(archive, name) for name in sheets if name.endswith(".xml")]
    if sum(len(_CELL.findall(content)) for content in contents) > MOST_CELLS:
        raise Unreadable(
            f"holds more than {MOST_CELLS:,} cells: no bulletin does. Save the sheet that is meant "
            "as a file of its own."
        )
    if (
        sum(map(_area, (ref for content in contents for ref in _MERGED.findall(content))))
        > MOST_CELLS
    ):
        raise Unreadable("has merged cells wider than any bulletin's table: split them first.")
    book = _loaded(data, values=True)
    if any(_FORMULA.search(content) for content in contents):
        _refuse_uncomputed(book, _loaded(data, values=False))
    return [
        part
        for sheet in book.worksheets
        if sheet.sheet_state == "visible"
        for part in _parts(_spots(sheet))
    ]


def comma_separated(text: str) -> list[Part]:
    """Prose and tables of a .csv file whose cells stand between `,`, `;`, tabs or `|`."""
    lines = text.splitlines()[:50]
    counts = {mark: [line.count(mark) for line in lines if line.strip()] for mark in _MARKS}
    # decimal commas stand in cells, so any other mark that most lines have comes first
    mark = next((m for m in _MARKS if 2 * sum(n > 0 for n in counts[m]) > len(counts[m])), ",")
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=mark))
    except csv.Error as error:
        raise Unreadable(
            f"is no table of cells between {mark!r} ({error}): save it anew."
        ) from None
    return _parts(
        [
            Spot(cell, row, column)
            for row, cells in enumerate(rows)
            for column, cell in enumerate(cells)
            if cell.strip()
        ]
    )


def _loaded(data: bytes, *, values: bool) -> Workbook:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about styles and extensions that print nothing
        return load_workbook(io.BytesIO(data), data_only=values, keep_links=False)


def _stored(sheet: Worksheet) -> dict[tuple[int, int], SheetCell]:
    """The cells that a sheet holds; `iter_rows` would also make every blank one up to the last."""
    cells: dict[tuple[int, int], SheetCell] = sheet._cells
    return cells


def _area(reference: bytes) -> int:
    """Cells of a merged range, each of which the library makes when it loads the sheet."""
    left, top, right, bottom = range_boundaries(reference.decode("ascii").replace("$", ""))
    return (int(right or 0) - int(left or 0) + 1) * (int(bottom or 0) - int(top or 0) + 1)


def _refuse_uncomputed(values: Workbook, formulas: Workbook) -> None:
    for sheet in formulas.worksheets:
        cached = _stored(values[sheet.title])
        for place, cell in sorted(_stored(sheet).items()):
            found = cached.get(place)
            if cell.data_type == "f" and (found is None or found.value is None):
                raise Unreadable(
                    f"has a formula without a value in cell {cell.coordinate} of sheet "
                    f"{sheet.title!r}: open it in Excel or LibreOffice and save it there."
                )


def _spots(sheet: Worksheet) -> list[Spot]:
    """The cells of a sheet that print something, a merged range as one cell."""
    unseen_rows = {n for n, shape in sheet.row_dimensions.items() if shape.hidden}
    unseen_columns = {
        n
        for shape in sheet.column_dimensions.values()
        if shape.hidden
        for n in range(shape.min or 0, min(shape.max or 0, _LAST_COLUMN) + 1)
    }
    ranges = {(one.min_row, one.min_col): one for one in sheet.merged_cells.ranges}
    spots = []
    for (row, column), cell in _stored(sheet).items():
        text = _printed(cell)
        one = ranges.get((row, column))
        last_row, last_column = (one.max_row, one.max_col) if one else (row, column)
        rows = [n for n in range(row, last_row + 1) if n not in unseen_rows]
        columns = [n for n in range(column, last_column + 1) if n not in unseen_columns]
        if text.strip() and rows and columns:
            spots.append(Spot(text, rows[0], columns[0], len(rows), len(columns)))
    return spots


def _printed(cell: SheetCell) -> str:
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, (int, float)):
        return number_text(value, cell.number_format)
    if isinstance(value, (date, time, timedelta)):
        return date_text(value)
    return str(value)


def _parts(spots: Iterable[Spot]) -> list[Part]:
    """Blocks of rows between blank ones; in each the table, and single cells around it as prose."""
    rows = {row: list(cells) for row, cells in groupby(sorted(spots, key=_place), lambda s: s.row)}
    blocks: list[list[list[Spot]]] = []
    reach = -1
    for row, cells in rows.items():
        if row > reach:
            blocks.append([])
        blocks[-1].append(cells)
        reach = max(reach, *(spot.row + spot.rows for spot in cells))
    return [part for block in blocks for part in _block(block)]


def _place(spot: Spot) -> tuple[int, int]:
    return spot.row, spot.column


def _block(block: Sequence[Sequence[Spot]]) -> Iterator[Part]:
    wide = [i for i, cells in enumerate(block) if len(cells) > 1 or cells[0].rows > 1]
    first, last = (wide[0], wide[-1]) if wide else (len(block), -1)
    if all(len(cells) == 1 for cells in block):
        first, last = len(block), -1
    for cells in block[:first]:
        yield cells[0].text
    if first <= last:
        yield _compact([spot for cells in block[first : last + 1] for spot in cells])
        for cells in block[last + 1 :]:
            yield cells[0].text


def _compact(spots: Sequence[Spot]) -> list[Spot]:
    """A table without its blank rows and columns; an empty cell where one prints nothing."""
    starts = sorted({spot.row for spot in spots}), sorted({spot.column for spot in spots})
    row_at, column_at = ({n: i for i, n in enumerate(numbers)} for numbers in starts)
    moved = [
        Spot(
            spot.text,
            row_at[spot.row],
            column_at[spot.column],
            bisect_left(starts[0], spot.row + spot.rows) - row_at[spot.row],
            bisect_left(starts[1], spot.column + spot.columns) - column_at[spot.column],
        )
        for spot in spots
    ]
    taken = {
        (spot.row + i, spot.column + j)
        for spot in moved
        for i in range(spot.rows)
        for j in range(spot.columns)
    }
    if len(row_at) * len(column_at) > MOST_CELLS:
        raise Unreadable(f"has a table of more than {MOST_CELLS:,} cells: no bulletin has.")
    blank = [
        Spot("", row, column)
        for row in row_at.values()
        for column in column_at.values()
        if (row, column) not in taken
    ]
    return moved + blank
