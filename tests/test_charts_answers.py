"""Figures of notebook 5 about falls and ranks: what is drawn, said, and left unsaid."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
import pandas as pd
import pytest
from drawn_charts import (
    LANGUAGES,
    Drawn,
    assert_same_bytes,
    cut_off,
    is_another_sentence,
    texts,
)

from helpers import charts, places, trends
from helpers.charts import convergence, ranks, style
from helpers.places import Place


@cache
def surveys() -> pd.DataFrame:
    return trends.surveys()


@cache
def ahead(year: int) -> pd.DataFrame:
    """Ranks three years later, by draws that are made up here: rates fall by a quarter a year."""
    standard = "gso-md-2022" if year > 2021 else "gso-md-2016"
    panel = trends.load(standard)
    if year not in panel.rates.index[1:]:
        return trends.ranks.ahead(year, draws=100)
    last = panel.rates.loc[year, panel.leaves].to_numpy(float)
    noise = np.random.default_rng(1).normal(0, 0.15, (len(last), 200))
    values = last[:, None] * 0.75**3 * np.exp(noise)
    found = trends.ranks.of_draws(values).assign(place=panel.leaves, year=year + 3, by="rate")
    return found.assign(standard=standard, origin=year)


Draw = Callable[[Place, int, str], Drawn]
Say = Callable[[Drawn, Place, int, str], str]
FIGURES: dict[str, tuple[Draw, Say]] = {
    "5-convergence": (
        lambda place, year, lang: convergence.convergence(surveys(), place, year, lang),
        lambda drawn, place, year, lang: convergence.say_convergence(
            drawn[1], surveys(), place, lang
        ),
    ),
    "5-leaders-laggards": (
        lambda place, year, lang: convergence.leaders(surveys(), place, year, lang),
        lambda drawn, place, year, lang: convergence.say_leaders(drawn[1], place, lang),
    ),
    "5-contributions": (
        lambda place, year, lang: ranks.contributions(surveys(), place, year, lang),
        lambda drawn, place, year, lang: ranks.say_contributions(drawn[1], place, lang),
    ),
    "5-rank-intervals": (
        lambda place, year, lang: ranks.rank_intervals(surveys(), ahead(year), place, year, lang),
        lambda drawn, place, year, lang: ranks.say_rank_intervals(
            drawn[1], surveys(), place, year, lang
        ),
    ),
}
CASES = [("VN", 2024, "en"), ("VN", 2016, "vi"), ("NMM", 2021, "en"), ("RRD", 2006, "vi")]


@pytest.mark.parametrize(("region", "year", "language"), CASES)
@pytest.mark.parametrize("name", FIGURES)
def test_every_figure_is_drawn_whole_and_its_sentence_adds_to_its_title(
    name: str, region: str, year: int, language: str
) -> None:
    draw, say = FIGURES[name]
    place = places.get(region)
    drawn = draw(place, year, language)
    assert len(drawn[1]) > 0
    assert not [text for text in texts(drawn[0]) if "{" in text or "nan" in text.split()]
    assert cut_off(drawn[0]) == []
    said = say(drawn, place, year, language)
    assert is_another_sentence(said, drawn[0]), said


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", FIGURES)
def test_a_year_without_rates_is_said_in_figure_and_sentence(name: str, language: str) -> None:
    draw, say = FIGURES[name]
    place = places.get("VN")
    drawn = draw(place, 2007, language)
    assert drawn[1].empty and not drawn[0].axes
    assert style.png(drawn[0]).startswith(b"\x89PNG")
    assert is_another_sentence(say(drawn, place, 2007, language), drawn[0])


@pytest.mark.parametrize("name", FIGURES)
def test_the_same_data_give_the_same_bytes(name: str) -> None:
    draw, _ = FIGURES[name]
    assert_same_bytes(draw(places.get("CH"), 2024, "vi"), draw(places.get("CH"), 2024, "vi"))


@pytest.mark.parametrize("year", [2006, 2008, 2010, 2012, 2016, 2017, 2021, 2022, 2024])
def test_a_window_stays_under_the_newest_standard_of_its_year(year: int) -> None:
    found = convergence.window(surveys(), year, "en")
    assert found is not None
    standard, first, last = found
    inside = {"gso-2006": (2006, 2008), "gso-2010": (2010, 2016), "gso-md-2016": (2016, 2021),
              "gso-md-2022": (2022, 2024)}[standard]  # fmt: skip
    assert first == inside[0] < last <= inside[1]
    assert year in (first, last)


def test_a_standard_of_one_year_leaves_nothing_to_compare_and_says_so() -> None:
    one = surveys()
    one = one[one["period"].eq("2024")]
    for draw in (convergence.convergence, convergence.leaders, ranks.contributions):
        fig, data = draw(one, places.get("VN"), 2024, "en")
        assert data.empty
        assert "2024 is the only year under its standard" in " ".join(texts(fig)).replace("\n", " ")
    assert convergence.accelerations(one, places.get("VN"), 2024, "en").empty


def test_a_region_is_fitted_alone_before_the_others() -> None:
    _, data = convergence.convergence(surveys(), places.get("SE"), 2024, "en")
    assert len(data) == 63 and (data["inside"] == "yes").sum() == 6
    assert set(convergence.slopes(data, surveys())["n"]) <= {5, 6}  # one has no logarithm


def test_changes_are_a_year_and_next_to_zero_has_none_in_per_cent() -> None:
    _, data = convergence.convergence(surveys(), places.get("VN"), 2024, "en")
    row = data.set_index("place").loc["45"]
    assert row["change_pp"] == pytest.approx((row["last"] - row["first"]) / 2)
    assert row["change_pct"] == pytest.approx(100 * (np.sqrt(row["last"] / row["first"]) - 1))
    assert np.isnan(data.set_index("place").loc["79"]["change_pct"])


def test_the_title_says_faster_slower_or_that_it_cannot_be_told() -> None:
    titles = {
        (region, year): convergence.convergence(surveys(), places.get(region), year, "en")[0]
        .texts[0].get_text().replace("\n", " ")
        for region, year in (("VN", 2021), ("CH", 2024), ("RRD", 2006))
    }  # fmt: skip
    assert titles["VN", 2021].endswith("fell faster in points, slower in per cent")
    assert titles["CH", 2024].endswith("not clearly faster or slower in per cent")
    assert titles["RRD", 2006].endswith("cannot be told")


def test_ha_noi_of_2006_has_ha_tay_in_it_and_the_captions_say_so() -> None:
    fig, data = charts.compare.then_and_now(surveys(), places.get("RRD"), 2006, "en")
    assert (data["fall_pp"] > 0).all()
    for drawn in (fig, ranks.contributions(surveys(), places.get("RRD"), 2006, "en")[0]):
        assert "mean of Hà Nội and Hà Tây" in " ".join(texts(drawn)).replace("\n", " ")
    fig, _ = charts.compare.then_and_now(surveys(), places.get("RRD"), 2024, "en")
    assert "Hà Tây" not in " ".join(texts(fig))


@pytest.mark.parametrize(("year", "marked"), [(2024, True), (2016, False), (2014, False)])
def test_preliminary_rates_are_marked_in_every_caption(year: int, marked: bool) -> None:
    for draw, _ in FIGURES.values():
        said = " ".join(texts(draw(places.get("CH"), year, "en")[0])).replace("\n", " ")
        assert (f"The rates of {year} are preliminary." in said) == marked


def test_contributions_drawn_add_up_to_the_printed_fall() -> None:
    for region in ("VN", "MRD"):
        _, data = ranks.contributions(surveys(), places.get(region), 2024, "en")
        assert data["contribution_pp"].sum() == pytest.approx(4.19 - 2.35, abs=1e-9)
        assert data["contribution_pct"].sum() == pytest.approx(100, abs=1e-9)
        assert data["provinces"].sum() == 63
        assert data["place"].iloc[-1] == "discrepancy"


def test_ranks_are_of_the_country_also_in_a_region() -> None:
    _, data = ranks.rank_intervals(surveys(), ahead(2024), places.get("MRD"), 2024, "en")
    assert len(data) == 13 and data["rank_first"].min() > 10
    assert (data["low95"] <= data["rank"]).all() and (data["rank"] <= data["high95"]).all()


@pytest.mark.parametrize(("region", "year"), [("VN", 2024), ("NMM", 2021), ("RRD", 2006)])
def test_who_is_outside_its_own_interval_only_is_no_leader_and_not_as_expected(
    region: str, year: int
) -> None:
    place = places.get(region)
    fig, data = convergence.leaders(surveys(), place, year, "en")
    fall = data["fall_pp_per_year"]
    outside = (fall < data["low95"]) | (fall > data["high95"])
    named = data["standing"].isin(["leader", "laggard"])
    alone = data["verdict"] == convergence.ALONE
    assert (alone == (outside & ~named)).all()
    assert (data["verdict"] == data["standing"])[~alone].all()
    said = convergence.say_leaders(data, place, "en")
    assert said.startswith("None stands out beyond chance.") == (not named.any())
    assert all(name in said for name in data.loc[outside, "name"])
    assert not any(name in said for name in data.loc[~outside, "name"])
    title = fig.texts[0].get_text().replace("\n", " ")
    assert f"only outside their own intervals: {alone.sum()}" in title
    drawn = {text.replace("\n", " ") for text in texts(fig)}
    assert ("outside its own interval, as some are by chance" in drawn) == alone.any()
    for language in LANGUAGES:
        assert cut_off(convergence.leaders(surveys(), place, year, language)[0]) == []


def test_those_outside_their_own_intervals_are_listed_by_side() -> None:
    # of three within 1 ± 0.5 two lie outside, one faster and one slower, and q is large
    data = pd.DataFrame({
        "name": ["A", "B", "C"], "fall_pp_per_year": [1.6, 1.0, 0.4], "expected_pp_per_year": 1.0,
        "residual_pp_per_year": [0.6, 0.0, -0.6], "low95": 0.5, "high95": 1.5, "q": 0.5,
        "verdict": [convergence.ALONE, "as expected", convergence.ALONE],
    })  # fmt: skip
    said = convergence.say_leaders(data, places.get("VN"), "en")
    assert said.startswith("None stands out beyond chance. Outside their own 95% intervals")
    assert ": faster A; slower C. Outside their 95% intervals lie 2 of 3" in said
    data["verdict"] = ["leader", "as expected", "laggard"]
    said = convergence.say_leaders(data, places.get("VN"), "vi")
    assert said.startswith("Nhanh hơn kỳ vọng") and "riêng mình" not in said


def test_chances_to_be_among_the_ten_are_counted_as_they_are_printed() -> None:
    place = places.get("MRD")
    # printed as >99%, 95%, 94%, 6%, 5%, <1% and nothing
    shares = [0.995, 0.9475, 0.9449, 0.055, 0.0549, 0.004, 0.0]
    inside = places.members("MRD")[: len(shares)]
    later = ahead(2024).set_index("place")
    later["first_ten"] = 0.0
    later.loc[list(inside), "first_ten"] = shares
    fig, data = ranks.rank_intervals(surveys(), later.reset_index(), place, 2024, "en")
    drawn = [text for text in texts(fig) if text.endswith("%")]
    assert sorted(drawn) == sorted([">99%", "95%", "94%", "6%", "5%", "<1%"])
    said = ranks.say_rank_intervals(data, surveys(), place, 2024, "en")
    assert "among the ten poorest: 2; of 6% to 94%: 2." in said


@pytest.mark.parametrize("year", [2006, 2010, 2016])
def test_the_first_year_of_a_standard_has_no_forecast_and_says_why(year: int) -> None:
    assert trends.ranks.ahead(year, draws=100).empty
    empty = trends.ranks.ahead(2007)
    _, data = ranks.rank_intervals(surveys(), empty, places.get("VN"), year, "en")
    assert data["rank"].isna().all() and len(data) == 63
    said = ranks.say_rank_intervals(data, surveys(), places.get("VN"), year, "en")
    assert "not forecast" in said


def test_accelerations_are_counted_beyond_rounding_and_beyond_scatter() -> None:
    place = places.get("VN")
    three = convergence.accelerations(surveys(), place, 2024, "en")
    said = convergence.say_accelerations(three, place, "en")
    assert f"{(three['rounding_low'] > 0).sum()} fell by more points" in said
    assert "Three years leave nothing" in said
    six = convergence.accelerations(surveys(), place, 2021, "en")
    said = convergence.say_accelerations(six, place, "en")
    assert f"slower {(six['high95'] < 0).sum()}." in said
    two = convergence.accelerations(surveys(), place, 2008, "en")
    assert "two years" in convergence.say_accelerations(two, place, "en")
