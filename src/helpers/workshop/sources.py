"""The source of a lesson: one text file that holds prose, code, solutions, hints and timing.

What stands before the first line with %% is for whoever edits the file. Then come blocks:

    %% en                   prose, Markdown, of the English notebook; `%% vi` of the Vietnamese one
    %% code                 a code cell of all versions
    %% exercise 1a          a code cell with a solution between `### solution` and `### end`,
                            which the learner's version replaces by `name = ...`
    %% prediction 1p        the same, for a guess
    %% hint 1a right        texts of one outcome: `en:`, `vi:`; `en 2:` from the second try on;
                            `what en:` what was done, `say en:` what the teacher says
    %% minutes 0-5          what happens then: `title en:`, `en:`, and in Vietnamese

A line of code that ends in `  #: en` or `  #: vi` is in the notebooks of that language only.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from helpers import labels, project
from helpers.project import UserError

KINDS = ("en", "vi", "code", "exercise", "prediction", "hint", "minutes")
BEGIN, END = "### solution", "### end"
GENERAL = "general"
_FIELD = re.compile(r"((?:title |what |say )?(?:en|vi)(?: 2)?): ?(.*)")
_ONLY = re.compile(r"  #: (en|vi)$")


@dataclass(frozen=True)
class Block:
    """One block of a source: its kind, the words behind it, its lines, and where it begins."""

    kind: str
    words: tuple[str, ...]
    lines: tuple[str, ...]
    file: Path
    row: int

    def fields(self) -> dict[str, str]:
        """The named texts of a hint or of minutes; lines without a name go on with the last one."""
        found: dict[str, str] = {}
        name = ""
        for number, line in enumerate(self.lines, self.row + 1):
            match = _FIELD.fullmatch(line)
            if match:
                name = match[1]
                if name in found:
                    raise UserError(f"{self.file}, line {number}: {name!r} stands twice: join them")
                found[name] = match[2]
            elif line.strip() and not name:
                raise UserError(
                    f"{self.file}, line {number}: {line!r} belongs to no text: begin it with `en:`"
                )
            elif line.strip():
                found[name] = f"{found[name]} {line.strip()}".strip()
        return {name: text.strip() for name, text in found.items()}


@dataclass(frozen=True)
class Hint:
    """The texts of one outcome of one exercise, by name as in the source: 'en', 'say vi', …"""

    fields: Mapping[str, str]

    def of(self, language: str, tries: int) -> str:
        """What is said at a try, from 1 on."""
        second = self.fields.get(f"{language} 2", "")
        return second if tries > 1 and second else self.fields[language]


Texts = Mapping[tuple[str, str], Hint]


def folder() -> Path:
    """Where the workshop lies in the project."""
    return project.root() / "notebooks" / "workshop"


def lesson_file(lesson: int) -> Path:
    """The source of a lesson. Raises UserError when there is not exactly one."""
    found = sorted((folder() / "source").glob(f"{lesson}-*.md"))
    if len(found) != 1:
        names = ", ".join(file.name for file in found) or "none"
        raise UserError(
            f"{folder() / 'source'}: lesson {lesson} needs one file {lesson}-….md; found: {names}"
        )
    return found[0]


def general_file() -> Path:
    """The texts that all lessons share."""
    return folder() / "source" / f"{GENERAL}.md"


def read(file: Path) -> list[Block]:
    """The blocks of a source, in their order. Raises UserError naming the line of what is wrong."""
    return _read(Path(file), project.read_text(file))


@lru_cache(maxsize=16)
def _read(file: Path, text: str) -> list[Block]:
    blocks: list[Block] = []
    rows = text.split("\n")
    starts = [number for number, row in enumerate(rows) if row.startswith("%%")]
    for start, stop in zip(starts, [*starts[1:], len(rows)], strict=True):
        kind, *words = rows[start][2:].split() or [""]
        if kind not in KINDS:
            raise UserError(
                f"{file}, line {start + 1}: no kind of block {kind!r}; there are {', '.join(KINDS)}"
            )
        lines = tuple("\n".join(rows[start + 1 : stop]).strip("\n").split("\n"))
        blocks.append(Block(kind, tuple(words), lines, file, start + 1))
    for block in blocks:
        _demand_words(block)
    return blocks


def _demand_words(block: Block) -> None:
    wanted = {"exercise": 1, "prediction": 1, "hint": 2, "minutes": 1}.get(block.kind, 0)
    if len(block.words) != wanted:
        raise UserError(
            f"{block.file}, line {block.row}: `%% {block.kind}` takes {wanted} words, "
            f"not {len(block.words)}"
        )
    if block.kind == "minutes" and not re.fullmatch(r"\d+-\d+", block.words[0]):
        raise UserError(f"{block.file}, line {block.row}: write minutes as 0-5")


def texts(lesson: int) -> Texts:
    """All texts of a lesson, by exercise and outcome; those of all exercises under '*'."""
    blocks = [*read(general_file()), *read(lesson_file(lesson))]
    found: dict[tuple[str, str], Hint] = {}
    for block in blocks:
        if block.kind != "hint":
            continue
        key = (block.words[0], block.words[1])
        if key in found:
            raise UserError(f"{block.file}, line {block.row}: `{' '.join(key)}` stands twice")
        hint = Hint(block.fields())
        lacking = [name for name in labels.LANGUAGES if name not in hint.fields]
        if lacking:
            raise UserError(
                f"{block.file}, line {block.row}: no `{lacking[0]}:` in `{' '.join(key)}`: write it"
            )
        found[key] = hint
    return found


def code(block: Block, language: str, solved: bool) -> str:
    """The code of a block in one language, with its solution or with `name = ...` in its place.

    Raises UserError where a solution does not end, or gives no name a value.
    """
    kept = [_ONLY.sub("", line) for line in block.lines if _is_of(line, language)]
    return "\n".join(_with_solution(block, kept, solved))


def _is_of(line: str, language: str) -> bool:
    match = _ONLY.search(line)
    return match is None or match[1] == language


def _with_solution(block: Block, lines: list[str], solved: bool) -> Iterator[str]:
    begins, ends = lines.count(BEGIN), lines.count(END)
    wanted = int(block.kind in ("exercise", "prediction"))
    if (begins, ends) != (wanted, wanted):
        raise UserError(
            f"{block.file}, line {block.row}: `%% {block.kind}` needs {wanted} solution between "
            f"`{BEGIN}` and `{END}`; it has {begins} and {ends}"
        )
    if not wanted:
        yield from lines
        return
    begin, end = lines.index(BEGIN), lines.index(END)
    solution = lines[begin + 1 : end]
    names = _assigned(block, "\n".join(solution))
    yield from lines[:begin]
    yield from solution if solved else [f"{name} = ..." for name in names]
    yield from lines[end + 1 :]


def _assigned(block: Block, solution: str) -> list[str]:
    """The names to which a solution gives values, in their order."""
    try:
        nodes = ast.parse(solution).body
    except SyntaxError as error:
        raise UserError(f"{block.file}, line {block.row}: solution: {error.msg}") from None
    targets = [target for node in nodes if isinstance(node, ast.Assign) for target in node.targets]
    names = [target.id for target in targets if isinstance(target, ast.Name)]
    if not names:
        raise UserError(f"{block.file}, line {block.row}: the solution gives no name a value")
    return list(dict.fromkeys(names))
