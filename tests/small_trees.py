"""Small trees of places for tests, their sums as rows, and what a linear program says of them."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from hypothesis import strategies as st
from scipy.optimize import linprog

Floats = npt.NDArray[np.float64]
Table = dict[str, Any]

trees = st.integers(1, 8).flatmap(
    lambda size: st.tuples(*(st.integers(-1, place - 1) for place in range(size)))
)


def sums(parent: Sequence[int]) -> Floats:
    """(q, p) rows `children − parent`."""
    up = np.asarray(parent)
    above = np.unique(up[up >= 0])
    return np.asarray((up[None, :] == above[:, None]) * 1.0 - np.eye(len(up))[above])


def least(price: Floats, equal: Floats, less: Floats, low: Floats, high: Floats) -> float | None:
    """Least price @ x with equal @ x = 0, less @ x <= 0 and low <= x <= high; None: no such x."""
    answer = linprog(
        price,
        A_ub=less,
        b_ub=np.zeros(len(less)),
        A_eq=equal,
        b_eq=np.zeros(len(equal)),
        bounds=list(zip(low, high, strict=True)),
    )
    if answer.status == 2:
        return None
    assert answer.status in (0, 3)
    return float(answer.fun) if answer.status == 0 and answer.fun is not None else -np.inf
