"""How kernels are compiled: inside the engine, without the wrappers that only Python callers would need."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from numba import njit

__all__ = ["kernel"]

kernel: Callable[[Callable[..., Any]], Callable[..., Any]] = njit(no_cpython_wrapper=True, no_cfunc_wrapper=True)
"""Compile a function that only other kernels call."""
