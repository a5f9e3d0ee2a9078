"""Weights: how much it takes to doubt a figure, by its kind and its source, as a table."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers import project

COLUMNS = ("kind", "source_id", "weight", "reason")
KINDS = ("count", "total", "rate", "share", "change", "other", "")
FILE = Path(__file__).with_name("weights.csv")


@lru_cache(maxsize=1)
def table() -> pd.DataFrame:
    """The project's weights."""
    return read(FILE)


def read(path: Path) -> pd.DataFrame:
    """Weights of a file in the form of weights.csv: COLUMNS, `weight` a float above 0.

    A row holds for figures of its kind and its source; an empty cell stands for all. Raises
    project.UserError naming file and line where a kind is unknown, a weight is no number above 0,
    or two rows are of one kind and source.
    """
    rows = project.read_table(path, COLUMNS, line_column="line")
    weight = pd.to_numeric(rows["weight"], errors="coerce")
    faults = (
        (~rows["kind"].isin(KINDS), "kind", f"use one of {', '.join(KINDS[:-1])}"),
        (~((weight > 0) & np.isfinite(weight)), "weight", "give a number above 0"),
        (rows.duplicated(["kind", "source_id"]), "kind", "it stands twice with its source_id"),
    )
    for bad, column, remedy in faults:
        for row in rows[bad].to_dict("records"):
            raise project.UserError(
                f"{path}, line {row['line']}: the {column} is {row[column]!r}: {remedy}."
            )
    return rows[list(COLUMNS)].assign(weight=weight)


def of(kind: pd.Series, source_id: pd.Series, weights: pd.DataFrame) -> npt.NDArray[np.float64]:
    """(f,) weight of each figure: that of its kind times that of its source, 1 where not given.

    kind, source_id : of the figures, on one index
    A row for a kind in a source counts besides, as a further factor.
    """
    result = np.ones(len(kind))
    for row in weights.to_dict("records"):
        mine = np.ones(len(kind), dtype=np.bool_)
        mine &= (kind == row["kind"]).to_numpy() if row["kind"] else True
        mine &= (source_id == row["source_id"]).to_numpy() if row["source_id"] else True
        result[mine] *= float(row["weight"])
    return result
