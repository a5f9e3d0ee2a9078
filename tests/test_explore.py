"""Explore: the choice, what it shows, the controls that change it, and the stored notebook."""

from collections.abc import Iterator
from typing import Any

import nbformat
import pandas as pd
import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

from helpers import charts, explore, labels, parameters, places, project, tables
from helpers.project import UserError

GIVEN: dict[str, Any] = {
    "place": "45", "indicators": "poor_rate, poor_households", "first_year": 2006,
    "last_year": 2025, "standard": "all", "language": "en",
}  # fmt: skip


def chosen(**changes: Any) -> explore.Choice:
    return explore.choice(parameters.check(**(GIVEN | changes)))


@pytest.fixture
def shell() -> Iterator[InteractiveShell]:
    yield InteractiveShell.instance()
    InteractiveShell.clear_instance()


def test_a_view_holds_what_notebook_three_draws_with_prints_and_sources() -> None:
    view = explore.look(chosen(indicators=["poor_rate"]))
    place = places.get("45")
    _, path = charts.profile.path(
        tables.get("reconciled", ["45"]), tables.get("surveys"), place, "en"
    )
    ours = view.drawn[["standard", "period", "value"]].sort_values(["standard", "period"])
    theirs = path[["standard", "period", "value"]].sort_values(["standard", "period"])
    pd.testing.assert_frame_equal(ours.reset_index(drop=True), theirs.reset_index(drop=True))
    printed = view.listed[view.listed["period"] == "Dec 2023"].iloc[0]
    assert "7,71%" in printed["printed"]
    assert "Quảng Trị" in printed["source"]
    assert explore.look(chosen(place="14")).listed["url"].str.startswith("http").any()


@pytest.mark.parametrize("language", ["en", "vi"])
def test_the_sentence_tells_first_and_last_and_what_is_missing(language: str) -> None:
    view = explore.look(
        chosen(indicators="poor_households,total_households", standard="2022-2025",
               language=language)
    )  # fmt: skip
    assert labels.number(14040, 0, language) in view.said
    assert labels.name("indicator", "total_households", language) in view.said.splitlines()[-1]
    assert set(view.drawn["standard"]) == {"2022-2025"}


def test_years_and_standard_narrow_what_is_shown() -> None:
    view = explore.look(chosen(first_year=2023, last_year=2023))
    assert set(view.drawn["period"]) == {"2023", "2023-12"}
    assert explore.look(chosen(first_year=1993, last_year=1994)).drawn.empty


@pytest.mark.parametrize("name", ["CH", "Central Highlands", "VN", "quang-tri-2025", "01"])
def test_regions_units_and_the_country_can_be_chosen(name: str) -> None:
    view = explore.look(chosen(place=name))
    assert len(view.drawn)
    assert view.figure._repr_png_()[0].startswith(b"\x89PNG")


def test_a_back_cast_is_called_computed() -> None:
    view = explore.look(chosen(place="44@2025", indicators="poor_rate"))
    assert (view.listed["printed"] == labels.text("explore.computed", "en")).any()
    assert "back-casts" in view.said


def test_a_choice_without_figures_is_a_sentence() -> None:
    view = explore.look(chosen(standard="2001-2005"))
    assert view.drawn.empty
    assert view.said == labels.text("explore.none", "en")
    assert list(view.listed.columns) == explore.LIST


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"first_year": 2025, "last_year": 2006}, "exchange them"),
        ({"indicators": "poor_rat"}, "one or more of poor_rate"),
        ({"indicators": ""}, "one or more of poor_rate"),
        ({"indicators": [1]}, "one or more of poor_rate"),
        ({"standard": "2022"}, "or one of"),
        ({"place": "Quang Chi"}, "Nearest: Quảng Trị"),
        ({"place": ""}, "a text was expected"),
    ],
)
def test_wrong_parameters_are_told(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(UserError, match=said):
        chosen(**changes)


def test_every_place_can_be_chosen_and_none_twice() -> None:
    options = explore.place_options()
    codes = [option.rpartition(" · ")[2] for option in options]
    assert len(options) == len(set(options)) == 1 + 6 + 63 + 23
    assert [places.find(code).code for code in codes] == codes
    assert any("quang-tri-2025" in option for option in options)


def test_controls_change_what_is_shown(shell: InteractiveShell) -> None:
    start = chosen()
    panel = explore.controls(start)
    with capture_output() as first:
        view = explore.show(start, panel)
    assert [sorted(output.data) for output in first.outputs][1:] == [
        ["image/png", "text/plain"], ["text/markdown", "text/plain"], ["text/html", "text/plain"],
    ]  # fmt: skip
    with capture_output() as second:
        panel["place"].value = "son la"
    assert view().choice.place.code == "14"
    assert len(second.outputs) == 3
    assert second.outputs[0].data["image/png"] != first.outputs[1].data["image/png"]
    panel["years"].value = (2016, 2021)
    panel["standard"].value = "gso-md-2016"
    panel["indicators"].children[1].value = True
    assert view().choice.indicators == ("poor_rate", "near_poor_rate", "poor_households")
    assert set(view().drawn["standard"]) == {"gso-md-2016"}
    assert view().drawn["x"].between(2016, 2021).all()


def test_a_wrong_name_is_told_below_and_the_view_stays(shell: InteractiveShell) -> None:
    start = chosen()
    panel = explore.controls(start)
    with capture_output():
        view = explore.show(start, panel)
        before = view()
        panel["place"].value = "Quang <Chi>"
        assert view() is before
        for box in panel["indicators"].children:
            box.value = False
    assert view().choice.place.code == "45"


def test_what_is_on_show_can_be_saved() -> None:
    view = explore.look(chosen())
    picture, data = explore.save(view)
    assert picture == project.root() / "build" / "explore" / "45.png"
    assert picture.read_bytes() == view.figure._repr_png_()[0]
    assert len(pd.read_csv(data)) == len(view.drawn)


def test_the_stored_notebook_is_whole_without_a_kernel() -> None:
    book = nbformat.read(project.root() / "notebooks" / "explore.ipynb", as_version=4)
    kinds = {kind for cell in book.cells for output in cell.get("outputs", [])
             for kind in output.get("data", {})}  # fmt: skip
    assert kinds == {"image/png", "text/markdown", "text/html", "text/plain"}
    assert "widgets" not in book.metadata
