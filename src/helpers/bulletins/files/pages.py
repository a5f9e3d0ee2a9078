"""Pages (.html): what a reader sees of them, without menus, scripts and hidden parts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from lxml import etree, html

from helpers.bulletins.files import regions
from helpers.bulletins.files.grids import MOST_CELLS, Part, Spot, Unreadable, table

_BLOCK_TAGS = (
    "address article aside blockquote body br caption center dd details div dl dt fieldset "
    "figcaption figure footer form h1 h2 h3 h4 h5 h6 header hr html legend li main ol p pre "
    "section summary table tbody td tfoot th thead tr ul"
)
_DROPPED_TAGS = (
    "audio button canvas dialog footer head iframe math menu nav noscript object option script "
    "select style svg template textarea video"
)
_BLOCKS = frozenset(_BLOCK_TAGS.split())
_DROPPED = frozenset(_DROPPED_TAGS.split())
_ROLES = frozenset({"navigation", "banner", "contentinfo", "search", "menu", "menubar", "dialog"})
_UNSEEN = re.compile(r"display\s{0,9}:\s{0,9}none|visibility\s{0,9}:\s{0,9}hidden", re.IGNORECASE)
_MOST_SPAN = 1000  # columns that browsers let a cell span
_MOST_ELEMENTS = 200_000
_LAYOUT_LENGTH = 2000  # characters; a cell that holds more is a column of the page, not of a table


@dataclass(frozen=True)
class Line:
    """A line that a reader sees, the block it stands in, and how much of it is links."""

    block: etree._Element
    text: str
    linked: int


def parts(source: str) -> list[Part]:
    """Prose and tables of a page in reading order.

    A well-kept extractor says where the article stands; it is then printed from the page itself,
    so that no figure in it is lost. Where the extractor keeps too little, or leaves out a table or
    prose with figures, the whole visible page is taken. Raises Unreadable for a page that is empty
    or nested too deeply.
    """
    root = _tree(source)
    _clear_unseen(root)
    stretches = regions.article(root, list(lines(root)), list(filter(is_table, root.iter("table"))))
    return [part for stretch in stretches or [root] for part in _parts(stretch)]


def lines(root: etree._Element) -> Iterator[Line]:
    """The visible lines of an element, those in its tables too, blank ones left out."""
    pieces: list[str] = []
    linked = links = 0
    block = root
    walk = etree.iterwalk(root, events=("start", "end"))
    for event, element in walk:
        ends = event == "end"
        if element.tag in _BLOCKS:
            if text := _squeezed(pieces):
                yield Line(block, text, linked)
            pieces, linked = [], 0
            parent = element.getparent()
            block = parent if ends and parent is not None and element is not root else element
        elif element.tag == "a":
            links += -1 if ends else 1
        said = element.text if not ends else element.tail if element is not root else None
        if said:
            pieces.append(said)
            linked += len(said.strip()) if links > 0 else 0
    if text := _squeezed(pieces):
        yield Line(block, text, linked)


def is_table(element: etree._Element) -> bool:
    """Whether a `table` holds data: rows and columns of short cells, and no table inside."""
    if element.get("role") in ("presentation", "none") or element.find(".//table") is not None:
        return False
    rows = [_cells(row) for row in _rows(element)]
    return any(len(row) > 1 for row in rows) and not any(
        sum(map(len, cell.itertext())) > _LAYOUT_LENGTH for row in rows for cell in row
    )


def _tree(source: str) -> etree._Element:
    parser = html.HTMLParser(
        encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True
    )
    try:
        root = html.document_fromstring(source.encode("utf-8", "replace"), parser=parser)
    except etree.ParserError:
        raise Unreadable("is empty: there is no text to read.") from None
    if any("depth" in entry.message for entry in parser.error_log):
        raise Unreadable(
            "nests its tags thousands deep: save what its reader sees as text in UTF-8."
        )
    if sum(1 for _ in root.iter()) > _MOST_ELEMENTS:
        raise Unreadable(f"holds more than {_MOST_ELEMENTS:,} tags: no bulletin does.")
    return root


def _clear_unseen(root: etree._Element) -> None:
    """Empty whatever a reader does not see, and the page's menus; the elements stay, as spans."""
    for element in list(root.iter(etree.Element)):
        if element.tag not in ("html", "body") and _is_unseen(element):
            element.clear(keep_tail=True)
            element.tag = "div" if element.tag in ("nav", "footer", "aside", "menu") else "span"


def _is_unseen(element: etree._Element) -> bool:
    if element.tag in _DROPPED or element.get("role") in _ROLES:
        return True
    if element.tag == "aside" and not any(True for _ in element.iterancestors("article", "main")):
        return True
    return (
        element.get("hidden") is not None
        or element.get("aria-hidden") == "true"
        or bool(_UNSEEN.search(element.get("style") or ""))
    )


def _parts(root: etree._Element) -> Iterator[Part]:
    """Prose of an element line by line, and its tables where they stand."""
    pieces: list[str] = []
    walk = etree.iterwalk(root, events=("start", "end"))
    for event, element in walk:
        starts = event == "start"
        if element.tag in _BLOCKS:
            yield _squeezed(pieces)
            pieces = []
        if starts and element.tag == "table" and is_table(element):
            yield from (_squeezed(caption.itertext()) for caption in element.iterfind("caption"))
            yield from table(_placed(element))
            walk.skip_subtree()
            continue
        said = element.text if starts else element.tail if element is not root else None
        if said and starts and element.tag == "pre":
            yield from said.splitlines()
        elif said:
            pieces.append(said)
    yield _squeezed(pieces)


def _rows(element: etree._Element) -> list[etree._Element]:
    """A table's own rows, in whichever groups they stand."""
    rows: list[etree._Element] = element.xpath("tr | thead/tr | tbody/tr | tfoot/tr")
    return rows


def _cells(row: etree._Element) -> list[etree._Element]:
    return [cell for cell in row if cell.tag in ("td", "th")]


def _placed(element: etree._Element) -> list[Spot]:
    """A table's cells, each at the first free column of its row, as browsers lay them out."""
    rows = _rows(element)
    taken: set[tuple[int, int]] = set()
    spots: list[Spot] = []
    for row, cells in enumerate(map(_cells, rows)):
        column = 0
        for cell in cells:
            while (row, column) in taken:
                column += 1
            tall = min(_span(cell, "rowspan") or len(rows), len(rows) - row)
            wide = min(_span(cell, "colspan") or 1, _MOST_SPAN)
            if len(taken) + tall * wide > MOST_CELLS:
                raise Unreadable(f"has a table of more than {MOST_CELLS:,} cells: no bulletin has.")
            taken.update((row + i, column + j) for i in range(tall) for j in range(wide))
            text = " ".join(line.text for line in lines(cell))
            spots.append(Spot(text, row, column, tall, wide))
            column += wide
    last = max((spot.column for spot in spots), default=0)
    return [
        replace(spot, columns=max(1, min(spot.columns, last + 1 - spot.column))) for spot in spots
    ]


def _span(cell: etree._Element, name: str) -> int:
    """Rows or columns that a cell says it spans; 0 rows are all that are left."""
    said = (cell.get(name) or "1").strip()
    return int(said) if re.fullmatch("[0-9]{1,6}", said) else 1


def _squeezed(pieces: Iterable[str]) -> str:
    """Text as a browser sets it: every run of blanks and line breaks is one blank."""
    return " ".join("".join(pieces).split())
