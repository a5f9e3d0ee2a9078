"""Reading: one bulletin, prose and tables together, as rows of the ledger's tables."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import compress
from typing import TYPE_CHECKING

from helpers.bulletins import prose, standards
from helpers.bulletins.files import Document
from helpers.bulletins.files.grids import Grid
from helpers.bulletins.language import language_of
from helpers.bulletins.numerals import Span
from helpers.bulletins.text import Text, compose
from helpers.bulletins.tied import Link, Tied

if TYPE_CHECKING:
    from helpers.bulletins.tables import Tables

LANGUAGES = ("vi", "en", "fr")
COLUMNS = (
    "figure_id", "source_id", "place", "group", "period", "standard", "indicator", "direction",
    "printed", "unit", "status", "note", "offset", "sentence_no", "value", "low", "high", "of",
    "qualifier",
)  # fmt: skip
LINK_COLUMNS = ("figure_id", "relation", "other_id")
NUMERAL_COLUMNS = ("source_id", "offset", "text", "kind")
_DIGITS = re.compile(r"[0-9]+")
Row = tuple[object, ...]


@dataclass(frozen=True)
class Bulletin:
    """What one bulletin says, as rows in the order of its text.

    source_id : '' for a file that could not be read
    text      : as decoded
    figures, links, numerals : rows of COLUMNS, LINK_COLUMNS, NUMERAL_COLUMNS
    problems  : a message for each thing left unknown
    """

    source_id: str
    text: str
    figures: list[Row]
    links: list[Row]
    numerals: list[Row]
    problems: tuple[str, ...]


def unread(problem: str) -> Bulletin:
    """A file that could not be read."""
    return Bulletin("", "", [], [], [], (problem,))


def read(document: Document, source_id: str, place: str, period: str) -> Bulletin:
    """Read one bulletin.

    document : decoded text, and where its tables lie
    place    : code of the place whose office speaks, '' to let the text tell
    period   : its period, as in a ledger, '' to let the text tell
    """
    text = compose(document.text)
    language = language_of(text)
    if language not in LANGUAGES:
        return _not_understood(text, document.text, source_id)

    def between(walls: Sequence[Span]) -> prose.Prose:
        return _prose(text, walls, language, place, period, source_id)

    said = _with_tables(text, document.grids, between) if document.grids else between([])
    ids = [f"{source_id}-{number:02d}" for number in range(1, len(said.figures) + 1)]
    told = zip(ids, said.figures, standards.of(text, said.figures, said.home), strict=True)
    return Bulletin(
        source_id,
        document.text,
        [_figure(text, tied, source_id, name, standard) for name, tied, standard in told],
        [(ids[one], relation, ids[other]) for one, relation, other in said.links],
        [_numeral(text, span, source_id) for span in said.spans],
        tuple(_doubts(source_id, ids, said.figures, said.home)),
    )


def _with_tables(
    text: Text, grids: Sequence[Grid], between: Callable[[Sequence[Span]], prose.Prose]
) -> prose.Prose:
    """Prose and tables together; `between` reads the prose outside of given walls."""
    from helpers.bulletins import tables  # most texts have none, and its books take long to load

    grids = [grid for grid in grids if not tables.holds_prose(text, grid)]
    walls = [Span(text.position(grid.start), text.position(grid.end), "") for grid in grids]
    said = between(walls)
    laid = tables.read(text, grids, said.home, said.month, said.period)
    told = [any(_inside(tied.printed.number, [wall]) for tied in laid.figures) for wall in walls]
    if not all(told):  # what tells nothing as a table may as prose: `Sìn Hồ | 793 hộ | 1,47%`
        grids = list(compress(grids, told))
        said = between(list(compress(walls, told)))
        laid = tables.read(text, grids, said.home, said.month, said.period)
    figures, links = _together(said, laid)
    spans = sorted([*said.spans, *laid.spans])
    return replace(said, figures=figures, links=links, spans=spans)


def _prose(
    text: Text, walls: Sequence[Span], language: str, place: str, period: str, source_id: str
) -> prose.Prose:
    """What prose says in one of the languages, without what lies in tables."""
    if language == "vi":
        return prose.read(text, walls, place, period, source_id)
    from helpers.bulletins import foreign  # rarely met, and its patterns take long to make

    said = foreign.read(text, language, place, period, source_id)
    outside = [i for i, tied in enumerate(said.figures) if not _inside(tied.printed.number, walls)]
    kept = {index: number for number, index in enumerate(outside)}
    return replace(
        said,
        figures=[said.figures[index] for index in outside],
        links=[(kept[a], r, kept[b]) for a, r, b in said.links if a in kept and b in kept],
        spans=[span for span in said.spans if not _inside(span.start, walls)],
    )


def _inside(position: int, walls: Sequence[Span]) -> bool:
    return any(wall.start <= position < wall.end for wall in walls)


def _together(said: prose.Prose, laid: Tables) -> tuple[list[Tied], list[Link]]:
    """Figures of prose and tables by position, and their links by the new index."""
    if not laid.figures:
        return said.figures, said.links
    both = [*said.figures, *laid.figures]
    order = sorted(range(len(both)), key=lambda index: both[index].printed.number)
    new = {index: number for number, index in enumerate(order)}
    shift = len(said.figures)
    links = [
        *((new[a], r, new[b]) for a, r, b in said.links),
        *((new[a + shift], r, new[b + shift]) for a, r, b in laid.links),
    ]
    return [both[index] for index in order], sorted(links)


def _not_understood(text: Text, decoded: str, source_id: str) -> Bulletin:
    """A text in a language that is not read: its numerals, and a word about it."""
    spans = [Span(run.start(), run.end(), "other") for run in _DIGITS.finditer(text.nfc)]
    problem = (
        f"{source_id}: the text is in a language that is not read here; read are Vietnamese, "
        "English and French."
    )
    numerals = [_numeral(text, span, source_id) for span in spans]
    return Bulletin(source_id, decoded, [], [], numerals, (problem,))


def _figure(text: Text, tied: Tied, source_id: str, figure_id: str, standard: str) -> Row:
    item, what, read = tied.printed, tied.subject, tied.printed.quantity
    numbers: Row = (math.nan, math.nan, math.nan, math.nan, "")
    if read:
        numbers = (read.value, read.low, read.high, read.of, read.qualifier)
    return (
        figure_id, source_id, tied.place, what.group, tied.period, standard, what.indicator,
        what.direction, text.nfc[item.start : item.end], what.unit, tied.status, item.problem,
        text.offset(item.number), tied.sentence + 1, *numbers,
    )  # fmt: skip


def _numeral(text: Text, span: Span, source_id: str) -> Row:
    return source_id, text.offset(span.start), text.nfc[span.start : span.end], span.kind


def _doubts(source_id: str, ids: list[str], figures: list[Tied], home: str) -> list[str]:
    """What the text alone does not tell, for a human to add."""
    doubts = []
    if not figures:
        doubts.append(f"{source_id}: no figure found in the text.")
    if figures and not home:
        doubts.append(f"{source_id}: the text names no place of its own; give --place.")
    if any(not item.period and not item.earlier for item in figures):
        doubts.append(f"{source_id}: some figures have no period; give --period.")
    doubts += [
        f"{name}: the text does not say when this earlier level was; "
        "write its period into the ledger."
        for name, item in zip(ids, figures, strict=True)
        if item.earlier and not item.period
    ]
    unread = [item.printed.problem for item in figures if item.printed.problem]
    return doubts + [f"{source_id}: {problem}" for problem in unread]
