"""Check that what users reach, and what one room offers another, is documented in numpydoc form.

Public is what a room of the package (a folder or module directly in ``src/sojourn``) lists in its ``__all__``,
with the methods and properties of its classes; the classes of models, states and draws; and every function that
another room imports. Each has a summary, Parameters with types, and Returns or Yields; what raises an error
itself says so under Raises. Fields of a class stand in its docstring, or have their own. What only its own room
uses needs a sentence, which ``tools/check_style.py`` checks.

``python tools/check_docstrings.py`` lists every fault and exits with 1 if there are any.
"""

from __future__ import annotations

import ast
import functools
import inspect
import sys
import textwrap
import warnings
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

from numpydoc.docscrape import NumpyDocString, get_doc_object
from numpydoc.validate import validate

CODES = frozenset("GL06 GL07 GL08 SS01 SS03 PR01 PR02 PR04 PR07 RT01 RT03 YD01".split())
"""Faults of numpydoc that count here; the others are of taste, or of tools that the project does not use."""

NO_ROOMS = frozenset({"__main__", "app"})
"""The command line has its own help texts."""

MODELS = (
    "sojourn.engine.model.Model",
    "sojourn.engine.model.ModelState",
    "sojourn.compile.model.FlowModel",
    "sojourn.compile.state.FlowState",
    "sojourn.compile.draws.Draws",
    "sojourn.engine.walk.model.WalkModel",
    "sojourn.engine.walk.model.WalkModelState",
    "sojourn.engine.codes.ModelError",
    "sojourn.observation.likelihood.Likelihood",
    "sojourn.observation.likelihood.Station",
    "sojourn.calendar.FiscalYear",
    "sojourn.calendar.Period",
)
"""Classes that users reach by methods alone, such as ``scenario.compile()``."""


def rooms(root: Path) -> list[str]:
    """Return the names of the rooms of a package, from its folder."""
    found = {path.stem for path in root.glob("*.py")} | {path.parent.name for path in root.glob("*/__init__.py")}
    return sorted(found - NO_ROOMS - {"__init__"})


def offered(root: Path, package: str) -> Iterator[tuple[str, Any]]:
    """Yield what rooms list in ``__all__``, models, and the functions that another room imports, by name."""
    for name in MODELS if package == "sojourn" else ():
        home, _, last = name.rpartition(".")
        yield name, getattr(import_module(home), last)
    for room in rooms(root):
        module = import_module(f"{package}.{room}")
        for name in getattr(module, "__all__", ()):
            yield f"{module.__name__}.{name}", getattr(module, name)
    for path in sorted(root.rglob("*.py")):
        parts = path.relative_to(root).with_suffix("").parts
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith(f"{package}."):
                if node.module.split(".")[1] not in (parts[0], *NO_ROOMS):
                    module = import_module(node.module)
                    found = ((f"{node.module}.{a.name}", getattr(module, a.name)) for a in node.names)
                    yield from (pair for pair in found if isinstance(unwrapped(pair[1]), FunctionType))


def documented(root: Path, package: str) -> dict[str, Any]:
    """Return every function, class, method and property that needs a docstring in full, by where it is defined."""
    found: dict[str, Any] = {}
    for _, given in offered(root, package):
        thing = unwrapped(given)
        home = f"{getattr(thing, '__module__', '')}.{getattr(thing, '__qualname__', '')}"
        if isinstance(thing, ModuleType) or not home.startswith(f"{package}.") or "<" in home:
            continue
        if isinstance(thing, FunctionType):
            found[home] = thing
        elif isinstance(thing, type):
            found[home] = thing
            found |= {f"{home}.{name}": member for name, member in members(thing)}
    return dict(sorted(found.items()))


def unwrapped(thing: Any) -> Any:
    """Return a function as written, without a cache or a compiler around it; anything else as it is."""
    plain = inspect.unwrap(thing) if callable(thing) and not isinstance(thing, type) else thing
    return plain if isinstance(plain, FunctionType) else thing


def members(class_: type) -> Iterator[tuple[str, Any]]:
    """Yield the public methods and properties that a class itself defines."""
    for name, member in vars(class_).items():
        kinds = (FunctionType, property, functools.cached_property, classmethod, staticmethod)
        if not name.startswith("_") and isinstance(member, kinds):
            yield name, member


def faults(home: str, thing: Any) -> Iterator[str]:
    """Yield what is missing from a docstring."""
    plain = unwrapped(getattr(thing, "__func__", thing))
    if isinstance(thing, type):
        yield from (f"{home}: {fault}" for fault in _fields(thing))
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = [(code, text) for code, text in validate(get_doc_object(plain))["errors"] if code in CODES]
    yield from (f"{home}: {code} {text}" for code, text in found)
    said = NumpyDocString(inspect.getdoc(plain) or "")["Raises"]
    if isinstance(plain, FunctionType) and _raises(plain) and not said:
        yield f"{home}: it raises an error, and has no section Raises"


def _fields(class_: type) -> Iterator[str]:
    """Yield what is missing from the docstring of a class: a sentence, or a field that nothing describes."""
    own = class_.__doc__ or ""
    if not own or own.startswith(f"{class_.__name__}("):
        yield "GL08 The object does not have a docstring"
        return
    text = NumpyDocString(inspect.cleandoc(own))
    named = {n.strip() for s in ("Parameters", "Attributes") for row in text[s] for n in row.name.split(",")}
    body = ast.parse(textwrap.dedent(inspect.getsource(class_))).body[0].body
    for node, after in zip(body, [*body[1:], None], strict=True):
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and not _constant(node):
            described = isinstance(after, ast.Expr) and isinstance(getattr(after.value, "value", None), str)
            if not (node.target.id.startswith("_") or described or node.target.id in named):
                yield f"nothing describes the field {node.target.id}"
        if isinstance(node, ast.FunctionDef) and node.name == "__init__":
            arguments = [a.arg for a in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)][1:]
            yield from (f"PR01 Parameter {a} not documented" for a in arguments if a not in named)


def _constant(node: ast.AnnAssign) -> bool:
    return "ClassVar" in ast.unparse(node.annotation)


def _raises(function: FunctionType) -> bool:
    """Return whether a function itself raises an error, or makes a collector do so."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    for node in ast.walk(tree):
        if isinstance(node, ast.Raise) and node.exc is not None:
            return not ast.unparse(node.exc).startswith(("AssertionError", "NotImplementedError"))
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith((".raise_if_any", "Collector")):
            return True
    return False


def main() -> int:
    """Print every fault; return 1 if there are any."""
    root = Path(__file__).resolve().parent.parent / "src" / "sojourn"
    things = documented(root, "sojourn")
    found = [fault for home, thing in things.items() for fault in faults(home, thing)]
    print("\n".join([*found, f"{len(things)} public objects, {len(found)} faults"]))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
