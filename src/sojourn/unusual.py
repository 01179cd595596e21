"""What is unusual in a scenario though allowed: found from what it says, and from one run in expected mode."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sojourn.errors import Problem
from sojourn.results import Run
from sojourn.scenario import Scenario, check, resolve
from sojourn.scenario.stages.queue import Queue
from sojourn.scenario.traversal import uses
from sojourn.simulate import simulate

__all__ = ["CODES", "unusual"]

CODES = {
    "U101": "nothing published is linked to those who enter at a source",
    "U102": "a quantity is used only where nobody ever is",
    "U103": "a queue never binds: nobody waits",
    "U104": "capacity is far from demand",
}
"""What can be unusual: code and one line of meaning. The notes of a scenario (``L9``) are listed besides."""

_IDLE = 0.01
"""Part of a step's entries below which nobody is said to wait."""
_FAR = 2.0
"""How many times more people enter a queue than leave it, above which its capacity is far from demand."""


def unusual(scenario: Scenario, *, quick: bool = False) -> list[Problem]:
    """Return what is unusual in a scenario though allowed.

    Parameters
    ----------
    scenario : Scenario
        The scenario.
    quick : bool
        Leave out what needs a run: quantities that move nothing, queues that never bind, capacity far from demand.

    Returns
    -------
    list of Problem
        Codes of :data:`CODES`, and notes of the scenario.
    """
    whole = resolve(scenario)
    found = [*check(whole).warnings, *_unseen(whole)]
    if quick:
        return found
    run = simulate(whole, mode="expected")
    return [*found, *_idle(whole, run), *_queues(whole, run)]


def _unseen(scenario: Scenario) -> Iterator[Problem]:
    """Yield sources that no observation follows."""
    ahead = {name: {way.to for way in stage.ways()} for name, stage in scenario.stages.items()}
    seen = {one for o in scenario.observations.values() for one in o.of}
    for name, stage in scenario.stages.items():
        if not stage.entry:
            continue
        reached, left = {name}, [name]
        while left:
            new = ahead[left.pop()] - reached
            reached |= new
            left += new
        if not any(one.split(" -> ")[0] in reached for one in seen):
            message = "no observation counts those who enter here, nor what becomes of them"
            yield Problem("U101", f"stages.{name}", message, remedy="add an observation, or say why there is none")


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
