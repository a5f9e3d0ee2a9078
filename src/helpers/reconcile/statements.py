"""Statements of the rules about a ledger, as rows of the system."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from helpers.periods import ends as period_end
from helpers.reconcile.system import RULES, Bools, Floats, Ints

PER_YEAR = "_change_per_year"
KEY = ["source_id", "place", "group", "period", "standard", "stage"]
REVIEW_STEMS = {p + s for p in ("", "target_") for s in ("poor", "near_poor", "multidim_poor")}
RESIDENCE = {"urban": "residence", "rural": "residence"}
SEX = {"male": "sex", "female": "sex"}


@dataclass(frozen=True)
class Values:
    """The unknown values of a ledger: totals first, then households, rates, single figures.

    bases      : one row a total; the index is its number; columns KEY
    households : base, stem, var ; rates : base, stem, var
    size       : how many values there are; whole: (size,) whether each is a whole number
    """

    bases: pd.DataFrame
    households: pd.DataFrame
    rates: pd.DataFrame
    size: int
    whole: Bools


@dataclass
class Rows:
    """Rows of the system while they are gathered, block by block."""

    count: int = 0
    row: list[Ints] = field(default_factory=list)
    col: list[Ints] = field(default_factory=list)
    coef: list[Floats] = field(default_factory=list)
    low: list[Floats] = field(default_factory=list)
    high: list[Floats] = field(default_factory=list)
    rule: list[Ints] = field(default_factory=list)
    figure: list[Ints] = field(default_factory=list)
    ids: list[str] = field(default_factory=lambda: list(RULES))

    def add(
        self,
        rule: str,
        terms: Sequence[tuple[Ints, Floats | float]],
        low: float,
        high: float,
        figure: Ints | None = None,
    ) -> None:
        """Rows  low <= sum of terms <= high ; a term is (values, coefficients), one a row."""
        size = len(terms[0][0])
        ids = np.arange(self.count, self.count + size)
        for values, coefficient in terms:
            self._entries(ids, values, np.broadcast_to(np.asarray(coefficient, float), (size,)))
        self._ends(rule, size, low, high, figure)

    def add_sums(self, of_row: Ints, parts: Ints, wholes: Ints, rule: str = "sum-of-parts") -> None:
        """Rows  sum of parts - whole = 0 ; of_row: (p,) row of each part, wholes: one a row."""
        self._entries(of_row + self.count, parts, np.ones(len(parts)))
        self._entries(self.count + np.arange(len(wholes)), wholes, np.full(len(wholes), -1.0))
        self._ends(rule, len(wholes), 0.0, 0.0, None)

    def _entries(self, row: Ints, col: Ints, coef: Floats) -> None:
        self.row.append(row.astype(np.int64))
        self.col.append(np.asarray(col, dtype=np.int64))
        self.coef.append(coef)

    def _ends(self, rule: str, size: int, low: float, high: float, figure: Ints | None) -> None:
        self.low.append(np.full(size, low))
        self.high.append(np.full(size, high))
        if rule not in self.ids:
            self.ids.append(rule)
        self.rule.append(np.full(size, self.ids.index(rule), dtype=np.int64))
        self.figure.append(np.full(size, -1, dtype=np.int64) if figure is None else figure)
        self.count += size


def state(table: pd.DataFrame, values: Values, ties: pd.DataFrame) -> Rows:
    """All rows that hold between the figures of a ledger.

    table : described and numbered ledger; ties: relation, a, b as positions in it
    """
    rows = Rows()
    _rates(rows, table, values, ties)
    _households(rows, values)
    _nesting(rows, values)
    _sums(rows, table, ties)
    _parts(rows, table, ties)
    _changes(rows, table, ties)
    _shares(rows, table, values, ties)
    return rows


def _lookup(numbers: pd.DataFrame, base: Ints, stem: Sequence[str] | pd.Series) -> Ints:
    """Numbers of the values of (base, stem), -1 where there is none."""
    wanted = pd.DataFrame({"base": base, "stem": np.asarray(stem, dtype=object)})
    found = wanted.astype({"stem": "str"}).merge(numbers, how="left", on=["base", "stem"])["var"]
    return found.fillna(-1).to_numpy(dtype=np.int64)


def _rates(rows: Rows, table: pd.DataFrame, values: Values, ties: pd.DataFrame) -> None:
    """low(r)*T <= 100*H <= high(r)*T for the review's rates, and for others that links tie."""
    rates = counted_rates(table, ties)
    whole = rates["base"].to_numpy(dtype=np.int64)
    part = _lookup(values.households, whole, rates["stem"])
    add_rate(rows, "households-rate-total", rates, whole, part)


