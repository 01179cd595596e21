"""US Customs and Border Protection: nationwide encounters by area of responsibility and by state, the southwest.

The published bundles cover four fiscal years each and name months by fiscal year and abbreviation; they circulate
with names of columns in lower case and underscores too. The bundle of the southwest land border has groups of
citizenship and no places. A copy of the southwest border names months by date. The release is the last month
covered, which orders the bundles.

Source: https://www.cbp.gov/document/stats/nationwide-encounters and
https://www.cbp.gov/document/stats/southwest-land-border-encounters
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sojourn.calendar import US_FISCAL_YEAR
from sojourn.errors import Collector
from sojourn.series.countries import code_names, is_iso3
from sojourn.series.importers.columns import encoded, labels, months, numbers, vocabulary
from sojourn.series.importers.figures import finish
from sojourn.series.importers.layout import Layout
from sojourn.series.importers.protocol import Dropped, Imported, Importer, problems_of
from sojourn.series.importers.source_file import SourceFile
from sojourn.series.model import ALL, figures, measures, stamped

__all__ = ["AREA", "IMPORTERS", "SBO", "SOUTHWEST", "STATE", "STATE_TYPED"]

_HEAD = ("Fiscal Year", "Month Grouping", "Month (abbv)")
_TAIL = ("Demographic", "Citizenship", "Title of Authority")
AREA = (
    *_HEAD,
    "Component",
    "Land Border Region",
    "Area of Responsibility",
    "AOR (Abbv)",
    *_TAIL,
    "Encounter Type",
    "Encounter Count",
)
STATE = (*_HEAD, "Land Border Region", "State", *_TAIL, "Encounter Count")
STATE_TYPED = (*_HEAD, "Land Border Region", "State", *_TAIL, "Encounter Type", "Encounter Count")
SBO = (
    *_HEAD,
    "Component",
    "Demographic",
    "Citizenship Grouping",
    "Title of Authority",
    "Encounter Type",
    "Encounter Count",
)
SOUTHWEST = ("t", "t_fy", "component", "area", "authority", "type", "demog", "nat", "n")
_ALSO = {
    "Land Border Region": ("Land Filter", "Border Region", "Land Border"),
    "Month (abbv)": ("Month Abbreviation", "Month Abbv", "Month"),
    "AOR (Abbv)": ("AOR", "AOR Abbreviation"),
    "Encounter Count": ("Encounters", "Count", "Sum of Encounter Count"),
    "Citizenship Grouping": ("Citizenship Group",),
    "Demographic": ("Demographic Group",),
}
_YEARS = (2000, 2049)
_SOURCE = "https://www.cbp.gov/document/stats/nationwide-encounters"
_SBO_MEASURE = "cbp-southwest-encounters"
_COMPONENT_OF_TYPE = {"title-8/apprehension": "USBP", "title-8/inadmissible": "OFO"}


def _terms(
    batch: pa.RecordBatch, column: str, of: str, problems: Collector, where: tuple[str, int]
) -> pa.DictionaryArray:
    """Return one column of a bundle in our terms."""
    name, row = where
    return labels(batch.column(column), vocabulary("cbp", of), problems, name, column, first_row=row)


def _joined(
    left: pa.DictionaryArray, right: pa.DictionaryArray, join: Callable[[str, str], str]
) -> pa.DictionaryArray:
    """Combine two columns value by value; ``join`` is called once for each pair that occurs."""
    size = max(len(right.dictionary), 1)
    pairs = left.indices.to_numpy(zero_copy_only=False).astype(np.int64) * size
    pairs += right.indices.to_numpy(zero_copy_only=False)
    distinct, codes = np.unique(pairs, return_inverse=True)
    lefts, rights = left.dictionary.to_pylist(), right.dictionary.to_pylist()
    ours = [join(lefts[p // size], rights[p % size]) for p in distinct]
    return pa.DictionaryArray.from_arrays(pa.array(codes.astype(np.int32)), pa.array(ours, pa.string()))


def _contradictions(
    left: pa.DictionaryArray,
    right: pa.DictionaryArray,
    agree: Callable[[str, str], bool],
    problems: Collector,
    where: tuple[str, int],
) -> None:
    """Record the first row of each pair of labels that cannot stand together (D313)."""
    verdict = _joined(left, right, lambda a, b: "" if not a or not b or agree(a, b) else f"{a} with {b}")
    codes = verdict.indices.to_numpy(zero_copy_only=False)
    for code, said in enumerate(verdict.dictionary.to_pylist()):
        if said:
            row = where[1] + int(np.flatnonzero(codes == code)[0])
            problems.add("D313", f"{where[0]}, row {row}", "labels contradict each other", found=said)


def _fiscal_months(
    batch: pa.RecordBatch, problems: Collector, where: tuple[str, int]
) -> np.ndarray[tuple[int], np.dtype[np.datetime64]]:
    """Return (row) datetime64[D], the first day of the month named by fiscal year and abbreviation."""
    name, row = where
    column = encoded(batch.column("Fiscal Year"))
    written = [str(v or "") for v in column.dictionary.to_pylist()]
    matches = [re.fullmatch(r"(\d{4})( \(FYTD\))?", v) for v in written]
    known = {v: m[1] for v, m in zip(written, matches, strict=True) if m and _YEARS[0] <= int(m[1]) <= _YEARS[1]}
    digits = {v for v, m in zip(written, matches, strict=True) if m}
    codes = column.indices.to_numpy(zero_copy_only=False)
    for code, value in enumerate(written):
        if value not in known:
            at = row + int(np.flatnonzero(codes == code)[0])
            code_, said = ("D307", "year not covered") if value in digits else ("D306", "not a fiscal year")
            problems.add(code_, f"{name}, row {at}, column Fiscal Year", said, found=value[:80])
    years = np.array([int(known.get(v, _YEARS[0])) for v in written])[codes]
    offset = _terms(batch, "Month (abbv)", "month", problems, where)
    offsets = np.array([int(v or 0) for v in offset.dictionary.to_pylist()])
    month = (years - 1970) * 12 + offsets[offset.indices.to_numpy(zero_copy_only=False)]
    return np.asarray(month.astype("datetime64[M]"), dtype="datetime64[D]")


def _category(batch: pa.RecordBatch, problems: Collector, where: tuple[str, int]) -> pa.DictionaryArray:
    """Return the legal authority, with the type of encounter where the file gives one; they must agree."""
    authority = _terms(batch, "Title of Authority", "authority", problems, where)
    if "Encounter Type" not in batch.schema.names:
        return authority
    kind = _terms(batch, "Encounter Type", "type", problems, where)
    _contradictions(authority, kind, lambda a, k: k.startswith(a), problems, where)
    return kind


def _area_place(
    region: pa.DictionaryArray,
    area: pa.DictionaryArray,
    component: pa.DictionaryArray,
    problems: Collector,
    where: tuple[str, int],
) -> pa.DictionaryArray:
    """Return region/area paths; a sector belongs to the Border Patrol, its name to a known sector."""
    sectors = {p.rsplit("/", 1)[1]: p for p in vocabulary("cbp", "sector").values()}
    _contradictions(area, component, lambda a, c: a.endswith("Sector") == (c == "USBP"), problems, where)

    def known(place: str, part: str) -> bool:
        return part != "USBP" or slug(place) in sectors

    _contradictions(area, component, known, problems, where)
    return _joined(region, area, lambda r, a: f"{r}/{slug(a)}" if a and a != r else r or "unknown")


def slug(name: str) -> str:
    """Return a name as a word of a path: lower case, everything but letters and digits as hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", name.casefold()).strip("-") or "unknown"


