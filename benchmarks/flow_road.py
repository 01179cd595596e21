"""A road of 40 stages, 2,500 days, 200 replicates; and the same road with a thousand times the people.

    python -m benchmarks.flow_road

Limits: at most 5 s of wall time on 2 cores after compilation; a thousand times the people cost at most 1.5 times
as much CPU time; at most 500 MB. Both roads are run in turn, as the pace of a machine changes, and medians are
judged. Exit status 1 if a limit is missed.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import resource
import time
from statistics import median

import sojourn as sj
from sojourn.scenario import Scenario

WALL, RATIO, MEGABYTES = 5.0, 1.5, 500.0
DAYS, LEGS = 2500, 9
FEW, MANY = 1_000.0, 1_000_000.0


def road(per_day: float) -> Scenario:
    """Return the road: a source, nine legs of journey, choice, hold and queue, and three ends: 40 stages."""
    end = {"kind": "end", "outcome": "elsewhere"}
    stages: dict[str, object] = {
        "home": {"kind": "source", "inflow": {"type": "intensity", "rate_per_day": per_day}, "exits": "travel1"}
    }
    for leg in range(1, LEGS + 1):
        onward = f"travel{leg + 1}" if leg < LEGS else "settled"
        dwell = {"distribution": "gamma", "mean_days": 3.0 + leg, "sd_days": 2.0 + leg / 2}
        again = {"share": 0.02, "attempt": True}
        stages[f"travel{leg}"] = {
            "kind": "journey",
            "dwell": dwell,
            "exits": {f"choose{leg}": 0.97, "died": 0.001, f"travel{leg}": again, "back": "rest"},
        }
        stages[f"choose{leg}"] = {"kind": "choice", "exits": {f"held{leg}": 0.3, f"post{leg}": "rest"}}
        stages[f"held{leg}"] = {"kind": "hold", "hazards": {f"post{leg}": 0.2, "back": 0.01}}
        stages[f"post{leg}"] = {
            "kind": "queue",
            "servers": per_day,
            "rate_per_day": 1.1,
            "exits": {onward: 0.99, "back": "rest"},
        }
    last = dt.date(2019, 1, 1) + dt.timedelta(days=DAYS - 1)
    data = {
        "sojourn": 1,
        "name": "road",
        "time": {"start": "2019-01-01", "end": str(last), "record": "month"},
        "groups": {"all": {"nationality": "OOO"}},
        "stages": stages | {"settled": end, "back": end, "died": end},
    }
    return Scenario.model_validate_json(json.dumps(data))


def timed(per_day: float, replicates: int, workers: int) -> tuple[float, float, int]:
    """Return wall seconds, CPU seconds and the number of people who settled in the first replicate."""
    scenario = road(per_day)
    wall, cpu = time.perf_counter(), time.process_time()
    run = sj.simulate(scenario, replicates=replicates, seed=1, workers=workers)
    spent = time.perf_counter() - wall, time.process_time() - cpu
    return *spent, int(run.stocks.sel(stage="settled").values[0, -1].sum())


def main() -> int:
    """Print times, their ratio and memory; return 1 if a limit is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--replicates", type=int, default=200)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    timed(FEW, 1, 1)  # compiles
    print(
        f"{len(road(FEW).stages)} stages, {DAYS} days, {options.replicates} replicates, {options.workers} workers"
    )
    walls: list[float] = []
    cpu: dict[float, list[float]] = {FEW: [], MANY: []}
    for per_day in (FEW, MANY) * options.rounds:
        wall, spent, settled = timed(per_day, options.replicates, options.workers)
        print(f"{per_day:9,.0f} a day: {wall:5.2f} s wall, {spent:5.2f} s CPU, {settled:,} settled")
        cpu[per_day].append(spent)
        if per_day == FEW:
            walls.append(wall)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    few_wall, ratio = median(walls), median(cpu[MANY]) / median(cpu[FEW])
    print(f"wall {few_wall:.2f} s (limit {WALL:g}); load of the machine {os.getloadavg()[0]:.1f}")
    print(f"a thousand times the people: {ratio:.2f} x the CPU time (limit {RATIO:g})")
    print(f"memory {memory:.0f} MB (limit {MEGABYTES:g})")
    return int(few_wall > WALL or ratio > RATIO or memory > MEGABYTES)


if __name__ == "__main__":
    raise SystemExit(main())
