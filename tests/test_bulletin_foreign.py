"""Foreign bulletins: figures of English and French prose are found and understood."""

from __future__ import annotations

import re
import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.bulletins import foreign
from helpers.bulletins.foreign import words
from helpers.bulletins.foreign.english import ENGLISH
from helpers.bulletins.foreign.french import FRENCH
from helpers.bulletins.language import language_of
from helpers.bulletins.links import Tied
from helpers.bulletins.numerals import KINDS
from helpers.bulletins.prose import Prose
from helpers.bulletins.text import compose

OFFICE = {
    "en": "Lai Chau province: poverty reduction in 2023\n",
    "fr": "Province de Lai Châu : la pauvreté en 2023\n",
}
PORTAL = (
    "Lai Chau (VNA) – The northern province of Lai Chau had 24,041 poor households, or 23.72 "
    "percent, at the end of 2023, down 4.32 percentage points from a year earlier.\n"
    "Of 8 tasks, 7 were finished. In Sin Ho district, 4,120 households are poor, accounting for "
    "36.5 percent, while Tam Duong district has 2,010 near-poor households (15.1 percent).\n"
    "In the first nine months of 2023, jobs were found for 6,384 workers, or 66.88 percent of the "
    "yearly plan, and 1,200 gifts worth VND600 million were presented to poor families.\n"
    "Under Resolution No. 30a and Decree No. 07/2021/ND-CP, some 1,230 households escaped poverty "
    "and 121 relapsed into poverty. The province aims to cut the poverty rate by 3-4"
    " percent a year."
)
COURRIER = (
    "Fin 2023, la province de Lai Châu comptait 24 041 foyers pauvres, soit 23,72 %, et près de "
    "9.900 ménages quasi pauvres. Le taux de pauvreté a reculé de 4,3 points de pourcentage, "
    "passant de 28,04 % en 2022 à 23,72 % en 2023. Au premier semestre de 2023, 1 230 foyers sont "
    "sortis de la pauvreté. Pour 2024, la province vise une baisse du taux de pauvreté de 4 %."
)


def read(sentence: str, language: str = "en", period: str = "") -> Prose:
    return foreign.read(compose(OFFICE[language] + sentence), language, "", period, "b")


def printed(sentence: str, language: str = "en") -> list[str]:
    text = compose(OFFICE[language] + sentence)
    figures = foreign.read(text, language, "", "", "b").figures
    return [text.nfc[f.printed.start : f.printed.end] for f in figures]


def interval(figure: Tied) -> tuple[float, float]:
    assert figure.printed.quantity is not None
    return figure.printed.quantity.low, figure.printed.quantity.high


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Đến cuối năm 2023, toàn tỉnh còn 14.040 hộ nghèo, chiếm 7,71%.", "vi"),
        ("Quảng Trị still has 14,040 poor households, or 7.71 percent of the total.", "en"),
        ("Trà Vinh compte 3.440 ménages pauvres, soit 1,2 % du total.", "fr"),
        ("", "vi"),
        ("14.040 7,71%", "vi"),
        ("贫困率下降到百分之五，" * 20, "other"),
        ("Die Armutsquote sank auf 5,2 Prozent und die Zahl der Haushalte nahm ab. " * 30, "other"),
        ("La tasa de pobreza cayó al 5,2 por ciento según las autoridades locales. " * 30, "other"),
        (PORTAL * 3, "en"),
        (COURRIER * 4, "fr"),
        ("Tỷ lệ hộ nghèo của tỉnh và các huyện được giảm trong năm. " * 40, "vi"),
    ],
)
def test_the_language_of_a_text(text: str, language: str) -> None:
    assert language_of(compose(text)) == language


