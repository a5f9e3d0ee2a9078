"""Rules: what must hold between figures, as a table that a reviewer reads top to bottom."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

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


def get(rule_id: str) -> Rule:
    """The rule with this id; raises project.UserError naming the file when there is none."""
    book = table()
    if rule_id not in book:
        raise project.UserError(f"{FILE}: no rule {rule_id!r}: it has {', '.join(book)}.")
    return book[rule_id]


@lru_cache(maxsize=1)
def table() -> dict[str, Rule]:
    """All rules by id, in the file's order.

    Raises project.UserError when the file lacks a column or names a rule twice.
    """
    rows = project.read_table(FILE, COLUMNS)
    twice = rows.loc[rows["id"].duplicated(), "id"]
    if len(twice):
        raise project.UserError(f"{FILE}: the rule {twice.iloc[0]!r} stands twice: keep one row.")
    records = rows[list(COLUMNS)].to_dict("records")
    return {
        str(record["id"]): Rule(**{str(k): str(v) for k, v in record.items()}) for record in records
    }
