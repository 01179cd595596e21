"""Simulate a scenario: compile it, run the replicates, label the results."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
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
from sojourn.executor import Progress, Stopped, run_replicates
from sojourn.results import Interrupted, Run, RunError, build
from sojourn.results.provenance import versions
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


def compile_model(scenario: Scenario, *, record: Literal["step", "week", "month"] | None = None) -> FlowModel:
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
    record: Literal["step", "week", "month"] | None = None,
    parameters: Parameters = "prior",
    workers: int | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
    cancel: Cancel | None = None,
    first: int = 0,
    guard: bool = False,
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
    record : {"step", "week", "month"}, optional
        Period recorded, in place of the scenario's.
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
        R401 with ``guard``, if people were lost or made.
    Interrupted
        With the finished replicates, when the run is stopped.
    """
    if not isinstance(scenario, (Scenario, FlowModel)):
        raise TypeError(f"not a scenario of stages: a {type(scenario).__name__} has its own method, simulate(...)")
    check_options(replicates=replicates, first=first, seed=seed, workers=workers, mode=mode, record=record)
    model = scenario if isinstance(scenario, FlowModel) else compile_model(scenario, record=record)
    expected = mode == "expected"
    draws = _draws(model, "central" if expected and parameters == "prior" else parameters)
    if replicates is None:
        replicates = len(draws) if draws is not None and len(draws) > 1 else 1 if expected else 100
    seed = secrets.randbits(63) if seed is None else int(seed)
    size = size_of(model.scenario, model.grid.record)
    require_memory(
        size.model_bytes + replicates * size.replicate_bytes,
        f"{replicates:,} replicates recorded by {model.grid.record}",
        "fewer replicates, or a longer period to record (record=)",
    )
    numbers = range(first, first + replicates)
    source = parameters if isinstance(parameters, str) else "given"
    if draws is None:
        draws = model.prior_draws(seed, numbers)
    require_rows(draws, replicates)
    recorder = _Recorder(model, draws, numbers, expected)
    facts = _provenance(model, seed, mode, "central" if expected and source == "prior" else source)

    def start(replicate: int) -> dict[str, Any]:
        draw = recorder.draw(replicate)
        return {"seed": seed, "replicate": replicate, "draw": draw, "expected": expected}

    records = run_replicates(
        model, start, numbers, executor=executor, workers=workers, cancel=cancel, options={"guard": guard}
    )
    try:
        for one in records:
            recorder.add(one)
            if progress is not None:
                progress(recorder.count, replicates)
    except Unbalanced as error:
        where = f"replicate {error.replicate}, step {error.step}"
        raise RunError([Problem("R401", where, "people were lost or made")]) from error
    except (Stopped, KeyboardInterrupt) as stop:
        raise Interrupted(recorder.run(facts) if recorder.count else None, replicates) from stop
    finally:
        records.close()
    return recorder.run(facts)


def _draws(model: FlowModel, parameters: Parameters) -> Draws | None:
    """Return the table of draws that is given; None where they come from the priors."""
    if isinstance(parameters, str):
        if parameters not in ("prior", "central"):
            allowed = "prior, central, or a table of columns by name"
            raise refuse("M401", "parameters", "unknown", found=parameters, allowed=allowed)
        return None if parameters == "prior" else Draws((), np.zeros((1, 0)))
    return model.read_draws(parameters)


class _Recorder:
    """Collects the records of replicates into arrays of their final type."""

    def __init__(self, model: FlowModel, draws: Draws, numbers: Sequence[int], expected: bool) -> None:
        self.model = model
        self.draws = draws
        self.numbers = numbers
        self.count = 0
        self.quantities = tuple(dict.fromkeys([*model.uncertain, *draws.columns]))
        self.kind = np.float64 if expected else np.int64
        self.arrays: dict[str, np.ndarray] = {}
        self.parameter = np.zeros((len(numbers), len(self.quantities)))
        given = dict(zip(draws.columns, draws.values.T, strict=True))
        for i, name in enumerate(self.quantities):
            self.parameter[:, i] = given[name] if name in given else model.table.profiles.central(name)

    def draw(self, replicate: int) -> Draw:
        """Return the parameter values of a replicate."""
        return self.model.draw(self.draws, self.numbers.index(replicate) if len(self.draws) > 1 else 0)

    def add(self, record: Mapping[str, Any]) -> None:
        """Keep the record of the next replicate."""
        for name, values in record.items():
            if name not in self.arrays:
                kind = np.int64 if name == "notes" else self.kind
                self.arrays[name] = np.zeros((len(self.numbers), *values.shape), kind)
            self.arrays[name][self.count] = values
        self.count += 1

    def run(self, provenance: dict[str, Any]) -> Run:
        """Return the finished replicates as a run."""
        kept = {name: array[: self.count] for name, array in self.arrays.items()}
        initial = kept.pop("initial")
        record = Record(**kept, parameter=self.parameter[: self.count])
        return build(
            record,
            self.model.labels,
            provenance,
            first=self.numbers[0],
            quantities=self.quantities,
            initial=initial,
        )


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


def _provenance(model: FlowModel, seed: int, mode: Mode, parameters: str) -> dict[str, Any]:
    scenario, grid = model.scenario, model.grid
    end = grid.day[0].astype("datetime64[s]") + np.timedelta64(round(grid.n_step * grid.step_days * 86_400), "s")
    return {
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
        record=run.provenance["record"],
        parameters=parameters_of(run),
        workers=workers,
        executor=executor,
        progress=progress,
        cancel=cancel,
        first=int(run.data["replicate"].values[0]),
    )
