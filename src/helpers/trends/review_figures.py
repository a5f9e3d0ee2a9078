"""Which reported review rate stands for a place and year: one value, its interval, its sources."""

from __future__ import annotations

import numpy as np
import pandas as pd

from helpers import periods, places
from helpers.trends import household_counts

MONTHS_NEAR = 3.0
"""A stock dated farther than this from a year's end is one of mid-year: the reviews are held from
September to December, and what is printed in between mostly carries the last one on."""

OPEN_END = 2.0
"""`Below 3%` was printed for a rate of at least 3/2, `at least 3%` for one of at most 3·2: who had
half or twice the number would have printed another one. A convention, no fact."""

RANKS = {"final": 0, "": 1, "preliminary": 2, "estimate": 3}
"""Which status stands where a place and year has several."""

COLUMNS = [
    "standard", "place", "year", "rate", "low", "high", "status", "period", "basis", "n_sources",
    "sources", "note",
]  # fmt: skip
STOCKS = [
    "figure_id", "source_id", "place", "group", "period", "standard", "indicator", "printed",
    "status", "value", "low", "high", "status_reconciled", "reconciled",
]  # fmt: skip
LEFT_OUT = ["standard", "place", "period", "printed", "source_id", "figure_id", "reason"]


def stocks(figures: pd.DataFrame) -> pd.DataFrame:
    """The figures that review rates and household totals are made from (STOCKS), as they stand.

    figures : reconciled figures
    Levels of whole places and all households under any standard: a change of any other figure
    moves no forecast.
    """
    kinds = {"total_households", *household_counts.FAMILIES, *household_counts.FAMILIES.values()}
    rows = figures[
        figures["indicator"].isin(kinds)
        & figures["group"].eq("")
        & figures["status"].ne("target")
        & ~figures["place"].str.contains("/", regex=False)
    ]
    return rows[STOCKS].reset_index(drop=True)


def observations(figures: pd.DataFrame) -> pd.DataFrame:
    """One review rate a place, standard and year (COLUMNS), by standard, place and year.

    figures : cleaned or reconciled figures; `reconciled` is used where it is filled
    Poor rates of all households of the country, the 63 provinces and the units of 2025, per cent;
    no survey, no target, no span of years. A stock belongs to the nearest year's end: `2015`,
    `2015-12` and `2016-01` are the stock of 2015, and so is `2016-06`, which mostly carries the
    last review on. Of several figures the nearest to the year's end counts, then final before
    unnamed before preliminary before estimate. Prints that agree within their rounding are one
    release; of releases that differ the middle is taken, and low and high span them all.
    basis is 'printed', or 'households' where the rate is poor households by all households.
    """
    return _judged(figures)[0]


def left_out(figures: pd.DataFrame) -> pd.DataFrame:
    """The review rates that `observations` does not use, a row each (LEFT_OUT), with the reason."""
    return _judged(figures)[1]


def year_of(period: str) -> float:
    """Year whose end a stock belongs to: the nearest one, the earlier for June; NaN for no date."""
    return float(np.ceil(periods.end(period) - 0.5) - 1)


