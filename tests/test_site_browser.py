"""The whole site in a real browser, from the disk."""

import csv
from collections.abc import Iterator
from pathlib import Path

import pypdfium2
import pytest
from browsers import chromium
from playwright.sync_api import Browser, Page
from pypdfium2.raw import FPDF_PAGEOBJ_IMAGE

from helpers import project, site

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site built from what this project has, with every notebook that is missing run."""
    out = tmp_path_factory.mktemp("site")
    wrong = site.build(out, say=lambda _: None)
    assert wrong == []
    return out


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page whose requests and errors are looked at when the test is over."""
    page, wrong = browser.new_page(), []
    page.on(
        "request", lambda r: None if r.url.startswith(("file:", "data:")) else wrong.append(r.url)
    )
    page.on("console", lambda m: wrong.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    yield page
    page.close()
    assert wrong == []


def test_map_clicks_through_to_either_units(home: Path, page: Page) -> None:
    page.goto((home / "index.html").as_uri())
    page.locator('.map-63 a[href="places/14.html"] path').click()
    assert page.locator("h1").inner_text().startswith("Sơn La")
    page.goto((home / "index.html").as_uri())
    assert not page.locator(".map-34").is_visible()
    page.locator("label[for=units-34]").click()
    assert not page.locator(".map-63").is_visible()
    page.locator('.map-34 a[href="places/44-2025.html"] path').click()
    assert page.locator("h1").inner_text().startswith("Quảng Trị (2025)")


@pytest.mark.parametrize("width", [1300, 390])
@pytest.mark.parametrize("start", ["index.html", "vi/places/14.html"])
def test_search_without_diacritics_finds_a_place(
    home: Path, page: Page, start: str, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.goto((home / start).as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.fill("#place-search", "quang tri")
    page.keyboard.press("Enter")
    page.wait_for_url("**/places/45.html")
    assert page.locator("h1").inner_text().startswith("Quảng Trị")


def test_downloads_hold_the_rows_of_the_figure(home: Path, page: Page) -> None:
    page.goto((home / "places" / "14.html").as_uri())
    target = page.locator("#\\33 -path .downloads a", has_text="CSV").get_attribute("href")
    assert target is not None
    file = (home / "places" / target).resolve()
    rows = list(csv.DictReader(file.read_text(encoding="utf-8").splitlines()))
    assert {row["place"] for row in rows} == {"14"}
    assert file.read_bytes() == (project.figures_dir() / "14" / "3-path.csv").read_bytes()


def test_a_number_leads_to_its_source_in_two_clicks(home: Path, page: Page) -> None:
    page.goto((home / "places" / "14.html").as_uri())
    row = page.locator("tr#d178-01")
    assert row.count() == 1
    assert (row.locator("a").last.get_attribute("href") or "").startswith("http")


def test_pictures_say_what_they_show_with_numbers(home: Path, page: Page) -> None:
    page.goto((home / "places" / "14.html").as_uri())
    said = page.locator("figure img").evaluate_all("all => all.map(i => i.alt)")
    assert len(said) >= 5
    assert all(any(c.isdigit() for c in alt) for alt in said)


def test_paper_has_every_figure_and_no_empty_page(home: Path, page: Page, tmp_path: Path) -> None:
    page.goto((home / "places" / "14.html").as_uri())
    count = page.locator("figure img").count()
    page.pdf(path=tmp_path / "page.pdf", format="A4")
    printed = pypdfium2.PdfDocument(tmp_path / "page.pdf")
    kinds = [[part.type for part in sheet.get_objects()] for sheet in printed]
    assert sum(its.count(FPDF_PAGEOBJ_IMAGE) for its in kinds) == count
    text = [sheet.get_textpage().get_text_range() for sheet in printed]
    assert not any("Skip to content" in said for said in text)
    assert "The path" in text[0]


def test_a_second_build_writes_no_page_again(home: Path) -> None:
    times = {file: file.stat().st_mtime_ns for file in home.rglob("*.html")}
    site.build(home, as_is=True, say=lambda _: None)
    assert {file: file.stat().st_mtime_ns for file in home.rglob("*.html")} == times


def test_a_missing_notebook_is_a_gap_on_the_page(home: Path, page: Page) -> None:
    executed = project.root() / "build" / "notebooks" / "14" / "3-province-profile.ipynb"
    aside = executed.with_suffix(".aside")
    executed.rename(aside)
    try:
        wrong = site.build(home, as_is=True, say=lambda _: None)
        assert wrong == ["14 3-province-profile (en) has not run to its end"]
        page.goto((home / "places" / "14.html").as_uri())
        assert "3-province-profile has not run" in page.locator(".gap").inner_text()
    finally:
        aside.rename(executed)
