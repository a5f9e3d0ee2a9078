"""The ledger: good figures are read, bad rows are set aside with a reason, bad files refused."""

from __future__ import annotations

import shutil
import time
import unicodedata
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from helpers import ledger, places, project, tables
from helpers.project import UserError

HEADER = ",".join(ledger.COLUMNS)
GOOD = "a-1,a,45,,2023,2022-2025,poor_households,,14.040 hộ,hộ,final,"


def rows(*lines: str) -> pd.DataFrame:
    """A ledger of these CSV lines."""
    cells = [line.split(",") for line in lines]
    return pd.DataFrame(cells, columns=list(ledger.COLUMNS))


def sources(**styles: str) -> pd.DataFrame:
    return pd.DataFrame({"source_id": list(styles), "number_style": list(styles.values())})


def reasons(*lines: str) -> list[str]:
    return ledger.clean(rows(*lines), sources(a="vi")).quarantine["reason"].tolist()


@pytest.fixture
def own_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the project's raw tables that a test may spoil."""
    shutil.copytree(project.raw_dir(), tmp_path / "data" / "raw")
    (tmp_path / "data" / "own").mkdir()
    monkeypatch.setenv("GIAM_NGHEO_ROOT", str(tmp_path))
    return tmp_path


def test_a_good_row_gets_its_numbers() -> None:
    cleaned = ledger.clean(rows(GOOD), sources(a="vi"))
    assert cleaned.quarantine.empty
    assert list(cleaned.figures) == [*ledger.COLUMNS, "value", "low", "high", "of", "qualifier"]
    row = cleaned.figures.iloc[0]
    assert (row["value"], row["low"], row["high"], row["qualifier"]) == (
        14040,
        14040,
        14040,
        "exact",
    )
    assert np.isnan(row["of"])
    assert row["printed"] == "14.040 hộ"


def test_every_row_ends_in_one_of_the_two_tables() -> None:
    raw = ledger.load()
    cleaned = ledger.clean(raw, ledger.load_sources())
    ids = [*cleaned.figures["figure_id"], *cleaned.quarantine["figure_id"]]
    assert sorted(ids) == sorted(raw["figure_id"])
    assert list(cleaned.quarantine) == ["file", "row", "figure_id", "printed", "reason"]
    assert (cleaned.quarantine["reason"].str.len() > 20).all()
    assert set(cleaned.quarantine["file"]) <= {"data/raw/reported_figures.csv"}


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (GOOD.replace("a-1,", ","), "The figure_id '' is empty or has blanks"),
        (GOOD.replace("a-1,", "a 1,"), "The figure_id 'a 1' is empty or has blanks"),
        (GOOD.replace("a-1,", "a|1,"), "The figure_id 'a|1' is empty or has blanks, | or =: give"),
        (GOOD.replace("a-1,", "a=1,"), "The figure_id 'a=1' is empty or has blanks, | or =: give"),
        (GOOD.replace("45", "Quảng Trị"), "is no code: write 45 for Quảng Trị"),
        (GOOD.replace("45", "Quảng Trì"), "is no code: write 45 for Quảng Trị"),
        (GOOD.replace("45", "Quang Tre"), "'Quang Tre' is no place known here. Nearest: Quảng Trị"),
        (GOOD.replace("45", "99"), "'99' is no place known here"),
        (GOOD.replace("2023", "2023-13"), "The period '2023-13' is none of"),
        (GOOD.replace("2023", "2025-2021"), "The period '2025-2021' is none of"),
        (GOOD.replace("2023", "31/12/2023"), "The period '31/12/2023' is none of"),
        (GOOD.replace("2022-2025", "2021"), "The standard '2021' is not in standards.csv"),
        (GOOD.replace(",,14", ",down,14"), "'down' as direction is none of fall, rise"),
        (GOOD.replace("final", "sure"), "'sure' as status is none of final, preliminary"),
        (GOOD.replace("poor_households", ""), "The indicator is empty"),
        (GOOD.replace("14.040 hộ", "67.39 hộ"), "'67.39 hộ' cannot be read: 67.39 is no whole"),
        (GOOD.replace("14.040 hộ", ""), "cannot be read: nothing is printed"),
        (GOOD.replace("14.040 hộ", "1e5 hộ"), "'1e5 hộ' cannot be read: 1e5 is no plain number"),
        (GOOD.replace("14.040 hộ", "năm 2023"), "cannot be read: only the digits of a year"),
        (
            GOOD.replace("poor_households", "poor_rate").replace("14.040 hộ", "107%"),
            "The printed '107%' is a rate above 100 %",
        ),
        (GOOD.replace("14.040 hộ", "-386 hộ"), "The printed '-386 hộ' has a sign"),
    ],
)
def test_a_bad_row_is_set_aside_with_the_reason(line: str, reason: str) -> None:
    (said,) = reasons(line)
    assert reason in said
    assert said.endswith(".")


