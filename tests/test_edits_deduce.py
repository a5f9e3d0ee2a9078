"""Deducing missing values, undoing slips, ranges and elimination."""

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from helpers.edits.deduce import deduce
from helpers.edits.feasible import ContradictoryRules
from helpers.edits.implied import components
from helpers.edits.linear import Rules, parse
from helpers.edits.reduce import TooManyImplied, eliminate, project, ranges, sides
from helpers.edits.slips import (
    broken,
    correct_rounding,
    correct_signs,
    correct_typos,
    correction,
    distance,
)
from helpers.project import UserError

Floats = npt.NDArray[np.float64]
NAN, INF = np.nan, np.inf
FLOW = ["x1 + x2 == x3", "x2 == x4", "x5 + x6 + x7 == x8", "x3 + x8 == x9", "x9 - x10 == x11"]
PARTS = ["a >= 0", "b >= 0", "c >= 0", "d >= 0", "a + b + c == d"]
NAMES = [f"x{number}" for number in range(1, 12)]


def same(got: Floats, wanted: object) -> bool:
    return np.array_equal(got, np.array(wanted, dtype=np.float64), equal_nan=True)


def test_equalities_fill_what_they_leave_no_choice_for() -> None:
    # Handbook of Statistical Data Editing, 9.2: x2 from x1 and x3, x4 from x2, x9, then x11
    record = [145, NAN, 155, NAN, NAN, NAN, NAN, 86, NAN, 217, NAN]
    got = deduce(parse(FLOW, NAMES), record)
    assert same(got.values[0], [145, 10, 155, 10, NAN, NAN, NAN, 86, 241, 217, 24])
    assert got.filled[0].nonzero()[0].tolist() == [1, 3, 8, 10]
    assert got.possible.tolist() == [True]


def test_parts_of_a_sum_that_is_reached_are_zero() -> None:
    got = deduce(parse(PARTS, "abcd"), [[NAN, NAN, 5, 5], [NAN, 0, 4, 5], [NAN, NAN, 4, 5]])
    assert same(got.values, [[0, 0, 5, 5], [1, 0, 4, 5], [NAN, NAN, 4, 5]])


def test_what_is_impossible_is_not_filled() -> None:
    # parts are 10 of 9; a strict rule leaves no room for 0
    got = deduce(parse(PARTS, "abcd"), [NAN, NAN, 10, 9])
    assert same(got.values, [[NAN, NAN, 10, 9]]) and not got.possible[0]
    strict = deduce(parse(["a > 0", "a + c == d"], "acd"), [[NAN, 5, 5], [NAN, 5, 6]])
    assert same(strict.values, [[NAN, 5, 5], [1, 5, 6]])
    assert strict.possible.tolist() == [False, True]


def test_a_conflict_elsewhere_hinders_nothing() -> None:
    # u + v == w is broken and has no missing value; x is still 2
    got = deduce(parse(["u + v == w", "x + 1 == y"], "uvwxy"), [1, 1, 5, NAN, 3])
    assert same(got.values, [[1, 1, 5, 2, 3]])


def test_a_point_that_only_all_inequalities_together_leave() -> None:
    # pairs are at most 2, all three at least 3: each is 1; no rule alone bounds any of them
    pairs = ["x + y <= 2", "y + z <= 2", "x + z <= 2", "x + y + z >= 3"]
    assert same(deduce(parse(pairs), [NAN, NAN, NAN]).values, [[1, 1, 1]])


def test_many_missing_values_fall_back_to_equalities() -> None:
    # n upper and n lower ends of one value make n² pairs
    names = [f"v{number}" for number in range(70)]
    texts = [f"x + {name} <= 10" for name in names] + [f"x - {name} >= -9" for name in names]
    rules = parse([*texts, "y + 1 == z", "y <= x + 100"])
    with pytest.raises(TooManyImplied):
        project(sides(rules).rows, sides(rules).equal, (0,))
    record = np.full(len(rules.names), NAN)
    record[rules.names.index("z")] = 4
    assert deduce(rules, record).values[0, rules.names.index("y")] == 3


@st.composite
def systems(draw: st.DrawFn) -> tuple[Rules, Floats]:
    """Up to four rules between up to four values, with a record that keeps them."""
    n, m = draw(st.integers(2, 4)), draw(st.integers(1, 5))
    small = st.integers(-2, 2)
    matrix = np.array(
        draw(st.lists(st.lists(small, min_size=n, max_size=n), min_size=m, max_size=m)), dtype=float
    )
    record = np.array(draw(st.lists(st.integers(-4, 4), min_size=n, max_size=n)), dtype=float)
    high = matrix @ record + draw(st.sampled_from([0, 0, 1]))
    low = np.where(draw(st.lists(st.booleans(), min_size=m, max_size=m)), matrix @ record, -INF)
    names, ids = tuple("abcd"[:n]), tuple(f"r{number}" for number in range(m))
    closed = np.zeros(m, dtype=np.bool_)
    return Rules(names, ids, matrix, low, high, closed, closed), record


