"""What a quantity is worth on a date, for a group, at a place, in a draw."""

import math

import numpy as np
import pytest
from scipy import stats
from tests.engine.systems import quantity, scenario

from sojourn.compile.build import compile_scenario
from sojourn.compile.draws import CENTRAL, Draw
from sojourn.compile.grid import make_grid
from sojourn.compile.priors import prior_quantile
from sojourn.compile.profiles import Profiles, series_by_day
from sojourn.compile.table import Table
from sojourn.scenario.model import Time
from sojourn.scenario.values import Prior, Series

TIME = {"start": "2024-01-01", "end": "2024-12-31"}


def profiles(q, *, policies=None, series=None, more=None):
    """Profiles of a scenario in which the quantity `x` is used at two places."""
    groups = {g: {"nationality": "OOO"} for g in ("a", "b")}
    places = {p: {"name": p, "country": "OOO", "latitude": 0, "longitude": 0} for p in ("here", "there")}
    hold = {"kind": "hold", "hazards": {"out": "x"}}
    source = {"kind": "source", "inflow": {"type": "intensity", "rate_per_day": 5}}
    stages = {
        "in1": source | {"exits": "hold1"},
        "in2": source | {"exits": "hold2"},
        "hold1": hold | {"place": "here"},
        "hold2": hold | {"place": "there"},
        "out": {"kind": "end", "outcome": "elsewhere"},
    }
    s = scenario(
        {
            "time": TIME,
            "groups": groups,
            "places": places,
            "stages": stages,
            "quantities": {"x": q, **(more or {})},
            "policies": policies or {},
            "series": series or {},
        }
    )
    return Profiles(s, make_grid(s.time))


def at(p, date, group="a", place="here", drawn=None):
    day = (np.datetime64(date) - np.datetime64("2024-01-01")).astype(int)
    return p.profile("x", group, place, Draw(drawn or {}), [])[day]


def test_values_by_group_date_season_weekday_and_closing():
    p = profiles(quantity("hazard", by_group={"a": 0.2, "b": 0.4}))
    assert (at(p, "2024-05-05"), at(p, "2024-05-05", "b")) == (0.2, 0.4)
    p = profiles(quantity("hazard", 0.1, steps={"2024-03-01": 0.3, "2024-06-01": 0.5}))
    assert [at(p, d) for d in ("2024-02-29", "2024-03-01", "2024-05-31", "2024-06-01")] == [0.1, 0.3, 0.3, 0.5]
    p = profiles(quantity("hazard", 2.0, season=[m / 10 for m in range(1, 13)]))
    assert [at(p, d) for d in ("2024-01-31", "2024-02-01", "2024-12-31")] == pytest.approx([0.2, 0.4, 2.4])
    p = profiles(quantity("hazard", 2.0, weekday=[1, 2, 3, 4, 5, 6, 0], closed=["2024-01-09"]))
    week = [at(p, f"2024-01-{d:02d}") for d in range(1, 10)]  # 1 January 2024 is a Monday
    assert week == [2, 4, 6, 8, 10, 12, 0, 2, 0]


def policy(start="2024-03-01", changes=None, **more):
    return {"p": {"start": start, "changes": [{"quantity": "x", **(changes or {})}], **more}}


@pytest.mark.parametrize(
    ("change", "value"), [({"set": 0.9}, 0.9), ({"scale": 3}, 0.6), ({"shift": 0.05}, 0.25), ({"close": True}, 0.0)]
)
def test_a_policy_acts_from_its_first_to_its_last_day(change, value):
    p = profiles(quantity("hazard", 0.2), policies=policy(changes=change, end="2024-04-10"))
    days = ("2024-02-29", "2024-03-01", "2024-04-10", "2024-04-11")
    assert [at(p, d) for d in days] == pytest.approx([0.2, value, value, 0.2])


