"""The numbers of the release in one file, and the whole analysis computed again beside them."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pandas as pd

from helpers import fresh, project
from helpers.project import UserError
from helpers.runs import archives, both_ways, bulk, jobs, manifests, reports

Say = Callable[[str], None]
NAME = "released.zip"
ABOUT = "release.json"
FORMAT = 1
TOLERANCE = 1e-9  # relative: what Python, the system and the processor may change
INPUTS = ("data/raw", "notebooks", "requirements.lock", "CHANGELOG.md")
COLUMNS = ["file", "kind", "row", "column", "released", "now", "difference", "relative"]
IDS = ("figure_id", "conflict_id")
IDENTITY = (
    "place", "group", "series", "part", "panel", "model", "standard", "indicator", "origin", "year",
    "period", "kind", "target_id", "source_id", "other_id",
)  # fmt: skip


@dataclass(frozen=True)
class Release:
    """What was released.

    about   : version, python, system; sha256 of the inputs (`inputs`) and the lock file (`lock`)
    numbers : bytes of each table and of each figure's data, by path below the project's root
    listed  : sha256 of every file of `figures/manifest.csv`, by path below the project's root
    """

    about: dict[str, str | dict[str, str]]
    numbers: dict[str, bytes]
    listed: dict[str, str]


def path() -> Path:
    """Where the numbers of the release lie."""
    return project.figures_dir() / NAME


def read() -> Release:
    """The release that came with the project.

    Raises UserError where its files are missing, damaged, of another version of this project, or
    do not belong together.
    """
    if not path().exists():
        raise UserError(f"{project.below_root(path())} is missing: restore it with git.")
    try:
        with zipfile.ZipFile(path()) as packed:
            numbers = {name: packed.read(name) for name in packed.namelist()}
        about = json.loads(numbers.pop(ABOUT))
    except (zipfile.BadZipFile, KeyError, ValueError, OSError) as error:
        raise UserError(
            f"{project.below_root(path())} is damaged ({error}): restore it with git, or take "
            "the pack again from where it came."
        ) from error
    if (about.get("format"), about.get("version")) != (FORMAT, version("giam-ngheo")):
        raise UserError(
            f"{project.below_root(path())} is of version {about.get('version')!r}, this project "
            f"of {version('giam-ngheo')!r}: compare with the release of the same version, or "
            "write a new one with `python -m helpers verify --write`."
        )
    listed = both_ways.listed()
    for name, content in numbers.items():
        if name in listed and listed[name] != hashlib.sha256(content).hexdigest():
            raise UserError(
                f"{name} in {project.below_root(path())} is not the file that "
                "figures/manifest.csv lists: one of both was changed; restore both with git."
            )
    return Release(about, numbers, listed)


def verify(workers: int = 2, say: Say = print) -> pd.DataFrame:
    """Compute everything again, in a folder of its own, and compare it with the release.

    workers : notebooks at a time
    Returns COLUMNS, a row a difference, no row where all is the same. kind is `input` (a file of
    data/raw is not the released one), `number` (beyond TOLERANCE), `text`, `gone` or `new` (whole
    rows or files), `columns`, or `bytes` (the numbers agree, the file does not). The project's
    own files are not touched; ledgers in data/own are left out, as they are no part of a release.
    Raises UserError as `read` does, and where a notebook fails.
    """
    release = read()
    with computed_again(workers, say) as root:
        return compare(release, root)


def write(workers: int = 2, say: Say = print) -> list[Path]:
    """Make what is computed now the release; returns the two files written."""
    with computed_again(workers, say) as root:
        about = {"format": FORMAT, "version": version("giam-ngheo"), "python": _python(),
                 "system": sys.platform, "inputs": _inputs(root)}  # fmt: skip
        numbers = {name: (root / name).read_bytes() for name in _numbers(root)}
        text = json.dumps(about, indent=1, sort_keys=True) + "\n"
        with project.whole(path()) as aside:
            aside.write_bytes(archives.zipped(numbers | {ABOUT: text.encode()}))
        manifest = project.figures_dir() / "manifest.csv"
        with project.whole(manifest) as aside:
            shutil.copyfile(root / "figures" / "manifest.csv", aside)
    return [path(), manifest]


@contextmanager
def computed_again(workers: int, say: Say) -> Iterator[Path]:
    """A folder with inputs, tables, figures and manifest of a whole run, while the block lasts."""
    with tempfile.TemporaryDirectory(prefix="verify-") as folder:
        root = Path(folder) / "project"
        for name in INPUTS:
            source, target = project.root() / name, root / name
            target.parent.mkdir(parents=True, exist_ok=True)
            if source.is_dir():
                shutil.copytree(source, target)
            elif source.exists():
                shutil.copy2(source, target)
        with both_ways.at(root):
            outcomes = bulk.run(jobs.plan(), workers, say=say)
            if failed := [outcome for outcome in outcomes if outcome.state == "failed"]:
                raise UserError(
                    f"{len(failed)} notebooks fail, so there is nothing to compare: "
                    f"{reports.one_line(failed[0])}"
                )
            manifests.write_figures()
        yield root


def compare(release: Release, root: Path) -> pd.DataFrame:
    """What differs between the release and what a folder holds (COLUMNS), inputs first."""
    found = [_changed_inputs(release, root)]
    now = {name: (root / name).read_bytes() for name in _numbers(root)}
    agreeing = set()
    for name in sorted({*now, *release.numbers}):
        if name not in now or name not in release.numbers:
            kind = "gone" if name not in now else "new"
            found.append(_row(name, kind))
            continue
        if now[name] == release.numbers[name]:
            agreeing.add(name)
            continue
        rows = differences(_table(release.numbers[name]), _table(now[name]))
        if rows.empty:
            agreeing.add(name)
            rows = _row(name, "bytes")
        found.append(rows.assign(file=name))
    found.append(_pictures(release, root, agreeing))
    return pd.concat(found, ignore_index=True)[COLUMNS]


def differences(released: pd.DataFrame, now: pd.DataFrame) -> pd.DataFrame:
    """Cells and rows that differ between two tables of text; columns of COLUMNS but `file`.

    Rows are matched by their id, else by what they are about (place, standard, year …), the first
    to the first where several are about the same.
    """
    if list(released.columns) != list(now.columns):
        said = [", ".join(frame.columns) for frame in (released, now)]
        return _row("", "columns", released=said[0], now=said[1])
    keys = _keys(released, now)
    both = _numbered(released, keys).merge(
        _numbered(now, keys), how="outer", on="row", suffixes=(" r", " n"), indicator="side"
    )
    whole = both[both["side"] != "both"]
    kinds = whole["side"].map({"left_only": "gone", "right_only": "new"}).astype("str")
    found = [_empty(), pd.DataFrame({"row": whole["row"], "kind": kinds})]
    both = both[both["side"] == "both"]
    for name in released.columns:
        found.append(_cells(name, both["row"], both[f"{name} r"], both[f"{name} n"]))
    table: pd.DataFrame = pd.concat(found, ignore_index=True)
    return table.sort_values(["row", "column"], kind="stable")


def _cells(name: str, row: pd.Series, was: pd.Series, is_: pd.Series) -> pd.DataFrame:
    """The cells of one column that differ: numbers beyond the tolerance, or texts."""
    apart = (was != is_).to_numpy()
    row, was, is_ = row[apart], was[apart], is_[apart]
    one, two = (pd.to_numeric(cells, errors="coerce").to_numpy(float) for cells in (was, is_))
    numbers = np.isfinite(one) & np.isfinite(two)
    step = np.where(numbers, two - one, np.nan)
    size = np.where(numbers, np.maximum(np.abs(one), np.abs(two)), np.nan)
    with np.errstate(invalid="ignore", divide="ignore"):
        relative = np.where(size > 0, np.abs(step) / size, 0.0)
    kept = ~numbers | (np.abs(step) > TOLERANCE * (1 + size))
    found: pd.DataFrame = pd.DataFrame({
        "kind": np.where(numbers, "number", "text"), "row": row, "column": name, "released": was,
        "now": is_, "difference": step, "relative": np.where(numbers, relative, np.nan),
    })  # fmt: skip
    return found.loc[pd.Series(kept, index=found.index)]


def _keys(released: pd.DataFrame, now: pd.DataFrame) -> list[str]:
    for name in IDS:
        if name in released.columns and not (released[name].duplicated().any()
                                             or now[name].duplicated().any()):  # fmt: skip
            return [name]
    return [name for name in IDENTITY if name in released.columns]


def _numbered(frame: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """The table with `row`: the cells of the keys that say something, and a number if need be."""
    named = pd.Series("", index=frame.index, dtype="str")
    for key in keys:
        named = named + (frame[key] + " ").where(frame[key] != "", "")
    named = named.str.strip()
    place = named.groupby(named).cumcount()
    return frame.assign(row=named.where(place == 0, named + " #" + (place + 1).astype("str")))


def _changed_inputs(release: Release, root: Path) -> pd.DataFrame:
    was, now = release.about.get("inputs", {}), _inputs(root)
    assert isinstance(was, dict)
    changed = sorted(name for name in {*was, *now} if was.get(name) != now.get(name))
    rows = [_row(name, "input") for name in changed]
    return pd.concat([_empty(), *rows], ignore_index=True)


def _pictures(release: Release, root: Path, agreeing: set[str]) -> pd.DataFrame:
    """Pictures whose bytes differ though their data agree, and those that are gone or new."""
    table = project.read_table(root / "figures" / "manifest.csv", manifests.FIGURES)
    now = dict(zip("figures/" + table["path"], table["sha256"], strict=True))
    rows = [_empty()]
    for name in sorted({*now, *release.listed}):
        if name.endswith(".csv") or now.get(name) == release.listed.get(name):
            continue
        data = f"{name.rpartition('.')[0]}.csv"
        kind = "gone" if name not in now else "new" if name not in release.listed else "bytes"
        said = "" if data in agreeing or kind != "bytes" else "its data differ, too"
        rows.append(_row(name, kind, now=said))
    return pd.concat(rows, ignore_index=True)


def at_home(release: Release) -> bool:
    """Whether this Python and system are those of the release, so that bytes must agree, too."""
    return (release.about.get("python"), release.about.get("system")) == (_python(), sys.platform)


def summary(found: pd.DataFrame) -> pd.DataFrame:
    """One row a file and kind: how many differences, the largest one, and where it is."""
    top = found.assign(size=found["relative"].fillna(0.0))
    top["differences"] = top.groupby(["file", "kind"])["size"].transform("size")
    top = top.sort_values("size", ascending=False, kind="stable")
    top = top.drop_duplicates(["file", "kind"]).sort_index(kind="stable")
    step = top["difference"].map(lambda x: "" if pd.isna(x) else f"{x:+.6g}")
    change = top["now"].where(top["column"] == "", top["released"] + " → " + top["now"])
    where = (top["row"] + " " + top["column"]).str.strip() + ": " + change
    table = top[["file", "kind", "differences"]].assign(largest=step, where=where.str.strip(": "))
    return table.reset_index(drop=True)


def _numbers(root: Path) -> list[str]:
    """Paths of all processed tables and of the data of all figures of a folder."""
    tables = [f"data/processed/{name}.csv" for names in fresh.STEPS.values() for name in names]
    data = [file.relative_to(root).as_posix() for file in (root / "figures").glob("*/[!.]*.csv")]
    return [name for name in (*tables, *sorted(data)) if (root / name).exists()]


def _inputs(root: Path) -> dict[str, str]:
    files = [file for file in (root / "data" / "raw").rglob("*") if file.is_file()]
    files += [root / "requirements.lock"]
    return {file.relative_to(root).as_posix(): hashlib.sha256(file.read_bytes()).hexdigest()
            for file in sorted(files) if file.exists()}  # fmt: skip


def _table(content: bytes) -> pd.DataFrame:
    return pd.read_csv(io.BytesIO(content), dtype="str", keep_default_na=False)


def _row(file: str, kind: str, *, released: str = "", now: str = "") -> pd.DataFrame:
    return pd.concat([_empty(), pd.DataFrame({
        "file": [file], "kind": [kind], "row": [""], "column": [""], "released": [released],
        "now": [now]})], ignore_index=True)  # fmt: skip


def _empty() -> pd.DataFrame:
    texts = {name: pd.Series(dtype="str") for name in COLUMNS[:-2]}
    return pd.DataFrame(texts | {name: pd.Series(dtype="float") for name in COLUMNS[-2:]})


def _python() -> str:
    return ".".join(map(str, sys.version_info[:2]))
