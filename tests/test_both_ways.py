"""Stock against fast kernels: what `verify --runs` compares, and how it names a difference."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from conftest import write_notebook
from helpers.project import UserError
from helpers.runs import both_ways, jobs


def pair(folder: Path, name: str) -> tuple[Path, Path]:
    """Two paths of one name in two folders."""
    for way in ("stock", "fast"):
        (folder / way).mkdir(exist_ok=True)
    return folder / "stock" / name, folder / "fast" / name


def test_equal_files_have_no_difference(tmp_path: Path) -> None:
    one, other = pair(tmp_path, "3-x.csv")
    one.write_text("a\n1\n")
    other.write_text("a\n1\n")
    assert list(both_ways.differences(one, other)) == []


def test_a_file_that_one_way_does_not_write_is_missing(tmp_path: Path) -> None:
    one, other = pair(tmp_path, "3-x.csv")
    one.write_text("a\n1\n")
    assert list(both_ways.differences(one, other)) == [("missing", "not written with fast kernels")]


def test_data_differ_by_lines(tmp_path: Path) -> None:
    one, other = pair(tmp_path, "3-x.csv")
    one.write_text("a\n1\n2\n")
    other.write_text("a\n1\n3\n4\n")
    ((kind, said),) = both_ways.differences(one, other)
    assert (kind, said) == ("figure data", "2 lines, first line 3: '2' and '3'")


def test_pictures_differ_by_pixels(tmp_path: Path) -> None:
    one, other = pair(tmp_path, "3-x.png")
    pixels = np.zeros((4, 5, 3), dtype="uint8")
    Image.fromarray(pixels).save(one)
    pixels[1, 2] = (0, 7, 3)
    Image.fromarray(pixels).save(other)
    ((kind, said),) = both_ways.differences(one, other)
    assert (kind, said) == ("pixels", "1 of 20 differ, by at most 7 of 255")


def test_pictures_of_another_size_say_so(tmp_path: Path) -> None:
    one, other = pair(tmp_path, "3-x.png")
    Image.new("RGB", (5, 4)).save(one)
    Image.new("RGB", (6, 4)).save(other)
    ((_, said),) = both_ways.differences(one, other)
    assert said == "the sizes differ: (4, 5) and (4, 6)"


def test_notebooks_differ_by_cells(tmp_path: Path) -> None:
    one, other = pair(tmp_path, "3.ipynb")
    one.write_text(json.dumps({"cells": [{"source": "1"}, {"source": "2"}]}))
    other.write_text(json.dumps({"cells": [{"source": "1"}, {"source": "3"}]}))
    assert list(both_ways.differences(one, other)) == [("notebook output", "cells 2 differ")]


def test_a_sample_is_drawn_with_its_seed_and_keeps_the_order(three: Path) -> None:
    (every,) = jobs.plan(["51", "45", "84", "14", "37"], ["3"])
    drawn = both_ways.sample(every, 3)
    assert drawn == both_ways.sample(every, 3)
    assert drawn == [job for job in every if job in drawn] and len(drawn) == 3
    assert both_ways.sample(every, None) == both_ways.sample(every, 9) == every


def test_both_ways_agree_and_what_does_not_is_named(three: Path) -> None:
    """A stock kernel has no parent of multiprocessing: a notebook that prints it must be found."""
    (stage,) = jobs.plan(["45"], ["3"])
    assert both_ways.verify(stage, say=lambda _: None).empty
    told = "import multiprocessing\nprint(multiprocessing.parent_process() is None)"
    drawn = '(project.figures_dir() / "45").mkdir(parents=True, exist_ok=True)\n'
    drawn += '(project.figures_dir() / "45" / "3-x.csv").write_text("a\\n1\\n")'
    write_notebook(stage[0].notebook, "from helpers import project", told, drawn)
    (three / "figures" / "manifest.csv").write_text(
        "path,place,notebook,name,language,sha256\n45/3-x.csv,45,3,3-x,en,0\n"
    )
    found = both_ways.verify(stage, say=lambda _: None)
    assert found[["between", "file", "kind"]].to_numpy().tolist() == [
        ["stock and fast", "build/notebooks/45/3-province-profile.ipynb", "notebook output"],
        ["fast and manifest", "figures/45/3-x.csv", "hash"],
    ]
    assert not (three / "build" / "notebooks").exists()


def test_a_notebook_that_fails_leaves_nothing_to_compare(three: Path) -> None:
    (stage,) = jobs.plan(["51"], ["3"])
    with pytest.raises(UserError, match=r"nothing to compare: failed: .*no figures at all"):
        both_ways.verify(stage, say=lambda _: None)
