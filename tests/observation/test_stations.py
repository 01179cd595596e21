"""A run as publishers would have counted it: exact where it can be, repeatable, and in the series' own periods."""

import numpy as np
import pytest

import sojourn as sj
from sojourn.observation import by_station

FLOW = {"of": ["gate -> inside"], "series": "months", "unit": "person"}
MONTHS = {"unit": "person", "period": "month", "start": "2023-01-01", "values": [100.0, None, 120.0]}


def described(observations, *, series=None, quantities=None, record="step", rate=40):
    """Return a scenario in which people pass a gate, and what is seen of it."""
    scenario = sj.loads(f"""
name: gate
time: {{start: 2023-01-01, end: 2024-12-31, record: {record}}}
groups: {{a: {{nationality: OOO}}, b: {{nationality: XKX}}}}
quantities:
  seen: {{kind: share, unit: "1", value: 0.5, by_group: {{b: 0.2}}}}
stages:
  gate: {{kind: source, inflow: {{type: intensity, rate_per_day: {rate}}}, exits: inside}}
  inside: {{kind: end, outcome: settled}}
""")
    return scenario.replace(
        quantities=quantities or {}, series={"months": MONTHS} | (series or {}), observations=observations
    )


def seen(scenario, **options):
    """Return a run and what is seen of it."""
    run = sj.simulate(scenario, **{"replicates": 6, "seed": 5} | options)
    return run, by_station(run)


def test_counts_of_flows_are_exact():
    run, found = seen(described({"all": FLOW, "one": FLOW | {"groups": ["b"]}}))
    month = run.flows["time"].dt.strftime("%Y-%m")
    people = run.flows.sel(flow="gate -> inside").groupby(month).sum("time")
    assert np.array_equal(found["all"]["simulated_count"].values, people.sum("group").values)
    assert np.array_equal(found["one"]["simulated_count"].values, people.sel(group="b").values)
    assert found["all"]["complete"].all()
    assert found["all"].attrs["units"] == "person"


def test_published_values_stand_at_their_periods():
    _, found = seen(described({"all": FLOW}), replicates=1)
    published = found["all"]["published_count"].values
    assert published[0] == 100 and np.isnan(published[1]) and published[2] == 120
    assert np.isnan(published[3:]).all() and len(published) == 24


@pytest.mark.parametrize("record", ["step", "month"])
def test_fiscal_years_that_are_cut_are_not_complete(record):
    years = {"unit": "person", "period": "fiscal-year", "start": "2022-10-01", "values": [1.0, 2.0]}
    scenario = described({"all": FLOW | {"series": "years"}}, series={"years": years}, record=record)
    run, found = seen(scenario)
    assert list(found["all"]["complete"].values) == [False, True, False]
    assert found["all"]["coverage"].values == pytest.approx([273 / 365, 1, 92 / 365])
    whole = run.flows.sel(time=slice("2023-10-01", "2024-09-30")).sum(("time", "flow", "group"))
    assert np.array_equal(found["all"]["simulated_count"].values[:, 1], whole.values)


def test_stocks_are_taken_at_the_end_of_the_period():
    scenario = described({"all": {"of": ["inside"], "measure": "stock", "series": "months", "unit": "person"}})
    run, found = seen(scenario)
    ends = run.stocks.sel(stage="inside", time=["2023-01-31", "2024-12-31"]).sum("group")
    assert np.array_equal(found["all"]["simulated_count"].values[:, [0, -1]], ends.values)


def test_stocks_between_recorded_periods_are_missing():
    scenario = described(
        {"all": {"of": ["inside"], "measure": "stock", "series": "months", "unit": "person"}}, record="week"
    )
    _, found = seen(scenario, replicates=1)
    at = found["all"]
    assert np.isnan(at["simulated_count"].values[:, ~at["complete"].values]).all()
    assert 0 < int(at["complete"].sum()) < 24


