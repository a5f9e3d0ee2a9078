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

Figure = tuple[int, str, str, str, str, bool]  # position, status, period, basis, source, mid_year
KEYS = ["standard", "place", "year"]
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
    best = good.sort_values(["mid_year", "rank"]).groupby(KEYS)[["mid_year", "rank"]]
    good = good.join(best.transform("first").add_suffix("_best"))
    better = _superseded(good)
    kept = good[better == ""]
    kept = kept[_repeats(kept) == ""]
    repeated = good.loc[(better == "") & ~good.index.isin(kept.index)].assign(
        reason="repeats the stock of the year's end before"
    )
    dropped = good[better != ""].assign(reason=better[better != ""])
    unused = pd.concat([rows[rows["reason"] != ""], dropped, repeated])
    unused = unused.sort_values(["standard", "place", "period", "figure_id"], ignore_index=True)
    return _merged(kept), unused[LEFT_OUT]


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


def _merged(kept: pd.DataFrame) -> pd.DataFrame:
    """The rows of `observations` from the figures that stand, of one or several sources."""
    if kept.empty:
        return pd.DataFrame(columns=COLUMNS)
    rows = kept.assign(
        width=kept["high"] - kept["low"],
        whole=kept["basis"] == "households",
        position=np.arange(len(kept)),
    ).sort_values([*KEYS, "whole", "width", "value", "figure_id"], ignore_index=True)
    cell = rows.groupby(KEYS, sort=True).ngroup().to_numpy()
    ends = np.append(np.flatnonzero(np.diff(cell)) + 1, len(rows)).tolist()
    spans = list(zip([0, *ends], ends, strict=False))
    numbers = rows[["low", "high", "value"]].to_numpy(float).tolist()
    released = [start + place for start, end in spans for place in _releases(numbers[start:end])]
    releases = rows.iloc[released].groupby(cell[released])
    names = ["position", "status", "period", "basis", "source_id", "mid_year"]
    figures = list(rows[names].itertuples(index=False, name=None))
    counts = releases.size().tolist()
    told = [_told(figures[start:end], n) for (start, end), n in zip(spans, counts, strict=True)]
    table = rows.loc[[start for start, _ in spans], KEYS].reset_index(drop=True)
    table = table.assign(
        rate=releases["value"].median(), low=releases["low"].min(), high=releases["high"].max()
    )
    return table.join(pd.DataFrame(told, columns=COLUMNS[6:]))[COLUMNS]


def _told(figures: list[Figure], releases: int) -> list[object]:
    """What a row of `observations` says of its figures: the columns from `status` on."""
    _, statuses, dated, bases, sources, mid_year = zip(*sorted(figures), strict=True)
    first, basis, known = min(dated), min(bases), sorted(set(sources))
    notes = []
    if releases > 1:
        notes.append(f"{releases} releases differ: their middle is taken")
    if any(mid_year):
        notes.append(f"printed for {first}")
    if set(bases) == {"households"}:
        notes.append("poor households by all households")
    if statuses[0] in ("preliminary", "estimate"):
        notes.append(statuses[0])
    return [statuses[0], first, basis, len(known), " ".join(known), "; ".join(notes)]


def _releases(figures: list[list[float]]) -> list[int]:
    """Numbers of the figures that say something different; a coarser print of one is it again.

    figures : low, high and value of each, the finest first
    Pages that repeat a release are so counted once, and not once a page.
    """
    kept: list[int] = []
    for number, (low, high, _) in enumerate(figures):
        slack = 1e-9 * max(abs(high), 1e-9)
        if not any(low - slack <= figures[fine][2] <= high + slack for fine in kept):
            kept.append(number)
    return kept
