"""Which notebooks to run for which places, with which parameters, in which order."""

import ast
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from helpers import parameters, places, project

SEEDS = ("51", "45", "84", "37", "14", "VN")  # the provinces of the seed bulletins, and the country
STAGES = (("1",), ("2",), ("3", "4"), ("5", "6"))  # a stage begins when the one before has ended
OF_A_PLACE = ("3", "4")  # notebooks that run once a place; the others run once


@dataclass(frozen=True)
class Job:
    """One notebook for one place in one language."""

    number: str
    notebook: Path
    place: str
    language: str

    @property
    def name(self) -> str:
        """What people call it: place and notebook."""
        return f"{self.place} {self.notebook.stem}"

    @property
    def values(self) -> dict[str, str]:
        """The parameters that papermill injects."""
        values = {"language": self.language}
        return values | {"province": self.place} if self.number in OF_A_PLACE else values

    @property
    def output(self) -> Path:
        """Where its executed notebook lies."""
        suffix = "" if self.language == "en" else f"-{self.language}"
        folder = project.root() / "build" / "notebooks" / places.get(self.place).folder
        return folder / f"{self.notebook.stem}{suffix}.ipynb"

    @property
    def failed_output(self) -> Path:
        """Where the notebook is kept with its error when it fails."""
        return self.output.with_suffix(".failed.ipynb")

    def figures(self) -> list[Path]:
        """The figure files that this job has written: those of its place, number and language."""
        folder = project.figures_dir() / places.get(self.place).folder
        files = sorted(folder.glob(f"{self.number}-*.*"))
        files = [file for file in files if file.suffix in (".csv", ".png", ".svg")]
        return [file for file in files if file.stem.endswith("-vi") == (self.language == "vi")]


def notebooks() -> dict[str, Path]:
    """The numbered notebooks, by number. Raises UserError when the project has none."""
    folder = project.root() / "notebooks"
    found = {file.name.split("-", 1)[0]: file for file in sorted(folder.glob("[0-9]*-*.ipynb"))}
    if not found:
        raise project.UserError(f"{folder}: no numbered notebooks here")
    return found


def plan(
    names: Sequence[str] = SEEDS, numbers: Sequence[str] | None = None, language: str = "en"
) -> list[list[Job]]:
    """The jobs in stages, place by place so that the first place is complete early.

    names   : places as people write them
    numbers : numbers of notebooks, e.g. ['3', '4']; all when None
    Raises UserError for a place, notebook, language or parameter that does not exist.
    """
    books = notebooks()
    wanted = set(books if numbers is None else numbers)
    if unknown := sorted(wanted - set(books)):
        raise project.UserError(f"no notebook {', '.join(unknown)}; there are: {', '.join(books)}")
    parameters.CHECKS["language"]("language", language)
    codes = list(dict.fromkeys(parameters.CHECKS["province"]("province", n).code for n in names))
    stages = []
    for stage in STAGES:
        here = [number for number in stage if number in wanted]
        where = codes if set(here) & set(OF_A_PLACE) else ["VN"]
        stages.append([Job(n, books[n], code, language) for code in where for n in here])
    for job in (jobs[0] for jobs in stages if jobs):
        parameters.refuse_unknown(job.values, declared(job.notebook))
    return [jobs for jobs in stages if jobs]


def declared(notebook: Path) -> list[str]:
    """Names in the cell tagged `parameters`. Raises UserError when no cell is tagged so."""
    for cell in json.loads(notebook.read_text(encoding="utf-8"))["cells"]:
        if "parameters" in cell["metadata"].get("tags", []):
            nodes = ast.parse("".join(cell["source"])).body
            targets = [t for n in nodes if isinstance(n, ast.Assign) for t in n.targets]
            targets += [n.target for n in nodes if isinstance(n, ast.AnnAssign)]
            return [target.id for target in targets if isinstance(target, ast.Name)]
    raise project.UserError(f"{notebook}: no cell is tagged `parameters`")
