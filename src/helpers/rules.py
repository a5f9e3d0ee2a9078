"""Rules: what must hold between figures, as a table that a reviewer reads top to bottom."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from string import Formatter

import pandas as pd

from helpers import project

COLUMNS = (
    "id",
    "kind",
    "formula",
    "statement_en",
    "statement_vi",
    "explanation_en",
    "explanation_vi",
    "origin",
)
FILE = Path(__file__).with_name("rules.csv")
FIXED = ("kind", "formula")
ALWAYS = ("repeat", "chain")


@dataclass(frozen=True)
class Rule:
    """One rule.

    id          : as in conflicts.csv, column `rules`
    kind        : rate | whole | sum | change | order | bound | repeat | chain | cross
    formula     : in words of the field; T total households, H households, r rate in per cent
    statement_* : the rule as one sentence
    explanation_*: template of a conflict's sentence
    origin      : where the rule comes from
    """

    id: str
    kind: str
    formula: str
    statement_en: str
    statement_vi: str
    explanation_en: str
    explanation_vi: str
    origin: str

    def statement(self, language: str) -> str:
        """The rule as one sentence in 'en' or 'vi'."""
        return self.statement_vi if language == "vi" else self.statement_en

    def explain(self, language: str, **values: str) -> str:
        """Sentence of a conflict in 'en' or 'vi'; `values` fill the places of the template."""
        template = self.explanation_vi if language == "vi" else self.explanation_en
        return template.format(**values)


Book = dict[str, Rule]


@lru_cache(maxsize=1)
def table() -> Book:
    """All rules of the project by id, in the file's order."""
    return _book(_rows(FILE))


def read(path: Path) -> Book:
    """The rules that a file of the form of rules.csv asks for, by id, in the project's order.

    It may leave rules out, which are then not applied, and word them otherwise. Kind and formula
    say what is computed and cannot be changed. What one value is (kind `repeat`) and what follows
    from other rules (kind `chain`) holds in any case: left out, they keep the project's words.
    Raises project.UserError naming the file and, where there is one, the line.
    """
    rows = _rows(path)
    for fault in _faults(rows):
        raise project.UserError(f"{path}, {fault}")
    asked = _book(rows)
    kept = ((key, asked.get(key, rule)) for key, rule in table().items())
    return {key: rule for key, rule in kept if key in asked or rule.kind in ALWAYS}


def _rows(path: Path) -> pd.DataFrame:
    rows = project.read_table(path, COLUMNS, line_column="line")
    twice = rows[rows["id"].duplicated()]
    for row in twice.to_dict("records"):
        raise project.UserError(
            f"{path}, line {row['line']}: the rule {row['id']!r} stands twice: keep one row."
        )
    return rows


def _book(rows: pd.DataFrame) -> Book:
    records = rows[list(COLUMNS)].to_dict("records")
    return {
        str(record["id"]): Rule(**{str(k): str(v) for k, v in record.items()}) for record in records
    }


def _faults(rows: pd.DataFrame) -> Iterator[str]:
    """What is wrong with the rows of a user's file, a sentence each."""
    known = table()
    for row in rows.to_dict("records"):
        line, key = f"line {row['line']}", str(row["id"])
        if key not in known:
            yield f"{line}: no rule {key!r}: use one of {', '.join(known)}."
            continue
        for column in FIXED:
            needed = getattr(known[key], column)
            if row[column] != needed:
                yield f"{line}: the {column} of {key!r} is {row[column]!r}: leave it at {needed!r}."
        for column in ("explanation_en", "explanation_vi"):
            allowed = _places(getattr(known[key], column))
            places = _places(str(row[column]))
            if places is None or not places <= (allowed or set()):
                listed = ", ".join(f"{{{name}}}" for name in sorted(allowed or ()))
                yield f"{line}: {column} of {key!r} may hold no other places than {listed}."


def _places(template: str) -> set[str] | None:
    """Names of the places of a template; None where it is none, or says how to write a value."""
    try:
        parts = [part for part in Formatter().parse(template) if part[1] is not None]
    except ValueError:
        return None
    if any(form or conversion for _, _, form, conversion in parts):
        return None
    return {str(name) for _, name, _, _ in parts}
