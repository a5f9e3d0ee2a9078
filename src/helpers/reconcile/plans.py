"""Plans and amounts: what was achieved against a plan, what an amount gives each recipient."""

from __future__ import annotations

import numpy as np
import pandas as pd

from helpers.reconcile.statements import Rows, add_rate

PER_HEAD = r"_per_(?:household|person|recipient|child|pupil|worker|card)$"
PLACE = ["source_id", "place", "group", "indicator"]


def state_plans(rows: Rows, table: pd.DataFrame, ties: pd.DataFrame) -> None:
    """Add  low(a)*plan <= 100*achieved <= high(a)*plan  where the plan is printed.

    A link `achieved_of` ties the percentage a to what was achieved. The plan is what the same
    percentage is tied to as well, or the goal `target_…` of the same thing in the same year.
    """
    tied = _tied(table, ties, "achieved_of")
    tied = tied[(tied["unit"] == "%") & (tied["var_other"] >= 0)]
    done = tied[tied["stage_other"] != "target"]
    plan = tied.loc[tied["stage_other"] == "target", ["a", "var_other"]]
    by_link = done.merge(plan.rename(columns={"var_other": "plan"}), on="a")
    goals = table[table["indicator"].str.startswith("target_") & (table["var"] >= 0)]
    goals = goals.assign(
        indicator=goals["indicator"].str.removeprefix("target_"), year=goals["period"].str[:4]
    )
    goals = goals[goals["period"] == goals["year"]]
    goals = goals[[*PLACE, "year", "var"]].drop_duplicates().rename(columns={"var": "plan"})
    goals = goals[~goals.duplicated([*PLACE, "year"], keep=False)]
    free = done[~done["a"].isin(by_link["a"])]
    free = free.assign(indicator=free["indicator_other"], year=free["period"].str[:4])
    by_name = free.merge(goals, on=[*PLACE, "year"])
    found = pd.concat([by_link, by_name]).drop_duplicates("a").set_index("a")
    whole, part = (found[name].to_numpy(dtype=np.int64) for name in ("plan", "var_other"))
    add_rate(rows, "achieved-of-plan", found, whole, part)


def state_amounts(rows: Rows, table: pd.DataFrame, ties: pd.DataFrame) -> None:
    """Add  low(m)*recipients <= amount <= high(m)*recipients  where the mean m is printed.

    A link `recipients_of` ties the recipients to the amount. The mean has an indicator such as
    `support_per_household` and a link `rate_of` to the amount or to the recipients.
    """
    pairs = _tied(table, ties, "recipients_of")[["a", "b", "var", "var_other"]]
    pairs = pairs[(pairs["var"] >= 0) & (pairs["var_other"] >= 0)]
    means = _tied(table, ties, "rate_of")
    means = means[means["indicator"].str.contains(PER_HEAD)][["a", "b", "low", "high"]]
    means = means.rename(columns={"a": "mean", "b": "of_mean"})
    of_amount = means.merge(pairs, left_on="of_mean", right_on="b")
    of_recipients = means.merge(pairs, left_on="of_mean", right_on="a")
    found = pd.concat([of_amount, of_recipients]).drop_duplicates(["mean", "var", "var_other"])
    found = found[~found["mean"].duplicated(keep=False)].set_index("mean")
    whole, part = (found[name].to_numpy(dtype=np.int64) for name in ("var", "var_other"))
    add_rate(rows, "amount-and-recipients", found, whole, part, factor=1.0)


def _tied(table: pd.DataFrame, ties: pd.DataFrame, relation: str) -> pd.DataFrame:
    """Links of a relation: a, b, the columns of a's figure and those of b's ending in `_other`."""
    mine = ties[ties["relation"] == relation]
    one = table.loc[mine["a"]].reset_index(names="a")
    other = table.loc[mine["b"]].reset_index(names="b").add_suffix("_other")
    return one.join(other.rename(columns={"b_other": "b"}))