def test_a_ramp_is_linear_up_and_down():
    p = profiles(quantity("hazard", 0.2), policies=policy(changes={"set": 1.2}, ramp_days=10, end="2024-04-10"))
    up = [at(p, f"2024-03-{d:02d}") for d in range(1, 12)]
    assert up == pytest.approx([0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.1, 1.2, 1.2])
    down = [at(p, f"2024-04-{d:02d}") for d in range(10, 22)]
    assert down == pytest.approx([1.2, 1.1, 1.0, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.2])


def test_a_policy_may_concern_groups_and_places_only():
    p = profiles(quantity("hazard", 0.2), policies=policy(changes={"set": 0.9, "groups": ["b"]}))
    assert (at(p, "2024-05-05"), at(p, "2024-05-05", "b")) == (0.2, 0.9)
    p = profiles(quantity("hazard", 0.2), policies=policy(changes={"scale": 2, "places": ["there"]}))
    assert (at(p, "2024-05-05"), at(p, "2024-05-05", place="there")) == (0.2, 0.4)


def test_policies_act_in_order_of_their_start_and_may_name_quantities():
    changes = [{"quantity": "x", "scale": 2}]
    both = {
        "later": {"start": "2024-05-01", "changes": [{"quantity": "x", "shift": "y"}]},
        "first": {"start": "2024-03-01", "changes": changes},
    }
    p = profiles(
        quantity("hazard", 0.2), policies=both, more={"y": quantity("hazard", 0.1, steps={"2024-07-01": 0.3})}
    )
    assert [at(p, d) for d in ("2024-04-01", "2024-06-01", "2024-08-01")] == pytest.approx([0.4, 0.5, 0.7])


def test_what_is_cut_to_bounds_is_counted_and_a_draw_adds_nothing():
    table = Table(profiles(quantity("hazard", 0.2), policies=policy(start="2024-12-30", changes={"shift": -0.5})))
    table.ref("x")
    values = table.build()
    central, cut = values.values()
    assert central[-1, 0] == 0.0
    assert values.counted(cut) == {"x: steps cut to the bounds of a hazard": 2}
    _, more = values.values(Draw({"x": 0.1}), central)
    assert more == cut and values.counted(cut) == {"x: steps cut to the bounds of a hazard": 2}


def grid(**more):
    return make_grid(Time.model_validate({"start": "2024-01-01", "end": "2024-06-30", **more}))


def series(**more):
    return Series.model_validate({"unit": "person", "start": "2024-01-01", "values": (31, None, 62, None), **more})


@pytest.mark.parametrize(
    ("fill", "months"),
    [
        ("zero", [31, 0, 62, 0, 0, 0]),
        ("hold", [31, 31, 62, 62, 62, 62]),
        ("linear", [31, 46.5, 62, 62, 62, 62]),
    ],
)
def test_series_fills(fill, months):
    values, filled = series_by_day(series(fill=fill), grid(), total=False)
    first_days = [
        int((np.datetime64(f"2024-{m:02d}-01") - np.datetime64("2024-01-01")).astype(int)) for m in range(1, 7)
    ]
    assert values[first_days].tolist() == months
    assert filled == 29 + 30 + 31 + 30  # February, and from April on


def test_totals_are_spread_over_the_days_of_their_period():
    values, _ = series_by_day(series(values=(31, 29, 62, 30, 0, 60)), grid(), total=True)
    assert values[:31].tolist() == [1.0] * 31 and values[31] == 1.0 and values[60] == 2.0
    assert values.sum() == pytest.approx(31 + 29 + 62 + 30 + 60)
    fiscal = Series.model_validate(
        {"unit": "person", "period": "fiscal-year", "start": "2023-10-01", "values": (366,)}
    )
    assert series_by_day(fiscal, grid(), total=True)[0].tolist() == [1.0] * 182


