"""The labelled claims are judged at least as well as the documentation says."""

import importlib.util
import re

import pytest


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize(("name", "fooled"), [("dev", 1), ("articles", 0)])
def test_error_rates_hold(shared, capsys, name, fooled):
    spec = importlib.util.spec_from_file_location("score", shared / "claims" / "score.py")
    score = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(score)
    precision, coverage = score.main(str(shared / "claims" / f"{name}.jsonl"), show=False)
    said = capsys.readouterr().out
    kept, of = map(int, re.search(r"abstained on (\d+) of (\d+)", said).groups())
    assert precision >= 0.92 and coverage >= 0.80 and kept >= 0.9 * of
    assert "true called false 0;" in said
    assert f"changed figures called true {fooled} of" in said
