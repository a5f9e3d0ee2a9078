"""Small multiples of all provinces and the heatmap of targets: what they draw and say."""

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
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from helpers import charts, places, trends
from helpers.charts import fans, small_multiples
from helpers.project import UserError

COAST, COUNTRY = places.get("NCC"), places.get("VN")


def surveys(place: str, standard: str, rates: dict[int, float], status: str = "") -> pd.DataFrame:
    """Survey rates of one place; the last year with a status."""
    cells = [
        ("nso-e14-48", place, str(year), standard, "poor_rate", f"{rate:.2f}%".replace(".", ","))
        for year, rate in rates.items()
    ]
    table = ledger_rows(*cells)
    table.loc[table.index[-1], "status"] = status
    return table.assign(figure_id=[f"{place}:{standard}:{year}" for year in rates])


# Quảng Bình (44) and Quảng Trị (45) with two standards in 2016, Đà Nẵng (48) with one, Hà Giang
# (02) in another region.
OFFICIAL = pd.concat(
    [
        surveys("44", "gso-2010", {2014: 12.0, 2016: 9.0}),
        surveys("44", "gso-md-2016", {2016: 10.0, 2021: 8.0}),
        surveys("44", "gso-md-2022", {2022: 6.4, 2024: 3.4}, "preliminary"),
        surveys("45", "gso-2010", {2014: 13.1, 2016: 9.1}),
        surveys("45", "gso-md-2016", {2016: 16.1, 2021: 9.0}),
        surveys("45", "gso-md-2022", {2022: 9.5, 2024: 5.6}, "preliminary"),
        surveys("48", "gso-md-2022", {2022: 0.9, 2024: 0.5}, "preliminary"),
        surveys("02", "gso-md-2022", {2022: 30.0, 2024: 22.0}, "preliminary"),
    ],
    ignore_index=True,
)
FORECASTS = pd.DataFrame(
    [
        ("default", "gso-md-2022", 2024, 2024 + k, place, last, last - 2, last + reach, 0.0, 9.0)
        for place, last, reach in (("44", 3.0, 0.3), ("45", 4.0, 1.0), ("48", 0.5, 1.0),
                                   ("02", 15.0, 4.0))
        for k in range(1, 7)
    ],
    columns=["model", "standard", "origin", "year", "place", "forecast", "low80", "high80",
             "low95", "high95"],
)  # fmt: skip


def draws() -> trends.Draws:
    """Four futures of two years: 44 and 45 meet 3 % together or not at all, 48 always, 02 never."""
    paths = {
        "44": [2.0, 2.0, 4.0, 4.0], "45": [2.5, 2.5, 4.5, 4.5], "48": [0.1, 0.2, 0.3, 0.4],
        "02": [20.0, 21.0, 22.0, 23.0], "NCC": [1.5, 1.5, 3.5, 3.5], "VN": [2.0, 2.0, 2.9, 3.2],
    }  # fmt: skip
    rates = np.stack([np.array([path, path]) for path in paths.values()], axis=1)
    return trends.Draws("gso-md-2022", 2024, (2025, 2026), tuple(paths), rates.mean(axis=2), rates)


LAST = pd.Series({"44": 3.4, "45": 5.6, "48": 0.5, "02": 22.0, "NCC": 2.7, "VN": 2.35})
ODDS = trends.chances(draws(), LAST, [1.0], [3.0], [10.0])
JOINT = trends.together(draws(), LAST, [1.0], [3.0], [10.0])

