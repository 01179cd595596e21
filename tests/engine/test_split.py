"""One published total over several groups: shares are cut to what is left, the rest takes the rest."""

import numpy as np
import pytest
from tests.engine.systems import quantity, small

import sojourn as sj

TOTALS = [310, 290, 620]
OUT = {"kind": "end", "outcome": "elsewhere"}


def system(split, *, noise="exact", quantities=None, **more):
    inflow = {"type": "series", "series": "landed", "split": split, "noise": noise, "scale": more.pop("scale", 1.0)}
    landed = {"unit": "person", "start": "2024-01-01", "values": TOTALS}
    source = {"kind": "source", "inflow": inflow, "exits": "out"} | more.pop("source", {})
    return small(
        {"in": source, "out": OUT},
        days=91,
        groups=3,
        series={"landed": landed} | more.pop("series", {}),
        quantities=quantities or {},
        **more,
    )


def entered(scenario, **options):
    """People by replicate, month and group."""
    flows = sj.simulate(scenario, seed=3, guard=True, **options).flows.sel(flow="in -> out")
    return np.stack([flows.values[:, a:b].sum(1) for a, b in ((0, 31), (31, 60), (60, 91))], axis=1)


def test_fixed_shares_are_what_three_series_would_be():
    split = {"a": 0.5, "b": 0.2, "c": 0.3}
    one = entered(system(split), mode="expected")[0]
    assert np.allclose(one, np.outer(TOTALS, [0.5, 0.2, 0.3]))
    drawn = entered(system(split), replicates=1)[0]
    assert np.abs(np.cumsum(drawn - one, axis=0)).max() <= 0.5 + 1e-9


def test_shares_by_date_and_series_and_a_rest():
    q = {
        "part": quantity("share", 0.5, steps={"2024-02-01": 0.1}),
        "counted": quantity("share", series="shares"),
    }
    shares = {"shares": {"unit": "1", "start": "2024-01-01", "values": [0.3, 0.2, 0.4]}}
    one = entered(system({"a": "part", "b": "counted", "c": "rest"}, quantities=q, series=shares), mode="expected")
    parts = np.array([[0.5, 0.3, 0.2], [0.1, 0.2, 0.7], [0.1, 0.4, 0.5]])
    assert np.allclose(one[0], parts * np.array(TOTALS)[:, None])


def test_a_drifting_share_moves_its_group_and_the_rest():
    q = {"part": quantity("share", 0.5, drift={"process": "random-walk", "sd": 0.5})}
    scenario = system({"a": "part", "b": 0.25, "c": "rest"}, quantities=q)
    run = sj.simulate(scenario, replicates=4, seed=3)
    share = run.parameters.values
    assert list(run.data["quantity"].values) == [f"part[2024-0{m}]" for m in (1, 2, 3)]
    wanted = np.stack([share, np.full_like(share, 0.25), 0.75 - share], axis=-1)
    wanted = np.maximum(wanted, 0.0) * np.array(TOTALS)[:, None]
    if (share < 0.75).all():
        assert np.abs(np.cumsum(entered(scenario, replicates=4) - wanted, axis=1)).max() <= 0.5 + 1e-9
    again = sj.simulate(scenario, parameters=dict(zip(run.data["quantity"].values, share.T, strict=True)), seed=3)
    assert np.array_equal(again.flows.values, run.flows.values)


def test_shares_beyond_one_are_cut_in_the_order_of_writing_and_counted():
    q = {"part": quantity("share", 0.5), "more": quantity("share", 0.4)}
    policies = {"p": {"start": "2024-02-01", "changes": [{"quantity": "more", "set": 0.9}]}}
    scenario = system({"a": "part", "b": "more", "c": "rest"}, quantities=q, policies=policies)
    one = entered(scenario, mode="expected")[0]
    assert np.allclose(one[1] / TOTALS[1], [0.5, 0.5, 0.0])
    run = sj.simulate(scenario, mode="expected", seed=1)
    assert run.provenance["counted"] == {"more: steps cut to the bounds of a share": 60}


def test_a_share_by_group_and_a_policy_at_a_place():
    town = {"name": "Town", "country": "OOO", "latitude": 0, "longitude": 0}
    q = {"part": quantity("share", by_group={"a": 0.1, "b": 0.2, "c": 0.7})}
    policies = {"p": {"start": "2024-03-01", "changes": [{"quantity": "part", "scale": 2.0, "places": ["town"]}]}}
    for place, factor in (({}, 1.0), ({"place": "town"}, 2.0)):
        scenario = system(
            {"a": "part", "b": "part", "c": "rest"},
            quantities=q,
            policies=policies,
            places={"town": town},
            source=place,
        )
        one = entered(scenario, mode="expected")[0]
        assert np.allclose(one[2] / TOTALS[2], [0.1 * factor, 0.2 * factor, 1 - 0.3 * factor])


@pytest.mark.parametrize("noise", ["poisson", "exact"])
def test_people_per_counted_unit_holds_for_every_group(noise):
    one = entered(system({"a": 0.5, "b": 0.2, "c": 0.3}, noise=noise, scale=0.5), mode="expected")[0]
    assert np.allclose(one, 0.5 * np.outer(TOTALS, [0.5, 0.2, 0.3]))
