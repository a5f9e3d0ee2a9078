"""Charts of the notebooks, one function a figure: each gives the figure and the data it draws."""

from helpers.charts import (
    compare,
    conflicts,
    idea,
    implied,
    marked,
    naive,
    official,
    profile,
    reading,
    reconciled,
    sets,
    telling,
    trends,
)
from helpers.charts.style import Chart, save

__all__ = [
    "Chart",
    "compare",
    "conflicts",
    "idea",
    "implied",
    "marked",
    "naive",
    "official",
    "profile",
    "reading",
    "reconciled",
    "save",
    "sets",
    "telling",
    "trends",
]
