"""Where the article of a page stands, among menus, side bars and lists of links."""

from __future__ import annotations

import logging
import re
from collections import Counter
from collections.abc import Collection, Sequence
from itertools import chain
from typing import Protocol

from lxml import etree

_FIGURE = re.compile(
    r"\d[\d.,]*\s*(?:%|hộ|người|lao động|nghìn|triệu|tỷ|tỉ|đồng|suất|căn|huyện|xã|em\b)",
    re.IGNORECASE,
)
_DEEPEST = 250  # levels; the extractor recurses
_MOST_ELEMENTS = 10_000  # of a page; the extractor's time grows faster than the page
_LONG_ENOUGH = 25  # characters that do not stand in two places by chance
_SHARE_KEPT = 0.9  # of what the extractor keeps; the rest is a stray line of a side bar
_LEAST_SHARE = 0.3  # of the page's prose: an article of less is a wrong guess
_HEADING_GAP = 500  # characters between a heading and its article: date, authors, tags


class Line(Protocol):
    """A visible line of the page: the block it stands in, its text, and the length of its links."""

    @property
    def block(self) -> etree._Element: ...
    @property
    def text(self) -> str: ...
    @property
    def linked(self) -> int: ...


def article(
    root: etree._Element, lines: Sequence[Line], tables: Sequence[etree._Element]
) -> list[etree._Element]:
    """The element that holds the article, its heading before it where that stands outside.

    root : the page without its unseen parts; lines and tables : what is visible in it
    Returns [] where the whole page should be taken: the extractor finds nothing or too little, or
    a table or prose with figures stands outside of what it finds.
    """
    kept = _kept(root, lines)
    if not kept:
        return []
    found = _holder(root, kept)
    stretch = _with_heading(root, found, lines)
    inside = frozenset(stretch)
    outside = [line for line in lines if not _is_linked(line) and not _within(line.block, inside)]
    prose = sum(len(line.text) for line in lines if not _is_linked(line))
    if (
        any(_FIGURE.search(line.text) for line in outside)
        or _length([found], lines) < _LEAST_SHARE * prose
        or not all(_within(table, inside) for table in tables)
    ):
        return []
    return stretch


def _with_heading(
    root: etree._Element, found: etree._Element, lines: Sequence[Line]
) -> list[etree._Element]:
    """The article, with its heading and what little stands between them, such as its date."""
    heading = root.find(".//h1")
    if heading is None or _within(heading, [found]) or _within(found, [heading]):
        return [found]
    around = next(one for one in found.iterancestors() if _within(heading, [one]))
    children = list(around)
    first = next(i for i, child in enumerate(children) if _within(heading, [child]))
    last = next(i for i, child in enumerate(children) if _within(found, [child]))
    between = children[first : last + 1]
    if not between or _length(between, lines) > _length([heading, found], lines) + _HEADING_GAP:
        return [heading, found]
    return between


def _kept(root: etree._Element, lines: Sequence[Line]) -> list[Line]:
    """The lines that the extractor keeps."""
    if sum(1 for _ in root.iter()) > _MOST_ELEMENTS or any(
        _depth(line.block) > _DEEPEST for line in lines
    ):
        return []
    import trafilatura  # takes a tenth of a second, and only pages need it

    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)  # a page without article is no news
    result = trafilatura.bare_extraction(
        root, include_comments=False, favor_recall=True, with_metadata=False
    )
    said = getattr(result, "text", None) or ""
    squeezed = "".join(said.split())
    return [
        line
        for line in lines
        if len(line.text) >= _LONG_ENOUGH and "".join(line.text.split()) in squeezed
    ]


def _holder(root: etree._Element, kept: Sequence[Line]) -> etree._Element:
    """The innermost element that holds nearly all of the lines, by length."""
    weights: Counter[etree._Element] = Counter()
    for line in kept:
        for element in chain([line.block], line.block.iterancestors()):
            weights[element] += len(line.text)
    least = _SHARE_KEPT * sum(len(line.text) for line in kept)
    inner = [element for element, weight in weights.items() if weight >= least]
    return max(inner, key=_depth, default=root)


def _depth(element: etree._Element) -> int:
    return sum(1 for _ in element.iterancestors())


def _within(element: etree._Element, ones: Collection[etree._Element]) -> bool:
    """Whether an element is one of those given, or inside of one."""
    return element in ones or any(one in ones for one in element.iterancestors())


def _length(stretch: Sequence[etree._Element], lines: Sequence[Line]) -> int:
    inside = frozenset(stretch)
    return sum(len(line.text) for line in lines if _within(line.block, inside))


def _is_linked(line: Line) -> bool:
    """Whether a line is mostly a link: a menu, or the headline of another article."""
    return 2 * line.linked > len(line.text)
