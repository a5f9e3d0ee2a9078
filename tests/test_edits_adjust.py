"""Adjusting: the nearest record that keeps rules and intervals, in batches, verified."""

import itertools
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from helpers.edits.adjust import adjust
from helpers.edits.linear import Rules, parse
from helpers.edits.nearest import independent, nearest
from helpers.project import UserError

Floats = npt.NDArray[np.float64]
SUM = ["P + N + Q == T", "P >= 0", "N >= 0", "Q >= 0", "T >= 1"]
INF = np.inf


def values(texts: list[str], record: object, **asked: object) -> Floats:
    found = adjust(parse(texts), record, **asked)  # type: ignore[arg-type]
    assert found.solved.all()
    return found.values


def test_the_nearest_point_on_a_line() -> None:
    # x + y == 1: from (0, 0) straight to (1/2, 1/2)
    found = adjust(parse(["x + y == 1", "x > 0", "y >= 0"]), [0, 0])
    assert found.values.tolist() == [[0.5, 0.5]]
    assert found.cost.tolist() == [0.5]


def test_a_bound_that_is_reached_stops_a_value() -> None:
    # without x >= 0 it would be (0, 1) from (1, 2), and (-0.4, 1.4) from (0.2, 2)
    assert values(["x + y == 1", "x >= 0"], [[1, 2], [0.2, 2]]).tolist() == [[0, 1], [0, 1]]


def test_the_heavier_value_moves_less() -> None:
    # x + y == 1 from (1, 2), weights 2 and 1: moves of 2/3 and 4/3
    got = values(["x + y == 1"], [1, 2], weights=[2, 1])
    assert got == pytest.approx(np.array([[1 / 3, 2 / 3]]), rel=1e-12)


def test_weights_of_each_record_share_a_gap_in_proportion() -> None:
    # weights 1/|x|: 16164 + 17767 + 2237240 against 258655, each moves in proportion to its size
    record = np.array([[16164.0, 17767.0, 2237240.0, 258655.0]])
    got = values(SUM, record, weights=1 / record)
    gap = record[0, :3].sum() - record[0, 3]
    share = gap / record.sum()
    assert got == pytest.approx(record * (1 + share * np.array([-1, -1, -1, 1])), rel=1e-12)


def test_an_infinite_weight_keeps_a_value_and_a_zero_weight_frees_it() -> None:
    got = values(["x + y == z"], [1, 1, 5], weights=[np.inf, 0, 1])
    assert got.tolist() == [[1, 4, 5]]


def test_a_value_never_leaves_its_interval() -> None:
    # P and N were printed exactly, T as 120 to 130: Q takes what is missing
    low, high = [5, 4, -INF, 120], [5, 4, INF, 130]
    assert values(SUM, [5, 4, 3, 100], low=low, high=high).tolist() == [[5, 4, 111, 120]]


def test_intervals_may_differ_from_record_to_record() -> None:
    low = np.array([[0, 0.0], [3, 0.0]])
    got = values(["x + y == 4"], [[1, 1], [1, 1]], low=low)
    assert got.tolist() == [[2, 2], [3, 1]]


def test_a_record_that_keeps_everything_is_returned_to_the_bit() -> None:
    record = [0.1, 0.2, 0.3]  # 0.1 + 0.2 is 0.30000000000000004
    assert values(["a + b == c"], record).tolist() == [record]


def test_a_missing_value_takes_what_is_left_and_costs_nothing() -> None:
    found = adjust(parse(SUM), [[5, 4, np.nan, 100], [5, np.nan, np.nan, 4], [np.nan] * 4])
    assert found.values[0].tolist() == [5, 4, 91, 100]
    assert found.cost.tolist() == pytest.approx([0, 0.5, 0])
    # P <= T is all that is left for the known values; N and Q are then 0
    assert found.values[1].tolist() == [4.5, 0, 0, 4.5]
    # all missing: the smallest values with T >= 1
    assert found.values[2] == pytest.approx(np.array([1 / 3, 1 / 3, 1 / 3, 1]))


def test_missing_values_share_what_is_left() -> None:
    # of all N + Q == 95 the least sum of squares
    assert values(SUM, [5, np.nan, np.nan, 100]).tolist() == [[5, 47.5, 47.5, 100]]


