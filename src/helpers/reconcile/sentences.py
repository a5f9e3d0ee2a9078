"""Explanations: a conflict as one sentence in each language, from the rule's template."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from helpers import labels, places
from helpers.reconcile.conflicts import Conflict, Side
from helpers.reconcile.judge import CONVENTION
from helpers.reconcile.statements import PER_YEAR
from helpers.rules import Rule

MOST_NAMED = 12
UNFINISHED = ("preliminary", "estimate")
OPPOSITE = {"fall": "rise", "rise": "fall"}
Row = Mapping[str, Any]
Figures = Mapping[int, Row]


def sentence(conflict: Conflict, figures: Figures, rule: Rule, cause: str, language: str) -> str:
    """One sentence with the printed tokens and the two ranges that exclude each other.

    figures : rows of the ledger by the numbers that the conflict uses; rule: the one it breaks
    cause   : where it is `preliminary` or `convention`, a second sentence says what that means
    language: 'en' or 'vi'
    """
    first, second = conflict.first, conflict.second
    main = _main(conflict, figures)
    unit = unit_of(conflict, figures)
    values = {
        "place": where(str(main["place"]), str(main["group"]), language),
        "period": when(str(main["period"]), language),
        "first": _named(first, figures, language),
        "first_range": span(first.low, first.high, language, unit),
        "first_verb": _verb(first, figures, language),
        "first_change": _change(first, main, language, unit),
        "second": _named(second, figures, language),
        "second_range": span(second.low, second.high, language, unit),
        "second_verb": _verb(second, figures, language),
        "second_change": _change(second, main, language, unit),
        "what": labels.name("indicator", str(main["indicator"]), language),
    }
    said = rule.explain(language, **values)
    why = _excuse([figures[n] for n in conflict.figures], cause, conflict.rule, language)
    return f"{said} {why}".rstrip()


def unit_of(conflict: Conflict, figures: Figures) -> str:
    """Unit of both ranges of a conflict: of the figure that is printed alone, else households."""
    if conflict.second.form in ("print", "limit"):
        return str(_main(conflict, figures)["unit"])
    return "hộ"


def printed(side: Side, figures: Figures) -> str:
    """The printed tokens of a side as it computes with them: `3.616 hộ ÷ 12,5%`."""
    tokens = tokens_of(side, figures)
    if side.form == "pair":
        count = " + ".join(tokens[:-1])
        return f"({count}) ÷ {tokens[-1]}" if len(tokens) > 2 else f"{count} ÷ {tokens[-1]}"
    if side.form in ("sum", "levels"):
        return (" + " if side.form == "sum" else " → ").join(tokens)
    return ", ".join(dict.fromkeys(tokens))


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
    return labels.period(period, language) if period else labels.text("explain.undated", language)


def span(low: float, high: float, language: str, unit: str = "") -> str:
    """A closed range in words: `181,984–182,219`; one number where both ends are the same.

    unit : a rate's `%` and a change's `pp` are written behind the numbers, no other unit is
    """
    if low == -math.inf:
        return labels.text("explain.or_less", language, high=span(high, high, language, unit))
    decimals = max(_decimals(end) for end in (low, high) if end != math.inf)
    texts = [labels.number(end, decimals, language) for end in (low, high)]
    mark = {"%": "%", "pp": f" {labels.name('unit', 'pp', language)}"}.get(unit, "")
    if high == math.inf:
        return labels.text("explain.or_more", language, low=texts[0] + mark)
    return "–".join(dict.fromkeys(texts)) + mark


def tokens_of(side: Side, figures: Figures) -> list[str]:
    """What is printed of each figure of a side."""
    return [str(figures[number]["printed"]) for number in side.figures]


def _main(conflict: Conflict, figures: Figures) -> Row:
    """The figure that place, period and unit of the sentence are taken from."""
    return figures[(conflict.second.figures or conflict.first.figures)[0]]


def _decimals(x: float) -> int:
    """As many decimals as the number has, up to four."""
    return next((d for d in range(4) if abs(round(x, d) - x) <= 1e-9 * max(1.0, abs(x))), 4)


def _verb(side: Side, figures: Figures, language: str) -> str:
    if side.form == "print":
        tokens = set(tokens_of(side, figures))
        return labels.text("explain.give" if len(tokens) > 1 else "explain.gives", language)
    return labels.text("explain.needs", language)


def _change(side: Side, main: Row, language: str, unit: str) -> str:
    """A range as a fall or a rise; below zero it is one the other way; '' for no change."""
    direction = str(main["direction"])
    if direction not in OPPOSITE:
        return ""
    low, high = side.low, side.high
    if high < 0:
        low, high, direction = -high, -low, OPPOSITE[direction]
    said = span(low, high, language, unit)
    per = ".year" if str(main["indicator"]).endswith(PER_YEAR) else ""
    return labels.text(f"explain.{direction}{per}", language, range=said)


def _excuse(members: Sequence[Row], cause: str, rule: str, language: str) -> str:
    """Why a conflict is explained and nothing is adjusted; '' where it is not explained."""
    if cause == "preliminary":
        row = next(row for row in members if row["status"] in UNFINISHED)
        status = labels.name("status", str(row["status"]), language)
        return labels.text(
            "explain.preliminary", language, printed=f"'{row['printed']}'", status=status
        )
    if cause == "convention":
        loose = [row["printed"] for row in members if row["qualifier"] in CONVENTION]
        named = ", ".join(f"'{token}'" for token in loose)
        return labels.text("explain.convention", language, printed=named)
    if cause == "base":
        key = "explain.incomplete" if rule == "sum-of-parts" else "explain.base"
        return labels.text(key, language)
    if cause == "date":
        dates = sorted({str(row["period"]) for row in members})
        said = ", ".join(labels.period(date, language) for date in dates)
        return labels.text("explain.date", language, dates=said)
    if cause == "standard":
        codes = sorted({str(row["standard"]) for row in members})
        named = ", ".join(labels.name("standard", code, language) for code in codes)
        return labels.text("explain.standard", language, standards=named)
    return ""


def _named(side: Side, figures: Figures, language: str) -> str:
    """The printed tokens of a side, in quotes, as the side uses them."""
    tokens = [f"'{token}'" for token in tokens_of(side, figures)]
    if side.form == "pair":
        count = _joined(tokens[:-1], " + ")
        return labels.text("explain.at", language, count=count, rate=tokens[-1])
    if side.form in ("sum", "levels"):
        return _joined(tokens, " + " if side.form == "sum" else " → ")
    tokens = list(dict.fromkeys(tokens))
    if len(tokens) == 2:
        return labels.text("explain.and", language, first=tokens[0], second=tokens[1])
    return _joined(tokens, ", ")


def _joined(tokens: list[str], mark: str) -> str:
    if len(tokens) > MOST_NAMED:
        tokens = [*tokens[: MOST_NAMED - 1], "…", tokens[-1]]
    return mark.join(tokens)
