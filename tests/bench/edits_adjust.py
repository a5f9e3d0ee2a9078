"""Time and memory of adjusting, from a thousand to a million records, beside other tools.

Run: python tests/bench/edits_adjust.py [--peer PYTHON] [--r RSCRIPT] [--records N]
A record is seven values: poor, near-poor and other households and their sum, a rate, the rate a
year before and its change. One record in ten has a wrong digit, sign or factor in one value.
--peer : an interpreter with clarabel and scipy; both adjust one record at a time
--r    : Rscript with quadprog, or rspa where it is installed, which adjust one record at a time
Other tools get the first RECORDS records (1,000); the ratio is of the times a record. Seconds are
of the process (CPU), so that other work on the machine does not count.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
import tracemalloc
from pathlib import Path

import numpy as np
import numpy.typing as npt

from helpers.edits.adjust import adjust
from helpers.edits.linear import Rules, parse
from helpers.edits.reduce import sides

Floats = npt.NDArray[np.float64]
SIZES = (1_000, 10_000, 100_000, 1_000_000)
TEXTS = (
    "P + N + Q == T", "P >= 0", "N >= 0", "Q >= 0", "T >= 1", "p >= 0", "p <= 100", "p0 >= 0",
    "p0 <= 100", "p - p0 - d <= 0.015", "p - p0 - d >= -0.015",
)  # fmt: skip

CLARABEL = """
import sys, time, numpy as np, clarabel
from scipy import sparse
g, h, equal, x = (np.load(f"{sys.argv[1]}/{name}.npy") for name in ("g", "h", "equal", "x"))
order = np.argsort(~equal, kind="stable")
g, h, first = g[order], h[order], int(equal.sum())
cones = [clarabel.ZeroConeT(first), clarabel.NonnegativeConeT(len(h) - first)]
settings = clarabel.DefaultSettings()
settings.verbose = False
p, q, rows = sparse.eye(x.shape[1], format="csc"), np.zeros(x.shape[1]), sparse.csc_matrix(g)
start, answer = time.process_time(), x.copy()
for k in range(len(x)):
    answer[k] += clarabel.DefaultSolver(p, q, rows, h - g @ x[k], cones, settings).solve().x
print(time.process_time() - start)
np.save(f"{sys.argv[1]}/answer.npy", answer)
"""

SLSQP = """
import sys, time, numpy as np
from scipy.optimize import minimize
g, h, equal, x = (np.load(f"{sys.argv[1]}/{name}.npy") for name in ("g", "h", "equal", "x"))
start, answer = time.process_time(), x.copy()
kinds = ((equal, "eq"), (~equal, "ineq"))
for k in range(len(x)):
    s = np.maximum(np.abs(x[k]), 1.0)
    some = [{"type": t, "fun": lambda y, i=i: (h[i] - g[i] @ (y * s)) / s.max(),
             "jac": lambda y, i=i: -g[i] * s / s.max()} for i, t in kinds]
    found = minimize(lambda y: ((y - x[k] / s) ** 2 @ s**2) / s.max() ** 2, x[k] / s,
                     jac=lambda y: 2 * (y - x[k] / s) * s**2 / s.max() ** 2,
                     constraints=some, method="SLSQP")
    answer[k] = found.x * s
