"""Rules about words and numbers: the lightest sets of values to doubt."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.edits.conditional import doubted
from helpers.edits.linear import UnreadableRule

MARRIED = ["married %in% c(TRUE, FALSE)", "if (married == TRUE) age >= 17"]
HOME = [
    "age %in% c('under aged', 'adult')",
    "status %in% c('single', 'married', 'widowed')",
    "role %in% c('partner', 'child', 'other')",
    "if (age == 'under aged') status == 'single'",
    "if (status %in% c('married', 'widowed')) !role %in% c('child')",
]


def test_a_condition_doubts_the_lighter_value() -> None:
    record = {"married": True, "age": 16}
    assert doubted(MARRIED, record, {"married": 1, "age": 2}) == ([("married",)], 1)
    assert doubted(MARRIED, record, {"married": 2, "age": 1}) == ([("age",)], 1)
    assert doubted(MARRIED, record) == ([("age",), ("married",)], 1)
    assert doubted(MARRIED, {"married": True, "age": 17}) == ([()], 0)
    assert doubted(MARRIED, {"married": None, "age": 16}) == ([()], 0)


def test_a_word_out_of_its_list_is_doubted() -> None:
    record = {"age": "under aged", "status": "single", "role": "lodger"}
    assert doubted(HOME, record) == ([("role",)], 1)


def test_conditions_on_words_meet_sums_of_numbers() -> None:
    # a farm has land; land and rented land are all its land
    rules = ["if (kind == 'farm') land > 0", "land + rented == total", "rented >= 0", "land >= 0"]
    record: dict[str, str | bool | float | None] = {
        "kind": "farm",
        "land": 0,
        "rented": 3,
        "total": 3,
    }
    # one number alone cannot mend it: land > 0 needs another rented or total
    assert doubted(rules, record) == ([("kind",)], 1)
    heavy = {"kind": 5.0, "rented": 2.0}
    assert doubted(rules, record, heavy) == ([("land", "total")], 2)


def test_and_or_not_and_strict_opposites() -> None:
    rules = ["if (a > 1 & b > 1) c == 0", "c >= 0", "!(a < 0) | c > 5"]
    assert doubted(rules, {"a": 2, "b": 2, "c": 0}) == ([()], 0)
    assert doubted(rules, {"a": 2, "b": 2, "c": 1})[0] == [("a",), ("b",), ("c",)]
    assert doubted(rules, {"a": -1, "b": 2, "c": 5})[0] == [("a",), ("c",)]
    assert doubted(["x != 1"], {"x": 1})[0] == [("x",)]
    assert doubted(["x %in% c(1, 2)"], {"x": 2})[0] == [()]


def test_texts_that_are_no_rules_are_named() -> None:
    for text in ["if (a", "a ==", "foo(a) %in% b", "a"]:
        with pytest.raises(UnreadableRule):
            doubted([text], {"a": 1.0})
    with pytest.raises(UnreadableRule, match="16"):
        doubted(["a == 1"], {f"x{number}": 1.0 for number in range(17)})


@given(
    st.lists(st.tuples(*[st.sampled_from("abc")] * 2, *[st.booleans()] * 2), max_size=5),
    st.tuples(*[st.booleans()] * 3),
)
def test_truth_values_against_all_assignments(
    clauses: list[tuple[str, str, bool, bool]], values: tuple[bool, bool, bool]
) -> None:
    words = {True: "TRUE", False: "FALSE"}
    texts = [f"if ({one} == {words[p]}) {two} == {words[q]}" for one, two, p, q in clauses]
    record = dict(zip("abc", values, strict=True))
    changes = []
    for other in product([True, False], repeat=3):
        new = dict(zip("abc", other, strict=True))
        if all(new[one] is not p or new[two] is q for one, two, p, q in clauses):
            changes.append(tuple(name for name in "abc" if new[name] is not record[name]))
    if not changes:
        assert doubted(texts, record) == ([], float("inf"))
        return
    least = min(len(change) for change in changes)
    wanted = {change for change in changes if len(change) == least}
    assert doubted(texts, record) == (sorted(wanted), least)
