"""Facts about the table of rules."""

import csv
import re
import string
import unicodedata
from dataclasses import asdict
from pathlib import Path

import pytest

from helpers import rules
from helpers.project import UserError


def test_every_rule_is_complete_in_both_languages() -> None:
    for rule in rules.table().values():
        for cell in (rule.formula, rule.origin, *(rule.statement(x) for x in ("en", "vi"))):
            assert cell.strip() == cell != ""
            assert unicodedata.is_normalized("NFC", cell)


def test_both_languages_fill_the_same_places() -> None:
    def places(template: str) -> set[str]:
        return {name for _, name, _, _ in string.Formatter().parse(template) if name}

    for rule in rules.table().values():
        assert places(rule.explanation_en) == places(rule.explanation_vi) != set()


# A user's file


def own(path: Path, *rows: dict[str, str]) -> Path:
    """A file of rules with these rows."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rules.COLUMNS)
        writer.writeheader()
        writer.writerows(rows)
    return path


def row(key: str, **changed: str) -> dict[str, str]:
    """The project's row of one rule, with some cells changed."""
    return asdict(rules.table()[key]) | changed


def test_the_project_s_own_file_asks_for_the_project_s_rules() -> None:
    assert rules.read(rules.FILE) == rules.table()


def test_rules_may_be_left_out_and_worded_otherwise(tmp_path: Path) -> None:
    path = own(tmp_path / "r.csv", row("sum-of-parts", statement_vi="Cộng lại phải khớp"))
    book = rules.read(path)
    assert list(book) == ["sum-of-parts", "same-figure-in-source", "several-rules"]
    assert book["sum-of-parts"].statement("vi") == "Cộng lại phải khớp"


@pytest.mark.parametrize(
    ("key", "changed", "said"),
    [
        ("sum-of-parts", {"id": "nonsense"}, "line 3: no rule 'nonsense': use one of households-"),
        ("sum-of-parts", {"kind": "magic"}, "line 3: the kind of 'sum-of-parts' is 'magic'"),
        ("sum-of-parts", {"formula": "a = b"}, "line 3: the formula of 'sum-of-parts' is 'a = b'"),
        ("sum-of-parts", {"explanation_en": "{who}"}, "line 3: explanation_en of 'sum-of-parts'"),
        ("sum-of-parts", {"explanation_vi": "{first"}, "line 3: explanation_vi of 'sum-of-parts'"),
        ("sum-of-parts", {"explanation_en": "{first:d}"}, "may hold no other places than {first},"),
        ("rate-bounds", {}, "line 3: the rule 'rate-bounds' stands twice: keep one row"),
    ],
)
def test_what_a_file_cannot_ask_for_is_named(
    key: str, changed: dict[str, str], said: str, tmp_path: Path
) -> None:
    path = own(tmp_path / "r.csv", row("rate-bounds"), row(key, **changed))
    with pytest.raises(UserError, match=re.escape(said)) as caught:
        rules.read(path)
    assert str(caught.value).startswith(f"{path}, line 3")


def test_a_file_without_a_column_is_named(tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    path.write_text("id,kind\n", encoding="utf-8")
    with pytest.raises(UserError, match=re.escape(f"{path} lacks the columns formula")):
        rules.read(path)
