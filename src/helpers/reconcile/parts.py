"""Parts: cutting the system into the independent pieces that cannot hold."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from helpers.reconcile.screening import dirty_components
from helpers.reconcile.system import Ints, System, take


def parts(system: System) -> Iterator[tuple[System, Ints]]:
    """Each piece of which screening proves that it cannot hold, with the numbers of its figures."""
    component, dirty = dirty_components(system)
    figures = np.arange(len(system.figure_var))
    yield from _cut(system, component, figures, dirty)


def figure_components(system: System, component: Ints) -> Ints:
    """(f,) component that each figure lies in; -1 where it is tied to nothing."""
    result = np.full(len(system.figure_var), -1, dtype=np.int64)
    result[system.print_figure] = component[system.print_var]
    entry_figure = system.row_figure[system.row]
    states = entry_figure >= 0
    result[entry_figure[states]] = component[system.col[states]]
    return result


def _cut(
    system: System, component: Ints, figures: Ints, wanted: Ints
) -> Iterator[tuple[System, Ints]]:
    """Halve the list of wanted pieces until each stands alone, so that the work stays n log n."""
    if not len(wanted):
        return
    variables = np.flatnonzero(np.isin(component, wanted))
    members = np.flatnonzero(np.isin(figure_components(system, component), wanted))
    piece = take(system, variables, members)
    if len(wanted) == 1:
        yield piece, figures[members]
        return
    middle = len(wanted) // 2
    for half in (wanted[:middle], wanted[middle:]):
        yield from _cut(piece, component[variables], figures[members], half)
