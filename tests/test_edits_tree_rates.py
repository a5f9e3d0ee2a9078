"""Counts tied by rates and orders on a tree of places, as shares and in whole numbers."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_trees import Floats, Table, least, sums, trees

from helpers.edits.tree import Order, Rate, TreeAdjusted, adjust_tree


def test_rates_hold_together_with_the_sums() -> None:
    # poor, households; 7.71 % printed for the whole, one commune's households are not known
    values = np.array([[771, 10000], [300, np.nan], [471, 6000]], dtype=float)
    exact = np.where(np.isnan(values), 0.0, values)
    high = np.where(np.isnan(values), np.inf, values)
    nan = np.nan
    rate = Rate(0, 1, [7.705, nan, nan], [7.715, nan, nan])
    found = adjust_tree([-1, 0, 0], values, exact, high, rates=[rate])
    assert found.values[1] == pytest.approx([300, 4000])
    # a rate of the commune that says otherwise: 300 at 8.00 % need 3,748 to 3,752 households,
    # the sum leaves 4,000; the rate is number 2, behind the two counts
    values[0, 0] = high[0, 0] = np.nan
    exact[0, 0] = 0
    rate = Rate(0, 1, [nan, 7.995, nan], [nan, 8.005, nan])
    found = adjust_tree([-1, 0, 0], values, exact, high, rates=[rate])
    (conflict,) = found.conflicts
    assert conflict.figures == ((0, 1), (1, 0), (1, 2), (2, 1))
    assert (conflict.place, conflict.count, conflict.own) == (0, 1, (10000, 10000))
    assert conflict.parts == pytest.approx((6000 + 30000 / 8.005, 6000 + 30000 / 7.995))
    assert not found.solved.any()


def test_a_rate_binds_and_the_nearest_values_are_found() -> None:
    # one place: 100 poor of 1,000, printed 12 %: 11.995 T <= 100 H; weights one
    found = adjust_tree(
        [-1],
        [[100.0, 1000.0]],
        [[0.0, 0.0]],
        [[np.inf, np.inf]],
        [[1.0, 1.0]],
        rates=[Rate(0, 1, [11.995], [12.005])],
    )
    share = 0.11995  # the point of the ray (share, 1)·T nearest to (100, 1000)
    households = (100 * share + 1000) / (share**2 + 1)
    assert found.values[0] == pytest.approx([share * households, households])


def test_parts_are_at_most_the_whole() -> None:
    # poor 60 + near-poor 50 of 100 households: all three give way alike
    found = adjust_tree(
        [-1],
        [[60.0, 50.0, 100.0]],
        np.zeros((1, 3)),
        np.full((1, 3), np.inf),
        np.ones((1, 3)),
        orders=[Order((0, 1), 2)],
    )
    assert found.values[0] == pytest.approx([60 - 10 / 3, 50 - 10 / 3, 100 + 10 / 3])


def test_no_whole_number_of_households_has_the_printed_rate() -> None:
    # 3 of 7 is 42.857 %: 42.86 is possible, 42.90 is not, whatever the tree
    values = np.array([[3.0, 7.0]])
    wide = values + 0.4
    args = ([-1], values, values - 0.4, wide)
    good = adjust_tree(*args, rates=[Rate(0, 1, [42.855], [42.865])], whole=True)
    assert good.values.tolist() == [[3, 7]]
    bad = adjust_tree(*args, rates=[Rate(0, 1, [42.895], [42.905])], whole=True)
    assert not bad.solved.any() and bad.conflicts[0].place == 0


def test_one_bad_count_is_restored_from_sums_and_rates() -> None:
    parent = [-1, 0, 0, 1, 1, 2, 2]
    truth = np.array(
        [[310, 4000], [190, 2300], [120, 1700], [73, 1000], [117, 1300], [60, 900], [60, 800]]
    )
    truth = truth.astype(float)
    rate = np.round(100 * truth[:, 0] / truth[:, 1], 2)
    printed, low, high = truth.copy(), truth.copy(), truth.copy()
    printed[4, 0], low[4, 0], high[4, 0] = 171, 0, np.inf  # transposed, so doubted
    found = adjust_tree(
        parent, printed, low, high, rates=[Rate(0, 1, rate - 0.005, rate + 0.005)], whole=True
    )
    assert found.values.tolist() == truth.tolist()


@st.composite
def coupled(draw: st.DrawFn) -> Table:
    """Poor, near-poor and households that hold, printed rounded, some doubted, some moved."""
    parent = np.array(draw(trees))
    size, leaf = len(parent), ~np.isin(np.arange(len(parent)), parent)
    whole = np.array(draw(st.lists(st.integers(20, 5000), min_size=size, max_size=size)))
    share = st.lists(st.floats(0.0, 0.45), min_size=size, max_size=size)
    parts = [np.round(whole * np.array(draw(share))) for _ in range(2)]
    truth = np.stack([*parts, whole], axis=1) * leaf[:, None]
    for place in range(size - 1, 0, -1):
        if parent[place] >= 0:
            truth[parent[place]] += truth[place]
    step = np.array(draw(st.lists(st.sampled_from([1, 10, 100]), min_size=size, max_size=size)))
    values = np.round(truth / step[:, None]) * step[:, None]
    half = np.where(step > 1, step / 2, 0.0)[:, None]
    doubted = np.array(draw(st.lists(st.booleans(), min_size=3 * size, max_size=3 * size)))
    doubted = doubted.reshape(size, 3) & (np.arange(size) % 3 == 1)[:, None]
    wrong = draw(st.sampled_from([0.0, 0.0, 7.0, 300.0]))
    moved = values.copy()
    moved[draw(st.integers(0, size - 1)), draw(st.integers(0, 2))] += wrong
    return {
        "parent": parent,
        "truth": truth,
        "values": moved,
        "low": np.where(doubted, 0.0, moved - half),
        "high": np.where(doubted, np.inf, moved + half),
        "rates": np.round(100 * truth[:, :2] / truth[:, 2:], 2),
        "wrong": np.array(wrong),
    }


def run_coupled(table: Table, whole: bool) -> TreeAdjusted:
    rates = [Rate(j, 2, table["rates"][:, j] - 0.005, table["rates"][:, j] + 0.005) for j in (0, 1)]
    given = (table[key] for key in ("parent", "values", "low", "high"))
    return adjust_tree(*given, rates=rates, orders=[Order((0, 1), 2)], whole=whole)


def rows_of(table: Table) -> tuple[Floats, Floats]:
    """Sums and couplings on the values in one row, place by place."""
    size = len(table["parent"])
    equal = np.kron(sums(list(table["parent"])), np.eye(3))
    less = np.zeros((5 * size, 3 * size))
    for place in range(size):
        at, rate = slice(3 * place, 3 * place + 3), table["rates"][place]
        less[5 * place, at] = [1, 1, -1]
        for j in (0, 1):
            unit = 100 * np.eye(3)[j]
            less[5 * place + 1 + 2 * j, at] = unit - (rate[j] + 0.005) * np.eye(3)[2]
            less[5 * place + 2 + 2 * j, at] = (rate[j] - 0.005) * np.eye(3)[2] - unit
    return np.asarray(equal, dtype=np.float64), less


def test_what_leaves_a_rate_no_room_is_solved() -> None:
    """One child is free and its rate of 25 % must take all of the parent's 5: nothing can give."""
    fixed = [[0.0, 0.0, 20.0]] * 5
    table = {
        "parent": np.array([-1] + [0] * 7),
        "values": np.array([[0, 5, 140], *fixed, [0, 0, 20], [0, 0, 0]], dtype=np.float64),
        "low": np.array([[0, 5, 140], *fixed, [-5, -5, 15], [-50] * 3], dtype=np.float64),
        "high": np.array([[0, 5, 140], *fixed, [5, 5, 25], [50] * 3], dtype=np.float64),
        "rates": np.array([[0, 3.57], *[[0, 0]] * 6, [0, 25]]),
    }
    found = run_coupled(table, whole=False)
    assert found.solved.all()
    assert found.values[7, 1] == pytest.approx(5, abs=0.002)


