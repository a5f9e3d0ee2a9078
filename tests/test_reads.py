"""What a kernel reads and writes is noted as it happens, and listening never harms who is heard."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from helpers.runs import reads

LISTEN = f"{reads.BEGIN}\nimport os, sys, threading\nfrom pathlib import Path\n"
Noted = tuple[list[tuple[str, ...]], list[str]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A project's folder with a name as people give them, and one file of data."""
    root = tmp_path / "Giảm nghèo [1]"
    for name in ("data/raw", "data/own", "figures/45", "build/records", ".hidden", "notebooks"):
        (root / name).mkdir(parents=True)
    (root / "data" / "raw" / "a.csv").write_text("x\n1\n")
    (root / "notebooks" / "extra.py").write_text("ANSWER = 42\n")
    return root


def listen(root: Path, code: str, **environment: str) -> Noted:
    """What was noted while a process ran some code: (kind, path below the root, …), written."""
    notes = root / "build" / "records" / ".notes.jsonl"
    notes.unlink(missing_ok=True)
    subprocess.run(
        [sys.executable, "-c", LISTEN + code],
        check=True,
        cwd=root,
        env={"PATH": "/usr/bin:/bin", reads.VARIABLE: str(notes), **environment},
    )
    read, written = reads.gather(notes)
    below = [(k, below_root(root, p), *more) for k, p, *more in read if "/helpers/" not in p]
    return below, [below_root(root, str(path)) for path in written]


def below_root(root: Path, path: str) -> str:
    return Path(path).relative_to(root).as_posix()


@pytest.mark.parametrize(
    "opened",
    [
        'open("data/raw/a.csv")',
        'open(b"data/raw/a.csv", "rb")',
        'Path("data/raw/a.csv").read_text()',
        'os.fdopen(os.open(Path("data/raw/a.csv"), os.O_RDONLY)).read()',
        'os.chdir("data/raw"); open("a.csv")',
        'os.chdir("build"); open("../data/own/../raw/a.csv")',
    ],
)
def test_a_file_is_noted_however_it_is_opened(folder: Path, opened: str) -> None:
    assert listen(folder, opened) == ([("r", "data/raw/a.csv")], [])


def test_a_file_that_is_not_there_is_noted_too(folder: Path) -> None:
    code = 'try: open("data/own/b.csv")\nexcept FileNotFoundError: pass'
    assert listen(folder, code) == ([("r", "data/own/b.csv")], [])


