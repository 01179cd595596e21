"""Recording only a part: the same numbers as in the whole, fewer of them, and nothing that needs the others."""

import numpy as np
import pytest

import sojourn as sj
from sojourn.results import RunError


@pytest.fixture(scope="module")
def base():
    return sj.load("border-post")


@pytest.fixture(scope="module")
def whole(base):
    return sj.simulate(base, replicates=4, seed=7)


@pytest.mark.parametrize(
    "record",
    [
        {"variables": ["stocks"]},
        {"variables": ["flows", "waits"], "stages": ["post"]},
        {"stages": ["post", "admitted"]},
        {"groups": ["alone"]},
        {"variables": "stocks", "stages": "post", "groups": "alone"},
    ],
    ids=str,
)
def test_a_part_has_the_numbers_of_the_whole(base, whole, tmp_path, record):
    record = {
        name: [_group(base) if one == "alone" else one for one in _listed(names)] for name, names in record.items()
    }
    run = sj.simulate(base, replicates=4, seed=7, record=record, out=tmp_path / "run")
    variables = record.get("variables", ["stocks", "flows", "waits"])
    stages = record.get("stages", list(whole.data["stage"].values))
    groups = record.get("groups", list(whole.data["group"].values))
    assert list(run.data["group"].values) == groups
    assert set(run.data["stage"].values) == (set(stages) if "stocks" in variables else set())
    flows = {
        str(flow)
        for flow, *ends in zip(
            *(whole.data[name].values for name in ("flow", "origin", "destination")), strict=True
        )
        if set(ends) & set(stages)
    }
    assert set(run.data["flow"].values) == (flows if "flows" in variables else set())
    for name, array in run.data.data_vars.items():
        picked = whole.data[name].sel(
            {dim: run.data[dim].values for dim in ("stage", "flow", "queue", "group") if dim in array.dims}
        )
        assert np.array_equal(array.values, picked.values), name
    assert run.provenance["recorded"] == {name: list(names) for name, names in record.items()}
    assert run.rerun().identical(run)
    assert sj.open_run(tmp_path / "run").identical(run)
    assert run.data.nbytes < whole.data.nbytes
    if "stocks" in variables:
        assert set(run.at_end()["stage"]) == set(stages)


def _listed(names):
    return [names] if isinstance(names, str) else names


def _group(base):
    return next(iter(base.groups))


def test_period_and_part(base):
    run = sj.simulate(base, replicates=2, seed=7, record={"period": "month", "stages": ["post"]})
    month = sj.simulate(base, replicates=2, seed=7, record="month")
    assert np.array_equal(run.stocks.values, month.stocks.sel(stage=["post"]).values)


@pytest.mark.parametrize(
    ("record", "text"),
    [
        ({"stage": ["post"]}, "did you mean: stages"),
        ({"stages": ["posst"]}, "did you mean: post"),
        ({"groups": ["nobody"]}, "R501 at record.groups"),
        ({"variables": ["stokcs"]}, "did you mean: stocks"),
    ],
)
def test_what_cannot_be_recorded_is_refused(base, record, text):
    with pytest.raises(RunError, match=text) as caught:
        sj.simulate(base, replicates=1, seed=7, record=record)
    assert set(caught.value.codes) == {"R501"}


@pytest.mark.parametrize("record", ["day", {"period": "day"}])
def test_an_unknown_period_is_refused(base, record):
    with pytest.raises(sj.SojournError, match="step, week, month") as caught:
        sj.simulate(base, replicates=1, seed=7, record=record)
    assert caught.value.codes == ("M401",)


def test_what_needs_everything_is_refused(base, tmp_path):
    run = sj.simulate(base, replicates=2, seed=7, record={"stages": ["post"]})
    needs = {
        "check": run.check,
        "cohorts": run.cohorts,
        "observables": lambda: run.summary("observables", "period"),
        "compare": lambda: run.compare(run).to_frame(),
        "report": lambda: run.report(tmp_path / "report.html"),
    }
    for what, ask in needs.items():
        with pytest.raises(RunError, match="only stages post") as caught:
            ask()
        assert [(p.code, p.where) for p in caught.value.problems] == [("R501", what)]
    assert run.compare(run).unchanged


def test_parts_of_other_records_are_not_put_together(base):
    one = sj.simulate(base, replicates=2, seed=7)
    two = sj.simulate(base, replicates=2, seed=7, first=2, record={"stages": ["post"]})
    with pytest.raises(RunError, match="R201 at recorded"):
        sj.concat([one, two])
