"""The site: static pages of all places in both languages, from executed notebooks and tables."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from helpers import fresh, labels, ledger, places, project, tables
from helpers.project import UserError
from helpers.runs import bulk, jobs
from helpers.runs.jobs import Job
from helpers.site import checks, general, notebooks, place_pages
from helpers.site.blocks import Picture
from helpers.site.place_pages import Known

Say = Callable[[str], None]
USED = (
    "reconciled", "surveys", "conflicts", "trends", "forecasts", "targets_met", "coverage",
    "review_coverage",
)  # fmt: skip


def codes() -> list[str]:
    """The places that have a page: the country, 6 regions, 63 provinces, 23 units of 2025."""
    table = places.table()
    regions = table.loc[table["kind"] == "region", "code"]
    units = [place.code for place in places.provinces("34") if "@" in place.code]
    return ["VN", *regions, *(place.code for place in places.provinces("63")), *units]


def build(out: Path, count: int = 2, as_is: bool = False, say: Say = print) -> list[str]:
    """Write the site to a folder; returns what is wrong with it, one line each.

    count : notebooks at a time
    as_is : take the notebooks that have run, run none
    What has not changed is not written again. A notebook that failed is a gap that its page tells.
    Raises UserError where the packages of the site are not installed.
    """
    _check_packages()
    if not as_is:
        for language in labels.LANGUAGES:
            bulk.run(jobs.plan(codes(), language=language), count, say=say)
    known = _known()
    work = project.root() / "build" / "site"
    (out / "vi").mkdir(parents=True, exist_ok=True)
    gaps = []
    for language in labels.LANGUAGES:
        gaps += _write_pages(known, work / language, language)
    _write_static(out)
    running = [
        subprocess.Popen(
            [sys.executable, "-m", "helpers.site.engine", work / one, _built(one), one],
            stderr=subprocess.PIPE,
            text=True,
            env=os.environ | {project.ROOT_VARIABLE: str(project.root())},
        )
        for one in labels.LANGUAGES
    ]
    told = [process.communicate()[1] for process in running]
    if any(process.returncode for process in running):
        raise UserError("Sphinx could not build the site:\n" + "\n".join(told))
    warned = [line for text in told for line in text.splitlines() if line]
    for language in labels.LANGUAGES:
        _mirror(_built(language), _home(out, language))
    pages = sum(1 for _ in out.rglob("*.html"))
    say(f"{labels.counted(pages, 'page')} in {project.below_root(out)}, first: index.html")
    return gaps + warned + checks.problems(out)


def _home(out: Path, language: str) -> Path:
    return out if language == "en" else out / language


def _built(language: str) -> Path:
    """Where Sphinx writes; MyST-NB leaves notebooks beside it, which are no part of the site."""
    return project.root() / "build" / "site" / f"{language}-html" / "pages"


def _mirror(built: Path, home: Path) -> None:
    """Copy what changed of the pages, and remove pages that are no more."""
    for old in (f for top in ("places", "notebooks") for f in (home / top).rglob("*.html")):
        if not (built / old.relative_to(home)).exists():
            old.unlink()
    for file in (file for file in built.rglob("*") if file.is_file()):
        _copy(file, home / file.relative_to(built))


def _check_packages() -> None:
    try:
        import furo
        import myst_nb
        import sphinx
    except ImportError as error:
        raise UserError(
            f"The site needs {error.name}: install the extra with pip install -e '.[site]'."
        ) from error
    del furo, myst_nb, sphinx


def _known() -> Known:
    sources = ledger.load_sources().fillna("")
    found = {name: tables.get(name) for name in USED}
    targets = project.read_table(project.raw_dir() / "targets.csv", ["target_id", "url"])
    urls = dict(zip(targets["target_id"], targets["url"], strict=True))
    urls |= dict(zip(sources["source_id"], sources["url"], strict=True))
    return Known(found | {"sources": sources}, urls)


def _write_pages(known: Known, folder: Path, language: str) -> list[str]:
    """All pages of one language; returns a line for each notebook that is missing."""
    written: dict[str, str] = {}
    pictures: dict[str, list[Picture]] = {}
    missing: list[Job] = []
    for job in (job for stage in jobs.plan(codes(), language=language) for job in stage):
        executed = notebooks.read(job)
        if executed is None:
            missing.append(job)
            text = labels.text("site.gap.missing", language, notebook=job.notebook.stem)
            name = f"notebooks/{places.get(job.place).folder}/{job.notebook.stem}"
            written[f"{name}.md"] = f"---\norphan: true\n---\n# {job.name}\n\n{text}\n"
            continue
        written[f"notebooks/{places.get(job.place).folder}/{job.notebook.stem}.ipynb"] = (
            executed.text
        )
        pictures.setdefault(job.place, []).extend(executed.pictures)
    for place in _all_places():
        own = [job for job in missing if job.place == place.code and job.number in jobs.OF_A_PLACE]
        drawn = pictures.get(place.code, [])
        text = place_pages.page(place, known, drawn, own, language)
        for job in own:  # its page is the one that says so
            text = text.replace(f"{job.notebook.stem}.ipynb)", f"{job.notebook.stem}.md)")
        written[f"places/{place.folder}.md"] = text
    country = pictures.get("VN", [])
    compared = [picture for picture in country if picture.name.startswith("5-")]
    written |= {
        "index.md": general.first(known, country, language),
        "regions.md": general.regions(known, language),
        "comparison.md": general.comparison(compared, not compared, language),
        "methods.md": general.methods(language, _stems(missing)),
        "data.md": general.dictionary(language),
        "sources.md": general.sources(known.tables["sources"], language),
        "changes.md": general.changes(language),
    }
    _replace(folder, written)
    return [f"{job.name} ({language}) has not run to its end" for job in missing]


def _stems(missing: list[Job]) -> list[str]:
    gone = {job.number for job in missing if job.place == "VN"}
    return [book.stem for number, book in jobs.notebooks().items() if number not in gone]


def _all_places() -> Iterator[places.Place]:
    yield from map(places.get, codes())


def _replace(folder: Path, written: dict[str, str]) -> None:
    """Make a folder hold exactly these files; what is as it was keeps its time."""
    for file in folder.rglob("*") if folder.exists() else ():
        if file.is_file() and file.relative_to(folder).as_posix() not in written:
            file.unlink()
    for name, text in written.items():
        file = folder / name
        if not file.exists() or file.read_text(encoding="utf-8") != text:
            with project.whole(file) as aside:
                aside.write_text(text, encoding="utf-8")


def _write_static(out: Path) -> None:
    """Figures, data and the list of places that the search looks through."""
    folders = {places.get(code).folder for code in codes()}
    files = {
        f"figures/{file.parent.name}/{file.name}": file
        for file in project.figures_dir().glob("*/*")
        if file.suffix in (".png", ".csv") and file.parent.name in folders
    }
    files |= {f"data/{file.name}": file for file in project.raw_dir().iterdir() if file.is_file()}
    files |= {
        f"data/processed/{name}.csv": fresh.path(name)
        for names in fresh.STEPS.values()
        for name in names
    }
    for old in (f for top in ("figures", "data") for f in (out / top).rglob("*") if f.is_file()):
        if old.relative_to(out).as_posix() not in files:
            old.unlink()
    with ThreadPoolExecutor() as threads:
        list(threads.map(_copy, files.values(), (out / name for name in files)))
    for language in labels.LANGUAGES:
        found = [[p.name(language), p.code, places.fold(p.name_vi + " " + p.name_en + " " + p.code),
                  f"places/{p.folder}.html"] for p in _all_places()]  # fmt: skip
        text = f"const PLACES = {json.dumps(found, ensure_ascii=False)};\n"
        _replace_one(_home(out, language) / "_static" / "places.js", text)


def _replace_one(file: Path, text: str) -> None:
    if not file.exists() or file.read_text(encoding="utf-8") != text:
        with project.whole(file) as aside:
            aside.write_text(text, encoding="utf-8")


def _copy(file: Path, to: Path) -> None:
    """Copy a file with its time, unless one of that time is there; images get smaller."""
    new = file.stat()
    if to.exists() and to.stat().st_mtime_ns == new.st_mtime_ns:
        return
    with project.whole(to) as aside:
        if file.suffix == ".png":
            _write_smaller(file, aside)
        else:
            shutil.copyfile(file, aside)
        os.utime(aside, ns=(new.st_atime_ns, new.st_mtime_ns))


def _write_smaller(file: Path, to: Path) -> None:
    """A figure in 128 colours, which no eye tells from the original: half the bytes."""
    from PIL import Image

    with Image.open(file) as image:
        flat = image.convert("RGB").quantize(128, method=Image.Quantize.FASTOCTREE)
        flat.save(to, dpi=image.info.get("dpi", (150, 150)))
