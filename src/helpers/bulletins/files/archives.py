"""Packed files (.docx and .xlsx are zip archives): opened only when they unpack to sane sizes."""

from __future__ import annotations

import io
import zipfile

from helpers.bulletins.files.grids import Unreadable

MOST_MEMBERS = 5_000
MOST_UNPACKED = 300_000_000
MOST_XML = 40_000_000
MOST_RATIO = 250
_SMALL = 1_000_000  # a blank sheet of a megabyte packs a thousandfold and harms nobody
_BROKEN = "is broken: open it in its own program, save it anew, and read that."


def opened(data: bytes) -> zipfile.ZipFile:
    """The archive, its sizes and XML parts checked before anything is parsed.

    Raises Unreadable when it is broken, encrypted, or would unpack to more than a bulletin can
    hold, and for XML that declares entities, which no office program writes.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        raise Unreadable(_BROKEN) from None
    members = archive.infolist()
    if any(member.flag_bits & 1 for member in members):
        raise Unreadable("is protected by a password: save a copy without one.")
    xml = [member for member in members if member.filename.lower().endswith((".xml", ".rels"))]
    if (
        len(members) > MOST_MEMBERS
        or sum(member.file_size for member in members) > MOST_UNPACKED
        or sum(member.file_size for member in xml) > MOST_XML
        or any(
            member.file_size > max(_SMALL, MOST_RATIO * member.compress_size) for member in members
        )
    ):
        raise Unreadable(
            "unpacks to far more than a bulletin holds, and was not opened: copy what is needed "
            "into a new file."
        )
    for member in xml:
        _refuse_declarations(content(archive, member.filename))
    return archive


def content(archive: zipfile.ZipFile, name: str) -> bytes:
    """One member, unpacked. Raises Unreadable when its bytes are damaged."""
    try:
        return archive.read(name)
    except Exception:  # zlib, struct and zip errors alike: the bytes are not what they should be
        raise Unreadable(_BROKEN) from None


def _refuse_declarations(part: bytes) -> None:
    plain = part.replace(b"\0", b"")  # UTF-16 keeps ASCII apart by zeros
    if b"<!DOCTYPE" in plain or b"<!ENTITY" in plain:
        raise Unreadable("holds XML with declarations of its own, and was not opened.")
