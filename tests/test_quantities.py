"""Quantities: every printed format of the data reads as a value and an interval."""

from __future__ import annotations

import math
import time
import unicodedata
from typing import Literal

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers import ledger
from helpers.quantities import (
    QUALIFIERS,
    Quantity,
    UnreadableNumber,
    parse,
    parse_column,
    render,
)

INF = math.inf
NAN = math.nan


def quantity(value: float, low: float, high: float, unit: str) -> Quantity:
    """An exact quantity, to compare by its text, as nan is never equal."""
    return Quantity(float(value), float(low), float(high), NAN, unit, "exact")


@pytest.mark.parametrize(
    ("printed", "value", "low", "high", "unit"),
    [
        ("14.040 hộ", 14040, 14040, 14040, "hộ"),
        ("2.438hộ", 2438, 2438, 2438, "hộ"),
        ("1.972.767 hộ", 1972767, 1972767, 1972767, "hộ"),
        ("giảm 1510 hộ", 1510, 1510, 1510, "hộ"),
        ("25.233", 25233, 25233, 25233, ""),
        ("06 phiên", 6, 6, 6, "phiên"),
        ("8 ngày hội", 8, 8, 8, "ngày hội"),
        ("45 cụ 100 tuổi", 45, 45, 45, "cụ"),
        ("6 tỉnh, thành phố không có hộ nghèo", 6, 6, 6, "tỉnh"),
        ("thực giảm: 1.782 hộ", 1782, 1782, 1782, "hộ"),
        ("18,1 nghìn hộ", 18100, 18050, 18150, "hộ"),
        ("1,97 triệu", 1_970_000, 1_965_000, 1_975_000, ""),
        ("7,71%", 7.71, 7.705, 7.715, "%"),
        ("12,62 %", 12.62, 12.615, 12.625, "%"),
        ("0,064%", 0.064, 0.0635, 0.0645, "%"),
        ("8.43%", 8.43, 8.425, 8.435, "%"),
        ("27,81", 27.81, 27.805, 27.815, ""),
        ("0%", 0, 0, 0.5, "%"),
        ("100% đối tượng", 100, 99.5, 100, "%"),
        ("100% kế hoạch", 100, 99.5, 100.5, "%"),
        ("132,5% kế hoạch", 132.5, 132.45, 132.55, "%"),
        ("bình quân giảm 4,42%/năm", 4.42, 4.415, 4.425, "%/năm"),
        ("giảm 2,95% mỗi năm", 2.95, 2.945, 2.955, "%/năm"),
        ("giảm 0,4 điểm phần trăm", 0.4, 0.35, 0.45, "pp"),
        ("giảm tỷ lệ hộ nghèo năm 2022 là 0,47%", 0.47, 0.465, 0.475, "%"),
        ("4,93% dân số", 4.93, 4.925, 4.935, "%"),
        ("300.000đ", 300_000, 300_000, 300_000, "đồng"),
        ("4.995.000.000đồng", 4_995_000_000, 4_995_000_000, 4_995_000_000, "đồng"),
        ("363.283 triệu đồng", 363_283e6, 363_282.5e6, 363_283.5e6, "đồng"),
        ("82 tỷ 055 triệu đồng", 82_055e6, 82_054.5e6, 82_055.5e6, "đồng"),
        ("2 nghìn tỷ đồng", 2e12, 1.5e12, 2.5e12, "đồng"),
        ("1.310 kg", 1310, 1310, 1310, "kg"),
        ("hỗ trợ COVID-19 cho 3 xã", 3, 3, 3, "xã"),
        ("1 403", 1403, 1403, 1403, ""),
        ("mỗi năm 2000 hộ thoát nghèo", 2000, 2000, 2000, "hộ thoát nghèo"),
        ("2023", 2023, 2023, 2023, ""),
    ],
)
def test_vietnamese_numbers(printed: str, value: float, low: float, high: float, unit: str) -> None:
    read = parse(printed)
    assert (read.value, read.low, read.high) == (value, low, high)
    assert (read.unit, read.qualifier) == (unit, "exact")
    assert str(parse(unicodedata.normalize("NFD", printed))) == str(read)  # nan is never equal


