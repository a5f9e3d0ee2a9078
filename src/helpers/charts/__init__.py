"""Charts of the notebooks, one function a figure: each gives the figure and the data it draws."""

from helpers.charts import (
    compare,
    conflicts,
    convergence,
    diagnostics,
    idea,
    implied,
    marked,
    naive,
    official,
    profile,
    ranks,
    reading,
    reconciled,
    reviews,
    sets,
    telling,
    trends,
)
from helpers.charts.style import Chart, save

__all__ = [
    "Chart",
    "compare",
    "conflicts",
    "convergence",
    "diagnostics",
    "idea",
    "implied",
    "marked",
    "naive",
    "official",
    "profile",
    "ranks",
    "reading",
    "reconciled",
    "reviews",
    "save",
    "sets",
    "telling",
    "trends",
]
