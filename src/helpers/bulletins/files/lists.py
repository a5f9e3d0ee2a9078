"""Automatic numbers of paragraphs in a .docx: `1.`, `2.1`, `a)`, `III.`, as Word prints them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from docx.document import Document
from docx.oxml.ns import qn
from lxml import etree

_ROMAN = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"),
    (50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip
_VALUE = qn("w:val")


@dataclass(frozen=True)
class _Level:
    """How one level of a list is numbered: `%1.%2` filled with decimals, letters or Roman ones."""

    form: str
    pattern: str
    start: int


@dataclass
class Numbering:
    """Counts the numbered paragraphs of one document, from its first to its last."""

    lists: Mapping[str, tuple[str, Mapping[int, _Level]]]
    styles: Mapping[str, tuple[str, int]]
    _counts: dict[str, dict[int, int]] = field(default_factory=dict)

    def next_for(self, paragraph: etree._Element) -> str:
        """The number printed before a paragraph, with a blank after it, or nothing."""
        number_id, depth = self._list_of(paragraph)
        if number_id not in self.lists:
            return ""
        shared, levels = self.lists[number_id]
        if depth not in levels:
            return ""
        counts = self._counts.setdefault(shared, {})
        counts[depth] = counts.get(depth, levels[depth].start - 1) + 1
        for deeper in [other for other in counts if other > depth]:
            del counts[deeper]
        if levels[depth].form == "bullet":
            return "- "
        printed = re.sub(
            r"%([1-9])",
            lambda found: _printed(int(found[1]) - 1, counts, levels),
            levels[depth].pattern,
        )
        return f"{printed} " if printed.strip() else ""

    def _list_of(self, paragraph: etree._Element) -> tuple[str, int]:
        """List and level of a paragraph: its own, else those of its style."""
        properties = paragraph.find(qn("w:pPr"))
        if properties is None:
            return "", 0
        style = properties.find(qn("w:pStyle"))
        inherited = self.styles.get(style.get(_VALUE, "") if style is not None else "", ("", 0))
        own = properties.find(qn("w:numPr"))
        if own is None:
            return inherited
        return (
            _value(own, "w:numId") or inherited[0],
            _whole(_value(own, "w:ilvl"), inherited[1]),
        )


def numbering(document: Document) -> Numbering:
    """The lists that a document defines and the styles that use them."""
    styles = {
        style.get(qn("w:styleId"), ""): (
            _value(used, "w:numId"),
            _whole(_value(used, "w:ilvl"), 0),
        )
        for style in document.styles.element.iter(qn("w:style"))
        if (used := style.find(f"{qn('w:pPr')}/{qn('w:numPr')}")) is not None
    }
    defined = [
        relation.target_part.element
        for relation in document.part.rels.values()
        if not relation.is_external and relation.reltype.endswith("/numbering")
    ]
    if not defined:
        return Numbering({}, styles)
    shapes = {
        shape.get(qn("w:abstractNumId"), ""): {
            _whole(level.get(qn("w:ilvl"), ""), 0): _Level(
                _value(level, "w:numFmt"),
                _value(level, "w:lvlText"),
                _whole(_value(level, "w:start"), 1),
            )
            for level in shape.iter(qn("w:lvl"))
        }
        for shape in defined[0].iter(qn("w:abstractNum"))
    }
    lists = {
        number.get(qn("w:numId"), ""): (
            _shared(number),
            shapes.get(_value(number, "w:abstractNumId"), {}),
        )
        for number in defined[0].iter(qn("w:num"))
    }
    return Numbering(lists, styles)


def _shared(number: etree._Element) -> str:
    """What the count of a list belongs to: lists of one shape go on counting, unless restarted."""
    restarts = number.find(qn("w:lvlOverride")) is not None
    return f"{number.get(qn('w:numId'))}!" if restarts else _value(number, "w:abstractNumId")


def _printed(depth: int, counts: Mapping[int, int], levels: Mapping[int, _Level]) -> str:
    level = levels.get(depth)
    if level is None:
        return ""
    count = counts.get(depth, level.start)
    if level.form in ("lowerLetter", "upperLetter"):
        letters = chr(ord("a") + (count - 1) % 26) * ((count - 1) // 26 + 1) if count > 0 else ""
        return letters.upper() if level.form == "upperLetter" else letters
    if level.form in ("lowerRoman", "upperRoman"):
        roman = _roman(count)
        return roman.upper() if level.form == "upperRoman" else roman
    return "" if level.form == "none" else str(count)


def _roman(count: int) -> str:
    said = ""
    for value, letters in _ROMAN:
        said += letters * (count // value)
        count %= value
    return said


def _value(element: etree._Element, name: str) -> str:
    found = element.find(qn(name))
    return found.get(_VALUE, "") if found is not None else ""


def _whole(said: str, otherwise: int) -> int:
    return int(said) if re.fullmatch("[0-9]{1,5}", said) else otherwise