@pytest.mark.parametrize(
    ("printed", "value", "low", "high", "qualifier"),
    [
        ("hơn 23.500 hộ nghèo", 23500, 23500, 23600, "more_than"),
        ("hơn 23 nghìn hộ", 23000, 23000, 24000, "more_than"),
        ("hơn 18,1 nghìn hộ nghèo", 18100, 18100, 18200, "more_than"),
        ("hơn 36%", 36, 36, 37, "more_than"),
        ("hơn 20%", 20, 20, 21, "more_than"),
        ("trên 13,6%", 13.6, 13.6, 13.7, "more_than"),
        ("giảm trên 3%/năm", 3, 3, 4, "more_than"),
        ("hơn 3.166.000.000 đồng", 3.166e9, 3.166e9, 3.167e9, "more_than"),
        ("gần 3.700 hộ nghèo", 3700, 3600, 3700, "nearly"),
        ("khoảng gần 10%", 10, 9, 10, "nearly"),
        ("giảm được gần 5.000 hộ nghèo", 5000, 4000, 5000, "nearly"),
        ("gần 60 tỷ đồng", 60e9, 50e9, 60e9, "nearly"),
        ("gần 200 nghìn suất", 200e3, 100e3, 200e3, "nearly"),
        ("khoảng 33%", 33, 32, 34, "about"),
        ("khoảng 59.496 hộ", 59496, 59495, 59497, "about"),
        ("ước đạt 3.870 hộ", 3870, 3860, 3880, "about"),
        ("dưới 10%", 10, 0, 10, "less_than"),
        ("không quá 5%", 5, 0, 5, "at_most"),
        ("giảm từ 2,81% trở lên", 2.81, 2.81, 100, "at_least"),
        ("ít nhất 500 hộ", 500, 500, INF, "at_least"),
        ("≥3%", 3, 3, 100, "at_least"),
        ("không thấp hơn 2 xã", 2, 2, INF, "at_least"),
        ("thấp hơn 1,66%", 1.66, 1.655, 1.665, "exact"),
        ("vượt 1,57%", 1.57, 1.565, 1.575, "exact"),
    ],
)
def test_qualifiers_widen_one_side(
    printed: str, value: float, low: float, high: float, qualifier: str
) -> None:
    read = parse(printed)
    assert (read.value, read.low, read.high) == pytest.approx((value, low, high))
    assert read.qualifier == qualifier


@pytest.mark.parametrize(
    ("printed", "low", "high", "qualifier"),
    [
        ("1-1,5%/năm", 1, 1.5, "exact"),
        ("3-4,%/năm", 3, 4, "exact"),
        ("4 – 4,5%", 4, 4.5, "exact"),
        ("từ 1,0 - 1,5%", 1, 1.5, "exact"),
        ("khoảng 1% - 1,5%", 1, 1.5, "about"),
        ("khoảng 5,8-6%", 5.8, 6, "about"),
        ("trên 2-2,5%", 2, 2.5, "more_than"),
        ("từ 2 đến 3% trở lên", 2, INF, "at_least"),
        ("8.000 - 9.000 hộ", 8000, 9000, "exact"),
        ("8 - 9 nghìn hộ", 8000, 9000, "exact"),
        ("giai đoạn tới giảm 400 - 500 hộ nghèo", 400, 500, "exact"),
        ("hàng chục nghìn suất quà/năm", 20_000, 99_999, "about"),
        ("hàng trăm hộ", 200, 999, "about"),
        ("hàng chục hộ", 20, 99, "about"),
        ("hàng tỷ đồng", 2e9, 1e10 - 1, "about"),
        ("hàng nghìn tỷ đồng", 2e12, 1e13 - 1, "about"),
        ("hàng trăm nghìn tỷ đồng", 2e14, 1e15 - 1, "about"),
        ("hàng chục triệu đồng", 2e7, 1e8 - 1, "about"),
        ("năm 2023 hỗ trợ hàng nghìn hộ", 2000, 9999, "about"),
    ],
)
def test_a_range_is_its_two_ends(printed: str, low: float, high: float, qualifier: str) -> None:
    read = parse(printed)
    assert (read.low, read.high, read.qualifier) == (low, high, qualifier)
    if high < INF:
        assert read.value == pytest.approx((low + high) / 2)


