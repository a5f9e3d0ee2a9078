"""The tables that reconciling returns, from its findings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.reconcile.conflicts import Conflict, Side
from helpers.reconcile.cross import CrossFinding
from helpers.reconcile.doubts import Set
from helpers.reconcile.judge import Finding, NewValue
from helpers.reconcile.sentences import Figures, printed, sentence, unit_of
from helpers.reconcile.verification import ACROSS
from helpers.rules import Book, Rule, table

FIGURE_COLUMNS = (
    *("figure_id", "source_id", "place", "group", "period", "standard", "indicator", "direction"),
    *("printed", "unit", "status", "note", "value", "low", "high"),
    *("status_reconciled", "reconciled", "why"),
)
CONFLICT_COLUMNS = (
    *("conflict_id", "scope", "source_id", "place", "period", "standard", "figures", "rules"),
    *("explanation_en", "explanation_vi", "doubted", "suggestion", "cause"),
)
CHANGE_COLUMNS = (
    *("figure_id", "conflicts", "rules", "printed", "low", "high", "status_reconciled"),
    *("new_value", "new_low", "new_high", "why", "alternatives"),
)
SENSITIVITY_COLUMNS = (
    *("conflict_id", "alternative", "doubted", "figure_id", "place", "group", "period"),
    *("standard", "indicator", "printed", "low", "high"),
)
RANGE_COLUMNS = ("conflict_id", "side", "figures", "printed", "unit", "low", "high")
UNTIED = "no rule sets it against another figure"
REPEATED = "printed again with another value, and no date or standard says which is for what"
EXPLAINED = ("base", "standard", "date", "preliminary", "convention")


@dataclass(frozen=True)
class Reconciled:
    """What reconciling a ledger gives.

    figures   : FIGURE_COLUMNS, a row a figure
    conflicts : CONFLICT_COLUMNS, a row a conflict; inside sources first
    changes   : CHANGE_COLUMNS, a row a changed value
    ranges    : RANGE_COLUMNS, two rows a conflict: the ranges that exclude each other, in
                `unit`, and the prints that they come from
    rules     : the rules applied
    sensitivity: SENSITIVITY_COLUMNS, for each smallest set of figures to doubt, by `alternative`
                from 1 on, what each of its figures may then be: closed range, all others trusted
    idle      : rules of kind linear and ratio that set no figures of the ledger against each other
    """

    figures: pd.DataFrame
    conflicts: pd.DataFrame
    changes: pd.DataFrame
    ranges: pd.DataFrame
    rules: tuple[Rule, ...]
    sensitivity: pd.DataFrame
    idle: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Case:
    """A finding with figures by their numbers in the ledger, whatever its scope."""

    scope: str
    conflicts: tuple[Conflict, ...]
    doubted: tuple[Set, ...]
    offers: dict[int, list[str]]
    causes: tuple[str, ...]
    new_values: dict[int, NewValue]
    allowed: dict[tuple[int, int], tuple[float, float]]


def tabulate(
    ledger: pd.DataFrame,
    findings: Sequence[tuple[list[int], Finding]],
    across: Sequence[CrossFinding],
    seen: pd.Series,
    loose: pd.Series,
    book: Book,
) -> Reconciled:
    """All tables of a result.

    ledger   : cleaned ledger sorted by figure_id, index 0..f-1
    findings : inside sources, each with the ledger's numbers of the figures of its part
    across   : between sources, in the ledger's numbers
    seen     : (f,) whether any rule sets the figure against another
    loose    : (f,) whether it is printed again with another value, and nothing says for what
    book     : the rules that were applied, by id
    """
    cases = [_case(numbers, finding) for numbers, finding in findings]
    cases += [
        _Case(f.scope, (f.conflict,), f.doubted, f.offers, (f.cause,), {}, {}) for f in across
    ]
    rows = [(case, conflict) for case in cases for conflict in case.conflicts]
    texts = table() | book  # a rule that was left out may still name what others exclude
    rows.sort(key=lambda row: (row[0].scope == "cross", row[1].figures))
    ids = _ids(ledger, rows)
    told = _told(ledger, cases)
    conflicts = [
        _conflict_row(told, case, conflict, name, texts[conflict.rule])
        for (case, conflict), name in zip(rows, ids, strict=True)
    ]
    ranges = [
        _range_row(told, name, conflict, side)
        for (_, conflict), name in zip(rows, ids, strict=True)
        for side in ("first", "second")
    ]
    names: dict[int, list[str]] = {}
    for (case, _), name in zip(rows, ids, strict=True):
        names.setdefault(id(case), []).append(name)
    pairs = [(case, " ".join(names[id(case)])) for case in cases]
    return Reconciled(
        _figures(ledger, pairs, seen, loose),
        pd.DataFrame(conflicts, columns=list(CONFLICT_COLUMNS)),
        _changes(told, pairs),
        pd.DataFrame(ranges, columns=list(RANGE_COLUMNS)),
        tuple(book.values()),
        _sensitivity(told, pairs),
    )


def not_available(figures: pd.DataFrame) -> pd.DataFrame:
    """Rows of the table `figures` for those without a number, which nothing can be set against."""
    rows = figures.assign(
        status_reconciled="unchecked", reconciled=np.nan, why="not available in the source"
    )
    return rows[list(FIGURE_COLUMNS)]


def _told(ledger: pd.DataFrame, cases: Sequence[_Case]) -> Figures:
    """The rows of the figures that findings are about, by number."""
    numbers = {f for case in cases for conflict in case.conflicts for f in conflict.figures}
    numbers |= {f for case in cases for f in case.new_values}
    numbers |= {f for case in cases for doubted in case.doubted for f in doubted}
    listed = sorted(numbers)
    rows = ledger.loc[listed].to_dict("records")
    return {n: {str(k): v for k, v in row.items()} for n, row in zip(listed, rows, strict=True)}


def _case(numbers: list[int], finding: Finding) -> _Case:
    def outer(figures: Set) -> Set:
        return tuple(numbers[figure] for figure in figures)

    def side(part: Side) -> Side:
        return Side(outer(part.figures), part.low, part.high, part.form)

    return _Case(
        "source",
        tuple(
            Conflict(outer(c.figures), c.rule, side(c.first), side(c.second))
            for c in finding.conflicts
        ),
        tuple(outer(doubted) for doubted in finding.doubted),
        {numbers[f]: [s.printed for s in offered] for f, offered in finding.suggestions.items()},
        finding.causes,
        {numbers[f]: new for f, new in finding.new_values.items()},
        {(number, numbers[f]): ends for (number, f), ends in finding.allowed.items()},
    )


def _between(found: CrossFinding) -> _Case:
    causes = (found.cause,)
    return _Case(found.scope, (found.conflict,), found.doubted, found.offers, causes, {}, {})


def _ids(ledger: pd.DataFrame, rows: Sequence[tuple[_Case, Conflict]]) -> list[str]:
    """`d002:1`, `d002:2` … inside a source; `cross:1` … between sources."""
    counts: dict[str, int] = {}
    ids = []
    source_of = ledger["source_id"].to_numpy()
    for case, conflict in rows:
        source = str(source_of[conflict.figures[0]])
        name = source if case.scope == "source" else "cross"
        counts[name] = counts.get(name, 0) + 1
        ids.append(f"{name}:{counts[name]}")
    return ids


def _conflict_row(
    figures: Figures, case: _Case, conflict: Conflict, name: str, rule: Rule
) -> dict[str, str]:
    main = figures[(conflict.second.figures or conflict.first.figures)[0]]
    cause = case.causes[case.conflicts.index(conflict)]
    sources = dict.fromkeys(str(figures[f]["source_id"]) for f in conflict.figures)
    offers = [
        f"{figures[figure]['figure_id']}={printed}"
        for figure in conflict.figures
        for printed in case.offers.get(figure, [])
    ]
    return {
        "conflict_id": name,
        "scope": case.scope,
        "source_id": " ".join(sources),
        "place": str(main["place"]),
        "period": str(main["period"]),
        "standard": str(main["standard"]),
        "figures": _listed(figures, conflict.figures),
        "rules": conflict.rule,
        "explanation_en": sentence(conflict, figures, rule, cause, "en"),
        "explanation_vi": sentence(conflict, figures, rule, cause, "vi"),
        "doubted": "|".join(_listed(figures, doubted) for doubted in case.doubted),
        "suggestion": "|".join(offers),
        "cause": cause,
    }


def _listed(figures: Figures, numbers: Set) -> str:
    """The ids of figures, separated by spaces."""
    return " ".join(str(figures[number]["figure_id"]) for number in numbers)


def _range_row(figures: Figures, name: str, conflict: Conflict, side: str) -> dict[str, object]:
    part = conflict.first if side == "first" else conflict.second
    return {
        "conflict_id": name,
        "side": side,
        "figures": _listed(figures, part.figures),
        "printed": printed(part, figures),
        "unit": unit_of(conflict, figures),
        "low": part.low,
        "high": part.high,
    }


def _figures(
    ledger: pd.DataFrame, cases: Sequence[tuple[_Case, str]], seen: pd.Series, loose: pd.Series
) -> pd.DataFrame:
    """The ledger with status, reconciled value and reason; what is found inside a source wins."""
    status = pd.Series("unchecked", index=ledger.index).where(~seen, "consistent")
    reconciled = ledger["value"].astype("float64").copy()
    why = pd.Series(UNTIED, index=ledger.index).mask(loose, REPEATED).where(~seen, "")
    for case, names in sorted(cases, key=lambda pair: _weight(pair[0])):
        mark = ACROSS if case.scope == "cross" else ""
        if case.causes[0] in EXPLAINED:
            members = sorted({f for conflict in case.conflicts for f in conflict.figures})
            status[members] = "explained"
            why[members] = f"{mark}explained by '{case.causes[0]}', see {names}"
        for figure in sorted({f for doubted in case.doubted for f in doubted}):
            count = sum(figure in doubted for doubted in case.doubted)
            status[figure] = "doubted"
            why[figure] = f"{mark}in {count} of {len(case.doubted)} smallest sets, see {names}"
        for figure, new in case.new_values.items():
            status[figure], reconciled[figure], why[figure] = new.status, new.value, new.why
    whole = ledger.assign(status_reconciled=status, reconciled=reconciled, why=why)
    return whole[list(FIGURE_COLUMNS)]


def _weight(case: _Case) -> tuple[bool, bool]:
    """Order in which cases have their say: a doubt inside the source is the last word."""
    return case.scope == "source", case.causes[0] not in EXPLAINED


def _changes(figures: Figures, cases: Sequence[tuple[_Case, str]]) -> pd.DataFrame:
    rows = []
    for case, names in cases:
        rules = " ".join(sorted({conflict.rule for conflict in case.conflicts}))
        for figure, new in case.new_values.items():
            printed = figures[figure]
            rows.append(
                {
                    "figure_id": printed["figure_id"],
                    "conflicts": names,
                    "rules": rules,
                    "printed": printed["printed"],
                    "low": printed["low"],
                    "high": printed["high"],
                    "status_reconciled": new.status,
                    "new_value": new.value,
                    "new_low": new.low,
                    "new_high": new.high,
                    "why": new.why,
                    "alternatives": new.alternatives,
                }
            )
    changes = pd.DataFrame(rows, columns=list(CHANGE_COLUMNS))
    return changes.sort_values("figure_id", ignore_index=True)


def _sensitivity(figures: Figures, cases: Sequence[tuple[_Case, str]]) -> pd.DataFrame:
    """What doubted figures may be, under the first of a case's conflicts."""
    rows = [
        {
            **{name: figures[figure].get(name) for name in SENSITIVITY_COLUMNS},
            "conflict_id": names.split()[0],
            "alternative": number + 1,
            "doubted": _listed(figures, case.doubted[number]),
            "low": low,
            "high": high,
        }
        for case, names in cases
        for (number, figure), (low, high) in sorted(case.allowed.items())
    ]
    return pd.DataFrame(rows, columns=list(SENSITIVITY_COLUMNS))
