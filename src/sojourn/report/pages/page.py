"""One offline page: sections of words, pictures and tables put into the template, the chart runtime inlined."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from markupsafe import Markup

from sojourn.report.charts.chart import Picture, static_svg
from sojourn.report.facts import Facts
from sojourn.report.section import Content, Section

__all__ = ["Drawn", "Part", "html", "parts"]


@dataclass(frozen=True)
class Drawn:
    """A picture with its specification and its static form."""

    picture: Picture
    spec: dict[str, Any]
    svg: str


@dataclass(frozen=True)
class Part:
    """A section as it stands on the page: its content, and its pictures drawn."""

    section: Section
    content: Content
    pictures: Sequence[Drawn]


def parts(sections: Sequence[Section], facts: Facts) -> list[Part]:
    """Return the sections whose needs are met and that have something to show, drawn."""
    shown = []
    for section in sections:
        content = section.build(facts) if section.needs <= facts.has else None
        if content is not None:
            drawn = [Drawn(picture, picture.spec, static_svg(picture)) for picture in content.pictures]
            shown.append(Part(section, content, drawn))
    return shown


@cache
def _runtime() -> str:
    """Return the chart runtime as a script that defines ``vegaEmbed`` and asks nothing of the network."""
    import vl_convert

    return str(vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;"))


def _embedded(data: object) -> Markup:
    """Return JSON that may stand within a script element."""
    text = json.dumps(data, separators=(",", ":"), default=str, allow_nan=False)
    return Markup(text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029"))  # noqa: S704


def _inline_svg(drawn: Drawn) -> Markup:
    """Return the static form as an image: its parts need no names of their own on the page."""
    text = drawn.svg
    for mark in '%#<>&"':
        text = text.replace(mark, f"%{ord(mark):02x}")
    size = re.search(r'width="([\d.]+)" height="([\d.]+)"', drawn.svg)
    width, height = size.groups() if size else ("680", "300")
    return Markup('<img class="static" alt="" src="data:image/svg+xml,{}" width="{}" height="{}">').format(
        Markup(text),  # noqa: S704
        width,
        height,
    )


def html(title: str, parts: Sequence[Part], head: dict[str, Any]) -> str:
    """Return the page; ``head`` has what stands above the first section."""
    import jinja2

    folder = files("sojourn.report") / "templates"
    environment = jinja2.Environment(
        loader=jinja2.FunctionLoader(lambda name: (folder / name).read_text(encoding="utf-8")),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["inline_svg"] = _inline_svg
    specs = {d.picture.name: d.spec for part in parts for d in part.pictures}
    tables = {d.picture.name: d.picture.csv for part in parts for d in part.pictures}
    steps = {d.picture.name: list(d.picture.steps) for part in parts for d in part.pictures if d.picture.steps}
    return environment.get_template("page.html.j2").render(
        title=title,
        parts=parts,
        style=Markup((folder / "page.css").read_text(encoding="utf-8")),  # noqa: S704
        script=Markup((folder / "page.js").read_text(encoding="utf-8")),  # noqa: S704
        runtime=Markup(_runtime()),  # noqa: S704
        data=_embedded({"specs": specs, "tables": tables, "steps": steps}),
        **head,
    )
