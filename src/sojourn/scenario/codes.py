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
    # The first digit says what was being done: reading, form, names, values, stages, dates, question.
    # reading
    "L101": "no built-in scenario and no file has this name",
    "L102": "the text is larger than a scenario may be",
    "L103": "the text is not YAML",
    "L104": "YAML tags are refused",
    "L105": "an alias refers to nothing, or to itself",
    "L106": "a key is not plain text",
    "L107": "the text holds more than one document",
    "L108": "mappings and lists are nested too deeply",
    "L109": "the text, aliases expanded, has too many entries",
    "L110": "a key is written twice",
    "L111": "a number is not finite",
    "L112": "the scenario is not a mapping of keys to values",
    "L113": "a path is absolute, leaves its folder, or passes a symbolic link",
    "L114": "a scenario extends itself",
    "L115": "extends is neither a name, a path, nor a list of them",
    "L116": "a series file cannot be read",
    "L117": "null removes an entry, and there is none",
    "L118": "a bare number cannot take the place of a value that varies",
    "L119": "the file is not UTF-8 text",
    "L120": "scenarios extend one another too deeply",
    "L121": "a series that is asked of the store is refused",
    # form
    "L201": "the language has no such key here",
    "L202": "a key that is needed is missing",
    "L203": "the value is of another type than the key takes",
    "L204": "the value is not among those allowed",
    "L205": "a name is not lower-case words joined by hyphens",
    "L206": "a text is empty or does not have the form needed",
    "L207": "a date is not written YYYY-MM-DD or does not exist",
    "L208": "a list or mapping has too few or too many entries",
    "L209": "a number lies outside the bounds of its kind",
    # names
    "L301": "a name is defined nowhere",
    "L302": "no stage has this exit",
    "L303": "the name has a meaning of its own",
    "L304": "a name is listed twice",
    # values
    "L401": "a quantity is of a kind that does not fit here",
    "L402": "a quantity that all groups share here varies by group",
    "L403": "a quantity has no value for some group or date",
    "L404": "a quantity varies in ways that exclude each other",
    "L405": "dated steps are not written in order",
    "L406": "a prior does not have the parameters that its family needs",
    "L407": "the quantiles or ends of a prior are out of order",
    "L408": "a duration does not have the parameters that its family needs",
    "L409": "the quantiles of a duration are out of order",
    "L410": "a series does not start on the first day of a period",
    "L411": "a series has no value for a date at which the model needs one",
    "L412": "a unit cannot be read",
    "L413": "a unit does not fit where it stands",
    "L414": "totals of periods stand where a level is needed, or levels where totals are",
    "L415": "a quantity is used in places that need different units",
    "L416": "a prior states another number than the value beside it",
    "L417": "a number has no effect beside others that take its place",
    "L418": "a duration is too wide or too narrow for its family to be worked out",
    "L421": "a drift does not have the parameters that its process needs",
    "L422": "quantities depend on each other in a circle",
    "L423": "a quantity that depends on the state of the run stands where that is not known",
    "L424": "a response adds up stages and flows, or its capacity is of the other sort",
    # stages
    "L501": "the shares at the exits of a stage do not add up to 1",
    "L502": "more than one exit of a stage takes the rest",
    "L503": "shares that can vary need one exit that takes the rest",
    "L504": "a choice has both exits and options, or neither",
    "L505": "a queue has both rate_per_day and service, or neither",
    "L506": "discipline priority is given without classes, or classes without it",
    "L507": "the classes of a priority leave out or repeat a group",
    "L508": "negative-binomial noise is given without dispersion, or dispersion without it",
    "L509": "an inflow does not have exactly one series, or one share of a series, for each of its groups",
    "L510": "a parameter has no meaning in this combination",
    "L511": "people cannot go to a source",
    "L512": "people in a stage can never reach an end",
    "L513": "people could pass round a cycle of stages in no time",
    "L514": "a limit has both room and a pool, or neither",
    "L515": "people go to a stage in two ways, and only on one of them do they change their group",
    # time, policies, observations
    "L601": "a period ends before it starts",
    "L602": "the step does not divide the day or the period recorded",
    "L603": "a change does not do exactly one thing",
    "L604": "an observation of flows lists stages, or one of stocks lists flows",
    "L605": "units of account differ",
    "L606": "the number at which a policy ends is above that at which it comes into force",
    "L607": "an observation and its series state the same thing differently",
    "L608": "a date lies outside the years that results can label",
    # question
    "L701": "an answer has both text and general, or neither, or its text and figures do not name each other",
    "L702": "a figure or arrival refers to something of which it cannot be taken",
}
"""Problem code: one line of meaning. Any of these stops the scenario from being built."""

NOTES: dict[str, str] = {
    "L901": "something is defined and used nowhere",
    "L902": "nobody can ever be in the stage",
    "L903": "a date lies outside the period, so what is written for it has no effect",
    "L904": "values of a series are filled in",
    "L905": "the step is too long for a time or hazard that it should resolve",
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
    return Finding("L510", at, f"{why}, so this has no meaning", found=str(at[-1]), remedy="leave it out")


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
