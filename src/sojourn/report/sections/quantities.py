"""Quantities and series of a system, settings of a folder: every value with its source or its default."""

from __future__ import annotations

import numpy as np
import pandas as pd
from markupsafe import Markup

from sojourn.calendar import period_start
from sojourn.flee.settings import leaves
from sojourn.report.camp_facts import CampFacts
from sojourn.report.charts.cited import cited
from sojourn.report.section import Content, Section, Table
from sojourn.report.system_facts import SystemFacts
from sojourn.scenario.wording import prior, profile

__all__ = ["SECTION", "SETTINGS", "quantities", "series", "settings_table"]


def quantities(facts: SystemFacts) -> Table:
    """Return every quantity: value or prior, what was drawn, unit, source, date, confidence."""
    drawn = dict(zip(map(str, facts.run.data["quantity"].values), facts.run.parameters.values.T, strict=True))
    rows = []
    for name, q in facts.scenario.quantities.items():
        source = (
            f"quantity {name}; unit: {q.unit}; source: {q.source or 'none given'}{', ' + q.date if q.date else ''}"
        )
        stated = profile(q) if q.value is not None or q.prior is None else ""
        if q.prior is not None:
            stated = "; ".join(part for part in (stated, f"prior {prior(q.prior)}") if part)
        values = drawn.get(name)
        spread = ""
        if values is not None and np.ptp(values) > 0:
            low, middle, high = np.quantile(values, (0.05, 0.5, 0.95))
            spread = cited(f"{middle:.4g} ({low:.4g} – {high:.4g})", f"{source}; drawn in this run")
        rows.append(
            [
                Markup('<span class="name">{}</span><br>{}').format(name, q.description),
                cited(stated, source),
                spread,
                "" if q.unit == "1" else q.unit,
                ", ".join(part for part in (q.source, q.date) if part) or Markup('<em class="gap">none given</em>'),
                q.confidence,
            ]
        )
    heads = ("quantity", "value or prior", "drawn: median (90 %)", "unit", "source and date", "confidence")
    return Table("Quantities", heads, rows)


def series(facts: SystemFacts) -> Table:
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
                cited(
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


def settings_table(facts: CampFacts) -> Table:
    """Return every setting: value, default and meaning; those that are not at their default come first."""
    rows = [
        [f"{path}{key.name}", _shown(value), _shown(key.default), key.meaning]
        for path, key, value in leaves(facts.scenario.settings)
    ]
    rows.sort(key=lambda row: row[1] == row[2])
    return Table("Settings", ("setting", "value", "default", "meaning"), rows)


def _shown(value: object) -> str:
    if value is None:
        return "not given"
    if isinstance(value, tuple):
        return ", ".join(map(_shown, value))
    return (
        f"{value:.6g}"
        if isinstance(value, float)
        else str(value).lower()
        if isinstance(value, bool)
        else str(value)
    )


def _build(facts: SystemFacts) -> Content:
    return Content(tables=[table for table in (quantities(facts), series(facts)) if table.rows])


def _settings(facts: CampFacts) -> Content:
    return Content(tables=[settings_table(facts)])


SECTION = Section("quantities", "Quantities and series", frozenset({"system"}), _build, folded=True)
SETTINGS = Section("settings", "Settings", frozenset({"folder"}), _settings, folded=True)
