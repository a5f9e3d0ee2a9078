"""Measure the reading of bulletins against what a person read.

Usage: python tests/bench/read_bulletins.py [ANNOTATED.txt …] [--remarks]
       python tests/bench/read_bulletins.py --ledger LEDGER.csv FILE=SOURCE_ID …

The first way takes annotated bulletins (tests/bench/annotated.py), by default those beside this
script; figures are matched by the place of their first digit. The second takes plain bulletins
whose rows stand in a ledger, matched by their digits in the order of the text. `false` are figures
found where a person saw none; `links` counts what a person tied, `links false` what else was tied.
"""

from __future__ import annotations

import argparse
import difflib
import math
import re
from pathlib import Path

import annotated
import pandas as pd

from helpers import bulletins, project, quantities

ASPECTS = ("value", "place", "period", "indicator", "direction", "group", "status")
POVERTY = re.compile(r"poor|poverty|total_households|falling_back")
Record = dict[str, str]


def main() -> None:
    """Print a table of counts and shares, then every figure missed, false or read otherwise."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="*")
    parser.add_argument("--ledger", type=Path)
    parser.add_argument("--remarks", action="store_true", help="each difference, too")
    options = parser.parse_args()
    items = options.files or sorted(map(str, annotated.FOLDER.glob("*.txt")))
    told = [
        _by_ledger(item, options.ledger) if options.ledger else _by_marks(Path(item))
        for item in items
    ]
    frame = pd.DataFrame([row for row, _ in told]).set_index("source")
    total = frame.sum()
    frame.loc["all"] = total
    print(frame.to_string())
    print(_shares(total).to_string(float_format="{:.3f}".format))
    if options.remarks:
        print("\n".join(remark for _, remarks in told for remark in remarks))


def _shares(total: pd.Series) -> pd.Series:
    """What the counts come to, each as a share of what it could be."""
    poverty, found = total["poverty found"], total["found"]
    return pd.Series(
        {
            "found of all": found / total["by hand"],
            "false of those found": total["false"] / (found + total["false"]),
            **{aspect: total[aspect] / found for aspect in ("value", "place", "period", "status")},
            "indicator of poverty figures": total["indicator"] / poverty,
            "direction of poverty figures": total["direction"] / poverty,
            "group of poverty figures": total["group"] / poverty,
            "links found": total["links right"] / max(total["links"], 1),
            "links that are right": total["links right"]
            / max(total["links right"] + total["links false"], 1),
        },
        name="share",
    ).to_frame()["share"]


def _by_marks(path: Path) -> tuple[dict[str, object], list[str]]:
    """Counts for one annotated bulletin, and a line for each difference."""
    truth = annotated.load(path)
    result = bulletins.read_text(truth.text, truth.name)
    wanted = [
        {
            "figure_id": figure.name, "printed": figure.printed, "indicator": figure.indicator,
            "value": str(figure.value), "low": str(figure.low), "high": str(figure.high),
            **figure.said,
        }
        for figure in truth.figures
    ]  # fmt: skip
    found = _records(result.figures)
    spots = {int(row["offset"]): j for j, row in enumerate(found)}
    pairs = [(i, spots[f.offset]) for i, f in enumerate(truth.figures) if f.offset in spots]
    return _compared(truth.name, wanted, found, pairs, set(truth.links), result)


def _by_ledger(item: str, path: Path) -> tuple[dict[str, object], list[str]]:
    """Counts for one bulletin whose figures stand in a ledger."""
    name, _, source_id = item.partition("=")
    source_id = source_id or Path(name).stem
    ledger, links = project.read_table(path), project.read_table(path.with_suffix(".links.csv"))
    wanted = _records(ledger[ledger["source_id"] == source_id])
    for row in wanted:
        quantity = quantities.parse(row["printed"])
        row |= {"value": str(quantity.value), "low": str(quantity.low), "high": str(quantity.high)}
    result = bulletins.read_files([name])
    found = _records(result.figures)
    tied = {link for link in _triples(links) if link[0].startswith(f"{source_id}-")}
    return _compared(source_id, wanted, found, _aligned(wanted, found), tied, result)


def _compared(
    source: str,
    wanted: list[Record],
    found: list[Record],
    pairs: list[tuple[int, int]],
    tied: set[tuple[str, str, str]],
    result: bulletins.Read,
) -> tuple[dict[str, object], list[str]]:
    right = dict.fromkeys(ASPECTS, 0)
    remarks = [f"{source}: {problem}" for problem in result.problems]
    poverty = 0
    for i, j in pairs:
        about_poverty = bool(POVERTY.search(wanted[i]["indicator"]))
        poverty += about_poverty
        for aspect in ASPECTS:
            if aspect in {"indicator", "direction", "group"} and not about_poverty:
                continue
            said = _difference(wanted[i], found[j], aspect)
            right[aspect] += not said
            remarks += [f"{source} {wanted[i]['printed']}: {said}"] * bool(said)
    missed = sorted(set(range(len(wanted))) - {i for i, _ in pairs})
    false = sorted(set(range(len(found))) - {j for _, j in pairs})
    remarks += [
        f"{source} missed: {wanted[i]['printed']} ({wanted[i]['indicator']})" for i in missed
    ]
    remarks += [f"{source} false: {found[j]['printed']} ({found[j]['indicator']})" for j in false]
    names = {found[j]["figure_id"]: wanted[i]["figure_id"] for i, j in pairs}
    linked = {(names.get(a, a), r, names.get(b, b)) for a, r, b in _triples(result.links)}
    remarks += [f"{source} link missed: {_told(k, wanted)}" for k in sorted(tied - linked)]
    remarks += [f"{source} link false: {_told(k, wanted)}" for k in sorted(linked - tied)]
    return {
        "source": source, "by hand": len(wanted), "found": len(pairs), "false": len(false),
        "poverty found": poverty, **right, "links": len(tied), "links right": len(tied & linked),
        "links false": len(linked - tied),
    }, remarks  # fmt: skip


def _told(link: tuple[str, str, str], wanted: list[Record]) -> str:
    """A link in words."""
    printed = {row["figure_id"]: row["printed"] for row in wanted}
    one, relation, other = link
    return f"{printed.get(one, one)} {relation} {printed.get(other, other)}"


def _records(table: pd.DataFrame) -> list[Record]:
    """Rows as texts."""
    rows = table.astype(str).to_dict("records")
    return [{str(name): str(value) for name, value in row.items()} for row in rows]


def _triples(links: pd.DataFrame) -> set[tuple[str, str, str]]:
    return {(str(r[0]), str(r[1]), str(r[2])) for r in links.itertuples(index=False, name=None)}


def _aligned(wanted: list[Record], found: list[Record]) -> list[tuple[int, int]]:
    """Pairs of figures whose digits agree, in the order of the text."""
    one, two = (
        [re.sub(r"\D+", " ", row["printed"]).strip() or row["printed"] for row in side]
        for side in (wanted, found)
    )
    blocks = difflib.SequenceMatcher(a=one, b=two, autojunk=False).get_matching_blocks()
    return [(b.a + k, b.b + k) for b in blocks for k in range(b.size)]


def _difference(wanted: Record, found: Record, aspect: str) -> str:
    """What was read otherwise than by hand, '' if nothing."""
    if aspect == "value":
        alike = all(_same(float(wanted[n]), float(found[n])) for n in ("value", "low", "high"))
        of = wanted.get("of", "")
        alike = alike and (not of or _same(float(of), float(found["of"])))
        said = " ".join(found[name] for name in ("value", "low", "high", "of"))
        by_hand = " ".join(wanted[name] for name in ("value", "low", "high"))
        return "" if alike else f"value {said}, by hand {by_hand}"
    if aspect == "group" and wanted[aspect] not in GROUPS:
        return ""
    same = wanted[aspect] == found[aspect]
    return "" if same else f"{aspect} {found[aspect]!r}, by hand {wanted[aspect]!r}"


GROUPS = ("", "ethnic_minority", "ethnic_minority_areas", "rural", "urban", "poor_districts")


def _same(one: float, two: float) -> bool:
    return math.isclose(one, two, rel_tol=1e-9) or (math.isnan(one) and math.isnan(two))


if __name__ == "__main__":
    main()
