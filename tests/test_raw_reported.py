"""The ledger of reported figures in data/raw: what it holds and how it is written."""

import re
import unicodedata

import pandas as pd
import pytest

from helpers import project

COLUMNS = [
    "figure_id", "source_id", "place", "group", "period", "standard",
    "indicator", "direction", "printed", "unit", "status", "note",
]  # fmt: skip
SEEDS = {
    "quang-ngai-2024-q1": 7,
    "quang-tri-2023": 16,
    "tra-vinh-2021-h1": 45,
    "ninh-binh-2022-m9": 12,
    "son-la-2024-m8": 27,
}
RELATIONS = [
    "rate_of", "part_of", "all_parts_of", "change_of", "achieved_of", "recipients_of",
    "escaped_from",
]  # fmt: skip
PERIOD = r"|\d{4}|\d{4}-(0[1-9]|1[0-2])|\d{4}-Q[1-4]|\d{4}-H[12]|\d{4}-M\d{1,2}|\d{4}-\d{4}"


def table(name: str) -> pd.DataFrame:
    """A file of data/raw as strings, '' for empty."""
    return pd.read_csv(project.raw_dir() / name, dtype=str, keep_default_na=False)


@pytest.fixture(scope="module")
def figures() -> pd.DataFrame:
    return table("reported_figures.csv")


@pytest.fixture(scope="module")
def links() -> pd.DataFrame:
    return table("reported_figures.links.csv")


@pytest.fixture(scope="module")
def sources() -> pd.DataFrame:
    return table("sources.csv")


def printed(figures: pd.DataFrame, figure_id: str) -> str:
    return str(figures.set_index("figure_id")["printed"][figure_id])


def test_columns_and_size(figures: pd.DataFrame, links: pd.DataFrame) -> None:
    assert list(figures.columns) == COLUMNS
    assert list(links.columns) == ["figure_id", "relation", "other_id"]
    carried = figures[~figures["source_id"].isin(list(SEEDS))]
    assert len(carried) == 1238
    assert carried["source_id"].nunique() == 176
    assert len(figures) == 1238 + sum(SEEDS.values())


def test_ids_are_unique_and_number_the_page_in_order(figures: pd.DataFrame) -> None:
    assert figures["figure_id"].is_unique
    number = figures.groupby("source_id").cumcount() + 1
    assert (figures["figure_id"] == figures["source_id"] + "-" + number.map("{:02d}".format)).all()
    assert figures["source_id"].is_monotonic_increasing


def test_seed_bulletins_are_whole(figures: pd.DataFrame) -> None:
    counts = figures["source_id"].value_counts()
    assert {name: int(counts[name]) for name in SEEDS} == SEEDS


@pytest.mark.parametrize(
    ("source", "token"),
    [
        ("quang-ngai-2024-q1", "437 hồ sơ"),
        ("quang-tri-2023", "14.040 hộ"),
        ("quang-tri-2023", "7,71%"),
        ("quang-tri-2023", "giảm 4,31%"),
        ("quang-tri-2023", "giảm từ 1,0 - 1,5%"),
        ("tra-vinh-2021-h1", "82 tỷ 055 triệu đồng"),
        ("tra-vinh-2021-h1", "12.771.900.000 đồng"),
        ("tra-vinh-2021-h1", "4.995.000.000đồng"),
        ("tra-vinh-2021-h1", "66,88%"),
        ("ninh-binh-2022-m9", "12/13 nhiệm vụ"),
        ("ninh-binh-2022-m9", "gần 200 nghìn suất"),
        ("son-la-2024-m8", "gần 81.800 lao động"),
    ],
)
def test_printed_tokens_of_the_seeds_are_found(
    figures: pd.DataFrame, source: str, token: str
) -> None:
    assert token in set(figures.loc[figures["source_id"] == source, "printed"])


def test_seed_figures_never_share_a_key(figures: pd.DataFrame) -> None:
    key = ["source_id", "place", "group", "period", "standard", "indicator"]
    seeds = figures[figures["source_id"].isin(list(SEEDS))]
    assert not seeds.duplicated(key).any()


