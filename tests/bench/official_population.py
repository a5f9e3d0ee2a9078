"""The official population tables checked, and a proof that nothing is flagged without need.

Run: python tests/bench/official_population.py [TABLE.csv]
TABLE.csv, by default the project's own, has the columns of official_population.csv. Prints how
many place-years and sums are checked, and each conflict with its two ranges. The proof is apart
from the checks: a linear program a year, written here from the printed ranges and the sums alone.
A year that is not flagged must have a solution, which is then put into every sum and range. A year
that is flagged must have none; without the cells of any one smallest set to doubt it must have
one, and without any other cells, as many or fewer, none: so no tie is left out. The exit code is 1
where a year fails. At the end, how time grows when the rows grow tenfold.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Set
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.optimize import linprog
from scipy.sparse import coo_array

from helpers import ledger, project, quantities
from helpers.reconcile import official
from helpers.reconcile.official_tables import parts_of_places, printed_ranges

Floats = npt.NDArray[np.float64]
MOST_TRIED = 5_000
TINY = 1e-6  # thousand persons, the thousandth part of one person


def main(path: Path | None) -> int:
    """Print the checks, the conflicts and the proof; 1 where the proof fails."""
    table = load(path)
    checks = official.population_checks(table)
    printed = table[table["low"].notna()]
    place_years = printed.groupby("source_id")[["place", "period"]].apply(
        lambda cells: len(cells.drop_duplicates())
    )
    print("place-years:", place_years.to_dict())
    print(checks.groupby(["source_id", "kind"])[["checked", "agree"]].agg(["size", "sum"]))
    start = time.perf_counter()
    conflicts = official.population_conflicts(table)
    cells = official.population_cells(table)
    print(f"conflicts: {len(conflicts)}, found in {time.perf_counter() - start:.1f} s")
    for row in conflicts.to_dict("records"):
        first, second = (
            f"{row[s + '_low']:.3f}–{row[s + '_high']:.3f}" for s in ("first", "second")
        )
        print(
            f"  {row['conflict_id']} {row['place']} {row['year']} {row['kind']}: {first} | {second}"
        )
        print(f"    {row['explanation_en']}")
    failed = prove(printed, conflicts, cells)
    growth(table)
    return int(failed > 0)


def load(path: Path | None) -> pd.DataFrame:
    """The table with its numbers read."""
    if path is None:
        return ledger.load_official("population")
    table = project.read_table(path, ledger.COLUMNS)
    read = quantities.parse_column(table["printed"], "en", table["unit"])
    return table[list(ledger.COLUMNS)].join(read[list(ledger.NUMBERS)])


def prove(printed: pd.DataFrame, conflicts: pd.DataFrame, cells: pd.DataFrame) -> int:
    """Years whose feasibility is not what the conflicts say; each flagged year is printed."""
    table = printed.assign(**printed_ranges(printed))
    flagged = set(zip(conflicts["source_id"], conflicts["period"], strict=True))
    failed, years, systems = 0, 0, 0
    for key, rows in table.groupby(["source_id", "period"]):
        year = rows.reset_index(drop=True)
        wholes, parts = sums(year)
        years, systems = years + 1, systems + len(wholes)
        if key not in flagged:
            failed += not solvable(year, wholes, parts, set())
            continue
        mine = cells[cells["figure_id"].isin(year["figure_id"])]
        sets = {frozenset(ids) for _, ids in mine.groupby(["block", "set"])["figure_id"]}
        size = min(map(len, sets))
        others = [frozenset(c) for n in range(size + 1) for c in combinations(year["figure_id"], n)]
        others = [one for one in others if one not in sets]
        enough = sum(solvable(year, wholes, parts, one) for one in sets)
        missed = sum(solvable(year, wholes, parts, one) for one in others[:MOST_TRIED])
        print(
            f"flagged {' '.join(map(str, key))}: {enough} of {len(sets)} smallest sets of {size} "
            f"leave a solution; of {len(others)} other choices of as many cells or fewer {missed} "
            f"do ({min(len(others), MOST_TRIED)} tried)"
        )
        failed += enough < len(sets) or missed > 0
    print(f"{years} years with {systems} sums: {years - len(flagged)} not flagged, {failed} failed")
    return failed


def sums(year: pd.DataFrame) -> tuple[list[str], list[list[str]]]:
    """Keys `place|indicator` of each whole of a year and of its parts."""
    there = set(year["place"] + "|" + year["indicator"])
    indicators = sorted(set(year["indicator"]))
    wholes: list[str] = []
    parts: list[list[str]] = []
    for split in (("male", "female"), ("urban", "rural")):
        for place in sorted(set(year["place"])):
            names = [f"{place}|population_{part}" for part in split]
            if there & set(names):
                wholes.append(f"{place}|population_total")
                parts.append(names)
    members = parts_of_places(str(year["period"].iloc[0]), set(year["place"]))
    for whole, inside in members.groupby("whole")["part"]:
        for indicator in indicators:
            wholes.append(f"{whole}|{indicator}")
            parts.append([f"{part}|{indicator}" for part in inside])
    return wholes, parts


def solvable(
    year: pd.DataFrame, wholes: list[str], parts: list[list[str]], freed: Set[str]
) -> bool:
    """Whether values in all printed ranges, but those of freed cells, satisfy all sums.

    A solution that the solver returns is put into every sum and range before it is believed.
    """
    keys = (year["place"] + "|" + year["indicator"]).tolist()
    names = list(dict.fromkeys([*keys, *wholes, *(part for one in parts for part in one)]))
    number = {name: i for i, name in enumerate(names)}
    low, high = np.zeros(len(names)), np.full(len(names), np.inf)
    heard = ~year["figure_id"].isin(freed).to_numpy()
    at = np.array([number[key] for key in keys])[heard]
    low[at], high[at] = year["low"].to_numpy()[heard], year["high"].to_numpy()[heard]
    entries = [(row, number[whole], 1.0) for row, whole in enumerate(wholes)]
    entries += [(row, number[part], -1.0) for row, one in enumerate(parts) for part in one]
    rows, columns, signs = (np.array(column) for column in zip(*entries, strict=True))
    matrix: Any = coo_array((signs, (rows, columns)), shape=(len(wholes), len(names))).tocsr()
    widened = (low - TINY / 1000).tolist(), (high + TINY / 1000).tolist()
    bounds = list(zip(*widened, strict=True))
    result = linprog(np.zeros(len(names)), A_eq=matrix, b_eq=np.zeros(len(wholes)), bounds=bounds)
    if result.status == 2:
        return False
    if result.status != 0 or result.x is None:
        raise RuntimeError(f"The linear program of a year was not solved: {result.message}")
    values: Floats = result.x
    holds = bool((np.abs(matrix @ values) < TINY).all())
    if not (holds and (values > low - TINY).all() and (values < high + TINY).all()):
        raise RuntimeError("The linear program of a year returned values that do not hold.")
    return True


def growth(table: pd.DataFrame) -> None:
    """Time for the table, and for ten of them under ten names."""
    times = []
    for copies in (1, 10):
        named = [
            table.assign(
                source_id=table["source_id"] + f"-{i}", figure_id=table["figure_id"] + f"-{i}"
            )
            for i in range(copies)
        ]
        many = pd.concat(named, ignore_index=True)
        start = time.perf_counter()
        official.population_checks(many)
        middle = time.perf_counter()
        official.population_conflicts(many)
        times.append((len(many), middle - start, time.perf_counter() - middle))
    for rows, checks, conflicts in times:
        print(f"{rows:7} rows: checks {checks:.2f} s, conflicts {conflicts:.2f} s")


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else None))
