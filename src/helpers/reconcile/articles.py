"""Blocks of conflicts as parts of the page: drawn, explained, with their doubts said once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any
from urllib.parse import quote

import pandas as pd

from helpers import labels
from helpers.reconcile import words
from helpers.reconcile.drawing import drawing
from helpers.reconcile.letters import Addressees, letter_of
from helpers.reconcile.markup import filled, folded, html_in_both, in_both, label, paragraphs, table
from helpers.reconcile.sentences import span, when
from helpers.reconcile.words import Block, Row, Told

MOST_OPEN = 6
MOST_ROWS = 12
MOST_SETS = 12


@dataclass(frozen=True)
class Known:
    """What every block is written from.

    told        : look-ups of figures, ranges and changes
    addressees  : who published which source
    sensitivity : conflict_id, alternative, doubted, figure_id, indicator, low, high; may be empty
    """

    told: Told
    addressees: Addressees
    sensitivity: pd.DataFrame


def article(block: Block, known: Known) -> str:
    """One block: its conflicts, then what they share: doubts, figures, ranges, letter."""
    parts = [_conflict(conflict, known.told) for conflict in block.conflicts]
    shown = "".join(parts[:MOST_OPEN])
    if rest := parts[MOST_OPEN:]:
        said = in_both(lambda language: words.counted("further", len(rest), language))
        shown += folded(said, "".join(rest))
    shared = _doubts(block, known.told) + _figures(block, known.told)
    shared += sensitivity(_rows_of(known.sensitivity, block), known.told)
    return (
        f"<article>\n<h3>{_title(block, known)}</h3>\n{shown}"
        f'<div class="shared">\n{shared}{_letters(block, known)}</div>\n</article>\n'
    )


def sensitivity(rows: pd.DataFrame, told: Told) -> str:
    """The range that each headline figure may have under each smallest explanation; '' for none.

    rows : conflict_id, alternative (1, 2, …), doubted (figure ids), figure_id, indicator, low,
           high, of conflicts that share their doubts
    """
    if rows.empty:
        return ""
    unique = words.records(rows.drop_duplicates(["alternative", "figure_id"]))
    cells = [_headline(row, told) for row in unique]
    headings = ("report.col.alternative", "report.col.headline", "report.col.range")
    return folded(label("report.sensitivity"), table(headings, cells), "sensitivity")


def _headline(row: Row, told: Told) -> tuple[str, str, str]:
    """Cells of one headline figure under one explanation."""
    key = str(row["figure_id"])
    unit = str(told.figures.get(key, {}).get("unit", ""))
    name = in_both(lambda one: labels.name("indicator", str(row["indicator"]), one))
    return (
        f"{row['alternative']}: {_tokens(str(row['doubted']).split(), told)}",
        f"{name}<br>{_tokens([key], told)}",
        in_both(lambda one: span(float(row["low"]), float(row["high"]), one, unit)),
    )


def anchor(conflict_id: object) -> str:
    """Address of a conflict inside the page."""
    return f"#{quote(str(conflict_id))}"


def _rows_of(sensitivity: pd.DataFrame, block: Block) -> pd.DataFrame:
    if sensitivity.empty:
        return sensitivity
    return sensitivity[sensitivity["conflict_id"].isin(block.ids)]


def _title(block: Block, known: Known) -> str:
    """Place and date of a block, and who printed it."""
    first = block.conflicts[0]
    places = list(dict.fromkeys((c["place"], c["period"]) for c in block.conflicts))

    def said(language: str) -> str:
        place = words.place_of({"place": first["place"], "group": ""}, language)
        period = when(str(first["period"]), language)
        others = words.counted("places", len(places) - 1, language) if len(places) > 1 else ""
        return ", ".join(filter(None, (place, period))) + (f" {others}" if others else "")

    sources = str(first["source_id"]).split()
    names = ", ".join(escape(known.addressees.name(source)) for source in sources)
    return f'{in_both(said)} <small class="source">{names}</small>'


def _conflict(conflict: Row, told: Told) -> str:
    """One conflict: rule, drawing, sentences."""
    key = str(conflict["conflict_id"])
    rule = in_both(lambda one: labels.name("rule", str(conflict["rules"]), one))
    excuse = words.may_be_incomplete(conflict, told)
    more = paragraphs(lambda one: labels.text("report.incomplete", one)) if excuse else ""
    return (
        f'<section class="conflict" id="{escape(key)}">\n'
        f'<h4>{rule} <small><a href="{anchor(key)}">{escape(key)}</a></small></h4>\n'
        f'<div class="drawn">{drawing(told.sides.get(key, []))}</div>\n'
        f"{paragraphs(lambda one: words.explanation(conflict, told, one))}{more}"
        f"{paragraphs(lambda one: words.cause(conflict, one))}</section>\n"
    )


def _tokens(figures: Sequence[str], told: Told) -> str:
    """Prints of figures; those that stand there twice with their ids."""
    prints = [_printed(figure, told) for figure in figures]
    return ", ".join(
        f"<b>“{escape(printed, quote=False)}”</b>"
        + (f" <small>{escape(figure)}</small>" if prints.count(printed) > 1 else "")
        for figure, printed in zip(figures, prints, strict=True)
    )


def _printed(figure: str, told: Told) -> str:
    return str(told.figures[figure]["printed"]) if figure in told.figures else figure


def _doubts(block: Block, told: Told) -> str:
    """Which figures are in doubt, in one sentence where that is possible."""
    if not block.doubted:
        return ""
    core, rest = words.shared(block.doubted)
    pieces = {"core": _tokens(core, told)}
    if not rest:
        key = "report.doubt.one" if len(core) == 1 else "report.doubt.all"
    elif all(len(one) == 1 for one in rest):
        key = "report.doubt.core" if core else "report.doubt.any"
        pieces["others"] = _tokens([one[0] for one in rest], told)
    else:
        return _alternatives(block, told)
    said = html_in_both(lambda one: filled(key, one, **pieces), "p")
    return f'<div class="pair">{said}</div>\n'


def _alternatives(block: Block, told: Told) -> str:
    """Several explanations that differ in more than one figure, as a list."""
    count = len(block.doubted)

    def said(language: str) -> str:
        return labels.text("report.doubt.sets", language, n=labels.number(count, 0, language))

    items = [f"<li>{_tokens(one, told)}</li>\n" for one in block.doubted]
    shown = f"<ol>\n{''.join(items[:MOST_SETS])}</ol>\n"
    if rest := items[MOST_SETS:]:
        more = in_both(lambda language: words.counted("further", len(rest), language))
        shown += folded(more, f'<ol start="{MOST_SETS + 1}">\n{"".join(rest)}</ol>\n')
    return paragraphs(said) + shown


def _figures(block: Block, told: Told) -> str:
    """The figures of a block, the doubted first: print, what it is, what it may have been."""
    offered = words.offers(block.conflicts)
    rows = [_figure(figure, block, offered.get(figure, []), told) for figure in block.figures]
    headings = ("report.col.printed", "report.col.what", "report.col.doubt")
    doubts = len({figure for one in block.doubted for figure in one})
    cut = max(MOST_ROWS, min(doubts, 2 * MOST_ROWS))
    shown = table(headings, rows[:cut])
    if rest := rows[cut:]:
        said = in_both(lambda language: words.counted("more_figures", len(rest), language))
        shown += folded(said, table(headings, rest))
    return shown


def _figure(key: str, block: Block, offered: Sequence[str], told: Told) -> tuple[str, str, str]:
    """Cells of one figure of a block."""
    row: dict[str, Any] = dict(told.figures[key])
    source = f"{row['source_id']} · " if block.conflicts[0]["scope"] == "cross" else ""
    printed = f"<b>{escape(str(row['printed']))}</b><br><small>{escape(source + key)}</small>"
    notes = []
    times = sum(key in one for one in block.doubted)
    is_changed = key in told.changes
    if times and not is_changed:
        notes.append(in_both(lambda one: _mark(times, block, one)))
    if offered and not (is_changed and len(offered) == 1):
        listed = [f"“{printed}”" for printed in offered]
        notes.append(
            in_both(lambda one: labels.text("report.offer", one, prints=words.joined(listed, one)))
        )
    if is_changed:
        notes.append(changed(told.changes[key], str(row["unit"])))
    return (
        printed,
        in_both(lambda one: words.about(row, one)),
        "".join(f"<div>{note}</div>" for note in notes),
    )


def changed(change: Row, unit: str) -> str:
    """The reconciled value of a figure, what was done, and why."""

    def said(language: str) -> str:
        new = words.value(float(change["new_value"]), unit, language)
        status = labels.name("report.status", str(change["status_reconciled"]), language)
        kept = labels.text("report.new", language, value=new, status=status)
        return f"{kept} {words.reason(change, language)}"

    return in_both(said)


def _mark(times: int, block: Block, language: str) -> str:
    """How often a figure is in doubt; only that it is, where a sentence says the rest."""
    _, rest = words.shared(block.doubted)
    if all(len(one) == 1 for one in rest):
        return labels.text("report.status.doubted", language)
    if times == len(block.doubted):
        return labels.text("report.mark.always", language)
    counts = {"n": times, "all": len(block.doubted)}
    said = {name: labels.number(count, 0, language) for name, count in counts.items()}
    return labels.text("report.mark.some", language, **said)


def _letters(block: Block, known: Known) -> str:
    """The letter about a block to each of its sources, folded."""
    found = []
    for source in str(block.conflicts[0]["source_id"]).split():
        if text := letter_of(source, block.conflicts, known.told, known.addressees):
            name = escape(known.addressees.name(source))
            said = f"{label('report.letter')} <small>{name}</small>"
            found.append(
                folded(said, f'<pre lang="vi">{escape(text, quote=False)}</pre>\n', "letter")
            )
    return "".join(found)
