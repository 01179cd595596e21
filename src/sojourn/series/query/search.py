"""Finding measures by words."""

from __future__ import annotations

from sojourn.series.model import Measure, measures

__all__ = ["find_series"]


def find_series(words: str = "") -> tuple[Measure, ...]:
    """Return the series whose name, title, publisher, unit or note contain all of ``words``.

    Parameters
    ----------
    words : str
        Words or parts of words, separated by spaces; without any, every series is returned.

    Returns
    -------
    tuple of Measure
        In the order of their names.

    Examples
    --------
    >>> [measure.name for measure in sj.data.find_series("darien")]
    """
    parts = words.casefold().split()
    found = []
    for measure in measures().values():
        text = " ".join((measure.name, measure.title, measure.publisher, measure.unit, measure.note)).casefold()
        if all(part in text for part in parts):
            found.append(measure)
    return tuple(found)
