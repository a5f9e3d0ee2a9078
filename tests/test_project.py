"""The project's folders, and tables read and written whole or not at all."""

from __future__ import annotations

import os
import unicodedata
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from helpers import project
from helpers.project import UserError


def test_the_environment_names_the_root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIAM_NGHEO_ROOT", str(tmp_path))
    assert project.root() == tmp_path
    assert project.raw_dir() == tmp_path / "data" / "raw"
    assert project.processed_dir() == tmp_path / "data" / "processed"
    assert project.figures_dir() == tmp_path / "figures"
    assert project.own_dir() == tmp_path / "data" / "own"


def test_messages_show_paths_from_the_root(tmp_path: Path) -> None:
    assert project.below_root(project.raw_dir() / "places.csv") == "data/raw/places.csv"
    assert project.below_root(tmp_path / "x.csv") == (tmp_path / "x.csv").as_posix()


def test_a_root_that_is_no_folder_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIAM_NGHEO_ROOT", str(tmp_path / "nowhere"))
    with pytest.raises(UserError, match="is no folder"):
        project.root()


def test_the_nearest_folder_with_a_data_package_is_the_root(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GIAM_NGHEO_ROOT", raising=False)
    (tmp_path / "data" / "raw").mkdir(parents=True)
    (tmp_path / "data" / "raw" / "datapackage.json").write_text("{}")
    (tmp_path / "notebooks" / "workshop").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "notebooks" / "workshop")
    assert project.root() == tmp_path


def test_elsewhere_the_installed_package_knows_its_project(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GIAM_NGHEO_ROOT", raising=False)
    monkeypatch.chdir(tmp_path)
    assert project.root() == Path(__file__).resolve().parents[1]


def test_a_file_is_written_whole(tmp_path: Path) -> None:
    target = tmp_path / "new" / "picture.png"
    with project.whole(target) as aside:
        assert aside.parent == target.parent
        assert aside.suffix == ".png"
        aside.write_bytes(b"x")
        assert not target.exists()
    assert target.read_bytes() == b"x"
    assert list(target.parent.iterdir()) == [target]


def test_an_error_leaves_the_older_file_and_nothing_else(tmp_path: Path) -> None:
    target = tmp_path / "table.csv"
    target.write_text("old")
    with pytest.raises(ValueError, match="half-way"), project.whole(target) as aside:
        aside.write_text("half")
        raise ValueError("half-way")
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


def test_an_unwritable_folder_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "figures").write_text("a file where a folder should be")
    target = tmp_path / "figures" / "45" / "path.png"
    with (
        pytest.raises(UserError, match=r"path\.png cannot be written"),
        project.whole(target) as aside,
    ):
        aside.write_text("x")


def test_a_folder_where_a_file_should_be_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    with (
        pytest.raises(UserError, match="a cannot be written"),
        project.whole(tmp_path / "a") as aside,
    ):
        aside.write_text("x")
    assert [file.name for file in tmp_path.iterdir()] == ["a"]


def test_a_table_is_written_with_plain_numbers_and_nfc(tmp_path: Path) -> None:
    table = pd.DataFrame(
        {
            "place": [unicodedata.normalize("NFD", "Quảng Trị"), "Sơn La, tỉnh"],
            "low": [7.71 - 0.005, -np.inf],
            "money": [82_055_000_000.0, np.nan],
            "large": [123_456_789_012_345.0, 0.1 + 0.2],
            "count": [1, 2],
            "sure": [True, False],
        },
        index=[7, 3],
    )
    project.write_table(table, tmp_path / "t.csv")
    assert (tmp_path / "t.csv").read_bytes().decode() == (
        "place,low,money,large,count,sure\n"
        "Quảng Trị,7.705,82055000000,123456789012345,1,True\n"
        '"Sơn La, tỉnh",-inf,,0.3,2,False\n'
    )


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    table = pd.DataFrame({"a": ["một\nhai", ""], "b": ['nói "không"', "1,5"]})
    project.write_table(table, tmp_path / "t.csv")
    pd.testing.assert_frame_equal(project.read_table(tmp_path / "t.csv"), table)


