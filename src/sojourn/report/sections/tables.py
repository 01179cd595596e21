"""Tables of a report: quantities, series, policies, scores, provenance, and what is missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from markupsafe import Markup

from sojourn.report.charts.cited import figure, rounded, share
from sojourn.report.facts import Facts, label, long_date, policy_table
from sojourn.report.sections.stations import source_of
from sojourn.scenario import Scenario
from sojourn.scenario.calendar import period_start
from sojourn.scenario.wording import number, prior, profile

__all__ = [
    "Table",
    "agreement_table",
    "bar_table",
    "bar_words",
    "gaps",
    "policies",
    "provenance",
    "quantities",
    "series",
]


@dataclass(frozen=True)
class Table:
    """A table of a report: heads, and rows of cells; columns named in ``right`` hold numbers."""

    title: str
    heads: Sequence[str]
    rows: Sequence[Sequence[object]]
    right: frozenset[str] = frozenset()


def quantities(facts: Facts) -> Table:
    """Return every quantity: value or prior, what was drawn, unit, source, date, confidence."""
    drawn = dict(zip(map(str, facts.run.data["quantity"].values), facts.run.parameters.values.T, strict=True))
    rows = []
    for name, q in facts.scenario.quantities.items():
        trace = (
            f"quantity {name}; unit: {q.unit}; source: {q.source or 'none given'}{', ' + q.date if q.date else ''}"
        )
        stated = profile(q) if q.value is not None or q.prior is None else ""
        if q.prior is not None:
            stated = "; ".join(part for part in (stated, f"prior {prior(q.prior)}") if part)
        values = drawn.get(name)
        spread = ""
        if values is not None and np.ptp(values) > 0:
            low, middle, high = np.quantile(values, (0.05, 0.5, 0.95))
            spread = figure(f"{middle:.4g} ({low:.4g} – {high:.4g})", f"{trace}; drawn in this run")
        rows.append(
            [
                Markup('<span class="name">{}</span><br>{}').format(name, q.description),
                figure(stated, trace),
                spread,
                "" if q.unit == "1" else q.unit,
                ", ".join(part for part in (q.source, q.date) if part) or Markup('<em class="gap">none given</em>'),
                q.confidence,
            ]
        )
    heads = ("quantity", "value or prior", "drawn: median (90 %)", "unit", "source and date", "confidence")
    return Table("Quantities", heads, rows)


def series(facts: Facts) -> Table:
    """Return every series: what it counts, unit, periods published, publisher, release, licence."""
    rows = []
    for name, s in facts.scenario.series.items():
        known = [i for i, v in enumerate(s.values) if v is not None]
        last = period_start(s.period, s.start, known[-1] + 1) - pd.Timedelta(1, "D") if known else None
        rows.append(
            [
                Markup('<span class="name">{}</span><br>{}').format(name, s.description),
                s.unit,
                f"{s.period}, {s.start} to {last}" if last is not None else "none",
                figure(
                    str(len(known)),
                    f"series {name}: periods with a published value of {len(s.values)}; unit: period",
                ),
                ", ".join(part for part in (s.publisher, s.source) if part)
                or Markup('<em class="gap">none given</em>'),
                s.release or Markup('<em class="gap">not stated</em>'),
                s.licence,
            ]
        )
    heads = ("series", "unit", "periods", "published", "publisher, table", "release", "licence")
    return Table("Official series", heads, rows, frozenset({"published"}))


def policies(scenario: Scenario) -> Table:
    """Return the policies by date, numbered as in the charts, each with its citation."""
    rows = []
    for row in policy_table(scenario).itertuples():
        until = "in force" if row.end is pd.NaT else long_date(row.end)
        cited = row.citation or Markup('<em class="gap">none given</em>')
        rows.append([str(row.number), row.title, _kept(long_date(row.start)), _kept(until), cited, row.confidence])
    return Table("Policies", ("no.", "policy", "from", "to", "citation", "confidence"), rows)


def _kept(text: str) -> str:
    """Return a text that is not broken into lines."""
    return text.replace(" ", "\u00a0")


def agreement_table(facts: Facts) -> Table:
    """Return for each station how many published figures lie in the bands, and the logarithmic error."""
    rows = []
    right = {"in 50 %": "within_50", "in 90 %": "within_90", "log-RMSE": "log_rmse", "ratio": "ratio"}
    naive = {"log-RMSE, last value": "log_rmse_last", "log-RMSE, upstream": "log_rmse_upstream"}
    told = {k: v for k, v in naive.items() if v in facts.agreement and facts.agreement[v].notna().any()}
    split = facts.fitted_to is not None
    for row in facts.agreement.to_dict("records"):
        data = facts.seen[row["observation"]]
        trace = f"{source_of(data)}; {facts.trace}"
        cells: list[object] = [_title(facts, row["observation"]), data.attrs["units"]]
        cells += [{"fit": "in sample", "test": "out of sample"}[row["span"]]] if split else []
        cells.append(figure(str(row["periods"]), f"periods compared; {trace}"))
        for column in (right | told).values():
            text = share(row[column]) if column.startswith("within") else _two(row[column])
            cells.append(figure(text, f"{_MEANS[column].format(least=facts.least)}; {trace}"))
        rows.append(cells)
    heads = ["station", "unit", *(["span"] if split else []), "periods", *right, *told]
    return Table("Agreement at each station", heads, rows, frozenset({"periods", *right, *told}))


def _two(value: float) -> str:
    return "–" if pd.isna(value) else f"{value:.2f}"


_PARAMETERS = {
    "prior": "drawn from their priors",
    "central": "at their central values",
    "given": "given as a table of draws",
}

_MEANS = {
    "within_50": "part of the published figures inside the 50 % band",
    "within_90": "part of the published figures inside the 90 % band",
    "log_rmse": "root mean square of log(median / published), over periods of {least:.0f} or more published",
    "ratio": "sum of medians over sum of published figures",
    "log_rmse_last": "the same error of a naive prediction: the last value before the test",
    "log_rmse_upstream": "the same error of a naive prediction: the series upstream times its last ratio",
}


def bar_table(facts: Facts) -> Table:
    """Return what must be reached at the stations, and whether it is, bars that are not reached first."""
    rows = []
    for row in facts.bars.sort_values("verdict").to_dict("records"):
        title = _title(facts, row["station"])
        source = source_of(facts.seen[row["station"]])
        trace = f"{row['measure']} at {title} over {row['sample']}; {source}; {facts.trace}"
        verdict = row["verdict"]
        shown = Markup('<strong class="missed">not reached</strong>') if verdict == "not reached" else verdict
        rows.append(
            [title, row["measure"], row["sample"], figure(rounded(row["value"]), trace), bar_words(row), shown]
        )
    return Table("Bars", ("station", "measure", "over", "value", "bar", "verdict"), rows, frozenset({"value"}))


def bar_words(row: Mapping[Any, Any]) -> str:
    """Return a bar in words."""
    low, high = float(row["low"]), float(row["high"])
    if np.isinf(low):
        return f"at most {number(high)}"
    return f"at least {number(low)}" if np.isinf(high) else f"{number(low)} to {number(high)}"


def _title(facts: Facts, station: str) -> str:
    return str(facts.seen[station].attrs["title"])


def provenance(facts: Facts) -> Table:
    """Return all that is needed to repeat the run."""
    p = facts.run.provenance
    rows: list[list[object]] = [
        ["scenario", f"{p['name']}, digest {p['digest']}"],
        ["seed", str(facts.run.seed)],
        ["replicates", f"{facts.run.replicates} (first: {int(facts.run.data['replicate'].values[0])})"],
        ["mode", str(p["mode"])],
        ["uncertain quantities", _PARAMETERS[p["parameters"]]],
        ["period", f"{facts.span}, step {float(p['step_days']):g} day, recorded by {p['record']}"],
        ["versions", ", ".join(f"{k} {v}" for k, v in sorted(p["versions"].items()))],
    ]
    return Table("Provenance", ("", ""), rows)


def gaps(facts: Facts) -> list[str]:
    """Return what is missing, assumed, filled or clipped, one sentence each, counted from scenario and run."""
    s, found = facts.scenario, []
    unsourced = [n for n, q in s.quantities.items() if not q.source]
    assumed = [n for n, q in s.quantities.items() if q.confidence in ("low", "assumption")]
    if unsourced:
        found.append(f"{len(unsourced)} of {len(s.quantities)} quantities have no source: {_names(unsourced)}.")
    if assumed:
        found.append(
            f"{len(assumed)} of {len(s.quantities)} quantities are assumptions or of low confidence: "
            f"{_names(assumed)}."
        )
    cited = [p.title or label(n) for n, p in s.policies.items() if not p.citation]
    if cited:
        found.append(f"Policies without a citation: {_names(cited)}.")
    found += _series_gaps(facts)
    cut = [str(d.attrs["title"]) for d in facts.seen.values() if not d["complete"].values.all()]
    if cut:
        found.append(f"Periods at the edges of the run are not whole and are not compared, at: {_names(cut)}.")
    if not facts.seen:
        found.append("No official series is linked to the model: it is not checked against published figures.")
    if facts.run.provenance["mode"] == "draw" and facts.run.provenance["parameters"] == "central":
        found.append("Uncertain quantities were kept at their central values: the bands are too narrow.")
    found += [
        f"During the run, counted over all replicates: {text}, {count:,} times."
        for text, count in facts.run.notes.items()
    ]
    found += [
        f"{what}: {count:,}." for what, count in sorted(dict(facts.run.provenance.get("counted", {})).items())
    ]
    return found


def _series_gaps(facts: Facts) -> list[str]:
    found = []
    for name, s in facts.scenario.series.items():
        known = [i for i, v in enumerate(s.values) if v is not None]
        if not known:
            found.append(f"Series {name} has no value.")
            continue
        holes = known[-1] - known[0] + 1 - len(known)
        last = period_start(s.period, s.start, known[-1] + 1)
        parts = []
        if holes:
            parts.append(f"lacks {holes} period{'s' * (holes > 1)} between its first and last value")
        if pd.Timestamp(last) < facts.end:
            parts.append(f"ends on {long_date(pd.Timestamp(last) - pd.Timedelta(1, 'D'))}, before the run does")
        if parts:
            found.append(f"Series {name} {' and '.join(parts)}.")
    return found


def _names(names: Sequence[str], most: int = 12) -> str:
    shown = ", ".join(names[:most])
    return shown if len(names) <= most else f"{shown} and {len(names) - most} more"
