"""From a resolved scenario to the program that the flow engine runs."""

from __future__ import annotations

import hashlib
import json

import numpy as np
from numpy.typing import NDArray

from sojourn.compile.dwells import Dwells, DwellTable
from sojourn.compile.grid import Grid, make_grid
from sojourn.compile.model import FlowModel
from sojourn.compile.network import Network, build_network, destinations, entry, work_order
from sojourn.compile.profiles import Profiles
from sojourn.compile.rules import Rules, build_rules, watched_flows
from sojourn.compile.size import require_compilable, size_of
from sojourn.compile.table import Table, ValueTable
from sojourn.engine.flow import slots
from sojourn.engine.flow.program import Labels, Program, Sampled
from sojourn.engine.options import check_options
from sojourn.engine.streams import component_key
from sojourn.scenario.model import Scenario

__all__ = ["compile_scenario"]

I64 = NDArray[np.int64]
EXACT_BINS = 32  # waits up to this many steps have a bin each; beyond, bins grow by BIN_GROWTH
BIN_GROWTH = 2 ** (1 / 8)


def _wait_edges(longest: int) -> I64:
    edges = list(range(EXACT_BINS + 1))
    while edges[-1] <= longest:
        edges.append(max(edges[-1] + 1, int(edges[-1] * BIN_GROWTH)))
    return np.array(edges, np.int64)


def _watched(after: str, flow_names: list[str], flow_to: list[str]) -> list[int]:
    """Return the flows that a feedback term watches: the named one, or all into a stage."""
    if "->" in after:
        name = " -> ".join(part.strip() for part in after.split("->"))
        return [flow_names.index(name)]
    return [i for i, to in enumerate(flow_to) if to == after]


def _stage_table(
    scenario: Scenario, net: Network, n_step: int, order: list[int], watched: dict[str, list[int]]
) -> I64:
    """Return the slots (stage, slot), with positions of flows and terms counted over all stages."""
    rows: list[list[int]] = []
    flow = term = queue = cohort = 0
    for name in scenario.stages:
        slot = list(net.param[name])
        slot[slots.FIRST] = flow
        for where in (slots.OVERFLOW, slots.PATIENCE_FLOW, slots.BALK_FLOW):
            slot[where] += flow if slot[where] >= 0 else 0
        flow += len(net.flows[name])
        slot[slots.PUSH_FROM], term = term, term + len(net.push.get(name, []))
        slot[slots.PUSH_TO] = slot[slots.FEED_FROM] = term
        term += sum(len(watched[after]) for _, _, after in net.feed.get(name, []))
        slot[slots.FEED_TO] = term
        if slot[slots.KIND] == slots.QUEUE:
            slot[slots.QUEUE_AT], slot[slots.QUEUE_FIRST] = queue, cohort
            cohort += slot[slots.QUEUE_AGE] + n_step
            queue += 1
        slot[slots.WORKS] = order[len(rows)]
        rows.append(slot)
    return np.array(rows, np.int64).reshape(-1, slots.SLOTS)


def _terms(net: Network, stages: list[str], watched: dict[str, list[int]], watch: list[int]) -> I64:
    """Return the terms of the sources with momentum, stage by stage: pushes, then feedback by watched flow."""
    rows: list[tuple[int, int, int, int]] = []
    for s in stages:
        rows += net.push.get(s, [])
        for ref, dwell, after in net.feed.get(s, []):
            rows += [(ref, dwell, watch.index(flow), -1) for flow in watched[after]]
    return np.array(rows, np.int64).reshape(-1, 4)


def compile_scenario(scenario: Scenario, *, record: str | None = None) -> FlowModel:
    """Compile a resolved scenario.

    Parameters
    ----------
    scenario : Scenario
        With every value explicit.
    record : str, optional
        Period recorded, in place of the scenario's: step, week or month.

    Returns
    -------
    FlowModel
        The model, which never changes and can be pickled.

    Raises
    ------
    ModelError
        M401 for another period to record, M403 and M404 for a scenario too large to compile.
    """
    check_options(record=record)
    require_compilable(size_of(scenario, record))
    grid = make_grid(scenario.time, record)
    profiles = Profiles(scenario, grid)
    table = Table(profiles)
    dwells = Dwells(table, grid.step_days, grid.n_step)
    net = build_network(scenario, table, dwells)
    flows = [f"{f.origin} -> {f.to}" for stage in scenario.stages for f in net.flows[stage]]
    watched = _watches(scenario, net, profiles, flows)
    watch = sorted({i for chosen in watched.values() for i in chosen})
    rules = build_rules(table, list(scenario.stages), lambda flow: watch.index(watched[flow][0]))
    values = table.build()
    central, cut = values.values()
    durations = dwells.build(values, central)
    program, labels = _program(scenario, grid, net, values, durations, watched, rules)
    dwell = durations.arrays(central, frozenset())
    return FlowModel(
        scenario=scenario,
        digest=_digest(scenario, grid.record),
        grid=grid,
        program=program,
        labels=labels,
        table=values,
        dwells=durations,
        central=Sampled(np.ascontiguousarray(central), 0, dwell.index, dwell.start, dwell.bins),
        counted=values.counted(cut),
    )


