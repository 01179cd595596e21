"""The verbs of Sojourn: which function each is, and to which objects it is bound as a method.

One table, read by the classes for their methods. Functions are imported when they are first used, so that no class
needs the layers above it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from types import MethodType
from typing import Any, TypeVar

__all__ = ["METHODS", "bind", "function"]

METHODS: Mapping[str, Mapping[str, str]] = {
    "Scenario": {
        "card": "sojourn.report:card",
        "compile": "sojourn.simulate:compile_model",
        "digest": "sojourn.scenario:digest",
        "dump": "sojourn.scenario:dump",
        "explain": "sojourn.scenario:explain",
        "require_scorable": "sojourn.forecast:require_scorable",
        "resolve": "sojourn.scenario:resolve",
        "simulate": "sojourn.simulate:simulate",
        "unusual": "sojourn.unusual:unusual",
    },
    "FleeScenario": {
        "card": "sojourn.report:card",
        "compile": "sojourn.flee:compile_model",
        "digest": "sojourn.flee:digest",
        "dump": "sojourn.flee:dump",
        "simulate": "sojourn.flee:simulate",
    },
    "Run": {
        "card": "sojourn.report:card",
        "cohorts": "sojourn.cohorts:cohorts",
        "compare": "sojourn.results:compare",
        "observations": "sojourn.observation:observations",
        "report": "sojourn.report:report",
        "rerun": "sojourn.loading:rerun",
        "scenario": "sojourn.loading:scenario_of",
        "score": "sojourn.forecast:score",
    },
    "Comparison": {
        "report": "sojourn.report:report",
    },
}
"""Methods by class: name, and the function that the object is the first argument of."""

Class = TypeVar("Class", bound=type)


def function(home: str) -> Callable[..., Any]:
    """Return the function that ``module:name`` names.

    Parameters
    ----------
    home : str
        Module and name, ``module:name``.

    Returns
    -------
    callable
        The function.
    """
    module, _, name = home.partition(":")
    found: Callable[..., Any] = getattr(import_module(module), name)
    return found


class _Method:
    """A method whose function is imported when it is first looked up."""

    def __init__(self, home: str) -> None:
        self.home = home

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        found = function(self.home)
        return found if instance is None else MethodType(found, instance)


def bind(class_: Class) -> Class:
    """Give a class the methods that :data:`METHODS` lists for it.

    Parameters
    ----------
    class_ : Class
        The class.

    Returns
    -------
    Class
        The same class.
    """
    for name, home in METHODS[class_.__name__].items():
        setattr(class_, name, _Method(home))
    return class_
