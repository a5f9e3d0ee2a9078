"""Kinds of files, told by what is in them: a name's ending may be wrong."""

from __future__ import annotations

import re

from helpers.bulletins.files import archives
from helpers.bulletins.files.grids import Unreadable

_PAGE = re.compile(
    rb"[\s\xef\xbb\xbf\xff\xfe]*(?:<\?xml[^>]{0,200}>\s*|<!--.{0,2000}?-->\s*){0,9}"
    rb"<(?:!doctype\s+html|html|head|body)\b",
    re.IGNORECASE | re.DOTALL,
)
_PICTURE = "is a picture: have its text recognised (OCR), and save that as text in UTF-8."
_ARCHIVE = "is a packed archive: unpack it, and read the files in it."
_WORD = "open it in Word or LibreOffice and save it as .docx."
_EXCEL = "open it in Excel or LibreOffice and save it as .xlsx."
_PASSWORD = "is protected by a password: save a copy without one."
_BEGINNINGS = {
    b"{\\rtf": f"is a rich text file (.rtf): {_WORD}",
    b"\x89PNG": _PICTURE,
    b"\xff\xd8\xff": _PICTURE,
    b"GIF8": _PICTURE,
    b"II*\0": _PICTURE,
    b"MM\0*": _PICTURE,
    b"Rar!": _ARCHIVE,
    b"7z\xbc\xaf": _ARCHIVE,
    b"\x1f\x8b": _ARCHIVE,
}
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_STREAMS = {
    "EncryptedPackage": _PASSWORD,
    "WordDocument": f"is an old Word file (.doc): {_WORD}",
    "PowerPoint Document": "is an old slide show (.ppt): save its text as .docx.",
    "Workbook": f"is an old Excel file (.xls): {_EXCEL}",
    "Book": f"is an old Excel file (.xls): {_EXCEL}",
}
_OPEN_DOCUMENT = "open it in its program and save it as .docx or .xlsx."


def kind(data: bytes) -> str:
    """What the bytes are: `pdf`, `docx`, `xlsx`, `page`, or `text` for whatever else.

    Raises Unreadable for files of other programs, saying what to save them as.
    """
    if b"%PDF-" in data[:1024]:
        return "pdf"
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _packed(data)
    if data.startswith(_OLE):
        raise Unreadable(_old_office(data))
    for beginning, says in _BEGINNINGS.items():
        if data.startswith(beginning):
            raise Unreadable(says)
    return "page" if _PAGE.match(data[:8000].replace(b"\0", b"")) else "text"


def _packed(data: bytes) -> str:
    names = set(archives.opened(data).namelist())
    if "word/document.xml" in names:
        return "docx"
    if "xl/workbook.xml" in names:
        return "xlsx"
    if "content.xml" in names:
        raise Unreadable(f"is an OpenDocument file (.odt, .ods): {_OPEN_DOCUMENT}")
    if any(name.startswith("ppt/") for name in names):
        raise Unreadable("is a slide show (.pptx): save its text as .docx.")
    if "xl/workbook.bin" in names:
        raise Unreadable(f"is a binary Excel file (.xlsb): {_EXCEL}")
    raise Unreadable(_ARCHIVE)


def _old_office(data: bytes) -> str:
    """What a file of the old Office container says, or that it is protected."""
    for stream, says in _STREAMS.items():
        if stream.encode("utf-16-le") in data:
            return says
    return "is an old Office file: save it as .docx or .xlsx."
