"""Tables in bulletins: what stands in each cell is understood by its headers, and none is lost."""

from __future__ import annotations

import re
import time
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers import project
from helpers.bulletins import tables
from helpers.bulletins.files.grids import Cell, Document, Grid, Spot, document
from helpers.bulletins.links import Tied
from helpers.bulletins.tables import headers, stamps
from helpers.bulletins.text import Text, compose

Said = tuple[str, str, str, str]  # printed, place, period, indicator


def laid(table: str, above: str = "") -> Document:
    """A table drawn in lines, cells parted by `|`; `<` and `^` go on with another."""
    rows = [[cell.strip() for cell in line.split("|")] for line in table.strip("\n").split("\n")]
    owner: dict[tuple[int, int], tuple[int, int]] = {}
    for r, row in enumerate(rows):
        for c, cell in enumerate(row):
            beside = {"<": (r, c - 1), "^": (r - 1, c)}.get(cell)
            owner[r, c] = owner[beside] if beside else (r, c)
    spots = []
    for r, c in sorted(set(owner.values())):
        mine = [key for key, value in owner.items() if value == (r, c)]
        down, right = max(k[0] for k in mine) - r + 1, max(k[1] for k in mine) - c + 1
        spots.append(Spot(rows[r][c], r, c, down, right))
    return document([above, spots])


def read(
    table: str, above: str = "", home: str = "45", month: str = "", period: str = "2023"
) -> tuple[Text, tables.Tables]:
    drawn = laid(table, above)
    text = compose(drawn.text)
    found = tables.read(text, drawn.grids, home, month, period)
    check_every_digit(text, drawn.grids, found)
    return text, found


def check_every_digit(text: Text, grids: tuple[Grid, ...], found: tables.Tables) -> None:
    """Each digit of the grids lies in exactly one figure or span."""
    counts = [0] * len(text.nfc)
    spans = [(f.printed.start, f.printed.end) for f in found.figures]
    for start, end in [*spans, *((s.start, s.end) for s in found.spans)]:
        for at in range(start, end):
            counts[at] += 1
    assert max(counts, default=0) <= 1
    for grid in grids:
        digits = re.finditer(r"[0-9]", text.nfc[grid.start : grid.end])
        assert all(counts[grid.start + match.start()] == 1 for match in digits)


def said(text: Text, figure: Tied) -> Said:
    printed = text.nfc[figure.printed.start : figure.printed.end]
    return printed, figure.place, figure.period, figure.subject.indicator


def facts(
    table: str, above: str = "", home: str = "45", month: str = "", period: str = "2023"
) -> list[Said]:
    text, found = read(table, above, home, month, period)
    return [said(text, figure) for figure in found.figures]


def ties(
    table: str, above: str = "", home: str = "45", period: str = "2023"
) -> list[tuple[str, str, str]]:
    text, found = read(table, above, home, "", period)
    printed = [said(text, figure)[0] for figure in found.figures]
    return [(printed[one], relation, printed[other]) for one, relation, other in found.links]


def spans(table: str) -> list[tuple[str, str]]:
    text, found = read(table)
    return [(text.nfc[span.start : span.end], span.kind) for span in found.spans]


DISTRICTS = """
TT | Huyện, thị xã, thành phố | Tổng số hộ | Hộ nghèo | < | Hộ cận nghèo | <
^ | ^ | ^ | Số hộ | Tỷ lệ (%) | Số hộ | Tỷ lệ (%)
A | B | 1 | 2 | 3=2/1 | 4 | 5=4/1
1 | Đakrông | 1.000 | 200 | 20,0 | 50 | 5,00
2 | Thị xã Quảng Trị | 500 | 10 | 2,0 | - | ..
3 | TP. Đông Hà | 2.500 | 40 | 1,6 | 20 | 0,80
  | Tổng cộng | 4.000 | 250 | 6,25 | 70 | 1,75
"""


