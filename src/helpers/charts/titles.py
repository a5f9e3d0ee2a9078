"""The one message of each figure, as short as its title must be."""

from __future__ import annotations

import pandas as pd

from helpers import labels, places
from helpers.charts import rows, style
from helpers.places import Place

MOST_TOKENS = 3  # prints that a title can hold


def figures_by_kind(figures: pd.DataFrame, language: str) -> str:
    """figures : the cleaned ledger; indicator, source_id"""
    if figures.empty:
        return labels.text("chart.kinds.title.none", language)
    return labels.text(
        "chart.kinds.title", language, count=labels.number(len(figures), 0, language),
        kinds=figures["indicator"].nunique(), sources=figures["source_id"].nunique(),
    )  # fmt: skip


def quarantine(figures: pd.DataFrame, set_aside: pd.DataFrame, language: str) -> str:
    """figures : the cleaned ledger; set_aside : the rows of it that could not be used; printed"""
    total = labels.number(len(figures) + len(set_aside), 0, language)
    if set_aside.empty:
        return labels.text("chart.quarantine.title.none", language, total=total)
    tokens = "; ".join(set_aside["printed"].head(MOST_TOKENS))
    return labels.text("chart.quarantine.title", language, count=len(set_aside), total=total,
                       tokens=tokens + ("; …" if len(set_aside) > MOST_TOKENS else ""))  # fmt: skip


def coverage(reviews: pd.DataFrame, language: str) -> str:
    """reviews : the rows of provinces that have a figure of a review; year, place"""
    if reviews.empty:
        return labels.text("chart.coverage.title.none", language)
    by_year = reviews.groupby("year")["place"].nunique().sort_values(kind="stable")
    return labels.text(
        "chart.coverage.title", language, count=reviews["place"].nunique(),
        all=len(places.provinces("63")), year=int(by_year.index[-1]), most=int(by_year.iloc[-1]),
    )  # fmt: skip


def printed_against_implied(data: pd.DataFrame, language: str) -> str:
    """data : as drawn by conflicts.printed_against_implied"""
    clash = int((data["conflict"] == "yes").sum())
    key = "none" if data.empty else "clash" if clash else "fit"
    return labels.text(f"chart.implied.title.{key}", language, clash=clash, count=len(data))


def conflict_map(conflicts: pd.DataFrame, verdicts: pd.Series, language: str) -> str:
    """conflicts : place, a row a conflict; verdicts : of the records checked"""
    if conflicts.empty:
        return labels.text("chart.conflict_map.title.none", language)
    return labels.text(
        "chart.conflict_map.title", language, count=len(conflicts),
        places=conflicts["place"].str.split("/").str[0].nunique(),
        fit=labels.number(int((verdicts == "fit").sum()), 0, language),
        records=labels.number(len(verdicts), 0, language),
    )  # fmt: skip


def five_conflicts(data: pd.DataFrame, conflicts: pd.DataFrame, language: str) -> str:
    """data : as drawn by conflicts.five_conflicts; conflicts : all of them"""
    if data.empty:
        return labels.text(f"chart.{'conflict_map' if conflicts.empty else 'five'}.title.none",
                           language)  # fmt: skip
    return labels.text("chart.five.title", language, count=len(data))


def path(data: pd.DataFrame, place: Place, language: str) -> str:
    """data : as drawn by profile.path"""
    name = style.place_name(place, language)
    for series in ("survey", "review"):
        run = rows.latest_run(data[data["series"] == series].assign(year=lambda part: part["x"]))
        run = run[run["standard"] != ""]
        if rows.several(run["x"]):
            said = rows.ends(run, language)
            return labels.text(f"chart.path.title.{series}", language, place=name, **said)
    members = data[data["series"] == "member"]
    if len(members):
        return _members(members, name, language)
    if len(data):
        said = rows.ends(data.sort_values("x").iloc[[-1]], language)
        return labels.text("chart.path.title.point", language, place=name, rate=said["value"],
                           period=said["last"])  # fmt: skip
    return labels.text("chart.path.title.none", language, place=name)


def households(data: pd.DataFrame, place: Place, language: str) -> str:
    """data : as drawn by profile.households"""
    name = style.place_name(place, language)
    poor = data[data["indicator"] == "poor_households"]
    if poor.empty:
        key = "near" if len(data) else "none"
        return labels.text(f"chart.households.title.{key}", language, place=name)
    run = rows.latest_run(poor.assign(year=poor["x"]))
    said = rows.ends(run, language, rate=False)
    key = "change" if rows.several(run["x"]) else "point"
    return labels.text(f"chart.households.title.{key}", language, place=name, **said)


