"""Scores of simulated camp populations against registrations, with the baselines beside them.

Arrays are ``simulated``: ``(day, camp)`` or ``(replicate, day, camp)``, agents, and ``published``:
``(day, camp)``, agents. An averaged relative difference is 0 for a perfect run; half of it is the share of
people in the wrong camp. Every day counts alike.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from sojourn.forecast.scorecard import Scores
from sojourn.forecast.scores import crps_edf

__all__ = [
    "LEVELS",
    "baselines",
    "camp_differences",
    "coverage",
    "forecasts",
    "relative_difference",
    "score_camps",
]

Floats = NDArray[np.float64]
LEVELS = (0.5, 0.9)
"""Levels of the central intervals whose coverage is given."""
PERSISTENCE_DAYS = (30, 90)


def score_camps(
    simulated: ArrayLike,
    published: ArrayLike,
    camps: Sequence[str] = (),
    *,
    published_total: ArrayLike | None = None,
    first_day: int = 0,
) -> Scores:
    """Score replicates against registrations, from ``first_day`` on, with baselines over the same days.

    Parameters
    ----------
    simulated : array_like
        (replicate, day, camp) or (day, camp), agents.
    published : array_like
        (day, camp), agents.
    camps : sequence of str, optional
        Names of the camps; numbered if left out.
    published_total : array_like, optional
        (day), agents: the total that errors are relative to; the sum over camps if left out.
    first_day : int, optional
        Number of the first day that counts.

    Returns
    -------
    Scores
        Errors of the replicates and of the baselines.

    Raises
    ------
    ValueError
        If the shapes do not fit, or there is no such day.
    """
    x, n = _arrays(simulated, published)
    if not 0 <= first_day < len(n):
        raise ValueError(f"first_day is {first_day}, and there are {len(n)} days")
    total = n.sum(axis=1) if published_total is None else np.asarray(published_total, dtype=np.float64)
    days = slice(first_day, None)
    names = list(camps) or [str(column) for column in range(n.shape[1])]
    by_camp = camp_differences(x[:, days], n[days], total[days], rescaled=True).mean(axis=1)
    replicate = np.arange(len(x))
    known = baselines(n, first_day=first_day)
    levels = LEVELS if len(x) > 1 else ()
    share = crps_edf(x[:, days], n[days]).sum(axis=1) / np.maximum(total[days], 1.0)
    return Scores(
        errors=pd.DataFrame(
            {
                "replicate": replicate,
                "rescaled": relative_difference(x[:, days], n[days], total[days], rescaled=True),
                "normal": relative_difference(x[:, days], n[days], total[days], rescaled=False),
            }
        ),
        camps=pd.DataFrame(
            {
                "camp": np.repeat(np.array(names, dtype=object), len(x)),
                "replicate": np.tile(replicate, len(names)),
                "error": by_camp.T.ravel(),
            }
        ),
        baselines=pd.DataFrame({"baseline": list(known), "error": list(known.values())}),
        bands=pd.DataFrame(
            {"level": list(levels), "inside": [coverage(x[:, days], n[days], level) for level in levels]}
        ),
        crps_edf=float(share.mean()),
    )


def relative_difference(
    simulated: ArrayLike, published: ArrayLike, published_total: ArrayLike | None = None, *, rescaled: bool
) -> Floats:
    """Return the averaged relative difference of each replicate.

    The mean over days of the sum over camps of ``|simulated - published|``, divided by the published total (1 if
    that is less). Source: Flee 3, its validation results.

    Parameters
    ----------
    simulated : ArrayLike
        (replicate, day, camp), agents.
    published : ArrayLike
        (day, camp), agents.
    published_total : ArrayLike, optional
        (day), agents: the total that errors are relative to; the sum over camps if left out.
    rescaled : bool
        Whether simulated numbers are first scaled to the published total (to 0 on a day when nobody is simulated),
        and differences rounded to four decimals.

    Returns
    -------
    ndarray
        (replicate) float64.
    """
    differences = camp_differences(simulated, published, published_total, rescaled=rescaled)
    result: Floats = differences.sum(axis=2).mean(axis=1)
    return result


def camp_differences(
    simulated: ArrayLike, published: ArrayLike, published_total: ArrayLike | None = None, *, rescaled: bool
) -> Floats:
    """Return the parts of the relative difference; see :func:`relative_difference`.

    Parameters
    ----------
    simulated : ArrayLike
        (replicate, day, camp), agents.
    published : ArrayLike
        (day, camp), agents.
    published_total : ArrayLike, optional
        (day), agents: the total that errors are relative to; the sum over camps if left out.
    rescaled : bool
        Whether simulated numbers are first scaled to the published total.

    Returns
    -------
    ndarray
        (replicate, day, camp) float64.
    """
    x, n = _arrays(simulated, published)
    total = n.sum(axis=1) if published_total is None else np.asarray(published_total, dtype=np.float64)
    if rescaled:
        reached = x.sum(axis=2, keepdims=True)
        scaled = np.divide(x * total[:, None], reached, out=np.zeros_like(x), where=reached > 0)
        differences = np.round(np.abs(scaled - n), 4)
    else:
        differences = np.abs(x - n)
    result: Floats = differences / np.maximum(total, 1.0)[:, None]
    return result


def baselines(published: ArrayLike, *, first_day: int = 0) -> dict[str, float]:
    """Return the averaged relative difference of forecasts that know the total of each day, and no model.

    ``shares of day 0``: the camps keep their shares of day 0. ``persistence D days``: their shares of D days before
    (of day 0 in the first D days). Published registrations are interpolated between reports, which favours
    persistence.

    Parameters
    ----------
    published : ArrayLike
        (day, camp), agents.
    first_day : int, optional
        Number of the first day that counts.

    Returns
    -------
    dict[str, float]
        Error by name of the forecast.
    """
    n = np.asarray(published, dtype=np.float64)
    found = {}
    for name, forecast in forecasts(n).items():
        error = relative_difference(forecast[first_day:], n[first_day:], rescaled=False)
        found[name] = float(error[0])
    return found


def forecasts(published: ArrayLike) -> dict[str, Floats]:
    """Return the forecasts of :func:`baselines`.

    Parameters
    ----------
    published : ArrayLike
        (day, camp), agents.

    Returns
    -------
    dict of str to ndarray
        (day, camp) float64, agents, by name of the forecast.
    """
    n = np.asarray(published, dtype=np.float64)
    total = n.sum(axis=1)
    shares = np.divide(n, total[:, None], out=np.zeros_like(n), where=total[:, None] > 0)
    day = np.arange(len(n))
    sources = {"shares of day 0": np.zeros_like(day)}
    sources |= {f"persistence {lag} days": np.maximum(day - lag, 0) for lag in PERSISTENCE_DAYS}
    return {name: shares[source] * total[:, None] for name, source in sources.items()}


def coverage(simulated: ArrayLike, published: ArrayLike, level: float) -> float:
    """Return the share of days and camps whose registrations lie in the central interval of the replicates.

    Parameters
    ----------
    simulated : ArrayLike
        (replicate, day, camp), agents.
    published : ArrayLike
        (day, camp), agents.
    level : float
        Probability of the interval, between 0 and 1.

    Returns
    -------
    float
        A share, 0 to 1.
    """
    x, n = _arrays(simulated, published)
    low, high = np.quantile(x, [0.5 - level / 2, 0.5 + level / 2], axis=0)
    return float(((low <= n) & (n <= high)).mean())


def _arrays(simulated: ArrayLike, published: ArrayLike) -> tuple[Floats, Floats]:
    """Return (replicate, day, camp) and (day, camp) float64, or raise ValueError."""
    x, n = np.asarray(simulated, dtype=np.float64), np.asarray(published, dtype=np.float64)
    if x.ndim == 2:
        x = x[None]
    if x.ndim != 3 or n.ndim != 2 or x.shape[1:] != n.shape or not x.size:
        message = f"simulated {x.shape} and published {n.shape} are not (replicate, day, camp) and (day, camp)"
        raise ValueError(message)
    return x, n
