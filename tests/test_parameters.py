"""What a notebook accepts as parameters, and what it refuses with a clear word."""

import pytest

from helpers import parameters
from helpers.project import UserError


@pytest.mark.parametrize("value", ["45", "Quảng Trị", "quang-tri", "tỉnh Quảng Trị", 45])
def test_a_province_is_known_by_code_name_or_number(value: object) -> None:
    checked = parameters.check(province=value, language="vi")
    assert checked.place.code == "45"
    assert checked.province == "45"


def test_a_number_below_ten_is_a_code_with_its_zero() -> None:
    assert parameters.check(province=1).place.name_en == "Ha Noi"


def test_a_unit_of_2025_and_the_country_are_provinces_too() -> None:
    assert parameters.check(province="quang-tri-2025").place.code == "44@2025"
    assert parameters.check(province="VN").place.kind == "country"


def test_an_unknown_province_gets_the_nearest_names() -> None:
    with pytest.raises(UserError, match="Quảng Trị"):
        parameters.check(province="Quang Chi")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("province", ["45"]),
        ("province", 4.5),
        ("province", ""),
        ("language", "fr"),
        ("year", "2023"),
        ("year", 23),
        ("start_year", True),
        ("horizon", 0),
        ("horizon", 50),
        ("target_pp_per_year", -1),
        ("target_pp_per_year", "1"),
        ("level", 100.5),
        ("level", True),
        ("draws", 99),
        ("region", "45"),
        ("bulletin", "no-such-bulletin"),
        ("bulletin", 2022),
    ],
)
def test_a_wrong_value_is_refused_and_named(name: str, value: object) -> None:
    with pytest.raises(UserError, match=name):
        parameters.check(**{name: value})


def test_a_bulletin_is_a_sample_by_its_name_or_a_file() -> None:
    sample = parameters.check(bulletin="tien-giang-2021").bulletin
    assert sample.name == "tien-giang-2021.txt"
    assert parameters.check(bulletin="data/raw/bulletins/tien-giang-2021.txt").bulletin == sample
    assert parameters.check(bulletin=str(sample)).bulletin == sample


def test_all_regions_are_the_country() -> None:
    assert parameters.check(region="all").place.code == "VN"
    assert parameters.check(region="Tây Nguyên").place.code == "CH"


def test_names_that_papermill_injects_are_found() -> None:
    cells = ["x = 1", '# Parameters\nprovince = "45"\nprovnce = "51"\n']
    assert parameters.injected_names(cells) == ["province", "provnce"]


def test_a_parameter_that_the_notebook_does_not_have_is_refused() -> None:
    with pytest.raises(UserError, match=r"'provnce'.*it has: province, language"):
        parameters.refuse_unknown(["province", "provnce"], ["province", "language"])
