"""Where the project's files are, and how they are read and written: whole or not at all."""

from __future__ import annotations

import csv
import io
import math
import os
import re
import socket
import unicodedata
import uuid
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd

ROOT_VARIABLE = "GIAM_NGHEO_ROOT"
MARKER = Path("data", "raw", "datapackage.json")
_FORMULA = re.compile(r"[=@\t\r]|[+-](?![0-9.,]*%?$)")
_ASIDE = re.compile(r"\.([0-9a-f]{4})-(\d+)-[0-9a-f]{8}(?:\.\w+)?$")
_SIGNS = "=@\t\r+-"
Row = Sequence[object]


class UserError(Exception):
    """Wrong use or wrong input, told to a human; the command line exits with code 2."""


def root() -> Path:
    """Folder of the project, absolute.

    It is what the environment variable GIAM_NGHEO_ROOT says, else the nearest folder at or above
    the working directory that holds data/raw/datapackage.json, else the project that the installed
    package lies in. Raises UserError when there is none.
    """
    return _root(os.environ.get(ROOT_VARIABLE, ""), os.getcwd())  # noqa: PTH109 - asked for at every turn


@lru_cache(maxsize=64)  # asked for at every turn, and found by looking at the disk
def _root(named: str, working_directory: str) -> Path:
    if named:
        folder = Path(named).expanduser().resolve()
        if not folder.is_dir():
            raise UserError(
                f"{ROOT_VARIABLE} is {named!r}, which is no folder: "
                "set it to the folder of the project, or unset it."
            )
        return folder
    here = Path(working_directory)
    for folder in (here, *here.parents):
        if (folder / MARKER).is_file():
            return folder
    folder = Path(__file__).resolve().parents[2]
    if (folder / "data" / "raw").is_dir():
        return folder
    raise UserError(
        f"No project found: neither {here} nor a folder above it holds {MARKER.as_posix()}. "
        f"Run from inside the project, or set {ROOT_VARIABLE} to its folder."
    )


def raw_dir() -> Path:
    """Folder of the read-only inputs."""
    return _raw(root())


@lru_cache(maxsize=64)
def _raw(folder: Path) -> Path:
    return folder / "data" / "raw"


def processed_dir() -> Path:
    """Folder of the tables that the notebooks write."""
    return root() / "data" / "processed"


def figures_dir() -> Path:
    """Folder of the figures, one folder a place inside."""
    return root() / "figures"


def own_dir() -> Path:
    """Folder of the users' own ledgers; no update of the project touches it."""
    return root() / "data" / "own"


def below_root(path: Path) -> str:
    """A path as messages show it: from the project's folder where it lies inside, with `/`."""
    full = Path(path).resolve()
    return (full.relative_to(root()) if full.is_relative_to(root()) else Path(path)).as_posix()


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """Give a temporary path beside `path` to write to, and rename it to `path` on success.

    The suffix is kept, so that writers that look at it work. On any error the temporary file is
    removed and an older file at `path` stays as it was. Raises UserError naming `path` when the
    system refuses.
    """
    path = Path(path)
    if not path.name:
        raise UserError("the name of the file to write is empty: give one.")
    aside = aside_of(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield aside
        aside.replace(path)
    except OSError as error:
        raise UserError(
            f"{path} cannot be written ({error.strerror or error}): "
            "check that its folder may be written to and that the disk is not full."
        ) from error
    finally:
        with suppress(OSError):
            aside.unlink(missing_ok=True)


def aside_of(path: Path) -> Path:
    """A new name beside `path` to write to first; it says which process of which machine writes."""
    mark = f"{_machine():04x}-{os.getpid()}-{uuid.uuid4().hex[:8]}"
    return path.with_name(f".{path.stem}.{mark}{path.suffix}")


def sweep(folders: Iterable[Path]) -> list[Path]:
    """Remove what processes of this machine that have ended left half-written; returns the paths.

    folders : looked through without what lies below them
    """
    left = []
    for file in (file for folder in folders for file in folder.glob(".*")):
        match = _ASIDE.search(file.name)
        if match and int(match[1], 16) == _machine() and not is_running(int(match[2])):
            file.unlink(missing_ok=True)
            left.append(file)
    return left


@lru_cache(maxsize=1)
def _machine() -> int:
    return zlib.crc32(socket.gethostname().encode()) & 0xFFFF


def is_running(pid: int) -> bool:
    """Whether a process of this machine is at work; one that has ended and is not yet taken leave
    of is not."""
    if os.name == "nt":  # asking there would end the process
        return True
    try:
        os.kill(pid, 0)
        state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except ProcessLookupError:
        return False
    except OSError:  # it is another user's, or the system does not say
        return True
    return not state.rpartition(")")[2].strip().startswith(("Z", "X"))


def write_table(df: pd.DataFrame, path: Path) -> None:
    """Write a table as CSV, the same bytes for the same data on every system.

    df : columns as they are, index left out. Text becomes NFC; missing values become empty cells;
         floats are printed with 12 significant digits, whole ones below 1e15 in full.
    Raises UserError when `path` cannot be written.
    """
    cells = pd.DataFrame({name: _cells(df[name]) for name in df.columns}, columns=df.columns)
    text = cells.to_csv(index=False, lineterminator="\n")
    with whole(path) as aside:
        aside.write_bytes(nfc(text).encode("utf-8"))


@contextmanager
def rows(path: Path, columns: Sequence[str]) -> Iterator[Callable[[Iterable[Row]], None]]:
    """Give a function that writes further rows of a CSV table, printed as `write_table` does.

    columns : the first line
    The table stands at `path` when all is written, or not at all. A text that a spreadsheet would
    take for a formula gets an apostrophe in front. Raises UserError when it cannot be written.
    """
    with whole(path) as aside, aside.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(columns)
        yield lambda added: writer.writerows([_cell(value) for value in row] for row in added)


def read_table(
    path: Path, columns: Sequence[str] | None = None, *, line_column: str | None = None
) -> pd.DataFrame:
    """Read a CSV table as text: every cell a string, NFC, '' where it is empty.

    columns     : columns that must be there; others are kept too
    line_column : name of a further column, the line in the file (from 1, int) where a row starts
    UTF-8 with or without byte order mark, LF or CRLF; cells stand between commas, or between
    semicolons, as some spreadsheets write them, where `columns` then are in the first line.
    Raises UserError naming the file, and the line where there is one, when it is missing, empty,
    not UTF-8, of uneven length or lacks a column.
    """
    path = Path(path)
    text = read_text(path)
    known, lines = _table(path, text, _mark(path, text, columns or ()))
    lacking = [name for name in columns or () if name not in known.columns]
    if lacking:
        raise UserError(
            f"{path} lacks the column{'s' if len(lacking) > 1 else ''} {', '.join(lacking)} "
            f"(it has: {', '.join(known.columns)}): add what is missing to its first line."
        )
    table = known.copy()
    if line_column is not None:
        table[line_column] = pd.Series(lines, dtype="int64")
    return table


def read_text(path: Path) -> str:
    """Text of a UTF-8 file in NFC, without byte order mark; raises UserError naming the file."""
    return _text(path, _read_bytes(path))


def nfc(text: str) -> str:
    """Text with every Vietnamese letter composed, the one form the project compares and stores."""
    return unicodedata.normalize("NFC", text)


def _read_bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise UserError(f"{path} is missing: {_how_to_restore(path)}.") from None
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror or error}.") from error


