"""Eurostat: asylum applicants by year and month, and first instance decisions by year.

Read are the tables migr_asyappctza, migr_asyappctzm and migr_asydcfsta in the forms in which Eurostat gives them
out (https://ec.europa.eu/eurostat/web/user-guides/data-browser/api-data-access): TSV with a column for each period,
SDMX-CSV, and JSON-stat; wide tables with a column for each period as people reshape them; and the yearly table of
IOM's compilation, which is of all applicants although it is labelled first-time (Germany 2015: 476,560).

Sums of countries and of nationalities (EU27_2020, EXT_EU28) are left out; the total of all nationalities is kept.
Of the splits by sex and age only one is kept besides the totals, so that nobody is counted twice: the finest that
is given. Figures are rounded to 5.
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pyarrow as pa

from sojourn.calendar import read_period
from sojourn.errors import Collector
from sojourn.series.codes import refuse
from sojourn.series.countries import is_iso3, iso3
from sojourn.series.importers.columns import encoded, labels, numbers, texts, vocabulary
from sojourn.series.importers.europe.eurostat_splits import kept_splits
from sojourn.series.importers.figures import concatenate, figures_of, filter_rows, finish
from sojourn.series.importers.layout import Layout, Match
from sojourn.series.importers.protocol import Dropped, Imported, Importer, problems_of
from sojourn.series.importers.source_file import SourceFile
from sojourn.series.model import ALL, OTHER

__all__ = ["IMPORTERS"]

_APPLICANTS, _MONTHLY, _DECISIONS = (
    "eurostat-asylum-applicants",
    "eurostat-asylum-applicants-monthly",
    "eurostat-asylum-decisions",
)
_ROUNDING = 5
_DIMENSIONS = ("applicant", "sex", "age", "decision", "unit", "freq")
_ALSO = {
    "citizen": ("citizenship", "nationality", "country of citizenship"),
    "geo": ("GEO (Labels)", "reporting country", "Geopolitical entity (reporting)"),
    "applicant": ("asyl_app", "type of applicant", "applicant type"),
    "freq": ("frequency", "time frequency"),
    "unit": ("unit of measure",),
}
_EACH = r"[xy]?((19|20)\d\d)([-_ ]?m?(0[1-9]|1[0-2]))?"
_WIDE = Layout(("citizen", "geo"), optional=_DIMENSIONS, also=_ALSO, each=_EACH)
_LONG = Layout(
    ("citizen", "geo", "TIME_PERIOD", "OBS_VALUE"),
    optional=(*_DIMENSIONS, "OBS_FLAG", "DATAFLOW", "LAST UPDATE", "CONF_STATUS", "STRUCTURE", "STRUCTURE_ID"),
    also={
        **_ALSO,
        "TIME_PERIOD": ("time", "period"),
        "OBS_VALUE": ("value", "values", "observation value"),
        "OBS_FLAG": ("status", "flags", "Observation status (Flag)"),
    },
)
_COMPILED = ("geo", "t", "nat", "sex", "n")
_KEY = re.compile(r"([\w ]+(?:[,;][\w ]+)+)\\time(_period)?", re.IGNORECASE)
_VALUE = re.compile(r"(:|-?[\d.,]+(?:[eE]\+?\d+)?)?\s*([a-z]{0,4})")
_AGGREGATE = re.compile(
    r"(european union|euro area|eu\b|extra-?eu|non-?eu|efta|european (economic|free))", re.IGNORECASE
)


def _is_tsv(source: SourceFile) -> bool:
    return source.kind != "xlsx" and _composite(source) is not None


def _composite(source: SourceFile) -> tuple[int, int, list[str]] | None:
    r"""Return (head, row, dimensions) of a header that begins with a cell such as ``sex,geo\TIME_PERIOD``."""
    for number, head in enumerate(source.heads):
        for row, (_, _, cells) in enumerate(head.rows[:10]):
            name = re.fullmatch(
                r"([\w ]+(?:[,;][\w ]+)+)\\time(_period)?", cells[0] if cells else "", re.IGNORECASE
            )
            if name and len(cells) > 1:
                return number, row, re.split("[,;]", name[1].lower())
    return None


def _tsv(source: SourceFile) -> Imported:
    """Read the form whose first column holds all dimensions."""
    number, row, names = _composite(source) or (0, 0, [])
    head = source.heads[number]
    cells = head.rows[row][2]
    columns = {"key": 0} | {c.strip().lower(): at for at, c in enumerate(cells) if at}
    fitted = source.fitted(head, row, Match(Layout(("key",)), columns, ()))
    table = fitted.table()
    keys = encoded(table["key"])
    parts = [re.split("[,;]", (k or "").strip()) for k in keys.dictionary.to_pylist()]
    wrong = [k for k in parts if len(k) != len(names)]
    if wrong:
        raise refuse(
            "D204",
            source.name,
            f"{len(wrong[0])} dimensions instead of {len(names)}",
            found=",".join(wrong[0])[:80],
        )
    renamed = {"asyl_app": "applicant", "citizenship": "citizen"}
    for at, name in enumerate(names):
        words = pa.array([k[at].strip() for k in parts], pa.string())
        table = table.append_column(renamed.get(name, name), pa.DictionaryArray.from_arrays(keys.indices, words))
    return _wide_table(fitted, table.drop_columns(["key"]))


def _wide(source: SourceFile) -> Imported:
    """Read a table with a column for each period."""
    return _wide_table(source, source.table())


def _wide_table(source: SourceFile, table: pa.Table) -> Imported:
    problems = problems_of(source)
    periods = [c for c in table.column_names if re.fullmatch(_EACH, c.strip())]
    dimensions = table.select([c for c in table.column_names if c not in periods])
    parts = []
    for column in periods:
        match = re.fullmatch(_EACH, column.strip())
        said = f"{match[1]}-{match[4]}" if match and match[4] else match[1] if match else ""
        time = pa.array([said] * table.num_rows, pa.string()).dictionary_encode()
        part = dimensions.append_column("time", time).append_column("value", encoded(table[column]))
        parts.append(part)
    if not parts:
        raise refuse(
            "D202", f"{source.name}, row 1", "no column of a period", found=", ".join(table.column_names)[:200]
        )
    return _read(source, pa.concat_tables(parts).unify_dictionaries().combine_chunks(), problems)


def _long(source: SourceFile) -> Imported:
    """Read SDMX-CSV and JSON-stat: a row for each figure."""
    table = source.table()
    names = {"TIME_PERIOD": "time", "OBS_VALUE": "value", "OBS_FLAG": "flag"}
    return _read(source, table.rename_columns([names.get(c, c) for c in table.column_names]), problems_of(source))


def _countries(column: Any, name: str, problems: Collector, where: str) -> list[str]:
    """Return the codes of countries written as Eurostat's codes, as names, or as both; ``aggregate`` for sums."""
    known = vocabulary("eurostat", "country")
    given = encoded(column)
    found = []
    for raw in given.dictionary.to_pylist():
        written = (raw or "").strip()
        code, _, label = written.partition(":")
        ours = known.get(written) or (known.get(code.strip()) if label else None)
        ours = ours or (written if is_iso3(written) else iso3(written))
        if not ours and _AGGREGATE.match(written):
            ours = "aggregate"
        if not ours:
            problems.add("D305", f"{where}, column {name}", "country not known", found=written[:80])
        found.append(ours or OTHER)
    return [found[i] for i in given.indices.to_pylist()]


