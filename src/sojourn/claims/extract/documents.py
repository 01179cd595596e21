"""Documents as text: plain text, Markdown, HTML and PDF, within limits."""

from __future__ import annotations

import datetime as dt
import html
import re
import unicodedata
from html.parser import HTMLParser
from importlib import import_module
from pathlib import Path
from typing import Any

from sojourn.claims.codes import refuse

__all__ = ["LARGEST", "published_in", "read_file", "read_text"]

LARGEST = 20_000_000
"""Bytes of the largest document that is read."""

LONGEST = 1_000_000
"""Characters of the longest plain text that is checked."""

_MARKUP = re.compile(r"^\s{0,200}(?:<!doctype html|<html|<head|<body|<article|<p[ >]|<div|<h1)", re.IGNORECASE)
_MARKDOWN = (
    (re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL), ""),
    (re.compile(r"!\[([^\]\n]{0,300})\]\([^)\n]{0,600}\)"), r""),
    (re.compile(r"\[([^\]\n]{1,300})\]\([^)\n]{0,600}\)"), r"\1"),
    (re.compile(r"^#{1,6}\s+", re.MULTILINE), ""),
    (re.compile(r"(\*\*|__)(?=\S)([^*_\n]{1,400})(?<=\S)\1"), r"\2"),
)


class _Reader(HTMLParser):
    """The visible text of a page: no scripts, styles, forms or comments."""

    _HIDDEN = frozenset(
        {"script", "style", "noscript", "template", "svg", "iframe", "object", "head", "nav", "form"}
    )
    _BLOCKS = frozenset(
        (
            "p div section article h1 h2 h3 h4 h5 h6 li ul ol table tr blockquote br figcaption main header footer"
        ).split()
    )

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.hidden: list[str] = []
        self.published = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name = (given.get("property") or given.get("name") or "").lower()
        if tag == "meta" and name in ("article:published_time", "date", "dc.date", "pubdate", "datepublished"):
            self.published = self.published or (given.get("content") or "")[:10]
        if tag == "time" and not self.published:
            self.published = (given.get("datetime") or "")[:10]
        if tag in self._HIDDEN:
            self.hidden.append(tag)
        elif tag in self._BLOCKS:
            self.parts.append("\n\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in self.hidden:
            while self.hidden and self.hidden.pop() != tag:
                pass
        elif tag in self._BLOCKS:
            self.parts.append("\n\n")

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.parts.append(re.sub(r"\s+", " ", data))


def read_text(text: str, where: str = "text") -> tuple[str, str]:
    """Return the plain text of a document and the date of publication that its markup gives, or an empty string.

    Raises ClaimsError K102 for an empty text, K103 for one over the limit, K105 for binary content.
    """
    if len(text) > LARGEST:
        raise refuse("K103", where, "text is too large", found=f"{len(text):,} characters", allowed=f"{LARGEST:,}")
    if "\x00" in text:
        raise refuse("K105", where, "text holds null characters")
    published = ""
    if _MARKUP.match(text):
        reader = _Reader()
        reader.feed(text)
        reader.close()
        text, published = re.sub(r"\n{3,}", "\n\n", "".join(reader.parts)), reader.published
    else:
        for found, put in _MARKDOWN:
            text = found.sub(put, text)
        text = html.unescape(text) if "&" in text else text
    plain = "".join(
        c
        for c in text.replace("\r\n", "\n").replace("\xa0", " ")
        if c in "\n\t" or unicodedata.category(c) not in _CONTROL
    )
    if len(plain) > LONGEST:
        raise refuse("K103", where, "text is too long", found=f"{len(plain):,} characters", allowed=f"{LONGEST:,}")
    if not plain.strip():
        raise refuse("K102", where, "there is no text")
    return plain, published


_CONTROL = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})


def read_file(path: str | Path) -> str:
    """Return the content of a file: text as it stands, PDF as the text of its pages.

    Raises ClaimsError K101 when it cannot be read, K103 over the limit, K104 when it is not UTF-8, K106 and K107
    for PDF.
    """
    where = Path(path)
    try:
        if not where.is_file():
            raise refuse("K101", str(path), "not a plain file")
        if where.stat().st_size > LARGEST:
            raise refuse("K103", str(path), "file is too large", allowed=f"{LARGEST:,} bytes")
        data = where.read_bytes()
    except OSError as err:
        raise refuse("K101", str(path), f"cannot be read: {err}") from err
    if data.startswith(b"%PDF-"):
        return _pdf(where)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as err:
        raise refuse("K104", str(path), "text is not UTF-8", found=f"byte {err.start}") from err


def _pdf(path: Path) -> str:
    try:
        pypdf: Any = import_module("pypdf")
    except ImportError as err:
        raise refuse("K107", str(path), "PDF needs pypdf", remedy="pip install sojourn[pdf]") from err
    try:
        pages = [page.extract_text() or "" for page in pypdf.PdfReader(path, strict=False).pages[:500]]
    except (pypdf.errors.PyPdfError, ValueError, KeyError, TypeError, OSError, RecursionError) as err:
        raise refuse("K106", str(path), f"PDF cannot be read: {err}") from err
    text = "\n\n".join(re.sub(r"(?<![.!?:])\n(?=\S)", " ", page) for page in pages)
    if not text.strip():
        raise refuse("K106", str(path), "PDF has no text", remedy="recognise its pages first")
    return text


_DATED = re.compile(
    r"\b(?:published|posted|updated|date|dated)\b:?\s{0,3}(?:on "
    r")?(?P<date>(?:[A-Z][a-z]{2,8}\.? \d{1,2},? \d{4})|\d{1,2} [A-Z][a-z]{2,8} \d{4}|"
    r"\d{4}-\d\d-\d\d)",
    re.IGNORECASE,
)


def published_in(text: str) -> str:
    """Return the date of publication that a text states in its first part (2024-07-04), or an empty string."""
    if hit := _DATED.search(text[:3_000]):
        said = re.sub(r"[.,]", "", hit["date"])
        for form in ("%b %d %Y", "%B %d %Y", "%d %b %Y", "%d %B %Y", "%Y-%m-%d"):
            try:
                return dt.datetime.strptime(said, form).date().isoformat()
            except ValueError:
                continue
    return ""
