"""The report page: one self-contained HTML page, conflicts first, each drawn on one axis."""

from __future__ import annotations

import math
from html import escape

import pandas as pd

from helpers import labels
from helpers.reconcile.tables import Reconciled
from helpers.rules import Rule

WIDTH, HEIGHT, MARGIN = 320.0, 52.0, 12.0
COLOURS = ("#0072b2", "#d55e00")
STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 64rem; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; margin: 0 0 2rem; }
th, td { border-bottom: 1px solid #ccc; padding: .5rem; text-align: left; vertical-align: top; }
td.number { text-align: right; white-space: nowrap; }
svg text { font-size: 10px; }
code { font-size: .85em; color: #444; }
"""


def report(result: Reconciled) -> str:
    """One HTML page for a result: counts, conflicts, new values, and the rules applied."""
    conflicts = result.conflicts
    inside = conflicts[conflicts["scope"] == "source"]
    between = conflicts[conflicts["scope"] == "cross"]
    sections = [
        _summary(result),
        _section(_both("report.inside"), inside, result),
        _changes(result.changes),
        _section(_both("report.between"), between, result),
        _rules(result.rules),
    ]
    title = escape(_both("report.title"))
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title}</title>\n<style>{STYLE}</style>\n</head>\n"
        f"<body>\n<h1>{title}</h1>\n{''.join(sections)}"
        "</body>\n</html>\n"
    )


def _summary(result: Reconciled) -> str:
    counts = result.figures["status_reconciled"].value_counts()
    parts = [f"{labels.number(n, 0, 'en')} {status}" for status, n in sorted(counts.items())]
    total = labels.number(len(result.figures), 0, "en")
    return f"<p>{total} figures: {', '.join(parts)}.</p>\n"


def _both(key: str) -> str:
    """A text in both languages, one after the other."""
    return " · ".join(labels.text(key, language) for language in labels.LANGUAGES)


def _nothing(title: str) -> str:
    return f"<h2>{escape(title)}</h2>\n<p>{escape(_both('report.none'))}</p>\n"


def _section(title: str, conflicts: pd.DataFrame, result: Reconciled) -> str:
    if conflicts.empty:
        return _nothing(title)
    ranges = dict(list(result.ranges.groupby("conflict_id")))
    rows = "".join(
        _row(conflict, ranges[str(conflict["conflict_id"])])
        for conflict in conflicts.to_dict("records")
    )
    head = "<tr><th>Conflict</th><th>Explanation · Giải thích</th><th>Doubted, suggested</th></tr>"
    return f"<h2>{escape(title)}</h2>\n<table>\n{head}\n{rows}</table>\n"


def _row(conflict: dict[object, object], ranges: pd.DataFrame) -> str:
    cell = {str(name): escape(str(value)) for name, value in conflict.items()}
    doubted = " <em>or</em> ".join(f"<code>{s}</code>" for s in cell["doubted"].split("|") if s)
    offers = "<br>".join(s for s in cell["suggestion"].split("|") if s)
    return (
        f'<tr id="{cell["conflict_id"]}"><td>{cell["conflict_id"]}<br>{_drawing(ranges)}</td>'
        f'<td><p>{cell["explanation_en"]}</p><p lang="vi">{cell["explanation_vi"]}</p></td>'
        f"<td>{cell['cause'].replace('_', ' ')}<br>{doubted}<br>{offers}</td></tr>\n"
    )


def _drawing(ranges: pd.DataFrame) -> str:
    """The two ranges of a conflict as bars on one axis, inline SVG; nothing where one is open."""
    ends = [
        (float(low), float(high)) for low, high in zip(ranges["low"], ranges["high"], strict=True)
    ]
    least, most = min(low for low, _ in ends), max(high for _, high in ends)
    if not (math.isfinite(least) and math.isfinite(most)) or most <= least:
        return ""
    scale = (WIDTH - 2 * MARGIN) / (most - least)
    bars = []
    for number, (low, high) in enumerate(ends):
        x, width = MARGIN + (low - least) * scale, max((high - low) * scale, 2.0)
        y = 8.0 + 14.0 * number
        bars.append(
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="9" '
            f'fill="{COLOURS[number]}"/>'
        )
    marks = "".join(
        f'<text x="{x:.1f}" y="{HEIGHT - 6:.0f}" text-anchor="{anchor}">{_number(value)}</text>'
        for x, anchor, value in ((MARGIN, "start", least), (WIDTH - MARGIN, "end", most))
    )
    return (
        f'<svg width="{WIDTH:.0f}" height="{HEIGHT:.0f}" role="img" '
        f'aria-label="two ranges that do not meet">{"".join(bars)}'
        f'<line x1="{MARGIN}" x2="{WIDTH - MARGIN}" y1="36" y2="36" stroke="#888"/>{marks}</svg>'
    )


def _number(value: float) -> str:
    decimals = next((d for d in range(3) if abs(round(value, d) - value) < 1e-9), 3)
    return labels.number(value, decimals, "en")


def _changes(changes: pd.DataFrame) -> str:
    title = _both("report.changes")
    if changes.empty:
        return _nothing(title)
    rows = "".join(
        f"<tr><td><code>{escape(str(row['figure_id']))}</code></td>"
        f"<td>{escape(str(row['printed']))}</td>"
        f'<td class="number">{_number(float(str(row["new_value"])))}</td>'
        f"<td>{escape(str(row['status_reconciled']))}</td><td>{escape(str(row['why']))}</td></tr>\n"
        for row in changes.to_dict("records")
    )
    head = "<tr><th>Figure</th><th>Printed</th><th>New value</th><th>Status</th><th>Why</th></tr>"
    return f"<h2>{escape(title)}</h2>\n<table>\n{head}\n{rows}</table>\n"


def _rules(rules: tuple[Rule, ...]) -> str:
    """The rules as sentences in both languages."""
    items = "".join(
        f"<li><code>{escape(rule.id)}</code><br>{escape(rule.statement('en'))}.<br>"
        f'<span lang="vi">{escape(rule.statement("vi"))}.</span></li>\n'
        for rule in rules
    )
    return f"<h2>{escape(_both('report.rules'))}</h2>\n<ul>\n{items}</ul>\n"