FIGURES: dict[str, Callable[[str], Drawn]] = {
    "all": lambda lang: small_multiples.provinces(OFFICIAL, FORECASTS, lang),
    "region": lambda lang: small_multiples.provinces(OFFICIAL, FORECASTS, lang, COAST),
    "past": lambda lang: small_multiples.provinces(OFFICIAL, FORECASTS[:0], lang, COAST),
    "level": lambda lang: charts.chances.target_heatmap(ODDS, JOINT, lang, level=3.0),
    "level-region": lambda lang: charts.chances.target_heatmap(ODDS, JOINT, lang, COAST, level=3.0),
    "fall": lambda lang: charts.chances.target_heatmap(ODDS, JOINT, lang, target_pp_per_year=1.0),
    "share": lambda lang: charts.chances.target_heatmap(
        ODDS, JOINT, lang, COAST, target_pct_per_year=10.0
    ),
    "no-rates": lambda lang: small_multiples.provinces(OFFICIAL, FORECASTS, lang, places.get("CH")),
    "no-chances": lambda lang: charts.chances.target_heatmap(
        ODDS[:0], JOINT[:0], lang, COAST, level=3.0
    ),
}
SENTENCES: dict[str, Callable[[pd.DataFrame, str], str]] = {
    "all": small_multiples.say_provinces,
    "region": small_multiples.say_provinces,
    "level": lambda data, lang: charts.chances.say_chances(data, None, lang),
    "level-region": lambda data, lang: charts.chances.say_chances(data, COAST, lang),
    "fall": lambda data, lang: charts.chances.say_chances(data, None, lang),
    "share": lambda data, lang: charts.chances.say_chances(data, COAST, lang),
    "no-chances": lambda data, lang: charts.chances.say_chances(data, COAST, lang),
}


@pytest.fixture(scope="module")
def drawn() -> dict[tuple[str, str], Drawn]:
    return {(name, lang): draw(lang) for name, draw in FIGURES.items() for lang in LANGUAGES}


def years(line: Line2D) -> list[float]:
    return [float(x) for x in np.asarray(line.get_xdata(), dtype=float)]


def title(figure: Drawn) -> str:
    return str(figure[0].texts[0].get_text()).replace("\n", " ")


# Both figures


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", FIGURES)
def test_no_text_is_cut_off(drawn: dict[tuple[str, str], Drawn], name: str, language: str) -> None:
    assert cut_off(drawn[name, language][0]) == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", SENTENCES)
def test_each_is_read_in_a_sentence_of_its_own(
    drawn: dict[tuple[str, str], Drawn], name: str, language: str
) -> None:
    fig, data = drawn[name, language]
    assert is_another_sentence(SENTENCES[name](data, language), fig)


@pytest.mark.parametrize("name", ["region", "level-region"])
def test_the_same_data_in_another_order_give_the_same_bytes(
    drawn: dict[tuple[str, str], Drawn], name: str
) -> None:
    def shuffled(table: pd.DataFrame) -> pd.DataFrame:
        return table.sample(frac=1, random_state=3)

    other = (
        small_multiples.provinces(shuffled(OFFICIAL), shuffled(FORECASTS), "en", COAST)
        if name == "region"
        else charts.chances.target_heatmap(shuffled(ODDS), shuffled(JOINT), "en", COAST, level=3.0)
    )
    assert_same_bytes(drawn[name, "en"], other)


# Small multiples


def test_every_region_with_rates_has_a_heading_and_the_poorest_stand_first(
    drawn: dict[tuple[str, str], Drawn],
) -> None:
    said = texts(drawn["all", "vi"][0])
    assert "Trung du và miền núi phía Bắc" in said
    assert "Tây Nguyên" not in said
    names = [ax.get_title(loc="left") for ax in drawn["all", "vi"][0].axes]
    assert names == ["Hà Giang", "Quảng Trị", "Quảng Bình", "Đà Nẵng"]


def test_panels_of_a_region_share_their_axis_and_regions_do_not(
    drawn: dict[tuple[str, str], Drawn],
) -> None:
    tops = [ax.get_ylim()[1] for ax in drawn["all", "en"][0].axes]
    # Hà Giang was at 30 %; the coast's highest rate is 16.1 %
    assert tops == pytest.approx([31.5, 16.905, 16.905, 16.905])


