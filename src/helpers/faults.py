"""Faults: why a row of a ledger cannot be used, a sentence each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain

import pandas as pd

from helpers import periods, places, project

DIRECTIONS = ("", "fall", "rise")
STATUSES = ("", "final", "preliminary", "estimate", "target")
REPORTED = "reported_figures.csv"
NOT_IN_IDS = r"[\s|=]"  # conflicts.csv separates ids by blanks and `|`, and writes `id=printed`
_RATES = r"(?:_rate|_rate_change|_rate_change_per_year)$|^share_"
_PER_CENT = r"%|phần trăm|per ?cent|pour ?cent"
_HOUSEHOLDS = r"\bhộ\b|households|ménages"


def faults(table: pd.DataFrame, read: pd.DataFrame, sources: set[str]) -> Iterator[pd.Series]:
    """All that may be wrong with the rows of a ledger: for each fault a sentence a row, or ''.

    table   : ledger rows with file and row
    read    : their numbers, as from `quantities.parse_column`
    sources : keys of sources.csv
    """
    return chain(
        _of_id(table),
        _of_place(table["place"]),
        _of_source(table, sources),
        _of_standard(table["standard"]),
        _of_words(table),
        _of_number(table, read),
        _of_unit(table),
    )


def say(values: pd.Series, bad: pd.Series, sentence: Callable[[str], str]) -> pd.Series:
    """A sentence for each bad value, made once for each different one; '' for the good."""
    said = {value: sentence(value) for value in values[bad].unique()}
    return values.map(said).where(bad, "").astype("str")


def _of_id(table: pd.DataFrame) -> Iterator[pd.Series]:
    ids = table["figure_id"]
    odd = (ids == "") | ids.str.contains(NOT_IN_IDS)
    yield say(
        ids, odd, lambda i: f"The figure_id {i!r} is empty or has blanks, | or =: give one without."
    )
    again = ids.duplicated()
    where = table["file"].astype(str) + ", line " + table["row"].astype(str)
    first = where[~again].set_axis(ids[~again])
    yield say(
        ids,
        again & ~odd,
        lambda key: f"The figure_id {key!r} is used before ({first[key]}): give another.",
    )


def _of_place(column: pd.Series) -> Iterator[pd.Series]:
    def sentence(place: str) -> str:
        try:
            found = places.find(place.split("/")[0])
        except places.UnknownPlace as error:
            return str(error)
        return f"The place {place!r} is no code: write {found.code} for {found.name_vi}."

    yield say(column, ~places.is_valid(column), sentence)


def _of_source(table: pd.DataFrame, known: set[str]) -> Iterator[pd.Series]:
    reported = table["file"].astype(str).str.endswith(f"raw/{REPORTED}")
    yield say(
        table["source_id"],
        reported & ~table["source_id"].isin(known),
        lambda source: f"The source {source!r} is not in sources.csv: add its title and url there.",
    )


def _of_standard(column: pd.Series) -> Iterator[pd.Series]:
    known = known_standards()
    odd = ~(column.isin(["", *known]) | column.str.startswith("local:"))
    yield say(column, odd, lambda standard: no_standard(standard, known))


def known_standards() -> list[str]:
    """The standards of standards.csv; those of one place, `local:…`, need not be listed there."""
    table = project.read_table(project.raw_dir() / "standards.csv", ["standard"])
    return [standard for standard in table["standard"] if not standard.startswith("local:")]


def no_standard(standard: str, known: list[str]) -> str:
    """What to say of a standard that is not known."""
    return (
        f"The standard {standard!r} is not in standards.csv: use one of {', '.join(known)}, "
        "local:CODE-YEAR, or leave it empty."
    )


def _of_words(table: pd.DataFrame) -> Iterator[pd.Series]:
    """Columns whose words are given: period, direction, status; and an empty indicator."""
    period = table["period"]
    yield say(
        period,
        (period != "") & periods.ends(period).isna(),
        lambda text: (
            f"The period {text!r} is none of {periods.FORMS}: write it so, or leave it empty with "
            "the print in the note."
        ),
    )
    yield not_one_of(table["direction"], DIRECTIONS)
    yield not_one_of(table["status"], STATUSES)
    empty = table["indicator"].str.strip() == ""
    yield say(table["indicator"], empty, lambda _: "The indicator is empty: say what is counted.")


def not_one_of(
    column: pd.Series, words: tuple[str, ...], advice: str = "use one, or leave it empty"
) -> pd.Series:
    """A sentence for each value that is none of the words; '' for the others."""
    allowed = f"{column.name} is none of {', '.join(filter(None, words))}"
    return say(
        column,
        ~column.isin(words),
        lambda word: f"{word!r} as {allowed}: {advice}.",
    )


def _of_number(table: pd.DataFrame, read: pd.DataFrame) -> Iterator[pd.Series]:
    printed, value = table["printed"], read["value"]
    problem = "The printed " + printed.map(repr) + " cannot be read: " + read["problem"] + "."
    yield problem.where(read["problem"] != "", "")
    yield say(
        printed,
        table["indicator"].str.contains(_RATES) & (value > 100),
        lambda text: (
            f"The printed {text!r} is a rate above 100 %: look at the source, and correct "
            "the number, its unit or the indicator."
        ),
    )
    yield say(
        printed,
        value < 0,
        lambda text: (
            f"The printed {text!r} has a sign: take it off, and put fall or rise into direction."
        ),
    )


def _of_unit(table: pd.DataFrame) -> Iterator[pd.Series]:
    """Prints that name another unit than the column: no rule would check such a figure."""
    printed, unit = table["printed"], table["unit"]
    relative = unit.isin(["%", "pp"])
    said = printed.str.contains(_PER_CENT, case=False)
    named = printed.str.contains(_HOUSEHOLDS, case=False)
    yield say(
        printed,
        (said & ~named & ~relative & (unit != "")) | (named & ~said & relative),
        lambda text: f"The printed {text!r} has another unit than the column says: correct one.",
    )
