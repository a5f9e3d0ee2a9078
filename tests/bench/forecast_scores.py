"""How well the forecasts do against what is asked of them: the numbers of the backtest.

    python tests/bench/forecast_scores.py [--model NAME] [--draws N] [--seed N]

Prints first the tables that no model was chosen on, then a row a measure with what must be reached,
what is aimed at, and what was measured. A missing rate (Hồ Chí Minh City 2016) is left out.
"""

from __future__ import annotations

import argparse

import pandas as pd

from helpers import backtest, tables, trends
from helpers.backtest import baselines

MAE = {"gso-2010": (0.66, 0.52), "gso-md-2016": (0.50, 0.40), "gso-md-2022": (0.66, 0.50)}
WORST, MEAN = (1.35, 1.10), (1.05, 0.90)
COVER = {80: ((70, 92), (77, 86)), 95: ((88, 99), (93, 97))}
COHERENT = 1e-9  # largest relative gap between a draw of the country and the sum of its parts


def main() -> None:
    options = _options()
    names = ["naive", *backtest.SIMPLE_DRIFTS, *baselines.FAIR_DRIFTS, options.model]
    models = {name: baselines.known()[name] for name in names}
    models |= baselines.without_shock(models[options.model])
    print(f"Untouched: {options.model}, ratio to the best simple drift, {options.draws} draws")
    figures = tables.get("reconciled")
    scored = backtest.untouched(figures, models, options.draws, options.seed)
    columns = ["part", "standard", "n", "refused", "mae", "bias", "ratio", "cover80", "cover95",
               "crps", "brier"]  # fmt: skip
    own = scored[scored["model"] == options.model][columns]
    print(own.round(3).to_string(index=False), end="\n\n")
    table = backtest.run(models=models, draws=options.draws, seed=options.seed)
    rows = measured(table, options.model)
    print(pd.DataFrame(rows, columns=["measure", "panel", "must", "aim", "measured", "met"])
          .to_string(index=False), end="\n\n")  # fmt: skip
    print(f"Differences {options.model} - other, 95 % of the resampled blocks")
    chance = backtest.differences(table, options.model)
    print(chance.drop(columns=["low80", "high80"]).round(3).to_string(index=False), end="\n\n")
    print("Ratio of mean absolute errors with one origin left out")
    left = backtest.without_each_origin(table)
    print(left[left["model"] == options.model].round(3).to_string(index=False))


def measured(table: pd.DataFrame, model: str) -> list[tuple[str, ...]]:
    """A row a measure and panel: what must be, what is aimed at, what is, and which is met."""
    whole = backtest.whole(backtest.scores(table)).set_index(["standard", "model"])
    own = whole.xs(model, level="model")
    rows = [_below("MAE, pp", panel, *MAE[panel], float(own["mae"][panel])) for panel in MAE]
    rows.append(_below("ratio, worst", "all", *WORST, float(own["ratio"].max())))
    rows.append(_below("ratio, mean", "all", *MEAN, float(own["ratio"].mean())))
    for level, (must, aim) in COVER.items():
        rows += [_within(f"cover {level} %", panel, must, aim, float(own[f"cover{level}"][panel]))
                 for panel in MAE]  # fmt: skip
    for panel in MAE:
        fair = whole.loc[panel].reindex(list(baselines.FAIR_DRIFTS))["crps"]
        rows.append(_against("CRPS below the fair drifts", panel, own["crps"][panel], fair.min()))
    for name, words in (("no_shock_pp", "in points"), ("no_shock", "on cube roots")):
        for panel in MAE:
            plain = whole.loc[panel]["brier"][name]
            said = f"Brier below the no-shock normal {words}"
            rows.append(_against(said, panel, own["brier"][panel], plain))
    rows.append(_against("coherence of draws", "all", incoherence(model), COHERENT))
    return rows


def incoherence(model: str) -> float:
    """Largest gap of a draw of the country from its provinces, kept ratio included, relative."""
    worst = 0.0
    for standard in trends.STANDARDS:
        panel = trends.load(standard)
        future = baselines.known()[model](panel, int(panel.rates.index[-1]), 3, 500, 1)
        leaves = [future.places.index(place) for place in panel.leaves]
        weights = panel.weights.to_numpy(float) / panel.weights.sum()
        mean = weights @ future.rates[:, leaves, :]
        last = panel.rates.ffill().iloc[-1]
        ratio = float(last["VN"]) / float(weights @ last[panel.leaves].to_numpy(float))
        gap = abs(future.of("VN") - ratio * mean) / mean
        worst = max(worst, float(gap.max()))
    return worst


def _below(name: str, panel: str, must: float, aim: float, found: float) -> tuple[str, ...]:
    met = "aim" if found <= aim else "must" if found <= must else "no"
    return name, panel, f"<= {must}", f"<= {aim}", f"{found:.3f}", met


def _within(
    name: str, panel: str, must: tuple[int, int], aim: tuple[int, int], found: float
) -> tuple[str, ...]:
    inside = [low <= found <= high for low, high in (aim, must)]
    met = "aim" if inside[0] else "must" if inside[1] else "no"
    return name, panel, f"{must[0]}-{must[1]}", f"{aim[0]}-{aim[1]}", f"{found:.1f}", met


def _against(name: str, panel: str, found: float, other: float) -> tuple[str, ...]:
    return name, panel, f"< {other:.4g}", "", f"{found:.4g}", "must" if found < other else "no"


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--model", default="default", choices=list(baselines.known()))
    parser.add_argument("--draws", type=int, default=4000)
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


if __name__ == "__main__":
    main()
