"""The table of figures: its tables agree with each other, and what breaks them is seen."""

import datetime as dt

import numpy as np
import pyarrow as pa
import pytest

from sojourn.calendar import period_end
from sojourn.errors import nearest
from sojourn.series import CODES, FIELDS, DataError, measures
from sojourn.series.codes import collect
from sojourn.series.countries import code_names, country_name, is_iso3, iso3, nationalities
from sojourn.series.model import DIMENSIONS, KEY, SCHEMA, TERMS, conform, figures
from sojourn.series.model import table_rows as rows_of
from sojourn.series.validation import check_figures, key_codes


def codes_of(table):
    """Return the codes of what is wrong with a table of figures."""
    problems = collect("test")
    check_figures(table, problems, "test")
    return [p.code for p in problems.problems]


def test_fields_make_the_schema():
    assert [f.name for f in FIELDS] == SCHEMA.names
    assert set(DIMENSIONS) < set(SCHEMA.names) and set(KEY) < set(SCHEMA.names)
    assert all(f.description for f in FIELDS)


def test_every_measure_has_a_unit_publisher_source_and_licence():
    for measure in measures().values():
        assert measure.unit in TERMS["units"], measure.name
        assert measure.publisher and measure.source and measure.licence and measure.title, measure.name
        assert set(measure.adds) <= {*DIMENSIONS, "time"}, measure.name
        assert not measure.of or (measure.of in measures() and measure.selects), measure.name


def test_every_check_asks_for_a_known_series():
    for row in rows_of("checks.csv"):
        assert row["series"] in measures(), (row["series"], nearest(row["series"], measures()))
        assert float(row["expected"]) >= 0 and float(row["tolerance"]) >= 0
        for pair in row["filters"].split():
            assert pair.split("=", 1)[0] in DIMENSIONS


def test_every_label_of_a_publisher_has_one_meaning():
    for row in rows_of("labels/cbp.csv"):
        same = [
            r["ours"]
            for r in rows_of("labels/cbp.csv")
            if (r["column"], r["theirs"]) == (row["column"], row["theirs"])
        ]
        assert len(same) == 1


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"unit": "person"}, "D310"),
        ({"measure": "nothing"}, "D310"),
        ({"measure": "usbp-encounters"}, "D310"),
        ({"nationality": "ZZZ"}, "D305"),
        ({"country": "Panama"}, "D305"),
        ({"family": "cousins"}, "D309"),
        ({"place": "San Diego"}, "D309"),
        ({"suppression": "lost"}, "D309"),
        ({"confidence": "sure"}, "D309"),
        ({"release": "autumn"}, "D311"),
        ({"release": "2024-13"}, "D311"),
        ({"value": None}, "D312"),
        ({"suppression": "suppressed"}, "D312"),
        ({"value": -1}, "D302"),
        ({"value": 0.5}, "D302"),
        ({"value": 11, "rounding": 10}, "D314"),
        ({"start": "2023-01-02"}, "D308"),
        ({"start": "2023-02-01", "period": "quarter"}, "D308"),
        ({"start": "2023-01-01", "period": "fiscal-year"}, "D308"),
        ({"start": "2023-01-01", "end": "2023-02-28"}, "D308"),
        ({"start": "2023-01-02", "end": "2023-01-01", "period": "span"}, "D308"),
        ({"publisher": ""}, "D303"),
        ({"source": ""}, "D303"),
    ],
)
def test_a_figure_that_is_none_is_seen(make_table, change, code):
    assert codes_of(make_table([{}])) == []
    assert codes_of(make_table([change])) == [code]


def test_the_same_figure_twice_is_seen(make_table):
    assert codes_of(make_table([{}, {"value": 2}])) == ["D401"]
    assert codes_of(make_table([{}, {"name": "CHINE"}])) == [], "two names of one nationality are two figures"


def test_a_part_of_a_period_is_marked(make_table):
    part = {"period": "fiscal-year", "start": "2023-10-01", "end": "2024-08-31"}
    assert codes_of(make_table([part])) == ["D308"]
    assert codes_of(make_table([{**part, "suppression": "partial"}])) == []


