"""Small ledgers in which one can see what is wrong."""

from __future__ import annotations

import pandas as pd

from helpers import quantities, reconcile

NO_LINKS = pd.DataFrame({"figure_id": [], "relation": [], "other_id": []}, dtype="str")


def figure(figure_id: str, indicator: str, printed: str, **columns: str) -> dict[str, str]:
    """One row of a ledger; place 45, 2022, standard 2022-2025 unless said otherwise."""
    unit = "%" if "%" in printed or indicator.endswith("_rate") else "hộ"
    unit = "pp" if indicator.endswith("_rate_change") else unit
    row = dict.fromkeys(("group", "direction", "status", "note"), "")
    row |= {"figure_id": figure_id, "source_id": "s", "place": "45", "period": "2022"}
    row |= {"standard": "2022-2025", "indicator": indicator, "printed": printed, "unit": unit}
    return row | columns


def ledger(*rows: dict[str, str]) -> pd.DataFrame:
    """A cleaned ledger of these rows."""
    frame = pd.DataFrame(list(rows))
    units = frame["unit"].where(frame["unit"] != "pp", "%")
    read = quantities.parse_column(frame["printed"], "vi", units)
    return frame.join(read[["value", "low", "high", "of", "qualifier"]])


def links(text: str) -> pd.DataFrame:
    """Links as lines `figure relation other`."""
    rows = [line.split() for line in text.strip().splitlines()]
    return pd.DataFrame(rows, columns=["figure_id", "relation", "other_id"], dtype="str")


def status(result: reconcile.Reconciled) -> dict[str, str]:
    table = result.figures
    return dict(zip(table["figure_id"], table["status_reconciled"], strict=True))


NINH_PHUOC = (
    figure("a", "poor_households", "3.616 hộ"),
    figure("b", "poor_rate", "12,5%"),
    figure("c", "near_poor_households", "4.103 hộ"),
    figure("d", "near_poor_rate", "13,67%"),
)
RED_RIVER = (
    figure("a", "poor_households", "69.239 hộ"),
    figure("b", "near_poor_households", "100.237 hộ"),
    figure("c", "multidim_poor_households", "169.566 hộ"),
    figure("d", "multidim_poor_rate", "2,45%"),
)
PAIRS = {
    "a": figure("a", "poor_households", "500 hộ"),
    "b": figure("b", "poor_rate", "5,00%"),
    "c": figure("c", "near_poor_households", "200 hộ"),
    "d": figure("d", "near_poor_rate", "5,00%"),
    "e": figure("e", "total_households", "10.000 hộ"),
}
