"""Facts about reconciling: small ledgers in which one can see what is wrong."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_ledgers import NINH_PHUOC, NO_LINKS, RED_RIVER, figure, ledger, links, status

from helpers import reconcile
from helpers.reconcile.build import build
from helpers.reconcile.conflicts import direct
from helpers.reconcile.doubts import holds, localise, smallest_hitting_sets
from helpers.reconcile.parts import parts
from helpers.reconcile.system import System

# A count and its rate stand for one total


def test_two_rates_that_need_different_totals_are_a_conflict() -> None:
    result = reconcile.run(ledger(*NINH_PHUOC), NO_LINKS)
    (conflict,) = result.conflicts.to_dict("records")
    assert conflict["figures"] == "a b c d"
    assert conflict["rules"] == "households-rate-total"
    assert "'3.616 hộ' at '12,5%' needs a total of 28,813–29,044" in conflict["explanation_en"]
    assert "30.004–30.025" in conflict["explanation_vi"]
    assert conflict["doubted"] == "a|b|c|d"


def test_the_dropped_zero_is_suggested_first() -> None:
    result = reconcile.run(ledger(*NINH_PHUOC), NO_LINKS)
    conflict = result.conflicts.iloc[0]
    assert conflict["cause"] == "dropped_zero"
    assert "b=12,05%" in conflict["suggestion"].split("|")


def test_rounding_is_no_conflict() -> None:
    rows = (
        figure("a", "poor_households", "14.040 hộ"),
        figure("b", "poor_rate", "7,71%"),
        figure("c", "total_households", "182.000 hộ"),
    )
    result = reconcile.run(ledger(*rows), NO_LINKS)
    assert result.conflicts.empty
    assert set(status(result).values()) == {"consistent"}


def test_one_pair_alone_is_not_checked() -> None:
    rows = figure("a", "poor_households", "14.040 hộ"), figure("b", "poor_rate", "7,71%")
    result = reconcile.run(ledger(*rows), NO_LINKS)
    assert set(status(result).values()) == {"unchecked"}


def test_the_whole_of_a_fraction_counts() -> None:
    rows = (
        figure("a", "poor_households", "1.370 hộ nghèo/79.836 hộ"),
        figure("b", "poor_rate", "1,67%"),
    )
    result = reconcile.run(ledger(*rows), NO_LINKS)
    assert result.conflicts["figures"].tolist() == ["a b"]


def test_a_small_place_allows_only_whole_households() -> None:
    rows = (figure("a", "total_households", "13 hộ"), figure("b", "poor_rate", "50,0%"))
    result = reconcile.run(ledger(*rows), NO_LINKS)
    assert result.conflicts["rules"].tolist() == ["whole-number"]


def test_survey_rates_are_never_turned_into_counts() -> None:
    rows = (
        figure("a", "poor_households", "100 hộ", standard="gso-md-2022"),
        figure("b", "poor_rate", "5,0%", standard="gso-md-2022"),
        figure("c", "total_households", "9.000 hộ", standard="gso-md-2022"),
    )
    assert reconcile.run(ledger(*rows), NO_LINKS).conflicts.empty


def test_undated_repeats_with_other_values_are_paired_by_links_only() -> None:
    rows = (
        figure("a", "poor_households", "100 hộ", period=""),
        figure("b", "poor_rate", "10%", period=""),
        figure("c", "poor_households", "300 hộ", period=""),
        figure("d", "poor_rate", "20%", period=""),
        figure("e", "total_households", "1.500 hộ", period=""),
    )
    assert reconcile.run(ledger(*rows), links("b rate_of a\nd rate_of c")).conflicts.empty
    tied = links("b rate_of a\nd rate_of c\na part_of e")
    assert reconcile.run(ledger(*rows), tied).conflicts["figures"].tolist() == ["a b e"]


def test_targets_and_other_standards_stay_apart() -> None:
    rows = (
        figure("a", "poor_households", "100 hộ"),
        figure("b", "poor_rate", "10%"),
        figure("c", "total_households", "5.000 hộ", status="target"),
        figure("d", "total_households", "5.000 hộ", standard="2016-2020"),
    )
    assert reconcile.run(ledger(*rows), NO_LINKS).conflicts.empty


# Sums, changes, order


def test_poor_and_near_poor_add_up() -> None:
    result = reconcile.run(ledger(*RED_RIVER), NO_LINKS)
    (conflict,) = result.conflicts.to_dict("records")
    assert conflict["rules"] == "poor-and-near-poor"
    assert "169,476" in conflict["explanation_en"]
    assert conflict["suggestion"] == "a=69.329 hộ|b=100.327 hộ"
    assert conflict["cause"] == "transposed"


def test_a_figure_that_every_smallest_set_doubts_is_corrected() -> None:
    """Two sums are wrong by 90 and share one figure; exchanging two of its digits mends both."""
    rows = (
        *RED_RIVER,
        figure("e", "poor_households", "30.000 hộ", place="46"),
        figure("f", "poor_households", "99.329 hộ", place="VN"),
    )
    result = reconcile.run(ledger(*rows), links("a all_parts_of f\ne all_parts_of f"))
    (change,) = result.changes.to_dict("records")
    assert (change["figure_id"], change["new_value"]) == ("a", 69329)
    assert status(result)["a"] == "corrected"
    assert set(status(result).values()) == {"corrected", "consistent"}


def test_a_slip_that_could_be_mended_in_several_ways_is_not_corrected() -> None:
    """1.863.209 printed as 1.863.909: an exchange of digits fits too, and so do other digits."""
    rows = (
        figure("a", "poor_households", "713.799 hộ"),
        figure("b", "poor_rate", "38,31%"),
        figure("c", "near_poor_households", "156.278 hộ"),
        figure("d", "near_poor_rate", "8,39%"),
        figure("e", "multidim_poor_households", "870.077 hộ"),
        figure("f", "multidim_poor_rate", "46,70%"),
        figure("g", "total_households", "1.863.909 hộ"),
    )
    result = reconcile.run(ledger(*rows), NO_LINKS)
    assert status(result)["g"] == "doubted"
    assert result.changes.empty


def test_without_a_likely_slip_the_only_doubted_figure_is_adjusted() -> None:
    rows = (
        figure("a", "poor_households", "100 hộ"),
        figure("b", "near_poor_households", "200 hộ"),
        figure("c", "multidim_poor_households", "437 hộ"),
        figure("d", "multidim_poor_households", "300 hộ", place="45/A"),
        figure("e", "multidim_poor_rate", "30,0%"),
        figure("f", "total_households", "1.000 hộ"),
    )
    result = reconcile.run(ledger(*rows), NO_LINKS)
    assert status(result)["c"] == "adjusted"
    assert result.changes["new_value"].tolist() == [300]


@pytest.mark.parametrize(("fall", "conflicts"), [("giảm 0,88%", 0), ("giảm 1,88%", 1)])
def test_a_change_is_set_against_both_levels(fall: str, conflicts: int) -> None:
    rows = (
        figure("a", "poor_rate", "4,1%", period="2023-01"),
        figure("b", "poor_rate", "3,22%", period="2023-12"),
        figure("c", "poor_rate_change", fall, period="2023-12", direction="fall"),
    )
    result = reconcile.run(ledger(*rows), links("c change_of a\nc change_of b"))
    assert len(result.conflicts) == conflicts


def test_a_change_that_goes_the_other_way() -> None:
    """Its sentence says a rise, not a fall of less than nothing."""
    rows = (
        figure("a", "poor_households", "1.000 hộ", period="2021"),
        figure("b", "poor_households", "1.137 hộ", period="2022"),
        figure("c", "poor_households_change", "giảm 137 hộ", direction="fall"),
    )
    conflict = reconcile.run(ledger(*rows), NO_LINKS).conflicts.iloc[0]
    assert (conflict["cause"], conflict["suggestion"]) == ("sign", "c=tăng 137 hộ")
    assert "imply a rise of 137, but the source prints 'giảm 137 hộ'" in conflict["explanation_en"]
    assert "suy ra mức tăng 137," in conflict["explanation_vi"]


def test_a_change_with_one_level_known_is_not_checked() -> None:
    rows = (
        figure("a", "poor_rate", "4,1%", period="2019"),
        figure("c", "poor_rate_change", "giảm 50%", period="2022", direction="fall"),
    )
    result = reconcile.run(ledger(*rows), links("c change_of a"))
    assert set(status(result).values()) == {"unchecked"}


def test_a_loose_word_is_explained_and_not_changed() -> None:
    rows = (
        figure("a", "poor_households", "30.803 hộ", period="2021"),
        figure("b", "poor_households", "10.271 hộ"),
        figure("c", "poor_households_change", "giảm hơn 20.200 hộ", direction="fall"),
    )
    result = reconcile.run(ledger(*rows), NO_LINKS)
    assert result.conflicts["cause"].tolist() == ["convention"]
    assert set(status(result).values()) == {"explained"}
    assert result.figures["reconciled"].tolist() == result.figures["value"].tolist()


def test_parts_are_at_most_their_whole() -> None:
    rows = (
        figure("a", "poor_households", "900 hộ", group="rural"),
        figure("b", "poor_households", "800 hộ"),
    )
    result = reconcile.run(ledger(*rows), NO_LINKS)
    assert result.conflicts["rules"].tolist() == ["part-within-whole"]


def test_rounded_parts_are_recognised() -> None:
    rows = (
        figure("a", "poor_households", "1.200 hộ", group="rural"),
        figure("b", "poor_households", "1.300 hộ", group="urban"),
        figure("c", "poor_households", "2.600 hộ"),
    )
    result = reconcile.run(ledger(*rows), links("a all_parts_of c\nb all_parts_of c"))
    assert result.conflicts["rules"].tolist() == ["sum-of-parts"]


# Several sources


def test_sources_that_differ_are_reported_and_the_odd_one_is_doubted() -> None:
    rows = [figure(f"f{i}", "poor_rate", "7,71%", source_id=f"s{i}") for i in range(3)]
    rows.append(figure("g", "poor_rate", "7,17%", source_id="s9"))
    result = reconcile.run(ledger(*rows), NO_LINKS)
    (conflict,) = result.conflicts.to_dict("records")
    assert (conflict["scope"], conflict["doubted"]) == ("cross", "g")
    assert status(result) == {**dict.fromkeys(("f0", "f1", "f2"), "consistent"), "g": "doubted"}


def test_a_preliminary_figure_explains_the_difference() -> None:
    rows = (
        figure("a", "poor_rate", "7,71%", source_id="s1", status="preliminary"),
        figure("b", "poor_rate", "7,5%", source_id="s2", status="final"),
    )
    result = reconcile.run(ledger(*rows), NO_LINKS)
    assert result.conflicts["cause"].tolist() == ["preliminary"]
    assert set(status(result).values()) == {"explained"}
    said = result.conflicts.iloc[0]
    assert "'7,71%' is a preliminary figure, printed before the" in said["explanation_en"]
    assert "'7,71%' là số sơ bộ" in said["explanation_vi"]


def test_an_unknown_standard_is_compared_only_within_its_source() -> None:
    rows = (
        figure("a", "poor_rate", "7,71%", source_id="s1", standard=""),
        figure("b", "poor_rate", "9,5%", source_id="s2", standard=""),
    )
    assert reconcile.run(ledger(*rows), NO_LINKS).conflicts.empty


# Properties


@st.composite
def clean_rows(draw: st.DrawFn) -> list[dict[str, str]]:
    """One place's printed figures, rounded from a true state: nothing can be wrong."""
    total = draw(st.integers(1, 3 * 10**7))
    poor = draw(st.integers(0, total))
    near = draw(st.integers(0, total - poor))
    decimals = draw(st.integers(0, 3))
    counts = {"poor": poor, "near_poor": near, "multidim_poor": poor + near}
    rows = [figure("t", "total_households", f"{total:,} hộ".replace(",", "."))]
    for stem, count in counts.items():
        rate = f"{100 * count / total:.{decimals}f}%".replace(".", ",")
        rows.append(figure(f"{stem}-h", f"{stem}_households", f"{count:,} hộ".replace(",", ".")))
        rows.append(figure(f"{stem}-r", f"{stem}_rate", rate))
    kept = draw(st.sets(st.integers(0, len(rows) - 1), min_size=1))
    return [rows[i] for i in sorted(kept)]


