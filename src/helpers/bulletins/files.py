"""Files of bulletins: bytes become decoded text, or a message that says why not."""

from __future__ import annotations

import codecs
import re
from html.parser import HTMLParser
from pathlib import Path

from helpers.project import UserError

MOST_BYTES = 50_000_000
_BLOCK_TAGS = (
    "address article blockquote br caption dd div dl dt figcaption figure h1 h2 h3 h4 h5 h6 header "
    "hr li main ol p pre section table tbody tfoot thead tr ul"
)
_DROPPED_TAGS = (
    "aside button canvas footer form head iframe nav noscript object script select style svg "
    "template textarea"
)
_VOID_TAGS = "area base br col embed hr img input link meta source track wbr"
_BLOCKS = frozenset(_BLOCK_TAGS.split())
_CELLS = frozenset({"td", "th"})
_DROPPED = frozenset(_DROPPED_TAGS.split())
_VOID = frozenset(_VOID_TAGS.split())
_UNSEEN = re.compile(r"display\s{0,9}:\s{0,9}none|visibility\s{0,9}:\s{0,9}hidden", re.I)
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\ufffe\uffff]")


def read_text(path: Path) -> str:
    """Text of a bulletin as decoded, before any normalisation; of a page what a reader sees.

    path : a .txt file in UTF-8 or UTF-16, with or without byte order mark, or a .html page
    Raises UserError naming the file when its format is not read, or it is missing, empty, too
    large, binary or in another encoding.
    """
    path = Path(path)
    if path.suffix.lower() not in FORMATS:
        raise UserError(
            f"{path}: files ending in {path.suffix or 'nothing'} are not read; "
            f"read now: {', '.join(FORMATS)}. Save the bulletin as text in UTF-8."
        )
    text = FORMATS[path.suffix.lower()](_decoded(path))
    if not text.strip():
        raise UserError(f"{path} is empty: there is no text to read.")
    return text


def listed(paths: list[Path]) -> list[Path]:
    """The files meant: a folder stands for the bulletins in it, by name. Raises UserError."""
    files: list[Path] = []
    for path in map(Path, paths):
        if not path.is_dir():
            files.append(path)
            continue
        inside = sorted(p for p in path.iterdir() if p.suffix.lower() in FORMATS)
        if not inside:
            raise UserError(f"{path} holds no bulletin: files read end in {', '.join(FORMATS)}.")
        files.extend(inside)
    return files


def _decoded(path: Path) -> str:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise UserError(f"{path} is larger than {MOST_BYTES // 10**6} MB: no bulletin is.")
        data = path.read_bytes()
    except FileNotFoundError:
        raise UserError(f"{path} is missing: check its name and folder.") from None
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror or error}.") from error
    try:
        text = data.decode(_encoding(data))
    except UnicodeDecodeError:
        raise UserError(
            f"{path} is neither UTF-8 nor UTF-16 text: open it in its own program and save it as "
            "text in UTF-8."
        ) from None
    if _CONTROLS.search(text):
        raise UserError(f"{path} is a binary file, not text: save the bulletin as text in UTF-8.")
    return text


def _encoding(data: bytes) -> str:
    """UTF-16 by its mark, or by the zero bytes that its ASCII letters have; else UTF-8."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    head = data[:2000]
    if len(head) >= 2 and b"\0" in head:
        odd, even = head[1::2].count(0), head[0::2].count(0)
        if max(odd, even) > len(head) // 8 and min(odd, even) <= max(odd, even) // 10:
            return "utf-16-le" if odd > even else "utf-16-be"
    return "utf-8-sig"


def _plain(text: str) -> str:
    return text


def _page(source: str) -> str:
    page = _Page()
    page.feed(source)
    page.close()
    return page.text()


class _Page(HTMLParser):
    """Collects what a reader of a page sees: no scripts, styles, menus or hidden parts."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._pieces: list[str] = []
        self._dropping = ""
        self._depth = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._dropping:
            self._depth += tag == self._dropping
        elif tag not in _VOID and (tag in _DROPPED or _is_hidden(dict(attrs))):
            self._dropping, self._depth = tag, 1
        else:
            self._break_at(tag)

    def handle_endtag(self, tag: str) -> None:
        if self._dropping:
            self._depth -= tag == self._dropping
            if not self._depth:
                self._dropping = ""
        else:
            self._break_at(tag)

    def handle_data(self, data: str) -> None:
        if not self._dropping:
            self._pieces.append(" ".join(f"|{data}|".split())[1:-1])

    def text(self) -> str:
        """Lines of the page, blank ones left out."""
        lines = (" ".join(line.split(" ")).strip() for line in "".join(self._pieces).split("\n"))
        return "\n".join(line for line in lines if line)

    def _break_at(self, tag: str) -> None:
        if tag in _BLOCKS:
            self._pieces.append("\n")
        elif tag in _CELLS:
            self._pieces.append(" | ")


def _is_hidden(attributes: dict[str, str | None]) -> bool:
    return (
        "hidden" in attributes
        or attributes.get("aria-hidden") == "true"
        or bool(_UNSEEN.search(attributes.get("style") or ""))
    )


FORMATS = {".txt": _plain, ".html": _page, ".htm": _page}
