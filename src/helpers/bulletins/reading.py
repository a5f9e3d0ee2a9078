"""Reading: one bulletin, prose and tables together, as rows of the ledger's tables."""

from __future__ import annotations

import math
from dataclasses import dataclass

from helpers.bulletins import prose
from helpers.bulletins.files import Document
from helpers.bulletins.links import Tied
from helpers.bulletins.numerals import Span
from helpers.bulletins.text import Text, compose

COLUMNS = (
    "figure_id", "source_id", "place", "group", "period", "standard", "indicator", "direction",
    "printed", "unit", "status", "note", "offset", "sentence_no", "value", "low", "high", "of",
    "qualifier",
)  # fmt: skip
LINK_COLUMNS = ("figure_id", "relation", "other_id")
NUMERAL_COLUMNS = ("source_id", "offset", "text", "kind")
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
    said = prose.read(text, (), place, period, source_id)
    ids = [f"{source_id}-{number:02d}" for number in range(1, len(said.figures) + 1)]
    return Bulletin(
        source_id,
        document.text,
        [_figure(text, tied, source_id, ids[i]) for i, tied in enumerate(said.figures)],
        [(ids[one], relation, ids[other]) for one, relation, other in said.links],
        [_numeral(text, span, source_id) for span in said.spans],
        tuple(_doubts(source_id, ids, said.figures, said.home)),
    )


def _figure(text: Text, tied: Tied, source_id: str, figure_id: str) -> Row:
    item, what, read = tied.printed, tied.subject, tied.printed.quantity
    numbers: Row = (math.nan, math.nan, math.nan, math.nan, "")
    if read:
        numbers = (read.value, read.low, read.high, read.of, read.qualifier)
    return (
        figure_id, source_id, tied.place, what.group, tied.period, "", what.indicator,
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
