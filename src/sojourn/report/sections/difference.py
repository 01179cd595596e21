"""What a change did: the effect with intervals, over time and by stage, and where the queue moved."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr
from markupsafe import Markup

from sojourn.report.charts.chart import Picture
from sojourn.report.charts.cited import Spread, figure, rounded, spread_of
from sojourn.report.facts import Facts, label, long_date
from sojourn.report.sections.stations import Dated, band_chart, bands
from sojourn.report.sections.tables import Table
from sojourn.results import Comparison

__all__ = ["changes", "effects", "moved", "moved_picture", "plus", "shunting_table"]

_PICTURES = 6
_SECTIONS = ("time", "groups", "places", "series", "quantities", "stages", "policies", "observations")
_OUTCOMES = {
    "settled": "settled with status",
    "undocumented": "without status",
    "returned": "returned",
    "died": "died or missing",
    "elsewhere": "elsewhere",
}


def changes(base: Facts, other: Facts) -> list[str]:
    """Return in words what the second scenario has otherwise than the first, one line for each entry."""
    lines = []
    first, second = (f.scenario.model_dump(mode="json") for f in (base, other))
    for section in _SECTIONS:
        one, two = first[section], second[section]
        if section == "time":
            if one != two:
                lines.append("another period or step")
            continue
        names = list(dict.fromkeys([*one, *two]))
        for name in names:
            what = f"{_singular(section)} {label(name)}"
            if name not in two:
                lines.append(f"without the {what}{_titled(one[name])}")
            elif name not in one:
                lines.append(f"with the {what}{_titled(two[name])}")
            elif one[name] != two[name]:
                lines.append(f"{what}: {_fields(one[name], two[name])}")
    return lines


def _singular(section: str) -> str:
    return {"policies": "policy", "quantities": "quantity", "series": "series"}.get(section, section[:-1])


def _titled(entry: dict[str, Any]) -> str:
    return f" ({entry['title']}, from {entry['start']})" if entry.get("title") and "start" in entry else ""


def _fields(one: dict[str, Any], two: dict[str, Any]) -> str:
    parts = [f"{k} {_short(one.get(k))} becomes {_short(v)}" for k, v in two.items() if one.get(k) != v]
    return ", ".join(parts)


def _short(value: object) -> str:
    text = "none" if value is None else str(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _about(comparison: Comparison, what: str, unit: str = "person") -> str:
    one, two = (r.provenance for r in (comparison.base, comparison.other))
    return (
        f"{what}, with the change less without it; unit: {unit}; simulated, {comparison.base.replicates} paired "
        f"replicates, seed {comparison.base.seed}, scenarios {str(one['digest'])[:12]} and "
        f"{str(two['digest'])[:12]}"
    )


def effects(comparison: Comparison, facts: Facts) -> list[Markup]:
    """Return sentences on the effect: outcomes, the queue that moved most, and how sure that is."""
    if comparison.unchanged:
        return [Markup("The change moves nothing: every replicate is the same to the last person.")]
    final = comparison.stocks.isel(time=-1).sum("group")
    last = facts.last_day
    told = []
    kinds = final["stage_kind"].values
    for outcome, words in _OUTCOMES.items():
        stages = [
            str(n)
            for n, kind in zip(final["stage"].values, kinds, strict=True)
            if kind == "end" and _outcome(facts, str(n), comparison) == outcome
        ]
        if not stages:
            continue
        people = final.sel(stage=stages).sum("stage").values.astype(np.float64)
        if np.abs(people).max() > 0:
            about = _about(comparison, f"people {words} on {last.date()}")
            told.append(Markup("{}: {}").format(words, _signed(spread_of(people), about)))
    sentences = [
        Markup("By {} the change makes this difference, in people (median, 90 % interval): {}.").format(
            long_date(last), Markup("; ").join(told) if told else "none in any outcome"
        )
    ]
    table = comparison.to_frame()
    queues = table[table["kind"] == "queue"]
    if len(queues):
        row = queues.iloc[int(queues["stock"].abs().to_numpy().argmax())]
        about = _about(comparison, f"people in queue {row['stage']} on {last.date()}")
        text = Markup("Of the queues, {} moves most: {} people at the end").format(
            label(str(row["stage"])), _mean(row, "stock", about)
        )
        if np.isfinite(row["wait"]):
            wait = _about(comparison, f"mean wait in queue {row['stage']}, whole run", "day")
            text += Markup(", and {} days of mean wait").format(_mean(row, "wait", wait))
        sentences.append(text + ".")
    sentences.append(_sure(table, comparison))
    return sentences


def _outcome(facts: Facts, name: str, comparison: Comparison) -> str:
    stage = facts.scenario.stages.get(name) or Facts(comparison.other).scenario.stages[name]
    return str(getattr(stage, "outcome", ""))


def _signed(spread: Spread, about: str) -> Markup:
    ends = [figure(plus(v), about) for v in (spread.median, spread.low, spread.high)]
    return Markup('{} <span class="i">({} to {})</span>').format(*ends)


def _mean(row: pd.Series[Any], name: str, about: str) -> Markup:
    ends = [figure(plus(float(row[c])), about) for c in (name, f"{name}_low", f"{name}_high")]
    return Markup('{} <span class="i">({} to {})</span>').format(*ends)


def plus(value: float) -> str:
    """Return a difference with its sign."""
    return (
        rounded(value)
        if not np.isfinite(value) or value == 0
        else f"{'+' if value > 0 else '−'}{rounded(abs(value))}"
    )


def _sure(table: pd.DataFrame, comparison: Comparison) -> Markup:
    clear = table[(table["stock_low"] > 0) | (table["stock_high"] < 0)]
    first = table["first_date"].dropna()
    when = f"; the first stage moves in {first.min():%B %Y}" if len(first) else ""
    about = _about(
        comparison, "stages whose stock at the end differs with an interval on one side of zero", "stage"
    )
    return Markup("In {} of {} stages the difference at the end is clear of chance{}.").format(
        figure(str(len(clear)), about), figure(str(len(table)), about), when
    )


def moved(comparison: Comparison, facts: Facts) -> list[Picture]:
    """Return pictures of the difference over time, for the stages that the change moves most."""
    stocks = comparison.stocks.sum("group")
    size = np.abs(stocks.values.mean(0)).max(0)
    names = stocks["stage"].values
    order = [str(names[i]) for i in np.argsort(-size) if size[i] >= 1]
    pictures = []
    for name in order[:_PICTURES]:
        about = _about(comparison, f"people in {name} at the end of the period")
        words, people = label(name), stocks.sel(stage=name)
        pictures.append(moved_picture(f"moved-{name}", words.capitalize(), f"in {words}", people, about, facts))
    return pictures


def moved_picture(name: str, title: str, where: str, people: xr.DataArray, about: str, facts: Dated) -> Picture:
    """Return a picture of the difference of ``people`` (replicate, time) somewhere, ``where`` in words."""
    table = bands(people)
    last = table.iloc[-1]
    said = (
        f"Difference of people {where}; at the end median {plus(last['q50'])}, 90 % band "
        f"{plus(last['q05'])} to {plus(last['q95'])}."
    )
    chart = band_chart(table, facts, unit="person", trace=about, height=170)
    return Picture(name, f"{title}: people more or fewer with the change", said, about, chart, table)


def shunting_table(comparison: Comparison) -> Table:
    """Return how far each stage moved: stock at the end, largest, when first, wait, and all who left.

    Stages that hold and pass on as many people as before are left out.
    """
    rows = []
    table = comparison.to_frame()
    ends = ["stock_low", "stock_high", "peak", "outflow_low", "outflow_high"]
    for row in table[(table[ends].fillna(0) != 0).any(axis=1)].to_dict("records"):
        name = row["stage"]
        rows.append(
            [
                label(name),
                row["kind"],
                _cell(row, "stock", _about(comparison, f"stock of {name} at the end")),
                figure(plus(row["peak"]), _about(comparison, f"largest mean difference of the stock of {name}")),
                _day(row["peak_date"]),
                _day(row["first_date"]),
                _cell(row, "wait", _about(comparison, f"mean wait in {name}, whole run", "day")),
                _cell(row, "outflow", _about(comparison, f"all who left {name}")),
            ]
        )
    heads = ("stage", "kind", "stock at the end", "largest", "in", "first moved", "wait, days", "left in all")
    right = frozenset({"stock at the end", "largest", "wait, days", "left in all"})
    return Table("Where the queue moved", heads, rows, right)


def _cell(row: Mapping[Any, Any], name: str, about: str) -> Markup | str:
    if not np.isfinite(row[name]):
        return "–"
    text = plus(row[name])
    low, high = plus(row[f"{name}_low"]), plus(row[f"{name}_high"])
    return figure(text if low == high == text else f"{text} ({low} to {high})", about)


def _day(day: object) -> str:
    return f"{day:%b\u00a0%Y}" if isinstance(day, pd.Timestamp) else "–"
