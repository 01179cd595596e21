"""Scores of simulated camp populations against registrations, with the baselines beside them.

Arrays are ``simulated``: ``(day, camp)`` or ``(replicate, day, camp)``, agents, and ``observed``:
``(day, camp)``, agents. An averaged relative difference is 0 for a perfect run; half of it is the share of
people in the wrong camp. Every day counts alike.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sojourn.flee.out import read_out
from sojourn.flee.reading.sheets import Reading
from sojourn.results.walk import WalkRun

__all__ = [
    "LEVELS",
    "Score",
    "baselines",
    "camp_differences",
    "coverage",
    "crps",
    "forecasts",
    "relative_difference",
    "score",
    "score_files",
    "score_run",
]

Floats = NDArray[np.float64]
LEVELS = (0.5, 0.9)
"""Levels of the central intervals whose coverage is given."""
PERSISTENCE_DAYS = (30, 90)


@dataclass(frozen=True, kw_only=True, eq=False)
class Score:
    """How far runs of one scenario are from its registrations.

    ``rescaled`` and ``normal``: ``(replicate) float64``, Flee's averaged relative difference with and without
    the simulated total scaled to the observed one. ``by_camp``: ``(replicate, camp) float64``, the parts of
    ``rescaled``. ``baselines``: the same error for forecasts that need no model. ``crps``: mean over days of
    the continuous ranked probability score, summed over camps, as a share of the people registered (of one
    replicate it is ``normal``). ``coverage``: level -> share of camps and days whose registrations are inside
    the central interval of the replicates; empty for a single one.
    """

    camps: tuple[str, ...]
    rescaled: Floats
    normal: Floats
    by_camp: Floats
    baselines: Mapping[str, float]
    crps: float
    coverage: Mapping[float, float]

    def summary(self) -> dict[str, float]:
        """Return the mean error, its spread where there are several replicates, and every other number."""
        found = {"replicates": float(len(self.rescaled))}
        for name, errors in (("error rescaled", self.rescaled), ("error normal", self.normal)):
            found[f"{name}, mean"] = float(errors.mean())
            if len(errors) > 1:
                found[f"{name}, lowest"] = float(errors.min())
                found[f"{name}, highest"] = float(errors.max())
                found[f"{name}, standard deviation"] = float(errors.std(ddof=1))
        found["crps"] = self.crps
        found |= {f"coverage {level:g}": share for level, share in self.coverage.items()}
        return found | {f"baseline: {name}": error for name, error in self.baselines.items()}


def score(
    simulated: ArrayLike,
    observed: ArrayLike,
    camps: tuple[str, ...] = (),
    *,
    observed_total: ArrayLike | None = None,
    first_day: int = 0,
) -> Score:
    """Score runs against registrations, from ``first_day`` on, with baselines over the same days.

    ``observed_total``: ``(day)``, the total that errors are relative to; the sum over camps if None. Raises
    ValueError if the shapes do not fit, or there is no such day.
    """
    x, n = _runs(simulated, observed)
    if not 0 <= first_day < len(n):
        raise ValueError(f"first_day is {first_day}, and there are {len(n)} days")
    total = n.sum(axis=1) if observed_total is None else np.asarray(observed_total, dtype=np.float64)
    days = slice(first_day, None)
    by_camp = camp_differences(x[:, days], n[days], total[days], rescaled=True)
    return Score(
        camps=camps or tuple(str(column) for column in range(n.shape[1])),
        rescaled=relative_difference(x[:, days], n[days], total[days], rescaled=True),
        normal=relative_difference(x[:, days], n[days], total[days], rescaled=False),
        by_camp=by_camp.mean(axis=1),
        baselines=baselines(n, first_day=first_day),
        crps=float((crps(x[:, days], n[days]).sum(axis=1) / np.maximum(total[days], 1.0)).mean()),
        coverage={level: coverage(x[:, days], n[days], level) for level in LEVELS} if len(x) > 1 else {},
    )


def score_run(run: WalkRun, *, first_day: int = 0) -> Score:
    """Score the replicates of a run against the registrations it was started with."""
    camps = tuple(str(name) for name in run.camps["place"].values)
    return score(run.camps.values, run.observed.fillna(0.0).values, camps, first_day=first_day)


def score_files(paths: Sequence[str | Path], *, first_day: int = 0) -> Score:
    """Score the replicates in one or several ``out.csv`` files, by Flee or by this package.

    Raises :class:`FleeError` if one cannot be read, or if they are not about the same camps, days and
    registrations.
    """
    outs = [read_out(path) for path in paths]
    first, reading = outs[0], Reading()
    for path, one in zip(paths, outs, strict=True):
        if one.camps != first.camps or not np.array_equal(one.observed, first.observed):
            said = f"camps, days or registrations differ from those of {Path(paths[0]).name}"
            reading.error("FLEE-OUT", Path(path).name, said)
    reading.raise_if_any()
    simulated = np.stack([one.simulated for one in outs])
    total = first.observed_total
    return score(simulated, first.observed, first.camps, observed_total=total, first_day=first_day)


def relative_difference(
    simulated: ArrayLike, observed: ArrayLike, observed_total: ArrayLike | None = None, *, rescaled: bool
) -> Floats:
    """Return the averaged relative difference of each replicate: ``(replicate) float64``.

    The mean over days of the sum over camps of ``|simulated - observed|``, divided by the observed total (1 if
    that is less). ``rescaled``: simulated numbers are first scaled to the observed total (to 0 on a day when
    nobody is simulated) and differences rounded to four decimals. Source: Flee 3, its validation results.
    """
    differences = camp_differences(simulated, observed, observed_total, rescaled=rescaled)
    result: Floats = differences.sum(axis=2).mean(axis=1)
    return result


def camp_differences(
    simulated: ArrayLike, observed: ArrayLike, observed_total: ArrayLike | None = None, *, rescaled: bool
) -> Floats:
    """Return the parts of the relative difference: ``(replicate, day, camp) float64``."""
    x, n = _runs(simulated, observed)
    total = n.sum(axis=1) if observed_total is None else np.asarray(observed_total, dtype=np.float64)
    if rescaled:
        reached = x.sum(axis=2, keepdims=True)
        scaled = np.divide(x * total[:, None], reached, out=np.zeros_like(x), where=reached > 0)
        differences = np.round(np.abs(scaled - n), 4)
    else:
        differences = np.abs(x - n)
    result: Floats = differences / np.maximum(total, 1.0)[:, None]
    return result


def baselines(observed: ArrayLike, *, first_day: int = 0) -> dict[str, float]:
    """Return the averaged relative difference of forecasts that know the total of each day, and no model.

    ``shares of day 0``: the camps keep their shares of day 0. ``persistence D days``: their shares of D days
    before (of day 0 in the first D days). Published registrations are interpolated between reports, which
    favours persistence.
    """
    n = np.asarray(observed, dtype=np.float64)
    found = {}
    for name, forecast in forecasts(n).items():
        error = relative_difference(forecast[first_day:], n[first_day:], rescaled=False)
        found[name] = float(error[0])
    return found


def forecasts(observed: ArrayLike) -> dict[str, Floats]:
    """Return the forecasts of :func:`baselines`, by name: ``(day, camp) float64, agents``."""
    n = np.asarray(observed, dtype=np.float64)
    total = n.sum(axis=1)
    shares = np.divide(n, total[:, None], out=np.zeros_like(n), where=total[:, None] > 0)
    day = np.arange(len(n))
    sources = {"shares of day 0": np.zeros_like(day)}
    sources |= {f"persistence {lag} days": np.maximum(day - lag, 0) for lag in PERSISTENCE_DAYS}
    return {name: shares[source] * total[:, None] for name, source in sources.items()}


def crps(simulated: ArrayLike, observed: ArrayLike) -> Floats:
    """Return the continuous ranked probability score of the replicates: ``(day, camp) float64``, agents.

    Of one replicate it is the absolute error. Source: Hersbach 2000, the score of an empirical distribution;
    in the sorted form of Jordan, Krueger and Lerch 2019.
    """
    x, n = _runs(simulated, observed)
    size = len(x)
    ordered = np.sort(x, axis=0)
    rank = np.arange(1, size + 1)[:, None, None]
    weights = size * (n < ordered) - rank + 0.5
    result: Floats = 2.0 / size**2 * ((ordered - n) * weights).sum(axis=0)
    return result


def coverage(simulated: ArrayLike, observed: ArrayLike, level: float) -> float:
    """Return the share of days and camps whose registrations lie in the central interval of the replicates."""
    x, n = _runs(simulated, observed)
    low, high = np.quantile(x, [0.5 - level / 2, 0.5 + level / 2], axis=0)
    return float(((low <= n) & (n <= high)).mean())


def _runs(simulated: ArrayLike, observed: ArrayLike) -> tuple[Floats, Floats]:
    x, n = np.asarray(simulated, dtype=np.float64), np.asarray(observed, dtype=np.float64)
    if x.ndim == 2:
        x = x[None]
    if x.ndim != 3 or n.ndim != 2 or x.shape[1:] != n.shape or not x.size:
        message = f"simulated {x.shape} and observed {n.shape} are not (replicate, day, camp) and (day, camp)"
        raise ValueError(message)
    return x, n
