"""UNHCR's refugee statistics: every origin and country of asylum, by calendar year.

Read are asylum applications and decisions, populations at the end of the year, solutions, and flows of the newly
displaced, in every form in which they are spread:

- the downloads of https://www.unhcr.org/refugee-statistics/download, whose wording changed over the years, with or
  without the lines above their header, also in the zip archive with its footnotes,
- the answers of its interface, https://api.unhcr.org/docs/refugee-statistics.html, as CSV or JSON,
- the tables of the R package refugees, https://cran.r-project.org/package=refugees,
- those on the Humanitarian Data Exchange, https://data.humdata.org/organization/unhcr, with their hashtags,
- exports of the former site popstats.unhcr.org, where ``*`` hides a figure from one to four.

People (P) and cases (C) are different units and become different measures. The component is the level of the
procedure (in the United States ``IN`` is USCIS, ``EO`` the courts, ``AR`` the courts after a referral), with the
procedure before it where the government does not run it alone. A year that is not over when UNHCR publishes is not
marked by UNHCR.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pyarrow as pa

from sojourn.errors import Collector
from sojourn.series.countries import code_names
from sojourn.series.importers.columns import country_codes, encoded, numbers, texts, translate, whole_years
from sojourn.series.importers.figures import concatenate, figures_of, filter_rows, finish
from sojourn.series.importers.layout import Layout
from sojourn.series.importers.protocol import Dropped, Imported, Importer, problems_of
from sojourn.series.importers.source_file import SourceFile
from sojourn.series.model import ALL, OTHER, table_rows

__all__ = ["IMPORTERS"]

_ORIGIN = ("coo_iso", "coo_name")
_ASYLUM = ("coa_iso", "coa_name")
_WHO = (*_ORIGIN, *_ASYLUM, "coo", "coa", "coo_id", "coa_id")
_WHO_ALSO = {
    "coo_iso": ("Country of origin (ISO)", "ISO3CoO", "Country of Origin Code", "CountryOriginCode"),
    "coa_iso": ("Country of asylum (ISO)", "ISO3CoA", "Country of Asylum Code", "CountryAsylumCode"),
    "coo_name": ("Country of origin", "CoO_name", "Country of Origin Name", "CountryOriginName", "Origin"),
    "coa_name": (
        "Country of asylum",
        "CoA_name",
        "Country of Asylum Name",
        "CountryAsylumName",
        "Country / territory of asylum/residence",
        "Country / territory of asylum",
    ),
}
_PROCEDURE_ALSO = {
    "procedure_type": ("Authority", "ProcedureType", "Procedure type"),
    "app_type": ("ApplicationType", "Application type"),
    "dec_level": ("Stage of procedure", "DecisionType", "Decision level"),
}
_OUTCOMES = ("recognized", "other", "rejected", "closed")
_DECISIONS = Layout(
    ("year", "dec_pc", *(f"dec_{o}" for o in _OUTCOMES), "dec_total"),
    optional=(*_WHO, "procedure_type", "dec_level", "DecisionsAveragePersonsPerCase"),
    also={
        **_WHO_ALSO,
        **_PROCEDURE_ALSO,
        "dec_pc": ("Cases / Persons", "DecisionDataType"),
        "dec_recognized": ("Recognized decisions", "Recognized", "Recognised decisions"),
        "dec_other": ("Complementary protection", "RecognizedOther", "Other decisions"),
        "dec_rejected": ("Rejected decisions", "Rejected"),
        "dec_closed": ("Otherwise closed",),
        "dec_total": ("Total decisions", "TotalDecided", "Total decided"),
    },
    one_of=(_ORIGIN, _ASYLUM),
)
_APPLICATIONS = Layout(
    ("year", "app_pc", "applied"),
    optional=(*_WHO, "procedure_type", "app_type", "dec_level", "ApplicationAveragePersonsPerCase"),
    also={
        **_WHO_ALSO,
        **_PROCEDURE_ALSO,
        "app_pc": ("Cases / Persons", "ApplicationDataType"),
        "applied": ("Applications", "Asylum applications", "Number of applications", "Applied during year"),
    },
    one_of=(_ORIGIN, _ASYLUM),
)
_GROUPS_ALSO = {
    "refugees": (
        "Refugees under UNHCR's mandate",
        "REF",
        "Refugees (incl. refugee-like situations)",
        "Refugees (including refugee-like situations)",
    ),
    "asylum_seekers": ("Asylum-seekers", "ASY", "Asylum-seekers (pending cases)", "AsylumSeekers"),
    "returned_refugees": ("Returned refugees", "Refugee returns", "RET"),
    "idps": (
        "IDPs of concern to UNHCR",
        "IDP",
        "Internally displaced persons",
        "Internally displaced persons (IDPs)",
        "Internally Displaced Persons of concern to UNHCR",
    ),
    "returned_idps": ("Returned IDPs", "Returned IDPss", "IDP returns"),
    "stateless": ("Stateless persons", "STA", "StatelessPersons"),
    "ooc": ("Others of concern", "Others of concern to UNHCR", "OthersOfConcern"),
    "oip": ("Other people in need of international protection",),
    "hst": ("Host community", "HostCommunity"),
    "venezuelans": ("Venezuelans displaced abroad", "VDA", "VenezuelansDisplacedAbroad"),
}
_GROUPS = tuple(_GROUPS_ALSO)
_POPULATIONS = Layout(
    ("year",), optional=(*_WHO, *_GROUPS), also={**_WHO_ALSO, **_GROUPS_ALSO}, one_of=(_ORIGIN, _ASYLUM, _GROUPS)
)
_POPULATION_LONG = Layout(
    ("year", "population_type", "value"),
    optional=_WHO,
    also={**_WHO_ALSO, "population_type": ("Population type", "Population.type"), "value": ("Count", "n")},
    one_of=(_ORIGIN, _ASYLUM),
)
_SOLVED = ("returned_refugees", "resettlement", "naturalisation", "returned_idps")
_SOLUTIONS = Layout(
    ("year",),
    optional=(*_WHO, *_SOLVED),
    also={
        **_WHO_ALSO,
        "returned_refugees": _GROUPS_ALSO["returned_refugees"],
        "returned_idps": _GROUPS_ALSO["returned_idps"],
        "resettlement": ("Resettlement arrivals", "RST", "ResettlementArrivals"),
        "naturalisation": ("NAT", "Naturalization"),
    },
    one_of=(_ORIGIN, _ASYLUM, ("resettlement", "naturalisation")),
)
_FLED = ("refugees", "asylum_seekers", "refugee_like", "oip")
_FLOWS = Layout(
    ("year", "refugee_like"),
    optional=(*_WHO, "refugees", "asylum_seekers", "oip"),
    also={**_WHO_ALSO, **{name: _GROUPS_ALSO[name] for name in ("refugees", "asylum_seekers", "oip")}},
    one_of=(_ORIGIN, _ASYLUM, ("refugees", "asylum_seekers", "oip")),
)
_NONE = ("", "-", "NA")
"""How UNHCR's tables say that there is no figure."""

