"""Rules: what must hold between figures, as a table that a reviewer reads top to bottom."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from string import Formatter

import pandas as pd

from helpers import formulas, project
from helpers.edits.feasible import contradiction
from helpers.edits.linear import UnreadableRule, parse

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
AS_WRITTEN = ("linear", "ratio")
WORDS = {
    "linear": (
        "{place}, {period}: from {first} follows {first_range}, but {second} is printed, "
        "that is {second_range}.",
        "{place}, {period}: từ {first} suy ra {first_range}, nhưng lại in là {second}, "
        "tức là {second_range}.",
    ),
    "ratio": (
        "{place}, {period}: {first} {first_verb} {first_range}, while {second} {second_verb} "
        "{second_range}; nothing fits both.",
        "{place}, {period}: {first} {first_verb} {first_range}, còn {second} {second_verb} "
        "{second_range}; không con số nào khớp với cả hai.",
    ),
}
TOLD = {"place", "period", "what"} | {
    f"{side}{part}" for side in ("first", "second") for part in ("", "_range", "_verb", "_change")
}


@dataclass(frozen=True)
class Rule:
    """One rule.

    id          : as in conflicts.csv, column `rules`
    kind        : rate | whole | sum | change | order | bound | hierarchy | repeat | chain | cross,
                  or linear | ratio for a formula between indicators, applied as it is written
    formula     : in words of the field; T total households, H households, r rate in per cent.
                  Linear: `poor_households + near_poor_households <= total_households`, where
                  `poor_households[-1]` is the year before and a change counts with its sign;
                  ratio: `insured_rate = 100 * insured / persons`
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
    """The rules that a file of the form of rules.csv asks for, by id: the project's, then others.

    It may leave rules out, which are then not applied, word them otherwise, and add rules of kind
    `linear` or `ratio`. Kind and formula of the project's rules say what is computed and cannot be
    changed. What one value is (kind `repeat`) and what follows from other rules (kind `chain`)
    holds in any case: left out, they keep the project's words. An added rule without explanations
    gets WORDS of its kind.
    Raises project.UserError naming the file and, where there is one, the line; and where rules
    exclude each other, the smallest set of them.
    """
    rows = _rows(path)
    for fault in _faults(rows):
        raise project.UserError(f"{path}, {fault}")
    asked = _book(rows)
    kept = ((key, asked.get(key, rule)) for key, rule in table().items())
    book = {key: rule for key, rule in kept if key in asked or rule.kind in ALWAYS}
    book |= {key: _worded(rule) for key, rule in asked.items() if key not in book}
    if together := _contradiction(book):
        raise project.UserError(
            f"{path}: no values fit the rules {' and '.join(together)} together: "
            "mend or leave out one of them."
        )
    return book


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
            yield from (f"{line}: {fault}" for fault in _faults_of_added(row))
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


def _faults_of_added(row: dict[object, object]) -> Iterator[str]:
    """What is wrong with a rule that the project does not have."""
    key, kind = str(row["id"]), str(row["kind"])
    if kind not in AS_WRITTEN:
        yield (
            f"no rule {key!r}: use one of {', '.join(table())}, "
            "or give your own rule the kind linear or ratio."
        )
        return
    try:
        _ = formulas.linear(str(row["formula"])) if kind == "linear" else None
        _ = formulas.ratio(str(row["formula"])) if kind == "ratio" else None
    except UnreadableRule as error:
        yield str(error)
    for column in ("explanation_en", "explanation_vi"):
        places = _places(str(row[column]))
        if places is None or not places <= TOLD:
            listed = ", ".join(f"{{{name}}}" for name in sorted(TOLD))
            yield f"{column} of {key!r} may hold no other places than {listed}."


def _worded(rule: Rule) -> Rule:
    """An added rule with the words that it lacks."""
    english, vietnamese = WORDS[rule.kind]
    return replace(
        rule,
        explanation_en=rule.explanation_en or english,
        explanation_vi=rule.explanation_vi or vietnamese,
    )


def _contradiction(book: Book) -> tuple[str, ...]:
    """The smallest set of linear rules that no values fit; rates lie in 0 to 100, counts above."""
    linear = {key: rule.formula for key, rule in book.items() if rule.kind == "linear"}
    texts = {key: formulas.plain(formula) for key, formula in linear.items()}
    bounds: dict[str, str] = {}
    for name in parse(texts).names:
        indicator = name.partition(formulas.MARK)[0]
        if not indicator.endswith(("_change", "_change_per_year")):
            top = " <= 100" if indicator.endswith("_rate") else ""
            bounds[f"bounds of {name}"] = f"0 <= {name}{top}"
    found = contradiction(parse(texts | bounds))
    return tuple(key for key in found if key in texts)


def _places(template: str) -> set[str] | None:
    """Names of the places of a template; None where it is none, or says how to write a value."""
    try:
        parts = [part for part in Formatter().parse(template) if part[1] is not None]
    except ValueError:
        return None
    if any(form or conversion for _, _, form, conversion in parts):
        return None
    return {str(name) for _, name, _, _ in parts}
