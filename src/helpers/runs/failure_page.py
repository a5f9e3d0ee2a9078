"""The page of failures: what failed, why, what it means and what to do; read without a network."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from html import escape
from pathlib import Path
from urllib.parse import quote

from helpers import labels, places
from helpers.runs import failures, records
from helpers.runs.failures import Failure, Group

LANGUAGES = {"en": "English", "vi": "Vietnamese"}
KINDS = {
    "error": (
        "An error in a cell",
        "Read the error: its last line says what is wrong. Mend the data or the notebook.",
    ),
    "dead kernel": (
        "The kernel died",
        "The process that computed the cell ended: the cell ended it, the system killed it, or "
        "memory ran out. Run it alone and watch the memory; close other programs.",
    ),
    "timeout": (
        "A cell took too long",
        "The cell was stopped at the limit of --timeout. Give it more seconds, or look for a loop "
        "that does not end.",
    ),
    "exit": (
        "The notebook ended itself",
        "A cell called exit, quit or sys.exit, so that the cells after it did not run. "
        "Take that call out.",
    ),
    "output": (
        "A file could not be written",
        "Look whether the disk is full (df -h), and whether you may write to the folder that is "
        "named.",
    ),
    "worker": (
        "The process that ran the notebook ended",
        "It was killed, ran out of memory, or could not start the notebook. Run it alone and "
        "watch the memory.",
    ),
}
LONGEST = 20_000  # characters of an error or traceback; the kept notebook has all
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
STYLE = """
body { font: 16px/1.5 system-ui, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif;
  color: #1b1b1b; background: #fff; margin: 1rem auto 3rem; max-width: 54rem; padding: 0 1rem; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 .5rem; }
h2 { font-size: 1.2rem; line-height: 1.35; margin: 0 0 .5rem; overflow-wrap: anywhere; }
h3 { font-size: 1rem; margin: 1.25rem 0 .25rem; }
section { border-top: 3px solid #b34700; margin: 2rem 0 0; padding: .75rem 0 0; }
p { margin: 0 0 .6rem; } nav li { overflow-wrap: anywhere; }
pre, code { font: .85rem/1.5 ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; background: #f5f5f5; padding: .6rem .75rem;
  margin: .25rem 0 .75rem; border-radius: .25rem; }
pre.cell { padding: .6rem 0; }
pre.cell span { display: block; padding: 0 .75rem 0 3.5rem; text-indent: -2.75rem; }
pre.cell i { display: inline-block; width: 2rem; margin-right: .75rem; text-indent: 0;
  text-align: right; color: #595959; font-style: normal; user-select: none; }
pre.cell mark { display: block; margin: 0; padding: 0 .75rem 0 3.25rem; text-indent: -2.75rem;
  background: #fde3cf; color: inherit; border-left: .25rem solid #b34700; font-weight: 600; }
table { border-collapse: collapse; width: 100%; margin: 0 0 .75rem; }
caption { text-align: left; font-weight: 600; padding: 0 0 .25rem; }
th, td { border-bottom: 1px solid #ccc; padding: .3rem .6rem .3rem 0; text-align: left;
  vertical-align: top; font-weight: normal; }
thead th { font-size: .85rem; color: #444; }
a { color: #004e86; } summary { cursor: pointer; padding: .2rem 0; }
.small { color: #444; font-size: .9rem; }
@media print {
  body { max-width: none; font-size: 10pt; margin: 0; } nav { display: none; }
  tr, mark { break-inside: avoid; } h2, h3, caption { break-after: avoid; }
  pre { border: 1px solid #ccc; } a { color: inherit; }
}
"""


def meaning(kind: str) -> str:
    """What a kind of failure is, and what to do, in plain words."""
    name, advice = KINDS.get(kind, KINDS["error"])
    return f"{name}. {advice}"


def page(standing: Sequence[Failure], folder: Path) -> str:
    """The whole page, in English, the places' names as they are written in Viet Nam.

    standing : at least one failure
    folder   : where the page will lie, for its links to the kept notebooks
    """
    groups = failures.grouped(standing)
    title = f"{labels.counted(len(standing), 'notebook')} failed"
    causes = labels.counted(len(groups), "different error") if len(groups) > 1 else "one error"
    if len(standing) == 1:
        causes = "it is named below"
    body = [
        f"<h1>{title}</h1>",
        f"<p>{_when(standing)}; {causes}. What failed is tried again by the next run of "
        "the same command; notebooks that succeeded are kept and not run again.</p>",
        _contents(groups),
        *(_section(number, group, folder) for number, group in enumerate(groups, 1)),
    ]
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n"
        + "\n".join(part for part in body if part)
        + "\n</main>\n</body>\n</html>\n"
    )


def _contents(groups: Sequence[Group]) -> str:
    if len(groups) < 2:
        return ""
    items = "\n".join(
        f'<li><a href="#error-{number}">{_text(_first_line(group.error))}</a> '
        f"({labels.counted(len(group.all), 'notebook')})</li>"
        for number, group in enumerate(groups, 1)
    )
    return f'<nav aria-label="Errors">\n<ol>\n{items}\n</ol>\n</nav>'


def _section(number: int, group: Group, folder: Path) -> str:
    name, advice = KINDS.get(group.kind, KINDS["error"])
    whole = group.error.strip()
    first = _first_line(whole)
    return "\n".join(
        [
            f'<section aria-labelledby="error-{number}">',
            f'<h2 id="error-{number}">{_text(first)}</h2>',
            f"<pre>{_text(_cut(whole))}</pre>" if first != whole else "",
            f"<p><strong>{name}.</strong> {advice}</p>",
            *(_spot(spot, folder) for spot in group.spots),
            "</section>",
        ]
    )


def _spot(spot: Sequence[Failure], folder: Path) -> str:
    """One cell at which notebooks failed: what stands in it, for which places, and the command."""
    one = spot[0].outcome
    cell = f"cell {one.cell}" if one.cell != "?" else "it is not known in which cell"
    parts = [
        f"<h3>Notebook {_text(one.job.number)}, {_text(cell)}</h3>",
        f"<p>{_text(_title(one.job.notebook))} <span class='small'>"
        f"({_text(one.job.notebook.name)}, {LANGUAGES.get(one.job.language, '')})</span></p>",
        _source(spot[0]),
        _table(spot, folder),
        f"<p>To run {'it' if len(spot) == 1 else 'them'} again:</p>",
        f"<pre>{_text(failures.again(spot))}</pre>",
        _traceback(spot),
    ]
    return "\n".join(part for part in parts if part)


def _source(failure: Failure) -> str:
    """The cell with the numbers of its lines, the failing one marked."""
    lines = failure.outcome.source.splitlines()
    if not lines:
        return ""
    failing = failures.failing_line(failure.outcome)
    rows = []
    for number, line in enumerate(lines, 1):
        tag = "mark" if number == failing else "span"
        rows.append(f"<{tag}><i>{number}</i>{_text(line)}</{tag}>")
    said = f"<p class='small'>The error came up in line {failing}.</p>" if failing else ""
    return f'<pre class="cell">{"".join(rows)}</pre>{said}'


def _table(spot: Sequence[Failure], folder: Path) -> str:
    """The places, each with its code and its notebook as far as it came."""
    rows = []
    for failure in spot:
        job = failure.outcome.job
        kept = "not kept"
        if job.failed_output.exists():
            link = quote(Path(os.path.relpath(job.failed_output, folder)).as_posix())
            kept = f'<a href="{link}">as it was when it failed</a>'
        name = _text(places.get(job.place).name("vi"))
        rows.append(
            f'<tr><th scope="row" lang="vi">{name}</th><td>{_text(job.place)}</td>'
            f"<td>{kept}</td></tr>"
        )
    heads = "".join(f'<th scope="col">{head}</th>' for head in ("Place", "Code", "Notebook"))
    return (
        f"<table>\n<caption>{labels.counted(len(spot), 'place')}, {_when(spot)}</caption>\n"
        f"<thead><tr>{heads}</tr></thead>\n<tbody>\n" + "\n".join(rows) + "\n</tbody>\n</table>"
    )


def _when(some: Sequence[Failure]) -> str:
    """The minute of the failures, or the first and the last one."""
    when = sorted({failure.when for failure in some})
    return _text(when[0] if len(when) == 1 else f"{when[0]} to {when[-1]}")


def _traceback(spot: Sequence[Failure]) -> str:
    one = spot[0].outcome
    if not one.traceback.strip():
        return ""
    whose = f", of {places.get(one.job.place).name('vi')}" if len(spot) > 1 else ""
    return (
        f"<details><summary>Traceback{_text(whose)}</summary>"
        f"<pre>{_text(_cut(one.traceback.strip()))}</pre></details>"
    )


def _title(notebook: Path) -> str:
    """The first heading of a notebook, its file's name where it has none."""
    book = records.read_json(notebook)
    for cell in book.get("cells", ()) if isinstance(book, dict) else ():
        found = re.search(r"(?m)^# (.+)$", "".join(cell.get("source", ())))
        if cell.get("cell_type") == "markdown" and found:
            return found[1]
    return notebook.stem


def _first_line(error: str) -> str:
    line = error.strip().partition("\n")[0]
    return line if len(line) <= 240 else f"{line[:240]} …"


def _cut(text: str) -> str:
    if len(text) <= LONGEST:
        return text
    left = len(text) - LONGEST
    return f"{text[: LONGEST // 2]}\n… {left} characters left out …\n{text[-LONGEST // 2 :]}"


def _text(text: str) -> str:
    return escape(_CONTROL.sub("\N{REPLACEMENT CHARACTER}", text))
