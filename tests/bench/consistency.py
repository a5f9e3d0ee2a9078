"""What a table of consistency checks made by hand says, against what reconciling finds.

Run: python tests/bench/consistency.py TABLE.csv
TABLE has the columns doc_id, level, area, standard, check, consistent; `consistent` is yes, no or
`n/a…`. Prints one line a group that is inconsistent or flagged, then the counts. The pairs checked
by hand are of poor, near-poor and multidimensionally poor households only: a conflict with a
figure of another indicator does not flag them.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from helpers import ledger, places, project, reconcile

STEMS = ("poor", "near_poor", "multidim_poor")
PAIRED = {"total_households", *(f"{s}_{k}" for s in STEMS for k in ("households", "rate"))}
STANDARDS = {"unknown": ("", "local:")}


@dataclass(frozen=True)
class Check:
    """One row of the table by hand."""

    doc_id: str
    level: str
    area: str
    standard: str
    check: str
    consistent: str


def main(path: Path) -> int:
    """Print the comparison; the exit code is 1 where something found by hand is missed."""
    table = project.read_table(path)
    checks = [Check(*row) for row in table[list(Check.__annotations__)].itertuples(index=False)]
    cleaned = ledger.clean(ledger.load(), ledger.load_sources())
    result = reconcile.run(cleaned.figures, ledger.load_links())
    figures = result.figures.set_index("figure_id")
    rows = result.conflicts[result.conflicts["scope"] == "source"].to_dict("records")
    inside = [{str(name): str(cell) for name, cell in row.items()} for row in rows]
    counts = {"missed": 0, "flagged": 0}
    for check in checks:
        hits = [str(c["conflict_id"]) for c in inside if _is_about(c, check, figures)]
        if check.consistent == "no" or (hits and check.consistent == "yes"):
            kind = "missed" if not hits else "found" if check.consistent == "no" else "flagged"
            counts[kind] = counts.get(kind, 0) + 1
            print(f"{kind:8}{check.doc_id} {check.area}, {check.check}: {' '.join(hits)}")
    print(table["consistent"].str[:3].value_counts().to_dict(), counts)
    return int(counts["missed"] > 0)


def _is_about(conflict: dict[str, str], check: Check, figures: pd.DataFrame) -> bool:
    """Whether a conflict is of a check's source, place, group, standard and kind."""
    members = figures.loc[conflict["figures"].split()]
    if conflict["source_id"] != check.doc_id or not _is_kind(conflict, check, members):
        return False
    known = STANDARDS.get(check.standard, (check.standard,))
    if not conflict["standard"].startswith(known) and conflict["rules"] != "change-of-level":
        return False
    if "" in known and conflict["standard"] and not conflict["standard"].startswith("local:"):
        return False
    below = conflict["place"].partition("/")[2]
    if below:
        return places.fold(below) in places.fold(check.area)
    in_group = (members["group"] != "").any() and conflict["rules"] != "sum-of-parts"
    if in_group or check.level == "group":
        return bool(in_group and check.level == "group")
    return check.level != "district" and _is_same(conflict["place"], check.area)


def _is_kind(conflict: dict[str, str], check: Check, members: pd.DataFrame) -> bool:
    if check.check.startswith("parts sum: "):
        indicator = check.check.removeprefix("parts sum: ")
        return conflict["rules"] == "sum-of-parts" and set(members["indicator"]) == {indicator}
    if check.check.startswith("change vs"):
        return conflict["rules"] == "change-of-level"
    pairs = conflict["rules"] not in ("sum-of-parts", "change-of-level")
    return check.check == "pairs" and pairs and set(members["indicator"]) <= PAIRED


def _is_same(code: str, name: str) -> bool:
    try:
        return places.find(name).code == code.partition("@")[0]
    except places.UnknownPlace:
        return True


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
