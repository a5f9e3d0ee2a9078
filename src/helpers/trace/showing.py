"""A tree of steps as text, and as a page."""

from __future__ import annotations

from html import escape

from helpers.trace.chains import Step

STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
ul { list-style: none; border-left: 2px solid #ccc; padding-left: 1rem; }
li { margin: .6rem 0; } li > b { display: block; } p { margin: 0; color: #333; }
p.code { font-family: monospace; white-space: pre-wrap; }
@media print { a { color: inherit; } }
"""


def text(step: Step, depth: int = 0) -> str:
    """The steps as lines, each indented by its depth."""
    pad = "  " * depth
    lines = [f"{pad}{step.title}", *(f"{pad}    {line}" for line in step.lines)]
    return "\n".join([*lines, *(text(below, depth + 1) for below in step.below)])


def page(step: Step, target: str) -> str:
    """The steps as one HTML page that loads nothing; addresses are links."""
    title = escape(f"Where {target} comes from")
    return (
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>{title}</title>\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<style>{STYLE}</style></head>\n<body><h1>{title}</h1>\n<ul>{_item(step)}</ul>\n"
        "</body></html>\n"
    )


def _item(step: Step) -> str:
    code = step.title.startswith("drawn by")
    lines = "".join(f"<p{' class=code' if code else ''}>{_line(line)}</p>" for line in step.lines)
    below = "".join(_item(each) for each in step.below)
    inner = f"\n<ul>{below}</ul>" if below else ""
    return f"<li><b>{escape(step.title, quote=False)}</b>{lines}{inner}</li>\n"


def _line(line: str) -> str:
    if line.startswith(("http://", "https://")):
        return f'<a href="{escape(line)}">{escape(line, quote=False)}</a>'
    return escape(line, quote=False)
