"""The README of data and computation that comes with a pack, in the form economics journals ask."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pandas as pd

from helpers import project
from helpers.pack import crate

MADE_BY = {
    "1": "how the printed figures are read into values and intervals",
    "2": "which figures cannot all be true, and what is doubted",
    "3": "one place: path, households, districts",
    "4": "one place: trend, forecast, pace against a target, reviews",
    "5": "places compared: map, ranking, convergence, chances",
    "6": "forecasts of past years against what came",
}


def text(root: Path) -> str:
    """The README of a pack whose files lie below a folder, in Markdown.

    Sections and their order are those of the template of the social science data editors
    (social-science-data-editors.github.io/template_README).
    """
    about = crate.citation(root)
    parts = (
        f"# Data and computation: {about['title']}, version {about['version']}",
        _overview(root),
        _availability(root),
        _datasets(root),
        _computing(root),
        _programs(root),
        _instructions(),
        _exhibits(root),
        "## References\n\nEach source of a printed figure stands with title, publisher, date and "
        "address in `data/raw/sources.csv`. How to cite this pack: `CITATION.cff`.",
    )
    return "\n\n".join(parts) + "\n"


def _overview(root: Path) -> str:
    figures = _table(root / "figures" / "manifest.csv")
    books = sorted((root / "notebooks").glob("[0-9]-*.ipynb"))
    return (
        "## Overview\n\n"
        f"The code in this pack reads figures as printed from {_count(root, 'sources')} sources "
        f"({_count(root, 'reported_figures')} reported figures and "
        f"{_count(root, 'official_poverty_rates')} official rates), reconciles them and models "
        f"how poverty falls. {len(books)} notebooks in Python, run by one command, make the "
        f"{len(list((root / 'data' / 'processed').glob('*.csv')))} tables in `data/processed` and "
        f"the {figures[['place', 'name']].drop_duplicates().shape[0]} figures in `figures`. The "
        "pack holds all data and all results; nothing is downloaded but the packages."
    )


def _availability(root: Path) -> str:
    package = json.loads((root / "data" / "raw" / "datapackage.json").read_text("utf-8"))
    licence = package["licenses"][0]
    sources = _table(root / "data" / "raw" / "sources.csv")
    without = sources.loc[sources["url"] == "", "source_id"]
    from_whom = "\n".join(
        f"- {one['title']}{': ' + one['path'] if 'path' in one else ''}"
        for one in package["sources"]
    )
    return (
        "## Data availability and provenance statements\n\n"
        "- [x] No data are confidential: every figure was printed publicly, and none is about a "
        "person.\n"
        "- [x] All data **are** publicly available and in this pack.\n\n"
        "### Statement about rights\n\n"
        "- [x] The authors have legitimate access to and permission to use the data: single "
        "facts, each with its source; no text of a source is in the pack.\n"
        f"- [x] The compilation is licensed under {licence['name']} ({licence['path']}), the code "
        "under the MIT License (`LICENSE`).\n\n"
        f"### Details on each source\n\nThe data come from\n\n{from_whom}\n\n"
        "`data/raw/sources.csv` lists every source with title, publisher, date and address, and "
        "every row of data names its source in `source_id`. "
        f"{len(without)} of the {len(sources)} sources have no address: {', '.join(without)}."
    )


def _datasets(root: Path) -> str:
    package = json.loads((root / "data" / "raw" / "datapackage.json").read_text("utf-8"))
    lines = ["| file | rows | what | provided |", "|---|---:|---|---|"]
    for resource in package["resources"]:
        file = root / "data" / "raw" / resource["path"]
        rows = f"{len(_table(file)):,}" if file.suffix == ".csv" else "–"
        lines.append(f"| `data/raw/{resource['path']}` | {rows} | {resource['title']} | yes |")
    for file in sorted((root / "data" / "processed").glob("*.csv")):
        lines.append(f"| `data/processed/{file.name}` | {len(_table(file)):,} | computed | yes |")
    return (
        "## Dataset list\n\n" + "\n".join(lines) + "\n\n`data/raw/datapackage.json` describes "
        "every column of the raw files with type, unit and constraints."
    )


def _computing(root: Path) -> str:
    lock = (root / "requirements.lock").read_text(encoding="utf-8")
    packages = re.findall(r"(?m)^([\w.-]+)==([\w.+]+)", lock)
    main = ("pandas", "numpy", "scipy", "statsmodels", "matplotlib", "papermill", "jupyterlab")
    known = dict(packages)
    return (
        "## Computational requirements\n\n### Software\n\n"
        "- Python 3.11, 3.12 or 3.13, make; the released bytes are of Python 3.11 on Linux\n"
        + "\n".join(f"- {name} {known[name]}" for name in main if name in known)
        + f"\n- {len(packages)} packages in all, each with its hash, in `requirements.lock`\n\n"
        "### Controlled randomness\n\nDraws of the forecasts come from generators with a fixed "
        "seed (`seed` in notebook 6 and of `python -m helpers forecast`; 1 unless told). The "
        "same inputs give the same bytes.\n\n"
        "### Memory, runtime, storage\n\nOn two cores the set-up takes two or three minutes and a "
        "network, computing everything again one or two, `make test` about ten "
        "(`tests/bench/commands.py` measures them). A notebook's kernel has about 110 MB of its "
        "own at most (`tests/bench/bulk_runs.py`). The packages take 1.2 GB of disk."
    )


def _programs(root: Path) -> str:
    lines = ["| program | does |", "|---|---|"]
    for book in sorted((root / "notebooks").glob("[0-9]-*.ipynb")):
        lines.append(f"| `notebooks/{book.name}` | {MADE_BY[book.name[0]]} |")
    lines += [
        "| `src/helpers/` | what the notebooks call; each file's first line says its subject |",
        "| `tests/` | tests of every helper and notebook; `tests/bench/` measurements |",
    ]
    return "## Description of programs\n\n" + "\n".join(lines)


def _instructions() -> str:
    return (
        "## Instructions to replicators\n\n```sh\nmake verify\n```\n\n"
        "sets up a Python environment in `.venv`, checks every file of the pack against its "
        "hash, computes everything again in a folder of its own and compares it with the "
        "released numbers (relative tolerance 1e-9), then with the released bytes. It prints "
        "what differs and by how much; where nothing does, `0 differences from the release`, "
        "and the exit code is 0. Without make:\n\n```sh\npython src/setup_venv.py\n"
        ".venv/bin/python -m helpers verify\n```\n\n`make figures` writes tables and figures "
        "into the project itself; `.venv/bin/python -m helpers trace FIGURE` leads from any "
        "number back to its printed token."
    )


def _exhibits(root: Path) -> str:
    listed = _table(root / "figures" / "manifest.csv")
    listed = listed[listed["path"].str.endswith(".png")]
    lines = ["| figure | place | program | output |", "|---|---|---|---|"]
    books = {book.name[0]: book.name for book in (root / "notebooks").glob("[0-9]-*.ipynb")}
    for row in listed.to_dict("records"):
        lines.append(f"| {row['name']} | {row['place']} | `notebooks/{books[row['notebook']]}` | "
                     f"`figures/{row['path']}` (data: `.csv` beside it) |")  # fmt: skip
    return "## List of figures and programs\n\nThe code reproduces all of them.\n\n" + "\n".join(
        lines
    )


def _count(root: Path, name: str) -> str:
    return f"{len(_table(root / 'data' / 'raw' / f'{name}.csv')):,}"


def _table(path: Path) -> pd.DataFrame:
    return project.read_table(path)
