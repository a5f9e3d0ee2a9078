"""The official population tables against themselves: which cells cannot all be as printed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from helpers.labels import LANGUAGES
from helpers.reconcile import causes, official_words
from helpers.reconcile.conflicts import chained
from helpers.reconcile.doubts import Block, holds, localise
from helpers.reconcile.official_tables import CELL, TOTAL, Tables, apart, checks, tables
from helpers.reconcile.system import RULES, Ints, System, take
from helpers.reconcile.tables import CONFLICT_COLUMNS

CHECK_COLUMNS = (
    *("source_id", "place", "period", "indicator", "kind", "checked", "agree", "figure", "parts"),
    *("printed", "low", "high", "parts_low", "parts_high", "gap", "rounding"),
)
RANGE_COLUMNS = (
    *("year", "kind", "other", "what", "first_low", "first_high", "second_low", "second_high"),
    *("gap", "rounding"),
)
CELL_COLUMNS = (
    *("block", "set", "size", "complete", "figure_id", "source_id", "place", "period", "indicator"),
    *("printed", "allowed_low", "allowed_high", "suggestion", "cause", "sums"),
    *("apart_before", "apart_after"),
)
MOST_SUGGESTED = 3
OFFER_COLUMNS = ["allowed_low", "allowed_high", "suggestion", "cause", "sums"]
OFFER_COLUMNS += ["apart_before", "apart_after"]


@dataclass(frozen=True)
class _Located:
    """What to doubt in one part of the system.

    part : the system; cells : numbers of its cells, in the order of its figures
    block : conflicts and sets to doubt, in figures of the part
    """

    part: System
    cells: Ints
    block: Block

    def numbers(self, figures: Iterable[int]) -> tuple[int, ...]:
        """Numbers of cells for figures of the part."""
        return tuple(int(self.cells[figure]) for figure in figures)

    @property
    def conflicting(self) -> set[int]:
        """Numbers of all cells in conflicts of the block."""
        return {cell for one in self.block.conflicts for cell in self.numbers(one)}


def population_checks(table: pd.DataFrame) -> pd.DataFrame:
    """Every sum of the population tables with both its ranges.

    table : rows as `ledger.load_official("population")` gives them; those of a group are left out
    Returns CHECK_COLUMNS, a row a sum: kind `sexes` (total = male + female), `residence` (total =
    urban + rural) or `places` (a region is its provinces, the country its regions); checked, when
    all of it is printed; low, high and parts_low, parts_high, thousand persons; gap = printed −
    sum of the parts as printed, rounding = the most that rounding explains of it. A province that
    another had taken in, or that was not yet split off, is no part. Raises project.UserError for a
    lacking column or a cell that stands twice.
    """
    return checks(tables(table))[list(CHECK_COLUMNS)]


def population_conflicts(table: pd.DataFrame) -> pd.DataFrame:
    """Cells of the population tables that cannot all be as printed.

    table : as for `population_checks`
    Returns CONFLICT_COLUMNS and RANGE_COLUMNS, a row a conflict: two ranges of one number, from its
    parts (first) and from its print or other parts (second), without a common point; and where no
    such pair shows it but all cells of a year together are impossible, all others against a cell.
    `doubted` names every smallest set of cells without which the rest of the year is possible, by
    a linear program over all its cells; `suggestion` the digits that would each clear all sums of
    a cell, best first, unless more than three sets could be wrong. Nothing is corrected.
    """
    known = tables(table)
    sums = checks(known)
    found = _direct(sums)
    located = _located(known, found)
    rows = [*_rows(known, found), *_together(known, found, located)]
    rows.sort(key=lambda row: (row["source_id"], row["period"], row["place"], row["first"]))
    offers = _offers(known, sums, located)
    counts: dict[str, int] = {}
    for row in rows:
        source = str(row["source_id"])
        counts[source] = counts.get(source, 0) + 1
        row["conflict_id"] = f"{source}:{counts[source]}"
        row.update(_judged(row, rows, known, located, offers))
    return pd.DataFrame(rows, columns=[*CONFLICT_COLUMNS, *RANGE_COLUMNS])


def population_cells(table: pd.DataFrame) -> pd.DataFrame:
    """The smallest sets of cells to doubt, all ties: a row a cell of a set.

    table : as for `population_checks`
    Returns CELL_COLUMNS: block (conflicts that hang together), set (number in it), its size,
    complete (False where there are more sets than listed), the cell, the range that its own sums
    leave it (low > high where they exclude each other), the best corrected print that clears all
    these sums, its cause, and how far its sums are apart, added up, before and after, in thousand
    persons. Without the cells of any one set the others of their year are possible together.
    """
    known = tables(table)
    sums = checks(known)
    located = _located(known, _direct(sums))
    rows = [
        (number, order, len(doubted), at.block.complete, cell)
        for number, at in enumerate(located, start=1)
        for order, doubted in enumerate(at.block.doubted, start=1)
        for cell in at.numbers(doubted)
    ]
    columns = ["block", "set", "size", "complete", "cell"]
    sets = pd.DataFrame(rows, columns=columns).astype({"cell": "int64"})
    joined = sets.merge(known.cells, left_on="cell", right_index=True, how="left")
    return joined.join(_offers(known, sums, located), on="cell")[list(CELL_COLUMNS)]


def population_breaks(table: pd.DataFrame) -> pd.DataFrame:
    """Where one table ends and the next begins: what a place gains or loses by the change.

    table : as for `population_checks`
    Returns place, older, newer (sources), year (first of the newer), growth_before, growth_across,
    growth_after, jump: per cent a year; jump = growth across the change minus the mean of the two
    beside it, largest first. Reported, not adjusted: the newer table goes back to a later census.
    """
    cells = tables(table).cells
    cells = cells[cells["indicator"] == TOTAL].sort_values(["place", "period", "source_id"])
    place = cells["place"]
    years = cells["period"].astype("int64")
    growth = 100 * (cells["value"] / cells.groupby("place")["value"].shift() - 1)
    growth = growth.where(years - years.groupby(place).shift() == 1)
    frame = pd.DataFrame(
        {
            "place": place,
            "older": cells.groupby("place")["source_id"].shift(),
            "newer": cells["source_id"],
            "year": years,
            "growth_before": growth.groupby(place).shift(),
            "growth_across": growth,
            "growth_after": growth.groupby(place).shift(-1),
        }
    )
    frame = frame[frame["older"].notna() & (frame["older"] != frame["newer"])]
    beside = frame[["growth_before", "growth_after"]].mean(axis=1)
    frame = frame.assign(jump=frame["growth_across"] - beside)
    order = frame["jump"].abs().sort_values(ascending=False, kind="stable").index
    return frame.loc[order].reset_index(drop=True)


def _direct(sums: pd.DataFrame) -> pd.DataFrame:
    """Pairs of ranges of one number without a common point: a sum and the print, or two sums.

    Two sums are set against each other only where the print agrees with both, or is not there: a
    sum that the print excludes excludes other sums too, which says nothing more.
    """
    complete = sums[sums["complete"]].rename(columns={"numbers": "first"})
    prints = complete[~complete["agree"]].rename(columns={"low": "second_low"})
    prints = prints.rename(columns={"high": "second_high"})
    prints = prints.assign(second=prints["cell"].map(lambda cell: (int(cell),)), other="")
    quiet = complete[complete.groupby("whole")["agree"].transform("all")]
    pairs = quiet.merge(
        quiet[["whole", "kind", "first", "parts_value", "parts_low", "parts_high"]],
        on="whole",
        suffixes=("", "_other"),
    )
    disjoint = apart(
        pairs["parts_low"], pairs["parts_high"], pairs["parts_low_other"], pairs["parts_high_other"]
    )
    pairs = pairs[(pairs["kind"] > pairs["kind_other"]) & disjoint]
    spread = pairs["parts_high"] - pairs["parts_low"]
    spread = spread + pairs["parts_high_other"] - pairs["parts_low_other"]
    pairs = pairs.assign(
        gap=pairs["parts_value_other"] - pairs["parts_value"],
        rounding=spread / 2,
        second=pairs["first_other"],
        second_low=pairs["parts_low_other"],
        second_high=pairs["parts_high_other"],
        other=pairs["kind_other"],
    )
    names = [*CELL, "kind", "other", "first", "second", "parts_low", "parts_high"]
    names += ["second_low", "second_high", "gap", "rounding"]
    found = pd.concat([prints[names], pairs[names]], ignore_index=True)
    return found.rename(columns={"parts_low": "first_low", "parts_high": "first_high"})


def _system(known: Tables) -> System:
    """Cells and sums as one sparse system; what is not printed is free."""
    ties = known.ties
    keys, codes = pd.factorize(pd.concat([known.cells["key"], ties["whole"], ties["part"]]))[::-1]
    cells, wholes, parts = np.split(codes, [len(known.cells), len(known.cells) + len(ties)])
    row = ties.groupby(["whole", "kind"], sort=True).ngroup().to_numpy()
    first = np.unique(row, return_index=True)[1]
    m, f = len(first), len(known.cells)
    return System(
        lower=np.zeros(len(keys)),
        upper=np.full(len(keys), np.inf),
        whole=np.zeros(len(keys), dtype=np.bool_),
        row=np.concatenate([row[first], row]).astype(np.int64),
        col=np.concatenate([wholes[first], parts]).astype(np.int64),
        coef=np.concatenate([np.ones(m), -np.ones(len(ties))]),
        row_low=np.zeros(m),
        row_high=np.zeros(m),
        row_rule=np.full(m, RULES.index("sum-of-parts"), dtype=np.int64),
        row_figure=np.full(m, -1, dtype=np.int64),
        print_figure=np.arange(f, dtype=np.int64),
        print_var=cells.astype(np.int64),
        print_low=known.cells["low"].to_numpy(),
        print_high=known.cells["high"].to_numpy(),
        figure_var=cells.astype(np.int64),
        is_rate=np.zeros(f, dtype=np.bool_),
        weight=np.ones(f),
    )


def _located(known: Tables, found: pd.DataFrame) -> list[_Located]:
    """Blocks of conflicts in those parts of the system, mostly years, that cannot hold."""
    system = _system(known)
    component = system.components()
    owner = component[system.figure_var]
    sets = [tuple(sorted({*row["first"], *row["second"]})) for row in found.to_dict("records")]
    located = []
    for number in np.unique(owner):
        cells = np.flatnonzero(owner == number)
        part = take(system, np.flatnonzero(component == number), cells)
        if holds(part, np.ones(len(cells), dtype=np.bool_)):
            continue
        local = {int(cell): i for i, cell in enumerate(cells)}
        mine = [tuple(local[cell] for cell in one) for one in sets if one[0] in local]
        located += [_Located(part, cells, block) for block in localise(part, mine)]
    return located


def _rows(known: Tables, found: pd.DataFrame) -> Iterator[dict[str, object]]:
    """Rows of the table of conflicts for pairs of ranges, without what is judged."""
    for row in found.to_dict("records"):
        yield {str(name): value for name, value in row.items()} | {"rules": "sum-of-parts"}


def _together(
    known: Tables, found: pd.DataFrame, located: Sequence[_Located]
) -> Iterator[dict[str, object]]:
    """Rows for what no pair of ranges shows: what all other cells of a conflict leave for one."""
    direct = {cell for row in found.to_dict("records") for cell in (*row["first"], *row["second"])}
    for place in located:
        for local in place.block.conflicts:
            if direct & set(place.numbers(local)):
                continue
            conflict = chained(place.part, local)
            first, second = conflict.first, conflict.second
            cell = known.cells.loc[place.numbers(second.figures)[0]]
            outside = max(first.low - cell["value"], cell["value"] - first.high)
            yield {
                **{name: cell[name] for name in CELL},
                **{"kind": "together", "other": "", "rules": "several-rules"},
                **{"first": place.numbers(first.figures), "second": place.numbers(second.figures)},
                **{"first_low": first.low, "first_high": first.high},
                **{"second_low": second.low, "second_high": second.high},
                **{"gap": outside, "rounding": (second.high - second.low) / 2},
            }


def _judged(
    row: dict[str, Any],
    rows: Sequence[dict[str, Any]],
    known: Tables,
    located: Sequence[_Located],
    offers: pd.DataFrame,
) -> dict[str, object]:
    """What to doubt, what may have been meant and why, and both sentences, for one of the rows."""
    cells = [*row["first"], *row["second"]]
    ids = known.cells["figure_id"]
    here = [at for at in located if {*cells} & at.conflicting]
    sets = [at.numbers(doubted) for at in here for doubted in at.block.doubted]
    beside = [r for r in rows if any({*r["first"], *r["second"]} & at.conflicting for at in here)]
    mine = offers.loc[offers.index.intersection(cells)]
    told = mine[mine["suggestion"] != ""].sort_values(["apart_after", "suggestion"])
    told = told[(told["cause"] != "padded") & (len(sets) <= MOST_SUGGESTED)]
    cause = str(told["cause"].iloc[0]) if len(told) else _cause(known, row, beside)
    judged = {
        "scope": "source",
        "standard": "",
        "figures": " ".join(ids[sorted(cells)]),
        "year": int(row["period"]),
        "what": row["indicator"],
        "doubted": "|".join(" ".join(ids[list(one)]) for one in sets),
        "suggestion": "|".join(
            f"{ids.loc[n]}={s}" for n, s in zip(told.index, told["suggestion"], strict=True)
        ),
        "cause": cause,
    }
    whole = ids[row["second"][0]] if len(row["second"]) == 1 else ""
    said = row | judged | {"whole": whole}
    members = known.cells.loc[cells]
    named = told.join(known.cells[["place", "indicator", "printed"]])
    for language in LANGUAGES:
        sentence = official_words.conflict(said, members, language)
        reason = official_words.evidence(said, named, language)
        judged[f"explanation_{language}"] = f"{sentence} {reason}"
    return judged


def _cause(known: Tables, row: dict[str, Any], beside: Sequence[dict[str, Any]]) -> str:
    """Cause where no digit tells: numbers cut short instead of rounded, or still preliminary.

    beside : all conflicts that hang together with that of the row, which cutting has to explain too
    """
    if all(_agree_when_cut(known, one) for one in beside):
        return "truncated"
    first, second = (known.cells["status"].loc[list(row[side])] for side in ("first", "second"))
    return "preliminary" if first.iloc[0] != second.iloc[0] else "unknown"


def _agree_when_cut(known: Tables, row: dict[str, Any]) -> bool:
    """Whether both sides of a conflict meet where each print is the lower end of its range."""
    if row["kind"] == "together":
        return False
    first, second = (known.cells.loc[list(row[side])] for side in ("first", "second"))
    ends = [
        (side["value"].sum(), (2 * side["high"] - side["value"]).sum()) for side in (first, second)
    ]
    return bool(ends[0][0] <= ends[1][1] and ends[1][0] <= ends[0][1])


def _offers(known: Tables, sums: pd.DataFrame, located: Sequence[_Located]) -> pd.DataFrame:
    """OFFER_COLUMNS by number of cell, for the cells in sets to doubt.

    Its own sums leave a cell the ranges that their other cells imply. A corrected print must meet
    all of them; of several the one is offered with which the sums, as printed, are least apart.
    """
    wanted = sorted({c for at in located for one in at.block.doubted for c in at.numbers(one)})
    stakes = _stakes(known, sums[sums["checked"]])
    stakes = stakes[stakes["cell"].isin(wanted)]
    groups = stakes.assign(apart_before=stakes["gap"].abs()).groupby("cell")
    frame = groups.agg(
        allowed_low=("allowed_low", "max"),
        allowed_high=("allowed_high", "min"),
        apart_before=("apart_before", "sum"),
        sums=("gap", "size"),
    ).reindex(wanted)
    best = [_best(known, cell, frame, stakes[stakes["cell"] == cell]) for cell in wanted]
    told = pd.DataFrame(best, columns=["suggestion", "cause", "apart_after"], index=frame.index)
    return frame.join(told)[OFFER_COLUMNS]


def _stakes(known: Tables, sums: pd.DataFrame) -> pd.DataFrame:
    """Each cell in each of its sums: sign in `gap`, and the range that the other cells leave it."""
    ends = ["low", "high", "parts_low", "parts_high", "gap"]
    whole = sums[ends].assign(cell=sums["cell"], sign=1.0)
    whole = whole.assign(allowed_low=whole["parts_low"], allowed_high=whole["parts_high"])
    part = sums[ends].assign(cell=sums["numbers"], sign=-1.0).explode("cell")
    own = known.cells.loc[part["cell"].astype("int64"), ["low", "high"]]
    part = part.assign(
        allowed_low=part["low"] - part["parts_high"] + own["high"].to_numpy(),
        allowed_high=part["high"] - part["parts_low"] + own["low"].to_numpy(),
    )
    columns = ["cell", "sign", "gap", "allowed_low", "allowed_high"]
    return pd.concat([whole[columns], part[columns]], ignore_index=True).astype({"cell": "int64"})


def _best(
    known: Tables, cell: int, frame: pd.DataFrame, stakes: pd.DataFrame
) -> tuple[str, str, float]:
    """The corrected print of a cell that leaves its sums least apart, its cause, and how far."""
    low, high = float(frame["allowed_low"][cell]), float(frame["allowed_high"][cell])
    if not low <= high:
        return "", "", np.nan
    printed = str(known.cells["printed"][cell])
    value, own_low, own_high = (float(known.cells[n][cell]) for n in ("value", "low", "high"))
    most = causes.decimals(printed, value)
    offered = causes.suggestions(printed, value, own_low, own_high, (low, high), most)
    ranked = [
        (float((stakes["gap"] + stakes["sign"] * (new.value - value)).abs().sum()), at, new)
        for at, new in enumerate(causes.telling(offered))
    ]
    if not ranked:
        return "", "", np.nan
    left, _, new = min(ranked, key=lambda one: (round(one[0], 9), one[1]))
    return new.printed, "padded" if new.value == value else new.cause, left
