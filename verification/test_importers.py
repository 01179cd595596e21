"""Forms of published tables give the same figures or a refusal that helps; damaged files never crash.

``python -m verification fuzz_importers`` tries every shared file, and 5,000 damaged ones.
"""

import dataclasses

import pytest

from verification.fuzz_importers import fuzz, mutate
from verification.importer_mutations import MUTATIONS, figures_of, outcome, text
from verification.importer_samples import made_up

SAMPLES = made_up()


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda s: s.name)
def test_every_form_of_a_table_is_read_alike_or_refused_with_the_nearest_layout(sample, tmp_path):
    assert mutate([sample], tmp_path) == []


def test_there_are_at_least_thirty_mutations_that_must_be_equal():
    assert sum(mutation.equal for mutation in MUTATIONS) >= 30


def test_damaged_files_are_imported_or_refused_with_a_code(tmp_path):
    folder = tmp_path / "files"
    folder.mkdir()
    met, errors = fuzz(SAMPLES, folder, files=300, seed=20)
    assert errors == []
    assert len(met) > 8


def test_a_mutation_that_changes_a_figure_is_noticed(tmp_path):
    """A planted fault: the form has another figure."""
    sample = SAMPLES[0]
    plain = tmp_path / f"{sample.name}.csv"
    plain.write_text(text(sample.header, sample.rows), encoding="utf-8")
    changed = [[*row[:-1], str(int(row[-1]) + 1)] for row in sample.rows]
    planted = dataclasses.replace(MUTATIONS[0], write=lambda s: (".csv", text(s.header, changed).encode()))
    assert outcome(sample, planted, tmp_path, figures_of(plain)).startswith("wrong: other figures")


def test_an_importer_that_fails_without_a_code_is_noticed(tmp_path, monkeypatch):
    """A planted fault: reading raises KeyError, as a space after the last name once did."""

    def fail(source):
        raise KeyError("Encounter Count ")

    monkeypatch.setattr("verification.fuzz_importers.read_file", fail)
    folder = tmp_path / "files"
    folder.mkdir()
    met, errors = fuzz(SAMPLES, folder, files=40, seed=1)
    assert len(errors) + sum(met.values()) == 40
    assert len(errors) > 20 and all("KeyError" in error for error in errors)
