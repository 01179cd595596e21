"""Runs made from arrays: what an engine recorded, with names along every dimension."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import xarray as xr

from sojourn.engine.flow.program import Labels, Record
from sojourn.results.dims import COORDINATES, VARIABLES, ordered, required
from sojourn.results.provenance import lacking
from sojourn.results.run import Run

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["build", "label"]


def build(
    record: Record,
    labels: Labels,
    provenance: Mapping[str, Any],
    *,
    first: int = 0,
    quantities: Sequence[str] = (),
    initial: NDArray[np.generic] | None = None,
) -> Run:
    """Label what the flow engine recorded.

    Parameters
    ----------
    record : Record
        Arrays of every replicate.
    labels : Labels
        Names along the dimensions of the arrays.
    provenance : mapping of str to object
        What :data:`~sojourn.results.provenance.PROVENANCE` lists; the engine is filled in.
    first : int, optional
        Number of the first replicate.
    quantities : sequence of str, optional
        Names of the drawn quantities.
    initial : ndarray, optional
        (replicate, stage, group) int64, person: stocks before the first period. Without it the first period is
        left out of the conservation check.

    Returns
    -------
    Run
        The run, with names and units.

    Raises
    ------
    ValueError
        Where sizes or provenance do not fit.
    """
    if missing := lacking({"engine": "flow"} | dict(provenance)):
        raise ValueError(f"provenance lacks {', '.join(missing)}")
    arrays: dict[str, NDArray[Any]] = {
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
    if labels.flow_becomes:
        arrays["becomes"] = np.array(labels.flow_becomes, np.int64)
    numbers = np.arange(first, first + len(record.stocks))
    along = _along(labels, str(provenance["end"])) | {"replicate": numbers, "quantity": _text(quantities)}
    return label(arrays, along, {"engine": "flow"} | dict(provenance))


def label(
    arrays: Mapping[str, NDArray[Any]], along: Mapping[str, NDArray[Any]], provenance: Mapping[str, Any]
) -> Run:
    """Return a run of arrays by the names of :data:`~sojourn.results.dims.VARIABLES`.

    Parameters
    ----------
    arrays : mapping of str to ndarray
        Variables; those that are not optional must be there.
    along : mapping of str to ndarray
        Coordinates by the names of :data:`~sojourn.results.dims.COORDINATES`, likewise.
    provenance : mapping of str to object
        What :data:`~sojourn.results.provenance.PROVENANCE` lists.

    Returns
    -------
    Run
        The run, with names and units.

    Raises
    ------
    ValueError
        Where names, sizes or provenance do not fit.
    """
    _fitting(arrays, VARIABLES, "variables")
    _fitting(along, COORDINATES, "coordinates")
    if missing := lacking(provenance):
        raise ValueError(f"provenance lacks {', '.join(missing)}")
    for name in arrays:
        if VARIABLES[name].dims != ordered(set(VARIABLES[name].dims)):
            raise ValueError(f"dimensions of {name} are not in order")
    coords = {}
    for name, known in COORDINATES.items():
        if name in along:
            attrs = {"long_name": known.long_name} | ({"units": known.unit} if known.unit else {})
            coords[name] = xr.DataArray(along[name], dims=known.dim, attrs=attrs)
    data = xr.Dataset({name: (VARIABLES[name].dims, array) for name, array in arrays.items()}, coords=coords)
    for name in arrays:
        data[name].attrs = {"units": VARIABLES[name].unit, "long_name": VARIABLES[name].long_name}
    return Run(data, json.loads(json.dumps(dict(provenance))))


def _fitting(given: Mapping[str, object], table: Mapping[str, Any], what: str) -> None:
    """Raise ValueError for names that a table has not, and for required ones that are not given."""
    if unknown := sorted(set(given) - set(table)):
        raise ValueError(f"no such {what}: {', '.join(unknown)}")
    if missing := sorted(required(table.values()) - set(given)):
        raise ValueError(f"{what} lack {', '.join(missing)}")


def _along(labels: Labels, end: str) -> dict[str, NDArray[Any]]:
    """Return the coordinates that the labels of a program give; ``end`` is the end of the last period."""
    time = labels.time.astype("datetime64[ns]")
    edges = np.asarray(labels.wait_edge_days, dtype=np.float64)
    ends = [flow.split(" -> ") for flow in labels.flow]
    return {
        "time": time,
        "period_end": np.append(time[1:], np.datetime64(end, "ns")),
        "stage": _text(labels.stage),
        "stage_kind": _text(labels.stage_kind),
        "stage_entry": np.array(labels.stage_entry, dtype=bool),
        "stage_place": _text(labels.stage_place),
        "flow": _text(labels.flow),
        "origin": _text(origin for origin, _ in ends),
        "destination": _text(destination for _, destination in ends),
        "attempt": np.array(labels.flow_attempt, dtype=bool),
        "queue": _text(labels.queue),
        "wait_bin": edges[:-1],
        "wait_bin_end": edges[1:],
        "group": _text(labels.group),
        "note": _text(labels.note),
    }


def _text(names: Iterable[str]) -> NDArray[np.str_]:
    """Return names as an array of text, also where there are none."""
    return np.array(list(names), dtype=np.str_)
