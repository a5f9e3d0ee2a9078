"""The workshop's sources and what is built from them, and that it needs no more than its list."""

import ast
import json
import re
import subprocess
import sys
import tomllib
import unicodedata
from pathlib import Path

import pytest

from helpers import labels, project
from helpers.project import UserError
from helpers.workshop import building, guide, lessons, sources

PROJECT = Path(__file__).parents[1]
HERE = PROJECT / "notebooks" / "workshop"
LANGUAGES = labels.LANGUAGES
EACH = [(lesson, language) for lesson in lessons.NUMBERS for language in LANGUAGES]
SOURCES = [*map(sources.lesson_file, lessons.NUMBERS), sources.general_file()]


def cells_of(file: Path) -> list[dict[str, object]]:
    """The cells of a notebook as its file has them, sources joined."""
    cells = json.loads(file.read_text(encoding="utf-8"))["cells"]
    return [{**cell, "source": "".join(cell["source"])} for cell in cells]


def source(tmp_path: Path, *lines: str) -> Path:
    """A source of a few lines."""
    file = tmp_path / "9-trial.md"
    file.write_text("\n".join(lines), encoding="utf-8")
    return file


def test_what_lies_in_the_folder_is_what_the_sources_give() -> None:
    for file, content in building.built():
        ours = HERE / file.relative_to(sources.folder())
        assert ours.read_text(encoding="utf-8") == content, f"{file}: python -m helpers.workshop"


@pytest.mark.parametrize(("lesson", "language"), EACH)
def test_solutions_are_what_the_sources_give_and_stored_executed(
    lesson: int, language: str
) -> None:
    wanted = building.notebook(lesson, language, True)["cells"]
    file = building.path(lesson, language, True)
    stored = cells_of(HERE / file.relative_to(sources.folder()))
    assert [cell["source"] for cell in stored] == [cell["source"] for cell in wanted]
    assert [cell["id"] for cell in stored] == [cell["id"] for cell in wanted]
    said = json.dumps(stored, ensure_ascii=False)
    for name in lessons.exercises(lesson):
        assert f"✓ {name}. " in said, name
    for cell in stored:
        outputs = cell.get("outputs", [])
        assert isinstance(outputs, list)
        assert not [o for o in outputs if o["output_type"] == "error"]
        assert not [o for o in outputs if o.get("name") == "stderr"]
        assert "→" not in json.dumps(outputs, ensure_ascii=False)
    assert str(PROJECT) not in said


@pytest.mark.parametrize(("lesson", "language"), EACH)
def test_a_learner_finds_dots_and_no_solution(lesson: int, language: str) -> None:
    solved, open_ = (building.notebook(lesson, language, which)["cells"] for which in (True, False))
    asked = []
    for one, other in zip(solved, open_, strict=True):
        if one["source"] == other["source"]:
            assert "exercise" not in one["metadata"]["tags"]
            continue
        asked += other["metadata"]["tags"][1:]
        hidden = set(one["source"].split("\n")) - set(other["source"].split("\n"))
        text = "\n".join(cell["source"] for cell in open_)
        assert not [line for line in hidden if line in text]
        names = [n for n in ast.parse(other["source"]).body if isinstance(n, ast.Assign)]
        assert names and all(ast.unparse(node.value) == "..." for node in names)
    assert [name for name in asked if name in lessons.exercises(lesson)] == list(
        lessons.exercises(lesson)
    )
    assert len(asked) > len(lessons.exercises(lesson)), "a prediction, too"


@pytest.mark.parametrize(("lesson", "language"), EACH)
def test_a_lesson_is_a_story_of_short_cells(lesson: int, language: str) -> None:
    cells = building.notebook(lesson, language, True)["cells"]
    title, *text = cells[0]["source"].split("\n")
    assert title.startswith("# ") and title.endswith("?") and len(" ".join(text)) > 200
    last = cells[-1]["source"]
    assert {"en": "## What to remember", "vi": "## Điều cần nhớ"}[language] in last
    for cell in cells:
        assert cell["source"] and "%%" not in cell["source"] and "#: " not in cell["source"]
        if cell["cell_type"] == "code":
            assert len(cell["source"].split("\n")) <= 15


