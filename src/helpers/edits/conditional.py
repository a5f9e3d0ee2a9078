"""Rules about words as well as numbers, such as `if (married == TRUE) age >= 17`, in one record."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations, product

from helpers.edits.feasible import feasible
from helpers.edits.linear import UnreadableRule, parse

Value = str | bool | float | None
Branches = list[tuple[str, ...]]
MOST_NAMES = 16
TIE = 1e-9
SIGNS = {"%in%": " in ", "&&": " and ", "&": " and ", "||": " or ", "|": " or ", "!": " not "}
WORDS = {"TRUE": "True", "FALSE": "False"}
TOKEN = re.compile(r"%in%|&&?|\|\|?|!(?!=)|\bTRUE\b|\bFALSE\b")
QUOTED = re.compile(r"""('[^']*'|"[^"]*")""")
ELSEWHERE = "\0 any other word"
STRAIGHT: dict[type[ast.cmpop], tuple[str, ...]] = {
    ast.Lt: ("<",),
    ast.LtE: ("<=",),
    ast.Gt: (">",),
    ast.GtE: (">=",),
    ast.Eq: ("==",),
    ast.NotEq: ("<", ">"),
}
OPPOSITE: dict[type[ast.cmpop], tuple[str, ...]] = {
    ast.Lt: STRAIGHT[ast.GtE],
    ast.LtE: STRAIGHT[ast.Gt],
    ast.Gt: STRAIGHT[ast.LtE],
    ast.GtE: STRAIGHT[ast.Lt],
    ast.Eq: STRAIGHT[ast.NotEq],
    ast.NotEq: STRAIGHT[ast.Eq],
}


def doubted(
    texts: Sequence[str], record: Mapping[str, Value], weights: Mapping[str, float] | None = None
) -> tuple[list[tuple[str, ...]], float]:
    """The lightest sets of values to doubt so that the rest can be kept, by trying all sets.

    texts   : linear rules, `name %in% c('a', 'b')`, comparisons with a word or TRUE, `if (A) B`,
        with & | ! and parentheses
    record  : word, truth value or number by name; None is missing and free
    weights : by name, 1 where not given
    Returns all sets of the least weight, names sorted, and the weight. Words may be replaced by
    those that a rule of its own lists for them, or else by any. For records of up to 16 values.
    Raises UnreadableRule for a text that is no such rule, and for more values.
    Source: Fellegi & Holt, "A systematic approach to automatic edit and imputation" (1976).
    """
    rules = [_read(text) for text in texts]
    if len(record) > MOST_NAMES:
        raise UnreadableRule(f"Rules about words are tried on at most {MOST_NAMES} values.")
    domains = _domains(rules, record)
    missing = {name for name, value in record.items() if value is None}
    names = sorted(record.keys() - missing)
    cost = {name: 1.0 if weights is None else weights.get(name, 1.0) for name in names}
    sets = [s for size in range(len(names) + 1) for s in combinations(names, size)]
    best: list[tuple[str, ...]] = []
    least = float("inf")
    for chosen in sorted(sets, key=lambda s: (sum(cost[name] for name in s), len(s), s)):
        weight = sum(cost[name] for name in chosen)
        if weight > least * (1 + TIE):
            break
        if any(set(other) <= set(chosen) for other in best):
            continue
        if _can_be(rules, record, domains, missing | set(chosen)):
            best.append(chosen)
            least = weight
    return best, least


def _read(text: str) -> ast.expr:
    """A rule as an expression: `if (A) B` is `not A or B`."""
    pieces = QUOTED.split(text)
    pieces[::2] = [TOKEN.sub(lambda m: SIGNS.get(m[0]) or WORDS[m[0]], p) for p in pieces[::2]]
    plain = "".join(pieces).strip()
    start = re.match(r"if\s*\(", plain)
    if start:
        end = _closing(plain, start.end())
        plain = f"(not ({plain[start.end() : end]})) or ({plain[end + 1 :].strip()})"
    try:
        return ast.parse(plain, mode="eval").body
    except SyntaxError as error:
        raise UnreadableRule(f"The rule {text!r} cannot be read: {error.msg}.") from None


