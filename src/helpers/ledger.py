"""The ledger: the table of reported figures, loaded, checked and cleaned."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

import pandas as pd

from helpers import periods, places, project, quantities, yearbooks
from helpers.faults import (
    NOT_IN_IDS,
    REPORTED,
    faults,
    known_standards,
    no_standard,
    not_one_of,
    say,
)
from helpers.numerals import STYLES
from helpers.project import UserError

COLUMNS = (
    "figure_id", "source_id", "place", "group", "period", "standard", "indicator", "direction",
    "printed", "unit", "status", "note",
)  # fmt: skip
NUMBERS = ("value", "low", "high", "of", "qualifier")
ORIGIN = ("file", "row")
LINK_COLUMNS = ("figure_id", "relation", "other_id")
RELATIONS = (
    "rate_of", "part_of", "all_parts_of", "change_of", "achieved_of", "recipients_of",
    "escaped_from",
)  # fmt: skip
SOURCE_COLUMNS = (
    "source_id", "title", "publisher", "published", "url", "number_style", "reviewed",
)  # fmt: skip
QUARANTINE_COLUMNS = ("file", "row", "figure_id", "printed", "reason")
NOT_LEDGERS = (".links.csv", ".numerals.csv", "sources.csv")

_OFFICIAL = {
    "poverty": "official_poverty_rates.csv",
    "population": "official_population.csv",
    "income": "official_income.csv",
}


@dataclass(frozen=True)
class Cleaned:
    """What cleaning gives.

    figures    : COLUMNS and value, low, high, of (float), qualifier; one row a good figure
    quarantine : file, row (line in the file), figure_id, printed, reason; one row a bad one
    """

    figures: pd.DataFrame
    quarantine: pd.DataFrame


def load(paths: Iterable[Path] | None = None) -> pd.DataFrame:
    """Ledger rows as they stand in the files, all text, with `file` and `row` (line, from 1).

    paths : ledgers to read; by default the reported figures of data/raw and every ledger of
            data/own, the folder for the users' own
    Raises UserError naming the file when one is missing, empty or lacks a column, or when the
    reported figures of data/raw have no row.
    """
    reported = project.raw_dir() / REPORTED
    if paths is None:
        paths = [reported, *_own(lambda name: not name.endswith(NOT_LEDGERS))]
    tables = []
    for path in map(Path, paths):
        table = project.read_table(path, COLUMNS, line_column="row")
        if path == reported and table.empty:
            raise UserError(f"{path} has no rows: restore the file that came with the project.")
        tables.append(table[[*COLUMNS, "row"]].assign(file=project.below_root(path)))
    return pd.concat(tables, ignore_index=True)[[*COLUMNS, *ORIGIN]]


def load_links(paths: Iterable[Path] | None = None) -> pd.DataFrame:
    """What the prose of the sources ties together, as it stands in the files.

    paths : link tables to read, none for no links; by default those beside the ledgers of `load`
    Returns figure_id, relation, other_id, file (text) and row (line in it, from 1, int); a link
    that is said twice stands once, where it is said first. `check_links` tells the good ones.
    """
    if paths is None:
        reported = project.raw_dir() / REPORTED.replace(".csv", ".links.csv")
        paths = [reported, *_own(lambda name: name.endswith(".links.csv"))]
    none = pd.DataFrame(columns=[*LINK_COLUMNS, "file"], dtype="str")
    tables = [none.assign(row=pd.Series(dtype="int64"))]
    for path in map(Path, paths):
        table = project.read_table(path, LINK_COLUMNS, line_column="row")
        tables.append(table[[*LINK_COLUMNS, "row"]].assign(file=project.below_root(path)))
    links = pd.concat(tables, ignore_index=True)
    return links.drop_duplicates(list(LINK_COLUMNS), ignore_index=True)


def no_links() -> pd.DataFrame:
    """The table of links without a row."""
    return load_links([])


def load_sources() -> pd.DataFrame:
    """Sources of data/raw and, where there is one, of data/own/sources.csv; all text.

    Raises UserError for a source_id used twice and for an unknown number_style.
    """
    files = [project.raw_dir() / "sources.csv", *_own(lambda name: name == "sources.csv")]
    tables = [project.read_table(path, SOURCE_COLUMNS)[list(SOURCE_COLUMNS)] for path in files]
    sources = pd.concat(tables, ignore_index=True)
    names = " and ".join(map(str, files))
    twice = sources.loc[sources["source_id"].duplicated(), "source_id"]
    if len(twice):
        raise UserError(f"{names}: source_id {twice.iloc[0]!r} is used twice; rename one.")
    odd = sources[~sources["number_style"].isin(STYLES)]
    if len(odd):
        row = odd.iloc[0]
        raise UserError(
            f"{names}: source {row['source_id']!r} has the number_style {row['number_style']!r}; "
            f"it may be {', '.join(STYLES)}."
        )
    return sources


def load_official(
    kind: Literal["poverty", "population", "income"], indicator: str | None = None
) -> pd.DataFrame:
    """An official panel in ledger columns, with value, low, high, of and qualifier.

    kind      : poverty: survey rates, % ; population: thousand persons ; income: thousand đồng a
                month
    indicator : only the rows of this one, for all people (no group); None for all rows
    Cells printed `..` have value, low and high nan. Raises UserError when a number of these rows
    cannot be read: the official tables are not quarantined but restored.
    """
    path = project.raw_dir() / _OFFICIAL[kind]
    stamp = path.stat().st_mtime_ns if path.exists() else 0
    return _official(path, stamp, indicator).copy()


@lru_cache(maxsize=8)
def _official(path: Path, _stamp: int, indicator: str | None) -> pd.DataFrame:
    """One state of an official table: reading it takes longer than any use of it."""
    table = project.read_table(path, COLUMNS, line_column="row")
    if indicator is not None:
        table = table[table["indicator"].eq(indicator) & table["group"].eq("")]
    read = quantities.parse_column(table["printed"], "en", table["unit"])
    bad = table.assign(problem=read["problem"])[read["problem"] != ""]
    for row in bad.to_dict("records")[:1]:
        raise UserError(
            f"{path}, line {row['row']}: {row['printed']!r} cannot be read: {row['problem']}."
        )
    return table[list(COLUMNS)].join(read[list(NUMBERS)])


def clean(raw: pd.DataFrame, sources: pd.DataFrame) -> Cleaned:
    """Read every number and set aside the rows that cannot be trusted to mean what they say.

    raw     : ledger rows as `load` gives them (file and row may be left out)
    sources : as `load_sources` gives them; a figure of an unlisted source is read by evidence only
    A row is quarantined with a sentence for each fault: an id that is empty, has a blank, `|` or
    `=` in it or was used before; an unknown place or standard, a source that data/raw does not
    list; a period, direction or status of another form; a number that cannot be read, has a sign,
    is a rate above 100 %, or names another unit than its row. An unknown indicator is kept, and so
    is a cell printed `..`, with nan.
    A note that begins with `approximate` marks a number that the source rounds without a word: it
    is read as if `about` stood before it, `2,100 poor households` as [2000, 2200], unless the
    print has a qualifier of its own.
    """
    table = _with_origin(raw)
    style = table["source_id"].map(sources.set_index("source_id")["number_style"]).fillna("mixed")
    rounded = table["note"].str.lower().str.startswith("approximate")
    unsaid = pd.Series("exact", index=table.index).mask(rounded, "about")
    read = quantities.parse_column(table["printed"], style, table["unit"], unsaid)
    reason = _reasons(table.index, faults(table, read, set(sources["source_id"])))
    good = reason == ""
    figures = table.loc[good, list(COLUMNS)].join(read[list(NUMBERS)])
    quarantine = table[~good].assign(reason=reason[~good])[list(QUARANTINE_COLUMNS)]
    return Cleaned(figures.reset_index(drop=True), quarantine.reset_index(drop=True))


def check_links(
    links: pd.DataFrame, figures: pd.DataFrame, set_aside: pd.DataFrame | None = None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The links that tie two figures together, and those that cannot, with the reason.

    links     : as `load_links` gives them (file and row may be left out)
    figures   : the good rows of the ledger, as in `Cleaned`
    set_aside : its quarantine, to tell an id that is set aside from one that no ledger has
    Returns the good links, with the columns they came with, and the others as a quarantine:
    QUARANTINE_COLUMNS, `printed` being `figure relation other`. A link is set aside where its
    relation is none of RELATIONS, where an end is no figure or is set aside itself, and where its
    ends are one and the same figure or figures of two sources.
    """
    table = _with_place_in_file(links.reset_index(drop=True))
    one, relation, other = (table[name].fillna("").astype("str") for name in LINK_COLUMNS)
    aside = set() if set_aside is None else set(set_aside["figure_id"])
    source = figures.set_index("figure_id")["source_id"]
    sources = one.map(source), other.map(source)
    apart = sources[0].notna() & sources[1].notna() & (sources[0] != sources[1])
    reason = _reasons(
        table.index,
        (
            not_one_of(relation, RELATIONS, "use one"),
            *(_no_figure(ids, source.index, aside) for ids in (one, other)),
            say(one, one == other, lambda key: f"It ties {key!r} to itself: correct one id."),
            say(one, apart, lambda _: "Its figures are of two sources: a link ties those of one."),
        ),
    )
    printed = one + " " + relation + " " + other
    quarantine = table.assign(printed=printed, reason=reason)[reason != ""]
    good = links[(reason == "").to_numpy()].reset_index(drop=True)
    return good, quarantine[list(QUARANTINE_COLUMNS)].reset_index(drop=True)