@pytest.mark.parametrize("file", SOURCES, ids=lambda file: file.stem)
def test_every_text_is_in_both_languages(file: Path) -> None:
    for block in sources.read(file):
        if block.kind not in ("hint", "minutes"):
            continue
        fields = block.fields()
        english = {name for name in fields if "en" in name.split()}
        vietnamese = {name.replace("vi", "en") for name in fields if "vi" in name.split()}
        assert english == vietnamese, (file.name, block.row)
        assert all(fields.values())
        assert all(text == unicodedata.normalize("NFC", text) for text in fields.values())
        vi = " ".join(text for name, text in fields.items() if "vi" in name.split())
        assert any(unicodedata.decomposition(letter) or letter in "đĐ" for letter in vi), vi


@pytest.mark.parametrize("lesson", lessons.NUMBERS)
def test_the_minutes_of_a_lesson_are_forty_five_and_name_every_exercise(lesson: int) -> None:
    blocks = sources.read(sources.lesson_file(lesson))
    minutes = [block for block in blocks if block.kind == "minutes"]
    ends = [tuple(map(int, block.words[0].split("-"))) for block in minutes]
    assert ends[0] == (0, 5) and ends[-1] == (40, 45)
    assert [a for a, _ in ends[1:]] == [b for _, b in ends[:-1]]
    titles = " ".join(block.fields()["title en"] for block in minutes)
    for name in lessons.exercises(lesson):
        (mine,) = (e for e, b in zip(ends, minutes, strict=True) if name in b.fields()["title en"])
        assert 6 <= mine[1] - mine[0] <= 8 and name in titles


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_guide_has_every_mistake_with_what_to_say(language: str) -> None:
    text = guide.text(language)
    for lesson in lessons.NUMBERS:
        texts = sources.texts(lesson)
        for name in lessons.exercises(lesson):
            assert f" {name}\n" in text
        for (name, key), hint in texts.items():
            if key == "right" or (name == "*" and f"what {language}" not in hint.fields):
                continue
            assert hint.fields[f"what {language}"] in text, (name, key)
            assert hint.fields[f"say {language}"] in text, (name, key)
    assert "{" not in re.sub(r"`[^`]*`", "", text), "a place that nothing fills"


def test_the_short_list_has_the_ranges_of_the_project() -> None:
    listed = (HERE / "requirements.txt").read_text(encoding="utf-8").split()
    table = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))
    known = table["project"]["dependencies"]
    assert listed == sorted(listed) and set(listed) <= set(known)
    assert len(listed) <= 8


