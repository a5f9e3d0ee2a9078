"""The hierarchy: places that make up a larger one add up to it, where all of them are printed."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd

from helpers import districts, places, project
from helpers.reconcile.statements import KEY, Rows, Values
from helpers.reconcile.system import Ints

RULE = "places-add-up"
REST = [name for name in KEY if name != "place"]
COUNTED = ("hộ", "người", "households", "persons")


def state_hierarchy(rows: Rows, table: pd.DataFrame, values: Values) -> None:
    """Printed counts of all parts of a place add up to its own.

    table, values : as for `statements.state`
    Parts are known to be complete where a source prints, at one date and standard, every district
    of a province and no other place below it, every province of a region or of the country, or
    every region. Totals that only follow from rates are not added up: rates of a larger place are
    often worked out on another count of households (see `means`).
    """
    parts = complete_parts(values.bases)
    if parts.empty:
        return
    counted = table["kind"].isin(["count", "total"])
    counted |= (table["kind"] == "other") & table["unit"].isin(COUNTED)
    mine = table.loc[counted, ["base", "indicator", "var"]].drop_duplicates()
    mine = mine[~mine.duplicated(["base", "indicator"], keep=False)]
    whole = mine.rename(columns={"base": "whole", "var": "whole_var"})
    found = parts.merge(mine, on="base").merge(whole, on=["whole", "indicator"])
    found = found[found.groupby(["set", "indicator"])["base"].transform("size") == found["size"]]
    sets = found.groupby(["set", "indicator"], sort=False)
    wholes: Ints = sets["whole_var"].first().to_numpy(dtype=np.int64)
    of_row = np.asarray(sets.ngroup(), dtype=np.int64)
    rows.add_sums(of_row, found["var"].to_numpy(dtype=np.int64), wholes, RULE)


def complete_parts(bases: pd.DataFrame) -> pd.DataFrame:
    """Bases of parts whose whole is there with all its parts: set, size, base, whole.

    bases : as in `statements.Values`; a set is one way in which one place falls into parts
    """
    bases = bases.reset_index(names="base")
    bases = bases[~bases.duplicated(KEY, keep=False)]
    edges = _edges(project.raw_dir())
    found = bases.merge(edges, on="place")
    below = bases[bases["place"].str.contains("/", regex=False)]
    province = below["place"].str.split("/").str[0]
    beside = below.assign(parent=province).groupby([*REST, "parent"]).size().rename("beside")
    found = found.merge(beside.reset_index(), how="left", on=[*REST, "parent"])
    sets = found.groupby([*REST, "parent", "way"], sort=False)
    found = found.assign(set=sets.ngroup(), there=sets["place"].transform("size"))
    extra = (found["way"] == "districts") & (found["beside"] != found["size"])
    found = found[(found["there"] == found["size"]) & ~extra]
    whole = bases[[*KEY, "base"]].rename(columns={"place": "parent", "base": "whole"})
    kept: pd.DataFrame = found.merge(whole, on=[*REST, "parent"])
    return kept[["set", "size", "base", "whole"]]


@lru_cache(maxsize=4)
def _edges(raw: Path) -> pd.DataFrame:
    """Every way in which a place falls into parts: parent, way, place, size (of the way)."""
    old, new = places.provinces("63"), places.provinces("34")
    regions = sorted({place.region for place in old})
    edges = [("VN", "regions", region) for region in regions]
    edges += [("VN", "provinces", place.code) for place in old]
    edges += [("VN", "units", place.code) for place in new]
    edges += [(place.region, "provinces", place.code) for place in old]
    edges += [(place.code, "districts", d.place) for place in old for d in districts.of(place.code)]
    table = pd.DataFrame(edges, columns=["parent", "way", "place"])
    return table.assign(size=table.groupby(["parent", "way"])["place"].transform("size"))
