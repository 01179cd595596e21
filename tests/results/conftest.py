"""Made-up records: a border post with a pool, a queue, a choice and two ends, without any engine."""

import numpy as np
import pytest

from sojourn import results
from sojourn.engine.flow.program import Labels, Record

STAGES = ("home", "abroad", "post", "fork", "settled", "returned")
KINDS = ("source", "source", "queue", "choice", "end", "end")
FLOWS = (
    "home -> post",
    "abroad -> post",
    "post -> fork",
    "post -> returned",
    "fork -> settled",
    "fork -> returned",
)
GROUPS = ("chn", "ven")
VERSIONS = {"sojourn": "0.1.0", "python": "3.11", "numpy": "2", "numba": "0"}


def labels(days=90, start="2024-08-17", record="step", step=1):
    return Labels(
        stage=STAGES,
        stage_kind=KINDS,
        stage_entry=tuple(kind == "source" for kind in KINDS),
        stage_place=("", "", "san-diego", "", "", ""),
        flow=FLOWS,
        flow_attempt=(False, False, False, False, False, True),
        queue=("post",),
        group=GROUPS,
        time=np.datetime64(start, "s") + np.arange(0, days, step) * np.timedelta64(86400, "s"),
        wait_edge_days=np.array([0.0, 1, 2, 4, 8, np.inf]),
        note=("clipped-share", "filled-series"),
        record=record,
    )


def record(seed=1, replicates=4, first=0, days=90, served=9):
    """One stream per replicate, so that a later first replicate is the same as in the whole."""
    parts = [_replicate(np.random.default_rng((seed, r)), days, served) for r in range(first, first + replicates)]
    return Record(*(np.stack(column) for column in zip(*parts, strict=True)))


def initial(replicates=4):
    stocks = np.zeros((replicates, len(STAGES), len(GROUPS)), np.int64)
    stocks[:, 0] = 100_000
    stocks[:, 2] = 5
    return stocks


def _replicate(rng, days, served):
    arrivals = rng.poisson(5, (days, 2, len(GROUPS)))
    flows = np.zeros((days, len(FLOWS), len(GROUPS)), np.int64)
    stocks = np.zeros((days, len(STAGES), len(GROUPS)), np.int64)
    now = initial(1)[0]
    for day in range(days):
        flows[day, :2] = arrivals[day]
        out = np.minimum(now[2] + arrivals[day].sum(0), served)
        flows[day, 3] = out // 5
        flows[day, 2] = out - out // 5
        flows[day, 4] = flows[day, 2] // 2
        flows[day, 5] = flows[day, 2] - flows[day, 4]
        now = now.copy()
        now[0] -= flows[day, 0]
        now[2] += arrivals[day].sum(0) - out
        now[4] += flows[day, 4]
        now[5] += flows[day, 3] + flows[day, 5]
        stocks[day] = now
    count = flows[:, 2:4].sum(1)[:, None]
    steps = rng.poisson(3, count.shape) * count
    hist = rng.poisson(4, (1, 5, len(GROUPS)))
    return stocks, flows, count, steps, hist, rng.normal(size=1), np.array([0, 2])


def provenance(days=90, start="2024-08-17", seed=1, record="step", **more):
    end = str(np.datetime64(start, "D") + days)
    return {
        "scenario": "name: post\n",
        "name": "post",
        "digest": "0" * 16,
        "seed": seed,
        "mode": "draw",
        "record": record,
        "parameters": "prior",
        "step_days": 1.0,
        "end": end,
        "versions": VERSIONS,
        "observations": {
            "returns": {"of": ["post -> returned", "fork -> returned"], "measure": "flow", "groups": None},
            "waiting-chn": {"of": ["post"], "measure": "stock", "groups": ["chn"]},
        },
    } | more


@pytest.fixture
def make():
    """Return a maker of runs: ``make(seed=, replicates=, first=, days=, served=)``."""

    def made(seed=1, replicates=4, first=0, days=90, served=9, start="2024-08-17", **more):
        return results.build(
            record(seed, replicates, first, days, served),
            labels(days, start),
            provenance(days, start, seed, **more),
            first=first,
            quantities=("share-fork",),
            initial=initial(replicates),
        )

    return made
