"""What is unusual in a scenario though allowed: found from what it says, and from one run in expected mode."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sojourn.errors import Problem
from sojourn.results import Run
from sojourn.scenario import Scenario, check, resolve
from sojourn.scenario.conversions import Conversions
from sojourn.scenario.stages.inflow import MomentumInflow
from sojourn.scenario.stages.queue import Queue
from sojourn.scenario.traversal import stems, uses
from sojourn.simulate import simulate

__all__ = ["CODES", "unusual"]

CODES = {
    "U101": "nothing published is linked to those who enter at a source",
    "U102": "a quantity is used only where nobody ever is",
    "U103": "a queue never binds: nobody waits",
    "U104": "capacity is far from demand",
    "U105": "departures can run away: each brings as many more, or more",
    "U106": "what a response counts is far from its capacity",
}
"""What can be unusual: code and one line of meaning. The notes of a scenario (``L9``) are listed besides."""

_IDLE = 0.01
"""Part of a step's entries below which nobody is said to wait."""
_FAR = 2.0
"""How many times more people enter a queue than leave it, above which its capacity is far from demand."""
_BEYOND = 10.0
"""How many times more or fewer people than its capacity a response counts on average, above which that is far."""


def unusual(scenario: Scenario, *, quick: bool = False) -> list[Problem]:
    """Return what is unusual in a scenario though allowed.

    Parameters
    ----------
    scenario : Scenario
        The scenario.
    quick : bool
        Leave out what needs a run: quantities that move nothing, queues that never bind, capacity far from
        demand, feedback that can run away, responses far from their capacity.

    Returns
    -------
    list of Problem
        Codes of :data:`CODES`, and notes of the scenario.
    """
    whole = resolve(scenario)
    found = [*check(whole).warnings, *_unseen(whole), *_responding_to_itself(whole)]
    if quick:
        return found
    run = simulate(whole, mode="expected")
    return [*found, *_idle(whole, run), *_queues(whole, run), *_renewed(whole, run), *_responses(whole, run)]


def _unseen(scenario: Scenario) -> Iterator[Problem]:
    """Yield sources that no observation follows."""
    ahead = {name: {way.to for way in stage.ways()} for name, stage in scenario.stages.items()}
    seen = {one for o in scenario.observations.values() for one in o.of}
    for name, stage in scenario.stages.items():
        if not stage.entry:
            continue
        reached = _reached(ahead, name)
        if not any(one.split(" -> ")[0] in reached for one in seen):
            message = "no observation counts those who enter here, nor what becomes of them"
            yield Problem("U101", f"stages.{name}", message, remedy="add an observation, or say why there is none")


def _reached(ahead: dict[str, set[str]], name: str) -> set[str]:
    """Return the stages to which people can come from one, itself included."""
    reached, left = {name}, [name]
    while left:
        new = ahead[left.pop()] - reached
        reached |= new
        left += new
    return reached


def _responding_to_itself(scenario: Scenario) -> Iterator[Problem]:
    """Yield quantities that let people enter in proportion to people whom they bring, or more than that.

    The gain is the elasticity: per cent more who enter for each per cent more who are there. Below 1 the numbers
    come to rest wherever they begin; at 1 or more nothing need bring them to rest.
    """
    ahead = {name: {way.to for way in stage.ways()} for name, stage in scenario.stages.items()}
    depends = stems(scenario)
    for name, stage in scenario.stages.items():
        inflow = getattr(stage, "inflow", None)
        rates = [getattr(inflow, key, None) for key in ("rate_per_day", "hazard_per_day", "season")]
        left = [one for one in rates if isinstance(one, str)]
        found: dict[str, None] = {}
        while left:
            one = left.pop()
            if one not in found and one in scenario.quantities:
                found[one] = None
                left += depends[one]
        for one in found:
            to = scenario.quantities[one].responds_to
            if to is None or to.elasticity < 1.0:
                continue
            if {of.split("->")[0].strip() for of in to.of} & _reached(ahead, name):
                message = f"those who enter at {name} bring others in proportion to themselves, or more"
                remedy = "write an elasticity below 1, or check that numbers stay in bounds"
                path = f"quantities.{one}.responds_to.elasticity"
                yield Problem("U105", path, message, found=f"{to.elasticity:g}", remedy=remedy)


def _renewed(scenario: Scenario, run: Run) -> Iterator[Problem]:
    """Yield sources with feedback in which each who enters brings one more, or more, by what the run counts.

    The gain of a source is the sum over its terms of the followers of a person, times the part of those who enter
    that comes to the flow or stage, at most 1: the reproduction number of a renewal process.
    """
    flows = run.flows.sum([d for d in run.flows.dims if d != "flow"])
    by_flow = dict(zip((str(f) for f in flows["flow"].values), flows.values, strict=True))
    for name, stage in scenario.stages.items():
        inflow = getattr(stage, "inflow", None)
        entered = sum(n for flow, n in by_flow.items() if _ends(flow)[0] == name)
        if not isinstance(inflow, MomentumInflow) or entered <= 0:
            continue
        gain = 0.0
        for term in inflow.feedback:
            told = sum(n for flow, n in by_flow.items() if term.after in (flow, _ends(flow)[1]))
            gain += max(0.0, _largest(scenario, term.followers)) * min(1.0, told / entered)
        if gain >= 1.0:
            message = "each who enters brings one more on average, or more, so departures can grow without bound"
            remedy = "check the followers of its feedback"
            yield Problem(
                "U105", f"stages.{name}.inflow.feedback", message, found=f"gain {gain:.3g}", remedy=remedy
            )


