"""A run: the labelled results of simulating one scenario, with all that is needed to repeat it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import xarray as xr

from sojourn.engine.flow.program import Labels, Record
from sojourn.results import store
from sojourn.results.check import conserved
from sojourn.results.coordinates import coordinates
from sojourn.results.dims import VARIABLES
from sojourn.results.join import joined
from sojourn.results.summary import summarise
from sojourn.results.walk import WALK_PROVENANCE, WALK_VARIABLES, WalkRun

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["PROVENANCE", "Run", "build", "open"]

PROVENANCE: dict[str, str] = {
    "scenario": "resolved scenario as YAML text, the whole input of the run",
    "name": "name of the scenario",
    "digest": "digest of the resolved scenario",
    "seed": "seed of every stream",
    "mode": "draw or expected",
    "record": "step, week or month: the period recorded",
    "parameters": "prior, central or given: where the values of uncertain quantities came from",
    "step_days": "length of a step in days",
    "end": "first moment after the last period, ISO 8601",
    "versions": "versions of sojourn, python, numpy and numba",
}
"""What the provenance of a run must say; it may add ``observations``: what each official series counts."""


@dataclass(frozen=True, eq=False)
class Run:
    """The results of simulating one scenario: stocks, flows and waits of every replicate.

    ``data`` holds the variables of :data:`~sojourn.results.dims.VARIABLES`, ``provenance`` what
    :data:`PROVENANCE` lists. A run of the first replicates only is a run like any other.
    """

    data: xr.Dataset
    provenance: Mapping[str, Any]

    @property
    def stocks(self) -> xr.DataArray:
        """People in each stage at the end of each period: (replicate, time, stage, group) int64, person."""
        return self.data["stocks"]

    @property
    def flows(self) -> xr.DataArray:
        """People who took each flow in each period: (replicate, time, flow, group) int64, person."""
        return self.data["flows"]

    @property
    def waits(self) -> xr.Dataset:
        """How long those who began service had waited.

        ``mean``: (replicate, time, queue, group) float64, days, missing where nobody began service;
        ``count``: (replicate, time, queue, group) int64, person;
        ``hist``: (replicate, queue, wait_bin, group) int64, person, over the whole run.
        """
        count = self.data["wait_count"]
        mean = (self.data["wait_days"] / count.where(count > 0)).assign_attrs(
            units="day", long_name="mean wait of those who began service in the period"
        )
        return xr.Dataset({"mean": mean, "count": count, "hist": self.data["wait_hist"]})

    @property
    def parameters(self) -> xr.DataArray:
        """Drawn values of the uncertain quantities: (replicate, quantity) float64, each in its own unit."""
        return self.data["parameters"]

    @property
    def notes(self) -> pd.Series[int]:
        """What was clipped, filled or left out, counted over all replicates; only what happened."""
        counts = self.data["notes"].sum("replicate").to_series()
        return counts[counts > 0]

    @property
    def replicates(self) -> int:
        """Number of replicates."""
        return int(self.data.sizes["replicate"])

    @property
    def seed(self) -> int:
        """Seed of every stream."""
        return int(self.provenance["seed"])

    @property
    def scenario_text(self) -> str:
        """The resolved scenario as YAML text."""
        return str(self.provenance["scenario"])

    @classmethod
    def join(cls, parts: Sequence[Run]) -> Run:
        """Return one run of the replicates of all parts, which must follow one another in number.

        Raises :class:`~sojourn.results.codes.RunError` R201 where the parts are not of one run, R202 where they
        overlap or leave a gap, and ValueError where there are none.
        """
        return cls(*joined(parts))

    def identical(self, other: Run) -> bool:
        """Return whether both runs hold the same values, labels, units and provenance, to the bit."""
        return dict(self.provenance) == dict(other.provenance) and bool(self.data.identical(other.data))

    def summary(self, what: str = "flows", by: str = "month", **options: Any) -> pd.DataFrame:
        """Return quantiles over replicates as a tidy table; see :func:`sojourn.results.summarise`."""
        return summarise(self, what, by, **options)

    def report(self, path: str | Path, **options: Any) -> Path:
        """Write a report of the run as one HTML file and return its path; see :func:`sojourn.report`."""
        # Reports stand above results: the front door is asked for them, and only when one is wanted.
        return Path(import_module("sojourn").report(self, path, **options))

    def check(self) -> None:
        """Raise unless entered - left is the change of every stock; see :func:`sojourn.results.conserved`."""
        conserved(self)

    def save(self, path: str | Path, *, force: bool = False) -> Path:
        """Write the run to a directory at ``path`` (zarr version 3), whole or not at all.

        An earlier run at ``path`` is replaced only with ``force``; anything else there never is. Raises
        :class:`~sojourn.results.codes.RunError` R105 or R106.
        """
        return store.write(self.data, self.provenance, Path(path), engine="flow", force=force)

    def __repr__(self) -> str:
        sizes = ", ".join(f"{self.data.sizes[name]} {name}s" for name in ("stage", "group"))
        first, last = (str(self.data["time"].values[i])[:10] for i in (0, -1))
        return (
            f"<Run of {self.provenance['name']}: {self.replicates} replicates, {sizes}, "
            f"{first} to {last} by {self.provenance['record']}, seed {self.seed}>"
        )


def build(
    record: Record,
    labels: Labels,
    provenance: Mapping[str, Any],
    *,
    first: int = 0,
    quantities: Sequence[str] = (),
    initial: NDArray[np.generic] | None = None,
) -> Run:
    """Label what the engine recorded.

    ``first`` is the number of the first replicate, ``quantities`` the names of the drawn quantities, and
    ``initial`` (replicate, stage, group) int64, person, the stocks before the first period; without it the
    first period is left out of the conservation check. Raises ValueError where sizes or provenance do not
    fit.
    """
    missing = sorted(set(PROVENANCE) - set(provenance))
    if missing:
        raise ValueError(f"provenance lacks {', '.join(missing)}")
    arrays: dict[str, NDArray[np.generic]] = {
        "stocks": record.stocks,
        "flows": record.flows,
        "wait_count": record.wait_count,
        "wait_days": record.wait_steps.astype(np.float64) * float(provenance["step_days"]),
        "wait_hist": record.wait_hist,
        "parameters": record.parameter,
        "notes": record.notes,
    }
    if initial is not None:
        arrays["initial"] = initial
    data = xr.Dataset(
        {name: (VARIABLES[name].dims, array) for name, array in arrays.items()},
        coords=coordinates(labels, len(record.stocks), first, quantities, str(provenance["end"])),
    )
    for name in arrays:
        data[name].attrs = {"units": VARIABLES[name].unit, "long_name": VARIABLES[name].long_name}
    return Run(data, json.loads(json.dumps(dict(provenance))))


def open(path: str | Path) -> Run | WalkRun:
    """Read the run saved at ``path``, of either engine.

    Raises :class:`~sojourn.results.codes.RunError` R101 to R104 where there is none, or a damaged one.
    """
    place = Path(path)
    if store.engine_of(place) == "walk":
        return WalkRun(*store.read(place, "walk", tuple(WALK_VARIABLES), tuple(WALK_PROVENANCE)))
    stored = [name for name in VARIABLES if name != "initial"]
    return Run(*store.read(place, "flow", stored, tuple(PROVENANCE)))