@pytest.mark.parametrize(
    ("printed", "value", "of", "unit"),
    [
        ("16.003/80.276 hộ", 16003, 80276, "hộ"),
        ("793 hộ nghèo/53.904 hộ", 793, 53904, "hộ nghèo"),
        ("45.661 hộ/361.591 hộ dân", 45661, 361591, "hộ"),
        ("12/13 nhiệm vụ", 12, 13, "nhiệm vụ"),
        ("14/17", 14, 17, ""),
        ("giảm 1/2", 0.5, NAN, ""),
    ],
)
def test_a_fraction_keeps_its_whole(printed: str, value: float, of: float, unit: str) -> None:
    read = parse(printed)
    assert (read.value, read.low, read.high, read.unit) == (value, value, value, unit)
    assert read.of == pytest.approx(of, nan_ok=True)


@pytest.mark.parametrize(
    ("printed", "style", "value", "low", "high", "qualifier"),
    [
        ("9,214 poor households", "en", 9214, 9214, 9214, "exact"),
        ("34, 578", "en", 34578, 34578, 34578, "exact"),
        ("more than 1.97 million", "en", 1_970_000, 1_970_000, 1_980_000, "more_than"),
        ("almost 1.25 million", "en", 1_250_000, 1_240_000, 1_250_000, "nearly"),
        ("2.3 million poor households", "en", 2.3e6, 2.25e6, 2.35e6, "exact"),
        ("roughly 4.6 percent", "en", 4.6, 4.5, 4.7, "about"),
        ("just over 8,610", "en", 8610, 8610, 8620, "more_than"),
        ("near 25 %", "en", 25, 24, 25, "nearly"),
        ("below 4 per cent", "en", 4, 0, 4, "less_than"),
        ("1 percentage point", "en", 1, 0.5, 1.5, "exact"),
        ("0.28% lower", "en", 0.28, 0.275, 0.285, "exact"),
        ("between 2 and 3 percent", "en", 2.5, 2, 3, "exact"),
        ("1.0 to 1.5%", "en", 1.25, 1, 1.5, "exact"),
        ("2.17 percent per year", "en", 2.17, 2.165, 2.175, "exact"),
        ("près de 2.000", "fr", 2000, 1000, 2000, "nearly"),
        ("près de 25 %", "fr", 25, 24, 25, "nearly"),
        ("1.972.767 ménages", "fr", 1972767, 1972767, 1972767, "exact"),
        ("1\u202f972\u202f767 ménages", "fr", 1972767, 1972767, 1972767, "exact"),
        ("une baisse de 4,17 points", "fr", 4.17, 4.165, 4.175, "exact"),
        ("inférieur à 10%", "fr", 10, 0, 10, "less_than"),
        ("1 234,5", "fr", 1234.5, 1234.45, 1234.55, "exact"),
        ("1,234.5", "mixed", 1234.5, 1234.45, 1234.55, "exact"),
    ],
)
def test_english_and_french_numbers(
    printed: str, style: str, value: float, low: float, high: float, qualifier: str
) -> None:
    read = parse(printed, style)
    assert (read.value, read.low, read.high) == pytest.approx((value, low, high))
    assert read.qualifier == qualifier


@pytest.mark.parametrize("style", ["vi", "en", "fr", "mixed"])
def test_a_count_has_no_decimals_and_a_rate_no_thousands(style: str) -> None:
    assert parse("21,700 người", style).value == 21700
    assert parse("21.700 người", style).value == 21700
    assert parse("5.236", style, unit="hộ").value == 5236
    assert parse("1.234%", style).value == 1.234
    assert parse("1,234%", style).value == 1.234
    assert parse("12,5", style, unit="%").value == 12.5
    assert parse("0.123", style).value == 0.123


