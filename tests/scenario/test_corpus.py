"""The corpus: valid files load, broken ones are refused with exactly the problems written in them."""

from pathlib import Path

import jsonschema
import pytest

from sojourn.library import list_scenarios
from sojourn.scenario import CODES, NOTES, ScenarioError, check, dump, load, loads, resolve, schema
from sojourn.scenario.codes import Findings
from sojourn.scenario.reading.compose import Composer
from sojourn.scenario.reading.yaml_text import read_file, read_text

CORPUS = Path(__file__).parent / "corpus"
INVALID = sorted((CORPUS / "invalid").glob("*.yaml"))
NOTED = sorted((CORPUS / "noted").glob("*.yaml"))
VALID = sorted((CORPUS / "valid").glob("*.yaml")) + NOTED + list(list_scenarios().values())
GENERATED = {"L102", "L120", "L418"}
"""Refused by a file of that size (test_read.py), by many files (test_extends.py), and when compiled."""


def expected(path: Path, label: str) -> list[str]:
    """Return what a file's first lines say is found in it."""
    lines = path.read_text(encoding="latin-1").splitlines()
    return sorted(line.removeprefix(f"# {label}: ") for line in lines if line.startswith(f"# {label}: "))


def named(path: Path) -> str:
    return path.stem


@pytest.mark.parametrize("path", INVALID, ids=named)
def test_refused_with_exactly_its_problems(path):
    with pytest.raises(ScenarioError) as refusal:
        load(path)
    found = sorted(f"{problem.code} {problem.where}" for problem in refusal.value.problems)
    assert found == expected(path, "expect")
    for problem in refusal.value.problems:
        assert problem.message
        assert problem.found or problem.allowed or problem.remedy


def test_every_code_has_a_broken_file_with_one_rule():
    single = [expected(path, "expect") for path in INVALID]
    codes = {found[0].split()[0] for found in single if len({f.split()[0] for f in found}) == 1}
    assert codes | GENERATED == set(CODES)
    assert len(INVALID) >= 60


def test_every_note_is_seen():
    assert {line.split()[0] for path in NOTED for line in expected(path, "note")} == set(NOTES)


@pytest.mark.parametrize("path", NOTED, ids=named)
def test_notes(path):
    assert sorted(f"{note.code} {note.where}" for note in check(load(path)).warnings) == expected(path, "note")


@pytest.mark.parametrize("path", VALID, ids=named)
def test_valid_files_round_trip(path):
    scenario = load(path)
    assert loads(dump(scenario)) == scenario
    resolved = resolve(scenario)
    assert resolve(resolved) == resolved
    assert loads(dump(scenario, resolved=True)) == resolved
    assert hash(scenario) == hash(loads(dump(scenario)))


@pytest.mark.parametrize("path", VALID, ids=named)
def test_schema_takes_valid_files_and_what_is_written_of_them(path):
    validator = jsonschema.Draft202012Validator(schema())
    scenario = load(path)
    documents = [read_file(path, Findings())]
    documents += [read_text(dump(scenario, resolved=resolved), "text", Findings()) for resolved in (False, True)]
    for document in documents:
        assert [error.message for error in validator.iter_errors(document.data)] == []


FORM = {"L201", "L202", "L203", "L204", "L205", "L206"}


@pytest.mark.parametrize("path", [p for p in INVALID if expected(p, "expect")[0].split()[0] in FORM], ids=named)
def test_schema_refuses_files_of_wrong_form(path):
    """Broken form is caught in the editor too, in the file as written or in its whole form."""
    jsonschema.Draft202012Validator.check_schema(schema())
    validator = jsonschema.Draft202012Validator(schema())
    findings = Findings()
    as_written, whole = read_file(path, findings), Composer(findings, {}).file(path)
    assert any(error for document in (as_written, whole) for error in validator.iter_errors(document.data))
