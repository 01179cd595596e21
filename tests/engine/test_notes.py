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


def test_steps_at_which_a_draw_is_cut_to_what_its_kind_allows_are_counted():
    words = {"description": "made up", "source": "made up"}
    share = {"kind": "share", "unit": "1", "value": 0.8, **words}
    prior = {"distribution": "uniform", "low": 1.0, "high": 1.5}
    factor = {"kind": "ratio", "unit": "1", "value": 1.25, "prior": prior, **words}
    policy = {
        "title": "more leave by the first door",
        "start": "2024-01-03",
        "changes": [{"quantity": "share", "scale": "factor"}],
        "citation": "made up",
        "confidence": "assumption",
    }
    scenario = queue_with({"rate_per_day": 1}, {"count": 100, "age_days": 10}, {}).replace(
        quantities={"share": share, "factor": factor},
        policies={"more": policy},
        stages={"post": {"exits": {"done": "share", "out": "rest"}}, "out": {"kind": "end", "outcome": "settled"}},
    )
    run = sj.simulate(scenario, replicates=50, seed=1)
    drawn = run.data["parameters"].sel(quantity="factor").values
    assert run.notes.filter(like="beyond the bounds of its kind").sum() == 3 * (drawn > 1.25).sum() > 0


@pytest.mark.parametrize(
    ("step_days", "end"), [(1, "2024-01-06T00:00:00"), (0.5, "2024-01-06T00:00:00"), (2, "2024-01-05T00:00:00")]
)
def test_a_run_ends_where_its_last_step_does(step_days, end):
    scenario = queue_with({"rate_per_day": 1}, {"count": 100, "age_days": 10}, {}).replace(
        time={"step_days": step_days}
    )
    assert sj.simulate(scenario, replicates=1, seed=1).provenance["end"] == end