def levels(figures: pd.DataFrame) -> pd.DataFrame:
    """The figures that say how many households are poor or near-poor, and no goal or change.

    Whole provinces, units of 2025 or the country only: no district, no group of people.
    """
    return figures[
        figures["indicator"].str.fullmatch(r"(?:near_|multidim_)?poor_(?:households|rate)")
        & (figures["status"] != "target")
        & (figures["group"] == "")
        & ~figures["place"].str.contains("/", regex=False)
    ]


def coverage(figures: pd.DataFrame) -> pd.DataFrame:
    """How many figures there are, and where there are none.

    figures : ledger rows; a figure below a province counts for it, a span for its last year
    Returns place, year (int), standard, figures (int): for each year in which a standard has any
    figure, all of the 63 provinces and VN, zeros too. Regions and units of 2025 are not counted.
    """
    codes = ["VN", *(place.code for place in places.provinces("63"))]
    rows = pd.DataFrame(
        {
            "place": figures["place"].str.split("/").str[0],
            "year": figures["period"].str.extract(r"^(?:\d{4}-)?(\d{4})", expand=False),
            "standard": figures["standard"],
        }
    )
    rows = rows[rows["year"].notna() & rows["place"].isin(codes)]
    counts = rows.astype({"year": "int64"}).value_counts().rename("figures")
    pairs = set(zip(rows["year"].astype("int64"), rows["standard"], strict=True))
    grid = pd.MultiIndex.from_tuples(
        [(code, year, standard) for year, standard in sorted(pairs) for code in codes],
        names=["place", "year", "standard"],
    )
    return counts.reindex(grid, fill_value=0).astype("int64").reset_index()


