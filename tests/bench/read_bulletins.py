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
    truth = records(ledger[ledger["source_id"] == source_id])
    begun = time.perf_counter()
    result = bulletins.read_files([path])
    spent = time.perf_counter() - begun
    found = records(result.figures)
    pairs = aligned([r["printed"] for r in truth], [r["printed"] for r in found])
    right = dict.fromkeys(ASPECTS, 0)
    remarks = [f"{source_id}: {problem}" for problem in result.problems]
    for i, j in pairs:
        for aspect in ASPECTS:
            said = difference(truth[i], found[j], aspect)
            right[aspect] += not said
            remarks += [f"{source_id} {truth[i]['printed']}: {said}"] * bool(said)
    missed = sorted(set(range(len(truth))) - {i for i, _ in pairs})
    false = sorted(set(range(len(found))) - {j for _, j in pairs})
    remarks += [f"{source_id} missed: {truth[i]['printed']}" for i in missed]
    remarks += [f"{source_id} not by hand: {found[j]['printed']}" for j in false]
    names = {found[j]["figure_id"]: truth[i]["figure_id"] for i, j in pairs}
    wanted = {link for link in triples(links) if link[0].startswith(f"{source_id}-")}
    linked = {(names.get(a, a), r, names.get(b, b)) for a, r, b in triples(result.links)}
    remarks += [f"{source_id} link missed: {' '.join(link)}" for link in sorted(wanted - linked)]
    remarks += [f"{source_id} link not by hand: {' '.join(k)}" for k in sorted(linked - wanted)]
    counts: dict[str, object] = {
        "source": source_id, "by hand": len(truth), "found": len(pairs), "false": len(false),
        **right, "links": len(wanted), "links right": len(wanted & linked),
        "links false": len(linked - wanted), "ms": 1000 * spent,
    }  # fmt: skip
    return counts, remarks


def records(table: pd.DataFrame) -> list[dict[str, str]]:
    """Rows as texts."""
    rows = table.astype(str).to_dict("records")
    return [{str(name): str(value) for name, value in row.items()} for row in rows]


def triples(links: pd.DataFrame) -> set[tuple[str, str, str]]:
    """Links as (figure_id, relation, other_id)."""
    return {(str(r[0]), str(r[1]), str(r[2])) for r in links.itertuples(index=False, name=None)}


def aligned(truth: list[str], found: list[str]) -> list[tuple[int, int]]:
    """Pairs of figures whose digits agree, in the order of the text."""
    one, two = (
        [re.sub(r"\D+", " ", text).strip() or text for text in side] for side in (truth, found)
    )
    blocks = difflib.SequenceMatcher(a=one, b=two, autojunk=False).get_matching_blocks()
    return [(b.a + k, b.b + k) for b in blocks for k in range(b.size)]


def difference(truth: dict[str, str], found: dict[str, str], aspect: str) -> str:
    """What was read otherwise than by hand, '' if nothing; own labels are not compared."""
    if aspect == "value":
        want = quantities.parse(truth["printed"])
        got = tuple(float(found[name]) for name in ("value", "low", "high"))
        return "" if (want.value, want.low, want.high) == got else f"value {got}"
    if aspect == "indicator" and not POVERTY.search(truth["indicator"]):
        return ""
    same = truth[aspect] == found[aspect]
    return "" if same else f"{aspect} {found[aspect]!r}, by hand {truth[aspect]!r}"


if __name__ == "__main__":
    main()