def test_links_to_the_project_and_out_of_it_are_followed(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(folder)
    (tmp_path / "big disk").mkdir()
    (folder / "data" / "processed").symlink_to(tmp_path / "big disk")
    (tmp_path / "big disk" / "t.csv").write_text("x\n")
    code = (
        f'open({str(tmp_path / "link")!r} + "/data/raw/a.csv")\n'
        'open("data/processed/t.csv")\n'
        f'open({str(tmp_path / "big disk")!r} + "/t.csv")'
    )
    assert listen(folder, code)[0] == [("r", "data/raw/a.csv"), ("r", "data/processed/t.csv")]


def test_a_project_below_a_link_is_one_project(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(folder)
    code = 'open("data/raw/a.csv"); open("../link/data/raw/a.csv")'
    assert listen(folder, code) == ([("r", "data/raw/a.csv")], [])


def test_only_what_people_put_into_the_project_is_noted(folder: Path, tmp_path: Path) -> None:
    for name in ("build/x", ".hidden/x", "notebooks/notes.txt", "../outside"):
        (folder / name).write_text("x")
    code = "\n".join(
        f'open("{name}").read()'
        for name in ("build/x", ".hidden/x", "notebooks/notes.txt", "../outside")
    )
    assert listen(folder, code) == ([("r", "notebooks/notes.txt")], [])


def test_a_module_beside_the_notebooks_is_noted_by_its_source(folder: Path) -> None:
    code = 'sys.path.insert(0, "notebooks"); import extra'
    for _ in ("compiled now", "compiled before"):
        read, written = listen(folder, code)
        assert ("r", "notebooks/extra.py") in read
        assert written == []  # what Python compiles is no output


def test_a_module_compiled_into_another_folder_is_noted_by_its_source(
    folder: Path, tmp_path: Path
) -> None:
    code = 'sys.path.insert(0, "notebooks"); import extra'
    for _ in ("compiled now", "compiled before"):
        read, _ = listen(folder, code, PYTHONPYCACHEPREFIX=str(tmp_path / "compiled"))
        assert ("r", "notebooks/extra.py") in read


def test_modules_of_the_helpers_are_noted_with_the_package_itself(folder: Path) -> None:
    notes = folder / "build" / "records" / ".notes.jsonl"
    listen(folder, "import helpers.slices")
    names = {Path(path).name for _, path, *_ in reads.gather(notes)[0] if "/helpers/" in path}
    assert {"__init__.py", "slices.py", "project.py"} <= names


def test_what_is_written_is_an_output_and_no_input_afterwards(folder: Path) -> None:
    code = (
        'Path("figures/45/3-x.csv").write_text("1"); open("figures/45/3-x.csv").read()\n'
        'Path("figures/45/.aside").write_text("2")\n'
        'os.replace("figures/45/.aside", "figures/45/3-y.csv")\n'
        'Path("figures/45/3-z.csv").write_text("3"); os.unlink("figures/45/3-z.csv")\n'
        'open("data/raw/a.csv")'
    )
    read, written = listen(folder, code)
    assert read == [("r", "data/raw/a.csv")]
    assert written == ["figures/45/3-x.csv", "figures/45/3-y.csv"]


def test_a_file_that_changed_after_it_was_read_is_told(folder: Path) -> None:
    code = (
        'open("data/raw/a.csv").read()\n'
        'import subprocess; subprocess.run(["cp", "/dev/null", "data/raw/a.csv"], check=True)'
    )
    assert listen(folder, code)[0] == [("x", "data/raw/a.csv")]


def test_a_folder_of_data_is_noted_by_the_names_in_it(folder: Path) -> None:
    code = 'list(Path("data/own").glob("*.csv")); os.listdir(); os.chdir("data/own"); os.listdir()'
    ((kind, name, names),) = listen(folder, code)[0]
    assert (kind, name) == ("d", "data/own")
    (folder / "data" / "own" / "x [45].csv").write_text("x")
    assert listen(folder, code)[0][0][2] != names


def test_rows_of_a_place_stand_for_the_table_that_is_read_meanwhile(folder: Path) -> None:
    code = (
        'sys.audit("helpers.aside", 1); open("data/raw/a.csv"); sys.audit("helpers.aside", -1)\n'
        f'sys.audit("helpers.rows", {str(folder)!r} + "/data/raw/a.csv", "45", "0f")'
    )
    assert listen(folder, code)[0] == [("s", "data/raw/a.csv", "45", "0f")]


def test_what_one_thread_does_aside_does_not_hide_what_another_reads(folder: Path) -> None:
    code = (
        'sys.audit("helpers.aside", 1)\n'
        'other = threading.Thread(target=lambda: open("data/raw/a.csv"))\n'
        "other.start(); other.join()"
    )
    assert listen(folder, code)[0] == [("r", "data/raw/a.csv")]


def test_threads_that_read_and_write_at_once_are_all_noted_whole(folder: Path) -> None:
    code = (
        "def work(k):\n"
        "    for n in range(40):\n"
        '        Path(f"figures/45/{k}-{n}").write_text("x")\n'
        '        try: open(f"data/own/{k}-{n}")\n'
        "        except OSError: pass\n"
        "threads = [threading.Thread(target=work, args=(k,)) for k in range(8)]\n"
        "for t in threads: t.start()\n"
        "for t in threads: t.join()"
    )
    read, written = listen(folder, code)
    assert (len(read), len(written)) == (320, 320)


@pytest.mark.parametrize(
    "code",
    [
        'open("a\\0b")',
        "open(77)",
        'os.mkdir("gone"); os.chdir("gone"); os.rmdir("../gone"); open("x")',
        'open(b"data/own/\\xff\\xfe")',
        'open("data/own/\\udcff")',
        'open("data/own/" + "x" * 5000)',
        "os.listdir(77)",
    ],
)
def test_an_error_of_the_listened_to_is_its_own(folder: Path, code: str) -> None:
    caught = f"try:\n    {code}\nexcept (OSError, ValueError) as e: pass\nopen({str(folder)!r} + "
    read, _ = listen(folder, f'{caught}"/data/raw/a.csv")')
    assert ("r", "data/raw/a.csv") in read


def test_a_name_that_is_no_text_is_listed_and_read(folder: Path) -> None:
    code = 'open(b"data/own/\\xff.csv", "wb").close(); os.listdir("data/own"); os.listdir(b"data")'
    read, _ = listen(folder, code)
    assert [kind for kind, *_ in read] == ["d"]


def test_notes_that_cannot_be_written_harm_nobody_and_are_not_trusted(folder: Path) -> None:
    code = f'os.unlink(os.environ["{reads.VARIABLE}"]); open("data/raw/a.csv").read()'
    with pytest.raises(OSError, match="could not be noted"):
        listen(folder, code)


@pytest.mark.parametrize("text", ['["r", "/x"', '["r", "/x", null]\n["w', "\x00\x00"])
def test_torn_notes_are_not_trusted(tmp_path: Path, text: str) -> None:
    (tmp_path / "notes").write_text(text)
    with pytest.raises(OSError, match="could not be noted"):
        reads.gather(tmp_path / "notes")


def test_nothing_is_noted_where_nobody_asks(folder: Path) -> None:
    subprocess.run([sys.executable, "-c", LISTEN], check=True, cwd=folder, env={})
    assert list((folder / "build" / "records").iterdir()) == []


def test_a_line_holds_the_state_of_the_file_as_it_was_read(folder: Path) -> None:
    listen(folder, 'open("data/raw/a.csv")')
    lines = (folder / "build" / "records" / ".notes.jsonl").read_text().splitlines()
    path = folder / "data" / "raw" / "a.csv"
    assert json.loads(lines[-1]) == ["r", str(path), reads.state_of(path)]
