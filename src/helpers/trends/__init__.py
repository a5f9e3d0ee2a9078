"""Trends of poverty: the official panels, the pace of every place, and forecasts with draws.

These are the public verbs. `panel` (rates, year × place) and `fan` (history and forecast of one
place) serve notebooks of one's own; the project's own do without them.
"""

from helpers.trends import contributions, convergence, ranks, standing
from helpers.trends.chances import chances, last_rates, together
from helpers.trends.draws import Draws
from helpers.trends.forecasts import fan, forecast, simulate
from helpers.trends.models import MODELS
from helpers.trends.paces import table
from helpers.trends.panels import STANDARDS, Panel, history, load, panel, surveys
from helpers.trends.reported import reported
from helpers.trends.targets import pace, reach

__all__ = [
    "MODELS",
    "STANDARDS",
    "Draws",
    "Panel",
    "chances",
    "contributions",
    "convergence",
    "fan",
    "forecast",
    "history",
    "last_rates",
    "load",
    "pace",
    "panel",
    "ranks",
    "reach",
    "reported",
    "simulate",
    "standing",
    "surveys",
    "table",
    "together",
]
