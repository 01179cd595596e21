"""The table of values that the kernels read: one row per quantity, place of use and group that needs its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sojourn.compile.profiles import Profiles, series_by_day
from sojourn.scenario.values import Ref

__all__ = ["Table"]

F64 = NDArray[np.float64]


@dataclass(frozen=True)
class _Row:
    name: str
    group: str
    place: str


class Table:
    """Collects the refs of a scenario's stages and fills their values for a parameter draw."""

    def __init__(self, profiles: Profiles) -> None:
        self.profiles = profiles
        self.groups = tuple(profiles.scenario.groups)
        self._refs: dict[tuple[object, str], int] = {}
        self._ref_rows: list[list[int]] = []
        self._rows: list[_Row | F64] = []
        self._index: dict[_Row, int] = {}
        self.uncertain_refs: set[int] = set()

    def ref(self, value: Ref, place: str | None = None) -> int:
        """Return the ref of a number or of a quantity as used at a place."""
        where = (place or "") if isinstance(value, str) and self.profiles.is_local(value) else ""
        key = (value, where)
        if key not in self._refs:
            self._refs[key] = len(self._ref_rows)
            if isinstance(value, str):
                self._ref_rows.append(self._quantity_rows(value, where))
                if value in self.profiles.uncertain:
                    self.uncertain_refs.add(self._refs[key])
            else:
                self._ref_rows.append([self._constant(float(value))] * len(self.groups))
        return self._refs[key]

    def series_ref(self, series: str | Mapping[str, str]) -> int:
        """Return the ref of the rate per day that a series of totals gives, by group."""
        chosen = [series if isinstance(series, str) else series.get(g, "") for g in self.groups]
        key = (("series", *chosen), "")
        if key not in self._refs:
            self._refs[key] = len(self._ref_rows)
            self._ref_rows.append([self._series_row(name) for name in chosen])
        return self._refs[key]

    def _series_row(self, name: str) -> int:
        grid = self.profiles.grid
        if not name:
            return self._constant(0.0)
        values, filled = series_by_day(self.profiles.scenario.series[name], grid, total=True)
        if filled:
            self.profiles.filled[f"source: steps filled in series {name}"] = filled
        self._rows.append(values)
        return len(self._rows) - 1

    def _constant(self, value: float) -> int:
        self._rows.append(np.full(self.profiles.grid.n_step, value))
        return len(self._rows) - 1

    def _quantity_rows(self, name: str, place: str) -> list[int]:
        apart = self.profiles.by_group(name)
        rows = []
        for group in self.groups:
            row = _Row(name, group if apart else self.groups[0], place)
            if row not in self._index:
                self._index[row] = len(self._rows)
                self._rows.append(row)
            rows.append(self._index[row])
        return rows

    def at_start(self, ref: int) -> F64:
        """Return the central values of a ref at the first step: (group) float64."""
        rows = (self._rows[i] for i in self._ref_rows[ref])
        values = (
            r if isinstance(r, np.ndarray) else self.profiles.profile(r.name, r.group, r.place, {}) for r in rows
        )
        return np.array([float(v[0]) for v in values])

    @property
    def ref_row(self) -> NDArray[np.int64]:
        """Rows of each ref by group: (ref, group) int64."""
        return np.array(self._ref_rows, np.int64).reshape(-1, len(self.groups))

    def values(self, drawn: Mapping[str, float], base: F64 | None = None) -> F64:
        """Return the values (time, row) float64 for a draw; with ``base``, only uncertain rows are worked out."""
        self.profiles.cut = 0
        out = np.empty((self.profiles.grid.n_step, len(self._rows))) if base is None else base.copy()
        for i, row in enumerate(self._rows):
            if isinstance(row, np.ndarray):
                if base is None:
                    out[:, i] = row
            elif base is None or row.name in self.profiles.uncertain:
                out[:, i] = self.profiles.profile(row.name, row.group, row.place, drawn)
        return out