@pytest.mark.parametrize(
    ("start", "kind", "end"),
    [
        ("2024-02-01", "month", "2024-02-29"),
        ("2023-10-01", "quarter", "2023-12-31"),
        ("2024-01-01", "calendar-year", "2024-12-31"),
        ("2023-10-01", "fiscal-year", "2024-09-30"),
        ("2024-06-30", "day", "2024-06-30"),
    ],
)
def test_last_day_of_a_period(make_table, start, kind, end):
    assert period_end(dt.date.fromisoformat(start), kind) == dt.date.fromisoformat(end)
    assert str(make_table([{"start": start, "period": kind}])["end"][0]) == end


def test_equal_tables_are_equal_however_they_were_made(make_table):
    rows = [{"nationality": n} for n in ("CHN", "IND", "CHN")]
    table = make_table(rows)
    chunks = pa.concat_tables([table.slice(0, 1), table.slice(1)])
    wide = pa.table(
        {
            n: chunks[n].cast(pa.string()) if pa.types.is_dictionary(t) else chunks[n]
            for n, t in zip(SCHEMA.names, SCHEMA.types, strict=True)
        }
    )
    assert conform(chunks).equals(table) and conform(wide).equals(table)


def test_unknown_columns_are_a_programming_error():
    with pytest.raises(KeyError):
        figures({"colour": ["red"]})


def test_key_codes_order_rows_by_their_words(make_table):
    rows = [{"nationality": n, "start": s} for n in ("IND", "CHN") for s in ("2023-02-01", "2023-01-01")]
    table = make_table(rows)
    order = np.argsort(key_codes(table, ("nationality", "start")))
    assert [(table["nationality"][int(i)].as_py(), str(table["start"][int(i)])) for i in order] == sorted(
        (r["nationality"], r["start"]) for r in rows
    )


def test_key_codes_stay_apart_when_the_columns_are_many():
    count = 3000
    words = pa.array([f"w{i}" for i in range(count)]).dictionary_encode()
    table = pa.table({f"c{i}": words.take(pa.array(np.random.default_rng(i).permutation(count))) for i in range(8)})
    assert len(np.unique(key_codes(table, table.column_names))) == count


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("CHINA, PEOPLES REPUBLIC OF", "CHN"),
        ("China, People's Republic", "CHN"),
        ("China - mainland", "CHN"),
        ("China - Taiwan", "TWN"),
        ("Hong Kong S. A. R.", "HKG"),
        ("Türkiye", "TUR"),
        ("TURKEY", "TUR"),
        ("MYANMAR (BURMA)", "MMR"),
        ("DEM REP OF THE CONGO", "COD"),
        ("CONGO", "COG"),
        ("Kosovo", "XKX"),
        ("**Eswatini", "SWZ"),
        ("Venezuela1", "VEN"),
        ("St. Lucia", "LCA"),
        ("Cote d'Ivoire", "CIV"),
        ("IVORY COAST", "CIV"),
        ("USSR", "SUN"),
        ("SERBIA AND MONTENEGRO", "SCG"),
        ("Stateless", "XXA"),
        ("OTHER", "OOO"),
        ("UNKNOWN", "OOO"),
        ("Niger", "NER"),
        ("Nigeria", "NGA"),
        ("Atlantis", ""),
        ("", ""),
    ],
)
def test_names_of_publishers(name, code):
    assert iso3(name) == code


def test_every_code_of_the_crosswalk_is_found_by_its_name():
    assert len(nationalities()) > 240
    for code, name in nationalities().items():
        assert iso3(name) == code and is_iso3(code) and country_name(code) == name
    assert not is_iso3("all") and not is_iso3("chn")


def test_names_not_in_the_crosswalk_are_told_with_the_nearest():
    problems = collect("test")
    found = code_names(pa.array(["INDIA", "NICARAGA", "INDIA"]), problems, "here")
    assert found.to_pylist() == ["IND", "", "IND"]
    assert [(p.code, p.found, p.nearest) for p in problems.problems] == [("D305", "NICARAGA", "nicaragua")]


def test_codes_are_one_line_each():
    assert all(text and "\n" not in text for text in CODES.values())
    assert issubclass(DataError, Exception)