def test_districts_by_kinds_of_household() -> None:
    found = facts(DISTRICTS, "Biểu 1. Kết quả rà soát hộ nghèo, hộ cận nghèo năm 2021\nĐVT: hộ, %")
    assert found[:5] == [
        ("1.000", "45/Đakrông", "2021", "total_households"),
        ("200", "45/Đakrông", "2021", "poor_households"),
        ("20,0", "45/Đakrông", "2021", "poor_rate"),
        ("50", "45/Đakrông", "2021", "near_poor_households"),
        ("5,00", "45/Đakrông", "2021", "near_poor_rate"),
    ]
    assert [place for _, place, _, _ in found[5::5]][:2] == [
        "45/Thị xã Quảng Trị", "45/Thành phố Đông Hà",
    ]  # fmt: skip
    assert found[-5:] == [
        ("4.000", "45", "2021", "total_households"),
        ("250", "45", "2021", "poor_households"),
        ("6,25", "45", "2021", "poor_rate"),
        ("70", "45", "2021", "near_poor_households"),
        ("1,75", "45", "2021", "near_poor_rate"),
    ]


def test_rates_belong_to_counts_and_rows_to_the_total() -> None:
    found = ties(DISTRICTS)
    assert ("20,0", "rate_of", "200") in found
    assert ("1.000", "all_parts_of", "4.000") in found
    assert ("200", "all_parts_of", "250") in found
    assert ("5,00", "rate_of", "50") in found


def test_row_and_column_numbers_are_lists() -> None:
    kinds = spans(DISTRICTS)
    assert {kind for _, kind in kinds} == {"list"}
    assert len(kinds) == 3 + 9


def test_a_column_that_does_not_add_up_is_still_whole_where_another_shows_it() -> None:
    table = DISTRICTS.replace("| 250 |", "| 260 |")
    assert ("200", "all_parts_of", "260") in ties(table)
    alone = "Huyện | Hộ nghèo\nĐakrông | 200\nCam Lộ | 10\nGio Linh | 30\nTổng cộng | 260"
    assert ("200", "part_of", "260") in ties(alone)


@pytest.mark.parametrize(
    ("header", "number", "indicator", "unit"),
    [
        ("Hộ nghèo (hộ)", "14.041", "poor_households", "hộ"),
        ("Số hộ nghèo", "14.041", "poor_households", "hộ"),
        ("Hộ nghèo", "7,72", "poor_rate", "%"),
        ("Tỷ lệ hộ nghèo", "7", "poor_rate", "%"),
        ("% hộ nghèo", "7.72", "poor_rate", "%"),
        ("Tỷ lệ hộ nghèo so với tổng số hộ dân (%)", "7,72", "poor_rate", "%"),
        ("Tổng số hộ dân cư", "182.101", "total_households", "hộ"),
        ("Tổng số hộ dân trên địa bàn", "182.101", "total_households", "hộ"),
        ("Hộ nghèo và hộ cận nghèo", "23.969", "multidim_poor_households", "hộ"),
        ("Tỷ lệ nghèo đa chiều", "30,1", "multidim_poor_rate", "%"),
        ("Số hộ thoát nghèo", "620", "households_escaping_poverty", "hộ"),
        ("Hộ tái nghèo", "12", "households_falling_back", "hộ"),
        ("Hộ nghèo phát sinh", "35", "households_newly_poor", "hộ"),
        ("Hộ thoát cận nghèo", "35", "other_ho_thoat_can_ngheo", "hộ"),
        ("Số hộ nghèo thiếu hụt y tế", "35", "other_so_ho_ngheo_thieu_hut_y_te", "hộ"),
        ("Số hộ vay vốn", "1.234", "other_so_ho_vay_von", "hộ"),
        (
            "Số lao động được tạo việc làm (người)",
            "1.234",
            "other_so_lao_dong_duoc_tao_viec_lam",
            "người",
        ),
        ("Kinh phí (triệu đồng)", "1.234,5", "other_kinh_phi", "triệu đồng"),
        ("Tỷ lệ hộ nghèo DTTS/tổng số hộ nghèo (%)", "90,1", "share_of_poor_households", "%"),
    ],
)
def test_what_a_header_counts(header: str, number: str, indicator: str, unit: str) -> None:
    _, found = read(f"Huyện | {header}\nĐakrông | {number}\nCam Lộ | {number}")
    subject = found.figures[0].subject
    assert (subject.indicator, subject.unit) == (indicator, unit)


