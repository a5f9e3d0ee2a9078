"""The report page: one self-contained page in two languages, conflicts first, each drawn."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

import pandas as pd

from helpers import labels
from helpers.reconcile import words
from helpers.reconcile.articles import Known, anchor, article, changed
from helpers.reconcile.letters import addressees, letters_by_source
from helpers.reconcile.markup import (
    folded,
    heading,
    html_in_both,
    in_both,
    label,
    paragraphs,
    table,
)
from helpers.reconcile.sentences import when
from helpers.reconcile.tables import Reconciled
from helpers.reconcile.words import Block, Row
from helpers.rules import Rule

MOST_OPEN = 100
MOST_SHOWN = 2000
MOST_ROWS = 500
MOST_LETTERS = 100
INDEXED_FROM = 10
STYLE = """
body { font: 16px/1.5 system-ui, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif;
  color: #1b1b1b; background: #fff; margin: 1rem auto 3rem; max-width: 60rem; padding: 0 1rem; }
h1 { font-size: 1.6rem; line-height: 1.25; } h2 { margin-top: 2.5rem; }
h3 { margin: 0 0 .75rem; } h4 { margin: 0 0 .25rem; }
.en + .vi::before { content: " · "; }
p.en + p.vi::before, div.en + div.vi::before, td .en + .vi::before { content: ""; }
td .en + .vi { display: block; color: #444; }
#en:checked ~ main .vi, #vi:checked ~ main .en { display: none; }
#en:checked ~ main .vi::before, #vi:checked ~ main .vi::before { content: ""; }
svg .vi, #vi:checked ~ main svg .en { display: none; }
#vi:checked ~ main svg .vi { display: inline; }
#vi:checked ~ main td .vi { color: inherit; }
input[name=language] { position: absolute; opacity: 0; }
input[name=language] + label { display: inline-block; padding: .2rem .7rem; cursor: pointer;
  border: 1px solid #767676; border-radius: 1rem; margin: 0 .25rem .25rem 0; font-size: .9rem; }
input[name=language]:checked + label { background: #1b1b1b; color: #fff; }
input[name=language]:focus-visible + label { outline: 3px solid #0072b2; }
.pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 20rem), 1fr));
  gap: 0 1.5rem; }
.pair p { margin: 0 0 .6rem; }
article { border: 1px solid #bbb; border-radius: .5rem; padding: 1rem; margin: 0 0 1.5rem; }
.conflict { margin: 0 0 1.25rem; }
.drawn svg { width: 100%; max-width: 34rem; height: auto; display: block; margin: 0 0 .5rem; }
svg text { font-size: 11px; text-anchor: middle; fill: #1b1b1b; paint-order: stroke;
  stroke: #fff; stroke-width: 3px; }
svg text.b { font-weight: 600; }
svg .gap { fill: #eee; } svg .edge { stroke: #767676; stroke-dasharray: 3 3; }
#summary ul { margin: 0; padding-left: 1.2rem; }
table { border-collapse: collapse; width: 100%; margin: 0 0 1rem; table-layout: fixed; }
th, td { border-bottom: 1px solid #ccc; padding: .4rem .5rem .4rem 0; text-align: left;
  vertical-align: top; overflow-wrap: anywhere; }
th { font-size: .85rem; }
small { font-size: .75em; font-weight: normal; color: #555; }
summary { cursor: pointer; margin: 0 0 .5rem; }
pre { white-space: pre-wrap; font: inherit; background: #f5f5f5; padding: 1rem; margin: 0 0 1rem; }
nav ul { padding: 0; list-style: none; } nav li { display: inline-block; margin-right: 1rem; }
@media (max-width: 40rem) {
  body { margin-top: .5rem; } article { padding: .6rem; }
  thead { display: none; } tr, td { display: block; } td { border: 0; padding: 0 0 .2rem; }
  tr { border-bottom: 1px solid #ccc; padding: .4rem 0; }
}
@media print {
  body { max-width: none; font-size: 10pt; margin: 0; }
  input[name=language] + label, nav, details.letter { display: none; }
  .conflict, tr, svg { break-inside: avoid; } .drawn svg { max-width: 24rem; }
  h2, h3, h4 { break-after: avoid; } a { color: inherit; text-decoration: none; }
}
"""


def report(
    result: Reconciled,
    quarantine: pd.DataFrame | None = None,
    sources: pd.DataFrame | None = None,
) -> str:
    """One HTML page for a result, without script and without anything from elsewhere.

    quarantine : rows of the input that could not be used: file, row, figure_id, printed, reason;
                 None where that is not known
    sources    : columns of sources.csv, to name who published what; None for ids only
    At most MOST_SHOWN conflicts are shown, those after the first MOST_OPEN folded; then, and where
    other tables are cut, the page names the file that holds all.
    """
    known = Known(words.told(result), addressees(sources), _sensitivity(result))
    shown = result.conflicts.head(MOST_SHOWN)
    is_open, inside = words.is_open(shown), shown["scope"] == "source"
    parts = (
        _summary(result, quarantine),
        _contents(quarantine),
        _index(shown),
        _section("inside", shown[is_open & inside], known),
        _section("between", shown[is_open & ~inside], known),
        _section("explained", shown[~is_open], known),
        _left_out(len(result.conflicts) - len(shown), "conflicts.csv"),
        _changes(result, known),
        _quarantine(quarantine),
        _letters(result, sources),
        _rules(result.rules),
    )
    return _page("".join(parts))


def _page(body: str) -> str:
    title = " · ".join(labels.text("report.title", one) for one in labels.LANGUAGES)
    switch = "".join(
        f'<input type="radio" name="language" id="{key}"{" checked" * (key == "both")}>'
        f'<label for="{key}">{name}</label>\n'
        for key, name in (("both", "English + Tiếng Việt"), ("en", "English"), ("vi", "Tiếng Việt"))
    )
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n{switch}"
        f"<main>\n{heading(1, 'report.title')}{body}</main>\n</body>\n</html>\n"
    )


def _sensitivity(result: Reconciled) -> pd.DataFrame:
    table: pd.DataFrame = getattr(result, "sensitivity", pd.DataFrame())
    return table


def _summary(result: Reconciled, quarantine: pd.DataFrame | None) -> str:
    """What was found, in sentences."""
    status = result.figures["status_reconciled"].value_counts()
    is_open = words.is_open(result.conflicts)
    counts = {
        "figures": len(result.figures),
        "sources": result.figures["source_id"].nunique(),
        "unchecked": status.get("unchecked", 0),
        "checked": len(result.figures) - status.get("unchecked", 0),
        "conflicts": len(result.conflicts),
        "open": is_open.sum(),
        "excused": (~is_open).sum(),
        **{name: status.get(name, 0) for name in ("corrected", "adjusted", "explained", "doubted")},
    }
    named = ("figures", "sources", "conflicts")

    def said(language: str) -> str:
        values = {
            name: words.counted(name, int(count), language)
            if name in named
            else labels.number(float(count), 0, language)
            for name, count in counts.items()
        }
        found = ("conflicts", "status", "kept") if len(is_open) else ("none",)
        texts = [
            labels.text(f"report.sum.{key}", language, **values)
            for key in ("figures", "checked", *found)
        ]
        if quarantine is not None:
            texts.append(_set_aside(len(quarantine), language))
        return f"<ul>{''.join(f'<li>{escape(text, quote=False)}</li>' for text in texts)}</ul>"

    listed = html_in_both(said, "div")
    return f'<section id="summary">\n<div class="pair">{listed}</div>\n</section>\n'


def _set_aside(count: int, language: str) -> str:
    if not count:
        return labels.text("report.sum.all_used", language)
    rows = words.counted("rows", count, language)
    return labels.text("report.sum.aside", language, rows=rows)


def _contents(quarantine: pd.DataFrame | None) -> str:
    keys = ["inside", "between", "explained", "changes", "quarantine", "letters", "rules"]
    if quarantine is None:
        keys.remove("quarantine")
    items = "".join(f'<li><a href="#{key}">{label(f"report.{key}")}</a></li>\n' for key in keys)
    return f"<nav>\n<ul>\n{items}</ul>\n</nav>\n"


def _headed(key: str, inside: str, count: int = 0) -> str:
    """A section under its heading, with how many things it holds."""
    nothing = f"<p>{label('report.none')}</p>\n"
    title = label(f"report.{key}") + (f" <small>{count}</small>" if count else "")
    return f'<section id="{key}">\n<h2>{title}</h2>\n{inside or nothing}</section>\n'


def _index(conflicts: pd.DataFrame) -> str:
    """All conflicts with links, folded; none where they are few."""
    if len(conflicts) <= INDEXED_FROM:
        return ""
    rows = map(_index_row, words.records(conflicts))
    headings = ("conflict", "place", "period", "rule", "cause")
    listed = table([f"report.col.{name}" for name in headings], rows)
    return folded(label("report.index"), listed, "index")


def _index_row(row: Row) -> tuple[str, ...]:
    key = row["conflict_id"]
    return (
        f'<a href="{anchor(key)}">{escape(str(key))}</a>',
        in_both(lambda one: words.place_of({**row, "group": ""}, one)),
        in_both(lambda one: when(str(row["period"]), one)),
        in_both(lambda one: labels.name("rule", str(row["rules"]), one)),
        in_both(lambda one: labels.name("cause", str(row["cause"]) or "unknown", one)),
    )


def _section(key: str, conflicts: pd.DataFrame, known: Known) -> str:
    """The blocks of some conflicts; those after the first MOST_OPEN conflicts are folded."""
    chunks = list(_chunks(words.blocks(conflicts)))
    parts = []
    first = 1
    for number, chunk in enumerate(chunks):
        articles = "".join(article(block, known) for block in chunk)
        last = first + sum(len(block.conflicts) for block in chunk) - 1
        parts.append(articles if number == 0 else folded(_numbered(first, last), articles))
        first = last + 1
    return _headed(key, "".join(parts), len(conflicts))


def _numbered(first: int, last: int) -> str:
    return in_both(
        lambda one: labels.text(
            "report.numbered",
            one,
            first=labels.number(first, 0, one),
            last=labels.number(last, 0, one),
        )
    )


def _chunks(blocks: Sequence[Block]) -> Iterator[list[Block]]:
    """Blocks in order, MOST_OPEN conflicts or one block at a time."""
    chunk: list[Block] = []
    size = 0
    for block in blocks:
        if chunk and size + len(block.conflicts) > MOST_OPEN:
            yield chunk
            chunk, size = [], 0
        chunk.append(block)
        size += len(block.conflicts)
    if chunk:
        yield chunk


def _left_out(count: int, file: str) -> str:
    if count < 1:
        return ""
    return paragraphs(
        lambda one: labels.text("report.left_out", one, n=labels.number(count, 0, one), file=file)
    )


def _changes(result: Reconciled, known: Known) -> str:
    """Printed and reconciled values side by side, with the reason."""
    rows = [_change(row, known) for row in words.records(result.changes.head(MOST_ROWS))]
    headings = ("report.col.printed", "report.col.what", "report.col.reconciled")
    more = _left_out(len(result.changes) - len(rows), "changes.csv")
    listed = table(headings, rows) + more if rows else ""
    return _headed("changes", listed, len(result.changes))


def _change(change: Row, known: Known) -> tuple[str, str, str]:
    key = str(change["figure_id"])
    figure = known.told.figures[key]
    return (
        f"<b>{escape(str(change['printed']))}</b><br><small>{escape(key)}</small>",
        in_both(lambda one: words.about(figure, one)),
        changed(change, str(figure["unit"])),
    )


def _quarantine(quarantine: pd.DataFrame | None) -> str:
    """The rows of the input that could not be used, with the reason."""
    if quarantine is None:
        return ""
    rows = [
        (
            f"<b>{escape(str(row['printed']))}</b><br><small>{escape(str(row['figure_id']))}</small>",
            f"{escape(str(row['file']))}, {escape(str(row['row']))}",
            f'<span lang="en">{escape(str(row["reason"]))}</span>',
        )
        for row in words.records(quarantine.head(MOST_ROWS))
    ]
    if not rows:
        return _headed("quarantine", "")
    headings = ("report.col.printed", "report.col.file", "report.col.reason")
    intro = paragraphs(lambda one: labels.text("report.quarantine.intro", one))
    more = _left_out(len(quarantine) - len(rows), "quarantine.csv")
    return _headed("quarantine", intro + table(headings, rows) + more, len(quarantine))


def _letters(result: Reconciled, sources: pd.DataFrame | None) -> str:
    """One letter a source, each folded."""
    whole = letters_by_source(result, sources)
    known = addressees(sources)
    parts = [
        folded(
            escape(known.name(str(row["source_id"]))),
            f'<pre lang="vi">{escape(str(row["letter"]), quote=False)}</pre>\n',
            "letter",
        )
        for row in words.records(whole.head(MOST_LETTERS))
    ]
    intro = paragraphs(lambda one: labels.text("report.letters.intro", one)) if parts else ""
    more = _left_out(len(whole) - len(parts), "letters.txt")
    return _headed("letters", intro + "".join(parts) + more, len(whole))


def _rules(rules: tuple[Rule, ...]) -> str:
    """The rules as sentences in both languages."""
    return _headed("rules", f"<ul>\n{''.join(map(_rule, rules))}</ul>\n")


def _rule(rule: Rule) -> str:
    said = paragraphs(lambda one: f"{rule.statement(one)}.")
    return f"<li><small>{escape(rule.id)}</small>{said}</li>\n"
