"""How the functions of the walk engine are compiled.

The kernels allocate nothing and pass arrays in named tuples. Numba would count references to every array on
every access, which costs more than the simulation and keeps threads apart, so counting is off: whoever calls
a kernel keeps the arrays alive.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol, TypeVar, cast

import numpy as np
from numba import njit
from numpy.typing import NDArray

__all__ = ["Floats", "Ints", "Own", "OwnRule", "Words", "kernel", "rule"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Words = NDArray[np.uint64]
OwnRule = Callable[..., float]
Own = OwnRule | None
"""A rule of a researcher's own, compiled with :data:`rule`, or None."""

Function = TypeVar("Function")


class Compile(Protocol):
    """Compiles a function and keeps its type."""

    def __call__(self, function: Function, /) -> Function: ...


_WITHOUT_COUNTING: dict[str, Any] = {"cache": True, "nogil": True, "_nrt": False, "error_model": "numpy"}

kernel = cast(Compile, njit(**_WITHOUT_COUNTING))
"""Compile a loop over agents, places or days; it may be called from Python threads."""

rule = cast(Compile, njit(**_WITHOUT_COUNTING, forceinline=True))
"""Compile a rule that kernels call for one agent or place; it becomes part of its caller."""
