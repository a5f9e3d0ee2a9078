"""Rules as written: formulas between indicators, stated wherever a ledger prints all of them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from helpers.formulas import Linear, Ratio, Term, linear, ratio
from helpers.periods import ends as period_end
from helpers.reconcile.statements import KEY, Rows, add_rate
from helpers.reconcile.system import Floats, Ints
from helpers.rules import Book, Rule

PLACE = ["source_id", "place", "group", "standard"]
PART_OF_A_YEAR = r"-[QHM]"
SIGNS = {"fall": -1.0, "rise": 1.0}


def state_formulas(rows: Rows, table: pd.DataFrame, book: Book) -> None:
    """Add the rules of kind `linear` and `ratio` for every place and date that prints them.

    table : described and numbered ledger, as for `statements.state`
    A change counts with its sign: a rise is above zero. A formula that reaches into the year
    before is not used for parts of a year, whose flows begin at another date.
    """
    wanted = [rule for rule in book.values() if rule.kind in ("linear", "ratio")]
    if not wanted:
        return
    printed = _printed(table)
    for rule in wanted:
        if rule.kind == "linear":
            for formula in linear(rule.formula):
                _state_linear(rows, rule, formula, printed)
        else:
            _state_ratio(rows, rule, ratio(rule.formula), printed, table)


def _printed(table: pd.DataFrame) -> pd.DataFrame:
    """One row a printed value: KEY, indicator, date, var, sign; without what has several values."""
    rows = table.loc[table["var"] >= 0, [*KEY, "indicator", "direction", "kind", "var"]].copy()
    rows["date"] = (12 * period_end(rows["period"])).round()
    rows["is_part"] = rows["period"].str.contains(PART_OF_A_YEAR)
    change = rows["kind"] == "change"
    rows["sign"] = rows["direction"].map(SIGNS).where(change, 1.0).astype("float64")
    rows = rows.dropna(subset=["date", "sign"])
    rows = rows.drop_duplicates([*PLACE, "date", "stage", "indicator", "var"])
    again = rows.duplicated([*PLACE, "date", "stage", "indicator"], keep=False)
    kept: pd.DataFrame = rows[~again]
    return kept


def _state_linear(rows: Rows, rule: Rule, formula: Linear, printed: pd.DataFrame) -> None:
    found = _joined(formula.terms, printed)
    if found.empty:
        return
    terms: list[tuple[Ints, Floats | float]] = [
        (
            found[f"var{number}"].to_numpy(dtype=np.int64),
            term.coefficient * found[f"sign{number}"].to_numpy(dtype=np.float64),
        )
        for number, term in enumerate(formula.terms)
    ]
    rows.add(rule.id, terms, formula.low, formula.high)


def _joined(terms: tuple[Term, ...], printed: pd.DataFrame) -> pd.DataFrame:
    """A row a place, date and stage that prints all terms: columns var0, sign0, var1, …"""
    reaches_back = any(term.years_before for term in terms)
    usable = printed[~printed["is_part"]] if reaches_back else printed
    found = pd.DataFrame()
    for number, term in enumerate(terms):
        is_goal = term.indicator.startswith("target_")
        names = [*PLACE, "date"] if is_goal else [*PLACE, "date", "stage"]
        mine = usable.loc[usable["indicator"] == term.indicator, [*names, "var", "sign"]]
        mine = mine.rename(columns={"var": f"var{number}", "sign": f"sign{number}"})
        mine = mine.assign(date=mine["date"] + 12 * term.years_before)
        on = [name for name in names if number == 0 or name in found.columns]
        found = mine if number == 0 else found.merge(mine, on=on)
    return found


def _state_ratio(
    rows: Rows, rule: Rule, formula: Ratio, printed: pd.DataFrame, table: pd.DataFrame
) -> None:
    terms = (Term(formula.part, 0, 1.0), Term(formula.whole, 0, 1.0))
    names = [*PLACE, "date", "stage"]
    both = _joined(terms, printed)
    ratios = table[table["indicator"] == formula.ratio].reset_index(names="figure")
    ratios = ratios.assign(date=(12 * period_end(ratios["period"])).round())
    if both.empty or ratios.empty:
        return
    on = [name for name in names if name in both.columns]
    found = ratios.merge(both, on=on).set_index("figure")
    whole, part = (found[name].to_numpy(dtype=np.int64) for name in ("var1", "var0"))
    add_rate(rows, rule.id, found, whole, part, formula.factor)
