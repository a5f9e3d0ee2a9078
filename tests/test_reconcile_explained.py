"""What is explained and never adjusted, and what only seems to be explained; on small ledgers."""

import pandas as pd
import pytest
from small_ledgers import NO_LINKS, figure, ledger, links, status

from helpers import reconcile

REGIONS = ("RRD", "NMM", "NCC", "CH", "SE", "MRD")


def rates(country: str, *, count: str = "") -> pd.DataFrame:
    """Six regions at 1,00 % to 6,00 %, each of 10.000 households, and a rate of the country."""
    rows = [figure(f"r{n}", "poor_rate", f"{n},00%", place=p) for n, p in enumerate(REGIONS, 1)] + [
        figure("c", "poor_rate", country, place="VN")
    ]
    if count:
        rows += [
            figure(f"h{n}", "poor_households", f"{n}00 hộ", place=place)
            for n, place in enumerate(REGIONS, 1)
        ]
    return ledger(*rows)


def only(result: reconcile.Reconciled) -> dict[str, str]:
    (row,) = result.conflicts.to_dict("records")
    return {str(name): str(cell) for name, cell in row.items()}


# A rate of the whole and those of its parts


def test_a_rate_between_those_of_the_parts_may_be_their_mean() -> None:
    assert reconcile.run(rates("5,00%"), NO_LINKS).conflicts.empty


def test_a_rate_outside_those_of_the_parts_cannot_be_their_mean() -> None:
    found = only(reconcile.run(rates("7,00%"), NO_LINKS))
    assert (found["rules"], found["cause"]) == ("weighted-mean", "unknown")
    assert set(found["doubted"].split("|")) == {"c", *(f"r{n}" for n in range(1, 7))}


def test_a_mean_of_other_weights_is_explained_by_the_base() -> None:
    # 100 + 200 + … + 600 of 60.000 households are 3,50 %.
    assert reconcile.run(rates("3,50%", count="yes"), NO_LINKS).conflicts.empty
    result = reconcile.run(rates("3,60%", count="yes"), NO_LINKS)
    assert only(result)["cause"] == "base"
    assert result.changes.empty
    assert status(result)["c"] == "explained"


def test_a_rate_far_from_the_mean_is_doubted() -> None:
    # 100 + 200 + … + 600 of 60.000 households are 3,50 %.
    found = only(reconcile.run(rates("4,50%", count="yes"), NO_LINKS))
    assert (found["cause"], found["suggestion"]) == ("wrong_digit", "c=3,50%")
    assert "c" in found["doubted"].split("|")
    assert only(reconcile.run(rates("4,94%", count="yes"), NO_LINKS))["cause"] == "unknown"


def test_a_rate_of_zero_leaves_its_households_open() -> None:
    table = rates("3,40%", count="yes")
    zero = table["figure_id"].isin(["r1", "h1"])
    table.loc[zero, "printed"] = "0"
    table.loc[zero, ["value", "low", "high"]] = 0.0
    table.loc[table["figure_id"] == "r1", "high"] = 0.005
    assert reconcile.run(table, NO_LINKS).conflicts.empty
    total = ledger(figure("t", "total_households", "10.000 hộ", place="RRD"))
    known = pd.concat([table, total], ignore_index=True)
    assert only(reconcile.run(known, NO_LINKS))["cause"] == "base"


def test_nothing_is_concluded_from_a_rate_that_is_doubted_itself() -> None:
    table = rates("3,60%", count="yes")
    extra = ledger(figure("t", "total_households", "20.000 hộ", place="RRD"))
    result = reconcile.run(pd.concat([table, extra], ignore_index=True), NO_LINKS)
    assert only(result)["rules"] == "households-rate-total"


# Sums whose parts are not complete

GROUPS = """
p1 all_parts_of w
p2 all_parts_of w
s1 rate_of p1
s2 rate_of p2
"""


def groups(second: str, share: str) -> pd.DataFrame:
    return ledger(
        figure("w", "poor_households", "1.000 hộ"),
        figure("p1", "poor_households", "600 hộ", group="Thái"),
        figure("s1", "share_of_poor_households", "60,0%", group="Thái"),
        figure("p2", "poor_households", second, group="Mông"),
        figure("s2", "share_of_poor_households", share, group="Mông"),
    )


def test_shares_that_lack_as_much_say_that_parts_are_missing() -> None:
    found = only(reconcile.run(groups("350 hộ", "35,0%"), links(GROUPS)))
    assert (found["rules"], found["cause"], found["doubted"]) == ("sum-of-parts", "base", "")


