"""Time the reading of bulletins: whole commands over many of 7 kB, and hostile texts of 1 MB.

Usage: python tests/bench/read_speed.py [COUNT …] [--hostile]     (COUNT: 100 1000 without any)

The bulletins are cut from the annotated ones beside this script, one after another, so that no two
are alike; `figures` is how many were read. Each count is one command from start to end, and the
memory is the most it held.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from itertools import cycle
from pathlib import Path

import annotated

from helpers import bulletins

LENGTH = 7_000
HOSTILE = (
    "1", "1.", "1 ", "1) ", "((1", "(", "1/1", "1,1 ", "...1", "1-", "– 1 ", "1\n", "- 1\n", "| 1 ",
    "1 (", "; 1) ", "1.000.000 ", "a", "a" * 1000, "x1 ", "A1 ", "a@", "http://a ", "%", ". ", "“",
    "tỷ ", "hàng chục ", "một trăm ", "ngày 1/1 ", "Quảng Trị ", "a\u0301", "năm 2023 ", "12 hộ ",
)  # fmt: skip


def main() -> None:
    """Print one line for each count, then one for each hostile text."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("counts", nargs="*", type=int)
    parser.add_argument("--hostile", action="store_true", help="texts of 1 MB, too")
    options = parser.parse_args()
    for count in options.counts or (100, 1000):
        with tempfile.TemporaryDirectory() as folder:
            write(Path(folder), count)
            print(command(Path(folder), count), flush=True)
    for piece in HOSTILE if options.hostile else ():
        print(hostile(piece), flush=True)


def write(folder: Path, count: int) -> None:
    """Bulletins of LENGTH characters: windows over the annotated ones, each from another place."""
    texts = [annotated.load(path) for path in sorted(annotated.FOLDER.glob("*.txt"))]
    prose = "\n".join(bulletin.text for bulletin in texts if bulletin.language == "vi")
    for number, start in zip(range(count), cycle(range(0, len(prose) - LENGTH, 997)), strict=False):
        (folder / f"b{number:06d}.txt").write_text(prose[start : start + LENGTH], encoding="utf-8")


def command(folder: Path, count: int) -> str:
    """Time, memory and figures of `read` over a folder."""
    ledger = folder.parent / f"{folder.name}.csv"
    begun = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "helpers", "read", str(folder), "-o", str(ledger)],
        check=False, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    spent = time.perf_counter() - begun
    most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    with ledger.open(encoding="utf-8") as lines:  # not read whole: this script's memory counts too
        figures = sum(1 for _ in lines) - 1
    for suffix in (".csv", ".links.csv", ".numerals.csv"):
        ledger.with_suffix(suffix).unlink()
    return (
        f"{count:7,} bulletins  {spent:7.2f} s  {1000 * spent / count:6.2f} ms each  "
        f"{figures / count:5.1f} figures each  {most:5.0f} MB"
    )


def hostile(piece: str) -> str:
    """Time for 1 MB of one piece again and again."""
    text = (piece * (1_000_000 // len(piece) + 1))[:1_000_000]
    begun = time.perf_counter()
    result = bulletins.read_text(text, "hostile", "45")
    spent = time.perf_counter() - begun
    return f"{piece[:12]!r:18} {spent:6.2f} s  {len(result.figures):7,} figures"


if __name__ == "__main__":
    main()
