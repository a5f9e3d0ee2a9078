"""The models' past performance: forecasts from rolling origins against what came."""

from helpers.backtest.rolling import ORIGINS, run
from helpers.backtest.scoring import SIMPLE_DRIFTS, say_scores, scores, write

__all__ = ["ORIGINS", "SIMPLE_DRIFTS", "run", "say_scores", "scores", "write"]
