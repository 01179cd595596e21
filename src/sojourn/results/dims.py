"""Dimensions, variables and coordinates of a run, defined once: names, units, long names and order."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

__all__ = ["COORDINATES", "DIMS", "VARIABLES", "Coordinate", "Dim", "Variable", "ordered", "required"]


class Dim(NamedTuple):
    """A dimension of results: what an index along it stands for."""

    name: str
    long_name: str


class Variable(NamedTuple):
    """A variable of a run: its dimensions, unit and long name; ``optional`` where a run may lack it."""

    name: str
    dims: tuple[str, ...]
    unit: str
    long_name: str
    optional: bool = False


class Coordinate(NamedTuple):
    """A coordinate of a run: what is known of each name along a dimension."""

    name: str
    dim: str
    long_name: str
    unit: str = ""
    optional: bool = False


DIMS: dict[str, Dim] = {
    d.name: d
    for d in (
        Dim("scenario", "scenario"),
        Dim("replicate", "stochastic run, counted from 0"),
        Dim("time", "first day of the recorded period"),
        Dim("cohort", "people who came in the same period"),
        Dim("stage", "stage of the system; in a walk run, a place"),
        Dim("flow", "people who go from one stage to another"),
        Dim("queue", "stage served by finite capacity"),
        Dim("observable", "what an official series counts"),
        Dim("observation", "official series with which a run is compared"),
        Dim("quantity", "parameter drawn from its prior"),
        Dim("wait_bin", "shortest wait of the bin"),
        Dim("group", "people that behave alike"),
        Dim("note", "thing counted during the run"),
    )
}
"""Every dimension, in the order in which arrays have them."""

VARIABLES: dict[str, Variable] = {
    v.name: v
    for v in (
        Variable(
            "initial",
            ("replicate", "stage", "group"),
            "person",
            "people in the stage at the start",
            optional=True,
        ),
        Variable(
            "stocks",
            ("replicate", "time", "stage", "group"),
            "person",
            "people in the stage at the end of the period",
        ),
        Variable(
            "flows",
            ("replicate", "time", "flow", "group"),
            "person",
            "people who took it in the period",
        ),
        Variable(
            "wait_count",
            ("replicate", "time", "queue", "group"),
            "person",
            "people who began service in the period",
        ),
        Variable(
            "wait_days",
            ("replicate", "time", "queue", "group"),
            "person day",
            "sum of the waits of those who began service in the period",
        ),
        Variable(
            "wait_hist",
            ("replicate", "queue", "wait_bin", "group"),
            "person",
            "people who began service, by wait, whole run",
        ),
        Variable("parameters", ("replicate", "quantity"), "1", "drawn value, in the unit of the quantity"),
        Variable("notes", ("replicate", "note"), "1", "number of times counted"),
        Variable(
            "created",
            ("replicate", "time", "group"),
            "person",
            "people who had entered the simulation by the end of the period",
            optional=True,
        ),
        Variable(
            "gone",
            ("replicate", "time", "group"),
            "person",
            "people who had left the simulation by the end of the period",
            optional=True,
        ),
        Variable(
            "travelling",
            ("replicate", "time", "group"),
            "person",
            "people between two stages at the end of the period",
            optional=True,
        ),
        Variable(
            "becomes",
            ("flow", "group"),
            "1",
            "position of the group as which people of a group arrive; only where exits change it",
            optional=True,
        ),
        Variable(
            "published_count",
            ("time", "stage"),
            "person",
            "people registered in the stage, interpolated between reports; missing where nothing is published",
            optional=True,
        ),
        Variable(
            "published_agents",
            ("time", "stage"),
            "agent",
            "the same in whole agents, each file scaled down before they are added; what scores compare",
            optional=True,
        ),
    )
}
"""Every variable that a run stores."""

COORDINATES: dict[str, Coordinate] = {
    c.name: c
    for c in (
        Coordinate("replicate", "replicate", DIMS["replicate"].long_name),
        Coordinate("time", "time", DIMS["time"].long_name),
        Coordinate("period_end", "time", "first moment after the recorded period"),
        Coordinate("stage", "stage", DIMS["stage"].long_name),
        Coordinate("stage_kind", "stage", "kind of stage"),
        Coordinate("stage_entry", "stage", "whether people enter the system in the stage", optional=True),
        Coordinate("stage_place", "stage", "place of the stage, empty where none"),
        Coordinate("country", "stage", "country of the place", optional=True),
        Coordinate("latitude", "stage", "latitude of the place", "degrees_north", optional=True),
        Coordinate("longitude", "stage", "longitude of the place", "degrees_east", optional=True),
        Coordinate("camp", "stage", "whether the place is a camp at the start", optional=True),
        Coordinate("flow", "flow", DIMS["flow"].long_name),
        Coordinate("origin", "flow", "stage that the flow leaves"),
        Coordinate("destination", "flow", "stage that the flow enters"),
        Coordinate("attempt", "flow", "whether the flow starts a new attempt"),
        Coordinate("km", "flow", "length of the road", "km", optional=True),
        Coordinate("queue", "queue", DIMS["queue"].long_name),
        Coordinate("quantity", "quantity", DIMS["quantity"].long_name),
        Coordinate("wait_bin", "wait_bin", DIMS["wait_bin"].long_name, "day"),
        Coordinate("wait_bin_end", "wait_bin", "longest wait of the bin, not included", "day"),
        Coordinate("group", "group", DIMS["group"].long_name),
        Coordinate("note", "note", DIMS["note"].long_name),
        Coordinate("note_text", "note", "what the code of a note stands for", optional=True),
    )
}
"""Every coordinate of a run."""


def ordered(names: set[str]) -> tuple[str, ...]:
    """Return dimension names in the order of :data:`DIMS`."""
    return tuple(name for name in DIMS if name in names)


def required(table: Iterable[Variable | Coordinate]) -> frozenset[str]:
    """Return the names of the variables or coordinates that every run has."""
    return frozenset(entry.name for entry in table if not entry.optional)
