"""The same figures in the tables that people have: each is read as the same, or refused."""

import gzip
import json

import openpyxl
import pandas as pd
import pytest

from sojourn.series import DataError, add, series

FIGURES = [
    ("2023-11", "VEN", 1234),
    ("2023-11", "HTI", 87),
    ("2023-12", "VEN", 2001.0),
    ("2023-12", "HTI", None),
    ("2024-01", "VEN", 1540),
    ("2024-01", "HTI", 13),
]
NAMES = {"VEN": "Venezuela", "HTI": "Haití"}
LONG = {"value": "people", "date": "month", "nationality": "from"}
BASE = {"unit": "person", "publisher": "Coast Guard", "period": "month"}


def lines(separator, number, date, missing, head=("month", "from", "people")):
    """Return the figures as text, one row each."""
    rows = [head] + [(date(m), NAMES[n], missing if v is None else number(v)) for m, n, v in FIGURES]
    return "\n".join(separator.join(row) for row in rows) + "\n"


def spanish(value):
    return f"{value:,.0f}".replace(",", ".")


def iso(month):
    return month


def slashed(month):
    return f"01/{month[5:]}/{month[:4]}"


def us(month):
    return f"{int(month[5:])}/1/{month[:4]}"


def wide_csv():
    months = sorted({m for m, _, _ in FIGURES})
    cells = {(m, n): "n/a" if v is None else f"{v:.0f}" for m, n, v in FIGURES}
    rows = [["from", *months], *([name, *(cells[m, code] for m in months)] for code, name in NAMES.items())]
    return "\n".join(",".join(row) for row in rows) + "\n"


def years_by_months_csv():
    cells = {(m, n): "n/a" if v is None else f"{v:.0f}" for m, n, v in FIGURES}
    rows = [["from", "year", "Jan", "Nov", "Dec"]]
    for code, name in NAMES.items():
        for year in ("2023", "2024"):
            rows.append([name, year, *(cells.get((f"{year}-{m}", code), "") for m in ("01", "11", "12"))])
    return "\n".join(",".join(row) for row in rows) + "\n"


def by_nationality_csv():
    months = sorted({m for m, _, _ in FIGURES})
    cells = {(m, n): ":" if v is None else f"{v:.0f}" for m, n, v in FIGURES}
    rows = [["month", *NAMES.values()], *([m, *(cells[m, code] for code in NAMES)] for m in months)]
    return "\n".join(",".join(row) for row in rows) + "\n"


def workbook(path):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["Landings of the Coast Guard"])
    sheet.append([])
    sheet.append(["month", "from", "people", "remarks"])
    for month, code, value in FIGURES:
        day = pd.Timestamp(f"{month}-01").to_pydatetime()
        sheet.append([day, NAMES[code], ".." if value is None else value, "x"])
    book.save(path)


def parquet(path):
    frame = pd.DataFrame(FIGURES, columns=["month", "from", "people"]).assign(marked="-")
    frame["people"] = frame["people"].map("{:.0f}".format).where(frame["people"].notna(), "-")
    frame.drop(columns="marked").to_parquet(path)


RECORDS = [{"month": m, "from": NAMES[n], "people": "n/a" if v is None else v} for m, n, v in FIGURES]
COLUMNS = {key: [row[key] for row in RECORDS] for key in ("month", "from", "people")}
FORM = {"format": "dd/mm/yyyy"}

FILES = {
    "semicolons and dots.csv": (lines(";", spanish, slashed, "n/a"), "utf-8", {**FORM, "decimal": ","}),
    "latin.csv": (lines(",", "{:.0f}".format, iso, ":"), "latin-1", {}),
    "utf16.csv": (lines(";", "{:.0f}".format, iso, ".."), "utf-16", {}),
    "utf16 without mark.csv": (lines(",", "{:.0f}".format, iso, ".."), "utf-16-le", {}),
    "mark.csv": (lines(",", "{:.1f}".format, iso, "-"), "utf-8-sig", {}),
    "quoted thousands.csv": (lines(",", '"{:,.1f}"'.format, iso, "n/a"), "utf-8", {}),
    "tabs.tsv": (lines("\t", "{:,.0f}".format, us, ":"), "utf-8", {"format": "mm/dd/yyyy", "thousands": ","}),
    "spaces.csv": (
        lines(";", lambda v: f"{v:,.0f}".replace(",", "\u00a0"), lambda m: f"{m[:4]}M{m[5:]}", "–"),
        "cp1252",
        {},
    ),
    "blank lines and bars.csv": (
        "\n" + lines("|", "{:.0f}".format, iso, "").replace("\n", "\r\n\r\n"),
        "utf-8",
        {},
    ),
    "records.json": (json.dumps(RECORDS, ensure_ascii=False), "utf-8", {}),
    "columns.json": (json.dumps(COLUMNS), "utf-8", {}),
    "records.jsonl": ("\n".join(map(json.dumps, RECORDS)), "utf-8", {}),
    "months.csv": (wide_csv(), "utf-8", {"value": "", "date": ""}),
    "years by months.csv": (years_by_months_csv(), "utf-8", {"value": "", "date": "year", "columns": "month"}),
    "nations.csv": (by_nationality_csv(), "utf-8", {"value": "", "nationality": "", "columns": "nationality"}),
}


