"""UNHCR's asylum applications, decisions and populations: every origin and country of asylum.

Calendar years. People (P) and cases (C) are different units and become different measures. The component is the
level of the procedure (in the United States ``IN`` is USCIS, ``EO`` the courts, ``AR`` the courts after a
referral), with the procedure before it where the government does not run it alone. A year that is not over
when UNHCR publishes is not marked by UNHCR.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pyarrow as pa

from sojourn.errors import Collector
from sojourn.series.importers.columns import country_codes, encoded, numbers, texts, translate, whole_years
from sojourn.series.importers.figures import concatenate, figures_of, filter_rows, finish
from sojourn.series.importers.protocol import Dropped, Imported, Importer, problems_of
from sojourn.series.importers.source_file import SourceFile
from sojourn.series.model import OTHER, table_rows

__all__ = ["IMPORTERS"]

_WHO = ("year", "coo_name", "coo", "coo_iso", "coa_name", "coa", "coa_iso")
_OUTCOMES = ("recognized", "other", "rejected", "closed")
_DECISIONS = (*_WHO, "procedure_type", "dec_level", "dec_pc", *(f"dec_{o}" for o in _OUTCOMES), "dec_total")
_APPLICATIONS = (*_WHO, "procedure_type", "app_type", "dec_level", "app_pc", "applied")
_POPULATIONS = (
    *_WHO,
    "refugees",
    "asylum_seekers",
    "returned_refugees",
    "idps",
    "returned_idps",
    "stateless",
    "ooc",
    "oip",
    "hst",
)
_FROM_CHINA = ("geo", "t", "from", "group", "n")


def _who(table: pa.Table, problems: Collector, where: str) -> dict[str, Any]:
    """Return the period, origin and country of asylum of every row."""
    years = np.array(whole_years(table, "year", problems, where))
    return {
        "period": "calendar-year",
        "start": (years - 1970).astype("datetime64[Y]").astype("datetime64[D]"),
        "nationality": country_codes(table["coo_iso"], problems, where, empty=OTHER),
        "name": encoded(table["coo_name"]),
        "country": country_codes(table["coa_iso"], problems, where, empty=OTHER),
    }


def _release(shared: dict[str, Any]) -> str:
    return f"{str(shared['start'].max())[:4]}-12"


def _component(table: pa.Table) -> list[str]:
    """Return the level of the procedure, after the procedure where it is not the government's (G)."""
    return [
        level if procedure == "G" else f"{procedure}/{level}"
        for procedure, level in zip(texts(table["procedure_type"]), texts(table["dec_level"]), strict=True)
    ]


def _partial(shared: dict[str, Any], measure: str) -> list[str]:
    """Return which figures cover only part of their year, from ``tables/known_partial.csv``."""
    known = {
        (row["country"], row["year"]): row["reason"]
        for row in table_rows("known_partial.csv")
        if measure == row["measure"]
    }
    countries = shared["country"].to_pylist()
    years = shared["start"].astype("datetime64[Y]").astype(str)
    return ["partial" if key in known else "none" for key in zip(countries, years, strict=True)]


def _by_unit(
    source: SourceFile, measure: str, release: str, unit: list[str], columns: dict[str, Any]
) -> list[pa.Table]:
    """Return the figures of people under ``measure`` and those of cases under its measure of cases."""
    cases = np.array([u == "case" for u in unit], dtype=bool)
    parts = ((measure, ~cases), (f"{measure}-cases", cases))
    return [figures_of(source, name, release, filter_rows(columns, rows)) for name, rows in parts if rows.any()]