@settings(max_examples=100, deadline=None, derandomize=True)
@given(coupled())
def test_coupled_counts_are_the_nearest(table: Table) -> None:
    equal, less = rows_of(table)
    low, high = table["low"].ravel(), table["high"].ravel()
    possible = least(np.zeros(len(low)), equal, less, low, high) is not None
    found = run_coupled(table, whole=False)
    assert found.solved.all() == possible == (not found.conflicts)
    if not possible:
        return
    x = found.values.ravel()
    assert ((x >= low) & (x <= high)).all()
    assert (np.abs(equal @ x) <= 1e-9 * (np.abs(equal) @ np.abs(x))).all()
    assert (less @ x <= 1e-9 * (np.abs(less) @ np.abs(x))).all()
    target = table["values"].ravel()
    price = (x - target) / np.maximum(1.0, target)
    room = np.maximum(100.0, 10 * np.abs(x))  # so that noise in the price does not run away
    other = least(price, equal, less, np.maximum(low, -room), np.minimum(high, room))
    assert other is not None
    assert price @ x <= other + 1e-5 * (1 + np.abs(price) @ np.abs(x))


@settings(max_examples=100, deadline=None, derandomize=True)
@given(coupled())
def test_coupled_counts_in_whole_numbers(table: Table) -> None:
    found = run_coupled(table, whole=True)
    if not table["wrong"]:
        assert found.solved.all()  # the truth is whole and holds
    for tree in np.unique(found.solved):
        assert tree or found.conflicts
    x = np.where(found.solved[:, None], found.values, table["truth"]).ravel()
    assert (x == np.round(x)).all()
    equal, less = rows_of(table)
    assert not (equal @ x).any()
    assert (less @ x <= 1e-12 * (np.abs(less) @ np.abs(x))).all()
    kept = found.solved[:, None] & np.ones((1, 3), dtype=bool)
    inside = (found.values >= table["low"]) & (found.values <= table["high"])
    assert (inside | ~kept).all()


@settings(max_examples=60, deadline=None, derandomize=True)
@given(coupled())
def test_a_named_part_cannot_hold_and_needs_each_of_its_figures(
    table: Table,
) -> None:
    table["values"][0, 2] += 1000
    table["low"][0, 2] += 1000
    table["high"][0, 2] += 1000
    found = run_coupled(table, whole=False)
    equal, less = rows_of(table)

    def possible(figures: set[tuple[int, int]]) -> bool:
        kept = np.array(
            [
                [(place, count) in figures for count in range(3)]
                for place in range(len(table["low"]))
            ]
        )
        low = np.where(kept, table["low"], -np.inf).ravel()
        high = np.where(kept, table["high"], np.inf).ravel()
        # columns 3 and 4 are the rates, column 5 the order
        which = [5, 3, 3, 4, 4]
        rows = [row for row in range(len(less)) if (row // 5, which[row % 5]) in figures]
        return least(np.zeros(low.size), equal, less[rows], low, high) is not None

    for conflict in found.conflicts:
        figures = set(conflict.figures)
        assert not possible(figures)
        for figure in figures:
            assert possible(figures - {figure})
