"""Places: codes, names in every usual spelling, regions, the merger of 2025, weights."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

import pandas as pd

from helpers import project
from helpers.project import UserError

MERGER_DATE = "2025-07-01"
_LETTERS = str.maketrans({"đ": "d", "ð": "d"})
_KINDS_OF_PLACE = re.compile(r"^(?:tinh|thanh-pho|tp|province-of)-|-(?:province|city)$")


class UnknownPlace(UserError):
    """A name or code that no place bears."""


@dataclass(frozen=True)
class Place:
    """A country, region or province, valid in a span of time.

    code       : 'VN', a region such as 'RRD', a province '45', a unit of 2025 '44@2025'
    kind       : 'country', 'region' or 'province'
    region     : code of the region; '' for the country, regions and the units formed in 2025
    valid_from : ISO date or '' (always); valid_to : last day, ISO date or '' (still)
    """

    code: str
    kind: str
    name_vi: str
    name_en: str
    region: str
    valid_from: str
    valid_to: str

    @property
    def folder(self) -> str:
        """Name of the place's folder: '45', '44-2025', 'VN'."""
        return self.code.replace("@", "-")

    def name(self, language: str) -> str:
        """Name in 'vi' or 'en'.

        Provinces keep their Vietnamese letters in English too; the country and the regions have an
        English name. A unit formed in 2025 bears the year, as its namesake lives on.
        """
        plain = self.name_en if language == "en" and self.kind != "province" else self.name_vi
        return f"{plain} (2025)" if "@" in self.code else plain


@dataclass(frozen=True)
class _Gazetteer:
    """What data/raw says of places, read once a folder."""

    places: dict[str, Place]
    by_name: dict[str, str]
    members: dict[str, tuple[str, ...]]


@lru_cache(maxsize=20_000)  # the same few names and nouns come again and again
def fold(text: str) -> str:
    """Lower-case key of a name: no diacritics, đ as d, all else between words a single '-'."""
    letters = unicodedata.normalize("NFD", text.casefold()).translate(_LETTERS)
    plain = "".join(c for c in letters if not unicodedata.combining(c))
    return re.sub(r"[\W_]+", "-", plain).strip("-")


def find(name: str) -> Place:
    """The place that a code or a name means.

    name : a code (`45`, `44@2025`, `RRD`, `VN`), a folder (`44-2025`), or a name with or without
           diacritics, `tỉnh` or `TP.`, in the usual spellings. A bare code or name always means the
           63 provinces before July 2025; `quang-tri-2025` means the unit formed then.
    Raises UnknownPlace with the nearest names.
    """
    place = lookup(name)
    if place is None:
        raise UnknownPlace(
            f"{str(name)!r} is no place known here. {nearest(name)} "
            "Give a province's code or name, a unit of 2025 such as 44@2025, a region, or VN."
        )
    return place


def lookup(name: str) -> Place | None:
    """The place that `find` gives, or None where it would raise; quick either way."""
    book = _gazetteer(project.raw_dir())
    key = fold(str(name))
    for candidate in (key, _KINDS_OF_PLACE.sub("", key), key.replace("-", "")):
        if candidate in book.by_name:
            return book.places[book.by_name[candidate]]
    return None


def nearest(name: str) -> str:
    """A sentence with up to three places whose names look most like this one."""
    book = _gazetteer(project.raw_dir())
    keys = difflib.get_close_matches(fold(str(name)), book.by_name, n=6, cutoff=0.55)
    codes = list(dict.fromkeys(book.by_name[key] for key in keys))[:3]
    if not codes:
        return "No name is near it."
    return "Nearest: " + ", ".join(f"{book.places[c].name('vi')} ({c})" for c in codes) + "."


def get(code: str) -> Place:
    """The place of exactly this code; raises UnknownPlace."""
    places = _gazetteer(project.raw_dir()).places
    if code not in places:
        raise UnknownPlace(f"{code!r} is no code of a place: codes look like 45, 44@2025, RRD, VN.")
    return places[code]


def namesake(place: Place) -> Place | None:
    """The unit of 2025 with the same name, else the same code, where it is another territory.

    None for units of 2025 themselves, for the 11 that did not change, and for other kinds.
    """
    book = _gazetteer(project.raw_dir())
    if place.kind != "province" or "@" in place.code or place.code in book.members:
        return None
    same_name = book.by_name.get(f"{fold(place.name_vi)}-2025", f"{place.code}@2025")
    return book.places.get(same_name)


def unit_named(name: str) -> Place:
    """The one of the 34 units since July 2025 that a bare name means; raises UnknownPlace."""
    old = find(name)
    book = _gazetteer(project.raw_dir())
    code = book.by_name.get(f"{fold(old.name_vi)}-2025", old.code)
    if old.kind == "province" and code not in book.members:
        raise UnknownPlace(f"{name!r} is none of the 34 units since July 2025.")
    return book.places[code]


def table() -> pd.DataFrame:
    """All places, a row each: code, kind, name_vi, name_en, region, valid_from, valid_to."""
    return pd.DataFrame(list(_gazetteer(project.raw_dir()).places.values()))


