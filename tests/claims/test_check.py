"""A text is checked: verdicts by kind, what never changes one, and what is refused."""

import datetime as dt
import json
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sojourn as sj
from sojourn.claims import CODES, ClaimsError
from sojourn.claims.extract import documents
from sojourn.claims.extract.numbers import read_number
from sojourn.claims.extract.quantities import find_quantities
from sojourn.claims.extract.sentences import sentences
from sojourn.claims.extract.when import find_phrases
from sojourn.claims.verdicts import chance, likelihood

DAY = "2024-02-10"
FEBRUARY = "Border officers met 1,368 Chinese nationals at the southern border in February 2023."


def only(text, published=DAY):
    claims = sj.check(text, published=published).claims
    assert len(claims) == 1, [c.figure for c in claims]
    return claims[0]


def verdicts(text, published=DAY):
    return [c.verdict for c in sj.check(text, published=published).claims]


KINDS = [
    (FEBRUARY, "level", "true"),
    ("Border officers met 2,368 Chinese nationals at the southern border in February 2023.", "level", "false"),
    ("CBP recorded 1.37K encounters of Chinese at the southwest border in February 2023.", "level", "true"),
    ("Nearly 2.5 million encounters were recorded at the southwest border in fiscal 2023.", "level", "true"),
    ("CBP logged 2,475,669 encounters at the southwest border in calendar year 2023.", "level", "false"),
    ("Crossings of the Darien more than doubled in 2023 from the year before.", "multiple", "true"),
    ("Crossings of the Darien tripled in 2023 from the year before.", "multiple", "false"),
    ("Arrivals through the Darien rose 110 percent in 2023 from 2022.", "percent-change", "true"),
    (
        "Arrests of migrants at the southern border fell by half in January 2024 from December.",
        "percent-change",
        "true",
    ),
    ("Of those who crossed the Darien Gap in 2023, 63 percent were Venezuelans.", "share", "true"),
    ("Border Patrol arrests in June 2023 were the lowest since February 2021.", "rank", "true"),
    ("Border Patrol arrests in May 2023 were the lowest since January 2021.", "rank", "false"),
    ("Encounters at the southwest border averaged more than 8,000 a day in December 2023.", "rate", "true"),
    (
        "More than 7 million people have crossed the border illegally since January 2021.",
        "level",
        "other-definition",
    ),
    ("The city spent $1.2 billion on shelters for migrants in 2023.", "price", "not-checkable"),
    ("Officers seized 27,000 pounds of fentanyl at the border in fiscal 2023.", "other", "not-checkable"),
    ("A survey found that 62 percent of voters disapprove.", "share", "not-checkable"),
]


@pytest.mark.parametrize(("text", "kind", "verdict"), KINDS, ids=[k[0][:40] for k in KINDS])
def test_each_kind_has_its_verdict(text, kind, verdict):
    claim = only(text, "2024-03-25")
    assert (claim.kind, claim.verdict) == (kind, verdict), claim.explanation


def test_a_figure_of_another_definition_is_false_and_misattributed():
    claim = only("2022 saw 24,278 Chinese nationals apprehended at the southern border.", "2024-10-18")
    assert (claim.verdict, claim.misattributed, claim.period) == ("false", True, "FY2023")


def test_a_ratio_told_as_an_increase_is_misattributed():
    text = (
        "Over 22,000 Chinese were arrested this year at the southern border. That is a "
        "1300-percent increase from 2022."
    )
    claim = sj.check(text, published="2023-11-23").claims[1]
    assert (claim.verdict, claim.misattributed) == ("false", True)
    assert "ratio" in claim.explanation


def test_a_lucky_match_far_from_the_words_is_no_verdict():
    claim = only("About 22,000 questions were asked in the year.", "2023-11-23")
    assert claim.verdict == "not-checkable"


def test_claims_of_one_text_are_held_against_each_other():
    text = (
        "Over 21,000 Chinese nationals were apprehended at the southern border between January and "
        "August of this year. "
        "This number surpasses the total for the entire year of 2022, which saw 24,278 Chinese "
        "nationals apprehended."
    )
    claims = {c.figure: c for c in sj.check(text, published="2024-10-18").claims}
    assert "contradicts" in claims["surpasses"].notes[0]


def test_a_figure_that_quotes_the_press_is_circular():
    claim = only("The Border Patrol counted 73,463 known gotaways in April 2023.")
    assert claim.verdict == "not-checkable"
    assert "circular" in claim.explanation


@pytest.mark.parametrize(
    "text", [FEBRUARY, "Roughly ten Indians were caught every hour over the past fiscal year."]
)
def test_the_query_gives_the_value(text):
    claim = only(text, "2024-10-27")
    assert eval(claim.query, {"sj": sj}) == pytest.approx(claim.value, abs=1e-3)  # noqa: S307


