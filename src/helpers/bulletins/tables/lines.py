"""Lines: whom each row of a table is about: its place, group, and what its name says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from helpers.bulletins.tables import cells, headers, stubs
from helpers.bulletins.tables.blocks import Block, Column
from helpers.bulletins.tables.cells import Box, Row
from helpers.bulletins.tables.headers import Said
from helpers.bulletins.tables.stubs import Setting

Mode = Literal["places", "things", "groups"]


@dataclass(frozen=True)
class Names:
    """What the names in a column are; `level` is what bare names of places are."""

    mode: Mode
    level: str


@dataclass(frozen=True)
class Line:
    """A row of numbers.

    place : code of its place, '' where none is known
    over  : code of the place that the row is a part of, None for a total or a group
    said  : what its name says of its figures, the nearest words first, then its sections'
    thing : whether its name says what is counted
    """

    row: Row
    place: str
    over: str | None
    said: tuple[Said, ...]
    thing: bool


@dataclass
class _Walk:
    """What a reader keeps in mind while going down the rows."""

    above: list[tuple[int, str]] = field(default_factory=list)
    headed: str = ""
    numbered: bool = False
    sections: list[tuple[bool, Said]] = field(default_factory=list)
    last: str = ""
    thing: Said = field(default_factory=Said)


def names(block: Block, columns: dict[int, Column], setting: Setting) -> dict[int, Names]:
    """What the names in each column of names are."""
    found: dict[int, Names] = {}
    for position, column in columns.items():
        if column.role != "name":
            continue
        named = [row[position].words for row in block.body if position in row]
        named = [name for name in named if not stubs.ordinal(name)]
        header = " ".join(column.path)
        mode = _mode(header, named, columns, setting)
        level = stubs.level_of(header, named, setting) if mode == "places" else ""
        found[position] = Names(mode, level)
    return found


def whole(names: dict[int, Names], setting: Setting, named: str) -> Setting:
    """The setting with the place of the table as a whole: named above it, the country's, home's."""
    level = next((each.level for each in names.values() if each.level), "")
    national = level == "province" and not (named and stubs.rank(named) == 1)
    return replace(setting, own="VN" if national else named or setting.own, level=level)


def of(
    block: Block,
    columns: dict[int, Column],
    names: dict[int, Names],
    setting: Setting,
    base: str,
) -> list[Line]:
    """The rows of numbers of a block, top to bottom."""
    walk = _Walk(last=setting.own)
    counts = Counter(
        stubs.bare(row[position].words)
        for row in block.body
        for position in names
        if position in row
    )
    totals = sum(
        any(stubs.total(row[position].words) == "sum" for position in names if position in row)
        for row in block.body
    )
    figures = {position for position, column in columns.items() if column.role == "figures"}
    found: list[Line] = []
    for row in block.body:
        boxes = [(row[p], each) for p, each in names.items() if p in row]
        boxes = [one for i, one in enumerate(boxes) if i == 0 or one[0] is not boxes[i - 1][0]]
        if any(_counts(row[position]) for position in figures if position in row):
            found.append(_line(row, boxes, walk, setting, base, counts, totals))
        elif row:
            _heading(row, walk, setting, base)
    return _told_apart(found)


def _told_apart(found: list[Line]) -> list[Line]:
    """Communes of one name in two districts bear the district's name too."""
    districts: dict[str, set[str]] = {}
    for line in found:
        if line.over and stubs.rank(line.over) == 3:
            districts.setdefault(line.place, set()).add(line.over)
    return [
        replace(line, place=f"{line.over}/{line.place.rpartition('/')[2]}")
        if line.over and len(districts.get(line.place, ())) > 1
        else line
        for line in found
    ]


def _counts(box: Box) -> bool:
    return cells.is_number(box.words) or cells.is_blank(box.words)


