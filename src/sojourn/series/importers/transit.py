"""Official counts on the road: Darien, Honduras, Mexico, Guatemala.

Layouts as collected from the migration offices of Panama, Honduras, Mexico and Guatemala. Some layouts are
used by more than one office; there the name of the file says which, and the rows must not contradict it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from sojourn.errors import Collector
from sojourn.series.codes import refuse
from sojourn.series.importers.columns import country_codes, months, numbers, texts, translate
from sojourn.series.importers.figures import add_up_repeats, figures_of, finish, last_month
from sojourn.series.importers.protocol import Dropped, Imported, Importer, problems_of
from sojourn.series.importers.source_file import SourceFile
from sojourn.series.model import ALL

__all__ = ["IMPORTERS"]

_YEARS = (2010, 2035)
_DARIEN_MONTHLY = 2020
"""Panama's counts by nationality are yearly before this year. Source: SNM, irreg_darien table."""

_REPEATS = "rows of the same month and nationality added up"


@dataclass(frozen=True)
class _Office:
    """A migration office whose files share a layout with others; ``word`` is what its file names contain."""

    word: str
    country: str
    measure: str
    demographic: str
    total: str
    recode: Mapping[str, str]


_OFFICES = (
    # The office of Honduras writes people of the PRC as TWN until October 2024, and in part after. Source:
    # comparison with the irregular entries that IOM collects from the same office, which has them as CHN.
    _Office(
        "honduras",
        "HND",
        "honduras-irregular-entries",
        "honduras-irregular-demographic",
        "honduras-irregular-total",
        {"TWN": "CHN"},
    ),
    _Office("mexico", "MEX", "mexico-irregular-events", "mexico-irregular-demographic", "", {}),
)


def _office(source: SourceFile) -> _Office:
    """Return the office that a file's name tells; raises DataError D201 when it tells none or several."""
    found = [o for o in _OFFICES if o.word in source.name.lower()]
    if len(found) == 1:
        return found[0]
    raise refuse(
        "D201",
        source.name,
        "several offices publish this layout and the name of the file does not say which",
        allowed=", ".join(o.word for o in _OFFICES),
        remedy="keep the name under which the file was published",
    )


def _read(
    source: SourceFile, problems: Collector
) -> tuple[pa.Table, np.ndarray[Any, np.dtype[np.datetime64]], np.ndarray[Any, np.dtype[np.float64]]]:
    """Return the rows of a file with its months and values."""
    table = source.table()
    start = months(table["t"].combine_chunks(), problems, source.name, "t", years=_YEARS)
    value = numbers(table["n"].combine_chunks(), problems, source.name, "n")
    problems.raise_if_any()
    return table, start, value


def _periods(start: np.ndarray[Any, np.dtype[np.datetime64]], problems: Collector, where: str) -> list[str]:
    """Return the kind of period of each row of Panama's table, yearly until 2019."""
    month = start.astype("datetime64[M]").astype(int)
    yearly = month // 12 + 1970 < _DARIEN_MONTHLY
    for row in np.flatnonzero(yearly & (month % 12 != 0))[:5]:
        problems.add(
            "D306",
            f"{where}, row {row + 2}, column t",
            f"figures before {_DARIEN_MONTHLY} are yearly and dated 1 January",
            found=str(start[row]),
        )
    return ["calendar-year" if y else "month" for y in yearly]


def _darien_nationality(source: SourceFile) -> Imported:
    problems = problems_of(source)
    table, start, value = _read(source, problems)
    raw = texts(table["nat"])
    columns, dropped = add_up_repeats(
        {
            "period": _periods(start, problems, source.name),
            "start": start,
            "nationality": country_codes(table["nat"], problems, source.name),
            "name": raw,
            "value": value,
        },
        source.name,
        _REPEATS,
    )
    release = last_month(start)
    figures = figures_of(source, "darien-crossings", release, {**columns, "country": "PAN"})
    return finish(source, figures, release, problems, dropped)


def _demographic(source: SourceFile, measure: str, country: str) -> Imported:
    """Read a table by men, women, boys and girls.

    In years without boys and girls the men and women include them: those rows keep the sex as their category
    and are not split by family.
    """
    problems = problems_of(source)
    table, start, value = _read(source, problems)
    sex = translate(table, "demog", "transit/sex", problems, source.name)
    family = translate(table, "demog", "transit/class", problems, source.name)
    split = set(start[[f == "minors" for f in family]].astype("datetime64[Y]").tolist())
    whole = [y not in split for y in start.astype("datetime64[Y]").tolist()]
    columns = {
        "period": "month",
        "start": start,
        "country": country,
        "category": sex,
        "family": [ALL if w else f for w, f in zip(whole, family, strict=True)],
        "value": value,
    }
    release = last_month(start)
    return finish(source, figures_of(source, measure, release, columns), release, problems)


def _darien_demographic(source: SourceFile) -> Imported:
    return _demographic(source, "darien-crossings-demographic", "PAN")


def _office_demographic(source: SourceFile) -> Imported:
    office = _office(source)
    return _demographic(source, office.demographic, office.country)


