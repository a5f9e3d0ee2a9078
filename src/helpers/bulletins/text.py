"""Text to read: composed letters, where each stood in the file, and where sentences lie."""

from __future__ import annotations

import bisect
import re
import unicodedata
from array import array
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from helpers.bulletins.vocabulary import CAPITALS

_BLANK = re.compile("[\t\x0b\x0c\x85\xa0\u2000-\u200a\u202f\u205f\u3000]")
_CLUSTER = re.compile(r"[^\u0300-\u036f][\u0300-\u036f]{1,30}")
# These open with one character, not with a choice: such a pattern is found thrice as fast.
_END_OF_LINE = re.compile(r"[\r\n][\r\n]*")
_END_OF_SENTENCE = re.compile(
    r"[.!?…\r\n](?:(?<=[.!?…])[\"”’)\]]{0,2} {1,40}(?=[^\s.,;:)%])|(?<=[\r\n])[\r\n]*)"
)
_ABBREVIATION = re.compile(r"(?:^|[\s(])(?:TP|Tp|TX|TT|P|Q|H|X|GS|PGS|TS|ThS|BS|St|\d{1,2})\.$")


CAPITAL_WORD = re.compile(rf"[{CAPITALS}][^\W\d_]*")
_SECTION = re.compile(r"\s*(?:[IVX]{1,4}|\d{1,2})[.)/]\s")
_TITLE_LINES = 12
_LONGEST_TITLE = 180


@dataclass(frozen=True, eq=False)
class Text:
    """A bulletin's text in NFC, all blanks within lines plain spaces.

    origin : for each character its offset in the decoded text; None when nothing moved
    """

    nfc: str
    origin: array[int] | None

    def offset(self, position: int) -> int:
        """Offset in the decoded text of the character at a position."""
        return position if self.origin is None else self.origin[position]

    def position(self, offset: int) -> int:
        """Position of a character of the decoded text, by its offset."""
        at = offset if self.origin is None else bisect.bisect_left(self.origin, offset)
        return max(0, min(at, len(self.nfc)))

    @cached_property
    def low(self) -> str:
        """The text in lower case, each character in its place."""
        low = self.nfc.lower()
        if len(low) == len(self.nfc):
            return low
        return "".join(c if len(c.lower()) != 1 else c.lower() for c in self.nfc)

    @cached_property
    def capitals(self) -> list[tuple[int, str]]:
        """Words that start with a capital, and where."""
        nfc = self.nfc
        return [
            (match.start(), match.group())
            for match in CAPITAL_WORD.finditer(nfc)
            if not (match.start() and nfc[match.start() - 1].isalnum())
        ]

    @cached_property
    def sentences(self) -> list[int]:
        """Positions at which sentences start; a line break ends a sentence too."""
        starts = [0]
        for match in _END_OF_SENTENCE.finditer(self.nfc):
            before = self.nfc[max(0, match.start() - 4) : match.start() + 1]
            goes_on = self.nfc[match.end() : match.end() + 1].islower()
            if match.group()[0] in "\r\n" or not (goes_on or _ABBREVIATION.search(before)):
                starts.append(match.end())
        return starts

    @cached_property
    def ends(self) -> list[int]:
        """Positions at which sentences end."""
        return [*self.sentences[1:], len(self.nfc)]

    @cached_property
    def title_end(self) -> int:
        """Where the short lines that open the text end: menu, title and date; 0 without any."""
        ends = [*self.lines[1:], len(self.nfc)][:_TITLE_LINES]
        end = 0
        for start, stop in zip(self.lines, ends, strict=False):
            if stop - start >= _LONGEST_TITLE or _SECTION.match(self.nfc, start):
                break
            end = stop
        return end

    @cached_property
    def lines(self) -> list[int]:
        """Positions at which lines start."""
        return [0, *(match.end() for match in _END_OF_LINE.finditer(self.nfc))]

    def sentence_of(self, position: int) -> int:
        """Number, from 0, of the sentence that a position lies in."""
        return bisect.bisect_right(self.sentences, position) - 1

    def line_of(self, position: int) -> int:
        """Number, from 0, of the line that a position lies in."""
        return bisect.bisect_right(self.lines, position) - 1


def spots(low: str, phrases: Iterable[str]) -> list[tuple[int, str]]:
    """Where any of the phrases stands as words of its own, by position.

    Plain finding is several times faster here than one pattern of all phrases.
    """
    found = []
    for phrase in phrases:
        start = low.find(phrase)
        while start >= 0:
            end = start + len(phrase)
            if not (start and low[start - 1].isalnum()) and not low[end : end + 1].isalnum():
                found.append((start, phrase))
            start = low.find(phrase, end)
    return sorted(found)


def names_sites(nfc: str) -> bool:
    """Whether a text may hold an address of the web."""
    return "://" in nfc or "www." in nfc


def compose(decoded: str) -> Text:
    """The text with letters and their marks composed, the same for NFC and NFD."""
    if unicodedata.is_normalized("NFC", decoded):
        return Text(_BLANK.sub(" ", decoded), None)
    pieces: list[str] = []
    origin = array("l")
    last = 0
    for match in _CLUSTER.finditer(decoded):
        pieces.append(decoded[last : match.start()])
        origin.extend(range(last, match.start()))
        composed = unicodedata.normalize("NFC", match.group())
        pieces.append(composed)
        origin.extend([match.start()] * len(composed))
        last = match.end()
    pieces.append(decoded[last:])
    origin.extend(range(last, len(decoded)))
    return Text(_BLANK.sub(" ", "".join(pieces)), origin)
