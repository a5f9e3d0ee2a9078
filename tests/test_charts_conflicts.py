"""Charts of notebook 2: what is chosen and told, from small ledgers in which one can see it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from drawn_charts import (
    LANGUAGES,
    Drawn,
    assert_same_bytes,
    cut_off,
    is_another_sentence,
    ledger_rows,
    texts,
)
from matplotlib.patches import Rectangle
from small_ledgers import figure, ledger, links

from helpers import charts, reconcile
from helpers.charts import implied

# 3.616 at 12,5 % needs at least 28,813 households, 4.103 at 13,67 % at most 30,025: no total.
# 5,27 % to 2,36 % is a fall of 2,90 to 2,92 pp, never 3,21. 69.239 + 100.237 is 169.476, not 566,
# and 69.239 is not 40.000 + 29.329 either: both would be right with 69.329.
# One source calls its 16,62 % an estimate: that explains why another has 16,33 %.
# 7,71 % and 5,45 % suit one total; 3,26 % is 9,77 − 6,51 or, before rounding, 9,77 − 6,52.
LEDGER = ledger(
    figure("a1", "poor_households", "3.616 hộ", source_id="a", place="58/Ninh Phước"),
    figure("a2", "poor_rate", "12,5%", source_id="a", place="58/Ninh Phước"),
    figure("a3", "near_poor_households", "4.103 hộ", source_id="a", place="58/Ninh Phước"),
    figure("a4", "near_poor_rate", "13,67%", source_id="a", place="58/Ninh Phước"),
    figure("b1", "poor_rate", "5,27%", source_id="b", place="34", period="2019"),
    figure("b2", "poor_rate", "2,36%", source_id="b", place="34", period="2020"),
    figure("b3", "poor_rate_change", "giảm 3,21%", source_id="b", place="34", period="2020",
           direction="fall"),
    figure("c1", "poor_households", "69.239 hộ", source_id="c", place="RRD"),
    figure("c2", "near_poor_households", "100.237 hộ", source_id="c", place="RRD"),
    figure("c3", "multidim_poor_households", "169.566 hộ", source_id="c", place="RRD"),
    figure("c4", "poor_households", "40.000 hộ", source_id="c", place="01"),
    figure("c5", "poor_households", "29.329 hộ", source_id="c", place="22"),
    figure("d1", "poor_rate", "16,33%", source_id="d", place="12"),
    figure("e1", "poor_rate", "16,62%", source_id="e", place="12", status="estimate"),
    figure("q1", "poor_households", "14.040 hộ", source_id="q", place="45", period="2023-12"),
    figure("q2", "poor_rate", "7,71%", source_id="q", place="45", period="2023-12"),
    figure("q3", "near_poor_households", "9.927 hộ", source_id="q", place="45", period="2023-12"),
    figure("q4", "near_poor_rate", "5,45%", source_id="q", place="45", period="2023-12"),
    figure("r1", "poor_rate", "9,77%", source_id="r", place="45", period="2018"),
    figure("r2", "poor_rate", "6,52%", source_id="r", place="45", period="2019"),
    figure("r3", "poor_rate_change", "giảm 3,26%", source_id="r", place="45", period="2019",
           direction="fall"),
    figure("u1", "poor_rate", "4,00%", source_id="u", place="10"),
)  # fmt: skip
LINKS = links(
    "b3 change_of b1\nb3 change_of b2\nr3 change_of r1\nr3 change_of r2\n"
    "c4 all_parts_of c1\nc5 all_parts_of c1"
)
RESULT = reconcile.run(LEDGER, LINKS)
TOTALS = reconcile.implied_totals(LEDGER, LINKS)
EXAMPLE = LEDGER[LEDGER["source_id"] == "q"]
EXAMPLE_TOTALS = reconcile.implied_totals(EXAMPLE, LINKS)
NOTHING = reconcile.run(EXAMPLE, LINKS)
NO_RANGES, NO_CONFLICTS = RESULT.ranges.iloc[:0], RESULT.conflicts.iloc[:0]
SOURCE = "gso-poverty-province"


def region(place: str, year: int, own: float, low: float, high: float) -> dict[str, object]:
    """A region-year: its own rate to two decimals, and the weighted mean of its provinces."""
    middle = (low + high) / 2
    apart = max(own - 0.005 - high, low - own - 0.005, 0.0)
    side = "meets" if apart == 0 else "below" if own < middle else "above"
    return {
        "standard": "gso-md-2022", "place": place, "year": year, "printed": f"{own:.2f}",
        "rate_low": own - 0.005, "rate_high": own + 0.005, "weighted": middle, "side": side,
        "weighted_low": low, "weighted_high": high, "gap_pp": own - middle, "apart_pp": apart,
        "least_weight_change_pct": 20 * apart, "missing": "", "checked": True,
        "source_id": SOURCE, "parts_source": SOURCE,
    }  # fmt: skip


REGIONS = pd.DataFrame(
    [
        region("CH", 2022, 10.77, 10.99, 11.01),
        region("CH", 2023, 9.03, 9.22, 9.24),
        region("RRD", 2022, 0.91, 0.86, 0.88),
        region("MRD", 2022, 3.95, 3.94, 3.96),
    ]
)
STEADY = pd.DataFrame({"standard": ["gso-md-2022"], "region": ["CH"], "possible": [False]})
SUMS = pd.DataFrame(
    [("gso-population", place, "2012", "population_total", kind, True, agree, gap, 0.15)
     for place, kind, agree, gap in (("NCC", "sexes", False, 0.3), ("45", "sexes", True, 0.1),
                                     ("46", "sexes", True, 0.0), ("VN", "places", True, 0.15))],
    columns=["source_id", "place", "period", "indicator", "kind", "checked", "agree", "gap",
             "rounding"],
)  # fmt: skip
BROKEN = pd.DataFrame({f"explanation_{lang}": [f"{lang}."] for lang in LANGUAGES})

FIGURES: dict[str, Callable[[str], Drawn]] = {
    "2-idea": lambda lang: charts.idea.from_print_to_ranges(
        EXAMPLE, EXAMPLE_TOTALS, RESULT.ranges, RESULT.conflicts, lang
    ),
    "2-naive-checks": lambda lang: charts.naive.naive_checks(
        charts.naive.checks(LEDGER, LINKS, TOTALS, RESULT.conflicts), lang
    ),
    "2-printed-against-implied": lambda lang: charts.conflicts.printed_against_implied(
        TOTALS, RESULT.conflicts, lang
    ),
    "2-conflict-map": lambda lang: charts.conflicts.conflict_map(
        RESULT.conflicts, RESULT.figures, lang
    ),
    "2-five-conflicts": lambda lang: charts.telling.five_conflicts(
        RESULT.ranges, RESULT.conflicts, RESULT.figures, lang
    ),
    "2-smallest-sets": lambda lang: charts.sets.smallest_sets(
        RESULT.conflicts, RESULT.figures, lang
    ),
    "2-before-and-after": lambda lang: charts.reconciled.before_and_after(
        RESULT.changes, RESULT.figures, RESULT.conflicts, lang
    ),
    "2-explained": lambda lang: charts.telling.explained(
        RESULT.ranges, RESULT.conflicts, RESULT.figures, lang
    ),
    "2-official-gaps": lambda lang: charts.official.regional_gaps(REGIONS, lang),
    "2-official-weights": lambda lang: charts.official.least_weights(REGIONS, lang),
    "2-official-sums": lambda lang: charts.official.population_sums(SUMS, lang),
}
EMPTY: dict[str, Callable[[str], Drawn]] = {
    "2-idea": lambda lang: charts.idea.from_print_to_ranges(
        EXAMPLE.iloc[:0], EXAMPLE_TOTALS.iloc[:0], NO_RANGES, NO_CONFLICTS, lang
    ),
    "2-naive-checks": lambda lang: charts.naive.naive_checks(
        charts.naive.checks(LEDGER.iloc[:0], LINKS, TOTALS.iloc[:0], NO_CONFLICTS), lang
    ),
    "2-printed-against-implied": lambda lang: charts.conflicts.printed_against_implied(
        TOTALS.iloc[:0], NO_CONFLICTS, lang
    ),
    "2-conflict-map": lambda lang: charts.conflicts.conflict_map(
        NO_CONFLICTS, NOTHING.figures, lang
    ),
    "2-five-conflicts": lambda lang: charts.telling.five_conflicts(
        NO_RANGES, NO_CONFLICTS, NOTHING.figures, lang
    ),
    "2-smallest-sets": lambda lang: charts.sets.smallest_sets(NO_CONFLICTS, NOTHING.figures, lang),
    "2-before-and-after": lambda lang: charts.reconciled.before_and_after(
        NOTHING.changes, NOTHING.figures, NO_CONFLICTS, lang
    ),
    "2-explained": lambda lang: charts.telling.explained(
        NO_RANGES, NO_CONFLICTS, NOTHING.figures, lang
    ),
    "2-official-gaps": lambda lang: charts.official.regional_gaps(REGIONS.iloc[:0], lang),
    "2-official-weights": lambda lang: charts.official.least_weights(REGIONS.iloc[3:], lang),
    "2-official-sums": lambda lang: charts.official.population_sums(SUMS.iloc[:0], lang),
}


def say(name: str, drawn: Drawn, result: reconcile.Reconciled, lang: str) -> str:
    """What notebook 2 says below a figure."""
    broken = BROKEN if result is RESULT else BROKEN.iloc[:0]
    told: dict[str, Callable[[], str]] = {
        "2-idea": lambda: charts.idea.say_idea(drawn[1], lang),
        "2-naive-checks": lambda: charts.naive.say_naive_checks(drawn[1], lang),
        "2-printed-against-implied": lambda: charts.conflicts.say_printed_against_implied(
            drawn[1], lang
        ),
        "2-conflict-map": lambda: charts.conflicts.say_conflict_map(
            result.conflicts, result.figures, lang
        ),
        "2-five-conflicts": lambda: charts.telling.say_five_conflicts(
            drawn[1], result.conflicts, result.figures, lang
        ),
        "2-smallest-sets": lambda: charts.sets.say_smallest_sets(drawn[1], lang),
        "2-before-and-after": lambda: charts.reconciled.say_before_and_after(
            drawn[1], result.figures, lang
        ),
        "2-explained": lambda: charts.telling.say_explained(drawn[1], result.conflicts, lang),
        "2-official-gaps": lambda: charts.official.say_regional_gaps(drawn[1], lang),
        "2-official-weights": lambda: charts.official.say_least_weights(drawn[1], STEADY, lang),
        "2-official-sums": lambda: charts.official.say_population_sums(broken, lang),
    }
    return told[name]()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", FIGURES)
def test_every_figure_is_drawn_in_both_languages(name: str, language: str) -> None:
    fig, data = FIGURES[name](language)
    assert len(data) > 0
    assert len(fig.texts) >= 2, "a title and a caption"
    assert not [text for text in texts(fig) if "{" in text or "nan" in text.split()]
    assert fig.texts[1].get_text().startswith({"en": "Source: ", "vi": "Nguồn: "}[language])
    assert cut_off(fig) == []


@pytest.mark.parametrize("name", FIGURES)
def test_the_same_data_give_the_same_bytes(name: str) -> None:
    assert_same_bytes(FIGURES[name]("vi"), FIGURES[name]("vi"))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", EMPTY)
def test_without_rows_figure_and_sentence_say_so(name: str, language: str) -> None:
    fig, data = EMPTY[name](language)
    assert data.empty
    assert not fig.axes
    assert cut_off(fig) == []
    said = say(name, (fig, data), NOTHING, language)
    assert is_another_sentence(said, fig), said


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", FIGURES)
def test_the_sentence_below_a_figure_is_not_its_title(name: str, language: str) -> None:
    drawn = FIGURES[name](language)
    said = say(name, drawn, RESULT, language).rstrip("*")
    assert is_another_sentence(said, drawn[0]), said


def test_the_idea_goes_from_a_print_to_ranges_that_meet_and_two_that_do_not() -> None:
    fig, data = FIGURES["2-idea"]("en")
    assert list(data["step"]) == [1, 2, 2, 3, 3]
    assert list(data.loc[0, ["printed", "low", "high"]]) == ["7,71%", 7.705, 7.715]
    # 14.040 households at 7.71 % need 181,984 to 182,219 households.
    poor = data[data["printed"] == "14.040 hộ ÷ 7,71%"]
    assert poor[["low", "high"]].to_numpy().tolist() == [[181_984.0, 182_219.0]]
    assert "1. “7,71%” stands for 7.705–7.715%" in [ax.get_title("left") for ax in fig.axes]
    said = charts.idea.say_idea(data, "en")
    assert "every total from 181,984 to 182,219 households" in said
    assert "Ninh Phước (Ninh Thuận)" in said


def test_without_a_conflict_the_idea_ends_where_ranges_meet() -> None:
    _, data = charts.idea.from_print_to_ranges(
        EXAMPLE, EXAMPLE_TOTALS, NO_RANGES, NO_CONFLICTS, "en"
    )
    assert list(data["step"]) == [1, 2, 2]
    assert "no two pairs" in charts.idea.say_idea(data, "en")


def test_taken_as_exact_a_sound_change_is_flagged_for_its_rounding() -> None:
    # 9,77 − 6,52 is 3,25, yet 3,26 is printed: before rounding it may have been 3,256.
    checks = charts.naive.checks(LEDGER, LINKS, TOTALS, RESULT.conflicts)
    rates = checks[checks["check"] == "rates"].set_index("source_id")
    assert list(rates.loc["r", ["difference", "flagged", "conflict"]]) == [0.01, "yes", "no"]
    assert list(rates.loc["b", ["difference", "flagged", "conflict"]]) == [0.3, "yes", "yes"]


def test_taken_as_exact_two_sound_totals_differ() -> None:
    # 14.040 ÷ 7,71 % is 182,101, and 9.927 ÷ 5,45 % is 182,147: 0.025 per cent more.
    checks = charts.naive.checks(LEDGER, LINKS, TOTALS, RESULT.conflicts)
    totals = checks[checks["check"] == "totals"].set_index("source_id")
    assert totals.loc["q", "difference"] == pytest.approx(100 * (182_147 / 182_101 - 1), abs=1e-3)
    assert list(totals.loc["q", ["flagged", "conflict"]]) == ["yes", "no"]
    assert totals.loc["a", "conflict"] == "yes"


def test_goals_are_no_sums_of_rates() -> None:
    names = ("poor_rate", "near_poor_rate", "multidim_poor_rate")
    prints = ("4,00%", "3,00%", "9,00%")
    for status, count in (("", 1), ("target", 0)):
        rows = [figure(name, name, text, status=status)
                for name, text in zip(names, prints, strict=True)]  # fmt: skip
        found = charts.naive.checks(ledger(*rows), links(""), TOTALS.iloc[:0], NO_CONFLICTS)
        assert len(found) == count


def test_a_tolerance_is_told_by_what_it_misses_and_what_it_flags() -> None:
    data = pd.DataFrame({
        "check": "totals", "difference": [0.1, 2.0, 1.0, 5.0],
        "flagged": "yes", "conflict": ["no", "no", "yes", "yes"],
    })  # fmt: skip
    said = charts.naive.say_naive_checks(data, "en")
    assert "(2.0%) misses 1 of 2 conflicts" in said
    assert "(1.00%) still flags 1 of 2 sound records" in said
    apart = data.assign(difference=[0.1, 0.2, 1.0, 5.0])
    assert "tolerance" not in charts.naive.say_naive_checks(apart, "en")


def test_a_record_fits_is_explained_or_in_conflict_and_else_not_counted() -> None:
    records = charts.conflicts.records(RESULT.figures)
    pairs = {(row["source_id"], row["verdict"]) for row in records.to_dict("records")}
    assert {pair for pair in pairs if pair[0] in "aqdu"} == {
        ("a", "conflict"), ("q", "fit"), ("d", "explained"),
    }, "source u prints nothing to compare its rate with"  # fmt: skip
    # Only the count of the region is doubted, not those of its two provinces.
    of_c = records[records["source_id"] == "c"].set_index("place")["verdict"]
    assert of_c.to_dict() == {"01": "fit", "22": "fit", "RRD": "conflict"}


def test_a_district_counts_for_its_province_at_its_year() -> None:
    _, data = FIGURES["2-conflict-map"]("en")
    rows = data[(data["place"] == "58") & (data["kind"] == "year")]
    assert rows[["code", "verdict", "count"]].to_numpy().tolist() == [["2022", "conflict", 1]]


def test_a_conflict_of_two_rules_counts_under_both() -> None:
    both = RESULT.conflicts.assign(rules="poor-and-near-poor sum-of-parts")
    _, data = charts.conflicts.conflict_map(both, RESULT.figures, "en")
    codes = data.loc[(data["place"] == "RRD") & (data["kind"] == "rule"), "code"]
    assert list(codes) == ["poor-and-near-poor", "sum-of-parts"]


def test_a_conflict_without_a_date_keeps_a_column_of_its_own() -> None:
    undated = RESULT.conflicts.assign(period="")
    fig, data = charts.conflicts.conflict_map(undated, RESULT.figures, "en")
    assert set(data.loc[(data["kind"] == "year") & (data["verdict"] != "fit"), "code"]) == {""}
    assert "no date" in texts(fig)


CONFLICTS = pd.DataFrame(
    [
        ("a:1", "transposed", "f1|f2", ""),
        ("b:1", "wrong_digit", "f3", "f3=8|f3=9"),
        ("b:2", "wrong_digit", "f4|f5", ""),
        ("c:1", "unknown", "f6 f7", ""),
        ("d:1", "standard", "", ""),
    ],
    columns=["conflict_id", "cause", "doubted", "suggestion"],
).assign(place="45", period="2022", rules="sum-of-parts")
FAR = {"a:1": 150.0, "b:1": 102.0, "b:2": 190.0, "c:1": 101.0, "d:1": 500.0}
RANGES = pd.DataFrame(
    [
        (name, side, side, "hộ", end, end)
        for name, far in FAR.items()
        for side, end in (("first", 100.0), ("second", far))
    ],
    columns=["conflict_id", "side", "printed", "unit", "low", "high"],
)


def test_each_cause_has_one_conflict_and_a_single_smallest_set_comes_first() -> None:
    data = charts.telling.telling(RANGES, CONFLICTS)
    # wrong_digit is told by b:1, narrower than b:2 but sure; then c:1, sure and narrowest;
    # then a:1, which leaves a choice. What a standard explains is no error.
    assert list(data["conflict_id"]) == ["b:1", "c:1", "a:1"]
    assert list(data["sets"]) == [1, 1, 2]
    assert charts.telling.telling(RANGES, CONFLICTS, 1)["conflict_id"].tolist() == ["b:1"]


def test_of_causes_as_sure_the_wider_gap_comes_first() -> None:
    sure = CONFLICTS.assign(doubted="f1")
    data = charts.telling.telling(RANGES, sure)
    assert list(data["conflict_id"]) == ["b:2", "a:1", "c:1"]
    assert data["gap"].tolist() == pytest.approx([90 / 145, 50 / 125, 1 / 100.5])


def test_the_choice_does_not_depend_on_the_order_of_rows() -> None:
    turned = charts.telling.telling(RANGES.iloc[::-1], CONFLICTS.iloc[::-1])
    pd.testing.assert_frame_equal(turned, charts.telling.telling(RANGES, CONFLICTS))


def test_a_range_open_at_one_end_is_not_drawn() -> None:
    endless = RANGES.assign(high=RANGES["high"].where(RANGES["conflict_id"] != "c:1", np.inf))
    assert "c:1" not in set(charts.telling.telling(endless, CONFLICTS)["conflict_id"])


def test_only_what_explains_is_shown_as_explained() -> None:
    figures = pd.DataFrame({"figure_id": [], "printed": []}, dtype="str")
    fig, data = charts.telling.explained(RANGES, CONFLICTS, figures, "en")
    assert list(data["conflict_id"]) == ["d:1"]
    assert [ax.get_xlabel() for ax in fig.axes] == [""], "nothing to doubt"


@pytest.mark.parametrize(
    ("doubted", "suggestion", "cause", "said"),
    [
        ("f1", "f1=69.329", "transposed",
         "To doubt: '69.239'. Probably meant: '69.329' for '69.239'."),
        ("f1 f2", "", "unknown",
         "To doubt: '69.239' and '12,5%'. No slip of the pen is singled out."),
        ("f1 f2|f1 f3", "", "unknown",
         "To doubt: ('69.239' and '12,5%') or ('69.239' and '3'). "
         "No slip of the pen is singled out."),
        ("f1|f2", "f2=12,05%|f2=12,1%|f1=69.230", "dropped_zero",
         "To doubt: '69.239' or '12,5%'. Probably meant: '12,05%' or '12,1%' for '12,5%'. "
         "Or another figure is misprinted (1 more could be)."),
        ("f1|f2|f3|f4|f5", "", "unknown",
         "To doubt: '69.239' or '12,5%' or '3' or '4', or 1 other sets. "
         "No slip of the pen is singled out."),
        ("f1|f2", "", "copied",
         "To doubt: '69.239' or '12,5%'. "
         "The same number stands beside it, for another place: probably copied from there."),
        ("", "", "base", "Nothing to doubt."),
    ],
)  # fmt: skip
def test_what_to_doubt_and_what_was_meant(
    doubted: str, suggestion: str, cause: str, said: str
) -> None:
    printed = pd.Series({"f1": "69.239", "f2": "12,5%", "f3": "3", "f4": "4", "f5": "5"})
    row = {"doubted": doubted, "suggestion": suggestion, "cause": cause}
    assert charts.telling.doubts(row, printed, "en") == said


def test_conflicts_are_told_as_two_ranges_that_exclude_each_other() -> None:
    fig, data = FIGURES["2-five-conflicts"]("en")
    apart = (data["first_low"] > data["second_high"]) | (data["second_low"] > data["first_high"])
    assert apart.all()
    said = texts(fig)
    assert "5,27% → 2,36%  ⇒  2.90–2.92 pp" in said
    assert "40.000 hộ + 29.329 hộ  ⇒  69,329 households" in said


def test_the_block_shown_has_most_conflicts_then_ties_then_fewest_figures() -> None:
    blocks = pd.DataFrame(
        [("s", "a|b", "a b c"), ("s", "a|b", "a b d"), ("t", "x", "x y"), ("t", "x", "x z"),
         ("u", "k|l", "k l"), ("u", "k|l", "k l m")],
        columns=["source_id", "doubted", "figures"],
    )  # fmt: skip
    assert set(charts.sets.chosen(blocks)["source_id"]) == {"u"}
    assert set(charts.sets.chosen(blocks.iloc[:4])["source_id"]) == {"s"}
    assert charts.sets.chosen(blocks.assign(doubted="")).empty


def test_every_smallest_set_touches_every_conflict() -> None:
    _, data = FIGURES["2-smallest-sets"]("en")
    mine = data[data["member"] == "yes"].groupby(["kind", "column"])["figure_id"].agg(set)
    assert mine["conflict"].size and mine["set"].size
    assert all(one & conflict for one in mine["set"] for conflict in mine["conflict"])


def test_only_doubted_values_move_and_by_how_much_is_told() -> None:
    _, data = FIGURES["2-before-and-after"]("en")
    doubted = set(" ".join(RESULT.conflicts["doubted"].str.replace("|", " ")).split())
    assert set(data["figure_id"]) <= doubted
    (row,) = data.to_dict("records")
    assert (row["printed"], row["reconciled"], row["status_reconciled"]) == (
        "69.239 hộ", 69_329.0, "corrected",
    )  # fmt: skip
    assert (row["sets"], row["in_sets"]) == (1, 1)
    assert row["moved_pct"] == pytest.approx(100 * (69_329 / 69_239 - 1))
    same = RESULT.figures[~RESULT.figures["figure_id"].isin(data["figure_id"])]
    assert same["reconciled"].equals(same["value"])
    said = charts.reconciled.say_before_and_after(data, RESULT.figures, "en")
    assert f"{len(same)} values stay exactly as printed" in said


def test_statuses_are_counted_commonest_first() -> None:
    said = charts.reconciled.say_statuses(NOTHING.figures, "en")
    assert said == "Of 4 printed figures: consistent 4."


def test_a_region_is_coloured_only_where_no_rounding_reconciles_it() -> None:
    _, data = FIGURES["2-official-gaps"]("en")
    assert data.set_index(["place", "year"])["side"].to_dict() == {
        ("CH", 2022): "below", ("CH", 2023): "below", ("RRD", 2022): "above",
        ("MRD", 2022): "meets",
    }  # fmt: skip
    said = charts.official.say_regional_gaps(data, "en")
    assert "multidimensional 2022: 3/4" in said
    assert "Central Highlands in 2022: 10.77% is printed where its provinces make 11.00%" in said
    assert "below in Central Highlands; above in Red River Delta" in said


def test_regions_beside_another_table_s_provinces_are_left_out() -> None:
    other = REGIONS.assign(source_id="nso-e14-46")
    assert charts.official.own_provinces(other).empty
    unchecked = REGIONS.assign(checked=False)
    assert charts.official.own_provinces(unchecked).empty


def test_least_changes_are_those_of_misfits() -> None:
    _, data = FIGURES["2-official-weights"]("en")
    assert set(data["place"]) == {"CH", "RRD"}
    said = charts.official.say_least_weights(data, STEADY, "en")
    assert "does not do in Central Highlands (multidimensional 2022)" in said
    steady = STEADY.assign(possible=True)
    assert "factor" not in charts.official.say_least_weights(data, steady, "en")


def test_a_sum_is_measured_by_what_rounding_explains_of_it() -> None:
    fig, data = FIGURES["2-official-sums"]("en")
    assert data["ratio"].tolist() == pytest.approx([0.0, 2 / 3, 1.0, 2.0])
    heights = [bar.get_height() for bar in fig.axes[0].patches if isinstance(bar, Rectangle)]
    assert sum(heights) == len(data)
    named = " ".join(" ".join(text.get_text().split()) for text in fig.axes[0].texts)
    assert "Central coastal area, 2012: male + female" in named
    assert fig.texts[0].get_text() == "1 of 4 sums in the population tables are beyond rounding"


REVIEWS = ledger_rows(
    ("q1", "45", "2023-12", "2022-2025", "poor_households", "14.040 hộ"),
    ("q1", "45", "2023-12", "2022-2025", "poor_rate", "7,71%"),
    ("q1", "45", "2023-12", "2022-2025", "near_poor_households", "9.927 hộ"),
    ("q1", "45", "2023-12", "2022-2025", "near_poor_rate", "5,45%"),
)


def test_a_count_and_its_rate_imply_a_range_of_totals() -> None:
    totals = reconcile.implied_totals(REVIEWS, links(""))
    poor = totals[totals["family"] == "poor"]
    assert np.ceil(poor["low"].to_numpy(float)) == [181_984]
    assert np.floor(poor["high"].to_numpy(float)) == [182_219]
    assert implied.records(totals, NO_CONFLICTS)["conflict"].tolist() == ["no"]


def test_only_a_conflict_makes_a_record_one() -> None:
    mine = TOTALS[TOTALS["source_id"] == "a"]
    for conflicts, verdict in ((RESULT.conflicts, "yes"), (NO_CONFLICTS, "no")):
        (record,) = implied.records(mine, conflicts).to_dict("records")
        assert record["conflict"] == verdict