@lru_cache(maxsize=32)  # by what is in the file: a changed file is never taken for the old one
def _text(path: Path, data: bytes) -> str:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise UserError(
            f"{path}, line {line}: the text is not UTF-8: save the file as CSV in UTF-8."
        ) from None
    return nfc(text)


def _how_to_restore(path: Path) -> str:
    """What to do about a missing file, by the folder that it should be in."""
    folder = Path(path).resolve().parent
    if folder.is_relative_to(raw_dir()):
        return "files of data/raw come with the project (restore it with git)"
    if folder.is_relative_to(processed_dir()):
        return "tables of data/processed are written by the notebooks"
    return "check its name and folder"


def _mark(path: Path, text: str, wanted: Sequence[str]) -> str:
    """What stands between the cells: commas, or the semicolons of a first line without commas."""
    line = re.search(r"\S[^\r\n]*", text)
    first = line[0] if line else ""
    if "," in first or ";" not in first:
        return ","
    names = [name.strip().strip('"') for name in first.split(";")]
    lacking = [name for name in wanted if name not in names]
    if lacking or not wanted:
        raise UserError(
            f"{path} is separated by semicolons"
            + (f" and lacks the columns {', '.join(lacking)}" if lacking else "")
            + ": save it with commas between its cells and the names of its columns first."
        )
    return ";"


def _cell(value: object) -> object:
    if isinstance(value, float):
        return "" if math.isnan(value) else _float_text(value)
    if isinstance(value, str) and value:
        return nfc("'" + value if value[0] in _SIGNS and _FORMULA.match(value) else value)
    return value


def _cells(column: pd.Series) -> pd.Series:
    if not pd.api.types.is_float_dtype(column.dtype):
        return column
    return column.map(_float_text, na_action="ignore").astype("object")


def _float_text(number: float) -> str:
    if abs(number) < 1e15 and number == int(number):
        return str(int(number))
    return f"{number:.12g}"


@lru_cache(maxsize=32)
def _table(path: Path, text: str, mark: str) -> tuple[pd.DataFrame, tuple[int, ...]]:
    """A table as it stands in a file, and the line at which each row starts: not to be changed."""
    header, every, lines = _records(path, text, mark)
    cells = np.array(every, dtype=object).reshape(len(lines), len(header))
    return pd.DataFrame(cells, columns=pd.Index(header, dtype="str"), dtype="str"), tuple(lines)


def _records(path: Path, text: str, mark: str) -> tuple[list[str], list[str], list[int]]:
    """Header, the cells of all rows one after the other, and the line at which each row starts."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True)
    header: list[str] = []
    every: list[str] = []  # one list: Python's collector of garbage would look through one a row
    lines: list[int] = []
    known: dict[str, str] = {}  # most cells repeat another one: each text is kept once
    last = 0
    said = {",": "comma", ";": "semicolon"}[mark]
    try:
        for cells in reader:
            start, last = last + 1, reader.line_num
            if not any(map(str.strip, cells)):
                continue
            if not header:
                header = [cell.strip() for cell in cells]
                continue
            if len(cells) != len(header):
                raise UserError(
                    f"{path}, line {start}: {len(cells)} cells where the first line has "
                    f"{len(header)}: put cells that hold a {said} between double quotes."
                )
            every += [known.setdefault(cell, cell) for cell in cells]
            lines.append(start)
    except csv.Error as error:
        raise UserError(f"{path}, line {last + 1}: not a CSV table ({error}).") from None
    if not header:
        raise UserError(f"{path} is empty: it needs a first line with the names of its columns.")
    if len(set(header)) < len(header):
        twice = sorted({name for name in header if header.count(name) > 1})
        raise UserError(f"{path} names a column twice: {', '.join(twice)}.")
    return header, every, lines
