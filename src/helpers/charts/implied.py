"""What printed figures imply: totals of households, and the two ranges of a conflict."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd

KEY = ["source_id", "place", "group", "period", "standard"]
DERIVED = [*KEY, "family", "low", "high", "printed", "figures"]
RECORDS = [
    *KEY, "first", "first_low", "first_high", "first_printed", "second", "second_low",
    "second_high", "second_printed", "difference_low_pct", "difference_high_pct", "conflict",
    "figures",
]  # fmt: skip


def totals(figures: pd.DataFrame) -> pd.DataFrame:
    """Ranges of the total of households that each count with its rate, and each total, allow.

    figures : ledger + value, low, high and perhaps of; `X_households` and `X_rate` belong
              together when source, place, group, period and standard are the same
    Returns DERIVED: family (poor, near_poor, … or total), low, high (households), printed and
    figure ids. A rate that may be zero allows any total and gives no row.
    """
    used = figures[figures["value"].notna() & (figures["status"] != "target")]
    counts, rates = (
        used[used["indicator"].str.endswith(ending)].assign(
            family=used["indicator"].str.removesuffix(ending)
        )
        for ending in ("_households", "_rate")
    )
    both = counts.merge(rates[rates["low"] > 0], on=[*KEY, "family"], suffixes=("", "_rate"))
    pairs = both[[*KEY, "family"]].assign(
        low=100 * both["low"] / both["high_rate"],
        high=100 * both["high"] / both["low_rate"],
        printed=both["printed"] + " · " + both["printed_rate"],
        figures=both["figure_id"] + " " + both["figure_id_rate"],
    )
    whole = counts[counts["family"] == "total"]
    whole = whole.assign(figures=whole["figure_id"])
    fraction = counts[counts["of"].notna()] if "of" in counts else counts.iloc[:0].assign(of=0.0)
    fraction = fraction.assign(
        family="total", low=fraction["of"], high=fraction["of"], figures=fraction["figure_id"]
    )
    parts = (pairs, whole, fraction)
    return pd.concat([part[DERIVED] for part in parts], ignore_index=True)


def records(figures: pd.DataFrame) -> pd.DataFrame:
    """Records with two or more ranges for one total of households: the two farthest apart.

    Returns RECORDS, largest difference first: `first` is the range that begins highest, `second`
    the one that ends lowest, their relative difference in per cent of the second as an interval.
    The ranges exclude each other, a conflict, when the interval lies above zero.
    """
    derived = totals(figures)
    rows = []
    for key, group in derived.groupby(KEY, sort=True):
        if len(group) < 2:
            continue
        highest = group.sort_values(["low", "family"], ascending=[False, True])
        first, rest = highest.iloc[0], highest.iloc[1:]
        second = rest.sort_values(["high", "family"]).iloc[0]
        rows.append([
            *key, *first[["family", "low", "high", "printed"]],
            *second[["family", "low", "high", "printed"]],
            _excess(first["low"], second["high"]), _excess(first["high"], second["low"]),
            "yes" if first["low"] > second["high"] else "no",
            " ".join(dict.fromkeys(f"{first['figures']} {second['figures']}".split())),
        ])  # fmt: skip
    table = pd.DataFrame(rows, columns=RECORDS)
    order = ["difference_low_pct", *KEY]
    return table.sort_values(order, ascending=[False] + [True] * len(KEY)).reset_index(drop=True)


def _excess(high: float, low: float) -> float:
    """By how many per cent one end lies above another; infinite above zero."""
    return 100 * (high / low - 1) if low > 0 else np.inf


def ranges(figures: pd.DataFrame) -> pd.Series | None:
    """The two ranges of one conflict that exclude each other, from its figures.

    figures : the rows of the conflict
    Returns kind (total, sum, change, same), unit, first and second (what is printed) with their
    low and high; None where the figures tell no such pair of ranges.
    """
    for find in (_of_totals, _of_change, _of_sum, _of_same):
        found = find(figures)
        if found is not None and _gap(found) > 0:
            return found
    return None


def _gap(found: pd.Series) -> float:
    """How far two ranges lie apart, relative to their middle."""
    apart = max(
        found["first_low"] - found["second_high"], found["second_low"] - found["first_high"]
    )
    middle = np.mean(
        [found["first_low"], found["first_high"], found["second_low"], found["second_high"]]
    )
    return float(apart / max(abs(middle), 1e-9))


def _pair(kind: str, unit: str, first: tuple[str, float, float],
          second: tuple[str, float, float]) -> pd.Series:  # fmt: skip
    found = pd.Series({
        "kind": kind, "unit": unit, "first": first[0], "first_low": first[1],
        "first_high": first[2], "second": second[0], "second_low": second[1],
        "second_high": second[2],
    })  # fmt: skip
    found["gap"] = _gap(found)
    return found


def _of_totals(figures: pd.DataFrame) -> pd.Series | None:
    found = records(figures)
    if found.empty or found["conflict"].iloc[0] == "no":
        return None
    row = found.iloc[0]
    return _pair("total", "hộ", (row["first_printed"], row["first_low"], row["first_high"]),
                 (row["second_printed"], row["second_low"], row["second_high"]))  # fmt: skip


def _of_change(figures: pd.DataFrame) -> pd.Series | None:
    """A printed change against the difference of two printed levels."""
    changes = figures[figures["indicator"].str.endswith("_change")]
    if len(changes) != 1:
        return None
    change = changes.iloc[0]
    levels = figures[figures["indicator"] == change["indicator"].removesuffix("_change")]
    levels = levels[levels["place"] == change["place"]].sort_values(["period", "figure_id"])
    if len(levels) != 2:
        return None
    (_, old), (_, new) = levels.iterrows()
    sign = 1 if change["direction"] == "rise" else -1
    ends = sorted([sign * (new["low"] - old["high"]), sign * (new["high"] - old["low"])])
    return _pair("change", change["unit"], (f"{old['printed']} → {new['printed']}", *ends),
                 (change["printed"], change["low"], change["high"]))  # fmt: skip


def _of_sum(figures: pd.DataFrame) -> pd.Series | None:
    """A printed whole against the sum of its printed parts, of one unit and period."""
    indicators = set(figures["indicator"])
    if len(figures) < 3 or len(set(figures["unit"])) > 1 or len(set(figures["period"])) > 1:
        return None
    wholes = figures[figures["indicator"].str.startswith("multidim_poor")]
    if len(indicators) == 1:
        wholes = figures.sort_values("value").tail(1)
    if len(wholes) != 1:
        return None
    whole, parts = wholes.iloc[0], figures.drop(index=wholes.index)
    said = " + ".join(parts["printed"].head(3)) + (" + …" if len(parts) > 3 else "")
    return _pair("sum", whole["unit"], (said, parts["low"].sum(), parts["high"].sum()),
                 (whole["printed"], whole["low"], whole["high"]))  # fmt: skip


def _of_same(figures: pd.DataFrame) -> pd.Series | None:
    """One indicator printed twice: the neighbours in size that lie farthest apart."""
    if len(figures) < 2 or len(set(figures["indicator"])) > 1 or len(set(figures["place"])) > 1:
        return None
    ordered = figures.sort_values(["value", "figure_id"]).to_dict("records")
    low, high = max(pairwise(ordered), key=lambda pair: pair[1]["low"] - pair[0]["high"])
    return _pair("same", high["unit"], (high["printed"], high["low"], high["high"]),
                 (low["printed"], low["low"], low["high"]))  # fmt: skip
