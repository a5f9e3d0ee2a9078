"""Facts about every way to print a number: what is rendered is read back, inside a sentence."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers import bulletins

DIGITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
QUALIFIERS = {"khoảng": "about", "gần": "nearly", "hơn": "more_than", "trên": "more_than"}


def dotted(count: int) -> str:
    """`14.040`."""
    return f"{count:,}".replace(",", ".")


def comma(value: int, decimals: int) -> str:
    """`7,71` of 771 and two decimals."""
    whole, rest = divmod(value, 10**decimals)
    return f"{dotted(whole)},{rest:0{decimals}d}"


def below_thousand(count: int, *, first: bool) -> str:
    """`hai trăm linh năm`; inside a number its empty hundreds are said, too."""
    hundreds, rest = divmod(count, 100)
    tens, ones = divmod(rest, 10)
    words = [DIGITS[hundreds], "trăm"] if hundreds or not first else []
    if tens > 1:
        words += [DIGITS[tens], "mươi"]
    elif tens:
        words.append("mười")
    elif ones and words:
        words.append("linh")
    if ones:
        after_tens = {1: "mốt", 5: "lăm"} if tens > 1 else {5: "lăm"} if tens else {}
        words.append(after_tens.get(ones, DIGITS[ones]))
    return " ".join(words)


def spelled(count: int) -> str:
    """`hai mươi mốt nghìn không trăm mười một`."""
    thousands, rest = divmod(count, 1000)
    words = [f"{below_thousand(thousands, first=True)} nghìn"] if thousands else []
    if rest or not words:
        words.append(below_thousand(rest, first=not thousands))
    return " ".join(words)


def read(printed: str) -> tuple[str, float, float, float]:
    """The only figure of a sentence: as found, value, low, high."""
    text = f"Năm 2023, tỉnh Lai Châu hỗ trợ {printed} cho người nghèo."
    figures = bulletins.read_text(text, "r").figures
    assert len(figures) == 1, (printed, figures["printed"].tolist())
    (row,) = figures.to_dict("records")
    return str(row["printed"]), float(row["value"]), float(row["low"]), float(row["high"])


@given(st.integers(10, 10**8))
def test_counts(count: int) -> None:
    printed = f"{dotted(count)} hộ"
    assert read(printed) == (printed, count, count, count)


@given(st.integers(1, 9))
def test_leading_zeros(count: int) -> None:
    assert read(f"0{count} phiên")[1:] == (count, count, count)


@given(st.integers(0, 9_999))
def test_rates(hundredths: int) -> None:
    _, value, low, high = read(f"{comma(hundredths, 2)}% số hộ")
    assert value == pytest.approx(hundredths / 100)
    assert (low, high) == pytest.approx(
        (max(0, hundredths - 0.5) / 100, min(10_000, hundredths + 0.5) / 100)
    )


@given(st.integers(1, 9_999), st.sampled_from(["nghìn", "ngàn", "triệu", "tỷ"]))
def test_scaled_decimals(hundredths: int, scale: str) -> None:
    factor = {"nghìn": 1e3, "ngàn": 1e3, "triệu": 1e6, "tỷ": 1e9}[scale]
    _, value, low, high = read(f"{comma(hundredths, 2)} {scale} đồng")
    assert value == pytest.approx(hundredths / 100 * factor)
    assert low < value < high
    assert high - low == pytest.approx(factor / 100)


@given(st.integers(1, 999), st.integers(1, 999))
def test_two_scales_together(billions: int, millions: int) -> None:
    printed = f"{billions} tỷ {millions:03d} triệu đồng"
    found, value, low, high = read(printed)
    assert found == printed
    assert value == billions * 1e9 + millions * 1e6
    assert low <= value <= high


@given(
    st.integers(2, 9_000), st.integers(1, 900), st.sampled_from(["{}-{}", "{} – {}", "{} đến {}"])
)
def test_ranges(first: int, more: int, form: str) -> None:
    low, high = first * 10, (first + more) * 10
    _, value, least, most = read(f"{form.format(dotted(low), dotted(high))} lao động")
    assert (least, most) == (low, high)
    assert value == (low + high) / 2


@given(st.integers(1, 10**6), st.integers(0, 10**6))
def test_fractions_of_a_whole(part: int, rest: int) -> None:
    text = f"Năm 2023, tỉnh Lai Châu có {dotted(part)}/{dotted(part + rest)} hộ dùng nước sạch."
    (row,) = bulletins.read_text(text, "r").figures.to_dict("records")
    assert (row["value"], row["of"]) == (part, part + rest)


@given(st.integers(21, 999_999))
def test_number_words(count: int) -> None:
    words = spelled(count)
    found, value, low, high = read(f"{words} suất quà")
    assert found.startswith(words)
    assert value == low == high == count


@given(st.integers(11, 10**6), st.sampled_from(sorted(QUALIFIERS)))
def test_qualifiers(count: int, word: str) -> None:
    printed = f"{word} {dotted(count)} người"
    text = f"Năm 2023, tỉnh Lai Châu hỗ trợ {printed}."
    (row,) = bulletins.read_text(text, "r").figures.to_dict("records")
    assert (row["printed"], row["qualifier"]) == (printed, QUALIFIERS[word])
    assert row["low"] <= row["value"] <= row["high"]
    assert row["low"] <= count <= row["high"]


@given(st.integers(10_000, 10**7), st.integers(0, 9_999))
def test_the_english_way(count: int, hundredths: int) -> None:
    text = (
        "At the end of 2023 Lai Chau province had "
        f"{count:,} poor households, or {hundredths / 100:.2f} percent."
    )
    households, rate = bulletins.read_text(text, "r").figures["value"]
    assert households == count
    assert math.isclose(rate, hundredths / 100)