def kept(store, name):
    """Return the figures that the store has of a series, in one order."""
    frame = series(name, by="nationality", store=store)
    pairs = zip(frame["start"].dt.strftime("%Y-%m"), frame["nationality"], frame["value"], strict=True)
    return sorted((m, n, None if v != v else v) for m, n, v in pairs)


@pytest.mark.parametrize("name", [*FILES, "book.xlsx", "book with title.xlsx", "table.parquet", "packed.csv.gz"])
def test_a_messy_file_holds_the_same_figures(tmp_path, store, name):
    path = tmp_path / name
    options = {}
    if name in FILES:
        text, encoding, options = FILES[name]
        path.write_bytes(text.encode(encoding))
    elif name.endswith(".xlsx"):
        workbook(path)
        options = {"header_row": 3}
    elif name.endswith(".parquet"):
        parquet(path)
    else:
        path.write_bytes(gzip.compress(lines(",", "{:.0f}".format, iso, "n/a").encode()))
    done = add(path, "landings", store=store, **{**BASE, **LONG, **options})
    empty_is_no_figure = name.startswith("blank")
    assert kept(store, "landings") == sorted(f for f in FIGURES if not (empty_is_no_figure and f[2] is None))
    marked = done.figures["value"].isna().sum()
    assert marked == (0 if empty_is_no_figure else 1)
    assert done.receipt.added[0].rows == len(FIGURES) - empty_is_no_figure


def test_an_empty_cell_is_counted_and_is_no_figure(tmp_path, store):
    path = tmp_path / "landings.csv"
    path.write_text(lines(",", "{:.0f}".format, iso, ""))
    (left,) = add(path, "landings", store=store, **BASE, **LONG).receipt.dropped
    assert (left.rows, left.reason) == (1, "empty cells, which are no figures")


def test_the_notes_say_how_a_table_was_read(tmp_path, store):
    path = tmp_path / "landings.csv"
    path.write_text(lines(";", spanish, slashed, "n/a"), encoding="latin-1")
    options = {**BASE, **LONG, "decimal": ",", "format": "dd/mm/yyyy", "place": "=Port of Spain"}
    notes = add(path, "landings", preview=True, store=store, **options).notes
    assert notes[:4] == (
        "Read as Windows-1252 text, semicolon between columns, 6 rows.",
        "Numbers are written as 1.234,5.",
        "Not available where the table says n/a (1).",
        "Place of all rows: Port of Spain.",
    )


def written(tmp_path, text, name="table.csv"):
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


