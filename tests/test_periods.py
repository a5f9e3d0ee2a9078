"""Periods: one pattern, and one time at which each ends."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from helpers import ledger, periods

ENDS = [
    ("2022", 2023.0),
    ("2022-12", 2023.0),
    ("2022-Q4", 2023.0),
    ("2022-H2", 2023.0),
    ("2022-M12", 2023.0),
    ("2022-06", 2022.5),
    ("2022-Q1", 2022.25),
    ("2022-H1", 2022.5),
    ("2022-M9", 2022.75),
    ("2023-01", 2023 + 1 / 12),
    ("2021-2025", 2026.0),
    ("1998", 1999.0),
]
NO_PERIODS = [
    "", "22", "2023-13", "2023-00", "2023-1", "2024-Q5", "2024-H3", "2024-M0", "2024-M13",
    "2024-q1", "2025-2021", "2021-2021", "1850", "2150", "2021–2025", "2023 ", "31/12/2023",
    "2023-12-31", "٢٠٢٣", "2023\n",
]  # fmt: skip


@pytest.mark.parametrize(("period", "end"), ENDS)
def test_a_period_ends_at_a_time(period: str, end: float) -> None:
    assert periods.end(period) == end
    assert periods.is_period(period)


@pytest.mark.parametrize("text", NO_PERIODS)
def test_what_is_no_period_ends_never(text: str) -> None:
    assert math.isnan(periods.end(text))
    assert not periods.is_period(text)
    assert not periods.is_span(text)


def test_only_years_from_to_are_a_span() -> None:
    assert [period for period, _ in ENDS if periods.is_span(period)] == ["2021-2025"]


def test_the_forms_that_messages_list_are_periods() -> None:
    assert all(periods.is_period(form) for form in periods.FORMS.replace(" or ", ", ").split(", "))


def test_a_column_ends_as_each_of_its_periods_does() -> None:
    texts = [*(period for period, _ in ENDS), *NO_PERIODS, "2022"]
    column = pd.Series(texts, index=range(50, 50 + len(texts)))
    found = periods.ends(column)
    assert found.index.equals(column.index)
    assert found.tolist() == pytest.approx([periods.end(text) for text in texts], nan_ok=True)
    assert periods.ends(pd.Series([None, "2022"])).tolist() == pytest.approx(
        [math.nan, 2023.0], nan_ok=True
    )
    assert periods.ends(pd.Series([], dtype="str")).dtype == "float64"


def test_every_period_of_the_ledger_and_the_panels_ends() -> None:
    column = pd.concat([ledger.load()["period"], ledger.load_official("poverty")["period"]])
    assert periods.ends(column[column != ""]).between(1990, 2040).all()