def test_numbers_are_read_by_their_unit() -> None:
    _, found = read(
        "Huyện | Hộ nghèo (hộ) | Tỷ lệ (%)\nĐakrông | 14.041 | 7.71\nCam Lộ | 67.39 | x"
    )
    values = [f.printed.quantity.value if f.printed.quantity else None for f in found.figures]
    assert values == [14041, 7.71, None]
    assert "67.39 is no whole number" in found.figures[2].printed.problem


def test_a_unit_printed_in_the_cell_and_two_figures_in_one() -> None:
    text, found = read("Huyện | Hộ nghèo\nĐakrông | 1.443 hộ (5,32%)\nCam Lộ | 200 (1,1%)")
    assert [(*said(text, f)[::3], f.subject.unit) for f in found.figures] == [
        ("1.443 hộ", "poor_households", "hộ"),
        ("5,32%", "poor_rate", "%"),
        ("200", "poor_households", "hộ"),
        ("1,1%", "poor_rate", "%"),
    ]


def test_indicators_in_rows_years_and_plans_in_columns() -> None:
    table = """
Chỉ tiêu | ĐVT | Năm 2021 | Kế hoạch năm 2022 | Ước thực hiện 2022 | So sánh TH/KH (%)
Số hộ nghèo | hộ | 14.041 | 11.000 | 10.900 | 99,1
- Tỷ lệ | % | 7,71 | 6,0 | 5,95 |
Lao động được tạo việc làm | người | 12.000 | 12.500 | 12.700 | 101,6
"""
    text, found = read(table)
    assert [(*said(text, f), f.status) for f in found.figures[:7]] == [
        ("14.041", "45", "2021", "poor_households", ""),
        ("11.000", "45", "2022", "target_poor_households", "target"),
        ("10.900", "45", "2022", "poor_households", "estimate"),
        ("99,1", "45", "2022", "ty_le_ke_hoach", ""),
        ("7,71", "45", "2021", "poor_rate", ""),
        ("6,0", "45", "2022", "target_poor_rate", "target"),
        ("5,95", "45", "2022", "poor_rate", "estimate"),
    ]
    assert found.figures[7].subject.indicator == "other_lao_dong_duoc_tao_viec_lam"
    linked = ties(table)
    assert ("99,1", "achieved_of", "10.900") in linked
    assert ("7,71", "rate_of", "14.041") in linked


def test_places_in_columns() -> None:
    found = facts(
        "Nội dung | Toàn tỉnh | Đakrông | TX. Quảng Trị\n"
        "Hộ nghèo | 14.041 | 5.000 | 9.041\nTỷ lệ (%) | 7,71 | 30 | 2,1"
    )
    assert [place for _, place, _, _ in found[:3]] == ["45", "45/Đakrông", "45/Thị xã Quảng Trị"]
    assert {indicator for *_, indicator in found[3:]} == {"poor_rate"}


def test_years_in_columns_under_a_caption_that_says_the_indicator() -> None:
    table = "Huyện | 2021 | 2022\nĐakrông | 38,1 | 37,5\nCam Lộ | 5 | 4,8"
    assert facts(table, "Biểu 2. Tỷ lệ hộ nghèo theo huyện (%)", period="")[:2] == [
        ("38,1", "45/Đakrông", "2021", "poor_rate"),
        ("37,5", "45/Đakrông", "2022", "poor_rate"),
    ]


def test_years_in_rows() -> None:
    table = """
Năm | Tổng số hộ | Hộ nghèo | Tỷ lệ (%)
2021 | 180.000 | 18.000 | 10
Năm 2022 | 181.000 | 16.000 | 8,84
"""
    assert [(printed, period) for printed, _, period, _ in facts(table)[::3]] == [
        ("180.000", "2021"), ("181.000", "2022"),
    ]  # fmt: skip
    assert ("2021", "year") in spans(table)


CHANGES = """
Đơn vị | Tỷ lệ hộ nghèo (%) | < | Tăng/giảm 2023 so với 2022
^ | 2022 | 2023 | ^
Xã Ba Nang | 55.2 | 50,3 | -4,9
Xã Mò Ó | 25,2 | 27,3 | 2,1
Xã Tà Long | 9,0 | 8,1 | (0,9)
"""


