"""Pieces of HTML that say everything in both languages; what is filled in is escaped."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from html import escape

from helpers import labels
from helpers.labels import LANGUAGES


def in_both(said: Callable[[str], str], tag: str = "span") -> str:
    """A text in both languages, one element each; once where they say it alike.

    said : gives the text, not yet escaped, for 'en' and 'vi'
    """
    return html_in_both(lambda language: escape(said(language), quote=False), tag)


def html_in_both(said: Callable[[str], str], tag: str = "span") -> str:
    """As `in_both`, for what is HTML already."""
    texts = [said(language) for language in LANGUAGES]
    if len(set(texts)) == 1:
        return f"<{tag}>{texts[0]}</{tag}>"
    return "".join(
        f'<{tag} class="{language}" lang="{language}">{text}</{tag}>'
        for language, text in zip(LANGUAGES, texts, strict=True)
    )


def label(key: str, tag: str = "span") -> str:
    """The text of a key in both languages."""
    return in_both(lambda language: labels.text(key, language), tag)


def filled(key: str, language: str, **html: str) -> str:
    """The text of a key as HTML, with pieces of HTML in its places."""
    marks = {name: f"\x00{name}\x00" for name in html}
    text = escape(labels.text(key, language, **marks), quote=False)
    for name, piece in html.items():
        text = text.replace(f"\x00{name}\x00", piece)
    return text


def paragraphs(said: Callable[[str], str]) -> str:
    """A paragraph in each language, side by side where there is room."""
    return f'<div class="pair">{in_both(said, "p")}</div>\n'


def heading(level: int, key: str) -> str:
    """A heading in both languages."""
    return f"<h{level}>{label(key)}</h{level}>\n"


def table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; headings are keys of labels, cells are HTML."""
    head = "".join(f'<th scope="col">{label(key)}</th>' for key in headings)
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>\n" for row in rows)
    return f"<table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}</tbody></table>\n"


def folded(summary: str, inside: str, name: str = "") -> str:
    """Something that opens on a click; `summary` and `inside` are HTML."""
    mark = f' class="{name}"' if name else ""
    return f"<details{mark}><summary>{summary}</summary>\n{inside}</details>\n"