def provinces(units: Literal["63", "34"] = "63") -> list[Place]:
    """The provinces before ('63') or since ('34') July 2025, by code."""
    book = _gazetteer(project.raw_dir())
    if units == "34":
        return [book.places[code] for code in sorted(book.members)]
    if units != "63":
        raise UserError(f"units is {units!r}: it may be '63' (before July 2025) or '34' (since).")
    old = sorted(code for codes in book.members.values() for code in codes)
    return [book.places[code] for code in old]


def members(code: str) -> tuple[str, ...]:
    """Codes, out of the 63, of the provinces that make up a place; itself for one of them."""
    book = _gazetteer(project.raw_dir())
    place = get(code)
    if place.kind == "province":
        return book.members.get(code, (code,))
    return tuple(
        p.code for p in provinces("63") if place.kind == "country" or p.region == place.code
    )


def region_of(code: str) -> str:
    """Code of the region of a province or of a place below one; '' where there is none.

    Units formed in 2025 have none: some of them straddle the regions.
    """
    place = get(code.split("/")[0])
    return place.code if place.kind == "region" else place.region


def is_valid(codes: pd.Series) -> pd.Series:
    """Whether each text of a ledger's place column is a place, as a boolean Series.

    Below a province any name will do: '45/Đakrông', '44@2025/Xã Đakrông'.
    """
    known = _gazetteer(project.raw_dir()).places
    answers = {}
    for code in codes.unique():
        head, *below = str(code).split("/")
        answers[code] = head in known and (
            not below or (known[head].kind == "province" and all(part.strip() for part in below))
        )
    return codes.map(answers).astype(bool)


def weights(year: int, kind: str = "population") -> pd.Series:
    """Weights of the 63 provinces in a year, by code: average population, thousand persons.

    kind : 'population' for all, or an indicator of official_population.csv such as
           'population_rural'
    Source: average population by province, General (now National) Statistics Office.
    Raises UserError when the year or kind is not there. Provinces without a number are left out.
    """
    return weights_by_year([year], kind)[year]


def weights_by_year(years: Iterable[int], kind: str = "population") -> dict[int, pd.Series]:
    """`weights` of several years, which is quicker than one after the other."""
    path = project.raw_dir() / "official_population.csv"
    indicator = "population_total" if kind == "population" else kind
    rows = _persons(path, project.read_text(path), indicator)
    found = {}
    for year in years:
        own = rows[rows["period"] == str(year)]
        if own.empty:
            there = sorted(rows["period"].unique())
            span = f"{there[0]} to {there[-1]}" if there else "no year"
            raise UserError(f"{path} has no {indicator} of {year}: it has {span}.")
        numbers = pd.to_numeric(own["printed"], errors="coerce")
        known = pd.Series(numbers.to_numpy(), index=own["place"], name=kind)
        found[year] = known.dropna().sort_index()
    return found


@lru_cache(maxsize=8)  # by what is in the file
def _persons(path: Path, _text: str, indicator: str) -> pd.DataFrame:
    """Rows of the 63 provinces in the table of population, all people."""
    rows = project.read_table(path, ["place", "group", "period", "indicator", "printed"])
    old = {place.code for place in provinces("63")}
    return rows[rows["indicator"].eq(indicator) & rows["place"].isin(old) & rows["group"].eq("")]


@lru_cache(maxsize=8)
def _gazetteer(raw: Path) -> _Gazetteer:
    fields = list(Place.__dataclass_fields__)
    listed = project.read_table(raw / "places.csv", ["place", *fields[1:]])
    rows = listed[["place", *fields[1:]]].itertuples(index=False, name=None)
    places = {row[0]: Place(*row) for row in rows}
    mergers = project.read_table(raw / "mergers.csv", ["new_place", "old_place", "date"])
    mergers = mergers[mergers["date"] == MERGER_DATE].sort_values("old_place")
    members = {
        str(new): tuple(old)
        for new, old in mergers.groupby("new_place")["old_place"].agg(list).items()
    }
    names = project.read_table(raw / "place_names.csv", ["name", "place"])
    variants = list(names[["name", "place"]].itertuples(index=False, name=None))
    strangers = ({place for _, place in variants} | set(mergers["new_place"])) - set(places)
    if strangers:
        raise UserError(f"{raw / 'places.csv'} lacks {', '.join(sorted(strangers))}.")
    return _Gazetteer(places, _keys(places, variants), members)


def _keys(places: dict[str, Place], variants: list[tuple[str, str]]) -> dict[str, str]:
    """Folded names to codes; the older place wins, as a bare name means the 63."""
    keys: dict[str, str] = {}
    for place in sorted(places.values(), key=lambda p: "@" in p.code):
        year = "-2025" if "@" in place.code else ""
        for name in (place.name_vi, place.name_en):
            keys.setdefault(fold(name) + year, place.code)
        keys.setdefault(fold(place.code), place.code)
        keys.setdefault(fold(place.code).lstrip("0"), place.code)
    for name, code in variants:
        keys.setdefault(fold(name), code)
    for key in list(keys):
        keys.setdefault(key.replace("-", ""), keys[key])
    return keys
