"""Checks of the workshop: right answers, each expected mistake with its hint, and odd answers."""

import math
import re
from collections.abc import Iterator

import numpy as np
import pandas as pd
import pytest

from helpers import labels
from helpers.project import UserError
from helpers.workshop import Untouched, begin, check, judging, lessons, predict, recall, sources
from helpers.workshop.judging import Choice, Exercise, Names, Numbers, judge

NAMES = [name for lesson in lessons.NUMBERS for name in lessons.exercises(lesson)]
NUMBERS = [name for name in NAMES if isinstance(lessons.exercise(name), Numbers)]
CHOICES = [name for name in NAMES if isinstance(lessons.exercise(name), Choice)]


def right(task: Exercise) -> object:
    """The right answer as a learner gives it."""
    if isinstance(task, Numbers):
        return task.right if len(task.right) > 1 else task.right[0]
    return (task.letter, task.reason) if isinstance(task, Choice) else set(task.right)


def alone(answer: tuple[float, ...] | frozenset[str]) -> object:
    """One number without its brackets; anything else as it is."""
    return answer[0] if isinstance(answer, tuple) and len(answer) == 1 else answer


def expected() -> Iterator[tuple[str, str, object]]:
    """Every answer of every expected mistake: exercise, key, answer."""
    for name in NAMES:
        task = lessons.exercise(name)
        if isinstance(task, Choice):
            wrong = [letter for letter in task.letters if letter != task.letter]
            yield from ((name, f"choice_{letter}", (letter, task.reason)) for letter in wrong)
            others = (n for n in range(1, task.reasons + 1) if n != task.reason)
            yield from ((name, f"reason_{number}", (task.letter, number)) for number in others)
            continue
        for key, answers in task.mistakes.items():
            for answer in answers:
                yield name, key, alone(answer)


