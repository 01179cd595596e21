"""The same network of queues in Sojourn, SimPy and Ciw. ``python -m verification.flow_oracles``.

Two groups arrive at random at a desk, whose officers rest at weekends; three in five go on to a court, which
people whose patience ends leave. Group b comes first at both, and within a group the oldest. Every figure of a
replicate (mean and tail of the waits, counts) is compared by a two-sample Mann-Whitney test, corrected for the
number of tests (Holm); simulators agree when no corrected p is below 0.01.

``--fault NAME`` plants a wrong rule in Sojourn's network, to see that the comparison notices.
"""

from __future__ import annotations

import argparse
import heapq
import itertools
from collections.abc import Callable, Generator, Sequence
from typing import Any

import ciw
import numpy as np
import simpy
from numpy.typing import NDArray
from scipy import stats

from sojourn.scenario import Scenario
from verification.flow_model import scenario, simulate

__all__ = ["FAULTS", "SIMULATORS", "compare", "main", "run_sojourn"]

F64 = NDArray[np.float64]
DAYS, STEP = 140, 0.0625
RATES = {"a": 3.0, "b": 1.0}
OFFICERS = (4, 4, 4, 4, 4, 0, 0)  # Monday to Sunday; day 0 is a Monday
SERVICE, SERVICE_SD = 0.55, 0.4
ONWARD = 0.6
JUDGES, HEARING = 2, 1.0
PATIENCE = 6.0
LONG = 1.5  # on the edge of a bin of the histogram of waits
FIGURES = (
    "desk: mean wait of a",
    "desk: mean wait of b",
    f"desk: share of a that waits over {LONG:g} days",
    "court: mean wait",
    f"court: share that waits over {LONG:g} days",
    "seen at the desk",
    "heard at the court",
    "gave up at the court",
)


def _network(**change: Any) -> Scenario:
    """Return the network in Sojourn's language."""
    officers = change.get("officers", OFFICERS)
    most = max(officers)
    quantities = {
        "officers": {
            "kind": "count",
            "unit": "officer",
            "value": most,
            "weekday": [n / most for n in officers],
        },
        "arrivals": {"kind": "rate", "unit": "person / day", "by_group": RATES},
    }
    patience = {"distribution": "exponential", "mean_days": change.get("patience", PATIENCE)}
    stages = {
        "in": {"kind": "source", "inflow": {"type": "intensity", "rate_per_day": "arrivals"}, "exits": "desk"},
        "desk": {
            "kind": "queue",
            "servers": "officers",
            "service": {"distribution": "gamma", "mean_days": SERVICE, "sd_days": SERVICE_SD},
            "discipline": "priority",
            "priority": [["b"], ["a"]],
            "exits": {"court": ONWARD, "out": "rest"},
        }
        | change.get("desk", {}),
        "court": {
            "kind": "queue",
            "servers": JUDGES,
            "service": {"distribution": "exponential", "mean_days": HEARING},
            "discipline": "priority",
            "priority": [["b"], ["a"]],
            "patience": {"time": patience, "to": "left"},
            "exits": "out",
        }
        | change.get("court", {}),
    }
    return scenario(stages, days=DAYS, step=STEP, groups=("a", "b"), quantities=quantities)


FAULTS: dict[str, dict[str, Any]] = {
    "no-priority": {"desk": {"discipline": "fifo", "priority": None}},
    "no-weekend": {"officers": (3,) * 7},
    "more-patience": {"patience": PATIENCE * 1.5},
    "newest-case-first": {"court": {"discipline": "lifo", "priority": None}},
}


def run_sojourn(replicates: int, seed: int, fault: str | None = None) -> F64:
    """Return the figures of Sojourn's replicates: (replicate, figure) float64."""
    run = simulate(_network(**FAULTS[fault] if fault else {}), replicates, seed)
    count = run.data["wait_count"].values.sum(1).astype(float)  # (replicate, queue, group)
    days = run.data["wait_days"].values.sum(1)
    hist = run.data["wait_hist"].values
    over = run.data["wait_bin"].values > LONG
    # Waits of exactly LONG days on the grid stand for a step around it.
    over = over.astype(float) + 0.5 * (run.data["wait_bin"].values == LONG)
    long = (hist * over[:, None]).sum(2)
    flow = run.flows.sum(["time", "group"])
    desk, court = 0, 1
    return np.stack(
        [
            days[:, desk, 0] / count[:, desk, 0],
            days[:, desk, 1] / count[:, desk, 1],
            long[:, desk, 0] / count[:, desk, 0],
            days[:, court].sum(-1) / count[:, court].sum(-1),
            long[:, court].sum(-1) / count[:, court].sum(-1),
            flow.sel(flow="desk -> court").values + flow.sel(flow="desk -> out").values,
            flow.sel(flow="court -> out").values,
            flow.sel(flow="court -> left").values,
        ],
        axis=1,
    ).astype(float)


def _figures(desk: dict[str, list[float]], court: list[float], seen: int, heard: int, gone: int) -> list[float]:
    a, b = np.array(desk["a"]), np.array(desk["b"])
    c = np.array(court)
    return [a.mean(), b.mean(), (a > LONG).mean(), c.mean(), (c > LONG).mean(), seen, heard, gone]


