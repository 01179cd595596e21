"""Options of a run, checked before any work: all that is wrong with them at once."""

from __future__ import annotations

from sojourn.engine.codes import CODES, ModelError
from sojourn.errors import Collector, nearest

__all__ = ["MODES", "RECORDS", "check_options"]

MODES = ("draw", "expected")
RECORDS = ("step", "week", "month")
MOST_REPLICATES = 1_000_000_000


def check_options(
    *,
    replicates: int | None = None,
    first: int = 0,
    seed: int | None = None,
    workers: int | None = None,
    mode: str = "draw",
    record: str | None = None,
) -> None:
    """Refuse options of a run that mean nothing.

    Parameters
    ----------
    replicates, first : int
        Number of replicates, at least 1, and the number of the first, at least 0.
    seed : int, optional
        0 to 2**64 - 1.
    workers : int, optional
        Number of threads, at least 1.
    mode : {"draw", "expected"}
        How counts are worked out.
    record : {"step", "week", "month"}, optional
        Period recorded.

    Raises
    ------
    ModelError
        M401 for a word that is none of those allowed, M402 for a number out of its range.
    """
    problems = Collector(CODES, ModelError, "the run was not started")
    for name, value, allowed in (("mode", mode, MODES), ("record", record, RECORDS)):
        if value is not None and value not in allowed:
            close = nearest(str(value), allowed)
            problems.add("M401", name, "unknown", found=str(value), allowed=", ".join(allowed), nearest=close)
    for name, number, low, high in (
        ("replicates", replicates, 1, MOST_REPLICATES),
        ("first", first, 0, 2**63 - 1),
        ("seed", seed, 0, 2**64 - 1),
        ("workers", workers, 1, 4096),
    ):
        if number is not None and not _whole_within(number, low, high):
            problems.add(
                "M402", name, "not a number that it can be", found=str(number), allowed=f"{low} to {high:,}"
            )
    problems.raise_if_any()


def _whole_within(number: object, low: int, high: int) -> bool:
    """Whether something is a whole number between two ends; true and false are none."""
    try:
        return not isinstance(number, bool) and int(number) == number and low <= number <= high  # type: ignore[call-overload, operator]
    except (TypeError, ValueError, OverflowError):
        return False
