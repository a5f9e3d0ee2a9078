"""Yearbook tables: what the ministry and the statistics office print becomes ledger rows."""

from __future__ import annotations

import csv
import logging
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

from helpers import ledger
from helpers.project import UserError

MINISTRY: list[list[Any]] = [
    ["KẾT QUẢ RÀ SOÁT HỘ NGHÈO, HỘ CẬN NGHÈO NĂM 2023", "", "", "", "", "", "", ""],
    ["STT", "Tỉnh/Thành phố", "Tổng số hộ dân cư", "Hộ nghèo", "", "Hộ cận nghèo", "", "Ghi chú"],
    ["", "", "", "Số hộ", "Tỷ lệ (%)", "Số hộ", "Tỷ lệ (%)", ""],
    ["A", "B", "1", "2", "3=2/1", "4", "5=4/1", "6"],
    ["", "CẢ NƯỚC", "27.917.190", "815.101", "2,93", "771.235", "2,77", ""],
    ["I", "Miền núi Đông Bắc", "2.000.000", "200.000", "10,00", "150.000", "7,50", ""],
    ["1", "Hà Giang", "188.000", "60.000", "31,91", "25.000", "13,30", "x"],
    ["II", "Tây Nguyên", "1.500.000", "150.000", "10,00", "..", "", ""],
    ["2", "TP. Hồ Chí Minh", "2.500.000", "9", "0,00", "-", "0,00", ""],
    ["", "", "", "", "", "", "", ""],
    ["Ghi chú: số liệu đến 31/12/2023", "", "", "", "", "", "", ""],
]
OFFICE: list[list[Any]] = [
    ["Tỷ lệ nghèo tiếp cận đa chiều phân theo địa phương", None, None, None],
    [None, "Đơn vị tính - Unit: %", None, None],
    [None, 2021, 2022, "Sơ bộ - Prel. 2023"],
    ["CẢ NƯỚC - WHOLE COUNTRY", 4.4, 4.2, 3.4],
    ["Đồng bằng sông Hồng - Red River Delta", 1.5, 1.3, 1.1],
    ["Hà Nội", 0.4, 0.1, None],
    ["Bà Rịa - Vũng Tàu", 0.5, "..", 0.44],
    ["Kon Tum (*)", 20.0, 19.5, 18.25],
]


def save_csv(path: Path, table: list[list[Any]], mark: str = ",") -> Path:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file, delimiter=mark).writerows(table)
    return path


def save_xlsx(path: Path, table: list[list[Any]], formats: dict[str, str] | None = None) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    for row in table:
        sheet.append(row)
    for cell, number_format in (formats or {}).items():
        sheet[cell].number_format = number_format
    book.save(path)
    return path


def imported(path: Path, **options: Any) -> pd.DataFrame:
    given = {"source_id": "yb", "period": "2023", "standard": "2022-2025", **options}
    return ledger.import_table(path, **given)


