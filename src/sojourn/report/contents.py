"""The contents of a report: every section, in the order of the page."""

from __future__ import annotations

from sojourn.report.section import Section
from sojourn.report.sections import (
    camp_scores,
    camps,
    difference,
    gaps,
    policies,
    provenance,
    quantities,
    queues,
    road,
    stations,
    whereabouts,
)

__all__ = ["SECTIONS"]

SECTIONS: tuple[Section, ...] = (
    difference.SECTION,
    stations.SECTION,
    camps.SECTION,
    camps.MAP,
    camp_scores.SECTION,
    road.SECTION,
    queues.SECTION,
    whereabouts.SECTION,
    policies.SECTION,
    policies.CLOSURES,
    gaps.SECTION,
    gaps.FOLDER,
    quantities.SECTION,
    quantities.SETTINGS,
    provenance.CARD,
    provenance.FOLDER_CARD,
    provenance.ODD,
    provenance.FOLDER_ODD,
    provenance.SECTION,
)
"""Sections whose needs a report has are shown; the others are left out."""
