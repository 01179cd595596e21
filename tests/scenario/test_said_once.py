"""Nothing that is written beside a number is idle: each field, changed alone, changes the outcome or is refused."""

import json
from itertools import combinations

import numpy as np
import pytest

import sojourn as sj
from sojourn.scenario import ScenarioError
from sojourn.scenario.values import Quantity

DAYS = {"start": "2024-01-01", "end": "2024-03-31", "record": "month"}
ALL_YEAR = [1.0] * 12

# field: a value of it for a rate, and another one
FIELDS = {
    "value": (20.0, 30.0),
    "prior": (
        {"distribution": "lognormal", "median": 20.0, "sd_log": 0.3},
        {"distribution": "lognormal", "median": 20.0, "sd_log": 0.9},
    ),
    "by_group": ({"red": 20.0, "blue": 10.0}, {"red": 20.0, "blue": 40.0}),
    "steps": ({"2024-01-01": 20.0, "2024-02-10": 25.0}, {"2024-01-01": 20.0, "2024-02-10": 45.0}),
    "series": ("tide", "other-tide"),
    "season": ([1.0, 0.5, *ALL_YEAR[2:]], [1.0, 2.0, *ALL_YEAR[2:]]),
    "weekday": ([1.0] * 6 + [0.0], [1.0] * 5 + [0.0] * 2),
    "closed": (["2024-02-14"], ["2024-02-14", "2024-02-15"]),
    "drift": (
        {"process": "random-walk", "sd": 0.3, "every": "week"},
        {"process": "random-walk", "sd": 0.6, "every": "week"},
    ),
    "times": ({"quantity": "half", "by": 2.0}, {"quantity": "half", "by": 3.0}),
    "responds_to": (
        {"of": ["road"], "capacity": 100.0},
        {"of": ["road"], "capacity": 60.0},
    ),
}
# Others with the same meaning, of which only some stand beside each other.
OTHERS = {
    "prior": (
        {"distribution": "lognormal", "median": 1.0, "sd_log": 0.3, "relative": True},
        {"distribution": "lognormal", "median": 1.0, "sd_log": 0.9, "relative": True},
    ),
    "by_group": ({"red": 20.0}, {"red": 40.0}),
    "steps": ({"2024-02-10": 25.0}, {"2024-02-10": 45.0}),
    "series": ({"red": "tide", "blue": "other-tide"}, {"red": "tide", "blue": "tide"}),
}
TELLS = {"kind", "unit", "description", "source", "date", "confidence", "inert"}
"""Fields that no number hangs on, but what explain says, or the checks."""


def written(quantity, name="flow"):
    return {
        "name": "pairs",
        "time": DAYS,
        "groups": {"red": {"nationality": "OOO"}, "blue": {"nationality": "OOO"}},
        "series": {
            "tide": {"unit": "index", "start": "2024-01-01", "values": [1, 2, 3]},
            "other-tide": {"unit": "index", "start": "2024-01-01", "values": [2, 2, 5]},
        },
        "quantities": {
            name: {"kind": "rate", "unit": "person / day", **quantity},
            "half": {"kind": "rate", "unit": "person / day", "value": 10},
        },
        "stages": {
            "start": {"kind": "source", "inflow": {"type": "intensity", "rate_per_day": name}, "exits": "road"},
            "more": {"kind": "source", "inflow": {"type": "intensity", "rate_per_day": "half"}, "exits": "road"},
            "road": {"kind": "journey", "dwell": {"distribution": "exponential", "mean_days": 3}, "exits": "out"},
            "out": {"kind": "end", "outcome": "settled"},
        },
    }


def built(quantity):
    """The scenario with a quantity; None if it is refused."""
    try:
        return sj.loads(json.dumps(written(quantity)))
    except ScenarioError:
        return None


def outcome(scenario):
    return [sj.simulate(scenario, seed=3, **how).flows.values for how in ({"replicates": 2}, {"mode": "expected"})]


def idle(quantity, nudge):
    """Fields of a quantity that, changed alone, change nothing and are not refused."""
    scenario = built(quantity)
    if scenario is None:
        return None
    before = outcome(scenario)
    found = []
    for field in quantity:
        changed = built({**quantity, field: nudge[field]})
        if changed is not None and all(map(np.array_equal, before, outcome(changed))):
            found.append(field)
    return found


def choices(fields):
    """Each way to write these fields together."""
    ways = [{}]
    for field in fields:
        ways = [way | {field: pair} for way in ways for pair in (FIELDS[field], OTHERS.get(field)) if pair]
    return [({f: p[0] for f, p in way.items()}, {f: p[1] for f, p in way.items()}) for way in ways]


def test_every_field_is_in_the_table():
    assert set(FIELDS) | TELLS == set(Quantity.model_fields)


@pytest.mark.parametrize("number", [1, 2])
def test_no_field_beside_others_is_idle(number):
    """Every field alone and every pair, in each way in which they can be written."""
    wrong, accepted, refused = {}, 0, 0
    for fields in combinations(FIELDS, number):
        for quantity, nudge in choices(fields):
            found = idle(quantity, nudge)
            refused += found is None
            accepted += found is not None
            if found:
                wrong[", ".join(f"{f}: {v}" for f, v in quantity.items())] = found
    assert wrong == {}
    assert accepted >= {1: 5, 2: 30}[number]
    assert refused >= {1: 3, 2: 20}[number]


def test_an_idle_field_would_be_found():
    """A nudge that is none is told."""
    assert idle({"value": 20.0}, {"value": 20.0}) == ["value"]
    assert idle({"value": 20.0, "by_group": {"red": 1.0, "blue": 2.0}}, {}) is None
