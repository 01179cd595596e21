"""Changing a scenario: deep merging, removal, bare numbers, and validation of the whole."""

import datetime as dt
import math

import numpy as np
import pytest

from sojourn import library
from sojourn.scenario import ScenarioError
from sojourn.scenario.policies import Change, Policy
from sojourn.scenario.values import Quantity


@pytest.fixture
def base():
    return library.load("border-post")


def codes_of(base, **changes):
    with pytest.raises(ScenarioError) as refusal:
        base.replace(**changes)
    return [f"{p.code} {p.where}" for p in refusal.value.problems]


def test_a_policy_is_removed_and_the_base_is_as_it_was(base):
    kept = base.replace(policies={"summer-officers": None})
    assert not kept.policies
    assert list(base.policies) == ["summer-officers"]
    assert kept.stages == base.stages


def test_deep_merge_touches_nothing_else(base):
    changed = base.replace(stages={"post": {"patience": {"time": {"mean_days": 20}}}})
    post = changed.stages["post"]
    assert post.patience.time.mean_days == 20
    assert post.patience.to == "gone"
    assert post.exits == base.stages["post"].exits


def test_a_bare_number_fixes_a_quantity(base):
    fixed = base.replace(quantities={"decisions-per-officer": 18})
    quantity = fixed.quantities["decisions-per-officer"]
    assert (quantity.value, quantity.prior, quantity.source) == (18, None, "")
    assert quantity.unit == "decision / officer / day"
    assert base.replace(quantities={"officers": np.int64(7)}) == base.replace(
        quantities={"officers": np.float32(7)}
    )
    assert fixed.replace(quantities={"officers": 7}).quantities["officers"].weekday is not None


def test_a_bare_number_is_refused_where_it_would_not_be_the_value(base):
    assert codes_of(base, quantities={"arrivals": 50}) == ["L118 quantities.arrivals"]
    assert base.replace(quantities={"arrivals": {"value": 50, "by_group": None}}).quantities["arrivals"].value == 50


def test_python_objects_are_taken(base):
    policy = Policy(start=dt.date(2024, 3, 1), changes=(Change(quantity="officers", scale=2),))
    changed = base.replace(policies={"double": policy}, time={"end": dt.date(2024, 6, 30)})
    assert changed.policies["double"] == policy
    assert changed.time.end == dt.date(2024, 6, 30)
    quantity = Quantity(kind="count", unit="officer", value=9)
    assert base.replace(quantities={"extra-officers": quantity}).quantities[
        "extra-officers"
    ] == quantity.model_copy(
        update={k: getattr(base.quantities["extra-officers"], k) for k in ("description", "source")}
    )


def test_another_kind_replaces_the_whole_stage(base):
    changed = base.replace(
        stages={"post": {"kind": "hold", "hazards": {"admitted": 0.1, "outside": 0.1, "referred": 0}}}
    )
    assert changed.stages["post"].kind == "hold"


def test_a_distribution_that_is_named_is_a_whole_one(base):
    prior = {"distribution": "lognormal", "median": 17, "sd_log": 0.1}
    changed = base.replace(quantities={"decisions-per-officer": {"prior": prior}})
    assert changed.quantities["decisions-per-officer"].prior.low is None
    wider = base.replace(quantities={"decisions-per-officer": {"prior": {"low": 14.9}}})
    prior = wider.quantities["decisions-per-officer"].prior
    assert (prior.low, prior.high) == (14.9, 19.5)


def test_exits_take_shares_alone(base):
    exits = base.replace(stages={"outside": {"exits": {"post": 0.5}}}).stages["outside"].exits
    assert (exits["post"].share, exits["post"].attempt, exits["gone"].share) == (0.5, True, "rest")


def test_all_problems_of_a_change_come_at_once(base):
    assert codes_of(
        base,
        policies={"sumer-officers": None},
        quantities={"officers": {"value": -1}, "share-referred": {"value": math.nan}},
        stages={"post": {"exits": {"nowhere": 0.1}}, "gone": {"outcom": "died"}},
        tiem={},
    ) == [
        "L117 policies.sumer-officers",
        "L111 quantities.share-referred.value",
        "L201 stages.gone.outcom",
        "L201 tiem",
        "L301 stages.post.exits.nowhere",
        "L209 quantities.officers.value",
    ]


def test_values_of_another_type_are_refused(base):
    assert codes_of(base, quantities={"officers": True}) == ["L203 quantities.officers"]
    assert codes_of(base, quantities={"officers": {"value": "6"}}) == ["L203 quantities.officers.value"]
    assert codes_of(base, time={"start": 2024}) == ["L203 time.start"]
    assert codes_of(base, stages=3) == ["L203 stages"]
    with pytest.raises(TypeError, match="a type cannot stand in a scenario"):
        base.replace(name=object)
