"""Wall time of the README's two commands in a fresh clone: from nothing, and again.

Run: python tests/bench/commands.py
"""

import os
import subprocess
import tempfile
import time
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
COMMANDS = ("setup", "figures", "figures", "test", "test")


def seconds(command: str, folder: Path) -> float:
    """Wall time of one make target. Raises CalledProcessError with its output when it fails."""
    environment = {k: v for k, v in os.environ.items() if k not in ("GIAM_NGHEO_ROOT", "MAKEFLAGS")}
    began = time.monotonic()
    subprocess.run(["make", command], cwd=folder, env=environment, check=True, capture_output=True)
    return time.monotonic() - began


def main() -> None:
    """Clone, run every command in order, print one line each."""
    with tempfile.TemporaryDirectory() as folder:
        clone = Path(folder) / "clone"
        subprocess.run(["git", "clone", "--quiet", str(PROJECT), str(clone)], check=True)
        for command in COMMANDS:
            print(f"make {command:8} {seconds(command, clone):7.1f} s", flush=True)


if __name__ == "__main__":
    main()
