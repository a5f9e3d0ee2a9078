"""Sheets of the workbook: which columns a reader sees, headed in Vietnamese and in English."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from helpers import labels
from helpers.reconcile import words
from helpers.reconcile.letters import addressees
from helpers.reconcile.sentences import when, where
from helpers.reconcile.tables import Reconciled

VI = "vi"
MOST_FIGURES = 20_000
LONG, MIDDLE, SHORT = 60.0, 28.0, 14.0


@dataclass(frozen=True)
class Sheet:
    """One sheet.

    name   : key of its title, after `report.`
    widths : width of each column in letters, by the key of its heading, after `report.col.`
    table  : its cells; columns as in `widths`. Numbers are floats, missing where there is none
    note   : a sentence under the table, '' for none
    wrapped: whether long texts go on in a second line of their cell
    """

    name: str
    widths: Mapping[str, float]
    table: pd.DataFrame
    note: str = ""
    wrapped: bool = True


def sheets(
    result: Reconciled, quarantine: pd.DataFrame | None, sources: pd.DataFrame | None
) -> list[Sheet]:
    """All sheets of a result: conflicts, figures, changes, rules, and rows set aside if known."""
    publisher = addressees(sources).name
    made = [
        _conflicts(result, publisher),
        _figures(result, publisher),
        _changes(result, publisher),
        _rules(result),
    ]
    return made if quarantine is None else [*made, _quarantine(quarantine)]


def _conflicts(result: Reconciled, publisher: Callable[[str], str]) -> Sheet:
    told = words.told(result)
    rows = []
    for conflict in words.records(result.conflicts):
        sides = told.sides[str(conflict["conflict_id"])]
        prints = [
            " + ".join(str(told.figures[figure]["printed"]) for figure in one)
            for one in words.sets(str(conflict["doubted"]))
        ]
        rows.append(
            {
                "conflict": conflict["conflict_id"],
                "source": "; ".join(map(publisher, str(conflict["source_id"]).split())),
                "place": where(str(conflict["place"]), "", VI),
                "period": when(str(conflict["period"]), VI),
                "rule": labels.name("rule", str(conflict["rules"]), VI),
                **_side(sides[0], "first"),
                **_side(sides[1], "second"),
                "explanation_vi": words.explanation(conflict, told, VI),
                "explanation_en": words.explanation(conflict, told, "en"),
                "doubted": "; ".join(prints),
                "suggestion": _suggested(conflict, told),
                "cause": words.cause(conflict, VI),
                "figures": conflict["figures"],
            }
        )
    widths = {
        **{"conflict": SHORT, "source": MIDDLE, "place": MIDDLE, "period": SHORT, "rule": MIDDLE},
        **{"first": MIDDLE, "first_low": SHORT, "first_high": SHORT},
        **{"second": MIDDLE, "second_low": SHORT, "second_high": SHORT},
        **{"explanation_vi": LONG, "explanation_en": LONG, "doubted": MIDDLE},
        **{"suggestion": MIDDLE, "cause": MIDDLE, "figures": MIDDLE},
    }
    return Sheet("sheet.conflicts", widths, pd.DataFrame(rows, columns=list(widths)))


def _side(side: words.Row, name: str) -> dict[str, object]:
    return {name: side["printed"], f"{name}_low": side["low"], f"{name}_high": side["high"]}


def _suggested(conflict: words.Row, told: words.Told) -> str:
    """Offers as `printed → offered`."""
    return "; ".join(
        f"{told.figures[figure]['printed']} → {printed}"
        for figure, prints in words.offers([conflict]).items()
        for printed in prints
    )


def _figures(result: Reconciled, publisher: Callable[[str], str]) -> Sheet:
    """The ledger, printed and reconciled side by side; of a very long one what is not plain."""
    table, note = result.figures, ""
    if len(table) > MOST_FIGURES:
        table = table[~table["status_reconciled"].isin(["consistent", "unchecked"])]
        left = labels.number(len(result.figures) - len(table), 0, VI)
        note = labels.text("report.left_out", VI, n=left, file="reconciled.csv")
        table = table.head(MOST_FIGURES)
    widths = {
        **{"figure": MIDDLE, "source": MIDDLE, "place": MIDDLE, "period": SHORT},
        **{"standard": MIDDLE, "what": MIDDLE, "printed": MIDDLE, "reconciled": SHORT},
        **{"unit": SHORT, "status": MIDDLE, "value": SHORT, "low": SHORT, "high": SHORT},
        **{"conflicts": MIDDLE, "why": LONG, "indicator": MIDDLE, "place_code": SHORT},
    }
    cells = table.assign(
        conflicts=table["figure_id"].map(_conflicts_of(result.conflicts)).fillna(""),
        figure=table["figure_id"],
        source=_each(table["source_id"], publisher),
        place=_places(table),
        place_code=table["place"],
        period=_each(table["period"], lambda period: when(period, VI) if period else ""),
        standard=_each(table["standard"], lambda one: labels.name("standard", one, VI)),
        what=_each(table["indicator"], lambda one: labels.name("indicator", one, VI)),
        status=_each(table["status_reconciled"], _status),
    )
    return Sheet("sheet.figures", widths, cells[list(widths)], note, wrapped=False)


def _conflicts_of(conflicts: pd.DataFrame) -> dict[str, str]:
    """The conflicts that each figure is part of, or in doubt for."""
    found: dict[str, dict[str, None]] = {}
    for conflict in words.records(conflicts):
        doubted = str(conflict["doubted"]).replace("|", " ")
        for figure in f"{conflict['figures']} {doubted}".split():
            found.setdefault(figure, {})[str(conflict["conflict_id"])] = None
    return {figure: " ".join(ids) for figure, ids in found.items()}


def _changes(result: Reconciled, publisher: Callable[[str], str]) -> Sheet:
    widths = {
        **{"figure": MIDDLE, "source": MIDDLE, "place": MIDDLE, "period": SHORT, "what": MIDDLE},
        **{"printed": MIDDLE, "reconciled": SHORT, "unit": SHORT, "status": MIDDLE},
        **{"reason": LONG, "why": LONG, "alternatives": SHORT, "rule": MIDDLE, "conflicts": MIDDLE},
    }
    changes = words.records(result.changes)
    known = result.figures.set_index("figure_id").loc[result.changes["figure_id"]]
    table = result.changes.assign(
        figure=result.changes["figure_id"],
        source=_each(known["source_id"], publisher).to_numpy(),
        place=_places(known).to_numpy(),
        period=_each(known["period"], lambda one: when(one, VI)).to_numpy(),
        what=_each(known["indicator"], lambda one: labels.name("indicator", one, VI)).to_numpy(),
        reconciled=result.changes["new_value"],
        unit=known["unit"].to_numpy(),
        status=_each(result.changes["status_reconciled"], _status),
        reason=pd.Series([words.reason(change, VI) for change in changes], dtype="str"),
        rule=result.changes["rules"],
    )
    return Sheet("sheet.changes", widths, table[list(widths)])


def _rules(result: Reconciled) -> Sheet:
    widths = {
        **{"rule": MIDDLE, "what": MIDDLE, "formula": MIDDLE, "statement_vi": LONG},
        **{"statement_en": LONG, "origin": LONG},
    }
    rows = [
        {
            "rule": rule.id,
            "what": labels.name("rule", rule.id, VI),
            "formula": rule.formula,
            "statement_vi": rule.statement(VI),
            "statement_en": rule.statement("en"),
            "origin": rule.origin,
        }
        for rule in result.rules
    ]
    return Sheet("sheet.rules", widths, pd.DataFrame(rows, columns=list(widths)))


def _quarantine(quarantine: pd.DataFrame) -> Sheet:
    widths = {
        **{"only_file": MIDDLE, "line": SHORT, "figure": MIDDLE, "printed": MIDDLE, "reason": LONG}
    }
    table = quarantine.head(MOST_FIGURES).assign(
        only_file=quarantine["file"],
        line=quarantine["row"].astype("float64"),
        figure=quarantine["figure_id"],
    )
    left = labels.number(len(quarantine) - len(table), 0, VI)
    note = labels.text("report.left_out", VI, n=left, file="quarantine.csv")
    return Sheet(
        "sheet.quarantine",
        widths,
        table[list(widths)],
        note if len(quarantine) > len(table) else "",
    )


def _each(column: pd.Series, said: Callable[[str], str]) -> pd.Series:
    """A column in other words, each different value put into words once."""
    return column.map({one: said(str(one)) for one in column.unique()})


def _places(table: pd.DataFrame) -> pd.Series:
    """Place and group of each row, in Vietnamese."""
    both = table["place"] + "\n" + table["group"]
    return _each(both, lambda pair: where(*_two(pair.split("\n")), VI))


def _two(parts: Sequence[str]) -> tuple[str, str]:
    return parts[0], parts[1]


def _status(code: str) -> str:
    return " · ".join(labels.name("report.status", code, language) for language in (VI, "en"))
