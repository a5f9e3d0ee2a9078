"""The pages of the site, without a browser: what stands on them, and what a check finds."""

import json
import re
from pathlib import Path

import pandas as pd
import pytest
from lxml import html

from helpers import ledger, places, project, tables
from helpers.project import UserError
from helpers.runs import jobs
from helpers.site import USED, blocks, checks, codes, general, maps, notebooks, place_pages
from helpers.site.blocks import Picture
from helpers.site.place_pages import Known


@pytest.fixture(scope="module")
def known() -> Known:
    sources = ledger.load_sources().fillna("")
    found = {name: tables.get(name) for name in USED} | {"sources": sources}
    return Known(found, dict(zip(sources["source_id"], sources["url"], strict=True)))


def test_places_are_all_provinces_new_units_regions_and_the_country() -> None:
    found = codes()
    assert len(found) == 63 + 23 + 6 + 1
    assert len(set(found)) == len(found)


@pytest.mark.parametrize("language", ["en", "vi"])
@pytest.mark.parametrize("code", ["14", "44@2025", "CH", "VN"])
def test_every_printed_figure_of_a_place_leads_to_its_source(
    known: Known, code: str, language: str
) -> None:
    text = place_pages.page(places.get(code), known, [], [], language)
    own = known.of("reconciled", code)
    for row in own.to_dict("records"):
        assert f'<tr id="{row["figure_id"]}">' in text
        url = known.urls.get(row["source_id"]) or f"../sources.html#{row['source_id']}"
        line = text.split(f'<tr id="{row["figure_id"]}">')[1].split("</tr>")[0]
        assert f'href="{url.replace("&", "&amp;")}"' in line
    assert text.count("\n## ") == 8


def test_districts_are_told_below_their_province(known: Known) -> None:
    table = known.tables["reconciled"]
    below = table[table["place"].str.contains("/", regex=False)].iloc[0]
    code = below["place"].split("/")[0]
    text = place_pages.page(places.get(code), known, [], [], "en")
    assert f'<tr id="{below["figure_id"]}">' in text


def test_a_notebook_that_has_not_run_is_a_gap_said_on_the_page(known: Known) -> None:
    job = jobs.plan(["14"], ["3"], "en")[0][0]
    assert 'class="gap"' not in place_pages.page(places.get("14"), known, [], [], "en")
    text = place_pages.page(places.get("14"), known, [], [job], "en")
    assert 'class="gap"' in text
    assert "3-province-profile has not run" in text


@pytest.mark.parametrize("units, count", [("63", 63), ("34", 34)])
def test_map_has_a_link_with_name_and_rate_a_place(known: Known, units: str, count: int) -> None:
    root = html.fromstring(maps.drawing(known.tables["surveys"], "en"))
    links = root.xpath(f'//svg[@class="map-{units}"]//a')
    assert len(links) == count
    expected = {f"places/{place.folder}.html" for place in places.provinces(units)}  # type: ignore[arg-type]
    assert {link.get("href") for link in links} == expected
    assert all(re.search(r"\d+\.\d% in \d{4}|no rate", link.get("aria-label")) for link in links)


def test_outline_of_a_unit_has_no_border_inside() -> None:
    unit = next(p for p in places.provinces("34") if len(places.members(p.code)) == 3)
    own = maps._path(unit)
    parts = "".join(maps._path(places.get(code)) for code in places.members(unit.code))
    assert own.endswith("z")
    assert len(own) < len(parts)


