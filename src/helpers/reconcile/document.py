"""The conflicts as a document for word processors: plain tables, all styles in place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape

import pandas as pd

from helpers import labels
from helpers.reconcile import words
from helpers.reconcile.letters import Addressees, addressees
from helpers.reconcile.sentences import when
from helpers.reconcile.tables import Reconciled
from helpers.reconcile.words import Row, Told

MOST_ROWS = 1000
MOST_PRINTS = 12
FONT = "font-family:'Times New Roman',serif;font-size:11pt"
TABLE = "border-collapse:collapse"
CELL = "border:1px solid #000;padding:2pt;vertical-align:top;text-align:left"
HEAD = f"{CELL};background:#dde7f0"
VI = "vi"


def document(
    result: Reconciled,
    quarantine: pd.DataFrame | None = None,
    sources: pd.DataFrame | None = None,
) -> str:
    """An HTML page in Vietnamese that a word processor opens as it stands.

    Tables of the conflicts to be settled, of the explained ones, of changed values and of rows set
    aside, at most MOST_ROWS each; numbers as Vietnamese writes them.
    """
    told, known = words.told(result), addressees(sources)
    is_open = words.is_open(result.conflicts)
    parts = [
        _conflicts("report.to_settle", result.conflicts[is_open], told, known),
        _conflicts("report.explained", result.conflicts[~is_open], told, known),
        _changes(result.changes, told),
        _quarantine(quarantine),
    ]
    title = escape(labels.text("report.title", VI))
    return (
        '<!DOCTYPE html>\n<html lang="vi">\n<head>\n<meta charset="utf-8">\n'
        f"<title>{title}</title>\n</head>\n"
        f'<body style="{FONT}">\n<h1 style="{FONT};font-size:16pt">{title}</h1>\n'
        f"{''.join(parts)}</body>\n</html>\n"
    )


def _conflicts(key: str, conflicts: pd.DataFrame, told: Told, known: Addressees) -> str:
    rows = [
        _conflict(number, conflict, told, known)
        for number, conflict in enumerate(words.records(conflicts.head(MOST_ROWS)), 1)
    ]
    columns = {"number": 6, "place": 17, "printed": 27, "explanation": 30, "doubt": 20}
    return _part(key, columns, rows, len(conflicts), "conflicts.csv")


def _conflict(number: int, conflict: Row, told: Told, known: Addressees) -> tuple[str, ...]:
    """Cells of one conflict: where and whose, the prints, why, what may be wrong."""
    figures = str(conflict["figures"]).split()
    prints = [
        f"“{told.figures[figure]['printed']}”: " + words.briefly(told.figures[figure], conflict, VI)
        for figure in figures[:MOST_PRINTS]
    ]
    if rest := figures[MOST_PRINTS:]:
        prints.append(words.counted("more_figures", len(rest), VI))
    why = [words.explanation(conflict, told, VI)]
    if words.may_be_incomplete(conflict, told):
        why.append(labels.text("report.incomplete", VI))
    sources = [known.name(source) for source in str(conflict["source_id"]).split()]
    place = f"{words.place_of({**conflict, 'group': ''}, VI)}, {when(str(conflict['period']), VI)}"
    return (
        str(number),
        _lines([place, *sources]),
        _lines(prints),
        _lines(why),
        _lines([words.cause(conflict, VI), *_doubted(conflict, told), *_offered(conflict, told)]),
    )


def _doubted(conflict: Row, told: Told) -> list[str]:
    """The figures in doubt, each smallest set of them; a line, or none."""
    found = words.sets(str(conflict["doubted"]))
    named = [" + ".join(f"“{told.figures[f]['printed']}”" for f in one) for one in found]
    if len(named) > MOST_PRINTS:
        named = [*named[:MOST_PRINTS], "…"]
    said = labels.text("report.col.doubted", VI)
    return [f"{said}: {words.joined(named, VI)}."] if named else []


def _offered(conflict: Row, told: Told) -> list[str]:
    """What the figures may have been, a line each."""
    lines = []
    for figure, offered in words.offers([conflict]).items():
        prints = words.joined([f"“{printed}”" for printed in offered], VI)
        said = labels.text("report.offer", VI, prints=prints)
        lines.append(f"“{told.figures[figure]['printed']}”: {said}.")
    return lines


def _changes(changes: pd.DataFrame, told: Told) -> str:
    rows = []
    for change in words.records(changes.head(MOST_ROWS)):
        figure = told.figures[str(change["figure_id"])]
        new = words.value(float(change["new_value"]), str(figure["unit"]), VI)
        status = labels.name("report.status", str(change["status_reconciled"]), VI)
        cells = (str(change["printed"]), new, words.about(figure, VI), status)
        rows.append((*map(_text, cells), _text(words.reason(change, VI))))
    columns = {"printed": 18, "reconciled": 18, "what": 22, "status": 14, "reason": 28}
    return _part("report.changes", columns, rows, len(changes), "changes.csv")


def _quarantine(quarantine: pd.DataFrame | None) -> str:
    if quarantine is None:
        return ""
    rows = [
        tuple(_text(str(row[name])) for name in ("file", "row", "figure_id", "printed", "reason"))
        for row in words.records(quarantine.head(MOST_ROWS))
    ]
    columns = {"only_file": 22, "line": 8, "figure": 15, "printed": 20, "reason": 35}
    return _part("report.quarantine", columns, rows, len(quarantine), "quarantine.csv")


def _part(
    key: str,
    columns: Mapping[str, int],
    rows: Sequence[Sequence[str]],
    count: int,
    file: str,
) -> str:
    """A heading and a table, or a word that there is nothing.

    columns : keys of headings with widths in per cent; rows: cells as HTML; count: of all rows
    """
    title = f'<h2 style="{FONT};font-size:13pt">{_text(labels.text(key, VI))}</h2>\n'
    if not rows:
        return f"{title}<p>{_text(labels.text('report.none', VI))}</p>\n"
    head = "".join(
        f'<th width="{width}%" style="{HEAD}">{_text(labels.text(f"report.col.{name}", VI))}</th>'
        for name, width in columns.items()
    )
    cell = f'<td valign="top" style="{CELL}">'
    lines = ("".join(f"{cell}{inside}</td>" for inside in row) for row in rows)
    body = "".join(f"<tr>{line}</tr>\n" for line in lines)
    left = labels.number(count - len(rows), 0, VI)
    more = labels.text("report.left_out", VI, n=left, file=file) if count > len(rows) else ""
    return (
        f'{title}<table border="1" cellspacing="0" width="100%" style="{TABLE}">\n'
        f"<thead><tr>{head}</tr></thead>\n<tbody>\n{body}</tbody>\n</table>\n"
        f"<p>{_text(more)}</p>\n"
    )


def _lines(texts: Iterable[str]) -> str:
    return "<br>".join(map(_text, texts))


def _text(said: str) -> str:
    return escape(said, quote=False)