def counted_rates(table: pd.DataFrame, ties: pd.DataFrame) -> pd.DataFrame:
    """Rows of the rates that are per cent of all households: the count has their base and stem."""
    tied = ties[ties["relation"] == "rate_of"]
    a, b = table.loc[tied["a"]].reset_index(), table.loc[tied["b"]].reset_index()
    linked = (a["kind"] == "rate") & ~a["ratable"] & ~a["standard"].str.startswith("gso")
    linked &= (b["kind"] == "count") & (a["base"] == b["base"]) & (a["stem"] == b["stem"])
    return pd.concat([table[table["ratable"]], table.loc[a.loc[linked, "index"].unique()]])


def add_rate(
    rows: Rows, rule: str, rates: pd.DataFrame, whole: Ints, part: Ints, factor: float = 100.0
) -> None:
    """Rows  low*whole <= factor*part <= high*whole ; rates: low, high by number of the figure."""
    figure = rates.index.to_numpy(dtype=np.int64)
    low, high = rates["low"].to_numpy(float), rates["high"].to_numpy(float)
    rows.add(rule, [(whole, low), (part, -factor)], -np.inf, 0.0, figure)
    ends = np.isfinite(high)
    terms = [(whole[ends], -high[ends]), (part[ends], factor)]
    rows.add(rule, terms, -np.inf, 0.0, figure[ends])


def _households(rows: Rows, values: Values) -> None:
    """H <= T; poor + near-poor = multidimensionally poor, or at most T where that is unknown."""
    numbers = values.households
    total = numbers["base"].to_numpy(dtype=np.int64)
    part = numbers["var"].to_numpy(dtype=np.int64)
    rows.add("households-within-total", [(part, 1.0), (total, -1.0)], -np.inf, 0.0)
    for kind, table in (("households", numbers), ("rates", values.rates)):
        for prefix in ("", "target_"):
            stems = [prefix + stem for stem in ("poor", "near_poor", "multidim_poor")]
            columns = [table.loc[table["stem"] == stem].set_index("base")["var"] for stem in stems]
            wide = pd.concat(columns, axis=1, keys=stems)
            full = wide.dropna().astype("int64")
            poor, near, both = (full[stem].to_numpy() for stem in stems)
            rows.add("poor-and-near-poor", [(poor, 1.0), (near, 1.0), (both, -1.0)], 0.0, 0.0)
            if kind == "households":
                pair = wide[wide[stems[2]].isna()].dropna(subset=stems[:2])
                poor, near = (pair[stem].to_numpy(dtype=np.int64) for stem in stems[:2])
                total = pair.index.to_numpy(dtype=np.int64)
                terms = [(poor, 1.0), (near, 1.0), (total, -1.0)]
                rows.add("poor-and-near-within-total", terms, -np.inf, 0.0)


def _nesting(rows: Rows, values: Values) -> None:
    """A group lies within its place, and a place below a province within its province."""
    bases = values.bases.reset_index(names="base")
    single = bases[~bases.duplicated(KEY, keep=False)]
    upper = single.assign(place=single["place"].str.split("/").str[0])
    is_group = single["group"] != ""
    is_below = single["place"].str.contains("/", regex=False)
    within_place = single[is_group].assign(group="")
    within_province = upper[is_below]
    children = pd.concat([within_place, within_province[within_province["group"] == ""]])
    pairs = children.merge(single, on=KEY, suffixes=("", "_whole"))
    child = pairs["base"].to_numpy(dtype=np.int64)
    whole = pairs["base_whole"].to_numpy(dtype=np.int64)
    rows.add("part-within-whole", [(child, 1.0), (whole, -1.0)], -np.inf, 0.0)
    both = pairs[["base", "base_whole"]].merge(values.households, on="base")
    of_whole = values.households.rename(columns={"base": "base_whole", "var": "var_whole"})
    both = both.merge(of_whole, on=["base_whole", "stem"])
    terms = [
        (both["var"].to_numpy(dtype=np.int64), 1.0),
        (both["var_whole"].to_numpy(dtype=np.int64), -1.0),
    ]
    rows.add("part-within-whole", terms, -np.inf, 0.0)