def _bundle(batch: pa.RecordBatch, source: SourceFile, problems: Collector, row: int) -> pa.Table:
    """Turn some rows of a published bundle into figures."""
    where = (source.name, row)
    by_area = "Component" in batch.schema.names
    _terms(batch, "Month Grouping", "grouping", problems, where)
    region = _terms(batch, "Land Border Region", "region", problems, where)
    category = _category(batch, problems, where)
    columns: dict[str, Any] = {}
    if by_area:
        columns["component"] = _terms(batch, "Component", "component", problems, where)
        area = encoded(batch.column("Area of Responsibility"))
        columns["place"] = _area_place(region, area, columns["component"], problems, where)
        _contradictions(category, columns["component"], _component_fits, problems, where)
    else:
        state = encoded(batch.column("State"))
        _contradictions(region, state, _state_fits, problems, where)
        columns["place"] = _joined(region, state, lambda r, s: f"{r or 'unknown'}/{slug(s)}")
    names = batch.column("Citizenship")
    return figures(
        {
            "publisher": "US Customs and Border Protection",
            "measure": "cbp-encounters" if by_area else "cbp-encounters-state",
            "unit": "encounter",
            "nationality": code_names(names, problems, f"{source.name}, column Citizenship"),
            "name": names,
            "family": _terms(batch, "Demographic", "family", problems, where),
            "country": "USA",
            "category": category,
            "period": "month",
            "start": _fiscal_months(batch, problems, where),
            "value": numbers(
                batch.column("Encounter Count"), problems, source.name, "Encounter Count", first_row=row
            ),
            "source": _SOURCE,
            "licence": "US-PD",
            "digest": source.digest,
            **columns,
        },
        batch.num_rows,
    )