def range_of(rules: Rules, record: Floats, column: int) -> tuple[float, float]:
    """The range of a value by two linear programs, the known ones fixed."""
    known = ~np.isnan(record)
    bounds = [(v, v) if k else (None, None) for v, k in zip(record, known, strict=True)]
    below = np.isfinite(rules.low)
    ends = []
    for sign in (1.0, -1.0):
        found = linprog(
            sign * np.eye(len(record))[column],
            A_ub=np.vstack([rules.matrix, -rules.matrix[below]]),
            b_ub=np.concatenate([rules.high, -rules.low[below]]),
            bounds=bounds,
            options={"presolve": False},
        )
        ends.append(
            sign * float(found.fun) if found.status == 0 and found.fun is not None else -sign * INF
        )
    return ends[0], ends[1]


@settings(deadline=None, max_examples=150)
@given(systems(), st.lists(st.booleans(), min_size=4, max_size=4))
def test_filled_exactly_where_the_range_is_a_point(
    system: tuple[Rules, Floats], gaps: list[bool]
) -> None:
    rules, record = system
    missing = np.array(gaps[: len(record)])
    asked = np.where(missing, NAN, record)
    got = deduce(rules, asked)
    assert got.possible[0]
    for column in np.flatnonzero(missing):
        low, high = range_of(rules, asked, int(column))
        assert got.filled[0, column] == (high - low < 1e-7)
        if got.filled[0, column]:
            assert got.values[0, column] == pytest.approx(record[column], abs=1e-9)


def test_ranges() -> None:
    low, high = ranges(parse(["x + y == 1130", "x >= 0", "y >= 0", "z <= x"]))
    assert low.tolist() == [0, 0, -INF]
    assert high.tolist() == [1130, 1130, 1130]
    with pytest.raises(ContradictoryRules):
        ranges(parse(["x + y == 1", "x + y == 2"]))
    with pytest.raises(ContradictoryRules):
        ranges(parse(["x >= 2e9", "x <= 1e9", "x + y >= 0"]))


@settings(deadline=None, max_examples=100)
@given(systems())
def test_ranges_hold_every_record(system: tuple[Rules, Floats]) -> None:
    rules, record = system
    low, high = ranges(rules)
    assert ((low <= record + 1e-7) & (record <= high + 1e-7)).all()
    for column in range(len(record)):
        ends = range_of(rules, np.full(len(record), NAN), column)
        assert (low[column], high[column]) == pytest.approx(ends, abs=1e-7)


def test_elimination_pairs_upper_with_lower_ends() -> None:
    texts = {
        "one": "4*x - 5*y - 3*z <= 0",  # an upper end of x
        "two": "-x + y - z <= 2",  # a lower end
        "three": "x >= 0",
        "four": "y >= 0",
    }
    implied, history = eliminate(parse(texts), "x")
    assert implied.names == ("y", "z")
    assert implied.matrix.tolist() == [[-0.25, -1.75], [-1.25, -0.75], [-1, 0]]
    assert implied.high.tolist() == [2, 0, 0]
    assert history == (("one", "two"), ("one", "three"), ("four",))
    assert implied.ids == ("one+two", "one+three", "four")


def test_elimination_puts_an_equality_into_the_others_and_keeps_strictness() -> None:
    implied, history = eliminate(parse(["x + y == 3", "x < 2", "y <= z"]), "y")
    assert implied.matrix.tolist() == [[1, 0], [-1, -1]]
    assert implied.high.tolist() == [2, -3]
    assert implied.open_high.tolist() == [True, False]
    assert history == (("r2",), ("r3", "r1")) or history == (("r2",), ("r1", "r3"))
    strict, _ = eliminate(parse(["x + y - z <= 0", "-y < 1"]), "y")
    assert strict.open_high.tolist() == [True]


def test_elimination_leaves_contradictions_and_no_truisms() -> None:
    assert eliminate(parse(["0 <= x", "x <= 1"]), "x")[0].ids == ()
    false, _ = eliminate(parse(["2 <= x", "x <= 1"]), "x")
    assert false.high.tolist() == [-1] and not false.matrix.any()
    open_end, _ = eliminate(parse(["1 < x", "x <= 1"]), "x")
    assert open_end.high.tolist() == [0] and open_end.open_high.all()
    with pytest.raises(UserError, match="no value 'q'"):
        eliminate(parse(["x <= 1"]), "q")