def _office_nationality(source: SourceFile) -> Imported:
    office = _office(source)
    problems = problems_of(source)
    table, start, value = _read(source, problems)
    raw = texts(table["nat"])
    own = [row for row, code in enumerate(raw) if code == office.country]
    for row in own[:5]:
        problems.add(
            "D313",
            f"{source.name}, row {row + 2}, column nat",
            "a country's own nationals are not in its count: is it another country's file?",
            found=office.country,
        )
    nationality = [office.recode.get(c, c) for c in country_codes(table["nat"], problems, source.name).to_pylist()]
    columns, dropped = add_up_repeats(
        {"start": start, "nationality": nationality, "name": raw, "value": value}, source.name, _REPEATS
    )
    release = last_month(start)
    columns = {**columns, "period": "month", "country": office.country}
    return finish(source, figures_of(source, office.measure, release, columns), release, problems, dropped)


def _office_total(source: SourceFile) -> Imported:
    office = _office(source)
    if not office.total:
        raise refuse("D201", source.name, f"a table of totals of {office.word} is not known")
    problems = problems_of(source)
    _, start, value = _read(source, problems)
    release = last_month(start)
    columns = {"period": "month", "start": start, "country": office.country, "value": value}
    return finish(source, figures_of(source, office.total, release, columns), release, problems)


def _adult(sex: str, age: str) -> str:
    """Return the family term of a sex and an age class."""
    return {"male": "men", "female": "women"}.get(sex, ALL) if age == "adult" else "minors"


def _mexico_demographic(source: SourceFile) -> Imported:
    problems = problems_of(source)
    table, start, value = _read(source, problems)
    sex = translate(table, "sex", "transit/sex", problems, source.name)
    age = translate(table, "age", "transit/mexico-age", problems, source.name)
    columns = {
        "period": "month",
        "start": start,
        "country": "MEX",
        "family": [_adult(s, a) for s, a in zip(sex, age, strict=True)],
        "category": [f"{s}/{a}" for s, a in zip(sex, age, strict=True)],
        "value": value,
    }
    release = last_month(start)
    return finish(source, figures_of(source, "mexico-irregular-demographic", release, columns), release, problems)


def _mexico_returns(source: SourceFile) -> Imported:
    problems = problems_of(source)
    table, start, value = _read(source, problems)
    columns = {
        "period": "month",
        "start": start,
        "country": "MEX",
        "nationality": country_codes(table["nat"], problems, source.name),
        "name": texts(table["nat"]),
        "category": translate(table, "type", "transit/mexico-type", problems, source.name),
        "value": value,
    }
    release = last_month(start)
    return finish(source, figures_of(source, "mexico-returns", release, columns), release, problems)


def _guatemala(source: SourceFile) -> Imported:
    problems = problems_of(source)
    table, start, value = _read(source, problems)
    sex = translate(table, "sex", "transit/sex", problems, source.name)
    age = translate(table, "age", "transit/guatemala-age", problems, source.name)
    origin = translate(table, "origin", "transit/guatemala-origin", problems, source.name)
    columns = {
        "period": "month",
        "start": start,
        "country": "GTM",
        "nationality": "GTM",
        "family": [_adult(s, a) for s, a in zip(sex, age, strict=True)],
        "category": [f"{o}/{s}/{a}" for o, s, a in zip(origin, sex, age, strict=True)],
        "value": value,
    }
    release = last_month(start)
    unknown = sum(o.endswith("not recorded") for o in origin)
    note = Dropped(source.name, 0, f"{unknown} rows do not say which country returned the people")
    figures = figures_of(source, "guatemala-returns-received", release, columns)
    return finish(source, figures, release, problems, (note,) if unknown else ())


IMPORTERS: tuple[Importer, ...] = (
    Importer(
        name="darien-nationality",
        title="Darien by nationality",
        measures=("darien-crossings",),
        layouts=(("t", "q", "nat", "n"),),
        read=_darien_nationality,
    ),
    Importer(
        name="darien-demographic",
        title="Darien by sex and age",
        measures=("darien-crossings-demographic",),
        layouts=(("t", "q", "demog", "n"),),
        read=_darien_demographic,
    ),
    Importer(
        name="office-nationality",
        title="Irregular, by nationality",
        measures=("honduras-irregular-entries", "mexico-irregular-events"),
        layouts=(("t", "nat", "n"),),
        read=_office_nationality,
    ),
    Importer(
        name="office-demographic",
        title="Irregular, by sex and age",
        measures=("honduras-irregular-demographic", "mexico-irregular-demographic"),
        layouts=(("t", "demog", "n"),),
        read=_office_demographic,
    ),
    Importer(
        name="office-total",
        title="Irregular entries, all",
        measures=("honduras-irregular-total",),
        layouts=(("t", "n"),),
        read=_office_total,
    ),
    Importer(
        name="mexico-demographic",
        title="Mexico by sex and age",
        measures=("mexico-irregular-demographic",),
        layouts=(("t", "sex", "age", "n"),),
        read=_mexico_demographic,
    ),
    Importer(
        name="mexico-returns",
        title="Mexico, returns by nationality",
        measures=("mexico-returns",),
        layouts=(("t", "nat", "type", "n"),),
        read=_mexico_returns,
    ),
    Importer(
        name="guatemala-returns",
        title="Guatemala, returns",
        measures=("guatemala-returns-received",),
        layouts=(("t", "sex", "age", "origin", "n"),),
        read=_guatemala,
    ),
)
"""Importers of the counts of Panama, Honduras, Mexico and Guatemala."""
