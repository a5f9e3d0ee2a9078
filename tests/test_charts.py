"""Charts: what is drawn, in both languages, honest when there is nothing, the same bytes again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

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
from matplotlib.figure import Figure

from helpers import charts, places, project
from helpers.charts import captions, rows, style
from helpers.project import UserError

QUANG_TRI, UNIT_2025, VN = "45", "44@2025", "VN"


def survey_rows(place: str, standard: str, rates: dict[int, float]) -> pd.DataFrame:
    cells = [
        (
            "nso-e14-48",
            place,
            str(year),
            standard,
            "poor_rate",
            f"{rate:.2f}".replace(".", ",") + "%",
        )
        for year, rate in rates.items()
    ]
    table = ledger_rows(*cells)
    return table.assign(figure_id=[f"{place}:{standard}:{year}" for year in rates])


OFFICIAL = pd.concat(
    [
        survey_rows("45", "gso-2010", {2014: 13.1, 2015: 10.7, 2016: 9.1}),
        survey_rows("45", "gso-md-2022", {2022: 9.51, 2023: 7.0, 2024: 5.6}),
        survey_rows("44", "gso-md-2022", {2022: 6.4, 2023: 5.0, 2024: 3.44}),
        survey_rows("48", "gso-md-2022", {2022: 0.9, 2023: 0.7, 2024: 0.56}),
        survey_rows("56", "gso-md-2022", {2022: 1.5, 2023: 1.55, 2024: 1.56}),
        survey_rows("VN", "gso-md-2022", {2022: 4.2, 2023: 3.4, 2024: 2.35}),
    ],
    ignore_index=True,
)
OFFICIAL.loc[OFFICIAL["period"] == "2024", "status"] = "preliminary"
REVIEWS = ledger_rows(
    ("d1", "45", "2018-12", "2016-2020", "poor_households", "16.601 hộ"),
    ("d1", "45", "2018-12", "2016-2020", "poor_rate", "9,77%"),
    ("q1", "45", "2023-12", "2022-2025", "poor_households", "14.040 hộ"),
    ("q1", "45", "2023-12", "2022-2025", "poor_rate", "7,71%"),
    ("q1", "45", "2023-12", "2022-2025", "near_poor_households", "9.927 hộ"),
    ("q1", "45", "2023-12", "2022-2025", "near_poor_rate", "5,45%"),
    ("q1", "45", "2024", "2022-2025", "target_poor_rate", "6,50%"),
    ("d2", "45/Đakrông", "2019", "2016-2020", "poor_rate", "34,57%"),
    ("d2", "45/Hướng Hóa", "2019", "2016-2020", "poor_rate", "21,10%"),
    ("d3", "VN", "2022", "2022-2025", "poor_households", "1.057.374 hộ"),
)
FORECASTS = pd.DataFrame(
    [
        ("default", "gso-md-2022", 2024.0, 2024.0 + k, code, 4.0, 3.0, 5.0, 2.0, 6.0, np.nan)
        for code in ("45", "44", "48", "56", "VN")
        for k in range(1, 7)
    ],
    columns=[
        "model", "standard", "origin", "year", "place", "forecast", "low80", "high80", "low95",
        "high95", "observed",
    ],
)  # fmt: skip
PACES = pd.DataFrame(
    [
        ("45", "gso-2010", 3.0, 2014.0, 2016.0, 2.0, 1.2, 2.8),
        ("45", "gso-md-2022", 3.0, 2022.0, 2024.0, 1.955, -2.04, 5.95),
    ],
    columns=[
        "place", "standard", "n", "first_year", "last_year", "fall_pp_per_year", "fall_pp_low95",
        "fall_pp_high95",
    ],
)  # fmt: skip
CHANCES = pd.DataFrame(
    {"standard": "gso-md-2022", "origin": 2024, "year": [2025, 2027, 2030],
     "probability": [0.7, 0.795, np.nan]}
)  # fmt: skip
COVERAGE = pd.DataFrame(
    [("45", 2016, "gso-2010", 1), ("45", 2016, "gso-md-2016", 1), ("45", 2023, "2022-2025", 4),
     ("01", 2023, "2022-2025", 0), ("VN", 2022, "2022-2025", 2), ("79", 2021, "local:79-2021", 3)],
    columns=["place", "year", "standard", "figures"],
)  # fmt: skip
QUARANTINE = pd.DataFrame(
    {"file": "data/raw/reported_figures.csv", "row": [661, 700], "figure_id": ["x1", "x2"],
     "printed": ["67.39 hộ", "123%"],
     "reason": ["The printed '67.39 hộ' cannot be read: 2 digits follow the '.'.",
                "The printed '123%' is a rate above 100 %: look at the source."]}
)  # fmt: skip
P = {code: places.get(code) for code in (QUANG_TRI, UNIT_2025, VN, "NCC", "48", "01")}

FIGURES: dict[str, Callable[[str], Drawn]] = {
    "1-figures-by-kind": lambda lang: charts.reading.figures_by_kind(REVIEWS, lang),
    "1-quarantine": lambda lang: charts.reading.quarantine(REVIEWS, QUARANTINE, lang),
    "1-coverage": lambda lang: charts.reading.coverage(COVERAGE, lang),
    "3-path": lambda lang: charts.profile.path(REVIEWS, OFFICIAL, P["45"], lang),
    "3-path-2025": lambda lang: charts.profile.path(REVIEWS, OFFICIAL, P["44@2025"], lang),
    "3-households": lambda lang: charts.profile.households(REVIEWS, P["45"], lang),
    "3-districts": lambda lang: charts.profile.districts(REVIEWS, P["45"], lang) or NOTHING,
    "4-fan": lambda lang: charts.trends.fan(
        OFFICIAL, FORECASTS, P["45"], lang, start_year=2015, target_pp_per_year=1.0
    ),
    "4-region-small-multiples": lambda lang: charts.trends.region_small_multiples(
        OFFICIAL, FORECASTS, P["45"], lang
    ),
    "4-pace-against-target": lambda lang: charts.trends.pace_against_target(
        PACES, CHANCES, P["45"], 1.0, lang
    ),
    "5-map": lambda lang: charts.compare.choropleth(OFFICIAL, P["VN"], 2024, lang),
    "5-ranking": lambda lang: charts.compare.ranking(OFFICIAL, P["NCC"], 2024, lang),
    "5-then-and-now": lambda lang: charts.compare.then_and_now(OFFICIAL, P["VN"], 2024, lang),
}
EMPTY: dict[str, Callable[[str], Drawn]] = {
    "1-figures-by-kind": lambda lang: charts.reading.figures_by_kind(REVIEWS.iloc[:0], lang),
    "1-quarantine": lambda lang: charts.reading.quarantine(REVIEWS, QUARANTINE.iloc[:0], lang),
    "1-coverage": lambda lang: charts.reading.coverage(COVERAGE.iloc[:0], lang),
    "3-path": lambda lang: charts.profile.path(REVIEWS, OFFICIAL, P["01"], lang),
    "3-households": lambda lang: charts.profile.households(REVIEWS, P["44@2025"], lang),
    "4-fan": lambda lang: charts.trends.fan(OFFICIAL, FORECASTS, P["01"], lang),
    "4-region-small-multiples": lambda lang: charts.trends.region_small_multiples(
        OFFICIAL, FORECASTS, P["01"], lang
    ),
    "4-pace-against-target": lambda lang: charts.trends.pace_against_target(
        PACES, CHANCES, P["01"], 1.0, lang
    ),
    "5-map": lambda lang: charts.compare.choropleth(OFFICIAL, P["VN"], 2013, lang),
    "5-ranking": lambda lang: charts.compare.ranking(OFFICIAL, P["VN"], 2013, lang),
    "5-then-and-now": lambda lang: charts.compare.then_and_now(OFFICIAL, P["VN"], 2013, lang),
}
SENTENCES: dict[str, Callable[[Drawn, str], str]] = {
    "1-figures-by-kind": lambda drawn, lang: charts.reading.say_figures_by_kind(REVIEWS, lang),
    "1-quarantine": lambda drawn, lang: charts.reading.say_quarantine(REVIEWS, QUARANTINE, lang),
    "1-coverage": lambda drawn, lang: charts.reading.say_coverage(COVERAGE, lang),
    "3-path": lambda drawn, lang: charts.profile.say_path(drawn[1], P["45"], lang),
    "3-path-2025": lambda drawn, lang: charts.profile.say_path(drawn[1], P["44@2025"], lang),
    "3-households": lambda drawn, lang: charts.profile.say_households(drawn[1], P["45"], lang),
    "3-districts": lambda drawn, lang: charts.profile.say_districts(drawn[1], P["45"], lang),
    "4-fan": lambda drawn, lang: charts.trends.say_fan(drawn[1], P["45"], lang),
    "4-region-small-multiples": lambda drawn, lang: charts.trends.say_region(
        drawn[1], P["45"], lang
    ),
    "4-pace-against-target": lambda drawn, lang: charts.trends.say_pace(drawn[1], P["45"], lang),
    "5-map": lambda drawn, lang: charts.compare.say_year(drawn[1], OFFICIAL, P["VN"], 2024, lang),
    "5-ranking": lambda drawn, lang: charts.compare.say_ranking(
        drawn[1], OFFICIAL, P["NCC"], 2024, lang
    ),
    "5-then-and-now": lambda drawn, lang: charts.compare.say_then_and_now(drawn[1], P["VN"], lang),
}
EMPTY_SENTENCES: dict[str, Callable[[Drawn, str], str]] = SENTENCES | {
    "1-figures-by-kind": lambda drawn, lang: charts.reading.say_figures_by_kind(
        REVIEWS.iloc[:0], lang
    ),
    "1-quarantine": lambda drawn, lang: charts.reading.say_quarantine(
        REVIEWS, QUARANTINE.iloc[:0], lang
    ),
    "1-coverage": lambda drawn, lang: charts.reading.say_coverage(COVERAGE.iloc[:0], lang),
    "5-map": lambda drawn, lang: charts.compare.say_year(drawn[1], OFFICIAL, P["VN"], 2013, lang),
    "5-ranking": lambda drawn, lang: charts.compare.say_ranking(
        drawn[1], OFFICIAL, P["VN"], 2013, lang
    ),
}
NOTHING: Drawn = (Figure(), pd.DataFrame())


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", FIGURES)
def test_every_figure_is_drawn_in_both_languages(name: str, language: str) -> None:
    fig, data = FIGURES[name](language)
    assert len(data) > 0
    said = texts(fig)
    assert len(fig.texts) >= 2, "a title and a caption"
    assert not [text for text in said if "{" in text or "nan" in text.split()]
    assert style.png(fig).startswith(b"\x89PNG")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", FIGURES)
def test_no_text_is_cut_off_at_the_edge(name: str, language: str) -> None:
    fig, _ = FIGURES[name](language)
    assert cut_off(fig) == []


@pytest.mark.parametrize("name", FIGURES)
def test_the_same_data_give_the_same_bytes(name: str) -> None:
    assert_same_bytes(FIGURES[name]("vi"), FIGURES[name]("vi"))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", EMPTY)
def test_without_rows_a_figure_says_so(name: str, language: str) -> None:
    fig, data = EMPTY[name](language)
    assert data.empty
    assert not fig.axes
    assert style.png(fig).startswith(b"\x89PNG")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", SENTENCES)
def test_the_sentence_below_a_figure_is_not_its_title(name: str, language: str) -> None:
    drawn = FIGURES[name](language)
    said = SENTENCES[name](drawn, language)
    assert is_another_sentence(said, drawn[0]), said
    assert len(said) > len(drawn[0].texts[0].get_text())


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", sorted(SENTENCES.keys() & EMPTY.keys()))
def test_without_rows_the_sentence_says_why(name: str, language: str) -> None:
    drawn = EMPTY[name](language)
    said = EMPTY_SENTENCES[name](drawn, language)
    assert is_another_sentence(said, drawn[0]), said


def test_saving_writes_picture_drawing_and_data(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(project, "figures_dir", lambda: tmp_path / "figures")
    fig, data = FIGURES["3-households"]("en")
    assert charts.save(fig, data, P["45"], "3-households", "en").name == "3-households.png"
    charts.save(*FIGURES["3-households"]("vi"), P["44@2025"], "3-households", "vi")
    found = sorted(p.relative_to(tmp_path).as_posix() for p in tmp_path.rglob("*.*"))
    assert found == [
        f"figures/{stem}.{suffix}"
        for stem in ("44-2025/3-households-vi", "45/3-households")
        for suffix in ("csv", "png", "svg")
    ]
    back = project.read_table(tmp_path / "figures" / "45" / "3-households.csv")
    assert list(back.columns) == list(data.columns)
    assert list(back["value"]) == ["16601", "9927", "14040"]
    svg = (tmp_path / "figures" / "45" / "3-households.svg").read_text(encoding="utf-8")
    assert "<dc:date>" not in svg
    assert "Matplotlib v" not in svg


def test_a_figure_shows_itself_as_the_picture_saved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(project, "figures_dir", lambda: tmp_path)
    fig, data = FIGURES["3-path"]("en")
    path = charts.save(fig, data, P["45"], "3-path", "en")
    assert isinstance(fig, charts.Chart)
    shown, size = fig._repr_png_()
    assert shown == path.read_bytes()
    assert size == {"width": 700, "height": 450}


def test_saving_and_showing_draw_one_picture_of_each_kind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(project, "figures_dir", lambda: tmp_path)
    fig, data = FIGURES["3-path"]("en")
    kinds, draw = [], fig.savefig

    def counted(*args: Any, **kwargs: Any) -> None:
        kinds.append(kwargs["format"])
        draw(*args, **kwargs)

    monkeypatch.setattr(fig, "savefig", counted)
    charts.save(fig, data, P["45"], "3-path", "en")
    assert isinstance(fig, charts.Chart)
    fig._repr_png_()
    assert kinds == ["png", "svg"]


@pytest.mark.parametrize(
    "change",
    [
        lambda fig: fig.texts[0].set_text("Another title"),
        lambda fig: fig.axes[0].set_ylim(0, 90),
        lambda fig: fig.axes[0].lines[0].set_linewidth(9),
        lambda fig: fig.set_size_inches(5, 5),
    ],
    ids=["title", "axis", "line", "size"],
)
def test_a_figure_changed_after_saving_is_drawn_anew(
    change: Callable[[Figure], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(project, "figures_dir", lambda: tmp_path)
    fig, data = FIGURES["3-path"]("en")
    path = charts.save(fig, data, P["45"], "3-path", "en")
    change(fig)
    changed = style.png(fig)
    assert changed != path.read_bytes()
    style.svg(fig)
    assert style.png(fig) == changed


def test_an_unwritable_folder_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "figures").write_text("a file where a folder should be")
    monkeypatch.setattr(project, "figures_dir", lambda: tmp_path / "figures")
    fig, data = FIGURES["3-path"]("en")
    with pytest.raises(UserError, match="figures"):
        charts.save(fig, data, P["45"], "3-path", "en")
    assert [p.name for p in tmp_path.iterdir()] == ["figures"]


def test_settings_of_a_notebook_do_not_change_a_figure() -> None:
    import matplotlib as mpl

    before = style.png(FIGURES["3-path"]("en")[0])
    with mpl.rc_context({"font.size": 20, "axes.grid": False, "lines.linewidth": 9}):
        assert style.png(FIGURES["3-path"]("en")[0]) == before


def test_numbers_follow_the_language() -> None:
    said = {language: " ".join(texts(FIGURES["3-path"](language)[0])) for language in LANGUAGES}
    assert "fell from 9.5% to 5.6%" in said["en"]
    assert "giảm từ 9,5% xuống 5,6%" in said["vi"]


def test_the_path_is_told_under_each_standard_and_beside_the_newest_review() -> None:
    _, data = FIGURES["3-path"]("en")
    said = charts.profile.say_path(data, P["45"], "en")
    assert "fell from 13.1% to 9.1% in 2014–2016 (income line of 2010)" in said
    assert "fell from 9.5% to 5.6% in 2022–2024 (multidimensional 2022)" in said
    assert "Dec 2023 (standard 2022–2025), gives 7.71%, 0.71 pp above" in said
    assert "separate exercises" in said
    assert "deserves a question" not in said


def test_a_large_gap_between_review_and_survey_deserves_a_question() -> None:
    _, data = FIGURES["3-path"]("en")
    far = data.assign(value=data["value"].mask(data["series"] == "review", 12.1))
    assert "5.10 pp above" in charts.profile.say_path(far, P["45"], "en")  # 12.1 - 7.0
    assert "so large a gap deserves a question" in charts.profile.say_path(far, P["45"], "en")


def test_households_are_told_with_the_spread_of_their_sources() -> None:
    twice = pd.concat([REVIEWS, REVIEWS.assign(source_id="z", value=REVIEWS["value"] * 1.1)])
    _, data = charts.profile.households(twice, P["45"], "en")
    assert "(cases: 3), they differ by up to 10.0%." in charts.profile.say_households(
        data, P["45"], "en"
    )


def test_the_forecast_is_told_as_a_pace_beside_the_one_so_far() -> None:
    said = charts.trends.say_fan(FIGURES["4-fan"]("en")[1], P["45"], "en")
    assert "fell by 1.96 pp a year" in said  # (9.51 - 5.6) / 2
    assert "a fall of 0.40 pp a year" in said  # (5.6 - 4.0) / 4
    assert "a rise above 5.6% cannot be ruled out" in said


def test_three_years_do_not_tell_a_fall_from_a_rise() -> None:
    _, data = FIGURES["4-pace-against-target"]("en")
    said = charts.trends.say_pace(data, P["45"], "en")
    assert "fell by 1.96 pp a year: 0.96 pp a year more" in said  # 1.955 and 0.955, half up
    assert "the interval only on the 3 points of Quảng Trị" in said
    assert "between −2.0 and 6.0 pp a year" in said
    assert "too wide to tell a fall from a rise" in said


def test_coverage_counts_the_newest_year_and_the_longest_gap() -> None:
    later = pd.DataFrame([("45", 2019, "2016-2020", 1)], columns=COVERAGE.columns)
    said = charts.reading.say_coverage(pd.concat([COVERAGE, later]), "en")
    assert "In 2023, the newest year, 1 of 63" in said
    assert "61 have none in any year" in said
    assert "is that of Quảng Trị, without any figure for 2020–2022" in said


def test_only_national_standards_since_2006_have_gaps() -> None:
    others = [("45", 2004, "2001-2005", 1), ("45", 2018, "", 1), ("79", 2017, "local:79-2016", 1)]
    more = pd.DataFrame(others, columns=COVERAGE.columns)
    assert "longest gap" not in charts.reading.say_coverage(pd.concat([COVERAGE, more]), "en")


def test_the_map_is_told_by_classes() -> None:
    said = charts.compare.say_year(FIGURES["5-map"]("en")[1], OFFICIAL, P["VN"], 2024, "en")
    assert said.startswith(
        "In 2024 (multidimensional 2022), 0 of 4 provinces lie above 10% and 1 below 1%; half"
    )


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ([1.0, 2.0, 4.0], "tỉnh đứng giữa có tỷ lệ 2,0%"),
        ([1.0, 2.0, 4.0, 5.0], "một nửa số đó cao hơn 3,0%"),
        ([1.0, 2.0, 2.0, 5.0], "hai nơi đứng giữa cùng có tỷ lệ 2,0%"),
    ],
)
def test_half_lie_above_the_middle_only_of_an_even_number(values: list[float], said: str) -> None:
    rates = pd.Series(values)
    middle = rows.percent(float(rates.median()), "vi")
    assert rows.middle(rates, middle, "vi", key="say.year.middle") == said


def test_of_two_standards_in_one_year_the_one_shown_is_named() -> None:
    both = pd.concat([OFFICIAL, survey_rows("45", "gso-md-2016", {2016: 16.1})])
    _, data = charts.compare.choropleth(both, P["VN"], 2016, "en")
    said = charts.compare.say_year(data, both, P["VN"], 2016, "en")
    assert "In 2016 (multidimensional 2016)" in said
    assert "2 standards (income line of 2010; multidimensional 2016); the newest" in said


def test_then_and_now_tells_both_ends() -> None:
    said = charts.compare.say_then_and_now(FIGURES["5-then-and-now"]("en")[1], P["VN"], "en")
    assert "is Quảng Trị, where the rate fell from 9.5% to 5.6%" in said
    assert "(multidimensional 2022)" in said
    assert "Khánh Hòa, where it rose by 0.06 pp" in said


def test_standards_are_never_joined() -> None:
    fig, _ = FIGURES["3-path"]("en")
    lines = [line for line in fig.axes[0].lines if len(np.asarray(line.get_xdata())) == 3]
    years = {tuple(np.asarray(line.get_xdata(), dtype=float)) for line in lines}
    assert years == {(2014.0, 2015.0, 2016.0), (2022.0, 2023.0, 2024.0)}


def test_goals_and_districts_are_no_points_of_the_path() -> None:
    _, data = FIGURES["3-path"]("en")
    assert list(data.loc[data["series"] == "review", "value"]) == [9.77, 7.71]


def test_a_value_changed_by_reconciling_is_marked() -> None:
    moved = REVIEWS.assign(
        reconciled=REVIEWS["value"].mask(REVIEWS["printed"] == "7,71%", 7.17),
        status_reconciled=REVIEWS["printed"].eq("9,77%").map({True: "doubted", False: ""}),
    )
    fig, _ = charts.profile.path(moved, OFFICIAL, P["45"], "en")
    said = texts(fig)
    assert "value after reconciling" in said
    assert "in conflict, doubted" in said


def test_a_unit_of_2025_shows_the_provinces_it_was_formed_of() -> None:
    fig, data = FIGURES["3-path-2025"]("en")
    assert set(data["series"]) == {"member"}
    assert {"Quảng Bình", "Quảng Trị"} <= set(texts(fig))


def test_back_casts_are_drawn_as_the_unit_s_own_line() -> None:
    unit = survey_rows(UNIT_2025, "gso-md-2022", {2022: 7.6, 2023: 5.8})
    fig, data = charts.profile.path(REVIEWS, pd.concat([OFFICIAL, unit]), P[UNIT_2025], "en")
    assert list(data.loc[data["series"] == "survey", "value"]) == [7.6, 5.8]
    assert "back-casts" in fig.texts[1].get_text().replace("\n", " ")
    assert "means of its 2 provinces" in charts.profile.say_path(data, P[UNIT_2025], "en")


def test_a_loose_word_stays_with_its_number() -> None:
    loose = ledger_rows(
        ("s", "14", "2015", "2016-2020", "poor_households", "hơn 92.000 hộ"),
        ("s", "14", "2020", "2016-2020", "poor_households", "60.012 hộ"),
        ("s", "14", "2020", "2016-2020", "poor_rate", "gần 11%"),
    )
    fig, data = charts.profile.households(loose, places.get("14"), "en")
    assert "fell from more than 92,000 to 60,012" in fig.texts[0].get_text()
    assert "(about −34.8%)" in charts.profile.say_households(data, places.get("14"), "en")
    fig, data = charts.profile.path(loose, OFFICIAL, places.get("14"), "vi")
    assert fig.texts[0].get_text() == "Sơn La: tỷ lệ nghèo gần 11%, 2020"
    assert "công bố gần 11%;" in charts.profile.say_path(data, places.get("14"), "vi")


def test_loose_numbers_that_may_be_equal_did_not_fall_for_sure() -> None:
    run = pd.DataFrame({"x": [2017.0, 2020.0], "period": ["2017", "2020"], "low": [8300.0, 8372.0],
                        "value": [8300.0, 8372.0], "high": [8400.0, 8372.0],
                        "qualifier": ["more_than", "exact"]})  # fmt: skip
    assert rows.ends(run, "en", rate=False)["change"] == "went from more than 8,300 to 8,372"


def test_a_place_without_district_figures_is_told_why() -> None:
    assert charts.profile.say_no_districts(P["45"], "en").startswith("Fewer than two districts")
    assert "notebooks of their provinces" in charts.profile.say_no_districts(P["VN"], "en")
    assert "TP. Hồ Chí Minh" in charts.profile.say_no_districts(places.get("79"), "vi")


def test_two_districts_have_no_middle() -> None:
    _, data = FIGURES["3-districts"]("en")
    said = charts.profile.say_districts(data, P["45"], "en")
    assert "Đakrông (34.6%) lies 13.5 pp above Hướng Hóa (21.1%; standard 2016–2020)" in said


def test_a_forecast_says_how_long_its_yardstick_and_its_province_last() -> None:
    # Decree 07/2021 set the standard for 2022–2025; it is prolonged to 2026.
    assert captions.national_standard("gso-md-2022") == ("2022-2025", 2026)
    assert captions.national_standard("gso-md-2016") == ("2016-2020", 2021)
    assert captions.national_standard("gso-2010") is None
    fig, data = FIGURES["4-fan"]("en")
    caption = fig.texts[1].get_text().replace("\n", " ")
    assert "national standard 2022–2025, in force until 2026" in caption
    assert "Quảng Trị became part of Quảng Trị (2025) on 1 July 2025" in caption
    said = charts.trends.say_fan(data, P["45"], "en")
    assert "From 2027 on, the forecast is what the old yardstick" in said
    soon = data[data["year"] <= 2026]
    assert captions.say_old_yardstick(soon, P["VN"], "en") == []


def test_most_provinces_became_part_of_a_unit_of_2025() -> None:
    units = {p.code: captions.unit_since_2025(p) for p in places.provinces("63")}
    assert sum(unit is None for unit in units.values()) == 11
    assert units["45"] == P[UNIT_2025]
    assert captions.unit_since_2025(P[VN]) is None
    assert captions.unit_since_2025(P[UNIT_2025]) is None


@pytest.mark.parametrize(("language", "word"), [("en", "Source: "), ("vi", "Nguồn: ")])
@pytest.mark.parametrize("name", FIGURES)
def test_every_caption_names_its_source_and_the_standards_drawn(
    name: str, language: str, word: str
) -> None:
    drawn, data = FIGURES[name](language)
    nothing, _ = EMPTY.get(name, FIGURES[name])(language)
    for fig in (drawn, nothing):
        assert fig.texts[1].get_text().startswith(word)
    if "standard" in data:
        caption = drawn.texts[1].get_text().replace("\n", " ")
        names = {rows.yardstick(standard, language) for standard in data["standard"]
                 if not standard.startswith("local:")}  # fmt: skip
        assert names and all(standard in caption for standard in names)


def test_standards_are_listed_by_measure() -> None:
    drawn = ["2022-2025", "gso-md-2022", "gso-2010", "", "2022-2025"]
    assert captions.standards_drawn(drawn, "en") == (
        "survey (income line of 2010, multidimensional 2022); review (standard 2022–2025); "
        "standard not stated"
    )


def test_the_city_of_ho_chi_minh_is_named_as_a_city_in_vietnamese() -> None:
    assert style.place_names(["79", "79@2025", "45"], "vi") == [
        "TP. Hồ Chí Minh", "TP. Hồ Chí Minh (2025)", "Quảng Trị",
    ]  # fmt: skip
    assert style.place_names(["79"], "en") == ["Hồ Chí Minh"]


def test_a_target_is_printed_with_the_decimals_that_it_has() -> None:
    assert rows.aimed_at(1.0, "en") == "1.0 pp"
    assert rows.aimed_at(1.25, "vi") == "1,25 điểm phần trăm"


def test_a_year_without_rates_leaves_nothing_to_compare() -> None:
    fig, _ = EMPTY["5-then-and-now"]("en")
    assert "2013 has no survey rates" in fig.texts[0].get_text().replace("\n", " ")
    one = OFFICIAL[OFFICIAL["period"] == "2024"]
    fig, _ = charts.compare.then_and_now(one, P["VN"], 2024, "en")
    assert "2024 is the only year" in fig.texts[0].get_text().replace("\n", " ")


def test_tokens_set_aside_stand_in_the_title() -> None:
    fig, _ = FIGURES["1-quarantine"]("en")
    assert fig.texts[0].get_text() == "Set aside: 2 of 12 printed figures (67.39 hộ; 123%)"


def test_kinds_tell_places_with_and_without_districts() -> None:
    said = charts.reading.say_figures_by_kind(REVIEWS, "en")
    assert "speak of 2 places" in said
    assert "(4 places with districts and communes)" in said
    assert "70% of the figures are of whole provinces, 20% of districts" in said


def test_one_district_is_no_comparison() -> None:
    assert (
        charts.profile.districts(REVIEWS[REVIEWS["place"] != "45/Đakrông"], P["45"], "en") is None
    )


def test_districts_are_sorted_and_named_without_their_province() -> None:
    fig, data = FIGURES["3-districts"]("vi")
    assert list(data["place"]) == ["45/Hướng Hóa", "45/Đakrông"]
    assert "Đakrông" in texts(fig)


def test_far_ahead_there_is_no_single_number() -> None:
    fig, data = FIGURES["4-fan"]("en")
    ahead = data[data["part"] == "forecast"]
    assert list(ahead["scenario"]) == ["no"] * 4 + ["yes"] * 2
    assert list(ahead["value"].isna()) == [False] * 4 + [True] * 2
    assert "beyond 4 years: scenario only" in texts(fig)


def test_history_starts_where_asked_but_keeps_the_origin() -> None:
    _, data = charts.trends.fan(OFFICIAL, FORECASTS, P["45"], "en", start_year=2030)
    past = data[data["part"] == "history"]
    assert list(past["year"]) == [2024]


def test_the_chance_told_is_of_the_last_year_within_four() -> None:
    _, data = FIGURES["4-pace-against-target"]("en")
    newest = data.iloc[-1]
    assert (newest["year"], newest["probability"]) == (2027, 0.795)
    assert "is 80%" in charts.trends.say_pace(data, P["45"], "en")


@pytest.mark.parametrize(
    ("chances", "told", "drawn"),
    [
        # the first year below zero is named, and the chance of the last year before it
        ([0.004, np.nan, np.nan],
         "until 2025 is below 1%; from 2026 on the target would lie below zero.",
         "chance to 2025: below 1% below zero from 2026 on"),
        ([0.999, np.nan, np.nan], "until 2025 is above 99%; from 2026 on",
         "chance to 2025: above 99% below zero from 2026 on"),
        ([np.nan, np.nan, np.nan], "the target would lie below zero from 2025 on.",
         "below zero from 2025 on"),
        # 2030 is more than four years ahead: whether it is below zero there is not told
        ([0.7, 0.6, 0.5], "until 2027 is 50%. Taken alone", "chance to 2027: 50%"),
    ],
)  # fmt: skip
def test_the_first_year_of_a_target_below_zero_is_told(
    chances: list[float], told: str, drawn: str
) -> None:
    ahead = pd.DataFrame({"standard": "gso-md-2022", "origin": 2024,
                          "year": [2025, 2026, 2027, 2030],
                          "probability": [*chances, np.nan]})  # fmt: skip
    for order in (ahead, ahead.iloc[::-1]):
        fig, data = charts.trends.pace_against_target(PACES, order, P["45"], 1.5, "en")
        assert told in charts.trends.say_pace(data, P["45"], "en")
        assert drawn in [text.replace("\n", " ") for text in texts(fig)]
    for language in LANGUAGES:
        assert cut_off(
            charts.trends.pace_against_target(PACES, ahead, P["45"], 1.5, language)[0]
        ) == []  # fmt: skip


@pytest.mark.parametrize(
    ("probability", "said"), [(0.0, "below 1%"), (0.5, "50%"), (1.0, "above 99%")]
)
def test_no_chance_claims_certainty(probability: float, said: str) -> None:
    assert charts.trends.chance(probability, "en") == said


def test_the_map_names_both_archipelagos_and_their_provinces() -> None:
    for language in LANGUAGES:
        said = texts(FIGURES["5-map"](language)[0])
        assert {"Hoàng Sa (Đà Nẵng)", "Trường Sa (Khánh Hòa)"} <= set(said)


def test_the_map_has_every_province_and_both_archipelagos() -> None:
    drawn = charts.compare.outlines()
    assert {o.place for o in drawn if o.shape} == {p.code for p in places.provinces("63")}
    assert [(o.name, o.place) for o in drawn if o.points] == [
        ("Hoàng Sa", "48"),
        ("Trường Sa", "56"),
    ]


def test_a_map_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "provinces.geojson").write_text("{}")
    with pytest.raises(UserError, match=r"provinces\.geojson"):
        charts.compare.outlines(tmp_path / "provinces.geojson")


def test_a_year_without_rates_names_the_years_that_have() -> None:
    fig, _ = EMPTY["5-map"]("en")
    assert "there are 2014–2016, 2022–2024" in fig.texts[0].get_text().replace("\n", " ")


def test_rounding_leaves_ranks_open() -> None:
    # 0.56 ± 0.005 and 0.565 ± 0.005 overlap; 5.6 is surely the poorest of the three.
    rates = pd.DataFrame({"place": ["48", "01", "45"], "value": [0.56, 0.565, 5.6],
                          "low": [0.555, 0.56, 5.595], "high": [0.565, 0.57, 5.605]})  # fmt: skip
    ranked = charts.compare.ranked(rates)
    ranks = list(zip(ranked["rank_first"], ranked["rank_last"], strict=True))
    assert list(ranked["place"]) == ["45", "01", "48"]
    assert ranks == [(1, 1), (2, 3), (2, 3)]


def test_then_and_now_compares_within_one_standard() -> None:
    _, data = FIGURES["5-then-and-now"]("en")
    assert set(data["first_year"]) == {2022}
    assert list(data["place"]) == ["45", "44", "48", "56"]
    assert data.set_index("place").loc["56", "fall_pp"] == pytest.approx(-0.06)


def test_reasons_of_the_quarantine_are_counted_by_kind() -> None:
    _, data = FIGURES["1-quarantine"]("en")
    assert list(data["kind"]) == ["unreadable", "above_100"]


def test_a_clean_ledger_is_said_to_be_clean() -> None:
    fig, _ = EMPTY["1-quarantine"]("en")
    assert "Every printed number was read." in texts(fig)


def test_of_two_tables_for_one_rate_the_one_by_province_is_drawn() -> None:
    twice = pd.concat([OFFICIAL, OFFICIAL.assign(source_id="nso-e14-46", value=99.0)])
    assert rows.survey(twice, ["VN"])["value"].tolist() == [4.2, 3.4, 2.35]


@pytest.mark.parametrize(
    ("period", "years"),
    [
        ("2022", 2022.0),
        ("2022-12", 2022.0),
        ("2022-Q4", 2022.0),
        ("2023-01", 2022 + 1 / 12),
        ("2021-H1", 2020.5),
        ("2022-M9", 2021.75),
        ("2021-2025", 2025.0),
    ],
)
def test_a_period_lies_at_its_end(period: str, years: float) -> None:
    assert style.position(period) == pytest.approx(years)


def test_what_is_no_period_has_no_position() -> None:
    assert np.isnan(style.position(""))
