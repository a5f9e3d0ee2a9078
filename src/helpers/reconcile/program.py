"""The linear program of a system, solved again and again with other figures trusted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import highspy
import numpy as np
from highspy import HighsModelStatus as Status
from scipy.sparse import csr_array, eye_array, hstack, vstack

if TYPE_CHECKING:
    from helpers.reconcile.system import Bools, Floats, Ints, System

WIDENING = 1e-9


class Program:
    """A system as  row_low <= matrix @ x <= row_high, low <= x <= high , kept by the solver.

    Only the ends change from one question to the next, so that the solver goes on from its last
    basis.
    """

    def __init__(self, system: System) -> None:
        self._system = system
        shape = (len(system.row_low), len(system.lower))
        self._matrix = csr_array((system.coef, (system.row, system.col)), shape=shape)
        self._solver = _solver(
            self._matrix, system.row_low, system.row_high, system.lower, system.upper
        )
        slack = WIDENING * np.maximum(1.0, np.abs(system.print_low))
        self._print_low = system.print_low - slack
        self._print_high = system.print_high + slack

    def holds(self, trusted: Bools) -> bool:
        """Whether real numbers satisfy the rules and the prints of the trusted figures.

        trusted : (f,) ; raises RuntimeError where the solver finds no answer
        """
        low, high = self._ends(trusted)
        if (low > high).any():
            return False
        return self._least(None) is not None

    def core(self, trusted: Bools) -> Ints:
        """Figures, ascending, that already exclude each other, from the proof that none fits.

        trusted : (f,) must not hold. The proof is Farkas' (1902): a sum of rows and ends that
        contradicts itself; its figures are all that it uses, and seldom more than needed.
        """
        low, high = self._ends(trusted)
        crossed = np.flatnonzero(low > high)
        if len(crossed):
            return self._of_bounds(trusted, low, high, crossed[:1], crossed[:1])
        if self._least(None) is not None:
            raise ValueError("The figures hold: there is no proof that they do not.")
        _, has_ray, ray = self._solver.getDualRay()
        if not has_ray:
            return np.flatnonzero(trusted)
        y = np.asarray(ray, dtype=np.float64)
        pull = np.asarray(self._matrix.T @ y, dtype=np.float64)
        scale = np.asarray(abs(self._matrix).T @ np.abs(y), dtype=np.float64)
        used = np.abs(pull) > 1e-9 * np.maximum(scale, 1e-300)
        lows, highs = np.flatnonzero(used & (pull > 0)), np.flatnonzero(used & (pull < 0))
        stated = self._system.row_figure[np.flatnonzero(y)]
        figures = np.concatenate(
            [
                stated[stated >= 0],
                self._of_bounds(
                    trusted,
                    low,
                    high,
                    *((highs, lows) if self._is_upward(y, pull, low, high) else (lows, highs)),
                ),
            ]
        )
        return np.unique(figures)

    def _is_upward(self, y: Floats, pull: Floats, low: Floats, high: Floats) -> bool:
        """Whether the ends of x bound  y @ matrix @ x  from above, else from below."""
        with np.errstate(invalid="ignore"):
            top = np.where(pull > 0, high, low)[pull != 0] @ pull[pull != 0]
        ends = np.where(y > 0, self._system.row_low, self._system.row_high)[y != 0] @ y[y != 0]
        return bool(np.isfinite(top) and np.isfinite(ends) and top < ends)

    def _of_bounds(
        self, trusted: Bools, low: Floats, high: Floats, lows: Ints, highs: Ints
    ) -> Ints:
        """One figure for each end of a value that its print sets: the first of those that do."""
        system = self._system
        heard = trusted[system.print_figure]
        found = []
        for values, ends, prints in ((lows, low, self._print_low), (highs, high, self._print_high)):
            mine = heard & np.isin(system.print_var, values)
            mine &= prints == ends[system.print_var]
            var, figure = system.print_var[mine], system.print_figure[mine]
            order = np.lexsort((figure, var))
            first = np.unique(var[order], return_index=True)[1]
            found.append(figure[order][first])
        return np.unique(np.concatenate(found))

    def value_ends(self, trusted: Bools) -> tuple[Floats, Floats]:
        """(n,) least and greatest of each value by its bounds and the prints of the trusted."""
        return self._ends(trusted)

    def ends(self, trusted: Bools, var: int) -> tuple[float, float] | None:
        """Least and greatest value of x[var]; None where the trusted figures do not hold."""
        low, high = self._ends(trusted)
        if (low > high).any():
            return None
        goal = np.eye(1, len(low), var)[0]
        least, most = self._least(goal), self._least(-goal)
        return None if least is None or most is None else (least, -most)

    def ratio_ends(
        self, trusted: Bools, part: int, whole: int, factor: float
    ) -> tuple[float, float] | None:
        """Least and greatest factor*x[part]/x[whole]; None where the trusted do not hold.

        A linear-fractional program in y = s*x with y[whole] held at what some solution has there,
        so that s is near 1 and the solver's tolerance means the same (Charnes and Cooper 1962).
        """
        low, high = self._ends(trusted)
        if (low > high).any() or self._least(None) is None:
            return None
        held = max(1.0, float(self._solver.getSolution().col_value[whole]))
        row_low, row_high = self._stated(trusted)
        n = len(low)
        unit = csr_array(eye_array(n))
        pieces = []
        for matrix, left, right in ((self._matrix, row_low, row_high), (unit, low, high)):
            below, above = np.isfinite(left), np.isfinite(right)
            pieces.append(hstack([-matrix[below], csr_array(left[below][:, None])]))
            pieces.append(hstack([matrix[above], csr_array(-right[above][:, None])]))
        scaled = csr_array(vstack(pieces))
        free = np.full(n + 1, -np.inf)
        free[n] = 0.0
        top = np.full(n + 1, np.inf)
        free[whole] = top[whole] = held
        size = scaled.shape[0]
        solver = _solver(scaled, np.full(size, -np.inf), np.zeros(size), free, top)
        goal = factor / held * np.eye(1, n + 1, part)[0]
        least, most = _least(solver, goal), _least(solver, -goal)
        return None if least is None or most is None else (least, -most)

    def _stated(self, trusted: Bools) -> tuple[Floats, Floats]:
        """(m,) ends of the rows: those that a figure states are open unless it is trusted."""
        system = self._system
        stated = (system.row_figure < 0) | trusted[system.row_figure]
        return np.where(stated, system.row_low, -np.inf), np.where(stated, system.row_high, np.inf)

    def _ends(self, trusted: Bools) -> tuple[Floats, Floats]:
        """Tell the solver whom to trust; returns the ends of all values."""
        system = self._system
        low, high = system.lower.copy(), system.upper.copy()
        heard = trusted[system.print_figure]
        np.maximum.at(low, system.print_var[heard], self._print_low[heard])
        np.minimum.at(high, system.print_var[heard], self._print_high[heard])
        if (low <= high).all():
            n, m = len(low), len(system.row_low)
            self._solver.changeColsBounds(n, np.arange(n, dtype=np.int32), low, high)
            if m:
                ends = self._stated(trusted)
                self._solver.changeRowsBounds(m, np.arange(m, dtype=np.int32), *ends)
        return low, high

    def _least(self, goal: Floats | None) -> float | None:
        return _least(self._solver, np.zeros(len(self._system.lower)) if goal is None else goal)


def _solver(
    matrix: csr_array, row_low: Floats, row_high: Floats, low: Floats, high: Floats
) -> highspy.Highs:
    solver = highspy.Highs()
    solver.silent()
    solver.setOptionValue("presolve", "off")
    solver.setOptionValue("threads", 1)
    program = highspy.HighsLp()
    program.num_row_, program.num_col_ = matrix.shape
    program.col_cost_ = np.zeros(len(low))
    program.col_lower_, program.col_upper_ = low, high
    program.row_lower_, program.row_upper_ = row_low, row_high
    program.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    program.a_matrix_.start_ = matrix.indptr.astype(np.int32)
    program.a_matrix_.index_ = matrix.indices.astype(np.int32)
    program.a_matrix_.value_ = matrix.data.astype(np.float64)
    solver.passModel(program)
    return solver


def _least(solver: highspy.Highs, goal: Floats, again: bool = True) -> float | None:
    """Least value of goal @ x; None when there is no solution, -inf when it has no bound.

    again : whether to start anew, without the last basis, where the solver is not sure
    """
    solver.changeColsCost(len(goal), np.arange(len(goal), dtype=np.int32), goal)
    solver.run()
    status = solver.getModelStatus()
    if status == Status.kOptimal:
        return float(solver.getInfo().objective_function_value)
    if status == Status.kInfeasible:
        return None
    if status == Status.kUnbounded:
        return -np.inf
    if again:
        solver.clearSolver()
        return _least(solver, goal, again=False)
    if status == Status.kUnboundedOrInfeasible and goal.any():
        return None if _least(solver, np.zeros(len(goal))) is None else -np.inf
    raise RuntimeError(f"The linear program of a conflict was not solved: {status.name}")
