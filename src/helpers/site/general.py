"""Pages of no single place: the first, regions, comparison, methods, data, sources, changes."""

from __future__ import annotations

import json
from html import escape
from pathlib import Path

import pandas as pd

from helpers import fresh, labels, places, project
from helpers.site import blocks, maps
from helpers.site.blocks import Picture, raw
from helpers.site.place_pages import Known

PAGES = ("regions", "comparison", "methods", "data", "sources", "changes")
NEWEST = 6  # sources named on the first page
HERE = Path(__file__).parent


def first(known: Known, pictures: list[Picture], language: str) -> str:
    """The first page: the map, the country in one figure, what is new."""
    country = next((p for p in pictures if p.name == "3-path"), None)
    drawn = blocks.figure(country, places.get("VN"), language, 0) if country else ""
    drawn = drawn or f'<p class="gap">{_say("site.gap.country", language)}</p>'
    listed = "\n".join(PAGES)
    return (
        f"# {labels.text('site.title', language)}\n\n{labels.text('site.intro', language)}\n\n"
        + raw(maps.drawing(known.tables["surveys"], language))
        + f"## {labels.text('site.country', language)}\n\n"
        + raw(drawn)
        + f"[{labels.text('site.country.more', language)}](places/VN.md)\n\n"
        + f"## {labels.text('site.new', language)}\n\n"
        + raw(_newest(known, language))
        + f"```{{toctree}}\n:hidden:\n\n{listed}\n```\n"
    )


def regions(known: Known, language: str) -> str:
    """Six regions, their provinces with the newest survey rate; then the units since 2025."""
    surveys = known.tables["surveys"]
    year, standard = maps.newest(surveys)
    own = surveys[surveys["period"].eq(str(year)) & surveys["standard"].eq(standard)]
    own = own[own["group"].eq("") & own["indicator"].eq("poor_rate")]
    rates = dict(zip(own["place"], own["printed"], strict=True))
    parts = [f"# {labels.text('site.regions', language)}\n\n"]
    groups: list[tuple[str, list[str]]] = []
    for row in places.table().query("kind == 'region'").itertuples(index=False):
        region = places.get(str(row.code))
        title = f"[{region.name(language)}](places/{region.folder}.md)"
        groups.append((title, list(places.members(region.code))))
    units = [place.code for place in places.provinces("34")]
    groups.append((labels.text("site.map.34", language), units))
    heads = [labels.text(f"site.column.{key}", language) for key in ("place", "rate")]
    caption = labels.text(
        "site.map.about", language, year=year, standard=labels.name("standard", standard, language)
    )
    for title, codes in groups:
        rows = [
            (
                "",
                [
                    blocks.link(
                        f"places/{places.get(code).folder}.html", places.get(code).name(language)
                    ),
                    escape(rates.get(code, "–")),
                ],
            )
            for code in codes
        ]
        parts.append(f"## {title}\n\n" + raw(blocks.table(heads, rows, caption)))
    return "".join(parts)


def comparison(pictures: list[Picture], missing: bool, language: str) -> str:
    """The figures of the notebook that compares provinces."""
    title = f"# {labels.text('site.comparison', language)}\n\n"
    if missing:
        gap = _say("site.gap.missing", language, notebook="5-compare-provinces")
        return title + raw(f'<p class="gap">{gap}</p>')
    link = "[5-compare-provinces](notebooks/VN/5-compare-provinces.ipynb)"
    drawn = [blocks.figure(p, places.get("VN"), language, 0) for p in pictures]
    return f"{title}{labels.text('site.notebooks', language)} {link}.\n\n" + raw("\n".join(drawn))


def methods(language: str, notebooks: list[str]) -> str:
    """How figures are read, reconciled and modelled, with links to the notebooks that do it."""
    text = (HERE / f"methods.{language}.md").read_text(encoding="utf-8")
    links = "\n".join(f"- [{stem}](notebooks/VN/{stem}.ipynb)" for stem in notebooks)
    return f"{text}\n## {labels.text('site.notebooks.all', language)}\n\n{links}\n"


def dictionary(language: str) -> str:
    """Every table with its columns, from datapackage.json, and each file to take away."""
    package = json.loads((project.raw_dir() / "datapackage.json").read_text(encoding="utf-8"))
    parts = [
        f"# {labels.text('site.data', language)}\n\n{labels.text('site.data.about', language)}\n\n"
    ]
    heads = [labels.text(f"site.column.{key}", language) for key in ("column", "type", "meaning")]
    root = blocks.up(0, language)
    for resource in package["resources"]:
        file = resource["path"]
        parts.append(f"## {resource.get('title', resource['name'])}\n\n")
        about = escape(resource.get("description", ""), quote=False)
        html = f'<p><a href="{root}data/{file}" download>{file}</a> {about}</p>'
        fields = resource.get("schema", {}).get("fields", [])
        rows = [
            (
                f"{resource['name']}.{field['name']}",
                [
                    f"<code>{field['name']}</code>",
                    field["type"],
                    escape(field.get("description", "")),
                ],
            )
            for field in fields
        ]
        parts.append(raw(html + (blocks.table(heads, rows, file) if rows else "")))
    links = "".join(
        f'<li><a href="{root}data/processed/{name}.csv" download>{name}.csv</a></li>'
        for names in fresh.STEPS.values()
        for name in names
    )
    parts.append(f"## {labels.text('site.data.processed', language)}\n\n{raw(f'<ul>{links}</ul>')}")
    return "".join(parts)


def sources(table: pd.DataFrame, language: str) -> str:
    """Every source: who published what, when and where."""
    keys = ("source", "title", "publisher", "published")
    rows = [
        (
            row["source_id"],
            [
                escape(row["source_id"]),
                blocks.link(row["url"], row["title"]),
                escape(row["publisher"], quote=False),
                escape(row["published"]),
            ],
        )
        for row in table.to_dict("records")
    ]
    heads = [labels.text(f"site.column.{key}", language) for key in keys]
    title = labels.text("site.sources", language)
    return f"# {title}\n\n" + raw(blocks.table(heads, rows, title))


def changes(language: str) -> str:
    """What changed in the collection, as the project records it."""
    text = (project.root() / "CHANGELOG.md").read_text(encoding="utf-8")
    return text.replace("# Changes", f"# {labels.text('site.changes', language)}", 1)


def _say(key: str, language: str, **values: object) -> str:
    return escape(labels.text(key, language, **values), quote=False)


def _newest(known: Known, language: str) -> str:
    """The newest sources by the day they were published, with the places that they speak of."""
    table = known.tables["sources"]
    figures = known.tables["reconciled"]
    items = []
    own = table[table["source_id"].isin(figures["source_id"])]
    for row in own.sort_values("published", ascending=False).head(NEWEST).to_dict("records"):
        codes = figures.loc[figures["source_id"].eq(row["source_id"]), "place"]
        heads = list(dict.fromkeys(code.partition("/")[0] for code in codes))[:4]
        links = ", ".join(
            blocks.link(f"places/{places.get(c).folder}.html", places.get(c).name(language))
            for c in heads
        )
        items.append(
            f"<li>{row['published']}: {blocks.link(row['url'], row['title'])}: {links}</li>"
        )
    more = f'<a href="changes.html">{_say("site.changes", language)}</a>'
    return f"<ul>{''.join(items)}<li>{more}</li></ul>"
