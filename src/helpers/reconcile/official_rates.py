"""Official poverty rates of regions and the country against those of their parts."""

from __future__ import annotations

import numpy as np
import pandas as pd

from helpers import ledger, places, project
from helpers.reconcile import official_weights, official_words
from helpers.reconcile.official_tables import (
    RURAL,
    TOTAL,
    URBAN,
    apart,
    parts_of_places,
    printed_ranges,
)

STANDARDS = ("gso-1998", "gso-2006", "gso-2010", "gso-md-2016", "gso-md-2022")
"""Survey standards; under the first no rates of provinces are printed."""

RATE_COLUMNS = (
    *("standard", "source_id", "parts_source", "place", "year", "split", "printed"),
    *("rate_low", "rate_high", "parts", "missing", "weighted", "weighted_low", "weighted_high"),
    *("gap_pp", "apart_pp", "side", "checked", "reconcilable", "possible"),
    *("least_weight_change_pct", "needed_low", "needed_high"),
)
SHARE_COLUMNS = ("share_low", "share_high", "printed_share_low", "printed_share_high")
TWICE_COLUMNS = (
    *("standard", "year", "place", "group", "source_id", "printed", "other_source_id"),
    *("other_printed", "gap_pp", "can_meet", "cause", "explanation_en", "explanation_vi"),
)
STEADY_COLUMNS = (
    *("standard", "source_id", "region", "years", "possible", "least_steady_change_pct"),
)
GROUPS = {"residence": ("urban", "rural"), "ethnicity": ("ethnic_minority", "ethnic_kinh_hoa")}
WEIGHTS = {"urban": URBAN, "rural": RURAL}
ID = ["source_id", "place", "year"]
PART_COLUMNS = [*ID, "parts_source", "part", "value", "low", "high", "missing"]
PART_COLUMNS += ["weight", "weight_low", "weight_high"]


def regional_rates(
    standard: str,
    rates: pd.DataFrame | None = None,
    population: pd.DataFrame | None = None,
    base: str = TOTAL,
) -> pd.DataFrame:
    """Printed rates of regions against their provinces' rates weighted by population.

    standard   : one of STANDARDS
    rates, population : tables as from `ledger.load_official("poverty")` and `("population")`, the
                 project's own by default
    base       : the weights, an indicator of the population table; of women, or of rural or urban
                 people, it is printed until 2016. Households are not printed
    Returns RATE_COLUMNS, explanation_en and explanation_vi, a row a region, year and table that
    prints it (`source_id`; the provinces are those of `parts_source`, the same table where it has
    them). weighted_low, weighted_high: the least and greatest weighted mean that all prints allow,
    rates and population; weighted, gap_pp (region − weighted): as printed; apart_pp: how far the
    two ranges are apart. reconcilable: they meet. possible: some weights at all would do, as the
    region lies between its lowest and highest province. least_weight_change_pct: the least e such
    that weights within ± e per cent of the population reconcile it. A rate that is not available
    is free from 0 to 100, and needed_low, needed_high say what it would have to be if it is the
    only one. checked is False where the provinces have no rates in that year.
    All is reported, nothing adjusted: the tables do not say what base the rates have.
    """
    known = _rates(standard, rates)
    wholes = known[(known["kind"] == "region") & (known["group"] == "")]
    people = _people(population)
    people = people[people["indicator"] == base].assign(indicator=TOTAL)
    parts = _of_places(wholes, known, people, "provinces")
    frame = _rated(wholes, parts, "provinces")
    return official_words.with_sentences(frame)


