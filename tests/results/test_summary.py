"""Summaries: sums of flows, stocks at period ends, waits of those served, by month and fiscal year."""

import numpy as np
import pandas as pd
import pytest

from sojourn import results
from sojourn.calendar import FiscalYear
from sojourn.results import RunError, summarise, summary

from . import conftest


def by_hand(run, name, rule):
    """Sum of a flow by a rule on the date, plain Python."""
    totals = {}
    for r in range(run.replicates):
        for day, value in zip(run.data.time.values, run.flows.sel(flow=name)[r].sum("group").values, strict=True):
            key = rule(pd.Timestamp(day))
            totals.setdefault(key, [0] * run.replicates)[r] += int(value)
    return totals


def fiscal(day):
    return f"FY{day.year + (day.month >= 10)}"


@pytest.mark.parametrize(
    ("by", "rule"),
    [("month", lambda d: d.strftime("%Y-%m")), ("fiscal-year", fiscal), ("year", lambda d: str(d.year))],
)
def test_flows_are_added_up(make, by, rule):
    run = make(replicates=9)
    table = run.summary("flows", by)
    assert list(table.columns) == ["period", "complete", "flow", "mean", "q05", "q50", "q95"]
    mine = table[table["flow"] == "home -> post"].set_index("period")
    expected = by_hand(run, "home -> post", rule)
    assert list(mine.index) == list(expected)
    for period, values in expected.items():
        assert mine.loc[period, "mean"] == pytest.approx(np.mean(values), abs=1e-9)
        assert mine.loc[period, "q05"] == pytest.approx(np.quantile(values, 0.05), abs=1e-9)
        assert mine.loc[period, "q50"] == pytest.approx(np.median(values), abs=1e-9)


def test_nobody_is_lost_in_a_summary(make):
    run = make()
    for by in summary.BY:
        total = summarise(run, "flows", by)["mean"].sum()
        assert total == pytest.approx(float(run.flows.sum()) / run.replicates)


def test_complete_periods_are_told_from_partial_ones(make):
    months = make(days=90, start="2024-08-17").summary("flows", "month").drop_duplicates("period")
    assert dict(zip(months["period"], months["complete"], strict=True)) == {
        "2024-08": False,
        "2024-09": True,
        "2024-10": True,
        "2024-11": False,
    }
    whole = make(days=365, start="2024-10-01").summary("stocks", "fiscal-year")
    assert set(whole["period"]) == {"FY2025"}
    assert whole["complete"].all()


def test_stocks_are_taken_at_the_end(make):
    run = make()
    table = run.summary("stocks", "month").set_index(["period", "stage"])
    at_end = run.stocks.sel(stage="settled", time="2024-09-30").sum("group").mean().item()
    assert table.loc[("2024-09", "settled"), "mean"] == pytest.approx(at_end)


def test_waits_weigh_people_not_days(make):
    run = make(days=31, start="2024-10-01", replicates=1)
    row = run.summary("waits", "month").iloc[0]
    weighted = run.data["wait_days"].sum() / run.data["wait_count"].sum()
    assert row["mean"] == pytest.approx(float(weighted))
    assert row["queue"] == "post"


def test_missing_waits_are_left_out():
    record = conftest.record(days=2)
    record.wait_count[0], record.wait_steps[0] = 0, 0
    run = results.build(record, conftest.labels(2), conftest.provenance(2), quantities=("share-fork",))
    mine = results.build(
        conftest.record(days=2, replicates=3, first=1),
        conftest.labels(2),
        conftest.provenance(2),
        first=1,
        quantities=("share-fork",),
    )
    pd.testing.assert_frame_equal(run.summary("waits", "run"), mine.summary("waits", "run"))
    record.wait_count[:], record.wait_steps[:] = 0, 0
    empty = results.build(record, conftest.labels(2), conftest.provenance(2), quantities=("share-fork",))
    assert empty.summary("waits", "run")[["mean", "q50"]].isna().all(axis=None)


def test_groups_add_up(make):
    run = make()
    each = run.summary("flows", "month", groups="each")
    total = run.summary("flows", "month")
    assert set(each["group"]) == set(conftest.GROUPS)
    added = each.groupby(["period", "flow"], sort=False)["mean"].sum()
    np.testing.assert_allclose(added.to_numpy(), total["mean"].to_numpy())


def test_observables_add_up_what_a_series_counts(make):
    run = make()
    table = run.summary("observables", "month").set_index(["observable", "period"])["mean"]
    flows = run.summary("flows", "month").set_index(["flow", "period"])["mean"]
    for month in ("2024-08", "2024-11"):
        expected = flows["post -> returned", month] + flows["fork -> returned", month]
        assert table["returns", month] == pytest.approx(expected)
    chn = run.summary("stocks", "month", groups="each").set_index(["stage", "group", "period"])["mean"]
    assert table["waiting-chn", "2024-09"] == chn["post", "chn", "2024-09"]
    each = run.summary("observables", "month", groups="each")
    assert each.loc[(each["group"] == "ven") & (each["observable"] == "waiting-chn"), "mean"].eq(0).all()


def test_fiscal_years_begin_in_any_month(make):
    run = make(days=400)
    usa = run.summary("flows", "fiscal-year").groupby("period", sort=False)["mean"].sum()
    australia = (
        run.summary("flows", "fiscal-year", fiscal=FiscalYear(7)).groupby("period", sort=False)["mean"].sum()
    )
    assert (list(usa.index), list(australia.index)) == (["FY2024", "FY2025"], ["FY2025", "FY2026"])
    months = run.summary("flows", "month").groupby("period")["mean"].sum()
    assert usa["FY2024"] == pytest.approx(months[:"2024-09"].sum())
    assert australia["FY2025"] == pytest.approx(months[:"2025-06"].sum())


def test_weeks_do_not_fit_into_months():
    record = conftest.record(days=4)
    labels = conftest.labels(28, "2024-08-19", "week", 7)
    run = results.build(record, labels, conftest.provenance(28, "2024-08-19"), quantities=("share-fork",))
    with pytest.raises(RunError) as caught:
        run.summary("flows", "month")
    assert caught.value.codes == ("R502",)
    assert "2024-08-26" in caught.value.problems[0].where
    assert set(run.summary("flows", "period")["period"]) == {"2024-08-19", "2024-08-26", "2024-09-02", "2024-09-09"}
    assert run.summary("flows", "year")["complete"].eq(False).all()


@pytest.mark.parametrize(
    ("asked", "where", "near"),
    [
        ({"what": "flow"}, "what", "flows"),
        ({"by": "fiscal_year"}, "by", "fiscal-year"),
        ({"groups": "all"}, "groups", ""),
        ({"quantiles": (0.5, 5)}, "quantiles", ""),
    ],
)
def test_unknown_options_are_refused(make, asked, where, near):
    with pytest.raises(RunError) as caught:
        make().summary(**asked)
    (problem,) = caught.value.problems
    assert (problem.code, problem.where, problem.nearest) == ("R501", where, near)


def test_observables_need_observations(make):
    with pytest.raises(RunError) as caught:
        make(observations={}).summary("observables")
    assert caught.value.codes == ("R501",)
