"""Tests and nbval work on a copy of the raw data: never on a user's own ledgers or figures."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

PROJECT = Path(__file__).parent
SCRATCH = Path(tempfile.mkdtemp(prefix="giam-ngheo-"))

for folder in ("data/raw", "notebooks"):
    shutil.copytree(PROJECT / folder, SCRATCH / folder)
shutil.copy(PROJECT / "CHANGELOG.md", SCRATCH)
os.environ["GIAM_NGHEO_ROOT"] = str(SCRATCH)
atexit.register(shutil.rmtree, SCRATCH, ignore_errors=True)
