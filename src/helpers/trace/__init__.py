"""Trace: from a number or a figure back to rows, rules, printed tokens and addresses."""

from __future__ import annotations

from helpers.trace import chains, finding, showing
from helpers.trace.chains import Step
from helpers.trace.finding import Cell

__all__ = ["Cell", "Step", "follow", "page", "text"]


def follow(target: str) -> Step:
    """Where something comes from, as a tree of steps.

    target : a figure_id (`d087-07`); a conflict_id; a row of a processed table with, if wanted,
             its column (`trends:45:gso-md-2022:fall_pp_per_year`, `reconciled:d087-07`); a figure
             (`45/3-path`, or the path of its file) or one row of its data (`45/3-path:7`); a
             number as printed (`7,71%`, `14.040`): every cell that prints or holds it
    Raises UserError, with what is nearest, where nothing is meant by it.
    """
    return chains.chain(finding.find(target))


def text(step: Step) -> str:
    """The tree as indented lines."""
    return showing.text(step)


def page(step: Step, target: str) -> str:
    """The tree as one HTML page that loads nothing."""
    return showing.page(step, target)
