"""The steps of reconciling, each usable alone: screen, explain, localise, suggest, adjust."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from helpers import project
from helpers.reconcile.build import available, build, demand_columns
from helpers.reconcile.causes import Suggestion
from helpers.reconcile.doubts import holds, smallest_conflict
from helpers.reconcile.judge import Finding, judge
from helpers.reconcile.nearest import nearest_values
from helpers.reconcile.parts import figure_components, parts
from helpers.reconcile.screening import checked, dirty_components
from helpers.reconcile.system import Bools, Ints, System, take
from helpers.rules import Book

Located = tuple[list[int], Finding]  # a finding, and the ledger's numbers of its part's figures
Row = dict[str, object]


def numbers_of(figures: pd.DataFrame, links: pd.DataFrame) -> pd.DataFrame:
    """The figures that say a number, sorted by figure_id, index 0..f-1.

    Raises project.UserError where the ledger or its links lack a column.
    """
    demand_columns(figures, links)
    return figures[available(figures)].sort_values("figure_id", ignore_index=True)


def findings(system: System, ledger: pd.DataFrame) -> list[Located]:
    """What each part of the system that cannot hold comes to, with its figures' numbers.

    ledger : as from `numbers_of`; system: built from it
    """
    found: list[Located] = []
    for part, members in parts(system):
        mine = judge(part, _rows(ledger.loc[members]))
        found += [(members.tolist(), finding) for finding in mine]
    return found


def screen(figures: pd.DataFrame, links: pd.DataFrame, rules: Book | None = None) -> pd.DataFrame:
    """Which figures are in a part of the ledger that cannot hold; all records at once.

    figures, links, rules : as for `run`
    Returns figure_id, checked (whether a rule sets the figure against another) and holds (False
    where screening proves that its part cannot be true as printed), in the order of `figures`.
    What is not available is neither checked nor wrong.
    """
    ledger = numbers_of(figures, links)
    system = build(ledger, links, rules)
    component, dirty = dirty_components(system)
    bad = np.isin(figure_components(system, component), dirty)
    found = pd.DataFrame(
        {"figure_id": ledger["figure_id"], "checked": checked(system), "holds": ~bad}
    )
    whole = figures[["figure_id"]].merge(found, how="left", on="figure_id")
    return whole.assign(checked=whole["checked"].eq(True), holds=whole["holds"].ne(False)).set_axis(
        figures.index
    )


def localise(
    figures: pd.DataFrame,
    links: pd.DataFrame,
    rules: Book | None = None,
    weighing: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Every smallest set of figures to doubt, a row a set: block, alternative, weight, doubted.

    figures, links, rules, weighing : as for `run`
    Blocks are conflicts that share figures; to make a ledger hold, doubt one alternative of each.
    """
    ledger = numbers_of(figures, links)
    system = build(ledger, links, rules, weighing)
    rows: list[Row] = []
    for block, (members, finding) in enumerate(findings(system, ledger), 1):
        for alternative, doubted in enumerate(finding.doubted, 1):
            numbers = [members[figure] for figure in doubted]
            ids = " ".join(ledger.loc[numbers, "figure_id"])
            weight = float(system.weight[numbers].sum())
            rows.append(
                {"block": block, "alternative": alternative, "weight": weight, "doubted": ids}
            )
    return pd.DataFrame(rows, columns=["block", "alternative", "weight", "doubted"])


def suggest(figures: pd.DataFrame, links: pd.DataFrame, rules: Book | None = None) -> pd.DataFrame:
    """What may have been meant: figure_id, printed, suggestion, cause, value, low, high.

    figures, links, rules : as for `run`
    A row a corrected print that clears every conflict of its figure and makes none, if the other
    figures of one smallest set are doubted with it. A hypothesis, not a correction of the source.
    """
    ledger = numbers_of(figures, links)
    rows: list[Row] = []
    for members, finding in findings(build(ledger, links, rules), ledger):
        for figure, offered in sorted(finding.suggestions.items()):
            told = ledger.loc[members[figure]]
            printed: Row = {name: told[name] for name in ("figure_id", "printed")}
            rows += [_row(printed, suggestion) for suggestion in offered]
    names = ["figure_id", "printed", "suggestion", "cause", "value", "low", "high"]
    return pd.DataFrame(rows, columns=names)


def adjust(
    figures: pd.DataFrame,
    links: pd.DataFrame,
    doubted: Sequence[str] | str,
    rules: Book | None = None,
    weighing: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """New values for the figures that a reader doubts, nearest to their prints.

        minimise  sum_i w_i ((x_i - p_i) / p_i)²  over the counts i that are doubted,
        subject to all rules, and every other figure within its printed range; then each doubted
        rate, in the order of ids, at the nearest value of fewest decimals that is left to it

    figures, links, rules, weighing : as for `run`; w_i are the weights, p_i the printed values
    doubted : figure_ids, or one; no other figure moves
    Returns figure_id, printed, low, high (what the others leave), new_value; counts are whole. A
    figure that the others leave without an end is not among them. Every vector is verified.
    Raises project.UserError for an unknown id, and where the other figures exclude each other: it
    names a smallest set of those.
    """
    ledger = numbers_of(figures, links)
    number = pd.Series(ledger.index, index=ledger["figure_id"])
    doubted = [doubted] if isinstance(doubted, str) else doubted
    for unknown in sorted(set(doubted) - set(number.index)):
        raise project.UserError(f"No figure {unknown!r} with a number is in the ledger.")
    system = build(ledger, links, rules, weighing)
    component = system.components()
    mine = figure_components(system, component)
    chosen = np.sort(number[sorted(set(doubted))].to_numpy())
    rows: list[Row] = []
    for label in np.unique(mine[chosen]):
        members = np.flatnonzero(mine == label)
        part = take(system, np.flatnonzero(component == label), members)
        inside = np.flatnonzero(np.isin(members, chosen))
        _demand_that_others_hold(part, inside, ledger.loc[members, "figure_id"].tolist())
        new = nearest_values(part, _rows(ledger.loc[members]), inside.tolist(), [])
        rows += [
            {
                **ledger.loc[members[figure], ["figure_id", "printed"]].to_dict(),
                **dict(zip(("new_value", "low", "high"), told, strict=True)),
            }
            for figure, told in new.items()
        ]
    names = ["figure_id", "printed", "low", "high", "new_value"]
    return pd.DataFrame(rows, columns=names).sort_values("figure_id", ignore_index=True)


def _demand_that_others_hold(part: System, doubted: Ints, ids: list[str]) -> None:
    trusted: Bools = np.ones(len(part.figure_var), dtype=np.bool_)
    trusted[doubted] = False
    if not holds(part, trusted):
        named = ", ".join(ids[figure] for figure in smallest_conflict(part, trusted))
        raise project.UserError(
            f"The figures {named} exclude each other as well: doubt one of them too."
        )


def _row(printed: Row, suggestion: Suggestion) -> Row:
    names = ("cause", "value", "low", "high")
    told: Row = {name: getattr(suggestion, name) for name in names}
    return {**printed, "suggestion": suggestion.printed, **told}


def _rows(figures: pd.DataFrame) -> list[dict[str, object]]:
    records = figures.to_dict("records")
    return [{str(name): cell for name, cell in row.items()} for row in records]
