"""What a change did, in sentences: each says what it needs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
import pandas as pd
from markupsafe import Markup

from sojourn.forecast import score
from sojourn.observation.stations import scenario_of
from sojourn.report.charts.cited import cited, spread_of
from sojourn.report.charts.stack import OUTCOMES
from sojourn.report.facts import Facts, label, long_date
from sojourn.report.sections.difference import about, mean_of, signed
from sojourn.results import Comparison

__all__ = ["effects"]

Sentences = Iterator[Markup]


def effects(comparison: Comparison, facts: Facts) -> list[Markup]:
    """Return sentences on the effect: who is where, what moves most, and how sure that is."""
    if comparison.unchanged:
        return [Markup("The change moves nothing: every replicate is the same to the last person.")]
    table = comparison.to_frame()
    return [
        sentence
        for effect in _EFFECTS
        if effect.needs <= facts.has
        for sentence in effect.write(comparison, facts, table)
    ]


def _outcomes(comparison: Comparison, facts: Facts, _table: pd.DataFrame) -> Sentences:
    """Say how many more or fewer are in the ends of each outcome."""
    final = comparison.stocks.isel(time=-1).sum("group")
    stages = {**scenario_of(comparison.other).stages, **scenario_of(comparison.base).stages}
    clauses = []
    for outcome, words in OUTCOMES.items():
        ends = [name for name in map(str, final["stage"].values) if getattr(stages[name], "outcome", "") == outcome]
        people = final.sel(stage=ends).sum("stage").values.astype(np.float64)
        if np.abs(people).max() > 0:
            source = about(comparison, f"people {words} on {facts.last_day.date()}")
            clauses.append(Markup("{}: {}").format(words, signed(spread_of(people), source)))
    yield Markup("By {} the change makes this difference, in people (median, 90 % interval): {}.").format(
        long_date(facts.last_day), Markup("; ").join(clauses) if clauses else "none in any outcome"
    )


def _queues(comparison: Comparison, facts: Facts, table: pd.DataFrame) -> Sentences:
    """Say which queue moves most, and by how much its wait."""
    names = {name for run in (comparison.base, comparison.other) for name in run.data["queue"].values}
    queues = table[table["stage"].isin(names)]
    row = queues.iloc[int(queues["stock"].abs().to_numpy().argmax())]
    source = about(comparison, f"people in queue {row['stage']} on {facts.last_day.date()}")
    text = Markup("Of the queues, {} moves most: {} people at the end").format(
        label(str(row["stage"])), mean_of(row, "stock", source)
    )
    if np.isfinite(row["wait"]):
        wait = about(comparison, f"mean wait in queue {row['stage']}, whole run", "day")
        text += Markup(", and {} days of mean wait").format(mean_of(row, "wait", wait))
    yield text + "."


def _in_camps(comparison: Comparison, facts: Facts, table: pd.DataFrame) -> Sentences:
    """Say how many more or fewer are in camps, and which places gain and lose most."""
    final = comparison.stocks.isel(time=-1).sum("group")
    people = final.sel(stage=final["camp"].values).sum("stage").values.astype(np.float64)
    source = about(comparison, f"people in camps on {facts.last_day.date()}")
    yield Markup("By {} the change makes this difference, in people in camps (median, 90 % interval): {}.").format(
        long_date(facts.last_day), signed(spread_of(people), source)
    )
    for words, row in (
        ("gains", table.iloc[int(table["stock"].to_numpy().argmax())]),
        ("loses", table.iloc[int(table["stock"].to_numpy().argmin())]),
    ):
        if (row["stock"] > 0) == (words == "gains") and row["stock"] != 0:
            source = about(comparison, f"people at {row['stage']} on {facts.last_day.date()}")
            yield Markup("{} {} most: {} people at the end.").format(
                row["stage"], words, mean_of(row, "stock", source)
            )


def _error(comparison: Comparison, facts: Facts, _table: pd.DataFrame) -> Sentences:
    """Say by how much the error against registrations changes."""
    base = score(comparison.base) if facts.scores is None else facts.scores
    error = (score(comparison.other).errors["rescaled"] - base.errors["rescaled"]).to_numpy()
    source = about(comparison, "averaged relative difference, totals made equal", "share")
    yield Markup("The error against registrations changes by {}.").format(signed(spread_of(error), source))


def _certain(comparison: Comparison, facts: Facts, table: pd.DataFrame) -> Sentences:
    """Say in how many stages the difference is clear of chance, and when the first of them moved."""
    words = facts.words
    clear = table[(table["stock_low"] > 0) | (table["stock_high"] < 0)]
    first = table[words.moved].dropna()
    when = f"; the first {words.stage} moves {facts.dated(first.min())}" if len(first) else ""
    source = about(
        comparison,
        f"{words.stage}s whose people at the end differ with an interval on one side of zero",
        words.stage,
    )
    yield Markup("{} {} of {} {}s the difference at the end is clear of chance{}.").format(
        words.at.capitalize(),
        cited(str(len(clear)), source),
        cited(str(len(table)), source),
        words.stage,
        when,
    )


class _Effect(NamedTuple):
    """Sentences on an effect, and what a report must have for them."""

    needs: frozenset[str]
    write: Callable[[Comparison, Facts, pd.DataFrame], Sentences]


_EFFECTS = (
    _Effect(frozenset({"system"}), _outcomes),
    _Effect(frozenset({"system", "queue"}), _queues),
    _Effect(frozenset({"camp"}), _in_camps),
    _Effect(frozenset({"camp", "published_agents"}), _error),
    _Effect(frozenset({"stocks"}), _certain),
)
"""All sentences, in the order of the answer."""
