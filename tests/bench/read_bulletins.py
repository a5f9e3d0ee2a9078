"""Measure the reading of bulletins against a ledger transcribed by hand.

Usage: python tests/bench/read_bulletins.py --ledger LEDGER.csv FILE=SOURCE_ID [FILE=SOURCE_ID …]

FILE is a bulletin, SOURCE_ID its rows in the ledger; without =SOURCE_ID the file's name is it.
"""

from __future__ import annotations

import argparse
import difflib
import re
import time
from pathlib import Path

import pandas as pd

from helpers import bulletins, project, quantities

ASPECTS = ("value", "place", "period", "indicator", "direction", "group", "status")
POVERTY = re.compile(r"poor|poverty|total_households")


def main() -> None:
    """Print a table of counts, then every figure missed, false or understood otherwise."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="+")
    parser.add_argument("--ledger", required=True, type=Path)
    options = parser.parse_args()
    ledger = project.read_table(options.ledger)
    links = project.read_table(options.ledger.with_suffix(".links.csv"))
    table, remarks = [], []
    for item in options.files:
        name, _, source_id = item.partition("=")
        row, said = measure(Path(name), source_id or Path(name).stem, ledger, links)
        table.append(row)
        remarks += said
    frame = pd.DataFrame(table).set_index("source")
    frame.loc["all"] = frame.sum()
    print(frame.astype({c: int for c in frame.columns if c != "ms"}).round(1).to_string())
    print("\n".join(remarks))


def measure(
    path: Path, source_id: str, ledger: pd.DataFrame, links: pd.DataFrame
) -> tuple[dict[str, object], list[str]]:
    """Counts for one bulletin, and a line for each difference."""
    truth = ledger[ledger["source_id"] == source_id].reset_index(drop=True)
    begun = time.perf_counter()
    result = bulletins.read_files([path])
    spent = time.perf_counter() - begun
    found = result.figures
    pairs = aligned(truth["printed"].tolist(), found["printed"].tolist())
    right = dict.fromkeys(ASPECTS, 0)
    poverty = [(i, j) for i, j in pairs if POVERTY.search(str(truth.at[i, "indicator"]))]
    remarks = [f"{source_id}: {problem}" for problem in result.problems]
    for i, j in pairs:
        for aspect in ASPECTS:
            if aspect == "indicator" and (i, j) not in poverty:
                continue
            want, got = expected(truth, i, aspect), str(found.at[j, aspect])
            same = (
                values_agree(truth.at[i, "printed"], found.loc[j])
                if aspect == "value"
                else want == got
            )
            right[aspect] += same
            if not same:
                remarks.append(
                    f"{source_id} {truth.at[i, 'printed']}: {aspect} {got!r}, by hand {want!r}"
                )
    missed = set(truth.index) - {i for i, _ in pairs}
    false = set(found.index) - {j for _, j in pairs}
    remarks += [f"{source_id} missed: {truth.at[i, 'printed']}" for i in sorted(missed)]
    remarks += [f"{source_id} not by hand: {found.at[j, 'printed']}" for j in sorted(false)]
    wanted = {
        (r.figure_id, r.relation, r.other_id)
        for r in links.itertuples()
        if str(r.figure_id) in set(truth["figure_id"])
    }
    names = {found.at[j, "figure_id"]: truth.at[i, "figure_id"] for i, j in pairs}
    linked = {
        (names.get(r.figure_id), r.relation, names.get(r.other_id))
        for r in result.links.itertuples()
    }
    remarks += [f"{source_id} link missed: {link}" for link in sorted(wanted - linked)]
    remarks += [
        f"{source_id} link not by hand: {link}" for link in sorted(linked - wanted, key=str)
    ]
    counts: dict[str, object] = {
        "source": source_id, "by hand": len(truth), "found": len(pairs), "false": len(false), **right,
        "poverty": len(poverty), "links": len(wanted), "links right": len(wanted & linked),
        "links false": len(linked - wanted), "ms": 1000 * spent,
    }  # fmt: skip
    return counts, remarks


def aligned(truth: list[str], found: list[str]) -> list[tuple[int, int]]:
    """Pairs of figures whose digits agree, in the order of the text."""
    keys = [[re.sub(r"\D+", " ", text).strip() or text for text in side] for side in (truth, found)]
    blocks = difflib.SequenceMatcher(None, *keys, autojunk=False).get_matching_blocks()
    return [(b.a + k, b.b + k) for b in blocks for k in range(b.size)]


def expected(truth: pd.DataFrame, i: int, aspect: str) -> str:
    """What was written by hand; the value is compared as a number."""
    return "" if aspect == "value" else str(truth.at[i, aspect])


def values_agree(printed: str, read: pd.Series) -> bool:
    """Whether value and interval are those of the hand-written print."""
    want = quantities.parse(printed)
    return (want.value, want.low, want.high) == (read["value"], read["low"], read["high"])


if __name__ == "__main__":
    main()