GOOD = {"value": "n", "date": "d", "unit": "person", "publisher": "P", "period": "day"}
REFUSED = {
    "dates in two ways": ("d,n\n01/02/2024,5\n", {}, {"D704": ["1 February 2024", "2 January 2024"]}),
    "numbers in two ways": (
        "d;n\n2024-01-01;1.234\n",
        {},
        {"D703": ["1.234 (decimal mark .)", "1234 (decimal mark ,)"]},
    ),
    "both in two ways": ("d;n\n01/02/2024;1.234\n", {}, {"D703": ["--decimal"], "D704": ["--format dd/mm/yyyy"]}),
    "days or months": ("d,n\n2024-01-01,5\n", {"period": ""}, {"D704": ["the day, or the month January 2024"]}),
    "columns in two ways": ("d,n;x\n2024-01-01,5;6\n", {}, {"D706": ["comma: d | n;x", "semicolon: d,n | x"]}),
    "one column": ("d\n2024-01-01\n", {}, {"D706": ["one column only"]}),
    "no such column": ("d,N\n2024-01-01,5\n", {}, {"D202": ["allowed: d, N"]}),
    "no date": ("d,n\nsoon,5\n", {}, {"D306": ["row 2, column d", "soon"]}),
    "a date missing": ("d,n\n,5\n", {}, {"D303": ["date missing"]}),
    "dates of two orders": ("d,n\n13/02/2024,5\n02/14/2024,5\n", {}, {"D306": ["row 3", "allowed: dd/mm/yyyy"]}),
    "not a month": ("d,n\n2024-01-17,5\n", {"period": "month"}, {"D308": ["not a month"]}),
    "no number": ("d,n\n2024-01-01,five\n", {}, {"D301": ["five", '--missing "five"']}),
    "formula": ("d,n\n2024-01-01,=A1\n", {}, {"D112": ["=A1"]}),
    "half a person": ("d,n\n2024-01-01,0.5\n", {}, {"D302": ["0.5"]}),
    "twice the same": ("d,n\n2024-01-01,5\n2024-01-01,6\n", {}, {"D401": ["2024-01-01"]}),
    "twice, with a column that tells apart": (
        "d,n,sex\n2024-01-01,5,men\n2024-01-01,6,women\n",
        {},
        {"D401": ["--category COLUMN; not used: sex"]},
    ),
    "no such country": (
        "d,n,c\n2024-01-01,5,Venezuelaa\n",
        {"nationality": "c"},
        {"D305": ["did you mean: venezuela", 'sojourn data names add "Venezuelaa" CODE']},
    ),
    "a column misspelt": ("d,n,sector\n2024-01-01,5,x\n", {"place": "sektor"}, {"D202": ["did you mean: sector"]}),
    "ragged": ("d,n\n2024-01-01,5\n2024-01-02\n2024-01-03,5\n", {}, {"D204": ["row 3", "1 rows"]}),
    "names twice": ("d,n,n\n2024-01-01,5,6\n", {}, {"D203": ["n"]}),
    "a wide column of nothing": (
        "who,2024-01,2024-02,Sum\nx,5,6,11\n",
        {"value": "", "date": "", "period": "month", "category": "who"},
        {"D202": ["found: Sum", "--ignore"]},
    ),
    "a year across two": ("d,n\n2023/24,5\n", {"period": ""}, {"D306": ["--end COLUMN"]}),
    "tomorrow": ("d,n\n2150-01-01,5\n", {}, {"D307": ["2150-01-01"]}),
    "a web page": ("<html>\n", {}, {"D107": ["web page"]}),
    "binary": (b"\x89PNG\r\n\x1a\n\x00\x00\x81\x8d", {}, {"D108": ["binary content"]}),
    "nothing": ("", {}, {"D102": []}),
    "a unit in other words": ("d,n\n2024-01-01,5\n", {"unit": "Persons"}, {"D701": ["did you mean: person"]}),
    "no publisher": ("d,n\n2024-01-01,5\n", {"publisher": ""}, {"D701": ["--publisher"]}),
    "a word that is no key": ("d,n\n2024-01-01,5\n", {"licens": "x"}, {"D701": ["did you mean: licence"]}),
    "no such period": ("d,n\n2024-01-01,5\n", {"period": "monthly"}, {"D701": ["did you mean: month"]}),
    "a format of days": ("d,n\n2024-01-01,5\n", {"format": "dd/mm"}, {"D701": ["a format has a year"]}),
}


def content(store):
    return {p: p.read_bytes() for p in store.folder.rglob("*") if p.is_file()}


@pytest.mark.parametrize("name", REFUSED)
def test_a_table_that_is_refused_says_why_and_leaves_the_store_as_it_was(tmp_path, store, name):
    text, options, expected = REFUSED[name]
    add(written(tmp_path, "d,n\n2023-01-01,5\n", "first.csv"), "landings", store=store, **GOOD)
    before = content(store)
    with pytest.raises(DataError) as caught:
        add(written(tmp_path, text), "landings", store=store, **{**GOOD, **options})
    codes = set(caught.value.codes)
    assert codes == set(expected), str(caught.value)
    for code in codes:
        for words in expected[code]:
            assert words in str(caught.value)
    assert content(store) == before
