"""Where the people of each cohort of arrival are, worked out from the flows of each replicate."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from sojourn.calendar import containing, label
from sojourn.cohorts.arrays import Recorded, new_cohorts
from sojourn.compile.build import compile_scenario
from sojourn.compile.draws import Draw
from sojourn.compile.grid import make_grid
from sojourn.compile.model import FlowModel
from sojourn.engine.flow import slots
from sojourn.engine.flow.hold import mean_turned_away
from sojourn.engine.flow.program import Program, Sampled
from sojourn.errors import nearest
from sojourn.results import Run
from sojourn.results.codes import refuse
from sojourn.results.recording import require_whole_record
from sojourn.scenario import Scenario, loads, resolve
from sojourn.simulate import parameters_of, recorded_draws, simulate

__all__ = ["BY", "NAMES", "cohorts"]

BY = ("month", "quarter", "year", "fiscal-year")
"""Periods of arrival: calendar months, quarters and years, and the US fiscal year (October to September)."""

NAMES = ("not arrived", "there at the start")
"""Cohorts before the first dated one."""

_TOLERANCE = 1e-6
_PART = 8
F64 = NDArray[np.float64]


def cohorts(
    run: Run,
    *,
    at: Sequence[str] | None = None,
    by: str = "quarter",
    on: str | None = None,
    groups: Sequence[str] | None = None,
    replicates: int = 20,
    workers: int | None = None,
) -> xr.DataArray:
    """Return how many people of each cohort of arrival are in each stage at the end of a day.

    Whoever first enters one of the stages ``at`` arrives, and belongs to the cohort of that day, whatever happens
    later. A run that recorded steps is used as it is; of another, the first replicates are simulated again, step by
    step, and must repeat it.

    People of a group in a stage are alike but for the time since they entered. Given the flows that a replicate
    recorded, the cohorts of those who leave are therefore known by order of entry in a queue (fifo, lifo or
    priority), and in expectation elsewhere: in proportion where all are alike (choices, random service), by the
    chance to leave at their time in the stage otherwise, with odds changed by one factor so that they are as many
    as were recorded. Where patience, balking or want of room lead where others go, how many did so is estimated.

    Parameters
    ----------
    run : Run
        A run of the flow engine.
    at : Sequence[str], optional
        Stages of arrival; any stage but a source if left out.
    by : str, optional
        Period of a cohort, one of :data:`BY`.
    on : str, optional
        The day, ISO 8601; the last day of the run if left out.
    groups : Sequence[str], optional
        The groups followed; all if left out.
    replicates : int, optional
        How many replicates to simulate again where steps were not recorded.
    workers : int, optional
        Number of threads; all cores if left out. It changes no result.

    Returns
    -------
    xarray.DataArray
        (replicate, cohort, stage, group) float64, person. The first two cohorts are those who have not arrived, and
        those who were there at the start. Over cohorts, people add up to the stocks of the replicate.

    Raises
    ------
    RunError
        R501 for a stage, group, period or day that the run has not, R601 where cohorts do not add up to the
        recorded stocks, R602 where the run cannot be repeated, R603 where nothing separates those who leave a queue
        by a side way from those served.
    """
    require_whole_record(run, "cohorts")
    scenario = resolve(loads(run.scenario_text))
    model = compile_scenario(scenario, record="step")
    plan = _plan(run, model, at, by, on, groups)
    _refuse_mixed(model)
    parts = list(_followed(run, model, plan, replicates, workers or os.cpu_count() or 1))
    stage = run.data["stage"]
    return xr.DataArray(
        np.stack(parts),
        dims=("replicate", "cohort", "stage", "group"),
        coords={
            "replicate": run.data["replicate"].values[: len(parts)],
            "cohort": np.array([*NAMES, *plan.names], dtype=np.str_),
            "stage": stage.values,
            "stage_kind": ("stage", run.data["stage_kind"].values),
            "group": list(plan.groups),
        },
        name="cohorts",
        attrs={
            "units": "person",
            "long_name": "people by cohort of arrival and stage",
            "by": by,
            "on": str(plan.day)[:10],
            "at": ", ".join(at) if at is not None else "any stage",
        },
    )


class _Plan(NamedTuple):
    """What is to be followed: checked and in numbers."""

    groups: tuple[str, ...]
    arrives: NDArray[np.bool_]  # (stage)
    cohort: NDArray[np.int64]  # (time)
    names: tuple[str, ...]
    steps: int
    day: np.datetime64


def _plan(
    run: Run, model: FlowModel, at: Sequence[str] | None, by: str, on: str | None, groups: Sequence[str] | None
) -> _Plan:
    labels = model.labels
    inside = [s for s in labels.stage if not model.scenario.stages[s].entry]
    chosen = tuple(labels.group if groups is None else groups)
    for name, known, where in (
        *((s, inside, "at") for s in at or ()),
        *((g, labels.group, "groups") for g in chosen),
        (by, BY, "by"),
    ):
        if name not in known:
            near = nearest(name, list(known))
            raise refuse("R501", where, "no such option", found=name, allowed=", ".join(known), nearest=near)
    day = model.grid.day
    last = day[-1] if on is None else np.datetime64(pd.Timestamp(on).date(), "D")
    if not day[0] <= last <= day[-1]:
        raise refuse("R501", "on", "the run has no such day", found=str(on), allowed=f"{day[0]} to {day[-1]}")
    first, _ = containing(day[day <= last], by)
    unique, cohort = np.unique(first, return_inverse=True)
    full = np.zeros(len(day), np.int64)
    full[: len(cohort)] = cohort + len(NAMES)
    wanted = set(inside if at is None else at)
    return _Plan(
        chosen,
        np.array([s in wanted for s in labels.stage]),
        full,
        tuple(label(by, start.item()) for start in unique),
        int((day <= last).sum()),
        last,
    )


def _refuse_mixed(model: FlowModel) -> None:
    """Refuse side ways that cannot be distinguished from others."""
    for name, slot in zip(model.labels.stage, model.program.stage, strict=True):
        served = slot[slots.KIND] == slots.QUEUE and slot[slots.SERVICE] >= 0
        if served or slot[slots.SHARED_ROOM] >= 0:
            side = [slot[slots.OVERFLOW]]
            side += [slot[where] for where in (slots.PATIENCE_FLOW, slots.BALK_FLOW) if served]
            if any(slot[slots.FIRST] <= flow < slot[slots.FIRST] + slot[slots.EXITS] for flow in side):
                raise refuse(
                    "R603",
                    f"stages.{name}",
                    "those who give up go where those served go, and the flows do not separate them",
                    remedy="let patience, balking or overflow lead to a stage of their own",
                )


def _followed(run: Run, model: FlowModel, plan: _Plan, replicates: int, workers: int) -> Iterator[F64]:
    """Yield (cohort, stage, group) for one replicate after another, a few at a time in memory."""
    wanted = run.replicates if run.provenance["record"] == "step" else min(replicates, run.replicates)
    numbers = run.data["replicate"].values[:wanted]
    draws = recorded_draws(run)
    with ThreadPoolExecutor(max_workers=workers) as pool:
        for begin in range(0, wanted, _PART):
            these = numbers[begin : begin + _PART]
            steps = _by_step(run, model.scenario, these)
            drawn = [_values(run, model, int(r), model.draw(draws, begin + i)) for i, r in enumerate(these)]
            jobs = [pool.submit(_replicate, model, plan, steps, i, one) for i, one in enumerate(drawn)]
            yield from (job.result() for job in jobs)


def _values(run: Run, model: FlowModel, replicate: int, draw: Draw) -> Sampled:
    """Return the values that held in a replicate; what depends on the state is worked out by running it again."""
    if not len(model.program.rule):
        return model.sample(draw)
    state = model.init(seed=run.seed, replicate=replicate, draw=draw, expected=run.provenance["mode"] == "expected")
    return model.advance(state, model.n_step).sampled or model.sample(draw)


def _by_step(run: Run, scenario: Scenario, replicates: NDArray[np.int64]) -> Run:
    """Return some replicates of a run as recorded by step, simulated again where they were not."""
    where = {"replicate": np.searchsorted(run.data["replicate"].values, replicates)}
    if run.provenance["record"] == "step":
        return Run(run.data.isel(where), run.provenance)
    again = simulate(
        scenario,
        replicates=len(replicates),
        seed=run.seed,
        mode=run.provenance["mode"],
        record="step",
        parameters=parameters_of(run, where["replicate"]),
        first=int(replicates[0]),
    )
    period = make_grid(scenario.time, run.provenance["record"]).period_of
    ends = np.flatnonzero(np.diff(period, append=period[-1] + 1))
    if not np.array_equal(again.stocks.values[:, ends], run.stocks.isel(where).values):
        raise refuse(
            "R602",
            f"replicates {replicates[0]} to {replicates[-1]}",
            "simulated again, the run gives other numbers",
            remedy="use the versions named in its provenance, or simulate anew",
        )
    return again


def _replicate(model: FlowModel, plan: _Plan, steps: Run, i: int, sampled: Sampled) -> F64:
    """Return (cohort, stage, group) of one replicate."""
    # Imported when cohorts are first worked out: nobody else reads its machine code.
    from sojourn.cohorts.follow import follow

    data = steps.data
    found = np.zeros((len(plan.names) + len(NAMES), len(model.labels.stage), len(plan.groups)))
    turned_away = _turned_away(model, sampled, steps, i)
    for followed in _together(model, plan.groups):
        stocks, flows, begun, away = (
            np.ascontiguousarray(np.moveaxis(values[..., followed], -1, 0), np.float64)
            for values in (*(data[v].values[i] for v in ("stocks", "flows", "wait_count")), turned_away)
        )
        recorded = Recorded(stocks, flows, begun, away, plan.cohort, plan.arrives)
        initial = data["initial"].values[i][:, followed].astype(np.float64)
        state = new_cohorts(model.program, initial, followed, _arrives_as(model, followed), len(found))
        follow(model.program, sampled, recorded, state, plan.steps)
        for k, g in enumerate(followed):
            name = model.labels.group[g]
            size, worst = max(1.0, float(recorded.stocks[k].max(initial=0.0))), state.worst[k]
            if worst[0] > _TOLERANCE * size or worst[1] < -_TOLERANCE * size:
                raise refuse(
                    "R601",
                    f"replicate {int(data['replicate'].values[i])}, group {name}",
                    "cohorts do not add up to the recorded stocks",
                    found=f"{max(worst[0], -worst[1]):g} people too many or too few",
                )
            if name in plan.groups:
                column = plan.groups.index(name)
                found[:, :, column] = _exact(state.stock[k], recorded.stocks[k, plan.steps - 1])
    return found


def _together(model: FlowModel, groups: Sequence[str]) -> list[NDArray[np.int64]]:
    """Return the groups that are followed together: all where people change to another, else each alone."""
    if model.labels.flow_becomes:
        return [np.arange(len(model.labels.group))]
    return [np.array([model.labels.group.index(name)]) for name in groups]


def _arrives_as(model: FlowModel, followed: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return (followed, flow): the position, among those followed, of the group as which each arrives."""
    if not model.labels.flow_becomes:
        return np.zeros((len(followed), len(model.program.flow)), np.int64)
    return np.ascontiguousarray(np.array(model.labels.flow_becomes, np.int64).T)


