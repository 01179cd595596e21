"""A court of 3.7 million cases over 10 years in daily steps, against SimPy and Ciw on smaller courts of its kind.

    python -m benchmarks.flow_court

All three start with a backlog, take Poisson filings, serve the oldest case first with the same load per judge,
and lose people whose patience (exponential) ends. The figure is cases per CPU second: those that wait at the start
and those filed, over the CPU time of one run. Limit: Sojourn handles at least 2,000 times as many as SimPy.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Generator

import ciw
import numpy as np
import simpy

import sojourn as sj
from sojourn.scenario import Scenario

RATIO = 2000.0
YEARS = 10
DAYS = 3652
BACKLOG, FILED, JUDGES, PER_JUDGE = 3_700_000, 2_600.0, 700, 3.0
PATIENCE = 4000.0
OLDEST = 1500.0


def court() -> Scenario:
    """Return the court in Sojourn's language."""
    end = {"kind": "end", "outcome": "elsewhere"}
    queue = {
        "kind": "queue",
        "servers": JUDGES,
        "rate_per_day": PER_JUDGE,
        "initial": {"count": BACKLOG, "age_days": OLDEST},
        "patience": {"time": {"distribution": "exponential", "mean_days": PATIENCE}, "to": "absent"},
        "exits": {"granted": 0.4, "denied": "rest"},
    }
    source = {"kind": "source", "inflow": {"type": "intensity", "rate_per_day": FILED}, "exits": "court"}
    data = {
        "sojourn": 1,
        "name": "court",
        "time": {"start": "2016-01-01", "end": "2025-12-30", "record": "month"},
        "groups": {"all": {"nationality": "OOO"}},
        "stages": {"filing": source, "court": queue, "granted": end, "denied": end, "absent": end},
    }
    return Scenario.model_validate_json(json.dumps(data))


def sojourn_speed(replicates: int) -> tuple[float, float, float]:
    """Return cases per replicate, CPU seconds per replicate, and the share of cases decided."""
    scenario = court()
    sj.simulate(scenario, replicates=1, seed=1, workers=1)
    start = time.process_time()
    run = sj.simulate(scenario, replicates=replicates, seed=1, workers=1)
    spent = (time.process_time() - start) / replicates
    filed = float(run.flows.sel(flow="filing -> court").values.sum()) / replicates
    decided = float(run.stocks.sel(stage=["granted", "denied"]).values[:, -1].sum()) / replicates
    return BACKLOG + filed, spent, decided / (BACKLOG + filed)


def simpy_speed(scale: int) -> tuple[float, float, float]:
    """Return cases, CPU seconds and the share decided in a court 1 / scale the size."""
    rng = np.random.default_rng(1)
    env = simpy.Environment()
    judges = simpy.Resource(env, max(1, JUDGES // scale))
    served = 1 / PER_JUDGE * judges.capacity / (JUDGES / scale)
    count = {"cases": 0, "decided": 0}

    def case() -> Generator[simpy.Event]:
        count["cases"] += 1
        with judges.request() as turn:
            yield turn | env.timeout(rng.exponential(PATIENCE))
            if turn.triggered:
                yield env.timeout(served)
                count["decided"] += 1

    def filing() -> Generator[simpy.Event]:
        while True:
            yield env.timeout(rng.exponential(scale / FILED))
            env.process(case())

    start = time.process_time()
    for _ in range(BACKLOG // scale):
        env.process(case())
    env.process(filing())
    env.run(until=DAYS)
    return count["cases"], time.process_time() - start, count["decided"] / count["cases"]


def ciw_speed(scale: int) -> tuple[float, float, float]:
    """Return cases, CPU seconds and the share decided in a court 1 / scale the size."""
    ciw.seed(1)
    judges = max(1, JUDGES // scale)
    served = 1 / PER_JUDGE * judges / (JUDGES / scale)
    network = ciw.create_network(
        arrival_distributions={
            "old": [ciw.dists.Sequential([1e-9, float("inf")])],
            "new": [ciw.dists.Exponential(FILED / scale)],
        },
        batching_distributions={
            "old": [ciw.dists.Deterministic(BACKLOG // scale)],
            "new": [ciw.dists.Deterministic(1)],
        },
        service_distributions={c: [ciw.dists.Deterministic(served)] for c in ("old", "new")},
        reneging_time_distributions={c: [ciw.dists.Exponential(1 / PATIENCE)] for c in ("old", "new")},
        routing={c: [[0.0]] for c in ("old", "new")},
        number_of_servers=[judges],
    )
    start = time.process_time()
    run = ciw.Simulation(network)
    run.simulate_until_max_time(DAYS)
    spent = time.process_time() - start
    records = run.get_all_records()
    decided = sum(r.record_type == "service" for r in records)
    cases = len(records) + run.nodes[1].number_of_individuals
    return cases, spent, decided / cases


def main() -> int:
    """Print cases per CPU second and ratios; return 1 if the limit is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--simpy-scale", type=int, default=350, help="SimPy's court is 1 / SCALE the size")
    parser.add_argument("--ciw-scale", type=int, default=7000, help="Ciw's court is 1 / SCALE the size")
    options = parser.parse_args()
    rows = {
        "Sojourn": sojourn_speed(5),
        "SimPy": simpy_speed(options.simpy_scale),
        "Ciw": ciw_speed(options.ciw_scale),
    }
    speed = {}
    for name, (cases, seconds, decided) in rows.items():
        speed[name] = cases / seconds
        print(
            f"{name:8s} {cases:12,.0f} cases, {decided:6.1%} decided, {seconds:8.3f} CPU s,"
            f" {speed[name]:14,.0f} cases per CPU s"
        )
    for name in ("SimPy", "Ciw"):
        print(f"Sojourn handles {speed['Sojourn'] / speed[name]:,.0f} times as many cases per CPU second as {name}")
    print(f"limit: {RATIO:,.0f} times SimPy")
    return int(speed["Sojourn"] < RATIO * speed["SimPy"])


if __name__ == "__main__":
    raise SystemExit(main())
