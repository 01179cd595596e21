"""Cards say what the scenario says, and nothing that it does not."""

import pytest

import sojourn as sj


@pytest.mark.parametrize("name", ["two-routes", "court-backlog", "border-post"])
def test_cards_name_everything(name):
    scenario = sj.load(name)
    text = sj.card(scenario)
    assert text.startswith(f"# {scenario.title}\n")
    assert scenario.digest() in text and scenario.misuse in text
    for stage in scenario.stages:
        assert f"\n- {stage}: " in text
    for policy in scenario.policies.values():
        assert f"{policy.title}: from {policy.start} to open; {policy.citation}" in text
    assert "must not be used to decide on one" in text


def test_cards_follow_the_scenario(watched):
    plain, seen = sj.card(sj.load("two-routes")), sj.card(watched)
    assert "0 published series, 0 of the model's" in plain and "Observation:" not in plain
    assert "border-count: encounter by month, from 2022-12-01; Office of Examples, table 3, release 2024-09" in seen
    assert "- settled: stock arrived, as series settled-count, in units of person" in seen
    assert "Feedback:" in plain and "Feedback:" not in sj.card(sj.load("border-post"))
    assert "- court: backlog of each group, entered over backlog-age days before" in sj.card(
        sj.load("court-backlog")
    )
