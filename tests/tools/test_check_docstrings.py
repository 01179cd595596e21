"""What users reach, and what one room offers another, is documented in full; each fault is found once."""

import importlib.util
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
_spec = importlib.util.spec_from_file_location("check_docstrings", ROOT / "tools" / "check_docstrings.py")
tool = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(tool)

HEAD = '''
"""A room."""
from dataclasses import dataclass
'''
GOOD = '''
def shown(days, fiscal=True):
    """Return how it is shown.

    Parameters
    ----------
    days : ndarray
        datetime64[D].
    fiscal : bool, optional
        Whether by fiscal year.

    Returns
    -------
    str
        The text.

    Raises
    ------
    ValueError
        For no days.
    """
    if not len(days):
        raise ValueError("no days")
    return ""


@dataclass
class Table:
    """A table."""

    rows: int
    """How many rows."""
'''

FAULTS = {
    "no type of a parameter": ("    days : ndarray\n", "    days\n", "PR04"),
    "a parameter left out": ("    fiscal : bool, optional\n        Whether by fiscal year.\n", "", "PR01"),
    "a parameter that is not there": ("days : ndarray", "weeks : ndarray", "PR02"),
    "no summary": ("Return how it is shown.\n\n", "\n", "GL0|SS0"),
    "no returns": ("    Returns\n    -------\n    str\n        The text.\n\n", "", "RT01"),
    "no raises": ("    Raises\n    ------\n    ValueError\n        For no days.\n", "", "no section Raises"),
    "a field without a word": ('\n    """How many rows."""', "", "field rows"),
    "a class without a word": ('    """A table."""\n\n', "", "GL08"),
}


@pytest.fixture
def package(tmp_path, monkeypatch):
    """Make a package of two rooms, and list what is wrong with it."""
    monkeypatch.syspath_prepend(tmp_path)

    def make(text, offered='__all__ = ["Table", "shown"]\n', other=""):
        name = f"planted_{len(list(tmp_path.iterdir()))}"
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text('"""A package."""\n')
        (tmp_path / name / "front.py").write_text(HEAD + offered + text)
        (tmp_path / name / "other.py").write_text('"""Another room."""\n' + other.replace("PACKAGE", name))
        found = tool.documented(tmp_path / name, name)
        listed = [fault for home, thing in found.items() for fault in tool.faults(home, thing)]
        for known in [n for n in sys.modules if n.split(".")[0] == name]:
            del sys.modules[known]
        return list(found), listed

    return make


def test_everything_that_is_offered_is_documented():
    things = tool.documented(ROOT / "src" / "sojourn", "sojourn")
    assert len(things) > 200
    assert [fault for home, thing in things.items() for fault in tool.faults(home, thing)] == []


def test_every_root_name_is_looked_at():
    import sojourn as sj

    things = tool.documented(ROOT / "src" / "sojourn", "sojourn")
    reached = {id(thing) for thing in things.values()}
    plain = [getattr(sj, name) for name in sj.__all__]
    assert [t for t in plain if callable(t) and id(t) not in reached] == []


def test_the_reference_has_every_name():
    import sojourn as sj

    page = (ROOT / "docs" / "reference" / "python.md").read_text(encoding="utf-8")
    listed = {line.strip() for line in page.splitlines() if line.startswith("   ")}
    rooms = (sj, sj.data, sj.flee)
    wanted = {name for room in rooms for name in room.__all__ if callable(getattr(room, name))}
    wanted |= {name.rpartition(".")[2] for name in tool.MODELS}
    missing = {name for name in wanted if name not in listed and f".{name}`" not in page}
    assert missing == set()


def test_a_complete_room_is_accepted(package):
    found, faults = package(GOOD)
    assert len(found) == 2
    assert faults == []


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_found(package, fault):
    old, new, code = FAULTS[fault]
    assert GOOD.count(old) == 1
    _, faults = package(GOOD.replace(old, new))
    assert any(part in found for found in faults for part in code.split("|")), faults


def test_what_another_room_imports_is_looked_at(package):
    inside = '\n\ndef inside(day):\n    """Return the day."""\n    return day\n'
    assert package(GOOD + inside)[1] == []
    assert package(GOOD + inside, other="from PACKAGE.front import inside\n")[1] != []
