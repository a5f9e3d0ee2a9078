"""Notebooks in bulk: what is done, what is skipped, what happens to a failing one."""

from pathlib import Path

import nbformat
import pytest

from conftest import write_notebook
from helpers.project import UserError
from helpers.runs import bulk, jobs, manifests, records, reports


def test_a_failing_notebook_is_kept_and_named_and_does_not_stop_the_others(three: Path) -> None:
    outcomes = bulk.run(jobs.plan(["51", "45"], ["3"]), say=lambda _: None)
    assert [outcome.state for outcome in outcomes] == ["failed", "done"]
    failed = outcomes[0]
    assert failed.cell == "4"
    assert failed.error == "ValueError: no figures at all"
    assert "51 3-province-profile, cell 4: ValueError" in reports.one_line(failed)
    assert failed.job.failed_output.exists() and not failed.job.output.exists()
    assert outcomes[1].job.output.exists()
    left = {file.name for file in failed.job.output.parent.iterdir()}
    assert left == {"3-province-profile.failed.ipynb"}


def test_what_is_unchanged_is_skipped_and_a_failure_is_tried_again(three: Path) -> None:
    plan = jobs.plan(["51", "45"], ["3"])
    bulk.run(plan, say=lambda _: None)
    again = bulk.run(plan, say=lambda _: None)
    assert [outcome.state for outcome in again] == ["failed", "unchanged"]
    job = again[1].job
    (three / "figures" / "45" / "3-x.csv").write_text("edited by hand")
    assert records.changes(job) == ["figures/45/3-x.csv was edited"]
    (three / "figures" / "45" / "3-x.csv").unlink()
    assert records.changes(job) == ["figures/45/3-x.csv was removed"]


def test_two_runs_write_the_same_bytes(three: Path) -> None:
    plan = jobs.plan(["45"], ["3"])
    ((job,),) = plan
    bulk.run(plan, say=lambda _: None)
    first = job.output.read_bytes()
    bulk.run(plan, force=True, say=lambda _: None)
    assert job.output.read_bytes() == first
    assert str(three).encode() not in first


def test_a_figure_that_is_no_longer_drawn_is_removed_and_a_users_own_file_stays(
    three: Path,
) -> None:
    notebook = three / "notebooks" / "3-province-profile.ipynb"
    folder = three / "figures" / "45"
    folder.mkdir()
    (folder / "3-mine.png").write_bytes(b"x")
    write = '(project.figures_dir() / "45" / "3-{}.csv").write_text("a")'
    for names in (["x", "gone"], ["x"]):
        write_notebook(notebook, "from helpers import project", *map(write.format, names))
        bulk.run(jobs.plan(["45"], ["3"]), say=lambda _: None)
        written = {file.name for file in folder.iterdir()}
        assert written == {"3-mine.png", *(f"3-{name}.csv" for name in names)}


def test_an_endless_cell_ends_at_the_timeout(three: Path) -> None:
    write_notebook(three / "notebooks" / "3-province-profile.ipynb", "while True: pass")
    (outcome,) = bulk.run(jobs.plan(["45"], ["3"]), timeout=3, say=lambda _: None)
    assert outcome.state == "failed"
    assert "imeout" in outcome.error


def test_a_dead_kernel_is_a_failure_like_any_other(three: Path) -> None:
    write_notebook(three / "notebooks" / "3-province-profile.ipynb", "import os; os._exit(3)")
    (outcome,) = bulk.run(jobs.plan(["45"], ["3"]), say=lambda _: None)
    assert outcome.state == "failed"
    assert "died" in outcome.error.lower()


def test_an_error_that_tells_of_a_death_is_no_dead_kernel(three: Path) -> None:
    write_notebook(
        three / "notebooks" / "3-province-profile.ipynb", 'raise ValueError("the goat died")'
    )
    (outcome,) = bulk.run(jobs.plan(["45"], ["3"]), say=lambda _: None)
    assert (outcome.kind, outcome.error) == ("error", "ValueError: the goat died")


def test_a_killed_worker_costs_only_the_notebook_that_killed_it(three: Path) -> None:
    write_notebook(
        three / "notebooks" / "3-province-profile.ipynb",
        'if province == "51":\n    import multiprocessing, os, signal\n'
        "    os.kill(multiprocessing.parent_process().pid, signal.SIGKILL)",
    )
    plan = jobs.plan(["51", "45", "84", "14"], ["3"])
    plan[0][0].output.parent.mkdir(parents=True)
    plan[0][0].output.write_text("an older success")
    outcomes = bulk.run(plan, say=lambda _: None)
    assert [outcome.state for outcome in outcomes] == ["failed", "done", "done", "done"]
    assert "terminated" in outcomes[0].error
    assert not outcomes[0].job.output.exists() and records.load(outcomes[0].job) is None
    assert "kept in" not in reports.one_line(outcomes[0])


def test_an_input_edited_while_a_notebook_runs_makes_it_run_again(three: Path) -> None:
    write_notebook(
        three / "notebooks" / "3-province-profile.ipynb",
        "from helpers import project\n"
        'path = project.raw_dir() / "labels.csv"\n'
        'path.write_text(project.read_text(path) + "\\n")',
    )
    plan = jobs.plan(["45"], ["3"])
    bulk.run(plan, say=lambda _: None)
    ((job,),) = plan
    assert records.changes(job) == ["data/raw/labels.csv changed"]


def test_outputs_stored_with_a_notebook_do_not_count_as_a_change(three: Path) -> None:
    ((job,),) = jobs.plan(["45"], ["3"])
    before = records.sources_hash(job.notebook)
    book = nbformat.read(job.notebook, as_version=4)
    book.cells[1].outputs = [nbformat.v4.new_output("stream", text="seen before")]
    nbformat.write(book, job.notebook)
    assert records.sources_hash(job.notebook) == before
    book.cells[1].source += "  # told otherwise"
    nbformat.write(book, job.notebook)
    assert records.sources_hash(job.notebook) != before


def test_a_place_that_is_not_drawn_again_stays_in_the_manifest(three: Path) -> None:
    manifest = three / "figures" / "manifest.csv"
    manifest.write_text(
        "path,place,notebook,name,language,sha256\n14/3-x.png,14,3,3-x,en,0\n45/3-y.png,45,3,3-y,en,0\n"
    )
    bulk.run(jobs.plan(["45"], ["3"]), say=lambda _: None)
    manifests.write_figures()
    paths = [line.split(",")[0] for line in manifest.read_text().splitlines()[1:]]
    assert paths == ["14/3-x.png", "45/3-x.csv"]


def test_an_unwritable_figures_folder_stops_before_anything_runs(three: Path) -> None:
    (three / "figures").rmdir()
    (three / "figures").write_text("a file where the folder should be")
    with pytest.raises(UserError, match="figures"):
        bulk.run(jobs.plan(["45"], ["3"]), say=lambda _: None)
    assert not (three / "build" / "notebooks").exists()


def test_the_manifest_lists_every_figure_file_with_its_hash(three: Path) -> None:
    bulk.run(jobs.plan(["45"], ["3"]), say=lambda _: None)
    lines = manifests.write_figures().read_text().splitlines()
    assert lines[0] == "path,place,notebook,name,language,sha256"
    assert lines[1].startswith("45/3-x.csv,45,3,3-x,en,")
    assert len(lines) == 2