@pytest.mark.parametrize(
    ("sentence", "wanted", "low", "high"),
    [
        ("There are 14,041 poor households.", "14,041 poor households", 14041, 14041),
        ("The poverty rate is 7.72 per cent.", "7.72 per cent", 7.715, 7.725),
        ("More than 23,500 households got loans.", "More than 23,500 households", 23500, 23600),
        ("The fund gave VND75 billion.", "VND75 billion", 74.5e9, 75.5e9),
        ("The fund gave over 75 billion dong.", "over 75 billion dong", 75e9, 76e9),
        ("The fund gave US$3 million.", "US$3 million", 2.5e6, 3.5e6),
        ("It has nearly"
         " 1.97 million households.", "nearly 1.97 million households", 1.96e6, 1.97e6),
        ("Loans are 30 to 50 million VND each.", "30 to 50 million VND", 30e6, 50e6),
        ("It fell between 1 and 1.5 percent.", "1 and 1.5 percent", 1, 1.5),
        ("It fell by 1-1.5 percent.", "1-1.5 percent", 1, 1.5),
        ("Up to 11,500 workers left.", "Up to 11,500 workers", 0, 11500),
        ("One hundred and twenty households moved.", "One hundred and twenty households", 120, 120),
        ("Half a million people gave.", "Half a million people", 500_000, 500_000),
        ("Tens of thousands of gifts came.", "Tens of thousands of gifts", 20000, 99999),
        ("About 12 of 13 tasks are done.", "About 12 of 13 tasks", 11, 13),
    ],
)  # fmt: skip
def test_english_quantities(sentence: str, wanted: str, low: float, high: float) -> None:
    (figure,) = read(sentence).figures
    assert printed(sentence) == [wanted]
    assert interval(figure) == (low, high)


@pytest.mark.parametrize(
    ("sentence", "wanted", "low", "high"),
    [
        ("On compte 14 041 foyers pauvres.", "14 041 foyers", 14041, 14041),
        ("On compte 3.440 ménages pauvres.", "3.440 ménages", 3440, 3440),
        ("Le taux est de 7,72 %.", "7,72 %", 7.715, 7.725),
        ("Un budget de 12,5 milliards de dôngs.", "12,5 milliards de dôngs", 12.45e9, 12.55e9),
        ("Plus de 2.000 personnes sont venues.", "Plus de 2.000 personnes", 2000, 3000),
        ("Entre 1 et 1,5 % par an.", "1 et 1,5 % par an", 1, 1.5),
        ("Des dizaines"
         " de milliers de cadeaux.", "Des dizaines de milliers de cadeaux", 20000, 99999),
        ("Cent vingt foyers ont déménagé.", "Cent vingt foyers", 120, 120),
    ],
)  # fmt: skip
def test_french_quantities(sentence: str, wanted: str, low: float, high: float) -> None:
    (figure,) = read(sentence, "fr").figures
    assert printed(sentence, "fr") == [wanted]
    assert interval(figure) == (low, high)


@pytest.mark.parametrize(
    ("spelled", "value"),
    [("one hundred and twenty", 120), ("thirty-six", 36), ("two million", 2_000_000),
     ("fifteen hundred", 1500), ("half a million", 500_000), ("two three", None)],
)  # fmt: skip
def test_english_number_words(spelled: str, value: int | None) -> None:
    assert words.read(spelled, ENGLISH.numbers, ENGLISH.groups) == value


@pytest.mark.parametrize(
    ("spelled", "value"),
    [("cent vingt", 120), ("soixante-dix-sept", 77), ("quatre-vingt-dix-neuf", 99),
     ("deux mille trois cents", 2300), ("vingt et un", 21)],
)  # fmt: skip
def test_french_number_words(spelled: str, value: int | None) -> None:
    assert words.read(spelled, FRENCH.numbers, FRENCH.groups) == value