def test_the_style_settles_the_rest() -> None:
    assert parse("1.234", "vi").value == 1234
    assert parse("1.234", "fr").value == 1234
    assert parse("1.234", "en").value == 1.234
    assert parse("1,234", "vi").value == 1.234
    assert parse("1,234", "en").value == 1234
    assert parse("1.234 tỷ đồng", "vi").value == 1.234e12
    with pytest.raises(UnreadableNumber, match="thousands or decimals") as error:
        parse("1.234 tỷ đồng", "mixed")
    assert error.value.candidates == ("1234", "1.234")


def test_a_known_unit_says_the_kind_but_never_scales() -> None:
    assert repr(parse("15", "en", unit="%")) == repr(quantity(15, 14.5, 15.5, "%"))
    read = parse("71995.5", "en", unit="nghìn người")
    assert (read.value, read.unit) == (71995.5, "nghìn người")
    assert parse("7,71%", "vi", unit="hộ").unit == "%"


@pytest.mark.parametrize("printed", ["..", "...", "…"])
def test_a_cell_without_data_is_no_error(printed: str) -> None:
    read = parse(printed, "en", unit="%")
    assert all(math.isnan(x) for x in (read.value, read.low, read.high, read.of))
    assert (read.unit, read.qualifier) == ("%", "")


@pytest.mark.parametrize(
    ("printed", "message", "candidates"),
    [
        ("15.5580 người", "no whole number", ("155.580", "15.580", "15.550", "15.558")),
        ("67.39 hộ", "no whole number", ("6.739", "67.390", "67.039")),
        ("12,5 hộ", "no whole number", ("125", "12,500", "12,005")),
        ("1.23.456 hộ", "by no rule", ()),
        ("48 and 8 per cent", r"several numbers are printed \(48, 8\)", ()),
        ("từ 12% đến 10%", "starts at 12, above its end 10", ()),
        ("1,5 tỷ 055 triệu đồng", "only whole numbers", ()),
        ("bốn huyện", "no digits", ()),
        ("năm 2023", "only the digits of a year or a name are printed", ()),
        ("trong năm 2023: tỷ lệ hộ nghèo giảm", "only the digits of a year", ()),
        ("từ năm 2021 đến năm 2025", "only the digits of a year", ()),
        ("in 2023", "only the digits of a year", ()),
        ("COVID-19", "only the digits of a year or a name", ()),
        ("1e5 hộ", "1e5 is no plain number: e5 is no unit", ()),
        ("2x3", "x3 is no unit", ()),
        ("1E+5", "1E is no plain number", ()),
        ("0x1F hộ", "x1 is no unit", ()),
        ("10² hộ", "² is no unit", ()),
        ("1٣ hộ", "٣ is no unit", ()),
        ("5tr đồng", "tr is no unit known here", ()),
        ("2.3bn", "bn is no unit", ()),
        ("5triệu3", "triệu3 is no unit", ()),
        ("30a", "a is no unit", ()),
        ("5 - 2x3 hộ", "x3 is no unit", ()),
        ("\u200b", "nothing is printed", ()),
        ("-", "no digits", ()),
        ("", "nothing is printed", ()),
        ("9" * 19, "19 digits", ()),
        ("hộ " * 200 + "1", "characters are no number", ()),
    ],
)
def test_what_gives_no_one_number_is_refused(
    printed: str, message: str, candidates: tuple[str, ...]
) -> None:
    with pytest.raises(UnreadableNumber, match=message) as error:
        parse(printed)
    assert error.value.candidates == candidates


@pytest.mark.parametrize(
    ("printed", "value", "unit"),
    [
        ("2.438hộ", 2438, "hộ"),
        ("300.000đ", 300_000, "đồng"),
        ("300.000VNĐ", 300_000, "đồng"),
        ("12.225kg", 12225, "kg"),
        ("4.995.000.000đồng", 4_995_000_000, "đồng"),
        ("5tỷ đồng", 5e9, "đồng"),
        ("1,2điểm phần trăm", 1.2, "pp"),
        ("100m2 nhà ở", 100, "m"),
        ("45km²", 45, "km²"),
        ("793hộ nghèo/53.904hộ", 793, "hộ nghèo"),
        ("9,214households", 9214, "households"),
    ],
)
def test_a_unit_may_follow_without_a_blank(printed: str, value: float, unit: str) -> None:
    style = "en" if printed.endswith("households") else "vi"
    read = parse(printed, style)
    assert read.value == value
    assert read.unit == unit


