"""The raw data: what the data package promises, and what the tables must hold."""

import csv
import json
import math
import re
import shutil
import unicodedata
from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from frictionless import Package

RAW = Path(__file__).parents[1] / "data" / "raw"
OFFICIAL = ("official_poverty_rates", "official_population", "official_income")


def rows(name: str) -> list[dict[str, str]]:
    with (RAW / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def official() -> dict[str, dict[str, str]]:
    return {row["figure_id"]: row for name in OFFICIAL for row in rows(name)}


def features() -> list[dict[str, Any]]:
    collection: dict[str, list[dict[str, Any]]] = json.loads(
        (RAW / "provinces.geojson").read_text("utf-8")
    )
    return collection["features"]


def errors(folder: Path) -> list[str]:
    report = Package(str(folder / "datapackage.json")).validate()
    found = [f"{task.name}: {error.message}" for task in report.tasks for error in task.errors]
    return found + [error.message for error in report.errors]


# The package


def test_the_package_is_valid() -> None:
    assert errors(RAW) == []


def test_every_file_of_the_folder_is_described() -> None:
    resources = json.loads((RAW / "datapackage.json").read_text("utf-8"))["resources"]
    described = {resource["path"] for resource in resources}
    there = {path.name for path in RAW.iterdir() if path.is_file()}
    assert described == there - {"datapackage.json", "README.md"}


def test_columns_stand_in_the_described_order() -> None:
    for resource in json.loads((RAW / "datapackage.json").read_text("utf-8"))["resources"]:
        if "schema" in resource:
            with (RAW / resource["path"]).open(encoding="utf-8", newline="") as lines:
                header = next(csv.reader(lines))
            assert header == [field["name"] for field in resource["schema"]["fields"]]


@pytest.mark.parametrize(
    ("file", "old", "new", "reason"),
    [
        ("place_names.csv", "\nSaigon,79\n", "\nSaigon,80@2024\n", "foreign key"),
        ("standards.csv", ",survey,", ",guess,", "enum"),
        ("targets.csv", "\nt02,", "\nt01,", "unique"),
        ("mergers.csv", ",2008-08-01,", ",1 August 2008,", "type"),
        ("official_income.csv", ",1387.0,", ',"1387,0",', "pattern"),
        ("places.csv", "45,province,Quảng Trị", "45 bis,province,Quảng Trị", "pattern"),
    ],
)
def test_the_package_refuses(tmp_path: Path, file: str, old: str, new: str, reason: str) -> None:
    copy = tmp_path / "raw"
    shutil.copytree(RAW, copy)
    text = (copy / file).read_text("utf-8")
    assert old in text
    (copy / file).write_text(text.replace(old, new, 1), "utf-8", newline="\n")
    assert any(reason in error for error in errors(copy))


def test_text_is_nfc_with_unix_line_ends_and_no_marks() -> None:
    for path in (path for path in RAW.rglob("*") if path.is_file()):
        data = path.read_bytes()
        text = data.decode("utf-8")
        assert b"\r" not in data, path.name
        assert not text.startswith("\ufeff"), path.name
        assert unicodedata.is_normalized("NFC", text), path.name


def test_no_cell_is_long_enough_to_be_a_copied_passage() -> None:
    for path in set(RAW.glob("*.csv")) - {RAW / "labels.csv"}:
        for number, row in enumerate(rows(path.stem), start=2):
            long = [key for key, cell in row.items() if len(cell) > 200 and key != "url"]
            assert not long, f"{path.name} line {number}: {long}"


# Places


def test_places_by_kind() -> None:
    kinds = Counter(
        (row["kind"], "@" in row["place"], row["valid_to"] == "2008-07-31")
        for row in rows("places")
    )
    assert kinds == {
        ("country", False, False): 1,
        ("region", False, False): 6,
        ("province", False, False): 63,
        ("province", False, True): 1,  # Hà Tây
        ("province", True, False): 23,
    }


def test_every_province_has_a_region_and_no_unit_of_2025_has() -> None:
    for row in rows("places"):
        assert (row["region"] != "") == (row["kind"] == "province" and "@" not in row["place"])


def test_the_34_units_of_2025_partition_the_63() -> None:
    merged = [row for row in rows("mergers") if row["date"] == "2025-07-01"]
    assert len({row["old_place"] for row in merged}) == len(merged) == 63
    assert len({row["new_place"] for row in merged}) == 34
    parts = Counter(row["new_place"] for row in merged)
    assert all((count == 1) == ("@" not in place) for place, count in parts.items())
    assert {row["old_place"] for row in merged if row["new_place"] == "44@2025"} == {"44", "45"}


def test_a_place_ends_the_day_before_it_is_merged() -> None:
    eve = {"2008-08-01": "2008-07-31", "2025-07-01": "2025-06-30"}
    last = {row["place"]: row["valid_to"] for row in rows("places")}
    for row in rows("mergers"):
        changed = row["new_place"] != row["old_place"]
        assert last[row["old_place"]] == (eve[row["date"]] if changed else "")


def folded(text: str) -> str:
    plain = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    return re.sub(r"[^a-z0-9]+", "-", plain.encode("ascii", "ignore").decode()).strip("-")


def test_no_other_name_means_two_places() -> None:
    known: dict[str, str] = {}
    for row in rows("places"):
        if "@" not in row["place"]:
            known |= {folded(row["name_vi"]): row["place"], folded(row["name_en"]): row["place"]}
    for row in rows("place_names"):
        name = folded(row["name"])
        assert name not in known, f"{row['name']} is already a name of {known.get(name)}"
        known[name] = row["place"]
    assert known["hue"] == "46"


# Official tables


def test_every_cell_of_the_official_tables_is_kept() -> None:
    assert Counter(row["source_id"] for row in official().values()) == {
        "gso-poverty-province": 568,
        "gso-poverty-region": 84,
        "nso-e14-46": 187,
        "nso-e14-48": 630,
        "gso-population": 7810,
        "nso-e02-01": 630,
        "gso-income": 1400,
    }
    assert sum(len(rows(name)) for name in OFFICIAL) == len(official()) == 11_309


@pytest.mark.parametrize(
    ("figure_id", "printed", "standard", "status"),
    [
        ("nso-e14-48:11:2023", "29.55", "gso-md-2022", "final"),
        ("nso-e14-48:11:2016", "53.93", "gso-md-2016", "final"),
        ("nso-e14-48:VN:2024", "2.35", "gso-md-2022", "preliminary"),
        ("nso-e14-46:VN:2024", "2.30", "gso-md-2022", "final"),
        ("nso-e14-46:NMM:2022", "12.82", "gso-md-2022", "final"),
        ("gso-poverty-province:11:2010", "50.8", "gso-2010", "final"),
        ("gso-poverty-province:VN:2006", "15.5", "gso-2006", "final"),
        ("gso-poverty-province:79:2016", "..", "gso-2010", ""),
        ("gso-population:01:2008", "6381.8", "", "final"),
        ("gso-population:28:2007", "2773.7", "", "final"),
        ("nso-e02-01:VN:2025", "102345.32", "", "preliminary"),
        ("gso-income:VN:2010", "1387.0", "", "final"),
    ],
)
def test_cells_as_printed(figure_id: str, printed: str, standard: str, status: str) -> None:
    row = official()[figure_id]
    assert (row["printed"], row["standard"], row["status"]) == (printed, standard, status)


def test_a_cell_without_a_number_says_so() -> None:
    missing = [row for row in official().values() if row["printed"] == ".."]
    assert Counter(row["source_id"] for row in missing) == {
        "gso-poverty-province": 8,  # Hà Tây after 2006, Hồ Chí Minh 2016
        "nso-e14-46": 24,  # ethnic groups before 2020
        "gso-population": 180,
        "gso-income": 8,
    }
    assert {(row["status"], row["note"]) for row in missing} == {("", "not available")}
    assert all(row["status"] for row in official().values() if row["printed"] != "..")


def test_hanoi_before_2008_is_marked_as_another_territory() -> None:
    for row in official().values():
        if row["place"] == "01" and row["printed"] != "..":
            assert ("without Hà Tây" in row["note"]) == (int(row["period"]) < 2008)


def test_each_panel_has_63_provinces_in_each_year() -> None:
    panels = Counter(
        (row["standard"], row["period"])
        for row in official().values()
        if row["source_id"] in {"gso-poverty-province", "nso-e14-48"}
        and row["place"].isdigit()
        and row["printed"] != ".."
    )
    assert {year for standard, year in panels if standard == "gso-2010"} == {
        "2010", "2012", "2013", "2014", "2015", "2016",
    }  # fmt: skip
    odd = {key: count for key, count in panels.items() if count != 63}
    assert odd == {("gso-2006", "2006"): 64, ("gso-2010", "2016"): 62}


def test_provinces_and_sexes_add_up_to_the_country() -> None:
    cells = official()
    codes = [row["place"] for row in rows("places") if re.fullmatch("(?!28)[0-9]{2}", row["place"])]

    def people(place: str, year: int, part: str = "") -> float:
        table = "gso-population" if year <= 2016 else "nso-e02-01"
        return float(cells[f"{table}:{place}:{year}{part}"]["printed"])

    for year in range(2008, 2026):
        assert sum(people(code, year) for code in codes) == pytest.approx(people("VN", year), abs=2)
    for year in range(1995, 2017):
        sexes = people("VN", year, ":male") + people("VN", year, ":female")
        assert sexes == pytest.approx(people("VN", year), abs=0.11)


# Standards, targets, map


def test_standards_cover_the_periods_and_each_fact_has_a_page() -> None:
    known = {row["standard"] for row in rows("standards")}
    assert known >= {
        "2001-2005", "2006-2010", "2011-2015", "2016-2020", "2022-2025", "2027-2030",
        "gso-1998", "gso-2006", "gso-2010", "gso-md-2016", "gso-md-2022",
    }  # fmt: skip
    for name in ("standards", "standard_facts", "targets"):
        assert all(row["url"].startswith("http") for row in rows(name))
    lines = {
        row["standard"]: (row["line_urban"], row["line_rural"])
        for row in rows("standard_facts")
        if row["kind"] == "poor_line"
    }
    assert lines["2006-2010"] == ("260000", "200000")
    assert lines["2022-2025"] == ("2000000", "1500000")


def test_target_ends_are_ordered_and_changes_have_a_direction() -> None:
    for row in rows("targets"):
        if row["low"] and row["high"]:
            assert float(row["low"]) <= float(row["high"])
        assert ("change" in row["indicator"]) == (row["direction"] == "fall") == (row["per"] != "")


def test_the_map_has_each_province_once_and_both_archipelagos() -> None:
    land = [f["properties"] for f in features() if not f["properties"]["inset"]]
    names = {row["place"]: row["name_vi"] for row in rows("places")}
    assert len(land) == 63
    assert {p["place"] for p in land} == {
        place for place in names if place.isdigit() and place != "28"
    }
    assert all(p["name_vi"] == names[p["place"]] for p in land)
    insets = [f["properties"] for f in features() if f["properties"]["inset"]]
    assert {(p["place"], p["name_vi"]) for p in insets} == {("48", "Hoàng Sa"), ("56", "Trường Sa")}
    assert {p["source"] for p in insets} == {"schematic"}


def turned_area(ring: list[list[float]]) -> float:
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise(ring)) / 2


