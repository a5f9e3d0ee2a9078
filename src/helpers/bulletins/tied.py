"""Tied: a printed quantity together with all that was understood of it."""

from __future__ import annotations

from dataclasses import dataclass

from helpers.bulletins.indicators import Subject
from helpers.bulletins.scanner import Printed


@dataclass(frozen=True)
class Tied:
    """One figure with what was understood of it.

    between, after : the text before it, back to the figure before or the sentence's start, and
                     behind it, up to the next figure
    place, period, status : as in a ledger
    earlier : whether it is the earlier of two levels, as in `từ 7,71% xuống còn 6,12%`
    """

    printed: Printed
    subject: Subject
    sentence: int
    line: int
    place: str
    period: str
    between: str
    after: str
    status: str
    earlier: bool


Link = tuple[int, str, int]
"""One figure, the relation, the other figure; figures by their index."""
