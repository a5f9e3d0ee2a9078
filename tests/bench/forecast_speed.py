"""Time of a forecast of 63 provinces, 5 years, 4,000 draws, against one pass over the draws.

Run with `python tests/bench/forecast_speed.py`; prints the best of seven in milliseconds.
"""

import time
from collections.abc import Callable

import numpy as np

from helpers import trends
from helpers.trends.forecasts import simulate, tabulate

DRAWS, YEARS, REPEATS = 4000, 5, 7


def best_ms(work: Callable[[], object]) -> float:
    """Shortest wall time of several runs, milliseconds."""
    times = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return 1000 * min(times)


def main() -> None:
    panel = trends.load("gso-md-2022")
    future = simulate(panel, None, YEARS, draws=DRAWS)
    leaves = future.rates[:, : len(panel.leaves)]
    random = np.random.default_rng(1)
    measures: dict[str, Callable[[], object]] = {
        "one pass over the draws (cube)": lambda: leaves * leaves * leaves,
        "drawing as many normals": lambda: random.standard_normal(leaves.shape),
        "draws of all places": lambda: simulate(panel, None, YEARS, draws=DRAWS),
        "quantiles of the 63 provinces": lambda: tabulate("default", panel, future, panel.leaves),
        "forecast, data read from disk": lambda: trends.forecast(
            "gso-md-2022", horizon=YEARS, draws=DRAWS
        ),
    }
    for name, work in measures.items():
        print(f"{name:35s} {best_ms(work):8.1f} ms")


if __name__ == "__main__":
    main()
