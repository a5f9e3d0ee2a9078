"""The models' past performance: forecasts from rolling origins against what came."""

from helpers.backtest.calibration import coverage, reliability
from helpers.backtest.elsewhere import untouched
from helpers.backtest.resampling import RESAMPLES, differences, without_each_origin
from helpers.backtest.rolling import ORIGINS, evaluate, run
from helpers.backtest.scoring import MEASURES, SIMPLE_DRIFTS, by_level, scores, whole, write
from helpers.backtest.telling import (
    say_by_level,
    say_level,
    say_refused,
    say_scores,
    say_untouched,
    say_without_origin,
)

__all__ = [
    "MEASURES",
    "ORIGINS",
    "RESAMPLES",
    "SIMPLE_DRIFTS",
    "by_level",
    "coverage",
    "differences",
    "evaluate",
    "reliability",
    "run",
    "say_by_level",
    "say_level",
    "say_refused",
    "say_scores",
    "say_untouched",
    "say_without_origin",
    "scores",
    "untouched",
    "whole",
    "without_each_origin",
    "write",
]
