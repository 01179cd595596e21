"""The text that explains a scenario: golden files, one for each small built-in scenario, one for every feature."""

from pathlib import Path

import pytest

from sojourn.library import list_scenarios
from sojourn.scenario import dump, explain, load, loads, resolve

HERE = Path(__file__).parent
FILES = {
    **{name: list_scenarios()[name] for name in ("border-post", "court-backlog", "two-routes")},
    "every-kind": HERE / "corpus" / "valid" / "every-kind.yaml",
    "no-effect": HERE / "corpus" / "noted" / "no-effect.yaml",
}


@pytest.mark.parametrize("name", FILES)
def test_golden_text(name):
    """Where the text changes on purpose, write it anew: sojourn explain FILE > tests/scenario/golden/NAME.txt."""
    assert explain(load(FILES[name])) == (HERE / "golden" / f"{name}.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", FILES)
def test_the_resolved_and_the_written_form_mean_the_same(name):
    scenario = load(FILES[name])
    assert explain(scenario) == explain(resolve(scenario)) == explain(loads(dump(scenario)))


@pytest.mark.parametrize("name", FILES)
def test_every_name_and_citation_is_told(name):
    scenario = load(FILES[name])
    text = explain(scenario)
    for section in ("groups", "places", "series", "quantities", "stages", "policies", "observations"):
        for key in getattr(scenario, section):
            assert f"\n  {key}: " in text
    for quantity in scenario.quantities.values():
        assert quantity.source in text
    for policy in scenario.policies.values():
        assert policy.citation in text


def test_a_change_shows():
    scenario = load(FILES["two-routes"])
    changed = scenario.replace(quantities={"fare-short": 9999})
    difference = set(explain(changed).splitlines()) - set(explain(scenario).splitlines())
    assert {line.strip() for line in difference} == {
        "-> short-route: by utility, cost fare-short (9,999 US dollar), time 3 days, risk 0.01, "
        "legal access access-short (1)",
        "value: 9,999 US dollar",
        "source: none",
    }