@pytest.mark.parametrize("name", NAMES)
def test_the_right_answer_is_right_and_says_why_it_matters(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    for language in labels.LANGUAGES:
        begin(int(name[0]), language)
        answer = right(lessons.exercise(name))
        check(name, *(answer if name == "1a" else [answer]))  # type: ignore[misc]
        said = capsys.readouterr().out
        assert said.startswith(f"✓ {name}. ") and len(said) > 40 and "{" not in said


@pytest.mark.parametrize(("name", "key", "answer"), expected())
def test_each_expected_mistake_meets_its_own_hint(
    name: str, key: str, answer: object, capsys: pytest.CaptureFixture[str]
) -> None:
    assert judge(lessons.exercise(name), answer) == key
    for language in labels.LANGUAGES:
        begin(int(name[0]), language)
        hint = sources.texts(int(name[0]))[name, key]
        for tries in (1, 2, 3):
            check(name, answer)
            wanted = lessons.filled(hint.of(language, tries), lessons.exercise(name), language)
            assert capsys.readouterr().out == f"→ {name}. {wanted}\n"


@pytest.mark.parametrize("name", NAMES)
def test_every_hint_belongs_to_a_mistake_that_can_be_met(name: str) -> None:
    met = {key for of, key, _ in expected() if of == name}
    written = {key for of, key in sources.texts(int(name[0])) if of == name}
    assert written - met - {"right"} <= set(judging.SLIPS)
    assert met <= written


def spellings(value: float, decimals: int) -> Iterator[str]:
    """A number as people write it, in either language."""
    for places in range(decimals + 1):
        if math.isclose(round(value, places), value, abs_tol=0.5 * 10**-decimals):
            yield f"{value:.{places}f}"
            yield from (labels.number(value, places, language) for language in labels.LANGUAGES)


@pytest.mark.parametrize("name", NAMES)
def test_no_hint_gives_the_answer_away(name: str) -> None:
    task = lessons.exercise(name)
    if isinstance(task, Numbers):
        each = zip(task.right, [*task.decimals, *task.decimals], strict=False)
        secrets = {text for value, decimals in each for text in spellings(value, decimals)}
    elif isinstance(task, Choice):
        secrets = {f'"{task.letter}"', f"**{task.letter}**"}
    else:
        secrets = {"poor_rate"}
    if name == "1a":  # what is printed is what is asked for: only its spelling is the answer
        secrets = {"14040", "7.71"}
    for (of, key), hint in sources.texts(int(name[0])).items():
        if of not in (name, "*") or key in ("right", "names"):
            continue
        for field in ("en", "en 2", "vi", "vi 2"):
            said = hint.fields.get(field, "")
            found = {s for s in secrets if re.search(rf"(?<![\d.,]){re.escape(s)}(?![\d])", said)}
            assert not found, (name, key, field)


@pytest.mark.parametrize("name", NUMBERS)
def test_what_is_nearly_right_has_a_word_of_its_own(name: str) -> None:
    task = lessons.exercise(name)
    assert isinstance(task, Numbers)
    values = task.right
    assert judge(task, str(values[0])) == "text"
    assert judge(task, [float("nan")] * len(values)) == "type"
    assert judge(task, None) == "type"
    assert judge(task, True) == "type"
    assert judge(task, ()) == "type"
    assert judge(task, tuple(-value for value in values)) == "sign"
    if task.interval:
        assert judge(task, values[::-1]) == "reversed"
        assert judge(task, (values[0], ...)) == "one_end"
        assert judge(task, values[1]) in ("one_end", "point")
        assert judge(task, (values[0], values[1] * 50)) == "other_end"
        assert judge(task, {values[0], values[1]}) == "type"
        assert judge(task, pd.Series(values)) == "right"
        assert judge(task, list(values)) == "right"
    else:
        assert judge(task, [*values, *values, *values]) == "count"
    if name in ("1d", "3a"):
        assert judge(task, values[0] / 100) == "fraction"
    unit = 10.0 ** -task.decimals[-1]
    if min(task.decimals):
        assert judge(task, tuple(value - 0.7 * unit for value in values)) == "rounding"
        assert judge(task, tuple(value + 0.4 * unit for value in values)) == "right"
        assert judge(task, tuple(np.float32(value) for value in values)) == "right"


@pytest.mark.parametrize(
    ("name", "answer", "key"),
    [
        ("1a", (14.04, 7.71), "thousands"),
        ("1a", (14040, (7, 71)), "comma"),
        ("1a", (14040, 0.0771), "fraction"),
        ("1a", (14.04, "7,71"), "text"),
        ("1a", (14040, 7.7), "rounding"),
        ("1b", (7, 705, 7, 715), "comma"),
        ("1b", 7.705, "one_end"),
        ("1b", (7.705,), "one_end"),
        ("1b", (7.6, 7.715), "other_end"),
        ("1b", (1.0, 2.0), "other"),
        ("1d", (5, 20), "comma"),
        ("1d", 5, "rounding"),
        ("2a", (100 * 14040 / 7.715, 100 * 14040 / 7.705), "whole"),
        ("2a", (181.984, 182.219), "thousands"),
        ("2a", (100 * 14040 / 7.705, 100 * 14040 / 7.715), "upside_down"),
        ("2a", (100 * 16601 / 7.715, 100 * 16601 / 7.705), "two_dates"),
        ("2a", (182219, 181984), "reversed"),
        ("2a", (181984, 182300), "other_end"),
        ("2a", "181984, 182219", "text"),
        ("2c", 1333, "point"),
        ("2c", (1.665 * 79836 / 100, 1.675 * 79836 / 100), "whole"),
        ("2c", (1.33, 1.337), "thousands"),
        ("3a", 1.6, "rounding"),
        ("3a", 1.58, "rounding"),
        ("3a", 1.586, "right"),
        ("3a", -1.59, "sign"),
        ("3a", 1.32, "years_counted"),
        ("3a", (1, 59), "comma"),
        ("3a", 12.7, "per_cent"),
        ("3b", (-1.78, -1.45), "sign"),
        ("3b", (1.78, 1.45), "reversed"),
        ("3b", (1.5, 1.8), "rounding"),
        ("3b", 1.62, "estimate"),
        ("3b", (1.45, 1.75), "other_end"),
        ("3d", np.int64(44), "right"),
        ("3d", 70, "share"),
        ("3d", 50, "nominal"),
        ("3d", 40, "other"),
        ("3d", pd.DataFrame({"a": [1]}), "type"),
    ],
)
def test_what_learners_type(name: str, answer: object, key: str) -> None:
    assert judge(lessons.exercise(name), answer) == key


@pytest.mark.parametrize("name", CHOICES)
def test_a_choice_wants_one_letter_and_one_reason(name: str) -> None:
    task = lessons.exercise(name)
    assert isinstance(task, Choice)
    letter, reason = task.letter, task.reason
    assert judge(task, (letter.lower(), str(reason))) == "right"
    assert judge(task, [reason, f" {letter} "]) == "right"
    assert judge(task, letter) == "no_reason"
    assert judge(task, (letter, 9)) == "no_reason"
    assert judge(task, f"{letter}{reason}") == "choice"
    assert judge(task, ("E", 1)) == judge(task, (letter, "A", 1)) == judge(task, 1) == "choice"


def test_names_are_taken_in_any_bracket() -> None:
    task = lessons.exercise("2d")
    assert isinstance(task, Names)
    assert judge(task, ["poor", " poor_rate "]) == "right"
    assert judge(task, "poor_rate") == "too_few"
    assert judge(task, {"poor", "poor_rate", "near_poor"}) == "too_many"
    assert judge(task, {"near_poor"}) == "other"
    assert judge(task, {"Poor"}) == judge(task, {1}) == judge(task, 3) == "names"


ODD = [
    None, object(), "…", b"x", 1j, float("inf"), 10**400, {}, {"a": 1}, set(), (), [], [[]], [[1]],
    (1, (2, 3)), lambda: 1, int, np.array([[1.0, 2.0]]), np.array("x"), pd.Series(dtype=float),
    pd.Timestamp("2023-01-01"), pd.NA, range(2), "B" * 9999, ("B", None), (..., 1),
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("odd", ODD, ids=lambda odd: type(odd).__name__)
def test_nothing_that_a_learner_types_breaks_a_check(
    name: str, odd: object, capsys: pytest.CaptureFixture[str]
) -> None:
    begin(int(name[0]), "vi")
    try:
        check(name, odd)
    except Untouched:
        return
    assert capsys.readouterr().out.startswith(f"→ {name}. ")


def test_what_is_untouched_stops_with_one_line() -> None:
    for language, word in (("en", "put your answer"), ("vi", "đang chờ bạn")):
        begin(1, language)
        for answers in ((...,), (14040, ...), ((..., ...),)):
            with pytest.raises(Untouched, match=word) as stopped:
                check("1a", *answers)
            (line,) = stopped.value._render_traceback_()
            assert "1a" in line and "\n" not in line
        with pytest.raises(Untouched, match="1p"):
            predict("1p", ...)


def test_a_prediction_is_kept_and_told_beside_what_came(
    capsys: pytest.CaptureFixture[str],
) -> None:
    begin(1, "vi")
    predict("1p", 30.5)
    recall("1p", np.int64(1033))
    recall("1q", (1.0, "có"))
    said = capsys.readouterr().out.split("\n")
    assert said[1] == "Bạn đã đoán 30,50; kết quả là 1.033."
    assert said[2].startswith("Kết quả là 1 – có.")
    begin(1, "vi")
    recall("1p", 3)
    assert "chưa dự đoán" in capsys.readouterr().out


def test_a_new_beginning_forgets_the_tries(capsys: pytest.CaptureFixture[str]) -> None:
    said = []
    for _ in range(2):
        begin(1, "en")
        check("1b", (7.70, 7.72))
        check("1b", (7.70, 7.72))
        said.append(capsys.readouterr().out.split("\n"))
    assert said[0] == said[1] and said[0][0] != said[0][1]


def test_wrong_use_is_told() -> None:
    with pytest.raises(UserError, match="no lesson 4: choose one of 1, 2, 3"):
        begin(4, "en")
    with pytest.raises(UserError, match="no language 'fr'"):
        begin(1, "fr")
    begin(1, "en")
    for name in ("9z", "", "1z", "a1"):
        with pytest.raises(UserError, match="there are: 1a, 1b"):
            check(name, 1)


@pytest.mark.parametrize("name", NAMES)
def test_what_texts_may_name_is_not_named_twice(name: str) -> None:
    """A number of an exercise must not hide behind what every text may name."""
    shared = {"decimals", "many", "letters", "reasons", "names"}
    assert not shared & set(lessons.exercise(name).said)


def test_a_text_that_names_what_is_not_there_is_told() -> None:
    with pytest.raises(UserError, match="names 'lots'; it may name decimals"):
        lessons.filled("{lots}", lessons.exercise("1a"), "en")
