"""Series of the user's own: read from the tables that people have, described, checked and kept in the store."""

from __future__ import annotations

from sojourn.series.own.adding import Added, add
from sojourn.series.own.naming import add_name, own_names

__all__ = ["Added", "add", "add_name", "own_names"]
