"""The front door is small, sorted, lazy, and every name on it opens."""

import subprocess
import sys
from types import ModuleType

import pytest

import sojourn

HEAVY = ("numpy", "pandas", "xarray", "zarr", "numba", "scipy", "pydantic", "ruamel", "typer", "rich", "pyarrow")


def python(code):
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_names_are_few_sorted_and_unique():
    assert len(sojourn.__all__) <= 25
    assert sojourn.__all__ == sorted(set(sojourn.__all__))


@pytest.mark.parametrize("name", sojourn.__all__)
def test_every_name_resolves(name):
    assert getattr(sojourn, name) is getattr(sojourn, name)
    assert name in dir(sojourn)


def test_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'simulat'"):
        sojourn.simulat  # noqa: B018
    assert not hasattr(sojourn, "utils")


def test_import_is_quiet_and_light():
    out = python(f"import sojourn, sys; print([m for m in {HEAVY} if m in sys.modules])")
    assert out == "[]\n"


def test_errors_come_without_the_rest():
    out = python(f"from sojourn import SojournError; import sys; print([m for m in {HEAVY} if m in sys.modules])")
    assert out == "[]\n"


@pytest.mark.parametrize("first", ["import sojourn.simulate", "from sojourn.simulate import simulate", "pass"])
def test_simulate_is_the_function_whatever_came_first(first):
    assert python(f"{first}\nimport sojourn as sj\nprint(callable(sj.simulate))") == "True\n"


def test_version_is_that_of_the_package():
    from importlib.metadata import version

    assert sojourn.__version__ == version("sojourn")


def test_modules_are_modules():
    for name in ("flee", "data"):
        assert isinstance(getattr(sojourn, name), ModuleType)


def test_loading_a_scenario_waits_for_no_engine():
    """A planted fault: an import of an engine or of results in the way of ``load`` makes the first answer fail."""
    heavy = ("numba", "xarray", "pandas", "sojourn.flee", "sojourn.simulate")
    seen = f"print([m for m in {heavy} if m in sys.modules])"
    assert python(f"import sojourn as sj, sys; sj.load('border-post'); {seen}") == "[]\n"
    assert python(f"import sojourn as sj, sys; sj.load('border-post'); import sojourn.flee; {seen}") != "[]\n"
