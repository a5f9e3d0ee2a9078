"""The default model: one recipe for every standard, with a scale that the seen years choose.

    g(rate of province p, h years on) = g(last rate) + h · (c + s_p · (pace_p - c))

g is a scale of Box and Cox's family and unknown: paths on all scales are averaged, weighed by how
well each describes the steps of the panel up to the origin (`scales.weights`). pace_p is the mean
yearly change of the province so far, c the common pace, and s_p the share of its deviation that is
believed. This looks at the country from below, province by province. Seen from above, its mean rate
may go on by itself; the share WHOLE of the draws follows this, with the provinces scaled to it.
Whether a fall speeds up or slows down differs most between the two, so that both stay in the draws.
"""

from __future__ import annotations

import numpy as np

from helpers.project import UserError
from helpers.trends import scales
from helpers.trends.draws import Draws, assemble
from helpers.trends.panels import Panel
from helpers.trends.past import Floats, Past, train
from helpers.trends.shocks import believed, scatter

WHOLE = 1 / 3
"""Share of the draws in which the country's mean rate goes on by itself. Views from below and from
above are commonly averaged with equal weights; it is less here since the provinces are many and
the country one. It was set knowing how both had fared on the three panels: later years are the
test."""

MIDDLE = 0.5
"""Scale of the country's own path: midway between equal points (1) and equal per cent (0), as a
handful of national rates cannot choose one."""


def default(
    panel: Panel, origin: int, horizon: int, draws: int, seed: int, *, from_above: float = WHOLE
) -> Draws:
    """Draws of the default model; arguments as for every model, see `models`.

    from_above : share of the draws in which the country's mean rate goes on by itself, 0 to 1;
                 another one than WHOLE is for asking what the choice means
    Raises UserError where no place has two rates up to the origin.
    """
    past = train(panel, origin)
    weight = scales.weights(past)
    below = np.stack([path(past, horizon, float(power)) for power in scales.POWERS])
    above = below * whole(past, below)[..., None]
    paths = np.concatenate([below, np.minimum(above, 100.0)])
    shares = np.concatenate([(1 - from_above) * weight, from_above * weight])
    centre = np.minimum(np.tensordot(shares, paths, 1), 100.0)
    return assemble(panel, past, centre, scatter(past, paths, shares, draws, seed))


def path(past: Past, horizon: int, power: float) -> Floats:
    """Central rates on one scale, seen from below, year × leaf, per cent.

    The common pace c is weighed by persons, so that it is the country's; s is `shocks.believed`. A
    province with one rate takes the common pace.
    """
    moved = _moved(past)
    span = past.last_year - past.first_year
    change = scales.transform(past.last, power) - scales.transform(past.first, power)
    pace = np.divide(change, span, out=np.zeros_like(change), where=moved)
    common = np.average(pace[moved], weights=past.weights[moved])
    own = np.where(moved, common + believed(past) * (pace - common), common)
    return scales.move(past.last, past.ahead(horizon) * own, power)


def whole(past: Past, below: Floats) -> Floats:
    """Factor that brings the mean of the leaves onto the country's own path, … × year.

    below : … × year × leaf, per cent
    The country is the weighted mean of the leaves with two rates, from their first to their last,
    and goes on in a straight line on the scale MIDDLE. 1 where the mean is zero.
    """
    moved = _moved(past)
    share = past.weights[moved] / past.weights[moved].sum()
    first, last = (
        scales.transform(rate[moved] @ share, MIDDLE) for rate in (past.first, past.last)
    )
    pace = (last - first) / ((past.last_year - past.first_year)[moved] @ share)
    ahead = (past.ahead(below.shape[-2])[:, moved] * share).sum(axis=-1)
    wanted = scales.move(past.last[moved] @ share, ahead * pace, MIDDLE)
    mean: Floats = (below[..., moved] * share).sum(axis=-1)  # as a product it depends on the shape
    factor: Floats = np.divide(wanted, mean, out=np.ones_like(mean), where=mean > 0)
    return factor


def _moved(past: Past) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Leaves with two rates. Raises UserError when there are none."""
    moved: np.ndarray[tuple[int], np.dtype[np.bool_]] = past.last_year > past.first_year
    if not moved.any():
        raise UserError(
            "no place has rates of two years up to the origin: a pace cannot be seen, so choose a "
            "later origin or another standard."
        )
    return moved
