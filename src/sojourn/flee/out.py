"""Flee's ``out.csv``: reading one, by Flee or by this package, and writing one with the same columns."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sojourn.flee.compile import newly_displaced, registered_new
from sojourn.flee.model import FleeScenario
from sojourn.flee.reading.sheets import MAX_BYTES, Reading, decode, parse_csv, shown
from sojourn.flee.registrations import DataTable, data_table
from sojourn.results import Run

__all__ = ["OutTable", "out_csv", "out_files", "read_out"]

Integers = NDArray[np.int64]
_TOTALS = (
    "Total error",
    "refugees in camps (UNHCR)",
    "total refugees (simulation)",
    "raw UNHCR refugee count",
    "refugees in camps (simulation)",
    "refugee_debt",
)


@dataclass(frozen=True, kw_only=True, eq=False)
class OutTable:
    """An ``out.csv``: people by day and camp, simulated and registered.

    Attributes
    ----------
    camps : tuple[str, ...]
        Names of the camps.
    simulated : ndarray
        (day, camp) int64, agents.
    published : ndarray
        (day, camp) int64, agents registered.
    published_total : ndarray
        (day) int64, agents registered in all.
    """

    camps: tuple[str, ...]
    simulated: Integers
    published: Integers
    published_total: Integers


def read_out(path: str | Path) -> OutTable:
    """Read an ``out.csv`` (or ``out.csv.gz``).

    Parameters
    ----------
    path : str or Path
        The file.

    Returns
    -------
    OutTable
        Its numbers.

    Raises
    ------
    FleeError
        If it is not one.
    """
    path, reading = Path(path), Reading()
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as stream:
            raw = stream.read(MAX_BYTES + 1)
    except (OSError, EOFError, zlib.error) as problem:
        raw = b""
        reading.error("F143", path.name, f"cannot be read: {problem}")
    if len(raw) > MAX_BYTES:
        reading.error("F104", path.name, "too large to be an out.csv")
    text = decode(raw, path.name, reading) if raw else ""
    sheet = parse_csv(text or "", path.name, reading)
    reading.raise_if_any()
    head = sheet.rows[0].cells if sheet.rows else []
    camps = tuple(name.removesuffix(" sim") for name in head if name.endswith(" sim"))
    wanted = [f"{camp} sim" for camp in camps] + [f"{camp} data" for camp in camps] + [_TOTALS[1]]
    missing = [name for name in wanted if name not in head]
    if not camps or missing:
        reading.error("F143", f"{path.name}, row 1", "not the header of an out.csv", found=shown(head))
        reading.raise_if_any()
    columns = [head.index(name) for name in wanted]
    values = []
    for row in sheet.rows[1:]:
        try:
            values.append([int(row.cells[column]) for column in columns])
        except (ValueError, IndexError):
            where = f"{path.name}, row {row.line}"
            reading.error("F143", where, "a count is missing or is no whole number", found=shown(row.cells))
    if len(sheet.rows) < 2:
        reading.error("F143", path.name, "no day")
    reading.raise_if_any()
    table = np.array(values, dtype=np.int64)
    count = len(camps)
    return OutTable(
        camps=camps,
        simulated=table[:, :count],
        published=table[:, count : 2 * count],
        published_total=table[:, -1],
    )


def out_csv(scenario: FleeScenario, simulated: Integers, created: Integers, scale: int | None = None) -> str:
    """Return the text of an ``out.csv`` with Flee's columns.

    With ``compat="flee3"`` the Date is one day late and the raw count has day 0 twice, as in Flee; otherwise the
    Date is the day's own, and the raw count and the total error are about the people registered in camps.

    Parameters
    ----------
    scenario : FleeScenario
        The scenario that was simulated.
    simulated : ndarray
        (day, camp) int64, agents after each day's movement, camps as in ``scenario.camps``.
    created : ndarray
        (day) int64, agents: everybody who ever appeared.
    scale : int, optional
        People that an agent stands for; the scenario's own if left out.

    Returns
    -------
    str
        The text.
    """
    literal = scenario.compat == "flee3"
    table = data_table(scenario, scale)
    published = table.of(scenario.camps)
    registered = published.sum(axis=1)
    raw, debt = _raw_and_debt(scenario, table)
    raw = raw if literal else registered
    inside = [scenario.locations[scenario.index[camp]].kind == "idpcamp" for camp in scenario.camps]
    head = ["Day", "Date"]
    for camp in scenario.camps:
        head += [f"{camp} sim", f"{camp} data", f"{camp} error"]
    with_inside = scenario.settings.log.idp_totals > 0
    lines = [",".join([*head, *_TOTALS, *(["total IDPs"] if with_inside else [])])]
    for day, (sim, data) in enumerate(zip(simulated.tolist(), published.tolist(), strict=True)):
        row: list[object] = [day, scenario.start + timedelta(days=day + literal)]
        for one, known in zip(sim, data, strict=True):
            row += [one, known, 0.0 if known < 1e-5 else float(np.round(abs(one / known - 1.0), 4))]
        if raw[day] > 0:
            off = sum(abs(one - known) for one, known in zip(sim, data, strict=True))
            row += [off / int(raw[day]), registered[day], created[day], raw[day], sum(sim), debt[day]]
        else:
            row += ["0.0", 0, created[day], 0, sum(sim), 0]
        if with_inside:
            row.append(sum(one for one, is_inside in zip(sim, inside, strict=True) if is_inside))
        lines.append(",".join(map(str, row)))
    return "\n".join(lines) + "\n"


def out_files(scenario: FleeScenario, run: Run) -> Iterator[str]:
    """Yield the text of the ``out.csv`` of each replicate of a run of ``scenario``.

    Parameters
    ----------
    scenario : FleeScenario
        The scenario that was simulated.
    run : Run
        A run of it.

    Yields
    ------
    str
        One text for each replicate.
    """
    people = run.stocks.sel(stage=run.data["camp"]).sum("group").values
    created = run.data["created"].sum("group").values
    for one, so_far in zip(people // run.scale, created // run.scale, strict=True):
        yield out_csv(scenario, one, so_far, run.scale)


def _raw_and_debt(scenario: FleeScenario, table: DataTable) -> tuple[Integers, Integers]:
    """Return Flee's raw count and debt by day: both 0 where departures do not follow registrations."""
    spawn = scenario.settings.spawn
    if spawn.conflict_driven_spawning or spawn.flood_driven_spawn_mode:
        return np.zeros_like(table.new), np.zeros_like(table.new)
    return np.cumsum(table.new), newly_displaced(registered_new(scenario, table))[1]