def _digest(scenario: Scenario, record: str) -> str:
    """Return what tells one model from another: the resolved scenario and the period recorded."""
    text = json.dumps([scenario.model_dump(mode="json"), record], ensure_ascii=False)
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def _watches(scenario: Scenario, net: Network, profiles: Profiles, flow_names: list[str]) -> dict[str, list[int]]:
    """Return the flows whose past is kept, by what feeds back, or to which quantities respond."""
    watched = [after for s in scenario.stages for _, _, after in net.feed.get(s, [])]
    to = [f.to for s in scenario.stages for f in net.flows[s]]
    return {after: _watched(after, flow_names, to) for after in dict.fromkeys(watched + watched_flows(profiles))}


def _program(
    scenario: Scenario,
    grid: Grid,
    net: Network,
    values: ValueTable,
    dwells: DwellTable,
    watched: dict[str, list[int]],
    rules: Rules,
) -> tuple[Program, Labels]:
    """Return the arrays that the engine runs, and the names along their axes."""
    stages, groups = list(scenario.stages), tuple(scenario.groups)
    position = {name: i for i, name in enumerate(stages)}
    flows = [f for s in stages for f in net.flows[s]]
    flow_names = [f"{f.origin} -> {f.to}" for f in flows]
    queues = [s for s in stages if net.param[s][slots.KIND] == slots.QUEUE]
    order = work_order({s: destinations(scenario.stages[s]) for s in stages})
    watch = sorted({i for chosen in watched.values() for i in chosen})
    edges = _wait_edges(grid.n_step + max((net.param[s][slots.QUEUE_AGE] for s in queues), default=0) + 1)
    names = [f"stage/{s}" for s in stages] + [f"group/{g}" for g in groups]
    pool = {s: net.param[s][slots.SHARED_ROOM] for s in stages}
    becomes = tuple(tuple(groups.index(f.becomes.get(g, g)) for g in groups) for f in flows)
    rows = [
        (
            *(position[f.to], f.ref, *f.option, watch.index(i) if i in watch else -1),
            int(pool[f.origin] == pool[f.to] >= 0),
            *becomes[i],
        )
        for i, f in enumerate(flows)
    ]
    ring = [dwells.most_bins(net.ring_dwell[s]) if s in net.ring_dwell else 0 for s in stages]
    program = Program(
        step_days=grid.step_days,
        n_step=grid.n_step,
        stage=_stage_table(scenario, net, grid.n_step, [position[s] for s in order], watched),
        key=np.array([component_key(n) for n in names], np.uint64),
        entry=np.array([entry(stage, groups) for stage in scenario.stages.values()], np.int64),
        flow=np.array(rows, np.int64).reshape(-1, slots.ARRIVES_AS + len(groups)),
        term=_terms(net, stages, watched, watch),
        rule=rules.array(),
        ref_row=values.ref_row,
        ring_start=np.concatenate(([0], np.cumsum(ring))).astype(np.int64),
        period_of=grid.period_of,
        wait_edge=edges,
    )
    labels = Labels(
        stage=tuple(stages),
        stage_kind=tuple(scenario.stages[s].kind for s in stages),
        stage_entry=tuple(scenario.stages[s].entry for s in stages),
        stage_place=tuple(scenario.stages[s].place or "" for s in stages),
        flow=tuple(flow_names),
        flow_attempt=tuple(f.attempt for f in flows),
        flow_becomes=becomes if any(f.becomes for f in flows) else (),
        queue=tuple(queues),
        group=groups,
        time=grid.period_start,
        wait_edge_days=edges.astype(np.float64) * grid.step_days,
        note=slots.NOTES,
        record=grid.record,
    )
    return program, labels