def _counted_pairs(table: pd.DataFrame, ties: pd.DataFrame, relation: str) -> pd.DataFrame:
    """Linked pairs of counts of one date, standard and stage: columns of both ends."""
    tied = ties[ties["relation"] == relation]
    names = ["var", "kind", "indicator", "place", "group", "period", "standard", "stage", "unit"]
    a = table.loc[tied["a"], names].reset_index(drop=True)
    b = table.loc[tied["b"], names].reset_index(drop=True)
    pairs = a.join(b, rsuffix="_whole")
    counts = ["count", "total", "other"]
    fits = pairs["kind"].isin(counts) & pairs["kind_whole"].isin(counts)
    for name in ("period", "standard"):
        fits &= pairs[name] == pairs[name + "_whole"]
    fits &= (pairs["stage"] == "target") == (pairs["stage_whole"] == "target")
    return pairs[fits & (pairs["var"] != pairs["var_whole"])]


def _sums(rows: Rows, table: pd.DataFrame, ties: pd.DataFrame) -> None:
    """Complete parts add up to their whole, each way of dividing it by itself."""
    pairs = _counted_pairs(table, ties, "all_parts_of").copy()
    way = pairs["group"].map(RESIDENCE | SEX).fillna("group")
    way = way.where(pairs["group"] != pairs["group_whole"], "indicator")
    pairs["way"] = way.where(pairs["place"] == pairs["place_whole"], "place")
    pairs = pairs.drop_duplicates(["var_whole", "way", "var"])
    groups = pairs.groupby(["var_whole", "way"])
    pairs = pairs[groups["var"].transform("size") > 1]
    groups = pairs.groupby(["var_whole", "way"])
    if len(pairs):
        wholes = groups["var_whole"].first().to_numpy(dtype=np.int64)
        of_row = np.asarray(groups.ngroup(), dtype=np.int64)
        rows.add_sums(of_row, pairs["var"].to_numpy(dtype=np.int64), wholes)


def _parts(rows: Rows, table: pd.DataFrame, ties: pd.DataFrame) -> None:
    """A part is at most its whole, where a link says so."""
    pairs = _counted_pairs(table, ties, "part_of").drop_duplicates(["var", "var_whole"])
    part, whole = (pairs[name].to_numpy(dtype=np.int64) for name in ("var", "var_whole"))
    rows.add("part-within-whole", [(part, 1.0), (whole, -1.0)], -np.inf, 0.0)


def _changes(rows: Rows, table: pd.DataFrame, ties: pd.DataFrame) -> None:
    """later = earlier - fall (or + rise) of rates in points and of counts, both levels known.

    A change per year counts as often as years lie between its levels; links must name both.
    """
    changes = table[(table["kind"] == "change") & table["direction"].isin(["fall", "rise"])]
    changes = changes[changes["stage"] != "target"]
    linked = _linked_levels(table, ties)
    later = linked.get("later", pd.Series(dtype="int64")).reindex(changes.index)
    earlier = linked.get("earlier", pd.Series(dtype="int64")).reindex(changes.index)
    years = linked.get("years", pd.Series(dtype="float64")).reindex(changes.index)
    per_year = changes["indicator"].str.endswith(PER_YEAR)
    at_once = changes[~per_year]
    later = later.fillna(_levels_at(table, at_once))
    earlier = earlier.fillna(_levels_at(table, at_once.assign(period=_year_before(at_once))))
    known = later.notna() & earlier.notna() & (later != earlier)
    known &= ~per_year | _is_whole(years)
    times = years.where(per_year, 1.0).round()[known]
    falls = changes.loc[known, "direction"] == "fall"
    sign: Floats = times.where(falls, -times).to_numpy(dtype=np.float64)
    change = changes.loc[known, "var"].to_numpy(dtype=np.int64)
    before, after = (level[known].to_numpy(dtype=np.int64) for level in (earlier, later))
    terms: list[tuple[Ints, Floats | float]] = [(after, 1.0), (change, sign), (before, -1.0)]
    rows.add("change-of-level", terms, 0.0, 0.0)


