"""Facts about the reported figures: what excludes each other in them, and what only seems to."""

from __future__ import annotations

import re

import pandas as pd
import pytest

from helpers import ledger, project, reconcile
from helpers.charts import implied
from helpers.reconcile.tables import EXPLAINED


def inputs() -> tuple[pd.DataFrame, pd.DataFrame]:
    """The project's own figures, cleaned, and their links."""
    raw = project.raw_dir()
    cleaned = ledger.clean(ledger.load([raw / "reported_figures.csv"]), ledger.load_sources())
    return cleaned.figures, ledger.load_links([raw / "reported_figures.links.csv"])


@pytest.fixture(scope="module")
def result() -> reconcile.Reconciled:
    return reconcile.run(*inputs())


def found(result: reconcile.Reconciled, source: str) -> pd.DataFrame:
    inside = result.conflicts["scope"] == "source"
    return result.conflicts[inside & (result.conflicts["source_id"] == source)]


def test_the_ministry_s_review_of_2022_has_one_smallest_set_of_three(
    result: reconcile.Reconciled,
) -> None:
    """Six sums, and rates, leave one way: two digits exchanged, and one near-poor count twice."""
    doubted = found(result, "d002").query("cause != 'base'")["doubted"]
    assert set(doubted) == {"d002-06 d002-16 d002-30"}
    new = result.changes.set_index("figure_id")["new_value"]
    assert new[["d002-06", "d002-16", "d002-30"]].tolist() == [915393, 69329, 107606]


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("d023", "add up to 55,799"),
        ("d023", "The shares printed beside the parts add up to less than 100% as well"),
        ("d052", "imply a fall of 2.90–2.92 pp"),
        ("d067", "25,728–25,746"),
        ("d069", "'37.819 hộ' at '8,60%' needs a total of 439,501–440,011"),
        ("d087", "30,004–30,025"),
        ("d121", "3,829,231–4,525,454"),
        ("d123", "add up to 8,172"),
        ("d135", "276,636–283,809"),
        ("d138", "imply a fall of 2.08–2.10 pp"),
    ],
)
def test_conflicts_that_were_found_by_hand(
    result: reconcile.Reconciled, source: str, words: str
) -> None:
    assert found(result, source)["explanation_en"].str.contains(words, regex=False).any()


@pytest.mark.parametrize(
    ("figure", "cause", "suggestion"),
    [
        ("d002-16", "transposed", "69.329 hộ"),
        ("d087-13", "dropped_zero", "12,05%"),
        ("d069-03", "truncated", "8,61%"),
        ("d123-31", "transposed", "503 hộ nghèo/36.662 hộ"),
    ],
)
def test_slips_of_digits_are_suggested(
    result: reconcile.Reconciled, figure: str, cause: str, suggestion: str
) -> None:
    named = result.conflicts["suggestion"].str.split("|").map(set) >= {f"{figure}={suggestion}"}
    assert result.conflicts.loc[named, "cause"].tolist()[0] == cause
    assert result.conflicts.loc[named, "doubted"].str.contains(figure).all()


def test_a_fall_a_year_tells_that_the_fall_over_all_years_is_wrong(
    result: reconcile.Reconciled,
) -> None:
    """5,27% to 2,36% in five years is 0,58% a year, as printed, but not 3,21% in all."""
    assert found(result, "d052")["doubted"].tolist() == ["d052-04"]


def test_what_is_printed_twice_without_a_date_says_so(result: reconcile.Reconciled) -> None:
    why = result.figures.set_index("figure_id")["why"]
    again = why[why.str.startswith("printed again")]
    assert sorted(again.index) == ["d126-01", "d126-02", "d153-01", "d153-02"]
    assert not (result.conflicts["rules"] == "same-figure-in-source").any()


def test_what_a_correction_leaves_to_another_figure_is_suggested(
    result: reconcile.Reconciled,
) -> None:
    """With 503 for 530, the province's total leaves Cái Bè 1.337 poor households, 1,67% of all."""
    offered = set("|".join(found(result, "d123")["suggestion"]).split("|"))
    assert "d123-11=1.337 hộ nghèo/79.836 hộ" in offered


@pytest.mark.parametrize("source", ["d010", "d035", "d048", "d071", "d081", "d086", "d109", "d131"])
def test_sources_without_a_conflict_are_left_alone(
    result: reconcile.Reconciled, source: str
) -> None:
    assert found(result, source).empty


def test_one_release_on_many_pages_is_no_conflict(result: reconcile.Reconciled) -> None:
    across = result.conflicts[result.conflicts["scope"] == "cross"]
    apart = across[~across["cause"].isin(EXPLAINED)]
    assert not apart["source_id"].str.contains("d073|d074|d076").any()


def test_nothing_is_changed_without_a_line_in_changes(result: reconcile.Reconciled) -> None:
    figures = result.figures
    moved = figures[figures["value"].notna() & (figures["reconciled"] != figures["value"])]
    assert sorted(moved["figure_id"]) == result.changes["figure_id"].tolist()


@pytest.mark.parametrize("language", ["en", "vi"])
def test_every_explanation_is_whole_and_in_one_language(
    result: reconcile.Reconciled, language: str
) -> None:
    other = {"en": "tức là|tổng số|không|và ", "vi": "that is|total of| and |follow|print"}[
        language
    ]
    for said in result.conflicts[f"explanation_{language}"]:
        own_words = re.sub("'[^']*'", "", said)  # what is quoted is in the language of the source
        assert said.endswith(".") and not re.search(r"[{}]|  |nan|\.\.", said), said
        assert not re.search(other, own_words), said


def test_what_is_explained_says_why_nothing_is_adjusted(result: reconcile.Reconciled) -> None:
    conflicts = result.conflicts
    explained = conflicts["cause"].isin(EXPLAINED)
    assert conflicts.loc[explained, "cause"].value_counts().to_dict() == {
        "standard": 8, "preliminary": 6, "date": 3, "base": 2, "convention": 1,
    }  # fmt: skip
    assert (conflicts.loc[explained, ["doubted", "suggestion"]] == "").all(axis=None)
    for language, words in {"en": "nothing is adjusted.", "vi": "không điều chỉnh số nào."}.items():
        assert (conflicts[f"explanation_{language}"].str.endswith(words) == explained).all()


def test_implied_totals_and_conflicts_agree_on_which_records_exclude_each_other(
    result: reconcile.Reconciled,
) -> None:
    totals = reconcile.implied_totals(*inputs())
    records = implied.records(totals, result.conflicts)
    apart = records["difference_low_pct"] > 1e-6
    assert (records["conflict"] == "yes").tolist() == apart.tolist()
    assert apart.sum() == 9


def test_the_result_verifies_from_its_tables(result: reconcile.Reconciled) -> None:
    figures, pairs = inputs()
    assert reconcile.verify(result.figures, figures, pairs, changes=result.changes) == []
