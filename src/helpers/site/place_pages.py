"""The page of a place: what was printed, what conflicts, where it goes, what is missing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import pandas as pd

from helpers import labels, places, trends
from helpers.charts.rows import records
from helpers.places import Place
from helpers.runs.jobs import Job
from helpers.site import blocks
from helpers.site.blocks import Picture, raw

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Known:
    """All that pages of places are made from.

    tables : the processed tables by name
    urls   : address of each source by its id, '' where it has none
    """

    tables: Mapping[str, pd.DataFrame]
    urls: Mapping[str, str]

    def of(self, name: str, code: str) -> pd.DataFrame:
        """A place's rows of one table."""
        table = self.tables[name]
        return table[table["place"].eq(code)]


def page(
    place: Place, known: Known, pictures: Sequence[Picture], missing: Sequence[Job], language: str
) -> str:
    """The page as MyST Markdown.

    pictures : the figures of its notebooks
    missing  : notebooks that have not run to their end: said on the page
    """
    parts = [f"---\norphan: true\n---\n# {place.name(language)}\n\n", _kin(place, language)]
    for job in missing:
        key = "site.gap.failed" if job.failed_output.exists() else "site.gap.missing"
        parts.append(raw(f'<p class="gap">{_say(key, language, notebook=job.notebook.stem)}</p>'))
    drawn = {p.name: blocks.figure(p, place, language, 1) for p in pictures}
    sections: tuple[tuple[str, Callable[[Place, Known, str], str], tuple[str, ...]], ...] = (
        ("path", _surveys, ("3-path", "3-households")),
        ("printed", _printed, ()),
        ("conflicts", _conflicts, ()),
        ("trend", _trends, ("4-pace-against-target", "4-region-small-multiples")),
        ("forecast", _forecasts, ("4-fan", "4-reviews")),
        ("targets", _targets, ()),
        ("districts", _districts, ("3-districts",)),
        ("coverage", _coverage, ()),
    )
    for key, tell, names in sections:
        shown = "\n".join(drawn[name] for name in names if drawn.get(name))
        parts.append(f"## {labels.text(f'site.section.{key}', language)}\n\n")
        parts.append(raw(f"{shown}\n{tell(place, known, language)}"))
    return "".join(parts)


def _say(key: str, language: str, **values: object) -> str:
    return escape(labels.text(key, language, **values), quote=False)


def _heads(language: str, *keys: str) -> list[str]:
    return [labels.text(f"site.column.{key}", language) for key in keys]


def _kin(place: Place, language: str) -> str:
    """Links to notebooks, and to the places that it was made of or became part of."""
    said = []
    books = ("3-province-profile", "4-poverty-reduction-trends")
    links = [f"[{book}](../notebooks/{place.folder}/{book}.ipynb)" for book in books]
    said.append(f"{labels.text('site.notebooks', language)} {', '.join(links)}.")
    if (region := places.region_of(place.code)) and region != place.code:
        said.append(f"{labels.text('site.region', language)} {_page_link(region, language)}.")
    units = [
        unit.code
        for unit in places.provinces("34")
        if unit.code != place.code and place.code in places.members(unit.code)
    ]
    if place.kind == "province" and units:
        into = ", ".join(_page_link(code, language) for code in units)
        said.append(f"{labels.text('site.merged', language)} {into}.")
    members = [code for code in places.members(place.code) if code != place.code]
    if members and place.kind != "country":
        names = ", ".join(_page_link(code, language) for code in members)
        said.append(f"{labels.text('site.members', language)} {names}.")
    return " ".join(said) + "\n\n"


def _page_link(code: str, language: str) -> str:
    place = places.get(code)
    return f"[{place.name(language)}](../places/{place.folder}.md)"


def _source(row: Row, known: Known) -> str:
    return ", ".join(
        blocks.link(known.urls.get(source) or f"../sources.html#{source}", source)
        for source in str(row["source_id"]).split()
    )


