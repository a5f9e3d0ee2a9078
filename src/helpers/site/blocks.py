"""Pieces of the site's pages: tables, figures with their data, links, in one language."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from helpers import labels, project
from helpers.places import Place

FENCE = "``````"


@dataclass(frozen=True)
class Picture:
    """A figure that a notebook drew, and the sentence that says what it shows.

    name : stem of its files without the language, e.g. '3-path'
    said : plain text with the figure's numbers; it is the alternative text
    """

    name: str
    said: str


def raw(html: str) -> str:
    """HTML as a block of a MyST page."""
    return f"{FENCE}{{raw}} html\n{html}\n{FENCE}\n\n"


def up(depth: int, language: str) -> str:
    """Way from a page, `depth` folders below its language's first page, to the site's root."""
    return "../" * (depth + (language != "en"))


def link(url: str, text: str) -> str:
    """A plain link; the text alone where there is no address."""
    text = escape(text, quote=False)
    return f'<a href="{escape(url)}">{text}</a>' if url else text


def table(heads: Sequence[str], rows: Iterable[tuple[str, Sequence[str]]], caption: str) -> str:
    """A table as HTML.

    heads   : keys of labels below `site.column.`, already texts of the language
    rows    : anchor ('' for none) and cells, which are HTML
    caption : text above it, which a screen reader says first
    """
    head = "".join(f'<th scope="col">{escape(name, quote=False)}</th>' for name in heads)
    body = "\n".join(
        (f'<tr id="{escape(anchor)}">' if anchor else "<tr>")
        + "".join(
            f'<td data-head="{escape(name)}">{cell}</td>'
            for name, cell in zip(heads, cells, strict=True)
        )
        + "</tr>"
        for anchor, cells in rows
    )
    return (
        f'<div class="wide" tabindex="0" role="region" aria-label="{escape(caption)}">'
        f'<table class="figures"><caption>{escape(caption, quote=False)}</caption>'
        f"<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody></table></div>"
    )


def figure(picture: Picture, place: Place, language: str, depth: int) -> str:
    """A figure with its sentence, and links to its image and its data; '' where it is not there."""
    stem = picture.name + ("" if language == "en" else f"-{language}")
    file = project.figures_dir() / place.folder / f"{stem}.png"
    if not file.exists():
        return ""
    width, height = png_size(file.read_bytes()[:24])
    at = f"{up(depth, language)}figures/{place.folder}/{stem}"
    said = picture.said or labels.text("site.figure.plain", language, name=picture.name)
    links = [
        f'<a href="{at}.{kind}" download>{kind.upper()}</a>'
        for kind in ("png", "csv")
        if file.with_suffix(f".{kind}").exists()
    ]
    return (
        f'<figure id="{picture.name}"><a href="{at}.png"><img src="{at}.png" '
        f'alt="{escape(said)}" width="{width}" height="{height}"></a>'
        f"<figcaption>{escape(picture.said, quote=False)} "
        f'<span class="downloads">{labels.text("site.download", language)} '
        f"{' · '.join(links)}</span></figcaption></figure>"
    )


def png_size(head: bytes) -> tuple[int, int]:
    """Width and height in pixels, from the first 24 bytes of a PNG."""
    return int.from_bytes(head[16:20], "big"), int.from_bytes(head[20:24], "big")
