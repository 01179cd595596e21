"""What stages state of themselves arrives in the slots of the engine."""

from pathlib import Path

import numpy as np
import pytest
from tests.engine.systems import quantity, small

from sojourn.compile.build import compile_scenario
from sojourn.compile.network import destinations, entry
from sojourn.engine.flow import slots
from sojourn.scenario import load, resolve
from sojourn.scenario.stages import KINDS, parameters

EVERY_KIND = Path(__file__).parents[1] / "scenario" / "corpus" / "valid" / "every-kind.yaml"
OUT = {"kind": "end", "outcome": "elsewhere"}


@pytest.fixture(scope="module")
def every_kind():
    return resolve(load(EVERY_KIND))


def test_the_engine_works_every_kind():
    assert {model.worked_as for model in KINDS.values()} == set(slots.KINDS)
    for name, model in KINDS.items():
        assert name == model.model_fields["kind"].annotation.__args__[0]


def test_every_slot_and_code_that_a_stage_names_is_there(every_kind):
    assert {stage.kind for stage in every_kind.stages.values()} == set(KINDS)
    for stage in every_kind.stages.values():
        for parameter in stage.parameters():
            if isinstance(parameter, parameters.InSlot):
                assert isinstance(getattr(slots, parameter.slot), int)
            if isinstance(parameter, parameters.Code):
                assert parameter.name in getattr(slots, parameter.among)


def test_regular_ways_come_first_and_lead_the_flows(every_kind):
    desk = every_kind.stages["desk"]
    assert [way.by for way in desk.ways()] == ["exit", "exit", "overflow", "patience", "balking"]
    assert destinations(desk) == ["out", "room", "shed", "back"]
    model = compile_scenario(every_kind)
    s = list(every_kind.stages).index("desk")
    first = model.program.stage[s, slots.FIRST]
    assert model.labels.flow[first : first + 4] == ("desk -> out", "desk -> room", "desk -> shed", "desk -> back")
    sides = model.program.stage[s, [slots.OVERFLOW, slots.PATIENCE_FLOW, slots.BALK_FLOW]]
    assert (sides - first).tolist() == [2, 3, 3]


def test_who_enters_and_in_which_class(every_kind):
    groups = ("red", "blue", "grey")
    assert entry(every_kind.stages["wave"], groups) == [(1, 0), (1, 0), (0, 0)]
    assert entry(every_kind.stages["desk"], groups) == [(0, 1), (0, 0), (0, 0)]
    nobody = every_kind.stages["wave"].model_copy(update={"groups": ()})
    assert entry(nobody, groups) == [(0, 0)] * 3


def test_a_policy_at_a_place_moves_the_size_of_noise_there():
    town = {"name": "Town", "country": "OOO", "latitude": 0, "longitude": 0}
    inflow = {"type": "intensity", "rate_per_day": 5, "noise": "negative-binomial", "dispersion": "size"}
    source = {"kind": "source", "inflow": inflow, "exits": "out"}
    change = {"quantity": "size", "set": 9, "places": ["town"]}
    model = compile_scenario(
        small(
            {"here": {**source, "place": "town"}, "there": source, "out": OUT},
            places={"town": town},
            quantities={"size": quantity("ratio", 2)},
            policies={"more": {"start": "2024-01-11", "changes": [change]}},
        )
    )
    program = model.program
    rows = program.ref_row[program.stage[:2, slots.DISPERSION], 0]
    assert np.unique(model.central.values[:, rows[0]]).tolist() == [2.0, 9.0]
    assert np.unique(model.central.values[:, rows[1]]).tolist() == [2.0]