def test_more_missing_values_than_can_be_eliminated(monkeypatch: pytest.MonkeyPatch) -> None:
    # the same records without elimination, by proximal steps
    table = [[5, np.nan, np.nan, 4], [9, 1, np.nan, 4], [np.nan, np.nan, 7, 3], [np.nan] * 4]
    wanted = adjust(parse(SUM), table)
    monkeypatch.setattr("helpers.edits.reduce.MOST_ROWS", 0)
    found = adjust(parse(SUM), table)
    assert found.solved.all()
    assert found.values == pytest.approx(wanted.values, rel=1e-9, abs=1e-9)


def test_what_cannot_be_is_marked_and_not_returned() -> None:
    found = adjust(parse(["x + y == 1"]), [[0, 0], [0, 0]], low=[[2, 2], [0, 0]])
    assert found.solved.tolist() == [False, True]
    assert np.isnan(found.values[0]).all() and np.isnan(found.cost[0])
    assert not adjust(parse(["0*x == 1"]), [1]).solved.any()
    assert not adjust(parse(["x >= 2", "x <= 1"]), [1]).solved.any()
    assert not adjust(parse(["x + y == 1", "2*x + 2*y == 3"]), [1, 1]).solved.any()


def test_rules_that_say_the_same_twice_are_no_obstacle() -> None:
    # rows and columns of a table: one of the four sums follows from the others
    rules = ["a + b == r", "c + d == s", "a + c == u", "b + d == v", "r + s == t", "u + v == t"]
    got = values(rules, [1, 2, 4, 3, 5, 7, 4, 6, 11])
    matrix = parse(rules).matrix
    assert matrix @ got[0] == pytest.approx(np.zeros(6), abs=1e-12)


def test_large_numbers_beside_small_ones() -> None:
    # 2.7e12 dong beside a rate: each row is judged by its own size
    texts = ["a + b == t", "r + q == 100"]
    got = values(texts, [1e12, 1.7e12, 2.7e12 + 30000, 40.0, 60.3])
    assert got[0, 0] + got[0, 1] == pytest.approx(got[0, 2], rel=1e-15)
    assert got[0, 3:].tolist() == pytest.approx([39.85, 60.15], rel=1e-14)


def test_a_huge_error_leaves_no_rounding_behind() -> None:
    got = values(["x + y == 1", "x >= 0", "y >= 0"], [1e12, 5])
    assert got.tolist() == [[1, 0]]


def test_whole_numbers_stay_in_rules_and_intervals() -> None:
    whole = [True, True, True, True]
    found = adjust(parse(SUM), [[5, 4, 3, 14], [10, 10, 10, 31]], whole=whole)
    assert found.solved.all()
    assert (found.values % 1 == 0).all()
    assert found.cost.tolist() == [2, 1]
    # 2 x == 3 has no whole solution, x == 1.5 does not either
    assert not adjust(parse(["2*x + 2*y == 3"]), [1, 1], whole=[1, 1], low=[0, 0]).solved.any()


def test_whole_numbers_beside_numbers_that_are_not() -> None:
    # households whole, the rate not: 100 H == r T with T = 300 known
    got = values(["100*H == 300*r"], [10, 3.5], weights=[1, 100], whole=[True, False])
    assert got[0, 0] % 1 == 0
    assert 100 * got[0, 0] == pytest.approx(300 * got[0, 1], rel=1e-12)


def test_the_order_of_records_does_not_matter() -> None:
    random = np.random.default_rng(3)
    table = random.integers(-5, 50, (200, 4)).astype(float)
    table[random.random(table.shape) < 0.1] = np.nan
    order = random.permutation(200)
    rules = parse(SUM)
    assert np.array_equal(adjust(rules, table).values[order], adjust(rules, table[order]).values)
    one_by_one = np.array([adjust(rules, record).values[0] for record in table])
    assert adjust(rules, table).values == pytest.approx(one_by_one, rel=1e-13, abs=0)


