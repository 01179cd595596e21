"""The page on results lists every code with its meaning, and no other."""

import re
from pathlib import Path

from sojourn.results import CODES

PAGE = Path(__file__).parents[2] / "docs" / "results.md"


def test_the_page_lists_every_code():
    assert dict(re.findall(r"^\| (R\d+) \| (.*) \|$", PAGE.read_text(), re.MULTILINE)) == CODES
