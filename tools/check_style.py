"""Check what ruff does not: sizes, module names, docstrings, the front door, and who prints.

``python tools/check_style.py [ROOT]`` lists every fault and exits with 1 if there are any.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

FILE_LINES = 600
FUNCTION_LINES = 60
ROOT_NAMES = 25
FORBIDDEN = {"utils", "util", "common", "helpers", "core", "misc", "legacy", "v2"}
FOLDERS = ("src", "tests", "verification", "benchmarks", "tools", "examples", "docs")

CLOCKS = {
    f"{name}{unit}"
    for name in ("time", "monotonic", "perf_counter", "process_time", "thread_time")
    for unit in ("", "_ns")
} | {"default_timer"}
"""Functions that read a clock: a test that compares one fails on a busy machine."""
MODULES_IN_FOLDER = 15

Function = (ast.FunctionDef, ast.AsyncFunctionDef)


def files(root: Path) -> Iterator[Path]:
    """Yield the Python files of the project."""
    for folder in FOLDERS:
        yield from sorted((root / folder).rglob("*.py"))


def sizes(path: Path, text: str, tree: ast.Module) -> Iterator[str]:
    """Yield files and functions that are too long."""
    lines = len(text.splitlines())
    if lines > FILE_LINES:
        yield f"{path}: {lines} lines; {FILE_LINES} at most"
    for node in ast.walk(tree):
        if isinstance(node, Function) and node.end_lineno is not None:
            length = node.end_lineno - node.lineno + 1 - _docstring_lines(node)
            if length > FUNCTION_LINES:
                yield f"{path}:{node.lineno}: {node.name} has {length} lines; {FUNCTION_LINES} at most"


def _docstring_lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Return the lines of a docstring, which says at length what a short function does."""
    first = node.body[0]
    if ast.get_docstring(node) is None or first.end_lineno is None:
        return 0
    return first.end_lineno - first.lineno + 1


def names(path: Path) -> Iterator[str]:
    """Yield modules and packages whose name says nothing."""
    for part in (*path.parts[:-1], path.stem):
        if part in FORBIDDEN:
            yield f"{path}: the name {part!r} says nothing of what is inside"


def docstrings(path: Path, tree: ast.Module) -> Iterator[str]:
    """Yield public modules, classes, functions and methods whose docstring does not begin with a sentence."""
    if path.parts[0] != "src":
        return
    for node in (tree, *_public(tree)):
        text = ast.get_docstring(node)
        where = f"{path}:{getattr(node, 'lineno', 1)}: {getattr(node, 'name', 'module')}"
        if not text:
            yield f"{where} has no docstring"
            continue
        first = text.split("\n\n")[0].rstrip()
        if first.startswith("TODO") or not first.endswith((".", ":", "::", "?")):
            yield f"{where}: the docstring does not begin with a sentence"


def _public(parent: ast.Module | ast.ClassDef) -> Iterator[ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in parent.body:
        if isinstance(node, (*Function, ast.ClassDef)) and not node.name.startswith("_"):
            if any(isinstance(d, ast.Name) and d.id == "overload" for d in node.decorator_list):
                continue
            if any(isinstance(d, ast.Attribute) and d.attr == "setter" for d in node.decorator_list):
                continue
            yield node
            if isinstance(node, ast.ClassDef):
                yield from _public(node)


def prints(path: Path, tree: ast.Module) -> Iterator[str]:
    """Yield what writes to the terminal, reads the command line or leaves the process outside ``app/``."""
    if path.parts[:3] == ("src", "sojourn", "app") or path.parts[0] != "src":
        return
    for node in ast.walk(tree):
        written = ast.unparse(node) if isinstance(node, (ast.Name, ast.Attribute)) else ""
        if written in {"print", "input", "sys.stdout", "sys.stderr", "sys.argv", "sys.exit"}:
            yield f"{path}:{node.lineno}: {written} belongs in app/"


def front_door(path: Path, tree: ast.Module) -> Iterator[str]:
    """Yield a front door that is too wide or not in order."""
    if path != Path("src/sojourn/__init__.py"):
        return
    found = [
        ast.literal_eval(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__"
    ]
    if len(found) != 1:
        yield f"{path}: one __all__ is expected"
        return
    if len(found[0]) > ROOT_NAMES:
        yield f"{path}: {len(found[0])} names; {ROOT_NAMES} at most"
    if found[0] != sorted(set(found[0])):
        yield f"{path}: __all__ is not sorted, or names something twice"


def clocks(path: Path, tree: ast.Module) -> Iterator[str]:
    """Yield comparisons of clocks in tests: bound the work (bytes, nodes, calls, turns) instead."""
    if path.parts[0] != "tests":
        return
    timed: set[str] = set()
    while True:
        found = {
            target.id
            for node in ast.walk(tree)
            if isinstance(node, (ast.Assign, ast.AnnAssign, ast.NamedExpr)) and _reads_clock(node.value, timed)
            for target in ast.walk(node.targets[0] if isinstance(node, ast.Assign) else node.target)
            if isinstance(target, ast.Name)
        }
        if found <= timed:
            break
        timed |= found
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare) and _reads_clock(node, timed):
            yield f"{path}:{node.lineno}: a clock is compared; tests bound the work, benchmarks measure time"


def _reads_clock(node: ast.AST | None, timed: set[str]) -> bool:
    """Tell whether an expression reads a clock, or a name that holds a reading."""
    for part in ast.walk(node) if node is not None else ():
        if isinstance(part, ast.Name) and part.id in timed:
            return True
        if isinstance(part, ast.Call) and ast.unparse(part.func).rsplit(".", 1)[-1] in CLOCKS:
            return True
    return False


def folders(root: Path) -> Iterator[str]:
    """Yield folders of the package with too many modules directly in them."""
    counted: dict[Path, int] = {}
    for file in sorted((root / "src").rglob("*.py")):
        counted[file.parent] = counted.get(file.parent, 0) + 1
    for folder, number in counted.items():
        if number > MODULES_IN_FOLDER:
            yield f"{folder.relative_to(root)}: {number} modules; {MODULES_IN_FOLDER} at most"


def faults(root: Path) -> list[str]:
    """Return every fault below a root, paths relative to it."""
    found = list(folders(root))
    for file in files(root):
        path, text = file.relative_to(root), file.read_text(encoding="utf-8")
        tree = ast.parse(text)
        found += [
            *sizes(path, text, tree),
            *names(path),
            *docstrings(path, tree),
            *prints(path, tree),
            *front_door(path, tree),
            *clocks(path, tree),
        ]
    return found


def main() -> int:
    """List the faults; return 1 if there are any."""
    root = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parents[1]
    found = faults(root)
    for fault in found:
        print(fault)
    print(f"{len(found)} faults in {len(list(files(root)))} files")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
