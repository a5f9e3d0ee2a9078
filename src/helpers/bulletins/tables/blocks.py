"""Blocks: a table's rows taken apart into titles, header and body, its columns into their roles."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from helpers.bulletins.tables import cells, stubs
from helpers.bulletins.tables.cells import Box, Row
from helpers.bulletins.tables.headers import is_unit
from helpers.places import fold

_MOST_HEADER_ROWS = 6
_HEADER_WORDS = re.compile(
    r"^(?:stt|so-tt|tt|no|tinh|dia-phuong|dia-ban|don-vi|ten|chi-tieu|noi-dung|huyen|xa|khu-vuc"
    r"|vung|nam)(?:-|$)"
)
_LIST = re.compile(r"^(?:stt|tt|so-tt|so-thu-tu|no)$")
_CODE = re.compile(r"^(?:ma|ma-.*|code)$")
_NOTE = re.compile(r"^(?:ghi-chu|can-cu|van-ban|so-quyet-dinh|note)(?:-|$)")
_YEAR_IN = re.compile(r"(?<![\d.,])(?:19|20)\d\d(?![.,]?\d)")
_DECIMALS = re.compile(r"(?<=\d)[.,]\d{1,2}\W*$")
_UNIT = re.compile(r"^(?:dvt|don-vi-tinh)$")


@dataclass(frozen=True)
class Block:
    """Rows that belong to one header.

    titles : texts that stand above the header, inside the grid
    header : its rows, without those that number the columns; body : rows below it
    rulers : rows that number the columns, and titles' rows, for their numerals
    """

    titles: tuple[str, ...]
    header: tuple[Row, ...]
    body: tuple[Row, ...]
    rulers: tuple[Row, ...]


@dataclass(frozen=True)
class Column:
    """A column: its header from the outer to the inner words, and its role.

    role  : 'figures', 'name', 'list' (numbers of the rows), 'code', 'unit' or 'note'
    looks : what its numbers look like: 'rates' have decimals, 'counts' four digits; or ''
    falls  : whether most of its numbers bear a minus or stand in brackets; signed : whether some do
    """

    path: tuple[str, ...]
    role: str
    looks: str = ""
    falls: bool = False
    signed: bool = False


def split(rows: Sequence[Row]) -> list[Block]:
    """Blocks of a grid: a header row that stands below numbers opens another one."""
    found: list[Block] = []
    head: list[Row] = []
    body: list[Row] = []
    width = max((len(row) for row in rows), default=0)
    for row in rows:
        if body and _is_header(row, width):
            found.append(_block(head, body))
            head, body = [], []
        if body or (_is_data(row) and not _is_years(row)):
            body.append(row)
        else:
            head.append(row)
    return [*found, _block(head, body)]


def columns(block: Block) -> dict[int, Column]:
    """The columns of a block by their position."""
    paths = _paths(block)
    numbers: Counter[int] = Counter()
    texts: dict[int, list[str]] = {}
    for row in block.body:
        for position, box in row.items():
            said = texts.setdefault(position, [])
            if box.left != box.right or cells.is_blank(box.words):
                continue
            said.append(box.words)
            numbers[position] += cells.is_number(box.words)
    found: dict[int, Column] = {}
    for position in sorted(set(paths) | set(texts)):
        path, said = paths.get(position, ()), texts.get(position, [])
        first = not any(column.role == "figures" for column in found.values())
        role = _role(path, said, numbers[position], first)
        found[position] = (
            Column(path, role, *looks(said)) if role == "figures" else Column(path, role)
        )
    return _named(found, texts)


def _block(head: list[Row], body: list[Row]) -> Block:
    """A block of these rows: titles cut off above the header, headings below given to the body."""
    rulers = [row for row in head if cells.numbers_columns(row)]
    kept = [row for row in head if not cells.numbers_columns(row)]
    first = min((min(row) for row in kept), default=0)
    while (
        len(kept) > 1 and _is_heading(kept[-1], first) and len(list(cells.distinct(kept[-2]))) > 1
    ):
        body = [kept.pop(), *body]
    tops = [i for i, row in enumerate(kept) if any(_HEADER_WORDS.match(w) for w in _folded(row))]
    top = tops[0] if tops else 0
    while not tops and top < len(kept) and _width(kept[top]) < 2:
        top += 1
    top = max(top, len(kept) - _MOST_HEADER_ROWS)
    titles = [box.words for row in kept[:top][-12:] for box in cells.distinct(row)]
    return Block(tuple(titles), tuple(kept[top:]), tuple(body), (*rulers, *kept[:top]))


def _width(row: Row) -> int:
    """How many cells a row prints."""
    return sum(1 for _ in cells.distinct(row))


def _folded(row: Row) -> Iterable[str]:
    return (fold(box.words[:40]) for box in cells.distinct(row))


def _is_data(row: Row) -> bool:
    """Whether a row has a number that is no column's."""
    return any(cells.is_number(box.words) for box in row.values()) and not cells.numbers_columns(
        row
    )


