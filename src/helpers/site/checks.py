"""What must hold of a built site: no broken link, nothing from elsewhere, small enough."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

from lxml import html

FIRST_PAGE = 500_000  # bytes, with all that it loads
WHOLE_SITE = 150_000_000
LOADS = {"img": "src", "script": "src", "iframe": "src", "source": "src", "embed": "src"}
_CSS_LOADS = re.compile(r"(?:url\(\s*['\"]?|@import\s+['\"])((?:https?:)?//[^'\")]+)")


def problems(site: Path) -> list[str]:
    """One line a problem of the site in a folder; none when all is well."""
    found = list(_pages(site)) + list(_styles(site))
    total = sum(file.stat().st_size for file in site.rglob("*") if file.is_file())
    if total > WHOLE_SITE:
        found.append(f"the site has {total / 1e6:.0f} MB, more than {WHOLE_SITE / 1e6:.0f}")
    for page in (site / "index.html", site / "vi" / "index.html"):
        if page.exists() and (size := page_bytes(page)) > FIRST_PAGE:
            found.append(f"{page}: loads {size / 1e3:.0f} kB, more than {FIRST_PAGE / 1e3:.0f}")
    return found


def page_bytes(page: Path) -> int:
    """Bytes of a page and of every file that it loads."""
    loaded = {
        target.partition("#")[0].partition("?")[0]
        for _, target, loads in _targets(html.parse(str(page)).getroot())
        if loads and not urlsplit(target).scheme
    }
    files = [page, *(page.parent / unquote(name) for name in loaded)]
    return sum(file.stat().st_size for file in files if file.exists())


def _targets(root: html.HtmlElement) -> Iterator[tuple[str, str, bool]]:
    """Tag, target and whether the browser fetches it on its own, of each reference of a page."""
    for element in root.iter("a", "link", *LOADS):
        tag = str(element.tag)
        target = element.get(LOADS.get(tag, "href"))
        if target:
            rel = element.get("rel", "")
            yield tag, target, tag in LOADS or (tag == "link" and "stylesheet" in rel)


def _pages(site: Path) -> Iterator[str]:
    ids = lru_cache(maxsize=None)(_ids)
    for page in sorted(site.rglob("*.html")):
        name = page.relative_to(site).as_posix()
        if "_static" in name:
            continue
        for _, target, loads in set(_targets(html.parse(str(page)).getroot())):
            parts = urlsplit(target)
            if parts.scheme or parts.netloc:
                if loads and parts.scheme != "data":
                    yield f"{name}: loads {target} from elsewhere"
                continue
            file = (page.parent / unquote(parts.path)).resolve() if parts.path else page.resolve()
            if not file.exists():
                yield f"{name}: {target} leads nowhere"
                continue
            inside = unquote(parts.fragment) if file.suffix == ".html" else ""
            if inside and inside not in ids(file):
                yield f"{name}: {target} leads to no such part"


def _ids(page: Path) -> frozenset[str]:
    return frozenset(str(i) for i in html.parse(str(page)).getroot().xpath("//@id"))


def _styles(site: Path) -> Iterator[str]:
    for file in sorted(site.rglob("*.css")):
        for target in _CSS_LOADS.findall(file.read_text(encoding="utf-8")):
            yield f"{file.relative_to(site).as_posix()}: loads {target} from elsewhere"