def test_wrong_use_is_said() -> None:
    rules = parse(["x + y == 1"])
    with pytest.raises(UserError, match="3 values"):
        adjust(rules, [1, 2, 3])
    with pytest.raises(UserError, match="negative"):
        adjust(rules, [1, 2], weights=[-1, 1])
    with pytest.raises(UserError, match="weights have the shape"):
        adjust(rules, [1, 2], weights=[1, 1, 1])
    with pytest.raises(UserError, match="whole"):
        adjust(rules, [1, 2], whole=[True])


def test_independent_rows_are_the_first_of_their_span() -> None:
    assert independent(np.array([[1.0, 0], [2, 0], [0, 0], [1, 1], [0, 3]])) == [0, 3]


def test_points_between_no_rows_stay() -> None:
    none = np.zeros((2, 0))
    got, solved = nearest(np.zeros((0, 3)), none, none, np.ones((2, 3)), np.ones((1, 3)), none)
    assert solved.all() and (got == 1).all()


class Asked(NamedTuple):
    """A random problem with small whole coefficients."""

    matrix: Floats
    low: Floats
    high: Floats
    box_low: Floats
    box_high: Floats
    record: Floats
    weights: Floats


@st.composite
def problems(draw: st.DrawFn, gaps: bool = False, most: int = 5) -> Asked:
    n, m = draw(st.integers(2, most)), draw(st.integers(1, 4))
    whole = st.integers(-3, 3)
    matrix = np.array(
        draw(st.lists(st.lists(whole, min_size=n, max_size=n), min_size=m, max_size=m))
    )
    inside = matrix @ np.array(draw(st.lists(whole, min_size=n, max_size=n)))
    width = np.array(draw(st.lists(st.sampled_from([0, 0, 1, 3, INF]), min_size=m, max_size=m)))
    scale = draw(st.sampled_from([1.0, 0.01, 1e9]))
    record = np.array(draw(st.lists(st.integers(-9, 9), min_size=n, max_size=n))) * scale
    ends = draw(st.lists(st.sampled_from([0, 2, INF]), min_size=2 * n, max_size=2 * n))
    box_low, box_high = record - np.array(ends[:n]) * scale, record + np.array(ends[n:]) * scale
    missing = np.array(draw(st.lists(st.booleans(), min_size=n, max_size=n))) & gaps
    weights = np.array(draw(st.lists(st.sampled_from([1.0, 2.0, 0.5]), min_size=n, max_size=n)))
    record[missing] = np.nan
    low, high = (inside - width) * scale, inside * scale
    return Asked(matrix.astype(float), low, high, box_low, box_high, record, weights)


def rules_of(asked: Asked) -> Rules:
    m, n = asked.matrix.shape
    names, ids = tuple(f"x{i}" for i in range(n)), tuple(f"r{i}" for i in range(m))
    closed = np.zeros(m, dtype=np.bool_)
    return Rules(names, ids, asked.matrix, asked.low, asked.high, closed, closed)


def is_possible(asked: Asked) -> bool:
    known = np.abs(asked.record[~np.isnan(asked.record)])
    scale = max(1.0, known.max(initial=0.0), np.abs(asked.high).max())
    above, below = np.isfinite(asked.high), np.isfinite(asked.low)
    found = linprog(
        np.zeros(asked.matrix.shape[1]),
        A_ub=np.vstack([asked.matrix[above], -asked.matrix[below]]),
        b_ub=np.concatenate([asked.high[above], -asked.low[below]]) / scale,
        bounds=np.column_stack([asked.box_low, asked.box_high]) / scale,
    )
    return found.status == 0


def is_best(asked: Asked, x: Floats, target: Floats, weights: Floats) -> bool:
    """Whether the way back to the target is a sum of outward normals of what holds x (KKT)."""
    size = max(
        1.0 if np.abs(asked.high).max() > 0.5 else 0.01, np.abs(x).max(), np.abs(target).max()
    )
    pull = weights * (target - x) / size
    total, near = asked.matrix @ x, 1e-9 * size * (1 + np.abs(asked.matrix).sum(axis=1))
    units = np.eye(len(x))
    normals = np.vstack(
        [
            asked.matrix[np.abs(total - asked.high) <= near],
            -asked.matrix[np.abs(total - asked.low) <= near],
            units[np.abs(x - asked.box_high) <= 1e-9 * size],
            -units[np.abs(x - asked.box_low) <= 1e-9 * size],
        ]
    )
    ones = np.ones((len(x), 1))
    found = linprog(
        np.append(np.zeros(len(normals)), 1.0),
        A_ub=np.block([[normals.T, -ones], [-normals.T, -ones]]),
        b_ub=np.concatenate([pull, -pull]),
    )
    return found.fun is not None and bool(found.fun <= 1e-7)


