"""How a run is told: failures by what they tell, the page, the summary and the time left."""

import io
import re
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from helpers.runs import failure_page, failures, jobs, progress, records, reports
from helpers.runs.failures import Failure
from helpers.runs.jobs import Job
from helpers.runs.outcomes import Outcome

SOURCE = "\n\nfound = read()\nraise ValueError(found)\n"
TRACE = (
    "Traceback (most recent call last)\nCell In[2], line 7, in read()\n"
    "Cell In[4], line 1\nCell In[4], line 2\n----> 2 raise\nValueError: no figures at all"
)
VOID = {"meta", "br"}


def job(place: str = "45", number: str = "3", language: str = "en") -> Job:
    ((one,),) = jobs.plan([place], [number], language)
    return one


def failed(place: str = "45", error: str = "ValueError: no figures at all", **told: str) -> Outcome:
    """A failure of notebook 3, by hand."""
    about: dict[str, Any] = {
        "kind": "error",
        "cell": "4",
        "source": SOURCE,
        "traceback": TRACE,
        **told,
    }
    return Outcome(job(place), "failed", 1.5, error=error, **about)


class Page(HTMLParser):
    """What a browser would make of a page: its texts and tags; an unclosed one is an error."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.text = ""
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data if self.open[-1:] != ["style"] else ""

    def values(self, name: str) -> list[str]:
        return [value for _, found in self.found if (value := found.get(name))]


def page(outcomes: list[Outcome]) -> Page:
    path = reports.write_page(outcomes)
    assert path is not None
    return Page(path.read_text(encoding="utf-8"))


def test_one_error_in_many_places_is_one_paragraph(golden: Path) -> None:
    told = reports.told([failed("45", "KeyError: '45'"), failed("51", "KeyError: '51'")])
    assert told.splitlines()[0] == "2 notebooks failed (error): KeyError: '…'"
    assert "3-province-profile, cell 4: Quảng Trị (45), Quảng Ngãi (51)" in told
    assert told.count("KeyError") == 1
    assert told.splitlines()[-1] == ("  again: python -m helpers run --province 45,51 --notebook 3")


def test_different_errors_and_kinds_stay_apart_the_most_frequent_first(golden: Path) -> None:
    error = "RuntimeError: it stopped"
    some = [
        failed("45"),
        failed("84", error),
        failed("51", error),
        failed("14", error, kind="exit"),
    ]
    groups = failures.grouped(Failure(outcome, "") for outcome in some)
    assert [[f.outcome.job.place for f in group.all] for group in groups] == [
        ["84", "51"],
        ["45"],
        ["14"],
    ]


def test_one_error_in_two_cells_is_one_group_of_two_spots(golden: Path) -> None:
    (group,) = failures.grouped(
        [Failure(failed("45"), ""), Failure(failed("51", cell="5"), ""), Failure(failed("84"), "")]
    )
    assert [len(spot) for spot in group.spots] == [2, 1]


@pytest.mark.parametrize(
    ("place", "error", "alike"),
    [
        ("45", "no row of 45 in 4511 and 145", "no row of … in 4511 and 145"),
        ("45", "Quảng Trị has none", "… has none"),
        ("44@2025", "44@2025 in figures/44-2025/x", "… in figures/…/x"),
        ("45", "<object at 0x7f3a9c01>", "<object at 0x…>"),
    ],
)
def test_what_names_the_place_is_left_out_to_compare(
    golden: Path, place: str, error: str, alike: str
) -> None:
    assert failures.alike(failed(place, error)) == alike


@pytest.mark.parametrize(
    ("outcome", "command"),
    [
        (failed, "python -m helpers run --province 45 --notebook 3"),
        (lambda: failed(kind="dead kernel"), "… --province 45 --notebook 3 --jobs 1"),
        (lambda: failed(kind="worker"), "… --province 45 --notebook 3 --jobs 1"),
        (
            lambda: failed(kind="timeout", error="timed out, after 600 seconds."),
            "… --province 45 --notebook 3 --timeout 1800",
        ),
        (lambda: failed("44@2025"), "… --province 44@2025 --notebook 3"),
        (
            lambda: replace(failed(), job=job("45", "4", "vi")),
            "… --province 45 --notebook 4 --language vi",
        ),
        (lambda: replace(failed(), job=job("VN", "1")), "… --notebook 1"),
    ],
)
def test_the_command_runs_exactly_what_failed(
    golden: Path, outcome: Callable[[], Outcome], command: str
) -> None:
    from helpers.__main__ import _names, _parser

    one = outcome()
    told = failures.again([Failure(one, "")])
    assert told == command.replace("…", "python -m helpers run")
    options = _parser().parse_args(told.split()[3:])
    again = jobs.plan(_names(options), options.notebook.split(","), options.language)
    assert again == [[one.job]]


@pytest.mark.parametrize(
    ("source", "trace", "cell", "line"),
    [
        (SOURCE, TRACE, "4", 4),  # Python counts without the empty lines at the top
        ("a\nb", "Cell In[4], line 1\nCell In[4], line 2", "4", 2),  # the innermost
        ("a\nb", "Cell In[3], line 1", "4", None),  # of another cell
        ("a", "Cell In[4], line 9", "4", None),  # the source is not the one that ran
        ("", "", "?", None),
    ],
)
def test_the_failing_line_is_that_of_the_traceback(
    golden: Path, source: str, trace: str, cell: str, line: int | None
) -> None:
    assert failures.failing_line(failed(source=source, traceback=trace, cell=cell)) == line


def test_the_page_tells_all_of_a_failure(golden: Path) -> None:
    one = failed()
    one.job.failed_output.parent.mkdir(parents=True)
    one.job.failed_output.write_text("{}")
    shown = page([one])
    for told in (
        "1 notebook failed",
        "Quảng Trị",
        "45",
        "Notebook 3, cell 4",
        "How poor is one province, and how do we know?",
        "English",
        "ValueError: no figures at all",
        "An error in a cell.",
        "The error came up in line 4.",
        "python -m helpers run --province 45 --notebook 3",
        "Cell In[2], line 7, in read()",
    ):
        assert told in shown.text, told
    (link,) = shown.values("href")
    assert link == "notebooks/45/3-province-profile.failed.ipynb"
    assert (golden / "build" / link).exists()


def test_the_page_needs_nothing_else_and_is_built_for_every_reader(golden: Path) -> None:
    shown = page([failed("45"), failed("51", "OSError: disk", kind="output")])
    tags = [tag for tag, _ in shown.found]
    assert not {"script", "img", "link", "iframe", "object"} & set(tags)
    assert not shown.values("src")
    text = (golden / "build" / "failures.html").read_text(encoding="utf-8")
    assert not re.search(r"https?:|url\(|@import", text)
    assert text.startswith('<!DOCTYPE html>\n<html lang="en">')
    assert tags.count("h1") == 1 and tags.count("h2") == 2
    assert set(shown.values("scope")) == {"col", "row"} and tags.count("caption") == 2
    assert "width=device-width, initial-scale=1" in shown.values("content")
    ids = set(shown.values("id"))
    assert {link.removeprefix("#") for link in shown.values("href")} <= ids
    assert set(shown.values("aria-labelledby")) <= ids


@pytest.mark.parametrize("kind", ["error", "dead kernel", "timeout", "exit", "output", "worker"])
def test_each_kind_is_told_in_plain_words(golden: Path, kind: str) -> None:
    told = failure_page.meaning(kind)
    assert kind in failure_page.KINDS
    assert told in " ".join(page([failed(kind=kind)]).text.split())


def test_what_a_notebook_says_is_text_and_never_markup(golden: Path) -> None:
    evil = '</pre><script>alert("1")</script>&amp; \x1b[31m\x00 \udce4 nghèo'
    shown = page([failed(error=evil, source=evil, traceback=evil, cell="<4>")])
    assert "script" not in [tag for tag, _ in shown.found]
    assert shown.text.count('</pre><script>alert("1")</script>&amp; ') == 3
    assert "\x1b" not in shown.text and "\x00" not in shown.text and "nghèo" in shown.text


def test_a_failure_without_cell_and_an_endless_error_are_shown(golden: Path) -> None:
    worker = failed(kind="worker", cell="?", source="", traceback="", error="")
    assert "it is not known in which cell" in page([worker]).text
    shown = page([failed(error="first\n" + "x" * 10**6)])
    assert "characters left out" in shown.text and len(shown.text) < 30_000


def test_a_page_stands_until_what_failed_has_succeeded(golden: Path) -> None:
    one, other = failed("45"), failed("51")
    for outcome in (one, other):
        failures.keep(outcome)
    assert "2 notebooks failed" in page([one, other]).text
    # a run of other notebooks leaves it
    elsewhere = Outcome(job("84"), "done", 1.0)
    failures.keep(elsewhere)
    assert "2 notebooks failed" in page([elsewhere]).text
    # one succeeds
    failures.keep(Outcome(one.job, "done", 1.0))
    assert "1 notebook failed" in page([Outcome(one.job, "done", 1.0)]).text
    # the other succeeds in a run that has no more to say
    failures.keep(Outcome(other.job, "done", 1.0))
    assert reports.write_page([]) is None
    assert not (golden / "build" / "failures.html").exists()


def test_a_failure_that_came_back_is_on_the_page_once(golden: Path) -> None:
    failures.keep(failed())
    assert "1 notebook failed" in page([failed(error="another one")]).text


def test_a_failure_of_a_job_that_has_a_record_of_success_is_over(golden: Path) -> None:
    one = failed()
    failures.keep(one)
    told = {"notebook": "", "parameters": {}, "packages": {}, "read": {}, "outputs": {}}
    records.keep(one.job, told)  # by another run at the same time
    assert failures.standing() == []
    assert not failures.path(one.job).exists()


@pytest.mark.parametrize("text", ["", "[]", '{"number": "3"}', '{"numb'])
def test_a_torn_failure_is_left_out(golden: Path, text: str) -> None:
    failures.keep(failed())
    failures.path(job()).write_text(text)
    assert reports.write_page() is None


def test_a_failure_of_a_notebook_that_is_gone_is_over(golden: Path) -> None:
    failures.keep(failed())
    (golden / "notebooks" / "3-province-profile.ipynb").rename(golden / "notebooks" / "3-new.ipynb")
    assert failures.standing() == []


def test_a_failure_is_told_as_it_was(golden: Path) -> None:
    failures.keep(failed(error="l'été \udce4\n2"))
    (kept,) = failures.standing()
    assert replace(kept.outcome, seconds=1.5) == failed(error="l'été \udce4\n2")


def test_a_line_names_place_notebook_cell_and_the_first_line_of_the_error(golden: Path) -> None:
    assert reports.one_line(failed(error="ValueError: a\nb")) == (
        "failed: 45 3-province-profile, cell 4: ValueError: a"
    )


def test_the_summary_counts_and_names_the_page(golden: Path) -> None:
    outcomes = [Outcome(job("45"), "done"), Outcome(job("51"), "unchanged"), failed("84")]
    said = reports.summary(outcomes, 4.0, reports.write_page(outcomes))
    assert said.splitlines()[0] == (
        "2 notebooks run in 4 s (0.5 a second), 1 unchanged, 1 failed; "
        "figures/ holds 0 PNG, 0 SVG, 0 CSV"
    )
    assert said.splitlines()[-1] == "what failed, why, and what to do: build/failures.html"
    assert "in earlier runs" in reports.summary(outcomes[:2], 4.0, Path("build/failures.html"))
    assert "a second" not in reports.summary(outcomes[1:2], 4.0)


def test_what_would_run_is_counted_by_its_reasons(golden: Path) -> None:
    style, rows = "helpers.charts.style changed", "the rows of {} in data/processed/x.csv changed"
    found = [
        (job("45"), [style, rows.format("45")]),
        (job("51"), [rows.format("51"), "figures/51/3-a.png was removed"]),
        (job("84"), ["figures/84/3-a.png was removed", "figures/84/3-b.png was removed"]),
        (job("14"), ["never run with success"]),
        (job("37"), []),
    ]
    assert reports.would_run(found) == (
        "would run 4 of 5 notebooks: "
        "2 because the rows of their place in data/processed/x.csv changed, "
        "2 because outputs were removed, 1 because helpers.charts.style changed, "
        "1 never run with success"
    )
    assert reports.would_run(found[4:]) == "nothing would run: 1 notebook unchanged"
    many = [(job("45"), [f"m{k} changed" for k in range(6)])]
    assert reports.would_run(many).endswith("1 because m3 changed, and 2 other reasons")


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def watch(
    stream: io.StringIO, workers: int = 1, known: dict[str, float] | None = None
) -> progress.Progress:
    stages = jobs.plan(["45", "51", "84"], ["1", "3"])
    return progress.Progress(stages, workers, known or {}, stream)


def test_a_log_gets_a_line_every_ten_seconds_and_no_carriage_return(
    golden: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [0.0]
    monkeypatch.setattr("time.monotonic", lambda: now[0])
    log = io.StringIO()
    with watch(log) as bar:
        for now[0], place in ((4.0, "45"), (12.0, "51"), (15.0, "84")):
            bar.done(Outcome(job(place), "done", 4.0))
        now[0] = 30.0
        bar.done(replace(failed(), job=job("VN", "1")))  # the end is told by the summary
    assert log.getvalue() == "2 of 4, about 0:08 left\n"


def test_a_terminal_gets_one_bar_with_the_time_left(golden: Path) -> None:
    screen = Terminal()
    with watch(screen, known={"1-clean-reported-figures": 30.0}) as bar:
        bar.skip([job("84")])
        bar.say("a line above the bar")
        bar.done(Outcome(job("45"), "done", 4.0))
        bar.done(failed("51"))
    text = screen.getvalue()
    assert "1 of 3, about 0:34 left" in text
    assert "2 of 3, about 0:30 left, 1 failed" in text
    assert "a line above the bar\n" in text


def test_nothing_to_run_shows_no_bar(golden: Path) -> None:
    screen = Terminal()
    with watch(screen) as bar:
        bar.skip([job("VN", "1"), *(job(place) for place in ("45", "51", "84"))])
    assert screen.getvalue().endswith(" \r")  # wiped
    assert "\n" not in screen.getvalue()


def test_the_time_left_is_that_of_each_notebook_over_all_workers(golden: Path) -> None:
    bar = watch(io.StringIO(), 2)
    assert bar.seconds_left() is None  # nothing is known yet
    bar.done(Outcome(job("VN", "1"), "done", 20.0))
    assert bar.seconds_left() == 3 * 20 / 2  # no better guess
    bar.done(Outcome(job("45"), "done", 4.0))
    assert bar.seconds_left() == 2 * 4 / 2
    bar.skip([job("51")])
    assert bar.seconds_left() == 4  # one notebook cannot be shared
    bar.done(replace(failed(), job=job("84")))
    assert bar.state() == "1 failed"


def test_what_this_run_measures_counts_more_than_what_is_remembered(golden: Path) -> None:
    bar = watch(io.StringIO(), 1, {"3-province-profile": 60.0, "1-clean-reported-figures": 1.0})
    assert bar.seconds_left() == 181
    bar.done(Outcome(job("45"), "done", 4.0))
    assert bar.seconds_left() == 2 * 4 + 1


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0.4, "0:00"), (59.4, "0:59"), (61, "1:00"), (63, "1:05"), (3661, "1:01:00")],
)
def test_guessed_times_are_round(seconds: float, said: str) -> None:
    assert progress.clock(seconds) == said


def test_an_error_is_news_once(golden: Path) -> None:
    bar = watch(io.StringIO())
    news = [failed("45", "KeyError: '45'"), failed("51", "KeyError: '51'"), failed("84")]
    assert [bar.is_news(outcome) for outcome in news] == [True, False, True]
