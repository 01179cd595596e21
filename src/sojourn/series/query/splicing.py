"""Answering from several releases: each period from the newest one that has the whole of it.

Figures of two releases go together only where they are of the same parts: a release of another definition, region
or office is left out, and the answer says so.
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from sojourn.errors import nearest
from sojourn.series.codes import DataError, refuse
from sojourn.series.model import KINDS
from sojourn.series.query.question import Choice, Question, listed
from sojourn.series.query.selection import Answer, answer
from sojourn.series.store.entries import Entry
from sojourn.series.store.shelf import Store

__all__ = ["answered"]

_NOT_WHOLE = ("partial", "incomplete", "at-least", "not-available")


def answered(question: Question, release: Choice, by: tuple[str, ...], store: Store) -> Answer:
    """Answer one question from the releases asked for.

    Parameters
    ----------
    question : Question
        What is asked.
    release : str or sequence of str
        ``latest``, ``each``, or names of releases.
    by : tuple of str
        What the caller keeps apart; ``release`` may be among it.
    store : Store
        Where to look.

    Returns
    -------
    Answer
        Its frame has a column ``release``.

    Raises
    ------
    DataError
        D602 without figures, D604 where releases would be added up, D608 for no such release, and what
        :func:`~sojourn.series.query.selection.answer` raises.
    """
    entries = store.entries(question.measure.name)
    if not entries:
        remedy = "import the publisher's file: sojourn data import"
        raise refuse("D602", question.name, "no figures in the store", remedy=remedy)
    asked = listed(release) or ("latest",)
    if asked == ("latest",):
        found = _latest(question, entries, store)
    else:
        found = _apart(question, _chosen(question.name, entries, asked, by), store)
    if found is None:
        raise _nothing(question, entries)
    if found.period == "span" and _overlap(found.frame):
        return replace(found, remarks=(*found.remarks, "stretches overlap: their figures are not to be added up"))
    return found


def _overlap(frame: pd.DataFrame) -> bool:
    """Whether two stretches of an answer share a day."""
    spans = frame[["start", "end"]].drop_duplicates().sort_values(["start", "end"])
    return bool((spans["start"].to_numpy()[1:] <= spans["end"].to_numpy()[:-1]).any())


def _chosen(name: str, entries: Sequence[Entry], asked: tuple[str, ...], by: tuple[str, ...]) -> tuple[Entry, ...]:
    """Return the releases to read, oldest first; D604 where several would be added up."""
    if asked == ("each",):
        return tuple(entries)
    names = [e.release for e in entries]
    for one in asked:
        if one not in names:
            allowed = ", ".join([*names, "latest", "each"])
            raise refuse(
                "D608", "release", "no such release", found=one, allowed=allowed, nearest=nearest(one, names)
            )
    if len(asked) > 1 and "release" not in by:
        raise refuse(
            "D604",
            name,
            "releases are never added up",
            found=", ".join(asked),
            remedy='choose one, or keep them apart (by="release"), or release="latest"',
        )
    return tuple(e for e in entries if e.release in asked)


def _apart(question: Question, entries: Sequence[Entry], store: Store) -> Answer | None:
    """Return the answers of several releases, one below the other."""
    found = [(e, answer(question, store.cells(e))) for e in entries]
    there = [(e, a) for e, a in found if a is not None]
    if not there:
        return None
    frame = pd.concat([a.frame.assign(release=e.release) for e, a in there], ignore_index=True)
    prefix = len(there) > 1
    remarks = [f"release {e.release}: {r}" if prefix else r for e, a in there for r in a.remarks]
    parts = {d: frozenset().union(*(a.parts.get(d, frozenset()) for _, a in there)) for d in there[0][1].parts}
    return Answer(frame, there[0][1].period, parts, tuple(dict.fromkeys(remarks)))


def _latest(question: Question, entries: Sequence[Entry], store: Store) -> Answer | None:
    """Return each period from the newest release that has the whole of it."""
    tables = [e for e in entries if not e.of_publisher]
    entries = [e for e in entries if e.of_publisher] or entries
    newest, first = _newest(question, entries, store)
    if first is None:
        return None
    frames = [first.frame.assign(release=newest.release)]
    remarks = list(first.remarks)
    if newest.of_publisher:
        remarks += [f"release {e.release} is left out: it is not from the publisher's own file" for e in tables]
    for entry in reversed(entries[: entries.index(newest)]):
        if not _adds_something(frames, entry):
            continue
        try:
            older = answer(replace(question, period=first.period), store.cells(entry))
        except DataError as err:
            remarks.append(f"release {entry.release} is left out: {err.problems[0].message}")
            continue
        if older is None:
            continue
        if why := _other(question, first, older):
            remarks.append(f"release {entry.release} is left out: {why}")
            continue
        frames.append(older.frame.assign(release=entry.release))
        remarks += older.remarks
    frame = _spliced(frames) if len(frames) > 1 else frames[0]
    remarks += _other_kinds(question, first, newest, store)
    return Answer(frame, first.period, first.parts, tuple(dict.fromkeys(remarks)))


def _newest(question: Question, entries: Sequence[Entry], store: Store) -> tuple[Entry, Answer | None]:
    """Return the newest release with figures that match, and its answer."""
    for entry in reversed(entries):
        if (found := answer(question, store.cells(entry))) is not None:
            return entry, found
    return entries[-1], None


def _adds_something(frames: list[pd.DataFrame], entry: Entry) -> bool:
    """Whether a release may have a period that the newer ones do not have, or not whole."""
    whole = [f[~f["suppression"].isin(_NOT_WHOLE)] for f in frames]
    starts = [f["start"].min() for f in whole if len(f)]
    ends = [f["end"].max() for f in whole if len(f)]
    if not starts:
        return True
    outside = pd.Timestamp(entry.start) < min(starts) or pd.Timestamp(entry.end) > max(ends)
    return outside or any(f["suppression"].isin(_NOT_WHOLE).any() for f in frames) or _gaps(whole)


def _gaps(frames: list[pd.DataFrame]) -> bool:
    """Whether a period is missing between the first and the last."""
    spans = pd.concat([f[["start", "end"]] for f in frames]).drop_duplicates().sort_values("start")
    following = spans["start"].to_numpy()[1:]
    return bool((following > spans["end"].to_numpy()[:-1] + pd.Timedelta(days=1)).any())


def _other(question: Question, newest: Answer, older: Answer) -> str:
    """Return in what an older release differs from the newest one, so that they do not go together."""
    if not question.measure.spliced:
        return "each release of this measure has a definition of its own"
    for dimension, parts in newest.parts.items():
        other = older.parts.get(dimension, frozenset())
        if other != parts:
            return f"{dimension} {', '.join(sorted(other))} and not {', '.join(sorted(parts))}"
    return ""


def _spliced(frames: list[pd.DataFrame]) -> pd.DataFrame:
    """Return the periods of several releases, newest first, each from the newest that has the whole of it."""
    frame = pd.concat(frames, ignore_index=True)
    by_period = frame.assign(broken=frame["suppression"].isin(_NOT_WHOLE)).groupby(["start", "end", "release"])
    ranked = by_period["broken"].any().reset_index().sort_values(["broken", "release"], ascending=[True, False])
    chosen = ranked.drop_duplicates("start")[["start", "end", "release"]]
    kept = frame.merge(chosen, on=["start", "end", "release"])
    return kept.sort_values("start", kind="stable", ignore_index=True)[frame.columns.tolist()]


def _other_kinds(question: Question, found: Answer, newest: Entry, store: Store) -> list[str]:
    """Return a remark where figures by another kind of period reach further back or further on."""
    if question.period is not None:
        return []
    cells = store.cells(newest)
    first, last = found.frame["start"].min(), found.frame["end"].max()
    remarks: list[str] = []
    for code in np.unique(cells.kinds):
        kind, of_kind = KINDS[code], cells.kinds == code
        if kind == found.period or (cells.start[of_kind].min() >= first and cells.end[of_kind].max() <= last):
            continue
        with contextlib.suppress(DataError):
            other = answer(replace(question, period=kind), cells)
            if other is not None and (other.frame["start"].min() < first or other.frame["end"].max() > last):
                span = f"{other.frame['start'].min():%Y-%m-%d} to {other.frame['end'].max():%Y-%m-%d}"
                remarks.append(f'also published by {kind}, {span}: period="{kind}"')
    return remarks


def _nothing(question: Question, entries: Sequence[Entry]) -> DataError:
    """Return the error that says what was asked for and what the store holds."""
    asked = ", ".join(f"{d}={'|'.join(v)}" for d, v in question.wanted.items()) or "everything"
    return refuse(
        "D602",
        question.name,
        "no figures match",
        found=f"{asked}; {question.period or 'any period'}; {question.start or '..'} to {question.end or '..'}",
        allowed="; ".join(f"release {e.release}: {e.start} to {e.end}" for e in entries),
        remedy="another release, period or filter",
    )