def test_all_faults_of_a_row_are_said() -> None:
    (said,) = reasons(GOOD.replace("45", "99").replace("final", "sure"))
    assert "'99' is no place" in said
    assert "'sure' as status" in said


def test_of_two_rows_with_one_id_the_first_is_kept() -> None:
    raw = rows(GOOD, GOOD.replace("14.040", "14.041")).assign(file="own.csv")
    cleaned = ledger.clean(raw, sources(a="vi"))
    assert cleaned.figures["printed"].tolist() == ["14.040 hộ"]
    assert cleaned.quarantine["row"].tolist() == [3]
    assert "'a-1' is used before (own.csv, line 2)" in cleaned.quarantine["reason"][0]


@pytest.mark.parametrize(
    "line",
    [
        GOOD.replace("poor_households", "happy_households"),
        GOOD.replace("2022-2025", "local:45-2023"),
        GOOD.replace("2022-2025", ""),
        GOOD.replace("45", "45/Đakrông"),
        GOOD.replace("45", "44@2025/Xã Đakrông"),
        GOOD.replace("poor_households", "jobs_created_achieved").replace("14.040 hộ,hộ", "132%,%"),
        *(
            GOOD.replace(",2023,", f",{period},")
            for period in ("", "2022-12", "2024-Q1", "2021-H1", "2022-M9", "2024-M12", "2021-2025")
        ),
    ],
)
def test_unusual_rows_are_kept(line: str) -> None:
    assert reasons(line) == []


def test_a_cell_without_data_is_kept_and_free() -> None:
    cleaned = ledger.clean(rows(GOOD.replace("14.040 hộ", "..")), sources(a="vi"))
    assert cleaned.quarantine.empty
    assert cleaned.figures[["value", "low", "high"]].isna().all(axis=None)


def test_decomposed_letters_are_composed() -> None:
    raw = rows(unicodedata.normalize("NFD", GOOD.replace("45", "45/Đakrông")))
    row = ledger.clean(raw, sources(a="vi")).figures.iloc[0]
    assert row["printed"] == "14.040 hộ"
    assert row["place"] == "45/Đakrông"


def test_the_style_of_the_source_is_used() -> None:
    raw = rows(GOOD.replace("14.040 hộ", "1.234 tỷ").replace("hộ", "đồng"))
    assert ledger.clean(raw, sources(a="vi")).figures["value"].tolist() == [1.234e12]
    assert ledger.clean(raw, sources(a="en")).figures["value"].tolist() == [1.234e9]
    unlisted = ledger.clean(raw, sources(b="vi")).quarantine["reason"][0]
    assert "give the source a number_style" in unlisted


def test_reported_figures_need_a_listed_source() -> None:
    raw = rows(GOOD).assign(file="data/raw/reported_figures.csv")
    said = ledger.clean(raw, sources(b="vi")).quarantine["reason"][0]
    assert "The source 'a' is not in sources.csv" in said


def test_an_empty_ledger_is_clean() -> None:
    cleaned = ledger.clean(rows(GOOD).iloc[:0], sources(a="vi"))
    assert cleaned.figures.empty
    assert cleaned.quarantine.empty
    with pytest.raises(UserError, match="lacks the columns printed"):
        ledger.clean(rows(GOOD).drop(columns="printed"), sources(a="vi"))


