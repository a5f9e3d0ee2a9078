"""Files of bulletins: every format becomes its text and its tables, or a message that says why."""

from __future__ import annotations

import stat
from collections.abc import Iterable
from pathlib import Path

from helpers.bulletins.files import encodings, kinds
from helpers.bulletins.files.grids import Cell, Document, Grid, Part, Unreadable, document
from helpers.project import UserError

__all__ = ["FORMATS", "Cell", "Document", "Grid", "listed", "read", "read_text"]

FORMATS = (".txt", ".html", ".htm", ".docx", ".pdf", ".xlsx", ".csv")
OLD_FORMATS = (".doc", ".xls", ".rtf", ".odt", ".ods", ".ppt", ".pptx", ".docm", ".xlsm", ".xlsb")
MOST_BYTES = 50_000_000
MOST_TEXT_BYTES = 10_000_000
_OWN_TABLES = ("figure_id,", "source_id,")


def read(path: Path) -> Document:
    """Text and tables of a bulletin, in reading order; of a page what a reader sees.

    path : a file ending in one of FORMATS; it is read as what it holds, whatever its ending says.
           Text is UTF-8, UTF-16 or Windows-1258
    Raises UserError naming the file when it is missing, too large, empty, broken, protected,
    scanned, of another format or in an old encoding, and says what to do.
    """
    path = Path(path)
    try:
        data = _content(path)
        if path.suffix.lower() not in FORMATS:
            raise Unreadable(_not_read(path, data))
        found = _document(path, data)
        if not found.text.strip():
            raise Unreadable("is empty: there is no text to read.")
        encodings.refuse_legacy(found.text)
    except Unreadable as error:
        raise UserError(f"{path} {error}") from None
    return found


def read_text(path: Path) -> str:
    """Text of a bulletin alone, as `read` gives it."""
    return read(path).text


def listed(paths: Iterable[Path]) -> list[Path]:
    """The files meant: a folder stands for the bulletins in it, by name.

    Files of old formats are listed too, so that each is named as unread. Left out are hidden
    files, the locks of open documents, and the tables that reading itself writes. Raises
    UserError for a folder without bulletins or one that may not be opened.
    """
    files: list[Path] = []
    for path in map(Path, paths):
        try:
            if not path.is_dir():
                files.append(path)
                continue
            inside = sorted(file for file in path.iterdir() if _is_bulletin(file))
        except OSError as error:
            raise UserError(f"{path} cannot be opened: {error.strerror or error}.") from error
        if not inside:
            raise UserError(f"{path} holds no bulletin: files read end in {', '.join(FORMATS)}.")
        files.extend(inside)
    return files


def _is_bulletin(file: Path) -> bool:
    suffix = file.suffix.lower()
    if suffix not in FORMATS + OLD_FORMATS or file.name.startswith((".", "~$")) or file.is_dir():
        return False
    if suffix != ".csv":
        return True
    try:
        with file.open(encoding="utf-8-sig", errors="replace") as lines:
            return not lines.readline(200).startswith(_OWN_TABLES)
    except OSError:
        return True


def _content(path: Path) -> bytes:
    """The bytes of a file that is there, a file, and no larger than a bulletin can be."""
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise Unreadable("is no file: give the path of a bulletin.")
        if status.st_size > MOST_BYTES:
            raise Unreadable(f"is larger than {MOST_BYTES // 10**6} MB: no bulletin is.")
        data = path.read_bytes()
    except FileNotFoundError:
        raise Unreadable("is missing: check its name and folder.") from None
    except (OSError, ValueError) as error:
        raise Unreadable(f"cannot be read: {getattr(error, 'strerror', '') or error}.") from error
    if not data:
        raise Unreadable("is empty: there is no text to read.")
    return data


def _not_read(path: Path, data: bytes) -> str:
    """What to do about a file of another ending: what it is, where its bytes say so."""
    if path.suffix.lower() in OLD_FORMATS:
        kinds.kind(data)
    return (
        f"ends in {path.suffix or 'nothing'}, which is not read; read now: {', '.join(FORMATS)}. "
        "Save the bulletin as .docx or .xlsx, or as text in UTF-8."
    )


def _document(path: Path, data: bytes) -> Document:
    """A file read by what it holds; the libraries are loaded when they are first needed."""
    suffix = path.suffix.lower()
    found = kinds.kind(data)
    if found == "text" and suffix in (".docx", ".xlsx", ".pdf"):
        raise Unreadable(f"is no {suffix} file, or a broken one: open it and save it anew.")
    if found in ("text", "page") and len(data) > MOST_TEXT_BYTES:
        raise Unreadable(f"is larger than {MOST_TEXT_BYTES // 10**6} MB: no bulletin's text is.")
    if found == "page" or (found == "text" and suffix in (".html", ".htm")):
        from helpers.bulletins.files import pages

        return document(pages.parts(encodings.decoded(data, forgiving=True)))
    if found == "text" and suffix == ".csv":
        from helpers.bulletins.files import sheets

        return document(sheets.comma_separated(encodings.decoded(data)))
    if found == "text":
        return Document(encodings.decoded(data))
    return document(_packed_parts(found, data))


def _packed_parts(found: str, data: bytes) -> list[Part]:
    """Prose and tables of a .docx, .xlsx or .pdf; what a library trips over is a broken file."""
    try:
        if found == "docx":
            from helpers.bulletins.files import word

            return word.parts(data)
        if found == "xlsx":
            from helpers.bulletins.files import sheets

            return sheets.parts(data)
        from helpers.bulletins.files import pdfs

        return pdfs.parts(data)
    except Unreadable:
        raise
    except Exception as error:
        raise Unreadable(
            f"is broken ({type(error).__name__}): open it in its own program and save it anew."
        ) from error
