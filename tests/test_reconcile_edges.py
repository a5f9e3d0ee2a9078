"""Facts about reconciling at its edges: nothing there, open ends, fewer rules, what is shown."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from small_ledgers import (
    NINH_PHUOC,
    NO_LINKS,
    PAIRS,
    RED_RIVER,
    figure,
    ledger,
    links,
    status,
)

from helpers import reconcile, rules
from helpers.project import UserError

# Figures that are not available


@pytest.mark.parametrize(
    ("missing", "conflicts"),
    [("e", ["a b c d"]), ("a", ["c d e"]), ("b", ["c d e"]), ("c", []), ("d", [])],
)
def test_a_figure_not_available_is_set_against_nothing(missing: str, conflicts: list[str]) -> None:
    rows = [row | {"printed": ".."} if key == missing else row for key, row in PAIRS.items()]
    figures = ledger(*reversed(rows))
    others = figures[figures["figure_id"] != missing].reset_index(drop=True)
    tied = links("b rate_of a\nd rate_of c\na part_of e\nc part_of e")
    result, without = reconcile.run(figures, tied), reconcile.run(others, tied)
    assert result.conflicts["figures"].tolist() == conflicts
    pd.testing.assert_frame_equal(result.conflicts, without.conflicts)
    pd.testing.assert_frame_equal(result.changes, without.changes)
    assert result.figures["figure_id"].tolist() == figures["figure_id"].tolist()
    (row,) = result.figures[result.figures["figure_id"] == missing].to_dict("records")
    assert (row["status_reconciled"], row["why"]) == ("unchecked", "not available in the source")
    assert np.isnan(row["reconciled"])
    known = result.figures[result.figures["figure_id"] != missing].reset_index(drop=True)
    pd.testing.assert_frame_equal(known, without.figures)
    assert missing not in " ".join(reconcile.implied_totals(figures, tied)["figures"]).split()


def test_a_ledger_without_any_number_is_unchecked() -> None:
    result = reconcile.run(ledger(*(row | {"printed": ".."} for row in PAIRS.values())), NO_LINKS)
    assert set(status(result).values()) == {"unchecked"}
    assert result.conflicts.empty and "<h2>" in reconcile.report(result)


# Rules left out


@pytest.mark.parametrize(
    ("rows", "rule"),
    [
        (NINH_PHUOC, "households-rate-total"),
        (RED_RIVER, "poor-and-near-poor"),
        ((PAIRS["e"] | {"printed": "13 hộ"}, PAIRS["b"] | {"printed": "50,0%"}), "whole-number"),
        ((PAIRS["a"] | {"group": "rural"}, PAIRS["c"] | {"indicator": "poor_households"}),
         "part-within-whole"),
        ((PAIRS["b"], PAIRS["b"] | {"figure_id": "z", "source_id": "z", "printed": "6%"}),
         "same-figure-elsewhere"),
    ],
)  # fmt: skip
def test_a_rule_left_out_finds_nothing(rows: tuple[dict[str, str], ...], rule: str) -> None:
    assert reconcile.run(ledger(*rows), NO_LINKS).conflicts["rules"].tolist() == [rule]
    book = {key: value for key, value in rules.table().items() if key != rule}
    result = reconcile.run(ledger(*rows), NO_LINKS, book)
    assert result.conflicts.empty
    assert rule not in reconcile.report(result)


def test_without_any_rule_nothing_is_checked() -> None:
    result = reconcile.run(ledger(*NINH_PHUOC), NO_LINKS, {})
    assert set(status(result).values()) == {"unchecked"}


def test_a_rule_is_worded_as_the_book_says() -> None:
    own = replace(rules.table()["poor-and-near-poor"], explanation_en="Look at {second}.")
    result = reconcile.run(ledger(*RED_RIVER), NO_LINKS, rules.table() | {own.id: own})
    assert result.conflicts["explanation_en"].tolist() == ["Look at '169.566 hộ'."]


# Edges


def test_an_empty_ledger_and_a_single_figure_give_no_conflict() -> None:
    single = ledger(figure("a", "poor_rate", "7,71%"))
    assert reconcile.run(single.iloc[:0], NO_LINKS).figures.empty
    assert status(reconcile.run(single, NO_LINKS)) == {"a": "unchecked"}


@pytest.mark.parametrize("total", ["0 hộ", "1.000.000.000.000 hộ"])
@pytest.mark.parametrize("rate", ["0%", "100%"])
def test_extreme_values_raise_nothing(total: str, rate: str) -> None:
    rows = (
        figure("a", "total_households", total),
        figure("b", "poor_rate", rate),
        figure("c", "poor_households", total if rate == "100%" else "0 hộ"),
        figure("d", "jobs_of_a_strange_kind", "7 việc", group="khác"),
    )
    result = reconcile.run(ledger(*rows), NO_LINKS)
    assert result.conflicts.empty or total == "0 hộ"
    assert status(result)["d"] == "unchecked"


@pytest.mark.parametrize("count", ["ít nhất 500 hộ", "0 hộ", "1.000.000.000.000 hộ"])
@pytest.mark.parametrize("rate", ["ít nhất 5%", "tối đa 5%", "0%", "5,00%"])
@pytest.mark.parametrize("total", ["ít nhất 10.000 hộ", "10.000 hộ", "0 hộ"])
def test_open_ranges_and_extreme_values_are_told_apart(count: str, rate: str, total: str) -> None:
    """A conflict exactly where no count, rate and total in the printed ranges fit together."""
    figures = ledger(
        figure("a", "poor_households", count),
        figure("b", "poor_rate", rate),
        figure("c", "total_households", total),
    )
    low, high = (dict(zip(figures["figure_id"], figures[end], strict=True))
                 for end in ("low", "high"))  # fmt: skip
    top = high["b"] * high["c"] / 100 if high["c"] else 0.0
    fits = low["a"] <= top and low["b"] * low["c"] / 100 <= high["a"]
    result = reconcile.run(figures, NO_LINKS)
    assert result.conflicts.empty == fits
    for language in ("en", "vi"):
        assert not result.conflicts[f"explanation_{language}"].str.contains("nan|inf|∞").any()


def test_a_repeated_figure_id_and_a_lacking_column_are_named() -> None:
    twice = ledger(figure("a", "poor_rate", "7,71%"), figure("a", "poor_rate", "7,71%"))
    with pytest.raises(UserError, match="'a' stands twice"):
        reconcile.run(twice, NO_LINKS)
    with pytest.raises(UserError, match="lack the columns of"):
        reconcile.run(twice.drop(columns="of"), NO_LINKS)


def test_the_report_is_one_page_with_every_conflict_drawn() -> None:
    page = reconcile.report(reconcile.run(ledger(*NINH_PHUOC), NO_LINKS))
    assert page.count("<svg") == 1
    assert "28,813–29,044" in page and "http" not in page
    for rule in rules.table().values():
        assert page.count(f"{rule.statement_en}.") == page.count(f"{rule.statement_vi}.") == 1


def test_both_sides_are_printed_as_they_are_computed() -> None:
    ranges = reconcile.run(ledger(*NINH_PHUOC), NO_LINKS).ranges
    assert ranges["printed"].tolist() == ["3.616 hộ ÷ 12,5%", "4.103 hộ ÷ 13,67%"]
    assert ranges["unit"].tolist() == ["hộ", "hộ"]
    rows = (
        figure("a", "poor_rate", "5,27%", period="2019"),
        figure("b", "poor_rate", "2,36%", period="2020"),
        figure("c", "poor_rate_change", "giảm 3,21%", period="2020", direction="fall"),
    )
    ranges = reconcile.run(ledger(*rows), NO_LINKS).ranges
    assert ranges["printed"].tolist() == ["5,27% → 2,36%", "giảm 3,21%"]
    assert ranges["unit"].tolist() == ["pp", "pp"]


# Implied totals


def test_only_pairs_of_one_whole_share_a_number() -> None:
    rows = (
        figure("a", "poor_households", "100 hộ", period=""),
        figure("b", "poor_rate", "10%", period=""),
        figure("c", "poor_households", "300 hộ", period=""),
        figure("d", "poor_rate", "20%", period=""),
        figure("e", "target_poor_rate", "5%", status="target"),
        figure("f", "poor_households", "12 hộ nghèo/80 hộ", place="45/A"),
    )
    totals = reconcile.implied_totals(ledger(*rows), links("b rate_of a\nd rate_of c"))
    assert totals["figures"].tolist() == ["a b", "c d", "f"]
    assert totals["whole"].nunique() == 3
    assert totals["family"].tolist() == ["poor", "poor", "total"]
    assert totals["low"].tolist()[2] == totals["high"].tolist()[2] == 80
    assert totals["low"].tolist()[0] == pytest.approx(100 * 100 / 10.5)


def test_verifying_finds_a_value_that_does_not_hold() -> None:
    figures = ledger(*RED_RIVER)
    result = reconcile.run(figures, NO_LINKS)
    assert reconcile.verify(result.figures, figures, NO_LINKS) == []
    forged = result.figures.assign(status_reconciled="corrected")
    assert reconcile.verify(forged, figures, NO_LINKS) == ["a", "b", "c", "d"]


def test_persons_are_no_other_number_of_households() -> None:
    table = ledger(
        figure("a", "poor_households", "500 người", unit="người"),
        figure("b", "poor_households", "600 hộ"),
    )
    assert set(status(reconcile.run(table, NO_LINKS)).values()) == {"unchecked"}


def test_what_nobody_knows_is_kept_and_unchecked() -> None:
    table = ledger(
        figure("a", "frogs_counted", "12 con", unit="con", place="48"),
        figure("b", "poor_households", "12 hộ", group="nhóm lạ", place="48"),
        figure("c", "poor_rate", "5,00%", group="nhóm lạ"),
    )
    result = reconcile.run(table, NO_LINKS)
    assert set(status(result).values()) == {"unchecked"}
    assert result.conflicts.empty


def test_a_million_million_households_are_told_apart() -> None:
    table = ledger(
        figure("a", "poor_households", "1.000.000.000.000 hộ"),
        figure("b", "near_poor_households", "2.000.000.000.000 hộ"),
        figure("c", "multidim_poor_households", "3.000.000.010.000 hộ"),
    )
    assert set(status(reconcile.run(table, NO_LINKS)).values()) == {"doubted"}
    good = table.replace({"printed": "3.000.000.010.000 hộ"}, "3.000.000.000.000 hộ")
    good.loc[2, ["value", "low", "high"]] = 3e12
    assert set(status(reconcile.run(good, NO_LINKS)).values()) == {"consistent"}


def test_zero_households_leave_nobody_poor() -> None:
    rows = [figure("t", "total_households", "0 hộ"), figure("a", "poor_households", "12 hộ")]
    result = reconcile.run(ledger(*rows), NO_LINKS)
    assert result.conflicts["rules"].tolist() == ["households-within-total"]
    none = [rows[0], rows[1] | {"printed": "0 hộ"}, figure("r", "poor_rate", "0%")]
    assert reconcile.run(ledger(*none), NO_LINKS).conflicts.empty