@pytest.mark.parametrize(
    ("language", "sentence", "text", "kind"),
    [
        ("en", "It met on 15 March 2024.", "15 March 2024", "date"),
        ("en", "It met on March 15, 2024.", "15, 2024", "date"),
        ("en", "It opens at 8:30 am.", "8:30 am", "time"),
        ("en", "The plan in 2024 is ready.", "2024", "year"),
        ("en", "The 2021-25 period is long.", "2021-25", "period"),
        ("en", "Under Resolution 30a it is so.", "30a", "code"),
        ("en", "Under Decree No. 07/2021/ND-CP.", "07/2021/ND-CP", "law"),
        ("en", "Under Article 5 of the law.", "5", "article"),
        ("en", "Youths aged 16-35 came.", "16-35", "age"),
        ("en", "A 3-year course began.", "3-year", "period"),
        ("en", "After Covid-19 it was better.", "19", "name"),
        ("en", "1. General results", "1", "list"),
        ("en", "See https://laichau.gov.vn/d2022.htm", "https://laichau.gov.vn/d2022.htm", "code"),
        ("en", "Tel: (84-233) 3852.529.", "84-233) 3852.529", "phone"),
        ("fr", "Réunion le 15 mars 2024.", "15 mars 2024", "date"),
        ("fr", "Les jeunes de 16 à 35 ans.", "16 à 35 ans", "age"),
        ("fr", "Selon le décret N°07/2021/ND-CP.", "07/2021/ND-CP", "law"),
        ("fr", "Pour la période 2021-2025.", "2021-2025", "period"),
    ],
)
def test_numerals_that_are_no_figure(language: str, sentence: str, text: str, kind: str) -> None:
    body = compose(OFFICE[language] + sentence)
    result = foreign.read(body, language, "", "", "b")
    assert (text, kind) in [(body.nfc[s.start : s.end], s.kind) for s in result.spans]
    assert result.figures == []


@pytest.mark.parametrize(
    ("language", "sentence", "indicator", "direction", "unit"),
    [
        ("en", "It has 14,041 poor households.", "poor_households", "", "hộ"),
        ("en", "It has 9,928 near-poor households.", "near_poor_households", "", "hộ"),
        ("en", "It has 23,968"
               " poor and near-poor households.", "multidim_poor_households", "", "hộ"),
        ("en", "The multidimensional poverty rate is 30.1%.", "multidim_poor_rate", "", "%"),
        ("en", "The rate of poor households is 7.7%.", "poor_rate", "", "%"),
        ("en", "The poverty rate fell by 4.3%.", "poor_rate_change", "fall", "pp"),
        ("en", "The poverty rate rose 0.4 percentage points.", "poor_rate_change", "rise", "pp"),
        ("en", "Poor households fell by 386.", "poor_households_change", "fall", "hộ"),
        ("en", "The poverty rate fell 1.5% a year.", "poor_rate_change_per_year", "fall", "pp"),
        ("en", "Some 620 households escaped poverty.", "households_escaping_poverty", "", "hộ"),
        ("en", "It lifted 620 households out of poverty.", "households_escaping_poverty", "", "hộ"),
        ("en", "Only 12 households relapsed into poverty.", "households_falling_back", "", "hộ"),
        ("en", "There were 35 newly poor households.", "households_newly_poor", "", "hộ"),
        ("en", "The total number of households is 18,110.", "total_households", "", "hộ"),
        ("en", "It aims to cut the poverty rate by 4%.", "target_poor_rate_change", "fall", "pp"),
        ("en", "It gave gifts to 5,127 poor households.", "poor_households", "", "hộ"),
        ("fr", "Le taux de pauvreté est de 7,7 %.", "poor_rate", "", "%"),
        ("fr", "Le taux de pauvreté a baissé de 1,2 point.", "poor_rate_change", "fall", "pp"),
        ("fr", "Elle compte 980 foyers quasi pauvres.", "near_poor_households", "", "hộ"),
        ("fr", "Ainsi, 620 foyers"
               " sont sortis de la pauvreté.", "households_escaping_poverty", "", "hộ"),
    ],
)  # fmt: skip
def test_what_is_counted(
    language: str, sentence: str, indicator: str, direction: str, unit: str
) -> None:
    (figure,) = read(sentence, language).figures
    said = figure.subject
    if "gifts" in sentence:
        assert said.kind == "other"
    else:
        assert (said.indicator, said.direction, said.unit) == (indicator, direction, unit)


