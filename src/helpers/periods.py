"""Periods: what a figure's period may look like, and when it ends."""

from __future__ import annotations

import math
import re

import pandas as pd

FORMS = "2023, 2022-12, 2024-Q1, 2021-H1, 2022-M9 or 2021-2025"
_YEAR = r"(?:19|20)[0-9]{2}"
PATTERN = re.compile(
    rf"(?P<year>{_YEAR})(?:-(?:(?P<last>{_YEAR})|(?P<month>0[1-9]|1[0-2])|Q(?P<quarter>[1-4])"
    r"|H(?P<half>[12])|M(?P<months>[1-9]|1[0-2])))?"
)
_PARTS_OF_A_YEAR = {"month": 12, "quarter": 4, "half": 2, "months": 12}


def is_period(text: str) -> bool:
    """Whether a text is a year, a month, a part of a year or a span that goes forward.

    As in FORMS: `2022-12` is December, `2022-M9` the first nine months, `2021-2025` a span.
    """
    return not math.isnan(end(text))


def is_span(text: str) -> bool:
    """Whether a text is a period of several years, such as `2021-2025`."""
    match = PATTERN.fullmatch(text)
    return match is not None and match.lastgroup == "last" and is_period(text)


def end(period: str) -> float:
    """When a period ends, in years: `2022` at 2023.0, `2022-06` and `2022-H1` at 2022.5.

    A span ends with its last year, `2021-2025` at 2026.0; what is no period is NaN.
    """
    match = PATTERN.fullmatch(period)
    if match is None:
        return math.nan
    year, form = int(match["year"]), str(match.lastgroup)
    if form == "last":
        last = int(match["last"])
        return last + 1.0 if last > year else math.nan
    return year + int(match[form]) / _PARTS_OF_A_YEAR[form] if form != "year" else year + 1.0


def ends(periods: pd.Series) -> pd.Series:
    """`end` of each period, float, on the same index; a missing or empty one is NaN."""
    known = {period: end(period) for period in periods.dropna().unique()}
    return periods.map(known).astype("float64")
