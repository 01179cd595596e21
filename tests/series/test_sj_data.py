"""What ``sj.data`` offers: complete, sorted, and documented so that a user can follow it."""

import inspect
from types import ModuleType

import pytest

import sojourn as sj

NAMES = sj.data.__all__


def faults(package):
    """Return what is wrong with the list of names of a package."""
    found = [] if package.__all__ == sorted(set(package.__all__), key=_as_ruff_sorts) else ["not sorted"]
    for name in package.__all__:
        value = getattr(package, name)
        if callable(value) and len(inspect.getdoc(value) or "") < 40:
            found.append(f"{name} has no docstring to follow")
    public = {n for n, v in vars(package).items() if not n.startswith("_") and not isinstance(v, ModuleType)}
    return found + [f"{name} is not listed" for name in sorted(public - set(package.__all__) - {"annotations"})]


def _as_ruff_sorts(name):
    """Constants first, then classes, then functions."""
    return (0 if name.isupper() else 1 if name[0].isupper() else 2, name)


def test_names_are_complete_sorted_and_documented():
    assert faults(sj.data) == []


def test_a_name_that_is_not_listed_or_has_no_docstring_is_noticed():
    planted = ModuleType("planted")
    planted.__all__ = ["series", "export"]
    planted.series, planted.export, planted.values = sj.series, lambda: None, sj.data.values
    assert faults(planted) == ["not sorted", "export has no docstring to follow", "values is not listed"]


@pytest.mark.parametrize("name", [n for n in NAMES if inspect.isfunction(getattr(sj.data, n))])
def test_every_parameter_of_a_function_is_described(name):
    function = getattr(sj.data, name)
    said = inspect.getdoc(function)
    names = [line.split(" : ")[0] for line in said.splitlines() if " : " in line or line.startswith("**")]
    listed = {word.strip(" *") for name in names for word in name.split(",")}
    assert set(inspect.signature(function).parameters) <= listed


def test_front_door_gives_package_and_function():
    assert sj.data.series is sj.series
    for name in NAMES:
        assert name in sj.data.__doc__ or inspect.isclass(getattr(sj.data, name)) or name == "FIELDS"
