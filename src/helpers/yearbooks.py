"""Yearbook tables: grids of provinces by indicators, as .xlsx or .csv, taken apart into figures."""

from __future__ import annotations

import csv
import io
import logging
import re
import warnings
import zipfile
from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

import pandas as pd

from helpers import places, project
from helpers.places import fold
from helpers.project import UserError

if TYPE_CHECKING:
    from openpyxl.cell.cell import Cell, MergedCell

_log = logging.getLogger(__name__)

_YEAR = re.compile(r"^\D{0,20}?((?:19|20)\d\d)\D{0,20}$")
_PRELIMINARY = re.compile(r"sơ bộ|prel|ước", re.IGNORECASE)
_COLUMN_NUMBER = re.compile(r"^\(?[0-9A-Za-z]{1,2}\)?(?: ?=.*)?$")
_REGION_NUMBER = re.compile(r"^(?:[IVX]+|[A-Z])\.?$")
_REGION_WORDS = re.compile(
    r"(?:^|-)(?:vung|mien-nui|khu-vuc|trung-bo|nam-bo|bac-bo|duyen-hai|dong-bang|region|delta|area)"
    r"(?:-|$)"
)
_OTHER_THINGS = re.compile(
    r"giam|tang|change|thoat|tai-ngheo|phat-sinh|dtts|dan-toc|ethnic|khau|nguoi|person|people"
    r"|huyen|district|xa-ngheo|commune"
)
_BARE_RATE = re.compile(r"^(?:(?:ty|ti)-le(?:-phan-tram)?|rate|percent(?:age)?|)$")
_DASHES = ("-", "–", "—")  # a cell with nothing else says that there is no number
_HEADER_WORDS = re.compile(r"^(?:stt|tt|no|tinh|dia-phuong|don-vi|province|ten)(?:-|$)")


class _Column(NamedTuple):
    position: int
    indicator: str
    period: str
    status: str


def read(
    path: Path,
    *,
    period: str,
    indicators: Mapping[str, str] | str | None,
    units: Literal["63", "34"],
) -> pd.DataFrame:
    """Figures of a table: place, period, indicator, printed, unit, status, note; all text.

    Arguments as in `ledger.import_table`. A row is a place when its name is one; rows of other
    regions and footnotes are left out with a warning in the log. A column headed only `Tỷ lệ` is
    of the households on its left. A cell that is only a dash is not available: it becomes `..`,
    and its note says what is printed. Raises UserError naming every row with a name that is no
    place beside numbers, for a place met twice, and for headers that say no indicator.
    """
    rows = _cells(path)
    name_at, first = _first_place(path, rows)
    columns = _columns(path, _header(rows[:first], name_at), period, indicators, name_at)
    found: dict[str, int] = {}
    figures: list[dict[str, str]] = []
    strangers: list[str] = []
    for number, row in enumerate(rows[first:], first + 1):
        try:
            code = _place(path, number, row, name_at, columns, units)
        except places.UnknownPlace as error:
            strangers.append(str(error))
            continue
        if code is None:
            continue
        if code in found:
            raise UserError(
                f"{path}, row {number}: {row[name_at]!r} is {code}, as row {found[code]} is: "
                "leave only one of them in the table."
            )
        found[code] = number
        figures += [
            _figure(code, column, row, number) for column in columns if row[column.position]
        ]
    if strangers:
        raise UserError(
            f"{path}, {'; '.join(strangers)} Correct the name in each of these rows, or take the "
            "row out."
        )
    _warn_of_units(path, found, period, units)
    return pd.DataFrame(
        figures, columns=["place", "period", "indicator", "printed", "unit", "status", "note"]
    )


def _where(number: int, position: int) -> str:
    """A cell as a spreadsheet shows it: `row 4, column C`."""
    from openpyxl.utils import get_column_letter  # only yearbooks need it

    return f"row {number}, column {get_column_letter(position + 1)}"


def _figure(code: str, column: _Column, row: list[str], number: int) -> dict[str, str]:
    cell = row[column.position]
    note = _where(number, column.position)
    dash = cell in _DASHES
    return {
        "place": code,
        "period": column.period,
        "indicator": column.indicator,
        "printed": ".." if dash else cell,
        "unit": _unit(column.indicator),
        "status": column.status,
        "note": f"{note}; printed as {cell}" if dash else note,
    }


def _unit(indicator: str) -> str:
    if indicator.endswith("_change") and "_rate" in indicator:
        return "pp"
    if indicator.endswith("_rate") or indicator.startswith("share_"):
        return "%"
    return "hộ" if "households" in indicator else ""


