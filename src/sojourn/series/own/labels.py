"""What the figures of a table are split by: nationalities, places and other labels, as Sojourn writes them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sojourn.errors import Collector
from sojourn.series.countries import is_iso3, iso3, nearest_name, own_place
from sojourn.series.importers.figures import as_path
from sojourn.series.model import ALL
from sojourn.series.own.long_form import Long
from sojourn.series.own.tables.grid import Cell, Grid

__all__ = ["read_labels"]

_WHOLE = frozenset({"all", "total", "grand total", "totals", "all nationalities", "all countries"})
_SHOWN = 5


def read_labels(grid: Grid, long: Long, problems: Collector) -> dict[str, list[str]]:
    """Return (figure) the value of each dimension that was described, and the names of nationalities as written.

    A country that is not known is D305, with the nearest name and how to say what it is; an empty cell is D303.
    """
    found: dict[str, list[str]] = {}
    size = len(long.value)
    for dimension, cells in long.labels.items():

        def spot(at: int, column: str = long.sources.get(dimension, "")) -> str:
            return grid.spot(long.rows[at], column or long.heads[at])

        found |= _read(dimension, cells, spot, problems)
    for dimension, word in long.stated.items():
        read = _read(dimension, [word], lambda _, d=dimension: d, problems)  # type: ignore[misc]
        found |= {name: one * size for name, one in read.items()}
    return found


def _read(
    dimension: str, cells: Sequence[Cell], spot: Callable[[int], str], problems: Collector
) -> dict[str, list[str]]:
    """Return (figure) the values of a dimension; of nationalities also their names."""
    value: dict[Cell, str] = {}
    unknown = 0
    for cell in dict.fromkeys(cells):
        word = f"{cell:g}" if isinstance(cell, float) else str(cell)
        value[cell] = ALL if word.casefold() in _WHOLE else _term(dimension, word)
        if cell is None:
            problems.add("D303", spot(cells.index(cell)), f"{dimension} missing", remedy="write all for a total")
        elif not value[cell] and unknown < _SHOWN:
            unknown += 1
            _unknown(dimension, word, spot(cells.index(cell)), problems)
    found = {dimension: [value[c] for c in cells]}
    if dimension == "nationality":
        codes = {c: str(c) if value[c] not in (str(c), ALL) else "" for c in value}
        found["name"] = [codes[c] for c in cells]
    return found


def _term(dimension: str, word: str) -> str:
    """Return a label as Sojourn writes it; an empty text where it is not known."""
    if dimension in ("nationality", "country"):
        return word if is_iso3(word) else iso3(word)
    if dimension == "place":
        return own_place(word) or as_path(word)
    return as_path(word) if dimension in ("category", "family") else word


def _unknown(dimension: str, word: str, spot: str, problems: Collector) -> None:
    if dimension in ("nationality", "country"):
        problems.add(
            "D305",
            spot,
            "country not known",
            found=word,
            nearest=nearest_name(word),
            remedy=f'say which it is: sojourn data names add "{word}" CODE',
        )
    else:
        problems.add("D309", spot, f"not a {dimension}: no letters or digits", found=word)