def test_shared_keys_of_pages_say_why(figures: pd.DataFrame) -> None:
    key = ["source_id", "place", "group", "period", "standard", "indicator"]
    shared = figures[figures.duplicated(key, keep=False)]
    assert len(shared) == 8
    assert (shared["note"] != "").all()


def test_codes(figures: pd.DataFrame) -> None:
    place = r"VN|RRD|NMM|NCC|CH|SE|MRD|\d{2}(@2025)?(/.+)?"
    standard = r"|\d{4}-\d{4}|gso-(md-)?\d{4}|local:\d{2}-\d{4}"
    assert figures["place"].str.fullmatch(place).all()
    assert figures["period"].str.fullmatch(PERIOD).all()
    assert figures["standard"].str.fullmatch(standard).all()
    assert figures["indicator"].str.fullmatch(r"[a-z]+(_[a-z]+)*").all()
    assert set(figures["direction"]) == {"", "fall", "rise"}
    assert set(figures["status"]) == {"", "final", "preliminary", "estimate", "target"}
    assert (figures["unit"] != "").all()


def test_directions_carry_the_sign(figures: pd.DataFrame) -> None:
    assert not figures["printed"].str.contains(r"^[-−+]\s?\d").any()
    change = figures["indicator"].str.contains(r"_change")
    assert (figures.loc[change, "direction"] != "").all()
    assert figures.loc[~change, "direction"].ne("").sum() == 2
    assert (figures.loc[figures["printed"].str.contains("giảm"), "direction"] == "fall").all()
    assert (figures.loc[figures["printed"].str.contains("tăng"), "direction"] == "rise").all()


def test_units_of_rates_and_changes(figures: pd.DataFrame) -> None:
    indicator, unit = figures["indicator"], figures["unit"]
    assert (unit[indicator.str.contains("rate_change")] == "pp").all()
    assert (unit[indicator.str.endswith("_rate")] == "%").all()
    households = indicator.str.contains(r"poor_households|total_households|escaping")
    households &= ~indicator.isin(["share_of_poor_households", "provinces_without_poor_households"])
    assert (unit[households] == "hộ").all()


def test_targets_have_the_status_of_targets(figures: pd.DataFrame) -> None:
    goal = figures["indicator"].str.startswith("target_")
    goal &= figures["indicator"] != "target_exceeded"
    assert (goal == (figures["status"] == "target")).all()


def test_a_range_is_one_row(figures: pd.DataFrame) -> None:
    ends = r"\d\s*%?\s*(?:[-–]|to)\s*\d"
    ranges = figures[figures["printed"].str.contains(ends)]
    key = ["source_id", "place", "group", "period", "indicator", "printed"]
    assert len(ranges) == 23
    assert not ranges.duplicated(key).any()


def test_survey_rates_are_never_review_rates(figures: pd.DataFrame) -> None:
    survey = figures[figures["standard"].str.startswith("gso-")]
    assert set(survey["source_id"]) == {"d028", "e014"}
    assert set(survey["indicator"]) == {"poor_rate", "poor_rate_change"}


def test_units_formed_in_2025(figures: pd.DataFrame) -> None:
    merged = figures[figures["place"].str.contains("@2025")]
    assert set(merged["place"]) == {
        "08@2025", "24@2025", "25@2025", "37@2025", "66@2025", "79@2025",
    }  # fmt: skip
    assert merged["note"].str.contains("merged").all()


@pytest.mark.parametrize(
    ("figure_id", "token"),
    [
        ("d010-01", "16.003/80.276 hộ"),
        ("d113-05", "67.39 hộ"),
        ("d198-07", "15.5580 người"),
        ("d087-07", "8.43%"),
        ("e023-01", "34, 578"),
        ("d044-01", "hơn 18,1 nghìn hộ nghèo"),
    ],
)
def test_prints_are_kept_as_they_are(figures: pd.DataFrame, figure_id: str, token: str) -> None:
    assert printed(figures, figure_id) == token