WRITTEN = st.sampled_from([str.upper, str.lower, str.title, lambda s: s])
SPACES = st.sampled_from([" ", "  ", "\n", " \t"])


@settings(max_examples=25, deadline=None)
@given(WRITTEN, SPACES, st.sampled_from(["1,368", "1368"]))
def test_case_spaces_and_grouping_do_not_change_a_verdict(case, space, figure):
    text = case(FEBRUARY.replace("1,368", figure)).replace(" ", space)
    assert verdicts(text) == ["true"]


@settings(max_examples=15, deadline=None)
@given(SPACES)
def test_spaces_do_not_change_where_a_figure_stands(space):
    text = "From January 2023 to March 2023 the Border Patrol arrested nearly 5 thousand Chinese migrants".replace(
        " ", space
    )
    checked = sj.check(text, published=DAY)
    assert [checked.text[c.start : c.end] for c in checked.claims] == [c.figure for c in checked.claims]
    assert [" ".join(c.figure.split()) for c in checked.claims] == ["nearly 5 thousand"]
    assert checked.claims[0].stated_period == "From January 2023 to March 2023"


def test_indian_grouping_is_the_same_number():
    text = "Altogether {} encounters were recorded nationwide in fiscal 2024."
    said = {only(text.format(f), "2024-12-20").verdict for f in ("29,01,142", "2,901,142", "2901142")}
    assert said == {"true"}


@settings(max_examples=30, deadline=None)
@given(st.integers(10, 90_000))
def test_a_figure_outside_its_interval_is_never_true_by_the_same_definition(value):
    claim = only(f"Border officers met {value:,} Chinese nationals at the southern border in February 2023.")
    if abs(value - 1368) > 0.013 * 1368:
        assert claim.verdict != "true" or claim.period != "2023-02" or claim.measure != "cbp-encounters"


@pytest.mark.parametrize(
    "text",
    [
        "In February 2023, border officers met 1,368 Chinese nationals at the southern border.",
        "At the southern border, 1,368 Chinese nationals were met by border officers in February 2023.",
        "1,368 Chinese nationals were encountered in February 2023 at the southwest border.",
    ],
)
def test_the_order_of_words_does_not_change_a_verdict(text):
    assert verdicts(text) == ["true"]


def test_the_same_text_gives_the_same_bytes():
    one, two = (sj.check(FEBRUARY, published=DAY) for _ in range(2))
    assert one.to_json() == two.to_json()
    assert one.to_html() == two.to_html()


def test_json_has_every_field():
    row = json.loads(sj.check(FEBRUARY, published=DAY).to_json())["claims"][0]
    wanted = (
        "sentence start end figure kind subject stated_period comparator interval verdict misattributed measure"
    )
    assert set(wanted.split()) | {"period", "release", "value", "query", "runners_up", "explanation"} <= set(row)


def test_the_date_of_publication_is_read_from_the_text():
    checked = sj.check("By A. Writer | Published: Jul 04, 2024\n\nOver 100 people were on the flight.")
    assert (checked.published, checked.published_from) == ("2024-07-04", "text")
    marked = (
        '<html><head><meta property="article:published_time" content="2023-03-21T10:00"></head><p>x 5</p></html>'
    )
    assert sj.check(marked).published == "2023-03-21"


def test_html_is_read_without_scripts_and_the_page_escapes_it():
    text = (
        "<html><script>var x = '9,999 migrants'</script><p>&lt;b onclick=1&gt; 1,368 Chinese met "
        "by CBP in February 2023</p>"
    )
    checked = sj.check(text, published=DAY)
    assert [c.figure for c in checked.claims] == ["1,368"]
    page = checked.to_html()
    assert "<b onclick" not in page
    assert "<script" not in page
    assert "9,999" not in page


def test_markdown_marks_do_not_hide_a_figure():
    assert [
        c.figure
        for c in sj.check(
            "# A title\n\nCBP met **1,368** [Chinese](http://x.y/9) in February 2023", published=DAY
        ).claims
    ] == ["1,368"]


def test_the_page_tells_verdicts_apart_without_colour():
    page = sj.check(FEBRUARY + " Crossings tripled in 2023 from 2022.", published=DAY).to_html()
    assert "✓" in page
    assert re.search(r"border-bottom-style:dashed", page)
    assert 'lang="en"' in page
    assert "http" not in re.sub(r"http-equiv", "", page)
    assert "<svg" in page
    assert "aria-label" in page


