"""The steps of reconciling, each alone, and the weights by which figures are doubted."""

import re
from pathlib import Path

import pandas as pd
import pytest
from small_ledgers import NINH_PHUOC, NO_LINKS, PAIRS, RED_RIVER, figure, ledger, links, status

from helpers import reconcile, weights
from helpers.project import UserError

SUM = "p all_parts_of w\nq all_parts_of w"


def parts(p: str, q: str, w: str) -> pd.DataFrame:
    """Two groups and their whole."""
    return ledger(
        figure("p", "poor_households", p, group="urban"),
        figure("q", "poor_households", q, group="rural"),
        figure("w", "poor_households", w),
    )


def test_screening_tells_which_records_cannot_hold() -> None:
    other = [row | {"figure_id": f"z{row['figure_id']}", "place": "46"} for row in RED_RIVER]
    table = ledger(*NINH_PHUOC, *other, figure("x", "poor_households", "5 hộ", place="48"))
    found = reconcile.screen(table, NO_LINKS).set_index("figure_id")
    assert not found.loc[list("abcd"), "holds"].any()
    assert not found.loc[["za", "zb", "zc", "zd"], "holds"].any()
    assert found.loc[["x"]].to_numpy().tolist() == [[False, True]]


def test_screening_keeps_the_order_and_what_is_not_available() -> None:
    table = ledger(*NINH_PHUOC).iloc[::-1]
    table.loc[table["figure_id"] == "b", ["value", "low", "high"]] = float("nan")
    found = reconcile.screen(table, NO_LINKS)
    assert found["figure_id"].tolist() == list("dcba")
    assert found["holds"].all()


def test_explaining_gives_the_conflicts() -> None:
    table = ledger(*NINH_PHUOC)
    pd.testing.assert_frame_equal(
        reconcile.explain(table, NO_LINKS), reconcile.run(table, NO_LINKS).conflicts
    )


def test_localising_lists_every_smallest_set() -> None:
    found = reconcile.localise(ledger(*NINH_PHUOC), NO_LINKS)
    assert found["doubted"].tolist() == list("abcd")
    assert set(found["block"]) == {1}
    assert found["alternative"].tolist() == [1, 2, 3, 4]
    assert set(found["weight"]) == {1.0}


def test_suggesting_gives_corrected_prints() -> None:
    found = reconcile.suggest(ledger(*RED_RIVER), NO_LINKS).set_index("suggestion")
    assert found.loc[["69.329 hộ"], ["figure_id", "cause", "value"]].to_numpy().tolist() == [
        ["a", "transposed", 69329.0]
    ]


def test_nothing_to_say_of_a_sound_ledger() -> None:
    table = ledger(PAIRS["a"], PAIRS["b"], PAIRS["e"])
    assert reconcile.screen(table, NO_LINKS)["holds"].all()
    assert reconcile.localise(table, NO_LINKS).empty
    assert reconcile.suggest(table, NO_LINKS).empty
    assert reconcile.explain(table, NO_LINKS).empty


# Adjusting what a reader doubts


def test_doubted_parts_move_together_as_little_as_they_can() -> None:
    # 300 + 600 must be 1.000: in proportion to the squares, 300 + 20 and 600 + 80.
    found = reconcile.adjust(parts("300 hộ", "600 hộ", "1.000 hộ"), links(SUM), ["p", "q"])
    assert found["new_value"].tolist() == [320, 680]
    assert found["figure_id"].tolist() == ["p", "q"]


def test_a_figure_that_is_not_doubted_keeps_its_range() -> None:
    table = parts("300 hộ", "600 hộ", "khoảng 1,0 nghìn hộ")
    low, high = table["low"].iloc[2], table["high"].iloc[2]
    found = reconcile.adjust(table, links(SUM), ["p"])
    assert found[["low", "high", "new_value"]].to_numpy().tolist() == [
        [low - 600, high - 600, low - 600]
    ]


def test_weights_of_sources_decide_who_moves() -> None:
    table = parts("300 hộ", "300 hộ", "1.000 hộ")
    heavy = pd.DataFrame([["count", "", 1.0, ""]], columns=list(weights.COLUMNS))
    even = reconcile.adjust(table, links(SUM), ["p", "q"], weighing=heavy)
    assert even["new_value"].tolist() == [500, 500]


def test_an_adjusted_rate_fits_its_counts() -> None:
    table = ledger(PAIRS["a"], PAIRS["b"] | {"printed": "5,50%"}, PAIRS["e"])
    found = reconcile.adjust(table, NO_LINKS, ["b"])
    assert found["new_value"].tolist() == [5.0]


def test_what_the_others_exclude_is_named() -> None:
    table = ledger(*NINH_PHUOC, figure("e", "total_households", "30.000 hộ"))
    with pytest.raises(UserError, match=re.escape("The figures a, b, c, d exclude each other")):
        reconcile.adjust(table, NO_LINKS, ["e"])


def test_an_unknown_figure_is_named() -> None:
    with pytest.raises(UserError, match="No figure 'zz'"):
        reconcile.adjust(ledger(*NINH_PHUOC), NO_LINKS, ["zz"])


# Weights


def test_a_heavier_kind_is_not_doubted() -> None:
    trust = pd.DataFrame([["count", "", 3.0, ""]], columns=list(weights.COLUMNS))
    found = reconcile.localise(ledger(*NINH_PHUOC), NO_LINKS, weighing=trust)
    assert found["doubted"].tolist() == ["b", "d"]


