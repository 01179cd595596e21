"""What a change did: the difference over time and by stage, and where the people went."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr
from markupsafe import Markup

from sojourn.report.charts.bands import band_chart, bands
from sojourn.report.charts.chart import Picture
from sojourn.report.charts.cited import Spread, cited, rounded
from sojourn.report.facts import Facts
from sojourn.report.section import Content, Section, Table
from sojourn.results import Comparison

__all__ = ["SECTION", "about", "mean_of", "moved", "plus", "shunting_table", "signed"]

_PICTURES = 6
_WORDS = (
    "Each replicate with the change is paired with the one without it, under the same chance: what is shown is "
    "with the change less without it. Bands hold 50 % and 90 % of the pairs."
)


def about(comparison: Comparison, what: str, unit: str = "person") -> str:
    """Return the source of a difference: what is counted, in which unit, by which runs."""
    one, two = (run.provenance for run in (comparison.base, comparison.other))
    return (
        f"{what}, with the change less without it; unit: {unit}; simulated, {comparison.base.replicates} paired "
        f"replicates, seed {comparison.base.seed}, scenarios {str(one['digest'])[:12]} and "
        f"{str(two['digest'])[:12]}"
    )


def plus(value: float) -> str:
    """Return a difference with its sign."""
    return (
        rounded(value)
        if not np.isfinite(value) or value == 0
        else f"{'+' if value > 0 else '−'}{rounded(abs(value))}"
    )


def signed(spread: Spread, source: str) -> Markup:
    """Return the median of a difference and its interval, each with its sign."""
    return _interval((spread.median, spread.low, spread.high), source)


def mean_of(row: pd.Series[Any], name: str, source: str) -> Markup:
    """Return a mean of the shunting table and its interval, each with its sign."""
    return _interval(tuple(float(row[column]) for column in (name, f"{name}_low", f"{name}_high")), source)


def _interval(ends: tuple[float, ...], source: str) -> Markup:
    return Markup('{} <span class="i">({} to {})</span>').format(*(cited(plus(value), source) for value in ends))


def moved(comparison: Comparison, facts: Facts) -> list[Picture]:
    """Return pictures of the difference over time, for the stages that the change moves most."""
    stocks = comparison.stocks.sum("group")
    size = np.abs(stocks.values.mean(0)).max(0)
    order = [int(i) for i in np.argsort(-size) if size[i] >= 1][:_PICTURES]
    taken: set[str] = set()
    pictures = []
    for i in order:
        stage = str(stocks["stage"].values[i])
        key = _anchor(stage) if _anchor(stage) not in taken else f"{_anchor(stage)}-{i}"
        taken.add(key)
        source = about(comparison, f"people {facts.words.at} {stage} at the end of the period")
        pictures.append(_moved(f"moved-{key}", facts, stage, stocks.isel(stage=i), source))
    return pictures


def _anchor(name: str) -> str:
    """Return a name as part of a file name: letters, digits and hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "stage"


def _moved(name: str, facts: Facts, stage: str, people: xr.DataArray, source: str) -> Picture:
    """Return a picture of the difference of ``people`` (replicate, time) in a stage."""
    table, words = bands(people), facts.name_of(stage)
    last = table.iloc[-1]
    said = (
        f"Difference of people {facts.words.at} {words}; at the end median {plus(last['q50'])}, 90 % band "
        f"{plus(last['q05'])} to {plus(last['q95'])}."
    )
    title = f"{words[:1].upper()}{words[1:]}: people more or fewer with the change"
    return Picture(
        name, title, said, source, band_chart(table, facts, unit="person", source=source, height=170), table
    )


def shunting_table(comparison: Comparison, facts: Facts) -> Table:
    """Return how far each stage moved: stock at the end, largest, when first, wait, and all who left.

    Stages that hold and pass on as many people as before are left out, and so is the wait where nobody queues.
    """
    table, words = comparison.to_frame(), facts.words
    ends = ["stock_low", "stock_high", "peak", "outflow_low", "outflow_high"]
    waits, countries = "queue" in facts.has, "country" in table
    rows = []
    for row in table[(table[ends].fillna(0) != 0).any(axis=1)].to_dict("records"):
        stage = row["stage"]
        cells: list[object] = [facts.name_of(stage), facts.kind_of(row)]
        cells += [row["country"]] if countries else []
        cells += [
            _cell(row, "stock", about(comparison, f"people {words.at} {stage} at the end")),
            cited(plus(row["peak"]), about(comparison, f"largest mean difference of people {words.at} {stage}")),
            _day(facts, row["peak_date"]),
            _day(facts, row[words.moved]),
        ]
        cells += [_cell(row, "wait", about(comparison, f"mean wait in {stage}, whole run", "day"))] if waits else []
        cells.append(_cell(row, "outflow", about(comparison, f"all who {words.left}{words.away} {stage}")))
        rows.append(cells)
    left = f"{words.left} in all"
    heads = [words.stage, "kind", *(["country"] if countries else []), f"{words.stock} at the end", "largest"]
    heads += [words.when, "first moved", *(["wait, days"] if waits else []), left]
    right = frozenset({f"{words.stock} at the end", "largest", "wait, days", left})
    return Table("Where the queue moved" if waits else "Where the people moved", heads, rows, right)


def _cell(row: Mapping[Any, Any], name: str, source: str) -> Markup | str:
    if not np.isfinite(row[name]):
        return "–"
    text, low, high = (plus(row[f"{name}{end}"]) for end in ("", "_low", "_high"))
    return cited(text if low == high == text else f"{text} ({low} to {high})", source)


def _day(facts: Facts, day: object) -> str:
    """Return a date as it stands in a table, not broken into lines."""
    return facts.short_date(day).replace(" ", "\u00a0") if isinstance(day, pd.Timestamp) else "–"


def _build(facts: Facts) -> Content:
    assert facts.comparison is not None  # noqa: S101 - the section needs one
    return Content([_WORDS], moved(facts.comparison, facts), [shunting_table(facts.comparison, facts)])


SECTION = Section("effect", "What the change did", frozenset({"comparison"}), _build)
