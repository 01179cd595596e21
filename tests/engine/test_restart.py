"""A state saved at any step, and moved on in another process, gives the bits of the run that was never stopped."""

import json
import pickle
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from tests.engine.resume import fingerprint, model_and_state_type
from tests.engine.systems import quantity, small
from tests.engine.test_twin import random_systems

from sojourn.compile.state import FlowState
from sojourn.engine.codes import ModelError
from sojourn.engine.walk.model import WalkModelState
from sojourn.simulate import compile_model

RESUME = Path(__file__).with_name("resume.py")
FLEE = str(Path(__file__).parents[2] / "examples" / "flee-small")
STEPS_EACH = 20


def stopped_at_random_steps(model, start, folder, rng):
    """Run one replicate through, saving copies on its way; return the paths and the digest of its record."""
    state = model.init(**start)
    paths = []
    for step in sorted(rng.integers(0, model.n_step + 1, STEPS_EACH)):
        model.advance(state, int(step))
        paths.append(str(state.copy().save(folder / f"{len(paths)}.state")))
    return paths, fingerprint(model, model.advance(state, model.n_step))


def resumed(jobs):
    """Return what another process makes of the states."""
    done = subprocess.run(
        [sys.executable, str(RESUME)],
        input=json.dumps(jobs),
        capture_output=True,
        text=True,
        cwd=RESUME.parents[2],
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout)


def starts(model, number):
    """Every third replicate at the central values, every other in expected mode, the rest drawn."""
    if model.engine == "walk" or number % 3 == 0:
        return {"seed": 11, "replicate": number}
    if number % 3 == 1:
        return {"seed": 11, "replicate": number, "expected": True}
    return {"seed": 11, "replicate": number, "draw": model.draw(model.prior_draws(11, [number]), 0)}


def check(scenarios, tmp_path):
    rng = np.random.default_rng(3)
    jobs, whole = [], []
    for number, written in enumerate(scenarios):
        model, _ = model_and_state_type(written)
        folder = tmp_path / str(number)
        folder.mkdir()
        paths, digest = stopped_at_random_steps(model, starts(model, number), folder, rng)
        jobs.append({"scenario": written, "states": paths})
        whole.append([digest] * len(paths))
    assert resumed(jobs) == whole


def test_fifty_random_scenarios_at_twenty_steps_each(tmp_path):
    check([s.model_dump_json() for s in random_systems(50)], tmp_path)


def test_china_us_and_a_flee_folder_at_twenty_steps_each(tmp_path):
    check(["china-us", FLEE, "china-us", "china-us"], tmp_path)


def test_a_state_that_forgets_something_is_caught(tmp_path):
    """A planted fault: whoever is on the way at the start of the second half is lost."""
    model = compile_model(JOURNEY)
    state = model.advance(model.init(seed=1), 15)
    state.copy().save(tmp_path / "whole")
    state.held.state.ring[:] = 0.0
    state.save(tmp_path / "broken")
    whole, broken = resumed(
        [{"scenario": JOURNEY.model_dump_json(), "states": [str(tmp_path / n) for n in ("whole", "broken")]}]
    )[0]
    assert whole == fingerprint(model, model.advance(model.init(seed=1), model.n_step))
    assert broken != whole


JOURNEY = small(
    {
        "in": {"kind": "source", "inflow": {"type": "intensity", "rate_per_day": 40.0}, "exits": "road"},
        "road": {
            "kind": "journey",
            "dwell": {"distribution": "gamma", "mean_days": "days", "sd_days": 3},
            "exits": "out",
        },
        "out": {"kind": "end", "outcome": "elsewhere"},
    },
    quantities={"days": quantity("duration", 5.0, prior={"distribution": "lognormal", "median": 5, "sd_log": 0.3})},
)  # fmt: skip


def test_arrays_of_a_state_have_one_layout_whatever_the_draw():
    model = compile_model(JOURNEY)
    shapes = set()
    for days in (0.5, 5.0, 300.0):
        state = model.init(seed=1, draw=model.draw(model.read_draws({"days": days}), 0))
        shapes.add(tuple(array.shape for array in state.held.state))
    assert len(shapes) == 1


def test_a_copy_with_another_number_has_a_future_of_its_own():
    model = compile_model(JOURNEY)
    state = model.advance(model.init(seed=1), 15)
    other = state.copy(replicate=9)
    before = state.held.flows[:15].copy()
    model.advance(other, model.n_step)
    assert state.step == 15 and np.array_equal(state.held.flows[15:], np.zeros_like(state.held.flows[15:]))
    model.advance(state, model.n_step)
    assert np.array_equal(other.held.flows[:15], before)
    assert not np.array_equal(other.held.flows, state.held.flows)


def test_other_parameter_values_may_hold_from_a_step_on():
    model = compile_model(JOURNEY)
    state = model.advance(model.init(seed=1, expected=True), 15)
    slower = model.advance(state.with_draw(model.draw(model.read_draws({"days": 20.0}), 0)).copy(), model.n_step)
    model.advance(state, model.n_step)
    out = model.labels.flow.index("road -> out")
    assert np.array_equal(slower.held.flows[:15], state.held.flows[:15])
    assert slower.held.flows[-1, out] < state.held.flows[-1, out]


def test_models_are_pickled_and_do_not_change():
    model = compile_model(JOURNEY)
    sent = pickle.loads(pickle.dumps(model))  # noqa: S301 - our own
    for made in (model, sent, model):
        assert fingerprint(made, made.advance(made.init(seed=4), made.n_step)) == fingerprint(
            model, model.advance(model.init(seed=4), model.n_step)
        )
    with pytest.raises(AttributeError):
        model.digest = "other"


@pytest.mark.parametrize(
    ("code", "wrong"),
    [
        ("M201", lambda model, state: model.advance(compile_model(JOURNEY, record="month").init(seed=1), 2)),
        ("M202", lambda model, state: model.advance(state, 3)),
        ("M202", lambda model, state: model.advance(state, model.n_step + 1)),
    ],
)
def test_a_state_is_only_moved_on_by_its_own_model(code, wrong):
    model = compile_model(JOURNEY)
    with pytest.raises(ModelError) as caught:
        wrong(model, model.advance(model.init(seed=1), 5))
    assert caught.value.codes == (code,)


@pytest.mark.parametrize("damage", ["missing", "empty", "text", "cut", "other engine", "half"])
def test_a_file_that_holds_no_state_is_refused(tmp_path, damage):
    path = tmp_path / "state"
    compile_model(JOURNEY).init(seed=1).save(path)
    whole = path.read_bytes()
    if damage == "missing":
        path.unlink()
    elif damage == "half":
        with np.load(path) as stored:
            kept = {name: stored[name] for name in stored.files if name != "state.ring"}
        with path.open("wb") as file:
            np.savez(file, **kept)
    elif damage != "other engine":
        path.write_bytes({"empty": b"", "text": b"no state", "cut": whole[: len(whole) // 2]}[damage])
    with pytest.raises(ModelError) as caught:
        (WalkModelState if damage == "other engine" else FlowState).load(path)
    assert caught.value.codes == ("M203",)


def test_a_disk_that_refuses_leaves_what_was_there(tmp_path):
    state = compile_model(JOURNEY).init(seed=1)
    (tmp_path / "taken").mkdir()
    with pytest.raises(ModelError) as caught:
        state.save(tmp_path / "taken")
    assert caught.value.codes == ("M204",)
    assert [p.name for p in tmp_path.iterdir()] == ["taken"]
