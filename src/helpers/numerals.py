"""Numerals: the digits of a number and its decimals, with dots and commas told apart.

A per cent has no thousands and a count no decimals; where that does not settle it, the style of
the source does.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import takewhile
from typing import Literal

STYLES = ("vi", "en", "fr", "mixed")
LONGEST_NUMBER = 18
_POWER = re.compile(r"[kcd]?m[23²³](?!\w)", re.IGNORECASE)
_SHORT_UNITS = frozenset({"đ", "vnđ", "vnd", "m", "km", "cm", "mm", "g", "kg", "l", "pp"})
Kind = Literal["percent", "count", "measure", "bare"]


class UnreadableNumber(ValueError):
    """A printed text that does not give one number; `candidates` are what it may have meant."""

    def __init__(self, reason: str, candidates: tuple[str, ...] = ()) -> None:
        super().__init__(reason)
        self.candidates = candidates


def digits_and_decimals(numeral: str, style: str, kind: Kind) -> tuple[str, int]:
    """Digits of a numeral without marks, and how many of them follow the decimal mark.

    numeral : digits with dots and commas, no blanks: `1.234,5`
    style   : 'vi' or 'fr' 1.234,5; 'en' 1,234.5; 'mixed' by evidence only
    kind    : 'percent', 'count' (whole), 'measure' (may have decimals), 'bare' (not known)
    Raises UnreadableNumber, with candidates where there are some.
    """
    digits = re.sub(r"[.,]", "", numeral)
    if len(digits) > LONGEST_NUMBER:
        raise UnreadableNumber(f"{len(digits)} digits are more than any figure has")
    return digits, _decimals(numeral, style, kind)


def check_end(numeral: str, after: str) -> None:
    """Raise UnreadableNumber where a numeral runs on into what is no unit and no word.

    after : the text from right behind the numeral on. `2.438hộ`, `300.000đ` and `5m2` are fine;
            `1e5`, `2x3`, `5M` and `10²` are not, as they stand for another number.
    """
    letters = "".join(takewhile(str.isalpha, after))
    runs_on = after[len(letters) : len(letters) + 1].isnumeric()
    if (runs_on and not _POWER.match(after)) or (letters and not _is_word(letters)):
        glued = after[: len(letters) + runs_on]
        raise UnreadableNumber(
            f"{numeral}{glued} is no plain number: {glued} is no unit known here; "
            "write the number in digits, and its unit after a blank"
        )


def _is_word(letters: str) -> bool:
    """Whether letters may be a word or a unit: one of these, or two letters with a vowel."""
    plain = unicodedata.normalize("NFD", letters).lower()
    return letters.lower() in _SHORT_UNITS or bool(
        len(letters) > 1 and re.search("[aeiouy]", plain)
    )


def _decimals(text: str, style: str, kind: Kind) -> int:
    """Number of digits after the decimal mark of a numeral, 0 when it has none."""
    head, *groups = re.split(r"[.,]", text)
    marks = re.findall(r"[.,]", text)
    if not marks:
        return 0
    tail = len(groups[-1])
    grouped = 0 < len(head) <= 3 and int(head) > 0 and all(len(g) == 3 for g in groups)
    if len(marks) == 1:
        if kind == "percent":
            return tail
        if kind == "count":
            if not grouped:
                raise _uncountable(text, head, groups[0], marks[0])
            return 0
        if not grouped:
            if tail <= 2 or int(head) == 0 or marks[0] == _point(style):
                return tail
            raise _uncountable(text, head, groups[0], marks[0])
        if style == "mixed":
            raise UnreadableNumber(
                f"{text} may have thousands or decimals; print it with its unit, "
                "or give the source a number_style",
                (text.replace(marks[0], ""), text.replace(",", ".")),
            )
        return tail if marks[0] == _point(style) else 0
    return _decimals_of_many(text, grouped, groups, marks, kind)


def _decimals_of_many(
    text: str, grouped: bool, groups: list[str], marks: list[str], kind: Kind
) -> int:
    if len(set(marks)) == 1 and grouped:
        return 0
    point_is_last = marks[-1] not in marks[:-1] and len(set(marks)) == 2
    if point_is_last and all(len(g) == 3 for g in groups[:-1]) and kind != "count":
        return len(groups[-1])
    raise UnreadableNumber(
        f"{text} groups its digits by no rule; write thousands in threes and one decimal mark"
    )


def _point(style: str) -> str:
    return {"vi": ",", "fr": ",", "en": "."}.get(style, "")


def _uncountable(text: str, head: str, tail: str, mark: str) -> UnreadableNumber:
    """`67.39 hộ`, `15.5580 người`: neither thousands nor, for a count, decimals."""
    digits = head + tail
    groups = f"{int(digits):,}".replace(",", mark)
    if len(tail) > 3:
        others = [head + mark + tail[:i] + tail[i + 1 :] for i in range(len(tail))]
        others = [other for other in others if len(other) == len(head) + 4]
    else:
        others = [head + mark + tail + "0" * (3 - len(tail)), head + mark + tail.zfill(3)]
    candidates = tuple(dict.fromkeys([groups, *others]))
    return UnreadableNumber(
        f"{text} is no whole number: {len(tail)} digits follow the {mark!r}; "
        f"it may stand for {' or '.join(candidates)}: look at the source",
        candidates,
    )
