"""Sphinx with MyST-NB over one language's pages: `python -m helpers.site.engine SOURCE OUT en`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from helpers import labels

HERE = Path(__file__).parent


def settings(language: str) -> dict[str, Any]:
    """Configuration of Sphinx: nothing from elsewhere, no code is run, no search index."""
    return {
        "project": labels.text("site.title", language),
        "html_title": labels.text("site.title", language),
        "author": "giam-ngheo",
        "language": language,
        "extensions": ["myst_nb"],
        "nb_execution_mode": "off",
        "nb_ipywidgets_js": {},
        "nb_render_markdown_format": "myst",
        "myst_enable_extensions": [],
        "myst_heading_anchors": 0,
        "html_theme": "furo",
        "html_theme_options": {"top_of_page_buttons": [], "navigation_with_keys": False},
        "html_static_path": [str(HERE / "static")],
        "templates_path": [str(HERE / "templates")],
        "html_css_files": ["site.css"],
        "html_js_files": ["places.js", "site.js"],
        "html_context": {
            "site_language": language,
            "site_search": labels.text("site.search", language),
            "site_other": labels.text("site.other", language),
        },
        "html_use_index": False,
        "html_domain_indices": False,
        "html_copy_source": False,
        "html_show_sourcelink": False,
        "html_show_copyright": False,
        "suppress_warnings": [
            "myst.header",
            "mystnb.unknown_mime_type",
            "misc.highlighting_failure",
            "docutils",
        ],
        "pygments_style": "default",
    }


def build(source: Path, out: Path, language: str) -> list[str]:
    """Write the pages that changed; returns the warnings, one line each."""
    import io

    from sphinx.application import Sphinx

    told = io.StringIO()
    app = Sphinx(
        source,
        None,
        out,
        source.parent / f"{language}.doctrees",
        "html",
        confoverrides=settings(language),
        status=None,
        warning=told,
    )
    vars(app.builder)["search"] = False  # the search for places works without a server
    app.build()
    _remove_old(out, set(app.env.found_docs))
    return [line for line in told.getvalue().splitlines() if line]


def _remove_old(out: Path, docs: set[str]) -> None:
    """Remove pages whose source is gone."""
    for page in (
        page for folder in ("places", "notebooks") for page in out.glob(f"{folder}/**/*.html")
    ):
        if page.relative_to(out).with_suffix("").as_posix() not in docs:
            page.unlink()


if __name__ == "__main__":
    warned = build(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])
    print("\n".join(warned), file=sys.stderr)
