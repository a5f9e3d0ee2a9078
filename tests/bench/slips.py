"""Slips of digits put into sound real figures: how many are seen, doubted and rightly suggested.

Run: python tests/bench/slips.py [FIGURES] [SEED]
Figures are drawn from the project's ledger, out of sources without any conflict and where some rule
sets them against others. In each one print gets two digits exchanged, one replaced, or one left
out, and its source is reconciled anew. A slip that stays within what the other figures allow cannot
be seen by anyone, and counts as unseen.
"""

from __future__ import annotations

import random
import re
import sys
from collections import Counter
from itertools import pairwise
from typing import Any

from helpers import ledger, quantities, reconcile

KINDS = ("exchanged", "replaced", "left out")
NUMERAL = re.compile(r"\d+(?:[.,]\d+)*")


def spoiled(printed: str, unit: str, kind: str, draw: random.Random) -> str | None:
    """A print with one slip; None where it has no such slip or more than one number."""
    found = list(NUMERAL.finditer(printed))
    if len(found) != 1:
        return None
    signs = list(found[0][0])
    digits = [place for place, sign in enumerate(signs) if sign.isdigit()]
    if kind == "exchanged":
        pairs = [(a, b) for a, b in pairwise(digits) if signs[a] != signs[b]]
        if not pairs:
            return None
        a, b = draw.choice(pairs)
        signs[a], signs[b] = signs[b], signs[a]
    elif kind == "replaced":
        place = draw.choice(digits)
        signs[place] = draw.choice([d for d in "0123456789" if d != signs[place]])
    elif len(digits) < 3:
        return None
    else:
        del signs[draw.choice(digits)]
    text = "".join(signs)
    if kind == "left out" and unit not in ("%", "pp") and "." in text:
        text = re.sub(r"(?<=\d)(?=(?:\d{3})+$)", ".", text.replace(".", ""))
    if not re.fullmatch(NUMERAL, text) or re.match(r"0\d", text):
        return None
    return printed[: found[0].start()] + text + printed[found[0].end() :]


def outcome(row: dict[str, Any], result: reconcile.Reconciled) -> str:
    """What reconciling makes of the spoiled figure."""
    inside = result.conflicts[result.conflicts["scope"] == "source"]
    if inside.empty:
        return "unseen"
    key = str(row["figure_id"])
    if not any(key in re.split(r"[ |]", doubted) for doubted in inside["doubted"]):
        return "not doubted"
    offered = {offer for cell in inside["suggestion"] for offer in cell.split("|")}
    new = result.changes.loc[result.changes["figure_id"] == key, "new_value"]
    mended = ((new >= row["low"] - 1e-9) & (new <= row["high"] + 1e-9)).any()
    right = f"{key}={row['printed']}" in offered or mended
    return "doubted, right suggestion" if right else "doubted, no right suggestion"


def main(figures: int, seed: int) -> None:
    """Print a line a kind of slip with its outcomes."""
    sources = ledger.load_sources()
    cleaned = ledger.clean(ledger.load(), sources).figures
    links = ledger.load_links()
    whole = reconcile.run(cleaned, links).figures
    sound = whole["status_reconciled"].isin(["consistent", "unchecked"])
    quiet = sound.groupby(whole["source_id"]).transform("all")
    drawn = whole[quiet & (whole["status_reconciled"] == "consistent")]
    drawn = drawn.sample(min(figures, len(drawn)), random_state=seed)
    style = sources.set_index("source_id")["number_style"].replace("mixed", "vi")
    draw = random.Random(seed)
    counts: Counter[tuple[str, str]] = Counter()
    for row in drawn.to_dict("records"):
        kind = draw.choice(KINDS)
        printed = spoiled(str(row["printed"]), str(row["unit"]), kind, draw)
        if printed is None:
            continue
        unit = "%" if row["unit"] == "pp" else str(row["unit"])
        try:
            read = quantities.parse(printed, style.get(row["source_id"], "vi"), unit)
        except ValueError:
            continue
        mine = cleaned[cleaned["source_id"] == row["source_id"]].reset_index(drop=True)
        at = mine["figure_id"] == row["figure_id"]
        new = {"printed": printed, "value": read.value, "low": read.low, "high": read.high}
        for name, cell in new.items():
            mine.loc[at, name] = cell
        told = {str(name): cell for name, cell in row.items()}
        counts[kind, outcome(told, reconcile.run(mine, links))] += 1
    for kind in KINDS:
        found = sorted((what, n) for (one, what), n in counts.items() if one == kind)
        print(f"digits {kind}: {', '.join(f'{n} {what}' for what, n in found)}")


if __name__ == "__main__":
    given = [int(argument) for argument in sys.argv[1:]]
    main(*(given + [200, 1][len(given) :]))