def _closing(text: str, start: int) -> int:
    depth = 1
    for place in range(start, len(text)):
        depth += {"(": 1, ")": -1}.get(text[place], 0)
        if not depth:
            return place
    raise UnreadableRule(f"The rule {text!r} has an open parenthesis.")


def _domains(
    rules: Sequence[ast.expr], record: Mapping[str, Value]
) -> dict[str, tuple[Value, ...]]:
    """What each word may be: what a rule of its own lists, else what rules mention, or other."""
    listed: dict[str, set[Value]] = {}
    mentioned: dict[str, set[Value]] = {}
    for rule in rules:
        for node in ast.walk(rule):
            for name, values in _words(node):
                mentioned.setdefault(name, set()).update(values)
                if (
                    node is rule
                    and isinstance(rule, ast.Compare)
                    and isinstance(rule.ops[0], ast.In)
                ):
                    listed[name] = listed.get(name, values) & values
    for name, value in record.items():
        if isinstance(value, (str, bool)):
            mentioned.setdefault(name, {value})
    others: dict[str, set[Value]] = {
        name: {True, False} if all(isinstance(v, bool) for v in values) else {*values, ELSEWHERE}
        for name, values in mentioned.items()
    }
    return {name: tuple(sorted(v, key=repr)) for name, v in {**others, **listed}.items()}


def _words(node: ast.AST) -> Iterator[tuple[str, set[Value]]]:
    """The name that a comparison is about and the words it is compared with."""
    if isinstance(node, ast.Compare) and isinstance(node.left, ast.Name):
        values = _constants(node.comparators[0])
        if any(isinstance(value, (str, bool)) for value in values):
            yield node.left.id, values


def _constants(node: ast.expr) -> set[Value]:
    parts = node.args if isinstance(node, ast.Call) else [node]
    return {p.value for p in parts if isinstance(p, ast.Constant)}  # type: ignore[misc]


def _can_be(
    rules: Sequence[ast.expr],
    record: Mapping[str, Value],
    domains: Mapping[str, tuple[Value, ...]],
    free: set[str],
) -> bool:
    """Whether values for the free names exist with which all rules hold."""
    fixed = [f"{n} == {v!r}" for n, v in record.items() if n not in domains and n not in free]
    choices = [domains[n] if n in free or n not in record else (record[n],) for n in domains]
    for words in product(*choices):
        given = dict(zip(domains, words, strict=True))
        ways = [_branches(rule, True, given) for rule in rules]
        for chosen in product(*ways):
            linear = [atom for branch in chosen for atom in branch]
            if not linear or feasible(parse([*linear, *fixed])):
                return True
    return False


def _branches(node: ast.expr, holds: bool, words: Mapping[str, Value]) -> Branches:
    """Sets of linear rules of which one must hold for the expression to be true (or false)."""
    match node:
        case ast.UnaryOp(op=ast.Not(), operand=inner):
            return _branches(inner, not holds, words)
        case ast.BoolOp(op=op, values=parts):
            ways = [_branches(part, holds, words) for part in parts]
            if isinstance(op, ast.And) is holds:
                return [tuple(atom for branch in way for atom in branch) for way in product(*ways)]
            return [branch for way in ways for branch in way]
        case ast.Name(id=name) if name in words:
            return [()] if (words[name] is True) is holds else []
        case ast.Compare(left=ast.Name(id=name), ops=[op], comparators=[right]) if name in words:
            is_in = words[name] in _constants(right)
            wanted = holds is not isinstance(op, (ast.NotEq, ast.NotIn))
            return [()] if is_in is wanted else []
        case ast.Compare(left=left, ops=[ast.In()], comparators=[ast.Call(args=values)]):
            equals = [ast.Compare(left, [ast.Eq()], [value]) for value in values]
            return _branches(ast.BoolOp(ast.Or(), list(equals)), holds, words)
        case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in STRAIGHT:
            signs = (STRAIGHT if holds else OPPOSITE)[type(op)]
            return [(f"{ast.unparse(left)} {sign} {ast.unparse(right)}",) for sign in signs]
    raise UnreadableRule(f"{ast.unparse(node)!r} is neither about words nor linear.")
