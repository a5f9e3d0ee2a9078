"""What a reviewer asks of forecasts and data: residuals, heaped digits, years too smooth to count.

The gap between printed regional rates and the weighted means of their provinces is told by
`helpers.reconcile.official_rates`, and that of the mixed model's optimisers by
`helpers.trends.mixed.optimiser_gaps`.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from helpers import ledger, places
from helpers.trends import panels
from helpers.trends.past import Floats

LEVELS = (0.0, 1.0, 2.0, 5.0, 10.0, 20.0, 100.0)
"""Ends of the classes of forecast rates, per cent, closed above: near-doublings, so that each class
holds rates that are alike in proportion."""

SMOOTH_PP = 0.05
"""A year is smooth in a province whose rate is this close to the line between its neighbours: half
the printed unit of the older tables."""

ALIKE = 10
"""Provinces nearest in level whose second step stands in for a province's own, to tell how many
years would be smooth by chance: steps grow with the level, so that all provinces would not do."""

UNLIKELY = 0.01
"""A year is called too smooth where chance gives so many smooth provinces less often than this."""

DIGIT_UNITS = 20
"""Rates below so many units of their last decimal are left out of the count of digits: there the
last digit is half of the number and not evenly spread."""

FEWEST_DIGITS = 50
"""Rates needed for a test of ten digits: the usual five expected of each."""

ALL_YEARS = "all"
DIGITS = tuple(f"digit_{digit}" for digit in range(10))
YEAR_COLUMNS = [
    "model", "standard", "origin", "year", "n", "mean", "low80", "high80", "above", "common_pct",
]  # fmt: skip
LEVEL_COLUMNS = ["model", "standard", "above_pct", "to_pct", "n", "mean", "mae", "relative_pct"]
HEAP_COLUMNS = ["standard", "decimals", "period", "n", *DIGITS, "zero_pct", "chi_square", "p"]
SMOOTH_COLUMNS = ["standard", "before", "year", "after", "n", "smooth", "expected", "p"]
EVIDENCE_COLUMNS = ["standard", "year", "status", "n", "smooth", "expected", "p", "verdict", "note"]


def residuals_by_year(table: pd.DataFrame, model: str = "default") -> pd.DataFrame:
    """Whether the whole country lay above or below its forecasts, a row an origin and year.

    table : as from `backtest.run`
    Returns model, standard, origin, year, n (provinces), mean (of observed - forecast, pp, every
    province counting alike), low80 and high80 (the range of the middle 80 % of provinces), above
    (provinces above their forecast) and common_pct: 100 · mean² / mean square, the share of the
    squared error that is one shock of the whole country; about 100 / n if there were none.
    """
    rows = _residuals(table, model)
    grouped = rows.groupby(["model", "standard", "origin", "year"], sort=True)["residual"]
    found = grouped.agg(
        n="size", mean="mean", low80=_tenth, high80=_ninetieth, above=_above, square=_square
    ).reset_index()
    found["common_pct"] = 100 * found["mean"] ** 2 / found["square"].where(found["square"] > 0)
    return found[YEAR_COLUMNS]


def residuals_by_level(table: pd.DataFrame, model: str = "default") -> pd.DataFrame:
    """Errors by the level of the forecast rate, a row a standard and class of LEVELS.

    Classes are of the forecast and not of the observed rate: among rates that came out high, most
    residuals are positive whatever the model. Returns model, standard, above_pct and to_pct (ends
    of the class), n, mean (observed - forecast, pp), mae (pp) and relative_pct (mae in per cent of
    the mean forecast); no row for a class without forecasts.
    """
    rows = _residuals(table, model)
    place = np.searchsorted(LEVELS[1:-1], rows["forecast"].to_numpy(float), side="left")
    rows = rows.assign(
        above_pct=np.array(LEVELS)[place],
        to_pct=np.array(LEVELS)[place + 1],
        mae=rows["residual"].abs(),
    )
    grouped = rows.groupby(["model", "standard", "above_pct", "to_pct"], sort=True)
    found = grouped.agg(
        n=("mae", "size"),
        mean=("residual", "mean"),
        mae=("mae", "mean"),
        level=("forecast", "mean"),
    ).reset_index()
    found["relative_pct"] = 100 * found["mae"] / found["level"].where(found["level"] > 0)
    return found[LEVEL_COLUMNS]


def heaping(standards: Iterable[str] = panels.STANDARDS) -> pd.DataFrame:
    """Last digits of the printed rates of provinces against evenly spread ones.

    Returns standard, decimals (printed), period (a year, or 'all'), n, counts of the last digits
    digit_0 to digit_9, zero_pct (share of zeros, per cent), and Pearson's chi-square against equal
    counts with its p on 9 degrees of freedom, NaN with fewer than FEWEST_DIGITS rates. An excess of
    zeros under two decimals looks like rates rounded to one decimal and padded, whose intervals are
    wider than the print says; where rates are low, small digits are a little likelier by nature.
    Raises UserError for an unknown standard.
    """
    from scipy.stats import chisquare  # long to load, and only heaped digits need it

    rows = pd.concat([_printed(standard) for standard in standards], ignore_index=True)
    keys = ["standard", "decimals", "period"]
    both = pd.concat([rows, rows.assign(period=ALL_YEARS)], ignore_index=True)
    counts = both.groupby([*keys, "digit"]).size().unstack("digit", fill_value=0)  # noqa: PD010
    counts = counts.reindex(columns=range(10), fill_value=0)
    found = counts.set_axis(list(DIGITS), axis=1).reset_index()
    digits = found[list(DIGITS)].to_numpy(float)
    found["n"] = digits.sum(axis=1).astype(int)
    found["zero_pct"] = 100 * digits[:, 0] / found["n"]
    test = chisquare(digits, axis=1)
    enough = found["n"] >= FEWEST_DIGITS
    found["chi_square"] = np.where(enough, test.statistic, np.nan)
    found["p"] = np.where(enough, test.pvalue, np.nan)
    return found[HEAP_COLUMNS]


def smooth_years(standards: Iterable[str] = panels.STANDARDS) -> pd.DataFrame:
    """Provinces whose rate lies on the line between its neighbouring years, and how many would.

    Returns standard, before, year, after, n (provinces with all three rates), smooth (of these,
    within SMOOTH_PP of the line between the neighbours: their midpoint, where the years are as far
    apart), expected (the same count if the step after the year did not depend on the one before:
    each province's second step replaced by those of the ALIKE provinces nearest in level, itself
    left out; a step that all share stays in it) and p, the chance of as many or more then, if
    provinces do not follow one another. No row for a year with too few provinces to compare, hence
    empty for a panel of two years.
    """
    rows = [
        {"standard": standard} | found
        for standard in standards
        for found in _smooth(panels.load(standard))
    ]
    return pd.DataFrame(rows, columns=SMOOTH_COLUMNS)


def evidence(standard: str) -> pd.DataFrame:
    """What each year of a panel tells by itself, and what is only a smooth official series.

    Returns standard, year, status ('preliminary' or 'final'), the columns of `smooth_years` (NaN
    for the first and last year, which have one neighbour) and verdict: 'smooth' where p is below
    UNLIKELY, 'as expected' otherwise, 'end' for the first and last year; note says it in words.
    A smooth year is no observation of its own: a model that does well there has
    interpolated, and intervals that count it are too narrow.
    """
    known = panels.histories(standard)
    known = known[known["place"].isin(_provinces())]
    status = known.groupby("year")["status"].agg(_status)
    found = smooth_years([standard]).set_index("year")
    table = status.to_frame().join(found[["n", "smooth", "expected", "p"]]).reset_index()
    table["standard"] = standard
    table["verdict"] = np.select(
        [table["p"].isna(), table["p"] < UNLIKELY], ["end", "smooth"], "as expected"
    )
    table["note"] = [_told(row) for row in table.to_dict("records")]
    return table[EVIDENCE_COLUMNS]


def _residuals(table: pd.DataFrame, model: str) -> pd.DataFrame:
    rows = table[table["model"] == model].dropna(subset=["forecast", "observed"])
    return rows.assign(residual=rows["observed"] - rows["forecast"])


def _tenth(values: pd.Series) -> float:
    return float(values.quantile(0.1))


def _ninetieth(values: pd.Series) -> float:
    return float(values.quantile(0.9))


def _above(values: pd.Series) -> int:
    return int((values > 0).sum())


def _square(values: pd.Series) -> float:
    return float((values**2).mean())


def _provinces() -> set[str]:
    return {place.code for place in places.provinces("63")}


def _printed(standard: str) -> pd.DataFrame:
    """Standard, period, decimals and last digit of each printed rate that has decimals."""
    source = panels.SOURCES[panels.check_standard(standard)]
    rows = ledger.load_official("poverty")
    rows = rows[
        (rows["source_id"] == source)
        & (rows["standard"] == standard)
        & (rows["indicator"] == "poor_rate")
        & (rows["group"] == "")
        & rows["place"].isin(_provinces())
        & rows["value"].notna()
    ]
    decimal = rows["printed"].str.extract(r"[.,](\d+)", expand=False)
    rows = rows.assign(decimals=decimal.str.len(), digit=decimal.str[-1])
    rows = rows.dropna(subset=["digit"]).astype({"decimals": int, "digit": int})
    units = rows["value"].astype(float) * 10.0 ** rows["decimals"]
    return rows.loc[units >= DIGIT_UNITS, ["standard", "period", "decimals", "digit"]]


def _smooth(panel: panels.Panel) -> list[dict[str, float]]:
    """The columns of `smooth_years` but the standard, a row for each year with two neighbours."""
    rates = panel.rates[panel.leaves]
    years = [int(year) for year in rates.index]
    found = []
    for at in range(1, len(years) - 1):
        known = rates.iloc[at - 1 : at + 2].dropna(axis=1).to_numpy(float)
        before, year, after = years[at - 1 : at + 2]
        if known.shape[1] <= ALIKE:
            continue
        later = (year - before) / (after - before)
        chances = _chances(known, later)
        smooth = int(
            _near((1 - later) * (known[1] - known[0]), later * (known[2] - known[1])).sum()
        )
        found.append(
            {
                "before": before, "year": year, "after": after, "n": known.shape[1],
                "smooth": smooth, "expected": float(chances.sum()), "p": _at_least(chances, smooth),
            }
        )  # fmt: skip
    return found


def _chances(known: Floats, later: float) -> Floats:
    """By province, the chance to be smooth with a second step of a province of its level.

    known : year before, year, year after × province, per cent
    later : what of the time between the neighbours lies before the year
    """
    gap = np.abs(known[1][:, None] - known[1])
    np.fill_diagonal(gap, np.inf)
    limit = np.sort(gap, axis=1)[:, [ALIKE - 1]]
    alike = gap <= limit  # ties at the limit all count
    near = _near(
        (1 - later) * (known[1] - known[0])[:, None], later * (known[2] - known[1])[None, :]
    )
    return np.asarray((near & alike).sum(axis=1) / alike.sum(axis=1))


def _near(first: Floats, second: Floats) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    return np.abs(first - second) <= SMOOTH_PP + 1e-9


def _at_least(chances: Floats, count: int) -> float:
    """Chance of so many successes or more in independent trials of these chances."""
    law = np.ones(1)
    for chance in chances:
        law = np.convolve(law, [1 - chance, chance])
    return float(min(1.0, law[count:].sum()))


def _status(values: pd.Series) -> str:
    return "preliminary" if values.eq("preliminary").any() else "final"


def _told(row: Mapping[Hashable, Any]) -> str:
    """A row of `evidence` in words."""
    said = {
        "end": "first or last year: it has one neighbour, so that nothing can be told",
        "smooth": "{smooth:.0f} of {n:.0f} provinces lie on the line between the neighbouring "
        "years, where {expected:.0f} would by chance: not a year of its own",
        "as expected": "{smooth:.0f} of {n:.0f} provinces lie on the line between the neighbouring "
        "years, where {expected:.0f} would by chance",
    }[str(row["verdict"])]
    return said.format(**{str(name): cell for name, cell in row.items()})
