"""One count on a tree of places: sums, intervals, whole numbers, and what cannot hold."""

import itertools
from collections.abc import Sequence
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_trees import Floats, Table, least, sums, trees

from helpers.edits.tree import TreeAdjusted, adjust_tree
from helpers.edits.tree_conflicts import tree_conflicts
from helpers.project import UserError

FREE = (-np.inf, np.inf)


def adjusted(
    parent: Sequence[int],
    values: Sequence[float],
    intervals: Sequence[tuple[float, float]] | None = None,
    weights: Sequence[float] | None = None,
    whole: bool = False,
) -> TreeAdjusted:
    """One count, intervals without end unless given."""
    ends = np.array(intervals if intervals is not None else [FREE] * len(parent), dtype=float)
    column = None if weights is None else np.array(weights, dtype=float)[:, None]
    return adjust_tree(
        parent, np.array(values)[:, None], ends[:, :1], ends[:, 1:], column, whole=whole
    )


def test_what_adds_up_stays() -> None:
    found = adjusted([-1, 0, 0], [10, 4, 6])
    assert found.solved.all()
    assert found.values[:, 0].tolist() == [10, 4, 6]


def test_a_gap_is_shared_by_weight() -> None:
    # 12 = 4 + 6 misses 2; with equal weights each of the three moves by 2/3
    found = adjusted([-1, 0, 0], [12, 4, 6], weights=[1, 1, 1])
    assert found.values[:, 0] == pytest.approx([12 - 2 / 3, 4 + 2 / 3, 6 + 2 / 3])
    # what weighs three times as much moves a third as far: 12 − a, 4 + b, 6 + b with a = b / 3
    found = adjusted([-1, 0, 0], [12, 4, 6], weights=[3, 1, 1])
    assert found.values[:, 0] == pytest.approx([12 - 2 / 7, 4 + 6 / 7, 6 + 6 / 7])


def test_a_figure_that_is_not_doubted_does_not_leave_its_interval() -> None:
    # 4 is exact, 12 is printed in units of 1: only the other child can make up for the rest
    found = adjusted([-1, 0, 0], [12, 4, 6], [(11.5, 12.5), (4, 4), FREE], [1, 1, 1])
    assert found.values[:, 0] == pytest.approx([11.5, 4, 7.5])
    assert found.values[1, 0] == 4


def test_three_levels() -> None:
    # country 20 = (district 12 = 5 + 6) + (district 9, no communes), all weights one
    found = adjusted([-1, 0, 0, 1, 1], [20, 12, 9, 5, 6], weights=[1] * 5)
    x = found.values[:, 0]
    assert x[0] == pytest.approx(x[1] + x[2])
    assert x[1] == pytest.approx(x[3] + x[4])
    # stationary: prices of the two sums are λ = 2(x0 − 20) … written out by hand
    first, second = 20 - x[0], x[3] - 5
    assert x[2] - 9 == pytest.approx(first)
    assert x[4] - 6 == pytest.approx(second)
    assert x[1] - 12 == pytest.approx(first - second)


def test_what_is_missing_takes_what_the_sums_leave() -> None:
    found = adjusted([-1, 0, 0], [10, np.nan, 6])
    assert found.values[:, 0] == pytest.approx([10, 4, 6], abs=1e-6)
    found = adjusted([-1, 0, 0], [np.nan, 4, 6])
    assert found.values[:, 0] == pytest.approx([10, 4, 6], abs=1e-6)


def test_two_missing_siblings_share_what_is_left() -> None:
    found = adjusted([-1, 0, 0, 0], [10, np.nan, np.nan, 4])
    assert found.values[:, 0] == pytest.approx([10, 3, 3, 4], abs=1e-6)
    # … inside their intervals
    intervals = [(10, 10), (0, 1), (0, 100), (4, 4)]
    found = adjusted([-1, 0, 0, 0], [10, np.nan, np.nan, 4], intervals)
    assert found.values[:, 0] == pytest.approx([10, 1, 5, 4], abs=1e-6)


def test_what_is_missing_does_not_pull() -> None:
    # the missing child may be anything: the printed figures stay as they are, to the last digit
    values = np.array([1e9, np.nan, 123456.0, 7.0])
    found = adjusted([-1, 0, 0, 0], list(values))
    kept = found.values[[0, 2, 3], 0]
    assert kept == pytest.approx(values[[0, 2, 3]], rel=1e-12)


def test_several_trees_and_a_place_alone() -> None:
    found = adjusted([-1, 0, 0, -1, -1, 4], [3, 1, 1, 7, 5, 6], weights=[1] * 6)
    assert found.values[:, 0] == pytest.approx([8 / 3, 4 / 3, 4 / 3, 7, 5.5, 5.5])


