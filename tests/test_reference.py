"""The figures' data and pixels are those of the stored reference.

Bytes are those of Python 3.11 on Linux with the locked packages; elsewhere numbers agree
within 1e-9, and at most 0.2 % of the pixels differ by more than 32 of 255.
"""

import shutil
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from helpers.runs import bulk, jobs

PROJECT = Path(__file__).parents[1]
REFERENCE = PROJECT / "tests" / "reference"
SAME_BYTES = sys.platform == "linux" and sys.version_info[:2] == (3, 11)
PIXEL_STEP, PIXEL_SHARE = 32, 0.002


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The figures of one whole run for Quảng Trị, in a project of its own."""
    root = tmp_path_factory.mktemp("project")
    for folder in ("data/raw", "notebooks"):
        shutil.copytree(PROJECT / folder, root / folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GIAM_NGHEO_ROOT", str(root))
        outcomes = bulk.run(jobs.plan(["45"]), say=lambda _: None)
    assert [outcome.error for outcome in outcomes] == [""] * len(outcomes)
    return root / "figures"


def share_of_other_pixels(now: np.ndarray, kept: np.ndarray) -> float:
    """Share of the pixels of which a colour differs by more than PIXEL_STEP of 255."""
    return float((np.abs(now - kept).max(axis=2) > PIXEL_STEP).mean())


def test_the_same_figures_are_drawn(drawn: Path) -> None:
    kept = {file.relative_to(REFERENCE) for file in REFERENCE.glob("*/*.*")}
    now = {file.relative_to(drawn) for file in drawn.glob("*/*.*") if file.suffix != ".svg"}
    assert now == kept


def test_their_data_agree(drawn: Path) -> None:
    for file in sorted(REFERENCE.glob("*/*.csv")):
        kept, now = pd.read_csv(file), pd.read_csv(drawn / file.relative_to(REFERENCE))
        pd.testing.assert_frame_equal(now, kept, rtol=1e-9, atol=1e-9, obj=file.name)


def test_their_pixels_agree(drawn: Path) -> None:
    for file in sorted(REFERENCE.glob("*/*.png")):
        kept, now = (
            np.asarray(Image.open(path).convert("RGB"), dtype=float)
            for path in (file, drawn / file.relative_to(REFERENCE))
        )
        assert now.shape == kept.shape, file.name
        assert share_of_other_pixels(now, kept) <= PIXEL_SHARE, file.name


def test_a_lost_title_would_be_seen() -> None:
    for file in REFERENCE.glob("*/*.png"):
        kept = np.asarray(Image.open(file).convert("RGB"), dtype=float)
        untitled = kept.copy()
        untitled[:60] = 255
        assert share_of_other_pixels(untitled, kept) > PIXEL_SHARE, file.name


@pytest.mark.skipif(not SAME_BYTES, reason="stored bytes are those of Python 3.11 on Linux")
def test_on_the_reference_system_they_are_the_same_bytes(drawn: Path) -> None:
    for file in sorted(REFERENCE.glob("*/*.*")):
        assert (drawn / file.relative_to(REFERENCE)).read_bytes() == file.read_bytes(), file.name
