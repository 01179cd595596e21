"""Where the table of a file begins and ends, and which of its columns are read."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sojourn.series.codes import refuse
from sojourn.series.importers.layout import Match, plain

__all__ = ["Fit", "Head", "fit_table", "is_note", "notes_at_end"]

_NOTE = re.compile(
    r"(sources?|notes?|footnotes?|end of|last updat|updated|extracted|data (as|from|extracted)|date |"
    r"disclaimer|special value|available flags?|copyright|this |the |figures |totals? (do|may)|"
    r"https?:|[*†‡©^:#\[(]|\d\)|\d\. )",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"[+-]?[\d.,\s]*\d[\d.,\s%]*")
_FEW_WORDS = 4


@dataclass(frozen=True)
class Head:
    """The first rows of a table: of a text, read with one separator, of a sheet, or of JSON.

    Attributes
    ----------
    separator : str
        What stands between the columns of a text.
    sheet : str
        Name of the sheet of a workbook.
    rows : tuple of (int, int, tuple of str)
        First line, last line and cells of each row.
    """

    separator: str
    sheet: str
    rows: tuple[tuple[int, int, tuple[str, ...]], ...]


@dataclass(frozen=True)
class Fit:
    """How the table of a file is read.

    Attributes
    ----------
    names : tuple of str
        Columns to read, by the names of the layout.
    at : tuple of int
        Where each stands in a row.
    width : int
        How many columns the rows have.
    line : int
        The line of the header.
    skip : int
        How many lines come before the first row.
    separator, sheet
        As in :class:`Head`.
    extra : tuple of str
        Columns that are left out.
    """

    names: tuple[str, ...]
    at: tuple[int, ...]
    width: int
    line: int
    skip: int
    separator: str
    sheet: str
    extra: tuple[str, ...] = ()


def fit_table(name: str, head: Head, row: int, match: Match | None) -> Fit:
    """Return how to read the table whose header is a row of ``head``.

    Without a match every column is read by the name it has.

    Raises
    ------
    DataError
        D203 where two columns have one name.
    """
    first, last, cells = head.rows[row]
    after = head.rows[row + 1 :]
    width, shift = _width(cells, [c for _, _, c in after if any(c)])
    skip = last
    if after and _is_tags(after[0][2]):
        skip = after[0][1]
    if match is None:
        named = [(c, at) for at, c in enumerate(cells) if at < width]
        _refuse_twice(name, first, [c for c, _ in named if c])
        return Fit(
            tuple(c or f"column {at + 1}" for c, at in named),
            tuple(at + shift for _, at in named),
            width,
            first,
            skip,
            head.separator,
            head.sheet,
        )
    read = {plain(cells[at]) for at in match.positions.values()}
    _refuse_twice(name, first, [c for c in cells if plain(c) in read])
    order = [n for n in dict.fromkeys((*match.layout.columns, *match.layout.optional)) if n in match.positions]
    order += [n for n in match.positions if n not in order]
    at = tuple(match.positions[n] + shift for n in order)
    return Fit(tuple(order), at, width, first, skip, head.separator, head.sheet, match.extra)


def _refuse_twice(name: str, line: int, cells: Sequence[str]) -> None:
    compared = [plain(c) for c in cells]
    twice = sorted({c for c, p in zip(cells, compared, strict=True) if compared.count(p) > 1})
    if twice:
        raise refuse("D203", f"{name}, row {line}", "column name given twice", found=", ".join(twice))


def _width(cells: Sequence[str], rows: Sequence[Sequence[str]]) -> tuple[int, int]:
    """Return how many columns the rows have and by how many the header is shifted.

    A separator at the end of the header alone, or of the rows alone, makes no column; a first column without a name
    in the header, as R writes it, shifts it.
    """
    size = len(cells)
    lengths = {len(r) for r in rows[:-1]} or {len(r) for r in rows}
    if lengths == {size - 1} and not cells[-1]:
        return size - 1, 0
    if lengths == {size + 1}:
        whole = [r for r in rows if len(r) == size + 1]
        if all(not r[-1] for r in whole):
            return size + 1, 0
        if all(r[0] == str(number) for number, r in enumerate(whole, start=1)):
            return size + 1, 1
    return size, 0


def _is_tags(cells: Sequence[str]) -> bool:
    """Whether a row holds the hashtags of the Humanitarian Exchange Language (https://hxlstandard.org)."""
    named = [c for c in cells if c]
    return len(named) > 1 and sum(c.startswith("#") for c in named) >= max(1, len(named) - 1)


def is_note(cells: Sequence[str]) -> bool:
    """Whether a row below a table is empty or a remark, not figures."""
    said = [c.strip() for c in cells if c.strip()]
    if not said:
        return True
    if not cells[0].strip() or any(_NUMBER.fullmatch(c) for c in said):
        return False
    remark = bool(_NOTE.match(said[0]))
    return len(said) <= 2 and (remark or (len(said) == 1 and len(said[0].split()) >= _FEW_WORDS))


def notes_at_end(rows: Sequence[Sequence[str]]) -> int:
    """Return how many of the last rows are empty or remarks."""
    count = 0
    for cells in reversed(rows):
        if not is_note(cells):
            break
        count += 1
    return count
