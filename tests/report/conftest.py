"""Runs of small scenarios with observations, simulated once."""

import pytest

import sojourn as sj

WATCHED = {
    "quantities": {
        "share-seen": {
            "kind": "share",
            "unit": "1",
            "value": 0.8,
            "prior": {"distribution": "beta", "mean": 0.8, "sd": 0.05},
        }
    },
    "series": {
        "border-count": {
            "unit": "encounter",
            "period": "month",
            "start": "2022-12-01",
            "values": [3000.0 + 100 * i for i in range(20)],
            "publisher": "Office of Examples",
            "source": "table 3",
            "release": "2024-09",
        },
        "settled-count": {
            "unit": "person",
            "period": "fiscal-year",
            "start": "2021-10-01",
            "values": [1.0, 30_000.0, None],
            "publisher": "Office of Examples",
        },
    },
    "observations": {
        "border": {
            "of": ["short-route -> border", "long-route -> border"],
            "series": "border-count",
            "unit": "encounter",
            "share_captured": "share-seen",
            "noise": "negative-binomial",
            "dispersion": 20,
            "rounding": 10,
            "delay": {"distribution": "gamma", "mean_days": 10, "sd_days": 5},
            "title": "Encounters at the far border",
        },
        "settled": {
            "of": ["arrived"],
            "measure": "stock",
            "series": "settled-count",
            "unit": "person",
            "title": "Settled by fiscal year",
        },
    },
}


@pytest.fixture(scope="session")
def watched():
    """Return the two routes with two observations."""
    return sj.load("two-routes").replace(**WATCHED)


@pytest.fixture(scope="session")
def run(watched):
    """Return a run of the watched routes."""
    return sj.simulate(watched, replicates=20, seed=7)


@pytest.fixture(scope="session")
def changed(watched):
    """Return the run without the visa, under the same seed."""
    return sj.simulate(watched.replace(policies={"visa": None}), replicates=20, seed=7)


@pytest.fixture(scope="session")
def court():
    """Return a run of the court with its backlog."""
    return sj.simulate(sj.load("court-backlog"), replicates=12, seed=3)


@pytest.fixture(scope="session")
def page(run, tmp_path_factory):
    """Return the text of the report of the watched routes."""
    path = sj.report(run, tmp_path_factory.mktemp("page") / "two.html", cohorts=run.cohorts())
    return path.read_text(encoding="utf-8")