def test_weights_multiply_over_kind_and_source(tmp_path: Path) -> None:
    path = tmp_path / "w.csv"
    path.write_text("kind,source_id,weight,reason\ncount,,2,x\n,s,3,y\nrate,s,5,z\n", "utf-8")
    table = pd.DataFrame({"kind": ["count", "rate", "rate"], "source_id": ["s", "s", "t"]})
    assert weights.of(table["kind"], table["source_id"], weights.read(path)).tolist() == [6, 15, 1]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("counts,,1,x", "the kind is 'counts': use one of count"),
        ("count,,0,x", "the weight is '0': give a number above 0"),
        ("count,,much,x", "the weight is 'much'"),
        ("rate,,2,x", "it stands twice"),
    ],
)
def test_a_weight_that_is_none_is_named(row: str, said: str, tmp_path: Path) -> None:
    path = tmp_path / "w.csv"
    path.write_text(f"kind,source_id,weight,reason\nrate,,1,x\n{row}\n", encoding="utf-8")
    with pytest.raises(UserError, match=re.escape(said)) as caught:
        weights.read(path)
    assert str(caught.value).startswith(f"{path}, line 3")


# Sensitivity


def test_each_alternative_says_what_its_figures_may_be() -> None:
    result = reconcile.run(ledger(*NINH_PHUOC), NO_LINKS)
    found = result.sensitivity.set_index("doubted")
    assert found.index.tolist() == list("abcd")
    # 3.616 at 12,5 % need 28.813 to 29.044 households: 13,67 % of those are 3.937 to 3.971.
    assert found[["low", "high"]].to_numpy()[2].tolist() == [3938, 3971]
    assert (found["figure_id"] == found.index).all()


# One false sum, printed often


def test_a_sum_of_numbers_printed_twice_is_one_conflict() -> None:
    table = parts("300 hộ", "600 hộ", "1.000 hộ")
    again = table.assign(figure_id=table["figure_id"] + "2")
    result = reconcile.run(pd.concat([table, again], ignore_index=True), links(SUM))
    assert result.conflicts["rules"].tolist() == ["sum-of-parts"]
    assert set(status(result).values()) == {"doubted"}


# Digits that are missing or too many


@pytest.mark.parametrize(("printed", "meant"), [("182 hộ", "1.682 hộ"), ("16.882 hộ", "1.682 hộ")])
def test_a_digit_lost_or_too_many_is_suggested(printed: str, meant: str) -> None:
    table = ledger(
        figure("a", "poor_households", printed),
        figure("b", "near_poor_households", "1.000 hộ"),
        figure("r", "near_poor_rate", "10,00%"),
        figure("c", "multidim_poor_households", "2.682 hộ"),
        figure("d", "multidim_poor_rate", "26,82%"),
        figure("e", "total_households", "10.000 hộ"),
    )
    found = reconcile.suggest(table, NO_LINKS).set_index("figure_id")
    assert found.loc["a", "suggestion"] == meant
    result = reconcile.run(table, NO_LINKS)
    assert set(result.conflicts["cause"]) == {"wrong_digit"}
    assert result.changes["new_value"].tolist() == [1682]


def test_a_lost_digit_of_a_rate_is_suggested() -> None:
    table = ledger(
        figure("a", "poor_households", "1.682 hộ"),
        figure("b", "poor_rate", "1,82%"),
        figure("e", "total_households", "10.000 hộ"),
    )
    offered = reconcile.suggest(table, NO_LINKS)
    assert "16,82%" in offered.loc[offered["figure_id"] == "b", "suggestion"].tolist()


def test_the_whole_of_a_fraction_is_kept_by_what_is_suggested() -> None:
    """3.742 of 11.737 is 31,88 %: no slip of 3.742 makes 34,85 % of 11.737, which is 4.090."""
    table = ledger(
        figure("a", "poor_households", "3.742 hộ nghèo/11.737 hộ"),
        figure("b", "poor_rate", "34,85%"),
    )
    offered = reconcile.suggest(table, NO_LINKS)
    assert "a" not in offered["figure_id"].tolist()
    slip = ledger(
        figure("a", "poor_households", "4.900 hộ nghèo/11.737 hộ"),
        figure("b", "poor_rate", "34,85%"),
    )
    found = reconcile.suggest(slip, NO_LINKS).set_index("figure_id")
    assert "4.090 hộ nghèo/11.737 hộ" in found.loc[["a"], "suggestion"].tolist()


# What is verified


def test_a_reconciled_value_that_no_change_logs_is_found() -> None:
    table = ledger(*RED_RIVER)
    result = reconcile.run(table, NO_LINKS)
    assert reconcile.verify(result.figures, table, NO_LINKS, changes=result.changes) == []
    forged = result.figures.assign(
        reconciled=result.figures["reconciled"].where(result.figures["figure_id"] != "b", 5.0)
    )
    assert reconcile.verify(forged, table, NO_LINKS, changes=result.changes) == ["b"]


def test_a_table_that_was_not_cleaned_is_refused() -> None:
    table = ledger(*RED_RIVER).drop(columns=["value", "low", "high"])
    for step in (reconcile.screen, reconcile.localise, reconcile.suggest, reconcile.explain):
        with pytest.raises(UserError, match="clean the ledger first"):
            step(table, NO_LINKS)
