"""Standing of provinces: who fell faster than others do at that level, and who speeds up."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from helpers.project import UserError
from helpers.trends.paces import SMALLEST_RATE_PCT
from helpers.trends.past import CUBE_ROOT, ROOT

Floats = NDArray[np.float64]

FEWEST = 8  # places: a robust line needs more than its two ends
FALSE_DISCOVERIES = 0.05
"""Expected share of false names among those called leader or laggard."""

SMALLEST_FIRST_PCT = 0.5
"""Where poverty is lower at the start there is nothing to lead or to lag in: the fall expected is
a few hundredths of a point a year, a household or two in a survey's sample."""

LEADER, LAGGARD, AS_EXPECTED, UNJUDGED = "leader", "laggard", "as expected", "not judged"
GIVEN_COLUMNS = [
    "place", "first_year", "last_year", "first", "last", "fall_pp_per_year", "expected_pp_per_year",
    "low95", "high95", "residual_pp_per_year", "z", "p", "q", "standing", "note",
]  # fmt: skip
SPEED_COLUMNS = [
    "place", "n", "first_year", "break_year", "last_year", "earlier_pp_per_year",
    "later_pp_per_year", "acceleration_pp", "rounding_low", "rounding_high", "low95", "high95",
    "earlier_pct_per_year", "later_pct_per_year", "acceleration_pct", "pct_rounding_low",
    "pct_rounding_high", "pct_low95", "pct_high95", "note",
]  # fmt: skip


def given_level(rates: pd.DataFrame, first_year: int, last_year: int) -> pd.DataFrame:
    """Fall of each place against the one expected at its level; a row a place, leaders first.

    rates : year × place, per cent, NaN where missing

    Formula: on the cube-root scale z, yearly fall = α + β·z_first + error, a robust line (Huber,
    scale by the median absolute deviation) through all places; expected ± t·scale·√(1 + h) is
    carried back to points a year (low95, high95: a prediction interval). On this scale the scatter
    is about the same at all levels. z is the residual in units of that error, p its two-sided t
    probability, q the Benjamini–Hochberg value over all places, the larger of those on the
    cube-root and the square-root scale: with 63 places three lie outside 95 % by chance, so only q
    up to FALSE_DISCOVERIES makes a `leader` or `laggard`, and the choice of the scale alone does
    not. As the line is fitted to the printed first level, it expects the regression to the mean.
    A place that starts below SMALLEST_FIRST_PCT, has a rate below SMALLEST_RATE_PCT, or lacks one,
    is `not judged` and not in the line.
    Returns GIVEN_COLUMNS. Raises UserError when a year is missing or they are not in order.
    """
    if not {first_year, last_year} <= set(rates.index) or first_year >= last_year:
        raise UserError(
            f"no fall from {first_year} to {last_year}: choose two years, the earlier first, out "
            f"of {', '.join(map(str, rates.index))}."
        )
    ends = (
        rates.sort_index(axis=1).loc[[first_year, last_year]].T.set_axis(["first", "last"], axis=1)
    )
    span = last_year - first_year
    rows = ends.rename_axis("place").reset_index()
    rows["fall_pp_per_year"] = (rows["first"] - rows["last"]) / span
    judged = (rows["first"] >= SMALLEST_FIRST_PCT) & (rows["last"] >= SMALLEST_RATE_PCT)
    known = rows[["first", "last"]].notna().all(axis=1).to_numpy(bool)
    found = _against_line(rows.loc[judged, ["first", "last"]].to_numpy(float), span)
    for name, values in found.items():
        rows.loc[judged, name] = values
    rows["residual_pp_per_year"] = rows["fall_pp_per_year"] - rows["expected_pp_per_year"]
    outside = rows["q"] <= FALSE_DISCOVERIES
    rows["standing"] = np.where(outside, np.where(rows["z"] > 0, LEADER, LAGGARD), AS_EXPECTED)
    rows["standing"] = rows["standing"].where(rows["q"].notna(), UNJUDGED)
    near_zero = f"next to zero: below {SMALLEST_FIRST_PCT} % at first, or {SMALLEST_RATE_PCT} %"
    why = np.where(
        ~known, "a rate is missing", np.where(~judged, near_zero, "no scatter to judge by")
    )
    rows["note"] = np.where(rows["q"].notna(), "", why)
    rows = rows.assign(first_year=first_year, last_year=last_year)
    rows = rows.sort_values(["z", "place"], ascending=[False, True], na_position="last")
    return rows[GIVEN_COLUMNS].reset_index(drop=True)


