"""Built-in scenarios: found by name, sound, sourced, and plainly illustrative where they are."""

from pathlib import Path

import pytest

from sojourn import library
from sojourn.scenario import check
from sojourn.scenario.traversal import models

GOLDEN = Path(__file__).parent / "golden" / "resolved"
SMALL = ("border-post", "court-backlog", "two-routes")


def test_the_small_scenarios_are_there():
    assert set(SMALL) <= set(library.list_scenarios())
    assert list(library.list_scenarios()) == sorted(library.list_scenarios())


@pytest.mark.parametrize("name", library.list_scenarios())
def test_every_built_in_is_sound_and_sourced(name):
    scenario = library.load(name)
    assert scenario.name == name
    assert scenario.title
    assert scenario.description
    assert scenario.misuse
    for quantity in scenario.quantities.values():
        assert quantity.unit
        assert quantity.source
        assert quantity.description
    for policy in scenario.policies.values():
        assert policy.citation
    assert {note.code for note in check(scenario).warnings} <= {"L904", "L905", "L903"}


@pytest.mark.parametrize("name", SMALL)
def test_small_scenarios_say_that_their_numbers_are_illustrative(name):
    scenario = library.load(name)
    assert {quantity.source for quantity in scenario.quantities.values()} == {"illustrative"}
    assert "illustrative" in scenario.misuse


def test_together_they_show_most_of_the_language():
    kinds = {type(model).__name__ for name in SMALL for _, model in models(library.load(name))}
    assert {
        "Source", "Journey", "Choice", "Queue", "End", "IntensityInflow", "MomentumInflow", "Feedback", "Option",
        "Patience", "Initial", "Policy", "Prior",
    } <= kinds  # fmt: skip


@pytest.mark.parametrize("name", library.list_scenarios())
def test_no_number_of_a_built_in_has_changed(name):
    """Where one is changed on purpose, write the file anew: ``library.load(name).dump(resolved=True)``."""
    known = (GOLDEN / f"{name}.yaml").read_text(encoding="utf-8")
    assert library.load(name).dump(resolved=True) == known


def test_a_changed_number_would_be_seen():
    known = (GOLDEN / "border-post.yaml").read_text(encoding="utf-8")
    assert library.load("border-post").replace(quantities={"officers": 5}).dump(resolved=True) != known


def test_every_golden_form_is_of_a_scenario():
    assert {path.stem for path in GOLDEN.iterdir()} == set(library.list_scenarios())
