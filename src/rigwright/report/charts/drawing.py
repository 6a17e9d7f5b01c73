"""The case to scale: side and front view in millimetres, clearances written on them.

Solid outlines are makers' sizes, dashed ones usual sizes; hatched means a fact is missing, red that
a rule says it does not fit. One SVG unit is one millimetre.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rigwright.report.charts.palette import FONT, LIGHT
from rigwright.report.charts.svg import element, picture, text

if TYPE_CHECKING:
    from rigwright.assemble import Box, Clearance, Layout
    from rigwright.assemble.boxes.geometry import Axis

FONT_MM = 14.5
LETTER = 0.56  # width of a letter / its height, for deciding whether words fit
BOLD_LETTER = 0.62
MARGIN_MM = 16.0
ROW_MM = 34.0
DASH = "5 4"


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
    key = f"{key}-{view.key}"
    sizes = dict(zip("xyz", layout.case_mm, strict=True))
    width, height = sizes[view.across], sizes[view.down]
    shown = [c for c in layout.clearances if c.axis == view.shows]
    below = [c for c in shown if c.axis == view.across]
    beside = [c for c in shown if c.axis == view.down]
    body = [_patterns(key), _outline(width, height)]
    body += _openings(layout, view)
    boxes = [
        b for b in _back_to_front(layout, view) if not (b.kind == "front" and view.key != "side")
    ]
    body += [_box(b, view, key) for b in boxes]
    body += _labels(boxes, view)
    body += _dimensions_below(below, width, height)
    body += _dimensions_beside(beside, width, height)
    rows = len(below) + 1
    left, right = MARGIN_MM, 40.0 + ROW_MM * len(beside)
    right = max(right, _words_beyond(below, width))
    frame = (-left, -MARGIN_MM, left + width + right, MARGIN_MM + height + ROW_MM * rows + 12.0)
    return picture(
        "".join(body), frame, title=f"{layout.case}: {view.title}",
        description=describe(layout, shown), key=key,
    )  # fmt: skip


LEGEND = (
    ("size from the maker", "ink", None, None),
    ("usual size, or hidden", "ink", DASH, None),
    ("a fact is missing: measure", "unknown", None, "unknown"),
    ("does not fit", "conflict", None, "conflict"),
)
GAP_MM = 30.0


def sheet(layout: Layout, *, key: str = "case") -> str:
    """Both views side by side with a heading, a legend and what is assumed."""
    made = [(v, drawing(layout, v, key=key)) for v in views(layout)]
    x, tall, body = 0.0, 0.0, []
    for view, svg in made:
        width, height = _size(svg)
        body.append(text(view.title, x + MARGIN_MM, 30.0, font_size=FONT_MM, font_family=FONT,
                         font_weight="bold", fill=LIGHT["ink"]))  # fmt: skip
        body.append(svg.replace("<svg ", f'<svg x="{x:.1f}" y="38" ', 1))
        x, tall = x + width + GAP_MM, max(tall, height)
    width = x - GAP_MM
    lines = [line for note in layout.notes for line in textwrap.wrap(note, int(width / 7.2))]
    frame = (0.0, 0.0, width, tall + 90.0 + 17.0 * len(lines))
    paper = element("rect", x=0.0, y=0.0, width=width, height=frame[3], fill=LIGHT["paper"])
    body.insert(0, paper)
    body.append(_legend(tall + 60.0, width, key))
    for i, line in enumerate(lines):
        body.append(text(line, MARGIN_MM, tall + 92.0 + 17.0 * i, font_size=FONT_MM * 0.85,
                         font_family=FONT, fill=LIGHT["muted"]))  # fmt: skip
    title = f"{layout.case}: side and front, to scale"
    return picture(
        _patterns(f"{key}-sheet") + "".join(body), frame, title=title,
        description=describe(layout), key=f"{key}-sheet",
    )  # fmt: skip


def _size(svg: str) -> tuple[float, float]:
    found = re.search(r' width="([0-9.]+)" height="([0-9.]+)"', svg)
    assert found is not None
    return float(found[1]), float(found[2])


def _legend(y: float, width: float, key: str) -> str:
    step = (width - MARGIN_MM) / len(LEGEND)
    out = []
    for i, (words, colour, dash, hatch) in enumerate(LEGEND):
        x = MARGIN_MM + i * step
        where: dict[str, float] = {"x": x, "y": y - 9.0, "width": 24.0, "height": 13.0}
        thick = 1.6 if hatch is None else 2.6
        out.append(element("rect", **where, rx=2, fill=LIGHT["panel"], stroke=LIGHT[colour],
                           stroke_width=thick, stroke_dasharray=dash))  # fmt: skip
        if hatch:
            out.append(element("rect", **where, fill=f"url(#{key}-sheet-{hatch})"))
        out.append(text(words, x + 30.0, y + 2.0, font_size=FONT_MM * 0.85, font_family=FONT,
                        fill=LIGHT["ink"]))  # fmt: skip
    return "".join(out)


def describe(layout: Layout, clearances: Sequence[Clearance] | None = None) -> str:
    """The drawing in words, for readers who do not see it."""
    parts = sorted({f"{b.label} ({b.name})" for b in layout.boxes if b.kind != "front"})
    room = [f"{c.what}: {c.words}" for c in clearances or layout.clearances]
    return f"Drawn to scale: {', '.join(parts)}. {'; '.join(room)}."


def _back_to_front(layout: Layout, view: View) -> list[Box]:
    away = ({"x", "y", "z"} - {view.across, view.down}).pop()
    # From the side z grows away from the viewer; from the front x grows towards him.
    if away == "z":
        return sorted(layout.boxes, key=lambda b: (b.kind != "front", -b.z[1]))
    shown = [b for b in layout.boxes if view.key == "side" or b.kind != "front"]
    return sorted(shown, key=lambda b: b.x[0])


def _openings(layout: Layout, view: View) -> list[str]:
    """The slot openings at the rear, numbered from the processor."""
    if view.key != "side":
        return []
    out = []
    for i, y in enumerate(layout.openings, 1):
        out.append(element("rect", x=-1.5, y=y - 8.0, width=4.5, height=16.0, fill=LIGHT["paper"],
                           stroke=LIGHT["line"], stroke_width=1.0))  # fmt: skip
        out.append(
            text(str(i), -4.0, y, font_size=FONT_MM * 0.75, font_family=FONT,
                 fill=LIGHT["muted"], text_anchor="end", dominant_baseline="central")
        )  # fmt: skip
    return out


def _patterns(key: str) -> str:
    def hatch(name: str, colour: str) -> str:
        line = element("path", d="M0 0V7", stroke=LIGHT[colour], stroke_width=2.2)
        return element(
            "pattern", line, id=f"{key}-{name}", width=7, height=7,
            patternUnits="userSpaceOnUse", patternTransform="rotate(45)",
        )  # fmt: skip

    return element("defs", hatch("unknown", "unknown"), hatch("conflict", "conflict"))


def _outline(width: float, height: float) -> str:
    return element(
        "rect", x=0.0, y=0.0, width=width, height=height, rx=4, fill=LIGHT["panel"],
        stroke=LIGHT["ink"], stroke_width=2.5,
    )  # fmt: skip


def _box(box: Box, view: View, key: str) -> str:
    (x0, x1), (y0, y1) = box.span(view.across), box.span(view.down)
    verdict = getattr(box, view.verdict)
    where: dict[str, float] = {"x": x0, "y": y0, "width": x1 - x0, "height": y1 - y0}
    if box.kind == "front":
        return element("rect", **where, fill=LIGHT["grid"], fill_opacity=0.45,
                       stroke=LIGHT["line"], stroke_dasharray=DASH)  # fmt: skip
    colour = {"ok": "ink", "warning": "warning", "unknown": "unknown", "conflict": "conflict"}
    guessed = any(axis in (view.across, view.down) for axis, _ in box.usual)
    fill = "fill-conflict" if verdict == "conflict" else f"fill-{box.kind}"
    shape = element(
        "rect", element("title", _escaped(f"{box.label}: {box.name}")), **where, rx=2,
        fill=LIGHT[fill], fill_opacity=0.92 if not box.hidden else 0.35,
        stroke=LIGHT[colour[verdict]], stroke_width=1.6 if verdict == "ok" else 3.2,
        stroke_dasharray=DASH if guessed or box.hidden else None,
    )  # fmt: skip
    if verdict not in ("unknown", "conflict"):
        return shape
    return shape + element("rect", **where, rx=2, fill=f"url(#{key}-{verdict})", fill_opacity=0.3)


def _escaped(words: str) -> str:
    from html import escape

    return escape(words)


def _labels(boxes: Sequence[Box], view: View) -> list[str]:
    """Names on boxes that are large enough and not covered by what is nearer or by a name."""
    taken: list[tuple[float, float, float, float]] = []
    found = []
    for i in range(len(boxes) - 1, -1, -1):
        box = boxes[i]
        (x0, x1), (y0, y1) = box.span(view.across), box.span(view.down)
        nearer = [(*b.span(view.across), *b.span(view.down)) for b in boxes[i + 1 :]]
        placed = _place(box.label, (x0, x1, y0, y1), [*nearer, *taken])
        if placed is None:
            continue
        area, x, y, turned = placed
        taken.append(area)
        turn = f"rotate(-90 {x:.1f} {y:.1f})" if turned else None
        found.append(
            text(box.label, x, y, text_anchor="middle", dominant_baseline="central",
                 font_size=FONT_MM, font_family=FONT, fill=LIGHT["ink"], transform=turn)
        )  # fmt: skip
    return found


Area = tuple[float, float, float, float]


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
            area = (x - wide / 2, x + wide / 2, y - tall / 2, y + tall / 2)
            if not any(_overlap(area, other) for other in taken):
                return area, x, y, turned
    return None


def _overlap(a: Area, b: Area) -> bool:
    return a[0] < b[1] and b[0] < a[1] and a[2] < b[3] and b[2] < a[3]


def _note(words: str, x: float, y: float, verdict: str) -> str:
    """Words on a patch of paper, so that the lines behind them do not cross them."""
    colour = LIGHT["ink" if verdict == "ok" else verdict]
    patch = element(
        "rect", x=x - 2.0, y=y - FONT_MM * 0.85, width=len(words) * FONT_MM * LETTER + 4.0,
        height=FONT_MM * 1.15, fill=LIGHT["paper"],
    )  # fmt: skip
    return patch + text(
        words, x, y, font_size=FONT_MM, font_family=FONT, fill=colour,
        font_weight="normal" if verdict == "ok" else "bold",
    )  # fmt: skip


def _said(clearance: Clearance) -> str:
    return f"{clearance.what} {clearance.words}"


def _words_beyond(rows: Sequence[Clearance], width: float) -> float:
    longest = max((len(_said(c)) for c in rows), default=0) * FONT_MM * BOLD_LETTER
    return max(20.0, longest - width + 8.0)


def _arrow(x0: float, x1: float, y: float, colour: str) -> str:
    tip = 5.0 if x1 > x0 else -5.0
    heads = f"M{x0 + tip:.1f} {y - 3.5}L{x0:.1f} {y}L{x0 + tip:.1f} {y + 3.5}" + (
        f"M{x1 - tip:.1f} {y - 3.5}L{x1:.1f} {y}L{x1 - tip:.1f} {y + 3.5}"
    )
    return element("path", d=f"M{x0:.1f} {y}H{x1:.1f}{heads}", stroke=colour, stroke_width=1.6,
                   fill="none")  # fmt: skip


def _limit(x: float, y0: float, y1: float, colour: str) -> str:
    return element("path", d=f"M{x:.1f} {y0:.1f}V{y1:.1f}", stroke=colour, stroke_width=1.4,
                   stroke_dasharray="3 3", fill="none")  # fmt: skip


def _dimensions_below(rows: Sequence[Clearance], width: float, height: float) -> list[str]:
    out, notes = [], []  # words last: no line crosses them
    for i, c in enumerate(rows):
        y = height + ROW_MM * i + 24.0
        colour = LIGHT["muted" if c.verdict == "ok" else c.verdict]
        if c.have is not None:
            out.append(_limit(c.start + c.sign * c.have, 0, y + 5, colour))
        if c.need is not None:
            out.append(_limit(c.start + c.sign * c.need, height, y + 5, colour))
            out.append(_limit(c.start, height, y + 5, colour))
            out.append(_arrow(c.start, c.start + c.sign * c.need, y, colour))
        notes.append(_note(_said(c), 0.0, y - 7.0, c.verdict))
    y = height + ROW_MM * len(rows) + 24.0
    out.append(_arrow(0.0, width, y, LIGHT["muted"]))
    out.append(_note(f"case {width:g} mm", 0.0, y - 7.0, "ok"))
    # The case's height stands at its right edge.
    x = width + 15.0
    out.append(_turned(f"case {height:g} mm", x + 9.0, height / 2, "ok"))
    return out + notes


def _turned(words: str, x: float, y: float, verdict: str) -> str:
    colour = LIGHT["ink" if verdict == "ok" else verdict]
    return text(words, x, y, font_size=FONT_MM, font_family=FONT, fill=colour,
                text_anchor="middle", transform=f"rotate(-90 {x:.1f} {y:.1f})",
                font_weight="normal" if verdict == "ok" else "bold")  # fmt: skip


def _dimensions_beside(rows: Sequence[Clearance], width: float, height: float) -> list[str]:
    out = []
    for i, c in enumerate(rows):
        x = width + 40.0 + ROW_MM * i
        colour = LIGHT["muted" if c.verdict == "ok" else c.verdict]
        if c.need is not None:
            end = c.start + c.sign * c.need
            ends = "".join(f"M{width:.1f} {y:.1f}H{x + 4:.1f}" for y in (c.start, end))
            line = f"M{x:.1f} {c.start:.1f}V{end:.1f}{ends}"
            out.append(element("path", d=line, stroke=colour, stroke_width=1.6, fill="none"))
        out.append(_turned(_said(c), x + 17.0, height / 2, c.verdict))
    return out
