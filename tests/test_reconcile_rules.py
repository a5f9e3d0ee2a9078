"""Rules of the field beyond rates and sums, and rules that users add, on small ledgers."""

import re
from pathlib import Path

import pandas as pd
import pytest
from small_ledgers import NO_LINKS, figure, ledger, links, status

from helpers import districts, places, reconcile, rules
from helpers.formulas import linear, ratio
from helpers.project import UserError


def conflict(result: reconcile.Reconciled) -> dict[str, str]:
    """The only conflict of a result."""
    (row,) = result.conflicts.to_dict("records")
    return {str(name): str(cell) for name, cell in row.items()}


# Stock and flows


def flows(end: str) -> pd.DataFrame:
    """1.000 − 300 + 10 + 40 = 750 poor households at the end of 2022."""
    return ledger(
        figure("a", "poor_households", "1.000 hộ", period="2021"),
        figure("b", "households_escaping_poverty", "300 hộ"),
        figure("c", "households_falling_back", "10 hộ"),
        figure("d", "households_newly_poor", "40 hộ"),
        figure("e", "poor_households", end),
    )


def test_a_stock_follows_from_the_one_before_and_its_flows() -> None:
    assert set(status(reconcile.run(flows("750 hộ"), NO_LINKS)).values()) == {"consistent"}
    found = conflict(reconcile.run(flows("570 hộ"), NO_LINKS))
    assert found["rules"] == "stock-and-flows"
    # Nobody can fall back or be newly poor so as to make it fewer: those two are not doubted.
    assert "must be 700 or more, but '570 hộ' is printed" in found["explanation_en"]
    assert set(found["doubted"].split("|")) == {"a", "b", "e"}
    assert "e=750 hộ" in found["suggestion"].split("|")


def test_more_than_the_flows_bring_is_doubted_of_all() -> None:
    found = conflict(reconcile.run(flows("760 hộ"), NO_LINKS))
    assert "must be 750, but '760 hộ' is printed" in found["explanation_en"]
    assert set(found["doubted"].split("|")) == set("abcde")


def test_a_stock_in_december_is_that_of_the_year() -> None:
    table = flows("570 hộ").assign(period=["2021-12", "2022", "2022", "2022", "2022-12"])
    assert conflict(reconcile.run(table, NO_LINKS))["rules"] == "stock-and-flows"


def test_without_all_flows_nothing_is_said() -> None:
    table = flows("570 hộ").query("figure_id != 'c'").reset_index(drop=True)
    result = reconcile.run(table, NO_LINKS)
    assert result.conflicts.empty


def test_flows_of_half_a_year_do_not_begin_a_year_before() -> None:
    table = flows("570 hộ").assign(period=["2021-H1", *["2022-H1"] * 4])
    assert reconcile.run(table, NO_LINKS).conflicts.empty


def test_the_net_change_is_that_of_the_flows() -> None:
    rows = [
        figure("a", "households_escaping_poverty", "300 hộ"),
        figure("b", "households_falling_back", "10 hộ"),
        figure("c", "households_newly_poor", "40 hộ"),
    ]
    fall = figure("d", "poor_households_change", "250 hộ", direction="fall")
    rise = fall | {"direction": "rise"}
    assert reconcile.run(ledger(*rows, fall), NO_LINKS).conflicts.empty
    assert conflict(reconcile.run(ledger(*rows, rise), NO_LINKS))["rules"] == "net-of-flows"


def test_no_more_escape_than_were_poor() -> None:
    table = ledger(
        figure("a", "poor_households", "1.000 hộ", period="2021"),
        figure("b", "households_escaping_poverty", "3.000 hộ"),
    )
    found = conflict(reconcile.run(table, NO_LINKS))
    assert found["rules"] == "escaped-within-stock"
    assert "at least 3,000 or more were poor" in found["explanation_en"]


# The hierarchy


def of_places(indicator: str, values: dict[str, str]) -> pd.DataFrame:
    """A figure a place, called by the place's code."""
    return ledger(*(figure(p.replace(" ", "_"), indicator, v, place=p) for p, v in values.items()))


REGIONS = dict.fromkeys(("RRD", "NMM", "NCC", "CH", "SE", "MRD"), "1.000 hộ")


def test_all_regions_add_up_to_the_country() -> None:
    good = of_places("poor_households", REGIONS | {"VN": "6.000 hộ"})
    assert set(status(reconcile.run(good, NO_LINKS)).values()) == {"consistent"}
    found = conflict(
        reconcile.run(of_places("poor_households", REGIONS | {"VN": "6.100 hộ"}), NO_LINKS)
    )
    assert (found["rules"], found["place"]) == ("places-add-up", "VN")


def test_five_of_six_regions_need_not() -> None:
    five = {code: printed for code, printed in REGIONS.items() if code != "SE"}
    table = of_places("poor_households", five | {"VN": "6.100 hộ"})
    assert reconcile.run(table, NO_LINKS).conflicts.empty


def test_all_districts_and_no_other_add_up_to_the_province() -> None:
    mine = districts.of("45")
    values = {district.place: "100 hộ" for district in mine}
    table = of_places("poor_households", values | {"45": f"{len(mine)}50 hộ"})
    assert conflict(reconcile.run(table, NO_LINKS))["rules"] == "places-add-up"
    # A district that was merged later stands beside them: the list is not that of the date.
    older = of_places("poor_households", values | {"45/Cũ": "50 hộ", "45": f"{len(mine)}50 hộ"})
    assert reconcile.run(older, NO_LINKS).conflicts.empty


