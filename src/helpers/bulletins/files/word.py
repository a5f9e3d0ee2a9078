"""Documents (.docx): paragraphs and tables in the order of the document, as printed."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, field

import docx
from docx.oxml.ns import qn
from lxml import etree

from helpers.bulletins.files import archives
from helpers.bulletins.files.grids import Part, Spot, Unreadable, table
from helpers.bulletins.files.lists import Numbering, numbering

_UNPRINTED = frozenset(
    qn(name)
    for name in ("w:del", "w:moveFrom", "w:instrText", "w:delText", "w:pPr", "w:rPr", "w:sectPr")
) | {"{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"}
_SIGNS = {
    qn("w:tab"): "\t",
    qn("w:br"): "\n",
    qn("w:cr"): "\n",
    qn("w:noBreakHyphen"): "-",
    qn("w:ptab"): "\t",
}
_TEXT, _RUN, _PARAGRAPH, _TABLE = qn("w:t"), qn("w:r"), qn("w:p"), qn("w:tbl")
_ROW, _CELL, _FRAME = qn("w:tr"), qn("w:tc"), qn("w:txbxContent")


@dataclass
class _Merged:
    """A cell that may still grow downwards."""

    text: str
    row: int
    column: int
    columns: int
    rows: int = field(default=1)


def parts(data: bytes) -> list[Part]:
    """Prose and tables of a document; tracked deletions and hidden text are left out.

    Automatic numbers of paragraphs are printed before them, text boxes after the paragraph that
    holds them, footnotes at the end. Raises Unreadable when the archive is unsafe or broken.
    """
    archives.opened(data)
    opened = docx.Document(io.BytesIO(data))
    numbers = numbering(opened)
    found = list(_parts(opened.element.body, numbers))
    for relation in opened.part.rels.values():
        if not relation.is_external and relation.reltype.endswith(("/footnotes", "/endnotes")):
            found += _notes(relation.target_part.blob, numbers)
    return found


def _notes(blob: bytes, numbers: Numbering) -> Iterator[Part]:
    root = etree.fromstring(blob, etree.XMLParser(resolve_entities=False, no_network=True))
    for note in root:
        yield from _parts(note, numbers)


def _parts(element: etree._Element, numbers: Numbering) -> Iterator[Part]:
    """Paragraphs and tables below an element, through content controls and tracked insertions."""
    for child in element:
        if child.tag == _PARAGRAPH:
            yield from _paragraph(child, numbers)
        elif child.tag == _TABLE:
            yield from table(_spots(child, numbers))
        elif child.tag not in _UNPRINTED:
            yield from _parts(child, numbers)


def _paragraph(paragraph: etree._Element, numbers: Numbering) -> Iterator[Part]:
    text = "".join(_pieces(paragraph))
    if text.strip():
        yield numbers.next_for(paragraph) + text
    for frame in _frames(paragraph):
        yield from _parts(frame, numbers)


def _frames(element: etree._Element) -> Iterator[etree._Element]:
    """Text boxes below an element; a box inside of a box belongs to its own paragraph."""
    for child in element:
        if child.tag == _FRAME:
            yield child
        elif child.tag not in _UNPRINTED:
            yield from _frames(child)


def _pieces(element: etree._Element) -> Iterator[str]:
    for child in element:
        if child.tag == _TEXT:
            yield child.text or ""
        elif child.tag in _SIGNS:
            yield _SIGNS[child.tag]
        elif child.tag not in _UNPRINTED and child.tag != _FRAME and not _is_hidden(child):
            yield from _pieces(child)


def _is_hidden(run: etree._Element) -> bool:
    """Whether a run is formatted as hidden text."""
    if run.tag != _RUN:
        return False
    vanish = run.find(f"{qn('w:rPr')}/{qn('w:vanish')}")
    return vanish is not None and vanish.get(qn("w:val")) not in ("0", "false", "off")


def _spots(grid: etree._Element, numbers: Numbering) -> list[Spot]:
    """Cells of a table with what they span; a row tracked as deleted is left out."""
    cells: list[_Merged] = []
    open_cells: dict[int, _Merged] = {}
    rows = [row for row in _own(grid, _ROW) if row.find(f"{qn('w:trPr')}/{qn('w:del')}") is None]
    for index, row in enumerate(rows):
        column = _number(row, "w:trPr/w:gridBefore")
        still_open: dict[int, _Merged] = {}
        for cell in _own(row, _CELL):
            wide = max(1, _number(cell, "w:tcPr/w:gridSpan"))
            merge = cell.find(f"{qn('w:tcPr')}/{qn('w:vMerge')}")
            above = open_cells.get(column)
            if merge is not None and merge.get(qn("w:val")) != "restart" and above is not None:
                above.rows += 1
                still_open[column] = above
            else:
                one = _Merged(_cell_text(cell, numbers), index, column, wide)
                cells.append(one)
                if merge is not None:
                    still_open[column] = one
            column += wide
        open_cells = still_open
    return [Spot(one.text, one.row, one.column, one.rows, one.columns) for one in cells]


def _own(element: etree._Element, tag: str) -> Iterator[etree._Element]:
    """Rows of a table or cells of a row, through content controls and tracked insertions."""
    for child in element:
        if child.tag == tag:
            yield child
        elif child.tag not in _UNPRINTED and child.tag not in (_TABLE, _PARAGRAPH):
            yield from _own(child, tag)


def _cell_text(cell: etree._Element, numbers: Numbering) -> str:
    """Text of a cell; a table inside of it is read row by row."""
    return " ".join(
        part if isinstance(part, str) else " ".join(spot.text for spot in part)
        for part in _parts(cell, numbers)
    )


def _number(element: etree._Element, path: str) -> int:
    """A whole number that a property holds, 0 without one; no table of Word has 64 columns."""
    found = element.find("/".join(qn(name) for name in path.split("/")))
    said = found.get(qn("w:val"), "") if found is not None else ""
    if said.isdigit() and int(said) > 1000:
        raise Unreadable("has a table wider than Word allows: open it and save it anew.")
    return int(said) if said.isdigit() else 0
