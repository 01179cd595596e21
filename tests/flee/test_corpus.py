"""Every broken folder is refused with its one code, at its place; every odd one is read, with its warning."""

import shutil
from pathlib import Path

import pytest

from sojourn.flee import ERRORS, WARNINGS, FleeError, read

CORPUS = Path(__file__).parent / "corpus"
# Made in test_hostile.py, or about other inputs than a folder (test_scenario_files.py, test_out.py).
ELSEWHERE = {"F101", "F104", "F143"}


def cases(kind: str) -> list[Path]:
    return sorted(path for path in (CORPUS / kind).iterdir() if path.is_dir())


def expected(case: Path) -> tuple[str, str, dict[str, str]]:
    code, where, *options = (case / "expected").read_text(encoding="utf-8").splitlines()
    return code, where, dict(option.split(" ", 1) for option in options)


def laid_over(small: Path, case: Path, options: dict[str, str]) -> Path:
    shutil.copytree(case, small, dirs_exist_ok=True)
    if "remove" in options:
        (small / options["remove"]).unlink()
    return small


@pytest.mark.parametrize("case", cases("refused"), ids=lambda case: case.name)
def test_refused(case: Path, small: Path) -> None:
    code, where, options = expected(case)
    folder = laid_over(small, case, options)
    with pytest.raises(FleeError) as caught:
        read(folder, compat=options.get("compat"))
    found = {(problem.code, problem.where) for problem in caught.value.problems}
    assert code in caught.value.codes
    assert any(one == code and place.startswith(where) for one, place in found), found
    assert len(str(caught.value)) < 20_000


@pytest.mark.parametrize("case", cases("warned"), ids=lambda case: case.name)
def test_warned(case: Path, small: Path) -> None:
    code, where, options = expected(case)
    folder = laid_over(small, case, options)
    scenario = read(folder, compat=options.get("compat"))
    found = {(problem.code, problem.where) for problem in scenario.warnings}
    assert any(one == code and place.startswith(where) for one, place in found), found


def test_one_broken_rule_gives_one_code(small: Path) -> None:
    """A case that breaks one rule is not drowned in faults that follow from it."""
    for case in cases("refused"):
        code, _, options = expected(case)
        folder = small.parent / case.name
        shutil.copytree(small, folder)
        with pytest.raises(FleeError) as caught:
            read(laid_over(folder, case, options), compat=options.get("compat"))
        assert set(caught.value.codes) == {code}, case.name


def test_every_code_has_a_case() -> None:
    refused = {expected(case)[0] for case in cases("refused")}
    warned = {expected(case)[0] for case in cases("warned")}
    assert refused | ELSEWHERE == set(ERRORS)
    assert warned - set(ERRORS) == set(WARNINGS)
    assert len(cases("refused")) >= 30


def test_the_folder_they_are_laid_over_is_clean(small: Path) -> None:
    for compat in (None, "flee3"):
        assert read(small, compat=compat).warnings == ()


def test_every_fault_at_once(small: Path) -> None:
    """Six faults in six files, one error."""
    for name, old, new in (
        ("input_csv/locations.csv", "town", "twon"),
        ("input_csv/routes.csv", ",75,", ",-75,"),
        ("input_csv/closures.csv", "Cordia", "Cordoba"),
        ("input_csv/conflicts.csv", "\n5,1,0,0\n", "\n5,x,0,0\n"),
        ("source_data/bel-hillcamp.csv", "2021-03-11", "soon"),
        ("simsetting.yml", "camp_weight", "camp_wieght"),
    ):
        path = small / name
        path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    with pytest.raises(FleeError) as caught:
        read(small)
    assert sorted(caught.value.codes) == [
        "F117",
        "F119",
        "F120",
        "F123",
        "F125",
        "F138",
    ]
    near = {problem.code: problem.nearest for problem in caught.value.problems}
    assert near["F125"] == "Cordia"
    assert near["F138"] == "camp_weight"
    assert near["F123"] == "town"
