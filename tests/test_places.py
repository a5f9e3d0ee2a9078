"""Places: every usual spelling finds its code, and 63 provinces become 34."""

from __future__ import annotations

import shutil
import unicodedata
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers import places, project
from helpers.places import UnknownPlace
from helpers.project import UserError

CODES = [place.code for place in places.provinces("63")]


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("45", "45"),
        ("1", "01"),
        ("01", "01"),
        ("Quảng Trị", "45"),
        ("quang tri", "45"),
        ("QUANG-TRI", "45"),
        ("tỉnh Quảng Trị", "45"),
        ("Quang Tri province", "45"),
        ("Quảng Trị ", "45"),
        ("44@2025", "44@2025"),
        ("44-2025", "44@2025"),
        ("quang-tri-2025", "44@2025"),
        ("Quảng Trị (2025)", "44@2025"),
        ("tỉnh Quảng Trị 2025", "44@2025"),
        ("TP.HCM", "79"),
        ("TP. HCM", "79"),
        ("TPHCM", "79"),
        ("Sài Gòn", "79"),
        ("Thành phố Hồ Chí Minh", "79"),
        ("TP Hồ Chí Minh", "79"),
        ("Ho Chi Minh city", "79"),
        ("Hanoi", "01"),
        ("Đắk Lắk", "66"),
        ("Đăk Lăk", "66"),
        ("Đak Lak", "66"),
        ("Đắc Lắc", "66"),
        ("Ðắk Lắk", "66"),
        ("Thừa Thiên - Huế", "46"),
        ("Thừa Thiên–Huế", "46"),
        ("Thua Thien-Hue", "46"),
        ("Huế", "46"),
        ("thành phố Huế", "46"),
        ("Hoà Bình", "17"),
        ("Hòa Bình", "17"),
        ("Bắc Cạn", "06"),
        ("Bà Rịa – Vũng Tàu", "77"),
        ("BR-VT", "77"),
        ("Kontum", "62"),
        ("Hà Tây", "28"),
        ("vn", "VN"),
        ("Việt Nam", "VN"),
        ("Cả nước", "VN"),
        ("WHOLE COUNTRY", "VN"),
        ("nmm", "NMM"),
        ("Tây Nguyên", "CH"),
        ("Mekong River Delta", "MRD"),
        ("Trung du và miền núi phía Bắc", "NMM"),
        ("Northern Central area and Central coastal area", "NCC"),
    ],
)
def test_usual_spellings_find_their_place(name: str, code: str) -> None:
    assert places.find(name).code == code
    assert places.find(unicodedata.normalize("NFD", name)).code == code


def test_every_name_and_folder_finds_its_place() -> None:
    for place in places.table().itertuples():
        code = str(place.code)
        assert places.find(code).code == code
        assert places.find(places.get(code).folder).code == code
        for language in ("vi", "en"):
            assert places.find(places.get(code).name(language)).code == code


def test_a_bare_name_or_code_means_the_63() -> None:
    assert places.find("Bắc Ninh").code == "27"
    assert places.find("24").name_vi == "Bắc Giang"
    assert places.find("bac-ninh-2025").code == "24@2025"


def test_an_unknown_name_gets_the_nearest() -> None:
    with pytest.raises(UnknownPlace, match=r"'Quang Tre' is no place.*Quảng Trị \(45\)"):
        places.find("Quang Tre")
    with pytest.raises(UnknownPlace, match="No name is near it"):
        places.find("Xyzzy")
    with pytest.raises(UnknownPlace):
        places.find("")
    with pytest.raises(UnknownPlace, match="'99'"):
        places.get("99")


@given(st.text(max_size=30))
def test_any_text_is_found_or_refused(text: str) -> None:
    try:
        assert places.find(text).code
    except UnknownPlace as error:
        assert isinstance(error, UserError)


@given(st.text(max_size=30))
def test_folding_twice_changes_nothing(text: str) -> None:
    assert places.fold(places.fold(text)) == places.fold(text)


def test_a_name_folds_to_plain_letters() -> None:
    assert places.fold("  Bà Rịa – Vũng Tàu ") == "ba-ria-vung-tau"
    assert places.fold("ĐẮK LẮK") == "dak-lak"


def test_there_are_63_provinces_and_34_units() -> None:
    assert len(CODES) == 63
    assert sorted(CODES) == CODES
    assert "28" not in CODES
    units = [place.code for place in places.provinces("34")]
    assert len(units) == 34
    assert sum("@" in code for code in units) == 23
    with pytest.raises(UserError, match="'63'"):
        places.provinces("64")  # type: ignore[arg-type]


