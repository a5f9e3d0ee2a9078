"""Explanations: a conflict as one sentence in each language, from the rule's template."""

from __future__ import annotations

import pandas as pd

from helpers import labels, places, rules
from helpers.reconcile.conflicts import Conflict, Side

MOST_NAMED = 12
WORDS = {
    "en": {
        "at": " at ",
        "and": " and ",
        "or more": "{} or more",
        "needs": "needs",
        "gives": "gives",
    },
    "vi": {
        "at": " với tỷ lệ ",
        "and": " và ",
        "or more": "từ {} trở lên",
        "needs": "cần",
        "gives": "cho",
    },
}
UNDATED = {"en": "undated", "vi": "không rõ thời điểm"}
TOTALS = {"en": "0 to 100", "vi": "0 đến 100"}


def sentence(conflict: Conflict, figures: pd.DataFrame, language: str) -> str:
    """One sentence with the printed tokens and the two ranges that exclude each other.

    figures : ledger rows by the numbers that the conflict uses; language: 'en' or 'vi'
    """
    first, second = conflict.first, conflict.second
    main = figures.loc[(second.figures or first.figures)[0]]
    values = {
        "place": where(str(main["place"]), str(main["group"]), language),
        "period": when(str(main["period"]), language),
        "first": _named(first, figures, language),
        "first_range": span(first.low, first.high, language),
        "first_verb": _verb(first, language),
        "second": _named(second, figures, language),
        "second_range": span(second.low, second.high, language),
        "second_verb": _verb(second, language),
        "what": labels.name("indicator", str(main["indicator"]), language),
    }
    return rules.get(conflict.rule).explain(language, **values)


def where(place: str, group: str, language: str) -> str:
    """A place's name, with what lies below it and the group: `An Giang, Tri Tôn`."""
    code, _, below = place.partition("/")
    try:
        name = places.get(code).name(language)
    except places.UnknownPlace:
        name = code
    group = labels.name("group", group, language) if group else ""
    return ", ".join(part for part in (name, below, group) if part)


def when(period: str, language: str) -> str:
    """A period in words."""
    return labels.period(period, language) if period else UNDATED[language]


def span(low: float, high: float, language: str) -> str:
    """A closed range in words: `181,984–182,219`; one number where both ends are the same."""
    if high == float("inf"):
        return WORDS[language]["or more"].format(labels.number(low, _decimals(low), language))
    decimals = max(_decimals(low), _decimals(high))
    texts = [labels.number(end, decimals, language) for end in (low, high)]
    return texts[0] if texts[0] == texts[1] else "–".join(texts)


def _decimals(x: float) -> int:
    """As many decimals as the number has, up to four."""
    return next((d for d in range(4) if abs(round(x, d) - x) <= 1e-9 * max(1.0, abs(x))), 4)


def _verb(side: Side, language: str) -> str:
    return WORDS[language]["gives" if side.form == "print" else "needs"]


def _named(side: Side, figures: pd.DataFrame, language: str) -> str:
    """The printed tokens of a side, in quotes, as the side uses them."""
    words = WORDS[language]
    tokens = [f"'{token}'" for token in figures.loc[list(side.figures), "printed"]]
    if side.form == "pair":
        return _joined(tokens[:-1], " + ") + words["at"] + tokens[-1]
    if side.form == "sum":
        return _joined(tokens, " + ")
    if side.form == "levels":
        return " → ".join(tokens)
    return _joined(tokens, words["and"] if len(tokens) == 2 else ", ")


def _joined(tokens: list[str], mark: str) -> str:
    if len(tokens) > MOST_NAMED:
        tokens = [*tokens[: MOST_NAMED - 1], "…", tokens[-1]]
    return mark.join(tokens)