def test_a_sign_or_brackets_say_the_direction() -> None:
    text, found = read(CHANGES)
    changes = [f for f in found.figures if f.subject.indicator == "poor_rate_change"]
    assert [(said(text, f)[0], f.subject.direction, f.subject.unit) for f in changes] == [
        ("4,9", "fall", "pp"), ("2,1", "rise", "pp"), ("0,9", "fall", "pp"),
    ]  # fmt: skip
    assert ("4,9", "change_of", "50,3") in ties(CHANGES)
    assert ("4,9", "change_of", "55.2") in ties(CHANGES)


def test_a_column_of_falls_needs_no_sign() -> None:
    _, found = read(
        "Năm | Tỷ lệ hộ nghèo | Giảm (%)\n2021 | 10,1 | 1,1\n2022 | 9 | 1,1\n2023 | 9,3 | -0,3"
    )
    assert [f.subject.direction for f in found.figures[1::2]] == ["fall", "fall", "rise"]


def test_a_minus_on_a_level_is_a_problem() -> None:
    _, found = read("Huyện | Hộ nghèo\nĐakrông | -14\nCam Lộ | 20")
    assert found.figures[0].printed.quantity is None
    assert "minus" in found.figures[0].printed.problem


FLOWS = """
STT | Khu vực | Hộ nghèo đầu kỳ | Hộ thoát nghèo | Hộ tái nghèo | Phát sinh | Hộ nghèo cuối kỳ
I | Khu vực thành thị | 100 | 20 | 1 | 2 | 83
II | Khu vực nông thôn | 1.000 | 200 | 10 | 20 | 830
  | Tổng cộng | 1.100 | 220 | 11 | 22 | 913
Ghi chú: số liệu đến 31/12/2023 | < | < | < | < | < | <
"""


def test_flows_between_the_start_and_the_end_by_town_and_country() -> None:
    text, found = read(FLOWS, "TỔNG HỢP DIỄN BIẾN HỘ NGHÈO HUYỆN ĐAKRÔNG NĂM 2023")
    assert [said(text, f) for f in found.figures[:5]] == [
        ("100", "45/Đakrông", "2023-01", "poor_households"),
        ("20", "45/Đakrông", "2023", "households_escaping_poverty"),
        ("1", "45/Đakrông", "2023", "households_falling_back"),
        ("2", "45/Đakrông", "2023", "households_newly_poor"),
        ("83", "45/Đakrông", "2023-12", "poor_households"),
    ]
    assert [f.subject.group for f in found.figures[::5]] == ["urban", "rural", ""]
    assert ("1.000", "all_parts_of", "1.100") in ties(FLOWS)
    assert ("31/12/2023", "date") in spans(FLOWS)


def test_communes_in_sections_of_districts() -> None:
    table = """
TT | Đơn vị | Tổng số hộ | Hộ nghèo
I | Huyện Đakrông | 700 | 600
1 | Xã Ba Nang | 500 | 450
2 | Thị trấn Krông Klang | 200 | 150
II | Huyện Cam Lộ | 70 | 30
1 | Cam Thành | 50 | 10
2 | Cam Nghĩa | 20 | 20
  | Toàn tỉnh | 770 | 630
"""
    assert [place for _, place, _, _ in facts(table)[::2]] == [
        "45/Đakrông", "45/Xã Ba Nang", "45/Thị trấn Krông Klang", "45/Cam Lộ", "45/Xã Cam Thành",
        "45/Xã Cam Nghĩa", "45",
    ]  # fmt: skip
    linked = ties(table)
    assert ("500", "all_parts_of", "700") in linked
    assert ("700", "all_parts_of", "770") in linked
    assert ("500", "all_parts_of", "770") not in linked


