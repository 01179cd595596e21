"""Reading YAML 1.2 safely: plain data only, small, shallow, finite, every key once, with the line of every key.

The text is taken apart as a stream of events, so that what is refused is refused at once: nothing is built
from a tag, and an alias is counted at the size it expands to.
"""

from __future__ import annotations

import io
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
    StreamStartEvent,
)

from sojourn.scenario.codes import Findings, Path
from sojourn.scenario.written_form import key_text

__all__ = ["LARGEST_BYTES", "Document", "read_file", "read_text"]

LARGEST_BYTES = 2_000_000
"""Largest YAML text that is read."""
_DEEPEST = 32
_MOST_NODES = 250_000

_INTEGER = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_CONSTANTS = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}


@dataclass(frozen=True)
class Document:
    """The data of one YAML text, and the line on which each key stands."""

    data: Any
    lines: dict[Path, str] = field(default_factory=dict)


class _Refused(Exception):
    """Reading stops here; the problem is already recorded."""


def read_file(path: FilePath, findings: Findings) -> Document | None:
    """Read a YAML file; None if it had to be refused, with the reason in the findings."""
    size = path.stat().st_size
    if size > LARGEST_BYTES:
        _too_large(findings, path.name, size)
        return None
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        findings.problem(
            "L119",
            (),
            f"{path.name} is not UTF-8 text",
            found=f"byte {error.object[error.start]:#x} at {error.start}",
            remedy="save the file as UTF-8",
        )
        return None
    return read_text(text, path.name, findings)


def read_text(text: str, name: str, findings: Findings) -> Document | None:
    """Read a YAML text; None if it had to be refused, with the reason in the findings."""
    if len(text) > LARGEST_BYTES:
        _too_large(findings, name, len(text))
        return None
    reader = _Reader(name, findings)
    try:
        return reader.read(text)
    except _Refused:
        return None
    except (YAMLError, RecursionError) as error:
        problem = str(getattr(error, "problem", "") or error).splitlines()[0]
        mark = getattr(error, "problem_mark", None)
        place = f" ({name}, line {mark.line + 1})" if mark is not None else f" ({name})"
        findings.problem(
            "L103",
            (),
            f"this is not YAML: {problem}{place}",
            remedy="look for a missing quote, bracket or space, or for tabs",
        )
        return None


def _too_large(findings: Findings, name: str, size: int) -> None:
    findings.problem(
        "L102",
        (),
        f"{name} is too large for a scenario",
        found=f"{size:,} bytes",
        allowed=f"{LARGEST_BYTES:,} bytes",
        remedy="keep long series in CSV files beside the scenario",
    )


class _Reader:
    """Builds plain data from the events of one text."""

    def __init__(self, name: str, findings: Findings) -> None:
        self.name = name
        self.findings = findings
        self.nodes = 0
        self.lines: dict[Path, str] = {}
        self.anchors: dict[str, tuple[Any, int]] = {}
        self.events: Iterator[Event] = iter(())

    def read(self, text: str) -> Document:
        self.events = iter(YAML(typ="safe", pure=True).parse(io.StringIO(text)))
        data: Any = None
        documents = 0
        for event in self.events:
            if isinstance(event, DocumentStartEvent):
                documents += 1
                if documents > 1:
                    self.refuse("L107", (), event, "a scenario is one document", found="---")
            elif isinstance(event, NodeEvent):
                data = self.node(event, ())
            elif isinstance(event, StreamEndEvent | StreamStartEvent):
                continue
        if not isinstance(data, dict):
            self.findings.problem(
                "L112",
                (),
                f"{self.name} does not hold a mapping of keys to values",
                found=type(data).__name__,
                remedy="begin with `name:`, `time:`, `groups:` and `stages:`",
            )
            raise _Refused
        return Document(data, self.lines)

    def problem(self, code: str, path: Path, event: Event, message: str, **details: str) -> None:
        self.lines[path] = f"{self.name}, line {event.start_mark.line + 1}"
        self.findings.problem(code, path, f"{message} ({self.lines[path]})", **details)

    def refuse(self, code: str, path: Path, event: Event, message: str, **details: str) -> None:
        self.problem(code, path, event, message, **details)
        raise _Refused

    def count(self, size: int, path: Path, event: Event) -> None:
        self.nodes += size
        if self.nodes > _MOST_NODES:
            self.refuse(
                "L109",
                path,
                event,
                "the text, aliases expanded, has too many entries",
                allowed=f"{_MOST_NODES:,}",
                remedy="keep long series in CSV files beside the scenario",
            )

    def node(self, event: Any, path: Path) -> Any:
        """Return the data of the node that begins with this event."""
        if isinstance(event, AliasEvent):
            if event.anchor not in self.anchors:
                self.refuse("L105", path, event, "the alias stands for nothing yet", found=f"*{event.anchor}")
            data, size = self.anchors[event.anchor]
            self.count(size, path, event)
            return data
        before = self.nodes
        self.count(1, path, event)
        if len(path) > _DEEPEST:
            self.refuse("L108", path[:3], event, "nested too deeply", allowed=f"{_DEEPEST} levels")
        tag = str(event.ctag) if getattr(event, "ctag", None) else ""
        if tag:
            self.problem("L104", path, event, "tags are refused", found=tag, remedy="write plain values")
        if isinstance(event, ScalarEvent):
            data = self.scalar(event, path)
        elif isinstance(event, SequenceStartEvent):
            data = [self.node(item, (*path, i)) for i, item in enumerate(self.until(SequenceEndEvent))]
        else:
            data = self.mapping(path)
        if event.anchor:
            self.anchors[event.anchor] = (data, self.nodes - before)
        return data

    def until(self, end: type[Event]) -> Iterator[Any]:
        for event in self.events:
            if isinstance(event, end):
                return
            yield event

    def mapping(self, path: Path) -> dict[str, Any]:
        data: dict[str, Any] = {}
        for event in self.until(MappingEndEvent):
            if not isinstance(event, ScalarEvent):
                self.refuse("L106", path, event, "a key is not plain text", remedy="write keys as plain words")
            plain = event.style is None
            key = key_text(_number(event.value) if plain and _FLOAT.fullmatch(event.value) else event.value)
            here = (*path, key)
            if key in data:
                self.problem("L110", here, event, f"`{key}` is written twice here", found=key, remedy="keep one")
            self.lines[here] = f"{self.name}, line {event.start_mark.line + 1}"
            data[key] = self.node(next(self.events), here)
        return data

    def scalar(self, event: Any, path: Path) -> Any:
        """Return the value of a scalar by the core schema of YAML 1.2; quoted text is text."""
        text: str = event.value
        if event.style is not None:
            return text
        if text in _CONSTANTS:
            return _CONSTANTS[text]
        if _NOT_FINITE.fullmatch(text):
            value = math.nan
        elif _INTEGER.fullmatch(text) or _FLOAT.fullmatch(text):
            value = _number(text)
        else:
            return text
        if not math.isfinite(value):
            self.problem("L111", path, event, "numbers are finite", found=text[:40], remedy="leave it out")
            return math.nan
        return value


def _number(text: str) -> int | float:
    """Return a plain number; integers beyond exact doubles become floats."""
    if text.startswith(("0x", "0o")):
        value = int(text[2:], 16 if text[1] == "x" else 8)
    elif _INTEGER.fullmatch(text) and len(text) <= 15:
        value = int(text)
    else:
        return float(text)
    return value if value < 2**53 else float(value) if value < 2**1000 else math.inf
