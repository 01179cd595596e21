"""The table of values that the kernels read: one row per quantity, place of use and group that needs its own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from sojourn.compile.draws import CENTRAL, Draw
from sojourn.compile.profiles import Cut, Profiles, series_by_day
from sojourn.scenario.values import REST, Ref

__all__ = ["Table", "ValueTable"]

F64 = NDArray[np.float64]


@dataclass(frozen=True)
class _Row:
    name: str
    group: str
    place: str
    before_run: bool = False  # of what depends on the state of the run, the part that does not


@dataclass(frozen=True)
class _Part:
    """Part of a group in a series: its share, cut to what the shares written before it leave, or what all leave."""

    values: F64  # (time) the whole
    before: tuple[int, ...]  # rows of the shares written before it, or of all others for the rest
    share: int  # row of its own share; -1: the rest

    def of(self, table: F64) -> tuple[F64, int]:
        """Return the part at each step, given the rows filled so far, and at how many steps it was cut."""
        left = np.ones(len(self.values))
        for row in self.before:
            left = np.maximum(0.0, left - table[:, row])
        if self.share < 0:
            return self.values * left, 0
        wanted = table[:, self.share]
        return self.values * np.minimum(wanted, left), int((wanted > left + 1e-9).sum())


@dataclass(frozen=True)
class ValueTable:
    """The rows that a model reads, to be filled for any draw; nothing in it changes."""

    profiles: Profiles
    rows: tuple[_Row | _Part | F64, ...]
    ref_row: NDArray[np.int64]  # (ref, group) row of each ref
    of_quantity: frozenset[int]  # refs of quantities, which a draw may set
    filled: Mapping[str, int]  # steps filled in series, by what they drive

    def values(self, draw: Draw = CENTRAL, base: F64 | None = None) -> tuple[F64, Cut]:
        """Fill the table for a draw.

        Parameters
        ----------
        draw : Draw
            Values of the quantities that are set.
        base : ndarray, optional
            The table at the central values; rows that the draw does not touch are taken from it.

        Returns
        -------
        values : ndarray
            ``(time, row)`` float64.
        cut : list
            Quantities cut to the bounds of their kind, see :meth:`Profiles.profile`.
        """
        cut: Cut = []
        out = np.empty((self.profiles.grid.n_step, len(self.rows))) if base is None else base.copy()
        names = draw.names
        for i, row in enumerate(self.rows):
            if isinstance(row, np.ndarray):
                if base is None:
                    out[:, i] = row
            elif isinstance(row, _Part):
                out[:, i], beyond = row.of(out)
                if beyond:
                    cut.append(((self._name_of(row), "", ""), beyond))
            elif base is None or not names.isdisjoint(self.profiles.depends_on[row.name]):
                out[:, i] = _filled(self.profiles, row, draw, cut)
        return out, cut

    def touched(self, draw: Draw) -> frozenset[int]:
        """Return the rows that a draw changes."""
        depends_on, names = self.profiles.depends_on, draw.names
        found: set[int] = set()
        for i, row in enumerate(self.rows):
            if isinstance(row, _Row) and not names.isdisjoint(depends_on[row.name]):
                found.add(i)
            elif isinstance(row, _Part) and not found.isdisjoint((row.share, *row.before)):
                found.add(i)
        return frozenset(found)

    def _name_of(self, part: _Part) -> str:
        """Return the quantity that is the share of a part."""
        row = self.rows[part.share]
        assert isinstance(row, _Row)  # noqa: S101 - numbers that add up to 1 are never cut
        return row.name

    def counted(self, cut: Cut) -> dict[str, int]:
        """Return how many steps were filled, or cut to the bounds of their kind, by quantity."""
        quantities = self.profiles.scenario.quantities
        steps: Counter[str] = Counter()
        for (name, _, _), count in dict(cut).items():
            steps[f"{name}: steps cut to the bounds of a {quantities[name].kind}"] += count
        return {**steps, **self.filled}


def _filled(profiles: Profiles, row: _Row, draw: Draw, cut: Cut) -> F64:
    """Return the values of a row: (time) float64; the engine counts where what depends on the state is cut."""
    if row.before_run:
        return profiles.before_run(row.name, row.group, row.place, draw)
    known = row.name not in profiles.state_dependent
    return profiles.profile(row.name, row.group, row.place, draw, cut if known else [])


class Table:
    """Collects the refs of a scenario's stages into a :class:`ValueTable`."""

    def __init__(self, profiles: Profiles) -> None:
        self.profiles = profiles
        self.groups = tuple(profiles.scenario.groups)
        self._refs: dict[tuple[object, str], int] = {}
        self._ref_rows: list[list[int]] = []
        self._rows: list[_Row | _Part | F64] = []
        self._index: dict[_Row, int] = {}
        self._of_quantity: set[int] = set()
        self._filled: dict[str, int] = {}
        self.in_run: dict[tuple[str, str, str], tuple[int, int]] = {}
        """Rows of what depends on the state, by quantity, group and place: the one to read, that before the run."""

    def ref(self, value: Ref, place: str | None = None) -> int:
        """Return the ref of a number or of a quantity as used at a place."""
        where = (place or "") if isinstance(value, str) and self.profiles.is_local(value) else ""
        key = (value, where)
        if key not in self._refs:
            self._refs[key] = len(self._ref_rows)
            if isinstance(value, str):
                self._of_quantity.add(self._refs[key])
                self._ref_rows.append(self._quantity_rows(value, where))
            else:
                self._ref_rows.append([self.constant(float(value))] * len(self.groups))
        return self._refs[key]

    def series_ref(self, series: str | Mapping[str, str]) -> int:
        """Return the ref of the rate per day that a series of totals gives, by group."""
        chosen = [series if isinstance(series, str) else series.get(g, "") for g in self.groups]
        key = (("series", *chosen), "")
        if key not in self._refs:
            self._refs[key] = len(self._ref_rows)
            self._ref_rows.append([self._series_row(name) for name in chosen])
        return self._refs[key]

    def split_ref(self, series: str, split: Mapping[str, Ref], place: str | None) -> int:
        """Return the ref of the rate per day of each group, by its share in a series of totals."""
        whole = self._rows[self._series_row(series)]
        shares = {
            group: self._ref_rows[self.ref(share, place)][self.groups.index(group)]
            for group, share in split.items()
            if share != REST
        }
        rows = []
        for group in self.groups:
            if group not in split:
                rows.append(self.constant(0.0))
                continue
            written = list(shares)
            before = written[: written.index(group)] if group in shares else written
            part = _Part(np.asarray(whole), tuple(shares[g] for g in before), shares.get(group, -1))
            self._rows.append(part)
            rows.append(len(self._rows) - 1)
        self._ref_rows.append(rows)
        return len(self._ref_rows) - 1

    def _series_row(self, name: str) -> int:
        grid = self.profiles.grid
        if not name:
            return self.constant(0.0)
        use = self.profiles.in_use.of_inflow(name)
        values, filled = series_by_day(self.profiles.scenario.series[name], grid, total=use.total)
        values = self.profiles.in_use.converted(use, values)
        if filled:
            self._filled[f"source: steps filled in series {name}"] = filled
        self._rows.append(values)
        return len(self._rows) - 1

    def row(self, name: str, group: str, place: str) -> int:
        """Return the row of a quantity for a group at a place."""
        where = place if self.profiles.is_local(name) else ""
        return self._quantity_rows(name, where)[self.groups.index(group)]

    def add(self, values: F64) -> int:
        """Return a new row with these values: (time) float64."""
        self._rows.append(values)
        return len(self._rows) - 1

    def constant(self, value: float) -> int:
        """Return a row with this value at every step."""
        return self.add(np.full(self.profiles.grid.n_step, value))

    def _quantity_rows(self, name: str, place: str) -> list[int]:
        apart = self.profiles.by_group(name)
        rows = []
        for group in self.groups:
            row = _Row(name, group if apart else self.groups[0], place)
            if row not in self._index:
                self._index[row] = len(self._rows)
                self._rows.append(row)
                if name in self.profiles.state_dependent:
                    key = (name, row.group, place)
                    self.in_run[key] = (self._index[row], len(self._rows))
                    self._rows.append(replace(row, before_run=True))
            rows.append(self._index[row])
        return rows

    def at_start(self, ref: int) -> F64:
        """Return the central values of a ref at the first step: (group) float64."""
        return np.array([float(self._central(i)[0]) for i in self._ref_rows[ref]])

    def _central(self, index: int) -> F64:
        """Return the central values of the row of a number or quantity: (time) float64."""
        row = self._rows[index]
        if isinstance(row, _Row):
            return self.profiles.profile(row.name, row.group, row.place, CENTRAL, [])
        return np.asarray(row)

    def build(self) -> ValueTable:
        """Return the finished table."""
        read = {one for row in self._index for one in self.profiles.depends_on[row.name]}
        filled = {
            f"{name}: steps filled in series {series}": steps
            for name, series, steps in self.profiles.filled
            if name in read
        }
        return ValueTable(
            self.profiles,
            tuple(self._rows),
            np.array(self._ref_rows, np.int64).reshape(-1, len(self.groups)),
            frozenset(self._of_quantity),
            {**filled, **self._filled},
        )
