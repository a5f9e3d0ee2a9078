"""Districts: the units between province and commune until June 2025, by name."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from helpers import places, project

_APART = re.compile(r"[-\s’']")


@dataclass(frozen=True)
class District:
    """A district.

    place    : as in a ledger: '45/Đakrông', '82/Thị xã Gò Công'
    province : code of its province, of the 63
    kind     : 'district', 'town', 'city' or 'urban_district'
    name     : without its kind
    """

    place: str
    province: str
    kind: str
    name: str


def of(province: str) -> tuple[District, ...]:
    """Districts of a province or of a unit of 2025, by place; none for other places."""
    book = _book(project.raw_dir())
    code = province.partition("/")[0]
    return tuple(d for member in _provinces(code) for d in book.get(member, ()))


def named(name: str, province: str = "", kind: str = "") -> tuple[District, ...]:
    """Districts of a name, with or without diacritics, in a province or everywhere.

    kind : only those of this kind, '' for any
    """
    key = _key(name)
    found = _by_name(project.raw_dir()).get(key, ())
    inside = _provinces(province.partition("/")[0]) if province not in {"", "VN"} else None
    return tuple(
        d
        for d in found
        if (inside is None or d.province in inside) and (not kind or d.kind == kind)
    )


def _provinces(code: str) -> tuple[str, ...]:
    place = places.lookup(code)
    return places.members(place.code) if place and place.kind == "province" else ()


def _key(name: str) -> str:
    return _APART.sub("", places.fold(name))


@lru_cache(maxsize=8)
def _book(raw: Path) -> dict[str, tuple[District, ...]]:
    rows = project.read_table(raw / "districts.csv", ["place", "province", "kind", "name"])
    book: dict[str, list[District]] = {}
    for row in rows.itertuples(index=False, name=None):
        book.setdefault(row[1], []).append(District(*row))
    return {code: tuple(found) for code, found in book.items()}


@lru_cache(maxsize=8)
def _by_name(raw: Path) -> dict[str, tuple[District, ...]]:
    found: dict[str, list[District]] = {}
    for listed in _book(raw).values():
        for district in listed:
            found.setdefault(_key(district.name), []).append(district)
    return {key: tuple(same) for key, same in found.items()}
