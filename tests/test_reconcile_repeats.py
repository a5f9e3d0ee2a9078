"""Facts about figures that one source prints twice, and about changes per year."""

from __future__ import annotations

import pytest
from small_ledgers import NO_LINKS, figure, ledger, links, status

from helpers import reconcile
from helpers.charts import implied

TWICE = (
    figure("a", "poor_rate", "6,12%", period="2024-12"),
    figure("b", "poor_rate", "7,71%", period="2024-12"),
)
COUNTED = (
    figure("c", "poor_households", "7.710 hộ", period="2024-12"),
    figure("d", "total_households", "100.000 hộ", period="2024-12"),
)

# Printed twice


def test_a_figure_printed_twice_with_other_values_is_a_conflict() -> None:
    result = reconcile.run(ledger(*TWICE), NO_LINKS)
    (conflict,) = result.conflicts.to_dict("records")
    assert (conflict["rules"], conflict["figures"]) == ("same-figure-in-source", "a b")
    assert conflict["doubted"] == "a|b"
    assert "printed twice, as '6,12%'" in conflict["explanation_en"]
    assert "and as '7,71%', that is 7.705–7.715%." in conflict["explanation_en"]
    assert "được in hai lần, một lần là '6,12%'" in conflict["explanation_vi"]
    assert set(status(result).values()) == {"doubted"}


def test_the_figures_beside_it_tell_which_of_the_two_to_doubt() -> None:
    result = reconcile.run(ledger(*TWICE, *COUNTED), NO_LINKS)
    assert set(result.conflicts["doubted"]) == {"a"}
    assert "same-figure-in-source" in result.conflicts["rules"].tolist()
    others = status(result)
    assert others.pop("a") in ("doubted", "adjusted", "corrected")
    assert set(others.values()) == {"consistent"}


@pytest.mark.parametrize(
    ("indicator", "first", "second"),
    [
        ("poor_households", "100 hộ", "300 hộ"),
        ("total_households", "1.000 hộ", "3.000 hộ"),
        ("share_of_poor_households", "40,5%", "62,5%"),
        ("loans", "12 hộ", "14 hộ"),
    ],
)
@pytest.mark.parametrize("rate", [(), (figure("r", "poor_rate", "10%"),)])
def test_every_kind_of_figure_can_contradict_itself(
    indicator: str, first: str, second: str, rate: tuple[dict[str, str], ...]
) -> None:
    rows = figure("a", indicator, first), figure("b", indicator, second)
    result = reconcile.run(ledger(*rows, *rate), NO_LINKS)
    assert result.conflicts["rules"].tolist() == ["same-figure-in-source"]
    assert result.conflicts["doubted"].tolist() == ["a|b"]


def test_the_other_checks_of_a_record_go_on_beside_a_repeat() -> None:
    rows = (
        *TWICE,
        figure("e", "poor_households", "900 hộ", period="2024-12", group="rural"),
        figure("f", "poor_households", "800 hộ", period="2024-12", group="urban"),
        figure("g", "poor_households", "1.800 hộ", period="2024-12"),
    )
    tied = links("e all_parts_of g\nf all_parts_of g")
    rules = set(reconcile.run(ledger(*rows), tied).conflicts["rules"])
    assert rules == {"same-figure-in-source", "sum-of-parts"}


@pytest.mark.parametrize("again", ["6,12%", "6,1%", "dưới 7%"])
def test_a_repeat_that_meets_the_first_is_no_conflict(again: str) -> None:
    rows = TWICE[0], TWICE[1] | {"printed": again}
    result = reconcile.run(ledger(*rows), NO_LINKS)
    assert result.conflicts.empty
    assert set(status(result).values()) == {"consistent"}
    spoilt = reconcile.run(ledger(*rows, *COUNTED), NO_LINKS)
    assert spoilt.conflicts["rules"].tolist()[0] == "households-rate-total"


@pytest.mark.parametrize(
    "columns",
    [
        ({"period": ""}, {"period": ""}),
        ({"standard": "", "note": "city standard"}, {"standard": "", "note": "central standard"}),
    ],
)
def test_repeats_that_nothing_dates_or_defines_are_not_compared(
    columns: tuple[dict[str, str], dict[str, str]],
) -> None:
    rows = [row | more for row, more in zip(TWICE, columns, strict=True)]
    result = reconcile.run(ledger(*rows), NO_LINKS)
    assert result.conflicts.empty
    assert set(status(result).values()) == {"unchecked"}
    assert result.figures["why"].str.startswith("printed again with another value").all()


