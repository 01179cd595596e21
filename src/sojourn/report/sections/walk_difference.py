"""What a change did to a walk run: what differs, the effect with intervals, and where the people moved."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd
from markupsafe import Markup
from ruamel.yaml import YAML

from sojourn.flee import score_run
from sojourn.report.charts.chart import Picture
from sojourn.report.charts.cited import Spread, figure, spread_of
from sojourn.report.facts import long_date
from sojourn.report.sections.difference import moved_picture, plus
from sojourn.report.sections.tables import Table
from sojourn.report.sections.walk_camps import anchor
from sojourn.report.walk_facts import WalkFacts
from sojourn.results import WalkComparison, WalkRun

__all__ = ["walk_changes", "walk_effects", "walk_moved", "walk_shunting"]

_PICTURES = 6
_ROWS = 4


def walk_changes(base: WalkRun, other: WalkRun) -> list[str]:
    """Return in words what the second scenario has otherwise than the first: settings, and rows of tables."""
    reader = YAML(typ="safe", pure=True)
    first, second = (reader.load(run.scenario_text) for run in (base, other))
    lines = [
        f"{name}: {first.get(name) or 'none'} becomes {second.get(name) or 'none'}"
        for name in ("compat",)
        if first.get(name) != second.get(name)
    ]
    one, two = dict(_flat(first["settings"])), dict(_flat(second["settings"]))
    for name in dict.fromkeys([*one, *two]):
        if one.get(name) != two.get(name):
            lines.append(f"setting {name}: {one.get(name, 'not given')} becomes {two.get(name, 'not given')}")
    for directory in ("input_csv", "source_data"):
        for file in dict.fromkeys([*first[directory], *second[directory]]):
            rows = [_rows(scenario[directory].get(file, [])) for scenario in (first, second)]
            gone, new = rows[0] - rows[1], rows[1] - rows[0]
            lines += [f"{file}, without: {_listed(gone)}"] if gone else []
            lines += [f"{file}, with: {_listed(new)}"] if new else []
    return lines


def _flat(settings: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in settings.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{path}{name}: ")
        else:
            yield f"{path}{name}", value


def _rows(table: Any) -> Counter[str]:
    """Return the rows of a table as text; those of a daily table are a place, its days and their value."""
    if isinstance(table, dict):
        spans = [(name, span) for name, runs in table["runs"].items() for span in runs]
        return Counter(f"{name} {value} on days {start} to {end - 1}" for name, (start, end, value) in spans)
    return Counter(", ".join("" if cell is None else str(cell) for cell in row) for row in table)


def _listed(rows: Counter[str]) -> str:
    lines = list(rows.elements())
    more = f"; and {len(lines) - _ROWS} more rows" if len(lines) > _ROWS else ""
    return "; ".join(lines[:_ROWS]) + more


def _about(comparison: WalkComparison, what: str, unit: str = "person") -> str:
    one, two = (run.provenance for run in (comparison.base, comparison.other))
    return (
        f"{what}, with the change less without it; unit: {unit}; simulated, {comparison.base.replicates} paired "
        f"replicates, seed {comparison.base.seed}, scenarios {str(one['digest'])[:12]} and "
        f"{str(two['digest'])[:12]}"
    )


def walk_effects(comparison: WalkComparison, facts: WalkFacts) -> list[Markup]:
    """Return sentences on the effect: camps, who gains and loses most, the error, when, and how sure that is."""
    if comparison.unchanged:
        return [Markup("The change moves nothing: every replicate is the same to the last person.")]
    last = facts.last_day
    camps = comparison.stocks.isel(time=-1)
    people = camps.sel(place=camps["camp"].values).sum("place").values.astype(np.float64)
    about = _about(comparison, f"people in camps on {last.date()}")
    sentences = [
        Markup("By {} the change makes this difference, in people in camps (median, 90 % interval): {}.").format(
            long_date(last), _signed(spread_of(people), about)
        )
    ]
    table = comparison.to_frame()
    for words, row in (
        ("gains", table.iloc[int(table["stock"].to_numpy().argmax())]),
        ("loses", table.iloc[int(table["stock"].to_numpy().argmin())]),
    ):
        if (row["stock"] > 0) == (words == "gains") and row["stock"] != 0:
            trace = _about(comparison, f"people at {row['place']} on {last.date()}")
            sentences.append(
                Markup("{} {} most: {} people at the end.").format(row["place"], words, _mean(row, trace))
            )
    error = score_run(comparison.other).rescaled - facts.score.rescaled
    trace = _about(comparison, "averaged relative difference, totals made equal", "share")
    sentences.append(
        Markup("The error against registrations changes by {}.").format(_signed(spread_of(error), trace))
    )
    clear = table[(table["stock_low"] > 0) | (table["stock_high"] < 0)]
    first = table["first_date"].dropna()
    when = f"; the first place moves on {long_date(first.min())}" if len(first) else ""
    trace = _about(
        comparison, "places whose people at the end differ with an interval on one side of zero", "place"
    )
    sentences.append(
        Markup("At {} of {} places the difference at the end is clear of chance{}.").format(
            figure(str(len(clear)), trace), figure(str(len(table)), trace), when
        )
    )
    return sentences


def _signed(spread: Spread, about: str) -> Markup:
    ends = [figure(plus(value), about) for value in (spread.median, spread.low, spread.high)]
    return Markup('{} <span class="i">({} to {})</span>').format(*ends)


def _mean(row: Mapping[Any, Any] | pd.Series[Any], about: str) -> Markup:
    ends = [figure(plus(float(row[name])), about) for name in ("stock", "stock_low", "stock_high")]
    return Markup('{} <span class="i">({} to {})</span>').format(*ends)


def walk_moved(comparison: WalkComparison, facts: WalkFacts) -> list[Picture]:
    """Return pictures of the difference over time, for the places that the change moves most."""
    stocks = comparison.stocks
    size = np.abs(stocks.values.mean(0)).max(0)
    pictures = []
    for i in [int(i) for i in np.argsort(-size, kind="stable") if size[i] >= 1][:_PICTURES]:
        place = str(stocks["place"].values[i])
        about = _about(comparison, f"people at {place} at the end of the day")
        name = f"moved-{anchor(place)}-{i}"
        pictures.append(moved_picture(name, place, f"at {place}", stocks.isel(place=i), about, facts))
    return pictures


def walk_shunting(comparison: WalkComparison) -> Table:
    """Return how far each place moved: people at the end, most, when first, and all who set out from there.

    Places where nothing moved are left out.
    """
    rows = []
    table = comparison.to_frame()
    ends = ["stock_low", "stock_high", "peak", "outflow_low", "outflow_high"]
    for row in table[(table[ends] != 0).any(axis=1)].to_dict("records"):
        place = row["place"]
        rows.append(
            [
                place,
                "camp" if row["camp"] else "other place",
                row["country"],
                _cell(row, "stock", _about(comparison, f"people at {place} on the last day")),
                figure(plus(row["peak"]), _about(comparison, f"largest mean difference of people at {place}")),
                _day(row["peak_date"]),
                _day(row["first_date"]),
                _cell(row, "outflow", _about(comparison, f"all who set out from {place}")),
            ]
        )
    heads = ("place", "kind", "country", "people at the end", "largest", "on", "first moved", "set out in all")
    return Table(
        "Where the people moved", heads, rows, frozenset({"people at the end", "largest", "set out in all"})
    )


def _cell(row: Mapping[Any, Any], name: str, about: str) -> Markup:
    text, low, high = (plus(row[f"{name}{end}"]) for end in ("", "_low", "_high"))
    return figure(text if low == high == text else f"{text} ({low} to {high})", about)


def _day(day: object) -> str:
    return long_date(day).replace(" ", "\u00a0") if isinstance(day, pd.Timestamp) else "–"
