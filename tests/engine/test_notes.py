"""What a run has to cut is counted, never silent."""

import json

import pytest

import sojourn as sj
from sojourn.scenario import Scenario


def queue_with(service, initial, quantities):
    data = {
        "sojourn": 1,
        "name": "one-queue",
        "time": {"start": "2024-01-01", "end": "2024-01-05", "record": "step"},
        "groups": {"all": {"nationality": "OOO"}},
        "quantities": quantities,
        "stages": {
            "home": {"kind": "source", "inflow": {"type": "intensity", "rate_per_day": 1}, "exits": "post"},
            "post": {"kind": "queue", "servers": 1, **service, "initial": initial, "exits": "done"},
            "done": {"kind": "end", "outcome": "settled"},
        },
    }
    return Scenario.model_validate_json(json.dumps(data))


@pytest.mark.parametrize(("waiting", "counted"), [(5_000, 0), (25_000, 2)])
def test_the_most_rounds_of_service_in_a_step_are_counted(waiting, counted):
    """Services that take no time are begun one by one; a step holds 10,000 of one server."""
    at_once = {"service": {"distribution": "fixed", "mean_days": 1e-9}}
    run = sj.simulate(queue_with(at_once, {"count": waiting, "age_days": 10}, {}), replicates=1, seed=1)
    assert run.notes.filter(like="rounds of service").sum() == counted


def test_a_drawn_age_beyond_the_central_one_is_counted():
    age = {
        "kind": "duration",
        "unit": "day",
        "value": 10,
        "prior": {"distribution": "uniform", "low": 5, "high": 15},
        "description": "Age of the oldest",
        "source": "made up",
    }
    scenario = queue_with({"rate_per_day": 1}, {"count": 100, "age_days": "age"}, {"age": age})
    run = sj.simulate(scenario, replicates=50, seed=1)
    drawn = run.data["parameters"].sel(quantity="age").values
    assert run.notes.filter(like="drawn age").sum() == (drawn >= 10.5).sum() > 0
