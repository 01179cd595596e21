"""From a resolved scenario to the program that the flow engine runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from sojourn.compile.dwells import Dwells
from sojourn.compile.grid import Grid, make_grid
from sojourn.compile.network import Network, build_network, destinations
from sojourn.compile.order import work_order
from sojourn.compile.priors import prior_quantile, prior_uniform
from sojourn.compile.profiles import Profiles
from sojourn.compile.table import Table
from sojourn.engine.flow import slots
from sojourn.engine.flow.program import Labels, Program, Sampled
from sojourn.engine.streams import component_key
from sojourn.scenario import stages as st
from sojourn.scenario.model import Scenario

__all__ = ["Compiled", "compile_scenario"]

I64 = NDArray[np.int64]
EXACT_BINS = 32  # waits up to this many steps have a bin each; beyond, bins grow by BIN_GROWTH
BIN_GROWTH = 2 ** (1 / 8)


@dataclass(frozen=True)
class Compiled:
    """A scenario ready to run: its program, the names of its axes, and its parameter draws."""

    scenario: Scenario
    grid: Grid
    program: Program
    labels: Labels
    table: Table
    dwells: Dwells
    ring_dwell: I64  # (stage) dwell table whose longest time sizes the exit ring; -1: none
    priors: bool

    @property
    def uncertain(self) -> tuple[str, ...]:
        """Names of the quantities with a prior, in the scenario's order."""
        return tuple(n for n, q in self.scenario.quantities.items() if q.prior is not None)

    def drawn(self, seed: int, replicate: int) -> dict[str, float]:
        """Return the values of the uncertain quantities in a replicate (empty without priors)."""
        if not self.priors:
            return {}
        out = {}
        for name in self.uncertain:
            prior = self.scenario.quantities[name].prior
            if prior is not None:
                out[name] = prior_quantile(prior, prior_uniform(seed, replicate, name))
        return out

    @cached_property
    def central(self) -> Sampled:
        """Everything at the central values."""
        return self._sampled(self.table.values({}))

    def sample(self, drawn: Mapping[str, float]) -> Sampled:
        """Return the values and distributions for a parameter draw."""
        if not drawn:
            return self.central
        values = self.table.values(drawn, self.central.values)
        if not self.dwells.uncertain:
            return self.central._replace(values=values, cut=self.table.profiles.cut)
        return self._sampled(values)

    def _sampled(self, values: NDArray[np.float64]) -> Sampled:
        dwell = self.dwells.arrays(values, self.table.ref_row)
        length = np.array([dwell.longest[d] if d >= 0 else 0 for d in self.ring_dwell], np.int64)
        return Sampled(
            values=np.ascontiguousarray(values),
            cut=self.table.profiles.cut,
            dwell_index=dwell.index,
            dwell_start=dwell.start,
            dwell=dwell.bins,
            ring_start=np.concatenate(([0], np.cumsum(length))).astype(np.int64),
        )

    @property
    def counted(self) -> dict[str, int]:
        """What was clipped or filled while working out values, by what it was."""
        return self.table.profiles.counted


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


def _entry(stage: st.Stage, groups: tuple[str, ...]) -> list[tuple[int, int]]:
    """Return for each group whether a source admits it, and its priority class in a queue."""
    admitted = stage.groups or groups if isinstance(stage, st.Source) else ()
    classes = [c for c in stage.priority or () if c] if isinstance(stage, st.Queue) else []
    return [
        (int(g in admitted), next((i for i, c in enumerate(classes) if g in c), len(classes) if classes else 0))
        for g in groups
    ]


def _stage_table(
    scenario: Scenario, net: Network, n_step: int, order: list[int], watched: dict[str, list[int]]
) -> I64:
    """Return the slots (stage, slot), with positions of flows and terms counted over all stages."""
    rows: list[list[int]] = []
    flow = term = queue = cohort = 0
    for name, stage in scenario.stages.items():
        slot = list(net.param[name])
        slot[slots.KIND] = slots.KINDS.index(stage.kind)
        slot[slots.FIRST] = flow
        for where in (slots.OVERFLOW, slots.PATIENCE_FLOW, slots.BALK_FLOW):
            slot[where] += flow if slot[where] >= 0 else 0
        flow += len(net.flows[name])
        slot[slots.PUSH_FROM], term = term, term + len(net.push.get(name, []))
        slot[slots.PUSH_TO] = slot[slots.FEED_FROM] = term
        term += sum(len(watched[after]) for _, _, after in net.feed.get(name, []))
        slot[slots.FEED_TO] = term
        if stage.kind == "queue":
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


def compile_scenario(scenario: Scenario, *, record: str | None = None, priors: bool = True) -> Compiled:
    """Compile a resolved scenario; ``record`` overrides its record period, ``priors=False`` its uncertainty."""
    grid = make_grid(scenario.time, record)
    profiles = Profiles(scenario, grid)
    table = Table(profiles)
    dwells = Dwells(table, grid.step_days, grid.n_step)
    net = build_network(scenario, table, dwells)
    stages, groups = list(scenario.stages), tuple(scenario.groups)
    position = {name: i for i, name in enumerate(stages)}
    flows = [f for s in stages for f in net.flows[s]]
    flow_names = [f"{f.origin} -> {f.to}" for f in flows]
    queues = [s for s in stages if scenario.stages[s].kind == "queue"]
    order = work_order({s: destinations(scenario.stages[s]) for s in stages})
    told = dict.fromkeys(after for s in stages for _, _, after in net.feed.get(s, []))
    watched = {after: _watched(after, flow_names, [f.to for f in flows]) for after in told}
    watch = sorted({i for chosen in watched.values() for i in chosen})
    edges = _wait_edges(grid.n_step + max((net.param[s][slots.QUEUE_AGE] for s in queues), default=0) + 1)
    names = [f"stage/{s}" for s in stages] + [f"group/{g}" for g in groups]
    rows = [(position[f.to], f.ref, *f.option, watch.index(i) if i in watch else -1) for i, f in enumerate(flows)]
    program = Program(
        step_days=grid.step_days,
        n_step=grid.n_step,
        stage=_stage_table(scenario, net, grid.n_step, [position[s] for s in order], watched),
        key=np.array([component_key(n) for n in names], np.uint64),
        entry=np.array([_entry(stage, groups) for stage in scenario.stages.values()], np.int64),
        flow=np.array(rows, np.int64).reshape(-1, slots.FLOW_SLOTS),
        term=_terms(net, stages, watched, watch),
        ref_row=table.ref_row,
        period_of=grid.period_of,
        wait_edge=edges,
    )
    labels = Labels(
        stage=tuple(stages),
        stage_kind=tuple(scenario.stages[s].kind for s in stages),
        stage_place=tuple(scenario.stages[s].place or "" for s in stages),
        flow=tuple(flow_names),
        flow_attempt=tuple(f.attempt for f in flows),
        queue=tuple(queues),
        group=groups,
        time=grid.period_start,
        wait_edge_days=edges.astype(np.float64) * grid.step_days,
        note=slots.NOTES,
        record=grid.record,
    )
    ring = np.array([net.ring_dwell.get(s, -1) for s in stages], np.int64)
    return Compiled(scenario, grid, program, labels, table, dwells, ring, priors)
