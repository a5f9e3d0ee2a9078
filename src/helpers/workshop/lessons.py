"""The lessons and their exercises; what is right and what mistakes give is computed when asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from importlib import import_module

from helpers import labels
from helpers.project import UserError
from helpers.workshop.judging import Choice, Exercise, Names, Numbers

MODULES = {1: "bulletin", 2: "households", 3: "trend"}
NUMBERS = tuple(MODULES)
MINUTES = 45


def exercises(lesson: int) -> Mapping[str, Callable[[], Exercise]]:
    """The exercises of a lesson, by name, in their order."""
    found: Mapping[str, Callable[[], Exercise]] = import_module(
        f"helpers.workshop.{MODULES[lesson]}"  # only the lesson that is taken: 3 loads much more
    ).EXERCISES
    return found


def exercise(name: str) -> Exercise:
    """An exercise by its name, '1a'. Raises UserError, naming those there are, for another."""
    lesson = int(name[0]) if name[:1].isdigit() else 0
    if lesson not in MODULES or name not in exercises(lesson):
        known = [key for number in NUMBERS for key in exercises(number)]
        raise UserError(f"no exercise {name!r}; there are: {', '.join(known)}")
    return _exercise(lesson, name)


@lru_cache(maxsize=32)  # a learner tries again and again
def _exercise(lesson: int, name: str) -> Exercise:
    return exercises(lesson)[name]()


def filled(text: str, task: Exercise, language: str) -> str:
    """A text of an exercise with its numbers, as the language writes them.

    Any text may name {decimals}, {many}, {letters}, {reasons} or {names}, whichever the exercise
    has, and what the exercise itself says. Raises UserError for another name.
    """
    said = {
        name: labels.number(float(value), places, language)
        for name, (value, places) in task.said.items()
    }
    if isinstance(task, Numbers):
        said |= {"decimals": str(max(task.decimals)), "many": str(len(task.right))}
    elif isinstance(task, Choice):
        said |= {"letters": ", ".join(task.letters), "reasons": str(task.reasons)}
    elif isinstance(task, Names):
        said |= {"names": ", ".join(sorted(task.known))}
    try:
        return text.format(**said)
    except (KeyError, IndexError, ValueError) as error:
        raise UserError(
            f"the text {text!r} names {error}; it may name {', '.join(sorted(said))}"
        ) from None
