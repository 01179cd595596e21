"""Model card, ODD description and statement of misuse of a scenario, generated from the scenario itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from sojourn.report.cards.passage import STATEMENT, Passage
from sojourn.scenario import Scenario, check
from sojourn.scenario.model import Policy
from sojourn.scenario.stages import flows
from sojourn.scenario.stages.parameters import FeedbackTerm, SeriesRate, Value
from sojourn.scenario.wording import listed

__all__ = ["model_card", "odd"]


def model_card(s: Scenario) -> list[Passage]:
    """Return the model card of a resolved scenario: what it is, for what, on what data, how sure, and misuse.

    Source: M. Mitchell and others, "Model cards for model reporting" (2019), doi:10.1145/3287560.3287596.
    """
    confidence = Counter(q.confidence or "not stated" for q in s.quantities.values())
    return [
        Passage("What it describes", [s.description or s.title or s.name], _extent(s)),
        Passage(
            "What it must not be used for",
            [text for text in (s.misuse, STATEMENT) if text],
        ),
        Passage("People", ["Groups, described by nationality and family status alone:"], _groups(s)),
        Passage(
            "Data",
            [
                f"{len(s.series)} published series, {len(s.observations)} of the model's flows and stocks "
                "linked to them."
            ],
            [
                f"{name}: {x.unit} by {x.period}, from {x.start}; "
                + (
                    ", ".join(p for p in (x.publisher, x.source, x.release and f"release {x.release}") if p)
                    or "no source given"
                )
                for name, x in s.series.items()
            ],
        ),
        Passage(
            "How sure",
            [
                f"{len(s.quantities)} quantities, {sum(q.prior is not None for q in s.quantities.values())} of "
                "them with a "
                "prior that is drawn anew in each replicate. Confidence in their sources: "
                + ", ".join(f"{name} {count}" for name, count in sorted(confidence.items()))
                + "."
            ],
            [f"{note.where}: {note.message}" for note in check(s).warnings],
        ),
    ]


def _extent(s: Scenario) -> list[str]:
    kinds = Counter(stage.kind for stage in s.stages.values())
    return [
        f"Time: {s.time.start} to {s.time.end}, steps of {s.time.step_days:g} day, recorded by {s.time.record}",
        f"Places: {listed(place.name for place in s.places.values())}; none finer than a town or a border sector",
        "Stages: "
        + ", ".join(f"{count} {kind}" for kind, count in kinds.items())
        + f"; {len(flows(s.stages))} flows",
        f"Policies: {len(s.policies)}, each dated",
    ]


def _groups(s: Scenario) -> list[str]:
    return [
        f"{group.label or name}: nationality {group.nationality}, family status {group.family}"
        for name, group in s.groups.items()
    ]


def odd(s: Scenario) -> list[Passage]:
    """Return the ODD description (overview, design concepts, details) of a resolved scenario.

    Source: V. Grimm and others, "The ODD protocol for describing agent-based and other simulation models: a
    second update", Journal of Artificial Societies and Social Simulation 23(2) 7 (2020), doi:10.18564/jasss.4259.
    """
    watched = [
        f"{name}: {o.measure} {' + '.join(o.of)}, as series {o.series}, in units of {o.unit}"
        for name, o in s.observations.items()
    ]
    question = s.question.text if s.question is not None else ""
    return [
        Passage(
            "Purpose and patterns",
            [text for text in (s.description or s.title or s.name, question) if text],
            watched,
        ),
        Passage(
            "Entities, state variables and scales",
            [
                "People are counted, not followed one by one: persons of a group in a stage are exchangeable. "
                "The state "
                "is the number of each group in each stage; journeys keep dates of departure, queues dates of "
                "entry."
            ],
            [*_groups(s), *_extent(s)],
        ),
        Passage(
            "Process overview and scheduling",
            [
                "In every step sources let people in, stages that take no time pass them on, and stages that "
                "take time "
                "release those whose time is over, in the order of the flows. Queues serve up to their capacity."
            ],
            [
                f"{name}: {stage.kind}" + (f". {stage.description}" if stage.description else "")
                for name, stage in s.stages.items()
            ],
        ),
        Passage("Design concepts", _concepts(s)),
        Passage("Initialization", ["Stages begin empty, but for:"], list(_initial(s)) or ["none"]),
        Passage(
            "Input data",
            [f"Driven by {listed(_driving(s))}." if any(_driving(s)) else "No published series drives the model."],
            [
                f"{p.title or name}: from {p.start} to {p.end or 'open'}; {p.citation or 'no citation'}"
                for name, p in _dated(s)
            ],
        ),
        Passage(
            "Submodels",
            [],
            [f"{name}: {'; '.join(stage.words(s.quantities))}" for name, stage in s.stages.items()],
        ),
    ]


def _dated(s: Scenario) -> list[tuple[str, Policy]]:
    return sorted(s.policies.items(), key=lambda item: item[1].start)


def _concepts(s: Scenario) -> list[str]:
    stages = s.stages.values()
    texts = [
        "Stochasticity: numbers who leave, and by which exit, are drawn as whole people; every draw is keyed "
        "by seed, "
        "replicate, component and step, so that two policies under one seed differ by the policy alone."
    ]
    if any(isinstance(parameter, FeedbackTerm) for stage in stages for parameter in stage.parameters()):
        texts.append("Feedback: what became of those who went before moves later departures of the same group.")
    if any(way.by == "option" for stage in stages for way in stage.ways()):
        texts.append(
            "Adaptation: where options are weighed, shares follow a multinomial logit over price, time, risk "
            "and legal access."
        )
    if any(stage.held() == "queue" for stage in stages):
        texts.append("Interaction: groups compete for the capacity of the queues that they share.")
    if s.observations:
        texts.append(
            "Observation: flows and stocks are counted as publishers count them: share captured, delay, "
            "rounding, noise."
        )
    return texts


def _initial(s: Scenario) -> Iterator[str]:
    for name, stage in s.stages.items():
        values = {p.slot: p.value for p in stage.parameters() if isinstance(p, Value)}
        if "INITIAL" in values:
            yield f"{name}: {values['INITIAL']} of each group, entered over {values.get('AGE', 0.0)} days before"


def _driving(s: Scenario) -> list[str]:
    of_stages = (p.series for x in s.stages.values() for p in x.parameters() if isinstance(p, SeriesRate))
    of_quantities = (quantity.series for quantity in s.quantities.values() if quantity.series is not None)
    named: list[str] = []
    for chosen in (*of_stages, *of_quantities):
        named += [chosen] if isinstance(chosen, str) else chosen.values()
    return list(dict.fromkeys(named))