def test_outer_rings_are_closed_and_run_counter_clockwise_inside_the_country() -> None:
    for feature in features():
        shape = feature["geometry"]
        if shape["type"] == "MultiPoint":
            continue
        parts = [shape["coordinates"]] if shape["type"] == "Polygon" else shape["coordinates"]
        for outer, *holes in parts:
            assert len(outer) >= 4
            assert outer[0] == outer[-1]
            assert turned_area(outer) > 0
            assert all(turned_area(hole) < 0 for hole in holes)
            assert all(102 < x < 110 and 8 < y < 24 for x, y in outer)


FAR_ISLANDS = {"Bạch Long Vĩ": ("31", 107.74, 20.13), "Phú Quý": ("60", 108.94, 10.52),
               "Côn Đảo": ("77", 106.62, 8.70), "Thổ Chu": ("91", 103.47, 9.30)}  # fmt: skip
NEAR_ISLANDS = {"Đảo Trần": ("22", 107.97, 21.24), "Cát Bà": ("31", 107.01, 20.79),
                "Hòn Mê": ("38", 105.93, 19.37), "Cù Lao Chàm": ("49", 108.52, 15.95),
                "Lý Sơn": ("51", 109.12, 15.38), "Cù Lao Xanh": ("52", 109.355, 13.62),
                "Nam Du": ("91", 104.36, 9.68), "Lại Sơn": ("91", 104.63, 9.805),
                "Phú Quốc": ("91", 104.0, 10.25), "Hòn Khoai": ("96", 104.84, 8.44)}  # fmt: skip


