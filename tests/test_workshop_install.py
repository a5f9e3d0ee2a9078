"""Installing the workshop from a stick: clear words for what is wrong, and where `src` is found."""

import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

PROJECT = Path(__file__).parents[1]
SCRIPT = PROJECT / "notebooks" / "workshop" / "install.py"


def loaded(script: Path) -> ModuleType:
    """The script as a module."""
    spec = importlib.util.spec_from_file_location("workshop_install", script)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def laptop(tmp_path: Path) -> Path:
    """A project with nothing but what the script looks at, in a folder with a Vietnamese name."""
    project = tmp_path / "Nguyễn Văn Đức" / "gn"
    (project / "notebooks" / "workshop").mkdir(parents=True)
    (project / "src" / "helpers").mkdir(parents=True)
    (project / "src" / "helpers" / "__init__.py").write_text("")
    shutil.copy(SCRIPT, project / "notebooks" / "workshop")
    (project / "notebooks" / "workshop" / "requirements.txt").write_text("jupyterlab>=4.4,<5\n")
    return project


def install(project: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Run the script from the project's folder."""
    command = [sys.executable, "notebooks/workshop/install.py", *options]
    return subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("version", [(3, 10), (3, 14)])
def test_another_python_is_refused(
    version: tuple[int, int], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "version_info", (*version, 0, "final", 0))
    with pytest.raises(SystemExit) as stopped:
        loaded(SCRIPT).main()
    assert stopped.value.code == 2
    assert "but 3.11, 3.12 or 3.13 is needed" in capsys.readouterr().err


def test_without_a_folder_of_packages_it_says_what_to_name(laptop: Path) -> None:
    done = install(laptop)
    assert done.returncode == 2 and "name the folder of packages" in done.stderr
    done = install(laptop, "packages")
    assert done.returncode == 2 and "holds no packages (*.whl)" in done.stderr
    assert not (laptop / ".venv").exists()


@pytest.mark.slow
def test_a_stick_that_lacks_a_package_is_told_with_what_to_do(laptop: Path) -> None:
    stick = laptop / "packages"
    stick.mkdir()
    (stick / "other-1.0-py3-none-any.whl").write_bytes(b"")
    done = install(laptop, str(stick))
    assert done.returncode == 2
    assert "jupyterlab" in done.stderr and "a package is missing in" in done.stderr
    assert "Traceback" not in done.stderr.partition("install: ")[2]


@pytest.mark.slow
def test_src_is_found_by_a_relative_path_without_letters_of_its_folders(laptop: Path) -> None:
    script = loaded(laptop / "notebooks" / "workshop" / "install.py")
    script.make_environment()
    script.show_helpers()
    (pth,) = laptop.glob("**/giam-ngheo.pth")
    assert pth.read_bytes().isascii() and str(laptop) not in pth.read_text()
    moved = laptop.with_name("moved")
    laptop.rename(moved)
    (python,) = [*moved.glob(".venv/bin/python"), *moved.glob(".venv/Scripts/python.exe")]
    code = "import helpers; print(helpers.__file__)"
    done = subprocess.run(
        [python, "-I", "-c", code], capture_output=True, text=True, check=True, encoding="utf-8"
    )
    assert Path(done.stdout.strip()).is_relative_to(moved / "src")
