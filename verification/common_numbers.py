"""What common random numbers save. ``python -m verification.common_numbers``.

A queue near saturation gets 5 % more servers; its people go on through a journey, a hold and a second queue. The
difference that the policy makes is worked out between runs under one seed, and between runs under two seeds.
The ratio of the variances says how many times more replicates the second would need for the same certainty. The
bar holds for what passes down the chain. It cannot hold for the queue itself: with the policy hardly anyone waits,
so the effect is the queue that chance had built up without it, whatever the seeds.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sojourn.results import Run
from sojourn.scenario import Scenario
from verification.flow_model import scenario, simulate

__all__ = ["BAR", "DOWN_THE_CHAIN", "Saving", "main", "savings"]

BAR = 20.0
DAYS = 730
MORE = {"more": {"start": "2002-01-01", "changes": [{"quantity": "servers", "scale": 1.05}]}}
"""The policy: 5 % more servers in the second year."""


DOWN_THE_CHAIN = 5  # of the outcomes, the first


class Saving(NamedTuple):
    """The variance of a policy's effect on one outcome, under one seed and under two."""

    outcome: str
    effect: float
    variance_common: float
    variance_apart: float

    @property
    def ratio(self) -> float:
        """How many times larger the variance is under two seeds."""
        return self.variance_apart / self.variance_common


def chain(policies: dict[str, Any]) -> Scenario:
    """Return the chain: a court near saturation, and what comes after it."""
    stages = {
        "in": {"kind": "source", "inflow": {"type": "intensity", "rate_per_day": 100}, "exits": "court"},
        "court": {
            "kind": "queue",
            "servers": "servers",
            "rate_per_day": 1,
            "initial": {"count": 300, "age_days": 3},
            "exits": {"road": 0.7, "out": "rest"},
        },
        "road": {
            "kind": "journey",
            "dwell": {"distribution": "gamma", "mean_days": 20, "sd_days": 8},
            "exits": {"hold": 0.9, "left": "rest"},
        },
        "hold": {"kind": "hold", "hazards": {"appeal": 0.05, "left": 0.01}},
        "appeal": {"kind": "queue", "servers": 64, "rate_per_day": 1, "exits": {"out": 0.4, "left": "rest"}},
    }
    servers = {"servers": {"kind": "count", "unit": "server", "value": 102}}
    return scenario(stages, days=DAYS, step=1, quantities=servers, policies=policies)


def _outcomes(run: Run) -> dict[str, NDArray[np.float64]]:
    """Return outcomes of each replicate over the policy's year, down the chain."""
    year = slice("2002-01-01", None)
    flows, stocks = (x.sel(time=year).sum("group") for x in (run.flows, run.stocks))
    waits = run.data.sel(time=year).sum(["time", "group"])
    through = {
        "completed by the court": ("court -> road", "court -> out"),
        "came to the hold": ("road -> hold",),
        "left the road": ("road -> left",),
        "came to the appeal": ("hold -> appeal",),
        "left the system after the court": ("road -> left", "hold -> left", "appeal -> out", "appeal -> left"),
    }
    out = {name: flows.sel(flow=list(chosen)).sum(["time", "flow"]) for name, chosen in through.items()}
    out |= {f"{stage}: mean stock": stocks.sel(stage=stage).mean("time") for stage in ("road", "hold", "appeal")}
    out["court: mean stock"] = stocks.sel(stage="court").mean("time")
    out["court: mean wait"] = (waits["wait_days"] / waits["wait_count"]).sel(queue="court")
    return {name: np.asarray(values.values, float) for name, values in out.items()}


def savings(replicates: int) -> list[Saving]:
    """Return the variances of the policy's effect on every outcome."""
    base, common = (_outcomes(simulate(chain(p), replicates, 1)) for p in ({}, MORE))
    apart = _outcomes(simulate(chain(MORE), replicates, 2))
    out = []
    for name, before in base.items():
        paired, unpaired = common[name] - before, apart[name] - before
        out.append(Saving(name, float(paired.mean()), float(paired.var(ddof=1)), float(unpaired.var(ddof=1))))
    return out


def main(replicates: int = 1000) -> bool:
    """Print the savings; return whether those down the chain reach the bar."""
    found = savings(replicates)
    print(f"{'outcome':32s} {'effect':>9s} {'sd, one seed':>13s} {'sd, two seeds':>14s} {'variance ratio':>15s}")
    for s in found:
        print(
            f"{s.outcome:32s} {s.effect:9.2f} {s.variance_common**0.5:13.3f} {s.variance_apart**0.5:14.3f}"
            f" {s.ratio:14.1f}x"
        )
    lowest = min(s.ratio for s in found[:DOWN_THE_CHAIN])
    print(f"lowest ratio down the chain (the first {DOWN_THE_CHAIN}): {lowest:.1f}x, bar {BAR:g}x")
    return lowest >= BAR


if __name__ == "__main__":
    raise SystemExit(0 if main() else 1)
