"""Loading scenarios: read, compose, validate."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from sojourn.errors import nearest
from sojourn.scenario.codes import Findings
from sojourn.scenario.compose import Composer, is_name
from sojourn.scenario.model import Scenario
from sojourn.scenario.read import read_text
from sojourn.scenario.validate import build

__all__ = ["load", "loads"]


def load(source: str | Path, *, builtin: Mapping[str, Path] | None = None) -> Scenario:
    """Return the scenario of a YAML file, or of a built-in name, self-contained and validated.

    A text of lower-case words joined by hyphens is a name in ``builtin``, anything else a path. What the
    scenario extends is merged, and series files are read in.

    Raises:
        ScenarioError: the scenario is refused; lists every problem found.
    """
    findings = Findings(title=f"scenario {source} refused")
    builtin = builtin or {}
    path = Path(source)
    if isinstance(source, str) and is_name(source):
        path = builtin.get(source, path)
    if not path.is_file():
        findings.problem(
            "not-found",
            (),
            "there is no built-in scenario and no file of this name",
            found=str(source),
            allowed=", ".join(builtin) or "the path of a YAML file",
            nearest=nearest(str(source), builtin),
        )
    else:
        document = Composer(findings, builtin).file(path)
        if document is not None:
            findings.lines = document.lines
            return build(Scenario, document.data, findings)
    findings.raise_if_any()
    raise AssertionError  # a refused document has left a problem


def loads(text: str, *, folder: Path | None = None, builtin: Mapping[str, Path] | None = None) -> Scenario:
    """Return the scenario that a YAML text describes; ``folder`` is where the files are that it names.

    Raises:
        ScenarioError: the scenario is refused; lists every problem found.
    """
    findings = Findings()
    document = read_text(text, "text", findings)
    if document is None:
        findings.raise_if_any()
        raise AssertionError  # a refused document has left a problem
    document = Composer(findings, builtin or {}).compose(document, folder)
    findings.lines = document.lines
    return build(Scenario, document.data, findings)
