"""What the tests of charts share: small tables to draw, and what stands in a figure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.text import Text

from helpers.charts import style

LANGUAGES = ("en", "vi")
Drawn = tuple[Figure, pd.DataFrame]


def ledger_rows(*cells: tuple[str, str, str, str, str, str], **more: Any) -> pd.DataFrame:
    """Figures of (source, place, period, standard, indicator, print); rates have two decimals."""
    names = ["source_id", "place", "period", "standard", "indicator", "printed"]
    table = pd.DataFrame(list(cells), columns=names, dtype="str")
    number = table["printed"].str.extract(r"([\d.,]+)", expand=False)
    value = number.str.replace(".", "").str.replace(",", ".").astype(float)
    rate = table["printed"].str.contains("%")
    half = np.where(rate, 0.005, 0.0)
    table = table.assign(
        figure_id=[f"f{n}" for n in range(len(table))], group="", status="", note="",
        direction=np.where(table["indicator"].str.endswith("change"), "fall", ""),
        unit=np.where(rate, "%", "hộ"), value=value, low=value - half, high=value + half,
        of=np.nan,
        status_reconciled="consistent", reconciled=value, why="",
    )  # fmt: skip
    return table.assign(**more)


def texts(fig: Figure) -> list[str]:
    return [str(t.get_text()) for t in fig.findobj(Text) if isinstance(t, Text) and t.get_text()]


def placed(fig: Figure) -> Iterator[Text]:
    """Texts that stand where the chart put them: not the ticks, which axes may hide."""
    yield from fig.texts
    for legend in fig.legends:
        yield from legend.get_texts()
    for ax in fig.axes:
        yield from ax.texts
        yield from (ax.xaxis.label, ax.yaxis.label, ax.title)
        if ax.axison:
            yield from (label for label in ax.get_yticklabels() if label.get_text())


def cut_off(fig: Figure) -> list[str]:
    """Texts that reach beyond the edge of a figure."""
    style.png(fig)
    width, height = fig.get_size_inches() * fig.dpi
    found = []
    for text in placed(fig):
        if text.get_visible() and text.get_text():
            box = text.get_window_extent()
            if box.x0 < 0 or box.y0 < 0 or box.x1 > width or box.y1 > height:
                found.append(f"{text.get_text()!r}: {box}")
    return found


def is_another_sentence(said: str, fig: Figure) -> bool:
    """Whether a text ends as a sentence, is filled in, and repeats neither title nor notice."""
    others = [text.get_text().replace("\n", " ").rstrip(".") for text in fig.texts]
    whole = said.endswith(".") and "{" not in said and "nan" not in said.lower().split()
    return whole and not any(other and other in said for other in others)


def assert_same_bytes(one: Drawn, two: Drawn) -> None:
    """Two drawings of the same data are the same to the byte."""
    assert style.png(one[0]) == style.png(two[0])
    assert style.svg(one[0]) == style.svg(two[0])
    pd.testing.assert_frame_equal(one[1], two[1])
