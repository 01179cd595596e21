"""Stages, flows and parameters of a scenario as the integer arrays of a program.

Each stage states its ways out and its parameters (:mod:`sojourn.scenario.stages`), with the name of the slot of
:mod:`sojourn.engine.flow.slots` in which each parameter goes. Nothing here depends on the kind of a stage.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from sojourn.compile.dwells import Dwells
from sojourn.compile.table import Table
from sojourn.engine.flow import slots
from sojourn.scenario.model import Scenario
from sojourn.scenario.stages import StageBase, Way, parameters
from sojourn.scenario.values import REST

__all__ = ["Flow", "Network", "build_network", "destinations", "entry", "work_order"]


@dataclass
class Flow:
    """One way from a stage to another."""

    origin: str
    to: str
    ref: int = -1
    attempt: bool = False
    option: tuple[int, ...] = (-1, -1, -1, -1, -1)
    becomes: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Network:
    """What building the stages yields, before it becomes arrays."""

    param: dict[str, list[int]] = field(default_factory=dict)
    """Slots by stage."""
    flows: dict[str, list[Flow]] = field(default_factory=dict)
    """Flows by stage, regular ones first."""
    push: dict[str, list[tuple[int, int, int, int]]] = field(default_factory=dict)
    """Push terms by stage: refs of indicator, coefficient and reference, and the lag in steps."""
    feed: dict[str, list[tuple[int, int, str]]] = field(default_factory=dict)
    """Feedback terms by stage: ref of followers, dwell table of the lag, and the flow or stage watched."""
    ring_dwell: dict[str, int] = field(default_factory=dict)
    """Dwell table whose longest time sizes the ring of exits, by stage."""


def destinations(stage: StageBase) -> list[str]:
    """Return every stage that people can go to from a stage, regular ways first, each once."""
    return list(dict.fromkeys(way.to for way in stage.ways()))


def work_order(destinations: Mapping[str, Sequence[str]]) -> list[str]:
    """Return the order in which people pass from one stage to the next within a step wherever possible.

    Where flows form a cycle, the stage listed first, of those that work so far leads to, works first; flows against
    the order take effect at the next step.

    Parameters
    ----------
    destinations : mapping of str to sequence of str
        Where people go from each stage.

    Returns
    -------
    list of str
        All stages, upstream ones first.

    References
    ----------
    A. B. Kahn, "Topological sorting of large networks", Communications of the ACM 5(11) (1962), 558-562.
    """
    names = list(destinations)
    number = {name: i for i, name in enumerate(names)}
    to = [[number[t] for t in dict.fromkeys(destinations[name]) if t != name] for name in names]
    missing = [0] * len(names)
    for targets in to:
        for t in targets:
            missing[t] += 1
    ready = [i for i, count in enumerate(missing) if count == 0]
    led_to: list[int] = []  # both are heaps: the stage listed first comes out first
    done = [False] * len(names)
    order: list[str] = []
    first = 0
    while len(order) < len(names):
        while first < len(names) and done[first]:
            first += 1
        now = heapq.heappop(ready) if ready else heapq.heappop(led_to) if led_to else first
        if done[now]:
            continue
        done[now] = True
        order.append(names[now])
        for t in to[now]:
            missing[t] -= 1
            heapq.heappush(led_to, t)
            if missing[t] == 0:
                heapq.heappush(ready, t)
    return order


def entry(stage: StageBase, groups: Sequence[str]) -> list[tuple[int, int]]:
    """Return for each group whether it enters the system at a stage, and its class of priority there."""
    entering = stage.populated_by(groups) if stage.entry else ()
    classes = stage.classes()
    return [(int(g in entering), next((i for i, c in enumerate(classes) if g in c), len(classes))) for g in groups]


class _Stage:
    """Turns one stage into slots and flows."""

    def __init__(self, name: str, stage: StageBase, table: Table, dwells: Dwells, net: Network) -> None:
        self.name = name
        self.stage = stage
        self.pools = table.profiles.scenario.pools
        self.table = table
        self.dwells = dwells
        self.net = net
        self.flows: list[Flow] = []
        self.slot = [-1] * slots.SLOTS
        self.slot[slots.KIND] = slots.KINDS.index(stage.worked_as)
        self.slot[slots.LOGIT] = 0
        net.param[name], net.flows[name] = self.slot, self.flows

    def build(self) -> None:
        """Write the flows, then the parameters."""
        ways = list(self.stage.ways())
        regular = [way for way in ways if way.regular]
        self.slot[slots.EXITS] = len(regular)
        # One exit takes what the others leave: the last, if none is written so.
        rest = [way for way in regular if way.value == REST] or [way for way in regular if way.by == "exit"][-1:]
        self.flows += [self._flow(way, rest=way in rest) for way in regular]
        to = {way.to for way in regular}
        self.flows += [Flow(self.name, name) for name in destinations(self.stage) if name not in to]
        for parameter in self.stage.parameters():
            self._write(parameter)

    def _flow(self, way: Way, *, rest: bool) -> Flow:
        """Return a regular way as a flow; the one that takes the rest has no share of its own."""
        flow = Flow(self.name, way.to, attempt=way.attempt, becomes=way.becoming(self.table.groups))
        if way.utility:
            flow.option = tuple(self.table.ref(value, self.stage.place) for value in way.utility)
        elif way.value is not None and not rest:
            flow.ref = self.table.ref(way.value, self.stage.place)
        return flow

    def _write(self, parameter: parameters.Parameter) -> None:
        """Write a parameter into its slot, or a term into the network's lists."""
        place = self.stage.place
        match parameter:
            case parameters.PushTerm(indicator, coefficient, reference, lag_days):
                a, b, c = (self.table.ref(value, place) for value in (indicator, coefficient, reference))
                lag = int(np.floor(lag_days / self.dwells.step_days + 0.5))
                self.net.push.setdefault(self.name, []).append((a, b, c, lag))
            case parameters.FeedbackTerm(after, followers, lag_time):
                term = (self.table.ref(followers, place), self.dwells.add(lag_time, place), after)
                self.net.feed.setdefault(self.name, []).append(term)
            case _:
                self.slot[_slot(parameter.slot)] = self._number(parameter)

    def _number(self, parameter: parameters.InSlot) -> int:
        """Return what stands in the slot of a parameter."""
        place = self.stage.place
        match parameter:
            case parameters.Value(_, value):
                return self.table.ref(value, place)
            case parameters.SeriesRate(_, series, split):
                if split is not None and isinstance(series, str):
                    return self.table.split_ref(series, split, place)
                return self.table.series_ref(series)
            case parameters.PlaceIn(_, pool):
                self.slot[slots.SHARED_ROOM] = list(self.pools).index(pool)
                return self.table.ref(self.pools[pool].room)
            case parameters.Code(_, among, name):
                choices: tuple[str, ...] = getattr(slots, among)
                return choices.index(name)
            case parameters.Flag():
                return 1
            case parameters.Destination(_, to):
                return [flow.to for flow in self.flows].index(to)
            case parameters.Dwell(_, duration, exits_ahead, before):
                early = self.slot[_slot(before)] if before else 0
                dwell = self.dwells.add(duration, place, before=early)
                if exits_ahead:
                    self.net.ring_dwell[self.name] = dwell
                return dwell
            case parameters.AgeAtStart(_, age_days):
                return 0 if age_days is None else self._age(self.table.ref(age_days, place))

    def _age(self, ref: int) -> int:
        """Return in steps, at least one, how long before the start the first entered, at central values."""
        oldest = self.table.at_start(ref).max() / self.dwells.step_days
        return max(1, int(np.floor(oldest + 0.5)))


def _slot(name: str) -> int:
    """Return the position of a slot by its name."""
    position: int = getattr(slots, name)
    return position


def build_network(scenario: Scenario, table: Table, dwells: Dwells) -> Network:
    """Return the slots and flows of every stage.

    Parameters
    ----------
    scenario : Scenario
        A resolved scenario.
    table : Table
        Receives every number and quantity that the stages use.
    dwells : Dwells
        Receives every distribution of time that they use.
    """
    net = Network()
    for name, stage in scenario.stages.items():
        _Stage(name, stage, table, dwells, net).build()
    sharing = Counter(slot[slots.SHARED_ROOM] for slot in net.param.values())
    for slot in net.param.values():  # a pool of one hold is a room of its own, worked within the step
        if slot[slots.KIND] == slots.HOLD and sharing[slot[slots.SHARED_ROOM]] == 1:
            slot[slots.SHARED_ROOM] = -1
    return net
