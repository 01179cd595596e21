"""Small systems with one queue or journey, and how their waits and stocks are measured."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

import sojourn as sj
from sojourn.results import Run
from sojourn.scenario import Scenario

__all__ = ["Estimate", "estimate", "mean_stock", "mean_waits", "one_queue", "scenario"]

END = {"kind": "end", "outcome": "elsewhere"}


class Estimate(NamedTuple):
    """A mean over replicates and its standard error."""

    mean: float
    error: float


def estimate(values: NDArray[np.floating[Any]]) -> Estimate:
    """Return the mean over replicates and its standard error."""
    return Estimate(float(values.mean()), float(values.std(ddof=1) / np.sqrt(len(values))))


def scenario(
    stages: dict[str, Any], *, days: int, step: float, groups: tuple[str, ...] = ("all",), **more: Any
) -> Scenario:
    """Return a scenario of some days, recorded by month."""
    end = np.datetime64("2001-01-01") + days - 1
    data = {
        "sojourn": 1,
        "name": "verification",
        "time": {
            "start": "2001-01-01",
            "end": str(end),
            "step_days": step,
            "record": "month" if step <= 28 else "step",
        },
        "groups": {g: {"nationality": "OOO"} for g in groups},
        "stages": stages | {"out": END, "left": END},
        **more,
    }
    return Scenario.model_validate_json(json.dumps(data))


def one_queue(rate: float, queue: dict[str, Any], *, days: int, step: float, **more: Any) -> Scenario:
    """Return a scenario in which people arrive at random at one queue."""
    source = {"kind": "source", "inflow": {"type": "intensity", "rate_per_day": rate}, "exits": "queue"}
    return scenario(
        {"in": source, "queue": {"kind": "queue", "exits": "out", **queue}}, days=days, step=step, **more
    )


def mean_waits(run: Run, warm: int) -> NDArray[np.float64]:
    """Return the mean wait after the first ``warm`` months: (replicate) float64, days."""
    count = run.data["wait_count"].values[:, warm:, 0].sum((1, 2))
    return np.asarray(run.data["wait_days"].values[:, warm:, 0].sum((1, 2)) / count)


def mean_stock(run: Run, stage: str, warm: int) -> NDArray[np.float64]:
    """Return the mean of the stocks at the ends of months after the first ``warm``: (replicate) float64, person."""
    return np.asarray(run.stocks.sel(stage=stage).values[:, warm:].sum(-1).mean(1), float)


def simulate(s: Scenario, replicates: int, seed: int) -> Run:
    """Run a scenario with the guard off; its waits and stocks are what is verified."""
    return sj.simulate(s, replicates=replicates, seed=seed)