def test_two_columns_of_names_with_a_sum_in_each_section() -> None:
    table = """
Huyện | Xã, thị trấn | Hộ nghèo | Tỷ lệ | Ghi chú
Đakrông | Ba Nang | 500 | 60,1 | theo 12/QĐ-UBND
^ | TT. Krông Klang | 100 | 10,1 |
^ | Cộng | 600 | 40,0 |
Tổng cộng | < | 600 | 12,1 |
"""
    assert [place for _, place, _, _ in facts(table)[::2]] == [
        "45/Xã Ba Nang", "45/Thị trấn Krông Klang", "45/Đakrông", "45",
    ]  # fmt: skip
    assert ("12/QĐ-UBND", "law") in spans(table)


def test_one_row_a_figure() -> None:
    table = """
Huyện | Xã | Chỉ tiêu | Giá trị
Đakrông | Ba Nang | Số hộ nghèo | 500
^ | ^ | Tỷ lệ hộ nghèo (%) | 60,1
"""
    assert facts(table) == [
        ("500", "45/Xã Ba Nang", "2023", "poor_households"),
        ("60,1", "45/Xã Ba Nang", "2023", "poor_rate"),
    ]


def test_provinces_and_regions_of_the_country() -> None:
    table = """
Tỉnh, thành phố | Số hộ nghèo | Tỷ lệ hộ nghèo
Cả nước | 260 | 3,8
Tây Nguyên | 200 | 10
Kon Tum | 60 | 10
TP. Hồ Chí Minh | 10 | 0,01
"""
    assert [place for _, place, _, _ in facts(table, home="VN")[::2]] == ["VN", "CH", "62", "79"]


def test_names_since_the_merger_mean_the_units_of_2025() -> None:
    table = "STT | Xã, phường | Hộ nghèo\n1 | Phường Nam Đông Hà | 20\n2 | Đakrông | 200"
    places = [place for _, place, _, _ in facts(table, home="44@2025", month="2025-08")]
    assert places == ["44@2025/Phường Nam Đông Hà", "44@2025/Xã Đakrông"]


def test_a_table_of_one_row_and_of_names_with_values() -> None:
    one = """
Tổng số hộ | Hộ nghèo | Hộ cận nghèo | Hộ nghèo và cận nghèo | Trong đó: hộ nghèo DTTS
182.101 | 14.041 | 9.928 | 23.969 | 9.000
"""
    assert [place for _, place, _, _ in facts(one)] == ["45"] * 5
    assert ("14.041", "all_parts_of", "23.969") in ties(one)
    assert ("9.000", "part_of", "14.041") in ties(one)
    two = "Hộ nghèo | 14.041\nTỷ lệ hộ nghèo | 7,71%"
    assert [indicator for *_, indicator in facts(two)] == ["poor_households", "poor_rate"]


FORM = """
UBND HUYỆN ĐAKRÔNG | < | < | CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM | < | < | < | < | <
TỔNG HỢP KẾT QUẢ RÀ SOÁT HỘ NGHÈO NĂM 2023 | < | < | < | < | < | < | < | <
(Kèm theo Báo cáo số 123/BC-UBND ngày 15/12/2023) | < | < | < | < | < | < | < | <
TT | Khu vực/Đơn vị | Số hộ nghèo đầu năm | < | Diễn biến trong năm | < | Số hộ nghèo cuối năm | < | So sánh tăng (+), giảm (-)
^ | ^ | Số hộ | Tỷ lệ (%) | Thoát nghèo | Phát sinh nghèo | Số hộ | Tỷ lệ | ^
A | B | 1 | 2 | 3 | 4 | 5=1-3+4 | 6 | 7
I | Khu vực thành thị | 50 | 10 | 10 | 1 | 41 | 8,2 | -9
1 | TT Krông Klang | 50 | 10 | 10 | 1 | 41 | 8,2 | -9
II | Khu vực nông thôn | 300 | 42,86 | 30 | 2 | 272 | 38,86 | -28
1 | Xã Ba Nang | 300 | 42,86 | 30 | 2 | 272 | 38,86 | -28
  | Tổng cộng | 350 | 29,17 | 40 | 3 | 313 | 26,08 | -37
"""  # noqa: E501