def test_the_units_of_2025_are_made_of_the_63() -> None:
    assert places.members("44@2025") == ("44", "45")
    assert places.members("68@2025") == ("60", "67", "68")
    assert places.members("46") == ("46",)
    assert places.members("45") == ("45",)
    parts = [code for place in places.provinces("34") for code in places.members(place.code)]
    assert sorted(parts) == CODES


def test_regions_are_made_of_the_63() -> None:
    regions = ("RRD", "NMM", "NCC", "CH", "SE", "MRD")
    assert sorted(code for region in regions for code in places.members(region)) == CODES
    assert list(places.members("VN")) == CODES
    assert places.members("CH") == ("62", "64", "66", "67", "68")
    assert places.region_of("45") == "NCC"
    assert places.region_of("45/Đakrông") == "NCC"
    assert places.region_of("NCC") == "NCC"
    assert places.region_of("VN") == ""
    assert places.region_of("44@2025") == ""


@pytest.mark.parametrize(
    ("code", "unit"),
    [
        ("45", "44@2025"),  # Quảng Trị: same name, the code of Quảng Bình
        ("44", "44@2025"),  # Quảng Bình: same code only
        ("27", "24@2025"),  # Bắc Ninh
        ("24", "24@2025"),  # Bắc Giang
        ("10", "15@2025"),  # Lào Cai
        ("79", "79@2025"),
        ("14", None),  # Sơn La did not change
        ("46", None),  # Huế changed its name only
        ("62", None),  # Kon Tum: neither name nor code lives on
        ("28", None),
        ("44@2025", None),
        ("NCC", None),
    ],
)
def test_namesakes(code: str, unit: str | None) -> None:
    found = places.namesake(places.get(code))
    assert (found.code if found else None) == unit


def test_folders_and_names() -> None:
    assert places.get("45").folder == "45"
    assert places.get("44@2025").folder == "44-2025"
    assert places.get("45").name("vi") == "Quảng Trị"
    assert places.get("45").name("en") == "Quảng Trị"
    assert places.get("44@2025").name("vi") == "Quảng Trị (2025)"
    assert places.get("44@2025").name("en") == "Quảng Trị (2025)"
    assert places.get("SE").name("en") == "South East"
    assert places.get("VN").name("en") == "Viet Nam"


def test_places_are_valid_in_a_span_of_time() -> None:
    assert places.get("45").valid_to == "2025-06-30"
    assert places.get("44@2025").valid_from == "2025-07-01"
    assert places.get("28").valid_to == "2008-07-31"
    assert places.get("14").valid_to == ""


def test_the_place_column_of_a_ledger_is_checked() -> None:
    good = ["45", "VN", "NMM", "44@2025", "45/Đakrông", "44@2025/Xã Đakrông", "28"]
    bad = ["", "1", "99", "45@2025", "Quảng Trị", "45/", "45/ ", "NMM/x", "VN/x", "46@2025"]
    answer = places.is_valid(pd.Series(good + bad, index=range(5, 5 + len(good + bad))))
    assert answer.to_list() == [True] * len(good) + [False] * len(bad)
    assert answer.index[0] == 5
    assert answer.dtype == bool
    assert places.is_valid(pd.Series([], dtype="str")).empty


def test_weights_are_the_population_of_the_63() -> None:
    weights = places.weights(2022)
    assert list(weights.index) == CODES
    assert weights.sum() == pytest.approx(99_474, rel=0.01)
    assert (places.weights(2016, "population_rural") < places.weights(2016)).all()
    with pytest.raises(UserError, match=r"no population_total of 1990: it has 1995 to \d+"):
        places.weights(1990)
    with pytest.raises(UserError, match="no height of 2022: it has no year"):
        places.weights(2022, "height")


def test_weights_of_several_years_are_those_of_each() -> None:
    found = places.weights_by_year([2010, 2022])
    assert list(found) == [2010, 2022]
    for year, weights in found.items():
        pd.testing.assert_series_equal(weights, places.weights(year))
    found[2022].iloc[0] = 0.0
    assert places.weights(2022).iloc[0] > 0


def test_a_name_of_no_place_in_the_data_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw = tmp_path / "data" / "raw"
    raw.mkdir(parents=True)
    for name in ("places.csv", "mergers.csv"):
        shutil.copy(project.raw_dir() / name, raw / name)
    (raw / "place_names.csv").write_text("name,place\nAtlantis,98\n")
    monkeypatch.setenv("GIAM_NGHEO_ROOT", str(tmp_path))
    with pytest.raises(UserError, match=r"places\.csv lacks 98"):
        places.find("45")
