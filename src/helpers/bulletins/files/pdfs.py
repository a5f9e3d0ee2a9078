"""PDFs with a text layer: prose in paragraphs, ruled tables as tables, page furniture left out."""

from __future__ import annotations

import ctypes
import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

import pypdfium2
import pypdfium2.raw as pdfium

from helpers.bulletins.files import paragraphs, rulings
from helpers.bulletins.files.grids import MOST_CHARACTERS, Part, Spot, Unreadable
from helpers.bulletins.files.paragraphs import Line
from helpers.bulletins.files.rulings import Box, Ruling

_MOST_PAGES = 300
_MOST_UNPACKED = 200_000_000
_MOST_PATHS = 10_000  # lines on a page; a map has more, and no table
_MOST_SEGMENTS = 5_000
_BLANKS = frozenset(map(ord, " \t\r\n\xa0"))
_THIN = 2.5  # points; borders are often filled slivers
_BAND = 10.0  # points
_SHORTEST = 5.0  # points; shorter lines are dashes and dots
_MOST_STREAM = 2_000_000  # bytes looked at; what packs two hundred megabytes is far smaller
_STREAM = re.compile(rb"stream\r?\n")
_SCANNED = (
    "has no text layer, it is a scan: have its text recognised (OCR) and save it as a searchable "
    "PDF, or type its figures into a .docx or .xlsx."
)


class _Sign(NamedTuple):
    """A character of the text layer and its box, points from the lower left of the page."""

    text: str
    left: float
    bottom: float
    right: float
    top: float


