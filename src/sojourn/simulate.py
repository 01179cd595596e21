"""Simulate a scenario: compile it, run the replicates, label the results."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sojourn.compile.build import compile_scenario
from sojourn.compile.draws import Draw, Draws, require_rows
from sojourn.compile.model import FlowModel, Unbalanced
from sojourn.compile.size import require_memory, size_of
from sojourn.engine.codes import refuse
from sojourn.engine.flow.program import Record
from sojourn.engine.model import Cancel
from sojourn.engine.options import check_options
from sojourn.errors import Problem
from sojourn.executor import Progress, run_replicates
from sojourn.gathering import BATCH_BYTES, gather, growing_at, require_resumable, unfinished
from sojourn.results import Run, RunError, build
from sojourn.results.provenance import versions
from sojourn.results.recording import Period, Recorded, Recording, Selection
from sojourn.scenario import Scenario, digest, dump, loads, resolve

__all__ = [
    "Mode",
    "Parameters",
    "compile_model",
    "parameters_of",
    "recorded_draws",
    "rerun",
    "simulate",
]

Mode = Literal["draw", "expected"]
Parameters = Literal["prior", "central"] | Mapping[str, ArrayLike]
"""Drawn from the priors, kept at the central values, or given: columns by name, one row a draw."""


def compile_model(scenario: Scenario, *, record: Period | None = None) -> FlowModel:
    """Return the compiled model of a scenario; see :class:`sojourn.compile.model.FlowModel`.

    Parameters
    ----------
    scenario : Scenario
        As written or resolved.
    record : {"step", "week", "month"}, optional
        Period recorded, in place of the scenario's.

    Returns
    -------
    FlowModel
        The model, which never changes and can be pickled.

    Raises
    ------
    ScenarioError
        If the scenario does not resolve.
    """
    return compile_scenario(resolve(scenario), record=record)


def simulate(
    scenario: Scenario | FlowModel,
    *,
    replicates: int | None = None,
    seed: int | None = None,
    mode: Mode = "draw",
    record: Recorded | None = None,
    parameters: Parameters = "prior",
    workers: int | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
    cancel: Cancel | None = None,
    first: int = 0,
    guard: bool = False,
    out: str | Path | None = None,
    resume: bool = False,
    force: bool = False,
) -> Run:
    """Simulate a scenario with the flow engine.

    Parameters
    ----------
    scenario : Scenario or FlowModel
        What is simulated; a model spares compiling it again.
    replicates : int, optional
        Number of replicates: as many as there are draws in ``parameters``, otherwise 100; in expected mode 1.
    seed : int, optional
        Seed of every draw, 0 to 2**64 - 1; drawn and recorded if left out.
    mode : {"draw", "expected"}
        Draw whole people, or replace draws by their means.
    record : {"step", "week", "month"} or mapping, optional
        Period recorded, in place of the scenario's; or a mapping with ``period`` and what is recorded:
        ``variables`` (of ``stocks``, ``flows`` and ``waits``), ``stages`` (and the flows that begin or end there)
        and ``groups``. What the mapping does not name is recorded whole.
    parameters : {"prior", "central"} or mapping
        Where uncertain quantities have their values from: a draw from the priors for each replicate (in
        expected mode: central), the central values, or a table of columns by name, such as a DataFrame: one row
        a replicate, or one for all. A column ``quantity[2023-05]`` is the quantity's value in that day, month or
        year. What the table does not name is central.
    workers : int, optional
        Number of threads; all cores if left out. It changes no result.
    executor : concurrent.futures.Executor, optional
        Where the replicates are run, in place of threads.
    progress : callable, optional
        Called with the numbers of replicates finished and wanted, after every replicate.
    cancel : Cancel, optional
        A token with ``is_set()``, such as ``threading.Event``, that stops the run.
    first : int
        Number of the first replicate, to go on with an earlier run.
    guard : bool
        Check in every step that nobody is lost.
    out : str or Path, optional
        Write the run to this path while it is made: whenever some seconds of replicates are finished, they are
        there for good, whatever ends the process.
    resume : bool
        Add to the run at ``out`` what is missing; start it if there is none. A run that begins in the same way is
        prolonged.
    force : bool
        Replace the run at ``out``, once the new one is whole; until then, that one grows beside it, at ``out``
        with ``.new`` at its end.

    Returns
    -------
    Run
        Labelled results, with all that is needed to repeat them.

    Raises
    ------
    TypeError
        For what is no scenario of stages; a Flee scenario is simulated by its own method.
    ScenarioError
        If the scenario does not resolve.
    ModelError
        If the options (M4xx) or the table of parameters (M1xx) are refused, and M301 where people grow beyond what
        can be counted whole.
    RunError
        R501 for what cannot be recorded; R401 with ``guard``, if people were lost or made; R101 to R107 where the
        run cannot be written to ``out``, R201 where the one there is another run.
    Interrupted
        With the finished replicates, when the run is stopped.
    """
    if not isinstance(scenario, (Scenario, FlowModel)):
        raise TypeError(f"not a scenario of stages: a {type(scenario).__name__} has its own method, simulate(...)")
    recording = Recording.of(record)
    check_options(
        replicates=replicates, first=first, seed=seed, workers=workers, mode=mode, record=recording.period
    )
    model = scenario if isinstance(scenario, FlowModel) else compile_model(scenario, record=recording.period)
    selection = recording.selected(model.labels)
    expected = mode == "expected"
    draws = _draws(model, "central" if expected and parameters == "prior" else parameters)
    numbers = _numbers(first, replicates, draws, expected)
    _require_room(model, selection, len(numbers), growing=out is not None)
    source = parameters if isinstance(parameters, str) else "given"
    with growing_at(out, resume=resume, force=force) as place:
        earlier = unfinished(place)
        seed = (secrets.randbits(63) if earlier is None else earlier.seed) if seed is None else int(seed)
        if draws is None:
            draws = model.prior_draws(seed, numbers)
        require_rows(draws, len(numbers))
        facts = _provenance(model, seed, mode, "central" if expected and source == "prior" else source, recording)
        recorder = _Recorder(model, selection, draws, numbers, expected, facts, growing=place is not None)
        if earlier is not None:
            _require_beginning(earlier, facts, recorder)
        if place is not None:
            place.want(len(numbers))

        def start(replicate: int) -> dict[str, Any]:
            draw = recorder.draw(replicate)
            return {"seed": seed, "replicate": replicate, "draw": draw, "expected": expected}

        todo, options = numbers[recorder.done :], {"guard": guard}
        records = run_replicates(
            model, start, todo, executor=executor, workers=workers, cancel=cancel, options=options
        )
        try:
            return gather(records, recorder, place, len(numbers), progress)
        except Unbalanced as error:
            where = f"replicate {error.replicate}, step {error.step}"
            raise RunError([Problem("R401", where, "people were lost or made")]) from error


def _numbers(first: int, replicates: int | None, draws: Draws | None, expected: bool) -> range:
    """Return the numbers of the replicates that are wanted."""
    if replicates is None:
        replicates = len(draws) if draws is not None and len(draws) > 1 else 1 if expected else 100
    return range(first, first + replicates)


def _require_room(model: FlowModel, selection: Selection, replicates: int, *, growing: bool) -> None:
    """Raise ModelError M403 where the replicates that are held at a time need more memory than there is."""
    size = size_of(model.scenario, model.grid.record)
    each = max(1, round(size.replicate_bytes * selection.share(model.labels)))
    held = min(replicates, 1 + BATCH_BYTES // each) if growing else replicates
    require_memory(
        size.model_bytes + held * each,
        f"{held:,} replicates recorded by {model.grid.record}",
        "write the run to a path (out=), fewer replicates, less that is recorded (record=), or a longer period",
    )


def _draws(model: FlowModel, parameters: Parameters) -> Draws | None:
    """Return the table of draws that is given; None where they come from the priors."""
    if isinstance(parameters, str):
        if parameters not in ("prior", "central"):
            allowed = "prior, central, or a table of columns by name"
            raise refuse("M401", "parameters", "unknown", found=parameters, allowed=allowed)
        return None if parameters == "prior" else Draws((), np.zeros((1, 0)))
    return model.read_draws(parameters)


def _require_beginning(earlier: Run, facts: Mapping[str, Any], recorder: _Recorder) -> None:
    """Raise RunError R201 unless the run at a path is the beginning of this one; the recorder goes on after it."""
    require_resumable(earlier, facts, recorder.numbers[0])
    recorder.done = min(earlier.replicates, len(recorder.numbers))
    if not np.array_equal(earlier.parameters.values[: recorder.done], recorder.parameter[: recorder.done]):
        message = "the run there has other values of the uncertain quantities"
        raise RunError([Problem("R201", "parameters", message)])


class _Recorder:
    """Collects the records of replicates into arrays of their final type."""

    def __init__(
        self,
        model: FlowModel,
        selection: Selection,
        draws: Draws,
        numbers: Sequence[int],
        expected: bool,
        facts: Mapping[str, Any],
        *,
        growing: bool,
    ) -> None:
        self.model = model
        self.selection = selection
        self.labels = selection.labels(model.labels)
        self.draws = draws
        self.numbers = numbers
        self.facts = facts
        self.growing = growing
        self.done = 0  # replicates that were taken
        self.count = 0
        self.quantities = tuple(dict.fromkeys([*model.uncertain, *draws.columns]))
        self.kind = np.float64 if expected else np.int64
        self.arrays: dict[str, np.ndarray] = {}
        self.room = len(numbers)
        self.parameter = np.zeros((len(numbers), len(self.quantities)))
        given = dict(zip(draws.columns, draws.values.T, strict=True))
        for i, name in enumerate(self.quantities):
            self.parameter[:, i] = given[name] if name in given else model.table.profiles.central(name)

    @property
    def full(self) -> bool:
        """Whether there is no room for another replicate."""
        return self.count == self.room

    def draw(self, replicate: int) -> Draw:
        """Return the parameter values of a replicate."""
        return self.model.draw(self.draws, self.numbers.index(replicate) if len(self.draws) > 1 else 0)

    def add(self, record: Mapping[str, Any]) -> None:
        """Hold the record of the next replicate."""
        held = {name: self.selection.of(name, values) for name, values in record.items()}
        if not self.arrays:
            self.room = len(self.numbers) - self.done
            if self.growing:
                bytes_each = sum(values.size * 8 for values in held.values())
                self.room = min(self.room, max(1, BATCH_BYTES // max(1, bytes_each)))
            for name, values in held.items():
                kind = np.int64 if name == "notes" else self.kind
                self.arrays[name] = np.zeros((self.room, *values.shape), kind)
        for name, values in held.items():
            self.arrays[name][self.count] = values
        self.count += 1

    def take(self) -> Run:
        """Return the replicates held as a run."""
        held = {name: array[: self.count] for name, array in self.arrays.items()}
        initial = held.pop("initial")
        return build(
            Record(**held, parameter=self.parameter[self.done : self.done + self.count]),
            self.labels,
            self.facts,
            first=self.numbers[self.done],
            quantities=self.quantities,
            initial=initial,
        )

    def clear(self) -> None:
        """Make room for the replicates that follow."""
        self.done += self.count
        self.count = 0


def _observations(scenario: Scenario) -> dict[str, dict[str, Any]]:
    """Return what each official series counts, for whoever reads the run without the scenario."""
    return {
        name: {
            "of": list(o.of),
            "measure": o.measure,
            "series": o.series,
            "unit": o.unit,
            "groups": None if o.groups is None else list(o.groups),
        }
        for name, o in scenario.observations.items()
    }


def _provenance(model: FlowModel, seed: int, mode: Mode, parameters: str, recording: Recording) -> dict[str, Any]:
    """Return all that is needed to repeat the run, as it comes back from JSON."""
    scenario, grid = model.scenario, model.grid
    end = grid.day[0].astype("datetime64[s]") + np.timedelta64(round(grid.n_step * grid.step_days * 86_400), "s")
    facts = {
        "scenario": dump(scenario, resolved=True),
        "name": scenario.name,
        "digest": digest(scenario),
        "seed": seed,
        "mode": mode,
        "record": grid.record,
        "parameters": parameters,
        "step_days": grid.step_days,
        "end": str(end),
        "versions": versions(),
        "observations": _observations(scenario),
        "counted": dict(model.counted),
    }
    limits = {"recorded": recording.limits} if recording.limits else {}
    repeatable: dict[str, Any] = json.loads(json.dumps({"engine": "flow", **facts, **limits}))
    return repeatable


def recorded_draws(run: Run) -> Draws:
    """Return the parameter values of each replicate of a run, as recorded.

    Parameters
    ----------
    run : Run
        A run of the flow engine.

    Returns
    -------
    Draws
        A row for each replicate.
    """
    return Draws(tuple(str(name) for name in run.data["quantity"].values), run.parameters.values)


def parameters_of(run: Run, rows: Sequence[int] | NDArray[np.intp] | None = None) -> Parameters:
    """Return where the parameters of a run came from, as :func:`simulate` takes them to repeat it.

    Parameters
    ----------
    run : Run
        A run of the flow engine.
    rows : Sequence[int], NDArray[numpy.intp], optional
        Positions of the replicates to repeat; all if left out.

    Returns
    -------
    Parameters
        The argument ``parameters``.
    """
    source: str = run.provenance["parameters"]
    if source == "given":
        draws = recorded_draws(run)
        values = draws.values if rows is None else draws.values[rows]
        return dict(zip(draws.columns, values.T, strict=True))
    return "prior" if source == "prior" else "central"


def rerun(
    run: Run,
    *,
    workers: int | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
    cancel: Cancel | None = None,
) -> Run:
    """Repeat a run from its provenance; on the same versions the result is identical to the bit.

    Parameters
    ----------
    run : Run
        A run of the flow engine.
    workers : int, optional
        Number of threads; all cores if left out. It changes no result.
    executor : concurrent.futures.Executor, optional
        Where the replicates are run, in place of threads.
    progress : Progress, optional
        Called with the numbers of replicates finished and wanted.
    cancel : Cancel, optional
        A token with ``is_set()``, such as ``threading.Event``, that stops the run.

    Returns
    -------
    Run
        The same run, made again.

    Raises
    ------
    ScenarioError
        If the recorded scenario is not one.
    Interrupted
        With the finished replicates, when the run is stopped.
    """
    return simulate(
        loads(run.scenario_text),
        replicates=run.replicates,
        seed=run.seed,
        mode=run.provenance["mode"],
        record={"period": run.provenance["record"], **run.provenance.get("recorded", {})},
        parameters=parameters_of(run),
        workers=workers,
        executor=executor,
        progress=progress,
        cancel=cancel,
        first=int(run.data["replicate"].values[0]),
    )
