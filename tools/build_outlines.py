"""Build the country outlines of the report's map from Natural Earth.

``python tools/build_outlines.py countries-110m.json`` reads the TopoJSON of the npm package ``world-atlas``
(version 2.0.2; Natural Earth 1:110m, public domain) and writes
``src/sojourn/report/outlines.json``: the outlines of the countries, without Antarctica and without names,
coordinates rounded to a tenth of a degree.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

ANTARCTICA = "010"
TARGET = Path(__file__).parents[1] / "src" / "sojourn" / "report" / "outlines.json"
ORIGIN = (
    "Natural Earth 1:110m cultural vectors, countries; by way of the npm package world-atlas 2.0.2; public domain"
)


def decoded(topology: dict[str, Any]) -> list[list[tuple[float, float]]]:
    """Return the arcs of a quantised topology in degrees."""
    (sx, sy), (tx, ty) = topology["transform"]["scale"], topology["transform"]["translate"]
    arcs = []
    for arc in topology["arcs"]:
        x = y = 0
        points = []
        for dx, dy in arc:
            x, y = x + dx, y + dy
            points.append((round(x * sx + tx, 1), round(y * sy + ty, 1)))
        arcs.append([p for i, p in enumerate(points) if i == 0 or p != points[i - 1]])
    return arcs


def rings(geometry: dict[str, Any]) -> list[list[list[int]]]:
    """Return the polygons of a geometry, each a list of rings of arc numbers."""
    return geometry["arcs"] if geometry["type"] == "MultiPolygon" else [geometry["arcs"]]


def stitched(ring: list[int], arcs: list[list[tuple[float, float]]]) -> list[tuple[float, float]]:
    """Return the points of a ring."""
    points: list[tuple[float, float]] = []
    for number in ring:
        part = arcs[number] if number >= 0 else arcs[~number][::-1]
        points += part[1:] if points else part
    return points


def main() -> int:
    """Write the outlines; return 0."""
    topology = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    arcs = decoded(topology)
    polygons = [
        [stitched(ring, arcs) for ring in polygon]
        for country in topology["objects"]["countries"]["geometries"]
        if country.get("id") != ANTARCTICA
        for polygon in rings(country)
    ]
    polygons = [kept for p in polygons if (kept := [ring for ring in p if len(ring) >= 4])]
    features = [
        {"type": "Feature", "properties": {}, "geometry": {"type": "Polygon", "coordinates": p}} for p in polygons
    ]
    text = json.dumps({"type": "FeatureCollection", "source": ORIGIN, "features": features}, separators=(",", ":"))
    TARGET.write_text(text + "\n", encoding="utf-8")
    print(f"{len(polygons)} polygons, {len(text):,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