@pytest.mark.parametrize(
    "other", [{"status": "target"}, {"status": "preliminary"}, {"standard": "2016-2020"}]
)
def test_another_status_or_standard_is_another_figure(other: dict[str, str]) -> None:
    assert reconcile.run(ledger(TWICE[0], TWICE[1] | other), NO_LINKS).conflicts.empty


def test_two_things_of_one_label_are_two_figures() -> None:
    sample = (
        figure("a", "other_lao_dong", "15.384 lao động", period="2021", unit="lao động"),
        figure("b", "other_lao_dong", "292 lao động", period="2021", unit="lao động"),
    )
    assert reconcile.run(ledger(*sample), NO_LINKS).conflicts.empty
    tied = links("b part_of a")
    assert reconcile.run(ledger(*sample), tied).conflicts.empty


def test_two_changes_of_one_period_may_have_two_beginnings() -> None:
    rows = [row | {"indicator": "poor_rate_change", "direction": "fall"} for row in TWICE]
    assert reconcile.run(ledger(*rows), NO_LINKS).conflicts.empty


# One total printed in two places


def test_a_total_printed_twice_makes_one_conflict() -> None:
    rows = (
        figure("a", "poor_households", "503 hộ nghèo/36.662 hộ"),
        figure("b", "total_households", "36.662 hộ"),
        figure("c", "near_poor_households", "649 hộ"),
        figure("d", "near_poor_rate", "2,14%"),
    )
    conflicts = reconcile.run(ledger(*rows), NO_LINKS).conflicts
    (conflict,) = conflicts.to_dict("records")
    records = implied.records(reconcile.implied_totals(ledger(*rows), NO_LINKS), conflicts)
    assert records["conflict"].tolist() == ["yes"]
    assert conflict["figures"] == "a b c d"
    assert conflict["doubted"] == "c|d"
    assert "and '36.662 hộ' give a total of 36,662;" in conflict["explanation_en"]


# Changes per year


def thai_binh(per_year: str, *, end: str = "2020") -> tuple[dict[str, str], ...]:
    """Two levels of a rate, their printed change and a change per year."""
    return (
        figure("a", "poor_rate", "5,27%", period="2015"),
        figure("b", "poor_rate", "2,36%", period=end),
        figure("c", "poor_rate_change_per_year", per_year, period="2020", unit="pp",
               direction="fall"),
    )  # fmt: skip


BOTH = links("c change_of a\nc change_of b")


@pytest.mark.parametrize("per_year", ["giảm 0,58%", "giảm 0,6%"])
def test_a_change_per_year_counts_once_a_year(per_year: str) -> None:
    result = reconcile.run(ledger(*thai_binh(per_year)), BOTH)
    assert result.conflicts.empty
    assert set(status(result).values()) == {"consistent"}


def test_a_change_per_year_that_its_levels_exclude() -> None:
    result = reconcile.run(ledger(*thai_binh("giảm 0,85%")), BOTH)
    (conflict,) = result.conflicts.to_dict("records")
    assert conflict["rules"] == "change-of-level"
    assert "imply a fall of 0.580–0.584 pp a year" in conflict["explanation_en"]
    assert "0,580–0,584 điểm phần trăm mỗi năm" in conflict["explanation_vi"]
    assert "c=giảm 0,58%" in conflict["suggestion"].split("|")


def test_a_change_per_year_tells_which_change_to_doubt() -> None:
    fall = figure("d", "poor_rate_change", "giảm 3,21%", period="2020", direction="fall")
    tied = links("c change_of a\nc change_of b\nd change_of a\nd change_of b")
    result = reconcile.run(ledger(*thai_binh("giảm 0,58%"), fall), tied)
    assert result.conflicts["doubted"].tolist() == ["d"]


@pytest.mark.parametrize("tied", ["c change_of a", "c change_of b"])
def test_a_change_per_year_with_one_level_linked_is_not_checked(tied: str) -> None:
    result = reconcile.run(ledger(*thai_binh("giảm 0,85%")), links(tied))
    assert result.conflicts.empty and status(result)["c"] == "unchecked"


def test_a_change_per_year_over_part_of_a_year_is_not_checked() -> None:
    result = reconcile.run(ledger(*thai_binh("giảm 0,85%", end="2020-M9")), BOTH)
    assert result.conflicts.empty