def _judged(figures: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    rows = _candidates(figures)
    rows = rows.assign(reason=_unusable(rows))
    good = rows[rows["reason"] == ""].astype({"year": "int64"})
    keys = ["standard", "place", "year"]
    best = good.sort_values(["mid_year", "rank"]).groupby(keys)[["mid_year", "rank"]]
    good = good.join(best.transform("first").add_suffix("_best"))
    better = _superseded(good)
    kept = good[better == ""]
    kept = kept[_repeats(kept) == ""]
    repeated = good.loc[(better == "") & ~good.index.isin(kept.index)].assign(
        reason="repeats the stock of the year's end before"
    )
    dropped = good[better != ""].assign(reason=better[better != ""])
    found = [_one(part) for _, part in kept.groupby(keys, sort=True)]
    unused = pd.concat([rows[rows["reason"] != ""], dropped, repeated])
    unused = unused.sort_values(["standard", "place", "period", "figure_id"], ignore_index=True)
    return pd.DataFrame(found, columns=COLUMNS), unused[LEFT_OUT]


def _candidates(figures: pd.DataFrame) -> pd.DataFrame:
    """Review rates of whole places, printed or from counts, with value and ends as reconciled."""
    levels = household_counts.levels(figures)
    known = {"VN", *(p.code for p in places.provinces("63"))}
    known |= {p.code for p in places.provinces("34")}
    levels = levels[levels["place"].isin(known) & ~levels["standard"].str.startswith("gso-")]
    printed = levels[levels["indicator"] == "poor_rate"].assign(basis="printed")
    rows = pd.concat([printed, _derived(levels, printed)], ignore_index=True)
    ends = periods.ends(rows["period"])
    year = np.ceil(ends - 0.5) - 1
    months = (ends - year - 1).abs() * 12
    low = rows["low"].where((rows["low"] > 0) | (rows["value"] <= 0), rows["value"] / OPEN_END)
    low = low.where(low <= rows["value"], rows["low"])
    low = low.where(rows["high"] <= rows["value"], rows["low"])
    high = rows["high"].where(rows["high"] < 100, (rows["value"] * OPEN_END).clip(upper=100))
    high = high.where(rows["value"] > 0, rows["high"])
    return rows.assign(
        year=year, low=low, high=high, mid_year=months > MONTHS_NEAR,
        rank=rows["status"].map(RANKS),
    )  # fmt: skip


def _derived(levels: pd.DataFrame, printed: pd.DataFrame) -> pd.DataFrame:
    """Rates from poor households and all households of one place and period, where none is printed.

    100·H / T at the ends of both intervals; T is of the same source, else of another one.
    """
    counts = levels[(levels["indicator"] == "poor_households") & ~levels["doubted"]]
    totals = levels[(levels["indicator"] == "total_households") & ~levels["doubted"]]
    keys = ["place", "period"]
    have = pd.MultiIndex.from_frame(printed[[*keys, "standard"]])
    counts = counts[~pd.MultiIndex.from_frame(counts[[*keys, "standard"]]).isin(have)]
    pairs = counts.merge(totals[[*keys, "source_id", "low", "high"]], on=keys, suffixes=("", "_t"))
    pairs = pairs[pairs["low_t"] > 0].sort_values(
        ["figure_id", "source_id_t"],
        key=lambda column: column if column.name == "figure_id" else column != pairs["source_id"],
    )
    pairs = pairs.drop_duplicates("figure_id")
    low, high = 100 * pairs["low"] / pairs["high_t"], 100 * pairs["high"] / pairs["low_t"]
    return pairs.assign(
        value=(low + high) / 2, low=low, high=high, basis="households", indicator="poor_rate"
    )[list(printed.columns)]


def _unusable(rows: pd.DataFrame) -> pd.Series:
    """Why a row cannot be used at all; '' for the others."""
    reason = pd.Series("", index=rows.index, dtype="str")
    reason = reason.mask(rows["year"].isna(), "no date")
    reason = reason.mask(rows["period"].map(periods.is_span).astype(bool), "a span of years")
    reason = reason.mask(rows["standard"] == "", "standard not known")
    return reason.mask(rows["doubted"], "doubted: it contradicts other figures")


def _superseded(good: pd.DataFrame) -> pd.Series:
    """Why another figure of the place and year stands instead; '' where none does."""
    reason = pd.Series("", index=good.index, dtype="str")
    status = good["status"].where(good["status"] != "", "not marked final")
    reason = reason.mask(
        good["rank"] > good["rank_best"], status + ": a better settled figure stands instead"
    )
    mid = good["mid_year"] & ~good["mid_year_best"].astype(bool)
    return reason.mask(mid, "a figure of mid-year: the year's end has its own")


def _repeats(kept: pd.DataFrame) -> pd.Series:
    """Marks a figure of a bare year that only prints the last stock again.

    Yên Bái's `2016` is its `2016-01` to the digit: a stock of the beginning of the year. Only a
    figure above 0 that equals one dated by its month at the year's end before is taken so.
    """
    dated = kept[kept["period"].str.fullmatch(r"\d{4}-\d{2}") & (kept["value"] > 0)]
    columns = ["standard", "place", "year", "value"]
    before = set(dated.assign(year=dated["year"] + 1)[columns].itertuples(index=False, name=None))
    bare = kept["period"].str.fullmatch(r"\d{4}")
    said = [key in before for key in kept[columns].itertuples(index=False, name=None)]
    return pd.Series(np.where(bare & np.array(said, dtype=bool), "again", ""), index=kept.index)


def _one(part: pd.DataFrame) -> dict[str, object]:
    """One row of `observations` from the figures that stand for one place, standard and year."""
    releases, first = _releases(part), part.iloc[0]
    notes = []
    if len(releases) > 1:
        notes.append(f"{len(releases)} releases differ: their middle is taken")
    if part["mid_year"].any():
        notes.append(f"printed for {part['period'].min()}")
    if (part["basis"] == "households").all():
        notes.append("poor households by all households")
    status = str(first["status"])
    if status in ("preliminary", "estimate"):
        notes.append(status)
    sources = sorted(part["source_id"].unique())
    return {
        "standard": first["standard"], "place": first["place"], "year": int(first["year"]),
        "rate": float(releases["value"].median()),
        "low": float(releases["low"].min()), "high": float(releases["high"].max()),
        "status": status, "period": str(part["period"].min()), "basis": str(part["basis"].min()),
        "n_sources": len(sources), "sources": " ".join(sources), "note": "; ".join(notes),
    }  # fmt: skip


def _releases(part: pd.DataFrame) -> pd.DataFrame:
    """Figures that say something different, the finest first; a coarser print of one is it again.

    Pages that repeat a release are so counted once, and not once a page.
    """
    rows = part.assign(width=part["high"] - part["low"], whole=part["basis"] == "households")
    rows = rows.sort_values(["whole", "width", "value", "figure_id"])
    kept: list[int] = []
    for number, (low, high) in enumerate(zip(rows["low"], rows["high"], strict=True)):
        fine = rows["value"].iloc[kept]
        slack = 1e-9 * max(abs(high), 1e-9)
        if not ((fine >= low - slack) & (fine <= high + slack)).any():
            kept.append(number)
    return rows.iloc[kept]
