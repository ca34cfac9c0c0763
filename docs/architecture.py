"""The picture in docs/architecture.md: the folders of each package and their imports, from the import graph.

    python -m docs.architecture            write docs/architecture.svg
    python -m docs.architecture --check    fail if it is out of date

A folder is above the folders that it imports. An arrow that follows from two others is left out.
"""

import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path

from tests.importgraph import PACKAGES, ROOT, Graph, import_graph

PICTURE = ROOT / "docs" / "architecture.svg"
BOX_WIDTH, BOX_HEIGHT = 118, 30
GAP_X, GAP_Y = 14, 34
MARGIN, TITLE = 24, 34

ERRORS = "errors"
"""The errors of a package, which every folder imports: left out."""

Edges = Mapping[str, frozenset[str]]


@dataclass(frozen=True, slots=True)
class Box:
    """A folder, or a module at the top of a package, with its position in pixels."""

    name: str
    x: float
    y: float


def folders(graph: Graph, package: str) -> Edges:
    """The folders of a package (and its top-level modules), each with the folders that it imports."""
    found: dict[str, set[str]] = {}
    for module, others in graph.items():
        here = _folder(module, package)
        if here is not None:
            there = {_folder(other, package) for other in others} - {None, here}
            found.setdefault(here, set()).update(name for name in there if name is not None)
    return {name: frozenset(others) for name, others in found.items()}


def _folder(module: str, package: str) -> str | None:
    parts = module.split(".")
    return parts[1] if parts[0] == package and len(parts) > 1 and parts[1] != ERRORS else None


def without_implied_edges(edges: Edges) -> Edges:
    """The edges that do not follow from others."""

    def reachable(start: str) -> set[str]:
        seen: set[str] = set()
        waiting = list(edges.get(start, ()))
        while waiting:
            name = waiting.pop()
            if name not in seen:
                seen.add(name)
                waiting += edges.get(name, ())
        return seen

    return {
        name: frozenset(each for each in others if not any(each in reachable(other) for other in others - {each}))
        for name, others in edges.items()
    }


def levels(edges: Edges) -> list[list[str]]:
    """The names by the length of the longest path from the top."""
    importers = {name: [other for other, imported in edges.items() if name in imported] for name in edges}
    depth: dict[str, int] = {}

    def depth_of(name: str) -> int:
        if name not in depth:
            depth[name] = 1 + max((depth_of(each) for each in importers[name]), default=-1)
        return depth[name]

    for name in edges:
        depth_of(name)
    return [sorted(name for name in edges if depth[name] == each) for each in range(max(depth.values()) + 1)]


def svg(graph: Graph) -> str:
    """The picture: one column for each package."""
    parts: list[str] = []
    x = float(MARGIN)
    height = 0.0
    for package in PACKAGES:
        edges = folders(graph, package)
        rows = levels(edges)
        widest = max(len(row) for row in rows)
        width = widest * BOX_WIDTH + (widest - 1) * GAP_X
        boxes = {box.name: box for box in _place_boxes(rows, x, width)}
        parts.append(f'<text class="title" x="{x + width / 2}" y="{MARGIN}">{escape(package)}/</text>')
        parts += _arrows(boxes, without_implied_edges(edges))
        parts += [_box(box) for box in boxes.values()]
        height = max(height, TITLE + len(rows) * (BOX_HEIGHT + GAP_Y))
        x += width + 3 * MARGIN
    return _document(x - 2 * MARGIN, height + MARGIN, parts)


def _place_boxes(rows: Iterable[list[str]], left: float, width: float) -> Iterable[Box]:
    for number, row in enumerate(rows):
        start = left + (width - len(row) * BOX_WIDTH - (len(row) - 1) * GAP_X) / 2
        for position, name in enumerate(row):
            yield Box(name, start + position * (BOX_WIDTH + GAP_X), TITLE + number * (BOX_HEIGHT + GAP_Y))


def _arrows(boxes: Mapping[str, Box], edges: Edges) -> list[str]:
    lines = []
    for name, others in sorted(edges.items()):
        for other in sorted(others):
            above, below = boxes[name], boxes[other]
            start = f'x1="{above.x + BOX_WIDTH / 2:.0f}" y1="{above.y + BOX_HEIGHT:.0f}"'
            end = f'x2="{below.x + BOX_WIDTH / 2:.0f}" y2="{below.y - 4:.0f}"'
            lines.append(f'<line {start} {end} marker-end="url(#arrow)"/>')
    return lines


def _box(box: Box) -> str:
    text = f'<text x="{box.x + BOX_WIDTH / 2:.0f}" y="{box.y + BOX_HEIGHT / 2 + 5:.0f}">{escape(box.name)}</text>'
    return f'<rect x="{box.x:.0f}" y="{box.y:.0f}" width="{BOX_WIDTH}" height="{BOX_HEIGHT}" rx="5"/>{text}'


def _document(width: float, height: float, parts: Iterable[str]) -> str:
    style = (
        "text{font:14px sans-serif;text-anchor:middle;fill:#1c2733}.title{font-weight:bold;font-size:16px}"
        "rect{fill:#e8f0f7;stroke:#38668c}line{stroke:#7c8a97;stroke-width:1.2}"
    )
    arrow = (
        '<defs><marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto">'
        '<path d="M0 0L8 4L0 8z" fill="#7c8a97"/></marker></defs>'
    )
    head = f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height:.0f}">'
    ground = f'<path d="M0 0h{width:.0f}v{height:.0f}H0z" fill="#ffffff"/>'
    return "\n".join([head, f"<style>{style}</style>", arrow, ground, *parts, "</svg>"]) + "\n"


def main(arguments: list[str]) -> int:
    """Write the picture, or with `--check` report whether it is up to date (exit status 1 if not)."""
    text = svg(import_graph())
    if "--check" not in arguments:
        PICTURE.write_text(text, encoding="utf-8")
    elif not PICTURE.exists() or PICTURE.read_text(encoding="utf-8") != text:
        print(f"{PICTURE.relative_to(Path.cwd())} is out of date: run make architecture", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
