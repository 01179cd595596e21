"""What depends on the kind of a stage is said by its class: nobody above the language compares kinds by name."""

import ast
from pathlib import Path

from sojourn.scenario.stages import KINDS

SOURCES = Path(__file__).parents[2] / "src" / "sojourn"
ABOVE = ("app", "cohorts", "compile", "forecast", "observation", "report", "results", "unusual.py", "simulate.py")


def compared(text):
    """Return the lines that compare the kind of a stage with a name."""
    found = []
    for node in ast.walk(ast.parse(text)):
        sides = [node.left, *node.comparators] if isinstance(node, ast.Compare) else []
        words = " ".join(ast.unparse(side) for side in sides)
        names = {part.value for side in sides for part in ast.walk(side) if isinstance(part, ast.Constant)}
        if "kind" in words and names & set(KINDS):
            found.append(node.lineno)
    return found


def test_no_kind_is_compared_by_name():
    files = [p for part in ABOVE for p in (SOURCES / part).rglob("*.py")] + [SOURCES / p for p in ABOVE if "." in p]
    assert len(files) > 100
    wrong = {
        str(p.relative_to(SOURCES)): lines for p in files if (lines := compared(p.read_text(encoding="utf-8")))
    }
    assert wrong == {}


def test_a_planted_comparison_is_found():
    assert compared('if stage.kind == "end":\n    pass\n') == [1]
    assert compared('x = 1\ny = run.data["stage_kind"].values != "source"\n') == [2]
    assert compared('z = kinds[name] in ("queue", "hold")\n') == [1]
    assert compared('if place.kind == "camp":\n    pass\n') == []