def _labels(table: pa.Table, name: str, missing: str, problems: Collector, where: str) -> list[str]:
    """Return one dimension in our terms; ``missing`` where the table does not have it."""
    if name not in table.column_names:
        return [missing] * table.num_rows
    given = encoded(table[name])
    words = [(w or "").strip() for w in given.dictionary.to_pylist()]
    known = vocabulary("eurostat", name)
    words = [w if w in known else w.partition(":")[0].strip() for w in words]
    column = pa.DictionaryArray.from_arrays(given.indices, pa.array(words, pa.string()))
    return [str(v) for v in labels(column, known, problems, where, name).to_pylist()]


def _values(table: pa.Table, problems: Collector, source: SourceFile) -> tuple[Any, list[str], int]:
    """Return the figures, what is said of each (suppressed where confidential), and how many carry another flag."""
    given = encoded(table["value"])
    words, flags = [], []
    for raw in given.dictionary.to_pylist():
        match = _VALUE.fullmatch((raw or "").strip())
        words.append((match[1] or "") if match else raw)
        flags.append(match[2] if match else "")
    own = [flags[i] for i in given.indices.to_pylist()]
    if "flag" in table.column_names:
        own = [f or o for f, o in zip(texts(table["flag"]), own, strict=True)]
    column = pa.DictionaryArray.from_arrays(given.indices, pa.array(words, pa.string()))
    value = numbers(
        column, problems, source.name, "value", first_row=source.first_row, missing=("", ":", "NaN", "NA")
    )
    said = ["suppressed" if f == "c" and np.isnan(v) else "none" for f, v in zip(own, value, strict=True)]
    return value, said, sum(bool(f) and f not in ("c", "z") for f in own)