@pytest.mark.parametrize("unseen", ["\u200b", "\u200d", "\u2060", "\ufeff", "\u00ad", "\u200e"])
def test_characters_that_are_not_seen_change_nothing(unseen: str) -> None:
    for printed in ("14.040 hộ", "hơn 1,97 triệu hộ", ".."):
        between = unseen.join(["", *printed, ""])
        assert repr(parse(between)) == repr(parse(printed))
    decomposed = unseen.join(unicodedata.normalize("NFD", "14.040 hộ"))
    assert repr(parse(decomposed)) == repr(parse("14.040 hộ"))


def test_a_number_after_by_is_a_year_only_where_no_unit_follows() -> None:
    assert parse("fell by 2016 households", "en").value == 2016
    assert parse("fell by 2000 million đồng", "en").value == 2e9
    assert parse("in 2016 households fell by 3 per cent", "en").value == 3
    with pytest.raises(UnreadableNumber, match="a year"):
        parse("by 2030", "en", unit="%")


def test_a_sign_is_read_for_the_ledger_to_refuse() -> None:
    read = parse("-3,5%")
    assert (read.value, read.low, read.high) == pytest.approx((-3.5, -3.55, -3.45))


def test_an_unknown_style_is_refused() -> None:
    with pytest.raises(UnreadableNumber, match="'de' is none of vi, en, fr, mixed"):
        parse("1", "de")


def test_a_column_is_read_on_its_index() -> None:
    printed = pd.Series(["1.234", "67.39 hộ", "1.234", ".."], index=[9, 4, 4, 1])
    read = parse_column(printed, pd.Series(["vi", "vi", "vi", "en"]))
    assert list(read.columns) == ["value", "low", "high", "of", "unit", "qualifier", "problem"]
    assert read.index.equals(printed.index)
    assert read["value"].tolist() == pytest.approx([1234, NAN, 1234, NAN], nan_ok=True)
    assert (read["problem"] != "").tolist() == [False, True, False, False]


def test_a_column_may_have_a_style_and_a_unit_a_row() -> None:
    printed = pd.Series(["1.234", "1.234", "1.234"])
    read = parse_column(printed, pd.Series(["vi", "en", "en"]), pd.Series(["", "", "hộ"]))
    assert read["value"].tolist() == [1234, 1.234, 1234]
    assert parse_column(pd.Series([], dtype="str")).empty
    assert parse_column(pd.Series([None, "1"]))["problem"].str.contains("nothing").tolist() == [
        True,
        False,
    ]


def test_every_reported_figure_is_read_but_the_misprints() -> None:
    cleaned = ledger.clean(ledger.load(), ledger.load_sources())
    unread = cleaned.quarantine[cleaned.quarantine["reason"].str.contains("cannot be read")]
    assert set(unread["printed"]) == {"15.5580 người", "67.39 hộ"}
    figures = cleaned.figures
    assert ((figures["low"] <= figures["value"]) & (figures["value"] <= figures["high"])).all()


@given(
    st.from_regex(r"[0-9]{1,7}([.,][0-9]{0,4}){0,2}", fullmatch=True),
    st.sampled_from(["vi", "en", "fr", "mixed"]),
    st.sampled_from(["", "%", "pp", "hộ", "kg", "nghìn người", "đồng"]),
    st.sampled_from(["exact", "about"]),
)
def test_a_numeral_that_stands_alone_is_read_as_in_a_text(
    numeral: str, style: str, unit: str, unsaid: str
) -> None:
    """With a blank behind it the whole text is searched for units, years and qualifiers."""
    alone, searched = (
        parse_column(pd.Series([text]), style, unit, unsaid) for text in (numeral, f"{numeral} ")
    )
    pd.testing.assert_frame_equal(alone, searched, check_exact=True)


STYLE = st.sampled_from(["vi", "en", "fr"])


