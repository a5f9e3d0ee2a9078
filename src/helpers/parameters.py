"""The parameters of a notebook: checked before anything is computed.

papermill only warns of a parameter that a notebook does not have, and the run
then answers another question than the one asked. Here it is an error, and so is
a value of the wrong type.
"""

import ast
from collections.abc import Callable, Iterable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from helpers import labels, places, project
from helpers.project import UserError

LANGUAGES = ("en", "vi")
HORIZONS = (1, 10)
YEARS = (1990, 2035)
ALL = "all"  # standards
LEVELS = (
    "poor_rate", "near_poor_rate", "multidim_poor_rate",
    "poor_households", "near_poor_households", "multidim_poor_households", "total_households",
)  # fmt: skip
"""Indicators of a level at one date, which a notebook can set side by side over time."""
INJECTED = "# Parameters"  # the first line that papermill gives to the cell it injects


def _place(name: str, value: Any) -> places.Place:
    if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 100:
        value = f"{value:02d}"  # papermill -p reads the code 01 as the number 1
    return places.find(_text(name, value))


def _indicators(name: str, value: Any) -> tuple[str, ...]:
    """Indicators of LEVELS as a list, or as a text with commas between them; each once."""
    texts = value.split(",") if isinstance(value, str) else value
    asked = [text.strip() for text in texts] if _are_texts(texts) else []
    if not asked or not set(asked) <= set(LEVELS):
        raise UserError(f"{name}={value!r}: one or more of {', '.join(LEVELS)} were expected")
    return tuple(dict.fromkeys(asked))


def _are_texts(values: Any) -> bool:
    return isinstance(values, list | tuple) and all(isinstance(value, str) for value in values)


def _standard(name: str, value: Any) -> str:
    table = project.read_table(project.raw_dir() / "standards.csv", ["standard"])
    if value != ALL and value not in set(table["standard"]):
        known = ", ".join(table["standard"])
        raise UserError(f"{name}={value!r}: {ALL!r} or one of {known} was expected")
    return str(value)


def _region(name: str, value: Any) -> places.Place:
    if fold_all(_text(name, value)):
        return places.get("VN")
    region = places.find(value)
    if region.kind not in ("region", "country"):
        raise UserError(
            f"{name}={value!r}: a region (RRD NMM NCC CH SE MRD) or 'all' was expected; "
            f"{region.name_en} is a {region.kind}"
        )
    return region


def fold_all(text: str) -> bool:
    """Whether a region's name means all provinces: 'all', 'tất cả' or nothing."""
    return places.fold(text) in ("", "all", "tat-ca")


def _text(name: str, value: Any) -> str:
    if not isinstance(value, str) or (not value.strip() and name != "region"):
        raise UserError(
            f"{name}={value!r}: a text was expected, e.g. a code such as '45' or a name"
        )
    return value


def _language(name: str, value: Any) -> str:
    if value not in LANGUAGES:
        raise UserError(f"{name}={value!r}: one of {', '.join(LANGUAGES)} was expected")
    return str(value)


def _whole(name: str, value: Any, low: int, high: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise UserError(f"{name}={value!r}: a whole number from {low} to {high} was expected")
    return value


def _pace(name: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= 20:
        raise UserError(
            f"{name}={value!r}: percentage points a year, above 0 and up to 20, were expected"
        )
    return float(value)


def _level(name: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 100:
        raise UserError(f"{name}={value!r}: a rate from 0 to 100 per cent was expected")
    return float(value)


def _bulletin(name: str, value: Any) -> Path:
    """A sample bulletin by its name, or a file of one's own, from the project's root on."""
    samples = {file.stem: file for file in sorted(project.raw_dir().glob("bulletins/*.txt"))}
    path: Path = samples.get(_text(name, value), project.root() / value)
    if not path.is_file():
        raise UserError(
            f"{name}={value!r}: one of {', '.join(samples)} or the path of a file was expected"
        )
    return path


CHECKS: dict[str, Callable[[str, Any], Any]] = {
    "province": _place,
    "place": _place,
    "indicators": _indicators,
    "standard": _standard,
    "first_year": lambda name, value: _whole(name, value, *YEARS),
    "last_year": lambda name, value: _whole(name, value, *YEARS),
    "region": _region,
    "language": _language,
    "year": lambda name, value: _whole(name, value, *YEARS),
    "start_year": lambda name, value: _whole(name, value, *YEARS),
    "horizon": lambda name, value: _whole(name, value, *HORIZONS),
    "draws": lambda name, value: _whole(name, value, 100, 100_000),
    "seed": lambda name, value: _whole(name, value, 0, 2**31 - 1),
    "target_pp_per_year": _pace,
    "level": _level,
    "bulletin": _bulletin,
}


def check(**values: Any) -> SimpleNamespace:
    """The parameters of the running notebook, checked and understood.

    values : every parameter of the notebook by its name, e.g. province="45"
    A place whose name or code another unit bears since 2025 is pointed out in a printed line.
    Returns the same names with checked values, and the place itself as `place` for `province`,
    `region` or `place`. Raises UserError when a value has the wrong type or is not known,
    and when papermill injected a name that the notebook does not have.
    """
    refuse_unknown(injected_names(_executed_cells()), values)
    checked: dict[str, Any] = {}
    for name, value in values.items():
        if name not in CHECKS:
            raise UserError(f"parameter {name!r} has no check; known: {', '.join(CHECKS)}")
        understood = CHECKS[name](name, value)
        if isinstance(understood, places.Place):
            checked[name] = understood.code
            checked["place"] = understood
        else:
            checked[name] = understood
    if other := places.namesake(checked["place"]) if "place" in checked else None:
        language = checked.get("language", "en")
        place = checked["place"]
        names = {"place": place.name(language), "code": place.code, "unit": other.code}
        print(labels.text("say.namesake", language, **names))
    if "place" in checked and checked["place"].valid_to and checked["place"].kind == "province":
        _say_joined(checked["place"], checked.get("language", "en"))
    return SimpleNamespace(**checked)


def _say_joined(place: places.Place, language: str) -> None:
    """Print that a province ended before the merger of 2025, which all of the 63 outlive."""
    if place.code not in {known.code for known in places.provinces("63")}:
        year, month, day = map(int, place.valid_to.split("-"))
        date = f"{day}/{month}/{year}"
        print(labels.text("say.joined", language, place=place.name(language), date=date))


def refuse_unknown(names: Iterable[str], known: Iterable[str]) -> None:
    """Raise UserError when a name is not among the known parameters, and list those."""
    unknown = [name for name in names if name not in set(known)]
    if unknown:
        raise UserError(
            f"this notebook has no parameter {', '.join(map(repr, unknown))}; "
            f"it has: {', '.join(known)}"
        )


def injected_names(cells: Iterable[str]) -> list[str]:
    """Names that papermill's injected cells assign, among the sources of executed cells."""
    names: list[str] = []
    for source in cells:
        if source.split("\n", 1)[0].strip() == INJECTED:
            for node in ast.parse(source).body:
                targets = node.targets if isinstance(node, ast.Assign) else []
                names += [target.id for target in targets if isinstance(target, ast.Name)]
    return names


def _executed_cells() -> list[str]:
    """Sources of the cells that the running kernel has executed; none outside a kernel."""
    try:
        from IPython import get_ipython
    except ImportError:
        return []
    shell = get_ipython()
    return list(shell.user_ns.get("In", [])) if shell is not None else []