def _starts(table: pa.Table, problems: Collector, where: str) -> tuple[Any, list[str]]:
    """Return the first day and the kind of every period."""
    given = encoded(table["time"])
    days, kinds = [], []
    for raw in given.dictionary.to_pylist():
        written = re.sub(r"^(\d{4})-?M(\d\d)$", r"\1-\2", (raw or "").strip().upper())
        try:
            period = read_period(written)
        except ValueError:
            period = None
        if period is None or period.kind not in ("month", "calendar-year") or not 1990 <= period.start.year <= 2049:
            problems.add("D306", f"{where}, column time", "neither a year nor a month", found=str(raw)[:80])
            days.append(np.datetime64("2000-01-01"))
            kinds.append("calendar-year")
            continue
        days.append(np.datetime64(period.start))
        kinds.append(period.kind)
    at = given.indices.to_numpy(zero_copy_only=False)
    return np.array(days, dtype="datetime64[D]")[at], [kinds[i] for i in at.tolist()]


def _check_dataset(source: SourceFile, table: pa.Table, decided: bool) -> None:
    """Refuse tables of Eurostat's that count something else with the same columns (D201).

    Which table it is stands in its column DATAFLOW or in the name of the file.
    """
    said = [source.name] + (
        encoded(table["DATAFLOW"]).dictionary.to_pylist() if "DATAFLOW" in table.column_names else []
    )
    text = " ".join(str(s) for s in said).lower()
    dataset = re.search(r"asy(app|dcf|dec|pen|uma|wit|res|rel|acc)[a-z0-9]*", text)
    if decided:
        good = bool(re.search(r"asydcfst|first.instance.decision", text))
    elif "applicant" in table.column_names:
        good = dataset is None or dataset[0].startswith("asyapp")
    else:
        good = bool(re.search(r"asyapp|asylum.{0,3}applic", text))
    if not good:
        raise refuse(
            "D201",
            source.name,
            "not known to be a table of asylum applicants or first instance decisions",
            found=dataset[0] if dataset else source.name,
            allowed="migr_asyappctza, migr_asyappctzm, migr_asydcfsta",
            remedy="keep Eurostat's name of the table in the name of the file",
        )


