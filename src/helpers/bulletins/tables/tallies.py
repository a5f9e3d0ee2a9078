"""Tallies: what a table ties together: counts and rates, parts and wholes, changes and levels."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from helpers.bulletins.links import Link, Tied
from helpers.periods import end

PLAN_ACHIEVED = "ty_le_ke_hoach"
_LEAST_EVIDENCE = 3
_TOLERANCE = 1e-9


@dataclass(frozen=True)
class Entry:
    """A figure of a table.

    block   : number of its block; row, column : where it stands in the grid
    over    : code of the place that its row is a part of, None for a total or a group
    against : the period that a change is counted from, '' where the header does not say
    dated   : whether the table gives its period, rather than the bulletin
    """

    tied: Tied
    block: int
    row: int
    column: int
    over: str | None
    against: str
    dated: bool


Key = tuple[object, ...]


def find(entries: Sequence[Entry]) -> list[Link]:
    """Links between the figures of tables, by their index: (figure, relation, other)."""
    links = [*_rates(entries), *_kinds(entries), *_groups(entries), *_places(entries)]
    links += [*_changes(entries), *_achieved(entries)]
    return sorted(set(links), key=lambda link: (link[0], link[2], link[1]))


def dated(entries: Sequence[Entry]) -> list[Entry]:
    """The figures, each change with the period of its later level and a direction, if told."""
    levels = _levels(entries)
    return [_with_its_level(entry, levels) for entry in _of_the_plan(entries)]


def _of_the_plan(entries: Sequence[Entry]) -> Iterator[Entry]:
    """The figures, each per cent of a plan with the period of what was done."""
    done: Entry | None = None
    for entry in entries:
        if entry.tied.subject.indicator == PLAN_ACHIEVED:
            if done and not entry.dated and done.row == entry.row and done.block == entry.block:
                yield replace(entry, tied=replace(entry.tied, period=done.tied.period))
                continue
        elif entry.tied.status != "target":
            done = entry
        yield entry


def _achieved(entries: Sequence[Entry]) -> Iterator[Link]:
    """A per cent of a plan, and what was done of it, the last figure before it in its row."""
    done = -1
    for number, entry in enumerate(entries):
        if entry.tied.subject.indicator != PLAN_ACHIEVED:
            done = done if entry.tied.status == "target" else number
        elif done >= 0 and (entries[done].block, entries[done].row) == (entry.block, entry.row):
            yield number, "achieved_of", done


def _with_its_level(entry: Entry, levels: dict[Key, list[Entry]]) -> Entry:
    near = _of_change(entry, levels)
    if not near:
        return entry
    period, direction = entry.tied.period, entry.tied.subject.direction
    ends = [one for one in near if not one.tied.period.endswith("-01")]
    if entry.dated:
        ends = [one for one in ends if end(one.tied.period) == end(period)]
    later = max(ends, key=lambda one: end(one.tied.period), default=None)
    if later is not None:
        period = later.tied.period
    before = _earlier(near, period, entry.against)
    if not direction and before is not None and later is not None:
        direction = "fall" if _value(later) < _value(before) else "rise"
    what = replace(entry.tied.subject, direction=direction)
    return replace(entry, tied=replace(entry.tied, period=period, subject=what))


def _changes(entries: Sequence[Entry]) -> Iterator[Link]:
    """A change, and the levels after and before it."""
    levels = _levels(entries)
    index = {id(entry): number for number, entry in enumerate(entries)}
    for number, entry in enumerate(entries):
        near = _of_change(entry, levels)
        period = entry.tied.period
        later = next((one for one in near if one.tied.period == period), None)
        before = _earlier(near, period, entry.against)
        yield from (
            (number, "change_of", index[id(one)]) for one in (later, before) if one is not None
        )


def _levels(entries: Sequence[Entry]) -> dict[Key, list[Entry]]:
    levels: dict[Key, list[Entry]] = defaultdict(list)
    for entry in entries:
        if entry.tied.status != "target":
            levels[(*_about(entry), entry.tied.subject.indicator)].append(entry)
    return levels


def _of_change(entry: Entry, levels: dict[Key, list[Entry]]) -> list[Entry]:
    """Levels that a change is of, one a period; none for a figure that is no change."""
    stem, change, _ = entry.tied.subject.indicator.partition("_change")
    if not change or entry.tied.status == "target":
        return []
    found = levels.get((*_about(entry), stem), [])
    return list({one.tied.period: one for one in found if one.tied.period}.values())


def _earlier(near: Sequence[Entry], period: str, against: str) -> Entry | None:
    """The level that a change is counted from: the one it names, else the last before it."""
    named = [one for one in near if against and one.tied.period.startswith(against[:4])]
    before = named or [one for one in near if end(one.tied.period) < end(period)]
    return max(before, key=lambda one: end(one.tied.period), default=None)


def _about(entry: Entry) -> tuple[object, ...]:
    return entry.block, entry.tied.place, entry.tied.subject.group


def _setting(entry: Entry) -> tuple[object, ...]:
    return (*_about(entry), entry.tied.period, entry.tied.status)


def _rates(entries: Sequence[Entry]) -> Iterator[Link]:
    """A rate and the count of the same households in its row or, transposed, its column."""
    counts: dict[Key, list[int]] = defaultdict(list)
    for number, entry in enumerate(entries):
        stem, _, unit = entry.tied.subject.indicator.rpartition("_")
        if unit == "households":
            counts[(*_setting(entry), stem)].append(number)
    for number, entry in enumerate(entries):
        stem, _, unit = entry.tied.subject.indicator.rpartition("_")
        if unit != "rate":
            continue
        here = counts.get((*_setting(entry), stem), [])
        alike = [one for one in here if entries[one].row == entry.row]
        alike = alike or [one for one in here if entries[one].column == entry.column]
        if alike:
            yield number, "rate_of", min(alike, key=lambda one: abs(one - number))


def _kinds(entries: Sequence[Entry]) -> Iterator[Link]:
    """The poor and the near-poor together are the multidimensionally poor of the reviews."""
    found: dict[Key, dict[str, int]] = defaultdict(dict)
    for number, entry in enumerate(entries):
        indicator = entry.tied.subject.indicator.removeprefix("target_")
        if indicator in {"poor_households", "near_poor_households", "multidim_poor_households"}:
            found[_setting(entry)].setdefault(indicator, number)
    for one in found.values():
        if len(one) == 3:
            whole = one["multidim_poor_households"]
            yield one["poor_households"], "all_parts_of", whole
            yield one["near_poor_households"], "all_parts_of", whole


def _groups(entries: Sequence[Entry]) -> Iterator[Link]:
    """Households of a group are part of all of the place; towns and country are all of them."""
    wholes: dict[Key, int] = {}
    parts: dict[Key, list[int]] = defaultdict(list)
    for number, entry in enumerate(entries):
        key = (entry.block, entry.tied.place, *_what(entry))
        if not _is_count(entry):
            continue
        if entry.tied.subject.group:
            parts[key].append(number)
        else:
            wholes.setdefault(key, number)
    for key, members in parts.items():
        if key not in wholes:
            continue
        whole = wholes[key]
        residence = [n for n in members if entries[n].tied.subject.group in {"urban", "rural"}]
        both = len(residence) == 2 and _adds_up(entries, residence, whole)
        for part in members:
            yield part, "all_parts_of" if both and part in residence else "part_of", whole


def _places(entries: Sequence[Entry]) -> Iterator[Link]:
    """Places are part of the one above; they are all of it where a column adds up.

    A column of households that adds up shows that no row is missing, also for a column that does
    not: there the link lets the contradiction be found.
    """
    wholes: dict[Key, int] = {}
    parts: dict[Key, list[int]] = defaultdict(list)
    for number, entry in enumerate(entries):
        if not _is_count(entry):
            continue
        key = (entry.block, *_what(entry), entry.tied.subject.group)
        wholes.setdefault((*key, entry.tied.place), number)
        if entry.over is not None and entry.over != entry.tied.place:
            parts[(*key, entry.over)].append(number)
    sums = {key: wholes[key] for key in parts if key in wholes and len(parts[key]) > 1}
    adding = {key for key, whole in sums.items() if _adds_up(entries, parts[key], whole)}
    shown = {
        _members(entries, key, parts[key]) for key in adding
        if len(parts[key]) >= _LEAST_EVIDENCE and _counts_households(entries, sums[key])
    }  # fmt: skip
    for key, whole in sums.items():
        known = _members(entries, key, parts[key]) in shown and _counts_households(entries, whole)
        relation = "all_parts_of" if key in adding or known else "part_of"
        yield from ((part, relation, whole) for part in parts[key])


def _members(entries: Sequence[Entry], key: Key, parts: Sequence[int]) -> Key:
    """The table's block, the whole and its parts by name."""
    return key[0], key[-1], frozenset(entries[part].tied.place for part in parts)


def _counts_households(entries: Sequence[Entry], number: int) -> bool:
    return entries[number].tied.subject.unit == "hộ" and _value(entries[number]) > 0


def _what(entry: Entry) -> tuple[object, ...]:
    subject = entry.tied.subject
    return (
        subject.indicator, subject.direction, subject.unit, entry.tied.period, entry.tied.status
    )  # fmt: skip


def _is_count(entry: Entry) -> bool:
    unit = entry.tied.subject.unit
    return not unit.startswith(("%", "pp")) and not math.isnan(_value(entry))


def _adds_up(entries: Sequence[Entry], parts: Sequence[int], whole: int) -> bool:
    value = _value(entries[whole])
    total = math.fsum(_value(entries[part]) for part in parts)
    return abs(total - value) <= _TOLERANCE * max(1.0, abs(value))


def _value(entry: Entry) -> float:
    quantity = entry.tied.printed.quantity
    return quantity.value if quantity else math.nan
