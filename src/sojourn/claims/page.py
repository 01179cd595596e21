"""The report of a check: one page that opens without a network.

Each figure is marked in the text by colour, and by a sign and line of its own for those who see no colour.
Everything that comes from the text is escaped; the page holds no script.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING

from sojourn.claims.codes import SIGNS, WORDS

if TYPE_CHECKING:
    from sojourn.claims.result import Checked, Claim

__all__ = ["page"]

_STYLE = """
:root{color-scheme:light}
body{font:16px/1.55 system-ui,sans-serif;margin:0;color:#1b1b1b;background:#fff}
header,footer{padding:1rem 2rem;background:#f3f4f6}
main{display:grid;grid-template-columns:minmax(0,1fr) minmax(0,1fr);gap:2rem;padding:1rem 2rem}
@media(max-width:60rem){main{grid-template-columns:minmax(0,1fr)}}
.text{white-space:pre-wrap;overflow-wrap:anywhere}
mark{color:inherit;padding:0 .15em;border-bottom:3px solid;text-decoration:none}
mark a{color:inherit;text-decoration:none}
.true{background:#dff3e4;border-color:#1a7f37;border-bottom-style:solid}
.other-definition{background:#e3edfb;border-color:#0550ae;border-bottom-style:double}
.false{background:#fde7e3;border-color:#a3210b;border-bottom-style:dashed}
.not-checkable{background:#eeeeee;border-color:#57606a;border-bottom-style:dotted}
article{border:1px solid #c9ced6;border-left-width:6px;border-radius:4px;padding:.6rem 1rem;margin:0 0 1rem}
article{background:#fff}
article h3{margin:.1rem 0;font-size:1rem}
code{display:block;white-space:pre-wrap;overflow-wrap:anywhere;background:#f6f8fa;padding:.4rem;font-size:.82rem}
table{border-collapse:collapse}td,th{padding:.1rem .6rem;text-align:left}
svg{max-width:100%;height:auto}
a:focus,mark:focus-within{outline:3px solid #0550ae}
"""


def page(checked: Checked) -> str:
    """Return the page of a check."""
    counts = "".join(
        f'<tr><td><span class="{v}" aria-hidden="true"> {SIGNS[v]} '
        f"</span></td><td>{escape(WORDS[v])}</td><td>{n}</td></tr>"
        for v, n in checked.counts().items()
    )
    cards = "".join(_card(i, c) for i, c in enumerate(checked.claims, start=1)) or "<p>No figure was found.</p>"
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f"<title>Figures checked</title><style>{_STYLE}</style></head><body>"
        f"<header><h1>Figures of this text, held against official series</h1><p>Published "
        f"{escape(checked.published)} "
        f"(date {escape(checked.published_from)}). The text is quoted as it stands; a mark says what the series "
        f"say of a figure, nothing else.</p><table><caption>Verdicts</caption>{counts}</table></header><main>"
        f'<section aria-label="Text"><h2>Text</h2><div class="text">{_marked(checked)}</div></section>'
        f'<section aria-label="Claims"><h2>Claims</h2>{cards}</section></main>'
        "<footer><p>Encounters, apprehensions and crossings are events: one person can be counted "
        "more than once.</p>"
        "</footer></body></html>"
    )


def _marked(checked: Checked) -> str:
    """Return the text with each figure marked; of two that overlap, the first."""
    parts, at = [], 0
    for i, claim in enumerate(checked.claims, start=1):
        if claim.start < at:
            continue
        said = f"{WORDS[claim.verdict]}: see claim {i}"
        parts.append(escape(checked.text[at : claim.start]))
        parts.append(
            f'<mark class="{claim.verdict}" id="t{i}"><a href="#c{i}" title="{escape(said)}">'
            f'{escape(claim.figure)}<sup aria-label="{escape(said)}">{SIGNS[claim.verdict]}{i}</sup></a></mark>'
        )
        at = claim.end
    parts.append(escape(checked.text[at:]))
    return "".join(parts)


def _card(number: int, claim: Claim) -> str:
    rows = [("Said", f"“{claim.sentence[:400]}”"), ("Kind", claim.kind)]
    if claim.value is not None:
        rows.append(("Value", f"{claim.value:,.10g} ({claim.measure}, {claim.period}, release {claim.release})"))
    rows += [("Note", note) for note in claim.notes]
    table = "".join(f'<tr><th scope="row">{escape(k)}</th><td>{escape(v)}</td></tr>' for k, v in rows)
    others = "".join(
        f"<li>{r.value:,.10g}: {escape(r.measure)}, {escape(r.period)}<code>{escape(r.query)}</code></li>"
        for r in claim.runners_up
    )
    more = f"<details><summary>Other readings</summary><ul>{others}</ul></details>" if others else ""
    query = f"<code>{escape(claim.query)}</code>" if claim.query else ""
    wrong = " Another definition explains it." if claim.misattributed else ""
    return (
        f'<article id="c{number}" class="{claim.verdict}"><h3><a href="#t{number}">{number}. '
        f"{escape(claim.figure)}</a>: "
        f"{SIGNS[claim.verdict]} {escape(WORDS[claim.verdict])}.{wrong}</h3><p>{escape(claim.explanation)}</p>"
        f"<table>{table}</table>{chart(claim.chart, claim.marked, claim.measure)}{query}{more}</article>"
    )


def chart(points: Sequence[tuple[str, float]], marked: tuple[str, str], title: str) -> str:
    """Return a small bar chart of a series, the period claimed in another tone and with a line under it."""
    if len(points) < 2:
        return ""
    width, height, top = 420, 110, max(v for _, v in points) or 1.0
    step = width / len(points)
    bars = []
    first, last = marked[0][:7], marked[1][:7]
    for i, (label, value) in enumerate(points):
        inside = first <= label <= last
        tall = max(height * value / top, 0.5)
        fill = "#0550ae" if inside else "#b6bfca"
        bars.append(
            f'<rect x="{i * step:.1f}" y="{height - tall:.1f}" width="{max(step - 1, 0.6):.1f}" '
            f'height="{tall:.1f}" fill="{fill}"/>'
        )
        if inside:
            bars.append(f'<rect x="{i * step:.1f}" y="{height + 2}" width="{step:.1f}" height="3" fill="#0550ae"/>')
    said = (
        f"{title} from {points[0][0]} to {points[-1][0]}, highest {top:,.0f}; the period claimed is "
        f"{first} to {last}"
    )
    return (
        f'<svg viewBox="0 0 {width} {height + 22}" width="{width}" role="img" '
        f'aria-label="{escape(said)}">{"".join(bars)}'
        f'<text x="0" y="{height + 18}" font-size="11">{escape(points[0][0])}</text>'
        f'<text x="{width}" y="{height + 18}" font-size="11" text-anchor="end">{escape(points[-1][0])}</text>'
        f'<text x="0" y="10" font-size="11">{top:,.0f}</text></svg>'
    )