def test_from_one_level_to_another_are_two_levels() -> None:
    figures = read("The poverty rate fell from 30.35% in 2022 to 25.6%, down 4.75%.").figures
    said = [(f.subject.indicator, f.period, f.earlier) for f in figures]
    assert said == [
        ("poor_rate", "2022", True), ("poor_rate", "2023", False),
        ("poor_rate_change", "2023", False),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("sentence", "period"),
    [
        ("By the end of 2023 it had 14,041 poor households.", "2023-12"),
        ("It had 14,041 poor households as of 30 June 2023.", "2023-06"),
        ("In the first six months of 2023, 620 households escaped poverty.", "2023-H1"),
        ("In the first quarter of 2023, 620 households escaped poverty.", "2023-Q1"),
        ("In the first nine months of 2023, it found 620 jobs.", "2023-M9"),
        ("In the 2021-2025 period it found 620 jobs.", "2021-2025"),
        ("It has 14,041 poor households.", "2023"),
        ("Compared with 2020, it has 14,041 poor households.", "2023"),
    ],
)
def test_periods(sentence: str, period: str) -> None:
    assert [f.period for f in read(sentence).figures] == [period]


def test_a_level_beside_the_time_it_is_compared_with_is_an_earlier_one() -> None:
    text = "It has 410 poor households, a decrease of 98 compared to 2022 (508 households)."
    said = [(f.subject.indicator, f.period) for f in read(text).figures]
    assert said == [
        ("poor_households", "2023"), ("poor_households_change", "2023"),
        ("poor_households", "2022"),
    ]  # fmt: skip


def test_groups_behind_and_before_a_figure() -> None:
    text = "The poverty rate is 5.71% (2.98% in urban areas and 7.89% in rural areas)."
    assert [f.subject.group for f in read(text).figures] == ["", "urban", "rural"]
    text = "Some 3,900 Khmer households escaped poverty."
    assert [f.subject.group for f in read(text).figures] == ["dân tộc Khmer"]


def test_a_norm_is_no_figure_and_help_is_no_count_of_the_poor() -> None:
    assert read("A household is poor if it has VND1.5 million a month or less.").figures == []
    (figure,) = read("Loans went to 12,300 poor households.").figures
    assert figure.subject.kind == "other"


def test_last_year_is_before_the_date_of_the_text() -> None:
    text = compose("Lai Chau province\nMarch 15, 2024\nLast year 620 households escaped poverty.")
    assert [f.period for f in foreign.read(text, "en", "", "", "b").figures] == ["2023"]


def test_places_are_carried_as_a_reader_does() -> None:
    figures = foreign.read(compose(PORTAL), "en", "", "", "b").figures
    places = ["12"] * 5 + ["12/Sìn Hồ"] * 2 + ["12/Tam Đường"] * 2 + ["12"] * 7
    assert [f.place for f in figures] == places


@pytest.mark.parametrize(
    ("language", "sentence", "place"),
    [
        ("en", "The mountainous district of Sin Ho has 120 poor households.", "12/Sìn Hồ"),
        ("en", "There are 120 poor households in Sin Ho district.", "12/Sìn Hồ"),
        ("en", "Pa Tan Commune has 120 poor households.", "12/Xã Pa Tan"),
        ("en", "Sin Ho district, one of the poorest in the country, has 5,120 jobs.", "12/Sìn Hồ"),
        ("en", "Da Nang City has 120 poor households.", "48"),
        ("fr", "Le district montagneux de Sin Hô compte 120 foyers pauvres.", "12/Sìn Hồ"),
        ("fr", "Le delta du Mékong compte 120 foyers pauvres.", "MRD"),
    ],
)  # fmt: skip
def test_places_by_their_names(language: str, sentence: str, place: str) -> None:
    assert [f.place for f in read(sentence, language).figures] == [place]


