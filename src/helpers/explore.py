"""Explore: controls for one place's levels, and what they show, in a running notebook."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd

from helpers import charts, labels, ledger, parameters, places, project, tables
from helpers.charts import rows, style
from helpers.places import Place
from helpers.project import UserError

WIDGET = "application/vnd.jupyter.widget-view+json"
FIRST_YEAR, LAST_YEAR = 1993, 2027  # ends of the control of years
LIST = ["indicator", "standard", "period", "printed", "value", "reconciled", "status_reconciled",
        "why", "source", "url"]  # fmt: skip


@dataclass(frozen=True)
class Choice:
    """What to look at. Years are whole; a standard is a code of standards.csv or `all`."""

    place: Place
    indicators: tuple[str, ...]
    first_year: int
    last_year: int
    standard: str
    language: str


@dataclass(frozen=True)
class View:
    """What a choice shows: the figure, the rows it draws, what it says, and each row's source."""

    choice: Choice
    figure: charts.Chart
    drawn: pd.DataFrame
    said: str
    listed: pd.DataFrame


def choice(checked: SimpleNamespace) -> Choice:
    """The choice that a notebook's checked parameters make.

    Raises UserError where the years run backwards.
    """
    made = Choice(checked.place, checked.indicators, checked.first_year, checked.last_year,
                  checked.standard, checked.language)  # fmt: skip
    if made.first_year > made.last_year:
        raise UserError(
            f"first_year={made.first_year} is after last_year={made.last_year}: exchange them."
        )
    return made


def look(chosen: Choice) -> View:
    """Draw what is chosen, say it, and list each figure with its print and source."""
    drawn = charts.explore.select(
        tables.get("reconciled", [chosen.place.code]), tables.get("surveys"), chosen.place,
        chosen.indicators, (chosen.first_year, chosen.last_year), chosen.standard,
    )  # fmt: skip
    figure = charts.explore.over_time(drawn, chosen.place, chosen.language)
    said = charts.explore.say(drawn, chosen.place, chosen.indicators, chosen.language)
    return View(chosen, figure, drawn, said, listed(drawn, chosen.language))


def listed(drawn: pd.DataFrame, language: str) -> pd.DataFrame:
    """The rows drawn for a reader: names instead of codes, the source in words, its url if known.

    drawn : columns of `charts.explore.COLUMNS`. Returns LIST, indexed by figure_id.
    """
    sources = ledger.load_sources().set_index("source_id")
    known = drawn["source_id"].isin(sources.index)
    url, title, publisher = (
        drawn["source_id"].map(sources[column]).where(known, "")
        for column in ("url", "title", "publisher")
    )
    table = drawn.assign(
        indicator=[charts.explore.what(str(row["series"]), str(row["indicator"]), language)
                   for row in rows.records(drawn)],
        standard=[rows.standard_name(code, language) for code in drawn["standard"]],
        period=[labels.period(code, language) for code in drawn["period"]],
        printed=drawn["printed"].where(
            drawn["printed"] != "", labels.text("explore.computed", language)
        ),
        source=(title + ", " + publisher).where(known, drawn["source_id"]),
        url=url,
    )  # fmt: skip
    return tables.readable(table.set_index("figure_id")[LIST], language)


def save(view: View) -> list[Path]:
    """Write the figure (PNG) and the rows it draws (CSV) to build/explore/; returns the paths."""
    stem = project.root() / "build" / "explore" / view.choice.place.folder
    picture, data = (stem.with_name(f"{stem.name}{suffix}") for suffix in (".png", ".csv"))
    with project.whole(picture) as aside:
        aside.write_bytes(style.png(view.figure))
    project.write_table(view.drawn, data)
    return [picture, data]


