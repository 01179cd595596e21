"""The coordinates of a run: what stands along each dimension, taken from the labels of the program."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import xarray as xr

from sojourn.engine.flow.program import Labels
from sojourn.results.dims import DIMS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

__all__ = ["coordinates"]


def coordinates(
    labels: Labels, replicates: int, first: int, quantities: Sequence[str], end: str
) -> dict[str, xr.DataArray]:
    """Return the coordinates of a run: names along each dimension, and what each name means.

    ``first`` is the number of the first replicate, ``end`` the first moment after the last period, ISO 8601.
    """
    time = labels.time.astype("datetime64[ns]")
    edges = np.asarray(labels.wait_edge_days, dtype=np.float64)
    ends = [flow.split(" -> ") for flow in labels.flow]
    along: dict[str, tuple[str, Any]] = {
        "replicate": ("replicate", np.arange(first, first + replicates)),
        "time": ("time", time),
        "period_end": ("time", np.append(time[1:], np.datetime64(end, "ns"))),
        "stage": ("stage", _text(labels.stage)),
        "stage_kind": ("stage", _text(labels.stage_kind)),
        "stage_place": ("stage", _text(labels.stage_place)),
        "flow": ("flow", _text(labels.flow)),
        "origin": ("flow", _text(origin for origin, _ in ends)),
        "destination": ("flow", _text(destination for _, destination in ends)),
        "attempt": ("flow", np.array(labels.flow_attempt, dtype=bool)),
        "queue": ("queue", _text(labels.queue)),
        "quantity": ("quantity", _text(quantities)),
        "wait_bin": ("wait_bin", edges[:-1]),
        "wait_bin_end": ("wait_bin", edges[1:]),
        "group": ("group", _text(labels.group)),
        "note": ("note", _text(labels.note)),
    }
    long_names = {name: dim.long_name for name, dim in DIMS.items()} | {
        "period_end": "first moment after the recorded period",
        "stage_kind": "kind of stage",
        "stage_place": "place of the stage, empty where none",
        "origin": "stage that the flow leaves",
        "destination": "stage that the flow enters",
        "attempt": "whether the flow starts a new attempt",
        "wait_bin_end": "longest wait of the bin, not included",
    }
    units = {"wait_bin": {"units": "day"}, "wait_bin_end": {"units": "day"}}
    return {
        name: xr.DataArray(values, dims=dim, attrs={"long_name": long_names[name]} | units.get(name, {}))
        for name, (dim, values) in along.items()
    }


def _text(names: Iterable[str]) -> NDArray[np.str_]:
    """Return names as an array of text, also where there are none."""
    return np.array(list(names), dtype=np.str_)
