"""Putting a scenario together: what it extends, its own part, and the series it keeps in files."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import Any

from sojourn.errors import nearest
from sojourn.scenario.codes import Findings, Path
from sojourn.scenario.reading.asked_series import Ask, asked
from sojourn.scenario.reading.paths import file_below
from sojourn.scenario.reading.series_file import embedded
from sojourn.scenario.reading.yaml_text import Document, read_file
from sojourn.scenario.written_form import merge

__all__ = ["Composer", "is_name"]

_DEEPEST = 32
"""Scenarios that extend one another, one upon the other."""
_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


def is_name(text: str) -> bool:
    """Whether a text can be the name of a built-in scenario, and so is not taken for a path."""
    return _NAME.fullmatch(text) is not None


@dataclass
class Composer:
    """Composes documents, each file once; ``builtin`` gives the files of built-in scenarios by name."""

    findings: Findings
    builtin: Mapping[str, FilePath]
    ask: Ask | None = None
    """Answers what a series asks of the store of figures."""
    failed: bool = False
    """Whether something that a document extends could not be had, so that the rest cannot be judged."""
    _done: dict[FilePath, Document | None] = field(default_factory=dict)
    _open: list[FilePath] = field(default_factory=list)

    def file(self, path: FilePath) -> Document | None:
        """Return the composed document of a file; None if it had to be refused."""
        path = path.resolve()
        if path in self._open:
            chain = " -> ".join(p.name for p in [*self._open[self._open.index(path) :], path])
            self.findings.problem(
                "L114",
                ("extends",),
                "a scenario cannot extend itself",
                found=chain,
                remedy="remove one of these extends",
            )
            return None
        if len(self._open) >= _DEEPEST:
            self.findings.problem(
                "L120",
                ("extends",),
                f"more than {_DEEPEST} scenarios extend one another",
                found=f"{self._open[0].name} to {path.name}",
                remedy="merge some of them",
            )
            return None
        if path not in self._done:
            document = read_file(path, self.findings)
            self._open.append(path)
            self._done[path] = document and self.compose(document, path.parent)
            self._open.pop()
        return self._done[path]

    def compose(self, document: Document, folder: FilePath | None) -> Document:
        """Return the document with everything it extends merged below it, and its series files read."""
        own = dict(document.data)
        self.findings.lines = {**self.findings.lines, **document.lines}
        data: Any = {}
        lines: dict[Any, str] = {}
        for base in self._bases(own.pop("extends", None), folder):
            data = merge(data, base.data, self.findings) if data else base.data
            lines |= base.lines
        self.findings.lines = lines | document.lines
        data = merge(data, own, self.findings) if data else own
        self._embed(data, own, folder)
        return Document(_without_nulls(data) if self._open[1:] else data, lines | document.lines)

    def _bases(self, written: object, folder: FilePath | None) -> list[Document]:
        items = written if isinstance(written, list) else [] if written is None else [written]
        found = []
        for item in items:
            if not isinstance(item, str):
                self.findings.problem(
                    "L115",
                    ("extends",),
                    "a scenario extends a built-in one by name, or a file by relative path",
                    found=str(item)[:60],
                    allowed="a name, a path, or a list of them",
                )
                self.failed = True
                continue
            path = self._named(item) if is_name(item) else file_below(folder, item, self.findings, ("extends",))
            document = self.file(path) if path is not None else None
            if document is None:
                self.failed = True
            else:
                found.append(document)
        return found

    def _named(self, name: str) -> FilePath | None:
        if name not in self.builtin:
            self.findings.problem(
                "L101",
                ("extends",),
                "no built-in scenario has this name",
                found=name,
                allowed=", ".join(self.builtin) or "a relative path",
                nearest=nearest(name, self.builtin),
                remedy="write a file as a path, such as name.yaml",
            )
        return self.builtin.get(name)

    def _embed(self, data: dict[str, Any], own: dict[str, Any], folder: FilePath | None) -> None:
        """Read the series files that the document itself names, and ask the store for what it queries."""
        written = own.get("series")
        if not isinstance(written, Mapping) or not isinstance(data.get("series"), dict):
            return
        data["series"] = dict(data["series"])
        for name, series in written.items():
            if not isinstance(series, Mapping) or not {"file", "query"} & set(series):
                continue
            path = ("series", name)
            whole = dict(data["series"][name])
            if "query" in series:
                data["series"][name] = asked(whole, series, self.ask, self.findings, path)
                continue
            if doubled := [key for key in ("start", "values") if key in series]:
                self.findings.problem(
                    "L116",
                    path,
                    "a series is either in a file or written out",
                    found=", ".join(["file", *doubled]),
                    remedy="keep one",
                )
            found = self._series_file(whole["file"], folder, (*path, "file"))
            values = embedded(whole, found, self.findings, path) if found is not None else {}
            for key in ("file", "column", "where", "start", "values"):
                whole.pop(key, None)
            data["series"][name] = whole | values

    def _series_file(self, written: object, folder: FilePath | None, path: Path) -> FilePath | None:
        if isinstance(written, str):
            return file_below(folder, written, self.findings, path)
        self.findings.problem("L203", path, "a file is named by a text", found=str(written)[:60])
        return None


def _without_nulls(value: Any) -> Any:
    """Return the data without keys that are null, so that merging does not take them for removals."""
    if isinstance(value, dict):
        return {key: _without_nulls(item) for key, item in value.items() if item is not None}
    return value