def _mode(header: str, names: Sequence[str], columns: dict[int, Column], setting: Setting) -> Mode:
    """What the names of rows are: places, things that are counted, or groups."""
    told = stubs.places_in(header)
    surely = sum(stubs.is_place(name) or stubs.total(name) not in {"", "sum"} for name in names)
    names = [name for name in names if stubs.total(name) != "sum"]
    said = [headers.said(stubs.unnumbered(name)) for name in names]
    things = sum(
        bool(one.kind or one.measure in {"count", "rate"}) and not one.group for one in said
    )
    dated = sum(bool(one.period) and not one.label for one in said)
    known = sum(bool(one.group) and not one.label for one in said)
    like = 0
    if told or surely or any(stubs.is_listed(name, setting) for name in names):
        like = sum(map(stubs.is_name, names))
    rest = len(names) - dated - known
    if things > max(surely, len(names) // 4) or (things and told is False and not surely):
        return "things"
    if told or (2 * max(surely, like) > rest > 0 and told is not False):
        return "places"
    counted = [c for c in columns.values() if c.role == "figures"]
    named = [headers.said(words) for column in counted for words in column.path]
    if not any(one.kind or one.label for one in named):
        return "places" if surely else "things"
    return "groups" if not surely else "places"


def _line(
    row: Row,
    boxes: list[tuple[Box, Names]],
    walk: _Walk,
    setting: Setting,
    base: str,
    counts: Counter[str],
    totals: int,
) -> Line:
    place, over, own = walk.last, None, list[Said]()
    numbered = any(stubs.opens_section(box.words) for box in row.values())
    outer = False
    for box, each in boxes:
        name = stubs.bare(box.words)
        if each.mode == "things":
            own.insert(0, _thing(stubs.unnumbered(box.words), walk, base))
        elif sum_of := stubs.total(box.words):
            place = place if outer else _summed(walk, setting, sum_of, totals)
        elif code := _named_place(box.words, each, walk, setting, numbered):
            place, over, outer = code, _enter(walk, code, setting), True
            walk.numbered = numbered or (walk.numbered and stubs.rank(code) > 3)
        else:
            said = headers.said(name, base)
            group = said.group or ("" if said.period else name)
            own.insert(0, Said(group=group, period=said.period))
            inside = counts[name] > 1 or box.words[:1] in "-–+"
            place = (walk.last if inside and not numbered else "") or setting.own
    if all(each.mode == "things" for _, each in boxes):
        place = walk.headed or setting.own
    walk.last = place
    sections = [said for _, said in reversed(walk.sections)]
    if over is not None and boxes and counts[stubs.bare(boxes[-1][0].words)] < 2:
        sections = [_not_a_residence(said) for said in sections]
    if numbered and own and own[0].group:
        walk.sections = [(True, own[0])]
    thing = any(each.mode == "things" for _, each in boxes)
    return Line(row, place, over, (*own, *sections), thing)


def _named_place(name: str, each: Names, walk: _Walk, setting: Setting, numbered: bool) -> str:
    """Code of the place that a row's name means; a bare one in a district's section is a commune's.

    numbered : whether the row has the number of a section itself
    """
    if each.mode != "places":
        return ""
    here = replace(setting, level=each.level)
    section = bool(walk.headed) or (walk.numbered and not numbered)
    inside = section and walk.above and stubs.rank(walk.above[-1][1]) in {3, 4}
    return stubs.place_of(name, here, "commune" if inside else "")


def _thing(name: str, walk: _Walk, base: str) -> Said:
    """What a row that names a thing says; a bare `Tỷ lệ` is of the thing named before it."""
    said = headers.said(name, base)
    if said.kind or said.label:
        walk.thing = said
        return said
    return replace(said, kind=walk.thing.kind, label=walk.thing.label)


def _summed(walk: _Walk, setting: Setting, total: str, totals: int) -> str:
    """The place that a total row is of: the section's where each section has one, else all."""
    deep = {"huyện": 3, "quận": 3, "thị xã": 3, "xã": 4, "phường": 4, "vùng": 1}.get(total, 2)
    of_section = totals > 1 if total == "sum" else stubs.rank(walk.headed) == deep
    if walk.headed and of_section:
        place, walk.headed = walk.headed, ""
        return place
    walk.above, walk.sections = [(stubs.rank(setting.own), setting.own)], []
    return setting.own


def _enter(walk: _Walk, code: str, setting: Setting) -> str | None:
    """Come to a row of a place: the place that it is a part of."""
    rank = stubs.rank(code)
    while walk.above and walk.above[-1][0] >= rank:
        walk.above.pop()
    over = walk.above[-1][1] if walk.above else setting.own
    walk.above.append((rank, code))
    return over if over != code else None


def _heading(row: Row, walk: _Walk, setting: Setting, base: str) -> None:
    """A row without numbers names what the rows below it are about."""
    boxes = list(cells.distinct(row))
    upper = stubs.opens_section(boxes[0].words) or boxes[0].words[:2].isupper()
    words = [box.words for box in boxes if not stubs.ordinal(box.words)]
    if len(words) != 1:
        return
    name = stubs.unnumbered(words[0])
    code = stubs.place_of(words[0], setting) if stubs.is_place(words[0]) else ""
    if upper or not walk.sections:
        walk.sections = []
    if code:
        _enter(walk, code, setting)
        walk.headed = walk.last = code
        return
    said = headers.said(name, base)
    if said.kind or said.group or said.period or said.units or said.label:
        walk.sections = [one for one in walk.sections if one[0] and not upper] + [(upper, said)]
        walk.thing = Said()


def _not_a_residence(said: Said) -> Said:
    """A section of towns lists places as a whole, and is no group of their households."""
    residence = said.group in {"urban", "rural", "ethnic_minority_areas", "poor_districts"}
    return replace(said, group="") if residence else said
