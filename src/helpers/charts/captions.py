"""What stands below a figure: its source, its standards, and what a reader must know of them."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from helpers import labels, places, project
from helpers.charts import rows, style
from helpers.places import Place


def caption(key: str, standards: Iterable[str], language: str, **values: str) -> str:
    """The text of a caption, with the standards drawn named after it, if there are any."""
    said = labels.text(key, language, **values)
    listed = standards_drawn(standards, language)
    if not listed:
        return said
    return f"{said} {labels.text('caption.standards', language, standards=listed)}"


def of_place(key: str, place: Place, standards: Iterable[str], language: str) -> str:
    """A caption of one place; of a unit of 2025 it says that its rates are back-casts."""
    said = caption(key, standards, language)
    return f"{said} {labels.text('caption.backcast', language)}" if rows.members(place) else said


def standards_drawn(standards: Iterable[str], language: str) -> str:
    """Standards, the survey's first, then oldest first: `survey (…); review (standard …)`."""
    codes = pd.DataFrame({"code": sorted(set(standards))}, dtype="str")
    codes = codes.assign(survey=codes["code"].str.startswith("gso-"),
                         order=rows.standard_order(codes["code"]))  # fmt: skip
    measures: dict[str, list[str]] = {}
    for code in codes.sort_values(["survey", "order"], ascending=[False, True])["code"]:
        measure, _, name = rows.standard_name(code, language).partition(", ")
        measures.setdefault(measure, []).extend([name] if name else [])
    return "; ".join(f"{m} ({', '.join(n)})" if n else m for m, n in measures.items())


def national_standard(survey: str) -> tuple[str, int] | None:
    """The national standard whose criteria a survey standard follows, and its last year.

    survey : `gso-md-2022`. Only the multidimensional rates of the survey follow a national one,
             that which began in the same year; for all others there is None
    Source: data/raw/standards.csv; a prolongation counts.
    """
    wanted = ["standard", "measure", "valid_from", "valid_to", "prolonged_to"]
    table = project.read_table(project.raw_dir() / "standards.csv", wanted).set_index("standard")
    if not survey.startswith("gso-md-") or survey not in table.index:
        return None
    national = table[(table["measure"] == "review") & ~table.index.str.startswith("local:")]
    same = national[national["valid_from"] == table["valid_from"][survey]]
    if same.empty:
        return None
    found = same.iloc[0]
    return str(found.name), int(found["prolonged_to"] or found["valid_to"])


def unit_since_2025(place: Place) -> Place | None:
    """The unit that a province became part of in July 2025; None where it stayed as it was."""
    if place.kind != "province" or "@" in place.code:
        return None
    units = (unit for unit in places.provinces("34") if unit.code != place.code)
    return next((unit for unit in units if place.code in places.members(unit.code)), None)


def of_forecast(key: str, data: pd.DataFrame, place: Place, language: str) -> str:
    """A caption that says how long the yardstick of a forecast lasts, and the province itself.

    data : part, standard; rows of the part "forecast" are under one standard
    """
    said = [of_place(key, place, data["standard"], language)]
    ahead = data.loc[data["part"] == "forecast", "standard"]
    national = national_standard(str(ahead.iloc[0])) if len(ahead) else None
    if national:
        said.append(labels.text("caption.yardstick", language, last=national[1],
                                years=labels.period(national[0], language)))  # fmt: skip
    unit = unit_since_2025(place)
    if unit and len(ahead):
        said.append(labels.text("caption.merged", language, unit=style.place_name(unit, language),
                                place=style.place_name(place, language)))  # fmt: skip
    return " ".join(said)


def say_old_yardstick(data: pd.DataFrame, place: Place, language: str) -> list[str]:
    """Sentences where a forecast outlasts its standard, or its province: none, one or two.

    data : part, standard, year; rows of the part "forecast" are under one standard
    """
    ahead, said = data[data["part"] == "forecast"], []
    national = national_standard(str(ahead["standard"].iloc[0]))
    if national and ahead["year"].max() > national[1]:
        said.append(labels.text("say.fan.yardstick", language, year=national[1] + 1,
                                years=labels.period(national[0], language)))  # fmt: skip
    if unit := unit_since_2025(place):
        said.append(labels.text("say.fan.merged", language, place=style.place_name(place, language),
                                unit=style.place_name(unit, language)))  # fmt: skip
    return said
