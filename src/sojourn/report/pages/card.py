"""The card of a scenario, whatever it is given as."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.report.cards import system
from sojourn.report.cards.markdown import as_markdown
from sojourn.results import Run
from sojourn.scenario import Scenario, digest, resolve

if TYPE_CHECKING:
    from sojourn.flee import FleeScenario

__all__ = ["card"]


def card(subject: Scenario | FleeScenario | Run) -> str:
    """Return the model card, the ODD description and the statement of misuse of a scenario as Markdown text.

    Parameters
    ----------
    subject : Scenario, FleeScenario or Run
        A scenario, a Flee folder that was read, or a run: then the card is that of its scenario.

    Returns
    -------
    str
        Markdown text.
    """
    if isinstance(subject, Run):
        from sojourn.report.answers.opening import kind_of

        return card(kind_of(subject).scenario(subject))
    if isinstance(subject, Scenario):
        s = resolve(subject)
        return as_markdown(s.title or s.name, s.name, digest(s), (system.model_card(s), system.odd(s)))
    from sojourn.flee import digest as digest_of_folder
    from sojourn.report.cards import folder

    cards = (folder.model_card(subject), folder.odd(subject))
    return as_markdown(subject.name, subject.name, digest_of_folder(subject), cards)