def districts(data: pd.DataFrame, place: Place, language: str) -> str:
    """data : as drawn by profile.districts, sorted"""
    low, high = rows.rates([data["value"].iloc[0], data["value"].iloc[-1]], language)
    return labels.text(
        "chart.districts.title", language, place=style.place_name(place, language), low=low,
        high=high, count=len(data), period=labels.period(str(data["period"].iloc[0]), language),
    )  # fmt: skip


def fan(start: rows.Row | None, end: rows.Row | None, place: Place, language: str) -> str:
    """start, end : the origin and the year told of, rows drawn by trends.fan"""
    name = style.place_name(place, language)
    if start is None or end is None:
        return labels.text("chart.fan.title.none", language, place=name)
    last, low, high = rows.rates([start["value"], end["low80"], end["high80"]], language)
    return labels.text(
        "chart.fan.title", language, place=name, last=last, last_year=int(start["year"]),
        low=low.rstrip("%"), high=high, year=int(end["year"]),
    )  # fmt: skip


def region(falls: pd.DataFrame, region: Place, years: tuple[int, int], language: str) -> str:
    """falls : a row a place with `fall`, percentage points"""
    name = style.place_name(region, language)
    if falls.empty:
        return labels.text("chart.region.title.none", language, region=name)
    parts = {"country": "region", "region": "province"}.get(region.kind, "any")
    return labels.text("chart.region.title", language, region=name, all=len(falls),
                       places=labels.text(f"level.{parts}", language),
                       count=int((falls["fall"] > 0).sum()), first=years[0],
                       last=years[1])  # fmt: skip


def pace(data: pd.DataFrame, place: Place, language: str) -> str:
    """data : as drawn by trends.pace_against_target"""
    name = style.place_name(place, language)
    if data.empty:
        return labels.text("chart.pace.title.none", language, place=name)
    last = data.iloc[-1]
    return labels.text(
        "chart.pace.title", language, place=name,
        move=rows.moved(float(last["fall_pp_per_year"]), language, 2, kind="pace"),
        target=rows.aimed_at(float(last["target"]), language),
    )  # fmt: skip


def choropleth(data: pd.DataFrame, region: Place, year: int, years: str, language: str) -> str:
    """data : rates of one year; years : the years that have rates, in words"""
    name = style.place_name(region, language)
    if data.empty:
        return labels.text("chart.year.title.none", language, region=name, year=year, years=years)
    low, high = data.sort_values(["value", "place"]).iloc[[0, -1]].to_dict("records")
    least, most = rows.rates([low["value"], high["value"]], language)
    return labels.text("chart.map.title", language, region=name, year=year, lowest=low["name"],
                       low=least, highest=high["name"], high=most)  # fmt: skip


def ranking(data: pd.DataFrame, region: Place, year: int, years: str, language: str) -> str:
    """data : rates of one year, poorest first; years : the years that have rates, in words"""
    if data.empty:
        return choropleth(data, region, year, years, language)
    name = style.place_name(region, language)
    return labels.text("chart.ranking.title", language, region=name, year=year,
                       top=", ".join(data["name"].head(3)))  # fmt: skip


def then_and_now(
    data: pd.DataFrame, region: Place, year: int, language: str, *, known: bool
) -> str:
    """data : as drawn by compare.then_and_now; known : whether `year` has rates at all"""
    name = style.place_name(region, language)
    if data.empty:
        key = f"chart.then.title.{'alone' if known else 'none'}"
        return labels.text(key, language, region=name, year=year)
    return labels.text(
        "chart.then.title", language, region=name, count=int((data["fall_pp"] > 0).sum()),
        all=len(data), first_year=int(data["first_year"].iloc[0]),
        last_year=int(data["last_year"].iloc[0]),
    )  # fmt: skip


def _members(data: pd.DataFrame, place: str, language: str) -> str:
    last = data[data["x"] == data["x"].max()].sort_values(["value", "place"])
    low, high = last.iloc[0], last.iloc[-1]
    names = style.place_names([low["place"], high["place"]], language)
    least, most = rows.rates([low["value"], high["value"]], language)
    return labels.text("chart.path.title.members", language, place=place, lowest=names[0],
                       low=least, highest=names[1], high=most,
                       year=str(low["period"]))  # fmt: skip
