"""Check the built documentation: it opens from disk without a network, and every link within it leads somewhere.

``python tools/check_site.py FOLDER`` lists every fault and exits with 1 if there are any.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

LOADED = {"script": "src", "img": "src", "iframe": "src", "source": "src"}
"""Elements whose address a browser loads by itself."""


class Page(HTMLParser):
    """Anchors, links, and what a browser would load of one page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.anchors: set[str] = set()
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep what an element names, links to, or loads."""
        given = dict(attrs)
        self.anchors |= {value for key in ("id", "name") if (value := given.get(key))}
        if tag == "a" and given.get("href"):
            self.links.append(given["href"] or "")
        if tag in LOADED and given.get(LOADED[tag]):
            self.loaded.append(given[LOADED[tag]] or "")
        if tag == "link" and given.get("rel") in ("stylesheet", "icon", "preload", "shortcut icon"):
            self.loaded.append(given.get("href") or "")


def faults(folder: Path) -> Iterator[str]:
    """Yield every fault of the pages below a folder."""
    files = [path for path in sorted(folder.rglob("*.html")) if "_static" not in path.parts]  # not the theme's own
    pages = {path.resolve(): Page(path.read_text(encoding="utf-8")) for path in files}
    for path, page in pages.items():
        name = path.relative_to(folder.resolve())
        for address in page.loaded:
            parts = urlsplit(address)
            if parts.scheme not in ("", "data") or parts.netloc:
                yield f"{name}: loads {address} from the network"
            elif parts.path and not (path.parent / unquote(parts.path)).exists():
                yield f"{name}: loads {address}, which is not there"
        for address in page.links:
            parts = urlsplit(address)
            if parts.scheme or parts.netloc:
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            if not target.exists():
                yield f"{name}: links to {address}, which is not there"
            elif parts.fragment and target in pages and unquote(parts.fragment) not in pages[target].anchors:
                yield f"{name}: links to {address}, where nothing has that name"


def main() -> int:
    """List the faults; return 1 if there are any."""
    folder = Path(sys.argv[1])
    found = list(dict.fromkeys(faults(folder)))
    for fault in found:
        print(fault)
    print(f"{len(found)} faults in {len(list(folder.rglob('*.html')))} pages")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
