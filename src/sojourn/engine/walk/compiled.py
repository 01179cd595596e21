"""How the functions of the walk engine are compiled.

The kernels allocate nothing and pass arrays in named tuples. Numba would count references to every array on
every access, which costs more than the simulation and keeps threads apart, so counting is off: whoever calls
a kernel keeps the arrays alive.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from numba import njit

__all__ = ["kernel", "rule"]

kernel: Callable[..., Any] = njit(cache=True, nogil=True, _nrt=False)
"""Compile a loop over agents, places or days; it may be called from Python threads."""

rule: Callable[..., Any] = njit(cache=True, nogil=True, _nrt=False, forceinline=True)
"""Compile a rule that kernels call for one agent or place; it becomes part of its caller."""