def test_all_provinces_add_up_to_their_region() -> None:
    values = dict.fromkeys(places.members("CH"), "100 hộ")
    table = of_places("total_households", values | {"CH": "505 hộ"})
    assert conflict(reconcile.run(table, NO_LINKS))["rules"] == "places-add-up"


# Plans and amounts


def test_what_was_achieved_is_its_per_cent_of_the_plan() -> None:
    rows = [
        figure("a", "jobs_created", "15.384 lao động", unit="lao động", period="2021-H1"),
        figure("b", "jobs_created_achieved", "66,88%", period="2021-H1"),
        figure("c", "target_jobs_created", "23.000 lao động", unit="lao động", period="2021"),
    ]
    tie = links("b achieved_of a")
    # 15.384 of 23.000 is 66,887 %: cut off, not rounded.
    found = conflict(reconcile.run(ledger(*rows), tie))
    assert found["rules"] == "achieved-of-plan"
    assert found["cause"] == "truncated"
    good = [*rows[:1], rows[1] | {"printed": "66,89%"}, rows[2]]
    assert set(status(reconcile.run(ledger(*good), tie)).values()) == {"consistent"}


def test_a_plan_that_is_not_printed_is_no_conflict() -> None:
    rows = [
        figure("a", "classes", "12 lớp", unit="lớp"),
        figure("b", "classes_achieved", "66,88%"),
    ]
    assert reconcile.run(ledger(*rows), links("b achieved_of a")).conflicts.empty


def test_an_amount_is_its_recipients_times_the_mean() -> None:
    rows = [
        figure("a", "households_supported", "16.650 hộ"),
        figure("b", "support_budget", "4.959.000.000 đồng", unit="đồng"),
        figure("c", "support_per_household", "300.000 đồng", unit="đồng"),
    ]
    tie = links("a recipients_of b\nc rate_of b")
    found = conflict(reconcile.run(ledger(*rows), tie))
    assert found["rules"] == "amount-and-recipients"
    assert "b=4.995.000.000 đồng" in found["suggestion"].split("|")


# Users' rules


def book(path: Path, *rows: str) -> rules.Book:
    """The project's rules and these: `id | kind | formula`."""
    own = [
        ",".join(
            [*(f'"{cell.strip()}"' for cell in row.split("|")), "Own", "Của tôi", "", "", "me"]
        )
        for row in rows
    ]
    path.write_text(rules.FILE.read_text("utf-8") + "\n".join(own) + "\n", encoding="utf-8")
    return rules.read(path)


def test_a_user_adds_a_linear_rule(tmp_path: Path) -> None:
    mine = book(tmp_path / "r.csv", "houses | linear | houses_built + houses_mended = houses_done")
    table = ledger(
        figure("a", "houses_built", "120 nhà", unit="nhà"),
        figure("b", "houses_mended", "80 nhà", unit="nhà"),
        figure("c", "houses_done", "210 nhà", unit="nhà"),
    )
    found = conflict(reconcile.run(table, NO_LINKS, mine))
    assert found["rules"] == "houses"
    assert "from '120 nhà' and '80 nhà' follows 200" in found["explanation_en"]
    assert "suy ra 200" in found["explanation_vi"]
    assert reconcile.run(table, NO_LINKS).conflicts.empty


def test_a_rule_that_nothing_prints_is_named(tmp_path: Path) -> None:
    mine = book(tmp_path / "r.csv", "houses | linear | houses_bulit = houses_done")
    table = ledger(figure("c", "houses_done", "210 nhà", unit="nhà"))
    assert "houses" in reconcile.run(table, NO_LINKS, mine).idle


def test_a_user_adds_a_ratio(tmp_path: Path) -> None:
    mine = book(tmp_path / "r.csv", "insured | ratio | insured_rate = 100 * insured / persons")
    table = ledger(
        figure("a", "insured", "900 người", unit="người"),
        figure("b", "insured_rate", "95%"),
        figure("c", "persons", "1.000 người", unit="người"),
    )
    found = conflict(reconcile.run(table, NO_LINKS, mine))
    assert found["rules"] == "insured"
    assert set(found["doubted"].split("|")) == {"a", "b", "c"}


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("mine | linear | a + b", "compares nothing"),
        ("mine | linear | a * b = c", "it is not linear"),
        ("mine | linear | 1 = 1", "names no indicator"),
        ("mine | ratio | a = b", "write it as `rate = 100 * part / whole`"),
        ("mine | ratio | a = 0 * b / c", "write it as `rate = 100 * part / whole`"),
        ("mine | ratio | a = b / b", "write it as `rate = 100 * part / whole`"),
        ("mine | guess | a = b", "give your own rule the kind linear or ratio"),
    ],
)
def test_a_formula_that_cannot_be_read_is_named(row: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=re.escape(said)) as caught:
        book(tmp_path / "r.csv", row)
    assert str(caught.value).startswith(f"{tmp_path / 'r.csv'}, line ")


def test_rules_that_exclude_each_other_are_named(tmp_path: Path) -> None:
    texts = (
        "one | linear | a_households <= b_households - 5",
        "two | linear | b_households <= a_households",
        "three | linear | a_households <= 1000",
    )
    with pytest.raises(UserError, match="no values fit the rules one and two together"):
        book(tmp_path / "r.csv", *texts)


def test_formulas_say_terms() -> None:
    (rule,) = linear("a = a[-1] - 2·b + 3")
    assert [(t.indicator, t.years_before, t.coefficient) for t in rule.terms] == [
        ("a", 1, -1.0), ("b", 0, 2.0), ("a", 0, 1.0),
    ]  # fmt: skip
    assert (rule.low, rule.high) == (3.0, 3.0)
    assert ratio("mean = amount / heads").factor == 1.0
