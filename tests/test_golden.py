"""The whole way on a tiny project: three provinces, twenty figures and one that cannot be read."""

from pathlib import Path

import pandas as pd

from helpers import charts, fresh, ledger, places, project, tables
from helpers.runs import manifests


def test_twenty_figures_are_read_and_one_is_set_aside_with_its_reason(golden: Path) -> None:
    assert len(tables.get("cleaned")) == 20
    (row,) = tables.get("quarantine").to_dict("records")
    assert (row["figure_id"], row["printed"]) == ("d113-05", "67.39 hộ")
    assert "67.39" in row["reason"] and row["file"].endswith("reported_figures.csv")


def test_the_pairs_of_quang_tri_agree_and_those_of_two_others_do_not(golden: Path) -> None:
    conflicts = tables.get("conflicts")
    assert set(conflicts["place"]) == {"37", "58/Ninh Phước"}
    ninh_phuoc = conflicts[conflicts["place"] == "58/Ninh Phước"].iloc[0]
    assert ninh_phuoc["cause"] == "dropped_zero"
    assert "d087-13=12,05%" in ninh_phuoc["suggestion"].split("|")
    reconciled = tables.get("reconciled").set_index("figure_id")
    assert reconciled.loc["quang-tri-2023-04", "status_reconciled"] == "consistent"
    assert reconciled.loc["d087-13", "status_reconciled"] == "doubted"
    assert list(reconciled["printed"]) == list(tables.get("cleaned")["printed"])


def test_tables_are_written_once_and_again_when_the_raw_data_change(golden: Path) -> None:
    tables.get("reconciled")
    path = fresh.path("reconciled")
    before = path.stat().st_mtime_ns
    tables.get("reconciled")
    assert path.stat().st_mtime_ns == before
    raw = golden / "data" / "raw" / "reported_figures.csv"
    raw.write_text(raw.read_text(encoding="utf-8").replace('"12,5%"', '"12,05%"'), encoding="utf-8")
    assert not fresh.is_fresh("reconcile")
    assert "58/Ninh Phước" not in set(tables.get("conflicts")["place"])


def test_an_own_ledger_is_read_beside_the_raw_one(golden: Path) -> None:
    own = golden / "data" / "own" / "mine.csv"
    own.write_text(
        ",".join(ledger.COLUMNS)
        + "\nm-1,mine,45,,2024-12,2022-2025,poor_households,,11.865 hộ,hộ,,\n",
        encoding="utf-8",
    )
    assert "m-1" in set(tables.get("reconciled")["figure_id"])


def test_figures_of_a_place_and_the_manifest_come_out(golden: Path) -> None:
    place = places.find("Quảng Trị")
    reconciled, official = tables.get("reconciled"), ledger.load_official("poverty")
    figure, drawn = charts.profile.path(reconciled, official, place, "vi")
    saved = charts.save(figure, drawn, place, "3-path", "vi")
    assert saved == golden / "figures" / "45" / "3-path-vi.png"
    manifest = project.read_table(manifests.write_figures())
    assert list(manifest["path"]) == [f"45/3-path-vi.{kind}" for kind in ("csv", "png", "svg")]


def test_two_computations_write_the_same_bytes(golden: Path) -> None:
    written = []
    for _ in range(2):
        for step in fresh.STEPS.values():
            for name in step:
                tables.get(name)
        files = sorted((golden / "data" / "processed").glob("*.csv"))
        written.append({file.name: file.read_bytes() for file in files})
        for file in files:
            file.unlink()
    assert written[0] == written[1]
    assert len(written[0]) == 15


def test_every_processed_table_reads_back_as_it_was_computed(golden: Path) -> None:
    cleaned = ledger.clean(ledger.load(), ledger.load_sources()).figures
    read = tables.get("cleaned")
    pd.testing.assert_frame_equal(read[cleaned.columns], cleaned, check_dtype=False)
