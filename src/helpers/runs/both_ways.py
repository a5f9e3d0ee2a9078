"""Runs checked against each other: stock and fast kernels, and the stored manifest of the figures.

Both ways run in scratch folders with the same inputs, so that nothing of the project is touched.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import zip_longest
from pathlib import Path

import pandas as pd

from helpers import project
from helpers.runs import bulk, manifests, records, reports
from helpers.runs.jobs import Job, plan

DIFFERENCES = ["job", "between", "file", "kind", "difference"]
STOCK_FAST, FAST_MANIFEST = "stock and fast", "fast and manifest"
INPUTS = ("data", "notebooks", "requirements.lock")


def sample(jobs: Sequence[Job], count: int | None, seed: int = 1) -> list[Job]:
    """Some of the jobs, drawn with a seed, in their order; all when `count` is None or more."""
    if count is None or count >= len(jobs):
        return list(jobs)
    drawn = set(random.Random(seed).sample(range(len(jobs)), count))
    return [job for k, job in enumerate(jobs) if k in drawn]


def verify(
    jobs: Sequence[Job], workers: int = 2, say: Callable[[str], None] = print
) -> pd.DataFrame:
    """Run jobs with stock and with fast kernels and name every difference (DIFFERENCES).

    jobs    : of notebooks that take a place, or run once
    workers : notebooks at a time
    Compared are the figures' data, their pixels, the drawings, and what the notebooks show; and the
    files of the fast way with the hashes of `figures/manifest.csv`, where it lists them. Returns no
    row where all is the same. Raises UserError when a job fails either way: there is nothing to
    compare then.
    """
    bulk.refresh(say)
    known = listed()
    with tempfile.TemporaryDirectory(prefix="verify-") as folder:
        stock, fast = Path(folder) / "stock", Path(folder) / "fast"
        written = [_run(root, jobs, root is fast, workers, say) for root in (stock, fast)]
        rows = [
            (name, STOCK_FAST, file, *found)
            for name in written[0]
            for file in sorted({*written[0][name], *written[1][name]})
            for found in differences(stock / file, fast / file)
        ]
        rows += [
            (name, FAST_MANIFEST, file, "hash", "differs from the hash in figures/manifest.csv")
            for name, files in written[1].items()
            for file, found in files.items()
            if file in known and known[file] != found
        ]
    return pd.DataFrame(rows, columns=DIFFERENCES)


def listed() -> dict[str, str]:
    """The hashes of the stored manifest, by the path below the root."""
    path = project.figures_dir() / "manifest.csv"
    if not path.exists():
        return {}
    table = project.read_table(path, manifests.FIGURES)
    return dict(zip("figures/" + table["path"], table["sha256"], strict=True))


def _run(
    root: Path, jobs: Sequence[Job], fast: bool, workers: int, say: Callable[[str], None]
) -> dict[str, dict[str, str]]:
    """Run the jobs in a scratch folder; the outputs of each, path below it → hash."""
    root.mkdir()
    for name in INPUTS:
        source = project.root() / name
        if source.is_dir():
            shutil.copytree(source, root / name)
        elif source.exists():
            shutil.copy2(source, root / name)
    say(f"{len(jobs)} notebooks with {'fast' if fast else 'stock'} kernels")
    with at(root):
        here = [again(job) for job in jobs]
        outcomes = bulk.run([here], workers, fast=fast, say=lambda _: None)
        failed = [outcome for outcome in outcomes if outcome.state == "failed"]
        if failed:
            raise project.UserError(
                f"{len(failed)} notebooks fail with {'fast' if fast else 'stock'} kernels, so "
                f"there is nothing to compare: {reports.one_line(failed[0])}"
            )
        return {outcome.job.name: (records.load(outcome.job) or {})["outputs"]
                for outcome in outcomes}  # fmt: skip


def again(job: Job) -> Job:
    """The same job in the project that is the root now."""
    ((found,),) = plan([job.place], [job.number], job.language)
    return found


@contextmanager
def at(root: Path) -> Iterator[None]:
    """Let another folder be the project's."""
    before = os.environ.get(project.ROOT_VARIABLE)
    os.environ[project.ROOT_VARIABLE] = str(root)
    try:
        yield
    finally:
        os.environ.pop(project.ROOT_VARIABLE)
        if before is not None:
            os.environ[project.ROOT_VARIABLE] = before


def differences(one: Path, other: Path) -> Iterator[tuple[str, str]]:
    """What differs between two files of one name, as (kind, difference); nothing where they agree.

    kind : 'missing', 'figure data', 'pixels', 'drawing' or 'notebook output'
    """
    missing = [name for name, file in (("stock", one), ("fast", other)) if not file.exists()]
    if missing:
        yield "missing", f"not written with {missing[0]} kernels"
    elif one.read_bytes() != other.read_bytes():
        yield from _KINDS.get(one.suffix, _bytes)(one, other)


def _data(one: Path, other: Path) -> Iterator[tuple[str, str]]:
    pairs = zip_longest(*(file.read_text("utf-8").splitlines() for file in (one, other)))
    lines = [(k, a, b) for k, (a, b) in enumerate(pairs, 1) if a != b]
    number, a, b = lines[0] if lines else (0, "", "")
    yield "figure data", f"{len(lines)} lines, first line {number}: {a!r} and {b!r}"


def _pixels(one: Path, other: Path) -> Iterator[tuple[str, str]]:
    import numpy as np
    from PIL import Image

    first, second = (np.asarray(Image.open(file).convert("RGBA"), int) for file in (one, other))
    if first.shape != second.shape:
        yield "pixels", f"the sizes differ: {first.shape[:2]} and {second.shape[:2]}"
        return
    apart = np.abs(first - second).max(axis=2)
    count, most = int((apart > 0).sum()), int(apart.max())
    said = f"{count} of {apart.size} differ, by at most {most} of 255"
    yield "pixels", said if count else "none differs, but the files do"


def _cells(one: Path, other: Path) -> Iterator[tuple[str, str]]:
    books = [json.loads(file.read_text(encoding="utf-8")) for file in (one, other)]
    pairs = zip_longest(*(book["cells"] for book in books))
    apart = [str(number) for number, (a, b) in enumerate(pairs, 1) if a != b]
    where = f"cells {', '.join(apart)}" if apart else "its metadata"
    yield "notebook output", f"{where} differ{'' if apart else 's'}"


def _bytes(one: Path, other: Path) -> Iterator[tuple[str, str]]:
    sizes = f"{one.stat().st_size} and {other.stat().st_size} bytes"
    yield "drawing", f"the files differ ({sizes})"


_KINDS = {".csv": _data, ".png": _pixels, ".ipynb": _cells}