def printed(table: pd.DataFrame) -> dict[tuple[str, str, str], str]:
    keys = table[["place", "period", "indicator"]].itertuples(index=False, name=None)
    return dict(zip(keys, table["printed"], strict=True))


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_a_table_of_the_ministry(
    tmp_path: Path, mark: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        table = imported(save_csv(tmp_path / "t.csv", MINISTRY, mark))
    assert list(table) == list(ledger.COLUMNS)
    read = printed(table)
    assert read["VN", "2023", "total_households"] == "27.917.190"
    assert read["VN", "2023", "poor_rate"] == "2,93"
    assert read["02", "2023", "poor_households"] == "60.000"
    assert read["02", "2023", "near_poor_rate"] == "13,30"
    assert read["CH", "2023", "near_poor_households"] == ".."
    assert read["79", "2023", "near_poor_households"] == ".."
    assert ("CH", "2023", "near_poor_rate") not in read
    assert {place for place, _, _ in read} == {"VN", "02", "CH", "79"}
    assert "row 6 left out, no region known here: I Miền núi Đông Bắc" in caplog.text
    assert "row 11 left out, it has no numbers: Ghi chú" in caplog.text
    assert "columns left out: Ghi chú" in caplog.text


def test_what_is_imported_can_be_cleaned(tmp_path: Path) -> None:
    table = imported(save_csv(tmp_path / "t.csv", MINISTRY))
    assert table.loc[0, "figure_id"] == "yb:VN:2023:total_households"
    assert table.loc[0, "note"] == "row 5, column C"
    cleaned = ledger.clean(table, ledger.load_sources())
    assert cleaned.quarantine.empty
    values = cleaned.figures.set_index("figure_id")
    assert values.loc["yb:VN:2023:total_households", "value"] == 27_917_190
    assert values.loc["yb:02:2023:poor_rate", "low"] == pytest.approx(31.905)
    assert values.loc["yb:79:2023:poor_households", "value"] == 9


def test_a_table_of_the_statistics_office(tmp_path: Path) -> None:
    path = save_xlsx(tmp_path / "t.xlsx", OFFICE, {"B8": "0.0", "D8": "0.00", "B4": "0.0"})
    table = imported(path, period="", standard="gso-md-2022", indicators="poor_rate")
    read = printed(table)
    assert read["VN", "2021", "poor_rate"] == "4.4"
    assert read["RRD", "2023", "poor_rate"] == "1.1"
    assert read["77", "2022", "poor_rate"] == ".."
    assert read["62", "2021", "poor_rate"] == "20.0"
    assert read["62", "2023", "poor_rate"] == "18.25"
    assert ("01", "2023", "poor_rate") not in read
    assert set(table.loc[table["period"] == "2023", "status"]) == {"preliminary"}
    assert set(table.loc[table["period"] == "2022", "status"]) == {""}
    assert set(table["unit"]) == {"%"}


def test_numbers_of_a_workbook_are_as_it_shows_them(tmp_path: Path) -> None:
    table: list[list[Any]] = [
        ["STT", "Địa phương", "Tổng số hộ", "Tỷ lệ hộ nghèo", "Số hộ nghèo"],
        [1, "Hà Nội", 2_100_000, 0.0771, 14040.0],
        [2, "Sơn La", 300_000.0, 0.0545, "9.927"],
    ]
    path = save_xlsx(tmp_path / "t.xlsx", table, {"C2": "#,##0", "D2": "0.00%", "D3": "0.00%"})
    read = printed(imported(path))
    assert read["01", "2023", "total_households"] == "2100000"
    assert read["01", "2023", "poor_rate"] == "7.71%"
    assert read["01", "2023", "poor_households"] == "14040"
    assert read["14", "2023", "total_households"] == "300000"
    assert read["14", "2023", "poor_households"] == "9.927"


@pytest.mark.parametrize("rate", ["Tỷ lệ", "Tỷ lệ (%)", "Tỉ lệ %", "%", "Rate"])
def test_a_bare_rate_is_of_the_households_on_its_left(
    tmp_path: Path, rate: str, caplog: pytest.LogCaptureFixture
) -> None:
    table = [
        ["Tỉnh", "Tổng số hộ", rate, "Hộ nghèo", rate, "Hộ cận nghèo", rate, "Hộ DTTS", rate],
        ["Hà Giang", "188.000", "100", "60.000", "31,91", "25.000", "13,30", "50.000", "26,60"],
    ]
    with caplog.at_level(logging.WARNING):
        read = printed(imported(save_csv(tmp_path / "t.csv", table)))
    assert read == {
        ("02", "2023", "total_households"): "188.000",
        ("02", "2023", "poor_households"): "60.000",
        ("02", "2023", "poor_rate"): "31,91",
        ("02", "2023", "near_poor_households"): "25.000",
        ("02", "2023", "near_poor_rate"): "13,30",
    }
    assert f"columns left out: {rate}; Hộ DTTS; {rate}." in caplog.text


@pytest.mark.parametrize("dash", ["-", "–", "—", "…", "..", "..."])
def test_a_cell_of_a_dash_or_dots_is_not_available(tmp_path: Path, dash: str) -> None:
    table = [["Tỉnh", "Hộ nghèo", "Hộ cận nghèo"], ["Hà Nội", dash, dash], ["Sơn La", dash, "7"]]
    figures = imported(save_csv(tmp_path / "t.csv", table))
    cleaned = ledger.clean(figures, ledger.load_sources())
    assert cleaned.quarantine.empty
    assert cleaned.figures["value"].isna().tolist() == [True, True, True, False]
    is_dash = dash not in ("…", "..", "...")
    assert figures.loc[0, "printed"] == (".." if is_dash else dash)
    assert figures.loc[0, "note"] == "row 2, column B" + f"; printed as {dash}" * is_dash


def test_all_unknown_names_are_told_at_once(tmp_path: Path) -> None:
    table = [["Tỉnh", "Hộ nghèo"], ["Hà Giang", "1"], ["Quảng Tre", "2"], ["Paris", "3"]]
    path = save_csv(tmp_path / "t.csv", table)
    with pytest.raises(UserError) as error:
        imported(path)
    said = str(error.value)
    assert "row 3, column A: 'Quảng Tre' is no place. Nearest: Quảng Trị (45)" in said
    assert "row 4, column A: 'Paris' is no place." in said
    assert said.count(str(path)) == 1


def test_english_headers_and_one_header_row(tmp_path: Path) -> None:
    table = [
        [
            "No.",
            "Province",
            "Poor households",
            "Poverty rate",
            "Near-poor households",
            "Households",
        ],
        ["1", "Ha Giang", "60,000", "31.91", "25,000", "188,000"],
        ["2", "Ho Chi Minh city", "9", "0.00", "10", "2,500,000"],
    ]
    read = printed(imported(save_csv(tmp_path / "t.csv", table)))
    assert read["02", "2023", "poor_households"] == "60,000"
    assert read["02", "2023", "poor_rate"] == "31.91"
    assert read["79", "2023", "near_poor_households"] == "10"
    assert read["79", "2023", "total_households"] == "2,500,000"


def test_poor_and_near_poor_together(tmp_path: Path) -> None:
    table = [
        ["STT", "Tỉnh", "Tổng số hộ nghèo và hộ cận nghèo", "Tỷ lệ nghèo đa chiều (%)"],
        ["1", "Hà Giang", "85.000", "45,21"],
    ]
    read = printed(imported(save_csv(tmp_path / "t.csv", table)))
    assert read["02", "2023", "multidim_poor_households"] == "85.000"
    assert read["02", "2023", "multidim_poor_rate"] == "45,21"


def test_headers_may_be_named_by_hand(tmp_path: Path) -> None:
    path = save_csv(tmp_path / "t.csv", [["", "x", "y", "z"], ["Hà Giang", "1", "2", "3"]])
    table = imported(path, indicators={"x": "poor_rate_change", "Y": "jobs_created", "z": ""})
    assert table["indicator"].tolist() == ["poor_rate_change", "jobs_created"]
    assert table["unit"].tolist() == ["pp", ""]


def test_the_34_units_need_to_be_said(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    table = [["Tỉnh", "Số hộ nghèo"], ["Quảng Trị", "1"], ["Huế", "2"], ["Cả nước", "3"]]
    path = save_csv(tmp_path / "t.csv", table)
    with caplog.at_level(logging.WARNING):
        assert imported(path, period="2025-12")["place"].tolist() == ["45", "46", "VN"]
    assert "with units='34'" in caplog.text
    assert imported(path, period="2025-12", units="34")["place"].tolist() == ["44@2025", "46", "VN"]
    path = save_csv(tmp_path / "t.csv", [*table, ["Quảng Bình", "4"]])
    with pytest.raises(UserError, match="row 5: '44' is none of the 34 units"):
        imported(path, units="34")


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ([["Tỉnh", "Số hộ nghèo"], ["Hà Giang", "1"], ["Quảng Tre", "2"]], "row 3, column A: 'Quả"),
        (
            [["Tỉnh", "Số hộ nghèo"], ["Hà Giang", "1"], ["Hà Giang", "2"]],
            "row 3: 'Hà Giang' is 02",
        ),
        ([["Tỉnh", "Ghi chú"], ["Hà Giang", "1"]], "no header says an indicator"),
        ([["Tỉnh", "Số hộ nghèo", "Hộ nghèo"], ["Hà Giang", "1", "1"]], "both say poor_households"),
        ([["Tỉnh", "Số hộ nghèo"], ["Paris", "1"]], "no row has a province's name"),
        ([], "no row has a province's name"),
    ],
)
def test_a_table_that_is_not_understood_is_refused(
    tmp_path: Path, table: list[list[Any]], message: str
) -> None:
    with pytest.raises(UserError, match=message):
        imported(save_csv(tmp_path / "t.csv", table))


