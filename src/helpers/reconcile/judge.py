"""Judging one part of a ledger that cannot hold: conflicts, doubts, causes, new values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from helpers.reconcile import causes
from helpers.reconcile.causes import Suggestion
from helpers.reconcile.conflicts import (
    HARD,
    Conflict,
    chained,
    direct,
    merged,
    share_of_parts,
    with_shares,
)
from helpers.reconcile.doubts import Block, Set, holds, localise, value_range
from helpers.reconcile.nearest import nearest_values
from helpers.reconcile.system import System, under, with_print

CONVENTION = ("more_than", "nearly")
LOOSE = 1.25  # further away than a quarter nobody writes `more than`: that is another number
SUM = "sum-of-parts"
Row = Mapping[str, Any]
Figures = Sequence[Row]


@dataclass(frozen=True)
class NewValue:
    """A value put in the place of a printed one: what, why and how it was found.

    status : corrected (one printing error explains all) or adjusted (nearest possible value)
    alternatives : how many other changes are equally good
    """

    status: str
    value: float
    low: float
    high: float
    why: str
    alternatives: int


@dataclass(frozen=True)
class Finding:
    """What one block of conflicts comes to; figures by their numbers in the part.

    conflicts   : reported conflicts with their sides
    doubted     : every smallest set of figures to doubt; empty where the conflict is explained
    suggestions : corrected prints by figure
    causes      : a code a conflict; explained causes leave all values as they are
    new_values  : by figure, verified together with all figures that are not doubted
    allowed     : by number of the set and figure in it, the range that the others then leave it
    """

    conflicts: tuple[Conflict, ...]
    doubted: tuple[Set, ...]
    suggestions: dict[int, list[Suggestion]]
    causes: tuple[str, ...]
    new_values: dict[int, NewValue]
    allowed: dict[tuple[int, int], tuple[float, float]] = field(default_factory=dict)


def judge(system: System, figures: Figures) -> list[Finding]:
    """Findings of one part of a ledger of which screening says that it cannot hold.

    system  : the part, figures numbered from 0
    figures : their ledger rows in the same order
    """
    known = direct(system)
    blocks = localise(system, [conflict.figures for conflict in known])
    findings = []
    for number, block in enumerate(blocks):
        others = [f for i, b in enumerate(blocks) if i != number for f in b.doubted[0]]
        mine = _told(system, block, known)
        findings.append(_finding(system, figures, block, merged(system, mine), others))
    return _verified(system, findings)


def _told(system: System, block: Block, known: list[Conflict]) -> list[Conflict]:
    """The conflicts of a block that one rule shows, and those without which a doubt has no reason.

    What only several rules show is left out where its doubts are told by simpler conflicts.
    """
    mine = [conflict for conflict in known if conflict.figures in block.conflicts]
    told = {figure for conflict in mine for figure in conflict.figures}
    simple = {conflict.figures for conflict in mine}
    for members in block.conflicts:
        doubts = {figure for doubted in block.doubted for figure in doubted} & set(members)
        if members not in simple and (not mine or not doubts <= told):
            mine.append(chained(system, members))
            told |= set(members)
    return mine


def _finding(
    system: System, figures: Figures, block: Block, mine: list[Conflict], others: list[int]
) -> Finding:
    if _is_convention(system, figures, block, others):
        return Finding(tuple(mine), (), {}, ("convention",) * len(mine), {})
    if _is_incomplete(system, mine, others):
        sums = tuple(with_shares(system, c) for c in mine if c.rule == SUM)
        return Finding(sums, (), {}, ("base",) * len(sums), {})
    allowed = _allowed(system, block, others)
    fitting = _fitting(system, figures, block, allowed, others)
    offers = {f: _by_all(sets) for f, sets in fitting.items() if _by_all(sets)}
    offers |= _turned_signs(figures, block, mine)
    new_values = _new_values(system, figures, block, offers, others)
    shown = {figure: causes.telling(offered) for figure, offered in offers.items()}
    offers = {figure: offered for figure, offered in shown.items() if offered}
    offers = {f: causes.telling(_by_any(sets)) for f, sets in fitting.items()} | offers
    offers = {figure: offered for figure, offered in offers.items() if offered}
    named = tuple(_cause(figures, offers, conflict) for conflict in mine)
    offers = _left_over(system, figures, block, new_values, others) | offers
    return Finding(tuple(mine), block.doubted, offers, named, new_values, allowed)


def _is_convention(system: System, figures: Figures, block: Block, others: list[int]) -> bool:
    """Whether `more than` and `nearly`, taken as loosely as writers do, explain the whole block."""
    loose = [f for c in block.conflicts for f in c if figures[f]["qualifier"] in CONVENTION]
    for figure in sorted(set(loose)):
        row = figures[figure]
        loosest = row["value"] * (LOOSE if row["qualifier"] == "more_than" else 1 / LOOSE)
        ends = sorted((float(row["low"]), float(row["high"]), float(loosest)))
        system = with_print(system, figure, ends[0], ends[-1])
    return bool(loose) and holds(system, _trusted(system, others))


def _is_incomplete(system: System, mine: list[Conflict], others: list[int]) -> bool:
    """Whether the shares printed beside the parts of every sum say that parts are missing.

    Without the sums all figures must hold: each share then fits its part and the whole.
    """
    sums = [conflict for conflict in mine if conflict.rule == SUM]
    if not sums or not all(share_of_parts(system, conflict)[1] < 1 for conflict in sums):
        return False
    rest = under(system, {*system.rule_ids, *HARD} - {SUM})
    return holds(rest, _trusted(system, others))


def _trusted(system: System, freed: list[int]) -> np.typing.NDArray[np.bool_]:
    trusted = np.ones(len(system.figure_var), dtype=np.bool_)
    trusted[freed] = False
    return trusted


def _allowed(
    system: System, block: Block, others: list[int]
) -> dict[tuple[int, int], tuple[float, float]]:
    """The range that each smallest set, doubted as a whole, leaves to each of its figures."""
    found = {}
    for number, doubted in enumerate(block.doubted):
        trusted = _trusted(system, [*doubted, *others])
        for figure in doubted:
            ends = value_range(system, trusted, figure)
            if ends is not None:
                found[number, figure] = ends
    return found


def _fitting(
    system: System,
    figures: Figures,
    block: Block,
    allowed: dict[tuple[int, int], tuple[float, float]],
    others: list[int],
) -> dict[int, list[list[Suggestion]]]:
    """Corrected prints of each doubted figure, a list for each set that doubts it.

    The whole of a fraction `12/13` is kept: with it the corrected print must hold.
    """
    found: dict[int, list[list[Suggestion]]] = {}
    for number, doubted in enumerate(block.doubted):
        for figure in doubted:
            row = figures[figure]
            offered: list[Suggestion] = []
            if (
                row["qualifier"] == "exact" and (number, figure) in allowed
            ):  # no slip of a rough one
                alike = [other for other in figures if other["unit"] == row["unit"]]
                decimals = max(causes.decimals(str(o["printed"]), float(o["value"])) for o in alike)
                ends = float(row["value"]), float(row["low"]), float(row["high"])
                fits = allowed[number, figure]
                offered = causes.suggestions(str(row["printed"]), *ends, fits, decimals)
                if row["of"] == row["of"]:  # a fraction: its whole is not missing
                    rest = [f for f in doubted if f != figure]
                    offered = [s for s in offered if _clears(system, figure, s, [*rest, *others])]
            found.setdefault(figure, []).append(offered)
    return dict(sorted(found.items()))


def _clears(system: System, figure: int, meant: Suggestion, freed: list[int]) -> bool:
    """Whether everything holds with a corrected print, all trusted but some others."""
    with_meant = with_print(system, figure, meant.low, meant.high)
    return holds(with_meant, _trusted(system, freed))


def _by_all(sets: list[list[Suggestion]]) -> list[Suggestion]:
    """The suggestions that hold whichever of the sets is doubted."""
    return [s for s in sets[0] if all(s in offered for offered in sets[1:])]


def _by_any(sets: list[list[Suggestion]]) -> list[Suggestion]:
    """The suggestions that hold if the right one of the sets is doubted."""
    return list(dict.fromkeys(s for offered in sets for s in offered))


def _turned_signs(
    figures: Figures, block: Block, mine: list[Conflict]
) -> dict[int, list[Suggestion]]:
    """Changes that would be right with the other direction; only where nothing else is wrong."""
    offers = {}
    for conflict in mine if len(block.conflicts) == 1 else []:
        levels, change = conflict.first, conflict.second
        if conflict.rule == "change-of-level" and levels.low < 0:
            figure = change.figures[0]
            text = causes.turned(str(figures[figure]["printed"]))
            if text and -levels.high <= change.high and change.low <= -levels.low:
                value = float(figures[figure]["value"])
                offers[figure] = [Suggestion("sign", text, value, change.low, change.high)]
    return offers


def _new_values(
    system: System,
    figures: Figures,
    block: Block,
    offers: dict[int, list[Suggestion]],
    others: list[int],
) -> dict[int, NewValue]:
    """Values for figures that every smallest set doubts: corrections first, then adjustments."""
    if not block.complete or any(s.cause == "sign" for o in offers.values() for s in o):
        return {}
    always = set(block.doubted[0]).intersection(*block.doubted)
    result: dict[int, NewValue] = {}
    for figure in sorted(always & set(offers)):
        if len(offers[figure]) == 1:
            best = offers[figure][0]
            result[figure] = NewValue(
                "corrected", best.value, best.low, best.high, _why(best, block), 0
            )
    if len(block.doubted) > 1:
        return result
    for figure, new in result.items():
        system = with_print(system, figure, new.low, new.high)
    open_figures = [f for f in block.doubted[0] if f not in result]
    free = [figure for figure in open_figures if figure not in offers]
    kept = [figure for figure in open_figures if figure in offers]
    for figure, (value, low, high) in nearest_values(
        system, figures, free, [*kept, *others]
    ).items():
        result[figure] = _adjusted(value, (low, high), figures[figure])
    return result


def _left_over(
    system: System,
    figures: Figures,
    block: Block,
    new_values: dict[int, NewValue],
    others: list[int],
) -> dict[int, list[Suggestion]]:
    """The one count that every smallest set leaves to a figure, once the new values are taken."""
    always = set(block.doubted[0]).intersection(*block.doubted) - set(new_values)
    for figure, new in new_values.items():
        system = with_print(system, figure, new.low, new.high)
    offers = {}
    for figure in sorted(always) if block.complete and new_values else []:
        freed = [[f for f in doubted if f not in new_values] for doubted in block.doubted]
        ends = {value_range(system, _trusted(system, [*fs, *others]), figure) for fs in freed}
        only = ends.pop() if len(ends) == 1 else None
        row = figures[figure]
        if only is not None and only[0] == only[1]:
            offers[figure] = causes.rewritten(str(row["printed"]), float(row["value"]), only[0])
    return {figure: offered for figure, offered in offers.items() if offered}


def _adjusted(nearest: float, allowed: tuple[float, float], row: Row) -> NewValue:
    is_count = row["unit"] not in ("%", "pp")
    low, high = (round(end, 6) for end in allowed)
    how = "to what is printed" if is_count else "of those with the fewest decimals"
    why = (
        f"the only smallest set of figures to doubt holds this one; without it the others allow "
        f"{low:.12g} to {high:.12g}, and {nearest:.12g} is nearest {how}"
    )
    alternatives = int(allowed[1] - allowed[0]) if is_count else 0
    return NewValue("adjusted", nearest, nearest, nearest, why, alternatives)


def _why(best: Suggestion, block: Block) -> str:
    return (
        f"every smallest set of figures to doubt ({len(block.doubted)}) holds this one, and "
        f"'{best.printed}' ({best.cause.replace('_', ' ')}) clears its conflicts and makes none"
    )


def _cause(figures: Figures, offers: dict[int, list[Suggestion]], conflict: Conflict) -> str:
    """The likeliest cause of one conflict, from the corrections offered for its figures."""
    named = [offers[f][0].cause for f in conflict.figures if f in offers]
    if named:
        return causes.code(min(named, key=causes.rank))
    values = [float(figures[f]["value"]) for f in conflict.figures]
    gap = conflict.first.low - conflict.second.high
    if conflict.first.form == "sum" and causes.is_rounded(values, gap):
        return "rounded_parts"
    return "unknown"


def _verified(system: System, findings: list[Finding]) -> list[Finding]:
    """The findings, with new values only where all figures but the doubted hold with them."""
    if not any(finding.new_values for finding in findings):
        return findings
    freed = []
    for finding in findings:
        new = finding.new_values
        for figure, value in new.items():
            system = with_print(system, figure, value.low, value.high)
        if finding.doubted:
            freed += [f for f in finding.doubted[0] if f not in new]
        else:
            freed += [f for conflict in finding.conflicts for f in conflict.figures]
    if holds(system, _trusted(system, freed)):
        return findings
    return [replace(finding, new_values={}) for finding in findings]
