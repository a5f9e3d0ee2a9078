"""Numbers and dates of a sheet, printed as their format shows them, the Vietnamese way."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import NamedTuple

_MOST_DECIMALS = 9
_LARGEST = Decimal(10) ** 15  # beyond it a cell holds no exact whole numbers
_CODES = re.compile(
    r'\[\$([^\]-]*)[^\]]*\]|"([^"]*)"|\\(.)|_.|\*.|\[[^\]]*\]|([#0?][#0?,.]*)|(.)', re.DOTALL
)


class _Format(NamedTuple):
    """A section of a number format: literal text around a number, its digits and scale."""

    before: str
    after: str
    digits: str
    is_percent: bool
    is_general: bool


def number_text(value: float, number_format: str) -> str:
    """A number as printed: dots between thousands, a decimal comma, no binary noise.

    value         : the number that the cell holds; of its digits 15 are meant
    number_format : the cell's format, `#,##0.00`, `0.0%`, `General` …; rounding is half up, as
                    spreadsheets round. Forms that are not known print as `General`
    """
    exact = Decimal(f"{value:.15g}") if isinstance(value, float) else Decimal(value)
    sections = _split(number_format or "General")
    if len(sections) > 1 and exact < 0:
        exact, section = -exact, sections[1]
    elif len(sections) > 2 and exact == 0:
        section = sections[2]
    else:
        section = sections[0]
    form = _parsed(section)
    if form.is_general or abs(exact) >= _LARGEST:
        return form.before + _general(exact) + form.after
    return _in_places(exact, form) if form.digits else form.before


def date_text(value: date | time | timedelta) -> str:
    """A date as dd/mm/yyyy, with the time of day where it has one."""
    if isinstance(value, datetime):
        day = f"{value:%d/%m/}{value.year:04d}"
        return f"{day} {value:%H:%M}" if value.time() != time() else day
    if isinstance(value, date):
        return f"{value:%d/%m/}{value.year:04d}"
    if isinstance(value, time):
        return f"{value:%H:%M}"
    return str(value)


@lru_cache(maxsize=512)
def _split(number_format: str) -> list[str]:
    """Sections for positive, negative and zero numbers; a `;` between quotes does not count."""
    return re.findall(r'(?:"[^"]*"|\\.|[^;])+', number_format) or ["General"]


@lru_cache(maxsize=512)
def _parsed(section: str) -> _Format:
    is_general = bool(re.search("general|@", section, re.IGNORECASE))
    before = after = digits = ""
    is_percent = False
    for currency, quoted, escaped, places, plain in _CODES.findall(
        re.sub("general|@", "0", section, flags=re.IGNORECASE)
    ):
        if plain in ("E", "e", "/") or (places and digits):
            return _Format("", "", "0", False, True)  # powers of ten, fractions, split numbers
        digits = digits or places
        is_percent |= plain == "%"
        literal = currency or quoted or escaped or plain
        before, after = (before, after + literal) if digits else (before + literal, after)
    return _Format(before, after, digits, is_percent, is_general)


def _in_places(exact: Decimal, form: _Format) -> str:
    """A number in the places that its format has, with a sign before its text."""
    digits = form.digits.rstrip(",")
    scale = len(form.digits) - len(digits)
    exact = exact.scaleb(-3 * scale)
    if form.is_percent:
        exact = exact.scaleb(2)
    whole, _, places = digits.partition(".")
    needed = places.count("0")
    most = min(len(places), _MOST_DECIMALS)
    rounded = f"{abs(exact).quantize(Decimal(1).scaleb(-most), ROUND_HALF_UP):f}"
    units, _, decimals = rounded.partition(".")
    while len(decimals) > needed and decimals.endswith("0"):
        decimals = decimals[:-1]
    units = units.zfill(whole.count("0")) if whole.count("0") > 1 else units
    if whole.count("0") == 0 and units == "0":
        units = ""
    if "," in whole:
        units = re.sub(r"(?<=\d)(?=(?:\d{3})+$)", ".", units)
    printed = f"{units},{decimals}" if decimals else units
    sign = "-" if exact < 0 and printed.strip("0,.") else ""
    return f"{sign}{form.before}{printed}{form.after}".strip()


def _general(exact: Decimal) -> str:
    """A number without format: whole ones in full, others with ten significant digits."""
    if exact == exact.to_integral_value() and abs(exact) < _LARGEST:
        return f"{exact:.0f}" if exact else "0"
    if abs(exact) >= _LARGEST or abs(exact) < Decimal(10) ** -9:
        return f"{exact:.5E}".replace(".", ",")
    return f"{Decimal(f'{exact:.10g}').normalize():f}".replace(".", ",")