def test_whole_numbers_are_rounded_so_that_they_add_up() -> None:
    # thirds of 10: one of three equal ones gets the unit, and it is said that it might be another
    found = adjusted([-1, 0, 0, 0], [10, 3, 3, 3], [(10, 10), FREE, FREE, FREE], whole=True)
    assert sorted(found.values[1:, 0]) == [3, 3, 4]
    assert found.tied[:, 0].tolist() == [False, True, True, True]


def test_whole_numbers_keep_intervals_that_end_between_them() -> None:
    found = adjusted([-1, 0, 0], [10, 3, 6], [(10, 10), (2.5, 3.4), (5.5, 7.9)], whole=True)
    assert found.values[:, 0].tolist() == [10, 3, 7]


def test_no_whole_number_between_the_ends() -> None:
    # 10 = a + b with a in [2.2, 2.8]: fine as a share, impossible as a count
    intervals = [(10, 10), (2.2, 2.8), (7, 8)]
    assert adjusted([-1, 0, 0], [10, 2.5, 7.5], intervals).solved.all()
    found = adjusted([-1, 0, 0], [10, 2.5, 7.5], intervals, whole=True)
    assert not found.solved.any()
    assert found.conflicts[0].place == 1
    assert np.isnan(found.values).all()


def test_what_cannot_hold_is_named_with_both_ranges() -> None:
    # the district says 20 to 21, its communes together 9 to 11; the other tree is not touched
    intervals = [(0, 100), (20, 21), (4, 5), (5, 6), (1, 1)]
    found = adjusted([-1, 0, 1, 1, -1], [20, 20, 4, 5, 1], intervals)
    (conflict,) = found.conflicts
    assert (conflict.place, conflict.own, conflict.parts) == (1, (20, 21), (9, 11))
    assert conflict.figures == ((1, 0), (2, 0), (3, 0))
    assert found.solved.tolist() == [False] * 4 + [True]
    assert np.isnan(found.values[:4]).all() and found.values[4, 0] == 1


def test_a_conflict_names_no_more_figures_than_it_needs() -> None:
    # 50 > 10 + 11 by the districts' own figures: their communes are not needed …
    parent, high = [-1, 0, 0, 1, 1], np.array([60.0, 10, 11, 5, 4])
    (conflict,) = tree_conflicts(parent, [50, 0, 0, 0, 0], high)
    assert conflict.figures == ((0, 0), (1, 0), (2, 0))
    # … but where the country says 20, only the communes of the first district exclude it
    (conflict,) = tree_conflicts(parent, [20.5, 0, 0, 0, 0], high)
    assert conflict.figures == ((0, 0), (2, 0), (3, 0), (4, 0))
    assert conflict.parts == (0, 20)


def test_a_long_chain_of_places() -> None:
    # each place has one child; the last is 5, all others may be 0 to 10, the first is 7
    parent = list(range(-1, 1999))
    low, high = np.zeros(2000), np.full(2000, 10.0)
    low[-1] = high[-1] = 5
    found = adjusted(parent, [6.0] * 2000, np.stack([low, high], axis=1).tolist())
    assert (found.values == 5).all()
    low[0] = 7
    (conflict,) = tree_conflicts(parent, low, high)
    assert conflict.figures == ((0, 0), (1999, 0))


def test_one_fault_is_not_told_again_above() -> None:
    # the district is ten times its communes, the country agrees with it
    parent = [-1, 0, 0, 1, 1]
    exact = np.array([110.0, 100, 10, 6, 4])
    assert [c.place for c in tree_conflicts(parent, exact, exact)] == [1]


def test_conflicts_of_each_count() -> None:
    low = np.array([[10.0, 5], [4, 2], [5, 3]])
    found = tree_conflicts([-1, 0, 0], low, low)
    assert [(c.place, c.count) for c in found] == [(0, 0)]


def test_places_in_a_circle_are_named() -> None:
    values = np.zeros((4, 1))
    with pytest.raises(UserError, match=r"(b → c → b|c → b → c)"):
        adjust_tree([-1, 2, 1, 0], values, values, values, names=["a", "b", "c", "d"])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"parent": [-1, 7]}, "place 1 is 7, which is no place"),
        ({"low": [[2.0], [0.0]]}, "Count 0 of place 0 has an interval without numbers"),
        ({"values": [[1.0], [np.inf]]}, "Count 0 of place 1 is infinite"),
        ({"weights": [[1.0], [0.0]]}, "Count 0 of place 1 needs a positive"),
        ({"values": [1.0, 1.0]}, "a row for each place"),
        ({"low": [0.0, 0.0]}, "one interval's end for each value"),
    ],
)
def test_wrong_input_is_told(change: Table, message: str) -> None:
    table = {
        "parent": [-1, 0],
        "values": [[1.0], [1.0]],
        "low": [[0.0], [0.0]],
        "high": [[1.0]] * 2,
    }
    with pytest.raises(UserError, match=message):
        adjust_tree(**{**table, **change})


