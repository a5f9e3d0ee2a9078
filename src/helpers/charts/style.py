"""The look of all figures, and saving them as PNG, SVG and data with the same bytes each time."""

from __future__ import annotations

import io
import math
import textwrap
from collections.abc import Callable, Sequence
from functools import wraps
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from helpers import labels, periods, places, project

DPI = 150
WIDTH, HEIGHT = 7.0, 4.5  # inches
# Okabe and Ito (2008), Color Universal Design: told apart with any colour vision.
BLACK, ORANGE, SKY, GREEN = "#000000", "#E69F00", "#56B4E9", "#009E73"
BLUE, RED, PINK = "#0072B2", "#D55E00", "#CC79A7"
GREY, PALE, INK = "#767676", "#D9D9D9", "#222222"

# Colour, marker and line of each standard: three signs, so that grey print keeps them apart.
LOOK: dict[str, tuple[str, str, str]] = {
    "gso-1998": (GREY, "v", ":"),
    "gso-2006": (PINK, "^", "-."),
    "gso-2010": (ORANGE, "s", "--"),
    "gso-md-2016": (BLUE, "o", "-"),
    "gso-md-2022": (RED, "D", "-"),
    "2001-2005": (GREY, "<", ":"),
    "2006-2010": (PINK, "<", "-."),
    "2011-2015": (ORANGE, ">", "--"),
    "2016-2020": (SKY, "P", "-"),
    "2022-2025": (GREEN, "*", "-"),
    "2027-2030": (BLACK, "p", "-"),
}
OTHER_COLOUR, OTHER_MARKERS = GREY, "XHd8"  # standards of a place's own, or not stated

RC: Any = {
    "font.family": "DejaVu Sans",
    "font.size": 8,
    "axes.edgecolor": GREY,
    "axes.labelcolor": INK,
    "axes.labelsize": 8,
    "axes.linewidth": 0.6,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "axes.grid": True,
    "axes.unicode_minus": True,
    "grid.color": "#E6E6E6",
    "grid.linewidth": 0.5,
    "xtick.color": INK,
    "ytick.color": INK,
    "xtick.labelsize": 7.5,
    "ytick.labelsize": 7.5,
    "xtick.major.size": 2.5,
    "ytick.major.size": 2.5,
    "legend.fontsize": 7.5,
    "legend.frameon": False,
    "lines.linewidth": 1.4,
    "lines.markersize": 4.5,
    "hatch.linewidth": 0.5,
    "svg.hashsalt": "giam-ngheo",
    "svg.fonttype": "path",  # letters as shapes: the same look where DejaVu Sans is not installed
}

P = ParamSpec("P")
R = TypeVar("R")


def styled(draw: Callable[P, R]) -> Callable[P, R]:
    """Draw with the settings above, whatever a notebook has set."""

    @wraps(draw)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> R:
        with mpl.rc_context(RC):
            return draw(*args, **kwargs)

    return wrapper


class Chart(Figure):
    """A figure with a title and a caption that shows itself in a notebook as the PNG saved.

    It is not registered with pyplot: it is shown once, where the notebook names it.
    `low` and `high` are the inches from the bottom between which axes may lie.
    """

    low: float
    high: float
    _png: bytes | None = None

    def _repr_png_(self) -> tuple[bytes, dict[str, int]]:
        width, height = self.get_size_inches()
        return png(self), {"width": round(width * 100), "height": round(height * 100)}


@styled
def page(title: str, caption: str, *, height: float = HEIGHT) -> Chart:
    """An empty figure, 7 inches wide, with its message on top and its source at the foot.

    height : inches; grows by nothing: title and caption take their lines from it
    """
    fig = Chart(figsize=(WIDTH, height), dpi=DPI, facecolor="white")
    FigureCanvasAgg(fig)
    heading, foot = _balanced(title, 72), textwrap.wrap(caption, 132)
    fig.text(0.1 / WIDTH, 1 - 0.09 / height, "\n".join(heading), ha="left", va="top",
             fontsize=10.5, fontweight="bold", color=INK, linespacing=1.25)  # fmt: skip
    fig.text(0.1 / WIDTH, 0.07 / height, "\n".join(foot), ha="left", va="bottom",
             fontsize=6.5, color="#444444", linespacing=1.3)  # fmt: skip
    fig.low = 0.12 + 0.12 * len(foot)
    fig.high = height - 0.16 - 0.185 * len(heading)
    return fig


