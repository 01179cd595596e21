"""Cards as Markdown text: what a scenario of either engine is, how it works, and what it must not be used for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.report.cards import system
from sojourn.scenario import Scenario, digest, resolve

if TYPE_CHECKING:
    from sojourn.flee import FleeScenario

__all__ = ["card"]


def card(scenario: Scenario | FleeScenario) -> str:
    """Return the model card, the ODD description and the statement of misuse of a scenario as Markdown text."""
    if isinstance(scenario, Scenario):
        s = resolve(scenario)
        title, known, cards = s.title or s.name, digest(s), (system.model_card(s), system.odd(s))
    else:
        from sojourn.flee import digest as digest_of_folder
        from sojourn.report.cards import folder

        title, known = scenario.name, digest_of_folder(scenario)
        cards = (folder.model_card(scenario), folder.odd(scenario))
    parts = [f"# {title}", "", f"Scenario `{scenario.name}`, digest `{known}`."]
    for heading, passages in zip(("Model card", "ODD description"), cards, strict=True):
        parts += ["", f"## {heading}"]
        for passage in passages:
            parts += ["", f"### {passage.heading}", ""]
            parts += ["\n\n".join(passage.paragraphs)] if passage.paragraphs else []
            parts += [""] * bool(passage.paragraphs and passage.lines) + [f"- {line}" for line in passage.lines]
    return "\n".join(parts) + "\n"
