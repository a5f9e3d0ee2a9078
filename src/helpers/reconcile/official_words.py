"""Sentences about the official tables: what excludes what, why, and what is only reported."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from helpers import labels
from helpers.reconcile.sentences import span, when, where


def conflict(row: Mapping[str, Any], members: pd.DataFrame, language: str) -> str:
    """One sentence with the two ranges of a conflict of population tables.

    row      : as in `official.population_conflicts`, with `first`: its parts, by their numbers
    members  : the cells that it is between, parts first
    language : 'en' or 'vi'
    """
    kind = row["kind"] if not row["other"] else "ways"
    count = len(row["first"])
    values = {
        "place": where(str(row["place"]), "", language),
        "year": when(str(row["period"]), language),
        "what": labels.text(f"official.what.{row['indicator']}", language),
        "first": span(row["first_low"], row["first_high"], language),
        "second": span(row["second_low"], row["second_high"], language),
        "parts": _parts(members["printed"].iloc[:count]),
        "count": str(count),
        "printed": f"'{members['printed'].iloc[-1]}'",
        "way": labels.name("official.way", str(row["kind"]), language),
        "other": labels.name("official.way", str(row["other"]), language),
    }
    return labels.text(f"official.conflict.{kind}", language, **values)


def evidence(row: Mapping[str, Any], offers: pd.DataFrame, language: str) -> str:
    """What speaks for the cause of a conflict, and how many sets of cells could be doubted.

    row    : as for `conflict`, with `cause`, `doubted` and `whole` (id of its printed whole)
    offers : suggestions, best first, with the cells' place, indicator and printed
    """
    sets = str(row["doubted"]).count("|") + 1
    if offers.empty:
        return labels.text(f"official.evidence.{row['cause']}", language, sets=str(sets))
    whole = str(row["whole"])
    sure = not whole or whole in str(row["doubted"]).replace("|", " ").split()
    confirmed = [] if sure else [labels.text("official.evidence.whole", language)]
    said = [
        labels.text(
            "official.evidence.digit",
            language,
            cell=_cell(offer, language),
            printed=f"'{offer['printed']}'",
            offer=f"'{offer['suggestion']}'",
            sums=str(int(offer["sums"])),
            before=labels.number(offer["apart_before"], 2, language),
            after=labels.number(offer["apart_after"], 2, language),
        )
        for offer in offers.to_dict("records")
    ]
    return " ".join([*said, *confirmed])


def _cell(offer: Mapping[Any, Any], language: str) -> str:
    """A cell in words: place and what is counted."""
    what = labels.text(f"official.what.{offer['indicator']}", language)
    return f"{where(str(offer['place']), '', language)}, {what}"


def _parts(printed: pd.Series) -> str:
    return " + ".join(f"'{token}'" for token in printed)


def with_sentences(frame: pd.DataFrame) -> pd.DataFrame:
    """Rows of `official_rates` with explanation_en and explanation_vi."""
    rows = frame.to_dict("records")
    said = {
        f"explanation_{language}": [_of_rate(row, language) for row in rows]
        for language in labels.LANGUAGES
    }
    return frame.assign(**said)


def of_two_tables(pairs: pd.DataFrame) -> pd.DataFrame:
    """Rows of `official_rates.printed_twice` with explanation_en and explanation_vi."""
    rows = pairs.to_dict("records")
    said = {
        f"explanation_{language}": [_of_two(row, language) for row in rows]
        for language in labels.LANGUAGES
    }
    return pairs.assign(**said)


def _of_rate(row: Mapping[Any, Any], language: str) -> str:
    values = {
        "place": where(str(row["place"]), "", language),
        "year": str(row["year"]),
        "printed": f"'{row['printed']}'",
        "own": _rate(row["rate_low"], row["rate_high"], language),
        "parts": labels.text(f"official.split.{row['split']}", language),
        "missing": ", ".join(where(code, "", language) for code in str(row["missing"]).split()),
    }
    if not row["checked"]:
        share = row.get("share_low", float("nan"))
        if pd.isna(share):
            return labels.text("official.rate.unchecked", language, **values)
        values["first"] = labels.text(f"official.first.{row['split']}", language)
        values["share"] = _rate(share, row["share_high"], language, 1)
        return labels.text("official.rate.share", language, **values)
    values["range"] = _rate(row["weighted_low"], row["weighted_high"], language)
    if row["side"] == "meets":
        if row["missing"] and not pd.isna(row["needed_low"]):
            values["needed"] = _rate(row["needed_low"], row["needed_high"], language)
            return labels.text("official.rate.needed", language, **values)
        return labels.text("official.rate.meets", language, **values)
    values["apart"] = labels.number(row["apart_pp"], 2, language)
    values["change"] = labels.number(row["least_weight_change_pct"], 1, language)
    key = "official.rate.apart" if row["possible"] else "official.rate.impossible"
    return labels.text(key, language, **values)


def _of_two(row: Mapping[Any, Any], language: str) -> str:
    return labels.text(
        f"official.twice.{row['cause'] or 'rounding'}",
        language,
        place=where(str(row["place"]), str(row["group"]), language),
        year=str(row["year"]),
        first=f"'{row['printed']}'",
        second=f"'{row['other_printed']}'",
        source=labels.name("official.table", str(row["source_id"]), language),
        other=labels.name("official.table", str(row["other_source_id"]), language),
    )


def _rate(low: float, high: float, language: str, decimals: int = 3) -> str:
    ends = [labels.number(end, decimals, language) for end in (low, high)]
    return "–".join(dict.fromkeys(ends)) + "%"
