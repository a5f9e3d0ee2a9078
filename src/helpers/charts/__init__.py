"""Charts of the notebooks, one function a figure: each gives the figure and the data it draws."""

from helpers.charts import compare, conflicts, implied, marked, profile, reading, trends
from helpers.charts.style import Chart, save

__all__ = [
    "Chart",
    "compare",
    "conflicts",
    "implied",
    "marked",
    "profile",
    "reading",
    "save",
    "trends",
]