HOSTILE = [
    *(mark * 20_000 for mark in ("1,", "9", "(", "<", "[", "**", "```", "since ", "highest ", "from January ")),
    "one hundred and " * 500,
    "highest " + "a-" * 20_000 + " on record",
    "<html>" + "<p>" * 9_000 + "5",
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_is_checked_in_bounded_work(text):
    checked = sj.check(text, published=DAY)
    assert all(c.verdict in ("not-checkable", "true", "false", "other-definition") for c in checked.claims)


def test_control_characters_are_left_out():
    assert [
        c.figure for c in sj.check("\x01\x02CBP met 1,3\u200b68 Chinese in February 2023", published=DAY).claims
    ] == ["1,368"]


def refused(make):
    with pytest.raises(ClaimsError) as error:
        make()
    return error.value.codes


def test_what_cannot_be_read_is_refused_with_a_code(tmp_path):
    binary, damaged = tmp_path / "a.txt", tmp_path / "b.pdf"
    binary.write_bytes(b"\xff\xfe\xfa")
    damaged.write_bytes(b"%PDF-1.7 nothing")
    assert refused(lambda: sj.check("  \n ")) == ("K102",)
    assert refused(lambda: sj.check("x" * 10_000_000)) == ("K103",)
    assert refused(lambda: sj.check("a\x00b")) == ("K105",)
    assert refused(lambda: sj.check(tmp_path / "no.txt")) == ("K101",)
    assert refused(lambda: sj.check(binary)) == ("K104",)
    assert refused(lambda: sj.check(damaged))[0] in ("K106", "K107")
    assert refused(lambda: sj.check(FEBRUARY, published="yesterday")) == ("K201",)
    assert refused(lambda: sj.check(FEBRUARY, published="1066-10-14")) == ("K202",)
    assert all(re.fullmatch(r"K\d{3}", code) for code in CODES)


def test_a_pdf_is_read_where_its_library_is_there(tmp_path):
    pypdf = pytest.importorskip("pypdf")
    writer = pypdf.PdfWriter()
    writer.add_blank_page(200, 200)
    path = tmp_path / "blank.pdf"
    writer.write(path)
    assert refused(lambda: sj.check(path)) == ("K106",)


@pytest.mark.parametrize(
    ("digits", "words", "scale", "value", "unit"),
    [
        ("29,01,142", None, None, 2_901_142, 1),
        ("2.5", None, "million", 2_500_000, 100_000),
        ("56", None, "K", 56_000, 1_000),
        (None, "one hundred and sixteen", None, 116, 1),
        (None, "half a", "million", 500_000, 500_000),
        (None, "twenty-two", "thousand", 22_000, 1_000),
    ],
)
def test_numbers(digits, words, scale, value, unit):
    number = read_number(digits, words, scale)
    assert number.value == value
    if words != "half a":
        assert number.unit == pytest.approx(unit)


@pytest.mark.parametrize(
    ("words", "span"),
    [
        ("in fiscal 2023", ("2022-10-01", "2023-09-30")),
        ("from January to March 2024", ("2024-01-01", "2024-03-31")),
        ("from October 2019 to January 2020", ("2019-10-01", "2020-01-31")),
        ("in the first half of 2023", ("2023-01-01", "2023-06-30")),
        ("in the first nine months of 2023", ("2023-01-01", "2023-09-30")),
        ("last year", ("2023-01-01", "2023-12-31")),
        ("in December", ("2023-12-01", "2023-12-31")),
        ("this year", ("2024-01-01", "2024-05-31")),
        ("since March 2021", ("2021-03-01", "2024-05-31")),
    ],
)
def test_periods_are_resolved_against_the_day_of_publication(words, span):
    phrase = find_phrases(f"Arrests {words}.", dt.date(2024, 6, 20))[0]
    assert tuple(d.isoformat() for d in phrase.options[0].span) == span


@pytest.mark.parametrize(
    ("words", "low", "high"),
    [
        ("over 37,000", 37_000, 38_000),
        ("nearly 250,000", 240_000, 250_000),
        ("37,000", 36_500, 38_000),
        ("24,278", 24_277.5, 24_278.5),
    ],
)
def test_digits_and_comparator_make_an_interval(words, low, high):
    quantity = find_quantities(f"They arrested {words} people.", [])[0]
    assert (quantity.low, quantity.high) == (low, high)


def test_names_and_dates_are_no_figures():
    text = "COVID-19, Title 42, H-1B, Rep. Green (R-TN), v2.3 and https://x.y/2024/5 on 2024-01-02."
    assert find_quantities(text, find_phrases(text, dt.date(2024, 6, 20))) == []


def test_sentences_keep_their_place():
    text = "The U.S. Border Patrol met 5.5 people. Mr. Li left!\n\nThen  more"
    assert [text[s.start : s.start + len(s.raw)] for s in sentences(text)] == [s.raw for s in sentences(text)]
    assert [s.text[:6] for s in sentences(text)] == ["The U.", "Mr. Li", "Then m"]


def test_likelihood_falls_with_the_gap_and_chance_with_the_digits():
    assert likelihood(100, 99.5, 100.5) > likelihood(100.9, 99.5, 100.5) > likelihood(103, 99.5, 100.5) == 0
    assert chance(23_500, 24_500) > chance(24_277.5, 24_278.5)


def test_limits_are_said():
    assert documents.LONGEST < documents.LARGEST
