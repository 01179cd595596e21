"""Stages, exits and parameters of a scenario as the integer arrays of a program."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from sojourn.compile.dwells import Dwells
from sojourn.compile.table import Table
from sojourn.engine.flow import slots
from sojourn.scenario import stages as st
from sojourn.scenario.model import Scenario

__all__ = ["Flow", "Network", "build_network", "destinations"]


@dataclass
class Flow:
    """One way from a stage to another."""

    origin: str
    to: str
    ref: int = -1
    attempt: bool = False
    option: tuple[int, int, int, int, int] = (-1, -1, -1, -1, -1)


@dataclass
class Network:
    """What building the stages yields, before it becomes arrays."""

    param: dict[str, list[int]] = field(default_factory=dict)
    flows: dict[str, list[Flow]] = field(default_factory=dict)
    push: dict[str, list[tuple[int, int, int, int]]] = field(default_factory=dict)
    feed: dict[str, list[tuple[int, int, str]]] = field(default_factory=dict)
    ring_dwell: dict[str, int] = field(default_factory=dict)


def destinations(stage: st.Stage) -> list[str]:
    """Return every stage that people can go to from a stage, regular exits first, each once."""
    names: list[str] = []
    if isinstance(stage, (st.Source, st.Journey, st.Queue)):
        names += list(stage.exits)
    elif isinstance(stage, st.Choice):
        names += list(stage.options or stage.exits or {})
    elif isinstance(stage, st.Hold):
        names += list(stage.hazards)
    if isinstance(stage, (st.Queue, st.Hold)) and stage.limit is not None:
        names.append(stage.limit.overflow)
    if isinstance(stage, st.Queue):
        names += [p.to for p in (stage.patience, stage.balking) if p is not None]
    return list(dict.fromkeys(names))


class _Builder:
    """Turns one stage after another into slots and flows."""

    def __init__(self, scenario: Scenario, table: Table, dwells: Dwells) -> None:
        self.scenario = scenario
        self.table = table
        self.dwells = dwells
        self.net = Network()

    def stage(self, name: str, stage: st.Stage) -> None:
        slot = [-1] * slots.SLOTS
        self.net.param[name] = slot
        self.net.flows[name] = []
        slot[slots.LOGIT] = 0
        slot[slots.EXITS] = 0
        if isinstance(stage, st.Source):
            self._exits(name, stage.exits, stage.place)
            self._source(name, stage, slot)
        elif isinstance(stage, st.Journey):
            self._exits(name, stage.exits, stage.place)
            slot[slots.DWELL] = self.dwells.add(stage.dwell, stage.place)
            self.net.ring_dwell[name] = slot[slots.DWELL]
        elif isinstance(stage, st.Choice):
            self._choice(name, stage, slot)
        elif isinstance(stage, st.Queue):
            self._exits(name, stage.exits, stage.place)
            self._queue(name, stage, slot)
        elif isinstance(stage, st.Hold):
            for to, hazard in stage.hazards.items():
                ref = self.table.ref(hazard, stage.place)
                self.net.flows[name].append(Flow(name, to, ref, to in stage.attempts))
            slot[slots.EXITS] = len(stage.hazards)
            self._limit(name, stage.limit, stage.place, slot)
            self._initial(stage.initial, stage.place, slot)

    def _exits(self, name: str, exits: Mapping[str, st.Exit], place: str | None) -> None:
        """Regular exits; one takes what the others leave, the last if none is named the rest."""
        rest = [to for to, e in exits.items() if e.share == "rest"] or list(exits)[-1:]
        for to, e in exits.items():
            ref = -1 if to in rest else self.table.ref(e.share, place)
            self.net.flows[name].append(Flow(name, to, ref, e.attempt))
        self.net.param[name][slots.EXITS] = len(exits)

    def _choice(self, name: str, stage: st.Choice, slot: list[int]) -> None:
        if stage.options is None:
            self._exits(name, stage.exits or {}, stage.place)
            return
        weights = stage.coefficients or st.Coefficients()
        slot[slots.LOGIT] = 1
        slot[slots.EXITS] = len(stage.options)
        slot[slots.PER_USD] = self.table.ref(weights.per_1000_usd, stage.place)
        slot[slots.PER_DAY] = self.table.ref(weights.per_day, stage.place)
        slot[slots.PER_RISK] = self.table.ref(weights.per_risk, stage.place)
        for to, o in stage.options.items():
            parts = (o.cost_usd, o.time_days, o.risk, o.legal, o.constant)
            a, b, c, d, e = (self.table.ref(x, stage.place) for x in parts)
            self.net.flows[name].append(Flow(name, to, -1, o.attempt, (a, b, c, d, e)))

    def _extra(self, name: str, to: str) -> int:
        """Return the position of a flow among the stage's flows, adding it where it is not a regular exit."""
        flows = self.net.flows[name]
        for i, flow in enumerate(flows):
            if flow.to == to:
                return i
        flows.append(Flow(name, to))
        return len(flows) - 1

    def _limit(self, name: str, limit: st.Limit | None, place: str | None, slot: list[int]) -> None:
        if limit is not None:
            slot[slots.ROOM] = self.table.ref(limit.room, place)
            slot[slots.OVERFLOW] = self._extra(name, limit.overflow)

    def _initial(self, initial: st.Initial | None, place: str | None, slot: list[int]) -> None:
        if initial is not None:
            slot[slots.INITIAL] = self.table.ref(initial.count, place)
            slot[slots.AGE] = self.table.ref(initial.age_days, place)

    def _noise(self, inflow: st.SeriesInflow | st.IntensityInflow | st.MomentumInflow, slot: list[int]) -> None:
        slot[slots.NOISE] = slots.NOISES.index(inflow.noise)
        if inflow.dispersion is not None:
            slot[slots.DISPERSION] = self.table.ref(inflow.dispersion)

    def _source(self, name: str, stage: st.Source, slot: list[int]) -> None:
        inflow = stage.inflow
        if isinstance(inflow, st.PoolInflow):
            slot[slots.INFLOW] = slots.INFLOW_POOL
            slot[slots.POOL] = self.table.ref(inflow.pool, stage.place)
            slot[slots.HAZARD] = self.table.ref(inflow.hazard_per_day, stage.place)
            return
        self._noise(inflow, slot)
        if isinstance(inflow, st.MomentumInflow):
            self._momentum(name, inflow, stage.place, slot)
            return
        slot[slots.INFLOW] = slots.INFLOW_RATE
        if isinstance(inflow, st.SeriesInflow):
            slot[slots.RATE] = self.table.series_ref(inflow.series)
            slot[slots.SCALE] = self.table.ref(inflow.scale, stage.place)
        else:
            slot[slots.RATE] = self.table.ref(inflow.rate_per_day, stage.place)
            slot[slots.SCALE] = self.table.ref(1.0)

    def _momentum(self, name: str, inflow: st.MomentumInflow, place: str | None, slot: list[int]) -> None:
        slot[slots.INFLOW] = slots.INFLOW_MOMENTUM
        for where, value in (
            (slots.LEVEL, inflow.level_per_day),
            (slots.TREND, inflow.trend_per_day),
            (slots.DAMPING, inflow.damping),
            (slots.SD_LEVEL, inflow.sd_level),
            (slots.SD_TREND, inflow.sd_trend),
            (slots.SEASON, inflow.season),
        ):
            slot[where] = self.table.ref(value, place)
        self.net.push[name] = [
            (
                self.table.ref(p.indicator, place),
                self.table.ref(p.coefficient, place),
                self.table.ref(p.reference, place),
                int(np.floor(p.lag_days / self.dwells.step_days + 0.5)),
            )
            for p in inflow.push
        ]
        self.net.feed[name] = [
            (self.table.ref(f.followers, place), self.dwells.add(f.lag, place), f.after) for f in inflow.feedback
        ]

    def _queue(self, name: str, stage: st.Queue, slot: list[int]) -> None:
        slot[slots.SERVERS] = self.table.ref(stage.servers, stage.place)
        if stage.service is not None:
            slot[slots.SERVICE] = self.dwells.add(stage.service, stage.place)
            self.net.ring_dwell[name] = slot[slots.SERVICE]
        else:
            slot[slots.SERVICE_RATE] = self.table.ref(stage.rate_per_day or 0.0, stage.place)
        slot[slots.CAPACITY_NOISE] = slots.NOISES.index(stage.capacity_noise)
        slot[slots.DISCIPLINE] = slots.DISCIPLINES.index(stage.discipline)
        self._limit(name, stage.limit, stage.place, slot)
        self._initial(stage.initial, stage.place, slot)
        slot[slots.QUEUE_AGE] = 0
        if stage.initial is not None:
            oldest = self.table.at_start(slot[slots.AGE]).max() / self.dwells.step_days
            slot[slots.QUEUE_AGE] = max(1, int(np.floor(oldest + 0.5)))
        if stage.patience is not None:
            early = slot[slots.QUEUE_AGE]
            slot[slots.PATIENCE] = self.dwells.add(stage.patience.time, stage.place, before=early)
            slot[slots.PATIENCE_FLOW] = self._extra(name, stage.patience.to)
        if stage.balking is not None:
            slot[slots.BALK_ABOVE] = self.table.ref(stage.balking.above, stage.place)
            slot[slots.BALK_PROB] = self.table.ref(stage.balking.prob, stage.place)
            slot[slots.BALK_FLOW] = self._extra(name, stage.balking.to)


def build_network(scenario: Scenario, table: Table, dwells: Dwells) -> Network:
    """Return the slots and flows of every stage of a resolved scenario."""
    builder = _Builder(scenario, table, dwells)
    for name, stage in scenario.stages.items():
        builder.stage(name, stage)
    return builder.net
