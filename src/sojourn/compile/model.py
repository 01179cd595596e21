"""The flow model: a compiled scenario that never changes, can be pickled, and can be started anywhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sojourn.compile.draws import CENTRAL, Draw, Draws, draw_from_priors, read_draws
from sojourn.compile.dwells import DwellTable
from sojourn.compile.grid import Grid
from sojourn.compile.state import FlowState
from sojourn.compile.table import ValueTable
from sojourn.engine.codes import ModelError, refuse
from sojourn.engine.flow import slots
from sojourn.engine.flow.program import Labels, Program, Sampled
from sojourn.engine.flow.steps import TooMany, advance, begin
from sojourn.engine.model import Cancel, in_parts, require_state
from sojourn.engine.quantile import MOST
from sojourn.scenario.model import Scenario

__all__ = ["FlowModel", "Unbalanced"]

_FIRST_STEPS = 64


class Unbalanced(RuntimeError):
    """People were lost or made: at ``step`` of ``replicate`` some stage does not hold its stock."""

    def __init__(self, replicate: int, step: int) -> None:
        self.replicate = replicate
        self.step = step
        super().__init__(replicate, step)

    def __str__(self) -> str:
        return f"replicate {self.replicate}, step {self.step}: a stage does not hold its stock"


@dataclass(frozen=True)
class FlowModel:
    """A compiled scenario: its program, the names of its axes, and the values that parameter draws give.

    Made by :func:`sojourn.compile.build.compile_scenario`. Nothing in it changes; it can be pickled, and sent
    to other processes.

    Attributes
    ----------
    grid : Grid
        Steps and recorded periods.
    program : Program
        What is connected, as arrays.
    labels : Labels
        Names along the dimensions of the arrays.
    table : ValueTable
        How the values by step are made from a draw.
    dwells : DwellTable
        How durations are made from a draw.
    """

    scenario: Scenario
    """The resolved scenario."""
    digest: str
    """Digest of the resolved scenario and of the period recorded."""
    grid: Grid
    program: Program
    labels: Labels
    table: ValueTable
    dwells: DwellTable
    central: Sampled
    """Values and distributions at the central values."""
    counted: Mapping[str, int]
    """How many steps were filled in series, or cut to the bounds of their kind, by what they are of."""

    engine = "flow"

    @property
    def n_step(self) -> int:
        """Number of steps."""
        return self.program.n_step

    @cached_property
    def uncertain(self) -> tuple[str, ...]:
        """Names of the quantities with a prior, in the scenario's order."""
        return tuple(n for n, q in self.scenario.quantities.items() if q.prior is not None)

    @cached_property
    def _written(self) -> list[int]:
        """Rows of values that depend on the state, in the order in which a state keeps them."""
        return [int(rule[1]) for rule in self.program.rule if rule[0] == slots.RULE_END]

    def prior_draws(self, seed: int, replicates: Sequence[int]) -> Draws:
        """Return a draw for each replicate from priors and drifts, keyed by seed, replicate and name.

        Parameters
        ----------
        seed : int
            Seed of every draw.
        replicates : Sequence[int]
            Their numbers.

        Returns
        -------
        Draws
            A row for each replicate.
        """
        return draw_from_priors(self.scenario.quantities, seed, replicates, self.grid)

    def read_draws(self, given: Mapping[str, ArrayLike]) -> Draws:
        """Return a table of parameter draws from columns by name.

        Parameters
        ----------
        given : Mapping[str, ArrayLike]
            Columns by the name of a quantity, or of one of its periods (``coverage[2023-05]``), each a value or one
            value for each draw.

        Returns
        -------
        Draws
            A row for each draw.

        Raises
        ------
        ModelError
            M101 to M104 for names or values that the scenario does not allow.
        """
        return read_draws(given, self.scenario.quantities, self.grid)

    def draw(self, draws: Draws, index: int) -> Draw:
        """Return one row of a table of draws.

        Parameters
        ----------
        draws : Draws
            A table of draws, such as :meth:`prior_draws` gives.
        index : int
            Row of the table.

        Returns
        -------
        Draw
            Values of that row.
        """
        return draws.row(index, self.grid)

    def sample(self, draw: Draw = CENTRAL) -> Sampled:
        """Return the values and distributions that a draw gives.

        Parameters
        ----------
        draw : Draw, optional
            Parameter values; what it does not set is central.

        Returns
        -------
        Sampled
            Values by step, and durations as probabilities of whole steps.
        """
        if not draw.names:
            return self.central._replace(values=self.central.values.copy()) if self._written else self.central
        values, cut = self.table.values(draw, self.central.values)
        sampled = self.central._replace(values=values, cut=sum(steps for _, steps in cut))
        touched = self.table.touched(draw)
        if not self.dwells.changed_by(touched):
            return sampled
        dwell = self.dwells.arrays(values, touched)
        return sampled._replace(dwell_index=dwell.index, dwell_start=dwell.start, dwell=dwell.bins)

    def init(self, *, seed: int, replicate: int = 0, draw: Draw = CENTRAL, expected: bool = False) -> FlowState:
        """Return the state before the first step.

        Parameters
        ----------
        seed, replicate : int
            Keys of every draw.
        draw : Draw
            Parameter values; what it does not set is central.
        expected : bool
            Replace draws by their means.

        Returns
        -------
        FlowState
            Nobody has moved yet; the initial stocks are in place.
        """
        sampled = self.sample(draw)
        held = begin(self.program, sampled, expected=expected)
        return FlowState(self.digest, 0, seed, replicate, expected, held, draw, sampled)

    def advance(self, state: FlowState, to: int, *, cancel: Cancel | None = None, guard: bool = False) -> FlowState:
        """Work on to step ``to``, in place, and return the state.

        A state restarted at any step, in any process, gives the same bits as one that ran through. If ``cancel``
        is set meanwhile, the state stays at the step that it has reached.

        Parameters
        ----------
        state : FlowState
            Changed in place.
        to : int
            The first step that is not worked.
        cancel : Cancel, optional
            A token with ``is_set()``, such as ``threading.Event``, that stops the work.
        guard : bool, optional
            Check after every step that nobody is lost.

        Returns
        -------
        FlowState
            The same state.

        Raises
        ------
        ModelError
            M201 for a state of another model, M202 for a step before the state's or after the last, M301 where more
            than 2**53 people are in a stage, or on a flow in a recorded period: they would no longer be whole.
        Unbalanced
            With ``guard``, if people were lost or made in a step.
        """
        require_state(state, self.digest, to, self.n_step)
        if state.sampled is None:
            state.sampled = self.sample(state.draw)
            state.sampled.values[: state.step, self._written] = state.held.state.ruled[: state.step]
        sampled = state.sampled
        key = (state.seed, state.replicate)

        def work(first: int, last: int) -> None:
            try:
                broken = advance(
                    self.program, sampled, state.held, key, first, last, expected=state.expected, guard=guard
                )
            except TooMany as error:
                raise self._too_many(state, error.step) from error
            if broken >= 0:
                raise Unbalanced(state.replicate, broken)

        in_parts(state, to, cancel, _FIRST_STEPS, work)
        return state

    def _too_many(self, state: FlowState, step: int) -> ModelError:
        """Return the error for a step after which people are no longer counted whole."""
        most = np.nan_to_num(state.held.state.people[slots.STOCK].sum(axis=1), nan=np.inf)
        stage = self.labels.stage[int(most.argmax())]
        return refuse(
            "M301",
            f"replicate {state.replicate}, {self.grid.day[step]}",
            "more people than can be counted whole",
            found=f"{most.max():.3g} people in `{stage}`",
            allowed=f"{MOST:,.0f} in a stage, on a flow, or as steps waited in a recorded period",
            remedy="check rates and their units; a momentum source may grow without bound",
        )

    def record(self, state: FlowState) -> dict[str, NDArray[np.generic]]:
        """Return what was recorded up to the state's step.

        Parameters
        ----------
        state : FlowState
            A state of this model.

        Returns
        -------
        dict
            ``initial`` (stage, group), ``stocks`` (time, stage, group), ``flows`` (time, flow, group),
            ``wait_count`` and ``wait_steps`` (time, queue, group), ``wait_hist`` (queue, bin, group), all
            person, int64 or in expected mode float64; ``notes`` (note) int64.
        """
        held = state.held
        counts: dict[str, NDArray[np.generic]] = {
            "initial": held.initial,
            "stocks": held.stocks,
            "flows": held.flows,
            "wait_count": held.state.wait_sum[0],
            "wait_steps": held.state.wait_sum[1],
            "wait_hist": held.state.wait_hist,
        }
        if not state.expected:
            counts = {name: np.rint(array).astype(np.int64) for name, array in counts.items()}
        return counts | {"notes": held.state.notes}