def _sbo(batch: pa.RecordBatch, source: SourceFile, problems: Collector, row: int) -> pa.Table:
    """Turn some rows of the bundle of the southwest land border into figures."""
    where = (source.name, row)
    _terms(batch, "Month Grouping", "grouping", problems, where)
    component = _terms(batch, "Component", "component", problems, where)
    category = _category(batch, problems, where)
    _contradictions(category, component, _component_fits, problems, where)
    names = batch.column("Citizenship Grouping")
    known = measures()[_SBO_MEASURE]
    return figures(
        {
            "publisher": known.publisher,
            "measure": _SBO_MEASURE,
            "unit": known.unit,
            "component": component,
            "nationality": code_names(names, problems, f"{source.name}, column Citizenship Grouping"),
            "name": names,
            "family": _terms(batch, "Demographic", "family", problems, where),
            "country": "USA",
            "place": "southwest",
            "category": category,
            "period": "month",
            "start": _fiscal_months(batch, problems, where),
            "value": numbers(
                batch.column("Encounter Count"), problems, source.name, "Encounter Count", first_row=row
            ),
            "source": known.source,
            "licence": known.licence,
            "digest": source.digest,
        },
        batch.num_rows,
    )


def _component_fits(category: str, component: str) -> bool:
    """Whether a type of encounter is one of the component: only the Border Patrol apprehends."""
    return _COMPONENT_OF_TYPE.get(category, component) == component


def _state_fits(region: str, state: str) -> bool:
    """Whether a state is two letters and, for the southwest border, one of the four that lie on it."""
    return re.fullmatch(r"[A-Z]{2}", state) is not None and (
        region != "southwest" or state in {"AZ", "CA", "NM", "TX"}
    )


def _read_bundle(source: SourceFile) -> Imported:
    """Read a published bundle, block by block."""
    return _in_blocks(source, _bundle)


def _read_sbo(source: SourceFile) -> Imported:
    """Read the bundle of the southwest land border, block by block."""
    return _in_blocks(source, _sbo)


def _in_blocks(
    source: SourceFile, turn: Callable[[pa.RecordBatch, SourceFile, Collector, int], pa.Table]
) -> Imported:
    problems = problems_of(source)
    parts = []
    for row, batch in source.batches():
        parts.append(turn(batch, source, problems, row))
        problems.raise_if_any()
    return _released(source, parts, problems)


def _read_southwest(source: SourceFile) -> Imported:
    """Read the copy of the southwest border; its column ``t_fy`` is not used, being of another definition."""
    problems = problems_of(source)
    parts = []
    for row, batch in source.batches():
        parts.append(_southwest(batch, source, problems, row))
        problems.raise_if_any()
    note = Dropped("column t_fy", 0, "not used: the fiscal year follows from the month")
    return _released(source, parts, problems, (note,))