@given(st.integers(0, 10**12), STYLE, st.sampled_from(["", "hộ", "người", "đồng", "households"]))
def test_counts_are_read_as_they_are_rendered(
    count: int, style: Literal["vi", "en", "fr"], unit: str
) -> None:
    read = parse(render(count, 0, unit, style), style)
    assert (read.value, read.low, read.high, read.unit) == (count, count, count, unit)


@given(st.integers(0, 10**6), st.integers(1, 4), STYLE, st.sampled_from(["%", "pp", "%/năm"]))
def test_rates_are_read_as_they_are_rendered(
    digits: int, decimals: int, style: Literal["vi", "en", "fr"], unit: str
) -> None:
    value = digits / 10**decimals
    read = parse(render(value, decimals, unit, style), style)
    assert (read.value, read.unit) == (value, unit)
    assert read.low <= value <= read.high


@given(st.integers(0, 10**12), st.integers(0, 2), STYLE, st.sampled_from(["", "kg", "tấn"]))
def test_measures_are_read_as_they_are_rendered(
    digits: int, decimals: int, style: Literal["vi", "en", "fr"], unit: str
) -> None:
    value = digits / 10**decimals
    assert parse(render(value, decimals, unit, style), style).value == value


PIECES = st.sampled_from(
    [*"0123456789", ".", ",", " ", "-", "–", "/", "%", "\u00a0", "1.234", "12,5", " hộ", " nghìn",
     " tỷ", " triệu", "hơn ", "gần ", "khoảng ", "trở lên", "năm ", " đến ", "hàng chục ", " and "]
)  # fmt: skip


@given(st.one_of(st.text(max_size=60), st.lists(PIECES, max_size=12).map("".join)))
def test_any_text_is_read_or_refused(text: str) -> None:
    for style in ("vi", "en", "fr", "mixed"):
        try:
            read = parse(text, style)
        except UnreadableNumber:
            with pytest.raises(UnreadableNumber):
                parse(unicodedata.normalize("NFD", text), style)
            continue
        assert read.qualifier in (*QUALIFIERS, "")
        assert math.isnan(read.value) or read.low <= read.value <= read.high
        again = parse(unicodedata.normalize("NFD", text), style)
        assert repr(again) == repr(read)


def test_long_texts_take_no_longer() -> None:
    start = time.process_time()
    for piece in ("1.", "1 ", "1,1", "1.111", "hơn ", "1-", "đ", "1 111", "không "):
        for style in ("vi", "en", "fr", "mixed"):
            text = (piece * 300)[:300]
            try:
                parse(text, style)
            except UnreadableNumber:
                continue
    assert time.process_time() - start < 1


@pytest.mark.parametrize(
    ("value", "decimals", "unit", "style", "printed"),
    [
        (14040, 0, "hộ", "vi", "14.040 hộ"),
        (7.71, 2, "%", "vi", "7,71%"),
        (7.71, 2, "%", "en", "7.71%"),
        (7.71, 2, "%", "fr", "7,71 %"),
        (14040, 0, "households", "en", "14,040 households"),
        (14040, 0, "", "fr", "14\u00a0040"),
        (1234.5, 1, "%", "vi", "1234,5%"),
    ],
)
def test_numbers_are_rendered_in_each_style(
    value: float, decimals: int, unit: str, style: Literal["vi", "en", "fr"], printed: str
) -> None:
    assert render(value, decimals, unit, style) == printed


def test_what_is_printed_without_a_qualifier_may_be_known_to_be_rounded() -> None:
    read = parse("2,100 poor households", "en", unsaid="about")
    assert (read.value, read.low, read.high, read.qualifier) == (2100, 2000, 2200, "about")
    read = parse("over 2,100 households", "en", unsaid="about")
    assert (read.low, read.high, read.qualifier) == (2100, 2200, "more_than")
    column = parse_column(
        pd.Series(["2.3 million", "2.3 million"]), "en", "hộ", pd.Series(["about", "exact"])
    )
    assert column["low"].tolist() == [2.2e6, 2.25e6]
    assert column["qualifier"].tolist() == ["about", "exact"]
