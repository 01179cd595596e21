"""Every quantity of the built-in scenarios moves some output, or is declared inert by name."""

import json

import numpy as np
import pytest
from tests.engine.systems import quantity, small

import sojourn as sj
from sojourn.simulate import compile_model

NAMES = sorted(sj.list_scenarios())


def outputs(scenario):
    """Give, one after the other, what expected mode and one replicate record; of no use once they differ."""
    model = compile_model(scenario)
    draw = model.draw(model.prior_draws(1, [0]), 0)
    for start in ({"expected": True}, {"draw": draw}):
        yield list(model.record(model.advance(model.init(seed=1, **start), model.n_step)).values())


def observed_only(scenario):
    """Names of quantities that only say what official series see of the outputs."""
    inside = json.dumps([scenario.model_dump(mode="json")[part] for part in ("stages", "policies")])
    seen = json.dumps(scenario.model_dump(mode="json")["observations"])
    return {name for name in scenario.quantities if f'"{name}"' in seen and f'"{name}"' not in inside}


def nudged(quantity):
    """The change of a quantity that its own way of varying allows: a tenth, kept within its bounds."""
    change = {}
    if quantity.by_group is not None:
        change["by_group"] = {g: v * 0.9 + (v == 0) * 0.05 for g, v in quantity.by_group.items()}
    if quantity.steps is not None:
        change["steps"] = {str(d): v * 0.9 + (v == 0) * 0.05 for d, v in quantity.steps.items()}
    if quantity.value is not None or quantity.series is not None:
        change["value"] = 0.9 * (1.0 if quantity.value is None else quantity.value) or 0.05
    if quantity.prior is not None:
        # The prior's draw takes the place of the value, so the prior is what moves.
        fields = quantity.prior.model_dump(exclude_none=True)
        moved = ("mean", "median", "low", "high", "sd", "sd_log")
        change["prior"] = {k: v * 0.9 if k in moved else v for k, v in fields.items()}
    return change


def dead(scenario):
    """Names of quantities that move nothing and do not say so, and of those that say so and move something."""
    before = list(outputs(scenario))
    wrong = []
    for name in sorted(set(scenario.quantities) - observed_only(scenario)):
        own = scenario.quantities[name]
        after = outputs(scenario.replace(quantities={name: nudged(own)}))
        pairs = ((a, b) for x, y in zip(before, after, strict=True) for a, b in zip(x, y, strict=True))
        moves = any(not np.array_equal(a, b) for a, b in pairs)
        if moves == own.inert:
            wrong.append(name)
    return wrong


@pytest.mark.parametrize("name", NAMES)
def test_every_quantity_moves_something(name):
    assert dead(sj.load(name)) == []


def test_a_dead_quantity_is_named():
    stages = {
        "in": {"kind": "source", "inflow": {"type": "intensity", "rate_per_day": "rate"}, "exits": "hold"},
        "hold": {"kind": "hold", "hazards": {"out": 0.1}, "limit": {"room": "room", "overflow": "out"}},
        "out": {"kind": "end", "outcome": "elsewhere"},
    }
    both = {"rate": quantity("rate", 5.0), "room": quantity("count", 1e6)}
    assert dead(small(stages, days=40, quantities=both)) == ["room"]
    declared = both | {"room": quantity("count", 1e6, inert=True)}
    assert dead(small(stages, days=40, quantities=declared)) == []