def _largest(scenario: Scenario, value: float | str) -> float:
    """Return a number, or the largest that is written of a quantity."""
    if not isinstance(value, str):
        return float(value)
    q = scenario.quantities[value]
    if q.times is not None:
        return q.times.by * _largest(scenario, q.times.quantity)
    centre = q.value if q.value is not None or q.prior is None else q.prior.centre
    written = [centre, *(q.by_group or {}).values(), *(q.steps or {}).values()]
    return max((one for one in written if one is not None), default=1.0)


def _responses(scenario: Scenario, run: Run) -> Iterator[Problem]:
    """Yield responses whose capacity is far from what they count on average over the run."""
    days = (scenario.time.end - scenario.time.start).days + 1
    for name, quantity in scenario.quantities.items():
        to = quantity.responds_to
        if to is None:
            continue
        flows = "->" in to.of[0]
        counted = run.flows.sel(flow=[" -> ".join(_ends_of(of)) for of in to.of]) if flows else None
        counted = run.stocks.sel(stage=list(to.of)) if counted is None else counted
        if to.groups is not None:
            counted = counted.sel(group=list(to.groups))
        total = float(counted.sum(counted.dims))
        mean = total / days if flows else total / counted.sizes["time"]
        capacity = _largest(scenario, to.capacity)
        units = Conversions(scenario)
        if isinstance(to.capacity, str):
            written, used = units.written[to.capacity], units.used[to.capacity]
            capacity *= written.scale / used.scale
        if mean > _BEYOND * capacity or mean * _BEYOND < capacity:
            where = "a day on average" if flows else "on average"
            yield Problem(
                "U106",
                f"quantities.{name}.responds_to.capacity",
                "what it counts is far from the capacity",
                found=f"{mean:,.3g} {where}, capacity {capacity:,.3g}",
                remedy="check the capacity, and whether it is of people or of people per day",
            )


def _ends_of(flow: str) -> list[str]:
    """Return origin and destination of a flow as it is written."""
    return [part.strip() for part in flow.split("->")]


def _idle(scenario: Scenario, run: Run) -> Iterator[Problem]:
    """Yield quantities that stand in stages where nobody ever is, and nowhere else."""
    flows = run.flows.sum([d for d in run.flows.dims if d != "flow"])
    busy = {
        part for name, n in zip(flows["flow"].values, flows.values, strict=True) if n > 0 for part in _ends(name)
    }
    busy |= {str(s) for s in run.stocks["stage"].values if float(run.stocks.sel(stage=s).max()) > 0}
    places: dict[str, set[str]] = {}
    for use in uses(scenario):
        if isinstance(use.value, str) and use.value in scenario.quantities and use.path[-1] != "quantity":
            places.setdefault(use.value, set()).add(str(use.path[1]) if use.path[0] == "stages" else "")
    for name, where in places.items():
        if "" not in where and not where & busy:
            message = "it is used only where nobody ever is, so it moves nothing"
            yield Problem("U102", f"quantities.{name}", message, found=", ".join(sorted(where)))


def _ends(flow: object) -> list[str]:
    return str(flow).split(" -> ")


def _queues(scenario: Scenario, run: Run) -> Iterator[Problem]:
    """Yield queues in which nobody waits, and those that many more enter than leave."""
    flows = run.flows.sum([d for d in run.flows.dims if d != "flow"])
    by_flow = dict(zip((str(f) for f in flows["flow"].values), flows.values, strict=True))
    for name, stage in scenario.stages.items():
        if not isinstance(stage, Queue):
            continue
        entered = sum(n for flow, n in by_flow.items() if _ends(flow)[1] == name)
        left = sum(n for flow, n in by_flow.items() if _ends(flow)[0] == name)
        if entered <= 0:
            continue
        stock = np.asarray(run.stocks.sel(stage=name).sum("group").values)
        steps = (scenario.time.end - scenario.time.start).days / scenario.time.step_days + 1
        if stage.service is None and stock.max() <= _IDLE * entered / steps:
            message = "nobody ever waits here, so the servers limit nothing"
            yield Problem("U103", f"stages.{name}", message, remedy="check servers and rate, or use a journey")
        elif entered > _FAR * left:
            yield Problem(
                "U104",
                f"stages.{name}",
                "far more people come than are served",
                found=f"{entered:,.0f} entered, {left:,.0f} left",
                remedy="check the units of what comes in and of servers and rate",
            )
