"""Lines on paper become paragraphs; running heads and page numbers are left out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

Table = TypeVar("Table")

_EDGE = 0.08  # share of a page's height in which running heads and page numbers stand
_INDENT = 6.0  # points
_WIDEST_PITCH = 2.2  # line heights; a wider gap parts paragraphs
_PAGE_NUMBER = re.compile(r"\W{0,3}(?:trang|page)?\W{0,3}\d{1,4}(?:\s*/\s*\d{1,4})?\W{0,3}", re.I)
_ENDED = re.compile(r"[.:;!?…]['\")”’]?$")
_ITEM = re.compile(r"(?:[-–—+•*▪●]|\(?\d{1,2}[.)]|\(?[a-zđ]\)|[IVX]{1,5}\.)\s")
_BROKEN_WORD = re.compile(r"[^\W\d_][\xad\x02\ufffe]$")
_HYPHEN = re.compile(r"\w[-\xad\x02\ufffe]$")


@dataclass(frozen=True)
class Line:
    """A printed line: its text, its page from 0, its place in points, and how far down it stands.

    depth is the share of the page's height above the line, 0 at the top.
    """

    text: str
    page: int
    left: float
    bottom: float
    right: float
    top: float
    depth: float


def joined(pages: Sequence[Sequence[Line | Table]]) -> list[str | Table]:
    """Paragraphs and tables of all pages; a paragraph may go on from one page to the next."""
    furniture = _furniture(pages)
    flow: list[str | Table] = []
    last: Line | None = None
    for page in pages:
        lines = [item for item in page if isinstance(item, Line)]
        margin = max((line.right for line in lines), default=0.0)
        edge = min((line.left for line in lines), default=0.0)
        for item in page:
            if not isinstance(item, Line):
                flow.append(item)
                last = None
            elif id(item) not in furniture:
                before = flow[-1] if flow else None
                if (
                    last is not None
                    and isinstance(before, str)
                    and _goes_on(last, item, margin, edge)
                ):
                    flow[-1] = _spliced(before, item.text)
                else:
                    flow.append(item.text)
                last = item
    return [_clean(item) if isinstance(item, str) else item for item in flow]


def _goes_on(last: Line, line: Line, margin: float, edge: float) -> bool:
    """Whether a line continues the paragraph of the line before it.

    It does when its first word had no room left on the line before, and nothing says that a
    paragraph starts: an indent, a wide gap, an item's mark after a full stop.
    """
    word = line.text.split(" ", 1)[0]
    room = (line.right - line.left) * (len(word) + 1) / max(1, len(line.text))
    if last.right + room < margin:
        return False
    ended = bool(_ENDED.search(last.text))
    if last.page != line.page:
        return not ended and not _ITEM.match(line.text)
    if last.bottom - line.bottom > _WIDEST_PITCH * (last.top - last.bottom):
        return False
    if line.left > last.left + _INDENT:
        return False
    return not (ended and (_ITEM.match(line.text) or line.left > edge + _INDENT))


def _spliced(before: str, text: str) -> str:
    if _BROKEN_WORD.search(before) and text[:1].islower():
        return before[:-1] + text
    return before + text if _HYPHEN.search(before) else f"{before} {text}"


def _clean(text: str) -> str:
    return re.sub(r"[\x02\ufffe]", "-", text.replace("\xad", ""))


def _furniture(pages: Sequence[Sequence[Line | Table]]) -> set[int]:
    """Ids of lines that belong to the paper: page numbers, and what pages repeat at their edges."""
    edges = [
        line
        for page in pages
        for line in page
        if isinstance(line, Line) and not _EDGE < line.depth < 1 - _EDGE
    ]
    alike = Counter(_shape(line) for line in edges)
    seen: set[tuple[str, bool]] = set()
    found = set()
    for line in edges:
        if len(pages) > 1 and _PAGE_NUMBER.fullmatch(line.text):
            found.add(id(line))
        elif alike[_shape(line)] > max(1, len(pages) // 3) and _shape(line) in seen:
            found.add(id(line))  # the first one stays: it may be the document's title
        seen.add(_shape(line))
    return found


def _shape(line: Line) -> tuple[str, bool]:
    """A line with the number of its page levelled, and whether it stands on top."""
    return re.sub(rf"\b{line.page + 1}\b", "#", line.text), line.depth < 0.5
