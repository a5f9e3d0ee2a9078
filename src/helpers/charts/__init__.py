"""Charts of the notebooks, one function a figure: each gives the figure and the data it draws.

A module is loaded when it is first named: no notebook needs them all, and some load much else.
"""

from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

from helpers.charts.style import Chart, save

if TYPE_CHECKING:
    from helpers.charts import (
        chances,
        compare,
        conflicts,
        convergence,
        diagnostics,
        evaluation,
        explore,
        idea,
        implied,
        marked,
        naive,
        official,
        profile,
        ranks,
        reading,
        reconciled,
        reviews,
        sets,
        small_multiples,
        telling,
        trends,
    )

__all__ = [
    "Chart",
    "chances",
    "compare",
    "conflicts",
    "convergence",
    "diagnostics",
    "evaluation",
    "explore",
    "idea",
    "implied",
    "marked",
    "naive",
    "official",
    "profile",
    "ranks",
    "reading",
    "reconciled",
    "reviews",
    "save",
    "sets",
    "small_multiples",
    "telling",
    "trends",
]

if not TYPE_CHECKING:  # else any name would pass as a module

    def __getattr__(name: str) -> ModuleType:
        if name in __all__:
            return import_module(f"{__name__}.{name}")
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

    def __dir__() -> list[str]:
        return __all__