@settings(max_examples=40, deadline=None)
@given(clean_rows())
def test_what_is_rounded_from_a_true_state_is_never_in_conflict(rows: list[dict[str, str]]) -> None:
    assert reconcile.run(ledger(*rows), NO_LINKS).conflicts.empty


def errors() -> st.SearchStrategy[list[dict[str, str]]]:
    """Clean rows of which up to two are printed with another number."""

    @st.composite
    def spoilt(draw: st.DrawFn) -> list[dict[str, str]]:
        rows = draw(clean_rows())
        for _ in range(draw(st.integers(1, 2))):
            i = draw(st.integers(0, len(rows) - 1))
            digit = draw(st.sampled_from("123456789"))
            rows[i] = rows[i] | {"printed": digit + rows[i]["printed"][1:]}
        return [row for row in rows if "%" not in row["printed"] or len(row["printed"]) < 7]

    return spoilt().filter(bool)


@settings(max_examples=60, deadline=None)
@given(errors())
def test_the_smallest_sets_are_those_of_an_exhaustive_search(rows: list[dict[str, str]]) -> None:
    figures = ledger(*rows).sort_values("figure_id", ignore_index=True)
    figures["high"] = figures["high"].clip(lower=figures["low"])
    for system, members in parts(build(figures, NO_LINKS)):
        blocks = localise(system, [conflict.figures for conflict in direct(system)])
        size = sum(len(block.doubted[0]) for block in blocks)
        oracle = _oracle(system, len(members))
        assert {len(found) for found in oracle} == {size}
        assert {f for found in oracle for f in found} == {
            f for block in blocks for doubted in block.doubted for f in doubted
        }