print(time.process_time() - start)
np.save(f"{sys.argv[1]}/answer.npy", answer)
"""

QUADPROG = """
folder <- commandArgs(TRUE)[1]
read <- function(name) as.matrix(read.csv(file.path(folder, name), header = FALSE))
x <- read("x.csv"); g <- read("g.csv"); h <- read("h.csv")[, 1]; equal <- read("equal.csv")[, 1]
colnames(x) <- colnames(g) <- strsplit(readLines(file.path(folder, "names.txt")), " ")[[1]]
if (requireNamespace("rspa", quietly = TRUE)) {
  rules <- validate::validator(.file = file.path(folder, "rules.R"))
  data <- as.data.frame(x)
  start <- proc.time()
  x <- as.matrix(rspa::match_restrictions(data, rules))
} else {
  order <- order(-equal); A <- -t(g[order, ]); b <- -h[order]; D <- diag(ncol(x))
  start <- proc.time()
  for (k in seq_len(nrow(x))) x[k, ] <- quadprog::solve.QP(D, x[k, ], A, b, sum(equal))$solution
}
spent <- proc.time() - start
cat(spent[["user.self"]] + spent[["sys.self"]], "\\n")
write.table(x, file.path(folder, "answer.csv"), sep = ",", row.names = FALSE, col.names = FALSE)
"""


def records(count: int, seed: int = 1, wrong: float = 0.1) -> Floats:
    """Records of which a share is wrong in one value."""
    random = np.random.default_rng(seed)
    total = np.exp(random.normal(12, 1, count)).round()
    parts = (random.dirichlet([1, 1, 8], count) * total[:, None]).round()
    parts[:, 2] = total - parts[:, 0] - parts[:, 1]
    before = random.uniform(2, 25, count).round(2)
    rate = (before * random.uniform(0.7, 1.02, count)).round(2)
    table = np.column_stack([parts, total, rate, before, (rate - before).round(2)])
    row = np.flatnonzero(random.random(count) < wrong)
    column, kind = random.integers(0, 7, len(row)), random.integers(0, 3, len(row))
    value = table[row, column]
    slips = [-value, 10 * value, value + random.integers(-9, 10, len(row))]
    table[row, column] = np.choose(kind, slips)
    return table


def main(peer: str | None, r_script: str | None, count: int) -> None:
    """Print one line a size, the memory, and one line a peer."""
    rules = parse(TEXTS)
    before: tuple[int, float] | None = None
    each = 0.0
    for size in SIZES:
        spent, solved = _timed(rules, records(size))
        growth = ""
        if before:
            growth = f", cost grows as n^{np.log(spent / before[1]) / np.log(10):.2f}"
        before, each = (size, spent), spent / size if size == 100_000 else each
        print(f"{size:>9,} records {spent:7.3f} s {1e6 * spent / size:7.2f} µs each", end="")
        print(f", {solved:.1%} solved{growth}")
    table = records(100_000)
    tracemalloc.start()
    adjust(rules, table)
    print(
        f"peak memory at 100,000: {tracemalloc.get_traced_memory()[1] / table.size:.0f} B a value"
    )
    tracemalloc.stop()
    weights = 1 / np.maximum(np.abs(table), 1)
    start = time.process_time()
    adjust(rules, table, weights)
    spent = time.process_time() - start
    print(f"  100,000 records, each with weights of its own: {spent:.3f} s")
    if peer:
        _compare("clarabel", [peer, "-c", CLARABEL], rules, count, each)
        _compare("scipy SLSQP", [peer, "-c", SLSQP], rules, count, each)
    if r_script:
        _compare("R", [r_script, "-e", QUADPROG], rules, count, each)


def _timed(rules: Rules, table: Floats) -> tuple[float, float]:
    """Seconds of the best of three runs, and the share of records that are solved."""
    best, share = np.inf, 0.0
    for _ in range(3):
        start = time.process_time()
        share = float(adjust(rules, table).solved.mean())
        best = min(best, time.process_time() - start)
    return best, share


def _compare(name: str, command: list[str], rules: Rules, count: int, each: float) -> None:
    """Runs a peer on the first records and prints its time a record beside ours."""
    table, given = records(count), sides(rules)
    with tempfile.TemporaryDirectory() as folder:
        _write(Path(folder), rules, table)
        done = subprocess.run([*command, folder], capture_output=True, text=True, check=False)
        if done.returncode:
            print(f"{name}: failed: {done.stderr.strip().splitlines()[-1]}")
            return
        spent = float(done.stdout.split()[-1])
        made = Path(folder, "answer.npy")
        answer = (
            np.load(made) if made.exists() else np.loadtxt(made.with_suffix(".csv"), delimiter=",")
        )
    ours = adjust(rules, table).values
    apart = np.abs(answer - ours).max(axis=1) / np.abs(ours).max(axis=1)
    broken = (answer @ given.rows.T - given.bounds) / (
        np.abs(answer) @ np.abs(given.rows).T + 1e-300
    )
    print(
        f"{name}: {1e6 * spent / count:.0f} µs a record, {spent / count / each:,.0f} times ours; "
        f"{np.sum(apart > 1e-6)} of {count} records differ by more than 1e-6 of their size, "
        f"largest gap of its sums {np.abs(broken[:, given.equal]).max():.0e}"
    )


def _write(folder: Path, rules: Rules, table: Floats) -> None:
    given = sides(rules)
    for name, array in (
        ("x", table), ("g", given.rows), ("h", given.bounds), ("equal", given.equal)
    ):  # fmt: skip
        np.save(folder / f"{name}.npy", array)
        np.savetxt(folder / f"{name}.csv", array.astype(np.float64), delimiter=",", fmt="%.17g")
    (folder / "names.txt").write_text(" ".join(rules.names), encoding="utf-8")
    (folder / "rules.R").write_text("\n".join(TEXTS), encoding="utf-8")


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=sys.modules[__name__].__doc__)
    options.add_argument("--peer")
    options.add_argument("--r")
    options.add_argument("--records", type=int, default=1_000)
    asked = options.parse_args()
    main(asked.peer, asked.r, asked.records)
