"""Writing scenarios as YAML that reads back to the same scenario."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sojourn.scenario.model import Scenario
from sojourn.scenario.resolve import resolve
from sojourn.scenario.written_form import plain
from sojourn.writing import write_text

__all__ = ["dump"]

_WIDTH = 100
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9 _./()%,'\"+=>*-]*")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_CONSTANTS = {"null", "true", "false", "yes", "no", "on", "off", "y", "n"}


def dump(scenario: Scenario, path: str | Path | None = None, *, resolved: bool = False) -> str:
    """Return a scenario as YAML, which reads back to the same scenario.

    Parameters
    ----------
    scenario : Scenario
        The scenario.
    path : str or Path, optional
        File to which the text is written too, in place of what it held.
    resolved : bool
        Write the resolved form, with every value. Otherwise what equals the defaults of the language is left out.

    Returns
    -------
    str
        The YAML text.

    Raises
    ------
    WriteError
        W101 where the file cannot be written; what was there is left.
    """
    data = resolve(scenario).model_dump(mode="json") if resolved else _short(plain(scenario))
    text = "\n".join(_lines({"sojourn": scenario.sojourn} | data, 0)) + "\n"
    if path is not None:
        write_text(path, text)
    return text


def _short(data: Any) -> Any:
    """Write exits by their shares alone where nothing else is said of them."""
    for stage in data["stages"].values():
        exits = stage.get("exits")
        if not exits:
            continue
        short = {to: _exit(way) for to, way in exits.items()}
        stage["exits"] = next(iter(short)) if list(short.values()) == ["rest"] else short
    return data


def _exit(way: dict[str, Any]) -> Any:
    return way if set(way) - {"share"} else way.get("share", "rest")


def _lines(value: dict[str, Any], indent: int) -> Iterator[str]:
    margin = "  " * indent
    for key, item in value.items():
        name = f"{margin}{_scalar(key)}:"
        if isinstance(item, dict) and item:
            yield name
            yield from _lines(item, indent + 1)
        elif isinstance(item, list) and any(isinstance(entry, dict) for entry in item):
            yield name
            for entry in item:
                first, *more = _lines(entry, indent + 2)
                yield f"{margin}  - {first.lstrip()}"
                yield from more
        else:
            yield from _flow(name, item, indent)


def _flow(name: str, item: Any, indent: int) -> Iterator[str]:
    """Write a scalar, or a list of scalars over as many lines as it needs."""
    if not isinstance(item, list):
        yield f"{name} {_scalar(item)}"
        return
    line = f"{name} ["
    for index, entry in enumerate(item):
        text = _inline(entry) + (", " if index < len(item) - 1 else "]")
        if len(line) + len(text) > _WIDTH and not line.endswith("["):
            yield line.rstrip()
            line = "  " * (indent + 1)
        line += text
    yield line if item else f"{line}]"


def _inline(entry: Any) -> str:
    return (
        "[" + ", ".join(_inline(e) for e in entry) + "]" if isinstance(entry, list) else _scalar(entry, flow=True)
    )


def _scalar(value: Any, *, flow: bool = False) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, int):
        return str(value)
    if value == {}:
        return "{}"
    text = str(value)
    plain_text = _PLAIN.fullmatch(text) and text.lower() not in _CONSTANTS and text == text.strip()
    if _DATE.fullmatch(text) or (plain_text and not (flow and "," in text)):
        return text
    return _quoted(text)


def _quoted(text: str) -> str:
    """Return a double-quoted scalar; what cannot be printed is escaped the way YAML and JSON share or YAML adds."""
    pieces = []
    for char in text:
        if char in '"\\' or char < " ":
            pieces.append(json.dumps(char)[1:-1])
        elif char.isprintable() and char != "\ufeff":
            pieces.append(char)
        else:
            pieces.append(f"\\U{ord(char):08x}")
    return f'"{"".join(pieces)}"'
