"""States of the flow engine: one replicate at one step, to be copied, saved and resumed."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

from sojourn.compile.draws import CENTRAL, Draw
from sojourn.engine.arrays import F64
from sojourn.engine.codes import refuse
from sojourn.engine.flow.program import Sampled
from sojourn.engine.flow.state import State
from sojourn.engine.flow.steps import Replicate
from sojourn.engine.model import ModelState
from sojourn.engine.snapshot import read_snapshot, write_snapshot

__all__ = ["FlowState"]

_RECORDED = ("initial", "stocks", "flows")


@dataclass
class FlowState(ModelState):
    """One replicate of a flow model before a step: all that its future depends on, and its record so far.

    Attributes
    ----------
    model, step, seed, replicate
        See :class:`~sojourn.engine.model.ModelState`.
    expected : bool
        Whether draws are replaced by their means.
    draw : Draw
        The parameter values in force.
    held : Replicate
        Arrays of the engine: people by stage, exit time and cohort of entry, and what was recorded.
    """

    expected: bool
    held: Replicate
    draw: Draw = CENTRAL
    sampled: Sampled | None = field(default=None, repr=False, compare=False)
    """Values and distributions of the draw; worked out again by the model where they are missing."""

    @property
    def people(self) -> F64:
        """People in each stage now: ``(stage, group)`` float64, person."""
        return self.held.state.people[0]

    def copy(self, *, seed: int | None = None, replicate: int | None = None) -> FlowState:
        """Return an independent copy; with another ``seed`` or ``replicate`` its future draws are others.

        Parameters
        ----------
        seed : int, optional
            Another seed of the draws to come.
        replicate : int, optional
            Another number of the replicate.

        Returns
        -------
        FlowState
            The copy.
        """
        state = State(**{name: array.copy() for name, array in self.held.state._asdict().items()})
        held = Replicate(state, *(array.copy() for array in self.held[1:]))
        own = state.ruled.size > 0  # rules write values, which the copy works out again
        return self._with_keys(seed, replicate, held=held, sampled=None if own else self.sampled)

    def with_draw(self, draw: Draw) -> FlowState:
        """Return the same people under other parameter values, which hold from this step on.

        Parameters
        ----------
        draw : Draw
            The values; what it does not set is central.

        Returns
        -------
        FlowState
            A state that shares its arrays with this one.
        """
        return replace(self, draw=draw, sampled=None)

    def __getstate__(self) -> dict[str, object]:
        return {**self.__dict__, "sampled": None}

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
        facts = {"engine": "flow", **self._facts(), "expected": self.expected, "values": dict(self.draw.values)}
        arrays = {f"state.{name}": array for name, array in self.held.state._asdict().items()}
        arrays |= {name: getattr(self.held, name) for name in _RECORDED}
        arrays |= {f"path.{name}": path for name, path in self.draw.paths.items()}
        return write_snapshot(path, facts, arrays)

    @classmethod
    def load(cls, path: str | Path) -> FlowState:
        """Return the state in a file.

        Parameters
        ----------
        path : str or Path
            A file written by :meth:`save`.

        Returns
        -------
        FlowState
            The state.

        Raises
        ------
        ModelError
            M203 where the file holds no state.
        """
        facts, arrays = read_snapshot(path, "flow")
        try:
            state = State(**{name: arrays[f"state.{name}"] for name in State._fields})
            held = Replicate(state, *(arrays[name] for name in _RECORDED))
            paths = {n.removeprefix("path."): a for n, a in arrays.items() if n.startswith("path.")}
            draw = Draw({str(k): float(v) for k, v in facts["values"].items()}, paths)
            step, seed, replicate = (int(facts[name]) for name in ("step", "seed", "replicate"))
            return cls(str(facts["model"]), step, seed, replicate, bool(facts["expected"]), held, draw)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise refuse("M203", str(path), "no state can be read here", found=str(error)) from error
