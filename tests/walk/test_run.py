"""From scenario to labelled results: repeatable, complete, saved and opened."""

import numpy as np
import pytest

from sojourn import results
from sojourn.engine.codes import ModelError
from sojourn.flee import simulate
from sojourn.results import RunError


@pytest.fixture
def scenario(world):
    build = world({"A": ("town", 900), "B": ("camp", 80), "C": "camp"}, [("A", "B", 90), ("A", "C", 40)], 12, None)
    build.conflict(A=[1]).registered(B=list(range(10, 70, 5)), C=[4, 9])
    build.roads.append(("A", "C", 40))
    return build.scenario()


def test_a_run_is_labelled_and_repeatable(scenario):
    first = simulate(scenario, seed=4, replicates=3, workers=1)
    first.check()
    assert first.identical(simulate(scenario, seed=4, replicates=3, workers=3))
    assert not first.identical(simulate(scenario, seed=5, replicates=3))
    assert first.stocks.dims == ("replicate", "time", "stage", "group")
    assert first.data["stage"].values[first.data["camp"].values].tolist() == ["B", "C"]
    assert first.data["published_agents"].sel(stage="B").values.tolist() == list(range(10, 70, 5))
    assert len(set(first.data["flow"].values.tolist())) == 6
    assert str(first.data["time"].values[0])[:10] == "2020-01-01"
    assert (first.seed, first.scale, first.replicates) == (4, 1, 3)
    total = first.stocks.sum("stage") + first.data["travelling"]
    assert (total == first.data["created"]).all()


def test_replicates_are_their_own(scenario):
    two, four = simulate(scenario, seed=4, replicates=2), simulate(scenario, seed=4, replicates=4)
    assert two.data.equals(four.data.isel(replicate=slice(2)))
    one = four.flows.values
    assert not np.array_equal(one[0], one[1])


def test_a_seed_is_drawn_and_recorded(scenario):
    drawn = simulate(scenario)
    assert drawn.identical(simulate(scenario, seed=drawn.seed))


def test_save_and_open(scenario, tmp_path):
    made = simulate(scenario, seed=4)
    made.save(tmp_path / "run")
    assert results.open_run(tmp_path / "run").identical(made)
    with pytest.raises(RunError, match="R105"):
        made.save(tmp_path / "run")
    with pytest.raises(RunError, match="R101"):
        results.open_run(tmp_path / "nothing")
    (tmp_path / "other").mkdir()
    with pytest.raises(RunError, match="R102"):
        results.open_run(tmp_path / "other")


def test_progress_and_bad_numbers(scenario):
    seen = []
    simulate(scenario, seed=1, replicates=3, progress=lambda done, wanted: seen.append((done, wanted)))
    assert seen == [(1, 3), (2, 3), (3, 3)]
    with pytest.raises(ModelError, match="M402 at replicates"):
        simulate(scenario, replicates=0)
