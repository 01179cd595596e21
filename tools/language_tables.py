"""Write the tables of docs/scenario-language.md from the models, kinds, families and codes of the language.

``python tools/language_tables.py`` rewrites what stands between ``<!-- table NAME -->`` and ``<!-- end -->``;
with ``--check`` it changes nothing and exits 1 if the page is out of date.
"""

from __future__ import annotations

import datetime as dt
import re
import sys
import typing
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from sojourn.scenario import CODES, NOTES, Scenario, values
from sojourn.scenario.frozen import In, Of
from sojourn.scenario.traversal import arms, hints, literals

PAGE = Path(__file__).resolve().parents[1] / "docs" / "scenario-language.md"
_TABLE = re.compile(r"(<!-- table (?P<name>[a-z ]+) -->\n).*?(<!-- end -->)", re.DOTALL)
_BASIC = {str: "text", float: "number", int: "whole number", bool: "`true` or `false`"}
_ONE = {"quantities": "quantity", "series": "series"}


def taken(hint: Any) -> str:
    """Return what a field of this type takes, in words."""
    inner, *metadata = typing.get_args(hint) if typing.get_origin(hint) is typing.Annotated else (hint,)
    for mark in metadata:
        if isinstance(mark, Of):
            kinds = " or ".join(mark.kinds) or "any kind"
            return f"number or quantity ({kinds}{', the same for all groups' * mark.shared})"
        if isinstance(mark, In):
            one = _ONE.get(mark.section, mark.section.removesuffix("s"))
            return "flow `origin -> destination` or stage" if mark.section == "flows" else f"{one} name"
    if choices := literals(inner):
        return ", ".join(f"`{choice}`" for choice in choices if choice)
    members = arms(inner)
    if len(members) > 1 or members[0] is not inner:
        return " or ".join(dict.fromkeys(taken(member) for member in members))
    if inner is dt.date:
        return "date"
    if typing.get_origin(inner) is tuple:
        item = taken(typing.get_args(inner)[0])
        return f"list of {item}" + "s" * item.endswith(("name", "number", "date"))
    if typing.get_origin(inner) is Mapping:
        key, value = typing.get_args(inner)
        return f"mapping of {taken(key)} to {taken(value)}"
    if isinstance(inner, type) and issubclass(inner, BaseModel):
        return f"[{inner.__name__}](#{inner.__name__.lower()})"
    return _BASIC[inner]


def default(field: FieldInfo) -> str:
    """Return the default of a field; needed if it has none."""
    if field.is_required():
        return "needed"
    value = field.get_default(call_default_factory=True)
    if value is None or value in ("", ()) or value == {}:
        return ""
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    return f"`{value:g}`" if isinstance(value, float) else f"`{value}`"


def row(*cells: str) -> str:
    """Return a row of a table."""
    return "| " + " | ".join(" ".join(cell.replace("``", "`").replace("|", "\\|").split()) for cell in cells) + " |"


def fields(model: type[BaseModel]) -> list[str]:
    """Return the table of a model's keys."""
    lines = [row("key", "takes", "default", "meaning"), "|---|---|---|---|"]
    for name, hint in hints(model).items():
        if name in model.model_fields:
            field = model.model_fields[name]
            lines.append(row(f"`{name}`", taken(hint), default(field), field.description or ""))
    return lines


def models(hint: Any) -> set[type[BaseModel]]:
    """Return every model in a type: of the types in it, and of the fields of models in it."""
    if isinstance(hint, type) and issubclass(hint, BaseModel):
        return {hint}.union(*(models(inner) for inner in hints(hint).values()))
    return set().union(*(models(inner) for inner in typing.get_args(hint)))


def tables() -> dict[str, list[str]]:
    """Return every table of the page by name."""
    found = {model.__name__.lower(): fields(model) for model in models(Scenario)}
    found["kinds"] = [row("kind", "meaning", "bounds"), "|---|---|---|"] + [
        row(f"`{kind}`", meaning, f"{low:g} to {high:g}") for kind, (meaning, low, high) in values.KINDS.items()
    ]
    found["durations"] = [row("distribution", "given by", "meaning"), "|---|---|---|"] + [
        row(f"`{name}`", _forms(family.forms), family.meaning) for name, family in values.DURATIONS.items()
    ]
    found["priors"] = [row("distribution", "given by"), "|---|---|"] + [
        row(f"`{name}`", _forms(forms)) for name, forms in values.PRIORS.items()
    ]
    found["drifts"] = [row("process", "given by", "meaning"), "|---|---|---|"] + [
        row(
            f"`{name}`",
            " and ".join(f"`{key}`" for key in ("sd", *sorted(needed)))
            + "".join(f", also `{key}`" for key in sorted(optional)),
            meaning,
        )
        for name, (needed, optional, meaning) in values.DRIFTS.items()
    ]
    found["responses"] = [row("form", "factor"), "|---|---|"] + [
        row(f"`{name}`", meaning) for name, meaning in values.RESPONSES.items()
    ]
    for name, codes in (("problems", CODES), ("notes", NOTES)):
        found[name] = [row("code", "meaning"), "|---|---|"] + [row(f"`{c}`", text) for c, text in codes.items()]
    return found


def _forms(forms: tuple[tuple[str, ...], ...]) -> str:
    return ", or ".join(" and ".join(f"`{key}`" for key in form) for form in forms)


def filled(page: str) -> str:
    """Return the page with its tables written anew; a table that no page shows, or does not exist, is an error."""
    made = tables()
    named = [match["name"] for match in _TABLE.finditer(page)]
    if wrong := set(made).symmetric_difference(named) | {name for name in named if named.count(name) > 1}:
        raise ValueError(f"tables not shown once: {', '.join(sorted(wrong))}")
    return _TABLE.sub(lambda match: match[1] + "\n".join(made[match["name"]]) + "\n" + match[3], page)


def main(arguments: list[str]) -> int:
    """Write the page, or check it; return the exit code."""
    page = PAGE.read_text(encoding="utf-8")
    new = filled(page)
    if "--check" in arguments:
        print("up to date" if new == page else "out of date: run python tools/language_tables.py")
        return int(new != page)
    PAGE.write_text(new, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