def test_a_file_that_is_no_table_is_refused(tmp_path: Path) -> None:
    for name, message in {
        "t.xls": "save the table as .xlsx or .csv",
        "none.xlsx": "is missing",
        "none.csv": "is missing",
        "broken.xlsx": "is no .xlsx workbook",
    }.items():
        if name == "broken.xlsx":
            (tmp_path / name).write_text("no zip")
        with pytest.raises(UserError, match=message):
            imported(tmp_path / name)


def test_a_source_id_is_one_word(tmp_path: Path) -> None:
    path = save_csv(tmp_path / "t.csv", MINISTRY)
    for odd in ("year book", "", "a|b", "a=b"):
        with pytest.raises(UserError, match=r"is empty or has blanks, \| or =: give a short key"):
            imported(path, source_id=odd)


@pytest.mark.parametrize("period", ["2023-13", "Q1 2023", "2025-2021", "year"])
def test_a_period_of_another_form_is_refused_before_the_table_is_read(period: str) -> None:
    with pytest.raises(UserError, match=f"{period}' is none of 2023, 2022-12, 2024-Q1, 2021-H1"):
        imported(Path("no such table.xlsx"), period=period)


def test_an_unknown_standard_is_refused_before_the_table_is_read() -> None:
    with pytest.raises(UserError, match=r"'2021' is not in standards\.csv: .*2022-2025"):
        imported(Path("no such table.xlsx"), standard="2021")


@pytest.mark.parametrize("standard", ["", "local:79-2021", "gso-md-2022"])
def test_a_standard_may_be_unknown_or_of_one_place(tmp_path: Path, standard: str) -> None:
    path = save_csv(tmp_path / "t.csv", MINISTRY)
    assert set(imported(path, standard=standard, period="")["standard"]) == {standard}


def test_further_sheets_are_said_to_be_left_out(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = save_xlsx(tmp_path / "t.xlsx", OFFICE)
    book = openpyxl.load_workbook(path)
    book.create_sheet("more")
    book.save(path)
    with caplog.at_level(logging.WARNING):
        imported(path, indicators="poor_rate")
    assert "only the first sheet, 'Sheet', is read" in caplog.text
