"""Setting up: a clear word when Python is too old or the network is missing; no work twice."""

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

PROJECT = Path(__file__).parents[1]
SCRIPT = PROJECT / "src" / "setup_venv.py"


@pytest.fixture
def setup_venv() -> ModuleType:
    """The set-up script as a module."""
    spec = importlib.util.spec_from_file_location("setup_venv", SCRIPT)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def copy_of_project(folder: Path) -> Path:
    """Only what the script looks at."""
    (folder / "src").mkdir()
    shutil.copy(SCRIPT, folder / "src")
    for name in ("requirements.lock", "pyproject.toml"):
        shutil.copy(PROJECT / name, folder)
    return folder


@pytest.mark.parametrize("version", [(3, 10), (3, 14)])
def test_another_python_is_refused_with_what_to_do(
    version: tuple[int, int],
    setup_venv: ModuleType,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(sys, "version_info", (*version, 0, "final", 0))
    with pytest.raises(SystemExit) as stopped:
        setup_venv.main()
    assert stopped.value.code == 2
    said = capsys.readouterr().err
    assert f"Python {version[0]}.{version[1]} was found, but 3.11, 3.12 or 3.13 is needed" in said
    assert "make setup PYTHON=" in said


def test_without_a_network_it_says_so_and_is_tried_again(tmp_path: Path) -> None:
    folder = copy_of_project(tmp_path)
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PIP_")}
    environment |= {
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_INDEX_URL": "http://127.0.0.1:9/simple",
        "PIP_RETRIES": "0",
        "PIP_NO_CACHE_DIR": "1",
    }
    command = [sys.executable, str(folder / "src" / "setup_venv.py")]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "Is the network there?" in done.stderr
    assert "Traceback" not in done.stderr.split("setup: the packages")[0]
    assert not (folder / ".venv" / "setup.sha256").exists()


def test_when_nothing_has_changed_nothing_is_done(tmp_path: Path) -> None:
    folder = copy_of_project(tmp_path)
    (folder / ".venv").mkdir()
    command = [sys.executable, str(folder / "src" / "setup_venv.py")]
    code = f"import runpy; m = runpy.run_path({command[1]!r}); print(m['wanted_state']())"
    state = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    (folder / ".venv" / "setup.sha256").write_text(state.stdout)
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
