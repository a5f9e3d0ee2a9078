"""Trends of poverty: the official panels, the pace of every place, and forecasts with draws."""

from helpers.trends.forecasts import fan, forecast
from helpers.trends.models import MODELS, Draws
from helpers.trends.paces import summary, table
from helpers.trends.panels import STANDARDS, Panel, history, load, panel, surveys
from helpers.trends.reported import end_of, reported
from helpers.trends.targets import pace, reach

__all__ = [
    "MODELS",
    "STANDARDS",
    "Draws",
    "Panel",
    "end_of",
    "fan",
    "forecast",
    "history",
    "load",
    "pace",
    "panel",
    "reach",
    "reported",
    "summary",
    "surveys",
    "table",
]
