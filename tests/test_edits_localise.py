"""Facts about screening records, localising errors in them, and rules that exclude each other."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from helpers.edits import implied
from helpers.edits.feasible import ContradictoryRules, contradiction, feasible
from helpers.edits.implied import broken, own
from helpers.edits.linear import Floats, Rules, parse
from helpers.edits.localise import Localised, localise
from helpers.edits.screen import screen
from helpers.project import UserError

INF, NAN = np.inf, np.nan
BALANCE = ["profit + cost == turnover", "cost >= 0.6*turnover", "cost >= 0", "turnover >= 0"]


def doubted(
    texts: Sequence[str], record: dict[str, float], weights: Sequence[float] | None = None
) -> tuple[tuple[str, ...], ...]:
    """The smallest sets of one record of points."""
    answer = localise(parse(texts, tuple(record)), [list(record.values())], weights=weights)
    assert answer.solved.all(), answer.reason
    sets: tuple[tuple[str, ...], ...] = answer.sets[0]
    return sets


# One record of points


def test_every_value_of_a_broken_sum_is_equally_doubtful() -> None:
    # x + y = z: 2 + 3 is not 6
    assert doubted(["x + y == z"], {"x": 2, "y": 3, "z": 6}) == (("x",), ("y",), ("z",))


def test_a_value_that_no_others_can_explain_is_doubted_alone() -> None:
    # turnover 300 and cost 90 break cost >= 0.6 turnover and with profit 40 the balance too:
    # turnover 130 clears both, cost 260 as well, profit alone does not
    record = {"profit": 40.0, "cost": 90.0, "turnover": 300.0}
    assert doubted(BALANCE, record) == (("cost",), ("turnover",))


def test_weights_decide_between_sets() -> None:
    # x + y = z: 1 + 1 is not 1
    record = {"x": 1.0, "y": 1.0, "z": 1.0}
    assert doubted(["x + y == z"], record, [2, 3, 1]) == (("z",),)
    assert doubted(["x + y == z"], record, [1, INF, INF]) == (("x",),)


def test_two_cheap_values_may_be_doubted_before_a_dear_one() -> None:
    # x + y = z and z = 2 y + 1: x = 1 frees both; at a price of 10, y and z are cheaper
    rules, record = ["x + y == z", "2*y + 1 == z"], {"x": 1.0, "y": 2.0, "z": 5.0}
    assert doubted(rules, record) == (("x",),)
    assert doubted(rules, record, [10, 1, 1]) == (("y", "z"),)


def test_a_clean_record_has_only_the_empty_set() -> None:
    assert doubted(BALANCE, {"profit": 30, "cost": 70, "turnover": 100}) == ((),)


def test_a_missing_value_is_free_and_never_doubted() -> None:
    # profit = 200 - 125 fits; cost above its turnover would need a negative profit, which may be
    assert doubted(BALANCE, {"profit": NAN, "cost": 125, "turnover": 200}) == ((),)
    # cost must lie in 120..; 20 does not, whatever profit is
    found = doubted(BALANCE, {"profit": NAN, "cost": 20, "turnover": 200})
    assert found == (("cost",), ("turnover",))


def test_what_several_rules_say_together_is_seen_through_a_missing_value() -> None:
    # a < m < b through the missing m
    rules = ["a + 1 <= m", "m + 1 <= b"]
    assert doubted(rules, {"a": 5, "m": NAN, "b": 6}) == (("a",), ("b",))


def test_parts_of_the_rules_that_share_nothing_multiply_their_sets() -> None:
    # a = b is broken, and c >= 0
    found = doubted(["a == b", "c >= 0"], {"a": 1, "b": 2, "c": -1})
    assert found == (("a", "c"), ("b", "c"))


@pytest.mark.parametrize(
    ("text", "value", "sets"),
    [
        ("x > 1", 1.0, (("x",),)),
        ("x > 1", 1.001, ((),)),
        ("x < 0", 0.0, (("x",),)),
        ("x < 0", -1e-6, ((),)),
        ("x >= 1", 1.0, ((),)),
        ("x > 1", 0.0, (("x",),)),
    ],
)
def test_an_open_end_is_excluded_and_a_closed_one_is_not(
    text: str, value: float, sets: tuple[tuple[str, ...], ...]
) -> None:
    assert doubted([text], {"x": value}) == sets


def test_open_ends_reach_through_sums() -> None:
    # x + y = z, x > 0, y > 0: z = 3 leaves no room beside x = 3
    rules = ["x + y == z", "x > 0", "y > 0"]
    assert doubted(rules, {"x": 3, "y": NAN, "z": 3}) == (("x",), ("z",))


@pytest.mark.parametrize("size", [1e-3, 1.0, 1e7, 1e12])
def test_the_tolerance_grows_with_the_row(size: float) -> None:
    # x + y = z up to 1e-9 of its size, not up to 1e-6
    rules = ["x + y == z"]
    assert doubted(rules, {"x": size, "y": size, "z": 2 * size * (1 + 1e-11)}) == ((),)
    assert len(doubted(rules, {"x": size, "y": size, "z": 2 * size * (1 + 1e-6)})) == 3


def test_large_values_are_ordinary() -> None:
    # profit = turnover - cost = 100, printed 10,000,000,000
    rules = ["profit == turnover - cost", "cost >= 0.6*turnover", "turnover >= 0"]
    assert doubted(rules, {"profit": 1e10, "cost": 200, "turnover": 300}) == (("profit",),)


def test_many_bounded_parts_are_localised_though_their_edits_are_too_many_to_list() -> None:
    # 24 parts of 1..3 and their total: 1000 can only be a wrong total
    names = [f"x{number}" for number in range(24)]
    rules = [" + ".join(names) + " == total", *(f"{name} >= 1" for name in names)]
    rules += [f"{name} <= 3" for name in names]
    record = dict.fromkeys(names, 2.0)
    assert doubted(rules, {**record, "total": 1000}) == (("total",),)
    # 49 is one too many: any part may be 3 instead of 2
    assert len(doubted(rules, {**record, "total": 49})) == 25
    # 50 needs the total or two parts
    assert doubted(rules, {**record, "total": 50}) == (("total",),)
    costs = [*[1.0] * 24, 5.0]
    assert len(doubted(rules, {**record, "total": 50}, costs)) == 24 * 23 // 2


# Intervals


def test_intervals_that_can_agree_are_not_doubted() -> None:
    # 1.2 + 2.3 = 3.6 printed with one decimal: 1.249 + 2.349 = 3.598
    rules = parse(["x + y == z"])
    value = np.array([[1.2, 2.3, 3.6], [1.2, 2.3, 3.7]])
    answer = localise(rules, value - 0.05, value + 0.05)
    assert answer.sets == [((),), (("x",), ("y",), ("z",))]
    assert answer.weight.tolist() == [0.0, 1.0]


def test_rows_that_only_together_exclude_an_interval_record() -> None:
    # x + y = 1 and x - y = 1 leave x = 1, y = 0; each row alone could hold in the box
    rules = parse(["x + y == 1", "x - y == 1"])
    low, high = [[0.0, 0.1]], [[2.0, 0.9]]
    found = screen(rules, low, high)
    assert found.bad.tolist() == [True] and not found.violated.any() and not found.unsure.any()
    assert localise(rules, low, high).sets == [(("y",),)]


def test_an_interval_without_one_end_is_half_free() -> None:
    rules = parse(["x <= y"])
    found = localise(rules, [[5.0, -INF], [5.0, -INF]], [[6.0, 4.0], [6.0, 5.0]])
    assert found.sets == [(("x",), ("y",)), ((),)]


# Tables


def test_screening_names_the_rules_each_point_record_breaks() -> None:
    # sum; a bound; nothing; both
    rules = parse({"sum": "a + b == t", "part": "a <= t"})
    found = screen(rules, np.array([[1, 2, 3], [4, -1, 3], [9, 9, 9], [5, 5, 1]]))
    assert found.violated.tolist() == [[False, False], [False, True], [True, False], [True, True]]
    assert found.bad.tolist() == [False, True, True, True]


def test_the_answer_does_not_depend_on_the_order_of_records() -> None:
    rng = np.random.default_rng(5)
    rules = parse(["a + b == c", "a >= 0", "b >= 0", "c <= 9"])
    records = rng.integers(-2, 11, (60, 3)).astype(float)
    order = rng.permutation(60)
    one, other = localise(rules, records), localise(rules, records[order])
    assert other.sets == [one.sets[row] for row in order]
    assert np.array_equal(other.weight, one.weight[order])


def test_each_record_may_have_its_own_weights() -> None:
    # x = y broken in both
    answer = localise(
        parse(["x == y"]), np.array([[1, 2], [1, 2]]), weights=np.array([[1, 2], [2, 1]])
    )
    assert answer.sets == [(("x",),), (("y",),)]


def test_a_record_that_may_not_be_doubted_is_unsolved_and_says_why() -> None:
    # x = y where neither may be doubted; the next record is clean, the last has one that may
    weights = np.array([[INF, INF], [1, 1], [INF, 1]])
    answer = localise(parse(["x == y"]), np.array([[1, 2], [2, 2], [1, 2]]), weights=weights)
    assert answer.sets == [(), ((),), (("y",),)]
    assert answer.solved.tolist() == [False, True, True]
    assert np.isnan(answer.weight[0])
    assert "x, y" in answer.reason[0] and answer.reason[1:] == ["", ""]


def test_too_many_ties_are_said_and_not_cut_short() -> None:
    # seven broken sums of four values each: 4**7 equally good sets
    groups = [[f"{letter}{number}" for number in range(4)] for letter in "abcdefg"]
    rules = parse([" + ".join(group) + " == 1" for group in groups])
    answer = localise(rules, np.ones((1, 28)))
    assert answer.sets == [()] and not answer.solved[0] and "equally good" in answer.reason[0]


def test_an_empty_table_and_no_rules_are_possible() -> None:
    assert localise(parse(["x == 1"]), np.zeros((0, 1))).sets == []
    assert localise(parse([], ["x"]), [[3.0]]).sets == [((),)]


@pytest.mark.parametrize(
    ("low", "high", "weights", "word"),
    [
        ([[1.0]], None, None, "shape"),
        ([[2.0, 1]], [[1.0, 1]], None, "above"),
        ([[1.0, 1]], [[1.0, 1], [1, 1]], None, "one shape"),
        ([[INF, 1]], None, None, "x"),
        ([[1.0, 1]], None, [1.0], "shape"),
        ([[1.0, 1]], None, [1.0, -1], "weight of y"),
        ([[1.0, 1]], None, [NAN, 1], "weight of x"),
    ],
)
def test_wrong_tables_are_told(
    low: list[list[float]], high: list[list[float]] | None, weights: list[float] | None, word: str
) -> None:
    with pytest.raises(UserError, match=word):
        localise(parse(["x == y"]), low, high, weights)


# Rules alone


@pytest.mark.parametrize(
    ("texts", "names"),
    [
        (["x + y == 0", "x > 0", "y > 0"], ("r1", "r2", "r3")),
        (["x + y == 0", "x >= 0", "y >= 0"], ()),
        (["x + y == 1", "x >= 0", "x + y == 2"], ("r1", "r3")),
        (["0*x == 1", "x >= 0"], ("r1",)),
        (["x < 1", "x >= 1"], ("r1", "r2")),
        (["5 <= x <= 3"], ("r1",)),
        (["a <= b", "b <= c", "c <= a - 1", "a >= 0"], ("r1", "r2", "r3")),
        (["x >= 1e12", "x <= 1e12"], ()),
        (["x >= 1000001", "x <= 1000000"], ("r1", "r2")),
    ],
)
def test_rules_that_exclude_each_other_are_named(texts: list[str], names: tuple[str, ...]) -> None:
    rules = parse(texts)
    assert contradiction(rules) == names
    assert feasible(rules) == (not names)
    if names:
        with pytest.raises(ContradictoryRules, match=", ".join(names)):
            localise(rules, np.zeros((1, len(rules.names))))
        with pytest.raises(ContradictoryRules):
            screen(rules, np.zeros((1, len(rules.names))))


# Against exhaustive search


def possible(rules: Rules, low: Floats, high: Floats) -> bool:
    """Whether a linear programme finds a point of the box, with room at open ends."""
    rows = [
        (rules.matrix, rules.high, rules.open_high),
        (-rules.matrix, -rules.low, rules.open_low),
    ]
    matrix = np.concatenate([a[np.isfinite(b)] for a, b, _ in rows])
    limit = np.concatenate([b[np.isfinite(b)] for _, b, _ in rows])
    is_open = np.concatenate([o[np.isfinite(b)] for _, b, o in rows]).astype(float)
    cost = np.append(np.zeros(len(low)), -1.0)
    bounds = [*zip(low, high, strict=True), (None, 1.0)]
    result = linprog(cost, A_ub=np.column_stack([matrix, is_open]), b_ub=limit, bounds=bounds)
    assert result.status in (0, 2)
    if result.x is None:
        return False
    return bool(not is_open.any() or result.x[-1] > 1e-6)


def searched(
    rules: Rules, low: Floats, high: Floats, weights: Floats
) -> tuple[float, tuple[tuple[str, ...], ...]]:
    """Least weight and all sets of it that hold no other, tried one by one."""
    best, sets = INF, list[tuple[int, ...]]()
    for count in range(len(low) + 1):
        for chosen in itertools.combinations(range(len(low)), count):
            total = float(weights[list(chosen)].sum())
            if total == INF or total > best or any(set(one) <= set(chosen) for one in sets):
                continue
            bottom, top = low.copy(), high.copy()
            bottom[list(chosen)], top[list(chosen)] = -INF, INF
            if possible(rules, bottom, top):
                sets = [] if total < best else sets
                best = total
                sets.append(chosen)
    named = [tuple(sorted(rules.names[column] for column in one)) for one in sets]
    return best, tuple(sorted(named))


@st.composite
def points(draw: st.DrawFn) -> tuple[Rules, Floats]:
    """Rules in whole numbers, and a point that fulfils them but for open ends it may lie on."""
    width, count = draw(st.integers(1, 4)), draw(st.integers(1, 5))
    small = st.integers(-2, 2)
    matrix = np.array([[draw(small) for _ in range(width)] for _ in range(count)], dtype=float)
    point = np.array([draw(st.integers(-4, 4)) for _ in range(width)], dtype=float)
    value = matrix @ point
    low, high = np.full(count, -INF), np.full(count, INF)
    is_open = np.zeros((2, count), dtype=np.bool_)
    for row in range(count):
        kind = draw(st.sampled_from(["equal", "least", "most", "range", "more", "less"]))
        if kind in ("equal", "least", "range", "more"):
            low[row] = value[row] - (0 if kind == "equal" else draw(st.integers(0, 2)))
        if kind in ("equal", "most", "range", "less"):
            high[row] = value[row] + (0 if kind == "equal" else draw(st.integers(0, 2)))
        is_open[:, row] = kind == "more", kind == "less"
    names = tuple("abcd"[:width])
    ids = tuple(f"r{row}" for row in range(count))
    return Rules(names, ids, matrix, low, high, is_open[0], is_open[1]), point


@st.composite
def systems(draw: st.DrawFn) -> tuple[Rules, Floats, Floats, Floats]:
    """Rules in whole numbers, and a table of three boxes with weights."""
    rules, _ = draw(points())
    width, names = len(rules.names), rules.names
    cells = st.tuples(st.integers(-5, 5), st.sampled_from([0, 0, 0, 1, 3]), st.integers(0, 9))
    table = np.array([[draw(cells) for _ in range(width)] for _ in range(3)], dtype=float)
    bottom = np.where(table[:, :, 2] == 0, NAN, table[:, :, 0])
    weights = [[draw(st.sampled_from([1, 1, 2, 3, 0, INF])) for _ in names] for _ in range(3)]
    return rules, bottom, bottom + table[:, :, 1], np.array(weights, dtype=float)


def check(rules: Rules, low: Floats, high: Floats, weights: Floats, answer: Localised) -> None:
    """The answer is that of exhaustive search, record by record."""
    screened = screen(rules, low, high)
    bottom, top = np.where(np.isnan(low), -INF, low), np.where(np.isnan(low), INF, high)
    assert not screened.unsure.any()
    for row in range(len(low)):
        best, sets = searched(rules, bottom[row], top[row], weights[row])
        assert answer.sets[row] == sets
        assert answer.solved[row] == bool(sets)
        assert screened.bad[row] == (sets != ((),))
        if sets:
            assert answer.weight[row] == pytest.approx(best)


@settings(max_examples=60, deadline=None)
@given(systems(), st.sampled_from([1.0, 1e7, 1e12, 1e-3]))
def test_the_smallest_sets_are_those_of_exhaustive_search(
    system: tuple[Rules, Floats, Floats, Floats], size: float
) -> None:
    rules, low, high, weights = system
    if not feasible(rules):
        assert not possible(rules, np.full(low.shape[1], -INF), np.full(low.shape[1], INF))
        assert set(contradiction(rules)) <= set(rules.ids)
        return
    large = Rules(
        *(rules.names, rules.ids, rules.matrix, rules.low * size, rules.high * size),
        *(rules.open_low, rules.open_high),
    )
    check(rules, low, high, weights, localise(large, low * size, high * size, weights))


@settings(max_examples=60, deadline=None)
@given(systems())
def test_edits_found_one_by_one_give_the_same_sets(
    system: tuple[Rules, Floats, Floats, Floats],
) -> None:
    rules, low, high, weights = system
    if feasible(rules):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(implied, "MOST_EDITS", 0)
            answer = localise(rules, low, high, weights)
            check(rules, low, high, weights, answer)


@settings(max_examples=60, deadline=None)
@given(points(), st.integers(0, 3), st.integers(-9, 9))
def test_a_changed_value_is_found_when_a_rule_can_tell(
    system: tuple[Rules, Floats], column: int, step: int
) -> None:
    rules, point = system
    record, column = point[None].copy(), column % len(point)
    record[0, column] += step
    value = rules.matrix @ record[0]
    outside = (value < rules.low) | (value > rules.high)
    outside |= rules.open_low & (value == rules.low) | rules.open_high & (value == rules.high)
    if not feasible(rules):
        return
    answer = localise(rules, record)
    assert (answer.sets[0] != ((),)) == outside.any()
    if outside.any() and not broken(own(rules), point[None], point[None]).any():
        assert answer.weight[0] == 1.0
        assert (rules.names[column],) in answer.sets[0]