def test_shares_that_are_whole_say_that_a_part_is_wrong() -> None:
    result = reconcile.run(groups("300 hộ", "40,0%"), links(GROUPS))
    assert set(result.conflicts["doubted"]) == {"p2"}
    assert result.changes["new_value"].tolist() == [400]


# Other dates and standards


def two(first: dict[str, str], second: dict[str, str]) -> pd.DataFrame:
    return ledger(
        figure("a", "poor_rate", "5,23%", **({"source_id": "s1"} | first)),
        figure("b", "poor_rate", "5,35%", **({"source_id": "s2"} | second)),
    )


@pytest.mark.parametrize(
    ("first", "second", "cause"),
    [
        ({}, {}, "unknown"),
        ({}, {"status": "preliminary"}, "preliminary"),
        ({"period": "2022"}, {"period": "2022-12"}, "date"),
        ({"period": "2022-12"}, {"period": "2023-01"}, "date"),
        ({}, {"standard": "gso-md-2022"}, "standard"),
    ],
)
def test_sources_may_differ_for_a_reason(
    first: dict[str, str], second: dict[str, str], cause: str
) -> None:
    result = reconcile.run(two(first, second), NO_LINKS)
    assert (only(result)["scope"], only(result)["cause"]) == ("cross", cause)
    assert result.changes.empty
    assert (only(result)["doubted"] == "") == (cause != "unknown")


def test_a_slip_between_two_sources_is_told() -> None:
    table = ledger(
        figure("a", "poor_households", "11.255 hộ", source_id="s1"),
        figure("b", "poor_households", "11.525 hộ", source_id="s2"),
    )
    found = only(reconcile.run(table, NO_LINKS))
    assert (found["cause"], found["suggestion"]) == ("transposed", "a=11.525 hộ|b=11.255 hộ")


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"period": "2022-06"}, {"period": "2022-12"}),
        ({"standard": ""}, {}),
        ({}, {"place": "46"}),
        ({"source_id": "s2"}, {"standard": "gso-md-2022"}),  # it says itself that they are two
        ({"period": "2022-M9"}, {"period": "2022-09"}),
    ],
)
def test_what_is_not_one_thing_is_not_compared(
    first: dict[str, str], second: dict[str, str]
) -> None:
    assert reconcile.run(two(first, second), NO_LINKS).conflicts.empty


def test_a_change_between_two_standards_is_explained() -> None:
    table = ledger(
        figure("a", "poor_rate", "5,00%", period="2021", standard="2016-2020"),
        figure("b", "poor_rate", "9,00%", period="2022"),
        figure("c", "poor_rate_change", "1,00%", direction="fall"),
    )
    result = reconcile.run(table, links("c change_of a\nc change_of b"))
    assert (only(result)["rules"], only(result)["cause"]) == ("change-of-level", "standard")
    assert "a rise of 4.00" not in only(result)["explanation_vi"]


# The same number again


def test_a_number_of_an_earlier_year_is_stale() -> None:
    table = ledger(
        figure("z", "poor_households", "1.234 hộ", period="2021", source_id="old"),
        figure("a", "poor_households", "1.234 hộ"),
        figure("b", "near_poor_households", "2.000 hộ"),
        figure("c", "multidim_poor_households", "3.000 hộ"),
    )
    found = only(reconcile.run(table, NO_LINKS))
    assert (found["rules"], found["cause"]) == ("poor-and-near-poor", "stale")


def test_a_number_of_a_neighbour_is_copied() -> None:
    table = ledger(
        figure("z", "poor_households", "1.234 hộ", place="46"),
        figure("a", "poor_households", "1.234 hộ"),
        figure("b", "near_poor_households", "2.000 hộ"),
        figure("c", "multidim_poor_households", "3.000 hộ"),
    )
    assert only(reconcile.run(table, NO_LINKS))["cause"] == "copied"
    round_numbers = table.assign(printed=table["printed"].str.replace("1.234", "1.200"))
    round_numbers.loc[:1, ["value", "low", "high"]] = 1200.0
    assert only(reconcile.run(round_numbers, NO_LINKS))["cause"] != "copied"


# Loose words


@pytest.mark.parametrize(("printed", "explained"), [("hơn 9 nghìn", True), ("hơn 6 nghìn", False)])
def test_a_loose_word_is_loose_by_a_quarter(printed: str, explained: bool) -> None:
    table = ledger(
        figure("a", "poor_households", f"{printed} hộ"),
        figure("b", "near_poor_households", "1.000 hộ"),
        figure("c", "multidim_poor_households", "11.990 hộ"),
    )
    assert (only(reconcile.run(table, NO_LINKS))["cause"] == "convention") == explained
