"""A planted leak is caught wherever it is; a sound run passes."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sojourn import results
from sojourn.engine.flow.program import Record
from sojourn.results import RunError

from . import conftest


def built(record, days=30, start=True):
    return results.build(
        record,
        conftest.labels(days),
        conftest.provenance(days),
        quantities=("share-fork",),
        initial=conftest.initial() if start else None,
    )


def test_sound_run_passes():
    for start in (True, False):
        run = built(conftest.record(days=30), start=start)
        made = results.imbalance(run)
        assert made.sizes["time"] == (30 if start else 29)
        assert list(made.stage.values) == [s for s in conftest.STAGES if s != "abroad"]
        assert not made.any()
        run.check()


@settings(max_examples=40, deadline=None)
@given(
    data=st.data(),
    amount=st.integers(-3, 3).filter(bool),
    array=st.sampled_from(["stocks", "flows"]),
)
def test_planted_leak_is_caught(data, amount, array):
    record = conftest.record(days=12)
    leaking = getattr(record, array)
    # Sources without a pool make people by design: stage 1 has no stock of its own.
    names = [i for i in range(leaking.shape[2]) if array == "flows" or i != 1]
    cell = data.draw(st.tuples(st.integers(0, 3), st.integers(0, 11), st.sampled_from(names), st.integers(0, 1)))
    leaking[cell] += amount
    with pytest.raises(RunError) as caught:
        built(record, 12).check()
    assert set(caught.value.codes) == {"R401"}
    assert any(f"replicate {cell[0]}," in p.where for p in caught.value.problems)
    assert all(conftest.GROUPS[cell[3]] in p.where for p in caught.value.problems)


def test_error_says_where_and_how_many():
    record = conftest.record(days=12)
    record.stocks[2, 5:, 4, 1] -= 7
    with pytest.raises(RunError, match="broken in 1 of") as caught:
        built(record, 12).check()
    (problem,) = caught.value.problems
    assert problem.where == "replicate 2, time 2024-08-22, stage settled, group ven"
    assert (problem.message, problem.found, problem.allowed) == ("people were lost", "7 unexplained", "0")


def test_leak_of_the_first_period_needs_the_start():
    record = conftest.record(days=12)
    record.stocks[0, :, 4, 0] += 1
    built(record, 12, start=False).check()
    with pytest.raises(RunError):
        built(record, 12).check()


def test_means_are_compared_up_to_rounding():
    record = conftest.record(days=12)
    means = Record(*(np.asarray(getattr(record, f), float) for f in Record.__dataclass_fields__))
    means.stocks[1, 3, 2, 0] += 1e-7
    built(means, 12).check()
    means.stocks[1, 3, 2, 0] += 1e-3
    with pytest.raises(RunError):
        built(means, 12).check()


def test_many_leaks_are_counted_and_the_first_shown():
    record = conftest.record(days=12)
    record.stocks[:, ::2, 4] += 1
    with pytest.raises(RunError) as caught:
        built(record, 12).check()
    assert len(caught.value.problems) == 20
    assert "broken in 96 of" in str(caught.value)