def test_users_keep_their_own_ledgers_beside_the_projects(own_project: Path) -> None:
    own = own_project / "data" / "own"
    (own / "mine.csv").write_text(f"{HEADER}\n{GOOD}\n", encoding="utf-8-sig", newline="\r\n")
    (own / "mine.links.csv").write_text("figure_id,relation,other_id\na-2,rate_of,a-1\n")
    (own / "mine.numerals.csv").write_text("source_id,offset,text,kind\n")
    (own / "sources.csv").write_text(",".join(ledger.SOURCE_COLUMNS) + "\na,t,p,,,vi,no\n")
    mine = ledger.load().query("file == 'data/own/mine.csv'")
    assert mine[["figure_id", "row"]].to_numpy().tolist() == [["a-1", 2]]
    assert ledger.load_links().iloc[-1].tolist() == [
        "a-2", "rate_of", "a-1", "data/own/mine.links.csv", 2,
    ]  # fmt: skip
    assert ledger.load_sources().iloc[-1]["source_id"] == "a"
    figures = ledger.clean(ledger.load(), ledger.load_sources()).figures
    assert figures.iloc[-1]["value"] == 14040


def test_chosen_ledgers_only(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text(f"{HEADER}\n{GOOD}\n")
    (tmp_path / "x.links.csv").write_text("figure_id,relation,other_id\na-2,rate_of,a-1\n")
    assert len(ledger.load_links([tmp_path / "x.links.csv"])) == 1
    assert ledger.no_links().empty
    assert list(ledger.no_links()) == [*ledger.LINK_COLUMNS, "file", "row"]
    raw = ledger.load([tmp_path / "x.csv"])
    assert list(raw) == [*ledger.COLUMNS, "file", "row"]
    assert raw["file"].tolist() == [(tmp_path / "x.csv").as_posix()]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_a_ledger_is_read_however_it_was_saved(
    tmp_path: Path, encoding: str, newline: str, form: str
) -> None:
    text = unicodedata.normalize(form, f"{HEADER}\n{GOOD}\n")  # type: ignore[arg-type]
    (tmp_path / "x.csv").write_text(text, encoding=encoding, newline=newline)
    figures = ledger.clean(ledger.load([tmp_path / "x.csv"]), sources(a="vi")).figures
    assert figures[list(ledger.COLUMNS)].to_numpy().tolist() == [GOOD.split(",")]


def test_composed_and_decomposed_letters_may_be_mixed_in_ones_own_ledgers(
    own_project: Path,
) -> None:
    composed = GOOD.replace("a-1", "hộ-1").replace("45", "45/Đông Hà")
    other = composed.replace("hộ-1", "hộ-2").replace("14.040", "9.927")
    missing = composed.replace("hộ-1", "hộ-3").replace("14.040 hộ", "..")
    lines = [
        HEADER,
        composed,
        *(unicodedata.normalize("NFD", x) for x in (other, composed, missing)),
    ]
    own = own_project / "data" / "own"
    (own / "của tôi.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    link = unicodedata.normalize("NFD", "hộ-2,part_of,hộ-1")
    (own / "của tôi.links.csv").write_text(f"figure_id,relation,other_id\n{link}\n", "utf-8")
    cleaned = ledger.clean(ledger.load(), ledger.load_sources())
    mine = cleaned.figures[cleaned.figures["source_id"] == "a"]
    assert mine["figure_id"].tolist() == ["hộ-1", "hộ-2", "hộ-3"]
    assert mine["value"].tolist() == pytest.approx([14040, 9927, np.nan], nan_ok=True)
    assert set(mine["place"]) == {"45/Đông Hà"}
    assert set(mine["unit"]) == {"hộ"}
    again = cleaned.quarantine[cleaned.quarantine["file"] == "data/own/của tôi.csv"]
    assert again["row"].tolist() == [4]
    assert "'hộ-1' is used before" in again["reason"].iloc[0]
    assert ledger.load_links().iloc[-1].tolist()[:3] == ["hộ-2", "part_of", "hộ-1"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, "reported_figures.csv is missing"),
        ("", "reported_figures.csv is empty"),
        (HEADER + "\n", "reported_figures.csv has no rows"),
        (HEADER.replace("printed,", "") + "\n", "reported_figures.csv lacks the column printed"),
        (HEADER + "\na,b\n", "line 2: 2 cells where the first line has 12"),
    ],
)
def test_a_bad_raw_file_is_a_clear_error(own_project: Path, text: str | None, message: str) -> None:
    path = own_project / "data" / "raw" / "reported_figures.csv"
    path.unlink()
    if text is not None:
        path.write_text(text)
    with pytest.raises(UserError, match=message):
        ledger.load()


