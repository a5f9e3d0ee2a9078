"""The teacher's guide: minutes, exercises, mistakes and what to say, from the sources."""

from __future__ import annotations

import re
from collections.abc import Iterator

from helpers import labels
from helpers.project import UserError
from helpers.workshop import lessons, sources
from helpers.workshop.judging import RIGHT, Choice, Exercise, Names, Numbers, Parts
from helpers.workshop.sources import Block, Hint

WORDS = {
    "minutes": {"en": "Minutes", "vi": "Phút"},
    "what": {"en": "What happens, what you say", "vi": "Làm gì, nói gì"},
    "exercise": {"en": "Exercise", "vi": "Bài"},
    "answer": {"en": "Answer", "vi": "Đáp án"},
    "reason": {"en": "reason", "vi": "lý do"},
    "mistake": {"en": "Mistake to expect", "vi": "Lỗi thường gặp"},
    "gives": {"en": "gives", "vi": "cho ra"},
    "hint": {"en": "The notebook says", "vi": "Máy báo"},
    "say": {"en": "You say", "vi": "Bạn nói"},
    "any": {"en": "In any exercise", "vi": "Ở bài nào cũng có thể gặp"},
}
SHOWN = 2  # answers shown of one mistake: more would hide the table


def text(language: str) -> str:
    """The whole guide as Markdown. Raises UserError where minutes leave a gap or a text lacks."""
    intro = sources.read(sources.folder() / "source" / "guide.md")
    parts = ["\n".join(block.lines) for block in intro if block.kind == language]
    for lesson in lessons.NUMBERS:
        parts += _lesson(lesson, language)
    parts += [f"## {WORDS['any'][language]}", _slips(language)]
    return "\n\n".join(parts) + "\n"


def _lesson(lesson: int, language: str) -> Iterator[str]:
    blocks = sources.read(sources.lesson_file(lesson))
    title = next(block for block in blocks if block.kind == language).lines[0].lstrip("# ")
    yield f"## {lesson}. {title}"
    yield _timetable([block for block in blocks if block.kind == "minutes"], language)
    texts = sources.texts(lesson)
    for name in lessons.exercises(lesson):
        task = lessons.exercise(name)
        yield f"### {WORDS['exercise'][language]} {name}"
        yield f"{WORDS['answer'][language]}: {answer(task, language)}."
        mine = [(key, hint) for (of, key), hint in texts.items() if of == name and key != RIGHT]
        yield _mistakes(mine, task, language)


def _timetable(blocks: list[Block], language: str) -> str:
    lines = [
        f"| {WORDS['minutes'][language]} | {WORDS['what'][language]} |",
        "|---|---|",
    ]
    reached = 0
    for block in blocks:
        begin, end = map(int, block.words[0].split("-"))
        if begin != reached or end <= begin:
            raise UserError(f"{block.file}, line {block.row}: minutes go on at {reached}")
        reached = end
        fields = block.fields()
        lines.append(f"| {begin}–{end} | **{_of(block, fields, f'title {language}')}.** "
                     f"{_of(block, fields, language)} |")  # fmt: skip
    if reached != lessons.MINUTES:
        file = blocks[-1].file if blocks else "the lesson"
        raise UserError(f"{file}: the minutes end at {reached}, not at {lessons.MINUTES}")
    return "\n".join(lines)


def _of(block: Block, fields: dict[str, str], name: str) -> str:
    if name not in fields:
        raise UserError(f"{block.file}, line {block.row}: no `{name}:` here: write it")
    return fields[name]


def _mistakes(hints: list[tuple[str, Hint]], task: Exercise | None, language: str) -> str:
    head = [WORDS[word][language] for word in ("mistake", "hint", "say")]
    lines = ["| " + " | ".join(head) + " |", "|---|---|---|"]
    for key, hint in hints:
        what, say = (hint.fields.get(f"{word} {language}", "") for word in ("what", "say"))
        if not what:
            continue
        shown = gives(task, key, language) if task else ""
        done = f"{what}; {WORDS['gives'][language]} {shown}" if shown else what
        texts = [hint.fields[name] for name in (language, f"{language} 2") if name in hint.fields]
        said = [
            lessons.filled(part, task, language) if task else re.sub(r"\{\w+\}", "…", part)
            for part in texts
        ]
        cells = [done, " · ".join(f"“{part}”" for part in said), say]
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(lines)


def _slips(language: str) -> str:
    hints = sources.texts(lessons.NUMBERS[0])
    return _mistakes(
        [(key, hint) for (of, key), hint in hints.items() if of == "*"], None, language
    )


def answer(task: Exercise, language: str) -> str:
    """The right answer as the guide prints it."""
    if isinstance(task, Numbers):
        return _numbers(task.right, task, language)
    if isinstance(task, Choice):
        return f"{task.letter}, {WORDS['reason'][language]} {task.reason}"
    return ", ".join(f"`{name}`" for name in sorted(task.right))


def gives(task: Exercise, key: str, language: str) -> str:
    """What an expected mistake gives, as the guide prints it; '' where it gives no one thing."""
    if isinstance(task, Numbers) and key in task.mistakes:
        shown = [_numbers(parts, task, language) for parts in task.mistakes[key]]
        return " · ".join(list(dict.fromkeys(shown))[:SHOWN])
    if isinstance(task, Names) and key in task.mistakes:
        return " · ".join(", ".join(f"`{n}`" for n in sorted(s)) for s in task.mistakes[key])
    return ""


def _numbers(parts: Parts, task: Numbers, language: str) -> str:
    decimals = [*task.decimals, *[task.decimals[-1]] * len(parts)]
    said = [labels.number(x, places, language) for x, places in zip(parts, decimals, strict=False)]
    return f"({'; '.join(said)})" if len(said) > 1 else said[0]
