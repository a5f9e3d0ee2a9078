"""Tracing: every kind of target, every processed table, charts, and what means nothing."""

import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

from helpers import fresh, project, tables, trace
from helpers.project import UserError
from helpers.trace import finding

PROJECT = Path(__file__).parents[1]
FIGURE = "quang-tri-2023-04"


def steps(step: trace.Step) -> list[trace.Step]:
    return [step, *(each for below in step.below for each in steps(below))]


def test_a_figure_leads_to_its_print_source_line_and_reading() -> None:
    said = trace.text(trace.follow(FIGURE))
    assert "'7,71%'" in said
    assert "source quang-tri-2023: Quảng Trị" in said
    assert "read as 7.71, from 7.705 to 7.715" in said
    assert "reconciled: 7.71" in said
    line = re.search(r"data/raw/reported_figures\.csv, line (\d+)", said)
    assert line
    text = (PROJECT / "data" / "raw" / "reported_figures.csv").read_text("utf-8").splitlines()
    assert text[int(line[1]) - 1].startswith(FIGURE)


def test_a_doubted_figure_leads_to_its_conflict_and_the_other_figures() -> None:
    conflicts = tables.get("conflicts")
    row = conflicts[conflicts["doubted"] != ""].iloc[0]
    names = row["figures"].split()
    said = trace.text(trace.follow(names[0]))
    assert row["explanation_en"] in said
    assert all(name in said for name in names)
    assert trace.text(trace.follow(row["conflict_id"])).count("source ") >= len(names)


@pytest.mark.parametrize("name", [n for names in fresh.STEPS.values() for n in names])
def test_a_row_of_every_processed_table_can_be_traced(name: str) -> None:
    table = tables.get(name)
    for row in (table.iloc[0], table.iloc[-1]):
        target = finding.target_of(row, name)
        step = trace.follow(target)
        assert step.title.startswith(f"data/processed/{name}.csv")
        assert step.below
    printed = [each for each in steps(step) if "'" in each.title or "printed figure" in each.title]
    rest_on_all = any("all places together" in each.title for each in steps(step))
    assert printed or rest_on_all or name == "quarantine"


def test_a_trend_rests_on_the_rates_of_its_place_and_standard() -> None:
    step = trace.follow("trends:quang tri:gso-md-2022:fall_pp_per_year")
    said = trace.text(step)
    assert "fall_pp_per_year = 1.955" in said
    assert [f"'{rate}'" in said for rate in ("9.51", "7.01", "5.60")] == [True] * 3
    assert said.count("https://www.nso.gov.vn") == 3


def test_a_back_cast_rests_on_its_provinces_with_their_weights() -> None:
    table = tables.get("surveys")
    row = table[(table["printed"] == "") & (table["place"] == "44@2025")].iloc[-1]
    said = trace.text(trace.follow(row["figure_id"]))
    assert "computed, not printed" in said
    weights = [float(w.replace(",", "")) for w in re.findall(r"weight: ([\d,.]+) thousand", said)]
    rates = [float(r) for r in re.findall(r": '([\d.]+)' \(4[45], poor_rate", said)]
    assert len(rates) == len(weights) == 2
    mean = sum(w * r for w, r in zip(weights, rates, strict=True)) / sum(weights)
    assert mean == pytest.approx(row["value"], abs=0.02)


@pytest.mark.parametrize("number", ["7,71%", "7.71", "14.040", "14,040"])
def test_a_number_is_found_where_it_is_printed_or_held(number: str) -> None:
    step = trace.follow(number)
    assert any("quang-tri-2023" in line for line in step.lines)
    for line in step.lines[:-1]:
        target = line.split("  (")[0]
        assert trace.follow(target).title


@pytest.fixture(scope="module")
def path_of_quang_tri() -> Path:
    """The figures of notebook 3 for one province."""
    command = [sys.executable, "-m", "helpers", "run", "--province", "45", "--notebook", "3"]
    subprocess.run(command, check=True, capture_output=True)
    return project.figures_dir()


@pytest.fixture(scope="module")
def drawn() -> Path:
    """The figures of one province and of the country, all notebooks."""
    command = [sys.executable, "-m", "helpers", "run", "--province", "45,VN", "--jobs", "1"]
    subprocess.run(command, check=True, capture_output=True)
    return project.figures_dir()


@pytest.mark.slow
def test_every_chart_and_a_row_of_each_leads_back(drawn: Path) -> None:
    charts = [f for f in drawn.glob("*/*.csv") if f.parent.name in ("45", "VN")]
    assert len(charts) > 30
    for file in charts:
        name = f"{file.parent.name}/{file.stem}"
        step = trace.follow(name)
        assert step.below[0].title.startswith("drawn by notebooks/"), name
        assert step.below[0].lines, name
        if len(finding.find(name).rows):
            assert trace.text(trace.follow(f"{name}:1"))


def test_a_row_of_a_path_leads_to_the_one_print_that_it_draws(path_of_quang_tri: Path) -> None:
    rows = finding.find(str(path_of_quang_tri / "45" / "3-path.png")).rows
    reviews = rows[rows["series"] == "review"]
    number = int(reviews.index[-1]) + 1
    said = trace.text(trace.follow(f"45/3-path:{number}:value"))
    assert "value = 7.71" in said
    assert "'7,71%'" in said
    assert "1 printed figure, matched by standard, place, time, source" in said


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("quang-tri-2023-4", "quang-tri-2023-04, "),
        ("trends:nowhere", "trends has no row with 'nowhere'"),
        (f"reconciled:{FIGURE}:vlue", "has no column 'vlue'; nearest: value"),
        ("45/3-pth", "run --province 45"),
        ("Nowhere/3-path", "no place known here"),
        ("987.654.321", "Nearest values"),
        ("", "no figure, conflict, table, chart or number"),
    ],
)
def test_what_means_nothing_is_told_with_what_is_near(target: str, said: str) -> None:
    with pytest.raises(UserError, match=re.escape(said)):
        trace.follow(target)


def test_a_row_that_a_chart_does_not_have_is_told(path_of_quang_tri: Path) -> None:
    with pytest.raises(UserError, match="has the rows 1 to"):
        trace.follow("45/3-path:999")


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.loads: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.loads += [str(v) for k, v in attrs if k == "src" or (tag == "link" and k == "href")]
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_page_is_whole_loads_nothing_and_escapes_what_is_printed() -> None:
    target = "trends:45:gso-md-2022:fall_pp_per_year"
    page = trace.page(trace.follow(target), f"<{target}>")
    tags = _Tags()
    tags.feed(page)
    assert (tags.open, tags.loads) == ([], [])
    assert "&lt;trends" in page
    assert '<a href="https://www.nso.gov.vn' in page
    assert page == trace.page(trace.follow(target), f"<{target}>")