@settings(deadline=None, max_examples=150)
@given(problems())
def test_solved_exactly_where_possible_and_then_the_best(asked: Asked) -> None:
    if (asked.box_low > asked.box_high).any():
        return
    found = adjust(rules_of(asked), asked.record, asked.weights, asked.box_low, asked.box_high)
    assert found.solved[0] == is_possible(asked)
    if found.solved[0]:
        x = found.values[0]
        assert ((x >= asked.box_low) & (x <= asked.box_high)).all()
        assert is_best(asked, x, asked.record, asked.weights)


@settings(deadline=None, max_examples=100)
@given(problems(gaps=True))
def test_missing_values_cost_nothing_and_are_least_among_ties(asked: Asked) -> None:
    missing = np.isnan(asked.record)
    box_low = np.where(missing, -INF, asked.box_low)
    box_high = np.where(missing, INF, asked.box_high)
    asked = asked._replace(box_low=box_low, box_high=box_high)
    found = adjust(rules_of(asked), asked.record, asked.weights, box_low, box_high)
    assert found.solved[0] == is_possible(asked)
    if not found.solved[0]:
        return
    x, target = found.values[0], np.where(missing, 0.0, asked.record)
    assert is_best(asked, x, target, np.where(missing, 0.0, asked.weights))
    held = asked._replace(
        box_low=np.where(missing, box_low, x), box_high=np.where(missing, box_high, x)
    )
    assert is_best(held, x, np.where(missing, 0.0, x), np.ones(len(x)))


@settings(deadline=None, max_examples=60)
@given(problems(most=3))
def test_whole_numbers_are_the_best_of_all(asked: Asked) -> None:
    size = np.abs(asked.record).max()
    if not 1 <= size <= 9:
        return
    low, high = asked.record - 3, asked.record + 3
    whole = np.ones(len(low), dtype=np.bool_)
    found = adjust(rules_of(asked), asked.record, asked.weights, low, high, whole)
    best = INF
    for move in itertools.product(range(-3, 4), repeat=len(low)):
        total = asked.matrix @ (asked.record + move)
        if ((total >= asked.low) & (total <= asked.high)).all():
            best = min(best, float((asked.weights * np.square(move)).sum()))
    assert found.solved[0] == (best < INF)
    if found.solved[0]:
        assert found.cost[0] == pytest.approx(best)
        assert (found.values % 1 == 0).all()


def test_many_records_with_weights_of_their_own() -> None:
    random = np.random.default_rng(4)
    table = random.integers(-50, 500, (300, 4)).astype(float)
    weights = random.uniform(0.1, 5, (300, 4))
    found = adjust(parse(SUM), table, weights)
    one_by_one = [adjust(parse(SUM), table[n], weights[n]).values[0] for n in range(300)]
    assert found.solved.all()
    assert found.values == pytest.approx(np.array(one_by_one), rel=1e-12, abs=1e-12)


def test_a_long_sum_with_many_intervals() -> None:
    # 80 parts of at most 1 each, all 0.5 but their sum 60: each moves by the same
    names = [f"v{number}" for number in range(80)]
    rules = parse([" + ".join(names) + " == t"], [*names, "t"])
    high = np.append(np.ones(80), 60)
    got = adjust(rules, np.append(np.full(80, 0.5), 60), low=np.append(np.zeros(80), 60), high=high)
    assert got.values[0] == pytest.approx(np.append(np.full(80, 0.75), 60))
    # half of the parts are full after 1/4 more: the others take the rest
    start = np.append(np.repeat([0.75, 0.25], 40), 60)
    got = adjust(rules, start, low=np.append(np.zeros(80), 60), high=high)
    assert got.values[0, :80] == pytest.approx(np.repeat([1.0, 0.5], 40))
