"""Targets of the poor rate against what the reviews found, and the chance of those still open."""

from __future__ import annotations

from collections.abc import Hashable, Mapping

import numpy as np
import pandas as pd

from helpers import periods, project
from helpers.trends import household_counts, reviews
from helpers.trends.draws import Draws
from helpers.trends.forecasts import LONGEST, simulate
from helpers.trends.panels import Panel
from helpers.trends.review_figures import observations, year_of

COLUMNS = [
    "target_id", "place", "standard", "kind", "asked_low", "asked_high", "first_year", "year",
    "start_year", "start", "value", "low", "high", "met", "probability", "sources", "note",
]  # fmt: skip
ALL = ""  # group of all households
DRAWS = 2000


def targets_met(figures: pd.DataFrame, model: str = "default", seed: int = 1) -> pd.DataFrame:
    """Targets that the reviews measure: what was asked, what came, and whether it was met.

    figures : cleaned or reconciled figures
    Targets of the poor rate of all households, from data/raw/targets.csv and from the figures, of
    a level or of a fall. Each is measured only under the standard that it names; where it names
    none it is not scored. Of each: asked_low and asked_high in per cent, or in pp a year of fall,
    NaN where no end was asked; value is the rate in `year`, or the mean yearly fall from
    start_year to year, with the range of low and high that the intervals of the rates allow; where
    `year` is not reported, what came until the last rate. start is the rate of start_year, the
    first one from first_year on.
    met : 'yes' or 'no' where the whole range says so, 'open' where it straddles the target, or
          nothing was reported; a fall is met from asked_low on, more is no failure, a level up to
          asked_high
    probability : where the year is not reported, the share of the model's draws that meet it; NaN
          where there is no figure to start from
    A fall of one year that a source prints itself counts as it is printed, before any difference
    of rates. A target printed by several sources stands once. kind is 'rate' or 'fall'.
    """
    asked = pd.concat([_national(), _printed(figures)], ignore_index=True)
    asked = asked.drop_duplicates(["place", "standard", "kind", "asked_low", "asked_high",
                                   "first_year", "year"])  # fmt: skip
    known = observations(figures).sort_values(["standard", "place", "year"])
    falls = _falls(figures)
    rows = [_measured({str(name): cell for name, cell in row.items()}, known, falls)
            for row in asked.to_dict("records")]  # fmt: skip
    table = pd.DataFrame(rows, columns=COLUMNS)
    table["probability"] = _chances(table, figures, model, seed)
    return table.sort_values(["standard", "place", "year", "kind", "target_id"], ignore_index=True)


def _national() -> pd.DataFrame:
    """Targets of data/raw/targets.csv in the columns of `_measured`."""
    table = project.read_table(project.raw_dir() / "targets.csv", ["target_id", "indicator"])
    rows = table[
        table["indicator"].isin(["target_poor_rate", "target_poor_rate_change"])
        & table["group"].eq(ALL)
        & table["same_as"].eq("")
    ]
    kind = np.where(rows["indicator"].str.endswith("_change"), "fall", "rate")
    return pd.DataFrame(
        {
            "target_id": rows["target_id"], "place": rows["place"], "standard": rows["standard"],
            "kind": kind, "period": rows["period"], "sources": "targets",
            "asked_low": pd.to_numeric(rows["low"]), "asked_high": pd.to_numeric(rows["high"]),
        }
    ).pipe(_with_years)  # fmt: skip


