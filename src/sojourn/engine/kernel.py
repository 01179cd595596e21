"""How the functions of the flow engine are compiled, and when kept machine code is used again.

The kernels allocate nothing: whoever calls them owns the arrays. So Numba need not count references to arrays,
nor check divisors, which would more than double what it has to compile; and inner kernels, which Python cannot
call, are finished with the entry that calls them.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any, Protocol, TypeVar, cast

import numba
from numba import njit

from sojourn.engine.compiler import Inner, Whole

__all__ = ["ENGINE_DIGEST", "entry", "kernel", "part", "sources_digest"]

Function = TypeVar("Function")


class Decorator(Protocol):
    """Compiles a function and keeps its type."""

    def __call__(self, function: Function, /) -> Function: ...


_ENTRY: dict[str, Any] = {"no_cfunc_wrapper": True, "error_model": "numpy", "_nrt": False}
_KERNEL: dict[str, Any] = {**_ENTRY, "no_cpython_wrapper": True, "pipeline_class": Inner}

kernel = cast(Decorator, njit(**_KERNEL))
"""Compile a function that only other kernels call; from Python it raises TypeError."""

part = cast(Decorator, njit(**_KERNEL, forceinline=True))
"""Compile a function into its caller, since calls that pass whole tuples of arrays are expensive."""


def sources_digest(folder: Path, start: str = "") -> str:
    """Return a digest of every source below a folder.

    Parameters
    ----------
    folder : Path
        The folder.
    start : str, optional
        Digest of what the sources build on.

    Returns
    -------
    str
        Hexadecimal text of 16 bytes.
    """
    hashed = hashlib.blake2b(start.encode(), digest_size=16)
    for path in sorted(folder.rglob("*.py")):
        hashed.update(path.read_bytes())
    return hashed.hexdigest()


ENGINE_DIGEST = sources_digest(Path(__file__).parent)
"""Digest of the engine's sources. An entry holds it in a cell, which Numba makes part of the key of kept machine
code: a change of any kernel, in whichever file, is compiled anew."""

_compiled = njit(cache=True, nogil=True, pipeline_class=Whole, **_ENTRY)


def entry(function: Function) -> Function:
    """Compile a function that Python calls without holding its lock, and keep the machine code on disk.

    What other versions of the engine kept is not even read: its index names types of theirs.

    Parameters
    ----------
    function : Function
        The function as written; it must refer to :data:`ENGINE_DIGEST` in a cell.

    Returns
    -------
    Function
        The compiled function.
    """
    made = cast(Any, _compiled(function))
    index = getattr(getattr(made, "_cache", None), "_cache_file", None)
    if index is not None:
        index._version = f"{numba.__version__} {ENGINE_DIGEST}"
    return cast(Function, made)
