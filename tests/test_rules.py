"""Facts about the table of rules."""

import string
import unicodedata

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


def test_an_unknown_rule_is_named() -> None:
    with pytest.raises(UserError, match="no rule 'nonsense'"):
        rules.get("nonsense")
