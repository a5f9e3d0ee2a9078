"""Figure of notebook 4: what the reviews found, beside the survey, and where they lead."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from helpers import labels
from helpers.charts import captions, fans, rows, style
from helpers.places import Place
from helpers.trends import bridges, review_figures
from helpers.trends.reviews import valid_until

COLUMNS = [
    "series", "place", "standard", "year", "value", "low", "high", "low80", "high80", "low95",
    "high95", "status", "kind", "n", "lenders", "sources",
]  # fmt: skip
LINKED = (0, (1, 1.2))


@style.styled
def reviews(
    reconciled: pd.DataFrame,
    official: pd.DataFrame,
    ahead: pd.DataFrame,
    place: Place,
    language: str,
    *,
    start_year: int | None = None,
) -> tuple[Figure, pd.DataFrame]:
    """Survey and reviews of one place side by side, and the reviews' forecast (4-reviews).

    reconciled : ledger + value, low, high, status_reconciled, reconciled
    official   : ledger + value, low, high; survey rates, back-casts of the units of 2025 included
    ahead      : rows of `reviews.forecast`; only those of the place's newest standard are drawn,
                 as long as that standard is valid
    start_year : first year shown, None for all; the figure a forecast starts from is always shown
    Marks of the reviews are never joined: each standard has its own look, and whiskers for what
    rounding, wording and disagreeing sources allow. A year counted under both of two standards
    links the older figures to the newer standard by a dotted path, which is a model.
    Returns the figure and the rows drawn (COLUMNS; rates in per cent).
    """
    data = _drawn(reconciled, official, ahead, place)
    if start_year is not None:
        data = data[(data["year"] >= start_year) | _starts(data)].reset_index(drop=True)
    caption = captions.of_place("chart.reviews.caption", place, data["standard"], language)
    title = _title(data, place, language)
    if data.empty:
        return style.sentence(title, labels.text("chart.none", language), caption), data
    fig = style.page(title, caption)
    style.legend(fig, _legend(data, language), 3)
    panels = (
        ("survey", style.axes(fig, right=3.62, bottom=0.3, top=0.24)),
        ("review", style.axes(fig, left=3.8, bottom=0.3, top=0.24)),
    )
    for side, ax in panels:
        ax.set_title(labels.text(f"mark.{side}", language), fontsize=8, loc="left")
        part = data[(data["series"] == "survey") == (side == "survey")]
        _frame(ax, data, language)
        if part.empty:
            said = labels.text(f"mark.{_nothing(side, place)}", language)
            ax.text(0.5, 0.5, said, transform=ax.transAxes, ha="center", fontsize=7.5,
                    color=style.GREY, style="italic")  # fmt: skip
        elif side == "survey":
            _survey(ax, part)
        else:
            _reviewed(ax, part)
    panels[0][1].set_ylabel(labels.text("axis.rate", language))
    return fig, data


def say_reviews(data: pd.DataFrame, place: Place, language: str) -> str:
    """What the newest standard's reviews found, where the model puts them next, and the bridge.

    Where the newest is a standard of the province's own, the national one that the forecast is
    made under is told too.

    data : as drawn by `reviews`
    """
    name = style.place_name(place, language)
    found = data[data["series"] == "review"]
    if found.empty:
        return labels.text(f"say.{_nothing('reviews', place)}", language, place=name)
    newest = found[found["standard"] == found["standard"].iloc[-1]]
    ahead = data.loc[data["series"] == "forecast", "standard"]
    told = found[found["standard"] == (newest["standard"] if ahead.empty else ahead).iloc[0]]
    said = [] if told["standard"].equals(newest["standard"]) else [_say_found(newest, language)]
    said += [_say_found(told, language), _say_ahead(data, told, language)]
    linked = data[data["series"] == "linked"]
    both = found.merge(found, on="year", suffixes=("", "_new"))
    both = both[(both["standard"] != both["standard_new"]) & both["year"].isin(linked["year"])]
    for row in rows.records(both.drop_duplicates("year")):
        old, new = rows.rates([row["value"], row["value_new"]], language)
        said.append(labels.text(
            "say.reviews.bridge", language, year=int(row["year"]), old=old, new=new,
            old_standard=rows.yardstick(str(row["standard"]), language),
            new_standard=rows.yardstick(str(row["standard_new"]), language),
        ))  # fmt: skip
    return " ".join(part for part in said if part)


def _drawn(
    reconciled: pd.DataFrame, official: pd.DataFrame, ahead: pd.DataFrame, place: Place
) -> pd.DataFrame:
    survey = rows.survey(official, [place.code]).rename(columns={"source_id": "sources"})
    known = review_figures.observations(reconciled[reconciled["place"] == place.code])
    known = known.rename(columns={"rate": "value"})
    known = known.sort_values("standard", key=rows.standard_order, kind="stable")
    national = known[~known["standard"].str.startswith("local:")]
    linked = bridges.linked(reconciled, place.code)
    linked = linked[linked["year"] <= linked["bridge_year"]].rename(
        columns={"linked": "value", "standard_new": "standard"}
    )
    parts = [survey.assign(series="survey"), known.assign(series="review"),
             linked.assign(series="linked", status="")]  # fmt: skip
    if len(national):
        newest = str(national["standard"].iloc[-1])
        future = ahead[(ahead["place"] == place.code) & (ahead["standard"] == newest)]
        future = future[(future["kind"] != "none") & (future["year"] <= valid_until(newest))]
        future = future.assign(
            series="forecast", status="", sources="",
            value=future["forecast"].mask(future["kind"] == "scenario"),
        )  # fmt: skip
        parts.append(future)
    shown = [part.reindex(columns=COLUMNS) for part in parts if len(part)]
    every = pd.concat(shown, ignore_index=True) if shown else pd.DataFrame(columns=COLUMNS)
    return every.assign(place=place.code)


def _starts(data: pd.DataFrame) -> pd.Series:
    """Marks the figure that the forecast starts from."""
    standards = data.loc[data["series"] == "forecast", "standard"].unique()
    found = data["series"].eq("review") & data["standard"].isin(standards)
    return found & data["year"].eq(data.loc[found, "year"].max())


def _nothing(what: str, place: Place) -> str:
    """Key of why nothing is drawn: reviews of whole regions are not modelled, if there are any."""
    reason = "region" if place.kind == "region" and what != "survey" else "none"
    return f"{what}.{reason}"


def _title(data: pd.DataFrame, place: Place, language: str) -> str:
    name = style.place_name(place, language)
    found = data[data["series"] == "review"]
    if found.empty:
        key = "region" if place.kind == "region" else "none"
        return labels.text(f"chart.reviews.title.{key}", language, place=name)
    last = rows.records(found)[-1]
    ahead = data[data["series"] == "forecast"]
    if ahead.empty:
        rate = rows.rates([last["value"]], language)[0]
        return labels.text("chart.reviews.title.last", language, place=name, rate=rate,
                           year=int(last["year"]))  # fmt: skip
    end = rows.records(ahead)[-1]
    start = rows.records(found[found["standard"] == end["standard"]])[-1]
    rate, low, high = rows.rates([start["value"], end["low80"], end["high80"]], language)
    return labels.text(
        "chart.reviews.title", language, place=name, last=rate, last_year=int(start["year"]),
        low=low.rstrip("%"), high=high, year=int(end["year"]),
    )  # fmt: skip


def _legend(data: pd.DataFrame, language: str) -> list[Artist]:
    handles: list[Artist] = []
    for series in ("survey", "review"):
        part = data[data["series"] == series]
        for standard in part["standard"].unique():
            colour, marker, dashes = style.look(standard)
            line = dashes if series == "survey" else "none"
            handles.append(style.handle(rows.standard_name(standard, language), color=colour,
                                        marker=marker, linestyle=line))  # fmt: skip
    if data["status"].isin(["preliminary", "estimate"]).any():
        handles.append(style.handle(labels.text("mark.preliminary", language), marker="o",
                                    color=style.BLACK, markerfacecolor="white"))  # fmt: skip
    linked = data[data["series"] == "linked"]
    if len(linked):
        colour = style.look(str(linked["standard"].iloc[0]))[0]
        handles.append(style.handle(labels.text("mark.linked", language), color=colour,
                                    linestyle=LINKED))  # fmt: skip
    ahead = data[data["series"] == "forecast"]
    if len(ahead):
        far = bool((ahead["kind"] == "scenario").any())
        handles += fans.band_handles(str(ahead["standard"].iloc[0]), far, language)
    return handles


def _frame(ax: Axes, data: pd.DataFrame, language: str) -> None:
    """The same years and rates in both panels."""
    first, last = int(data["year"].min()), int(data["year"].max())
    step = max(1, math.ceil((last - first + 1) / 6))
    ax.set_xticks(range(last, first - 1, -step))
    ax.set_xlim(first - 0.7, last + 0.7)
    top = rows.largest(data, ["value", "high", "high95"])
    ax.set_ylim(0, top * 1.06 if top > 0 else 1.0)
    style.decimals(ax, language)


def _survey(ax: Axes, part: pd.DataFrame) -> None:
    for standard, line in part.groupby("standard", sort=False):
        colour, marker, dashes = style.look(str(standard))
        ax.plot(line["year"], line["value"], color=colour, linestyle=dashes, zorder=3)
        _marks(ax, line, colour, marker)
    _breaks(ax, part)


def _reviewed(ax: Axes, part: pd.DataFrame) -> None:
    found = part[part["series"] == "review"]
    for standard, points in found.groupby("standard", sort=False):
        colour, marker, _ = style.look(str(standard))
        ax.vlines(points["year"], points["low"], points["high"], color=colour, linewidth=3,
                  alpha=0.45, zorder=3)  # fmt: skip
        _marks(ax, points, colour, marker)
    for standard, path in part[part["series"] == "linked"].groupby("standard", sort=False):
        colour = style.look(str(standard))[0]
        ax.fill_between(path["year"].astype(float), path["low"].astype(float),
                        path["high"].astype(float), color=colour, alpha=0.15,
                        linewidth=0, zorder=1)  # fmt: skip
        ax.plot(path["year"], path["value"], color=colour, linestyle=LINKED, zorder=2)
    _breaks(ax, found)
    ahead = part[part["series"] == "forecast"]
    if len(ahead):
        _fan(ax, found[found["standard"] == ahead["standard"].iloc[0]], ahead)


def _marks(ax: Axes, points: pd.DataFrame, colour: str, marker: str) -> None:
    """Marks of one standard, hollow where preliminary or estimated."""
    hollow = points["status"].isin(["preliminary", "estimate"]).to_numpy()
    for part, fill in ((points[~hollow], colour), (points[hollow], "white")):
        ax.plot(part["year"], part["value"], marker, color=colour, markerfacecolor=fill, zorder=5)


def _breaks(ax: Axes, part: pd.DataFrame) -> None:
    """A line where other criteria begin to measure this place."""
    first = part.groupby("standard")["year"].min().sort_values()
    for year in first.iloc[1:]:
        ax.axvline(year, color=style.GREY, linestyle=(0, (1, 2)), linewidth=0.8, zorder=0)


def _fan(ax: Axes, found: pd.DataFrame, ahead: pd.DataFrame) -> None:
    """The bands from the last figure on, as wide there as its own interval."""
    colour = style.look(str(ahead["standard"].iloc[0]))[0]
    start = rows.records(found)[-1]
    near = ahead[ahead["kind"] != "scenario"]
    far = ahead[ahead["year"] >= near["year"].max()] if len(near) else ahead
    x = np.array([start["year"], *near["year"]], dtype=float)
    for low, high, alpha in (("low95", "high95", 0.18), ("low80", "high80", 0.32)):
        if len(near):
            ax.fill_between(x, [start["low"], *near[low]], [start["high"], *near[high]],
                            color=colour, alpha=alpha, linewidth=0, zorder=2)  # fmt: skip
        if (far["kind"] == "scenario").any():
            edges = far if len(far) > 1 else pd.concat([far.assign(year=far["year"] - 0.3), far])
            ax.fill_between(edges["year"].astype(float), edges[low].astype(float),
                            edges[high].astype(float), facecolor="none", edgecolor=colour,
                            alpha=alpha + 0.25, hatch="////", linewidth=0.5, zorder=2)  # fmt: skip
    if len(near):
        ax.plot(x, [start["value"], *near["value"]], color=colour, linestyle=(0, (2, 1)),
                linewidth=1.2, zorder=4)  # fmt: skip


def _say_found(newest: pd.DataFrame, language: str) -> str:
    """The first and the last figure of the newest standard, or its only one."""
    first, last = (rows.records(newest)[at] for at in (0, -1))
    words = {"standard": rows.yardstick(str(last["standard"]), language).removeprefix("the ")}
    said = rows.rates([first["value"], last["value"]], language)
    if len(newest) == 1:
        return labels.text("say.reviews.one", language, rate=said[1], year=int(last["year"]),
                           **words)  # fmt: skip
    fall = (first["value"] - last["value"]) / (last["year"] - first["year"])
    return labels.text(
        "say.reviews.two", language, first=said[0], first_year=int(first["year"]), last=said[1],
        last_year=int(last["year"]), count=len(newest),
        step=rows.moved(fall, language, 2, kind="step"), **words,
    )  # fmt: skip


def _say_ahead(data: pd.DataFrame, newest: pd.DataFrame, language: str) -> str:
    """Where the model puts the rate at the end of the fan, or why it puts it nowhere."""
    ahead = data[data["series"] == "forecast"]
    standard = str(newest["standard"].iloc[0])
    if ahead.empty:
        valid = valid_until(standard)
        key = "over" if int(newest["year"].max()) >= valid else "short"
        return labels.text(f"say.reviews.{key}", language, year=valid)
    end = rows.records(ahead)[-1]
    low, high = rows.rates([end["low80"], end["high80"]], language)
    words = {"year": int(end["year"]), "low": low, "high": high}
    told = labels.text("say.reviews.ahead", language, **words)
    if end["n"] == 1:
        told += " " + labels.text("say.reviews.borrowed", language, count=int(end["lenders"]))
    return told
