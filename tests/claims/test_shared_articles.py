"""The five articles whole: every labelled claim stands at its place and has its verdict; nothing is invented."""

import json
import re

import pytest

import sojourn as sj

WORDED = {
    "s002": "an increase", "s005": "4-foot|60 miles", "s009": "low thousands",
    "s012": r"tens of thousands|\$5,000|\$35,000|three",
    "s013": "hundreds of millions", "s014": "Millions", "s015": "tiny portion", "s019": "June 14",
    "s022": "unprecedented",
    "s025": "2022", "s026": "three weeks", "s027": "second", "s029": "July", "s030": "2018", "s032": "surpasses",
    "s034": "five years", "s038": "record", "s040": "is ending", "s042": "record",
}  # fmt: skip
"""Labels whose figure is a word: how it stands in the article."""


def rows(folder):
    found = {}
    for line in (folder / "articles.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        found.setdefault(row["source_title"].removeprefix("seed "), []).append(row)
    return found


def digits(text):
    return re.sub(r"\D", "", text)


def wanted(row):
    said = {"true-other-definition": "other-definition"}
    return {said.get(v, v) for v in (row["expected_verdict"], *row["also_accept"])}


@pytest.mark.parametrize("name", ["000", "001", "002", "003", "004"])
def test_every_claim_is_found_and_judged_and_none_is_invented(name, shared):
    labelled = rows(shared / "claims")[name]
    text = (shared / "claims" / "articles" / f"article_{name}.txt").read_text(encoding="utf-8")
    checked = sj.check(text, published=labelled[0]["publication_date"])
    for claim in checked.claims:
        assert checked.text[claim.start : claim.end] == claim.figure
        assert claim.sentence in " ".join(checked.text.split())
        assert re.search(r"\d|\w", claim.figure)
    for row in labelled:
        pattern = WORDED.get(row["id"])
        fits = [
            c
            for c in checked.claims
            if (
                re.search(pattern, c.figure)
                if pattern
                else digits(row["figure"]) in digits(c.figure) and digits(c.figure)
            )
        ]
        assert fits, f"{row['id']} {row['figure']} was not found"
        assert wanted(row) & {c.verdict for c in fits}, (
            f"{row['id']}: {[(c.figure, c.verdict, c.explanation) for c in fits]}"
        )
    assert len(checked.claims) <= len(labelled) + 6


def test_the_date_in_the_text_is_taken(shared):
    text = (shared / "claims" / "articles" / "article_004.txt").read_text(encoding="utf-8")
    assert sj.check(text).published == "2024-07-04"