def test_the_lessons_load_nothing_that_is_not_on_the_short_list() -> None:
    """What the laptops of a workshop lack is never imported, not even by a helper's helper."""
    listed = re.findall(r"(?m)^[\w-]+", (HERE / "requirements.txt").read_text(encoding="utf-8"))
    table = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    every = [
        *table["dependencies"],
        *(r for e in table["optional-dependencies"].values() for r in e),
    ]
    others = {re.match(r"[\w-]+", text)[0] for text in every} - set(listed)  # type: ignore[index]
    code = """
import sys
from importlib.metadata import packages_distributions
from helpers.workshop import begin, lessons, pictures
for number in lessons.NUMBERS:
    begin(number, "en")
    for name in lessons.exercises(number):
        lessons.exercise(name)
known = packages_distributions()
print(*sorted({d for m in list(sys.modules) for d in known.get(m.split(".")[0], [])}))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = {name.lower() for name in done.stdout.split()}
    assert {"pandas", "scipy", "statsmodels"} <= loaded
    others -= {"pillow"}  # matplotlib itself needs it
    others -= {"setuptools"}  # Python's own site loads a hook of it where it is installed
    assert loaded & others == set()


def test_nbval_leaves_out_the_learners_notebooks() -> None:
    command = [sys.executable, "-m", "pytest", "--nbval", "--collect-only", "-q", "-p"]
    done = subprocess.run(
        [*command, "no:cacheprovider", "notebooks/workshop"],
        cwd=PROJECT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    books = {line.split("::")[0] for line in done.stdout.split("\n") if "::" in line}
    wanted = {building.path(*each, True).relative_to(sources.folder()) for each in EACH}
    assert books == {f"notebooks/workshop/{path.as_posix()}" for path in wanted}


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (["%% french", "bonjour"], "line 1: no kind of block 'french'"),
        (["%% exercise", "x = 1"], "`%% exercise` takes 1 words, not 0"),
        (["%% minutes early", "en: x"], "line 1: write minutes as 0-5"),
    ],
)
def test_a_source_that_is_wrong_is_told_with_its_line(
    lines: list[str], said: str, tmp_path: Path
) -> None:
    with pytest.raises(UserError, match=re.escape(said)) as caught:
        sources.read(source(tmp_path, *lines))
    assert "9-trial.md" in str(caught.value)


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (["x = 1", 'check("1a", x)'], "needs 1 solution"),
        (["### solution", "x = 1"], "it has 1 and 0"),
        (["### solution", "print(1)", "### end"], "the solution gives no name a value"),
        (["### solution", "x = = 1", "### end"], "solution: invalid syntax"),
    ],
)
def test_an_exercise_without_a_whole_solution_is_told(
    lines: list[str], said: str, tmp_path: Path
) -> None:
    (block,) = sources.read(source(tmp_path, "%% exercise 1a", *lines))
    with pytest.raises(UserError, match=re.escape(said)):
        sources.code(block, "en", False)


def test_a_line_for_one_language_is_in_that_one_only(tmp_path: Path) -> None:
    lines = ("above", "%% code", 'say("a")  #: en', 'say("ă")  #: vi', "x = 1")
    (block,) = sources.read(source(tmp_path, *lines))
    assert sources.code(block, "en", True) == 'say("a")\nx = 1'
    assert sources.code(block, "vi", True) == 'say("ă")\nx = 1'


def test_a_hint_goes_on_over_lines_and_says_what_it_lacks(tmp_path: Path) -> None:
    head = ("%% hint 1a right", "en: one", "two", "vi: một", "what en: done")
    (block,) = sources.read(source(tmp_path, *head))
    assert block.fields() == {"en": "one two", "vi": "một", "what en": "done"}
    (block,) = sources.read(source(tmp_path, "%% hint 1a right", "lost"))
    with pytest.raises(UserError, match="line 2: 'lost' belongs to no text"):
        block.fields()
    (block,) = sources.read(source(tmp_path, "%% hint 1a right", "en: a", "en: b"))
    with pytest.raises(UserError, match="'en' stands twice"):
        block.fields()


def copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, old: str, new: str) -> None:
    """A project whose lesson 1 has one text changed, all that stands under `new` instead."""
    folder = tmp_path / "notebooks" / "workshop" / "source"
    folder.mkdir(parents=True)
    for file in SOURCES:
        text = file.read_text(encoding="utf-8")
        assert file.name[0] != "1" or old in text
        (folder / file.name).write_text(text.replace(old, new, 1), encoding="utf-8")
    (tmp_path / "data").symlink_to(project.root() / "data")
    monkeypatch.setenv("GIAM_NGHEO_ROOT", str(tmp_path))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("%% minutes 5-11", "%% minutes 6-11", "minutes go on at 5"),
        ("%% minutes 40-45", "%% minutes 40-50", "the minutes end at 50, not at 45"),
        ("title en: The question\n", "", "no `title en:` here"),
    ],
)
def test_a_timetable_with_a_gap_is_told(
    old: str, new: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copied(tmp_path, monkeypatch, old, new)
    (tmp_path / "notebooks/workshop/source/guide.md").write_text("%% en\n# x\n")
    with pytest.raises(UserError, match=re.escape(said)):
        guide.text("en")


def test_a_hint_without_one_language_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copied(tmp_path, monkeypatch, "vi: Thế thì chữ *hơn* để làm gì?\n", "")
    with pytest.raises(UserError, match=r"no `vi:` in `1c choice_A`: write it"):
        sources.texts(1)


def test_a_lesson_without_a_source_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIAM_NGHEO_ROOT", str(tmp_path))
    with pytest.raises(UserError, match=r"lesson 1 needs one file 1-….md; found: none"):
        sources.lesson_file(1)
