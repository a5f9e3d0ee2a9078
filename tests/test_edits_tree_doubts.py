"""Which figures of a count to doubt on a tree of places, so that the others can hold."""

import itertools
from collections.abc import Iterable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.edits.tree_conflicts import tree_conflicts
from helpers.edits.tree_doubts import TreeDoubt, tree_doubts
from helpers.project import UserError

Table = dict[str, Any]


def exact(parent: list[int], values: list[float], **more: Any) -> tuple[TreeDoubt, ...]:
    return tree_doubts(parent, values, values, **more)


def test_nothing_to_doubt() -> None:
    assert exact([-1, 0, 0], [10, 4, 6]) == ()


def test_any_of_three_may_be_wrong() -> None:
    # 11 = 4 + 6: the sum or either part; all are listed
    (doubt,) = exact([-1, 0, 0], [11, 4, 6])
    assert doubt.conflicts == (0,)
    assert doubt.sets == ((0,), (1,), (2,))
    assert (doubt.weight, doubt.proved) == (1, True)


def test_the_lighter_figure_is_doubted() -> None:
    (doubt,) = exact([-1, 0, 0], [11, 4, 6], weights=[2, 1, 1.5])
    assert doubt.sets == ((1,),)


def test_a_figure_in_two_sums_explains_both() -> None:
    # 30 = 11 + 10 and 11 = 10 + 10 are both wrong: the district should be 20, and only that
    # clears both (the first is told as one conflict with the second, and not again)
    (doubt,) = exact([-1, 0, 0, 1, 1], [30, 11, 10, 10, 10])
    assert doubt.conflicts == (1,)
    assert doubt.sets == ((1,),)


def test_a_figure_whose_doubting_breaks_the_sum_above_does_not_help() -> None:
    # 21 = 11 + 10 holds, 11 = 6 + 6 does not: without the 11 the country's sum would be 22
    (doubt,) = exact([-1, 0, 0, 1, 1], [21, 11, 10, 6, 6])
    assert doubt.conflicts == (1,)
    assert doubt.sets == ((3,), (4,))


def test_counts_are_not_negative() -> None:
    # 3 = 4 + 6: with one part doubted the other alone is too much, unless it may be below 0
    assert exact([-1, 0, 0], [3, 4, 6])[0].sets == ((0,), (1,), (2,))
    assert exact([-1, 0, 0], [3, 4, 6], least=0)[0].sets == ((0,),)


def test_conflicts_far_apart_are_judged_apart() -> None:
    # two districts, each wrong by itself inside, in a country that is not printed
    nan = np.nan
    found = exact([-1, 0, 0, 1, 1, 2, 2], [nan, 11, 10, 4, 6, 5, 6])
    assert [one.conflicts for one in found] == [(1,), (2,)]
    assert [one.sets for one in found] == [((1,), (3,), (4,)), ((2,), (5,), (6,))]


def test_conflicts_whose_remedies_meet_are_judged_together() -> None:
    # both districts differ from their communes by 2, the country has the sum of the communes:
    # doubting both districts mends all; one commune in each would break the country's sum
    (doubt,) = exact([-1, 0, 0, 1, 1, 2, 2], [26, 11, 11, 6, 7, 6, 7])
    assert doubt.sets == ((1, 2),)


def test_nothing_helps() -> None:
    (doubt,) = exact([-1, 0, 0], [5, 50, 60], least=1000, most=1001)
    assert doubt.sets == () and doubt.weight == np.inf


def test_a_group_of_many_choices_gets_one_set() -> None:
    # ten districts of one country, each ten times its communes: 4 choices in each, not told apart
    parent = [-1] + [0] * 10 + [one for one in range(1, 11) for _ in range(3)]
    values = [3000.0] + [100.0] * 10 + [10.0, 11.0, 12.0] * 10
    (doubt, *rest) = exact(parent, values)
    assert not rest
    doubted = doubt.sets[0]
    assert not clashing(parent, values, values, doubted)
    for place in doubted:
        assert clashing(parent, values, values, set(doubted) - {place})


def test_weights_are_positive() -> None:
    with pytest.raises(UserError, match="positive weight"):
        exact([-1, 0], [1, 1], weights=[1, 0])


def clashing(
    parent: Any, low: Any, high: Any, doubted: Iterable[int], least: float = -np.inf
) -> bool:
    opened = np.isin(np.arange(len(parent)), list(doubted))
    return bool(
        tree_conflicts(parent, np.where(opened, least, low), np.where(opened, np.inf, high))
    )


@st.composite
def tables(draw: st.DrawFn) -> Table:
    size = draw(st.integers(1, 8))
    parent = [-1, *(draw(st.integers(max(-1, place - 4), place - 1)) for place in range(1, size))]
    values = np.array(draw(st.lists(st.integers(0, 9), min_size=size, max_size=size)), dtype=float)
    for place in range(size - 1, 0, -1):
        if parent[place] >= 0 and draw(st.integers(0, 3)):
            children = [one for one in range(size) if parent[one] == parent[place]]
            values[parent[place]] = values[children].sum()
    half = draw(st.sampled_from([0.0, 0.5, 2.0]))
    weights = draw(st.lists(st.sampled_from([1.0, 2.0]), min_size=size, max_size=size))
    return {
        "parent": parent,
        "low": values - half,
        "high": values + half,
        "weights": np.array(weights),
    }


@settings(max_examples=200, deadline=None)
@given(tables(), st.sampled_from([-np.inf, 0.0]))
def test_the_sets_are_the_lightest_of_all(table: Table, least: float) -> None:
    parent, low, high, weights = (table[key] for key in ("parent", "low", "high", "weights"))
    size = len(parent)
    subsets = itertools.chain.from_iterable(
        itertools.combinations(range(size), number) for number in range(size + 1)
    )
    able = {one for one in subsets if not clashing(parent, low, high, one, least)}
    found = tree_doubts(parent, low, high, weights, least=least)
    weight = min(weights[list(one)].sum() for one in able)
    assert sum(one.weight for one in found) == pytest.approx(weight)
    assert all(one.proved for one in found)
    together = {
        tuple(sorted(itertools.chain(*choice)))
        for choice in itertools.product(*(one.sets for one in found))
    }
    lightest = {one for one in able if weights[list(one)].sum() <= weight + 1e-9}
    assert together == lightest
