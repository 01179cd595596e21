"""How the documentation site is built: Sphinx with MyST, numpydoc and the PyData theme."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import version as version_of
from pathlib import Path

from pygments.lexers.special import TextLexer

project = "Sojourn"
author = "The Sojourn developers"
copyright = "the Sojourn developers"
version = release = version_of("sojourn")
language = "en"

extensions = [
    "myst_parser",
    "numpydoc",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx_copybutton",
    "sphinx_design",
]
exclude_patterns = ["_build"]
nitpicky = False
suppress_warnings = ["config.cache"]

myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 4

templates_path = ["_templates"]
autosummary_generate = True
autosummary_imported_members = True
autodoc_typehints = "none"
autodoc_member_order = "groupwise"
numpydoc_show_class_members = True
numpydoc_show_inherited_class_members = False
numpydoc_class_members_toctree = False
numpydoc_xref_param_type = False

html_theme = "pydata_sphinx_theme"
html_title = "Sojourn"
html_show_sourcelink = False
html_copy_source = False
html_theme_options = {
    "navigation_with_keys": False,
    "show_toc_level": 2,
    "header_links_before_dropdown": 6,
    "footer_start": ["copyright"],
    "footer_end": [],
    "secondary_sidebar_items": ["page-toc"],
}
copybutton_prompt_text = r"\$ |>>> "
copybutton_prompt_is_regexp = True


def write_commands(app: object) -> None:
    """Write the page of commands from the program itself, with Typer's own documenter."""
    target = Path(__file__).parent / "reference" / "generated" / "commands.md"
    target.parent.mkdir(exist_ok=True)
    command = [sys.executable, "-m", "typer", "sojourn.app.main", "utils", "docs", "--name", "sojourn"]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout  # noqa: S603
    target.write_text(text.replace("# `sojourn`\n", "# Commands\n", 1), encoding="utf-8")


def setup(app: object) -> None:
    """Write what is generated; show blocks marked ``output``, which the checks of examples compare, as text."""
    app.connect("builder-inited", write_commands, priority=400)  # type: ignore[attr-defined]
    for name in ("output", "csv"):
        app.add_lexer(name, TextLexer)  # type: ignore[attr-defined]
