"""Tables: every figure of the tables that stand in a bulletin, every other numeral named."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from helpers import quantities
from helpers.bulletins import scanner
from helpers.bulletins.files.grids import Grid
from helpers.bulletins.indicators import Subject
from helpers.bulletins.links import Link, Tied
from helpers.bulletins.numerals import Span
from helpers.bulletins.scanner import Printed
from helpers.bulletins.tables import blocks, cells, headers, lines, stubs, tallies
from helpers.bulletins.tables.blocks import Block, Column
from helpers.bulletins.tables.cells import Box, Row
from helpers.bulletins.tables.headers import Said
from helpers.bulletins.tables.lines import Line, Names
from helpers.bulletins.tables.stubs import Setting
from helpers.bulletins.tables.tallies import Entry
from helpers.bulletins.text import Text

_CAPTION_LINES = 3
_LONGEST_CELL = 120
_LONGEST_CAPTION = 160
_DECIMALS = re.compile(r"\d([.,])\d{1,2}(?!\d)")
_THOUSANDS = re.compile(r"(?<!\d)\d{1,3}(?:([.,])\d{3})+(?!\d)")
_DIGITS = re.compile(r"[0-9]+(?:[.,][0-9]+)*")
_OTHERS = (
    ("date", re.compile(r"(?<!\d)\d{1,2}[/.-]\d{1,2}[/.-](?:19|20)\d{2}(?!\d)")),
    ("law", re.compile(r"(?<![\d/])\d{1,5}(?:/(?:19|20)\d{2})?[/-][A-ZĐ][\wĐ/-]{1,20}")),
    ("period", re.compile(r"(?<!\d)(?:19|20)\d{2} ?[-–] ?(?:19|20)\d{2}(?!\d)")),
    ("date", re.compile(r"(?<=[Tt]háng )\d{1,2}(?:/(?:19|20)\d{2})?(?!\d)")),
    ("period", re.compile(r"(?<!\d)\d{1,2}(?= tháng (?:đầu|cuối))")),
    ("article", re.compile(r"(?<=[Bb]iểu )\d{1,2}|(?<=[Bb]ảng )\d{1,2}|(?<=[Pp]hụ lục )\d{1,2}")),
    ("year", re.compile(r"(?<![\d.,])(?:19|20)\d{2}(?![\d.,]\d|\d)")),
    ("list", re.compile(r"^\(?\d{1,2}(?:\.\d{1,2}){0,3}[.)]+")),
)  # fmt: skip


@dataclass(frozen=True)
class Tables:
    """What the tables of a text say.

    figures : by position
    links   : (figure, relation, other), by their index in `figures`
    spans   : every other numeral inside the tables, by position
    """

    figures: list[Tied]
    links: list[Link]
    spans: list[Span]


def read(text: Text, grids: Sequence[Grid], home: str, month: str, period: str) -> Tables:
    """Read the tables of a text.

    grids  : where they lie, in offsets of the decoded text
    home   : code of the office's place, '' if unknown
    month  : when the text was written, '2025-08', or ''
    period : the bulletin's own period as in a ledger, or ''
    Each sequence of the digits 0-9 inside a grid lies in exactly one figure or span.
    """
    entries: list[Entry] = []
    spans: list[Span] = []
    taken = bytearray(len(text.nfc))
    ground = scanner.style_of(text.nfc) if grids else "vi"
    floor = number = 0
    for grid in sorted(grids, key=lambda grid: (grid.start, grid.end)):
        rows = cells.rows_of(text, grid)
        above = _above(text, text.position(grid.start), floor)
        frame = _Frame(text, home, month, period, _style(rows, ground), above)
        for block in blocks.split(rows):
            number += 1
            found, others = _block(frame, block, number)
            entries += [e for e in found if _take(taken, e.tied.printed.start, e.tied.printed.end)]
            spans += [span for span in others if _take(taken, span.start, span.end)]
        spans += _left_over(text, grid, taken)
        floor = max(floor, text.position(grid.end))
    entries.sort(key=lambda entry: entry.tied.printed.start)
    entries = tallies.dated(entries)
    return Tables([entry.tied for entry in entries], tallies.find(entries), sorted(spans))


def holds_prose(text: Text, grid: Grid) -> bool:
    """Whether a grid only frames running text: most of what it prints stands in long cells."""
    boxes = {box.start: box for row in cells.rows_of(text, grid) for box in row.values()}
    lengths = [len(box.words) for box in boxes.values()]
    return 2 * sum(length for length in lengths if length > _LONGEST_CELL) > sum(lengths)


@dataclass(frozen=True)
class _Frame:
    """What holds for all of a grid; `style` is of its numbers, `above` the lines over it."""

    text: Text
    home: str
    month: str
    period: str
    style: str
    above: tuple[str, ...]


@dataclass(frozen=True)
class _Over:
    """What stands over a column of figures, the nearest words first, and its own place if any."""

    said: tuple[Said, ...]
    place: str
    over: str | None
    column: Column


def _block(frame: _Frame, block: Block, number: int) -> tuple[list[Entry], list[Span]]:
    """Figures of a block, and the numerals of its header, row numbers and codes."""
    titles = (*frame.above, *block.titles)[-2 * _CAPTION_LINES :]
    caption = headers.caption(titles, frame.period)
    base = caption.period or frame.period
    columns = blocks.columns(block)
    named = next((p for p in map(_place_named(frame), reversed(titles)) if p), "")
    setting = Setting(frame.home, named or frame.home, frame.month, "")
    names = lines.names(block, columns, setting)
    setting = lines.whole(names, setting, named)
    rows = lines.of(block, columns, names, setting, base)
    over = _over(columns, names, setting, base)
    caption = _fitting(caption, over, rows)
    found: list[Entry] = []
    for line in rows:
        found += _entries(frame, line, over, columns, caption, number)
    return found, list(_named_numerals(frame.text, block, columns))


def _place_named(frame: _Frame) -> Callable[[str], str]:
    return lambda line: stubs.named_in(line, frame.home, frame.month)


def _over(
    columns: dict[int, Column], names: dict[int, Names], setting: Setting, base: str
) -> dict[int, _Over]:
    """What stands over each column of figures."""
    counted = {p: column for p, column in columns.items() if column.role == "figures"}
    modes = {each.mode for each in names.values()}
    leaves = [column.path[-1] for column in counted.values() if column.path]
    proper = "places" not in modes and any(stubs.is_listed(leaf, setting) for leaf in leaves)
    inside = setting
    if proper:
        inside = replace(setting, level=stubs.level_of("", leaves, setting))
    umbrellas = _umbrellas(counted.values())
    found: dict[int, _Over] = {}
    left: tuple[Said, ...] = ()
    for position, column in counted.items():
        said: list[Said] = []
        place = ""
        for words in column.path:
            here = "" if "places" in modes else _place_over(words, inside, proper)
            place = here or place
            if not here:
                period = next((one.period for one in said if one.period), base)
                one = headers.said(words, period)
                said.insert(0, replace(one, kind="") if words in umbrellas else one)
        levels = _beside(tuple(said), left)
        found[position] = _Over(
            levels, place, setting.own if place != setting.own else None, column
        )
        left = levels
    return found


def _umbrellas(columns: Iterable[Column]) -> set[str]:
    """Words over columns of several kinds, `Hộ nghèo, hộ cận nghèo`, which are of none of them."""
    return {
        words
        for column in columns
        for depth, words in enumerate(column.path)
        if any(headers.said(inner).kind for inner in column.path[depth + 1 :])
    }


def _place_over(words: str, setting: Setting, proper: bool) -> str:
    """Code of the place that a header names; '' where it names none."""
    if stubs.total(words) not in {"", "sum"}:
        return setting.own
    if stubs.is_place(words) or (proper and stubs.is_name(words)):
        said = headers.said(words)
        return "" if said.kind or said.measure else stubs.place_of(words, setting)
    return setting.own if proper and stubs.total(words) else ""


def _beside(said: tuple[Said, ...], left: tuple[Said, ...]) -> tuple[Said, ...]:
    """A column of nothing but `Tỷ lệ` is of the households on its left."""
    if not said or any(one.kind or one.label for one in said) or not left:
        return said
    bare = said[0].measure == "rate" or bool(said[0].change)
    told = next((one for one in left if one.kind or one.label), None)
    changed = any(one.change for one in left) and not said[0].change
    if not bare or told is None or told.kind == "total" or changed:
        return said
    return (*said, replace(told, measure="", units=(), period="", change="", status=""))


def _fitting(caption: Said, over: dict[int, _Over], rows: Sequence[Line]) -> Said:
    """The caption, without what its columns or rows say by themselves."""
    said = [one for each in over.values() for one in each.said]
    said += [one for line in rows for one in line.said]
    if any(one.measure or one.units for one in said):
        caption = replace(caption, measure="", units=caption.units if _sole(caption) else ())
    return replace(caption, label="") if any(one.kind for one in said) else caption


def _sole(caption: Said) -> bool:
    """Whether the unit above a table is one that no count or rate of households has."""
    return len(caption.units) == 1 and caption.units[0] not in {"%", "hộ"}


def _entries(
    frame: _Frame,
    line: Line,
    over: dict[int, _Over],
    columns: dict[int, Column],
    caption: Said,
    block: int,
) -> Iterator[Entry]:
    """The figures of a row."""
    unit = next((b for p, b in line.row.items() if columns[p].role == "unit"), None)
    given = (headers.said(unit.words),) if unit else ()
    explicit = any(one.kind for each in over.values() for one in each.said)
    said = [box.words for position, box in line.row.items() if position in over]
    by_row = blocks.looks(said)[0] if line.thing else None
    for position, each in over.items():
        box = line.row.get(position)
        match = cells.number(box.words) if box and _is_one(box) else None
        if box is None or match is None:
            continue
        levels = _levels(line, each, given, caption, explicit)
        column = each.column if by_row is None else replace(each.column, looks=by_row)
        for printed, what in _figures(frame, box, match, levels, column):
            tied = _tied(frame, printed, what, levels, each.place or line.place)
            against = next((one.against for one in levels if one.against), "")
            dated = any(one.period for one in (*each.said, *line.said))
            above = each.over if each.place else line.over
            yield Entry(tied, block, box.top, position, above, against, dated)


def _tied(
    frame: _Frame, printed: Printed, what: Subject, levels: tuple[Said, ...], place: str
) -> Tied:
    """A figure with its place and time."""
    period = next((one.period for one in levels if one.period), frame.period)
    status = next((one.status for one in levels if one.status), "")
    sentence, line = frame.text.sentence_of(printed.start), frame.text.line_of(printed.start)
    if status == "target":
        what = replace(what, indicator=f"target_{what.indicator}")
    return Tied(printed, what, sentence, line, place, period, "", "", status, False)


def _is_one(box: Box) -> bool:
    """Whether a cell stands in one row and one column, so that it is known what it is about."""
    return box.left == box.right and box.top == box.bottom


def _levels(
    line: Line, over: _Over, given: tuple[Said, ...], caption: Said, explicit: bool
) -> tuple[Said, ...]:
    """What is said of a cell, the nearest words first: its row's where rows name what is counted.

    A bare `Số hộ` beside columns of the poor is of all households.
    """
    by_row = any(one.kind or one.label for one in line.said[:1])
    by_column = any(one.kind or one.label for one in over.said)
    said = (*over.said, *given, *line.said)
    if by_row and by_column:
        said = (*given, *line.said, *over.said)
    bare = over.said and not any(one.kind or one.label for one in said)
    if bare and explicit and over.said[0].measure == "count" and len(over.said) == 1:
        return (*said, replace(caption, kind="total"))
    return (*said, caption)


def _figures(
    frame: _Frame, box: Box, match: re.Match[str], levels: tuple[Said, ...], column: Column
) -> Iterator[tuple[Printed, Subject]]:
    """The figure that a cell prints, or the two of `1.443 (5,32%)`."""
    sign = _sign(box.words, match["sign"] or "", levels, column)
    number = match["printed"]
    at = frame.text.nfc.find(number.split(" ")[0], box.start, box.end)
    if at < 0 or frame.text.nfc[at : at + len(number)] != number:
        return
    printed_unit = headers.unit_in(number) or ("hộ" if match["rate"] else "")
    what = headers.subject(levels, printed_unit, column.looks, sign)
    if what is None:
        return
    read = _printed(number, at, what.unit, frame.style)
    if sign == "-" and not what.direction:
        problem = f"{box.words} has a minus, but no header says that it is a change"
        read = replace(read, quantity=None, problem=problem)
    yield read, what
    if match["rate"]:
        behind = frame.text.nfc.find(match["rate"], at + len(number), box.end)
        rate = headers.subject(levels, "%", "rates", sign)
        if behind >= 0 and rate is not None:
            yield _printed(match["rate"], behind, rate.unit, frame.style), rate


def _sign(words: str, sign: str, levels: tuple[Said, ...], column: Column) -> str:
    """'-' or '+' of a change; in a column headed `Giảm` the sign of most numbers means a fall."""
    minus = sign not in {"", "+"} or words[:1] == "("
    change = next((one.change for one in levels if one.change), "")
    if change == "fall":
        return "-" if minus == column.falls else "+"
    if change == "either" and not sign and not minus:
        return "+" if column.signed else ""
    return "-" if minus else sign


def _printed(number: str, at: int, unit: str, style: str) -> Printed:
    """A number at a position of the text, read."""
    digit = _DIGITS.search(number)
    first = at + (digit.start() if digit else 0)
    return Printed(at, first, at + len(number), unit, "", *_measured(number, style, unit))


@lru_cache(maxsize=10_000)  # small counts and rates come again and again
def _measured(number: str, style: str, unit: str) -> tuple[quantities.Quantity | None, str]:
    """What a number reads as, or None and why not."""
    try:
        return quantities.parse(number, style, unit), ""
    except quantities.UnreadableNumber as error:
        return None, str(error)


def _style(rows: Sequence[Row], ground: str) -> str:
    """How the numbers of a table are written: by its own decimals, else as the text does."""
    marks: Counter[str] = Counter()
    for row in rows:
        for box in row.values():
            if len(box.words) <= scanner.LONGEST_NUMBER and (m := _DECIMALS.search(box.words)):
                marks[m[1]] += 1
            elif len(box.words) <= scanner.LONGEST_NUMBER and (m := _THOUSANDS.search(box.words)):
                marks[{".": ",", ",": "."}[m[1]]] += 1
    if not marks:
        return ground
    return "vi" if marks[","] >= marks["."] else "en"


def _above(text: Text, start: int, floor: int) -> tuple[str, ...]:
    """Up to three short lines right above a table, none of another table."""
    found: list[str] = []
    number = text.line_of(start) if start < len(text.nfc) else len(text.lines) - 1
    for at in range(number - 1, max(-1, number - 1 - _CAPTION_LINES), -1):
        opening = text.lines[at]
        line = text.nfc[opening : text.lines[at + 1]].strip()
        if opening < floor or not line or len(line) > _LONGEST_CAPTION or line[-1] in ".;":
            break
        found.insert(0, line)
    return tuple(found)


def _named_numerals(text: Text, block: Block, columns: dict[int, Column]) -> Iterator[Span]:
    """Numerals of a block that are no figure, and of what kind they are."""
    for row in block.rulers:
        for box in cells.distinct(row):
            yield from _numerals(text, box, "list" if cells.numbers_columns(row) else "other")
    for row in block.header:
        for box in cells.distinct(row):
            yield from _numerals(text, box, "other")
    kinds = {"list": "list", "code": "code", "name": "name"}
    for row in block.body:
        for position, box in row.items():
            role = columns[position].role if box.left == box.right else ""
            if role == "name" and stubs.ordinal(box.words):
                yield from _numerals(text, box, "list")
            elif role != "figures" or not cells.is_number(box.words):
                short = len(box.words) <= _LONGEST_CELL
                yield from _numerals(text, box, kinds.get(role, "other") if short else "other")


def _numerals(text: Text, box: Box, kind: str) -> Iterator[Span]:
    """Numerals of a cell: dates, years and the like by their form, the others of one kind."""
    if kind not in {"list", "code"}:
        for name, pattern in _OTHERS:
            for match in pattern.finditer(text.nfc, box.start, box.end):
                yield Span(match.start(), match.end(), name)
    for match in _DIGITS.finditer(text.nfc, box.start, box.end):
        yield Span(match.start(), match.end(), kind)


def _left_over(text: Text, grid: Grid, taken: bytearray) -> list[Span]:
    """Numerals of a grid that nothing else took, so that none is lost."""
    start, end = text.position(grid.start), text.position(grid.end)
    found: list[Span] = []
    for match in _DIGITS.finditer(text.nfc, start, end):
        if _take(taken, *match.span()):
            found.append(Span(*match.span(), "other"))
            continue
        digits = (at for at in range(*match.span()) if text.nfc[at].isdigit())
        found += [Span(at, at + 1, "other") for at in digits if _take(taken, at, at + 1)]
    return found


def _take(taken: bytearray, start: int, end: int) -> bool:
    """Mark characters as understood; False where some of them are already."""
    if end <= start or 1 in taken[start:end]:
        return False
    taken[start:end] = b"\x01" * (end - start)
    return True
