"""Time, memory and false alarms of reconciling clean synthetic ledgers of growing size.

Run: python tests/bench/reconcile_speed.py [RECORDS]
A record is one place with seven figures: all households, poor, near-poor and both, each with its
rate, rounded to two decimals and, in every third record, all counts to hundreds ("1,2 nghìn").
"""

from __future__ import annotations

import sys
import time
import tracemalloc

import numpy as np
import pandas as pd

from helpers import reconcile

SIZES = (1_000, 10_000, 100_000)
NAMES = ["poor_households", "poor_rate", "near_poor_households", "near_poor_rate"]
NAMES += ["multidim_poor_households", "multidim_poor_rate", "total_households"]


def clean_ledger(records: int, seed: int = 1) -> pd.DataFrame:
    """A cleaned ledger without any conflict, seven figures a record."""
    rng = np.random.default_rng(seed)
    total = np.floor(np.exp(rng.uniform(np.log(50), np.log(3e7), records)))
    poor = np.floor(total * rng.beta(1, 9, records))
    near = np.floor((total - poor) * rng.beta(1, 9, records))
    both = poor + near
    values = np.stack([poor, poor, near, near, both, both, total], axis=1)
    values[:, 1:6:2] = np.round(100 * values[:, 1:6:2] / total[:, None], 2)
    half = np.tile([0, 0.005, 0, 0.005, 0, 0.005, 0], (records, 1))
    rough = np.arange(records) % 3 == 0
    counts = [0, 2, 4, 6]
    values[np.ix_(rough, counts)] = np.round(values[np.ix_(rough, counts)], -2)
    half[np.ix_(rough, counts)] = 50
    number = np.repeat(np.arange(records), len(NAMES))
    flat, wide = values.ravel(), half.ravel()
    names = np.tile(NAMES, records)
    frame = pd.DataFrame({"place": pd.Series(number).map("45/{}".format), "indicator": names})
    frame["figure_id"] = [f"f{i:08d}" for i in range(len(frame))]
    frame["unit"] = np.where(frame["indicator"].str.endswith("_rate"), "%", "hộ")
    frame["printed"] = pd.Series(flat).map("{:.12g}".format)
    frame = frame.assign(source_id="s", period="2022", standard="2022-2025", qualifier="exact")
    frame = frame.assign(group="", direction="", status="", note="", of=np.nan, value=flat)
    return frame.assign(low=np.maximum(flat - wide, 0), high=flat + wide)


def main(records: int) -> None:
    """Print one line a size: figures, seconds, bytes a figure, conflicts (must be 0)."""
    links = pd.DataFrame({"figure_id": [], "relation": [], "other_id": []}, dtype="str")
    sizes = [size // len(NAMES) for size in SIZES] + [records]
    before: tuple[int, float] | None = None
    for size in sizes:
        ledger = clean_ledger(size)
        start = time.perf_counter()
        result = reconcile.run(ledger, links)
        seconds = time.perf_counter() - start
        growth = ""
        if before:
            growth = (
                f", cost grows as n^{np.log(seconds / before[1]) / np.log(size / before[0]):.2f}"
            )
        before = size, seconds
        each = 1e6 * seconds / len(ledger)
        print(f"{len(ledger):>9,} figures {seconds:8.2f} s {each:6.1f} µs each", end=", ")
        print(f"{len(result.conflicts)} conflicts{growth}")
    tracemalloc.start()
    reconcile.run(clean_ledger(SIZES[1] // len(NAMES)), links)
    print(
        f"peak memory at {SIZES[1]:,}: {tracemalloc.get_traced_memory()[1] / SIZES[1]:.0f} B each"
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