def _rows_printed(own: pd.DataFrame, known: Known, language: str, below: bool = False) -> str:
    rows = []
    dated = own.assign(undated=own["period"].eq(""))
    order = ["undated", "period", "indicator", "place", "figure_id"]
    for row in records(dated.sort_values(order)):
        why = (
            f'<br><small lang="en">{escape(str(row["why"]), quote=False)}</small>'
            if row["why"]
            else ""
        )
        cells = [escape(str(row["place"]).partition("/")[2], quote=False)] if below else []
        what = labels.name("indicator", row["indicator"], language)
        what += f" ({labels.name('group', row['group'], language)})" if row["group"] else ""
        cells += [
            labels.period(row["period"], language),
            escape(what, quote=False),
            _standard(row["standard"], language),
            f"<b>{escape(str(row['printed']), quote=False)}</b>",
            _number(row["value"], language),
            f"{_number(row['reconciled'], language)} {_status(row, language)}{why}",
            _source(row, known),
        ]
        rows.append((row["figure_id"], cells))
    keys = ("period", "indicator", "standard", "printed", "value", "reconciled", "source")
    heads = _heads(language, *(("district",) * below), *keys)
    return blocks.table(heads, rows, labels.text("site.caption.printed", language))


def _standard(code: str, language: str) -> str:
    if code.startswith("local"):
        return _say("standard.local", language, year=code.rsplit("-", 1)[-1])
    return escape(labels.name("standard", code or "unknown", language), quote=False)


def _status(row: Row, language: str) -> str:
    return f"<small>{_say('site.status.' + row['status_reconciled'], language)}</small>"


def _number(x: float, language: str) -> str:
    if pd.isna(x):
        return "–"
    shortest = f"{x:.4f}".rstrip("0")
    return labels.number(x, len(shortest.partition(".")[2]), language)


def _printed(place: Place, known: Known, language: str) -> str:
    own = known.of("reconciled", place.code)
    if own.empty:
        return f"<p>{_say('site.none.printed', language)}</p>"
    return _rows_printed(own, known, language)


def _districts(place: Place, known: Known, language: str) -> str:
    table = known.tables["reconciled"]
    own = table[table["place"].str.startswith(f"{place.code}/")]
    if own.empty:
        return f"<p>{_say('site.none.districts', language)}</p>"
    return _rows_printed(own, known, language, below=True)


def _surveys(place: Place, known: Known, language: str) -> str:
    own = known.of("surveys", place.code)
    own = own[own["group"].eq("")].sort_values(["period", "standard"])
    if own.empty:
        return f"<p>{_say('site.none.surveys', language)}</p>"
    rows = [
        (
            row["figure_id"],
            [
                row["period"],
                _standard(row["standard"], language),
                f"<b>{escape(str(row['printed']), quote=False)}</b>",
                f"{_number(row['low'], language)}–{_number(row['high'], language)}",
                escape(labels.name("site.status", row["status"], language) or "–", quote=False),
                _source(row, known),
            ],
        )
        for row in records(own)
    ]
    heads = _heads(language, "year", "standard", "printed", "range", "status", "source")
    table = blocks.table(heads, rows, labels.text("site.caption.surveys", language))
    return f"<details><summary>{_say('site.open.surveys', language)}</summary>{table}</details>"


def _conflicts(place: Place, known: Known, language: str) -> str:
    table = known.tables["conflicts"]
    own = table[table["place"].str.partition("/")[0].eq(place.code)]
    if own.empty:
        return f"<p>{_say('site.none.conflicts', language)}</p>"
    said = []
    for row in records(own):
        links = ", ".join(_figure_link(i, known, place) for i in str(row["figures"]).split())
        cause = labels.name("cause", row["cause"], language)
        said.append(
            f"<li>{escape(row[f'explanation_{language}'], quote=False)} "
            f"<small>{_say('site.cause', language, cause=cause)} {links}</small></li>"
        )
    return f'<ul class="conflicts">{"".join(said)}</ul>'


def _figure_link(figure: str, known: Known, place: Place) -> str:
    """A link to the row of a figure, which may stand on another place's page."""
    table = known.tables["reconciled"]
    at = table.loc[table["figure_id"].eq(figure), "place"]
    if at.empty:
        return escape(figure)
    owner = places.get(at.iloc[0].partition("/")[0])
    page = "" if owner.code == place.code else f"{owner.folder}.html"
    return f'<a href="{page}#{escape(figure)}">{escape(figure)}</a>'


