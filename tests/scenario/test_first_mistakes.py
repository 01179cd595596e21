# ruff: noqa: E501
"""Twenty typical mistakes of a first scenario: each message names the line, the nearest name, and what to do."""

from pathlib import Path

import pytest

import sojourn as sj

TEMPLATE = Path(sj.__file__).parent / "app" / "template"

# what is written, what stands there in its place; code, place, line of the template that is named, what the message holds
MISTAKES = {
    "key-misspelt": ("exits: reception", "exit: reception", "L201", "exit", "did you mean: exits"),
    "kind-misspelt": ("kind: journey", "kind: jouney", "L204", "  reception:", "did you mean: journey"),
    "outcome-misspelt": ("outcome: elsewhere", "outcome: elsewere", "L204", "outcome", "did you mean: elsewhere"),
    "stage-misspelt": ("exits: reception", "exits: recption", "L301", "recption", "did you mean: reception"),
    "quantity-misspelt": ("mean_days: stay", "mean_days: stey", "L301", "mean_days: stey", "did you mean: stay"),
    "series-misspelt": ("series: landings}", "series: landing}", "L301", "series: landing}", "did you mean: landings"),
    "flow-misspelt": ("[asylum -> protected,", "[asylum -> proteted,", "L302", "proteted", "did you mean: asylum -> pr"),
    "unit-misspelt": ("unit: week", "unit: weak", "L412", "unit: weak", "did you mean: week"),
    "unit-of-money": ("unit: week", "unit: USD", "L413", "unit: USD", "do: give the number in day"),
    "share-beyond": ("value: 20", "value: 120", "L209", "value: 120", "allowed: 0 to 1"),
    "share-without-percent": ("unit: percent\n    value: 20", 'unit: "1"\n    value: 20', "L209", "value: 20", "0 to 1"),
    "shares-beyond-one": ("onward, asylum: rest", "0.7, asylum: 0.5", "L501", "exits: {trav", "do: correct them"),
    "two-rests": ("onward, asylum: rest", "rest, asylum: rest", "L502", "exits: {trav", "do: give shares to all but one"),
    "no-rest": ("onward, asylum: rest", "onward, asylum: 0.7", "L501", "exits: {trav", "write `rest`"),
    "date-written-otherwise": ("end: 2024-12-31", "end: 31/12/2024", "L207", "end: 31/12", "written YYYY-MM-DD"),
    "end-before-start": ("end: 2024-12-31", "end: 2023-12-31", "L601", "end: 2023", "do: exchange them"),
    "prior-of-other-unit": ("low: 4, high: 9", "low: 28, high: 63", "L416", "low: 28", "do: correct one of the two"),
    "name-with-capital": ("  onward:", "  Onward:", "L205", "Onward:", "lower-case words joined by hyphens"),
    "back-to-a-source": ("onward, asylum: rest", "onward, landing: rest", "L511", "  reception:", "send them to"),
    "rate-and-service": (
        "rate_per_day: pace", "rate_per_day: pace\n    service: {distribution: fixed, mean_days: 3}",
        "L505", "asylum:", "allowed: rate_per_day, or service",
    ),
    "column-misspelt": ("column: landings", "column: landing", "L116", "landings: {unit", "did you mean: landings"),
    "file-misspelt": ("file: first-landings.csv, column: d", "file: landings.csv, column: d", "L101", "", "found: landings"),
    "unit-of-account-mixed": ("series: decisions, unit: decision", "series: decisions, unit: person", "L605",
        "unit: person}", "do: units of account are never mixed"),
    "merge-key": ("    value: 6\n", "    <<: {value: 6}\n", "L201", "<<:", "do: YAML 1.2 has no merge keys"),
    "beta-in-percent": (
        "value: 45, desc", "value: 45, prior: {distribution: beta, mean: 45, sd: 5}, desc",
        "L209", "granted", "do: a beta distribution is of parts of 1",
    ),
    "tab": ("  all:", "\tall:", "L103", "\tall", "tabs"),
}  # fmt: skip


def written(folder, old="", new=""):
    text = (TEMPLATE / "scenario.yaml").read_text(encoding="utf-8").replace("NAME", "first")
    assert old in text
    (folder / "first.yaml").write_text(text.replace(old, new, 1), encoding="utf-8")
    table = (TEMPLATE / "landings.csv").read_text(encoding="utf-8")
    (folder / "first-landings.csv").write_text(table, encoding="utf-8")
    return folder / "first.yaml"


def test_without_a_mistake_it_loads(tmp_path):
    assert sj.load(written(tmp_path)).unusual(quick=True) == []
    assert len(MISTAKES) >= 20


@pytest.mark.parametrize("name", MISTAKES)
def test_the_message_names_the_line_the_nearest_name_and_the_remedy(name, tmp_path):
    old, new, code, line, said = MISTAKES[name]
    path = written(tmp_path, old, new)
    with pytest.raises(sj.SojournError) as refusal:
        sj.load(path)
    text = str(refusal.value)
    assert code in refusal.value.codes
    assert said in text
    lines = path.read_text(encoding="utf-8").splitlines()
    numbers = [i for i, one in enumerate(lines, 1) if line and line in one]
    assert not line or any(f"line {i})" in text for i in numbers), (numbers, text)