def _printed(figures: pd.DataFrame) -> pd.DataFrame:
    """Targets that the sources print, in the columns of `_measured`.

    An end that the print leaves open (`from 2.81 points on`) is none, and a goal of one number is
    that number: its rounding is no latitude.
    """
    rows = figures[
        figures["indicator"].str.fullmatch(r"target_poor_rate(_change(_per_year)?)?")
        & figures["group"].eq(ALL)
        & ~figures["place"].str.contains("/", regex=False)
    ]
    kind = np.where(rows["indicator"].str.contains("_change"), "fall", "rate")
    low, high, value = (pd.to_numeric(rows[name]) for name in ("low", "high", "value"))
    one = rows["printed"].str.count(r"\d+(?:[.,]\d+)?").eq(1) & (low < value) & (value < high)
    low, high = low.where(~one, value), high.where(~one, value)
    return pd.DataFrame(
        {
            "target_id": rows["figure_id"], "place": rows["place"], "standard": rows["standard"],
            "kind": kind, "period": rows["period"], "sources": rows["source_id"],
            "asked_low": low.astype(float).where(low > 0),
            "asked_high": high.astype(float).where(high < 100),
        }
    ).pipe(_with_years)  # fmt: skip


def _with_years(asked: pd.DataFrame) -> pd.DataFrame:
    """With year, the last of the period, and first_year, whose stock a fall is counted from.

    A year and a span count from the year's end before: 2016-2020 from 2015. A span that begins
    with a round year names its base: 2015-2020 counts from 2015 too.
    """
    spans = asked["period"].str.extract(r"^(\d{4})-(\d{4})$").astype(float)
    single = asked["period"].map(year_of)
    year = spans[1].fillna(single)
    base = spans[0].where(spans[0] % 5 == 0, spans[0] - 1).fillna(single - 1)
    first = base.where(asked["kind"] == "fall")
    return asked.assign(year=year, first_year=first)


def _falls(figures: pd.DataFrame) -> pd.DataFrame:
    """Falls of the poor rate in one year as the sources print them, pp; a rise is below 0.

    Of several for a place, standard and year the one with the narrowest interval.
    """
    rows = household_counts.levels(figures)
    rows = rows[rows["indicator"].eq("poor_rate_change") & rows["unit"].eq("pp") & ~rows["doubted"]]
    rows = rows[rows["direction"].isin(["fall", "rise"])]
    rows = rows.assign(year=rows["period"].map(year_of), width=rows["high"] - rows["low"])
    rows = rows[~rows["period"].map(periods.is_span).astype(bool)]
    rise = rows["direction"] == "rise"
    low, high = rows["low"].mask(rise, -rows["high"]), rows["high"].mask(rise, -rows["low"])
    rows = rows.assign(value=rows["value"].mask(rise, -rows["value"]), low=low, high=high)
    rows = rows.sort_values(["width", "figure_id"])
    return rows.drop_duplicates(["standard", "place", "year"])


def _measured(
    row: dict[str, object], known: pd.DataFrame, falls: pd.DataFrame
) -> dict[str, object]:
    """One row of `targets_met`, without the chance."""
    result = dict.fromkeys(COLUMNS[8:], np.nan) | {name: row[name] for name in COLUMNS[:8]}
    result |= {"met": "open", "sources": row["sources"], "note": ""}
    year, first = float(str(row["year"])), float(str(row["first_year"]))
    if not row["standard"] or np.isnan(year):
        missing = "year" if row["standard"] else "standard"
        return result | {"note": f"no {missing} is named: not scored"}
    printed = falls[
        (falls["standard"] == row["standard"])
        & (falls["place"] == row["place"])
        & (falls["year"] == year)
    ]
    if row["kind"] == "fall" and first == year - 1 and len(printed):
        result |= {name: float(printed[name].iloc[0]) for name in _ENDS}
        result["sources"] = f"{row['sources']} {printed['source_id'].iloc[0]}"
        return result | {"met": _met_fall(result), "note": "the fall as printed"}
    mine = known[(known["standard"] == row["standard"]) & (known["place"] == row["place"])]
    if mine.empty:
        return result | {"note": f"no review rate of the place under {row['standard']}"}
    seen = mine[mine["year"] <= year]
    since = seen if np.isnan(first) else seen[seen["year"] >= first]
    if since.empty:
        return result | {"note": f"no rate of {int(year if np.isnan(first) else first)}"}
    start, last = since.iloc[0], since.iloc[-1]
    result["sources"] = " ".join(
        dict.fromkeys(f"{row['sources']} {last['sources']} {start['sources']}".split())
        if row["kind"] == "fall" else [str(row["sources"]), str(last["sources"])]
    )  # fmt: skip
    reported = int(last["year"]) == int(year)
    notes = [f"not reported for {int(year)}: so far, to {int(last['year'])}"] * (not reported)
    if row["kind"] == "rate":
        result |= {name: float(last[of]) for name, of in _ENDS.items()}
        return result | {"met": _met_rate(result) if reported else "open", "note": "".join(notes)}
    result["start"] = float(start["rate"])
    result["start_year"] = int(start["year"])
    if start["year"] != first:
        notes.append(f"counted from {int(start['year'])}, as {int(first)} is not reported")
    result["note"] = "; ".join(notes)
    span = int(last["year"]) - int(start["year"])
    if span == 0:
        return result
    result |= {
        "value": float(start["rate"] - last["rate"]) / span,
        "low": float(start["low"] - last["high"]) / span,
        "high": float(start["high"] - last["low"]) / span,
    }
    return result | {"met": _met_fall(result) if reported else "open"}


