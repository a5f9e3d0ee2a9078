"""The rows of one place in a processed table: their hash says whether a place's part has changed.

A table holds all places. A notebook about one of them that reads the whole table would have to be
run again whenever any place changes; one that asks for the rows of its place depends on these only.
"""

from __future__ import annotations

import csv
import hashlib
from collections import defaultdict
from functools import lru_cache
from pathlib import Path

from helpers import project

NONE = "no rows"


def digest(path: Path, place: str) -> str:
    """Hash of a table's rows of a place and of what lies below it, or NONE.

    path  : a CSV table with a column `place`
    place : a code of the gazetteer; '45' has the rows of '45' and of '45/Đakrông'
    Raises UserError when the table cannot be read or has no such column.
    """
    stat = path.stat() if path.exists() else None
    return _digests(path, (stat.st_mtime_ns, stat.st_size) if stat else None).get(place, NONE)


@lru_cache(maxsize=32)
def _digests(path: Path, _state: tuple[int, int] | None) -> dict[str, str]:
    """Hash of the rows of each place, one pass over the file."""
    lines = csv.reader(project.read_text(path).splitlines(keepends=True))
    header = next(lines, [])
    if "place" not in header:
        raise project.UserError(f"{path} lacks the column place: write it again by a run.")
    at = header.index("place")
    first = "\x1f".join(header).encode()
    states: dict[str, hashlib._Hash] = defaultdict(lambda: hashlib.sha256(first))
    for row in lines:
        states[row[at].partition("/")[0]].update(("\n" + "\x1f".join(row)).encode())
    return {place: state.hexdigest() for place, state in states.items()}
