"""The workshop on a small laptop: time and memory of its lessons, and the size of its USB stick.

Run: python tests/bench/workshop.py            # lessons, in the Python that runs this
     python tests/bench/workshop.py --stick    # and sticks for several systems; needs a network
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
import time
import zipfile
from email.parser import Parser
from pathlib import Path

import nbformat
from nbclient import NotebookClient

from helpers import labels
from helpers.workshop import building, lessons, sources

HERE = Path(__file__).resolve().parents[2] / "notebooks" / "workshop"
MEMORY = "import resource; print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
TARGETS = {
    "Windows": (
        ["win_amd64"],
        {"os_name": "nt", "sys_platform": "win32", "platform_system": "Windows"},
    ),
    "macOS, Apple": (
        ["macosx_14_0_arm64", "macosx_12_0_arm64", "macosx_11_0_arm64"],
        {"os_name": "posix", "sys_platform": "darwin", "platform_system": "Darwin"},
    ),
    "macOS, Intel": (
        ["macosx_14_0_x86_64", "macosx_10_15_x86_64", "macosx_10_9_x86_64"],
        {"os_name": "posix", "sys_platform": "darwin", "platform_system": "Darwin"},
    ),
    "Linux": (
        ["manylinux_2_28_x86_64", "manylinux_2_27_x86_64", "manylinux2014_x86_64"],
        {"os_name": "posix", "sys_platform": "linux", "platform_system": "Linux"},
    ),
}
MORE = {
    "Windows": ["colorama", "pywinpty"],
    "macOS, Apple": ["appnope"],
    "macOS, Intel": ["appnope"],
}
"""What pip leaves out when it packs for another system than its own: README.md names it, too."""


def lesson(number: int, language: str) -> tuple[float, float]:
    """Seconds and megabytes that a lesson's kernel takes at most, solutions run from the top."""
    book = nbformat.from_dict(building.notebook(number, language, True))
    book.cells.append(nbformat.v4.new_code_cell(MEMORY))
    began = time.monotonic()
    resources = {"metadata": {"path": str(sources.folder())}}
    NotebookClient(book, timeout=300, resources=resources).execute()
    kilobytes = float(book.cells[-1].outputs[-1].text)
    return time.monotonic() - began, kilobytes / (1024 if sys.platform == "linux" else 1024**2)


def pack(name: str, folder: Path) -> list[str]:
    """Fetch the packages for a system; returns what its packages want and the folder lacks."""
    from packaging.requirements import Requirement
    from packaging.utils import canonicalize_name

    platforms, facts = TARGETS[name]
    version = "{}.{}".format(*sys.version_info[:2])
    chosen = [option for platform in platforms for option in ("--platform", platform)]
    subprocess.run(
        [sys.executable, "-m", "pip", "download", "--quiet", "--only-binary=:all:", *chosen,
         "--python-version", version, "--dest", str(folder),
         "--requirement", str(HERE / "requirements.txt"), *MORE.get(name, [])],
        check=True, capture_output=True,
    )  # fmt: skip
    facts = {**facts, "python_version": version, "python_full_version": f"{version}.9", "extra": ""}
    wheels = sorted(folder.glob("*.whl"))
    there = {canonicalize_name(wheel.name.split("-")[0]) for wheel in wheels}
    lacking = set()
    for wheel in wheels:
        for text in _wanted(wheel):
            need = Requirement(text)
            if need.marker is None or need.marker.evaluate(facts):
                lacking |= {canonicalize_name(need.name)} - there
    return sorted(lacking)


def _wanted(wheel: Path) -> list[str]:
    """The requirements that a wheel names."""
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (n for n in archive.namelist() if re.fullmatch(r"[^/]+\.dist-info/METADATA", n))
        return Parser().parsestr(archive.read(name).decode()).get_all("Requires-Dist") or []


def main() -> None:
    """One line a lesson, and one a stick where asked."""
    for number in lessons.NUMBERS:
        for language in labels.LANGUAGES:
            seconds, megabytes = lesson(number, language)
            print(f"lesson {number} {language}: {seconds:5.1f} s, {megabytes:4.0f} MB", flush=True)
    if "--stick" not in sys.argv[1:]:
        return
    for name in TARGETS:
        with tempfile.TemporaryDirectory() as folder:
            lacking = pack(name, Path(folder))
            files = list(Path(folder).iterdir())
            megabytes = sum(file.stat().st_size for file in files) / 1e6
            print(f"stick for {name:12}: {len(files):3} files, {megabytes:4.0f} MB; "
                  f"lacking: {', '.join(lacking) or 'nothing'}", flush=True)  # fmt: skip


if __name__ == "__main__":
    main()
