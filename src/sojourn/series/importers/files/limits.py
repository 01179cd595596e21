"""Sizes above which a file is refused."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["CHUNK", "LIMITS", "Limits"]

CHUNK = 1 << 20
"""How many bytes are looked at together."""


@dataclass(frozen=True)
class Limits:
    """Sizes above which a file is refused, in bytes, rows and cells."""

    file_bytes: int = 1_000_000_000
    unpacked_bytes: int = 1_500_000_000
    unpacked_ratio: int = 250
    json_bytes: int = 200_000_000
    columns: int = 2_000
    rows: int = 20_000_000
    line_bytes: int = 500_000
    sheet_columns: int = 1_000
    sheet_cells: int = 20_000_000
    archive_members: int = 2_000


LIMITS = Limits()
"""The limits in force; the largest file of the publishers that Sojourn reads has a few megabytes."""
