"""Linear rules: `profit + cost = turnover` as text and as one row of a matrix."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.project import UserError

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

SIGNS = {"≤": "<=", "≥": ">=", "·": "*", "×": "*", "−": "-"}
EQUAL, LESS, MORE = (ast.Eq,), (ast.Lt, ast.LtE), (ast.Gt, ast.GtE)


class UnreadableRule(UserError):
    """A text that is no linear rule."""


@dataclass(frozen=True)
class Rules:
    """Linear rules  low <= matrix @ x <= high  between named values.

    names     : (n,) of the values, in the order of the columns
    ids       : (m,) of the rules
    matrix    : (m, n) coefficients; rules are few, so it is dense
    low, high : (m,) ; an end that is not bounded is infinite
    open_low, open_high : (m,) whether that end itself is excluded, as in `x > 1`
    """

    names: tuple[str, ...]
    ids: tuple[str, ...]
    matrix: Floats
    low: Floats
    high: Floats
    open_low: Bools
    open_high: Bools


@dataclass(frozen=True)
class _Sum:
    """A sum of coefficients times names, and a constant."""

    terms: Mapping[str, float]
    constant: float

    def plus(self, other: _Sum, times: float = 1.0) -> _Sum:
        terms = dict(self.terms)
        for name, coefficient in other.terms.items():
            terms[name] = terms.get(name, 0.0) + times * coefficient
        return _Sum(terms, self.constant + times * other.constant)

    def scaled(self, factor: float) -> _Sum:
        terms = {name: factor * coefficient for name, coefficient in self.terms.items()}
        return _Sum(terms, factor * self.constant)


def parse(texts: Mapping[str, str] | Iterable[str], names: Sequence[str] = ()) -> Rules:
    """Rules from texts such as `p + c == t`, `cost >= 0.6*turnover`, `0 <= r <= 100`.

    texts : rules by id; without ids they are called r1, r2, …
    names : values in the wanted order; those that only rules name come behind them
    Signs are + - * / with numbers and parentheses, and = == <= < >= > (also ≤ ≥ · ×); a name is a
    letter followed by letters, digits and `_`. Raises UnreadableRule with the text of the rule.
    """
    if not isinstance(texts, Mapping):
        texts = {f"r{number}": text for number, text in enumerate(texts, 1)}
    found = [(key, row) for key, text in texts.items() for row in _rows(text)]
    order = list(dict.fromkeys([*names, *(n for _, (s, *_) in found for n in s.terms)]))
    place = {name: number for number, name in enumerate(order)}
    matrix = np.zeros((len(found), len(order)))
    for number, (_, (total, *_)) in enumerate(found):
        for name, coefficient in total.terms.items():
            matrix[number, place[name]] += coefficient
    ends = np.array([row[1:] for _, row in found], dtype=np.float64).reshape(-1, 4)
    return Rules(
        names=tuple(order),
        ids=tuple(key for key, _ in found),
        matrix=matrix,
        low=ends[:, 0],
        high=ends[:, 1],
        open_low=ends[:, 2].astype(np.bool_),
        open_high=ends[:, 3].astype(np.bool_),
    )


def table_of(rules: Rules, values: npt.ArrayLike) -> Floats:
    """Records as an array in the order of rules.names; the columns of a DataFrame go by name.

    Raises UserError for a DataFrame that lacks a name, and for what are no numbers.
    """
    if isinstance(values, pd.DataFrame):
        lacking = [name for name in rules.names if name not in values.columns]
        if lacking:
            raise UserError(f"The table has no column {', '.join(lacking)}, which a rule names.")
        values = values[list(rules.names)]
    try:
        return np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise UserError(f"The records hold what is no number: {error}.") from None


def _rows(text: str) -> list[tuple[_Sum, float, float, bool, bool]]:
    """The comparisons of a rule: sum of its terms, low, high, and whether the ends are open."""
    node = _parsed(text)
    if not isinstance(node, ast.Compare):
        raise UnreadableRule(f"The rule {text!r} compares nothing: write it with = or <= or >=.")
    sides = [_sum(side, text) for side in (node.left, *node.comparators)]
    rows = []
    for left, sign, right in zip(sides, node.ops, sides[1:], strict=False):
        total = left.plus(right, -1.0)
        bound = -total.constant
        if isinstance(sign, EQUAL):
            ends = (bound, bound)
        elif isinstance(sign, LESS):
            ends = (-np.inf, bound)
        elif isinstance(sign, MORE):
            ends = (bound, np.inf)
        else:
            raise UnreadableRule(f"The rule {text!r} has a sign that is none of = <= < >= >.")
        is_open = isinstance(sign, (ast.Lt, ast.Gt))
        rows.append((total, *ends, is_open and ends[0] > -np.inf, is_open and ends[1] < np.inf))
    return rows


def _parsed(text: str) -> ast.expr:
    for sign, plain in SIGNS.items():
        text = text.replace(sign, plain)
    pieces = text.replace("==", "=").replace("<=", "<\0").replace(">=", ">\0").split("=")
    plain = "==".join(pieces).replace("\0", "=")
    try:
        return ast.parse(plain.strip(), mode="eval").body
    except SyntaxError as error:
        raise UnreadableRule(f"The rule {text!r} cannot be read: {error.msg}.") from None


def _sum(node: ast.expr, text: str) -> _Sum:
    match node:
        case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
            return _Sum({}, float(number))
        case ast.Name(id=name):
            return _Sum({name: 1.0}, 0.0)
        case ast.UnaryOp(op=ast.USub(), operand=inner):
            return _sum(inner, text).scaled(-1.0)
        case ast.UnaryOp(op=ast.UAdd(), operand=inner):
            return _sum(inner, text)
        case ast.BinOp(left=left, op=ast.Add() | ast.Sub() as sign, right=right):
            return _sum(left, text).plus(
                _sum(right, text), 1.0 if isinstance(sign, ast.Add) else -1.0
            )
        case ast.BinOp(left=left, op=ast.Mult(), right=right):
            one, other = _sum(left, text), _sum(right, text)
            if one.terms and other.terms:
                raise UnreadableRule(f"The rule {text!r} multiplies two values: it is not linear.")
            return one.scaled(other.constant) if one.terms else other.scaled(one.constant)
        case ast.BinOp(left=left, op=ast.Div(), right=right):
            by = _sum(right, text)
            if by.terms or by.constant == 0:
                raise UnreadableRule(f"The rule {text!r} divides by something else than a number.")
            return _sum(left, text).scaled(1.0 / by.constant)
    raise UnreadableRule(
        f"The rule {text!r} is not linear: it may hold numbers, names, + - * / and parentheses."
    )
