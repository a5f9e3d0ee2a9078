"""Texts of charts and sentences in both languages, from data/raw/labels.csv."""

from __future__ import annotations

import math
import re
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import lru_cache
from pathlib import Path

from helpers import project

LANGUAGES = ("en", "vi")
MINUS = "\N{MINUS SIGN}"
NO_NUMBER = "–"
_EXACTLY = Context(prec=400, rounding=ROUND_HALF_UP)  # more digits than any float has


def counted(number: int, noun: str) -> str:
    """A number with its English noun: `1 notebook`, `12 notebooks`."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def text(key: str, language: str, **values: object) -> str:
    """Text of one key in one language, with `{name}` places filled in.

    key      : as in the column `key` of labels.csv
    language : "en" or "vi"
    values   : texts for the places; put numbers through `number` first
    Raises project.UserError for an unknown key or language, or where a value is lacking.
    """
    template = _template(key, language)
    if template is None:
        raise project.UserError(f"{_file()}: no text with the key {key!r}: add a row key,en,vi.")
    try:
        return template.format(**values)
    except (KeyError, IndexError, ValueError) as error:
        raise project.UserError(
            f"{_file()}: the {language!r} text of {key!r} wants {error}, "
            f"but was given {', '.join(values) or 'nothing'}: {template!r}."
        ) from None


def name(kind: str, code: str, language: str) -> str:
    """Text of the key `kind.code`, else the code itself with blanks for its underscores.

    So an indicator or a standard that no row describes is shown under its own code.
    """
    return _template(f"{kind}.{code}", language) or code.replace("_", " ")


def number(x: float, decimals: int, language: str) -> str:
    """A number as the language writes it: 14,040 and 7.71 in en, 14.040 and 7,71 in vi.

    x        : any unit; a missing value gives a dash, infinity the sign of infinity
    decimals : digits after the decimal sign, rounded as by `rounded`
    """
    _check(language)
    if math.isnan(x):
        return NO_NUMBER
    if math.isinf(x):
        return (MINUS if x < 0 else "") + "∞"
    exact = rounded(x, decimals)
    printed = f"{abs(exact):,.{decimals}f}"
    sign = MINUS if exact < 0 else ""
    if language == "vi":
        printed = printed.translate(str.maketrans(",.", ".,"))
    return sign + printed


def rounded(x: float, decimals: int) -> Decimal:
    """A number with so many decimals, halves rounded away from zero: 5.205 is 5.21, −0.5 is −1.

    It starts from the shortest decimals that mean the number, and drops first what a difference
    of two such numbers leaves behind nine places further on (9.5 − 4.295 = 5.2050000000000001).
    """
    shortest = Decimal(repr(float(x)))
    without_noise = shortest.quantize(Decimal(1).scaleb(-decimals - 9), context=_EXACTLY)
    return without_noise.quantize(Decimal(1).scaleb(-decimals), context=_EXACTLY)


def period(code: str, language: str) -> str:
    """A period of the ledger in words: `2024-Q1` is `Q1 2024`, in vi `quý I/2024`.

    Whole years and anything of another shape stay as they are; spans get an en dash.
    """
    _check(language)
    if match := re.fullmatch(r"(\d{4})-(\d{2})", code):
        year, month = match[1], int(match[2])
        return f"{month}/{year}" if language == "vi" else f"{_MONTHS[(month - 1) % 12]} {year}"
    if match := re.fullmatch(r"(\d{4})-([QHM])(\d{1,2})", code):
        part = "I" * int(match[3]) if match[2] != "M" and match[3] in "123" else match[3]
        part = "IV" if match[2] == "Q" and match[3] == "4" else part
        part = part if language == "vi" else match[3]
        return text(f"period.{match[2]}", language, part=part, year=match[1])
    return re.sub(r"(?<=\d{4})-(?=\d{4})", "–", code)


_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def _file() -> Path:
    return project.raw_dir() / "labels.csv"


def _check(language: str) -> None:
    if language not in LANGUAGES:
        raise project.UserError(
            f"Unknown language {language!r}: choose one of {', '.join(LANGUAGES)}."
        )


def _template(key: str, language: str) -> str | None:
    _check(language)
    path = _file()
    stamp = path.stat().st_mtime_ns if path.exists() else 0
    return _read(path, stamp).get((key, language))


@lru_cache(maxsize=4)
def _read(path: Path, _stamp: int) -> dict[tuple[str, str], str]:
    """All texts of one state of the file; the stamp makes an edit in a running session count."""
    table = project.read_table(path, ["key", *LANGUAGES])
    twice = table.loc[table["key"].duplicated(), "key"]
    if len(twice):
        raise project.UserError(f"{path}: the key {twice.iloc[0]!r} stands twice: keep one row.")
    return {
        (key, language): said
        for language in LANGUAGES
        for key, said in zip(table["key"], table[language], strict=True)
    }
