"""Dwell tables: the distribution in force for every duration, step and group."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sojourn.compile.discretise import leave_chances, moments_from_quantiles, step_masses
from sojourn.compile.table import Table, ValueTable
from sojourn.engine.flow import slots
from sojourn.scenario.values import Duration

__all__ = ["DwellArrays", "DwellTable", "Dwells"]

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]


@dataclass(frozen=True)
class DwellArrays:
    """Distributions one after another, and which one is in force where."""

    index: I64  # (dwell, time, group)
    start: I64  # (distribution + 1)
    bins: F64  # (row, bin) rows are named in sojourn.engine.flow.slots

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


@dataclass(frozen=True)
class _Item:
    """A duration, the refs of its mean and standard deviation, and the most steps that it may last."""

    duration: Duration
    mean: int
    sd: int
    most: int


@dataclass(frozen=True)
class DwellTable:
    """The durations of a model, to be discretised for any draw; nothing in it changes."""

    table: ValueTable
    step_days: float
    items: tuple[_Item, ...]
    central: tuple[tuple[I64, list[F64]], ...]  # of each item, at the central values

    def most_bins(self, item: int) -> int:
        """Return how many bins a duration may have under any draw: those it has, unless a draw may set it."""
        one = self.items[item]
        if {one.mean, one.sd} & self.table.of_quantity:
            return one.most + 1
        return max(len(mass) for mass in self.central[item][1])

    def changed_by(self, touched: frozenset[int]) -> bool:
        """Tell whether a change of some rows of values changes any distribution."""
        rows = self.table.ref_row
        return any(not touched.isdisjoint(rows[ref]) for item in self.items for ref in (item.mean, item.sd))

    def arrays(self, values: F64, touched: frozenset[int]) -> DwellArrays:
        """Discretise every duration.

        Parameters
        ----------
        values : ndarray
            ``(time, row)`` float64, the values of a draw.
        touched : frozenset of int
            Rows in which they differ from the central values; other durations are as they are there.
        """
        rows = self.table.ref_row
        index = np.zeros((len(self.items), values.shape[0], rows.shape[1]), np.int64)
        masses: list[F64] = []
        for i, item in enumerate(self.items):
            known = touched.isdisjoint(rows[item.mean]) and touched.isdisjoint(rows[item.sd])
            own_index, own_masses = self.central[i] if known else _discretised(item, values, rows, self.step_days)
            index[i] = own_index + len(masses)
            masses.extend(own_masses)
        start = np.concatenate(([0], np.cumsum([len(m) + slots.ABREAST for m in masses]))).astype(np.int64)
        bins = [_bins(m) for m in masses]
        return DwellArrays(index, start, np.concatenate(bins, axis=1) if bins else np.zeros((slots.BINS, 0)))


def _discretised(item: _Item, values: F64, rows: I64, step_days: float) -> tuple[I64, list[F64]]:
    """Return which distribution is in force (time, group), and the distributions, of one duration."""
    means, sds = values[:, rows[item.mean]], values[:, rows[item.sd]]
    if np.ptp(means) == 0.0 and np.ptp(sds) == 0.0:
        index = np.zeros(means.shape, np.int64)
        pairs = np.array([[means[0, 0], sds[0, 0]]])
    else:
        both = np.stack([means, sds], axis=-1).reshape(-1, 2)
        pairs, inverse = np.unique(both, axis=0, return_inverse=True)
        index = inverse.reshape(means.shape)
    return index, [step_masses(item.duration, float(m), float(s), step_days, item.most) for m, s in pairs]


class Dwells:
    """Collects the durations of a scenario into a :class:`DwellTable`."""

    def __init__(self, table: Table, step_days: float, most: int) -> None:
        self.table = table
        self.step_days = step_days
        self.most = most
        self._items: list[_Item] = []
        self._known: dict[tuple[str, int, int, int], int] = {}

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
            self._items.append(_Item(duration, mean, sd, self.most + before))
        return self._known[key]

    def build(self, table: ValueTable, values: F64) -> DwellTable:
        """Return the finished table; ``values`` (time, row) are the central ones."""
        central = tuple(_discretised(item, values, table.ref_row, self.step_days) for item in self._items)
        return DwellTable(table, self.step_days, tuple(self._items), central)
