"""Dimensions and variables of a run, defined once: names, units, long names and order."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["DIMS", "VARIABLES", "Dim", "Variable", "ordered"]


class Dim(NamedTuple):
    """A dimension of results: what an index along it stands for."""

    name: str
    long_name: str


class Variable(NamedTuple):
    """A variable of a run: its dimensions, unit and long name."""

    name: str
    dims: tuple[str, ...]
    unit: str
    long_name: str


DIMS: dict[str, Dim] = {
    d.name: d
    for d in (
        Dim("scenario", "scenario"),
        Dim("replicate", "stochastic run, counted from 0"),
        Dim("time", "first day of the recorded period"),
        Dim("cohort", "people who came in the same period"),
        Dim("place", "place"),
        Dim("stage", "stage of the system"),
        Dim("flow", "people who go from one stage to another"),
        Dim("queue", "stage served by finite capacity"),
        Dim("observable", "what an official series counts"),
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
    )
}
"""Every variable that a run stores."""


def ordered(names: set[str]) -> tuple[str, ...]:
    """Return dimension names in the order of :data:`DIMS`."""
    return tuple(name for name in DIMS if name in names)
