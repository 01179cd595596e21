"""The table of what a policy can do to a quantity."""

import numpy as np
import pytest

from sojourn.library import load
from sojourn.scenario import ScenarioError
from sojourn.scenario.policies import OPERATIONS, Change

VALUES = np.array([0.25, 0.5, 3.0])
WHOLE = {"set": [2.0, 2.0, 2.0], "scale": [0.5, 1.0, 6.0], "shift": [2.25, 2.5, 5.0], "close": [0.0, 0.0, 0.0]}


@pytest.mark.parametrize("name", OPERATIONS)
def test_an_operation_does_nothing_before_it_is_in_force_and_all_when_it_is(name):
    arithmetic = OPERATIONS[name].arithmetic
    np.testing.assert_array_equal(arithmetic(VALUES, np.zeros(3), 2.0), VALUES)
    np.testing.assert_array_equal(arithmetic(VALUES, np.ones(3), 2.0), WHOLE[name])
    half = arithmetic(VALUES, np.full(3, 0.5), 2.0)
    np.testing.assert_allclose(half, (VALUES + WHOLE[name]) / 2)


def test_every_operation_has_its_field_and_every_field_its_operation():
    others = {"quantity", "groups", "places"}
    assert set(Change.model_fields) - others == set(OPERATIONS)


@pytest.mark.parametrize(
    ("written", "operation", "operand"),
    [
        ({"set": 3}, "set", 3.0),
        ({"scale": "x"}, "scale", "x"),
        ({"shift": 0}, "shift", 0.0),
        ({"close": True}, "close", 1.0),
    ],
)
def test_what_is_written_is_one_operation_with_its_operand(written, operation, operand):
    change = Change(quantity="officers", **written)
    assert (change.operations, change.operation, change.operand) == ((operation,), operation, operand)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({}, "L603"),
        ({"set": 1, "close": True}, "L603"),
        ({"set": -1}, "L209"),
        ({"scale": -1}, "L209"),
        ({"set": "arrivals"}, "L401"),
        ({"shift": "arrivals"}, "L401"),
        ({"scale": "arrivals"}, "L401"),
    ],
)
def test_what_an_operand_may_be_is_checked(change, code):
    policy = {"start": "2024-06-01", "changes": [{"quantity": "officers", **change}]}
    with pytest.raises(ScenarioError) as refusal:
        load("border-post").replace(policies={"wrong": policy})
    assert set(refusal.value.codes) == {code}
