"""Verdicts: what makes a figure true, and what changes nothing about it."""

import json
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import sojourn as sj
from sojourn.claims import ClaimsError

TEXT = "Border officers met {} Chinese nationals at the southern border in February 2023."
SLOW = settings(max_examples=12, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


def one(text, published="2023-03-21"):
    (claim,) = sj.check(text, published=published).claims
    return claim


def test_a_figure_as_published_is_true_and_its_query_gives_it():
    claim = one(TEXT.format("1,368"))
    assert (claim.verdict, claim.value) == ("true", 1368.0)
    assert TEXT.format("1,368")[claim.start : claim.end] in (claim.figure, "1,368")
    assert eval(claim.query, {"sj": sj}) == 1368  # noqa: S307 - the query that was shown is what reproduces it


@pytest.mark.parametrize("figure", ["1,368", "1368", "1 368"[:1] + "," + "368"])
def test_grouping_of_digits_changes_nothing(figure):
    assert one(TEXT.format(figure)).verdict == "true"


@given(st.sampled_from(("  ", "\n", "\t", " \n ")), st.integers(0, 8))
@SLOW
def test_white_space_changes_nothing(space, at):
    words = TEXT.format("1,368").split(" ")
    text = " ".join(words[:at]) + (space if at else "") + " ".join(words[at:])
    assert one(text).verdict == "true"


@given(st.integers(1_500, 9_000))
@SLOW
def test_a_figure_outside_its_interval_is_never_true_by_the_same_definition(figure):
    claim = one(TEXT.format(f"{figure:,}"))
    assert not (claim.verdict == "true" and claim.value == 1368.0)


def test_a_text_checked_again_gives_the_same_bytes():
    text = TEXT.format("over 1,300") + " That is more than in all of 2021."
    assert sj.check(text, published="2023-03-21").to_json() == sj.check(text, published="2023-03-21").to_json()


def test_the_page_shows_colour_sign_and_nothing_of_the_text_as_markup():
    text = "<script>alert(1)</script> " + TEXT.format("1,368") + " <img src=x onerror=alert(2)>"
    page = sj.check(text, published="2023-03-21").to_html()
    assert "<script" not in page and "<img" not in page
    assert "✓" in page and "1,368" in page
    assert not re.search(r'(?:src|href)="https?:', page)


@pytest.mark.parametrize(
    "text",
    [
        "a" * 100_000,
        "1," * 50_000,
        "((((" * 20_000,
        "\x00\x01 12,345 people",
        "9" * 5_000,
        "<b>" * 20_000,
        "January " * 20_000,
    ],
    ids=range(7),
)
def test_hostile_texts_are_handled_or_refused(text):
    try:
        checked = sj.check(text, published="2023-03-21")
    except ClaimsError as refused:
        assert refused.codes[0].startswith("K")
    else:
        assert all(claim.verdict != "true" for claim in checked.claims)


@pytest.mark.parametrize(
    ("text", "published", "code"), [("", None, "K102"), ("ten", "soon", "K201"), ("ten", "1200-01-01", "K202")]
)
def test_what_cannot_be_checked_is_refused(text, published, code):
    with pytest.raises(ClaimsError) as caught:
        sj.check(text, published=published)
    assert caught.value.codes == (code,)


@pytest.mark.parametrize("number", range(5))
def test_every_figure_of_an_article_is_found_at_its_place(shared, number):
    rows = [json.loads(line) for line in (shared / "claims" / "articles.jsonl").read_text("utf-8").splitlines()]
    text = (shared / "claims" / "articles" / f"article_{number:03d}.txt").read_text("utf-8")
    checked = sj.check(text)
    for claim in checked.claims:
        assert claim.figure.split()[0] in checked.text[claim.start : claim.end] or claim.figure in checked.text
    wanted = [r for r in rows if r["text"] in text and re.search(r"\d", r["figure"])]
    found = {re.sub(r"\D", "", claim.figure) for claim in checked.claims}
    missing = [r["id"] for r in wanted if re.sub(r"\D", "", r["figure"]) not in found]
    assert missing == []
