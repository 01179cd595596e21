"""Loading scenarios: read, compose, validate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from sojourn.errors import nearest
from sojourn.scenario.codes import Findings, ScenarioError
from sojourn.scenario.form.build import build
from sojourn.scenario.model import Scenario
from sojourn.scenario.reading.asked_series import Ask
from sojourn.scenario.reading.compose import Composer, is_name
from sojourn.scenario.reading.yaml_text import Document, read_text
from sojourn.scenario.written_form import merge

__all__ = ["load", "loads"]


def load(
    source: str | Path,
    *,
    what_if: Sequence[str | Path] = (),
    builtin: Mapping[str, Path] | None = None,
    shipped: Mapping[str, Path] | None = None,
    ask: Ask | None = None,
) -> Scenario:
    """Return the scenario of a YAML file, or of a built-in name, self-contained and validated.

    What the scenario extends is merged, and series files are read in.

    Parameters
    ----------
    source : str or Path
        A name in ``builtin``, if it is a text of lower-case words joined by hyphens; otherwise a path.
    what_if : sequence of str or Path
        Parts of a scenario that change, each by its name in ``shipped`` or by path; merged in this order.
    builtin, shipped : mapping of str to Path, optional
        Files of the scenarios and of the changes that are known by name.
    ask : callable, optional
        Answers the ``query`` of a series from a store of figures; without it, there may be none.

    Returns
    -------
    Scenario
        Validated and frozen.

    Raises
    ------
    ScenarioError
        The scenario is refused; lists every problem found.
    """
    findings = Findings(title=f"scenario {source} refused")
    path = _found(source, builtin or {}, "built-in scenario", findings)
    changes = [_found(part, shipped or {}, "what-if of this scenario", findings) for part in what_if]
    composer = Composer(findings, builtin or {}, ask)
    document = composer.file(path) if path is not None else None
    parts = [composer.file(change) if change is not None else None for change in changes]
    if document is None or composer.failed or None in parts:
        raise ScenarioError(findings.problems, findings.title)
    for part in filter(None, parts):
        findings.lines = document.lines | part.lines
        document = Document(merge(document.data, part.data, findings), findings.lines)
    findings.lines = document.lines
    return build(Scenario, document.data, findings)


def _found(source: str | Path, named: Mapping[str, Path], what: str, findings: Findings) -> Path | None:
    """Return the file of a name or path; None if there is none."""
    path = Path(source)
    if isinstance(source, str) and is_name(source):
        path = named.get(source, path)
    if path.is_file():
        return path
    findings.problem(
        "L101",
        (),
        f"there is no {what} and no file of this name",
        found=str(source),
        allowed=", ".join(named) or "the path of a YAML file",
        nearest=nearest(str(source), named),
    )
    return None


def loads(
    text: str,
    *,
    folder: Path | None = None,
    builtin: Mapping[str, Path] | None = None,
    ask: Ask | None = None,
) -> Scenario:
    """Return the scenario that a YAML text describes, validated and frozen.

    Parameters
    ----------
    text : str
        The YAML text.
    folder : Path, optional
        Where the files are that the text names; without it, it may name none.
    builtin : mapping of str to Path, optional
        Files of the scenarios that it may extend by name.
    ask : callable, optional
        As for :func:`load`.

    Returns
    -------
    Scenario
        The scenario, validated and frozen.

    Raises
    ------
    ScenarioError
        The scenario is refused; lists every problem found.
    """
    findings = Findings()
    document = read_text(text, "text", findings)
    composer = Composer(findings, builtin or {}, ask)
    document = composer.compose(document, folder) if document is not None else None
    if document is None or composer.failed:
        raise ScenarioError(findings.problems, findings.title)
    findings.lines = document.lines
    return build(Scenario, document.data, findings)
