"""Printed figures that the lessons are about, each read by the project's own reader."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import pandas as pd

from helpers import bulletins, ledger, project
from helpers.project import UserError


def printed(figure_id: str) -> pd.Series:
    """A figure of the ledger, with its value and interval. Raises UserError where it lacks."""
    figures = _cleaned()
    if figure_id not in figures.index:
        raise UserError(f"the ledger has no figure {figure_id!r} that can be read")
    row: pd.Series = figures.loc[[figure_id]].iloc[0]
    return row


@lru_cache(maxsize=1)
def _cleaned() -> pd.DataFrame:
    return ledger.clean(ledger.load(), ledger.load_sources()).figures.set_index("figure_id")


def bulletin(name: str) -> bulletins.Read:
    """A sample bulletin, read: 'tien-giang-2021', 'ca-nuoc-2022' or 'tra-vinh-2021-h1'."""
    return _bulletin(project.raw_dir() / "bulletins" / f"{name}.txt")


@lru_cache(maxsize=4)
def _bulletin(file: Path) -> bulletins.Read:
    return bulletins.read_files([file])


def of(read: bulletins.Read, place: str, indicator: str, group: str = "") -> pd.Series:
    """The one figure of a bulletin with this place, indicator and group; it may stand there twice.

    Raises UserError where there is none, or several that differ.
    """
    rows = read.figures
    rows = rows[(rows["place"] == place) & (rows["indicator"] == indicator)]
    rows = rows[rows["group"] == group].drop_duplicates("printed")
    if len(rows) != 1:
        raise UserError(f"{len(rows)} figures of {place} are {indicator}: one was expected")
    return rows.iloc[0]
