"""Queues and journeys of the flow engine against closed forms. ``python -m verification.flow_theory``.

``size`` scales the number of replicates; the tolerance is four standard errors of the estimate. Service times
have a mean of one day and a step is an eighth of it; the last table shows how the error shrinks with the step.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from verification.flow_model import estimate, mean_stock, mean_waits, one_queue, scenario, simulate
from verification.verdict import ERRORS, Verdict, report

__all__ = ["CHECKS", "discretisation", "main"]

STEP = 0.125
DAYS = 2920
WARM = 8  # months
EXPONENTIAL = {"distribution": "exponential", "mean_days": 1}


def wait_mmc(rate: float, servers: int) -> float:
    """Return the mean wait of M/M/c with service of one day. Source: Erlang's C formula (A. K. Erlang, 1917)."""
    busy = rate / servers
    full = rate**servers / math.factorial(servers) / (1 - busy)
    return full / (sum(rate**k / math.factorial(k) for k in range(servers)) + full) / (servers - rate)


def wait_mdc(rate: float, servers: int) -> float:
    """Return the mean wait of M/D/c with service of one day.

    Source: C. D. Crommelin, Post Office Electrical Engineers' Journal 25 (1932): in a service time all in
    service leave, so N(t + 1) = max(N(t) - c, 0) + Poisson(rate); solved here by iteration.
    """
    size = 400
    arrivals = np.exp([k * math.log(rate) - rate - math.lgamma(k + 1) for k in range(size)])
    law = np.full(size, 1.0 / size)
    for _ in range(3000):
        left = np.concatenate(([law[: servers + 1].sum()], law[servers + 1 :]))
        law = np.convolve(left, arrivals)[:size]
        law /= law.sum()
    return float((np.arange(size) @ law - rate) / rate)


def wait_mg1(rate: float, variance: float) -> float:
    """Return the mean wait of M/G/1 with a mean service of one day.

    Source: F. Pollaczek (1930), A. Khinchine (1932).
    """
    return rate * (1 + variance) / 2 / (1 - rate)


def erlang_a(rate: float, servers: int, patience: float) -> tuple[float, float]:
    """Return mean number waiting and share that gives up in M/M/c+M.

    Source: C. Palm, Tele 2 (1957), as the birth-death chain that it is.
    """
    weight = [1.0]
    for n in range(1, 500):
        weight.append(weight[-1] * rate / (min(n, servers) + max(0, n - servers) / patience))
    law = np.array(weight) / sum(weight)
    waiting = float(np.maximum(0, np.arange(500) - servers) @ law)
    return waiting, waiting / patience / rate


def _wait(name: str, rate: float, queue: dict[str, Any], expected: float, size: float, seed: int) -> Verdict:
    run = simulate(one_queue(rate, queue, days=DAYS, step=STEP), round(160 * size), seed)
    found = estimate(mean_waits(run, WARM))
    return Verdict(f"{name}: mean wait, days", found.mean, expected, ERRORS * found.error)


def mmc(size: float) -> Iterator[Verdict]:
    """M/M/c: exponential services."""
    for servers, rate in ((1, 0.7), (3, 2.3)):
        queue = {"servers": servers, "service": EXPONENTIAL}
        yield _wait(f"M/M/{servers}, {rate} a day", rate, queue, wait_mmc(rate, servers), size, 1)


def mdc(size: float) -> Iterator[Verdict]:
    """M/D/c: services of one day each."""
    for servers, rate in ((1, 0.7), (2, 1.5)):
        queue = {"servers": servers, "service": {"distribution": "fixed", "mean_days": 1}}
        yield _wait(f"M/D/{servers}, {rate} a day", rate, queue, wait_mdc(rate, servers), size, 2)


def mg1(size: float) -> Iterator[Verdict]:
    """M/G/1: gamma and lognormal services (Pollaczek-Khinchine), in any order that ignores service times."""
    for family, sd, discipline in (("gamma", 0.5, "fifo"), ("lognormal", 1.2, "random"), ("gamma", 1.2, "lifo")):
        service = {"distribution": family, "mean_days": 1, "sd_days": sd}
        queue = {"servers": 1, "service": service, "discipline": discipline}
        yield _wait(f"M/G/1, {family} sd {sd}, {discipline}", 0.7, queue, wait_mg1(0.7, sd * sd), size, 3)


def reneging(size: float) -> Iterator[Verdict]:
    """M/M/c+M (Erlang-A): more arrive than can be served, and patience is exponential."""
    rate, servers, patience = 3.3, 3, 2.0
    time = {"distribution": "exponential", "mean_days": patience}
    queue = {"servers": servers, "service": EXPONENTIAL, "patience": {"time": time, "to": "left"}}
    run = simulate(one_queue(rate, queue, days=DAYS, step=STEP), round(80 * size), 4)
    waiting, lost = erlang_a(rate, servers, patience)
    flows = run.flows.values[:, WARM:, :, 0].sum(1)
    names = list(run.flows["flow"].values)
    gone, served = flows[:, names.index("queue -> left")], flows[:, names.index("queue -> out")]
    share = estimate(gone / (gone + served))
    yield Verdict("M/M/3+M: share that gives up", share.mean, lost, ERRORS * share.error)
    there = estimate(mean_stock(run, "queue", WARM))
    expected = waiting + rate * (1 - lost)
    yield Verdict("M/M/3+M: people in the queue", there.mean, expected, ERRORS * there.error)


