"""Number words: `one hundred and twenty` as 120, `des dizaines de milliers` as a vague number."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

from helpers.bulletins.foreign.lexicon import Lexicon
from helpers.quantities import Quantity

SMALLEST = 10
_VAGUE = {
    "ten": 10, "hundred": 100, "thousand": 10**3, "million": 10**6, "billion": 10**9,
    "dizaine": 10, "centaine": 100, "millier": 10**3, "milliard": 10**9,
}  # fmt: skip
_ABOUT = {"dizaine": 10, "quinzaine": 15, "vingtaine": 20, "trentaine": 30, "quarantaine": 40,
          "cinquantaine": 50, "soixantaine": 60, "centaine": 100}  # fmt: skip


def find(low: str, lexicon: Lexicon) -> Iterator[tuple[int, int, Quantity]]:
    """Number words of a text in lower case: start, end, and the quantity without its unit.

    Numbers below SMALLEST are left out: they only count a list.
    """
    for match in lexicon.vague.finditer(low):
        yield match.start("vague"), match.end("vague"), vague(match["vague"])
    for match in lexicon.spelled.finditer(low):
        value = read(match.group(), lexicon.numbers, lexicon.groups)
        if value is not None and value >= SMALLEST:
            number = float(value)
            quantity = Quantity(number, number, number, math.nan, "", "exact")
            yield match.start(), match.end(), quantity


def read(spelled: str, numbers: Mapping[str, int], groups: Mapping[str, int]) -> int | None:
    """The whole number that words spell, or None where they spell none (`two three`)."""
    words = (
        spelled.replace("quatre-vingt", "quatrevingt").replace("-", " ").replace(",", " ").split()
    )
    if words[0] in ("half", "demi"):
        return groups[words[-1]] // 2
    total, part, last = 0, 0, 0
    for word in words:
        if word in ("and", "et", "a", "an", "un", "une") and word not in numbers:
            continue
        if word in numbers:
            value = numbers[word]
            if last and not _fits(last, value):
                return None
            part, last = part + value, value
        elif groups[word] == 100:
            part, last = (part or 1) * 100, 0
        else:
            total, part, last = total + (part or 1) * groups[word], 0, 0
    return total + part


def _fits(last: int, value: int) -> bool:
    """Whether a number word may follow another: `twenty` `five`, `soixante` `dix` `sept`."""
    return last >= 10 and value < 20 and last % 10 == 0


def vague(phrase: str) -> Quantity:
    """`tens of thousands` as 20,000 to 99,999; `une centaine` as about a hundred."""
    words = phrase.split()
    if words[0] == "une":
        base = float(_ABOUT[words[1]])
        step = base if base in (10, 100) else 10.0
        return Quantity(base, base - step, base + step, math.nan, "", "about")
    scale = 1.0
    for word in words:
        scale *= _VAGUE.get(word.removesuffix("s"), 1)
    low, high = 2 * scale, 10 * scale - 1
    return Quantity((low + high) / 2, low, high, math.nan, "", "about")
