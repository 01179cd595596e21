"""Loss systems against Erlang's formula and M/M/c/K: holds are exact at any step, queues within the stated bound."""

import json

import pytest

import sojourn as sj
from sojourn.scenario.checks.dates import LOSS_BOUND


def turned_away(servers: float, room: int) -> float:
    """Return the share turned away by a loss system with a load of ``servers`` Erlang and ``room`` places."""
    share = 1.0
    for places in range(1, room + 1):
        share = servers * share / (places + servers * share)
    return share


def turned_away_by_queue(load: float, servers: int, room: int) -> float:
    """Return the share turned away by an M/M/c/K queue with a load in Erlang and room to wait."""
    weight = [1.0]
    for n in range(1, servers + room + 1):
        weight.append(weight[-1] * load / min(n, servers))
    return weight[-1] / sum(weight)


def simulated(stage: dict, per_day: float, step: float, years: int, mode: str = "draw") -> float:
    """Return the share of arrivals that a stage turns away, after its first year."""
    end = {"kind": "end", "outcome": "elsewhere"}
    source = {"type": "intensity", "rate_per_day": per_day, "noise": "poisson"}
    stages = {
        "home": {"kind": "source", "inflow": source, "exits": "beds"},
        "beds": stage,
        "out": end,
        "lost": end,
    }
    scenario = {
        "sojourn": 1,
        "name": "loss",
        "time": {"start": "2000-01-01", "end": f"{1999 + years}-12-31", "record": "month", "step_days": step},
        "groups": {"all": {"nationality": "OOO"}},
        "stages": stages,
    }
    replicates = 1 if mode == "expected" else 16
    flows = sj.loads(json.dumps(scenario)).simulate(replicates=replicates, seed=3, mode=mode).flows
    return float(
        flows.sel(flow="beds -> lost").values[:, 12:].sum() / flows.sel(flow="home -> beds").values[:, 12:].sum()
    )


def hold(mean: float, room: int) -> dict:
    return {"kind": "hold", "hazards": {"out": 1.0 / mean}, "limit": {"room": room, "overflow": "lost"}}


def queue(mean: float, servers: int, room: int) -> dict:
    service = {"distribution": "exponential", "mean_days": mean}
    return {
        "kind": "queue",
        "servers": servers,
        "service": service,
        "exits": "out",
        "limit": {"room": room, "overflow": "lost"},
    }


@pytest.mark.parametrize(("step", "years"), [(1.0, 60), (0.25, 60), (1 / 16, 30)])
@pytest.mark.parametrize(("per_day", "mean", "room"), [(8.0, 1.0, 10), (30.0, 1.0, 30)])
def test_a_full_hold_turns_away_what_erlang_says(per_day, mean, room, step, years):
    exact = turned_away(per_day * mean, room)
    assert simulated(hold(mean, room), per_day, step, years) == pytest.approx(exact, rel=0.01)


def test_large_numbers_are_worked_in_parts_of_the_step():
    exact = turned_away(3000.0, 2900)
    assert simulated(hold(1.0, 2900), 3000.0, 1.0, 3) == pytest.approx(exact, rel=0.02)


def test_means_of_an_overloaded_hold_are_those_of_a_fluid():
    for step in (1.0, 0.25):
        assert simulated(hold(1.0, 100), 120.0, step, 3, "expected") == pytest.approx(1 - 100 / 120, rel=0.005)


@pytest.mark.parametrize("step", [1.0, 0.25, 1 / 16])
@pytest.mark.parametrize(("per_day", "servers", "room"), [(5.0, 5, 5), (8.0, 10, 2), (3.0, 5, 5), (10.0, 5, 20)])
def test_a_queue_turns_away_too_few_by_no_more_than_the_stated_bound(per_day, servers, room, step):
    exact = turned_away_by_queue(per_day, servers, room)
    error = simulated(queue(1.0, servers, room), per_day, step, 60 if step > 0.1 else 20) / exact - 1.0
    assert -LOSS_BOUND * step**0.5 <= error <= 0.03


def test_the_bound_is_said_with_the_step_that_would_do():
    scenario = {
        "sojourn": 1,
        "name": "loss",
        "time": {"start": "2000-01-01", "end": "2000-12-31"},
        "groups": {"all": {"nationality": "OOO"}},
        "stages": {
            "home": {"kind": "source", "inflow": {"type": "intensity", "rate_per_day": 5.0}, "exits": "beds"},
            "beds": queue(1.0, 5, 5),
            "out": {"kind": "end", "outcome": "elsewhere"},
            "lost": {"kind": "end", "outcome": "elsewhere"},
        },
    }
    said = sj.loads(json.dumps(scenario)).explain()
    assert "may be too low, by up to 45% of itself" in said
    scenario["stages"]["beds"] = queue(4000.0, 5, 5)
    assert "too low" not in sj.loads(json.dumps(scenario)).explain()