def islands() -> list[tuple[str, list[list[float]], float]]:
    """Outer rings beside each province's main one: place, ring, distance to the main in degrees."""
    found = []
    for feature in features():
        if feature["geometry"]["type"] == "MultiPolygon":
            main, *rest = sorted((part[0] for part in feature["geometry"]["coordinates"]),
                                 key=turned_area, reverse=True)  # fmt: skip
            for ring in rest:
                apart = min(math.dist(a, b) for a in ring for b in main)
                found.append((feature["properties"]["place"], ring, apart))
    return found


def within_box(ring: list[list[float]], x: float, y: float) -> bool:
    xs, ys = [point[0] for point in ring], [point[1] for point in ring]
    return min(xs) <= x <= max(xs) and min(ys) <= y <= max(ys)


@pytest.mark.parametrize("name", [*FAR_ISLANDS, *NEAR_ISLANDS])
def test_islands_belong_to_the_province_that_governs_them(name: str) -> None:
    place, x, y = (FAR_ISLANDS | NEAR_ISLANDS)[name]
    assert {owner for owner, ring, _ in islands() if within_box(ring, x, y)} == {place}


def test_islands_lie_near_their_province_but_for_those_named() -> None:
    for place, ring, apart in islands():
        named = any(within_box(ring, x, y) for _, x, y in FAR_ISLANDS.values())
        assert apart < (2 if named else 0.6), (place, ring[0])