def test_the_country_its_regions_and_the_parts_without_a_code() -> None:
    text = (
        "Nationwide, the poverty rate was 2.93 percent. In the Central Highlands it was 15.39 "
        "percent, in the Northwest 44.39 percent, and in HCM City 0.5 percent."
    )
    figures = read(text).figures
    said = [(f.place, f.subject.group) for f in figures]
    assert said == [("VN", ""), ("CH", ""), ("VN", "Tây Bắc"), ("79", "")]


def test_a_name_since_july_2025_is_the_unit_of_2025() -> None:
    text = compose("Quang Tri province\nAugust 20, 2025\nThe province has 14,041 poor households.")
    result = foreign.read(text, "en", "", "", "b")
    assert result.home == "44@2025"
    assert [f.place for f in result.figures] == ["44@2025"]


def test_links_of_the_portal() -> None:
    text = compose(PORTAL)
    result = foreign.read(text, "en", "", "", "b")
    names = [text.nfc[f.printed.start : f.printed.end].split()[0] for f in result.figures]
    links = {(names[a], relation, names[b]) for a, relation, b in result.links}
    assert {
        ("23.72", "rate_of", "24,041"), ("4.32", "change_of", "23.72"),
        ("36.5", "rate_of", "4,120"), ("15.1", "rate_of", "2,010"),
        ("66.88", "achieved_of", "6,384"),
    } <= links  # fmt: skip


def test_the_french_of_the_courrier() -> None:
    result = foreign.read(compose(COURRIER), "fr", "", "", "b")
    said = [(f.subject.indicator, f.period) for f in result.figures]
    assert said == [
        ("poor_households", "2023-12"), ("poor_rate", "2023-12"),
        ("near_poor_households", "2023-12"), ("poor_rate_change", "2023"), ("poor_rate", "2022"),
        ("poor_rate", "2023"), ("households_escaping_poverty", "2023-H1"),
        ("target_poor_rate_change", "2024"),
    ]  # fmt: skip
    assert {f.place for f in result.figures} == {"12"}


def test_parts_and_recipients() -> None:
    text = "It has 43,010 workers, of whom 42,836 are at home and 174 abroad."
    assert [link[1] for link in read(text).links] == ["all_parts_of"] * 2
    text = "The fund gave VND600 million to 1,200 families."
    assert read(text).links == [(1, "recipients_of", 0)]


def test_a_district_is_known_by_its_name_alone_and_carried_through_its_paragraph() -> None:
    text = (
        "At the bottom of the table is Sin Ho. The district counted 4,120 poor households. Some "
        "310 families got loans. Tam Duong and Sin Ho sent 1,048 and 1,186 workers "
        "abroad respectively."
    )
    places = [f.place for f in read(text).figures]
    assert places == ["12/Sìn Hồ", "12/Sìn Hồ", "12/Tam Đường", "12/Sìn Hồ"]


@pytest.mark.parametrize(
    ("sentence", "indicators"),
    [
        ("Of the poor households, 820 live in towns.", ["poor_households"]),
        ("It has 5,120 poor households, and Sin Ho’s rate was 36.5%, down 2.1 points.",
         ["poor_households", "poor_rate", "poor_rate_change"]),
        ("The poverty rate is 7.7%, with 41% of workers trained.",
         ["poor_rate", ""]),
        ("There are 900 households, including 50 poor and 60 near-poor.",
         ["total_households", "poor_households", "near_poor_households"]),
        ("It has 50 poor and 60 near-poor households, or 5.1% and 6.2% respectively.",
         ["poor_households", "near_poor_households", "poor_rate", "near_poor_rate"]),
        ("Poor households by district:\n- Sin Ho: 4,120 households;\n- Than Uyen: 210 households.",
         ["poor_households", "poor_households"]),
    ],
)  # fmt: skip
def test_a_figure_takes_over_what_was_spoken_of(sentence: str, indicators: list[str]) -> None:
    said = [f.subject for f in read(sentence).figures]
    assert [what.indicator if what.kind != "other" else "" for what in said] == indicators


