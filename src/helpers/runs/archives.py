"""Zip files that are the same bytes for the same contents, on every system and at any time."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

_BEGINNING = (1980, 1, 1, 0, 0, 0)  # of a zip's time: when a file was written does not travel


def zipped(files: Mapping[str, bytes], level: int = 9) -> bytes:
    """A zip file of these contents by name, in the order of the names.

    level : of compression, 1 (quick) to 9 (small). A name that ends with `/` is a folder.
    """
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, _BEGINNING)
            entry.create_system = 3  # the same on every system
            mode = 0o755 if name.endswith(("/", ".ci/run")) else 0o644
            entry.external_attr = mode << 16 | (0x10 if name.endswith("/") else 0)
            archive.writestr(entry, files[name], zipfile.ZIP_DEFLATED, compresslevel=level)
    return stream.getvalue()