def test_executed_notebook_links_its_figures(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(project, "figures_dir", lambda: tmp_path / "figures")
    job = jobs.plan(["14"], ["3"], "en")[0][0]
    monkeypatch.setattr(jobs.Job, "output", tmp_path / "3-province-profile.ipynb")
    assert notebooks.read(job) is None
    (tmp_path / "figures" / "14").mkdir(parents=True)
    head = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + (640).to_bytes(4, "big") + (480).to_bytes(4, "big")
    (tmp_path / "figures" / "14" / "3-path.png").write_bytes(head)
    (tmp_path / "figures" / "14" / "3-path.csv").write_text("year\n")
    shown = [{"output_type": "display_data", "metadata": {}, "data": {"image/png": "AAAA"}}]
    said = [
        {"output_type": "display_data", "metadata": {}, "data": {"text/markdown": "**Fell** by 3."}}
    ]
    cells = [
        {"cell_type": "markdown", "metadata": {}, "source": "# How poor?\nText."},
        {"cell_type": "code", "metadata": {}, "outputs": shown,
         "source": 'charts.save(figure, drawn, p.place, "3-path", p.language)'},
        {"cell_type": "code", "metadata": {}, "outputs": said, "source": "say()"},
    ]  # fmt: skip
    book = {"cells": cells, "metadata": {"kernelspec": {"name": "python3"}}}
    job.output.write_text(json.dumps(book))
    found = notebooks.read(job)
    assert found is not None
    assert found.pictures == (Picture("3-path", "Fell by 3."),)
    page = json.loads(found.text)
    drawn = page["cells"][1]["outputs"][0]["data"]["text/html"]
    assert 'alt="Fell by 3."' in drawn
    assert 'width="640" height="480"' in drawn
    assert '../../figures/14/3-path.csv" download' in drawn
    assert page["cells"][0]["source"].startswith("# Sơn La: How poor?")


def test_data_dictionary_names_every_column() -> None:
    text = general.dictionary("en")
    package = json.loads((project.raw_dir() / "datapackage.json").read_text(encoding="utf-8"))
    for resource in package["resources"]:
        for field in resource.get("schema", {}).get("fields", []):
            assert f'id="{resource["name"]}.{field["name"]}"' in text


def test_what_is_printed_is_escaped() -> None:
    cell = blocks.link("https://example.org/?a=1&b=2", "<b>")
    assert cell == '<a href="https://example.org/?a=1&amp;b=2">&lt;b&gt;</a>'


def test_check_finds_loads_from_elsewhere_and_broken_links(tmp_path: Path) -> None:
    (tmp_path / "a.css").write_text("@import 'https://example.org/x.css';")
    (tmp_path / "b.html").write_text("<p id='here'>b</p>")
    (tmp_path / "index.html").write_text(
        "<script src='https://example.org/x.js'></script><a href='https://example.org'>fine</a>"
        "<a href='gone.html'>x</a><a href='b.html#here'>fine</a><a href='b.html#no'>x</a>"
        "<link rel='stylesheet' href='a.css'>"
    )
    found = checks.problems(tmp_path)
    assert len(found) == 4
    assert any("b.html#no leads to no such part" in line for line in found)
    assert any("gone.html leads nowhere" in line for line in found)
    assert sum("from elsewhere" in line for line in found) == 2


def test_check_finds_a_first_page_that_loads_too_much(tmp_path: Path) -> None:
    (tmp_path / "x.png").write_bytes(b"0" * (checks.FIRST_PAGE + 1))
    (tmp_path / "index.html").write_text("<img src='x.png' alt='x'>")
    assert any("more than 500" in line for line in checks.problems(tmp_path))


def test_sphinx_writes_pages_without_loads_from_elsewhere(tmp_path: Path) -> None:
    from helpers.site import engine

    source, out = tmp_path / "en", tmp_path / "out"
    source.mkdir()
    (source / "index.md").write_text("# One\n\nA page.\n")
    assert engine.build(source, out, "en") == []
    (out / "_static" / "places.js").write_text("")
    (out / "vi").mkdir()
    (out / "vi" / "index.html").write_text("<p>vi</p>")
    assert checks.problems(out) == []
    page = html.parse(str(out / "index.html")).getroot()
    assert page.xpath('//input[@role="combobox"]')


def test_unknown_place_has_no_page(known: Known) -> None:
    with pytest.raises(UserError):
        place_pages.page(places.get("no"), known, [], [], "en")


def test_map_of_a_year_without_rates_says_so(known: Known) -> None:
    surveys: pd.DataFrame = known.tables["surveys"]
    year, standard = maps.newest(surveys)
    gone = surveys["place"].eq("14") & surveys["period"].eq(str(year))
    assert f"Sơn La: no rate for {year}" in maps.drawing(surveys[~gone], "en")
    assert standard.startswith("gso-")