def _cells(path: Path) -> list[list[str]]:
    """All rows of the table as printed texts, of one length."""
    suffix = path.suffix.lower()
    if suffix == ".csv":
        rows = _csv_rows(project.read_text(path))
    elif suffix == ".xlsx":
        rows = _xlsx_rows(path)
    else:
        raise UserError(f"{path}: save the table as .xlsx or .csv, {suffix or 'this'} is not read.")
    width = max((len(row) for row in rows), default=0)
    return [[" ".join(cell.split()) for cell in row] + [""] * (width - len(row)) for row in rows]


def _csv_rows(text: str) -> list[list[str]]:
    lines = [line for line in text.splitlines() if line.strip()]
    mark = next((m for m in ";\t" if lines and all(m in line for line in lines[-5:])), ",")
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=mark))


def _xlsx_rows(path: Path) -> list[list[str]]:
    import openpyxl  # takes a tenth of a second, and only yearbooks need it
    from openpyxl.utils.exceptions import InvalidFileException

    if not path.is_file():
        raise UserError(f"{path} is missing: give the path of the yearbook's table.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about styles and extensions that are not used here
            book = openpyxl.load_workbook(path, data_only=True)
    except (InvalidFileException, zipfile.BadZipFile, KeyError, OSError, ValueError) as error:
        raise UserError(f"{path} is no .xlsx workbook ({error}): save it again as one.") from None
    sheet = book.worksheets[0]
    if len(book.worksheets) > 1:
        _log.warning("%s: only the first sheet, %r, is read.", path, sheet.title)
    return [[_printed(cell) for cell in row] for row in sheet.iter_rows()]


def _printed(cell: Cell | MergedCell) -> str:
    """What a cell of a workbook shows: its number with the decimals of its format."""
    value = cell.value
    if isinstance(value, date | datetime):
        return value.isoformat()[:10]
    if not isinstance(value, float | int):
        return project.nfc(str(value or ""))
    shown = str(cell.number_format).split(";")[0]
    fixed = re.search(r"0\.(0+)", shown)
    decimals = len(fixed[1]) if fixed else 0
    if "%" in shown:
        return f"{100 * value:.{decimals}f}%"
    return f"{value:.{decimals}f}" if fixed or value % 1 == 0 else f"{value:.12g}"


def name_of(text: str) -> str | None:
    """Code of the place that a cell names, in one language or two (`Cả nước - Whole country`)."""
    for part in (text, text.rstrip(" *)0123456789"), *re.split(r"\s*[-–/(]\s*", text)):
        if len(part) > 2 and any(letter.isalpha() for letter in part):
            place = places.lookup(part)
            if place is not None:
                return place.code
    return "VN" if fold(text) in ("tong-cong", "tong-so", "total") else None


def _first_place(path: Path, rows: list[list[str]]) -> tuple[int, int]:
    """Column that names the places, and the index of the first row with a place and a number."""
    hits = [
        (column, at)
        for at, row in enumerate(rows)
        for column, cell in enumerate(row[:5])
        if any(map(_is_number, row[column + 1 :])) and name_of(cell)
    ]
    if not hits:
        raise UserError(
            f"{path}: no row has a province's name in its first five cells and a number after it; "
            "one row a province is expected."
        )
    name_at = Counter(column for column, _ in hits).most_common(1)[0][0]
    return name_at, next(at for column, at in hits if column == name_at)


def _is_number(cell: str) -> bool:
    """Whether a cell has a number, or says that there is none."""
    return cell in _DASHES or bool(re.search(r"[0-9]|\.\.|…", cell))


def _header(rows: list[list[str]], name_at: int) -> list[str]:
    """Header of each column: its one or two rows joined, merged cells spread to the right."""
    kept = [row for row in rows if sum(map(bool, row)) > 1]
    kept = [row for row in kept if not numbers_columns(row)]
    tops = [i for i, row in enumerate(kept) if any(_HEADER_WORDS.match(fold(c)) for c in row if c)]
    kept = kept[tops[0] :] if tops else kept[-2:]
    width = len(kept[0]) if kept else name_at + 1
    parts: list[list[str]] = [[] for _ in range(width)]
    for depth, row in enumerate(kept):
        left = ""
        for i, cell in enumerate(row):
            below = any(later[i] for later in kept[depth + 1 :])
            left = cell or (left if below else "")
            if left and left not in parts[i]:
                parts[i].append(left)
    return [" | ".join(texts) for texts in parts]


def numbers_columns(row: list[str]) -> bool:
    """Whether a row only numbers the columns: A, B, 1, 2, 3=2/1."""
    cells = [cell for cell in row if cell]
    return "1" in "".join(cells) and all(_COLUMN_NUMBER.match(cell) for cell in cells)


def _columns(
    path: Path,
    header: list[str],
    period: str,
    indicators: Mapping[str, str] | str | None,
    name_at: int,
) -> list[_Column]:
    columns: list[_Column] = []
    unknown: list[str] = []
    for i, text in enumerate(header):
        if i <= name_at or not text:
            continue
        last = text.split(" | ")[-1]
        year = _YEAR.match(last)
        indicator = _indicator(text, indicators)
        if indicator is None and indicators is None and _BARE_RATE.match(fold(last)):
            indicator = _rate_beside(columns, i)
        if indicator:
            status = "preliminary" if year and _PRELIMINARY.search(last) else ""
            columns.append(_Column(i, indicator, year[1] if year else period, status))
        elif indicator is None:
            unknown.append(text)
    keys = [(column.indicator, column.period) for column in columns]
    for column, key in zip(columns, keys, strict=True):
        if keys.count(key) > 1:
            raise UserError(
                f"{path}: {header[column.position]!r} and another column both say {key[0]} of "
                f"{key[1]}: say with `indicators` what each header is, '' to leave one out."
            )
    if not columns:
        raise UserError(
            f"{path}: no header says an indicator ({'; '.join(unknown)}): give "
            "indicators={'header': 'poor_households', …}, or one indicator for all columns."
        )
    if unknown:
        _log.warning("%s: columns left out: %s.", path, "; ".join(unknown))
    return columns


def _rate_beside(columns: list[_Column], position: int) -> str | None:
    """Indicator of a column of nothing but rates: that of the households right on its left."""
    left = columns[-1] if columns else None
    if (
        left is None
        or left.position != position - 1
        or not left.indicator.endswith("poor_households")
    ):
        return None
    return left.indicator.removesuffix("_households") + "_rate"


def _indicator(header: str, given: Mapping[str, str] | str | None) -> str | None:
    """Indicator of a header; '' for a column to leave out, None for one not understood."""
    if isinstance(given, str):
        return given
    if given is not None:
        keys = {fold(key): value for key, value in given.items()}
        last = header.split(" | ")[-1]
        return keys.get(fold(header), keys.get(fold(last)))
    key = fold(header)
    if _OTHER_THINGS.search(key):
        return None
    near = re.search(r"can-ngheo|near-poor", key)
    plain = re.sub(r"(?:ho-)?can-ngheo|near-poor", "", key)
    poor = re.search(r"ngheo|poor|poverty", plain)
    multidim = (near and poor) or re.search(r"da-chieu|multidim", key)
    subject = "multidim_poor" if multidim else "near_poor" if near else "poor" if poor else ""
    if not subject:
        return "total_households" if re.search(r"so-ho|households", key) else None
    rate = "%" in header or re.search(r"ty-le|ti-le|rate|percent", key)
    return f"{subject}_{'rate' if rate else 'households'}"


def _place(
    path: Path,
    number: int,
    row: list[str],
    name_at: int,
    columns: list[_Column],
    units: Literal["63", "34"],
) -> str | None:
    """Code of a row's place; None, with a warning, for rows that are no place's.

    Raises UnknownPlace naming the row, for a name that is no place beside numbers.
    """
    text = row[name_at]
    code = name_of(text)
    if code is not None:
        try:
            return places.unit_named(code).code if units == "34" else code
        except places.UnknownPlace as error:
            raise places.UnknownPlace(f"row {number}: {error}") from None
    said = " ".join(filter(None, row))
    if not any(row[column.position] for column in columns):
        if said:
            _log.warning("%s, row %d left out, it has no numbers: %.80s", path, number, said)
        return None
    numbered = any(_REGION_NUMBER.match(cell) for cell in row[:name_at])
    if numbered or _REGION_WORDS.search(fold(text)):
        _log.warning("%s, row %d left out, no region known here: %.80s", path, number, said)
        return None
    raise places.UnknownPlace(
        f"{_where(number, name_at)}: {text!r} is no place. {places.nearest(text)}"
    )


def _warn_of_units(path: Path, found: Mapping[str, int], period: str, units: str) -> None:
    count = sum(places.get(code).kind == "province" for code in found)
    if units == "63" and period[:4] >= "2025" and count <= 34:
        _log.warning(
            "%s: names are read as the 63 provinces before July 2025; with units='34' as those "
            "formed then.",
            path,
        )
