"""Lexicon: what the reading rooms ask of a language; its words are data of one room each."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

YEAR = r"(?:19|20)[0-9]{2}"
DAY = r"(?:0?[1-9]|[12][0-9]|3[01])"
MONTH = r"(?:0?[1-9]|1[0-2])"
Pattern = re.Pattern[str]


@dataclass(frozen=True)
class Lexicon:
    """Words and patterns of one language; all patterns are of lower-case text.

    style          : how it writes numbers, as in `quantities.parse`
    numeral        : a number with its thousands and decimals
    no_figure      : at a digit, a numeral that is none; its groups are kinds and a digit
    left_words     : word right before a numeral, to the kind it makes of it: any number
    number_signs   : `no.` and its like before the number of a text or a name
    text_words     : kinds of legal text
    months         : name of a month to its number
    scale, scales  : a scale word behind a number, and the English word that stands for each
    money_before, money : marks of a currency before a number; currency words to units
    signs          : per cent and percentage points behind a number, group `pp` or `pct`
    heads          : counted nouns to the unit that a ledger writes
    measures       : nouns that may have decimals to a unit that `quantities` knows as such
    stops          : words that end a noun phrase
    fillers        : words that may stand between a number and its noun
    range_to, between_before, between_and, fraction : what joins two numbers
    changing_from  : words before `from 5 to 4`, which makes that two levels and no range
    qualifiers     : phrase before a number to its qualifier; after_ends : those behind it
    yearly         : `a year`, behind a number
    street         : what follows the number of a house
    norm_before, norm_after : around an amount that defines who is poor
    bare_before    : words after which a bare small number is a figure
    numbers, groups, spelled, vague : number words, see the room `words`
    """

    style: str
    numeral: Pattern
    no_figure: Pattern
    left_words: Mapping[str, str]
    number_signs: frozenset[str]
    text_words: frozenset[str]
    months: Mapping[str, int]
    scale: Pattern
    scales: Mapping[str, str]
    money_before: Pattern
    money: Mapping[str, str]
    signs: Pattern
    heads: Mapping[str, str]
    measures: Mapping[str, str]
    stops: frozenset[str]
    fillers: frozenset[str]
    range_to: Pattern
    between_before: Pattern
    between_and: Pattern
    fraction: Pattern
    changing_from: Pattern
    qualifiers: Mapping[str, str]
    after_ends: Pattern
    yearly: Pattern
    street: Pattern
    norm_before: Pattern
    norm_after: Pattern
    bare_before: frozenset[str]
    bare_after: Pattern
    spelled: Pattern
    numbers: Mapping[str, int]
    groups: Mapping[str, int]
    vague: Pattern


@dataclass(frozen=True)
class Meanings:
    """Words for what figures count, when and where; all patterns are of lower-case text.

    See the rooms `subjects`, `periods`, `settings` and `links` for how each is used.
    """

    terms: Pattern
    no_subject: Pattern
    given_before: Pattern
    to_before: Pattern
    given_after: Pattern
    share_after: Pattern
    base: Pattern
    of_others: Pattern
    competing: Pattern
    goes_on: Pattern
    pronoun: Pattern
    plan_after: Pattern
    total_before: Pattern
    total_after: Pattern
    falls: Pattern
    rises: Pattern
    not_between: Pattern
    by_before: Pattern
    to_level: Pattern
    from_before: Pattern
    from_weak: Pattern
    then_to: Pattern
    fall_after: Pattern
    rise_after: Pattern
    also: Pattern
    carrying: Pattern
    resumed: Pattern
    having: Pattern
    are_poor: Pattern
    of_households: Pattern
    whole_before: Pattern
    are_poor_later: Pattern
    one_of: Pattern
    yearly: Pattern
    groups: tuple[tuple[str, Pattern], ...]
    any_group: Pattern
    times: tuple[tuple[str, str, Pattern], ...]
    compared: Pattern
    of_a_text: Pattern
    parts_of_year: Mapping[str, str]
    target: Pattern
    no_target: Pattern
    to_come: Pattern
    done: Pattern
    estimate: Pattern
    preliminary: Pattern
    wholes: Pattern
    offices: tuple[str, ...]
    speaker: Pattern
    respectively: tuple[str, ...]
    regions: tuple[tuple[str, str, str, Pattern], ...]
    of_region: Pattern
    below_behind: Pattern
    below_before: Pattern
    kinds_below: Mapping[str, str]
    kind_words: tuple[str, ...]
    province_after: Pattern
    elsewhere: Pattern
    inside: Pattern
    listing: Pattern
    particles: frozenset[str]
    part: Pattern
    part_after: Pattern
    of_named: Pattern
    they: Pattern
    worth: Pattern
    goods: frozenset[str]
    out_of: Pattern
    each: Pattern
    achieved: Pattern
    paid: Pattern
    received: Pattern
    paid_for: Pattern


def any_of(words: str) -> str:
    """Alternatives of a blank-separated list, longest first; `_` stands for a blank."""
    listed = sorted((word.replace("_", " ") for word in words.split()), key=len, reverse=True)
    return "|".join(map(re.escape, listed))


def listed(words: str) -> tuple[str, ...]:
    """The words of a blank-separated list."""
    return tuple(words.split())
