"""Pack: one zip with all that a journal asks for, the same bytes for the same project."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from helpers import project
from helpers.pack import crate, replication
from helpers.project import UserError
from helpers.runs import archives, releases

Say = Callable[[str], None]
TOP = (
    "README.md", "CHANGELOG.md", "CITATION.cff", "LICENSE", "Makefile", "pyproject.toml",
    "requirements.lock", "environment.yml", "conftest.py", ".gitignore", ".ci/run",
)  # fmt: skip
FOLDERS = ("src", "tests", "notebooks", "data")
RESULTS = ("data/processed", "figures", "build/notebooks")
REPLICATION = "REPLICATION.md"


def write(out: Path, workers: int = 2, say: Say = print) -> Path:
    """Compute everything again, and write code, data and results into one zip.

    out     : path of the zip
    workers : notebooks at a time
    The zip is an RO-Crate: `ro-crate-metadata.json` lists every file with its sha256 and says which
    notebook made which result of what. Ledgers in data/own are left out. Raises UserError where
    what is computed is not what was released, or the metadata have an error: nothing is written.
    """
    _check_packages()
    release = releases.read()
    with (
        releases.computed_again(workers, say) as computed,
        tempfile.TemporaryDirectory(prefix="pack-") as folder,
    ):
        apart = releases.compare(release, computed)
        if not releases.at_home(release):
            apart = apart[apart["kind"] != "bytes"]
        if len(apart):
            raise UserError(
                f"{len(apart)} differences from the release, first in {apart['file'].iloc[0]}: "
                "look at `python -m helpers verify`; `verify --write` makes a new release."
            )
        root = Path(folder)
        for name, source in _files(computed):
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, root / name)
        text = replication.text(root)
        (root / REPLICATION).write_text(text, encoding="utf-8")
        crate.write(root)
        if wrong := crate.problems(root):
            raise UserError("the pack would have errors:\n" + "\n".join(wrong))
        contents = {
            file.relative_to(root).as_posix(): file.read_bytes()
            for file in root.rglob("*")
            if file.is_file()
        }
        with project.whole(out) as aside:
            aside.write_bytes(archives.zipped(contents))
    say(f"{len(contents)} files, {out.stat().st_size / 1e6:.1f} MB: {project.below_root(out)}")
    return out


def _files(computed: Path) -> Iterator[tuple[str, Path]]:
    """Name in the pack and place of each file: the project's own, then what was computed."""
    root = project.root()
    for name in TOP:
        if (root / name).is_file():
            yield name, root / name
    for top in FOLDERS:
        for file in _below(root / top):
            name = file.relative_to(root).as_posix()
            if not name.startswith(("data/processed/", "data/own/")):
                yield name, file
    for name in ("data/processed/README.md", "data/own/README.md", f"figures/{releases.NAME}"):
        if (root / name).is_file():
            yield name, root / name
    for top in RESULTS:
        for file in _below(computed / top):
            yield file.relative_to(computed).as_posix(), file


def _below(folder: Path) -> list[Path]:
    """Files of a folder, without hidden ones, stamps and what Python or a test has left."""
    files = (file for file in sorted(folder.rglob("*")) if file.is_file())
    kept = []
    for file in files:
        parts = file.relative_to(folder).parts
        left = any(
            p.startswith(".") or p == "__pycache__" or p.endswith(".egg-info") for p in parts
        )
        if not left and file.suffix not in (".pyc", ".sha256"):
            kept.append(file)
    return kept


def _check_packages() -> None:
    try:
        import pyld
        import rocrate
    except ImportError as error:
        raise UserError(
            f"A pack needs {error.name}: install the extra with pip install -e '.[review]'."
        ) from error
    del pyld, rocrate