def test_the_form_of_a_review_with_letterhead_and_three_rows_of_headers() -> None:
    text, found = read(FORM, period="")
    assert [(*said(text, f), f.subject.group) for f in found.figures[:7]] == [
        ("50", "45/Đakrông", "2023-01", "poor_households", "urban"),
        ("10", "45/Đakrông", "2023-01", "poor_rate", "urban"),
        ("10", "45/Đakrông", "2023", "households_escaping_poverty", "urban"),
        ("1", "45/Đakrông", "2023", "households_newly_poor", "urban"),
        ("41", "45/Đakrông", "2023-12", "poor_households", "urban"),
        ("8,2", "45/Đakrông", "2023-12", "poor_rate", "urban"),
        ("9", "45/Đakrông", "2023-12", "poor_households_change", "urban"),
    ]
    communes = [f for f in found.figures if "/Thị trấn " in f.place or "/Xã " in f.place]
    assert {(f.place, f.subject.group) for f in communes} == {
        ("45/Thị trấn Krông Klang", ""), ("45/Xã Ba Nang", ""),
    }  # fmt: skip
    linked = ties(FORM, period="")
    assert ("37", "change_of", "313") in linked
    assert ("37", "change_of", "350") in linked
    assert ("300", "all_parts_of", "350") in linked


def test_a_bare_rate_is_of_the_households_on_its_left() -> None:
    table = """
Huyện | Hộ nghèo, hộ cận nghèo đầu năm 2023 | < | < | <
^ | Hộ nghèo | Tỷ lệ | Hộ cận nghèo | Tỷ lệ
Đakrông | 5.000 | 40,5% | 1.000 | 8,1%
"""
    assert [indicator for *_, indicator in facts(table)] == [
        "poor_households", "poor_rate", "near_poor_households", "near_poor_rate",
    ]  # fmt: skip


def test_rows_of_groups_and_peoples() -> None:
    _, found = read(
        "Khu vực | 2022 | Sơ bộ 2023\nCẢ NƯỚC | 4,3 | 3,4\nThành thị | 1,5 | 1,1\n"
        "Nông thôn | 5,9 | 4,8\nĐồng bằng sông Hồng | 1,4 | 1,2",
        "Bảng 1. Tỷ lệ hộ nghèo phân theo thành thị, nông thôn và vùng",
        home="VN",
    )
    assert [(f.place, f.subject.group, f.status) for f in found.figures[1::2]] == [
        ("VN", "", "preliminary"), ("VN", "urban", "preliminary"),
        ("VN", "rural", "preliminary"), ("RRD", "", "preliminary"),
    ]  # fmt: skip
    _, found = read(
        "Đối tượng | Số hộ nghèo\nDân tộc Kinh | 500\nNgười có công | 40\nTổng số | 900"
    )
    assert [f.subject.group for f in found.figures] == ["dân tộc Kinh", "Người có công", ""]


def test_communes_of_one_name_are_told_apart_by_their_district() -> None:
    found = facts(
        "STT | Đơn vị | Hộ nghèo\nI | Huyện Đakrông | 9\n1 | Xã Tân Lập | 4\n2 | Xã Tà Long | 5\n"
        "II | Huyện Cam Lộ | 7\n1 | Xã Tân Lập | 7"
    )
    assert [place for _, place, _, _ in found] == [
        "45/Đakrông", "45/Đakrông/Xã Tân Lập", "45/Xã Tà Long", "45/Cam Lộ",
        "45/Cam Lộ/Xã Tân Lập",
    ]  # fmt: skip


def test_a_header_that_comes_again_opens_the_table_anew() -> None:
    again = "STT | Huyện | Hộ nghèo\n1 | Đakrông | 200\nSTT | Huyện | Hộ nghèo\n2 | Cam Lộ | 10"
    assert [place for _, place, _, _ in facts(again)] == ["45/Đakrông", "45/Cam Lộ"]


def test_a_table_without_indicators_has_no_figures() -> None:
    assert facts("T2 | T3 | T4\n1 | 2 | 3\n8 | 9 | 10") == []


