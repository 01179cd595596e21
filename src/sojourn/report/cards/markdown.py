"""Cards as Markdown text: what a scenario is, how it works, and what it must not be used for."""

from __future__ import annotations

from collections.abc import Sequence

from sojourn.report.cards.passage import Passage

__all__ = ["as_markdown"]


def as_markdown(title: str, name: str, digest: str, cards: Sequence[Sequence[Passage]]) -> str:
    """Return a model card and an ODD description as Markdown text."""
    parts = [f"# {title}", "", f"Scenario `{name}`, digest `{digest}`."]
    for heading, passages in zip(("Model card", "ODD description"), cards, strict=True):
        parts += ["", f"## {heading}"]
        for passage in passages:
            parts += ["", f"### {passage.heading}", ""]
            parts += ["\n\n".join(passage.paragraphs)] if passage.paragraphs else []
            parts += [""] * bool(passage.paragraphs and passage.lines) + [f"- {line}" for line in passage.lines]
    return "\n".join(parts) + "\n"
