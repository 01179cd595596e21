"""How Numba compiles kernels: those that only other kernels call become LLVM text that is part of their callers.

Numba makes every function ready to run: optimised, turned into machine code and linked, together with all that
it calls. A kernel deep inside is so optimised once for itself and again in every caller above it. Here it goes
through the passes it needs and no further; the entry that Python calls is optimised as a whole, once. The first
run of a scenario starts a third sooner. Garbage collection is paused meanwhile, since compiling leaves next to
nothing to collect.

Source: Numba's manual, "Customizing the Compiler"; ``numba.core.codegen`` and ``numba.core.typed_passes``.
"""

from __future__ import annotations

import ctypes
import gc
from collections.abc import Callable
from typing import Any

from numba import _dynfunc  # type: ignore[attr-defined]
from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import Compiler, CompilerBase
from numba.core.compiler_machinery import PassManager, register_pass
from numba.core.typed_passes import (
    IRLegalization,
    NativeLowering,
    NoPythonBackend,
    NopythonTypeInference,
    PreLowerStripPhis,
)
from numba.core.untyped_passes import FixupArgs, IRProcessing, ReconstructSSA, TranslateByteCode

__all__ = ["Inner", "Whole"]

_NOT_CALLABLE = ctypes.cast(ctypes.pythonapi.PyObject_Call, ctypes.c_void_p).value
"""What Python finds in place of an inner kernel's machine code: called with the kernel's own record, which is not
callable, it raises TypeError."""


class _Unfinished(JITCodeLibrary):
    """A library of LLVM text that is neither optimised nor turned into machine code by itself."""

    def _optimize_final_module(self) -> None:
        """Leave it to the entry that this becomes a part of."""

    def _finalize_final_module(self) -> None:
        self._finalize_dynamic_globals()
        self._finalized = True


@register_pass(mutates_CFG=True, analysis_only=False)
class _InnerLowering(NativeLowering):
    """Lowers a kernel into an unfinished library, and tells callers where it is."""

    _name = "inner_lowering"

    def __init__(self) -> None:
        NativeLowering.__init__(self)

    def run_pass(self, state: Any) -> bool:
        state.library = _Unfinished(state.targetctx.codegen(), state.func_id.func_qualname)
        state.flags.no_compile = True
        super().run_pass(state)
        lowered = state["cr"]
        name = lowered.fndesc.qualname.rsplit(".", 1)[-1]
        kept = (state.library,)
        stand_in = _dynfunc.make_function(
            lowered.fndesc.lookup_module(), name, "inner kernel", _NOT_CALLABLE, lowered.env, kept
        )
        state.targetctx.insert_user_function(stand_in, lowered.fndesc, [state.library])
        state["cr"] = lowered._replace(cfunc=stand_in)
        return True


class Inner(CompilerBase):
    """Pipeline of an inner kernel: the passes that plain loops over arrays and numbers need."""

    def define_pipelines(self) -> list[PassManager]:
        """Return the one pipeline."""
        manager = PassManager("inner")
        for step in (
            TranslateByteCode,
            FixupArgs,
            IRProcessing,
            ReconstructSSA,
            NopythonTypeInference,
            PreLowerStripPhis,
            IRLegalization,
            _InnerLowering,
            NoPythonBackend,
        ):
            manager.add_pass(step, step.__name__)
        manager.finalize()
        return [manager]


class Whole(Compiler):
    """Numba's own pipeline, for an entry and all kernels below it."""

    def compile_extra(self, func: Callable[..., Any]) -> Any:
        """Compile with garbage collection paused, which otherwise takes a sixth of the time."""
        collected = gc.isenabled()
        gc.disable()
        try:
            return super().compile_extra(func)
        finally:
            if collected:
                gc.enable()
