"""A walk run: where people were on each day, with all that is needed to repeat it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import xarray as xr

from sojourn.results import store
from sojourn.results.codes import refuse
from sojourn.results.dims import Variable, ordered
from sojourn.results.join import joined
from sojourn.results.summary import QUANTILES
from sojourn.results.walk_summary import camps_at_end, summarise_walk

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["WALK_COORDINATES", "WALK_PROVENANCE", "WALK_VARIABLES", "WalkRun", "label"]

WALK_VARIABLES: dict[str, Variable] = {
    v.name: v
    for v in (
        Variable(
            "simulated_count", ("replicate", "time", "place"), "agent", "at rest at the place at the end of the day"
        ),
        Variable("simulated_flow", ("replicate", "time", "flow"), "agent", "set out on the road on the day"),
        Variable("simulated_created", ("replicate", "time"), "agent", "entered the simulation up to the day"),
        Variable("simulated_gone", ("replicate", "time"), "agent", "left the simulation up to the day"),
        Variable("notes", ("replicate", "note"), "agent", "counted by the run, by code"),
        Variable("observed_count", ("time", "place"), "agent", "registered at the place; missing where none are"),
        Variable("observed_people", ("time", "place"), "person", "registered at the place; missing where none are"),
    )
}
"""Variables of a walk run. An agent stands for ``scale`` people."""

WALK_COORDINATES: dict[str, tuple[str, str, str]] = {
    "replicate": ("replicate", "", "stochastic run, counted from 0"),
    "time": ("time", "", "day"),
    "period_end": ("time", "", "first moment after the day"),
    "place": ("place", "", "place"),
    "country": ("place", "", "country of the place"),
    "latitude": ("place", "degrees_north", "latitude of the place"),
    "longitude": ("place", "degrees_east", "longitude of the place"),
    "camp": ("place", "", "whether the place is a camp at the start"),
    "flow": ("flow", "", "people who set out from one place for the next"),
    "origin": ("flow", "", "place that the road leaves"),
    "destination": ("flow", "", "place that the road leads to"),
    "km": ("flow", "km", "length of the road"),
    "note": ("note", "", "code of what was counted"),
}
"""Coordinates of a walk run: dimension, unit and long name."""

WALK_PROVENANCE: dict[str, str] = {
    "scenario": "scenario with every setting explicit as YAML text, the whole input of the run",
    "name": "name of the scenario",
    "digest": "SHA-256 of the text of the scenario",
    "seed": "seed of every stream",
    "scale": "people an agent stands for",
    "compat": "flee3 where the oddities of Flee 3 are kept, otherwise nothing",
    "warnings": "what was odd in the folder, and what was made of it",
    "versions": "versions of sojourn, python, numpy and numba",
}
"""What the provenance of a walk run says."""


@dataclass(frozen=True, eq=False)
class WalkRun:
    """The results of a walk scenario: ``data`` holds :data:`WALK_VARIABLES`, along :data:`WALK_COORDINATES`.

    A flow is named ``origin -> destination``; ``provenance`` says what :data:`WALK_PROVENANCE` lists.
    """

    data: xr.Dataset
    provenance: Mapping[str, Any]

    @property
    def seed(self) -> int:
        """Seed of every stream."""
        return int(self.provenance["seed"])

    @property
    def scale(self) -> int:
        """People an agent stands for."""
        return int(self.provenance["scale"])

    @property
    def replicates(self) -> int:
        """Number of replicates."""
        return int(self.data.sizes["replicate"])

    @property
    def first(self) -> int:
        """Number of the first replicate."""
        return int(self.data["replicate"].values[0])

    @property
    def scenario_text(self) -> str:
        """The scenario as YAML text."""
        return str(self.provenance["scenario"])

    @property
    def stocks(self) -> xr.DataArray:
        """People at each place at the end of each day: (replicate, time, place) int64, person."""
        return self._people("simulated_count")

    @property
    def flows(self) -> xr.DataArray:
        """People who set out on each road on each day: (replicate, time, flow) int64, person."""
        return self._people("simulated_flow")

    def _people(self, name: str) -> xr.DataArray:
        agents = self.data[name]
        return (agents.astype(np.int64) * self.scale).assign_attrs(agents.attrs | {"units": "person"})

    @property
    def camps(self) -> xr.DataArray:
        """Agents in each camp at the end of each day: (replicate, time, place) int64, agent."""
        return self.data["simulated_count"].sel(place=self.data["camp"])

    @property
    def observed(self) -> xr.DataArray:
        """Registered people in each camp, in agents: (time, place) float64, agent."""
        return self.data["observed_count"].sel(place=self.data["camp"])

    @property
    def travelling(self) -> xr.DataArray:
        """Agents on a road at the end of each day: (replicate, time) int64, agent."""
        data = self.data
        resting = data["simulated_count"].sum("place")
        return (data["simulated_created"] - data["simulated_gone"] - resting).rename("simulated_travelling")

    @property
    def notes(self) -> pd.Series[int]:
        """Agents that appeared late or never, by code, added up over replicates; only what happened."""
        counts = self.data["notes"].sum("replicate").to_series()
        return counts[counts > 0]

    @classmethod
    def join(cls, parts: Sequence[WalkRun]) -> WalkRun:
        """Return one run of the replicates of all parts, which must follow one another in number.

        Raises :class:`~sojourn.results.codes.RunError` R201 where the parts are not of one run, R202 where they
        overlap or leave a gap, and ValueError where there are none.
        """
        return cls(*joined(parts))

    def check(self) -> None:
        """Raise :class:`~sojourn.results.codes.RunError` R401 unless everybody created is somewhere or has left.

        Those on a road are created less gone less at rest; no count may be negative.
        """
        if int(self.travelling.min()) < 0 or int(self.data["simulated_count"].min()) < 0:
            raise refuse("R401", str(self.provenance["name"]), "more agents are somewhere than were created")

    def identical(self, other: WalkRun) -> bool:
        """Return whether both runs hold the same values, labels, units and provenance, to the bit."""
        return dict(self.provenance) == dict(other.provenance) and bool(self.data.identical(other.data))

    def summary(
        self, what: str = "stocks", by: str = "month", *, quantiles: Sequence[float] = QUANTILES
    ) -> pd.DataFrame:
        """Return people by period, quantiles over replicates; see :mod:`sojourn.results.walk_summary`."""
        return summarise_walk(self, what, by, quantiles=quantiles)

    def camps_at_end(self) -> pd.DataFrame:
        """Return people in each camp on the last day, registered and simulated; see the same."""
        return camps_at_end(self)

    def report(self, path: str | Path, **options: Any) -> Path:
        """Write a report of the run as one HTML file and return its path; see :func:`sojourn.report`."""
        # Reports stand above results: the front door is asked for them, and only when one is wanted.
        return Path(import_module("sojourn").report(self, path, **options))

    def save(self, path: str | Path, *, force: bool = False) -> Path:
        """Write the run to a directory at ``path`` (zarr version 3), whole or not at all.

        An earlier run at ``path`` is replaced only with ``force``; anything else there never is. Raises
        :class:`~sojourn.results.codes.RunError` R105 or R106.
        """
        return store.write(self.data, self.provenance, Path(path), engine="walk", force=force)

    def __repr__(self) -> str:
        sizes = ", ".join(f"{self.data.sizes[name]} {name}s" for name in ("place", "flow"))
        first, last = (str(self.data["time"].values[i])[:10] for i in (0, -1))
        return (
            f"<WalkRun of {self.provenance['name']}: {self.replicates} replicates, {sizes}, "
            f"{first} to {last} by day, seed {self.seed}, {self.scale} people an agent>"
        )


def label(
    values: Mapping[str, NDArray[Any]], along: Mapping[str, NDArray[Any]], provenance: Mapping[str, Any]
) -> WalkRun:
    """Return the run of ``values``, arrays as in :data:`WALK_VARIABLES`, ``along`` :data:`WALK_COORDINATES`.

    Raises ValueError where names, sizes or provenance do not fit.
    """
    for found, wanted in ((values, WALK_VARIABLES), (along, WALK_COORDINATES), (provenance, WALK_PROVENANCE)):
        if set(found) != set(wanted):
            raise ValueError(f"not {', '.join(sorted(set(found) ^ set(wanted)))}")
    coords = {
        name: xr.DataArray(
            along[name], dims=dim, attrs={"long_name": long_name} | ({"units": unit} if unit else {})
        )
        for name, (dim, unit, long_name) in WALK_COORDINATES.items()
    }
    data = xr.Dataset(coords=coords)
    for name, (_, dims, unit, long_name) in WALK_VARIABLES.items():
        if dims != ordered(set(dims)):
            raise ValueError(f"dimensions of {name} are not in order")
        data[name] = xr.DataArray(values[name], dims=dims, attrs={"units": unit, "long_name": long_name})
    return WalkRun(data, json.loads(json.dumps(dict(provenance))))