def test_the_share_captured_varies_by_group_and_draw():
    prior = {"seen": {"prior": {"distribution": "beta", "mean": 0.5, "sd": 0.1}}}
    run, found = seen(described({"all": FLOW | {"share_captured": "seen"}}, quantities=prior))
    drawn = run.parameters.sel(quantity="seen").values
    odds = 0.2 / 0.8 * drawn / (1 - drawn)
    people = run.flows.sum(("time", "flow"))
    expected = people.sel(group="a") * drawn + people.sel(group="b") * odds / (1 + odds)
    assert found["all"]["expected_count"].sum("time").values == pytest.approx(expected.values)


def test_delay_moves_counts_and_loses_only_what_is_still_to_come():
    delay = {"distribution": "fixed", "mean_days": 31}
    run, found = seen(described({"late": FLOW | {"delay": delay}, "soon": FLOW}))
    late, soon = (found[n]["expected_count"].values for n in ("late", "soon"))
    days = run.flows.sum(("flow", "group")).values
    assert late[:, 1] == pytest.approx(days[:, :28].sum(1))  # 31 days on, the first 28 days fall into February
    assert np.isnan(late[:, 0]).all()  # all that January would count happened before the run
    assert np.nansum(late, axis=1) == pytest.approx(
        soon.sum(1) - run.flows.isel(time=slice(-31, None)).sum(("time", "flow", "group"))
    )
    assert not found["late"]["complete"].values[0] and found["late"]["complete"].values[1:].all()


@pytest.mark.parametrize(("noise", "size"), [("poisson", None), ("negative-binomial", 8.0)])
def test_noise_has_its_mean_and_variance(noise, size):
    extra = {"noise": noise} | ({"dispersion": size} if size else {})
    _, found = seen(described({"all": FLOW | extra}), replicates=150)
    data = found["all"]
    mean, error = data["expected_count"].values, (data["simulated_count"] - data["expected_count"]).values
    assert error.mean() == pytest.approx(0, abs=4 * error.std() / np.sqrt(error.size))
    variance = mean + (mean**2 / size if size else 0)
    assert (error**2 / variance).mean() == pytest.approx(1, abs=0.12)


def test_noise_is_keyed_by_replicate_and_period():
    scenario = described({"all": FLOW | {"noise": "poisson"}})
    _, few = seen(scenario, replicates=3)
    _, more = seen(scenario, replicates=6)
    assert np.array_equal(more["all"]["simulated_count"].values[:3], few["all"]["simulated_count"].values)
    _, again = seen(scenario, replicates=3, seed=6)
    assert not np.array_equal(again["all"]["simulated_count"].values, few["all"]["simulated_count"].values)


def test_another_observation_leaves_the_noise_as_it_was():
    noisy = FLOW | {"noise": "poisson"}
    _, one = seen(described({"all": noisy}))
    _, two = seen(described({"other": noisy, "all": noisy}))
    assert np.array_equal(one["all"]["simulated_count"].values, two["all"]["simulated_count"].values)
    assert not np.array_equal(two["other"]["simulated_count"].values, two["all"]["simulated_count"].values)


def test_counts_are_rounded_and_small_ones_are_not_published():
    _, found = seen(described({"all": FLOW | {"rounding": 10, "suppress_below": 20}}, rate=0.4))
    counts = found["all"]["simulated_count"].values
    assert np.isnan(counts).any() and np.isfinite(counts).any()
    assert (counts[np.isfinite(counts)] % 10 == 0).all() and np.nanmin(counts) >= 20


def test_means_are_seen_without_noise():
    _, found = seen(described({"all": FLOW | {"noise": "poisson"}}), mode="expected")
    assert np.array_equal(found["all"]["simulated_count"].values, found["all"]["expected_count"].values)


def test_a_scenario_without_observations_shows_nothing():
    assert by_station(sj.simulate(sj.load("border-post"), replicates=1, seed=1)) == {}