@pytest.mark.parametrize(
    "data",
    [
        "a,b\n1,Huế\n\n2,\n".encode(),
        "a,b\r\n1,Huế\r\n2,\r\n".encode(),
        "\ufeffa,b\n1,Huế\n2,".encode(),
        unicodedata.normalize("NFD", "a,b\n1,Huế\n2,\n").encode(),
        b' a ,b\n1,"Hu\xe1\xba\xbf"\n2,""\n',
    ],
    ids=["plain", "crlf", "byte order mark", "nfd", "quoted"],
)
def test_tables_are_read_however_they_were_saved(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "t.csv").write_bytes(data)
    read = project.read_table(tmp_path / "t.csv", ["a", "b"])
    assert read.to_dict("list") == {"a": ["1", "2"], "b": ["Huế", ""]}
    assert all(isinstance(kind, pd.StringDtype) for kind in read.dtypes)


def test_a_table_without_rows_keeps_its_columns(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("a,b\n")
    read = project.read_table(tmp_path / "t.csv", line_column="row")
    assert list(read.columns) == ["a", "b", "row"]
    assert read.empty


def test_the_line_of_a_row_counts_blank_lines_and_long_cells(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text('a\n"x\ny"\n\nz\n')
    assert list(project.read_table(tmp_path / "t.csv", line_column="row")["row"]) == [2, 5]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (None, "is missing"),
        (b"", "is empty"),
        (b"\xef\xbb\xbf \n", "is empty"),
        (b"a\n1\n", "lacks the column b"),
        (b"a,b\n1,2\n1,2,3\n", "line 3: 3 cells where the first line has 2"),
        (b"a,b\n1,\xff\n", "line 2: the text is not UTF-8"),
        (b'a,b\n1,"2\n', "not a CSV table"),
        (b"a,b,a\n1,2,3\n", "names a column twice: a"),
    ],
    ids=["missing", "empty", "blank", "column", "uneven", "not utf-8", "quotes", "twice"],
)
def test_a_bad_file_is_a_clear_error(tmp_path: Path, data: bytes | None, message: str) -> None:
    if data is not None:
        (tmp_path / "t.csv").write_bytes(data)
    with pytest.raises(UserError, match=message) as error:
        project.read_table(tmp_path / "t.csv", ["a", "b"])
    assert "t.csv" in str(error.value)


def test_a_table_with_semicolons_is_read_where_its_columns_are_known(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes('\ufeffa;"b";c\r\n1,5;"x;y";\r\n'.encode())
    table = project.read_table(path, ["a", "b"], line_column="row")
    assert table.to_dict("records") == [{"a": "1,5", "b": "x;y", "c": "", "row": 2}]
    with pytest.raises(UserError, match=r"t\.csv is separated by semicolons and lacks .* d: save"):
        project.read_table(path, ["a", "d"])
    with pytest.raises(UserError, match=r"is separated by semicolons: save it with commas"):
        project.read_table(path)
    path.write_text("a;b\n1;2;3\n")
    with pytest.raises(UserError, match=r"line 2: 3 cells .* that hold a semicolon between"):
        project.read_table(path, ["a"])


def test_a_table_is_read_as_the_file_is_now_whatever_was_done_to_an_earlier_copy(
    tmp_path: Path,
) -> None:
    path = tmp_path / "a.csv"
    path.write_text("a,b\n1,2\n", encoding="utf-8")
    first = project.read_table(path)
    first.loc[0, "a"] = "9"
    assert project.read_table(path).loc[0, "a"] == "1"
    stamp = path.stat()
    path.write_text("a,b\n3,2\n", encoding="utf-8")  # as long, and dated as the file before
    os.utime(path, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    assert project.read_table(path).loc[0, "a"] == "3"


def test_a_missing_file_is_told_by_the_folder_it_should_be_in(tmp_path: Path) -> None:
    for folder, advice in (
        (project.raw_dir(), "files of data/raw come with the project"),
        (project.processed_dir(), "are written by the notebooks"),
        (project.own_dir(), "none.csv is missing: check its name and folder"),
        (tmp_path, "none.csv is missing: check its name and folder"),
    ):
        with pytest.raises(UserError, match=advice):
            project.read_table(folder / "none.csv")
