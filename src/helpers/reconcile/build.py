"""From ledger and links to the system of printed ranges and rules that they state."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from helpers import project, weights
from helpers.reconcile.hierarchy import state_hierarchy
from helpers.reconcile.plans import state_amounts, state_plans
from helpers.reconcile.statements import KEY, PER_YEAR, REVIEW_STEMS, Rows, Values, state
from helpers.reconcile.system import Bools, Ints, System, under
from helpers.reconcile.written import state_formulas
from helpers.rules import Book
from helpers.rules import table as rule_table

TOLERANCE = 1e-9
HOUSEHOLDS = "hộ|household|ménage|foyer"
# What `read` only labels, such as `other_lao_dong`: many things of one text may have that label.
ONLY_LABELLED = "(?:target_)?other_"
NEEDED = (
    *("figure_id", "source_id", "place", "group", "period", "standard", "indicator", "direction"),
    *("printed", "unit", "status", "note", "value", "low", "high", "of", "qualifier"),
)


def demand_columns(figures: pd.DataFrame, links: pd.DataFrame) -> None:
    """Raise project.UserError for a lacking column or a repeated figure_id."""
    lacking = [name for name in NEEDED if name not in figures.columns]
    lacking += [n for n in ("figure_id", "relation", "other_id") if n not in links.columns]
    if lacking:
        raise project.UserError(
            f"The ledger or its links lack the columns {', '.join(lacking)}: "
            "clean the ledger first (helpers.ledger.clean)."
        )
    twice = figures.loc[figures["figure_id"].duplicated(), "figure_id"]
    if len(twice):
        raise project.UserError(
            f"The figure_id {twice.iloc[0]!r} stands twice in the ledger: give each figure its own."
        )


def available(figures: pd.DataFrame) -> Bools:
    """(f,) whether each figure says a number; a printed `..` has neither value nor range."""
    known = figures[["value", "low", "high"]].notna().all(axis=1)
    return known.to_numpy(dtype=np.bool_)


def build(
    figures: pd.DataFrame,
    links: pd.DataFrame,
    rules: Book | None = None,
    weighing: pd.DataFrame | None = None,
) -> System:
    """The system of a ledger.

    figures : cleaned ledger, index 0..f-1, with value, low, high, of as floats, all available
    links   : figure_id, relation, other_id; ends that are not in the ledger are passed over
    rules   : those to state, as from `helpers.rules.read`; by default all of the project
    weighing: as from `helpers.weights.read`; by default the project's
    """
    book = rule_table() if rules is None else rules
    table, values, ties = numbered(figures, links)
    rows = state(table, values, ties)
    state_hierarchy(rows, table, values)
    state_plans(rows, table, ties)
    state_amounts(rows, table, ties)
    state_formulas(rows, table, book)
    system = under(_assembled(table, values, rows), book)
    chosen = weights.table() if weighing is None else weighing
    return replace(system, weight=weights.of(table["kind"], table["source_id"], chosen))


def numbered(
    figures: pd.DataFrame, links: pd.DataFrame
) -> tuple[pd.DataFrame, Values, pd.DataFrame]:
    """What each figure of a ledger is about: the table, its values, and its ties.

    figures, links : as for `build`
    The table has a row a figure: kind, stem, stage, the number of its whole (`base`) and of its
    value (`var`). Ties: relation, a, b as positions in it.
    """
    table = _described(figures)
    ties = _ties(table, links)
    table["stage"] = _stages(table, ties)
    table["key"] = table.groupby(KEY, sort=False).ngroup()
    table["base"] = _bases(table, ties)
    table, values = _with_values(table)
    return table, values, ties


def _described(figures: pd.DataFrame) -> pd.DataFrame:
    """The ledger with what its indicators mean: kind, stem, stage, key."""
    table = figures[
        [
            *("figure_id", "source_id", "place", "group", "period", "standard", "indicator"),
            *("direction", "unit", "status", "note", "value", "low", "high", "of"),
        ]
    ].copy()
    names = pd.Series(table["indicator"].unique(), dtype="str")
    meaning = {name: _meaning(name) for name in names}
    table["kind"] = table["indicator"].map({k: v[0] for k, v in meaning.items()}).astype("str")
    table["stem"] = table["indicator"].map({k: v[1] for k, v in meaning.items()}).astype("str")
    table["stage"] = table["status"].where(table["status"] != "final", "")
    is_goal = table["indicator"].str.startswith("target_")
    table["stage"] = table["stage"].where(~is_goal, "target")
    per_cent = table["unit"] == "%"
    wrong_unit = per_cent & table["kind"].isin(["count", "total", "other", "change"])
    wrong_unit |= ~per_cent & table["kind"].isin(["rate", "share"])
    table.loc[wrong_unit, "kind"] = "unknown"
    in_households = per_cent | (table["unit"] == "") | table["unit"].str.contains(HOUSEHOLDS)
    persons = ~in_households & table["kind"].isin(["count", "total"])
    table.loc[persons, "kind"] = "other"  # 500 persons are no other number of households
    return table


def _meaning(indicator: str) -> tuple[str, str]:
    """Kind and stem of an indicator: `near_poor_rate` is the rate of `near_poor`."""
    if indicator == "total_households":
        return "total", ""
    if indicator.startswith("share_of_"):
        return "share", indicator.removeprefix("share_of_").removesuffix("_households")
    for ending in ("_change", PER_YEAR):
        if indicator.endswith(ending):
            return "change", indicator.removesuffix(ending)
    if indicator.endswith("_households"):
        return "count", indicator.removesuffix("_households")
    if indicator.endswith("_rate"):
        return "rate", indicator.removesuffix("_rate")
    return "other", indicator


def _ties(table: pd.DataFrame, links: pd.DataFrame) -> pd.DataFrame:
    """Links as positions in the ledger: relation, a, b; only inside one source."""
    index = pd.Series(table.index, index=table["figure_id"])
    ties: pd.DataFrame = pd.DataFrame(
        {
            "relation": links["relation"],
            "a": links["figure_id"].map(index),
            "b": links["other_id"].map(index),
        }
    ).dropna()
    ties = ties.astype({"a": "int64", "b": "int64"}).drop_duplicates()
    source = table["source_id"].to_numpy()
    inside = source[ties["a"].to_numpy()] == source[ties["b"].to_numpy()]
    kept: pd.DataFrame = ties.loc[inside]
    return kept.sort_values(["relation", "a", "b"])


def _stages(table: pd.DataFrame, ties: pd.DataFrame) -> pd.Series:
    """(f,) stage of each figure; a rate that a link ties to a count has that of the count."""
    stage = table["stage"].to_numpy(dtype=object).copy()
    tied = ties[ties["relation"] == "rate_of"]
    a, b = tied["a"].to_numpy(), tied["b"].to_numpy()
    free = (stage[a] != "target") & (stage[b] != "target")
    stage[a[free]] = stage[b[free]]
    return pd.Series(stage, index=table.index, dtype="str")


def _bases(table: pd.DataFrame, ties: pd.DataFrame) -> Ints:
    """(f,) number of the whole that each figure is about.

    It is the key; where nothing says that two values of one key are of one date and definition
    (`_told_by_nothing`), only figures that links tie together share a whole.
    """
    split = table["key"].isin(table.loc[_told_by_nothing(table), "key"]).to_numpy()
    key = table["key"].to_numpy()
    inside = ties[key[ties["a"]] == key[ties["b"]]]
    graph = coo_array((np.ones(len(inside)), (inside["a"], inside["b"])), shape=(len(table),) * 2)
    island = connected_components(graph, directed=False)[1]
    parts = pd.DataFrame({"key": key, "island": np.where(split, island, -1)})
    number = parts.groupby(["key", "island"], sort=False).ngroup()
    return np.asarray(number, dtype=np.int64)


def told_by_nothing(figures: pd.DataFrame, links: pd.DataFrame) -> Bools:
    """(f,) figures printed again with another value, and no date or standard says for what.

    figures, links : as for `build`; such repeats are not set against each other
    """
    return _told_by_nothing(numbered(figures, links)[0])


def _told_by_nothing(table: pd.DataFrame) -> Bools:
    """(f,) repeats that exclude each other, without period, or without standard and noted apart."""
    kept = table["kind"].isin(["count", "total", "rate", "share", "other"])
    groups = table[kept].groupby(["key", "indicator", "unit"], sort=False)
    gap = groups["low"].transform("max") - groups["high"].transform("min")
    noted_apart = groups["note"].transform("nunique") > 1
    undated = table["period"] == ""
    loose = undated | ((table["standard"] == "") & noted_apart.reindex(table.index))
    apart = (gap > TOLERANCE).reindex(table.index, fill_value=False)
    return (apart & loose).to_numpy(dtype=np.bool_)


def _with_values(table: pd.DataFrame) -> tuple[pd.DataFrame, Values]:
    """Give each figure the value it prints (column `var`), and list all values."""
    table = table.copy()
    bases = table.drop_duplicates("base").sort_values("base").set_index("base")[KEY]
    table["ratable"] = (
        (table["kind"] == "rate")
        & ~table["standard"].str.startswith("gso")
        & table["stem"].isin(REVIEW_STEMS)
    )
    counted = (table["kind"] == "count") | table["ratable"]
    households = table.loc[counted, ["base", "stem"]].drop_duplicates()
    households["var"] = len(bases) + np.arange(len(households))
    start = len(bases) + len(households)
    rates = table.loc[table["kind"] == "rate", ["base", "stem"]].drop_duplicates()
    rates["var"] = start + np.arange(len(rates))
    start += len(rates)
    single = table["kind"].isin(["other", "share", "change"]).to_numpy()
    var = np.full(len(table), -1, dtype=np.int64)
    of_its_own = (table["kind"] == "change") | table["indicator"].str.match(ONLY_LABELLED)
    same = table.assign(own=table.index.where(of_its_own, -1))[single]
    var[single] = start + same.groupby(["base", "indicator", "unit", "own"], sort=False).ngroup()
    total = (table["kind"] == "total").to_numpy()
    var[total] = table["base"].to_numpy()[total]
    for kind, numbers in (("count", households), ("rate", rates)):
        mine = (table["kind"] == kind).to_numpy()
        found = table.loc[mine, ["base", "stem"]].merge(numbers, how="left", on=["base", "stem"])
        var[mine] = found["var"].to_numpy()
    table["var"] = var
    size = int(max(start, var.max(initial=-1) + 1))
    whole = np.zeros(size, dtype=np.bool_)
    whole[: len(bases) + len(households)] = True
    people = single & table["unit"].isin(["hộ", "người", "households", "persons"]).to_numpy()
    people &= np.floor(table["low"]).eq(table["low"]).to_numpy()
    people &= ~table["indicator"].str.endswith(PER_YEAR).to_numpy()  # a mean need not be whole
    whole[var[people]] = True
    return table, Values(bases, households, rates, size, whole)


def _assembled(table: pd.DataFrame, values: Values, rows: Rows) -> System:
    """Prints and rows together; totals and households are at least 0, rates at most 100."""
    var = table["var"].to_numpy(dtype=np.int64)
    printed = np.flatnonzero(var >= 0)
    with_whole = np.flatnonzero(((table["kind"] == "count") & table["of"].notna()).to_numpy())
    whole_of = table["of"].to_numpy(dtype=np.float64)[with_whole]
    base = table["base"].to_numpy(dtype=np.int64)
    low, high = (table[end].to_numpy(dtype=np.float64) for end in ("low", "high"))
    print_var = np.concatenate([var[printed], base[with_whole]])
    print_low = np.concatenate([low[printed], whole_of])
    lower = np.zeros(values.size)
    lower[: len(values.bases)] = 1.0
    lower[var[(table["kind"] == "change").to_numpy()]] = -np.inf  # freed, a fall may be a rise
    np.minimum.at(lower, print_var, np.maximum(print_low, 0.0))
    is_rate = np.zeros(len(table), dtype=np.bool_)
    figure = np.concatenate(rows.figure)
    is_rate[figure[figure >= 0]] = True
    upper = np.full(values.size, np.inf)
    upper[values.rates["var"]] = 100.0
    return System(
        lower=lower,
        upper=upper,
        whole=values.whole,
        row=np.concatenate(rows.row),
        col=np.concatenate(rows.col),
        coef=np.concatenate(rows.coef),
        row_low=np.concatenate(rows.low),
        row_high=np.concatenate(rows.high),
        row_rule=np.concatenate(rows.rule),
        row_figure=figure,
        print_figure=np.concatenate([printed, with_whole]),
        print_var=print_var,
        print_low=print_low,
        print_high=np.concatenate([high[printed], whole_of]),
        figure_var=var,
        is_rate=is_rate,
        weight=np.ones(len(table)),
        rule_ids=tuple(rows.ids),
    )
