"""Loading scenarios: read, compose, validate."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from sojourn.errors import nearest
from sojourn.scenario.codes import Findings, ScenarioError
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
        composer = Composer(findings, builtin)
        document = composer.file(path)
        if document is not None and not composer.failed:
            findings.lines = document.lines
            return build(Scenario, document.data, findings)
    raise ScenarioError(findings.problems, findings.title)


def loads(text: str, *, folder: Path | None = None, builtin: Mapping[str, Path] | None = None) -> Scenario:
    """Return the scenario that a YAML text describes; ``folder`` is where the files are that it names.

    Raises:
        ScenarioError: the scenario is refused; lists every problem found.
    """
    findings = Findings()
    document = read_text(text, "text", findings)
    composer = Composer(findings, builtin or {})
    document = composer.compose(document, folder) if document is not None else None
    if document is None or composer.failed:
        raise ScenarioError(findings.problems, findings.title)
    findings.lines = document.lines
    return build(Scenario, document.data, findings)