@settings(deadline=None, max_examples=100)
@given(systems(), st.lists(st.integers(-4, 4), min_size=4, max_size=4))
def test_implied_rules_hold_exactly_where_a_value_can_be_found(
    system: tuple[Rules, Floats], others: list[int]
) -> None:
    rules, record = system
    name = rules.names[0]
    asked = np.array([NAN, *others[: len(record) - 1]])
    implied, _ = eliminate(rules, name)
    free = rules.matrix[:, 0] != 0
    rest = rules.matrix[:, 1:] @ asked[1:]
    with np.errstate(divide="ignore", invalid="ignore"):
        ends = np.sort(
            [(rules.low - rest) / rules.matrix[:, 0], (rules.high - rest) / rules.matrix[:, 0]],
            axis=0,
        )
    fits = ((rest >= rules.low - 1e-9) & (rest <= rules.high + 1e-9))[~free].all()
    fits &= ends[0, free].max(initial=-INF) <= ends[1, free].min(initial=INF) + 1e-9
    assert bool(fits) == (not broken(implied, asked[None, 1:]).any())


def test_components_hang_together() -> None:
    rules = parse(["a + b == c", "d == e", "c <= f", "g >= 0"])
    found = [(rows.tolist(), columns.tolist()) for rows, columns in components(rules.matrix)]
    assert found == [([0, 2], [0, 1, 2, 5]), ([1], [3, 4]), ([3], [6])]


def test_distance_counts_slips() -> None:
    for one, other, slips in [
        ("116", "116", 0),
        ("161", "116", 1),  # neighbours transposed
        ("19979", "1979", 1),  # one digit too many
        ("12", "112", 1),
        ("15996", "16996", 1),
        ("123", "-123", 1),  # the sign
        ("12.5", "12.05", 1),
        ("99", "10", 2),
        ("1", "1234", 3),
    ]:
        assert distance(one, other, 9) == distance(other, one, 9) == slips
    assert distance("12345", "1", 1) == 2


def test_two_slips_in_one_record() -> None:
    # x4 = 161 for 116, x9 = 19979 for 1979
    wrong = [1452, 116, 1568, 161, 323, 76, 12, 411, 19979, 1842, 137]
    right = [1452, 116, 1568, 116, 323, 76, 12, 411, 1979, 1842, 137]
    got = correct_typos(parse(FLOW, NAMES), [wrong, right])
    assert same(got.values, [right, right])
    assert got.changed.nonzero()[1].tolist() == [3, 8]


def test_a_slip_behind_a_slip() -> None:
    # x9 = 19979 for 1979 is betrayed by x3 + x8; only then x11 = 173 for 137 by x9 - x10
    wrong = [1452, 116, 1568, 116, 323, 76, 12, 411, 19979, 1842, 173]
    right = [1452, 116, 1568, 116, 323, 76, 12, 411, 1979, 1842, 137]
    assert same(correct_typos(parse(FLOW, NAMES), wrong).values, [right])


def test_a_correction_that_breaks_a_rule_is_none() -> None:
    # 123 for -123 would do but for x < 0
    rules = ["x + y == z"]
    assert same(correct_typos(parse(rules), [-123, 129, 252]).values, [[123, 129, 252]])
    got = correct_typos(parse([*rules, "x < 0"]), [-123, 129, 252])
    assert same(got.values, [[-123, 129, 252]]) and not got.changed.any()


def test_several_corrections_are_as_good_as_none() -> None:
    # 10 + 20 = 31: 11, 21 or 30 were meant
    got = correct_typos(parse(["x + y == z"]), np.array([[10, 20, 31], [10, NAN, 31]]))
    assert got.tied.tolist() == [True, False] and not got.changed.any()
    # x1 = 11 or x2 = 90 would make one of the two rules hold
    assert correct_typos(parse(["x == y", "9*x == y"]), [10, 99]).tied.all()


def test_decimals_are_digits_too() -> None:
    got = correct_typos(parse(["rate == old + change"]), [12.5, 13.33, -1.28])
    assert same(got.values, [[12.05, 13.33, -1.28]])


def test_a_larger_distance_on_request() -> None:
    rules = parse(["x + y == z"])
    assert not correct_typos(rules, [1000000, 33, 1000077]).changed.any()
    assert same(
        correct_typos(rules, [1000000, 33, 1000077], 2).values[:, [0, 2]], [[1000000, 1000077]]
    )


