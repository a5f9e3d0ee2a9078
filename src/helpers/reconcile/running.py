"""Reconciling a ledger as a whole: every step, and the tables that come of it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from helpers.reconcile.build import available, demand_columns, told_by_nothing
from helpers.reconcile.build import build as system_of
from helpers.reconcile.cross import CrossFinding, compare
from helpers.reconcile.echoes import echoes, named
from helpers.reconcile.explained import explained
from helpers.reconcile.judge import Finding
from helpers.reconcile.screening import checked
from helpers.reconcile.steps import Located, findings, numbers_of
from helpers.reconcile.system import System
from helpers.reconcile.tables import Reconciled, not_available, tabulate
from helpers.reconcile.verification import verify
from helpers.rules import AS_WRITTEN, Book, table


def run(
    figures: pd.DataFrame,
    links: pd.DataFrame,
    rules: Book | None = None,
    weighing: pd.DataFrame | None = None,
) -> Reconciled:
    """Reconcile a cleaned ledger.

    figures : a row a figure: the ledger's columns, and value, low, high, of (floats; `of` missing
              but for fractions) and qualifier; texts '' where empty. A figure without value or
              range, a printed `..`, is set against nothing: unchecked, its reconciled value empty
    links   : figure_id, relation, other_id; ends that the ledger lacks are passed over
    rules   : those to apply, as from `helpers.rules.read`; by default all
    weighing: how much it takes to doubt a figure, as from `helpers.weights.read`; by default the
              project's, by which every figure weighs the same
    Returns the tables `figures` (in the order of the input), `conflicts`, `changes` and `ranges`,
    and the rules. They do not depend on the order of rows. Raises project.UserError for a lacking
    column or a repeated figure_id.
    """
    demand_columns(figures, links)
    given = figures.reset_index(drop=True)
    known = available(given)
    result = _reconciled(
        numbers_of(given, links), links, table() if rules is None else rules, weighing
    )
    whole = pd.concat([result.figures, not_available(given[~known])]).set_index("figure_id")
    return replace(result, figures=whole.loc[given["figure_id"]].reset_index())


def explain(
    figures: pd.DataFrame,
    links: pd.DataFrame,
    rules: Book | None = None,
    weighing: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """The conflicts of a ledger alone, CONFLICT_COLUMNS; arguments and errors as for `run`."""
    return run(figures, links, rules, weighing).conflicts


def _reconciled(
    ledger: pd.DataFrame, links: pd.DataFrame, book: Book, weighing: pd.DataFrame | None
) -> Reconciled:
    """The result for a ledger of numbers only, sorted by figure_id, index 0..f-1."""
    system = system_of(ledger, links, book, weighing)
    inside = findings(system, ledger)
    seen = pd.Series(checked(system), index=ledger.index)
    across: list[CrossFinding] = []
    if "same-figure-elsewhere" in book:
        across, compared = compare(ledger)
        seen |= compared
    doubted = {members[f] for members, found in inside for s in found.doubted for f in s}
    across += explained(ledger, links, book, doubted)
    inside, across = _with_echoes(ledger, inside, across)
    loose = pd.Series(told_by_nothing(ledger, links), index=ledger.index)
    result = tabulate(ledger, inside, across, seen, loose, book)
    result = replace(result, idle=_idle(system, book))
    unsound = _unsound(result, ledger, links, book)
    if unsound:
        kept = [(members, _as_printed(f, ledger, members, unsound)) for members, f in inside]
        result = replace(tabulate(ledger, kept, across, seen, loose, book), idle=result.idle)
        if _unsound(result, ledger, links, book):
            raise RuntimeError(f"Values that do not hold were about to be returned: {unsound}")
    return result


def _idle(system: System, book: Book) -> tuple[str, ...]:
    """Rules as written whose indicators no place and date prints together."""
    stated = {system.rule_ids[number] for number in np.unique(system.row_rule)}
    written = (rule for rule in book.values() if rule.kind in AS_WRITTEN)
    return tuple(rule.id for rule in written if rule.id not in stated)


def _with_echoes(
    ledger: pd.DataFrame, found: list[Located], across: list[CrossFinding]
) -> tuple[list[Located], list[CrossFinding]]:
    """The findings with `stale` and `copied` for their causes where a doubted number says so."""
    doubted = {members[f] for members, finding in found for s in finding.doubted for f in s}
    doubted |= {figure for finding in across for s in finding.doubted for figure in s}
    heard = echoes(ledger, doubted)
    inside = []
    for members, finding in found:
        mine = {members[figure] for s in finding.doubted for figure in s}
        causes = tuple(
            named(cause, mine & {members[f] for f in conflict.figures}, heard)
            for cause, conflict in zip(finding.causes, finding.conflicts, strict=True)
        )
        inside.append((members, replace(finding, causes=causes)))
    between = [
        replace(f, cause=named(f.cause, {figure for s in f.doubted for figure in s}, heard))
        for f in across
    ]
    return inside, between


def _unsound(result: Reconciled, ledger: pd.DataFrame, links: pd.DataFrame, book: Book) -> set[str]:
    """Figures that do not hold with the new values; only sources with any need another look."""
    source = ledger.set_index("figure_id")["source_id"]
    changed = source.reindex(result.changes["figure_id"]).unique()
    touched = ledger[ledger["source_id"].isin(changed)]
    if touched.empty:
        return set()
    return set(verify(result.figures, touched, links, book, result.changes))


def _as_printed(
    finding: Finding, ledger: pd.DataFrame, members: list[int], unsound: set[str]
) -> Finding:
    """A finding without its new values where they do not hold: its figures stay doubted."""
    if unsound.isdisjoint(ledger.loc[members, "figure_id"]):
        return finding
    return replace(finding, new_values={})