@st.composite
def one_count(draw: st.DrawFn, scale: float = 1.0) -> Table:
    parent = draw(trees)
    size = len(parent)
    values = np.array(draw(st.lists(st.integers(0, 40), min_size=size, max_size=size))) * scale
    reach = st.one_of(st.integers(0, 25).map(float), st.just(np.inf))
    low = values - scale * np.array(draw(st.lists(reach, min_size=size, max_size=size)))
    high = values + scale * np.array(draw(st.lists(reach, min_size=size, max_size=size)))
    weights = draw(st.lists(st.sampled_from([0.01, 1.0, 3.0]), min_size=size, max_size=size))
    table = (values, low, high, np.array(weights))
    return {"parent": parent, **dict(zip(("values", "low", "high", "weights"), table, strict=True))}


def run(table: Table, whole: bool = False, names: Sequence[str] | None = None) -> TreeAdjusted:
    columns = (np.asarray(table[key])[:, None] for key in ("values", "low", "high", "weights"))
    return adjust_tree(table["parent"], *columns, whole=whole, names=names)


@settings(max_examples=150, deadline=None)
@given(one_count())
def test_one_count_is_the_nearest(table: Table) -> None:
    rows, values = sums(table["parent"]), table["values"]
    ends = table["low"], table["high"]
    none = np.zeros((0, len(values)))
    possible = least(np.zeros(len(values)), rows, none, *ends) is not None
    found = run(table)
    by_root = found.solved.all()
    assert by_root == possible == (not tree_conflicts(table["parent"], table["low"], table["high"]))
    if not possible:
        return
    x = found.values[:, 0]
    assert ((x >= table["low"]) & (x <= table["high"])).all()
    assert rows @ x == pytest.approx(np.zeros(len(rows)), abs=1e-9)
    # nearest: moving towards any other solution costs more (the cost is convex)
    price = np.round(table["weights"] * (x - values), 9)
    other = least(price, rows, none, *ends)
    assert other is not None
    assert price @ x <= other + 1e-6 * (1 + np.abs(price) @ np.abs(x))


@settings(max_examples=100, deadline=None)
@given(one_count(), st.sampled_from([1.0, 1e6, 1e11]), st.integers(0, 3))
def test_whole_numbers_hold_exactly_and_stay_near(table: Table, scale: float, shift: int) -> None:
    table = {k: v * scale + (shift if k == "values" else 0) if k in ("values", "low", "high") else v
             for k, v in table.items()}  # fmt: skip
    table["low"], table["high"] = np.minimum(table["low"], table["values"]), table["high"] + shift
    smooth, found = run(table), run(table, whole=True)
    assert (smooth.solved == found.solved).all()
    x = found.values[found.solved, 0]
    assert (x == np.round(x)).all()
    assert (np.abs(x - smooth.values[found.solved, 0]) < 1 + 1e-9 * scale).all()
    rows = sums(table["parent"])
    if found.solved.all():
        assert not (rows @ found.values).any()
        assert ((x >= table["low"]) & (x <= table["high"])).all()


@settings(max_examples=100, deadline=None)
@given(one_count())
def test_rounding_is_the_best_of_all_beside_the_solution(table: Table) -> None:
    smooth, found = run(table), run(table, whole=True)
    if not found.solved.all():
        return
    near = smooth.values[:, 0]
    near = np.where(np.abs(near - np.round(near)) < 1e-9, np.round(near), near)
    rows = sums(table["parent"])
    choices = itertools.product(*({np.floor(one), np.ceil(one)} for one in near))

    def cost(x: Floats) -> float:
        return float(table["weights"] @ (x - table["values"]) ** 2)

    best = min(cost(np.array(x)) for x in choices if not (rows @ np.array(x)).any())
    assert cost(found.values[:, 0]) == pytest.approx(best)


@settings(max_examples=60, deadline=None)
@given(one_count(), st.randoms(use_true_random=False))
def test_the_order_of_the_rows_does_not_matter(table: Table, random: Random) -> None:
    size = len(table["parent"])
    names = [f"place {number}" for number in range(size)]
    order = list(range(size))
    random.shuffle(order)
    place = {old: new for new, old in enumerate(order)} | {-1: -1}
    mixed = {k: np.asarray(v)[order] for k, v in table.items()}
    mixed["parent"] = np.array([place[table["parent"][old]] for old in order])
    one = run(table, names=names, whole=True)
    other = run(mixed, names=[names[old] for old in order], whole=True)
    assert np.array_equal(one.values[order], other.values, equal_nan=True)
    assert (one.tied[order] == other.tied).all()