def test_a_series_by_group_drives_a_quantity_and_a_value_scales_it():
    two = {n: {"unit": "1", "start": "2024-01-01", "values": [v] * 12} for n, v in (("s", 0.1), ("t", 0.3))}
    p = profiles(quantity("hazard", 2.0, series={"a": "s", "b": "t"}), series=two)
    assert (at(p, "2024-05-05"), at(p, "2024-05-05", "b")) == (0.2, 0.6)


def test_grids():
    half = grid(step_days=0.5)
    assert half.n_step == 364 and half.day[1] == half.day[0] and half.day[2] > half.day[1]
    week = grid(step_days=7)
    assert week.n_step == 26
    assert grid(record="month").period_of.max() == 5
    assert len(grid(record="week").period_start) == 26


PRIORS = [
    ({"distribution": "normal", "mean": 3, "sd": 2}, stats.norm(3, 2)),
    ({"distribution": "lognormal", "median": 3, "sd_log": 0.5}, stats.lognorm(0.5, scale=3)),
    ({"distribution": "beta", "mean": 0.3, "sd": 0.1}, stats.beta(6, 14)),
    ({"distribution": "gamma", "mean": 4, "sd": 2}, stats.gamma(4, scale=1)),
    ({"distribution": "uniform", "low": 2, "high": 5}, stats.uniform(2, 3)),
]


@pytest.mark.parametrize(("written", "law"), PRIORS)
def test_priors_are_the_stated_laws(written, law):
    prior = Prior.model_validate(written)
    for u in (0.01, 0.5, 0.99):
        assert prior_quantile(prior, u) == pytest.approx(law.ppf(u), rel=1e-9)


@pytest.mark.parametrize("family", ["normal", "lognormal"])
def test_low_and_high_are_the_5_and_95_percent_points(family):
    prior = Prior.model_validate({"distribution": family, "low": 2, "high": 9})
    assert [prior_quantile(prior, u) for u in (0.05, 0.95)] == pytest.approx([2, 9])


def test_a_draw_moves_the_whole_profile():
    prior = {"distribution": "lognormal", "median": 0.2, "sd_log": 0.3}
    p = profiles(quantity("hazard", 0.2, prior=prior, season=[1, 2] + [1] * 10))
    assert at(p, "2024-02-05", drawn={"x": 0.3}) == pytest.approx(0.6)
    p = profiles(quantity("hazard", 0.2, prior=prior, by_group={"a": 0.1, "b": 0.4}))
    assert at(p, "2024-02-05", "b", drawn={"x": 0.3}) == pytest.approx(0.6)


def test_shares_move_on_the_log_odds():
    stages = {
        "in": {
            "kind": "source",
            "inflow": {"type": "intensity", "rate_per_day": 5},
            "exits": {"out": "x", "off": "rest"},
        },
        "out": {"kind": "end", "outcome": "elsewhere"},
        "off": {"kind": "end", "outcome": "elsewhere"},
    }  # fmt: skip
    prior = {"distribution": "beta", "mean": 0.5, "sd": 0.1}
    q = quantity("share", 0.5, prior=prior, by_group={"a": 0.2, "b": 0.9})
    groups = {g: {"nationality": "OOO"} for g in ("a", "b")}
    s = scenario({"time": TIME, "groups": groups, "stages": stages, "quantities": {"x": q}})
    compiled = compile_scenario(s)
    moved = {g: compiled.table.profiles.profile("x", g, "", Draw({"x": 0.75}), [])[0] for g in ("a", "b")}
    odds = {g: v / (1 - v) for g, v in moved.items()}
    assert odds["a"] == pytest.approx(0.25 * 3) and odds["b"] == pytest.approx(9 * 3)
    plain = compiled.table.profiles.profile("x", "a", "", CENTRAL, [])[0]
    assert plain == pytest.approx(0.2)
    drawn = compiled.prior_draws(3, range(400)).values[:, 0]
    assert abs(np.mean(drawn) - 0.5) < 4 * 0.1 / math.sqrt(400)
