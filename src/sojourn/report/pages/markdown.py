"""Cards as Markdown text: what a scenario of either engine is, how it works, and what it must not be used for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.report.pages.cards import model_card, odd
from sojourn.scenario import Scenario, digest, resolve

if TYPE_CHECKING:
    from sojourn.flee import FleeScenario

__all__ = ["card"]


def card(scenario: Scenario | FleeScenario) -> str:
    """Return the model card, the ODD description and the statement of misuse of a scenario as Markdown text."""
    if isinstance(scenario, Scenario):
        s = resolve(scenario)
        title, known, cards = s.title or s.name, digest(s), (model_card(s), odd(s))
    else:
        from sojourn.flee import digest as digest_of_folder
        from sojourn.report.pages.walk_cards import walk_model_card, walk_odd

        title, known = scenario.name, digest_of_folder(scenario)
        cards = (walk_model_card(scenario), walk_odd(scenario))
    parts = [f"# {title}", "", f"Scenario `{scenario.name}`, digest `{known}`."]
    for heading, sections in zip(("Model card", "ODD description"), cards, strict=True):
        parts += ["", f"## {heading}"]
        for section in sections:
            parts += ["", f"### {section.heading}", ""]
            parts += ["\n\n".join(section.paragraphs)] if section.paragraphs else []
            parts += [""] * bool(section.paragraphs and section.lines) + [f"- {line}" for line in section.lines]
    return "\n".join(parts) + "\n"