def test_text_is_short_and_nfc(figures: pd.DataFrame) -> None:
    assert figures["printed"].str.len().between(1, 60).all()
    assert (figures["note"].str.len() <= 160).all()
    assert figures["printed"].str.contains(r"\d|hàng chục nghìn").all()
    for name in ("reported_figures.csv", "reported_figures.links.csv", "sources.csv"):
        data = (project.raw_dir() / name).read_bytes()
        text = data.decode("utf-8")
        assert unicodedata.is_normalized("NFC", text)
        assert not data.startswith(b"\xef\xbb\xbf")
        assert b"\r" not in data
        assert data.endswith(b"\n")


def test_links_join_figures_of_one_source(figures: pd.DataFrame, links: pd.DataFrame) -> None:
    source = figures.set_index("figure_id")["source_id"]
    assert not links.duplicated().any()
    assert set(links["relation"]) == set(RELATIONS)
    assert links["figure_id"].isin(source.index).all()
    assert links["other_id"].isin(source.index).all()
    assert (links["figure_id"] != links["other_id"]).all()
    joined = links["figure_id"].map(source) == links["other_id"].map(source)
    assert joined.all()


def test_links_join_what_their_relation_says(figures: pd.DataFrame, links: pd.DataFrame) -> None:
    indicator = figures.set_index("figure_id")["indicator"]
    near, far = links["figure_id"].map(indicator), links["other_id"].map(indicator)
    relation = links["relation"]
    change = relation == "change_of"
    level = near[change].str.removesuffix("_per_year").str.removesuffix("_change")
    assert (level == far[change]).all()
    rate = relation == "rate_of"
    assert near[rate].str.contains("_rate|share_of").all()
    assert far[rate].str.endswith("_households").all()
    assert near[relation == "achieved_of"].str.endswith("_achieved").all()
    assert set(near[relation == "escaped_from"]) == {"households_escaping_poverty"}


@pytest.mark.parametrize(
    ("whole", "parts"),
    [
        ("d002-04", 6),
        ("d086-01", 7),
        ("d087-01", 7),
        ("d109-01", 8),
        ("d035-01", 9),
        ("d023-01", 5),
        ("d123-02", 11),
        ("e021-02", 2),
        ("quang-ngai-2024-q1-03", 2),
        ("son-la-2024-m8-02", 2),
        ("son-la-2024-m8-15", 3),
    ],
)
def test_complete_sums_have_all_their_parts(links: pd.DataFrame, whole: str, parts: int) -> None:
    complete = links["relation"] == "all_parts_of"
    assert (complete & (links["other_id"] == whole)).sum() == parts


def test_sources(figures: pd.DataFrame, sources: pd.DataFrame) -> None:
    assert list(sources.columns) == [
        "source_id", "title", "publisher", "published", "url", "number_style", "reviewed",
    ]  # fmt: skip
    assert sources["source_id"].is_unique
    assert set(figures["source_id"]) <= set(sources["source_id"])
    assert set(sources["number_style"]) == {"vi", "en", "fr", "mixed"}
    assert sources["published"].str.fullmatch(r"|\d{4}(-\d{2}){0,2}").all()
    assert set(sources.loc[sources["reviewed"] == "yes", "source_id"]) == set(SEEDS)
    pages = sources["source_id"].str.fullmatch(r"[de]\d{3}")
    assert pages.sum() == 176
    assert sources.loc[pages, "url"].str.fullmatch(r"\S+").all()


def test_number_styles_follow_the_print(figures: pd.DataFrame, sources: pd.DataFrame) -> None:
    style = figures["source_id"].map(sources.set_index("source_id")["number_style"])
    decimal_point = figures["printed"].map(lambda text: re.search(r"\d\.\d{1,2}\s?%", text)).notna()
    assert set(style[decimal_point]) <= {"en", "mixed"}
    decimal_comma = figures["printed"].map(lambda text: re.search(r"\d,\d{1,2}\s?%", text)).notna()
    assert set(style[decimal_comma]) <= {"vi", "fr", "mixed"}