@settings(deadline=None, max_examples=200)
@given(
    st.lists(st.integers(1000, 9_999_999), min_size=5, max_size=5),
    st.integers(0, 8),
    st.integers(0, 6),
    st.integers(0, 2),
)
def test_an_injected_slip_is_undone_or_said_to_be_tied(
    parts: list[int], column: int, place: int, kind: int
) -> None:
    # each of five parts is in two sums, so that a slip in one is betrayed twice
    texts = ["a + b == s", "c + d + e == t", "s + t == u", "a + b + c == v", "v + d + e == u"]
    a, b, c, d, e = parts
    right = dict(zip("abcdestuv", [*parts, a + b, c + d + e, sum(parts), a + b + c], strict=True))
    name = "abcdestuv"[column]
    digits = str(right[name])
    place = min(place, len(digits) - 2)
    if kind == 0:
        digits = digits[:place] + digits[place + 1] + digits[place] + digits[place + 2 :]
    elif kind == 1:
        digits = digits[:place] + "7" + digits[place:]
    else:
        digits = digits[:place] + str((int(digits[place]) + 3) % 10) + digits[place + 1 :]
    assume(int(digits) != right[name])
    rules = parse(texts, "abcdestuv")
    wrong = [float(int(digits)) if n == name else float(right[n]) for n in rules.names]
    got = correct_typos(rules, wrong)
    assert same(got.values, [[float(right[n]) for n in rules.names]]) or got.tied[0]
    if not got.tied[0]:
        assert not broken(rules, got.values).any()


def test_a_sign_or_a_swap_that_makes_all_rules_hold() -> None:
    positive = parse(["x > 0", "y > 0", "z > 0", "x + y == z"], "xyz")
    assert same(correct_signs(positive, [-1, 1, 2]).values, [[1, 1, 2]])
    assert not correct_signs(positive, [1, 2, 1]).changed.any()
    assert same(correct_signs(positive, [1, 2, 1], swaps=[("z", "y")]).values, [[1, 1, 2]])
    free = parse(["y >= 0", "z >= 0", "x + y == z"], "xyz")
    assert same(correct_signs(free, [1, 1, 0], [("z", "y")], flips=[]).values, [[1, 0, 1]])
    assert same(correct_signs(parse(["x + y == 2"]), [-1, 1]).values, [[1, 1]])


def test_signs_that_could_be_either_are_left() -> None:
    # 3 + 3 == 0: either may be -3
    got = correct_signs(parse(["x + y == z"]), np.array([[3, 3, 0], [1, NAN, 5]]))
    assert got.tied.tolist() == [True, False] and not got.changed.any()
    with pytest.raises(UserError, match="'q'"):
        correct_signs(parse(["x + y == z"]), [1, 1, 1], flips=["q"])


@settings(deadline=None, max_examples=100)
@given(
    st.lists(st.integers(1, 999), min_size=4, max_size=4), st.sets(st.integers(0, 3), max_size=2)
)
def test_flipped_signs_are_flipped_back(parts: list[int], flipped: set[int]) -> None:
    rules = parse(["a + b == s", "c + d == t", "s - t == u"], "abcdstu")
    a, b, c, d = parts
    right = np.array([a, b, c, d, a + b, c + d, a + b - c - d], dtype=float)
    wrong = right.copy()
    wrong[list(flipped)] *= -1
    got = correct_signs(rules, wrong)
    assert same(got.values, [right]) or got.tied[0]


def test_rounding_is_undone_by_the_least_changes() -> None:
    assert same(correct_rounding(parse(["a == 1"]), [2]).values, [[1]])
    wrong = np.array([12, 4, 15, 4, 3, 1, 8, 11, 27, 41, -13], dtype=float)
    rules = parse(FLOW, NAMES)
    got = correct_rounding(rules, wrong)
    assert (rules.matrix @ got.values[0] == 0).all()
    assert np.abs(got.values[0] - wrong).max() == 1
    assert np.abs(got.values[0] - wrong).sum() == 3


def test_rounding_changes_large_values_first_and_no_large_gap() -> None:
    rules = parse(["a + b == t"], "abt")
    assert same(
        correct_rounding(rules, [[10, 90, 101], [1, 1, 20]]).values, [[10, 90, 100], [1, 1, 20]]
    )
    tenths = correct_rounding(rules, [0.1, 0.5, 0.7], unit=0.1)
    assert same(tenths.values, [[0.1, 0.5, 0.6]])
    assert not correct_rounding(rules, [1.5, 2, 3], unit=1).changed.any()
    got = correct_rounding(rules, [NAN, 2, 3])
    assert same(got.values, [[NAN, 2, 3]]) and not got.changed.any()
    with pytest.raises(UserError, match="unit"):
        correct_rounding(rules, [1, 1, 3], unit=0)


def test_the_correction_of_a_total() -> None:
    # what the parts lack, however the rule is written
    for text in ["total == ef + ei", "ef + ei == total", "total - ei == ef", "ef == total - ei"]:
        rules = parse([text], ["ef", "ei", "total"])
        assert same(
            correction(rules, np.array([[5, 70, 100], [5, 70, 70], [NAN, 1, 1]])),
            [[25], [-5], [NAN]],
        )
    assert same(correction(parse(["a == b", "a >= 0"], "ab"), [3, 1]), [[2]])
