"""Formulas: the text of a rule between indicators, as the terms that a ledger is searched for."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from helpers.edits.linear import UnreadableRule, parse

EARLIER = re.compile(r"(\w+)\s*\[\s*-\s*(\d+)\s*\]")
RATIO = re.compile(r"\s*(\w+)\s*=\s*(?:(\d+(?:\.\d+)?)\s*[*·×]\s*)?(\w+)\s*/\s*(\w+)\s*")
MARK = "__before_"


@dataclass(frozen=True)
class Term:
    """A coefficient times the value of an indicator, so many years before the rule's date."""

    indicator: str
    years_before: int
    coefficient: float


@dataclass(frozen=True)
class Linear:
    """A rule  low <= sum of terms <= high ; the last term is the one that the others tell."""

    terms: tuple[Term, ...]
    low: float
    high: float


@dataclass(frozen=True)
class Ratio:
    """A rule  ratio = factor * part / whole ; the ratio's printed range makes it linear."""

    ratio: str
    factor: float
    part: str
    whole: str


def linear(text: str) -> tuple[Linear, ...]:
    """The comparisons of a formula such as `poor_households = poor_households[-1] - escaped`.

    `x[-1]` is x a year before. What stands alone on a side comes last, else what is named last.
    Raises UnreadableRule.
    """
    rules = parse([plain(text)])
    found = []
    for row, low, high in zip(rules.matrix, rules.low, rules.high, strict=True):
        used = np.flatnonzero(row)
        if not len(used):
            raise UnreadableRule(f"The rule {text!r} names no indicator.")
        names = [rules.names[number] for number in used]
        last = next((name for name in reversed(names) if _stands_alone(name, text)), names[-1])
        order = sorted(range(len(names)), key=lambda i: names[i] == last)
        terms = tuple(_term(names[i], float(row[used[i]])) for i in order)
        found.append(Linear(terms, float(low), float(high)))
    return tuple(found)


def ratio(text: str) -> Ratio:
    """A formula such as `insured_rate = 100 * insured / persons` or `mean = amount / recipients`.

    Raises UnreadableRule.
    """
    found = RATIO.fullmatch(text)
    if found is None or float(found[2] or 1) == 0 or found[3] == found[4]:
        raise UnreadableRule(
            f"The ratio {text!r} cannot be read: write it as `rate = 100 * part / whole`."
        )
    name, factor, part, whole = found.groups()
    return Ratio(name, float(factor or 1), part, whole)


def plain(text: str) -> str:
    """A linear formula in which the value of a year before has a name of its own."""
    return EARLIER.sub(rf"\1{MARK}\2", text)


def _stands_alone(name: str, text: str) -> bool:
    return name in {side.strip() for side in re.split(r"[<>]=?|[=≤≥]+", plain(text))}


def _term(name: str, coefficient: float) -> Term:
    indicator, _, years = name.partition(MARK)
    return Term(indicator, int(years or 0), coefficient)