@pytest.mark.parametrize(
    ("sentence", "said"),
    [
        ("The rate fell from 17.89%, or 57,800 poor households, in 2016 to 2.66% in 2023.",
         ["2016", "2016", "2023"]),
        ("It closed 2023 with 4,120 poor households. Another 310 households are near-poor.",
         ["2023-12", "2023-12"]),
        ("For 2024 the province wants 500 new jobs. It must build 90 houses.", ["2024", "2024"]),
        ("In 2017 it had 12 schools. Its herd has grown to 140 cows.", ["2017", "2017"]),
        ("He bought 2 cows in 2017. His herd has grown to 140 cows.", ["2017", "2023"]),
    ],
)  # fmt: skip
def test_times_go_on_as_a_reader_takes_them(sentence: str, said: list[str]) -> None:
    assert [f.period for f in read(sentence).figures] == said


def test_parts_named_before_and_inside_parts() -> None:
    text = "It has 900 poor households. Of the poor households, 500 are rural and 400 are urban."
    links = read(text).links
    assert links == [(1, "all_parts_of", 0), (2, "all_parts_of", 0)]
    text = "There are 900 households, of which 110 are poor or near-poor: 50 poor, 60 near-poor."
    assert read(text).links == [
        (1, "part_of", 0), (2, "all_parts_of", 1), (3, "all_parts_of", 1),
    ]  # fmt: skip


PIECES = (
    "1 12 5,804 5.804 7.71 % / - – ( ) . , ; : households poor percent VND75 billion of from to by "
    "fell rate district Sin Ho province of which the country 1.2.3 Covid-19 15 March 2024 first"
    " six "
    "months last year foyers pauvres soit de à en points vingt hundred"
)
SOUP = st.lists(st.sampled_from([*PIECES.split(), "\n"]), max_size=40).map(" ".join)


@given(
    st.one_of(st.text(max_size=120), SOUP, st.text("0123456789.,/-() %$a\n", max_size=80)),
    st.sampled_from(["en", "fr"]),
)
def test_every_digit_is_in_one_figure_or_one_span(text: str, language: str) -> None:
    body = compose(text)
    result = foreign.read(body, language, "", "", "b")
    count = [0] * len(body.nfc)
    spans = [(f.printed.start, f.printed.end) for f in result.figures]
    for start, end in [*spans, *((s.start, s.end) for s in result.spans)]:
        for i in range(start, end):
            count[i] += 1
    assert {s.kind for s in result.spans} <= set(KINDS)
    for match in re.finditer("[0-9]+", body.nfc):
        assert set(count[match.start() : match.end()]) == {1}, match.group()


@given(SOUP, st.sampled_from(["en", "fr"]))
def test_composed_and_decomposed_letters_read_the_same(text: str, language: str) -> None:
    forms = [unicodedata.normalize(form, text + " Đakrông") for form in ("NFC", "NFD")]
    one, two = (foreign.read(compose(form), language, "", "", "b") for form in forms)
    assert str(one) == str(two)


@pytest.mark.parametrize("piece", ["1.", "1 ", "1)", "(", "9", ". ", "1/1 ", "Aa ", "a", "1\n"])
def test_hostile_texts_take_time_in_proportion(piece: str) -> None:
    text = compose(piece * (200_000 // len(piece)))
    begun = time.perf_counter()
    language_of(text)
    foreign.read(text, "en", "", "", "b")
    assert time.perf_counter() - begun < 3