def _trends(place: Place, known: Known, language: str) -> str:
    own = known.of("trends", place.code)
    if own.empty:
        return f"<p>{_say('site.none.trends', language)}</p>"
    rows = [
        (
            "",
            [
                _standard(row["standard"], language),
                f"{row['first_year']:.0f}–{row['last_year']:.0f}",
                f"{_two(row['first_rate'], language)} → {_two(row['last_rate'], language)}",
                f"{_two(row['fall_pp_per_year'], language)} "
                f"({_span(row['fall_pp_low95'], row['fall_pp_high95'], language)})",
                f"{_two(row['fall_pct_per_year'], language)}",
                escape(str(row["note"]), quote=False),
            ],
        )
        for row in records(own)
    ]
    heads = _heads(language, "standard", "years", "rates", "fall", "fall_pct", "note")
    return blocks.table(heads, rows, labels.text("site.caption.trends", language))


def _two(x: float, language: str) -> str:
    return labels.number(float("nan") if x is None else float(x), 2, language)


def _span(low: float, high: float, language: str) -> str:
    """An interval; a dash where it is not known."""
    return "–" if pd.isna(low) else f"{_two(low, language)} … {_two(high, language)}"


def _forecasts(place: Place, known: Known, language: str) -> str:
    own = known.of("forecasts", place.code)
    own = own[own["standard"].eq(trends.STANDARDS[-1]) & own["model"].eq("default")]
    own = own[own["origin"].eq(own["origin"].max())].sort_values("year")
    if own.empty:
        return f"<p>{_say('site.none.forecasts', language)}</p>"
    rows = [
        (
            "",
            [
                f"{row['year']:.0f}",
                _two(row["forecast"], language),
                _span(row["low80"], row["high80"], language),
                _span(row["low95"], row["high95"], language),
            ],
        )
        for row in records(own)
    ]
    heads = _heads(language, "year", "forecast", "range80", "range95")
    caption = labels.text(
        "site.caption.forecasts",
        language,
        year=f"{own['origin'].max():.0f}",
        standard=labels.name("standard", trends.STANDARDS[-1], language),
    )
    return blocks.table(heads, rows, caption)


def _targets(place: Place, known: Known, language: str) -> str:
    own = known.of("targets_met", place.code)
    if own.empty:
        return f"<p>{_say('site.none.targets', language)}</p>"
    rows = [
        (
            row["target_id"],
            [
                "–" if pd.isna(row["year"]) else f"{row['year']:.0f}",
                _standard(row["standard"], language),
                _say(f"site.target.{row['kind']}", language),
                " – ".join(
                    _number(row[end], language)
                    for end in ("asked_low", "asked_high")
                    if not pd.isna(row[end])
                ),
                _say(f"site.met.{row['met']}", language),
                _two(row["probability"], language),
                escape(str(row["note"]), quote=False),
                _source({"source_id": row["sources"].replace("targets", row["target_id"])}, known),
            ],
        )
        for row in records(own)
    ]
    keys = ("year", "standard", "kind", "asked", "met", "chance", "note", "source")
    heads = _heads(language, *keys)
    return blocks.table(heads, rows, labels.text("site.caption.targets", language))


def _coverage(place: Place, known: Known, language: str) -> str:
    own = known.of("coverage", place.code)
    counts = own.groupby("year")["figures"].sum()
    empty = [f"{year:.0f}" for year in counts[counts.eq(0)].index]
    missing = ", ".join(empty) or labels.NO_NUMBER
    said = f"<p>{_say('site.coverage.missing', language, years=missing)}</p>"
    reviewed = known.of("review_coverage", place.code)
    rows = [
        (
            "",
            [
                _standard(row["standard"], language),
                f"{row['n']:.0f}",
                escape(str(row["years"]), quote=False) or "–",
                escape(str(row["left_out"]), quote=False) or "–",
            ],
        )
        for row in records(reviewed)
    ]
    if not rows:
        return said + f"<p>{_say('site.none.reviews', language)}</p>"
    heads = _heads(language, "standard", "count", "years", "left_out")
    return said + blocks.table(heads, rows, labels.text("site.caption.coverage", language))