@pytest.mark.parametrize(
    ("line", "message"),
    [("d001,,,,,vi,no", "'d001' is used twice"), ("zz,,,,,de,no", "number_style 'de'; it may be")],
)
def test_bad_sources_are_refused(own_project: Path, line: str, message: str) -> None:
    text = ",".join(ledger.SOURCE_COLUMNS) + f"\n{line}\n"
    (own_project / "data" / "own" / "sources.csv").write_text(text)
    with pytest.raises(UserError, match=message):
        ledger.load_sources()


def test_official_panels_are_read() -> None:
    poverty = ledger.load_official("poverty").set_index("figure_id")
    assert list(poverty)[-5:] == ["value", "low", "high", "of", "qualifier"]
    row = poverty[(poverty["place"] == "45") & (poverty["period"] == "2022")].iloc[0]
    assert row["high"] - row["low"] == pytest.approx(10.0 ** -len(row["printed"].split(".")[1]))
    missing = poverty[poverty["printed"] == ".."]
    assert len(missing) > 0
    assert missing["value"].isna().all()
    population = ledger.load_official("population")
    country = population.query("place == 'VN' and period == '2022' and group == ''")
    assert country["value"].iloc[0] == pytest.approx(99_474, rel=0.01)
    assert ledger.load_official("income")["value"].max() > 1000


def test_an_official_number_that_cannot_be_read_is_a_clear_error(own_project: Path) -> None:
    path = own_project / "data" / "raw" / "official_income.csv"
    first, second, _ = path.read_text().split("\n", 2)
    path.write_text(f"{first}\n{second.replace(second.split(',')[8], '1.2.3')}\n")
    with pytest.raises(UserError, match=r"official_income\.csv, line 2: '1\.2\.3' cannot be read"):
        ledger.load_official("income")


def test_coverage_counts_what_is_there_and_shows_what_is_not() -> None:
    lines = [
        GOOD,
        GOOD.replace("45", "45/Đakrông"),
        GOOD.replace("2023", "2021-2025"),
        GOOD.replace("45", "NCC"),
        GOOD.replace("45", "44@2025"),
        GOOD.replace(",2023,", ",,"),
    ]
    unique = [line.replace("a-1", f"a-{i}") for i, line in enumerate(lines)]
    figures = ledger.clean(rows(*unique), sources(a="vi")).figures
    table = ledger.coverage(figures)
    assert list(table) == ["place", "year", "standard", "figures"]
    assert len(table) == 2 * 64
    assert set(table["place"]) == {"VN", *(p.code for p in places.provinces("63"))}
    there = table[table["figures"] > 0].to_numpy().tolist()
    assert there == [["45", 2023, "2022-2025", 2], ["45", 2025, "2022-2025", 1]]
    assert ledger.coverage(figures.iloc[:0]).empty


def test_cleaning_everything_takes_less_than_a_second() -> None:
    kinds = [ledger.load_official(kind) for kind in ("poverty", "population", "income")]
    raw = pd.concat([ledger.load(), *kinds], ignore_index=True)[list(ledger.COLUMNS)]
    known = ledger.load_sources()
    start = time.process_time()
    ledger.clean(raw, known)
    assert time.process_time() - start < 1