@pytest.mark.parametrize(
    ("words", "period", "against"),
    [
        ("Năm 2022", "2022", ""),
        ("Cuối năm 2021", "2021-12", ""),
        ("Đầu kỳ", "2023-01", ""),
        ("Cuối kỳ", "2023-12", ""),
        ("31/12/2022", "2022-12", ""),
        ("6 tháng đầu năm 2023", "2023-H1", ""),
        ("Quý III/2022", "2022-Q3", ""),
        ("Năm trước", "2022", ""),
        ("Giai đoạn 2021-2025", "2021-2025", ""),
        ("Theo chuẩn nghèo giai đoạn 2022-2025", "", ""),
        ("So với cuối năm 2022", "", "2022-12"),
        ("Năm 2023 so với năm 2022", "2023", "2022"),
        ("Hộ nghèo", "", ""),
    ],
)
def test_times_in_headers(words: str, period: str, against: str) -> None:
    assert stamps.named(words, "2023") == (period, against)


def test_units_of_a_table() -> None:
    assert headers.said("ĐVT: hộ, %").units == ("hộ", "%")
    assert headers.said("Kinh phí (tr.đồng)").units == ("triệu đồng",)


def reported(source: str) -> dict[str, dict[str, str]]:
    """Figures of a source of the project's own ledger: number by place and indicator."""
    path = project.raw_dir() / "reported_figures.csv"
    rows = project.read_table(path, ["source_id", "place", "indicator", "printed"])
    found: dict[str, dict[str, str]] = {}
    for _, row in rows[rows["source_id"] == source].iterrows():
        number = re.search(r"\d[\d.,]*", row["printed"])
        found.setdefault(row["place"], {})[row["indicator"]] = number[0] if number else ""
    return found


@pytest.mark.parametrize(
    ("source", "home", "period", "indicators"),
    [
        ("d123", "82", "2021", ["total_households", "poor_households", "poor_rate",
                                "near_poor_households", "near_poor_rate"]),
        ("d035", "15", "2015", ["poor_households", "near_poor_households"]),
    ],
)  # fmt: skip
def test_real_figures_by_district(
    source: str, home: str, period: str, indicators: list[str]
) -> None:
    names = {
        "total_households": "Tổng số hộ", "poor_households": "Số hộ nghèo",
        "poor_rate": "Tỷ lệ (%)", "near_poor_households": "Số hộ cận nghèo",
        "near_poor_rate": "Tỷ lệ (%)",
    }  # fmt: skip
    numbers = {p: n for p, n in reported(source).items() if p.startswith(home)}
    total = numbers.pop(home)
    lines = [" | ".join(["TT", "Huyện, thị xã, thành phố", *(names[i] for i in indicators)])]
    for at, (place, said_of) in enumerate([*numbers.items(), (home, total)], 1):
        name = "Tổng cộng" if place == home else place.partition("/")[2]
        cells = [said_of.get(indicator, "-") for indicator in indicators]
        lines.append(" | ".join(["" if place == home else str(at), name, *cells]))
    found = facts("\n".join(lines), f"Kết quả rà soát năm {period}", home=home, period="")
    expected = [
        (said_of[indicator], place, period, indicator)
        for place, said_of in [*numbers.items(), (home, total)]
        for indicator in indicators
        if indicator in said_of
    ]
    assert found == expected


def test_households_that_add_up_show_that_poor_households_do_not() -> None:
    """The districts of Tiền Giang in 2021: all households add up to the total, the poor do not."""
    numbers = {p: n for p, n in reported("d123").items() if p.startswith("82")}
    lines = ["Huyện | Tổng số hộ | Hộ nghèo"]
    for place, said_of in numbers.items():
        name = "Toàn tỉnh" if place == "82" else place.partition("/")[2]
        lines.append(f"{name} | {said_of['total_households']} | {said_of['poor_households']}")
    linked = ties("\n".join(lines), home="82")
    assert ("12.549", "all_parts_of", "506.184") in linked
    assert ("610", "all_parts_of", "8.112") in linked


def decomposed(document: Document) -> tuple[Text, tuple[Grid, ...]]:
    """The same document with letters and marks apart, and its grids there."""
    apart = [unicodedata.normalize("NFD", letter) for letter in document.text]
    at = [0]
    for letters in apart:
        at.append(at[-1] + len(letters))
    grids = tuple(
        Grid(
            at[g.start], at[g.end], g.rows, g.columns,
            tuple(Cell(c.row, c.column, at[c.start], at[c.end]) for c in g.cells),
        )
        for g in document.grids
    )  # fmt: skip
    return compose("".join(apart)), grids