@dataclass
class _Table:
    """A ruled table: its cells, and the text of each as it is met on the page."""

    boxes: Sequence[Box]
    texts: dict[int, list[str]] = field(default_factory=dict)

    @cached_property
    def bands(self) -> dict[int, list[int]]:
        """Which cells lie in each band of the page, a band high."""
        found: dict[int, list[int]] = {}
        for index, box in enumerate(self.boxes):
            for band in range(int(box.bottom // _BAND), int(box.top // _BAND) + 1):
                found.setdefault(band, []).append(index)
        return found

    def spots(self) -> list[Spot]:
        return [
            Spot("".join(self.texts.get(i, [])), box.row, box.column, box.rows, box.columns)
            for i, box in enumerate(self.boxes)
        ]


def parts(data: bytes) -> list[Part]:
    """Paragraphs and ruled tables of a PDF in the order of its text.

    Raises Unreadable when it is broken, encrypted, longer than a bulletin, scanned, or when its
    text layer holds no letters that can be read.
    """
    _refuse_bombs(data)
    try:
        opened = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if getattr(error, "err_code", None) == pdfium.FPDF_ERR_PASSWORD or "assword" in str(error):
            raise Unreadable("is protected by a password: save a copy without one.") from None
        raise Unreadable("is a broken PDF: open it in its own program and save it anew.") from None
    try:
        if len(opened) > _MOST_PAGES:
            raise Unreadable(
                f"has {len(opened)} pages, no bulletin has more than {_MOST_PAGES}: save the pages "
                "that are meant as a file of their own."
            )
        pages = [list(_page(opened, number)) for number in range(len(opened))]
    finally:
        opened.close()
    text = "".join(
        item.text if isinstance(item, Line) else " ".join(spot.text for spot in item.spots())
        for page in pages
        for item in page
    )
    _refuse_unreadable(text)
    flow = paragraphs.joined(pages)
    return [item if isinstance(item, str) else item.spots() for item in flow]


def _refuse_unreadable(text: str) -> None:
    marks = [sign for sign in text if not sign.isspace()]
    if not marks:
        raise Unreadable(_SCANNED)
    strange = sum(sign < " " or sign == "\ufffd" or "\ue000" <= sign <= "\uf8ff" for sign in marks)
    if strange > len(marks) // 5:
        raise Unreadable(
            "has a text layer without readable letters: print it to PDF anew, or save its source "
            "as .docx."
        )


def _refuse_bombs(data: bytes) -> None:
    """Raise Unreadable when the packed streams would unpack to more than a bulletin can hold."""
    total = 0
    for found in _STREAM.finditer(data):
        if b"/Image" in data[max(0, found.start() - 400) : found.start()]:
            continue
        packed = data[found.end() : found.end() + _MOST_STREAM]
        while packed[:1] in (b"\x78", b"\x58", b"\x68", b"\x48"):  # streams may be packed twice
            try:
                packed = zlib.decompressobj().decompress(packed, _MOST_UNPACKED + 1 - total)
            except zlib.error:
                break
            total += len(packed)
            if total > _MOST_UNPACKED:
                raise Unreadable("unpacks to far more than a bulletin holds, and was not opened.")


def _page(opened: pypdfium2.PdfDocument, number: int) -> Iterator[Line | _Table]:
    """Lines and tables of a page in the order in which its text is stored."""
    page = opened[number]
    tables = [_Table(boxes) for boxes in _ruled(page)]
    placed: set[int] = set()
    written: list[_Sign] = []
    cell: list[str] | None = None
    for sign in _signs(page):
        if not sign.text.isspace():
            at = _cell_at(tables, sign)
            if at is not None:
                yield from _line(written, page, number)
                written = []
                if at[0] not in placed:
                    yield tables[at[0]]
                    placed.add(at[0])
            cell = tables[at[0]].texts.setdefault(at[1], []) if at is not None else None
        if cell is not None:
            cell.append(" " if sign.text.isspace() else sign.text)
        elif sign.text in "\r\n":
            yield from _line(written, page, number)
            written = []
        else:
            written.append(sign)
    yield from _line(written, page, number)


def _line(written: Sequence[_Sign], page: pypdfium2.PdfPage, number: int) -> Iterator[Line]:
    inked = [sign for sign in written if not sign.text.isspace()]
    if not inked:
        return
    bottom, top = min(one.bottom for one in inked), max(one.top for one in inked)
    _, low, _, high = page.get_bbox()
    yield Line(
        " ".join("".join(sign.text for sign in written).split()),
        number,
        min(one.left for one in inked),
        bottom,
        max(one.right for one in inked),
        top,
        (high - (bottom + top) / 2) / max(1.0, high - low),
    )


def _cell_at(tables: Sequence[_Table], sign: _Sign) -> tuple[int, int] | None:
    """The table and the cell on which the middle of a sign falls."""
    x, y = (sign.left + sign.right) / 2, (sign.bottom + sign.top) / 2
    for number, table in enumerate(tables):
        for index in table.bands.get(int(y // _BAND), []):
            if table.boxes[index].holds(x, y):
                return number, index
    return None


def _signs(page: pypdfium2.PdfPage) -> Iterator[_Sign]:
    """Every character of the text layer with its box; blanks and line ends have none."""
    layer = page.get_textpage()
    box = pdfium.FS_RECTF()
    count = layer.count_chars()
    if count > MOST_CHARACTERS:
        raise Unreadable("holds more text on one page than any bulletin.")
    high = 0
    for index in range(count):
        code = pdfium.FPDFText_GetUnicode(layer, index)
        if 0xD800 <= code < 0xDC00:
            high = code  # the first half of a character beyond the basic plane
            continue
        if 0xDC00 <= code < 0xE000:
            code = 0x10000 + ((high - 0xD800) << 10) + code - 0xDC00 if high else 0xFFFD
        high = 0
        if code in _BLANKS:
            yield _Sign(chr(code), 0, 0, 0, 0)
        elif code:
            pdfium.FPDFText_GetLooseCharBox(layer, index, box)
            yield _Sign(chr(code), box.left, box.bottom, box.right, box.top)


def _ruled(page: pypdfium2.PdfPage) -> list[list[Box]]:
    """The ruled tables of a page."""
    across: list[Ruling] = []
    down: list[Ruling] = []
    width, height = page.get_size()
    for count, path in enumerate(page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_PATH], max_depth=1)):
        if count > _MOST_PATHS:
            return []
        for x0, y0, x1, y1 in _strokes(path):
            if max(map(abs, (x0, y0, x1, y1))) > 10 * max(width, height):
                continue  # far off the paper
            if abs(y1 - y0) <= _THIN and abs(x1 - x0) >= _SHORTEST:
                across.append(Ruling((y0 + y1) / 2, min(x0, x1), max(x0, x1)))
            elif abs(x1 - x0) <= _THIN and abs(y1 - y0) >= _SHORTEST:
                down.append(Ruling((x0 + x1) / 2, min(y0, y1), max(y0, y1)))
    return rulings.tables(across, down)


def _strokes(path: pypdfium2.PdfObject) -> Iterator[tuple[float, float, float, float]]:
    """Straight strokes of a drawn path; of a filled one its outline, when it is a sliver."""
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    pdfium.FPDFPath_GetDrawMode(path, fill, stroke)
    if not stroke.value:
        left, bottom, right, top = path.get_bounds()
        if fill.value and min(right - left, top - bottom) <= _THIN:
            yield left, bottom, right, top
        return
    matrix = path.get_matrix()
    start = last = (0.0, 0.0)
    x, y = ctypes.c_float(), ctypes.c_float()
    for index in range(min(pdfium.FPDFPath_CountSegments(path), _MOST_SEGMENTS)):
        segment = pdfium.FPDFPath_GetPathSegment(path, index)
        pdfium.FPDFPathSegment_GetPoint(segment, x, y)
        point = matrix.on_point(x.value, y.value)
        kind = pdfium.FPDFPathSegment_GetType(segment)
        if kind == pdfium.FPDF_SEGMENT_MOVETO:
            start = point
        elif kind == pdfium.FPDF_SEGMENT_LINETO:
            yield (*last, *point)
        last = point
        if pdfium.FPDFPathSegment_GetClose(segment):
            yield (*last, *start)
