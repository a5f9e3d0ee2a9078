"""Install the workshop on a laptop without internet, from a folder of packages on a USB stick.

Needs nothing but Python 3.11, 3.12 or 3.13, on any system. From the folder of the project:

    python notebooks/workshop/install.py E:\\packages
"""

import ast
import os
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

OLDEST, NEWEST = (3, 11), (3, 13)
HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PTH = "giam-ngheo.pth"
TRIAL = "import jupyterlab, matplotlib, statsmodels, helpers.workshop"


def stop(message: str) -> NoReturn:
    """Leave with a message for a human and exit code 2."""
    sys.stderr.write("install: " + message + "\n")
    raise SystemExit(2)


def python(*options: str, seen: bool = False) -> "subprocess.CompletedProcess[bytes]":
    """Run the Python of the new environment; its output is kept unless it is to be seen."""
    kept = None if seen else subprocess.PIPE
    command = [str(BIN / "python"), *options]
    return subprocess.run(command, check=False, cwd=str(ROOT), stdout=kept, stderr=kept)


def make_environment() -> None:
    """An environment in `.venv`."""
    done = subprocess.run([sys.executable, "-m", "venv", str(VENV)], check=False)
    if done.returncode:
        stop(
            "this Python cannot make a virtual environment. On Debian or Ubuntu: "
            "apt install python3-venv (carry it along, too)"
        )


def install(packages: Path) -> None:
    """Install the short list from the folder, and nothing from anywhere else."""
    pip = ("-m", "pip", "--disable-pip-version-check", "install", "--quiet", "--no-index")
    wanted = ("--find-links", str(packages), "--requirement", str(HERE / "requirements.txt"))
    if python(*pip, *wanted, seen=True).returncode:
        running = "{}.{}".format(*sys.version_info[:2])
        stop(
            f"a package is missing in {packages} for Python {running} on this system (above stands "
            "which one): fetch it where there is internet, as README.md says, and run this again"
        )


def show_helpers() -> None:
    """Let the environment find `src`.

    By a relative path: one without letters that a .pth file of Python 3.11 cannot hold on Windows,
    such as those of a Vietnamese user's folder; and the project may be moved as a whole.
    """
    asked = python("-c", "import sysconfig; print(ascii(sysconfig.get_path('purelib')))")
    site = Path(ast.literal_eval(asked.stdout.decode()))
    (site / PTH).write_text(os.path.relpath(ROOT / "src", site) + "\n", encoding="ascii")


def main() -> None:
    """Install once; say how a lesson is opened."""
    version = sys.version_info[:2]
    if not OLDEST <= version <= NEWEST:
        stop(
            "Python {}.{} was found, but 3.11, 3.12 or 3.13 is needed: install one of them from "
            "the stick and run this with it".format(*version)
        )
    if len(sys.argv) != 2:
        stop("name the folder of packages: python notebooks/workshop/install.py E:\\packages")
    packages = Path(sys.argv[1]).resolve()
    if not any(packages.glob("*.whl")):
        stop(f"{packages} holds no packages (*.whl): name the folder on the stick")
    if not (BIN.exists() and not python("-c", TRIAL).returncode):
        make_environment()
        install(packages)
        show_helpers()
    trial = python("-c", TRIAL)
    if trial.returncode:
        stop("the lessons cannot be started:\n" + trial.stderr.decode(errors="replace"))
    jupyter = (BIN / "jupyter").relative_to(ROOT)
    sys.stderr.write(
        f"install: done. To open lesson 1, from {ROOT}:\n"
        f"  {jupyter} lab {Path('notebooks/workshop/vi/1-bulletin.ipynb')}\n"
    )


if __name__ == "__main__":
    main()
