"""What was asked of a system of stages and the answer: five sentences, worked out from any run of it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from markupsafe import Markup
from numpy.typing import NDArray

from sojourn.calendar import containing
from sojourn.report.answers.wording import sentence
from sojourn.report.charts.cited import cited, rounded, share, spread_of
from sojourn.report.facts import label, long_date
from sojourn.report.sections.queues import queue_names
from sojourn.report.system_facts import SystemFacts

__all__ = ["answer", "question"]

F64 = NDArray[np.float64]

_WORDS = {
    "settled": "are settled with status",
    "returned": "have returned",
    "undocumented": "are in the country of destination without status",
    "died": "have died or are missing",
    "elsewhere": "are elsewhere or have dropped out",
}


def question(facts: SystemFacts) -> Markup:
    """Return what the run was asked, in a paragraph."""
    run, scenario = facts.run, facts.scenario
    method = (
        "with chance left out (every draw replaced by its mean)"
        if run.provenance["mode"] == "expected"
        else f"{run.replicates:,} times with different chance"
        + (" and different values of the uncertain quantities" if run.provenance["parameters"] != "central" else "")
    )
    words = scenario.description.rstrip(". ") + "."
    if scenario.question is not None and scenario.question.text:
        words = scenario.question.text
    return Markup("{} Simulated from {} in steps of {}, {}.").format(
        words, facts.span, _days(float(run.provenance["step_days"])), method
    )


def _days(step: float) -> str:
    return "one day" if step == 1 else f"{step:g} days"


def answer(facts: SystemFacts) -> list[Markup]:
    """Return the sentences of the scenario, or five general ones.

    These are: how many enter, what became of them, the longest queue, the fit, and what it hangs on.
    """
    general = {
        "entered": _entered,
        "outcomes": _outcomes,
        "queue": _queue,
        "fit": _fit,
        "drivers": _drivers,
    }
    stated = facts.scenario.question
    if stated is None or not stated.answers:
        return [write(facts) for write in general.values()]
    return [sentence(facts, one, general) for one in stated.answers]


def _entered(facts: SystemFacts) -> Markup:
    total = spread_of(facts.entered.sum(1)).html(facts.about("all who leave a source, whole run"), "count")
    text = Markup("From {} {} people enter ({})").format(facts.span, total, facts.followed_text)
    if facts.aside:
        ends = sorted(n for n in facts.aside if facts.scenario.stages[n].final)
        gone = spread_of(facts.aside_people).html(
            facts.about(f"people in {', '.join(sorted(facts.aside))} at the end")
        )
        return text + Markup("; {} of them {}, and are set aside in what follows.").format(
            gone, " or ".join(label(name) for name in ends)
        )
    month, _ = containing(facts.run.data["time"].values.astype("datetime64[D]"), "month")
    months = np.unique(month)
    by_month = np.stack([facts.entered[:, month == first].sum(1) for first in months], axis=1)
    top = int(np.median(by_month, axis=0).argmax())
    busiest = months[top].item()
    peak = spread_of(by_month[:, top]).html(facts.about(f"all who leave a source in {busiest:%Y-%m}"), "count")
    return text + Markup(", most of them in {}: {}.").format(f"{busiest:%B %Y}", peak)


def _outcomes(facts: SystemFacts) -> Markup:
    """Say where everyone is at the end, of all who entered or were there at the start."""
    last = facts.stocks.isel(time=-1).values
    parts: dict[str, F64] = {}
    for i, name in enumerate(str(n) for n in facts.run.data["stage"].values):
        stage = facts.scenario.stages[name]
        if stage.entry or name in facts.aside:
            continue
        for key in stage.outcomes() or ("",):
            parts[key] = parts.get(key, np.zeros(len(last))) + last[:, i]
    clauses = []
    for key, words in (*_WORDS.items(), ("", "are still under way or waiting")):
        people = parts.get(key)
        if people is not None and people.any():
            what = f"people who {words} on {facts.last_day.date()}, of all who entered or were there at the start"
            clauses.append(Markup("{} {}").format(spread_of(people).html(facts.about(what), "count"), words))
    there = float(facts.initial_followed.sum("stage").mean())
    begun = Markup("")
    if there >= 1:
        about = facts.about(f"people in the system on {facts.start.date()}")
        begun = Markup(" (with the {} who were there at the start)").format(cited(rounded(there), about))
    return Markup("On {}{} {}.").format(long_date(facts.last_day), begun, _listed(clauses))


def _listed(parts: list[Markup]) -> Markup:
    if len(parts) < 2:
        return parts[0] if parts else Markup("nobody is in the system")
    return Markup("{} and {}").format(Markup(", ").join(parts[:-1]), parts[-1])


def _queue(facts: SystemFacts) -> Markup:
    names = queue_names(facts)
    if not names:
        return Markup("Nobody has to wait: no stage of the system is short of capacity.")
    name = names[0]
    waiting = spread_of(facts.run.stocks.sel(stage=name).sum("group").values[:, -1].astype(np.float64))
    before = spread_of(facts.initial.sel(stage=name).values)
    recent = pd.DatetimeIndex(facts.run.data["time"].values) >= facts.end - pd.DateOffset(years=1)
    days, count = (
        facts.run.data[v].sel(queue=name).sum("group").values[:, recent].sum(1).astype(np.float64)
        for v in ("wait_days", "wait_count")
    )
    wait = spread_of(np.divide(days, count, out=np.full(len(days), np.nan), where=count > 0))
    return Markup(
        "The longest queue is {}: {} people wait at the end, {} waited at the start; those whose turn came in the "
        "last twelve months had waited {} days on average."
    ).format(
        label(name),
        waiting.html(facts.about(f"people in queue {name} on {facts.last_day.date()}, all groups"), "count"),
        before.html(facts.about(f"people in queue {name} on {facts.start.date()}, all groups"), "count"),
        wait.html(facts.about(f"mean wait in queue {name}, last twelve months, all groups", "day")),
    )


def _fit(facts: SystemFacts) -> Markup:
    table = facts.agreement
    if len(table):
        table = table[(table["periods"] > 0) & (table["span"] != "fit")]
    if not len(table):
        return Markup(
            "No published figure falls into the time that is tested: nothing here is checked against one."
        )
    number = int(table["periods"].sum())
    inside = float((table["within_90"] * table["periods"]).sum())
    worst = table.sort_values("within_90").iloc[0]
    when = "" if facts.fitted_to is None else f"after {long_date(facts.fitted_to)}, which the fit did not see, "
    series = sorted({str(facts.seen[str(name)].attrs["series"]) for name in table["observation"]})
    source = f"published figures of the series {', '.join(series)}; unit: figure; bands: {facts.made_by}"
    return Markup(
        "Held against {} official series, {}{} of {} published figures ({}) lie inside the 90 % bands{}."
    ).format(
        cited(str(len(table)), source),
        when,
        cited(f"{inside:.0f}", source),
        cited(f"{number:,}", source),
        cited(share(inside / number), f"{source}; unit: share of published figures"),
        _least(worst, facts),
    )


def _least(worst: pd.Series[Any], facts: SystemFacts) -> Markup:
    """Name the station that agrees least, unless all agree."""
    part, seen = float(worst["within_90"]), facts.seen[str(worst["observation"])].attrs
    if part == 1.0:
        return Markup("")
    number = cited(share(part), f"series {seen['series']}; unit: share of published figures; {facts.made_by}")
    return Markup("; they agree least at {} ({} inside)").format(seen["title"], number)


def _drivers(facts: SystemFacts) -> Markup:
    """Name the uncertain quantity that moves the outcome most, by rank correlation over replicates."""
    names = [str(n) for n in facts.run.data["quantity"].values]
    settled = [n for n, s in facts.scenario.stages.items() if "settled" in s.outcomes()]
    ends = settled or [n for n, s in facts.scenario.stages.items() if s.final]
    outcome = facts.stocks.isel(time=-1).sel(stage=ends).sum("stage").values
    values = facts.run.parameters.values
    moving = [i for i in range(len(names)) if np.ptp(values[:, i]) > 0]
    if not moving or len(outcome) < 10 or np.ptp(outcome) == 0:
        return Markup("The spread shown is that of chance alone: no uncertain quantity was varied.")
    ranks = pd.DataFrame(values[:, moving]).rank()
    related = ranks.corrwith(pd.Series(outcome).rank()).to_numpy()
    best = int(np.nanargmax(np.abs(related)))
    name = names[moving[best]]
    quantity = facts.scenario.quantities[name.split("[")[0]]
    what = "the number settled with status" if settled else "the number who have left the system"
    return Markup(
        "Of {} uncertain quantities, {} is the one that {} follows most closely: rank correlation {}."
    ).format(
        cited(str(len(moving)), facts.about("quantities with a prior that were drawn", "quantity")),
        quantity.description[:1].lower() + quantity.description[1:] if quantity.description else label(name),
        what,
        cited(
            f"{related[best]:+.2f}",
            facts.about(
                f"Spearman rank correlation over replicates of quantity {name} with {', '.join(ends)}", "1"
            ),
        ),
    )
