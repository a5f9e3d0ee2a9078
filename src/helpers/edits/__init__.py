"""Edits: linear rules on records of numbers: which break them, what to doubt, what to adjust.

For tables of k records and n named values, many records at once; NaN is missing, and free.
`helpers.reconcile` does the same for ledgers of printed figures, whose rates make rules of their
own.
"""

from helpers.edits.adjust import Adjusted, adjust
from helpers.edits.deduce import Deduced, deduce
from helpers.edits.feasible import ContradictoryRules, contradiction, feasible
from helpers.edits.linear import Rules, UnreadableRule, parse
from helpers.edits.localise import Localised, localise
from helpers.edits.reduce import eliminate, ranges
from helpers.edits.screen import Screened, screen
from helpers.edits.slips import Corrected, correct_rounding, correct_signs, correct_typos
from helpers.edits.tree import Order, Rate, TreeAdjusted, adjust_tree

__all__ = [
    "Adjusted",
    "ContradictoryRules",
    "Corrected",
    "Deduced",
    "Localised",
    "Order",
    "Rate",
    "Rules",
    "Screened",
    "TreeAdjusted",
    "UnreadableRule",
    "adjust",
    "adjust_tree",
    "contradiction",
    "correct_rounding",
    "correct_signs",
    "correct_typos",
    "deduce",
    "eliminate",
    "feasible",
    "localise",
    "parse",
    "ranges",
    "screen",
]
