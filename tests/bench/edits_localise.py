"""Speed and truth of localising errors in synthetic records of seven values.

Run: python tests/bench/edits_localise.py [--records N] [--peer PYTHON] [--share N]
A record is three counts and their total, two rates and the change between them, as a bulletin
prints them; every tenth has a wrong value, every twentieth two. PYTHON is one that imports banff,
whose error localisation then works on the first N of these records. Rates are not tied to
counts: the coefficients of lo*T <= 100*P <= hi*T differ from record to record, rules do not.
"""

from __future__ import annotations

import argparse
import math
import subprocess
import tempfile
import time
import tracemalloc
from pathlib import Path

import numpy as np
import pandas as pd

from helpers.edits.linear import Bools, Floats, Rules, parse
from helpers.edits.localise import Localised, localise
from helpers.edits.screen import screen

NAMES = ("P", "N", "Q", "T", "p", "p0", "d")
PEER_NAMES = ("P", "N", "Q", "T", "R", "R0", "D")
COUNTS = 4
BOUNDS = ["P + N + Q == T", "P >= 0", "N >= 0", "Q >= 0", "T >= 1"]
BOUNDS += ["p >= 0", "p <= 100", "p0 >= 0", "p0 <= 100"]
TEXTS = [*BOUNDS, "p - p0 - d <= 0.015", "p - p0 - d >= -0.015"]
RULES = parse(TEXTS, NAMES)
EXACT = parse([*BOUNDS, "p - p0 == d"], NAMES)
WEIGHTS = np.array([2.1, 2.03, 1.37, 3.3, 1.51, 1.23, 1.07])
VALUES = (1_000, 10_000, 100_000, 1_000_000)
KINDS = ("transposed", "digit", "scale", "sign")
PEER = """
import sys, time
import banff
import pandas as pd

records, result, weights, edits = sys.argv[1:]
frame = pd.read_csv(records)
seconds = []
for _ in range(3):
    start = time.perf_counter()
    call = banff.errorloc(
        indata=frame, unit_id="ident", edits=edits, weights=weights, accept_negative=True,
        time_per_obs=5,
    )
    seconds.append(time.perf_counter() - start)
status = call.outstatus
status = status if isinstance(status, pd.DataFrame) else status.to_pandas()
status.to_csv(result, index=False)
print()
print(min(seconds))
"""


def clean_records(count: int, seed: int = 1) -> Floats:
    """Records that hold up to rounding: whole counts, rates and change with two decimals."""
    rng = np.random.default_rng(seed)
    total = np.floor(np.exp(rng.uniform(np.log(50), np.log(3e7), count)))
    poor = np.floor(total * rng.beta(1, 9, count))
    near = np.floor((total - poor) * rng.beta(1, 9, count))
    rate, before = 100 * poor / total, 100 * rng.beta(1, 9, count)
    shown = [np.round(values, 2) for values in (rate, before, rate - before)]
    return np.stack([poor, near, total - poor - near, total, *shown], axis=1)


def rough(records: Floats) -> tuple[Floats, Floats]:
    """The records as intervals: counts printed in hundreds, rates with two decimals."""
    value, half = records.copy(), np.full(records.shape, 0.005 * (1 + 1e-9))
    value[:, :COUNTS] = np.round(value[:, :COUNTS], -2)
    half[:, :COUNTS] = 50
    low = value - half
    low = np.where((value >= 0) & (low < 0) & (half == 50), 0.0, low)
    return low, value + half


def misprint(value: float, decimals: int, kind: str, rng: np.random.Generator) -> float:
    """One value as a slip of the pen prints it; it may stay what it was."""
    text = f"{abs(value):.{decimals}f}".replace(".", "")
    place = int(rng.integers(len(text)))
    if kind == "transposed":
        text = text[:place] + text[place : place + 2][::-1] + text[place + 2 :]
    elif kind == "digit":
        text = text[:place] + str(rng.integers(10)) + text[place + 1 :]
    elif kind == "scale":
        text += "0"
    sign = -1.0 if (value < 0) != (kind == "sign") else 1.0
    return sign * int(text) / 10.0**decimals


def spoiled(records: Floats, seed: int = 2) -> tuple[Floats, Bools]:
    """Every tenth record with a wrong value, every twentieth with two, and what was changed."""
    rng = np.random.default_rng(seed)
    wrong = records.copy()
    for row in range(0, len(records), 10):
        for column in rng.choice(len(NAMES), 2 if row % 20 else 1, replace=False):
            decimals = 0 if column < COUNTS else 2
            kind = KINDS[rng.integers(len(KINDS))]
            wrong[row, column] = misprint(records[row, column], decimals, kind, rng)
    return wrong, wrong != records


def breaks(records: Floats) -> Bools:
    """Whether a record breaks a rule, written out by hand."""
    poor, near, other, total, rate, before, change = records.T
    bad = (np.abs(poor + near + other - total) > 1e-6) | (records[:, :3] < 0).any(axis=1)
    bad |= (total < 1) | (rate < 0) | (rate > 100) | (before < 0) | (before > 100)
    found: Bools = bad | (np.abs(rate - before - change) > 0.015 + 1e-9)
    return found


