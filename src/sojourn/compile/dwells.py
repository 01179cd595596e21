"""Dwell tables: the distribution in force for every duration, step and group."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sojourn.compile.discretise import leave_chances, moments_from_quantiles, step_masses
from sojourn.compile.table import Table
from sojourn.engine.flow import slots
from sojourn.scenario.values import Duration

__all__ = ["DwellArrays", "Dwells"]

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]


@dataclass(frozen=True)
class DwellArrays:
    """Distributions laid end to end, and which one is in force where."""

    index: I64  # (dwell, time, group)
    start: I64  # (distribution + 1)
    bins: F64  # (row, bin) rows are named in sojourn.engine.flow.slots
    longest: I64  # (dwell) bins of the longest distribution

    def masses(self) -> list[F64]:
        """Return each distribution's probabilities by step."""
        ends = self.start[1:] - slots.ABREAST
        return [self.bins[slots.MASS, a:b] for a, b in zip(self.start, ends, strict=False)]


def _bins(mass: F64) -> F64:
    """Return the rows that the kernels read; after the last bin, copies of it that no one reaches."""
    out = np.zeros((slots.BINS, len(mass)))
    out[slots.MASS] = mass
    out[slots.CHANCE] = leave_chances(mass)
    with np.errstate(divide="ignore"):
        out[slots.RATE_OF_LEAVING] = -np.log1p(-out[slots.CHANCE])
    reached = np.cumsum(mass)
    out[slots.REACHED] = reached
    part = np.arange(len(mass)) / len(mass)
    out[slots.GUESS] = np.minimum(np.searchsorted(reached, part, side="right"), len(mass) - 1)
    beyond = np.repeat(out[:, -1:], slots.ABREAST, axis=1)
    beyond[slots.MASS] = 0.0
    beyond[slots.REACHED] = np.inf
    return np.concatenate([out, beyond], axis=1)


class Dwells:
    """Collects the durations of a scenario and discretises them for a parameter draw."""

    def __init__(self, table: Table, step_days: float, most: int) -> None:
        self.table = table
        self.step_days = step_days
        self.most = most
        self._items: list[tuple[Duration, int, int, int]] = []
        self._known: dict[tuple[str, int, int, int], int] = {}
        self._settled: dict[int, tuple[I64, list[F64]]] = {}

    def add(self, duration: Duration, place: str | None, *, before: int = 0) -> int:
        """Return the index of a duration's dwell table, for people who entered up to ``before`` steps early."""
        if duration.distribution == "empirical":
            mean, sd = self.table.ref(0.0), self.table.ref(0.0)
        elif duration.quantiles is not None:
            m, s = moments_from_quantiles(duration)
            mean, sd = self.table.ref(m), self.table.ref(s)
        else:
            mean = self.table.ref(0.0 if duration.mean_days is None else duration.mean_days, place)
            sd = self.table.ref(0.0 if duration.sd_days is None else duration.sd_days, place)
        key = (duration.model_dump_json(), mean, sd, self.most + before)
        if key not in self._known:
            self._known[key] = len(self._items)
            self._items.append((duration, mean, sd, self.most + before))
        return self._known[key]

    @property
    def uncertain(self) -> bool:
        """Whether a draw of the parameters changes any distribution."""
        return any(m in self.table.uncertain_refs or s in self.table.uncertain_refs for _, m, s, _ in self._items)

    def _item(self, i: int, values: F64, ref_row: I64) -> tuple[I64, list[F64]]:
        """Return which distribution is in force (time, group), and the distributions, of one duration."""
        if i in self._settled:
            return self._settled[i]
        duration, mean, sd, most = self._items[i]
        means, sds = values[:, ref_row[mean]], values[:, ref_row[sd]]
        if np.ptp(means) == 0.0 and np.ptp(sds) == 0.0:
            index = np.zeros(means.shape, np.int64)
            pairs = np.array([[means[0, 0], sds[0, 0]]])
        else:
            both = np.stack([means, sds], axis=-1).reshape(-1, 2)
            pairs, inverse = np.unique(both, axis=0, return_inverse=True)
            index = inverse.reshape(means.shape)
        masses = [step_masses(duration, float(m), float(s), self.step_days, most) for m, s in pairs]
        if not {mean, sd} & self.table.uncertain_refs:
            self._settled[i] = (index, masses)
        return index, masses

    def arrays(self, values: F64, ref_row: I64) -> DwellArrays:
        """Discretise every duration for the values (time, row) of a draw."""
        index = np.zeros((len(self._items), values.shape[0], ref_row.shape[1]), np.int64)
        masses: list[F64] = []
        longest = np.ones(len(self._items), np.int64)
        for i in range(len(self._items)):
            own_index, own_masses = self._item(i, values, ref_row)
            index[i] = own_index + len(masses)
            longest[i] = max(len(m) for m in own_masses)
            masses.extend(own_masses)
        start = np.concatenate(([0], np.cumsum([len(m) + slots.ABREAST for m in masses]))).astype(np.int64)
        bins = [_bins(m) for m in masses]
        return DwellArrays(
            index=index,
            start=start,
            bins=np.concatenate(bins, axis=1) if bins else np.zeros((slots.BINS, 0)),
            longest=longest,
        )