def _exact(stock: F64, recorded: F64) -> F64:
    """Return (cohort, stage) with the rounding of many steps taken out: sums are the recorded stocks."""
    people = np.maximum(stock, 0.0)
    total = people.sum(1)
    people *= np.divide(recorded, total, out=np.zeros_like(total), where=total > 0)[:, None]
    return np.asarray(people.T)


def _turned_away(model: FlowModel, sampled: Sampled, steps: Run, i: int) -> F64:
    """Return (time, stage, group): people for whom a hold had no room.

    They are those recorded where the way is theirs alone. Where others go the same way, they are the mean of what
    the engine does with as many people: newcomers of all groups alike, in the parts of a step in which it is full.
    """
    program, data = model.program, steps.data
    stocks: F64 = data["stocks"].values[i].astype(np.float64)
    flows: F64 = data["flows"].values[i].astype(np.float64)
    found = np.zeros_like(stocks)
    came_by = _by_arrival(model, flows)
    position = np.argsort(program.stage[:, slots.WORKS])
    origin = np.repeat(
        np.arange(len(program.stage)), np.diff(np.append(program.stage[:, slots.FIRST], len(program.flow)))
    )
    for s, slot in enumerate(program.stage):
        flow = slot[slots.OVERFLOW]
        if slot[slots.KIND] != slots.HOLD or flow < 0:
            continue
        if flow >= slot[slots.FIRST] + slot[slots.EXITS]:
            found[:, s] = flows[:, flow]
            continue
        into = program.flow[:, slots.TO] == s
        late = into & (position[origin] >= position[s])
        before, after = came_by[:, into & ~late].sum(1), came_by[:, late].sum(1)
        fresh = before + np.concatenate([np.zeros_like(after[:1]), after[:-1]])
        out = flows[:, origin == s].sum(1)
        held = (stocks[:, s] + out - after).sum(-1)
        room = sampled.values[:, program.ref_row[slot[slots.ROOM], 0]]
        room = room if steps.provenance["mode"] == "expected" else np.floor(room)
        came = fresh.sum(-1)
        there = np.maximum(stocks[:, s] + out - after - fresh, 0.0)
        each = np.zeros_like(fresh)
        for t in np.flatnonzero((held > room) & (came > 0.0)):
            each[t] = mean_turned_away(
                there[t], fresh[t], _step_hazard(program, sampled, s, int(t)), float(room[t])
            )
        found[:, s] = np.minimum(each, flows[:, flow])
    return found


def _step_hazard(program: Program, sampled: Sampled, s: int, t: int) -> F64:
    """Return (group) the hazard of leaving a hold within a step, all exits together."""
    first, count = program.stage[s, slots.FIRST], program.stage[s, slots.EXITS]
    refs = program.flow[first : first + count, slots.REF]
    return np.asarray(sampled.values[t, program.ref_row[refs]].sum(0) * program.step_days)


def _by_arrival(model: FlowModel, flows: F64) -> F64:
    """Return (time, flow, group) flows by the group as which people arrive."""
    if not model.labels.flow_becomes:
        return flows
    found = np.zeros_like(flows)
    for flow, becomes in enumerate(model.labels.flow_becomes):
        for g, arrives in enumerate(becomes):
            found[:, flow, arrives] += flows[:, flow, g]
    return found
