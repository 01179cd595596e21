"""What differs between the scenarios of two runs, in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from ruamel.yaml import YAML

from sojourn.observation.stations import scenario_of
from sojourn.report.facts import label
from sojourn.results import Run

__all__ = ["folder_changes", "system_changes"]

_ROWS = 4
_SECTIONS = ("time", "groups", "places", "series", "quantities", "stages", "policies", "observations")


def system_changes(base: Run, other: Run) -> list[str]:
    """Return in words what the second scenario has otherwise than the first, one line for each entry."""
    lines = []
    first, second = (scenario_of(run).model_dump(mode="json") for run in (base, other))
    for section in _SECTIONS:
        one, two = first[section], second[section]
        if section == "time":
            if one != two:
                lines.append("another period or step")
            continue
        names = list(dict.fromkeys([*one, *two]))
        for name in names:
            what = f"{_singular(section)} {label(name)}"
            if name not in two:
                lines.append(f"without the {what}{_titled(one[name])}")
            elif name not in one:
                lines.append(f"with the {what}{_titled(two[name])}")
            elif one[name] != two[name]:
                lines.append(f"{what}: {_fields(one[name], two[name])}")
    return lines


def _singular(section: str) -> str:
    return {"policies": "policy", "quantities": "quantity", "series": "series"}.get(section, section[:-1])


def _titled(entry: dict[str, Any]) -> str:
    return f" ({entry['title']}, from {entry['start']})" if entry.get("title") and "start" in entry else ""


def _fields(one: dict[str, Any], two: dict[str, Any]) -> str:
    parts = [f"{k} {_short(one.get(k))} becomes {_short(v)}" for k, v in two.items() if one.get(k) != v]
    return ", ".join(parts)


def _short(value: object) -> str:
    text = "none" if value is None else str(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def folder_changes(base: Run, other: Run) -> list[str]:
    """Return in words what the second scenario has otherwise than the first: settings, and rows of tables."""
    reader = YAML(typ="safe", pure=True)
    first, second = (reader.load(run.scenario_text) for run in (base, other))
    lines = [
        f"{name}: {first.get(name) or 'none'} becomes {second.get(name) or 'none'}"
        for name in ("compat",)
        if first.get(name) != second.get(name)
    ]
    one, two = dict(_flat(first["settings"])), dict(_flat(second["settings"]))
    for name in dict.fromkeys([*one, *two]):
        if one.get(name) != two.get(name):
            lines.append(f"setting {name}: {one.get(name, 'not given')} becomes {two.get(name, 'not given')}")
    for directory in ("input_csv", "source_data"):
        for file in dict.fromkeys([*first[directory], *second[directory]]):
            rows = [_rows(scenario[directory].get(file, [])) for scenario in (first, second)]
            gone, new = rows[0] - rows[1], rows[1] - rows[0]
            lines += [f"{file}, without: {_listed(gone)}"] if gone else []
            lines += [f"{file}, with: {_listed(new)}"] if new else []
    return lines


def _flat(settings: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in settings.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{path}{name}: ")
        else:
            yield f"{path}{name}", value


def _rows(table: Any) -> Counter[str]:
    """Return the rows of a table as text; those of a daily table are a place, its days and their value."""
    if isinstance(table, dict):
        spans = [(name, span) for name, runs in table["runs"].items() for span in runs]
        return Counter(f"{name} {value} on days {start} to {end - 1}" for name, (start, end, value) in spans)
    return Counter(", ".join("" if cell is None else str(cell) for cell in row) for row in table)


def _listed(rows: Counter[str]) -> str:
    lines = list(rows.elements())
    more = f"; and {len(lines) - _ROWS} more rows" if len(lines) > _ROWS else ""
    return "; ".join(lines[:_ROWS]) + more
