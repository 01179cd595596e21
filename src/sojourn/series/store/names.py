"""The user's own names of countries and places: a CSV file in the store, edited by hand or by command."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from sojourn.errors import nearest
from sojourn.series.codes import collect, refuse
from sojourn.series.countries import iso3, nationalities, plain_name
from sojourn.writing import drafted

__all__ = ["NAMES", "name_problem", "read_names", "write_names"]

NAMES = "names.csv"
"""Name of the file in the folder of the store; its columns are name and code."""

_PLACE = re.compile(r"[a-z0-9][a-z0-9-]*(/[a-z0-9][a-z0-9-]*)*")
_FREE = re.compile(r"AA[A-Z]|Q[M-Z][A-Z]|X[A-Z]{2}|ZZ[A-Z]")
"""Codes that ISO 3166 leaves to its users, and those from XYA to XZZ, which it leaves unused."""


def name_problem(name: str, code: str) -> tuple[str, str]:
    """Return what is wrong with an own name and its code, and the nearest code; two empty texts when nothing is."""
    if not plain_name(name):
        return "a name without letters", ""
    if _PLACE.fullmatch(code):
        return "", ""
    if not re.fullmatch("[A-Z]{3}", code):
        return "neither three capitals (a country) nor a path of lower-case words (a place)", ""
    if code not in nationalities() and not _FREE.fullmatch(code):
        return "no country has this code; one of your own begins with X", nearest(code, nationalities())
    known = iso3(name)
    return ("the name has the code " + known, known) if known and known != code else ("", "")


def read_names(path: Path) -> Mapping[str, str]:
    """Return the own names of a file, each with its code or path; none when there is no file.

    Raises
    ------
    DataError
        D707 with each row that is wrong.
    """
    try:
        changed = path.stat().st_mtime_ns
    except OSError:
        return {}
    return _read(path, changed)


@lru_cache(maxsize=16)
def _read(path: Path, _changed_ns: int) -> Mapping[str, str]:
    problems = collect(f"{path.name} of the store was not read")
    names: dict[str, str] = {}
    try:
        rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"))))
    except (OSError, ValueError, csv.Error) as err:
        raise refuse(
            "D707", str(path), f"own names cannot be read: {err}", allowed="UTF-8, columns name,code"
        ) from err
    for number, row in enumerate(rows, start=2):
        name, code = (row.get("name") or "").strip(), (row.get("code") or "").strip()
        wrong, close = name_problem(name, code)
        if wrong:
            problems.add("D707", f"{path}, row {number}", wrong, found=f"{name}, {code}", nearest=close)
        names[name] = code
    problems.raise_if_any()
    return names


def write_names(path: Path, names: Mapping[str, str]) -> None:
    """Write own names to a file, whole or not at all."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["name", "code"])
    writer.writerows(sorted(names.items()))
    with drafted(path) as draft:
        draft.write_text(out.getvalue(), encoding="utf-8")
