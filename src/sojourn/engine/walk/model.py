"""The walk model: a compiled map and its rules, that never changes, can be pickled, and can be started anywhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sojourn.engine.codes import refuse
from sojourn.engine.model import Cancel, ModelState, in_parts, require_state
from sojourn.engine.snapshot import read_snapshot, write_snapshot
from sojourn.engine.walk.days import advance, begin
from sojourn.engine.walk.program import WalkProgram
from sojourn.engine.walk.rule import Own
from sojourn.engine.walk.state import Agents, Record, Sites, Tables, WalkState

__all__ = ["WalkModel", "WalkModelState"]

_FIRST_DAYS = 16
_PARTS: Mapping[str, Any] = {"agents": Agents, "sites": Sites, "tables": Tables, "record": Record}


@dataclass
class WalkModelState(ModelState):
    """One replicate of a walk model before a day: all that its future depends on, and its record so far.

    Attributes
    ----------
    model, step, seed, replicate
        See :class:`~sojourn.engine.model.ModelState`; a step is a day.
    arrivals : tuple of int
        Seed and replicate that key the number of arrivals each day, where it is drawn; room was made for them.
    held : WalkState
        Arrays of the engine: agents, places, route tables, and what was recorded.
    """

    arrivals: tuple[int, int]
    held: WalkState
    program: WalkProgram | None = field(default=None, repr=False, compare=False)
    """The program with this replicate's arrivals; worked out again by the model where it is missing."""

    def copy(self, *, seed: int | None = None, replicate: int | None = None) -> WalkModelState:
        """Return an independent copy; with another ``seed`` or ``replicate`` its future draws are others.

        Parameters
        ----------
        seed : int, optional
            Another seed of the draws to come.
        replicate : int, optional
            Another number of the replicate.

        Returns
        -------
        WalkModelState
            The copy.
        """
        parts = {name: type_(*(a.copy() for a in getattr(self.held, name))) for name, type_ in _PARTS.items()}
        held = WalkState(**parts, created=self.held.created.copy())
        return self._with_keys(seed, replicate, held=held)

    def __getstate__(self) -> dict[str, object]:
        return {**self.__dict__, "program": None}

    def save(self, path: str | Path) -> Path:
        """Write the state to one file, whole or not at all, and return its path.

        Parameters
        ----------
        path : str or Path
            The file to write.

        Returns
        -------
        Path
            The file written.

        Raises
        ------
        ModelError
            M204 where the disk refuses.
        """
        arrays: dict[str, NDArray[Any]] = {"created": self.held.created}
        for part in _PARTS:
            arrays |= {f"{part}.{name}": array for name, array in getattr(self.held, part)._asdict().items()}
        facts = {"engine": "walk", **self._facts(), "arrivals": self.arrivals}
        return write_snapshot(path, facts, arrays)

    @classmethod
    def load(cls, path: str | Path) -> WalkModelState:
        """Return the state in a file.

        Parameters
        ----------
        path : str or Path
            A file written by :meth:`save`.

        Returns
        -------
        WalkModelState
            The state.

        Raises
        ------
        ModelError
            M203 where the file holds no state.
        """
        facts, arrays = read_snapshot(path, "walk")
        try:
            parts: dict[str, Any] = {
                part: type_(**{name: arrays[f"{part}.{name}"] for name in type_._fields})
                for part, type_ in _PARTS.items()
            }
            held = WalkState(**parts, created=arrays["created"])
            step, seed, replicate = (int(facts[name]) for name in ("step", "seed", "replicate"))
            first, second = (int(key) for key in facts["arrivals"])
            return cls(str(facts["model"]), step, seed, replicate, (first, second), held)
        except (KeyError, TypeError, ValueError) as error:
            raise refuse("M203", str(path), "no state can be read here", found=str(error)) from error


@dataclass(frozen=True)
class WalkModel:
    """A compiled scenario of agents on a map. Nothing in it changes; it can be pickled.

    Attributes
    ----------
    program : WalkProgram
        Map, timetable and rules as arrays.
    digest : str
        What tells it from other models.
    own_score, own_chance : callable, optional
        Rules of a researcher's own; see :func:`sojourn.engine.walk.days.advance`. A model with own rules is
        pickled only if they can be imported by name.
    """

    program: WalkProgram
    digest: str
    own_score: Own = None
    own_chance: Own = None

    engine = "walk"

    @property
    def n_step(self) -> int:
        """Number of days."""
        return len(self.program.days.frozen)

    def init(self, *, seed: int, replicate: int = 0) -> WalkModelState:
        """Return the state before day 0.

        Parameters
        ----------
        seed : int
            Seed of every draw.
        replicate : int, optional
            Number of the replicate, which keys every draw too.

        Returns
        -------
        WalkModelState
            Nobody has appeared yet but those who are there at the start.
        """
        program, held = begin(self.program, seed, replicate)
        return WalkModelState(self.digest, 0, seed, replicate, (seed, replicate), held, program)

    def advance(
        self, state: WalkModelState, to: int, *, cancel: Cancel | None = None, workers: int = 1
    ) -> WalkModelState:
        """Run on to a day, in place, and return the state.

        A state restarted on any day, in any process, gives the same numbers as one that ran through. If ``cancel``
        is set meanwhile, the state stays at the day that it has reached.

        Parameters
        ----------
        state : WalkModelState
            Changed in place.
        to : int
            The first day that is not run.
        cancel : Cancel, optional
            A token with ``is_set()``, such as ``threading.Event``, that stops the work.
        workers : int, optional
            Number of threads that share the agents; it changes no number.

        Returns
        -------
        WalkModelState
            The same state.

        Raises
        ------
        ModelError
            M201 for a state of another model, M202 for a day before the state's or after the last.
        """
        require_state(state, self.digest, to, self.n_step)
        if state.program is None:
            state.program, _ = begin(self.program, *state.arrivals)
        program, key = state.program, (state.seed, state.replicate)

        def work(first: int, last: int) -> None:
            own = {"own_score": self.own_score, "own_chance": self.own_chance}
            advance(program, state.held, key, first, last, workers=workers, **own)

        in_parts(state, to, cancel, _FIRST_DAYS, work)
        return state

    def record(self, state: WalkModelState) -> Mapping[str, NDArray[np.generic]]:
        """Return what was recorded up to the state's day.

        Parameters
        ----------
        state : WalkModelState
            A state of this model.

        Returns
        -------
        mapping
            ``people`` (day, place) and ``entered`` (day, road) int64, agents at rest and setting out;
            ``created`` and ``gone`` (day) int64, agents up to the day.
        """
        return dict(state.held.record._asdict())
