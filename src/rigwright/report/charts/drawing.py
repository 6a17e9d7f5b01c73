"""The case to scale: side and front view in millimetres, clearances written on them.

Solid outlines are makers' sizes, dashed ones usual sizes; hatched means a fact is missing, red that
a rule says it does not fit. One SVG unit is one millimetre.
"""

import re
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from rigwright.assemble import Box, Clearance, Layout
from rigwright.assemble.boxes.geometry import Axis
from rigwright.report.charts.palette import FONT
from rigwright.report.charts.theme import rendered

FONT_MM = 14.5
LETTER = 0.56  # width of a letter / its height, for deciding whether words fit
BOLD_LETTER = 0.62
MARGIN_MM, ROW_MM, GAP_MM = 16.0, 34.0, 30.0
LOOK: dict[str, Any] = {"size": FONT_MM, "letter": LETTER, "font": FONT, "dash": "5 4"}
"""What both templates are drawn with."""


@dataclass(frozen=True, slots=True)
class View:
    """Which axes a picture shows; ``behind`` is the axis that points away from the viewer."""

    key: str
    title: str
    across: Axis
    down: Axis
    verdict: str
    shows: Axis


def views(layout: Layout) -> tuple[View, View]:
    """Side and front view; a case that lies on its side is seen from above instead."""
    if layout.lying:
        return (
            View("side", "From above, lid off (rear left, front right)", "x", "y", "side", "x"),
            View("front", "From the front (lid on top)", "y", "z", "front", "z"),
        )
    return (
        View("side", "Side, panel off (rear left, front right)", "x", "y", "side", "x"),
        View("front", "From the front (side panel left)", "z", "y", "front", "z"),
    )


def drawing(layout: Layout, view: View, *, key: str = "case") -> str:
    """One view as an SVG in light colours; see ``palette.inline`` for pages.

    key : prefix of the ids in it, unique within a page.
    """
    sizes = dict(zip("xyz", layout.case_mm, strict=True))
    width, height = sizes[view.across], sizes[view.down]
    shown = [c for c in layout.clearances if c.axis == view.shows]
    below = [c for c in shown if c.axis == view.across]
    beside = [c for c in shown if c.axis == view.down]
    boxes = _back_to_front(layout, view)
    # Words under a case may go beyond its edge.
    longest = max((len(f"{c.what} {c.words}") for c in below), default=0) * FONT_MM * BOLD_LETTER
    right = max(40.0 + ROW_MM * len(beside), 20.0, longest - width + 8.0)
    tall = MARGIN_MM + height + ROW_MM * (len(below) + 1) + 12.0
    return rendered(
        "case.svg", **LOOK, layout=layout, view=view, key=f"{key}-{view.key}", width=width,
        height=height, frame=(-MARGIN_MM, -MARGIN_MM, MARGIN_MM + width + right, tall), row=ROW_MM,
        below=below, beside=beside, boxes=boxes, labels=_labels(boxes, view),
        description=describe(layout, shown),
    )  # fmt: skip


def sheet(layout: Layout, *, key: str = "case") -> str:
    """Both views side by side with a heading, a legend and what is assumed."""
    x, tall, made = 0.0, 0.0, []
    for view in views(layout):
        svg = drawing(layout, view, key=key)
        width, height = _size(svg)
        made.append((view, svg, x))
        x, tall = x + width + GAP_MM, max(tall, height)
    width = x - GAP_MM
    lines = [line for note in layout.notes for line in textwrap.wrap(note, int(width / 7.2))]
    return rendered(
        "sheet.svg", **LOOK, layout=layout, made=made, width=width, tall=tall, lines=lines,
        margin=MARGIN_MM, description=describe(layout), key=f"{key}-sheet",
    )  # fmt: skip


def _size(svg: str) -> tuple[float, float]:
    found = re.search(r' width="([0-9.]+)" height="([0-9.]+)"', svg)
    assert found is not None
    return float(found[1]), float(found[2])


def describe(layout: Layout, clearances: Sequence[Clearance] | None = None) -> str:
    """The drawing in words, for readers who do not see it."""
    parts = sorted({f"{b.label} ({b.name})" for b in layout.boxes if b.kind != "front"})
    room = [f"{c.what}: {c.words}" for c in clearances or layout.clearances]
    return f"Drawn to scale: {', '.join(parts)}. {'; '.join(room)}."


def _back_to_front(layout: Layout, view: View) -> list[Box]:
    away = ({"x", "y", "z"} - {view.across, view.down}).pop()
    # From the side z grows away from the viewer; from the front x grows towards him.
    shown = [b for b in layout.boxes if view.key == "side" or b.kind != "front"]
    if away == "z":
        return sorted(shown, key=lambda b: (b.kind != "front", -b.z[1]))
    return sorted(shown, key=lambda b: b.x[0])


Area = tuple[float, float, float, float]


def _labels(boxes: Sequence[Box], view: View) -> Iterator[tuple[str, float, float, bool]]:
    """Names on boxes that are large enough and not covered by what is nearer or by a name: words,
    their middle, and whether they are turned."""
    taken: list[Area] = []
    for i in range(len(boxes) - 1, -1, -1):
        box = boxes[i]
        (x0, x1), (y0, y1) = box.span(view.across), box.span(view.down)
        nearer = [(*b.span(view.across), *b.span(view.down)) for b in boxes[i + 1 :]]
        placed = _place(box.label, (x0, x1, y0, y1), [*nearer, *taken])
        if placed is not None:
            taken.append(placed[0])
            yield box.label, *placed[1:]


def _place(words: str, box: Area, taken: Sequence[Area]) -> tuple[Area, float, float, bool] | None:
    """Room for words in a box: in the middle, above, below, or turned; None = nowhere."""
    x0, x1, y0, y1 = box
    long, high = len(words) * FONT_MM * LETTER, FONT_MM * 1.15
    for turned in (False, True):
        wide, tall = (high, long) if turned else (long, high)
        if wide > x1 - x0 - 3 or tall > y1 - y0 - 1:
            continue
        x = (x0 + x1) / 2
        for y in ((y0 + y1) / 2, y0 + tall / 2 + 4, y1 - tall / 2 - 4):
            a, b, c, d = area = (x - wide / 2, x + wide / 2, y - tall / 2, y + tall / 2)
            if not any(a < b2 and a2 < b and c < d2 and c2 < d for a2, b2, c2, d2 in taken):
                return area, x, y, turned
    return None