def _read(source: SourceFile, table: pa.Table, problems: Collector) -> Imported:
    """Turn a row for each figure into figures."""
    where = source.name
    decided = "decision" in table.column_names
    _check_dataset(source, table, decided)
    start, kind = _starts(table, problems, where)
    value, said, flagged = _values(table, problems, source)
    citizens = _countries(table["citizen"], "citizen", problems, where)
    geos = _countries(table["geo"], "geo", problems, where)
    sex = _labels(table, "sex", ALL, problems, where)
    age = _labels(table, "age", ALL, problems, where)
    columns: dict[str, Any] = {
        "period": kind,
        "start": start,
        "country": geos,
        "nationality": citizens,
        "name": texts(table["citizen"]),
        "component": ALL if decided else _labels(table, "applicant", "not-stated", problems, where),
        "category": _labels(table, "decision", ALL, problems, where) if decided else [ALL] * table.num_rows,
        "value": value,
        "suppression": said,
    }
    problems.raise_if_any()
    sums = np.array([c == "aggregate" or g in ("aggregate", ALL) for c, g in zip(citizens, geos, strict=True)])
    absent = np.isnan(value) & np.array([s == "none" for s in said])
    split, dropped = kept_splits(sex, age, [*zip(geos, citizens, start.astype(str), strict=True)], decided)
    if not decided:
        columns["category"] = split.words
    dropped_rows = [Dropped(where, count, reason) for count, reason in dropped]
    for mask, reason in (
        (sums, "sums of countries: never added to their members"),
        (absent, "no figure published"),
    ):
        if mask.any():
            dropped_rows.append(Dropped(where, int(mask.sum()), reason))
    if flagged:
        dropped_rows.append(
            Dropped(where, 0, f"{flagged} figures carry a flag of Eurostat (break, provisional ...)")
        )
    if not decided and "not-stated" in columns["component"]:
        dropped_rows.append(
            Dropped(
                where, 0, "the table does not say whether applicants are first-time or all: component not-stated"
            )
        )
    keep = split.keep & ~sums & ~absent
    return _finished(source, filter_rows(columns, keep), decided, problems, dropped_rows)


def _finished(
    source: SourceFile, columns: dict[str, Any], decided: bool, problems: Collector, dropped: list[Dropped]
) -> Imported:
    """Give each kind of period its measure."""
    monthly = np.array([k == "month" for k in pa.array(columns["period"]).to_pylist()], dtype=bool)
    if decided and monthly.any():
        problems.add("D307", source.name, "decisions by month are not a table of Eurostat's", allowed="years")
    problems.raise_if_any()
    last = max((str(s) for s in pa.array(columns["start"]).to_pylist()), default="")
    release = last[:7] if monthly.any() else f"{last[:4]}-12"
    blocks = [
        figures_of(source, measure, release, {**filter_rows(columns, rows), "rounding": _ROUNDING})
        for measure, rows in ((_DECISIONS if decided else _APPLICANTS, ~monthly), (_MONTHLY, monthly))
        if rows.any()
    ]
    if not blocks:
        problems.add("D206", source.name, "no figures in the file")
        problems.raise_if_any()
    return finish(source, concatenate(blocks), release, problems, dropped)


def _compiled(source: SourceFile) -> Imported:
    """Read the yearly table of IOM's compilation: codes of ISO 3166, sexes, all applicants."""
    table = source.table()
    names = {"t": "time", "nat": "citizen", "n": "value"}
    table = table.rename_columns([names.get(c, c) for c in table.column_names])
    every = pa.array(["ASY_APP"] * table.num_rows, pa.string()).dictionary_encode()
    return _read(source, table.append_column("applicant", every), problems_of(source))


IMPORTERS: tuple[Importer, ...] = (
    Importer(
        name="eurostat-tsv",
        title="Eurostat TSV",
        measures=(_APPLICANTS, _MONTHLY, _DECISIONS),
        recognise=_is_tsv,
        read=_tsv,
    ),
    Importer(
        name="eurostat-long",
        title="Eurostat asylum tables, a row for each figure (SDMX-CSV, JSON-stat)",
        measures=(_APPLICANTS, _MONTHLY, _DECISIONS),
        layouts=(_LONG,),
        read=_long,
    ),
    Importer(
        name="eurostat-wide",
        title="Eurostat asylum tables, a column for each period",
        measures=(_APPLICANTS, _MONTHLY, _DECISIONS),
        layouts=(_WIDE,),
        read=_wide,
    ),
    Importer(
        name="eurostat-compiled",
        title="Eurostat asylum applicants by year, IOM's compilation",
        measures=(_APPLICANTS,),
        layouts=(_COMPILED,),
        read=_compiled,
    ),
)
"""Importers of Eurostat's asylum tables."""
