"""Tables in JSON: lists of records, as UNHCR and IOM answer, and JSON-stat, as Eurostat does."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Any

from sojourn.series.codes import refuse

__all__ = ["read_json"]

_LISTS = ("items", "result", "results", "data", "value", "records", "rows")
_MOST_CELLS = 20_000_000


def read_json(data: bytes, name: str) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Return the names of the columns and the rows, as text, of a table in JSON.

    Raises
    ------
    DataError
        D105 for what is not JSON, D113 for one page of several, D201 for JSON that holds no table.
    """
    try:
        read = json.loads(data.decode("utf-8-sig"), parse_int=str, parse_float=str, parse_constant=str)
    except (ValueError, RecursionError) as err:
        raise refuse("D105", name, f"not JSON: {err}"[:200]) from err
    if isinstance(read, Mapping) and {"id", "size", "dimension", "value"} <= set(read):
        return _from_stat(read, name)
    records = _records(read, name)
    columns: dict[str, None] = {}
    for record in records:
        columns.update(dict.fromkeys(str(k) for k in record))
    names = tuple(columns)
    return names, [tuple(_text(record.get(n)) for n in names) for record in records]


def _records(read: Any, name: str) -> list[Mapping[str, Any]]:
    """Return the records of an answer, which stand in a list of its own or under a key."""
    for _ in range(3):
        if isinstance(read, list):
            break
        if not isinstance(read, Mapping):
            break
        _whole(read, name)
        read = next((read[key] for key in _LISTS if isinstance(read.get(key), list | dict)), None)
    if not isinstance(read, list) or not read or not all(isinstance(record, Mapping) for record in read):
        raise refuse("D201", name, "JSON without a list of records", allowed="records, or a JSON-stat dataset")
    return read


def _whole(answer: Mapping[str, Any], name: str) -> None:
    """Refuse one page of an answer that has several (D113)."""
    for key in ("maxPages", "max_pages", "totalPages", "total_pages"):
        said = str(answer.get(key, ""))
        if said.isdigit() and int(said) > 1:
            page = answer.get("page", "one")
            raise refuse(
                "D113",
                name,
                f"page {page} of {said}: the other figures are missing",
                remedy="ask for all of them in one answer (limit=...)",
            )


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    return value.strip() if isinstance(value, str) else json.dumps(value)


def _from_stat(read: Mapping[str, Any], name: str) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Return a JSON-stat dataset as a column for each dimension, one of values and one of status.

    A first column says which dataset it is.

    Source: https://json-stat.org/full/
    """
    try:
        dimensions = [str(d) for d in read["id"]]
        sizes = [int(s) for s in read["size"]]
        members = [
            _members(read["dimension"][d]["category"], size) for d, size in zip(dimensions, sizes, strict=True)
        ]
        cells = 1
        for size in sizes:
            cells *= size
        if cells > _MOST_CELLS:
            raise refuse("D110", name, "too many cells", found=f"{cells:,}", allowed=f"{_MOST_CELLS:,}")
        values, status = _sparse(read["value"]), _sparse(read.get("status") or {})
        source = _text((read.get("extension") or {}).get("id") or read.get("label") or "")
        rows = [
            (source, *key, values.get(at, ""), status.get(at, ""))
            for at, key in enumerate(product(*members))
            if at in values or at in status
        ]
    except (KeyError, TypeError, ValueError, AttributeError) as err:
        raise refuse("D105", name, f"not a JSON-stat dataset: {err!r}"[:200]) from err
    return ("DATAFLOW", *dimensions, "value", "status"), rows


def _members(category: Mapping[str, Any], size: int) -> list[str]:
    """Return the codes of one dimension, in order."""
    index = category.get("index", category.get("label"))
    if isinstance(index, Mapping):
        found = sorted(index, key=lambda code: int(index[code])) if "index" in category else list(index)
    else:
        found = [str(code) for code in index or ()]
    if len(found) != size:
        raise ValueError(f"{len(found)} members where {size} are said")
    return found


def _sparse(values: Any) -> dict[int, str]:
    """Return values by their place in the cube, whether they are given as a list or by place."""
    pairs: Iterator[tuple[Any, Any]]
    if isinstance(values, Mapping):
        pairs = iter(values.items())
    elif isinstance(values, Sequence) and not isinstance(values, str):
        pairs = iter(enumerate(values))
    else:
        raise TypeError("values are neither a list nor an object")
    return {int(at): _text(value) for at, value in pairs if value is not None}
