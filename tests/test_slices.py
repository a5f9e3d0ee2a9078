"""The rows of one place in a table: which edits change their hash, and which do not."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers import slices
from helpers.project import UserError

HEADER = "place,year,value"
ROWS = ["45,2021,7.7", "51,2021,9.1", "45/Đakrông,2021,30.2", "44@2025,2025,4.1"]


def digest(folder: Path, rows: list[str], place: str, header: str = HEADER) -> str:
    path = folder / "table.csv"
    path.unlink(missing_ok=True)
    path.write_text("\n".join([header, *rows, ""]), encoding="utf-8")
    slices._digests.cache_clear()
    return slices.digest(path, place)


@given(st.permutations(["51,2021,9.1", "84,2022,1", "44@2025,2025,4.1", "VN,2021,5"]))
def test_the_order_and_content_of_other_places_rows_do_not_matter(
    tmp_path_factory: pytest.TempPathFactory, others: list[str]
) -> None:
    folder, mine = tmp_path_factory.getbasetemp(), [ROWS[0], ROWS[2]]
    mixed = [others[0], mine[0], *others[1:3], mine[1], others[3]]
    assert digest(folder, mixed, "45") == digest(folder, mine, "45")


def test_a_districts_row_is_part_of_its_province(tmp_path: Path) -> None:
    before = digest(tmp_path, ROWS, "45")
    edited = [row.replace("30.2", "30.3") for row in ROWS]
    assert digest(tmp_path, edited, "45") != before
    assert digest(tmp_path, edited, "51") == digest(tmp_path, ROWS, "51")


@pytest.mark.parametrize(
    "rows",
    [
        ROWS[:2] + ROWS[3:],  # a row gone
        [*ROWS, "45,2022,6"],  # a row more
        [ROWS[2], *ROWS[:2]],  # its own rows in another order
        ["45,20217.7", *ROWS[1:]],  # a comma less
        ["45,2021,7.7\n", *ROWS[1:3], "45,,"],
    ],
)
def test_any_edit_of_its_own_rows_shows(tmp_path: Path, rows: list[str]) -> None:
    assert digest(tmp_path, rows, "45") != digest(tmp_path, ROWS, "45")


def test_a_unit_of_2025_is_not_the_province_of_its_code(tmp_path: Path) -> None:
    before = digest(tmp_path, ROWS, "44")
    assert digest(tmp_path, ROWS[:3], "44") == before
    assert digest(tmp_path, ROWS[:3], "44@2025") != digest(tmp_path, ROWS, "44@2025")


def test_places_without_rows_have_one_hash_until_they_have_some(tmp_path: Path) -> None:
    none = digest(tmp_path, ROWS, "14")
    assert none == digest(tmp_path, [], "14") == digest(tmp_path, ROWS, "no such place")
    assert digest(tmp_path, [*ROWS, "14,2021,1"], "14") != none


def test_another_column_changes_every_place(tmp_path: Path) -> None:
    wider = [f"{row},x" for row in ROWS]
    for place in ("45", "14"):
        before = digest(tmp_path, ROWS, place)
        assert digest(tmp_path, wider, place, f"{HEADER},note") != before


def test_line_ends_inside_a_cell_do_not_tear_its_row(tmp_path: Path) -> None:
    # U+2028 ends a line for some readers, in a CSV table it does not
    rows = ["45,2021,a\u2028b", '45,2022,"c\nd"', "51,2021,1"]
    before = digest(tmp_path, rows, "45")
    assert digest(tmp_path, [*rows[:2], "51,2021,2"], "45") == before
    assert digest(tmp_path, ["45,2021,a\u2028x", *rows[1:]], "45") != before


def test_a_table_written_again_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text(f"{HEADER}\n45,2021,1\n")
    before = slices.digest(path, "45")
    other = tmp_path / "aside.csv"
    other.write_text(f"{HEADER}\n45,2021,2\n")  # of the same size, with the same time
    stat = path.stat()
    os.utime(other, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    other.replace(path)
    assert slices.digest(path, "45") != before


def test_what_is_no_such_table_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="missing"):
        slices.digest(tmp_path / "none.csv", "45")
    with pytest.raises(UserError, match="lacks the column place"):
        digest(tmp_path, [], "45", "code,value")