_FROM_CHINA = ("geo", "t", "from", "group", "n")


def _codes(table: pa.Table, of: tuple[str, str], problems: Collector, where: str) -> Any:
    """Return the codes of countries by their ISO codes, or else by their names; ``-`` stands for all of them."""
    iso, name = of
    column = encoded(table[iso if iso in table.column_names else name])
    words = pa.array([ALL if (w or "").strip() == "-" else w for w in column.dictionary.to_pylist()], pa.string())
    column = pa.DictionaryArray.from_arrays(column.indices, words)
    if iso in table.column_names:
        return country_codes(column, problems, where, empty=OTHER, known=(ALL,))
    return code_names(column, problems, where, known=(ALL,))


def _who(table: pa.Table, problems: Collector, where: str) -> dict[str, Any]:
    """Return the period, origin and country of asylum of every row."""
    years = np.array(whole_years(table, "year", problems, where))
    found = {
        "period": "calendar-year",
        "start": (years - 1970).astype("datetime64[Y]").astype("datetime64[D]"),
        "nationality": _codes(table, _ORIGIN, problems, where),
        "country": _codes(table, _ASYLUM, problems, where),
    }
    name = next(column for column in ("coo_name", "coo_iso") if column in table.column_names)
    return found | {"name": encoded(table[name])}


def _release(shared: dict[str, Any]) -> str:
    return f"{str(shared['start'].max())[:4]}-12"


