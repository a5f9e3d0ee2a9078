"""Time, memory and truth of reconciling synthetic ledgers of growing size, clean and spoiled.

Run: python tests/bench/reconcile_speed.py [FIGURES]
A record is one place with seven figures: all households, poor, near-poor and both, each with its
rate, rounded to two decimals and, in every third record, all counts to hundreds ("1,2 nghìn").
One record in a hundred is spoiled in the second table: one figure has two digits exchanged, a
wrong digit, or is ten times too large. A spoiled record counts as detectable where a linear program
of its own proves that it cannot hold.
"""

from __future__ import annotations

import sys
import time
import tracemalloc

import numpy as np
import pandas as pd
from scipy.optimize import linprog

from helpers import reconcile

SIZES = (1_000, 10_000, 100_000)
NAMES = ["poor_households", "poor_rate", "near_poor_households", "near_poor_rate"]
NAMES += ["multidim_poor_households", "multidim_poor_rate", "total_households"]
NO_LINKS = pd.DataFrame({"figure_id": [], "relation": [], "other_id": []}, dtype="str")
SPOILED = 0.01


def values(records: int, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """(records, 7) what is printed without any conflict, and half the width of its rounding."""
    rng = np.random.default_rng(seed)
    total = np.floor(np.exp(rng.uniform(np.log(50), np.log(3e7), records)))
    poor = np.floor(total * rng.beta(1, 9, records))
    near = np.floor((total - poor) * rng.beta(1, 9, records))
    both = poor + near
    table = np.stack([poor, poor, near, near, both, both, total], axis=1)
    table[:, 1:6:2] = np.round(100 * table[:, 1:6:2] / total[:, None], 2)
    half = np.tile([0, 0.005, 0, 0.005, 0, 0.005, 0], (records, 1))
    rough = np.arange(records) % 3 == 0
    counts = [0, 2, 4, 6]
    table[np.ix_(rough, counts)] = np.round(table[np.ix_(rough, counts)], -2)
    half[np.ix_(rough, counts)] = 50
    return table, half


def spoiled(table: np.ndarray, share: float, seed: int = 2) -> tuple[np.ndarray, np.ndarray]:
    """The table with slips of digits in a share of its records, and (slips, 2) where they are."""
    rng = np.random.default_rng(seed)
    table = table.copy()
    records = rng.choice(len(table), int(len(table) * share), replace=False)
    where = []
    for record in np.sort(records):
        column = int(rng.integers(0, 7))
        digits = list(f"{100 * table[record, column]:.0f}")
        last = len(digits) if column % 2 and column < 6 else len(digits) - 2
        place = int(rng.integers(0, max(last - 1, 1)))
        kind = rng.integers(0, 3)
        if kind == 0 and last > 1:
            digits[place], digits[place + 1] = digits[place + 1], digits[place]
        elif kind == 1:
            digits[place] = str((int(digits[place]) + rng.integers(1, 10)) % 10)
        new = float("".join(digits)) / 100 * (10 if kind == 2 else 1)
        if new != table[record, column] and not (1 <= column <= 5 and column % 2 and new > 100):
            table[record, column] = new
            where.append((int(record), column))
    return table, np.array(where, dtype=np.int64).reshape(-1, 2)


def ledger_of(table: np.ndarray, half: np.ndarray) -> pd.DataFrame:
    """A cleaned ledger, seven figures a record, a source for every hundred records."""
    records = len(table)
    number = np.repeat(np.arange(records), len(NAMES))
    flat, wide = table.ravel(), half.ravel()
    names = np.tile(NAMES, records)
    frame = pd.DataFrame({"place": pd.Series(number).map("45/{}".format), "indicator": names})
    frame["figure_id"] = [f"f{i:08d}" for i in range(len(frame))]
    frame["unit"] = np.where(frame["indicator"].str.endswith("_rate"), "%", "hộ")
    frame["printed"] = pd.Series(flat).map("{:.12g}".format)
    frame["source_id"] = pd.Series(number // 100).map("s{}".format)
    frame = frame.assign(period="2022", standard="2022-2025", qualifier="exact")
    frame = frame.assign(group="", direction="", status="", note="", of=np.nan, value=flat)
    return frame.assign(low=np.maximum(flat - wide, 0), high=flat + wide)


def clean_ledger(records: int, seed: int = 1) -> pd.DataFrame:
    """A cleaned ledger without any conflict, seven figures a record."""
    return ledger_of(*values(records, seed))


def can_hold(printed: np.ndarray, half: np.ndarray) -> bool:
    """Whether some real numbers would be printed so: H, N, M = H + N and T with r*T = 100*count."""
    low, high = np.maximum(printed - half, 0), printed + half
    rows, sums = [], [[1.0, 1.0, -1.0, 0.0]]
    for count, rate in enumerate((1, 3, 5)):
        unit = np.eye(1, 4, count)[0]
        total = np.eye(1, 4, 3)[0]
        rows += [low[rate] * total - 100 * unit, 100 * unit - high[rate] * total]
    bounds = [(low[i], high[i]) for i in (0, 2, 4, 6)]
    slack = 1e-9 * printed[6]
    found = linprog(np.zeros(4), np.array(rows), np.full(6, slack), sums, [0.0], bounds)
    return found.status == 0


def measured(ledger: pd.DataFrame) -> tuple[float, reconcile.Reconciled]:
    start = time.perf_counter()
    result = reconcile.run(ledger, NO_LINKS)
    return time.perf_counter() - start, result


def say_truth(table: np.ndarray, half: np.ndarray, where: np.ndarray, found: pd.DataFrame) -> None:
    """How many detectable slips are detected, doubted and mended."""
    status = found["status_reconciled"].to_numpy().reshape(-1, 7)
    value = found["reconciled"].to_numpy().reshape(-1, 7)
    true = values(len(table))[0]
    seen = {"detectable": 0, "detected": 0, "doubted": 0, "mended": 0, "made worse": 0}
    for record, column in where:
        if can_hold(table[record], half[record]):
            continue
        seen["detectable"] += 1
        seen["detected"] += bool((status[record] != "consistent").any())
        seen["doubted"] += bool(status[record, column] != "consistent")
        if status[record, column] in ("corrected", "adjusted"):
            good = abs(value[record, column] - true[record, column]) <= 2 * half[record, column]
            seen["mended" if good else "made worse"] += 1
    print("  of", len(where), "slips:", ", ".join(f"{n:,} {name}" for name, n in seen.items()))


def main(figures: int) -> None:
    """A line a size and kind: figures, seconds, growth, conflicts; then memory and truth."""
    for share in (0.0, SPOILED):
        print(f"{share:.0%} of the records spoiled")
        before: tuple[int, float] | None = None
        for size in (*SIZES, figures):
            table, half = values(size // len(NAMES))
            wrong, where = spoiled(table, share)
            ledger = ledger_of(wrong, half)
            seconds, result = measured(ledger)
            growth = ""
            if before:
                power = np.log(seconds / before[1]) / np.log(size / before[0])
                growth = f", cost grows as n^{power:.2f}"
            before = size, seconds
            each = 1e6 * seconds / len(ledger)
            print(f"{len(ledger):>11,} figures {seconds:8.2f} s {each:6.1f} µs each", end=", ")
            print(f"{len(result.conflicts):,} conflicts{growth}", flush=True)
        if share:
            say_truth(wrong, half, where, result.figures)
        else:
            sound = result.figures["status_reconciled"].isin(["consistent", "unchecked"])
            print(f"  false alarms: {(~sound).sum()} of {len(sound):,}")
    ledger = clean_ledger(SIZES[-1] // len(NAMES))
    tracemalloc.start()
    reconcile.run(ledger, NO_LINKS)
    peak = tracemalloc.get_traced_memory()[1]
    print(f"peak memory at {len(ledger):,}: {peak / len(ledger):.0f} B a figure")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