def _decisions(source: SourceFile) -> Imported:
    problems, table, where = problems_of(source), source.table(), source.name
    shared = _who(table, problems, where) | {"component": _component(table)}
    shared["suppression"] = _partial(shared, "unhcr-decisions")
    unit = translate(table, "dec_pc", "unhcr/unit", problems, where)
    values = {
        o: numbers(table[f"dec_{o}"].combine_chunks(), problems, where, f"dec_{o}") for o in (*_OUTCOMES, "total")
    }
    problems.raise_if_any()
    release = _release(shared)
    blocks = []
    for outcome, value in values.items():
        category = "all" if outcome == "total" else outcome
        some = value > 0
        kept = filter_rows({**shared, "category": category, "value": value}, some)
        blocks += _by_unit(
            source, "unhcr-decisions", release, [u for u, s in zip(unit, some, strict=True) if s], kept
        )
    parts = np.sum([values[o] for o in _OUTCOMES], axis=0)
    differ = int((parts != values["total"]).sum())
    notes = (
        [Dropped(where, 0, f"in {differ} rows the outcomes do not add up to the total that UNHCR gives")]
        if differ
        else []
    )
    notes.append(Dropped(where, 0, "outcomes of nobody are left out"))
    return finish(source, concatenate(blocks), release, problems, notes)


def _applications(source: SourceFile) -> Imported:
    problems, table, where = problems_of(source), source.table(), source.name
    unit = translate(table, "app_pc", "unhcr/unit", problems, where)
    shared = _who(table, problems, where) | {
        "component": _component(table),
        "category": translate(table, "app_type", "unhcr/application", problems, where),
        "value": numbers(table["applied"].combine_chunks(), problems, where, "applied"),
    }
    shared["suppression"] = _partial(shared, "unhcr-applications")
    problems.raise_if_any()
    release = _release(shared)
    return finish(
        source, concatenate(_by_unit(source, "unhcr-applications", release, unit, shared)), release, problems
    )


def _populations(source: SourceFile) -> Imported:
    problems, table, where = problems_of(source), source.table(), source.name
    shared = _who(table, problems, where)
    release = _release(shared)
    blocks = []
    for column in _POPULATIONS[len(_WHO) :]:
        value = numbers(table[column].combine_chunks(), problems, where, column, missing=("",))
        rows = np.nan_to_num(value) > 0
        if rows.any():
            kept = filter_rows({**shared, "category": column.replace("_", "-"), "value": value}, rows)
            blocks.append(figures_of(source, "unhcr-population", release, kept))
    problems.raise_if_any()
    notes = (Dropped(where, 0, "populations of nobody are left out"),)
    return finish(source, concatenate(blocks), release, problems, notes)


def _from_china(source: SourceFile) -> Imported:
    """Read the long table of one origin's population by country of asylum."""
    problems, table, where = problems_of(source), source.table(), source.name
    years = whole_years(table, "t", problems, where)
    columns = {
        "period": "calendar-year",
        "start": [dt.date(y, 1, 1) for y in years],
        "nationality": country_codes(table["from"], problems, where),
        "name": texts(table["from"]),
        "country": country_codes(table["geo"], problems, where),
        "category": translate(table, "group", "unhcr/group", problems, where),
        "value": numbers(table["n"].combine_chunks(), problems, where, "n"),
    }
    release = f"{max(years)}-12"
    return finish(source, figures_of(source, "unhcr-population", release, columns), release, problems)


IMPORTERS: tuple[Importer, ...] = (
    Importer(
        name="unhcr-decisions",
        title="UNHCR asylum decisions",
        measures=("unhcr-decisions", "unhcr-decisions-cases"),
        layouts=(_DECISIONS,),
        read=_decisions,
    ),
    Importer(
        name="unhcr-applications",
        title="UNHCR asylum applications",
        measures=("unhcr-applications", "unhcr-applications-cases"),
        layouts=(_APPLICATIONS,),
        read=_applications,
    ),
    Importer(
        name="unhcr-population",
        title="UNHCR populations",
        measures=("unhcr-population",),
        layouts=(_POPULATIONS,),
        read=_populations,
    ),
    Importer(
        name="unhcr-origin",
        title="UNHCR populations of one origin",
        measures=("unhcr-population",),
        layouts=(_FROM_CHINA,),
        read=_from_china,
    ),
)
"""Importers of UNHCR's refugee statistics."""
