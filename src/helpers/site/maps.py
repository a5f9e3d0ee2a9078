"""The map of the first page: every province, or every unit since 2025, is a link."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from itertools import pairwise

import numpy as np
import pandas as pd

from helpers import labels, places
from helpers.charts import compare, style
from helpers.places import Place

SCALE = 100  # units of the drawing per degree: a vertex of the outlines lies on a whole number
Point = tuple[int, int]


def drawing(surveys: pd.DataFrame, language: str) -> str:
    """Both maps as inline SVG with a switch that needs no script; rates are those of the survey."""
    year, standard = newest(surveys)
    own = surveys[surveys["period"].eq(str(year)) & surveys["standard"].eq(standard)]
    own = own[own["indicator"].eq("poor_rate") & own["group"].eq("")]
    rates = dict(zip(own["place"], own["value"].astype(float), strict=True))
    maps = "".join(_map(units, rates, year, language) for units in ("63", "34"))
    switch = "".join(
        f'<input type="radio" name="units" id="units-{units}"{" checked" * (units == "63")}>'
        f'<label for="units-{units}">{labels.text(f"site.map.{units}", language)}</label>'
        for units in ("63", "34")
    )
    about = labels.text(
        "site.map.about", language, year=year, standard=labels.name("standard", standard, language)
    )
    return f'<div class="maps">{switch}{maps}{_legend(language)}<p>{escape(about)}</p></div>'


def newest(surveys: pd.DataFrame) -> tuple[int, str]:
    """Last year with survey rates of provinces, and its newest standard."""
    codes = [place.code for place in places.provinces("63")]
    own = surveys[surveys["place"].isin(codes) & surveys["indicator"].eq("poor_rate")]
    year = own["period"].astype(int).max()
    return int(year), str(own.loc[own["period"].eq(str(year)), "standard"].max())


def _map(units: str, rates: dict[str, float], year: int, language: str) -> str:
    shown = places.provinces("34" if units == "34" else "63")
    inside = "".join(_unit(place, rates, year, language) for place in shown)
    wide = round((compare.EAST - compare.WEST) * SCALE)
    high = round((compare.NORTH - compare.SOUTH) * SCALE * compare.LATITUDE_RATIO)
    name = escape(labels.text(f"site.map.{units}.name", language, year=year))
    return (
        f'<svg class="map-{units}" viewBox="0 0 {wide} {high}" role="group" aria-label="{name}">'
        f"{inside}</svg>"
    )


def _unit(place: Place, rates: dict[str, float], year: int, language: str) -> str:
    """One place as a link that says its name and rate."""
    rate = rates.get(place.code)
    colour = "#fff" if rate is None else compare.class_colours(np.array([rate]))[0]
    said = labels.text("site.map.none", language, place=place.name(language), year=year)
    if rate is not None:
        number = labels.number(rate, 1, language)
        said = labels.text(
            "site.map.rate", language, place=place.name(language), rate=number, year=year
        )
    said = escape(said)
    return (
        f'<a href="places/{place.folder}.html" aria-label="{said}"><title>{said}</title>'
        f'<path fill="{colour}" d="{_path(place)}"/>{_islands(place, colour)}</a>\n'
    )


def _path(place: Place) -> str:
    """Outline of a place; what its provinces share inside is left out."""
    members = set(places.members(place.code))
    shapes = [o.shape for o in compare.outlines() if o.shape is not None and o.place in members]
    edges: dict[tuple[Point, Point], None] = {}
    for shape in shapes:
        for ring in np.split(shape.vertices, np.flatnonzero(np.asarray(shape.codes) == 1)[1:]):
            points = [_point(x, y) for x, y in ring]
            for edge in pairwise(points):
                if edges.pop(edge[::-1], 0) == 0 and edge[0] != edge[1]:
                    edges[edge] = None
    return "".join(_written(ring) for ring in _rings(list(edges)))


def _point(x: float, y: float) -> Point:
    high = (compare.NORTH - y) * SCALE * compare.LATITUDE_RATIO
    return round((x - compare.WEST) * SCALE), round(high)


def _rings(edges: list[tuple[Point, Point]]) -> Iterator[list[Point]]:
    """Edges joined end to end into rings."""
    onward: dict[Point, list[Point]] = {}
    for start, end in edges:
        onward.setdefault(start, []).append(end)
    while onward:
        ring = [next(iter(onward))]
        while ends := onward.get(ring[-1]):
            last = ring[-1]
            ring.append(ends.pop())
            if not ends:
                del onward[last]
        yield ring


def _written(ring: list[Point]) -> str:
    """A ring in SVG's relative steps."""
    steps = " ".join(f"{b[0] - a[0]} {b[1] - a[1]}" for a, b in pairwise(ring))
    return f"M{ring[0][0]} {ring[0][1]}l{steps.replace(' -', '-')}z"


def _islands(place: Place, colour: str) -> str:
    """Points of the archipelagos that belong to a place."""
    members = set(places.members(place.code))
    names = "".join(
        f'<text x="{x}" y="{y - 25}">{escape(outline.name)}</text>'
        for outline in compare.outlines()
        if outline.place in members and outline.points
        for x, y in [_point(min(x for x, _ in outline.points), max(y for _, y in outline.points))]
    )
    return names + "".join(
        f'<circle cx="{x}" cy="{y}" r="8" fill="{colour}"/>'
        for outline in compare.outlines()
        if outline.place in members
        for x, y in (_point(*point) for point in outline.points)
    )


def _legend(language: str) -> str:
    edges = (0.0, *compare.CLASSES)
    colours = compare.class_colours(np.array(edges[:-1]))
    said = [labels.number(edge, int(edge % 1 > 0), language) for edge in edges]
    items = "".join(
        f'<li><span style="background:{colour}"></span>{low}–{high}</li>'
        for low, high, colour in zip(said[:-1], said[1:], colours, strict=True)
    )
    return f'<ul class="legend" style="--edge:{style.GREY}">{items}</ul>'
