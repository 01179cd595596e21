"""What both engines offer: a model that can be started anywhere, moved on, and recorded."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol, Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from sojourn.engine.codes import refuse

__all__ = ["KEYS", "Cancel", "Model", "ModelState", "in_parts", "require_state"]

KEYS = ("model", "step", "seed", "replicate")
"""What every state says of itself."""

_SECONDS = 0.1  # of work between two looks at whether to stop


class Cancel(Protocol):
    """A token that stops work which is under way, such as ``threading.Event``."""

    def is_set(self) -> bool:
        """Return whether the work is to stop."""


@dataclass
class ModelState:
    """A replicate at one moment: everything that its future depends on, and what was recorded so far.

    Attributes
    ----------
    model : str
        Digest of the model that made it.
    step : int
        The next step to work; all steps before it are done.
    seed, replicate : int
        Keys of every draw from here on.
    """

    model: str
    step: int
    seed: int
    replicate: int

    def _with_keys(self, seed: int | None, replicate: int | None, **parts: Any) -> Self:
        """Return the state with other parts, and other keys where they are given."""
        given = {"seed": seed, "replicate": replicate}
        changed: dict[str, Any] = parts | {name: key for name, key in given.items() if key is not None}
        return replace(self, **changed)

    def _facts(self) -> dict[str, Any]:
        """Return what a file says of the state beside its arrays."""
        return {name: getattr(self, name) for name in KEYS}


def require_state(state: ModelState, made_by: str, to: int, n_step: int) -> None:
    """Raise unless a state was made by the model with this digest, and ``to`` is a step that it can reach.

    Raises
    ------
    ModelError
        M201 for a state of another model, M202 for a step before the state's or after the last.
    """
    if state.model != made_by:
        raise refuse("M201", "state", "it was made by another model", found=state.model, allowed=made_by)
    if not state.step <= to <= n_step:
        allowed = f"{state.step} to {n_step}"
        raise refuse("M202", "to", "a state only moves on within the run", found=str(to), allowed=allowed)


def in_parts(
    state: ModelState, to: int, cancel: Cancel | None, first: int, work: Callable[[int, int], None]
) -> None:
    """Move a state on to step ``to``, in parts of a tenth of a second while it can be cancelled.

    ``work(first, last)`` does the steps ``first`` to ``last`` - 1; the first part has ``first`` steps.
    """
    if cancel is None:
        work(state.step, to)
        state.step = to
        return
    many = first
    while state.step < to and not cancel.is_set():
        last, began = min(to, state.step + many), time.perf_counter()
        work(state.step, last)
        pace = (time.perf_counter() - began) / (last - state.step)
        many = max(1, min(4 * many, int(_SECONDS / max(pace, 1e-9))))
        state.step = last


State = TypeVar("State", bound=ModelState)


class Model(Protocol[State]):
    """A compiled scenario. It never changes and can be pickled; every state of it can be saved and restarted."""

    @property
    def engine(self) -> str:
        """Name of the engine: flow or walk."""

    @property
    def digest(self) -> str:
        """What a state must have been made by to be moved on by this model."""

    @property
    def n_step(self) -> int:
        """Number of steps."""

    @property
    def init(self) -> Callable[..., State]:
        """Return the state before the first step, for ``seed`` and ``replicate`` and what else the engine takes."""

    @property
    def advance(self) -> Callable[..., State]:
        """Work from a state on to step ``to``, in place, and return it; ``cancel`` stops the work."""

    def record(self, state: State) -> Mapping[str, NDArray[np.generic]]:
        """Return what was recorded up to the state's step: arrays by name, without the dimension replicate."""