def test_standards_are_never_joined_and_breaks_are_marked(
    drawn: dict[tuple[str, str], Drawn],
) -> None:
    ax = drawn["region", "en"][0].axes[0]  # Quảng Trị
    runs = [years(line) for line in ax.lines]
    for run in ([2014, 2016], [2016, 2021], [2022, 2024]):
        assert run in runs
    upright = [run[0] for run in runs if len(run) == 2 and run[0] == run[1]]
    assert upright == [2016, 2022]


def test_a_preliminary_year_is_hollow(drawn: dict[tuple[str, str], Drawn]) -> None:
    ax = drawn["region", "en"][0].axes[0]
    hollow = [line for line in ax.lines if line.get_markerfacecolor() == "white"]
    assert [years(line) for line in hollow] == [[2024]]


def test_a_lone_year_is_a_point() -> None:
    alone = surveys("44", "gso-md-2022", {2024: 3.4})
    fig, _ = small_multiples.provinces(alone, FORECASTS[:0], "en", COAST)
    points = [line for line in fig.axes[0].lines if line.get_marker() == "o"]
    assert [years(line) for line in points] == [[2024]]


def test_nothing_beyond_four_years_is_drawn(drawn: dict[tuple[str, str], Drawn]) -> None:
    assert FORECASTS["year"].max() == 2030
    assert drawn["all", "en"][1]["year"].max() == 2028


def test_the_title_counts_forecasts_that_lie_below_the_last_rate(
    drawn: dict[tuple[str, str], Drawn],
) -> None:
    # upper ends of 80 %: 3.3 < 3.4, 5.0 < 5.6, 1.5 > 0.5, 19 < 22
    assert title(drawn["all", "en"]).startswith("Viet Nam: in 3 of 4 provinces")
    assert title(drawn["region", "en"]).endswith(
        "in 2 of 3 provinces the 80% interval for 2028 lies wholly below the rate of 2024"
    )
    assert "without a forecast" in title(drawn["past", "en"])


def test_the_sentence_names_what_is_not_sure_and_the_step_between_standards(
    drawn: dict[tuple[str, str], Drawn],
) -> None:
    said = small_multiples.say_provinces(drawn["region", "en"][1], "en")
    assert "For Đà Nẵng the interval reaches the rate of 2024" in said
    # 2016: 10.0 − 9.0 in Quảng Bình, 16.1 − 9.1 in Quảng Trị
    assert "by 1.0 to 7.0 pp from the older (Quảng Bình, Quảng Trị)" in said


def test_breaks_are_the_first_years_of_all_standards_but_the_oldest() -> None:
    data = fans.drawn(OFFICIAL, FORECASTS, ["45"], None)
    assert fans.breaks(data) == [2016, 2022]
    assert fans.breaks(data[data["standard"] == "gso-2010"]) == []


def test_a_long_list_says_how_many_more() -> None:
    codes = ["01", "02", "04", "06", "08", "10", "11"]
    assert small_multiples.listed(codes[:2], "en") == "Hà Nội, Hà Giang"
    assert small_multiples.listed(codes, "en").endswith("Tuyên Quang and 2 more")


def test_equal_rates_stand_by_code_and_places_without_one_last() -> None:
    last = pd.Series({"45": 3.0, "44": 3.0, "48": 7.0})
    assert small_multiples.poorest_first(["46", "45", "44", "48"], last) == ["48", "44", "45", "46"]


# The heatmap


def numbers(figure: Drawn) -> list[str]:
    """The texts that stand in coloured cells."""
    ax = figure[0].axes[0]
    cells = [patch for patch in ax.patches if isinstance(patch, Rectangle)]
    boxes = [(c.get_x(), c.get_y(), c.get_width(), c.get_height()) for c in cells]
    return [
        text.get_text()
        for text in ax.texts
        if any(
            x < text.get_position()[0] < x + w and y < text.get_position()[1] < y + h
            for x, y, w, h in boxes
        )
    ]