def _is_years(row: Row) -> bool:
    """Whether the only numbers of a row are years over its columns."""
    boxes = list(cells.distinct(row))
    years = [box for box in boxes if cells.is_number(box.words)]
    if not all(cells.is_year(box.words) for box in years):
        return False
    names = [box.words for box in boxes[:2] if not cells.is_number(box.words)]
    named = any(stubs.is_place(name) or stubs.total(name) for name in names)
    dated = sum(bool(_YEAR_IN.search(box.words)) for box in boxes)
    headed = dated > 1 or any(_HEADER_WORDS.match(words) for words in _folded(row))
    return bool(years) and headed and not named and (boxes[0] is not years[0] or boxes[0].left > 0)


def _is_header(row: Row, width: int) -> bool:
    """Whether a row below numbers starts a table anew: texts across it, no number but years."""
    texts = [box for box in cells.distinct(row) if not cells.is_blank(box.words)]
    if len(texts) < 3 or 2 * len(row) < width:
        return False
    return not any(cells.is_number(b.words) and not cells.is_year(b.words) for b in texts)


def _is_heading(row: Row, first: int) -> bool:
    """Whether a row only names a group of the rows below it."""
    boxes = list(cells.distinct(row))
    if len(boxes) == 2 and stubs.ordinal(boxes[0].words):
        boxes = boxes[1:]
    return len(boxes) == 1 and min(row) <= first + 1 and boxes[0].top == boxes[0].bottom


def _paths(block: Block) -> dict[int, tuple[str, ...]]:
    """Words over each column, outer first; a cell left blank goes on with its left neighbour."""
    merged = any(box.left != box.right for row in block.header for box in row.values())
    positions = sorted({p for row in (*block.header, *block.body) for p in row})
    boxes: dict[int, list[Box]] = {p: [] for p in positions}
    for depth, row in enumerate(block.header):
        left: Box | None = None
        for position in positions:
            below = any(position in later for later in block.header[depth + 1 :])
            box = row.get(position) or (left if below and not merged else None)
            left = box
            if box is not None and box not in boxes[position]:
                boxes[position].append(box)
    return {p: tuple(box.words for box in over) for p, over in boxes.items() if over}


def _role(path: tuple[str, ...], said: list[str], numbers: int, first: bool) -> str:
    key = fold(path[-1][:60]) if path else ""
    if _LIST.match(key):
        return "list"
    if _CODE.match(key):
        return "code"
    if _NOTE.match(key):
        return "note"
    if _UNIT.match(key) or (said and all(is_unit(words) for words in said)):
        return "unit"
    if first and len(said) > 1 and all(map(cells.names_year, said)) and len(set(said)) == len(said):
        return "name"
    if numbers and 2 * numbers >= len(said):
        return "figures"
    return "name" if first and said else "figures" if not said else "note"


def _named(found: dict[int, Column], texts: dict[int, list[str]]) -> dict[int, Column]:
    """The columns, with one of nothing but row numbers before the names told apart."""
    positions = list(found)
    for at, position in enumerate(positions[:3]):
        later = [found[p].role for p in positions[at + 1 : at + 3]]
        said = texts.get(position, [])
        if found[position].role in {"figures", "name"} and "name" in later and said:
            run = [int(words.strip(".)")) for words in said if words.strip(".)").isdecimal()]
            if all(map(stubs.ordinal, said)) and (not run or run[0] in {1, 0}):
                found[position] = Column(found[position].path, "list")
    return found


def looks(said: list[str]) -> tuple[str, bool, bool]:
    """What numbers look like, and whether most, and some, bear a minus or stand in brackets."""
    numbers = [words for words in said if cells.is_number(words)]
    decimals = sum(bool(_DECIMALS.search(words)) for words in numbers)
    large = any(len(re.sub(r"\D", "", _DECIMALS.sub("", words))) > 3 for words in numbers)
    falling = sum(words[:1] in "(-−–" for words in numbers)
    alike = "counts" if large else "rates" if 2 * decimals >= len(numbers) > 0 else ""
    return alike, 2 * falling > len(numbers), falling > 0
