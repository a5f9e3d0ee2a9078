"""The two lists of packages say the same, and the lock names no machine and no index."""

import re
import tomllib
from pathlib import Path

PROJECT = Path(__file__).parents[1]


def test_environment_yml_has_the_dependencies_of_pyproject() -> None:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    wanted.append(f"python{project['requires-python']}")
    text = (PROJECT / "environment.yml").read_text(encoding="utf-8")
    listed = re.findall(r"(?m)^  - (.+)$", text.split("dependencies:\n")[1])
    assert sorted(listed) == sorted([*wanted, "pip", "pip:"])
    extras = [r for e, all_ in project["optional-dependencies"].items() if e != "dev" for r in all_]
    lines = re.findall(r"(?m)^# .*conda install .*$", text)
    commented = [package for line in lines for package in re.findall(r'"(.+?)"', line)]
    assert extras and sorted(commented) == sorted(extras)


def test_the_lock_holds_every_direct_dependency_with_hashes() -> None:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lock = (PROJECT / "requirements.lock").read_text(encoding="utf-8")
    assert "://" not in lock
    extras = [r for extra in project["optional-dependencies"].values() for r in extra]
    for requirement in [*project["dependencies"], *extras]:
        name = re.split(r"[<>=]", requirement)[0]
        assert re.search(rf"(?m)^{name}==[\w.]+.*\\\n    --hash=sha256:", lock), name