def infinite(size: float) -> Iterator[Verdict]:
    """M/G/inf: a journey is never full; its stock is Poisson whatever the law of the dwell time."""
    for family, sd in (("lognormal", 9.0), ("gamma", 2.0)):
        source = {"kind": "source", "inflow": {"type": "intensity", "rate_per_day": 3}, "exits": "road"}
        dwell = {"distribution": family, "mean_days": 5, "sd_days": sd}
        road = {"kind": "journey", "dwell": dwell, "exits": "out"}
        run = simulate(scenario({"in": source, "road": road}, days=365, step=1), round(4000 * size), 5)
        last = run.stocks.sel(stage="road").values[:, -1, 0].astype(float)
        mean = estimate(last)
        yield Verdict(f"M/G/inf, {family} sd {sd}: mean stock", mean.mean, 15.0, ERRORS * mean.error)
        allowed = ERRORS * 15.0 * math.sqrt(2.0 / len(last) + 1.0 / (15.0 * len(last)))
        yield Verdict(f"M/G/inf, {family} sd {sd}: variance of the stock", last.var(ddof=1), 15.0, allowed)


def little(_: float) -> Iterator[Verdict]:
    """Little's law for one run that begins and ends empty: exact, person by person."""
    for discipline in ("fifo", "lifo", "random"):
        rate = {"kind": "rate", "unit": "person / day", "value": 6, "steps": {"2001-06-01": 0}}
        queue = {"servers": 1, "rate_per_day": 6.2, "discipline": discipline}
        s = one_queue(0, queue, days=300, step=1, quantities={"rate": rate})
        data = s.replace(stages={"in": {"inflow": {"type": "intensity", "rate_per_day": "rate"}}})
        run = simulate(data.replace(time={"record": "step"}), 4, 6)
        inside = float(run.stocks.sel(stage="queue").values.sum())
        waits = float(run.data["wait_days"].values.sum())
        yield Verdict(f"Little's law, {discipline}: person-days of waiting", inside, waits, 0.0)


def dwell_moments(size: float) -> Iterator[Verdict]:
    """Gamma and lognormal dwell times: mean and standard deviation of the days between entry and exit."""
    people = round(200_000 * size)
    for family in ("gamma", "lognormal", "weibull"):
        first = {"kind": "rate", "unit": "person / day", "value": people, "steps": {"2001-01-02": 0}}
        inflow = {"type": "intensity", "rate_per_day": "first", "noise": "exact"}
        source = {"kind": "source", "inflow": inflow, "exits": "road"}
        dwell = {"distribution": family, "mean_days": 12, "sd_days": 7}
        road = {"kind": "journey", "dwell": dwell, "exits": "out"}
        s = scenario({"in": source, "road": road}, days=400, step=1, quantities={"first": first})
        leaving = simulate(s.replace(time={"record": "step"}), 1, 7).flows.sel(flow="road -> out").values[0, :, 0]
        day = np.arange(len(leaving))
        mean = float(day @ leaving / people)
        centred = day - mean
        variance = float(centred**2 @ leaving / people)
        fourth = float(centred**4 @ leaving / people)
        yield Verdict(f"dwell, {family}: mean days", mean, 12.0, ERRORS * math.sqrt(variance / people))
        # The days until the exit are whole: their variance is larger by E[f (1 - f)], f the fraction of a day.
        allowed = ERRORS * math.sqrt((fourth - variance**2) / people) + 0.01
        yield Verdict(f"dwell, {family}: variance, with 1/6 of a step squared", variance, 49 + 1 / 6, allowed)


CHECKS: tuple[Callable[[float], Iterator[Verdict]], ...] = (
    mmc,
    mdc,
    mg1,
    reneging,
    infinite,
    little,
    dwell_moments,
)


def discretisation(size: float) -> Iterator[tuple[float, float, float]]:
    """Return step in days, error of the mean wait of M/M/3, and standard error, for ever shorter steps."""
    expected = wait_mmc(2.3, 3)
    for step in (8.0, 4.0, 2.0, 1.0, 0.5, 0.25):
        s = one_queue(2.3, {"servers": 3, "service": EXPONENTIAL}, days=17_520, step=step)
        found = estimate(mean_waits(simulate(s, round(160 * size), 8), 8))
        yield step, found.mean - expected, found.error


def main(size: float = 1.0) -> bool:
    """Print every verdict and the table of steps; return whether all pass."""
    good = True
    for check in CHECKS:
        good &= report(check(size))
    print("\nM/M/3, 2.3 a day: error of the mean wait by length of the step (service takes one day)")
    rows = list(discretisation(size))
    for step, error, sampling in rows:
        print(f"  step {step:5.3g} days: error {error:+.4f} days, standard error {sampling:.4f}")
    coarse, fine = rows[0], rows[3]
    ratio = Verdict("error at a step of 1 day over that at 8 days, at most 1/4", fine[1] / coarse[1], 0.0, 0.25)
    return report([ratio]) and good


if __name__ == "__main__":
    raise SystemExit(0 if main() else 1)
