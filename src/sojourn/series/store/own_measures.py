"""Measures of the user's own, which the manifest of the store keeps beside the figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from sojourn.series.codes import DataError, refuse
from sojourn.series.model import Measure

__all__ = ["agreed", "as_written", "read_measures"]

_DEFINES = ("title", "publisher", "unit", "adds", "on_purpose", "source", "licence", "note")


def read_measures(manifest: Mapping[str, Any]) -> dict[str, Measure]:
    """Return the own measures that a manifest names."""
    kept: dict[str, Measure] = {}
    for said in manifest.get("measures", ()):
        kept[said["name"]] = Measure(
            name=said["name"],
            title=said["title"],
            publisher=said["publisher"],
            unit=said["unit"],
            adds=tuple(said["adds"]),
            of="",
            selects=(),
            source=said["source"],
            licence=said["licence"],
            note=said["note"],
            on_purpose=tuple(said["on_purpose"]),
        )
    return kept


def as_written(own: Mapping[str, Measure]) -> list[dict[str, Any]]:
    """Return own measures as the manifest keeps them."""
    full = [asdict(own[name]) for name in sorted(own)]
    return [{"name": one["name"]} | {name: one[name] for name in _DEFINES} for one in full]


def agreed(
    held: Mapping[str, Measure], own: Measure | None, others: Sequence[tuple[str, str]], *, replace: bool
) -> dict[str, Measure]:
    """Return the own measures of the store once ``own`` is among them.

    Parameters
    ----------
    held : mapping of str to Measure
        Those that the store has.
    own : Measure or None
        The one to keep.
    others : sequence of (str, str)
        Measure and release of the figures that stay as they are.
    replace : bool
        Whether another definition of the same measure takes the place of the one held.

    Raises
    ------
    DataError
        D705 where the definition differs and is not to be replaced, or where other releases have another unit.
    """
    if own is None:
        return dict(held)
    old = held.get(own.name)
    if old is not None and old != own:
        releases = [release for measure, release in others if measure == own.name]
        if not replace:
            raise _other(old, own, "import it under another name, or say --replace (replace=True)")
        if old.unit != own.unit and releases:
            raise _other(old, own, f"release {', '.join(releases)} has the unit {old.unit}: use another name")
    return {**held, own.name: own}


def _other(old: Measure, new: Measure, remedy: str) -> DataError:
    """Return the error for another definition of the same measure, which names what differs."""
    differs = [name for name in _DEFINES if getattr(old, name) != getattr(new, name)]
    words = " and ".join("definition" if name == "note" else name for name in differs)
    return refuse(
        "D705",
        new.name,
        f"the store has this measure with another {words}",
        found="; ".join(_said(getattr(new, name)) for name in differs),
        allowed="; ".join(_said(getattr(old, name)) for name in differs),
        remedy=remedy,
    )


def _said(value: str | tuple[str, ...]) -> str:
    return (value if isinstance(value, str) else ", ".join(value)) or "none"
