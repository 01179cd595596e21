"""Formats of dates, in the letters that spreadsheets use: ``dd/mm/yyyy``, ``mmm yy``, ``yyyy"M"mm``, ``yyyy Q``."""

from __future__ import annotations

import contextlib
import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["Format", "When", "whole_year"]


@dataclass(frozen=True)
class When:
    """What a date stands for: a kind of period, and its first day."""

    kind: str
    start: dt.date

    def __str__(self) -> str:
        if self.kind == "span":
            return f"the year {self.start.year}/{(self.start.year + 1) % 100:02d}"
        if self.kind == "day":
            return f"{self.start.day} {self.start:%B %Y}"
        return f"{self.start:%B %Y}" if self.kind == "month" else f"{self.kind} from {self.start}"


def whole_year(short: int) -> int:
    """Return the latest year with the last two digits ``short`` that has begun."""
    century = dt.datetime.now(dt.UTC).year // 100 * 100
    year = century + short
    return year if year <= dt.datetime.now(dt.UTC).year else year - 100


_TOKEN = re.compile(r"yyyy|yy|mmmm|mmm|mm|m|dd|d|q", re.IGNORECASE)
_PARTS = {"yyyy": r"(?P<year>\d{4})", "yy": r"(?P<short>\d\d)", "q": r"q?(?P<quarter>[1-4])"}
_NAMED = r"(?P<name>[^\W\d_]{3,})\.?"


class Format:
    """A format that texts are read by.

    Parameters
    ----------
    text : str
        ``yyyy`` or ``yy``, ``mmmm`` or ``mmm`` (a name), ``mm`` or ``m``, ``dd`` or ``d``, ``q``; everything else
        stands for itself, and so does what is between double quotes.
    months : mapping of str to int
        Names of months.

    Raises
    ------
    ValueError
        For a format without a year, or in which a part stands twice.
    """

    def __init__(self, text: str, months: Mapping[str, int]) -> None:
        self._months = months
        quoted = text.split('"')
        tokens = [t.lower() for piece in quoted[::2] for t in _TOKEN.findall(piece)]
        kinds = [t[0] for t in tokens]
        if "y" not in kinds or len(set(kinds)) < len(kinds) or ("d" in kinds and "m" not in kinds):
            raise ValueError("a format has a year, and each part once; a day needs a month")
        packed = not re.search(r"[^a-z]", text, re.IGNORECASE) and len(tokens) > 1
        made = [self._piece(piece, packed) if i % 2 == 0 else re.escape(piece) for i, piece in enumerate(quoted)]
        self._pattern = re.compile("".join(made), re.IGNORECASE)

    @staticmethod
    def _piece(text: str, packed: bool) -> str:
        """Return the pattern of a piece of a format that is not quoted; numbers have two digits where packed."""
        digits = r"\d\d" if packed else r"\d{1,2}"
        parts = {**_PARTS, "mmmm": _NAMED, "mmm": _NAMED}
        parts |= dict.fromkeys(("mm", "m"), f"(?P<month>{digits})") | dict.fromkeys(
            ("dd", "d"), f"(?P<day>{digits})"
        )
        found, at = [], 0
        for match in _TOKEN.finditer(text):
            found.append(re.escape(text[at : match.start()]) + parts[match[0].lower()])
            at = match.end()
        return "".join(found) + re.escape(text[at:])

    def read(self, text: str, name: str) -> dict[str, When]:
        """Return what a text stands for, by ``name``; nothing where it is not written in this format."""
        match = self._pattern.fullmatch(text)
        if match is None:
            return {}
        said = match.groupdict()
        year = int(said["year"]) if said.get("year") else whole_year(int(said["short"]))
        month = self._months.get(said["name"], 0) if said.get("name") else int(said.get("month") or 0)
        if said.get("quarter"):
            return {name: When("quarter", dt.date(year, 3 * int(said["quarter"]) - 2, 1))}
        with contextlib.suppress(ValueError):
            if said.get("day"):
                return {name: When("day", dt.date(year, month, int(said["day"])))}
            if said.get("month") or said.get("name"):
                return {name: When("month", dt.date(year, month, 1))}
            return {name: When("calendar-year", dt.date(year, 1, 1))}
        return {}
