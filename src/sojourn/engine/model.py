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
    """Raise unless a model can work a state on to a step.

    Parameters
    ----------
    state : ModelState
        The state.
    made_by : str
        Digest of the model.
    to : int
        The step wanted.
    n_step : int
        Number of steps of the model.

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
    """Move a state on to a step, in parts of a tenth of a second while it can be cancelled.

    Parameters
    ----------
    state : ModelState
        Its ``step`` is changed in place.
    to : int
        The first step that is not worked.
    cancel : Cancel or None
        What stops the work between two parts; without it the work is done in one.
    first : int
        Number of steps of the first part.
    work : Callable[[int, int], None]
        Does the steps from the first number to the second, which is not included.
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
        """Return what was recorded up to the state's step.

        Parameters
        ----------
        state : State
            A state of this model.

        Returns
        -------
        mapping
            Arrays by name, without the dimension replicate.
        """