_ENDS = {"value": "rate", "low": "low", "high": "high"}


def _met_rate(row: dict[str, object]) -> str:
    """Whether a rate came down to the target, as far as its interval tells."""
    goal = float(str(row["asked_high"]))
    low, high = float(str(row["low"])), float(str(row["high"]))
    slack = 1e-9 * max(goal, 1.0)
    return "yes" if high <= goal + slack else "no" if low > goal + slack else "open"


def _met_fall(row: dict[str, object]) -> str:
    """Whether a yearly fall came up to the lower end asked for, as far as its interval tells."""
    goal = float(str(row["asked_low"]))
    low, high = float(str(row["low"])), float(str(row["high"]))
    slack = 1e-9 * max(goal, 1.0)
    return "yes" if low >= goal - slack else "no" if high < goal - slack else "open"


def _chances(table: pd.DataFrame, figures: pd.DataFrame, model: str, seed: int) -> list[float]:
    """The share of draws that meet each open target whose year is not reported; else NaN."""
    seen: dict[str, Panel] = {}
    futures: dict[tuple[str, int], Draws | None] = {}
    chances = []
    for row in table.to_dict("records"):
        if "not reported for" not in row["note"]:
            chances.append(np.nan)
            continue
        cell = (str(row["standard"]), int(row["year"]))
        seen = seen or reviews.panels(figures)
        if cell not in futures:
            futures[cell] = _future(seen[cell[0]], cell[1], model, seed)
        chances.append(_chance(row, futures[cell]))
    return chances


def _future(seen: Panel, year: int, model: str, seed: int) -> Draws | None:
    """Draws that reach a year, from all that was known the year before; None without a pace."""
    origin = min(year - 1, int(seen.rates.index[-1]))
    past = reviews.until(seen, origin)
    if past is None or year - origin > LONGEST:
        return None
    return simulate(past, origin, year - origin, model, DRAWS, seed)


def _chance(row: Mapping[Hashable, object], future: Draws | None) -> float:
    """Share of draws of the target's last year that meet it; NaN without draws or an end asked."""
    place = str(row["place"])
    goal = float(str(row["asked_high" if row["kind"] == "rate" else "asked_low"]))
    if future is None or place not in future.places or np.isnan(goal):
        return float("nan")
    rates = future.of(place)[-1]
    if row["kind"] == "rate":
        return float((rates <= goal + 1e-9).mean())
    span = float(str(row["year"])) - float(str(row["start_year"]))
    fall = (float(str(row["start"])) - rates) / span
    return float((fall >= goal - 1e-9).mean())