def _written(table: pa.Table, column: str, missing: str) -> list[str]:
    """Return a column of codes; where the table lacks it, or a cell is empty, ``missing``."""
    if column not in table.column_names:
        return [missing] * table.num_rows
    return [code or missing for code in texts(table[column])]


def _component(table: pa.Table) -> list[str]:
    """Return the level of the procedure, after the procedure where it is not the government's (G)."""
    return [
        level if procedure == "G" else f"{procedure}/{level}"
        for procedure, level in zip(
            _written(table, "procedure_type", "G"), _written(table, "dec_level", "NA"), strict=True
        )
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
        "category": translate(_filled(table, "app_type", "NA"), "app_type", "unhcr/application", problems, where),
        "value": numbers(table["applied"].combine_chunks(), problems, where, "applied"),
    }
    shared["suppression"] = _partial(shared, "unhcr-applications")
    problems.raise_if_any()
    release = _release(shared)
    return finish(
        source, concatenate(_by_unit(source, "unhcr-applications", release, unit, shared)), release, problems
    )


def _filled(table: pa.Table, column: str, missing: str) -> pa.Table:
    """Return a table with a column whose empty cells say ``missing``."""
    words = pa.array(_written(table, column, missing), pa.string()).dictionary_encode()
    rest = table.drop_columns([column]) if column in table.column_names else table
    return rest.append_column(column, words)


def _groups(source: SourceFile, measure: str, groups: tuple[str, ...]) -> Imported:
    """Read a table with a column for each group of people."""
    problems, table, where = problems_of(source), source.table(), source.name
    shared = _who(table, problems, where)
    release = _release(shared)
    blocks = []
    for column in (g for g in groups if g in table.column_names):
        hidden = np.array([v == "*" for v in texts(table[column])])
        value = numbers(table[column].combine_chunks(), problems, where, column, missing=(*_NONE, "*"))
        rows = (np.nan_to_num(value) > 0) | hidden | (value < 0)
        if rows.any():
            said = np.where(hidden, "suppressed", "none")
            columns = {**shared, "category": column.replace("_", "-"), "value": value, "suppression": said}
            blocks.append(figures_of(source, measure, release, filter_rows(columns, rows)))
    problems.raise_if_any()
    if not blocks:
        problems.add("D206", where, "no figures in the file")
        problems.raise_if_any()
    notes = (Dropped(where, 0, "populations of nobody are left out"),)
    return finish(source, concatenate(blocks), release, problems, notes)


def _populations(source: SourceFile) -> Imported:
    return _groups(source, "unhcr-population", _GROUPS)


def _solutions(source: SourceFile) -> Imported:
    return _groups(source, "unhcr-solutions", _SOLVED)


def _flows(source: SourceFile) -> Imported:
    return _groups(source, "unhcr-flows", _FLED)


def _population_long(source: SourceFile) -> Imported:
    """Read the long export of the former site: a row for each type of population."""
    problems, table, where = problems_of(source), source.table(), source.name
    shared = _who(table, problems, where)
    hidden = np.array([v == "*" for v in texts(table["value"])])
    value = numbers(table["value"].combine_chunks(), problems, where, "value", missing=(*_NONE, "*"))
    columns = {
        **shared,
        "category": translate(table, "population_type", "unhcr/population", problems, where),
        "value": value,
        "suppression": np.where(hidden, "suppressed", "none"),
    }
    problems.raise_if_any()
    release = _release(shared)
    kept = filter_rows(columns, (np.nan_to_num(value) > 0) | hidden | (value < 0))
    return finish(source, figures_of(source, "unhcr-population", release, kept), release, problems)


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
        name="unhcr-population-long",
        title="UNHCR populations, a row for each type",
        measures=("unhcr-population",),
        layouts=(_POPULATION_LONG,),
        read=_population_long,
    ),
    Importer(
        name="unhcr-solutions",
        title="UNHCR solutions: returns, resettlement, naturalisation",
        measures=("unhcr-solutions",),
        layouts=(_SOLUTIONS,),
        read=_solutions,
    ),
    Importer(
        name="unhcr-flows",
        title="UNHCR flows of the newly displaced",
        measures=("unhcr-flows",),
        layouts=(_FLOWS,),
        read=_flows,
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
