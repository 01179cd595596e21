"""How the functions of the walk engine are compiled; what Python calls is compiled in ``run.py``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, Protocol, TypeVar, cast

import numpy as np
from numba import njit
from numpy.typing import NDArray

from sojourn.engine.kernel import entry, kernel

__all__ = ["Floats", "Ints", "Own", "OwnRule", "OwnRules", "Words", "entry", "kernel", "rule"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Words = NDArray[np.uint64]
OwnRule = Callable[..., float]
Own = OwnRule | None
"""A rule of a researcher's own, compiled with :data:`rule`, or None."""


class OwnRules(NamedTuple):
    """A researcher's own rules, each None where Sojourn's own holds."""

    score: Own
    chance: Own


Function = TypeVar("Function")


class Compile(Protocol):
    """Compiles a function and keeps its type."""

    def __call__(self, function: Function, /) -> Function: ...


_INSIDE: dict[str, Any] = {
    "no_cfunc_wrapper": True,
    "no_cpython_wrapper": True,
    "error_model": "numpy",
    "_nrt": False,
}

rule = cast(Compile, njit(**_INSIDE, forceinline=True))
"""Compile a rule that kernels call for one agent or place: it becomes part of its caller, and Python cannot call
it (``rule.py_func`` is the function as written)."""
