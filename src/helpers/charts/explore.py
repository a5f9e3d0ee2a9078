"""Any levels of one place on one axis of time, a panel an indicator."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from helpers import labels
from helpers.charts import captions, points, rows, style
from helpers.parameters import ALL
from helpers.places import Place

COLUMNS = [
    "figure_id", "series", "place", "indicator", "standard", "period", "x", "printed", "value",
    "low", "high", "qualifier", "reconciled", "status", "status_reconciled", "why", "source_id",
]  # fmt: skip
PANEL = 1.55  # inches


def select(
    reconciled: pd.DataFrame,
    official: pd.DataFrame,
    place: Place,
    indicators: Sequence[str],
    years: tuple[int, int],
    standard: str = ALL,
) -> pd.DataFrame:
    """What survey and reviews have of some levels of one place.

    reconciled : ledger + value, low, high, status_reconciled, reconciled, why; reported reviews
    official   : ledger + value, low, high; survey rates under `gso-*`
    years      : first and last; a figure belongs to the year in which its period ends
    standard   : code of one, or `all`
    Returns COLUMNS, a row a figure, in the order of the indicators, then by standard and time;
    `series` is survey or review. A survey rate of a unit of 2025 has no print: it is a back-cast.
    """
    reviews = rows.levels(reconciled, place.code, tuple(indicators)).assign(series="review")
    found = [reviews]
    if "poor_rate" in indicators:
        found.append(_surveys(official, place))
    data = pd.concat([part[COLUMNS] for part in found if len(part)] or [reviews[COLUMNS]])
    inside = data["x"].between(years[0] - 1 + 1e-9, years[1] + 1e-9)
    data = data[inside & ((data["standard"] == standard) | (standard == ALL))]
    data = data.assign(
        order=rows.standard_order(data["standard"]),
        rank=data["indicator"].map({name: rank for rank, name in enumerate(indicators)}),
    )
    data = data.sort_values(["rank", "order", "x", "figure_id"])
    return data[COLUMNS].reset_index(drop=True)


def _surveys(official: pd.DataFrame, place: Place) -> pd.DataFrame:
    surveys = rows.survey(official, [place.code], ["figure_id", "indicator", "printed"])
    return surveys.assign(
        series="survey", period=surveys["year"].astype(str), x=surveys["year"].astype(float),
        reconciled=surveys["value"], status_reconciled="", why="", qualifier=rows.EXACT,
    )  # fmt: skip


@style.styled
def over_time(data: pd.DataFrame, place: Place, language: str) -> style.Chart:
    """One panel an indicator, all on one axis of time.

    data : rows of `select`
    """
    caption = captions.of_place("chart.path.caption", place, data["standard"], language)
    title = _title(data, place, language)
    if data.empty:
        return style.sentence(title, labels.text("explore.none", language), caption)
    shown = list(data["indicator"].unique())
    fig = style.page(title, caption, height=1.5 + PANEL * len(shown))
    style.legend(fig, points.legend(data, language), 3)
    top, step = fig.high, (fig.high - fig.low - 0.2) / len(shown)
    for k, indicator in enumerate(shown):
        below = top - (k + 1) * step - fig.low
        ax = style.axes(fig, left=0.75, bottom=below + 0.12, top=fig.high - top + k * step + 0.22)
        part = data[data["indicator"] == indicator]
        for series, draw in (("survey", points.survey_line), ("review", points.review_points)):
            mine = part[part["series"] == series]
            for standard, own in mine.groupby("standard", sort=False):
                draw(ax, own, str(standard))
        points.breaks(ax, part[part["series"] == "survey"])
        points.time_axis(ax, data["x"])
        ax.tick_params(labelbottom=k == len(shown) - 1)
        ax.set_ylim(0, points.top(part) * 1.08)
        ax.set_title(_panel_title(part, language), fontsize=8, loc="left", pad=3)
        style.decimals(ax, language)
    return fig


def say(data: pd.DataFrame, place: Place, indicators: Sequence[str], language: str) -> str:
    """A list in Markdown: what each indicator did under each of its newest standards.

    data : rows of `select`; indicators : those asked for; what has no row is named, too
    """
    name = style.place_name(place, language)
    if data.empty:
        return labels.text("explore.none", language)
    keys = data[["indicator", "series"]].drop_duplicates().to_numpy(dtype=str)
    lines = []
    for indicator, series in keys.tolist():
        part = data[(data["indicator"] == indicator) & (data["series"] == series)]
        steps = rows.steps(part, language, rate=_is_rate(indicator))
        lines.append(f"- **{what(series, indicator, language)}**: {steps}")
    if rows.members(place) and (data["series"] == "survey").any():
        count = len(rows.members(place))
        lines.append(f"- {labels.text('say.path.backcast', language, count=count)}")
    missing = [labels.name("indicator", i, language) for i in indicators
               if i not in set(data["indicator"])]  # fmt: skip
    if missing:
        said = labels.text("explore.missing", language, place=name, what=", ".join(missing))
        lines.append(f"- {said}")
    return "\n".join(lines)


def _title(data: pd.DataFrame, place: Place, language: str) -> str:
    """The change of the first indicator that has rows, under its newest standard."""
    name = style.place_name(place, language)
    if data.empty:
        return labels.text("explore.title.none", language, place=name)
    part = data[data["indicator"] == data["indicator"].iloc[0]]
    run = rows.latest_run(part.assign(year=part["x"]))
    indicator, standard = str(run["indicator"].iloc[0]), str(run["standard"].iloc[0])
    key = "change" if rows.several(run["x"]) else "point"
    return labels.text(
        f"explore.title.{key}", language, place=name,
        what=what(str(run["series"].iloc[0]), indicator, language),
        standard=rows.yardstick(standard, language),
        **rows.ends(run, language, rate=_is_rate(indicator)),
    )  # fmt: skip


def what(series: str, indicator: str, language: str) -> str:
    """Name of an indicator of a series; the survey's rate is not said to be of households."""
    if series == "survey":
        return labels.text("explore.survey_rate", language)
    return labels.name("indicator", indicator, language)


def _panel_title(part: pd.DataFrame, language: str) -> str:
    indicator = str(part["indicator"].iloc[0])
    if set(part["series"]) == {"survey", "review"}:
        return labels.text("explore.both", language)
    said = what(str(part["series"].iloc[0]), indicator, language)
    return f"{said}, %" if _is_rate(indicator) else said


def _is_rate(indicator: str) -> bool:
    return indicator.endswith("_rate")
