"""Exports of a result for offices: a workbook, a document for word processors, the letters."""

from __future__ import annotations

import io
import math
import re
import zipfile
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd
from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from helpers import labels, project
from helpers.reconcile import letters
from helpers.reconcile.document import document
from helpers.reconcile.sheets import Sheet, sheets
from helpers.reconcile.tables import Reconciled

LONGEST = 32_767  # letters that a cell may hold
FEWEST_DECIMALS, MOST_DECIMALS = 2, 6
LINE, HIGHEST = 15.0, 400.0  # heights of one line and of a row at most, in points
FORMULA_SIGNS = tuple("=+-@\t\r")
LONG_AGO = datetime(2000, 1, 1)
HEADINGS = 2
PAPER_A4 = 9  # as the format counts paper


def write(
    result: Reconciled,
    folder: Path,
    quarantine: pd.DataFrame | None = None,
    sources: pd.DataFrame | None = None,
) -> None:
    """Write reconciled.xlsx, conflicts.doc.html and letters.txt into a folder, made if need be.

    quarantine, sources : as for the report
    Raises project.UserError when a file cannot be written.
    """
    folder = Path(folder)
    files = {
        "reconciled.xlsx": workbook(result, quarantine, sources),
        "conflicts.doc.html": document(result, quarantine, sources).encode("utf-8"),
        "letters.txt": project.nfc(letters.text(result, sources)).encode("utf-8"),
    }
    for name, data in files.items():
        with project.whole(folder / name) as aside:
            aside.write_bytes(data)


def workbook(
    result: Reconciled,
    quarantine: pd.DataFrame | None = None,
    sources: pd.DataFrame | None = None,
) -> bytes:
    """The tables of a result as an .xlsx file; the same bytes for the same result.

    A sheet a table: conflicts, figures, changes, rules, and the rows set aside if they are given.
    Two rows of headings, Vietnamese and English. Prints are text and never a formula; what is
    computed is a number, which the reader's own program writes in its own way.
    """
    book = Workbook(write_only=True)
    for sheet in sheets(result, quarantine, sources):
        _add(book, sheet)
    stream = io.BytesIO()
    book.save(stream)
    return _without_time(stream.getvalue())


def _add(book: Workbook, sheet: Sheet) -> None:
    page = book.create_sheet(labels.text(f"report.{sheet.name}", "vi"))
    last = get_column_letter(len(sheet.widths))
    for number, width in enumerate(sheet.widths.values(), 1):
        page.column_dimensions[get_column_letter(number)].width = width
    page.freeze_panes = f"B{HEADINGS + 1}"
    page.auto_filter.ref = f"A{HEADINGS}:{last}{HEADINGS + len(sheet.table)}"
    page.page_setup.orientation = "landscape"
    page.page_setup.paperSize = PAPER_A4
    page.print_title_rows, page.print_title_cols = f"1:{HEADINGS}", "A:A"
    for language in ("vi", "en"):
        page.append(_headings(page, sheet, language))
    cells = _Cells(page, _styles(page, sheet.wrapped))
    rows = sheet.table.itertuples(index=False, name=None)
    for number, row in enumerate(rows, HEADINGS + 1):
        if sheet.wrapped:
            page.row_dimensions[number].height = _height(row, list(sheet.widths.values()))
        page.append([cells[value] for value in row])
    if sheet.note:
        page.append([cells[sheet.note]])


def _headings(page: Any, sheet: Sheet, language: str) -> Iterator[Cell]:
    fill = PatternFill("solid", fgColor="DDE7F0")
    for name in sheet.widths:
        cell = WriteOnlyCell(page, value=labels.text(f"report.col.{name}", language))
        cell.font = Font("Calibri", 11, bold=language == "vi", italic=language == "en")
        cell.fill = fill
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        yield cell


def _height(row: Sequence[object], widths: Sequence[float]) -> float:
    """Height of a row that shows all its texts, in points; some programs do not find it out."""
    lines = (
        math.ceil(len(cell) / (width - 1)) if isinstance(cell, str) else 1
        for cell, width in zip(row, widths, strict=True)
    )
    return min(LINE * max(lines), HIGHEST)


def _styles(page: Any, wrapped: bool) -> dict[object, Any]:
    """Styles by what a cell holds: decimals of a number, text, and text that looks a formula."""
    made: dict[object, Any] = {}
    for decimals in (0, *range(FEWEST_DECIMALS, MOST_DECIMALS + 1)):
        cell = WriteOnlyCell(page)
        cell.number_format = "#,##0" + "." * (decimals > 0) + "0" * decimals
        cell.alignment = Alignment(vertical="top")
        made[decimals] = cell._style
    for name in ("text", "guarded"):
        cell = WriteOnlyCell(page)
        cell.alignment = Alignment(wrap_text=wrapped, vertical="top")
        cell.number_format = "@"
        cell.quotePrefix = name == "guarded"
        made[name] = cell._style
    return made


class _Cells(dict[object, Cell | None]):
    """Cells by what they hold, each made once: most texts of a ledger come again and again.

    A number keeps its decimals, a text stays a text; nothing, or no number, has no cell.
    """

    def __init__(self, page: Any, styles: dict[object, Any]) -> None:
        self._page, self._styles = page, styles

    def __missing__(self, value: object) -> Cell | None:
        self[value] = made = self._made(value)
        return made

    def _made(self, value: object) -> Cell | None:
        if isinstance(value, int | float):
            if not math.isfinite(value):
                return None
            cell = WriteOnlyCell(self._page, value=float(value))
            cell._style = self._styles[_decimals(float(value))]
            return cell
        text = ILLEGAL_CHARACTERS_RE.sub("\N{REPLACEMENT CHARACTER}", project.nfc(str(value)))
        if not text:
            return None
        cell = WriteOnlyCell(self._page, value=text[:LONGEST])
        cell.data_type = "s"
        cell._style = self._styles["guarded" if text.startswith(FORMULA_SIGNS) else "text"]
        return cell


def _decimals(number: float) -> int:
    """None for a whole number, else as many as it has, from FEWEST_DECIMALS on."""
    near = 1e-9 * max(1.0, abs(number))
    shown = (0, *range(FEWEST_DECIMALS, MOST_DECIMALS))
    return next((d for d in shown if abs(round(number, d) - number) <= near), MOST_DECIMALS)


def _without_time(data: bytes) -> bytes:
    """The same workbook without the time at which it was written."""
    stamp = LONG_AGO.isoformat() + "Z"
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as old,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in sorted(old.namelist()):
            content = old.read(name)
            if name == "docProps/core.xml":
                content = re.sub(rb"\d{4}-\d\d-\d\dT[\d:.]+Z", stamp.encode(), content)
            entry = zipfile.ZipInfo(name, LONG_AGO.timetuple()[:6])
            entry.compress_type, entry.create_system = zipfile.ZIP_DEFLATED, 3
            new.writestr(entry, content)
    return stream.getvalue()