def timed(rules: Rules, low: Floats, high: Floats | None = None) -> tuple[Localised, float, float]:
    """The answer, the least seconds of three runs, and peak bytes a value."""
    seconds = []
    for _ in range(3):
        start = time.perf_counter()
        answer = localise(rules, low, high, WEIGHTS)
        seconds.append(time.perf_counter() - start)
    tracemalloc.start()
    localise(rules, low, high, WEIGHTS)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return answer, min(seconds), peak / low.size


def flagged(answer: Localised) -> Bools:
    return np.array([sets != ((),) for sets in answer.sets])


def truth(count: int) -> None:
    """False alarms on clean records, found errors and the sets that name just the wrong values."""
    clean = clean_records(count)
    low, high = rough(clean)
    alarms = flagged(localise(RULES, clean)).sum(), screen(RULES, clean).bad.sum()
    print(f"clean points: false alarms {alarms[0]} (screened {alarms[1]}) of {count}")
    alarms = flagged(localise(EXACT, low, high)).sum(), screen(EXACT, low, high).bad.sum()
    print(f"clean intervals: false alarms {alarms[0]} (screened {alarms[1]}) of {count}")
    wrong, changed = spoiled(clean)
    answer = localise(RULES, wrong)
    bad, detectable = flagged(answer), breaks(wrong)
    exact = 0
    for row in np.flatnonzero(detectable):
        names = tuple(sorted(NAMES[column] for column in np.flatnonzero(changed[row])))
        exact += names in answer.sets[row]
    share = (bad & detectable).sum() / detectable.sum()
    print(
        f"errors: {changed.any(axis=1).sum()} records, {detectable.sum()} break a rule, "
        f"detected {share:.2%}, false alarms {(bad & ~detectable).sum()}, "
        f"solved {answer.solved.mean():.2%}"
    )
    print(
        f"the wrong values are one of the smallest sets in {exact / detectable.sum():.1%} of them"
    )


def growth() -> None:
    """Seconds and memory as the number of values grows tenfold."""
    for label, rules in (("points", RULES), ("intervals", EXACT)):
        before: tuple[int, float] | None = None
        for values in VALUES:
            wrong, _ = spoiled(clean_records(math.ceil(values / len(NAMES))))
            low, high = rough(wrong) if label == "intervals" else (wrong, None)
            _, seconds, memory = timed(rules, low, high)
            power = ""
            if before:
                exponent = math.log(seconds / before[1]) / math.log(low.size / before[0])
                power = f"  exponent {exponent:.2f}"
            print(
                f"{label:9} {low.size:9,d} values  {seconds:8.4f} s  "
                f"{1e6 * seconds / len(low):7.2f} µs a record  {memory:5.0f} B a value{power}"
            )
            before = (low.size, seconds)


def against(python: str, count: int, share: int) -> None:
    """Seconds a record and least weights beside banff's on the same records."""
    wrong, _ = spoiled(clean_records(count))
    answer, seconds, _ = timed(RULES, wrong)
    renamed = dict(zip(NAMES, PEER_NAMES, strict=True))
    edits = [
        " ".join(renamed.get(word, word) for word in text.replace("==", "=").split())
        for text in TEXTS
    ]
    with tempfile.TemporaryDirectory() as folder:
        records, result = Path(folder, "records.csv"), Path(folder, "doubted.csv")
        frame = pd.DataFrame(wrong[:share], columns=list(PEER_NAMES))
        frame.insert(0, "ident", [f"R{row:07d}" for row in range(len(frame))])
        frame.to_csv(records, index=False)
        weights = "; ".join(f"{n} = {w}" for n, w in zip(PEER_NAMES, WEIGHTS, strict=True)) + ";"
        command = [python, "-c", PEER, str(records), str(result), weights, "; ".join(edits) + ";"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            print(f"banff: it did not answer: {done.stderr.strip()[-300:]}")
            return
        peer_seconds = float(done.stdout.split()[-1])
        flags = pd.read_csv(result)
    share = len(frame)
    theirs, ours = 1e6 * peer_seconds / share, 1e6 * seconds / count
    print(f"banff: {peer_seconds:.3f} s for {share} records, {theirs:.2f} µs a record")
    print(f"here:  {seconds:.3f} s for {count} records, {ours:.2f} µs: ratio {theirs / ours:.1f}")
    cost = flags["FIELDID"].map(dict(zip(PEER_NAMES, WEIGHTS, strict=True)))
    weight = cost.groupby(flags["ident"].str[1:].astype(int)).sum()
    least = weight.reindex(range(share), fill_value=0.0).to_numpy()
    same = np.abs(least - answer.weight[:share]) < 1e-6
    print(f"banff: the same least weight in {same.sum()} of {share} records")
    for row in np.flatnonzero(~same)[:5]:
        print(f"  {wrong[row].tolist()}: {least[row]}, here {answer.weight[row]}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--peer", default="", help="a Python that imports banff")
    parser.add_argument("--share", type=int, default=100_000)
    options = parser.parse_args()
    truth(options.records)
    growth()
    if options.peer:
        against(options.peer, options.records, options.share)
    else:
        print("banff: not compared, as no Python with it was given by --peer.")


if __name__ == "__main__":
    main()
