"""Page: a foreign text in lower case beside its own letters, with its sentences."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass

from helpers.bulletins.text import Text

# A point behind one of these ends no sentence.
_ABBREVIATION = re.compile(
    r"(?<!\w)(?:no|nos|mr|mrs|ms|dr|prof|assoc|st|vs|dist|gen|col|dept|approx|est|inc|co|ltd|u\.s"
    r"|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec|art|mm?|mmes?|mlle|env|av|janv|févr|juil|déc"
    r"|[a-z]|[ap]\.m)\.[\"”’)\]]{0,2} {1,40}$"
)
# A number of one or two digits ends a sentence, unless it opens a line: `route 53. Son voisin`.
_AFTER_NUMBER = re.compile(
    r"(?:(?<=[^\W\d_] [0-9])|(?<=[^\W\d_] [0-9]{2}))\. (?=[A-ZÀ-Ý«“\"][a-zà-ÿ ])"
)


@dataclass(frozen=True)
class Page:
    """A text to read.

    nfc    : the composed text; low : the same in lower case, character for character
    starts : positions at which sentences start; ends : at which they end
    lines  : positions at which lines start
    title_end : where the short lines that open the text end
    """

    nfc: str
    low: str
    starts: list[int]
    ends: list[int]
    lines: list[int]
    title_end: int

    def sentence_of(self, position: int) -> int:
        """Number, from 0, of the sentence that a position lies in."""
        return bisect_right(self.starts, position) - 1

    def line_of(self, position: int) -> int:
        """Number, from 0, of the line that a position lies in."""
        return bisect_right(self.lines, position) - 1


def page_of(text: Text) -> Page:
    """The page of a composed text."""
    low = lower(text.nfc)
    starts = [
        start
        for start in text.sentences
        if "." not in low[max(0, start - 6) : start]
        or not _ABBREVIATION.search(low, max(0, start - 16), start)
    ]
    starts = sorted({*starts, *(match.end() for match in _AFTER_NUMBER.finditer(text.nfc))})
    ends = [*starts[1:], len(low)]
    return Page(text.nfc, low, starts, ends, text.lines, text.title_end)


def lower(nfc: str) -> str:
    """Lower case without a change of length, and with one sort of apostrophe."""
    low = nfc.lower()
    if len(low) != len(nfc):
        low = "".join(c.lower() if len(c.lower()) == 1 else c for c in nfc)
    return low.replace("’", "'")