def acceleration(
    rates: pd.DataFrame, low: pd.DataFrame | None = None, high: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Pace in the later half of a panel minus pace in the earlier half; a row a place.

    rates     : year × place, per cent, NaN where missing
    low, high : the same, ends of the printed intervals; None where rates are taken as exact

    Formula: least squares of the rate on the year with a kink at the known year nearest to the
    middle (the earlier of two), y = a + b·t + c·max(t − break, 0): earlier pace −b, later pace
    −b − c, acceleration −c, pp a year. With three years this is the difference of the two paces.
    In per cent the same on logarithms: paces 100·(1 − e^b) and 100·(1 − e^(b+c)); acceleration is
    100·(1 − e^c), by how much less is left after a later year than after an earlier one.
    rounding_*: the range that the printed decimals allow. *low95, *high95: t interval of the
    scatter around the kinked line; it needs four years and supposes that they are independent,
    which smoothed series are not. Per cent are NaN with a rate below SMALLEST_RATE_PCT.
    Returns SPEED_COLUMNS; NaN and a note where fewer than three years are known.
    """
    ordered = rates.sort_index().sort_index(axis=1)
    ends = [ordered if end is None else end.reindex_like(ordered) for end in (low, high)]
    patterns: dict[bytes, list[str]] = {}
    for place in ordered.columns:
        patterns.setdefault(ordered[place].notna().to_numpy().tobytes(), []).append(str(place))
    parts = []
    for places in patterns.values():
        known = ordered.index[ordered[places[0]].notna()]
        tables = [table.loc[known, places].to_numpy(float) for table in (ordered, *ends)]
        parts.append(_kinked(places, known.to_numpy(float), *tables))
    rows = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=SPEED_COLUMNS)
    return rows.reindex(columns=SPEED_COLUMNS).sort_values("place").reset_index(drop=True)


def _against_line(ends: Floats, span: int) -> dict[str, Floats]:
    """Expected fall, its prediction interval, z, p and q; ends is place × (first, last)."""
    from scipy import stats  # long to load, as all of this: only this question needs it
    from statsmodels.stats.multitest import multipletests

    empty = np.full(len(ends), np.nan)
    found = dict.fromkeys(("expected_pp_per_year", "low95", "high95", "z", "p", "q"), empty)
    lines = []
    for scale in (CUBE_ROOT, ROOT):
        first, last = scale[0](ends).T
        fall = (first - last) / span
        line = _robust(fall, first)
        if line is None:
            return found
        lines.append((first, *line, (fall - line[0]) / line[1]))
    first, expected, error, found["z"] = lines[0]
    free = len(ends) - 2
    reach = stats.t.ppf(0.975, free) * error
    for name, move in (("expected_pp_per_year", 0.0), ("low95", -reach), ("high95", reach)):
        after = CUBE_ROOT[1](first - span * (expected + move))
        found[name] = (ends[:, 0] - after) / span
    both = [2 * stats.t.sf(np.abs(line[-1]), free) for line in lines]
    found["p"] = both[0]
    found["q"] = np.maximum(*(multipletests(p, method="fdr_bh")[1] for p in both))
    return found


def _robust(fall: Floats, level: Floats) -> tuple[Floats, Floats] | None:
    """Expected falls and the errors of a prediction; None where no robust line can be had."""
    from statsmodels.robust.robust_linear_model import RLM
    from statsmodels.tools.tools import add_constant

    if len(fall) < FEWEST or np.ptp(level) == 0:
        return None
    design = add_constant(level)
    try:
        with warnings.catch_warnings(), np.errstate(all="raise"):
            warnings.simplefilter("error")
            line = RLM(fall, design).fit(maxiter=200)
    except (Warning, FloatingPointError):
        return None
    expected, scale = np.asarray(line.fittedvalues), float(line.scale)
    if not np.isfinite(expected).all() or not scale > 1e-9 * np.abs(level).max():
        return None
    leverage = np.einsum("ij,ji->i", design, np.linalg.pinv(design))
    return expected, scale * np.sqrt(1 + leverage)


def _kinked(
    places: list[str], years: Floats, rates: Floats, low: Floats, high: Floats
) -> pd.DataFrame:
    """`acceleration` of places that are known in the same years; tables are year × place."""
    rows = pd.DataFrame({"place": places, "n": len(years)})
    inside = years[1:-1]
    if len(inside) == 0:
        return rows.assign(note="fewer than three years: no acceleration")
    kink = inside[np.argmin(np.abs(2 * inside - years[0] - years[-1]))]
    time = years - kink
    span = (int(years[0]), int(kink), int(years[-1]))
    design = np.column_stack([np.ones_like(time), time, np.maximum(time, 0.0)])
    rows = rows.assign(first_year=span[0], break_year=span[1], last_year=span[2])
    pp = _fit(design, rates, low, high)
    rows = rows.assign(
        earlier_pp_per_year=0 - pp["b"], later_pp_per_year=0 - pp["b"] - pp["c"],
        acceleration_pp=0 - pp["c"], rounding_low=0 - pp["most"], rounding_high=0 - pp["least"],
        low95=0 - pp["high"], high95=0 - pp["low"],
    )  # fmt: skip
    enough = rates.min(axis=0) >= SMALLEST_RATE_PCT
    # Where a rate is large enough its printed low is at least half of that, and has a logarithm.
    logs = (np.log(np.maximum(table, SMALLEST_RATE_PCT / 2)) for table in (rates, low, high))
    log = {name: np.where(enough, value, np.nan) for name, value in _fit(design, *logs).items()}
    for column, value in {
        "earlier_pct_per_year": log["b"], "later_pct_per_year": log["b"] + log["c"],
        "acceleration_pct": log["c"], "pct_rounding_low": log["most"],
        "pct_rounding_high": log["least"], "pct_low95": log["high"], "pct_high95": log["low"],
    }.items():  # fmt: skip
        rows[column] = 0 - 100 * np.expm1(value)
    alone = "three years: no interval but that of rounding" if len(years) == 3 else ""
    small = f"a rate below {SMALLEST_RATE_PCT} %: points only"
    rows["note"] = ["; ".join(filter(None, (alone, "" if ok else small))) for ok in enough]
    return rows


def _fit(design: Floats, values: Floats, low: Floats, high: Floats) -> dict[str, Floats]:
    """Slope b, its change c, the ends of c by rounding (least, most) and by scatter (low, high).

    c is a weighted sum of the values, so each end takes the low or the high of a year by the sign
    of its weight. values, low, high : year × place
    """
    from scipy import stats

    inverse = np.linalg.pinv(design)
    beta = inverse @ values
    up, down = np.maximum(inverse[2], 0.0), np.minimum(inverse[2], 0.0)
    free = len(values) - 3
    reach = np.full(values.shape[1], np.nan)
    if free > 0:
        residual = values - design @ beta
        error = np.sqrt((residual**2).sum(axis=0) / free * (inverse[2] ** 2).sum())
        reach = stats.t.ppf(0.975, free) * error
    return {
        "b": beta[1], "c": beta[2], "least": up @ low + down @ high, "most": up @ high + down @ low,
        "low": beta[2] - reach, "high": beta[2] + reach,
    }  # fmt: skip
