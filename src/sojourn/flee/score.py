"""Scores of ``out.csv`` files, written by Flee or by this package."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from sojourn.flee.out import read_out
from sojourn.flee.reading.sheets import Reading
from sojourn.forecast import Scores, score_camps

__all__ = ["score_files"]


def score_files(paths: Sequence[str | Path], *, first_day: int = 0) -> Scores:
    """Score the replicates in one or several ``out.csv`` files.

    Parameters
    ----------
    paths : sequence of str or Path
        Files of one scenario, a replicate each.
    first_day : int, optional
        Number of the first day that counts.

    Returns
    -------
    Scores
        Errors of the replicates, beside forecasts without a model.

    Raises
    ------
    FleeError
        If one cannot be read, or if they are not about the same camps, days and registrations.
    ValueError
        If there is no such day.
    """
    outs = [read_out(path) for path in paths]
    first, reading = outs[0], Reading()
    for path, one in zip(paths, outs, strict=True):
        if one.camps != first.camps or not np.array_equal(one.published, first.published):
            said = f"camps, days or registrations differ from those of {Path(paths[0]).name}"
            reading.error("F143", Path(path).name, said)
    reading.raise_if_any()
    simulated = np.stack([one.simulated for one in outs])
    total = first.published_total
    return score_camps(simulated, first.published, first.camps, published_total=total, first_day=first_day)
