"""Scores: Flee's own numbers for its own runs, known values, independent formulas, properties."""

import csv
import itertools
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy.integrate import quad

from sojourn.flee import data_table, read, read_out
from sojourn.forecast import baselines, coverage, crps_edf, relative_difference
from sojourn.forecast import score_camps as score

INSTANCES = ("burundi2015", "car2013", "mali2012", "ssudan2013", "syria2013", "tigray2020")
counts = hnp.arrays(np.int64, (3, 12, 4), elements=st.integers(0, 10_000))
known = hnp.arrays(np.int64, (12, 4), elements=st.integers(0, 10_000))


@pytest.mark.parametrize("instance", INSTANCES)
def test_errors_of_the_reference_runs(shared_flee: Path, instance: str) -> None:
    """Every reference run's two errors, to the four digits printed with it."""
    runs = shared_flee / "reference_runs"
    with (runs / "summary.csv").open(encoding="utf-8") as stream:
        rows = [row for row in csv.DictReader(stream) if row["instance"] == instance]
    assert len(rows) >= 20
    for row in rows:
        out = read_out(runs / instance / f"{row['run']}.csv.gz")
        found = score(out.simulated, out.published, out.camps, published_total=out.published_total)
        assert f"{found.errors['rescaled'][0]:.4f}" == f"{float(row['error_rescaled']):.4f}", row["run"]
        assert f"{found.errors['normal'][0]:.4f}" == f"{float(row['error_normal']):.4f}", row["run"]
        assert len(out.simulated) == int(row["days"])
        assert out.simulated[-1].sum() == int(row["in_camps_simulated"])


def test_baselines_of_mali(shared_flee: Path) -> None:
    """Shares of day 0: 0.452. Shares of 30 days ago: 0.090 over all days, and 0.065 from day 60 on."""
    scenario = read(shared_flee / "instances" / "mali2012", compat="flee3")
    observed = data_table(scenario).of(scenario.camps)
    found = baselines(observed)
    assert round(found["shares of day 0"], 3) == 0.452
    assert round(found["persistence 30 days"], 3) == 0.090
    assert round(baselines(observed, first_day=60)["persistence 30 days"], 3) == 0.065


def test_by_hand() -> None:
    observed = np.array([[10, 30], [20, 20]])
    simulated = np.array([[20, 20], [0, 0]])
    assert relative_difference(simulated, observed, rescaled=False).tolist() == [(20 / 40 + 40 / 40) / 2]
    assert relative_difference(simulated, observed, rescaled=True).tolist() == [(20 / 40 + 40 / 40) / 2]
    assert relative_difference(simulated / 2, observed, rescaled=False).tolist() == [(20 / 40 + 1) / 2]
    assert relative_difference(simulated / 2, observed, rescaled=True).tolist() == [(20 / 40 + 1) / 2]


def test_days_without_anybody() -> None:
    """Nobody registered: the simulated people themselves; nobody simulated: one. As in Flee."""
    nobody, some = np.zeros((1, 2)), np.array([[3, 4]])
    assert relative_difference(some, nobody, rescaled=False).tolist() == [7.0]
    assert relative_difference(some, nobody, rescaled=True).tolist() == [0.0]
    assert relative_difference(nobody, some, rescaled=True).tolist() == [1.0]


@given(known)
def test_identical_is_zero(observed: np.ndarray) -> None:
    found = score(np.stack([observed, observed]), observed)
    assert found.errors["rescaled"].tolist() == found.errors["normal"].tolist() == [0.0, 0.0]
    assert found.crps_edf == 0.0
    assert set(found.bands["inside"]) == {1.0}


@given(counts, known, st.integers(2, 9))
def test_scale(simulated: np.ndarray, observed: np.ndarray, factor: int) -> None:
    """Rescaled errors do not care how many people an agent stands for; neither error cares if both sides do."""
    same = relative_difference(simulated * factor, observed, rescaled=True)
    np.testing.assert_allclose(same, relative_difference(simulated, observed, rescaled=True), atol=1e-3)
    positive = observed + 1
    both = relative_difference(simulated * factor, positive * factor, rescaled=False)
    np.testing.assert_allclose(both, relative_difference(simulated, positive, rescaled=False))


@given(counts, known)
def test_bounds_and_parts(simulated: np.ndarray, observed: np.ndarray) -> None:
    found = score(simulated, observed)
    assert (found.errors["rescaled"] <= 2.0 + 1e-3).all()
    np.testing.assert_allclose(found.camps.groupby("replicate")["error"].sum(), found.errors["rescaled"])
    for one in range(3):
        np.testing.assert_allclose(
            score(simulated[one], observed).errors["rescaled"], found.errors["rescaled"][one]
        )


@given(counts, known)
def test_crps_is_the_integral(simulated: np.ndarray, observed: np.ndarray) -> None:
    """Against the mean of absolute differences, an algebraically different form."""
    x, n = simulated.astype(float), observed.astype(float)
    spread = np.abs(x[:, None] - x[None, :]).mean(axis=(0, 1))
    np.testing.assert_allclose(crps_edf(x, n), np.abs(x - n).mean(axis=0) - spread / 2, atol=1e-8)


def test_crps_by_integration() -> None:
    """Against its definition: the squared distance of distribution functions, integrated."""
    sample, known_value = np.array([1.0, 4.0, 4.5, 9.0]), 3.0
    edges = sorted([*sample, known_value])
    total = 0.0
    for low, high in itertools.pairwise(edges):
        total += quad(lambda at: ((sample <= at).mean() - (known_value <= at)) ** 2, low, high)[0]
    assert crps_edf(sample[:, None, None], np.array([[known_value]]))[0, 0] == pytest.approx(total)


@given(known, known)
def test_crps_of_one_run_is_its_error(simulated: np.ndarray, observed: np.ndarray) -> None:
    np.testing.assert_allclose(crps_edf(simulated[None], observed), np.abs(simulated - observed))


def test_coverage_of_calibrated_runs() -> None:
    rng = np.random.default_rng(5)
    runs, truth = rng.normal(size=(400, 300, 6)), rng.normal(size=(300, 6))
    for level in (0.5, 0.9):
        # 1,800 draws: three standard errors of a share are 0.036 and 0.021.
        assert coverage(runs, truth, level) == pytest.approx(level, abs=0.036)
    assert coverage(runs, truth + 100, 0.9) == 0.0


def test_better_forecasts_score_better() -> None:
    rng = np.random.default_rng(6)
    truth = rng.integers(1000, 2000, (50, 3))
    near, far = (truth + rng.normal(0, sd, (20, 50, 3)) for sd in (10, 200))
    assert score(near, truth).crps_edf < score(far, truth).crps_edf


def test_shapes_must_fit() -> None:
    with pytest.raises(ValueError, match="not \\(replicate, day, camp\\)"):
        score(np.zeros((3, 2)), np.zeros((3, 3)))


def test_first_day() -> None:
    observed = np.array([[10, 30], [20, 20]])
    simulated = np.array([[99, 1], [20, 20]])
    assert score(simulated, observed, first_day=1).errors["rescaled"].tolist() == [0.0]


def test_summary_names_everything() -> None:
    found = score(np.ones((2, 3, 2)), np.ones((3, 2))).summary()
    assert found["replicates"] == 2
    assert {
        "error rescaled, mean",
        "error normal, mean",
        "crps, empirical",
        "coverage 0.9",
        "baseline: shares of day 0",
    } <= set(found)
