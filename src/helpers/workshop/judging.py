"""Judging an answer: right, an expected mistake, nearly right in a way that has a name, or other.

An answer is never compared with a number typed here: an exercise says what is right and what each
expected mistake gives, both computed from the project's own data.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from numbers import Real

Parts = tuple[float, ...]
RIGHT, OTHER = "right", "other"
THOUSANDS = (1_000.0, 1_000_000.0)


@dataclass(frozen=True)
class Numbers:
    """An exercise answered by numbers.

    right    : one number, several, or the two ends of an interval, unrounded
    decimals : places asked for, one for all; 0 asks for whole numbers
    interval : whether two numbers are the ends of one range
    mistakes : by key, each answer that the expected mistake gives
    said     : numbers for the texts, as (value, decimals)
    """

    right: Parts
    decimals: tuple[int, ...]
    interval: bool = False
    mistakes: Mapping[str, tuple[Parts, ...]] = field(default_factory=dict)
    said: Mapping[str, tuple[float, int]] = field(default_factory=dict)


@dataclass(frozen=True)
class Choice:
    """An exercise answered by a letter and the number of a reason; a wrong one is its own key."""

    letter: str
    reason: int
    letters: str = "ABCD"
    reasons: int = 3
    said: Mapping[str, tuple[float, int]] = field(default_factory=dict)


@dataclass(frozen=True)
class Names:
    """An exercise answered by some of several names."""

    right: frozenset[str]
    known: frozenset[str]
    mistakes: Mapping[str, tuple[frozenset[str], ...]] = field(default_factory=dict)
    said: Mapping[str, tuple[float, int]] = field(default_factory=dict)


Exercise = Numbers | Choice | Names


def judge(exercise: Exercise, answer: object) -> str:
    """The key of what an answer shows: 'right', a mistake of the exercise, a slip, or 'other'.

    answer : what a learner gave, whatever its type; never raises
    """
    if isinstance(exercise, Numbers):
        return _numbers(exercise, answer)
    if isinstance(exercise, Choice):
        return _choice(exercise, answer)
    return _names(exercise, answer)


def _numbers(exercise: Numbers, answer: object) -> str:
    values = _values(exercise, answer)
    if isinstance(values, str):
        return values
    if _is_right(exercise, values):
        return RIGHT
    if key := _named(exercise, values):
        return key
    if len(values) != len(exercise.right):
        return "one_end" if exercise.interval and len(values) == 1 else "count"
    for key, shows in SLIPS.items():
        if shows(exercise, values):
            return key
    return OTHER


def _named(exercise: Numbers, values: Parts) -> str:
    """The expected mistake that gives these values, or ''."""
    if _not_whole(exercise, values):
        return "whole"
    for key, answers in exercise.mistakes.items():
        if any(_is_mistake(exercise, values, wrong) for wrong in answers):
            return key
    return ""


def _is_mistake(exercise: Numbers, values: Parts, wrong: Parts) -> bool:
    """Whether values are those of a mistake; a single one may be rounded further than asked for."""
    if len(values) != len(wrong):
        return False
    decimals = [*exercise.decimals, *[exercise.decimals[-1]] * len(wrong)]
    for value, goal, places in zip(values, wrong, decimals, strict=False):
        room = min(0.5 * 10.0**-places, 0.005 * abs(goal))  # 0,05 is no 0,047
        coarser = len(wrong) == 1 and value in [round(goal, fewer) for fewer in range(1, places)]
        if not coarser and abs(value - goal) > room + 1e-9:
            return False
    return True


def _values(exercise: Numbers, answer: object) -> Parts | str:
    """The numbers of an answer, or the key of why it holds none."""
    parts = _opened(answer)
    if any(isinstance(part, str) for part in parts):
        return "text"
    if any(part is ... for part in parts):
        return "one_end" if exercise.interval else "count"
    if any(isinstance(part, (tuple, list)) for part in parts):
        return "comma"
    numbers = [_number(part) for part in parts]
    values = tuple(number for number in numbers if number is not None)
    if not values or len(values) < len(numbers):
        return "type"
    wanted = len(exercise.right)
    whole = all(value == int(value) for value in values)
    return "comma" if len(values) == 2 * wanted and whole else values


def _opened(answer: object) -> list[object]:
    if isinstance(answer, (tuple, list)):
        return list(answer)
    if hasattr(answer, "tolist"):  # an array, a column or a number of numpy
        opened = answer.tolist()
        return list(opened) if isinstance(opened, list) else [opened]
    return [answer]


def _number(part: object) -> float | None:
    if hasattr(part, "tolist"):
        part = part.tolist()
    if isinstance(part, bool) or not isinstance(part, Real):
        return None
    try:
        number = float(part)
    except OverflowError:  # a whole number of hundreds of digits
        return None
    return number if math.isfinite(number) else None


def _near(value: float, goal: float, decimals: int) -> bool:
    """Whether a value is the goal to half a unit of the last place; whole numbers are exact."""
    room = 0.5 * 10.0**-decimals if decimals else 0.0
    return abs(value - goal) <= room + 1e-9 * max(1.0, abs(goal))


def _met(exercise: Numbers, values: Parts) -> list[bool]:
    """Which of the values are right."""
    pairs = zip(values, exercise.right, _each(exercise), strict=True)
    return [_near(value, goal, decimals) for value, goal, decimals in pairs]


def _is_right(exercise: Numbers, values: Parts) -> bool:
    return len(values) == len(exercise.right) and all(_met(exercise, values))


def _not_whole(exercise: Numbers, values: Parts) -> bool:
    """Whole numbers were asked for, and these become right when they are made whole."""
    if len(values) != len(exercise.right) or all(value == int(value) for value in values):
        return False
    for value, goal, decimals in zip(values, exercise.right, _each(exercise), strict=True):
        if decimals or goal not in (math.floor(value), math.ceil(value)):
            return False
    return True


def _each(exercise: Numbers) -> tuple[int, ...]:
    return exercise.decimals * (len(exercise.right) // len(exercise.decimals))


def _times(factors: Iterable[float]) -> Callable[[Numbers, Parts], bool]:
    """Whether each value that is not right becomes so by one of the factors."""
    known = tuple(factors)

    def shows(exercise: Numbers, values: Parts) -> bool:
        return all(
            met or any(_near(value * factor, goal, decimals) for factor in known)
            for met, value, goal, decimals in zip(
                _met(exercise, values), values, exercise.right, _each(exercise), strict=True
            )
        )

    return shows


def _reversed(exercise: Numbers, values: Parts) -> bool:
    return exercise.interval and _is_right(exercise, values[::-1])


def _sign(exercise: Numbers, values: Parts) -> bool:
    turned = tuple(-value for value in values)
    orders = (turned, turned[::-1]) if exercise.interval else (turned,)
    return any(_is_right(exercise, order) for order in orders)


def _rounding(exercise: Numbers, values: Parts) -> bool:
    """Whether each value is the right one, rounded otherwise: to fewer places, up or down."""
    for value, goal, decimals in zip(values, exercise.right, _each(exercise), strict=True):
        unit = 10.0**-decimals
        coarser = any(_near(value, round(goal, places), 9) for places in range(decimals))
        if not coarser and abs(value - goal) >= unit * (1 - 1e-9):
            return False
    return True


def _other_end(exercise: Numbers, values: Parts) -> bool:
    return exercise.interval and any(_met(exercise, values))


def _upside_down(exercise: Numbers, values: Parts) -> bool:
    return exercise.interval and values[0] > values[1]


SLIPS: Mapping[str, Callable[[Numbers, Parts], bool]] = {
    "reversed": _reversed,
    "sign": _sign,
    "fraction": _times([100.0]),
    "hundredfold": _times([0.01]),
    "thousands": _times(THOUSANDS),
    "rounding": _rounding,
    "other_end": _other_end,
    "upside_down": _upside_down,
}
"""What is nearly right, in the order in which it is looked for."""


def _choice(exercise: Choice, answer: object) -> str:
    parts = list(answer) if isinstance(answer, (tuple, list)) else [answer]
    letters = [p.strip().upper() for p in parts if isinstance(p, str) and not p.strip().isdigit()]
    reasons = [int(p) for p in parts if isinstance(p, int) or (isinstance(p, str) and p.isdigit())]
    if len(letters) != 1 or len(letters[0]) != 1 or letters[0] not in exercise.letters:
        return "choice"
    if letters[0] != exercise.letter:
        return f"choice_{letters[0]}"
    if len(reasons) != 1 or not 1 <= reasons[0] <= exercise.reasons:
        return "no_reason"
    return RIGHT if reasons[0] == exercise.reason else f"reason_{reasons[0]}"


def _names(exercise: Names, answer: object) -> str:
    parts = [answer] if isinstance(answer, str) else answer
    if not isinstance(parts, (set, frozenset, list, tuple)):
        return "names"
    found = frozenset(part.strip() if isinstance(part, str) else repr(part) for part in parts)
    if not found <= exercise.known:
        return "names"
    if found == exercise.right:
        return RIGHT
    for key, answers in exercise.mistakes.items():
        if found in answers:
            return key
    if found < exercise.right:
        return "too_few"
    return "too_many" if found > exercise.right else OTHER
