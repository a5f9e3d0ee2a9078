"""What travels to a cluster, and on which machines it may be unpacked."""

import io
import json
import shutil
import sys
import zipfile
from pathlib import Path

import pytest

from helpers import fresh, project
from helpers.runs import arrivals, bundle, connections, jobs, outpost, records


def names(packed: bundle.Bundle) -> list[str]:
    return zipfile.ZipFile(io.BytesIO(packed.data)).namelist()


def test_equal_content_is_equal_bytes_and_unchanged_content_is_not_packed_again(
    golden: Path,
) -> None:
    first = bundle.pack()
    (golden / "data" / "raw" / "places.csv").touch()
    assert bundle.pack() == first
    assert bundle.pack(first) is first
    (golden / "data" / "own" / "mine.csv").write_text("a\n")
    assert bundle.pack(first).digest != first.digest


def test_data_notebooks_and_helpers_travel_and_nothing_hidden_or_compiled(golden: Path) -> None:
    (golden / "data" / "raw" / ".hidden.csv").write_text("x")
    (golden / "notebooks" / ".ipynb_checkpoints").mkdir()
    (golden / "notebooks" / ".ipynb_checkpoints" / "3.ipynb").write_text("x")
    found = names(bundle.pack())
    assert {"data/raw/places.csv", "src/helpers/project.py", "src/helpers/rules.csv"} <= set(found)
    assert {"data/own/", "data/processed/", "notebooks/"} <= set(found)  # also where empty
    assert not [name for name in found if "/." in name or "__pycache__" in name]


def test_a_copied_project_is_as_fresh_in_another_folder(
    golden: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (golden / "requirements.lock").write_text("pandas==3.0.3 \\\n")
    before = fresh.inputs_hash()
    there = shutil.copytree(golden, golden / "elsewhere" / "another")
    monkeypatch.setenv("GIAM_NGHEO_ROOT", str(there))
    assert fresh.inputs_hash() == before


def test_packages_travel_in_the_bundle(golden: Path) -> None:
    archive = zipfile.ZipFile(io.BytesIO(bundle.pack().data))
    assert json.loads(archive.read("packages.json")) == records.packages()


def test_versions_are_those_of_this_process() -> None:
    found = outpost.versions(["Python", "pandas", "no-such-package"])
    pandas = sys.modules["pandas"].__version__
    assert found["Python"] == ".".join(map(str, sys.version_info[:3]))
    assert (found["pandas"], found["no-such-package"]) == (pandas, "not installed")


def test_another_version_is_refused_by_worker_package_and_both_versions() -> None:
    ours = {"Python": "3.11.7", "pandas": "3.0.3"}
    differing = outpost.differing(ours, {"Python": "3.11.7", "pandas": "2.2.3"})
    connections.refuse_differing("the worker tcp://h:1", [])
    with pytest.raises(project.UserError, match=r"tcp://h:1 has pandas 2\.2\.3 \(here 3\.0\.3\)"):
        connections.refuse_differing("the worker tcp://h:1", differing)


def test_a_long_list_of_other_versions_is_cut() -> None:
    differing = [[f"p{k}", "1", "2"] for k in range(5)]
    with pytest.raises(project.UserError, match=r"p2 2 \(here 1\) and 2 more"):
        connections.refuse_differing("the worker w", differing)


def test_without_dask_it_is_said_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with (
        pytest.raises(project.UserError, match=r"pip install -e '\.\[dask\]'"),
        connections.Connection("tcp://127.0.0.1:1"),
    ):
        pass


def test_a_function_travels_as_text_and_its_module_is_loaded_once() -> None:
    source = "import itertools\ncount = itertools.count(5)\ndef step(by): return next(count) * by"
    assert connections.call(source, "step", 10) == 50
    assert connections.call(source, "step", 100) == 600


def test_what_came_back_is_placed_and_what_is_no_longer_drawn_is_removed(golden: Path) -> None:
    job = jobs.Job("3", golden / "notebooks" / "3-province-profile.ipynb", "45", "en")
    old = golden / "figures" / "45" / "3-gone.png"
    old.parent.mkdir(parents=True)
    old.write_bytes(b"x")
    former = {"layout": records.LAYOUT, "notebook": "", "parameters": {}, "packages": {}}
    records.keep(job, former | {"read": {}, "outputs": {"figures/45/3-gone.png": "0"}})
    job.failed_output.parent.mkdir(parents=True)
    job.failed_output.write_bytes(b"x")
    name = project.below_root(job.output)
    told = {"state": "done", "seconds": 1.0, "record": {"read": {}, "packages": {}, "outputs": {}}}
    outcome = arrivals.place(job, told, {"figures/45/3-x.csv": b"a\n", name: b"{}"})
    assert outcome.state == "done" and outcome.record is not None
    assert outcome.record["outputs"] == {
        file: records.file_hash(golden / file) for file in (name, "figures/45/3-x.csv")
    }
    assert not old.exists() and not job.failed_output.exists()


def test_nothing_is_written_outside_the_folders_of_outputs(golden: Path) -> None:
    job = jobs.Job("3", golden / "notebooks" / "3-province-profile.ipynb", "45", "en")
    told = {"state": "done", "seconds": 1.0, "record": {}}
    for name in ("data/raw/places.csv", "figures/../data/own/x.csv", "/tmp/x.csv"):
        outcome = arrivals.place(job, told, {name: b"x"})
        assert (outcome.state, outcome.kind) == ("failed", "output")
    assert not (golden / "data" / "own" / "x.csv").exists()