def _balanced(text: str, width: int) -> list[str]:
    """Lines of nearly the same length, no more of them than needed."""
    lines = textwrap.wrap(text, width)
    widths = range(max(1, len(text) // max(1, len(lines))), width + 1)
    tries = (textwrap.wrap(text, narrow) for narrow in widths)
    return next((found for found in tries if len(found) == len(lines)), lines)


@styled
def axes(
    fig: Chart, *, left: float = 0.55, right: float = 0.15, bottom: float = 0.4, top: float = 0.08
) -> Axes:
    """Axes in the room between title and caption; margins in inches."""
    low, high = fig.low + bottom, fig.high - top
    width, height = fig.get_size_inches()
    return fig.add_axes(
        (left / width, low / height, (width - left - right) / width, (high - low) / height)
    )


@styled
def legend(fig: Chart, handles: Sequence[Artist], columns: int = 3) -> None:
    """A legend under the title; it takes its height from the room for axes."""
    if not handles:
        return
    rows = math.ceil(len(handles) / columns)
    fig.legend(
        handles=list(handles), loc="upper left", ncols=columns, borderaxespad=0, borderpad=0,
        bbox_to_anchor=(0.12 / WIDTH, fig.high / fig.get_figheight()), columnspacing=1.4,
        handlelength=2.2, labelspacing=0.35, fontsize=7.5,
    )  # fmt: skip
    fig.high -= 0.16 * rows + 0.06


def handle(label: str, **look: Any) -> Line2D:
    """One entry of a legend."""
    return Line2D([], [], label=label, **({"linestyle": "none"} | look))


@styled
def sentence(title: str, said: str, caption: str = "") -> Chart:
    """A figure that says in plain words that there is nothing to draw."""
    fig = page(title, caption, height=1.4)
    middle = (fig.low + fig.high) / 2 / fig.get_figheight()
    fig.text(0.5, middle, "\n".join(textwrap.wrap(said, 90)), ha="center", va="center",
             fontsize=9, color="#444444", style="italic")  # fmt: skip
    return fig


def look(standard: str) -> tuple[str, str, str]:
    """Colour, marker and line style of a standard."""
    year = standard[-4:]
    marker = OTHER_MARKERS[int(year) % 4 if year.isdigit() else 0]
    return LOOK.get(standard, (OTHER_COLOUR, marker, ":"))


def place_name(place: places.Place, language: str) -> str:
    """Name of a place as a text has it: in Vietnamese the city of Hồ Chí Minh is `TP. …`."""
    name = place.name(language)
    return f"TP. {name}" if language == "vi" and place.code.split("@")[0] == "79" else name


def place_names(codes: Sequence[str], language: str) -> list[str]:
    """Names of ledger places; of `45/Đakrông` the part after the stroke."""
    return [
        code.partition("/")[2] if "/" in code else place_name(places.get(code), language)
        for code in codes
    ]


def full_name(code: str, language: str) -> str:
    """Name of one ledger place, a district with its province: `Chợ Gạo (Tiền Giang)`."""
    name = place_names([code], language)[0]
    return f"{name} ({place_names([code.partition('/')[0]], language)[0]})" if "/" in code else name


def decimals(ax: Axes, language: str, *, axis: str = "y", digits: int | None = None) -> None:
    """Write the tick labels of one axis as the language writes numbers."""
    chosen = ax.yaxis if axis == "y" else ax.xaxis

    def written(x: float, _position: float = 0) -> str:
        if digits is not None:
            return labels.number(x, digits, language)
        ticks = chosen.get_majorticklocs()
        needed = (d for d in range(4) if (abs(np.round(ticks, d) - ticks) < 1e-6).all())
        return labels.number(x, next(needed, 4), language)

    chosen.set_major_formatter(written)


def position(period: str) -> float:
    """Where a period's end lies on an axis of years: the tick 2022 is the end of 2022.

    `2022`, `2022-12`, `2022-Q4` → 2022.0; `2023-01` → 2022.08; a span lies at its end;
    what has no such shape → nan.
    """
    return periods.end(period) - 1


def png(fig: Figure) -> bytes:
    """The figure as PNG, 150 dots an inch, without the name and version of the software."""
    if isinstance(fig, Chart) and fig._png is not None and not fig.stale:
        return fig._png
    drawn = _rendered(fig, "png", {"Software": None})
    if isinstance(fig, Chart):
        fig._png, fig.stale = drawn, False
    return drawn


def svg(fig: Figure) -> bytes:
    """The figure as SVG: letters as shapes (their text stays as comments), no date, no creator."""
    changed = fig.stale
    drawn = _rendered(fig, "svg", {"Date": None, "Creator": None})
    fig.stale = changed  # an SVG has its own resolution for a while: that is no change
    return b"\n".join(line.rstrip() for line in drawn.splitlines()) + b"\n"


def _rendered(fig: Figure, kind: str, metadata: dict[str, str | None]) -> bytes:
    stream = io.BytesIO()
    with mpl.rc_context(RC):
        fig.savefig(stream, format=kind, dpi="figure", metadata=metadata)
    return stream.getvalue()


def save(fig: Figure, data: pd.DataFrame, place: places.Place, name: str, language: str) -> Path:
    """Write a figure as PNG and SVG with the data that it draws as CSV, and say where.

    name     : starts with the notebook's number: `3-path`
    language : "en" gives NAME.png, "vi" NAME-vi.png
    Returns the path of the PNG in the place's folder under figures/. The same data give the same
    bytes. Raises project.UserError when a file cannot be written; none is left half-written.
    """
    stem = name if language == "en" else f"{name}-{language}"
    folder = project.figures_dir() / place.folder
    drawn = {".png": png(fig), ".svg": svg(fig)}
    for suffix, content in drawn.items():
        with project.whole(folder / f"{stem}{suffix}") as aside:
            aside.write_bytes(content)
    project.write_table(data, folder / f"{stem}.csv")
    return folder / f"{stem}.png"
