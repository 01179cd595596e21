"""Codes of the problems and notes that a scenario can have, and the error that carries them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from sojourn.errors import Collector, SojournError

__all__ = ["CODES", "NOTES", "Finding", "Findings", "Path", "ScenarioError", "dotted", "unused"]

Path = tuple[str | int, ...]
"""Keys that lead to a place in a scenario."""

CODES: dict[str, str] = {
    # reading
    "not-found": "no built-in scenario and no file has this name",
    "too-large": "the text is larger than a scenario may be",
    "not-utf8": "the file is not UTF-8 text",
    "yaml-syntax": "the text is not YAML",
    "yaml-tag": "YAML tags are refused",
    "yaml-alias": "an alias stands for nothing, or for itself",
    "yaml-key": "a key is not plain text",
    "yaml-documents": "the text holds more than one document",
    "too-deep": "mappings and lists are nested too deeply",
    "too-many-nodes": "the text, aliases expanded, has too many entries",
    "duplicate-key": "a key is written twice",
    "not-finite": "a number is not finite",
    "not-a-mapping": "the scenario is not a mapping of keys to values",
    "unsafe-path": "a path is absolute, leaves its folder, or passes a symbolic link",
    "cyclic-extends": "a scenario extends itself",
    "extends-form": "extends is neither a name, a path, nor a list of them",
    "series-file": "a series file cannot be read",
    "nothing-to-remove": "null removes an entry, and there is none",
    "bare-number": "a bare number cannot take the place of a value that varies",
    # form
    "unknown-key": "the language has no such key here",
    "missing-key": "a key that is needed is missing",
    "wrong-type": "the value is of another type than the key takes",
    "not-allowed": "the value is not among those allowed",
    "bad-name": "a name is not lower-case words joined by hyphens",
    "bad-text": "a text is empty or does not have the form needed",
    "bad-date": "a date is not written YYYY-MM-DD or does not exist",
    "wrong-length": "a list or mapping has too few or too many entries",
    "out-of-bounds": "a number lies outside the bounds of its kind",
    # names
    "unknown-name": "a name is defined nowhere",
    "unknown-flow": "no stage has this exit",
    "reserved-name": "the name has a meaning of its own",
    "repeated-name": "a name is listed twice",
    # values
    "kind-mismatch": "a quantity is of a kind that does not fit here",
    "not-by-group": "a quantity that all groups share here varies by group",
    "value-missing": "a quantity has no value for some group or date",
    "profile-form": "a quantity varies in ways that exclude each other",
    "steps-order": "dated steps are not written in order",
    "prior-form": "a prior has not the parameters that its family needs",
    "prior-order": "the quantiles or ends of a prior are out of order",
    "duration-form": "a duration has not the parameters that its family needs",
    "quantile-order": "the quantiles of a duration are out of order",
    "series-start": "a series does not start on the first day of a period",
    "series-gap": "a series has no value for a date on which it is needed",
    # stages
    "share-sum": "the shares at the exits of a stage do not add up to 1",
    "several-rest": "more than one exit of a stage takes the rest",
    "rest-needed": "shares that can move need one exit that takes the rest",
    "choice-form": "a choice has not exactly one of exits and options",
    "queue-form": "a queue has not exactly one of rate_per_day and service",
    "priority-form": "discipline priority and the list of classes do not go together",
    "priority-groups": "the classes of a priority miss or repeat a group",
    "dispersion-form": "negative-binomial noise and dispersion do not go together",
    "series-groups": "an inflow does not have exactly one series for each of its groups",
    "unused-parameter": "a parameter has no meaning in this combination",
    "into-source": "people cannot go to a source",
    "no-way-out": "people in a stage can never reach an end",
    "cycle-without-time": "people could go around a cycle of stages in no time",
    # time, policies, observations
    "time-order": "a period ends before it starts",
    "step-size": "the step does not divide the day or the period recorded",
    "change-form": "a change does not do exactly one thing",
    "observation-form": "an observation of flows lists stages, or the other way round",
    "unit-mismatch": "units of account differ",
    # question
    "answer-form": "an answer is not one of text and general, or its text and figures do not name each other",
    "figure-form": "a figure or arrival is taken of something of which it cannot be",
}
"""Problem code: one line of meaning. Any of these stops the scenario from being built."""

NOTES: dict[str, str] = {
    "unused": "something is defined and used nowhere",
    "unreachable": "nobody can ever be in the stage",
    "never-acts": "a date lies outside the period, so that what is written for it never acts",
    "series-filled": "values of a series are filled in",
    "step-coarse": "the step is long against a time or hazard that it should resolve",
}
"""Note code: one line of meaning. Notes say what is written but has no or little effect; they stop nothing."""


class Finding(NamedTuple):
    """What is wrong with a part of a scenario, at a path below it."""

    code: str
    at: Path
    message: str
    found: str = ""
    allowed: str = ""
    nearest: str = ""
    remedy: str = ""


def unused(at: Path, why: str) -> Finding:
    """Return the finding that a parameter has no meaning where it stands."""
    return Finding(
        "unused-parameter", at, f"{why}, so this has no meaning", found=str(at[-1]), remedy="leave it out"
    )


class ScenarioError(SojournError):
    """A scenario was refused; ``problems`` lists every reason, each with a code of :data:`CODES`."""


def dotted(path: Path) -> str:
    """Return the path as text, ``stages.border.exits``; the whole scenario is ``scenario``."""
    return ".".join(str(key) for key in path) or "scenario"


@dataclass
class Findings(Collector):
    """Collects the problems and notes of one scenario, and knows the file and line of each path."""

    codes: Mapping[str, str] = field(default_factory=lambda: CODES | NOTES)
    error: type[SojournError] = ScenarioError
    title: str = "scenario refused"
    lines: Mapping[Path, str] = field(default_factory=dict)

    def problem(self, code: str, path: Path, message: str, **details: str) -> None:
        """Record a problem at a path, with file and line where they are known."""
        self.add(code, dotted(path), message + self._line(path), **details)

    def note(self, code: str, path: Path, message: str, **details: str) -> None:
        """Record something that is written but has no or little effect."""
        NOTES[code]
        self.warn(code, dotted(path), message + self._line(path), **details)

    def report(self, path: Path, finding: Finding) -> None:
        """Record a finding as a problem, at its path below the given one."""
        _, at, message, *details = finding
        self.problem(finding.code, (*path, *at), message, **dict(zip(Finding._fields[3:], details, strict=True)))

    def _line(self, path: Path) -> str:
        for length in range(len(path), -1, -1):
            if (line := self.lines.get(path[:length])) is not None:
                return f" ({line})"
        return ""
