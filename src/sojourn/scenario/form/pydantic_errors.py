"""Validation errors of pydantic, in the words of the scenario language."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from pydantic import BaseModel, ValidationError

from sojourn.errors import nearest
from sojourn.scenario.codes import Findings, Path, dotted
from sojourn.scenario.traversal import descend, hints

__all__ = ["MISSING_KEY", "UNKNOWN_KEY", "Fault", "faults", "translate"]

UNKNOWN_KEY, MISSING_KEY, NOT_ALLOWED, BAD_NAME, BAD_DATE = "L201", "L202", "L204", "L205", "L207"
_CODES = {
    "missing": MISSING_KEY,
    "union_tag_not_found": MISSING_KEY,
    "extra_forbidden": UNKNOWN_KEY,
    "literal_error": NOT_ALLOWED,
    "union_tag_invalid": NOT_ALLOWED,
    "string_pattern_mismatch": "L206",
    "string_too_short": "L206",
    "string_too_long": "L206",
    "greater_than": "L209",
    "greater_than_equal": "L209",
    "less_than": "L209",
    "less_than_equal": "L209",
    "too_short": "L208",
    "too_long": "L208",
    "value_error": BAD_DATE,
    "finite_number": "L111",
    "recursion_loop": "L108",
}
_NAME_PATTERN = "^[a-z][a-z0-9]*(-[a-z0-9]+)*$"
_NAME_RULE = "lower-case words joined by hyphens, at most 64 characters"


class Fault(NamedTuple):
    """One validation error, at its path of keys."""

    path: Path
    code: str
    error: Any
    model: type[BaseModel] | None


def faults(error: ValidationError, cls: type[BaseModel]) -> list[Fault]:
    """Return the errors, one per path: where no arm of a union fits, the most telling arm."""
    best: dict[Path, Fault] = {}
    for item in error.errors(include_url=False):
        key = item["loc"][-1:] == ("[key]",)
        path, model = descend(cls, item["loc"][:-1] if key else item["loc"])
        if item["type"] == "union_tag_not_found":
            path = (*path, str(item["ctx"]["discriminator"]).strip("'"))
        fault = Fault(path, _code(item), item, model)
        if path not in best or fault.code == BAD_NAME:
            best[path] = fault
    inner = {f.path[:n] for f in best.values() for n in range(len(f.path))}
    return [f for f in best.values() if f.path not in inner or not isinstance(f.error["input"], Mapping)]


def _code(item: Any) -> str:
    if item.get("ctx", {}).get("pattern") == _NAME_PATTERN:
        return BAD_NAME
    return _CODES.get(item["type"], "L203")


def translate(error: ValidationError, cls: type[BaseModel], findings: Findings) -> None:
    """Add a problem for every fault to the findings."""
    told = {problem.where for problem in findings.problems}
    for fault in faults(error, cls):
        if _follows(fault, told):
            continue
        item = fault.error
        details = {"found": _shown(item["input"]), "allowed": "", "nearest": "", "remedy": ""}
        message = str(item["msg"])
        key = str(fault.path[-1]) if fault.path else ""
        if fault.code == UNKNOWN_KEY and fault.model is not None:
            message, details["found"] = f"`{key}` is not a key of {_called(fault.model)}", key
            details["allowed"] = ", ".join(known := list(hints(fault.model)))
            details["nearest"] = nearest(key, known)
            details["remedy"] = "correct the key or leave it out"
            if key == "<<":
                details["remedy"] = "YAML 1.2 has no merge keys: write the keys out"
        elif fault.code == MISSING_KEY:
            message, details["found"] = f"`{key}` is needed here", ""
            details["remedy"] = f"add `{key}`"
        elif fault.code == NOT_ALLOWED:
            details |= _choices(item)
            message = "the value is not among those allowed"
        elif fault.code == BAD_NAME:
            message = "this is neither a number nor a name" if item["loc"][-1] != "[key]" else "this is not a name"
            details["allowed"] = f"a name: {_NAME_RULE}"
        elif fault.code == BAD_DATE:
            message, details["allowed"] = "this is not a date", "a calendar date written YYYY-MM-DD"
        findings.problem(fault.code, fault.path, message, **details)


def _follows(fault: Fault, told: set[str]) -> bool:
    """Whether the fault only follows from a problem found before: here, or in the file of a series."""
    beside = dotted(fault.path[:-1]) + "."
    missing = fault.code == MISSING_KEY and fault.path[0] == "series"
    return dotted(fault.path) in told or (missing and any(where.startswith(beside) for where in told))


def _choices(item: Any) -> dict[str, str]:
    """Return what a literal or a tag may be, and which of them is nearest."""
    context = item["ctx"]
    expected = str(context.get("expected_tags") or context.get("expected"))
    names = [part.strip().strip("'") for part in expected.replace(" or ", ", ").split(",")]
    found = str(context.get("tag", item["input"]))
    return {"found": found, "allowed": ", ".join(names), "nearest": nearest(found, names)}


def _called(model: type[BaseModel]) -> str:
    article = "an" if model.__name__[0] in "AEIO" else "a"
    return f"{article} {model.__name__.lower()}"


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 60 else text[:57] + "..."