def test_letters_with_marks_apart_change_nothing() -> None:
    drawn = laid(DISTRICTS, "Kết quả rà soát hộ nghèo năm 2021")
    one = compose(drawn.text)
    other, grids = decomposed(drawn)
    assert other.origin is not None
    first = tables.read(one, drawn.grids, "45", "", "2023")
    second = tables.read(other, grids, "45", "", "2023")
    assert [said(one, f) for f in first.figures] == [said(other, f) for f in second.figures]
    assert first.links == second.links


def large(rows: int, columns: int) -> Document:
    header = ["STT", "Xã, phường", *(f"Hộ nghèo năm {2000 + c}" for c in range(columns - 2))]
    body = [
        [str(r), f"Xã Tân {chr(65 + r % 26)}", *(f"{r % 7}.{c:03d}" for c in range(columns - 2))]
        for r in range(rows)
    ]
    lines = [" | ".join(row) for row in [header, *body]]
    return laid("\n".join(lines))


def test_a_large_table_is_quick() -> None:
    drawn = large(700, 12)
    text = compose(drawn.text)
    begin = time.perf_counter()
    found = tables.read(text, drawn.grids, "45", "", "2023")
    assert time.perf_counter() - begin < 1.5  # about 0.4 s alone on a slow machine
    assert len(found.figures) == 700 * 10


@pytest.mark.parametrize(("rows", "columns"), [(2, 10_000), (10_000, 2), (1, 10_000)])
def test_hostile_shapes_take_no_time(rows: int, columns: int) -> None:
    cells = [[Spot(f"{r + c}", r, c) for c in range(columns)] for r in range(rows)]
    drawn = document([[spot for row in cells for spot in row]])
    text = compose(drawn.text)
    begin = time.perf_counter()
    found = tables.read(text, drawn.grids, "", "", "")
    assert time.perf_counter() - begin < 5
    check_every_digit(text, drawn.grids, found)


def test_ragged_and_empty_grids_do_no_harm() -> None:
    text = compose("Hộ nghèo | 14 | 15\n16 và 17")
    odd = [
        Grid(0, 0, 0, 0, ()),
        Grid(0, len(text.nfc), 1, 1, ()),
        Grid(0, 18, 9, 9, (Cell(5, 7, 11, 12), Cell(0, 0, 0, 900), Cell(8, 8, 16, 14))),
        Grid(500, 900, 1, 1, (Cell(0, 0, 500, 900),)),
    ]
    for grid in odd:
        tables.read(text, [grid], "45", "", "2023")
    found = tables.read(text, odd, "45", "", "2023")
    check_every_digit(text, (Grid(0, len(text.nfc), 1, 1, ()),), found)


def test_a_grid_that_only_frames_prose_is_told_apart() -> None:
    prose = "Năm 2023 tỉnh còn 14.041 hộ nghèo, chiếm 7,71% tổng số hộ. " * 4
    for table, framed in ((f"Tin tức | {prose}\nLiên hệ | 12", True), (DISTRICTS, False)):
        drawn = laid(table)
        assert tables.holds_prose(compose(drawn.text), drawn.grids[0]) is framed


CELLS = st.sampled_from(
    ["", "-", "1", "14.041", "7,71", "2021", "Hộ nghèo", "Tỷ lệ (%)", "Huyện Đakrông", "Tổng cộng",
     "I", "(1,2)", "Tăng/giảm", "31/12/2023", "<b>", "1e5", "H5", "12/13", "²", "x" * 200, "٣"]
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(CELLS, min_size=1, max_size=5), min_size=1, max_size=7))
def test_any_cells_are_read_without_an_exception(rows: list[list[str]]) -> None:
    spots = [Spot(cell, r, c) for r, row in enumerate(rows) for c, cell in enumerate(row)]
    drawn = document([spots])
    text = compose(drawn.text)
    check_every_digit(text, drawn.grids, tables.read(text, drawn.grids, "45", "", "2023"))
