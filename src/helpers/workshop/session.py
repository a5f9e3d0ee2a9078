"""A lesson in progress: checks answers, counts tries, keeps predictions; all in one kernel."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from numbers import Real

from helpers import labels
from helpers.project import UserError
from helpers.workshop import lessons, sources
from helpers.workshop.judging import RIGHT, Exercise, judge

GENERAL = "*"


class Untouched(Exception):
    """An answer that still is `...`: Run All stops there, and says so in one line."""

    def _render_traceback_(self) -> list[str]:
        """What Jupyter shows in place of the lines of code that led here."""
        return [str(self)]


@dataclass
class _Session:
    """What is kept while a lesson is taken: its texts, its language, tries and predictions."""

    number: int
    language: str
    texts: sources.Texts
    tries: Counter[tuple[str, str]] = field(default_factory=Counter)
    predictions: dict[str, object] = field(default_factory=dict)


_now: list[_Session] = []


def begin(lesson: int, language: str) -> None:
    """Begin a lesson, with no tries and no predictions so far.

    lesson   : 1, 2 or 3
    language : of everything that is said: 'en' or 'vi'
    Raises UserError for another lesson or language.
    """
    if language not in labels.LANGUAGES:
        raise UserError(f"no language {language!r}: choose one of {', '.join(labels.LANGUAGES)}")
    if lesson not in lessons.NUMBERS:
        known = ", ".join(map(str, lessons.NUMBERS))
        raise UserError(f"no lesson {lesson!r}: choose one of {known}")
    _now[:] = [_Session(lesson, language, sources.texts(lesson))]


def check(exercise: str, *answers: object) -> None:
    """Print whether an answer is right and why that matters, or a hint that does not give it away.

    exercise : its name, '1a'
    answers  : the learner's, one or several; lists count as tuples
    Raises Untouched where an answer still is `...`, and UserError for an unknown exercise.
    """
    session, task = _session(), lessons.exercise(exercise)
    _demand_touched(session, exercise, *answers)
    key = judge(task, answers[0] if len(answers) == 1 else answers)
    session.tries[exercise, key] += 1
    said = _text(session, exercise, key, task, session.tries[exercise, key])
    print(f"{'✓' if key == RIGHT else '→'} {exercise}. {said}")


def predict(name: str, guess: object) -> None:
    """Keep a prediction until `recall`; none is wrong. Raises Untouched where it still is `...`."""
    session = _session()
    _demand_touched(session, name, guess)
    session.predictions[name] = guess
    print(_general(session, "noted", guess=_shown(guess, session.language)))


def recall(name: str, came: object) -> None:
    """Print what was predicted beside what came."""
    session = _session()
    found = _shown(came, session.language)
    if name not in session.predictions:
        print(_general(session, "came", came=found))
        return
    guess = _shown(session.predictions[name], session.language)
    print(_general(session, "recalled", guess=guess, came=found))


def _session() -> _Session:
    if not _now:
        raise UserError("no lesson has begun: run the first code cell of the notebook")
    return _now[0]


def _demand_touched(session: _Session, name: str, *answers: object) -> None:
    if any(answer is ... for answer in answers) or any(
        isinstance(answer, (tuple, list)) and answer and all(part is ... for part in answer)
        for answer in answers
    ):
        raise Untouched(_general(session, "untouched", name=name))


def _text(session: _Session, exercise: str, key: str, task: Exercise, tries: int) -> str:
    """The text of a key: of the exercise, else of all; the second one from the second try on."""
    hint = session.texts.get((exercise, key)) or session.texts.get((GENERAL, key))
    hint = hint or session.texts.get((exercise, "other")) or session.texts[GENERAL, "other"]
    return lessons.filled(hint.of(session.language, tries), task, session.language)


def _general(session: _Session, key: str, **values: str) -> str:
    return session.texts[GENERAL, key].of(session.language, 1).format(**values)


def _shown(value: object, language: str) -> str:
    """A prediction or an outcome as the language writes it."""
    if isinstance(value, (tuple, list)):
        return " – ".join(_shown(part, language) for part in value)
    if isinstance(value, bool) or not isinstance(value, Real):
        return str(value)
    number = float(value)
    return labels.number(number, 0 if number.is_integer() else 2, language)
