"""Sojourn: simulate whole migration systems, from departure to return.

Every name here is loaded when it is first used, so that ``import sojourn`` stays quick. The same verbs are
methods of what they work on: see :mod:`sojourn.verbs`.
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import sojourn.series as data
    from sojourn import flee
    from sojourn.claims import check
    from sojourn.errors import SojournError
    from sojourn.forecast import score
    from sojourn.library import list_scenarios
    from sojourn.loading import load, loads
    from sojourn.report import card, report
    from sojourn.results import Comparison, Interrupted, Run, compare, concat, open_run
    from sojourn.scenario import Scenario, schema
    from sojourn.series import series
    from sojourn.simulate import simulate

    __version__: str

__all__ = [
    "Comparison",
    "Interrupted",
    "Run",
    "Scenario",
    "SojournError",
    "__version__",
    "card",
    "check",
    "compare",
    "concat",
    "data",
    "flee",
    "list_scenarios",
    "load",
    "loads",
    "open_run",
    "report",
    "schema",
    "score",
    "series",
    "simulate",
]

_MODULES = {"data": "sojourn.series", "flee": "sojourn.flee"}

_HOME = {
    "Comparison": "sojourn.results",
    "Interrupted": "sojourn.results",
    "Run": "sojourn.results",
    "Scenario": "sojourn.scenario",
    "SojournError": "sojourn.errors",
    "card": "sojourn.report",
    "check": "sojourn.claims",
    "compare": "sojourn.results",
    "concat": "sojourn.results",
    "list_scenarios": "sojourn.library",
    "load": "sojourn.loading",
    "loads": "sojourn.loading",
    "open_run": "sojourn.results",
    "report": "sojourn.report",
    "schema": "sojourn.scenario",
    "score": "sojourn.forecast",
    "series": "sojourn.series",
    "simulate": "sojourn.simulate",
}


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return import_module(_MODULES[name])
    if name == "__version__":
        from importlib.metadata import version

        value: Any = version("sojourn")
    elif name in _HOME:
        value = getattr(import_module(_HOME[name]), name)
    else:
        raise AttributeError(f"module 'sojourn' has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


class _FrontDoor(ModuleType):
    """The package itself: ``sojourn.simulate`` stays the function when the module of that name comes first."""

    def __setattr__(self, name: str, value: object) -> None:
        if not (name in _HOME and isinstance(value, ModuleType)):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _FrontDoor