@pytest.mark.parametrize(
    ("link", "reason"),
    [
        ("a-2 rate_off a-1", "'rate_off' as relation is none of rate_of, part_of, .*: use one[.]$"),
        ("a-2 rate_of a-9", "No ledger has the figure 'a-9': correct the id, or add the figure"),
        ("a-9 rate_of a-1", "No ledger has the figure 'a-9'"),
        ("a-2 rate_of bad", "The figure 'bad' is set aside: correct its own row first"),
        ("a-1 part_of a-1", "It ties 'a-1' to itself: correct one id"),
        ("a-2 rate_of b-1", "Its figures are of two sources"),
        ("x rate_off y", "none of .* No ledger has the figure 'x': .* No ledger .* 'y'"),
    ],
)
def test_a_broken_link_is_set_aside_with_the_reason(link: str, reason: str) -> None:
    ledger_rows = rows(
        GOOD,
        "a-2,a,45,,2023,2022-2025,poor_rate,,8%,%,final,",
        GOOD.replace("a-1,a,", "b-1,b,"),
        GOOD.replace("a-1,", "bad,").replace("14.040 hộ", "hộ"),
    )
    cleaned = ledger.clean(ledger_rows, sources(a="vi"))
    good = "a-2 rate_of a-1"
    links = pd.DataFrame([text.split() for text in (good, link)], columns=ledger.LINK_COLUMNS)
    kept, aside = ledger.check_links(
        links.assign(file="my.links.csv", row=[2, 5]), cleaned.figures, cleaned.quarantine
    )
    assert kept[list(ledger.LINK_COLUMNS)].to_numpy().tolist() == [good.split()]
    assert list(aside) == list(ledger.QUARANTINE_COLUMNS)
    (row,) = aside.to_dict("records")
    assert (row["file"], row["row"], row["printed"]) == ("my.links.csv", 5, link)
    assert row["figure_id"] == link.split()[0]
    assert pd.Series([row["reason"]]).str.contains(reason).all(), row["reason"]
    assert len(ledger.check_links(links, cleaned.figures)[0]) == 1


def test_links_of_the_project_are_whole_but_for_the_figure_that_is_set_aside() -> None:
    cleaned = ledger.clean(ledger.load(), ledger.load_sources())
    links = ledger.load_links()
    good, aside = ledger.check_links(links, cleaned.figures, cleaned.quarantine)
    assert len(good) + len(aside) == len(links)
    assert aside["printed"].tolist() == ["d113-05 part_of d113-01", "d113-06 rate_of d113-05"]
    assert aside["reason"].str.contains("'d113-05' is set aside").all()


def test_broken_links_of_ones_own_reach_the_processed_quarantine(own_project: Path) -> None:
    own = own_project / "data" / "own"
    (own / "mine.links.csv").write_text("figure_id,relation,other_id\nqt24-99,rate_off,d001-01\n")
    row = tables.compute_clean()["quarantine"].iloc[-1]
    assert (row["file"], row["row"]) == ("data/own/mine.links.csv", 2)
    assert row["printed"] == "qt24-99 rate_off d001-01"
    assert "'rate_off'" in row["reason"]
    assert "'qt24-99'" in row["reason"]


@pytest.mark.parametrize(
    ("printed", "note", "low", "high", "qualifier"),
    [
        ("2.100 hộ", "approximate; standard inferred", 2000, 2200, "about"),
        ("2.100 hộ", "Approximate", 2000, 2200, "about"),
        ("hơn 2.100 hộ", "approximate", 2100, 2200, "more_than"),
        ("2.100 hộ", "not approximate", 2100, 2100, "exact"),
        ("2.100 hộ", "", 2100, 2100, "exact"),
    ],
)
def test_a_note_of_rounding_widens_the_number(
    printed: str, note: str, low: float, high: float, qualifier: str
) -> None:
    table = rows(GOOD).assign(printed=printed, note=note)
    row = ledger.clean(table, sources(a="vi")).figures.iloc[0]
    assert (row["value"], row["low"], row["high"]) == (2100, low, high)
    assert row["qualifier"] == qualifier


@pytest.mark.parametrize(
    ("printed", "unit", "is_fault"),
    [
        ("14.040 hộ", "%", True),
        ("7.71%", "hộ", True),
        ("7.71%", "%", False),
        ("7.71%", "", False),
        ("15.19", "%", False),  # a table says per cent in its heading
        ("5.2% số hộ", "%", False),
        ("2.1%", "pp", False),
    ],
)
def test_a_print_that_names_another_unit_is_set_aside(
    printed: str, unit: str, is_fault: bool
) -> None:
    line = f"a-1,a,45,,2023,2022-2025,poor_things,,{printed},{unit},final,"
    found = ledger.clean(rows(line), sources(a="mixed")).quarantine["reason"].tolist()
    assert any("has another unit than the column says" in reason for reason in found) == is_fault
