"""Quantities that drift: paths are drawn by calendar period, recorded, given and repeated; a drift of 0 is none."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special
from tests.engine.systems import quantity, small

import sojourn as sj
from sojourn.compile.draws import Draw
from sojourn.compile.drift.keyed import keyed_uniforms
from sojourn.compile.drift.periods import period_label, period_numbers, read_period
from sojourn.engine.streams import component_key
from sojourn.observation.likelihood import Likelihood
from sojourn.simulate import compile_model, parameters_of

WALK = {"process": "random-walk", "sd": 0.2}
PRIOR = {"distribution": "lognormal", "median": 20, "sd_log": 0.3}
PROCESSES = [
    WALK,
    {"process": "mean-reverting", "sd": 0.2, "persistence": 0.7},
    {"process": "local-trend", "sd": 0.1, "sd_trend": 0.05, "damping": 0.9},
]
VARYING = [
    {},
    {"season": [1, 0.5] + [1] * 10},
    {"weekday": [1, 1, 1, 1, 1, 0.5, 0], "closed": ["2024-02-14"]},
    {"by_group": {"a": 0.2, "b": 0.7}},
    {"steps": {"2024-02-10": 0.6}},
]
STAGES = {
    "in": {"kind": "source", "inflow": {"type": "intensity", "rate_per_day": "rate"}, "exits": "road"},
    "road": {
        "kind": "journey",
        "dwell": {"distribution": "exponential", "mean_days": "days"},
        "exits": {"there": "share", "back": "rest"},
    },
    "there": {"kind": "end", "outcome": "elsewhere"},
    "back": {"kind": "end", "outcome": "returned"},
}


def system(days=120, groups=2, **more):
    q = {"rate": quantity("rate", 20.0), "days": quantity("duration", 3.0), "share": quantity("share", 0.4)}
    return small(STAGES, days=days, groups=groups, **{"quantities": q | more.pop("quantities", {})} | more)


def same(a, b):
    return all(np.array_equal(a.data[v].values, b.data[v].values) for v in ("stocks", "flows"))


def test_keyed_numbers_are_those_of_philox():
    numbers = keyed_uniforms(2**64 - 3, [0, 9], "drift/x", [1489, -4], decision=1)
    for (i, replicate), (j, step) in itertools.product(enumerate([0, 9]), enumerate([1489, -4])):
        counter = ((component_key("drift/x") << 128) + ((step % 2**64) << 64) + (1 << 20) - 1) % 2**256
        words = np.array([(counter >> (64 * k)) % 2**64 for k in range(4)], np.uint64)
        stream = np.random.Philox(key=np.array([2**64 - 3, replicate], np.uint64), counter=words)
        assert numbers[i, j] == ((int(stream.random_raw()) >> 12) + 0.5) / 2.0**52


@given(st.dates(), st.sampled_from(("day", "week", "month", "quarter", "year")))
def test_a_period_is_read_back_from_its_name(day, every):
    number = int(period_numbers(every, np.array([day], "datetime64[D]"))[0])
    if day.year >= 1900:
        assert read_period(period_label(every, number)) == (every, number)


@pytest.mark.parametrize("text", ["2024-13", "2024-02-30", "2024-W54", "2024-Q5", "24", "May", "2024-2"])
def test_what_names_no_period_is_refused(text):
    with pytest.raises(ValueError):
        read_period(text)


@pytest.mark.parametrize("varying", VARYING)
@pytest.mark.parametrize("prior", [None, {"distribution": "beta", "mean": 0.4, "sd": 0.1}])
def test_a_drift_of_zero_is_the_constant_to_the_bit(varying, prior):
    for process in PROCESSES:
        still = {**process, "sd": 0, **({"sd_trend": 0} if "sd_trend" in process else {})}
        value = None if "by_group" in varying and not prior else 0.4
        plain = {"share": quantity("share", value, **varying, **({"prior": prior} if prior else {}))}
        drifting = {"share": plain["share"] | {"drift": still}}
        a, b = (sj.simulate(system(quantities=q), replicates=3, seed=5) for q in (plain, drifting))
        assert same(a, b)
        assert len(b.data["quantity"]) == len(a.data["quantity"]) + 4


@settings(max_examples=40, deadline=None, derandomize=True)
@given(
    st.sampled_from(PROCESSES),
    st.sampled_from(("day", "week", "month", "quarter", "year")),
    st.integers(0, 2**63),
    st.integers(1, 200),
)
def test_paths_of_a_part_of_the_period_are_those_of_the_whole(process, every, seed, shift):
    drift = {**process, "every": every, "start": "2023-06-10"}
    whole = system(days=240, quantities={"rate": quantity("rate", 20.0, drift=drift)})
    start = str(np.datetime64("2024-01-01") + np.timedelta64(shift, "D"))
    end = str(np.datetime64(start) + np.timedelta64(30, "D"))
    parts = [whole.replace(time={"start": start, "end": end}), whole.replace(time={"end": "2024-02-03"})]
    draws = compile_model(whole).prior_draws(seed, [0, 7])
    known = dict(zip(draws.columns, draws.values.T, strict=True))
    for part in parts:
        drawn = compile_model(part).prior_draws(seed, [0, 7])
        for column, values in zip(drawn.columns, drawn.values.T, strict=True):
            if column in known:
                assert np.array_equal(values, known[column])
        assert set(drawn.columns[:-1]) <= set(known)


def test_without_a_start_a_path_begins_where_the_run_does_and_changes_alike():
    drift = {"rate": quantity("rate", 20.0, drift=WALK)}
    early, late = (
        compile_model(system(days=150, quantities=drift).replace(time={"start": s, "end": "2024-05-20"}))
        for s in ("2024-01-01", "2024-02-10")
    )
    a, b = (dict(zip(d.columns, d.values[0], strict=True)) for d in (m.prior_draws(3, [0]) for m in (early, late)))
    assert a["rate[2024-01]"] == b["rate[2024-02]"] == 20.0
    assert a["rate[2024-05]"] / a["rate[2024-02]"] == pytest.approx(b["rate[2024-05]"] / b["rate[2024-02]"])
    resolved = system(days=150, quantities=drift).resolve()
    assert str(resolved.quantities["rate"].drift.start) == "2024-01-01"


def test_a_path_has_the_stated_law():
    drift = {"process": "mean-reverting", "sd": 0.3, "persistence": 0.6}
    model = compile_model(system(days=330, quantities={"share": quantity("share", 0.4, drift=drift)}))
    draws = model.prior_draws(1, range(4000))
    odds = np.log(draws.values / (1 - draws.values)) - np.log(0.4 / 0.6)
    assert np.abs(odds[:, 0]).max() < 1e-12
    variance = 0.0
    for p in range(1, len(draws.columns)):
        variance = 0.36 * variance + 0.09
        assert odds[:, p].var() == pytest.approx(variance, rel=0.1)
        left = np.polyfit(odds[:, p - 1], odds[:, p], 1)[0] if p > 1 else 0.6
        assert left == pytest.approx(0.6, abs=0.06)


def test_a_local_trend_goes_on_as_it_went():
    drift = {"process": "local-trend", "sd": 0.0, "sd_trend": 0.1, "damping": 0.5}
    model = compile_model(system(days=150, quantities={"rate": quantity("rate", 20.0, drift=drift)}))
    path = np.log(model.prior_draws(1, [0]).values[0] / 20.0)
    number = read_period("2024-01")[1]
    turn = 0.1 * special.ndtri(keyed_uniforms(1, [0], "drift/rate", range(number, number + 5), decision=1)[0])
    trend = [0.0]
    for p in range(1, 5):
        trend.append(0.5 * trend[-1] + turn[p])
    assert np.diff(path) == pytest.approx(trend[:4])


@pytest.mark.parametrize("varying", VARYING)
def test_recorded_paths_give_the_same_run(varying, tmp_path):
    q = {
        "share": quantity("share", None if "by_group" in varying else 0.4, drift=WALK, **varying),
        "days": quantity("duration", 3.0, drift={**WALK, "every": "quarter"}),
        "rate": quantity("rate", 20.0, drift=WALK, prior=PRIOR),
    }
    scenario = system(days=70, quantities=q)
    run = sj.simulate(scenario, replicates=3, seed=3)
    assert not same(run, sj.simulate(system(days=70), replicates=3, seed=3))
    table = {str(n): run.parameters.sel(quantity=n).values for n in run.data["quantity"].values}
    months = {f"{n}[2024-{m:02d}]" for n in ("share", "rate") for m in (1, 2, 3)}
    assert set(table) == {"rate", "days[2024-Q1]"} | months
    again = sj.simulate(scenario, parameters=table, seed=3, workers=2)
    assert same(run, again) and np.array_equal(
        run.parameters.values, again.parameters.sel(quantity=run.data["quantity"]).values
    )
    run.save(tmp_path / "run")
    assert sj.open_run(tmp_path / "run").rerun().identical(run)
    given_run = sj.simulate(scenario, parameters=parameters_of(again), seed=3)
    assert given_run.rerun().identical(given_run)


def test_a_given_period_takes_the_place_of_the_drawn_one():
    scenario = system(quantities={"rate": quantity("rate", 20.0, drift=WALK)})
    run = sj.simulate(scenario, parameters={"rate[2024-02]": 60.0}, mode="expected", seed=1)
    flow = run.flows.sel(flow="in -> road").values[0, :, 0]
    assert flow[[30, 31, 59, 60]].tolist() == [20, 60, 60, 20]
    rises = system(quantities={"rate": quantity("rate", 20.0, drift=WALK, season=[1, 0.5] + [1] * 10)})
    run = sj.simulate(rises, parameters={"rate[2024-02]": 60.0}, mode="expected", seed=1)
    assert run.flows.sel(flow="in -> road").values[0, [30, 31, 60], 0].tolist() == [20, 30, 20]


def test_expected_mode_takes_the_median_path():
    drifting = system(quantities={"share": quantity("share", 0.4, drift=WALK)})
    a, b = (sj.simulate(s, mode="expected", seed=1) for s in (drifting, system()))
    assert same(a, b)


def test_a_drift_moves_only_what_it_is_of():
    q = {"share": quantity("share", 0.4, prior={"distribution": "beta", "mean": 0.4, "sd": 0.1})}
    a = sj.simulate(system(quantities=q), replicates=3, seed=4)
    b = sj.simulate(system(quantities=q | {"days": quantity("duration", 3.0, drift=WALK)}), replicates=3, seed=4)
    assert np.array_equal(a.parameters.sel(quantity="share"), b.parameters.sel(quantity="share"))
    assert np.array_equal(a.flows.sel(flow="in -> road"), b.flows.sel(flow="in -> road"))


def test_the_operand_of_a_policy_drifts():
    q = {"factor": quantity("ratio", 2.0, drift=WALK)}
    policies = {"p": {"start": "2024-02-01", "changes": [{"quantity": "rate", "scale": "factor"}]}}
    model = compile_model(system(quantities=q, policies=policies))
    draw = model.draw(model.prior_draws(2, [0]), 0)
    rate = model.table.profiles.profile("rate", "a", "", draw, [])
    assert rate[0] == 20.0 and rate[31] == 20.0 * draw.paths["factor"][31] and rate[31] != rate[61]


def test_publishers_and_likelihood_see_a_drifting_share():
    q = {"seen": quantity("share", 0.5, drift=WALK)}
    series = {"counted": {"unit": "person", "start": "2024-01-01", "values": [310, 290, 310, 300]}}
    observations = {
        "counted": {"of": ["in -> road"], "series": "counted", "unit": "person", "share_captured": "seen"}
        | {"noise": "poisson"}
    }
    scenario = system(groups=1, days=121, quantities=q, series=series, observations=observations)
    run = sj.simulate(scenario, replicates=2, seed=2)
    seen = run.observations()["expected_count"].sel(observation="counted").values
    flow = run.flows.sel(flow="in -> road").values[:, :, 0]
    month = np.array([str(t)[:7] for t in run.data["time"].values])
    likelihood = Likelihood(compile_model(scenario))
    for r in range(2):
        draw = likelihood_draw(run, scenario, r)
        for i, m in enumerate(("2024-01", "2024-02", "2024-03", "2024-04")):
            share = run.parameters.sel(quantity=f"seen[{m}]").values[r]
            assert seen[r, i] == pytest.approx(flow[r, month == m].sum() * share)
        one = likelihood.expected({"flows": run.flows.values[r], "stocks": run.stocks.values[r]}, draw)
        assert np.allclose(one["counted"].expected, seen[r])
    assert not np.allclose(seen[0] / seen[0].sum(), seen[1] / seen[1].sum(), rtol=1e-3)


def likelihood_draw(run, scenario, r) -> Draw:
    model = compile_model(scenario)
    return model.draw(model.prior_draws(run.seed, [r]), 0)
