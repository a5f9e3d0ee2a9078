"""What notebooks need elsewhere, inputs and helpers, in one archive: equal content, equal bytes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from helpers import project
from helpers.runs import archives, kernels, reads, records

FOLDERS = ("notebooks", "data/raw", "data/own", "data/processed")
FILES = ("requirements.lock", "pyproject.toml")
PACKAGES = "packages.json"  # what must be installed there, in the archive itself
# Python finds the fast kernels by the metadata of an installed package; this stands for one.
METADATA = "src/giam_ngheo-0.dist-info"
ENTRY_POINT = (
    f"[jupyter_client.kernel_provisioners]\n"
    f"{kernels.NAME} = {kernels.__name__}:{kernels.ForkedProvisioner.__name__}\n"
)


@dataclass(frozen=True)
class Bundle:
    """An archive, and the hash of the names and contents in it."""

    data: bytes
    digest: str


def pack(before: Bundle | None = None) -> Bundle:
    """Pack notebooks, data, helpers and the list of packages as they are now.

    before : an older bundle, given back where its content is still that of now
    Hidden files stay out, and so does what Python has compiled. Raises UserError when a file
    cannot be read.
    """
    try:
        content = dict(_content())
    except OSError as error:
        raise project.UserError(f"{error.filename} cannot be read: {error.strerror}") from error
    found = hashlib.sha256()
    for name, data in content.items():
        found.update(f"{name}\0{hashlib.sha256(data).hexdigest()}\n".encode())
    digest = found.hexdigest()[:16]
    if before is not None and before.digest == digest:
        return before
    return Bundle(archives.zipped(content, level=1), digest)


def _content() -> Iterator[tuple[str, bytes]]:
    """Name in the archive and content of each file, folders with `/` at the end, in order."""
    root = project.root()
    for folder in FOLDERS:
        yield from _below(root / folder, folder)
    yield from _below(reads.PACKAGE, "src/helpers")
    for name in FILES:
        if (root / name).is_file():
            yield name, (root / name).read_bytes()
    yield f"{METADATA}/METADATA", b"Metadata-Version: 2.1\nName: giam-ngheo\nVersion: 0\n"
    yield f"{METADATA}/entry_points.txt", ENTRY_POINT.encode()
    yield PACKAGES, json.dumps(records.packages()).encode()


def _below(folder: Path, name: str) -> Iterator[tuple[str, bytes]]:
    """A folder, also one that is empty or missing here: notebooks may list it."""
    yield f"{name}/", b""
    for path in sorted(folder.rglob("*")):
        parts = path.relative_to(folder).parts
        if "__pycache__" in parts or any(part.startswith(".") for part in parts):
            continue
        inside = f"{name}/{'/'.join(parts)}"
        if path.is_dir():
            yield f"{inside}/", b""
        elif path.is_file():
            yield inside, path.read_bytes()
