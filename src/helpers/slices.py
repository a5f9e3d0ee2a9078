"""The rows of one place in a processed table: their hash says whether a place's part has changed.

A table holds all places. A notebook about one of them that reads the whole table would have to be
run again whenever any place changes; one that asks for the rows of its place depends on these only.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections import defaultdict
from functools import lru_cache
from pathlib import Path

from helpers import project


def digest(path: Path, place: str) -> str:
    """Hash of a table's rows of a place and of what lies below it, and of its columns.

    path  : a CSV table with a column `place`
    place : a code of the gazetteer; '45' has the rows of '45' and of '45/Đakrông'
    The order of a place's own rows counts, that of others does not. Places without rows have one
    hash in common. Raises UserError when the table cannot be read or has no such column.
    """
    try:
        stat = path.stat()
    except OSError:
        return _digests(path, ())[""]  # tells that it is missing
    found = _digests(path, (stat.st_mtime_ns, stat.st_ctime_ns, stat.st_ino, stat.st_size))
    return found.get(place, found[""])


@lru_cache(maxsize=32)
def _digests(path: Path, _state: tuple[int, ...]) -> dict[str, str]:
    """Hash of the rows of each place, one pass over the file; that of no rows under ''."""
    lines = csv.reader(io.StringIO(project.read_text(path), newline=""))
    header = next(lines, [])
    if "place" not in header:
        raise project.UserError(f"{path} lacks the column place: remove it, and run again.")
    at = header.index("place")
    first = "\x1f".join(header).encode()
    states: dict[str, hashlib._Hash] = defaultdict(lambda: hashlib.sha256(first))
    for row in lines:
        place = row[at].partition("/")[0] if len(row) > at else ""
        states[place].update(("\x1e" + "\x1f".join(row)).encode())
    states[""] = hashlib.sha256(first)
    return {place: state.hexdigest() for place, state in states.items()}
