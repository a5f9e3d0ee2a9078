"""Judging one part of a ledger that cannot hold: conflicts, doubts, causes, new values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
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
)
from helpers.reconcile.localise import Block, Set, holds, localise, value_range
from helpers.reconcile.nearest import nearest_counts
from helpers.reconcile.system import System, under, with_print

CONVENTION = ("more_than", "nearly")
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
    """

    conflicts: tuple[Conflict, ...]
    doubted: tuple[Set, ...]
    suggestions: dict[int, list[Suggestion]]
    causes: tuple[str, ...]
    new_values: dict[int, NewValue]


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
        findings.append(_finding(system, figures, block, merged(mine), others))
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
        sums = tuple(conflict for conflict in mine if conflict.rule == SUM)
        return Finding(sums, (), {}, ("base",) * len(sums), {})
    offers: dict[int, list[Suggestion]] = {}
    for figure in sorted({f for doubted in block.doubted for f in doubted}):
        offers[figure] = _offers(system, figures, block, figure, others)
    offers = {figure: offered for figure, offered in offers.items() if offered}
    offers |= _turned_signs(figures, block, mine)
    new_values = _new_values(system, figures, block, offers, others)
    shown = {figure: causes.telling(offered) for figure, offered in offers.items()}
    offers = {figure: offered for figure, offered in shown.items() if offered}
    named = tuple(_cause(figures, offers, conflict) for conflict in mine)
    offers = _left_over(system, figures, block, new_values, others) | offers
    return Finding(tuple(mine), block.doubted, offers, named, new_values)


def _is_convention(system: System, figures: Figures, block: Block, others: list[int]) -> bool:
    """Whether `more than` and `nearly`, taken without a limit, explain the whole block."""
    loose = [f for c in block.conflicts for f in c if figures[f]["qualifier"] in CONVENTION]
    for figure in sorted(set(loose)):
        row = figures[figure]
        more = row["qualifier"] == "more_than"
        top = 100.0 if row["unit"] == "%" else np.inf
        ends = (row["low"], top) if more else (0.0, row["high"])
        system = with_print(system, figure, *ends)
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


def _offers(
    system: System, figures: Figures, block: Block, figure: int, others: list[int]
) -> list[Suggestion]:
    """Corrected prints of one doubted figure that hold under each set that doubts it."""
    row = figures[figure]
    if row["qualifier"] != "exact":
        return []  # a rough number is no slip of digits
    alike = [other for other in figures if other["unit"] == row["unit"]]
    decimals = max(causes.decimals(str(o["printed"]), float(o["value"])) for o in alike)
    found: list[Suggestion] | None = None
    for doubted in (s for s in block.doubted if figure in s):
        allowed = value_range(system, _trusted(system, [*doubted, *others]), figure)
        if allowed is None:
            return []
        ends = float(row["value"]), float(row["low"]), float(row["high"])
        offered = causes.suggestions(str(row["printed"]), *ends, allowed, decimals)
        found = offered if found is None else [s for s in found if s in offered]
    return found or []


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
    trusted = _trusted(system, [*open_figures, *others])
    together = nearest_counts(system, figures, trusted, free)
    for figure in free:
        allowed = value_range(system, _trusted(system, [*open_figures, *others]), figure)
        nearest = allowed and _nearest(figures[figure], allowed, together.get(figure))
        if allowed is None or nearest is None or not np.isfinite(allowed).all():
            break
        result[figure] = _adjusted(nearest, allowed, figures[figure])
        system = with_print(system, figure, nearest, nearest)
        open_figures.remove(figure)
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


def _nearest(row: Row, allowed: tuple[float, float], wanted: float | None) -> float | None:
    """Nearest value in the allowed range: whole for counts, few decimals for rates.

    wanted : what adjusting all counts together found; else what is printed
    """
    target = float(row["value"]) if wanted is None else wanted
    target = min(max(target, allowed[0]), allowed[1])
    if row["unit"] not in ("%", "pp"):
        return target if target == np.floor(target) else None
    for decimals in range(1, 7):
        step = 10.0**-decimals
        inside = np.ceil(allowed[0] / step - 1e-9), np.floor(allowed[1] / step + 1e-9)
        if inside[0] <= inside[1]:
            return float(np.clip(np.round(target / step), *inside) * step)
    return None


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
    ranked = [causes.RANK.index(offers[f][0].cause) for f in conflict.figures if f in offers]
    if ranked:
        return causes.RANK[min(ranked)]
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