def _southwest(batch: pa.RecordBatch, source: SourceFile, problems: Collector, row: int) -> pa.Table:
    where = (source.name, row)
    component = _terms(batch, "component", "component", problems, where)
    authority = _terms(batch, "authority", "authority", problems, where)
    category = _terms(batch, "type", "type", problems, where)
    _contradictions(authority, category, lambda a, k: k.startswith(a), problems, where)
    _contradictions(category, component, _component_fits, problems, where)
    area = encoded(batch.column("area"))
    region = pa.DictionaryArray.from_arrays(pa.array(np.zeros(len(area), np.int32)), pa.array(["southwest"]))
    nation = encoded(batch.column("nat"))
    codes = [n or ALL for n in nation.dictionary.to_pylist()]
    for code in codes:
        if code != ALL and not is_iso3(code):
            problems.add("D305", f"{source.name}, column nat", "not an ISO 3166 alpha-3 code", found=code[:80])
    return figures(
        {
            "publisher": "US Customs and Border Protection",
            "measure": "cbp-encounters",
            "unit": "encounter",
            "component": component,
            "nationality": pa.DictionaryArray.from_arrays(nation.indices, pa.array(codes, pa.string())),
            "family": _terms(batch, "demog", "family", problems, where),
            "country": "USA",
            "place": _area_place(region, area, component, problems, where),
            "category": category,
            "period": "month",
            "start": months(batch.column("t"), problems, source.name, "t", first_row=row, years=_YEARS),
            "value": numbers(batch.column("n"), problems, source.name, "n", first_row=row),
            "source": _SOURCE,
            "licence": "US-PD",
            "digest": source.digest,
        },
        batch.num_rows,
    )


def _released(
    source: SourceFile, parts: list[pa.Table], problems: Collector, dropped: tuple[Dropped, ...] = ()
) -> Imported:
    """Join the blocks and date the release; months follow each other, years are those of the name."""
    if not parts:
        problems.add("D206", source.name, "a header and no rows")
        problems.raise_if_any()
    table = pa.concat_tables(parts)
    parts.clear()
    starts = np.unique(pc.unique(table["start"]).to_numpy(zero_copy_only=False).astype("datetime64[M]"))
    gaps = np.setdiff1d(np.arange(starts[0], starts[-1] + 1), starts)
    if len(gaps):
        shown = ", ".join(str(m) for m in gaps[:6])
        problems.add("D403", source.name, f"{len(gaps)} months missing inside the period", found=shown)
    fiscal = US_FISCAL_YEAR.years(starts)
    said = re.search(r"fy(\d\d)[^0-9]{1,3}fy(\d\d)", source.name.lower())
    if said and (fiscal[0] != 2000 + int(said[1]) or fiscal[-1] != 2000 + int(said[2])):
        problems.add(
            "D404",
            source.name,
            "fiscal years differ from those in the name of the file",
            found=f"{fiscal[0]} to {fiscal[-1]}",
            allowed=f"20{said[1]} to 20{said[2]}",
        )
    release = str(starts[-1])
    return finish(source, stamped(table, release), release, problems, dropped)


IMPORTERS = (
    Importer(
        name="cbp-bundle",
        title="CBP nationwide encounters, four fiscal years",
        measures=("cbp-encounters", "cbp-encounters-state"),
        layouts=tuple(Layout(columns, also=_ALSO) for columns in (AREA, STATE, STATE_TYPED)),
        read=_read_bundle,
    ),
    Importer(
        name="cbp-sbo",
        title="CBP southwest land border encounters, groups of citizenship",
        measures=(_SBO_MEASURE,),
        layouts=(Layout(SBO, also=_ALSO),),
        read=_read_sbo,
    ),
    Importer(
        name="cbp-southwest",
        title="CBP southwest encounters by area of responsibility, dated copy",
        measures=("cbp-encounters",),
        layouts=(SOUTHWEST,),
        read=_read_southwest,
    ),
)
"""The importers of this publisher."""