def show(chosen: Choice, panel: dict[str, Any] | None = None) -> Callable[[], View]:
    """Display controls, figure, sentence and table in a notebook, and redraw at every change.

    panel : the `controls` of this choice, for who wants to move them from code
    Returns a function that gives the view on show. A choice that cannot be understood, such as a
    name that is no place, is told below the controls, and the last view stays.
    """
    from IPython.display import display

    view = look(chosen)
    panel = controls(chosen) if panel is None else panel
    message = _widgets().HTML()
    box = _widgets().VBox([*panel.values(), message])
    display({**box._repr_mimebundle_(), "text/plain": labels.text("explore.controls",
             chosen.language)}, raw=True)  # fmt: skip
    handles = [display(part, display_id=True, raw=isinstance(part, dict)) for part in parts(view)]

    def redraw(_change: Any = None) -> None:
        nonlocal view
        try:
            view = look(chosen_by(panel, chosen))
        except UserError as error:
            message.value = f"⚠ {_escaped(str(error))}"
            return
        message.value = ""
        for handle, part in zip(handles, parts(view), strict=True):
            handle.update(part, raw=isinstance(part, dict))

    for control in _leaves(panel):
        control.observe(redraw, names="value")
    return lambda: view


def parts(view: View) -> list[Any]:
    """What a notebook displays of a view: its figure, its sentence, its list with links."""
    html = view.listed.to_html(render_links=True, border=0, classes="dataframe")
    plain = view.listed[["indicator", "standard", "period", "printed"]].to_string()
    return [
        view.figure,
        {"text/markdown": view.said, "text/plain": view.said.replace("**", "")},
        {"text/html": html, "text/plain": plain},
    ]


def place_options() -> list[str]:
    """Every place to choose, found by name with or without diacritics, or by code."""
    known = places.table()
    regions = known.loc[known["kind"] == "region", "code"]
    former = [place.code for place in places.provinces("63")]
    units = [place.code for place in places.provinces("34") if "@" in place.code]
    return [option(places.get(code)) for code in ("VN", *regions, *former, *units)]


def option(place: Place, language: str = "vi") -> str:
    """One place in the list of places: `Quảng Trị · quang-tri · 45`."""
    name = place.name(language)
    return f"{name} · {places.fold(name)} · {place.code}"


def chosen_by(panel: dict[str, Any], before: Choice) -> Choice:
    """The choice that the controls make; raises UserError for a name that is no place."""
    asked = panel["place"].value.rpartition(" · ")[2]
    wanted = tuple(name for name, box in _boxes(panel).items() if box.value)
    if not wanted:
        raise UserError(labels.text("explore.tick", before.language))
    first, last = panel["years"].value
    return replace(
        before, place=places.find(asked), indicators=wanted, first_year=first, last_year=last,
        standard=panel["standard"].value,
    )  # fmt: skip


def controls(chosen: Choice) -> dict[str, Any]:
    """The widgets of a choice: place, indicators (a box of one tick box each), years, standard."""
    w, language = _widgets(), chosen.language
    wide = w.Layout(width="34em")
    named = {"style": {"description_width": "7em"}, "layout": wide}
    boxes = [
        w.Checkbox(value=name in chosen.indicators, indent=False, layout=w.Layout(width="22em"),
                   description=labels.name("indicator", name, language))
        for name in parameters.LEVELS
    ]  # fmt: skip
    codes = project.read_table(project.raw_dir() / "standards.csv", ["standard"])["standard"]
    standards = [(labels.text("standard.all", language), parameters.ALL)]
    standards += [(f"{rows.standard_name(code, language)} · {code}", code) for code in codes]
    return {
        "place": w.Combobox(
            value=option(chosen.place), options=place_options(), ensure_option=False,
            continuous_update=False, description=labels.text("explore.place", language), **named,
        ),
        "indicators": w.Box(boxes, layout=w.Layout(flex_flow="row wrap", margin="0 0 0 7em")),
        "years": w.IntRangeSlider(
            value=(chosen.first_year, chosen.last_year), min=min(FIRST_YEAR, chosen.first_year),
            max=max(LAST_YEAR, chosen.last_year), continuous_update=False,
            description=labels.text("explore.years", language), **named,
        ),
        "standard": w.Dropdown(
            value=chosen.standard, options=standards,
            description=labels.text("explore.standard", language), **named,
        ),
    }  # fmt: skip


def _boxes(panel: dict[str, Any]) -> dict[str, Any]:
    return dict(zip(parameters.LEVELS, panel["indicators"].children, strict=True))


def _leaves(panel: dict[str, Any]) -> list[Any]:
    own = [control for name, control in panel.items() if name != "indicators"]
    return [*own, *panel["indicators"].children]


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")


def _widgets() -> Any:
    """ipywidgets, which only a notebook that explores needs."""
    import ipywidgets

    return ipywidgets