class _Desk:
    """Servers whose number changes by the day; those at work when it falls finish what they do."""

    def __init__(self, env: simpy.Environment, servers: Callable[[float], int]) -> None:
        self.env, self.servers = env, servers
        self.busy = 0
        self.waiting: list[tuple[int, int, simpy.Event]] = []
        self.gone: set[simpy.Event] = set()
        self.order = itertools.count()

    def join(self, rank: int) -> simpy.Event:
        turn = self.env.event()
        heapq.heappush(self.waiting, (rank, next(self.order), turn))
        self.serve()
        return turn

    def serve(self) -> None:
        while self.waiting and self.busy < self.servers(self.env.now):
            turn = heapq.heappop(self.waiting)[2]
            if turn not in self.gone:
                self.busy += 1
                turn.succeed()

    def finish(self) -> None:
        self.busy -= 1
        self.serve()

    def mornings(self) -> Generator[simpy.Event]:
        while True:
            yield self.env.timeout(1.0)
            self.serve()


def _simpy_once(rng: np.random.Generator) -> list[float]:
    env = simpy.Environment()
    desk = _Desk(env, lambda now: OFFICERS[int(now) % 7])
    court = _Desk(env, lambda now: JUDGES)
    waits: dict[str, list[float]] = {"a": [], "b": []}
    heard_waits: list[float] = []
    done = {"seen": 0, "heard": 0, "gone": 0}
    shape = (SERVICE / SERVICE_SD) ** 2

    def person(group: str) -> Generator[simpy.Event]:
        came = env.now
        rank = 0 if group == "b" else 1
        yield desk.join(rank)
        waits[group].append(env.now - came)
        yield env.timeout(rng.gamma(shape, SERVICE / shape))
        desk.finish()
        done["seen"] += 1
        if rng.random() >= ONWARD:
            return
        came = env.now
        turn = court.join(rank)
        over = env.timeout(rng.exponential(PATIENCE))
        yield turn | over
        if not turn.triggered:
            court.gone.add(turn)
            done["gone"] += 1
            return
        heard_waits.append(env.now - came)
        yield env.timeout(rng.exponential(HEARING))
        court.finish()
        done["heard"] += 1

    def arrivals(group: str) -> Generator[simpy.Event]:
        while True:
            yield env.timeout(rng.exponential(1 / RATES[group]))
            env.process(person(group))

    for group in RATES:
        env.process(arrivals(group))
    env.process(desk.mornings())
    env.run(until=DAYS)
    return _figures(waits, heard_waits, done["seen"], done["heard"], done["gone"])


def run_simpy(replicates: int, seed: int) -> F64:
    """Return the figures of SimPy's replicates: (replicate, figure) float64."""
    return np.array([_simpy_once(np.random.default_rng([seed, r])) for r in range(replicates)], float)


def _ciw_network() -> ciw.network.Network:
    shape = (SERVICE / SERVICE_SD) ** 2
    service = [ciw.dists.Gamma(shape, SERVICE / shape), ciw.dists.Exponential(1 / HEARING)]
    return ciw.create_network(
        arrival_distributions={g: [ciw.dists.Exponential(rate), None] for g, rate in RATES.items()},
        service_distributions={g: service for g in RATES},
        reneging_time_distributions={g: [None, ciw.dists.Exponential(1 / PATIENCE)] for g in RATES},
        routing={g: [[0.0, ONWARD], [0.0, 0.0]] for g in RATES},
        priority_classes={"a": 1, "b": 0},
        number_of_servers=[
            # Ciw sends a fresh shift to work beside those who finish, hence one shift a week and then none.
            ciw.Schedule(numbers_of_servers=[OFFICERS[0], 0], shift_end_dates=[5, 7], preemption=False),
            JUDGES,
        ],
    )


def run_ciw(replicates: int, seed: int) -> F64:
    """Return the figures of Ciw's replicates: (replicate, figure) float64."""
    out = []
    for r in range(replicates):
        ciw.seed(seed * 100_003 + r)
        run = ciw.Simulation(_ciw_network())
        run.simulate_until_max_time(DAYS)
        waits: dict[str, list[float]] = {"a": [], "b": []}
        court, seen, heard, gone = [], 0, 0, 0
        for record in run.get_all_records():
            if record.record_type == "renege":
                gone += 1
            elif record.node == 1:
                waits[record.customer_class].append(record.waiting_time)
                seen += 1
            else:
                court.append(record.waiting_time)
                heard += 1
        out.append(_figures(waits, court, seen, heard, gone))
    return np.array(out, float)


SIMULATORS = {"simpy": run_simpy, "ciw": run_ciw}


def compare(ours: F64, theirs: F64) -> list[float]:
    """Return the p-values, corrected by Holm's method, of the figures in order."""
    p = np.array([stats.mannwhitneyu(x, y).pvalue for x, y in zip(ours.T, theirs.T, strict=True)])
    order = np.argsort(p)
    corrected = np.maximum.accumulate(np.minimum(1.0, p[order] * np.arange(len(p), 0, -1)))
    out = np.empty(len(p))
    out[order] = corrected
    return [float(x) for x in out]


def main(arguments: Sequence[str] | None = None) -> bool:
    """Print the figures of every simulator; return whether they agree (with a fault: whether they differ)."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--replicates", type=int, default=200)
    parser.add_argument("--fault", choices=[*FAULTS])
    options = parser.parse_args(arguments)
    ours = run_sojourn(10 * options.replicates, 1, options.fault)
    good = True
    for name, simulator in SIMULATORS.items():
        theirs = simulator(options.replicates, 2)
        corrected = compare(ours, theirs)
        print(f"{'figure of a replicate':45s} {'Sojourn':>9s} {name:>9s}  p (corrected)")
        for i, figure in enumerate(FIGURES):
            print(f"{figure:45s} {ours[:, i].mean():9.3f} {theirs[:, i].mean():9.3f}  {corrected[i]:.3g}")
        agrees = min(corrected) >= 0.01
        print(f"Sojourn and {name}: {'agree' if agrees else 'DIFFER'}\n")
        good &= agrees if options.fault is None else not agrees
    return good


if __name__ == "__main__":
    raise SystemExit(0 if main() else 1)