def national_rates(
    standard: str, rates: pd.DataFrame | None = None, population: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Printed rates of the country against those of its parts, as `regional_rates`.

    Returns RATE_COLUMNS, SHARE_COLUMNS and both explanations, a row a table, year and `split`:
    `regions`, `provinces`, `residence` (urban and rural) or `ethnicity` (minorities, and Kinh and
    Hoa). For two groups share_low, share_high: the share of the first group, per cent, that the
    three rates imply; printed_share_*: its share of the population where it is printed. A split
    without weights is not checked; `possible` says that the country lies between the groups.
    """
    known = _rates(standard, rates)
    people = _people(population)
    wholes = known[(known["kind"] == "country") & (known["group"] == "")]
    frames = []
    for split in ("regions", "provinces"):
        frames.append(_rated(wholes, _of_places(wholes, known, people, split), split))
    for split in GROUPS:
        parts = _of_groups(wholes, known, people, split)
        frames.append(_rated(wholes, parts, split).merge(_shares(wholes, parts, split), on=ID))
    frame = pd.concat(frames, ignore_index=True)
    frame = frame.sort_values(["split", "year", "source_id"], ignore_index=True)
    frame = official_words.with_sentences(frame)
    return frame[[*RATE_COLUMNS, *SHARE_COLUMNS, "explanation_en", "explanation_vi"]]


def printed_twice(rates: pd.DataFrame | None = None) -> pd.DataFrame:
    """Official rates that two tables print with different values.

    rates : as for `regional_rates`; of all standards
    Returns TWICE_COLUMNS, a row a pair of prints: gap_pp = other − first; can_meet: rounding alone
    explains it; cause, where it does not: `preliminary` where one table calls its rate so and the
    other does not, else `date`: two states of one survey, of which the tables say nothing.
    """
    table = ledger.load_official("poverty") if rates is None else rates
    known = table.assign(**printed_ranges(table))
    known = known[known["low"].notna()].sort_values("source_id")
    keys = ["standard", "period", "place", "group", "indicator"]
    names = [*keys, "source_id", "printed", "value", "low", "high", "status"]
    pairs = known[names].merge(known[names], on=keys, suffixes=("", "_2"))
    pairs = pairs[(pairs["source_id"] < pairs["source_id_2"])]
    pairs = pairs[pairs["value"] != pairs["value_2"]].sort_values(keys, ignore_index=True)
    meet = ~apart(pairs["low"], pairs["high"], pairs["low_2"], pairs["high_2"])
    one_sided = (pairs["status"] == "preliminary") != (pairs["status_2"] == "preliminary")
    cause = pd.Series("date", index=pairs.index).mask(one_sided, "preliminary").mask(meet, "")
    pairs = pairs.assign(
        year=pairs["period"].astype("int64"),
        gap_pp=pairs["value_2"] - pairs["value"],
        can_meet=meet,
        cause=cause,
    )
    pairs = pairs.rename(columns={"source_id_2": "other_source_id", "printed_2": "other_printed"})
    return official_words.of_two_tables(pairs)[list(TWICE_COLUMNS)]


def steady_weights(
    standard: str, rates: pd.DataFrame | None = None, population: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Whether one factor a province, the same in all years, reconciles a region in all of them.

    standard, rates, population : as for `regional_rates`
    Households are persons over persons a household, and the latter moves slowly: weights by
    households are about population × a constant factor of the province. least_steady_change_pct
    is the least e such that factors from 1 − e to 1 + e (e in per cent) give the weighted means
    the printed rates of the region in every year; possible is False where no factors above zero
    do. See `official_weights.least_steady_change`; the weights are the population.
    Years with a rate that is not available are left out.
    Returns STEADY_COLUMNS, a row a region. Raises RuntimeError where a program is not solved.
    """
    known = _rates(standard, rates)
    wholes = known[(known["kind"] == "region") & (known["group"] == "")]
    parts = _of_places(wholes, known, _people(population), "provinces")
    parts = parts[parts["source_id"] == parts["parts_source"]]
    lacking = parts["missing"] | parts["weight"].isna()
    parts = parts[~lacking.groupby([parts[name] for name in ID]).transform("any")]
    parts = parts.merge(wholes[[*ID, "low", "high"]], on=ID, suffixes=("", "_whole"))
    rows = []
    for (source, place), mine in parts.groupby(["source_id", "place"], sort=True):
        goals = mine.groupby("year")[["low_whole", "high_whole"]].first()
        change = official_weights.least_steady_change(
            pd.factorize(mine["part"])[0],
            np.searchsorted(goals.index.to_numpy(), mine["year"].to_numpy()),
            (mine["weight_low"].to_numpy(), mine["weight_high"].to_numpy()),
            (mine["low"].to_numpy(), mine["high"].to_numpy()),
            (goals["low_whole"].to_numpy(), goals["high_whole"].to_numpy()),
        )
        rows.append((standard, source, place, len(goals), bool(change >= 0), 100 * change))
    return pd.DataFrame(rows, columns=list(STEADY_COLUMNS))


def rates_summary(
    rates: pd.DataFrame | None = None, population: pd.DataFrame | None = None
) -> pd.DataFrame:
    """How many region-years each table prints, how many are checked, how many do not fit.

    Returns standard, source_id, same_table (the provinces stand in the same table), region_years,
    checked, not_reconcilable, impossible (whatever the weights), below, above (of those that do not
    fit: the region below or above its provinces' mean), one_sign (regions whose gap has one sign
    in all checked years, at least two, blank-separated), largest_change_pct.
    """
    frames = [regional_rates(standard, rates, population) for standard in STANDARDS]
    frame = pd.concat(frames, ignore_index=True)
    rows = []
    for (standard, source), mine in frame.groupby(["standard", "source_id"], sort=True):
        checked = mine[mine["checked"]]
        misfits = checked[~checked["reconcilable"].astype("bool")]
        signs = np.sign(checked["gap_pp"].dropna()).groupby(checked["place"])
        steady = signs.agg(lambda sign: len(sign) > 1 and len(set(sign)) == 1)
        rows.append(
            {
                "standard": standard,
                "source_id": source,
                "same_table": bool((checked["parts_source"] == source).any()),
                "region_years": len(mine),
                "checked": len(checked),
                "not_reconcilable": len(misfits),
                "impossible": int((~checked["possible"].astype("bool")).sum()),
                "below": int((misfits["side"] == "below").sum()),
                "above": int((misfits["side"] == "above").sum()),
                "one_sign": " ".join(steady.index[steady.astype("bool")]),
                "largest_change_pct": checked["least_weight_change_pct"].max(),
            }
        )
    return pd.DataFrame(rows)


def _rates(standard: str, rates: pd.DataFrame | None) -> pd.DataFrame:
    """Printed rates of one standard with ranges as fine as their table is, `kind` and `year`."""
    if standard not in STANDARDS:
        raise project.UserError(
            f"The official tables have no rates under {standard!r}: choose one of "
            f"{', '.join(STANDARDS)}."
        )
    table = ledger.load_official("poverty") if rates is None else rates
    known = table.assign(**printed_ranges(table))
    known = known[(known["standard"] == standard) & (known["indicator"] == "poor_rate")]
    kinds = {code: places.get(code).kind for code in known["place"].unique()}
    known = known.assign(kind=known["place"].map(kinds), year=known["period"].astype("int64"))
    return known[known["low"].notna()].sort_values("figure_id", ignore_index=True)


def _people(population: pd.DataFrame | None) -> pd.DataFrame:
    """Printed population by place, year and indicator: weight, weight_low, weight_high."""
    table = ledger.load_official("population") if population is None else population
    table = table.assign(**printed_ranges(table))
    table = table[table["low"].notna() & (table["group"] == "")].sort_values("source_id")
    table = table.assign(year=table["period"].astype("int64"))
    table = table.drop_duplicates(["place", "year", "indicator"], keep="last")
    names = {"value": "weight", "low": "weight_low", "high": "weight_high"}
    return table.rename(columns=names)[["place", "year", "indicator", *names.values()]]


def _of_places(
    wholes: pd.DataFrame, known: pd.DataFrame, people: pd.DataFrame, split: str
) -> pd.DataFrame:
    """The parts of places, provinces or regions: a row a part that exists in the year.

    PART_COLUMNS. The parts are those of the table of the whole where it has any, else of
    the one other table that has.
    """
    rated = known[(known["kind"] == split.removesuffix("s")) & (known["group"] == "")]
    sources = rated.groupby("year")["source_id"].unique()
    frames = []
    for source, year in wholes[["source_id", "year"]].drop_duplicates().itertuples(index=False):
        there = sorted(sources.get(year, []))
        if not there:
            continue
        parts_source = source if source in there else there[0]
        own = rated[(rated["year"] == year) & (rated["source_id"] == parts_source)]
        inside = parts_of_places(str(year), set(own["place"]))
        inside = inside[(inside["whole"] == "VN") == (split == "regions")]
        if split == "provinces":
            inside = pd.concat([inside, inside.assign(whole="VN")])
        inside = inside.rename(columns={"whole": "place"})
        inside = inside.assign(source_id=source, year=year, parts_source=parts_source)
        rate = own[["place", "value", "low", "high"]].rename(columns={"place": "part"})
        weight = people[(people["indicator"] == TOTAL) & (people["year"] == year)]
        weight = weight.rename(columns={"place": "part"}).drop(columns=["indicator", "year"])
        frames.append(
            inside.merge(rate, how="left", on="part").merge(weight, how="left", on="part")
        )
    return _finished(frames)


def _of_groups(
    wholes: pd.DataFrame, known: pd.DataFrame, people: pd.DataFrame, split: str
) -> pd.DataFrame:
    """The groups of the country, as `_of_places`; without weights where no population is printed.

    Years without the rates of all groups are left out.
    """
    groups = GROUPS[split]
    rated = known[known["group"].isin(groups)]
    rated = rated.rename(columns={"group": "part"})[[*ID, "part", "value", "low", "high"]]
    rated = rated[rated.groupby(ID)["part"].transform("size") == len(groups)]
    rated = rated.merge(wholes[ID], on=ID).assign(parts_source=rated["source_id"])
    named = people.assign(part=people["indicator"].map({WEIGHTS[g]: g for g in WEIGHTS}))
    weights = named[["place", "year", "part", "weight", "weight_low", "weight_high"]]
    return _finished([rated.merge(weights, how="left", on=["place", "year", "part"])])


def _finished(frames: list[pd.DataFrame]) -> pd.DataFrame:
    """Parts with PART_COLUMNS; a rate that is not available is free from 0 to 100."""
    if not frames:
        return pd.DataFrame(columns=PART_COLUMNS)
    parts = pd.concat(frames, ignore_index=True)
    parts = parts.assign(missing=parts["low"].isna())
    parts = parts.fillna({"low": 0.0, "high": 100.0})
    return parts.sort_values([*ID, "part"], ignore_index=True)[PART_COLUMNS]


def _rated(wholes: pd.DataFrame, parts: pd.DataFrame, split: str) -> pd.DataFrame:
    """RATE_COLUMNS for printed wholes, each against its parts; not checked where it has none."""
    names = {"low": "rate_low", "high": "rate_high"}
    frame = wholes.rename(columns=names)[["standard", *ID, "printed", "value", *names.values()]]
    parts = parts.merge(frame[ID], on=ID)
    groups = parts.groupby(ID)
    spans = groups.agg(
        parts_source=("parts_source", "first"),
        parts=("part", "size"),
        weighed=("weight", "count"),
        lowest=("low", "min"),
        highest=("high", "max"),
    )
    spans["missing"] = parts[parts["missing"].astype("bool")].groupby(ID)["part"].agg(" ".join)
    frame = frame.merge(spans.reset_index(), how="left", on=ID).assign(split=split)
    frame = frame.fillna({"missing": "", "parts_source": "", "parts": 0})
    checked = (frame["weighed"] == frame["parts"]) & (frame["parts"] > 0)
    frame = frame.astype({"lowest": "float64", "highest": "float64"})
    outside = apart(frame["rate_low"], frame["rate_high"], frame["lowest"], frame["highest"])
    frame = frame.assign(
        checked=checked,
        possible=(~outside).astype("boolean").where(frame["parts"] > 0),
        parts=frame["parts"].astype("int64"),
    )
    frame = frame.sort_values(ID, ignore_index=True)
    return frame.join(_weighted(frame[frame["checked"]], parts))


def _weighted(frame: pd.DataFrame, parts: pd.DataFrame) -> pd.DataFrame:
    """The columns of RATE_COLUMNS that need weights, on the index of the checked rows."""
    numbers = frame[[*ID, "rate_low", "rate_high"]].assign(group=np.arange(len(frame)))
    parts = parts.merge(numbers, on=ID)
    group = parts["group"].to_numpy(dtype=np.int64)
    low, high, value, weight, light, heavy = (
        parts[name].to_numpy(dtype=np.float64)
        for name in ("low", "high", "value", "weight", "weight_low", "weight_high")
    )
    rate_low, rate_high = frame["rate_low"].to_numpy(), frame["rate_high"].to_numpy()
    least = -official_weights.greatest_means(group, -low, light, heavy)
    most = official_weights.greatest_means(group, high, light, heavy)
    up = official_weights.least_changes(group, high, light, heavy, rate_low)
    down = official_weights.least_changes(group, -low, light, heavy, -rate_high)
    mean = np.bincount(group, weight * value) / np.bincount(group, weight)
    slack = 1e-9 * np.maximum(rate_high, 1.0)
    side = np.where(rate_high < least - slack, "below", "meets")
    side = np.where(rate_low > most + slack, "above", side)
    change = 100 * np.where(side == "above", up, down)
    missing = parts["missing"].to_numpy(dtype=np.bool_)
    needed = official_weights.needed_rates(
        group, missing, (low, high), (light, heavy), (rate_low, rate_high)
    )
    meets = side == "meets"
    return pd.DataFrame(
        {
            "weighted": mean,
            "weighted_low": least,
            "weighted_high": most,
            "gap_pp": frame["value"].to_numpy() - mean,
            "apart_pp": np.where(meets, 0.0, np.maximum(rate_low - most, least - rate_high)),
            "side": side,
            "reconcilable": pd.array(meets, dtype="boolean"),
            "least_weight_change_pct": np.where(meets, 0.0, change),
            "needed_low": needed[0],
            "needed_high": needed[1],
        },
        index=frame.index,
    )


def _shares(wholes: pd.DataFrame, parts: pd.DataFrame, split: str) -> pd.DataFrame:
    """ID and SHARE_COLUMNS: the share of the first of two groups, from the rates and as printed.

    N = s A + (1 − s) B gives s = (N − B) / (A − B), monotone in each of the three where A and B
    have no common point: its ends lie at ends of the three.
    """
    names = ["low", "high", "weight_low", "weight_high"]
    one, two = (
        parts[parts["part"] == group].set_index(ID)[names].astype("float64")
        for group in GROUPS[split]
    )
    whole = wholes.set_index(ID)[["low", "high"]].reindex(one.index)
    two = two.reindex(one.index)
    corners = [
        100 * (whole[n] - two[b]) / (one[a] - two[b])
        for n in ("low", "high")
        for a in ("low", "high")
        for b in ("low", "high")
    ]
    known = apart(one["low"], one["high"], two["low"], two["high"])
    ends = pd.concat(corners, axis=1).clip(0, 100).where(known)
    light = one["weight_low"] / (one["weight_low"] + two["weight_high"])
    heavy = one["weight_high"] / (one["weight_high"] + two["weight_low"])
    columns = [ends.min(axis=1), ends.max(axis=1), 100 * light, 100 * heavy]
    shares = dict(zip(SHARE_COLUMNS, columns, strict=True))
    return pd.DataFrame(shares).reset_index()
