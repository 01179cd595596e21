"""What is needed to repeat a run, and the cards of its scenario."""

from __future__ import annotations

from sojourn.report.camp_facts import CampFacts
from sojourn.report.cards import folder, system
from sojourn.report.facts import Facts
from sojourn.report.section import Content, Section, Table
from sojourn.report.system_facts import SystemFacts

__all__ = ["CARD", "FOLDER_CARD", "FOLDER_ODD", "ODD", "SECTION", "provenance"]

_PARAMETERS = {
    "prior": "drawn from their priors",
    "central": "at their central values",
    "given": "given as a table of draws",
}


def provenance(facts: Facts) -> Table:
    """Return all that is needed to repeat the run."""
    known, run = facts.run.provenance, facts.run
    rows: list[list[object]] = [
        ["scenario", f"{known['name']}, digest {known['digest']}"],
        ["seed", str(run.seed)],
        ["replicates", f"{run.replicates} (first: {run.first})"],
    ]
    if "scale" in known:
        rows.append(["people an agent stands for", str(run.scale)])
    if "compat" in known:
        rows.append(["oddities of Flee 3", "kept (flee3)" if known["compat"] == "flee3" else "mended"])
    if "system" in facts.has:
        rows.append(["mode", str(known["mode"])])
        rows.append(["uncertain quantities", _PARAMETERS[known["parameters"]]])
    step = f"step {float(known['step_days']):g} day, recorded by {known['record']}"
    rows.append(["period", f"{facts.span}, {step}"])
    rows.append(["versions", ", ".join(f"{k} {v}" for k, v in sorted(known["versions"].items()))])
    return Table("Provenance", ("", ""), rows)


def _build(facts: Facts) -> Content:
    words = (
        "The run can be repeated to the last person on the same versions: sojourn.rerun(run), or the command "
        f"{facts.command} with seed {facts.run.seed} and {facts.run.replicates} replicates."
    )
    return Content([words], tables=[provenance(facts)])


def _card(facts: SystemFacts) -> Content:
    return Content(cards=system.model_card(facts.scenario))


def _odd(facts: SystemFacts) -> Content:
    return Content(cards=system.odd(facts.scenario))


def _folder_card(facts: CampFacts) -> Content:
    return Content(cards=folder.model_card(facts.scenario, facts.run.scale))


def _folder_odd(facts: CampFacts) -> Content:
    return Content(cards=folder.odd(facts.scenario, facts.run.scale))


SECTION = Section("provenance", "Provenance", frozenset({"replicate"}), _build)
CARD = Section("card", "Model card and misuse", frozenset({"system"}), _card)
ODD = Section("odd", "ODD description", frozenset({"system"}), _odd, folded=True)
FOLDER_CARD = Section("card", "Model card and misuse", frozenset({"folder"}), _folder_card)
FOLDER_ODD = Section("odd", "ODD description", frozenset({"folder"}), _folder_odd, folded=True)