def import_table(
    path: Path,
    *,
    source_id: str,
    period: str,
    standard: str,
    indicators: Mapping[str, str] | str | None = None,
    units: Literal["63", "34"] = "63",
) -> pd.DataFrame:
    """Figures of a province x indicator table, as a ledger to be saved into data/own.

    path       : .xlsx (first sheet) or .csv, with a header of one or two rows, as the ministry's
                 and the statistics office's yearbooks print it
    source_id  : no blanks, `|` or `=`; describe it in data/own/sources.csv
    period     : of the whole table, '' where it is not known; columns that are years have their own
    standard   : poverty standard of the whole table, '' where it is not known
    indicators : header text -> indicator, '' to leave a column out; or one indicator for all
                 columns; by default what the headers say in Vietnamese or English
    units      : '34' where the rows are the units since July 2025, as a bare name means the 63
    Returns ledger columns, all text, cells as printed. What is left out is logged as a warning.
    Raises UserError for a source_id, period or standard of another form, and naming the row and
    the cell that cannot be read.
    """
    _check_whole_table(source_id, period, standard)
    figures = yearbooks.read(Path(path), period=period, indicators=indicators, units=units)
    ids = source_id + ":" + figures["place"] + ":" + figures["period"] + ":" + figures["indicator"]
    figures = figures.assign(figure_id=ids, source_id=source_id, standard=standard)
    return figures.reindex(columns=list(COLUMNS), fill_value="").astype("str")


def _check_whole_table(source_id: str, period: str, standard: str) -> None:
    """Raise UserError for what would send every row of an imported table to the quarantine."""
    if not source_id or re.search(NOT_IN_IDS, source_id):
        raise UserError(
            f"source_id {source_id!r} is empty or has blanks, | or =: give a short key."
        )
    if period and not periods.is_period(period):
        raise UserError(f"The period {period!r} is none of {periods.FORMS}: write it so.")
    known = known_standards()
    if standard and standard not in known and not standard.startswith("local:"):
        raise UserError(no_standard(standard, known))


def _own(wanted: Callable[[str], bool]) -> list[Path]:
    return sorted(path for path in project.own_dir().glob("*.csv") if wanted(path.name))


def _with_origin(raw: pd.DataFrame) -> pd.DataFrame:
    lacking = [name for name in COLUMNS if name not in raw.columns]
    if lacking:
        raise UserError(f"The ledger lacks the columns {', '.join(lacking)}.")
    table = _with_place_in_file(raw.reset_index(drop=True))
    text = table[list(COLUMNS)].fillna("").astype("str")
    nfc = {name: text[name].str.normalize("NFC").astype("str") for name in COLUMNS}
    return table.assign(**nfc)


def _with_place_in_file(table: pd.DataFrame) -> pd.DataFrame:
    """The table with `file` and `row`; where they lack, as of one file without a name."""
    if "file" not in table.columns:
        table = table.assign(file="")
    if "row" not in table.columns:
        table = table.assign(row=pd.RangeIndex(2, len(table) + 2))
    return table


def _reasons(index: pd.Index, faults: Iterable[pd.Series]) -> pd.Series:
    """All that is wrong with each row, a sentence a fault; '' for the good."""
    reason = pd.Series("", index=index, dtype="str")
    for fault in faults:
        reason = reason.where(fault == "", (reason + " " + fault).str.lstrip())
    return reason


def _no_figure(ids: pd.Series, known: pd.Index, aside: set[str]) -> pd.Series:
    """What is wrong with one end of each link."""

    def sentence(key: str) -> str:
        if key in aside:
            return f"The figure {key!r} is set aside: correct its own row first."
        return f"No ledger has the figure {key!r}: correct the id, or add the figure."

    return say(ids, ~ids.isin(known), sentence)
