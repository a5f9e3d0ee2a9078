"""Charts of the notebooks, one function a figure: each gives the figure and the data it draws."""

from helpers.charts import compare, conflicts, profile, reading, trends
from helpers.charts.rows import backcasts
from helpers.charts.style import Chart, save

__all__ = [
    "Chart",
    "backcasts",
    "compare",
    "conflicts",
    "profile",
    "reading",
    "save",
    "trends",
]
