"""Sections ask for what a report can have, and for nothing else."""

from pathlib import Path

import pytest

import sojourn as sj
from sojourn.report.camp_facts import CampFacts
from sojourn.report.contents import SECTIONS
from sojourn.report.facts import GIVEN
from sojourn.report.pages.page import parts
from sojourn.report.section import Content, Section
from sojourn.report.system_facts import SystemFacts
from sojourn.results.dims import COORDINATES, VARIABLES

SMALL = Path(__file__).parents[2] / "examples" / "flee-small"


def unknown(section):
    """Return the needs of a section that no report can meet."""
    return section.needs - set(VARIABLES) - set(COORDINATES) - set(GIVEN)


@pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.title)
def test_every_need_can_be_met(section):
    assert section.needs and not unknown(section)


def test_a_planted_need_is_found():
    assert unknown(Section("a", "A", frozenset({"stocks", "queues"}), lambda facts: None)) == {"queues"}


def test_sections_with_one_anchor_never_stand_on_one_page(run, changed):
    camps = sj.flee.simulate(SMALL, seed=1)
    for facts in (
        SystemFacts(run),
        SystemFacts(run, other=changed),
        CampFacts(camps),
        CampFacts(camps, other=camps),
    ):
        shown = [section.name for section in SECTIONS if section.needs <= facts.has]
        assert len(shown) == len(set(shown)) >= 6


def test_only_sections_whose_needs_are_met_are_built(run):
    def refuse(_facts):
        raise AssertionError("built")

    sections = [
        Section("never", "Never", frozenset({"camp"}), refuse),
        Section("empty", "Empty", frozenset({"system"}), lambda facts: None),
        Section("shown", "Shown", frozenset({"stocks"}), lambda facts: Content(["words"])),
    ]
    assert [part.section.name for part in parts(sections, SystemFacts(run))] == ["shown"]
    with pytest.raises(AssertionError, match="built"):
        parts(sections, CampFacts(sj.flee.simulate(SMALL, seed=1)))
