"""Make the project's own environment in `.venv`, once, from the locked list of packages.

Needs nothing but Python itself, runs on every system, and does nothing when the
environment already matches `requirements.lock`:

    python3 src/setup_venv.py
"""

import hashlib
import os
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

OLDEST, NEWEST = (3, 11), (3, 13)
ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
STAMP = VENV / "setup.sha256"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")


def stop(message: str) -> NoReturn:
    """Leave with a message for a human and exit code 2."""
    sys.stderr.write("setup: " + message + "\n")
    raise SystemExit(2)


def wanted_state() -> str:
    """Hash of what the environment is made from: the lock, the project's own list, the Python."""
    state = hashlib.sha256("{}.{}".format(*sys.version_info[:2]).encode())
    for name in ("requirements.lock", "pyproject.toml"):
        state.update((ROOT / name).read_bytes())
    return state.hexdigest()


def run(command: "list[str]", failure: str) -> None:
    """Run one step; on failure show the end of what it printed and what to do."""
    done = subprocess.run(
        command, check=False, cwd=str(ROOT), stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    if done.returncode:
        tail = done.stdout.decode(errors="replace").strip().splitlines()[-12:]
        stop(failure + "\n  " + "\n  ".join(tail))


def main() -> None:
    """Create or refresh `.venv`; leave it untouched when nothing has changed."""
    version = sys.version_info[:2]
    if not OLDEST <= version <= NEWEST:
        stop(
            "Python {}.{} was found, but 3.11, 3.12 or 3.13 is needed. Install one of them, or "
            "name it: make setup PYTHON=/path/to/python3.12".format(*version)
        )
    if STAMP.exists() and STAMP.read_text().strip() == wanted_state():
        return
    sys.stderr.write("setup: installing the locked packages into .venv (two or three minutes)\n")
    run(
        [sys.executable, "-m", "venv", "--clear", str(VENV)],
        "this Python cannot make a virtual environment. On Debian or Ubuntu: "
        "apt install python3-venv",
    )
    pip = [str(BIN / "python"), "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    run(
        [*pip, "--require-hashes", "--requirement", "requirements.lock"],
        "the packages could not be installed. Is the network there? Check it (and the proxy), then "
        "run the same command again.",
    )
    run(
        [*pip, "--no-deps", "--no-build-isolation", "--editable", "."],
        "the project itself could not be installed.",
    )
    kernel = ROOT / "src" / "helpers" / "runs" / "giam-ngheo"
    run(
        [str(BIN / "jupyter"), "kernelspec", "install", "--sys-prefix", str(kernel)],
        "the fast kernel could not be installed.",
    )
    STAMP.write_text(wanted_state() + "\n")
    sys.stderr.write("setup: done\n")


if __name__ == "__main__":
    main()
