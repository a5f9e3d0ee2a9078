"""What makes a job run again, in words, and what does not; no notebook is run here."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest

from helpers import project
from helpers.runs import jobs, manifests, reads, records
from helpers.runs.jobs import Job
from helpers.runs.outcomes import Outcome

TABLE = "place,value\n45,7.7\n45/Đakrông,30\n51,9.1\n"
WHOLE: dict[str, Any] = {
    "layout": records.LAYOUT, "notebook": "", "parameters": {}, "packages": {}, "read": {},
    "outputs": {},
}  # fmt: skip
Edit = Callable[[Path], object]


@pytest.fixture
def job(golden: Path, monkeypatch: pytest.MonkeyPatch) -> Job:
    """A job of place 45 that has succeeded: with a module, data, rows, a listing and outputs."""
    monkeypatch.setattr(records, "packages", lambda: {"Python": "3.11.7", "numpy": "2.4.1"})
    monkeypatch.setattr(reads, "PACKAGE", golden / "src" / "helpers")
    for name, text in (
        ("src/helpers/charts/style.py", "SIZE = 1\n"),
        ("data/processed/reconciled.csv", TABLE),
        ("data/own/mine.csv", "x\n1\n"),
        ("figures/45/3-x.csv", "year\n2021\n"),
        ("build/notebooks/45/3-province-profile.ipynb", "{}"),
    ):
        (golden / name).parent.mkdir(parents=True, exist_ok=True)
        (golden / name).write_text(text, encoding="utf-8")
    ((job,),) = jobs.plan(["45"], ["3"])
    succeed(golden, job)
    assert records.changes(job) == []
    return job


def succeed(root: Path, job: Job) -> None:
    """Keep the record of a job that has read what the fixture lists."""
    own, table = root / "data" / "own", root / "data" / "processed" / "reconciled.csv"
    hashes = records.Hashes()
    read = [
        ("r", str(root / "src" / "helpers" / "charts" / "style.py")),
        ("r", str(own / "mine.csv")),
        ("r", str(own / "absent.csv")),
        ("d", str(own), reads.listing(own)),
        ("s", str(table), "45", hashes.value("rows of 45 in data/processed/reconciled.csv")),
    ]
    outputs = records.outputs([root / "figures" / "45" / "3-x.csv", job.output, table])
    record = {"read": records.inputs_read(read, hashes), "outputs": outputs}
    records.keep(job, {**records.inputs_before(job, hashes), **record})


def write(name: str, text: str) -> Edit:
    return lambda root: (root / name).write_text(text, encoding="utf-8")


def remove(name: str) -> Edit:
    return lambda root: (root / name).unlink()


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (write("src/helpers/charts/style.py", "SIZE = 2\n"), "helpers.charts.style changed"),
        (remove("src/helpers/charts/style.py"), "helpers.charts.style changed"),
        (write("data/own/mine.csv", "x\n2\n"), "data/own/mine.csv changed"),
        (write("data/own/other.csv", "x\n2\n"), "data/own/ holds other files"),
        (
            write("data/processed/reconciled.csv", TABLE.replace("30", "31")),
            "the rows of 45 in data/processed/reconciled.csv changed",
        ),
        (
            write("data/processed/reconciled.csv", "no table"),
            "the rows of 45 in data/processed/reconciled.csv changed",
        ),
        (
            remove("data/processed/reconciled.csv"),
            "the rows of 45 in data/processed/reconciled.csv changed",
        ),
        (write("figures/45/3-x.csv", "year\n2022\n"), "figures/45/3-x.csv was edited"),
        (remove("figures/45/3-x.csv"), "figures/45/3-x.csv was removed"),
        (
            remove("build/notebooks/45/3-province-profile.ipynb"),
            "build/notebooks/45/3-province-profile.ipynb was removed",
        ),
    ],
)
def test_a_change_is_told_in_words(golden: Path, job: Job, edit: Edit, said: str) -> None:
    edit(golden)
    assert records.changes(job) == [said]


def test_a_file_that_was_not_there_is_new_and_one_that_is_gone_was_removed(
    golden: Path, job: Job
) -> None:
    (golden / "data" / "own" / "absent.csv").write_text("x\n")
    (golden / "data" / "own" / "mine.csv").unlink()
    assert records.changes(job) == [
        "data/own/ holds other files",
        "data/own/absent.csv is new",
        "data/own/mine.csv was removed",
    ]


def test_what_cannot_be_read_is_told(golden: Path, job: Job) -> None:
    for name in ("data/own/mine.csv", "figures/45/3-x.csv"):
        (golden / name).unlink()
        (golden / name).mkdir()
    assert records.changes(job) == [
        "data/own/mine.csv cannot be read",
        "figures/45/3-x.csv was edited",
    ]


def test_packages_and_python_and_parameters_are_told_with_their_values(
    job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(records, "packages", lambda: {"Python": "3.12.1", "scipy": "1.17"})
    kept = json.loads(records.path(job).read_text())
    kept["parameters"]["language"] = "vi"
    records.path(job).write_text(json.dumps(kept))
    assert records.changes(job) == [
        "parameter language is en (was vi)",
        "Python is 3.12.1 (was 3.11.7)",
        "numpy is gone (was 2.4.1)",
        "scipy is 1.17 (was not there)",
    ]


def test_the_notebook_counts_by_what_it_does(job: Job) -> None:
    book = nbformat.read(job.notebook, as_version=4)
    book.cells[-1].outputs = [nbformat.v4.new_output("stream", text="seen before")]
    book.metadata["language_info"] = {"name": "python", "version": "9"}
    nbformat.write(book, job.notebook)
    assert records.changes(job) == []
    plain = job.notebook.read_bytes()
    for told, otherwise in (
        ("# How poor is one province", "# How rich is one province"),
        ('"name": "python3"', '"name": "giam-ngheo"'),
        ('"parameters"', '"settings"'),
    ):
        text = plain.decode()
        assert told in text
        job.notebook.write_text(text.replace(told, otherwise), encoding="utf-8")
        assert records.changes(job) == ["notebooks/3-province-profile.ipynb changed"]


@pytest.mark.parametrize("text", ["[]", "{}", '{"cells": [1], "metadata": {}}', '{"cells', ""])
def test_what_is_no_notebook_is_named(job: Job, text: str) -> None:
    job.notebook.write_text(text)
    with pytest.raises(project.UserError, match=r"3-province-profile\.ipynb is no notebook"):
        records.changes(job)


def test_a_project_in_a_folder_named_notebooks_is_hashed_like_any_other(tmp_path: Path) -> None:
    file = tmp_path / "notebooks" / "notebooks" / "3-x.ipynb"
    file.parent.mkdir(parents=True)
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1", id="a")])
    nbformat.write(book, file)
    before = records.sources_hash(file)
    book.cells[0].outputs = [nbformat.v4.new_output("stream", text="seen before")]
    nbformat.write(book, file)
    assert records.sources_hash(file) == before


def test_many_changes_of_one_sort_are_counted(golden: Path, job: Job) -> None:
    kept = json.loads(records.path(job).read_text())
    kept["read"] |= {f"helpers/m{k}.py": "0" for k in range(9)}
    kept["read"] |= {f"data/raw/d{k}.csv": "0" for k in range(9)}
    kept["outputs"] = {f"figures/45/3-{k}.png": "0" for k in range(9)}
    records.path(job).write_text(json.dumps(kept))
    assert records.changes(job) == [
        "helpers.m0, helpers.m1, helpers.m2, 6 more of the helpers changed",
        *[f"data/raw/d{k}.csv was removed" for k in range(3)],
        "6 more inputs changed",
        *[f"figures/45/3-{k}.png was removed" for k in range(3)],
        "6 more outputs were removed or edited",
    ]


@pytest.mark.parametrize(
    "edit",
    [
        write("data/own/mine.csv", "x\n1\n"),  # written again with the same bytes
        lambda root: os.utime(root / "src" / "helpers" / "charts" / "style.py"),
        write("data/processed/reconciled.csv", "place,value\n51,0\n45,7.7\n45/Đakrông,30\nVN,1\n"),
        write("data/own/.mine.csv.swp", "x"),  # hidden
        write("data/raw/labels.csv", "not read by this job"),
        remove("build/records/hashes.json"),
    ],
)
def test_what_is_no_change_is_none(golden: Path, job: Job, edit: Edit) -> None:
    records.Hashes().store()
    edit(golden)
    assert records.changes(job) == []


def test_a_file_that_changed_while_it_was_read_makes_the_job_run_again(
    golden: Path, job: Job
) -> None:
    path = golden / "data" / "own" / "mine.csv"
    read = records.inputs_read([("x", str(path))], records.Hashes())
    records.keep(job, {**json.loads(records.path(job).read_text()), "read": read})
    assert records.changes(job) == ["data/own/mine.csv changed"]


def test_rows_and_listings_that_differ_within_one_run_make_the_job_run_again(job: Job) -> None:
    table = str(project.processed_dir() / "reconciled.csv")
    twice: list[tuple[str, ...]] = [("s", table, "45", "0"), ("s", table, "45", "1")]
    assert set(records.inputs_read(twice, records.Hashes()).values()) == {records.CHANGED_MEANWHILE}


def test_a_name_with_brackets_is_a_file_and_no_rows(golden: Path, job: Job) -> None:
    odd = golden / "data" / "own" / "reconciled.csv[45]"
    odd.write_text("x\n")
    hashes = records.Hashes()
    read = records.inputs_read([("r", str(odd))], hashes)
    assert read == {"data/own/reconciled.csv[45]": records.file_hash(odd)}
    kept = json.loads(records.path(job).read_text())
    records.keep(job, {**kept, "read": read})
    assert records.changes(job) == []
    odd.write_text("y\n")
    assert records.changes(job) == ["data/own/reconciled.csv[45] changed"]


def test_tables_that_steps_write_are_no_outputs_of_a_job(golden: Path, job: Job) -> None:
    names = json.loads(records.path(job).read_text())["outputs"]
    assert list(names) == ["build/notebooks/45/3-province-profile.ipynb", "figures/45/3-x.csv"]
    assert records.outputs([Path("/etc/hostname")]) == {}


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "null",
        '{"notebook": "0", "pa',
        "\x00\x00",
        "[" * 100_000,
        '{"inputs": {}, "outputs": {}}',  # the layout of an older version
        json.dumps({**WHOLE, "layout": 1}),
        json.dumps({**WHOLE, "read": []}),
        json.dumps({name: WHOLE[name] for name in WHOLE if name != "outputs"}),
    ],
)
def test_a_record_that_cannot_be_used_makes_the_job_run_again(job: Job, content: str) -> None:
    records.path(job).write_text(content)
    assert records.changes(job) == ["its record cannot be used"]
    records.keep(job, None)
    records.keep(job, None)
    assert records.changes(job) == ["never run with success"]


@pytest.mark.parametrize(
    "content", ["", "[]", "3", '{"a', "\x00", '{"a": 1, "b": [1], "c": [1, 2, 3, 4], "d": {}}']
)
def test_remembered_hashes_that_cannot_be_used_are_left(
    golden: Path, job: Job, content: str
) -> None:
    (records.folder() / "hashes.json").write_text(content)
    assert records.changes(job) == []
    hashes = records.Hashes()
    assert hashes.file(golden / "figures" / "45" / "3-x.csv") not in ("1", "4")
    hashes.store()


def test_a_hash_is_remembered_only_of_a_file_that_has_been_left_alone(
    tmp_path: Path, golden: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "x.csv"
    path.write_text("1")
    young = records.Hashes()
    young.file(path)
    assert str(path) not in young.known  # within one tick of the clock it may change unseen
    later = 10 * 10**9 + path.stat().st_mtime_ns
    monkeypatch.setattr("time.time_ns", lambda: later)
    first = young.file(path)
    young.forget()
    assert young.file(path) == first
    young.store()
    known = records.Hashes()
    monkeypatch.setattr(records, "file_hash", lambda path: pytest.fail("read again"))
    assert known.file(path) == first


def test_a_file_with_its_old_time_and_size_is_hashed_again(
    tmp_path: Path, golden: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "x.csv"
    path.write_text("1")
    stat = path.stat()
    monkeypatch.setattr("time.time_ns", lambda: stat.st_mtime_ns + 10**10)
    hashes = records.Hashes()
    first = hashes.file(path)
    path.write_text("2")
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))  # as `cp -p` and `rsync -t` do
    hashes.forget()
    assert hashes.file(path) != first


def test_a_build_folder_that_cannot_be_written_harms_no_record(golden: Path, job: Job) -> None:
    kept = records.load(job)
    for file in (golden / "build").rglob("*.*"):
        file.unlink()
    for folder in ("notebooks/45", "notebooks", "records", ""):
        (golden / "build" / folder).rmdir()
    (golden / "build").write_text("a file where the folder should be")
    records.keep(job, kept)
    records.keep(job, None)
    records.Hashes().store()
    assert records.changes(job) == ["never run with success"]


def test_removing_the_build_folder_only_means_running_again(golden: Path, job: Job) -> None:
    import shutil

    shutil.rmtree(golden / "build")
    assert records.changes(job) == ["never run with success"]


def test_records_of_places_notebooks_and_languages_do_not_meet(golden: Path) -> None:
    plans = [jobs.plan(["45", "44@2025", "VN"], None, language) for language in ("en", "vi")]
    files = [records.path(one) for plan in plans for stage in plan for one in stage]
    assert len(set(files)) == len(files)


def told(outcomes: list[Outcome], began: float = 0.0) -> Any:
    return json.loads(manifests.write_run(outcomes, began).read_text(encoding="utf-8"))


def test_a_manifest_of_a_run_tells_keys_outputs_and_errors(job: Job) -> None:
    failed = Outcome(job, "failed", 2.0, kind="error", cell="4", error="KeyError: 'x'")
    done, not_done = told([Outcome(job, "done", 1.234), failed])["jobs"]
    assert (done["seconds"], done["job"]) == (1.23, "45 3-province-profile")
    assert set(done["outputs"]) == set((records.load(job) or {})["outputs"])
    assert (not_done["cell"], not_done["error"]) == ("4", "KeyError: 'x'")
    assert "outputs" not in not_done


def test_runs_of_one_second_have_a_manifest_each_and_fifty_are_kept(golden: Path) -> None:
    folder = golden / "build" / "runs"
    folder.mkdir(parents=True)
    (folder / "notes.json").write_text("my own")
    paths = [manifests.write_run([], began=1e9 + k // 2) for k in range(60)]
    assert len(set(paths)) == 60
    left = set(folder.glob("2*.json"))
    assert len(left) == manifests.RUNS_KEPT
    assert set(paths[20:]) <= left
    assert (folder / "notes.json").exists()
    assert manifests.write_run([], began=0.0).exists()  # the one that began first ends last


def test_the_times_of_notebooks_come_from_the_last_runs(golden: Path, job: Job) -> None:
    assert manifests.durations() == {}
    manifests.write_run([Outcome(job, "done", 2.0), Outcome(job, "done", 4.0)], 1e9)
    manifests.write_run([Outcome(job, "failed", 99.0), Outcome(job, "unchanged")], 1e9 + 1)
    (golden / "build" / "runs" / "20990101-000000-torn.json").write_text('{"jobs": [{"state"')
    assert manifests.durations() == {"3-province-profile": 3.0}


def test_the_manifest_of_figures_is_written_only_when_it_differs(golden: Path) -> None:
    (golden / "figures" / "45").mkdir()
    path = manifests.write_figures()
    empty = path.stat().st_mtime_ns, path.stat().st_ino
    manifests.write_figures()
    assert (path.stat().st_mtime_ns, path.stat().st_ino) == empty
    (golden / "figures" / "45" / "3-x.csv").write_text("1")
    (golden / "figures" / "45" / "Thumbs.db").write_text("of another program")
    (golden / "figures" / "45" / "3-folder.png").mkdir()
    manifests.write_figures()
    drawn = path.read_text(), path.stat().st_mtime_ns, path.stat().st_ino
    assert [line.split(",")[0] for line in drawn[0].splitlines()] == ["path", "45/3-x.csv"]
    manifests.write_figures()
    assert (path.read_text(), path.stat().st_mtime_ns, path.stat().st_ino) == drawn
    (golden / "figures" / "45" / "3-x.csv").write_text("2")
    manifests.write_figures()
    assert path.read_text() != drawn[0]
