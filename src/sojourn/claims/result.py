"""What a check returns: the claims of a text, each with its verdict and the query that reproduces it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from html import escape
from pathlib import Path
from typing import Any

from sojourn.claims.codes import SIGNS, WORDS
from sojourn.claims.page import page
from sojourn.writing import write_text

__all__ = ["Checked", "Claim", "RunnerUp"]


@dataclass(frozen=True)
class RunnerUp:
    """Another reading of a claim and its value.

    Attributes
    ----------
    measure : str
        Name of the measure.
    period : str
        The period read.
    value : float
        Its value, in the unit of the measure; None where there is none.
    distance : float
        How far the reading is from the words; 0 is literal.
    query : str
        The call of ``sj.series`` that gives the value.
    """

    measure: str
    period: str
    value: float
    distance: float
    query: str


@dataclass(frozen=True)
class Claim:
    """One figure of a text and what the series say about it.

    Attributes
    ----------
    sentence, start, end, figure : str, int, int, str
        Where the figure stands: ``text[start:end] == figure``.
    kind : str
        level, percent-change, multiple, rank, share, comparison, direction, rate, duration, date, price or other.
    subject : dict
        nationality, place, component, family and the concept counted, as understood.
    stated_period : str
        The words of the period, empty where none was found.
    comparator : str
        over, just-over, under, nearly, about, up-to, exactly or vague.
    interval : tuple of float
        The values that digits and comparator allow.
    verdict : str
        true, other-definition, false or not-checkable.
    misattributed : bool
        Whether another definition explains a false figure.
    measure, period, release : str
        The series and span of the reading that the verdict stands on.
    value : float or None
        Its executed figure.
    query : str
        The call of ``sj.series`` that gives it.
    runners_up : tuple of RunnerUp
        Other readings.
    probability : float
        Of the readings that the verdict stands on, against a match by chance.
    explanation : str
        The verdict in a sentence.
    notes : tuple[str, ...]
        What a reader should know of the reading.
    chart : tuple[tuple[str, float], ...]
        Days (ISO 8601) and values of the series around the period of the verdict.
    marked : tuple of str
        First and last day of that period, empty where there is none.
    """

    sentence: str
    start: int
    end: int
    figure: str
    kind: str
    subject: dict[str, str]
    stated_period: str
    comparator: str
    interval: tuple[float, float]
    verdict: str
    misattributed: bool = False
    measure: str = ""
    period: str = ""
    release: str = ""
    value: float | None = None
    query: str = ""
    runners_up: tuple[RunnerUp, ...] = ()
    probability: float = 0.0
    explanation: str = ""
    notes: tuple[str, ...] = ()
    chart: tuple[tuple[str, float], ...] = field(default=(), repr=False)
    marked: tuple[str, str] = field(default=("", ""), repr=False)


@dataclass(frozen=True)
class Checked:
    """A text, its date of publication and its claims in order.

    Attributes
    ----------
    text : str
        The text as given.
    published : str
        Date of publication, ISO 8601; words such as "last month" are read against it.
    published_from : str
        Where that date comes from: it was given, stands in the markup or the text, or is the last day that the
        series cover.
    claims : tuple[Claim, ...]
        Its figures, in the order of the text.
    """

    text: str
    published: str
    published_from: str
    claims: tuple[Claim, ...]

    def to_json(self) -> str:
        """Return everything as JSON; equal texts give equal bytes.

        Returns
        -------
        str
            JSON text, with the fields of :class:`Claim` for each claim.
        """
        rows = []
        for claim in self.claims:
            row = asdict(claim)
            del row["chart"], row["marked"]
            rows.append(row)
        head = {"published": self.published, "published_from": self.published_from, "claims": rows}
        return json.dumps(head, ensure_ascii=False, indent=1, sort_keys=True)

    def to_html(self) -> str:
        """Return one page: the text with each figure marked, and beside it verdict, value, chart and query.

        Returns
        -------
        str
            HTML that needs no network.
        """
        return page(self)

    def save(self, path: str | Path) -> Path:
        """Write the page of :meth:`to_html` to a file and return its path.

        Parameters
        ----------
        path : str or Path
            The file to write.

        Returns
        -------
        Path
            The file written.

        Raises
        ------
        WriteError
            W101 where it cannot be written; what was there is left.
        """
        return write_text(path, self.to_html())

    def counts(self) -> dict[str, int]:
        """Return how many claims have each verdict.

        Returns
        -------
        dict[str, int]
            Number of claims by verdict.
        """
        return {v: sum(c.verdict == v for c in self.claims) for v in SIGNS}

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td>{escape(c.figure)}</td><td>{SIGNS[c.verdict]} {escape(WORDS[c.verdict])}</td>"
            f"<td>{escape(c.explanation)}</td></tr>"
            for c in self.claims
        )
        head = "<thead><tr><th>Figure</th><th>Verdict</th><th>Why</th></tr></thead>"
        return f"<table>{head}<tbody>{rows}</tbody></table>"

    def __repr__(self) -> str:
        said: Any = ", ".join(f"{n} {WORDS[v]}" for v, n in self.counts().items() if n)
        return f"<Checked: {len(self.claims)} claims, published {self.published}: {said or 'none'}>"
