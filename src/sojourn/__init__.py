"""Sojourn: simulate whole migration systems, from departure to return.

Every name here is loaded when it is first used, so that ``import sojourn`` stays quick.
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import sojourn.series as data
    from sojourn import flee
    from sojourn.errors import SojournError
    from sojourn.forecast import score
    from sojourn.library import builtins, load, loads
    from sojourn.loading import rerun
    from sojourn.observation.stations import observed
    from sojourn.report import card, report
    from sojourn.results import Interrupted, Run, compare, open
    from sojourn.scenario import Scenario, digest, dump, explain, resolve, schema
    from sojourn.series import series
    from sojourn.simulate import simulate

    __version__: str

__all__ = [
    "Interrupted",
    "Run",
    "Scenario",
    "SojournError",
    "__version__",
    "builtins",
    "card",
    "cohorts",
    "compare",
    "data",
    "digest",
    "dump",
    "explain",
    "flee",
    "load",
    "loads",
    "observed",
    "open",
    "report",
    "rerun",
    "resolve",
    "schema",
    "score",
    "series",
    "simulate",
]

_MODULES = {"data": "sojourn.series", "flee": "sojourn.flee"}

_HOME = {
    "Interrupted": "sojourn.results",
    "Run": "sojourn.results",
    "Scenario": "sojourn.scenario",
    "SojournError": "sojourn.errors",
    "builtins": "sojourn.library",
    "card": "sojourn.report",
    "cohorts": "sojourn.cohorts",
    "compare": "sojourn.results",
    "digest": "sojourn.scenario",
    "dump": "sojourn.scenario",
    "explain": "sojourn.scenario",
    "load": "sojourn.library",
    "loads": "sojourn.library",
    "observed": "sojourn.observation.link",
    "open": "sojourn.results",
    "report": "sojourn.report",
    "rerun": "sojourn.loading",
    "resolve": "sojourn.scenario",
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
