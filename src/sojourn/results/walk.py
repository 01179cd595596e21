"""A walk run: where agents were on each day, with all that is needed to repeat it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr
import zarr

from sojourn.results.codes import refuse
from sojourn.results.dims import ordered

__all__ = ["WALK_VARIABLES", "WalkRun"]

WALK_VARIABLES: dict[str, tuple[tuple[str, ...], str]] = {
    "simulated_count": (("replicate", "time", "place"), "agents at rest at the place at the end of the day"),
    "simulated_flow": (("replicate", "time", "flow"), "agents that set out on the road on the day"),
    "simulated_created": (("replicate", "time"), "agents that entered the simulation up to the day"),
    "simulated_gone": (("replicate", "time"), "agents that left the simulation up to the day"),
    "observed_count": (("time", "place"), "registered people at the place, in agents; missing where none are"),
}
"""Variables of a walk run: dimensions and long name. All count agents of ``scale`` people."""


@dataclass(frozen=True, eq=False)
class WalkRun:
    """The results of a walk scenario: ``data`` holds :data:`WALK_VARIABLES`, ``provenance`` what made them.

    ``place`` has the coordinates ``country``, ``latitude``, ``longitude`` and ``camp`` (a camp at the start);
    ``flow``, named ``origin -> destination``, has ``origin``, ``destination`` and ``km``. ``provenance`` has
    ``name``, ``seed``, ``scale`` (people an agent), ``compat``, ``settings``, ``versions`` and ``notes`` (what
    was read differently from what was written, counted).
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

    def check(self) -> None:
        """Raise :class:`~sojourn.results.codes.RunError` R401 unless entered - left is the change at every place.

        Those on a road are entered less arrived; nobody may be lost, and no count may be negative.
        """
        if int(self.travelling.min()) < 0 or int(self.data["simulated_count"].min()) < 0:
            raise refuse("R401", str(self.provenance["name"]), "more agents are somewhere than were created")

    def identical(self, other: WalkRun) -> bool:
        """Return whether both runs hold the same values, labels and provenance, to the bit."""
        return dict(self.provenance) == dict(other.provenance) and bool(self.data.identical(other.data))

    def save(self, path: str | Path) -> Path:
        """Write the run to a new zarr directory and return its path.

        Raises :class:`~sojourn.results.codes.RunError` R105 where something is there already, R106 where the
        disk refuses.
        """
        path = Path(path)
        if path.exists():
            raise refuse("R105", str(path), "something is there already", remedy="choose another path")
        text = {n: c.astype(object) for n, c in self.data.coords.items() if c.dtype.kind == "U"}
        data = self.data.assign_coords(text).assign_attrs(
            sojourn_walk_run=1, provenance=json.dumps(dict(self.provenance), sort_keys=True)
        )
        encoding = {"time": {"units": "days since 1970-01-01", "dtype": "int64"}}
        try:
            data.to_zarr(path, mode="w-", zarr_format=3, consolidated=False, encoding=encoding)
        except OSError as error:
            raise refuse("R106", str(path), "the disk refused the run", found=str(error)) from error
        return path

    @classmethod
    def open(cls, path: str | Path) -> WalkRun:
        """Return the run saved at ``path``.

        Raises :class:`~sojourn.results.codes.RunError` R101 where nothing is, R102 where something else is,
        R104 where it is incomplete.
        """
        path = Path(path)
        if not path.exists():
            raise refuse("R101", str(path), "there is nothing here")
        try:
            attributes = dict(zarr.open_group(path, mode="r", zarr_format=3).attrs)
            data = xr.open_zarr(path, zarr_format=3, consolidated=False, chunks=None).load()
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise refuse("R102", str(path), "this is not a run", found=str(error)) from error
        if "sojourn_walk_run" not in attributes:
            raise refuse("R102", str(path), "this is not a walk run", allowed="what WalkRun.save wrote")
        lacking = [name for name in WALK_VARIABLES if name not in data]
        if lacking:
            raise refuse("R104", str(path), "the run is incomplete", found=f"no {', '.join(lacking)}")
        text = {
            name: (c.dims, np.array(c.values.tolist(), dtype=np.str_), c.attrs)
            for name, c in data.coords.items()
            if c.dtype.kind in "OT"
        }
        plain = data.assign_coords(text).drop_encoding().drop_attrs(deep=False)
        return cls(plain, json.loads(str(attributes["provenance"])))


def label(
    values: Mapping[str, np.ndarray[Any, Any]], coords: Mapping[str, Any], provenance: Mapping[str, Any]
) -> WalkRun:
    """Return the run whose variables are ``values``, arrays in the dimensions of :data:`WALK_VARIABLES`."""
    data = xr.Dataset(coords=coords)
    for name, (dims, long_name) in WALK_VARIABLES.items():
        if dims != ordered(set(dims)):
            raise ValueError(f"dimensions of {name} are not in order")
        data[name] = xr.DataArray(values[name], dims=dims, attrs={"units": "agent", "long_name": long_name})
    return WalkRun(data, provenance)