def test_each_cell_prints_its_chance(drawn: dict[tuple[str, str], Drawn]) -> None:
    # the region in 2 of 4 futures, then 45, 44 (2 of 4 each) and 48 (always), in two years
    assert numbers(drawn["level-region", "en"]) == ["50", "50", "50", "50", "50", "50", ">99",
                                                    ">99"]  # fmt: skip


def test_a_target_below_zero_is_hatched_and_holds_no_number(
    drawn: dict[tuple[str, str], Drawn],
) -> None:
    fig, data = drawn["fall", "en"]
    assert "the target would be below zero" in texts(fig)
    hatched = [patch for patch in fig.axes[0].patches if patch.get_hatch()]
    # 48 has 0.5 − 1 and 0.5 − 2
    assert len(hatched) == 2 == data["probability"].isna().sum()
    assert len(numbers(drawn["fall", "en"])) == len(data) - 2


def test_a_target_met_already_is_ticked(drawn: dict[tuple[str, str], Drawn]) -> None:
    # at most 3 %: 48, the coast (2.7) and the country (2.35) were there in 2024
    ticks = [
        line for line in drawn["level", "en"][0].axes[0].lines if "check" in str(line.get_marker())
    ]
    assert len(ticks) == 3
    assert "met already" in texts(drawn["level", "en"][0])
    assert "met already" not in texts(drawn["fall", "en"][0])


def test_the_title_counts_provinces_more_likely_than_not(
    drawn: dict[tuple[str, str], Drawn],
) -> None:
    # an even chance is not more likely than not: only 48
    assert title(drawn["level", "en"]) == (
        "Viet Nam: at most 3% poor in 2026 is likelier than not in 1 of 4 provinces"
    )
    assert title(drawn["fall", "vi"]).startswith(
        "Việt Nam: mỗi năm giảm 1,0 điểm phần trăm đến 2026"
    )


def test_the_sentence_tells_what_provinces_do_together(
    drawn: dict[tuple[str, str], Drawn],
) -> None:
    said = charts.chances.say_chances(drawn["level-region", "en"][1], COAST, "en")
    # 44 and 45 meet it in the same two of four futures, 48 always: 1 or 3 of three
    assert "Of 3 provinces, 2.0 are expected to meet it, with an 80% interval of 1–3" in said
    assert "every one of them meets it has a chance of 50%" in said
    assert "smallest in Quảng Trị, Quảng Bình: 50%" in said
    assert "Already met: 1." in said
    assert "has met the target already" in said


def test_of_a_target_below_zero_it_says_who_is_left_out(
    drawn: dict[tuple[str, str], Drawn],
) -> None:
    said = charts.chances.say_chances(drawn["fall", "en"][1], None, "en")
    assert "Left out: 1 that it would take below zero." in said


def test_one_target_must_be_chosen_and_known() -> None:
    with pytest.raises(UserError, match="exactly one"):
        charts.chances.target_heatmap(ODDS, JOINT, "en")
    with pytest.raises(UserError, match="exactly one"):
        charts.chances.target_heatmap(ODDS, JOINT, "en", level=3.0, target_pp_per_year=1.0)
    with pytest.raises(UserError, match=r"no target level of 4\.0"):
        charts.chances.target_heatmap(ODDS, JOINT, "en", level=4.0)


def test_scenario_years_are_not_drawn() -> None:
    far = draws()
    rates = np.concatenate([far.rates] * 3)
    six = trends.Draws(far.standard, 2024, tuple(range(2025, 2031)), far.places,
                       rates.mean(axis=2), rates)  # fmt: skip
    tables = [verb(six, LAST, [], [3.0], []) for verb in (trends.chances, trends.together)]
    _, data = charts.chances.target_heatmap(tables[0], tables[1], "en", COAST, level=3.0)
    assert sorted(data["year"].unique()) == [2025, 2026, 2027, 2028]
