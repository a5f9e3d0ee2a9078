"""Bulletins: every printed figure out of Vietnamese prose, every other numeral named."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from helpers import places
from helpers.bulletins import files, links, numerals, periods, scanner, settings
from helpers.bulletins.indicators import Subject, subject
from helpers.bulletins.links import Tied
from helpers.bulletins.scanner import Printed
from helpers.bulletins.text import Text, compose
from helpers.periods import FORMS, is_period
from helpers.project import UserError

COLUMNS = (
    "figure_id", "source_id", "place", "group", "period", "standard", "indicator", "direction",
    "printed", "unit", "status", "note", "offset", "sentence_no", "value", "low", "high", "of",
    "qualifier",
)  # fmt: skip
LINK_COLUMNS = ("figure_id", "relation", "other_id")
NUMERAL_COLUMNS = ("source_id", "offset", "text", "kind")


@dataclass(frozen=True)
class Read:
    """What bulletins say.

    figures  : a row a printed figure, COLUMNS; `offset` counts characters of the decoded text
    links    : figure_id, relation, other_id
    numerals : source_id, offset, text, kind of every numeral that is no figure
    texts    : decoded text of each source, by source_id
    problems : a message for each file that could not be read, and each thing left unknown
    """

    figures: pd.DataFrame
    links: pd.DataFrame
    numerals: pd.DataFrame
    texts: dict[str, str]
    problems: tuple[str, ...]


def read_files(
    paths: Sequence[Path | str], place: str | None = None, period: str | None = None
) -> Read:
    """Read bulletins, files or folders of them, into a ledger.

    place  : the place whose office speaks, where the text does not tell: a code or a name
    period : the bulletins' period, as in a ledger's column
    A file that cannot be read is named in `problems`; the others are still read. Raises UserError
    for an unknown place or a period of another form.
    """
    home = places.find(place).code if place else None
    if period and not is_period(period):
        raise UserError(f"{period!r} is no period: write it as {FORMS}.")
    parts: list[Read] = []
    problems: list[str] = []
    names: set[str] = set()
    for path in paths:
        try:
            for file in files.listed([Path(path)]):
                source_id = _source_id(file, names)
                try:
                    parts.append(read_text(files.read_text(file), source_id, home, period))
                except UserError as error:
                    problems.append(str(error))
        except UserError as error:
            problems.append(str(error))
    return _joined(parts, problems)


def read_text(
    decoded: str, source_id: str, place: str | None = None, period: str | None = None
) -> Read:
    """Read the text of one bulletin.

    decoded : the text as decoded; offsets count its characters
    place   : code of the place whose office speaks, or None to let the text tell
    """
    text = compose(decoded)
    others = numerals.find(text)
    style = scanner.style_of(text.nfc)
    printed, left = scanner.scan(text.nfc, others, style)
    month = periods.month_of(text) or (period or "")[:4]
    home = place or settings.home_of(text, source_id, month)
    tied = _understood(text, printed, home, month, period or "")
    figures = pd.DataFrame(
        [_row(text, tied[i], source_id, i) for i in range(len(tied))], columns=list(COLUMNS)
    )
    ids = figures["figure_id"].tolist()
    linked = [(ids[one], relation, ids[other]) for one, relation, other in links.find(tied)]
    rest = [
        (source_id, text.offset(span.start), text.nfc[span.start : span.end], span.kind)
        for span in sorted([*others, *left])
    ]
    return Read(
        figures,
        pd.DataFrame(linked, columns=list(LINK_COLUMNS)),
        pd.DataFrame(rest, columns=list(NUMERAL_COLUMNS)),
        {source_id: decoded},
        tuple(_doubts(source_id, tied, home)),
    )


def _understood(
    text: Text, printed: list[Printed], home: str, month: str, period: str
) -> list[Tied]:
    """Each printed quantity with what it is about, left to right as a reader goes."""
    named = settings.mentions(text, home, month)
    times = periods.calendar(text, period)
    tied: list[Tied] = []
    for index, item in enumerate(printed):
        sentence = text.sentence_of(item.start)
        opening, closing = text.sentences[sentence], text.ends[sentence]
        before = tied[-1] if tied and tied[-1].sentence == sentence else None
        wall = printed[index + 1].start if index + 1 < len(printed) else len(text.nfc)
        between = text.nfc[
            max(before.printed.end if before else opening, item.start - 400) : item.start
        ]
        after = text.nfc[item.end : min(wall, closing, item.end + 160)]
        previous = (before.printed, before.subject) if before else None
        line = text.line_of(item.start)
        kinds = [t.subject.kind for t in tied[-6:] if t.line == line and t.subject.kind != "other"]
        what = subject(
            item,
            between,
            after,
            previous,
            kinds[-1] if kinds else "",
            text.nfc[max(opening, item.start - 300) : item.start],
        )
        earlier = periods.earlier_at(text, times, item.start, item.end, wall)
        when, dated = periods.period_at(text, times, item.start, item.end, wall)
        status = periods.status_at(text, item.start, dated)
        if what.indicator.endswith("_change") and not dated and when.endswith("-12"):
            when = when[:4]  # a change carried on from `cuối năm` is the whole year's
        if not dated and status != "target" and when[:4] > times.default[:4] > "":
            when = times.default  # a goal's year does not carry over to what was done
        if earlier is not None:
            when, status = earlier, "" if status == "target" else status
            what = _as_level(what)
        what = replace(what, indicator=f"target_{what.indicator}") if status == "target" else what
        where = settings.place_at(text, named, item.start, item.end, home)
        past = earlier is not None
        tied.append(Tied(item, what, sentence, line, where, when, between, after, status, past))
    return tied


def _as_level(what: Subject) -> Subject:
    """The level that `giảm từ 14.040 hộ xuống …` starts from, which is itself no change."""
    if not what.indicator.endswith("_change"):
        return what
    unit = "%" if what.unit == "pp" else what.unit
    return replace(what, indicator=what.indicator.removesuffix("_change"), direction="", unit=unit)


def _row(text: Text, tied: Tied, source_id: str, index: int) -> tuple[object, ...]:
    item, what = tied.printed, tied.subject
    quantity = item.quantity
    numbers = (
        (quantity.value, quantity.low, quantity.high, quantity.of, quantity.qualifier)
        if quantity
        else (math.nan, math.nan, math.nan, math.nan, "")
    )
    return (
        f"{source_id}-{index + 1:02d}", source_id, tied.place, what.group, tied.period, "",
        what.indicator, what.direction, text.nfc[item.start : item.end], what.unit, tied.status,
        item.problem, text.offset(item.number), tied.sentence + 1, *numbers,
    )  # fmt: skip


def _doubts(source_id: str, tied: list[Tied], home: str) -> list[str]:
    """What the text alone does not tell, for a human to add."""
    doubts = []
    if not tied:
        doubts.append(f"{source_id}: no figure found in the text.")
    if tied and not home:
        doubts.append(f"{source_id}: the text names no place of its own; give --place.")
    if any(not item.period and not item.earlier for item in tied):
        doubts.append(f"{source_id}: some figures have no period; give --period.")
    doubts += [
        f"{source_id}-{number:02d}: the text does not say when this earlier level was; "
        "write its period into the ledger."
        for number, item in enumerate(tied, 1)
        if item.earlier and not item.period
    ]
    unread = [item.printed.problem for item in tied if item.printed.problem]
    return doubts + [f"{source_id}: {problem}" for problem in unread]


def _source_id(file: Path, names: set[str]) -> str:
    """Name of a file as a source_id, unlike every one before it."""
    stem = places.fold(file.stem) or "bulletin"
    name, number = stem, 1
    while name in names:
        number += 1
        name = f"{stem}-{number}"
    names.add(name)
    return name


def _joined(parts: list[Read], problems: list[str]) -> Read:
    def table(name: str, columns: tuple[str, ...]) -> pd.DataFrame:
        frames = [frame for part in parts if len(frame := getattr(part, name))]
        return (
            pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=list(columns))
        )

    return Read(
        table("figures", COLUMNS),
        table("links", LINK_COLUMNS),
        table("numerals", NUMERAL_COLUMNS),
        {name: text for part in parts for name, text in part.texts.items()},
        (*problems, *(problem for part in parts for problem in part.problems)),
    )
