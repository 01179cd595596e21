"""The report of a walk run: its sections, and what a change did, put into the page of all reports."""

from __future__ import annotations

from dataclasses import replace

from markupsafe import Markup

import sojourn
from sojourn.report.charts.chart import Picture
from sojourn.report.charts.road_map import LEAST
from sojourn.report.charts.walk_map import walk_map
from sojourn.report.pages.page import Drawn, Part, draw, html
from sojourn.report.pages.walk_cards import walk_model_card, walk_odd
from sojourn.report.sections import walk_difference, walk_tables
from sojourn.report.sections.policies import timeline
from sojourn.report.sections.walk_answer import walk_answer, walk_asked
from sojourn.report.sections.walk_camps import camps, errors
from sojourn.report.walk_facts import WalkFacts
from sojourn.results import WalkRun
from sojourn.results import compare as pair

__all__ = ["walk_page"]

_CAMPS = (
    "Dots are registrations, on the days for which the folder has them; bands are simulated people. Bands hold "
    "chance alone, not what is unknown of the parameters."
)
_KEY = Markup(
    '<span class="key" aria-hidden="true"><span class="k90"></span>90 % band <span class="k50"></span>50 % band '
    '<span class="km"></span>median <span class="kp"></span>registered{}</span>'
)
_CLOSED = Markup(' <span class="kr"></span>closure, by number below')
_SCORES = (
    "The error is the averaged relative difference of Flee: the sum over camps of what they are off, as a share "
    "of all registered, averaged over days. Half of it is the share of people in the wrong camp. Beside it stand "
    "forecasts that need no model; a run that is not closer than they are adds nothing."
)


def walk_page(run: WalkRun, other: WalkRun | None) -> tuple[str, list[Drawn]]:
    """Return the text of the report of a walk run, and its pictures; with ``other``, what the change did."""
    facts = WalkFacts(run)
    parts, told, kind = _parts(facts), walk_answer(facts), "Report of a simulation"
    differs: list[str] = []
    if other is not None:
        parts, told, differs = _compared(facts, other, parts)
        kind = "What a change did"
    head = {
        "kind": kind,
        "version": sojourn.__version__,
        "asked": walk_asked(facts),
        "answer": told,
        "differs": differs,
        "missed": [],
        "bars": 0,
    }
    return html(facts.scenario.name, parts, head), [drawn for part in parts for drawn in part.pictures]


def _parts(facts: WalkFacts) -> list[Part]:
    closed = len(facts.policies) > 0
    key = _KEY.format(_CLOSED if closed else "")
    found = [
        Part(
            "camps", "Registered and simulated", [_CAMPS, key], draw(camps(facts)), [walk_tables.camp_table(facts)]
        ),
        Part("map", "The map", [_map_words()], draw(walk_map(facts))),
        Part("scores", "Scores", [_SCORES], draw([errors(facts)]), [walk_tables.score_table(facts)]),
    ]
    if closed:
        found.append(Part("closures", "Closures", [], draw(_closures(facts)), [walk_tables.closures(facts)]))
    found += [
        Part(
            "gaps",
            "What was odd in the folder",
            ["Each with the choice that was made; further ones of a kind and file are counted."],
            lines=walk_tables.walk_gaps(facts) or ["Nothing was found odd."],
        ),
        Part("settings", "Settings", [], [], [walk_tables.settings_table(facts)], folded=True),
        Part("card", "Model card and misuse", cards=walk_model_card(facts.scenario, facts.run.scale)),
        Part("odd", "ODD description", cards=walk_odd(facts.scenario, facts.run.scale), folded=True),
        Part("provenance", "Provenance", [_repeat(facts)], [], [walk_tables.walk_provenance(facts)]),
    ]
    return found


def _map_words() -> str:
    return (
        "Triangles are places in conflict at some time of the month, squares camps. The area of a circle is the "
        "number of people there at the end of the month. Lines are people who set out in it, in another colour "
        "against the main stream; who sets out twice counts twice. Mean over replicates; "
        f"fewer than {LEAST} people are not shown."
    )


def _closures(facts: WalkFacts) -> list[Picture]:
    drawn = timeline(facts)
    if drawn is None:
        return []
    said = f"{len(drawn.data)} closures in force during the run; the table lists them with dates."
    return [
        replace(drawn, name="closures", title="Closures by date", said=said, trace="closures.csv of the folder")
    ]


def _repeat(facts: WalkFacts) -> str:
    return (
        "The run can be repeated to the last person on the same versions: sojourn.rerun(run), or the command "
        f"sojourn flee run with seed {facts.run.seed} and {facts.run.replicates} replicates."
    )


def _compared(facts: WalkFacts, other: WalkRun, parts: list[Part]) -> tuple[list[Part], list[Markup], list[str]]:
    """Return the sections with those of the effect before them, the sentences, and what differs."""
    comparison = pair(facts.run, other)
    words = [
        "Each replicate with the change is paired with the one without it, under the same chance: what is shown "
        "is with the change less without it. Bands hold 50 % and 90 % of the pairs."
    ]
    first = Part(
        "effect",
        "What the change did",
        words,
        draw(walk_difference.walk_moved(comparison, facts)),
        [walk_difference.walk_shunting(comparison)],
    )
    differs = walk_difference.walk_changes(facts.run, other) or ["nothing: the scenarios are the same"]
    return [first, *parts], walk_difference.walk_effects(comparison, facts), differs
