"""Comparisons are paired by replicate; no change is exactly zero; the shunting table says where and when."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from sojourn import results
from sojourn.results import RunError, compare

from . import conftest

DAYS = 60


def build(made, **provenance):
    return results.build(
        made,
        conftest.labels(DAYS),
        conftest.provenance(DAYS, **provenance),
        quantities=("share-fork",),
        initial=conftest.initial(len(made.stocks)),
    )


def shifted(day=20, people=6, wait=2):
    """A run, and the same with ``people`` a day kept waiting from ``day`` on instead of returned."""
    base, other = conftest.record(days=DAYS), conftest.record(days=DAYS)
    flow, post, returned = conftest.FLOWS.index("post -> returned"), 2, 5
    taken = np.minimum(other.flows[:, day:, flow, 0], people)
    other.flows[:, day:, flow, 0] -= taken
    other.stocks[:, day:, post, 0] += taken.cumsum(1)
    other.stocks[:, day:, returned, 0] -= taken.cumsum(1)
    other.wait_steps[:] += wait * other.wait_count
    return build(base), build(other), taken


def test_no_change_is_exactly_zero():
    comparison = compare(build(conftest.record(days=DAYS)), build(conftest.record(days=DAYS)))
    assert comparison.unchanged
    assert not comparison.stocks.any()
    assert comparison.flows.dtype == np.int64
    table = comparison.to_frame()
    numbers = table.drop(columns=["wait", "wait_low", "wait_high"]).select_dtypes("number")
    assert numbers.eq(0).all(axis=None)
    assert table.loc[table["kind"] == "queue", ["wait", "wait_low", "wait_high"]].eq(0).all(axis=None)
    assert table[["peak_date", "first_date"]].isna().all(axis=None)
    for what in results.summary.WHAT:
        effect = comparison.effect(what)
        assert effect[["mean", "q05", "q95"]].fillna(0).eq(0).all(axis=None)
        assert effect["base"].notna().all()
    assert "no difference" in str(comparison)


def test_one_wait_is_a_change():
    other = conftest.record(days=DAYS)
    other.wait_steps[3, 4, 0, 1] += 1
    assert not compare(build(conftest.record(days=DAYS)), build(other)).unchanged


def test_shunting_says_where_how_far_and_when():
    base, other, taken = shifted()
    table = compare(base, other).to_frame().set_index("stage")
    total = taken.sum(1)
    post = table.loc["post"]
    assert post["stock"] == total.mean()
    assert (post["stock_low"], post["stock_high"]) == tuple(np.quantile(total, [0.05, 0.95]))
    assert (post["peak"], post["peak_date"]) == (total.mean(), pd.Timestamp("2024-08-17") + pd.Timedelta(59, "D"))
    assert post["wait"] == pytest.approx(2)
    assert post["outflow"] == -total.mean()
    assert (post["kind"], post["place"]) == ("queue", "san-diego")
    # Before the change nothing moves; the first material day is when every replicate has moved by 1 % and more.
    mean = taken.cumsum(1).mean(0)
    low = np.quantile(taken.cumsum(1), 0.05, axis=0)
    stock = base.stocks.sel(stage="post").sum("group").mean("replicate").values[20:]
    left = base.flows.sel(flow=["post -> fork", "post -> returned"]).sum(("flow", "group")).mean("replicate")
    early = (mean >= 1) & (mean >= 0.01 * stock) & (low > 0)
    leaving = (taken.mean(0) >= 1) & (taken.mean(0) >= 0.01 * left.values[20:]) & (np.quantile(taken, 0.05, 0) > 0)
    expected = pd.Timestamp("2024-08-17") + pd.Timedelta(int(20 + (early | leaving).argmax()), "D")
    assert post["first_date"] == expected
    assert table.loc["returned", "stock"] == -total.mean()
    assert table.loc["settled", ["stock", "peak", "outflow"]].eq(0).all()
    assert table.loc["home", "first_date"] is pd.NaT
    assert np.isnan(table.loc["settled", "wait"])


def test_what_is_material_can_be_said():
    base, other, _ = shifted()
    assert compare(base, other).to_frame(people=1e6)["first_date"].isna().all()
    assert compare(base, other).to_frame(share=100)["first_date"].isna().all()


def test_effects_are_paired():
    base, other, taken = shifted()
    effect = compare(base, other).effect("flows", "run")
    row = effect.set_index("flow").loc["post -> returned"]
    assert row["mean"] == -taken.sum(1).mean()
    assert row["base"] == base.flows.sel(flow="post -> returned").sum() / base.replicates
    waits = compare(base, other).effect("waits", "month")
    np.testing.assert_allclose(waits["mean"], 2)
    returns = compare(base, other).effect("observables", "run").set_index("observable")
    assert returns.loc["returns", "mean"] == row["mean"]


def test_pairing_takes_out_what_replicates_share():
    other = conftest.record(days=DAYS)
    other.flows[:, :, conftest.FLOWS.index("abroad -> post"), 0] += 2
    base = build(conftest.record(days=DAYS))
    row = compare(base, build(other)).effect("flows", "run").set_index("flow").loc["abroad -> post"]
    assert (row["q05"], row["mean"], row["q95"]) == (2 * DAYS, 2 * DAYS, 2 * DAYS)
    assert base.flows.sel(flow="abroad -> post").sum(("time", "group")).std() > 1


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"seed": 2}, ["seed"]),
        ({"mode": "expected"}, ["mode"]),
        ({"parameters": "central"}, ["parameters"]),
        ({"record": "month", "seed": 2}, ["seed", "record"]),
    ],
)
def test_unpaired_runs_are_refused(change, where):
    record = conftest.record(days=DAYS)
    with pytest.raises(RunError) as caught:
        compare(build(record), build(record, **change))
    assert [p.where for p in caught.value.problems] == where
    assert set(caught.value.codes) == {"R301"}


def test_other_replicates_or_times_are_refused(make):
    with pytest.raises(RunError) as caught:
        compare(make(replicates=4), make(replicates=3, days=91))
    assert [p.where for p in caught.value.problems] == ["replicate", "time", "period_end"]
    assert caught.value.problems[0].found == "4 from 0 to 3 and 3 from 0 to 2"


def test_a_stage_of_one_run_only_is_empty_in_the_other():
    names = conftest.labels(DAYS)
    more = dataclasses.replace(
        names,
        stage=("camp", *names.stage),
        stage_kind=("queue", *names.stage_kind),
        stage_entry=(False, *names.stage_entry),
        stage_place=("tijuana", *names.stage_place),
        flow=(*names.flow, "camp -> post"),
        flow_attempt=(*names.flow_attempt, False),
        queue=(*names.queue, "camp"),
    )
    base = conftest.record(days=DAYS)
    camp = np.full((4, DAYS, 1, 2), 3)
    other = dataclasses.replace(
        base,
        stocks=np.concatenate([camp, base.stocks], 2),
        flows=np.concatenate([base.flows, camp], 2),
        wait_count=np.concatenate([base.wait_count, camp], 2),
        wait_steps=np.concatenate([base.wait_steps, 5 * camp], 2),
        wait_hist=np.concatenate([base.wait_hist, base.wait_hist], 1),
    )
    first = build(base)
    second = results.build(other, more, conftest.provenance(DAYS), quantities=("share-fork",))
    for one, two, sign in ((first, second, 1), (second, first, -1)):
        comparison = compare(one, two)
        assert comparison.stocks.sel(stage="camp").values.tolist() == (sign * camp[:, :, 0]).tolist()
        assert not comparison.stocks.drop_sel(stage="camp").any()
        row = comparison.to_frame().set_index("stage").loc["camp"]
        assert (row["stock"], row["outflow"], row["place"]) == (6 * sign, 6 * DAYS * sign, "tijuana")
        assert np.isnan(row["wait"])
        waits = comparison.effect("waits", "run").set_index("queue")["mean"]
        assert waits["post"] == 0
        assert np.isnan(waits["camp"])
        base_level = comparison.effect("stocks", "run").set_index("stage").loc["camp", "base"]
        assert base_level == (0 if sign == 1 else 6)


def test_text_lists_the_stages():
    base, other, _ = shifted()
    text = str(compare(base, other))
    assert "4 paired replicates, seed 1" in text
    assert "san-diego" in text