def _oracle(system: System, figures: int) -> list[tuple[int, ...]]:
    """Every smallest set of figures to free so that the rest holds, by trying all."""
    for size in range(figures + 1):
        found = []
        for freed in combinations(range(figures), size):
            trusted = np.ones(figures, dtype=np.bool_)
            trusted[list(freed)] = False
            if holds(system, trusted):
                found.append(freed)
        if found:
            return found
    return []


@settings(max_examples=12, deadline=None)
@given(errors(), st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(rows: list[dict[str, str]], random: object) -> None:
    figures = ledger(*rows)
    order = np.random.default_rng(len(rows)).permutation(len(figures))
    one = reconcile.run(figures, NO_LINKS)
    other = reconcile.run(figures.iloc[order].reset_index(drop=True), NO_LINKS)
    pd.testing.assert_frame_equal(one.conflicts, other.conflicts)
    pd.testing.assert_frame_equal(one.changes, other.changes)
    sorted_ = other.figures.sort_values("figure_id", ignore_index=True)
    pd.testing.assert_frame_equal(one.figures.sort_values("figure_id", ignore_index=True), sorted_)


@given(st.lists(st.sets(st.integers(0, 6), min_size=1, max_size=3), min_size=1, max_size=6))
def test_smallest_hitting_sets_are_all_found(conflicts: list[set[int]]) -> None:
    found, complete = smallest_hitting_sets([tuple(sorted(c)) for c in conflicts])
    hitting = [
        s
        for size in range(1, 8)
        for s in combinations(range(7), size)
        if all(set(s) & c for c in conflicts)
    ]
    smallest = min(map(len, hitting))
    assert complete
    assert found == sorted(s for s in hitting if len(s) == smallest)
