"""What a reviewer means: a figure, a conflict, a row of a table, a chart, or a bare number."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd

from helpers import fresh, numerals, places, project, quantities, tables
from helpers.project import UserError

NUMBER = re.compile(r"[~≈]?[-−+]?\d[\d.,\s]*%?")
TABLES = tuple(name for names in fresh.STEPS.values() for name in names)
ID_COLUMNS = (
    "figure_id", "conflict_id", "target_id", "model", "standard", "place", "origin", "year",
    "period", "kind", "part", "horizon", "above_pct",
)  # fmt: skip
MOST = 40  # cells listed of one number


@dataclass(frozen=True)
class Cell:
    """What is to be traced.

    kind   : figure, conflict, row (of a processed table), chart, or number
    name   : figure_id, conflict_id, name of the table, `45/3-path`, or the number as given
    rows   : the rows that are meant, as they stand in the table
    column : of the cell, '' for the whole row
    """

    kind: str
    name: str
    rows: pd.DataFrame
    column: str = ""


def find(target: str) -> Cell:
    """What a target means; raises UserError with what is nearest where it means nothing."""
    target = project.nfc(target.strip())
    head, *rest = target.replace("local:", "local\0").split(":")
    rest = [part.replace("\0", ":") for part in rest]  # a place's own standard holds a colon
    if head in TABLES and rest:
        return _row(head, rest)
    if cell := _known_id(target):
        return cell
    if "/" in target or target.endswith((".png", ".svg", ".csv")):
        return _chart(target)
    if NUMBER.fullmatch(target):
        return Cell("number", target, holding(target))
    raise UserError(
        f"{target!r} is no figure, conflict, table, chart or number known here. {_nearest(target)} "
        "Ids of figures stand in data/processed/cleaned.csv and surveys.csv, of conflicts in "
        f"conflicts.csv; tables are {', '.join(TABLES)}; a chart is named like 45/3-path."
    )


def ledger() -> pd.DataFrame:
    """Every figure that can be traced: the cleaned reports, then the official survey rates."""
    return _ledger(project.root(), fresh.inputs_hash())


@lru_cache(maxsize=2)  # asked for at every print
def _ledger(_root: Path, _state: str) -> pd.DataFrame:
    both = [tables.get("cleaned"), tables.get("surveys")]
    return pd.concat(both, ignore_index=True)


def _known_id(target: str) -> Cell | None:
    figures = ledger()
    mine = figures[figures["figure_id"] == target]
    if len(mine):
        return Cell("figure", target, mine)
    conflicts = tables.get("conflicts")
    mine = conflicts[conflicts["conflict_id"] == target]
    if len(mine):
        return Cell("conflict", target, mine)
    aside = tables.get("quarantine")
    mine = aside[aside["figure_id"] == target]
    return Cell("row", "quarantine", mine) if len(mine) else None


def _nearest(target: str) -> str:
    ids = [*ledger()["figure_id"], *tables.get("conflicts")["conflict_id"]]
    near = sorted(difflib.get_close_matches(target, ids, n=5, cutoff=0.6))
    return f"Nearest: {', '.join(near)}." if near else "No id is near it."


def _row(name: str, keys: list[str]) -> Cell:
    table = tables.get(name)
    whole = ":".join(keys)  # ids of official figures and of conflicts hold colons themselves
    for column in ("figure_id", "conflict_id"):
        if column in table.columns:
            for k in range(len(keys), 0, -1):
                mine = table[table[column] == ":".join(keys[:k])]
                if len(mine):
                    return Cell("row", name, mine, _column(table, keys[k:], name))
    column = keys[-1] if keys[-1] in table.columns else ""
    wanted = keys[:-1] if column else keys
    cells = np.array([table[c].map(_plain) for c in table.columns]).T
    meant = np.ones(len(table), dtype=bool)
    for key in wanted:
        code = _code(key)
        meant &= (cells == key).any(axis=1) | (cells == code).any(axis=1)
    if not meant.any():
        raise UserError(
            f"{name} has no row with {whole!r}; its columns are {', '.join(table.columns)}. "
            f"Give the cells that name the row, e.g. {example(table, name)}."
        )
    return Cell("row", name, table[meant], column)


def _column(table: pd.DataFrame, rest: list[str], name: str) -> str:
    if not rest:
        return ""
    if rest[0] not in table.columns:
        near = difflib.get_close_matches(rest[0], list(table.columns), n=1, cutoff=0.3)
        raise UserError(
            f"{name} has no column {rest[0]!r}{f'; nearest: {near[0]}' if near else ''}"
        )
    return rest[0]


def example(table: pd.DataFrame, name: str) -> str:
    """The target that means the first row of a table."""
    return target_of(table.iloc[0], name)


def target_of(row: pd.Series, name: str, column: str = "") -> str:
    """The target that means a row of a table, and its column."""
    if name in ("reconciled", "cleaned", "surveys", "changes", "review_figures"):
        parts = [str(row["figure_id"])]
    elif name == "conflicts":
        parts = [str(row["conflict_id"])]
    else:
        parts = [_plain(row[c]) for c in ID_COLUMNS if c in row.index and _plain(row[c])]
    return ":".join([name, *parts, *([column] if column else [])])


def _plain(value: object) -> str:
    if isinstance(value, float):
        return "" if np.isnan(value) else f"{value:.12g}"
    return str(value)


def _code(name: str) -> str:
    place = places.lookup(name)
    return place.code if place else name


def _chart(target: str) -> Cell:
    path, _, number = target.partition(":")
    name = Path(path).with_suffix("") if path.endswith((".png", ".svg", ".csv")) else Path(path)
    folder = places.find(name.parent.name).folder if name.parent.name else ""
    file = project.figures_dir() / folder / f"{name.name}.csv"
    if not file.is_file():
        near = difflib.get_close_matches(
            name.name, [f.stem for f in file.parent.glob("*.csv")], n=3, cutoff=0.4
        )
        raise UserError(
            f"{project.below_root(file)} is not there"
            + (f" (nearest: {', '.join(near)})" if near else "")
            + f": `python -m helpers run --province {folder or '45'}` makes the figures of a place."
        )
    data = pd.read_csv(file, dtype="str", keep_default_na=False)
    label = f"{folder}/{name.name}"
    if not number:
        return Cell("chart", label, data)
    index, _, column = number.partition(":")
    if not index.isdecimal() or not 1 <= int(index) <= len(data):
        raise UserError(f"{label} has the rows 1 to {len(data)}, not {index!r}.")
    return Cell("chart", label, data.iloc[[int(index) - 1]], _column(data, [column], label)
                if column else "")  # fmt: skip


def holding(printed: str) -> pd.DataFrame:
    """Cells that print a number, or hold it to its decimals: target, value, what.

    Raises UserError with the nearest values where there is none.
    """
    readings = sorted(_readings(printed))
    if not readings:
        raise UserError(f"{printed!r} is no number in either style of numerals.")
    found = [_printing(printed), *(_valued(name, readings) for name in TABLES)]
    hits = pd.concat(found, ignore_index=True)
    if hits.empty:
        values = tables.get("cleaned")["value"].dropna()
        order = (values - readings[0][0]).abs().sort_values(kind="stable").index
        said = ", ".join(f"{value:g}" for value in values.loc[order].drop_duplicates().head(3))
        raise UserError(f"No table prints or holds {printed!r}. Nearest values: {said}.")
    return hits


def _readings(printed: str) -> set[tuple[float, float]]:
    """Values that a numeral may have in either style, each with half a unit of its last digit."""
    given = pd.Series([printed])
    found = set()
    for style in numerals.STYLES:
        read = quantities.parse_column(given, style).iloc[0]
        if pd.notna(read["value"]):
            value = float(read["value"])
            found.add((value, max(float(read["high"]) - value, 1e-9)))
    return found


def _printing(printed: str) -> pd.DataFrame:
    figures = ledger()
    token = re.escape(printed.rstrip("%").strip())
    mine = figures[figures["printed"].str.contains(rf"(?<![\d.,]){token}(?![\d]|[.,]\d)")]
    return pd.DataFrame({"target": mine["figure_id"], "value": mine["printed"], "what": "printed"})


def _valued(name: str, readings: list[tuple[float, float]]) -> pd.DataFrame:
    table, found = tables.get(name), []
    for column in table.select_dtypes("number").columns:
        if column in ("low", "high"):
            continue  # ends of what rounding allows: their value stands beside them
        values = table[column].to_numpy(float)
        near = np.zeros(len(values), dtype=bool)
        for value, half in readings:
            near |= np.abs(values - value) < half * (1 + 1e-9)
        for row in table[near].head(MOST).to_dict("index").values():
            series = pd.Series(row)
            found.append((target_of(series, name, str(column)), _plain(row[column]), "value"))
    return pd.DataFrame(found, columns=["target", "value", "what"])