def _linked_levels(table: pd.DataFrame, ties: pd.DataFrame) -> pd.DataFrame:
    """Levels that links tie to each change: index = change, columns earlier, later = values.

    Of a change per year they are the first and the last level, `years` apart.
    """
    tied = ties[ties["relation"] == "change_of"]
    names = ["place", "group", "standard", "period", "indicator", "stem", "stage"]
    change = table.loc[tied["a"], names].reset_index(names="change")
    level = table.loc[tied["b"], [*names, "var"]].reset_index(drop=True)
    pairs = change.join(level, rsuffix="_level")
    fits = (pairs["stem"] == pairs["indicator_level"]) & (pairs["var"] >= 0)
    fits &= pairs["stage_level"] != "target"
    for name in ("place", "group", "standard"):
        fits &= pairs[name] == pairs[name + "_level"]
    pairs = pairs[fits].copy()
    pairs["end"] = period_end(pairs["period_level"])
    per_year = pairs["indicator"].str.endswith(PER_YEAR)
    ends = pairs[per_year].groupby("change")["end"]
    is_later = (pairs["period"] == pairs["period_level"]).where(
        ~per_year, pairs["end"] == ends.transform("max").reindex(pairs.index)
    )
    before = pairs[~is_later & (per_year | (pairs["end"] < period_end(pairs["period"])))]
    return pd.DataFrame(
        {
            "later": pairs[is_later].groupby("change")["var"].first(),
            "earlier": before.sort_values("end").groupby("change")["var"].first(),
            "years": ends.max() - ends.min(),
        }
    )


def _is_whole(years: pd.Series) -> pd.Series:
    """Whether a time is one or more whole years; a change per year has no meaning over others."""
    near = (years - years.round()).abs() < 1e-6
    return near & (years > 0.5)


def _levels_at(table: pd.DataFrame, changes: pd.DataFrame) -> pd.Series:
    """Values of the levels that `changes` are about, at the period they name; NaN if not one."""
    levels = table[table["kind"].isin(["count", "rate"]) & (table["var"] >= 0)]
    levels = levels[[*KEY, "indicator", "var"]].drop_duplicates()
    levels = levels[~levels.duplicated([*KEY, "indicator"], keep=False)]
    wanted = changes[[*KEY, "stem"]].rename(columns={"stem": "indicator"}).reset_index()
    found = wanted.merge(levels, how="left", on=[*KEY, "indicator"])
    return found.set_index("index")["var"].where(found.set_index("index")["period"] != "")


def _year_before(changes: pd.DataFrame) -> pd.Series:
    """The period of the year before; '' where the period is a span or of another shape."""
    shape = r"^(?:\d{4})(?:-\d{2}|-[QHM]\d{1,2})?$"
    regular = changes["period"].str.match(shape)
    year = pd.to_numeric(changes["period"].str[:4].where(regular), errors="coerce") - 1
    text = year.fillna(0).astype("int64").astype("str") + changes["period"].str[4:]
    return text.where(regular, "")


def _shares(rows: Rows, table: pd.DataFrame, values: Values, ties: pd.DataFrame) -> None:
    """low(s)*X <= 100*H <= high(s)*X for shares of a count X of the whole place."""
    tied = ties[ties["relation"] == "rate_of"]
    pairs = pd.DataFrame({"share": tied["a"], "var_part": table.loc[tied["b"], "var"].to_numpy()})
    shares = table[table["kind"] == "share"].merge(pairs, left_index=True, right_on="share")
    shares = shares[shares["var_part"] >= 0].drop_duplicates("share")
    wholes = values.bases.reset_index(names="base")
    wholes = wholes[~wholes.duplicated(KEY, keep=False)]
    found = shares.drop(columns="base").assign(group="").merge(wholes, on=KEY)
    whole = _lookup(values.households, found["base"].to_numpy(), found["stem"])
    part = found["var_part"].to_numpy(dtype=np.int64)
    known = (whole >= 0) & (whole != part)
    found = found[known].set_index("share")
    add_rate(rows, "share-of-count", found, whole[known], part[known])
