"""JSON Schema of the written form, so that editors complete and check scenarios while they are written.

The schema knows the form only; names, kinds, shares and dates are checked by :func:`~sojourn.scenario.load`.
"""

from __future__ import annotations

from typing import Any

from pydantic.json_schema import GenerateJsonSchema

from sojourn.scenario.model import Scenario

__all__ = ["schema"]

_PARTIAL = "partial-"
_EXTENDS = {
    "description": "A built-in scenario by name, a file by relative path, or several, on which this one builds.",
    "anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}, "minItems": 1}],
}
_SERIES_FILE = {
    "file": {
        "type": "string",
        "description": "CSV file below the scenario's folder, with a `date` column, in place of start and values.",
    },
    "column": {"type": "string", "description": "Column of the file; needed where it has several."},
    "where": {
        "type": "object",
        "additionalProperties": {"type": ["string", "number"]},
        "description": "Columns of the file and the value of each in the rows of this series, for tidy tables.",
    },
    "query": {
        "type": "object",
        "properties": {"measure": {"type": "string"}},
        "additionalProperties": {"type": ["string", "integer"]},
        "required": ["measure"],
        "description": "A question to the store of figures: measure, nationality, place, release, period ...",
    },
}


class _Generator(GenerateJsonSchema):
    ignored_warning_kinds = {"skipped-choice", "non-serializable-default"}  # noqa: RUF012


def schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of a scenario as it is written, shorthands and ``extends`` included.

    Returns
    -------
    dict
        The schema, as plain data.

    References
    ----------
    JSON Schema, draft 2020-12, https://json-schema.org/draft/2020-12.
    """
    whole = Scenario.model_json_schema(mode="validation", schema_generator=_Generator)
    definitions: dict[str, Any] = {name: _tidy(part) for name, part in whole.pop("$defs").items()}
    definitions["Scenario"] = _tidy(whole)
    series = definitions["Series"]
    series["properties"] |= _SERIES_FILE
    series["required"] = []
    series["anyOf"] = [{"required": keys} for keys in (["unit", "start", "values"], ["unit", "file"], ["query"])]
    definitions |= {_PARTIAL + name: _relaxed(part) for name, part in definitions.items()}
    partial = definitions[_PARTIAL + "Scenario"]["properties"]
    partial["extends"] = _EXTENDS
    quantities = next(p for p in partial["quantities"]["anyOf"] if "patternProperties" in p)
    for choices in quantities["patternProperties"].values():
        choices["anyOf"].append({"type": "number", "description": "A new value, fixed."})
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Sojourn scenario",
        "type": "object",
        "if": {"required": ["extends"]},
        "then": {"$ref": f"#/$defs/{_PARTIAL}Scenario"},
        "else": {"$ref": "#/$defs/Scenario"},
        "$defs": definitions,
    }


def _tidy(node: Any) -> Any:
    """Return a schema without generated titles, with bad names refused and sizes of mappings stated as such."""
    if isinstance(node, list):
        return [_tidy(item) for item in node]
    if not isinstance(node, dict):
        return node
    tidy: dict[str, Any] = {}
    for key, value in node.items():
        if key == "properties":
            tidy[key] = {name: _tidy(part) for name, part in value.items()}
        elif key == "title" and isinstance(value, str):
            continue
        elif key == "minLength" and node.get("type") != "string":
            tidy |= {"minProperties": value} if node.get("type") == "object" else {}
        else:
            tidy[key] = _tidy(value)
    if "patternProperties" in tidy:
        tidy["additionalProperties"] = False
    return tidy


def _relaxed(node: Any) -> Any:
    """Return a schema of a change to what the given one describes: nothing is needed, null removes."""
    if isinstance(node, list):
        return [_relaxed(item) for item in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        return node | {"$ref": node["$ref"].replace("#/$defs/", f"#/$defs/{_PARTIAL}")}
    relaxed: dict[str, Any] = {}
    for key, value in node.items():
        if key in ("properties", "patternProperties"):
            relaxed[key] = {name: {"anyOf": [_relaxed(part), {"type": "null"}]} for name, part in value.items()}
        elif key == "anyOf" and all("required" in part for part in value):
            continue
        elif key == "oneOf":
            relaxed["anyOf"] = _relaxed(value)
        elif key not in ("required", "minProperties", "discriminator"):
            relaxed[key] = _relaxed(value)
    return relaxed
