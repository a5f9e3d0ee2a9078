"""Bulletins: every printed figure out of official prose and tables, every other numeral named."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from helpers import places, project
from helpers.bulletins import files, reading
from helpers.bulletins.reading import COLUMNS, LINK_COLUMNS, NUMERAL_COLUMNS, Bulletin
from helpers.periods import FORMS, is_period
from helpers.project import UserError

__all__ = ["COLUMNS", "LINK_COLUMNS", "NUMERAL_COLUMNS", "Bulletin", "Read", "Written"]


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


@dataclass(frozen=True)
class Written:
    """How much `write` wrote."""

    bulletins: int
    figures: int
    links: int
    numerals: int


def read_files(
    paths: Sequence[Path | str], place: str | None = None, period: str | None = None
) -> Read:
    """Read bulletins, files or folders of them, into a ledger.

    place  : the place whose office speaks, where the text does not tell: a code or a name
    period : the bulletins' period, as in a ledger's column
    A file that cannot be read is named in `problems`; the others are still read. Raises UserError
    for an unknown place or a period of another form.
    """
    return _joined(list(stream(meant(paths), place, period)))


def read_text(
    decoded: str, source_id: str, place: str | None = None, period: str | None = None
) -> Read:
    """Read the text of one bulletin.

    decoded : the text as decoded; offsets count its characters
    place   : code of the place whose office speaks, or None to let the text tell
    """
    document = files.Document(decoded, ())
    return _joined([reading.read(document, source_id, place or "", period or "")])


def meant(paths: Iterable[Path | str]) -> list[Path | UserError]:
    """The files that paths mean, each once, a folder for the bulletins in it.

    An error stands where there is none.
    """
    found: dict[Path | UserError, Path | UserError] = {}
    for path in paths:
        try:
            listed = files.listed([Path(path)])
        except UserError as error:
            found[error] = error
        else:
            found |= {file.absolute(): file for file in listed if file.absolute() not in found}
    return list(found.values())


def refuse_overwriting(paths: Iterable[Path | UserError], ledger: Path) -> None:
    """Raises UserError where a table that `write` would write is one of the bulletins, or none."""
    if not ledger.name:
        raise UserError(f"'{ledger}' is a folder: give -o a file, such as X.csv.")
    targets = {table.absolute() for table in _tables(ledger)}
    for path in paths:
        if isinstance(path, Path) and path.absolute() in targets:
            raise UserError(
                f"{path} is both read and to be written: give -o another name, such as "
                f"{path.stem}-figures.csv."
            )


def stream(
    paths: Iterable[Path | UserError], place: str | None = None, period: str | None = None
) -> Iterator[Bulletin]:
    """Read files one after another, as `read_files`; each is given back before the next is read.

    paths : files, as `meant` gives them; an error among them becomes a problem
    """
    home = places.find(place).code if place else ""
    if period and not is_period(period):
        raise UserError(f"{period!r} is no period: write it as {FORMS}.")
    names: set[str] = set()
    for path in paths:
        if isinstance(path, UserError):
            yield reading.unread(str(path))
            continue
        source_id = _source_id(path, names)
        try:
            document = files.read(path)
        except UserError as error:
            yield reading.unread(str(error))
            continue
        yield reading.read(document, source_id, home, period or "")


def write(bulletins: Iterable[Bulletin], ledger: Path) -> Written:
    """Write the ledger, its links and its numerals as they come, whole or not at all.

    ledger : X.csv; X.links.csv and X.numerals.csv come to stand beside it
    Raises UserError when one of them cannot be written, or nothing could be read.
    """
    counts = [0, 0, 0, 0]
    tables = zip(_tables(ledger), (COLUMNS, LINK_COLUMNS, NUMERAL_COLUMNS), strict=True)
    with ExitStack() as stack:
        writers = [stack.enter_context(project.rows(path, columns)) for path, columns in tables]
        for bulletin in bulletins:
            counts[0] += bulletin.source_id != ""
            parts = (bulletin.figures, bulletin.links, bulletin.numerals)
            for number, (writer, rows) in enumerate(zip(writers, parts, strict=True), start=1):
                writer(rows)
                counts[number] += len(rows)
        if not counts[0]:
            raise UserError("none of the files could be read")
    return Written(*counts)


def _tables(ledger: Path) -> tuple[Path, Path, Path]:
    """X.csv, X.links.csv and X.numerals.csv."""
    return ledger, ledger.with_suffix(".links.csv"), ledger.with_suffix(".numerals.csv")


def _source_id(file: Path, names: set[str]) -> str:
    """Name of a file as a source_id, unlike every one before it."""
    stem = places.fold(file.stem) or "bulletin"
    name, number = stem, 1
    while name in names:
        number += 1
        name = f"{stem}-{number}"
    names.add(name)
    return name


def _joined(parts: list[Bulletin]) -> Read:
    def table(name: str, columns: tuple[str, ...]) -> pd.DataFrame:
        return pd.DataFrame(
            [row for part in parts for row in getattr(part, name)], columns=list(columns)
        )

    return Read(
        table("figures", COLUMNS),
        table("links", LINK_COLUMNS),
        table("numerals", NUMERAL_COLUMNS),
        {part.source_id: part.text for part in parts if part.source_id},
        tuple(problem for part in parts for problem in part.problems),
    )
