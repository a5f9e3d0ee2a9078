"""The official tables as printed: how fine they are, and the sums that must hold in them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers import places, project

NEEDED = (
    *("figure_id", "source_id", "place", "group", "period", "indicator"),
    *("printed", "status", "value", "low", "high"),
)
TOTAL, MALE, FEMALE = "population_total", "population_male", "population_female"
URBAN, RURAL = "population_urban", "population_rural"
SPLITS = {"sexes": (MALE, FEMALE), "residence": (URBAN, RURAL)}
CELL = ["source_id", "place", "period", "indicator"]
LEAST_CELLS = 5
TOLERANCE = 1e-9
DECIMALS = 9
"""Of sums: what floats leave behind lies further out."""


@dataclass(frozen=True)
class Tables:
    """Cells of population tables, and the sums that must hold between them.

    cells : a row a printed number, sorted by figure_id, index 0..f-1; `key` names its place, year
            and indicator inside its source
    ties  : a row a part of a sum: whole, kind (`sexes`, `residence`, `places`), part, as keys
    """

    cells: pd.DataFrame
    ties: pd.DataFrame


def printed_ranges(table: pd.DataFrame) -> pd.DataFrame:
    """Ranges that numbers of official tables really have: a column padded with zeros is rougher.

    table : rows as `ledger.load_official` gives them
    Returns low and high, on the index of `table`. Where every number of one source and year, five
    at least, ends in a zero after the point, the last decimal was put there by the program that
    shows the table: `37.40` among such is 37.4, so [37.35, 37.45]. A single such zero is none.
    """
    digits = table["printed"].str.extract(r"\.(\d+)$", expand=False).fillna("")
    known = table["low"].notna()
    own = digits.str.len()
    told = digits.str.rstrip("0").str.len().where(known)
    columns = [table["source_id"], table["period"]]
    most = told.groupby(columns).transform("max")
    enough = known.groupby(columns).transform("sum") >= LEAST_CELLS
    padded = known & enough & (most < own)
    half = 0.5 * 10.0 ** -most.where(padded, own)
    return pd.DataFrame(
        {
            "low": table["low"].where(~padded, table["value"] - half),
            "high": table["high"].where(~padded, table["value"] + half),
        }
    )


def parts_of_places(period: str, printed: set[str]) -> pd.DataFrame:
    """Which places make up each region and the country in a year.

    period  : a year; printed : codes of the places with a number in the table of that year
    Returns whole, part. A province that was split off later is no part yet; one that another had
    taken in by the end of the year is none when it has no number and the other has.
    """
    table = places.table()
    regions = table[table["kind"] == "region"]
    old = table[(table["kind"] == "province") & (table["region"] != "")]
    begun = old["valid_from"].str[:4].where(old["valid_from"] != "", "0000") <= period
    ended = old["valid_to"].str[:4].where(old["valid_to"] != "", "9999") <= period
    mergers = project.read_table(project.raw_dir() / "mergers.csv", ["new_place", "old_place"])
    inside = set(mergers.loc[mergers["new_place"].isin(printed), "old_place"])
    gone = ended & ~old["code"].isin(printed) & old["code"].isin(inside)
    old = old[begun & ~gone]
    return pd.DataFrame(
        {
            "whole": ["VN"] * len(regions) + old["region"].tolist(),
            "part": regions["code"].tolist() + old["code"].tolist(),
        }
    )


def tables(table: pd.DataFrame) -> Tables:
    """The printed cells of population tables and their sums; arguments as `population_checks`."""
    lacking = [name for name in NEEDED if name not in table.columns]
    if lacking:
        raise project.UserError(
            f"The population table lacks the columns {', '.join(lacking)}: "
            "load it with helpers.ledger.load_official('population')."
        )
    known = {TOTAL, *(part for parts in SPLITS.values() for part in parts)}
    kept = table[(table["group"] == "") & table["indicator"].isin(known)]
    kept = kept[kept["period"].str.fullmatch(r"\d{4}")]
    twice = kept.loc[kept.duplicated(CELL), "figure_id"]
    if len(twice):
        raise project.UserError(
            f"The population table has {twice.min()!r} a second time under the same source, place, "
            "year and indicator: keep one row."
        )
    kept = kept.assign(**printed_ranges(kept))
    cells = kept[kept["low"].notna()].sort_values("figure_id", ignore_index=True)
    cells = cells.assign(key=_key(cells))
    return Tables(cells, _ties(cells))


def checks(known: Tables) -> pd.DataFrame:
    """Every sum with both its ranges, a row a sum, in the order of source, year and place.

    Columns as `official.CHECK_COLUMNS`, and whole (its key), complete (all parts are printed),
    cell (number of the printed whole, else missing), numbers (those of the printed parts).
    """
    named = ["figure_id", "value", "low", "high", "number"]
    cells = known.cells.set_index("key").assign(number=np.arange(len(known.cells)))
    parts = known.ties.join(cells[named], on="part")
    parts = parts.assign(printed_part=parts["low"].notna())
    groups = parts.groupby(["whole", "kind"], sort=True)
    sums = groups[["value", "low", "high"]].sum().add_prefix("parts_")
    sums["complete"] = groups["printed_part"].all()
    there = parts[parts["printed_part"]].groupby(["whole", "kind"], sort=True)
    sums["parts"] = there["figure_id"].agg(" ".join)
    sums["numbers"] = there["number"].apply(lambda numbers: tuple(int(n) for n in numbers))
    frame = sums.reset_index().join(cells[[*named, "printed"]], on="whole")
    frame = frame.rename(columns={"number": "cell", "figure_id": "figure"})
    frame[CELL] = frame["whole"].str.split("|", expand=True)
    checked = frame["complete"] & frame["low"].notna()
    disjoint = apart(frame["low"], frame["high"], frame["parts_low"], frame["parts_high"])
    gap = (frame["value"] - frame["parts_value"]).where(checked)
    wide = (frame["high"] - frame["low"] + frame["parts_high"] - frame["parts_low"]) / 2
    frame = frame.assign(
        checked=checked, agree=~(checked & disjoint), gap=gap, rounding=wide.where(checked)
    )
    numbers = ["parts_value", "parts_low", "parts_high", "gap", "rounding"]
    frame = frame.round(dict.fromkeys(numbers, DECIMALS))
    order = ["source_id", "period", "place", "indicator", "kind"]
    return frame.sort_values(order, ignore_index=True)


def apart(low: pd.Series, high: pd.Series, low_2: pd.Series, high_2: pd.Series) -> pd.Series:
    """Whether two closed ranges have no common point, beyond what floats leave behind."""
    slack = TOLERANCE * np.maximum(np.maximum(high.abs(), high_2.abs()), 1.0)
    return (low > high_2 + slack) | (high < low_2 - slack)


def _key(frame: pd.DataFrame) -> pd.Series:
    return frame[CELL[0]].str.cat(frame[CELL[1:]], sep="|")


def _ties(cells: pd.DataFrame) -> pd.DataFrame:
    """The sums between cells, each of its parts a row, in an order that the ids alone fix."""
    ties = [_no_ties()]
    for kind, names in SPLITS.items():
        wholes = cells.loc[cells["indicator"].isin(names), CELL[:3]].drop_duplicates()
        for part in names:
            tie = wholes.assign(kind=kind, part_place=wholes["place"], indicator=TOTAL, part=part)
            ties.append(tie)
    for (source, period), year in cells.groupby(["source_id", "period"]):
        inside = parts_of_places(str(period), set(year["place"]))
        inside = inside.rename(columns={"whole": "place", "part": "part_place"})
        inside = inside.assign(source_id=str(source), period=str(period), kind="places")
        for indicator in sorted(set(year["indicator"])):
            ties.append(inside.assign(indicator=indicator, part=indicator))
    frame = pd.concat(ties, ignore_index=True)
    parts = frame.assign(place=frame["part_place"], indicator=frame["part"])
    frame = frame.assign(whole=_key(frame), part=_key(parts))[["whole", "kind", "part"]]
    return frame.sort_values(["whole", "kind", "part"], ignore_index=True)


def _no_ties() -> pd.DataFrame:
    return pd.DataFrame(columns=[*CELL, "kind", "part_place", "part"], dtype="str")
